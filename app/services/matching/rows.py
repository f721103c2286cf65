"""The two sides of a match: a row of an outside file, and a project that it may mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from gis.problems import Problem

Kind = Literal["egp", "payment"]
KINDS: tuple[Kind, ...] = ("egp", "payment")


@dataclass(frozen=True)
class OutsideRow:
    """A contract of an e-GP export, or a payment of an e-LAAS-like list.

    Parameters
    ----------
    number
        Line in the file, as a person counts there.
    name
        What the row says that was bought or paid for.
    organisation, province
        As written; ``""`` when the file does not say.
    fiscal_year_be
        Buddhist era.
    budget_baht
        Money set aside, when the file has it.
    amount_baht
        Contract price, or the payment.
    day
        Day of the contract, the entry or the payment; what rows are matched by.
    recorded_on
        Day of the contract or the payment itself, never that of an announcement or of another paper.
    start_on, end_on
        Of the contract.
    egp_number
        e-GP's own number of the project (11 digits).
    contract_number, voucher_number
        As written.
    others
        Further cells that a person wants to see: method, contractor, instalment.
    problems
        Cells that could not be read; the row is matched without them.
    """

    number: int
    name: str
    organisation: str = ""
    province: str = ""
    fiscal_year_be: int | None = None
    budget_baht: Decimal | None = None
    amount_baht: Decimal | None = None
    day: date | None = None
    egp_number: str = ""
    contract_number: str = ""
    voucher_number: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    recorded_on: date | None = None
    start_on: date | None = None
    end_on: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, without what is not said."""
        plain = {
            "name": self.name,
            "organisation": self.organisation,
            "province": self.province,
            "fiscal_year_be": self.fiscal_year_be,
            "budget_baht": None if self.budget_baht is None else float(self.budget_baht),
            "amount_baht": None if self.amount_baht is None else float(self.amount_baht),
            **{
                name: None if day is None else day.isoformat()
                for name in ("day", "recorded_on", "start_on", "end_on")
                for day in (getattr(self, name),)
            },
            "egp_number": self.egp_number,
            "contract_number": self.contract_number,
            "voucher_number": self.voucher_number,
            **self.others,
        }
        return {key: value for key, value in plain.items() if value not in (None, "")}


@dataclass(frozen=True)
class KnownProject:
    """A project that rows may mean.

    Parameters
    ----------
    code
        Its code.
    name
        As the plan has it.
    organisation, province
        Full name of the organisation and the province of its seat; ``""`` when not known.
    fiscal_year_be
        Buddhist era.
    budget_baht, contracted_baht
        What is approved and what is signed; ``None`` when not known.
    route_code
        Local highway route code.
    length_m, width_m
        Specification.
    numbers
        e-GP numbers and contract numbers of the contracts that are stored already.
    organisation_code
        Code of the organisation; what rows are compared with that name theirs by code.
    id
        Key in the database; 0 for one read from a file.
    """

    code: str
    name: str
    organisation: str = ""
    province: str = ""
    fiscal_year_be: int | None = None
    budget_baht: Decimal | None = None
    contracted_baht: Decimal | None = None
    route_code: str = ""
    length_m: float | None = None
    width_m: float | None = None
    numbers: tuple[str, ...] = ()
    organisation_code: str = ""
    id: int = 0

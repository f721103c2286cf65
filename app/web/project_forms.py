"""Forms of money: what people type, read as amounts, dates and numbers; every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.errors import InvalidInput
from app.services.project_money import NewAppropriation, NewContract, NewDisbursement
from gis.problems import Problem
from gis.thai import parse_amount, parse_thai_date, to_arabic_digits

LARGEST_NUMBER = 9_999


@dataclass(frozen=True)
class MoneyForm:
    """One form: the record that it makes, and how each of its fields is read.

    Parameters
    ----------
    record
        Dataclass of the service.
    fields
        Field -> ``amount``, ``date``, ``number``, ``key``, ``text`` or ``flag``.
    required
        Fields that may not be empty.
    """

    record: type[Any]
    fields: Mapping[str, str]
    required: frozenset[str]


MONEY_FORMS: Mapping[str, MoneyForm] = {
    "budget": MoneyForm(
        NewAppropriation,
        {
            "amount_baht": "amount",
            "fund_source_code": "text",
            "programme_code": "text",
            "legal_reference": "text",
            "approved_on": "date",
        },
        frozenset({"amount_baht", "fund_source_code"}),
    ),
    "contracts": MoneyForm(
        NewContract,
        {
            "number": "text",
            "amount_baht": "amount",
            "signed_on": "date",
            "contractor_name": "text",
            "contractor_is_person": "flag",
            "procurement_method_code": "text",
            "instalments": "number",
            "end_on": "date",
        },
        frozenset({"number", "amount_baht", "signed_on"}),
    ),
    "disbursements": MoneyForm(
        NewDisbursement,
        {
            "amount_baht": "amount",
            "paid_on": "date",
            "appropriation_id": "key",
            "contract_id": "key",
            "voucher_number": "text",
            "instalment": "number",
        },
        frozenset({"amount_baht", "paid_on", "appropriation_id"}),
    ),
}


def read_form(form: MoneyForm, given: Mapping[str, str]) -> Any:
    """The record that the form describes.

    Raises
    ------
    InvalidInput
        Every field that is missing or cannot be read.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, kind in form.fields.items():
        text = given.get(name, "").strip()
        read = _read(kind, text)
        if isinstance(read, Problem):
            problems.append(Problem(read.code, read.level, {"field": name}, read.values))
        elif read is None and name in form.required:
            problems.append(Problem("field_required", where={"field": name}))
        else:
            values[name] = read
    if problems:
        raise InvalidInput(problems)
    return form.record(**values)


def _read(kind: str, text: str) -> Decimal | date | int | str | bool | Problem | None:
    if kind == "flag":
        return bool(text)
    if not text:
        return None
    if kind == "amount":
        return parse_amount(text)
    if kind == "date":
        return parse_thai_date(text)
    if kind in ("number", "key"):
        return _whole(text, LARGEST_NUMBER if kind == "number" else 2**62)
    return text


def _whole(text: str, largest: int) -> int | Problem:
    digits = to_arabic_digits(text).replace(",", "")
    if digits.isdecimal() and len(digits) < 20 and 0 < int(digits) <= largest:
        return int(digits)
    expected = {"expected_th": f"จำนวนเต็ม 1 ถึง {largest:,}", "expected_en": f"a whole number from 1 to {largest:,}"}
    return Problem("invalid_field", values={"given": text[:40], **expected})

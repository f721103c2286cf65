"""What accepted rows become: the receipt of it, and how cells of a row are read for a record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from gis.problems import Problem
from gis.thai import search_key

Outcome = Literal["MADE", "FILLED", "SAME"]
EGP = re.compile(r"[0-9]{8,15}")
"""A number of e-GP."""


@dataclass(frozen=True)
class Chosen:
    """What a person chose where the row leaves a choice: numbers of the appropriation and of the contract."""

    appropriation_id: int | None = None
    contract_id: int | None = None


@dataclass(frozen=True)
class Made:
    """What became of a row.

    Parameters
    ----------
    outcome
        ``MADE``, ``FILLED`` where a stored contract had nothing, ``SAME`` as what is stored.
    contract_id, disbursement_id
        The record: one of the two.
    record_version
        Version of the contract after that.
    details
        ``filled`` (field -> what it is now), ``differences`` (field, file, stored) and ``notes`` (codes); plain JSON.
    """

    outcome: Outcome
    contract_id: int | None = None
    disbursement_id: int | None = None
    record_version: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def amount_of(values: Mapping[str, Any]) -> Decimal | None:
    """Baht of a row, ``None`` where it has none."""
    given = values.get("amount_baht")
    return None if given is None else Decimal(str(given)).quantize(Decimal("0.01"))


def day_of(values: Mapping[str, Any], name: str) -> date | None:
    """One of its days."""
    given = values.get(name)
    return date.fromisoformat(given) if given else None


def missing(amount: Decimal | None, day: date | None) -> list[Problem]:
    """Without these no record can be made."""
    problems = []
    if amount is None:
        problems.append(Problem("match_amount_missing", where={"field": "amount_baht"}))
    if day is None:
        problems.append(Problem("match_day_missing", where={"field": "recorded_on"}))
    return problems


def named(names: Sequence[tuple[str, str]], given: Any) -> str | None:
    """Code of the first words that a cell has."""
    text = search_key(str(given or ""))
    return next((code for words, code in names if re.search(words, text)), None) if text else None


def difference(name: str, said: Any, known: Any) -> dict[str, Any]:
    """What the file says and what is stored."""
    return {"field": name, "file": plain(said), "stored": plain(known)}


def plain(value: Any) -> Any:
    """As JSON keeps it: money with its two decimals."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value

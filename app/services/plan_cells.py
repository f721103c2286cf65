"""What somebody typed into a cell of a plan form, read as a value, and values written back as the sheet shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.queries.plan_forms import YEAR_PREFIX, FormColumn, PlanForm
from app.queries.plan_lines import PlanLine
from app.queries.plan_sheet import KIND_NAMES
from app.queries.plans import Strategy, VersionHead
from app.services.money_rules import LARGEST_BAHT
from app.services.project_checks import amount_problem
from gis.problems import Problem
from gis.thai import normalise, parse_amount, to_arabic_digits

# Letters that stand for digits after a bad copy or a slip on the keyboard.
_LOOK_ALIKES = str.maketrans({"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"})
_DECIMAL_COMMA = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{1,2}")
_DASHES = frozenset("-–—−")
_BLANK_LINES = re.compile(r"\n{3,}")
NOT_TYPED = frozenset({"line_number", "coordinates"})


@dataclass(frozen=True)
class CellRules:
    """What the cells of one form of one version may hold.

    Parameters
    ----------
    columns
        Columns that can be written, by key.
    years_be
        Fiscal years of the plan.
    choices
        Codes that a choice may have, by column; ``None`` means that nothing is known to check against.
    """

    columns: Mapping[str, FormColumn]
    years_be: tuple[int, ...]
    choices: Mapping[str, frozenset[str]]


def cell_rules(
    form: PlanForm, version: VersionHead, strategies: list[Strategy], programmes: Mapping[str, Any]
) -> CellRules:
    """Rules of a form of a version of a plan with these strategies."""
    columns = {c.key: c for c in form.columns(version.years_be) if c.key not in NOT_TYPED}
    return CellRules(
        columns,
        version.years_be,
        {
            "kind": frozenset(KIND_NAMES),
            "programme_code": frozenset(programmes),
            "local_strategy_id": frozenset(str(s.id) for s in strategies),
            "local_tactic_id": frozenset(str(t.id) for s in strategies for t in s.tactics),
        },
    )


def written(value: Any) -> str | None:
    """A value as the sheet shows it: money with two decimals and no commas, everything else as text."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)


def standing(line: PlanLine, key: str) -> str | None:
    """What stands in a cell of a line, as the sheet shows it."""
    year = year_of(key)
    return written(line.amounts.get(year) if year is not None else getattr(line, key))


def year_of(key: str) -> int | None:
    """Fiscal year of an amount's column."""
    return int(key[1:]) if key[:1] == YEAR_PREFIX and key[1:].isdecimal() else None


def read_cell(rules: CellRules, key: str, typed: Any) -> str | Problem | None:
    """Value of a cell in the sheet's own writing, or what is wrong with it.

    Parameters
    ----------
    rules
        Of the form.
    key
        Column.
    typed
        Text, number or ``None`` as it came.

    Returns
    -------
    str, None or Problem
        ``None`` empties the cell. The problem's ``where`` has the column; ``values`` may hold a ``suggestion``.
    """
    where = {"column": key}
    column = rules.columns.get(key)
    year = year_of(key)
    if column is None:
        if year is None:
            return Problem("form_column_unknown", where=where, values={"given": key[:40]})
        if _amount(typed, where) is None:  # money that stands outside the plan's years can be taken out
            return None
        return Problem(
            "year_outside_plan",
            where=where,
            values={"year": year, "first": rules.years_be[0], "last": rules.years_be[-1]},
        )
    if year is not None:
        return _amount(typed, where)
    text = tidy("" if typed is None else str(typed))
    if not text:
        return Problem("cell_required", where=where, values={"title": column.title_th}) if column.required else None
    if column.type == "choice":
        return _choice(rules, key, text, where)
    if column.max_length is not None and len(text) > column.max_length:
        return Problem("text_too_long", where=where, values={"limit": column.max_length, "length": len(text)})
    return text


def tidy(text: str) -> str:
    """Text of a cell: each line normalised, blank lines at the ends and runs of them dropped."""
    lines = (normalise(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def is_dash(text: str) -> bool:
    """True for what budget tables write where there is nothing: one dash or several.

    Examples
    --------
    >>> is_dash(" - "), is_dash("0"), is_dash("")
    (True, False, False)
    """
    plain = text.strip()
    return bool(plain) and set(plain) <= _DASHES


def _amount(typed: Any, where: Mapping[str, Any]) -> str | Problem | None:
    amount = parse_amount(typed)
    if isinstance(amount, Decimal):
        if amount < 0:
            return Problem("amount_negative", where=where, values={"text": str(typed)[:80]})
        if amount > LARGEST_BAHT:
            told = amount_problem("", amount, Decimal(0), LARGEST_BAHT)
            return Problem(told.code, where=where, values=told.values)
        # A dash stands for a year in which the project has nothing; a nought says that it goes on without money.
        return None if isinstance(typed, str) and is_dash(typed) else written(amount)
    if amount.code == "amount_missing":
        return None
    values = dict(amount.values)
    suggestion = suggested_amount(str(typed))
    if suggestion is not None:
        values["suggestion"] = suggestion
    return Problem(amount.code, where=where, values=values)


def suggested_amount(text: str) -> str | None:
    """The number that was probably meant where a letter stands for a digit or commas and points are exchanged.

    Examples
    --------
    >>> suggested_amount("96O,000"), suggested_amount("1.250.000,50"), suggested_amount("ประมาณ 5 แสน")
    ('960000.00', '1250000.50', None)
    """
    plain = normalise(to_arabic_digits(text)).translate(_LOOK_ALIKES)
    if _DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    amount = parse_amount(plain)
    return written(amount) if isinstance(amount, Decimal) else None


def _choice(rules: CellRules, key: str, text: str, where: Mapping[str, Any]) -> str | Problem:
    allowed = rules.choices[key]
    if text in allowed:
        return text
    return Problem("choice_unknown", where=where, values={"given": text[:80]})

"""Tables of contracts, payments and projects read into rows: any of the import desk's table files, Thai headings.

What a column means is told by its heading. A cell that cannot be read is a problem of its row, and the row is matched
without it; a file without a column of names is refused with the columns that it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from app.errors import InvalidInput
from app.services.imports.fields import FISCAL_YEARS, column_key
from app.services.matching.bodies import body_of, is_code
from app.services.matching.headings import OUTSIDE, PROJECT
from app.services.matching.rows import Kind, KnownProject, OutsideRow
from gis.problems import Problem
from gis.readers.process import open_source
from gis.readers.source import GEOMETRY, ROW_NUMBER, ReadError
from gis.thai import BUDDHIST_ERA_OFFSET, normalise, parse_amount, parse_thai_date, to_arabic_digits

T = TypeVar("T")

ROWS_MAX = 100_000
PROJECTS_MAX = 500_000
TABLES = ("csv", "xlsx")
_LINES_ABOVE = 20
_CELL = 2_000
_TOTALS = re.compile(r"^(?:รวม|ยอดรวม|รวมทั้งสิ้น|รวมเป็นเงิน|ยอดยกมา|ยอดยกไป|total|sum)", re.IGNORECASE)
_EMPTY = frozenset(("", "-", "–", "—", "n/a", "null", "none", "ไม่ระบุ"))

_DAYS_EGP = ("signed_on", "day", "announced_on", "paid_on")
_DAYS_PAYMENT = ("paid_on", "day", "signed_on")
# Days that a record may bear: neither an announcement's nor that of the paper before it.
_RECORDED_EGP = ("signed_on", "day")
_RECORDED_PAYMENT = ("paid_on", "day")
_OTHERS = ("contractor", "method", "instalment", "reference_baht", "sub_organisation")


@dataclass(frozen=True)
class Table:
    """A table as texts.

    Parameters
    ----------
    columns
        Field -> index of its column.
    headings
        Of all columns, as written.
    lines
        Line in the file and its cells.
    """

    columns: Mapping[str, int]
    headings: Sequence[str]
    lines: Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class OutsideFile:
    """What a file holds.

    Parameters
    ----------
    kind
        Contracts or payments.
    columns
        Field -> heading that was taken for it.
    skipped
        Lines that are no rows: sums and empty ones.
    """

    kind: Kind
    rows: tuple[OutsideRow, ...]
    columns: Mapping[str, str]
    skipped: int


def read_outside(path: Path, *, name: str | None = None, kind: Kind | None = None) -> OutsideFile:
    """Contracts or payments of a file; the kind by its columns unless it is given.

    Raises
    ------
    InvalidInput
        Not a table, no column of names, too many rows.
    """
    table = _table(path, name or path.name, OUTSIDE, ("name",), ROWS_MAX)
    kind = kind or ("payment" if table.columns.keys() & {"paid_baht", "voucher_number", "paid_on"} else "egp")
    rows, skipped = [], 0
    for number, cells in table.lines:
        row = _row(kind, number, {field: cells[index] for field, index in table.columns.items()})
        if row is None:
            skipped += 1
        else:
            rows.append(row)
    if not rows:
        raise InvalidInput([Problem("match_file_empty")])
    headings = {field: table.headings[index] for field, index in table.columns.items()}
    return OutsideFile(kind, tuple(rows), headings, skipped)


def read_projects(path: Path) -> list[KnownProject]:
    """Projects of a table such as our own export as CSV.

    Raises
    ------
    InvalidInput
        Not a table, no columns of codes and names, too many rows.
    """
    table = _table(path, path.name, PROJECT, ("code", "name"), PROJECTS_MAX)
    found = []
    for _number, cells in table.lines:
        said = {field: _said(cells[index]) for field, index in table.columns.items()}
        if said["code"] and said["name"]:
            found.append(_project(said))
    return found


def _project(said: Mapping[str, str]) -> KnownProject:
    organisation = said.get("organisation", "")
    coded = is_code(organisation)
    name = said.get("organisation_name", "") or ("" if coded else organisation)
    return KnownProject(
        said["code"],
        said["name"],
        name,
        said.get("province", ""),
        _year(said.get("fiscal_year_be", "")),
        _baht(said.get("budget_baht", "")),
        _baht(said.get("contracted_baht", "")),
        said.get("route_code", ""),
        _metres(said.get("length_m", "")),
        _metres(said.get("width_m", "")),
        tuple(number for key in ("egp_number", "contract_number") if (number := said.get(key, ""))),
        organisation_code=organisation if coded else "",
    )


def _table(path: Path, name: str, known: Mapping[str, tuple[str, ...]], needed: tuple[str, ...], limit: int) -> Table:
    """The table of a file; its heading is the first line that names the needed columns."""
    with open_source(path, name=name) as source:
        if source.errors:
            raise InvalidInput(source.errors)
        if source.format not in TABLES:
            raise InvalidInput([Problem("match_not_a_table", values={"format": source.format})])
        try:
            lines = list(islice(_lines(source.batches()), limit + 1))
        except ReadError as error:
            raise InvalidInput([error.problem]) from error
    if len(lines) > limit:
        raise InvalidInput([Problem("match_too_many_rows", values={"limit": limit})])
    for above in range(-1, min(_LINES_ABOVE, len(lines))):
        headings = source.columns if above < 0 else lines[above][1]
        columns = _columns(headings, known)
        if all(field in columns for field in needed):
            return Table(columns, [str(heading) for heading in headings], lines[above + 1 :])
    shown = ", ".join(source.columns)[:300]
    missing = ", ".join(known[field][0] for field in needed)
    raise InvalidInput([Problem("match_columns_missing", values={"columns": shown or "-", "needed": missing})])


def _lines(batches: Any) -> Any:
    for batch in batches:
        names = [field.name for field in batch.schema if field.name not in (ROW_NUMBER, GEOMETRY)]
        numbers = batch.column(ROW_NUMBER).to_pylist()
        columns = [batch.column(column).to_pylist() for column in names]
        for number, *cells in zip(numbers, *columns, strict=True):
            yield number, ["" if cell is None else str(cell)[:_CELL] for cell in cells]


def _columns(headings: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for index, heading in enumerate(headings):
        keys.setdefault(column_key(str(heading)), index)
    found: dict[str, int] = {}
    for field, aliases in known.items():
        taken = next((keys[alias] for alias in aliases if alias in keys), None)
        if taken is not None and taken not in found.values():
            found[field] = taken
    return found


def _said(cell: str) -> str:
    text = normalise(cell)
    return "" if text.lower() in _EMPTY else text


def _row(kind: Kind, number: int, cells: Mapping[str, str]) -> OutsideRow | None:
    """The row; None for a sum or a line with nothing in it."""
    said = {field: _said(cell) for field, cell in cells.items()}
    name = said.get("name", "")
    if _TOTALS.match(name) or not any(said.get(field) for field in ("name", "egp_number", "contract_number")):
        return None
    problems: list[Problem] = []
    if not name:
        problems.append(Problem("match_name_missing", "warning", where={"row": number, "field": "name"}))
    amount = (
        ("paid_baht", "amount_baht", "price_baht") if kind == "payment" else ("price_baht", "amount_baht", "paid_baht")
    )
    period = {name: _read(said, (name,), parse_thai_date, number, problems) for name in ("start_on", "end_on")}
    return OutsideRow(
        number,
        name,
        _organisation(said),
        said.get("province", ""),
        _read(said, ("fiscal_year_be",), _year_or_problem, number, problems),
        _read(said, ("budget_baht",), _amount, number, problems),
        _read(said, amount, _amount, number, problems),
        _read(said, _DAYS_PAYMENT if kind == "payment" else _DAYS_EGP, parse_thai_date, number, problems),
        to_arabic_digits(said.get("egp_number", "")),
        to_arabic_digits(said.get("contract_number", "")),
        to_arabic_digits(said.get("voucher_number", "")),
        {field: said[field] for field in _OTHERS if said.get(field)},
        tuple(problems),
        # What cannot be read of it was told with the day above.
        _read(said, _RECORDED_PAYMENT if kind == "payment" else _RECORDED_EGP, parse_thai_date, number, []),
        **period,
    )


def _organisation(said: Mapping[str, str]) -> str:
    """The local organisation among the two columns of an e-GP export: either may be the ministry's."""
    names = [said.get("organisation", ""), said.get("sub_organisation", "")]
    return next((name for name in names if name and body_of(name).kind), names[0])


def _read(
    said: Mapping[str, str],
    fields: Sequence[str],
    read: Callable[[str], T | Problem | None],
    number: int,
    problems: list[Problem],
) -> T | None:
    """The first of the cells that says something; what cannot be read is a warning of the row."""
    for field in fields:
        text = said.get(field, "")
        if not text:
            continue
        value = read(text)
        if isinstance(value, Problem):
            problems.append(Problem(value.code, "warning", {"row": number, "field": field}, value.values))
        elif value is not None:
            return value
    return None


def _amount(text: str) -> Decimal | Problem | None:
    value = parse_amount(text)
    if isinstance(value, Problem) and value.code == "amount_too_precise":
        # Shares of a payment that a spreadsheet has divided: the satang are what was meant.
        return Decimal(to_arabic_digits(text).replace(",", "")).quantize(Decimal("0.01"))
    return value or None


def _year_or_problem(text: str) -> int | Problem:
    year = _year(text)
    return Problem("year_unreadable", values={"text": text[:80]}) if year is None else year


def _year(text: str) -> int | None:
    """Fiscal year, Buddhist era: 2568, 68, ``พ.ศ. ๒๕๖๘``, 2025."""
    found = re.findall(r"[0-9]{4}|[0-9]{2}", to_arabic_digits(text))
    if not found:
        return None
    year = int(found[-1])
    if year < 100:
        year += 2500
    elif year < FISCAL_YEARS.start:
        year += BUDDHIST_ERA_OFFSET
    return year if year in FISCAL_YEARS else None


def _baht(text: str) -> Decimal | None:
    value = _amount(text) if text else None
    return None if isinstance(value, Problem) else value


def _metres(text: str) -> float | None:
    try:
        return float(to_arabic_digits(text).replace(",", "")) if text else None
    except ValueError:
        return None

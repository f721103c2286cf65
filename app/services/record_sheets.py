"""Writing sheets of records: communities, grants, and finances by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import InvalidInput, NotFound
from app.queries.record_sheets import RecordColumn, RecordSheet, column_of, record_rows, written
from app.services.money_rules import check_open_year, refuse
from app.services.plan_cells import is_dash, suggested_amount, tidy
from app.services.project_locks import mark_on_behalf
from app.services.sheet_keys import remember, resumed
from app.services.sheets import MOST_CHANGES, Cell, NewRow, SheetChanges, SheetOutcome, merge_cells, refuse_merges
from gis.problems import Problem
from gis.thai import parse_amount, parse_thai_date, to_arabic_digits

FIRST_YEAR_BE, LAST_YEAR_BE = 2540, 2640
LARGEST_COUNT = 9_999_999


def change_records(
    session: Session, actor: Actor, sheet: RecordSheet, organisation_code: str, year_be: int, changes: SheetChanges
) -> SheetOutcome:
    """Write what can be written of a save; what cannot comes back with its reason.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not this person's sheet.
    InvalidInput
        A year that no form has, or that is closed; too many changes at once.
    """
    target = _hold(session, organisation_code)
    policy.require(actor, sheet.action, target)
    if not FIRST_YEAR_BE <= year_be <= LAST_YEAR_BE:
        limits = {"given": year_be, "minimum": FIRST_YEAR_BE, "maximum": LAST_YEAR_BE}
        raise InvalidInput([Problem("fiscal_year_out_of_range", where={"field": "year"}, values=limits)])
    if keeps_money(sheet):
        refuse(check_open_year(session, organisation_code, year_be))
    if changes.count > MOST_CHANGES:
        raise InvalidInput([Problem("too_many_changes", values={"limit": MOST_CHANGES, "count": changes.count})])
    rows = {row.id: row for row in record_rows(session, sheet, organisation_code, year_be)}
    outcome = SheetOutcome()
    refuse_merges(changes, outcome)
    place = f"{sheet.name}/{organisation_code}/{year_be}"
    changes, known = resumed(session, place, changes)

    def read(column: str, typed: Any) -> Cell | Problem:
        return read_record_cell(sheet, column, typed)

    values = merge_cells(changes.cells, lambda row, column: written(rows[row].values[column]), read, outcome)
    mark_on_behalf(session, actor, organisation_code)
    if sheet.section is not None:
        _write_months(session, organisation_code, year_be, values)
        outcome.touched = set(values)
        return outcome
    gone = [row for row in changes.removals if row in rows]
    _write_records(session, sheet, values)
    _set_removed(session, sheet, gone, "now()")
    restored = _restore(session, sheet, organisation_code, year_be, changes.restores)
    outcome.inserted = known | _insert(session, sheet, organisation_code, year_be, changes.inserts, outcome)
    remember(session, place, outcome.inserted)
    outcome.removed = gone
    outcome.touched = {*values, *restored, *outcome.inserted.values()}
    return outcome


def keeps_money(sheet: RecordSheet) -> bool:
    """True for sheets of money, which a closed year closes with it; people and communities are counted on."""
    return sheet.section is not None or sheet.table == "grant_allotment"


def read_record_cell(sheet: RecordSheet, key: str, typed: Any) -> Cell | Problem:
    """Value of a cell in the sheet's own writing, or what is wrong with it."""
    column = column_of(sheet, key)
    where = {"column": key}
    if column is None:
        return Problem("form_column_unknown", where=where, values={"given": key[:40]})
    text = tidy("" if typed is None else str(typed))
    if not text:
        return Problem("cell_required", where=where, values={"title": column.title_th}) if column.required else None
    if column.type == "money":
        return _money(text, where)
    if column.type == "integer":
        return _integer(text, where)
    if column.type == "date":
        day = parse_thai_date(text)
        return day.isoformat() if isinstance(day, date) else Problem(day.code, where=where, values=day.values)
    if column.type == "choice":
        return _choice(column, text, where)
    if column.max_length is not None and len(text) > column.max_length:
        return Problem("text_too_long", where=where, values={"limit": column.max_length, "length": len(text)})
    return text


def _money(text: str, where: Mapping[str, Any]) -> Cell | Problem:
    amount = parse_amount(text)
    if isinstance(amount, Decimal):
        if amount < 0:
            return Problem("amount_negative", where=where, values={"text": text[:80]})
        # A dash is nothing; a nought that somebody typed says that nothing came in that month.
        return None if is_dash(text) else f"{amount:.2f}"
    values = dict(amount.values)
    suggestion = suggested_amount(text)
    return Problem(amount.code, where=where, values=values | ({"suggestion": suggestion} if suggestion else {}))


def _integer(text: str, where: Mapping[str, Any]) -> Cell | Problem:
    plain = to_arabic_digits(text).replace(",", "").strip()
    if is_dash(plain):
        return None
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 9 and int(plain) <= LARGEST_COUNT):
        return Problem("count_unreadable", where=where, values={"text": text[:80], "limit": LARGEST_COUNT})
    return str(int(plain))


def _choice(column: RecordColumn, text: str, where: Mapping[str, Any]) -> Cell | Problem:
    """A code, or the name of one in either language."""
    for code, thai, english in column.choices:
        if text in (code, thai, english):
            return code
    return Problem("choice_unknown", where=where, values={"given": text[:80]})


def _hold(session: Session, code: str) -> Target:
    row = session.execute(
        sa.text("SELECT code, province_code, amphoe_code FROM organisation WHERE code = :code FOR NO KEY UPDATE"),
        {"code": code},
    ).one_or_none()
    if row is None:
        raise NotFound("organisation_not_found", {"organisation": code[:40]})
    return Target(row.code, row.province_code, row.amphoe_code)


_MONTHS = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(CAST(:cells AS json)) AS r(item text, month integer, baht numeric)
), gone AS (
    DELETE FROM finance_month f USING given g
    WHERE g.baht IS NULL AND f.organisation_code = :organisation AND f.fiscal_year_be = :year
      AND f.item_code = g.item AND f.month = g.month
)
INSERT INTO finance_month AS f (organisation_code, fiscal_year_be, item_code, month, amount_baht)
SELECT :organisation, :year, item, month, baht FROM given WHERE baht IS NOT NULL
ON CONFLICT (organisation_code, fiscal_year_be, item_code, month)
DO UPDATE SET amount_baht = excluded.amount_baht WHERE f.amount_baht <> excluded.amount_baht
"""


def _write_months(session: Session, organisation: str, year_be: int, values: Mapping[str, Mapping[str, Cell]]) -> None:
    cells = [
        {"item": item, "month": int(column[1:]), "baht": value}
        for item, changed in values.items()
        for column, value in changed.items()
    ]
    if cells:
        session.execute(
            sa.text(_MONTHS), {"cells": orjson.dumps(cells).decode(), "organisation": organisation, "year": year_be}
        )


_SQL_TYPES = {"money": "numeric", "integer": "integer", "date": "date"}


def _record(sheet: RecordSheet) -> str:
    return ", ".join(f"{c.key} {_SQL_TYPES.get(c.type, 'text')}" for c in sheet.columns)


def _write_records(session: Session, sheet: RecordSheet, values: Mapping[str, Mapping[str, Cell]]) -> None:
    """One statement a set of columns: whoever pastes writes the same columns in every line."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row, changed in values.items():
        by_columns.setdefault(tuple(sorted(changed)), []).append({"id": int(row), **changed})
    for columns, records in by_columns.items():
        # Names come from the declaration of the sheet, never from a request.
        sets = ", ".join(f"{name} = r.{name}" for name in columns)
        session.execute(
            sa.text(
                f"UPDATE {sheet.table} t SET {sets}"
                f" FROM json_to_recordset(CAST(:rows AS json)) AS r(id bigint, {_record(sheet)}) WHERE t.id = r.id"
            ),
            {"rows": orjson.dumps(records).decode()},
        )


def _set_removed(session: Session, sheet: RecordSheet, rows: Sequence[str], when: str) -> None:
    if rows:
        session.execute(
            sa.text(f"UPDATE {sheet.table} SET removed_at = {when} WHERE id = ANY(:ids)"),
            {"ids": [int(row) for row in rows]},
        )


def _restore(session: Session, sheet: RecordSheet, organisation: str, year_be: int, rows: Sequence[str]) -> list[str]:
    asked = [int(row) for row in rows if row.isascii() and row.isdecimal() and len(row) < 19]
    if not asked:
        return []
    found = session.scalars(
        sa.text(
            f"UPDATE {sheet.table} SET removed_at = NULL WHERE id = ANY(:ids) AND organisation_code = :organisation"
            f" AND {sheet.year_column} = :year AND removed_at IS NOT NULL RETURNING id"
        ),
        {"ids": asked, "organisation": organisation, "year": year_be},
    )
    return [str(identity) for identity in found]


def _insert(
    session: Session,
    sheet: RecordSheet,
    organisation: str,
    year_be: int,
    inserts: Sequence[NewRow],
    outcome: SheetOutcome,
) -> dict[str, str]:
    fresh: list[tuple[str, dict[str, Cell]]] = []
    for line in inserts:
        typed = {column.key: None for column in sheet.columns if column.required} | dict(line.cells)
        read = {key: read_record_cell(sheet, key, value) for key, value in typed.items()}
        problems = [p for p in read.values() if isinstance(p, Problem)]
        outcome.problems += [Problem(p.code, p.level, {"row": line.key, **p.where}, p.values) for p in problems]
        if not problems:
            fresh.append((line.key, {k: v for k, v in read.items() if not isinstance(v, Problem)}))
    if not fresh:
        return {}
    names = ", ".join(column.key for column in sheet.columns)
    made = session.execute(
        sa.text(
            f"WITH given AS MATERIALIZED (SELECT r.*, nextval(pg_get_serial_sequence('{sheet.table}', 'id')) AS id"
            f" FROM json_to_recordset(CAST(:rows AS json)) AS r(n integer, {_record(sheet)})), made AS ("
            f" INSERT INTO {sheet.table} (id, organisation_code, {sheet.year_column}, {names})"
            f" SELECT id, :organisation, :year, {names} FROM given ORDER BY n)"
            " SELECT n, id FROM given ORDER BY n"
        ),
        {
            "rows": orjson.dumps([{"n": n, **values} for n, (_, values) in enumerate(fresh)]).decode(),
            "organisation": organisation,
            "year": year_be,
        },
    )
    return {fresh[row.n][0]: str(row.id) for row in made}

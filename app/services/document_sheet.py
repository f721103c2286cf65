"""Writing the table of a budget document: what one save brings is written whole or not at all.

A row is a project and a fund source. Whoever brings a new row says its project; the fund source, the programme and the
amount come from the document and the plan where nothing is said, and stand in the table to be changed. A draft may hold
rows without an amount; what is sent in may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.queries.budget_reviews import DocumentLine
from app.queries.codelists import code_list
from app.queries.document_sheet import AMOUNT, NAME, PROJECT, STORED, document_rows, document_sheet
from app.queries.record_sheets import RecordSheet, written
from app.services.budget_documents import DOCUMENT
from app.services.money_rules import NOTHING, check_amount, check_open_year, refuse
from app.services.project_locks import mark_on_behalf
from app.services.record_sheets import read_record_cell
from app.services.reviewed import Held, hold_open, write
from app.services.sheets import MOST_CHANGES, Cell, CellConflict, NewRow, SheetChanges, SheetOutcome, merge_cells
from gis.problems import Problem
from gis.thai import to_arabic_digits


@dataclass(frozen=True)
class _Project:
    """A project that a row may name."""

    id: int
    code: str
    name_th: str
    status: str
    planned_baht: Decimal
    programme_code: str | None


@dataclass
class _Row:
    """A row as it will stand: its name in the sheet, its project, its values and what of them was said."""

    name: str
    project: str
    values: dict[str, Cell]
    said: frozenset[str] = field(default_factory=frozenset)

    @property
    def place(self) -> tuple[Cell, ...]:
        """What no two rows of a document have in common."""
        return (self.project, self.values["fund_source_code"], self.values["expenditure_category_code"])


def change_document_rows(session: Session, actor: Actor, document_id: int, changes: SheetChanges) -> SheetOutcome:
    """Write a save of the table of a draft or returned document: with any problem or conflict, nothing of it.

    Raises
    ------
    NotFound, Forbidden
        No such document; not allowed.
    InvalidInput
        The document was sent in, its year is closed, too many changes at once.
    """
    held = hold_open(session, actor, DOCUMENT, document_id, None)
    refuse(check_open_year(session, held.organisation_code, held.fiscal_year_be))
    if changes.count > MOST_CHANGES:
        raise InvalidInput([Problem("too_many_changes", values={"limit": MOST_CHANGES, "count": changes.count})])
    sheet = document_sheet(session, held.row["kind"])
    asked = _numbers(changes.restores)
    lines = {str(line.id): line for line in document_rows(session, held.id, asked)}
    outcome = SheetOutcome()
    back = [row for row in map(str, asked) if row in lines]
    standing = {row: _standing(line) for row, line in lines.items()}
    changed = _changed(sheet, standing, changes, outcome)
    leaving = _leaving(standing, changes.removals, outcome)
    read = [(line.key, values) for line in changes.inserts if (values := _read_new(sheet, line, outcome)) is not None]
    touched = [standing[name].project for name in (*changed, *leaving, *back)]
    projects = _hold_projects(session, held, [*touched, *(str(values[PROJECT]) for _, values in read)])
    fresh = _fresh(session, held, sheet, read, projects, outcome)
    rows = {row.name: row for row in [*standing.values(), *fresh] if row.name not in leaving}
    _check_works(session, rows, [*changed, *_names(fresh)], outcome)
    _check_places(rows, [*changed, *back, *_names(fresh)], outcome)
    if outcome.conflicts:
        outcome.conflicts = _with_authors(session, outcome.conflicts)
    if not outcome.clean:
        names = {project.code: project.name_th for project in projects.values()}
        outcome.found = {row.name: {NAME: names[row.project]} for row in fresh}
        return outcome
    kept = [rows[name] for name in changed if name in rows]
    mark_on_behalf(session, actor, held.organisation_code)
    _set_removed(session, leaving, actor.user_id, when="now()")
    _update(session, kept)
    _set_removed(session, back, None, when="NULL")
    outcome.inserted, outcome.removed = _insert(session, held, fresh), leaving
    outcome.touched = {*_names(kept), *back, *outcome.inserted.values()}
    if outcome.touched or leaving:
        # whoever sends it in has to have seen its newest rows
        write(session, held, {}, "title = title")
    return outcome


def _numbers(rows: Sequence[str]) -> list[int]:
    return [int(row) for row in dict.fromkeys(rows) if row.isascii() and row.isdecimal() and len(row) < 19]


def _names(rows: Sequence[_Row]) -> list[str]:
    return [row.name for row in rows]


def _standing(line: DocumentLine) -> _Row:
    return _Row(str(line.id), line.project, {name: written(getattr(line, name)) for name in STORED})


def _read(sheet: RecordSheet, column: str, typed: Any) -> Cell | Problem:
    """A cell of the table; an amount that is taken out is nought, a project is found by its code in any digits."""
    value = read_record_cell(sheet, column, typed)
    if isinstance(value, Problem):
        return value
    if column == AMOUNT:
        amount = Decimal(value or 0)
        [*wrong] = check_amount(amount, NOTHING)
        return Problem(wrong[0].code, values=wrong[0].values) if wrong else f"{amount:.2f}"
    if column == "fund_source_code" and value is None:
        return Problem("cell_required", where={"column": column}, values={"title": "แหล่งเงิน"})
    return to_arabic_digits(value).upper() if column == PROJECT and value else value


def _changed(
    sheet: RecordSheet, standing: Mapping[str, _Row], changes: SheetChanges, outcome: SheetOutcome
) -> list[str]:
    """Rows that the cells change, their values already put in place."""

    def now(row: str, column: str) -> Cell:
        held = standing[row]
        return held.project if column == PROJECT else held.values.get(column)

    merged = merge_cells(changes.cells, now, lambda column, typed: _read(sheet, column, typed), outcome)
    for name, values in merged.items():
        if PROJECT in values:
            outcome.problems.append(Problem("document_row_project", where={"row": name, "column": PROJECT}))
            continue
        standing[name].values.update(values)
        standing[name].said = frozenset(values)
    return list(merged)


def _leaving(standing: Mapping[str, _Row], removals: Sequence[str], outcome: SheetOutcome) -> list[str]:
    asked = list(dict.fromkeys(removals))
    outcome.problems += [Problem("line_not_found", where={"row": row}) for row in asked if row not in standing]
    return [row for row in asked if row in standing]


def _fresh(
    session: Session,
    held: Held,
    sheet: RecordSheet,
    read: Sequence[tuple[str, Mapping[str, Cell]]],
    projects: Mapping[str, _Project],
    outcome: SheetOutcome,
) -> list[_Row]:
    """New rows with what the document and the plan say where nothing was said."""
    programmes = code_list(session, "budget_programme")
    first_fund = next(column for column in sheet.columns if column.key == "fund_source_code").choices[0][0]
    rows = []
    for key, values in read:
        project = projects.get(str(values[PROJECT]))
        where = {"row": key, "column": PROJECT}
        if project is None:
            outcome.problems.append(_unknown(held, where, str(values[PROJECT])))
            continue
        if project.status in ("CLOSED", "CANCELLED"):
            about = {"status": project.status, "project": project.code}
            outcome.problems.append(Problem("project_not_open", where=where, values=about))
            continue
        of_plan = project.programme_code if project.programme_code in programmes else None
        defaults: dict[str, Cell] = {"fund_source_code": first_fund, AMOUNT: f"{project.planned_baht:.2f}"}
        if values.get("work_code") is None:
            defaults["programme_code"] = of_plan
        known = dict.fromkeys(STORED) | defaults | {k: v for k, v in values.items() if v is not None and k in STORED}
        rows.append(_Row(key, project.code, known, frozenset(values)))
    return rows


def _read_new(sheet: RecordSheet, line: NewRow, outcome: SheetOutcome) -> dict[str, Cell] | None:
    typed = {PROJECT: None, **line.cells}
    given = {k: v for k, v in typed.items() if k == PROJECT or v not in (None, "")}
    read = {key: _read(sheet, key, value) for key, value in given.items()}
    problems = [
        Problem(p.code, p.level, {"row": line.key, "column": key, **p.where}, p.values)
        for key, p in read.items()
        if isinstance(p, Problem)
    ]
    outcome.problems += problems
    return None if problems else {k: v for k, v in read.items() if not isinstance(v, Problem)}


def _unknown(held: Held, where: Mapping[str, Any], given: str) -> Problem:
    year = held.fiscal_year_be
    example = f"{year % 100}-{held.organisation_code}-0001"
    values = {"given": given[:80], "fiscal_year_be": year, "example": example}
    return Problem("project_not_of_document", where=where, values=values)


def _hold_projects(session: Session, held: Held, codes: Sequence[str]) -> dict[str, _Project]:
    """Projects of the document's organisation and year by code: all that the save writes to are locked together, in
    the order in which everybody locks them."""
    if not codes:
        return {}
    rows = session.execute(
        sa.text(
            "SELECT id, code, name_th, status, planned_baht, programme_code FROM project"
            " WHERE organisation_code = :organisation AND fiscal_year_be = :year AND upper(code) = ANY(:codes)"
            " ORDER BY id FOR NO KEY UPDATE"
        ),
        {
            "organisation": held.organisation_code,
            "year": held.fiscal_year_be,
            "codes": sorted({code.upper() for code in codes}),
        },
    )
    return {row.code.upper(): _Project(*row) for row in rows}


def _check_works(session: Session, rows: Mapping[str, _Row], names: Sequence[str], outcome: SheetOutcome) -> None:
    """A work belongs to its programme; where only the work was said, the programme follows it."""
    works = code_list(session, "budget_work")
    for name in names:
        row = rows.get(name)
        work = works.get(row.values["work_code"] or "") if row else None
        if row is None or work is None:
            continue
        expected = str(work.attributes["programme_code"])
        if row.values["programme_code"] is None or "programme_code" not in row.said:
            row.values["programme_code"] = expected
        elif row.values["programme_code"] != expected:
            values = {"work": work.code, "programme": row.values["programme_code"], "expected": expected}
            where = {"row": name, "column": "work_code"}
            outcome.problems.append(Problem("work_of_another_programme", where=where, values=values))


def _check_places(rows: Mapping[str, _Row], names: Sequence[str], outcome: SheetOutcome) -> None:
    """No two rows say the same: the same project, fund source and category."""
    times = Counter(row.place for row in rows.values())
    for name in dict.fromkeys(names):
        row = rows.get(name)
        if row is not None and times[row.place] > 1:
            where, values = {"row": name, "column": PROJECT}, {"project": row.project}
            outcome.problems.append(Problem("document_row_repeated", where=where, values=values))


_AUTHORS = """
SELECT DISTINCT ON (entity_key, field) entity_key, field, user_name, at
FROM change_log, LATERAL jsonb_object_keys(after) AS field
WHERE entity = 'appropriation' AND entity_key = ANY(:keys) ORDER BY entity_key, field, id DESC
"""


def _with_authors(session: Session, conflicts: Sequence[CellConflict]) -> list[CellConflict]:
    """Who wrote what stands in each of the cells, and when."""
    keys = list({conflict.row for conflict in conflicts})
    found = {(r.entity_key, r.field): (r.user_name, r.at) for r in session.execute(sa.text(_AUTHORS), {"keys": keys})}
    return [
        CellConflict(c.row, c.column, c.base, c.yours, c.theirs, *found.get((c.row, c.column), (None, None)))
        for c in conflicts
    ]


_RECORD = (
    "fund_source_code text, programme_code text, work_code text, expenditure_category_code text,"
    " legal_reference text, amount_baht numeric"
)


def _update(session: Session, rows: Sequence[_Row]) -> None:
    if rows:
        sets = ", ".join(f"{name} = r.{name}" for name in STORED)
        session.execute(
            sa.text(
                f"UPDATE appropriation a SET {sets}"
                f" FROM json_to_recordset(CAST(:rows AS json)) AS r(id bigint, {_RECORD}) WHERE a.id = r.id"
            ),
            {"rows": orjson.dumps([{"id": int(row.name), **row.values} for row in rows]).decode()},
        )


def _set_removed(session: Session, rows: Sequence[str], by: int | None, *, when: str) -> None:
    if rows:
        session.execute(
            sa.text(f"UPDATE appropriation SET removed_at = {when}, removed_by = :by WHERE id = ANY(:ids)"),
            {"ids": [int(row) for row in rows], "by": by},
        )


def _insert(session: Session, held: Held, rows: Sequence[_Row]) -> dict[str, str]:
    """The new rows in one statement; their numbers by the writer's key."""
    if not rows:
        return {}
    names = ", ".join(STORED)
    made = session.execute(
        sa.text(
            "WITH given AS MATERIALIZED ("
            " SELECT r.*, p.id AS project_id, nextval(pg_get_serial_sequence('appropriation', 'id')) AS id"
            f" FROM json_to_recordset(CAST(:rows AS json)) AS r(n integer, project text, {_RECORD})"
            " JOIN project p ON p.code = r.project), made AS ("
            f" INSERT INTO appropriation (id, project_id, budget_document_id, in_force, {names})"
            f" SELECT id, project_id, :document, false, {names} FROM given ORDER BY n)"
            " SELECT n, id FROM given ORDER BY n"
        ),
        {
            "rows": orjson.dumps([{"n": n, PROJECT: row.project, **row.values} for n, row in enumerate(rows)]).decode(),
            "document": held.id,
        },
    )
    return {rows[row.n].name: str(row.id) for row in made}

"""Cells mended in the table, one or all that say the same: read again, their rows judged again, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import ImportBatch, ImportRow, Organisation
from app.services.imports import along_roads
from app.services.imports.codes import read_codes
from app.services.imports.existing import read_choices, read_existing
from app.services.imports.fields import BY_NAME, fields_of, read_cell
from app.services.imports.pictures import is_of_photographs, settle_pictures
from app.services.imports.reading import ReadBatch
from app.services.imports.receiving import held_batch
from app.services.imports.rules import Permissions, RowRules, level_of
from app.services.imports.suggesting import find_matches
from gis.problems import Problem

# Found by the rules over rows, so found again by them; a repeated name is known only to a whole staging.
_OF_ROWS = frozenset(
    {
        "name_missing",
        "new_project_not_allowed",
        "nothing_to_update",
        "no_coordinates",
        "coordinates_not_allowed",
        "project_code_unknown",
        "project_of_other",
        "project_of_other_kind",
        "project_ambiguous",
        "project_undecided",
        "project_similar",
        "replaces_verified",
        "fiscal_year_differs",
        "budget_differs",
    }
)


# What is kept of the whole staging: rows judged by themselves say nothing of it, or too little.
_OF_STAGING = frozenset({"name_repeated", "joined_as_segment"})

ROW_COLUMNS = 'row_number, "values", raw, level, problems'
_ROW = f"SELECT {ROW_COLUMNS}, geom IS NOT NULL AS placed FROM import_row"
_ONE_ROW = f"{_ROW} WHERE batch_id = :batch AND row_number = :row FOR UPDATE"
# A cell that could not be read stands in ``raw`` as the file has it; one that a rule refused was read.
_ROWS_THAT_SAY = f"""
    {_ROW}
    WHERE batch_id = :batch AND level IN ('error', 'warning')
      AND problems @> jsonb_build_array(jsonb_build_object(
          'code', :code ::text, 'where', jsonb_build_object('field', :field ::text)))
      AND coalesce(raw ->> :field, "values" ->> :field, '') = :text
    ORDER BY row_number FOR UPDATE"""
_WRITE = """
    UPDATE import_row r
    SET "values" = n."values", raw = n.raw, project_code = n.project_code, project_id = n.project_id,
        level = n.level, problems = n.problems
    FROM jsonb_to_recordset(:rows ::jsonb) AS n (row_number bigint, "values" jsonb, raw jsonb, project_code text,
        project_id bigint, level text, problems jsonb)
    WHERE r.batch_id = :batch AND r.row_number = n.row_number"""


def edit_row(session: Session, actor: Actor, batch_id: int, row_number: int, cells: Mapping[str, str]) -> ImportRow:
    """Put other text into cells of a staged row; it is kept over the file when that is staged again.

    Parameters
    ----------
    cells
        Field -> text; an empty text empties the cell.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such row; not allowed; not staged.
    InvalidInput
        A field that this kind of import does not have. What cannot be read is no error here: the row says it.
    """
    batch = staged(session, actor, batch_id, cells)
    rows = session.execute(sa.text(_ONE_ROW), {"batch": batch_id, "row": row_number}).all()
    if not rows:
        raise NotFound("import_row_not_found", {"row": row_number})
    _mend(session, actor, batch, rows, cells)
    return session.get_one(ImportRow, (batch_id, row_number), populate_existing=True)


def edit_rows(session: Session, actor: Actor, batch_id: int, code: str, field: str, text: str, value: str) -> int:
    """Put other text into one field of every row that has the same problem there and says the same; their number.

    Parameters
    ----------
    code
        Code of the problem.
    text
        What the cells say now: as it stands in the file where it could not be read.
    value
        What they shall say; an empty text empties the cells.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such import; not allowed; not staged.
    InvalidInput
        A field that this kind of import does not have.
    """
    batch = staged(session, actor, batch_id, [field])
    asked = {"batch": batch_id, "code": code, "field": field, "text": text}
    rows = session.execute(sa.text(_ROWS_THAT_SAY), asked).all()
    if rows:
        _mend(session, actor, batch, rows, {field: value})
    return len(rows)


def staged(session: Session, actor: Actor, batch_id: int, names: Iterable[str] = ()) -> ImportBatch:
    """The batch, locked, when it is staged and its kind of import has these fields."""
    batch = held_batch(session, actor, batch_id)
    if batch.status != "STAGED":
        raise Conflict("import_not_ready", {"status": batch.status})
    allowed = sorted(field.name for field in fields_of(batch.kind))
    unknown = [name for name in names if name not in allowed]
    if unknown:
        raise InvalidInput(
            [Problem("field_unknown", where={"field": n}, values={"field": n, "allowed": allowed}) for n in unknown]
        )
    return batch


def _mend(
    session: Session, actor: Actor, batch: ImportBatch, rows: Sequence[sa.Row[Any]], cells: Mapping[str, str]
) -> None:
    """Read the cells of all the rows again and judge the rows, in a number of statements that does not grow."""
    organisation = session.get_one(Organisation, batch.organisation_code)
    unit_m = batch.detected.get("chainage_unit_m", 1000.0)
    codes = replace(read_codes(session, organisation), chainage_unit_m=unit_m)
    answers = {name: read_cell(BY_NAME[name], text, codes, batch.column_map.get(name)) for name, text in cells.items()}
    read = _read(rows, cells, answers)
    if not along_roads.FIELDS.isdisjoint(cells):
        along_roads.place_again(session, batch, organisation, read)
    judge(session, actor, batch, rows, read)
    edits = {**batch.detected.get("edits", {})}
    for row in rows:
        edits[str(row.row_number)] = {**edits.get(str(row.row_number), {}), **cells}
    batch.detected = {**batch.detected, "edits": edits}
    session.flush()


def judge(session: Session, actor: Actor, batch: ImportBatch, rows: Sequence[sa.Row[Any]], read: ReadBatch) -> None:
    """Judge rows anew after a change to them, and write down what they say now.

    Parameters
    ----------
    rows
        As they were: ``row_number``, ``level`` and ``problems``.
    read
        The same rows as they are, with the problems that the change leaves.
    """
    organisation = session.get_one(Organisation, batch.organisation_code)
    kept = {row: list(problems) for row, problems in read.problems.items()}
    years = {year or batch.fiscal_year_be for year in read.values.get("fiscal_year") or [None]}
    existing = read_existing(session, organisation.code, batch.kind, sorted(years))
    choices = read_choices(session, batch.id, read.row_numbers.tolist())
    named = {code for code in (*read.values.get("code", ()), *choices.values()) if code}
    if named:
        existing.look_up(session, sorted(named))
    read.undecided = batch.epsg is None
    permissions = Permissions.of(actor, organisation)
    ruled = RowRules(batch.fiscal_year_be, batch.kind, permissions, existing, choices).apply(read)
    written = []
    for i, row in enumerate(rows):
        before = kept.get(i, [])
        found = before + [p for p in read.problems.get(i, [])[len(before) :] if p.code not in _OF_STAGING]
        new = {
            "row_number": row.row_number,
            "values": {name: column[i] for name, column in read.values.items() if column[i] is not None},
            "raw": read.raw.get(i, {}),
            "project_code": ruled.project_codes[i],
            "project_id": ruled.project_ids[i],
            "level": level_of(found),
        }
        written.append({**new, "problems": [problem.as_dict() for problem in found]} if found else new)
    session.execute(sa.text(_WRITE), {"batch": batch.id, "rows": orjson.dumps(written).decode()})
    find_matches(session, batch, read.row_numbers.tolist())
    recount(session, batch)


# Further rows of a project are its segments; which they are changes with every project that is chosen.
_JOINED = """
    WITH seen AS (
        SELECT row_number, project_code, problems,
               CASE WHEN project_id IS NOT NULL THEN min(row_number) OVER (PARTITION BY project_id) END AS first_row
        FROM import_row
        WHERE batch_id = :batch AND (project_id IS NOT NULL OR problems @> '[{"code": "joined_as_segment"}]')
    ), told AS (
        SELECT row_number, nullif(
            coalesce(jsonb_path_query_array(problems, '$[*] ? (@.code != "joined_as_segment")'), '[]') ||
            CASE WHEN row_number > first_row THEN jsonb_build_array(jsonb_build_object(
                'code', 'joined_as_segment', 'level', 'warning', 'where', '{}' ::jsonb,
                'values', jsonb_build_object('first_row', first_row, 'code', project_code))) ELSE '[]' END, '[]'
            ) AS problems
        FROM seen WHERE row_number > first_row OR problems @> '[{"code": "joined_as_segment"}]'
    )
    UPDATE import_row r SET problems = t.problems,
        level = CASE WHEN t.problems @> '[{"level": "error"}]' THEN 'error'
                     WHEN t.problems @> '[{"level": "warning"}]' THEN 'warning' ELSE 'ok' END
    FROM told t WHERE r.batch_id = :batch AND r.row_number = t.row_number AND r.problems IS DISTINCT FROM t.problems"""
_COUNTS = """
    SELECT count(*) FILTER (WHERE level = 'error') AS errors, count(*) FILTER (WHERE level = 'warning') AS warnings,
           count(project_id) AS known, count(*) FILTER (WHERE project_id IS NULL) AS new
    FROM import_row WHERE batch_id = :batch"""


def recount(session: Session, batch: ImportBatch) -> None:
    """Bring what the rows say together up to date: segments of one project, and the counts of the batch."""
    session.flush()
    session.execute(sa.text(_JOINED), {"batch": batch.id})
    if is_of_photographs(batch):
        settle_pictures(session, batch)
    counts = session.execute(sa.text(_COUNTS), {"batch": batch.id}).one()
    batch.error_count, batch.warning_count = counts.errors, counts.warnings
    batch.detected = {**batch.detected, "known_projects": counts.known, "new_projects": counts.new}
    session.flush()


def laid_down(rows: Sequence[sa.Row[Any]], shapes: npt.NDArray[Any]) -> ReadBatch:
    """Staged rows as they were read, without what the rules over rows had said."""
    names = {name for row in rows for name in row.values}
    read = ReadBatch(
        np.array([row.row_number for row in rows], dtype=np.int64),
        {name: [row.values.get(name) for row in rows] for name in sorted(names - {"geometry_version"})},
        shapes,
        given=np.array([None if _without_coordinates(row) else True for row in rows], dtype=object),
    )
    for i, row in enumerate(rows):
        read.raw[i] = dict(row.raw)
        problems = [problem_of(p) for p in row.problems or () if p["code"] not in _OF_ROWS]
        if problems:
            read.problems[i] = problems
    return read


def _without_coordinates(row: sa.Row[Any]) -> bool:
    return any(problem["code"] in ("no_coordinates", "nothing_to_update") for problem in row.problems or ())


def _read(
    rows: Sequence[sa.Row[Any]], cells: Mapping[str, str], answers: Mapping[str, tuple[Any, Problem | None]]
) -> ReadBatch:
    """The rows as if the file said what the cells say now."""
    read = laid_down(rows, np.array([True if row.placed else None for row in rows], dtype=object))
    for i in range(len(rows)):
        for name in cells:
            read.raw[i].pop(name, None)
        problems = [p for p in read.problems.pop(i, []) if p.where.get("field") not in cells]
        for name, (_value, problem) in answers.items():
            if problem is not None:
                problems.append(problem)
                read.raw[i][name] = cells[name][:2000]
        if problems:
            read.problems[i] = problems
    for name, (value, _problem_of) in answers.items():
        read.values[name] = [value] * len(rows)
    return read


def problem_of(plain: Mapping[str, Any]) -> Problem:
    """A problem as it is stored."""
    return Problem(plain["code"], plain["level"], plain["where"], plain["values"])

"""One cell mended in the table: read again, its row judged again, nothing else touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import ImportBatch, ImportRow, Organisation
from app.services.imports.codes import read_codes
from app.services.imports.existing import read_existing
from app.services.imports.fields import BY_NAME, fields_of, read_cell
from app.services.imports.reading import ReadBatch
from app.services.imports.receiving import held_batch
from app.services.imports.rules import Permissions, RowRules
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
        "replaces_verified",
        "fiscal_year_differs",
        "budget_differs",
    }
)


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
    batch = held_batch(session, actor, batch_id)
    if batch.status != "STAGED":
        raise Conflict("import_not_ready", {"status": batch.status})
    row = session.get(ImportRow, (batch_id, row_number), with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("import_row_not_found", {"row": row_number})
    allowed = {field.name for field in fields_of(batch.kind)}
    unknown = [name for name in cells if name not in allowed]
    if unknown:
        raise InvalidInput(
            [
                Problem("field_unknown", where={"field": n}, values={"field": n, "allowed": sorted(allowed)})
                for n in unknown
            ]
        )
    before = row.level
    _mend(session, actor, batch, row, cells)
    _count(batch, before, row.level)
    edits = {**batch.detected.get("edits", {})}
    edits[str(row_number)] = {**edits.get(str(row_number), {}), **cells}
    batch.detected = {**batch.detected, "edits": edits}
    session.flush()
    return row


def _mend(session: Session, actor: Actor, batch: ImportBatch, row: ImportRow, cells: Mapping[str, str]) -> None:
    organisation = session.get_one(Organisation, batch.organisation_code)
    codes = read_codes(session, organisation)
    values, raw = dict(row.values), dict(row.raw)
    problems = [_problem(p) for p in row.problems or () if p["code"] not in _OF_ROWS]
    for name, text in cells.items():
        value, problem = read_cell(BY_NAME[name], text, codes, batch.column_map.get(name))
        problems = [p for p in problems if p.where.get("field") != name]
        raw.pop(name, None)
        values[name] = value
        if problem is not None:
            problems.append(problem)
            raw[name] = text[:2000]
    values.pop("geometry_version", None)
    read = ReadBatch(
        np.array([row.row_number]),
        {name: [value] for name, value in values.items()},
        np.array([None if row.geom is None else row.geom], dtype=object),
        problems={0: problems} if problems else {},
    )
    rules = RowRules(
        batch.fiscal_year_be,
        batch.kind,
        Permissions.of(actor, organisation),
        read_existing(session, organisation.code, batch.kind, [values.get("fiscal_year") or batch.fiscal_year_be]),
    )
    if values.get("code"):
        rules.existing.look_up(session, [values["code"]])
    ruled = rules.apply(read)
    row.values = {name: cell[0] for name, cell in read.values.items() if cell[0] is not None}
    row.raw = raw
    row.project_code, row.project_id = ruled.project_codes[0], ruled.project_ids[0]
    row.level = ruled.levels[0]
    found = read.problems.get(0, [])
    row.problems = [problem.as_dict() for problem in found] if found else sa.null()


def _problem(plain: Mapping[str, Any]) -> Problem:
    return Problem(plain["code"], plain["level"], plain["where"], plain["values"])


def _count(batch: ImportBatch, before: str, after: str) -> None:
    for level, by in ((before, -1), (after, 1)):
        if level == "error":
            batch.error_count += by
        elif level == "warning":
            batch.warning_count += by

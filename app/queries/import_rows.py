"""Rows of an import as they are looked at, and their problems in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ImportRow
from app.models.import_batch import ImportOffer
from app.queries.import_differences import DIFFERENT

Level = Literal["all", "error", "warning", "ok", "known", "different"]


@dataclass(frozen=True)
class RowView:
    """One row of the file."""

    row_number: int
    values: Mapping[str, Any]
    raw: Mapping[str, str]
    project_code: str | None
    level: str
    problems: Sequence[Mapping[str, Any]]
    has_geometry: bool


def list_rows(
    session: Session,
    batch_id: int,
    *,
    level: Level = "all",
    code: str | None = None,
    after: int = -1,
    limit: int = 100,
) -> list[RowView]:
    """Rows in the file's order, after row number ``after``; ``code`` keeps those with that problem, mended or not."""
    query = (
        sa.select(ImportRow, ImportRow.geom.is_not(None))
        .where(ImportRow.batch_id == batch_id, ImportRow.row_number > after)
        .options(sa.orm.defer(ImportRow.geom))
        .order_by(ImportRow.row_number)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    query = _of_level(query, level, batch_id)
    if code is not None:
        mended = sa.select(ImportOffer.row_number).where(ImportOffer.batch_id == batch_id, ImportOffer.code == code)
        said = sa.and_(ImportRow.level != "ok", ImportRow.problems.contains([{"code": code}]))
        query = query.where(sa.or_(said, ImportRow.row_number.in_(mended)))
    return [_row_view(row, has_geometry) for row, has_geometry in session.execute(query)]


def _row_view(row: ImportRow, has_geometry: bool) -> RowView:
    return RowView(
        row_number=row.row_number,
        values=row.values,
        raw=row.raw,
        project_code=row.project_code,
        level=row.level,
        problems=row.problems or [],
        has_geometry=has_geometry,
    )


def _of_level(query: Any, level: Level, batch_id: int) -> Any:
    if level == "all":
        return query
    if level == "different":
        return query.where(sa.text(DIFFERENT).bindparams(batch=batch_id))
    if level == "known":
        return query.where(ImportRow.project_code.is_not(None))
    return query.where(ImportRow.level == level)


def get_row(session: Session, batch_id: int, row_number: int) -> RowView | None:
    """One row."""
    found = list_rows(session, batch_id, after=row_number - 1, limit=1)
    return found[0] if found and found[0].row_number == row_number else None


@dataclass(frozen=True)
class ProblemGroup:
    """All rows with one problem.

    Parameters
    ----------
    example
        One of the problems, whole.
    first_rows
        Row numbers, the first few.
    """

    code: str
    level: str
    rows: int
    example: Mapping[str, Any]
    first_rows: Sequence[int]


def problem_groups(session: Session, batch_id: int) -> list[ProblemGroup]:
    """Problems of the rows by code, errors first, then the most frequent."""
    rows = session.execute(
        sa.text(
            "SELECT code, level, count(*) AS rows, (array_agg(problem ORDER BY row_number))[1] AS example,"
            " (array_agg(row_number ORDER BY row_number))[1:5] AS first_rows FROM ("
            "  SELECT DISTINCT ON (p.value->>'code', p.value->>'level', r.row_number) p.value->>'code' AS code,"
            "   p.value->>'level' AS level, p.value AS problem, r.row_number"
            "  FROM import_row r, jsonb_array_elements(r.problems) p"
            "  WHERE r.batch_id = :batch AND r.level IN ('error', 'warning')"
            ") AS each GROUP BY code, level ORDER BY level = 'error' DESC, level = 'warning' DESC, count(*) DESC, code"
        ),
        {"batch": batch_id},
    )
    return [ProblemGroup(row.code, row.level, row.rows, row.example, row.first_rows) for row in rows]


@dataclass(frozen=True)
class ProblemText:
    """What cells with one problem say, and how many rows say it."""

    field: str
    text: str
    rows: int


def problem_texts(session: Session, batch_id: int, code: str, limit: int = 50) -> list[ProblemText]:
    """What the cells with a problem say, most frequent first; each can be mended in all its rows at once."""
    rows = session.execute(
        sa.text(
            "SELECT field, coalesce(raw ->> field, \"values\" ->> field, '') AS text, count(*) AS rows FROM ("
            "  SELECT DISTINCT r.row_number, r.raw, r.\"values\", p.value #>> '{where,field}' AS field"
            "  FROM import_row r, jsonb_array_elements(r.problems) p"
            "  WHERE r.batch_id = :batch AND r.level IN ('error', 'warning') AND p.value ->> 'code' = :code"
            ") AS each WHERE field IS NOT NULL GROUP BY 1, 2 ORDER BY rows DESC, text LIMIT :limit"
        ),
        {"batch": batch_id, "code": code, "limit": limit},
    )
    return [ProblemText(row.field, row.text, row.rows) for row in rows]


def count_different(session: Session, batch_id: int) -> int:
    """Rows that say otherwise than the project that they land on."""
    query = sa.select(sa.func.count()).select_from(ImportRow).where(ImportRow.batch_id == batch_id)
    return session.scalar(_of_level(query, "different", batch_id)) or 0

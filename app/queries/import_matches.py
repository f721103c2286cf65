"""Stored projects that rows of an import may mean, and what a person has said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models.import_batch import ImportChoice

SIMILAR = 0.75
"""Score from which a stored project is so much like a row that the row says so."""


@dataclass(frozen=True)
class MatchView:
    """A project that a row may mean, with what speaks for it and against it."""

    code: str
    name: str
    fiscal_year_be: int
    budget_baht: float
    geometry_status: str
    score: float
    reasons: Sequence[Mapping[str, Any]]


def matches_of(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, list[MatchView]]:
    """Suggested projects of some rows, the likeliest first; rows without any are absent."""
    rows = session.execute(
        sa.text(
            "SELECT m.row_number, p.code, p.name_th, p.fiscal_year_be, p.budget_baht, p.geometry_status, m.score,"
            " m.reasons FROM import_match m JOIN project p ON p.id = m.project_id"
            " WHERE m.batch_id = :batch AND m.row_number = ANY(:rows) ORDER BY m.row_number, m.rank"
        ),
        {"batch": batch_id, "rows": list(row_numbers)},
    )
    found: dict[int, list[MatchView]] = {}
    for number, code, name, year, budget, status, score, reasons in rows:
        found.setdefault(number, []).append(MatchView(code, name, year, float(budget), status, score, reasons))
    return found


def choices_of(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, str | None]:
    """What a person said rows mean: code of a project, ``None`` for a new one; undecided rows are absent."""
    rows = session.execute(
        sa.select(ImportChoice.row_number, ImportChoice.project_code).where(
            ImportChoice.batch_id == batch_id, ImportChoice.row_number.in_(list(row_numbers))
        )
    )
    return {number: code for number, code in rows}


def undecided_scores(session: Session, batch_id: int) -> list[float]:
    """Best score of every undecided row that has a suggestion, falling: what "all above x" would be."""
    return list(
        session.scalars(
            sa.text(
                "SELECT m.score FROM import_match m JOIN import_row r USING (batch_id, row_number)"
                " WHERE m.batch_id = :batch AND m.rank = 1 AND r.project_id IS NULL"
                " AND NOT EXISTS (SELECT FROM import_choice c"
                "  WHERE c.batch_id = m.batch_id AND c.row_number = m.row_number) ORDER BY m.score DESC"
            ),
            {"batch": batch_id},
        )
    )

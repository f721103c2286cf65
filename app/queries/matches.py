"""Lists of contracts and payments as they are looked at: the files, and their rows with what they may mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

State = Literal["all", "undecided", "accepted", "none"]
STATES: tuple[State, ...] = ("all", "undecided", "accepted", "none")


@dataclass(frozen=True)
class MatchBatchView:
    """One file.

    Parameters
    ----------
    organisation_code, province_code
        With whose projects it is compared: one of the two.
    place_name, seat_province_code, seat_amphoe_code
        Name of that organisation or province, and where the organisation lies.
    accepted_count, none_count
        Rows of which a person said which project they belong to, and that none fits.
    """

    id: int
    kind: str
    organisation_code: str | None
    province_code: str | None
    place_name: str
    seat_province_code: str | None
    seat_amphoe_code: str | None
    file_name: str
    stored_name: str
    file_bytes: int
    status: str
    columns: Mapping[str, str]
    row_count: int
    skipped_count: int
    project_count: int
    problems: Sequence[Mapping[str, Any]]
    created_by: int | None
    created_by_name: str
    created_at: datetime
    compared_at: datetime | None
    job_id: int | None
    accepted_count: int
    none_count: int

    @property
    def undecided_count(self) -> int:
        """Rows of which nobody has said anything."""
        return self.row_count - self.accepted_count - self.none_count


_BATCHES = """
SELECT b.id, b.kind, b.organisation_code, b.province_code, coalesce(o.full_name_th, a.name_th) AS place_name,
       o.province_code, o.amphoe_code, b.file_name, b.stored_name, b.file_bytes, b.status, b.columns, b.row_count,
       b.skipped_count, b.project_count, b.problems, b.created_by, b.created_by_name, b.created_at, b.compared_at,
       b.background_job_id, d.accepted, d.none
FROM match_batch b
LEFT JOIN organisation o ON o.code = b.organisation_code
LEFT JOIN area a ON a.code = b.province_code
CROSS JOIN LATERAL (SELECT count(project_id) AS accepted, count(*) - count(project_id) AS none
                    FROM match_decision WHERE batch_id = b.id) d
"""


def get_match_batch(session: Session, batch_id: int) -> MatchBatchView | None:
    """One file, or ``None``."""
    row = session.execute(sa.text(_BATCHES + "WHERE b.id = :id"), {"id": batch_id}).one_or_none()
    return None if row is None else MatchBatchView(*row)


def list_match_batches(
    session: Session,
    *,
    kinds: Sequence[str],
    nation: bool,
    organisations: Sequence[str],
    provinces: Sequence[str],
    amphoes: Sequence[str],
    limit: int,
    before_id: int | None = None,
) -> list[MatchBatchView]:
    """Files of some kinds and places, newest first; those that were given up are left out."""
    rows = session.execute(
        sa.text(
            _BATCHES + "WHERE b.kind = ANY(:kinds) AND b.status <> 'CANCELLED'"
            " AND (CAST(:before AS bigint) IS NULL OR b.id < :before)"
            " AND (:nation OR b.organisation_code = ANY(:organisations) OR b.province_code = ANY(:provinces)"
            " OR o.province_code = ANY(:provinces) OR o.amphoe_code = ANY(:amphoes))"
            " ORDER BY b.id DESC LIMIT :limit"
        ),
        {
            "kinds": list(kinds),
            "before": before_id,
            "nation": nation,
            "organisations": list(organisations),
            "provinces": list(provinces),
            "amphoes": list(amphoes),
            "limit": limit,
        },
    )
    return [MatchBatchView(*row) for row in rows]


@dataclass(frozen=True)
class SuggestedProject:
    """A project that a row may mean."""

    rank: int
    code: str
    name: str
    organisation_name: str
    fiscal_year_be: int
    budget_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    status: str
    score: float
    reasons: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class MatchRowView:
    """A row with its suggestions and what was said of it.

    Parameters
    ----------
    state
        ``undecided``, ``accepted`` or ``none``.
    project_code, project_name
        Of the accepted project.
    """

    number: int
    values: Mapping[str, Any]
    problems: Sequence[Mapping[str, Any]]
    state: str
    project_code: str | None
    project_name: str | None
    decided_by_name: str | None
    decided_at: datetime | None
    suggestions: Sequence[SuggestedProject]


_ROWS = """
SELECT r.row_number AS number, r.values, r.problems,
       CASE WHEN d.id IS NULL THEN 'undecided' WHEN d.project_id IS NULL THEN 'none' ELSE 'accepted' END AS state,
       p.code AS project_code, p.name_th AS project_name, d.decided_by_name, d.decided_at
FROM match_row r LEFT JOIN match_decision d USING (batch_id, row_number) LEFT JOIN project p ON p.id = d.project_id
WHERE r.batch_id = :batch AND r.row_number > :after AND (CAST(:rows AS int[]) IS NULL OR r.row_number = ANY(:rows))
  AND (:state = 'all' OR (:state = 'undecided') = (d.id IS NULL)
       AND (d.id IS NULL OR (:state = 'none') = (d.project_id IS NULL)))
ORDER BY r.row_number LIMIT :limit"""
_SUGGESTIONS = """
SELECT s.row_number, s.rank, p.code, p.name_th, o.full_name_th, p.fiscal_year_be, p.budget_baht, p.contracted_baht,
       p.disbursed_baht, p.status, s.score, s.reasons
FROM match_suggestion s JOIN project p ON p.id = s.project_id JOIN organisation o ON o.code = p.organisation_code
WHERE s.batch_id = :batch AND s.row_number = ANY(:rows) ORDER BY s.row_number, s.rank"""


def match_rows(
    session: Session,
    batch_id: int,
    *,
    state: State = "all",
    rows: Sequence[int] | None = None,
    after: int = -1,
    limit: int = 50,
) -> list[MatchRowView]:
    """Rows of a file in their order, two statements whatever their number."""
    asked = {"batch": batch_id, "after": after, "state": state, "limit": limit}
    found = session.execute(sa.text(_ROWS), {**asked, "rows": None if rows is None else list(rows)}).all()
    numbers = [row.number for row in found]
    suggested: dict[int, list[SuggestedProject]] = {}
    for number, *columns in session.execute(sa.text(_SUGGESTIONS), {"batch": batch_id, "rows": numbers}):
        suggested.setdefault(number, []).append(SuggestedProject(*columns))
    return [MatchRowView(**row._mapping, suggestions=suggested.get(row.number, [])) for row in found]


def sure_counts(session: Session, batch_id: int, thresholds: Sequence[float]) -> dict[float, int]:
    """How many undecided rows have a best suggestion of at least so much, for some thresholds."""
    scores = session.scalars(
        sa.text(
            "SELECT s.score FROM match_suggestion s WHERE s.batch_id = :batch AND s.rank = 1 AND NOT EXISTS"
            " (SELECT FROM match_decision d WHERE d.batch_id = s.batch_id AND d.row_number = s.row_number)"
        ),
        {"batch": batch_id},
    ).all()
    return {threshold: sum(score >= threshold for score in scores) for threshold in thresholds}

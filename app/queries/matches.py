"""Lists of contracts and payments as they are looked at: the files, and their rows with what they may mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

State = Literal["all", "undecided", "accepted", "none", "refused"]
STATES: tuple[State, ...] = ("all", "undecided", "accepted", "none", "refused")


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
    refused_count
        Undecided rows that no record could be made of.
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
    refused_count: int

    @property
    def undecided_count(self) -> int:
        """Rows of which nobody has said anything."""
        return self.row_count - self.accepted_count - self.none_count


_BATCHES = """
SELECT b.id, b.kind, b.organisation_code, b.province_code, coalesce(o.full_name_th, a.name_th) AS place_name,
       o.province_code, o.amphoe_code, b.file_name, b.stored_name, b.file_bytes, b.status, b.columns, b.row_count,
       b.skipped_count, b.project_count, b.problems, b.created_by, b.created_by_name, b.created_at, b.compared_at,
       b.background_job_id, d.accepted, d.none, f.refused
FROM match_batch b
LEFT JOIN organisation o ON o.code = b.organisation_code
LEFT JOIN area a ON a.code = b.province_code
CROSS JOIN LATERAL (SELECT count(project_id) AS accepted, count(*) - count(project_id) AS none
                    FROM match_decision WHERE batch_id = b.id) d
CROSS JOIN LATERAL (SELECT count(*) AS refused FROM match_row WHERE batch_id = b.id AND refused IS NOT NULL) f
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
    """A row with its suggestions, what was said of it, and what became of it.

    Parameters
    ----------
    state
        ``undecided``, ``accepted`` or ``none``.
    refused
        Why no record could be made of it when that was last tried.
    project_code, project_name
        Of the accepted project.
    outcome, contract_id, disbursement_id, record_number, record_baht, details, receipt
        What became of it, as :class:`app.models.MatchDecision` has it; number and baht of the contract or the payment
        as they are now.
    gone
        The record was taken out or reversed since.
    """

    number: int
    values: Mapping[str, Any]
    problems: Sequence[Mapping[str, Any]]
    refused: Sequence[Mapping[str, Any]] | None
    state: str
    project_code: str | None
    project_name: str | None
    decided_by_name: str | None
    decided_at: datetime | None
    outcome: str | None
    contract_id: int | None
    disbursement_id: int | None
    record_number: str | None
    record_baht: Decimal | None
    gone: bool
    details: Mapping[str, Any]
    receipt: str | None
    suggestions: Sequence[SuggestedProject]


_ROWS = """
SELECT r.row_number AS number, r.values, r.problems, r.refused,
       CASE WHEN d.id IS NULL THEN 'undecided' WHEN d.project_id IS NULL THEN 'none' ELSE 'accepted' END AS state,
       p.code AS project_code, p.name_th AS project_name, d.decided_by_name, d.decided_at,
       d.outcome, d.contract_id, d.disbursement_id, coalesce(c.number, x.voucher_number) AS record_number,
       coalesce(c.amount_baht, x.amount_baht) AS record_baht,
       c.removed_at IS NOT NULL OR EXISTS (SELECT FROM disbursement v WHERE v.reverses_id = x.id) AS gone,
       coalesce(d.details, '{}') AS details, d.receipt
FROM match_row r LEFT JOIN match_decision d USING (batch_id, row_number) LEFT JOIN project p ON p.id = d.project_id
LEFT JOIN contract c ON c.id = d.contract_id LEFT JOIN disbursement x ON x.id = d.disbursement_id
WHERE r.batch_id = :batch AND r.row_number > :after AND (CAST(:rows AS int[]) IS NULL OR r.row_number = ANY(:rows))
  AND CASE :state WHEN 'all' THEN true WHEN 'refused' THEN r.refused IS NOT NULL
      ELSE (:state = 'undecided') = (d.id IS NULL) AND (d.id IS NULL OR (:state = 'none') = (d.project_id IS NULL)) END
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


@dataclass(frozen=True)
class SureRow:
    """An undecided row with the project that it would be accepted for."""

    number: int
    name: str
    amount_baht: float | None
    project_id: int
    project_code: str
    project_name: str
    score: float
    values: Mapping[str, Any]


# The best suggestion of every undecided row that is sure. One work has one contract: where two rows of e-GP want the
# same project a person looks; payments of one work are many. Suggested is only what lies in the batch's place.
_SURE = """
WITH best AS (
    SELECT s.row_number, s.project_id, s.score, count(*) OVER (PARTITION BY s.project_id) AS wanted
    FROM match_suggestion s
    WHERE s.batch_id = :batch AND s.rank = 1 AND s.score >= :at_least AND NOT EXISTS (
        SELECT FROM match_decision d WHERE d.batch_id = s.batch_id AND d.row_number = s.row_number)
)
SELECT r.row_number, coalesce(r.values ->> 'name', ''), CAST(r.values ->> 'amount_baht' AS float), p.id, p.code,
       p.name_th, b.score, r.values
FROM best b JOIN match_row r ON r.batch_id = :batch AND r.row_number = b.row_number
JOIN project p ON p.id = b.project_id
JOIN match_batch m ON m.id = :batch
WHERE b.row_number > :after AND (m.kind = 'payment' OR (b.wanted = 1 AND NOT EXISTS (
    SELECT FROM match_decision d WHERE d.batch_id = :batch AND d.project_id = b.project_id)))
ORDER BY b.row_number"""


def sure_rows(
    session: Session, batch_id: int, at_least: float, *, after: int = -1, limit: int | None = None
) -> list[SureRow]:
    """Rows that would be accepted together from a confidence on, in the order of the file.

    Left out are contracts of which two want the same project.
    """
    rows = session.execute(
        sa.text(_SURE + " LIMIT :limit"), {"batch": batch_id, "at_least": at_least, "after": after, "limit": limit}
    )
    return [SureRow(*row) for row in rows]

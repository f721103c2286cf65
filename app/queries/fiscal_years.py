"""Fiscal years of an organisation: which are closed, which were opened again and by whom; what was entered for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class FiscalYear:
    """A year with its money and whether anything may still be written."""

    fiscal_year_be: int
    projects: int
    budget_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    closed: bool
    closed_at: datetime | None
    closed_by: str | None
    reopen_requested_by: str | None
    reopen_reason: str | None
    reopen_until: date | None
    reopen_confirmed_by: str | None
    reopened_until: date | None
    row_version: int | None


@dataclass(frozen=True)
class OnBehalf:
    """What one request of an officer wrote for the organisation, and whether it stands by it."""

    request_id: str
    at: datetime
    by: str
    changes: int
    entities: list[str]
    projects: list[str]
    decision: str | None
    comment: str | None
    decided_by: str | None
    decided_at: datetime | None


_YEARS = """
SELECT coalesce(p.fiscal_year_be, f.fiscal_year_be) AS fiscal_year_be, coalesce(p.projects, 0) AS projects,
       coalesce(p.budget_baht, 0) AS budget_baht, coalesce(p.contracted_baht, 0) AS contracted_baht,
       coalesce(p.disbursed_baht, 0) AS disbursed_baht, c.fiscal_year_be IS NOT NULL AS closed, f.closed_at,
       f.closed_by_name AS closed_by, f.reopen_requested_by_name AS reopen_requested_by, f.reopen_reason,
       f.reopen_until, f.reopen_confirmed_by_name AS reopen_confirmed_by, f.reopened_until, f.row_version
FROM (
    SELECT fiscal_year_be, count(*) AS projects, sum(budget_baht) AS budget_baht,
           sum(contracted_baht) AS contracted_baht, sum(disbursed_baht) AS disbursed_baht
    FROM project WHERE organisation_code = :organisation GROUP BY 1
) p
FULL JOIN (SELECT * FROM fiscal_year_close WHERE organisation_code = :organisation) f USING (fiscal_year_be)
LEFT JOIN closed_fiscal_year c
    ON c.organisation_code = :organisation AND c.fiscal_year_be = coalesce(p.fiscal_year_be, f.fiscal_year_be)
ORDER BY 1 DESC
"""
_ON_BEHALF = """
SELECT l.request_id, l.at, l.by, l.changes, l.entities,
       ARRAY(SELECT p.code FROM project p WHERE p.id = ANY(l.project_ids) ORDER BY p.code LIMIT 50) AS projects,
       d.decision, d.comment, d.created_by_name AS decided_by, d.created_at AS decided_at
FROM (
    SELECT request_id, max(id) AS newest, min(at) AS at, min(user_name) AS by, count(*) AS changes,
           array_agg(DISTINCT entity) AS entities,
           array_remove(array_agg(DISTINCT project_id), NULL) AS project_ids
    FROM change_log WHERE on_behalf_of = :organisation AND request_id IS NOT NULL
      AND NOT (:open AND EXISTS (SELECT FROM on_behalf_decision o WHERE o.request_id = change_log.request_id
                                 AND o.organisation_code = :organisation))
    GROUP BY request_id ORDER BY newest DESC LIMIT :limit
) l
LEFT JOIN on_behalf_decision d ON d.request_id = l.request_id AND d.organisation_code = :organisation
ORDER BY l.newest DESC
"""


def is_closed(session: Session, organisation_code: str, year_be: int) -> bool:
    """Whether nothing of money may be written in a year today."""
    return bool(
        session.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM closed_fiscal_year"
                " WHERE (organisation_code, fiscal_year_be) = (:organisation, :year))"
            ),
            {"organisation": organisation_code, "year": year_be},
        )
    )


def fiscal_years_of(session: Session, organisation_code: str) -> list[FiscalYear]:
    """Years in which the organisation has projects or that it has closed, the newest first."""
    rows = session.execute(sa.text(_YEARS), {"organisation": organisation_code})
    return [FiscalYear(**row._mapping) for row in rows]


def entered_on_behalf(session: Session, organisation_code: str, *, only_open: bool, limit: int = 200) -> list[OnBehalf]:
    """Requests of officers that wrote for the organisation, the newest first; ``only_open``: not decided on yet."""
    values = {"organisation": organisation_code, "open": only_open, "limit": limit}
    return [OnBehalf(**row._mapping) for row in session.execute(sa.text(_ON_BEHALF), values)]

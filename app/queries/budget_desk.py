"""What the budget desk of an organisation shows: what waits, what is left of a year, what may be moved or carried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

LONGEST_LIST = 1_000


@dataclass(frozen=True)
class DeskTasks:
    """How much waits at the desks of some organisations.

    Parameters
    ----------
    to_decide
        Documents and transfers that were sent in by others.
    to_mend
        Documents and transfers that were returned.
    to_reopen
        Years that somebody else asked to open again.
    entered
        Requests of officers on behalf that nobody has decided on.
    """

    to_decide: int
    to_mend: int
    to_reopen: int
    entered: int


@dataclass(frozen=True)
class DeskOfPlace:
    """An organisation of a place, and how many documents and transfers are sent in or being prepared there."""

    code: str
    name_th: str
    submitted: int
    open: int


@dataclass(frozen=True)
class MovableMoney:
    """An appropriation in force, and what a transfer may take of it.

    Parameters
    ----------
    net_baht
        What may be spent of it.
    unpaid_baht
        What is not paid of it.
    free_baht
        What the whole project has neither bound nor paid without a contract.
    """

    appropriation_id: int
    project: str
    project_name: str
    fund_source_code: str
    programme_code: str | None
    net_baht: Decimal
    unpaid_baht: Decimal
    free_baht: Decimal

    @property
    def room_baht(self) -> Decimal:
        """What may be taken of it alone."""
        return max(min(self.unpaid_baht, self.free_baht), Decimal(0))


@dataclass(frozen=True)
class CarriedOver:
    """Money of a year that is reserved to be paid after it; ``used_baht`` was paid late already."""

    id: int
    row_version: int
    project: str
    project_name: str
    fund_source_code: str
    contract_number: str | None
    amount_baht: Decimal
    used_baht: Decimal
    until_on: date
    legal_reference: str | None
    approved_on: date | None


@dataclass(frozen=True)
class Unspent:
    """Money of a year that is neither paid nor reserved, under one contract or under none.

    Parameters
    ----------
    left_baht
        What is left of the appropriation.
    open_baht
        What is left under the contract; without one, what no contract binds of the project.
    amount_baht
        What may be carried over of it here.
    """

    project: str
    project_name: str
    appropriation_id: int
    fund_source_code: str
    contract_id: int | None
    contract_number: str | None
    left_baht: Decimal
    open_baht: Decimal
    amount_baht: Decimal

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.appropriation_id}-{self.contract_id or 0}"


_TASKS = """
WITH desks AS (
    SELECT status, prepared_by, submitted_by FROM budget_document
    WHERE organisation_code = ANY(:codes) AND status IN ('SUBMITTED', 'RETURNED') AND removed_at IS NULL
    UNION ALL
    SELECT status, prepared_by, submitted_by FROM budget_transfer
    WHERE organisation_code = ANY(:codes) AND status IN ('SUBMITTED', 'RETURNED') AND removed_at IS NULL
)
SELECT count(*) FILTER (WHERE status = 'SUBMITTED' AND :user IS DISTINCT FROM prepared_by
                          AND :user IS DISTINCT FROM submitted_by) AS to_decide,
       count(*) FILTER (WHERE status = 'RETURNED') AS to_mend,
       (SELECT count(*) FROM fiscal_year_close
        WHERE organisation_code = ANY(:codes) AND reopen_requested_at IS NOT NULL AND reopened_until IS NULL
          AND reopen_until >= CURRENT_DATE AND reopen_requested_by IS DISTINCT FROM :user) AS to_reopen,
       (SELECT count(DISTINCT (l.on_behalf_of, l.request_id)) FROM change_log l
        WHERE l.on_behalf_of = ANY(:codes) AND l.request_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM on_behalf_decision o WHERE o.request_id = l.request_id
                          AND o.organisation_code = l.on_behalf_of)) AS entered
FROM desks
"""
_DESKS = """
SELECT o.code, o.full_name_th AS name_th, w.submitted, w.open
FROM organisation o JOIN lao_type t ON t.code = o.type_code
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'SUBMITTED') AS submitted,
           count(*) FILTER (WHERE status IN ('DRAFT', 'RETURNED')) AS open
    FROM (SELECT status FROM budget_document WHERE organisation_code = o.code AND removed_at IS NULL
          UNION ALL SELECT status FROM budget_transfer WHERE organisation_code = o.code AND removed_at IS NULL) r
) w
WHERE (o.province_code = ANY(:provinces) OR o.amphoe_code = ANY(:amphoes) OR o.code = ANY(:codes))
  AND o.valid_to IS NULL
ORDER BY w.submitted DESC, w.open DESC, t.seq, o.full_name_th COLLATE "th-x-icu"
"""
_MOVABLE = """
SELECT a.id AS appropriation_id, p.code AS project, p.name_th AS project_name, a.fund_source_code, a.programme_code,
       a.net_baht,
       a.net_baht - coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.appropriation_id = a.id), 0)
           AS unpaid_baht,
       p.budget_baht - p.contracted_baht
           - coalesce((SELECT sum(d.amount_baht) FROM disbursement d
                       WHERE d.project_id = p.id AND d.contract_id IS NULL), 0) AS free_baht
FROM appropriation a JOIN project p ON p.id = a.project_id
WHERE p.organisation_code = :organisation AND p.fiscal_year_be = :year AND a.in_force AND a.removed_at IS NULL
  AND (CAST(:ids AS bigint[]) IS NULL OR a.id = ANY(:ids) OR p.code = ANY(:codes))
ORDER BY p.code, a.id LIMIT :limit
"""
_CARRIED = """
SELECT k.id, k.row_version, p.code AS project, p.name_th AS project_name, a.fund_source_code,
       c.number AS contract_number, k.amount_baht,
       least(k.amount_baht, coalesce((SELECT sum(l.amount_baht) FROM late_payment l
           WHERE l.appropriation_id = k.appropriation_id
             AND (k.contract_id IS NULL OR l.contract_id = k.contract_id)), 0)) AS used_baht,
       k.until_on, k.legal_reference, k.approved_on
FROM carry_over k JOIN project p ON p.id = k.project_id JOIN appropriation a ON a.id = k.appropriation_id
LEFT JOIN contract c ON c.id = k.contract_id
WHERE p.organisation_code = :organisation AND p.fiscal_year_be = :year AND k.removed_at IS NULL
ORDER BY p.code, k.id LIMIT :limit
"""
# The services' own sums (money_rules.read_money): what was paid late came out of a reserve and is not counted twice.
_UNSPENT = """
WITH mine AS (
    SELECT id, code, name_th, budget_baht, contracted_baht FROM project
    WHERE organisation_code = :organisation AND fiscal_year_be = :year AND status <> 'CANCELLED'
), pots AS (
    SELECT a.id, a.project_id, a.fund_source_code, a.net_baht
           - coalesce((SELECT sum(d.amount_baht) FROM disbursement d
                       WHERE d.appropriation_id = a.id), 0)
           + coalesce((SELECT sum(l.amount_baht) FROM late_payment l WHERE l.appropriation_id = a.id), 0)
           - coalesce((SELECT sum(k.amount_baht) FROM carry_over k
                       WHERE k.appropriation_id = a.id AND k.removed_at IS NULL), 0) AS left_baht
    FROM appropriation a JOIN mine ON mine.id = a.project_id WHERE a.in_force AND a.removed_at IS NULL
), bound AS (
    SELECT c.project_id, c.id AS contract_id, c.number, c.final_baht
           - coalesce((SELECT sum(d.amount_baht) FROM disbursement d
                       WHERE d.contract_id = c.id), 0)
           + coalesce((SELECT sum(l.amount_baht) FROM late_payment l WHERE l.contract_id = c.id), 0)
           - coalesce((SELECT sum(k.amount_baht) FROM carry_over k
                       WHERE k.contract_id = c.id AND k.removed_at IS NULL), 0) AS open_baht
    FROM contract c JOIN mine ON mine.id = c.project_id WHERE c.removed_at IS NULL
    UNION ALL
    SELECT mine.id, NULL, NULL, mine.budget_baht - mine.contracted_baht
           - coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.project_id = mine.id
                       AND d.contract_id IS NULL), 0)
           + coalesce((SELECT sum(l.amount_baht) FROM late_payment l
                       WHERE l.project_id = mine.id AND l.contract_id IS NULL), 0)
           - coalesce((SELECT sum(k.amount_baht) FROM carry_over k
                       WHERE k.project_id = mine.id AND k.contract_id IS NULL AND k.removed_at IS NULL), 0)
    FROM mine
)
SELECT mine.code AS project, mine.name_th AS project_name, pots.id AS appropriation_id, pots.fund_source_code,
       bound.contract_id, bound.number AS contract_number, pots.left_baht, bound.open_baht,
       least(pots.left_baht, bound.open_baht) AS amount_baht
FROM pots JOIN mine ON mine.id = pots.project_id JOIN bound ON bound.project_id = pots.project_id
WHERE pots.left_baht > 0 AND bound.open_baht > 0
ORDER BY bound.contract_id IS NULL, mine.code, pots.id, bound.contract_id LIMIT :limit
"""


def desk_tasks(session: Session, organisation_codes: Sequence[str], user_id: int | None) -> DeskTasks:
    """What waits at the desks of some organisations, as one person counts it."""
    row = session.execute(
        sa.text(_TASKS).bindparams(sa.bindparam("user", type_=sa.BigInteger)),
        {"codes": list(organisation_codes), "user": user_id},
    ).one()
    return DeskTasks(*row)


def desks_of(
    session: Session, *, provinces: Iterable[str] = (), amphoes: Iterable[str] = (), codes: Iterable[str] = ()
) -> list[DeskOfPlace]:
    """Desks of the organisations with their seat in some areas, and of those named; the busiest first."""
    values = {"provinces": list(provinces), "amphoes": list(amphoes), "codes": list(codes)}
    return [DeskOfPlace(**row._mapping) for row in session.execute(sa.text(_DESKS), values)]


def movable_money(
    session: Session,
    organisation_code: str,
    year_be: int,
    *,
    appropriations: Sequence[int] | None = None,
    projects: Sequence[str] = (),
    limit: int = LONGEST_LIST,
) -> list[MovableMoney]:
    """Appropriations in force of a year; all of them, or those named and those of the projects named."""
    values = {
        "organisation": organisation_code,
        "year": year_be,
        "ids": None if appropriations is None else list(appropriations),
        "codes": list(projects),
        "limit": limit,
    }
    return [MovableMoney(**row._mapping) for row in session.execute(sa.text(_MOVABLE), values)]


def carried_over(session: Session, organisation_code: str, year_be: int) -> list[CarriedOver]:
    """What was carried over the end of a year."""
    values = {"organisation": organisation_code, "year": year_be, "limit": LONGEST_LIST}
    return [CarriedOver(**row._mapping) for row in session.execute(sa.text(_CARRIED), values)]


def unspent_money(session: Session, organisation_code: str, year_be: int) -> list[Unspent]:
    """What may still be carried over the end of a year: money that contracts bind first."""
    values = {"organisation": organisation_code, "year": year_be, "limit": LONGEST_LIST}
    return [Unspent(**row._mapping) for row in session.execute(sa.text(_UNSPENT), values)]

"""Money of one project row by row, as people who work with it see it: with versions and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class AppropriationRow:
    """Money from one source. ``net_baht`` may be spent, ``left_baht`` is what is not paid of it."""

    id: int
    fund_source_code: str
    programme_code: str | None
    work_code: str | None
    expenditure_category_code: str | None
    budget_document_id: int | None
    document_number: str | None
    document_status: str | None
    amount_baht: Decimal
    transferred_baht: Decimal
    net_baht: Decimal
    paid_baht: Decimal
    left_baht: Decimal
    in_force: bool
    legal_reference: str | None
    approved_on: date | None
    created_by_name: str | None
    confirmed_by_name: str | None
    row_version: int
    removed: bool

    @property
    def waits(self) -> bool:
        """Whether somebody else has yet to confirm it."""
        return not (self.in_force or self.removed or self.budget_document_id)


@dataclass(frozen=True)
class ContractRow:
    """An obligation with its amendments, instalments and penalties; natural persons are named to few."""

    id: int
    kind: str
    number: str
    egp_number: str | None
    procurement_method_code: str | None
    contractor_name: str | None
    contractor_is_person: bool
    amount_baht: Decimal
    amended_baht: Decimal
    final_baht: Decimal
    paid_baht: Decimal
    penalty_baht: Decimal
    signed_on: date
    start_on: date | None
    end_on: date | None
    final_end_on: date | None
    row_version: int
    removed: bool
    amendments: list[dict[str, Any]]
    instalments: list[dict[str, Any]]
    penalties: list[dict[str, Any]]
    removed_penalties: list[dict[str, Any]]


@dataclass(frozen=True)
class DisbursementRow:
    """A payment, or one that takes another back."""

    id: int
    appropriation_id: int
    contract_id: int | None
    voucher_number: str | None
    paid_on: date
    instalment: int | None
    amount_baht: Decimal
    method: str | None
    reverses_id: int | None
    reversed_by_id: int | None
    reason: str | None


@dataclass(frozen=True)
class CarryOverRow:
    """Money that keeps its fiscal year and its fund; ``used_baht`` was paid after the year of its appropriation."""

    id: int
    appropriation_id: int
    contract_id: int | None
    fiscal_year_be: int
    fund_source_code: str
    amount_baht: Decimal
    obligated: bool
    until_on: date
    legal_reference: str | None
    approved_on: date | None
    created_by_name: str
    row_version: int


@dataclass(frozen=True)
class Commitment:
    """The project in sums: what is approved, bound, paid, left to bind, saved and reserved."""

    budget_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    direct_baht: Decimal
    free_baht: Decimal
    savings_baht: Decimal
    penalty_baht: Decimal
    requested_baht: Decimal


@dataclass(frozen=True)
class MoneyOfProject:
    """Everything about the money of a project."""

    commitment: Commitment
    appropriations: tuple[AppropriationRow, ...]
    contracts: tuple[ContractRow, ...]
    disbursements: tuple[DisbursementRow, ...]
    carry_overs: tuple[CarryOverRow, ...]


@dataclass(frozen=True)
class StatusChange:
    """One step of the status; ``correction`` when it followed no edge on purpose."""

    at: datetime
    from_status: str
    to_status: str
    correction: bool
    reason: str | None
    by: str
    on_behalf_of: str | None
    receipt: str | None


@dataclass(frozen=True)
class ProgressRow:
    """A report of progress (percent) with its pictures; ``distance_m`` of each from the work as it lies now."""

    id: int
    reported_on: date
    percent: Decimal
    note: str | None
    by: str
    on_behalf_of: str | None
    created_at: datetime
    pictures: list[dict[str, Any]]


@dataclass(frozen=True)
class RemovedReport:
    """A report of progress (percent) that was taken out, and why."""

    id: int
    reported_on: date
    percent: Decimal
    reason: str


_APPROPRIATIONS = """
SELECT a.id, a.fund_source_code, a.programme_code, a.work_code, a.expenditure_category_code, a.budget_document_id,
       d.number AS document_number, d.status AS document_status, a.amount_baht, a.transferred_baht, a.net_baht,
       coalesce(p.paid, 0) AS paid_baht, a.net_baht - coalesce(p.paid, 0) AS left_baht, a.in_force, a.legal_reference,
       a.approved_on, a.created_by_name, a.confirmed_by_name, a.row_version, a.removed_at IS NOT NULL AS removed
FROM appropriation a LEFT JOIN budget_document d ON d.id = a.budget_document_id
LEFT JOIN LATERAL (SELECT sum(amount_baht) AS paid FROM disbursement WHERE appropriation_id = a.id) p ON true
WHERE a.project_id = :project ORDER BY a.id
"""
_CONTRACTS = """
SELECT c.id, c.kind, c.number, c.egp_number, c.procurement_method_code,
       CASE WHEN c.contractor_is_person AND NOT :named THEN NULL ELSE c.contractor_name END AS contractor_name,
       c.contractor_is_person, c.amount_baht, c.amended_baht, c.final_baht,
       coalesce((SELECT sum(amount_baht) FROM disbursement WHERE contract_id = c.id), 0) AS paid_baht,
       coalesce((SELECT sum(n.amount_baht) FROM contract_penalty n
                 WHERE n.contract_id = c.id AND n.removed_at IS NULL), 0) AS penalty_baht,
       c.signed_on, c.start_on, c.end_on, coalesce(c.extended_to, c.end_on) AS final_end_on, c.row_version,
       c.removed_at IS NOT NULL AS removed,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id, 'seq', m.seq, 'signed_on', m.signed_on,
           'amount_change_baht', m.amount_change_baht, 'new_end_on', m.new_end_on, 'reason', m.reason,
           'kinds', array_remove(ARRAY[CASE WHEN m.amount_change_baht <> 0 THEN 'AMOUNT' END,
                                       CASE WHEN m.new_end_on IS NOT NULL THEN 'EXTENSION' END], NULL),
           'by', m.created_by_name) ORDER BY m.seq) FROM contract_amendment m WHERE m.contract_id = c.id), '[]')
           AS amendments,
       coalesce((SELECT jsonb_agg(jsonb_build_object('seq', i.seq, 'amount_baht', i.amount_baht, 'due_on', i.due_on,
           'work_percent', i.work_percent, 'accepted_on', i.accepted_on,
           'paid_baht', coalesce((SELECT sum(d.amount_baht) FROM disbursement d
                                  WHERE d.contract_id = c.id AND d.instalment = i.seq), 0)) ORDER BY i.seq)
           FROM contract_instalment i WHERE i.contract_id = c.id AND i.removed_at IS NULL), '[]') AS instalments,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', n.id, 'days', n.days, 'rate_percent', n.rate_percent,
           'amount_baht', n.amount_baht, 'reason', n.reason, 'disbursement_id', n.disbursement_id,
           'by', n.created_by_name) ORDER BY n.id)
           FROM contract_penalty n WHERE n.contract_id = c.id AND n.removed_at IS NULL), '[]') AS penalties,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', n.id, 'days', n.days, 'amount_baht', n.amount_baht,
           'reason', n.reason, 'removal_reason', n.removal_reason) ORDER BY n.id)
           FROM contract_penalty n WHERE n.contract_id = c.id AND n.removed_at IS NOT NULL), '[]') AS removed_penalties
FROM contract c WHERE c.project_id = :project ORDER BY c.signed_on, c.id
"""
_DISBURSEMENTS = """
SELECT d.id, d.appropriation_id, d.contract_id, d.voucher_number, d.paid_on, d.instalment, d.amount_baht, d.method,
       d.reverses_id, r.id AS reversed_by_id, d.reason
FROM disbursement d LEFT JOIN disbursement r ON r.reverses_id = d.id
WHERE d.project_id = :project ORDER BY d.paid_on, d.id
"""
_CARRY_OVERS = """
SELECT k.id, k.appropriation_id, k.contract_id, p.fiscal_year_be, a.fund_source_code, k.amount_baht, k.obligated,
       k.until_on, k.legal_reference, k.approved_on, k.created_by_name, k.row_version
FROM carry_over k JOIN appropriation a ON a.id = k.appropriation_id JOIN project p ON p.id = k.project_id
WHERE k.project_id = :project AND k.removed_at IS NULL ORDER BY k.until_on, k.id
"""
_COMMITMENT = """
SELECT p.budget_baht, p.contracted_baht, p.disbursed_baht, d.direct_baht,
       p.budget_baht - p.contracted_baht - d.direct_baht AS free_baht,
       CASE WHEN p.contracted_baht > 0 THEN p.budget_baht - p.contracted_baht - d.direct_baht ELSE 0 END
           AS savings_baht,
       coalesce((SELECT sum(amount_baht) FROM contract_penalty WHERE project_id = p.id AND removed_at IS NULL), 0)
           AS penalty_baht,
       coalesce((SELECT sum(amount_baht) FROM appropriation
                 WHERE project_id = p.id AND removed_at IS NULL AND NOT in_force), 0) AS requested_baht
FROM project p CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_baht), 0) AS direct_baht FROM disbursement
    WHERE project_id = p.id AND contract_id IS NULL
) d WHERE p.id = :project
"""
_STATUSES = """
SELECT at, from_status, to_status, correction, reason, user_name AS by, on_behalf_of, request_id AS receipt
FROM project_status_change WHERE project_id = :project ORDER BY id DESC LIMIT :limit
"""
_PROGRESS = """
SELECT r.id, r.reported_on, r.percent, r.note, r.created_by_name AS by, r.on_behalf_of, r.created_at,
       coalesce(pictures.found, '[]') AS pictures
FROM progress_report r
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('id', a.id, 'stage', a.stage, 'taken_at', a.taken_at,
               'lon', ST_X(a.location), 'lat', ST_Y(a.location), 'distance_m', round(d.distance_m::numeric, 1))
           ORDER BY a.taken_at NULLS LAST, a.id) AS found
    FROM attachment a
    LEFT JOIN LATERAL (
        SELECT min(ST_Distance(CAST(a.location AS geography), CAST(s.geom AS geography))) AS distance_m
        FROM project p JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
        JOIN project_geometry_segment s ON s.project_geometry_id = g.id
        WHERE p.id = r.project_id AND a.location IS NOT NULL
    ) d ON true
    WHERE a.progress_report_id = r.id AND a.removed_at IS NULL
) pictures ON true
WHERE r.project_id = :project AND r.removed_at IS NULL ORDER BY r.reported_on DESC, r.id DESC LIMIT :limit
"""
_REMOVED_PROGRESS = """
SELECT id, reported_on, percent, removal_reason AS reason FROM progress_report
WHERE project_id = :project AND removed_at IS NOT NULL ORDER BY removed_at DESC LIMIT :limit
"""


def money_of_project(session: Session, project_id: int, *, named: bool) -> MoneyOfProject:
    """Every row of money; ``named`` tells whether contractors who are natural persons are named."""
    where = {"project": project_id}

    def rows(statement: str, **more: Any) -> sa.CursorResult[Any]:
        return session.execute(sa.text(statement), {**where, **more})  # type: ignore[return-value]

    return MoneyOfProject(
        commitment=Commitment(**rows(_COMMITMENT).one()._mapping),
        appropriations=tuple(AppropriationRow(**row._mapping) for row in rows(_APPROPRIATIONS)),
        contracts=tuple(ContractRow(**row._mapping) for row in rows(_CONTRACTS, named=named)),
        disbursements=tuple(DisbursementRow(**row._mapping) for row in rows(_DISBURSEMENTS)),
        carry_overs=tuple(CarryOverRow(**row._mapping) for row in rows(_CARRY_OVERS)),
    )


@dataclass(frozen=True)
class Named:
    """A contract or a payment as a line names it: its number where it has one, its day and its amount (baht)."""

    id: int
    number: str | None
    day: date
    amount_baht: Decimal


def contracts_named(session: Session, ids: Sequence[int]) -> list[Named]:
    """Some contracts by their numbers."""
    return _named(session, "SELECT id, number, signed_on, amount_baht FROM contract WHERE id = ANY(:ids)", ids)


def payments_named(session: Session, ids: Sequence[int]) -> list[Named]:
    """Some payments by their vouchers."""
    return _named(
        session, "SELECT id, voucher_number, paid_on, amount_baht FROM disbursement WHERE id = ANY(:ids)", ids
    )


def _named(session: Session, statement: str, ids: Sequence[int]) -> list[Named]:
    return [Named(*row) for row in session.execute(sa.text(statement), {"ids": list(ids)})] if ids else []


def status_history(session: Session, project_id: int, limit: int = 200) -> list[StatusChange]:
    """Steps of the status, the newest first."""
    rows = session.execute(sa.text(_STATUSES), {"project": project_id, "limit": limit})
    return [StatusChange(**row._mapping) for row in rows]


def progress_of_project(session: Session, project_id: int, limit: int = 200) -> list[ProgressRow]:
    """Reports of progress, the newest first."""
    rows = session.execute(sa.text(_PROGRESS), {"project": project_id, "limit": limit})
    return [ProgressRow(**row._mapping) for row in rows]


def removed_progress(session: Session, project_id: int, limit: int = 50) -> list[RemovedReport]:
    """Reports that were taken out, the last one first."""
    rows = session.execute(sa.text(_REMOVED_PROGRESS), {"project": project_id, "limit": limit})
    return [RemovedReport(**row._mapping) for row in rows]

"""Budget documents and transfers of an organisation, with their lines and what was said in their review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class DocumentRow:
    """A budget document and what stands in it."""

    id: int
    organisation_code: str
    fiscal_year_be: int
    kind: str
    number: str
    title: str
    submitted_on: date | None
    council_session: str | None
    council_approved_on: date | None
    approved_on: date | None
    in_force_on: date | None
    document: str | None
    status: str
    prepared_by: int | None
    prepared_by_name: str
    submitted_by: int | None
    submitted_by_name: str | None
    submitted_at: datetime | None
    approved_by_name: str | None
    row_version: int
    removed: bool
    projects: int
    rows: int
    amount_baht: Decimal


@dataclass(frozen=True)
class DocumentLine:
    """An appropriation of a document."""

    id: int
    project: str
    project_name: str
    fund_source_code: str
    programme_code: str | None
    work_code: str | None
    expenditure_category_code: str | None
    legal_reference: str | None
    amount_baht: Decimal
    net_baht: Decimal
    row_version: int
    updated_at: datetime


@dataclass(frozen=True)
class TransferRow:
    """A transfer; ``moved_baht`` is what goes in, which is what goes out."""

    id: int
    organisation_code: str
    fiscal_year_be: int
    number: str
    kind: str
    legal_reference: str | None
    reason: str
    status: str
    prepared_by: int | None
    prepared_by_name: str
    submitted_by: int | None
    submitted_by_name: str | None
    submitted_at: datetime | None
    approved_by_name: str | None
    approved_on: date | None
    row_version: int
    removed: bool
    moved_baht: Decimal


@dataclass(frozen=True)
class TransferLineRow:
    """A line of a transfer, with the money of its appropriation now."""

    appropriation_id: int
    project: str
    project_name: str
    fund_source_code: str
    amount_baht: Decimal
    net_baht: Decimal
    note: str | None


@dataclass(frozen=True)
class CommentRow:
    """A comment of a review."""

    id: int
    field: str | None
    text: str
    by: str
    at: datetime
    resolved_at: datetime | None


_DOCUMENT = """
SELECT d.id, d.organisation_code, d.fiscal_year_be, d.kind, d.number, d.title, d.submitted_on, d.council_session,
       d.council_approved_on, d.approved_on, d.in_force_on, d.document, d.status, d.prepared_by, d.prepared_by_name,
       d.submitted_by, (SELECT u.display_name FROM user_account u WHERE u.id = d.submitted_by) AS submitted_by_name,
       d.submitted_at, d.approved_by_name, d.row_version, d.removed_at IS NOT NULL AS removed,
       a.projects, a.rows, a.amount_baht
FROM budget_document d CROSS JOIN LATERAL (
    SELECT count(DISTINCT project_id) AS projects, count(*) AS rows, coalesce(sum(amount_baht), 0) AS amount_baht
    FROM appropriation WHERE budget_document_id = d.id AND removed_at IS NULL
) a
"""
_DOCUMENT_LINES = """
SELECT a.id, p.code AS project, p.name_th AS project_name, a.fund_source_code, a.programme_code, a.work_code,
       a.expenditure_category_code, a.legal_reference, a.amount_baht, a.net_baht, a.row_version, a.updated_at
FROM appropriation a JOIN project p ON p.id = a.project_id
WHERE a.budget_document_id = :id AND (a.removed_at IS NULL OR a.id = ANY(:removed)) ORDER BY p.code, a.id LIMIT :limit
"""
_TRANSFER = """
SELECT t.id, t.organisation_code, t.fiscal_year_be, t.number, t.kind, t.legal_reference, t.reason, t.status,
       t.prepared_by, t.prepared_by_name, t.submitted_by,
       (SELECT u.display_name FROM user_account u WHERE u.id = t.submitted_by) AS submitted_by_name,
       t.submitted_at, t.approved_by_name, t.approved_on,
       t.row_version, t.removed_at IS NOT NULL AS removed,
       coalesce((SELECT sum(l.amount_baht) FROM budget_transfer_line l
                 WHERE l.budget_transfer_id = t.id AND l.amount_baht > 0), 0) AS moved_baht
FROM budget_transfer t
"""
_TRANSFER_LINES = """
SELECT l.appropriation_id, p.code AS project, p.name_th AS project_name, a.fund_source_code, l.amount_baht, a.net_baht,
       l.note
FROM budget_transfer_line l JOIN appropriation a ON a.id = l.appropriation_id JOIN project p ON p.id = a.project_id
WHERE l.budget_transfer_id = :id AND (l.amount_baht <> 0 OR l.note IS NOT NULL) ORDER BY l.id LIMIT :limit
"""
_OF_YEAR = (
    "WHERE organisation_code = :organisation AND (CAST(:year AS integer) IS NULL OR fiscal_year_be = :year)"
    " ORDER BY fiscal_year_be DESC, {alias}.id DESC LIMIT :limit"
)
LONGEST_LIST = 1_000


def documents_of(session: Session, organisation_code: str, year: int | None) -> list[DocumentRow]:
    """Documents of an organisation, the newest year first; removed ones too, marked."""
    rows = _list(session, _DOCUMENT, "d", organisation_code, year)
    return [DocumentRow(**row._mapping) for row in rows]


def get_document(session: Session, document_id: int) -> DocumentRow | None:
    """One document."""
    row = session.execute(sa.text(f"{_DOCUMENT} WHERE d.id = :id"), {"id": document_id}).one_or_none()
    return None if row is None else DocumentRow(**row._mapping)


def lines_of_document(
    session: Session, document_id: int, *, removed: Sequence[int] = (), limit: int = LONGEST_LIST
) -> list[DocumentLine]:
    """Appropriations of a document, and those named that were removed from it."""
    rows = session.execute(sa.text(_DOCUMENT_LINES), {"id": document_id, "removed": list(removed), "limit": limit})
    return [DocumentLine(**row._mapping) for row in rows]


def transfers_of(session: Session, organisation_code: str, year: int | None) -> list[TransferRow]:
    """Transfers of an organisation, the newest year first; removed ones too, marked."""
    rows = _list(session, _TRANSFER, "t", organisation_code, year)
    return [TransferRow(**row._mapping) for row in rows]


def get_transfer(session: Session, transfer_id: int) -> TransferRow | None:
    """One transfer."""
    row = session.execute(sa.text(f"{_TRANSFER} WHERE t.id = :id"), {"id": transfer_id}).one_or_none()
    return None if row is None else TransferRow(**row._mapping)


def lines_of_transfer(session: Session, transfer_id: int) -> list[TransferLineRow]:
    """Lines of a transfer."""
    rows = session.execute(sa.text(_TRANSFER_LINES), {"id": transfer_id, "limit": LONGEST_LIST})
    return [TransferLineRow(**row._mapping) for row in rows]


def comments_on(session: Session, entity: str, entity_key: str) -> list[CommentRow]:
    """What was said of a record, the open comments first."""
    rows = session.execute(
        sa.text(
            "SELECT id, field, text, created_by_name AS by, created_at AS at, resolved_at FROM review_comment"
            " WHERE entity = :entity AND entity_key = :key ORDER BY resolved_at IS NOT NULL, id"
        ),
        {"entity": entity, "key": entity_key},
    )
    return [CommentRow(**row._mapping) for row in rows]


def _list(session: Session, select: str, alias: str, organisation_code: str, year: int | None) -> Any:
    return session.execute(
        sa.text(f"{select} {_OF_YEAR.format(alias=alias)}"),
        {"organisation": organisation_code, "year": year, "limit": LONGEST_LIST},
    )

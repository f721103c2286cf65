"""Imports as they are looked at: the batches. Their rows, offers, matches and shapes have files of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ImportBatch, ImportRow, Organisation


@dataclass(frozen=True)
class BatchView:
    """One import.

    Parameters
    ----------
    detected
        What the reader found: encoding with sample words, candidates for the coordinate system, columns with samples,
        counts of new and known projects, bounds; after acceptance also ``result``.
    """

    id: int
    organisation_code: str
    organisation_name: str
    fiscal_year_be: int
    kind: str
    file_name: str
    file_bytes: int
    format: str | None
    layer: str | None
    encoding: str | None
    epsg: int | None
    detected: Mapping[str, Any]
    column_map: Mapping[str, str]
    status: str
    row_count: int
    error_count: int
    warning_count: int
    problems: Sequence[Mapping[str, Any]]
    created_by: int | None
    created_by_name: str
    on_behalf_of: str | None
    created_at: datetime
    accepted_at: datetime | None
    undone_at: datetime | None
    undone_by_name: str | None
    job_id: int | None

    @property
    def ok_count(self) -> int:
        """Rows without any problem."""
        return self.row_count - self.error_count - self.warning_count

    @property
    def blocking(self) -> int:
        """Errors of the file itself plus rows with errors: 0 means that it can be accepted."""
        return self.error_count + len([problem for problem in self.problems if problem["level"] == "error"])

    @property
    def acceptable(self) -> bool:
        """True when accepting is allowed now."""
        return self.status == "STAGED" and self.blocking == 0 and self.row_count > 0

    @property
    def open(self) -> bool:
        """True until it is accepted or cancelled."""
        return self.status not in ("ACCEPTED", "CANCELLED", "UNDONE")


def _view(batch: ImportBatch, organisation_name: str) -> BatchView:
    return BatchView(
        id=batch.id,
        organisation_code=batch.organisation_code,
        organisation_name=organisation_name,
        fiscal_year_be=batch.fiscal_year_be,
        kind=batch.kind,
        file_name=batch.file_name,
        file_bytes=batch.file_bytes,
        format=batch.format,
        layer=batch.layer,
        encoding=batch.encoding,
        epsg=batch.epsg,
        detected=batch.detected,
        column_map=batch.column_map,
        status=batch.status,
        row_count=batch.row_count,
        error_count=batch.error_count,
        warning_count=batch.warning_count,
        problems=batch.problems,
        created_by=batch.created_by,
        created_by_name=batch.created_by_name,
        on_behalf_of=batch.on_behalf_of,
        created_at=batch.created_at,
        accepted_at=batch.accepted_at,
        undone_at=batch.undone_at,
        undone_by_name=batch.undone_by_name,
        job_id=batch.background_job_id,
    )


def _batches() -> sa.Select[ImportBatch, str]:
    return sa.select(ImportBatch, Organisation.full_name_th).join(
        Organisation, Organisation.code == ImportBatch.organisation_code
    )


def get_batch(session: Session, batch_id: int) -> BatchView | None:
    """One import, or ``None``."""
    row = session.execute(
        _batches().where(ImportBatch.id == batch_id).execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else _view(*row)


def list_batches(
    session: Session,
    *,
    organisations: Sequence[str] | None,
    provinces: Sequence[str] = (),
    created_by: int | None = None,
    limit: int = 25,
    before_id: int | None = None,
) -> list[BatchView]:
    """Newest first: of some organisations and provinces and one's own; ``organisations=None`` means all."""
    query = _batches().order_by(ImportBatch.id.desc()).limit(limit)
    if organisations is not None:
        query = query.where(
            sa.or_(
                ImportBatch.organisation_code.in_(organisations),
                Organisation.province_code.in_(provinces),
                ImportBatch.created_by == created_by,
            )
        )
    if before_id is not None:
        query = query.where(ImportBatch.id < before_id)
    return [_view(batch, name) for batch, name in session.execute(query)]


def remembered_columns(
    session: Session, organisation_code: str, kind: str, columns: Sequence[str]
) -> Mapping[str, str] | None:
    """Which column was which field in the organisation's newest file with just these columns that a person confirmed.

    Confirmed is what was accepted, and what somebody has chosen in place of the guess; ``None`` where there is none.
    """
    found: Mapping[str, str] | None = session.scalar(
        sa.text(
            "SELECT column_map FROM import_batch b WHERE b.organisation_code = :organisation AND b.kind = :kind"
            " AND (b.status IN ('ACCEPTED', 'UNDONE')"
            "  OR (b.status = 'STAGED' AND b.detected #> '{asked,columns}' <> '{}'))"
            " AND jsonb_path_query_array(b.detected, '$.columns[*].name') = to_jsonb(CAST(:columns AS text[]))"
            " ORDER BY b.id DESC LIMIT 1"
        ),
        {"organisation": organisation_code, "kind": kind, "columns": list(columns)},
    )
    return found


def created_projects(session: Session, batch_id: int, limit: int = 50) -> list[tuple[int, str, str]]:
    """Row number, code and name of the projects that an accepted import made or changed, the first ones."""
    rows = session.execute(
        sa.select(ImportRow.row_number, ImportRow.project_code, ImportRow.values["name"].astext)
        .where(ImportRow.batch_id == batch_id, ImportRow.project_code.is_not(None))
        .order_by(ImportRow.row_number)
        .limit(limit)
    )
    return [(number, code, name or "") for number, code, name in rows]

"""Workbooks that were sent for forms of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class UploadHead:
    """A workbook that was sent, with what it asks for as it was read."""

    id: int
    plan_version_id: int
    form: str
    file_name: str
    file_sha256: str
    file_bytes: int
    status: str
    original: Mapping[str, Any]
    decisions: Mapping[str, Any]
    result: Mapping[str, Any] | None
    created_by_name: str
    created_at: datetime
    decided_by_name: str | None
    decided_at: datetime | None
    row_version: int


@dataclass(frozen=True)
class WaitingUpload:
    """A workbook that nobody has accepted or given up yet."""

    id: int
    form: str
    file_name: str
    created_by_name: str
    created_at: datetime


def waiting_uploads(session: Session, version_id: int) -> list[WaitingUpload]:
    """Workbooks of a version that wait for a decision, the newest first."""
    rows = session.execute(
        sa.text(
            "SELECT id, form, file_name, created_by_name, created_at FROM plan_upload"
            " WHERE plan_version_id = :version AND status = 'STAGED' ORDER BY created_at DESC, id DESC"
        ),
        {"version": version_id},
    )
    return [WaitingUpload(**row._mapping) for row in rows]


def upload(session: Session, upload_id: int, *, lock: bool = False) -> UploadHead | None:
    """One upload; ``lock`` holds it for a decision."""
    row = session.execute(
        sa.text(
            "SELECT id, plan_version_id, form, file_name, file_sha256, file_bytes, status, original, decisions, result,"
            " created_by_name, created_at, decided_by_name, decided_at, row_version FROM plan_upload WHERE id = :id"
            + (" FOR NO KEY UPDATE" if lock else "")
        ),
        {"id": upload_id},
    ).one_or_none()
    return None if row is None else UploadHead(**row._mapping)

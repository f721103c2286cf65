"""The photographs that staged rows came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ImportPicture


@dataclass(frozen=True)
class RowPicture:
    """Picture of a row: its file name and when it was taken; ``sha256`` and ``stored_name`` say which files."""

    file_name: str
    sha256: str
    stored_name: str
    taken_at: datetime | None


def pictures_of(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, RowPicture]:
    """Pictures of some rows; rows without one are absent."""
    rows = session.execute(
        sa.select(
            ImportPicture.row_number,
            ImportPicture.file_name,
            ImportPicture.sha256,
            ImportPicture.stored_name,
            ImportPicture.taken_at,
        ).where(ImportPicture.batch_id == batch_id, ImportPicture.row_number.in_(list(row_numbers)))
    )
    return {row.row_number: RowPicture(row.file_name, row.sha256, row.stored_name, row.taken_at) for row in rows}

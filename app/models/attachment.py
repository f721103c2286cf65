"""Pictures attached to projects: where the files are kept, when and where each was taken, who attached it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity, Metres, geometry

_TAKEN_AT = "taken_at BETWEEN '1990-01-01 00:00+00' AND '2200-01-01 00:00+00'"
"""Times that every program can read; PostgreSQL knows more of them than Python."""


class PictureFacts:
    """What is known of a picture that is kept.

    ``sha256`` is of the file as it was sent and names everything that is kept of it; width and height are those of the
    original turned upright. ``location`` (EPSG:4326), ``accuracy_m``, ``direction_degrees`` (clockwise from north) and
    ``taken_at`` are what the camera wrote; NULL where it wrote nothing. How far it is from the work is never stored: it
    is asked of the coordinates that stand now.
    """

    file_name: Mapped[str]
    sha256: Mapped[str]
    stored_name: Mapped[str]
    media_type: Mapped[str]
    byte_count: Mapped[int] = mapped_column(sa.BigInteger)
    width_px: Mapped[int]
    height_px: Mapped[int]
    taken_at: Mapped[datetime | None]
    location: Mapped[Any | None] = mapped_column(geometry("POINT", index=False))
    accuracy_m: Mapped[Metres | None]
    direction_degrees: Mapped[float | None]


class Attachment(PictureFacts, Base):
    """A picture of a project. Taken away by ``removed_at`` and brought back; no row and no file is ever deleted.

    ``stage`` says which state of the work it shows, where somebody has said so.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('photo')", name="kind"),
        sa.CheckConstraint("stage IN ('before', 'during', 'after')", name="stage"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        sa.CheckConstraint(_TAKEN_AT, name="taken_at"),
        sa.CheckConstraint("(import_batch_id IS NULL) = (import_row IS NULL)", name="import_row"),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by_name IS NULL)", name="removed"),
        # The same picture hangs on a project once; sent again it is the one that hangs there.
        sa.Index(
            "uq_attachment_of_project",
            "project_id",
            "sha256",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index("ix_attachment_project_id", "project_id", "id"),
        sa.Index(
            "ix_attachment_progress_report_id",
            "progress_report_id",
            postgresql_where=sa.text("progress_report_id IS NOT NULL"),
        ),
        sa.ForeignKeyConstraint(
            ["progress_report_id", "project_id"], ["progress_report.id", "progress_report.project_id"]
        ),
    )

    id: Mapped[Identity]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"))
    kind: Mapped[str] = mapped_column(server_default="photo")
    stage: Mapped[str | None]
    caption: Mapped[str | None]
    progress_report_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    import_batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    import_row: Mapped[int | None]
    created_at: Mapped[CreatedAt]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    removed_by_name: Mapped[str | None]


class ImportPicture(PictureFacts, Base):
    """The photograph that a staged row came from; attached to the row's project when the file is accepted."""

    __tablename__ = "import_picture"
    __table_args__ = (
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        sa.CheckConstraint(_TAKEN_AT, name="taken_at"),
    )

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)


sa.Index("ix_attachment_sha256", Attachment.sha256)
sa.Index("ix_import_picture_sha256", ImportPicture.sha256)

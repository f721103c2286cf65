"""Files on their way in: staged, looked at, accepted whole or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity, geometry


class ImportBatch(Base):
    """One uploaded file and what was found in it."""

    __tablename__ = "import_batch"
    __table_args__ = (
        sa.CheckConstraint(
            "status IN ('RECEIVED', 'STAGING', 'STAGED', 'ACCEPTING', 'ACCEPTED', 'FAILED', 'CANCELLED', 'UNDONE')",
            name="status",
        ),
        sa.Index("ix_import_batch_list", "organisation_code", sa.desc("id")),
    )

    id: Mapped[Identity]
    organisation_code: Mapped[str] = mapped_column(sa.ForeignKey("organisation.code"))
    fiscal_year_be: Mapped[int]
    kind: Mapped[str]
    file_name: Mapped[str]
    stored_name: Mapped[str]
    file_sha256: Mapped[str]
    file_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    format: Mapped[str | None]
    layer: Mapped[str | None]
    encoding: Mapped[str | None]
    epsg: Mapped[int | None]
    detected: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    column_map: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    status: Mapped[str] = mapped_column(server_default="RECEIVED")
    row_count: Mapped[int] = mapped_column(server_default="0")
    error_count: Mapped[int] = mapped_column(server_default="0")
    warning_count: Mapped[int] = mapped_column(server_default="0")
    problems: Mapped[list[Any]] = mapped_column(server_default=sa.text("'[]'"))
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    created_by_name: Mapped[str]
    on_behalf_of: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"))
    created_at: Mapped[CreatedAt]
    accepted_at: Mapped[datetime | None]
    background_job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("background_job.id"))
    undone_at: Mapped[datetime | None]
    undone_by_name: Mapped[str | None]


class ImportRow(Base):
    """A row of the file: a bad row is data, with its problems beside it."""

    __tablename__ = "import_row"
    __table_args__ = (
        sa.CheckConstraint("level IN ('ok', 'warning', 'error')", name="level"),
        sa.Index("ix_import_row_level", "batch_id", "level", "row_number"),
    )

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    raw: Mapped[dict[str, Any]]
    values: Mapped[dict[str, Any]]
    geom: Mapped[Any | None] = mapped_column(geometry("GEOMETRY", index=False))
    project_code: Mapped[str | None]
    project_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    level: Mapped[str]
    problems: Mapped[list[Any] | None]


class ImportOffer(Base):
    """Another shape for a row, and the problem that it answers: ``geom`` of the row is the offered one when mended.

    ``given_geom`` is what the file says (NULL where its numbers are no place on earth) and ``problems`` what is said of
    that; ``offered_geom`` is NULL when the row is better without coordinates.
    """

    __tablename__ = "import_offer"
    __table_args__ = (sa.Index("ix_import_offer_code", "batch_id", "code", "row_number"),)

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    given_geom: Mapped[Any | None] = mapped_column(geometry("GEOMETRY", index=False))
    offered_geom: Mapped[Any | None] = mapped_column(geometry("GEOMETRY", index=False))
    problems: Mapped[list[Any]]
    mended: Mapped[bool] = mapped_column(server_default=sa.text("false"))


class ImportMatch(Base):
    """A project that a row may mean, the likeliest with rank 1."""

    __tablename__ = "import_match"

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.BigInteger)
    score: Mapped[float]
    reasons: Mapped[list[Any]]


class ImportChoice(Base):
    """What a person said a row means: a project, or (NULL) a new one. Kept when the file is read again."""

    __tablename__ = "import_choice"

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    project_code: Mapped[str | None]

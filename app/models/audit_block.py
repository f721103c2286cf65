"""Blocks of the change log, each holding the digest of the one before it. ``seal_audit()`` writes them, nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class AuditBlock(Base):
    """Lines of the change log sealed together.

    ``ids`` are exactly their numbers and ``row_digests`` the SHA-256 of each, 32 bytes a line in that order.
    ``open_ids`` are the numbers up to ``seen_id`` that a running transaction may still fill (below ``xid_horizon`` on
    ``cluster``); what is in neither, of this block or an earlier one, never was a line. ``version`` is that of the
    texts that are hashed.
    """

    __tablename__ = "audit_block"
    __table_args__ = (
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("octet_length(row_digests) = 32 * row_count", name="row_digests"),
        sa.CheckConstraint(
            "previous_sha256 ~ '^[0-9a-f]{64}$' AND rows_sha256 ~ '^[0-9a-f]{64}$' AND block_sha256 ~ '^[0-9a-f]{64}$'",
            name="sha256",
        ),
        sa.Index("ix_audit_block_seen_id", "seen_id"),
    )

    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(sa.SmallInteger)
    previous_sha256: Mapped[str]
    ids: Mapped[Any] = mapped_column(INT8MULTIRANGE)
    row_count: Mapped[int]
    row_digests: Mapped[bytes] = mapped_column(sa.LargeBinary)
    rows_sha256: Mapped[str]
    seen_id: Mapped[int] = mapped_column(sa.BigInteger)
    open_ids: Mapped[Any] = mapped_column(INT8MULTIRANGE)
    xid_horizon: Mapped[int] = mapped_column(sa.BigInteger)
    cluster: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(sa.TIMESTAMP(timezone=True))
    block_sha256: Mapped[str] = mapped_column(unique=True)

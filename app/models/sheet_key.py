"""Lines that were added to a sheet, by the key that their writer gave them: what is sent twice is added once."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt


class SheetKey(Base):
    """A line that came with a key of its writer's own; forgotten after some weeks, when nobody sends it again."""

    __tablename__ = "sheet_key"
    __table_args__ = (sa.CheckConstraint("length(key) BETWEEN 16 AND 100", name="key"),)

    sheet: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    created_at: Mapped[CreatedAt] = mapped_column(index=True)

"""The outbox: mail that waits for the mail server, and what became of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Identity


class Mail(Base):
    """One mail to one address; see :mod:`app.services.mail`."""

    __tablename__ = "mail"
    __table_args__ = (
        sa.CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name="kind"),
        sa.CheckConstraint("recipient ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'", name="recipient"),
        sa.CheckConstraint("subject !~ '[[:cntrl:]]' AND length(subject) BETWEEN 1 AND 300", name="subject"),
        sa.CheckConstraint("unsubscribe_url ~ '^https?://[^[:space:][:cntrl:]<>]+$'", name="unsubscribe_url"),
        sa.CheckConstraint("state IN ('WAITING', 'SENDING', 'SENT', 'FAILED')", name="state"),
        sa.CheckConstraint("(state = 'SENT') = (sent_at IS NOT NULL)", name="sent"),
        sa.CheckConstraint("octet_length(body_text) <= 500000 AND octet_length(body_html) <= 2000000", name="size"),
        sa.Index("ix_mail_due", "next_try_at", postgresql_where=sa.text("state IN ('WAITING', 'SENDING')")),
        sa.Index("ix_mail_user_id", "user_id", "id"),
        sa.Index("ix_mail_about", "about", postgresql_where=sa.text("about IS NOT NULL")),
        sa.Index("ix_mail_failed", "id", postgresql_where=sa.text("state = 'FAILED'")),
    )

    id: Mapped[Identity]
    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    body_text: Mapped[str]
    body_html: Mapped[str | None]
    unsubscribe_url: Mapped[str | None]
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    about: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="WAITING")
    tries: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[CreatedAt]
    last_error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]

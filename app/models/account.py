"""People, what they may do where, their sessions and their tokens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, CreatedAt, Identity


class Role(Base):
    """A role of ``codelists/roles_permissions.csv``."""

    __tablename__ = "role"

    code: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    name_th: Mapped[str]
    name_en: Mapped[str]
    scope: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))

    __table_args__ = (
        sa.CheckConstraint("scope IN ('organisation', 'district', 'province', 'nation', 'published')", name="scope"),
    )


class UserAccount(Base):
    """One person. Accounts are never shared and never deleted: a person who leaves is disabled.

    ``first_password_until`` is set while the password is one that somebody else issued. ``tf_primary_method`` is set
    once an authenticator has been confirmed (``second_factor_at``); a secret without it waits for its first code.
    ``row_version`` counts what administrators did.
    """

    __tablename__ = "user_account"

    id: Mapped[Identity]
    username: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="th")
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    current_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None]
    current_login_ip: Mapped[str | None]
    login_count: Mapped[int | None]
    failed_sign_ins: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_last_counter: Mapped[int | None] = mapped_column(sa.BigInteger)
    second_factor_at: Mapped[datetime | None]
    first_password_until: Mapped[datetime | None]
    first_password_used_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]

    memberships: Mapped[list[Membership]] = relationship(back_populates="user", lazy="selectin")

    __table_args__ = (sa.CheckConstraint("language IN ('th', 'en')", name="language"),)


class Membership(Base):
    """A role that a person holds in an organisation, in an area (amphoe or province) or in the nation."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.CheckConstraint("organisation_code IS NULL OR area_code IS NULL", name="one_scope"),
        sa.UniqueConstraint(
            "user_id", "role_code", "organisation_code", "area_code", postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[Identity]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    role_code: Mapped[str] = mapped_column(sa.ForeignKey("role.code"))
    organisation_code: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.code"), index=True)
    area_code: Mapped[str | None] = mapped_column(sa.ForeignKey("area.code"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    user: Mapped[UserAccount] = relationship(back_populates="memberships")


class ApiToken(Base):
    """A token of a person for ``/api/v1``; only its SHA-256 is kept.

    One of the data service (``resources``) only reads: those resources, in those areas, so much a day.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        sa.CheckConstraint("requests_per_day > 0", name="requests_per_day"),
        sa.CheckConstraint("rows_per_day > 0", name="rows_per_day"),
        sa.CheckConstraint("resources IS NULL OR cardinality(resources) > 0", name="resources"),
    )

    id: Mapped[Identity]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    resources: Mapped[list[str] | None]
    areas: Mapped[list[str] | None]
    requests_per_day: Mapped[int | None]
    rows_per_day: Mapped[int | None]
    issued_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class UserSession(Base):
    """One sign-in of a person on one device; only the SHA-256 of its key is kept."""

    __tablename__ = "user_session"

    key_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=False), unique=True)
    device: Mapped[str | None]
    second_factor_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """Wrong passwords for a name that has no account, counted as they are for one that has."""

    __tablename__ = "sign_in_attempt"

    name_mark: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    resting_until: Mapped[datetime | None]
    tried_at: Mapped[CreatedAt] = mapped_column(index=True)


class RecoveryCode(Base):
    """A code that opens once in place of an authenticator's; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[Identity]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    code_sha256: Mapped[str]
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]


class HandOver(Base):
    """What went from one person to another when somebody left or changed, and who decided it."""

    __tablename__ = "hand_over"
    __table_args__ = (
        sa.CheckConstraint("closing IN ('account', 'roles')", name="closing"),
        sa.CheckConstraint("from_user_id <> to_user_id", name="two_people"),
    )

    id: Mapped[Identity]
    from_user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    to_user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    closing: Mapped[str]
    note: Mapped[str | None]
    items: Mapped[list[Any]]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    made_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    seen_at: Mapped[datetime | None]

"""Reading accounts, roles and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ApiToken, Area, LaoType, Membership, Organisation, Role, UserAccount

# "อบต.หนองสาธิต"; the special ones (พัทยา) have a name of their own.
_SHORT_NAME = sa.case(
    (LaoType.code == "SPECIAL", Organisation.full_name_th),
    else_=sa.func.coalesce(LaoType.attributes["abbr_th"].astext, "") + Organisation.name_th,
)
_IN_FORCE = (
    sa.or_(Membership.valid_from.is_(None), Membership.valid_from <= sa.func.current_date()),
    sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= sa.func.current_date()),
)


@dataclass(frozen=True)
class RoleHeld:
    """A role of a person, in words.

    Parameters
    ----------
    role, role_name_th, role_name_en
        Role.
    organisation_code, organisation_name
        Organisation, for an organisation role.
    area_code, area_name
        Area, for an area role.
    """

    role: str
    role_name_th: str
    role_name_en: str
    organisation_code: str | None
    organisation_name: str | None
    area_code: str | None
    area_name: str | None


@dataclass(frozen=True)
class TokenLine:
    """A token in the list of its owner; never the token itself."""

    id: int
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class AccountLine:
    """An account in the list of the command line."""

    id: int
    username: str
    display_name: str
    active: bool
    roles: tuple[str, ...]
    last_login_at: datetime | None


def holders_of_role(session: Session, role: str, organisation_code: str | None, limit: int) -> list[str]:
    """Names of active people who hold a role, in one organisation when one is given."""
    query = (
        sa.select(UserAccount.display_name)
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(UserAccount.active, Membership.role_code == role, *_IN_FORCE)
        .order_by(UserAccount.id)
        .limit(limit)
    )
    if organisation_code is not None:
        query = query.where(Membership.organisation_code == organisation_code)
    return list(session.scalars(query))


def roles_held(session: Session, user_id: int) -> list[RoleHeld]:
    """Roles of a person with the names of their places, first role first."""
    rows = session.execute(
        sa.select(
            Role.code,
            Role.name_th,
            Role.name_en,
            Membership.organisation_code,
            _SHORT_NAME.label("organisation_name"),
            Membership.area_code,
            Area.name_th.label("area_name"),
        )
        .join(Membership, Membership.role_code == Role.code)
        .join(Organisation, Organisation.code == Membership.organisation_code, isouter=True)
        .join(LaoType, LaoType.code == Organisation.type_code, isouter=True)
        .join(Area, Area.code == Membership.area_code, isouter=True)
        .where(Membership.user_id == user_id, *_IN_FORCE)
        .order_by(Role.seq, Membership.id)
    )
    return [RoleHeld(*row) for row in rows]


def tokens_of(session: Session, user_id: int) -> list[TokenLine]:
    """Tokens of a person, newest first; those of the data service are told with what they reach."""
    rows = session.execute(
        sa.select(
            ApiToken.id,
            ApiToken.name,
            ApiToken.prefix,
            ApiToken.created_at,
            ApiToken.expires_at,
            ApiToken.last_used_at,
            ApiToken.revoked_at,
        )
        .where(ApiToken.user_id == user_id, ApiToken.resources.is_(None))
        .order_by(ApiToken.id.desc())
    )
    return [TokenLine(*row) for row in rows]


def account_list(session: Session) -> list[AccountLine]:
    """Every account with its roles as ``ROLE@place``, by user name."""
    place = sa.func.coalesce(Membership.organisation_code, Membership.area_code, "")
    held = sa.func.array_agg(
        sa.func.concat(Membership.role_code, sa.func.coalesce("@" + sa.func.nullif(place, ""), ""))
    ).filter(Membership.id.is_not(None))
    rows = session.execute(
        sa.select(
            UserAccount.id,
            UserAccount.username,
            UserAccount.display_name,
            UserAccount.active,
            held.label("held"),
            UserAccount.last_login_at,
        )
        .join(Membership, Membership.user_id == UserAccount.id, isouter=True)
        .group_by(UserAccount.id)
        .order_by(UserAccount.username)
    )
    return [
        AccountLine(r.id, r.username, r.display_name, r.active, tuple(sorted(r.held or ())), r.last_login_at)
        for r in rows
    ]

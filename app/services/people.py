"""Who may work where: accounts issued per person, their roles, first passwords and ends.

Whoever issues a role (:data:`app.auth.policy.ISSUES`) gives and takes it. What concerns the whole account (password,
authenticator, disabling) asks for every role that the person holds: an executive does not take over the account of an
officer by giving them a role. Nobody administers themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor, Grant
from app.auth.cache import CACHE
from app.auth.passwords import hash_password
from app.auth.permissions import permissions
from app.auth.policy import NATION, Target
from app.auth.sessions import end_sessions_of
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import Membership, UserAccount
from app.services.accounts import (
    FIRST_PASSWORD_LIFETIME,
    grant_problems,
    name_problems,
    readable_password,
    shut_out,
)
from app.services.money_rules import TEXT_LENGTH, check_text, organisation_target
from app.services.second_factor import forget_second_factor
from gis.problems import Problem
from gis.thai import normalise

EXECUTIVE = "LAO_EXECUTIVE"


@dataclass(frozen=True)
class NewRole:
    """A role as it is given.

    Parameters
    ----------
    role
        Its code.
    organisation_code, area_code
        Where it is held.
    valid_from, valid_to
        First and last day; open where absent.
    """

    role: str
    organisation_code: str | None = None
    area_code: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def grant(self) -> Grant:
        """As the person holds it: at the kind of place that the role is of, whatever else was said."""
        row = permissions().get(self.role)
        scope = row.scope if row else "published"
        organisation = self.organisation_code if scope == "organisation" else None
        return Grant(self.role, scope, organisation, self.area_code if scope in ("province", "district") else None)


@dataclass(frozen=True)
class PersonReceipt:
    """The account that was changed, and its version."""

    id: int
    row_version: int


@dataclass(frozen=True)
class FirstPassword:
    """A password at the only moment when it can be read.

    Parameters
    ----------
    id, username, display_name, row_version
        Whose.
    password
        Good for one sign-in, and nowhere kept.
    until
        When it ends.
    """

    id: int
    username: str
    display_name: str
    row_version: int
    password: str
    until: datetime


def place_target(session: Session, organisation_code: str | None, area_code: str | None) -> Target:
    """Where a role is held, for policy.

    Raises
    ------
    NotFound
        ``organisation_not_found``.
    """
    if organisation_code:
        return organisation_target(session, organisation_code)
    if area_code:
        return Target(None, area_code[:2], area_code if len(area_code) == 4 else None)
    return NATION


def issue(
    session: Session, actor: Actor, username: str, display_name: str, role: NewRole, email: str | None = None
) -> FirstPassword:
    """An account of one person with their role, and its first password.

    Raises
    ------
    Forbidden
        The actor does not give this role there.
    InvalidInput
        Everything that is wrong with the name and the role.
    """
    name, address = username.strip().lower(), email.strip().lower() if email and email.strip() else None
    problems = [
        *_role_problems(session, actor, role),
        *name_problems(session, name, address),
        *check_text("display_name", display_name, required=True, limit=TEXT_LENGTH),
    ]
    if problems:
        raise InvalidInput(problems)
    password, until = readable_password(), datetime.now(UTC) + FIRST_PASSWORD_LIFETIME
    # Two who issue the same name at one moment: the second hears that it is taken, like one who came later.
    user_id = session.scalar(
        sa.text(
            "INSERT INTO user_account (username, email, password, display_name, fs_uniquifier, first_password_until)"
            " VALUES (:name, :email, :password, :shown, :unique, :until) ON CONFLICT DO NOTHING RETURNING id"
        ),
        {
            "name": name,
            "email": address,
            "password": hash_password(password),
            "shown": normalise(display_name.strip()),
            "unique": uuid.uuid4().hex,
            "until": until,
        },
    )
    if user_id is None:
        raise InvalidInput([Problem("username_taken", where={"field": "username"}, values={"username": name})])
    _write_role(session, user_id, role)
    return FirstPassword(user_id, name, normalise(display_name.strip()), 1, password, until)


def new_first_password(session: Session, actor: Actor, user_id: int, if_match_version: int | None) -> FirstPassword:
    """A first password for somebody who lost theirs or let the first one pass; their sessions end, a rest is lifted.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`disable`; ``account_disabled``.
    """
    account = held_whole(session, actor, user_id, if_match_version)
    if not account.active:
        raise Conflict("account_disabled", {"name": account.display_name})
    password, until = readable_password(), datetime.now(UTC) + FIRST_PASSWORD_LIFETIME
    account.password = hash_password(password)
    account.first_password_until, account.first_password_used_at = until, None
    account.failed_sign_ins, account.locked_until = 0, None
    version = _changed(session, account)
    end_sessions_of(session, account.id)
    CACHE.forget(account.id)
    return FirstPassword(account.id, account.username, account.display_name, version, password, until)


def reset_second_factor(session: Session, actor: Actor, user_id: int, if_match_version: int | None) -> PersonReceipt:
    """Take a lost authenticator away; sessions and tokens end, a new one is set up at the next sign-in.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`disable`; ``second_factor_off``: there is none.
    """
    account = held_whole(session, actor, user_id, if_match_version)
    if account.tf_primary_method is None:
        raise Conflict("second_factor_off", {"name": account.display_name})
    forget_second_factor(session, account)
    return PersonReceipt(account.id, _changed(session, account))


def disable(
    session: Session, actor: Actor, user_id: int, if_match_version: int | None, *, confirmed: bool = False
) -> PersonReceipt:
    """Close an account at once: no sign-in, every session and token of it ends. The person stays in the history.

    Raises
    ------
    NotFound
        ``person_not_found``.
    Forbidden
        ``own_account``, or ``person_above``: they hold a role that the actor does not give.
    Conflict
        ``person_changed``: somebody else was first.
    InvalidInput
        ``last_executive``, unless ``confirmed``.
    """
    account = held_whole(session, actor, user_id, if_match_version)
    if account.active:
        require_executives(session, account.id, None, confirmed)
        account.active = False
    version = _changed(session, account)
    shut_out(session, account.id)
    return PersonReceipt(account.id, version)


def enable(session: Session, actor: Actor, user_id: int, if_match_version: int | None) -> PersonReceipt:
    """Open an account again, with the roles that have not ended; its former password holds.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`disable`.
    """
    account = held_whole(session, actor, user_id, if_match_version)
    account.active = True
    account.failed_sign_ins, account.locked_until = 0, None
    return PersonReceipt(account.id, _changed(session, account))


def give_role(
    session: Session, actor: Actor, user_id: int, role: NewRole, if_match_version: int | None
) -> PersonReceipt:
    """A further role, or one that ended again.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`issue` and :func:`disable`; for a role alone the actor need not administer the whole account, but
        ``person_elsewhere``: of somebody who works elsewhere only the department gives one.
    """
    problems = _role_problems(session, actor, role)
    account = _held(session, actor, user_id, if_match_version)
    _require_one_province(session, actor, user_id, role)
    if problems:
        raise InvalidInput(problems)
    _write_role(session, account.id, role)
    return PersonReceipt(account.id, _changed(session, account))


def limit_role(
    session: Session,
    actor: Actor,
    user_id: int,
    membership_id: int,
    valid_from: date | None,
    valid_to: date | None,
    if_match_version: int | None,
    *,
    confirmed: bool = False,
) -> PersonReceipt:
    """Set the days on which a role is held.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`disable`; ``role_days_crossed``.
    """
    account = _held(session, actor, user_id, if_match_version)
    held = session.get(Membership, membership_id, populate_existing=True)
    if held is None or held.user_id != account.id:
        raise NotFound("person_role_not_found")
    _require_issues(session, actor, _grant_of(held))
    if valid_from and valid_to and valid_to < valid_from:
        raise InvalidInput([Problem("role_days_crossed", where={"field": "valid_to"})])
    if _ends_now(valid_from, valid_to):
        require_executives(session, account.id, (held.id,), confirmed)
    held.valid_from, held.valid_to = valid_from, valid_to
    return PersonReceipt(account.id, _changed(session, account))


def end_role(
    session: Session,
    actor: Actor,
    user_id: int,
    membership_id: int,
    if_match_version: int | None,
    *,
    confirmed: bool = False,
) -> PersonReceipt:
    """Take a role away at once; what the person did with it stays theirs.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`limit_role`.
    """
    account = _held(session, actor, user_id, if_match_version)
    held = session.get(Membership, membership_id, populate_existing=True)
    if held is None or held.user_id != account.id:
        raise NotFound("person_role_not_found")
    _require_issues(session, actor, _grant_of(held))
    require_executives(session, account.id, (held.id,), confirmed)
    end_memberships(session, [held])
    return PersonReceipt(account.id, _changed(session, account))


def end_memberships(session: Session, held: Sequence[Membership]) -> None:
    """Yesterday was their last day."""
    yesterday = date.today() - timedelta(days=1)
    for membership in held:
        membership.valid_to = min(yesterday, membership.valid_to or yesterday)
    session.flush()


def require_executives(session: Session, user_id: int, membership_ids: Sequence[int] | None, confirmed: bool) -> None:
    """Stop when an organisation would be left without an executive who signs in, unless that was confirmed.

    ``membership_ids``: the roles that end; ``None`` is all of the person's. Two who take the last two executives at one
    moment wait here for each other.

    Raises
    ------
    InvalidInput
        ``last_executive`` with the organisations.
    """
    session.execute(
        sa.text(
            "SELECT id FROM membership WHERE role_code = :role AND organisation_code IN (SELECT organisation_code"
            " FROM membership WHERE user_id = :user AND role_code = :role) ORDER BY id FOR UPDATE"
        ),
        {"user": user_id, "role": EXECUTIVE},
    ).all()
    left = session.execute(
        sa.text(
            """
            SELECT o.full_name_th FROM membership m JOIN organisation o ON o.code = m.organisation_code
            WHERE m.user_id = :user AND m.role_code = :role AND coalesce(m.valid_to, current_date) >= current_date
              AND (CAST(:ending AS bigint[]) IS NULL OR m.id = ANY(:ending))
              AND NOT EXISTS (
                  SELECT FROM membership x JOIN user_account u ON u.id = x.user_id AND u.active
                  WHERE x.organisation_code = m.organisation_code AND x.role_code = :role AND x.user_id <> :user
                    AND coalesce(x.valid_from, current_date) <= current_date
                    AND coalesce(x.valid_to, current_date) >= current_date)
            ORDER BY 1
            """
        ),
        {"user": user_id, "role": EXECUTIVE, "ending": list(membership_ids) if membership_ids is not None else None},
    ).scalars()
    names = list(left)
    if names and not confirmed:
        raise InvalidInput([Problem("last_executive", where={"field": "confirmed"}, values={"organisations": names})])


def memberships_of(session: Session, user_id: int) -> list[Membership]:
    """Roles of a person that have not ended; every one they ever held where all have."""
    every = list(session.scalars(sa.select(Membership).where(Membership.user_id == user_id).order_by(Membership.id)))
    today = date.today()
    return [held for held in every if held.valid_to is None or held.valid_to >= today] or every


def issues_membership(session: Session, actor: Actor, held: Membership) -> bool:
    """True when the actor gives and takes this role."""
    return policy.may_issue(actor, held.role_code, place_target(session, held.organisation_code, held.area_code))


def administers(session: Session, actor: Actor, user_id: int) -> bool:
    """True when the actor gives every role that the person holds, and the person is somebody else."""
    held = memberships_of(session, user_id)
    return actor.user_id != user_id and bool(held) and all(issues_membership(session, actor, one) for one in held)


def _held(
    session: Session, actor: Actor, user_id: int, if_match_version: int | None, *, lock: bool = True
) -> UserAccount:
    account = session.get(UserAccount, user_id, with_for_update=lock or None, populate_existing=True)
    if account is None:
        raise NotFound("person_not_found")
    if actor.user_id == user_id:
        raise Forbidden("own_account")
    if if_match_version is not None and account.row_version != if_match_version:
        raise Conflict("person_changed", {"name": account.display_name, "row_version": account.row_version})
    return account


def held_whole(session: Session, actor: Actor, user_id: int, if_match_version: int | None) -> UserAccount:
    """The account, locked, for whoever administers all of it. Errors as of :func:`disable`."""
    if session.get(UserAccount, user_id) is None:
        raise NotFound("person_not_found")
    if actor.user_id != user_id and not administers(session, actor, user_id):
        raise Forbidden("person_above")
    return _held(session, actor, user_id, if_match_version)


def hold_person(
    session: Session, actor: Actor, user_id: int, if_match_version: int | None = None, *, lock: bool = True
) -> UserAccount:
    """The account of somebody whom the actor gives at least one of their roles; for pages and hand-overs.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`disable`.
    """
    given = any(issues_membership(session, actor, one) for one in memberships_of(session, user_id))
    if actor.user_id != user_id and not given and session.get(UserAccount, user_id) is not None:
        raise Forbidden("person_above")
    return _held(session, actor, user_id, if_match_version, lock=lock)


def _changed(session: Session, account: UserAccount) -> int:
    account.row_version += 1
    session.flush()
    CACHE.forget(account.id)
    return account.row_version


def mark_changed(session: Session, account: UserAccount) -> int:
    """The next version of an account; whoever is remembered by this process is looked up anew."""
    return _changed(session, account)


def _role_problems(session: Session, actor: Actor, role: NewRole) -> list[Problem]:
    """What is wrong with a role; whoever may not give it hears that first, and nothing of names that are taken."""
    problems = grant_problems(session, role.grant)
    if not problems:
        _require_issues(session, actor, role.grant)
    elif not any(grant.role in policy.ISSUES for grant in actor.grants):
        raise Forbidden("role_not_given", {"action": policy.USER_ADMIN})
    if role.valid_from and role.valid_to and role.valid_to < role.valid_from:
        problems.append(Problem("role_days_crossed", where={"field": "valid_to"}))
    elif role.valid_to and role.valid_to < date.today():
        problems.append(Problem("role_days_past", where={"field": "valid_to"}))
    return problems


def _grant_of(held: Membership) -> Grant:
    return NewRole(held.role_code, held.organisation_code, held.area_code).grant


def _require_issues(session: Session, actor: Actor, grant: Grant) -> None:
    target = place_target(session, grant.organisation_code, grant.area_code)
    if not policy.may_issue(actor, grant.role, target):
        values = {"action": policy.USER_ADMIN, "organisation_code": target.organisation_code, "role": grant.role}
        raise Forbidden("role_not_given", {**values, "given_by": policy.given_by(target)})


def _require_one_province(session: Session, actor: Actor, user_id: int, role: NewRole) -> None:
    """A role in another province would leave the person with nobody below the department who administers them whole."""
    if policy.own_scope(actor).nation:
        return
    here = place_target(session, role.grant.organisation_code, role.grant.area_code).province_code
    for held in memberships_of(session, user_id):
        if place_target(session, held.organisation_code, held.area_code).province_code != here:
            raise Forbidden("person_elsewhere")


def _write_role(session: Session, user_id: int, role: NewRole) -> None:
    session.execute(
        sa.text(
            "INSERT INTO membership (user_id, role_code, organisation_code, area_code, valid_from, valid_to)"
            " VALUES (:user, :role, :organisation, :area, coalesce(:begins, current_date), :ends)"
            " ON CONFLICT (user_id, role_code, organisation_code, area_code)"
            " DO UPDATE SET valid_from = excluded.valid_from, valid_to = excluded.valid_to"
        ),
        {
            "user": user_id,
            "role": role.role,
            "organisation": role.grant.organisation_code,
            "area": role.grant.area_code,
            "begins": role.valid_from,
            "ends": role.valid_to,
        },
    )


def _ends_now(valid_from: date | None, valid_to: date | None) -> bool:
    today = date.today()
    return (valid_from is not None and valid_from > today) or (valid_to is not None and valid_to < today)

"""Second factors of people: set up, given at a sign-in, renewed, given up; and lost telephones.

A wrong code raises nothing: what was counted has to be kept, so it is told by the answer (:class:`Given`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.cache import CACHE
from app.auth.policy import SECOND_FACTOR_ROLES
from app.auth.second_factor import METHOD, Authenticator, code_opens, new_recovery_codes, recovery_sha256
from app.auth.sessions import end_sessions_of, pass_second_factor
from app.auth.throttle import record_failure, record_success, resting_until
from app.errors import Conflict, Forbidden
from app.models import Membership, RecoveryCode, UserAccount
from app.services.accounts import revoke_tokens_of, shut_out


@dataclass(frozen=True)
class Given:
    """What a code did.

    Parameters
    ----------
    opened
        Whether it was right.
    left
        Tries before the account rests, after a wrong one.
    resting_until
        Until when it rests; then no code opens.
    recovery_codes
        New codes for recovery, shown once, where there are any.
    """

    opened: bool
    left: int = 0
    resting_until: datetime | None = None
    recovery_codes: tuple[str, ...] = ()


def begin(session: Session, codes: Authenticator, user_id: int) -> str:
    """The secret of an authenticator that waits for its first code, encrypted; the same one until it is confirmed.

    Raises
    ------
    Conflict
        ``second_factor_on``: there is one already.
    """
    account = _waiting(session, user_id)
    if account.tf_totp_secret is None:
        account.tf_totp_secret = codes.generate_totp_secret()
        session.flush()
    return account.tf_totp_secret


def confirm(session: Session, codes: Authenticator, user_id: int, code: str, key: str) -> Given:
    """Switch the authenticator on with its first code, in the session ``key``.

    Other sessions and every token of the person end: they came about without it.

    Raises
    ------
    Conflict
        ``second_factor_on``: there is one already.
    """
    account = _waiting(session, user_id)
    given = _try(session, codes, account, code)
    if not given.opened:
        return given
    account.tf_primary_method, account.second_factor_at = METHOD, datetime.now(UTC)
    session.flush()
    pass_second_factor(session, key)
    end_sessions_of(session, user_id, but=key)
    revoke_tokens_of(session, user_id)
    CACHE.forget(user_id)
    return replace(given, recovery_codes=_renew(session, user_id))


def give_code(session: Session, codes: Authenticator, user_id: int, code: str, key: str) -> Given:
    """A code at a sign-in, of the authenticator or one for recovery; the right one opens the session ``key``."""
    given = _try(session, codes, _locked(session, user_id), code, recovery=True)
    if given.opened:
        pass_second_factor(session, key)
        CACHE.forget(user_id)
    return given


def renew_recovery_codes(session: Session, codes: Authenticator, user_id: int, code: str) -> Given:
    """New recovery codes in place of the old ones, for whoever gives a code of the authenticator."""
    given = _try(session, codes, _locked(session, user_id), code)
    return replace(given, recovery_codes=_renew(session, user_id)) if given.opened else given


def switch_off(session: Session, codes: Authenticator, user_id: int, code: str, *, strict: bool) -> Given:
    """Give the authenticator up, with one of its codes.

    Raises
    ------
    Forbidden
        ``second_factor_needed``: officers and above have one.
    """
    account = _locked(session, user_id)
    if strict and _needs_one(session, user_id):
        raise Forbidden("second_factor_needed")
    given = _try(session, codes, account, code)
    if given.opened:
        _forget(session, account)
        CACHE.forget(user_id)
    return given


def forget_second_factor(session: Session, account: UserAccount) -> None:
    """Take an authenticator away from somebody who lost it: sessions and tokens end with it."""
    _forget(session, account)
    shut_out(session, account.id)


def _try(session: Session, codes: Authenticator, account: UserAccount, code: str, *, recovery: bool = False) -> Given:
    until = resting_until(account)
    if until is not None:
        return Given(False, resting_until=until)
    if code_opens(codes, account, code) or (recovery and _recovers(session, account.id, code)):
        record_success(account)
        session.flush()
        return Given(True)
    standing = record_failure(account)
    session.flush()
    return Given(False, standing.left, standing.resting_until)


def _locked(session: Session, user_id: int) -> UserAccount:
    # Codes that are sent at the same time are looked at one after the other, so that one opens once.
    return session.get_one(UserAccount, user_id, with_for_update=True, populate_existing=True)


def _waiting(session: Session, user_id: int) -> UserAccount:
    account = _locked(session, user_id)
    if account.tf_primary_method is not None:
        raise Conflict("second_factor_on")
    return account


def _needs_one(session: Session, user_id: int) -> bool:
    held = sa.select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.role_code.in_(SECOND_FACTOR_ROLES),
        sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= sa.func.current_date()),
    )
    return session.scalar(held.limit(1)) is not None


def _forget(session: Session, account: UserAccount) -> None:
    account.tf_primary_method = account.tf_totp_secret = None
    account.tf_last_counter = account.second_factor_at = None
    session.flush()
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == account.id))


def _renew(session: Session, user_id: int) -> tuple[str, ...]:
    made = new_recovery_codes()
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, code_sha256=recovery_sha256(code)) for code in made)
    session.flush()
    return tuple(made)


def _recovers(session: Session, user_id: int, code: str) -> bool:
    used = session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_sha256 == recovery_sha256(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=sa.func.now())
        .returning(RecoveryCode.id)
    )
    return used.first() is not None

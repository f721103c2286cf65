"""Five wrong passwords rest a name for fifteen minutes, whether an account of that name exists or not.

The count of an account stands in its row, so every process and every restart knows it. A name without an account is
counted in the same way, so that the answers do not tell the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.sealing import mark
from app.models import SignInAttempt, UserAccount

MAXIMUM_FAILURES = 5
REST = timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)
"""Attempts on a name without an account are kept this long."""


@dataclass(frozen=True)
class Standing:
    """What to tell the person: tries left, or until when the name rests."""

    left: int
    resting_until: datetime | None


def attempts_of_unknown(session: Session, secret_key: str, name: str) -> SignInAttempt:
    """The attempts on a name that has no account, held against those who try it at this moment.

    In the database like those of accounts: what each process counted for itself would tell the two apart. The name is
    not kept, because people type their passwords there.
    """
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.tried_at < sa.func.now() - FORGOTTEN))
    marked = mark(secret_key, f"sign-in {name}")
    fresh = insert(SignInAttempt).values(name_mark=marked)
    session.execute(fresh.on_conflict_do_update(index_elements=["name_mark"], set_={"tried_at": sa.func.now()}))
    return session.get_one(SignInAttempt, marked, with_for_update=True, populate_existing=True)


def resting_until(attempts: SignInAttempt | UserAccount, now: datetime | None = None) -> datetime | None:
    """End of a rest that is still running."""
    until = attempts.locked_until if isinstance(attempts, UserAccount) else attempts.resting_until
    return until if until is not None and until > (now or datetime.now(UTC)) else None


def record_failure(attempts: SignInAttempt | UserAccount, now: datetime | None = None) -> Standing:
    """Count a wrong password; the last one begins a rest."""
    moment = now or datetime.now(UTC)
    failures = (attempts.failed_sign_ins if isinstance(attempts, UserAccount) else attempts.failures) + 1
    until = moment + REST if failures >= MAXIMUM_FAILURES else None
    kept = 0 if until else failures
    if isinstance(attempts, UserAccount):
        attempts.failed_sign_ins, attempts.locked_until = kept, until
    else:
        attempts.failures, attempts.resting_until = kept, until
    return Standing(left=MAXIMUM_FAILURES - failures, resting_until=until)


def record_success(account: UserAccount) -> None:
    """Forget earlier failures."""
    account.failed_sign_ins, account.locked_until = 0, None

"""Five wrong passwords rest a name for fifteen minutes, whether an account of that name exists or not.

The count of an account stands in its row, so every process and every restart knows it. A name without an account is
counted in memory in the same way, so that the answers do not tell the two apart.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.models import UserAccount

MAXIMUM_FAILURES = 5
REST = timedelta(minutes=15)
_REMEMBERED_NAMES = 10_000


@dataclass
class Attempts:
    """Failures of one name.

    Parameters
    ----------
    failures
        Since the last success or rest.
    resting_until
        End of the rest.
    """

    failures: int = 0
    resting_until: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What to tell the person: tries left, or until when the name rests."""

    left: int
    resting_until: datetime | None


class UnknownNames:
    """Attempts on names that have no account; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: OrderedDict[str, Attempts] = OrderedDict()

    def attempts(self, name: str) -> Attempts:
        """The attempts of a name."""
        with self._lock:
            found = self._names.setdefault(name, Attempts())
            self._names.move_to_end(name)
            while len(self._names) > _REMEMBERED_NAMES:
                self._names.popitem(last=False)
            return found


def resting_until(attempts: Attempts | UserAccount, now: datetime | None = None) -> datetime | None:
    """End of a rest that is still running."""
    until = attempts.locked_until if isinstance(attempts, UserAccount) else attempts.resting_until
    return until if until is not None and until > (now or datetime.now(UTC)) else None


def record_failure(attempts: Attempts | UserAccount, now: datetime | None = None) -> Standing:
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

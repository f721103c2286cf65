"""What can go wrong, in the subject's own words. No status codes, no sentences: those live at the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gis.problems import Problem


class AppError(Exception):
    """Base of every expected error.

    Parameters
    ----------
    code
        Stable name, translated at the edge (``app/web/errors.py``).
    values
        What the sentence needs: plain JSON values.
    """

    def __init__(self, code: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})


class NotFound(AppError):
    """The thing asked for does not exist, or this person may not know that it does."""


class Forbidden(AppError):
    """The person may not do this here."""


class Conflict(AppError):
    """Somebody else changed the thing first."""


class Gone(AppError):
    """What was asked for was there and is not told any more."""


class Unavailable(AppError):
    """A part of the platform that this needs is not running."""


class ReadOnly(Unavailable):
    """Nothing is written now: the platform is kept in order until a time that was announced.

    Parameters
    ----------
    code
        ``read_only``, or ``part_closed`` for what cannot be read either.
    until
        When it is over.
    reason_th, reason_en
        What the department said.
    """

    def __init__(self, until: datetime, reason_th: str, reason_en: str | None, code: str = "read_only") -> None:
        super().__init__(code, {"until": until.isoformat(), "reason": reason_th})
        self.until = until
        self.reason_en = reason_en or reason_th

    @property
    def retry_after_s(self) -> int:
        """Seconds until then."""
        return max(1, round((self.until - datetime.now(UTC)).total_seconds()))


class InvalidInput(AppError):
    """Input that a person can mend; carries every problem at once."""

    def __init__(
        self, problems: Sequence[Problem], code: str = "invalid_input", values: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code, values)
        self.problems = list(problems)

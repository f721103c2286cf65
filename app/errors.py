"""What can go wrong, in the subject's own words. No status codes, no sentences: those live at the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class Unavailable(AppError):
    """A part of the platform that this needs is not running."""


class InvalidInput(AppError):
    """Input that a person can mend; carries every problem at once."""

    def __init__(
        self, problems: Sequence[Problem], code: str = "invalid_input", values: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code, values)
        self.problems = list(problems)

"""A problem found in what a person gave: data, never an exception.

Sentences in Thai and English live in one table at the edge; here there are only codes and values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Problem:
    """One thing to mend or to look at.

    Parameters
    ----------
    code
        Stable name such as ``outside_thailand``.
    level
        ``error`` stops the write, ``warning`` asks for a look, ``info`` tells.
    where
        Where it is: field, row, segment, vertex or lon/lat, whichever are known.
    values
        Values for the sentence, plain JSON; metres, square metres and degrees are named so.

    Examples
    --------
    >>> Problem("outside_thailand", "error", where={"segment": 1}).is_error
    True
    """

    code: str
    level: Level = "error"
    where: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """True when nothing may be written until this is mended."""
        return self.level == "error"

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {
            "code": self.code,
            "level": self.level,
            "where": dict(self.where),
            "values": dict(self.values),
        }

"""What a workbook of ours carries out of sight: which form of which version it is, and what every cell said.

The hidden sheet lets an upload be compared with what was downloaded instead of with what happens to stand now; the
column of row numbers, beside the form and not printed with it, goes with a row wherever it is sorted to.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

HIDDEN_SHEET = "_eplan"
CHOICES_SHEET = "_eplan_lists"
FORMAT = "eplan-plan-form"
FORMAT_VERSION = 1
ROW_MARK_TITLE = "รหัสแถว (ห้ามแก้)"
LINE, GROUP, SUM, TOTAL = "L", "G", "S", "T"
_MARK = re.compile(r"L(\d{1,18})")
_GROUP = re.compile(r"G(\d{0,18}):(\w{0,20})")


@dataclass(frozen=True)
class Base:
    """A form as it was downloaded.

    Parameters
    ----------
    version_id, form, as_of
        Which form (its slug) of which version, and when (ISO 8601).
    sheet
        Name of the sheet with the form.
    rows
        Values by line and column, in the writing of the sheet (money with two decimals, codes of choices).
    """

    version_id: int
    form: str
    as_of: str
    sheet: str
    rows: Mapping[int, Mapping[str, str | None]]

    def lines(self) -> list[list[str]]:
        """Rows of the hidden sheet: a head, then one for each line."""
        head = {"version": self.version_id, "form": self.form, "as_of": self.as_of, "sheet": self.sheet}
        return sealed(FORMAT, head, {str(origin): values for origin, values in self.rows.items()})


class Damaged(ValueError):
    """The hidden sheet is there and was changed."""


def base_of(lines: Sequence[Sequence[Any]]) -> Base | None:
    """The download as the rows of the hidden sheet tell it; ``None`` when they are not ours.

    Raises
    ------
    Damaged
        When somebody changed them, or a later format wrote them.
    """
    found = unsealed(FORMAT, lines)
    if found is None:
        return None
    head, values = found
    try:
        rows = {int(origin): cells for origin, cells in values.items()}
        return Base(int(head["version"]), str(head["form"]), str(head["as_of"]), str(head["sheet"]), rows)
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged from error


def sealed(format: str, head: Mapping[str, Any], rows: Mapping[str, Mapping[str, str | None]]) -> list[list[str]]:
    """Rows of a hidden sheet: a head with a digest of everything, then one for each line."""
    whole = {"format": format, "format_version": FORMAT_VERSION, **head}
    body = [[name, _json(values)] for name, values in rows.items()]
    return [[_json({**whole, "digest": _digest(_json(whole), body)}), ""], *body]


def unsealed(
    format: str, lines: Sequence[Sequence[Any]]
) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, str | None]]] | None:
    """Head and rows as :func:`sealed` wrote them; ``None`` when they are of no such sheet.

    Raises
    ------
    Damaged
        When somebody changed them, or a later format wrote them.
    """
    given = [[str(cell) if cell is not None else "" for cell in line[:2]] for line in lines if line and line[0]]
    if not given:
        return None
    try:
        head = orjson.loads(given[0][0])
        if not isinstance(head, dict) or head.get("format") != format:
            return None
        digest = head.pop("digest", None)
        body = [[name, values] for name, values in (_pair(line) for line in given[1:])]
        if head["format_version"] != FORMAT_VERSION or digest != _digest(_json(head), body):
            raise Damaged
        return head, {name: orjson.loads(values) for name, values in body}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise Damaged from error


def line_mark(origin: int) -> str:
    """Mark of the row of a line."""
    return f"{LINE}{origin}"


def group_mark(key: str) -> str:
    """Mark of the rows that head a group (``strategy:programme``)."""
    return f"{GROUP}{key}"


def origin_of(mark: str) -> int | None:
    """The line that a mark names.

    Examples
    --------
    >>> origin_of("L12"), origin_of("G3:00310"), origin_of("")
    (12, None, None)
    """
    match = _MARK.fullmatch(mark)
    return int(match[1]) if match else None


def group_of(mark: str) -> tuple[int | None, str | None] | None:
    """Strategy and programme that the mark of a group names.

    Examples
    --------
    >>> group_of("G3:00310"), group_of("G:"), group_of("S")
    ((3, '00310'), (None, None), None)
    """
    match = _GROUP.fullmatch(mark)
    return None if match is None else (int(match[1]) if match[1] else None, match[2] or None)


def _pair(line: Sequence[str]) -> tuple[str, str]:
    return line[0], line[1] if len(line) > 1 else ""


def _digest(head: str, body: Iterable[Sequence[str]]) -> str:
    digest = hashlib.sha256(head.encode())
    for origin, values in body:
        digest.update(f"\n{origin}\t{values}".encode())
    return digest.hexdigest()


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

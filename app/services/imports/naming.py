"""The column that names the rows of a file, found by what stands in it where no column is called a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.services.imports.fields import as_text, column_key

_THAI = re.compile("[ก-ฮ]")
_WORD = re.compile(r"[^\W\d_]{2}")
# Areas, pictures and links stand in columns of their own and name no work; nor do people.
_NO_NAME = re.compile(
    r"^(?:ต\.|อ\.|จ\.|ตำบล|อำเภอ|จังหวัด|(?:tambon|amphoe|changwat) )|[/\\][^/\\]*\.\w{3,4}$|https?:", re.IGNORECASE
)
_PERSON = re.compile("owner|contractor|user|editor|author|source|ผู้|เจ้าของ|หน่วยงาน")
_HINT = re.compile("name|nam|title|ชื่อ|โครงการ|รายการ")
_MOSTLY = 0.8
_LONG_NAME = 30
_LOOKED_AT = 300
_LEAST = 2.0


def name_column(columns: Sequence[str], sample: Mapping[str, Sequence[Any]]) -> str | None:
    """The likeliest of ``columns``, or ``None`` when none holds words that tell the rows apart.

    A name of a work is text, mostly Thai, mostly different from row to row, and longer than a code.

    Examples
    --------
    >>> name_column(["id", "MUNI_NAM_T"], {"id": ["1", "2"], "MUNI_NAM_T": ["ถนนสายบ้านนา", "ถนนสายบ้านสวน"]})
    'MUNI_NAM_T'
    """
    scores = {column: _score(column_key(column), sample.get(column, ())) for column in columns}
    best = max(scores, key=lambda column: scores[column], default=None)
    return best if best is not None and scores[best] >= _LEAST else None


def _score(key: str, values: Sequence[Any]) -> float:
    cells = [text for value in values if isinstance(value, str) and (text := as_text(value[:_LOOKED_AT]).strip())]
    words = sum(bool(_WORD.search(cell)) and not _NO_NAME.search(cell) for cell in cells)
    if not cells or _PERSON.search(key) or words < _MOSTLY * len(cells):
        return 0.0
    thai = sum(bool(_THAI.search(cell)) for cell in cells) / len(cells)
    different = len(set(cells)) / len(cells)
    length = min(sum(map(len, cells)) / len(cells) / _LONG_NAME, 1.0)
    return (1.0 if _HINT.search(key) else 0.0) + thai + different + length

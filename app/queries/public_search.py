"""Places found by the words that pages show them by: อบต.หนองสาธิต, ต.หนองสาธิต, อำเภอเมืองสาธิต, บ้านโพนขาม ม.4."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.public_places import AREA_PREFIX, PublicPlace
from gis.thai import search_key, search_words

_MOST_WORDS = 8
# The short word of a kind of organisation, and what its full name begins with.
_ORGANISATIONS = {
    "อบจ.": "องค์การบริหารส่วนจังหวัด",
    "อบต.": "องค์การบริหารส่วนตำบล",
    "ทต.": "เทศบาลตำบล",
    "ทม.": "เทศบาลเมือง",
    "ทน.": "เทศบาลนคร",
}
# The word of a level, with the digits of its code.
_LEVELS = {"จังหวัด": 2, "จ.": 2, "อำเภอ": 4, "อ.": 4, "ตำบล": 6, "ต.": 6}
_VILLAGE = re.compile(r"ม\.(\d{1,3})")
# A word that says what follows belongs to it: "ต. หนองสาธิต", "อำเภอ เมืองสาธิต".
_LOOSE = re.compile(rf"(^| )({'|'.join(map(re.escape, (*_ORGANISATIONS, *_LEVELS, 'บ.')))}) +")


@dataclass(frozen=True)
class _Asked:
    """Words of a search: bare ones, those of a level (digits of the code and name), and a village's number."""

    bare: tuple[str, ...]
    levels: tuple[tuple[int, str], ...]
    village: int | None


def _read(text: str) -> _Asked:
    joined = _LOOSE.sub(r"\1\2", search_key(text))
    bare, levels, village = [], [], None
    for word in search_words(joined)[:_MOST_WORDS]:
        prefix = next((one for one in _LEVELS if word.startswith(one) and len(word) > len(one)), None)
        if match := _VILLAGE.fullmatch(word):
            village = int(match[1])
        elif prefix:
            levels.append((_LEVELS[prefix], word.removeprefix(prefix)))
        elif word.startswith("บ.") and len(word) > 2:
            bare.append("บ้าน" + word[2:])
        else:
            bare.append(word)
    return _Asked(tuple(bare), tuple(levels), village)


def _like(word: str) -> str:
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def find_places(session: Session, text: str, limit: int = 8) -> tuple[list[PublicPlace], list[PublicPlace]]:
    """Organisations and areas (down to villages) whose name has every word; a word of a level is looked for there."""
    asked = _read(text)
    if not (asked.bare or asked.levels):
        return [], []
    return _organisations(session, text, asked, limit), _areas(session, text, asked, limit)


def _organisations(session: Session, text: str, asked: _Asked, limit: int) -> list[PublicPlace]:
    values: dict[str, Any] = {"text": text.strip(), "limit": limit}
    conditions = []
    for n, word in enumerate(asked.bare):
        short = next((one for one in _ORGANISATIONS if word.startswith(one)), "")
        values[f"w{n}"] = _like(_ORGANISATIONS.get(short, "") + word.removeprefix(short))
        conditions.append(f"o.name_search LIKE :w{n}")
    for n, (digits, name) in enumerate(asked.levels):
        # ตำบลหนองสาธิต and จังหวัดสาธิต are words of the names themselves.
        word = {2: "จังหวัด", 4: "อำเภอ", 6: "ตำบล"}[digits]
        values |= {f"l{n}": _like(name), f"f{n}": _like(word + name)}
        above = {2: f" OR v.name_search LIKE :l{n}", 4: f" OR a.name_search LIKE :l{n}", 6: ""}[digits]
        conditions.append(f"(o.name_search LIKE :f{n}{above})")
    rows = session.execute(
        sa.text(
            "SELECT o.code, o.full_name_th AS name_th, concat_ws(' ', 'อ.' || a.name_th, 'จ.' || v.name_th) AS within,"
            " 0 AS works FROM public_organisation o LEFT JOIN area a ON a.code = o.amphoe_code"
            f" JOIN area v ON v.code = o.province_code WHERE o.code = :text OR ({' AND '.join(conditions)})"
            ' ORDER BY length(o.full_name_th), o.full_name_th COLLATE "th-x-icu", o.code LIMIT :limit'
        ),
        values,
    )
    return [PublicPlace(**row._mapping) for row in rows]


def _areas(session: Session, text: str, asked: _Asked, limit: int) -> list[PublicPlace]:
    values: dict[str, Any] = {"text": text.strip(), "limit": limit, "village": asked.village}
    conditions = [f"a.name_search LIKE :w{n}" for n in range(len(asked.bare))]
    values |= {f"w{n}": _like(word) for n, word in enumerate(asked.bare)}
    column = {2: "v", 4: "h", 6: "t"}
    for n, (digits, name) in enumerate(asked.levels):
        values[f"l{n}"] = _like(name)
        conditions.append(f"{column[digits]}.name_search LIKE :l{n}")
    if asked.village is not None:
        conditions.append("length(a.code) = 8 AND CAST(right(a.code, 2) AS integer) = :village")
    elif not asked.bare:
        # Without a name of its own, what is meant is the smallest area that is named.
        conditions.append(f"length(a.code) = {max(digits for digits, _name in asked.levels)}")
    rows = session.execute(
        sa.text(
            f"SELECT a.code, {AREA_PREFIX.format('a')} || a.name_th"
            " || CASE WHEN length(a.code) = 8 THEN ' ม.' || CAST(right(a.code, 2) AS integer) ELSE '' END AS name_th,"
            " concat_ws(' ', CASE WHEN length(a.code) > 6 THEN 'ต.' || t.name_th END,"
            " CASE WHEN length(a.code) > 4 THEN 'อ.' || h.name_th END,"
            " CASE WHEN length(a.code) > 2 THEN 'จ.' || v.name_th END) AS within, 0 AS works FROM area a"
            " LEFT JOIN area t ON t.code = left(a.code, 6) AND length(a.code) >= 6"
            " LEFT JOIN area h ON h.code = left(a.code, 4) AND length(a.code) >= 4"
            " LEFT JOIN area v ON v.code = left(a.code, 2)"
            f" WHERE a.code = :text OR ({' AND '.join(conditions)})"
            ' ORDER BY length(a.code), length(a.name_th), a.name_th COLLATE "th-x-icu", a.code LIMIT :limit'
        ),
        values,
    )
    return [PublicPlace(**row._mapping) for row in rows]

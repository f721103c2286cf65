"""Words of the pages of plans: what a version is called, its state, and what differs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.messages import Language
from app.queries.codelists import code_name
from app.queries.plan_compare import ORDER, LineDifference
from app.queries.plan_forms import FORMS
from app.queries.plan_sheet import KIND_NAMES
from app.queries.plans import VersionHead, strategies_at
from app.services.plan_cells import year_of
from app.web.filters import money

_TYPE_WORDS = ("ADD", "CHANGE", "CORRECT", "REVIEW", "EXEC_SPECIAL")
_BARE_NUMBER = re.compile(r"(ครั้งที่|ฉบับที่)?\s*\d")


@dataclass(frozen=True)
class Pill:
    """State of a version: symbol, colour and word."""

    glyph: str
    colour: str
    word: str

    def named(self, name: str) -> Pill:
        """The same with what it is the state of."""
        return replace(self, word=f"{self.word} · {name}")


def version_pills() -> Mapping[str, Pill]:
    """States of a version in the language of the page."""
    return {
        "DRAFT": Pill("state_draft", "pill-draft", _("ร่าง")),
        "PROPOSED": Pill("state_submitted", "pill-submitted", _("เสนอแล้ว")),
        "RETURNED": Pill("state_returned", "pill-returned", _("ส่งกลับ")),
        "PROMULGATED": Pill("state_verified", "pill-ok", _("ประกาศใช้")),
        "DISCARDED": Pill("close", "", _("เลิกทำ")),
    }


def change_names() -> Mapping[str, str]:
    """What may happen to a line, in the language of the page."""
    return {
        "new": _("โครงการใหม่"),
        "changed": _("เปลี่ยนแปลง"),
        "moved": _("ย้าย"),
        "merged": _("รวม"),
        "withdrawn": _("เอาออก"),
    }


def version_name(version: VersionHead) -> str:
    """A version as people call it: "เพิ่มเติม ครั้งที่ 2/2569"."""
    names = {
        "ADD": _("เพิ่มเติม"),
        "CHANGE": _("เปลี่ยนแปลง"),
        "CORRECT": _("แก้ไข"),
        "REVIEW": _("ทบทวน"),
        "EXEC_SPECIAL": _("กรณีพิเศษ"),
    }
    words = " ".join(names[code] for code in _TYPE_WORDS if code in version.change_types)
    # A number that is written in words of its own says what it is already.
    return f"{words} {version.number}".strip() if _BARE_NUMBER.match(version.number) else version.number


@dataclass(frozen=True)
class DifferenceGroup:
    """Differences of one kind."""

    kind: str
    items: tuple[tuple[LineDifference, tuple[tuple[str, str, str], ...]], ...]


def difference_lines(
    session: Session,
    of: VersionHead,
    before: VersionHead | None,
    differences: Sequence[LineDifference],
    language: Language,
) -> list[DifferenceGroup]:
    """Differences by kind, each with its fields as (name, before, after) in the words of either version."""
    names = _names(session, of, language)
    names_before = names if before is None else _names(session, before, language)
    titles = _titles(language)
    groups = []
    for kind in ORDER:
        items = tuple(
            (
                difference,
                tuple(
                    (
                        _title(field.field, titles),
                        _word(session, field.field, field.before, names_before, language),
                        _word(session, field.field, field.after, names, language),
                    )
                    for field in difference.fields
                ),
            )
            for difference in differences
            if difference.kind == kind
        )
        if items:
            groups.append(DifferenceGroup(kind, items))
    return groups


def _names(session: Session, of: VersionHead, language: Language) -> dict[str, dict[str, str]]:
    strategies = strategies_at(session, of)
    return {
        "local_strategy_id": {str(s.id): f"{s.code} {s.name_th}" for s in strategies},
        "local_tactic_id": {str(t.id): f"{s.code}.{t.code} {t.name_th}" for s in strategies for t in s.tactics},
        "kind": {code: words[0] if language == "th" else words[1] for code, words in KIND_NAMES.items()},
    }


def column_titles(version: VersionHead, language: Language) -> dict[str, str]:
    """Titles of the columns of every form of a version, its years as years."""
    return _titles(language) | {f"y{year}": str(_("ปี %(year)s", year=year)) for year in version.years_be}


def _titles(language: Language) -> dict[str, str]:
    return {
        column.key: column.title_th if language == "th" else column.title_en
        for form in reversed(FORMS.values())
        for column in form.columns(())
    }


def _title(field: str, titles: Mapping[str, str]) -> str:
    year = year_of(field)
    if year is not None:
        return str(_("ปี %(year)s (บาท)", year=year))
    own: dict[str, str] = {"form": _("แบบ"), "area_code": _("พื้นที่")}
    return own.get(field) or titles.get(field, field)


def _word(session: Session, field: str, value: Any, names: Mapping[str, Mapping[str, str]], language: Language) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, Decimal):
        return money(value, 2)
    if field in names:
        return names[field].get(str(value), str(value))
    if field == "programme_code":
        return code_name(session, "budget_programme", str(value), language) or str(value)
    return str(value)

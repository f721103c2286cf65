"""What one message is: two languages, the sentence and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from gis.thai import ZONE, format_thai_date

Language = Literal["th", "en"]


@dataclass(frozen=True)
class Message:
    """Templates (``str.format``) over a problem's values and places.

    Parameters
    ----------
    th, en
        What happened.
    fix_th, fix_en
        What to do about it; empty when the sentence already says so.
    """

    th: str
    en: str
    fix_th: str = ""
    fix_en: str = ""

    def sentence(self, values: Mapping[str, Any], language: Language) -> str:
        """The sentence in one language."""
        return _fill(self.th if language == "th" else self.en, values, language)

    def fix(self, values: Mapping[str, Any], language: Language) -> str:
        """What to do, in one language; may be empty."""
        return _fill(self.fix_th if language == "th" else self.fix_en, values, language)


class _Nothing(str):
    """A dash, whatever format was asked for."""

    def __format__(self, _spec: str) -> str:
        return "–"


class _Given(dict[str, Any]):
    """Values where an unknown name reads as a dash: a message is never the reason for a second failure."""

    def __missing__(self, key: str) -> str:
        return _Nothing()


# A value's name carries its unit; coordinates, years and codes are never parted.
_MEASURED = ("_m", "_m2", "_km", "_baht")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHAPES: Mapping[str, Mapping[Language, str]] = {
    "Point": {"th": "จุด", "en": "point"},
    "LineString": {"th": "เส้น", "en": "line"},
    "Polygon": {"th": "พื้นที่", "en": "area"},
}


def _fill(template: str, values: Mapping[str, Any], language: Language) -> str:
    return template.format_map(_Given({name: _plain(name, value, language) for name, value in values.items()}))


def _plain(name: str, value: Any, language: Language) -> Any:
    if value is None:
        return _Nothing()
    if isinstance(value, (list, tuple)):
        return ", ".join(str(_plain(name, item, language)) for item in value)
    if isinstance(value, str) and value in _SHAPES:
        return _SHAPES[value][language]
    if isinstance(value, date):  # moments too
        value = value.isoformat()
    if isinstance(value, str) and _DAY.fullmatch(value):
        return _day(value, language)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return moment(value, language)
    measured = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return f"{value:,}" if measured and name.endswith(_MEASURED) else value


def _day(text: str, language: Language) -> str:
    """A day as each language writes it; what is no day of the calendar stays as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return format_thai_date(day) if language == "th" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment(text: str, language: Language) -> str:
    """A moment by the clock of Thailand; what is none stays as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    if at.tzinfo is not None:
        at = at.astimezone(ZONE)
    return f"{_day(at.date().isoformat(), language)} {at:%H:%M}" + (" น." if language == "th" else "")

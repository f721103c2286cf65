"""How pages write money, lengths, areas and dates. Nothing is "–", never 0; minus is U+2212."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from flask import Flask

from app.web.context import language
from gis.measure import area_text as rai_text
from gis.thai import ZONE, format_thai_date

NOTHING = "–"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Number = Decimal | float | int


def money(value: Number | None, decimals: int = 0) -> str:
    """Thousands separated; whole baht in lists, ``decimals=2`` in forms and documents."""
    if value is None:
        return NOTHING
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    return f"−{text}" if rounded < 0 else text


def baht(value: Number | None, decimals: int = 0) -> str:
    """Money with its unit."""
    return NOTHING if value is None else f"{money(value, decimals)} {'บาท' if language() == 'th' else 'baht'}"


def million(value: Number | None, decimals: int = 1) -> str:
    """Millions with one decimal, for maps and charts only: the table beside has the full baht."""
    if value is None:
        return NOTHING
    return f"{money(Decimal(str(value)) / 1_000_000, decimals)} {'ล้าน' if language() == 'th' else 'million'}"


def metres(value: Number | None, decimals: int = 1) -> str:
    """A length; the space before the unit keeps it apart from a village number."""
    return NOTHING if value is None else f"{money(value, decimals)} {'ม.' if language() == 'th' else 'm'}"


def square_metres(value: Number | None, decimals: int = 1) -> str:
    """An area in square metres."""
    return NOTHING if value is None else f"{money(value, decimals)} {'ตร.ม.' if language() == 'th' else 'm²'}"


def area_text(value: Number | None) -> str:
    """An area in rai-ngan-wa."""
    if value is None:
        return NOTHING
    text = rai_text(float(value))
    return text if language() == "th" else text.replace("ไร่", "rai")


def percent(part: Number | None, whole: Number | None, decimals: int = 1) -> str:
    """Share; a whole of nothing has none."""
    if part is None or not whole:
        return NOTHING
    return f"{money(Decimal(str(part)) * 100 / Decimal(str(whole)), decimals)} %"


def about_text(value: float, sure_to: float) -> str:
    """A number with the digits that mean something: none below what it is sure to, one at least.

    Examples
    --------
    >>> about_text(9_012_345.6, 90_000), about_text(9.0123, 0.09), about_text(3.0, 40.0)
    ('9,000,000', '9.0', '3')
    """
    if not value > 0 or not sure_to > 0:
        return money(value)
    digits = max(-round(math.log10(sure_to)), -math.floor(math.log10(value)))
    return money(round(value, digits), max(0, digits))


def thai_date(value: date | datetime | None) -> str:
    """``20 พ.ย. 2569``; Buddhist era in both languages."""
    if value is None:
        return NOTHING
    day = value.astimezone(ZONE).date() if isinstance(value, datetime) else value
    if language() == "th":
        return format_thai_date(day)
    return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year + 543}"


def thai_time(value: datetime | None) -> str:
    """``14:32 น.`` in Thai time."""
    if value is None:
        return NOTHING
    clock = value.astimezone(ZONE).strftime("%H:%M")
    return f"{clock} น." if language() == "th" else clock


def thai_datetime(value: datetime | None) -> str:
    """Date and time in Thai time."""
    return NOTHING if value is None else f"{thai_date(value)} {thai_time(value)}"


def fiscal_year(value: int | None) -> str:
    """``ปีงบ 2570``."""
    if value is None:
        return NOTHING
    return f"ปีงบ {value}" if language() == "th" else f"FY {value}"


def file_size(value: int) -> str:
    """``303 ไบต์``, ``12 kB``, ``1.5 MB``."""
    if value < 1_000:
        return f"{value} {'ไบต์' if language() == 'th' else 'bytes'}"
    return f"{money(Decimal(value) / 1_000)} kB" if value < 1_000_000 else f"{money(Decimal(value) / 1_000_000, 1)} MB"


FILTERS = {
    "money": money,
    "baht": baht,
    "million": million,
    "metres": metres,
    "square_metres": square_metres,
    "area_text": area_text,
    "thai_date": thai_date,
    "thai_time": thai_time,
    "thai_datetime": thai_datetime,
    "fiscal_year": fiscal_year,
    "file_size": file_size,
}


def register_filters(app: Flask) -> None:
    """Make them known to templates; ``percent(part, whole)`` is a function there."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["percent"] = percent

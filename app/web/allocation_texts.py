"""Words of the analysis of allocation: measures, levels, clusters, reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from app.queries.allocation_table import Allocation, Measure
from app.queries.change_classes import ChangeClass
from app.queries.classes import ValueClass
from app.web import place_words
from app.web.filters import money
from app.web.place_words import _, bound_text

_MILLION = 1_000_000


def measure_name(measure: Measure) -> str:
    """Word of a measure."""
    return {
        "budget": _("งบประมาณ"),
        "count": _("จำนวนโครงการ"),
        "per_head": _("งบต่อหัว"),
        "per_household": _("งบต่อครัวเรือน"),
        "per_road_km": _("งบถนนต่อ กม."),
        "per_rai": _("งบแหล่งน้ำต่อไร่ที่ได้ประโยชน์"),
        "of_revenue": _("งบเทียบรายได้ของตนเอง"),
    }[measure]


def unit_name(measure: Measure) -> str:
    """Unit of a measure on map and legend."""
    return {
        "budget": _("ล้านบาท"),
        "count": _("โครงการ"),
        "per_head": _("บาท/คน"),
        "per_household": _("บาท/ครัวเรือน"),
        "per_road_km": _("บาท/กม. ถนนในทะเบียน"),
        "per_rai": _("บาท/ไร่"),
        "of_revenue": _("ร้อยละของรายได้จัดเก็บเอง"),
    }[measure]


def measure_head(measure: Measure) -> str:
    """A measure with its unit in full, as a file writes it."""
    return f"{measure_name(measure)} ({_('บาท') if measure == 'budget' else unit_name(measure)})"


def view_names() -> list[tuple[str, str]]:
    """Views in the order of the page."""
    return [
        ("map", _("แผนที่")),
        ("equity", _("ความเท่าเทียม")),
        ("clusters", _("กลุ่มสูง-ต่ำ")),
        ("change", _("เปลี่ยนแปลง")),
        ("years", _("รายปี")),
        ("costs", _("ราคาต่อหน่วย")),
    ]


def people_line(found: Allocation | None, *, each_year: bool = False) -> str:
    """Of which year the people are that money is divided by; nothing where none are known.

    What an organisation counts itself has a year and no day.
    """
    years = [] if found is None else found.table["people_year_be"].dropna().tolist()
    if not years or found is None:
        return ""
    if each_year:
        return _("ประชากรของแต่ละปี")
    words = _("ประชากร ปี %(year)s") if found.level == "organisation" else _("ประชากร ณ 31 ธ.ค. %(year)s")
    return words % {"year": int(max(years))}


def resolution_name(resolution: int) -> str:
    """Size of a hexagon in words."""
    return {5: _("253 ตร.กม."), 6: _("36 ตร.กม."), 7: _("5.2 ตร.กม."), 8: _("0.74 ตร.กม.")}[resolution]


def reason_text(reason: str) -> str:
    """Why a place has no value, or a map no statistic."""
    return {
        "no_people": _("ไม่มีจำนวนประชากร"),
        "no_households": _("ไม่มีจำนวนครัวเรือน"),
        "no_road": _("ไม่มีถนนในทะเบียน"),
        "no_rai": _("ไม่ได้ระบุไร่ที่ได้ประโยชน์"),
        "no_revenue": _("ไม่มีรายได้ครบทุกปีหรือทุก อปท."),
        "revenue_of_organisations": _("รายได้เป็นของ อปท. ไม่ใช่ของพื้นที่นี้"),
        "revenue_for_staff": _("รายได้ของ อปท. ดูได้เฉพาะเจ้าหน้าที่"),
        "partly_covered": _("ครอบคลุมบางส่วนของตำบล จึงไม่รู้จำนวนคน"),
        "no_places": _("ไม่มีพื้นที่ที่มีค่า"),
        "one_place": _("มีพื้นที่เดียว จึงไม่มีอะไรให้เทียบ"),
        "no_money": _("ไม่มีเงินในทุกพื้นที่"),
        "too_few": _("มีน้อยกว่า 8 พื้นที่ที่มีค่าและมีเพื่อนบ้าน"),
        "constant": _("ทุกพื้นที่มีค่าเท่ากัน"),
        "no_neighbours": _("ไม่มีพื้นที่ใดติดกัน"),
        "no_cost": _("ไม่มีงบประมาณ"),
        "no_quantity": _("ไม่มีความยาวหรือปริมาตร"),
        "few_peers": _("มีงานชนิดเดียวกันไม่ถึง 9 งาน"),
    }.get(reason, reason)


CLUSTER_COLOURS = {
    "HH": "#8C4A0C",
    "HL": "#CF8A3C",
    "none": "#F3F3F1",
    "LH": "#8379B9",
    "LL": "#4A2F86",
    "hot": "#8C4A0C",
    "cold": "#4A2F86",
}


def cluster_name(kind: str) -> str:
    """Word of a LISA cluster."""
    return {
        "HH": _("สูง ท่ามกลางสูง"),
        "LL": _("ต่ำ ท่ามกลางต่ำ"),
        "HL": _("สูง ท่ามกลางต่ำ"),
        "LH": _("ต่ำ ท่ามกลางสูง"),
        "hot": _("จุดร้อน"),
        "cold": _("จุดเย็น"),
        "none": _("ไม่ต่างจากการสุ่ม"),
        "island": _("ไม่มีเพื่อนบ้าน"),
        "unknown": _("ไม่มีค่า"),
    }[kind]


def cost_state_name(state: str) -> str:
    """Word of a price beside its peers."""
    return {"high": _("สูงผิดปกติ"), "low": _("ต่ำผิดปกติ"), "usual": _("ปกติ")}.get(state, reason_text(state))


def value_text(value: float | None, measure: Measure, *, exact: bool = False) -> str:
    """A value as the page writes it: millions on the map, whole baht in the table."""
    if value is None or not math.isfinite(value):
        return "–"
    given = float(value)
    if measure == "of_revenue":
        return money(Decimal(repr(given)), 1)
    if measure == "budget" and not exact:
        return money(Decimal(repr(given / _MILLION)), 1)
    return money(Decimal(repr(given)).quantize(Decimal(1)))


def signed_text(value: float | None, measure: Measure) -> str:
    """A difference with its sign."""
    text = value_text(value, measure, exact=True)
    return f"+{text}" if value is not None and math.isfinite(value) and value > 0 else text


def class_text(one: ValueClass, position: int, classes: Sequence[ValueClass], measure: Measure) -> str:
    """Bounds of a class as the legend writes them."""
    return place_words.class_text(one, position, classes, lambda value: _bound(value, measure))


def change_text(one: ChangeClass, measure: Measure) -> str:
    """Bounds of a class of differences."""
    if one.lower == 0 and one.upper == 0:
        return _("เท่าเดิม")
    if one.lower is None:
        return _("ลดเกิน %(bound)s", bound=_bound(abs(one.upper or Decimal(0)), measure))
    if one.upper is None:
        return _("เพิ่ม %(bound)s ขึ้นไป", bound=_bound(one.lower, measure))
    low, high = sorted((abs(one.lower), abs(one.upper)))
    word = _("ลด") if one.lower < 0 else _("เพิ่ม")
    return f"{word} {_bound(low, measure)} – {_bound(high, measure)}"


def _bound(value: Decimal, measure: Measure) -> str:
    return bound_text(value, Decimal(_MILLION if measure == "budget" else 1))

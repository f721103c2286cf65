"""What a column of a file can mean, and how a cell of it is read.

A field reads one cell to its stored value or to a problem. Readers never guess: a number with words, an unknown
surface or an impossible year is a problem that says what was written and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.services.imports.codes import Codes
from gis import chainage
from gis.problems import Problem
from gis.thai import BUDDHIST_ERA_OFFSET, canonical_route_code, normalise, parse_amount, search_key, to_arabic_digits

MAX_NAME = 1000
MAX_TEXT = 2000
MAX_LENGTH_M = 1_000_000.0
FISCAL_YEARS = range(2540, 2641)
_FIRST_BUDDHIST_YEAR = 2400
SHOWN = 80
"""Characters of a cell that are repeated in a problem."""

Reader = Callable[[Any, Codes], Any]
"""Cell and code lists -> stored value (``None`` = nothing given) or :class:`gis.problems.Problem`."""


@dataclass(frozen=True)
class Field:
    """One thing that a row can say about its project.

    Parameters
    ----------
    name
        Stable name: key of ``import_row.values`` and of ``--map field=column``.
    aliases
        Names of columns, as people write them, in the form of :func:`column_key`.
    read
        Reads one cell.
    kinds
        Kinds of project that have it.
    """

    name: str
    aliases: tuple[str, ...]
    read: Reader
    kinds: tuple[str, ...] = ("road", "water", "other")


def column_key(name: str) -> str:
    """Form in which names of columns are compared: case, spaces, signs and units aside.

    Examples
    --------
    >>> column_key("Project_Name"), column_key("ความยาว (ม.)")
    ('projectname', 'ความยาวม')
    """
    return re.sub(r"[\s_\-./()\[\]:#*]+", "", search_key(name))


def as_text(value: Any) -> str:
    """A cell as text: numbers without a needless ``.0``."""
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if value != value else f"{value:.15g}"
    return str(value)


def shown(value: Any) -> str:
    """The beginning of a cell, for a sentence."""
    text = as_text(value).strip()
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def read_name(value: Any, codes: Codes) -> Any:
    """Name of the project: 1 to 1,000 characters."""
    text = normalise(as_text(value))
    if len(text) > MAX_NAME:
        return Problem("name_too_long", values={"length": len(text), "limit": MAX_NAME, "text": shown(text)})
    return text or None


def read_text(value: Any, codes: Codes) -> Any:
    """Free text of at most 2,000 characters."""
    text = normalise(as_text(value))
    if len(text) > MAX_TEXT:
        return Problem("text_too_long", values={"length": len(text), "limit": MAX_TEXT})
    return text or None


def read_code(value: Any, codes: Codes) -> Any:
    """Code of an existing project."""
    return to_arabic_digits(as_text(value)).strip().upper() or None


def read_budget(value: Any, codes: Codes) -> Any:
    """Baht, two decimals, as a number; commas and Thai digits are read."""
    amount = parse_amount(value if not isinstance(value, float) or value == value else None)
    if isinstance(amount, Problem):
        return None if amount.code == "amount_missing" else amount
    return float(amount)


_METRES = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?\s*(?:เมตร|ม\.?|m\.?|metres?|meters?)?", re.IGNORECASE
)


def read_metres(value: Any, codes: Codes) -> Any:
    """A length in metres; ``ม.``, ``เมตร`` and Thai digits are read, kilometres and words are not guessed."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        metres = float(value)
        if metres != metres:
            return None
    else:
        text = to_arabic_digits(as_text(value)).strip()
        if not text or set(text) <= set("-–—"):
            return None
        match = _METRES.fullmatch(text)
        if match is None:
            return Problem("metres_unreadable", values={"text": shown(value)})
        metres = float(match[1].replace(",", "") + (match[2] or ""))
    if not 0 <= metres <= MAX_LENGTH_M:
        return Problem("metres_impossible", values={"text": shown(value), "limit": int(MAX_LENGTH_M)})
    return round(metres, 3)


def read_fiscal_year(value: Any, codes: Codes) -> Any:
    """Fiscal year, Buddhist era; a Christian year is converted."""
    text = re.sub(r"\D", " ", to_arabic_digits(as_text(value))).split()
    if not text:
        return Problem("year_unreadable", values={"text": shown(value)}) if as_text(value).strip() else None
    year = int(text[-1]) if len(text[-1]) == 4 else 0
    if 0 < year < _FIRST_BUDDHIST_YEAR:
        year += BUDDHIST_ERA_OFFSET
    if year not in FISCAL_YEARS:
        return Problem("year_unreadable", values={"text": shown(value)})
    return year


def read_route_code(value: Any, codes: Codes) -> Any:
    """Local highway route code in its one spelling; a code of another kind is kept as it was written."""
    text = as_text(value).strip()
    if not text:
        return None
    code = canonical_route_code(text)
    return normalise(text) if isinstance(code, Problem) else code


def _read_chainage(value: Any, codes: Codes) -> chainage.Chainage | Problem | None:
    text = as_text(value).strip()
    if not text or set(text) <= set("-–—"):
        return None
    found = chainage.read_cell(text, codes.chainage_unit_m)
    return Problem("chainage_unreadable") if found is None else found


def read_chainage(value: Any, codes: Codes) -> Any:
    """Chainage, or a stretch of a road by both of its ends, as ``0+000 - 1+250``; also with the code of the road."""
    found = _read_chainage(value, codes)
    if not isinstance(found, chainage.Chainage):
        return found
    ends = (found.start_m,) if found.end_m is None else (found.start_m, found.end_m)
    stretch = " - ".join(chainage.exact_text(metres) for metres in ends)
    return f"{found.route_code} {stretch}".strip()


def read_chainage_end(value: Any, codes: Codes) -> Any:
    """Chainage of one end, as ``1+250``."""
    found = _read_chainage(value, codes)
    if not isinstance(found, chainage.Chainage):
        return found
    return Problem("chainage_unreadable") if found.end_m is not None else chainage.exact_text(found.start_m)


def _coded(list_name: str) -> Reader:
    def read(value: Any, codes: Codes) -> Any:
        text = as_text(value)
        if not text.strip():
            return None
        code = codes.find(list_name, text)
        if code is None:
            return Problem("code_unknown", values={"text": shown(text), "allowed": codes.allowed(list_name)})
        return code

    return read


def read_organisation(value: Any, codes: Codes) -> Any:
    """Must be the organisation that the file is imported for, by code or by name."""
    text = as_text(value)
    if not text.strip():
        return None
    if not codes.is_organisation(text):
        return Problem("organisation_other", values={"text": shown(text), "organisation": codes.organisation_name})
    return codes.organisation_code


def read_tambon(value: Any, codes: Codes) -> Any:
    """Tambon by its six digits or by its name within the organisation's province."""
    text = as_text(value)
    if not text.strip():
        return None
    code = codes.tambon(text)
    if code is None:
        return Problem("tambon_unknown", values={"text": shown(text), "province": codes.province_name})
    return code


FIELDS: tuple[Field, ...] = (
    Field("code", ("projectcode", "projcode", "projectid", "รหัสโครงการ", "code", "เลขที่โครงการ"), read_code),
    Field(
        "name",
        (
            *("projectname", "projname", "ชื่อโครงการ", "โครงการ", "namethai", "nameth", "name", "ชื่อ"),
            *("รายการ", "ชื่อรายการ", "ชื่องาน", "ชื่อถนน", "ชื่อสายทาง", "title", "projectnameth", "projecttitle"),
        ),
        read_name,
    ),
    Field(
        "surface",
        (
            "surface",
            "surf",
            "surfacetype",
            "surftype",
            "pavement",
            "ผิวทาง",
            "ผิวจราจร",
            "ชนิดผิวทาง",
            "ประเภทผิวทาง",
            "ชนิดผิว",
            "ผิว",
        ),
        _coded("road_surface_type"),
        ("road",),
    ),
    Field(
        "water_source",
        (
            *("watersource", "watersourcetype", "watertype", "sourcetype", "แหล่งน้ำ", "ประเภทแหล่งน้ำ"),
            *("ชนิดแหล่งน้ำ", "ประเภท", "ชนิด", "type"),
        ),
        _coded("water_source_type"),
        ("water",),
    ),
    Field(
        "work_nature",
        ("worknature", "worktype", "nature", "ลักษณะงาน", "ประเภทงาน", "ลักษณะการก่อสร้าง"),
        _coded("work_nature"),
    ),
    Field(
        "length_m",
        (
            "length",
            "len",
            "lengthm",
            "ยาว",
            "ความยาว",
            "ยาวม",
            "ความยาวม",
            "ระยะทาง",
            "ความยาวเมตร",
            "ยาวเมตร",
            "ระยะทางม",
        ),
        read_metres,
    ),
    Field(
        "width_m",
        ("width", "widthm", "กว้าง", "ความกว้าง", "กว้างม", "ความกว้างม", "กว้างเมตร", "ความกว้างเมตร", "ผิวจราจรกว้าง"),
        read_metres,
    ),
    Field(
        "budget_baht",
        (
            *("budget", "budgetbaht", "amount", "amountbaht", "งบประมาณ", "วงเงิน", "วงเงินงบประมาณ", "จำนวนเงิน"),
            *("งบ", "เงินงบประมาณ", "งบประมาณบาท", "วงเงินบาท", "จำนวนเงินบาท", "บาท", "baht", "cost"),
        ),
        read_budget,
    ),
    Field(
        "fiscal_year",
        ("fiscalyear", "fiscalyearbe", "fy", "year", "ปี", "ปีงบ", "ปีงบประมาณ", "ปีงบประมาณพศ", "พศ", "budgetyear"),
        read_fiscal_year,
    ),
    Field(
        "organisation",
        (
            "organisation",
            "organization",
            "organisationcode",
            "org",
            "orgcode",
            "lao",
            "lgo",
            "อปท",
            "ชื่ออปท",
            "รหัสอปท",
            "หน่วยงาน",
            "องค์กร",
        ),
        read_organisation,
    ),
    Field(
        "tambon",
        ("tambon", "tamboncode", "tambonid", "tamcode", "tam", "subdistrict", "ตำบล", "รหัสตำบล", "areacode"),
        read_tambon,
    ),
    Field(
        "fund_source",
        ("fundsource", "fund", "แหล่งเงิน", "แหล่งงบประมาณ", "ที่มาของเงิน", "แหล่งที่มา", "ที่มางบประมาณ", "แหล่งเงินงบประมาณ"),
        _coded("fund_source"),
    ),
    Field(
        "route_code",
        (
            *("routecode", "route", "รหัสสายทาง", "สายทาง", "รหัสถนน", "roadcode", "เลขที่สายทาง", "รหัสทางหลวงท้องถิ่น"),
            *("ทถ", "รหัสทถ", "ทางหลวงท้องถิ่น", "หมายเลขสายทาง", "routeid", "routeno", "roadid", "roadno"),
        ),
        read_route_code,
        ("road", "other"),
    ),
    Field(
        "chainage",
        (
            *("ช่วงกม", "กมเริ่มต้น", "กมเริ่ม", "เริ่มกม", "กมต้น", "กมต้นทาง", "จากกม", "กมจาก", "กมที่เริ่มต้น", "เริ่มต้นกม"),
            *("ช่วงกมที่", "ช่วงกิโลเมตร", "กิโลเมตรเริ่มต้น", "กิโลเมตรที่", "กมที่", "จุดเริ่มต้นกม", "เริ่มต้นม", "ระยะเริ่มต้น"),
            *("kmfrom", "kmstart", "startkm", "fromkm", "kmbegin", "beginkm", "startm", "frommetre", "mfrom", "fromm"),
            *("chainagefrom", "chainagestart", "startchainage", "fromchainage", "stastart", "stafrom", "chainagefromm"),
            *("chainage", "kmrange", "station", "sta", "km", "กม", "เริ่มต้น", "ช่วง", "start", "from", "begin"),
        ),
        read_chainage,
        ("road", "other"),
    ),
    Field(
        "chainage_end",
        (
            *("กมสิ้นสุด", "กมจบ", "สิ้นสุดกม", "กมปลาย", "กมปลายทาง", "ถึงกม", "กมถึง", "กมที่สิ้นสุด", "กิโลเมตรสิ้นสุด"),
            *("จุดสิ้นสุดกม", "สิ้นสุดม", "ระยะสิ้นสุด", "กมสุดท้าย"),
            *("kmto", "kmend", "endkm", "tokm", "endm", "tometre", "mto", "tom", "chainageto", "chainageend"),
            *("endchainage", "tochainage", "staend", "stato", "chainagetom", "สิ้นสุด", "ถึง", "end", "to", "finish"),
        ),
        read_chainage_end,
        ("road", "other"),
    ),
    Field(
        "location_text",
        (
            "location",
            "place",
            "locationtext",
            "สถานที่",
            "ที่ตั้ง",
            "บริเวณ",
            "สถานที่ดำเนินการ",
            "พื้นที่ดำเนินการ",
            "หมู่บ้าน",
            "village",
        ),
        read_text,
    ),
)
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}


def fields_of(kind: str) -> tuple[Field, ...]:
    """Fields that projects of ``kind`` have."""
    return tuple(field for field in FIELDS if kind in field.kinds)


def read_cell(field: Field, value: Any, codes: Codes, column: str | None = None) -> tuple[Any, Problem | None]:
    """Read one cell: its value, or the problem with the place where it stands."""
    read = field.read(value, codes)
    if not isinstance(read, Problem):
        return read, None
    where = {"field": field.name} if column is None else {"field": field.name, "column": column}
    return None, Problem(read.code, read.level, {**where, **read.where}, {"text": shown(value), **read.values})

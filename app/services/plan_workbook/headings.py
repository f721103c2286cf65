"""Finding the table in a sheet: which rows are its head, and which column says what, however it is worded."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.queries.plan_forms import ARTICLES, FORMS, PlanForm
from gis.sheets.cells import SheetCells, Value
from gis.thai import normalise, search_key, to_arabic_digits

MARK = "mark"
_ROWS_LOOKED_AT = 120
_ASIDE = re.compile(r"\([^)]*\)|[\s.:*/_-]+")
_YEAR = re.compile(r"(?<!\d)(25\d\d)(?!\d)")
# Years of another table beside the plan's: the budget as it was passed, or spent.
_OTHER_MONEY = re.compile("เทศบัญญัติ|ข้อบัญญัติ|บัญญัติ|จ่ายจริง|เบิกจ่าย|อนุมัติ")
_WHOLE: Mapping[str, frozenset[str]] = {
    MARK: frozenset({"รหัสแถว"}),  # marks.ROW_MARK_TITLE
    "line_number": frozenset({"ที่", "ลำดับ", "ลำดับที่", "no", "ข้อ"}),
    "name_th": frozenset(
        {
            "โครงการ",
            "ชื่อโครงการ",
            "โครงการกิจกรรม",
            "ชื่อโครงการกิจกรรม",
            "โครงการพัฒนา",
            "รายการ",
            "ครุภัณฑ์",
            "ชื่อครุภัณฑ์",
            "รายการครุภัณฑ์",
            "project",
        }
    ),
    "objective": frozenset({"วัตถุประสงค์", "วัตถุประสงค์ของโครงการ"}),
    "programme_code": frozenset({"แผนงาน"}),
    "article_category": frozenset({"หมวด", "หมวดครุภัณฑ์"}),
    "article_type": frozenset({"ประเภท", "ประเภทครุภัณฑ์"}),
    "kind": frozenset({"ประเภทงาน"}),
    "location_text": frozenset({"สถานที่", "สถานที่ดำเนินการ", "พื้นที่ดำเนินการ"}),
    "local_strategy_id": frozenset({"ยุทธศาสตร์"}),
    "local_tactic_id": frozenset({"กลยุทธ์", "แนวทางการพัฒนา"}),
}
_BEGINNINGS: tuple[tuple[str, str], ...] = (
    ("เป้าหมาย", "target"),
    ("ตัวชี้วัด", "indicator"),
    ("kpi", "indicator"),
    ("ผลที่คาดว่า", "expected_result"),
    ("ผลลัพธ์ที่คาดว่า", "expected_result"),
    ("ผลที่ได้รับ", "expected_result"),
    ("หน่วยงาน", "department"),
    ("ผู้รับผิดชอบ", "department"),
    ("กองที่รับผิดชอบ", "department"),
)
_FORM_NAME = re.compile(r"ผ\s*\.?\s*0?(\d)(?:\s*[/-]\s*(\d))?")
# Codes of the plans before 2566.
_OLD_CODES = {"ผ.08": ARTICLES.code, "ผ.07": "ผ.01"}


@dataclass(frozen=True)
class Heading:
    """The head of a table.

    Parameters
    ----------
    last_row
        Its last row; the table begins below.
    columns
        Column (from 1) by key; ``mark`` is that of our row numbers, ``y2566`` an amount.
    unused
        Titles of columns that nothing is known of.
    """

    last_row: int
    columns: Mapping[str, int]
    unused: Sequence[str] = ()
    titles: Collection[str] = field(default_factory=frozenset)


def form_named(sheet_name: str) -> str | None:
    """Code of the form that the name of a sheet tells; old codes count as today's.

    Examples
    --------
    >>> form_named("ผ.08"), form_named("แบบ ผ02-1 (ชุมชน)"), form_named("Sheet1")
    ('ผ.03', 'ผ.02/1', None)
    """
    match = _FORM_NAME.search(to_arabic_digits(sheet_name))
    if match is None:
        return None
    code = f"ผ.0{match[1]}" + (f"/{match[2]}" if match[2] else "")
    code = _OLD_CODES.get(code, code)
    return code if code in FORMS or code == "ผ.01" else None


def find_heading(sheet: SheetCells, form: PlanForm) -> Heading | None:
    """The head of the table in a sheet; ``None`` when there is none for this form."""
    rows = dict(sheet.rows[:_ROWS_LOOKED_AT])
    known = {column.key for column in form.columns(())} | {MARK}
    found: list[tuple[int, int, Heading]] = []
    for number in rows:
        titles = _filled(sheet, number, rows[number])
        for depth in (1, 2):
            if depth == 2 and number + 1 not in rows:
                continue
            below = _filled(sheet, number + 1, rows[number + 1]) if depth == 2 else ()
            heading = _heading(number + depth - 1, titles, below, known)
            named = "name_th" in heading.columns or (form is ARTICLES and "article_type" in heading.columns)
            years = sum(key[:1] == "y" for key in heading.columns)
            if named and len(heading.columns) >= 3 and (years or len(heading.columns) >= 4):
                found.append((len(heading.columns), -depth, heading))
    return max(found, key=lambda each: each[:2])[2] if found else None


def titled(value: Value) -> str:
    """A title without what differs from office to office.

    Examples
    --------
    >>> titled("เป้าหมาย\\n(ผลผลิตของ โครงการ)"), titled(" ที่ ")
    ('เป้าหมาย', 'ที่')
    """
    return _ASIDE.sub("", search_key(normalise(str(value)))) if value not in (None, "") else ""


def key_of(title: str) -> str | None:
    """Column that a title (see :func:`titled`) means."""
    for key, words in _WHOLE.items():
        if title in words:
            return key
    return next((key for beginning, key in _BEGINNINGS if title.startswith(beginning)), None)


def _filled(sheet: SheetCells, number: int, cells: Sequence[Value]) -> list[Value]:
    """A row of titles with those of merged cells in every column that they lie over; only across."""
    filled = list(cells)
    for top, left, bottom, right in sheet.merged:
        if top == number and left <= len(filled) and right - left < 60:
            filled += [None] * (right - len(filled))
            filled[left - 1 : right] = [filled[left - 1]] * (right - left + 1)
        elif top < number <= bottom and left == right and left <= len(filled):
            filled[left - 1] = None
    return filled


def _heading(last_row: int, upper: Sequence[Value], lower: Sequence[Value], known: Collection[str]) -> Heading:
    columns: dict[str, int] = {}
    unused, titles, above = [], set(), ""
    for n in range(max(len(upper), len(lower))):
        top = titled(upper[n] if n < len(upper) else None)
        under = titled(lower[n] if n < len(lower) else None)
        above = top or above
        title = under or top
        if not title:
            continue
        titles.add(title)
        year = _YEAR.search(to_arabic_digits(title))
        if year is not None and len(title) <= 24:
            key: str | None = f"y{year[1]}" if not _OTHER_MONEY.search(above + title) else None
        else:
            key = key_of(title) or (key_of(top) if under else None)
            key = key if key in known else None
        if key is None or key in columns:
            unused.append(str(lower[n] if under else upper[n]).strip()[:60])
        else:
            columns[key] = n + 1
    return Heading(last_row, columns, tuple(unused), frozenset(titles))

"""Forms and announcements of a plan as pages to be printed: what stands in which column, in words."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

import jinja2

from app.queries.plan_compare import LineDifference
from app.queries.plan_forms import FORMS, SUMMARY, SUMMARY_NAME
from app.queries.plan_paths import clauses_of
from app.queries.plan_sheet import Sheet, SheetRow, Summary, SummaryRow
from app.queries.plans import PlanHead, VersionHead
from app.services.plan_cells import standing, year_of
from app.services.plan_workbook.labels import Labels
from app.services.plan_workbook.writing import BUDGET_TITLE, change_title, ordered_columns
from app.services.printing import font_faces
from app.settings import ROOT
from gis.thai import format_thai_date

_FOLDER = ROOT / "app" / "templates" / "print"
_WIDEST_TEXT = 210
# Of a sheet between its margins, of a digit of an amount (8 pt bold) and of the padding beside it.
_MARGINS_MM, _DIGIT_MM, _PADDING_MM = 30, 1.62, 3.0
_TAGGED_ROWS = 400
_FIELD_NAMES = {
    "form": "แบบ",
    "area_code": "พื้นที่",
    "article_category": "หมวด",
    "article_type": "ประเภท",
}
# The type of a version under which each kind of difference is made, the first that fits.
_TYPES = {
    "new": ("ADD", "REVIEW", "EXEC_SPECIAL"),
    "essential": ("CHANGE", "REVIEW", "EXEC_SPECIAL"),
    "wording": ("CORRECT", "CHANGE", "REVIEW", "EXEC_SPECIAL"),
}
_DONE = {"new": "เพิ่มใหม่", "withdrawn": "ยกเลิก", "merged": "รวมกับโครงการอื่น"}


@dataclass(frozen=True)
class Paper:
    """A sheet of paper, in millimetres as it lies."""

    width_mm: int
    height_mm: int


PAPERS = {"a4": Paper(297, 210), "a3": Paper(420, 297)}


@dataclass(frozen=True)
class Column:
    """A printed column; ``width`` is relative, ``over`` the head that it shares with its neighbours."""

    title: str
    width: int
    over: str | None = None


@dataclass(frozen=True)
class Cell:
    """A printed cell; ``amount`` is the number that it shows, for a workbook."""

    text: str
    columns: int = 1
    align: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True)
class Row:
    """A printed row; ``carried`` is what it adds to the sums carried over, in satang."""

    kind: str
    cells: tuple[Cell, ...]
    carried: tuple[int, ...] = ()


@dataclass(frozen=True)
class HeadCell:
    """A cell of the upper row of heads."""

    title: str
    columns: int
    rows: int


@dataclass(frozen=True)
class Page:
    """What is printed.

    Parameters
    ----------
    carried_columns
        Places of the columns whose sums go from sheet to sheet.
    running
        Line above the table from the second sheet on.
    preface, signature
        Lines before and after the table.
    address, receipt
        Where the same is to be seen, and by which request it was printed.
    """

    code: str
    titles: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    organisation: str
    as_of: str
    paper: Paper
    running: str
    carried_columns: tuple[int, ...] = ()
    preface: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    address: str = ""
    receipt: str = ""

    @property
    def title(self) -> str:
        """Title of the document."""
        return " ".join(filter(None, (self.code, self.titles[0], self.organisation)))

    @property
    def tagged(self) -> bool:
        """With the structure that screen readers go by."""
        return len(self.rows) <= _TAGGED_ROWS

    @property
    def width(self) -> int:
        """Of all columns."""
        return sum(column.width for column in self.columns)

    @property
    def money_pt(self) -> float:
        """Size of amounts: the more columns, the smaller, and never under 8."""
        return 9.5 if self.paper.width_mm > 400 or len(self.columns) <= 9 else 8

    @property
    def head(self) -> tuple[HeadCell, ...]:
        """The upper row of heads."""
        cells: list[HeadCell] = []
        over: str | None = None
        deep = 2 if self.lower_head else 1
        for column in self.columns:
            if column.over is None:
                cells.append(HeadCell(column.title, 1, deep))
            elif column.over == over:
                cells[-1] = HeadCell(over, cells[-1].columns + 1, 1)
            else:
                cells.append(HeadCell(column.over, 1, 1))
            over = column.over
        return tuple(cells)

    @property
    def lower_head(self) -> tuple[str, ...]:
        """The lower row of heads."""
        return tuple(column.title for column in self.columns if column.over is not None)


@dataclass(frozen=True)
class Printing:
    """By whom and when something is printed."""

    as_of: datetime
    address: str = ""
    receipt: str = ""
    paper: str = "a4"

    @property
    def moment(self) -> str:
        """The day of the data, in words."""
        return f"{format_thai_date(self.as_of.date())} {self.as_of:%H:%M} น."


def page_html(page: Page) -> str:
    """The document that is printed, with everything that it needs inside."""
    script, digest = _script()
    template = _templates().get_template("table.html")
    return template.render(page=page, fonts=font_faces(), script=script, script_hash=digest)


@cache
def _script() -> tuple[str, str]:
    """What divides a page into sheets, and its digest: nothing else may run in the page."""
    text = (_FOLDER / "divide.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"<script>{text}</script>", digest


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )


def form_page(sheet: Sheet, labels: Labels, printing: Printing) -> Page:
    """A form with a line a project; lines that left the plan are not part of it."""
    kept = [column for column in ordered_columns(sheet.form, sheet.columns) if column.official]
    texts = sum(min(c.width_px, _WIDEST_TEXT) for c in kept if c.year_be is None)
    money = _money_width(sheet.totals().values(), texts, PAPERS[printing.paper])
    columns = tuple(
        Column(c.title_th, money, BUDGET_TITLE)
        if c.year_be is not None
        else Column(c.title_th, min(c.width_px, _WIDEST_TEXT))
        for c in kept
    )
    years = [n for n, column in enumerate(kept) if column.year_be is not None]
    keys = [column.key for column in kept]
    lines: dict[str, list[SheetRow]] = {}
    for row in sheet.rows:
        if not row.line.ended:
            lines.setdefault(row.group, []).append(row)
    rows: list[Row] = []
    strategy: object = object()
    for group in sheet.groups:
        if group.key not in lines:
            continue
        if group.strategy != strategy:
            rows.append(Row("strategy", (Cell(group.title(), len(keys)),)))
            strategy = group.strategy
        rows.append(Row("programme", (Cell(group.note(), len(keys)),)))
        rows += [_line(row, keys, years, labels) for row in lines[group.key]]
        title = f"รวม {len(lines[group.key]):,} โครงการ"
        rows.append(_sums("sum", title, [sheet.totals(group.key)[kept[n].year_be or 0] for n in years], keys, years))
    count = sum(len(inside) for inside in lines.values())
    totals = sheet.totals()
    rows.append(
        _sums("total", f"รวมทั้งสิ้น {count:,} โครงการ", [totals[kept[n].year_be or 0] for n in years], keys, years)
    )
    head, version = sheet.plan, sheet.version
    return Page(
        sheet.form.code,
        (sheet.form.name_th, head.name_th, change_title(version), head.organisation_name),
        columns,
        tuple(rows),
        head.organisation_name,
        printing.moment,
        PAPERS[printing.paper],
        f"แบบ {sheet.form.code} {sheet.form.name_th} · {head.name_th} · {change_title(version)}",
        tuple(years),
        address=printing.address,
        receipt=printing.receipt,
    )


def _money_width(sums: Collection[Decimal], texts: int, paper: Paper) -> int:
    """Width of a column of amounts, in the measure of the others, in which the largest sum has its place."""
    longest = max((len(f"{amount:,.2f}") for amount in sums), default=4)
    wanted_mm = max(longest, 12) * _DIGIT_MM + _PADDING_MM
    whole_mm = paper.width_mm - _MARGINS_MM
    rest_mm = max(whole_mm - wanted_mm * len(sums), whole_mm / 3)
    return round(wanted_mm * texts / rest_mm)


def _line(row: SheetRow, keys: Sequence[str], years: Sequence[int], labels: Labels) -> Row:
    cells = []
    for n, key in enumerate(keys):
        if key == "line_number":
            cells.append(Cell(str(row.number), align="center"))
        elif n in years:
            cells.append(given_amount_cell(row.line.amounts.get(year_of(key) or 0)))
        else:
            value = standing(row.line, key) or ""
            cells.append(Cell(labels.get(key, {}).get(value, value)))
    carried = tuple(int((row.line.amounts.get(year_of(keys[n]) or 0) or Decimal(0)) * 100) for n in years)
    return Row("line", tuple(cells), carried)


def money_cell(amount: Decimal | None) -> Cell:
    return Cell(f"{amount:,.2f}" if amount else "–", align="right", amount=amount or None)


def given_amount_cell(amount: Decimal | None) -> Cell:
    """An amount that somebody gave: a nought is said, nothing is a dash."""
    return money_cell(None) if amount is None else Cell(f"{amount:,.2f}", align="right", amount=amount)


def _sums(kind: str, title: str, sums: Iterable[Decimal], keys: Sequence[str], years: Sequence[int]) -> Row:
    cells = [Cell(title, years[0], "right"), *(money_cell(amount) for amount in sums)]
    rest = len(keys) - years[-1] - 1
    return Row(kind, (*cells, *((Cell("", rest),) if rest else ())))


def summary_page(summary: Summary, printing: Printing) -> Page:
    """ผ.01 of one form."""
    names = [f"ปี {year}" for year in summary.years_be] + [f"รวม {len(summary.years_be)} ปี"]
    columns = [Column("ยุทธศาสตร์/แผนงาน", 170)]
    for name in names:
        columns += [Column("จำนวนโครงการ", 46, name), Column("งบประมาณ (บาท)", 88, name)]
    rows: list[Row] = []
    strategy: object = object()
    for of in summary.rows:
        if of.group.strategy != strategy:
            strategy = of.group.strategy
            rows.append(Row("strategy", (Cell(of.group.title(), len(columns)),)))
        rows.append(_figures("line", of.group.note(), of, summary.years_be))
    rows.append(_figures("total", "รวมทั้งสิ้น", summary.total, summary.years_be))
    head = summary.plan
    return Page(
        SUMMARY,
        (
            f"{SUMMARY_NAME[0]} (แบบ {summary.form.code})",
            head.name_th,
            change_title(summary.version),
            head.organisation_name,
        ),
        tuple(columns),
        tuple(rows),
        head.organisation_name,
        printing.moment,
        PAPERS[printing.paper],
        f"แบบ {SUMMARY} {SUMMARY_NAME[0]} · {head.name_th} · {change_title(summary.version)}",
        address=printing.address,
        receipt=printing.receipt,
    )


def _figures(kind: str, name: str, of: SummaryRow, years: Sequence[int]) -> Row:
    cells = [Cell(name)]
    for cell in (*(of.years[year] for year in years), of.total):
        cells += [Cell(f"{cell.projects:,}" if cell.projects else "–", align="center"), money_cell(cell.amount_baht)]
    return Row(kind, tuple(cells))


def announcement_page(
    head: PlanHead,
    version: VersionHead,
    differences: Sequence[LineDifference],
    labels: Labels,
    printing: Printing,
) -> Page:
    """The announcement of a version: every change with what stood before and after, why, and under which clause."""
    columns = (
        Column("ที่", 34),
        Column("แบบ", 48),
        Column("โครงการ", 230),
        Column("รายการ", 110),
        Column("เดิม", 210),
        Column("ใหม่", 210),
        Column("เหตุผล", 150),
        Column("ข้อ", 60),
    )
    rows = [row for n, difference in enumerate(differences, start=1) for row in _change(n, difference, version, labels)]
    clauses = " ".join(version.clauses)
    day = "................................................"
    if version.promulgated_on is not None:
        day = format_thai_date(version.promulgated_on, long=True)
    what = f"{head.name_th} {version.number}".strip()
    preface = (
        f"ด้วย{head.organisation_name} ได้จัดทำ{what} ตามระเบียบกระทรวงมหาดไทยว่าด้วยการจัดทำแผนพัฒนาขององค์กรปกครอง"
        f"ส่วนท้องถิ่น พ.ศ. 2548 และที่แก้ไขเพิ่มเติม {clauses} แล้ว" + (f" เนื่องจาก{version.reason}" if version.reason else ""),
        f"จึงประกาศใช้{what} โดยมีรายการ {len(differences):,} โครงการ ดังต่อไปนี้",
    )
    by = version.approved_by_name or "................................................"
    return Page(
        "",
        (
            ("ร่าง " if version.status != "PROMULGATED" else "") + f"ประกาศ{head.organisation_name}",
            f"เรื่อง ประกาศใช้{what}",
        ),
        columns,
        tuple(rows),
        head.organisation_name,
        printing.moment,
        PAPERS[printing.paper],
        f"ประกาศใช้{what}",
        preface=preface,
        signature=(f"ประกาศ ณ วันที่ {day}", f"({by})", "ผู้บริหารท้องถิ่น"),
        address=printing.address,
        receipt=printing.receipt,
    )


def _change(n: int, difference: LineDifference, version: VersionHead, labels: Labels) -> list[Row]:
    line = difference.after or difference.before
    if line is None:
        return []
    clause = _clause(difference, version)
    reason = (difference.after.reason if difference.after is not None else None) or version.reason or ""
    if difference.kind in _DONE:
        into = "" if difference.merged_into is None else f": {difference.merged_into.name_th}"
        total = sum(line.amounts.values(), Decimal(0))
        told = f"{line.name_th}\n{total:,.2f} บาท"
        before, after = ("–", told) if difference.kind == "new" else (told, "–")
        changes = [(f"{_DONE[difference.kind]}{into}", before, after)]
    else:
        changes = [
            (
                _field_name(field.field, line.form),
                _value(field.field, field.before, labels),
                _value(field.field, field.after, labels),
            )
            for field in difference.fields
        ]
    rows = []
    for k, (name, before, after) in enumerate(changes):
        first = [str(n), line.form, difference.name] if k == 0 else ["", "", ""]
        texts = [*first, name, before, after, reason if k == 0 else "", clause if k == 0 else ""]
        money = name.startswith("งบประมาณ")
        rows.append(
            Row(
                "line",
                tuple(
                    Cell(text, align="center" if c in (0, 1, 7) else "right" if money and c in (4, 5) else "")
                    for c, text in enumerate(texts)
                ),
            )
        )
    return rows


def _clause(difference: LineDifference, version: VersionHead) -> str:
    kind = "new" if difference.kind == "new" else "essential" if difference.essential else "wording"
    chosen = next((code for code in _TYPES[kind] if code in version.change_types), None)
    return " ".join(clauses_of({chosen} if chosen else version.change_types))


def _field_name(field: str, form: str) -> str:
    year = year_of(field)
    if year is not None:
        return f"งบประมาณ ปี {year} (บาท)"
    titles = {column.key: column.title_th for column in FORMS[form].columns(())} if form in FORMS else {}
    return titles.get(field) or _FIELD_NAMES.get(field, field)


def _value(field: str, value: object, labels: Mapping[str, Mapping[str, str]]) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return labels.get(field, {}).get(str(value), str(value))

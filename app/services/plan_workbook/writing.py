"""Forms of a plan as XLSX in the official layout.

Columns of the form first, as ``codelists/plan_forms.csv`` has them; ours to the right of them in grey and outside of
the printed area. Sums are formulas, with the sums of today beside them for programs that do not calculate.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from app.queries.codelists import Code
from app.queries.plan_forms import SUMMARY, SUMMARY_NAME, FormColumn, PlanForm
from app.queries.plan_sheet import Sheet, SheetGroup, SheetRow, Summary, SummaryRow
from app.queries.plans import PlanHead, VersionHead
from app.services.plan_cells import NOT_TYPED, standing
from app.services.plan_workbook.labels import Labels, choice_labels
from app.services.plan_workbook.marks import (
    CHOICES_SHEET,
    HIDDEN_SHEET,
    ROW_MARK_TITLE,
    SUM,
    TOTAL,
    Base,
    group_mark,
    line_mark,
)
from gis.thai import format_thai_date

# The face that every office of the state has; programs without it take their own.
FONT = "TH SarabunPSK"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BUDGET_TITLE = "งบประมาณ (บาท)"
ORIGINAL = "ฉบับแรก"
BAHT_FORMAT = '#,##0.00;[Red]-#,##0.00;"–"'
COUNT_FORMAT = '#,##0;-#,##0;"–"'
PAPERS = {"a4": 9, "a3": 8}
_TITLE_ROWS = 4
_PIXELS_A_CHARACTER = 7
_HEAD_FILL, _GROUP_FILL, _SUM_FILL, _OWN_FILL, _OWN_INK = "#EBEDF2", "#F4F5F8", "#F4F5F8", "#F0F0F0", "#5E687C"
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "align": "center"},
    "code": {"bold": True, "align": "right"},
    "head": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "bg": _HEAD_FILL},
    "head_own": {"align": "center", "valign": "vcenter", "text_wrap": True, "border": 1, "bg": _OWN_FILL, "own": True},
    "strategy": {"bold": True, "border": 1, "bg": _GROUP_FILL, "text_wrap": True},
    "programme": {"bold": True, "border": 1, "text_wrap": True, "indent": 1},
    "text": {"valign": "top", "text_wrap": True, "border": 1},
    "number": {"valign": "top", "align": "center", "border": 1},
    "money": {"valign": "top", "num_format": BAHT_FORMAT, "border": 1},
    "own": {"valign": "top", "text_wrap": True, "border": 1, "bg": _OWN_FILL, "own": True},
    "sum": {"bold": True, "border": 1, "bg": _SUM_FILL, "align": "right"},
    "sum_money": {"bold": True, "border": 1, "bg": _SUM_FILL, "num_format": BAHT_FORMAT},
    "sum_count": {"bold": True, "border": 1, "bg": _SUM_FILL, "num_format": COUNT_FORMAT},
    "count": {"valign": "top", "num_format": COUNT_FORMAT, "border": 1},
}


def write_form(sheet: Sheet, programmes: Mapping[str, Code], as_of: datetime, *, paper: str = "a4") -> bytes:
    """A form with a line a project.

    Parameters
    ----------
    sheet
        The form as it stands; lines that left the plan are not part of it.
    programmes
        Programmes by code, for the lists to choose from.
    as_of
        When it was read from the database.
    paper
        ``a4`` or ``a3``, both landscape.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        _FormWriter(book, sheet, choice_labels(sheet.strategies, programmes), as_of, paper).write()
    return file.getvalue()


def write_summary(summary: Summary, as_of: datetime, *, paper: str = "a4") -> bytes:
    """ผ.01: projects and baht of every strategy, programme and year, of one form."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        _SummaryWriter(book, summary, as_of, paper).write()
    return file.getvalue()


def change_title(version: VersionHead) -> str:
    """What a version is called under the title of a form; most original plans are called just that."""
    first = "" if version.change_types or ORIGINAL in version.number else ORIGINAL
    words = f"{first} {version.number}".strip()
    return words if version.status == "PROMULGATED" else f"{words} (ร่าง)"


def file_stem(code: str, head: PlanHead, version: VersionHead) -> str:
    """Name of a file of a form, without its ending.

    The strokes of form codes and of version numbers (ผ.02/1, 1/2570) are no part of file names.
    """
    return f"{code} {head.organisation_name} {version.number}".replace("/", "-").replace("\\", "-")[:150]


class _Writer:
    """A workbook with its looks, titles and paper."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, paper: str) -> None:
        self.book = book
        self.page = book.add_worksheet(name)
        self.paper = paper
        book.formats[0].set_font_name(FONT)
        book.formats[0].set_font_size(14)
        self.looks = {name: self._format(look) for name, look in _LOOKS.items()}

    def _format(self, look: Mapping[str, Any]) -> Any:
        given = {"font_name": FONT, "font_size": 14, **look}
        if given.pop("own", False):
            given["font_color"] = _OWN_INK
        if "bg" in given:
            given["bg_color"] = given.pop("bg")
        return self.book.add_format(given)

    def titles(self, code: str, name: str, head: PlanHead, version: VersionHead, last: int) -> None:
        """Form, plan, version and organisation above the table, over the columns that are printed."""
        years = f"(พ.ศ. {version.start_be} – {version.end_be})"
        texts = (name, f"{head.name_th} {'' if str(version.start_be) in head.name_th else years}".strip())
        self.page.merge_range(0, 0, 0, last - 1, texts[0], self.looks["title"])
        self.page.write_string(0, last, f"แบบ {code}", self.looks["code"])
        for row, text in enumerate((texts[1], change_title(version), head.organisation_name), start=1):
            self.page.merge_range(row, 0, row, last, text, self.looks["title"])

    def on_paper(self, rows: int, last: int, head: PlanHead, as_of: datetime) -> None:
        """Landscape, as wide as the sheet, head on every page, page numbers and the day of the data below."""
        page = self.page
        page.set_landscape()
        page.set_paper(PAPERS[self.paper])
        page.set_margins(left=0.59, right=0.59, top=0.6, bottom=0.75)
        page.fit_to_pages(1, 0)
        page.repeat_rows(_TITLE_ROWS, _TITLE_ROWS + 1)
        page.print_area(0, 0, rows, last)
        page.freeze_panes(_TITLE_ROWS + 2, 2)
        day = f"{format_thai_date(as_of.date())} {as_of:%H:%M} น."
        organisation = head.organisation_name.replace("&", "&&")
        page.set_footer(f'&L&"{FONT}"&10{organisation}&C&"{FONT}"&10หน้า &P/&N&R&"{FONT}"&10ข้อมูล ณ {day}')


@dataclass(frozen=True)
class _Span:
    """Rows of a group's lines, from 0."""

    first: int
    last: int


class _FormWriter(_Writer):
    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet, labels: Labels, as_of: datetime, paper: str) -> None:
        super().__init__(book, sheet.form.code.replace("/", "-"), paper)
        self.sheet, self.labels, self.as_of = sheet, labels, as_of
        self.columns = ordered_columns(sheet.form, sheet.columns)
        self.official = sum(column.official for column in self.columns)
        self.mark = len(self.columns)
        self.years = [n for n, column in enumerate(self.columns) if column.year_be is not None]
        self.row = _TITLE_ROWS + 2
        self.base: dict[int, dict[str, str | None]] = {}

    def write(self) -> None:
        sheet = self.sheet
        last = self.official - 1
        self.titles(sheet.form.code, sheet.form.name_th, sheet.plan, sheet.version, last)
        self._head()
        lines: dict[str, list[SheetRow]] = {}
        for row in sheet.rows:
            if not row.line.ended:
                lines.setdefault(row.group, []).append(row)
        first, strategy = self.row, object()
        for group in sheet.groups:
            if group.key in lines:
                self._group(group, lines[group.key], fresh=group.strategy != strategy)
                strategy = group.strategy
        self._total(first)
        self._validation(first, self.row + 500)
        self._hidden()
        self.on_paper(self.row - 1, last, sheet.plan, self.as_of)

    def _head(self) -> None:
        page, top = self.page, _TITLE_ROWS
        page.set_row(top, 24)
        page.set_row(top + 1, 24)
        for n, column in enumerate(self.columns):
            look = self.looks["head" if column.official else "head_own"]
            width = column.width_px / _PIXELS_A_CHARACTER
            page.set_column(n, n, max(width, 14) if column.year_be is not None else width)
            if column.year_be is None:
                page.merge_range(top, n, top + 1, n, column.title_th, look)
            else:
                page.write_number(top + 1, n, column.year_be, look)
        if len(self.years) > 1:
            page.merge_range(top, self.years[0], top, self.years[-1], BUDGET_TITLE, self.looks["head"])
        elif self.years:
            page.write_string(top, self.years[0], BUDGET_TITLE, self.looks["head"])
        page.set_column(self.mark, self.mark, 12)
        page.merge_range(top, self.mark, top + 1, self.mark, ROW_MARK_TITLE, self.looks["head_own"])

    def _group(self, group: SheetGroup, rows: Sequence[SheetRow], *, fresh: bool) -> None:
        page, mark = self.page, group_mark(group.key)
        texts = [(group.title(), "strategy")] * fresh + [(group.note(), "programme")]
        for text, look in texts:
            page.merge_range(self.row, 0, self.row, self.official - 1, text, self.looks[look])
            page.write_string(self.row, self.mark, mark, self.looks["own"])
            self.row += 1
        span = _Span(self.row, self.row + len(rows) - 1)
        for row in rows:
            self._line(row)
        self._sum(span, len(rows), group.key)

    def _line(self, row: SheetRow) -> None:
        page, at = self.page, self.row
        kept: dict[str, str | None] = {}
        for n, column in enumerate(self.columns):
            look = self.looks["money" if column.year_be is not None else "text" if column.official else "own"]
            if column.key == "line_number":
                page.write_number(at, n, row.number, self.looks["number"])
                continue
            value = standing(row.line, column.key)
            kept[column.key] = value
            if value is None:
                page.write_blank(at, n, None, look)
            elif column.year_be is not None:
                # Spreadsheets keep fifteen digits; NUMERIC(14,2) has fourteen.
                page.write_number(at, n, float(value), look)
            else:
                page.write_string(at, n, self.labels.get(column.key, {}).get(value, value), look)
        page.write_string(at, self.mark, line_mark(row.line.origin_id), self.looks["own"])
        self.base[row.line.origin_id] = kept
        self.row += 1

    def _sum(self, span: _Span, count: int, group: str) -> None:
        name = self._name_column()
        cells = f"{xl_rowcol_to_cell(span.first, name)}:{xl_rowcol_to_cell(span.last, name)}"
        formula = f'="รวม "&COUNTA({cells})&" โครงการ"'
        self._sum_row(SUM, formula, f"รวม {count} โครงการ")
        totals = self.sheet.totals(group)
        for n in self.years:
            column = xl_col_to_name(n)
            year = self.columns[n].year_be or 0
            formula = f"=SUM({column}{span.first + 1}:{column}{span.last + 1})"
            self.page.write_formula(self.row, n, formula, self.looks["sum_money"], float(totals[year]))
        self.row += 1

    def _total(self, first: int) -> None:
        """Sums of the sums, found by their mark: rows that are put in or sorted do not break it."""
        count = sum(not row.line.ended for row in self.sheet.rows)
        last = max(self.row, first + 1)
        marks = f"${xl_col_to_name(self.mark)}${first + 1}:${xl_col_to_name(self.mark)}${last}"
        self._sum_row(TOTAL, f'="รวมทั้งสิ้น "&COUNTIF({marks},"L*")&" โครงการ"', f"รวมทั้งสิ้น {count} โครงการ")
        totals = self.sheet.totals()
        for n in self.years:
            column = xl_col_to_name(n)
            formula = f'=SUMIF({marks},"{SUM}",{column}${first + 1}:{column}${last})'
            year = self.columns[n].year_be or 0
            self.page.write_formula(self.row, n, formula, self.looks["sum_money"], float(totals[year]))
        self.row += 1

    def _sum_row(self, mark: str, formula: str, shown: str) -> None:
        page = self.page
        for n in range(self.official):
            page.write_blank(self.row, n, None, self.looks["sum"])
        page.merge_range(self.row, 0, self.row, max(self.years[0] - 1, 1), "", self.looks["sum"])
        page.write_formula(self.row, 0, formula, self.looks["sum"], shown)
        page.write_string(self.row, self.mark, mark, self.looks["own"])

    def _name_column(self) -> int:
        return next(n for n, column in enumerate(self.columns) if column.key == "name_th")

    def _validation(self, first: int, last: int) -> None:
        """Lists to choose from, and a word about amounts; nothing is forbidden, it is told when the file is read."""
        lists = self.book.add_worksheet(CHOICES_SHEET)
        lists.hide()
        for place, (n, column) in enumerate((n, c) for n, c in enumerate(self.columns) if c.type == "choice"):
            labels = list(self.labels[column.key].values())
            lists.write_column(0, place, labels)
            if labels:
                letter = xl_col_to_name(place)
                source = f"={CHOICES_SHEET}!${letter}$1:${letter}${len(labels)}"
                choice = {"validate": "list", "source": source, "error_type": "warning"}
                self.page.data_validation(first, n, last, n, choice)
        for n in self.years:
            rule: dict[str, Any] = {
                "validate": "decimal",
                "criteria": ">=",
                "value": 0,
                "error_type": "warning",
                "error_title": "จำนวนเงิน",
                "error_message": "ใส่จำนวนเงินเป็นตัวเลข หน่วยบาท",
            }
            self.page.data_validation(first, n, last, n, rule)

    def _hidden(self) -> None:
        sheet = self.sheet
        base = Base(sheet.version.id, sheet.form.slug, self.as_of.isoformat(), self.page.get_name(), self.base)
        hidden = self.book.add_worksheet(HIDDEN_SHEET)
        hidden.hide()
        for n, line in enumerate(base.lines()):
            hidden.write_row(n, 0, line)


def ordered_columns(form: PlanForm, columns: Sequence[FormColumn]) -> list[FormColumn]:
    """Columns of a workbook: those of the form in their order, then ours; what is only looked at stays on the screen.

    A form that has no name of its own among its columns (ผ.03) has the name first among ours.
    """
    kept = [column for column in columns if column.key == "line_number" or column.key not in NOT_TYPED]
    return [c for c in kept if c.official] + [c for c in kept if not c.official]


class _SummaryWriter(_Writer):
    def __init__(self, book: xlsxwriter.Workbook, summary: Summary, as_of: datetime, paper: str) -> None:
        super().__init__(book, SUMMARY, paper)
        self.summary, self.as_of = summary, as_of

    def write(self) -> None:
        summary, page = self.summary, self.page
        last = 2 * (len(summary.years_be) + 1)
        name = f"{SUMMARY_NAME[0]} (แบบ {summary.form.code})"
        self.titles(SUMMARY, name, summary.plan, summary.version, last)
        self._head(last)
        row, sums = _TITLE_ROWS + 2, []
        for _, inside in itertools.groupby(summary.rows, key=lambda of: of.group.strategy):
            rows = list(inside)
            page.merge_range(row, 0, row, last, rows[0].group.title(), self.looks["strategy"])
            for n, of in enumerate(rows, start=row + 1):
                self._figures(n, of)
            first, row = row + 1, row + 1 + len(rows)
            self._sum(row, "รวม", [_Span(first, row - 1)], rows)
            sums.append(_Span(row, row))
            row += 1
        self._sum(row, "รวมทั้งสิ้น", sums, summary.rows)
        self.on_paper(row, last, summary.plan, self.as_of)

    def _head(self, last: int) -> None:
        page, top, look = self.page, _TITLE_ROWS, self.looks["head"]
        page.merge_range(top, 0, top + 1, 0, "ยุทธศาสตร์/แผนงาน", look)
        page.set_column(0, 0, 36)
        titles = [f"ปี {year}" for year in self.summary.years_be] + [f"รวม {len(self.summary.years_be)} ปี"]
        for n, title in enumerate(titles):
            page.merge_range(top, 2 * n + 1, top, 2 * n + 2, title, look)
            page.write_string(top + 1, 2 * n + 1, "จำนวนโครงการ", look)
            page.write_string(top + 1, 2 * n + 2, "งบประมาณ (บาท)", look)
            page.set_column(2 * n + 1, 2 * n + 1, 9)
            page.set_column(2 * n + 2, 2 * n + 2, 16)
        page.set_row(top + 1, 40)

    def _figures(self, row: int, of: SummaryRow) -> None:
        page, years = self.page, self.summary.years_be
        page.write_string(row, 0, of.group.note(), self.looks["text"])
        for n, cell in enumerate([*(of.years[year] for year in years), of.total]):
            page.write_number(row, 2 * n + 1, cell.projects, self.looks["count"])
            if n < len(years):
                page.write_number(row, 2 * n + 2, float(cell.amount_baht), self.looks["money"])
            else:
                parts = "+".join(xl_rowcol_to_cell(row, 2 * k + 2) for k in range(len(years)))
                page.write_formula(row, 2 * n + 2, f"={parts}", self.looks["money"], float(cell.amount_baht))

    def _sum(self, row: int, name: str, spans: Sequence[_Span], of: Sequence[SummaryRow]) -> None:
        """Formulas over the rows, and what they come to for programs that do not calculate."""
        self.page.write_string(row, 0, name, self.looks["sum"])
        years = self.summary.years_be
        for n in range(len(years) + 1):
            cells = [line.total if n == len(years) else line.years[years[n]] for line in of]
            sums = (sum(cell.projects for cell in cells), float(sum(cell.amount_baht for cell in cells)))
            for column, value, look in zip((2 * n + 1, 2 * n + 2), sums, ("sum_count", "sum_money"), strict=True):
                letter = xl_col_to_name(column)
                parts = ",".join(f"{letter}{span.first + 1}:{letter}{span.last + 1}" for span in spans)
                formula = f"=SUM({parts})" if parts else "=0"
                self.page.write_formula(row, column, formula, self.looks[look], value)

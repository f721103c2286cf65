"""A file read as what somebody wants to change in a sheet of records: cells, new lines, lines left out.

Ours is compared with what it said when it was downloaded, by the marks of its rows. Anybody else's table is matched
with the lines that stand by their names; what it leaves empty it does not say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from app.queries.record_sheets import MONTHS, RecordRow, RecordSheet, finance_items, written
from app.services.plan_workbook.marks import CHOICES_SHEET, HIDDEN_SHEET, ROW_MARK_TITLE, Damaged, unsealed
from app.services.plan_workbook.reading import ReadCell, ReadForm, ReadLine, ReadRemoval
from app.services.record_files.writing import FORMAT
from app.services.record_sheets import read_record_cell
from gis.problems import Problem
from gis.readers.process import open_source
from gis.readers.source import GEOMETRY, ROW_NUMBER, ReadError
from gis.sheets.cells import SheetCells, Value, WorkbookError
from gis.sheets.process import Workbook
from gis.thai import normalise, search_key, to_arabic_digits

_HEAD_ROWS = 40
_MARK = re.compile(r"L(\w{1,40})")
_SUMS = re.compile(r"(?:รวม|ยอดรวม|total|sum)", re.IGNORECASE)
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
_ASIDE = re.compile(r"\([^)]*\)|[\s.:*/_-]+")
_YEAR_BEHIND = re.compile(r"(?<=[ก-๙a-z])(?:25)?\d{2}$")
_MIDNIGHT = re.compile(r"\d{4}-\d\d-\d\d 00:00:00")
_FULL_MONTHS = (
    "ตุลาคม", "พฤศจิกายน", "ธันวาคม", "มกราคม", "กุมภาพันธ์", "มีนาคม",
    "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน",
)  # fmt: skip
_MORE_TITLES: Mapping[str, tuple[str, ...]] = {
    "name": ("รายการ", "ประเภท", "หมวด", "รายรับ", "รายจ่าย"),
    "name_th": ("ชื่อ", "หมู่บ้าน", "ชื่อหมู่บ้าน", "ชุมชน", "ชื่อชุมชน", "รายการ", "ชื่อรายการ"),
    "village_number": ("หมู่", "ม", "หมู่ที่"),
    "male": ("ชาย", "จำนวนชาย"),
    "female": ("หญิง", "จำนวนหญิง"),
    "households": ("ครัวเรือน", "จำนวนครัวเรือน", "หลังคาเรือน"),
    "m0": ("ประมาณการ", "ประมาณการทั้งปี", "ประมาณการรายรับ", "งบประมาณ"),
    "allotted_baht": ("จัดสรร", "จำนวนเงินจัดสรร", "จำนวนเงิน"),
    "received_baht": ("ได้รับ", "รับจริง"),
    "returned_baht": ("ส่งคืน", "คืน"),
    "letter": ("หนังสือ", "เลขที่หนังสือ"),
}


@dataclass(frozen=True)
class _Line:
    """A row of the table: its number, its values by column, and the mark that it bears."""

    number: int
    values: Mapping[str, Value]
    mark: str


@dataclass
class _Table:
    """A table that was found: its tab, its columns (key -> place from 0) and its rows."""

    name: str
    columns: Mapping[str, int]
    lines: list[_Line] = field(default_factory=list)
    without_value: set[tuple[int, int]] = field(default_factory=set)

    def address(self, line: _Line, column: str) -> str:
        """``B12``."""
        return str(xl_rowcol_to_cell(line.number - 1, self.columns.get(column, 0)))


def table_of_text(path: Path, file_name: str) -> Workbook:
    """A CSV as a workbook of one sheet.

    Raises
    ------
    WorkbookError
        It is no table of texts.
    """
    with open_source(path, name=file_name) as source:
        if source.errors:
            raise WorkbookError(source.errors[0].code, **source.errors[0].values)
        if source.format != "csv":
            raise WorkbookError("workbook_expected")
        sheet = SheetCells(file_name, False)
        sheet.rows.append((1, tuple(source.columns)))
        try:
            for batch in source.batches():
                names = [f.name for f in batch.schema if f.name not in (ROW_NUMBER, GEOMETRY)]
                numbers = batch.column(ROW_NUMBER).to_pylist()
                for number, *cells in zip(numbers, *(batch.column(n).to_pylist() for n in names), strict=True):
                    sheet.rows.append((int(number), tuple(None if c is None else str(c) for c in cells)))
        except ReadError as error:
            raise WorkbookError(error.problem.code, **error.problem.values) from error
    return Workbook((sheet,))


def read_records_file(
    book: Workbook, sheet: RecordSheet, organisation_code: str, year_be: int, standing: Sequence[RecordRow]
) -> ReadForm:
    """What a file asks for, of one sheet of an organisation and year; everything that is wrong with it is told."""
    return _Reader(book, sheet, organisation_code, year_be, standing).read()


class _Reader:
    def __init__(
        self, book: Workbook, sheet: RecordSheet, organisation: str, year_be: int, standing: Sequence[RecordRow]
    ) -> None:
        self.book, self.sheet, self.organisation, self.year_be = book, sheet, organisation, year_be
        self.standing = {row.id: row for row in standing}
        self.keys = [c.key for c in sheet.columns if c.type != "readonly"]
        self.found = ReadForm(False, None, problems=list(book.warnings))

    def read(self) -> ReadForm:
        base = self._base()
        table = self._table()
        if table is None:
            titles = ", ".join(c.title_th for c in self.sheet.columns[:4])
            self._tell("record_header_not_found", {}, titles=titles)
            return self.found
        self.found.lines = len(table.lines)
        if not table.lines:
            self._tell("workbook_no_lines", {})
        seen: set[str] = set()
        for line in table.lines:
            row = self._row_of(line, table, base)
            if row is None:
                continue
            if row in seen and self.sheet.section is not None:
                self._tell("record_line_twice", self._where(table, line, row), name=self._name(line))
            elif row and row not in seen:
                seen.add(row)
                self._changed(table, line, row, base)
            else:
                self._new(table, line)
        if base is not None and self.sheet.section is None and table.lines:
            self.found.removals = [ReadRemoval(row, values) for row, values in base.items() if row not in seen]
        return self.found

    def _base(self) -> Mapping[str, Mapping[str, str | None]] | None:
        """What the file said when it was downloaded; ``None`` for a file that is not ours."""
        hidden = next((s for s in self.book.sheets if s.name == HIDDEN_SHEET), None)
        try:
            found = None if hidden is None else unsealed(FORMAT, [cells for _, cells in hidden.rows])
        except Damaged:
            found = None
        if found is None:
            return None
        head, rows = found
        if (head.get("organisation"), head.get("records"), head.get("year")) != (
            self.organisation,
            self.sheet.name,
            self.year_be,
        ):
            values = {"organisation": head.get("organisation"), "year": head.get("year")}
            self._tell("record_file_of_other", {}, **values)
            return None
        self.found.ours, self.found.as_of = True, str(head.get("as_of"))
        return rows

    def _table(self) -> _Table | None:
        for sheet in self.book.sheets:
            if sheet.name in (HIDDEN_SHEET, CHOICES_SHEET) or sheet.hidden:
                continue
            for at, (_number, cells) in enumerate(sheet.rows[:_HEAD_ROWS]):
                columns = self._columns(cells)
                if len(columns.keys() & {"name", "name_th"}) and len(columns) > 1:
                    return self._lines(sheet, at, columns)
        return None

    def _columns(self, cells: Sequence[Value]) -> dict[str, int]:
        titles: dict[str, str] = {_heading(ROW_MARK_TITLE): "mark"}
        for column in self.sheet.columns:
            names = [column.key, column.title_th, column.title_en, *_MORE_TITLES.get(column.key, ())]
            if column.key in {f"m{month}" for month in MONTHS}:
                names.append(_FULL_MONTHS[int(column.key[1:]) - 1])
            for name in names:
                titles.setdefault(_heading(name), column.key)
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            key = titles.get(_heading(str(cell))) if cell is not None else None
            if key is not None:
                found.setdefault(key, place)
        return found

    def _lines(self, sheet: SheetCells, head: int, columns: dict[str, int]) -> _Table:
        mark = columns.pop("mark", None)
        table = _Table(sheet.name, columns, [], sheet.without_value)
        for number, cells in sheet.rows[head + 1 :]:
            values = {key: _plain(cells[place]) if place < len(cells) else None for key, place in columns.items()}
            said = str(cells[mark] or "") if mark is not None and mark < len(cells) else ""
            marked = _MARK.fullmatch(said)
            line = _Line(number, values, marked[1] if marked else "")
            name = self._name(line)
            if said == "S" or (not line.mark and _SUMS.match(name)) or all(_empty(v) for v in values.values()):
                continue
            table.lines.append(line)
        return table

    def _name(self, line: _Line) -> str:
        return normalise(str(line.values.get("name") or line.values.get("name_th") or ""))[:200]

    def _row_of(self, line: _Line, table: _Table, base: Mapping[str, Any] | None) -> str | None:
        """The line that stands and is meant; ``""`` for a new one, ``None`` for one that is told and left."""
        if line.mark and (line.mark in self.standing or (base is not None and line.mark in base)):
            return line.mark
        if self.sheet.section is not None:
            return self._item(line, table)
        same = [row for row in self.standing.values() if self._alike(row, line)]
        if len(same) > 1:
            self._tell("record_line_unclear", self._where(table, line, ""), name=self._name(line))
            return None
        return same[0].id if same else ""

    def _item(self, line: _Line, table: _Table) -> str | None:
        name = search_key(re.sub(r"^[\d.\s]+", "", to_arabic_digits(self._name(line))))
        for item in finance_items():
            if item.section == self.sheet.section and name in (
                search_key(item.name_th),
                search_key(item.name_en),
                search_key(item.code),
            ):
                return item.code
        if not all(_empty(v) for key, v in line.values.items() if key != "name"):
            names = ", ".join(item.name_th for item in finance_items() if item.section == self.sheet.section)
            self._tell("record_item_unknown", self._where(table, line, ""), given=self._name(line), allowed=names)
        return None

    def _alike(self, row: RecordRow, line: _Line) -> bool:
        if search_key(str(row.values["name_th"] or "")) != search_key(self._name(line)):
            return False
        for key in ("village_number", "kind", "letter"):
            if not _empty(line.values.get(key)) and key in row.values:
                read = read_record_cell(self.sheet, key, line.values[key])
                if not isinstance(read, Problem) and read != written(row.values[key]):
                    return False
        return True

    def _changed(self, table: _Table, line: _Line, row: str, base: Mapping[str, Mapping[str, Any]] | None) -> None:
        before = base.get(row) if base is not None else None
        standing = self.standing.get(row)
        for key in self.keys:
            if key not in table.columns or self._broken(table, line, row, key):
                continue
            value = line.values[key]
            if before is None and _empty(value):
                continue  # a stranger's empty cell says nothing
            if before is not None:
                past = before.get(key)
            else:
                past = None if standing is None else written(standing.values[key])
            read = read_record_cell(self.sheet, key, value)
            if read != past:
                address = table.address(line, key)
                self.found.cells.append(ReadCell(row, key, table.name, address, past, value))

    def _new(self, table: _Table, line: _Line) -> None:
        key = f"{table.name}:{line.number}"
        cells = {k: line.values[k] for k in self.keys if not _empty(line.values.get(k))}
        for column in list(cells):
            if self._broken(table, line, key, column):
                del cells[column]
        addresses = {k: table.address(line, k) for k in cells}
        self.found.inserts.append(ReadLine(key, table.name, line.number, cells, addresses))

    def _broken(self, table: _Table, line: _Line, row: str, key: str) -> bool:
        """A formula without a value, or with an error for one."""
        place = (line.number, table.columns.get(key, 0) + 1)
        value = line.values.get(key)
        error = isinstance(value, str) and bool(_ERROR.fullmatch(value.strip()))
        if not error and place not in table.without_value:
            return False
        where = {**self._where(table, line, row), "column": key, "address": table.address(line, key)}
        self._tell("cell_formula_error" if error else "cell_formula_unsaved", where, text=str(value or "")[:80])
        return True

    def _where(self, table: _Table, line: _Line, row: str) -> dict[str, Any]:
        address = table.address(line, "name" if "name" in table.columns else "name_th")
        where = {"sheet": table.name, "address": address, "name": self._name(line)}
        return {**where, "row": row} if row else {**where, "key": f"n:{table.name}:{line.number}"}

    def _tell(self, code: str, where: Mapping[str, Any], **values: Any) -> None:
        self.found.problems.append(Problem(code, "error", dict(where), values))


def _heading(text: str) -> str:
    """A heading as it is compared: without brackets, signs, and the year behind a month."""
    plain = _ASIDE.sub("", to_arabic_digits(search_key(text)))
    return _YEAR_BEHIND.sub("", plain) or plain


def _empty(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _plain(value: Value) -> Value:
    """A cell without what only the spreadsheet knows: the noise of doubles, the midnight of a day."""
    if isinstance(value, float):
        rounded = round(value, 6)
        return int(rounded) if rounded.is_integer() else rounded
    if isinstance(value, str):
        return value.removesuffix(" 00:00:00") if _MIDNIGHT.fullmatch(value) else value
    return value

"""What is in a workbook: values of cells as they were saved, merged ranges, text boxes and comments.

Formulas count as the values they had; links to other files are never followed. openpyxl gives the values; what it drops
in its reading mode (merged ranges) or altogether (text boxes) is read from the parts of the file.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from gis.archive import ArchiveError, Limits, check_archive
from gis.problems import Problem

Value = str | int | float | bool | None
Row = tuple[int, tuple[Value, ...]]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')
# A formula that no program has worked out yet.
_NO_VALUE = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>')
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DRAWING, _COMMENTS = "/drawing", "/comments"


@dataclass(frozen=True)
class SheetLimits:
    """Limits of one workbook.

    Parameters
    ----------
    rows, columns, cells
        Of one sheet, counting what has content; cells of the whole workbook.
    sheets
        Sheets of the workbook.
    notes
        Text boxes and comments of a sheet; those after that are not read.
    unpacked_bytes
        Of the whole file.
    memory_bytes, cpu_s, open_files, file_bytes, wait_s
        Of the process, as in :class:`gis.readers.limits.ReaderLimits`.
    """

    rows: int = 20_000
    columns: int = 300
    cells: int = 1_000_000
    sheets: int = 60
    notes: int = 5_000
    unpacked_bytes: int = 200 << 20
    memory_bytes: int = 1 << 30
    cpu_s: int = 60
    wait_s: float = 60.0
    open_files: int = 64
    file_bytes: int = 1 << 20


@dataclass(frozen=True)
class Note:
    """A text box or a comment, and the rows and the column (from 1) where it lies."""

    row: int
    last_row: int
    column: int
    text: str


@dataclass
class SheetCells:
    """A sheet.

    Parameters
    ----------
    name, hidden
        Its tab.
    rows
        Number (from 1) and values of every row that has any.
    merged
        First row, first column, last row, last column of merged ranges, from 1.
    without_value
        Cells (row, column) with a formula that was never worked out.
    """

    name: str
    hidden: bool
    rows: list[Row] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    without_value: set[tuple[int, int]] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)


class WorkbookError(ValueError):
    """A workbook cannot be read; ``problem`` says why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, values=values)


def column_number(letters: str) -> int:
    """Number of a column from 1.

    Examples
    --------
    >>> column_number("A"), column_number("AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Letters of a column.

    Examples
    --------
    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def check_workbook(path: Path, limits: SheetLimits) -> list[Problem]:
    """Refuse what is no workbook that we read; what is only left aside comes back as warnings.

    Raises
    ------
    WorkbookError
        ``workbook_expected``, ``workbook_encrypted``, ``xls_not_supported``, ``workbook_macros`` or one of the codes of
        :mod:`gis.archive`.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if head.startswith(_OLD_OFFICE):
        raise WorkbookError("workbook_encrypted" if _holds(path, _ENCRYPTED) else "xls_not_supported")
    if not head.startswith(b"PK"):
        raise WorkbookError("workbook_expected")
    try:
        check_archive(path, Limits(unpacked_bytes=limits.unpacked_bytes, files=2_000, ratio=200))
        with zipfile.ZipFile(path) as archive:
            names = [name.lower() for name in archive.namelist()]
    except ArchiveError as error:
        raise WorkbookError(error.problem.code, **error.problem.values) from error
    except (zipfile.BadZipFile, OSError) as error:
        raise WorkbookError("archive_damaged", reason=str(error)[:120]) from error
    if "xl/workbook.xml" not in names:
        raise WorkbookError("workbook_expected")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise WorkbookError("workbook_macros")
    linked = any(name.startswith("xl/externallinks/") for name in names)
    return [Problem("workbook_links", "warning")] if linked else []


def _holds(path: Path, wanted: bytes) -> bool:
    with path.open("rb") as file:
        return wanted in file.read(1 << 20)


def sheets_of(path: Path, limits: SheetLimits) -> Iterator[SheetCells]:
    """Every sheet of a workbook that :func:`check_workbook` let pass, chart sheets aside.

    Raises
    ------
    WorkbookError
        ``workbook_damaged``, ``workbook_too_large``.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        with zipfile.ZipFile(path) as archive:
            parts = _Parts(archive)
            if len(book.worksheets) > limits.sheets:
                raise WorkbookError("workbook_too_large", what="sheets", limit=limits.sheets)
            left = limits.cells
            for page in book.worksheets:
                sheet = SheetCells(str(page.title), page.sheet_state != "visible")
                # What a file claims as its size is not believed.
                page.reset_dimensions()
                for number, row in enumerate(page.iter_rows(values_only=True), start=1):
                    cells = _trimmed(row)
                    if not cells:
                        continue
                    left -= len(cells)
                    if left < 0 or len(sheet.rows) >= limits.rows:
                        raise WorkbookError("workbook_too_large", what="rows", limit=limits.rows)
                    if len(cells) > limits.columns:
                        raise WorkbookError("workbook_too_large", what="columns", limit=limits.columns)
                    sheet.rows.append((number, cells))
                parts.complete(sheet, limits)
                yield sheet
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError) as error:
        if isinstance(error, WorkbookError):
            raise
        raise WorkbookError("workbook_damaged", reason=str(error)[:120]) from error


def _trimmed(row: tuple[Any, ...]) -> tuple[Value, ...]:
    last = len(row)
    while last and row[last - 1] in (None, ""):
        last -= 1
    return tuple(_value(value) for value in row[:last])


def _value(value: Any) -> Value:
    if isinstance(value, str):
        return value.replace("_x000D_", "").replace("\x00", "")
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


class _Parts:
    """What openpyxl leaves out, from the parts of the file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = set(archive.namelist())
        related = self._related("xl/workbook.xml")
        self.of_sheet: dict[str, str] = {}
        for element in self._xml("xl/workbook.xml").iter():
            if _local(element.tag) == "sheet":
                key = next((v for k, v in element.attrib.items() if _local(k) == "id"), "")
                self.of_sheet[element.attrib.get("name", "")] = related.get(key, ("", ""))[1]

    def complete(self, sheet: SheetCells, limits: SheetLimits) -> None:
        """Merged ranges, formulas without a value, text boxes and comments of a sheet."""
        part = self.of_sheet.get(sheet.name, "")
        if part not in self.names:
            return
        content = self.archive.read(part)
        for first, last in _MERGED.findall(content):
            top, left = _place(first.decode())
            bottom, right = _place(last.decode())
            sheet.merged.append((top, left, bottom, right))
        sheet.without_value = {_place(found.decode()) for found in _NO_VALUE.findall(content)}
        for kind, target in self._related(part).values():
            if target in self.names and kind.endswith(_DRAWING):
                sheet.notes += self._boxes(target)
            elif target in self.names and kind.endswith(_COMMENTS):
                sheet.notes += self._comments(target)
        del sheet.notes[limits.notes :]

    def _boxes(self, part: str) -> Iterator[Note]:
        for anchor in self._xml(part):
            if not _local(anchor.tag).endswith("CellAnchor"):
                continue
            ends = {_local(child.tag): child for child in anchor if _local(child.tag) in ("from", "to")}
            text = "\n".join(_paragraphs(anchor))
            if text and "from" in ends:
                row, column = _corner(ends["from"])
                yield Note(row, max(row, _corner(ends.get("to", ends["from"]))[0]), column, text[:500])

    def _comments(self, part: str) -> Iterator[Note]:
        for comment in self._xml(part).iter():
            if _local(comment.tag) == "comment" and _ADDRESS.fullmatch(comment.attrib.get("ref", "")):
                row, column = _place(comment.attrib["ref"])
                text = "".join(e.text or "" for e in comment.iter() if _local(e.tag) == "t").strip()
                if text:
                    yield Note(row, row, column, text[:500])

    def _related(self, part: str) -> Mapping[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        path = f"{folder}/_rels/{name}.rels"
        if path not in self.names:
            return {}
        found = {}
        for element in self._xml(path):
            target = element.attrib.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found[element.attrib.get("Id", "")] = (element.attrib.get("Type", ""), whole)
        return found

    def _xml(self, part: str) -> Any:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring

        try:
            return fromstring(self.archive.read(part))
        except (ParseError, DefusedXmlException) as error:
            raise WorkbookError("workbook_damaged", reason=str(error)[:120]) from error


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _place(address: str) -> tuple[int, int]:
    match = _ADDRESS.fullmatch(address)
    return (int(match[2]), column_number(match[1])) if match else (0, 0)


def _corner(element: Any) -> tuple[int, int]:
    """Row and column, from 1, of the corner of a drawing."""
    numbers = {_local(child.tag): int(child.text or 0) for child in element if (child.text or "").strip().isdecimal()}
    return numbers.get("row", 0) + 1, numbers.get("col", 0) + 1


def _paragraphs(anchor: Any) -> Iterator[str]:
    for paragraph in anchor.iter():
        if _local(paragraph.tag) == "p":
            text = "".join(element.text or "" for element in paragraph.iter() if _local(element.tag) == "t").strip()
            if text:
                yield text

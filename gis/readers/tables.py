"""Tables with coordinates in columns, and those of them that are texts: CSV, TSV."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import shapely

from gis import crs
from gis.problems import Problem
from gis.readers.rows import Row, batches_of
from gis.readers.source import MAX_COLUMNS, LayerInfo, ReadSource, decide_crs, fail, printable, safe_columns, sample_of
from gis.readers.stated import NOTHING
from gis.readers.table_layout import Cells, Layout, find_layout, geometry_of, layout_by_content, row_epsg

_LOOK_ROWS = 200
# Titles and notes above the heading, as office tables have them.
_MAX_LINES_ABOVE = 20
_MAX_CELL = 10_000_000
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")

csv.field_size_limit(_MAX_CELL)


def read_csv(path: Path, *, encoding: str | None, epsg: int | None) -> ReadSource:
    """Comma, semicolon, tab or bar between the columns; UTF-8, UTF-16 or cp874."""
    chosen = encoding or text_encoding(path)
    delimiter = delimiter_of(path, chosen)

    def lines() -> Iterator[tuple[int, Cells]]:
        try:
            with path.open(encoding=chosen, newline="") as file:
                for cells in (reader := csv.reader(file, delimiter=delimiter)):
                    yield reader.line_num, [_cell(cell) for cell in cells]
        except (csv.Error, UnicodeDecodeError, LookupError) as error:
            raise fail("file_damaged", reason=str(error)[:160]) from error

    return read_table("csv", (LayerInfo(path.stem),), path.stem, lines, chosen.replace("-sig", ""), epsg)


def _cell(text: str) -> str | None:
    """The text of a cell without the apostrophe that our writer puts before what a spreadsheet would run."""
    text = text.strip()
    return (text[1:] if text.startswith("'") and _GUARDED.match(text) else text) or None


def read_table(
    format: str,
    layers: tuple[LayerInfo, ...],
    layer: str,
    lines: Callable[[], Iterator[tuple[int, Cells]]],
    encoding: str,
    epsg: int | None,
) -> ReadSource:
    look = list(islice(lines(), _LOOK_ROWS + _MAX_LINES_ABOVE))
    width = max((sum(cell is not None for cell in cells) for _, cells in look), default=0)
    if width > MAX_COLUMNS:
        raise fail("file_too_many_columns", count=width, limit=MAX_COLUMNS)
    heading = _heading(look)
    if heading is None:
        line = next((cell for _, cells in look for cell in cells if cell), None)
        found = Problem("text_without_columns", values={"line": printable(line)[:60]}) if line is not None else None
        return ReadSource(format, layers, layer, encoding, problems=(found or Problem("table_without_heading"),))
    header = look[heading][1]
    first = [(number, cells) for number, cells in look[heading + 1 :] if any(cells)]
    names = safe_columns([name or "" for name in header])
    layout = find_layout(header, [cells for _, cells in first[:20]])
    problems: list[Problem] = []
    if layout is None and (layout := layout_by_content(header, [cells for _, cells in first[:20]])) is not None:
        used = ", ".join(names[i] for i in layout.columns)
        problems.append(Problem("coordinates_by_content", "warning", values={"columns": used}))
    if not first:
        problems.append(Problem("file_without_features"))
    if layout is None:
        problems.append(Problem("table_without_coordinates", "warning", values={"columns": ", ".join(names)[:300]}))
    chosen, candidates, crs_problems = _table_crs(layout, first, epsg)
    heading_line = look[heading][0]

    def rows() -> Iterator[Row]:
        for number, cells in lines():
            if number > heading_line and any(cells):
                yield number, _padded(cells, len(names)), _wkb(cells, layout, chosen)

    sample = next(batches_of(islice(rows(), 50), names), None)
    return ReadSource(
        format,
        layers,
        layer,
        encoding,
        epsg=chosen,
        crs_candidates=candidates,
        columns=tuple(names),
        place_columns=_place_columns(layout, names),
        sample=sample_of(sample),
        problems=(*problems, *crs_problems),
        stream=lambda: batches_of(rows(), names),
    )


def _place_columns(layout: Layout | None, names: Sequence[str]) -> tuple[str, ...]:
    if layout is None:
        return ()
    indexes = layout.columns if layout.epsg_column is None else (*layout.columns, layout.epsg_column)
    return tuple(names[i] for i in sorted(set(indexes)))


def _heading(look: Sequence[tuple[int, Cells]]) -> int | None:
    """The line of column names: the first that names coordinates, else the first with two cells."""
    lines = look[:_MAX_LINES_ABOVE]
    following = [cells for _, cells in look[1:20]]
    for index, (_, cells) in enumerate(lines):
        if find_layout(cells, []) is not None or (index == 0 and find_layout(cells, following) is not None):
            return index
    return next((i for i, (_, cells) in enumerate(lines) if sum(c is not None for c in cells) >= 2), None)


def _padded(cells: Cells, width: int) -> list[str | None]:
    return [*cells[:width], *([None] * (width - len(cells)))]


def _table_crs(
    layout: Layout | None, rows: Sequence[tuple[int, Cells]], epsg: int | None
) -> tuple[int | None, tuple[int, ...], list[Problem]]:
    if layout is None:
        return epsg, (), []
    if layout.kind in ("text", "text_ends"):
        return crs.STORAGE_EPSG, (crs.STORAGE_EPSG,), []
    if epsg is None and layout.epsg_column is not None:
        stated = [row_epsg(cells[layout.epsg_column]) for _, cells in rows if layout.epsg_column < len(cells)]
        if any(code is not None for code in stated):
            return crs.STORAGE_EPSG, (crs.STORAGE_EPSG,), [Problem("crs_per_row", "info")]
    return decide_crs(epsg, NOTHING, [geometry_of(cells, layout) for _, cells in rows])


def _wkb(cells: Cells, layout: Layout | None, epsg: int | None) -> bytes | None:
    if layout is None:
        return None
    shape = geometry_of(cells, layout)
    if shape is None:
        return None
    column = layout.epsg_column
    if column is not None and epsg == crs.STORAGE_EPSG and column < len(cells):
        code = row_epsg(cells[column])
        if code is not None:
            shape, _ = crs.to_wgs84(shape, code)
    wkb: bytes = shapely.to_wkb(shape)
    return wkb


# --- the text of a CSV --------------------------------------------------------------------------------------------


def text_encoding(path: Path) -> str:
    """UTF-16 by its mark, UTF-8 when every byte of the file agrees, else cp874."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp874"
    return "utf-8-sig"


def delimiter_of(path: Path, encoding: str) -> str:
    """The sign that parts most lines into the same number of cells."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            text = "".join(islice(file, 30))
    except (UnicodeDecodeError, LookupError) as error:
        raise fail("file_damaged", reason=str(error)[:160]) from error

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = [len(cells) for cells in _try_rows(text, delimiter) if len(cells) > 1]
        common = max(set(widths), key=widths.count, default=0)
        return widths.count(common), common

    return max((",", ";", "\t", "|"), key=agreement)


def _try_rows(text: str, delimiter: str) -> Iterable[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return []

"""A batch of the file read into fields and shapes, whole columns at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from app.services.imports.codes import Codes
from app.services.imports.fields import BY_NAME, MAX_LENGTH_M, MAX_NAME, as_text, read_cell
from gis import crs
from gis.problems import Problem

Problems = dict[int, list[Problem]]

# Text that normalising would change, said in RE2: anything but printable ASCII and Thai letters, doubled or outer
# spaces, a split sara am, two sara e for one sara ae, a tone mark before the vowel it belongs above or below.
_UNUSUAL = r"[^ -~ก-๛]|  |^ | $|\x{0e4d}|เเ|[\x{0e48}-\x{0e4b}][\x{0e31}\x{0e34}-\x{0e39}]"
_PLAIN_AMOUNT = r"^ *(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,2})? *$"
_METRES = ("length_m", "width_m")


@dataclass(frozen=True)
class Offer:
    """Another shape for a row; nothing is changed until a person says so.

    Parameters
    ----------
    code
        Code of the problem that it answers.
    given, shape
        The shape as the file has it and the one offered, EPSG:4326; ``None`` for numbers that are no place on earth,
        and where the row is better without coordinates.
    problems
        What is said of the shape as given.
    """

    code: str
    given: BaseGeometry | None
    shape: BaseGeometry | None
    problems: tuple[Problem, ...]


@dataclass
class ReadBatch:
    """What was read.

    Parameters
    ----------
    geometries
        Shapes in EPSG:4326.
    given
        The same shapes in the numbers of the file, where they are known.
    offers
        Row (index in the batch) -> the doctor's offer.
    undecided
        The coordinate system is not known yet: shapes as given wait for it, and their rows do have coordinates.
    values
        Field -> one value a row.
    raw
        Row -> field -> text as it stands in the file, for cells that could not be read.
    problems
        Row (index in the batch) -> problems.
    """

    row_numbers: npt.NDArray[np.int64]
    values: dict[str, list[Any]]
    geometries: npt.NDArray[Any]
    raw: dict[int, dict[str, str]] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)
    given: npt.NDArray[Any] = field(default_factory=lambda: np.empty(0, dtype=object))
    offers: dict[int, Offer] = field(default_factory=dict)
    undecided: bool = False

    def has_coordinates(self, row: int) -> bool:
        """Whether the row says a place, also one that cannot be read yet."""
        return self.geometries[row] is not None or (self.undecided and self.given[row] is not None)

    def add(self, row: int, problem: Problem) -> None:
        """Note a problem of a row."""
        self.problems.setdefault(row, []).append(problem)


def read_batch(batch: pa.RecordBatch, columns: Mapping[str, str], epsg: int | None, codes: Codes) -> ReadBatch:
    """Read one arrow batch of :func:`gis.readers.open_source`.

    Parameters
    ----------
    columns
        Field -> column.
    epsg
        Coordinate system of the numbers in the file; ``None`` when it is not known: then no row has a place.
    """
    row_numbers = batch.column("row_number").to_numpy(zero_copy_only=False).astype(np.int64)
    given = given_shapes(batch)
    read = ReadBatch(row_numbers, {}, to_lon_lat(given, epsg), given=given, undecided=epsg is None)
    for name, column in columns.items():
        _read_column(read, name, column, batch.column(column), codes)
    return read


def given_shapes(batch: pa.RecordBatch) -> npt.NDArray[Any]:
    """Geometries of the batch in the numbers of the file, two dimensions; ``None`` where there is none."""
    wkb = batch.column("geometry").to_numpy(zero_copy_only=False)
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    if (shapely.has_z(shapes) | shapely.has_m(shapes)).any():
        shapes = np.asarray(shapely.force_2d(shapes), dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    return shapes


def to_lon_lat(shapes: npt.NDArray[Any], epsg: int | None) -> npt.NDArray[Any]:
    """The shapes in EPSG:4326; none at all while their coordinate system is not known."""
    given = np.flatnonzero(~shapely.is_missing(shapes))
    result = np.full(len(shapes), None, dtype=object)
    if len(given) and epsg is not None:
        result[given] = crs.to_wgs84(shapes[given], epsg)[0]
    return result


def _read_column(read: ReadBatch, name: str, column: str, cells: pa.Array, codes: Codes) -> None:
    if isinstance(cells, pa.DictionaryArray):
        cells = cells.dictionary_decode()
    fast = None
    if name in ("name", "location_text") and _is_text(cells):
        fast = _read_plain_text(cells, MAX_NAME)
    elif name == "budget_baht":
        fast = _read_amounts(cells)
    elif name in _METRES and _is_number(cells):
        fast = _read_metres(cells)
    values, slow = fast if fast is not None else ([None] * len(cells), range(len(cells)))
    _read_slowly(read, name, column, cells, values, slow, codes)
    read.values[name] = values


def _read_slowly(
    read: ReadBatch,
    name: str,
    column: str,
    cells: pa.Array,
    values: list[Any],
    rows: Sequence[int],
    codes: Codes,
) -> None:
    """Cell by cell, each different text once."""
    field_ = BY_NAME[name]
    known: dict[Any, tuple[Any, Problem | None]] = {}
    picked = cells.take(pa.array(rows, pa.int64())).to_pylist() if len(rows) != len(cells) else cells.to_pylist()
    for row, cell in zip(rows, picked, strict=True):
        if cell is None:
            continue
        answer = known.get(cell)
        if answer is None:
            answer = known[cell] = read_cell(field_, cell, codes, column)
        value, problem = answer
        values[row] = value
        if problem is not None:
            read.add(row, problem)
            read.raw.setdefault(row, {})[name] = as_text(cell)[:2000]


def _is_text(cells: pa.Array) -> bool:
    return bool(pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type))


def _is_number(cells: pa.Array) -> bool:
    return bool(pa.types.is_floating(cells.type) or pa.types.is_integer(cells.type))


def _read_plain_text(cells: pa.Array, limit: int) -> tuple[list[Any], Sequence[int]]:
    """Ordinary text as it is; the rows that need a closer look beside it."""
    ordinary = pc.and_(
        pc.invert(pc.match_substring_regex(cells, _UNUSUAL)),
        pc.and_(pc.less_equal(pc.utf8_length(cells), limit), pc.greater(pc.utf8_length(cells), 0)),
    )
    return cells.to_pylist(), _others(ordinary)


def _read_amounts(cells: pa.Array) -> tuple[list[Any], Sequence[int]] | None:
    if _is_text(cells):
        plain = pc.match_substring_regex(cells, _PLAIN_AMOUNT)
        digits = pc.replace_substring(pc.utf8_trim_whitespace(cells), ",", "")
        baht = pc.cast(pc.if_else(plain, digits, pa.scalar(None, digits.type)), pa.float64())
        return baht.to_pylist(), _others(plain)
    if not _is_number(cells):
        return None
    baht = _floats(cells)
    with np.errstate(invalid="ignore"):
        plain = (baht >= 0) & (baht < 1e12) & (np.round(baht, 2) == baht)
    return _kept(baht, plain), np.flatnonzero(~plain & ~np.isnan(baht)).tolist()


def _read_metres(cells: pa.Array) -> tuple[list[Any], Sequence[int]]:
    metres = _floats(cells)
    with np.errstate(invalid="ignore"):
        plain = (metres >= 0) & (metres <= MAX_LENGTH_M)
    rounded = np.round(metres, 3)
    return _kept(rounded, plain), np.flatnonzero(~plain & ~np.isnan(metres)).tolist()


def _kept(numbers: npt.NDArray[np.float64], keep: npt.NDArray[np.bool_]) -> list[Any]:
    """The numbers, ``None`` where they are not kept."""
    kept = numbers.astype(object)
    kept[~keep] = None
    return list(kept.tolist())


def _floats(cells: pa.Array) -> npt.NDArray[np.float64]:
    return np.asarray(pc.cast(cells, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _others(plain: pa.Array) -> list[int]:
    answer = pc.fill_null(plain, True).to_numpy(zero_copy_only=False)
    return [int(row) for row in np.flatnonzero(~answer.astype(bool))]

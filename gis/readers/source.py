"""What a reader gives: the facts about a file at once, its rows as a stream."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from gis import crs
from gis.problems import Problem
from gis.readers.stated import Stated

GEOMETRY = "geometry"
ROW_NUMBER = "row_number"
BATCH_ROWS = 5_000
SAMPLE_ROWS = 50
FloatArray = npt.NDArray[np.float64]
MAX_COLUMNS = 500
MOST = 0.6
"""Share of the shapes that decides a coordinate system; a column read wrongly spoils more than the rest."""
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class LayerInfo:
    """One table of a file."""

    name: str
    feature_count: int | None = None


@dataclass(frozen=True)
class EncodingGuess:
    """How the texts of a DBF were read, and words to judge it by.

    Parameters
    ----------
    encoding
        Chosen encoding, a Python codec name.
    stated
        What the file itself says (.cpg or language driver), empty when nothing.
    words
        Sample words by encoding, for those that can read the bytes.
    """

    encoding: str
    stated: str = ""
    words: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadSource:
    """A file that was opened for reading.

    Parameters
    ----------
    format
        ``geojson``, ``shp``, ``gpkg``, ``kml``, ``gpx``, ``csv`` or ``xlsx``; empty when it is none of them.
    layers
        All layers; ``layer`` is the one that is read.
    encoding, encoding_guess
        Text encoding, and the evidence for it where it had to be found out.
    epsg
        Coordinate system when the file states a supported one or a person gave it; else None.
    crs_candidates
        What the numbers can be, the likelier first.
    columns
        Attribute columns, in order.
    feature_count
        Rows of the layer, None when only reading tells.
    sample
        The first rows as plain values, geometry left out.
    problems
        Everything noticed. With an error among them the file cannot be read and :meth:`batches` gives nothing.
    place_columns
        Columns that the geometry was made of, as in tables; also the one that names each row's system.
    """

    format: str
    layers: tuple[LayerInfo, ...] = ()
    layer: str | None = None
    encoding: str | None = None
    encoding_guess: EncodingGuess | None = None
    epsg: int | None = None
    crs_candidates: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    feature_count: int | None = None
    sample: tuple[dict[str, Any], ...] = ()
    problems: tuple[Problem, ...] = ()
    stream: Callable[[], Iterator[pa.RecordBatch]] | None = field(default=None, repr=False, compare=False)
    place_columns: tuple[str, ...] = ()

    @property
    def errors(self) -> list[Problem]:
        """Why the file cannot be read; empty when it can."""
        return [problem for problem in self.problems if problem.is_error]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, in batches of at most :data:`BATCH_ROWS`.

        Every batch has ``row_number`` (int32: the line in a table, else the number of the feature from 1), the
        attribute columns, and ``geometry`` (WKB, 2D, null where a row has none) in the numbers of the file.

        Raises
        ------
        ReadError
            When the file turns out to be broken further on.
        """
        if self.stream is None or self.errors:
            return
        yield from self.stream()


class ReadError(ValueError):
    """A file cannot be read (further); ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def fail(code: str, **values: Any) -> ReadError:
    """A :class:`ReadError` ready to be raised; texts of the file among its values are fit to be shown."""
    shown = {name: printable(value) if isinstance(value, str) else value for name, value in values.items()}
    return ReadError(Problem(code, values=shown))


def printable(text: str) -> str:
    """The text without control characters, directions of writing and halves of letters, spaces joined.

    Examples
    --------
    >>> printable("roads\\x1b[2J\\u202ecod.shp \\n ถนน")
    'roads [2J cod.shp ถนน'
    """
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def unreadable(format: str, *problems: Problem) -> ReadSource:
    """A source of a file that cannot be read."""
    return ReadSource(format, problems=problems)


def safe_columns(names: list[str]) -> list[str]:
    """Column names that are there, each once, none of them one of ours.

    Examples
    --------
    >>> safe_columns(["name", "Name", "geometry", "", "name"])
    ['name', 'Name', 'geometry_2', 'column_4', 'name_2']
    """
    taken = {GEOMETRY, ROW_NUMBER}
    safe = []
    for number, name in enumerate(names, start=1):
        base = printable(name)[:120] or f"column_{number}"
        unique, count = base, 1
        while unique in taken:
            count += 1
            unique = f"{base}_{count}"
        taken.add(unique)
        safe.append(unique)
    return safe


def shapes_of(batch: pa.RecordBatch | None) -> npt.NDArray[Any]:
    """Geometries of a batch in the numbers of the file; unreadable ones are ``None``."""
    wkb = [] if batch is None else batch.column(GEOMETRY).to_numpy(zero_copy_only=False)
    return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)


def sample_of(batch: pa.RecordBatch | None) -> tuple[dict[str, Any], ...]:
    """First rows of a batch as plain values."""
    if batch is None:
        return ()
    attributes = batch.slice(0, SAMPLE_ROWS).drop_columns([GEOMETRY])
    return tuple(attributes.to_pylist())


def finished(batch: pa.RecordBatch, names: list[str], first_row: int) -> pa.RecordBatch:
    """A batch in the form every reader gives: ``row_number``, attributes under ``names``, ``geometry`` last."""
    attributes = [batch.column(i) for i, f in enumerate(batch.schema) if f.name != GEOMETRY]
    geometry = batch.column(batch.schema.get_field_index(GEOMETRY)).cast(pa.binary())
    rows = pa.array(range(first_row, first_row + batch.num_rows), pa.int32())
    return pa.RecordBatch.from_arrays([rows, *attributes, geometry], names=[ROW_NUMBER, *names, GEOMETRY])


def choose_layer(layers: tuple[LayerInfo, ...], wanted: str | None) -> tuple[LayerInfo, list[Problem]]:
    """The layer asked for, or the first with a remark when there are several.

    Raises
    ------
    ReadError
        ``file_layer_not_found``.
    """
    names = ", ".join(info.name for info in layers)[:400]
    if wanted is None:
        remark = Problem("layer_to_choose", "warning", values={"layers": names, "layer": layers[0].name})
        return layers[0], [remark] if len(layers) > 1 else []
    for info in layers:
        if info.name == wanted:
            return info, []
    raise fail("file_layer_not_found", layer=wanted[:80], layers=names)


def decide_crs(
    given: int | None, stated: Stated, shapes: Sequence[BaseGeometry | None] | npt.NDArray[Any]
) -> tuple[int | None, tuple[int, ...], list[Problem]]:
    """Coordinate system from what a person gave, what the file states and what the numbers can be.

    A person's word counts most; a file's word counts as long as its numbers do not contradict it; numbers alone decide
    only between degrees and metres, never between zones or datums. Where not all shapes agree the great majority
    speaks, and the others are left to the checks of their rows. A system without a pinned operation that the file names
    is not guessed away: numbers of another country's grid may look like zone 48.

    Parameters
    ----------
    shapes
        The first shapes of the file in its own numbers; ``None`` for rows without one.
    """
    epsg, candidates, problems = _decide(given, stated, shapes)
    return epsg, candidates, [*problems, *stated.problems]


def _decide(
    given: int | None, stated: Stated, shapes: Sequence[BaseGeometry | None] | npt.NDArray[Any]
) -> tuple[int | None, tuple[int, ...], list[Problem]]:
    if given is not None and given not in crs.OPERATIONS:
        return None, (), [Problem("crs_unsupported", values={"name": f"EPSG:{given}"})]
    boxes = shapely.bounds(np.asarray(shapes, dtype=object))
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    candidates, fitting = _systems_of_most(boxes)
    if stated.foreign and given is None:
        return None, (), []
    stands = given or stated.epsg
    if stands is not None and candidates and stands not in candidates:
        return given, candidates, [Problem("crs_contradicts_numbers", "warning", values={"epsg": stands})]
    if stands is not None:
        return stands, candidates or (stands,), []
    if not len(boxes):
        return None, (), []
    chosen, problem = _by_numbers(candidates, boxes)
    if not candidates or fitting == len(boxes):
        return chosen, candidates, [problem]
    values = {"count": len(boxes) - fitting, "total": len(boxes)}
    return chosen, candidates, [Problem("crs_of_most_rows", "warning", values=values), problem]


def _by_numbers(candidates: tuple[int, ...], boxes: FloatArray) -> tuple[int | None, Problem]:
    if candidates and candidates[0] == crs.STORAGE_EPSG:
        return crs.STORAGE_EPSG, Problem("crs_supposed", "info", values={"epsg": crs.STORAGE_EPSG})
    values = {
        "candidates": ", ".join(f"EPSG:{epsg}" for epsg in candidates),
        "bounds": [round(bound, 3) for bound in _around(boxes)],
    }
    return None, Problem("crs_missing" if candidates else "crs_unknown_numbers", "warning", values=values)


def _systems_of_most(boxes: FloatArray) -> tuple[tuple[int, ...], int]:
    """Coordinate systems in which most of the shapes lie in Thailand, the likelier first, and how many do."""
    if not len(boxes):
        return (), 0
    together = crs.candidates(_around(boxes))
    if together:
        return together, len(boxes)
    found = Counter(epsg for w, s, e, n in boxes.tolist() for epsg in crs.candidates((w, s, e, n)))
    most = max(found.values(), default=0)
    if most < MOST * len(boxes):
        return (), 0
    return tuple(epsg for epsg, count in found.items() if count == most), most


def _around(boxes: FloatArray) -> crs.Bounds:
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north

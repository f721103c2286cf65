"""The register of local highways from any file with lines and route codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
import sqlalchemy as sa
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.models import RegisteredRoad
from app.services.loading import Progress, Summary, merge, silent
from gis import crs, measure, readers
from gis.problems import Problem
from gis.readers.source import GEOMETRY, ROW_NUMBER
from gis.thai import canonical_route_code, normalise

_COLUMNS = ("route_code", "name_th", "organisation_code", "geom", "length_m", "source")
_NAMES = ("name", "name_th", "ชื่อสายทาง", "ชื่อถนน", "สายทาง", "ชื่อ", "road_name")
_ORGANISATIONS = ("organisation", "organisation_code", "org_code", "รหัส อปท.", "รหัสอปท")
# A column is that of the route codes when so many of its first values are some.
_CODES_SHARE = 0.6


def load_roads(session: Session, path: Path, progress: Progress = silent, *, epsg: int | None = None) -> Summary:
    """Load registered roads: one line each, its route code in any spelling, optionally its name and organisation.

    Parameters
    ----------
    session
        Open transaction.
    path
        Any file that the import reads, with lines.
    progress
        Told while it reads.
    epsg
        Coordinate system of the file where it does not say so.

    Raises
    ------
    InvalidInput
        The file cannot be read, has no column of route codes, or its coordinate system is not known.
    """
    known = set(session.scalars(sa.text("SELECT code FROM organisation")))
    rows: dict[str, tuple[Any, ...]] = {}
    rejected: list[Problem] = []
    with readers.open_source(path, epsg=epsg) as source:
        if source.errors:
            raise InvalidInput(source.problems)
        if source.epsg is None:
            raise InvalidInput([problem for problem in source.problems if problem.code.startswith("crs_")])
        columns = _columns(source)
        for batch in source.batches():
            for number, code, name, organisation, shape in _rows(batch, columns, source.epsg):
                problem = _reason(code, shape, rows)
                if problem is not None:
                    rejected.append(Problem(problem, "warning", {"row": number}, {"text": str(code or "–")[:80]}))
                    continue
                canonical, line = str(canonical_route_code(str(code))), _line(shape)
                wkb = shapely.to_wkb(shapely.set_srid(line, crs.STORAGE_EPSG), include_srid=True)
                length = round(measure.length_m(line), 3)
                owner = organisation if organisation in known else None
                rows[canonical] = (canonical, name, owner, wkb, length, path.name)
            progress("roads", len(rows), None)
    change = merge(session, RegisteredRoad, ("route_code",), _COLUMNS, rows.values())
    return Summary((change,), tuple(rejected))


def _columns(source: readers.ReadSource) -> dict[str, str]:
    """Which column is the code, the name, the organisation."""
    found: dict[str, str] = {}
    for column in source.columns:
        values = [str(row[column]) for row in source.sample if row.get(column)]
        codes = sum(isinstance(canonical_route_code(value), str) for value in values)
        if values and codes >= _CODES_SHARE * len(values):
            found.setdefault("code", column)
        elif column.strip().lower() in _NAMES:
            found.setdefault("name", column)
        elif column.strip().lower() in _ORGANISATIONS:
            found.setdefault("organisation", column)
    if "code" not in found:
        raise InvalidInput([Problem("roads_without_codes", values={"columns": ", ".join(source.columns)[:300] or "–"})])
    return found


def _rows(
    batch: pa.RecordBatch, columns: dict[str, str], epsg: int
) -> Iterator[tuple[int, Any, str | None, str | None, BaseGeometry | None]]:
    def texts(name: str) -> list[Any]:
        column = columns.get(name)
        return [None] * batch.num_rows if column is None else batch.column(column).to_pylist()

    shapes = np.asarray(shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False)), dtype=object)
    placed, _ = crs.to_wgs84(shapes, epsg)
    for number, code, name, organisation, shape in zip(
        batch.column(ROW_NUMBER).to_pylist(), texts("code"), texts("name"), texts("organisation"), placed, strict=True
    ):
        yield number, code, normalise(str(name)) if name else None, organisation, shape


def _reason(code: Any, shape: BaseGeometry | None, seen: dict[str, Any]) -> str | None:
    canonical = canonical_route_code(str(code or ""))
    if isinstance(canonical, Problem):
        return canonical.code
    if canonical in seen:
        return "road_repeated"
    line = _line(shape)
    if line is None:
        return "road_not_one_line"
    west, south, east, north = shapely.bounds(line)
    return None if crs.in_thailand(west, south) and crs.in_thailand(east, north) else "outside_thailand"


def _line(shape: BaseGeometry | None) -> LineString | None:
    """The one line of a shape: parts that follow each other are joined."""
    if shape is None or shape.is_empty:
        return None
    merged = shapely.force_2d(shape if isinstance(shape, LineString) else shapely.line_merge(shape, directed=False))
    return merged if isinstance(merged, LineString) and merged.length > 0 else None

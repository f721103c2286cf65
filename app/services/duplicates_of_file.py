"""Works of a file compared with each other before anything is imported: any format that the import desk reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from app.errors import InvalidInput
from app.services.imports.fields import BY_NAME, FISCAL_YEARS, column_key
from app.services.imports.reading import given_shapes, to_lon_lat
from gis.chainage import read_cell
from gis.overlap import find_pairs
from gis.overlap_classes import SURFACE_RANKS, WARRANTY_YEARS, compare
from gis.overlap_works import Kind, Verdict, Work
from gis.problems import Problem
from gis.readers.process import open_source
from gis.readers.source import ROW_NUMBER, ReadError
from gis.thai import BUDDHIST_ERA_OFFSET, canonical_route_code, normalise, parse_amount, to_arabic_digits

ROWS_MAX = 500_000
BATCH_PAIRS = 4_000
NEEDED = ("id", "organisation", "fiscal_year_be", "kind", "name")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "workid", "ref", "no", "รหัส", *BY_NAME["code"].aliases),
    "organisation": BY_NAME["organisation"].aliases,
    "fiscal_year_be": BY_NAME["fiscal_year"].aliases,
    "kind": ("kind", "sector", "ประเภทงาน", "ประเภทโครงการ", "ประเภท", "ด้าน", "type"),
    "name": BY_NAME["name"].aliases,
    "budget_baht": BY_NAME["budget_baht"].aliases,
    "surface": ("surface", "surfacetypecode"),
    "nature": ("nature", "worknature", "worknaturecode"),
    "water_source": ("watersource", "watersourcetypecode"),
    "route_code": BY_NAME["route_code"].aliases,
    "chainage": BY_NAME["chainage"].aliases,
    "chainage_end": BY_NAME["chainage_end"].aliases,
}
"""Field -> headings that mean it, without signs and case."""
_KINDS: Mapping[str, Kind] = {
    "road": "road", "ถนน": "road", "ทาง": "road", "water": "water", "น้ำ": "water", "แหล่งน้ำ": "water",
    "other": "other", "อื่น ๆ": "other", "อื่นๆ": "other",
}  # fmt: skip


@dataclass(frozen=True)
class WorksFile:
    """What was read.

    Parameters
    ----------
    works
        Rows that can be compared.
    problems
        What is wrong with rows, all at once; an error means that the row was left out.
    rows
        Rows of the file.
    """

    works: list[Work]
    problems: list[Problem]
    rows: int


@dataclass(frozen=True)
class FoundPair:
    """Two works and what they are to each other."""

    a: Work
    b: Work
    verdict: Verdict


def read_works(path: Path, *, epsg: int | None = None, encoding: str | None = None) -> WorksFile:
    """Works of a file.

    Raises
    ------
    InvalidInput
        The file cannot be read, lacks columns, or its coordinate system is not known.
    """
    with open_source(path, epsg=epsg, encoding=encoding) as source:
        if source.errors:
            raise InvalidInput(source.errors)
        columns = _columns(source.columns)
        missing = [name for name in NEEDED if name not in columns]
        problems = []
        if missing:
            values = {"needed": ", ".join(missing), "columns": ", ".join(source.columns)[:300] or "-"}
            problems.append(Problem("duplicates_columns", values=values))
        system = source.epsg if source.epsg is not None else epsg
        if system is None and source.crs_candidates:
            candidates = ", ".join(f"EPSG:{candidate}" for candidate in source.crs_candidates)
            problems.append(Problem("duplicates_no_crs", values={"candidates": candidates}))
        if problems:
            raise InvalidInput(problems)
        reading = _Reading(columns, system)
        try:
            for batch in source.batches():
                reading.take(batch)
        except ReadError as error:
            raise InvalidInput([error.problem]) from error
    return WorksFile(reading.works, reading.problems, reading.rows)


def find_duplicates(works: Sequence[Work], warranty_years: int = WARRANTY_YEARS) -> Iterator[list[FoundPair]]:
    """Every pair of works within reach of each other, some thousand at a time, in the order of the works."""
    shapes = np.empty(len(works), dtype=object)
    shapes[:] = [work.geometry for work in works]
    left, right = find_pairs(shapes)
    for start in range(0, len(left), BATCH_PAIRS):
        block = slice(start, start + BATCH_PAIRS)
        one, two = [works[i] for i in left[block]], [works[j] for j in right[block]]
        verdicts = compare(one, two, warranty_years)
        yield [FoundPair(a, b, verdict) for a, b, verdict in zip(one, two, verdicts, strict=True)]


def _columns(headings: Sequence[str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for heading in headings:
        keys.setdefault(column_key(heading), heading)
    found: dict[str, str] = {}
    for field, aliases in COLUMNS.items():
        taken = next((keys[alias] for alias in (column_key(field), *aliases) if alias in keys), None)
        if taken is not None and taken not in found.values():
            found[field] = taken
    return found


class _Reading:
    """Rows as they come, with the ids that were seen."""

    def __init__(self, columns: Mapping[str, str], epsg: int | None) -> None:
        self._columns = columns
        self._epsg = epsg
        self._first: dict[str, int] = {}
        self.works: list[Work] = []
        self.problems: list[Problem] = []
        self.rows = 0

    def take(self, batch: pa.RecordBatch) -> None:
        """Read a batch."""
        self.rows += batch.num_rows
        if self.rows > ROWS_MAX:
            raise InvalidInput([Problem("duplicates_too_many_rows", values={"limit": f"{ROWS_MAX:,}"})])
        numbers = batch.column(ROW_NUMBER).to_pylist()
        shapes = to_lon_lat(given_shapes(batch), self._epsg)
        cells = {field: batch.column(column).to_pylist() for field, column in self._columns.items()}
        invalid = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
        reasons = dict(zip(invalid.tolist(), shapely.is_valid_reason(shapes[invalid]).tolist(), strict=True))
        for index, number in enumerate(numbers):
            row = {field: _text(values[index]) for field, values in cells.items()}
            self._row(number, row, self._shape(number, shapes[index], reasons.get(index)))

    def _shape(self, number: int, shape: BaseGeometry | None, reason: str | None) -> BaseGeometry | None:
        where = {"row": number, "field": "geometry"}
        if shape is None:
            self.problems.append(Problem("duplicates_geometry_missing", where=where))
            return None
        if reason is None:
            return shape
        mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
        usable = not mended.is_empty and shapely.get_dimensions(mended) == shapely.get_dimensions(shape)
        if shapely.get_dimensions(shape) == 1:
            # A line of one place only: a point is what it tells.
            mended, usable = shapely.Point(shape.coords[0]) if shape.geom_type == "LineString" else mended, True
        if not usable or not np.isfinite(shapely.bounds(mended)).all():
            self.problems.append(Problem("duplicates_geometry_unusable", where=where, values={"reason": reason}))
            return None
        self.problems.append(Problem("duplicates_geometry_invalid", "warning", where, {"reason": reason}))
        return mended

    def _row(self, number: int, row: Mapping[str, str], shape: BaseGeometry | None) -> None:
        problems: list[Problem] = []
        kind = _KINDS.get(row["kind"].lower())
        if kind is None:
            problems.append(_wrong(number, "kind", "duplicates_kind_unknown", row["kind"]))
        year = _year(row["fiscal_year_be"])
        if year is None:
            problems.append(_wrong(number, "fiscal_year_be", "duplicates_year_unreadable", row["fiscal_year_be"]))
        for field in ("id", "organisation", "name"):
            if not row[field]:
                problems.append(_wrong(number, field, f"duplicates_{field}_missing", ""))
        if row["id"] and row["id"] in self._first:
            values = {"text": row["id"][:80], "first": self._first[row["id"]]}
            problems.append(Problem("duplicates_id_twice", where={"row": number, "field": "id"}, values=values))
        self._first.setdefault(row["id"], number)
        budget = parse_amount(row["budget_baht"]) if row.get("budget_baht") else None
        if isinstance(budget, Problem):
            where = {"row": number, "field": "budget_baht"}
            self.problems.append(Problem(budget.code, "warning", where, budget.values))
            budget = None
        self.problems += problems
        if kind is None or shape is None or any(problem.is_error for problem in problems):
            return
        stretch = self._stretch(number, row)
        self.works.append(replace(_work(row, kind, year, budget, shape), start_m=stretch[0], end_m=stretch[1]))

    def _stretch(self, number: int, row: Mapping[str, str]) -> tuple[float | None, float | None]:
        """Chainage of both ends on the registered road, metres."""
        if not row.get("route_code") or not row.get("chainage"):
            return None, None
        first, last = (
            read_cell(cell) if (cell := row.get(field, "")) else None for field in ("chainage", "chainage_end")
        )
        if first is None or (row.get("chainage_end") and last is None):
            where = {"row": number, "field": "chainage"}
            self.problems.append(Problem("chainage_unreadable", "warning", where, {"text": row["chainage"][:80]}))
            return None, None
        return first.start_m, first.end_m if last is None else last.start_m


def _work(row: Mapping[str, str], kind: Kind, year: int | None, budget: Decimal | None, shape: BaseGeometry) -> Work:
    route = canonical_route_code(row["route_code"]) if row.get("route_code") else ""
    surface = row.get("surface", "").upper()
    return Work(
        id=row["id"],
        organisation=row["organisation"],
        fiscal_year_be=year,
        kind=kind,
        name=row["name"],
        budget_baht=budget,
        geometry=shape,
        organisation_name=row["organisation"],
        surface=surface if surface in SURFACE_RANKS else "",
        nature=row.get("nature", "").upper(),
        water_source=row.get("water_source", "").upper(),
        route_code="" if isinstance(route, Problem) else route,
    )


def _wrong(number: int, field: str, code: str, text: str) -> Problem:
    return Problem(code, where={"row": number, "field": field}, values={"text": text[:80] or "–"})


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else normalise(str(value))[:2_000]


def _year(text: str) -> int | None:
    digits = to_arabic_digits(text).removeprefix("พ.ศ.").strip()
    if not digits.isdecimal():
        return None
    year = int(digits)
    year += 2500 if year < 100 else BUDDHIST_ERA_OFFSET if year < FISCAL_YEARS.start - 100 else 0
    return year if year in FISCAL_YEARS else None

"""Rows that tell their place by chainage along a registered road: route code, กม. start, กม. end.

Coordinates of the row's own win; chainage that lies elsewhere is told. A road that is not registered leaves the row
waiting for coordinates, as a row without any does: most local roads are in no register.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.models import ImportBatch, Organisation
from app.queries.roads import registered_roads
from app.services.imports.fields import as_text
from app.services.imports.reading import ReadBatch
from app.services.imports.shapes import ShapeChecks, about_shape, forget_shape
from gis.chainage import Chainage, MeasuredRoad, exact_text, read_cell, unit_of
from gis.doctor.places import METRES_PER_DEGREE
from gis.problems import Problem
from gis.segments import LINE

ROUTE, START, END = "route_code", "chainage", "chainage_end"
FIELDS = frozenset({ROUTE, START, END})
ALONG = "along"
"""Value of a row whose place is told by chainage: road and chainage as a person would type them."""
APART_M = 100.0
"""From here on a row's own coordinates and its chainage are two places."""
CODES = frozenset(
    {
        "chainage_without_route",
        "road_not_found",
        "chainage_beyond_road",
        "chainage_empty",
        "chainage_backwards",
        "chainage_apart",
    }
)


def unit_of_columns(columns: Mapping[str, str], sample: Mapping[str, Sequence[Any]]) -> float:
    """Metres that a plain number in the columns of chainage counts; both columns count alike."""
    names = [columns[name] for name in (START, END) if name in columns]
    cells = (as_text(value).strip() for name in names for value in sample.get(name, ()))
    return unit_of(names, (cell for cell in cells if cell))


class AlongRoads:
    """The registered roads that rows of one file name."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._roads: dict[str, MeasuredRoad | None] = {}

    def unknown(self, read: ReadBatch) -> set[str]:
        """Codes of roads that have to be read first."""
        return {told.route_code for told in _told(read).values() if told.route_code} - self._roads.keys()

    def learn(self, codes: Collection[str]) -> None:
        """Read roads, all of them in one statement; one that is not registered is remembered as such."""
        self._roads.update(dict.fromkeys(codes))
        found = registered_roads(self._session, codes)
        self._roads.update({code: MeasuredRoad(road.line) for code, road in found.items()})

    def place(self, read: ReadBatch) -> list[int]:
        """Give rows without coordinates of their own the place that their chainage tells; the rows placed."""
        placed, apart = [], []
        column: list[str | None] = [None] * len(read.row_numbers)
        for row, told in _told(read).items():
            own = read.geometries[row] is not None
            if not own and len(read.given) and read.given[row] is not None:
                continue  # coordinates that wait for their system, or are no place: theirs is what is to be mended
            shape = self._shape(read, row, told, own)
            if shape is None:
                continue
            if own:
                apart.append((row, shape))
                continue
            read.geometries[row], column[row] = shape, _as_typed(told)
            placed.append(row)
        for row, metres in _apart(read, apart):
            read.add(row, Problem("chainage_apart", "warning", {"field": START}, {"metres": round(metres)}))
        if placed:
            read.values[ALONG] = column
        return placed

    def _shape(self, read: ReadBatch, row: int, told: Chainage, own: bool) -> BaseGeometry | None:
        road = self._roads.get(told.route_code)
        if road is None:
            if not own:
                problem = Problem("chainage_without_route", "warning", {"field": ROUTE})
                if told.route_code:
                    problem = Problem("road_not_found", "warning", {"field": ROUTE}, {"route_code": told.route_code})
                read.add(row, problem)
            return None
        shape = _along(road, told)
        if isinstance(shape, Problem):
            # Where the row says its place otherwise, nothing hangs on it.
            values = {**shape.values, "route_code": told.route_code}
            read.add(row, Problem(shape.code, "warning" if own else "error", {"field": _blamed(read, row)}, values))
            return None
        if told.end_m is not None and told.end_m < told.start_m:
            values = {"start": exact_text(told.start_m), "end": exact_text(told.end_m)}
            read.add(row, Problem("chainage_backwards", "warning", {"field": _blamed(read, row)}, values))
        return shape


def _along(road: MeasuredRoad, told: Chainage) -> BaseGeometry | Problem:
    if told.end_m is not None:
        return road.section(told.start_m, told.end_m)
    found = road.place(told.start_m)
    return found if isinstance(found, Problem) else Point(found)


def _blamed(read: ReadBatch, row: int) -> str:
    """The column to mend: that of the end, where the row fills one."""
    return END if (read.values.get(END) or [None] * (row + 1))[row] else START


def _told(read: ReadBatch) -> dict[int, Chainage]:
    """Row -> what it says, its values being chainage already."""
    starts, ends, routes = (read.values.get(name) for name in (START, END, ROUTE))
    told = {}
    for row, start in enumerate(starts or ()):
        if start is None:
            continue
        found = read_cell(start)
        end = read_cell(ends[row]) if ends and ends[row] else None
        if found is not None:
            code = found.route_code or (routes[row] if routes else None) or ""
            told[row] = Chainage(code, found.start_m, found.end_m if end is None else end.start_m)
    return told


def _as_typed(told: Chainage) -> str:
    end = "" if told.end_m is None else f" - {exact_text(told.end_m)}"
    return f"{told.route_code} กม. {exact_text(told.start_m)}{end}"


def _apart(read: ReadBatch, shapes: Sequence[tuple[int, BaseGeometry]]) -> Iterable[tuple[int, float]]:
    """Rows whose own shape lies away from where their chainage is, and by how many metres at the farthest."""
    if not shapes:
        return
    own = read.geometries[[row for row, _ in shapes]]
    told = np.array([shape for _, shape in shapes], dtype=object)
    good = np.flatnonzero(np.isfinite(shapely.bounds(own)).all(axis=1))
    own, told = (_in_metres(these[good]) for these in (own, told))
    lines = (shapely.get_type_id(own) == LINE) & (shapely.get_type_id(told) == LINE)
    # A point or an outline only has to lie on the stretch; a line has to be it.
    far = np.where(lines, shapely.hausdorff_distance(own, told, densify=0.2), shapely.distance(own, told))
    for index, metres in zip(good.tolist(), far.tolist(), strict=True):
        if metres > APART_M:
            yield shapes[index][0], metres


def _in_metres(shapes: Any) -> Any:
    def scaled(lon_lat: Any) -> Any:
        # One scale for the country: right to 3 % in the east, and a tenth of a kilometre is what is asked.
        return lon_lat * (METRES_PER_DEGREE * np.cos(np.radians(14.0)), METRES_PER_DEGREE)

    return shapely.transform(shapes, scaled)


_SHAPES = """
    SELECT r.row_number, ST_AsBinary(r.geom) AS wkb, o.row_number IS NOT NULL AS offered
    FROM import_row r LEFT JOIN import_offer o USING (batch_id, row_number)
    WHERE r.batch_id = :batch AND r.row_number = ANY(:rows) ORDER BY r.row_number"""
_PUT = """
    UPDATE import_row r SET geom = ST_SetSRID(ST_GeomFromWKB(n.wkb), 4326)
    FROM unnest(CAST(:rows AS int[]), CAST(:wkb AS bytea[])) AS n (row, wkb)
    WHERE r.batch_id = :batch AND r.row_number = n.row"""


def place_again(session: Session, batch: ImportBatch, organisation: Organisation, read: ReadBatch) -> None:
    """After somebody mended a road or a chainage in the table: the places of the rows, in the database too.

    Parameters
    ----------
    read
        Rows as they are laid down, in the order of their numbers, with what the cells say now.
    """
    numbers = read.row_numbers.tolist()
    stored = session.execute(sa.text(_SHAPES), {"batch": batch.id, "rows": numbers}).all()
    along = read.values.get(ALONG) or [None] * len(numbers)
    for row, one in enumerate(stored):
        for_place = [p for p in read.problems.pop(row, []) if p.code not in CODES]
        if for_place:
            read.problems[row] = for_place
        own = along[row] is None and (one.wkb is not None or one.offered or any(map(about_shape, for_place)))
        read.geometries[row] = shapely.from_wkb(bytes(one.wkb)) if own and one.wkb is not None else None
        read.given[row] = True if own else None
        if not own:
            forget_shape(read, row)
    read.values[ALONG] = [None] * len(numbers)
    free = [row for row in range(len(numbers)) if read.geometries[row] is None and read.given[row] is None]
    roads = AlongRoads(session)
    roads.learn(roads.unknown(read))
    placed = roads.place(read)
    if placed:
        ShapeChecks(session, batch.kind, organisation).check(read, placed)
    if free:
        wkb = [None if (shape := read.geometries[row]) is None else shapely.to_wkb(shape) for row in free]
        session.execute(sa.text(_PUT), {"batch": batch.id, "rows": [numbers[row] for row in free], "wkb": wkb})

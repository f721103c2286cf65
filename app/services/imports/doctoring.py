"""The coordinate doctor at the import desk: beside a doubtful row stands what was probably meant; nothing is changed.

Only rows that a check has found outside, points that could not be meant so, and lines with a vertex problem are looked
at, whole batches at a time: a file without mistakes costs nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import sqlalchemy as sa
from shapely.geometry import GeometryCollection, LineString, MultiLineString
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.models import Organisation
from app.services.imports.datum import OtherDatum, by_limits, by_works
from app.services.imports.elsewhere import LEAST_ROWS
from app.services.imports.reading import Offer, ReadBatch
from app.services.imports.shapes import FIELD, about_shape
from gis import crs
from gis.checks import CheckContext, check_segments
from gis.doctor import GivenPoints, Places, Reading, diagnose
from gis.doctor.lines import Mend, explained, mends
from gis.doctor.places import FloatArray, distances_m
from gis.doctor.points import is_truncated
from gis.loose_ends import joined
from gis.problems import Level, Problem
from gis.segments import LINE, POINT

# A shape of which one of these is said lies where it was hardly meant to.
MISPLACED = frozenset(
    {
        "not_finite",
        "outside_thailand",
        "outside_thailand_metres",
        "outside_thailand_swapped",
        "far_from_territory",
        "outside_territory",
    }
)
_NOWHERE = MISPLACED - {"far_from_territory", "outside_territory"}
# What can be undone for every vertex of a line alike; a wrong digit is one vertex's own. A datum shifts by so little
# that a row outside proves nothing: the file as a whole decides it.
_OF_ALL_VERTICES = frozenset({"swapped_lonlat", "swapped_en", "wrong_zone", "wrong_notation"})
_DATUM = "wrong_datum"
OFFICE, REPEATED, TRUNCATED, OUTSIDE = (
    "doctor_office_point",
    "doctor_repeated_point",
    "doctor_truncated",
    "doctor_outside",
)
# One point for so many rows of a file is an office, a village's middle or a copied cell.
REPEATED_ROWS = 4
_OFFICE_M = 10.0
# The graver first: it is the one that the mended line answers.
_LINE_CODES = ("long_jump", "spike", "line_self_crossing", "duplicate_vertices")
_MENDS_OF_A_LINE = 4


@dataclass(frozen=True)
class _Points:
    """Rows that are points, in the numbers of the file."""

    rows: npt.NDArray[np.intp]
    xy: FloatArray


class Doctoring:
    """The doctor for one file.

    Parameters
    ----------
    territory
        Of the organisation; without one only Thailand can speak against a place.
    epsg
        Coordinate system that the file is read in.
    """

    def __init__(
        self, session: Session, organisation: Organisation, territory: BaseGeometry | None, epsg: int | None
    ) -> None:
        self._session, self._epsg = session, epsg
        whole = shapely.box(*crs.THAILAND_BOUNDS) if territory is None else shapely.make_valid(territory)
        self._polygons: list[BaseGeometry] = [whole]
        self._place_of: dict[str, int] = {}
        self._places = Places(self._polygons)
        self._office = _office(session, organisation.code)
        self._seen: Counter[tuple[float, float]] = Counter()
        self._datum: OtherDatum | None = None
        self._begun = False

    def examine(self, read: ReadBatch) -> None:
        """Put offers beside rows, and in place of "it lies outside" what the doctor makes of it."""
        if self._epsg is None or self._epsg not in crs.OPERATIONS:
            return
        kinds = shapely.get_type_id(read.given)
        points = self._points(read, np.flatnonzero(kinds == POINT))
        doubtful = [
            row
            for row, found in read.problems.items()
            if kinds[row] >= 0 and any(p.code in MISPLACED for p in found)  # not what chainage has placed
        ]
        for row in self._outside_tambon(read, points, set(doubtful)):
            # So near, another tambon is likelier than another number.
            read.add(row, Problem(OUTSIDE, "warning", {"field": FIELD}))
        if not self._begun:
            self._begin(read, doubtful)
        if self._datum is not None:
            self._offer_datum(read, np.flatnonzero(~shapely.is_missing(read.given)))
        self._reread(read, [row for row in doubtful if row not in read.offers])
        self._points_for_nothing(read, points)
        self._lines(read, kinds)

    # --- places -------------------------------------------------------------------------------------------------

    def _points(self, read: ReadBatch, rows: npt.NDArray[np.intp]) -> _Points:
        shapes = read.given[rows]
        return _Points(rows, np.column_stack((shapely.get_x(shapes), shapely.get_y(shapes))))

    def unknown_tambons(self, read: ReadBatch) -> set[str]:
        """Tambons named by rows whose outlines have to be read first."""
        return {code for code in read.values.get("tambon", ()) if code and code not in self._place_of}

    def learn_tambons(self, codes: Collection[str]) -> None:
        """Read the outlines of tambons; one without an outline is as good as not named."""
        self._place_of.update(dict.fromkeys(codes, 0))
        for code, wkb in self._session.execute(
            sa.text("SELECT code, ST_AsBinary(geom) FROM area WHERE code = ANY(:codes) AND geom IS NOT NULL"),
            {"codes": sorted(codes)},
        ):
            self._place_of[code] = len(self._polygons)
            self._polygons.append(shapely.make_valid(shapely.from_wkb(bytes(wkb))))
        self._places = Places(self._polygons)

    def _place(self, read: ReadBatch, rows: Sequence[int]) -> npt.NDArray[np.intp]:
        """A point is looked for in the tambon that its row names; a line may go on into the next."""
        tambons = read.values.get("tambon")
        if tambons is None:
            return np.zeros(len(rows), dtype=np.intp)
        return np.array([self._place_of.get(tambons[row] or "", 0) for row in rows], dtype=np.intp)

    def _outside_tambon(self, read: ReadBatch, points: _Points, known: set[int]) -> list[int]:
        """Points that lie in the territory and not in the tambon that their row names."""
        tambons = read.values.get("tambon")
        if tambons is None or not len(points.rows):
            return []
        rows = points.rows
        place = self._place(read, rows.tolist())
        shapes = read.geometries[rows]
        lonlat = np.column_stack((shapely.get_x(shapes), shapely.get_y(shapes)))
        named = np.flatnonzero((place > 0) & np.isfinite(lonlat).all(axis=1))
        outside = named[~self._places.hold(place[named], lonlat[named])]
        return [row for row in rows[outside].tolist() if row not in known]

    # --- readings -----------------------------------------------------------------------------------------------

    def _given(self, read: ReadBatch, rows: Sequence[int]) -> GivenPoints:
        """The first vertex of each row stands for it."""
        shapes = read.given[list(rows)]
        xy, of = shapely.get_coordinates(shapes, return_index=True)
        first = xy[np.searchsorted(of, np.arange(len(shapes)))]
        is_point = shapely.get_type_id(shapes) == POINT
        place = np.where(is_point, self._place(read, rows), 0)
        return GivenPoints(first[:, 0], first[:, 1], np.full(len(rows), self._epsg), place)

    def _begin(self, read: ReadBatch, doubtful: Sequence[int]) -> None:
        """Whether the file as a whole is in the other datum: the first batch tells."""
        self._begun = True
        rows = np.flatnonzero(~shapely.is_missing(read.given))
        if not len(rows) or self._epsg is None:
            return
        if doubtful:
            self._datum = by_limits(self._given(read, rows.tolist()), self._places)
        if self._datum is None:
            self._datum = by_works(self._session, read.given[rows], self._epsg)

    def _offer_datum(self, read: ReadBatch, rows: npt.NDArray[np.intp]) -> None:
        if self._datum is None or not len(rows):
            return
        datum = self._datum
        meant = crs.to_wgs84(read.given[rows], datum.epsg)[0]
        for row, shape in zip(rows.tolist(), meant, strict=True):
            _offer(read, row, datum.code, shape, epsg=datum.epsg, **datum.values)

    def _reread(self, read: ReadBatch, rows: Sequence[int]) -> None:
        if not rows:
            return
        given = self._given(read, rows)
        found = diagnose(given, self._places)
        # Where most rows lie elsewhere in Thailand the file is somebody else's: no digit was lost in each of them.
        placed = np.count_nonzero(~shapely.is_missing(read.geometries))
        near = sum(not _is_nowhere(read.problems[row]) for row in rows)
        others_file = near >= LEAST_ROWS and 2 * near > placed
        is_point = shapely.get_type_id(read.given[list(rows)]) == POINT
        groups: dict[tuple[int, bool], list[tuple[int, Reading]]] = {}
        asked = zip(rows, is_point.tolist(), given.x.tolist(), given.y.tolist(), strict=True)
        for index, (row, point, x, y) in enumerate(asked):
            said = read.problems[row]
            digits = point and _is_far(said) and not (others_file and not _is_nowhere(said))
            best = _clearly_best(found.readings.get(index, []), digits)
            if best is not None:
                swapped = best.x == y and best.y == x
                groups.setdefault((best.epsg if best.kind in _OF_ALL_VERTICES else 0, swapped), []).append((row, best))
        for (epsg, swapped), alike in groups.items():
            for (row, best), shape in zip(alike, _meant(read, alike, epsg, swapped), strict=True):
                _offer(read, row, f"doctor_{best.kind}", shape, epsg=best.epsg, spread_m=round(best.spread_m))

    # --- points that say nothing --------------------------------------------------------------------------------

    def _points_for_nothing(self, read: ReadBatch, points: _Points) -> None:
        """The organisation's office, one point for many rows, numbers cut to a kilometre."""
        if not len(points.rows):
            return
        finite = np.asarray(np.isfinite(points.xy).all(axis=1))
        keys = [(x, y) for x, y in points.xy.tolist()]
        self._seen.update(key for key, good in zip(keys, finite.tolist(), strict=True) if good)
        epsg = np.full(len(points.rows), self._epsg)
        cut = is_truncated(points.xy[:, 0], points.xy[:, 1], epsg) & finite
        office = self._at_office(read, points.rows)
        for index, row in enumerate(points.rows.tolist()):
            if row in read.offers or any(p.code in MISPLACED for p in read.problems.get(row, ())):
                continue
            if office[index]:
                _offer(read, row, OFFICE, None)
            elif self._seen[keys[index]] >= REPEATED_ROWS:
                _offer(read, row, REPEATED, None, rows=self._seen[keys[index]])
            elif cut[index]:
                read.add(row, Problem(TRUNCATED, "warning", {"field": FIELD}))

    def _at_office(self, read: ReadBatch, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        if self._office is None:
            return np.zeros(len(rows), dtype=np.bool_)
        shapes = read.geometries[rows]
        lonlat = np.column_stack((shapely.get_x(shapes), shapely.get_y(shapes)))
        return np.asarray(distances_m(lonlat, np.broadcast_to(self._office, lonlat.shape)) <= _OFFICE_M)

    # --- lines --------------------------------------------------------------------------------------------------

    def _lines(self, read: ReadBatch, kinds: npt.NDArray[np.int32]) -> None:
        for row, found in read.problems.items():
            if row in read.offers or read.geometries[row] is None:
                continue
            codes = {p.code for p in found if about_shape(p)}
            if "ends_apart" in codes:
                whole = _together(joined(shapely.get_parts(read.geometries[row]).tolist()))
                read.offers[row] = Offer("ends_apart", read.geometries[row], whole, _shape_problems(found))
            if kinds[row] != LINE:
                continue
            answered = next((code for code in _LINE_CODES if code in codes), None)
            if answered is None:
                continue
            line = _mended(read.geometries[row], self._epsg or crs.STORAGE_EPSG, read.given[row])
            if line is not None:
                read.offers[row] = Offer(answered, read.geometries[row], line, _shape_problems(read.problems[row]))


def _together(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    lines = [part for part in parts if isinstance(part, LineString)]
    return MultiLineString(lines) if len(lines) == len(parts) else GeometryCollection(parts)


def _is_far(problems: Sequence[Problem]) -> bool:
    return any(problem.level == "error" and problem.code in MISPLACED for problem in problems)


def _is_nowhere(problems: Sequence[Problem]) -> bool:
    """Not in Thailand at all, or no number."""
    return any(problem.code in _NOWHERE for problem in problems)


def _clearly_best(readings: Sequence[Reading], digits: bool) -> Reading | None:
    """The reading that nothing else equals.

    Parameters
    ----------
    digits
        Whether a digit may be wrong: that is one point's own, and nearby some digit could always bring it home.
    """
    found = [one for one in readings if one.kind != _DATUM and (digits or one.kind in _OF_ALL_VERTICES)]
    if not found or (len(found) > 1 and found[1].cost == found[0].cost):
        return None
    return found[0]


def _meant(read: ReadBatch, alike: Sequence[tuple[int, Reading]], epsg: int, swapped: bool) -> Any:
    if not epsg:  # a digit: the doctor has the place
        return shapely.points([(best.lon, best.lat) for _, best in alike])
    shapes = read.given[[row for row, _ in alike]]
    if swapped:
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    return crs.to_wgs84(shapes, epsg)[0]


def _offer(read: ReadBatch, row: int, code: str, shape: BaseGeometry | None, **values: Any) -> None:
    """The doctor's sentence in the place of "it lies outside", as grave as that was."""
    found = read.problems.get(row, [])
    level: Level = "error" if _is_far(found) else "warning"
    said = [problem for problem in found if problem.code not in MISPLACED]
    said.append(Problem(code, level, {"field": FIELD}, values))
    read.problems[row] = said
    read.offers[row] = Offer(code, read.geometries[row], shape, _shape_problems(said))


def _shape_problems(said: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple([problem for problem in said if about_shape(problem)])


def _mended(line: LineString, epsg: int, given: LineString) -> LineString | None:
    """The line after the certain mends of all that is wrong with its vertices, or ``None`` when one is not certain."""
    numbers = shapely.get_coordinates(given)
    first = True
    for _ in range(_MENDS_OF_A_LINE):
        problems = [p for p in check_segments([line], CheckContext()) if p.code in _LINE_CODES]
        if not problems:
            return None if first else line
        found = mends(line, epsg=epsg, given=numbers) if first else mends(line)
        certain = next(_certain(problems, found), None)
        if certain is None:
            return None
        line, first = certain.lines[0], False
    return None


def _certain(problems: Sequence[Problem], found: list[Mend]) -> Iterator[Mend]:
    """Mends that alone answer their problem, and leave one line."""
    for problem in problems:
        answers = explained(problem, found)
        sole = [mend for mend in answers if mend.kind == "reread_jump"] or answers
        if len(sole) == 1 and len(sole[0].lines) == 1 and (sole[0].reading is None or sole[0].reading.choices == 1):
            yield sole[0]


def _office(session: Session, code: str) -> FloatArray | None:
    row = session.execute(
        sa.text("SELECT ST_X(office) AS lon, ST_Y(office) AS lat FROM organisation WHERE code = :code"), {"code": code}
    ).one()
    return None if row.lon is None else np.array([row.lon, row.lat])

"""People with and without a road or a water source within reach, by area, village and water point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.access_ground import AccessQuestion, Ground, ground
from app.queries.budget import data_as_of
from gis import access as reach_of
from gis.access import BoolArray
from gis.measure import FloatArray
from gis.problems import Problem


@dataclass(frozen=True)
class AccessSums:
    """People and villages; ``unknown`` are those whose place or number nobody knows."""

    people: float = 0.0
    people_with: float = 0.0
    people_without: float = 0.0
    people_unknown: float = 0.0
    villages: int = 0
    villages_without: int = 0
    villages_unknown: int = 0

    @property
    def share_with(self) -> float | None:
        """Part of the people whose place is known that has access; None where there are none."""
        known = self.people_with + self.people_without
        return self.people_with / known if known > 0 else None


@dataclass(frozen=True)
class AccessRow:
    """One area below the one that was asked for; ``lon``, ``lat`` (degrees) are a place inside it for a sign."""

    code: str
    name_th: str
    name_en: str | None
    sums: AccessSums
    lon: float | None = None
    lat: float | None = None

    def name(self, language: str = "th") -> str:
        """Name in the language."""
        return self.name_en if language == "en" and self.name_en else self.name_th


@dataclass(frozen=True)
class VillageAccess:
    """One village.

    Parameters
    ----------
    distance_m
        Geodesic metres to the nearest work; None where there is none (``island``: on its land) or no point is known.
    lon, lat
        Degrees; None where no point is known.
    """

    code: str
    name_th: str
    people: float | None
    estimated: bool
    has_access: bool | None
    distance_m: float | None
    work_code: str
    work_name: str
    work_is_project: bool
    lon: float | None
    lat: float | None
    island: bool


@dataclass(frozen=True)
class WaterPointRow:
    """A water source and what it means to the people around it; see :class:`gis.access.WaterPoints`."""

    code: str
    name_th: str
    type_code: str
    working: bool
    local_people: float
    users: float
    crucialness: float | None
    capacity_people: float | None
    pressure: float | None
    unserved_people: float
    lon: float
    lat: float


@dataclass(frozen=True)
class AccessView:
    """The answer.

    Parameters
    ----------
    rows
        Areas one level down (of a tambon: none, its villages are ``villages``).
    villages
        Every village, those without access first, by people.
    notes
        What the reader has to know: nobody counted, villages without a point, islands.
    """

    question: AccessQuestion
    total: AccessSums
    rows: tuple[AccessRow, ...]
    villages: tuple[VillageAccess, ...]
    water_points: tuple[WaterPointRow, ...]
    works_count: int
    population_year_be: int | None
    data_as_of: datetime | None
    notes: tuple[Problem, ...] = field(default=())


_NAMES = """
SELECT code, name_th, name_en, ST_X(point) AS lon, ST_Y(point) AS lat FROM area WHERE code = ANY(:codes)
"""


def access_view(session: Session, question: AccessQuestion, sight: Visibility) -> AccessView:
    """Who has access and who has not, in an area and each area below it.

    What is not known is counted as such, never as access or the lack of it. The public sees published works only.
    """
    return view_of(session, ground(session, question, sight))


def view_of(session: Session, given: Ground, *, each_village: bool = True) -> AccessView:
    """The answer from what was read.

    Parameters
    ----------
    each_village
        False: without a row for each of them; pixels of a raster are none that anybody reads.
    """
    question = given.question
    child = len(question.area) + 2
    codes = np.array([code[:child] for code in given.villages.code], dtype=object)
    found = _sums(given, codes) if child <= 6 else {}
    names = {row.code: row for row in session.execute(sa.text(_NAMES), {"codes": list(found)})}
    rows = tuple(
        AccessRow(code, names[code].name_th, names[code].name_en, sums, names[code].lon, names[code].lat)
        for code, sums in found.items()
        if code in names
    )
    everything = _sums(given, np.full(len(codes), "", dtype=object)).get("", AccessSums())
    return AccessView(
        question,
        everything,
        tuple(sorted(rows, key=lambda row: (-row.sums.people_without, row.code))),
        village_rows(given) if each_village else (),
        _water_rows(given) if question.kind == "water" else (),
        int(given.works.working.sum()),
        given.villages.population_year_be,
        data_as_of(session),
        tuple(_notes(given, everything)),
    )


def village_rows(given: Ground) -> tuple[VillageAccess, ...]:
    """Every village with its nearest work: without access first, then those nobody knows of; more people first."""
    people, today, works = given.villages, given.today, given.works
    has, placed = given.has_access, today.placed
    spots = np.full((len(people), 2), np.nan)
    if placed.any():
        spots[placed] = reach_of.lonlat(shapely.get_coordinates(people.point[placed]))
    counted = np.nan_to_num(people.people, nan=0.0)
    order = np.lexsort((np.arange(len(people)), -counted, np.where(placed, np.where(has, 2, 0), 1)))
    rows = []
    for i in (int(each) for each in order):
        nearest = int(today.work[i])
        rows.append(
            VillageAccess(
                people.code[i],
                people.name_th[i],
                _number(people.people[i]),
                bool(people.estimated[i]),
                bool(has[i]) if placed[i] else None,
                _number(today.distance_m[i]),
                works.code[nearest] if nearest >= 0 else "",
                works.name_th[nearest] if nearest >= 0 else "",
                bool(works.is_project[nearest]) if nearest >= 0 else False,
                _number(spots[i, 0]),
                _number(spots[i, 1]),
                bool(placed[i] and nearest < 0 and given.village_land is not None and len(works)),
            )
        )
    return tuple(rows)


def _sums(given: Ground, codes: np.ndarray[Any, Any]) -> dict[str, AccessSums]:
    if not len(codes):
        return {}
    groups, group = np.unique(codes.astype(str), return_inverse=True)
    people, placed, has = given.villages.people, given.today.placed, given.has_access
    counted, is_village = np.nan_to_num(people, nan=0.0), given.villages.is_village

    def added(chosen: BoolArray, weight: FloatArray | None = None) -> list[float]:
        part = weight[chosen] if weight is not None else None
        return [float(each) for each in np.bincount(group[chosen], weights=part, minlength=len(groups))]

    everyone = np.ones(len(codes), dtype=bool)
    columns = (
        added(everyone, counted),
        added(has, counted),
        added(placed & ~has, counted),
        added(~placed, counted),
        added(is_village),
        added(placed & ~has & is_village),
        added((~placed | np.isnan(people)) & is_village),
    )
    return {
        str(code): AccessSums(*values[:4], *(int(count) for count in values[4:]))
        for code, *values in zip(groups, *columns, strict=True)
    }


def _water_rows(given: Ground) -> tuple[WaterPointRow, ...]:
    works, people = given.works, given.villages
    found = reach_of.water_points(
        people.point, people.people, works.shape, works.working, works.capacity_people, given.question.within_m
    )
    # Of sources around the area only those that its people use are its concern.
    shown = np.flatnonzero(works.is_project & (found.local_people > 0))
    inside = shapely.get_coordinates(shapely.point_on_surface(works.shape[shown])).reshape(-1, 2)
    spots = reach_of.lonlat(inside)
    rows = [
        WaterPointRow(
            works.code[i],
            works.name_th[i],
            works.type_code[i],
            bool(works.working[i]),
            float(found.local_people[i]),
            float(found.users[i]),
            _number(found.crucialness[i]),
            _number(works.capacity_people[i]),
            _number(found.pressure[i]),
            float(found.unserved_people[i]),
            float(spots[n][0]),
            float(spots[n][1]),
        )
        for n, i in enumerate(int(each) for each in shown)
    ]
    return tuple(sorted(rows, key=lambda row: (row.working, -row.unserved_people, -row.users, row.code)))


def _notes(given: Ground, total: AccessSums) -> list[Problem]:
    people, today = given.villages, given.today
    found: list[tuple[str, Mapping[str, Any], bool]] = [
        ("access_no_villages", {}, not len(people)),
        ("access_no_people", {}, bool(len(people)) and total.people == 0),
        ("access_no_works", {}, bool(len(people)) and not given.works.working.any()),
        (
            "access_unplaced",
            {"count": int((~today.placed).sum()), "people": round(total.people_unknown)},
            bool((~today.placed).any()),
        ),
        ("access_uncounted", {"count": int(np.isnan(people.people).sum())}, bool(np.isnan(people.people).any())),
        ("access_loose", {"count": int(people.loose.sum())}, bool(people.loose.any())),
        ("access_estimated", {"count": int(people.estimated.sum())}, bool(people.estimated.any())),
    ]
    stranded = today.placed & (today.work < 0)
    if given.village_land is not None and given.works.working.any():
        found.append(("access_islands", {"count": int(stranded.sum())}, bool(stranded.any())))
    return [Problem(code, "info", values=values) for code, values, holds in found if holds]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

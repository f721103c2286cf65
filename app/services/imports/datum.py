"""Whether a file as a whole is in the other datum: its limits tell, or the roads and waters that it should lie on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy.orm import Session

from app.queries.known_works import known_works_near
from gis import crs
from gis.doctor import GivenPoints, Places, datum_evidence, uniform_readings

BY_LIMITS, BY_WORKS = "doctor_datum_of_file", "doctor_datum_by_works"
SAMPLE = 400
"""Rows of the first batch that are compared with what is known: more change no verdict and cost time."""
# A datum moves by half a kilometre; what is this far away is nothing that the point was drawn on.
_REACH_DEGREES = 0.01


@dataclass(frozen=True)
class OtherDatum:
    """What the file is taken for.

    Parameters
    ----------
    epsg
        Coordinate system that its numbers are in.
    code, values
        Of the sentence that says why.
    """

    epsg: int
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


def by_limits(given: GivenPoints, places: Places) -> OtherDatum | None:
    """The rows outside the territory all come in together in the other datum."""
    best = uniform_readings(given, places)[:1]
    if best and best[0].kind == "wrong_datum" and not best[0].swapped:
        return OtherDatum(best[0].epsg, BY_LIMITS)
    return None


def by_works(session: Session, shapes: npt.NDArray[Any], epsg: int) -> OtherDatum | None:
    """The rows lie on registered roads and verified works in the other datum only.

    Parameters
    ----------
    shapes
        Of rows of the file in its own numbers; ``None`` among them is left out.
    """
    given = shapes[np.isfinite(shapely.bounds(shapes)).all(axis=1)]
    if not len(given):
        return None
    if len(given) > SAMPLE:
        given = given[np.linspace(0, len(given) - 1, SAMPLE).astype(np.intp)]
    # A point of each: the middle of a line, the inside of an outline.
    points = shapely.point_on_surface(given)
    numbers = np.column_stack((shapely.get_x(points), shapely.get_y(points)))
    lonlat = crs.to_wgs84(numbers, epsg)[0]
    west, south, east, north = crs.THAILAND_BOUNDS
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    here = np.isfinite(lonlat).all(axis=1) & (lon > west) & (lon < east) & (lat > south) & (lat < north)
    if not here.any():
        return None
    works = known_works_near(session, lonlat[here], _REACH_DEGREES)
    if not len(works):
        return None
    found = datum_evidence(numbers[here, 0], numbers[here, 1], epsg, works)
    if found.decided is None:
        return None
    system = crs.OPERATIONS[found.decided]
    return OtherDatum(
        found.decided,
        BY_WORKS,
        {
            "on": found.other_on,
            "points": found.points,
            "on_as_given": found.on,
            "system_th": system.name_th,
            "system_en": system.name_en,
        },
    )

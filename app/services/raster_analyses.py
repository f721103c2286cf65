"""What is asked of rasters together with areas and works: zones, profile of a road, catchment above a pond."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import shapely
import sqlalchemy as sa
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from app.queries import areas
from app.queries.geometries import current_geometry
from app.queries.rasters import RasterRow, count_zones, heights_at, zones
from app.services.heavy import heavy
from app.services.rasters import found_raster
from gis.catchment import Catchment, catchment
from gis.problems import Problem
from gis.rasters.facts import RasterError
from gis.terrain import Profile, lines_of, profile
from gis.zonal import class_shares, zonal_statistics

SNAP_M = 150.0
"""How far a place that was clicked is moved to the stream beside it."""
MOST_ZONES = 600
MOST_PIXELS = 120_000_000
"""Of one answer to a page; the command line has no such limit."""


@dataclass(frozen=True)
class Zones:
    """Statistics of a raster in areas.

    Parameters
    ----------
    table
        As :func:`gis.zonal.zonal_statistics`, with ``name``; by the code of the area.
    shares
        As :func:`gis.zonal.class_shares` where the raster has classes.
    """

    row: RasterRow
    level: str
    area: str
    table: pd.DataFrame
    shares: pd.DataFrame | None


@heavy()
def zones_of(session: Session, actor: Actor, name: str, level: str, area: str, folder: Path, *, band: int = 1) -> Zones:
    """Statistics of a raster in the areas of a level that it meets, below ``area`` when one is given.

    Raises
    ------
    NotFound, Conflict
        No such raster or area; the raster is not ready.
    InvalidInput
        ``zones_too_many``, ``raster_band_missing``.
    """
    row = found_raster(session, actor, name)
    if area and areas.area(session, area) is None:
        raise NotFound("area_not_found", {"area": area})
    facts = row.facts
    if facts is None:
        raise NotFound("raster_not_found", {"raster": name})
    count = count_zones(session, level, within=area, bounds=facts.bounds)
    pixels = _pixels_below(session, row, area)
    if count > MOST_ZONES or pixels > MOST_PIXELS:
        values = {"count": count, "limit": MOST_ZONES}
        raise InvalidInput([Problem("zones_too_many", where={"field": "area"}, values=values)])
    chosen = zones(session, level, within=area, bounds=facts.bounds)
    path = file_of(row, folder)
    try:
        table = zonal_statistics(path, chosen, band=band)
        shares = class_shares(path, chosen, band=band) if row.layer(folder).in_classes else None
    except RasterError as error:
        raise InvalidInput([error.problem]) from error
    table.insert(0, "name", chosen["name"])
    # Boxes meet where shapes do not: an area without a single pixel is no row of this raster.
    met = table["note"] != "zone_outside"
    return Zones(row, level, area, table[met] if met.any() else table, shares)


def _pixels_below(session: Session, row: RasterRow, area: str) -> float:
    """About how many pixels of the raster lie in the box of an area."""
    facts = row.facts
    if facts is None:
        return 0.0
    whole = float(facts.width) * facts.height
    box = areas.bounds(session, area) if area else None
    if box is None:
        return whole
    west, south, east, north = facts.bounds
    across = max(0.0, min(east, box[2]) - max(west, box[0])) / max(east - west, 1e-12)
    down = max(0.0, min(north, box[3]) - max(south, box[1])) / max(north - south, 1e-12)
    return whole * min(1.0, across) * min(1.0, down)


def file_of(row: RasterRow, folder: Path) -> Path:
    """The kept file of a raster of the catalogue: no name from outside leads to a file.

    Raises
    ------
    NotFound
        ``raster_file_gone``.
    """
    path = folder / f"{row.stored_name}.tif"
    if not path.is_file():
        raise NotFound("raster_file_gone")
    return path


def heights_for(session: Session, actor: Actor, name: str, place: BaseGeometry, folder: Path) -> RasterRow:
    """The raster of heights asked for, else the finest at a place that is the platform's or the actor's own.

    Raises
    ------
    NotFound, Conflict
        As :func:`app.services.rasters.found_raster`.
    InvalidInput
        ``raster_kind_wrong``; ``raster_not_here`` when no raster of heights covers the place.
    """
    if name:
        row = found_raster(session, actor, name)
        if row.kind != "elevation":
            raise InvalidInput([Problem("raster_kind_wrong", where={"field": "raster"})])
        return row
    middle = place.representative_point()
    found = heights_at(session, middle.x, middle.y, policy.visibility(actor), actor.organisation_codes)
    if not found:
        raise InvalidInput([Problem("raster_not_here", where={"field": "raster"})])
    return found[0]


def shape_of_project(session: Session, actor: Actor, code: str) -> BaseGeometry:
    """Where a project stands (EPSG:4326), as this person may see it.

    Raises
    ------
    NotFound
        ``project_not_found``.
    InvalidInput
        ``project_without_place``.
    """
    view = current_geometry(session, code, sight=policy.visibility(actor))
    if view is None:
        raise NotFound("project_not_found", {"project": code[:80]})
    if not view.segments:
        raise InvalidInput([Problem("project_without_place", where={"field": "project"})])
    return shapely.GeometryCollection([segment.geometry for segment in view.segments])


def stands_at(session: Session, actor: Actor, code: str) -> tuple[tuple[float, float], str]:
    """A position of a project (degrees), to be marked on a map, and its kind.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`shape_of_project`.
    """
    point = shape_of_project(session, actor, code).representative_point()
    kind = session.scalars(sa.text("SELECT kind FROM project WHERE code = :code"), {"code": code}).one()
    return (point.x, point.y), str(kind)


def profiles_of(session: Session, actor: Actor, code: str, name: str, folder: Path) -> tuple[RasterRow, list[Profile]]:
    """Heights and slopes along the lines of a project, those that meet joined, the longest first.

    Raises
    ------
    NotFound, Conflict, InvalidInput
        As :func:`shape_of_project` and :func:`heights_for`; ``profile_no_line``, ``profile_outside``.
    """
    place = shape_of_project(session, actor, code)
    lines = lines_of(place)
    if not lines:
        raise InvalidInput([Problem("profile_no_line", where={"field": "project"})])
    row = heights_for(session, actor, name, lines[0], folder)
    found, refused = [], None
    for line in lines[:20]:
        try:
            found.append(profile(file_of(row, folder), line))
        except RasterError as error:
            refused = refused or error.problem
    if not found and refused is not None:
        raise InvalidInput([Problem(refused.code, where={"field": "raster"}, values=refused.values)])
    return row, found


@heavy()
def catchment_of(
    session: Session,
    actor: Actor,
    name: str,
    folder: Path,
    *,
    code: str = "",
    lonlat: tuple[float, float] | None = None,
) -> tuple[RasterRow, Catchment]:
    """The catchment above a water source, or above a point.

    Raises
    ------
    NotFound, Conflict, InvalidInput
        As :func:`shape_of_project` and :func:`heights_for`; ``catchment_needs_place``, ``raster_not_here``.
    """
    if code:
        place = shape_of_project(session, actor, code)
    elif lonlat is not None:
        place = Point(*lonlat)
    else:
        raise InvalidInput([Problem("catchment_needs_place", where={"field": "project"})])
    row = heights_for(session, actor, name, place, folder)
    try:
        return row, catchment(file_of(row, folder), place, snap_m=0.0 if code else SNAP_M)
    except RasterError as error:
        raise InvalidInput(
            [Problem(error.problem.code, where={"field": "raster"}, values=error.problem.values)]
        ) from error

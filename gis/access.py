"""Who lives within reach of a road or a water source, and what each water source means to its people.

Roads follow the Rural Access Index (SDG 9.1.1: people within 2 km of an all-season road); water sources the decision
support of the Water Point Data Exchange (WPDx): within 1 km, crucialness, pressure and priority of repair.

Shapes come in EPSG:3857, where the nearest is found; every distance told is geodesic on WGS 84 between the two points
that lie nearest to each other. A place without a shape is never "without access": nobody knows. Nothing here knows
where the shapes come from, so the same functions run over a tambon, the nation or one partition of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis.measure import GEOD, FloatArray, GeometryArray
from gis.rasters.placing import pinned, shapes_from_lonlat, to_lonlat

ROAD_WITHIN_M = 2_000.0
"""Half an hour on foot: the distance of the Rural Access Index (World Bank 2006; SDG 9.1.1)."""
WATER_WITHIN_M = 1_000.0
"""The distance within which WPDx takes people to use a water point."""

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_RADIUS_M = 6_378_137.0
# Web Mercator is a sphere's: against the ellipsoid its metres are wrong by up to 0.7 %, so more is looked at.
_SLACK = 1.01
# Nearer than this no one-way walk is: keeps the inverse of a distance finite.
_NEAREST_M = 20.0
# Tells points that fall on the shore's generalised line which land they belong to.
_SHORE_M = 3_000.0


@dataclass(frozen=True)
class Nearest:
    """The nearest work of every place.

    Parameters
    ----------
    work
        Position of the work; -1 where there is none.
    distance_m
        Geodesic metres to it; NaN where there is none or the place has no shape.
    placed
        False for places without a usable shape, of which nothing can be said.
    """

    work: IntArray
    distance_m: FloatArray
    placed: BoolArray

    def within(self, distance_m: float) -> BoolArray:
        """True for places with a work at ``distance_m`` or nearer."""
        near: BoolArray = np.nan_to_num(self.distance_m, nan=np.inf) <= distance_m
        return near


@dataclass(frozen=True)
class Reach:
    """Which works reach which places: pairs, sorted by work and then by place.

    Parameters
    ----------
    work, place
        Positions; of equal length.
    distance_m
        Geodesic metres.
    """

    work: IntArray
    place: IntArray
    distance_m: FloatArray


@dataclass(frozen=True)
class WaterPoints:
    """What water points mean to the people around them (WPDx); one value per point.

    Parameters
    ----------
    local_people
        People within reach.
    users
        People who likely draw from it; of one that does not work, who likely would.
    crucialness
        ``users / local_people``: 1 when nobody around has another; NaN where nobody lives within reach.
    pressure
        ``users / capacity``: above 1 more people depend on it than it serves; NaN for one that does not work or whose
        capacity is not known.
    unserved_people
        People within reach without a working water point now: who would gain by the repair of one that does not work.
    """

    local_people: FloatArray
    users: FloatArray
    crucialness: FloatArray
    pressure: FloatArray
    unserved_people: FloatArray


def usable(shapes: GeometryArray) -> BoolArray:
    """True for shapes with finite coordinates; None, empty ones and those with NaN or infinity are not."""
    shapes = np.asarray(shapes, dtype=object)
    sound: BoolArray = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    bounds = shapely.bounds(shapes)
    sound &= np.isfinite(bounds).all(axis=1) if len(shapes) else True
    return sound


def mercator(shapes: GeometryArray) -> GeometryArray:
    """Shapes in EPSG:4326 as EPSG:3857 (the sphere's formulas, as EPSG defines it).

    Examples
    --------
    >>> [round(value) for value in mercator([shapely.Point(102, 16)])[0].coords[0]]
    [11354588, 1804723]
    """

    def project(lonlat: FloatArray) -> FloatArray:
        lat = np.radians(np.clip(lonlat[:, 1], -85.06, 85.06))
        return np.column_stack([np.radians(lonlat[:, 0]) * _RADIUS_M, np.log(np.tan(np.pi / 4 + lat / 2)) * _RADIUS_M])

    found: GeometryArray = shapely.transform(np.asarray(shapes, dtype=object), project)
    return found


def lonlat(xy: FloatArray) -> FloatArray:
    """Longitude and latitude in degrees of EPSG:3857 coordinates, a row each."""
    lon = np.degrees(xy[:, 0] / _RADIUS_M)
    lat = np.degrees(2 * np.arctan(np.exp(xy[:, 1] / _RADIUS_M)) - np.pi / 2)
    return np.column_stack([lon, lat])


def nearest(
    places: GeometryArray,
    works: GeometryArray,
    *,
    place_land: IntArray | None = None,
    work_land: IntArray | None = None,
) -> Nearest:
    """The nearest work of every place.

    Parameters
    ----------
    places
        Points of EPSG:3857; unusable ones are told as not placed.
    works
        Shapes of any type in EPSG:3857; unusable ones are passed over.
    place_land, work_land
        The piece of land that each lies on, see :func:`land_of`: a road across the water is no road. Without them the
        sea is not looked at.

    Examples
    --------
    >>> places = mercator([shapely.Point(102, 16), None])
    >>> found = nearest(places, mercator([shapely.Point(102, 16.01)]))
    >>> found.work, found.distance_m.round(1), found.placed
    (array([ 0, -1]), array([1106.6,    nan]), array([ True, False]))
    """
    places, works = np.asarray(places, dtype=object), np.asarray(works, dtype=object)
    placed, sound = usable(places), usable(works)
    work = np.full(len(places), -1, dtype=np.int64)
    if place_land is None or work_land is None:
        _fill_nearest(work, np.flatnonzero(placed), np.flatnonzero(sound), places, works)
    else:
        for land in np.unique(place_land[placed]):
            here = np.flatnonzero(placed & (place_land == land))
            _fill_nearest(work, here, np.flatnonzero(sound & (work_land == land)), places, works)
    distance = np.full(len(places), np.nan)
    found = np.flatnonzero(work >= 0)
    distance[found] = _geodesic(places[found], works[work[found]])
    return Nearest(work, distance, placed)


def _fill_nearest(
    work: IntArray, of_places: IntArray, of_works: IntArray, places: GeometryArray, works: GeometryArray
) -> None:
    if not len(of_places) or not len(of_works):
        return
    # Of several at the same distance (roads meet) the first: the same in whatever pieces it is asked.
    at, found = shapely.STRtree(works[of_works]).query_nearest(places[of_places], all_matches=True)
    order = np.lexsort((found, at))
    at, first = np.unique(at[order], return_index=True)
    work[of_places[at]] = of_works[found[order][first]]


def reach(
    works: GeometryArray,
    places: GeometryArray,
    within_m: float,
    *,
    work_land: IntArray | None = None,
    place_land: IntArray | None = None,
) -> Reach:
    """Every pair of a work and a place within ``within_m`` geodesic metres of it.

    Parameters
    ----------
    works, places
        Shapes and points in EPSG:3857; unusable ones reach nothing and are reached by nothing.
    within_m
        Metres; 0 and less reach nothing.
    work_land, place_land
        See :func:`nearest`.
    """
    works, places = np.asarray(works, dtype=object), np.asarray(places, dtype=object)
    placed, sound = np.flatnonzero(usable(places)), np.flatnonzero(usable(works))
    if not len(placed) or not len(sound) or within_m <= 0:
        none = np.empty(0, dtype=np.int64)
        return Reach(none, none, np.empty(0))
    # Map units at the place: a metre is 1 / cos(latitude) of them.
    units = np.cosh(shapely.get_y(places[placed]) / _RADIUS_M) * within_m * _SLACK
    at, found = shapely.STRtree(works[sound]).query(places[placed], predicate="dwithin", distance=units)
    place, work = placed[at], sound[found]
    if work_land is not None and place_land is not None:
        same = work_land[work] == place_land[place]
        place, work = place[same], work[same]
    distance = _geodesic(places[place], works[work])
    near = distance <= within_m
    place, work, distance = place[near], work[near], distance[near]
    order = np.lexsort((place, work))
    return Reach(work[order], place[order], distance[order])


def _geodesic(points: GeometryArray, shapes: GeometryArray) -> FloatArray:
    """Geodesic metres from each point to the spot of its shape that lies nearest on the map; 0 inside an area."""
    if not len(points):
        return np.empty(0)
    ends = shapely.get_coordinates(shapely.shortest_line(points, shapes)).reshape(-1, 4)
    start, end = lonlat(ends[:, :2]), lonlat(ends[:, 2:])
    metres: FloatArray = GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    return metres


def land_of(polygons: GeometryArray, shapes: GeometryArray, joined_m: float = 0.0) -> IntArray:
    """The piece of land that each shape lies on: 0 for the mainland, then islands by size; -1 for none.

    Polygons that touch are one piece: provinces make a mainland, and an island is whatever touches no other. A shape
    on the shore's generalised line belongs to the piece within 3 km; an unusable one to none.

    Parameters
    ----------
    polygons
        Polygons or multipolygons of EPSG:3857 that together are the land.
    shapes
        Shapes in EPSG:3857; of lines and areas a place on them tells where they lie.
    joined_m
        Polygons nearer to each other than this (map units) are one piece: simplified ones no longer touch.
    """
    shapes = np.asarray(shapes, dtype=object)
    land = np.full(len(shapes), -1, dtype=np.int64)
    parts = shapely.get_parts(np.asarray(polygons, dtype=object)[usable(polygons)])
    sound = np.flatnonzero(usable(shapes))
    if not len(parts) or not len(sound):
        return land
    tree = shapely.STRtree(parts)
    piece = _pieces(tree, parts, joined_m)
    spots = _spots(shapes[sound])
    # Asked by the few polygons: each is prepared once for all spots.
    found, at = shapely.STRtree(spots).query(parts, predicate="intersects")
    land[sound[at]] = piece[found]
    at_sea = sound[land[sound] < 0]
    if len(at_sea):
        at, found = tree.query_nearest(spots[land[sound] < 0], max_distance=_SHORE_M, all_matches=False)
        land[at_sea[at]] = piece[found]
    return land


def _spots(shapes: GeometryArray) -> GeometryArray:
    """A place on every shape: where a line begins, inside of an area."""
    spots = shapes.copy()
    lines, others = shapely.get_type_id(shapes) == 1, shapely.get_type_id(shapes) > 1
    spots[lines] = shapely.get_point(shapes[lines], 0)
    spots[others] = shapely.point_on_surface(shapes[others])
    return spots


def _pieces(tree: shapely.STRtree, parts: GeometryArray, joined_m: float) -> IntArray:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    one, other = tree.query(parts, predicate="dwithin", distance=joined_m)
    touching = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(parts), len(parts)))
    count, label = connected_components(touching, directed=False)
    size = np.bincount(label, weights=shapely.area(parts), minlength=count)
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(-size, kind="stable")] = np.arange(count)
    found: IntArray = rank[label]
    return found


def water_points(
    places: GeometryArray,
    people: FloatArray,
    points: GeometryArray,
    working: BoolArray,
    capacity_people: FloatArray,
    within_m: float = WATER_WITHIN_M,
) -> WaterPoints:
    """Crucialness, pressure and priority of repair of every water point, after WPDx (rehabilitation priority, 2021).

    People within reach of several working points are shared among them, more to the nearer: by the inverse of the
    distance. For a point that does not work the same is asked as if it alone were repaired.

    Parameters
    ----------
    places
        Where people live: points of EPSG:3857.
    people
        How many live there; NaN (not known) counts as nobody and is the caller's to tell.
    points
        Water points (any shape, EPSG:3857).
    working
        Which of them give water now.
    capacity_people
        How many people each can serve; NaN or 0 where that is not known.
    within_m
        Metres.

    Examples
    --------
    >>> village = mercator([shapely.Point(102, 16)])
    >>> wells = mercator([shapely.Point(102, 16.005), shapely.Point(102, 15.995)])
    >>> found = water_points(village, [300], wells, [True, True], [500, 500])
    >>> found.users.round(), found.crucialness.round(2), found.pressure.round(2)
    (array([150., 150.]), array([0.5, 0.5]), array([0.3, 0.3]))
    """
    people = np.nan_to_num(np.asarray(people, dtype=np.float64), nan=0.0)
    pairs = reach(points, places, within_m)
    count, working = len(points), np.asarray(working, dtype=bool)
    at_work = working[pairs.work]
    near = 1.0 / np.maximum(pairs.distance_m, _NEAREST_M)
    served = np.bincount(pairs.place[at_work], weights=near[at_work], minlength=len(places))
    # A point that does not work is added to those that do, as if it alone were repaired.
    share = near / np.where(at_work, served[pairs.place], served[pairs.place] + near)
    weight = people[pairs.place]

    def summed(of_pair: FloatArray) -> FloatArray:
        total: FloatArray = np.bincount(pairs.work, weights=of_pair, minlength=count).astype(np.float64)
        return total

    local, users = summed(weight), summed(weight * share)
    unserved = summed(np.where(served[pairs.place] == 0, weight, 0.0))
    capacity = np.asarray(capacity_people, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        crucialness = np.where(local > 0, users / local, np.nan)
        pressure = np.where(working & (capacity > 0), users / capacity, np.nan)
    return WaterPoints(local, users, crucialness, pressure, unserved)


def people_of_raster(path: str, areas: GeometryArray) -> dict[str, Any]:
    """People of a population raster (people per pixel) as places, pixel by pixel and area by area.

    A pixel on a border belongs to both areas by the exact share of its surface, so the people of areas that make a
    whole sum to the whole's. Nodata and NaN are nobody.

    Parameters
    ----------
    path
        A raster that GDAL reads, first band people per pixel, with a coordinate system.
    areas
        Polygons in EPSG:4326.

    Returns
    -------
    dict
        Arrays ``area`` (position), ``lon``, ``lat`` (centre of the pixel, degrees) and ``people``.

    Raises
    ------
    ValueError
        ``raster_crs_missing``, ``raster_rotated``, ``raster_negative``, or why it cannot be opened.
    """
    import geopandas as gpd
    import rasterio
    from exactextract import exact_extract
    from rasterio.errors import RasterioIOError

    try:
        opened = rasterio.open(path)
    except RasterioIOError as error:
        raise ValueError(str(error)) from error
    with opened as raster:
        if raster.crs is None:
            raise ValueError("raster_crs_missing")
        if raster.transform.b or raster.transform.d:
            raise ValueError("raster_rotated")
        crs = raster.crs
        # With the pinned shift; called by the raster's own name of the system, which has none.
        placed = shapes_from_lonlat(np.asarray(areas, dtype=object), pinned(crs).to_wkt())
        frame = gpd.GeoDataFrame({"area": np.arange(len(areas))}, geometry=placed, crs=crs.to_wkt())
        found = exact_extract(
            raster, frame, ["values", "coverage", "center_x", "center_y"], include_cols=["area"], output="pandas"
        )
    columns: dict[str, list[Any]] = {"area": [], "x": [], "y": [], "people": []}
    for row in found.itertuples(index=False):
        values = np.ma.filled(np.ma.masked_invalid(np.ma.asarray(row.values, dtype=np.float64)), 0.0)
        inhabited = values != 0
        columns["area"].append(np.full(int(inhabited.sum()), row.area, dtype=np.int64))
        columns["x"].append(np.asarray(row.center_x)[inhabited])
        columns["y"].append(np.asarray(row.center_y)[inhabited])
        columns["people"].append(values[inhabited] * np.asarray(row.coverage)[inhabited])
    joined = {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in columns.items()}
    if (joined["people"] < 0).any():
        raise ValueError("raster_negative")
    lon, lat = to_lonlat(joined["x"], joined["y"], pinned(crs).to_wkt())
    return {"area": joined["area"], "lon": lon, "lat": lat, "people": joined["people"]}

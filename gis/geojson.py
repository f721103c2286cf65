"""Strict RFC 7946 to 2D segments and back.

A project's geometry is a list of simple segments. Whatever GeoJSON arrives - a bare geometry, a Feature, a
FeatureCollection, collections within collections - is split into them, in order. Every fault is reported at once, with
the place of it; nothing is repaired silently.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from gis.problems import Problem

MAX_VERTICES = 200_000
MAX_SEGMENTS = 5_000
MAX_DEPTH = 4
# More problems of one document than this help nobody.
MAX_PROBLEMS = 100
COORDINATE_DECIMALS = 7

_GEOMETRY_TYPES = frozenset(
    (
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    )
)
# Names under which the CRS member of the 2008 draft means what RFC 7946 means anyway.
_CRS84_NAMES = frozenset(
    (
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "OGC:CRS84",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",
    )
)


@dataclass(frozen=True)
class Segments:
    """What a GeoJSON document holds.

    Parameters
    ----------
    geometries
        Simple 2D points, lines and polygons in EPSG:4326, in order; empty whenever there is an error.
    properties
        Properties of the Feature each segment came from, same length.
    document_properties
        ``properties`` of the outermost Feature or FeatureCollection.
    problems
        Every fault and remark found.
    """

    geometries: list[BaseGeometry] = field(default_factory=list)
    properties: list[Mapping[str, Any]] = field(default_factory=list)
    document_properties: Mapping[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that forbid any use of the geometries."""
        return [problem for problem in self.problems if problem.is_error]


def parse(document: object) -> Segments:
    """Read a GeoJSON object (already decoded from JSON) into simple segments.

    Z values are dropped with a remark. Features of a collection are ordered by ``properties.seq`` when every one has
    it, else by position.

    Examples
    --------
    >>> parse({"type": "Point", "coordinates": [102.03, 15.8]}).geometries
    [<POINT (102.03 15.8)>]
    >>> [p.code for p in parse({"type": "Point", "coordinates": [102.03, "15.8"]}).problems]
    ['geojson_not_a_number']
    """
    reader = _Reader()
    reader.document(document)
    if any(problem.is_error for problem in reader.problems):
        return Segments([], [], reader.document_properties, reader.problems)
    return Segments(reader.geometries, reader.properties, reader.document_properties, reader.problems)


def dump(geometry: BaseGeometry) -> dict[str, Any]:
    """GeoJSON geometry of a shapely geometry: 2D, at most 7 decimals (1 cm), outer rings counter-clockwise.

    Examples
    --------
    >>> dump(shapely.Point(102.034567891, 15.8))
    {'type': 'Point', 'coordinates': [102.0345679, 15.8]}
    """
    decoded: dict[str, Any] = orjson.loads(dump_text(geometry))
    return decoded


def dump_text(geometry: BaseGeometry) -> str:
    """:func:`dump` as JSON text."""
    return str(shapely.to_geojson(_written(geometry)))


def dump_texts(geometries: npt.NDArray[Any]) -> list[str | None]:
    """:func:`dump_text` of many geometries at once; None stays None."""
    return list(shapely.to_geojson(_written(geometries)))


def dump_segments(segments: Iterable[BaseGeometry]) -> dict[str, Any]:
    """One geometry as it is, several as a GeometryCollection."""
    parts = [dump(segment) for segment in segments]
    return parts[0] if len(parts) == 1 else {"type": "GeometryCollection", "geometries": parts}


def _written(geometry: Any) -> Any:
    rounded = shapely.transform(shapely.force_2d(geometry), lambda xy: np.round(xy, COORDINATE_DECIMALS))
    # True: exterior counter-clockwise, the right-hand rule of RFC 7946 section 3.1.6.
    return shapely.orient_polygons(rounded, exterior_cw=False)


class _Reader:
    """State of one reading: what was found, and how much of it."""

    def __init__(self) -> None:
        self.geometries: list[BaseGeometry] = []
        self.properties: list[Mapping[str, Any]] = []
        self.document_properties: Mapping[str, Any] = {}
        self.problems: list[Problem] = []
        self.vertices = 0
        self.dropped_z = False
        self.full = False

    def report(self, code: str, path: str, **values: Any) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(code, where={"path": path}, values=values))

    def document(self, document: object) -> None:
        if not isinstance(document, Mapping):
            self.report("geojson_not_an_object", "$")
            return
        self._crs_member(document)
        kind = document.get("type")
        if kind == "FeatureCollection":
            self._collection(document)
        elif kind == "Feature":
            self.document_properties = self._feature(document, "$")
        else:
            self._geometry(document, "$", {}, 0)
        if self.dropped_z:
            self.problems.append(Problem("geojson_z_dropped", "info"))
        if not self.geometries and not self.problems:
            self.report("geometry_empty", "$")

    def _crs_member(self, document: Mapping[str, Any]) -> None:
        if "crs" not in document:
            return
        crs = document["crs"]
        properties = crs.get("properties") if isinstance(crs, Mapping) else None
        name = properties.get("name") if isinstance(properties, Mapping) else None
        if crs is None or name in _CRS84_NAMES:
            self.problems.append(Problem("geojson_crs_ignored", "info", values={"crs": str(name)}))
        else:
            self.report("geojson_crs_member", "$.crs", crs=str(name)[:80])

    def _properties_of(self, document: Mapping[str, Any], path: str) -> Mapping[str, Any]:
        properties = document.get("properties")
        if properties is None:
            return {}
        if not isinstance(properties, Mapping):
            self.report("geojson_bad_properties", f"{path}.properties")
            return {}
        return properties

    def _collection(self, document: Mapping[str, Any]) -> None:
        self.document_properties = self._properties_of(document, "$")
        features = document.get("features")
        if not isinstance(features, list):
            self.report("geojson_bad_features", "$.features")
            return
        if len(features) > MAX_SEGMENTS:
            self.report("geojson_too_many_segments", "$.features", count=len(features), limit=MAX_SEGMENTS)
            return
        for index in self._order(features):
            feature = features[index]
            path = f"$.features[{index}]"
            if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
                self.report("geojson_not_a_feature", path)
            else:
                self._feature(feature, path)

    def _order(self, features: Sequence[Any]) -> list[int]:
        numbers: list[Any] = []
        for feature in features:
            properties = feature.get("properties") if isinstance(feature, Mapping) else None
            numbers.append(properties.get("seq") if isinstance(properties, Mapping) else None)
        if not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
            return list(range(len(features)))
        if len(set(numbers)) != len(numbers):
            self.report("geojson_seq_repeated", "$.features")
        return sorted(range(len(features)), key=lambda i: numbers[i])

    def _feature(self, feature: Mapping[str, Any], path: str) -> Mapping[str, Any]:
        geometry = feature.get("geometry")
        properties = self._properties_of(feature, path)
        if isinstance(geometry, Mapping):
            self._geometry(geometry, f"{path}.geometry", properties, 0)
        else:
            self.report("geometry_empty" if geometry is None else "geojson_not_an_object", f"{path}.geometry")
        return properties

    def _geometry(self, geometry: Mapping[str, Any], path: str, properties: Mapping[str, Any], depth: int) -> None:
        kind = geometry.get("type")
        if not isinstance(kind, str) or kind not in _GEOMETRY_TYPES:
            self.report("geojson_unknown_type", f"{path}.type", type=str(kind)[:40])
            return
        if kind == "GeometryCollection":
            self._geometry_collection(geometry, path, properties, depth)
            return
        coordinates = geometry.get("coordinates")
        if not isinstance(coordinates, list):
            self.report("geojson_bad_coordinates", f"{path}.coordinates")
            return
        build = self._builder(kind.removeprefix("Multi"))
        if not kind.startswith("Multi"):
            self._add(build(coordinates, f"{path}.coordinates"), properties)
            return
        for index, part in enumerate(coordinates):
            if self.full:
                return
            self._add(build(part, f"{path}.coordinates[{index}]"), properties)

    def _geometry_collection(
        self, geometry: Mapping[str, Any], path: str, properties: Mapping[str, Any], depth: int
    ) -> None:
        parts = geometry.get("geometries")
        if depth >= MAX_DEPTH:
            self.report("geojson_too_deep", path, limit=MAX_DEPTH)
            return
        if not isinstance(parts, list):
            self.report("geojson_bad_coordinates", f"{path}.geometries")
            return
        for index, part in enumerate(parts):
            where = f"{path}.geometries[{index}]"
            if self.full:
                return
            if isinstance(part, Mapping):
                self._geometry(part, where, properties, depth + 1)
            else:
                self.report("geojson_not_an_object", where)

    def _builder(self, kind: str) -> Callable[[Any, str], BaseGeometry | None]:
        return {"Point": self._point, "LineString": self._line, "Polygon": self._polygon}[kind]

    def _add(self, geometry: BaseGeometry | None, properties: Mapping[str, Any]) -> None:
        if geometry is None or self.full:
            return
        if len(self.geometries) >= MAX_SEGMENTS:
            self.full = True
            self.report("geojson_too_many_segments", "$", count=MAX_SEGMENTS + 1, limit=MAX_SEGMENTS)
            return
        self.geometries.append(geometry)
        self.properties.append(properties)

    def _point(self, coordinates: Any, path: str) -> BaseGeometry | None:
        position = self._position(coordinates, path)
        return None if position is None else shapely.Point(position)

    def _line(self, coordinates: Any, path: str) -> BaseGeometry | None:
        positions = self._positions(coordinates, path)
        if positions is None:
            return None
        if len(positions) < 2:
            self.report("geojson_line_too_short", path, count=len(positions))
            return None
        return shapely.LineString(positions)

    def _polygon(self, coordinates: Any, path: str) -> BaseGeometry | None:
        if not isinstance(coordinates, list) or not coordinates:
            self.report("geojson_bad_coordinates", path)
            return None
        rings = [self._ring(ring, f"{path}[{index}]") for index, ring in enumerate(coordinates)]
        complete = [ring for ring in rings if ring is not None]
        return shapely.Polygon(complete[0], complete[1:]) if len(complete) == len(rings) else None

    def _ring(self, coordinates: Any, path: str) -> list[tuple[float, float]] | None:
        positions = self._positions(coordinates, path)
        if positions is None:
            return None
        if len(positions) < 4:
            self.report("geojson_ring_too_short", path, count=len(positions))
            return None
        if positions[0] != positions[-1]:
            self.report("geojson_ring_not_closed", path)
            return None
        return positions

    def _positions(self, coordinates: Any, path: str) -> list[tuple[float, float]] | None:
        if not isinstance(coordinates, list):
            self.report("geojson_bad_coordinates", path)
            return None
        positions = []
        sound = True
        for index, item in enumerate(coordinates):
            if self.full:
                return None
            position = self._position(item, f"{path}[{index}]")
            if position is None:
                sound = False
            else:
                positions.append(position)
        return positions if sound else None

    def _position(self, item: Any, path: str) -> tuple[float, float] | None:
        self.vertices += 1
        if self.vertices > MAX_VERTICES:
            if not self.full:
                self.full = True
                self.problems.append(Problem("too_many_vertices", where={"path": path}, values={"limit": MAX_VERTICES}))
            return None
        if not isinstance(item, list) or not 2 <= len(item) <= 4:
            self.report("geojson_bad_position", path)
            return None
        for number in item:
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                self.report("geojson_not_a_number", path, value=str(number)[:40])
                return None
            if not _finite(number):
                self.report("not_finite", path)
                return None
        lon, lat = float(item[0]), float(item[1])
        if abs(lon) > 180 or abs(lat) > 90:
            self.report("geojson_not_degrees", path, x=lon, y=lat)
            return None
        self.dropped_z = self.dropped_z or len(item) > 2
        return lon, lat


def _finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer larger than any float
        return False

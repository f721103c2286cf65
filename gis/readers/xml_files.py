"""KML and GPX, read as a stream of elements; no document type, no entity, no link is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from shapely.geometry.base import BaseGeometry

from gis import crs
from gis.problems import Problem
from gis.readers.rows import Row, batches_of
from gis.readers.source import (
    MAX_COLUMNS,
    SAMPLE_ROWS,
    LayerInfo,
    ReadSource,
    decide_crs,
    fail,
    safe_columns,
    sample_of,
)
from gis.readers.stated import Stated

Properties = dict[str, str]
Feature = tuple[Properties, BaseGeometry | None]

_KML_TEXTS = ("name", "description", "address", "phoneNumber", "styleUrl")
_GPX_TEXTS = ("name", "cmt", "desc", "src", "type", "time", "ele", "sym", "number")
_MAX_VALUE = 20_000
_MAX_POINTS = 1_000_000


def read_kml(path: Path, *, epsg: int | None) -> ReadSource:
    """Placemarks with their extended data, the folder they lie in, and points, lines, areas and tracks."""
    return _read("kml", path, _placemarks, epsg)


def read_gpx(path: Path, *, epsg: int | None) -> ReadSource:
    """Tracks and routes as lines, waypoints as points; ``gpx_kind`` says which."""
    return _read("gpx", path, _gpx_features, epsg)


def _read(
    format: str, path: Path, features: Callable[[Path, list[Problem]], Iterator[Feature]], epsg: int | None
) -> ReadSource:
    problems: list[Problem] = []
    names: dict[str, None] = {}
    count = 0
    shapes: list[BaseGeometry] = []
    first: list[Feature] = []
    for properties, geometry in features(path, problems):
        count += 1
        names.update(dict.fromkeys(properties))
        if len(names) > MAX_COLUMNS:
            raise fail("file_too_many_columns", count=len(names), limit=MAX_COLUMNS)
        if count <= SAMPLE_ROWS:
            first.append((properties, geometry))
        if geometry is not None and len(shapes) < 1000:
            shapes.append(geometry)
    chosen, candidates, crs_problems = decide_crs(epsg, Stated(crs.STORAGE_EPSG), shapes)
    if not count:
        problems.append(Problem("file_without_features"))
    keys = list(names)
    columns = tuple(safe_columns(keys))

    def rows(found: Iterable[Feature]) -> Iterator[Row]:
        for number, (properties, geometry) in enumerate(found, start=1):
            wkb = None if geometry is None else shapely.to_wkb(geometry)
            yield number, [properties.get(key) for key in keys], wkb

    sample = next(batches_of(rows(first), columns), None)
    return ReadSource(
        format,
        (LayerInfo(path.stem, count),),
        path.stem,
        "utf-8",
        None,
        chosen,
        candidates,
        columns,
        count,
        sample_of(sample),
        tuple([*problems, *crs_problems]),
        lambda: batches_of(rows(features(path, [])), columns),
    )


def _elements(path: Path) -> Iterator[tuple[str, Element]]:
    """Start and end of every element, names without namespace.

    Raises
    ------
    ReadError
        ``xml_unsafe`` for a document type or entity, ``file_damaged`` for broken XML.
    """
    try:
        yield from iterparse(path, events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException as error:
        raise fail("xml_unsafe") from error
    except (ParseError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise fail("file_damaged", reason=str(error)[:160]) from error


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _whole_text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _text(element: Element | None) -> str:
    return _whole_text(element)[:_MAX_VALUE]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element.iter() if _local(child) == name)


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _local(child) == name), None)


# --- KML ----------------------------------------------------------------------------------------------------------


def _placemarks(path: Path, problems: list[Problem]) -> Iterator[Feature]:
    folders: list[Element] = []
    inside = 0
    for event, element in _elements(path):
        kind = _local(element)
        if event == "start":
            inside += kind == "Placemark"
            if kind == "Folder":
                folders.append(element)
            continue
        if kind == "Placemark":
            inside -= 1
            yield _placemark(element, folders)
            element.clear()
        elif kind == "Folder":
            folders.pop()
            element.clear()
        elif kind == "NetworkLink":
            problems.append(Problem("kml_link_ignored", "warning"))
            element.clear()
        elif not inside and kind not in ("name", "Folder", "Document"):
            # Styles and other furniture: nothing of it is needed again.
            element.clear()


def _placemark(element: Element, folders: list[Element]) -> Feature:
    properties: Properties = {}
    for child in element:
        name = _local(child)
        if name in _KML_TEXTS:
            properties[name] = _text(child)
    for data in (*_children(element, "Data"), *_children(element, "SimpleData")):
        key = data.get("name", "").strip()
        if key:
            properties[key] = _text(_child(data, "value")) if _local(data) == "Data" else _text(data)
    path = " / ".join(name for folder in folders if (name := _text(_child(folder, "name"))))
    if path:
        properties["folder"] = path
    return properties, _kml_geometry(element)


def _kml_geometry(element: Element) -> BaseGeometry | None:
    shapes = []
    for child in element:
        kind = _local(child)
        if kind in ("MultiGeometry", "MultiTrack"):
            shapes.append(_kml_geometry(child))
        elif kind in ("Point", "LineString", "LinearRing", "Polygon", "Track"):
            shapes.append(_kml_simple(child, kind))
    found = [shape for shape in shapes if shape is not None]
    return _together(found)


def _kml_simple(element: Element, kind: str) -> BaseGeometry | None:
    if kind == "Polygon":
        rings = []
        for name in ("outerBoundaryIs", "innerBoundaryIs"):
            for boundary in _children(element, name):
                rings += [_positions(_whole_text(c)) for c in _children(boundary, "coordinates")]
        return _built(lambda: shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring) >= 3]))
    if kind == "Track":
        numbers = [_text(coord).split() for coord in _children(element, "coord")]
        return _built(lambda: shapely.LineString([(float(n[0]), float(n[1])) for n in numbers]))
    positions = [p for c in _children(element, "coordinates") for p in _positions(_whole_text(c))]
    if kind == "Point":
        return _built(lambda: shapely.Point(positions[0]))
    return _built(lambda: shapely.LineString(positions))


def _positions(text: str) -> list[tuple[float, float]]:
    positions = []
    for item in text.replace(", ", ",").split():
        numbers = item.split(",")
        try:
            positions.append((float(numbers[0]), float(numbers[1])))
        except (ValueError, IndexError):
            return []
    return positions


def _built(build: Callable[[], BaseGeometry]) -> BaseGeometry | None:
    """The geometry, or None where its numbers make none: the row stays and says that it has no coordinates."""
    try:
        return build()
    except (ValueError, IndexError, shapely.errors.ShapelyError):
        return None


def _together(shapes: list[BaseGeometry]) -> BaseGeometry | None:
    if len(shapes) < 2:
        return shapes[0] if shapes else None
    return shapely.GeometryCollection(shapes)


# --- GPX ----------------------------------------------------------------------------------------------------------


def _gpx_features(path: Path, _problems: list[Problem]) -> Iterator[Feature]:
    points: list[tuple[float, float] | None] = []
    lines: list[BaseGeometry | None] = []
    for event, element in _elements(path):
        if event == "start":
            continue
        kind = _local(element)
        if kind in ("trkpt", "rtept"):
            # Taken and let go at once: a track may have hundreds of thousands.
            points.append(_gpx_position(element))
            element.clear()
            if len(points) > _MAX_POINTS:
                raise fail("file_too_many_points", limit=_MAX_POINTS)
        elif kind in ("trkseg", "rte"):
            lines.append(_gpx_line(points))
            points = []
        if kind == "wpt":
            position = _gpx_position(element)
            yield _gpx_properties(element, kind), None if position is None else shapely.Point(position)
        elif kind in ("trk", "rte"):
            yield _gpx_properties(element, kind), _together([line for line in lines if line is not None])
            lines = []
        if kind in ("trk", "rte", "wpt", "trkseg"):
            element.clear()


def _gpx_properties(element: Element, kind: str) -> Properties:
    properties: Properties = {"gpx_kind": {"trk": "track", "rte": "route", "wpt": "waypoint"}[kind]}
    for child in element:
        if _local(child) in _GPX_TEXTS:
            properties[_local(child)] = _text(child)
    return properties


def _gpx_line(points: list[tuple[float, float] | None]) -> BaseGeometry | None:
    """The line, or None where one of its points is no place: half a line is not what was walked."""
    found = [point for point in points if point is not None]
    return _built(lambda: shapely.LineString(found)) if len(found) == len(points) else None


def _gpx_position(element: Element) -> tuple[float, float] | None:
    try:
        return float(element.get("lon", "")), float(element.get("lat", ""))
    except ValueError:
        return None

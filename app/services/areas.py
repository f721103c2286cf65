"""Administrative boundaries and villages into the area table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.models import Area, VillagePoint
from app.queries.areas import LEVELS, area_names, level_of
from app.services.loading import Progress, Summary, TableChange, merge, silent
from app.services.reference_files import (
    Features,
    GeometryArray,
    ewkb,
    layer_names,
    read_csv,
    read_features,
)
from gis.problems import Problem
from gis.thai import normalise

ZONE_BOUNDARY_LON = 102.0
# Thailand with its islands (code list coordinate_systems.json, rounded outwards)
_THAILAND = (97.3, 5.6, 105.7, 20.5)

_AREA_COLUMNS = ("code", "level", "name_th", "name_en", "parent_code", "geom", "point", "utm_zones", "source")
_LOOSE_COLUMNS = ("source", "source_ref", "tambon_code", "name_th", "point")
_VILLAGE_COLUMNS = ("code", "level", "name_th", "name_en", "parent_code")


def load_areas(session: Session, path: Path, progress: Progress = silent) -> Summary:
    """Load provinces, amphoe and tambons.

    Parameters
    ----------
    session
        Open transaction.
    path
        GeoPackage with layers ``province``, ``amphoe``, ``tambon`` (any of them), or a GeoParquet file of areas of
        one or more levels; columns ``code``, ``name_th``, ``name_en``; polygons in EPSG:4326.
    progress
        Told after every level.

    Returns
    -------
    Summary
        Inserted, updated and unchanged areas per level.

    Raises
    ------
    InvalidInput
        Every problem of every level at once; nothing is written then.
    """
    levels = _read_levels(path)
    problems = [problem for features in levels.values() for problem in _check_shapes(features)]
    problems += _check_parents(session, levels)
    if problems:
        raise InvalidInput(problems)
    changes = []
    for level, features in levels.items():
        progress(level, 0, len(features))
        change = merge(session, Area, ("code",), _AREA_COLUMNS, _area_rows(level, features, path.name))
        changes.append(TableChange(level, change.inserted, change.updated, change.unchanged))
        progress(level, len(features), len(features))
    return Summary(tuple(changes))


def _read_levels(path: Path) -> dict[str, Features]:
    required = ("code", "name_th", "name_en")
    if path.suffix == ".parquet":
        return _split_by_level(read_features(path, path.stem, required))
    present = layer_names(path)
    levels: dict[str, Features] = {
        level: read_features(path, level, required) for level in LEVELS[:3] if level in present
    }
    if not levels:
        raise InvalidInput([Problem("reference_layers", values={"file": path.name, "layers": present})])
    return levels


def _split_by_level(features: Features) -> dict[str, Features]:
    lengths = np.array([len(str(code)) for code in features.columns["code"]])
    levels = {}
    for level, length in (("province", 2), ("amphoe", 4), ("tambon", 6)):
        chosen = np.flatnonzero(lengths == length)
        if len(chosen):
            columns = {name: [values[int(i)] for i in chosen] for name, values in features.columns.items()}
            levels[level] = Features(columns, features.geometry[chosen])
    return levels


def _check_shapes(features: Features) -> Iterator[Problem]:
    codes = [str(code) for code in features.columns["code"]]
    for code, times in Counter(codes).items():
        if times > 1:
            yield Problem("area_twice", where={"area": code}, values={"area": code, "times": times})
    shapes = features.geometry
    polygonal = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    for i in np.flatnonzero(~polygonal):
        yield Problem("area_not_polygon", where={"area": codes[i]}, values={"area": codes[i]})
    for i in np.flatnonzero(polygonal & ~shapely.is_valid(shapes)):
        reason = str(shapely.is_valid_reason(shapes[i]))
        yield Problem("area_invalid", where={"area": codes[i]}, values={"area": codes[i], "reason": reason})
    bounds = shapely.bounds(shapes)
    west, south, east, north = _THAILAND
    inside = (bounds[:, 0] > west) & (bounds[:, 1] > south) & (bounds[:, 2] < east) & (bounds[:, 3] < north)
    for i in np.flatnonzero(polygonal & ~inside):
        yield Problem("area_outside_thailand", where={"area": codes[i]}, values={"area": codes[i]})


def _check_parents(session: Session, levels: dict[str, Features]) -> list[Problem]:
    given = {str(code) for features in levels.values() for code in features.columns["code"]}
    parents = {code[:-2] for code in given if len(code) > 2}
    known = area_names(session, parents - given)
    return [
        Problem("area_parent_unknown", where={"area": code}, values={"area": code, "parent": code[:-2]})
        for code in sorted(given)
        if len(code) > 2 and code[:-2] not in given and code[:-2] not in known
    ]


def utm_zones(shapes: GeometryArray) -> list[str]:
    """UTM zones that each shape (EPSG:4326) touches: ``47N``, ``48N`` or ``47N+48N``, split at 102°E."""
    bounds = shapely.bounds(shapes)
    return [
        "47N" if east <= ZONE_BOUNDARY_LON else "48N" if west >= ZONE_BOUNDARY_LON else "47N+48N"
        for west, _, east, _ in bounds
    ]


def _area_rows(level: str, features: Features, source: str) -> Iterator[tuple[Any, ...]]:
    codes = [str(code) for code in features.columns["code"]]
    single = shapely.get_type_id(features.geometry) == 3
    shapes = features.geometry.copy()
    shapes[single] = shapely.multipolygons([[shape] for shape in shapes[single]]) if single.any() else []
    rows = zip(
        codes,
        features.columns["name_th"],
        features.columns["name_en"],
        ewkb(shapes),
        ewkb(shapely.point_on_surface(shapes)),
        utm_zones(shapes),
        strict=True,
    )
    for code, name_th, name_en, geom, point, zones in rows:
        parent = code[:-2] or None
        yield code, level, normalise(str(name_th)), name_en, parent, geom, point, zones, source


def load_villages(session: Session, path: Path, progress: Progress = silent) -> Summary:
    """Load villages: their codes and names (CSV), or the points of villages (GeoParquet).

    The two kinds of file complete each other. A code list gives every village its name; a point file gives a place
    to those whose code it knows for certain. A point whose code is missing or claimed twice is kept as one of some
    village of its tambon, where the file tells the tambon (``tambon_code``).

    Parameters
    ----------
    session
        Open transaction.
    path
        CSV (optionally gzipped) with ``code``, ``name_th``, ``name_en``, ``moo`` and ``obsolete``; or GeoParquet with
        ``muban_code_guess`` and ``NAME``.
    progress
        Told before and after.
    """
    kept: tuple[str, ...] = ()
    loose: list[tuple[Any, ...]] = []
    if path.suffix == ".parquet":
        features = read_features(path, path.stem, ("muban_code_guess", "NAME"))
        rows, rejected = _village_points(features)
        loose = _loose_points(features, {row[0] for row in rows}, path.name)
        columns: tuple[str, ...] = ("code", "level", "name_th", "parent_code", "point")
        kept = ("level", "name_th", "parent_code")
    else:
        rows, rejected = _village_names(read_csv(path, ("code", "name_th", "name_en", "moo", "obsolete")))
        columns = _VILLAGE_COLUMNS
    tambons = set(session.scalars(sa.select(Area.code).where(Area.level == "tambon")))
    rejected += [
        Problem("area_parent_unknown", "warning", {"area": row[0]}, {"area": row[0], "parent": row[0][:6]})
        for row in rows
        if row[0][:6] not in tambons
    ]
    accepted = [row for row in rows if row[0][:6] in tambons]
    progress("village", 0, len(accepted))
    change = merge(session, Area, ("code",), columns, accepted, insert_only=kept)
    progress("village", len(accepted), len(accepted))
    named = TableChange("village", change.inserted, change.updated, change.unchanged)
    if not loose:
        return Summary((named,), tuple(rejected))
    session.execute(
        sa.text("DELETE FROM village_point WHERE source = :source AND source_ref <> ALL(:refs)"),
        {"source": path.name, "refs": [row[1] for row in loose]},
    )
    places = merge(
        session, VillagePoint, ("source", "source_ref"), _LOOSE_COLUMNS, [row for row in loose if row[2] in tambons]
    )
    return Summary((named, places), tuple(rejected))


def _loose_points(features: Features, certain: set[str], source: str) -> list[tuple[Any, ...]]:
    """Points without a certain code: source, number in it, tambon, name, point."""
    codes = features.columns["muban_code_guess"]
    tambons = features.columns.get("tambon_code", [None] * len(features))
    names, points = features.columns["NAME"], ewkb(features.geometry)
    return [
        (source, str(row), str(tambons[row]), normalise(str(names[row])), points[row])
        for row in range(len(features))
        if tambons[row] and (codes[row] or "") not in certain
    ]


def _village_names(lines: Iterable[dict[str, str]]) -> tuple[list[tuple[Any, ...]], list[Problem]]:
    rows: list[tuple[Any, ...]] = []
    rejected: list[Problem] = []
    for line in lines:
        code = line["code"]
        if line["obsolete"]:
            rejected.append(Problem("village_obsolete", "info", {"area": code}, {"area": code}))
            continue
        # 35 villages of the public list have no name of their own; people say their number
        name = normalise(line["name_th"]) or f"หมู่ {line['moo']}"
        rows.append((code, level_of(code), name, line["name_en"] or None, code[:6]))
    return rows, rejected


def _village_points(features: Features) -> tuple[list[tuple[Any, ...]], list[Problem]]:
    codes = [code or "" for code in features.columns["muban_code_guess"]]
    claimed = Counter(codes)
    rows: list[tuple[Any, ...]] = []
    points = ewkb(features.geometry)
    for code, name, point in zip(codes, features.columns["NAME"], points, strict=True):
        if code and claimed[code] == 1:
            rows.append((code, "village", normalise(str(name)), code[:6], point))
    twice = sum(times for code, times in claimed.items() if code and times > 1)
    rejected = [
        Problem(problem, "warning", {}, {"count": count})
        for problem, count in (("village_code_missing", claimed[""]), ("village_code_twice", twice))
        if count
    ]
    return rows, rejected

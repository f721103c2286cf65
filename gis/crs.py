"""The coordinate systems of Thai practice, each with ONE pinned operation to storage (EPSG:4326, lon/lat).

PROJ's own choice for Indian 1975 (EPSG:1812) lands about 189 m beside the published test point, and what it chooses
depends on its version and its grids. So nothing here asks PROJ to find a way between datums: the operation is written
out, and its name is stored beside the numbers that went through it. Indian 1975 uses the three-parameter shift of the
Royal Thai Survey Department (204.4798, 837.8940, 294.7765), which meets the test point within 0.3 m.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection
from shapely.geometry.base import BaseGeometry

FloatArray = npt.NDArray[np.float64]
Bounds = tuple[float, float, float, float]

STORAGE_EPSG = 4326
# Thailand with its islands, lon/lat (west, south, east, north).
THAILAND_BOUNDS: Bounds = (97.34, 5.61, 105.65, 20.47)
# Longitude where zone 47 ends and zone 48 begins; nine provinces lie on both sides.
ZONE_BOUNDARY_LON = 102.0

_EVEREST = "+a=6377276.345 +rf=300.8017"
_RTSD_SHIFT = (204.4798, 837.8940, 294.7765)
_HELMERT = "+proj=helmert +x={} +y={} +z={}".format(*_RTSD_SHIFT)
_INDIAN_TO_WGS84 = (
    f"+step +proj=push +v_3 +step +proj=cart {_EVEREST} +step {_HELMERT} "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3"
)
_TO_DEGREES = "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
_TO_RADIANS = "+step +proj=unitconvert +xy_in=deg +xy_out=rad"


@dataclass(frozen=True)
class Operation:
    """The one way from a coordinate system to EPSG:4326.

    Parameters
    ----------
    epsg
        Code of the coordinate system that the numbers are in.
    name_th, name_en
        What people call it.
    id
        Name stored beside converted coordinates; changes whenever ``pipeline`` changes.
    pipeline
        PROJ pipeline, x/y (easting/northing or lon/lat) to lon/lat in degrees; empty for EPSG:4326 itself.
    proj4
        The same definition in the form that proj4js reads.
    easting_m, northing_m
        What occurs inside Thailand, for projected systems.
    """

    epsg: int
    name_th: str
    name_en: str
    id: str
    pipeline: str
    proj4: str
    easting_m: tuple[float, float] | None = None
    northing_m: tuple[float, float] | None = None

    @property
    def is_projected(self) -> bool:
        """True when the numbers are metres."""
        return self.easting_m is not None


def _utm(zone: int, easting_m: tuple[float, float], northing_max: float) -> Operation:
    return Operation(
        epsg=32600 + zone,
        name_th=f"WGS 84 ยูทีเอ็ม โซน {zone}",
        name_en=f"WGS 84 / UTM zone {zone}N",
        id=f"utm{zone}n-wgs84",
        pipeline=f"+proj=pipeline +step +inv +proj=utm +zone={zone} +ellps=WGS84 {_TO_DEGREES}",
        proj4=f"+proj=utm +zone={zone} +datum=WGS84 +units=m +no_defs",
        easting_m=easting_m,
        northing_m=(618_988, northing_max),
    )


def _indian_utm(zone: int, easting_m: tuple[float, float], northing_max: float) -> Operation:
    shift = ",".join(f"{value:.4f}" for value in _RTSD_SHIFT)
    return Operation(
        epsg=24000 + zone,
        name_th=f"Indian 1975 ยูทีเอ็ม โซน {zone}",
        name_en=f"Indian 1975 / UTM zone {zone}N",
        id=f"utm{zone}n-indian1975-rtsd-204.4798-837.8940-294.7765",
        pipeline=(f"+proj=pipeline +step +inv +proj=utm +zone={zone} {_EVEREST} {_INDIAN_TO_WGS84} {_TO_DEGREES}"),
        proj4=f"+proj=utm +zone={zone} {_EVEREST} +towgs84={shift} +units=m +no_defs",
        easting_m=easting_m,
        northing_m=(618_600, northing_max),
    )


OPERATIONS: Mapping[int, Operation] = MappingProxyType(
    {
        operation.epsg: operation
        for operation in (
            Operation(
                4326,
                "WGS 84 ลองจิจูด/ละติจูด",
                "WGS 84 longitude/latitude",
                "as-given",
                "",
                "+proj=longlat +datum=WGS84 +no_defs",
            ),
            _utm(47, (311_702, 832_392), 2_269_684),
            _utm(48, (167_608, 577_525), 2_048_138),
            _indian_utm(47, (312_035, 832_725), 2_269_400),
            _indian_utm(48, (168_023, 577_940), 2_047_850),
            Operation(
                4240,
                "Indian 1975 ลองจิจูด/ละติจูด",
                "Indian 1975 longitude/latitude",
                "lonlat-indian1975-rtsd-204.4798-837.8940-294.7765",
                f"+proj=pipeline {_TO_RADIANS} {_INDIAN_TO_WGS84} {_TO_DEGREES}",
                f"+proj=longlat {_EVEREST} +towgs84=204.4798,837.8940,294.7765 +no_defs",
            ),
        )
    }
)
# Systems whose way to WGS 84 programs disagree about.
WITH_SHIFT = (24047, 24048, 4240)
# National layers kept whole in zone 47 reach this easting (domain notes 7.2): legal, but worth a question.
NATIONAL_LAYER_EASTING_MAX_M = 1_243_683.0
# Room on each side of the ranges above, for works that end just across a border line of the map.
_MARGIN_M = 5_000.0
_MARGIN_DEGREES = 0.05


class UnsupportedCrsError(ValueError):
    """The coordinate system is none of those that have a pinned operation."""

    def __init__(self, epsg: int) -> None:
        super().__init__(f"EPSG:{epsg} has no pinned operation")
        self.epsg = epsg


def operation(epsg: int) -> Operation:
    """The pinned operation of a coordinate system.

    Raises
    ------
    UnsupportedCrsError
        For any code that is not in :data:`OPERATIONS`.
    """
    try:
        return OPERATIONS[epsg]
    except KeyError:
        raise UnsupportedCrsError(epsg) from None


@lru_cache(maxsize=16)
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_pipeline(operation(epsg).pipeline)


def _convert(xy: FloatArray, epsg: int, direction: TransformDirection) -> FloatArray:
    if not operation(epsg).pipeline or not len(xy):
        return xy
    x, y = _transformer(epsg).transform(
        np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1]), direction=direction
    )
    return np.column_stack((x, y))


T = TypeVar("T", bound=BaseGeometry)


@overload
def to_wgs84(given: T, epsg: int) -> tuple[T, str]: ...
@overload
def to_wgs84(given: tuple[float, float], epsg: int) -> tuple[tuple[float, float], str]: ...
@overload
def to_wgs84(given: npt.NDArray[Any], epsg: int) -> tuple[npt.NDArray[Any], str]: ...
def to_wgs84(given: Any, epsg: int) -> tuple[Any, str]:
    """Bring numbers to EPSG:4326 (lon, lat) by the pinned operation.

    Parameters
    ----------
    given
        A 2D geometry, one ``(x, y)`` pair, an array of geometries (may hold None), or an N x 2 array of numbers;
        easting/longitude first.
    epsg
        The coordinate system the numbers are in.

    Returns
    -------
    tuple
        The same kind of thing in lon/lat degrees, and the id of the operation. Numbers that the projection cannot
        reach become infinite; ``gis.checks`` reports them.

    Raises
    ------
    UnsupportedCrsError
        When ``epsg`` has no pinned operation.

    Examples
    --------
    >>> (lon, lat), used = to_wgs84((673310.690, 1520741.207), 24047)
    >>> round(lon, 6), round(lat, 6), used
    (100.599909, 13.753544, 'utm47n-indian1975-rtsd-204.4798-837.8940-294.7765')
    """
    return _apply(given, epsg, TransformDirection.FORWARD), operation(epsg).id


@overload
def from_wgs84(given: T, epsg: int) -> tuple[T, str]: ...
@overload
def from_wgs84(given: tuple[float, float], epsg: int) -> tuple[tuple[float, float], str]: ...
@overload
def from_wgs84(given: npt.NDArray[Any], epsg: int) -> tuple[npt.NDArray[Any], str]: ...
def from_wgs84(given: Any, epsg: int) -> tuple[Any, str]:
    """Bring lon/lat to another system: the inverse of :func:`to_wgs84` (within 1 cm across datums), same operation id.

    Examples
    --------
    >>> (easting_m, northing_m), _ = from_wgs84((102.03, 15.8), 32648)
    >>> round(easting_m), round(northing_m)
    (181799, 1749060)
    """
    return _apply(given, epsg, TransformDirection.INVERSE), operation(epsg).id


def _apply(given: Any, epsg: int, direction: TransformDirection) -> Any:
    if isinstance(given, tuple):
        x, y = _convert(np.array([given], dtype=np.float64), epsg, direction)[0]
        return float(x), float(y)
    if isinstance(given, np.ndarray) and given.dtype != object:
        return _convert(given.astype(np.float64, copy=False), epsg, direction)
    if not operation(epsg).pipeline:
        return given
    return shapely.transform(given, lambda xy: _convert(xy, epsg, direction))


def utm_epsg_at(lon: float) -> int:
    """WGS 84 UTM system of the zone a longitude lies in: 32647 west of 102 E, else 32648."""
    return 32647 if lon < ZONE_BOUNDARY_LON else 32648


def in_thailand(lon: float, lat: float) -> bool:
    """True inside the bounding box of Thailand; a coarse test that a wrong zone can pass."""
    west, south, east, north = THAILAND_BOUNDS
    return west <= lon <= east and south <= lat <= north


def meets_thailand(bounds: Bounds) -> bool:
    """True when a box in degrees touches that of Thailand.

    Examples
    --------
    >>> meets_thailand((101.0, 13.0, 120.0, 30.0)), meets_thailand((-78.0, 23.0, -76.0, 25.0))
    (True, False)
    """
    west, south, east, north = THAILAND_BOUNDS
    return bounds[0] <= east and bounds[2] >= west and bounds[1] <= north and bounds[3] >= south


def candidates(bounds: Bounds) -> tuple[int, ...]:
    """Coordinate systems in which numbers of these bounds would lie in Thailand, the likelier first.

    The easting alone does not tell zone 47 from 48, and no range tells WGS 84 from Indian 1975: several answers mean
    that a person (or the organisation's territory) has to decide.

    Parameters
    ----------
    bounds
        ``(min x, min y, max x, max y)`` in the file's own numbers.

    Examples
    --------
    >>> candidates((101.1, 15.0, 102.3, 16.2))
    (4326, 4240)
    >>> candidates((400000, 1700000, 410000, 1710000))
    (32647, 32648, 24047, 24048)
    >>> candidates((181814, 1741000, 190000, 1749000))
    (32648, 24048)
    >>> candidates((613.0, 15.0, 614.0, 16.0))
    ()
    """
    min_x, min_y, max_x, max_y = bounds
    if not all(np.isfinite(bounds)):
        return ()
    west, south, east, north = THAILAND_BOUNDS
    margin = _MARGIN_DEGREES
    if west - margin <= min_x and max_x <= east + margin and south - margin <= min_y and max_y <= north + margin:
        return (4326, 4240)
    found = [op.epsg for op in OPERATIONS.values() if op.is_projected and _in_ranges(op, min_x, min_y, max_x, max_y)]
    if not found and min_x > 0 and max_x <= NATIONAL_LAYER_EASTING_MAX_M + _MARGIN_M:
        found = [
            epsg
            for epsg in (32647, 24047)
            if min_x >= 311_702 - _MARGIN_M and min_y >= 618_600 - _MARGIN_M and max_y <= 2_269_684 + _MARGIN_M
        ]
    return tuple(found)


def _in_ranges(op: Operation, min_x: float, min_y: float, max_x: float, max_y: float) -> bool:
    if op.easting_m is None or op.northing_m is None:
        return False
    return (
        op.easting_m[0] - _MARGIN_M <= min_x
        and max_x <= op.easting_m[1] + _MARGIN_M
        and op.northing_m[0] - _MARGIN_M <= min_y
        and max_y <= op.northing_m[1] + _MARGIN_M
    )


def wkt_with_shift(epsg: int) -> str:
    """Definition (WKT 1) that carries the pinned shift to WGS 84, for programs that would choose one of their own.

    Without EPSG codes: seeing one, GDAL (and so QGIS) puts the shift away and lands 189 m beside.

    Parameters
    ----------
    epsg
        One of :data:`WITH_SHIFT`.

    Examples
    --------
    >>> "TOWGS84[204.4798,837.894,294.7765,0,0,0,0]" in wkt_with_shift(24047)
    True
    """
    if epsg not in WITH_SHIFT:
        raise UnsupportedCrsError(epsg)
    plain = re.sub(r',AUTHORITY\["EPSG","\d+"\]', "", CRS.from_epsg(epsg).to_wkt("WKT1_GDAL"))
    shift = ",".join(str(value) for value in (*_RTSD_SHIFT, 0, 0, 0, 0))
    # In WKT 1 the shift stands behind the ellipsoid, inside the datum.
    return re.sub(r"(SPHEROID\[.*?\])", rf"\1,TOWGS84[{shift}]", plain, count=1)


def proj4_definitions() -> dict[str, str]:
    """Definitions for proj4js in the browser, the same parameters as the pinned operations.

    Examples
    --------
    >>> sorted(proj4_definitions())
    ['EPSG:24047', 'EPSG:24048', 'EPSG:32647', 'EPSG:32648', 'EPSG:4240', 'EPSG:4326']
    """
    return {f"EPSG:{op.epsg}": op.proj4 for op in OPERATIONS.values()}

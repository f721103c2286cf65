"""Which coordinate system a file says it is in."""

from __future__ import annotations

from dataclasses import dataclass

import pyproj

from gis import crs
from gis.problems import Problem


@dataclass(frozen=True)
class Stated:
    """What a file says of its coordinate system.

    Parameters
    ----------
    epsg
        The system, when it is one with a pinned operation.
    foreign
        It names another one: what its numbers look like is then no evidence.
    """

    epsg: int | None = None
    foreign: bool = False
    problems: tuple[Problem, ...] = ()


NOTHING = Stated()


def stated_crs(stated: str | None) -> Stated:
    """Read what a file states: a code, WKT or PROJJSON. A plane without a place on earth states nothing."""
    if not stated:
        return NOTHING
    try:
        found = pyproj.CRS.from_user_input(stated)
        # A shift written beside the system does not make it another: the pinned one is used.
        found = found.source_crs if found.is_bound and found.source_crs is not None else found
        # Heights are not read: WGS 84 with them is WGS 84.
        code = found.to_2d().to_epsg(min_confidence=60)
    except pyproj.exceptions.CRSError:
        return Stated(problems=(Problem("crs_unreadable", "warning"),))
    if found.is_engineering:
        return NOTHING
    if code not in crs.OPERATIONS:
        code = _epsg_by_name(found.name)
    if code is not None:
        return Stated(code)
    return Stated(None, True, (Problem("crs_unsupported", "warning", values={"name": found.name[:80]}),))


def _epsg_by_name(name: str) -> int | None:
    """Systems written by hand: their name says zone and datum even where the definition matches nothing."""
    plain = name.lower().replace("_", " ")
    zone = next((zone for zone in (47, 48) if f"zone {zone}" in plain or f"{zone}n" in plain), None)
    if "indian" in plain and ("1975" in plain or "thai" in plain):
        return 24000 + zone if zone else 4240
    if zone and "wgs" in plain and "84" in plain:
        return 32600 + zone
    return None

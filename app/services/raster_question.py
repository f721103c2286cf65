"""What a raster asks that does not say where it lies, or lies outside Thailand: its edges, and where each answer would
put it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.queries.areas import address_th, tambon_codes_at
from gis.crs import in_thailand
from gis.rasters.placing import lonlat_under

LIKELY_EPSG = (4326, 32647, 32648, 24047, 24048)
"""What is offered where no system puts the raster into Thailand."""


@dataclass(frozen=True)
class Placed:
    """Where a raster would lie under a coordinate system.

    Parameters
    ----------
    lon, lat
        Of its middle, degrees; ``None`` where that is not on the earth.
    place
        The tambon there, with amphoe and province; empty outside every one that is known.
    in_thailand
        Inside the box of Thailand, which reaches over its borders.
    """

    epsg: int
    lon: float | None
    lat: float | None
    place: str
    in_thailand: bool


@dataclass(frozen=True)
class Asked:
    """Edges in the numbers of the file (least x and y, greatest x and y) and the answers; ``preset`` is the only one
    that falls into a known tambon, ``None`` where that is none or several. ``outside`` is where the file itself puts
    its middle (degrees), when that is not in Thailand; its own system is an answer then too.
    """

    edges: tuple[float, ...]
    choices: tuple[Placed, ...]
    preset: int | None
    outside: tuple[float, float] | None = None


def asked(session: Session, question: Mapping[str, Any]) -> Asked:
    """The question of a raster, for a person who has to answer it by looking."""
    values = question["problem"]["values"]
    edges = tuple(float(edge) for edge in str(values["bounds"]).split())
    outside = (float(values["lon"]), float(values["lat"])) if "lon" in values else None
    x, y = (edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2
    epsgs = tuple(question["candidates"]) or (() if outside else LIKELY_EPSG)
    middles = [lonlat_under(x, y, epsg) for epsg in epsgs]
    on_earth = [middle for middle in middles if middle is not None]
    codes = dict(zip(on_earth, tambon_codes_at(session, on_earth), strict=True))
    choices = []
    for epsg, middle in zip(epsgs, middles, strict=True):
        lon, lat = middle or (None, None)
        code = codes.get(middle) if middle else None
        inside = middle is not None and in_thailand(*middle)
        choices.append(Placed(epsg, lon, lat, address_th(session, code) if code else "", inside))
    known = [choice.epsg for choice in choices if choice.place]
    # A file that does say where it lies is not overruled by a guess.
    return Asked(edges, tuple(choices), known[0] if len(known) == 1 and not outside else None, outside)

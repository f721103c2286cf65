"""Registered roads by their route code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import shapely
import sqlalchemy as sa
from shapely.geometry import LineString
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class RoadView:
    """A registered road; ``line`` is EPSG:4326 from its start to its end."""

    route_code: str
    name_th: str | None
    organisation_code: str | None
    length_m: float
    line: LineString


def registered_road(session: Session, route_code: str) -> RoadView | None:
    """The road of a canonical route code."""
    return registered_roads(session, [route_code]).get(route_code)


def registered_roads(session: Session, route_codes: Iterable[str]) -> dict[str, RoadView]:
    """The roads of canonical route codes in one statement; codes that are not registered are absent."""
    rows = session.execute(
        sa.text(
            "SELECT route_code, name_th, organisation_code, CAST(length_m AS float), ST_AsBinary(geom) AS wkb"
            " FROM registered_road WHERE route_code = ANY(:codes)"
        ),
        {"codes": sorted(route_codes)},
    )
    return {
        row.route_code: RoadView(
            row.route_code,
            row.name_th,
            row.organisation_code,
            row.length_m,
            LineString(shapely.get_coordinates(shapely.from_wkb(bytes(row.wkb)))),
        )
        for row in rows
    }

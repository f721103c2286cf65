"""Registered roads by their route code."""

from __future__ import annotations

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
    row = session.execute(
        sa.text(
            "SELECT route_code, name_th, organisation_code, CAST(length_m AS float), ST_AsBinary(geom) AS wkb"
            " FROM registered_road WHERE route_code = :code"
        ),
        {"code": route_code},
    ).one_or_none()
    if row is None:
        return None
    line = LineString(shapely.get_coordinates(shapely.from_wkb(bytes(row.wkb))))
    return RoadView(row.route_code, row.name_th, row.organisation_code, row.length_m, line)

"""What happened to published works of a place: for the feed and for mail, from the public views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.public_places import name_of_area

MOST = 50


@dataclass(frozen=True)
class Event:
    """A published work reached a status.

    Parameters
    ----------
    id
        Number of the change: the identity of the entry for ever.
    what
        The status in Thai.
    """

    id: int
    at: datetime
    code: str
    name_th: str
    organisation_name: str
    what: str
    budget_baht: Decimal
    fiscal_year_be: int


def name_of_place(session: Session, place: str) -> str | None:
    """A place that can be followed, in words; ``None`` when there is none."""
    kind, _separator, value = place.partition(":")
    if kind == "organisation":
        name: Any = session.scalar(
            sa.text("SELECT full_name_th FROM public_organisation WHERE code = :code"), {"code": value}
        )
        return None if name is None else str(name)
    if kind == "area":
        return name_of_area(session, value)
    latitude, longitude, km = value.split(",")
    return f"รอบจุด {latitude}, {longitude} รัศมี {km} กม."


def events_of(session: Session, place: str, *, since: datetime | None = None, limit: int = MOST) -> list[Event]:
    """What happened in a place (see :func:`app.services.subscriptions.read_place`), the newest first."""
    where, values = _inside(place)
    rows = session.execute(
        sa.text(
            "SELECT e.id, e.at, p.code, p.name_th, o.full_name_th AS organisation_name, s.name_th AS what,"
            " p.budget_baht, p.fiscal_year_be FROM public_event e JOIN public_project p ON p.id = e.project_id"
            " JOIN public_organisation o ON o.code = p.organisation_code JOIN project_status s ON s.code = e.to_status"
            f" WHERE {where} AND (CAST(:since AS timestamptz) IS NULL OR e.at > :since)"
            " ORDER BY e.at DESC, e.id DESC LIMIT :limit"
        ),
        {**values, "since": since, "limit": limit},
    )
    return [Event(**row._mapping) for row in rows]


def _inside(place: str) -> tuple[str, dict[str, Any]]:
    kind, _separator, value = place.partition(":")
    if kind == "organisation":
        return "p.organisation_code = :code", {"code": value}
    if kind == "area":
        return "p.area_code LIKE :code", {"code": f"{value}%"}
    latitude, longitude, km = (float(part) for part in value.split(","))
    return (
        "EXISTS (SELECT 1 FROM public_shape g WHERE g.project_id = p.id"
        " AND g.geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326)"
        " AND ST_DWithin(g.geom::geography, ST_SetSRID(ST_Point(:lon, :lat), 4326)::geography, :m))",
        {
            "lon": longitude,
            "lat": latitude,
            "m": km * 1000,
            "w": longitude - km / 95,
            "e": longitude + km / 95,
            "s": latitude - km / 110,
            "n": latitude + km / 110,
        },
    )

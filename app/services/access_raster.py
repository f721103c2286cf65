"""Access of the people of a population raster of the catalogue: pixels in the place of villages."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import own_scope, visibility
from app.errors import InvalidInput
from app.queries.access import AccessView, view_of
from app.queries.access_ground import AccessQuestion, ground
from app.queries.rasters import RasterRow, raster_dir, rasters
from app.queries.villages import people_of_raster
from app.services.rasters import found_raster
from app.settings import Settings
from gis.problems import Problem

MOST_PIXELS = 600_000
"""Pixels that are answered within a page (some ten seconds): a province of 60 m pixels, the nation of 1 km pixels."""

# Only provinces make the nation; the part beyond its raster has no pixels and is told.
_GROUND = """
SELECT coalesce(sum(ST_Area(geom::geography)), 0) AS area_m2,
       coalesce(bool_and(ST_Covers(ST_MakeEnvelope(:west, :south, :east, :north, 4326), ST_Envelope(geom))), true)
           AS within
FROM area WHERE geom IS NOT NULL AND CASE WHEN :area = '' THEN level = 'province' ELSE code = :area END
"""


def population_rasters(session: Session, actor: Actor) -> list[RasterRow]:
    """Population rasters that a person may see and that are ready, the newest first."""
    found = rasters(session, visibility(actor), own_scope(actor))
    return [row for row in found if row.kind == "population" and row.facts is not None]


def raster_view(session: Session, actor: Actor, question: AccessQuestion, settings: Settings) -> AccessView:
    """Who has access, counted by the pixels of the question's raster.

    Raises
    ------
    NotFound, Conflict
        ``raster_not_found``, ``raster_not_ready``.
    InvalidInput
        ``access_raster_kind``: it does not hold people; ``access_raster_large``: too many pixels for a page.
    """
    row = found_raster(session, actor, question.raster)
    if row.kind != "population" or row.facts is None:
        raise InvalidInput([_problem("access_raster_kind", {"title": row.title_th})])
    west, south, east, north = row.facts.bounds
    box = {"west": west, "south": south, "east": east, "north": north}
    about = session.execute(sa.text(_GROUND), {**box, "area": question.area}).one()
    pixels = round(about.area_m2 / row.facts.pixel_m**2)
    if pixels > MOST_PIXELS:
        values = {"pixels": pixels, "most": MOST_PIXELS, "raster": row.name}
        raise InvalidInput([_problem("access_raster_large", values)])
    people = people_of_raster(session, raster_dir(settings) / f"{row.stored_name}.tif", question.area)
    view = view_of(session, ground(session, question, visibility(actor), people), each_village=False)
    values = {"title": row.title_th, "metres": row.facts.pixel_m, "pixels": len(people)}
    notes = [Problem("access_raster", "info", values=values)]
    if not about.within:
        notes.append(Problem("access_raster_partly", "info", values={"title": row.title_th}))
    kept = [note for note in view.notes if note.code != "access_no_villages"]
    if not len(people):
        notes.append(Problem("access_raster_empty", "info", values={"title": row.title_th}))
    return replace(view, notes=(*notes, *kept))


def _problem(code: str, values: dict[str, object]) -> Problem:
    return Problem(code, where={"field": "people"}, values=values)

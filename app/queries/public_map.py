"""Small pictures of places as SVG paths: made by the database, drawn by the page without a script.

A picture is ``WIDTH`` x ``HEIGHT`` units around (0, 0) with y downwards. Works are drawn where they are verified, on
the background that belongs to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

WIDTH, HEIGHT = 400, 224
_MARGIN = 0.74
"""Share of the picture that what it is about fills at most."""
_LEAST_M = 500.0
_MOST_WORKS = 400


@dataclass(frozen=True)
class Drawn:
    """One path of a picture.

    Parameters
    ----------
    kind
        What it is: a class of the background, ``road``, ``water``, ``other``, ``part`` or ``limit``.
    path
        Value of ``d``.
    form
        ``point``, ``line`` or ``area``.
    code, name, value
        Of an area or a work: where a click leads, its name, how many works.
    surface
        Surface of a road.
    """

    kind: str
    path: str
    form: str = "area"
    code: str = ""
    name: str = ""
    value: int = 0
    surface: str = ""


@dataclass(frozen=True)
class Label:
    """A word at a place of the picture."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    """Paths from below to above, and words."""

    below: tuple[Drawn, ...]
    above: tuple[Drawn, ...]
    labels: tuple[Label, ...] = ()


_FORM = "(ARRAY['point', 'line', 'area'])[ST_Dimension({0}) + 1]"
_BASE = """
SELECT b.class AS kind, b.name_th AS name, replace(ST_AsSVG(d.drawn, 0, 1), ';', ' ') AS path, {form} AS form,
       CASE WHEN b.name_th IS NOT NULL THEN ST_X(ST_PointOnSurface(d.drawn)) END AS x,
       CASE WHEN b.name_th IS NOT NULL THEN -ST_Y(ST_PointOnSurface(d.drawn)) END AS y
FROM base_feature b
CROSS JOIN LATERAL (
    SELECT ST_Simplify(ST_TransScale(ST_ClipByBox2D(b.geom, ST_MakeEnvelope(:west, :south, :east, :north, 3857)),
                                     -:x, -:y, :scale, :scale), 0.6) AS drawn
) AS d
WHERE b.geom && ST_MakeEnvelope(:west, :south, :east, :north, 3857) AND b.class = ANY(:classes)
  AND d.drawn IS NOT NULL AND NOT ST_IsEmpty(d.drawn)
ORDER BY array_position(:classes, b.class), b.id LIMIT 700
"""
_CLASSES = ["field", "wood", "settlement", "water", "stream", "road", "state_road"]
# A whole tambon in 400 units: fields and lanes would be noise.
_FAR_CLASSES = ["wood", "settlement", "water", "stream", "state_road"]
_FAR_M = 6000.0


def picture_of_project(session: Session, project_id: int) -> Picture | None:
    """A work with what lies around it; ``None`` while its place is not verified."""
    found = session.execute(
        sa.text(
            "SELECT p.kind, coalesce(p.surface_type_code, '') AS surface, ST_XMin(s.geom_3857) AS x0,"
            " ST_YMin(s.geom_3857) AS y0, ST_XMax(s.geom_3857) AS x1, ST_YMax(s.geom_3857) AS y1"
            " FROM public_shape s JOIN public_project p ON p.id = s.project_id WHERE s.project_id = :id"
        ),
        {"id": project_id},
    ).one_or_none()
    if found is None:
        return None
    width, height = max(found.x1 - found.x0, _LEAST_M), max(found.y1 - found.y0, _LEAST_M * HEIGHT / WIDTH)
    scale = _MARGIN * min(WIDTH / width, HEIGHT / height)
    at: dict[str, Any] = {"x": (found.x0 + found.x1) / 2, "y": (found.y0 + found.y1) / 2, "scale": scale}
    box = {
        "west": at["x"] - WIDTH / scale / 2,
        "east": at["x"] + WIDTH / scale / 2,
        "south": at["y"] - HEIGHT / scale / 2,
        "north": at["y"] + HEIGHT / scale / 2,
    }
    classes = _FAR_CLASSES if WIDTH / scale > _FAR_M else _CLASSES
    base = session.execute(sa.text(_BASE.format(form=_FORM.format("d.drawn"))), {**at, **box, "classes": classes}).all()
    shapes = session.execute(
        sa.text(
            f"SELECT ST_AsSVG(d.drawn, 0, 1) AS path, {_FORM.format('d.drawn')} AS form FROM public_shape s"
            " CROSS JOIN LATERAL ST_Dump(s.geom_3857) AS part CROSS JOIN LATERAL"
            " (SELECT ST_Simplify(ST_TransScale(part.geom, -:x, -:y, :scale, :scale), 0.2, true) AS drawn) AS d"
            " WHERE s.project_id = :id"
        ),
        {**at, "id": project_id},
    ).all()
    works = tuple(Drawn(found.kind, row.path, row.form, surface=found.surface) for row in shapes)
    return Picture(
        tuple(Drawn(row.kind, row.path, row.form) for row in base),
        works,
        (*_names(base), *_part_labels(session, project_id, found, at)),
    )


def _names(base: Any) -> tuple[Label, ...]:
    """Names of villages, each once and well inside the picture; those of fields and roads stay away."""
    shown: dict[str, Label] = {}
    for row in base:
        if row.kind == "settlement" and row.name and abs(row.x) < WIDTH * 0.4 and abs(row.y) < HEIGHT * 0.42:
            shown.setdefault(row.name, Label(row.name, round(row.x, 1), round(row.y, 1)))
    return tuple(shown.values())[:4]


def _part_labels(session: Session, project_id: int, found: Any, at: dict[str, Any]) -> tuple[Label, ...]:
    """Where segments lie, when there are several."""
    parts = session.execute(
        sa.text(
            "SELECT seq, ST_X(m.at) AS lon, ST_Y(m.at) AS lat FROM public_part CROSS JOIN LATERAL"
            " (SELECT CASE WHEN GeometryType(geom) = 'LINESTRING' THEN ST_LineInterpolatePoint(geom, 0.5)"
            " ELSE ST_PointOnSurface(geom) END AS at) AS m WHERE project_id = :id ORDER BY seq LIMIT 9"
        ),
        {"id": project_id},
    ).all()
    if len(parts) < 2:
        return ()
    # The picture is small: from degrees to its units in a straight line between the corners of the shape.
    corners = session.execute(
        sa.text("SELECT west, south, east, north FROM public_shape WHERE project_id = :id"), {"id": project_id}
    ).one()
    across, up = (corners.east - corners.west) or 1e-9, (corners.north - corners.south) or 1e-9
    return tuple(
        Label(
            f"#{part.seq}",
            round(((part.lon - corners.west) / across - 0.5) * (found.x1 - found.x0) * at["scale"], 1),
            round((0.5 - (part.lat - corners.south) / up) * (found.y1 - found.y0) * at["scale"], 1),
        )
        for part in parts
    )


def picture_of_organisation(session: Session, code: str) -> Picture | None:
    """The territory of an organisation with its verified works; ``None`` while its limits are not known."""
    return _picture(
        session,
        "SELECT 'limit' AS kind, '' AS code, full_name_th AS name, 0 AS value, territory AS geom"
        " FROM public_organisation WHERE code = :code AND territory IS NOT NULL",
        "p.organisation_code = :code",
        {"code": code},
    )


def picture_of_area(session: Session, code: str | None) -> Picture | None:
    """The areas below one (``None``: the provinces) by how many works are published, with links."""
    digits = 2 if code is None else min(len(code) + 2, 6)
    below = "a.code LIKE coalesce(:code, '') || '%'" if code is None or len(code) < 6 else "a.code = :code"
    return _picture(
        session,
        "SELECT 'part' AS kind, a.code, a.name_th AS name, 0 AS value, a.geom FROM area a"
        f" WHERE length(a.code) = :digits AND {below} AND a.geom IS NOT NULL",
        None if code is None or len(code) < 4 else "p.area_code LIKE :code || '%'",
        {"code": code, "digits": digits},
    )


def picture_around(session: Session, lon: float, lat: float, km: float) -> Picture | None:
    """Works around a point in a circle of so many kilometres."""
    return _picture(
        session,
        "SELECT 'limit' AS kind, coalesce(:code, '') AS code, '' AS name, 0 AS value,"
        " ST_Buffer(ST_SetSRID(ST_Point(:lon, :lat), 4326)::geography, :m)::geometry AS geom",
        "s.geom && ST_MakeEnvelope(:lon - :dx, :lat - :dy, :lon + :dx, :lat + :dy, 4326)",
        {"code": None, "lon": lon, "lat": lat, "m": km * 1000, "dx": km / 95, "dy": km / 110},
    )


def _picture(session: Session, areas: str, works: str | None, values: dict[str, Any]) -> Picture | None:
    """Areas in degrees, drawn with the proportions of their middle latitude."""
    known = sa.bindparam("code", type_=sa.Text)
    box = session.execute(
        sa.text(
            "SELECT ST_XMin(e) AS x0, ST_YMin(e) AS y0, ST_XMax(e) AS x1, ST_YMax(e) AS y1"
            f" FROM (SELECT ST_Extent(geom) AS e FROM ({areas}) AS a) AS whole"
        ).bindparams(known),
        values,
    ).one()
    if box.x0 is None:
        return None
    middle = (box.y0 + box.y1) / 2
    squeeze = cos(radians(middle))
    scale = 0.94 * min(WIDTH / max((box.x1 - box.x0) * squeeze, 0.002), HEIGHT / max(box.y1 - box.y0, 0.002))
    at = {"x": (box.x0 + box.x1) / 2, "y": middle, "across": scale * squeeze, "up": scale}
    drawn = "ST_Simplify(ST_TransScale({0}, -:x, -:y, :across, :up), {1}, true)"
    rows = session.execute(
        sa.text(
            f"SELECT kind, code, name, value, ST_AsSVG({drawn.format('geom', 0.5)}, 0, 1) AS path"
            f" FROM ({areas}) AS a ORDER BY code"
        ).bindparams(known),
        {**values, **at},
    )
    below = tuple(Drawn(row.kind, row.path, "area", row.code, row.name, row.value) for row in rows)
    above: tuple[Drawn, ...] = ()
    if works is not None:
        found = session.execute(
            sa.text(
                "SELECT p.kind, p.code, p.name_th AS name, coalesce(p.surface_type_code, '') AS surface,"
                f" ST_AsSVG(d.drawn, 0, 1) AS path, {_FORM.format('d.drawn')} AS form"
                " FROM public_project p JOIN public_shape s ON s.project_id = p.id"
                " CROSS JOIN LATERAL ST_Dump(s.geom) AS x"
                f" CROSS JOIN LATERAL (SELECT {drawn.format('x.geom', 0.3)} AS drawn) AS d WHERE {works}"
                f" ORDER BY p.fiscal_year_be DESC, p.id DESC LIMIT {_MOST_WORKS}"
            ),
            {**values, **at},
        )
        above = tuple(Drawn(row.kind, row.path, row.form, row.code, row.name, surface=row.surface) for row in found)
    return Picture(below, above)

"""Coordinates as they stand and as they came to be: the newest version, and all versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.project_filter import ProjectFilter, conditions
from gis.problems import Problem


@dataclass(frozen=True)
class SegmentView:
    """One segment of a version: shape (EPSG:4326) and its geodesic measures."""

    seq: int
    geometry: BaseGeometry
    length_m: float
    area_m2: float


@dataclass(frozen=True)
class GeometryView:
    """A version of a project's coordinates; version 0 stands for none.

    Parameters
    ----------
    project_code, version, status
        Which one.
    segments
        In order; empty when there is none.
    length_m, area_m2
        Sums.
    source, original, original_epsg, operation, note, warnings
        As written.
    drawn_as
        Source of the version whose shape this is: a review makes none of its own.
    created_at, created_by, on_behalf_of
        When and by whom; names are not for the public.
    """

    project_code: str
    version: int
    status: str
    segments: tuple[SegmentView, ...] = ()
    length_m: float | None = None
    area_m2: float | None = None
    source: str | None = None
    original: Mapping[str, Any] | None = None
    original_epsg: int | None = None
    operation: str | None = None
    note: str | None = None
    warnings: tuple[Problem, ...] = ()
    created_at: datetime | None = None
    created_by: str | None = None
    on_behalf_of: str | None = None
    drawn_as: str | None = None


_VERSION = """
SELECT p.code, p.geometry_version, g.version, g.status, g.length_m, g.area_m2, g.source, g.original, g.original_epsg,
       g.operation, g.note, g.warnings, g.created_at, g.created_by_name, g.on_behalf_of, s.seqs, s.shapes, s.lengths,
       s.areas,
       (SELECT d.source FROM project_geometry d WHERE d.project_id = p.id AND d.version <= g.version
        AND d.source <> 'review' ORDER BY d.version DESC LIMIT 1) AS drawn_as
FROM (SELECT p.id, p.code, p.geometry_version FROM project p WHERE p.code = :code AND {visible}) p
LEFT JOIN project_geometry g ON g.project_id = p.id AND {which}
LEFT JOIN LATERAL (
    SELECT array_agg(t.seq ORDER BY t.seq) AS seqs, array_agg(ST_AsBinary(t.geom) ORDER BY t.seq) AS shapes,
           array_agg(coalesce(t.length_m, 0)::float8 ORDER BY t.seq) AS lengths,
           array_agg(coalesce(t.area_m2, 0)::float8 ORDER BY t.seq) AS areas
    FROM project_geometry_segment t WHERE t.project_geometry_id = g.id
) s ON true
ORDER BY g.version DESC
"""


def current_geometry(session: Session, code: str, *, sight: Visibility) -> GeometryView | None:
    """The newest version; version 0 when there is none yet; ``None`` when there is no such project to be seen.

    To the public a project has coordinates when its newest version is verified.
    """
    rows = _versions(session, code, sight, "g.version = p.geometry_version")
    return rows[0] if rows else None


def geometry_versions(session: Session, code: str, *, sight: Visibility) -> list[GeometryView] | None:
    """All versions, the newest first, the public's only verified ones; ``None`` when there is no such project."""
    rows = _versions(session, code, sight, "true")
    return [row for row in rows if row.version] if rows else None


def _versions(session: Session, code: str, sight: Visibility, which: str) -> list[GeometryView]:
    visible = conditions(ProjectFilter(), sight)
    if sight is Visibility.PUBLIC:
        which += " AND g.status = 'VERIFIED'"
    rows = session.execute(sa.text(_VERSION.format(visible=visible.where, which=which)), {"code": code})
    return [_view(row, sight) for row in rows]


def _view(row: Any, sight: Visibility) -> GeometryView:
    if row.version is None:
        return GeometryView(row.code, 0, "NONE")
    staff = sight is not Visibility.PUBLIC
    return GeometryView(
        project_code=row.code,
        version=row.version,
        status=row.status,
        segments=_segments(row),
        length_m=None if row.length_m is None else float(row.length_m),
        area_m2=None if row.area_m2 is None else float(row.area_m2),
        source=row.source,
        original=row.original if staff else None,
        original_epsg=row.original_epsg,
        operation=row.operation,
        note=row.note if staff else None,
        warnings=tuple(Problem(w["code"], w["level"], w["where"], w["values"]) for w in row.warnings),
        created_at=row.created_at,
        created_by=row.created_by_name if staff else None,
        on_behalf_of=row.on_behalf_of if staff else None,
        drawn_as=row.drawn_as or row.source,
    )


def _segments(row: Any) -> tuple[SegmentView, ...]:
    shapes = [shapely.from_wkb(bytes(shape)) for shape in row.shapes or ()]
    parts = zip(row.seqs or (), shapes, row.lengths or (), row.areas or (), strict=True)
    return tuple(SegmentView(*part) for part in parts)

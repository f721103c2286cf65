"""Coordinates as they stand and as they came to be: the newest version, all versions, the history of a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

HISTORY_LIMIT = 200


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


@dataclass(frozen=True)
class Change:
    """A line of a project's history."""

    at: datetime
    by: str
    on_behalf_of: str | None
    entity: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    receipt: str | None


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


def project_history(
    session: Session, project_id: int, *, names_of_persons: bool, limit: int = HISTORY_LIMIT
) -> list[Change]:
    """Who changed what of a project, the newest first.

    Parameters
    ----------
    session, project_id, limit
        Of which project, and how far back.
    names_of_persons
        Whether contractors are named. A change may hold the name without saying whether it is a person's, so the
        others get none.
    """
    hidden = () if names_of_persons else ("contractor_name",)
    rows = session.execute(
        sa.text(
            "SELECT at, user_name, on_behalf_of, entity, action, before, after, request_id FROM change_log"
            " WHERE project_id = :project ORDER BY id DESC LIMIT :limit"
        ),
        {"project": project_id, "limit": limit},
    )
    return [
        Change(
            at=row.at,
            by=row.user_name,
            on_behalf_of=row.on_behalf_of,
            entity=row.entity,
            action=row.action,
            before=_without(row.before, hidden),
            after=_without(row.after, hidden),
            receipt=row.request_id,
        )
        for row in rows
    ]


def _without(values: Mapping[str, Any] | None, hidden: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in (values or {}).items() if name not in hidden}

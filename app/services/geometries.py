"""The one write path of coordinates: drawing, typing, importing, reviewing and entering on behalf all end here.

A version is never overwritten. Each write locks the project, compares the version that the person had seen, asks
policy, checks every segment and reports all problems at once, measures on the ellipsoid and adds a version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Visibility
from app.errors import Conflict, InvalidInput
from app.queries.organisations import territory_wkb
from app.services.duplicate_drawing import DrawnNeighbour, neighbours_of
from app.services.geometry_batches import BatchReceipt, GeometryRow, Provenance, record_geometries
from app.services.geometry_reviews import readable_note, readable_words, refused, write_verdicts
from app.services.geometry_rules import check_one, measure, readable_status
from app.services.geometry_versions import NewVersion, WrittenVersion, write_versions
from app.services.project_locks import HeldProject, hold_project, look_at_project, mark_on_behalf
from gis.problems import Problem
from gis.segments import split

__all__ = [
    "BatchReceipt",
    "GeometryFindings",
    "GeometryReceipt",
    "GeometryRow",
    "Provenance",
    "check_geometry",
    "record_geometries",
    "record_geometry",
    "review_geometry",
]


@dataclass(frozen=True)
class GeometryReceipt:
    """What the write path wrote.

    Parameters
    ----------
    project_code, version, status
        The version that stands now.
    receipt
        Number of the request, to be quoted; the same when the same request arrives twice.
    length_m, area_m2
        Sums over the segments, geodesic.
    segment_lengths_m, segment_areas_m2
        Per segment.
    area_code
        Deepest area known of the project.
    warnings
        Problems that did not stop the write.
    created_at
        When the version was made.
    repeated
        True when this request had been carried out before and nothing was written now.
    """

    project_code: str
    version: int
    status: str
    receipt: str | None
    length_m: float
    area_m2: float
    segment_lengths_m: tuple[float, ...]
    segment_areas_m2: tuple[float, ...]
    area_code: str | None
    warnings: tuple[Problem, ...]
    created_at: datetime
    repeated: bool = False


def record_geometry(
    session: Session,
    actor: Actor,
    project_code: str,
    segments: Sequence[BaseGeometry],
    *,
    if_match_version: int,
    status: str = "DRAFT",
    source: str = "drawn",
    original: Mapping[str, Any] | None = None,
    original_epsg: int | None = None,
    operation: str | None = None,
    note: str | None = None,
    import_batch_id: int | None = None,
) -> GeometryReceipt:
    """Add a version of a project's coordinates.

    A lost answer may be asked for again: the same segments by the same person on the same version give the receipt
    of the first time and write nothing.

    Parameters
    ----------
    session
        Open session of a transaction.
    actor
        Who writes.
    project_code
        Project.
    segments
        Points, lines or polygons in EPSG:4326, in the order of the specification's segments.
    if_match_version
        Version that the person had seen; 0 when there was none.
    status
        ``DRAFT`` or ``SUBMITTED``: what somebody enters is verified by somebody else.
    source
        ``drawn``, ``typed``, ``import``, ``api`` or ``demo``.
    original, original_epsg, operation
        What was typed or uploaded, its CRS and the operation that brought it to EPSG:4326.
    note
        Words of the person.
    import_batch_id
        Batch that the geometry came with.

    Raises
    ------
    NotFound, Forbidden
        No such project; not allowed.
    Conflict
        ``geometry_changed`` with the version that stands, who made it and when.
    InvalidInput
        Every problem of the segments at once.
    """
    project = hold_project(session, actor, project_code)
    segments = [part for segment in segments for part in split(segment)]
    policy.require(actor, policy.COORDINATES_WRITE, project.target)
    if status in ("VERIFIED", "RETURNED"):
        policy.require(actor, policy.COORDINATES_VERIFY, project.target)
        raise InvalidInput([Problem("review_own_entry", where={"field": "status"}, values={"project": project.code})])
    if project.geometry_version != if_match_version:
        return _repeated(session, actor, project, segments, if_match_version, status)
    territory = territory_wkb(session, project.organisation_code)
    problems = [*readable_status(status), *readable_note(note), *check_one(session, project, segments, territory)]
    if any(problem.is_error for problem in problems):
        raise InvalidInput(problems)
    lengths, areas = measure(segments)
    version = NewVersion(
        project=project,
        segments=tuple(segments),
        segment_lengths_m=lengths,
        segment_areas_m2=areas,
        status=status,
        source=source,
        original=original,
        original_epsg=original_epsg,
        operation=operation,
        note=note,
        warnings=tuple(problems),
        import_batch_id=import_batch_id,
        on_behalf_of=mark_on_behalf(session, actor, project.organisation_code),
    )
    (written,) = write_versions(session, actor, [version])
    return _receipt(version, written)


@dataclass(frozen=True)
class GeometryFindings:
    """What the write path would say of some segments: measures, problems, and other works at the same place."""

    length_m: float
    area_m2: float
    segment_lengths_m: tuple[float, ...]
    segment_areas_m2: tuple[float, ...]
    problems: tuple[Problem, ...]
    segment_surfaces_m2: tuple[float | None, ...] = ()
    neighbours: tuple[DrawnNeighbour, ...] = ()


# Drawn length times width and the contract's surface may differ by this share, as lengths may.
SURFACE_TOLERANCE = 0.10


def check_geometry(
    session: Session, actor: Actor, project_code: str, segments: Sequence[BaseGeometry]
) -> GeometryFindings:
    """Measure and check without writing: the checks of :func:`record_geometry`, and for staff the works that lie there.

    Raises
    ------
    NotFound
        No such project.
    """
    project = look_at_project(session, actor, project_code)
    parts = [part for segment in segments for part in split(segment)]
    problems = check_one(session, project, parts, territory_wkb(session, project.organisation_code))
    lengths, areas = measure(parts)
    sound = not any(problem.is_error for problem in problems)
    # What lies there may not be published: it is for the staff, here as on the pages of duplicates.
    is_staff = policy.visibility(actor) is Visibility.STAFF
    neighbours = neighbours_of(session, project, parts) if sound and is_staff else []
    problems += [_overlap(one) for one in neighbours if one.verdict.class_ != "continuation"]
    surfaces, differing = _surfaces(session, project, lengths)
    told = (*problems, *differing)
    return GeometryFindings(sum(lengths), sum(areas), lengths, areas, told, surfaces, tuple(neighbours))


def _surfaces(
    session: Session, project: HeldProject, lengths_m: Sequence[float]
) -> tuple[tuple[float | None, ...], list[Problem]]:
    """Drawn length times the width of the specification, segment by segment, against the surface in the contract."""
    rows = session.execute(
        sa.text(
            "SELECT seq, CAST(width_m AS float) AS width_m, CAST(area_m2 AS float) AS area_m2 FROM project_segment"
            " WHERE project_id = :id UNION ALL"
            " SELECT 1, CAST(width_m AS float), CAST(area_m2 AS float) FROM project WHERE id = :id AND kind = 'road'"
            " AND NOT EXISTS (SELECT FROM project_segment WHERE project_id = :id) ORDER BY 1"
        ),
        {"id": project.id},
    ).all()
    specified = {row.seq: row for row in rows}
    surfaces: list[float | None] = []
    problems = []
    for number, length_m in enumerate(lengths_m, start=1):
        row = specified.get(number)
        surface = round(length_m * row.width_m, 2) if row is not None and row.width_m and length_m else None
        surfaces.append(surface)
        # A work of one specification and several lines is not told apart: its surface belongs to all of them.
        if surface is None or row is None or not row.area_m2 or len(specified) != len(lengths_m):
            continue
        share = (surface - row.area_m2) / row.area_m2
        if abs(share) > SURFACE_TOLERANCE:
            values = {
                "surface_m2": round(surface),
                "width_m": row.width_m,
                "contract_m2": round(row.area_m2),
                "difference_percent": round(100 * share, 1),
            }
            problems.append(Problem("surface_differs", "warning", {"segment": number}, values))
    return tuple(surfaces), problems


def _overlap(found: DrawnNeighbour) -> Problem:
    values = {
        "project": found.project_code,
        "name": found.name_th,
        "organisation": found.organisation_name,
        "fiscal_year_be": found.fiscal_year_be,
        "shared_m": round(found.verdict.shared_m),
        "share_percent": round(100 * found.verdict.shared_share),
    }
    return Problem("overlaps_project" if found.verdict.shared_m else "same_place_as_project", "warning", values=values)


def review_geometry(
    session: Session,
    actor: Actor,
    project_code: str,
    status: str,
    *,
    if_match_version: int,
    note: str | None = None,
) -> GeometryReceipt:
    """Give the newest version another status, as a version of its own with the same shape.

    ``SUBMITTED`` sends a draft in, by whoever may write coordinates; ``VERIFIED`` and ``RETURNED`` are the verdict
    of whoever may verify, and a return says why. A verdict is the reviewer's own duty: only sending in is entered
    on behalf of an organisation.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`record_geometry`.
    InvalidInput
        ``geometry_missing``, ``review_not_possible``, ``review_own_entry``, ``note_required`` or ``note_too_long``.
    """
    project = hold_project(session, actor, project_code)
    sends_in = status == "SUBMITTED"
    policy.require(actor, policy.COORDINATES_WRITE if sends_in else policy.COORDINATES_VERIFY, project.target)
    if project.geometry_version != if_match_version:
        raise _conflict(session, project)
    problems = [*refused(session, actor, [project], status).get(project.code, ()), *readable_words(status, note)]
    if problems:
        raise InvalidInput(problems)
    behalf = mark_on_behalf(session, actor, project.organisation_code) if sends_in else None
    (row,) = write_verdicts(session, actor, [project], status, note, behalf)
    return GeometryReceipt(
        project_code=project.code,
        version=row.version,
        status=status,
        receipt=row.receipt,
        length_m=float(row.length_m or 0),
        area_m2=float(row.area_m2 or 0),
        segment_lengths_m=tuple(row.lengths),
        segment_areas_m2=tuple(row.areas),
        area_code=project.area_code,
        warnings=_problems(row.warnings),
        created_at=row.created_at,
    )


_NEWEST = """
SELECT g.version, g.status, g.created_by, g.created_by_name, g.created_at, g.warnings, g.length_m, g.area_m2,
       (SELECT array_agg(ST_AsBinary(s.geom) ORDER BY s.seq) FROM project_geometry_segment s
        WHERE s.project_geometry_id = g.id) AS shapes,
       (SELECT array_agg(coalesce(s.length_m, 0)::float8 ORDER BY s.seq) FROM project_geometry_segment s
        WHERE s.project_geometry_id = g.id) AS lengths,
       (SELECT array_agg(coalesce(s.area_m2, 0)::float8 ORDER BY s.seq) FROM project_geometry_segment s
        WHERE s.project_geometry_id = g.id) AS areas,
       (SELECT max(l.request_id) FROM change_log l
        WHERE l.entity = 'project_geometry' AND l.entity_key = g.id::text) AS receipt
FROM project_geometry g WHERE g.project_id = :project AND g.version = :version
"""


def _newest(session: Session, project: HeldProject) -> Any:
    return session.execute(sa.text(_NEWEST), {"project": project.id, "version": project.geometry_version}).one_or_none()


def _repeated(
    session: Session,
    actor: Actor,
    project: HeldProject,
    segments: Sequence[BaseGeometry],
    if_match_version: int,
    status: str,
) -> GeometryReceipt:
    """The receipt of the first time when this very request was carried out already; else the conflict."""
    newest = _newest(session, project)
    same = (
        newest is not None
        and newest.version == if_match_version + 1
        and newest.status == status
        and newest.created_by == actor.user_id
        and [bytes(shape) for shape in newest.shapes or ()] == [segment.wkb for segment in segments]
    )
    if not same:
        raise _conflict(session, project, newest)
    return GeometryReceipt(
        project_code=project.code,
        version=newest.version,
        status=newest.status,
        receipt=newest.receipt,
        length_m=float(newest.length_m or 0),
        area_m2=float(newest.area_m2 or 0),
        segment_lengths_m=tuple(newest.lengths),
        segment_areas_m2=tuple(newest.areas),
        area_code=project.area_code,
        warnings=_problems(newest.warnings),
        created_at=newest.created_at,
        repeated=True,
    )


def _conflict(session: Session, project: HeldProject, newest: Any = None) -> Conflict:
    newest = newest or _newest(session, project)
    return Conflict(
        "geometry_changed",
        {
            "project": project.code,
            "version": project.geometry_version,
            "geometry_status": project.geometry_status,
            "changed_by": None if newest is None else newest.created_by_name,
            "changed_at": None if newest is None else newest.created_at.isoformat(),
        },
    )


def _problems(stored: list[dict[str, Any]]) -> tuple[Problem, ...]:
    return tuple(Problem(item["code"], item["level"], item["where"], item["values"]) for item in stored)


def _receipt(version: NewVersion, written: WrittenVersion) -> GeometryReceipt:
    return GeometryReceipt(
        project_code=version.project.code,
        version=written.version,
        status=version.status,
        receipt=written.receipt,
        length_m=sum(version.segment_lengths_m),
        area_m2=sum(version.segment_areas_m2),
        segment_lengths_m=version.segment_lengths_m,
        segment_areas_m2=version.segment_areas_m2,
        area_code=written.area_code,
        warnings=version.warnings,
        created_at=written.created_at,
    )

"""What a project's coordinates are checked against, and how they are measured: the same for one and for many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.queries.codelists import code_list
from app.services.project_locks import HeldProject
from gis import measure as geodesic
from gis.checks import CheckContext, check_segments, expected_type
from gis.measure import GeometryArray
from gis.problems import Problem

STATUSES = ("DRAFT", "SUBMITTED", "VERIFIED", "RETURNED")


def context_of(session: Session, project: HeldProject, territory: BaseGeometry | None) -> CheckContext:
    """What is known about a project when its coordinates are checked."""
    source = code_list(session, "water_source_type").get(project.water_source_type or "")
    words = str(source.attributes.get("geometry", "")) if source else None
    return CheckContext(
        kind=project.kind,
        expected_type=expected_type(project.kind, words),
        contract_length_m=None if project.contract_length_m is None else float(project.contract_length_m),
        territory=territory,
        expected_segments=project.expected_segments or None,
    )


def check_one(
    session: Session, project: HeldProject, segments: Sequence[BaseGeometry], territory: bytes | None
) -> list[Problem]:
    """All problems of the segments of one project, errors and warnings."""
    shape = None if territory is None else shapely.from_wkb(territory)
    return check_segments(segments, context_of(session, project, shape))


def measure(segments: Sequence[BaseGeometry]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Geodesic length (m) and area (m²) of each segment."""
    shapes = array_of(segments)
    return tuple(geodesic.lengths_m(shapes).tolist()), tuple(geodesic.areas_m2(shapes).tolist())


def array_of(geometries: Sequence[BaseGeometry]) -> GeometryArray:
    """The geometries as an array of objects, whatever their coordinates look like to numpy."""
    array = np.empty(len(geometries), dtype=object)
    array[:] = list(geometries)
    return array


def readable_status(status: str) -> list[Problem]:
    """A problem when a version cannot have this status."""
    if status in STATUSES:
        return []
    values = {"status": status[:40], "allowed": ", ".join(STATUSES)}
    return [Problem("geometry_status_unknown", where={"field": "status"}, values=values)]

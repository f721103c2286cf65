"""Pictures as they are looked at, each with how far it was taken from the work as it lies now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

FAR_M = 200.0
"""A photograph taken further away than this from the work hardly shows it: people are told to look."""


@dataclass(frozen=True)
class AttachmentView:
    """One picture.

    Parameters
    ----------
    lon, lat, accuracy_m, direction_degrees, taken_at
        What the camera wrote; ``None`` where it wrote nothing.
    distance_m
        Geodesic, from where it was taken to the nearest part of the coordinates that stand now (0 inside an area);
        ``None`` where either place is not known.
    import_batch_id
        Import that it came with.
    """

    id: int
    project_code: str
    kind: str
    stage: str | None
    caption: str | None
    file_name: str
    sha256: str
    stored_name: str
    media_type: str
    byte_count: int
    width_px: int
    height_px: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    direction_degrees: float | None
    distance_m: float | None
    import_batch_id: int | None
    created_at: datetime
    created_by_name: str
    on_behalf_of: str | None
    removed_at: datetime | None
    removed_by_name: str | None

    @property
    def far(self) -> bool:
        """Whether it was taken too far away, also when the camera erred as much as it says it may have."""
        return self.distance_m is not None and self.distance_m - (self.accuracy_m or 0) > FAR_M


_SELECT = """
SELECT a.id, p.code AS project_code, a.kind, a.stage, a.caption, a.file_name, a.sha256, a.stored_name, a.media_type,
       a.byte_count, a.width_px, a.height_px, a.taken_at, ST_X(a.location) AS lon, ST_Y(a.location) AS lat,
       CAST(a.accuracy_m AS float8) AS accuracy_m, a.direction_degrees, d.distance_m, a.import_batch_id, a.created_at,
       a.created_by_name, a.on_behalf_of, a.removed_at, a.removed_by_name
FROM attachment a JOIN project p ON p.id = a.project_id
LEFT JOIN LATERAL (
    SELECT min(ST_Distance(CAST(a.location AS geography), CAST(s.geom AS geography))) AS distance_m
    FROM project_geometry g JOIN project_geometry_segment s ON s.project_geometry_id = g.id
    WHERE a.location IS NOT NULL AND g.project_id = p.id AND g.version = p.geometry_version
) d ON true
WHERE {where}
ORDER BY a.taken_at NULLS LAST, a.id
"""


def attachments_of(session: Session, project_id: int, *, removed: bool = False) -> list[AttachmentView]:
    """Pictures of a project in the order in which they were taken; ``removed`` for those that were taken away."""
    where = f"a.project_id = :project AND a.removed_at IS {'NOT ' if removed else ''}NULL"
    return _views(session, where, {"project": project_id})


def get_attachment(session: Session, project_id: int, attachment_id: int) -> AttachmentView | None:
    """One picture of a project, also one that was taken away."""
    found = _views(session, "a.project_id = :project AND a.id = :id", {"project": project_id, "id": attachment_id})
    return found[0] if found else None


def count_attachments(session: Session, project_id: int) -> int:
    """How many pictures hang on a project."""
    statement = sa.text("SELECT count(*) FROM attachment WHERE project_id = :project AND removed_at IS NULL")
    return session.scalar(statement, {"project": project_id}) or 0


def _views(session: Session, where: str, values: Mapping[str, Any]) -> list[AttachmentView]:
    rows = session.execute(sa.text(_SELECT.format(where=where)), dict(values))
    return [AttachmentView(**row._mapping) for row in rows]

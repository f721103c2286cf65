"""Pictures as programs and pages get them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.queries.attachments import AttachmentView, attachments_of
from app.queries.projects import ProjectRow
from app.services.attachment_files import MAX_BYTES
from app.services.attachments import CAPTION_LENGTH, STAGES

_TEXT: Mapping[str, Any] = {"type": ["string", "null"]}
_NUMBER: Mapping[str, Any] = {"type": ["number", "null"]}
STAGE_SCHEMA: Mapping[str, Any] = {"enum": [*STAGES, None], "description": "Which state of the work it shows"}
ATTACHMENT_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "kind", "file_name", "width_px", "height_px", "distance_m", "picture", "thumbnail"],
    "properties": {
        "id": {"type": "integer"},
        "kind": {"enum": ["photo"]},
        "stage": STAGE_SCHEMA,
        "caption": _TEXT,
        "file_name": {"type": "string"},
        "media_type": {"type": "string"},
        "bytes": {"type": "integer"},
        "sha256": {"type": "string"},
        "width_px": {"type": "integer"},
        "height_px": {"type": "integer"},
        "taken_at": {**_TEXT, "format": "date-time"},
        "lon": _NUMBER,
        "lat": _NUMBER,
        "accuracy_m": _NUMBER,
        "direction_degrees": {**_NUMBER, "description": "Where the camera looked to, clockwise from north"},
        "distance_m": {**_NUMBER, "description": "To the coordinates that stand now; null where either is not known"},
        "far": {"type": "boolean", "description": "Taken too far from the work to show it"},
        "import": {"type": ["integer", "null"]},
        "created_at": {"type": "string", "format": "date-time"},
        "created_by": {"type": "string"},
        "on_behalf_of": _TEXT,
        "removed_at": _TEXT,
        "removed_by": _TEXT,
        "picture": {"type": "string"},
        "thumbnail": {"type": "string"},
        "original": {**_TEXT, "description": "For those who may attach pictures here"},
        "receipt": {"type": "string"},
    },
}


def attachment_json(view: AttachmentView, *, may_write: bool) -> dict[str, Any]:
    """One picture."""
    address = f"/api/v1/projects/{view.project_code}/attachments/{view.id}"
    return {
        "id": view.id,
        "kind": view.kind,
        "stage": view.stage,
        "caption": view.caption,
        "file_name": view.file_name,
        "media_type": view.media_type,
        "bytes": view.byte_count,
        "sha256": view.sha256,
        "width_px": view.width_px,
        "height_px": view.height_px,
        "taken_at": None if view.taken_at is None else view.taken_at.isoformat(),
        "lon": view.lon,
        "lat": view.lat,
        "accuracy_m": view.accuracy_m,
        "direction_degrees": view.direction_degrees,
        "distance_m": None if view.distance_m is None else round(view.distance_m, 1),
        "far": view.far,
        "import": view.import_batch_id,
        "created_at": view.created_at.isoformat(),
        "created_by": view.created_by_name,
        "on_behalf_of": view.on_behalf_of,
        "removed_at": None if view.removed_at is None else view.removed_at.isoformat(),
        "removed_by": view.removed_by_name,
        "picture": f"{address}/picture",
        "thumbnail": f"{address}/thumbnail",
        "original": f"{address}/original" if may_write else None,
    }


def photos_data(
    session: Session, row: ProjectRow, *, may: Mapping[str, bool], staff: bool, removed: bool, begin: int | None
) -> dict[str, Any]:
    """What the page of a project needs of its pictures.

    Parameters
    ----------
    removed
        Whether those that were taken away are needed, too.
    begin
        Picture that the address names.
    """
    write = may["attach"]
    shown = attachments_of(session, row.id) if staff else []
    gone = attachments_of(session, row.id, removed=True) if staff and removed and write else []
    return {
        "project": row.code,
        "kind": row.kind,
        "may_write": write,
        # A work that is a point, and lies nowhere yet, may be given the place of a photograph.
        "may_place": may["edit_geometry"] and row.geometry_type == "Point" and row.geometry_status == "NONE",
        "geometry_version": row.geometry_version,
        "has_place": row.geometry_status != "NONE",
        "max_bytes": MAX_BYTES,
        "caption_length": CAPTION_LENGTH,
        "begin": begin,
        "items": [attachment_json(view, may_write=write) for view in shown],
        "removed": [attachment_json(view, may_write=write) for view in gone],
    }

"""The photograph of a staged row, small enough for a table."""

from __future__ import annotations

from flask import Response

from app.errors import NotFound
from app.queries.import_pictures import pictures_of
from app.services import imports
from app.services.attachment_files import attachment_dir, kept_file
from app.web.attachments import sent_file_of
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.imports_api import blueprint


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/rows/<int:row_number>/thumbnail",
    access=Access.SIGNED_IN,
    summary="The photograph that a row came from, at most 320 pixels a side",
    response={"content": {"image/jpeg": {"type": "string", "format": "binary"}}},
)
def thumbnail(batch_id: int, row_number: int) -> Response:
    """To be looked at before the file is accepted."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        picture = pictures_of(session, batch_id, [row_number]).get(row_number)
    if picture is None:
        raise NotFound("import_row_not_found", {"row": row_number})
    path = kept_file(attachment_dir(here.settings), picture.stored_name, "thumbnail")
    return sent_file_of(path, "image/jpeg", "photo.jpg", f"{picture.sha256[:32]}-thumbnail")

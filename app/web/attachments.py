"""Pictures of a project: list, send, describe, take away, bring back; and the pictures themselves."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.auth import policy
from app.auth.policy import Visibility
from app.errors import Forbidden, InvalidInput, NotFound
from app.queries.attachments import AttachmentView, attachments_of, get_attachment
from app.queries.projects import ProjectRow, project_row
from app.services import attachments
from app.services.attachment_files import MAX_BYTES, Variant, attachment_dir, incoming, kept_file, sent_name
from app.services.attachments import Attached
from app.web.attachment_json import ATTACHMENT_SCHEMA, STAGE_SCHEMA, attachment_json
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.errors import Busy
from app.web.params import boolean
from app.web.payloads import json_object
from app.web.project_json import target_of
from gis.pictures import PictureError, PictureLimits, read_picture
from gis.problems import Problem

blueprint = Blueprint("attachments", __name__)

_ALL = "/api/v1/projects/<code>/attachments"
_ONE = "/api/v1/projects/<code>/attachments/<int:attachment_id>"
# Somebody waits for the answer, and so does a thread that others need.
LIMITS = PictureLimits(cpu_s=10, wait_s=15.0)
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)
_WAIT_FOR_TURN_S = 5.0
_SAID: Mapping[str, Any] = {
    "caption": {"type": ["string", "null"], "maxLength": attachments.CAPTION_LENGTH},
    "stage": STAGE_SCHEMA,
}
_BINARY: Mapping[str, Any] = {"type": "string", "format": "binary"}
_JPEG: Mapping[str, Any] = {"content": {"image/jpeg": _BINARY}}
_ANY_PICTURE: Mapping[str, Any] = {
    "content": {"image/jpeg": _BINARY, "image/png": _BINARY, "image/webp": _BINARY},
}
# A file that somebody sent is shown as a picture or not at all, whatever a browser would like to make of it.
_LOCKED_UP = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    # Kept by this person's browser, and asked about every time: rights change, pictures are taken away.
    "Cache-Control": "private, no-cache",
}


@dataclass(frozen=True)
class Seen:
    """A project that the person may see, and whether they may attach pictures to it."""

    row: ProjectRow
    may_write: bool


def seen_project(session: Session, code: str) -> Seen:
    """The project, for people who may see its pictures: the staff.

    Raises
    ------
    NotFound, Forbidden
        There is none to be seen; its pictures are not for this person.
    """
    actor = current().actor
    sight = policy.visibility(actor)
    row = project_row(session, code, sight=sight)
    if row is None:
        raise NotFound("project_not_found", {"project": code[:80]})
    if sight is not Visibility.STAFF:
        raise Forbidden("forbidden")
    return Seen(row, policy.may(actor, policy.ATTACHMENT_WRITE, target_of(row)))


def _seen_attachment(session: Session, code: str, attachment_id: int) -> tuple[AttachmentView, bool]:
    seen = seen_project(session, code)
    view = get_attachment(session, seen.row.id, attachment_id)
    if view is None or (view.removed_at is not None and not seen.may_write):
        raise NotFound("attachment_not_found")
    return view, seen.may_write


def _present(code: str, attachment_id: int) -> dict[str, Any]:
    context = current()
    with context.database.reading() as session:
        view, may_write = _seen_attachment(session, code, attachment_id)
    return {**attachment_json(view, may_write=may_write), "receipt": context.request_id}


@api_route(
    blueprint,
    _ALL,
    access=Access.SIGNED_IN,
    params=(
        Param(
            "removed", boolean, {"type": "boolean"}, "True: those taken away, for people who may restore them", False
        ),
    ),
    summary="Pictures of a project in the order in which they were taken",
    response={
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": ATTACHMENT_SCHEMA}, "next": {"type": "null"}},
    },
)
def list_(code: str, removed: bool) -> dict[str, Any]:
    """List; there are at most as many as fit on one page."""
    with current().database.reading() as session:
        seen = seen_project(session, code)
        found = attachments_of(session, seen.row.id, removed=removed) if seen.may_write or not removed else []
    return {"items": [attachment_json(view, may_write=seen.may_write) for view in found], "next": None}


@api_route(
    blueprint,
    _ALL,
    method="POST",
    access=Access.SIGNED_IN,
    summary=f"Attach a picture (JPEG, PNG, WebP, at most {MAX_BYTES >> 20} MB); the same one again answers 200",
    status=201,
    response=ATTACHMENT_SCHEMA,
    body={
        "content": {
            "multipart/form-data": {"type": "object", "required": ["file"], "properties": {"file": _BINARY, **_SAID}}
        }
    },
)
def add(code: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Asked first whether the person may, then the file is taken and proven, then it is written down."""
    context = current()
    with context.database.reading() as session:
        attachments.may_attach(session, context.actor, code)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise InvalidInput([Problem("picture_missing", where={"field": "file"})])
    attached = _attached(code, upload, attachment_dir(context.settings))
    address = f"/api/v1/projects/{code}/attachments/{attached.id}"
    return _present(code, attached.id), 200 if attached.repeated else 201, {"Location": address}


def _attached(code: str, upload: FileStorage, folder: Path) -> Attached:
    context = current()
    name = upload.filename or ""
    with incoming(upload.stream, folder) as path:
        try:
            with decoding():
                picture = read_picture(path, name, limits=LIMITS)
        except PictureError as error:
            raise InvalidInput([replace(error.problem, where={"field": "file"})]) from error
        with context.database.transaction(attribution()) as session:
            return attachments.attach(
                session,
                context.actor,
                code,
                picture,
                path.read_bytes(),
                folder,
                file_name=name,
                caption=request.form.get("caption"),
                stage=request.form.get("stage") or None,
            )


@contextlib.contextmanager
def decoding() -> Iterator[None]:
    """One picture is decoded at a time by each web process: however many are sent, threads are left for other work.

    Raises
    ------
    Busy
        ``pictures_busy``: others had their turn all the while.
    """
    if not _ONE_AT_A_TIME.acquire(timeout=_WAIT_FOR_TURN_S):
        raise Busy("pictures_busy", retry_after_s=round(LIMITS.wait_s))
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


@api_route(
    blueprint,
    _ONE,
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Say what a picture shows, and at which stage of the work",
    response=ATTACHMENT_SCHEMA,
    body={"type": "object", "properties": _SAID, "additionalProperties": False, "minProperties": 1},
)
def describe(code: str, attachment_id: int) -> dict[str, Any]:
    """What is not named stays."""
    said = _said(json_object())
    context = current()
    with context.database.transaction(attribution()) as session:
        attachments.describe(session, context.actor, code, attachment_id, **said)
    return _present(code, attachment_id)


def _said(body: Mapping[str, Any]) -> dict[str, Any]:
    problems = [
        Problem("unknown_parameter", where={"field": name}, values={"allowed": ", ".join(_SAID)})
        for name in body
        if name not in _SAID
    ]
    for name in _SAID.keys() & body.keys():
        if body[name] is not None and not isinstance(body[name], str):
            values = {"given": str(body[name])[:80], "expected_th": "ข้อความ", "expected_en": "text"}
            problems.append(Problem("invalid_field", where={"field": name}, values=values))
    if not body:
        problems.append(Problem("field_required", where={"field": "caption"}))
    if problems:
        raise InvalidInput(problems)
    return dict(body)


@api_route(
    blueprint,
    _ONE,
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take a picture away; it can be brought back",
    response=ATTACHMENT_SCHEMA,
)
def remove(code: str, attachment_id: int) -> dict[str, Any]:
    """Nothing is deleted."""
    context = current()
    with context.database.transaction(attribution()) as session:
        attachments.remove(session, context.actor, code, attachment_id)
    return _present(code, attachment_id)


@api_route(
    blueprint,
    f"{_ONE}/restore",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Bring a picture back that was taken away",
    response=ATTACHMENT_SCHEMA,
)
def restore(code: str, attachment_id: int) -> dict[str, Any]:
    """Undo."""
    context = current()
    with context.database.transaction(attribution()) as session:
        attachments.restore(session, context.actor, code, attachment_id)
    return _present(code, attachment_id)


@api_route(
    blueprint,
    f"{_ONE}/picture",
    access=Access.SIGNED_IN,
    summary="The picture, drawn anew without EXIF, at most 2048 pixels a side",
    response=_JPEG,
)
def picture(code: str, attachment_id: int) -> Response:
    """To be looked at."""
    return _drawn(code, attachment_id, "picture")


@api_route(
    blueprint,
    f"{_ONE}/thumbnail",
    access=Access.SIGNED_IN,
    summary="The picture at most 320 pixels a side",
    response=_JPEG,
)
def thumbnail(code: str, attachment_id: int) -> Response:
    """For lists."""
    return _drawn(code, attachment_id, "thumbnail")


@api_route(
    blueprint,
    f"{_ONE}/original",
    access=Access.SIGNED_IN,
    summary="The file as it was sent, for those who may attach pictures here",
    response=_ANY_PICTURE,
)
def original(code: str, attachment_id: int) -> Response:
    """Evidence: with everything that the camera wrote, so not for everybody, and never shown in the page."""
    context = current()
    with context.database.reading() as session:
        attachments.may_attach(session, context.actor, code)
        view, _ = _seen_attachment(session, code, attachment_id)
    path = kept_file(attachment_dir(context.settings), view.stored_name, "original")
    name = sent_name(view.file_name, view.media_type)
    return sent_file_of(path, view.media_type, name, f"{view.sha256[:32]}-original", download=True)


def _drawn(code: str, attachment_id: int, variant: Variant) -> Response:
    context = current()
    with context.database.reading() as session:
        view, _ = _seen_attachment(session, code, attachment_id)
    path = kept_file(attachment_dir(context.settings), view.stored_name, variant)
    name = sent_name(view.file_name, "image/jpeg")
    return sent_file_of(path, "image/jpeg", name, f"{view.sha256[:32]}-{variant}")


def sent_file_of(path: Path, media_type: str, name: str, etag: str, *, download: bool = False) -> Response:
    """A picture or a paper as nothing else. Its name is Thai (RFC 6266); 304 when the browser has it."""
    answer = send_file(
        path, mimetype=media_type, as_attachment=download, download_name=name, etag=etag, conditional=True, max_age=None
    )
    if not download:
        answer.headers["Content-Disposition"] = answer.headers["Content-Disposition"].replace("attachment", "inline", 1)
    answer.headers.update(_LOCKED_UP)
    return answer

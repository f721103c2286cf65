"""Files that a request brings: kept in the folder of uploads while their record is written, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from flask import request
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import upload_dir
from app.errors import InvalidInput
from app.services.attachment_files import attachment_dir, incoming, shown_name
from app.services.duplicate_decisions import SentPaper
from app.services.imports import Received
from app.services.message_files import MOST_FILES, SentFile
from app.web.attachments import LIMITS, decoding
from app.web.context import attribution, current
from gis.pictures import Picture, PictureError, read_picture
from gis.problems import Problem

Made = TypeVar("Made")
_FILE: Mapping[str, Any] = {"type": "string", "format": "binary"}


def file_form(required: tuple[str, ...] = (), **more: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an address that takes a file, for the OpenAPI document; ``more`` are fields beside it."""
    schema = {"type": "object", "properties": {"file": _FILE, **more}, "required": ["file", *required]}
    return {"content": {"multipart/form-data": schema}}


def kept_upload(
    act: Callable[[Session, Actor, Received], Made],
    organisation: str | None,
    problems: list[Problem] | None = None,
    *,
    folder: Path | None = None,
    ending: str | None = None,
) -> Made:
    """Keep the file of the field ``file`` and write its record in one transaction; what ``act`` says of the record.

    Parameters
    ----------
    act
        Writes the record and puts its work in the queue.
    organisation
        Written for, where one is named.
    problems
        What else is wrong with the form: told together with a missing file.
    folder, ending
        Where it is kept and under which ending; the folder of uploads and its own without them.

    Raises
    ------
    InvalidInput
        No file, or ``problems``.
    """
    here = current()
    upload = request.files.get("file")
    found = list(problems or [])
    if upload is None or not upload.filename:
        found.append(Problem("import_file_missing", where={"field": "file"}))
    if found or upload is None:
        raise InvalidInput(found)
    folder = folder or upload_dir(here.settings)
    received = Received.keep(upload.stream, upload.filename or "", folder, ending=ending)
    try:
        with here.database.transaction(attribution(organisation)) as session:
            return act(session, here.actor, received)
    except BaseException:
        (folder / received.stored_name).unlink(missing_ok=True)  # refused: nothing of it is kept
        raise


@contextmanager
def sent_files() -> Iterator[list[SentFile]]:
    """The files of the fields ``file``: pictures as a process of their own has read them, and PDFs; gone afterwards
    unless what they came with keeps them.

    Raises
    ------
    InvalidInput
        One that is too large or neither of both; too many, before any is read.
    Busy
        Other pictures are being read.
    """
    uploads = [one for one in request.files.getlist("file") if one.filename]
    folder = attachment_dir(current().settings)
    if len(uploads) > MOST_FILES:
        values = {"limit": MOST_FILES, "count": len(uploads)}
        raise InvalidInput([Problem("message_files", where={"field": "file"}, values=values)])
    with ExitStack() as kept:
        found = []
        for upload in uploads:
            path = kept.enter_context(incoming(upload.stream, folder, "paper_too_large"))
            found.append(SentFile(path, upload.filename or "", folder, _picture(path, upload.filename or "")))
        yield found


def _picture(path: Path, name: str) -> Picture | None:
    """What is in it decides, not what it is called."""
    with path.open("rb") as file:
        if file.read(5) == b"%PDF-":
            return None
    try:
        with decoding():
            return read_picture(path, name, limits=LIMITS)
    except PictureError as error:
        told = error.problem
        if told.code == "picture_unknown":
            told = Problem("message_file_kind", values={"name": shown_name(name, "?")})
        raise InvalidInput([replace(told, where={"field": "file"})]) from error


@contextmanager
def sent_paper() -> Iterator[SentPaper | None]:
    """The file of the field ``file``, where one was sent; gone afterwards unless the step keeps it.

    Raises
    ------
    InvalidInput
        ``paper_too_large``.
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        yield None
        return
    folder = attachment_dir(current().settings)
    with incoming(upload.stream, folder, "paper_too_large") as path:
        yield SentPaper(path, upload.filename, folder)

"""Pictures of a project: attached, described, taken away and brought back; nothing of them is ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import Attachment
from app.services.attachment_files import keep
from app.services.project_locks import HeldProject, hold_project, look_at_project, mark_on_behalf
from gis.pictures import Picture
from gis.problems import Problem
from gis.readers.source import printable
from gis.thai import normalise

STAGES = ("before", "during", "after")
CAPTION_LENGTH = 500
MOST_OF_A_PROJECT = 300
_ACTIVE = Attachment.removed_at.is_(None)


class _Kept:
    """The value of a field that is left as it is."""


KEPT = _Kept()


@dataclass(frozen=True)
class Attached:
    """A picture that hangs on its project; ``repeated`` when it had been sent before."""

    id: int
    repeated: bool = False


def may_attach(session: Session, actor: Actor, project_code: str) -> HeldProject:
    """The project, when the actor may attach pictures to it: asked before a file is taken.

    Raises
    ------
    NotFound, Forbidden
        No such project; not allowed.
    """
    project = look_at_project(session, actor, project_code)
    policy.require(actor, policy.ATTACHMENT_WRITE, project.target)
    return project


def attach(
    session: Session,
    actor: Actor,
    project_code: str,
    picture: Picture,
    original: bytes,
    folder: Path,
    *,
    file_name: str,
    caption: str | None = None,
    stage: str | None = None,
) -> Attached:
    """Keep a picture and hang it on a project. The same picture sent again is the one that hangs there already.

    Parameters
    ----------
    picture, original
        What :func:`gis.pictures.read_picture` has made of the file, and the file.
    folder
        Of :func:`app.services.attachment_files.attachment_dir`.

    Raises
    ------
    NotFound, Forbidden
        No such project; not allowed.
    Conflict
        ``attachment_project_withdrawn``.
    InvalidInput
        ``caption_too_long``, ``stage_unknown``, ``attachments_full``.
    """
    project = _held_project(session, actor, project_code)
    caption, problems = _readable(caption, stage)
    if problems:
        raise InvalidInput(problems)
    _refuse_withdrawn(session, project)
    _refuse_full(session, project)
    kept = keep(session, folder, picture, original, file_name)
    behalf = mark_on_behalf(session, actor, project.organisation_code)
    values = {
        **kept.columns(),
        "project_id": project.id,
        "caption": caption,
        "stage": stage,
        "created_by": actor.user_id,
        "created_by_name": actor.display_name,
        "on_behalf_of": behalf,
    }
    made = session.scalar(
        insert(Attachment)
        .values(values)
        .on_conflict_do_nothing(index_elements=["project_id", "sha256"], index_where=_ACTIVE)
        .returning(Attachment.id)
    )
    if made is not None:
        return Attached(made)
    there = sa.select(Attachment.id).where(
        Attachment.project_id == project.id, Attachment.sha256 == kept.sha256, _ACTIVE
    )
    return Attached(session.scalars(there).one(), repeated=True)


def describe(
    session: Session,
    actor: Actor,
    project_code: str,
    attachment_id: int,
    *,
    caption: str | _Kept | None = KEPT,
    stage: str | _Kept | None = KEPT,
) -> None:
    """Say what a picture shows, and at which stage of the work.

    Raises
    ------
    NotFound, Forbidden
        No such picture, or it was taken away; not allowed.
    InvalidInput
        ``caption_too_long``, ``stage_unknown``.
    """
    attachment = _held(session, actor, _held_project(session, actor, project_code), attachment_id)
    if attachment.removed_at is not None:
        raise NotFound("attachment_not_found")
    new_caption = attachment.caption if isinstance(caption, _Kept) else caption
    new_stage = attachment.stage if isinstance(stage, _Kept) else stage
    new_caption, problems = _readable(new_caption, new_stage)
    if problems:
        raise InvalidInput(problems)
    attachment.caption, attachment.stage = new_caption, new_stage
    session.flush()


def remove(session: Session, actor: Actor, project_code: str, attachment_id: int) -> None:
    """Take a picture away; its row and its files stay, and :func:`restore` brings it back.

    Raises
    ------
    NotFound, Forbidden
        No such picture; not allowed.
    """
    attachment = _held(session, actor, _held_project(session, actor, project_code), attachment_id)
    if attachment.removed_at is None:
        attachment.removed_at = sa.func.now()
        attachment.removed_by, attachment.removed_by_name = actor.user_id, actor.display_name
        session.flush()


def restore(session: Session, actor: Actor, project_code: str, attachment_id: int) -> None:
    """Bring a picture back that was taken away.

    Raises
    ------
    NotFound, Forbidden
        No such picture; not allowed.
    Conflict
        ``attachment_hangs_already``: the same picture was attached again since; ``attachment_project_withdrawn``.
    InvalidInput
        ``attachments_full``.
    """
    project = _held_project(session, actor, project_code)
    attachment = _held(session, actor, project, attachment_id)
    if attachment.removed_at is None:
        return
    same = sa.select(Attachment.id).where(
        Attachment.project_id == attachment.project_id, Attachment.sha256 == attachment.sha256, _ACTIVE
    )
    if session.scalars(same).first() is not None:
        raise Conflict("attachment_hangs_already")
    _refuse_withdrawn(session, project)
    _refuse_full(session, project)
    attachment.removed_at = attachment.removed_by = attachment.removed_by_name = None
    session.flush()


def _held_project(session: Session, actor: Actor, project_code: str) -> HeldProject:
    """The project, locked: nobody withdraws it or hangs another picture on it before this transaction ends."""
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.ATTACHMENT_WRITE, project.target)
    return project


def _held(session: Session, actor: Actor, project: HeldProject, attachment_id: int) -> Attachment:
    """The picture, locked, when it is the project's; marked on behalf."""
    attachment = session.get(Attachment, attachment_id, with_for_update=True, populate_existing=True)
    if attachment is None or attachment.project_id != project.id:
        raise NotFound("attachment_not_found")
    mark_on_behalf(session, actor, project.organisation_code)
    return attachment


WITHDRAWN = "attributes ? 'withdrawn_import'"
"""Condition on projects whose import was undone."""


def _refuse_withdrawn(session: Session, project: HeldProject) -> None:
    statement = sa.text(f"SELECT {WITHDRAWN} FROM project WHERE id = :id")
    if session.scalar(statement, {"id": project.id}):
        raise Conflict("attachment_project_withdrawn", {"project": project.code})


def _refuse_full(session: Session, project: HeldProject) -> None:
    there = session.scalar(
        sa.select(sa.func.count()).select_from(Attachment).where(Attachment.project_id == project.id, _ACTIVE)
    )
    if (there or 0) >= MOST_OF_A_PROJECT:
        raise InvalidInput([Problem("attachments_full", where={"field": "file"}, values={"limit": MOST_OF_A_PROJECT})])


def _readable(caption: str | None, stage: str | None) -> tuple[str | None, list[Problem]]:
    problems = []
    text = printable(caption or "")
    # Measured before it is normalised: what that takes grows faster than the text.
    if len(text) > CAPTION_LENGTH:
        values: dict[str, Any] = {"length": len(text), "limit": CAPTION_LENGTH}
        problems.append(Problem("caption_too_long", where={"field": "caption"}, values=values))
    if stage is not None and stage not in STAGES:
        values = {"given": printable(stage[:40]), "allowed": ", ".join(STAGES)}
        problems.append(Problem("stage_unknown", where={"field": "stage"}, values=values))
    return None if problems else normalise(text) or None, problems

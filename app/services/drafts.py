"""Unsaved work of one person on one project, kept on the server: a closed browser loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Forbidden, InvalidInput
from app.services.project_locks import look_at_project
from gis.problems import Problem

LIMIT_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Draft:
    """A draft as the map left it.

    Parameters
    ----------
    content
        Whatever the map put there.
    base_version
        Version of the geometry that it started from; 0 when there was none.
    saved_at
        When it was kept.
    """

    content: Any
    base_version: int
    saved_at: datetime


def save_draft(session: Session, actor: Actor, project_code: str, content: Any, base_version: int) -> Draft:
    """Keep the actor's draft of a project, over the one before.

    Raises
    ------
    NotFound, Forbidden
        No such project; the actor could never save it as a version.
    InvalidInput
        ``draft_too_large``.
    """
    project_id = _writable(session, actor, project_code)
    size = len(orjson.dumps(content))
    if size > LIMIT_BYTES:
        limit = {"limit_kb": LIMIT_BYTES // 1024, "size_kb": size // 1024}
        raise InvalidInput([Problem("draft_too_large", where={"field": "content"}, values=limit)])
    row = session.execute(
        sa.text(
            "INSERT INTO geometry_draft (user_id, project_id, content, base_version)"
            " VALUES (:user, :project, CAST(:content AS jsonb), :base)"
            " ON CONFLICT (user_id, project_id) DO UPDATE SET content = excluded.content,"
            " base_version = excluded.base_version, saved_at = now() RETURNING saved_at"
        ),
        {
            "user": actor.user_id,
            "project": project_id,
            "content": orjson.dumps(content).decode(),
            "base": base_version,
        },
    ).one()
    return Draft(content, base_version, row.saved_at)


def get_draft(session: Session, actor: Actor, project_code: str) -> Draft | None:
    """The actor's own draft of a project; ``None`` when there is none."""
    row = session.execute(
        sa.text(
            "SELECT d.content, d.base_version, d.saved_at FROM geometry_draft d JOIN project p ON p.id = d.project_id"
            " WHERE p.code = :code AND d.user_id = :user"
        ),
        {"code": project_code, "user": actor.user_id},
    ).one_or_none()
    return None if row is None else Draft(row.content, row.base_version, row.saved_at)


def drafted_projects(session: Session, actor: Actor) -> list[str]:
    """Codes of the projects of which the actor keeps a draft, the newest draft first."""
    rows = session.scalars(
        sa.text(
            "SELECT p.code FROM geometry_draft d JOIN project p ON p.id = d.project_id"
            " WHERE d.user_id = :user ORDER BY d.saved_at DESC, p.code"
        ),
        {"user": actor.user_id},
    )
    return list(rows)


def delete_draft(session: Session, actor: Actor, project_code: str) -> None:
    """Throw the actor's own draft away; nothing happens when there is none."""
    session.execute(
        sa.text(
            "DELETE FROM geometry_draft d USING project p"
            " WHERE p.id = d.project_id AND p.code = :code AND d.user_id = :user"
        ),
        {"code": project_code, "user": actor.user_id},
    )


def _writable(session: Session, actor: Actor, project_code: str) -> int:
    project = look_at_project(session, actor, project_code)
    policy.require(actor, policy.COORDINATES_WRITE, project.target)
    if actor.user_id is None:
        raise Forbidden("forbidden", {"action": policy.COORDINATES_WRITE})
    return project.id

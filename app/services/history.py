"""Bringing a former value back: a new change like any other, never a correction of the log."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import NotFound
from app.queries.history import value_before
from app.services.project_locks import look_at_project
from app.services.projects import editable_fields, update_project


def restore_value(
    session: Session, actor: Actor, project_code: str, change_id: int, field: str, *, if_match_version: int
) -> int:
    """Give a field of a project the value that it had before a change; the new ``row_version``.

    Rights, checks and the version are those of :func:`app.services.projects.update_project`: a value that was right
    then may be refused now.

    Raises
    ------
    NotFound
        No such project, or no such change of this field in its history.
    Forbidden, Conflict, InvalidInput
        As for any change.
    """
    project = look_at_project(session, actor, project_code)
    if not editable_fields(actor, project.target):
        policy.require(actor, policy.PROJECT_WRITE, project.target)
    found = value_before(session, project.id, change_id, field)
    if found is None:
        raise NotFound("change_not_found", {"change": change_id, "field": field[:80]})
    return update_project(session, actor, project_code, {field: found[0]}, if_match_version=if_match_version)

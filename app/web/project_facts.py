"""Changing a project's own facts on its page, under the version that was read."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict
from app.queries.history import project_fields, project_history
from app.queries.projects import ProjectRow
from app.services.projects import editable_fields, update_project
from app.web.attachments import seen_project
from app.web.conflicts import base_of, canonical, conflict_html, field_lines, unchosen, yours_of
from app.web.context import current
from app.web.endpoint import Access, page_route
from app.web.page_forms import posted, read_typed
from app.web.project_fields import FACT_KINDS, FACTS, fact_texts, fact_value
from app.web.project_json import target_of
from app.web.project_list import code_names
from app.web.project_tabs import Opened, project_html
from app.web.project_texts import change_lines
from app.web.projects import found_detail, reader

blueprint = Blueprint("project_facts", __name__)


@page_route(blueprint, "/projects/<code>/facts", methods=("POST",), access=Access.SIGNED_IN)
def write(code: str) -> Response:
    """Write the fields that were changed; nobody else's change is written over."""
    if unchosen(request.form):
        return Response(_conflict(code, None), HTTPStatus.CONFLICT, mimetype="text/html")
    return posted(
        lambda session, actor: _write(session, actor, code),
        again=lambda problems: project_html(
            code, "facts", Opened("edit", typed=request.form, problems=[_named(line) for line in problems])
        ),
        then=url_for("project_pages.project_page_view", code=code, tab="facts"),
        clash=lambda error: _conflict(code, error),
    )


def _write(session: Session, actor: Actor, code: str) -> int:
    row = found_detail(session, code).row
    given = {name: text for name, text in request.form.items() if name in editable_fields(actor, target_of(row))}
    read_typed(FACTS, {"kind": row.kind, "name_th": row.name_th, **given})
    base = base_of(request.form)
    changes = {
        name: fact_value(name, text)
        for name, text in given.items()
        if canonical(FACT_KINDS[name], text) != canonical(FACT_KINDS[name], base.get(name, ""))
    }
    return update_project(session, actor, code, changes, if_match_version=_version(session, row, base))


def _version(session: Session, row: ProjectRow, base: Mapping[str, str]) -> int:
    """The version that was read, or the one that stands when only money or coordinates made it another one."""
    given = request.form.get("row_version", type=int) or 0
    stands = fact_texts(project_fields(session, row.id))
    return row.row_version if given and given < row.row_version and stands == base else given


def _named(line: dict[str, Any]) -> dict[str, Any]:
    # The API calls the name of a project ``name`` where it is wrong, and the field of the form ``name_th``.
    return {**line, "field": "name_th"} if line.get("field") == "name" else line


def _conflict(code: str, error: Conflict | None) -> str:
    with current().database.reading() as session:
        row = seen_project(session, code).row
        stands, words, yours = fact_texts(project_fields(session, row.id)), code_names(session), yours_of(request.form)
        base = base_of(request.form)
        # Fields that the form did not have, because they are not this person's, stay as they stand.
        three = (base, {**stands, **yours}, stands)
        newest = project_history(session, row.id, reader(), limit=1).items
        return conflict_html(
            field_lines([n for n in FACTS.fields if n in yours], FACT_KINDS, three, words),
            error=error,
            project={"code": code, "name": row.name_th},
            address=request.path,
            back=url_for("project_pages.project_page_view", code=code, tab="facts"),
            version=row.row_version,
            theirs=stands,
            changed=tuple(change_lines(session, newest, whole=True)),
            words=words,
        )

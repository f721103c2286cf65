"""Comments on a version of a plan: read, written and answered, by program and by form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries.plan_comments import comments_of_version
from app.services.plan_comments import answer_comment, comment_on_version
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route, page_route
from app.web.history import require_staff
from app.web.money_body import Body, read_body
from app.web.page_forms import posted
from app.web.payloads import json_object
from app.web.plan_json import LIST, comments_json
from app.web.plan_pages import version_page_again
from app.web.plans import VERSION, found_version

blueprint = Blueprint("plan_comments", __name__)

_COMMENT = Body({"text": "text", "row": "whole", "column": "text"}, frozenset({"text"}))
_ANSWER = Body({"reply": "text"})


@api_route(
    blueprint,
    f"{VERSION}/comments",
    access=Access.SIGNED_IN,
    summary="What reviewers said of a version, its lines and their fields, the open comments first",
    response=LIST,
)
def read_comments(version_id: int) -> dict[str, Any]:
    """For staff."""
    require_staff()
    with current().database.reading() as session:
        return _answer(session, version_id)


@api_route(
    blueprint,
    f"{VERSION}/comments",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Say something of a version, of a line (row) or of one of its fields (column)",
    response=LIST,
    status=201,
    body=_COMMENT.schema(),
)
def add_comment(version_id: int) -> dict[str, Any]:
    """By the executive, and whoever keeps the minutes."""
    given, context = read_body(_COMMENT, json_object()), current()
    with context.database.transaction(attribution()) as session:
        comment_on_version(
            session,
            context.actor,
            version_id,
            given["text"],
            origin_id=given.get("row"),
            column=given.get("column"),
        )
        return _answer(session, version_id)


@api_route(
    blueprint,
    f"{VERSION}/comments/<int:comment_id>/answer",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Mark a comment as answered, with a word in reply or without",
    response=LIST,
    body=_ANSWER.schema(),
)
def answer(version_id: int, comment_id: int) -> dict[str, Any]:
    """By planners of the organisation."""
    given, context = read_body(_ANSWER, json_object()), current()
    with context.database.transaction(attribution()) as session:
        answer_comment(session, context.actor, version_id, comment_id, given.get("reply"))
        return _answer(session, version_id)


@page_route(blueprint, "/plan-versions/<int:version_id>/comments", methods=("POST",), access=Access.SIGNED_IN)
def write_comment(version_id: int) -> Response:
    """Say something of the whole version, or answer a comment."""
    form = request.form

    def act(session: Session, actor: Actor) -> None:
        comment = form.get("comment", 0, int)
        if comment:
            answer_comment(session, actor, version_id, comment, form.get("reply"))
        else:
            comment_on_version(session, actor, version_id, form.get("text", ""))

    return posted(
        act,
        again=lambda problems: version_page_again(version_id, problems, form),
        then=url_for("plan_pages.version_page", version_id=version_id, _anchor="comments"),
    )


def _answer(session: Session, version_id: int) -> dict[str, Any]:
    found_version(session, version_id)
    return {"items": comments_json(comments_of_version(session, version_id))}

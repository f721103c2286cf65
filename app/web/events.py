"""What is new for a person, as server-sent events that end at once: the browser asks again after ``retry``.

An open stream would hold one of the server's eight threads for each open page; see decision 32. Asking does not count
as using the session: a page that lies open does not keep its person signed in.
"""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, request

from app.auth.actor import Actor
from app.auth.identity import UNATTENDED
from app.queries.messages import unread_count
from app.queries.news import unread_news
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.monitoring_request import today

blueprint = Blueprint("events", __name__)

AGAIN_MS = 10_000


@api_route(
    blueprint,
    UNATTENDED,
    access=Access.SIGNED_IN,
    summary="Unread matters and news of the person as a server-sent event; the stream ends and is asked for again",
    response={"content": {"text/event-stream": {"type": "string"}}},
    headers={"Last-Event-ID": "What the last event was; without a change only retry is answered"},
)
def events() -> Response:
    """``counts`` with the two numbers, when they are others than the browser knows."""
    messages, news = unread(current().actor)
    lines = [f"retry: {AGAIN_MS}"]
    name = f"{messages}-{news}"
    if request.headers.get("Last-Event-ID") == name:
        lines.append(": nothing new")
    else:
        lines += ["event: counts", f"id: {name}", f'data: {{"messages":{messages},"news":{news}}}']
    answer = Response("\n".join(lines) + "\n\n", mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def unread(actor: Actor) -> tuple[int, int]:
    """Matters and news that the person has not read."""
    if not actor.signed_in:
        return 0, 0

    def ask(connection: sa.Connection) -> tuple[int, int]:
        return unread_count(connection, actor), unread_news(connection, actor, today())

    return current().database.glance(ask)

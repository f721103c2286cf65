"""Is the process alive, and can it work."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from app import migrate
from app.queries.jobs import worker_alive
from app.web.context import platform
from app.web.endpoint import Access, page_route
from app.web.json import json_response

log = logging.getLogger("eplan.web")
blueprint = Blueprint("health", __name__)


@page_route(blueprint, "/healthz", access=Access.PUBLIC)
def healthz() -> Response:
    """The process lives; nothing else is asked."""
    return Response("ok", mimetype="text/plain")


@page_route(blueprint, "/readyz", access=Access.PUBLIC)
def readyz() -> Response:
    """Database, migrations and worker; 503 unless all three are ready."""
    state: dict[str, Any] = {"database": False, "migrations": False, "worker": False}
    try:
        with platform().database.reading() as session:
            state["database"] = True
            at = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
            state["migrations"] = at == newest_migration()
            state["worker"] = worker_alive(session)
    except SQLAlchemyError as error:
        log.warning("not ready: %s", error)
    ready = all(state.values())
    return json_response({"status": "ready" if ready else "not_ready", **state}, 200 if ready else 503)


@cache
def newest_migration() -> str:
    """Head of the migrations in this checkout."""
    return migrate.head()

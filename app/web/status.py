"""How the platform is: a public page and the same for programs, which answer without the database too."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import metadata
from typing import Any, Literal

from flask import Blueprint, render_template
from sqlalchemy.exc import SQLAlchemyError

from app.auth.policy import MAINTENANCE, NATION, may
from app.db import Database
from app.queries.maintenance import Window, window_history
from app.queries.status import Look, look
from app.settings import Settings
from app.web.context import current, language, platform, remembered
from app.web.endpoint import Access, api_route, page_route
from app.web.health import newest_migration
from app.web.windows import open_window, windows

log = logging.getLogger("eplan.web")
blueprint = Blueprint("status", __name__)

State = Literal["ok", "slow", "down", "unknown"]
_REMEMBERED_S = 5.0
_MAIL_LATE = timedelta(minutes=30)
_BACKUP_OLD = timedelta(hours=36)
BACKUP_FILE = "last-backup"
"""File under ``var`` whose time is that of the last backup: whoever makes backups touches it."""

_WINDOW: dict[str, Any] = {
    "type": ["object", "null"],
    "required": ["begins_at", "ends_at", "reason", "closed_parts"],
    "properties": {
        "begins_at": {"type": "string", "format": "date-time"},
        "ends_at": {"type": "string", "format": "date-time"},
        "reason": {"type": "string"},
        "closed_parts": {"type": "array", "items": {"type": "string"}},
    },
}
_STATUS: dict[str, Any] = {
    "type": "object",
    "required": ["status", "at", "version", "parts", "window", "next_window"],
    "properties": {
        "status": {"enum": ["ok", "degraded", "down", "read_only"]},
        "at": {"type": "string", "format": "date-time"},
        "version": {"type": "string"},
        "parts": {
            "type": "object",
            "description": "web, database, worker, mail and backup: ok, slow, down or unknown, with what is known",
            "additionalProperties": {
                "type": "object",
                "required": ["state"],
                "properties": {"state": {"enum": ["ok", "slow", "down", "unknown"]}},
            },
        },
        "window": {**_WINDOW, "description": "The maintenance window that is open: nothing can be written"},
        "next_window": {**_WINDOW, "description": "The next one that is announced"},
    },
}


@dataclass(frozen=True)
class Part:
    """One part of the platform: how it is, and since when or how much."""

    state: State
    at: datetime | None = None
    waiting: int | None = None
    failed: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """What is known of it."""
        told = {"at": self.at, "waiting": self.waiting, "failed": self.failed}
        return {"state": self.state} | {name: value for name, value in told.items() if value is not None}


@dataclass
class _Seen:
    """Looked at lately: whoever reloads the page asks the database nothing."""

    read_at: float = float("-inf")
    parts: dict[str, Part] = field(default_factory=dict)


@page_route(blueprint, "/status", access=Access.PUBLIC)
def status_page() -> str:
    """For everybody; it needs neither a session nor the database."""
    parts = parts_of_platform()
    now = datetime.now(UTC)
    return render_template(
        "status/page.html",
        parts_seen=parts,
        overall=_overall(parts),
        open_window=open_window(),
        coming=[one for one in _coming() if one.begins_at > now],
        history=_history() if parts["database"].state == "ok" else [],
        version=_version(),
        now=now,
        language=language(),
        announces=_announces(),
    )


@api_route(
    blueprint,
    "/api/v1/status",
    access=Access.PUBLIC,
    summary="How the platform is: its parts, the maintenance window that is open and the next one",
    response=_STATUS,
)
def status_json() -> dict[str, Any]:
    """Always 200: that it answers says that the web does. /readyz says 503 to load balancers."""
    parts = parts_of_platform()
    now = datetime.now(UTC)
    coming = next((one for one in _coming() if one.begins_at > now), None)
    return {
        "status": _overall(parts),
        "at": now,
        "version": _version(),
        "parts": {name: part.as_dict() for name, part in parts.items()},
        "window": window_json(open_window()),
        "next_window": window_json(coming),
    }


def window_json(window: Window | None) -> dict[str, Any] | None:
    """A window as programs see it."""
    if window is None:
        return None
    return {
        "begins_at": window.begins_at,
        "ends_at": window.ends_at,
        "reason": window.reason(language()),
        "closed_parts": list(window.closed_parts),
    }


def parts_of_platform() -> dict[str, Part]:
    """The parts as they were at most some seconds ago."""
    here, seen = platform(), remembered("status", _Seen)
    if time.monotonic() - seen.read_at > _REMEMBERED_S:
        seen.parts = _look_at(here.database, here.settings)
        seen.read_at = time.monotonic()
    return seen.parts


def _look_at(database: Database, settings: Settings) -> dict[str, Part]:
    web, backup = Part("ok"), _backup(settings)
    began = time.monotonic()
    try:
        found = database.glance(look)
    except SQLAlchemyError as error:
        log.warning("the database does not answer: %s", error)
        unknown = Part("unknown")
        return {"web": web, "database": Part("down"), "worker": unknown, "mail": unknown, "backup": backup}
    slow = time.monotonic() - began > 1 or found.migration != newest_migration()
    worker = Part("ok" if found.worker else "down", found.beat_at, found.jobs)
    return {
        "web": web,
        "database": Part("slow" if slow else "ok"),
        "worker": worker,
        "mail": _mail(found) if settings.smtp_url else Part("unknown"),
        "backup": backup,
    }


def _mail(found: Look) -> Part:
    mail = found.mail
    if mail is None:
        return Part("unknown")
    late = mail.oldest_at is not None and datetime.now(UTC) - mail.oldest_at > _MAIL_LATE
    return Part("slow" if late or mail.failed else "ok", mail.oldest_at, mail.waiting, mail.failed)


def _backup(settings: Settings) -> Part:
    try:
        at = datetime.fromtimestamp((settings.var_dir / BACKUP_FILE).stat().st_mtime, UTC)
    except OSError:
        return Part("unknown")
    return Part("slow" if datetime.now(UTC) - at > _BACKUP_OLD else "ok", at)


def _overall(parts: dict[str, Part]) -> str:
    if parts["database"].state == "down":
        return "down"
    if open_window() is not None:
        return "read_only"
    return "degraded" if any(part.state in ("slow", "down") for part in parts.values()) else "ok"


def _announces() -> bool:
    """Whether who looks opens and closes the system; nobody can be looked up while the database does not answer."""
    try:
        return may(current().actor, MAINTENANCE, NATION)
    except SQLAlchemyError:
        return False


def _coming() -> tuple[Window, ...]:
    return windows().coming(platform().database)


def _history() -> list[Window]:
    try:
        with platform().database.reading() as session:
            return window_history(session)
    except SQLAlchemyError:
        return []


def _version() -> str:
    return metadata.version("eplan")

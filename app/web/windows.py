"""Maintenance windows as every request needs them: remembered for some seconds, and what is refused while one is open.

What writes is refused once more where every transaction begins (:mod:`app.db`); here it is refused before anything is
read, in one place for all addresses, and parts are closed to reading.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.errors import ReadOnly
from app.queries.maintenance import Window, coming_windows
from app.web.context import platform, remembered
from app.web.endpoint import UNSAFE_METHODS

LOOKED_UP_EVERY_S = 5.0

# Unsafe methods that go on: signing in and out, the language, what writes nothing (a drawing goes on being checked, a
# file is only made), and what ends or changes the window itself.
GOES_ON = frozenset(
    {
        "security.login",
        "security.logout",
        "security.verify",
        "sign_in_steps.give_code",
        "sign_in_steps.choose_password",
        "accounts.switch_language",
        "accounts.set_language",
        "coordinates.parse",
        "geometries.check",
        "duplicates.check",
        "duplicate_pages.check",
        "project_pages.download",
        "public_pages.near_me",
        "maintenance.write_page",
        "maintenance.announce",
        "maintenance.amend",
        "maintenance.cancel",
    }
)
# What belongs to a part: blueprints, and single addresses of others.
CLOSED_WITH = {
    "map": frozenset({"map", "tiles", "raster_tiles", "layers"}),
    "exports": frozenset({"exports", "open_data", "reports", "oc4ids", "standing_orders"}),
    "analysis": frozenset({"analysis", "allocation", "access", "scenario_pages", "dashboard", "exposure", "rasters"}),
    "data_service": frozenset({"changes", "standing_orders"}),
}


class Windows:
    """The windows that are open or announced, as this process has last read them.

    While the database does not answer, what was read last goes on being told.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._found: tuple[Window, ...] = ()

    def coming(self, database: Database) -> tuple[Window, ...]:
        """Windows that are not over, the first first."""
        if time.monotonic() - self._read_at > LOOKED_UP_EVERY_S and self._lock.acquire(blocking=False):
            try:
                self._found = database.glance(coming_windows)
            except SQLAlchemyError:
                pass
            finally:
                self._read_at = time.monotonic()
                self._lock.release()
        return self._found

    def forget(self) -> None:
        """Read them again when they are asked for next."""
        self._read_at = float("-inf")


def windows() -> Windows:
    """Those of the running application."""
    return remembered("maintenance", Windows)


def open_window() -> Window | None:
    """The window that is open now."""
    now = datetime.now(UTC)
    return next((one for one in windows().coming(platform().database) if one.is_open(now)), None)


def told_window() -> Window | None:
    """The window that pages tell of now: the one that is open, else the first that is announced."""
    now = datetime.now(UTC)
    return next((one for one in windows().coming(platform().database) if one.is_told(now)), None)


def register_windows(app: Flask) -> None:
    """Refuse what does not go on while a window is open."""

    @app.before_request
    def refuse_while_open() -> None:
        endpoint = request.endpoint
        if endpoint is None or endpoint == "static":
            return
        unsafe = request.method in UNSAFE_METHODS and endpoint not in GOES_ON
        if not unsafe and request.blueprint in ("maintenance", "health", "security", "accounts", "sign_in_steps"):
            return
        window = open_window()
        if window is None or platform().settings.through_maintenance:
            return
        if unsafe:
            raise ReadOnly(window.ends_at, window.reason_th, window.reason_en)
        if any(request.blueprint in CLOSED_WITH[part] for part in window.closed_parts):
            raise ReadOnly(window.ends_at, window.reason_th, window.reason_en, code="part_closed")

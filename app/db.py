"""The database: one place a process where connections are opened and transactions begin and end.

``transaction()`` commits when its block returns and rolls back when it raises. ``reading()`` is READ ONLY: a query
that writes fails in development as it would on a replica. Services and queries take the session and never commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.errors import ReadOnly
from app.settings import Settings

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Attribution:
    """Who a transaction's changes are written down to (read by the audit triggers).

    Parameters
    ----------
    user_id
        Account, or ``None`` for the system itself.
    name
        Name shown in the history.
    on_behalf_of
        Organisation code when a provincial officer enters for it.
    request_id
        Receipt that ties a change to the answer the person got.
    housekeeping
        The platform's own work, signing in and out, and what ends a maintenance window: goes on while nobody's work
        is written.
    """

    user_id: int | None
    name: str
    on_behalf_of: str | None = None
    request_id: str | None = None
    housekeeping: bool = False


SYSTEM = Attribution(user_id=None, name="system", housekeeping=True)


def private_url(settings: Settings, user: str) -> str:
    """Address of the private cluster under ``var/`` on its local socket."""
    socket_dir = (settings.var_dir / "pg-socket").read_text(encoding="utf-8").strip()
    return f"postgresql+psycopg2://{user}@/eplan?host={quote(socket_dir, safe='')}"


def application_url(settings: Settings) -> str:
    """Address for the application role."""
    return _driver(settings.database_url) if settings.database_url else private_url(settings, "eplan_app")


def owner_url(settings: Settings) -> str:
    """Address for the owner of the tables (migrations and maintenance only)."""
    if settings.owner_database_url:
        return _driver(settings.owner_database_url)
    return private_url(settings, "eplan_owner")


def _driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


def libpq_url(url: str) -> str:
    """The same address without SQLAlchemy's driver name, for psql, pg_dump and procrastinate."""
    return url.replace("postgresql+psycopg2://", "postgresql://", 1)


class Database:
    """One pool of connections that has assumed the application role."""

    through_maintenance = False

    def __init__(self, settings: Settings, url: str | None = None) -> None:
        options = (
            f"-c role={settings.application_role} -c jit=off -c timezone=Asia/Bangkok "
            f"-c statement_timeout={settings.statement_timeout_ms}"
        )
        self.engine: Engine = sa.create_engine(
            url or application_url(settings),
            pool_size=8,
            max_overflow=8,
            pool_pre_ping=True,
            connect_args={"options": options, "application_name": "eplan"},
        )
        self.through_maintenance = settings.through_maintenance
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._glances = sa.create_engine(
            self.engine.url,
            pool_size=8,
            max_overflow=8,
            isolation_level="AUTOCOMMIT",
            connect_args={"options": f"{options} -c default_transaction_read_only=on", "application_name": "eplan"},
        )

    @contextmanager
    def transaction(self, attribution: Attribution = SYSTEM) -> Iterator[Session]:
        """Write: all of the block or nothing of it. Changes are attributed to ``attribution``.

        Raises
        ------
        ReadOnly
            A maintenance window is open: every door of people's writing comes through here.
        """
        with self._sessions.begin() as session:
            window = attribute(session, attribution)
            if window is not None and not (attribution.housekeeping or self.through_maintenance):
                raise ReadOnly(*window)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read: one consistent snapshot that cannot write."""
        with self._sessions() as session:
            session.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield session

    def glance(self, ask: Callable[[sa.Connection], Answer]) -> Answer:
        """Read with single statements that need no common snapshot, and with nothing sent around them.

        A tile is one statement of a millisecond: opening, checking and closing a transaction would cost as much again.
        ``ask`` is called a second time when the connection turns out to be dead, so it must only read.
        """
        for attempt in (1, 2):
            try:
                with self._glances.connect() as connection:
                    return ask(connection)
            except sa.exc.DBAPIError as error:
                if attempt == 2 or not error.connection_invalidated:
                    raise
        raise AssertionError("unreachable")

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._glances.dispose()


# One statement: who acts, and whether a maintenance window is open (two never are).
_ATTRIBUTE = """
SELECT w.ends_at, w.reason_th, w.reason_en
FROM (SELECT set_config('eplan.user_id', :user_id, true), set_config('eplan.user_name', :name, true),
             set_config('eplan.on_behalf_of', :behalf, true), set_config('eplan.request_id', :request, true)) AS told
LEFT JOIN maintenance_window w
       ON w.cancelled_at IS NULL AND w.begins_at <= clock_timestamp() AND w.ends_at > clock_timestamp()
"""


def attribute(session: Session, attribution: Attribution) -> tuple[datetime, str, str | None] | None:
    """Tell the audit triggers of this transaction who acts.

    Returns
    -------
    tuple or None
        End and reasons of the maintenance window that is open now.
    """
    row = session.execute(
        sa.text(_ATTRIBUTE),
        {
            "user_id": "" if attribution.user_id is None else str(attribution.user_id),
            "name": attribution.name,
            "behalf": attribution.on_behalf_of or "",
            "request": attribution.request_id or "",
        },
    ).one()
    return None if row.ends_at is None else (row.ends_at, row.reason_th, row.reason_en)


def upload_dir(settings: Settings) -> Path:
    """Where uploaded files wait; made on first use, readable by this account only."""
    path = settings.var_dir / "uploads"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path

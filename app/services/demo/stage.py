"""The people of the demonstration act: as themselves, under a receipt, and at an hour that lies behind.

What a database dates by itself (a line of the change log, a message, a version of coordinates) it dates with the hour
of its transaction. The demonstration is one transaction, and its weeks have to be told one after the other: as long as
it acts, the defaults of these columns read the hour of the act from a setting of the session; at the end they are what
they were. Nothing that was written is changed afterwards, so that what may never change need not be touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import ANONYMOUS, Actor
from app.auth.loading import actor_by_username
from app.db import Attribution, attribute
from app.services.quiet_time import is_working_day
from gis.thai import ZONE

# Tables that acts of the demonstration write into and that date their rows themselves.
_DATED = (
    "api_token",
    "area_subscription",
    "change_log",
    "citizen_message",
    "citizen_question",
    "classification_decision",
    "daily_report",
    "evaluation_file",
    "evaluation_posting",
    "evaluation_result",
    "export_order",
    "hand_over",
    "mail",
    "maintenance_window",
    "message",
    "message_read",
    "message_thread",
    "news",
    "news_read",
    "officer_call",
    "on_behalf_decision",
    "progress_report",
    "project_geometry",
    "reminder",
    "review_comment",
    "score_appeal",
    "score_mark",
    "sealed_content",
    "user_account",
)
_COLUMNS = """
SELECT a.attrelid::regclass::text AS table_name, quote_ident(a.attname) AS column_name
FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY (CAST(:tables AS regclass[])) AND a.atttypid = 'timestamptz'::regtype
ORDER BY 1, 2
"""
_CLOCK = "coalesce(CAST(nullif(current_setting('eplan.demo_clock', true), '') AS timestamptz), now())"


@dataclass
class Stage:
    """Who can act, and when.

    Parameters
    ----------
    session
        Of the demonstration's transaction, as the owner of the tables.
    today
        The day on which it is made: what goes on is told relative to it.
    series
        Letter of its receipts: no two stages write under the same ones.
    """

    session: Session
    today: date
    series: str = "A"
    _actors: dict[str, Actor] = field(default_factory=dict)
    _receipts: int = 0

    def actor(self, username: str) -> Actor:
        """A person of the demonstration as policy sees them."""
        if username not in self._actors:
            found = actor_by_username(self.session, username)
            if found is None:
                raise LookupError(username)
            self._actors[username] = found
        return self._actors[username]

    def workday(self, back: int) -> date:
        """The working day so many working days before the newest one, which is today or the Friday before."""
        day = self.today
        while not is_working_day(day):
            day -= timedelta(days=1)
        while back > 0:
            day -= timedelta(days=1)
            back -= is_working_day(day)
        return day

    def ago(self, back: int, hour: int, minute: int = 0) -> datetime:
        """An hour of that working day, never one that is still to come."""
        return self.at(self.workday(back), hour, minute)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """An hour of a day, never one that is still to come."""
        moment = datetime.combine(day, time(hour, minute), ZONE)
        return min(moment, datetime.now(ZONE) - timedelta(minutes=1))

    @contextmanager
    def acting(self, username: str, moment: datetime) -> Iterator[Actor]:
        """What somebody does in one request at that hour."""
        actor = self.actor(username)
        self._receipts += 1
        receipt = f"R-DEM{self.series}-{self._receipts:04d}"
        self._set_clock(moment)
        attribute(self.session, Attribution(actor.user_id, actor.display_name, request_id=receipt))
        yield actor
        self.session.flush()

    @contextmanager
    def visiting(self, moment: datetime) -> Iterator[None]:
        """What somebody without an account does at that hour."""
        self._set_clock(moment)
        attribute(self.session, Attribution(None, ANONYMOUS.display_name))
        yield
        self.session.flush()

    def _set_clock(self, moment: datetime | None) -> None:
        told = "" if moment is None else moment.isoformat()
        self.session.execute(sa.text("SELECT set_config('eplan.demo_clock', :told, true)"), {"told": told})

    def _read_clock(self, default: str) -> None:
        columns: dict[str, list[str]] = {}
        for row in self.session.execute(sa.text(_COLUMNS), {"tables": list(_DATED)}):
            columns.setdefault(row.table_name, []).append(row.column_name)
        for table, names in columns.items():
            changes = ", ".join(f"ALTER COLUMN {name} SET DEFAULT {default}" for name in names)
            self.session.execute(sa.text(f"ALTER TABLE {table} {changes}"))

    @contextmanager
    def open(self) -> Iterator[Stage]:
        """Begin, and leave the database's clock and whoever acted before as they were."""
        before = self.session.execute(
            sa.text(
                "SELECT coalesce(current_setting('eplan.user_id', true), '') AS user_id,"
                " coalesce(current_setting('eplan.user_name', true), '') AS name"
            )
        ).one()
        self._read_clock(_CLOCK)
        yield self
        self.session.flush()
        self._set_clock(None)
        self._read_clock("now()")
        attribute(self.session, Attribution(int(before.user_id) if before.user_id else None, before.name))

"""Maintenance windows: announced, amended, given up, and ended by whoever opens and closes the system.

While one is open the platform is read-only: :meth:`app.db.Database.transaction` refuses everybody's writing, whichever
door it comes through. What a window changes of itself is housekeeping and goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import NATION
from app.errors import Conflict, NotFound
from app.queries.maintenance import Window, coming_windows, one_window
from app.services.money_rules import check_text, refuse
from gis.problems import Problem

PARTS = ("map", "exports", "analysis", "data_service")
"""What a window may close to reading as well."""
LONGEST = timedelta(days=14)
FURTHEST = timedelta(days=366)
_LIMIT = 500
_NOTICE_MOST = 720


@dataclass(frozen=True)
class NewWindow:
    """A window as it is announced; see :class:`app.queries.maintenance.Window`."""

    begins_at: datetime
    ends_at: datetime
    reason_th: str
    reason_en: str | None = None
    closed_parts: tuple[str, ...] = ()
    notice_hours: int = 72


@dataclass(frozen=True)
class WindowReceipt:
    """The window that was written, and its version."""

    id: int
    row_version: int


def announce(session: Session, actor: Actor, wanted: NewWindow) -> WindowReceipt:
    """Announce a window.

    Raises
    ------
    Forbidden
        Not the department.
    InvalidInput
        Everything that is wrong with it at once: no reason, over before it begins, longer than :data:`LONGEST`, over
        already, further away than a year, at the time of another one, unknown parts.
    """
    policy.require(actor, policy.MAINTENANCE, NATION)
    refuse(_check(session, wanted))
    return _written(session, _INSERT, wanted)


def amend(
    session: Session, actor: Actor, window_id: int, changes: dict[str, Any], *, if_match_version: int | None = None
) -> WindowReceipt:
    """Change a window that is not over; of one that is open the beginning stays.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such window, or over; not the department; somebody changed it first.
    InvalidInput
        As of :func:`announce`.
    """
    held = _held(session, actor, window_id, if_match_version)
    fields = {name: getattr(held, name) for name in NewWindow.__dataclass_fields__}
    wanted = replace(NewWindow(**fields), **changes)
    if held.is_open(_now()):
        wanted = replace(wanted, begins_at=held.begins_at)
    refuse(_check(session, wanted, besides=window_id))
    return _written(session, _UPDATE, wanted, id=window_id)


def cancel(
    session: Session, actor: Actor, window_id: int, reason: str, *, if_match_version: int | None = None
) -> WindowReceipt:
    """Give a window up; of one that is open this ends it now, and that it was open stays told.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As of :func:`amend`.
    InvalidInput
        No reason.
    """
    held = _held(session, actor, window_id, if_match_version)
    refuse(check_text("reason", reason, required=True, limit=_LIMIT))
    ends = "ends_at = clock_timestamp()" if held.is_open(_now()) else "cancelled_at = now()"
    statement = (
        f"UPDATE maintenance_window SET {ends}, cancel_reason = :reason, row_version = row_version + 1,"
        " updated_at = now() WHERE id = :id RETURNING id, row_version"
    )
    return WindowReceipt(*session.execute(sa.text(statement), {"id": window_id, "reason": reason.strip()}).one())


def begin_now(session: Session, actor: Actor, lasting: timedelta, reason_th: str) -> WindowReceipt:
    """Open a window now, without notice: for the operator at the command line.

    Raises
    ------
    InvalidInput
        One is open or begins before this one would end.
    """
    now = _now()
    return announce(session, actor, NewWindow(now, now + lasting, reason_th, notice_hours=0))


def end_now(session: Session, actor: Actor, reason: str) -> Window | None:
    """End the window that is open; ``None`` when there is none."""
    policy.require(actor, policy.MAINTENANCE, NATION)
    found = next((window for window in coming_windows(session) if window.is_open(_now())), None)
    if found is not None:
        cancel(session, actor, found.id, reason)
    return found


_COLUMNS = ("begins_at", "ends_at", "reason_th", "reason_en", "closed_parts", "notice_hours")
_INSERT = (
    f"INSERT INTO maintenance_window ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
    " RETURNING id, row_version"
)
_UPDATE = (
    f"UPDATE maintenance_window SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)},"
    " row_version = row_version + 1, updated_at = now() WHERE id = :id RETURNING id, row_version"
)
_OTHER = """
SELECT begins_at, ends_at FROM maintenance_window
WHERE cancelled_at IS NULL AND id <> :besides AND tstzrange(begins_at, ends_at) && tstzrange(:begins_at, :ends_at)
ORDER BY begins_at LIMIT 1
"""


def _written(session: Session, statement: str, wanted: NewWindow, **more: Any) -> WindowReceipt:
    values = {name: getattr(wanted, name) for name in _COLUMNS} | more
    values |= {"closed_parts": list(wanted.closed_parts), "reason_th": wanted.reason_th.strip()}
    values["reason_en"] = (wanted.reason_en or "").strip() or None
    return WindowReceipt(*session.execute(sa.text(statement), values).one())


def _held(session: Session, actor: Actor, window_id: int, if_match_version: int | None) -> Window:
    policy.require(actor, policy.MAINTENANCE, NATION)
    _one_at_a_time(session)
    held = one_window(session, window_id, lock=True)
    if held is None or held.cancelled_at is not None or held.ends_at <= _now():
        raise NotFound("maintenance_not_found", {"window": window_id})
    if if_match_version is not None and if_match_version != held.row_version:
        raise Conflict("record_changed", {"version": held.row_version, "values": {}})
    return held


def _one_at_a_time(session: Session) -> None:
    """Two who announce at once: the second one is told of the first."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('maintenance', 0))"))


def _check(session: Session, wanted: NewWindow, besides: int = 0) -> list[Problem]:
    problems = check_text("reason_th", wanted.reason_th, required=True, limit=_LIMIT)
    problems += check_text("reason_en", wanted.reason_en, limit=_LIMIT)
    unknown = [part for part in wanted.closed_parts if part not in PARTS]
    problems += [Problem("unknown_code", where={"field": "closed_parts"}, values={"given": p[:80]}) for p in unknown]
    if not 0 <= wanted.notice_hours <= _NOTICE_MOST:
        values = {"least": 0, "most": _NOTICE_MOST}
        problems.append(Problem("maintenance_notice", where={"field": "notice_hours"}, values=values))
    problems += _check_times(wanted)
    if problems:
        return problems
    _one_at_a_time(session)
    asked = {"begins_at": wanted.begins_at, "ends_at": wanted.ends_at, "besides": besides}
    other = session.execute(sa.text(_OTHER), asked).one_or_none()
    if other is None:
        return []
    values = {"begins_at": other.begins_at.isoformat(), "ends_at": other.ends_at.isoformat()}
    return [Problem("maintenance_overlap", where={"field": "begins_at"}, values=values)]


def _check_times(wanted: NewWindow) -> list[Problem]:
    if wanted.ends_at <= wanted.begins_at:
        return [Problem("maintenance_reversed", where={"field": "ends_at"})]
    if wanted.ends_at - wanted.begins_at > LONGEST:
        return [Problem("maintenance_too_long", where={"field": "ends_at"}, values={"days": LONGEST.days})]
    now = _now()
    if wanted.ends_at <= now or wanted.begins_at > now + FURTHEST:
        return [Problem("maintenance_day", where={"field": "begins_at"})]
    return []


def _now() -> datetime:
    return datetime.now(UTC)

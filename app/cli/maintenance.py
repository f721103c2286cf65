"""``eplan maintenance``: the operator's switch for read-only mode."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import click

from app.auth.actor import SYSTEM_ACTOR
from app.cli.context import database
from app.db import Attribution
from app.messages.base import moment
from app.queries.maintenance import Window, coming_windows
from app.services import maintenance

_ATTRIBUTION = Attribution(user_id=None, name="eplan maintenance", housekeeping=True)
_REASON = "ปรับปรุงระบบ"


@click.group("maintenance")
def command() -> None:
    """Read-only mode: everything can be read, nothing is written; the worker's housekeeping goes on."""


@command.command("on")
@click.option("--minutes", default=60, show_default=True, type=click.IntRange(1, 14 * 24 * 60), help="For so long.")
@click.option("--reason", default=_REASON, show_default=True, help="What every page says (Thai).")
def on(minutes: int, reason: str) -> None:
    """Begin now. Pages that are open say so within a minute; a plan ahead is announced on the page /maintenance."""
    with database().transaction(_ATTRIBUTION) as session:
        maintenance.begin_now(session, SYSTEM_ACTOR, timedelta(minutes=minutes), reason)
        found = coming_windows(session)
    _tell(found)
    click.echo("to write meanwhile: EPLAN_THROUGH_MAINTENANCE=1 ./eplan COMMAND")


@command.command("off")
@click.option("--reason", default="เสร็จก่อนกำหนด", show_default=True, help="Kept in the history (Thai).")
def off(reason: str) -> None:
    """End the window that is open now."""
    with database().transaction(_ATTRIBUTION) as session:
        ended = maintenance.end_now(session, SYSTEM_ACTOR, reason)
    click.echo("writing is on again" if ended else "no window was open")


@command.command("status")
def status() -> None:
    """Say what is open and announced; exit code 3 while a window is open, for scripts."""
    with database().reading() as session:
        found = coming_windows(session)
    _tell(found)
    if any(one.is_open(datetime.now(UTC)) for one in found):
        sys.exit(3)


def _tell(found: tuple[Window, ...]) -> None:
    now = datetime.now(UTC)
    for one in found:
        state = "read-only" if one.is_open(now) else "announced"
        begins, ends = (moment(at.isoformat(), "en") for at in (one.begins_at, one.ends_at))
        closed = f", closed: {', '.join(one.closed_parts)}" if one.closed_parts else ""
        click.echo(f"{state}  {begins} to {ends}  {one.reason_th}{closed}")
    if not found:
        click.echo("no window is open or announced")

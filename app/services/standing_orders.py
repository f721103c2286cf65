"""Files that somebody wants every day, week or month: ordered once, made by the worker, the last ones kept.

What is in a file is what its person may see on the day on which it is made. A copy that could not be made is kept with
the reason, in the place of the file.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor, TokenScope
from app.auth.data_service import covers
from app.auth.policy import NATION
from app.db import Database
from app.errors import InvalidInput, NotFound
from app.models import ExportCopy, ExportOrder, UserAccount
from app.queries.data_dictionary import TABLES
from app.queries.project_filter import ProjectFilter
from app.queries.standing_orders import Copy, Standing, one_order
from app.services import exports, jobs, open_data
from app.services.data_service import check_areas
from app.services.gis_reports import orders as reports
from app.services.jobs import Progress
from app.services.money_rules import check_text, refuse
from app.settings import Settings
from gis.problems import Problem
from gis.thai import ZONE
from gis.writers import FORMATS
from layers.registry import LAYERS

KIND = "standing_order"
"""Kind of background job."""
EVERY = ("day", "week", "month")
MOST_ORDERS = 20
MOST_KEPT = 30
MOST_YEARS = 100
REPORT_FORMATS = ("pdf", "xlsx", "html", "gpkg")
_AT_HOUR = 2
_LAST_SAFE_DAY = 28


@dataclass(frozen=True)
class NewOrder:
    """What is wanted.

    Parameters
    ----------
    title
        Name in the list and of the file.
    kind
        ``layer``, ``report`` or ``tables``.
    name
        Layer, or table; of a report nothing.
    format
        Format of a layer's file or of a report.
    areas, fiscal_years
        Filters.
    every, keep
        How often it is made, and how many copies are kept.
    username
        For whom the department orders; empty is for oneself.
    """

    title: str
    kind: str
    name: str
    format: str
    areas: tuple[str, ...] = ()
    fiscal_years: tuple[int, ...] = ()
    every: str = "day"
    keep: int = 5
    username: str = ""


def order(session: Session, actor: Actor, wanted: NewOrder) -> int:
    """Order a file; the first copy is made at once.

    Raises
    ------
    Forbidden
        Who may not take copies, or orders for somebody else and is not the department.
    InvalidInput
        Everything that is wrong with the order at once.
    """
    policy.require(actor, policy.EXPORT, NATION)
    owner = _owner(session, actor, wanted.username)
    refuse(check_order(session, actor, wanted))
    if len(_open_orders(session, owner)) >= MOST_ORDERS:
        refuse([Problem("export_orders_full", values={"most": MOST_ORDERS})])
    made = ExportOrder(
        user_id=owner,
        title=wanted.title.strip(),
        kind=wanted.kind,
        parameters=parameters_of(wanted),
        every=wanted.every,
        keep=wanted.keep,
        next_at=datetime.now(UTC),
    )
    session.add(made)
    session.flush()
    return made.id


def end(session: Session, actor: Actor, order_id: int) -> None:
    """End an order; its files stay until they are taken away with it by the worker.

    Raises
    ------
    NotFound
        No such order, or somebody else's.
    """
    found = visible(session, actor, order_id)
    session.execute(sa.update(ExportOrder).where(ExportOrder.id == found.id).values(removed_at=sa.func.now()))


def visible(session: Session, actor: Actor, order_id: int) -> Standing:
    """An order that the actor may see: one's own, the department everybody's, a token those inside its areas.

    Raises
    ------
    NotFound
        Also for an order of somebody else.
    """
    found = one_order(session, order_id)
    if found is None or not may_see(actor, found):
        raise NotFound("export_order_not_found", {"order": order_id})
    return found


def may_see(actor: Actor, found: Standing) -> bool:
    """Whether the actor may see an order and take its files."""
    if actor.token is not None:
        return actor.user_id == found.user_id and _inside(actor.token, found)
    return actor.user_id == found.user_id or policy.may(actor, policy.DATA_SERVICE, NATION)


def copy_of(found: Standing, which: str) -> Copy:
    """A copy by its number, or the latest one that was made.

    Raises
    ------
    NotFound
        ``export_copy_not_found``.
    """
    for copy in found.copies:
        if copy.file and (which == "latest" or which == str(copy.id)):
            return copy
    raise NotFound("export_copy_not_found")


def enqueue_due(session: Session, *, now: datetime | None = None) -> list[int]:
    """Put what is due in the queue of its person, and say when it is due next; numbers of the copies."""
    moment = now or datetime.now(UTC)
    due = session.scalars(
        sa.select(ExportOrder)
        .join(UserAccount, UserAccount.id == ExportOrder.user_id)
        .where(ExportOrder.removed_at.is_(None), ExportOrder.next_at <= moment, UserAccount.active)
        .order_by(ExportOrder.next_at)
        .limit(50)
        .with_for_update(of=ExportOrder, skip_locked=True)
    )
    made = []
    for one in due:
        copy = ExportCopy(export_order_id=one.id, due_at=one.next_at)
        session.add(copy)
        session.flush()
        owner = Actor(one.user_id, "", "", "th", ())
        jobs.enqueue(session, KIND, one.title, {"copy": copy.id}, owner, lock=f"standing-order-{one.id}")
        # Missed times are not made up for: one file as it is now, then the next time.
        one.next_at = next_time(one.every, moment)
        made.append(copy.id)
    return made


def next_time(every: str, after: datetime) -> datetime:
    """When a file is due next: at two in the night, in Thailand.

    Examples
    --------
    >>> next_time("month", datetime(2026, 1, 31, 12, tzinfo=UTC)).isoformat()
    '2026-02-28T02:00:00+07:00'
    """
    day = after.astimezone(ZONE).replace(hour=_AT_HOUR, minute=0, second=0, microsecond=0)
    if every != "month":
        return day + timedelta(days=7 if every == "week" else 1)
    year, month = divmod(day.year * 12 + day.month, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, _LAST_SAFE_DAY))


def make(database: Database, actor: Actor, copy_id: int, settings: Settings, progress: Progress) -> Mapping[str, Any]:
    """Make a copy that is due, keep it with its size and hash, and take away what is older than the order keeps.

    Raises
    ------
    AppError
        As the export itself; the copy is left without a file.
    """
    with database.reading() as session:
        copy = session.get_one(ExportCopy, copy_id)
        found = one_order(session, copy.export_order_id)
    if found is None:
        return {"ended": True}
    folder = standing_dir(settings)
    path = folder / f"{found.id}-{copy_id}-{secrets.token_hex(12)}{ending_of(found)}"
    rows = _write(database, actor, found, path, progress)
    told = {
        "file": path.name,
        "name": f"{found.title.replace('/', '-')}{ending_of(found)}",
        "format": format_of(found),
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
    }
    with database.transaction() as session:
        session.execute(
            sa.update(ExportCopy)
            .where(ExportCopy.id == copy_id)
            .values(**told, made_at=sa.func.clock_timestamp(), error=sa.null())
        )
        _forget_older(session, found)
    return {**told, "url": f"/api/v1/standing-orders/{found.id}/copies/{copy_id}/file"}


def note_failure(session: Session, copy_id: int, error: Mapping[str, Any]) -> None:
    """Keep why a copy could not be made."""
    session.execute(sa.update(ExportCopy).where(ExportCopy.id == copy_id).values(error=dict(error)))


def sweep(session: Session, settings: Settings) -> int:
    """Remove files that no copy names any more."""
    kept = set(
        session.scalars(
            sa.select(ExportCopy.file)
            .join(ExportOrder, ExportOrder.id == ExportCopy.export_order_id)
            .where(ExportCopy.file.is_not(None), ExportCopy.removed_at.is_(None), ExportOrder.removed_at.is_(None))
        )
    )
    old = datetime.now().timestamp() - 3600  # one that is being made has no row yet
    stray = [path for path in standing_dir(settings).iterdir() if path.name not in kept and path.stat().st_mtime < old]
    for path in stray:
        path.unlink(missing_ok=True)
    return len(stray)


def standing_dir(settings: Settings) -> Path:
    """Where the files are kept; readable by this account only."""
    path = settings.var_dir / "standing-orders"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def kept_file(settings: Settings, copy: Copy) -> Path:
    """The file of a copy.

    Raises
    ------
    NotFound
        It has been taken away.
    """
    path = standing_dir(settings) / Path(copy.file or "-").name
    if not path.is_file():
        raise NotFound("export_copy_not_found")
    return path


def format_of(found: Standing) -> str:
    """Format of the order's files."""
    return "zip" if found.kind == "tables" else str(found.parameters["format"])


def ending_of(found: Standing) -> str:
    """Ending of the order's files."""
    return ".zip" if format_of(found) in ("zip", "shp") else f".{format_of(found)}"


def _write(database: Database, actor: Actor, found: Standing, path: Path, progress: Progress) -> int | None:
    given = dict(found.parameters)
    if found.kind == "report":
        wanted = reports.ReportOrder(given["format"], given["filters"], title=found.title)
        return reports.write_report(database, actor, wanted, path, None, progress).projects
    with database.reading() as session:
        if found.kind == "layer":
            return exports.write_file(session, actor, exports.order(**given), path, progress).rows
        policy.require(actor, policy.EXPORT, NATION)
        values: dict[str, Any] = {name: tuple(value) for name, value in given["filters"].items()}
        tables = [TABLES[name] for name in given["tables"]]
        open_data.write_tables(session, tables, ProjectFilter(**values), path, "/api/v1/open-data")
    return None


def _forget_older(session: Session, found: Standing) -> None:
    """Of the copies with a file only the newest stay; of failures as many."""
    statement = """
        UPDATE export_copy SET removed_at = now() WHERE removed_at IS NULL AND id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY file IS NULL ORDER BY due_at DESC) AS place
                FROM export_copy WHERE export_order_id = :order AND removed_at IS NULL
            ) c WHERE place > :keep)
    """
    session.execute(sa.text(statement), {"order": found.id, "keep": found.keep})


def _owner(session: Session, actor: Actor, username: str) -> int:
    if username:
        policy.require(actor, policy.DATA_SERVICE, NATION)
        found = session.scalar(sa.select(UserAccount.id).where(UserAccount.username == username, UserAccount.active))
        if found is None:
            values = {"username": username[:80]}
            raise InvalidInput([Problem("agency_account_unknown", where={"field": "username"}, values=values)])
        return found
    if actor.user_id is None:
        raise NotFound("export_order_not_found")
    return actor.user_id


def _open_orders(session: Session, user_id: int) -> list[int]:
    """Numbers of a person's orders, held against another one that is written at this moment."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock(20392, :user)"), {"user": user_id % 2**31})
    open_ones = sa.select(ExportOrder.id).where(ExportOrder.user_id == user_id, ExportOrder.removed_at.is_(None))
    return list(session.scalars(open_ones))


def parameters_of(wanted: NewOrder) -> dict[str, Any]:
    """What is kept of an order."""
    filters = {"area": list(wanted.areas), "fiscal_year": list(wanted.fiscal_years)}
    kept = {name: value for name, value in filters.items() if value}
    if wanted.kind == "tables":
        return {"tables": [wanted.name], "filters": kept}
    if wanted.kind == "report":
        return {"format": wanted.format, "filters": kept}
    return {"layer": wanted.name, "format": wanted.format, "filters": kept}


def check_order(session: Session, actor: Actor, wanted: NewOrder) -> list[Problem]:
    """Everything that is wrong with an order; one that comes by a token lies inside the token's areas."""
    problems = check_text("title", wanted.title, required=True, limit=200)
    names = {"layer": tuple(LAYERS), "tables": tuple(TABLES), "report": ("",)}.get(wanted.kind, ())
    if wanted.name not in names:
        problems.append(Problem("unknown_code", where={"field": "what"}, values={"given": wanted.name[:80] or "–"}))
    formats = {"layer": tuple(FORMATS), "tables": ("zip",), "report": REPORT_FORMATS}.get(wanted.kind, ())
    if wanted.format not in formats:
        values: dict[str, Any] = {"format": wanted.format[:40] or "–", "formats": list(formats)}
        problems.append(Problem("export_format_unknown", where={"field": "format"}, values=values))
    if wanted.every not in EVERY:
        problems.append(Problem("unknown_code", where={"field": "every"}, values={"given": wanted.every[:40]}))
    if not 1 <= wanted.keep <= MOST_KEPT:
        problems.append(Problem("export_keep", where={"field": "keep"}, values={"most": MOST_KEPT}))
    problems += _check_filters(session, wanted)
    scope = actor.token
    if scope is not None and not (wanted.areas or not scope.areas):
        problems.append(Problem("token_area_needed", where={"field": "areas"}, values={"allowed": list(scope.areas)}))
    elif scope is not None:
        problems += [
            Problem("token_area", where={"field": "areas"}, values={"area": code[:40], "allowed": list(scope.areas)})
            for code in wanted.areas
            if not covers(scope, code)
        ]
    return problems


def _check_filters(session: Session, wanted: NewOrder) -> list[Problem]:
    problems = check_areas(session, wanted.areas)
    if len(wanted.fiscal_years) > MOST_YEARS:
        length = {"limit": MOST_YEARS, "length": len(wanted.fiscal_years)}
        problems.append(Problem("text_too_long", where={"field": "fiscal_years"}, values=length))
    layer = LAYERS.get(wanted.name) if wanted.kind == "layer" else None
    given = {"areas": ("area", wanted.areas), "fiscal_years": ("fiscal_year", wanted.fiscal_years)}
    for name, (column, values) in given.items():
        if layer is not None and values and column not in layer.filters:
            allowed = {"allowed": ", ".join(layer.filters) or "–"}
            problems.append(Problem("unknown_parameter", where={"field": name}, values=allowed))
    return problems


def _inside(scope: TokenScope, found: Standing) -> bool:
    return not scope.areas or (bool(found.areas) and all(covers(scope, code) for code in found.areas))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""The catalogue of rasters: what is said of one, who may load, look and take out.

How one comes in is in ``raster_intake``.
"""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models.raster import KINDS, Raster
from app.queries.rasters import RasterRow, raster
from app.services.money_rules import organisation_target
from gis.problems import Problem
from gis.rasters.facts import RasterFacts

GIVEN = ".given"
"""Ending of a file as it was sent, until it is converted."""
FAILED_DAYS = 30
"""How long a file that was not converted is kept for being tried again."""
_TITLE_LENGTH = 200
_NOT_OF_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class RasterForm:
    """What a person says of a raster.

    Parameters
    ----------
    organisation_code
        Whose it is; ``None`` = of the whole platform, which the department alone may load.
    open_to_all
        True when visitors may see it: its licence has to allow that.
    """

    title: str
    kind: str
    organisation_code: str | None = None
    open_to_all: bool = False
    source: str | None = None
    licence: str | None = None
    as_of: date | None = None


def check_may_load(session: Session, actor: Actor, organisation_code: str | None, *, open_to_all: bool = False) -> None:
    """Ask before the file is read.

    Raises
    ------
    Forbidden
        The actor brings in no data for this organisation, or no reference data for the whole platform; or it may not
        open them to everybody.
    NotFound
        ``organisation_not_found``.
    InvalidInput
        ``raster_organisation_needed``.
    """
    if organisation_code:
        target = organisation_target(session, organisation_code)
        policy.require(actor, policy.IMPORT, target)
        if open_to_all:
            policy.require(actor, policy.RASTER_OPEN, target)
    elif not policy.may(actor, policy.REFERENCE_LOAD, policy.NATION):
        if not actor.roles & set(policy.roles_for(policy.IMPORT)):
            policy.require(actor, policy.REFERENCE_LOAD, policy.NATION)
        raise InvalidInput([Problem("raster_organisation_needed", where={"field": "organisation"})])


def check_form(form: RasterForm) -> list[Problem]:
    """Everything that is wrong with what was said."""
    problems = []
    if not form.title.strip():
        problems.append(Problem("raster_title_needed", where={"field": "title"}))
    if len(form.title) > _TITLE_LENGTH:
        problems.append(Problem("raster_title_too_long", where={"field": "title"}))
    if form.kind not in KINDS:
        problems.append(Problem("raster_kind_unknown", where={"field": "kind"}, values={"given": form.kind[:40]}))
    return problems


def forget_file(stored_name: str, folder: Path) -> None:
    """Remove the files of a raster that the catalogue does not take."""
    for ending in (".tif", GIVEN):
        (folder / f"{stored_name}{ending}").unlink(missing_ok=True)


def remove(session: Session, actor: Actor, name: str) -> None:
    """Take a raster out of the catalogue; its row and the log tell that it was there.

    Raises
    ------
    NotFound, Forbidden
        No such raster; not allowed.
    """
    row = held_raster(session, actor, name, removed_too=True)
    if row.removed_at is not None:
        return  # sent twice: it is gone already
    row.removed_at, row.removed_by_name = sa.func.now(), actor.display_name
    session.flush()


def open_to_all(session: Session, actor: Actor, name: str, *, opened: bool) -> None:
    """Show a raster to the whole nation and to visitors, or to its own province only.

    Raises
    ------
    NotFound, Forbidden
        No such raster; not the actor's to say.
    """
    row = session.scalars(sa.select(Raster).where(Raster.name == name).with_for_update()).one_or_none()
    if row is None or row.removed_at is not None:
        raise NotFound("raster_not_found", {"raster": name[:60]})
    policy.require(actor, policy.RASTER_OPEN, _owner(session, row.organisation_code))
    row.open_to_all = opened
    session.flush()


def may_open(session: Session, actor: Actor, row: RasterRow) -> bool:
    """True when the actor may say who sees it."""
    return policy.may(actor, policy.RASTER_OPEN, _owner(session, row.organisation_code))


def _owner(session: Session, organisation_code: str | None) -> policy.Target:
    return policy.NATION if organisation_code is None else organisation_target(session, organisation_code)


def may_change(session: Session, actor: Actor, row: RasterRow) -> bool:
    """True when the actor may answer for it or remove it."""
    if row.organisation_code is None:
        return policy.may(actor, policy.REFERENCE_LOAD, policy.NATION)
    return policy.may(actor, policy.IMPORT, organisation_target(session, row.organisation_code))


def held_raster(session: Session, actor: Actor, name: str, *, removed_too: bool = False) -> Raster:
    """A raster of any status, locked, for whoever may load for its owner.

    Raises
    ------
    NotFound, Forbidden
        No such raster; not allowed.
    """
    found = session.scalars(sa.select(Raster).where(Raster.name == name).with_for_update()).one_or_none()
    if found is None or (found.removed_at is not None and not removed_too):
        raise NotFound("raster_not_found", {"raster": name[:60]})
    if found.organisation_code is None:
        policy.require(actor, policy.REFERENCE_LOAD, policy.NATION)
    else:
        policy.require(actor, policy.IMPORT, organisation_target(session, found.organisation_code))
    return found


def found_raster(session: Session, actor: Actor, name: str) -> RasterRow:
    """A raster that is ready and that the actor may see.

    Raises
    ------
    NotFound
        ``raster_not_found``.
    Conflict
        ``raster_not_ready``.
    """
    row = raster(session, name, policy.visibility(actor))
    if row is None:
        raise NotFound("raster_not_found", {"raster": name[:60]})
    if row.facts is None:
        raise Conflict("raster_not_ready")
    return row


_WANTED = """
    SELECT stored_name FROM raster r WHERE removed_at IS NULL AND (CAST(:given AS bool) IS FALSE OR status = 'ASKS'
      OR (status = 'RECEIVED' AND (r.updated_at > now() - make_interval(days => :days)
        OR EXISTS (SELECT FROM background_job j WHERE j.id = r.background_job_id AND j.finished_at IS NULL))))"""


def sweep(session: Session, folder: Path, *, older_than_s: float = 86_400.0) -> int:
    """Remove files that no raster of the catalogue leads to, once they are ``older_than_s``; how many.

    A file as it was sent is wanted while its raster asks or is converted, and a month after that went wrong.
    """
    wanted = {
        ending: set(session.scalars(sa.text(_WANTED), {"given": ending == GIVEN, "days": FAILED_DAYS}))
        for ending in (GIVEN, ".tif")
    }
    removed = 0
    for path in folder.iterdir():
        if path.stem in wanted.get(path.suffix, ()) or path.stat().st_mtime >= time.time() - older_than_s:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)  # of a process that was killed
        else:
            path.unlink(missing_ok=True)
        removed += 1
    return removed


def name_of(file_name: str, stored_name: str) -> str:
    """Name in addresses: of the file where that is plain, and never one that was used before."""
    plain = _NOT_OF_NAMES.sub("-", Path(file_name).stem.lower()).strip("-")[:40].strip("-")
    return f"{plain or 'raster'}-{stored_name[:6]}"


def facts_json(facts: RasterFacts) -> dict[str, Any]:
    """Plain JSON of the facts."""
    return {**asdict(facts), "warnings": [warning.as_dict() for warning in facts.warnings]}

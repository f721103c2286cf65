"""Rasters taken into the catalogue: checked and written anew first, then one row; and what is asked of them."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import orjson
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import box
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models.raster import KINDS, Raster
from app.queries.rasters import RasterRow, raster
from app.services.attachment_files import shown_name
from app.services.money_rules import organisation_target
from gis.problems import Problem
from gis.rasters.facts import CrsUnknown, RasterError, RasterFacts
from gis.rasters.limits import RasterLimits
from gis.rasters.process import load_raster
from gis.thai import normalise

_CHUNK = 1 << 20
_TITLE_LENGTH = 200
_NOT_OF_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class TakenIn:
    """A raster whose file is kept, before the catalogue knows of it.

    Parameters
    ----------
    stored_name
        Its file under the folder of rasters, without ending.
    facts
        ``None`` when it waits for its coordinate system: ``question`` then says what is known.
    """

    file_name: str
    sha256: str
    size_bytes: int
    stored_name: str
    facts: RasterFacts | None
    question: Problem | None = None
    candidates: tuple[int, ...] = ()


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


def check_may_load(session: Session, actor: Actor, organisation_code: str | None) -> None:
    """Ask before the file is read.

    Raises
    ------
    Forbidden
        The actor brings in no data for this organisation, or no reference data for the whole platform.
    NotFound
        ``organisation_not_found``.
    InvalidInput
        ``raster_organisation_needed``.
    """
    if organisation_code:
        policy.require(actor, policy.IMPORT, organisation_target(session, organisation_code))
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


def receive(
    stream: IO[bytes], file_name: str, folder: Path, *, epsg: int | None = None, limits: RasterLimits | None = None
) -> TakenIn:
    """Keep a raster that a stranger may have made: as a Cloud Optimized GeoTIFF, or as it is while it asks.

    Raises
    ------
    InvalidInput
        Why it cannot be used.
    """
    limits = limits or RasterLimits()
    stored = secrets.token_hex(16)
    incoming = folder / f"{stored}.asks"
    digest, size = hashlib.sha256(), 0
    keep = False
    try:
        with os.fdopen(os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > limits.bytes:
                    values = {"size_mb": f"> {limits.bytes >> 20}", "limit_mb": limits.bytes >> 20}
                    raise InvalidInput([Problem("raster_file_too_large", where={"field": "file"}, values=values)])
                file.write(chunk)
        known = shown_name(file_name), digest.hexdigest(), size, stored
        try:
            return TakenIn(*known, load_raster(incoming, folder / f"{stored}.tif", epsg=epsg, limits=limits))
        except CrsUnknown as question:
            keep = True
            return TakenIn(*known, None, question.problem, question.candidates)
        except RasterError as error:
            raise InvalidInput([error.problem]) from error
    finally:
        if not keep:
            incoming.unlink(missing_ok=True)


def forget(taken: TakenIn, folder: Path) -> None:
    """Remove the file of a raster that the catalogue did not take."""
    for ending in ("tif", "asks"):
        (folder / f"{taken.stored_name}.{ending}").unlink(missing_ok=True)


def keep(session: Session, actor: Actor, taken: TakenIn, form: RasterForm) -> str:
    """Write a raster into the catalogue; its name.

    Raises
    ------
    Forbidden, NotFound
        As :func:`check_may_load`.
    InvalidInput
        Everything that is wrong with the form.
    """
    check_may_load(session, actor, form.organisation_code)
    if problems := check_form(form):
        raise InvalidInput(problems)
    title = normalise(form.title)
    row = Raster(
        name=_name(taken.file_name, taken.stored_name),
        title_th=title,
        kind=form.kind,
        status="ASKS",
        organisation_code=form.organisation_code,
        open_to_all=form.open_to_all,
        source=form.source,
        licence=form.licence,
        as_of=form.as_of,
        file_name=taken.file_name,
        file_sha256=taken.sha256,
        file_bytes=taken.size_bytes,
        stored_name=taken.stored_name,
        created_by=actor.user_id,
        created_by_name=actor.display_name,
    )
    if taken.facts is not None:
        _make_ready(row, taken.facts)
    elif taken.question is not None:
        row.question = {"problem": taken.question.as_dict(), "candidates": list(taken.candidates)}
    session.add(row)
    session.flush()
    return row.name


def _make_ready(row: Raster, facts: RasterFacts) -> None:
    row.status, row.question = "READY", None
    row.facts = orjson.loads(orjson.dumps(facts_json(facts)))
    west, south, east, north = facts.bounds
    # A raster of one pixel, or of one line of them, still has a box.
    row.bounds = from_shape(box(west, south, max(east, west + 1e-9), max(north, south + 1e-9)), srid=4326)


def answer_crs(session: Session, actor: Actor, name: str, epsg: int, folder: Path) -> str:
    """Say where a raster lies that asked; it is then taken in. Its name.

    Raises
    ------
    NotFound, Forbidden
        No such raster; not allowed.
    Conflict
        ``raster_already_answered``.
    InvalidInput
        Why it cannot be used in this system; the question stays open.
    """
    row = _held(session, actor, name)
    if row.status != "ASKS":
        raise Conflict("raster_already_answered")
    waiting = folder / f"{row.stored_name}.asks"
    try:
        facts = load_raster(waiting, folder / f"{row.stored_name}.tif", epsg=epsg)
    except RasterError as error:
        raise InvalidInput(
            [Problem(error.problem.code, where={"field": "epsg"}, values=error.problem.values)]
        ) from error
    except FileNotFoundError as error:
        raise NotFound("raster_file_gone") from error
    _make_ready(row, facts)
    session.flush()
    return row.name


def remove(session: Session, actor: Actor, name: str) -> None:
    """Take a raster out of the catalogue; its row and the log tell that it was there.

    Raises
    ------
    NotFound, Forbidden
        No such raster; not allowed.
    """
    row = _held(session, actor, name, removed_too=True)
    if row.removed_at is not None:
        return  # sent twice: it is gone already
    row.removed_at, row.removed_by_name = sa.func.now(), actor.display_name
    session.flush()


def may_change(session: Session, actor: Actor, row: RasterRow) -> bool:
    """True when the actor may answer for it or remove it."""
    if row.organisation_code is None:
        return policy.may(actor, policy.REFERENCE_LOAD, policy.NATION)
    return policy.may(actor, policy.IMPORT, organisation_target(session, row.organisation_code))


def _held(session: Session, actor: Actor, name: str, *, removed_too: bool = False) -> Raster:
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


def sweep(session: Session, folder: Path, *, older_than_s: float = 86_400.0) -> int:
    """Remove files that no raster of the catalogue leads to, once they are ``older_than_s``; how many."""
    known = set(session.scalars(sa.select(Raster.stored_name).where(Raster.removed_at.is_(None))))
    waiting = set(
        session.scalars(sa.select(Raster.stored_name).where(Raster.status == "ASKS", Raster.removed_at.is_(None)))
    )
    removed = 0
    for path in folder.iterdir():
        wanted = path.stem in (waiting if path.suffix == ".asks" else known)
        if wanted or path.stat().st_mtime >= time.time() - older_than_s:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)  # of a process that was killed
        else:
            path.unlink(missing_ok=True)
        removed += 1
    return removed


def _name(file_name: str, stored_name: str) -> str:
    """Name in addresses: of the file where that is plain, and never one that was used before."""
    plain = _NOT_OF_NAMES.sub("-", Path(file_name).stem.lower()).strip("-")[:40].strip("-")
    return f"{plain or 'raster'}-{stored_name[:6]}"


def facts_json(facts: RasterFacts) -> dict[str, Any]:
    """Plain JSON of the facts."""
    return {**asdict(facts), "warnings": [warning.as_dict() for warning in facts.warnings]}

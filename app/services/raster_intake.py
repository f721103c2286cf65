"""A raster on its way in: received with its row, converted with nothing of the database held, then ready or asking.

The command line does the three at once, the web the first and the worker the others. A file that was received lies
beside the kept ones as ``<stored_name>.given`` until it is converted or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from geoalchemy2.shape import from_shape
from shapely.geometry import box
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import BackgroundJob
from app.models.raster import Raster
from app.services import jobs
from app.services.imports.receiving import Received
from app.services.raster_room import check_room
from app.services.rasters import GIVEN, RasterForm, check_form, check_may_load, facts_json, held_raster, name_of
from gis.problems import Problem
from gis.rasters.facts import CrsUnknown, RasterError, RasterFacts
from gis.rasters.limits import RasterLimits
from gis.rasters.placing import known_epsg
from gis.rasters.process import is_tiff, load_raster
from gis.thai import normalise

KIND = "raster_take_in"
"""Kind of background job."""
STEP = "raster_step_converting"
OUTSIDE = "raster_outside_thailand"
"""Warning of a raster that is asked about before it is taken in."""


@dataclass(frozen=True)
class Question:
    """The file does not say where it lies, or lies outside Thailand: what is known, and where it would lie inside."""

    problem: Problem
    candidates: tuple[int, ...]


@dataclass(frozen=True)
class Waiting:
    """What a job has to convert."""

    raster_id: int
    stored_name: str
    kind: str


def receive(
    session: Session, actor: Actor, received: Received, form: RasterForm, folder: Path, quota_bytes: int
) -> Raster:
    """Write a received file down in the catalogue.

    Raises
    ------
    Forbidden, NotFound
        As :func:`app.services.rasters.check_may_load`.
    InvalidInput
        Everything that is wrong with the form, a file that is no TIFF at all, ``raster_quota_full``.
    """
    check_may_load(session, actor, form.organisation_code, open_to_all=form.open_to_all)
    problems = check_form(form)
    if not is_tiff(folder / received.stored_name):
        problems.append(Problem("raster_not_geotiff", where={"field": "file"}))
    if problems:
        raise InvalidInput(problems)
    check_room(session, form.organisation_code, received.size_bytes, quota_bytes)
    stored = received.stored_name.removesuffix(GIVEN)
    row = Raster(
        name=name_of(received.file_name, stored),
        title_th=normalise(form.title),
        kind=form.kind,
        status="RECEIVED",
        organisation_code=form.organisation_code,
        open_to_all=form.open_to_all,
        source=form.source,
        licence=form.licence,
        as_of=form.as_of,
        file_name=received.file_name,
        file_sha256=received.sha256,
        file_bytes=received.size_bytes,
        stored_name=stored,
        created_by=actor.user_id,
        created_by_name=actor.display_name,
    )
    session.add(row)
    session.flush()
    return row


def enqueue(
    session: Session, actor: Actor, row: Raster, title: str, epsg: int | None = None, *, anywhere: bool = False
) -> int:
    """The job that converts a received raster, in the caller's transaction; ``anywhere``: see :func:`convert`."""
    given = {"raster": row.name, "epsg": epsg, "anywhere": anywhere}
    job = jobs.enqueue(session, KIND, title, given, actor, lock=f"raster:{row.id}")
    row.background_job_id = job.id
    session.flush()
    return job.id


def waiting(session: Session, name: str, job_id: int) -> Waiting | None:
    """What this job has to do; ``None`` when it is done, was taken out, or a later job does it."""
    row = session.query(Raster).filter_by(name=name, status="RECEIVED", background_job_id=job_id).one_or_none()
    return None if row is None or row.removed_at is not None else Waiting(row.id, row.stored_name, row.kind)


def convert(
    stored_name: str,
    folder: Path,
    *,
    kind: str,
    epsg: int | None = None,
    anywhere: bool = False,
    limits: RasterLimits | None = None,
    told: Callable[[float], None] | None = None,
) -> RasterFacts | Question:
    """Make the Cloud Optimized GeoTIFF of a received file; whole or not at all.

    One that lies outside Thailand is asked about like one that does not say where it lies, unless a person has said
    that it may lie ``anywhere``: mostly one coordinate system was taken for another.

    Raises
    ------
    InvalidInput
        Why it cannot be used.
    """
    given, made = folder / f"{stored_name}{GIVEN}", folder / f"{stored_name}.tif"
    try:
        facts = load_raster(given, made, epsg=epsg, limits=limits, heights=kind == "elevation", told=told)
    except CrsUnknown as question:
        return Question(question.problem, question.candidates)
    except RasterError as error:
        where = {"field": "file" if epsg is None else "epsg"}
        raise InvalidInput([Problem(error.problem.code, where=where, values=error.problem.values)]) from error
    except FileNotFoundError as error:
        raise NotFound("raster_file_gone") from error
    outside = next((warning for warning in facts.warnings if warning.code == OUTSIDE), None)
    if outside is None or anywhere:
        return facts
    made.unlink(missing_ok=True)
    return Question(outside, tuple(outside.values["candidates"]))


def finish(session: Session, raster_id: int, found: RasterFacts | Question, quota_bytes: int) -> Raster:
    """Write down what a received file was found to be.

    Raises
    ------
    NotFound
        It was taken out meanwhile.
    InvalidInput
        ``raster_quota_full``: what is kept of it is larger than what was sent, and there is no room for that.
    """
    row = session.get_one(Raster, raster_id, with_for_update=True, populate_existing=True)
    if row.removed_at is not None:
        raise NotFound("raster_not_found", {"raster": row.name})
    if isinstance(found, Question):
        row.status = "ASKS"
        row.question = {"problem": found.problem.as_dict(), "candidates": list(found.candidates)}
    else:
        more = max(0, found.kept_bytes - row.file_bytes)
        if more:
            check_room(session, row.organisation_code, more, quota_bytes)
        row.status, row.question = "READY", None
        row.facts = orjson.loads(orjson.dumps(facts_json(found)))
        west, south, east, north = found.bounds
        # A raster of one pixel, or of one line of them, still has a box.
        row.bounds = from_shape(box(west, south, max(east, west + 1e-9), max(north, south + 1e-9)), srid=4326)
    session.flush()
    return row


def ask_again(session: Session, raster_id: int) -> bool:
    """After a refusal: one that had asked asks again, for the answer was wrong; True when it does."""
    row = session.get_one(Raster, raster_id, with_for_update=True, populate_existing=True)
    if row.status == "RECEIVED" and row.question is not None:
        row.status = "ASKS"
    session.flush()
    return row.status == "ASKS"


def answer_crs(session: Session, actor: Actor, name: str, epsg: int, folder: Path, title: str) -> str:
    """Say where a raster lies that asked; it is converted then. Its name.

    ``epsg`` 0 is the file's own, of a raster that lies outside Thailand as it is meant to.

    Raises
    ------
    NotFound, Forbidden
        No such raster; not allowed; its file is gone.
    Conflict
        ``raster_already_answered``.
    InvalidInput
        ``raster_crs_unknown``.
    """
    row = held_raster(session, actor, name)
    if row.status != "ASKS":
        raise Conflict("raster_already_answered")
    of_file = epsg == 0 and row.question is not None and row.question["problem"]["code"] == OUTSIDE
    if not of_file and not known_epsg(epsg):
        raise InvalidInput([Problem("raster_crs_unknown", where={"field": "epsg"}, values={"epsg": epsg})])
    # Each answer was shown with the place where it puts the raster: it is not asked about twice.
    return _again(session, actor, row, folder, title, {"epsg": epsg or None, "anywhere": True})


def try_again(session: Session, actor: Actor, name: str, folder: Path, title: str, quota_bytes: int) -> str:
    """Convert a raster whose job was cancelled or failed for no fault of the file. Its name.

    Raises
    ------
    NotFound, Forbidden
        No such raster; not allowed; its file is gone.
    Conflict
        ``raster_is_being_converted``: it is not waiting to be tried again.
    InvalidInput
        ``raster_quota_full``: others have come meanwhile.
    """
    row = held_raster(session, actor, name)
    before = session.get(BackgroundJob, row.background_job_id) if row.background_job_id else None
    if row.status != "RECEIVED" or before is None or before.status in ("WAITING", "RUNNING"):
        raise Conflict("raster_is_being_converted")
    # One whose job has ended takes no room until it is tried again.
    check_room(session, row.organisation_code, row.file_bytes, quota_bytes)
    given = {name: before.parameters.get(name) for name in ("epsg", "anywhere")}
    return _again(session, actor, row, folder, title, given)


def _again(session: Session, actor: Actor, row: Raster, folder: Path, title: str, given: Mapping[str, Any]) -> str:
    if not (folder / f"{row.stored_name}{GIVEN}").is_file():
        raise NotFound("raster_file_gone")
    row.status = "RECEIVED"
    enqueue(session, actor, row, title, given["epsg"], anywhere=bool(given["anywhere"]))
    return row.name


def drop_given(stored_name: str, folder: Path) -> None:
    """Remove the file as it was sent: it is converted, or will never be."""
    (folder / f"{stored_name}{GIVEN}").unlink(missing_ok=True)

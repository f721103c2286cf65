"""Rasters that were received: converted by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import InvalidInput, NotFound
from app.jobs.registry import JobRun, handler
from app.queries.rasters import raster_dir
from app.services import raster_intake as intake
from app.services.rasters import forget_file


@handler(intake.KIND)
def take_in(run: JobRun) -> Mapping[str, Any]:
    """Convert a received raster. Run again after a worker's death it begins anew: half a file is no file."""
    name, folder = str(run.parameters["raster"]), raster_dir(run.settings)
    done = {"raster": name, "url": f"/analysis/rasters?raster={name}"}
    with run.database.reading() as session:
        wanted = intake.waiting(session, name, run.job_id)
    if wanted is None:
        return done

    def told(share: float) -> None:
        run.progress.step(round(100 * share), 100, intake.STEP)

    told(0.0)
    try:
        # Nothing of the database is held while the file is converted.
        found = intake.convert(
            wanted.stored_name,
            folder,
            kind=wanted.kind,
            epsg=run.parameters.get("epsg"),
            anywhere=bool(run.parameters.get("anywhere")),
            told=told,
        )
    except InvalidInput:
        with run.database.transaction(run.attribution) as session:
            asks = intake.ask_again(session, wanted.raster_id)
        if not asks:
            intake.drop_given(wanted.stored_name, folder)
        raise
    try:
        with run.database.transaction(run.attribution) as session:
            row = intake.finish(session, wanted.raster_id, found, run.settings.raster_quota_bytes)
            ready = row.status == "READY"
    except (NotFound, InvalidInput):
        forget_file(wanted.stored_name, folder)
        raise
    if ready:
        intake.drop_given(wanted.stored_name, folder)
    return done

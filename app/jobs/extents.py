"""Extents of a flood that were ordered of a raster: outlined by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.jobs.registry import JobRun, handler
from app.queries.rasters import raster_dir
from app.services import extent_orders as orders
from app.services.extents import keep_outlines, outlines, raster_to_outline
from app.services.raster_analyses import file_of


@handler(orders.KIND)
def outline(run: JobRun) -> Mapping[str, Any]:
    """Outline a raster and keep the extent, whole or not at all."""
    order, name = orders.order_from(run.parameters), orders.name_of(run.job_id)
    done = {"extent": name, "url": f"/analysis/exposure?extent={name}"}
    with run.database.reading() as session:
        if orders.is_made(session, name):
            return done
        row = raster_to_outline(session, run.actor, order.raster, order.form)

    def told(share: float) -> None:
        run.progress.step(round(100 * share), 100, orders.STEP)

    told(0.0)
    # Nothing of the database is held while the raster is read.
    shapes = list(outlines(file_of(row, raster_dir(run.settings)), order.threshold, told))
    with run.database.transaction(run.attribution) as session:
        keep_outlines(session, run.actor, row, order.threshold, order.form, shapes, name)
    return done

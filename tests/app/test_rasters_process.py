"""Rasters in real processes: a worker that is killed or told to stop while it converts one."""

from __future__ import annotations

import io
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
import sqlalchemy as sa
from affine import Affine

from app.auth.actor import SYSTEM_ACTOR
from app.db import Database
from app.queries.rasters import raster_dir
from app.services import raster_intake
from app.services.imports.receiving import Received
from app.services.rasters import GIVEN, RasterForm
from app.settings import Settings
from tests.app.worker_processes import Workers, state, until


@pytest.fixture
def waiting_job(committed: Database, own_settings: Settings) -> int:
    """Heights that take seconds to convert, received; the number of the job."""
    content = io.BytesIO()
    side, noise = 4_000, np.random.default_rng(1)
    with rasterio.open(
        content, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32", crs="EPSG:32647",
        transform=Affine(1, 0, 600_000, 0, -1, 1_700_000),
    ) as file:  # fmt: skip
        file.write(noise.random((side, side), "float32"), 1)
    content.seek(0)
    folder = raster_dir(own_settings)
    received = Received.keep(content, "dem.tif", folder, ending=GIVEN)
    with committed.transaction() as session:
        row = raster_intake.receive(session, SYSTEM_ACTOR, received, RasterForm("ความสูง", "elevation"), folder, 0)
        return raster_intake.enqueue(session, SYSTEM_ACTOR, row, "แปลงภาพ")


def status(database: Database) -> str:
    with database.reading() as session:
        return str(session.scalar(sa.text("SELECT status FROM raster")))


def endings(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


def test_a_worker_killed_while_converting_leaves_nothing_half_made(
    committed: Database, own_settings: Settings, workers: Workers, waiting_job: int
) -> None:
    folder = raster_dir(own_settings)
    first = workers.start()
    until(lambda: any(folder.glob("load-*/files/*")), "something being written")
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert status(committed) == "RECEIVED" and not list(folder.glob("*.tif"))
    workers.start()
    job = until(lambda: (j := state(committed, waiting_job)).status == "DONE" and j, "the second worker's end", 200)
    assert job.attempts == 2 and status(committed) == "READY"
    assert [path.suffix for path in folder.iterdir() if path.is_file()] == [".tif"]


def test_a_conversion_ends_within_seconds_when_its_owner_asks(
    committed: Database, own_settings: Settings, workers: Workers, waiting_job: int
) -> None:
    folder = raster_dir(own_settings)
    workers.start()
    until(lambda: any(folder.glob("load-*/files/*")), "something being written")
    asked = time.monotonic()
    with committed.transaction() as session:
        session.execute(sa.text("UPDATE background_job SET cancel_requested = true"))
    until(lambda: state(committed, waiting_job).status == "CANCELLED", "the end")
    assert time.monotonic() - asked < 10
    # What was sent waits for being tried again; nothing else is left.
    assert status(committed) == "RECEIVED" and endings(folder) == [GIVEN]
    assert state(committed, waiting_job).error == {"code": "job_cancelled", "values": {}}

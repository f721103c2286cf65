"""A raster taken in by a process of its own: whatever becomes of it costs that raster only."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gis.confined_process import ConfinedProcess, Stopped
from gis.rasters.facts import CrsUnknown, RasterError, RasterFacts
from gis.rasters.limits import RasterLimits

_logger = logging.getLogger(__name__)
_CHILD = Path(__file__).resolve().parent / "child.py"
_OF_THE_PROCESS = ("memory_bytes", "cpu_s", "open_files", "file_bytes", "wait_s")
# TIFF and BigTIFF, in either order of bytes.
_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def is_tiff(path: Path) -> bool:
    """True when a file begins as a TIFF does: all that is asked of it outside of the confined process."""
    with path.open("rb") as file:
        return file.read(4) in _MAGIC


def load_raster(
    path: Path,
    made: Path,
    *,
    epsg: int | None = None,
    limits: RasterLimits | None = None,
    heights: bool = False,
    told: Callable[[float], None] | None = None,
) -> RasterFacts:
    """Check a GeoTIFF and write it anew as a Cloud Optimized GeoTIFF.

    Parameters
    ----------
    path
        The file as it was sent; its name does not matter.
    made
        Where the new file is put; its folder exists. Nothing is put there when the raster is refused.
    epsg
        What a person said of its coordinate system; ``None`` lets the file say it.
    heights
        True where the numbers are meant to be heights: a picture in colours is refused then.
    told
        Hears how much is done (0 to 1), at least once a second; what it raises stops the work.

    Raises
    ------
    RasterError
        Why it cannot be used; :class:`~gis.rasters.facts.CrsUnknown` when the file does not say where it lies.
    """
    limits = limits or RasterLimits()
    size = path.stat().st_size
    if size > limits.bytes:
        raise RasterError("raster_file_too_large", size_mb=round(size / (1 << 20), 1), limit_mb=limits.bytes >> 20)
    if not is_tiff(path):
        raise RasterError("raster_not_geotiff")
    # Beside its place, so that what was made is moved and not copied.
    folder = Path(tempfile.mkdtemp(prefix="load-", dir=made.parent))
    request = {"path": os.fspath(path.resolve()), "epsg": epsg, "heights": heights, "limits": asdict(limits)}
    of_process = {name: getattr(limits, name) for name in _OF_THE_PROCESS}
    try:
        share = _Share(told)
        with ConfinedProcess(_CHILD, folder, request, **of_process, waiting=share.tell if told else None) as process:
            while "share" in (answer := process.frame()):
                share.tell(float(answer["share"]))
        _logger.debug("raster confined by %s", answer["granted"])
        if answer["problem"] is not None:
            raise _refused(answer)
        facts = RasterFacts.from_json(answer["facts"])
        (folder / "files" / "made.tif").replace(made)
        facts = replace(facts, kept_bytes=made.stat().st_size)
    except Stopped as stopped:
        raise RasterError(stopped.problem.code, **stopped.problem.values) from stopped
    else:
        return facts
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Share:
    """How much is done, told again while nothing moves."""

    def __init__(self, told: Callable[[float], None] | None) -> None:
        self._told, self._last = told, 0.0

    def tell(self, share: float | None = None) -> None:
        if share is not None:
            self._last = min(1.0, max(self._last, share))
        if self._told is not None:
            self._told(self._last)


def _refused(answer: dict[str, Any]) -> RasterError:
    problem, candidates = answer["problem"], answer["candidates"]
    if candidates is not None:
        error: RasterError = CrsUnknown(tuple(candidates), (0.0, 0.0, 0.0, 0.0))
        error.problem = RasterError(problem["code"], **problem["values"]).problem
        return error
    return RasterError(problem["code"], **problem["values"])

"""Pictures decoded by a process of their own: whatever becomes of it costs that picture only."""

from __future__ import annotations

import logging
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gis.confined_process import ConfinedProcess, Stopped
from gis.exif import Photo
from gis.pictures.kinds import HEAD_BYTES, PictureError, kind_of
from gis.pictures.limits import PictureLimits
from gis.problems import Problem

_logger = logging.getLogger(__name__)
_CHILD = Path(__file__).resolve().parent / "child.py"
_OF_THE_PROCESS = ("memory_bytes", "cpu_s", "open_files", "file_bytes", "wait_s")
# What is drawn anew is far smaller; more is no answer of ours.
_LARGEST_DRAWN = 16 << 20
MOST_CRASHES = 5
"""Pictures that may end their process before the rest of the archive is not looked at any more."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept, or why it is not.

    Parameters
    ----------
    number, name
        Which of an archive's photographs, from 1, in the order in which they are rows; the name people know it by.
    problem
        Why it is not kept; then nothing else is known.
    media_type, width_px, height_px
        Of the original, turned upright.
    photo
        Place and time that it carried.
    shown, thumbnail
        JPEG drawn anew: at most 2048 and 320 pixels a side, without EXIF.
    original
        The bytes of a photograph out of an archive; empty for a file by itself, which the caller has.
    """

    number: int
    name: str
    problem: Problem | None = None
    media_type: str = ""
    width_px: int = 0
    height_px: int = 0
    photo: Photo = field(default_factory=Photo)
    shown: bytes = field(default=b"", repr=False)
    thumbnail: bytes = field(default=b"", repr=False)
    original: bytes = field(default=b"", repr=False)


def read_picture(path: Path, name: str, *, limits: PictureLimits | None = None) -> Picture:
    """One picture: JPEG, PNG or WebP.

    Raises
    ------
    PictureError
        Why it is not kept.
    """
    limits = limits or PictureLimits()
    size = path.stat().st_size
    if size > limits.bytes:
        raise PictureError("picture_too_large", size_mb=round(size / (1 << 20), 1), limit_mb=limits.bytes >> 20)
    with path.open("rb") as file:
        kind_of(file.read(HEAD_BYTES))
    request = {"path": os.fspath(path.resolve()), "name": name}
    with _process(request, limits, limits.cpu_s) as process:
        try:
            picture = _next(process, limits)
        except Stopped as stopped:
            raise PictureError(stopped.problem.code, **stopped.problem.values) from stopped
    if picture is None:
        raise PictureError("picture_damaged", reason="–")
    if picture.problem is not None:
        raise PictureError(picture.problem.code, **picture.problem.values)
    return picture


def read_pictures(path: Path, name: str, count: int, *, limits: PictureLimits | None = None) -> Iterator[Picture]:
    """The photographs of an upload: a JPEG by itself, or every JPEG of a zip.

    Nothing is raised: a photograph that cannot be kept says why, and one that ends its process costs itself only. Those
    that all of the patience was gone for are not looked at.

    Parameters
    ----------
    count
        How many rows the reader has made of the upload.
    """
    limits = limits or PictureLimits()
    first, crashes, patience_s = 1, 0, limits.archive_wait_s
    while first <= count:
        request = {"path": os.fspath(path.resolve()), "name": name, "first": first, "last": count}
        ended: Problem | None = None
        # The archive is unpacked once: another process follows only where one was ended by a picture.
        with _process(request, limits, math.ceil(limits.archive_wait_s)) as process:
            try:
                while True:
                    given_s = process.pipe.patience_s = min(limits.wait_s, patience_s)
                    picture = _next(process, limits)
                    patience_s -= given_s - process.pipe.patience_s
                    if picture is None:
                        break
                    yield picture
                    first = picture.number + 1
            except Stopped as stopped:
                ended = stopped.problem
                patience_s -= given_s - process.pipe.patience_s
                crashes = MOST_CRASHES if patience_s <= 0 else crashes + 1
        if ended is None and first <= count:
            # The archive itself cannot be unpacked, or has fewer photographs than it had.
            ended, crashes = Problem("picture_damaged", values={"reason": "–"}), MOST_CRASHES
        if ended is not None:
            to = count if crashes >= MOST_CRASHES else first
            yield from (Picture(number, "", ended) for number in range(first, to + 1))
            first = to + 1


@contextmanager
def _process(request: Mapping[str, Any], limits: PictureLimits, cpu_s: int) -> Iterator[ConfinedProcess]:
    """A process that may take ``cpu_s`` altogether; within it each picture has its own limit."""
    folder = Path(tempfile.mkdtemp(prefix="picture-"))
    of_process = {name: getattr(limits, name) for name in _OF_THE_PROCESS}
    of_process["cpu_s"] = cpu_s
    try:
        with ConfinedProcess(_CHILD, folder, {**request, "limits": asdict(limits)}, **of_process) as process:
            process.cpu_s = limits.cpu_s  # what is said of a picture that took too long
            yield process
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _next(process: ConfinedProcess, limits: PictureLimits) -> Picture | None:
    frame = process.frame()
    if "number" not in frame:
        _logger.debug("pictures confined by %s", frame["granted"])
        return None
    number, name = int(frame["number"]), str(frame["name"])
    if frame["problem"] is not None:
        return Picture(number, name, Problem(**frame["problem"]))
    sizes = [int(size) for size in frame["sizes"]]
    shown, thumbnail = (process.blob(size, _LARGEST_DRAWN) for size in sizes[:2])
    original = process.blob(sizes[2], limits.bytes)
    photo = {**frame["photo"], "place": frame["photo"]["place"] and tuple(frame["photo"]["place"])}
    return Picture(
        number,
        name,
        None,
        str(frame["media_type"]),
        int(frame["width_px"]),
        int(frame["height_px"]),
        Photo(**photo),
        shown,
        thumbnail,
        original,
    )

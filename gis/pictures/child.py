"""The process that decodes pictures: run as a program with a request on standard input, the pictures on its output.

What it writes: for each picture a frame with what was found, followed by the bytes that the frame announces; at the end
a frame without a number. Run by its path, so that nothing is loaded before it is confined.
"""

from __future__ import annotations

import json
import math
import os
import resource
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import IO, Any

from gis.confined_process import LENGTH, only_output
from gis.confinement import confine


def main() -> None:
    """Confine this process, decode what was asked for, end at once."""
    request = json.loads(sys.stdin.buffer.read())
    out = only_output()
    file, folder = Path(request["path"]), Path(request["folder"])
    granted = confine(file, folder, **request["process"])
    try:
        _write(out, file, folder, request, sorted(granted))
        out.close()
    except BrokenPipeError:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _write(out: IO[bytes], file: Path, folder: Path, request: dict[str, Any], granted: list[str]) -> None:
    from gis.archive import ArchiveError
    from gis.pictures.decoding import decode
    from gis.pictures.kinds import PictureError
    from gis.pictures.limits import PictureLimits

    limits = PictureLimits(**request["limits"])
    _allow(limits.cpu_s)
    try:
        chosen = list(_chosen(file, folder, request))
    except ArchiveError as error:
        _frame(out, {"granted": granted, "problem": error.problem.as_dict()})
        return
    for number, name, path, member in chosen:
        found: dict[str, Any] = {"number": number, "name": name, "problem": None}
        blobs: list[bytes] = []
        _allow(limits.cpu_s)
        try:
            decoded = decode(path, limits)
        except PictureError as error:
            found["problem"] = error.problem.as_dict()
        except MemoryError:
            values = {"limit_mb": limits.memory_bytes >> 20}
            found["problem"] = PictureError("file_reader_out_of_memory", **values).problem.as_dict()
        else:
            found |= {name: getattr(decoded, name) for name in ("media_type", "width_px", "height_px")}
            found["photo"] = asdict(decoded.photo)
            blobs = [decoded.shown, decoded.thumbnail, path.read_bytes() if member else b""]
        _frame(out, {**found, "sizes": [len(blob) for blob in blobs]})
        for blob in blobs:
            out.write(blob)
        if member:
            path.unlink()
    _frame(out, {"granted": granted, "problem": None})


def _allow(cpu_s: int) -> None:
    """So much of the processor from now on: what one picture takes is not taken from the others, nor the other way."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(used.ru_utime + used.ru_stime) + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (soft if most == resource.RLIM_INFINITY else min(soft, most), most))


def _chosen(file: Path, folder: Path, request: dict[str, Any]) -> Iterator[tuple[int, str, Path, bool]]:
    """Number, name and place of the pictures asked for, and whether each came out of an archive."""
    from gis.archive import photographs, safe_extract

    with file.open("rb") as opened:
        packed = opened.read(2) == b"PK"
    if not packed:
        yield 1, request["name"], file, False
        return
    first, last = request["first"], request["last"]
    for number, member in enumerate(photographs(safe_extract(file, folder / "unpacked")), start=1):
        if first <= number <= last:
            yield number, PurePosixPath(member.name).name, member.path, True


def _frame(out: IO[bytes], content: dict[str, Any]) -> None:
    text = json.dumps(content).encode()
    out.write(LENGTH.pack(len(text)) + text)


if __name__ == "__main__":
    main()

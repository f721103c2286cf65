"""The process that takes a raster in: run as a program with a request on standard input, one frame on its output.

The new file lies in its private folder when it ends. Run by its path, so that nothing is loaded before it is confined.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gis.confined_process import LENGTH, only_output
from gis.confinement import confine


def main() -> None:
    """Confine this process, take the raster in, end at once."""
    request = json.loads(sys.stdin.buffer.read())
    out = only_output()
    file, folder = Path(request["path"]), Path(request["folder"])
    granted = confine(file, folder, **request["process"])

    def send(frame: dict[str, Any]) -> None:
        text = json.dumps(frame, allow_nan=False).encode()
        try:
            out.write(LENGTH.pack(len(text)) + text)
        except BrokenPipeError:
            os._exit(0)  # nobody waits for it any more

    send({"granted": sorted(granted), **_answer(file, folder, request, lambda share: send({"share": share}))})
    os._exit(0)


def _answer(file: Path, folder: Path, request: dict[str, Any], told: Callable[[float], None]) -> dict[str, Any]:
    from dataclasses import asdict

    from gis.problems import Problem
    from gis.rasters.facts import CrsUnknown, RasterError
    from gis.rasters.limits import RasterLimits
    from gis.rasters.loading import take_in

    limits, heights = RasterLimits(**request["limits"]), bool(request["heights"])
    try:
        facts = take_in(file, folder / "made.tif", epsg=request["epsg"], limits=limits, heights=heights, told=told)
    except CrsUnknown as error:
        return {"problem": error.problem.as_dict(), "candidates": list(error.candidates)}
    except RasterError as error:
        return {"problem": error.problem.as_dict(), "candidates": None}
    except MemoryError:
        values = {"limit_mb": limits.memory_bytes >> 20}
        return {"problem": Problem("file_reader_out_of_memory", values=values).as_dict(), "candidates": None}
    return {"problem": None, "facts": asdict(facts)}


if __name__ == "__main__":
    main()

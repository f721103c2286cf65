"""The process that reads: run as a program with a request on standard input and the rows on its output.

What it writes: a frame with the facts about the file, then, when the file has rows, one Arrow IPC stream, then a frame
that says how the reading ended. A frame is JSON with its length in front (8 bytes, little endian). An output that ends
before the last frame is a process that was stopped.

Run by its path: as a module of its package it would load arrow, and with it threads, before it is confined.
"""

from __future__ import annotations

import mimetypes
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gis.confined_process import LENGTH, only_output
from gis.confinement import confine

if TYPE_CHECKING:
    import pyarrow as pa

    from gis.problems import Problem
    from gis.readers.source import ReadSource


def main() -> None:
    """Confine this process, read the file, write what it holds, end at once."""
    import json

    request = json.loads(sys.stdin.buffer.read())
    out = only_output()
    file, folder = Path(request["path"]), Path(request["folder"])
    granted = confine(file, folder, **request["process"])
    sys.meta_path.insert(0, _NotNeeded())
    # openpyxl asks for the types of the files of this machine, which are out of reach.
    mimetypes.knownfiles.clear()
    try:
        _read(out, file, folder, request, granted)
        out.close()
    except BrokenPipeError:
        # Nobody waits for the rows any more; the folder goes, should its owner have been killed.
        shutil.rmtree(folder, ignore_errors=True)
    # Without the clean-up of libraries that may be in any state.
    os._exit(0)


class _NotNeeded(MetaPathFinder):
    """Keeps pandas and geopandas out, which pyogrio would load: a second and 80 MB for nothing."""

    def find_spec(self, fullname: str, *_: Any) -> None:
        """Say that it is not installed."""
        if fullname in ("pandas", "geopandas"):
            raise ModuleNotFoundError(fullname)


def _read(out: IO[bytes], file: Path, folder: Path, request: dict[str, Any], granted: frozenset[str]) -> None:
    from gis.problems import Problem
    from gis.readers.limits import ReaderLimits
    from gis.readers.opening import open_file
    from gis.readers.source import ReadError, unreadable

    limits = replace(ReaderLimits(), **request["limits"])
    try:
        source = open_file(file, folder, limits=limits, **request["choices"])
        batches = source.batches()
        first = next(batches, None)
    except MemoryError:
        source, first = unreadable("", Problem("file_reader_out_of_memory", values=_memory(limits.memory_bytes))), None
    except ReadError as error:
        source, first = unreadable("", error.problem), None
    write_frame(out, {**_facts(source), "granted": sorted(granted), "rows": first is not None})
    if first is None:
        return
    ended: Problem | None = None
    try:
        _write_rows(out, first, batches)
    except MemoryError:
        ended = Problem("file_reader_out_of_memory", values=_memory(limits.memory_bytes))
    except ReadError as error:
        ended = error.problem
    write_frame(out, {"problem": None if ended is None else ended.as_dict()})


def _memory(limit: int) -> dict[str, Any]:
    return {"limit_mb": limit >> 20}


def _write_rows(out: IO[bytes], first: pa.RecordBatch, batches: Iterator[pa.RecordBatch]) -> None:
    import pyarrow as pa

    with pa.ipc.new_stream(pa.PythonFile(out, "w"), first.schema) as stream:
        stream.write_batch(first)
        for batch in batches:
            stream.write_batch(batch)


def _facts(source: ReadSource) -> dict[str, Any]:
    guess = source.encoding_guess
    return {
        "format": source.format,
        "layers": [[layer.name, layer.feature_count] for layer in source.layers],
        "layer": source.layer,
        "encoding": source.encoding,
        "encoding_guess": None if guess is None else [guess.encoding, guess.stated, guess.words],
        "epsg": source.epsg,
        "crs_candidates": source.crs_candidates,
        "columns": source.columns,
        "place_columns": source.place_columns,
        "feature_count": source.feature_count,
        "sample": source.sample,
        "problems": [problem.as_dict() for problem in source.problems],
    }


def write_frame(out: IO[bytes], content: dict[str, Any]) -> None:
    """One frame of JSON."""
    import orjson

    text = orjson.dumps(content, default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    out.write(LENGTH.pack(len(text)) + text)


if __name__ == "__main__":
    main()

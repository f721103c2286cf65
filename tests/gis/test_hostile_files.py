"""Every hostile file is refused with its code or read without harm, and nothing of it remains."""

from __future__ import annotations

import gc
import resource
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gis.readers import ReaderLimits, ReadError, open_source
from tests.gis.hostile import CANARY, CORPUS, VERTICES, Ground, Hostile

LIMITS = ReaderLimits(vertices=VERTICES, rows=300_000, cpu_s=15, wait_s=90)
# What has no end runs into the limit, wherever that is.
LIMITS_OF_THE_ENDLESS = replace(LIMITS, cpu_s=5)
MAY_GROW_KB = 60_000


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody may ask, and who did."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, address = listening.accept()
                except TimeoutError:
                    continue
                asked.append(str(address))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", asked
        done.set()
        thread.join()


@pytest.fixture(scope="module", autouse=True)
def nothing_remains() -> Iterator[None]:
    """Memory and open files of this process are after all of them as they were after none."""
    gc.collect()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files = len(list(Path("/proc/self/fd").iterdir()))
    yield
    gc.collect()
    assert resident_kb() - memory < MAY_GROW_KB
    assert len(list(Path("/proc/self/fd").iterdir())) <= files + 1


def resident_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def test_the_corpus_is_large_and_each_has_a_name() -> None:
    assert len(CORPUS) >= 100
    assert len({file.id for file in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.id)
def test_hostile_file(
    file: Hostile, tmp_path: Path, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = server
    (tmp_path / "made").mkdir()
    (tmp_path / "uploads").mkdir()
    (tmp_path / "work").mkdir()
    secret = tmp_path / "secret.csv"
    secret.write_text(f"name,lat,lon\n{CANARY},15.8,102.03\n")
    made = file.make(Ground(tmp_path / "made", secret, address))
    upload = tmp_path / "uploads" / "upload"
    upload.write_bytes(made if isinstance(made, bytes) else made.read_bytes())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "work"))

    allowed = file.expected if isinstance(file.expected, tuple) else (file.expected,)
    limits = LIMITS_OF_THE_ENDLESS if "file_reader_out_of_time" in allowed else LIMITS

    outcome, seen = read(upload, file.name, limits)

    assert outcome in allowed or ("ok" in allowed and isinstance(outcome, int)), (outcome, seen[:500])
    assert CANARY not in seen
    assert str(tmp_path / "work") not in seen
    assert asked == []
    assert list((tmp_path / "work").iterdir()) == []
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == ["upload"]


def read(path: Path, name: str, limits: ReaderLimits) -> tuple[str | int, str]:
    """Code of the refusal or number of rows, and everything that came out."""
    seen = ""
    with open_source(path, name=name, limits=limits) as source:
        seen += repr(source)
        assert not set(seen) & {"\x00", "\x1b", "\u202e"}
        if source.errors:
            return source.errors[0].code, seen
        rows = 0
        try:
            for batch in source.batches():
                rows += batch.num_rows
                if rows < 10_000:
                    seen += repr(batch.slice(0, 50).to_pylist())
        except ReadError as error:
            return error.problem.code, seen + repr(error.problem)
    return rows, seen

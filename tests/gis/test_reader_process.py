"""Files read in a process of their own: the same rows, nothing in reach, and whatever becomes of it is a problem."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import shapely

from gis.readers import ReaderLimits, ReadError, open_source
from tests.gis.made_files import open_source as open_here
from tests.gis.made_files import shapefile_zip, write_zip

POINTS = [shapely.Point(673_310, 1_520_741), shapely.Point(673_400, 1_520_800)]
KML = """<kml><Placemark><name>ถนน</name><Point><coordinates>102.03,15.8</coordinates></Point></Placemark></kml>"""
ROOT = Path(__file__).resolve().parents[2]


def csv_file(path: Path, rows: int = 3) -> Path:
    path.write_text("name,lat,lon\n" + "".join(f"ถนน {n},15.8,{102 + n / 1e6}\n" for n in range(rows)))
    return path


def xlsx_file(path: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["ชื่อ", "lat", "lon"])
    book.active.append(["ถนน", 15.8, 102.03])
    book.save(path)
    return path


def geojson_file(path: Path, rows: int = 3) -> Path:
    place = {"type": "Point", "coordinates": [102.03, 15.8]}
    features = [{"type": "Feature", "properties": {"name": f"น้ำ {n}", "n": n}, "geometry": place} for n in range(rows)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    return path


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where private folders are made; empty afterwards, and no process nor open file left."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before = open_files()
    with _ended_with_it():
        yield folder
    assert list(folder.iterdir()) == []
    assert not open_files() - before


def open_files() -> set[tuple[str, str]]:
    """Number and target of each: one that another test left and the collector closes meanwhile is no finding."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the listing's own
            found.add((link.name, str(link.readlink())))
    return found


# What this process has started for other tests: a server, a browser. They are not what is looked at here.
_others: set[int] = set()


def children() -> list[int]:
    """Processes that reading has started."""
    tasks = Path("/proc/self/task").iterdir()
    return [pid for task in tasks for pid in map(int, (task / "children").read_text().split()) if pid not in _others]


@contextmanager
def _ended_with_it() -> Iterator[None]:
    _others.clear()
    _others.update(children())
    yield
    assert children() == []


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.csv", csv_file),
        ("a.xlsx", xlsx_file),
        ("a.geojson", geojson_file),
        ("a.zip", lambda path: shapefile_zip(path, POINTS)),
        ("a.kmz", lambda path: write_zip(path, {"doc.kml": KML})),
    ],
)
def test_the_same_as_in_this_process(tmp_path: Path, work: Path, name: str, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / name)
    here = open_here(path)
    with open_source(path) as source:
        assert source == here
        assert source.errors == []
        assert list(source.batches()) == list(here.batches())
        assert any(work.iterdir())


def test_rows_come_in_batches_and_may_be_left(tmp_path: Path, work: Path) -> None:
    path = csv_file(tmp_path / "a.csv", 35_000)
    with open_source(path) as source:
        assert [batch.num_rows for batch in source.batches()] == [5_000] * 7
    with open_source(path) as source:
        assert next(source.batches()).num_rows == 5_000
    with open_source(path):
        pass


def test_a_bad_file_comes_back_with_its_problem(tmp_path: Path, work: Path) -> None:
    (tmp_path / "x").write_bytes(b"<html/>")
    with open_source(tmp_path / "x") as source:
        assert [problem.code for problem in source.errors] == ["format_unknown"]
        assert list(source.batches()) == []


def test_a_file_that_breaks_further_on(tmp_path: Path, work: Path) -> None:
    path = csv_file(tmp_path / "a.csv", 25_000)
    with path.open("ab") as file:
        file.write(b"x,15.8,102\n" * 3 + b'"' + b"a" * 11_000_000)
    with open_source(path) as source:
        rows = source.batches()
        assert next(rows).num_rows == 5_000
        with pytest.raises(ReadError) as broken:
            list(rows)
    assert broken.value.problem.code == "file_damaged"


# --- limits -----------------------------------------------------------------------------------------------------------


def stopped(path: Path, **limits: Any) -> dict[str, Any]:
    """The problem that reading ends with."""
    with open_source(path, limits=ReaderLimits(**limits)) as source:
        if source.errors:
            return source.errors[0].as_dict()
        with pytest.raises(ReadError) as error:
            list(source.batches())
        return error.value.problem.as_dict()


def test_waiting_has_an_end(tmp_path: Path, work: Path) -> None:
    problem = stopped(csv_file(tmp_path / "a.csv"), wait_s=0.01)
    assert problem["code"] == "file_reader_out_of_time"


def test_time_spent_with_the_rows_does_not_count(tmp_path: Path, work: Path) -> None:
    with open_source(csv_file(tmp_path / "a.csv", 60_000), limits=ReaderLimits(wait_s=20)) as source:
        threading.Event().wait(0.5)
        assert sum(batch.num_rows for batch in source.batches()) == 60_000


def test_processor_has_an_end(tmp_path: Path, work: Path) -> None:
    path = csv_file(tmp_path / "a.csv", 400_000)
    assert stopped(path, cpu_s=1) == {
        "code": "file_reader_out_of_time",
        "level": "error",
        "where": {},
        "values": {"limit_s": 1},
    }


def test_memory_has_an_end(tmp_path: Path, work: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,lat,lon\n" + ('"' + "ก" * 2_900_000 + '",15,102\n') * 60)
    assert stopped(path, memory_bytes=700 << 20)["code"] == "file_reader_out_of_memory"


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_process_that_dies(tmp_path: Path, work: Path, signal_: int) -> None:
    with open_source(csv_file(tmp_path / "a.csv", 200_000)) as source:
        rows = source.batches()
        next(rows)
        os.kill(children()[0], signal_)
        with pytest.raises(ReadError) as error:
            list(rows)
    assert error.value.problem.code == "file_reader_stopped"
    assert error.value.problem.values["ended_with"] == -signal_


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"columns": 2}, "file_too_many_columns"),
        ({"rows": 20_000}, "file_too_many_rows"),
        ({"batch_bytes": 60}, "row_too_large"),
    ],
)
def test_limits_of_what_a_file_may_hold(tmp_path: Path, work: Path, limits: dict[str, int], code: str) -> None:
    assert stopped(csv_file(tmp_path / "a.csv", 25_000), **limits)["code"] == code


def test_a_shape_with_too_many_vertices_is_named_by_its_row(tmp_path: Path, work: Path) -> None:
    line = shapely.LineString([(102 + n / 1e5, 15) for n in range(2_000)])
    path = tmp_path / "a.csv"
    path.write_text(f'name,wkt\na,"LINESTRING (102 15, 102.1 15)"\nb,"{line.wkt}"\n')
    problem = stopped(path, vertices=1_000)
    assert (problem["code"], problem["where"]) == ("shape_too_many_vertices", {"row": 3})
    with open_source(path, limits=ReaderLimits(vertices=2_000)) as source:
        assert sum(batch.num_rows for batch in source.batches()) == 2


def test_large_batches_are_divided(tmp_path: Path, work: Path) -> None:
    path = csv_file(tmp_path / "a.csv", 10_000)
    with open_source(path, limits=ReaderLimits(batch_bytes=100_000)) as source:
        batches = list(source.batches())
    assert len(batches) > 5
    assert max(batch.nbytes for batch in batches) <= 100_000
    assert pa.Table.from_batches(batches)["row_number"].to_pylist() == list(range(2, 10_002))


# --- what is out of its reach -----------------------------------------------------------------------------------------

PROBE = """
import json, os, socket, subprocess, sys
from pathlib import Path
from gis.confinement import confine
file, folder, secret, port = sys.argv[1:]
granted = confine(Path(file), Path(folder), memory_bytes=1 << 30, cpu_s=10, open_files=64, file_bytes=1000)
def tried(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "done"
def beyond():
    with open(folder + "/big", "wb") as big:
        big.write(bytes(2000))
print(json.dumps({
    "granted": sorted(granted),
    "own file": tried(lambda: open(file).read()),
    "own folder": tried(lambda: open(folder + "/x", "w").write("x")),
    "large file": tried(beyond),
    "secret": tried(lambda: open(secret).read()),
    "write elsewhere": tried(lambda: open(secret + ".new", "w")),
    "list elsewhere": tried(lambda: os.listdir(os.path.dirname(secret))),
    "network": tried(lambda: socket.create_connection(("127.0.0.1", int(port)), 2)),
    "program": tried(lambda: subprocess.run(["/bin/true"], check=True)),
    "memory": tried(lambda: bytearray(2 << 30)),
    "many files": tried(lambda: [open(file) for _ in range(100)]),
}))
"""


def test_what_a_confined_process_can_reach(tmp_path: Path) -> None:
    file, secret = tmp_path / "upload", tmp_path / "secret"
    file.write_text("x")
    secret.write_text("password")
    (tmp_path / "own").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        arguments = [str(file), str(tmp_path / "own"), str(secret), str(server.getsockname()[1])]
        answer = subprocess.run(
            [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
        )
    found = json.loads(answer.stdout)
    granted = set(found.pop("granted"))
    assert (found["own file"], found["own folder"], found["large file"]) == ("done", "done", "OSError")
    assert (found["memory"], found["many files"]) == ("MemoryError", "OSError")
    if "landlock_files" in granted:
        assert {found["secret"], found["write elsewhere"], found["list elsewhere"], found["program"]} == {
            "PermissionError"
        }
    if granted & {"network_namespace", "landlock_tcp"}:
        assert found["network"] in ("OSError", "PermissionError")


def test_nothing_of_this_process_is_handed_on(tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://owner:password@db/eplan")
    monkeypatch.setenv("EPLAN_SECRET_KEY", "secret")
    (tmp_path / "kept").write_text("kept")
    with (tmp_path / "kept").open() as kept:
        os.set_inheritable(kept.fileno(), True)
        with open_source(csv_file(tmp_path / "a.csv", 60_000)) as source:
            process = Path(f"/proc/{children()[0]}")
            names = {text.partition("=")[0] for text in (process / "environ").read_text().split("\0")}
            opened = {str(entry.readlink()) for entry in (process / "fd").iterdir()}
            assert source.errors == []
    assert {name for name in names if name.startswith(("EPLAN_", "DATABASE", "PG"))} == set()
    assert str(tmp_path / "kept") not in opened
    assert not any(name.startswith("socket:") for name in opened)

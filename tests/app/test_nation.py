"""The nation in pieces: several processes say what one says, and a worker that dies changes nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Unavailable
from app.services import nation
from app.services.nation import (
    Pieces,
    cluster,
    duplicates_in_pieces,
    write_frame,
    write_works,
)
from gis.partitions import pairs_of_piece
from tests import factories as make
from tests.gis.test_partitions import works


def test_processes_say_what_one_says_though_a_worker_dies(tmp_path: Path) -> None:
    for name in ("one", "many"):
        (tmp_path / name).mkdir()
    whole = write_frame(works(240), tmp_path / "one")
    pieces = write_frame(works(240), tmp_path / "many", rows=20)
    assert (len(whole.paths), len(pieces.paths)) == (1, 12)
    expected = pairs_of_piece(whole.paths[0], [])
    with cluster("local", workers=2) as client:
        address = client.scheduler.address
        victim = next(iter(client.run(os.getpid).values()))

        class Killing:
            def step(self, done: int, total: int | None, text: str) -> None:
                if done == 1:
                    os.kill(victim, signal.SIGKILL)

        with cluster(address) as again:
            found = duplicates_in_pieces(again, pieces, progress=Killing())
    order = ["a", "b"]
    pd.testing.assert_frame_equal(
        found.sort_values(order, ignore_index=True), expected.sort_values(order, ignore_index=True)
    )


def test_stored_works_become_pieces(session: Session, tmp_path: Path) -> None:
    shapes = [make.make_geometry(session, make.make_project(session), status="VERIFIED") for _ in range(5)]
    make.make_project(session)
    session.flush()
    pieces = write_works(session, tmp_path, rows=2)
    assert len(pieces.paths) == 3
    assert len(pieces.boxes) == 3
    frame = pd.concat(map(pd.read_parquet, pieces.paths))
    stored = session.execute(sa.text("SELECT code FROM project WHERE geometry_version > 0")).scalars()
    assert set(frame["id"]) == set(stored)
    assert len(frame) == len(shapes)
    assert len(pairs_of_piece(pieces.paths[0], pieces.beside(0, 40.0))) > 0


def test_nothing_and_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nation, "CONNECT_S", 1)
    assert Pieces.in_folder(tmp_path).paths == ()
    with pytest.raises(Unavailable, match="cluster_unreachable"), cluster("tcp://127.0.0.1:9"):
        pass

"""Access, allocation and statistics of rasters in pieces: several processes say what one says, a killed one or not."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from click.testing import CliRunner
from rasterio.transform import from_origin
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.cli.analyse import command as analyse
from app.queries.access import view_of
from app.queries.access_ground import AccessQuestion, ground
from app.queries.allocation_table import read_allocation
from app.queries.budget import BudgetFilter
from app.services.in_pieces import InPieces
from app.services.nation import cluster
from gis.access import nearest
from gis.allocation import parts
from gis.zonal import class_shares, zonal_statistics
from tests.app.test_access import land, spot, well  # noqa: F401 - land is a fixture
from tests.app.test_allocation import make_works
from tests.factories import make_geometry, make_project

SEED = 2569


class Killing:
    """Ends one worker as soon as the first piece of a batch is done."""

    def __init__(self, process: int) -> None:
        self.process: int | None = process

    def step(self, done: int, total: int | None, text: str) -> None:
        if done == 1 and self.process is not None:
            os.kill(self.process, signal.SIGKILL)
            self.process = None


@contextmanager
def dying_cluster(folder: Path, rows: int) -> Iterator[InPieces]:
    """Two processes, of which one is killed in the middle of the work."""
    folder.mkdir(exist_ok=True)
    with cluster("local", workers=2) as client:
        victim = next(iter(client.run(os.getpid).values()))
        killing = Killing(victim)
        yield InPieces(client, folder, killing, rows=rows)
        assert killing.process is None, "no worker was killed: too few pieces"


@pytest.mark.long
def test_nearest_parts_and_zones_though_a_worker_dies(tmp_path: Path) -> None:
    random = np.random.default_rng(SEED)
    places = shapely.points(random.uniform(11e6, 11.1e6, (300, 2)))
    places[5] = None
    works = np.array([shapely.LineString(random.uniform(11e6, 11.1e6, (2, 2))) for _ in range(200)])
    lands = random.integers(0, 3, 300), random.integers(0, 2, 200)
    squares = np.array([shapely.box(x, y, x + 2e4, y + 2e4) for x in range(11_000_000, 11_080_001, 20_000)
                        for y in range(11_000_000, 11_080_001, 20_000)])  # fmt: skip
    whole = nearest(places, works, place_land=lands[0], work_land=lands[1])
    with dying_cluster(tmp_path / "nearest", 30) as cut:
        found = cut.nearest(places, works, place_land=lands[0], work_land=lands[1])
    for name in ("work", "distance_m", "placed"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))
    shared = parts(works.copy(), squares)
    with dying_cluster(tmp_path / "parts", 20) as cut:
        again = cut.parts(works, squares)
    for name in ("work", "zone", "fraction", "outside", "shapeless"):
        np.testing.assert_array_equal(getattr(again, name), getattr(shared, name))
    raster, areas = made_raster(tmp_path), made_areas(40)
    with dying_cluster(tmp_path / "zones", 5) as cut:
        statistics = cut.zones(raster, areas)
        classes = cut.zones(raster, areas, classes=True)
    pd.testing.assert_frame_equal(statistics, zonal_statistics(raster, areas))
    pd.testing.assert_frame_equal(classes, class_shares(raster, areas))


def made_raster(folder: Path) -> Path:
    values = np.random.default_rng(SEED).integers(0, 5, (120, 120)).astype(np.uint8)
    path = folder / "classes.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=120, height=120, count=1, dtype="uint8", crs="EPSG:4326",
        transform=from_origin(102.0, 16.0, 0.001, 0.001),
    ) as made:  # fmt: skip
        made.write(values, 1)
    return path


def made_areas(count: int) -> Any:
    """Areas by code, in an order that is not that of their places; one is broken and one far away."""
    at = np.random.default_rng(SEED).uniform((102.0, 15.88), (102.11, 15.99), (count, 2))
    shapes = shapely.buffer(shapely.points(at), 0.006)
    shapes[3], shapes[8] = shapely.Polygon(), shapely.box(10, 10, 11, 11)
    return gpd.GeoDataFrame(
        {"name": [f"ต{n}" for n in range(count)]}, geometry=shapes, index=[f"99{n:04d}" for n in range(count)], crs=4326
    )


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], InPieces]]:
    with cluster("local", workers=2) as client:
        yield lambda: InPieces(client, tmp_path_factory.mktemp("pieces"), rows=2)


@pytest.mark.parametrize("question", [
    AccessQuestion("water", "99", 1_000.0, background=False),
    AccessQuestion("road", "99", 2_000.0),
])  # fmt: skip
def test_the_answer_about_access_is_the_same(
    land: Session,  # noqa: F811
    processes: Callable[[], InPieces],
    question: AccessQuestion,
) -> None:
    for number in range(6):
        well(land, spot(number, 900 * (number % 3)))
    for number in range(2):
        road = make_project(land, kind="road", status="CLOSED", surface_type_code="RC")
        make_geometry(land, road, shapely.LineString([spot(number, -500), spot(number + 1, 3_000)]), status="VERIFIED")
    land.flush()
    plain = view_of(land, ground(land, question, Visibility.STAFF))
    found = view_of(land, ground(land, question, Visibility.STAFF, nearest=processes().nearest))
    assert found == plain
    assert plain.total.people_with > 0 and plain.total.people_without > 0


@pytest.mark.parametrize(("level", "parent"), [
    ("tambon", None), ("tambon", "9901"), ("province", None), ("hexagon", "99"), ("hexagon", None),
])  # fmt: skip
def test_money_by_place_is_the_same(
    session: Session, processes: Callable[[], InPieces], level: Any, parent: str | None
) -> None:
    make_works(session)
    asked = (level, parent, "baht", BudgetFilter(), Visibility.STAFF, 6)
    plain = read_allocation(session, *asked)
    found = read_allocation(session, *asked, cut=processes().parts)
    pd.testing.assert_frame_equal(found.table, plain.table)
    for name in ("total_satang", "total_works", "crossing", "unplaced_satang", "unplaced_works", "satang_by_year"):
        assert getattr(found, name) == getattr(plain, name), name
    assert plain.total_satang > 0


def test_nothing_to_cut_is_nothing(processes: Callable[[], InPieces]) -> None:
    none = np.empty(0, dtype=object)
    assert len(processes().nearest(none, none).work) == 0
    assert len(processes().parts(none, none).work) == 0
    alone = processes().nearest(shapely.points([[0.0, 0.0]]), none)
    assert alone.work.tolist() == [-1] and alone.placed.tolist() == [True]


@pytest.mark.parametrize("name", ["duplicates", "access", "zonal", "allocation"])
def test_every_analysis_of_the_nation_has_the_option(name: str) -> None:
    told = CliRunner().invoke(analyse, [name, "--help"]).output
    assert "--scheduler ADDRESS Work in pieces on a Dask cluster" in " ".join(told.split())
    assert "--folder" in told


def test_organisations_have_nothing_to_cut() -> None:
    told = CliRunner().invoke(analyse, ["allocation", "--level", "lao", "--scheduler", "local"])
    assert told.exit_code == 2 and "--scheduler cuts works" in told.output

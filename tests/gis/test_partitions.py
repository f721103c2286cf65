"""A piece and what lies beside it: cut anywhere, the pieces together say what the whole says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis.access import nearest
from gis.allocation import parts
from gis.partitions import WORK_COLUMNS, nearest_of_piece, pairs_of_piece, parts_of_piece

SEED = 2569


def works(count: int = 160) -> Any:
    """Roads and wells over some kilometres, a third of them beside an earlier one."""
    random = np.random.default_rng(SEED)
    places = random.uniform((102.0, 15.0), (102.05, 15.05), (count, 2))
    places[count // 3 * 2 :] = places[: count - count // 3 * 2] + random.normal(0, 5e-5, (count - count // 3 * 2, 2))
    shapes = [
        shapely.LineString([at, at + np.array((0.004, 0.001))]) if n % 3 else shapely.Point(at)
        for n, at in enumerate(places)
    ]
    frame = gpd.GeoDataFrame({"number": range(count)}, geometry=shapes, crs=4326)
    for name in WORK_COLUMNS:
        frame[name] = ""
    return frame.assign(
        id=[f"w{n}" for n in range(count)],
        organisation=[f"0{n % 4}" for n in range(count)],
        fiscal_year_be=2568 + frame["number"] % 3,
        kind=["road" if n % 3 else "water" for n in range(count)],
        name=[f"ก่อสร้าง{'ถนน คสล.' if n % 3 else 'บ่อบาดาล'} บ้านหนอง ม.{n % 5}" for n in range(count)],
        budget_baht=[str(100_000 + n % 7) for n in range(count)],
        starts_on=None,
        ends_on=None,
        start_m=np.nan,
        end_m=np.nan,
        accuracy_m=5.0,
    )


def cut(frame: Any, sizes: Sequence[int], folder: Path) -> list[Path]:
    """Files of so many rows each."""
    folder.mkdir()
    bounds = np.cumsum([0, *sizes])
    paths = []
    for number, (start, end) in enumerate(pairwise(bounds)):
        paths.append(folder / f"{number:03d}.parquet")
        frame.iloc[start:end].to_parquet(paths[-1], index=False)
    return paths


def together(paths: Sequence[Path]) -> pd.DataFrame:
    tables = [pairs_of_piece(path, [other for other in paths if other != path]) for path in paths]
    return pd.concat([t for t in tables if len(t)]).sort_values(["a", "b"], ignore_index=True)


@pytest.mark.parametrize("sizes", [(80, 80), (1, 59, 100), (40, 0, 40, 40, 40)])
def test_pieces_find_the_pairs_of_the_whole_once(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    frame = works()
    whole = together(cut(frame, [len(frame)], tmp_path / "whole"))
    shuffled = frame.sample(frac=1, random_state=SEED)
    found = together(cut(shuffled, sizes, tmp_path / "pieces"))
    assert len(whole) > 60
    pd.testing.assert_frame_equal(found, whole)


def boxed(paths: Sequence[Path]) -> list[tuple[Path, tuple[float, float, float, float]]]:
    return [(path, tuple(gpd.read_parquet(path).total_bounds)) for path in paths]


def numbered(shapes: Any, **columns: Any) -> Any:
    return gpd.GeoDataFrame({"number": range(len(shapes)), "land": 0, **columns}, geometry=shapes, crs=3857)


@pytest.mark.parametrize("reach_m", [50.0, 5_000.0])
def test_a_village_finds_the_nearest_road_in_whatever_piece_it_is(tmp_path: Path, reach_m: float) -> None:
    """Roads that meet are as near as each other: of them the first is told, in one piece and in many."""
    random = np.random.default_rng(SEED)
    ends = random.uniform(0, 60_000, (90, 2))
    roads = [shapely.LineString([at, to]) for at, to in pairwise(ends)]
    places = [*shapely.points(random.uniform(0, 60_000, (40, 2))), *shapely.points(ends[1:-1])]
    whole = nearest(np.array(places), np.array(roads))
    own = cut(numbered(places), [len(places)], tmp_path / "places")[0]
    shuffled = numbered(roads).sample(frac=1, random_state=SEED)
    table = nearest_of_piece(own, boxed(cut(shuffled, [20, 1, 40, 28], tmp_path / "roads")), reach_m)
    assert table["work"].tolist() == whole.work.tolist()
    np.testing.assert_array_equal(table["distance_m"].to_numpy(), whole.distance_m)


def test_a_road_of_another_land_is_none(tmp_path: Path) -> None:
    own = cut(numbered(shapely.points([[0, 0], [10, 0]]), land=[0, 7]), [2], tmp_path / "places")[0]
    table = nearest_of_piece(own, boxed(cut(numbered(shapely.points([[99_000, 0]])), [1], tmp_path / "roads")), 10.0)
    assert table["work"].tolist() == [0, -1]
    assert np.isnan(table["distance_m"].iloc[1])


def test_parts_of_pieces_are_those_of_the_whole(tmp_path: Path) -> None:
    random = np.random.default_rng(SEED)
    squares = np.array([shapely.box(x, y, x + 10, y + 10) for x in range(0, 50, 10) for y in range(0, 50, 10)])
    shapes = np.array([shapely.LineString(random.uniform(-5, 55, (3, 2))) for _ in range(60)])
    shapes[7] = shapely.Point(500, 500)
    whole = parts(shapes, squares)
    zones = cut(numbered(squares).sample(frac=1, random_state=SEED), [9, 16], tmp_path / "zones")
    pieces = cut(numbered(shapes).sample(frac=1, random_state=SEED), [25, 35], tmp_path / "works")
    table = pd.concat([parts_of_piece(path, zones) for path in pieces]).sort_values(["work", "zone"])
    shared = table[table["zone"] >= 0]
    assert table["work"][table["zone"] == -1].tolist() == whole.outside.tolist() == [7]
    assert shared["work"].tolist() == whole.work.tolist()
    assert shared["zone"].tolist() == whole.zone.tolist()
    np.testing.assert_array_equal(shared["fraction"].to_numpy(), whole.fraction)

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

from gis.partitions import WORK_COLUMNS, access_of_piece, pairs_of_piece

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


def test_a_village_finds_the_road_beyond_the_edge(tmp_path: Path) -> None:
    roads = works().iloc[:1].copy()
    roads["geometry"] = [shapely.LineString([(102.02, 15), (102.02, 15.1)])]
    villages = gpd.GeoDataFrame(
        {"code": ["3", "1", "2"], "people": [30.0, 10.0, 20.0]},
        geometry=[shapely.Point(102.0, 15.05), shapely.Point(102.03, 15.05), None],
        crs=4326,
    )
    own = cut(villages, [3], tmp_path / "villages")[0]
    table = access_of_piece(own, cut(roads, [1], tmp_path / "roads"), 2_000)
    assert table["code"].tolist() == ["1", "2", "3"]
    assert table["within"].tolist() == [True, False, False]
    assert table["placed"].tolist() == [True, False, True]
    # Karney's geodesic: 0.01 degrees of longitude at 15.05 N are 1,075.1 m.
    assert table["distance_m"].iloc[0] == pytest.approx(1075.1, abs=1)
    assert np.isnan(table["distance_m"].iloc[2])

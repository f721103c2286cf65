"""Numbers of rasters as people read them: points of a table, printed tables, catchments, units."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.cli.analyse_values import read_points
from app.cli.analyse_zonal import printed
from app.errors import InvalidInput
from app.settings import Settings
from app.web.filters import about_text
from tests import factories


def refused(path: Path, text: str) -> list[tuple[str, int | None]]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        read_points(path)
    return [(problem.code, problem.where.get("row")) for problem in error.value.problems]


def test_a_row_that_is_no_place_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    assert refused(path, "lon,lat\n101.5,16.0\nx,y\n,16\n") == [
        ("point_unreadable", 3),
        ("point_unreadable", 3),
        ("point_unreadable", 4),
    ]
    # Names of columns that changed places, and metres.
    assert refused(path, "lat,lon\n101.5,16.0\n16.1,800000\n") == [
        ("point_off_the_earth", 2),
        ("point_off_the_earth", 3),
    ]
    assert refused(path, "x,y\n101.5,16.0\n") == [("points_columns", None)]
    assert refused(path, "") == [("points_unreadable", None)]
    assert len(refused(path, "lon,lat\n" + "a,b\n" * 500)) == 20
    path.write_text("lon,lat,name\n๑๐๑.๕,16.0,บ่อ\n", encoding="utf-8-sig")
    table, lonlat = read_points(path)
    assert lonlat.tolist() == [[101.5, 16.0]] and table["name"].tolist() == ["บ่อ"]


def test_tables_are_printed_in_plain_numbers() -> None:
    text = printed(pd.DataFrame({"code": ["99"], "area_m2": [4.47e8], "covered_share": [0.98765], "mean": [np.nan]}))
    assert "447,000,000.00" in text and "0.9877" in text and "e+" not in text and text.endswith("–")


@pytest.mark.parametrize(
    ("value", "sure_to", "text"),
    [(9_012_345.6, 90_000, "9,000,000"), (9.0123, 0.09, "9.0"), (5_632.7, 56, "5,600"), (3.2, 40, "3"), (0.0, 1, "0")],
)
def test_a_number_has_no_more_digits_than_it_is_sure_of(value: float, sure_to: float, text: str) -> None:
    assert about_text(value, sure_to) == text


def test_a_catchment_is_about_and_a_value_has_its_unit(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    row = factories.make_raster(session, settings.var_dir)
    value = client.get(f"/api/v1/rasters/{row.name}/value?lon=101.9&lat=15.9").json
    assert value is not None and value["unit"] == "m"
    found = client.get("/api/v1/catchment?lon=101.9&lat=15.9").json
    assert found is not None and found["sure_to_m2"] == pytest.approx(found["cells"] ** 0.5 * found["cell_m"] ** 2)
    page = client.get(f"/analysis/rasters?raster={row.name}&show=catchment&lon=101.9&lat=15.9").text
    assert about_text(found["area_m2"] / 1e6, found["sure_to_m2"] / 1e6) in page
    assert client.get(f"/analysis/rasters?raster={row.name}&level=amphoe").status_code == 200
    assert re.search(r'"unit": ?"(ม|\\u0e21)\."', page)

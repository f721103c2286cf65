"""Registered roads: loaded from files, asked over HTTP, typed as chainage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
import sqlalchemy as sa
from flask.testing import FlaskClient
from shapely.geometry import LineString, MultiLineString, Point
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.models import UserAccount
from app.queries.roads import registered_road
from app.services.registered_roads import load_roads
from gis import crs, measure
from tests import factories as make
from tests.app.conftest import SignIn

CODE = "สธ.ถ.1-0001"
ROAD = LineString([(101.85, 15.85), (101.86, 15.85), (101.87, 15.851)])


@pytest.fixture
def engineer(session: Session) -> UserAccount:
    organisation = make.make_organisation(session)
    make.make_road(session, CODE, ROAD)
    return make.make_user(session, "LAO_ENGINEER", organisation=organisation.code)


def written(folder: Path, codes: list[str], shapes: list[object], epsg: int = 4326) -> Path:
    path = folder / "roads.gpkg"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.array(values, dtype=object) for values in (codes, ["สายทดสอบ"] * len(codes), ["D9901001"] * len(codes))],
        ["รหัสสายทาง", "ชื่อสายทาง", "org_code"],
        geometry_type="Unknown",
        crs=f"EPSG:{epsg}",
        driver="GPKG",
    )
    return path


def test_a_file_of_roads_is_loaded_once(session: Session, tmp_path: Path) -> None:
    make.make_organisation(session)
    parts = MultiLineString([ROAD.coords[:2], ROAD.coords[1:]])
    path = written(tmp_path, ["สธ ถ 1 - 0001", "สธ.ถ.๒-๐๐๒"], [ROAD, parts])
    summary = load_roads(session, path)
    assert (summary.tables[0].inserted, summary.rejected) == (2, ())
    road = registered_road(session, "สธ.ถ.2-002")
    assert road is not None
    assert (road.name_th, road.organisation_code) == ("สายทดสอบ", "D9901001")
    assert road.line.equals_exact(ROAD, 1e-9)
    assert road.length_m == pytest.approx(measure.length_m(ROAD), abs=1e-3)
    assert not load_roads(session, path).changed
    assert session.scalar(sa.text("SELECT count(*) FROM change_log WHERE entity = 'registered_road'")) == 2


def test_roads_in_metres(session: Session, tmp_path: Path) -> None:
    path = written(tmp_path, [CODE], [crs.from_wgs84(ROAD, 32647)[0]], 32647)
    load_roads(session, path)
    road = registered_road(session, CODE)
    assert road is not None
    assert shapely.hausdorff_distance(road.line, ROAD) < 1e-8


def test_what_is_no_road_is_told_and_the_rest_is_taken(session: Session, tmp_path: Path) -> None:
    apart = MultiLineString([[(101.85, 15.85), (101.86, 15.85)], [(101.9, 15.9), (101.91, 15.9)]])
    codes = [CODE, CODE, "สธ.ถ.1-0002", "สธ.ถ.1-0003", "สธ.ถ.1-0004", "ทล.2"]
    path = written(tmp_path, codes, [ROAD, ROAD, apart, Point(101.9, 15.9), LineString([(10, 10), (11, 11)]), ROAD])
    summary = load_roads(session, path)
    assert summary.tables[0].inserted == 1
    assert [problem.code for problem in summary.rejected] == [
        "road_repeated",
        "road_not_one_line",
        "road_not_one_line",
        "outside_thailand",
        "route_code_unreadable",
    ]


def test_a_file_without_codes_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_roads(session, written(tmp_path, ["ทางหลวง 2", "ซอย 3"], [ROAD, ROAD]))
    assert [problem.code for problem in refused.value.problems] == ["roads_without_codes"]


def test_over_http(client: FlaskClient, engineer: UserAccount) -> None:
    whole = client.get(f"/api/v1/roads/{CODE}").json
    assert whole["length_m"] == pytest.approx(measure.length_m(ROAD), abs=0.01)
    assert client.get("/api/v1/roads/สธ ถ ๑-๐๐๐๑").json["route_code"] == CODE
    part = client.get(f"/api/v1/roads/{CODE}/section?from_m=500&to_m=1500").json
    assert part["length_m"] == pytest.approx(1000, abs=0.01)
    lon, lat = part["geometry"]["coordinates"][0]
    at = client.get(f"/api/v1/roads/{CODE}/chainage?lon={lon}&lat={lat}").json
    assert (at["chainage"], at["chainage_m"]) == ("0+500", pytest.approx(500, abs=0.1))
    beyond = client.get(f"/api/v1/roads/{CODE}/section?to_m=9999")
    assert (beyond.status_code, beyond.json["errors"][0]["code"]) == (422, "chainage_beyond_road")
    assert client.get("/api/v1/roads/สธ.ถ.1-9999").status_code == 404
    assert client.get("/api/v1/roads/abc").status_code == 422
    assert client.get(f"/api/v1/roads/{CODE}/section?from_m=x").status_code == 400


def test_chainage_is_typed(client: FlaskClient, engineer: UserAccount, sign_in: SignIn) -> None:
    sign_in(client, engineer)

    def typed(text: str) -> dict[str, object]:
        answer = client.post("/api/v1/coordinates/parse", json={"text": text})
        assert answer.status_code == 200
        return dict(answer.json)

    line = typed("สธ.ถ.๑-๐๐๐๑ กม. 0+500 - 1+500")["line"]
    assert isinstance(line, dict)
    assert (line["label"], line["length_m"]) == (f"{CODE} 0+500 – 1+500", pytest.approx(1000, abs=0.01))
    (reading,) = typed(f"{CODE} กม.0+500")["readings"]
    assert reading["label"] == f"{CODE} 0+500"
    for text, code in (
        (f"{CODE} กม. 8+000 - 9+000", "chainage_beyond_road"),
        ("นค.ถ.1-0001 กม.0+500", "road_not_found"),
    ):
        (problem,) = typed(text)["problems"]
        assert problem["code"] == code

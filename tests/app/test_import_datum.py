"""A file in the other datum that no limit shows: decided by the roads and waters that its rows should lie on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from shapely.geometry import LineString, Point, Polygon
from sqlalchemy.orm import Session

from app.messages import sentence
from app.models import ImportBatch
from app.queries.import_offers import offer_groups
from app.services import imports
from gis import crs
from tests import factories
from tests.app.test_imports import HERE, Desk, geojson
from tests.statements import counted

CODE = "doctor_datum_by_works"
LON, LAT = HERE
ROADS = [LineString([(LON - 0.03, LAT + 0.004 * n), (LON + 0.03, LAT + 0.004 * n + 0.001)]) for n in range(4)]


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """An organisation in the middle of whose territory roads are registered."""
    factories.make_organisation(session)
    for n, road in enumerate(ROADS):
        factories.make_road(session, f"สธ.ถ.1-{n:04}", road)
    return Desk(session, tmp_path)


def on_roads(count: int = 20) -> list[Point]:
    shares = np.linspace(0.2, 0.8, count)
    return [road.interpolate(share, normalized=True) for road, share in zip(ROADS * count, shares, strict=False)]


def along_roads(count: int = 20) -> list[LineString]:
    return [
        shapely.ops.substring(road, share, share + 0.01, normalized=True)
        for road, share in zip(ROADS * count, np.linspace(0.2, 0.8, count), strict=False)
    ]


def written(shapes: list[Any], epsg: int, kind: str = "สระ") -> bytes:
    return geojson(*((crs.from_wgs84(shape, epsg)[0], {"NAME": f"{kind} {n}"}) for n, shape in enumerate(shapes)))


def places(desk: Desk, batch: ImportBatch) -> list[Any]:
    rows = desk.session.scalars(
        sa.text("SELECT ST_AsBinary(geom) FROM import_row WHERE batch_id = :id ORDER BY row_number"), {"id": batch.id}
    )
    return [shapely.from_wkb(bytes(wkb)) for wkb in rows]


@pytest.mark.parametrize(
    ("meant", "said"), [(24047, 32647), (32647, 24047), (4240, 4326), (4326, 4240)], ids=lambda code: str(code)
)
def test_roads_decide_in_both_directions(desk: Desk, meant: int, said: int) -> None:
    points = on_roads()
    batch = desk.stage(written(points, meant), kind="water", epsg=said)
    assert desk.codes(batch) == [[CODE]] * 20
    (group,) = offer_groups(desk.session, batch.id)
    values = group.example["values"]
    assert (values["epsg"], values["on"], values["points"], values["on_as_given"]) == (meant, 20, 20, 0)
    told = sentence(CODE, values, "th")
    name = crs.OPERATIONS[meant].name_th
    assert told == f"20 จาก 20 จุดอยู่บนถนนหรือแหล่งน้ำที่รู้จักเมื่ออ่านเป็น {name} (อ่านตามไฟล์ได้ 0 จุด)"
    assert batch.error_count == 0
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, CODE, True) == 20
    assert desk.codes(batch) == [[]] * 20
    for found, point in zip(places(desk, batch), points, strict=True):
        assert found.distance(point) < 2e-5
    desk.again(batch)
    assert desk.codes(batch) == [[]] * 20


def test_lines_and_a_few_rows_that_lie_elsewhere(desk: Desk) -> None:
    new = [LineString([(LON - 0.02, LAT - 0.02 - 0.001 * n), (LON - 0.019, LAT - 0.02)]) for n in range(3)]
    batch = desk.stage(written([*along_roads(17), *new], 24047, "ถนน"), epsg=32647)
    assert {code for codes in desk.codes(batch) for code in codes} == {CODE}
    values = offer_groups(desk.session, batch.id)[0].example["values"]
    assert values["on"] == 17
    assert 17 <= values["points"] <= 20


def test_verified_ponds_decide_too(desk: Desk) -> None:
    ponds = [Point(LON + 0.004 * n, LAT - 0.02).buffer(0.0004) for n in range(9)]
    for n, pond in enumerate(ponds):
        project = factories.make_project(desk.session, code=f"70-D9901001-{n:05}", kind="water")
        factories.make_geometry(desk.session, project, Polygon(pond.exterior), status="VERIFIED")
    batch = desk.stage(written([pond.centroid for pond in ponds], 24047), kind="water", epsg=32647)
    assert [CODE in codes for codes in desk.codes(batch)] == [True] * 9


@pytest.mark.parametrize(
    "shapes",
    [on_roads(), along_roads(), on_roads(7), [Point(LON + 0.002 * n, LAT - 0.03) for n in range(20)]],
    ids=["points", "lines", "few", "nothing_known"],
)
def test_a_right_file_is_left_alone(desk: Desk, shapes: list[Any]) -> None:
    kind = "road" if isinstance(shapes[0], LineString) else "water"
    batch = desk.stage(written(shapes, 32647), kind=kind, epsg=32647)
    assert desk.codes(batch) == [[]] * len(shapes)


def test_few_points_decide_nothing(desk: Desk) -> None:
    batch = desk.stage(written(on_roads(7), 24047), kind="water", epsg=32647)
    assert desk.codes(batch) == [[]] * 7


def test_a_large_file_asks_once(desk: Desk) -> None:
    with counted(desk.session) as statements:
        batch = desk.stage(written(on_roads(6_000), 32647), kind="water", epsg=32647)
    assert batch.row_count == 6_000
    assert len([one for one in statements if "registered_road" in one]) == 1

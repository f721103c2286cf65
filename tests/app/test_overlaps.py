"""Works at the same place, told while drawing."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely import affinity
from shapely.geometry import GeometryCollection, LineString, Point, Polygon
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.models import Organisation, Project, UserAccount
from app.services.duplicate_drawing import DrawnNeighbour, neighbours_of
from app.services.project_locks import look_at_project
from tests import factories as make
from tests.app.conftest import SignIn

ROAD = LineString([(101.85, 15.85), (101.86, 15.85), (101.87, 15.851)])


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def drawing(session: Session, organisation: Organisation) -> Project:
    return make.make_project(session, organisation.code)


def found(session: Session, drawing: Project, other: Any, drawn: Any) -> list[DrawnNeighbour]:
    stored = make.make_project(session, drawing.organisation_code, kind=drawing.kind)
    make.make_geometry(session, stored, *(other if isinstance(other, list) else [other]))
    held = look_at_project(session, SYSTEM_ACTOR, drawing.code)
    near = neighbours_of(session, held, [drawn])
    return [one for one in near if one.verdict.shared_share > 0]


def metres(shape: Any, east: float, north: float) -> Any:
    return affinity.translate(shape, east / 107_000, north / 110_600)


@pytest.mark.parametrize(
    ("drawn", "share"),
    [
        (ROAD, 1.0),
        (metres(ROAD, 0, 8), 1.0),
        (LineString([(101.86, 15.85), (101.87, 15.851), (101.90, 15.851)]), 0.5),
        (GeometryCollection([ROAD, Point(101.9, 15.9)]), 1.0),
    ],
)
def test_along_another_road(session: Session, drawing: Project, drawn: Any, share: float) -> None:
    ((overlap),) = found(session, drawing, ROAD, drawn)
    assert overlap.verdict.shared_share == pytest.approx(share, abs=0.03)
    assert overlap.verdict.shared_m == pytest.approx(share * 2_146, rel=0.03)


@pytest.mark.parametrize(
    "drawn",
    [
        metres(ROAD, 0, 60),  # the next street
        LineString([(101.855, 15.84), (101.855, 15.86)]),  # a crossing
        LineString([(101.87, 15.851), (101.88, 15.852)]),  # begins at its end
    ],
)
def test_what_is_no_overlap(session: Session, drawing: Project, drawn: Any) -> None:
    drawing.name_th = "ก่อสร้างถนน สายบ้านอื่น ม.9"
    session.flush()
    assert found(session, drawing, ROAD, drawn) == []


def test_a_road_along_another_of_another_name_is_asked_about(session: Session, drawing: Project) -> None:
    """The names tell the two apart, so one of them lies where it is not."""
    drawing.name_th = "ซ่อมสร้างผิวแอสฟัลต์ สายบ้านกุดสว่าง ม.6 – บ้านเหล่าบัว ม.3"
    drawing.route_code = "สธ.ถ.1-0003"
    session.flush()
    name = "ก่อสร้างถนน คสล. สายบ้านกุดสว่าง ม.6 – บ้านเหล่าอุดม ม.11"
    stored = make.make_project(session, drawing.organisation_code, name_th=name, route_code="สธ.ถ.1-0017")
    make.make_geometry(session, stored, ROAD)
    held = look_at_project(session, SYSTEM_ACTOR, drawing.code)
    [asked] = neighbours_of(session, held, [metres(ROAD, 0, 6)])
    assert (asked.project_code, asked.verdict.class_) == (stored.code, "near") and asked.verdict.shared_share > 0.95
    half = LineString([(101.86, 15.85), (101.865, 15.8505), (101.88, 15.83)])
    assert [one.verdict.class_ for one in neighbours_of(session, held, [half]) if one.verdict.shared_share < 0.5] == []


def test_water_at_one_place(session: Session, organisation: Organisation) -> None:
    drawing = make.make_project(session, organisation.code, kind="water", water_source_type_code="POND")
    pond = Polygon([(101.85, 15.85), (101.852, 15.85), (101.852, 15.852), (101.85, 15.852)])
    ((overlap),) = found(session, drawing, pond, metres(pond, 50, 0))
    assert overlap.verdict.shared_share == pytest.approx(1 - 50 / 214, abs=0.02)
    # A pond elsewhere is another work.
    held = look_at_project(session, SYSTEM_ACTOR, drawing.code)
    assert neighbours_of(session, held, [metres(pond, 900, 0)]) == []


def test_a_work_of_points_and_lines_is_asked_for_its_lines(session: Session, drawing: Project) -> None:
    ((overlap),) = found(session, drawing, [ROAD, Point(101.9, 15.9)], ROAD)
    assert overlap.verdict.shared_share == pytest.approx(1, abs=0.01)


def test_the_check_tells_it_and_offers_mends(
    client: FlaskClient, session: Session, drawing: Project, sign_in: SignIn
) -> None:
    engineer: UserAccount = make.make_user(session, "LAO_ENGINEER", organisation=drawing.organisation_code)
    stored = make.make_project(session, drawing.organisation_code)
    make.make_geometry(session, stored, ROAD)
    sign_in(client, engineer)
    spiked = [[101.85, 15.85], [101.86, 15.85], [101.861, 15.852], [101.86, 15.85], [101.87, 15.851]]
    answer = client.post(
        "/api/v1/geometry/check",
        json={"project": drawing.code, "geometry": {"type": "LineString", "coordinates": spiked}},
    ).json
    problems = {problem["code"]: problem for problem in answer["problems"]}
    assert stored.name_th in problems["overlaps_project"]["message"]
    assert problems["overlaps_project"]["level"] == "warning"
    (offer, *_) = problems["spike"]["offers"]
    assert offer["kind"] == "drop_spike"
    assert shapely.from_geojson(str(offer["lines"][0]).replace("'", '"')).equals(ROAD)
    assert answer["length_m"] > offer["length_m"]


def test_the_surface_is_length_times_width(
    client: FlaskClient, session: Session, organisation: Organisation, sign_in: SignIn
) -> None:
    """The road is 2,146 m long; 5 m wide it is 10,730 m²."""
    project = make.make_project(session, organisation.code, width_m=5, area_m2=8_725, length_m=2_146)
    sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation=organisation.code))
    answer = client.post(
        "/api/v1/geometry/check",
        json={"project": project.code, "geometry": {"type": "LineString", "coordinates": list(ROAD.coords)}},
    ).json
    ((segment),) = answer["segments"]
    assert segment["surface_m2"] == pytest.approx(5 * segment["length_m"], abs=0.01)
    (problem,) = [one for one in answer["problems"] if one["code"] == "surface_differs"]
    assert "8,725" in problem["message"].replace("8725", "8,725")

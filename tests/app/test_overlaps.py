"""Works at the same place, told while drawing."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely import affinity
from shapely.geometry import GeometryCollection, LineString, Point, Polygon
from sqlalchemy.orm import Session

from app.models import Organisation, Project, UserAccount
from app.queries.overlaps import Overlap, overlapping_projects
from tests import factories as make
from tests.app.conftest import SignIn

ROAD = LineString([(101.85, 15.85), (101.86, 15.85), (101.87, 15.851)])


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def drawing(session: Session, organisation: Organisation) -> Project:
    return make.make_project(session, organisation.code)


def found(session: Session, drawing: Project, other: Any, drawn: Any, kind: str = "road") -> list[Overlap]:
    stored = make.make_project(session, drawing.organisation_code, kind=kind)
    make.make_geometry(session, stored, *(other if isinstance(other, list) else [other]))
    return overlapping_projects(session, drawing.id, kind, [drawn])


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
    assert overlap.share == pytest.approx(share, abs=0.03)
    assert overlap.shared_m == pytest.approx(share * 2_146, rel=0.03)


@pytest.mark.parametrize(
    "drawn",
    [
        metres(ROAD, 0, 25),  # the next street
        LineString([(101.855, 15.84), (101.855, 15.86)]),  # a crossing
        LineString([(101.87, 15.851), (101.88, 15.852)]),  # goes on from its end
    ],
)
def test_what_is_no_overlap(session: Session, drawing: Project, drawn: Any) -> None:
    assert found(session, drawing, ROAD, drawn) == []


def test_water_at_one_place(session: Session, drawing: Project) -> None:
    pond = Polygon([(101.85, 15.85), (101.852, 15.85), (101.852, 15.852), (101.85, 15.852)])
    ((overlap),) = found(session, drawing, pond, metres(pond, 50, 0), "water")
    assert overlap.share == pytest.approx(1 - 50 / 214, abs=0.02)
    well = Point(101.86123, 15.85123)
    names = [one.share for one in found(session, drawing, well, metres(well, 5, 5), "water")]
    assert names == [1.0]
    assert found(session, drawing, well, metres(well, 300, 0), "water") == []
    # A well beside the pond is another work, and so is a road through it.
    assert found(session, drawing, Point(101.8521, 15.852), ROAD, "road") == []


def test_a_work_of_points_and_lines_is_asked_for_its_lines(session: Session, drawing: Project) -> None:
    ((overlap),) = found(session, drawing, [ROAD, Point(101.9, 15.9)], ROAD)
    assert overlap.share == pytest.approx(1, abs=0.01)


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

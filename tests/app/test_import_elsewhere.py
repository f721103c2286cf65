"""A file that was sent for the wrong organisation says so itself."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, box

from tests import factories
from tests.app.test_imports import Desk, desk, geojson

__all__ = ["desk"]

OTHER = box(101.2, 14.9, 101.4, 15.1)


@pytest.fixture
def neighbour(desk: Desk) -> str:
    return factories.make_organisation(
        desk.session, "D9901002", name_th="บึงข้างเคียง", tambon_codes=(), territory=OTHER
    ).full_name_th


def points(*places: tuple[float, float]) -> bytes:
    return geojson(*((Point(place), {"NAME": f"ซ่อมฝายที่ {n}"}) for n, place in enumerate(places)))


def test_the_organisation_that_holds_most_of_it_is_named(desk: Desk, neighbour: str) -> None:
    elsewhere = [(101.25 + n / 100, 15.0) for n in range(4)]
    batch = desk.stage(points(*elsewhere, (101.8512, 15.9034)), kind="other")
    said = [problem for problem in batch.problems if problem["code"] == "import_elsewhere"]
    assert [(p["level"], p["values"]["name"], p["values"]["rows"], p["values"]["total"]) for p in said] == [
        ("warning", neighbour, 4, 5)
    ]
    # Nobody loses a digit in each of them.
    assert desk.codes(batch) == [["far_from_territory"]] * 4 + [[]]


def test_a_few_rows_elsewhere_are_rows_to_look_at(desk: Desk, neighbour: str) -> None:
    batch = desk.stage(points((101.25, 15.0), *((101.85 + n / 1000, 15.9) for n in range(4))), kind="other")
    assert [problem["code"] for problem in batch.problems] == []


def test_a_file_spread_over_the_country_is_nobodys(desk: Desk, neighbour: str) -> None:
    batch = desk.stage(points((101.25, 15.0), (99.0, 18.8), (100.5, 7.0), (104.8, 15.2)), kind="other")
    assert "import_elsewhere" not in [problem["code"] for problem in batch.problems]

"""Areas: names, addresses, the tambon at a point, search."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries import areas
from tests.factories import make_tambon


def test_names_and_address(session: Session) -> None:
    make_tambon(session, "990101", name_th="หนองสาธิต")
    found = areas.area_names(session, ["990101", "99", "123456"])
    assert set(found) == {"990101", "99"}
    assert found["990101"].parent_code == "9901"
    assert areas.address_th(session, "990101") == "ต.หนองสาธิต อ.เมืองสาธิต จ.สาธิต"
    assert areas.address_th(session, "000000") == ""
    assert areas.area(session, "77") is None
    assert found["990101"].name("en") == "หนองสาธิต"  # no English name: Thai


def test_levels_follow_the_length_of_a_code() -> None:
    assert [areas.level_of(code) for code in ("99", "9901", "990101", "99010104")] == list(areas.LEVELS)
    assert areas.ancestors("99010104") == ("990101", "9901", "99")


def test_the_tambon_at_a_point(session: Session) -> None:
    first, second = make_tambon(session, "990101"), make_tambon(session, "990102")
    inside = session.execute(
        sa.text("SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(geom) AS p FROM area WHERE code = '990102') x")
    ).one()
    found = areas.tambon_at(session, *inside)
    assert found is not None and found.code == second.code != first.code
    assert areas.tambon_at(session, 100.0, 7.0) is None
    assert areas.tambon_codes_at(session, [(100.0, 7.0), tuple(inside), tuple(inside)]) == [None, "990102", "990102"]
    assert areas.tambon_codes_at(session, []) == []


def test_search_knows_both_spellings_and_stays_inside(session: Session) -> None:
    make_tambon(session, "990101", name_th="ห้วยน้ำใส")
    make_tambon(session, "990201", name_th="น้ำใสเหนือ")
    found = areas.search_areas(session, "นํ้าใส")
    assert [hit.code for hit in found] == ["990101", "990201"]
    assert found[0].within_th == ("เมืองสาธิต", "สาธิต")
    assert [hit.code for hit in areas.search_areas(session, "น้ำใส", within="9902")] == ["990201"]
    assert [hit.code for hit in areas.search_areas(session, "990201")] == ["990201"]
    assert areas.search_areas(session, "   ") == []
    assert areas.search_areas(session, "น้ำใส ห้วย", limit=1)[0].code == "990101"


def test_children_and_bounds(session: Session) -> None:
    make_tambon(session, "990102")
    make_tambon(session, "990101")
    assert {child.code for child in areas.children(session, "9901")} == {"990101", "990102"}
    assert {child.code for child in areas.children(session, "99", "tambon")} == {"990101", "990102"}
    assert [child.code for child in areas.children(session, None)] == ["99"]
    west, south, east, north = areas.bounds(session, "99") or (0, 0, 0, 0)
    assert (west, south, east, north) == (101.8, 15.8, 102.2, 16.2)
    assert areas.bounds(session, "88") is None

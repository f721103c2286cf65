"""Organisations: names, search, who works where, territory."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from shapely.geometry import box
from sqlalchemy.orm import Session

from app.queries import organisations
from tests.factories import make_organisation


@pytest.fixture
def three(session: Session) -> Session:
    make_organisation(session, "D02990101", type_code="PAO", name_th="สาธิต", amphoe_code=None, tambon_codes=())
    make_organisation(session, "D06990102", name_th="หนองน้ำใส", tambon_codes=("990101",))
    make_organisation(session, "D05990103", type_code="SUBDISTRICT_MUNI", name_th="ท่าสาธิต", tambon_codes=("990102",))
    return session


def test_names_and_search(three: Session) -> None:
    assert organisations.organisation(three, "D06990102").full_name_th == "องค์การบริหารส่วนตำบลหนองน้ำใส"  # type: ignore[union-attr]
    assert organisations.organisation(three, "missing") is None
    assert [o.code for o in organisations.search_organisations(three, "หนองนํ้าใส")] == ["D06990102"]
    assert [o.code for o in organisations.search_organisations(three, "D05990103")] == ["D05990103"]
    assert len(organisations.search_organisations(three, "สาธิต", types=["PAO"])) == 1
    assert len(organisations.search_organisations(three, area_code="9901")) == 2
    assert len(organisations.search_organisations(three, area_code="99")) == 3


def test_an_organisation_that_ended_is_not_offered(three: Session) -> None:
    make_organisation(three, "D06990104", name_th="เดิม", valid_to=date(2024, 1, 1))
    assert organisations.search_organisations(three, "เดิม") == []
    assert organisations.organisation(three, "D06990104") is not None


def test_who_works_in_a_place(three: Session) -> None:
    in_tambon = [o.code for o in organisations.organisations_in_area(three, "990101")]
    assert in_tambon == ["D02990101", "D06990102"]
    assert len(organisations.organisations_in_area(three, "99")) == 3
    assert [o.code for o in organisations.organisations_in_area(three, "9901")] == ["D05990103", "D06990102"]
    territory = shapely.from_wkb(organisations.territory_wkb(three, "D06990102"))
    point = territory.representative_point()
    assert [o.code for o in organisations.organisations_at(three, point.x, point.y)] == ["D06990102", "D02990101"]


def test_territory_and_bounds(three: Session) -> None:
    shapes = organisations.territories_wkb(three, ["D02990101", "D06990102", "missing"])
    assert set(shapes) == {"D02990101", "D06990102"}
    assert shapely.from_wkb(shapes["D02990101"]).equals(box(101.8, 15.8, 102.2, 16.2))
    assert organisations.bounds(three, "D02990101") == (101.8, 15.8, 102.2, 16.2)
    assert organisations.bounds(three, "missing") is None
    assert organisations.territory_wkb(three, "missing") is None

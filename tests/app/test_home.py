"""The first page of each role: numbers that equal the rows behind them, links that open those rows."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.funnel import OWN_FORMS, funnel
from app.queries.project_filter import ProjectFilter
from app.queries.workload import total, workload_by_organisation, workload_of
from tests import factories
from tests.app.conftest import SignIn


@pytest.fixture
def projects(session: Session) -> None:
    factories.make_tambon(session, "990101")
    for code in ("D9901001", "D9901002"):
        factories.make_organisation(session, code, name_th=f"สาธิต{code[-1]}")
    factories.make_project(session, "D9901001", budget_baht=1_000_000)
    factories.make_project(session, "D9901001", geometry_status="SUBMITTED", kind="water")
    factories.make_project(session, "D9901001", geometry_status="VERIFIED", fiscal_year_be=2569, budget_baht=500_000)
    factories.make_project(session, "D9901002", geometry_status="RETURNED")
    session.commit()


@pytest.mark.usefixtures("projects")
def test_the_sums_equal_the_rows(session: Session) -> None:
    loads = workload_by_organisation(session, ["99"], [], None)
    together = total(loads)
    assert [load.name_th for load in loads] == ["อบต.สาธิต1", "อบต.สาธิต2"]
    assert together == workload_of(session, ["D9901001", "D9901002"], None)
    assert (together.projects, together.awaiting, together.submitted, together.verified) == (4, 2, 1, 1)
    assert together.budget_baht == session.scalar(sa.text("SELECT sum(budget_baht) FROM project"))
    assert workload_of(session, ["D9901001"], 2569).projects == 1


@pytest.mark.usefixtures("projects")
def test_an_engineer_begins_with_what_waits_for_coordinates(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation="D9901001"))
    page = client.get("/").get_data(as_text=True)
    assert page.count('href="/map?project=') == 1
    assert "อบต.สาธิต1" in page
    assert "/projects?organisation=D9901001&amp;geometry_status=SUBMITTED" in page


@pytest.mark.usefixtures("projects")
def test_money_that_the_overview_does_not_count_is_told(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    """The first page and the overview name different sums of one organisation: the page says why."""
    sign_in(client, factories.make_user(session, "LAO_PLANNER", organisation="D9901001"))
    assert "ภาพรวมไม่นับ" not in client.get("/").get_data(as_text=True)
    line = factories.make_plan_line(session, "D9901001", form="ผ.02/2", amounts={2570: 300_000})
    factories.make_project(session, "D9901001", plan_project_id=line.id, budget_baht=300_000)
    factories.make_project(session, "D9901001", status="CANCELLED", budget_baht=200_000)
    work = workload_of(session, ["D9901001"], None)
    own = funnel(
        session, ProjectFilter(organisation=("D9901001",), plan_form=OWN_FORMS), "fiscal_year", Visibility.STAFF
    ).total["approved"]
    assert own is not None
    assert work.budget_baht - work.apart_baht == own.baht == 1_500_000
    page = client.get("/").get_data(as_text=True)
    assert "ทุกปีงบ · บาท" in page
    assert "ในนี้ 500,000 บาท" in page


@pytest.mark.usefixtures("projects")
def test_an_officer_sees_every_organisation(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.make_user(session, "PROV_OFFICER", area="99"))
    page = client.get("/?fiscal_year=2570").get_data(as_text=True)
    assert "ตรวจพิกัด (1)" in page
    assert "/projects?organisation=D9901002&amp;fiscal_year=2570" in page


@pytest.mark.usefixtures("projects")
def test_others_see_the_nation(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.make_user(session, "PARTNER_AGENCY"))
    assert "ภาพรวมประเทศ" in client.get("/").get_data(as_text=True)


def test_a_person_with_nothing_to_do_is_told_how_to_begin(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    factories.make_organisation(session, "D9901001")
    sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation="D9901001"))
    assert "ยังไม่มีโครงการ" in client.get("/").get_data(as_text=True)


def test_menus_follow_the_role(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    assert 'href="/imports"' not in client.get("/nowhere").get_data(as_text=True)
    factories.make_organisation(session, "D9901001")
    sign_in(client, factories.make_user(session, "LAO_PLANNER", organisation="D9901001"))
    assert 'href="/imports"' in client.get("/").get_data(as_text=True)


def test_analyses_stand_in_the_bar_and_the_role_by_its_short_name(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    """Guides send people to วิเคราะห์, so it must not lie under another word; a cut name says nothing."""
    factories.make_tambon(session, "990101")
    factories.make_organisation(session, "D9901001")
    for role, place in (("LAO_PLANNER", {"organisation": "D9901001"}), ("PROV_OFFICER", {"area": "99"})):
        sign_in(client, factories.make_user(session, role, **place))
        page = client.get("/").get_data(as_text=True)
        bar = page.partition('class="topmenu')[2].partition("<details")[0]
        assert 'href="/analysis"' in bar, role
    name = re.search(r'class="person-name"><span title="([^"]+)">([^<]+)<', page)
    assert name is not None
    assert (name[1].startswith("จนท.วถ. ("), name[2]) == (True, "จนท.วถ.")


def test_the_fiscal_year_that_was_chosen_goes_along(client: FlaskClient) -> None:
    client.set_cookie("eplan_fiscal_year", "2569")
    assert 'href="/projects?fiscal_year=2569"' in client.get("/nowhere").get_data(as_text=True)
    client.set_cookie("eplan_fiscal_year", '2569"><script>')
    assert "<script>" not in client.get("/nowhere").get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "named"), [("CENTRAL_ANALYST", "จนท.วถ. ส่วนกลาง</span>"), ("LAO_ENGINEER", "บุคลากรด้านช่าง</span>")]
)
@pytest.mark.usefixtures("projects")
def test_a_role_is_named_without_how_many_hold_it(
    client: FlaskClient, session: Session, sign_in: SignIn, role: str, named: str
) -> None:
    place = {"organisation": "D9901001"} if role.startswith("LAO") else {}
    sign_in(client, factories.make_user(session, role, **place))
    assert named in client.get("/").text

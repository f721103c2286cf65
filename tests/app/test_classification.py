"""Classification checks: known answers, decided by whoever may, and not asked again until the name changes."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.db import attribute
from app.errors import Conflict, Forbidden, InvalidInput
from app.models import ClassificationDecision, Organisation, Project, UserAccount
from app.queries.classification import Check, checks_of, classified_lines, decided
from app.queries.comparison import compare
from app.queries.project_comments import comments_on_project
from app.services.classification import Decision, decide
from tests import factories as make
from tests.app.conftest import SignIn


@pytest.fixture
def here(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def road(session: Session, here: Organisation) -> Project:
    """A road of concrete that was recorded as laterite."""
    return make.make_project(
        session, here, name_th="ก่อสร้างถนน คสล. สายบ้านโนน", kind="road", surface_type_code="LATERITE",
        work_nature_code="BUILD", strategy_code=None,
    )  # fmt: skip


def acting(session: Session, user: UserAccount) -> Actor:
    attribute(session, make.attribution_of(user))
    return make.actor_for(user)


@pytest.fixture
def officer(session: Session, here: Organisation) -> UserAccount:
    return make.make_user(session, "PROV_OFFICER", area="99")


def checks(session: Session) -> list[Check]:
    lines = classified_lines(session, area="99")
    return checks_of(lines, decided(session, [line.project_id for line in lines]))


def said(road: Project, decision: str, **more: object) -> Decision:
    return Decision(road.code, "surface_type", None, decision, **more)  # type: ignore[arg-type]


def test_what_the_name_says_is_suggested_and_accepted_on_behalf(
    session: Session, road: Project, officer: UserAccount
) -> None:
    (check,) = checks(session)
    assert (check.recorded, check.suggestion.codes) == ("LATERITE", ("RC",))
    decide(session, acting(session, officer), said(road, "ACCEPTED", code="RC", version=road.row_version))
    session.refresh(road)
    assert road.surface_type_code == "RC" and checks(session) == []
    kept = session.scalars(sa.select(ClassificationDecision)).one()
    assert (kept.on_behalf_of, kept.recorded, kept.suggested) == (road.organisation_code, "LATERITE", "RC")


def test_kept_with_a_reason_does_not_come_back_until_the_name_changes(
    session: Session, road: Project, officer: UserAccount
) -> None:
    actor = acting(session, officer)
    with pytest.raises(InvalidInput):
        decide(session, actor, said(road, "KEPT", note="  "))
    decide(session, actor, said(road, "KEPT", note="ชื่อผิด งานจริงเป็นลูกรัง"))
    assert checks(session) == []
    with pytest.raises(Conflict):
        decide(session, actor, said(road, "KEPT", note="อีกครั้ง"))
    road.name_th = "ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนน"
    session.flush()
    assert [check.recorded for check in checks(session)] == ["LATERITE"]


def test_the_organisation_is_asked_with_a_comment_on_the_field(
    session: Session, road: Project, officer: UserAccount
) -> None:
    decide(session, acting(session, officer), said(road, "ASKED", note="ชื่อว่า คสล. แต่บันทึกลูกรัง"))
    (comment,) = comments_on_project(session, road.code)
    assert comment.field == "surface_type_code" and comment.resolved_at is None and checks(session) == []


def test_nobody_decides_elsewhere_or_what_is_not_offered(session: Session, road: Project, officer: UserAccount) -> None:
    make.make_province(session, "98", name_th="อื่น", bounds=(103, 15, 104, 16))
    other = acting(session, make.make_user(session, "PROV_OFFICER", area="98"))
    for one in (said(road, "ACCEPTED", code="RC"), said(road, "KEPT", note="x"), said(road, "ASKED", note="x")):
        with pytest.raises(Forbidden):
            decide(session, other, one)
    actor = acting(session, officer)
    with pytest.raises(InvalidInput):
        decide(session, actor, said(road, "ACCEPTED", code="AC", version=road.row_version))
    with pytest.raises(Conflict):
        decide(session, actor, said(road, "ACCEPTED", code="RC", version=road.row_version + 1))
    session.refresh(road)
    assert road.surface_type_code == "LATERITE"


def test_a_budget_line_of_another_programme(session: Session, here: Organisation, officer: UserAccount) -> None:
    road = make.make_project(session, here, name_th="ก่อสร้างถนน คสล.", surface_type_code="RC", work_nature_code="BUILD")
    line = make.make_appropriation(session, road, 1_000, programme_code="00110")
    found = [check for check in checks(session) if check.aspect == "programme"]
    assert [(check.recorded, check.suggestion.codes[0], check.line_id) for check in found] == [
        ("00110", "00310", line.id)
    ]


def test_pages_of_checks_and_comparison(
    client: FlaskClient, sign_in: SignIn, road: Project, officer: UserAccount
) -> None:
    sign_in(client, officer)
    year = road.fiscal_year_be
    page = client.get(f"/review/classification?fiscal_year={year}")
    assert page.status_code == 200 and road.name_th in page.text
    compared = client.get(f"/monitoring/compare?organisations={road.organisation_code}&fiscal_year={year}")
    assert compared.status_code == 200 and "compare-table" in compared.text
    sheet = client.get(f"/monitoring/compare/file?organisations={road.organisation_code}&fiscal_year={year}")
    assert sheet.status_code == 200 and sheet.data[:2] == b"PK"


def test_medians_are_of_the_province_and_of_the_like(session: Session, here: Organisation) -> None:
    others = [make.make_organisation(session, f"D990200{n}") for n in (1, 2)]
    for organisation, baht in zip((here, *others), (100, 300, 800), strict=True):
        make.make_appropriation(session, make.make_project(session, organisation), baht)
    found = compare(session, [one.code for one in (here, others[1])], 2570, date(2026, 1, 1))
    assert [one.facts.figures["budget_baht"] for one in found] == [100, 800]
    assert {one.province["budget_baht"] for one in found} == {300} and found[0].alike == 3
    assert found[0].like["budget_baht"] == 300 and "verified_share" in found[0].facts.figures
    assert compare(session, ["NOBODY"], 2570, date(2026, 1, 1)) == []

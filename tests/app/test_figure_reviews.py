"""Figures on the review desk: verdicts of many whole or not at all, of the amount that was seen, never one's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Forbidden, InvalidInput
from app.models import Project, UserAccount
from app.queries.completeness import Scope
from app.queries.figures import FigureFilter, figures_of, figures_page, returned_figures
from app.queries.project_comments import comments_on_project
from app.services.contract_terms import NewAmendment, amend_contract
from app.services.figure_reviews import SeenFigure, review_figures
from app.services.project_comments import answer_on_project, comment_on_project
from tests import factories as make
from tests.app.conftest import SignIn
from tests.app.money_world import SIGNED, People, budget, contract, make_people, pay, version_of, writing
from tests.statements import counted

DAY = date(2027, 1, 5)


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def officer(session: Session, people: People) -> Actor:
    return people.officer


@pytest.fixture
def road(session: Session, people: People) -> Project:
    """Half a million approved, 480,000 contracted, half of that paid."""
    work = make.make_project(session, people.organisation)
    writing(session, people.finance)
    source = budget(session, people, work, 500_000)
    bound = contract(session, people, work, 480_000)
    pay(session, people, work, 240_000, source, bound)
    return work


def listed(session: Session, state: str = "WAITING", **narrowing: Any) -> dict[str, Any]:
    rows, _counts = figures_page(session, FigureFilter("99", state=state, **narrowing))
    return {row.figure: row for row in rows}


def seen(session: Session, *figures: str) -> list[SeenFigure]:
    rows = listed(session)
    return [SeenFigure(one, rows[one].figure_id, rows[one].amount_baht) for one in figures]


def told(caught: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [problem.code for problem in caught.value.problems]


def test_what_was_entered_waits_until_it_is_verified_and_again_when_it_changes(
    session: Session, people: People, officer: Actor, road: Project
) -> None:
    rows = listed(session)
    assert {row.figure: (row.amount_baht, row.state) for row in rows.values()} == {
        "appropriation": (Decimal("500000.00"), "NEW"),
        "contract": (Decimal("480000.00"), "NEW"),
        "disbursement": (Decimal("240000.00"), "NEW"),
    }
    assert rows["contract"].entered_by == people.finance.display_name and rows["contract"].number == "1/2570"
    done = review_figures(session, writing(session, officer), seen(session, "contract", "disbursement"), "VERIFIED")
    assert len(done.done) == 2 and set(listed(session)) == {"appropriation"}
    assert set(listed(session, "VERIFIED")) == {"contract", "disbursement"}
    of = rows["contract"].figure_id
    amend_contract(
        session, writing(session, people.finance), road.code, of,
        NewAmendment(SIGNED, "ลดงาน", Decimal(-5_000)), if_match_version=version_of(session, "contract", of),
    )  # fmt: skip
    again = listed(session)["contract"]
    assert (again.state, again.amount_baht, again.seen_baht) == ("CHANGED", Decimal("475000.00"), Decimal("480000.00"))
    assert again.said_by == officer.display_name


def test_a_verdict_is_kept_with_who_when_before_and_after(session: Session, officer: Actor, road: Project) -> None:
    chosen = seen(session, "contract")
    review_figures(session, writing(session, officer), chosen, "RETURNED", note="สัญญาแนบบอก 470,000")
    review_figures(session, officer, chosen, "VERIFIED")
    kept = session.execute(
        sa.text("SELECT before, verdict, amount_baht, created_by FROM figure_verdict ORDER BY id")
    ).all()
    assert [tuple(row) for row in kept] == [
        ("NEW", "RETURNED", Decimal("480000.00"), officer.user_id),
        ("RETURNED", "VERIFIED", Decimal("480000.00"), officer.user_id),
    ]
    logged = session.scalars(
        sa.text("SELECT action FROM change_log WHERE entity = 'figure_verdict' AND project_id = :id"), {"id": road.id}
    )
    assert list(logged) == ["insert", "insert"]
    (said,) = comments_on_project(session, road.code)
    assert said.field == "contracted_baht" and said.resolved_at is not None, "verified: nothing is asked any more"
    with pytest.raises(sa.exc.ProgrammingError), session.begin_nested():
        session.execute(sa.text("SET LOCAL ROLE eplan_app"))
        session.execute(sa.text("UPDATE figure_verdict SET verdict = 'VERIFIED'"))


def test_what_is_returned_is_owed_by_its_organisation_until_it_is_mended_or_answered(
    session: Session, people: People, officer: Actor, road: Project
) -> None:
    scope = Scope(organisations=(people.organisation,))
    review_figures(
        session, writing(session, officer), seen(session, "contract", "disbursement"), "RETURNED", note="ดูเอกสาร"
    )
    rows, count = returned_figures(session, scope, DAY)
    assert count == 2 and {(one.figure, one.text) for one in rows} == {
        ("contract", "ดูเอกสาร"),
        ("disbursement", "ดูเอกสาร"),
    }
    assert returned_figures(session, Scope(areas=("98",)), DAY) == ([], 0)
    assert returned_figures(session, scope, DAY, year_be=2560) == ([], 0)
    on_contract = next(one for one in comments_on_project(session, road.code) if one.field == "contracted_baht")
    answer_on_project(session, writing(session, people.finance), road.code, on_contract.id, "ตรงกับสัญญาแล้ว")
    assert [one.figure for one in returned_figures(session, scope, DAY)[0]] == ["disbursement"]
    assert listed(session)["contract"].state == "ANSWERED", "it waits for the reviewer again"


def test_what_changed_meanwhile_stops_all_until_it_may_be_left_out(
    session: Session, people: People, officer: Actor, road: Project
) -> None:
    chosen = seen(session, "appropriation", "contract")
    of = chosen[1].figure_id
    amend_contract(
        session, writing(session, people.finance), road.code, of,
        NewAmendment(SIGNED, "ลดงาน", Decimal(-5_000)), if_match_version=version_of(session, "contract", of),
    )  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        review_figures(session, writing(session, officer), chosen, "VERIFIED")
    assert told(caught) == ["figure_changed"]
    assert not listed(session, "VERIFIED"), "nothing was written"
    made = review_figures(session, officer, chosen, "VERIFIED", leave_out=[chosen[1].key])
    assert made.done == (chosen[0].key,) and [one.code for one in made.left_out] == ["figure_changed"]


@pytest.mark.parametrize(("verdict", "note"), [("VERIFIED", None), ("RETURNED", "ผิด")])
def test_nobody_reviews_what_they_entered_themselves(
    session: Session, people: People, officer: Actor, verdict: str, note: str | None
) -> None:
    work = make.make_project(session, people.organisation)
    budget(session, people, work, 500_000)
    contract(session, People(**{**people.__dict__, "finance": writing(session, officer)}), work, 100_000)
    row = listed(session)["contract"]
    assert row.on_behalf and row.writers == {officer.user_id}
    with pytest.raises(InvalidInput) as caught:
        review_figures(session, officer, seen(session, "contract"), verdict, note=note)
    assert told(caught) == ["figure_own_entry"]
    second = make.actor_for(make.make_user(session, "PROV_OFFICER", area="99"))
    review_figures(session, writing(session, second), seen(session, "contract"), verdict, note=note)
    assert listed(session, verdict)["contract"].said_by == second.display_name


def test_whoever_entered_the_amount_of_the_plan_does_not_verify_it(session: Session, people: People) -> None:
    planner = make.actor_for(make.make_user(session, "PROV_OFFICER", area="99"))
    writing(session, planner)
    line = make.make_plan_line(session, people.organisation, amounts={2570: Decimal(300_000)})
    work = make.make_project(session, people.organisation, plan_project_id=line.id, fiscal_year_be=2570)
    session.refresh(work)
    assert listed(session)["project"].amount_baht == work.planned_baht == 300_000
    with pytest.raises(InvalidInput) as caught:
        review_figures(session, planner, seen(session, "project"), "VERIFIED")
    assert told(caught) == ["figure_own_entry"]
    review_figures(session, writing(session, people.officer), seen(session, "project"), "VERIFIED")
    assert listed(session, "VERIFIED").keys() == {"project"}


def test_others_have_no_say(session: Session, people: People, road: Project) -> None:
    make.make_province(session, "98", name_th="อื่น", bounds=(103, 15, 104, 16))
    other = make.actor_for(make.make_user(session, "PROV_OFFICER", area="98"))
    for actor in (other, people.finance, people.executive):
        with pytest.raises(Forbidden):
            review_figures(session, writing(session, actor), seen(session, "contract"), "VERIFIED")


def test_what_cannot_be_said(session: Session, officer: Actor, road: Project) -> None:
    (one,) = seen(session, "contract")
    gone = SeenFigure("contract", 10**9, Decimal(1))
    for chosen, verdict, note, expected in (
        ([], "VERIFIED", None, ["nothing_chosen"]),
        ([one, one], "VERIFIED", None, ["figure_repeated"]),
        ([gone], "VERIFIED", None, ["figure_not_found"]),
        ([SeenFigure("password", 1, Decimal(1))], "VERIFIED", None, ["unknown_code"]),
        ([one], "DRAFT", None, ["unknown_code"]),
        ([one], "RETURNED", " ", ["note_required"]),
        ([one] * 201, "VERIFIED", None, ["too_many_at_once"]),
    ):
        with pytest.raises(InvalidInput) as caught:
            review_figures(session, officer, chosen, verdict, note=note)
        assert told(caught) == expected
    review_figures(session, writing(session, officer), [one], "VERIFIED")
    with pytest.raises(InvalidInput) as caught:
        review_figures(session, officer, [one], "VERIFIED")
    assert told(caught) == ["figure_said_already"]


def test_hundreds_cost_as_many_statements_as_one(session: Session, people: People, officer: Actor) -> None:
    for _number in range(3):
        work = make.make_project(session, people.organisation)
        make.make_appropriation(session, work, 100)
        make.make_contract(session, work, 100)
    rows, _counts = figures_page(session, FigureFilter("99", figure="contract"))
    every = [SeenFigure(row.figure, row.figure_id, row.amount_baht) for row in rows]
    writing(session, officer)
    with counted(session) as one:
        review_figures(session, officer, every[:1], "RETURNED", note="x")
    with counted(session) as two:
        review_figures(session, officer, every[1:], "RETURNED", note="x")
    assert len(two) == len(one)
    assert len(figures_of(session, [(row.figure, row.figure_id) for row in rows])) == 3


def officer_account(session: Session) -> UserAccount:
    return make.make_user(session, "PROV_OFFICER", area="99")


def test_the_page_returns_figures_and_says_what_it_could_not_do(
    client: FlaskClient, sign_in: SignIn, session: Session, people: People, road: Project
) -> None:
    sign_in(client, officer_account(session))
    page = client.get("/review/figures")
    assert page.status_code == 200 and "480,000.00" in page.text
    chosen = [f"{row.key}:{row.amount_baht}" for row in listed(session).values()]
    refused = client.post("/review/figures", data={"decision": "RETURNED", "chosen": chosen, "note": ""})
    assert refused.status_code == 422 and refused.text.count('data-chosen="figures" checked') == 3
    stale = [*chosen[:2], f"{chosen[2].split(':')[0]}:1.00"]
    refused = client.post("/review/figures", data={"decision": "VERIFIED", "chosen": stale, "note": ""})
    left = stale[2].split(":")[0]
    assert refused.status_code == 422 and f'name="leave_out" value="{left}"' in refused.text
    made = client.post(
        "/review/figures", data={"decision": "RETURNED", "chosen": stale, "note": "ดูใหม่", "leave_out": left}
    )
    assert made.status_code == 303 and set(listed(session, "RETURNED")) == {"appropriation", "contract"}
    owed = client.get("/monitoring/owed?area=99&state=returned").text
    assert "ดูใหม่" in owed and f"/projects/{road.code}?tab=contracts#contract-" in owed
    assert len(client.get("/api/v1/today?area=99").json["returned"]) == 2
    answer = client.post(
        "/api/v1/review/figures",
        json={"status": "VERIFIED", "items": [{"figure": "contract", "id": 1.5, "amount_baht": "NaN"}]},
    )
    assert answer.status_code == 422


def test_the_page_of_a_project_tells_what_reviewers_said_and_takes_the_answer(
    client: FlaskClient, sign_in: SignIn, session: Session, people: People, road: Project
) -> None:
    writing(session, people.officer)
    at = {"lon": 101.85, "lat": 15.9, "segment": 1, "vertex": 2}
    comment_on_project(session, people.officer, road.code, "ต้นทางไม่ถึงถนนเดิม", place=at)
    review_figures(session, people.officer, seen(session, "contract"), "RETURNED", note="สัญญาแนบบอก 470,000")
    sign_in(client, session.get_one(UserAccount, people.finance.user_id))
    page = client.get(f"/projects/{road.code}?tab=contracts").text
    assert "ต้นทางไม่ถึงถนนเดิม" in page and "ช่วงที่ 1 จุดที่ 2" in page and "สัญญาแนบบอก 470,000" in page
    assert "ส่งกลับแล้ว รอ อปท." in page
    place, figure = comments_on_project(session, road.code)
    address = f"/projects/{road.code}/comments"
    assert f"{address}/{figure.id}/answer" in page
    assert f"{address}/{place.id}/answer" not in page, "coordinates are answered by whoever draws"
    made = client.post(f"{address}/{figure.id}/answer?tab=contracts", data={"reply": "แก้แล้ว"})
    assert made.status_code == 303
    assert "สัญญาแนบบอก 470,000" not in client.get(f"/projects/{road.code}?tab=contracts").text
    make.make_geometry(session, road)
    assert "data-remarks='[[101.85,15.9]]'" in client.get(f"/projects/{road.code}?tab=map").text


def test_the_department_chooses_a_province_and_begins_where_most_waits(
    client: FlaskClient, sign_in: SignIn, session: Session, people: People
) -> None:
    make.make_province(session, "98", name_th="อื่น", bounds=(103, 15, 104, 16))
    make.make_organisation(session, "D9801001", name_th="ไกล", province_code="98", amphoe_code=None, tambon_codes=())
    work = make.make_project(session, people.organisation)
    make.make_geometry(session, work, status="SUBMITTED")
    sign_in(client, make.make_user(session, "DLA_CENTRAL"))
    page = client.get("/review").text
    assert '<option value="99" selected>' in page and '<option value="98">' in page and work.code in page
    assert work.code not in client.get("/review?area=98").text
    whole = client.get("/review?area=").text
    assert work.code in whole and "ทั่วประเทศ" in whole
    assert '<option value="98" selected>' in client.get("/review/figures?area=98").text
    assert client.get("/review?area=97").status_code == 404
    sign_in(client, officer_account(session))
    assert 'id="r-area"' not in client.get("/review").text, "one's own province needs no choice"

"""Questions of citizens: asked without an account, read before they are seen, answered, hidden, appealed; bounded."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import sealing
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import Organisation, Project
from app.queries.public_questions import questions_of, tally_of
from app.queries.questions import question_view
from app.services import questions
from tests import factories as make
from tests.app.conftest import SignIn

KEY = "key-of-the-tests"
TODAY = date(2026, 11, 22)


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def project(session: Session, organisation: Organisation) -> Project:
    return make.make_project(session, organisation, status="BUDGET_APPROVED", name_th="ถนนสายหนึ่ง")


def asked(session: Session, project: Project, body: str = "เมื่อไรจะเสร็จ", email: str = "") -> questions.Asked:
    return questions.ask(session, secret_key=KEY, body=body, project=project.code, email=email, today=TODAY)


def version(session: Session, number: int) -> int:
    view = question_view(session, number)
    assert view is not None
    return view.row_version


def test_a_question_is_seen_when_somebody_has_read_it(session: Session, project: Project) -> None:
    question = asked(session, project)
    assert question.due_on == TODAY + timedelta(days=15)
    assert questions_of(session, project_id=project.id) == []
    engineer = make.actor_for(make.make_user(session, "LAO_ENGINEER", organisation=project.organisation_code))
    questions.publish(session, engineer, question.id, version(session, question.id))
    assert [m.body for q in questions_of(session, project_id=project.id) for m in q.messages] == ["เมื่อไรจะเสร็จ"]
    assert (tally_of(session, project_id=project.id).asked, tally_of(session, project_id=project.id).answered) == (1, 0)
    questions.answer(session, engineer, question.id, version(session, question.id), "เดือนหน้า", secret_key=KEY)
    told = questions_of(session, project_id=project.id)[0]
    assert [m.body for m in told.messages] == ["เมื่อไรจะเสร็จ", "เดือนหน้า"]
    assert tally_of(session, organisation=project.organisation_code).answered == 1


def test_who_answers(session: Session, project: Project) -> None:
    question = asked(session, project)
    stranger = make.make_organisation(session, "D9901002", name_th="อื่น", tambon_codes=("990102",))
    for role, code in (("LAO_FINANCE", project.organisation_code), ("LAO_PLANNER", stranger.code)):
        actor = make.actor_for(make.make_user(session, role, organisation=code))
        with pytest.raises(Forbidden):
            questions.answer(session, actor, question.id, version(session, question.id), "x", secret_key=KEY)


def test_hidden_shows_the_reason_and_the_province_decides_an_appeal_once(session: Session, project: Project) -> None:
    question = asked(session, project, "นายก. โกง")
    planner = make.actor_for(make.make_user(session, "LAO_PLANNER", organisation=project.organisation_code))
    with pytest.raises(InvalidInput):
        questions.hide(session, planner, question.id, version(session, question.id), "  ")
    questions.hide(session, planner, question.id, version(session, question.id), "กล่าวหาบุคคล")
    told = questions_of(session, project_id=project.id)[0]
    assert (told.state, told.hidden_reason, told.messages) == ("HIDDEN", "กล่าวหาบุคคล", ())
    questions.ask_again(session, KEY, question.link, "ขอให้จังหวัดดู", today=TODAY + timedelta(days=3))
    view = question_view(session, question.id)
    assert view is not None
    assert (view.state, view.due_on) == ("APPEALED", TODAY + timedelta(days=18))
    with pytest.raises(Forbidden) as refused:
        questions.publish(session, planner, question.id, version(session, question.id))
    assert refused.value.code == "question_of_province"
    officer = make.actor_for(make.make_user(session, "PROV_OFFICER", area="99"))
    questions.hide(session, officer, question.id, version(session, question.id), "ยืนยันตามเดิม")
    with pytest.raises(Conflict):
        questions.ask_again(session, KEY, question.link, "อีกครั้ง", today=TODAY)


def test_coming_back_to_an_answer_once(session: Session, project: Project) -> None:
    question = asked(session, project)
    planner = make.actor_for(make.make_user(session, "LAO_PLANNER", organisation=project.organisation_code))
    with pytest.raises(Conflict):
        questions.ask_again(session, KEY, question.link, "เร็วหน่อย", today=TODAY)
    questions.answer(session, planner, question.id, version(session, question.id), "ปีหน้า", secret_key=KEY)
    questions.ask_again(session, KEY, question.link, "เดือนไหน", today=TODAY)
    # What was read before stays to be seen; the new words wait.
    assert [m.body for m in questions_of(session, project_id=project.id)[0].messages] == ["เมื่อไรจะเสร็จ", "ปีหน้า"]
    questions.answer(session, planner, question.id, version(session, question.id), "มีนาคม", secret_key=KEY)
    assert [m.body for m in questions_of(session, project_id=project.id)[0].messages][-2:] == ["เดือนไหน", "มีนาคม"]
    with pytest.raises(Conflict):
        questions.ask_again(session, KEY, question.link, "อีก", today=TODAY)


def test_two_at_once(session: Session, project: Project) -> None:
    question = asked(session, project)
    planner = make.actor_for(make.make_user(session, "LAO_PLANNER", organisation=project.organisation_code))
    seen = version(session, question.id)
    questions.publish(session, planner, question.id, seen)
    with pytest.raises(Conflict) as refused:
        questions.hide(session, planner, question.id, seen, "ช้าไป")
    assert refused.value.code == "question_changed"


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "question_empty"), (" \n\u202e ", "question_empty"), ("ก" * 2001, "question_too_long")],
)
def test_bounds_of_a_text(session: Session, project: Project, body: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(session, project, body)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_flood_stops_at_its_own_door(session: Session, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST_WAITING_OF_WORK", 2)
    monkeypatch.setattr(questions, "MOST_WAITING", 3)
    other = make.make_project(session, project.organisation_code, status="BUDGET_APPROVED")
    elsewhere = make.make_organisation(session, "D9901002", name_th="อื่น", tambon_codes=("990102",))
    third = make.make_project(session, elsewhere, status="BUDGET_APPROVED")
    for n, target in enumerate((project, project, other)):
        asked(session, target, f"ข้อ {n}")
    for target in (project, other):
        with pytest.raises(InvalidInput) as refused:
            asked(session, target, "ข้อใหม่")
        assert refused.value.problems[0].code == "question_queue_full"
    asked(session, third)


def test_an_unpublished_work_cannot_be_asked_about(session: Session, organisation: Organisation) -> None:
    planned = make.make_project(session, organisation, status="PLANNED")
    with pytest.raises(NotFound):
        asked(session, planned)


def test_the_same_question_sent_twice_is_one(session: Session, project: Project) -> None:
    first = asked(session, project)
    assert asked(session, project, "  เมื่อไรจะเสร็จ\r\n") == first
    # Whoever left another address, asks something else or asks later, asks another question.
    mailed = asked(session, project, email="somebody@example.org")
    assert asked(session, project, email="somebody@example.org") == mailed
    other = questions.ask(
        session, secret_key=KEY, body="เมื่อไรจะเสร็จ", organisation=project.organisation_code, today=TODAY
    )
    assert len({first.id, mailed.id, other.id, asked(session, project, "ทำไม").id}) == 4
    session.execute(sa.text("UPDATE citizen_question SET asked_at = now() - interval '11 minutes'"))
    assert asked(session, project).id != first.id


def test_the_address_is_sealed_apart_told_and_forgotten(session: Session, project: Project) -> None:
    question = asked(session, project, email="somebody@example.org")
    sealed = session.scalar(sa.text("SELECT email_sealed FROM citizen_contact"))
    assert sealed is not None
    assert b"somebody" not in bytes(sealed)
    assert sealing.unseal("another key", sealed) is None
    logged = session.scalar(sa.text("SELECT string_agg(coalesce(before::text, '') || after::text, '') FROM change_log"))
    assert "somebody" not in (logged or "")
    assert "เมื่อไรจะเสร็จ" not in (logged or "")
    planner = make.actor_for(make.make_user(session, "LAO_PLANNER", organisation=project.organisation_code))
    questions.answer(
        session,
        planner,
        question.id,
        version(session, question.id),
        "ปีหน้า",
        secret_key=KEY,
        site="https://plan.example",
    )
    mail = session.execute(sa.text("SELECT recipient, body_text FROM mail")).one()
    assert mail.recipient == "somebody@example.org"
    assert f"https://plan.example/public/questions/{question.link}" in mail.body_text
    assert questions.forget_contacts(session) == 0
    session.execute(sa.text("UPDATE citizen_question SET decided_at = now() - interval '31 days'"))
    assert questions.forget_contacts(session) == 1
    assert session.scalar(sa.text("SELECT count(*) FROM citizen_contact")) == 0
    assert session.scalar(sa.text("SELECT count(*) FROM mail")) == 0


def test_asking_on_the_page(client: FlaskClient, session: Session, project: Project) -> None:
    address = f"/public/projects/{project.code}/ask"
    wrong = client.post(address, data={"body": "  "})
    assert wrong.status_code == 422
    assert "ยังไม่ได้พิมพ์ข้อความ" in wrong.text
    page = client.post(address, data={"body": "<script>alert(1)</script> เมื่อไร"})
    assert page.status_code == 303
    own = client.get(page.headers["Location"])
    assert "เก็บลิงก์นี้ไว้" in own.text
    assert "เก็บลิงก์นี้ไว้" not in client.get(page.headers["Location"].partition("?")[0]).text
    robot = client.post(address, data={"body": "ซื้อสิ", "website": "http://spam.example"})
    assert robot.status_code == 200
    assert session.scalar(sa.text("SELECT count(*) FROM citizen_question")) == 1
    session.execute(sa.text("UPDATE citizen_question SET state = 'OPEN'"))
    session.execute(sa.text("UPDATE citizen_message SET shown = true"))
    session.commit()
    shown = client.get(f"/public/projects/{project.code}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown


def test_an_address_asks_a_few_times_an_hour(client: FlaskClient, session: Session, project: Project) -> None:
    answers = [client.post(f"/public/projects/{project.code}/ask", data={"body": f"ข้อ {n}"}) for n in range(7)]
    assert [a.status_code for a in answers] == [303] * 5 + [429] * 2
    assert client.get(f"/public/projects/{project.code}/ask").status_code == 200
    refused = client.post(f"/public/projects/{project.code}/ask", data={"body": "ถนนพังตรงสะพาน", "website": ""})
    assert "ถนนพังตรงสะพาน" in refused.text and "ส่งอีกครั้ง" in refused.text and "นาที" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 3600


def test_the_desk_and_the_first_page(client: FlaskClient, session: Session, sign_in: SignIn, project: Project) -> None:
    question = asked(session, project)
    session.execute(sa.text("UPDATE citizen_question SET due_on = '2026-01-01'"))
    session.commit()
    sign_in(client, make.make_user(session, "LAO_PLANNER", organisation=project.organisation_code))
    asked(session, project, "ยังไม่ช้า")
    # A number opens its own rows: everything that waits, not only what is late.
    first = client.get("/").text
    figure = r'<span>คำถามประชาชน \(ช้า 1\)</span><br><span class="figure">2<'
    assert re.search(r'href="/questions\?show=pending">' + figure, first)
    waiting = client.get("/questions?show=pending").text
    assert "เมื่อไรจะเสร็จ" in waiting and "ยังไม่ช้า" in waiting and "ตอบภายใน 15 วัน" in waiting
    assert "เมื่อไรจะเสร็จ" in client.get("/questions?show=late").text
    page = client.get(f"/questions/{question.id}").text
    assert "ตอบและเผยแพร่" in page
    stale = client.post(f"/questions/{question.id}/answer", data={"row_version": "9", "body": "พิมพ์ไว้"})
    assert stale.status_code == 409
    assert "พิมพ์ไว้" in stale.text
    said = {"row_version": str(version(session, question.id)), "body": "ปีหน้า"}
    assert client.post(f"/questions/{question.id}/answer", data=said).status_code == 303
    assert "คำถามประชาชน (ช้า" not in client.get("/").text
    officer = sign_in(client.application.test_client(), make.make_user(session, "PROV_OFFICER", area="99"))
    assert "ปีหน้า" in officer.get("/questions?show=answered").text


@pytest.mark.parametrize("link", ["1", "x", "1-AAAAAAAAAAAAAAAAAAAAAA", "99999999999999999999-AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_link_that_was_never_given_leads_nowhere(client: FlaskClient, link: str) -> None:
    assert client.get(f"/public/questions/{link}").status_code == 404

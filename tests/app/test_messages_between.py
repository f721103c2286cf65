"""Questions and answers: who reads and writes what by every door, states, receipts, search, size, reminders of news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.loading import actor_by_id
from app.errors import Forbidden, InvalidInput, NotFound
from app.models import UserAccount
from app.queries.messages import ThreadFilter, general_answers, lines, side_of, thread, threads, unread_count
from app.queries.news import news_item, news_page, unread_news
from app.services import messages as service
from app.services import news as news_service
from app.services.messages import TEXT_LENGTH, NewThread
from app.services.news import NewNews
from tests import factories as make
from tests.app.conftest import SignIn

OWN, OTHER, FAR = "D9901001", "D9901002", "D9801001"


@dataclass
class Country:
    """One person for each role that matters, and how to act as each."""

    session: Session
    people: dict[str, UserAccount]

    def actor(self, name: str) -> Actor:
        """The person as policy sees them."""
        found = actor_by_id(self.session, self.people[name].id)
        assert found is not None
        return found

    def ask(self, name: str = "planner", **more: Any) -> int:
        """A question; the number of its thread."""
        new = NewThread(**{"subject": "วงเงินไม่ตรง", "text": "ข้อบัญญัติกับแผนต่างกัน ๕,๐๐๐ บาท", **more})
        return service.ask(self.session, self.actor(name), new).thread

    def reads(self, name: str, thread_id: int) -> bool:
        """Whether a person finds the thread: alone and in the list, which say the same."""
        actor = self.actor(name)
        alone = thread(self.session, actor, thread_id) is not None
        assert alone == (thread_id in [one.id for one in threads(self.session, actor).items])
        return alone


@pytest.fixture
def country(session: Session) -> Country:
    make.make_organisation(session, OWN)
    make.make_organisation(session, OTHER, name_th="โนนสาธิต", amphoe_code="9902", tambon_codes=("990201",))
    make.make_organisation(
        session, FAR, name_th="ไกล", province_code="98", amphoe_code="9801", tambon_codes=("980101",)
    )
    people = {
        "planner": make.make_user(session, "LAO_PLANNER", organisation=OWN),
        "finance": make.make_user(session, "LAO_FINANCE", organisation=OWN),
        "neighbour": make.make_user(session, "LAO_PLANNER", organisation=OTHER),
        "officer": make.make_user(session, "PROV_OFFICER", area="99"),
        "head": make.make_user(session, "PROV_HEAD", area="99"),
        "far_officer": make.make_user(session, "PROV_OFFICER", area="98"),
        "far": make.make_user(session, "LAO_PLANNER", organisation=FAR),
        "district": make.make_user(session, "DISTRICT", area="9901"),
        "far_district": make.make_user(session, "DISTRICT", area="9902"),
        "department": make.make_user(session, "DLA_CENTRAL"),
        "partner": make.make_user(session, "PARTNER_AGENCY"),
        "citizen": make.make_user(session, "PUBLIC"),
    }
    return Country(session, people)


READERS = {"planner", "finance", "officer", "head", "district", "department"}


def test_a_thread_is_read_by_its_places_and_nobody_else(country: Country) -> None:
    mine = country.ask()
    assert {name for name in country.people if country.reads(name, mine)} == READERS
    between = country.ask("officer", province="99", to="DEPARTMENT")
    assert {name for name in country.people if country.reads(name, between)} == {"officer", "head", "department"}


def test_policy_and_the_lists_say_the_same(country: Country) -> None:
    held = thread(country.session, country.actor("planner"), country.ask())
    assert held is not None
    for name in country.people:
        actor = country.actor(name)
        assert policy.may(actor, policy.MESSAGE_READ, held.target) == (name in READERS), name


@pytest.mark.parametrize("name", ["neighbour", "far_officer", "far_district", "partner"])
def test_who_has_no_business_with_it_is_told_that_there_is_none(
    country: Country, client: FlaskClient, sign_in: SignIn, name: str
) -> None:
    """By every door: the service, the page, the address for programs, search, counts, events, history."""
    thread_id = country.ask(text="ข้อความลับเฉพาะ")
    session, actor = country.session, country.actor(name)
    message = session.scalar(sa.text("SELECT max(id) FROM message"))
    acts = (
        lambda: service.reply(session, actor, thread_id, "x"),
        lambda: service.close(session, actor, thread_id),
        lambda: service.reopen(session, actor, thread_id),
        lambda: service.pass_on(session, actor, thread_id, "DEPARTMENT"),
        lambda: service.assign(session, actor, thread_id, None),
        lambda: service.mark_general(session, actor, thread_id, message),
    )
    for act in acts:
        with pytest.raises(NotFound, match="thread_not_found"):
            act()
    assert threads(session, actor, ThreadFilter(q="ลับเฉพาะ")).total == 0
    assert threads(session, actor, ThreadFilter(organisation=OWN)).total == 0
    assert general_answers(session, "ลับเฉพาะ") == ([], 0)
    assert unread_count(session, actor) == 0
    session.commit()
    sign_in(client, country.people[name])
    for address in (
        f"/messages/{thread_id}", f"/api/v1/messages/{thread_id}", f"/api/v1/history/message_thread/{thread_id}",
        f"/api/v1/history/message/{message}", "/messages?q=ลับเฉพาะ", "/api/v1/messages?q=ลับเฉพาะ", "/messages",
        "/api/v1/messages/answers?q=ลับเฉพาะ", f"/messages?organisation={OWN}", "/api/v1/events",
        f"/api/v1/messages?organisation={OWN}&view=unread",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code in (200, 403, 404), address
        assert "ข้อความลับ" not in answer.text, address
        assert "วงเงินไม่ตรง" not in answer.text, address
    api = f"/api/v1/messages/{thread_id}"
    for rule in (f"/messages/{thread_id}", f"{api}/replies", f"{api}/read", f"{api}/acts"):
        body = {"replies": {"text": "x"}, "read": None}.get(rule.rpartition("/")[2], {"do": "close"})
        sent = client.post(rule, json=body) if rule.startswith("/api") else client.post(rule, data=body)
        assert sent.status_code in (403, 404), rule
    assert session.scalar(sa.text("SELECT count(*) FROM message WHERE thread_id = :t"), {"t": thread_id}) == 1


def test_nothing_of_messages_is_in_the_log_that_all_staff_read(country: Country) -> None:
    country.ask(text="ข้อความลับเฉพาะ")
    found = country.session.scalar(
        sa.text("SELECT count(*) FROM change_log WHERE entity LIKE 'message%' OR after::text LIKE '%ลับเฉพาะ%'")
    )
    assert found == 0


def test_who_only_reads_does_not_write(country: Country) -> None:
    thread_id = country.ask()
    with pytest.raises(Forbidden):
        service.reply(country.session, country.actor("district"), thread_id, "x")
    with pytest.raises(Forbidden):
        country.ask("district", organisation=OWN)
    for name in ("neighbour", "far_officer", "partner", "citizen"):
        with pytest.raises(Forbidden):
            country.ask(name, organisation=OWN)


def test_a_question_and_its_states(country: Country) -> None:
    session = country.session
    thread_id = country.ask()

    def held(name: str = "planner") -> Any:
        return thread(session, country.actor(name), thread_id)

    assert (held().state, held().asked_by, held().addressed_to) == ("OPEN", "ORGANISATION", "PROVINCE")
    assert service.reply(session, country.actor("finance"), thread_id, "เพิ่มเติม").state == "OPEN"
    assert service.reply(session, country.actor("officer"), thread_id, "ใช้ตามข้อบัญญัติ").state == "ANSWERED"
    assert service.reply(session, country.actor("planner"), thread_id, "แล้วแผนล่ะ").state == "OPEN"
    assert service.pass_on(session, country.actor("officer"), thread_id, "DEPARTMENT").state == "OPEN"
    assert (held().addressed_to, set(held().sides)) == ("DEPARTMENT", {"ORGANISATION", "PROVINCE", "DEPARTMENT"})
    with pytest.raises(InvalidInput, match="invalid_input"):
        service.pass_on(session, country.actor("officer"), thread_id, "DEPARTMENT")
    assert service.reply(session, country.actor("department"), thread_id, "แก้แผนครั้งหน้า").state == "ANSWERED"
    assert service.close(session, country.actor("planner"), thread_id).state == "CLOSED"
    before = len(lines(session, thread_id))
    assert service.close(session, country.actor("planner"), thread_id).state == "CLOSED"
    assert len(lines(session, thread_id)) == before, "closing again says nothing new"
    assert service.reopen(session, country.actor("officer"), thread_id).state == "OPEN"
    service.assign(session, country.actor("officer"), thread_id, country.people["head"].id)
    assert held().assigned_name == country.people["head"].display_name
    for name in ("planner", "far_officer"):
        with pytest.raises(InvalidInput):
            service.assign(session, country.actor("officer"), thread_id, country.people[name].id)
    assert [line.event for line in lines(session, thread_id) if line.event] == [
        "PASSED_ON", "CLOSED", "REOPENED", "ASSIGNED",
    ]  # fmt: skip


def test_who_can_be_asked(country: Country) -> None:
    assert side_of(country.actor("department"), policy.Target(OWN, "99", "9901")) == "DEPARTMENT"
    for name, more in (
        ("planner", {"to": "ORGANISATION"}),
        ("officer", {"organisation": OWN, "to": "PROVINCE"}),
        ("officer", {"province": "99", "to": "ORGANISATION"}),
        ("department", {}),
    ):
        with pytest.raises(InvalidInput):
            country.ask(name, **more)
    with pytest.raises(NotFound):
        country.ask("planner", record=("project", "ไม่มี"))
    with pytest.raises(NotFound):
        country.ask("planner", record=("user_account", "1"))


def test_a_question_about_a_record(country: Country, session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    project = make.make_project(session, OWN)
    thread_id = country.ask("officer", record=("project", project.code))
    held = thread(session, country.actor("planner"), thread_id)
    assert held is not None
    assert (held.record_name, held.organisation_code, held.addressed_to) == (project.name_th, OWN, "ORGANISATION")
    about = ThreadFilter(record=("project", project.code))
    assert [one.id for one in threads(session, country.actor("planner"), about).items] == [thread_id]
    with pytest.raises(Forbidden):
        country.ask("neighbour", record=("project", project.code))
    missing = country.ask("officer", record=("completeness", f"{OWN}:2570:COORDINATES"))
    assert thread(session, country.actor("planner"), missing).topic == "COORDINATES"  # type: ignore[union-attr]
    session.commit()
    sign_in(client, country.people["planner"])
    page = client.get(f"/messages/new?kind=project&key={project.code}").text
    assert f'href="/messages/{thread_id}"' in page, "what was asked already stands above the form"
    assert f"kind=project&amp;key={project.code}" in client.get(f"/projects/{project.code}").text
    sign_in(client, country.people["neighbour"])
    assert "ถามเรื่องนี้" not in client.get(f"/projects/{project.code}").text
    assert client.get(f"/messages/new?kind=project&key={project.code}").status_code == 403


def test_receipts_say_who_read_what_when(country: Country) -> None:
    session = country.session
    thread_id = country.ask()
    officer, planner = country.actor("officer"), country.actor("planner")
    held = thread(session, officer, thread_id)
    assert held is not None
    assert lines(session, thread_id)[0].readers == []
    service.note_read(session, officer, held)
    service.note_read(session, officer, held)
    [(name, _at)] = lines(session, thread_id)[0].readers
    assert name == country.people["officer"].display_name
    service.reply(session, planner, thread_id, "เพิ่มเติม")
    first, second = lines(session, thread_id)
    assert ([n for n, _ in first.readers], second.readers) == ([name], [])


def test_what_is_unread_counts_for_those_it_concerns(country: Country) -> None:
    session = country.session
    thread_id = country.ask()

    def counts() -> dict[str, int]:
        return {name: n for name in country.people if (n := unread_count(session, country.actor(name)))}

    assert counts() == {"finance": 1, "officer": 1, "head": 1}, "not the writer, nor who only looks on"
    held = thread(session, country.actor("officer"), thread_id)
    assert held is not None
    assert held.unread
    service.note_read(session, country.actor("officer"), held)
    assert counts() == {"finance": 1, "head": 1}
    service.reply(session, country.actor("officer"), thread_id, "ตอบ")
    assert counts() == {"planner": 1, "finance": 1, "head": 1}
    service.pass_on(session, country.actor("officer"), thread_id, "DEPARTMENT")
    assert counts()["department"] == 1
    assert threads(session, country.actor("head"), ThreadFilter(unread=True)).total == 1
    assert threads(session, country.actor("department"), ThreadFilter(awaits=True)).total == 1
    assert threads(session, country.actor("officer"), ThreadFilter(awaits=True)).total == 0


def test_who_moved_away_is_told_of_nothing_more(country: Country) -> None:
    """What was unread for a person of the province is neither counted nor listed when they work elsewhere."""
    session = country.session
    country.ask()
    assert unread_count(session, country.actor("head")) == 1
    moved = country.actor("far_officer")
    as_head = Actor(country.people["head"].id, "head", "x", "th", moved.grants)
    assert unread_count(session, as_head) == 0
    assert threads(session, as_head, ThreadFilter(unread=True)).total == 0


def test_reading_while_somebody_writes_loses_nothing(country: Country) -> None:
    session, officer = country.session, country.actor("officer")
    thread_id = country.ask()
    held = thread(session, officer, thread_id)
    assert held is not None
    service.reply(session, country.actor("planner"), thread_id, "เพิ่มเติม")
    service.note_read(session, officer, held)
    assert unread_count(session, officer) == 1, "they saw the first message, not the second"
    now = thread(session, officer, thread_id)
    assert now is not None
    service.note_read(session, officer, now)
    assert unread_count(session, officer) == 0


def test_words_are_found_in_subjects_and_messages(country: Country) -> None:
    session, planner = country.session, country.actor("planner")
    thread_id = country.ask(subject="ถนน คสล. หมู่ที่ ๓", text="ผิวจราจรแหล่งนํ้า 100% ของ_งาน")
    service.reply(session, country.actor("officer"), thread_id, "ใช้แบบ ท.1-01")

    def hits(q: str) -> int:
        return threads(session, planner, ThreadFilter(q=q)).total

    for q in ("หมู่ที่ 3", "แหล่งน้ำ", "คสล. แหล่งน้ำ ท.1-01", "100%", "ของ_งาน"):
        assert hits(q) == 1, q
    for q in ("หมู่ที่ 4", "100_", "%%%", "คสล. ลาดยาง"):
        assert hits(q) == 0, q


def test_answers_for_everybody_do_not_say_who_asked(country: Country, client: FlaskClient, sign_in: SignIn) -> None:
    session = country.session
    thread_id = country.ask(subject="ใช้แบบใด", text="โครงการเปลี่ยนวงเงินใช้แบบใด")
    answer = service.reply(session, country.actor("officer"), thread_id, "ใช้แบบ ผ.02")
    service.reply(session, country.actor("planner"), thread_id, "ขอบคุณ เรื่องภายในของเรา")
    with pytest.raises(Forbidden):
        service.mark_general(session, country.actor("planner"), thread_id, answer.message)
    with pytest.raises(InvalidInput):
        service.mark_general(session, country.actor("officer"), thread_id, answer.message + 1)
    service.mark_general(session, country.actor("officer"), thread_id, answer.message)
    [found], total = general_answers(session, "เปลี่ยนวงเงิน")
    assert (total, found.answer, found.question) == (1, "ใช้แบบ ผ.02", "โครงการเปลี่ยนวงเงินใช้แบบใด")
    session.commit()
    sign_in(client, country.people["far"])
    for address in ("/messages?view=general", "/api/v1/messages/answers"):
        text = client.get(address).text
        assert "ใช้แบบ ผ.02" in text
        for secret in ("เรื่องภายใน", OWN, "หนองสาธิต", country.people["planner"].display_name):
            assert secret not in text, (address, secret)
    assert client.get(f"/messages/{thread_id}").status_code == 404
    service.mark_general(session, country.actor("officer"), thread_id, None)
    assert general_answers(session) == ([], 0)


def test_a_message_of_a_megabyte_is_refused_and_kept(country: Country, client: FlaskClient, sign_in: SignIn) -> None:
    thread_id = country.ask()
    country.session.commit()
    sign_in(client, country.people["officer"])
    for address, size, letter, more in (
        (f"/messages/{thread_id}", 350_000, "ก", {"do": "reply"}),
        ("/messages/new", TEXT_LENGTH + 1, "ก", {"subject": "เรื่อง", "organisation": OWN}),
    ):
        answer = client.post(address, data={**more, "text": letter * size})
        assert answer.status_code == 422, (address, size)
        assert letter * size in answer.text, "what was typed is still in the field"
        assert f"{size:,}" in answer.text
    api = client.post(f"/api/v1/messages/{thread_id}/replies", json={"text": "a" * (1 << 20)})
    assert (api.status_code, api.json["errors"][0]["code"]) == (422, "message_too_long")
    assert len(lines(country.session, thread_id)) == 1
    assert client.post(f"/messages/{thread_id}", data={"text": "ก" * TEXT_LENGTH}).status_code == 303
    for blank in ("", "  \n", "\u200b"):
        assert client.post(f"/messages/{thread_id}", data={"text": blank}).status_code == 422


def test_pages_of_a_matter(country: Country, client: FlaskClient, sign_in: SignIn) -> None:
    country.session.commit()
    sign_in(client, country.people["planner"])
    assert "ไม่มีใครขอรหัสผ่าน" in client.get("/messages/new").text
    sent = client.post("/messages/new", data={"subject": "<b>เรื่อง</b>", "text": "<script>alert(1)</script>\nบรรทัด"})
    assert sent.status_code == 303
    page = client.get(sent.headers["Location"])
    assert "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text
    assert "ผู้อ่านได้" in page.text
    thread_id = int(sent.headers["Location"].split("/")[-1].partition("#")[0])
    for form in ({"do": "close"}, {"do": "reopen"}, {"do": "pass_on", "to": "DEPARTMENT"},
                 {"do": "assign", "person": str(country.people["finance"].id)}):  # fmt: skip
        assert client.post(f"/messages/{thread_id}", data=form).status_code == 303, form
    assert client.post(f"/messages/{thread_id}", data={"do": "assign", "person": "999999"}).status_code == 422
    listed = client.get("/messages?state=OPEN").text
    assert "&lt;b&gt;เรื่อง" in listed
    assert client.get("/messages?view=mine&q=ไม่มีคำนี้").status_code == 200


def test_messages_are_never_changed(country: Country) -> None:
    country.ask()
    for statement in ("UPDATE message SET text = 'x'", "DELETE FROM message", "DELETE FROM message_thread"):
        with pytest.raises(sa.exc.DBAPIError), country.session.begin_nested():
            country.session.execute(sa.text(statement))


# --- events ----------------------------------------------------------------------------------------------------------


def test_events_tell_the_counts_and_end(country: Country, client: FlaskClient, sign_in: SignIn) -> None:
    country.ask()
    country.session.commit()
    assert client.get("/api/v1/events").status_code == 401
    sign_in(client, country.people["officer"])
    answer = client.get("/api/v1/events")
    assert answer.mimetype == "text/event-stream"
    assert answer.text == 'retry: 10000\nevent: counts\nid: 1-0\ndata: {"messages":1,"news":0}\n\n'
    assert answer.headers["Cache-Control"] == "no-store"
    again = client.get("/api/v1/events", headers={"Last-Event-ID": "1-0"})
    assert again.text == "retry: 10000\n: nothing new\n\n"


def test_a_page_that_lies_open_does_not_keep_its_session(
    app: Flask, country: Country, client: FlaskClient, sign_in: SignIn
) -> None:
    country.session.commit()
    sign_in(client, country.people["officer"])
    seen = sa.text("SELECT last_seen_at FROM user_session WHERE user_id = :u")
    who = {"u": country.people["officer"].id}
    country.session.execute(
        sa.text("UPDATE user_session SET last_seen_at = now() - interval '1 hour' WHERE user_id = :u"), who
    )
    country.session.commit()
    before = country.session.scalar(seen, who)
    client.get("/api/v1/events")
    answer = client.get("/api/v1/events")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert country.session.scalar(seen, who) == before


# --- news ------------------------------------------------------------------------------------------------------------


def tell(country: Country, name: str = "department", publish: bool = True, **more: Any) -> int:
    new = NewNews(**{"title": "ปิดรับข้อมูล", "body": "สิ้นเดือนนี้", "valid_from": date.today(), **more})
    made = news_service.write_news(country.session, country.actor(name), new)
    if publish:
        news_service.set_state(country.session, country.actor(name), made.id, "PUBLISHED")
    return made.id


def heard(country: Country, news_id: int) -> set[str]:
    """Who finds it in their list."""
    today = date.today()
    return {
        name for name in country.people
        if news_id in [one.id for one in news_page(country.session, country.actor(name), today)[0]]
    }  # fmt: skip


def test_news_reaches_its_audience(country: Country) -> None:
    everybody = set(country.people) - {"citizen"}
    nation = {"department", "partner"}
    assert heard(country, tell(country)) == everybody
    assert heard(country, tell(country, publish=False)) == set()
    assert heard(country, tell(country, valid_from=date.today() + timedelta(days=1))) == set()
    past = tell(country, valid_from=date.today() - timedelta(days=9), valid_to=date.today() - timedelta(days=1))
    assert heard(country, past) == set()
    assert heard(country, tell(country, roles=["LAO_PLANNER"])) == {"planner", "neighbour", "far"}
    assert heard(country, tell(country, roles=["PUBLIC"])) == set(country.people)
    of_99 = heard(country, tell(country, provinces=["99"]))
    assert of_99 - nation == {"planner", "finance", "neighbour", "officer", "head", "district", "far_district"}
    assert "planner" not in heard(country, tell(country, types=["PAO"]))
    assert "officer" in heard(country, tell(country, types=["PAO"])), "who looks after them hears it too"
    own = tell(country, "officer")
    assert heard(country, own) - nation == of_99 - nation


def test_who_writes_news(country: Country) -> None:
    today = date.today()
    for name in ("planner", "district", "partner", "citizen", "far"):
        with pytest.raises(Forbidden):
            tell(country, name)
    with pytest.raises(InvalidInput):
        tell(country, "officer", provinces=["98"])
    with pytest.raises(Forbidden):
        tell(country, "officer", province="98")
    draft = tell(country, publish=False)
    for name in ("planner", "officer", "far_officer"):
        assert news_item(country.session, country.actor(name), draft, today) is None
    of_99 = tell(country, "officer")
    with pytest.raises(NotFound):
        news_service.set_state(country.session, country.actor("far_officer"), of_99, "WITHDRAWN")
    with pytest.raises(Forbidden):
        news_service.set_state(country.session, country.actor("planner"), of_99, "WITHDRAWN")
    for more in ({"title": " "}, {"body": "ก" * 20_001}, {"roles": ["KING"]}, {"types": ["X"]},
                 {"valid_to": today - timedelta(days=1)}):  # fmt: skip
        with pytest.raises(InvalidInput):
            tell(country, **more)


def test_news_is_read_once_and_counted(country: Country, client: FlaskClient, sign_in: SignIn) -> None:
    news_id = tell(country, pinned=True)
    country.session.commit()
    assert client.get(f"/news/{news_id}").status_code == 404, "a visitor"
    assert unread_news(country.session, country.actor("planner"), date.today()) == 1
    sign_in(client, country.people["planner"])
    assert "ปิดรับข้อมูล" in client.get("/news").text
    for _ in range(2):
        page = client.get(f"/news/{news_id}")
        assert page.status_code == 200
    assert "อ่านแล้ว" not in page.text, "who read it is for who wrote it"
    assert "readers" not in client.get(f"/api/v1/news/{news_id}").json
    assert unread_news(country.session, country.actor("planner"), date.today()) == 0
    sign_in(client, country.people["department"])
    told = client.get(f"/api/v1/news/{news_id}").json
    assert (told["readers"], [one["name"] for one in told["read_by"]]) == (1, [country.people["planner"].display_name])
    stale = client.post(f"/news/{news_id}/edit", data={"title": "ใหม่", "body": "x", "row_version": "1", "do": "draft"})
    assert stale.status_code == 409
    changed = client.post(
        f"/news/{news_id}/edit", data={"title": "ใหม่", "body": "x", "row_version": "2", "do": "draft"}
    )
    assert changed.status_code == 303
    assert client.post(f"/news/{news_id}/edit", data={"do": "withdraw", "row_version": "3"}).status_code == 303
    assert heard(country, news_id) == set()


# --- floods, and who has left -----------------------------------------------------------------------------------------


def test_nobody_writes_faster_than_by_hand_and_nothing_typed_is_lost(
    country: Country, client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", (3, timedelta(minutes=10)))
    thread_id = country.ask()
    session, planner = country.session, country.actor("planner")
    service.reply(session, planner, thread_id, "ตามเรื่อง")
    service.close(session, planner, thread_id)  # what one does stands in the list like what one says
    for act in (
        lambda: service.reply(session, planner, thread_id, "อีก"),
        lambda: service.reopen(session, planner, thread_id),
        lambda: country.ask(),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert [one.code for one in refused.value.problems] == ["message_too_fast"]
    session.commit()
    browser = sign_in(client, country.people["planner"])
    typed = "ข้อความที่พิมพ์ไว้ยาวมาก"
    for path in (f"/messages/{thread_id}", "/messages/new"):
        page = browser.post(path, data={"subject": "เรื่องใหม่", "text": typed})
        assert page.status_code == 422 and typed in page.text and "ส่งข้อความครบ 3 ครั้งใน 10 นาที" in page.text, path
    # Others go on, and so does the person when the time is over.
    service.reply(session, country.actor("officer"), thread_id, "รับทราบ")
    with make.as_owner(session):
        session.execute(sa.text("ALTER TABLE message DISABLE TRIGGER refuse_change"))
        session.execute(sa.text("UPDATE message SET created_at = created_at - interval '11 minutes'"))
        session.execute(sa.text("ALTER TABLE message ENABLE TRIGGER refuse_change"))
    service.reply(session, planner, thread_id, "ขอบคุณ")


def addressed(country: Country, **addresses: str) -> None:
    with make.as_owner(country.session):
        for name, address in addresses.items():
            values = {"address": address, "id": country.people[name].id}
            country.session.execute(sa.text("UPDATE user_account SET email = :address WHERE id = :id"), values)


def test_who_has_left_the_place_is_told_of_its_matters_no_more(country: Country) -> None:
    """The person wrote in the matter and was given it, then went to another office: no mail with its subject."""
    session = country.session
    thread_id = country.ask("planner", subject="เรื่องภายในของเรา")
    addressed(country, planner="planner@example.go.th", finance="finance@example.go.th")
    mails = "SELECT recipient FROM mail WHERE kind = 'message'"
    service.assign(session, country.actor("planner"), thread_id, country.people["finance"].id)
    session.execute(sa.text("DELETE FROM mail"))
    moved = "UPDATE membership SET organisation_code = :far WHERE user_id = ANY(:them)"
    with make.as_owner(session):
        them = [country.people[name].id for name in ("planner", "finance")]
        session.execute(sa.text(moved), {"far": FAR, "them": them})
    service.reply(session, country.actor("officer"), thread_id, "คำตอบ")
    assert list(session.scalars(sa.text(mails))) == []


def test_an_account_with_an_address_that_is_none_stops_nobody(country: Country) -> None:
    session = country.session
    addressed(country, planner="ไม่มี", finance="finance@example.go.th")
    country.ask("officer", organisation=OWN)
    told = "SELECT recipient FROM mail WHERE kind = 'message'"
    assert list(session.scalars(sa.text(told))) == ["finance@example.go.th"]


@pytest.mark.parametrize("more", [":", ":x", ":PLAN", f":{'x' * 5000}"])
def test_the_key_of_a_record_is_that_of_the_record(country: Country, more: str) -> None:
    """Else what is asked of one record stands under a thousand keys, and reminders find none of them."""
    with pytest.raises(NotFound, match="message_record_not_found"):
        country.ask(record=("completeness", f"{OWN}:2570:PLAN{more}"))
    assert country.ask(record=("completeness", f"{OWN}:2570:PLAN"))

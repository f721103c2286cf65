"""Reminders and digests: to whom, how often, in whose quiet hours; and the address that is proved with a code."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR, Actor
from app.auth.loading import actor_by_id
from app.errors import Forbidden, InvalidInput
from app.jobs.mailing import send_mail
from app.models import UserAccount
from app.queries.completeness import Scope
from app.queries.messages import lines, threads
from app.queries.notifications import setting
from app.queries.owed import Debt, debts
from app.services import completeness
from app.services import notification_settings as wishes
from app.services.calendar import open_year
from app.services.digests import send_digests
from app.services.notification_settings import Wishes
from app.services.quiet_time import holidays, is_quiet, is_working_day, not_before
from app.services.reminders import remind, remind_late
from app.settings import Settings
from gis.thai import ZONE
from tests import factories as make
from tests.app.conftest import SignIn
from tests.app.smtp_server import smtp_server
from tests.conftest import RolledBackDatabase

OWN, OTHER = "D9901001", "D9901002"
YEAR = 2570
WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)


@pytest.fixture
def people(session: Session) -> dict[str, UserAccount]:
    """Two organisations of a province that have entered nothing."""
    make.make_organisation(session, OWN)
    make.make_organisation(session, OTHER, name_th="โนนสาธิต")
    make.make_province(session, "98", name_th="ไกล", bounds=(100.8, 15.8, 101.2, 16.2))
    open_year(session, SYSTEM_ACTOR, YEAR, today=WEDNESDAY.date())
    while completeness.refresh(session) > 0:
        pass
    found = {
        "planner": make.make_user(session, "LAO_PLANNER", organisation=OWN),
        "finance": make.make_user(session, "LAO_FINANCE", organisation=OWN),
        "neighbour": make.make_user(session, "LAO_PLANNER", organisation=OTHER),
        "officer": make.make_user(session, "PROV_OFFICER", area="99"),
        "far_officer": make.make_user(session, "PROV_OFFICER", area="98"),
        "department": make.make_user(session, "DLA_CENTRAL"),
    }
    session.flush()
    return found


def actor(session: Session, person: UserAccount) -> Actor:
    found = actor_by_id(session, person.id)
    assert found is not None
    return found


def with_address(session: Session, person: UserAccount, **more: Any) -> None:
    values = {"address": f"{person.username.replace('_', '-')}@example.org", **more}
    names = ", ".join(values)
    session.execute(
        sa.text(
            f"INSERT INTO notification_setting (user_id, {names}) VALUES (:user, {', '.join(f':{n}' for n in values)})"
        ),
        {**values, "user": person.id},
    )


def mails(session: Session) -> list[Any]:
    return list(session.execute(sa.text("SELECT * FROM mail ORDER BY id")))


def owed(session: Session, organisation: str = OWN, role: str = "LAO_PLANNER") -> list[Debt]:
    found = debts(session, Scope(organisations=(organisation,)), WEDNESDAY.date(), limit=100).items
    return [debt for debt in found if debt.owner_role == role]


# --- days and hours --------------------------------------------------------------------------------------------------


def test_working_days() -> None:
    assert not is_working_day(date(2026, 12, 10))
    assert date(2026, 12, 7) in holidays(2026), "5 December 2569 is a Saturday: made up on Monday"
    assert not is_working_day(date(2026, 6, 1)), "Visakha Bucha on a Sunday"
    assert not is_working_day(date(2026, 11, 28))
    assert is_working_day(date(2026, 11, 25))
    assert not is_working_day(date(2026, 1, 2)), "added by the cabinet for 2569"
    assert is_working_day(date(2026, 5, 1)), "Labour Day: offices of the state work"
    assert is_working_day(date(2027, 5, 3)), "and so on the day in lieu of a Labour Day on a Saturday"
    assert not is_working_day(date(2028, 2, 10)), "Makha Bucha of 2571"


def test_quiet_hours_pass_midnight() -> None:
    assert [is_quiet(time(h), time(18), time(8)) for h in (7, 8, 17, 18, 23)] == [True, False, False, True, True]
    assert [is_quiet(time(h), time(12), time(13)) for h in (11, 12, 13)] == [False, True, False]
    assert not is_quiet(time(3), time(8), time(8))
    evening = datetime(2026, 12, 4, 20, 30, tzinfo=ZONE)  # Friday; Saturday is a holiday, made up on Monday
    assert not_before(evening, time(18), time(8)) == datetime(2026, 12, 8, 8, 0, tzinfo=ZONE)
    assert not_before(WEDNESDAY, time(18), time(8)) == WEDNESDAY


# --- reminders -------------------------------------------------------------------------------------------------------


def test_a_reminder_is_a_message_and_mail_to_those_who_enter_it(
    session: Session, people: dict[str, UserAccount]
) -> None:
    for name in ("planner", "finance", "neighbour"):
        with_address(session, people[name])
    debt = owed(session)[0]
    made = remind(session, actor(session, people["officer"]), OWN, [debt.task_id], WEDNESDAY.date())
    assert (made.debts, made.mails, made.waiting) == (1, 1, 0)
    [thread] = threads(session, actor(session, people["planner"])).items
    assert (thread.addressed_to, thread.state, thread.topic) == ("ORGANISATION", "OPEN", debt.topic)
    assert thread.record_key == f"{OWN}:{YEAR}:{debt.topic}"
    [line] = lines(session, thread.id)
    assert line.text is not None
    assert debt.name_th in line.text
    [mail] = mails(session)
    assert (mail.user_id, mail.kind) == (people["planner"].id, "message"), "who enters it, not the whole office"
    assert debt.name_th not in mail.body_text, "mail does not say what messages say"
    assert threads(session, actor(session, people["neighbour"])).total == 0


def test_not_again_within_a_week(session: Session, people: dict[str, UserAccount]) -> None:
    officer, today = actor(session, people["officer"]), WEDNESDAY.date()
    first, second = owed(session)[:2]
    remind(session, officer, OWN, [first.task_id], today)
    again = remind(session, actor(session, people["department"]), OWN, [first.task_id, second.task_id], today)
    assert (again.debts, again.waiting) == (1, 1), "whoever asks"
    assert remind(session, officer, OWN, [first.task_id], today).debts == 0
    assert remind(session, officer, OTHER, [first.task_id], today).debts == 1, "another organisation"


def test_reminders_of_a_topic_stand_in_one_thread(session: Session, people: dict[str, UserAccount]) -> None:
    officer, today = actor(session, people["officer"]), WEDNESDAY.date()
    finance = [debt for debt in owed(session, role="LAO_FINANCE") if debt.topic == "FINANCE"]
    made = remind(session, officer, OWN, [debt.task_id for debt in finance], today)
    assert (made.debts, len(made.threads)) == (len(finance), 1)


def test_who_reminds(session: Session, people: dict[str, UserAccount]) -> None:
    debt = owed(session)[0]
    for name in ("finance", "neighbour", "far_officer"):
        with pytest.raises(Forbidden):
            remind(session, actor(session, people[name]), OWN, [debt.task_id], WEDNESDAY.date())
    with pytest.raises(InvalidInput):
        remind(session, actor(session, people["officer"]), OWN, [999_999], WEDNESDAY.date())
    assert remind(session, actor(session, people["planner"]), OWN, [debt.task_id], WEDNESDAY.date()).debts == 1


def test_everything_late_of_a_place_at_once(session: Session, people: dict[str, UserAccount]) -> None:
    officer, today = actor(session, people["officer"]), date(2027, 2, 10)
    province = Scope(areas=("99",))
    with pytest.raises(InvalidInput):
        remind_late(session, officer, province, date(2026, 10, 1))
    late = debts(session, province, today, state="late", limit=1000).items
    one = late[0]
    remind(session, officer, one.organisation_code, [one.task_id], today)
    made = remind_late(session, officer, province, today)
    places = {debt.organisation_code for debt in late}
    assert (made.debts, made.waiting) == (len(late) - 1, 1) and len(places) - 1 <= made.organisations <= len(places)
    again = remind_late(session, officer, province, today)
    assert (again.debts, again.organisations, again.waiting) == (0, 0, len(late))
    for name in ("planner", "finance", "far_officer"):
        with pytest.raises(Forbidden):
            remind_late(session, actor(session, people[name]), province, today)
    with pytest.raises(InvalidInput) as refused:
        remind_late(session, actor(session, people["department"]), Scope(), today)
    assert [problem.code for problem in refused.value.problems] == ["reminder_nation"]


def test_the_button_above_a_list(
    session: Session,
    people: dict[str, UserAccount],
    client: FlaskClient,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("app.web.monitoring", "app.web.reminders"):
        monkeypatch.setattr(f"{module}.today", lambda: date(2027, 2, 10))
    session.commit()
    sign_in(client, people["officer"])
    assert "เตือนทั้งหมดที่ช้า" in client.get(f"/monitoring/owed?organisation={OWN}").text
    assert "เตือนทั้งหมดที่ช้า" not in client.get(f"/monitoring/owed?organisation={OWN}&topic=VISION").text
    sent = client.post("/monitoring/remind-late", data={"organisation": OWN, "next": "/monitoring/owed?area=99"})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/monitoring/owed?area=99")
    assert "เรื่อง ใน 1 อปท." in client.get("/monitoring/owed?area=99").text


def test_the_button_beside_a_debt(
    session: Session, people: dict[str, UserAccount], client: FlaskClient, sign_in: SignIn
) -> None:
    session.commit()
    sign_in(client, people["officer"])
    page = client.get(f"/monitoring/owed?organisation={OWN}").text
    [value, *_more] = [part.split('"')[0] for part in page.split('name="debt" value="')[1:]]
    sent = client.post("/monitoring/remind", data={"debt": value, "next": f"/monitoring/owed?organisation={OWN}"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/monitoring/owed?organisation={OWN}")
    assert "เตือนแล้วเมื่อ" in client.get(f"/monitoring/owed?organisation={OWN}").text
    away = client.post("/monitoring/remind", data={"debt": value, "next": "https://evil.example/"})
    assert away.headers["Location"] == "/monitoring"
    for bad, status in (("", 404), ("x", 404), (f"{OWN}:", 422), (f"{OWN}:x", 422), (f"{OWN}:{10**30}", 422)):
        assert client.post("/monitoring/remind", data={"debt": bad}).status_code == status, bad
    sign_in(client, people["finance"])
    assert 'name="debt"' not in client.get(f"/monitoring/owed?organisation={OWN}").text


# --- digests ---------------------------------------------------------------------------------------------------------


def digests(session: Session, settings: Settings, at: datetime = WEDNESDAY) -> list[Any]:
    before = len(mails(session))
    send_digests(session, settings, at)
    return mails(session)[before:]


def test_a_digest_says_what_is_owed_and_comes_once(
    session: Session, people: dict[str, UserAccount], database: RolledBackDatabase, settings: Settings
) -> None:
    """Sent to a real mail server, and read as a mail program reads it."""
    settings = replace(settings, public_url="https://eplan.example")
    for name in ("planner", "finance", "officer", "department"):
        with_address(session, people[name])
    posted = digests(session, settings)
    assert {row.user_id for row in posted} == {people[n].id for n in ("planner", "finance", "officer")}
    assert digests(session, settings) == [], "once a day"
    session.execute(sa.text("UPDATE notification_setting SET digest_on = NULL"))
    assert digests(session, settings) == [], "even when everything was forgotten"
    session.commit()
    with smtp_server() as server:
        assert send_mail(database, replace(settings, smtp_url=server.url), threading.Event()) == 3
        by_person = {post.recipients[0].split("@")[0]: post for post in server.taken}
    planner = by_person[people["planner"].username.replace("_", "-")]
    debt = owed(session)[0]
    assert debt.name_th in planner.text
    assert "https://eplan.example/monitoring/owed" in planner.text
    assert "25 พ.ย. 2569" in str(planner.message["Subject"])
    finance = by_person[people["finance"].username.replace("_", "-")]
    assert debt.name_th not in finance.text, "only what is theirs to enter"
    officer = by_person[people["officer"].username.replace("_", "-")]
    assert "โนนสาธิต" in officer.text


@pytest.mark.parametrize(
    ("wish", "at", "comes"),
    [
        ({}, WEDNESDAY, True),
        ({"digest": "off"}, WEDNESDAY, False),
        ({"digest": "weekly"}, WEDNESDAY, False),
        ({"digest": "weekly"}, datetime(2026, 11, 23, 9, 0, tzinfo=ZONE), True),
        ({"digest": "weekly"}, datetime(2026, 12, 8, 9, 0, tzinfo=ZONE), True),  # Monday is a holiday
        ({}, datetime(2026, 11, 28, 9, 0, tzinfo=ZONE), False),  # Saturday
        ({}, datetime(2026, 12, 10, 9, 0, tzinfo=ZONE), False),  # Constitution Day
        ({}, WEDNESDAY.replace(hour=7), False),
        ({}, WEDNESDAY.replace(hour=19), False),
        ({"quiet_from": "06:00", "quiet_until": "10:00"}, WEDNESDAY, False),
        ({"quiet_from": "00:00", "quiet_until": "00:00"}, WEDNESDAY.replace(hour=3), True),
    ],
)
def test_wishes_days_and_hours(
    session: Session,
    people: dict[str, UserAccount],
    settings: Settings,
    wish: dict[str, Any],
    at: datetime,
    comes: bool,
) -> None:
    with_address(session, people["planner"], **wish)
    assert bool(digests(session, settings, at)) == comes


def test_a_digest_waits_for_the_end_of_quiet_hours(
    session: Session, people: dict[str, UserAccount], settings: Settings
) -> None:
    """Who is quiet is not thought of yet: later on the same day the digest comes."""
    with_address(session, people["planner"])
    assert digests(session, settings, WEDNESDAY.replace(hour=6)) == []
    assert len(digests(session, settings, WEDNESDAY)) == 1


def test_nothing_due_nothing_sent(session: Session, people: dict[str, UserAccount], settings: Settings) -> None:
    with_address(session, people["planner"])
    session.execute(sa.text("UPDATE calendar_task SET removed_at = now()"))
    assert digests(session, settings) == []


# --- addresses and wishes --------------------------------------------------------------------------------------------


def code_of(session: Session) -> str:
    digits = [word for word in mails(session)[-1].body_text.split() if word.isdecimal() and len(word) == 6]
    return digits[0]


def test_an_address_counts_when_its_code_comes_back(
    session: Session, people: dict[str, UserAccount], client: FlaskClient, sign_in: SignIn
) -> None:
    session.commit()
    sign_in(client, people["planner"])
    page = "/account/notifications"

    def send(**form: str) -> int:
        return client.post(page, data=form).status_code

    assert client.get(page).status_code == 200
    assert send(do="address", address="no address") == 422
    assert send(do="address", address="somsri@example.org") == 303
    assert setting(session, people["planner"].id).address is None
    assert send(do="address", address="other@example.org") == 422, "a code was sent a moment ago"
    code = code_of(session)
    assert code not in mails(session)[-1].subject
    for _ in range(4):
        assert send(do="code", code="000000" if code != "000000" else "111111") == 422
    assert send(do="code", code=code) == 303
    assert setting(session, people["planner"].id).address == "somsri@example.org"
    assert send(do="forget") == 303
    assert setting(session, people["planner"].id).address is None
    assert send(do="save", digest="weekly", quiet_from="17:30", quiet_until="08:15") == 303
    held = setting(session, people["planner"].id)
    assert (held.digest, held.on_message, held.quiet_from) == ("weekly", False, time(17, 30))
    assert send(do="save", digest="hourly", quiet_from="x", quiet_until="25:00") == 422
    assert client.post(page, data={"do": "code", "code": "1"}).status_code == 422


def test_a_code_is_not_tried_for_ever(session: Session, people: dict[str, UserAccount]) -> None:
    planner = actor(session, people["planner"])
    wishes.give_address(session, planner, "somsri@example.org")
    code = code_of(session)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert not wishes.confirm_address(session, planner, wrong)
    with pytest.raises(InvalidInput):
        wishes.confirm_address(session, planner, code)
    session.execute(sa.text("UPDATE notification_setting SET code_tries = 0, code_at = now() - interval '2 days'"))
    with pytest.raises(InvalidInput):
        wishes.confirm_address(session, planner, code)


def test_the_operator_sees_what_became_of_mail_and_not_what_it_says(
    session: Session, people: dict[str, UserAccount], client: FlaskClient, sign_in: SignIn
) -> None:
    wishes.give_address(session, actor(session, people["planner"]), "somsri@example.org")
    code = code_of(session)
    session.execute(sa.text("UPDATE mail SET last_error = '452 mailbox full', tries = 3"))
    session.commit()
    sign_in(client, people["department"])
    page = client.get("/mail?state=troubled").text
    assert "452 mailbox full" in page
    assert "somsri@example.org" in page
    assert code not in page
    assert "ยังไม่ได้ตั้งเซิร์ฟเวอร์อีเมล" in page
    for name in ("planner", "officer"):
        sign_in(client, people[name])
        assert client.get("/mail").status_code == 403


def test_wishes_are_kept_in_order(session: Session, people: dict[str, UserAccount]) -> None:
    planner = actor(session, people["planner"])
    wishes.save(session, planner, Wishes("off", True, "20:00", "06:00"))
    with_day = session.execute(sa.text("SELECT digest, updated_at - now() < :s FROM notification_setting"),
                               {"s": timedelta(seconds=5)}).one()  # fmt: skip
    assert tuple(with_day) == ("off", True)

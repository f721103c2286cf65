"""Maintenance windows: every write door is shut while one is open, what is read and what signs in goes on."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.auth.actor import SYSTEM_ACTOR
from app.auth.loading import actor_by_username
from app.auth.passwords import hash_password
from app.cli import maintenance as cli
from app.cli.users import command as user_command
from app.db import SYSTEM, Attribution, Database
from app.errors import Forbidden, InvalidInput, NotFound, ReadOnly
from app.jobs import runner
from app.jobs.worker import Again
from app.models import BackgroundJob, HandOver
from app.queries.maintenance import coming_windows, one_window, window_history
from app.services import maintenance, messages, news
from app.services.maintenance import NewWindow
from app.services.messages import NewThread
from app.services.news import NewNews
from app.settings import Settings
from app.web.plain import KeyConverter
from app.web.windows import CLOSED_WITH, GOES_ON, windows
from tests import factories
from tests.app.access_cases import CASES, Case
from tests.app.access_world import World, make_world
from tests.app.conftest import SignIn
from tests.conftest import RolledBackDatabase, lasting, undone

PERSON = Attribution(None, "คนหนึ่ง")
HOUR = timedelta(hours=1)
PASSWORD = "ฝนตกที่หนองสาธิต 2570"


@pytest.fixture(scope="module")
def country(engine: sa.Engine, settings: Settings) -> Iterator[tuple[sa.Connection, World]]:
    """The world of the access table, made once."""
    made: list[World] = []
    with lasting(engine, lambda session: made.append(make_world(session, settings.var_dir))) as opened:
        yield opened, made[0]


@pytest.fixture
def connection(country: tuple[sa.Connection, World]) -> Iterator[sa.Connection]:
    with undone(country[0]) as opened:
        yield opened


@pytest.fixture
def world(country: tuple[sa.Connection, World]) -> World:
    return country[1]


def open_now(session: Session, **more: object) -> int:
    """A window that is open."""
    now = datetime.now(UTC)
    wanted = NewWindow(now - HOUR, now + HOUR, "ย้ายเครื่องแม่ข่าย", **more)  # type: ignore[arg-type]
    made = maintenance.announce(session, SYSTEM_ACTOR, wanted)
    session.commit()
    return made.id


def announced(session: Session, hours: float = 24, **more: object) -> int:
    begins = datetime.now(UTC) + timedelta(hours=hours)
    wanted = NewWindow(begins, begins + HOUR, "ย้ายเครื่องแม่ข่าย", **more)  # type: ignore[arg-type]
    made = maintenance.announce(session, SYSTEM_ACTOR, wanted)
    session.commit()
    return made.id


# --- every door ------------------------------------------------------------------------------------------------------


def test_every_address_that_writes_is_shut_except_those_named(app: Flask, session: Session) -> None:
    """Whoever adds an address that writes need not think of maintenance; whoever wants it open has to name it."""
    open_now(session)
    client, wrong = app.test_client(), []
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name, converter in rule._converters.items():
            value = "1" if isinstance(converter, KeyConverter) else next(iter(getattr(converter, "items", ["x"])))
            path = re.sub(rf"<([^<>]*:)?{name}>", value, path)
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            answer = client.open(path, method=method)
            shut = answer.status_code == 503 and int(answer.headers["Retry-After"]) in range(3500, 3602)
            machine = path.startswith("/api/")
            said = answer.mimetype == ("application/problem+json" if machine else "text/html")
            if (shut and said) == (rule.endpoint in GOES_ON):
                wrong.append((method, path, rule.endpoint, answer.status_code))
    assert not wrong


def test_what_goes_on_and_what_is_closed_exists(app: Flask) -> None:
    assert set(app.view_functions) >= GOES_ON
    assert frozenset().union(*CLOSED_WITH.values()) <= set(app.blueprints)


def test_everything_that_is_read_goes_on(app: Flask, session: Session, world: World, sign_in: SignIn) -> None:
    open_now(session)
    client = sign_in(app.test_client(), world.people["LAO_PLANNER"])
    for path in ("/", "/map", "/projects", f"/projects/{world.own.published}", "/api/v1/projects", "/status", "/login"):
        answer = client.get(path)
        assert answer.status_code in (200, 302), path
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert "อ่านได้อย่างเดียว" in answer.text, path


WRITES = {("PATCH", "/api/v1/projects/<code>"), ("PUT", "/api/v1/projects/<code>/geometry")}


@pytest.mark.parametrize("case", [one for one in CASES if (one.method, one.rule) in WRITES], ids=lambda case: case.name)
def test_a_program_hears_when_to_come_back(
    case: Case, app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    open_now(session)
    client = sign_in(app.test_client(), world.people["PROV_OFFICER"])
    answer = client.open(method=case.method, **case.request(world, "own", "PROV_OFFICER"))
    assert (answer.status_code, answer.json["code"]) == (503, "read_only")
    assert "ย้ายเครื่องแม่ข่าย" in answer.json["detail"]
    assert answer.json["until"]


def test_a_form_comes_back_with_everything_that_was_typed(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    open_now(session)
    client = sign_in(app.test_client(), world.people["LAO_PLANNER"])
    typed = {"name_th": 'ถนน <b>"สายใหม่"</b>', "note": "พิมพ์มานาน\nสองบรรทัด", "new_password": "secret-secret"}
    answer = client.post(f"/projects/{world.own.published}/facts", data=typed)
    assert answer.status_code == 503
    assert "ถนน &lt;b&gt;&#34;สายใหม่&#34;&lt;/b&gt;" in answer.text
    assert 'name="note" value="พิมพ์มานาน\nสองบรรทัด"' in answer.text
    assert f'action="/projects/{world.own.published}/facts"' in answer.text
    assert "secret-secret" not in answer.text


def test_people_sign_in_and_out_and_choose_their_language(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    person = factories.make_user(
        session, "LAO_PLANNER", organisation=world.own.organisation, password=hash_password(PASSWORD)
    )
    open_now(session)
    client = app.test_client()
    token = client.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {"username": person.username, "password": PASSWORD, "csrf_token": token}
    assert client.post("/login", data=sent).status_code == 302
    assert client.get("/api/v1/me").json["signed_in"]
    inside = sign_in(app.test_client(), person)
    token = inside.environ_base["HTTP_X_CSRFTOKEN"]
    assert inside.post("/language", data={"language": "en", "csrf_token": token}).status_code == 302
    assert inside.post("/logout", data={"csrf_token": token}).status_code == 302
    assert not inside.get("/api/v1/me").json["signed_in"]


# --- the door behind all doors ---------------------------------------------------------------------------------------


def test_nobodys_transaction_begins_but_the_platforms_own(database: RolledBackDatabase, session: Session) -> None:
    open_now(session)
    with pytest.raises(ReadOnly) as refused, database.transaction(PERSON):
        raise AssertionError("begun")
    assert 3500 < refused.value.retry_after_s <= 3600
    with database.transaction(SYSTEM) as housekeeping:
        assert housekeeping.scalar(sa.text("SELECT 1")) == 1
    database.through_maintenance = True
    with database.transaction(PERSON) as operator:
        assert operator.scalar(sa.text("SELECT 1")) == 1


def test_the_command_line_is_a_door_too(
    session: Session, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = factories.make_user(session, "LAO_PLANNER", organisation="D9901001")
    open_now(session)
    monkeypatch.setattr("app.cli.users.database", lambda: database)
    ran = CliRunner().invoke(user_command, ["token", person.username])
    assert isinstance(ran.exception, ReadOnly)
    assert Settings.from_environment({"EPLAN_THROUGH_MAINTENANCE": "1"}).through_maintenance


def test_a_job_of_a_person_waits_and_is_done_afterwards(
    session: Session, database: RolledBackDatabase, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def write(run: runner.registry.JobRun) -> dict[str, int]:
        with run.database.transaction(run.attribution):
            seen.append(run.job_id)
        return {}

    monkeypatch.setattr(runner.registry, "find", lambda _kind: write)
    monkeypatch.setattr(runner, "_only_one", lambda *_: threading.Lock())
    job = BackgroundJob(kind="x", title="x", created_by=world.people["LAO_PLANNER"].id)
    session.add(job)
    window = open_now(session)
    with pytest.raises(ReadOnly) as refused:
        runner.run(database, settings, job.id, threading.Event())
    session.refresh(job)
    assert (job.status, job.attempts, seen) == ("WAITING", 0, [])
    again = Again().get_retry_decision(exception=refused.value, job=None)
    assert again is not None and again.retry_at is not None
    assert timedelta(seconds=50) < again.retry_at - datetime.now(UTC) < timedelta(seconds=61)
    assert Again().get_retry_decision(exception=RuntimeError(), job=None) is None
    maintenance.cancel(session, SYSTEM_ACTOR, window, "เสร็จแล้ว")
    session.commit()
    runner.run(database, settings, job.id, threading.Event())
    session.refresh(job)
    assert (job.status, seen) == ("DONE", [job.id])


# --- windows ---------------------------------------------------------------------------------------------------------


def test_a_window_is_told_before_it_begins_and_not_longer(client: FlaskClient, session: Session) -> None:
    announced(session, 24, notice_hours=23)
    assert client.get("/api/v1/maintenance").json["window"] is None
    session.execute(sa.text("UPDATE maintenance_window SET notice_hours = 30"))
    session.commit()
    client.application.extensions["eplan"].memory.clear()
    told = client.get("/api/v1/maintenance").json
    assert told["open"] is False
    assert "จะปรับปรุงระบบ" in told["text"]
    assert "ย้ายเครื่องแม่ข่าย" in client.get("/projects").text
    assert client.post("/language", data={"language": "en"}).status_code == 302


def test_parts_that_are_closed_cannot_be_read_and_the_rest_can(client: FlaskClient, session: Session) -> None:
    open_now(session, closed_parts=("map",))
    assert client.get("/map").status_code == 503
    assert client.get("/api/v1/layers").json["code"] == "part_closed"
    assert client.get("/projects").status_code == 200
    assert client.get("/api/v1/changes").status_code == 200


@pytest.mark.parametrize(
    ("begins", "ends", "more", "code"),
    [
        (2, 1, {}, "maintenance_reversed"),
        (1, 1 + 15 * 24, {}, "maintenance_too_long"),
        (-3, -2, {}, "maintenance_day"),
        (367 * 24, 367 * 24 + 1, {}, "maintenance_day"),
        (1, 2, {"closed_parts": ("x",)}, "unknown_code"),
        (1, 2, {"reason_th": " "}, "field_required"),
        (1, 2, {"notice_hours": 721}, "maintenance_notice"),
        (23.5, 24.5, {}, "maintenance_overlap"),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, begins: float, ends: float, more: dict[str, object], code: str
) -> None:
    announced(session, 24)
    now = datetime.now(UTC)
    given = {"reason_th": "x", **more}
    wanted = NewWindow(now + timedelta(hours=begins), now + timedelta(hours=ends), **given)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        maintenance.announce(session, SYSTEM_ACTOR, wanted)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_the_database_keeps_windows_apart_too(session: Session) -> None:
    announced(session, 24)
    again = (
        "INSERT INTO maintenance_window (begins_at, ends_at, reason_th)"
        " SELECT begins_at, ends_at, 'x' FROM maintenance_window"
    )
    with pytest.raises(sa.exc.IntegrityError, match="ex_maintenance_window_overlap"), session.begin_nested():
        session.execute(sa.text(again))


def test_the_department_announces_amends_and_ends_on_its_page(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    client = sign_in(app.test_client(), world.people["DLA_CENTRAL"])
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    form = {
        "do": "save",
        "begins_on": day.isoformat(),
        "begins_time": "๒๐.๓๐ น.",
        "ends_on": day.isoformat(),
        "ends_time": "22:00",
        "reason_th": "ปรับรุ่นฐานข้อมูล",
        "closed_map": "on",
    }
    bad = client.post("/maintenance", data={**form, "begins_time": "25:00", "ends_on": "x"})
    assert bad.status_code == 422
    assert "ปรับรุ่นฐานข้อมูล" in bad.text
    assert "“25:00”" in bad.text
    assert client.post("/maintenance", data=form).status_code == 303
    window, far = coming_windows(session)
    assert far.id == world.window
    assert (window.begins_at.astimezone(UTC).hour, window.begins_at.minute, window.closed_parts) == (13, 30, ("map",))
    begun = "UPDATE maintenance_window SET begins_at = now() - interval '1 hour' WHERE id = :id"
    session.execute(sa.text(begun), {"id": window.id})
    session.commit()
    session.expire_all()
    app.extensions["eplan"].memory.clear()
    version = str(window.row_version)
    ended = {"do": "cancel", "cancel_reason": "เสร็จก่อน", "row_version": version}
    assert client.post(f"/maintenance?edit={window.id}", data=ended).status_code == 303
    assert [one.id for one in coming_windows(session)] == [world.window]
    (over,) = window_history(session)
    assert (over.cancelled_at, over.cancel_reason) == (None, "เสร็จก่อน")
    assert "เสร็จก่อน" in client.get("/status").text


def test_a_stale_amendment_is_refused_and_an_open_window_keeps_its_beginning(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    client = sign_in(app.test_client(), world.people["DLA_CENTRAL"])
    window = open_now(session)
    before = one_window(session, window)
    later = (datetime.now(UTC) + 3 * HOUR).isoformat()
    sent = {"ends_at": later, "begins_at": later}
    address = f"/api/v1/maintenance/{window}"
    assert client.patch(address, json=sent).status_code == 428
    assert client.patch(address, json=sent, headers={"If-Match": '"w9"'}).status_code == 412
    assert client.patch(address, json=sent, headers={"If-Match": '"w1"'}).status_code == 200
    after = one_window(session, window)
    assert before and after
    assert after.begins_at == before.begins_at
    assert after.ends_at > before.ends_at


def test_others_announce_nothing(session: Session, world: World) -> None:
    actor = actor_by_username(session, world.people["PROV_HEAD"].username)
    assert actor is not None
    now = datetime.now(UTC)
    with pytest.raises(Forbidden):
        maintenance.announce(session, actor, NewWindow(now, now + HOUR, "x"))
    with pytest.raises(NotFound):
        maintenance.cancel(session, SYSTEM_ACTOR, 2**40, "x")


def test_the_operators_switch(session: Session, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "database", lambda: database)
    run = CliRunner().invoke
    assert run(cli.command, ["status"]).exit_code == 0
    on = run(cli.command, ["on", "--minutes", "30", "--reason", "ซ่อมดิสก์"])
    assert (on.exit_code, "read-only" in on.output, "EPLAN_THROUGH_MAINTENANCE=1" in on.output) == (0, True, True)
    assert isinstance(run(cli.command, ["on"]).exception, InvalidInput)
    assert run(cli.command, ["status"]).exit_code == 3
    assert "writing is on again" in run(cli.command, ["off"]).output
    assert "no window was open" in run(cli.command, ["off"]).output
    assert run(cli.command, ["status"]).exit_code == 0


# --- status ----------------------------------------------------------------------------------------------------------


def test_the_status_page_tells_the_parts(client: FlaskClient, session: Session, settings: Settings) -> None:
    announced(session, 100)
    told = client.get("/api/v1/status").json
    assert told["parts"]["database"]["state"] == "ok"
    assert told["parts"]["worker"]["state"] == "down"
    assert told["parts"]["backup"]["state"] == "unknown"
    assert told["parts"]["mail"]["state"] == "unknown", "no mail server is set"
    assert told["status"] == "degraded"
    assert told["next_window"]["reason"] == "ย้ายเครื่องแม่ข่าย"
    (settings.var_dir / "last-backup").touch()
    client.application.extensions["eplan"].memory.clear()
    assert client.get("/api/v1/status").json["parts"]["backup"]["state"] == "ok"
    (settings.var_dir / "last-backup").unlink()
    page = client.get("/status")
    assert page.status_code == 200
    assert "ย้ายเครื่องแม่ข่าย" in page.text


def test_the_status_is_told_without_a_database(settings: Settings) -> None:
    """Nothing listens there: the page, and the same for programs, still answer."""
    gone = Settings(
        database_url="postgresql://nobody@/nothing?host=/nonexistent",
        secret_key="test-only-key-" + "x" * 32,
        password_salt="x",
        var_dir=settings.var_dir,
    )
    client = create_app(gone, Database(gone)).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "somebody"
    page = client.get("/status")
    assert page.status_code == 200
    assert "ฐานข้อมูลไม่ตอบ" in page.text
    told = client.get("/api/v1/status").json
    assert (told["status"], told["parts"]["database"]["state"]) == ("down", "down")
    assert client.get("/healthz").status_code == 200


def test_reading_goes_on_although_it_leaves_receipts(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    """Messages, news (those of the maintenance itself) and hand-overs are read; nothing of it is written down."""
    person = world.people["LAO_PLANNER"]
    officer = actor_by_username(session, world.people["PROV_OFFICER"].username)
    assert officer is not None
    [organisation] = {one.organisation_code for one in person.memberships}
    asked = messages.ask(session, officer, NewThread("หัวเรื่อง", "ข้อความ", organisation=organisation))
    told = news.write_news(session, SYSTEM_ACTOR, NewNews("ปิดปรับปรุง", "คืนนี้", date(2026, 1, 1)))
    news.set_state(session, SYSTEM_ACTOR, told.id, "PUBLISHED")
    left = world.people["LAO_ENGINEER"].id
    over = HandOver(from_user_id=left, to_user_id=person.id, closing="roles", items=[], made_by_name="หัวหน้า")
    session.add(over)
    session.flush()
    open_now(session)
    client = sign_in(app.test_client(), person)
    for path in (f"/messages/{asked.thread}", f"/news/{told.id}", f"/hand-overs/{over.id}"):
        assert client.get(path).status_code == 200, path
    left = """SELECT (SELECT count(*) FROM message_read WHERE user_id = :me),
        (SELECT count(*) FROM news_read), (SELECT count(seen_at) FROM hand_over)"""
    assert tuple(session.execute(sa.text(left), {"me": person.id}).one()) == (0, 0, 0)


def test_asking_for_the_head_of_a_page_reads_nothing(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    told = news.write_news(session, SYSTEM_ACTOR, NewNews("ข่าว", "เนื้อข่าว", date(2026, 1, 1)))
    news.set_state(session, SYSTEM_ACTOR, told.id, "PUBLISHED")
    client = sign_in(app.test_client(), world.people["LAO_PLANNER"])
    assert client.head(f"/news/{told.id}").status_code == 200
    assert session.scalar(sa.text("SELECT count(*) FROM news_read")) == 0
    assert client.get(f"/news/{told.id}").status_code == 200
    assert session.scalar(sa.text("SELECT count(*) FROM news_read")) == 1


def test_visitors_write_nothing_before_the_edge_has_heard_of_a_window(
    app: Flask, session: Session, world: World
) -> None:
    """The edge remembers for some seconds that none is open; every transaction of a visitor asks again."""
    client = app.test_client()
    assert client.get("/status").status_code == 200  # remembered from here on
    windows_read = client.get("/api/v1/maintenance")
    assert windows_read.json is not None and windows_read.json["open"] is False
    open_now(session)
    app.config["WTF_CSRF_ENABLED"] = False
    before = session.scalar(sa.text("SELECT count(*) FROM citizen_question"))
    answer = client.post(f"/public/projects/{world.own.published}/ask", data={"body": "เมื่อไรจะเสร็จ"})
    assert answer.status_code == 503
    assert session.scalar(sa.text("SELECT count(*) FROM citizen_question")) == before


def test_the_public_pages_tell_of_a_window_as_well(world: World, session: Session, client: FlaskClient) -> None:
    address = f"/public/organisations/{world.own.organisation}"
    assert "จะปรับปรุงระบบ" not in client.get(address).text
    announced(session, 24)
    with client.application.app_context():
        windows().forget()  # the page itself stays in the memory of the process
    assert "จะปรับปรุงระบบ" in client.get(address).text

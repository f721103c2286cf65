"""The data service: tokens with scope and quota, the change feed, and files that are made again and again."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import policy
from app.auth.actor import SYSTEM_ACTOR, TokenScope
from app.auth.cache import CACHE
from app.auth.data_service import RESOURCES
from app.auth.loading import actor_by_username
from app.auth.policy import Visibility
from app.db import SYSTEM, Database, attribute
from app.errors import Forbidden, Gone, InvalidInput, NotFound
from app.jobs import runner
from app.jobs.sealing import seal_log
from app.models import ApiToken, BackgroundJob, Project, UserAccount
from app.queries.changes import START, Cursor, Eyes, changes_since, newest_cursor, read_cursor
from app.queries.standing_orders import orders_of
from app.services import data_service, standing_orders
from app.services.data_service import NewDataToken
from app.services.jobs import Silent
from app.services.standing_orders import NewOrder
from app.settings import Settings
from app.web.token_scope import BY_AREA, NEEDS, WRITES
from tests import factories
from tests.app.access_cases import CASES
from tests.app.access_world import World, make_world
from tests.app.conftest import SignIn
from tests.conftest import RolledBackDatabase, lasting, undone

OF_STAFF = Eyes(Visibility.STAFF, frozenset(RESOURCES))
ALL = ("projects", "geometries", "money", "plans", "changes", "exports")


@pytest.fixture(scope="module")
def country(engine: sa.Engine, settings: Settings) -> Iterator[tuple[sa.Connection, World]]:
    """The world of the access table, made once."""
    made: list[World] = []
    with lasting(engine, lambda session: made.append(make_world(session, settings.var_dir))) as opened:
        yield opened, made[0]


@pytest.fixture
def connection(country: tuple[sa.Connection, World], request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    with undone(country[0]) as opened:
        yield opened


@pytest.fixture
def world(country: tuple[sa.Connection, World]) -> World:
    return country[1]


def agency(world: World) -> UserAccount:
    return world.people["PARTNER_AGENCY"]


def give(session: Session, world: World, **more: Any) -> str:
    """The secret of a token of the agency."""
    wanted = {"username": agency(world).username, "name": "ระบบของหน่วยงาน", "resources": ALL, **more}
    issued = data_service.issue(session, SYSTEM_ACTOR, NewDataToken(**wanted))
    session.commit()
    CACHE.clear()
    return issued.secret


def ask(client: FlaskClient, secret: str, path: str, method: str = "GET", **more: Any) -> TestResponse:
    return client.open(path, method=method, headers={"Authorization": f"Bearer {secret}"}, **more)


# --- scope -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("areas", [(), ("99",)], ids=["country", "province"])
def test_a_token_reads_what_is_named_and_nothing_else(
    client: FlaskClient, session: Session, world: World, areas: tuple[str, ...]
) -> None:
    """Every address of the platform, also those that are added later: closed unless NEEDS names it."""
    secret, wrong = give(session, world, areas=areas, requests_per_day=10_000), []
    for case in CASES:
        if not case.rule.startswith("/api/") or case.variant:
            continue
        endpoint = client.application.url_map.bind("x").match(
            case.request(world, "own", "PARTNER_AGENCY")["path"], method=case.method
        )[0]
        given = case.request(world, "own", "PARTNER_AGENCY")
        given["headers"] = {**given.get("headers", {}), "Authorization": f"Bearer {secret}"}
        answer = client.open(method=case.method, **given)
        code = (answer.get_json(silent=True) or {}).get("code")
        refused = code in ("token_scope", "token_reads_only", "token_area_not_here", "token_area")
        open_to_it = endpoint in NEEDS and (case.method == "GET" or endpoint in WRITES)
        if refused == (open_to_it and (not areas or endpoint not in _OF_NO_AREA)):
            wrong.append((case.name, answer.status_code, code))
    assert not wrong


_OF_NO_AREA = {
    endpoint
    for endpoint, needs in NEEDS.items()
    if needs
    and endpoint not in BY_AREA
    and not endpoint.startswith(("projects.", "geometries.", "changes.", "standing"))
}


def test_what_is_named_exists(app: Flask) -> None:
    assert NEEDS.keys() | BY_AREA <= set(app.view_functions)


def test_no_word_of_another_resource_is_told(client: FlaskClient, session: Session, world: World) -> None:
    secret = give(session, world, resources=("projects",))
    for path in ("/api/v1/projects?limit=5", f"/api/v1/projects/{world.own.published}"):
        answer = ask(client, secret, path)
        assert answer.status_code == 200
        for word in ("_baht", '"geometry":', "bbox", "contracts", '"plan":', '"history"', "contractor"):
            assert word not in answer.text, (path, word)
    for path in (
        "/api/v1/projects?sort=budget",
        "/api/v1/projects?bbox=100,15,102,17",
        "/api/v1/projects?fund_source=OWN_REVENUE",
        f"/api/v1/projects/{world.own.published}/geometry",
        "/api/v1/exports?layer=projects",
        "/api/v1/changes",
        "/api/v1/changes?resource=money",
    ):
        answer = ask(client, secret, path)
        assert (answer.status_code, answer.json["code"]) == (403, "token_scope"), path


def test_a_token_of_an_area_hears_of_nothing_outside(client: FlaskClient, session: Session, world: World) -> None:
    secret = give(session, world, areas=("99",))
    session.execute(sa.text("UPDATE project SET area_code = '980101' WHERE organisation_code = 'D9801001'"))
    session.execute(sa.text("UPDATE project SET area_code = '990101' WHERE organisation_code = 'D9901001'"))
    session.commit()
    items = ask(client, secret, "/api/v1/projects").json["items"]
    assert items
    assert {item["organisation"] for item in items} == {"D9901001"}
    assert ask(client, secret, "/api/v1/projects?area=990101").status_code == 200
    for area in ("98", "980101", "99,98", "9"):
        answer = ask(client, secret, f"/api/v1/projects?area={area}")
        assert answer.status_code in (400, 403), area
    assert ask(client, secret, f"/api/v1/projects/{world.own.published}").status_code == 200
    there, none = (ask(client, secret, f"/api/v1/projects/{code}") for code in (world.other.published, "P-NONE"))
    assert (
        (there.status_code, there.json["code"]) == (none.status_code, none.json["code"]) == (404, "project_not_found")
    )
    features = ask(client, secret, "/api/v1/layers/projects/items").json["features"]
    assert all(feature["properties"].get("organisation") != "D9801001" for feature in features)
    answer = ask(client, secret, "/api/v1/budget?fiscal_year=2569")
    assert answer.json["code"] == "token_area_not_here"


def test_a_token_of_staff_sees_what_an_agency_does_and_writes_nothing(session: Session, world: World) -> None:
    officer = world.people["PROV_OFFICER"]
    secret = give(session, world)
    session.execute(sa.update(ApiToken).where(ApiToken.resources.is_not(None)).values(last_used_at=None))
    found = actor_by_username(session, officer.username)
    assert found is not None
    scoped = replace(found, token=TokenScope(1, frozenset(ALL)))
    assert policy.visibility(scoped) is Visibility.PARTNER
    assert policy.own_scope(scoped) == policy.OwnScope()
    target = policy.Target("D9901001", "99", "9901")
    assert [action for action in policy.ACTIONS if policy.may(scoped, action, target)] == [policy.EXPORT]
    assert secret.startswith("eplan_")


# --- quotas and their log --------------------------------------------------------------------------------------------


def test_a_quota_of_requests_is_exact_and_told(client: FlaskClient, session: Session, world: World) -> None:
    secret = give(session, world, requests_per_day=3)
    left = [ask(client, secret, "/api/v1/projects?limit=1").headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    over = ask(client, secret, "/api/v1/projects?limit=1")
    assert (over.status_code, over.json["code"]) == (429, "quota_exceeded")
    assert 0 < int(over.headers["Retry-After"]) <= 86_400
    assert over.headers["RateLimit-Remaining"] == "0"
    assert '"requests";q=3;w=86400' in over.headers["RateLimit-Policy"]
    rows = session.execute(sa.text("SELECT resource, requests, rows, refused FROM token_use")).all()
    assert [tuple(row) for row in rows] == [("projects", 3, 3, 1)]


def test_a_quota_of_rows_ends_what_comes_next(client: FlaskClient, session: Session, world: World) -> None:
    secret = give(session, world, rows_per_day=2)
    assert len(ask(client, secret, "/api/v1/projects?limit=2").json["items"]) == 2
    over = ask(client, secret, "/api/v1/projects?limit=1")
    assert (over.status_code, over.json["quota"]) == (429, "rows")
    answer = ask(client, give(session, world), "/api/v1/me/use")
    assert answer.status_code == 200
    assert answer.json["quotas"]["requests"]["left"] == 4_999


def test_files_are_counted_by_their_rows(client: FlaskClient, session: Session, world: World) -> None:
    secret = give(session, world)
    assert ask(client, secret, "/api/v1/open-data/projects").status_code == 200
    assert ask(client, secret, "/api/v1/exports?layer=projects&format=csv").status_code == 200
    rows, size = session.execute(sa.text("SELECT sum(rows), sum(bytes) FROM token_use")).one()
    assert rows >= 2
    assert size > 500


def test_what_is_refused_is_counted_and_seen_by_department_and_agency(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    secret = give(session, world, resources=("projects",))
    assert ask(app.test_client(), secret, "/api/v1/plans/1").status_code == 403
    assert (
        ask(app.test_client(), secret, f"/api/v1/projects/{world.own.published}", "PATCH", json={}).status_code == 403
    )
    token = session.scalar(sa.select(sa.func.max(ApiToken.id)))
    assert session.scalar(sa.text("SELECT sum(refused) FROM token_use WHERE token_id = :t"), {"t": token}) == 2
    for who, status in (("DLA_CENTRAL", 200), ("PARTNER_AGENCY", 200), ("DLA_ANALYST", 404), ("LAO_PLANNER", 404)):
        if who not in world.people:
            continue
        page = sign_in(app.test_client(), world.people[who]).get(f"/data-service/tokens/{token}")
        assert page.status_code == status, who
    mine = sign_in(app.test_client(), agency(world)).get("/account/tokens")
    assert "ระบบของหน่วยงาน" in mine.text


@pytest.mark.parametrize(
    ("column", "code"), [("expires_at", "token_expired"), ("revoked_at", "token_revoked")], ids=["expired", "revoked"]
)
def test_a_token_that_ended_says_so(
    client: FlaskClient, session: Session, world: World, column: str, code: str
) -> None:
    secret = give(session, world)
    with factories.as_owner(session):
        session.execute(
            sa.text(f"UPDATE api_token SET {column} = now() - interval '1 day' WHERE resources IS NOT NULL")
        )
    session.commit()
    answer = ask(client, secret, "/api/v1/projects")
    assert (answer.status_code, answer.json["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "เมื่อ" in answer.json["detail"]


# --- giving ----------------------------------------------------------------------------------------------------------


def test_the_department_gives_a_token_to_a_program_and_shows_it_once(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    client = sign_in(app.test_client(), world.people["DLA_CENTRAL"])
    form = {
        "new_username": "agency-drr",
        "display_name": "กรมทางหลวงชนบท",
        "name": "แผนที่",
        "resources": ["projects", "changes"],
        "areas": "๙๙",
        "days": "30",
        "requests_per_day": "1,000",
        "rows_per_day": "50000",
    }
    wrong = client.post("/data-service", data={**form, "areas": "77", "days": "0", "resources": []})
    assert wrong.status_code == 422
    assert session.scalar(sa.text("SELECT count(*) FROM user_account WHERE username = 'agency-drr'")) == 0
    page = client.post("/data-service", data=form)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    secret = page.text.split('id="token-once">')[1].split("<")[0]
    assert secret not in client.get("/data-service").text
    assert ask(app.test_client(), secret, "/api/v1/me").json["username"] == "agency-drr"
    held = session.execute(
        sa.text(
            "SELECT u.password, m.role_code FROM user_account u JOIN membership m ON m.user_id = u.id"
            " WHERE u.username = 'agency-drr'"
        )
    ).all()
    assert [tuple(row) for row in held] == [(None, "PARTNER_AGENCY")]
    again = client.post("/data-service", data=form)
    assert again.status_code == 422
    assert "มีบัญชี agency-drr แล้ว" in again.text


def test_the_door_for_programs_makes_nothing_but_programs(session: Session) -> None:
    for name in ("director", "agency-", "agency-X", "Agency-drr"):
        with pytest.raises(sa.exc.DBAPIError), session.begin_nested():
            session.execute(sa.text("SELECT make_service_account(:n, 'x')"), {"n": name})


def test_others_give_no_tokens_and_an_agency_makes_none_without_limits(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    actor = actor_by_username(session, world.people["PROV_HEAD"].username)
    assert actor is not None
    with pytest.raises(Forbidden):
        data_service.issue(session, actor, NewDataToken(agency(world).username, "x", ("projects",)))
    with pytest.raises(InvalidInput):
        data_service.issue(
            session, SYSTEM_ACTOR, NewDataToken(world.people["LAO_PLANNER"].username, "x", ("projects",))
        )
    own = sign_in(app.test_client(), agency(world)).post("/account/tokens", data={"name": "x"})
    assert own.status_code == 422


# --- the change feed -------------------------------------------------------------------------------------------------


def test_nothing_is_left_out_when_transactions_end_in_another_order(
    committed: Database, own_settings: Settings
) -> None:
    """The first one draws its number first and ends last: a reader by numbers would never see it."""
    with committed.transaction() as session:
        factories.make_province(session, "99", name_th="จังหวัด", bounds=(101.8, 15.8, 102.2, 16.2))
        factories.make_amphoe(session, "9901")
        factories.make_tambon(session, "990101")
        factories.make_organisation(session, "D9901001", province_code="99", amphoe_code="9901")
        first, second = (factories.make_project(session, organisation="D9901001").code for _ in range(2))
    seal_log(committed, own_settings)
    with committed.reading() as session:
        cursor = newest_cursor(session)

    def rename(session: Session, code: str) -> None:
        session.execute(sa.text("UPDATE project SET name_th = name_th || ' 2' WHERE code = :code"), {"code": code})

    slow = Session(committed.engine)
    attribute(slow, SYSTEM)
    rename(slow, first)
    with committed.transaction() as session:
        rename(session, second)
    seal_log(committed, own_settings)
    with committed.reading() as session:
        page = changes_since(session, cursor, OF_STAFF, 100)
        assert [one.project for one in page.items] == [second]
        numbers = dict(session.execute(sa.text("SELECT project_id, max(id) FROM change_log GROUP BY 1")).all())
        ids = dict(session.execute(sa.select(Project.code, Project.id)).all())
    slow.commit()
    slow.close()
    seal_log(committed, own_settings)
    with committed.reading() as session:
        late = changes_since(session, page.cursor, OF_STAFF, 100)
        numbers = dict(session.execute(sa.text("SELECT project_id, max(id) FROM change_log GROUP BY 1")).all())
        both = changes_since(session, cursor, OF_STAFF, 100)
        one_by_one, at = [], cursor
        while (step := changes_since(session, at, OF_STAFF, 1)).items:
            one_by_one += [one.project for one in step.items]
            at = step.cursor
    assert numbers[ids[first]] < numbers[ids[second]]
    assert [one.project for one in late.items] == [first]
    assert [one.project for one in both.items] == [second, first] == one_by_one
    assert not late.more


def sealed(session: Session) -> Cursor:
    """The log sealed inside the test's own transaction."""
    session.commit()
    block_of_all(session)
    return newest_cursor(session)


def block_of_all(session: Session) -> None:
    """A block of everything that no block holds yet: ``seal_audit`` wants a transaction of its own."""
    with factories.as_owner(session):
        session.execute(
            sa.text(
                """
                INSERT INTO audit_block (number, version, previous_sha256, ids, row_count, row_digests, rows_sha256,
                    seen_id, open_ids, xid_horizon, cluster, sealed_at, block_sha256)
                SELECT n, 1, repeat('0', 64), ids, c, decode(repeat('00', 32 * c::int), 'hex'), repeat('0', 64),
                    0, '{}', 0, '', now(), encode(sha256(n::text::bytea), 'hex')
                FROM (SELECT coalesce(max(number), 0) + 1 AS n FROM audit_block) b,
                    (SELECT coalesce(range_agg(int8range(id, id, '[]')), '{}') AS ids, count(*)::int AS c
                     FROM change_log l
                     WHERE NOT EXISTS (SELECT FROM audit_block k WHERE k.ids @> l.id)) t
                """
            )
        )
    session.commit()


def told(
    client: FlaskClient, cursor: Cursor | str, secret: str = "", more: str = ""
) -> list[tuple[str, str, str | None]]:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    answer = client.get(f"/api/v1/changes?since={cursor}{more}", headers=headers)
    assert answer.status_code == 200, answer.text
    return [(one["resource"], one["action"], one["project"]) for one in answer.json["items"]]


def test_the_public_hears_of_what_is_published_and_of_what_is_not_any_more(
    client: FlaskClient, session: Session, world: World
) -> None:
    cursor = sealed(session)
    change = "UPDATE project SET name_th = name_th || ' 2' WHERE code = ANY(:codes)"
    session.execute(sa.text(change), {"codes": [world.own.published, world.own.planned]})
    after_first = sealed(session)
    assert told(client, cursor) == [("projects", "changed", world.own.published)]
    with factories.any_status(session):
        session.execute(sa.text("UPDATE project SET status = 'CANCELLED' WHERE code = :c"), {"c": world.own.published})
        session.execute(sa.text("UPDATE project SET status = 'CANCELLED' WHERE code = :c"), {"c": world.own.planned})
    sealed(session)
    withdrawn = ("projects", "withdrawn", world.own.published)
    assert told(client, after_first) == [withdrawn]
    # Whoever comes late hears the end of it, and never of the one that was not published.
    assert told(client, cursor) == [withdrawn]
    secret = give(session, world)
    agency_hears = {project for resource, _, project in told(client, cursor, secret) if resource == "projects"}
    assert agency_hears >= {world.own.published, world.own.planned}


def test_a_token_hears_of_its_areas_and_of_what_left_them(client: FlaskClient, session: Session, world: World) -> None:
    session.execute(sa.text("UPDATE project SET area_code = '990101' WHERE code = :c"), {"c": world.own.published})
    cursor = sealed(session)
    secret, elsewhere = give(session, world, areas=("99",)), give(session, world, areas=("98",))
    sealed(session)
    session.execute(sa.text("UPDATE project SET area_code = '980101' WHERE code = :c"), {"c": world.own.published})
    sealed(session)
    assert ("projects", "withdrawn", world.own.published) in told(client, cursor, secret)
    assert ("projects", "changed", world.own.published) in told(client, cursor, elsewhere)
    assert told(client, cursor, secret, "&resource=money") == []


def test_the_feed_begins_with_a_cursor_and_goes_on_from_any(
    client: FlaskClient, session: Session, world: World
) -> None:
    sealed(session)
    begin = client.get("/api/v1/changes").json
    assert (begin["items"], begin["more"]) == ([], False)
    again = client.get(begin["next"]).json
    assert (again["items"], again["cursor"]) == ([], begin["cursor"])
    everything = client.get("/api/v1/changes?since=oldest&limit=1000").json
    assert everything["items"]
    middle = everything["items"][0]["cursor"]
    rest = client.get(f"/api/v1/changes?since={middle}&limit=1000").json["items"]
    assert [one["cursor"] for one in rest] == [one["cursor"] for one in everything["items"][1:]]
    assert not any(set(one) & {"by", "before", "after"} for one in everything["items"])


def test_a_cursor_that_is_too_old_or_of_another_log_says_how_to_begin_again(
    client: FlaskClient, session: Session, world: World
) -> None:
    cursor = sealed(session)
    for wrong in (f"{cursor.block}-{cursor.line}-00000000", f"{cursor.block + 50}-1-{cursor.mark}"):
        answer = client.get(f"/api/v1/changes?since={wrong}")
        assert (answer.status_code, answer.json["code"]) == (410, "cursor_of_another_log")
        assert read_cursor(answer.json["cursor"]) == cursor
    with factories.as_owner(session):
        session.execute(sa.text("ALTER TABLE audit_block DISABLE TRIGGER USER"))
        session.execute(sa.text("UPDATE audit_block SET sealed_at = now() - interval '500 days'"))
        session.execute(sa.text("ALTER TABLE audit_block ENABLE TRIGGER USER"))
    session.execute(sa.text("UPDATE project SET name_th = name_th || ' 3'"))
    sealed(session)
    with pytest.raises(Gone):
        changes_since(session, START, OF_STAFF, 10)
    if cursor.block > 1:
        answer = client.get(f"/api/v1/changes?since=1-1-{hashlib.sha256(b'1').hexdigest()[:8]}")
        assert answer.status_code == 410
    assert client.get("/api/v1/changes?since=oldest").status_code == 200
    assert client.get("/api/v1/changes?since=x").status_code == 400


# --- standing orders -------------------------------------------------------------------------------------------------


def run_due(
    session: Session, database: RolledBackDatabase, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the worker does in a minute."""
    monkeypatch.setattr(runner, "_only_one", lambda *_: nullcontext())
    monkeypatch.setattr(runner, "JobProgress", lambda *_: Silent())  # there is one connection only
    with database.transaction() as held:
        standing_orders.enqueue_due(held)
    waiting = sa.select(BackgroundJob.id).where(
        BackgroundJob.kind == standing_orders.KIND, BackgroundJob.status == "WAITING"
    )
    for number in session.scalars(waiting).all():
        runner.run(database, settings, number, threading.Event())
    session.expire_all()


def due_again(session: Session) -> None:
    session.execute(sa.text("UPDATE export_order SET next_at = clock_timestamp()"))
    session.commit()


def test_a_file_is_made_again_kept_and_fetched_by_a_token(
    client: FlaskClient,
    session: Session,
    world: World,
    database: RolledBackDatabase,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.execute(sa.text("UPDATE export_order SET removed_at = now()"))
    wanted = NewOrder("โครงการ/ทั้งจังหวัด", "layer", "projects", "csv", ("99",), (), "week", 2, agency(world).username)
    number = standing_orders.order(session, SYSTEM_ACTOR, wanted)
    session.commit()
    for _ in range(3):
        due_again(session)
        run_due(session, database, settings, monkeypatch)
    (found,) = orders_of(session, agency(world).id)
    assert [bool(copy.file) for copy in found.copies] == [True, True]
    assert timedelta(days=6) < found.next_at - datetime.now(UTC) < timedelta(days=8)
    secret, outside = give(session, world, areas=("99",)), give(session, world, areas=("98",))
    latest = f"/api/v1/standing-orders/{number}/copies/latest/file"
    answer = ask(client, secret, latest)
    assert hashlib.sha256(answer.data).hexdigest() == found.copies[0].sha256
    assert len(answer.data) == found.copies[0].bytes
    assert answer.headers["ETag"] == f'"{found.copies[0].sha256}"'
    seen = {"Authorization": f"Bearer {secret}", "If-None-Match": answer.headers["ETag"]}
    assert client.get(latest, headers=seen).status_code == 304
    assert ask(client, outside, latest).status_code == 404
    assert ask(client, outside, "/api/v1/standing-orders").json["items"] == []
    assert ask(client, secret, "/api/v1/standing-orders").json["items"][0]["latest"] == latest
    assert ask(client, give(session, world, resources=("projects",)), latest).status_code == 403
    folder = standing_orders.standing_dir(settings)
    assert len(list(folder.iterdir())) == 3
    for path in folder.iterdir():
        os.utime(path, (1, 1))
    assert standing_orders.sweep(session, settings) == 1


def test_why_a_file_could_not_be_made_stays_in_its_place(
    app: Flask,
    session: Session,
    world: World,
    database: RolledBackDatabase,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    sign_in: SignIn,
) -> None:
    session.execute(sa.text("UPDATE export_order SET removed_at = now()"))
    actor = actor_by_username(session, agency(world).username)
    assert actor is not None
    wanted = NewOrder("รายงานว่าง", "report", "", "xlsx", ("98",), (2545,), "day", 3)
    number = standing_orders.order(session, actor, wanted)
    session.commit()
    run_due(session, database, settings, monkeypatch)
    (found,) = orders_of(session, actor.user_id)
    assert found.copies[0].error is not None
    assert found.copies[0].error["code"] == "report_of_nothing"
    page = sign_in(app.test_client(), agency(world)).get("/standing-orders")
    assert "ไม่สำเร็จ" in page.text
    with pytest.raises(NotFound):
        standing_orders.copy_of(found, "latest")
    stranger = actor_by_username(session, world.people["LAO_PLANNER"].username)
    assert stranger is not None
    with pytest.raises(NotFound):
        standing_orders.end(session, stranger, number)


def test_a_program_orders_changes_and_ends_its_files_inside_its_scope(
    client: FlaskClient, session: Session, world: World
) -> None:
    session.execute(sa.text("UPDATE export_order SET removed_at = now()"))
    secret, outside = give(session, world, areas=("99",)), give(session, world, areas=("98",))
    reads = give(session, world, resources=("projects",), areas=("99",))

    def call(method: str, address: str, by: str = secret, **given: Any) -> TestResponse:
        return client.open(address, method=method, headers={"Authorization": f"Bearer {by}"}, json=given or None)

    base = "/api/v1/standing-orders"
    good = {"title": "โครงการ", "kind": "layer", "name": "projects", "format": "csv", "every": "week", "keep": 2}
    for areas, code in (((), "token_area_needed"), (("98",), "token_area"), (("77",), "token_area_unknown")):
        refused = call("POST", base, **good, areas=list(areas))
        assert refused.status_code == 422 and code in [one["code"] for one in refused.json["errors"]]
    assert call("POST", base, reads, **good, areas=["99"]).json["code"] == "token_scope"
    made = call("POST", base, **good, areas=["9901"], fiscal_years=[2570])
    assert made.status_code == 201 and made.json["areas"] == ["9901"] and made.json["fiscal_years"] == [2570]
    one = f"{base}/{made.json['id']}"
    assert call("GET", one).json == made.json == call("GET", base).json["items"][0]
    for method, given in (("GET", {}), ("PATCH", {"keep": 3}), ("DELETE", {})):
        assert call(method, one, outside, **given).status_code == 404, method
        assert call(method, one, reads, **given).status_code == 403, method
    due = datetime.fromisoformat(made.json["next_at"])
    session.execute(sa.text("UPDATE export_order SET next_at = now() + interval '5 days'"))
    monthly = call("PATCH", one, every="month", keep=4).json
    assert (monthly["every"], monthly["keep"]) == ("month", 4)
    assert datetime.fromisoformat(monthly["next_at"]) > due + timedelta(days=20)
    again = call("PATCH", one, areas=["99"], format="geojson").json
    assert again["areas"] == ["99"] and datetime.fromisoformat(again["next_at"]) < due + timedelta(days=1), "made now"
    for wrong in (
        {"areas": []},
        {"areas": ["98"]},
        {"every": "hour"},
        {"kind": "report"},
        {"keep": "3"},
        {"areas": "99"},
    ):
        assert call("PATCH", one, **wrong).status_code == 422, wrong
    assert call("GET", one).json == again
    assert call("DELETE", one).json == {"id": made.json["id"]}
    assert call("GET", one).status_code == 404 and call("GET", base).json["items"] == []
    logged = "SELECT action FROM change_log WHERE entity = 'export_order' AND entity_key = :key"
    acts = session.scalars(sa.text(logged), {"key": str(made.json["id"])})
    assert set(acts) == {"insert", "update"}


def test_an_order_that_cannot_be_is_refused_at_once(
    app: Flask, session: Session, world: World, sign_in: SignIn
) -> None:
    client = sign_in(app.test_client(), agency(world))
    form = {"title": "", "what": "layer:nothing", "format": "x", "areas": "77", "every": "hour", "keep": "99"}
    page = client.post("/standing-orders", data=form)
    assert page.status_code == 422
    assert page.text.count("<li>") >= 6
    good = {"title": "ตาราง", "what": "tables:projects", "areas": "99", "every": "day", "keep": "2"}
    assert client.post("/standing-orders", data=good).status_code == 303
    for _ in range(standing_orders.MOST_ORDERS):
        client.post("/standing-orders", data=good)
    assert len(orders_of(session, agency(world).id)) == standing_orders.MOST_ORDERS

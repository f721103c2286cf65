"""Every address x every role x own and other organisation, from one table that fails when an address is missing.

An answer "let in" is anything but 401, 403, 404 and a redirect to the sign-in page: what happens after the door
(a stale version, a file without rows) is tested where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.services.accounts import issue_token
from app.settings import Settings
from tests.app.access_cases import CASES, FOREIGN, Case
from tests.app.access_world import ROLES, VISITOR, World, make_world
from tests.app.conftest import SignIn
from tests.conftest import lasting, undone

READINESS = "/readyz"  # honestly says 503 where no worker runs
UNASKED = ("/healthz", READINESS, "/robots.txt")  # who asks does not matter
UNAWARE = (VISITOR, "PUBLIC")
OF_A_PROJECT = [case for case in CASES if "<code>" in case.rule]


@pytest.fixture(scope="module")
def country(engine: sa.Engine, settings: Settings) -> Iterator[tuple[sa.Connection, World]]:
    """The world, made once for all lines of the table, and the connection that sees it."""
    made: list[World] = []
    with lasting(engine, lambda session: made.append(make_world(session, settings.var_dir))) as opened:
        yield opened, made[0]


@pytest.fixture
def connection(country: tuple[sa.Connection, World]) -> Iterator[sa.Connection]:
    """What a line does to the world is taken back before the next one."""
    with undone(country[0]) as opened:
        yield opened


@pytest.fixture
def world(country: tuple[sa.Connection, World]) -> World:
    return country[1]


def let_in(answer: TestResponse) -> bool:
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
    return answer.status_code not in (401, 403, 404) and not to_sign_in


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_who_is_let_in(case: Case, app: Flask, session: Session, sign_in: SignIn, world: World) -> None:
    seen: dict[str, set[str]] = {"own": set(), "other": set()}
    failed = []
    for who in (VISITOR, *ROLES):
        client: FlaskClient = app.test_client()
        if who != VISITOR:
            sign_in(client, world.people[who])
        for side in ("own", "other"):
            answer = client.open(method=case.method, **case.request(world, side, who))
            if answer.status_code >= 500 and case.rule != READINESS:
                failed.append(f"{who} {side}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
            if let_in(answer):
                seen[side].add(who)
    assert not failed, "\n".join(failed)
    assert seen["own"] == case.own, "own organisation"
    assert seen["other"] == case.other, "other organisation"


def test_no_address_is_missing_from_the_table(app: Flask) -> None:
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FOREIGN
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(case.method, case.rule) for case in CASES}


UNSAFE = [case for case in CASES if case.method != "GET"]


@pytest.mark.parametrize("case", UNSAFE, ids=lambda case: case.name)
def test_no_unsafe_request_with_a_cookie_passes_without_the_token_of_a_page(
    case: Case, app: Flask, sign_in: SignIn, world: World
) -> None:
    """Whoever may do the most here: a foreign page must not do it in their name."""
    for who in sorted(case.own - {VISITOR}) or ROLES:
        client = sign_in(app.test_client(), world.people[who])
        del client.environ_base["HTTP_X_CSRFTOKEN"]
        answer = client.open(method=case.method, **case.request(world, "own", who))
        assert (answer.status_code, "csrf_failed" in answer.text or "<html" in answer.text) == (400, True), who


@pytest.mark.parametrize(
    "case", [c for c in CASES if not c.rule.startswith(("/api/", "/tiles/"))], ids=lambda case: case.name
)
def test_a_token_opens_no_page(case: Case, app: Flask, session: Session, world: World) -> None:
    """A program's token that leaked must not make another token, change a password or act on a page."""
    if case.rule in UNASKED:
        return
    issued = issue_token(session, world.people["PROV_OFFICER"].id, "leaked")
    session.commit()
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {issued.secret}"
    assert not let_in(client.open(method=case.method, **case.request(world, "own", "PROV_OFFICER")))


PRIVATE = [case for case in CASES if re.search("batch_id|job_id|match_id|token_id|upload_id", case.rule)]


@pytest.mark.parametrize("case", PRIVATE, ids=lambda case: case.name)
def test_a_strangers_file_job_and_token_are_like_none(case: Case, app: Flask, sign_in: SignIn, world: World) -> None:
    nothing = 2**62
    place = replace(world.other, batch=nothing, match=nothing, upload=nothing, record_upload=nothing)
    absent = replace(world, other=place, stranger_job=nothing, stranger_token=nothing)
    for who in sorted(set(ROLES) - case.other - {"DLA_CENTRAL"}):
        client = sign_in(app.test_client(), world.people[who])
        there, none = (client.open(method=case.method, **case.request(w, "other", who)) for w in (world, absent))
        assert there.status_code == none.status_code == 404, who


UNLIKE = ("X-Request-Id", "Set-Cookie", "Date", "Retry-After")


def heard(answer: TestResponse, code: str) -> tuple[object, ...]:
    """An answer without what differs between any two requests: the receipt, form tokens, how many more may be sent, and
    the code asked for."""
    receipt = answer.headers["X-Request-Id"]
    told = {k: v for k, v in answer.headers if k not in UNLIKE and not k.startswith("X-RateLimit")}
    text = f"{sorted(told.items())} {answer.get_data(as_text=True)}".replace(receipt, "RECEIPT").replace(code, "CODE")
    return answer.status_code, re.sub(r'(csrf[-_]token" (?:content|value)=")[^"]+', r"\1", text)


@pytest.mark.parametrize("case", OF_A_PROJECT, ids=lambda case: case.name)
def test_who_may_not_know_of_a_project_hears_that_there_is_none(
    case: Case, app: Flask, sign_in: SignIn, world: World
) -> None:
    """Neither the status nor a word may tell a project that is not published from one that does not exist."""
    planned = world.own.planned
    absent = planned[:-1] + "X"
    for who in UNAWARE:
        answers = []
        for code in (planned, absent):
            client: FlaskClient = app.test_client()
            if who != VISITOR:
                sign_in(client, world.people[who])
            place = replace(world.own, published=code, planned=code)
            request = case.request(replace(world, own=place, other=place), "other", who)
            answers.append(heard(client.open(method=case.method, **request), code))
        assert answers[0] == answers[1], who
        assert answers[0][0] in ({204, 401, 404} if case.rule.endswith("/draft") else {401, 404}), who

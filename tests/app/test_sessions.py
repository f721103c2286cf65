"""A session is one sign-in on one device: it ends on the server, and a copy of its cookie ends with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.cache import CACHE
from app.auth.passwords import hash_password
from app.auth.sessions import goes_on, start_session
from app.auth.tokens import token_sha256
from app.models import Project, UserAccount, UserSession
from tests import factories
from tests.app.conftest import SignIn
from tests.statements import counted

PASSWORD = "ฝนตกที่หนองสาธิต 2570"


@pytest.fixture
def project(session: Session) -> Project:
    return factories.make_project(session, factories.make_organisation(session))


@pytest.fixture
def person(session: Session, project: Project) -> UserAccount:
    user = factories.make_user(session, "LAO_ENGINEER", organisation=project.organisation_code)
    user.password = hash_password(PASSWORD)
    session.commit()
    return user


@pytest.fixture
def browser(app: Flask, sign_in: SignIn, person: UserAccount) -> Iterator[FlaskClient]:
    yield sign_in(app.test_client(), person)
    CACHE.clear()


def copy_of(browser: FlaskClient) -> FlaskClient:
    """Somebody else's browser with the same cookie, as it was."""
    with browser.session_transaction() as cookie:
        content = dict(cookie)
    thief = browser.application.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(content)
        cookie.permanent = True
    thief.environ_base["HTTP_X_CSRFTOKEN"] = browser.environ_base["HTTP_X_CSRFTOKEN"]
    return thief


def is_in(browser: FlaskClient) -> bool:
    answer = browser.get("/api/v1/imports")
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def sign_out(browser: FlaskClient, **form: str) -> None:
    token = browser.environ_base["HTTP_X_CSRFTOKEN"]
    assert browser.post("/logout", data={"csrf_token": token, **form}).headers["Location"] == "/login"


def test_a_copied_cookie_ends_with_the_sign_out(browser: FlaskClient) -> None:
    copied = copy_of(browser)
    assert is_in(copied)
    sign_out(browser)
    assert not is_in(copied)
    assert copied.get("/account").headers["Location"].startswith("/login")
    assert copied.put("/api/v1/projects/x/draft", json={}).status_code == 401
    assert copied.get("/tiles/roads/12/3208/1863.mvt").headers["Cache-Control"].startswith("public")


def test_an_end_in_another_process_is_felt_at_once(browser: FlaskClient, session: Session) -> None:
    """There the person is still remembered from the request before."""
    assert is_in(browser)
    session.execute(sa.update(UserSession).values(ended_at=sa.func.now()))
    session.commit()
    assert not is_in(browser)


def test_signing_out_on_a_shared_computer_leaves_the_telephone_in(
    app: Flask, browser: FlaskClient, sign_in: SignIn, person: UserAccount
) -> None:
    telephone = sign_in(app.test_client(), person)
    sign_out(browser)
    assert is_in(telephone) and not is_in(browser)


def test_signing_out_everywhere_ends_every_device(
    app: Flask, browser: FlaskClient, sign_in: SignIn, person: UserAccount, session: Session, project: Project
) -> None:
    telephone = sign_in(app.test_client(), person)
    neighbour = factories.make_user(session, "LAO_PLANNER", organisation=project.organisation_code)
    other = sign_in(app.test_client(), neighbour)
    sign_out(browser, everywhere="1")
    assert not is_in(telephone) and not is_in(browser)
    assert is_in(other)


@pytest.mark.parametrize("page", ["/account", "/logout"])
def test_both_ways_out_are_offered(browser: FlaskClient, page: str) -> None:
    assert 'name="everywhere"' in browser.get(page).text


def test_a_new_password_ends_every_other_session_and_copies_of_this_one(
    app: Flask, browser: FlaskClient, sign_in: SignIn, person: UserAccount
) -> None:
    telephone, copied = sign_in(app.test_client(), person), copy_of(browser)
    form = {"current_password": PASSWORD, "new_password": "ประโยคใหม่ที่ยาวพอ"}
    assert browser.post("/account/password", data=form).status_code == 302
    assert is_in(browser)
    assert not is_in(telephone) and not is_in(copied)


def test_a_draft_outlives_the_session(
    app: Flask, browser: FlaskClient, sign_in: SignIn, person: UserAccount, project: Project
) -> None:
    address = f"/api/v1/projects/{project.code}/draft"
    assert browser.put(address, json={"content": {"drawn": 1}, "base_version": 0}).status_code == 200
    sign_out(browser, everywhere="1")
    again = sign_in(app.test_client(), person)
    assert again.get(address).get_json()["content"] == {"drawn": 1}


def test_an_unused_session_ends_on_the_server_too(browser: FlaskClient, session: Session) -> None:
    session.execute(sa.update(UserSession).values(last_seen_at=sa.func.now() - sa.text("interval '13 hours'")))
    session.commit()
    assert not is_in(browser)


def test_use_is_written_down_now_and_then(browser: FlaskClient, session: Session) -> None:
    session.execute(sa.update(UserSession).values(last_seen_at=sa.func.now() - sa.text("interval '6 minutes'")))
    session.commit()
    assert is_in(browser)
    assert session.scalar(sa.select(UserSession.last_seen_at > sa.func.now() - sa.text("interval '1 minute'")))


def test_a_known_session_costs_one_look_and_a_tile_none(browser: FlaskClient, session: Session) -> None:
    assert is_in(browser)
    for address, looks in (("/api/v1/me", 1), ("/account/tokens", 1), ("/tiles/roads/12/3208/1863.mvt", 0)):
        with counted(session) as sent:
            browser.get(address)
        assert sum("user_session" in statement for statement in sent) == looks, address


def test_old_rows_go_when_the_person_signs_in_again(session: Session, person: UserAccount) -> None:
    old, recent = start_session(session, person.id), start_session(session, person.id)
    session.execute(
        sa.update(UserSession)
        .where(UserSession.key_sha256 == token_sha256(old))
        .values(ended_at=sa.func.now() - sa.text("interval '91 days'"))
    )
    start_session(session, person.id)
    assert session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 2
    assert goes_on(session.connection(), recent) and not goes_on(session.connection(), old)


def test_the_cookie_names_neither_the_person_nor_what_the_database_holds(
    browser: FlaskClient, session: Session, person: UserAccount
) -> None:
    with browser.session_transaction() as cookie:
        key = cookie["_user_id"]
    assert person.fs_uniquifier != key
    stored = session.scalars(sa.select(UserSession.key_sha256)).all()
    thief = browser.application.test_client()
    for held in (*stored, person.fs_uniquifier):
        with thief.session_transaction() as cookie:
            cookie["_user_id"] = held
            cookie.permanent = True
        assert not is_in(thief)

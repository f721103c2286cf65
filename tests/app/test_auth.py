"""Signing in for real, throttling, sessions, forged requests, tokens."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.actor import Actor, Grant
from app.auth.cache import CACHE, TTL_S, ActorCache
from app.auth.loading import actor_by_username
from app.errors import InvalidInput
from app.models import ApiToken, Membership, UserAccount
from app.services import accounts
from tests import factories
from tests.app.conftest import SignIn
from tests.conftest import RolledBackDatabase

PASSWORD = "ฝนตกที่หนองสาธิต 2570"


@pytest.fixture
def account(session: Session) -> accounts.Account:
    factories.make_organisation(session, "D9901001")
    grant = Grant("LAO_ENGINEER", "organisation", "D9901001")
    with factories.as_owner(session):
        made = accounts.create_account(session, "Engineer.One", PASSWORD, "กองช่าง", [grant], "one@example.go.th")
    session.commit()
    return made


def csrf_of(client: FlaskClient, path: str = "/login") -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found is not None
    return found.group(1)


def post_sign_in(client: FlaskClient, username: str, password: str, **more: str) -> TestResponse:
    form = {"username": username, "password": password, "csrf_token": csrf_of(client), **more}
    return client.post("/login", data=form)


def username_of(client: FlaskClient, **headers: str) -> str:
    found: str = client.get("/api/v1/me", headers=headers).get_json()["username"]
    return found


@pytest.mark.parametrize("name", ["engineer.one", "ENGINEER.ONE", " engineer.one ", "one@example.go.th"])
def test_a_person_signs_in_by_name_or_e_mail(client: FlaskClient, account: accounts.Account, name: str) -> None:
    answer = post_sign_in(client, name, PASSWORD)
    assert answer.status_code == 302
    assert username_of(client) == "engineer.one"


def test_when_somebody_signed_in_is_kept_with_its_zone(
    client: FlaskClient, session: Session, account: accounts.Account
) -> None:
    """UTC without a zone would be taken for the clock of Thailand, seven hours early."""
    before = datetime.now(UTC)
    post_sign_in(client, "engineer.one", PASSWORD)
    client.post("/logout", data={"csrf_token": csrf_of(client, "/logout")})
    post_sign_in(client, "engineer.one", PASSWORD)
    held = session.execute(
        sa.text("SELECT current_login_at, last_login_at FROM user_account WHERE username = 'engineer.one'")
    ).one()
    assert all(abs(at - before) < timedelta(minutes=5) for at in held)


def test_the_session_cookie_is_kept_from_scripts_and_ends(client: FlaskClient, account: accounts.Account) -> None:
    cookie = next(c for c in post_sign_in(client, "engineer.one", PASSWORD).headers.getlist("Set-Cookie"))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Expires=" in cookie


def test_an_idle_session_ends(app: Flask, client: FlaskClient, account: accounts.Account) -> None:
    post_sign_in(client, "engineer.one", PASSWORD)
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(seconds=-1)
    assert username_of(client) == ""


def test_signing_in_returns_to_where_one_was_and_nowhere_else(client: FlaskClient, account: accounts.Account) -> None:
    assert client.get("/account").headers["Location"].startswith("/login?next=")
    answer = post_sign_in(client, "engineer.one", PASSWORD, next="/account")
    assert answer.headers["Location"].endswith("/account")


def test_a_foreign_address_is_not_returned_to(client: FlaskClient, account: accounts.Account) -> None:
    answer = post_sign_in(client, "engineer.one", PASSWORD, next="https://elsewhere.example/")
    assert "elsewhere" not in answer.headers.get("Location", "")


def test_a_wrong_password_counts_down_and_rests(client: FlaskClient, account: accounts.Account) -> None:
    for left in (4, 3, 2, 1):
        page = post_sign_in(client, "engineer.one", "wrong").get_data(as_text=True)
        assert f"รหัสผ่านไม่ถูกต้อง เหลืออีก {left} ครั้งก่อนพัก 15 นาที" in page
    assert "พักไว้ถึง" in post_sign_in(client, "engineer.one", "wrong").get_data(as_text=True)
    assert "พักไว้ถึง" in post_sign_in(client, "engineer.one", PASSWORD).get_data(as_text=True)
    assert username_of(client) == ""


def test_a_name_without_an_account_is_answered_in_the_same_words(
    client: FlaskClient, account: accounts.Account
) -> None:
    def words(name: str) -> list[str]:
        pages = [post_sign_in(client, name, "wrong").get_data(as_text=True) for _ in range(6)]
        return [re.sub(r"\d\d:\d\d", "", re.search(r'id="password-error"[^>]*>(.*?)</p>', p, re.S)[1]) for p in pages]  # type: ignore[index]

    assert words("engineer.one") == words(f"nobody{id(client)}")


def test_every_process_knows_the_attempts_on_a_name_without_an_account(
    client: FlaskClient, session: Session, account: accounts.Account
) -> None:
    """Counted by each process for itself, a name that has no account would rest later than one that has."""
    name = "nobody.of.ours"
    for _ in range(4):
        post_sign_in(client, name, "wrong")
    kept = session.execute(sa.text("SELECT name_mark, failures FROM sign_in_attempt")).all()
    assert [row.failures for row in kept] == [4] and name not in kept[0].name_mark
    assert "พักไว้ถึง" in post_sign_in(client, name, "wrong").get_data(as_text=True)
    session.execute(sa.text("UPDATE sign_in_attempt SET tried_at = tried_at - interval '25 hours'"))
    post_sign_in(client, "somebody.else", "wrong")
    assert session.scalar(sa.text("SELECT count(*) FROM sign_in_attempt")) == 1, "guesses are forgotten after a day"


def test_the_rest_ends(client: FlaskClient, session: Session, account: accounts.Account) -> None:
    row = session.get_one(UserAccount, account.id)
    row.failed_sign_ins, row.locked_until = 0, datetime.now(UTC) - timedelta(seconds=1)
    session.commit()
    assert post_sign_in(client, "engineer.one", PASSWORD).status_code == 302


def test_a_success_forgets_earlier_failures(client: FlaskClient, session: Session, account: accounts.Account) -> None:
    post_sign_in(client, "engineer.one", "wrong")
    post_sign_in(client, "engineer.one", PASSWORD)
    session.expire_all()
    assert session.get_one(UserAccount, account.id).failed_sign_ins == 0
    assert session.get_one(UserAccount, account.id).login_count == 1


def test_signing_in_needs_the_token_of_the_page(client: FlaskClient, account: accounts.Account) -> None:
    answer = client.post("/login", data={"username": "engineer.one", "password": PASSWORD})
    assert answer.status_code == 400
    assert username_of(client) == ""


def test_too_many_attempts_from_one_address_are_refused(client: FlaskClient) -> None:
    answers = [client.post("/login", data={"username": f"n{i}", "password": "x"}).status_code for i in range(31)]
    assert answers[-1] == 429 and answers[0] == 400


def test_signing_out_is_a_form_with_its_token(client: FlaskClient, account: accounts.Account) -> None:
    post_sign_in(client, "engineer.one", PASSWORD)
    assert client.get("/logout").status_code == 200
    assert client.post("/logout").status_code == 400
    assert username_of(client) == "engineer.one"
    client.post("/logout", data={"csrf_token": csrf_of(client, "/logout")})
    assert username_of(client) == ""


def test_a_disabled_account_is_out_at_once(client: FlaskClient, session: Session, account: accounts.Account) -> None:
    post_sign_in(client, "engineer.one", PASSWORD)
    with factories.as_owner(session):
        accounts.disable(session, "engineer.one")
    session.commit()
    assert username_of(client) == ""
    assert post_sign_in(client, "engineer.one", PASSWORD).status_code == 200


def test_a_forged_request_with_a_cookie_is_refused(
    client: FlaskClient, session: Session, sign_in: SignIn, account: accounts.Account
) -> None:
    sign_in(client, session.get_one(UserAccount, account.id))
    good = client.post("/api/v1/me/language", json={"language": "en"})
    assert good.status_code == 200
    del client.environ_base["HTTP_X_CSRFTOKEN"]
    forged = client.post("/api/v1/me/language", json={"language": "th"})
    assert forged.status_code == 400
    assert forged.get_json()["code"] == "csrf_failed"


def test_a_token_speaks_for_its_person_without_csrf(
    client: FlaskClient, session: Session, account: accounts.Account
) -> None:
    issued = accounts.issue_token(session, account.id, "สำรวจถนน")
    session.commit()
    bearer = {"Authorization": f"Bearer {issued.secret}"}
    assert username_of(client, **bearer) == "engineer.one"
    assert client.post("/api/v1/me/language", json={"language": "en"}, headers=bearer).status_code == 200
    kept = session.get_one(ApiToken, issued.id)
    session.refresh(kept)
    assert kept.last_used_at is not None
    assert issued.secret not in (kept.token_sha256, kept.prefix)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("revoked", "token_revoked"),
        ("expired", "token_expired"),
        ("disabled", "token_invalid"),
        ("unknown", "token_invalid"),
    ],
)
def test_a_token_that_ended_is_refused_and_never_a_visitor(
    client: FlaskClient, session: Session, account: accounts.Account, end: str, code: str
) -> None:
    issued = accounts.issue_token(session, account.id, "สำรวจถนน")
    secret = issued.secret
    if end == "revoked":
        accounts.revoke_token(session, account.id, issued.id)
    elif end == "expired":
        with factories.as_owner(session):
            session.execute(sa.update(ApiToken).values(expires_at=datetime.now(UTC) - timedelta(days=1)))
    elif end == "disabled":
        with factories.as_owner(session):
            accounts.disable(session, "engineer.one")
    else:
        secret = "eplan_nobody"
    session.commit()
    answer = client.get("/api/v1/projects", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401
    assert answer.get_json()["code"] == code
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_role_that_ended_gives_nothing(session: Session, account: accounts.Account) -> None:
    with factories.as_owner(session):
        session.execute(sa.update(Membership).values(valid_to=datetime.now(UTC).date() - timedelta(days=2)))
    actor = actor_by_username(session, "engineer.one")
    assert actor is not None and actor.grants == ()


def test_changing_the_password_ends_other_sessions(app: Flask, client: FlaskClient, account: accounts.Account) -> None:
    elsewhere = app.test_client()
    post_sign_in(elsewhere, "engineer.one", PASSWORD)
    post_sign_in(client, "engineer.one", PASSWORD)
    form = {"current_password": PASSWORD, "new_password": "ประโยคใหม่ที่ยาวพอ", "csrf_token": csrf_of(client, "/account")}
    assert client.post("/account/password", data=form).status_code == 302
    assert username_of(client) == "engineer.one"
    assert username_of(elsewhere) == ""
    assert post_sign_in(elsewhere, "engineer.one", "ประโยคใหม่ที่ยาวพอ").status_code == 302


def test_a_weak_or_wrong_password_is_said_beside_its_field(client: FlaskClient, account: accounts.Account) -> None:
    post_sign_in(client, "engineer.one", PASSWORD)
    form = {"current_password": "no", "new_password": "สั้น", "csrf_token": csrf_of(client, "/account")}
    answer = client.post("/account/password", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="current-error"' in page and 'id="new-error"' in page


def test_a_token_is_shown_once(client: FlaskClient, account: accounts.Account) -> None:
    post_sign_in(client, "engineer.one", PASSWORD)
    form = {"name": "สำรวจถนน", "csrf_token": csrf_of(client, "/account/tokens")}
    answer = client.post("/account/tokens", data=form)
    page = answer.get_data(as_text=True)
    secret = re.search(r"eplan_[\w-]{43}", page)
    assert secret is not None and answer.headers["Cache-Control"] == "no-store"
    assert secret.group(0) not in client.get("/account/tokens").get_data(as_text=True)
    assert client.post("/account/tokens", data={**form, "name": ""}).status_code == 422


def test_the_language_is_kept_with_the_person(app: Flask, client: FlaskClient, account: accounts.Account) -> None:
    post_sign_in(client, "engineer.one", PASSWORD)
    client.post("/language", data={"language": "en", "next": "/account", "csrf_token": csrf_of(client, "/account")})
    other = app.test_client()
    post_sign_in(other, "engineer.one", PASSWORD)
    assert '<html lang="en">' in other.get("/account").get_data(as_text=True)
    assert client.post("/language", data={"language": "xx"}).status_code == 400


def test_a_switch_of_language_shows_at_once_whatever_process_answers(
    client: FlaskClient, account: accounts.Account
) -> None:
    post_sign_in(client, "engineer.one", PASSWORD)
    client.get("/account")
    with CACHE._lock:  # what another process still remembers after the switch
        remembered = dict(CACHE._entries)
    client.post("/language", data={"language": "en", "next": "/account", "csrf_token": csrf_of(client, "/account")})
    for key, (_, actor) in remembered.items():
        CACHE.put(key, actor)
    assert '<html lang="en">' in client.get("/account").get_data(as_text=True)


def test_making_an_account_tells_every_problem_at_once(session: Session, account: accounts.Account) -> None:
    grants = [
        Grant("LAO_FINANCE", "organisation"),
        Grant("PROV_OFFICER", "province", None, "88"),
        Grant("KING", "nation"),
        Grant("LAO_PLANNER", "organisation", "D0000000"),
    ]
    with pytest.raises(InvalidInput) as refused:
        accounts.create_account(session, "engineer.one", "short", "", grants, "ONE@example.go.th")
    assert [problem.code for problem in refused.value.problems] == [
        "username_taken",
        "email_taken",
        "password_too_short",
        "role_needs_organisation",
        "account_area_unknown",
        "unknown_role",
        "account_organisation_unknown",
    ]


def test_the_cache_forgets_by_time_and_by_person() -> None:
    now = [0.0]
    cache = ActorCache(clock=lambda: now[0])
    actor = Actor(7, "a", "a", "th", ())
    cache.put("a", actor)
    assert cache.get("a") is actor
    now[0] = TTL_S + 1
    assert cache.get("a") is None
    cache.put("b", actor)
    cache.forget(7)
    assert cache.get("b") is None


def test_a_person_is_looked_up_once_for_many_requests(
    client: FlaskClient, session: Session, sign_in: SignIn, account: accounts.Account, engine: sa.Engine
) -> None:
    sign_in(client, session.get_one(UserAccount, account.id))
    client.get("/api/v1/me")
    statements: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if "user_account" in statement:
            statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        for _ in range(5):
            client.get("/api/v1/openapi.json")
            client.get("/healthz")
            client.post("/api/v1/coordinates/parse", json={"text": "15.9, 102.0"})
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    assert statements == []
    CACHE.clear()


def test_reset_by_the_command_line_lifts_a_rest(
    client: FlaskClient, session: Session, account: accounts.Account, database: RolledBackDatabase
) -> None:
    for _ in range(5):
        post_sign_in(client, "engineer.one", "wrong")
    with database.transaction() as writing:
        accounts.reset_password(writing, "engineer.one", "ประโยคใหม่ที่ยาวพอ")
    assert post_sign_in(client, "engineer.one", "ประโยคใหม่ที่ยาวพอ").status_code == 302

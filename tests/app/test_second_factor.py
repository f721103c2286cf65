"""Second factors: asked of officers at every door, no code taken twice, lost telephones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.cache import CACHE
from app.auth.passwords import hash_password
from app.auth.second_factor import authenticator
from app.db import Attribution, attribute
from app.errors import Forbidden
from app.models import RecoveryCode, UserAccount
from app.services import accounts, people, second_factor
from app.settings import Settings
from tests import factories
from tests.app.conftest import SignIn, assembled
from tests.app.test_auth import csrf_of, post_sign_in, username_of
from tests.app.test_maintenance import open_now
from tests.app.test_people import acting
from tests.conftest import RolledBackDatabase

PASSWORD = "ฝนตกที่หนองสาธิต 2570"


@pytest.fixture(scope="module")
def strict_settings(settings: Settings) -> Settings:
    return replace(settings, second_factor="required")


@pytest.fixture(scope="module")
def kept_strict(strict_settings: Settings, engine: sa.Engine) -> Iterator[tuple[Flask, RolledBackDatabase]]:
    with engine.connect() as connection:
        database = RolledBackDatabase(strict_settings, connection)
        yield assembled(strict_settings, database), database


@pytest.fixture
def strict(kept_strict: tuple[Flask, RolledBackDatabase], connection: sa.Connection) -> Iterator[Flask]:
    """The application as a real installation runs it."""
    app, database = kept_strict
    database.use(connection)
    CACHE.clear()
    for limiter in app.extensions["limiter"]:
        limiter.reset()
    yield app
    CACHE.clear()


@pytest.fixture
def officer(session: Session) -> UserAccount:
    factories.make_amphoe(session, "9901")
    made = factories.make_user(session, "PROV_OFFICER", area="99")
    made.password = hash_password(PASSWORD)
    session.commit()
    return made


def code_of(session: Session, settings: Settings, user: UserAccount, ahead_s: int = 0) -> str:
    """What the person's telephone shows, or will show."""
    secret = session.scalar(sa.select(UserAccount.tf_totp_secret).where(UserAccount.id == user.id))
    return str(authenticator(settings)._totp.from_source(secret).generate(time.time() + ahead_s).token)


def set_up(client: FlaskClient, session: Session, settings: Settings, user: UserAccount) -> TestResponse:
    token = csrf_of(client, "/account/second-factor")
    form = {"csrf_token": token, "code": code_of(session, settings, user)}
    return client.post("/account/second-factor", data=form)


def test_an_officer_sets_one_up_before_anything_else(
    strict: Flask, session: Session, strict_settings: Settings, officer: UserAccount
) -> None:
    client, program = strict.test_client(), strict.test_client()
    bearer = {"Authorization": f"Bearer {accounts.issue_token(session, officer.id, 'old').secret}"}
    session.commit()
    post_sign_in(client, officer.username, PASSWORD)
    for address in ("/", "/projects", "/account", "/account/tokens"):
        assert client.get(address).headers.get("Location", "").startswith("/account/second-factor?next="), address
    for answer in (
        client.get("/api/v1/me"),
        client.get("/tiles/roads/12/3208/1863.mvt"),
        program.get("/api/v1/me", headers=bearer),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "second_factor_setup_required")
    page = client.get("/account/second-factor").text
    assert 'src="data:image/svg+xml' in page and "จึงต้องมีรหัสจากโทรศัพท์" in page
    answer = set_up(client, session, strict_settings, officer)
    assert answer.headers["Cache-Control"] == "no-store" and answer.text.count("<li><code>") == 10
    assert username_of(client) == officer.username
    # It came about without the second factor.
    assert program.get("/api/v1/me", headers=bearer).status_code == 401
    kept = session.scalars(sa.select(RecoveryCode.code_sha256)).all()
    assert len(kept) == 10 and not any(code in answer.text for code in kept)


def test_a_password_alone_opens_only_the_form_for_the_code(
    strict: Flask, session: Session, strict_settings: Settings, officer: UserAccount
) -> None:
    client = strict.test_client()
    post_sign_in(client, officer.username, PASSWORD)
    recovery = set_up(client, session, strict_settings, officer).text.split("<li><code>")[1].partition("<")[0]
    used = code_of(session, strict_settings, officer)
    other = strict.test_client()
    post_sign_in(other, officer.username, PASSWORD, next="/account")
    assert other.get("/account").headers["Location"] == "/sign-in/code?next=/account"
    assert other.get("/api/v1/me").json["code"] == "second_factor_required"
    # An authenticator is not exchanged by whoever has the password only.
    assert other.get("/account/second-factor").headers["Location"].startswith("/sign-in/code")
    form = {"csrf_token": csrf_of(other, "/sign-in/code"), "next": "/account"}
    replayed = other.post("/sign-in/code", data={**form, "code": used})
    assert replayed.status_code == 422 and "ใช้ไปแล้ว" in replayed.text
    passed = other.post("/sign-in/code", data={**form, "code": code_of(session, strict_settings, officer, 30)})
    assert (passed.status_code, passed.headers["Location"]) == (303, "/account")
    assert username_of(other) == officer.username
    for expected in (303, 422):
        third = strict.test_client()
        post_sign_in(third, officer.username, PASSWORD)
        form = {"csrf_token": csrf_of(third, "/sign-in/code"), "code": recovery.upper()}
        assert third.post("/sign-in/code", data=form).status_code == expected, "a recovery code opens once"


def test_wrong_codes_rest_the_account_and_the_password_does_not_forget_them(
    strict: Flask, session: Session, strict_settings: Settings, officer: UserAccount
) -> None:
    client = strict.test_client()
    post_sign_in(client, officer.username, PASSWORD)
    set_up(client, session, strict_settings, officer)
    for left in (4, 3, 2, 1):
        other = strict.test_client()
        post_sign_in(other, officer.username, PASSWORD)
        form = {"csrf_token": csrf_of(other, "/sign-in/code"), "code": "000000"}
        assert f"เหลืออีก {left} ครั้ง" in other.post("/sign-in/code", data=form).text
    assert "พักไว้ถึง" in other.post("/sign-in/code", data=form).text
    right = {**form, "code": code_of(session, strict_settings, officer, 30)}
    assert "พักไว้ถึง" in other.post("/sign-in/code", data=right).text
    assert "พักไว้ถึง" in post_sign_in(strict.test_client(), officer.username, PASSWORD).text


def test_an_issued_password_asks_for_the_code_first(
    strict: Flask, session: Session, strict_settings: Settings, officer: UserAccount
) -> None:
    client = strict.test_client()
    post_sign_in(client, officer.username, PASSWORD)
    set_up(client, session, strict_settings, officer)
    head = factories.make_user(session, "PROV_HEAD", area="99")
    first = people.new_first_password(session, acting(session, head), officer.id, None)
    session.commit()
    other = strict.test_client()
    post_sign_in(other, officer.username, first.password)
    assert other.get("/sign-in/password").headers["Location"].startswith("/sign-in/code")
    form = {"csrf_token": csrf_of(other, "/sign-in/code"), "code": code_of(session, strict_settings, officer, 30)}
    other.post("/sign-in/code", data=form)
    form = {"csrf_token": csrf_of(other, "/sign-in/password"), "new_password": "โต๊ะไม้ แมวส้ม ทางลูกรัง"}
    assert other.post("/sign-in/password", data=form).status_code == 303
    assert username_of(other) == officer.username, "the code was given to this device already"


def test_officers_sign_in_while_the_platform_is_maintained(
    strict: Flask, session: Session, strict_settings: Settings, officer: UserAccount
) -> None:
    """Reading goes on then, so its door has to open: with the code, and with a password in place of the issued one."""
    client = strict.test_client()
    post_sign_in(client, officer.username, PASSWORD)
    set_up(client, session, strict_settings, officer)
    head = factories.make_user(session, "PROV_HEAD", area="99")
    first = people.new_first_password(session, acting(session, head), officer.id, None)
    open_now(session)
    other = strict.test_client()
    post_sign_in(other, officer.username, first.password)
    form = {"csrf_token": csrf_of(other, "/sign-in/code"), "code": code_of(session, strict_settings, officer, 30)}
    assert other.post("/sign-in/code", data=form).status_code == 303
    form = {"csrf_token": csrf_of(other, "/sign-in/password"), "new_password": "โต๊ะไม้ แมวส้ม ทางลูกรัง"}
    assert other.post("/sign-in/password", data=form).status_code == 303
    assert username_of(other) == officer.username


def test_a_lost_telephone_is_taken_away_by_whoever_issues(
    strict: Flask, session: Session, strict_settings: Settings, officer: UserAccount
) -> None:
    client = strict.test_client()
    post_sign_in(client, officer.username, PASSWORD)
    set_up(client, session, strict_settings, officer)
    head = factories.make_user(session, "PROV_HEAD", area="99")
    people.reset_second_factor(session, acting(session, head), officer.id, None)
    session.commit()
    assert username_of(client) == ""
    post_sign_in(client, officer.username, PASSWORD)
    assert client.get("/").headers["Location"].startswith("/account/second-factor")


def test_officers_keep_theirs_and_others_may_give_it_up(
    client: FlaskClient, session: Session, sign_in: SignIn, settings: Settings, officer: UserAccount
) -> None:
    factories.make_organisation(session, "D9901001")
    planner = factories.make_user(session, "LAO_PLANNER", organisation="D9901001")
    sign_in(client, planner)
    assert set_up(client, session, settings, planner).status_code == 200
    assert username_of(client) == planner.username
    codes = authenticator(settings)
    attribute(session, Attribution(planner.id, planner.display_name))
    code = code_of(session, settings, planner, 30)
    assert second_factor.switch_off(session, codes, planner.id, code, strict=True).opened
    assert session.get_one(UserAccount, planner.id).tf_totp_secret is None
    with pytest.raises(Forbidden, match="second_factor_needed"):
        second_factor.switch_off(session, codes, officer.id, "000000", strict=True)


def test_secrets_are_not_kept_as_they_are(session: Session, settings: Settings, officer: UserAccount) -> None:
    codes = authenticator(settings)
    kept = second_factor.begin(session, codes, officer.id)
    assert codes.get_totp_b32_key(kept) not in kept
    assert authenticator(replace(settings, totp_key="of its own")).get_last_counter(officer) is None


def test_a_demonstration_asks_nobody(client: FlaskClient, session: Session, officer: UserAccount) -> None:
    post_sign_in(client, officer.username, PASSWORD)
    assert username_of(client) == officer.username
    assert "ระบบสาธิต" in client.get("/account/second-factor").text


def test_own_sessions_are_listed_and_ended_one_by_one(app: Flask, client: FlaskClient, officer: UserAccount) -> None:
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 15) Chrome/142.0"
    post_sign_in(phone, officer.username, PASSWORD)
    post_sign_in(client, officer.username, PASSWORD)
    page = client.get("/account").text
    assert "Chrome · Android" in page and page.count("/account/sessions/") == 1
    address = page.partition('action="/account/sessions/')[2].partition('"')[0]
    client.post(f"/account/sessions/{address}", data={"csrf_token": csrf_of(client, "/account/tokens")})
    assert username_of(phone) == "" and username_of(client) == officer.username

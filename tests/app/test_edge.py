"""What stands between a browser and the views: cookies behind a proxy, hosts, addresses to return to, guesses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.auth.passwords import hash_password
from app.settings import Settings
from tests import factories
from tests.app.test_auth import csrf_of, post_sign_in
from tests.conftest import RolledBackDatabase

PASSWORD = "ฝนตกที่หนองสาธิต 2570"
HTTPS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


@pytest.fixture
def person(session: Session) -> str:
    user = factories.make_user(session, "CENTRAL_ANALYST", username="analyst")
    user.password = hash_password(PASSWORD)
    session.commit()
    return user.username


@pytest.fixture
def behind_proxy(settings: Settings, database: RolledBackDatabase) -> FlaskClient:
    return create_app(replace(settings, secure_cookies=True, trusted_proxies=1), database).test_client()


def test_cookies_behind_a_proxy_are_for_https_only(behind_proxy: FlaskClient) -> None:
    for answer in (
        behind_proxy.get("/login", headers=HTTPS),
        behind_proxy.post("/language", data={"language": "en"}, headers=HTTPS),
    ):
        cookie = answer.headers["Set-Cookie"]
        assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_host_that_the_visitor_claims_is_not_believed(behind_proxy: FlaskClient) -> None:
    claimed = {**HTTPS, "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for address in ("//projects", "/account", "/login", "/api/v1/openapi.json", "/projects/none"):
        answer = behind_proxy.get(address, headers=claimed)
        assert "evil.example" not in f"{answer.headers} {answer.text}", address


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "///evil.example", "\t//evil.example", "https:evil.example", "javascript:x"],
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, person: str, target: str) -> None:
    answer = post_sign_in(client, person, PASSWORD, next=target)
    location = answer.headers.get("Location", "/")
    assert location.startswith("/") and not location.startswith(("//", "/\\"))


def test_the_password_of_a_signed_in_browser_cannot_be_guessed(client: FlaskClient, person: str) -> None:
    post_sign_in(client, person, PASSWORD)
    form = {"current_password": "guess", "new_password": "ประโยคใหม่ที่ยาวพอ", "csrf_token": csrf_of(client, "/account")}
    assert [client.post("/account/password", data=form).status_code for _ in range(11)] == [422] * 10 + [429]
    assert client.post("/account/password", data={**form, "current_password": PASSWORD}).status_code == 429

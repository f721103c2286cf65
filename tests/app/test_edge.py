"""What stands between a browser and the views: cookies behind a proxy, hosts, addresses to return to, guesses."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.auth.passwords import hash_password
from app.settings import Settings
from app.web.endpoint import declaration_of
from app.web.parameter_words import PARAMETER_WORDS
from tests import factories
from tests.app.conftest import SignIn
from tests.app.test_auth import csrf_of, post_sign_in
from tests.conftest import RolledBackDatabase

PASSWORD = "ฝนตกที่หนองสาธิต 2570"
PROBLEM = "application/problem+json"
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


def test_a_body_that_nobody_reads_is_refused(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.make_user(session, "CENTRAL_ANALYST"))
    report, cancel = "/api/v1/reports", "/api/v1/jobs/1/cancel"
    wanted = {"fiscal_year": 2569, "format": "pdf"}
    told = client.post(report, json=wanted)
    assert (told.status_code, told.mimetype, told.json["code"]) == (400, PROBLEM, "body_with_parameters")
    assert "หลังเครื่องหมาย ?" in told.json["detail"] and "fiscal_year" in told.json["detail"]
    assert "question mark" in client.post(report, json=wanted, headers={"Accept-Language": "en"}).json["detail"]
    for sent in (
        {"json": {"reason": "x"}},
        {"data": b"[]"},
        {"data": {"reason": "x"}},
        {"data": {"file": (BytesIO(b"x"), "x.pdf")}},
        {"data": b" " * 2_000},
        {"data": b"x", "headers": {"Content-Length": ""}, "environ_overrides": {"wsgi.input_terminated": True}},
    ):
        assert client.post(cancel, **sent).json["code"] == "body_not_read", sent
    assert client.get("/api/v1/jobs", json={"limit": 1}).json["code"] == "body_with_parameters"
    # What says nothing is no body: programs send an empty object, and forms the token alone.
    for sent in ({}, {"json": {}}, {"data": b" { } ", "content_type": "text/plain"}, {"data": {"csrf_token": "x"}}):
        assert client.post(cancel, **sent).json["code"] == "job_not_found", sent


def test_a_page_names_what_it_cannot_read_in_words(app: Flask, client: FlaskClient) -> None:
    page = client.get("/projects?fiscal_year=ปีนี้").text
    assert "ปีงบประมาณ อ่านไม่ได้: ปีนี้" in page and "fiscal_year อ่าน" not in page
    assert 'href="/projects">เปิดหน้านี้โดยไม่กรอง' in page
    assert client.get("/api/v1/projects?fiscal_year=x").json["errors"][0]["field"] == "fiscal_year"
    views = [declaration_of(view) for view in app.view_functions.values()]
    named = {param.name for one in views if one is not None and one.is_page for param in one.params}
    assert named <= PARAMETER_WORDS.keys(), named - PARAMETER_WORDS.keys()


def test_the_password_of_a_signed_in_browser_cannot_be_guessed(client: FlaskClient, person: str) -> None:
    post_sign_in(client, person, PASSWORD)
    form = {"current_password": "guess", "new_password": "ประโยคใหม่ที่ยาวพอ", "csrf_token": csrf_of(client, "/account")}
    assert [client.post("/account/password", data=form).status_code for _ in range(11)] == [422] * 10 + [429]
    assert client.post("/account/password", data={**form, "current_password": PASSWORD}).status_code == 429

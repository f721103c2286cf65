"""Status, problem documents, error pages, headers and limits of the edge."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import orjson
import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from psycopg2.errors import DeadlockDetected
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from app.auth.policy import PROJECT_WRITE, Target, require
from app.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from app.settings import Settings
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.json import dumps
from app.web.params import fiscal_year, integer_schema, kind
from app.web.payloads import if_match, json_object
from app.web.receipts import new_receipt
from gis.problems import Problem
from tests import factories
from tests.app.conftest import SignIn, assembled
from tests.conftest import RolledBackDatabase

FAILURES = {
    "not_found": NotFound("not_found"),
    "forbidden": Forbidden("forbidden", {"given_by": "DLA_CENTRAL", "organisation_code": None}),
    "conflict": Conflict("conflict", {"current_version": 4}),
    "unavailable": Unavailable("unavailable"),
    "invalid": InvalidInput([Problem("field_required", where={"field": "name", "row": 40})]),
    "unexpected": RuntimeError("secret detail"),
    "database": OperationalError("SELECT 1", {}, Exception("gone")),
    "value": DataError("SELECT 1", {}, Exception("NUL")),
    "deadlock": OperationalError("UPDATE", {}, DeadlockDetected("deadlock detected")),
}


@pytest.fixture
def app(settings: Settings, database: RolledBackDatabase) -> Flask:
    """An application of its own with addresses that fail in every way."""
    app = assembled(settings, database)
    failing = Blueprint("failing", __name__)

    @api_route(failing, "/api/v1/fail/<how>", access=Access.PUBLIC, summary="fails", response={})
    def fail(how: str) -> None:
        raise FAILURES[how]

    @page_route(failing, "/fail/<how>", access=Access.PUBLIC)
    def fail_page(how: str) -> None:
        raise FAILURES[how]

    years = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "", many=True)
    kinds = Param("kind", kind, {}, "")

    @api_route(failing, "/api/v1/echo", access=Access.PUBLIC, params=(years, kinds), summary="echo", response={})
    def echo(fiscal_year: tuple[int, ...] | None, kind: str | None) -> dict[str, object]:
        return {"fiscal_year": fiscal_year, "kind": kind, "money": Decimal("1632820.50")}

    @api_route(failing, "/api/v1/take", method="POST", access=Access.PUBLIC, summary="take", response={}, body={})
    def take() -> dict[str, object]:
        return json_object(limit_bytes=1024)

    @api_route(failing, "/api/v1/match", method="PUT", access=Access.PUBLIC, summary="match", response={})
    def match() -> dict[str, object]:
        version = if_match("g")
        if version != 3:
            raise Conflict("conflict", {"current_version": 3})
        return {"version": version}

    app.register_blueprint(failing)
    return app


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("not_found", 404),
        ("forbidden", 401),
        ("conflict", 409),
        ("unavailable", 503),
        ("invalid", 422),
        ("unexpected", 500),
        ("database", 503),
        ("value", 422),
        ("deadlock", 503),
    ],
)
def test_each_failure_has_its_status_and_a_problem_document(client: FlaskClient, how: str, status: int) -> None:
    answer = client.get(f"/api/v1/fail/{how}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    document = answer.get_json()
    assert document["status"] == status
    assert re.fullmatch(r"R-[0-9A-Z]{4}-\d{4}", document["request_id"])
    assert answer.headers["X-Request-Id"] == document["request_id"]
    assert "secret detail" not in answer.get_data(as_text=True)


def test_a_problem_says_where_and_what_to_do_in_the_language_asked_for(client: FlaskClient) -> None:
    thai = client.get("/api/v1/fail/invalid").get_json()
    english = client.get("/api/v1/fail/invalid", headers={"Accept-Language": "en-GB"}).get_json()
    assert thai["errors"][0]["message"] == "ต้องใส่ name"
    assert english["errors"][0]["message"] == "name is required"
    assert thai["errors"][0]["row"] == 40


def test_values_travel_with_the_problem(client: FlaskClient) -> None:
    assert client.get("/api/v1/fail/conflict").get_json()["current_version"] == 4


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("not_found", 404, 'action="/projects"'),
        ("conflict", 409, "มีคนอื่นแก้ไปก่อน"),
        ("unexpected", 500, "แจ้งเลขที่ R-"),
        ("database", 503, "ฐานข้อมูลยังไม่ตอบ"),
        ("deadlock", 503, "กดบันทึกอีกครั้ง"),
    ],
)
def test_pages_fail_as_pages(client: FlaskClient, how: str, status: int, words: str) -> None:
    answer = client.get(f"/fail/{how}")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert words in answer.get_data(as_text=True)


def test_a_refusal_names_who_gives_access(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    factories.make_organisation(session, "D9901001")
    factories.make_user(session, "LAO_EXECUTIVE", organisation="D9901001", display_name="นายกสาธิต")
    sign_in(client, factories.make_user(session, "LAO_FINANCE", organisation="D9901001"))
    with client.application.test_request_context("/"), pytest.raises(Forbidden) as refused:
        require(current().actor, PROJECT_WRITE, Target("D9901001", "99", "9901"))
    FAILURES["forbidden_here"] = refused.value
    document = client.get("/api/v1/fail/forbidden_here").get_json()
    assert document["status"] == 403 and "นายกสาธิต" in document["detail"]
    assert "นายกสาธิต" in client.get("/fail/forbidden_here").get_data(as_text=True)


def test_a_visitor_without_rights_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/fail/forbidden?a=1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/fail/forbidden?a%3D1"


def test_unknown_and_wrong_parameters_are_refused_all_at_once(client: FlaskClient) -> None:
    answer = client.get("/api/v1/echo?fiscal_year=1999,2570&kind=boat&fiscal=1&kind=road")
    assert answer.status_code == 400
    lines = {line["field"]: line["code"] for line in answer.get_json()["errors"]}
    assert lines == {"fiscal_year": "invalid_parameter", "kind": "repeated_parameter", "fiscal": "unknown_parameter"}
    assert "fiscal_year, kind" in next(x for x in answer.get_json()["errors"] if x["field"] == "fiscal")["fix"]


def test_parameters_are_typed_and_thai_digits_are_digits(client: FlaskClient) -> None:
    answer = client.get("/api/v1/echo?fiscal_year=๒๕๖๙,2570&fiscal_year=2570&kind=")
    assert answer.get_json() == {"fiscal_year": [2569, 2570], "kind": None, "money": 1632820.5}


def test_control_characters_are_refused(client: FlaskClient) -> None:
    assert client.get("/api/v1/echo?kind=%00").status_code == 400


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400, "invalid_json"),
        ({"data": b"[1]", "content_type": "application/json"}, 400, "object_expected"),
        ({"data": b"a=1", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ({"data": b'"' + b"a" * 2000 + b'"', "content_type": "application/json"}, 413, "too_large"),
    ],
)
def test_bodies_have_a_type_and_a_limit(client: FlaskClient, sent: dict[str, object], status: int, code: str) -> None:
    answer = client.post("/api/v1/take", **sent)  # type: ignore[arg-type]
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("given", "status"), [(None, 428), ('"g3"', 200), ('"g2"', 412), ("*", 400), ('"g3", "g4"', 400), ('W/"g3"', 400)]
)
def test_if_match(client: FlaskClient, given: str | None, status: int) -> None:
    answer = client.put("/api/v1/match", headers={"If-Match": given} if given else {})
    assert answer.status_code == status


def test_a_method_that_is_not_there(client: FlaskClient) -> None:
    answer = client.delete("/api/v1/me")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/login", "/api/v1/me", "/api/v1/nowhere", "/healthz"])
def test_every_answer_is_guarded(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "'unsafe-eval'" not in policy and "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_pages_carry_no_inline_script(client: FlaskClient) -> None:
    page = client.get("/login").get_data(as_text=True)
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", page)
    assert not re.findall(r"\son[a-z]+=", page)


def test_visitors_get_no_cookie_from_tiles(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/tiles/roads/12/3208/1863.mvt").headers


def test_health_tells_apart_living_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").get_data() == b"ok"
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.get_json() == {"status": "not_ready", "database": True, "migrations": True, "worker": False}


def test_json_at_the_edge() -> None:
    assert orjson.loads(dumps({"a": Decimal("0.10"), "b": {2, 1}, "c": (1,)})) == {"a": 0.1, "b": [1, 2], "c": [1]}
    with pytest.raises(TypeError):
        dumps(object())


def test_receipts_are_readable() -> None:
    assert all(re.fullmatch(r"R-[2-9A-HJKMNP-TV-Z]{4}-\d{4}", new_receipt()) for _ in range(50))


def test_the_fiscal_year_begins_in_october() -> None:
    assert current_fiscal_year_be(date(2026, 9, 30)) == 2569
    assert current_fiscal_year_be(date(2026, 10, 1)) == 2570

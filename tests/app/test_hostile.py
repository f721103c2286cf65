"""What somebody sends on purpose or by accident: never a failure of ours, never a look at what is not theirs."""

from __future__ import annotations

import base64
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.errors import InvalidInput
from app.models import Organisation, Project, UserAccount
from app.services.appropriations import NewAppropriation, record_appropriation
from app.services.contracts import NewContract, record_contract
from app.services.disbursements import NewDisbursement, record_disbursement
from tests import factories as make
from tests.app.conftest import SignIn

LINE = {"type": "LineString", "coordinates": [[101.85, 15.9], [101.854, 15.9]]}


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def project(session: Session, organisation: Organisation) -> Project:
    return make.make_project(session, organisation, budget_baht=1_000, area_code="990101")


@pytest.fixture
def engineer(session: Session, organisation: Organisation) -> UserAccount:
    return make.make_user(session, "LAO_ENGINEER", organisation=organisation)


@pytest.fixture
def planner(session: Session, organisation: Organisation) -> UserAccount:
    return make.make_user(session, "LAO_PLANNER", organisation=organisation)


def cursor_of(*key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


# --- texts and numbers that cannot be stored --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/api/v1/projects/%00", "/api/v1/projects/a%00b/geometry", "/projects/%00", "/tiles/%00/1/1/1.mvt"]
)
def test_a_nul_in_an_address_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("number", [2**63, 10**22])
@pytest.mark.parametrize("address", ["/api/v1/jobs/{}", "/api/v1/imports/{}", "/imports/{}", "/api/v1/exports/{}/file"])
def test_a_number_that_no_key_can_have_is_not_found(
    client: FlaskClient, engineer: UserAccount, sign_in: SignIn, address: str, number: int
) -> None:
    sign_in(client, engineer)
    assert client.get(address.format(number)).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "15.9, 101.85", "project": "a\0"}, "json_with_nul"),
        ({"text": "15.9, 101.85", "a\0": 1}, "json_with_nul"),
        ({"text": "\\\0"}, "json_with_nul"),
    ],
)
def test_a_nul_in_json_is_refused(
    client: FlaskClient, engineer: UserAccount, sign_in: SignIn, body: Any, code: str
) -> None:
    sign_in(client, engineer)
    answer = client.post("/api/v1/coordinates/parse", json=body)
    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_the_six_characters_of_an_escaped_nul_are_text(
    client: FlaskClient, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    assert client.post("/api/v1/coordinates/parse", json={"text": "\\u0000"}).status_code == 200


def test_json_nested_too_deeply_to_be_kept_is_refused(
    client: FlaskClient, engineer: UserAccount, sign_in: SignIn, project: Project
) -> None:
    sign_in(client, engineer)
    body = '{"base_version":0,"content":' + "[" * 900 + "]" * 900 + "}"
    answer = client.put(f"/api/v1/projects/{project.code}/draft", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "json_too_deep")


def test_a_nul_in_any_form_is_refused(client: FlaskClient, engineer: UserAccount, sign_in: SignIn) -> None:
    assert client.post("/login", data={"username": "a\0b", "password": "x"}).status_code == 400
    sign_in(client, engineer)
    assert client.post("/account/tokens", data={"name": "a\0"}).status_code == 400
    assert client.post("/account/tokens", data={"name": "a", "b\0": ""}).status_code == 400


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_only_uploads_may_be_large(client: FlaskClient, kind: str) -> None:
    answer = client.post("/login", data=b"username=" + b"x" * 7 * 1024 * 1024, content_type=kind)
    assert answer.status_code == 413
    assert "6 MB" in answer.text


@pytest.mark.parametrize(
    "key", [("a",), (None,), (1.5,), (True,), (2**63,), (1, 2), ("newest", False, "1", "1"), (-7,), (1e300,)]
)
@pytest.mark.parametrize("address", ["/api/v1/imports", "/api/v1/jobs"])
def test_a_cursor_that_was_tampered_with_is_refused(
    client: FlaskClient, engineer: UserAccount, sign_in: SignIn, address: str, key: Any
) -> None:
    sign_in(client, engineer)
    assert client.get(f"{address}?cursor={cursor_of(*key)}").status_code == 400


def test_a_cursor_with_a_nul_is_refused(client: FlaskClient, project: Project) -> None:
    tampered = cursor_of("name", False, "a\0", "1")
    address = f"/api/v1/projects?sort=name&organisation={project.organisation_code}&cursor={tampered}"
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("value", [[1], {"a": 1}, 5, True, 1e300, [], [None]])
@pytest.mark.parametrize(
    "field",
    ["name_th", "kind", "surface_type_code", "work_nature_code", "area_code", "village_code", "location_text"],
)
def test_a_field_that_is_no_text_is_told(
    client: FlaskClient, planner: UserAccount, sign_in: SignIn, project: Project, field: str, value: Any
) -> None:
    sign_in(client, planner)
    etag = client.get(f"/api/v1/projects/{project.code}").headers["ETag"]
    answer = client.patch(f"/api/v1/projects/{project.code}", json={field: value}, headers={"If-Match": etag})
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json["errors"]] == ["text_expected"]


@pytest.mark.parametrize("field", ["area_code", "village_code"])
def test_an_empty_area_is_no_area(
    client: FlaskClient, planner: UserAccount, sign_in: SignIn, project: Project, field: str
) -> None:
    sign_in(client, planner)
    etag = client.get(f"/api/v1/projects/{project.code}").headers["ETag"]
    answer = client.patch(f"/api/v1/projects/{project.code}", json={field: ""}, headers={"If-Match": etag})
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "unknown_code")


# --- looking at what is not theirs -----------------------------------------------------------------------------------


def test_the_history_names_contractors_only_to_those_who_work_with_them(
    client: FlaskClient, session: Session, sign_in: SignIn, organisation: Organisation, project: Project
) -> None:
    contract = NewContract("1/2570", Decimal(900), date(2026, 11, 4), "นายสาธิต ใจดี", contractor_is_person=True)
    record_contract(session, SYSTEM_ACTOR, project.code, contract)
    finance = make.make_user(session, "LAO_FINANCE", organisation=organisation)
    elsewhere = make.make_organisation(session, "D9901002")
    stranger = make.make_user(session, "LAO_ENGINEER", organisation=elsewhere)
    address = f"/api/v1/projects/{project.code}"
    own = sign_in(client.application.test_client(), finance).get(address).json
    other = sign_in(client.application.test_client(), stranger).get(address)
    assert own["contracts"][0]["contractor_name"] == "นายสาธิต ใจดี"
    assert [c["after"]["contractor_name"] for c in own["history"] if c["entity"] == "contract"] == ["นายสาธิต ใจดี"]
    assert other.status_code == 200
    assert [c["after"]["number"] for c in other.json["history"] if c["entity"] == "contract"] == ["1/2570"]
    assert "นายสาธิต" not in other.text


def test_checking_coordinates_tells_nothing_of_a_project_that_is_not_published(
    client: FlaskClient, session: Session, sign_in: SignIn, organisation: Organisation, engineer: UserAccount
) -> None:
    planned = make.make_project(session, organisation, status="PLANNED", length_m=500).code
    citizen = make.make_user(session, "PUBLIC")
    for person, status in ((citizen, 404), (engineer, 200)):
        browser = sign_in(client.application.test_client(), person)
        checked = browser.post("/api/v1/geometry/check", json={"project": planned, "geometry": LINE})
        parsed = browser.post("/api/v1/coordinates/parse", json={"project": planned, "text": "15.9, 101.85"})
        assert (checked.status_code, parsed.status_code) == (status, status)


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "https://evil.example", ""]
)
def test_switching_the_language_stays_on_this_site(client: FlaskClient, target: str) -> None:
    answer = client.post("/language", data={"language": "en", "next": target})
    assert answer.headers["Location"] == "/"


def test_switching_the_language_goes_back(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "en", "next": "/projects?q=%E0%B8%99&kind=road"})
    assert answer.headers["Location"] == "/projects?q=%E0%B8%99&kind=road"


# --- twice -----------------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_counts_money_once(session: Session, project: Project) -> None:
    money = NewAppropriation(Decimal(500), "OWN", legal_reference="ข้อบัญญัติ", approved_on=date(2026, 10, 1))
    record_appropriation(session, SYSTEM_ACTOR, project.code, money)
    budget = make.make_appropriation(session, project, 500)
    signed = NewContract("1/2570", Decimal(400), date(2026, 11, 4))
    contract = record_contract(session, SYSTEM_ACTOR, project.code, signed)
    paid = NewDisbursement(Decimal(100), date(2026, 11, 18), budget.id, contract.id)
    record_disbursement(session, SYSTEM_ACTOR, project.code, paid)
    for again in (
        lambda: record_appropriation(session, SYSTEM_ACTOR, project.code, money),
        lambda: record_contract(session, SYSTEM_ACTOR, project.code, signed),
        lambda: record_disbursement(session, SYSTEM_ACTOR, project.code, paid),
    ):
        with pytest.raises(InvalidInput) as repeated:
            again()
        assert [problem.code for problem in repeated.value.problems] == ["money_repeated"]
    other = NewDisbursement(Decimal(100), date(2026, 11, 18), budget.id, contract.id, instalment=2)
    record_disbursement(session, SYSTEM_ACTOR, project.code, other)
    session.refresh(project)
    assert (project.budget_baht, project.contracted_baht, project.disbursed_baht) == (1_500, 400, 200)


# --- the database role ------------------------------------------------------------------------------------------------


def test_functions_that_act_as_the_owner_cannot_be_borrowed(session: Session) -> None:
    """A trigger function attached to a table of one's own would write any line into the log."""
    rows = session.execute(
        sa.text(
            "SELECT p.proname, p.proconfig, has_function_privilege(current_user, p.oid, 'EXECUTE') AS callable"
            " FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"
            " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
    ).all()
    assert {row.proname for row in rows} >= {"log_changes", "sum_project_money", "read_take_project"}
    # These take a number or codes of organisations, and write only what they work out themselves.
    callable_ = {row.proname for row in rows if row.callable}
    assert callable_ == {
        "compact_budget",
        "compact_funnel",
        "count_completeness",
        "cut_works",
        # An account without a password that holds the one role of agencies; test_data_service.
        "make_service_account",
        "refresh_completeness",
        "seal_audit",
    }
    assert all("search_path=public, pg_temp" in row.proconfig for row in rows)
    session.execute(sa.text("CREATE TEMPORARY TABLE contract_of_mine (id bigint, project_id bigint)"))
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(
            sa.text(
                "CREATE TRIGGER t AFTER INSERT ON contract_of_mine REFERENCING NEW TABLE AS new_rows"
                " FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_id')"
            )
        )

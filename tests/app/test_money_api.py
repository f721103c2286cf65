"""Money over HTTP: preconditions, what a stale change is told, refusals in both languages, schema up and down."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import migrate
from app.models import Base, UserAccount
from tests import factories as make
from tests.app.conftest import SignIn
from tests.conftest import cloned_database


@pytest.fixture
def staff(app: Flask, session: Session, sign_in: SignIn) -> dict[str, FlaskClient]:
    """A browser of each role of the organisation."""
    organisation = make.make_organisation(session)
    people: dict[str, UserAccount] = {
        name: make.make_user(session, f"LAO_{name.upper()}", organisation=organisation)
        for name in ("planner", "finance", "executive")
    }
    session.commit()
    return {name: sign_in(app.test_client(), person) for name, person in people.items()}


@pytest.fixture
def code(session: Session, staff: dict[str, FlaskClient]) -> str:
    project = make.make_project(session, "D9901001", status="PLANNED")
    session.commit()
    return project.code


def rules(answer: TestResponse) -> list[tuple[str, str]]:
    return [(line["code"], line.get("field", "")) for line in answer.json["errors"]]


def send(client: FlaskClient, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
    return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


def test_from_ordinance_to_payment(staff: dict[str, FlaskClient], code: str) -> None:
    planner, finance, executive = staff["planner"], staff["finance"], staff["executive"]
    made = send(
        planner,
        "POST",
        "/organisations/D9901001/budget-documents",
        {
            "fiscal_year_be": 2570,
            "kind": "ANNUAL",
            "number": "1/2570",
            "title": "ข้อบัญญัติ",
            "submitted_on": "15 ส.ค. 2569",
        },
    )
    assert made.status_code == 201, made.text
    document = made.json["id"]
    money = {"amount_baht": "๑,๐๐๐,๐๐๐ บาท", "fund_source_code": "OWN", "budget_document_id": document}
    source = send(planner, "POST", f"/projects/{code}/appropriations", money)
    assert (source.status_code, source.json["status"]) == (201, "PLANNED"), source.text
    sent = send(planner, "POST", f"/budget-documents/{document}/submit", **{"If-Match": '"b2"'})
    assert (sent.status_code, sent.json["status"]) == (200, "SUBMITTED"), sent.text
    approved = send(
        executive,
        "POST",
        f"/budget-documents/{document}/approve",
        {"approved_on": "2026-09-25"},
        **{"If-Match": '"b3"'},
    )
    assert (approved.status_code, approved.json["status"]) == (200, "APPROVED"), approved.text
    over = send(
        finance,
        "POST",
        f"/projects/{code}/contracts",
        {"number": "1/2570", "amount_baht": 1_000_000.01, "signed_on": "2026-11-04"},
        **{"Accept-Language": "en"},
    )
    assert (over.status_code, rules(over)) == (422, [("contract_over_budget", "amount_baht")])
    assert "At most 1,000,000.00 baht more" in over.text
    agreed = send(
        finance,
        "POST",
        f"/projects/{code}/contracts",
        {"number": "1/2570", "amount_baht": 900_000, "signed_on": "4 พ.ย. 2569"},
    )
    assert (agreed.status_code, agreed.json["status"]) == (201, "CONTRACTED"), agreed.text
    paid = send(
        finance,
        "POST",
        f"/projects/{code}/disbursements",
        {
            "amount_baht": "300,000",
            "paid_on": "2026-11-18",
            "appropriation_id": source.json["id"],
            "contract_id": agreed.json["id"],
        },
    )
    assert (paid.status_code, paid.json["status"]) == (201, "DISBURSING"), paid.text
    found = send(finance, "GET", f"/projects/{code}/money").json
    assert found["commitment"] == {
        "budget_baht": 1_000_000.0,
        "contracted_baht": 900_000.0,
        "disbursed_baht": 300_000.0,
        "direct_baht": 0.0,
        "free_baht": 100_000.0,
        "savings_baht": 100_000.0,
        "penalty_baht": 0.0,
        "requested_baht": 0.0,
    }
    steps = send(finance, "GET", f"/projects/{code}/status").json["items"]
    assert [step["to_status"] for step in steps] == ["DISBURSING", "CONTRACTED", "BUDGET_APPROVED", "BUDGET_REQUESTED"]
    one = send(planner, "GET", f"/budget-documents/{document}").json
    assert [line["project"] for line in one["appropriations"]] == [code]
    page = finance.get(f"/projects/{code}?tab=contracts")
    assert page.status_code == 200 and "900,000" in page.text


def test_every_fault_of_a_body_at_once(staff: dict[str, FlaskClient], code: str) -> None:
    body = {
        "amount_baht": "ประมาณห้าแสน",
        "signed_on": "31 ก.พ. 2570",
        "contractor_is_person": "yes",
        "price": 5,
        "number": 7,
    }
    answer = send(staff["finance"], "POST", f"/projects/{code}/contracts", body)
    assert answer.status_code == 422
    assert sorted(rules(answer)) == [
        ("amount_unreadable", "amount_baht"),
        ("date_impossible", "signed_on"),
        ("field_not_editable", "price"),
        ("invalid_field", "contractor_is_person"),
        ("text_expected", "number"),
    ]
    huge = {"amount_baht": 123456789012345, "fund_source_code": "OWN"}
    answer = send(staff["planner"], "POST", f"/projects/{code}/appropriations", huge)
    assert (answer.status_code, rules(answer)) == (422, [("amount_too_large", "amount_baht")])
    act = {"legal_reference": "มติ", "approved_on": "2026-10-01"}
    twelve = {"amount_baht": 123456789012, "fund_source_code": "GOLD", **act}
    answer = send(staff["planner"], "POST", f"/projects/{code}/appropriations", twelve)
    assert sorted(rules(answer)) == [("amount_out_of_range", "amount_baht"), ("unknown_code", "fund_source_code")]
    lines = {"fiscal_year_be": 2570, "kind": "TRANSFER", "number": "1", "reason": "x", "lines": ["a"]}
    answer = send(staff["planner"], "POST", "/organisations/D9901001/budget-transfers", lines)
    assert rules(answer) == [("invalid_field", "lines")]


def test_preconditions_and_what_a_stale_change_is_told(staff: dict[str, FlaskClient], code: str) -> None:
    planner = staff["planner"]
    money = {"amount_baht": 1000, "fund_source_code": "OWN", "legal_reference": "มติ", "approved_on": "2026-10-01"}
    number = send(planner, "POST", f"/projects/{code}/appropriations", money).json["id"]
    path = f"/projects/{code}/appropriations/{number}"
    assert send(planner, "PUT", path, money).status_code == 428
    assert send(planner, "PUT", path, money, **{"If-Match": "*"}).status_code == 400
    first = send(planner, "PUT", path, {**money, "amount_baht": 1500}, **{"If-Match": '"a1"'})
    assert first.status_code == 200, first.text
    stale = send(planner, "PUT", path, {**money, "amount_baht": 1700}, **{"If-Match": '"a1"'})
    assert (stale.status_code, stale.json["code"], stale.json["version"]) == (412, "record_changed", 2)
    assert stale.json["values"] == {"amount_baht": {"base": 1000.0, "theirs": 1500.0}}


def test_forms_of_the_page_go_through_the_same_rules(staff: dict[str, FlaskClient], code: str) -> None:
    form = {"amount_baht": "1,000", "fund_source_code": "OWN", "legal_reference": "มติ", "approved_on": "1 ต.ค. 2569"}
    assert staff["planner"].post(f"/projects/{code}/budget", data=form).status_code == 303
    late = {"number": "1/2570", "amount_baht": "500", "signed_on": "1 ต.ค. 2570"}
    answer = staff["finance"].post(f"/projects/{code}/contracts", data=late)
    assert answer.status_code == 422 and "ปีงบประมาณ 2571" in answer.text


def test_a_rule_that_only_the_database_saw_is_a_refusal_too(
    app: Flask, staff: dict[str, FlaskClient], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people at once: the checks in Python passed, the trigger did not."""
    finance = staff["finance"]
    money = {"amount_baht": 1000, "fund_source_code": "OWN", "legal_reference": "มติ", "approved_on": "2026-10-01"}
    made = send(staff["planner"], "POST", f"/projects/{code}/appropriations", money)
    path = f"/projects/{code}/appropriations/{made.json['id']}/confirmation"
    assert send(staff["executive"], "POST", path, **{"If-Match": '"a1"'}).json["status"] == "BUDGET_APPROVED"
    monkeypatch.setattr("app.services.contracts._room_for_contract", lambda *_: [])
    body = {"number": "1", "amount_baht": 1001, "signed_on": "2026-11-04"}
    answer = send(finance, "POST", f"/projects/{code}/contracts", body)
    assert (answer.status_code, rules(answer)) == (422, [("contract_over_budget", "")])


def test_the_schema_of_money_goes_down_and_up_and_is_the_models(server_url: str, template_database: str) -> None:
    with cloned_database(server_url, template_database, f"eplan_money_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with Session(engine) as session, session.begin():
            project = make.make_project(session, budget_baht=1000)
            source = session.scalar(sa.text("SELECT id FROM appropriation"))
            session.execute(
                sa.text(
                    "INSERT INTO disbursement (project_id, appropriation_id, amount_baht, paid_on, reverses_id)"
                    " VALUES (:p, :a, 10, '2026-11-18', NULL)"
                ),
                {"p": project.id, "a": source},
            )
            session.execute(
                sa.text(
                    "INSERT INTO disbursement (project_id, appropriation_id, amount_baht, paid_on, reverses_id)"
                    " SELECT project_id, appropriation_id, -amount_baht, paid_on, id FROM disbursement"
                )
            )
        migrate.downgrade(url, before_money())
        with engine.connect() as connection:
            assert not sa.inspect(connection).has_table("budget_document")
            assert connection.scalar(sa.text("SELECT budget_baht - disbursed_baht FROM project")) == 1000
            assert connection.scalar(sa.text("SELECT has_table_privilege('eplan_app', 'appropriation', 'UPDATE')"))
        migrate.upgrade(url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": owned, "compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        engine.dispose()


def before_money() -> str:
    """Revision that the one of money follows."""
    from alembic.script import ScriptDirectory

    found = ScriptDirectory.from_config(migrate.configuration()).get_revision("0015")
    assert found is not None and isinstance(found.down_revision, str)
    return found.down_revision


def owned(_obj: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Tables of the models alone; the index of a search by words is compared nowhere."""
    foreign = ("procrastinate_", "read_", "spatial_ref_sys", "alembic_version")
    return not (kind == "table" and str(name).startswith(foreign))

"""Published projects in the Open Contracting for Infrastructure Data Standard: valid, complete, and nobody named."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.queries.oc4ids import oc4ids_projects
from app.queries.project_filter import ProjectFilter
from tests import factories

SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "data" / "standards" / "oc4ids-project-schema.json"


@pytest.fixture
def world(session: Session) -> None:
    """A road with everything, a pond without coordinates, and one that nobody may know of yet."""
    organisation = factories.make_organisation(session)
    line = factories.make_plan_line(session, organisation, programme_code="00310")
    road = factories.make_project(
        session,
        organisation,
        status="DISBURSING",
        plan_project_id=line.id,
        name_th="ก่อสร้างถนน",
        work_nature_code="BUILD",
    )
    money = factories.make_appropriation(session, road, 4_850_000, legal_reference="ข้อบัญญัติ 2570")
    company = factories.make_contract(session, road, 4_000_000, procurement_method_code="E_BIDDING")
    person = factories.make_contract(
        session, road, 100_000, number="13/2570", contractor_name="นายสมมติ", contractor_is_person=True
    )
    factories.make_disbursement(session, money, Decimal("1386000.50"), contract=company)
    factories.make_disbursement(session, money, 50_000, contract=person)
    factories.make_geometry(session, road, factories.line(), status="VERIFIED")
    pond = factories.make_project(session, organisation, status="BUDGET_APPROVED", kind="water", name_th="ขุดสระ")
    factories.make_appropriation(session, pond, 300_000)
    factories.make_geometry(session, pond, factories.pond(), status="SUBMITTED")
    factories.make_project(session, organisation, status="PLANNED", name_th="ยังไม่เผยแพร่")


def told(session: Session, **narrowed: Any) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(project)) for project in oc4ids_projects(session, ProjectFilter(**narrowed)).projects]


@pytest.mark.realdata
def test_every_project_is_valid_against_the_standards_schema(session: Session, world: None) -> None:
    if not SCHEMA.exists():
        pytest.skip(f"the schema of the standard is not at {SCHEMA}")
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    errors = [(error.message, list(error.instance_path)) for p in told(session) for error in validator.iter_errors(p)]
    assert errors == []
    assert len(told(session)) == 2


def test_money_place_and_contracts_are_what_the_project_says(session: Session, world: None) -> None:
    [road] = told(session, kind=("road",))
    assert (road["status"], road["type"], road["sector"]) == (
        "implementation",
        "construction",
        ["transport", "transport.road"],
    )
    assert road["budget"]["amount"] == {"amount": 4_850_000.0, "currency": "THB"}
    assert road["period"]["startDate"].startswith("2026-10-01")
    assert road["locations"][0]["geometry"]["type"] == "LineString"
    first = road["contractingProcesses"][0]["summary"]
    assert first["tender"]["procurementMethod"] == "open"
    assert [(t["value"]["amount"], t["date"][:10]) for t in first["transactions"]] == [(1_386_000.5, "2026-11-18")]


def test_nobody_is_named_and_nothing_unpublished_is_told(session: Session, world: None) -> None:
    text = json.dumps(told(session), ensure_ascii=False)
    assert "นายสมมติ" not in text and "ยังไม่เผยแพร่" not in text
    assert "บริษัท สาธิตการโยธา จำกัด" in text
    [pond] = told(session, kind=("water",))
    assert "locations" not in pond, "only verified coordinates are told"


def test_a_package_comes_page_by_page(client: FlaskClient, session: Session, world: None) -> None:
    first = client.get("/api/v1/oc4ids/projects?limit=1").get_json()
    assert (first["version"], len(first["projects"])) == ("0.9", 1)
    second = client.get(first["links"]["next"]).get_json()
    assert first["projects"][0]["id"] != second["projects"][0]["id"]
    assert "links" not in second

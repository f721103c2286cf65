"""Projects made and changed, their money, and the drafts of their coordinates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import Appropriation, Organisation, Project, ProjectSegment
from app.services.appropriations import NewAppropriation, confirm_appropriation, record_appropriation
from app.services.contracts import NewContract, record_contract
from app.services.disbursements import NewDisbursement, record_disbursement
from app.services.drafts import LIMIT_BYTES, delete_draft, get_draft, save_draft
from app.services.projects import NewProject, NewSegment, create_projects, update_project
from tests import factories as make
from tests.statements import counted

ROAD = NewProject("D9901001", 2570, "road", "ก่อสร้างถนน คสล. สายแหล่งนํ้า ม.๔", surface_type_code="RC")


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


def codes(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_projects_get_codes_in_order_per_organisation_and_year(session: Session, organisation: Organisation) -> None:
    make.make_organisation(session, "D9901002", name_th="ข้างเคียง")
    first = create_projects(session, SYSTEM_ACTOR, [ROAD, replace(ROAD, fiscal_year_be=2569), ROAD])
    second = create_projects(session, SYSTEM_ACTOR, [ROAD, replace(ROAD, organisation_code="D9901002")])
    assert [p.code for p in first] == ["70-D9901001-0001", "69-D9901001-0001", "70-D9901001-0002"]
    assert [p.code for p in second] == ["70-D9901001-0003", "70-D9901002-0001"]
    stored = session.get_one(Project, first[0].id)
    assert stored.name_th == "ก่อสร้างถนน คสล. สายแหล่งน้ำ ม.๔"
    assert "แหล่งน้ำ ม.4" in stored.name_search
    assert (stored.status, stored.geometry_status, stored.budget_baht) == ("PLANNED", "NONE", 0)


def test_codes_go_on_after_9999(session: Session, organisation: Organisation) -> None:
    session.execute(
        sa.text("INSERT INTO project_code_counter VALUES ('D9901001', 2570, 9998)"),
    )
    made = create_projects(session, SYSTEM_ACTOR, [ROAD, ROAD])
    assert [p.code for p in made] == ["70-D9901001-9999", "70-D9901001-10000"]


def test_segments_plan_and_money_come_with_the_project(session: Session, organisation: Organisation) -> None:
    line = make.make_plan_line(session, organisation, national_strategy_code="5")
    (made,) = create_projects(
        session,
        SYSTEM_ACTOR,
        [
            replace(
                ROAD,
                plan_project_id=line.id,
                budget_baht=Decimal("4850000.50"),
                fund_source_code="GRANT_SPECIFIC",
                segments=(NewSegment("RC", Decimal(5), Decimal(1120)), NewSegment("RC", Decimal(4), Decimal(625))),
                length_m=Decimal("1745.000"),
            )
        ],
    )
    project = session.get_one(Project, made.id)
    assert (project.status, project.budget_baht, project.strategy_code) == (
        "BUDGET_APPROVED",
        Decimal("4850000.50"),
        "5",
    )
    segments = session.scalars(sa.select(ProjectSegment).order_by(ProjectSegment.seq)).all()
    assert [(s.seq, s.width_m, s.length_m) for s in segments] == [(1, 5, 1120), (2, 4, 625)]
    money = session.scalars(sa.select(Appropriation)).one()
    assert (money.amount_baht, money.fund_source_code) == (Decimal("4850000.50"), "GRANT_SPECIFIC")
    assert project.row_version == 1, "the sum was right from the start"


def test_statements_do_not_grow_with_the_number(session: Session, organisation: Organisation) -> None:
    create_projects(session, SYSTEM_ACTOR, [replace(ROAD, budget_baht=Decimal(1))])
    with counted(session) as sent:
        made = create_projects(session, SYSTEM_ACTOR, [replace(ROAD, budget_baht=Decimal(1))] * 500)
    assert len(made) == 500
    assert len(sent) == 2, sent


def test_every_problem_of_every_row_and_nothing_made(session: Session, organisation: Organisation) -> None:
    bad = replace(
        ROAD,
        name_th="ก" * 2000,
        fiscal_year_be=2027,
        surface_type_code="GOLD",
        area_code="000000",
        budget_baht=Decimal(-1),
        length_m=Decimal("NaN"),
        plan_project_id=999_999,
        row=17,
    )
    with pytest.raises(InvalidInput) as error:
        create_projects(session, SYSTEM_ACTOR, [ROAD, bad, replace(ROAD, kind="water"), replace(ROAD, name_th=" ")])
    found = {(p.where["row"], p.code, p.where["field"]) for p in error.value.problems}
    assert found == {
        (17, "project_name_too_long", "name"),
        (17, "fiscal_year_out_of_range", "fiscal_year"),
        (17, "unknown_code", "surface_type_code"),
        (17, "unknown_code", "area_code"),
        (17, "amount_out_of_range", "budget_baht"),
        (17, "measure_out_of_range", "length_m"),
        (17, "plan_line_of_another", "plan_project_id"),
        (3, "type_not_of_kind", "surface_type_code"),
        (4, "project_name_missing", "name"),
    }
    assert session.scalar(sa.text("SELECT count(*) FROM project")) == 0


def test_a_source_reference_is_taken_once(session: Session, organisation: Organisation) -> None:
    sourced = replace(ROAD, source="budget-lines", source_ref="7")
    create_projects(session, SYSTEM_ACTOR, [sourced])
    with pytest.raises(InvalidInput) as error:
        create_projects(session, SYSTEM_ACTOR, [sourced])
    assert codes(error) == ["source_ref_taken"]


@pytest.mark.parametrize(
    ("role", "with_money", "allowed"),
    [
        ("LAO_PLANNER", True, True),
        ("LAO_ENGINEER", False, False),
        ("LAO_FINANCE", False, False),
        ("LAO_EXECUTIVE", False, False),
    ],
)
def test_who_makes_projects(
    session: Session, organisation: Organisation, role: str, with_money: bool, allowed: bool
) -> None:
    actor = make.actor_for(make.make_user(session, role, organisation=organisation))
    project = replace(ROAD, budget_baht=Decimal(1) if with_money else None)
    if allowed:
        assert create_projects(session, actor, [project])
    else:
        with pytest.raises(Forbidden):
            create_projects(session, actor, [project])
    make.make_organisation(session, "D9901002", name_th="ข้างเคียง")
    with pytest.raises(Forbidden):
        create_projects(session, actor, [replace(project, organisation_code="D9901002")])


def test_update_is_a_whitelist_per_role(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation)
    planner = make.actor_for(make.make_user(session, "LAO_PLANNER", organisation=organisation))
    engineer = make.actor_for(make.make_user(session, "LAO_ENGINEER", organisation=organisation))
    version = update_project(
        session, planner, project.code, {"name_th": "ขุดสระ  นํ้า", "kind": "water"}, if_match_version=1
    )
    session.refresh(project)
    assert (version, project.name_th, project.kind, project.surface_type_code) == (2, "ขุดสระ น้ำ", "water", None)
    update_project(session, engineer, project.code, {"length_m": Decimal(120)}, if_match_version=2)
    with pytest.raises(InvalidInput) as error:
        update_project(
            session,
            engineer,
            project.code,
            {"name_th": "x", "budget_baht": 1, "surface_type_code": "RC"},
            if_match_version=3,
        )
    assert codes(error) == ["field_not_editable", "field_not_editable", "type_not_of_kind"]
    with pytest.raises(Conflict):
        update_project(session, planner, project.code, {"name_th": "x"}, if_match_version=1)
    finance = make.actor_for(make.make_user(session, "LAO_FINANCE", organisation=organisation))
    with pytest.raises(Forbidden):
        update_project(session, finance, project.code, {"length_m": Decimal(1)}, if_match_version=3)


# --- money -----------------------------------------------------------------------------------------------------------

CONTRACT = NewContract("12/2570", Decimal(4_620_000), date(2026, 11, 4))


def test_the_chain_of_money_and_the_status_that_follows(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation, status="PLANNED")
    planner = make.actor_for(make.make_user(session, "LAO_PLANNER", organisation=organisation))
    finance = make.actor_for(make.make_user(session, "LAO_FINANCE", organisation=organisation))
    with pytest.raises(InvalidInput) as early:
        record_contract(session, finance, project.code, CONTRACT)
    assert codes(early) == ["budget_missing"]
    executive = make.actor_for(make.make_user(session, "LAO_EXECUTIVE", organisation=organisation))
    money = NewAppropriation(Decimal(4_850_000), "OWN", legal_reference="ข้อบัญญัติ 1/2570", approved_on=date(2026, 10, 1))
    budget = record_appropriation(session, planner, project.code, money)
    assert budget.status == "PLANNED"
    budget = confirm_appropriation(session, executive, project.code, budget.id, if_match_version=1)
    assert budget.status == "BUDGET_APPROVED"
    contract = record_contract(session, finance, project.code, CONTRACT)
    assert contract.status == "CONTRACTED"
    first = NewDisbursement(Decimal(1_386_000), date(2026, 11, 18), budget.id, contract.id, instalment=1)
    assert record_disbursement(session, finance, project.code, first).status == "DISBURSING"
    rest = replace(first, amount_baht=Decimal(3_234_000), instalment=2)
    assert record_disbursement(session, finance, project.code, rest).status == "DISBURSED_FULL"
    session.refresh(project)
    assert (project.budget_baht, project.contracted_baht, project.disbursed_baht) == (4_850_000, 4_620_000, 4_620_000)


def test_paid_within_contract_within_budget(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation, budget_baht=1000)
    budget = session.scalars(sa.select(Appropriation)).one()
    with pytest.raises(InvalidInput) as over:
        record_contract(session, SYSTEM_ACTOR, project.code, replace(CONTRACT, amount_baht=Decimal("1000.01")))
    assert codes(over) == ["contract_over_budget"]
    assert over.value.problems[0].values["room_baht"] == "1,000.00"
    contract = record_contract(session, SYSTEM_ACTOR, project.code, replace(CONTRACT, amount_baht=Decimal(900)))
    with pytest.raises(InvalidInput) as paid:
        record_disbursement(
            session,
            SYSTEM_ACTOR,
            project.code,
            NewDisbursement(Decimal(901), date(2026, 11, 18), budget.id, contract.id),
        )
    assert codes(paid) == ["disbursement_over_contract"]
    with pytest.raises(InvalidInput) as wrong:
        record_disbursement(session, SYSTEM_ACTOR, project.code, NewDisbursement(Decimal(0), date(2026, 11, 18), 0, 0))
    assert set(codes(wrong)) == {"amount_out_of_range", "appropriation_not_found", "contract_not_found"}
    bad = replace(CONTRACT, number=" ", amount_baht=Decimal(10**13), start_on=date(2026, 2, 1), end_on=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as several:
        record_contract(session, SYSTEM_ACTOR, project.code, bad)
    assert set(codes(several)) == {
        "contract_number_missing",
        "amount_out_of_range",
        "contract_period_reversed",
        "contract_over_budget",
    }


@pytest.mark.parametrize("role", ["LAO_PLANNER", "LAO_ENGINEER", "LAO_EXECUTIVE"])
def test_only_finance_signs_and_pays(session: Session, organisation: Organisation, role: str) -> None:
    project = make.make_project(session, organisation, budget_baht=1000)
    budget = session.scalars(sa.select(Appropriation)).one()
    actor = make.actor_for(make.make_user(session, role, organisation=organisation))
    with pytest.raises(Forbidden):
        record_contract(session, actor, project.code, replace(CONTRACT, amount_baht=Decimal(1)))
    with pytest.raises(Forbidden):
        record_disbursement(session, actor, project.code, NewDisbursement(Decimal(1), date(2026, 11, 18), budget.id))


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_survives_and_is_the_persons_own(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation)
    engineer = make.actor_for(make.make_user(session, "LAO_ENGINEER", organisation=organisation))
    colleague = make.actor_for(make.make_user(session, "LAO_ENGINEER", organisation=organisation))
    save_draft(session, engineer, project.code, {"vertices": [[101.85, 15.9]]}, 0)
    save_draft(session, engineer, project.code, {"vertices": []}, 2)
    kept = get_draft(session, engineer, project.code)
    assert kept and (kept.content, kept.base_version) == ({"vertices": []}, 2)
    assert get_draft(session, colleague, project.code) is None
    delete_draft(session, colleague, project.code)
    assert get_draft(session, engineer, project.code)
    delete_draft(session, engineer, project.code)
    assert get_draft(session, engineer, project.code) is None


def test_a_draft_has_a_limit_and_needs_the_right(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation)
    engineer = make.actor_for(make.make_user(session, "LAO_ENGINEER", organisation=organisation))
    planner = make.actor_for(make.make_user(session, "LAO_PLANNER", organisation=organisation))
    with pytest.raises(InvalidInput) as error:
        save_draft(session, engineer, project.code, "x" * LIMIT_BYTES, 0)
    assert codes(error) == ["draft_too_large"]
    with pytest.raises(Forbidden):
        save_draft(session, planner, project.code, {}, 0)
    with pytest.raises(NotFound):
        save_draft(session, engineer, "70-X-0001", {}, 0)

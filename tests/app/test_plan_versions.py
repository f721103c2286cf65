"""A plan from its first draft through additions, changes and corrections; nothing that was in force is ever touched."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, InvalidInput
from app.models import Membership, Project
from app.queries.plan_compare import compare_versions
from app.queries.plan_paths import approval_path
from app.queries.plans import plan, versions_of
from app.services.appropriations import NewAppropriation, record_appropriation, remove_appropriation
from app.services.budget_documents import DocumentFields, create_document
from app.services.plan_checks import Decision, NewVersion
from app.services.plan_versions import (
    discard_version,
    open_version,
    propose_version,
    record_step,
    update_version,
)
from app.services.plans import create_plan
from app.services.sheets import CellChange
from tests import factories
from tests.app.plan_world import PlanWorld, make_plan_world


@pytest.fixture
def world(session: Session) -> PlanWorld:
    return make_plan_world(session)


def codes(error: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    """Codes of everything that was wrong."""
    return {problem.code for problem in error.value.problems}


def projects(session: Session, origin: int) -> list[tuple[int, str, str, Decimal]]:
    rows = session.execute(
        sa.text(
            "SELECT p.fiscal_year_be, p.status, p.name_th, p.planned_baht FROM project p"
            " JOIN plan_project l ON l.id = p.plan_project_id WHERE l.origin_id = :origin"
            " ORDER BY p.fiscal_year_be, p.id"
        ),
        {"origin": origin},
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("types", "lao_type", "expected"),
    [
        ((), "SAO", ["SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "COUNCIL", "EXECUTIVE"]),
        ((), "PAO", ["SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "EXECUTIVE"]),
        (("ADD",), "SAO", ["SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "PUBLIC_HEARING", "COUNCIL", "EXECUTIVE"]),
        (("ADD",), "SUBDISTRICT_MUNI", ["SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "PUBLIC_HEARING", "EXECUTIVE"]),
        (("CORRECT",), "SAO", ["EXECUTIVE"]),
        (("EXEC_SPECIAL",), "SAO", ["EXECUTIVE"]),
        (("CORRECT", "CHANGE"), "CITY_MUNI", ["SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "EXECUTIVE"]),
    ],
)
def test_who_decides_follows_from_the_change_and_the_kind_of_organisation(
    types: tuple[str, ...], lao_type: str, expected: list[str]
) -> None:
    assert [step.code for step in approval_path(types, lao_type)] == expected


def test_the_council_is_waited_for_in_additions_only() -> None:
    required = {step.code: step.required for step in approval_path(("CHANGE",), "SAO")}
    assert required["COUNCIL"] is False
    assert all(step.required for step in approval_path(("CHANGE", "ADD"), "SAO"))


def test_a_plan_comes_into_force_and_becomes_projects_year_by_year(world: PlanWorld) -> None:
    road = world.line("ก่อสร้างถนน คสล. สายบ้านหนองแวง", y2569="300000", y2570="200000")
    pond = world.line("ขุดลอกสระน้ำหนองตาไก้", y2570=None, y2568="1,632,820 ")
    world.promulgate()
    version = world.version()
    assert (version.status, version.seq, version.approved_by_name) == (
        "PROMULGATED",
        1,
        world.executive.display_name,
    )
    assert projects(world.session, road) == [
        (2569, "PLANNED", "ก่อสร้างถนน คสล. สายบ้านหนองแวง", Decimal(300_000)),
        (2570, "PLANNED", "ก่อสร้างถนน คสล. สายบ้านหนองแวง", Decimal(200_000)),
    ]
    [(year, _, _, planned)] = projects(world.session, pond)
    assert (year, planned) == (2568, Decimal(1_632_820))
    kinds = world.session.scalars(sa.text("SELECT DISTINCT kind FROM project ORDER BY 1")).all()
    assert kinds == ["road", "water"], "the name says what it is until somebody says otherwise"


def test_what_was_promulgated_cannot_be_written_by_any_door(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน")
    world.promulgate()
    with pytest.raises(Conflict) as closed:
        world.cell(origin, "name_th", "ก่อสร้างถนน", "อื่น")
    assert closed.value.code == "plan_version_closed"
    for statement in (
        "UPDATE plan_project SET name_th = 'x'",
        "DELETE FROM plan_project_amount",
        "UPDATE plan_project_amount SET amount_baht = 1",
        "UPDATE plan_version SET status = 'DRAFT', seq = NULL",
    ):
        with pytest.raises((IntegrityError, sa.exc.ProgrammingError)), world.session.begin_nested():
            world.session.execute(sa.text(statement))


def test_a_change_leaves_the_version_before_as_it_was(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน", target="ยาว 500 ม.")
    world.promulgate(date(2025, 10, 1))
    first = world.version_id
    second = world.open("CHANGE")
    assert world.cell(origin, "y2570", "500000.00", "650,000").clean
    assert world.cell(origin, "target", "ยาว 500 ม.", "ยาว 600 ม.").clean
    assert world.lines(first)[origin].amounts == {2570: Decimal(500_000)}
    assert world.lines()[origin].amounts == {2570: Decimal(650_000)}
    [difference] = compare_versions(world.session, first, second)
    assert difference.kind == "changed" and difference.essential
    assert [(f.field, f.before, f.after) for f in difference.fields] == [
        ("target", "ยาว 500 ม.", "ยาว 600 ม."),
        ("y2570", Decimal(500_000), Decimal(650_000)),
    ]
    assert projects(world.session, origin)[0][3] == Decimal(500_000), "a draft changes no project"
    world.promulgate(date(2025, 11, 1))
    assert projects(world.session, origin)[0][3] == Decimal(650_000)


def test_a_correction_may_not_change_the_essence_nor_add(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน")
    world.promulgate(date(2025, 10, 1))
    world.open("CORRECT")
    world.cell(origin, "y2570", "500000.00", "1")
    world.line("ขุดสระ")
    with pytest.raises(InvalidInput) as refused:
        propose_version(world.session, world.planner, world.version_id, if_match_version=world.version().row_version)
    assert codes(refused) == {"version_adds", "version_changes"}
    update_version(
        world.session,
        world.planner,
        world.version_id,
        {"change_types": ["ADD", "CHANGE"]},
        if_match_version=world.version().row_version,
    )
    world.promulgate(date(2025, 11, 1))
    assert world.version().status == "PROMULGATED"


def test_a_correction_of_a_word_is_the_executives_alone(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน คสล สาย 1")
    world.promulgate(date(2025, 10, 1))
    world.open("CORRECT", number="ฉบับที่ 1 พ.ศ. 2569")
    world.cell(origin, "name_th", "ก่อสร้างถนน คสล สาย 1", "ก่อสร้างถนน คสล. สาย 1")
    propose_version(world.session, world.planner, world.version_id, if_match_version=world.version().row_version)
    world.decide("EXECUTIVE")
    assert projects(world.session, origin)[0][2] == "ก่อสร้างถนน คสล. สาย 1"


def test_money_that_moves_to_another_year_takes_its_project_along(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน", y2569="500000", y2570=None)
    world.promulgate(date(2025, 10, 1))
    code = world.session.scalar(sa.text("SELECT code FROM project"))
    world.open("CHANGE")
    world.cell(origin, "y2569", "500000.00", None)
    world.cell(origin, "y2570", None, "500000")
    world.promulgate(date(2025, 11, 1))
    assert projects(world.session, origin) == [(2570, "PLANNED", "ก่อสร้างถนน", Decimal(500_000))]
    assert world.session.scalar(sa.text("SELECT code FROM project")) == code


def test_a_line_that_leaves_the_plan_cancels_what_nobody_has_paid_for(world: PlanWorld) -> None:
    gone = world.line("ก่อสร้างถนน ก")
    kept = world.line("ก่อสร้างถนน ข")
    world.promulgate(date(2025, 10, 1))
    code = world.session.scalar(
        sa.text("SELECT code FROM project p JOIN plan_project l ON l.id = p.plan_project_id WHERE l.origin_id = :o"),
        {"o": kept},
    )
    project = world.session.scalars(sa.select(Project).where(Project.code == code)).one()
    factories.make_appropriation(world.session, project, amount_baht=Decimal(400_000))
    world.open("CHANGE")
    outcome = world.save(removals=[str(gone), str(kept)])
    assert outcome.removed == [str(gone)]
    assert [(p.code, p.where["row"]) for p in outcome.problems] == [("line_has_budget", str(kept))]
    assert world.lines()[gone].change == "WITHDRAWN", "shown, so that it can be put back"
    world.promulgate(date(2025, 11, 1))
    assert world.lines()[gone].ended
    assert [status for _, status, _, _ in projects(world.session, gone)] == ["CANCELLED"]


def test_a_line_taken_out_can_be_put_back(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน ก")
    world.save(removals=[str(origin)])
    assert origin not in world.lines()
    world.save(restores=[str(origin)])
    assert world.lines()[origin].name_th == "ก่อสร้างถนน ก"


def test_a_change_that_was_taken_back_leaves_no_trace_in_the_version(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน ก")
    other = world.line("ก่อสร้างถนน ข")
    world.promulgate(date(2025, 10, 1))
    world.open("CHANGE")
    world.cell(origin, "y2570", "500000.00", "1")
    world.cell(origin, "y2570", "1.00", "500000")
    world.cell(other, "y2570", "500000.00", "7")
    world.promulgate(date(2025, 11, 1))
    assert world.version().lines == 1


def test_two_open_versions_never_change_the_same_line(world: PlanWorld) -> None:
    origin, other = world.line("ก่อสร้างถนน"), world.line("ขุดลอกหนอง")
    world.promulgate(date(2025, 10, 1))
    first = world.open("CHANGE", number="ครั้งที่ 1/2569")
    world.cell(origin, "objective", None, "เพื่อสัญจร")
    world.open("CHANGE", number="ครั้งที่ 2/2569")
    kept = world.save(cells=[CellChange(str(row), "objective", None, "เพื่ออื่น") for row in (origin, other)])
    # The cell says so where it stands, and the others are saved.
    assert [(p.code, p.where) for p in kept.problems] == [
        ("line_in_other_version", {"row": str(origin), "column": "objective"})
    ]
    assert kept.touched == {str(other)}
    discard_version(world.session, world.planner, first, if_match_version=world.version(first).row_version)
    assert world.cell(origin, "objective", None, "เพื่ออื่น").clean


def test_the_executive_who_promulgates_is_not_who_proposed(world: PlanWorld, session: Session) -> None:
    world.line("ก่อสร้างถนน")
    [organisation] = world.planner.organisation_codes
    both = factories.make_user(session, "LAO_PLANNER", organisation=organisation)
    with factories.as_owner(session):
        session.add(
            Membership(
                user_id=both.id, role_code="LAO_EXECUTIVE", organisation_code=world.planner.organisation_codes[0]
            )
        )
    session.refresh(both, ["memberships"])
    actor = factories.actor_for(both)
    propose_version(session, actor, world.version_id, if_match_version=world.version().row_version)
    for step in ("SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "COUNCIL"):
        world.decide(step)
    with pytest.raises(Forbidden) as refused:
        record_step(
            session,
            actor,
            world.version_id,
            Decision("EXECUTIVE", "PASSED", date.today()),
            if_match_version=world.version().row_version,
        )
    assert refused.value.code == "four_eyes"
    world.decide("EXECUTIVE")


def test_a_planner_cannot_promulgate(world: PlanWorld) -> None:
    world.line("ก่อสร้างถนน")
    propose_version(world.session, world.planner, world.version_id, if_match_version=world.version().row_version)
    with pytest.raises(Forbidden):
        record_step(
            world.session,
            world.planner,
            world.version_id,
            Decision("EXECUTIVE", "PASSED", date.today()),
            if_match_version=world.version().row_version,
        )


def test_steps_are_taken_in_their_order_and_a_return_begins_again(world: PlanWorld) -> None:
    world.line("ก่อสร้างถนน")
    propose_version(world.session, world.planner, world.version_id, if_match_version=world.version().row_version)
    with pytest.raises(InvalidInput) as early:
        world.decide("EXECUTIVE")
    assert codes(early) == {"step_not_due"}
    world.decide("SUPPORT_COMMITTEE", date(2025, 6, 1))
    with pytest.raises(InvalidInput) as wrong:
        world.decide("DEVELOPMENT_COMMITTEE", date.today() + timedelta(days=3))
    assert codes(wrong) == {"day_in_future"}
    with pytest.raises(InvalidInput) as before:
        world.decide("DEVELOPMENT_COMMITTEE", date(2025, 5, 1))
    assert codes(before) == {"step_before_last"}
    with pytest.raises(InvalidInput) as silent:
        world.decide("DEVELOPMENT_COMMITTEE", date(2025, 6, 2), result="RETURNED")
    assert codes(silent) == {"return_reason_missing"}
    world.decide("DEVELOPMENT_COMMITTEE", date(2025, 6, 2), result="RETURNED", note="ขาดตัวชี้วัด")
    assert world.version().editable
    world.promulgate(date(2025, 7, 1))
    assert world.version().promulgated_on == date(2025, 7, 1)


def test_a_version_comes_into_force_after_the_one_before_it(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน")
    _proposed(world)
    with pytest.raises(InvalidInput) as ancient:
        world.decide("SUPPORT_COMMITTEE", date(1, 1, 1))
    [problem] = ancient.value.problems
    assert (problem.code, problem.values) == ("day_before_plan", {"earliest": "2019-10-01"})
    for step in ("SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "COUNCIL", "EXECUTIVE"):
        world.decide(step, date(2025, 10, 1))
    first, second = world.open("CHANGE", number="1"), world.open("CHANGE", number="2")
    for version, column in ((first, "objective"), (second, "target")):
        world.version_id = version
        if version == second:
            origin = world.line("ขุดสระ")
            update_version(
                world.session,
                world.planner,
                second,
                {"change_types": ["ADD"]},
                if_match_version=world.version().row_version,
            )
        else:
            world.cell(origin, column, None, "ก")
        _proposed(world)
    world.version_id = first
    for step in ("SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "EXECUTIVE"):
        world.decide(step, date(2025, 12, 1))
    world.version_id = second
    for step in ("SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "PUBLIC_HEARING", "COUNCIL"):
        world.decide(step, date(2025, 11, 1))
    with pytest.raises(InvalidInput) as before:
        world.decide("EXECUTIVE", date(2025, 11, 30))
    assert codes(before) == {"day_before_plan"}
    world.decide("EXECUTIVE", date(2025, 12, 1))


def test_a_special_case_names_its_order(world: PlanWorld) -> None:
    world.line("ก่อสร้างถนน")
    world.promulgate(date(2025, 10, 1))
    with pytest.raises(InvalidInput) as silent:
        world.open("EXEC_SPECIAL", reason=" \u200b")
    assert codes(silent) == {"special_reason_missing"}
    world.open("EXEC_SPECIAL", reason="โครงการพระราชดำริ")
    world.line("ขุดสระ")
    _proposed(world)
    with pytest.raises(InvalidInput) as unnamed:
        record_step(
            world.session,
            world.executive,
            world.version_id,
            Decision("EXECUTIVE", "PASSED", date.today()),
            if_match_version=world.version().row_version,
        )
    assert codes(unnamed) == {"special_order_missing"}
    world.decide("EXECUTIVE")


def test_what_is_missing_is_said_all_at_once(world: PlanWorld) -> None:
    world.save(inserts=[])
    with pytest.raises(InvalidInput) as empty:
        propose_version(world.session, world.planner, world.version_id, if_match_version=world.version().row_version)
    assert codes(empty) == {"version_empty"}
    world.strategy_id = None  # type: ignore[assignment]
    world.line("ก่อสร้างถนน", y2570=None, programme_code=None)
    with pytest.raises(InvalidInput) as refused:
        propose_version(world.session, world.planner, world.version_id, if_match_version=world.version().row_version)
    assert codes(refused) == {"line_without_strategy", "line_without_programme", "line_without_money"}


def test_a_review_makes_four_years_five_and_keeps_every_project(session: Session) -> None:
    world = make_plan_world(session)
    period = dict(
        (tuple(row[:2]), row[2]) for row in session.execute(sa.text("SELECT start_be, end_be, id FROM plan_period"))
    )
    world.plan_id = create_plan(session, world.planner, world.planner.organisation_codes[0], period[2561, 2564])
    [version] = versions_of(session, world.plan_id)
    world.version_id = version.id
    world.strategy_id = None  # type: ignore[assignment]
    outcome = world.line("ก่อสร้างถนน", y2570=None, y2563="100000")
    strategy = session.scalar(
        sa.text("INSERT INTO local_strategy (plan_id, code, name_th) VALUES (:p, '1', 'ก') RETURNING id"),
        {"p": world.plan_id},
    )
    world.cell(outcome, "local_strategy_id", None, strategy)
    world.promulgate(date(2018, 6, 1))
    with pytest.raises(InvalidInput) as wrong:
        open_version(
            session, world.planner, world.plan_id, NewVersion(("CHANGE",), "1", 2563, None, period[2561, 2565])
        )
    assert codes(wrong) == {"period_needs_review"}
    world.version_id = open_version(
        session,
        world.planner,
        world.plan_id,
        NewVersion(("REVIEW",), "ทบทวน ครั้งที่ 1/2563", 2563, "ว 3090", period[2561, 2565]),
    )
    world.line("ขุดลอกคลอง", y2570=None, y2565="50000", local_strategy_id=strategy)
    world.promulgate(date(2019, 10, 3))
    head = plan(session, world.plan_id)
    assert head is not None and (head.start_be, head.end_be) == (2561, 2565)
    assert len(world.lines()) == 2
    [first] = [v for v in versions_of(session, world.plan_id) if v.seq == 1]
    assert (first.start_be, first.end_be) == (2561, 2564), "the version in force then is what it was"


def test_a_version_that_was_opened_before_a_review_does_not_bring_the_old_years_back(world: PlanWorld) -> None:
    session = world.session
    world.line("ก่อสร้างถนน")
    world.promulgate(date(2025, 10, 1))
    longer = session.scalar(
        sa.text(
            "INSERT INTO plan_period (name_th, start_be, end_be, status) VALUES ('แผน 2566-2571', 2566, 2571, 'next')"
            " RETURNING id"
        )
    )
    before, alike = world.open("CHANGE"), world.open("REVIEW", number="ทบทวน ครั้งที่ 9/2569")
    with pytest.raises(InvalidInput) as review:
        world.version_id = world.open("REVIEW", number="ทบทวน ครั้งที่ 1/2569", plan_period_id=longer)
        update_version(session, world.planner, world.version_id, {"change_types": ["CHANGE"]}, if_match_version=1)
    assert codes(review) == {"period_needs_review"}
    world.line("ขุดลอกคลอง", y2570=None, y2571="50000")
    world.promulgate(date(2025, 11, 1))
    assert world.version(before).end_be == 2571, "versions that are open have the years of their plan"
    session.execute(
        sa.text(
            "UPDATE plan_version SET plan_period_id = (SELECT min(id) FROM plan_period WHERE (start_be, end_be)"
            " = (2566, 2570)) WHERE id = ANY(:ids)"
        ),
        {"ids": [before, alike]},
    )
    for number, opened in enumerate((before, alike)):
        world.version_id = opened
        world.line(f"ก่อสร้างถนน {number}")
        with factories.as_owner(session):
            session.execute(
                sa.text("UPDATE plan_version SET change_types = change_types || '{ADD}' WHERE id = :id"), {"id": opened}
            )
        world.promulgate(date(2025, 11, 2 + number))
        head = plan(session, world.plan_id)
        assert head is not None and (head.start_be, head.end_be) == (2566, 2571)
        assert world.version().end_be == 2571


def test_the_same_plan_is_not_begun_twice(world: PlanWorld) -> None:
    period = world.session.scalar(sa.text("SELECT plan_period_id FROM plan"))
    with pytest.raises(InvalidInput) as refused:
        create_plan(world.session, world.planner, world.planner.organisation_codes[0], int(period or 0))
    assert codes(refused) == {"plan_exists"}


def test_nobody_writes_another_organisations_plan(world: PlanWorld, session: Session) -> None:
    other = factories.make_organisation(session, "D9901002", tambon_codes=("990102",))
    stranger = factories.actor_for(factories.make_user(session, "LAO_PLANNER", organisation=other))
    finance = factories.actor_for(
        factories.make_user(session, "LAO_FINANCE", organisation=world.planner.organisation_codes[0])
    )
    for actor in (stranger, finance):
        with pytest.raises(Forbidden):
            world.save(actor=actor)
        with pytest.raises(Forbidden):
            open_version(session, actor, world.plan_id, NewVersion(("ADD",), "1", 2569))
        with pytest.raises(Forbidden):
            propose_version(session, actor, world.version_id, if_match_version=1)


def test_what_an_officer_enters_is_marked_as_entered_for_the_organisation(world: PlanWorld, session: Session) -> None:
    officer = factories.actor_for(factories.make_user(session, "PROV_OFFICER", area="99"))
    world.planner = officer
    world.line("ก่อสร้างถนน")
    behalf = session.scalar(
        sa.text("SELECT on_behalf_of FROM change_log WHERE entity = 'plan_project' ORDER BY id DESC LIMIT 1")
    )
    assert behalf == "D9901001"


def _project(world: PlanWorld, origin: int) -> Project:
    [code] = world.session.scalars(
        sa.text("SELECT p.code FROM project p JOIN plan_project l ON l.id = p.plan_project_id WHERE l.origin_id = :o"),
        {"o": origin},
    ).all()
    return world.session.scalars(sa.select(Project).where(Project.code == code)).one()


def _moved(world: PlanWorld, origin: int) -> None:
    """A change that moves the money of a line from 2569 to 2570."""
    world.open("CHANGE")
    world.cell(origin, "y2569", "500000.00", None)
    world.cell(origin, "y2570", None, "500000")


def _proposed(world: PlanWorld) -> None:
    propose_version(world.session, world.planner, world.version_id, if_match_version=world.version().row_version)


def test_a_project_with_money_keeps_its_year(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน", y2569="500000", y2570=None)
    world.promulgate(date(2025, 10, 1))
    project = _project(world, origin)
    _moved(world, origin)
    _proposed(world)
    for step in ("SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "COUNCIL"):
        world.decide(step)
    # Approved after the proposal, and the status put back since: the money stands all the same.
    appropriation = factories.make_appropriation(world.session, project, amount_baht=Decimal(400_000))
    with pytest.raises(InvalidInput) as refused:
        world.decide("EXECUTIVE")
    [problem] = refused.value.problems
    assert (problem.code, problem.where["row"]) == ("project_year_with_money", origin)
    assert problem.values == {"project": project.code, "year": 2569, "to": 2570}
    assert world.version().status == "PROPOSED"
    with pytest.raises(sa.exc.IntegrityError, match="project_year_with_money"), world.session.begin_nested():
        world.session.execute(sa.text("UPDATE project SET fiscal_year_be = 2570"))
    world.session.execute(sa.text("UPDATE appropriation SET removed_at = now()"))
    world.decide("EXECUTIVE")
    assert projects(world.session, origin)[0][0] == 2570
    world.session.refresh(appropriation)


def test_a_project_in_a_draft_document_keeps_its_year_and_can_be_taken_out_of_it(world: PlanWorld) -> None:
    session = world.session
    origin = world.line("ก่อสร้างถนน", y2569="500000", y2570=None)
    world.promulgate(date(2025, 10, 1))
    project = _project(world, origin)
    [organisation] = world.planner.organisation_codes
    document = create_document(
        session, world.planner, organisation, 2569, "ACCUMULATED", DocumentFields("1/2569", "จ่ายขาดเงินสะสม")
    )
    new = NewAppropriation(Decimal(400_000), "ACCUMULATED", budget_document_id=document.id)
    made = record_appropriation(session, world.planner, project.code, new)
    _moved(world, origin)
    with pytest.raises(InvalidInput) as refused:
        _proposed(world)
    assert codes(refused) == {"project_year_with_money"}
    # Where the years fell apart before this was refused, the money can still be taken out.
    with factories.as_owner(session):
        session.execute(sa.text("ALTER TABLE project DISABLE TRIGGER verify_year_of_money"))
        session.execute(sa.text("UPDATE project SET fiscal_year_be = 2570"))
        session.execute(sa.text("ALTER TABLE project ENABLE TRIGGER verify_year_of_money"))
    with pytest.raises(sa.exc.IntegrityError, match="appropriation_outside_document"), session.begin_nested():
        session.execute(sa.text("UPDATE appropriation SET amount_baht = 1 WHERE id = :id"), {"id": made.id})
    remove_appropriation(session, world.planner, project.code, made.id, if_match_version=1)


def test_nothing_moves_into_or_out_of_a_closed_year(world: PlanWorld) -> None:
    origin = world.line("ก่อสร้างถนน", y2569="500000", y2570=None)
    other = world.line("ขุดสระ", y2569="7", y2570=None)
    world.promulgate(date(2025, 10, 1))
    with factories.as_owner(world.session):
        world.session.execute(
            sa.text(
                "INSERT INTO fiscal_year_close (organisation_code, fiscal_year_be, closed_by_name)"
                " VALUES (:code, 2569, 'ก')"
            ),
            {"code": world.planner.organisation_codes[0]},
        )
    _moved(world, origin)
    world.save(removals=[str(other)])
    with pytest.raises(InvalidInput) as refused:
        _proposed(world)
    [problem] = refused.value.problems
    assert (problem.code, problem.values["closed"]) == ("project_year_closed", 2569)
    with pytest.raises(sa.exc.IntegrityError, match="fiscal_year_closed"), world.session.begin_nested():
        world.session.execute(sa.text("UPDATE project SET fiscal_year_be = 2570 WHERE kind = 'road'"))
    world.cell(origin, "y2569", None, "500000")
    world.promulgate(date(2025, 11, 1))
    assert projects(world.session, other)[0][:2] == (2569, "PLANNED"), "a closed year stays as it was closed"


def test_what_leaves_the_plan_is_looked_at_again_when_it_is_proposed_and_promulgated(world: PlanWorld) -> None:
    gone = world.line("ก่อสร้างถนน ก")
    into = world.line("ก่อสร้างถนน ข")
    world.promulgate(date(2025, 10, 1))
    merging = world.open("CHANGE", number="ครั้งที่ 1/2569")
    world.save(merges={str(gone): str(into)})
    removing = world.open("CHANGE", number="ครั้งที่ 2/2569")
    with factories.as_owner(world.session):  # two that were written at one moment
        world.session.execute(sa.text("UPDATE plan_version SET status = 'DISCARDED' WHERE id = :id"), {"id": merging})
        world.save(removals=[str(into)])
        world.session.execute(sa.text("UPDATE plan_version SET status = 'DRAFT' WHERE id = :id"), {"id": merging})
    with pytest.raises(InvalidInput) as refused:
        _proposed(world)
    assert codes(refused) == {"line_holds_others"}
    world.session.execute(sa.text("UPDATE plan_version SET status = 'DISCARDED' WHERE id = :id"), {"id": merging})
    _proposed(world)
    factories.make_appropriation(world.session, _project(world, into), amount_baht=Decimal(1))
    for step in ("SUPPORT_COMMITTEE", "DEVELOPMENT_COMMITTEE", "COUNCIL"):
        world.decide(step)
    with pytest.raises(InvalidInput) as spent:
        world.decide("EXECUTIVE")
    assert codes(spent) == {"line_has_budget"} and world.version(removing).status == "PROPOSED"

"""Completeness: what each topic wants and when it is there, counts kept beside the records, states on chosen days."""

from __future__ import annotations

import importlib.util
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import migrate
from app.auth.actor import SYSTEM_ACTOR
from app.jobs.upkeep import DUTIES
from app.models import Base, Organisation
from app.queries.completeness import Cell, Scope, completeness_table, organisations_page, trend
from app.queries.owed import awaiting_review, debts, first_items, missing_items
from app.services.calendar import amend_task
from app.services.completeness import recount, refresh, refresh_own
from app.services.organisation_profile import PopulationEntry, save_population, update_profile
from tests import factories as make
from tests.app.completeness_world import (
    TODAY,
    YEAR,
    cells,
    counted,
    items,
    last_days,
    opened,
    recounted,
    share,
    write,
)
from tests.app.test_money_api import owned
from tests.conftest import ROOT, cloned_database

PROFILE = {
    "address": "99 หมู่ 1",
    "postcode": "36000",
    "office_phone": "044123456",
    "office_email": "office@example.org",
    "area_km2": Decimal("41.5"),
    "council_members": 12,
    "staff_count": 40,
    "general_condition": "ที่ราบสลับเนินเขา ประชาชนทำนาและทำไร่",
}


@pytest.fixture
def organisation(session: Session) -> Organisation:
    made = make.make_organisation(session)
    opened(session)
    return made


# --- what is wanted, and when it is there ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["044123456", "0 2241 9000", "044-812-345 ต่อ 12", "02.241.9000"])
def test_a_telephone_number_counts_however_its_digits_stand(
    session: Session, organisation: Organisation, number: str
) -> None:
    update_profile(session, SYSTEM_ACTOR, organisation.code, {"office_phone": number}, if_match_version=0)
    assert dict(items(session, organisation, "LAO_DATA"))["office_phone"]


def test_the_profile_wants_eight_facts(session: Session, organisation: Organisation) -> None:
    assert share(session, organisation, "LAO_DATA") == (0, 8)
    update_profile(session, SYSTEM_ACTOR, organisation.code, PROFILE, if_match_version=0)
    assert share(session, organisation, "LAO_DATA") == (8, 8)


@pytest.mark.parametrize(
    "empty",
    [
        {"address": "    "},
        {"postcode": "-----"},
        {"office_phone": "ไม่มี"},
        {"office_email": "@"},
        {"area_km2": Decimal(0)},
        {"council_members": 0},
        {"staff_count": 0},
        {"general_condition": "." * 5},
    ],
)
def test_what_says_nothing_does_not_count(session: Session, organisation: Organisation, empty: dict[str, Any]) -> None:
    values = {**PROFILE, **empty}
    columns = ", ".join(values)
    names = ", ".join(f":{name}" for name in values)
    write(session, f"INSERT INTO organisation_profile (organisation_code, {columns}) VALUES (:code, {names})",
          code=organisation.code, **values)  # fmt: skip
    assert share(session, organisation, "LAO_DATA") == (7, 8)
    assert ([name for name, done in items(session, organisation, "LAO_DATA") if not done]) == list(empty)


def test_people_are_those_of_the_year_in_which_the_fiscal_year_begins(
    session: Session, organisation: Organisation
) -> None:
    def said(year_be: int) -> PopulationEntry:
        return PopulationEntry(year_be=year_be, male=900, female=950, households=600, row_version=0)

    save_population(session, SYSTEM_ACTOR, organisation.code, [said(YEAR - 2)])
    assert share(session, organisation, "POPULATION") == (0, 3)
    save_population(session, SYSTEM_ACTOR, organisation.code, [said(YEAR - 1)])
    assert share(session, organisation, "POPULATION") == (3, 3)


def test_a_plan_wants_vision_strategies_that_serve_and_promulgation(
    session: Session, organisation: Organisation
) -> None:
    for topic in ("VISION", "STRATEGY", "PLAN"):
        assert share(session, organisation, topic) == (0, 1), topic
    line = make.make_plan_line(session, organisation)
    plan = line.plan_version_id
    assert share(session, organisation, "VISION") == (0, 1)
    write(session, "UPDATE plan SET vision = 'ตำบลน่าอยู่ คู่เกษตร' WHERE organisation_code = :code", code=organisation.code)
    assert share(session, organisation, "VISION") == (1, 1)
    # The strategy serves a national one and has no tactic yet.
    [(field, done)] = items(session, organisation, "STRATEGY")
    assert (field.partition(":")[0], done) == ("tactic", False)
    write(
        session, "INSERT INTO local_tactic (local_strategy_id, code, name_th) SELECT id, '1', 'ก' FROM local_strategy"
    )
    assert share(session, organisation, "STRATEGY") == (1, 1)
    write(session, "UPDATE local_strategy SET national_strategy_code = NULL")
    [(field, done)] = items(session, organisation, "STRATEGY")
    assert (field.partition(":")[0], done) == ("alignment", False)
    assert ("promulgated", True) in items(session, organisation, "PLAN")
    assert plan


def test_a_line_of_the_plan_wants_its_five_texts(session: Session, organisation: Organisation) -> None:
    line = make.make_plan_line(session, organisation)
    project = make.make_project(session, organisation, plan_project_id=line.id, status="PLANNED")
    write(session, "UPDATE project SET planned_baht = 100 WHERE id = :id", id=project.id)
    assert ("objective", False) in items(session, organisation, "PLAN")
    # Lines that are in force are changed by no service; what the view says of them is asked all the same.
    with make.as_owner(session):
        write(session, "ALTER TABLE plan_project DISABLE TRIGGER USER")
    texts = dict.fromkeys(("objective", "target", "indicator", "expected_result", "department"), "ก")
    for name, value in texts.items():
        write(session, f"UPDATE plan_project SET {name} = :v WHERE id = :id", v=value, id=line.id)
    assert share(session, organisation, "PLAN") == (2, 2)
    write(session, "UPDATE plan_project SET indicator = '  ' WHERE id = :id", id=line.id)
    assert ("indicator", False) in items(session, organisation, "PLAN")


def test_a_change_of_the_plan_is_wanted_only_once_it_was_begun(session: Session, organisation: Organisation) -> None:
    assert share(session, organisation, "PLAN_CHANGE") == (0, 0)
    make.make_plan_line(session, organisation)  # with an addition 2/2569 that is promulgated
    assert share(session, organisation, "PLAN_CHANGE", 2569) == (1, 1)
    write(
        session,
        "INSERT INTO plan_version (plan_id, plan_period_id, status, change_types, number, fiscal_year_be)"
        " SELECT plan_id, plan_period_id, 'DRAFT', ARRAY['ADD'], '1/2570', 2570 FROM plan_version",
    )
    assert share(session, organisation, "PLAN_CHANGE") == (0, 1)
    write(session, "UPDATE plan_version SET status = 'DISCARDED' WHERE number = '1/2570'")
    assert share(session, organisation, "PLAN_CHANGE") == (0, 0)


def test_the_budget_wants_the_ordinance_and_money_in_force(session: Session, organisation: Organisation) -> None:
    assert items(session, organisation, "BUDGET") == [("ordinance", False)]
    project = make.make_project(session, organisation, budget_baht=1000)
    assert ("in_force", True) in items(session, organisation, "BUDGET")
    write(session, "UPDATE appropriation SET removed_at = now() WHERE project_id = :id",
          id=project.id)  # fmt: skip
    assert items(session, organisation, "BUDGET") == [("ordinance", False)]


def test_approved_money_wants_to_be_bound(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation, budget_baht=1000)
    assert share(session, organisation, "CONTRACT") == (0, 1)
    make.make_contract(session, project, 900)
    assert share(session, organisation, "CONTRACT") == (1, 1)
    given_up = make.make_project(session, organisation, budget_baht=500)
    assert share(session, organisation, "CONTRACT") == (1, 2)
    write(session, "UPDATE project SET status = 'CANCELLED' WHERE id = :id", id=given_up.id)
    assert share(session, organisation, "CONTRACT") == (2, 2)


def test_what_falls_due_in_a_contract_wants_to_be_paid(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation, budget_baht=1000)
    source = session.scalar(sa.text("SELECT id FROM appropriation WHERE project_id = :id"), {"id": project.id})
    contract = make.make_contract(session, project, 900, signed_on=date(2026, 11, 4))
    write(
        session,
        "INSERT INTO contract_instalment (contract_id, project_id, seq, amount_baht, due_on)"
        " VALUES (:c, :p, 1, 400, '2026-12-15'), (:c, :p, 2, 500, '2027-03-15')",
        c=contract.id, p=project.id,
    )  # fmt: skip
    rows = session.execute(
        sa.text("SELECT period, field, done FROM completeness_item WHERE topic = 'DISBURSEMENT' ORDER BY period")
    ).all()
    assert [(row.period, row.field.rpartition(":")[2], row.done) for row in rows] == [(3, "1", False), (6, "2", False)]
    appropriation = session.get_one(__import__("app.models", fromlist=["Appropriation"]).Appropriation, source)
    make.make_disbursement(session, appropriation, 400, contract=contract)
    assert share(session, organisation, "DISBURSEMENT") == (1, 2)
    make.make_disbursement(session, appropriation, 500, contract=contract)
    assert share(session, organisation, "DISBURSEMENT") == (2, 2)


def test_a_contract_without_instalments_falls_due_at_its_end(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation, budget_baht=1000)
    make.make_contract(session, project, 900, signed_on=date(2026, 11, 4))
    write(session, "UPDATE contract SET end_on = '2028-01-31' WHERE project_id = :id", id=project.id)
    period = session.scalar(sa.text("SELECT period FROM completeness_item WHERE topic = 'DISBURSEMENT'"))
    # What falls due after the year belongs to its last month.
    assert period == 12


def test_every_month_wants_a_number_of_each_sheet(session: Session, organisation: Organisation) -> None:
    assert share(session, organisation, "FINANCE") == (0, 36)
    for code in ("R1", "E1"):
        write(
            session,
            "INSERT INTO finance_month (organisation_code, fiscal_year_be, month, item_code, amount_baht)"
            " VALUES (:code, :year, 3, :item, 0)",
            code=organisation.code, year=YEAR, item=code,
        )  # fmt: skip
    assert share(session, organisation, "FINANCE") == (2, 36)


def test_a_grant_that_was_told_wants_its_letter_and_what_arrived(session: Session, organisation: Organisation) -> None:
    assert share(session, organisation, "GRANT_GENERAL") == (0, 0)
    write(
        session,
        "INSERT INTO finance_month (organisation_code, fiscal_year_be, month, item_code, amount_baht)"
        " VALUES (:code, :year, 1, 'R8', 1000)",
        code=organisation.code, year=YEAR,
    )  # fmt: skip
    assert items(session, organisation, "GRANT_GENERAL") == [("allotment", False)]
    write(
        session,
        "INSERT INTO grant_allotment (organisation_code, fiscal_year_be, kind, name_th, allotted_baht, letter)"
        " VALUES (:code, :year, 'GRANT_GENERAL', 'ทั่วไป', 1000, 'มท 1')",
        code=organisation.code, year=YEAR,
    )  # fmt: skip
    assert items(session, organisation, "GRANT_GENERAL") == [("received_baht", False)]
    write(session, "UPDATE grant_allotment SET received_baht = 0")
    assert share(session, organisation, "GRANT_GENERAL") == (1, 1)
    write(session, "UPDATE grant_allotment SET received_baht = 10")
    assert items(session, organisation, "GRANT_GENERAL") == [("received_on", False)]


def test_roads_and_water_want_coordinates_that_were_sent_in(session: Session, organisation: Organisation) -> None:
    road = make.make_project(session, organisation)
    make.make_project(session, organisation, kind="other")
    assert share(session, organisation, "COORDINATES") == (0, 1)
    make.make_geometry(session, road, make.line(), status="DRAFT")
    assert share(session, organisation, "COORDINATES") == (0, 1)
    make.make_geometry(session, road, make.line(), status="SUBMITTED")
    assert share(session, organisation, "COORDINATES") == (1, 1)
    make.make_geometry(session, road, make.line(), status="RETURNED")
    assert share(session, organisation, "COORDINATES") == (0, 1)


def test_only_who_exists_in_the_year_owes(session: Session) -> None:
    make.make_organisation(session, "D9901001")
    make.make_organisation(session, "D9901002", valid_to=date(2026, 9, 30))
    make.make_organisation(session, "D9901003", valid_from=date(2027, 10, 1))
    opened(session, YEAR - 1, YEAR)
    owing = session.execute(sa.text("SELECT organisation_code, fiscal_year_be FROM completeness_owing ORDER BY 1, 2"))
    assert [tuple(row) for row in owing] == [("D9901001", 2569), ("D9901001", 2570), ("D9901002", 2569)]
    assert {key[0] for key in cells(session) if key[1] == YEAR} == {"D9901001"}


# --- counts beside the records ----------------------------------------------------------------------------------------


def test_a_count_changes_with_its_record_and_keeps_its_day(session: Session, organisation: Organisation) -> None:
    key = (organisation.code, YEAR, "LAO_DATA", 0)
    assert cells(session)[key] == (8, 0)
    update_profile(session, SYSTEM_ACTOR, organisation.code, PROFILE, if_match_version=0)
    assert cells(session)[key] == (8, 0)
    refresh_own(session, organisation.code)
    assert cells(session)[key] == (8, 8)
    assert last_days(session)[key] == (8, 8)
    assert refresh(session) == 0


def test_what_is_wanted_no_more_is_counted_no_more(session: Session, organisation: Organisation) -> None:
    project = make.make_project(session, organisation)
    counted(session)
    key = (organisation.code, YEAR, "COORDINATES", 0)
    assert cells(session)[key] == (1, 0)
    write(session, "UPDATE project SET status = 'CANCELLED' WHERE id = :id", id=project.id)
    counted(session)
    assert key not in cells(session)
    told = session.execute(sa.text("SELECT wanted, done FROM completeness_day WHERE topic = 'COORDINATES'")).one()
    assert tuple(told) == (0, 0)


def _migration(name: str) -> Any:
    path = ROOT / "migrations" / "versions" / f"{name}.py"
    spec = importlib.util.spec_from_file_location("completeness_migration", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_table_that_the_view_reads_notes_its_changes(session: Session) -> None:
    tables = {**_migration("0033_completeness").WHOSE, **_migration("0037_evaluation_rounds").WHOSE}
    triggers = session.execute(
        sa.text(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'note_completeness_%'"
        )
    ).all()
    found: dict[str, set[str]] = {}
    for row in triggers:
        found.setdefault(row.relname, set()).add(row.tgname.removeprefix("note_completeness_"))
    assert found == {table: {"insert", "update", "delete"} for table in tables}
    read = session.scalars(
        sa.text(
            "SELECT DISTINCT c.relname FROM pg_rewrite r JOIN pg_depend d ON d.objid = r.oid"
            " JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'r'"
            " WHERE d.classid = 'pg_rewrite'::regclass AND r.ev_class = ANY (ARRAY["
            " 'completeness_item'::regclass, 'completeness_owing'::regclass, 'completeness_plan'::regclass])"
        )
    ).all()
    # The calendar has a trigger of its own; periods of plans are a code list.
    assert set(read) - {"calendar_task", "plan_period"} == set(tables)


_ACTS = st.lists(
    st.tuples(st.sampled_from(["profile", "people", "project", "bind", "draw", "cancel", "month", "refresh", "money"]),
              st.integers(0, 2), st.integers(0, 3)),
    max_size=12,
)  # fmt: skip


@given(acts=_ACTS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kept_counts_are_those_of_the_records_after_any_history(session: Session, acts: list[Any]) -> None:
    """Whatever is written in whatever order, and whenever it is taken up."""
    nested = session.begin_nested()
    try:
        codes = ["D9901001", "D9901002", "D9901003"]
        owners = [make.make_organisation(session, code) for code in codes]
        opened(session, YEAR - 1, YEAR)
        projects: dict[str, list[Any]] = {code: [] for code in codes}
        for act, who, what in acts:
            _do(session, act, owners[who], projects[codes[who]], what)
        counted(session)
        kept = cells(session)
        assert kept == recounted(session)
        assert last_days(session) == kept
        assert recount(session) == 0
    finally:
        nested.rollback()
        session.expire_all()


def _do(session: Session, act: str, owner: Organisation, projects: list[Any], what: int) -> None:
    if act == "profile":
        write(
            session,
            "INSERT INTO organisation_profile (organisation_code, address, staff_count) VALUES (:c, :a, :n)"
            " ON CONFLICT (organisation_code) DO UPDATE"
            " SET address = excluded.address, staff_count = excluded.staff_count",
            c=owner.code, a=["", "   ", "99 หมู่ 1 ตำบล", "x"][what], n=what,
        )  # fmt: skip
    elif act == "people":
        with make.as_owner(session):
            write(session, "DELETE FROM organisation_population WHERE organisation_code = :c", c=owner.code)
        write(session, "INSERT INTO organisation_population (organisation_code, year_be, male) VALUES (:c, :y, :n)",
              c=owner.code, y=YEAR - 1 - what % 2, n=what)  # fmt: skip
    elif act == "project":
        year = YEAR - what % 2
        projects.append(make.make_project(session, owner, fiscal_year_be=year, budget_baht=1000 if what < 2 else None))
    elif act == "month":
        write(
            session,
            "INSERT INTO finance_month (organisation_code, fiscal_year_be, month, item_code, amount_baht)"
            " VALUES (:c, :y, :m, 'R8', 5) ON CONFLICT DO NOTHING",
            c=owner.code, y=YEAR, m=what + 1,
        )  # fmt: skip
    elif act == "refresh":
        refresh(session, limit=what, wait=True)
    elif projects:
        _on_project(session, act, projects[what % len(projects)])


def _on_project(session: Session, act: str, project: Any) -> None:
    session.refresh(project)
    if act == "draw":
        make.make_geometry(session, project, make.line(), status="SUBMITTED")
    elif act == "cancel":
        write(session, "UPDATE project SET status = 'CANCELLED' WHERE id = :id", id=project.id)
    elif act == "bind" and project.budget_baht > project.contracted_baht:
        # Within its year: what is signed later needs money that was carried over.
        signed = date(project.fiscal_year_be - 544, 11, 4)
        make.make_contract(session, project, 10, number=uuid.uuid4().hex[:8], signed_on=signed)
    elif act == "money":
        write(session, "UPDATE appropriation SET removed_at = now() WHERE project_id = :id"
              " AND NOT EXISTS (SELECT FROM contract c WHERE c.project_id = :id)", id=project.id)  # fmt: skip


# --- states on a day --------------------------------------------------------------------------------------------------


def _cell(session: Session, organisation: Organisation, topic: str, day: date) -> Cell:
    table = completeness_table(session, Scope(organisations=(organisation.code,)), YEAR, "organisation", day)
    return table.rows[0].cells.get(topic, Cell())


@pytest.mark.parametrize(
    ("day", "state", "days"),
    [
        (date(2026, 9, 30), "not_due", None),
        (date(2026, 10, 1), "partly", None),
        (date(2026, 11, 30), "partly", None),
        (date(2026, 12, 1), "late", 1),
        (date(2027, 1, 20), "late", 51),
    ],
)
def test_a_state_follows_from_the_calendar(
    session: Session, organisation: Organisation, day: date, state: str, days: int | None
) -> None:
    found = _cell(session, organisation, "LAO_DATA", day)
    assert (found.state, found.late_days) == (state, days)
    update_profile(session, SYSTEM_ACTOR, organisation.code, PROFILE, if_match_version=0)
    counted(session)
    assert _cell(session, organisation, "LAO_DATA", day).state == (
        "complete" if days or state == "partly" else "not_due"
    )


def test_an_amended_day_changes_the_state_at_once(session: Session, organisation: Organisation) -> None:
    day = date(2026, 12, 10)
    assert _cell(session, organisation, "LAO_DATA", day).state == "late"
    task = session.scalar(sa.text("SELECT id FROM calendar_task WHERE topic = 'LAO_DATA'"))
    amend_task(session, SYSTEM_ACTOR, task, {"due_on": date(2026, 12, 31)}, "อุทกภัย")
    assert _cell(session, organisation, "LAO_DATA", day).state == "partly"


def test_months_fall_due_one_by_one(session: Session, organisation: Organisation) -> None:
    # October is entered in November; of the later months nothing is wanted yet.
    assert _cell(session, organisation, "FINANCE", date(2026, 11, 22)).wanted == 3
    found = _cell(session, organisation, "FINANCE", date(2027, 1, 15))
    assert (found.wanted, found.state, found.late_days) == (9, "late", 46)


def test_rows_add_up_from_organisation_to_nation_and_the_fewest_stand_first(session: Session) -> None:
    one = make.make_organisation(session, "D9901001", name_th="หนึ่ง")
    make.make_organisation(session, "D9901002", name_th="สอง")
    make.make_organisation(session, "D9902001", name_th="สาม", amphoe_code="9902", tambon_codes=())
    make.make_organisation(session, "D9901009", name_th="จังหวัด", type_code="PAO", amphoe_code=None)
    opened(session)
    update_profile(session, SYSTEM_ACTOR, one.code, PROFILE, if_match_version=0)
    counted(session)
    by_organisation = completeness_table(session, Scope(areas=("99",)), YEAR, "organisation", TODAY)
    assert [row.code for row in by_organisation.rows][-1] == one.code
    assert by_organisation.rows[-1].whole.percent is not None and by_organisation.rows[0].whole.percent == 0
    by_amphoe = completeness_table(session, Scope(areas=("99",)), YEAR, "amphoe", TODAY)
    assert {row.code: row.organisations for row in by_amphoe.rows} == {"9901": 2, "9902": 1, "99": 1}
    nation = completeness_table(session, Scope(), YEAR, "province", TODAY)
    assert [row.code for row in nation.rows] == ["99"]
    assert nation.total.cells == by_amphoe.total.cells == by_organisation.total.cells
    assert nation.total.cells["LAO_DATA"] == Cell(4, 1, 3, 0, 32, 8, None)
    assert completeness_table(session, Scope(areas=("9902",)), YEAR, "organisation", TODAY).total.organisations == 1


def test_debts_are_the_missing_things_by_task_own_topics_first(session: Session, organisation: Organisation) -> None:
    day = date(2026, 12, 10)
    scope = Scope(organisations=(organisation.code,))
    found = debts(session, scope, day)
    assert found.total == len(found.items) and found.late == sum(one.late for one in found.items)
    assert [one.topic for one in found.items][:2] == ["LAO_DATA", "POPULATION"]
    assert (found.items[0].missing, found.items[0].days_late, found.items[0].owner_role) == (8, 10, "LAO_PLANNER")
    assert debts(session, scope, day, first=["FINANCE"]).items[0].topic == "FINANCE"
    late = debts(session, scope, day, state="late")
    assert {one.late for one in late.items} == {True}
    assert debts(session, scope, day, state="due").total == found.total - found.late
    # A page beyond the last still says how many there are.
    beyond = debts(session, scope, day, offset=500)
    assert (list(beyond.items), beyond.total) == ([], found.total)
    table = completeness_table(session, scope, YEAR, "organisation", day)
    whole = table.total.whole
    assert sum(one.missing for one in found.items) == whole.wanted - whole.done


def test_missing_things_are_named_with_their_age(session: Session, organisation: Organisation) -> None:
    road = make.make_project(session, organisation)
    write(session, "UPDATE project SET created_at = '2026-11-02' WHERE id = :id", id=road.id)
    counted(session)
    [item] = missing_items(session, organisation.code, YEAR, "COORDINATES", TODAY)
    assert (item.record, item.field, item.age_days, item.owner_role) == (
        f"project:{road.code}", "coordinates", 20, "LAO_ENGINEER",
    )  # fmt: skip
    # Of what was there when the task opened, the age counts from that day.
    facts = missing_items(session, organisation.code, YEAR, "LAO_DATA", TODAY)
    assert {one.age_days for one in facts} == {(TODAY - date(2026, 10, 1)).days}
    assert missing_items(session, organisation.code, YEAR, "VISION", date(2026, 10, 20)) == []
    found = debts(session, Scope(organisations=(organisation.code,)), TODAY, topics=["LAO_DATA"])
    assert [len(items) for items in first_items(session, found.items, TODAY).values()] == [3]


def test_coordinates_that_wait_for_the_province_are_counted(session: Session, organisation: Organisation) -> None:
    for _ in range(2):
        make.make_geometry(session, make.make_project(session, organisation), make.line(), status="SUBMITTED")
    [waiting], total = awaiting_review(session, Scope(areas=("99",)), date.today() + timedelta(days=3))
    assert (waiting.projects, waiting.days, total) == (2, 3, 1)


def test_the_trend_follows_the_days_and_leaves_out_what_is_not_open(
    session: Session, organisation: Organisation
) -> None:
    with make.as_owner(session):
        write(session, "DELETE FROM completeness_day")
        for day, wanted, done, topic in [
            ("2026-10-05", 8, 2, "LAO_DATA"),
            ("2026-10-20", 8, 6, "LAO_DATA"),
            ("2026-10-20", 1, 1, "VISION"),
            ("2026-11-10", 8, 4, "LAO_DATA"),
        ]:
            write(
                session,
                "INSERT INTO completeness_day (organisation_code, fiscal_year_be, topic, period, day, wanted, done)"
                " VALUES (:code, :year, :topic, 0, :day, :wanted, :done)",
                code=organisation.code, year=YEAR, topic=topic, day=day, wanted=wanted, done=done,
            )  # fmt: skip
    found = [(one.day.isoformat(), one.wanted, one.done) for one in trend(session, Scope(), YEAR, TODAY)]
    # The vision counts from the day on which its task opens.
    assert found == [("2026-10-05", 8, 2), ("2026-10-20", 8, 6), ("2026-11-01", 9, 7), ("2026-11-10", 9, 5)]
    only = trend(session, Scope(areas=("9901",)), YEAR, TODAY, topics=["VISION"])
    assert [(one.day.isoformat(), one.percent) for one in only] == [("2026-11-01", 100)]


# --- the worker and the schema ---------------------------------------------------------------------------------------


def test_the_worker_counts_and_opens_years() -> None:
    assert {"count what is entered", "open the calendar of the fiscal year"} <= {duty.what for duty in DUTIES}


@pytest.mark.long
def test_the_schema_goes_down_and_up_and_is_the_models(server_url: str, template_database: str) -> None:
    with cloned_database(server_url, template_database, f"eplan_complete_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with Session(engine) as session, session.begin():
            make.make_organisation(session)
            opened(session)
        before = _migration("0033_completeness").down_revision
        migrate.downgrade(url, before)
        with engine.connect() as connection:
            assert not sa.inspect(connection).has_table("completeness_cell")
        migrate.upgrade(url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": owned, "compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        engine.dispose()


def test_a_page_of_the_nation_has_the_fewest_and_the_sum_of_all(session: Session) -> None:
    codes = [f"D990100{n}" for n in range(1, 5)]
    for code in codes:
        make.make_organisation(session, code)
    opened(session)
    update_profile(session, SYSTEM_ACTOR, codes[0], PROFILE, if_match_version=0)
    counted(session)
    whole = completeness_table(session, Scope(), YEAR, "organisation", TODAY)
    first = organisations_page(session, YEAR, TODAY, limit=3, offset=0)
    last = organisations_page(session, YEAR, TODAY, limit=3, offset=3)
    assert [row.code for row in first.rows] == [row.code for row in whole.rows][:3] == codes[1:]
    assert [row.code for row in last.rows] == codes[:1]
    assert first.total.cells == last.total.cells == whole.total.cells
    assert first.count == whole.count == 4
    assert organisations_page(session, YEAR, TODAY, limit=3, offset=9).rows == ()

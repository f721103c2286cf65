"""The funnel: rolled-up numbers equal the rows after any history, and every number opens exactly its rows."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.auth.policy import Visibility
from app.db import Database
from app.models import Appropriation, Contract, Disbursement, PlanProject, PlanVersion, Project
from app.queries.funnel import GROUPS, OWN_FORMS, Figure, Funnel, differences, drill, funnel, grain_of
from app.queries.project_filter import STAGES, ProjectFilter
from app.queries.projects import project_count
from app.services.budget_rollup import compact_funnel
from app.services.projects import NewProject, create_projects
from app.settings import Settings
from tests.conftest import cloned_database
from tests.factories import (
    any_status,
    as_owner,
    make_appropriation,
    make_contract,
    make_disbursement,
    make_organisation,
    make_plan_line,
    make_project,
    make_tambon,
)
from tests.statements import counted

AREAS = (None, "99", "9901", "990101", "990201")
STATUSES = (
    "PLANNED",
    "BUDGET_REQUESTED",
    "BUDGET_APPROVED",
    "PROCURING",
    "CONTRACTED",
    "DISBURSING",
    "DISBURSED_FULL",
    "CLOSED",
    "CARRIED_OVER",
    "CANCELLED",
    "DEFERRED",
)
FORMS = ("ผ.02", "ผ.02/1", "ผ.02/2", "ผ.03")
YEARS = (2569, 2570)
EVERYTHING = ProjectFilter()


@pytest.fixture
def land(session: Session) -> Session:
    """Two amphoes, two organisations and a plan line of each form."""
    for code in ("990101", "990201"):
        make_tambon(session, code)
    make_organisation(session)
    make_organisation(session, "D9902001", amphoe_code="9902", tambon_codes=("990201",), name_th="โนนสาธิต")
    return session


def plan_lines(session: Session) -> list[PlanProject]:
    """A line of each form in an open version, whose lines still change."""
    in_force = make_plan_line(session, "D9901001", programme_code="00310")
    version = session.get_one(PlanVersion, in_force.plan_version_id)
    draft = PlanVersion(
        plan_id=version.plan_id,
        plan_period_id=version.plan_period_id,
        change_types=["ADD"],
        number="3/2570",
        fiscal_year_be=2570,
    )
    session.add(draft)
    session.flush()
    lines = [
        PlanProject(
            plan_version_id=draft.id,
            form=form,
            programme_code=programme,
            name_th="ถนนในแผน",
            local_strategy_id=in_force.local_strategy_id if programme else None,
        )
        for form, programme in zip(FORMS, ("00310", "00310", None, "00110"), strict=True)
    ]
    session.add_all(lines)
    session.flush()
    return lines


def random_day(rng: random.Random) -> date | None:
    return None if rng.random() < 0.2 else date(2025 + rng.randrange(3), rng.randrange(1, 13), rng.randrange(1, 28))


def random_project(session: Session, rng: random.Random, lines: list[PlanProject]) -> Project:
    line = rng.choice([None, *lines])
    return make_project(
        session,
        rng.choice(("D9901001", "D9902001")) if line is None else "D9901001",
        kind=rng.choice(("road", "water", "other")),
        fiscal_year_be=rng.choice(YEARS),
        status=rng.choice(STATUSES),
        area_code=rng.choice(AREAS),
        strategy_code=rng.choice((None, "1", "2")),
        plan_project_id=line.id if line else None,
        **{"surface_type_code": None},
    )


def one_step(session: Session, rng: random.Random, lines: list[PlanProject]) -> None:
    """One of the things that happen to projects, their money and their plan."""
    projects = list(session.scalars(sa.select(Project).order_by(Project.id)))
    step = rng.randrange(12)
    if step <= 1 or not projects:
        random_project(session, rng, lines)
    elif step == 2:
        changed = rng.choice(projects)
        changed.status, changed.area_code = rng.choice(STATUSES), rng.choice(AREAS)
        changed.strategy_code, changed.fiscal_year_be = rng.choice((None, "1", "2")), rng.choice(YEARS)
    elif step == 3:
        session.execute(sa.text("UPDATE project SET status = :s WHERE kind = 'road'"), {"s": rng.choice(STATUSES)})
        session.expire_all()
    elif step == 4:
        rng.choice(projects).plan_project_id = rng.choice([None, *(line.id for line in lines)])
    elif step == 5:
        session.execute(
            sa.text(
                "INSERT INTO plan_project_amount VALUES (:line, :year, :baht) ON CONFLICT (plan_project_id,"
                " fiscal_year_be) DO UPDATE SET amount_baht = excluded.amount_baht"
            ),
            {"line": rng.choice(lines).id, "year": rng.choice(YEARS), "baht": rng.randrange(1, 900_000)},
        )
        session.expire_all()
    else:
        money_moves(session, rng, projects, step)
    session.flush()


def money_moves(session: Session, rng: random.Random, projects: list[Project], step: int) -> None:
    """Approved, signed, paid, and corrected afterwards."""
    money = list(session.scalars(sa.select(Appropriation).order_by(Appropriation.id)))
    signed = list(session.scalars(sa.select(Contract).order_by(Contract.id)))
    paid = list(session.scalars(sa.select(Disbursement).order_by(Disbursement.id)))
    day = random_day(rng)
    if step == 6 or not money:
        make_appropriation(session, rng.choice(projects), rng.randrange(1, 900), approved_on=day)
    elif step == 7 or not signed:
        make_contract(session, rng.choice(projects), rng.randrange(1, 700), signed_on=day or date(2026, 1, 5))
    elif step == 8 or not paid:
        make_disbursement(session, rng.choice(money), rng.randrange(1, 500), paid_on=day or date(2026, 1, 6))
    elif step == 9:
        rng.choice(money).approved_on = day
    elif step == 10:
        rng.choice(signed).signed_on = day or date(2026, 1, 5)
    else:
        rng.choice(paid).amount_baht = Decimal(rng.randrange(1, 50_000)) / 100


def any_step(session: Session, rng: random.Random, lines: list[PlanProject]) -> None:
    """One of them, or nothing: what would spend more than there is is refused, and changes nothing."""
    try:
        # payments are never changed by the application
        with session.begin_nested(), any_status(session), as_owner(session):
            one_step(session, rng, lines)
    except sa.exc.IntegrityError as error:
        assert getattr(error.orig, "pgcode", "") == "23EPL", error


def figures(found: Funnel) -> list[tuple[int, int]]:
    return [(figure.projects, int(figure.baht)) for figure in found.figures if figure is not None]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rolled_up_funnel_equals_the_rows_after_any_history(land: Session, seed: int) -> None:
    rng = random.Random(seed)
    lines = plan_lines(land)
    for number in range(70):
        any_step(land, rng, lines)
        if number % 10 == 4:
            assert differences(land) == [], "before compaction"
        if number % 20 == 9:
            compact_funnel(land)
            assert differences(land) == [], "after compaction"
    for group_by in GROUPS:
        for at_quarter in (None, 1, 3):
            found = funnel(land, EVERYTHING, group_by, Visibility.STAFF, at_quarter)
            # A word that every name has: the same projects, which no cell can narrow so.
            rows = funnel(land, ProjectFilter(q="ถนน"), group_by, Visibility.STAFF, at_quarter)
            assert rows.source == "projects"
            assert (found.rows, found.total) == (rows.rows, rows.total)
            for row in found.rows:
                counts = [figure.projects for figure in row.funnel.figures if figure]
                assert counts == sorted(counts, reverse=True), "a later stage never counts more"


@pytest.mark.parametrize("sight", [Visibility.STAFF, Visibility.PUBLIC])
def test_every_number_opens_exactly_its_rows(land: Session, sight: Visibility) -> None:
    rng = random.Random(7)
    lines = plan_lines(land)
    for _ in range(60):
        any_step(land, rng, lines)
    checked = 0
    for narrowed in (EVERYTHING, ProjectFilter(plan_form=OWN_FORMS), ProjectFilter(area=("99",), fiscal_year=(2570,))):
        for group_by in GROUPS:
            for at_quarter in (None, 2):
                for row in funnel(land, narrowed, group_by, sight, at_quarter).rows:
                    for stage in STAGES:
                        figure = row.funnel[stage]
                        if figure is None:
                            continue
                        behind = drill(narrowed, group_by, row.code, stage, at_quarter)
                        assert project_count(land, behind, sight=sight) == (figure.projects, True), (behind, stage)
                        checked += 1
    assert checked > 400


def keep_for_later(session: Session, money: Appropriation, baht: int) -> None:
    """Carry money over that no contract binds."""
    session.execute(
        sa.text(
            "INSERT INTO carry_over (project_id, appropriation_id, amount_baht, obligated, until_on, legal_reference,"
            " approved_on, created_by_name) VALUES (:project, :id, :baht, false, '2029-09-30', 'มติ', '2026-09-30', 'x')"
        ),
        {"project": money.project_id, "id": money.id, "baht": baht},
    )


def small_world(session: Session) -> Mapping[str, Project]:
    """One project for every trap, of 100 or 1,000 thousand baht, in the fiscal year 2570."""
    own, asked, article = (
        make_plan_line(session, "D9901001", form=form, programme_code="00310", amounts={2570: 1_000})
        for form in ("ผ.02", "ผ.02/2", "ผ.03")
    )
    pao = make_organisation(session, "D9900001", type_code="PAO", amphoe_code=None, tambon_codes=())

    def project(status: str, line: PlanProject | None = own, **more: object) -> Project:
        organisation = more.pop("organisation", "D9901001")
        return make_project(
            session,
            organisation,  # type: ignore[arg-type]
            status=status,
            area_code="990101",
            strategy_code="2",
            plan_project_id=line.id if line else None,
            **more,  # type: ignore[arg-type]
        )

    made = {
        "planned": project("PLANNED"),
        "requested": project("BUDGET_REQUESTED"),
        "cancelled": project("CANCELLED", budget_baht=900),
        "deferred": project("DEFERRED"),
        "approved": project("PROCURING"),
        "savings": project("DISBURSED_FULL"),
        "carried": project("CARRIED_OVER"),
        "own_labour": project("DISBURSING"),
        "two_funds": project("DISBURSING"),
        "asked_of_pao": project("PLANNED", asked),
        "article": project("BUDGET_APPROVED", article, kind="other", budget_baht=50),
        "grant": project("DISBURSING", None, organisation=pao.code),
    }
    ready = date(2026, 10, 1)
    make_appropriation(session, made["approved"], 950, approved_on=ready)
    money = make_appropriation(session, made["savings"], 1_000, approved_on=ready)
    contract = make_contract(session, made["savings"], 800, signed_on=date(2027, 1, 20))
    make_disbursement(session, money, 300, contract=contract, paid_on=date(2027, 3, 31))
    make_disbursement(session, money, 500, contract=contract, paid_on=date(2027, 4, 1))
    money = make_appropriation(session, made["carried"], 700, approved_on=ready)
    contract = make_contract(session, made["carried"], 600, signed_on=date(2027, 9, 30))
    keep_for_later(session, money, 200)
    make_disbursement(session, money, 200, contract=contract, paid_on=date(2027, 11, 2))
    money = make_appropriation(session, made["own_labour"], 400, approved_on=ready)
    make_disbursement(session, money, 100, paid_on=date(2026, 12, 31))
    first = make_appropriation(session, made["two_funds"], 500, approved_on=ready)
    make_appropriation(session, made["two_funds"], 300, fund_source_code="LOAN", approved_on=date(2027, 2, 1))
    contract = make_contract(session, made["two_funds"], 750, signed_on=date(2027, 2, 2))
    make_disbursement(session, first, 250, contract=contract, paid_on=date(2027, 8, 9))
    money = make_appropriation(session, made["grant"], 600, approved_on=ready)
    make_disbursement(session, money, 600, paid_on=date(2026, 11, 1))
    return made


def test_a_small_world_with_every_trap(land: Session) -> None:
    small_world(land)
    own = ProjectFilter(plan_form=OWN_FORMS)
    # planned: 9 lines of 1,000 and the grant without a line; cancelled and deferred are plan only, approved money
    # of the cancelled one included; bound without contract: own labour 100, grant 600.
    assert figures(funnel(land, own, "province", Visibility.STAFF).total) == [
        (10, 9_000),
        (7, 1_000 + 950 + 1_000 + 700 + 400 + 800 + 600),
        (6, 950 + 1_000 + 700 + 400 + 800 + 600),
        (5, 800 + 600 + 100 + 750 + 600),
        (5, 800 + 200 + 100 + 250 + 600),
        (2, 800 + 600),
    ]
    forms = {row.code: figures(row.funnel)[0] for row in funnel(land, EVERYTHING, "plan_form", Visibility.STAFF).rows}
    assert forms == {"ผ.02": (9, 9_000), "ผ.02/2": (1, 1_000), "ผ.03": (1, 1_000), None: (1, 0)}
    of_pao = funnel(land, ProjectFilter(organisation=("D9900001",)), "organisation", Visibility.STAFF)
    assert figures(of_pao.total) == [(1, 0), (1, 600), (1, 600), (1, 600), (1, 600), (1, 600)]


def test_states_at_the_ends_of_quarters_and_of_money_carried_over(land: Session) -> None:
    small_world(land)
    own = ProjectFilter(plan_form=OWN_FORMS, fiscal_year=(2570,))
    found = funnel(land, own, "quarter", Visibility.STAFF)
    states = {row.code: figures(row.funnel)[2:] for row in found.rows}
    assert states == {
        "1": [(6, 4_150), (2, 700), (2, 700), (1, 600)],
        "2": [(6, 4_450), (4, 2_250), (3, 1_000), (1, 600)],
        "3": [(6, 4_450), (4, 2_250), (3, 1_500), (2, 1_400)],
        "4": [(6, 4_450), (5, 2_850), (4, 1_750), (2, 1_400)],
        "5": [(6, 4_450), (5, 2_850), (5, 1_950), (2, 1_400)],
    }
    assert figures(found.total)[2:] == states["5"]
    at_q2 = funnel(land, own, "province", Visibility.STAFF, at_quarter=2)
    assert figures(at_q2.total) == [(10, 9_000), (7, 5_450), *states["2"]]
    second = next(row for row in found.rows if row.code == "2")
    assert second.added is not None and second.added["contracted"] == Figure(2, Decimal(1_550))


def test_the_public_sees_from_the_approval_on(land: Session) -> None:
    small_world(land)
    seen = funnel(land, EVERYTHING, "plan_form", Visibility.PUBLIC)
    assert seen.total["planned"] is None and seen.total["requested"] is None
    assert {row.code for row in seen.rows} == {"ผ.02", "ผ.03", None}
    assert seen.total["approved"] == Figure(7, Decimal(4_500))
    assert seen.total.of_plan("contracted", "projects") == Decimal("71.4")


def test_percent_of_nothing_is_not_a_number() -> None:
    empty = Funnel((Figure(),) * 6)
    assert empty.of_plan("paid", "baht") is None and empty.of_step("paid", "projects") is None
    half = Funnel((Figure(4, Decimal(8)), Figure(2, Decimal(4)), *(Figure(1, Decimal(1)),) * 4))
    assert (half.of_plan("approved", "projects"), half.of_step("approved", "projects")) == (Decimal(25), Decimal(50))
    assert half.of_step("planned", "baht") is None


def test_a_line_that_changes_its_programme_takes_its_projects_along(land: Session) -> None:
    line = plan_lines(land)[0]
    project = make_project(land, "D9901001", plan_project_id=line.id)
    assert (project.plan_form, project.programme_code) == ("ผ.02", "00310")
    line.programme_code, line.form = "00110", "ผ.02/1"
    land.flush()
    land.refresh(project)
    assert (project.plan_form, project.programme_code) == ("ผ.02/1", "00110")
    assert differences(land) == []


def test_projects_made_with_their_money_by_one_statement(land: Session) -> None:
    made = [
        NewProject(
            *("D9901001", 2570, "road", f"ถนนสายที่ {number}"),
            surface_type_code="RC",
            area_code="990101",
            status="BUDGET_APPROVED",
            budget_baht=Decimal(100),
            fund_source_code="OWN",
            legal_reference="ข้อบัญญัติ 2570",
            approved_on=date(2027, 1, 5),
        )
        for number in range(3)
    ]
    create_projects(land, SYSTEM_ACTOR, made)
    assert differences(land) == []
    states = [figures(row.funnel)[2] for row in funnel(land, EVERYTHING, "quarter", Visibility.STAFF).rows]
    assert states == [(0, 0), (3, 300)]


def test_removed_money_leaves_the_funnel(owner_connection: sa.Connection) -> None:
    with owner_connection.begin() as outer:
        session = Session(owner_connection, join_transaction_mode="create_savepoint")
        make_organisation(session, "D9901001", tambon_codes=("990101",))
        small_world(session)
        for table in ("disbursement", "carry_over", "contract", "appropriation"):
            session.execute(sa.text(f"DELETE FROM {table}"))
            assert differences(session) == []
        session.execute(sa.text("DELETE FROM project"))
        assert differences(session) == []
        compact_funnel(session)
        assert session.scalar(sa.text("SELECT count(*) FROM read_funnel_quarter")) == 0
        assert funnel(session, EVERYTHING, "kind", Visibility.STAFF).rows == ()
        session.close()
        outer.rollback()


def test_the_fewest_cells_that_keep_what_is_asked_are_read() -> None:
    assert grain_of(EVERYTHING, "programme") == 0
    assert grain_of(ProjectFilter(strategy=("1",), fiscal_year=(2570,)), "programme") == 0
    assert grain_of(EVERYTHING, "amphoe") == 1
    assert grain_of(ProjectFilter(area=("3601",)), "strategy") == 2
    assert grain_of(ProjectFilter(programme=("00310",)), "province") == 4
    assert grain_of(ProjectFilter(programme=("00310",)), "amphoe") == 3
    assert grain_of(ProjectFilter(programme=("00310",), strategy=("1",)), "province") == 4
    assert grain_of(ProjectFilter(programme=("00310",), strategy=("1",)), "amphoe") is None
    assert grain_of(ProjectFilter(area=("360101",)), "kind") is None
    assert grain_of(ProjectFilter(organisation=("D9901001",)), "kind") is None


def test_one_statement_for_the_numbers_and_one_for_the_names(land: Session) -> None:
    small_world(land)
    with counted(land) as statements:
        funnel(land, EVERYTHING, "province", Visibility.STAFF, at_quarter=2)
    assert len(statements) == 2


def test_the_application_cannot_write_the_funnel(session: Session) -> None:
    for table in ("read_funnel_cell", "read_funnel_delta", "read_funnel_quarter"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(sa.text(f"DELETE FROM {table}"))


@pytest.fixture
def own_database(server_url: str, template_database: str) -> Iterator[Database]:
    """A database of this test alone, where transactions really commit."""
    with cloned_database(server_url, template_database, f"eplan_test_funnel_writers_{uuid.uuid4().hex[:12]}") as url:
        database = Database(Settings(database_url=url, owner_database_url=url))
        yield database
        database.dispose()


def test_writers_at_the_same_time_lose_nothing(own_database: Database) -> None:
    with own_database.transaction() as session:
        for code in ("990101", "990201"):
            make_tambon(session, code)
        make_organisation(session)
        make_organisation(session, "D9902001", amphoe_code="9902", tambon_codes=("990201",))
        ids = [random_project(session, random.Random(n), []).id for n in range(6)]
    failures: list[Exception] = []

    def write(seed: int) -> None:
        rng = random.Random(seed)
        try:
            for number in range(20):
                with own_database.transaction() as session:
                    chosen = rng.choice(ids)
                    session.execute(
                        sa.text(
                            "INSERT INTO appropriation (project_id, fund_source_code, amount_baht, approved_on)"
                            " VALUES (:id, 'OWN', :a, :d)"
                        ),
                        {"id": chosen, "a": rng.randrange(10, 1000), "d": random_day(rng)},
                    )
                    session.execute(
                        sa.text(
                            "INSERT INTO contract (project_id, number, amount_baht, signed_on) SELECT id, :n, 9,"
                            " least(CAST(:d AS date), make_date(fiscal_year_be - 543, 9, 30))"
                            " FROM project WHERE id = :id"
                        ),
                        {"id": chosen, "n": f"{seed}-{number}", "d": random_day(rng) or date(2026, 1, 1)},
                    )
                    with any_status(session):
                        session.execute(
                            sa.text("UPDATE project SET status = :s WHERE id = :id"),
                            {"id": chosen, "s": rng.choice(STATUSES)},
                        )
                    if number % 8 == 7:
                        compact_funnel(session)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the test, not to its thread
            failures.append(error)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert failures == []
    with own_database.transaction() as session:
        assert differences(session) == []
        compact_funnel(session)
        assert differences(session) == []

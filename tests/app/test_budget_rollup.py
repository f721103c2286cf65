"""Rolled-up money equals the rows: after any history, inside the transaction, with writers at the same time."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.db import Database
from app.models import Appropriation, Disbursement, Project
from app.queries.budget import BudgetFilter, Sums, differences, grain_of, read_budget
from app.services.budget_rollup import compact_budget
from app.settings import Settings
from tests.conftest import cloned_database
from tests.factories import (
    any_status,
    as_owner,
    make_appropriation,
    make_disbursement,
    make_organisation,
    make_project,
    make_tambon,
)

AREAS = (None, "99", "9901", "9902", "990101", "990102", "990201")
STATUSES = ("PLANNED", "BUDGET_APPROVED", "CONTRACTED", "DISBURSING", "CLOSED", "CANCELLED")
FUNDS = ("OWN", "GRANT_GENERAL", "GRANT_SPECIFIC", "LOAN")
STRATEGIES = (None, "1", "2", "3")
YEARS = (2568, 2569, 2570)


@pytest.fixture
def land(session: Session) -> Session:
    """Three tambons in two amphoes, and an organisation."""
    for code in ("990101", "990102", "990201"):
        make_tambon(session, code)
    make_organisation(session)
    return session


def random_project(session: Session, rng: random.Random) -> Project:
    return make_project(
        session,
        kind=rng.choice(("road", "water", "other")),
        fiscal_year_be=rng.choice(YEARS),
        status=rng.choice(STATUSES),
        area_code=rng.choice(AREAS),
        strategy_code=rng.choice(STRATEGIES),
        **{"surface_type_code": None},
    )


def one_step(session: Session, rng: random.Random) -> None:
    """One of the things that happen to projects and their money."""
    projects = list(session.scalars(sa.select(Project).order_by(Project.id)))
    money = list(session.scalars(sa.select(Appropriation).order_by(Appropriation.id)))
    paid = list(session.scalars(sa.select(Disbursement).order_by(Disbursement.id)))
    step = rng.randrange(9)
    if step <= 1 or not projects:
        random_project(session, rng)
    elif step == 2 or not money:
        make_appropriation(session, rng.choice(projects), rng.randrange(1, 900_000), fund_source_code=rng.choice(FUNDS))
    elif step == 3:
        make_disbursement(session, rng.choice(money), Decimal(rng.randrange(1, 10_000_000)) / 100)
    elif step == 4:
        changed = rng.choice(projects)
        changed.status, changed.area_code = rng.choice(STATUSES), rng.choice(AREAS)
        changed.strategy_code, changed.fiscal_year_be = rng.choice(STRATEGIES), rng.choice(YEARS)
    elif step == 5:
        rng.choice(money).amount_baht = Decimal(rng.randrange(1, 900_000))
    elif step == 6:
        rng.choice(money).fund_source_code = rng.choice(FUNDS)
    elif step == 7:
        session.execute(sa.text("UPDATE project SET status = :s WHERE kind = 'road'"), {"s": rng.choice(STATUSES)})
        session.expire_all()
    elif paid:
        rng.choice(paid).amount_baht = Decimal(rng.randrange(1, 10_000_000)) / 100
    session.flush()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rolled_up_money_equals_the_rows_after_any_history(land: Session, seed: int) -> None:
    rng = random.Random(seed)
    for number in range(60):
        try:
            # payments are never changed by the application
            with land.begin_nested(), any_status(land), as_owner(land):
                one_step(land, rng)
        except sa.exc.IntegrityError as error:
            assert getattr(error.orig, "pgcode", "") == "23EPL", error  # more than there is: refused, nothing changed
        if number % 10 == 4:
            assert differences(land) == [], "before compaction"
        if number % 20 == 9:
            compact_budget(land)
            assert differences(land) == [], "after compaction"
    assert land.scalar(sa.text("SELECT count(*) FROM read_budget_share")) == land.scalar(
        sa.text("SELECT count(DISTINCT (project_id, fund_source_code)) FROM appropriation")
    )


def test_removed_money_leaves_the_sums(owner_connection: sa.Connection) -> None:
    # Only the owner may remove; the triggers are the same for everybody.
    with owner_connection.begin() as outer:
        session = Session(owner_connection, join_transaction_mode="create_savepoint")
        make_organisation(session, "D9909001", tambon_codes=("990901",), amphoe_code="9909")
        project = make_project(session, "D9909001", area_code="990901", budget_baht=700)
        second = make_appropriation(session, project, 300, fund_source_code="LOAN")
        make_disbursement(session, second, 50)
        session.execute(sa.text("DELETE FROM disbursement"))
        session.execute(sa.text("DELETE FROM appropriation WHERE fund_source_code = 'LOAN'"))
        assert differences(session) == []
        session.execute(sa.text("DELETE FROM appropriation"))
        session.execute(sa.text("DELETE FROM project"))
        assert differences(session) == []
        assert read_budget(session, "province", None, BudgetFilter(), Visibility.STAFF).total == Sums()
        session.close()
        outer.rollback()


def test_money_and_project_changed_by_one_statement(land: Session) -> None:
    project = make_project(land, area_code="990101", budget_baht=100)
    with any_status(land):
        land.execute(
            sa.text(
                "WITH more AS (INSERT INTO appropriation (project_id, fund_source_code, amount_baht)"
                " VALUES (:id, 'LOAN', 40), (:id, 'OWN', 2))"
                " UPDATE project SET status = 'CLOSED', area_code = '990201' WHERE id = :id"
            ),
            {"id": project.id},
        )
    assert differences(land) == []


def test_a_project_of_two_funds_counts_once_in_any_set_of_funds(land: Session) -> None:
    both = make_project(land, area_code="990101", budget_baht=100, fund_source_code="OWN")
    loan = make_appropriation(land, both, 40, fund_source_code="LOAN")
    make_disbursement(land, loan, 15)
    make_project(land, area_code="990201", budget_baht=7, fund_source_code="OWN")

    def total(*funds: str, level: str = "amphoe") -> tuple[int, int, int]:
        found = read_budget(land, level, "99", BudgetFilter(fund_source=funds), Visibility.STAFF).total  # type: ignore[arg-type]
        return found.projects, int(found.budget_baht), int(found.disbursed_baht)

    for level in ("amphoe", "tambon", "organisation"):
        assert total(level=level) == (2, 147, 15)
        assert total("OWN", level=level) == (2, 107, 0)
        assert total("LOAN", level=level) == (1, 40, 15)
        assert total("OWN", "LOAN", level=level) == (2, 147, 15)


def test_projects_that_are_not_placed_deep_enough_belong_to_the_total(land: Session) -> None:
    for area in (None, "99", "9901", "990101"):
        make_project(land, area_code=area, budget_baht=10)

    def read(level: str, parent: str | None) -> tuple[int, int]:
        found = read_budget(land, level, parent, BudgetFilter(), Visibility.STAFF)  # type: ignore[arg-type]
        assert found.total == sum((place.sums for place in found.places), found.unplaced)
        return found.total.projects, found.unplaced.projects

    assert read("province", None) == (4, 1)
    assert read("amphoe", None) == (4, 2)
    assert read("amphoe", "99") == (3, 1)
    assert read("tambon", "9901") == (2, 1)
    assert read("organisation", "99") == (3, 0)


def test_the_application_cannot_write_sums(session: Session) -> None:
    for table in ("read_budget_cell", "read_budget_delta", "read_budget_share", "read_budget_compaction"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(sa.text(f"DELETE FROM {table}"))


def test_the_coarsest_cells_that_know_the_filter_are_read() -> None:
    assert grain_of(BudgetFilter(kind=("road",), status=("CLOSED",))) == 0
    assert grain_of(BudgetFilter(strategy=("1",))) == 1
    assert grain_of(BudgetFilter(strategy=("1",), fund_source=("OWN",))) == 2


@pytest.fixture
def own_database(server_url: str, template_database: str) -> Iterator[Database]:
    """A database of this test alone, where transactions really commit."""
    with cloned_database(server_url, template_database, f"eplan_test_budget_writers_{uuid.uuid4().hex[:12]}") as url:
        database = Database(Settings(database_url=url, owner_database_url=url))
        yield database
        database.dispose()


def test_writers_at_the_same_time_neither_wait_for_a_cell_nor_lose_money(own_database: Database) -> None:
    with own_database.transaction() as session:
        for code in ("990101", "990102", "990201"):
            make_tambon(session, code)
        make_organisation(session)
        ids = [random_project(session, random.Random(n)).id for n in range(8)]
    failures: list[Exception] = []

    def write(seed: int) -> None:
        rng = random.Random(seed)
        try:
            for number in range(25):
                with own_database.transaction() as session:
                    # One project a transaction, the same few for everybody: all the cells are contested.
                    chosen = rng.choice(ids)
                    session.execute(
                        sa.text(
                            "INSERT INTO appropriation (project_id, fund_source_code, amount_baht) VALUES (:id, :f, :a)"
                        ),
                        {"id": chosen, "f": rng.choice(FUNDS), "a": rng.randrange(1, 1000)},
                    )
                    with any_status(session):
                        session.execute(
                            sa.text("UPDATE project SET status = :s WHERE id = :id"),
                            {"id": chosen, "s": rng.choice(STATUSES)},
                        )
                    if number % 8 == 7:
                        compact_budget(session)
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
        compact_budget(session)
        assert differences(session) == []
        wrong = session.scalars(
            sa.text(
                "SELECT p.id FROM project p WHERE p.budget_baht <>"
                " (SELECT coalesce(sum(amount_baht), 0) FROM appropriation a WHERE a.project_id = p.id)"
            )
        ).all()
        assert wrong == []
        assert session.scalar(sa.text("SELECT count(*) FROM appropriation")) == 75

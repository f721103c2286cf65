"""Two who write one plan at a moment, in transactions that really commit."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import AppError
from app.services.plan_checks import NewVersion
from app.services.plan_versions import open_version
from tests.app.plan_world import PlanWorld, make_plan_world
from tests.conftest import cloned_database


class Arena:
    """A database of the test's own with a plan in force and who writes it."""

    def __init__(self, engine: sa.Engine, world: PlanWorld) -> None:
        self.engine, self.world = engine, world

    @contextmanager
    def writing(self, version_id: int | None = None) -> Iterator[PlanWorld]:
        """A transaction as the application's role; it commits."""
        of = self.world
        with Session(self.engine) as session, session.begin():
            session.execute(sa.text("SET LOCAL lock_timeout = '20s'"))
            yield PlanWorld(session, of.planner, of.executive, of.plan_id, version_id or of.version_id, of.strategy_id)

    def after(self, first: Callable[[PlanWorld], Any], version_id: int, second: Callable[[PlanWorld], Any]) -> Any:
        """What becomes of ``second``, begun while ``first`` has written and not yet committed."""
        answers: list[Any] = []

        def late() -> None:
            try:
                with self.writing(version_id) as world:
                    answers.append(second(world))
            except AppError as error:
                answers.append(error)

        with self.writing() as world:
            first(world)
            thread = threading.Thread(target=late)
            thread.start()
            thread.join(0.5)
            assert thread.is_alive(), "whoever comes second waits"
        thread.join(20)
        return answers[0]


@pytest.fixture
def arena(server_url: str, template_database: str) -> Iterator[Arena]:
    with cloned_database(server_url, template_database, f"eplan_test_plan_races_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"options": "-c role=eplan_app"})
        with Session(engine, expire_on_commit=False) as session, session.begin():
            world = make_plan_world(session)
            origin = world.line("ก่อสร้างถนน")
            world.promulgate(date(2025, 10, 1))
        world.origin = origin  # type: ignore[attr-defined]
        yield Arena(engine, world)
        engine.dispose()


def test_one_line_is_in_one_open_version_and_one_number_is_opened_once(arena: Arena) -> None:
    origin = arena.world.origin  # type: ignore[attr-defined]
    with arena.writing() as world:
        first = world.open("CHANGE", number="ครั้งที่ 1/2569")
        second = world.open("CHANGE", number="ครั้งที่ 2/2569")
    arena.world.version_id = first

    def objective(world: PlanWorld) -> Any:
        return world.cell(origin, "objective", None, "เพื่อสัญจร")

    refused = arena.after(objective, second, objective)
    assert refused.problems and not refused.touched
    assert [p.code for p in refused.problems] == ["line_in_other_version"]

    def opened(world: PlanWorld) -> int:
        new = NewVersion(("ADD", "CHANGE"), "ครั้งที่ ๓/2569", 2569)
        return open_version(world.session, world.planner, world.plan_id, new)

    def opened_again(world: PlanWorld) -> int:
        new = NewVersion(("CHANGE", "ADD"), " ครั้งที่ 3/2569", 2569)
        return open_version(world.session, world.planner, world.plan_id, new)

    again = arena.after(opened, second, opened_again)
    assert [p.code for p in again.problems] == ["version_number_taken"]

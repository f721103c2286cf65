"""Strategies of a plan: tactics, links to the plans above, and what may not be taken away."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.queries.plan_sheet import plan_sheet
from app.queries.plans import (
    AlignmentOption,
    alignment_options,
    plan,
    plan_in_force,
    strategies_at,
    strategies_of,
    version,
)
from app.services.strategies import StrategyWords, remove_strategy, save_strategy
from tests import factories
from tests.app.plan_world import DETAILS, PlanWorld, make_plan_world


@pytest.fixture
def world(session: Session) -> PlanWorld:
    return make_plan_world(session)


def codes(error: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def options_of(session: Session) -> list[AlignmentOption]:
    """Of the one plan there is."""
    head = plan(session, session.scalar(sa.text("SELECT id FROM plan")) or 0)
    assert head is not None
    return alignment_options(session, head)


def item(session: Session, framework: str, code: str) -> int:
    return next(o.id for o in options_of(session) if (o.framework, o.code) == (framework, code))


def test_the_nations_frameworks_are_there_to_be_served(world: PlanWorld) -> None:
    options = options_of(world.session)
    counts = {f: sum(o.framework == f for o in options) for f in ("NATIONAL", "NESDP13", "SDG")}
    assert counts == {"NATIONAL": 6, "NESDP13": 13, "SDG": 17}


def test_a_strategy_serves_many_and_keeps_its_tactics_by_their_code(world: PlanWorld) -> None:
    session = world.session
    serves = (item(session, "NATIONAL", "2"), item(session, "SDG", "6"), item(session, "NESDP13", "1"))
    words = StrategyWords("2", "แหล่งนํ้า", "มีน้ำใช้", "5", serves, (("1", "ขุดลอก", None), ("2", "ประปา", "ครัวเรือน")))
    made = save_strategy(session, world.planner, world.plan_id, words)
    [_, saved] = strategies_of(session, world.plan_id)
    assert (saved.name_th, {link.id for link in saved.serves}) == ("แหล่งน้ำ", set(serves))
    first = saved.tactics[0].id
    again = StrategyWords("2", "แหล่งน้ำ", None, "5", serves[:1], (("1", "ขุดลอกและฝาย", None),))
    save_strategy(session, world.planner, world.plan_id, again, strategy_id=made, if_match_version=saved.row_version)
    [_, changed] = strategies_of(session, world.plan_id)
    assert [(t.id, t.name_th) for t in changed.tactics] == [(first, "ขุดลอกและฝาย")]
    assert len(changed.serves) == 1


def test_everything_that_is_wrong_is_said_at_once(world: PlanWorld) -> None:
    with pytest.raises(InvalidInput) as refused:
        words = StrategyWords("1", " ", None, "99", (10**9,), (("1", "ก", None), ("1", "ข", None)))
        save_strategy(world.session, world.planner, world.plan_id, words)
    assert codes(refused) == {"cell_required", "strategy_code_taken", "choice_unknown"}


def test_an_item_of_another_province_is_unknown(world: PlanWorld) -> None:
    other = world.session.scalar(
        sa.text(
            "INSERT INTO alignment_item (framework, owner_code, code, seq, name_th)"
            " VALUES ('PROVINCE', '98', '1', 1, 'ของจังหวัดอื่น') RETURNING id"
        )
    )
    with pytest.raises(InvalidInput) as refused:
        save_strategy(world.session, world.planner, world.plan_id, StrategyWords("3", "ก", serves=(int(other or 0),)))
    assert codes(refused) == {"choice_unknown"}


def test_what_lines_stand_under_cannot_be_taken_away(world: PlanWorld) -> None:
    session = world.session
    save_strategy(
        session,
        world.planner,
        world.plan_id,
        StrategyWords("1", "โครงสร้างพื้นฐาน", None, "2", (), (("1", "ถนน", None),)),
        strategy_id=world.strategy_id,
        if_match_version=1,
    )
    [strategy] = strategies_of(session, world.plan_id)
    world.line("ก่อสร้างถนน", local_tactic_id=str(strategy.tactics[0].id))
    with pytest.raises(InvalidInput) as refused:
        remove_strategy(session, world.planner, world.plan_id, world.strategy_id, if_match_version=strategy.row_version)
    assert codes(refused) == {"strategy_has_lines"}
    with pytest.raises(InvalidInput) as tactic:
        save_strategy(
            session,
            world.planner,
            world.plan_id,
            StrategyWords("1", "โครงสร้างพื้นฐาน"),
            strategy_id=world.strategy_id,
            if_match_version=strategy.row_version,
        )
    assert codes(tactic) == {"tactic_has_lines"}


def test_a_strategy_without_lines_goes(world: PlanWorld) -> None:
    made = save_strategy(
        world.session, world.planner, world.plan_id, StrategyWords("9", "ไม่ใช้", tactics=(("1", "ก", None),))
    )
    with pytest.raises(Conflict):
        remove_strategy(world.session, world.planner, world.plan_id, made, if_match_version=None)
    remove_strategy(world.session, world.planner, world.plan_id, made, if_match_version=1)
    assert [s.code for s in strategies_of(world.session, world.plan_id)] == ["1"]


def test_a_stale_write_and_a_foreign_plan_are_refused(world: PlanWorld) -> None:
    session = world.session
    words = StrategyWords("1", "ใหม่")
    with pytest.raises(Conflict):
        save_strategy(session, world.planner, world.plan_id, words, strategy_id=world.strategy_id, if_match_version=99)
    with pytest.raises(NotFound):
        save_strategy(session, world.planner, world.plan_id, words, strategy_id=10**9)
    engineer = factories.actor_for(
        factories.make_user(session, "LAO_ENGINEER", organisation=world.planner.organisation_codes[0])
    )
    with pytest.raises(Forbidden):
        save_strategy(session, engineer, world.plan_id, words)


def test_texts_that_nobody_sees_and_too_much_of_them_are_refused(world: PlanWorld) -> None:
    words = StrategyWords(
        "\u202e2\u2060", "\u200b", tactics=(*((str(n), "ก", None) for n in range(200)), ("1000", "ก", "ก" * 1001))
    )
    with pytest.raises(InvalidInput) as refused:
        save_strategy(world.session, world.planner, world.plan_id, words)
    assert codes(refused) == {"cell_required", "too_many_tactics"}
    with pytest.raises(InvalidInput) as long:
        words = StrategyWords("2", "น้ำ", tactics=(("1", "ก", "ก" * 1001),))
        save_strategy(world.session, world.planner, world.plan_id, words)
    assert codes(long) == {"text_too_long"}
    made = save_strategy(world.session, world.planner, world.plan_id, StrategyWords("\u202e2\u2060", "น้ำ"))
    assert [s.code for s in strategies_of(world.session, world.plan_id) if s.id == made] == ["2"]


def test_a_version_in_force_keeps_the_words_it_came_into_force_with(world: PlanWorld) -> None:
    session = world.session
    world.line("ก่อสร้างถนน")
    save_strategy(session, world.planner, world.plan_id, StrategyWords("2", "น้ำ"))
    world.promulgate(date(2025, 10, 1))
    first = world.version()
    renamed = StrategyWords("7", "ชื่อใหม่", serves=None, tactics=None)

    def write(words: StrategyWords) -> None:
        version = next(s.row_version for s in strategies_of(session, world.plan_id) if s.id == world.strategy_id)
        save_strategy(
            session, world.planner, world.plan_id, words, strategy_id=world.strategy_id, if_match_version=version
        )

    with pytest.raises(InvalidInput) as refused:
        write(renamed)
    assert codes(refused) == {"strategy_in_force"}
    served = item(session, "SDG", "6")
    write(StrategyWords("1", "โครงสร้างพื้นฐาน", None, "2", serves=(served,)))
    world.open("CHANGE")
    world.line("ขุดสระ")
    write(renamed)
    shown, strategies = plan_in_force(session, plan(session, world.plan_id))  # type: ignore[arg-type]
    assert [(s.code, s.name_th) for s in strategies] == [("1", "โครงสร้างพื้นฐาน"), ("2", "น้ำ")]
    assert [s.name_th for s in strategies_at(session, first)] == ["โครงสร้างพื้นฐาน", "น้ำ"]
    [live] = [s for s in strategies_of(session, world.plan_id) if s.id == world.strategy_id]
    assert (live.name_th, [link.id for link in live.serves]) == ("ชื่อใหม่", [served]), "what is left out stays"
    sheet = plan_sheet(session, shown, first, DETAILS)
    assert [group.title() for group in sheet.groups] == ["ยุทธศาสตร์ที่ 1 โครงสร้างพื้นฐาน"]
    with pytest.raises(sa.exc.IntegrityError, match="words"), session.begin_nested():
        session.execute(sa.text("UPDATE plan_version SET words = '{}' WHERE id = :id"), {"id": first.id})


def test_a_version_that_came_in_otherwise_keeps_its_words_when_they_change(session: Session) -> None:
    line = factories.make_plan_line(session, factories.make_organisation(session))
    session.flush()
    session.execute(sa.text("UPDATE local_strategy SET name_th = 'ชื่อใหม่'"))
    held = version(session, line.plan_version_id)
    assert held is not None
    assert "ชื่อใหม่" not in {s.name_th for s in strategies_at(session, held)}

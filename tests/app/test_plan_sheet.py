"""Writing into a form cell by cell: what is read, what collides, and what one save costs the database."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.plan_compare import base_of, compare_versions
from app.queries.plan_forms import FORMS
from app.queries.plan_sheet import plan_sheet, plan_summary
from app.queries.plans import plan, versions_of
from app.services.plan_cells import suggested_amount, tidy
from app.services.sheets import CellChange, NewRow
from tests.app.plan_world import DETAILS, PlanWorld, make_plan_world
from tests.statements import counted


@pytest.fixture
def world(session: Session) -> PlanWorld:
    return make_plan_world(session)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1,632,820 ", Decimal("1632820.00")),
        (" - ", None),
        ("", None),
        ("๕๐๐,๐๐๐ บาท", Decimal("500000.00")),
        (480_000, Decimal("480000.00")),
        (480_000.5, Decimal("480000.50")),
        ("0", Decimal("0.00")),
        (0, Decimal("0.00")),
    ],
)
def test_money_is_read_as_offices_write_it(world: PlanWorld, typed: object, stored: Decimal | None) -> None:
    origin = world.line("ก่อสร้างถนน")
    assert world.cell(origin, "y2570", "500,000", typed).clean
    assert world.lines()[origin].amounts.get(2570) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ประมาณ 5 แสน", "amount_unreadable"),
        ("96O,000", "amount_unreadable"),
        ("-5", "amount_negative"),
        ("9999999999999", "amount_too_large"),
        ("1.234", "amount_too_precise"),
    ],
)
def test_what_is_no_money_is_refused_and_the_rest_is_saved(world: PlanWorld, typed: str, code: str) -> None:
    origin = world.line("ก่อสร้างถนน")
    outcome = world.save(
        cells=[CellChange(str(origin), "y2570", "500000.00", typed), CellChange(str(origin), "y2569", None, "7")]
    )
    [problem] = outcome.problems
    assert (problem.code, problem.where["row"], problem.where["column"]) == (code, str(origin), "y2570")
    assert world.lines()[origin].amounts == {2569: Decimal(7), 2570: Decimal(500_000)}


def test_a_letter_for_a_digit_is_offered_as_the_digit() -> None:
    assert suggested_amount("96O,000") == "960000.00"
    assert suggested_amount("หลายบาท") is None


def test_cells_of_many_lines_keep_their_lines() -> None:
    assert tidy(" กว้าง 5 ม.\r\n\r\n\r\n\r\nยาว  20 ม. \n") == "กว้าง 5 ม.\n\nยาว 20 ม."


def test_whoever_comes_second_is_told_what_stands_and_by_whom(world: PlanWorld) -> None:
    origin = world.line("ขุดลอกลำห้วยยาง ม.5", y2568="720000")
    assert world.cell(origin, "y2568", "720000.00", "742500").clean
    outcome = world.cell(origin, "y2568", "720000.00", "760000")
    [conflict] = outcome.conflicts
    assert (conflict.base, conflict.yours, conflict.theirs) == ("720000.00", "760000.00", "742500.00")
    assert conflict.at is not None
    assert world.lines()[origin].amounts[2568] == Decimal(742_500), "nothing was overwritten"
    assert world.cell(origin, "y2568", "742500.00", "760000").clean, "chosen knowingly"


def test_two_people_who_write_the_same_do_not_collide(world: PlanWorld) -> None:
    origin = world.line("ขุดลอก")
    world.cell(origin, "objective", None, "เพื่อระบายน้ำ")
    assert world.cell(origin, "objective", None, "เพื่อระบายนํ้า").clean, "one spelling of น้ำ"


def test_two_people_in_different_cells_of_one_line_do_not_collide(world: PlanWorld) -> None:
    origin = world.line("ขุดลอก")
    world.cell(origin, "objective", None, "ก")
    assert world.cell(origin, "target", None, "ข").clean
    line = world.lines()[origin]
    assert (line.objective, line.target) == ("ก", "ข")


def test_all_or_nothing_writes_nothing_when_anything_is_wrong(world: PlanWorld) -> None:
    origin = world.line("ขุดลอก")
    outcome = world.save(
        whole=True,
        cells=[CellChange(str(origin), "y2569", None, "100"), CellChange(str(origin), "y2570", "1", "200")],
        inserts=[NewRow("n", {"name_th": " "})],
    )
    assert len(outcome.conflicts) == 1 and [p.code for p in outcome.problems] == ["cell_required"]
    assert world.lines()[origin].amounts == {2570: Decimal(500_000)}


def test_years_outside_the_plan_unknown_columns_and_codes_are_refused(world: PlanWorld) -> None:
    origin = world.line("ขุดลอก")
    outcome = world.save(
        cells=[
            CellChange(str(origin), "y2571", None, "5"),
            CellChange(str(origin), "planned", None, "5"),
            CellChange(str(origin), "programme_code", "00310", "99999"),
            CellChange(str(origin), "name_th", "ขุดลอก", ""),
            CellChange("1000000000", "name_th", None, "x"),
            CellChange(str(origin), "target", None, "ก" * 2001),
        ]
    )
    assert [p.code for p in outcome.problems] == [
        "year_outside_plan",
        "form_column_unknown",
        "choice_unknown",
        "cell_required",
        "line_not_found",
        "text_too_long",
    ]


def test_a_line_that_moves_to_another_strategy_leaves_its_tactic_behind(world: PlanWorld) -> None:
    tactic, other = (
        world.session.scalar(sa.text(sql), {"plan": world.plan_id, "strategy": world.strategy_id})
        for sql in (
            "INSERT INTO local_tactic (local_strategy_id, code, name_th) VALUES (:strategy, '1', 'ก') RETURNING id",
            "INSERT INTO local_strategy (plan_id, code, name_th) VALUES (:plan, '2', 'ข') RETURNING id",
        )
    )
    origin = world.line("ขุดลอก", local_tactic_id=str(tactic))
    assert world.lines()[origin].local_tactic_id == tactic
    world.cell(origin, "local_strategy_id", str(world.strategy_id), str(other))
    assert world.lines()[origin].local_tactic_id is None


def test_numbers_go_on_within_strategy_and_programme(world: PlanWorld) -> None:
    outcome = world.save(
        inserts=[
            NewRow("a", {"name_th": "ก"}, f"{world.strategy_id}:00310"),
            NewRow("b", {"name_th": "ข"}, f"{world.strategy_id}:00320"),
            NewRow("c", {"name_th": "ค"}, f"{world.strategy_id}:00310"),
        ]
    )
    lines = world.lines()
    assert [lines[int(outcome.inserted[key])].line_number for key in "abc"] == [1, 1, 2]


def test_a_paste_of_many_cells_is_a_handful_of_statements(world: PlanWorld) -> None:
    world.save(inserts=[NewRow(str(n), {"name_th": f"สาย {n}"}, f"{world.strategy_id}:00310") for n in range(60)])
    origins = list(world.lines())

    def statements(rows: int) -> int:
        with counted(world.session) as seen:
            world.save(cells=[CellChange(str(o), f"y{y}", None, "1000") for o in origins[:rows] for y in (2568, 2569)])
        world.save(cells=[CellChange(str(o), f"y{y}", "1000.00", None) for o in origins[:rows] for y in (2568, 2569)])
        return len(seen)

    assert statements(60) == statements(2) <= 12


def test_sums_of_forms_stand_apart_and_of_years_count_projects(world: PlanWorld, session: Session) -> None:
    world.line("ก", y2569="100", y2570="200")
    world.line("ข", y2570="300")
    head = plan(session, world.plan_id)
    assert head is not None
    sheet = plan_sheet(session, head, world.version(), DETAILS)
    assert {year: baht for year, baht in sheet.totals().items() if baht} == {2569: Decimal(100), 2570: Decimal(500)}
    summary = plan_summary(session, head, world.version(), DETAILS)
    assert (summary.total.years[2570].projects, summary.total.years[2570].amount_baht) == (2, Decimal(500))
    assert (summary.total.total.projects, summary.total.total.amount_baht) == (2, Decimal(600))
    beyond = plan_sheet(session, head, world.version(), FORMS["ผ.02/2"])
    assert not beyond.rows and not any(beyond.totals().values())


def test_two_projects_become_one_and_the_announcement_tells_where_it_went(world: PlanWorld) -> None:
    road, bridge = world.line("ถนนสาย ก"), world.line("สะพานสาย ก")
    world.promulgate()
    world.open("CHANGE")
    outcome = world.save(merges={str(bridge): str(road)})
    assert outcome.clean and outcome.removed == [str(bridge)]
    [difference] = compare_versions(world.session, base(world), world.version_id)
    assert difference.kind == "merged" and difference.merged_into is not None
    assert difference.merged_into.name_th == "ถนนสาย ก"
    refused = world.save(removals=[str(road)], whole=True)
    assert [p.code for p in refused.problems] == ["line_holds_others"]
    assert [p.code for p in world.save(merges={str(bridge): str(road)}).problems] == ["line_ended"]
    world.save(restores=[str(bridge)])
    assert not world.lines()[bridge].ended
    twice = world.save(merges={str(bridge): str(road), str(road): str(bridge)})
    assert [p.code for p in twice.problems] == ["merge_target_gone"] * 2


def test_a_line_of_this_version_goes_into_another_without_a_trace_and_comes_back(world: PlanWorld) -> None:
    road, bridge = world.line("ถนนสาย ก"), world.line("สะพานสาย ก")
    assert world.save(merges={str(bridge): str(road)}).removed == [str(bridge)]
    assert bridge not in world.lines(with_ended=True)
    world.save(restores=[str(bridge)])
    assert world.lines()[bridge].change == "NEW"


def test_a_save_that_comes_twice_adds_its_lines_once(world: PlanWorld) -> None:
    key = "new-0123456789abcdef-1"
    line = NewRow(key, {"name_th": "ก่อสร้างถนน", "y2570": "500,000"}, f"{world.strategy_id}:00310")
    first = world.save(inserts=[line])
    again = world.save(inserts=[line])
    assert again.clean and again.inserted == first.inserted == {key: again.inserted[key]}
    assert again.touched == {again.inserted[key]} and len(world.lines()) == 1
    # What was typed into it before it came again goes in; what somebody else wrote over it is asked for.
    origin = int(again.inserted[key])
    assert world.cell(origin, "name_th", "ก่อสร้างถนน", "ก่อสร้างถนน คสล.").clean
    more = NewRow(key, {"name_th": "ก่อสร้างถนน", "y2570": "500,000", "target": "ยาว 200 ม."}, line.group)
    third = world.save(inserts=[more])
    assert [(c.column, c.theirs) for c in third.conflicts] == [("name_th", "ก่อสร้างถนน คสล.")]
    assert world.lines()[origin].target == "ยาว 200 ม."
    assert len(world.lines()) == 1


def test_nought_and_nothing_differ_and_neither_is_money(world: PlanWorld) -> None:
    origin = world.line("ประชุมประชาคม")
    world.promulgate()
    world.open("CORRECT")
    assert world.cell(origin, "y2569", None, "0").clean
    [difference] = compare_versions(world.session, base(world), world.version_id)
    assert [(f.field, f.before, f.after) for f in difference.fields] == [("y2569", None, Decimal("0.00"))]
    assert not difference.essential
    assert world.cell(origin, "y2569", "0", "-").clean
    assert 2569 not in world.lines()[origin].amounts


def base(world: PlanWorld) -> int:
    found = base_of(versions_of(world.session, world.plan_id), world.version())
    assert found is not None
    return found

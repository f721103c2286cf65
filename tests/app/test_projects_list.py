"""Lists of projects: every filter, stable pages in both directions, Thai search, few statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest
import sqlalchemy as sa
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.models import Organisation, Project
from app.queries import projects as lists
from app.queries.project_filter import FILTERS, ProjectFilter
from app.queries.projects import Order, is_key, project_count, project_page
from tests import factories as make
from tests.statements import counted

STAFF, PUBLIC = Visibility.STAFF, Visibility.PUBLIC


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


def codes(session: Session, sight: Visibility = STAFF, **narrowed: object) -> set[str]:
    page = project_page(session, ProjectFilter(**narrowed), sight=sight, limit=100)  # type: ignore[arg-type]
    count, complete = project_count(session, ProjectFilter(**narrowed), sight=sight)  # type: ignore[arg-type]
    assert complete and count == len(page.items)
    return {row.code for row in page.items}


def test_every_field_has_its_sql() -> None:
    assert set(FILTERS) == {field.name for field in fields(ProjectFilter)}


def test_each_filter_finds_its_own(session: Session, organisation: Organisation) -> None:
    neighbour = make.make_organisation(session, "D9901002", name_th="ข้างเคียง", tambon_codes=("990102",))
    line = make.make_plan_line(session, organisation, programme_code="00310")
    planned = {"strategy_code": "2", "plan_project_id": line.id}
    road = make.make_project(session, organisation, area_code="990101", budget_baht=100, **planned)
    water = make.make_project(
        session,
        neighbour,
        kind="water",
        water_source_type_code="POND",
        work_nature_code="DIG",
        fiscal_year_be=2569,
        status="PLANNED",
        area_code="990102",
        budget_baht=50,
        fund_source_code="LOAN",
    )
    loose = make.make_project(session, neighbour, kind="other", name_th="อาคารเอนกประสงค์", fiscal_year_be=2568)
    make.make_geometry(session, road, make.line(), status="VERIFIED")
    make.make_geometry(session, water, Point(102.0, 16.0), status="RETURNED")
    expected = {
        "organisation": (("D9901002",), {water, loose}),
        "fiscal_year": ((2569, 2568), {water, loose}),
        "kind": (("road",), {road}),
        "status": (("PLANNED",), {water}),
        "geometry_status": (("NONE", "RETURNED"), {water, loose}),
        "area": (("9901",), {road, water}),
        "fund_source": (("LOAN",), {water}),
        "strategy": (("2",), {road}),
        "programme": (("00310",), {road}),
        "plan_form": (("NONE",), {water, loose}),
        "local_strategy": ((line.local_strategy_id,), {road}),
        "stage": ("approved", {road, loose}),
        "work_nature": (("DIG",), {water}),
        "surface_type": (("RC",), {road}),
        "water_source_type": (("POND",), {water}),
        "q": ("เอนก", {loose}),
        "bbox": ((101.9, 15.9, 102.1, 16.1), {water}),
        "awaiting": (True, {water, loose}),
        "unplaced": (True, {loose}),
        "area_missing": ("tambon", {loose}),
    }
    assert set(expected) == set(FILTERS)
    for name, (value, found) in expected.items():
        assert codes(session, **{name: value}) == {project.code for project in found}, name
    assert codes(session, awaiting=False) == {road.code}
    assert codes(session, area=("990101", "990102"), kind=("water",)) == {water.code}


@pytest.mark.parametrize(
    "text",
    ["น้ำ", "นํ้า", "แหล่งน", "หล่งน้ำ ม.๔", "เเหล่งน้ำ", "ม.4  สระ", "70-D9901001", "d9901001"],
)
def test_search_reads_thai_as_people_write_it(session: Session, organisation: Organisation, text: str) -> None:
    found = make.make_project(session, organisation, name_th="ขุดสระแหล่งนํ้า ม.๔ บ้านโนน", kind="water")
    make.make_project(session, make.make_organisation(session, "D9901009"), name_th="ถนนสายหลัก 100%_")
    assert codes(session, q=text) == {found.code}


def test_short_words_are_found_where_words_begin(session: Session, organisation: Organisation) -> None:
    found = make.make_project(session, organisation, name_th="ขุด นาดี ม.๙")
    make.make_project(session, organisation, name_th="ขุดคลองนาดี ม.8")
    assert codes(session, q="นา") == codes(session, q="นา ขุ") == {found.code}


@pytest.mark.parametrize(
    "text", ["หนองสาธิต", "อบต.หนองสาธิต", "อบต หนองสาธิต", "องค์การบริหารส่วนตำบล หนองสา", "ถนน หนองสาธิต", "ห"]
)
def test_search_finds_the_work_of_an_organisation_by_its_name(session: Session, text: str) -> None:
    mine = make.make_organisation(session, "D9901007", name_th="หนองสาธิต")
    found = make.make_project(session, mine, name_th="ถนนสายหลัก")
    make.make_project(session, make.make_organisation(session, "D9901009", name_th="โนน"), name_th="ถนนสายหลัก")
    assert codes(session, q=text) == {found.code}


@pytest.mark.parametrize("text", ["ม.4", "ม. ๔", "หมู่ 4", "หมู่ที่ ๔", "หมู่ที่4", "ถนน หมู่ 04"])
def test_a_village_number_is_found_however_it_is_written(
    session: Session, organisation: Organisation, text: str
) -> None:
    names = ["ถนน ม.๔ บ้านโนน", "ถนนสายใน หมู่ที่ 4", "ถนน หมู่ 4", "ถนนบ้านโนนม.4", "ถนน หมู่ที่๔"]
    found = {make.make_project(session, organisation, name_th=name).code for name in names}
    for name in ("ถนน ม.41", "ถนน หมู่ที่ 14", "ถนน กม.4", "ถนน 4 ม."):
        make.make_project(session, organisation, name_th=name)
    assert codes(session, q=text) == found


def test_search_takes_wildcards_as_letters(session: Session, organisation: Organisation) -> None:
    percent = make.make_project(session, organisation, name_th="งาน 100%_ครบ")
    make.make_project(session, organisation, name_th="งาน 1000 ครบ")
    assert codes(session, q="100%_") == {percent.code}
    assert codes(session, q="\\") == set()


def test_the_public_sees_what_is_published(session: Session, organisation: Organisation) -> None:
    approved = make.make_project(session, organisation, status="CONTRACTED")
    for status in ("PLANNED", "BUDGET_REQUESTED", "CANCELLED", "DEFERRED"):
        make.make_project(session, organisation, status=status)
    make.make_geometry(session, approved, make.line(), status="SUBMITTED")
    assert codes(session, PUBLIC) == {approved.code}
    assert len(codes(session)) == 5
    (row,) = project_page(session, ProjectFilter(), sight=PUBLIC).items
    assert (row.geometry_status, row.bounds) == ("NONE", None)
    around = (101.0, 15.0, 103.0, 17.0)
    assert codes(session, PUBLIC, bbox=around) == set()
    assert codes(session, bbox=around) == {approved.code}
    assert codes(session, PUBLIC, geometry_status=("SUBMITTED",)) == set()
    make.make_geometry(session, approved, make.line(), status="VERIFIED")
    (row,) = project_page(session, ProjectFilter(), sight=PUBLIC).items
    assert row.geometry_status == "VERIFIED"
    assert row.bounds == pytest.approx((101.85, 15.9, 101.854, 15.9))


@pytest.fixture
def many(session: Session, organisation: Organisation) -> list[Project]:
    budgets = [100, 100, 300, 200, 200, 200, 0, 500, 100, 300]
    names = ["ถนน ก", "ถนน เก", "ถนน ข", "ถนน ไก่", "ถนน ก", "ถนน ฮ", "ถนน อา", "ถนน A", "ถนน 1", "ถนน แก"]
    return [
        make.make_project(session, organisation, name_th=name, budget_baht=budget, fiscal_year_be=2570 - i % 3)
        for i, (budget, name) in enumerate(zip(budgets, names, strict=True))
    ]


def walk(session: Session, order: Order, limit: int, narrowed: ProjectFilter) -> Iterator[list[str]]:
    key = None
    while True:
        page = project_page(session, narrowed, sight=STAFF, order=order, limit=limit, key=key)
        yield [row.code for row in page.items]
        if page.next is None:
            return
        assert is_key(order, page.next)
        key = page.next


@pytest.mark.parametrize("order", ["newest", "budget", "name"])
@pytest.mark.parametrize(
    "narrowed", [ProjectFilter(), ProjectFilter(q="ถนน"), ProjectFilter(organisation=("D9901001",))]
)
def test_pages_are_stable_complete_and_go_both_ways(
    session: Session, many: list[Project], order: Order, narrowed: ProjectFilter
) -> None:
    whole = [row.code for row in project_page(session, narrowed, sight=STAFF, order=order).items]
    pages = list(walk(session, order, 3, narrowed))
    assert [code for page in pages for code in page] == whole
    assert len(set(whole)) == 10
    second = project_page(
        session,
        narrowed,
        sight=STAFF,
        order=order,
        limit=3,
        key=project_page(session, narrowed, sight=STAFF, order=order, limit=3).next,
    )
    assert second.previous is not None
    back = project_page(session, narrowed, sight=STAFF, order=order, limit=3, key=second.previous)
    assert [row.code for row in back.items] == pages[0]
    assert back.previous is None and back.next is not None
    again = project_page(session, narrowed, sight=STAFF, order=order, limit=3, key=back.next)
    assert [row.code for row in again.items] == pages[1]


def test_orders(session: Session, many: list[Project]) -> None:
    def sorted_by(order: Order) -> list[Project]:
        by_code = {project.code: project for project in many}
        return [by_code[row.code] for row in project_page(session, ProjectFilter(), sight=STAFF, order=order).items]

    assert [p.budget_baht for p in sorted_by("budget")] == [500, 300, 300, 200, 200, 200, 100, 100, 100, 0]
    newest = [(p.fiscal_year_be, p.id) for p in sorted_by("newest")]
    assert newest == sorted(newest, reverse=True)
    # Thai dictionary order (CLDR th): digits, Thai by consonant with a leading vowel after it, then Latin
    names = [p.name_th.removeprefix("ถนน ") for p in sorted_by("name")]
    assert names == ["1", "ก", "ก", "เก", "แก", "ไก่", "ข", "อา", "ฮ", "A"]


def test_a_row_that_comes_in_between_moves_nothing(session: Session, many: list[Project]) -> None:
    first = project_page(session, ProjectFilter(), sight=STAFF, limit=4)
    make.make_project(session, fiscal_year_be=2571)
    second = project_page(session, ProjectFilter(), sight=STAFF, limit=4, key=first.next)
    assert not {row.code for row in first.items} & {row.code for row in second.items}


@pytest.mark.parametrize(
    "key",
    [
        (),
        ("newest",),
        ("newest", True),
        ("newest", False, "x", "1"),
        ("budget", False, "1", "1"),
        ("newest", 1, "1", "1"),
    ],
)
def test_foreign_keys_are_not_keys(key: tuple[object, ...]) -> None:
    assert not is_key("newest", key)


def test_statements_do_not_grow_with_the_page(session: Session, many: list[Project]) -> None:
    project_page(session, ProjectFilter(), sight=STAFF, limit=1)
    for narrowed, expected in (
        (ProjectFilter(), 1),
        (ProjectFilter(organisation=("D9901001",)), 1),
        (ProjectFilter(q="ถนน"), 1),
        (ProjectFilter(q="ไม่มีสักแถว"), 2),
    ):
        with counted(session) as sent:
            project_page(session, narrowed, sight=STAFF, limit=5)
        assert len(sent) == expected, sent


def test_counting_stops_at_the_cap(session: Session, many: list[Project]) -> None:
    assert project_count(session, ProjectFilter(), sight=STAFF, cap=10) == (10, True)
    assert project_count(session, ProjectFilter(), sight=STAFF, cap=9) == (9, False)


def test_lists_use_the_indexes_made_for_them(session: Session, organisation: Organisation) -> None:
    """At 20,000 rows the planner's choice is the one of a million: no order is ever made by sorting the table."""
    session.execute(
        sa.text(
            "INSERT INTO project (code, name_th, kind, organisation_code, fiscal_year_be, budget_baht, area_code)"
            " SELECT 'T-' || n, 'ก่อสร้างถนน สาย ' || md5(n::text), 'road', 'D9901001', 2560 + n % 10, n % 1000 * 1000,"
            " '990101' FROM generate_series(1, 20000) n"
        )
    )
    with make.as_owner(session):
        session.execute(sa.text("ANALYZE project"))
    used: dict[str, str] = {}

    def note(name: str, narrowed: ProjectFilter, order: Order) -> None:
        with counted(session) as sent:
            page = project_page(session, narrowed, sight=STAFF, order=order, limit=50)
            project_page(session, narrowed, sight=STAFF, order=order, limit=50, key=page.next)
        assert page.next is not None and len(sent) == 2
        used[name] = _plan(session, narrowed, order, page.next)

    note("newest", ProjectFilter(), "newest")
    note("budget", ProjectFilter(), "budget")
    note("common word", ProjectFilter(q="ถนน"), "newest")
    assert "ix_project_list" in used["newest"]
    assert "ix_project_budget" in used["budget"]
    assert "ix_project_list" in used["common word"]
    assert all("Seq Scan on project p" not in plan for plan in used.values()), used


def _plan(session: Session, narrowed: ProjectFilter, order: Order, key: lists.Key) -> str:
    """EXPLAIN of the last statement that the page sends, with its parameters."""
    connection = session.connection()
    seen: list[str] = []

    def explain(conn: sa.Connection, cursor: object, statement: str, parameters: dict[str, object], *_: object) -> None:
        if statement.startswith("SELECT p.id") and not seen:
            seen.append("")
            with conn.connection.cursor() as plain:
                plain.execute("EXPLAIN " + statement, parameters)
                seen[0] = "\n".join(row[0] for row in plain.fetchall())

    sa.event.listen(connection, "before_cursor_execute", explain)
    try:
        project_page(session, narrowed, sight=STAFF, order=order, limit=50, key=key)
    finally:
        sa.event.remove(connection, "before_cursor_execute", explain)
    return seen[0]

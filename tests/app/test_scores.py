"""Scores: every figure again in plain Python, what cannot raise one, what nobody may do, what stays when final."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.errors import Conflict, Forbidden, InvalidInput
from app.models import Base, Organisation, UserAccount
from app.queries.scores import (
    Criterion,
    Figure,
    Score,
    formulas,
    in_force,
    out_of_fifty,
    ranked,
    rows_digest,
    score_lines,
    score_of,
    scores,
)
from app.services.organisation_profile import update_profile
from app.services.scores import (
    NewCriterion,
    answer_appeal,
    appeal,
    digest,
    finalise,
    give_points,
    publish_formula,
    read_score,
)
from app.web import score_json
from app.web import scores as score_pages
from tests import factories as make
from tests.app.completeness_world import YEAR, counted, opened, write
from tests.app.conftest import SignIn
from tests.app.test_completeness import PROFILE

DURING = date(2026, 12, 20)
AFTER = date(2027, 10, 5)
CODES = ("ITEMS_ON_TIME", "PLAN_ON_TIME", "COORDINATES_VERIFIED", "RETURNED_ANSWERED", "ON_BEHALF_CONFIRMED",
         "DUPLICATES_DECIDED")  # fmt: skip


@pytest.fixture
def organisation(session: Session) -> Organisation:
    """Two organisations of a province; the counting of the year began with it."""
    made = make.make_organisation(session)
    make.make_organisation(session, "D9902001", name_th="ไกล", amphoe_code="9902", tambon_codes=())
    opened(session)
    with make.as_owner(session):
        write(session, "UPDATE completeness_day SET day = '2026-10-02' WHERE fiscal_year_be = :y", y=YEAR)
    return made


@pytest.fixture
def head(session: Session, organisation: Organisation) -> UserAccount:
    return make.make_user(session, "PROV_HEAD", area="99")


@pytest.fixture
def officer(session: Session, organisation: Organisation) -> UserAccount:
    return make.make_user(session, "PROV_OFFICER", area="99")


@pytest.fixture
def department(session: Session) -> UserAccount:
    return make.make_user(session, "DLA_CENTRAL")


def found(session: Session, day: date = DURING) -> Score:
    score = score_of(session, "99", YEAR, day)
    assert score is not None
    return score


def figure(session: Session, code: str, day: date = DURING) -> tuple[int, int]:
    one = next(one for one in found(session, day).figures if one.criterion.code == code)
    return one.done, one.wanted


def entered_on(session: Session, day: str, *topics: str) -> None:
    """What the counts say was entered on this day, whenever the test runs."""
    counted(session)
    with make.as_owner(session):
        write(
            session,
            "UPDATE completeness_day SET day = :d"
            " WHERE fiscal_year_be = :y AND topic = ANY (:t) AND day > '2026-10-02'",
            d=day, y=YEAR, t=list(topics),
        )  # fmt: skip


def version(session: Session, project: Any, status: str, at: str, lon: float = 101.9) -> None:
    newest = sa.text("SELECT max(version) FROM project_geometry WHERE project_id = :p")
    n = (session.scalar(newest, {"p": project.id}) or 0) + 1
    with make.as_owner(session):
        write(
            session,
            "INSERT INTO project_geometry (project_id, version, status, geom, source, created_at, created_by_name)"
            " VALUES (:p, :n, :s, ST_SetSRID(ST_MakePoint(:lon, 15.9), 4326), 'api', :at, 'x')",
            p=project.id, n=n, s=status, lon=lon, at=at,
        )  # fmt: skip


# --- figures ---------------------------------------------------------------------------------------------------------


def test_an_independent_reckoning_gives_the_same_score(
    session: Session, organisation: Organisation, officer: UserAccount
) -> None:
    update_profile(session, SYSTEM_ACTOR, organisation.code, PROFILE, if_match_version=0)
    entered_on(session, "2026-11-20", "LAO_DATA")
    sent = [make.make_project(session, organisation, budget_baht=100, fiscal_year_be=YEAR) for _n in range(3)]
    version(session, sent[0], "SUBMITTED", "2026-11-01 09:00+07")
    version(session, sent[0], "RETURNED", "2026-11-02 09:00+07")
    version(session, sent[0], "SUBMITTED", "2026-11-10 09:00+07", lon=101.95)
    version(session, sent[1], "RETURNED", "2026-11-02 09:00+07")
    version(session, sent[1], "SUBMITTED", "2026-11-05 09:00+07")  # the same place again
    version(session, sent[2], "RETURNED", "2026-12-15 09:00+07")  # there is time still
    with make.as_owner(session):
        write(session, "UPDATE project SET geometry_status = 'VERIFIED' WHERE id = :id", id=sent[0].id)
    counted(session)

    # From the records themselves, without the SQL that is tested.
    began = date(2026, 10, 2)
    days: dict[tuple[Any, ...], list[Any]] = {}
    for row in session.execute(
        sa.text("SELECT * FROM completeness_day WHERE fiscal_year_be = :y ORDER BY day"), {"y": YEAR}
    ):
        days.setdefault((row.organisation_code, row.topic, row.period), []).append(row)
    due: dict[tuple[str, int], date] = {}
    for task in session.execute(sa.text("SELECT * FROM calendar_task WHERE fiscal_year_be = :y"), {"y": YEAR}):
        for period in range(task.period_from, task.period_to + 1):
            due[task.topic, period] = task.due_on
    items = [0, 0]
    for (_code, topic, period), history in days.items():
        day = due.get((topic, period))
        if topic in ("PLAN", "COORDINATES") or day is None or not began <= day < DURING or not history[-1].wanted:
            continue
        then = [one.done for one in history if one.day <= day]
        items[0] += min(then[-1] if then else 0, history[-1].done)
        items[1] += history[-1].wanted
    expected = {
        "ITEMS_ON_TIME": tuple(items), "PLAN_ON_TIME": (0, 0), "COORDINATES_VERIFIED": (1, 3),
        "RETURNED_ANSWERED": (1, 2), "ON_BEHALF_CONFIRMED": (0, 0), "DUPLICATES_DECIDED": (0, 0),
    }  # fmt: skip
    assert items[0] == 8 and items[1] > 16
    assert {code: figure(session, code) for code in CODES} == expected

    points = {"ITEMS_ON_TIME": 15, "COORDINATES_VERIFIED": 10, "RETURNED_ANSWERED": 5}
    cents = [
        (Fraction(points[code] * 100 * expected[code][0], expected[code][1]) + Fraction(1, 2)).__floor__()
        for code in points
    ]
    whole = (Fraction(50 * sum(cents), sum(points.values())) + Fraction(1, 2)).__floor__()
    assert found(session).system == Decimal(whole) / 100

    # Each figure is the sum of its rows, and every row is one of the province's.
    for one in found(session).figures:
        lines, count = score_lines(session, found(session), one.criterion.code, DURING, limit=1000)
        assert (sum(x.done for x in lines), sum(x.wanted for x in lines), count) == (one.done, one.wanted, one.rows)
        assert {x.organisation_code for x in lines} <= {organisation.code, "D9902001"}


def test_what_says_nothing_or_comes_late_does_not_raise_a_score(session: Session, organisation: Organisation) -> None:
    before = figure(session, "ITEMS_ON_TIME")
    update_profile(session, SYSTEM_ACTOR, organisation.code, {"address": "    "}, if_match_version=0)
    entered_on(session, "2026-11-20", "LAO_DATA")
    assert figure(session, "ITEMS_ON_TIME") == before
    seen = session.scalar(sa.text("SELECT row_version FROM organisation_profile")) or 0
    update_profile(session, SYSTEM_ACTOR, organisation.code, PROFILE, if_match_version=seen)
    entered_on(session, "2026-12-05", "LAO_DATA")  # its day was 30 November
    assert figure(session, "ITEMS_ON_TIME") == before


def test_what_was_there_in_time_and_is_emptied_again_does_not_count(
    session: Session, organisation: Organisation
) -> None:
    update_profile(session, SYSTEM_ACTOR, organisation.code, PROFILE, if_match_version=0)
    entered_on(session, "2026-11-20", "LAO_DATA")
    full = figure(session, "ITEMS_ON_TIME")[0]
    write(session, "UPDATE organisation_profile SET postcode = NULL, area_km2 = NULL")
    counted(session)
    assert figure(session, "ITEMS_ON_TIME")[0] == full - 2


def test_days_before_the_counting_began_are_nobodys_fault(session: Session, organisation: Organisation) -> None:
    with make.as_owner(session):
        write(session, "UPDATE completeness_day SET day = '2026-12-10' WHERE fiscal_year_be = :y", y=YEAR)
    assert figure(session, "ITEMS_ON_TIME") == (0, 0)


def test_entries_on_behalf_count_when_the_organisation_confirms(
    session: Session, organisation: Organisation, officer: UserAccount
) -> None:
    def entered(receipt: str, by: int, day: str) -> None:
        with make.as_owner(session):
            write(
                session,
                "INSERT INTO change_log (at, user_id, user_name, on_behalf_of, request_id, entity, entity_key, action)"
                " VALUES (:at, :u, 'x', :o, :r, 'organisation_profile', :o, 'update')",
                at=f"{day} 09:00+07", u=by, o=organisation.code, r=receipt,
            )  # fmt: skip

    stranger = make.make_user(session, "CENTRAL_ANALYST")
    entered("R-1", officer.id, "2026-11-01")
    entered("R-2", officer.id, "2026-11-02")
    entered("R-3", officer.id, "2026-12-18")  # the organisation has time still
    entered("R-4", stranger.id, "2026-11-01")
    assert figure(session, "ON_BEHALF_CONFIRMED") == (0, 2)
    write(
        session,
        "INSERT INTO on_behalf_decision (request_id, organisation_code, decision, created_by_name)"
        " VALUES ('R-1', :o, 'CONFIRMED', 'x'), ('R-3', :o, 'CONFIRMED', 'x')",
        o=organisation.code,
    )
    assert figure(session, "ON_BEHALF_CONFIRMED") == (2, 3)


def test_answers_on_duplicates_count_when_the_province_decides_in_time(
    session: Session, organisation: Organisation
) -> None:
    works = [make.make_project(session, organisation, fiscal_year_be=YEAR) for _n in range(4)]
    pairs = [make.make_pair(session, works[0], other) for other in works[1:]]

    def step(pair: Any, act: str, at: str) -> None:
        answer = None if act in ("return", "reopen") else "repair"
        status = {"answer": "answered", "confirm": "confirmed"}.get(act, "open")
        write(
            session,
            "INSERT INTO duplicate_decision (pair_id, project_a, project_b, act, answer, status, note,"
            " organisation_code, created_at, created_by_name)"
            " VALUES (:p, :a, :b, :act, :answer, :status, 'x', :o, :at, 'x')",
            p=pair.id, a=pair.project_a, b=pair.project_b, act=act, answer=answer, status=status, o=organisation.code,
            at=f"{at} 09:00+07",
        )  # fmt: skip

    step(pairs[0], "answer", "2026-11-01")
    step(pairs[0], "confirm", "2026-11-16")  # the fifteenth day
    step(pairs[1], "answer", "2026-11-01")
    step(pairs[1], "return", "2026-11-17")
    step(pairs[2], "answer", "2026-12-18")  # the province has time still
    assert figure(session, "DUPLICATES_DECIDED") == (1, 2)
    assert figure(session, "DUPLICATES_DECIDED", date(2027, 1, 20)) == (1, 3)
    step(pairs[2], "reopen", "2026-12-19")  # the works changed: nothing to decide any more
    assert figure(session, "DUPLICATES_DECIDED", date(2027, 1, 20)) == (1, 2)


def _figure(points: str, done: int, wanted: int) -> Figure:
    return Figure(Criterion("X", "SYSTEM", Decimal(points), None, "ก", None), done, wanted, wanted)


def test_what_cannot_be_measured_is_left_out_and_the_rest_scaled() -> None:
    assert out_of_fifty([]) is None
    assert out_of_fifty([_figure("50", 0, 0)]) is None and _figure("50", 0, 0).earned is None
    assert out_of_fifty([_figure("15", 7, 7), _figure("10", 3, 3), _figure("25", 0, 0)]) == Decimal(50)
    assert out_of_fifty([_figure("15", 1, 3), _figure("10", 0, 0)]) == Decimal("16.67")
    assert out_of_fifty([_figure("15", 0, 3), _figure("10", 0, 0)]) == 0


# --- the province's points, appeals, the end of the year -------------------------------------------------------------


def all_marks(session: Session, head: UserAccount, day: date = AFTER) -> None:
    for one in found(session).formula.of("PROVINCE"):
        give_points(session, make.actor_for(head), "99", YEAR, criterion=one.code, points=one.points - 1,
                    remark="ตรวจงานทุกเดือน", today=day)  # fmt: skip


def test_the_head_gives_points_within_bounds_and_with_a_reason(
    session: Session, head: UserAccount, officer: UserAccount, department: UserAccount
) -> None:
    def give(who: UserAccount, points: str = "12.5", remark: str = "ลงพื้นที่", **more: Any) -> None:
        given = {"criterion": "ADVICE", "points": Decimal(points), "remark": remark, "today": DURING, **more}
        give_points(session, make.actor_for(who), "99", YEAR, **given)

    give(head)
    assert found(session).marks["ADVICE"].points == Decimal("12.50") and found(session).province is None
    give(head, "13")
    assert found(session).marks["ADVICE"].points == 13
    for points in ("15.01", "-1", "1.005", "NaN"):
        with pytest.raises(InvalidInput, match=r".*"):
            give(head, points)
    for more in ({"remark": " "}, {"criterion": "ITEMS_ON_TIME"}):
        with pytest.raises(InvalidInput):
            give(head, **more)
    elsewhere = make.make_user(session, "PROV_HEAD", area="9901")
    for who in (officer, department, elsewhere, make.make_user(session, "LAO_EXECUTIVE", organisation="D9902001")):
        with pytest.raises(Forbidden):
            give(who)


def test_nobody_scores_themselves(session: Session, head: UserAccount, department: UserAccount) -> None:
    """A head who was an officer of the province in the year, and a person of the department who was one."""
    for who in (head, department):
        with make.as_owner(session):
            write(
                session,
                "INSERT INTO membership (user_id, role_code, area_code, valid_to)"
                " VALUES (:u, 'PROV_OFFICER', '99', '2026-12-31')",
                u=who.id,
            )
    actor = make.actor_for(head)
    with pytest.raises(Forbidden, match="score_own"):
        give_points(session, actor, "99", YEAR, criterion="ADVICE", points=Decimal(15), remark="ดี", today=AFTER)
    with pytest.raises(Forbidden, match="score_own"):
        finalise(session, make.actor_for(department), "99", YEAR, today=AFTER)


def test_an_appeal_is_answered_by_whose_points_they_are(
    session: Session, head: UserAccount, officer: UserAccount, department: UserAccount
) -> None:
    me = make.actor_for(officer)
    for code in ("ADVICE", "ITEMS_ON_TIME"):
        appeal(session, me, "99", YEAR, criterion=code, reason="ระบบปิดในวันครบกำหนด", today=DURING)
    with pytest.raises(Conflict, match="score_appeal_open"):
        appeal(session, me, "99", YEAR, criterion="ADVICE", reason="อีกครั้ง", today=DURING)
    with pytest.raises(Forbidden):
        appeal(session, make.actor_for(head), "99", YEAR, criterion="ADVICE", reason="x", today=DURING)
    ids = dict(session.execute(sa.text("SELECT criterion, id FROM score_appeal")).all())

    def answer(who: UserAccount, code: str) -> None:
        answer_appeal(session, make.actor_for(who), "99", YEAR, ids[code], outcome="DISMISSED", answer="ระบบไม่ได้ปิด",
                      today=DURING)  # fmt: skip

    for who, code in ((officer, "ADVICE"), (head, "ITEMS_ON_TIME")):
        with pytest.raises(Forbidden):
            answer(who, code)
    answer(head, "ADVICE")
    answer(department, "ITEMS_ON_TIME")
    with pytest.raises(Conflict, match="score_appeal_answered"):
        answer(head, "ADVICE")
    assert found(session).open_appeals == 0


def test_a_final_year_stays_as_it_was(
    session: Session, organisation: Organisation, head: UserAccount, department: UserAccount, officer: UserAccount
) -> None:
    work = make.make_project(session, organisation, budget_baht=100, fiscal_year_be=YEAR)
    actor = make.actor_for(department)
    with pytest.raises(Conflict, match="score_year_open"):
        finalise(session, actor, "99", YEAR, today=date(2027, 9, 30))
    with pytest.raises(Conflict, match="score_incomplete"):
        finalise(session, actor, "99", YEAR, today=AFTER)
    all_marks(session, head)
    counted(session)
    before = found(session, AFTER)
    update_profile(session, SYSTEM_ACTOR, "D9902001", PROFILE, if_match_version=0)  # a moment ago
    assert session.scalar(sa.text("SELECT count(*) FROM completeness_dirty")) > 0
    finalise(session, actor, "99", YEAR, today=AFTER)
    final = found(session, AFTER)
    assert (final.system or 0) >= (before.system or 0) > 0
    assert (final.province, final.total) == (46, (final.system or 0) + 46)
    assert session.scalar(sa.text("SELECT count(*) FROM completeness_dirty")) == 0
    kept = session.execute(sa.text("SELECT figures, sha256 FROM score_sheet")).one()
    assert digest(kept.figures) == kept.sha256 and rows_digest(session, final.id or 0) == kept.figures["rows_sha256"]

    with make.as_owner(session):
        write(session, "UPDATE project SET geometry_status = 'VERIFIED' WHERE id = :id", id=work.id)
    publish_formula(session, actor, valid_from_be=YEAR + 2, criteria=as_new(session), today=AFTER)
    again = found(session, AFTER + timedelta(days=400))
    assert (again.figures, again.formula, again.total) == (final.figures, final.formula, final.total)
    assert score_lines(session, again, "COORDINATES_VERIFIED", AFTER, limit=9)[0][0].done == 0
    with pytest.raises(Conflict, match="score_final"):
        give_points(
            session, make.actor_for(head), "99", YEAR, criterion="ADVICE", points=Decimal(1), remark="x", today=AFTER
        )
    with pytest.raises(Conflict, match="score_final"):
        finalise(session, actor, "99", YEAR, today=AFTER)
    for statement in (
        "UPDATE score_sheet SET figures = '{}'",
        "UPDATE score_mark SET points = 0",
        "UPDATE score_row SET done = wanted",
        "DELETE FROM score_row",
        "UPDATE score_criterion SET points = 1",
        "UPDATE score_formula SET valid_from_be = 2569",
        "INSERT INTO score_appeal (sheet_id, criterion, reason, created_by_name)"
        " SELECT id, 'ADVICE', 'x', 'x' FROM score_sheet",
    ):
        with pytest.raises(sa.exc.DBAPIError), session.begin_nested(), make.as_owner(session):
            write(session, statement)


# --- formulas --------------------------------------------------------------------------------------------------------


def as_new(session: Session, **points: int) -> list[NewCriterion]:
    return [
        NewCriterion(one.code, one.part, Decimal(points.get(one.code, one.points)), one.name_th, one.name_en, one.days)
        for one in formulas(session)[-1].criteria
    ]


def test_each_part_of_the_published_formula_is_fifty(session: Session) -> None:
    for formula in formulas(session):
        for part in ("SYSTEM", "PROVINCE"):
            assert sum(one.points for one in formula.of(part)) == 50
    assert tuple(one.code for one in formulas(session)[0].of("SYSTEM")) == CODES


def test_a_new_version_is_for_a_year_that_has_not_begun(
    session: Session, department: UserAccount, head: UserAccount
) -> None:
    actor = make.actor_for(department)

    def publish(year: int, criteria: list[NewCriterion], who: Any = actor) -> Any:
        return publish_formula(session, who, valid_from_be=year, criteria=criteria, today=DURING)

    with pytest.raises(Forbidden):
        publish(2571, as_new(session), make.actor_for(head))
    good = as_new(session, ITEMS_ON_TIME=10, PLAN_ON_TIME=15)
    bad = [
        (2570, good),
        (2599, good),
        (2571, as_new(session, ITEMS_ON_TIME=16)),
        (2571, []),
        (2571, [*good[1:], good[0], good[0]]),
        (2571, [NewCriterion("MADE_UP", "SYSTEM", Decimal(10), "ก"), *good[1:]]),
        (2571, [NewCriterion(c.code, c.part, c.points, c.name_th) for c in good]),  # days are missing
        (2571, [NewCriterion(c.code, c.part, Decimal("NaN"), c.name_th, days=c.days) for c in good]),
    ]
    for year, criteria in bad:
        with pytest.raises(InvalidInput):
            publish(year, criteria)
    made = publish(2571, good)
    known = formulas(session)
    held = {year: in_force(known, year) for year in (2553, 2570, 2571, 2580)}
    assert [one and one.version for one in held.values()] == [None, 1, made.version, made.version]


def test_a_formula_of_the_file_is_never_changed(owner_connection: sa.Connection) -> None:
    from app.services.codelists import FOLDER, _load_score_formulas, read_list

    with Session(owner_connection) as owner:
        lines = read_list("score_formulas.csv", FOLDER)
        lines[0]["points"] = "1"
        assert not any(change.changed for change in _load_score_formulas(owner, lines))


# --- pages and programs ----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (score_json, score_pages):
        monkeypatch.setattr(module, "today", lambda: AFTER)
    yield


def signed(client: FlaskClient, sign_in: SignIn, who: UserAccount) -> FlaskClient:
    return sign_in(client, who)


AT = f"fiscal_year={YEAR}"


def test_from_points_to_the_final_sheet_on_the_pages(
    client: FlaskClient, sign_in: SignIn, session: Session, head: UserAccount, officer: UserAccount,
    department: UserAccount, organisation: Organisation,
) -> None:  # fmt: skip
    make.make_project(session, organisation, budget_baht=100, fiscal_year_be=YEAR, name_th="=ถนนสายทดสอบ")
    signed(client, sign_in, head)
    assert client.get(f"/scores?{AT}").headers["Location"].endswith(f"/scores/99?{AT}")
    refused = client.post(f"/scores/99?{AT}", data={"do": "mark", "criterion": "ADVICE", "points": "99", "remark": "ดี"})
    assert refused.status_code == 422 and "0 ถึง 15" in refused.text and "ดี" in refused.text
    for one in found(session).formula.of("PROVINCE"):
        given = {"do": "mark", "criterion": one.code, "points": str(one.points), "remark": "ตรวจแล้ว"}
        assert client.post(f"/scores/99?{AT}", data=given).status_code == 303
    page = client.get(f"/scores/99?{AT}").text
    assert officer.display_name in page and "ไม่มีสิ่งให้วัด ไม่นำมาคิด" in page and "ให้คะแนน" in page
    rows = client.get(f"/scores/99/rows?{AT}&criterion=COORDINATES_VERIFIED").text
    assert "=ถนนสายทดสอบ" in rows and "/projects/70-" in rows
    assert client.get(f"/scores/99/rows?{AT}&criterion=ADVICE").status_code == 404

    signed(client, sign_in, officer)
    client.post(f"/scores/99?{AT}", data={"do": "appeal", "criterion": "ITEMS_ON_TIME", "reason": "ระบบปิด"})
    signed(client, sign_in, department)
    assert client.post(f"/scores/99?{AT}", data={"do": "finalise"}).status_code == 409
    number = session.scalar(sa.text("SELECT id FROM score_appeal"))
    client.post(f"/scores/99?{AT}", data={"do": "answer", "appeal": number, "outcome": "DISMISSED", "answer": "ไม่ปิด"})
    assert client.post(f"/scores/99?{AT}", data={"do": "finalise"}).status_code == 303
    page = client.get(f"/scores/99?{AT}").text
    assert "SHA-256" in page and "ปิดคะแนนเมื่อ" in page and "ยกอุทธรณ์" in page
    listed = client.get(f"/scores?{AT}").text
    assert "ปิดแล้ว" in listed and client.get(f"/scores/file?{AT}").status_code == 200
    answer = client.get(f"/api/v1/scores/99?{AT}").json
    assert answer["province"] == 50 and answer["finalised_at"] and answer["total"] == answer["system"] + 50

    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/scores/99/file?{AT}").data))
    sheet = book["score"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(text.startswith("=SUMIFS(rows!F$2") for text in texts)
    assert any(text.startswith("=IF(SUMIF(") and "ROUND(50*SUM(" in text for text in texts)
    assert book["rows"].max_row > 10 and "=ถนนสายทดสอบ" in [cell.value for cell in book["rows"]["C"]]


def test_programs_do_the_same_and_nobody_else_reads_it(
    client: FlaskClient, sign_in: SignIn, session: Session, head: UserAccount, officer: UserAccount
) -> None:
    assert client.get("/api/v1/score-formulas").json["items"][0]["version"] == 1
    assert client.get("/scores/formulas").status_code == 200
    signed(client, sign_in, head)
    marked = client.post(f"/api/v1/scores/99/marks?{AT}", json={"criterion": "ADVICE", "points": 12, "remark": "ดี"})
    assert marked.status_code == 200 and marked.json["row_version"] > 1
    assert client.get(f"/api/v1/scores?{AT}").json["items"][0]["rank"] is None
    lines = client.get(f"/api/v1/scores/99/rows?{AT}&criterion=ITEMS_ON_TIME").json
    assert lines["total"] == len(lines["items"]) > 20 and lines["items"][0]["address"].startswith("/monitoring/items?")
    assert client.get("/api/v1/scores/98").status_code in (403, 404)
    for role, place in (("LAO_EXECUTIVE", {"organisation": "D9902001"}), ("DISTRICT", {"area": "9901"}),
                        ("CENTRAL_ANALYST", {}), ("PARTNER_AGENCY", {})):  # fmt: skip
        signed(client, sign_in, make.make_user(session, role, **place))
        assert [client.get(at).status_code for at in ("/scores", "/scores/99", "/api/v1/scores/99/rows")] == [403] * 3


def test_equal_totals_share_a_rank_and_who_has_none_stands_behind(session: Session, organisation: Organisation) -> None:
    formula = formulas(session)[0]
    now = datetime(2027, 10, 5)

    def score(code: str, system: int, given: bool = True) -> Score:
        from app.queries.scores import Mark

        marks = {one.code: Mark(one.code, one.points, "x", now, "x") for one in formula.of("PROVINCE")} if given else {}
        figures = (Figure(formula.of("SYSTEM")[0], system, 100, 100),)
        return Score(YEAR, code, code, None, formula, figures, marks)

    lines = ranked([score("10", 40), score("11", 90, given=False), score("12", 80), score("13", 40), score("14", 10)])
    assert [(rank, one.province_code) for rank, one in lines] == [
        (1, "12"),
        (2, "10"),
        (2, "13"),
        (4, "14"),
        (None, "11"),
    ]
    assert [one.province_code for one in scores(session, YEAR, DURING)] == ["99"]
    assert scores(session, 2550, DURING) == []


def test_a_score_of_nowhere_is_not_found(session: Session, department: UserAccount) -> None:
    from app.errors import NotFound

    for province, year in (("00", YEAR), ("99", 2550)):
        with pytest.raises(NotFound):
            read_score(session, make.actor_for(department), province, year, today=DURING)


def test_the_tables_are_those_of_the_models(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert [one for one in differences if "score_" in str(one)] == []


def test_rounding_is_commercial() -> None:
    assert _figure("5", 1, 400).earned == Decimal("0.0125").quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_an_upheld_appeal_mends_the_points(session: Session, head: UserAccount, officer: UserAccount) -> None:
    judge = make.actor_for(head)
    all_marks(session, head, DURING)

    def appealed(code: str) -> int:
        appeal(session, make.actor_for(officer), "99", YEAR, criterion=code, reason="น้อยไป", today=DURING)
        return int(session.scalar(sa.text("SELECT max(id) FROM score_appeal")) or 0)

    def upheld(one: int, points: str | None, outcome: str = "UPHELD") -> None:
        given = None if points is None else Decimal(points)
        answer_appeal(session, judge, "99", YEAR, one, outcome=outcome, answer="ตรวจใหม่", points=given, today=DURING)

    one, held = appealed("ADVICE"), found(session).marks["ADVICE"].points
    for points in (None, str(held), "15.5", "-1"):
        with pytest.raises(InvalidInput):
            upheld(one, points)
    with pytest.raises(InvalidInput):
        upheld(one, "15", "DISMISSED")
    assert found(session).open_appeals == 1
    upheld(one, "15")
    assert found(session).marks["ADVICE"].points == 15 and found(session).open_appeals == 0
    # Points given anew since the appeal are the change.
    two = appealed("CONDUCT")
    session.execute(
        sa.text("UPDATE score_appeal SET created_at = created_at - interval '1 minute' WHERE id = :id"), {"id": two}
    )
    give_points(session, judge, "99", YEAR, criterion="CONDUCT", points=Decimal(3), remark="ตรวจใหม่", today=DURING)
    upheld(two, None)
    assert found(session).open_appeals == 0


def test_a_comma_is_no_decimal_point_and_nothing_is_dropped(
    client: FlaskClient, session: Session, head: UserAccount, officer: UserAccount, sign_in: SignIn
) -> None:
    """“1,5” was kept as 15 and “12,5” asked for as 125; the range that is told is the criterion's own."""
    sign_in(client, head)

    def typed(points: str) -> str:
        form = {"do": "mark", "criterion": "ADVICE", "points": points, "remark": "ดี"}
        answer = client.post(f"/scores/99?fiscal_year={YEAR}", data=form)
        assert answer.status_code in (303, 422), answer.text
        return answer.text if answer.status_code == 422 else str(found(session).marks["ADVICE"].points)

    for wrong in ("1,5", "12,5", "1,250", "1_0"):
        assert "จุดทศนิยม" in typed(wrong)
    assert "ADVICE" not in found(session).marks
    assert "0 ถึง 15 " in typed("120") and "0 ถึง 100" not in typed("120")
    assert (typed("๑.๕"), typed("12.25")) == ("1.50", "12.25")

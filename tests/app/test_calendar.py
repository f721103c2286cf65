"""The officers' calendar: opened from the rules of its year, amended by the department alone, never by two rows."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR, Actor, Grant
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import UserAccount
from app.queries.calendar import calendar_changes, calendar_tasks, phases
from app.services.calendar import (
    NewTask,
    add_task,
    amend_task,
    first_year,
    month_begins,
    month_ends,
    open_due_years,
    open_year,
    remove_task,
)
from app.services.money_rules import first_day, last_day
from tests import factories as make
from tests.app.completeness_world import TODAY, YEAR
from tests.app.conftest import SignIn

DEPARTMENT = Actor(None, "department", "กรม", "th", (Grant("DLA_CENTRAL", "nation"),))
TASK = NewTask("VISION", "วิสัยทัศน์เพิ่มเติม", date(2027, 3, 1), date(2027, 3, 31))


@pytest.fixture
def year(session: Session) -> int:
    open_year(session, DEPARTMENT, YEAR, today=TODAY)
    return YEAR


@pytest.fixture
def department(session: Session) -> UserAccount:
    return make.make_user(session, "DLA_CENTRAL")


def codes(error: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, Any]]:
    return [(problem.code, problem.where.get("field")) for problem in error.value.problems]


def task_of(session: Session, topic: str, year: int = YEAR) -> Any:
    return next(task for task in calendar_tasks(session, year) if task.topic == topic)


def test_months_of_a_fiscal_year() -> None:
    assert month_begins(2570, 1) == date(2026, 10, 1)
    assert month_ends(2570, 5) == date(2027, 2, 28)
    assert month_ends(2567, 5) == date(2024, 2, 29)
    assert month_ends(2570, 13) == date(2027, 10, 31)


def test_a_year_is_opened_from_the_letters(session: Session, year: int) -> None:
    tasks = calendar_tasks(session, year)
    assert len({task.topic for task in tasks}) == 14
    assert len([task for task in tasks if task.topic == "FINANCE"]) == 12
    assert (task_of(session, "PLAN").opens_on, task_of(session, "PLAN").due_on) == (
        date(2026, 11, 1),
        date(2027, 2, 28),
    )
    q2 = task_of(session, "DISBURSEMENT")
    assert (q2.period_to, q2.due_on, q2.check_until, q2.officer_enters) == (
        6, date(2027, 4, 30), date(2027, 6, 30), True,
    )  # fmt: skip
    assert {task.owner_role for task in tasks} == {"LAO_PLANNER", "LAO_FINANCE", "LAO_ENGINEER"}
    assert open_year(session, DEPARTMENT, year, today=TODAY).tasks == 0


def test_rules_hold_in_their_years(session: Session) -> None:
    for opened in (2554, 2561, 2562):
        open_year(session, DEPARTMENT, opened, today=TODAY)
    announced = {
        opened: [task.due_on for task in calendar_tasks(session, opened) if task.topic == "EVALUATION"]
        for opened in (2554, 2561, 2562)
    }
    # Twice a year, in October and April, until October 2561; then once, by 31 December.
    assert announced == {2554: [], 2561: [date(2017, 10, 31), date(2018, 4, 30)], 2562: [date(2018, 12, 31)]}
    # Coordinates are entered since 1 October 2554.
    assert "COORDINATES" not in {task.topic for task in calendar_tasks(session, 2554)}


@pytest.mark.parametrize("wanted", [first_year() - 1, 2572])
def test_a_year_before_the_data_or_too_far_ahead_is_refused(session: Session, wanted: int) -> None:
    with pytest.raises(InvalidInput) as error:
        open_year(session, DEPARTMENT, wanted, today=TODAY)
    assert codes(error) == [("calendar_year_outside", "fiscal_year")]
    assert error.value.problems[0].values["first"] == 2554


def test_the_worker_opens_the_running_year_and_in_its_last_quarter_the_next(session: Session) -> None:
    assert open_due_years(session, today=date(2027, 6, 30)) == [2570]
    assert open_due_years(session, today=date(2027, 7, 1)) == [2571]
    assert open_due_years(session, today=date(2027, 7, 1)) == []


def test_everything_that_is_wrong_is_told_at_once(session: Session, year: int) -> None:
    wrong = NewTask("VISION", " ", date(2027, 3, 31), date(2027, 3, 1), check_until=date(2040, 1, 1))
    with pytest.raises(InvalidInput) as error:
        add_task(session, DEPARTMENT, year, wrong, "", today=TODAY)
    assert codes(error) == [
        ("field_required", "reason"),
        ("field_required", "name_th"),
        ("days_reversed", "due_on"),
        ("day_too_far", "check_until"),
        ("calendar_overlap", "period_from"),
    ]


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (4, 3), (1, 13)])
def test_months_that_are_none_are_refused(session: Session, year: int, first: int, last: int) -> None:
    task = NewTask("FINANCE", "x", date(2027, 1, 1), date(2027, 1, 2), period_from=first, period_to=last)
    with pytest.raises(InvalidInput) as error:
        add_task(session, DEPARTMENT, year, task, "เหตุผล", today=TODAY)
    assert codes(error) == [("calendar_period", "period_to")]


def test_two_tasks_never_tell_of_one_matter(session: Session, year: int) -> None:
    with pytest.raises(InvalidInput) as error:
        add_task(session, DEPARTMENT, year, TASK, "เหตุผล", today=TODAY)
    assert codes(error) == [("calendar_overlap", "period_from")]
    remove_task(session, DEPARTMENT, task_of(session, "VISION").id, "ยุบรวม")
    made = add_task(session, DEPARTMENT, year, TASK, "เหตุผล", today=TODAY)
    assert task_of(session, "VISION").id == made.id
    # The database keeps it too, whoever writes.
    with pytest.raises(sa.exc.IntegrityError, match="ex_calendar_task_overlap"), session.begin_nested():
        session.execute(
            sa.text(
                "INSERT INTO calendar_task (fiscal_year_be, topic, period_from, period_to, name_th, opens_on, due_on,"
                " owner_role) VALUES (:y, 'VISION', 0, 3, 'x', '2027-01-01', '2027-01-02', 'LAO_PLANNER')"
            ),
            {"y": year},
        )


def test_an_amendment_keeps_its_reason_and_what_stood_before(session: Session, year: int) -> None:
    task = task_of(session, "PLAN")
    made = amend_task(session, DEPARTMENT, task.id, {"due_on": date(2027, 3, 31)}, "น้ำท่วม", if_match_version=1)
    assert made.row_version == 2
    [change] = calendar_changes(session, year)
    assert change.before is not None and change.after is not None
    assert (change.before["due_on"], change.after["due_on"]) == ("2027-02-28", "2027-03-31")
    assert change.after["reason"] == "น้ำท่วม"
    with pytest.raises(Conflict) as error:
        amend_task(session, DEPARTMENT, task.id, {"due_on": date(2027, 4, 30)}, "x", if_match_version=1)
    assert error.value.values["values"]["due_on"] == {"base": "2027-02-28", "theirs": "2027-03-31"}


def test_only_the_department_writes(session: Session, year: int) -> None:
    task = task_of(session, "PLAN")
    for role, scope in (("CENTRAL_ANALYST", "nation"), ("PROV_OFFICER", "province"), ("LAO_PLANNER", "organisation")):
        actor = Actor(1, "x", "x", "th", (Grant(role, scope, None, "99"),))  # type: ignore[arg-type]
        for act in (
            lambda a=actor: open_year(session, a, 2571, today=TODAY),
            lambda a=actor: add_task(session, a, year, TASK, "x", today=TODAY),
            lambda a=actor: amend_task(session, a, task.id, {}, "x"),
            lambda a=actor: remove_task(session, a, task.id, "x"),
        ):
            with pytest.raises(Forbidden):
                act()
    with pytest.raises(NotFound):
        amend_task(session, SYSTEM_ACTOR, 10**9, {}, "x")


def test_the_year_in_parts_ends_each_on_a_day_on_which_something_is_due(session: Session, year: int) -> None:
    open_year(session, DEPARTMENT, year - 1, today=TODAY)
    parts = phases(calendar_tasks(session, year - 1, year), first_day(year), last_day(year))
    assert [(part.ends_on.month, part.fiscal_year_be, part.checked) for part in parts] == [
        (10, 2569, False), (11, 2570, False), (2, 2570, False), (3, 2570, False), (4, 2570, False), (6, 2570, True),
        (8, 2570, False), (9, 2570, False),
    ]  # fmt: skip
    assert parts[0].begins_on == date(2026, 10, 1) and parts[-1].ends_on == date(2027, 9, 30)
    assert all((b.begins_on - a.ends_on).days == 1 for a, b in itertools.pairwise(parts))


# --- for programs and people -----------------------------------------------------------------------------------------


def test_programs_amend_with_the_version_that_they_saw(
    client: FlaskClient, sign_in: SignIn, session: Session, year: int, department: UserAccount
) -> None:
    sign_in(client, department)
    answer = client.get(f"/api/v1/calendar/{year}")
    task = next(one for one in answer.json["items"] if one["topic"] == "PLAN")
    address = f"/api/v1/calendar-tasks/{task['id']}"
    body = {"due_on": "31 มี.ค. 2570", "reason": "น้ำท่วม"}
    assert client.patch(address, json=body).status_code == 428
    assert client.patch(address, json=body, headers={"If-Match": '"t1"'}).json == {"id": task["id"], "row_version": 2}
    assert client.patch(address, json=body, headers={"If-Match": '"t1"'}).status_code == 412
    refused = client.patch(address, json={"due_on": "1 ม.ค. 2569"}, headers={"If-Match": '"t2"'})
    assert (refused.status_code, [p["code"] for p in refused.json["errors"]]) == (422, ["field_required"])
    assert client.post(f"{address}/remove", json={"reason": "x"}, headers={"If-Match": '"t2"'}).status_code == 200
    assert client.post("/api/v1/calendar/2553/open").json["errors"][0]["code"] == "calendar_year_outside"


def test_the_page_opens_amends_and_tells_what_is_wrong(
    client: FlaskClient, sign_in: SignIn, session: Session, year: int, department: UserAccount
) -> None:
    sign_in(client, department)
    address = f"/monitoring/calendar?fiscal_year={year}"
    task = task_of(session, "PLAN")
    page = client.get(f"{address}&edit={task.id}").text
    assert "28 ก.พ. 2570" in page and "นำออกจากปฏิทิน" in page
    form = {"name_th": task.name_th, "period_from": "0", "period_to": "0", "opens_on": "1 พ.ย. 2569",
            "due_on": "1 ต.ค. 2569", "row_version": "1", "do": "save", "reason": ""}  # fmt: skip
    refused = client.post(f"{address}&edit={task.id}", data=form)
    assert refused.status_code == 422 and "ต้อง" in refused.text and 'value="1 ต.ค. 2569"' in refused.text
    done = client.post(f"{address}&edit={task.id}", data={**form, "due_on": "31 มี.ค. 2570", "reason": "น้ำท่วม"})
    assert done.status_code == 303
    told = client.get(address).text
    assert "31 มี.ค. 2570" in told and "เหตุผล: น้ำท่วม" in told
    assert client.post("/monitoring/calendar?fiscal_year=2569", data={"do": "open"}).status_code == 303
    assert "ประวัติ" not in client.get("/monitoring/calendar?fiscal_year=2569").text

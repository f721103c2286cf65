"""The officers' calendar for programs: read by staff, opened and amended by the department."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.queries.calendar import Task, calendar_tasks, calendar_years
from app.services import calendar as service
from app.services.calendar import NewTask
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body
from app.web.monitoring_request import require_rows
from app.web.organisation_money import acted, written
from app.web.payloads import if_match

blueprint = Blueprint("calendar_json", __name__)

RULE = "/api/v1/calendar/<int:year>"
ONE = "/api/v1/calendar-tasks/<int:task_id>"
NEW = Body(
    {
        "topic": "text",
        "period_from": "whole",
        "period_to": "whole",
        "name_th": "text",
        "name_en": "text",
        "opens_on": "date",
        "due_on": "date",
        "check_until": "date",
        "officer_enters": "flag",
        "source": "text",
        "reason": "text",
    },
    frozenset({"topic", "name_th", "opens_on", "due_on", "reason"}),
)
CHANGE = Body({name: kind for name, kind in NEW.fields.items() if name != "topic"}, frozenset({"reason"}))
REMOVAL = Body({"reason": "text"}, frozenset({"reason"}))
_TASK = {
    "type": "object",
    "required": ["id", "topic", "opens_on", "due_on", "row_version"],
    "properties": {
        "id": {"type": "integer"},
        "topic": {"type": "string"},
        "period_from": {"type": "integer", "description": "0 is the year, 1 to 12 its months from October"},
        "period_to": {"type": "integer"},
        "opens_on": {"type": "string", "format": "date"},
        "due_on": {"type": "string", "format": "date"},
        "check_until": {"type": ["string", "null"], "format": "date"},
        "owner_role": {"type": "string"},
        "row_version": {"type": "integer", "description": 'For If-Match: "t" and this number'},
    },
}
_YEAR: dict[str, Any] = {
    "type": "object",
    "required": ["years", "items"],
    "properties": {
        "years": {"type": "array", "items": {"type": "integer"}, "description": "Fiscal years with a calendar"},
        "items": {"type": "array", "items": _TASK},
    },
}
_RECEIPT = {
    "type": "object",
    "required": ["id", "row_version"],
    "properties": {"id": {"type": "integer"}, "row_version": {"type": "integer"}},
}
_OPENED = {
    "type": "object",
    "required": ["fiscal_year_be", "tasks"],
    "properties": {"fiscal_year_be": {"type": "integer"}, "tasks": {"type": "integer"}},
}
_IF_MATCH = {"If-Match": 'row_version of the task that you read, such as "t3"; without it 428, when stale 412'}


def task_json(task: Task) -> dict[str, Any]:
    """A task as programs see it."""
    return asdict(task)


@api_route(
    blueprint,
    RULE,
    access=Access.SIGNED_IN,
    summary="Calendar of a fiscal year: what is due when (staff)",
    response=_YEAR,
)
def read_calendar(year: int) -> dict[str, Any]:
    """The first due first."""
    require_rows()
    with current().database.reading() as session:
        tasks = calendar_tasks(session, year)
        return {"years": calendar_years(session), "items": [task_json(task) for task in tasks]}


@api_route(
    blueprint,
    f"{RULE}/open",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Open a fiscal year's calendar from the rules that hold in it (the department)",
    response=_OPENED,
)
def open_calendar(year: int) -> dict[str, Any]:
    """A year that is open is left alone."""
    return acted(lambda session, actor: service.open_year(session, actor, year))


@api_route(
    blueprint,
    f"{RULE}/tasks",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Add a task to a fiscal year's calendar (the department)",
    response=_RECEIPT,
    status=201,
    body=NEW.schema(),
)
def add_task(year: int) -> dict[str, Any]:
    """With its reason."""
    return written(NEW, lambda session, actor, given: _added(session, actor, year, given))


def _added(session: Any, actor: Any, year: int, given: dict[str, Any]) -> service.TaskReceipt:
    reason = given.pop("reason")
    return service.add_task(session, actor, year, NewTask(**given), reason)


@api_route(
    blueprint,
    ONE,
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Amend a task of the calendar with a reason (the department)",
    response=_RECEIPT,
    body=CHANGE.schema(),
    headers=_IF_MATCH,
)
def amend_task(task_id: int) -> dict[str, Any]:
    """What is not named stays."""
    version = if_match("t")
    return written(
        CHANGE,
        lambda session, actor, given: service.amend_task(
            session, actor, task_id, given, given.pop("reason"), if_match_version=version
        ),
    )


@api_route(
    blueprint,
    f"{ONE}/remove",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take a task out of its year with a reason (the department)",
    response=_RECEIPT,
    body=REMOVAL.schema(),
    headers=_IF_MATCH,
)
def remove_task(task_id: int) -> dict[str, Any]:
    """Nothing of its topic and part of the year is due any more; the history keeps it."""
    version = if_match("t")
    return written(
        REMOVAL,
        lambda session, actor, given: service.remove_task(
            session, actor, task_id, given["reason"], if_match_version=version
        ),
    )

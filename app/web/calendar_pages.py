"""Page of the calendar: what is due when in a fiscal year, and where the department amends it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.queries.calendar import Task, calendar_changes, calendar_tasks, calendar_years
from app.services import calendar as service
from app.services.calendar import NewTask, first_year
from app.web.calendar_json import CHANGE, NEW, REMOVAL
from app.web.change_words import field_name
from app.web.completeness_words import owner_names, period_name, task_name, topics
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, Param, page_route
from app.web.filters import thai_date
from app.web.monitoring_request import YEAR, require_rows, today
from app.web.page_forms import posted, read_typed
from app.web.params import integer_schema, whole_number

blueprint = Blueprint("calendar_pages", __name__)

PAGE = "/monitoring/calendar"
EDIT = Param("edit", whole_number(0, 2**53), integer_schema(0, 2**53), "Task that is amended; 0 for a new one")
_TOLD = ("name_th", "opens_on", "due_on", "check_until", "period_from", "period_to", "officer_enters")


@page_route(blueprint, PAGE, access=Access.SIGNED_IN, params=(YEAR, EDIT))
def calendar_page(fiscal_year: int | None, edit: int | None) -> str:
    """The running year, or that of the address."""
    return _page(fiscal_year or current_fiscal_year_be(), edit)


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN, params=(YEAR, EDIT))
def write_calendar(fiscal_year: int | None, edit: int | None) -> Response:
    """Open the year, add a task, amend one or take it out."""
    year, form = fiscal_year or current_fiscal_year_be(), request.form
    return posted(
        lambda session, actor: _act(session, actor, year, edit, form),
        again=lambda problems: _page(year, edit, problems, form),
        then=url_for(".calendar_page", fiscal_year=year),
    )


def _act(session: Session, actor: Actor, year: int, edit: int | None, form: Any) -> Any:
    if form.get("do") == "open":
        return service.open_year(session, actor, year)
    if form.get("do") == "remove":
        given = read_typed(REMOVAL, form)
        return service.remove_task(session, actor, edit or 0, given["reason"], if_match_version=_version(form))
    if edit:
        given = read_typed(CHANGE, form)
        # A field of the form that was emptied is empty: what is not sent by programs stays.
        emptied = {name: None for name in ("check_until", "name_en", "source") if name in form}
        reason = given.pop("reason")
        return service.amend_task(session, actor, edit, {**emptied, **given}, reason, if_match_version=_version(form))
    given = read_typed(NEW, form)
    reason = given.pop("reason")
    return service.add_task(session, actor, year, NewTask(**given), reason)


def _version(form: Any) -> int | None:
    text = str(form.get("row_version", ""))
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _page(year: int, edit: int | None, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    require_rows()
    actor = current().actor
    with current().database.reading() as session:
        tasks = calendar_tasks(session, year)
        edited = next((task for task in tasks if task.id == edit), None)
        may = policy.may(actor, policy.CALENDAR_WRITE, policy.NATION)
        return render_template(
            "monitoring/calendar.html",
            year=year,
            years=sorted({*calendar_years(session), year, current_fiscal_year_be()}, reverse=True),
            first_year=first_year(),
            tasks=tasks,
            topics=topics(session),
            topic_options=[(topic.code, topic.name) for topic in topics(session).values()],
            owners=owner_names(session),
            changes=[_told(change) for change in calendar_changes(session, year)],
            today=today(),
            may=may,
            edit=edit if may and (edited or edit == 0) else None,
            edited=edited,
            typed=typed if typed is not None else _begins_with(edited),
            problems=problems or [],
            period_name=period_name,
            task_name=task_name,
        )


def _begins_with(task: Task | None) -> dict[str, str]:
    """What the form begins with."""
    if task is None:
        return {"period_from": "0", "period_to": "0"}
    return {
        "topic": task.topic,
        "name_th": task.name_th,
        "name_en": task.name_en or "",
        "period_from": str(task.period_from),
        "period_to": str(task.period_to),
        "opens_on": thai_date(task.opens_on),
        "due_on": thai_date(task.due_on),
        "check_until": thai_date(task.check_until) if task.check_until else "",
        "officer_enters": "on" if task.officer_enters else "",
        "source": task.source or "",
        "row_version": str(task.row_version),
    }


def _told(change: Any) -> dict[str, Any]:
    """An amendment in words: fields with what they were and are, and the reason."""
    before, after = change.before or {}, change.after or {}
    fields = [
        (field_name(name, "calendar_task"), before.get(name), after.get(name))
        for name in _TOLD
        if change.action == "update" and name in after
    ]
    return {
        "at": change.at,
        "by": change.by,
        "receipt": change.receipt,
        "name": change.name_th,
        "action": "remove" if after.get("removed_at") else change.action,
        "fields": [(word, _value(old), _value(new)) for word, old, new in fields],
        "reason": after.get("reason"),
    }


def _value(value: Any) -> str:
    text = "–" if value is None else str(value)
    return thai_date_of(text)


def thai_date_of(text: str) -> str:
    """A day of the log as offices write it; other texts as they are."""
    try:
        return thai_date(date.fromisoformat(text))
    except ValueError:
        return text

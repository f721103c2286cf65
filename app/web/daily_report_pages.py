"""Pages of the officers' daily reports: a month with the state of each day, and one day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.queries.daily_reports import ACTS, calls_of_day, organisations_of_province
from app.services import daily_reports as service
from app.services.daily_reports import NewCall, due_by, state_of, target_of
from app.services.quiet_time import is_working_day
from app.web.context import current
from app.web.daily_report_words import ACT_NAMES, CALLS, STATES, month_name, weekday
from app.web.daily_reports import (
    BUDDHIST_ERA,
    CALL,
    MONTH,
    NOTE,
    OFFICER,
    PROVINCE,
    REASON,
    REMARKS,
    asked_provinces,
    content,
    day_of,
    found,
    months,
)
from app.web.endpoint import Access, page_route
from app.web.monitoring_request import today
from app.web.page_forms import posted, read_typed

blueprint = Blueprint("daily_report_pages", __name__)

ONE = "/daily-reports/<int:officer_id>/<day>"
MOST_OFFICERS = 20


@page_route(blueprint, "/daily-reports", access=Access.SIGNED_IN, params=(MONTH, PROVINCE, OFFICER))
def month_page(month: date | None, province: str | None, officer: int | None) -> str:
    """One's own month for an officer, the officers of the province for its head, all for the department."""
    actor = current().actor
    provinces = asked_provinces(province)
    first = (month or today()).replace(day=1)
    with current().database.reading() as session:
        found_months = months(session, provinces, first, officer)
    own = next((one.officer for one in found_months if one.officer.id == actor.user_id), None)
    # An officer's own month stands first.
    found_months.sort(key=lambda one: one.officer.id != actor.user_id)
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return render_template(
        "daily_reports/month.html",
        months=found_months[:MOST_OFFICERS],
        more=max(len(found_months) - MOST_OFFICERS, 0),
        first=first,
        before=month_text((first - timedelta(days=1)).replace(day=1)),
        after=month_text(after) if after <= today() else None,
        province=province,
        officer=officer,
        own=own,
        states=STATES,
        today=today(),
        weekday=weekday,
        month_name=month_name,
    )


def month_text(first: date) -> str:
    """A month as the address has it."""
    return f"{first.year + BUDDHIST_ERA}-{first.month:02}"


@page_route(blueprint, ONE, access=Access.SIGNED_IN)
def day_page(officer_id: int, day: str) -> str:
    """The report of a day."""
    return _day(officer_id, day)


@page_route(blueprint, ONE, methods=("POST",), access=Access.SIGNED_IN)
def act_on(officer_id: int, day: str) -> Response:
    """A step of the report."""
    return posted(
        lambda session, actor: _act(session, actor, officer_id, day_of(day), request.form),
        again=lambda problems: _day(officer_id, day, problems, request.form),
        then=url_for(".day_page", officer_id=officer_id, day=day),
    )


def _act(session: Session, actor: Actor, officer_id: int, day: date, form: Any) -> Any:
    do, version = form.get("do", ""), form.get("row_version", type=int)
    if do == "call":
        return service.add_call(session, actor, officer_id, day, NewCall(**read_typed(CALL, form)))
    if do == "remove-call":
        return service.remove_call(session, actor, officer_id, day, form.get("call", type=int) or 0)
    if do == "sign":
        return service.sign(session, actor, officer_id, day, if_match_version=version)
    if do == "return":
        note = read_typed(NOTE, form)["note"]
        return service.give_back(session, actor, officer_id, day, note, if_match_version=version)
    if do == "again":
        return service.begin_again(session, actor, officer_id, day, read_typed(REASON, form)["reason"])
    remarks = read_typed(REMARKS, form).get("remarks")
    receipt = service.save_remarks(session, actor, officer_id, day, remarks, if_match_version=version)
    if do == "send":
        return service.send(session, actor, officer_id, day, if_match_version=receipt.row_version)
    return receipt


def _day(officer_id: int, day: str, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    actor = current().actor
    with current().database.reading() as session:
        officer, when, versions = found(session, officer_id, day)
        report = versions[0] if versions else None
        own = actor.user_id == officer_id and policy.may(actor, policy.DAILY_REPORT_WRITE, target_of(officer))
        open_now = report is None or report.status in ("DRAFT", "RETURNED")
        sign = policy.may(actor, policy.DAILY_REPORT_SIGN, target_of(officer)) and actor.user_id != officer_id
        return render_template(
            "daily_reports/day.html",
            officer=officer,
            day=when,
            report=report,
            versions=versions,
            content=content(session, officer, when, report),
            calls=calls_of_day(session, officer_id, when) if open_now else [],
            organisations=organisations_of_province(session, officer.province_code) if own and open_now else [],
            state=state_of(report, when, today()),
            states=STATES,
            acts=[(act, ACT_NAMES[act]) for act in ACTS],
            call_names=CALLS,
            working=is_working_day(when),
            due_by=due_by(when),
            may={
                "write": own and open_now and when <= today(),
                "again": own and report is not None and report.status == "SIGNED",
                "sign": sign and report is not None and report.status == "SENT",
            },
            month=month_text(when.replace(day=1)),
            typed=typed if typed is not None else {"remarks": (report.remarks if report else None) or ""},
            problems=problems or [],
            today=today(),
            weekday=weekday,
        )

"""The officers' daily reports for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.queries.daily_reports import Officer, ReportView, officers, reports_between, reports_of
from app.queries.evaluations import sealed_text
from app.services import daily_reports as service
from app.services.daily_report_print import daily_page, daily_workbook
from app.services.daily_reports import NewCall, content_of_day, provinces_of, readable
from app.services.plan_print import Page, page_html
from app.services.printing import print_page
from app.web.context import current
from app.web.daily_report_words import months_of
from app.web.endpoint import Access, Param, api_route
from app.web.money_body import Body, read_body
from app.web.monitoring_request import today
from app.web.organisation_money import ITEMS, OBJECT, acted
from app.web.params import Unreadable, area_code, integer_schema, string_schema, whole_number
from app.web.payloads import if_match, json_object
from app.web.plan_files import FORMAT, MEDIA_TYPES, file_answer
from gis.problems import Problem
from gis.thai import format_thai_date

blueprint = Blueprint("daily_reports", __name__)

BUDDHIST_ERA = 543
# The years of the months above.
_DAY = re.compile(r"(199[7-9]|20[0-8]\d|209[0-7])-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def month(text: str) -> date:
    """First day of a month as 2569-11 (B.E.)."""
    found = _MONTH.fullmatch(text)
    if found is None or not 2540 <= int(found[1]) <= 2640:
        raise Unreadable("เดือน พ.ศ. เช่น 2569-11", "a Buddhist-era month such as 2569-11")
    return date(int(found[1]) - BUDDHIST_ERA, int(found[2]), 1)


MONTH = Param("month", month, string_schema(pattern="^[0-9]{4}-[0-9]{2}$"), "Month (B.E.); without it the running one")
PROVINCE = Param("province", area_code, string_schema(pattern="^[0-9]{2}$"), "Province")
OFFICER = Param("officer", whole_number(1, 2**53), integer_schema(1, 2**53), "Number of the officer's account")
ONE = "/api/v1/daily-reports/<int:officer_id>/<day>"
ACTS = "any(remarks,calls,removals,send,sign,return,versions)"
REMARKS = Body({"remarks": "text"})
CALL = Body(
    {"organisation_code": "text", "kind": "text", "subject": "text"},
    frozenset({"organisation_code", "kind", "subject"}),
)
REMOVE = Body({"call": "whole"}, frozenset({"call"}))
NOTE = Body({"note": "text"}, frozenset({"note"}))
REASON = Body({"reason": "text"}, frozenset({"reason"}))
_BINARY = {"type": "string", "format": "binary"}


@api_route(
    blueprint,
    "/api/v1/daily-reports",
    access=Access.SIGNED_IN,
    params=(MONTH, PROVINCE, OFFICER),
    summary="Days of a month with the state of each officer's report: of one's province, or of all for the department",
    response=ITEMS,
)
def read_month(month: date | None, province: str | None, officer: int | None) -> dict[str, Any]:
    """Unsent and late days too."""
    with current().database.reading() as session:
        provinces = asked_provinces(province)
        first = (month or today()).replace(day=1)
        lines = months(session, provinces, first, officer)
    return {
        "items": [
            {
                "officer": line.officer.id,
                "officer_name": line.officer.name,
                "province": line.officer.province_code,
                "day": line.day,
                "state": line.state,
                "sent_late": line.late,
                "version": line.report.version if line.report else None,
            }
            for one in lines
            for line in one.days
        ]
    }


@api_route(blueprint, ONE, access=Access.SIGNED_IN, summary="The report of an officer and day", response=OBJECT)
def read_one(officer_id: int, day: str) -> dict[str, Any]:
    """Of a day that was not sent, what the log says now."""
    with current().database.reading() as session:
        officer, when, versions = found(session, officer_id, day)
        return {
            "state": service.state_of(versions[0] if versions else None, when, today()),
            "versions": [asdict(one) for one in versions],
            "content": content(session, officer, when, versions[0] if versions else None),
        }


@api_route(
    blueprint,
    f"{ONE}/file",
    access=Access.SIGNED_IN,
    params=(FORMAT,),
    summary="The report as XLSX or PDF",
    response={"content": {media_type: _BINARY for media_type in MEDIA_TYPES.values()}},
)
def read_file(officer_id: int, day: str, format: str) -> Response:
    """A draft says that it is one."""
    with current().database.reading() as session:
        officer, when, versions = found(session, officer_id, day)
        report = versions[0] if versions else None
        told, page = content(session, officer, when, report), page_of(session, officer, when, report)
    made = print_page(page_html(page), tagged=page.tagged) if format == "pdf" else daily_workbook(told, page)
    return file_answer(made, f"รายงานประจำวัน {officer.name} {format_thai_date(when)}", format)


@api_route(
    blueprint,
    f"{ONE}/<{ACTS}:act>",
    method="POST",
    access=Access.SIGNED_IN,
    summary="A step: remarks, calls, removals, send, versions (the officer), sign, return (the province's head)",
    body={"oneOf": [body.schema() for body in (REMARKS, CALL, REMOVE, NOTE, REASON)]},
    response=OBJECT,
    headers={"If-Match": 'Version, such as "r3"; asked for by sign and return'},
)
def act(officer_id: int, day: str, act: str) -> dict[str, Any]:
    """What may come next follows from the status."""
    given = read_body(_BODIES[act], json_object())
    when = day_of(day)
    version = if_match("r") if act in ("sign", "return") else None
    return acted(lambda session, actor: _ACTS[act](session, actor, officer_id, when, given, version))


_BODIES: Mapping[str, Body] = {
    "remarks": REMARKS,
    "calls": CALL,
    "removals": REMOVE,
    "send": Body({}),
    "sign": Body({}),
    "return": NOTE,
    "versions": REASON,
}
_Act = Callable[[Session, Actor, int, date, dict[str, Any], int | None], Any]
_ACTS: Mapping[str, _Act] = {
    "remarks": lambda s, a, officer, day, given, _v: service.save_remarks(s, a, officer, day, given.get("remarks")),
    "calls": lambda s, a, officer, day, given, _v: service.add_call(s, a, officer, day, NewCall(**given)),
    "removals": lambda s, a, officer, day, given, _v: service.remove_call(s, a, officer, day, given["call"]),
    "send": lambda s, a, officer, day, _given, _v: service.send(s, a, officer, day),
    "sign": lambda s, a, officer, day, _given, v: service.sign(s, a, officer, day, if_match_version=v),
    "return": lambda s, a, officer, day, given, v: service.give_back(
        s, a, officer, day, given["note"], if_match_version=v
    ),
    "versions": lambda s, a, officer, day, given, _v: service.begin_again(s, a, officer, day, given["reason"]),
}


def day_of(text: str) -> date:
    """A day of the address.

    Raises
    ------
    InvalidInput
        ``invalid_field``.
    """
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        expected = {"expected_th": "วันเช่น 2026-11-20", "expected_en": "a day such as 2026-11-20"}
        problem = Problem("invalid_field", where={"field": "day"}, values={"given": text[:40], **expected})
        raise InvalidInput([problem]) from None


def found(session: Session, officer_id: int, day: str) -> tuple[Officer, date, list[ReportView]]:
    """The officer, the day and the versions of its report, for whoever may read them."""
    officer, when = readable(session, current().actor, officer_id), day_of(day)
    return officer, when, reports_of(session, officer_id, officer.province_code, when)


def content(session: Session, officer: Officer, day: date, report: ReportView | None) -> dict[str, Any]:
    """What was sent; of an open report, what the log says now."""
    if report is not None and report.status in ("SENT", "SIGNED") and report.content_sha256:
        told: dict[str, Any] = json.loads(sealed_text(session, report.content_sha256) or "{}")
        return told
    return content_of_day(session, officer, day, report)


def page_of(session: Session, officer: Officer, day: date, report: ReportView | None) -> Page:
    """The report as a page to be printed."""
    sealed = report is not None and report.status in ("SENT", "SIGNED")
    signed = report if report is not None and report.status == "SIGNED" else None
    return daily_page(
        content(session, officer, day, report),
        sha256=report.content_sha256 if report and sealed else None,
        signed=signed.decided_by_name if signed else None,
        signed_at=signed.decided_at if signed else None,
        receipt=current().request_id,
    )


def asked_provinces(province: str | None) -> list[str] | None:
    """Provinces of a list: what may be read, narrowed to one that is asked for."""
    allowed = provinces_of(current().actor)
    if province is None:
        return None if allowed is None else list(allowed)
    return [province] if allowed is None or province in allowed else []


def months(session: Session, provinces: list[str] | None, first: date, officer: int | None) -> list[Any]:
    """Months of officers."""
    last = list(service.days_of_month(first))[-1]
    found_officers = [
        one
        for one in officers(session, provinces, officer_id=officer)
        if one.since <= last and (one.until is None or one.until >= first)
    ]
    reports = reports_between(session, provinces, first, last, officer_id=officer)
    return months_of(found_officers, reports, first, today())

"""Maintenance windows: announced on a page or by a program, and what open pages ask for once in a while."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import MAINTENANCE, NATION, require
from app.errors import InvalidInput
from app.queries.maintenance import Window, coming_windows, one_window, window_history
from app.services import maintenance as service
from app.services.maintenance import PARTS, NewWindow
from app.web.context import current, language, own_session
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.filters import thai_date, thai_datetime, thai_time
from app.web.money_body import Body, read_body
from app.web.page_forms import go, refusals
from app.web.params import integer_schema, whole_number
from app.web.payloads import if_match, json_object
from app.web.status import window_json
from app.web.windows import told_window, windows
from gis.problems import Problem
from gis.thai import ZONE, parse_thai_date, to_arabic_digits

blueprint = Blueprint("maintenance", __name__)

PAGE = "/maintenance"
ONE = "/api/v1/maintenance/<int:window_id>"
EDIT = Param("edit", whole_number(0, 2**53), integer_schema(0, 2**53), "Window that is amended")
PART_NAMES = {
    "map": lazy_gettext("แผนที่"),
    "exports": lazy_gettext("ส่งออกและดาวน์โหลด"),
    "analysis": lazy_gettext("วิเคราะห์"),
    "data_service": lazy_gettext("บริการข้อมูลของหน่วยงาน"),
}
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?:\s*น\.?)?")
_WINDOW = Body(
    {"begins_at": "text", "ends_at": "text", "reason_th": "text", "reason_en": "text", "notice_hours": "whole"},
    frozenset({"begins_at", "ends_at", "reason_th"}),
)
_CHANGE = Body(_WINDOW.fields)
_REASON = Body({"reason": "text"}, frozenset({"reason"}))
_RECEIPT = {
    "type": "object",
    "required": ["id", "row_version"],
    "properties": {"id": {"type": "integer"}, "row_version": {"type": "integer"}},
}
_IF_MATCH = {"If-Match": 'row_version of the window that you read, such as "w3"'}
_NOTICE = {
    "type": "object",
    "required": ["at", "window", "text"],
    "properties": {
        "at": {"type": "string", "format": "date-time"},
        "window": {"type": ["object", "null"]},
        "text": {"type": "string", "description": "What the banner says; empty when there is none"},
        "open": {"type": "boolean", "description": "Nothing can be written now"},
    },
}


def _schema(body: Body) -> dict[str, Any]:
    schema = body.schema()
    moment = {"type": "string", "format": "date-time", "description": "2026-11-22T20:00+07:00"}
    parts = {"type": "array", "items": {"enum": list(PARTS)}, "description": "Closed to reading as well"}
    schema["properties"] |= {"begins_at": moment, "ends_at": moment, "closed_parts": parts}
    return schema


@api_route(
    blueprint,
    "/api/v1/maintenance",
    access=Access.PUBLIC,
    summary="What the banner of every page says now; open pages ask once in a while",
    response=_NOTICE,
)
def notice() -> dict[str, Any]:
    """From memory: asked by every open page."""
    window, now = told_window(), datetime.now(UTC)
    return {
        "at": now,
        "window": window_json(window),
        "text": notice_text(window) if window else "",
        "open": window is not None and window.is_open(now),
    }


@api_route(
    blueprint,
    "/api/v1/maintenance",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Announce a maintenance window (the department)",
    body=_schema(_WINDOW),
    response=_RECEIPT,
    status=201,
)
def announce() -> dict[str, Any]:
    """Two windows never overlap."""
    wanted = NewWindow(**_given(_WINDOW))
    return _acted(lambda session, actor: service.announce(session, actor, wanted))


@api_route(
    blueprint,
    ONE,
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Amend a window that is not over (the department)",
    body=_schema(_CHANGE),
    response=_RECEIPT,
    headers=_IF_MATCH,
)
def amend(window_id: int) -> dict[str, Any]:
    """What is not named stays; of one that is open the beginning stays."""
    version, changes = if_match("w"), _given(_CHANGE)
    return _acted(lambda session, actor: service.amend(session, actor, window_id, changes, if_match_version=version))


@api_route(
    blueprint,
    f"{ONE}/cancel",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Give a window up; one that is open ends now (the department)",
    body=_REASON.schema(),
    response=_RECEIPT,
    headers=_IF_MATCH,
)
def cancel(window_id: int) -> dict[str, Any]:
    """It stays in the history."""
    version, reason = if_match("w"), read_body(_REASON, json_object())["reason"]
    return _acted(lambda session, actor: service.cancel(session, actor, window_id, reason, if_match_version=version))


@page_route(blueprint, PAGE, access=Access.SIGNED_IN, params=(EDIT,))
def maintenance_page(edit: int | None) -> str:
    """For the department; everybody else reads /status."""
    return _page(edit, {}, [])


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN, params=(EDIT,))
def write_page(edit: int | None) -> Response:
    """Announce, amend or give up."""
    context = current()
    require(context.actor, MAINTENANCE, NATION)
    try:
        with context.database.transaction(own_session()) as session:
            _act(session, context.actor, edit, request.form)
    except InvalidInput as error:
        return Response(_page(edit, request.form, refusals(error)), 422, mimetype="text/html")
    windows().forget()
    return go(url_for(".maintenance_page"))


def _act(session: Session, actor: Actor, edit: int | None, form: Mapping[str, str]) -> Any:
    version = int(form["row_version"]) if form.get("row_version", "").isdecimal() else None
    if form.get("do") == "cancel":
        return service.cancel(session, actor, edit or 0, form.get("cancel_reason", ""), if_match_version=version)
    wanted = _typed(form)
    if edit:
        return service.amend(session, actor, edit, asdict(wanted), if_match_version=version)
    return service.announce(session, actor, wanted)


def _typed(form: Mapping[str, str]) -> NewWindow:
    """The form's window.

    Raises
    ------
    InvalidInput
        Days, times and numbers that cannot be read, all at once.
    """
    problems: list[Problem] = []
    begins = _moment(form, "begins", problems)
    ends = _moment(form, "ends", problems)
    notice_text_ = to_arabic_digits(form.get("notice_hours", "") or "72").strip()
    if not (notice_text_.isdecimal() and len(notice_text_) < 6):
        problems.append(
            Problem("maintenance_notice", where={"field": "notice_hours"}, values={"least": 0, "most": 720})
        )
    if problems or begins is None or ends is None:
        raise InvalidInput(problems)
    closed = tuple(part for part in PARTS if form.get(f"closed_{part}"))
    return NewWindow(begins, ends, form.get("reason_th", ""), form.get("reason_en") or None, closed, int(notice_text_))


def _moment(form: Mapping[str, str], name: str, problems: list[Problem]) -> datetime | None:
    day, clock = (
        parse_thai_date(form.get(f"{name}_on", "")),
        _CLOCK.fullmatch(to_arabic_digits(form.get(f"{name}_time", "")).strip()),
    )
    if isinstance(day, Problem):
        problems.append(replace(day, where={"field": f"{name}_on"}))
    if clock is None:
        given = {"given": form.get(f"{name}_time", "")[:40]}
        problems.append(Problem("time_unreadable", where={"field": f"{name}_time"}, values=given))
    if not isinstance(day, date) or clock is None:
        return None
    return datetime.combine(day, time(int(clock[1]), int(clock[2])), ZONE)


def _given(body: Body) -> dict[str, Any]:
    """What a program sent.

    Raises
    ------
    InvalidInput
        Fields that are unknown, missing or unreadable.
    """
    sent = json_object()
    closed = sent.pop("closed_parts", None)
    values = read_body(body, sent)
    problems = []
    for name in ("begins_at", "ends_at"):
        if name in values:
            values[name] = _moment_of(values[name])
            if values[name] is None:
                problems.append(
                    Problem("time_unreadable", where={"field": name}, values={"given": str(sent[name])[:40]})
                )
    if closed is not None:
        values["closed_parts"] = tuple(str(part) for part in closed) if isinstance(closed, list) else (str(closed),)
    if problems:
        raise InvalidInput(problems)
    return values


def _moment_of(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def _acted(act: Any) -> dict[str, Any]:
    context = current()
    with context.database.transaction(own_session()) as session:
        receipt = act(session, context.actor)
    windows().forget()
    return asdict(receipt)


def _page(edit: int | None, typed: Mapping[str, str], problems: list[dict[str, Any]]) -> str:
    context = current()
    require(context.actor, MAINTENANCE, NATION)
    with context.database.reading() as session:
        edited = one_window(session, edit) if edit else None
        return render_template(
            "status/maintenance.html",
            coming=coming_windows(session),
            history=window_history(session),
            edited=edited,
            typed=typed or _begins_with(edited),
            problems=problems,
            part_names=PART_NAMES,
            now=datetime.now(UTC),
        )


def _begins_with(window: Window | None) -> dict[str, str]:
    if window is None:
        return {"notice_hours": "72"}
    closed = {f"closed_{part}": "on" for part in window.closed_parts}
    return closed | {
        "begins_on": thai_date(window.begins_at),
        "begins_time": _clock(window.begins_at),
        "ends_on": thai_date(window.ends_at),
        "ends_time": _clock(window.ends_at),
        "reason_th": window.reason_th,
        "reason_en": window.reason_en or "",
        "notice_hours": str(window.notice_hours),
        "row_version": str(window.row_version),
    }


def _clock(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%H:%M")


def notice_text(window: Window) -> str:
    """What the banner says, in the language of the page."""
    same_day = window.begins_at.astimezone(ZONE).date() == window.ends_at.astimezone(ZONE).date()
    until = thai_time(window.ends_at) if same_day else thai_datetime(window.ends_at)
    reason = window.reason(language())
    if window.is_open(datetime.now(UTC)):
        return str(
            _(
                "ปรับปรุงระบบ: อ่านได้อย่างเดียวถึง %(until)s (%(reason)s) ร่างที่วาดและฟอร์มออฟไลน์ทำต่อได้ บันทึกได้หลังเวลานี้",
                until=thai_datetime(window.ends_at),
                reason=reason,
            )
        )
    return str(
        _(
            "จะปรับปรุงระบบ %(begins)s ถึง %(until)s (%(reason)s) ช่วงนั้นอ่านได้ บันทึกไม่ได้",
            begins=thai_datetime(window.begins_at),
            until=until,
            reason=reason,
        )
    )


def maintenance_notice() -> dict[str, Any] | None:
    """The banner of a page; also of one that is shown while the database does not answer."""
    window = told_window()
    if window is None:
        return None
    return {
        "text": notice_text(window),
        "open": window.is_open(datetime.now(UTC)),
        "begins_at": window.begins_at.isoformat(),
        "ends_at": window.ends_at.isoformat(),
    }

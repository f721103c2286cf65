"""เตือน: a reminder from a list of what is owed, for who coordinates an organisation or follows a province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.queries.completeness import Scope
from app.queries.organisations import organisation_names
from app.queries.owed import Debt
from app.services import reminders as service
from app.services.reminders import AGAIN_AFTER, Reminded, RemindedAll, last_reminders
from app.web.context import attribution, current
from app.web.endpoint import Access, api_route, page_route
from app.web.money_body import Body
from app.web.monitoring_request import today
from app.web.organisation_money import written
from app.web.page_forms import go
from app.web.place_filters import check_places

blueprint = Blueprint("reminders", __name__)

BODY = Body({"organisation": "text", "tasks": "keys"}, frozenset({"organisation", "tasks"}))
_RECEIPT = {
    "type": "object",
    "required": ["organisation", "debts", "mails", "waiting", "threads"],
    "properties": {
        "organisation": {"type": "string"},
        "debts": {"type": "integer", "description": "Of how many tasks it was reminded"},
        "mails": {"type": "integer", "description": "Mail to those who enter it and want mail"},
        "waiting": {"type": "integer", "description": "Tasks of which it was reminded within a week"},
        "threads": {"type": "array", "items": {"type": "integer"}, "description": "Messages that were written"},
    },
}


def _(text: str, **values: Any) -> str:
    return str(gettext(text, **values))


@api_route(
    blueprint,
    "/api/v1/reminders",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Remind an organisation of what it owes: a message, mail to those who enter it; not again in a week",
    response=_RECEIPT,
    status=201,
    body=BODY.schema(),
)
def send_reminder() -> dict[str, Any]:
    """For its coordinator, its province and the department."""
    return written(
        BODY,
        lambda session, actor, given: service.remind(session, actor, given["organisation"], given["tasks"], today()),
    )


@page_route(blueprint, "/monitoring/remind", methods=("POST",), access=Access.SIGNED_IN)
def remind_page() -> Response:
    """The button beside a debt: ``organisation:task``."""
    organisation, _sep, task = request.form.get("debt", "").partition(":")
    number = int(task) if task.isdecimal() and len(task) < 18 else 0
    context = current()
    with context.database.transaction(attribution()) as session:
        made = service.remind(session, context.actor, organisation, [number], today())
    flash(_told(made))
    return go(_back(request.form.get("next", "")))


@page_route(blueprint, "/monitoring/remind-late", methods=("POST",), access=Access.SIGNED_IN)
def remind_late_page() -> Response:
    """The button above a list: everything late of a place at once."""
    organisation, area = request.form.get("organisation", ""), request.form.get("area", "")
    scope = Scope(organisations=(organisation,)) if organisation else Scope(areas=(area,) if area else ())
    context = current()
    with context.database.transaction(attribution()) as session:
        check_places(session, scope.areas, scope.organisations)
        made = service.remind_late(session, context.actor, scope, today())
    flash(_all_told(made))
    return go(_back(request.form.get("next", "")))


def _all_told(made: RemindedAll) -> str:
    waiting = _("อีก %(n)s เรื่องเตือนไปแล้วใน 7 วัน", n=made.waiting) if made.waiting else ""
    if not made.debts:
        return waiting
    told = _(
        "เตือนแล้ว %(n)s เรื่อง ใน %(places)s อปท. อีเมล %(mails)s ฉบับ",
        n=made.debts,
        places=made.organisations,
        mails=made.mails,
    )
    return f"{told} · {waiting}" if waiting else told


def _told(made: Reminded) -> str:
    if not made.debts:
        return _("เตือนเรื่องนี้ไปแล้วใน %(n)s วันที่ผ่านมา", n=AGAIN_AFTER.days)
    if made.mails:
        return _("เตือนแล้ว ในระบบและทางอีเมล %(n)s ฉบับ", n=made.mails)
    return _("เตือนแล้วในระบบ")


def _back(address: str) -> str:
    return address if address.startswith("/monitoring") else "/monitoring"


def reminder_states(session: Session, actor: Actor, found: Sequence[Debt]) -> Mapping[tuple[str, int], dict[str, Any]]:
    """Of each debt that the person may remind of: when that was done last, and whether it may be again."""
    if not actor.roles & set(policy.roles_for(policy.REMIND)):
        return {}
    known = organisation_names(session, {debt.organisation_code for debt in found})
    allowed = {
        code
        for code, one in known.items()
        if policy.may(actor, policy.REMIND, Target(code, one.province_code, one.amphoe_code))
    }
    mine = [(debt.organisation_code, debt.task_id) for debt in found if debt.organisation_code in allowed]
    last, now = last_reminders(session, mine), datetime.now(UTC)
    return {
        pair: {
            "value": f"{pair[0]}:{pair[1]}",
            "at": last.get(pair),
            "may": pair not in last or now - last[pair] >= AGAIN_AFTER,
        }
        for pair in mine
    }

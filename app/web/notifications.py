"""การแจ้งเตือน: how a person wants to be told; and for the operator, what became of all mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import NATION
from app.errors import InvalidInput
from app.queries.notifications import Setting, mail_of, mail_page, mail_sums, setting
from app.services import notification_settings as service
from app.services.notification_settings import Wishes
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, page_route
from app.web.page_forms import go, refusals
from app.web.params import choice, integer_schema, string_schema, whole_number
from gis.problems import Problem

blueprint = Blueprint("notifications", __name__)

RULE = "/account/notifications"
PAGE_ROWS = 50
MAIL_STATES: Mapping[str, Any] = {
    "WAITING": lazy_gettext("รอส่ง"),
    "SENT": lazy_gettext("ส่งแล้ว"),
    "FAILED": lazy_gettext("ส่งไม่ได้"),
}
MAIL_KINDS: Mapping[str, Any] = {
    "digest": lazy_gettext("สรุปรายการค้าง"),
    "message": lazy_gettext("แจ้งข้อความใหม่"),
    "confirm": lazy_gettext("ยืนยันที่อยู่อีเมล"),
    "account": lazy_gettext("แจ้งการเปลี่ยนบัญชี"),
    "answer": lazy_gettext("คำตอบถึงประชาชน"),
    "subscription": lazy_gettext("ข่าวถึงผู้ติดตามพื้นที่"),
}
STATE = Param(
    "state",
    choice("waiting", "troubled", "sent", "failed"),
    string_schema(enum=["waiting", "troubled", "sent", "failed"]),
    "Which mail",
)
PAGE = Param("page", whole_number(1, 100_000), integer_schema(1, 100_000), "Page of the list", 1)


@page_route(blueprint, RULE, access=Access.SIGNED_IN)
def settings_page() -> str:
    """What is sent, when, and where to."""
    return _page({}, [])


@page_route(blueprint, RULE, methods=("POST",), access=Access.SIGNED_IN)
def write_settings() -> Response:
    """Keep the wishes, take an address, a code, or forget the address."""
    form, context = request.form, current()
    try:
        with context.database.transaction(attribution()) as session:
            done = _act(session, context.actor, form)
    except InvalidInput as error:
        return _refused(form, error)
    if done is None:
        return _refused(form, InvalidInput([Problem("code_wrong", where={"field": "code"})]))
    flash(done)
    return go(url_for(".settings_page"))


def _refused(form: Mapping[str, str], error: InvalidInput) -> Response:
    return Response(_page(form, refusals(error)), status=422, mimetype="text/html")


def _act(session: Session, actor: Actor, form: Mapping[str, str]) -> str | None:
    """What was done, in words; None when the code was another."""
    do = form.get("do", "")
    if do == "address":
        service.give_address(session, actor, form.get("address", ""))
        return str(_("ส่งรหัสไปแล้ว ดูในกล่องจดหมายแล้วกรอกที่นี่"))
    if do == "code":
        confirmed = service.confirm_address(session, actor, form.get("code", ""))
        return str(_("ยืนยันที่อยู่อีเมลแล้ว")) if confirmed else None
    if do == "forget":
        service.forget_address(session, actor)
        return str(_("เอาที่อยู่อีเมลออกแล้ว"))
    wishes = Wishes(
        form.get("digest", ""), bool(form.get("on_message")), form.get("quiet_from", ""), form.get("quiet_until", "")
    )
    service.save(session, actor, wishes)
    return str(_("บันทึกแล้ว"))


def _page(form: Mapping[str, str], problems: list[dict[str, Any]]) -> str:
    actor, context = current().actor, current()
    with context.database.reading() as session:
        held = setting(session, actor.user_id or 0)
        return render_template(
            "account/notifications.html", held=held, form=form if form.get("do") == "save" else _begins_with(held),
            typed=form, problems=problems, mails=mail_of(session, actor.user_id or 0), states=MAIL_STATES,
            kinds=MAIL_KINDS, configured=bool(context.settings.smtp_url),
            operator=policy.may(actor, policy.MAIL_READ, NATION),
        )  # fmt: skip


def _begins_with(held: Setting) -> dict[str, str]:
    return {
        "digest": held.digest,
        "on_message": "on" if held.on_message else "",
        "quiet_from": held.quiet_from.strftime("%H:%M"),
        "quiet_until": held.quiet_until.strftime("%H:%M"),
    }


@page_route(blueprint, "/mail", access=Access.SIGNED_IN, params=(STATE, PAGE))
def mail_list(state: str | None, page: int) -> str:
    """All mail with what became of it, without what it says; for who runs the system."""
    context = current()
    policy.require(context.actor, policy.MAIL_READ, NATION)
    with context.database.reading() as session:
        found = mail_page(session, state, limit=PAGE_ROWS + 1, offset=(page - 1) * PAGE_ROWS)
        return render_template(
            "account/mail.html", mails=found[:PAGE_ROWS], more=len(found) > PAGE_ROWS, page=page, state=state,
            sums=mail_sums(session), states=MAIL_STATES, kinds=MAIL_KINDS, configured=bool(context.settings.smtp_url),
        )  # fmt: skip

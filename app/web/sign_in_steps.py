"""What is left of a sign-in after the password: the authenticator's code, and a password of one's own."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session
from flask_babel import gettext as _

from app.auth.actor import Step
from app.auth.throttle import REST
from app.errors import Conflict, InvalidInput
from app.services.accounts import choose_password as keep_password
from app.services.second_factor import Given
from app.services.second_factor import give_code as try_code
from app.web.codes import authenticator_here
from app.web.context import current, own_session
from app.web.endpoint import Access, page_route
from app.web.errors import SignInRequired
from app.web.filters import thai_time
from app.web.page_forms import refusals

blueprint = Blueprint("sign_in_steps", __name__)


@page_route(blueprint, "/sign-in/code", access=Access.SIGNED_IN)
def code_page() -> Any:
    """Asks for the code; whoever owes none goes on."""
    return _step_page("code", "account/code.html")


@page_route(blueprint, "/sign-in/code", methods=("POST",), access=Access.SIGNED_IN)
def give_code() -> Any:
    """A code of the authenticator or one for recovery."""
    context = current()
    if context.actor.step != "code":
        return redirect(next_address())
    with context.database.transaction(own_session()) as db:
        given = try_code(db, authenticator_here(), own_id(), request.form.get("code", "")[:100], own_key())
    if given.opened:
        return redirect(next_address(), 303)
    return Response(_form("account/code.html", code_problem(given)), 422, mimetype="text/html")


@page_route(blueprint, "/sign-in/password", access=Access.SIGNED_IN)
def password_page() -> Any:
    """Asks for a password in place of the issued one."""
    return _step_page("password", "account/choose.html")


@page_route(blueprint, "/sign-in/password", methods=("POST",), access=Access.SIGNED_IN)
def choose_password() -> Any:
    """Keep it; the session goes on under a new key."""
    context = current()
    if context.actor.step != "password":
        return redirect(next_address())
    try:
        with context.database.transaction(own_session()) as db:
            key = keep_password(db, own_id(), request.form.get("new_password", ""), key=own_key())
    except (InvalidInput, Conflict) as error:
        return Response(_form("account/choose.html", problems=refusals(error)), 422, mimetype="text/html")
    session["_user_id"] = key
    flash(_("ตั้งรหัสผ่านแล้ว"), "ok")
    return redirect(next_address(), 303)


def own_id() -> int:
    """Account of whoever asks.

    Raises
    ------
    SignInRequired
        Nobody.
    """
    user_id = current().actor.user_id
    if user_id is None:
        raise SignInRequired("sign_in_required")
    return user_id


def own_key() -> str:
    """Key of the session that asks."""
    return str(session.get("_user_id", ""))


def is_ours(address: str) -> bool:
    """True for a path on this site. Browsers drop tabs and line ends and read a backslash as a slash."""
    return re.fullmatch(r"/(?![/\\])[^\x00-\x20\\]*", address) is not None


def next_address() -> str:
    """Where the person was going when they were asked for a step."""
    wanted = request.form.get("next") or request.args.get("next", "")
    return wanted if is_ours(wanted) else "/"


def code_problem(given: Given) -> str:
    """What to say of a wrong code."""
    if given.resting_until is not None:
        return str(_("ใส่รหัสผิดหลายครั้ง พักไว้ถึง %(time)s", time=thai_time(given.resting_until)))
    minutes = int(REST.total_seconds() // 60)
    return str(
        _(
            "รหัสไม่ถูกต้องหรือใช้ไปแล้ว เหลืออีก %(left)s ครั้งก่อนพัก %(minutes)s นาที",
            left=given.left,
            minutes=minutes,
        )
    )


def _step_page(step: Step, template: str) -> Any:
    return _form(template) if current().actor.step == step else redirect(next_address())


def _form(template: str, problem: str = "", problems: list[dict[str, Any]] | None = None) -> str:
    return render_template(template, problem=problem, problems=problems or [], next=next_address())

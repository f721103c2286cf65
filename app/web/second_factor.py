"""A person's own second factor: set up with the first code, recovery codes, given up where the role allows it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.auth.policy import SECOND_FACTOR_ROLES
from app.queries.accounts import roles_held
from app.queries.people import person, recovery_codes_left
from app.services import second_factor as service
from app.services.second_factor import Given
from app.web.codes import authenticator_here, picture_of
from app.web.context import attribution, current
from app.web.endpoint import Access, page_route
from app.web.sign_in_steps import code_problem, next_address, own_id, own_key

blueprint = Blueprint("second_factor", __name__)
PAGE = "/account/second-factor"


@page_route(blueprint, PAGE, access=Access.SIGNED_IN)
def setup_page() -> Any:
    """The code for the telephone where there is none yet, else what can be done with it."""
    return _page()


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN)
def confirm() -> Any:
    """The first code switches it on; recovery codes are shown, this once."""
    with current().database.transaction(attribution()) as db:
        given = service.confirm(db, authenticator_here(), own_id(), _code(), own_key())
    return _codes(given) if given.opened else _refused(given)


@page_route(blueprint, f"{PAGE}/recovery-codes", methods=("POST",), access=Access.SIGNED_IN)
def renew() -> Any:
    """New recovery codes; the old ones end."""
    with current().database.transaction(attribution()) as db:
        given = service.renew_recovery_codes(db, authenticator_here(), own_id(), _code())
    return _codes(given) if given.opened else _refused(given)


@page_route(blueprint, f"{PAGE}/off", methods=("POST",), access=Access.SIGNED_IN)
def switch_off() -> Any:
    """Give it up."""
    context = current()
    with context.database.transaction(attribution()) as db:
        given = service.switch_off(db, authenticator_here(), own_id(), _code(), strict=context.settings.strict)
    if not given.opened:
        return _refused(given)
    flash(_("ปิดการยืนยันสองขั้นแล้ว"), "ok")
    return redirect(url_for("accounts.account_page"), 303)


def _code() -> str:
    return request.form.get("code", "")[:100]


def _codes(given: Given) -> Response:
    text = render_template("account/recovery.html", codes=given.recovery_codes, next=next_address())
    answer = Response(text, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refused(given: Given) -> Response:
    return Response(_page(code_problem(given)), 422, mimetype="text/html")


def _page(problem: str = "") -> str:
    context, codes = current(), authenticator_here()
    with context.database.transaction(attribution()) as db:
        account = person(db, own_id())
        needed = bool({role.role for role in roles_held(db, own_id())} & SECOND_FACTOR_ROLES)
        secret = None if account.second_factor else service.begin(db, codes, own_id())
        left = recovery_codes_left(db, own_id())
    shown = {}
    if secret is not None:
        shown = {
            "picture": picture_of(codes.get_totp_uri(account.username, secret)),
            "typed_key": codes.get_totp_pretty_key(secret),
        }
    answer: str = render_template(
        "account/second_factor.html",
        account=account,
        needed=needed,
        strict=context.settings.strict,
        left=left,
        problem=problem,
        next=next_address(),
        unfinished=context.actor.step is not None,
        **shown,
    )
    return answer

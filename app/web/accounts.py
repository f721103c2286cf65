"""A person's own account: language, password, tokens, signing out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import logout_user
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from app.auth.cache import TTL_S
from app.auth.policy import visibility
from app.auth.tokens import token_sha256
from app.errors import InvalidInput
from app.queries.accounts import roles_held, tokens_of
from app.queries.data_service import data_tokens_of
from app.queries.people import hand_overs, open_sessions, person
from app.services import accounts
from app.services.data_service import require_own_token
from app.web.context import (
    LANGUAGE_COOKIE,
    LANGUAGE_JUST_CHOSEN_COOKIE,
    LANGUAGES,
    attribution,
    current,
    own_session,
)
from app.web.endpoint import Access, api_route, page_route
from app.web.errors import problem_lines
from app.web.payloads import json_object
from app.web.people_words import device_words
from app.web.sign_in_steps import is_ours, own_id, own_key

blueprint = Blueprint("accounts", __name__)
_YEAR_S = 31_536_000
ME_SCHEMA = {
    "type": "object",
    "required": ["signed_in", "username", "display_name", "language", "visibility", "roles"],
    "properties": {
        "signed_in": {"type": "boolean"},
        "username": {"type": "string"},
        "display_name": {"type": "string"},
        "language": {"enum": ["th", "en"]},
        "visibility": {"enum": ["staff", "partner", "public"]},
        "roles": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["role", "organisation", "area"],
                "properties": {
                    "role": {"type": "string"},
                    "organisation": {"type": ["string", "null"]},
                    "organisation_name": {"type": ["string", "null"]},
                    "area": {"type": ["string", "null"]},
                    "area_name": {"type": ["string", "null"]},
                },
            },
        },
    },
}
LANGUAGE_SCHEMA = {
    "type": "object",
    "required": ["language"],
    "additionalProperties": False,
    "properties": {"language": {"enum": ["th", "en"]}},
}


@api_route(
    blueprint, "/api/v1/me", access=Access.PUBLIC, summary="Who asks, with roles and language", response=ME_SCHEMA
)
def me() -> dict[str, Any]:
    """The person behind the request; a visitor has no roles."""
    context = current()
    actor = context.actor
    held = []
    if actor.user_id is not None:
        with context.database.reading() as db:
            held = roles_held(db, actor.user_id)
    return {
        "signed_in": actor.signed_in,
        "username": actor.username,
        "display_name": actor.display_name,
        "language": context.language,
        "visibility": visibility(actor).value,
        "roles": [
            {
                "role": role.role,
                "organisation": role.organisation_code,
                "organisation_name": role.organisation_name,
                "area": role.area_code,
                "area_name": role.area_name,
            }
            for role in held
        ],
    }


@api_route(
    blueprint,
    "/api/v1/me/language",
    method="POST",
    access=Access.PUBLIC,
    summary="Keep the language of the pages (in the account, or in a cookie for a visitor)",
    body=LANGUAGE_SCHEMA,
    response=LANGUAGE_SCHEMA,
)
def set_language() -> Any:
    """Keep a language."""
    wanted = str(json_object(limit_bytes=1024).get("language", ""))
    return _keep_language(wanted, Response(f'{{"language":"{_known(wanted)}"}}', mimetype="application/json"))


@page_route(blueprint, "/language", methods=("POST",), access=Access.PUBLIC)
def switch_language() -> Any:
    """The same from a form, for pages without scripts."""
    back = request.form.get("next", "/")
    return _keep_language(request.form.get("language", ""), redirect(back if is_ours(back) else "/"))


@page_route(blueprint, "/account", access=Access.SIGNED_IN)
def account_page() -> str:
    """The person's own page."""
    return _account_page()


@page_route(blueprint, "/account/password", methods=("POST",), access=Access.SIGNED_IN)
def change_password() -> Any:
    """Replace the password; other sessions end, this one goes on."""
    context = current()
    try:
        with context.database.transaction(attribution()) as db:
            key = accounts.change_password(
                db,
                own_id(),
                request.form.get("current_password", ""),
                request.form.get("new_password", ""),
                key=own_key(),
            )
    except InvalidInput as error:
        lines = {line["field"]: line for line in problem_lines(error.problems, context.language)}
        return Response(_account_page(lines), 422, mimetype="text/html")
    session["_user_id"] = key
    flash(_("เปลี่ยนรหัสผ่านแล้ว อุปกรณ์อื่นต้องเข้าสู่ระบบใหม่"), "ok")
    return redirect(url_for("accounts.account_page"))


@page_route(blueprint, "/account/sessions/<int:session_id>/end", methods=("POST",), access=Access.SIGNED_IN)
def end_session(session_id: int) -> Any:
    """End one of the person's sessions: a telephone that was lost, a computer left open."""
    with current().database.transaction(attribution()) as db:
        accounts.end_own_session(db, own_id(), session_id)
    flash(_("ออกจากระบบในอุปกรณ์นั้นแล้ว"), "ok")
    return redirect(url_for("accounts.account_page"))


@page_route(blueprint, "/account/tokens", access=Access.SIGNED_IN)
def tokens_page() -> str:
    """Tokens of the person."""
    return _tokens_page()


@page_route(blueprint, "/account/tokens", methods=("POST",), access=Access.SIGNED_IN)
def issue_token() -> Any:
    """Make a token and show it, this once."""
    context = current()
    try:
        with context.database.transaction(attribution()) as db:
            require_own_token(context.actor)
            issued = accounts.issue_token(db, own_id(), request.form.get("name", ""))
    except InvalidInput as error:
        lines = {line["field"]: line for line in problem_lines(error.problems, context.language)}
        return Response(_tokens_page(problems=lines), 422, mimetype="text/html")
    answer = Response(_tokens_page(issued=issued), mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page_route(blueprint, "/account/tokens/<int:token_id>/revoke", methods=("POST",), access=Access.SIGNED_IN)
def revoke_token(token_id: int) -> Any:
    """End a token."""
    with current().database.transaction(attribution()) as db:
        accounts.revoke_token(db, own_id(), token_id)
    flash(_("ยกเลิกโทเคนแล้ว"), "ok")
    return redirect(url_for("accounts.tokens_page"))


def take_over_sign_out(app: Flask) -> None:
    """Signing out is a form with its token too: a link on a foreign page may not end a session."""
    app.view_functions["security.logout"] = _sign_out


def _sign_out() -> Any:
    context = current()
    if not context.actor.signed_in:
        return redirect(url_for("security.login"))
    if request.method == "GET":
        return render_template("account/logout.html")
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"))
    except ValidationError:
        return Response(render_template("account/logout.html"), 400, mimetype="text/html")
    with context.database.transaction(own_session()) as db:
        accounts.sign_out(db, own_id(), session.get("_user_id", ""), everywhere="everywhere" in request.form)
    logout_user()
    session.clear()
    return redirect(url_for("security.login"))


def _tokens_page(issued: accounts.IssuedToken | None = None, problems: dict[str, Any] | None = None) -> str:
    with current().database.reading() as db:
        lines = tokens_of(db, own_id())
        given = data_tokens_of(db, own_id())
    return render_template(
        "account/tokens.html", tokens=lines, given=given, issued=issued, problems=problems or {}, now=datetime.now(UTC)
    )


def _account_page(problems: dict[str, Any] | None = None) -> str:
    with current().database.reading() as db:
        return render_template(
            "account/account.html",
            problems=problems or {},
            account=person(db, own_id()),
            sessions=open_sessions(db, own_id(), token_sha256(own_key())),
            received=hand_overs(db, own_id(), received=True),
            device_words=device_words,
            visibility=visibility,
        )


def _known(wanted: str) -> str:
    return wanted if wanted in LANGUAGES else ""


def _keep_language(wanted: str, answer: Any) -> Any:
    context = current()
    with context.database.transaction(own_session()) as db:
        accounts.set_language(db, context.actor, wanted)
    secure = context.settings.secure_cookies
    for name, seconds in ((LANGUAGE_COOKIE, _YEAR_S), (LANGUAGE_JUST_CHOSEN_COOKIE, int(2 * TTL_S))):
        answer.set_cookie(name, wanted, max_age=seconds, samesite="Lax", secure=secure, httponly=True)
    return answer

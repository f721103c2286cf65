"""The only place with status codes: exception type -> status, problem documents and error pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateError
from orjson import loads
from psycopg2 import Error as DatabaseRefusal
from psycopg2 import errors as pg
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.auth.identity import TokenRefused
from app.errors import AppError, Conflict, Forbidden, Gone, InvalidInput, NotFound, ReadOnly, Unavailable
from app.messages import Language, fix, sentence
from app.services.data_service import QuotaExceeded
from app.web.access_contacts import who_gives_access
from app.web.assets import FrontEndNotBuilt
from app.web.context import STEPS, StepLeft, current, is_machine_path, language, platform, receipt
from app.web.form_words import form_word
from app.web.json import json_response
from app.web.parameter_words import PARAMETER_WORDS
from gis.problems import Problem

log = logging.getLogger("eplan.web")


MONEY_RULE = "23EPL"
"""SQLSTATE of a rule of money that a trigger upholds."""


class BadRequest(AppError):
    """A request that cannot be read."""


class BadParameters(InvalidInput):
    """Parameters of the address that are unknown or unreadable; all at once."""


class SignInRequired(AppError):
    """Only for people with an account."""


class PreconditionRequired(AppError):
    """``If-Match`` is missing."""


class UnsupportedMedia(AppError):
    """A body of a type that is not read here."""


class TooLarge(AppError):
    """More than the stated limit."""


class Busy(Unavailable):
    """All of what this needs is in use; the same request may succeed after ``retry_after_s`` seconds."""

    def __init__(self, code: str, *, retry_after_s: int) -> None:
        super().__init__(code, {"retry_after_s": retry_after_s})
        self.retry_after_s = retry_after_s


_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
# The first type that fits decides.
STATUS: tuple[tuple[type[AppError], HTTPStatus], ...] = (
    (BadParameters, HTTPStatus.BAD_REQUEST),
    (BadRequest, HTTPStatus.BAD_REQUEST),
    (SignInRequired, HTTPStatus.UNAUTHORIZED),
    (TokenRefused, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (StepLeft, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Gone, HTTPStatus.GONE),
    (PreconditionRequired, HTTPStatus.PRECONDITION_REQUIRED),
    (UnsupportedMedia, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (QuotaExceeded, HTTPStatus.TOO_MANY_REQUESTS),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
_HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "too_many_requests",
}


def status_of(error: AppError) -> HTTPStatus:
    """Status of an expected error. A conflict is 412 where the request named a version, else 409."""
    if isinstance(error, Conflict):
        return HTTPStatus.PRECONDITION_FAILED if request.headers.get("If-Match") else HTTPStatus.CONFLICT
    return next((status for kind, status in STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem_lines(problems: list[Problem], lang: Language, *, in_words: bool = False) -> list[dict[str, Any]]:
    """``errors[]`` of a problem document: where each is, what it says and what to do; ``in_words``: for people, who do
    not know a parameter by its name."""
    lines = []
    for problem in problems:
        known = {**problem.where, **problem.values}
        if in_words and "field" in known:
            word = PARAMETER_WORDS.get(known["field"])
            known["field"] = form_word(str(known["field"])) if word is None else word
        line: dict[str, Any] = {"code": problem.code, "level": problem.level, **problem.where}
        line["message"] = sentence(problem.code, known, lang)
        line["fix"] = fix(problem.code, known, lang)
        lines.append(line)
    return lines


def problem_document(
    status: HTTPStatus,
    code: str,
    values: Mapping[str, Any],
    problems: list[Problem],
    lang: Language,
    *,
    in_words: bool = False,
) -> dict[str, Any]:
    """Body of RFC 9457; ``values`` that are plain travel along for programs (the current version of a conflict)."""
    known = {"request_id": receipt(), **values}
    detail = " · ".join(part for part in (sentence(code, known, lang), fix(code, known, lang)) if part)
    document: dict[str, Any] = {
        "type": f"urn:eplan:problem:{code}",
        "title": sentence(code, known, lang),
        "status": int(status),
        "code": code,
        "detail": detail,
        "errors": problem_lines(problems, lang, in_words=in_words),
        "request_id": receipt(),
    }
    return {**{name: value for name, value in values.items() if name not in document}, **document}


def refuse(
    status: HTTPStatus, code: str, values: Mapping[str, Any] | None = None, problems: list[Problem] | None = None
) -> Response:
    """The answer to a request that failed: a problem document for programs, a page for people."""
    lang = language()
    for_program = is_machine_path(request.path) or _wants_json()
    document = problem_document(status, code, values or {}, problems or [], lang, in_words=not for_program)
    if for_program:
        answer = json_response(document, status, mimetype="application/problem+json")
    else:
        answer = _page(status, document)
    answer.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="eplan"'
    return answer


def _page(status: HTTPStatus, document: dict[str, Any]) -> Response:
    try:
        what_to_do = fix(document["code"], document, language())
        name = "errors/read_only.html" if document["code"] == "read_only" else _template(status)
        # Only what was in order is read again: the form of a body that is too large cannot be.
        typed = _typed() if document["code"] in ("read_only", "too_many_requests") else []
        text = render_template(name, problem=document, what_to_do=what_to_do, typed=typed)
    except (FrontEndNotBuilt, TemplateError) as error:
        # The page that explains a failure must not be the second one.
        log.exception("%s the error page itself failed", receipt())
        return Response(f"{document['detail']}\n\n{error}\n", int(status), mimetype="text/plain")
    return Response(text, int(status), mimetype="text/html")


def register_errors(app: Flask) -> None:
    """Put the table above into the application."""
    app.register_error_handler(AppError, _on_app_error)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(DBAPIError, _on_database)
    app.register_error_handler(Exception, _on_anything)


def _on_app_error(error: AppError) -> ResponseReturnValue:
    if isinstance(error, StepLeft):
        return _to_step(error)
    status, values = status_of(error), dict(error.values)
    if status == HTTPStatus.FORBIDDEN and not current().actor.signed_in:
        status = HTTPStatus.UNAUTHORIZED
    if status == HTTPStatus.UNAUTHORIZED:
        if not is_machine_path(request.path) and not _wants_json() and request.method == "GET":
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        if isinstance(error, Forbidden):
            return refuse(status, "sign_in_required")
        return refuse(status, error.code, values if isinstance(error, TokenRefused) else None)
    if status == HTTPStatus.FORBIDDEN:
        values["who"] = who_gives_access(platform().database, values, language())
    if isinstance(error, ReadOnly) and language() == "en":
        values["reason"] = error.reason_en
    problems = error.problems if isinstance(error, InvalidInput) else []
    answer = refuse(status, error.code, values, problems)
    if isinstance(error, (Busy, ReadOnly, QuotaExceeded)):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _to_step(error: StepLeft) -> ResponseReturnValue:
    """Programs hear what is left of the sign-in; people are led there, and back to where they were going."""
    if is_machine_path(request.path) or _wants_json():
        return refuse(HTTPStatus.FORBIDDEN, error.code, error.values)
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for(STEPS[error.step][1], next=back), 303)


def _on_csrf(_error: CSRFError) -> ResponseReturnValue:
    return refuse(HTTPStatus.BAD_REQUEST, "csrf_failed")


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    status = HTTPStatus(error.code)
    values: dict[str, Any] = {"method": request.method}
    if isinstance(error, RequestEntityTooLarge):
        values["limit_mb"] = (request.max_content_length or 0) // 1024 // 1024
    wait_s = _wait_s() if isinstance(error, RateLimitExceeded) else 0
    if wait_s:
        values["minutes"] = -(-wait_s // 60)
    answer = refuse(status, _HTTP_CODES.get(error.code, "bad_request" if error.code < 500 else "unexpected"), values)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    if wait_s:
        answer.headers["Retry-After"] = str(wait_s)
    return answer


def _wait_s() -> int:
    """Seconds until the limit that was hit takes something again."""
    limits = [limiter.current_limit for limiter in current_app.extensions.get("limiter", ())]
    return max([1, *(round(float(one.reset_at) - time.time()) for one in limits if one is not None)])


def _on_database(error: DBAPIError) -> ResponseReturnValue:
    if isinstance(error.orig, pg.QueryCanceled):
        return refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too_slow")
    refusal = refusal_by_database(error)
    if refusal is not None:
        return _on_app_error(refusal)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        log.error("%s database does not answer: %s", receipt(), error.orig)
        return refuse(HTTPStatus.SERVICE_UNAVAILABLE, "database_unavailable")
    if isinstance(error, DataError):
        return refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable_value")
    return _on_anything(error)


def refusal_by_database(error: DBAPIError) -> InvalidInput | Busy | None:
    """What the database refused for a reason that people can act on; only those who meet at one moment get so far.

    Two who wrote the same rows crosswise, or a rule of money (revision 0015) that the services check before.
    """
    if isinstance(error.orig, (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)):
        return Busy("collided", retry_after_s=1)
    if getattr(error.orig, "pgcode", None) != MONEY_RULE or not isinstance(error.orig, DatabaseRefusal):
        return None
    values = loads(error.orig.diag.message_detail or "{}")
    return InvalidInput([Problem(error.orig.diag.message_primary or "invalid_input", values=values)])


def _on_anything(error: Exception) -> ResponseReturnValue:
    log.exception("%s %s %s failed", receipt(), request.method, request.path, exc_info=error)
    return refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected")


def _typed() -> list[tuple[str, str]]:
    """Fields of the form that was sent, to be sent again: nothing typed is lost, passwords are not repeated."""
    if request.method != "POST" or request.mimetype not in _FORM_TYPES:
        return []
    pairs = request.form.items(multi=True)
    return [(name, text) for name, text in pairs if name != "csrf_token" and "password" not in name]


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]


def _template(status: HTTPStatus) -> str:
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS):
        return f"errors/{int(status)}.html"
    return "errors/500.html" if status >= 500 else "errors/refused.html"

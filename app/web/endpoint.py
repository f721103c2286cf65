"""Declaring addresses: access, parameters and shape in one place, read by the router and by the OpenAPI document.

A view stays short because the edge's work is done here: who may call at all, parameters read and refused all at once,
forged requests turned away, values turned into answers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from app.auth.identity import by_cookie
from app.web.context import current
from app.web.errors import BadParameters, BadRequest, SignInRequired
from app.web.json import json_response
from app.web.params import Unreadable
from app.web.token_scope import admit, note_rows
from gis.problems import Problem

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LITTLE = 1024
"""Bytes of a body that may still say nothing: an empty object, or the token of a form."""
View = Callable[..., Any]


class Access(Enum):
    """Who may call at all; what they may do to what is decided by the services."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True)
class Param:
    """One query parameter.

    Parameters
    ----------
    name
        Name in the address; the view's argument has the same name.
    parse
        Text to value; raises :class:`app.web.params.Unreadable`.
    schema
        JSON Schema of one value.
    description
        For the OpenAPI document.
    default
        Value when absent.
    many
        Several values, repeated or comma separated, become a tuple.
    """

    name: str
    parse: Callable[[str], Any]
    schema: Mapping[str, Any]
    description: str
    default: Any = None
    many: bool = False


@dataclass(frozen=True)
class Declaration:
    """What is known of an address.

    Parameters
    ----------
    rule, methods
        Flask rule (as given to the blueprint) and methods.
    access
        Who may call.
    params
        Query parameters.
    summary
        One line for the OpenAPI document; empty for pages.
    response
        JSON Schema of the answer, or of each answer by media type.
    status
        Status of success.
    body
        JSON Schema of the body, or ``{"content": {media type: schema}}``; of programs without one a body is refused.
    headers
        Request headers that matter: name -> description.
    """

    rule: str
    methods: tuple[str, ...]
    access: Access
    params: tuple[Param, ...] = ()
    summary: str = ""
    response: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_page: bool = False


def api_route(
    bp: Blueprint,
    rule: str,
    *,
    method: str = "GET",
    access: Access,
    params: Sequence[Param] = (),
    summary: str,
    response: Mapping[str, Any],
    status: int = 200,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | Sequence[str] = (),
) -> Callable[[View], View]:
    """Declare an address for programs. The view gets path values and parsed parameters by name and answers a
    ``Response``, a dict, or (dict, status) or (dict, status, headers)."""
    named = dict(headers) if isinstance(headers, Mapping) else {name: "" for name in headers}
    declaration = Declaration(
        rule, (method,), access, tuple(params), summary, response, status, body, named, is_page=False
    )
    return _declare(bp, declaration)


def page_route(
    bp: Blueprint,
    rule: str,
    *,
    methods: Sequence[str] = ("GET",),
    access: Access,
    params: Sequence[Param] = (),
) -> Callable[[View], View]:
    """Declare a page. The view answers HTML text or a ``Response``."""
    return _declare(bp, Declaration(rule, tuple(methods), access, tuple(params), is_page=True))


def declaration_of(view: View) -> Declaration | None:
    """What was declared for a registered view."""
    found: Declaration | None = getattr(view, "declaration", None)
    return found


def _declare(bp: Blueprint, declaration: Declaration) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(**path: Any) -> Any:
            _check_access(declaration)
            _refuse_body(declaration)
            values = parse_parameters(declaration.params, refuse_unknown=not declaration.is_page)
            values = admit(path, values)
            return _answer(view(**path, **values), declaration.status)

        guarded.declaration = declaration  # type: ignore[attr-defined]
        bp.add_url_rule(
            declaration.rule,
            endpoint=view.__name__,
            view_func=guarded,
            methods=list(declaration.methods),
        )
        return guarded

    return decorate


def _check_access(declaration: Declaration) -> None:
    unsafe = request.method in UNSAFE_METHODS
    if declaration.access is Access.PUBLIC and not unsafe:
        return
    actor = current().actor
    if declaration.access is Access.SIGNED_IN and not actor.signed_in:
        raise SignInRequired("sign_in_required")
    # A visitor has no rights that a foreign page could borrow, and a token is never sent by a browser on its own.
    if unsafe and actor.signed_in and by_cookie():
        token = request.headers.get("X-CSRFToken") or request.form.get("csrf_token")
        try:
            validate_csrf(token)
        except ValidationError as error:
            raise BadRequest("csrf_failed") from error


def _refuse_body(declaration: Declaration) -> None:
    """What somebody says where nothing is read would be lost without a word; a page reads its form itself.

    A view that ends with another one's answer has read the body: only the address that was asked refuses it.
    """
    asked = declaration_of(current_app.view_functions[request.endpoint or ""])
    if asked is not declaration or declaration.is_page or declaration.body is not None or not _says_something():
        return
    known = ", ".join(param.name for param in declaration.params)
    raise BadRequest("body_with_parameters" if known else "body_not_read", {"allowed": known})


def _says_something() -> bool:
    # A chunked body has no length to look at beforehand.
    length = request.content_length
    if length is not None and length > _LITTLE:
        return True
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return bool(request.files) or any(name != "csrf_token" for name in request.form)
    text = request.stream.read(_LITTLE + 1) if length is None else request.get_data()
    return b"".join(text.split()) not in (b"", b"{}")


def parse_parameters(declared: Sequence[Param], *, refuse_unknown: bool = True) -> dict[str, Any]:
    """Query parameters of the request, typed. Pages let unknown ones pass: a link that somebody's mail program
    decorated still opens.

    Raises
    ------
    BadParameters
        Every unknown, repeated or unreadable parameter at once.
    """
    known = {param.name: param for param in declared}
    problems: list[Problem] = []
    values: dict[str, Any] = {param.name: param.default for param in declared}
    for name in request.args:
        param = known.get(name)
        if param is None:
            if not refuse_unknown:
                continue
            problems.append(
                Problem("unknown_parameter", where={"field": name}, values={"allowed": ", ".join(known) or "–"})
            )
            continue
        try:
            values[name] = _value(param, request.args.getlist(name))
        except _Repeated:
            problems.append(Problem("repeated_parameter", where={"field": name}))
        except Unreadable as error:
            expected = {"expected_th": error.expected_th, "expected_en": error.expected_en}
            given = ", ".join(request.args.getlist(name))[:80]
            problems.append(Problem("invalid_parameter", where={"field": name}, values={"given": given, **expected}))
    if problems:
        raise BadParameters(problems, code="invalid_parameters")
    return values


class _Repeated(ValueError):
    """A parameter that may be given once was given more often."""


def _value(param: Param, given: list[str]) -> Any:
    if any("\x00" in text for text in given):
        raise Unreadable("ข้อความที่ไม่มีอักขระควบคุม", "text without control characters")
    if param.many:
        texts = [part for text in given for part in text.split(",") if part.strip()]
        return tuple(dict.fromkeys(param.parse(text) for text in texts)) or param.default
    if len(given) > 1:
        raise _Repeated
    if not given[0].strip():
        return param.default
    return param.parse(given[0])


def _note_rows(told: Any) -> None:
    rows = told.get("items") or told.get("features") or told.get("projects") if isinstance(told, dict) else told
    if isinstance(rows, list):
        note_rows(len(rows))


def _answer(result: Any, status: int) -> Any:
    _note_rows(result[0] if isinstance(result, tuple) else result)
    if isinstance(result, tuple) and isinstance(result[0], (dict, list)):
        headers = dict(result[2]) if len(result) > 2 else None
        return json_response(result[0], result[1], headers)
    if isinstance(result, (dict, list)):
        return json_response(result, status)
    if isinstance(result, str):
        return Response(result, status=status, mimetype="text/html")
    return result

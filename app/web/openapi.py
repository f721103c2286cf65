"""The OpenAPI document, generated from the endpoint declarations: what is not declared there does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app
from werkzeug.routing import Rule

from app.web.context import is_machine_path, platform
from app.web.endpoint import UNSAFE_METHODS, Access, Declaration, Param, api_route, declaration_of
from app.web.json import dumps
from app.web.payloads import JSON_LIMIT_BYTES
from app.web.token_scope import NEEDS
from app.web.windows import GOES_ON

blueprint = Blueprint("openapi", __name__)
_CONVERTERS: Mapping[str, Mapping[str, Any]] = {
    "int": {"type": "integer", "minimum": 0},
    "float": {"type": "number"},
    "path": {"type": "string"},
    "default": {"type": "string"},
    "string": {"type": "string"},
}
PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem with a stable code; one line in errors for each thing to mend.",
    "required": ["type", "title", "status", "code", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "pattern": "^R-[0-9A-Z]{4}-[0-9]{4}$"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "level", "message", "fix"],
                "properties": {
                    "code": {"type": "string"},
                    "level": {"enum": ["error", "warning", "info"]},
                    "field": {"type": "string"},
                    "row": {"type": "integer"},
                    "message": {"type": "string"},
                    "fix": {"type": "string"},
                },
            },
        },
    },
}


@api_route(
    blueprint,
    "/api/v1/openapi.json",
    access=Access.PUBLIC,
    summary="This document",
    response={"type": "object", "required": ["openapi", "info", "paths"]},
)
def openapi() -> Response:
    """The document of the running application, made once."""
    made: bytes | None = current_app.extensions.get("eplan_openapi")
    if made is None:
        made = current_app.extensions["eplan_openapi"] = dumps(document(current_app._get_current_object()))  # type: ignore[attr-defined]
    return Response(made, mimetype="application/json", headers={"Cache-Control": "public, max-age=300"})


_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _told(*names: str) -> dict[str, Any]:
    """Headers of an answer."""
    return {name: {"schema": {"type": "string"}} for name in names}


def document(app: Flask) -> dict[str, Any]:
    """OpenAPI 3.1 document of every declared address under ``/api/v1`` and the tiles."""
    upload_mb = platform().settings.max_upload_bytes // 1024 // 1024
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, sorted(r.methods or ()))):
        declaration = declaration_of(app.view_functions[rule.endpoint])
        if declaration is None or declaration.is_page or not is_machine_path(rule.rule):
            continue
        template = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method in declaration.methods:
            paths.setdefault(template, {})[method.lower()] = _operation(rule, declaration, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "e-Plan",
            "version": "1",
            "description": (
                "Road and water-source projects of Thai local government, tied to plan and budget. "
                "Lists answer {items, next}; fiscal years are Buddhist era; geometry is GeoJSON in EPSG:4326. "
                f"Limits: JSON bodies {JSON_LIMIT_BYTES // 1024 // 1024} MB, uploads {upload_mb} MB, pages 1000 items, "
                "one statement 15 s. Unknown query parameters, and bodies where none is declared, are refused with 400."
                " While a maintenance window is open nothing is written: 503 with Retry-After. "
                "Tokens of the data service only read what their scope names."
            ),
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM_SCHEMA},
            "responses": {
                "Problem": {
                    "description": "A problem, in the language of Accept-Language",
                    "content": _PROBLEM,
                },
                "QuotaExceeded": {
                    "description": "The day's quota of the token is used up (quota_exceeded)",
                    "headers": _told("Retry-After", "RateLimit", "RateLimit-Policy", "RateLimit-Remaining"),
                    "content": _PROBLEM,
                },
                "ReadOnly": {
                    "description": "A maintenance window is open (read_only): nothing was written",
                    "headers": _told("Retry-After"),
                    "content": _PROBLEM,
                },
            },
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(rule: Rule, declaration: Declaration, method: str) -> dict[str, Any]:
    parameters = [*_path_parameters(rule), *(_query_parameter(p) for p in declaration.params)]
    parameters += [_header(name, text) for name, text in _headers(declaration, method)]
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": declaration.summary,
        "parameters": parameters,
        "responses": {
            str(declaration.status): {"description": declaration.summary, **_content(declaration.response)},
            "4XX": {"$ref": "#/components/responses/Problem"},
            "5XX": {"$ref": "#/components/responses/Problem"},
        },
        "security": [{"session": []}, {"token": []}],
    }
    if rule.endpoint in NEEDS:
        named = ", ".join(sorted(NEEDS[rule.endpoint])) or "any"
        operation["description"] = f"Tokens of the data service need the scope: {named}."
        operation["responses"]["429"] = {"$ref": "#/components/responses/QuotaExceeded"}
    if method in UNSAFE_METHODS and rule.endpoint not in GOES_ON:
        operation["responses"]["503"] = {"$ref": "#/components/responses/ReadOnly"}
    if declaration.access is Access.PUBLIC:
        operation["security"].insert(0, {})
    if declaration.body is not None:
        operation["requestBody"] = {"required": True, **_content(declaration.body)}
    return operation


def _content(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``{"content": ...}`` of a JSON Schema, or of a mapping that already says its media types."""
    if "content" in schema:
        return {"content": {kind: {"schema": inner} for kind, inner in schema["content"].items()}}
    return {"content": {"application/json": {"schema": dict(schema)}}} if schema else {}


def _path_parameters(rule: Rule) -> Iterable[dict[str, Any]]:
    for converter, name in re.findall(r"<(?:([^:<>]+):)?([^<>]+)>", rule.rule):
        kind = re.sub(r"\(.*\)", "", converter) or "default"
        yield {"name": name, "in": "path", "required": True, "schema": dict(_CONVERTERS.get(kind, {"type": "string"}))}


def _query_parameter(param: Param) -> dict[str, Any]:
    schema = dict(param.schema)
    if isinstance(param.default, (str, int, float, bool)):
        schema["default"] = param.default
    described: dict[str, Any] = {"name": param.name, "in": "query", "description": param.description}
    if param.many:
        return {**described, "schema": {"type": "array", "items": schema}, "style": "form", "explode": False}
    return {**described, "schema": schema}


def _headers(declaration: Declaration, method: str) -> Iterable[tuple[str, str]]:
    yield from declaration.headers.items()
    if method in UNSAFE_METHODS:
        yield "X-CSRFToken", "Needed with a session cookie, not with a token"


def _header(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}

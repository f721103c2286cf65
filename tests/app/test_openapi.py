"""The OpenAPI document is valid, self-contained and complete."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from schemathesis.openapi import from_dict

from app.web.endpoint import declaration_of

METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_reader_of_openapi_loads_every_operation(document: dict[str, Any]) -> None:
    schema = from_dict(document)
    loaded = [operation.ok() for operation in schema.get_all_operations()]
    declared = sum(len(METHODS & set(path)) for path in document["paths"].values())
    assert len(loaded) == declared


def test_every_reference_stays_inside(document: dict[str, Any]) -> None:
    for target in re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)):
        assert target.startswith("#/"), target
        node: Any = document
        for part in target.removeprefix("#/").split("/"):
            node = node[part]


def test_every_address_for_programs_is_in_it(app: Flask, document: dict[str, Any]) -> None:
    served = {
        (re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/tiles/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, item in document["paths"].items() for method in METHODS & set(item)}
    assert served == described


def test_operations_say_what_they_need(document: dict[str, Any]) -> None:
    identifiers = []
    for path, item in document["paths"].items():
        for operation in (item[method] for method in METHODS & set(item)):
            identifiers.append(operation["operationId"])
            assert operation["summary"], path
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{([^}]+)}", path))
            for parameter in operation["parameters"]:
                assert "schema" in parameter
    assert len(identifiers) == len(set(identifiers))


def test_limits_and_ways_to_sign_in_are_stated(document: dict[str, Any]) -> None:
    assert "MB" in document["info"]["description"]
    assert set(document["components"]["securitySchemes"]) == {"session", "token"}


def test_every_view_of_ours_is_declared(app: Flask) -> None:
    foreign = {"static", "security.static", "security.login", "security.logout", "security.verify"}
    undeclared = {name for name, view in app.view_functions.items() if declaration_of(view) is None}
    assert undeclared == foreign

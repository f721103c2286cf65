"""What a form of a page sends, as a body: numbers as people type them, entries of a list row by row."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

import app.web
from app.errors import InvalidInput
from app.web.form_words import form_word
from app.web.money_body import Body
from app.web.page_forms import read_typed, refusals
from gis.problems import Problem
from tests.conftest import ROOT

PLAN = Body(
    {"number": "text", "days": "whole", "share": "percent", "paid_on": "date", "done": "flag"},
    frozenset({"number"}),
    lists={"parts": Body({"amount_baht": "amount", "note": "text"}, frozenset({"amount_baht"}))},
)


def test_what_people_type_is_read() -> None:
    form = {
        "csrf_token": "x",
        "number": " 12/2570 ",
        "days": "๑,๒๐๐",
        "share": "๑๒.๕ %",
        "paid_on": "18 พ.ย. 2569",
        "done": "1",
        "parts-2-amount_baht": "๒,๐๐๐",
        "parts-10-amount_baht": "3,000.50",
        "parts-11-amount_baht": " ",
    }
    assert read_typed(PLAN, form) == {
        "number": " 12/2570 ",
        "days": 1200,
        "share": Decimal("12.5"),
        "paid_on": date(2026, 11, 18),
        "done": True,
        "parts": [{"amount_baht": Decimal(2000)}, {"amount_baht": Decimal("3000.50")}],
    }


def test_every_fault_comes_at_once_with_its_field_and_row() -> None:
    form = {"days": "two", "share": "130", "parts-1-note": "x", "parts-2-amount_baht": "many"}
    with pytest.raises(InvalidInput) as caught:
        read_typed(PLAN, form)
    where = [(p.where["field"], p.where.get("row")) for p in caught.value.problems]
    assert sorted(where, key=str) == sorted(
        [("number", None), ("days", None), ("share", None), ("amount_baht", 1), ("amount_baht", 2)], key=str
    )


def test_a_refusal_names_the_field_as_the_form_does(app: Flask) -> None:
    error = InvalidInput([Problem("field_required", where={"field": "amount_baht"})])
    with app.test_request_context("/projects", headers={"Accept-Language": "th"}):
        [line] = refusals(error)
    assert line["field"] == "amount_baht"
    assert "amount_baht" not in line["message"]
    assert "จำนวนเงิน" in line["message"]


def _bodies() -> Iterator[Body]:
    """Every body of the pages and the API, those inside tables of acts too."""

    def inside(thing: object, depth: int = 0) -> Iterator[Body]:
        if isinstance(thing, Body):
            yield thing
            for inner in thing.lists.values():
                yield from inside(inner)
        elif isinstance(thing, Mapping) and depth < 2:
            for one in thing.values():
                yield from inside(one, depth + 1)
        elif dataclasses.is_dataclass(type(thing)):
            yield from inside(getattr(thing, "body", None))

    for module in pkgutil.iter_modules(app.web.__path__):
        for thing in vars(importlib.import_module(f"app.web.{module.name}")).values():
            yield from inside(thing)


def test_no_field_is_named_by_its_key_in_a_sentence() -> None:
    """Sentences name a field by the word above it: every field of every form, and every field a service refuses."""
    names = {name for body in _bodies() for name in (*body.fields, *body.lists)}
    assert len(names) > 150
    said = re.compile(r'(?:check_\w+\(|where=\{"field": )"([a-z_]+)"')
    for path in (ROOT / "app" / "services").rglob("*.py"):
        names |= set(said.findall(path.read_text(encoding="utf-8")))
    assert sorted(name for name in names if form_word(name, "") == name) == []
    assert [form_word("text", "messages"), form_word("title", "news")] == ["ข้อความ", "หัวข้อข่าว"]

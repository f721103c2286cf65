"""What a form of a page sends, as a body: numbers as people type them, entries of a list row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from app.errors import InvalidInput
from app.web.money_body import Body
from app.web.page_forms import read_typed, refusals
from gis.problems import Problem

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

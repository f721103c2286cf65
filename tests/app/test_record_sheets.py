"""Sheets of records: revenue and expenditure by month, statistics, grants, communities."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Forbidden, InvalidInput, NotFound
from app.queries.record_sheets import SHEETS, record_rows
from app.services.record_sheets import change_records
from app.services.sheets import CellChange, NewRow, SheetChanges, SheetOutcome
from tests import factories
from tests.app.conftest import SignIn
from tests.statements import counted

CODE = "D9901001"


@pytest.fixture
def finance(session: Session) -> Actor:
    return factories.actor_for(
        factories.make_user(session, "LAO_FINANCE", organisation=factories.make_organisation(session, CODE))
    )


@pytest.fixture
def planner(session: Session, finance: Actor) -> Actor:
    return factories.actor_for(factories.make_user(session, "LAO_PLANNER", organisation=CODE))


def save(session: Session, actor: Actor, name: str, **changes: Any) -> SheetOutcome:
    return change_records(session, actor, SHEETS[name], CODE, 2569, SheetChanges(**changes))


def cells(session: Session, name: str) -> dict[str, dict[str, Any]]:
    rows = record_rows(session, SHEETS[name], CODE, 2569)
    return {row.id: {k: v for k, v in row.values.items() if v is not None} for row in rows}


def test_a_year_of_revenue_is_one_paste(session: Session, finance: Actor) -> None:
    paste = [CellChange("R7", f"m{month}", None, f"{month},000.50") for month in range(13)]
    with counted(session) as seen:
        assert save(session, finance, "revenue", cells=paste).clean
    assert len(seen) <= 5
    stored = cells(session, "revenue")["R7"]
    assert (stored["name"], str(stored["m0"]), str(stored["m12"])) == ("ภาษีจัดสรร", "0.50", "12000.50")
    assert set(cells(session, "revenue")) == {f"R{n}" for n in range(1, 10)}
    assert len(cells(session, "expenditure")) == 12


def test_a_dash_empties_and_a_nought_is_kept(session: Session, finance: Actor) -> None:
    save(session, finance, "revenue", cells=[CellChange("R1", "m1", None, "500"), CellChange("R1", "m2", None, "0")])
    save(session, finance, "revenue", cells=[CellChange("R1", "m1", "500.00", " - ")])
    assert {k: str(v) for k, v in cells(session, "revenue")["R1"].items()} == {"name": "ภาษีอากร", "m2": "0.00"}


def test_what_somebody_else_wrote_in_the_month_is_kept(session: Session, finance: Actor) -> None:
    save(session, finance, "revenue", cells=[CellChange("R1", "m1", None, "500")])
    [conflict] = save(session, finance, "revenue", cells=[CellChange("R1", "m1", None, "700")]).conflicts
    assert (conflict.yours, conflict.theirs) == ("700.00", "500.00")


@pytest.mark.parametrize(
    ("row", "column", "value", "code"),
    [
        ("R1", "m13", "5", "form_column_unknown"),
        ("R1", "name", "x", "form_column_unknown"),
        ("R99", "m1", "5", "line_not_found"),
        ("E510000", "m1", "5", "line_not_found"),
        ("R1", "m1", "ห้าพัน", "amount_unreadable"),
        ("R1", "m1", "-5", "amount_negative"),
        ("R1", "m1", "9999999999999", "amount_too_large"),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, finance: Actor, row: str, column: str, value: str, code: str
) -> None:
    outcome = save(session, finance, "revenue", cells=[CellChange(row, column, None, value)])
    assert [problem.code for problem in outcome.problems] == [code]
    assert not outcome.touched


def test_grants_come_and_go_and_come_back(session: Session, finance: Actor) -> None:
    outcome = save(
        session,
        finance,
        "grants",
        inserts=[
            NewRow(
                "a",
                {"kind": "เฉพาะกิจ", "name_th": "ถนน คสล.", "letter_on": "4 พ.ย. 2568", "allotted_baht": "2,000,000"},
            ),
            NewRow("b", {"name_th": "ไม่บอกประเภท"}),
        ],
    )
    assert [(p.code, p.where["row"], p.where["column"]) for p in outcome.problems] == [("cell_required", "b", "kind")]
    made = outcome.inserted["a"]
    stored = cells(session, "grants")[made]
    assert (stored["kind"], stored["letter_on"].isoformat()) == ("GRANT_SPECIFIC", "2025-11-04")
    assert save(session, finance, "grants", removals=[made]).removed == [made]
    assert cells(session, "grants") == {}
    save(session, finance, "grants", restores=[made, "x", "99999999999999999999"])
    assert list(cells(session, "grants")) == [made]


def test_communities_are_the_planners(session: Session, finance: Actor, planner: Actor) -> None:
    with pytest.raises(Forbidden):
        save(session, finance, "communities", inserts=[NewRow("a", {"name_th": "บ้านหนองแวง"})])
    with pytest.raises(Forbidden):
        save(session, planner, "revenue", cells=[CellChange("R1", "m1", None, "5")])
    outcome = save(
        session,
        planner,
        "communities",
        inserts=[NewRow("a", {"village_number": "๗", "name_th": "บ้านหนองแวง", "male": "1,204", "female": "x"})],
    )
    assert [p.code for p in outcome.problems] == ["count_unreadable"]
    outcome = save(
        session, planner, "communities", inserts=[NewRow("a", {"village_number": "๗", "name_th": "บ้านหนองแวง"})]
    )
    save(session, planner, "communities", cells=[CellChange(outcome.inserted["a"], "male", None, "1,204")])
    assert cells(session, "communities")[outcome.inserted["a"]] == {
        "village_number": 7,
        "name_th": "บ้านหนองแวง",
        "male": 1204,
    }


def test_every_change_tells_who_before_and_after(session: Session, finance: Actor) -> None:
    save(session, finance, "revenue", cells=[CellChange("R1", "m1", None, "500")])
    save(session, finance, "revenue", cells=[CellChange("R1", "m1", "500.00", "700")])
    changes = session.execute(
        sa.text("SELECT entity_key, action, before, after FROM change_log WHERE entity = 'finance_month' ORDER BY id")
    ).all()
    assert [(c.entity_key, c.action) for c in changes] == [
        (f"{CODE}/2569/R1/1", "insert"),
        (f"{CODE}/2569/R1/1", "update"),
    ]
    assert (changes[1].before, changes[1].after) == ({"amount_baht": 500.0}, {"amount_baht": 700.0})


def test_unknown_organisations_and_years_are_told(session: Session, finance: Actor) -> None:
    with pytest.raises(NotFound):
        change_records(session, finance, SHEETS["revenue"], "X", 2569, SheetChanges())
    with pytest.raises(InvalidInput):
        change_records(session, finance, SHEETS["revenue"], CODE, 1, SheetChanges())


def test_the_grid_reads_and_writes_the_sheet(app: Flask, sign_in: SignIn, session: Session, finance: Actor) -> None:
    from app.models import UserAccount

    person = session.get(UserAccount, finance.user_id)
    assert person is not None
    browser = sign_in(app.test_client(), person)
    url = f"/api/v1/organisations/{CODE}/sheets/expenditure/2569"
    sheet = browser.get(url).get_json()
    assert sheet["editable"] and sheet["fixed_rows"]
    assert [c["key"] for c in sheet["columns"]][:3] == ["name", "m0", "m1"]
    change = {"row": "E542000", "column": "m3", "base": None, "value": "๑,๐๐๐"}
    saved = browser.post(f"{url}/changes", json={"changes": [change]}).get_json()
    assert saved["rows"][0]["cells"]["m3"] == "1000.00"
    assert browser.get(f"/api/v1/organisations/{CODE}/sheets/nothing/2569").status_code == 404

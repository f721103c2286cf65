"""Sheets of records as files: downloaded, filled in, sent back, compared, accepted whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.models import UserAccount
from app.queries.record_sheets import SHEETS, record_rows
from app.services.record_sheets import change_records
from app.services.sheets import CellChange, NewRow, SheetChanges
from tests import factories
from tests.app.conftest import SignIn

CODE = "D9901001"
API = f"/api/v1/organisations/{CODE}/sheets"


@pytest.fixture
def person(session: Session) -> UserAccount:
    return factories.make_user(session, "LAO_FINANCE", organisation=factories.make_organisation(session, CODE))


@pytest.fixture
def finance(person: UserAccount) -> Actor:
    return factories.actor_for(person)


@pytest.fixture
def browser(app: Flask, sign_in: SignIn, person: UserAccount) -> FlaskClient:
    return sign_in(app.test_client(), person)


@pytest.fixture
def save(session: Session, finance: Actor) -> Callable[..., Any]:
    def act(name: str, **changes: Any) -> Any:
        outcome = change_records(session, finance, SHEETS[name], CODE, 2569, SheetChanges(**changes))
        session.commit()
        return outcome

    return act


def stored(session: Session, name: str) -> dict[str, dict[str, str]]:
    session.expire_all()
    rows = record_rows(session, SHEETS[name], CODE, 2569)
    return {row.id: {k: str(v) for k, v in row.values.items() if v is not None} for row in rows}


def downloaded(browser: FlaskClient, name: str) -> openpyxl.Workbook:
    answer = browser.get(f"{API}/{name}/2569/workbook")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def place(book: openpyxl.Workbook, row: str, title: str) -> Any:
    page = book.worksheets[0]
    (at,) = (line[0].row for line in page.iter_rows() if line[0].value == row)
    (column,) = (cell.column for cell in page[4] if cell.value == title)
    return page.cell(at, column)


def send(browser: FlaskClient, name: str, content: openpyxl.Workbook | bytes, file_name: str = "กลับ.xlsx") -> Any:
    if not isinstance(content, bytes):
        file = io.BytesIO()
        content.save(file)
        content = file.getvalue()
    answer = browser.post(f"{API}/{name}/2569/uploads", data={"file": (io.BytesIO(content), file_name)})
    assert answer.status_code == 201, answer.json
    return answer.json


def told(upload: Any) -> Iterator[tuple[str, str, str | None, str | None, bool]]:
    for cell in upload["cells"]:
        yield cell["name"], cell["title"], cell["theirs"], cell["yours"], cell["conflict"]


def test_a_sheet_goes_out_and_comes_back_changed(
    browser: FlaskClient, session: Session, save: Callable[..., Any]
) -> None:
    save("revenue", cells=[CellChange("R1", "m1", None, "500"), CellChange("R1", "m2", None, "700")])
    book = downloaded(browser, "revenue")
    assert send(browser, "revenue", book)["counts"] == dict.fromkeys(
        ("errors", "undecided", "cells", "inserts", "removals"), 0
    )
    place(book, "ภาษีอากร", "ต.ค.").value = " ๑,๖๓๒,๘๒๐.๕๐ "
    place(book, "ภาษีอากร", "พ.ย.").value = "-"
    place(book, "ภาษีจัดสรร", "ธ.ค.").value = "1.2.3"
    upload = send(browser, "revenue", book)
    assert upload["ours"] and list(told(upload)) == [
        ("ภาษีอากร", "ต.ค.", "500", "1,632,820.50", False),
        ("ภาษีอากร", "พ.ย.", "700", None, False),
    ]
    (problem,) = upload["problems"]
    assert (problem["name"], problem["address"][0]) == ("ภาษีจัดสรร", "E")
    refused = browser.post(f"{upload['api']}/accept")
    assert refused.status_code == 422  # all or nothing
    assert stored(session, "revenue")["R1"]["m1"] == "500.00"
    left = browser.patch(upload["api"], json={"decisions": {problem["key"]: "theirs"}}).json
    assert left["acceptable"]
    assert "เปรียบเทียบไฟล์" in browser.get(upload["url"]).text
    assert browser.post(f"{upload['api']}/accept").json["status"] == "ACCEPTED"
    assert stored(session, "revenue")["R1"] == {"name": "ภาษีอากร", "m1": "1632820.50"}
    assert "รับไฟล์แล้ว" in browser.get(upload["url"]).text


def test_what_somebody_else_wrote_meanwhile_is_a_choice(
    browser: FlaskClient, session: Session, save: Callable[..., Any]
) -> None:
    save("expenditure", cells=[CellChange("E542000", "m1", None, "500")])
    book = downloaded(browser, "expenditure")
    name = stored(session, "expenditure")["E542000"]["name"]
    place(book, name, "ต.ค.").value = 600
    save("expenditure", cells=[CellChange("E542000", "m1", "500.00", "550")])
    upload = send(browser, "expenditure", book)
    assert list(told(upload)) == [(name, "ต.ค.", "550", "600", True)] and not upload["acceptable"]
    key = upload["cells"][0]["key"]
    page = browser.post(upload["url"], data={f"choice-{key}": "mine", "act": "accept"})
    assert page.status_code == 303
    assert stored(session, "expenditure")["E542000"]["m1"] == "600.00"


def test_lines_of_communities_come_and_go(browser: FlaskClient, app: Flask, sign_in: SignIn, session: Session) -> None:
    planner = factories.make_user(session, "LAO_PLANNER", organisation=CODE)
    actor = factories.actor_for(planner)
    lines = [NewRow("a", {"name_th": "บ้านเหนือ", "male": "10"}), NewRow("b", {"name_th": "บ้านใต้"})]
    change_records(session, actor, SHEETS["communities"], CODE, 2569, SheetChanges(inserts=lines))
    session.commit()
    browser = sign_in(app.test_client(), planner)
    book = downloaded(browser, "communities")
    page = book.worksheets[0]
    (south,) = (line[0].row for line in page.iter_rows() if line[1].value == "บ้านใต้")
    page.cell(south, 6).value = None
    page.cell(south, 2).value = "บ้านใหม่"
    page.cell(south, 3).value = 12.0
    upload = send(browser, "communities", book)
    counts = upload["counts"]
    assert (counts["inserts"], counts["removals"], counts["errors"]) == (1, 1, 0)
    assert browser.post(f"{upload['api']}/accept").status_code == 200
    assert {one["name_th"] for one in stored(session, "communities").values()} == {"บ้านเหนือ", "บ้านใหม่"}


def test_an_offices_own_table_is_matched_by_names(
    browser: FlaskClient, session: Session, save: Callable[..., Any]
) -> None:
    save("revenue", cells=[CellChange("R1", "m1", None, "500")])
    text = 'รายงานรายรับ,,\nรายการ,ต.ค. 68,พฤศจิกายน\n1. ภาษีอากร,"๑,๐๐๐",\nรายรับลึกลับ,5,\nรวม,1005,\n'
    upload = send(browser, "revenue", text.encode("cp874"), "รายรับ.csv")
    assert not upload["ours"]
    assert list(told(upload)) == [("ภาษีอากร", "ต.ค.", "500", "1,000", False)]
    assert [p["code"] for p in upload["problems"]] == ["record_item_unknown"]
    other = downloaded(browser, "expenditure")
    assert "record_file_of_other" in [p["code"] for p in send(browser, "revenue", other)["problems"]]


def test_a_file_that_is_none_is_refused(browser: FlaskClient) -> None:
    answer = browser.post(f"{API}/revenue/2569/uploads", data={"file": (io.BytesIO(b"x"), "a.xlsx")})
    assert answer.status_code == 422
    page = browser.post(f"/organisations/{CODE}/sheets/revenue/2569/uploads", data={})
    assert page.status_code == 422 and "ส่งไฟล์" in page.text

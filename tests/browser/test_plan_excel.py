"""A plan form through Excel: downloaded, changed, sent back, decided on and accepted, at a desk and on a phone."""

from __future__ import annotations

import base64
import io
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser
CALL = """
async ([method, url, body, file]) => {
  const headers = { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
  let sent;
  if (file) {
    const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
    sent = new FormData();
    sent.append("file", new File([bytes], "แผน_2569.xlsx"));
  } else if (body) { headers["Content-Type"] = "application/json"; sent = JSON.stringify(body); }
  const answer = await fetch(url, { method, headers, body: sent });
  return { status: answer.status, body: await answer.json() };
}
"""


def call(page: Page, method: str, url: str, body: Any = None, file: bytes | None = None) -> Any:
    packed = base64.b64encode(file).decode() if file is not None else None
    answer = page.evaluate(CALL, [method, url, body, packed])
    assert answer["status"] < 300, answer
    return answer["body"]


def open_form(page: Page, organisation: str) -> str:
    """Address of ผ.02 of an open version."""
    [plan, *_] = call(page, "GET", f"/api/v1/organisations/{organisation}/plans")["items"]
    drafts = [v for v in plan["versions"] if v["status"] == "DRAFT"]
    version = drafts[0] if drafts else None
    if version is None:
        opening = {
            "change_types": ["ADD", "CHANGE"],
            "number": "เพิ่มเติมและเปลี่ยนแปลง ครั้งที่ 9",
            "fiscal_year_be": plan["years"][-1],
        }
        version = call(page, "POST", f"/api/v1/plans/{plan['id']}/versions", opening)
    return f"/api/v1/plan-versions/{version['id']}/forms/p02"


def edited(content: bytes, names: list[str], column: int) -> bytes:
    """Objective of the first line (collides), another objective, a bad amount, one line gone and one new."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book["ผ.02"]
    rows = {page.cell(row, 2).value: row for row in range(7, page.max_row + 1)}
    page.cell(rows[names[0]], 3).value = "เพื่อให้น้ำไม่ท่วม"
    page.cell(rows[names[1]], 3).value = "เพื่อทำการเกษตร ที่ดินทำกิน"
    page.cell(rows[names[1]], column).value = "ประมาณ 5 แสน"
    gone = rows[names[2]]
    page.insert_rows(gone + 1)
    page.cell(gone + 1, 2).value = "วางท่อระบายน้ำ บ้านญี่ปุ่น"
    page.delete_rows(gone)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["desk", "phone"])
def test_a_workbook_comes_back(visitor: Visitor, size: tuple[int, int]) -> None:
    page = visitor.open(*size, touch=size[0] < 600)
    planner = next(n for n, user in visitor.server.users.items() if user["role"] == "LAO_PLANNER")
    visitor.sign_in(page, planner)
    page.goto("/projects")
    form = open_form(page, visitor.server.users[planner]["organisation"])
    names = [f"โครงการทดสอบ {size[0]} ที่ {n}" for n in range(3)]
    inserts = [{"key": f"k{n}", "cells": {"name_th": name, "objective": "เดิม"}} for n, name in enumerate(names)]
    rows = call(page, "POST", f"{form}/changes", {"inserts": inserts})["rows"]
    years = [c["key"] for c in call(page, "GET", form)["columns"] if c["total"]]
    content = page.request.get(f"{form}/file").body()
    row = next(each["id"] for each in rows if each["cells"]["name_th"] == names[0])
    theirs = {"row": row, "column": "objective", "base": "เดิม", "value": "เพื่อสัญจร"}
    call(page, "POST", f"{form}/changes", {"changes": [theirs]})
    upload = call(page, "POST", f"{form}/uploads", file=edited(content, names, 4 + len(years)))
    page.goto(f"/plan-uploads/{upload['id']}")
    expect(page.locator("#accept")).to_contain_text("เหลือ 2")
    assert [page.locator(f".upload-{name}").count() for name in ("mend", "collide", "change", "fresh", "leave")] == [
        1
    ] * 5
    assert axe_violations(page) == []
    assert axe_violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

    page.keyboard.press("F8")
    expect(page.locator(".upload-mend button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".upload-mend")).to_have_count(0)
    page.keyboard.press("F8")
    page.locator(".upload-collide label", has_text="ของไฟล์").click()
    expect(page.locator("#accept")).to_have_attribute("aria-disabled", "false")
    page.locator("#accept").click()
    page.locator("dialog .btn-danger-solid").click()
    expect(page.locator(".note-ok")).to_contain_text("เพิ่ม 1 แถว")
    stand = {each["cells"]["name_th"]: each["cells"] for each in call(page, "GET", form)["rows"]}
    assert stand[names[0]]["objective"] == "เพื่อให้น้ำไม่ท่วม"
    assert stand[names[1]]["objective"] == "เพื่อทำการเกษตร ที่ดินทำกิน"
    assert names[2] not in stand and "วางท่อระบายน้ำ บ้านญี่ปุ่น" in stand

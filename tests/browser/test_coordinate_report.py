"""The report over stored coordinates as an officer uses it: check, look, take what is offered, say that all is well."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser


def test_an_officer_works_through_what_looks_wrong(visitor: Visitor) -> None:
    officer = next(name for name, user in visitor.server.users.items() if user["role"] == "PROV_OFFICER")
    page = visitor.sign_in(visitor.open(), officer)
    page.goto("/coordinates")
    # The demonstration has roads that lie a zone away; nobody has looked yet.
    page.click("#check")
    outside = page.get_by_role("link", name="อยู่นอกประเทศไทย")
    expect(outside).to_be_visible(timeout=60_000)
    assert axe_violations(page) == []
    outside.click()
    rows = page.locator(".finding")
    expect(rows.first).to_be_visible()
    before = rows.count()
    name = rows.first.locator(".finding-name").inner_text()
    rows.first.locator(".finding-name").click()
    expect(rows.first).to_have_class(re.compile("chosen"))
    assert axe_violations(page) == []
    rows.first.get_by_role("button", name="ใช้ตำแหน่งนี้").click()
    expect(page.locator(".toast")).to_contain_text("แก้พิกัดของ")
    expect(rows).to_have_count(before - 1)
    expect(page.locator(".finding-name", has_text=name)).to_have_count(0)

    page.goto("/coordinates")
    listed = rows.count()
    rows.first.get_by_role("button", name="ถูกต้องแล้ว").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="ถูกต้องแล้ว").click()
    # Without a reason nothing is kept, and the person is told.
    expect(page.locator("dialog[open]")).to_contain_text("บอกเหตุผล")
    page.locator("dialog[open]").get_by_role("button", name="ยกเลิก").click()
    expect(rows).to_have_count(listed)
    rows.first.get_by_role("button", name="ถูกต้องแล้ว").click()
    page.fill("#dialog-note", "โครงการร่วมกับเทศบาล")
    page.locator("dialog[open]").get_by_role("button", name="ถูกต้องแล้ว").click()
    expect(page.locator(".toast", has_text="ยืนยันแล้ว")).to_be_visible()
    page.goto("/coordinates?answered=true")
    expect(page.locator(".finding")).to_contain_text("โครงการร่วมกับเทศบาล")
    page.locator(".finding").get_by_role("button", name="เปิดใหม่").click()
    expect(page.get_by_role("heading", name="ยังไม่มีรายการที่ยืนยันว่าถูก")).to_be_visible()


def test_the_report_on_a_phone(visitor: Visitor) -> None:
    engineer = next(name for name, user in visitor.server.users.items() if user["role"] == "LAO_ENGINEER")
    page = visitor.sign_in(visitor.open(390, 844, touch=True), engineer)
    page.goto("/coordinates")
    expect(page.get_by_role("button", name="ตรวจใหม่")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe_violations(page) == []

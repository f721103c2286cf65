"""Works at one place as an officer uses them: compare, look at a pair, answer, and see it told on the map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser


def test_an_officer_answers_a_pair(visitor: Visitor) -> None:
    officer = next(name for name, user in visitor.server.users.items() if user["role"] == "PROV_OFFICER")
    page = visitor.sign_in(visitor.open(), officer)
    page.goto("/duplicates")
    page.get_by_role("button", name="เทียบใหม่").click()
    expect(page).to_have_url(re.compile("/jobs"))
    # The demonstration was compared when it was made: the list opens on what waits. In a page of its own, since that of
    # the job loads itself again when it is done.
    page = page.context.new_page()
    page.goto("/duplicates")
    expect(page.locator(".dup-tabs [aria-current]")).to_contain_text("งานเดียวกัน")
    rows = page.locator(".dup-table tbody tr")
    expect(rows.first).to_be_visible()
    assert axe_violations(page) == []
    rows.first.locator("th a").click()
    page.wait_for_function("() => Boolean(window.__map?.ready)")
    assert axe_violations(page) == []
    page.get_by_role("button", name="บันทึกคำตอบ").click()
    expect(page.locator("#error-answer-answer")).to_contain_text("ยังไม่ได้เลือกคำตอบ")
    page.locator(".chip-radio", has_text="ซ่อมของเดิม").click()
    page.get_by_label("หมายเหตุ").fill("พื้นที่น้ำท่วมทุกปี")
    page.get_by_role("button", name="บันทึกคำตอบ").click()
    expect(page.locator(".dup-history")).to_contain_text("พื้นที่น้ำท่วมทุกปี")
    expect(page.get_by_role("heading", name=re.compile("^ซ่อมของเดิม"))).to_be_visible()
    # Who answered does not confirm.
    expect(page.get_by_role("button", name=re.compile("^ยืนยัน"))).to_have_count(0)
    code = page.locator(".dup-compare thead a").first.inner_text()
    phone = visitor.sign_in(visitor.open(390, 844, touch=True), officer)
    for address in (page.url, "/duplicates", f"/projects/{code}?tab=duplicates"):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert axe_violations(phone) == [], address
    phone.goto("/duplicates")
    expect(phone.locator("#dup-controls")).to_be_hidden()
    phone.get_by_role("button", name="ตัวกรอง").click()
    expect(phone.locator("#by-fiscal_year")).to_be_visible()

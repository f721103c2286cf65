"""A question on its way: asked on a project's page, seen at once in an open page of the province, answered and read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser


def test_a_question_is_asked_seen_and_answered(visitor: Visitor) -> None:
    users = visitor.server.users
    officer_name = next(name for name, user in users.items() if user["role"] == "PROV_OFFICER")
    planner_name = next(name for name, user in users.items() if user["role"] == "LAO_PLANNER")
    officer = visitor.sign_in(visitor.open(), officer_name)
    officer.goto("/messages")
    before = int(officer.locator(".topbar .envelope-count").inner_text())

    planner = visitor.sign_in(visitor.open(390, 844, touch=True), planner_name)
    planner.goto(f"/projects?organisation={users[planner_name]['organisation']}")
    code = planner.locator("a[href^='/projects/']").first.get_attribute("href")
    planner.goto(f"{code}")
    planner.get_by_role("link", name="ถามเรื่องนี้").click()
    expect(planner.locator("main")).to_contain_text("ผู้อ่านได้")
    assert axe_violations(planner) == []
    planner.get_by_label("เรื่อง", exact=False).first.fill("วงเงินไม่ตรง")
    planner.locator("#f-text").fill("ก" * 20_001)
    planner.get_by_role("button", name="ส่ง", exact=True).click()
    expect(planner.locator("#error-text")).to_contain_text("20,000")
    assert len(planner.locator("#f-text").input_value()) == 20_001
    planner.locator("#f-text").fill("ข้อบัญญัติกับแผนต่างกัน\nใช้วงเงินใด")
    planner.get_by_role("button", name="ส่ง", exact=True).click()
    expect(planner).to_have_url(re.compile(r"/messages/\d+"))

    # The officer's page was not loaded again.
    expect(officer.locator(".topbar .envelope-count")).to_have_text(str(before + 1))
    expect(officer.locator(".topbar .envelope")).to_have_accessible_name(
        re.compile(rf"^{before + 1} · ข้อความใหม่ \d+ เรื่อง ข่าวใหม่ \d+ ข่าว$")
    )
    officer.locator(".topbar .envelope").click()
    assert axe_violations(officer) == []
    officer.get_by_role("link", name="วงเงินไม่ตรง").click()
    assert axe_violations(officer) == []
    officer.get_by_label("ตอบ", exact=True).fill("ใช้ตามข้อบัญญัติ")
    officer.get_by_role("button", name="ส่ง", exact=True).click()
    expect(officer.locator("h1 .pill")).to_have_text("ตอบแล้ว")
    expect(officer.locator(".topbar .envelope-count")).to_have_text(str(before))

    planner.reload()
    expect(planner.locator(".messages")).to_contain_text("ใช้ตามข้อบัญญัติ")
    for address in (planner.url, "/messages", "/news", "/account/notifications"):
        planner.goto(address)
        assert planner.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert axe_violations(planner) == [], address
    officer.goto("/news/new")
    assert axe_violations(officer) == []


@pytest.mark.parametrize("address", ["/monitoring", "/review"])
def test_a_desk_with_long_lists_is_no_longer_than_its_window(visitor: Visitor, address: str) -> None:
    """What only screen readers read is placed in the list that scrolls, not below everything."""
    officer = visitor.sign_in(visitor.open(), "officer")
    officer.goto(address)
    expect(officer.locator("main li").nth(4)).to_be_attached()
    assert officer.evaluate("document.documentElement.scrollHeight - innerHeight") == 0

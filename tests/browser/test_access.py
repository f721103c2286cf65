"""Access and scenarios as an officer uses them: look, narrow, compute what comes first, read it on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser


def test_an_officer_asks_who_has_water_and_what_comes_first(visitor: Visitor) -> None:
    officer = next(name for name, user in visitor.server.users.items() if user["role"] == "PROV_OFFICER")
    page = visitor.sign_in(visitor.open(), officer)
    page.goto("/analysis/access?kind=water")
    rows = page.locator(".access-table tbody tr")
    expect(rows).to_have_count(6)
    assert axe_violations(page) == []
    # The view changes without leaving the page; address, table and map follow.
    page.select_option("select[name=area]", "9901")
    expect(page).to_have_url(re.compile("area=9901"))
    expect(rows.first).to_be_visible()
    expect(page.locator("#access-map canvas").first).to_be_visible()

    page.get_by_role("link", name="คำนวณทางเลือก").click()
    page.fill("#f-name", "น้ำ 2 ล้าน")
    page.fill("#f-budget_baht", "๒,๐๐๐,๐๐๐")
    page.select_option("#f-method", "exact")
    assert axe_violations(page) == []
    page.get_by_role("button", name="คำนวณและเก็บ").click()
    expect(page.get_by_role("heading", name="น้ำ 2 ล้าน")).to_be_visible(timeout=30_000)
    expect(page.locator(".note", has_text="พิสูจน์แล้ว")).to_be_visible()
    assert axe_violations(page) == []
    address = page.url

    phone = visitor.sign_in(visitor.open(390, 844, touch=True), officer)
    for path in (address, "/analysis/access?kind=water", "/analysis/scenarios", "/analysis/scenarios/new"):
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path

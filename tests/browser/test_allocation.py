"""An analyst looks where the money goes: map, evenness, two years wiped over each other, the works behind a number."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser
PAGE = "/analysis/allocation?level=tambon&fiscal_year=2569"


def test_an_analyst_looks_where_the_money_goes(visitor: Visitor) -> None:
    analyst = next(name for name, user in visitor.server.users.items() if user["role"] == "CENTRAL_ANALYST")
    page = visitor.sign_in(visitor.open(), analyst)
    page.goto(PAGE)
    rows = page.locator("#allocation-table tbody tr")
    page.wait_for_function("() => window.__map && window.__map.features('allocation').length === 26")
    assert rows.count() == 26
    assert axe_violations(page) == []
    rows.first.locator("td").first.click()
    expect(rows.first).to_have_class("selected")

    page.get_by_role("link", name="เปลี่ยนแปลง").click()
    page.wait_for_function("() => window.__map && window.__map.features('allocation').length === 26")
    page.get_by_label("ปาดเทียบสองปี").check()
    page.get_by_label("ตำแหน่งที่ปาด").fill("30")
    page.wait_for_function("() => window.__map.features('allocation-later').length === 26")
    assert axe_violations(page) == []

    page.get_by_role("link", name="รายปี").click()
    small = page.locator(".allocation-multiples canvas").first
    expect(small).to_have_attribute("data-places", "26")
    page.get_by_role("link", name="ความเท่าเทียม").click()
    expect(page.get_by_role("img", name="เส้นโค้งลอเรนซ์")).to_be_visible()
    assert axe_violations(page) == []

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(PAGE)
    level = page.get_by_label("แสดงราย")
    expect(level).to_be_hidden()  # folded away: the map is what a phone has room for
    page.get_by_role("button", name="ตัวกรอง").click()
    expect(level).to_be_visible()
    assert axe_violations(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})

    page.goto(PAGE)
    count = rows.first.locator("a").last.inner_text()
    rows.first.locator("a").last.click()
    expect(page.locator("main tbody tr")).to_have_count(int(count))

"""The desks of province and department on a telephone: nothing beside the screen, axe clean, targets for fingers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser

SMALL_TARGETS = """() => {
  const small = [];
  for (const one of document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary)")) {
    if (one.type === "hidden" || !one.checkVisibility()) continue;
    if (one.closest("[inert], .ol-attribution, .visually-hidden")) continue;
    const label = one.matches("input[type=checkbox], input[type=radio]") ? one.closest("label") : null;
    const box = (label ?? one).getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    // A link within a sentence is as high as its line (WCAG 2.5.8, inline).
    const inText = one.matches("a") && getComputedStyle(one).display === "inline" &&
      [...one.parentElement.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim().length > 2);
    const size = `${Math.round(box.width)}x${Math.round(box.height)}`;
    if (!inText && box.height < 43.5) small.push(`${one.className} ${size} ${one.textContent.trim().slice(0, 30)}`);
  }
  return small;
}"""


def fits(page: Page, address: str) -> None:
    """Shown whole at the width of a telephone, with targets of 44 pixels and without what axe finds."""
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    assert page.evaluate(SMALL_TARGETS) == [], address
    assert axe_violations(page) == [], address


def test_scores_review_and_monitoring_on_a_telephone(visitor: Visitor) -> None:
    of_role = {user["role"]: name for name, user in visitor.server.users.items()}
    officer = visitor.sign_in(visitor.open(390, 844, touch=True), of_role["PROV_OFFICER"])
    for address in ("/review", "/review/figures", "/review/classification", "/monitoring", "/scores"):
        fits(officer, address)
    officer.goto("/monitoring?view=table")
    matrix = officer.locator(".matrix tbody tr").first
    if matrix.is_visible():
        tops = matrix.locator(".heat").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().top)")
        assert len(set(tops)) == 1, "every head of reporting stands in one row"
    fits(visitor.sign_in(visitor.open(390, 844, touch=True), of_role["DLA_CENTRAL"]), "/review")


def test_an_officer_returns_a_figure_and_its_organisation_sees_it(visitor: Visitor) -> None:
    of_role = {user["role"]: name for name, user in visitor.server.users.items()}
    page = visitor.sign_in(visitor.open(390, 844, touch=True), of_role["PROV_OFFICER"])
    page.goto("/review/figures?figure=contract")
    row = page.locator(".figure-row").first
    name = row.locator(".class-name").inner_text()
    row.get_by_role("checkbox").check()
    expect(page.locator("[data-chosen-words]")).to_have_text("เลือก 1 รายการ")
    page.get_by_role("button", name="ส่งกลับแก้ไข").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    page.locator("#figures-note").fill("สัญญาแนบบอก 470,000 บาท")
    page.get_by_role("button", name="ส่งกลับแก้ไข").click()
    page.goto("/monitoring/owed?state=returned")
    expect(page.locator(".owed-list")).to_contain_text("สัญญาแนบบอก 470,000 บาท")
    page.locator(".owed-foot a").first.click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator(".project-remarks")).to_contain_text("สัญญาแนบบอก 470,000 บาท")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe_violations(page) == []

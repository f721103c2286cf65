"""The story of a change: saved, its receipt opened, found again in the history, and brought back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, axe_violations

SIZES = ((1366, 768), (390, 844))


def fits(page: Page) -> bool:
    """True when nothing has to be scrolled sideways."""
    width: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width <= 0


def widen(page: Page, code: str, width_m: float) -> str:
    """Change the width as a program of the page would; the receipt."""
    receipt: str = page.evaluate(
        """async ([code, width]) => {
            const url = `/api/v1/projects/${code}`;
            const tag = (await fetch(url)).headers.get("ETag");
            const answer = await fetch(url, {
                method: "PATCH",
                headers: {
                    "Content-Type": "application/json",
                    "If-Match": tag,
                    "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
                },
                body: JSON.stringify({ width_m: width }),
            });
            if (!answer.ok) throw new Error(await answer.text());
            return answer.headers.get("X-Request-Id");
        }""",
        [code, width_m],
    )
    return receipt


def test_a_change_is_found_again_and_brought_back(visitor: Visitor) -> None:
    planner = next(user for user in visitor.server.users.values() if user["role"] == "LAO_PLANNER")
    page = visitor.open()
    visitor.sign_in(page, planner["username"])
    page.goto(f"/projects?organisation={planner['organisation']}")
    address = page.locator("main tbody a[href^='/projects/']").first.get_attribute("href")
    code = re.split(r"[/?]", str(address))[2]
    widen(page, code, 4.25)
    receipt = widen(page, code, 7.5)

    # The number is typed into the search of the bar as it was heard on the telephone.
    page.locator("#search").fill(receipt.lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/receipts/{receipt}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(receipt)
    expect(page.locator("main")).to_contain_text("7.5 ม.")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert fits(page)
    assert axe_violations(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})

    page.locator("main a[href*='tab=history']").first.click()
    page.get_by_label("เฉพาะช่อง").select_option("width_m")
    page.get_by_role("button", name="แสดง", exact=True).click()
    expect(page).to_have_url(re.compile("field=width_m"))
    expect(page.locator(".history > li").first).to_contain_text("4.25 ม. → 7.5 ม.")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert fits(page)
    assert axe_violations(page) == []

    page.locator(".history-restore button").first.click()
    expect(page.locator(".toast a[href^='/receipts/R-']")).to_be_visible()
    expect(page.locator(".history > li").first).to_contain_text("7.5 ม. → 4.25 ม.")
    page.locator(".toast a[href^='/receipts/R-']").click()
    expect(page.locator("main")).to_contain_text("4.25 ม.")

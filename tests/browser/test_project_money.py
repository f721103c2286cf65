"""Finance at work on one project: instalments added up while typed, a payment prefilled, a second writer met."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, axe_violations

SIZES = ((1366, 768), (390, 844))


def stands_well(page: Page) -> None:
    """Nothing scrolls sideways at either size, and everything can be reached and read."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        spare = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(spare) <= 0, (width, page.url)
        # what is half below the bar of the page is no smaller for it
        page.evaluate("() => scrollTo(0, 0)")
        assert axe_violations(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})


def test_instalments_a_payment_and_a_second_writer(visitor: Visitor) -> None:
    finance = next(user for user in visitor.server.users.values() if user["role"] == "LAO_FINANCE")
    page = visitor.open()
    visitor.sign_in(page, finance["username"])
    page.goto(f"/projects?organisation={finance['organisation']}&status=CONTRACTED&fiscal_year=2570")
    address = page.locator("main tbody a[href^='/projects/']").first.get_attribute("href")
    page.goto(f"{address}?tab=contracts")
    stands_well(page)

    page.get_by_role("link", name="กำหนดงวด").first.click()
    first = page.get_by_label("จำนวนเงิน งวดที่ 1")
    expect(first).to_be_focused()
    whole = float(str(page.locator("[data-sum-to]").get_attribute("data-sum-to")))
    for field in page.locator("input[name$='-amount_baht']").all():
        field.fill("")
    first.fill("๑,๐๐๐")
    expect(page.locator("[data-sum-left]")).to_have_text(f"ยังขาด {whole - 1000:,.2f} บาท")
    page.get_by_label("จำนวนเงิน งวดที่ 2").fill(f"{whole - 1000:.2f}")
    expect(page.locator("[data-sum-left]")).to_have_text("เท่าสัญญาสุดท้ายพอดี")
    stands_well(page)
    page.get_by_role("button", name="บันทึกงวด").click()
    expect(page.locator(".toast a[href^='/receipts/R-']")).to_be_visible()

    page.get_by_role("link", name="เบิกงวดนี้").last.click()
    amount = page.locator("#f-amount_baht")
    expect(amount).to_have_value(f"{whole - 1000:,.2f}")
    page.locator("select[name=under]").select_option(index=0)
    expect(amount).to_have_value("1,000.00")
    stands_well(page)

    page.goto(f"{address}?tab=contracts")
    correction = str(page.get_by_role("link", name="แก้ที่พิมพ์ผิด").first.get_attribute("href"))
    page.goto(f"{address}{correction}")
    second = page.context.new_page()
    second.goto(f"{address}{correction}")
    second.locator("#f-number").fill("ก. 1/2570")
    second.get_by_role("button", name="บันทึกที่แก้").click()
    expect(second.locator(".toast a[href^='/receipts/R-']")).to_be_visible()
    page.locator("#f-number").fill("ข. 2/2570")
    page.get_by_role("button", name="บันทึกที่แก้").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("มีคนแก้ไปก่อน")
    stands_well(page)
    # what both changed has no choice until the person makes one
    page.get_by_role("button", name="บันทึกตามที่เลือก").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("มีคนแก้ไปก่อน")
    page.get_by_label("ข. 2/2570").check()
    page.get_by_role("button", name="บันทึกตามที่เลือก").click()
    expect(page).to_have_url(re.compile("tab=contracts"))
    expect(page.locator("main")).to_contain_text("ข. 2/2570")

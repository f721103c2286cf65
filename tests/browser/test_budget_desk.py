"""A supplementary budget on its way: pasted into the grid, held back by one wrong code, sent in, returned, approved."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, axe_violations

PASTE = """text => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.activeElement.dispatchEvent(
        new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def of_role(visitor: Visitor, role: str, organisation: str | None = None) -> dict[str, str]:
    """An account of the demonstration."""
    wanted = (u for u in visitor.server.users.values() if u["role"] == role)
    return next(u for u in wanted if organisation in (None, u["organisation"]))


def begin_document(page: Page, organisation: str) -> None:
    page.goto(f"/organisations/{organisation}/money?fiscal_year=2570")
    page.get_by_text("เริ่มเอกสารงบประมาณ").click()
    form = page.locator("form.desk-form").first
    form.locator("select[name=kind]").select_option("SUPPLEMENTARY")
    form.locator("input[name=number]").fill("7/2570")
    form.locator("input[name=title]").fill("งบประมาณรายจ่ายเพิ่มเติม")
    form.get_by_role("button", name="เริ่มเอกสาร").click()
    page.wait_for_url("**/budget-documents/*")


def rows_of(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.request.get(
        f"{page.url.replace('/table', '')}/sheet".replace("/budget-documents", "/api/v1/budget-documents")
    ).json()["rows"]
    return found


def test_a_document_is_pasted_held_back_mended_and_approved(visitor: Visitor) -> None:
    planner = of_role(visitor, "LAO_PLANNER")
    code = planner["organisation"]
    page = visitor.sign_in(visitor.open(), planner["username"])
    listed = page.request.get(f"/api/v1/projects?organisation={code}&fiscal_year=2570&limit=2").json()["items"]
    first, second = (item["code"] for item in listed)
    begin_document(page, code)
    address = page.url
    assert axe_violations(page) == []
    page.get_by_role("link", name="แก้ในตาราง").first.click()
    sheet = page.locator("#sheet")
    page.locator("#sheet[data-ready=true]").wait_for(state="attached")
    page.get_by_role("button", name="แทรกแถว").click()
    page.evaluate(PASTE, f"{first}\n70-X-9999")
    page.get_by_role("button", name="แถวและวาง").click()
    expect(sheet).to_have_attribute("data-state", "held")
    expect(page.locator(".grid-body [aria-invalid=true]")).to_have_count(1)
    assert rows_of(page) == []
    page.locator(".grid-body [aria-invalid=true]").click()
    page.keyboard.type(second)
    page.keyboard.press("Enter")
    expect(sheet).to_have_attribute("data-state", "saved")
    assert sorted(row["cells"]["project"] for row in rows_of(page)) == sorted([first, second])
    page.goto(address)
    page.get_by_role("button", name="ส่งขออนุมัติ").click()
    expect(page.locator(".page-head .pill")).to_have_text("รออนุมัติ")
    expect(page.get_by_text("ผู้จัดทำและผู้ส่งอนุมัติเองไม่ได้")).to_be_visible()
    executive = of_role(visitor, "LAO_EXECUTIVE", code)
    hall = visitor.sign_in(visitor.open(), executive["username"])
    hall.goto(f"/organisations/{code}/money?fiscal_year=2570")
    hall.locator(".desk-waiting a", has_text="7/2570").click()
    hall.get_by_label("วันที่อนุมัติ").fill("20 พ.ย. 2569")
    hall.get_by_role("button", name="อนุมัติ", exact=True).click()
    expect(hall.locator(".page-head .pill")).to_have_text("อนุมัติแล้ว")
    assert axe_violations(hall) == []

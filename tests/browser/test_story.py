"""From the vision to the last payment: everyone does their part on the pages, and every step leaves its receipt."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_grid import Grid

ORGANISATION = "D06990109"
FIRST, SECOND = "ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายทางของเรื่องนี้ หมู่ที่ 2", "ก่อสร้างฝายน้ำล้นของเรื่องนี้ หมู่ที่ 4"


class Person:
    """Somebody of the organisation at a browser of their own."""

    def __init__(self, visitor: Visitor, username: str) -> None:
        self.page: Page = visitor.sign_in(visitor.open(), username)

    def goes(self, address: str) -> Page:
        self.page.goto(address)
        return self.page

    def fills(self, form: Locator, values: Mapping[str, str]) -> None:
        """Type into the fields of a form, choose, and tick, by the names of the fields."""
        for name, value in values.items():
            field = form.locator(f"[name='{name}']").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            elif field.get_attribute("type") in ("checkbox", "radio"):
                form.locator(f"[name='{name}'][value='{value}']").check()
            else:
                field.fill(value)

    def saves(self, button: Locator) -> str:
        """Press, and read the receipt that the page gives."""
        button.click()
        note = self.page.get_by_text(re.compile(r"R-[0-9A-Z]{4}-\d{4}")).first
        expect(note).to_be_visible()
        found = re.search(r"R-[0-9A-Z]{4}-\d{4}", note.inner_text())
        assert found
        return found[0]


def opened(page: Page, summary: str) -> Locator:
    """A folded part of the page, opened."""
    part = page.locator("details", has=page.locator("summary", has_text=summary)).first
    if part.get_attribute("open") is None:
        part.locator("summary").first.click()
    return part


def write_the_plan(planner: Person) -> None:
    """Vision, and a strategy that serves the national one and a goal of the SDGs."""
    page = planner.goes(f"/plans?organisation={ORGANISATION}")
    page.get_by_role("link", name=re.compile("2566")).first.click()
    form = page.locator("form", has=page.locator("[name=vision]"))
    planner.fills(form, {"vision": "ตำบลน่าอยู่ น้ำถึงทุกบ้าน ทางถึงทุกไร่ (ทบทวนปี 2569)"})
    planner.saves(form.get_by_role("button", name="บันทึก"))
    page.get_by_role("link", name="เพิ่มยุทธศาสตร์").click()
    form = page.locator("#strategy-form")
    planner.fills(form, {"name_th": "โครงสร้างพื้นฐานของเรื่องนี้", "tactic_1_name": "ทางและน้ำทั่วถึง"})
    form.locator("[name=national_strategy_code]").select_option(index=2)
    links = opened(page, "เป้าหมายการพัฒนาที่ยั่งยืน")
    links.locator("input[name=serves]").nth(5).check()
    planner.saves(form.get_by_role("button", name="บันทึกยุทธศาสตร์"))
    expect(page.locator(".plan-strategies")).to_contain_text("ทางและน้ำทั่วถึง")


def open_version(planner: Person, kind: str, number: str, reason: str) -> None:
    """Begin an addition or a change of the plan."""
    page = planner.goes(f"/plans?organisation={ORGANISATION}")
    page.get_by_role("link", name=re.compile("2566")).first.click()
    form = opened(page, "เปิดฉบับใหม่").locator("form")
    planner.fills(form, {"change_types": kind, "number": number, "fiscal_year_be": "2569", "reason": reason})
    form.get_by_role("button", name="เปิดฉบับใหม่").click()
    page.locator("#sheet[data-ready=true]").wait_for(state="attached")


def add_lines(planner: Person, lines: Mapping[str, str]) -> None:
    """Below the first project of the sheet: a name, and the money of 2569."""
    grid = Grid(planner.page)
    for name, amount in lines.items():
        grid.choose(3, "โครงการ")
        planner.page.keyboard.press("Alt+Insert")
        grid.write(name)
        planner.page.keyboard.press("Tab")
        row = planner.page.locator(".grid-body [aria-rowindex]", has_text=name).get_attribute("aria-rowindex")
        grid.type(int(row or 0), "2569", amount)
    planner.page.keyboard.press("Control+s")
    grid.saved()


def proposes(planner: Person) -> str:
    """Send the version in; gives its address."""
    page = planner.page
    page.get_by_role("link", name="เสนอแผน").click()
    page.wait_for_url(re.compile(r"/plan-versions/\d+$"))
    planner.saves(page.locator("button[value=propose]"))
    return page.url


def decides(person: Person, address: str, day: str, reference: str) -> None:
    """Record every step of the path that is this person's to record."""
    page = person.goes(address)
    while (step := page.locator(".plan-path li.due details")).count():
        form = opened(page, "บันทึกผลการพิจารณา").locator("form") if step.count() else step
        person.fills(form, {"decided_on": day, "reference": reference})
        person.saves(form.locator("button[value=PASSED]"))


def promulgate(planner: Person, executive: Person, day: str, reference: str) -> None:
    """The open version along its whole path, by those whose steps they are."""
    version = proposes(planner)
    decides(planner, version, day, "ประชุมสภา สมัยสามัญที่ 2/2569")
    expect(planner.page.locator(".plan-path li.due")).to_contain_text("รอผู้มีอำนาจ")
    decides(executive, version, day, reference)
    expect(executive.page.locator(".page-head")).to_contain_text(f"ประกาศใช้ {day} ({reference})")


def project_of(person: Person, name: str) -> str:
    """Address of the project that a line of the plan became."""
    page = person.goes(f"/projects?organisation={ORGANISATION}&fiscal_year=2569&q={name}")
    href = page.locator("tbody a", has_text=name).first.get_attribute("href")
    assert href
    return href.partition("?")[0]


def change_the_plan(planner: Person) -> None:
    """The road gets dearer; the comparison says from what to what."""
    open_version(planner, "CHANGE", "เรื่อง 2/2569", "ราคากลางสูงขึ้น")
    grid = Grid(planner.page)
    row = planner.page.locator(".grid-body [aria-rowindex]", has_text=FIRST).get_attribute("aria-rowindex")
    grid.type(int(row or 0), "2569", "2,400,000")
    planner.page.keyboard.press("Control+s")
    grid.saved()


def approve_the_budget(planner: Person, executive: Person, road: str, weir: str) -> None:
    """A supplementary ordinance brings both projects; who prepared it cannot approve it."""
    page = planner.goes(f"/organisations/{ORGANISATION}/money?fiscal_year=2569")
    form = opened(page, "เริ่มเอกสารงบประมาณ").locator("form")
    title = "ข้อบัญญัติงบประมาณรายจ่ายเพิ่มเติมของเรื่องนี้"
    values = {"kind": "SUPPLEMENTARY", "number": "9/2569", "title": title, "council_approved_on": "30 มิ.ย. 2569"}
    planner.fills(form, values | {"submitted_on": "26 มิ.ย. 2569", "council_session": "สมัยวิสามัญ สมัยที่ 1/2569"})
    planner.saves(form.get_by_role("button", name="เริ่มเอกสาร"))
    address = page.url
    for code, amount in ((road, "2,200,000"), (weir, "900,000")):
        planner.goes(f"{address}/table")
        page.locator("#sheet[data-ready=true]").wait_for(state="attached")
        add_document_row(planner, code.rpartition("/")[2], amount)
    planner.goes(address)
    planner.saves(page.locator("button[value=submit]"))
    expect(page.locator(".desk-page")).to_contain_text("ผู้จัดทำและผู้ส่งอนุมัติเองไม่ได้")
    expect(page.locator("button[value=approve]")).to_have_count(0)
    form = executive.goes(address).locator("form.desk-decide")
    executive.fills(form, {"approved_on": "1 ก.ค. 2569", "in_force_on": "2 ก.ค. 2569"})
    executive.saves(form.locator("button[value=approve]"))
    expect(executive.goes(road).locator(".project-funnel")).to_contain_text("2,200,000")


def add_document_row(planner: Person, code: str, amount: str) -> None:
    grid = Grid(planner.page)
    planner.page.locator("[data-sheet-do=insert]").click()
    grid.write(code)
    planner.page.keyboard.press("Tab")
    row = planner.page.locator(".grid-body [aria-rowindex]", has_text=code).get_attribute("aria-rowindex")
    column = next(name for name in grid.columns if "จำนวนเงิน" in name)
    grid.type(int(row or 0), column, amount)
    planner.page.keyboard.press("Control+s")
    grid.saved()


def transfer(planner: Person, executive: Person, road: str, weir: str) -> None:
    """150,000 baht from the weir to the road: saved only when it balances."""
    page = planner.goes(f"/organisations/{ORGANISATION}/money?fiscal_year=2569")
    page.get_by_role("link", name="เริ่มการโอน").click()
    form = page.locator("form[data-transfer]")
    planner.fills(
        form, {"number": "T1/2569", "kind": "TRANSFER", "reason": "ราคากลางสูงขึ้น", "legal_reference": "มติสภา 4/2569"}
    )
    if form.locator("[name=codes]").count():
        planner.fills(form, {"codes": f"{road.rpartition('/')[2]} {weir.rpartition('/')[2]}"})
        form.locator("button[value=add]").click()
    for name, amount in ((FIRST, "150,000"), (SECOND, "−100,000")):
        form.locator("tr", has_text=name).locator("input[data-amount]").fill(amount)
    expect(form.locator("[data-sum=difference]")).to_contain_text("50,000")
    form.locator("tr", has_text=SECOND).locator("input[data-amount]").fill("−150,000")
    expect(form.locator(".desk-sum")).to_have_attribute("data-balanced", "true")
    planner.saves(form.locator(".desk-sum button[value=save]"))
    address = page.url
    planner.saves(page.locator("button[value=submit]"))
    form = executive.goes(address).locator("form.desk-decide")
    executive.fills(form, {"approved_on": "8 ก.ค. 2569"})
    executive.saves(form.locator("button[value=approve]"))
    expect(executive.goes(road).locator(".project-funnel")).to_contain_text("2,350,000")


def sign_the_contract(finance: Person, road: str) -> None:
    """Not above the budget; then in two instalments, and with more time."""
    page = finance.goes(f"{road}?tab=contracts")
    form = opened(page, "บันทึกสัญญา").locator("form")
    values = {"kind": "CONTRACT", "number": "7/2569", "signed_on": "15 ก.ค. 2569", "end_on": "12 ก.ย. 2569"}
    values |= {"contractor_name": "หจก. เรื่องนี้ก่อสร้าง", "egp_number": "69079123456"}
    finance.fills(form, values | {"amount_baht": "2,500,000"})
    form.get_by_role("button", name="บันทึกสัญญา").click()
    expect(page.locator(".field-error").first).to_contain_text("2,350,000")
    form = opened(page, "บันทึกสัญญา").locator("form")
    finance.fills(form, {"amount_baht": "2,300,000"})
    finance.saves(form.get_by_role("button", name="บันทึกสัญญา"))
    page.get_by_role("link", name="กำหนดงวด").click()
    form = page.locator("form", has=page.locator(".instalment-entry"))
    rows = {1: ("1,000,000", "15 ส.ค. 2569", "45"), 2: ("1,300,000", "12 ก.ย. 2569", "100")}
    for n, (amount, due, work) in rows.items():
        typed = {"amount_baht": amount, "due_on": due, "work_percent": work}
        finance.fills(form, {f"instalments-{n}-{name}": text for name, text in typed.items()})
    finance.saves(form.get_by_role("button", name="บันทึกงวด"))


def extend_the_contract(finance: Person, road: str) -> None:
    page = finance.goes(f"{road}?tab=contracts")
    page.get_by_role("link", name="แก้ไขเพิ่มเติมหรือขยายเวลา").click()
    form = page.locator("form", has=page.locator("[name=new_end_on]"))
    finance.fills(form, {"signed_on": "8 ก.ย. 2569", "new_end_on": "11 พ.ย. 2569", "reason": "น้ำท่วมสายทาง"})
    finance.saves(form.get_by_role("button", name="บันทึกแก้ไขสัญญา"))
    expect(page.locator(".contract")).to_contain_text("11 พ.ย. 2569")


def pay(finance: Person, road: str, part: str, day: str) -> None:
    """One instalment, with what is open of it filled in."""
    page = finance.goes(f"{road}?tab=contracts")
    page.locator("tr", has_text=part).get_by_role("link", name="เบิกงวดนี้").click()
    form = page.locator("form", has=page.locator("[name=under]"))
    finance.fills(form, {"paid_on": day, "voucher_number": f"ฎีกา {part}"})
    finance.saves(form.get_by_role("button", name="บันทึกเบิกจ่าย"))


def report(engineer: Person, road: str, day: str, percent: str) -> None:
    page = engineer.goes(f"{road}?tab=progress")
    form = opened(page, "รายงานความก้าวหน้า").locator("form")
    engineer.fills(form, {"reported_on": day, "percent": percent, "note": "เทคอนกรีตแล้ว"})
    engineer.saves(form.get_by_role("button", name="บันทึกรายงาน"))


def disagree(planner: Person, engineer: Person, road: str) -> None:
    """Two people correct the width at once: the second sees both values and the first, and decides."""
    forms = []
    for person in (planner, engineer):
        page = person.goes(f"{road}?tab=facts&do=edit")
        forms.append(page.locator("form", has=page.locator("[name=width_m]")))
    planner.fills(forms[0], {"width_m": "5", "location_text": "จากศาลากลางบ้านถึงฝาย"})
    planner.saves(forms[0].get_by_role("button", name="บันทึกที่แก้"))
    engineer.fills(forms[1], {"width_m": "4", "length_m": "820"})
    forms[1].get_by_role("button", name="บันทึกที่แก้").click()
    page = engineer.page
    expect(page.locator("h1")).to_contain_text("มีคนแก้ไปก่อน")
    clash = page.locator("tr.clash")
    expect(clash).to_have_count(1)
    for text in ("กว้าง", "4", "5"):
        expect(clash).to_contain_text(text)
    clash.get_by_role("radio").first.check()
    engineer.saves(page.get_by_role("button", name="บันทึกตามที่เลือก"))
    facts = engineer.goes(f"{road}?tab=facts").locator(".facts-tab")
    for text in ("4.00", "820.00", "จากศาลากลางบ้านถึงฝาย"):
        expect(facts).to_contain_text(text)


def carry_over(finance: Person, road: str) -> None:
    """What is signed and not paid at the end of the year."""
    page = finance.goes(f"/organisations/{ORGANISATION}/money?fiscal_year=2569")
    page.get_by_role("link", name=re.compile("กันเงินหรือดูทั้งหมด")).click()
    row = page.locator("tr", has_text=road.rpartition("/")[2]).first
    row.locator("input[name=chosen]").check()
    finance.fills(page.locator("form[data-choosing]"), {"until_on": "31 มี.ค. 2570"})
    finance.saves(page.get_by_role("button", name="กันเงินที่เลือก"))


def test_from_the_vision_to_the_last_payment(visitor: Visitor) -> None:
    planner, executive = Person(visitor, "planner"), Person(visitor, "executive")
    finance, engineer = Person(visitor, "finance"), Person(visitor, "engineer")
    open_version(planner, "ADD", "เรื่อง 1/2569", "ราษฎรร้องขอในการประชุมประชาคม")
    # A plan in force takes a new strategy with an open version only.
    sheet = planner.page.url
    write_the_plan(planner)
    planner.goes(sheet).locator("#sheet[data-ready=true]").wait_for(state="attached")
    add_lines(planner, {FIRST: "2,000,000", SECOND: "900,000"})
    promulgate(planner, executive, "10 มิ.ย. 2569", "ประกาศ 12/2569")
    change_the_plan(planner)
    promulgate(planner, executive, "24 มิ.ย. 2569", "ประกาศ 13/2569")
    changed = executive.page.locator(".plan-difference-list li", has_text=FIRST)
    expect(changed.locator("del")).to_contain_text("2,000,000")
    expect(changed.locator("ins")).to_contain_text("2,400,000")
    road, weir = project_of(planner, FIRST), project_of(planner, SECOND)
    expect(planner.goes(road).locator(".project-funnel")).to_contain_text("2,400,000")
    approve_the_budget(planner, executive, road, weir)
    transfer(planner, executive, road, weir)
    sign_the_contract(finance, road)
    disagree(planner, engineer, road)
    report(engineer, road, "14 ส.ค. 2569", "45")
    pay(finance, road, "งวดที่ 1", "20 ส.ค. 2569")
    extend_the_contract(finance, road)
    carry_over(finance, road)
    report(engineer, road, "10 พ.ย. 2569", "100")
    pay(finance, road, "งวดที่ 2", "20 พ.ย. 2569")
    page = finance.goes(road)
    expect(page.locator(".project-facts")).to_contain_text("เบิกจ่ายครบ")
    expect(page.locator(".project-funnel")).to_contain_text("2,300,000")
    steps = finance.goes(f"{road}?tab=status").locator(".history")
    for word in ("อนุมัติงบประมาณ", "ลงนาม", "กันเงิน"):
        expect(steps).to_contain_text(word)
    assert visitor.foreign == []

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
    planner.fills(form, {"vision": "ตำบลน่าอยู่ น้ำถึงทุกบ้าน ทางถึงทุกไร่ (ทบทวนปี 2570)"})
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
    planner.fills(form, {"change_types": kind, "number": number, "fiscal_year_be": "2570", "reason": reason})
    form.get_by_role("button", name="เปิดฉบับใหม่").click()
    page.locator("#sheet[data-ready=true]").wait_for(state="attached")


def add_lines(planner: Person, lines: Mapping[str, str]) -> None:
    """Below the first project of the sheet: a name, and the money of 2570."""
    grid = Grid(planner.page)
    for name, amount in lines.items():
        grid.choose(3, "โครงการ")
        planner.page.keyboard.press("Alt+Insert")
        grid.write(name)
        planner.page.keyboard.press("Tab")
        row = planner.page.locator(".grid-body [aria-rowindex]", has_text=name).get_attribute("aria-rowindex")
        grid.type(int(row or 0), "2570", amount)
    planner.page.keyboard.press("Control+s")
    grid.saved()


def proposes(planner: Person) -> str:
    """Send the version in; gives its address."""
    page = planner.page
    page.get_by_role("link", name="เสนอแผน").click()
    page.wait_for_url(re.compile(r"/plan-versions/\d+$"))
    planner.saves(page.locator("button[value=propose]"))
    return page.url


def decides(person: Person, address: str, reference: str) -> None:
    """Record every step of the path that is this person's to record."""
    page = person.goes(address)
    while (step := page.locator(".plan-path li.due details")).count():
        form = opened(page, "บันทึกผลการพิจารณา").locator("form") if step.count() else step
        person.fills(form, {"decided_on": "20 พ.ย. 2569", "reference": reference})
        person.saves(form.locator("button[value=PASSED]"))


def promulgate(planner: Person, executive: Person, reference: str) -> None:
    """The open version along its whole path, by those whose steps they are."""
    version = proposes(planner)
    decides(planner, version, "ประชุมสภา สมัยสามัญที่ 4/2569")
    expect(planner.page.locator(".plan-path li.due")).to_contain_text("รอผู้มีอำนาจ")
    decides(executive, version, reference)
    expect(executive.page.locator(".page-head")).to_contain_text(f"ประกาศใช้ 20 พ.ย. 2569 ({reference})")


def project_of(person: Person, name: str) -> str:
    """Address of the project that a line of the plan became."""
    page = person.goes(f"/projects?organisation={ORGANISATION}&fiscal_year=2570&q={name}")
    href = page.locator("tbody a", has_text=name).first.get_attribute("href")
    assert href
    return href.partition("?")[0]


def change_the_plan(planner: Person) -> None:
    """The road gets dearer; the comparison says from what to what."""
    open_version(planner, "CHANGE", "เรื่อง 2/2570", "ราคากลางสูงขึ้น")
    grid = Grid(planner.page)
    row = planner.page.locator(".grid-body [aria-rowindex]", has_text=FIRST).get_attribute("aria-rowindex")
    grid.type(int(row or 0), "2570", "2,400,000")
    planner.page.keyboard.press("Control+s")
    grid.saved()


def test_from_the_vision_to_the_last_payment(visitor: Visitor) -> None:
    planner, executive = Person(visitor, "planner"), Person(visitor, "executive")
    write_the_plan(planner)
    open_version(planner, "ADD", "เรื่อง 1/2570", "ราษฎรร้องขอในการประชุมประชาคม")
    add_lines(planner, {FIRST: "2,000,000", SECOND: "900,000"})
    promulgate(planner, executive, "ประกาศ 12/2569")
    change_the_plan(planner)
    promulgate(planner, executive, "ประกาศ 13/2569")
    changed = executive.page.locator(".plan-difference-list li", has_text=FIRST)
    expect(changed.locator("del")).to_contain_text("2,000,000")
    expect(changed.locator("ins")).to_contain_text("2,400,000")
    road, weir = project_of(planner, FIRST), project_of(planner, SECOND)
    expect(planner.goes(road).locator(".project-funnel")).to_contain_text("2,400,000")
    assert weir != road

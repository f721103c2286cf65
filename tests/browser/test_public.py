"""The public pages as a citizen walks them on a phone: light, no overflow, clean to axe; a question is answered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Response, expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser
FIRST_LOAD = 300_000


def test_a_citizen_finds_a_work_and_asks(visitor: Visitor) -> None:
    phone = visitor.open(390, 844, touch=True)
    sizes: list[int] = []

    def weigh(answer: Response) -> None:
        sizes.append(int(answer.headers.get("content-length", 0)) or len(answer.body()))

    phone.on("response", weigh)
    phone.goto("/")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert sum(sizes) < FIRST_LOAD, sizes
    assert axe_violations(phone) == []
    phone.get_by_role("searchbox").fill("ถนน")
    phone.get_by_role("button", name="ค้นหา").click()
    phone.locator(".pub-work a").first.click()
    expect(phone.get_by_role("heading", name="เงินของโครงการ")).to_be_visible()
    work = phone.url
    assert axe_violations(phone) == []
    organisation = phone.locator(".pub-where a").first.get_attribute("href")
    for address in (organisation, "/public/areas/99", "/public/near?area=990101", "/public/follow?place=area:99"):
        phone.goto(address or "")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert axe_violations(phone) == [], address
    phone.goto(work)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("link", name="ถามคำถาม").click()
    phone.get_by_label("คำถาม").fill("งานนี้จะเสร็จเมื่อไร")
    assert axe_violations(phone) == []
    phone.get_by_role("button", name="ส่งคำถาม").click()
    link = phone.locator('a[href*="/public/questions/"]').first.get_attribute("href")
    phone.goto(link or "")
    expect(phone.get_by_text("หน่วยงานกำลังอ่านก่อนเผยแพร่")).to_be_visible()
    assert axe_violations(phone) == []
    wide = visitor.open(1366, 768)
    for address in ("/", work, organisation):
        wide.goto(address or "")
        assert wide.evaluate("document.documentElement.scrollWidth") <= 1366, address
        assert axe_violations(wide) == [], address
    officer = next(name for name, user in visitor.server.users.items() if user["role"] == "PROV_OFFICER")
    desk = visitor.sign_in(visitor.open(), officer)
    desk.goto("/questions")
    assert axe_violations(desk) == []
    desk.get_by_role("link", name=re.compile("งานนี้จะเสร็จเมื่อไร")).first.click()
    assert axe_violations(desk) == []
    desk.get_by_label("คำตอบ").fill("ภายในเดือนมีนาคม")
    desk.get_by_role("button", name="ตอบและเผยแพร่").click()
    expect(desk.get_by_text("ภายในเดือนมีนาคม")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("ภายในเดือนมีนาคม")).to_be_visible()

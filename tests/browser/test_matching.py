"""A list of contracts: sent, compared, decided with the keyboard, recorded, undone, and on a telephone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("EPLAN_TEST_PICTURES", "")


Work = tuple[str, str, int, str, int, str]


def works_of(visitor: Visitor, organisation: str) -> list[Work]:
    """Works of the organisation whose contracts are taken out here, to be brought by a file: code, name, year, number,
    amount and day of the contract."""
    engine = sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        rows = connection.execute(
            sa.text(
                "WITH chosen AS (SELECT p.id, p.code, p.name_th, p.fiscal_year_be FROM project p"
                "  WHERE p.organisation_code = :code AND p.status = 'CONTRACTED' AND NOT EXISTS ("
                "   SELECT FROM project q WHERE q.name_th = p.name_th AND q.id <> p.id) ORDER BY p.code LIMIT 6)"
                " UPDATE contract c SET removed_at = now() FROM chosen p WHERE c.project_id = p.id"
                " RETURNING p.code, p.name_th, p.fiscal_year_be, c.number, c.amount_baht::int, c.signed_on"
            ),
            {"code": organisation},
        ).all()
    engine.dispose()
    return [(*row[:5], f"{row[5].day}/{row[5].month}/{row[5].year + 543}") for row in sorted(rows)]


def a_list(folder: Path, works: list[Work]) -> Path:
    """The works as e-GP writes them, and one purchase that is none of them."""
    lines = ["ชื่อโครงการ,ราคาตกลงซื้อ/จ้าง,ปีงบประมาณ,วันที่ทำสัญญา,เลขที่สัญญา"]
    lines += [
        f"จ้าง{name} โดยวิธีเฉพาะเจาะจง,{price},{year},{day},{number}" for _c, name, year, number, price, day in works
    ]
    lines.append("ซื้อวัสดุคอมพิวเตอร์ จำนวน ๔ รายการ โดยวิธีเฉพาะเจาะจง,1480,2569,29 พ.ย. 68,-")
    path = folder / "สัญญา.csv"
    path.write_text("\n".join(lines) + "\n", encoding="cp874", errors="replace")
    return path


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def test_a_list_of_contracts_is_matched(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    username = next(name for name, user in visitor.server.users.items() if user["role"] == "LAO_FINANCE")
    works = works_of(visitor, visitor.server.users[username]["organisation"])
    visitor.sign_in(page, username)
    page.goto("/matches")
    assert axe_violations(page) == []
    page.set_input_files("#file", a_list(tmp_path, works))
    page.click("#send")
    rows = page.locator("#match-rows > li")
    expect(rows).to_have_count(len(works) + 1, timeout=90_000)
    assert axe_violations(page) == []
    picture(page, "matches-1366")

    # The first row with the keyboard: its project is the first suggestion.
    rows.first.focus()
    expect(rows.first).to_contain_text("งบ")
    expect(rows.first.locator("[data-chosen=true]")).to_contain_text(works[0][0])
    page.keyboard.press("Enter")
    expect(rows.first).to_contain_text(f"บันทึกสัญญา {works[0][3]} จำนวน {works[0][4]:,}")
    expect(page.locator('[data-count="accepted"]')).to_have_text("1")
    # The next undecided row has the focus; another suggestion is picked, then the first again, and none at last.
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("2")
    expect(rows.nth(1).locator('[data-rank="2"]')).to_have_attribute("data-chosen", "true")
    page.keyboard.press("0")
    expect(rows.nth(1)).to_contain_text("ไม่มีโครงการที่ตรง")
    page.keyboard.press("Control+z")
    expect(page.locator('[data-count="none"]')).to_have_text("0")
    expect(rows.nth(1)).to_be_focused()
    assert "row=3" in page.url

    # All that are sure, after a look at what will be recorded; the purchase is not among them. One is taken back.
    page.select_option("#at-least", "0.8")
    page.click("#accept-all")
    expect(page.locator("main")).to_contain_text("จะบันทึกสัญญา")
    assert axe_violations(page) == []
    page.locator(".match-confirm button").click()
    expect(page.locator("h1")).to_have_text("สิ่งที่บันทึกแล้ว")
    expect(page.locator("main")).to_contain_text(f"บันทึกสัญญา {works[1][3]}")
    assert axe_violations(page) == []
    picture(page, "matches-records-1366")
    page.locator("tr", has_text=works[1][0]).locator("summary").click()
    page.locator("tr", has_text=works[1][0]).get_by_role("button", name="ยืนยันเลิกทำ").click()
    expect(page.locator("tr", has_text=works[1][0])).to_have_count(0)
    page.get_by_role("link", name="ดูแถวที่ยังไม่ตัดสิน").click()
    expect(rows.last).to_contain_text("ซื้อวัสดุคอมพิวเตอร์")
    assert "state=undecided" in page.url
    address = page.url

    phone = visitor.open(390, 844, touch=True)
    visitor.sign_in(phone, username)
    phone.goto(address)
    expect(phone.locator("#match-rows > li").first).to_be_visible()
    assert phone.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert axe_violations(phone) == []
    picture(phone, "matches-390")


def test_a_file_that_is_no_list_says_what_to_do(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    username = next(name for name, user in visitor.server.users.items() if user["role"] == "LAO_FINANCE")
    visitor.sign_in(page, username)
    page.goto("/matches")
    path = tmp_path / "อื่น.csv"
    path.write_text("ก,ข\n1,2\n", encoding="utf-8")
    page.set_input_files("#file", path)
    page.click("#send")
    expect(page.locator("#failed-title")).to_be_visible(timeout=90_000)
    expect(page.locator("main")).to_contain_text("ไม่พบคอลัมน์")

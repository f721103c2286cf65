"""A list of contracts: sent, compared, decided with the keyboard, all that are sure, undone, and on a telephone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("EPLAN_TEST_PICTURES", "")


def projects_of(visitor: Visitor, organisation: str) -> list[tuple[str, str, int, int]]:
    """Code, name, year and budget of works of the organisation whose names are their own."""
    engine = sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT min(code), name_th, min(fiscal_year_be), min(budget_baht)::int FROM project"
                " WHERE organisation_code = :code AND budget_baht > 0 GROUP BY name_th HAVING count(*) = 1"
                " ORDER BY 1 LIMIT 6"
            ),
            {"code": organisation},
        ).all()
    engine.dispose()
    return [(code, name, year, budget) for code, name, year, budget in rows]


def a_list(folder: Path, works: list[tuple[str, str, int, int]]) -> Path:
    """The works as e-GP writes them, and one purchase that is none of them."""
    lines = ["ชื่อโครงการ,ราคาตกลงซื้อ/จ้าง,ปีงบประมาณ,วันที่เกิดรายการ"]
    lines += [f"จ้าง{name} โดยวิธีเฉพาะเจาะจง,{round(budget * 0.96)},{year},-" for _code, name, year, budget in works]
    lines.append("ซื้อวัสดุคอมพิวเตอร์ จำนวน ๔ รายการ โดยวิธีเฉพาะเจาะจง,1480,2569,29 พ.ย. 68")
    path = folder / "สัญญา.csv"
    path.write_text("\n".join(lines) + "\n", encoding="cp874", errors="replace")
    return path


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def test_a_list_of_contracts_is_matched(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    username = next(name for name, user in visitor.server.users.items() if user["role"] == "LAO_FINANCE")
    works = projects_of(visitor, visitor.server.users[username]["organisation"])
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
    expect(rows.first).to_contain_text("ราคาต่ำกว่างบ 4")
    expect(rows.first.locator("[data-chosen=true]")).to_contain_text(works[0][0])
    page.keyboard.press("Enter")
    expect(rows.first).to_contain_text(f"รับแล้ว: {works[0][0]}")
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

    # All that are sure; the purchase is not among them, and all of it is undone at once.
    page.select_option("#at-least", "0.8")
    page.click("#accept-all")
    expect(page.locator('[data-count="undecided"]')).not_to_have_text(str(len(works)))
    page.locator("[data-state=undecided]").first.click()
    expect(rows.last).to_contain_text("ซื้อวัสดุคอมพิวเตอร์")
    assert "state=undecided" in page.url
    page.locator("#toasts").get_by_role("button", name="เลิกทำ").click()
    expect(page.locator('[data-count="undecided"]')).to_have_text(str(len(works)))
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

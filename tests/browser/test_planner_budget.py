"""The planner's story: where the money goes, by area and year, and the very rows behind a number."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, axe_violations

READY = "() => window.__map && window.__map.ready && window.__map.features('budget').length > 0"
# Read in the page: what map, chart and table say at this moment.
TABLE = """() => [...document.querySelectorAll('#budget-table tbody tr[data-code]')].map(row => ({
    code: row.dataset.code,
    rank: row.cells[0].textContent,
    budget: Number(row.querySelector('.col-budget').textContent.replaceAll(',', '')),
    count: Number(row.querySelector('.col-count').textContent.replaceAll(',', '')),
    colour: row.querySelector('.swatch').style.backgroundColor,
    selected: row.classList.contains('selected'),
}))"""
TOTAL = """() => Number(document.querySelector('#budget-table tfoot .col-budget').textContent.replaceAll(',', ''))"""
UNPLACED = """() => Number((document.querySelector('#budget-table .unplaced .col-budget')?.textContent ?? '0')
    .replaceAll(',', ''))"""
BARS = """() => [...document.querySelectorAll('[data-chart] svg path')].map(path => path.getAttribute('fill'))
    .filter(fill => /^#(F6F1DC|BCD6BA|78B5AC|3B8CA5|235C8E|1B2D63)$/i.test(fill ?? ''))"""
OUTLINED = """() => [...document.querySelectorAll('[data-chart] svg path')]
    .filter(path => path.getAttribute('stroke') === '#1A2130' && +path.getAttribute('stroke-width') > 2).length"""


def rgb(colour: str) -> str:
    """``#1B2D63`` as a browser writes it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


def settled(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('#budget-table[aria-busy]') === null")
    page.wait_for_function(READY)


def open_budget(visitor: Visitor, page: Page, address: str = "/budget") -> None:
    if "/login" in page.url or page.url == "about:blank":
        visitor.sign_in(page, _planner(visitor))
    page.goto(address)
    settled(page)
    page.wait_for_selector("[data-chart] svg path", state="attached")


def _planner(visitor: Visitor) -> str:
    found = [user["username"] for user in visitor.server.users.values() if user["role"] == "LAO_PLANNER"]
    assert found, "the demonstration has no planner"
    return found[0]


def figures(page: Page) -> dict[str, Any]:
    """What the server says for the address that the page shows."""
    query = page.evaluate("() => location.search").lstrip("?")
    wanted = "&".join(
        part for part in query.split("&") if not re.match(r"(selected|sort)=", part) and part != "fiscal_year=all"
    )
    answer = page.request.get(f"/api/v1/budget?{wanted}")
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def assert_pictures_agree(page: Page) -> dict[str, Any]:
    """Map, chart and table show the server's rows with the server's classes."""
    data = figures(page)
    rows = {row["code"]: row for row in data["rows"]}
    table = page.evaluate(TABLE)
    assert [row["code"] for row in table] == [row["code"] for row in data["rows"]]
    for row in table:
        told = rows[row["code"]]
        assert row["budget"] == round(told["budget_baht"])
        assert row["count"] == told["project_count"]
        if told["class"] is not None:
            assert row["colour"] == rgb(data["classes"][told["class"]]["colour"])
    assert abs(sum(row["budget"] for row in table) + page.evaluate(UNPLACED) - page.evaluate(TOTAL)) <= len(table)
    drawn = {feature["properties"]["code"] for feature in page.evaluate("() => window.__map.features('budget')")}
    assert drawn <= set(rows)
    assert drawn
    bars = [data["classes"][row["class"]]["colour"] for row in data["rows"] if row["value"]][:30]
    page.wait_for_function(f"(wanted) => JSON.stringify(({BARS})()) === JSON.stringify(wanted)", arg=bars)
    return data


def click_area(page: Page, code: str) -> None:
    """Click the label point of an area on the map."""
    lon, lat = page.evaluate(
        "(code) => window.__map.features('budget').find(f => f.properties.code === code).properties.label", code
    )
    x, y = page.evaluate("([lon, lat]) => window.__map.toPixel(lon, lat)", [lon, lat])
    page.mouse.move(x - 6, y - 6, steps=3)
    page.mouse.move(x, y, steps=3)
    page.mouse.click(x, y)


def test_planner_follows_the_money_to_its_rows(visitor: Visitor, page: Page) -> None:
    open_budget(visitor, page)
    assert "level=amphoe" in page.url, "a planner's map opens on the own province"
    data = assert_pictures_agree(page)

    chosen = max((row for row in data["rows"] if row["project_count"]), key=lambda row: row["value"])["code"]
    click_area(page, chosen)
    expect(page.locator(f"#budget-table tr[data-code='{chosen}']")).to_have_class(re.compile("selected"))
    expect(page.locator("#budget-card")).to_be_visible()
    page.wait_for_function(f"() => ({OUTLINED})() === 1")
    assert f"selected={chosen}" in page.url

    before = page.url
    years = data["years"]
    now = page.locator("#budget-years input[type=range]")
    other = next(year for year in reversed(years) if str(year) not in str(data["filters"]["fiscal_year"]))
    now.focus()
    now.evaluate(
        "(range, value) => { range.value = value; range.dispatchEvent(new Event('input', {bubbles: true})) }",
        str(years.index(other)),
    )
    page.wait_for_url(lambda url: f"fiscal_year={other}" in url)
    settled(page)
    expect(now).to_have_attribute("aria-valuetext", f"ปีงบประมาณ {other}")
    changed = assert_pictures_agree(page)
    assert changed["filters"]["fiscal_year"] == [other]

    row = next(each for each in changed["rows"] if each["project_count"])
    page.locator(f"#budget-table tr[data-code='{row['code']}'] .row-name").click()
    link = page.locator("#budget-card [data-rows]").get_attribute("href")
    assert link
    listed, address = [], f"/api/v1{link}&limit=200"
    while address:
        answer = page.request.get(address).json()
        listed += answer["items"]
        address = answer["next"]
    assert len(listed) == row["project_count"]
    assert round(sum(item["budget_baht"] for item in listed)) == round(row["budget_baht"])
    page.locator("#budget-card [data-rows]").click()
    page.wait_for_url(lambda url: "/projects?" in url)

    page.go_back()
    settled(page)
    assert f"fiscal_year={other}" in page.url
    page.go_back()
    page.wait_for_url(before)
    settled(page)
    expect(page.locator(f"#budget-table tr[data-code='{chosen}']")).to_have_class(re.compile("selected"))


def test_the_address_alone_restores_the_view(visitor: Visitor, page: Page) -> None:
    open_budget(visitor, page)
    page.locator("[data-measure=per_head]").click()
    page.wait_for_url(lambda url: "measure=per_head" in url)
    page.locator("details[data-filter=kind] summary").click()
    page.locator("details[data-filter=kind] input[value=road]").check()
    page.wait_for_url(lambda url: "kind=road" in url)
    settled(page)
    page.locator("#budget-table thead [data-sort=count] button").click()
    shown = page.evaluate(TABLE)

    second = visitor.open()
    visitor.sign_in(second, _planner(visitor))
    open_budget(visitor, second, page.url)
    assert second.url == page.url
    assert second.evaluate(TABLE) == shown


def test_every_level_is_reached_without_the_map(visitor: Visitor, page: Page) -> None:
    open_budget(visitor, page)
    first = page.locator("#budget-table tbody .row-name").first
    first.focus()
    page.keyboard.press("Enter")
    page.locator("#budget-card [data-drill]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "level=tambon" in url)
    settled(page)
    page.locator("#budget-table tbody .row-name").first.click()
    page.locator("#budget-card [data-drill]").click()
    page.wait_for_url(lambda url: "level=organisation" in url)
    settled(page)
    assert len(page.evaluate(TABLE)) >= 1
    total = figures(page)["total"]["project_count"]
    expect(page.locator("#budget-table tfoot .col-count")).to_have_text(f"{total:,}")
    page.locator("#budget-crumbs a").first.click()
    page.wait_for_url(lambda url: "level=province" in url)


def test_filters_that_leave_nothing_say_so_and_can_be_cleared(visitor: Visitor, page: Page) -> None:
    visitor.sign_in(page, _planner(visitor))
    page.goto("/budget?fiscal_year=2570&kind=road&strategy=1&fund_source=LOAN")
    settled(page)
    expect(page.locator("#budget-empty")).to_contain_text("ไม่มีโครงการที่ตรงกับตัวกรอง")
    for part in ("#budget-chart", "#budget-legend", "#budget-table"):
        expect(page.locator(part)).to_be_hidden()
    page.locator("#budget-empty a").click()
    settled(page)
    expect(page.locator("#budget-empty")).to_be_hidden()
    expect(page.locator("#budget-table")).to_be_visible()
    assert page.evaluate(TOTAL) > 0 and "fiscal_year=2570" in page.url


def test_the_bar_and_the_page_show_the_same_year(visitor: Visitor, page: Page) -> None:
    open_budget(visitor, page)
    bar = page.locator("[data-fiscal-year] select")
    year = re.search(r"fiscal_year=(\d+)", page.url)
    assert year
    expect(bar).to_have_value(year[1])
    bar.select_option("")
    page.wait_for_url(lambda url: "fiscal_year=all" in url)
    settled(page)
    expect(bar).to_have_value("")
    expect(page.locator("details[data-filter=fiscal_year] [data-summary]")).to_have_text("ทุกปีงบ")


def test_a_failed_answer_keeps_the_last_view(visitor: Visitor, page: Page) -> None:
    open_budget(visitor, page)
    shown = page.evaluate(TABLE)
    page.route("**/api/v1/budget?*", lambda route: route.fulfill(status=500, body="{}"))
    page.locator("[data-measure=count]").click()
    expect(page.locator("#budget-error")).to_be_visible()
    assert page.evaluate(TABLE)[0]["budget"] == shown[0]["budget"]
    page.unroute("**/api/v1/budget?*")
    page.locator("#budget-error button").click()
    expect(page.locator("#budget-error")).to_be_hidden()
    settled(page)
    assert figures(page)["measure"] == "count"


def test_nobody_is_kept_out(visitor: Visitor, page: Page) -> None:
    open_budget(visitor, page)
    page.locator("#budget-table tbody .row-name").first.click()
    assert axe_violations(page) == []
    phone = visitor.open(390, 844, touch=True)
    visitor.sign_in(phone, _planner(visitor))
    phone.goto("/budget")
    settled(phone)
    assert axe_violations(phone) == []
    assert phone.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

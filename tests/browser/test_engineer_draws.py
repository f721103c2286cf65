"""An engineer's day at the map: draw, correct, submit; nothing is lost. Coordinates are asserted, not pixels."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PATIENCE_S, Visitor, axe_violations, map_is_ready

VERTICES = "() => window.__map.features('vertices').filter(f => f.properties.vertex !== undefined)"
FORGET_DRAFT = """async (url) => {
    const token = document.querySelector("meta[name=csrf-token]").content;
    await fetch(url, {method: "DELETE", headers: {"X-CSRFToken": token}});
}"""
Found = dict[str, Any]


def until(what: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """Wait for a truth; page functions cannot be compiled from text under the site's content security policy."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = what()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError("it did not become true in time")


def ready(page: Page) -> None:
    until(lambda: map_is_ready(page))


def pan(page: Page, key: str) -> None:
    """Move the map with a key, and wait until it has come to rest."""
    seen = [page.evaluate("() => window.__map.center")]
    page.keyboard.press(key)

    def at_rest() -> bool:
        seen.append(page.evaluate("() => window.__map.center"))
        return seen[-1] == seen[-2] != seen[0]

    until(at_rest)


def engineer(visitor: Visitor) -> str:
    """Name of an engineer who enters coordinates."""
    return next(name for name, user in visitor.server.users.items() if user["role"] == "LAO_ENGINEER")


def fetch(page: Page, path: str) -> Any:
    return page.evaluate("async (path) => (await fetch(path)).json()", path)


def awaiting(page: Page, kind: str, shape: str) -> Found:
    """A project without coordinates from the engineer's own list, without what an earlier test drew for it."""
    own = page.evaluate("() => JSON.parse(document.querySelector('#page-data').textContent).own_filter")
    narrowed = "&".join(f"{name}={value}" for name, value in own.items())
    path = f"/api/v1/projects?awaiting=true&geometry_status=NONE&kind={kind}&limit=200&{narrowed}"
    found = [item for item in fetch(page, path)["items"] if item["geometry_type"] == shape]
    assert found, f"the demonstration data has no {kind} awaiting a {shape}"
    item: Found = found[0]
    page.evaluate(FORGET_DRAFT, f"/api/v1/projects/{item['code']}/draft")
    return item


def open_project(page: Page, code: str) -> None:
    page.goto(f"/map?project={code}&edit=1")
    page.wait_for_selector(".wb-panel-foot")
    ready(page)
    if page.evaluate("() => window.__map.zoom") < 14:
        lon, lat = page.evaluate("() => window.__map.center")
        page.goto(f"/map?project={code}&edit=1#15/{lat}/{lon}")
        page.reload()
        page.wait_for_selector(".wb-panel-foot")
        ready(page)


def spot(page: Page, across: float, down: float) -> tuple[float, float]:
    """Pixel at a share of the map's width and height."""
    box = page.locator("#wb-map").bounding_box()
    assert box
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


def click(page: Page, x: float, y: float) -> None:
    page.mouse.move(x - 18, y - 12, steps=3)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)
    time.sleep(0.4)  # a second click within this time is a double click


def vertices(page: Page) -> list[Found]:
    found: list[Found] = page.evaluate(VERTICES)
    return sorted(found, key=lambda f: (f["properties"]["segment"], f["properties"]["vertex"]))


def positions(page: Page) -> list[tuple[float, float]]:
    return [(round(f["lon"], 7), round(f["lat"], 7)) for f in vertices(page)]


def drawn_length(page: Page) -> float:
    return float(page.locator(".wb-figure > b").first.inner_text().replace(",", "").split()[0])


def saved(page: Page) -> None:
    expect(page.locator(".save-state")).to_have_attribute("data-state", "saved")


def submit(page: Page) -> str:
    """Send for checking; the note with the receipt."""
    page.locator(".wb-panel-foot .btn-primary").click()
    page.locator("dialog .btn-primary").click()
    note = page.locator("[data-note=stored]")
    expect(note).to_contain_text("ใบรับเลขที่")
    expect(page.locator(".wb-panel-foot .btn-primary")).to_be_disabled()  # the same is not sent twice
    return note.inner_text()


@pytest.fixture
def table(visitor: Visitor) -> Page:
    """The map with an engineer signed in."""
    page = visitor.sign_in(visitor.open(), engineer(visitor))
    page.goto("/map")
    page.wait_for_selector(".wb-item")
    return page


def test_a_road_is_drawn_corrected_and_submitted(table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    open_project(table, item["code"])
    corners = [spot(table, *share) for share in ((0.25, 0.35), (0.4, 0.5), (0.55, 0.45))]
    for x, y in corners:
        click(table, x, y)
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    assert len(vertices(table)) == 3
    length = drawn_length(table)

    table.keyboard.press("v")
    x, y = corners[1]
    table.mouse.move(x - 5, y - 5, steps=2)
    table.mouse.move(x, y, steps=2)
    table.mouse.down()
    table.mouse.move(x + 10, y + 60, steps=8)
    table.mouse.up()
    moved = positions(table)
    assert drawn_length(table) > length

    table.focus("#wb-map")
    table.keyboard.press("Control+z")
    assert positions(table) != moved
    assert drawn_length(table) == pytest.approx(length, abs=0.1)
    table.keyboard.press("Control+y")
    assert positions(table) == moved

    table.keyboard.press("n")
    table.keyboard.press("Delete")
    assert len(vertices(table)) == 2
    table.keyboard.press("Control+z")
    assert positions(table) == moved

    shown = drawn_length(table)
    saved(table)
    submit(table)
    stored = fetch(table, f"/api/v1/projects/{item['code']}/geometry")
    assert stored["status"] == "SUBMITTED"
    assert stored["length_m"] == pytest.approx(shown, abs=0.06)
    table.goto(f"/projects/{item['code']}")
    expect(table.locator("main")).to_contain_text("ส่งตรวจ")


def test_the_end_of_another_line_is_caught(table: Page) -> None:
    open_project(table, awaiting(table, "road", "LineString")["code"])
    for share in ((0.25, 0.4), (0.4, 0.4)):
        click(table, *spot(table, *share))
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    end = positions(table)[-1]
    x, y = spot(table, 0.4, 0.4)
    table.mouse.move(x + 40, y + 40, steps=3)
    table.mouse.move(x + 6, y + 5, steps=4)
    expect(table.locator(".wb-tip").last).to_contain_text("ดูดติด")
    click(table, x + 6, y + 5)
    click(table, *spot(table, 0.55, 0.55))
    assert positions(table)[2] == end


def test_segments_are_split_merged_ordered_and_deleted(table: Page) -> None:
    open_project(table, awaiting(table, "road", "LineString")["code"])
    for share in ((0.2, 0.4), (0.35, 0.4), (0.5, 0.45)):
        click(table, *spot(table, *share))
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    before = drawn_length(table)
    table.click("[data-tool=split]")
    click(table, *spot(table, 0.35, 0.4))
    numbers = {f["properties"]["segment"] for f in vertices(table)}
    assert len(numbers) == 2
    assert drawn_length(table) == pytest.approx(before, abs=0.1)
    table.click("[data-tool=merge]")
    assert len({f["properties"]["segment"] for f in vertices(table)}) == 1
    table.click("[data-tool=undo]")
    assert len({f["properties"]["segment"] for f in vertices(table)}) == 2

    first = table.locator(".wb-segments .wb-rowbutton").first
    key = first.get_attribute("data-key")
    first.click()
    table.locator(".wb-rowtools [data-key^=down]").click()
    assert table.locator(".wb-segments .wb-rowbutton").nth(1).get_attribute("data-key") == key
    table.locator(".wb-rowtools [data-key^=delete]").click()
    table.locator("dialog .btn-danger-solid").click()
    assert len({f["properties"]["segment"] for f in vertices(table)}) == 1


def test_a_pond_is_an_area(table: Page) -> None:
    item = awaiting(table, "water", "Polygon")
    open_project(table, item["code"])
    for share in ((0.3, 0.35), (0.45, 0.35), (0.45, 0.5), (0.3, 0.5)):
        click(table, *spot(table, *share))
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    expect(table.locator(".wb-figure")).to_contain_text("ไร่")
    submit(table)
    stored = fetch(table, f"/api/v1/projects/{item['code']}/geometry")
    assert stored["geometry"]["type"] == "Polygon"
    assert stored["area_m2"] > 0


def test_a_well_is_typed_without_touching_the_map(table: Page) -> None:
    item = awaiting(table, "water", "Point")
    open_project(table, item["code"])
    lon, lat = table.evaluate("() => window.__map.center")
    table.fill("#typed-coordinates", f"{lat:.6f}, {lon:.6f}")
    expect(table.locator("#typed-answer")).to_contain_text("อ่านได้เป็น")
    table.press("#typed-coordinates", "Enter")
    until(lambda: len(vertices(table)) == 1)
    assert table.evaluate(
        "() => document.querySelector('.wb-segments').getBoundingClientRect().right <= window.innerWidth"
    )
    table.locator("summary", has_text="ตารางจุด").click()
    row = table.locator(".wb-vertices input").first
    row.fill(f"{lat + 0.001:.6f}, {lon:.6f}")
    row.press("Enter")
    until(lambda: vertices(table)[0]["lat"] == pytest.approx(lat + 0.001, abs=1e-6))
    submit(table)
    stored = fetch(table, f"/api/v1/projects/{item['code']}/geometry")
    assert stored["source"] == "typed"
    assert stored["geometry"]["coordinates"][1] == pytest.approx(lat + 0.001, abs=1e-6)


def test_what_was_typed_and_taken_back_was_drawn(table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    open_project(table, item["code"])
    for share in ((0.25, 0.4), (0.4, 0.5)):
        click(table, *spot(table, *share))
    lon, lat = table.evaluate("() => window.__map.center")
    table.fill("#typed-coordinates", f"{lat:.6f}, {lon:.6f}")
    table.press("#typed-coordinates", "Enter")
    table_of = table.locator("summary", has_text="ตารางจุด")
    expect(table_of).to_contain_text("(3)")
    table.press("#typed-coordinates", "Control+z")  # the box is empty: the drawing takes the step back
    expect(table_of).to_contain_text("(2)")
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    submit(table)
    assert fetch(table, f"/api/v1/projects/{item['code']}/geometry")["source"] == "drawn"


def test_enter_is_not_lost_while_the_answer_takes_its_time(table: Page) -> None:
    open_project(table, awaiting(table, "road", "LineString")["code"])
    lon, lat = table.evaluate("() => window.__map.center")

    def late(route: Route) -> None:
        time.sleep(1)  # longer than the pause in typing after which the page asks by itself
        route.continue_()

    table.route("**/coordinates/**", late)
    table.fill("#typed-coordinates", f"{lat:.6f}, {lon:.6f}")
    table.press("#typed-coordinates", "Enter")
    until(lambda: len(vertices(table)) == 1)


def test_a_typed_vertex_elsewhere_is_added_only_when_said_so(table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    open_project(table, item["code"])
    before = table.evaluate("() => window.__map.center")
    table.fill("#typed-coordinates", "5.9, 101.85")
    table.press("#typed-coordinates", "Enter")
    expect(table.locator("#typed-answer")).to_contain_text("อยู่นอกเขตของหน่วยงาน")
    expect(table.locator("#typed-answer")).to_contain_text("กม.")
    assert vertices(table) == [] and table.evaluate("() => window.__map.center") == before
    table.locator("#typed-answer button", has_text="เพิ่มจุดนี้").click()
    until(lambda: len(vertices(table)) == 1)


def test_chainage_along_a_registered_road_is_a_line(visitor: Visitor, table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    engine = sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        route = connection.scalar(
            sa.text(
                "SELECT r.route_code FROM registered_road r JOIN organisation o ON ST_Covers(o.territory, r.geom)"
                " WHERE o.code = :code AND r.length_m > 300 ORDER BY r.route_code LIMIT 1"
            ),
            {"code": item["organisation"]},
        )
    engine.dispose()
    open_project(table, item["code"])
    table.fill("#typed-coordinates", f"{route} กม. 0+050 - 0+250")
    expect(table.locator("#typed-answer")).to_contain_text("ยาว 200.0 ม.")
    table.press("#typed-coordinates", "Enter")
    until(lambda: len(vertices(table)) >= 2)
    assert drawn_length(table) == pytest.approx(200, abs=0.2)


def test_a_line_that_turns_back_is_mended_with_one_click(table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    open_project(table, item["code"])
    lon, lat = table.evaluate("() => window.__map.center")
    road = [(0, 0), (0.002, 0), (0.0025, 0.001), (0.002, 0), (0.004, 0.0004)]
    table.fill("#typed-coordinates", "LINESTRING(" + ", ".join(f"{lon + x} {lat + y}" for x, y in road) + ")")
    expect(table.locator("#typed-answer")).to_contain_text("อ่านได้ 5 จุด")
    table.press("#typed-coordinates", "Enter")
    until(lambda: len(vertices(table)) == 5)
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    mend = table.get_by_role("button", name="ตัดจุดที่ย้อนไปมาออก")
    mend.first.click()
    until(lambda: len(vertices(table)) < 5)
    expect(mend).to_have_count(0)
    table.focus("#wb-map")
    table.keyboard.press("Control+z")
    until(lambda: len(vertices(table)) == 5)


def test_a_road_across_the_limit_is_declared_a_joint_project(visitor: Visitor, table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    engine = sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        wkb = connection.scalar(
            sa.text("SELECT ST_AsBinary(territory) FROM organisation WHERE code = :code"),
            {"code": item["organisation"]},
        )
    engine.dispose()
    territory = shapely.from_wkb(bytes(wkb))
    inside = territory.representative_point()
    beyond = territory.bounds[2] + 0.002
    open_project(table, item["code"])
    table.fill("#typed-coordinates", f"LINESTRING({inside.x} {inside.y}, {beyond} {inside.y})")
    expect(table.locator("#typed-answer")).to_contain_text("อ่านได้ 2 จุด")
    table.press("#typed-coordinates", "Enter")
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    table.get_by_role("button", name="เป็นโครงการร่วม", exact=True).first.click()
    expect(table.locator(".wb-problems")).to_contain_text("จะบันทึกตอนส่งตรวจว่าเป็นโครงการร่วม")
    # The vertex beyond the limit stands where its numbers say, whatever else they may have been meant to be.
    saved(table)
    draft = fetch(table, f"/api/v1/projects/{item['code']}/draft")["content"]
    assert draft["typed"][0]["positions"][1][0] == pytest.approx(beyond, abs=1e-6)
    submit(table)
    note = fetch(table, f"/api/v1/projects/{item['code']}/geometry")["note"]
    assert note == "โครงการร่วมกับ อปท. ข้างเคียง"


def test_a_segment_left_half_way_is_asked_about_and_kept_in_the_draft(table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    open_project(table, item["code"])
    for share in ((0.25, 0.4), (0.4, 0.5)):
        click(table, *spot(table, *share))
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    click(table, *spot(table, 0.5, 0.3))
    table.locator(".wb-panel-foot .btn-primary").click()
    dialog = table.locator("dialog[open]")
    expect(dialog).to_contain_text("ช่วงที่ 2 ยังวาดไม่ครบ")
    dialog.locator("button", has_text="วาดต่อ").click()
    assert len(vertices(table)) == 3
    table.locator(".wb-panel-foot .btn", has_text="ออก").click()
    row = table.locator(f".wb-item[data-key='{item['code']}']")
    expect(row).to_contain_text("ร่างพิกัด")
    open_project(table, item["code"])
    expect(table.locator("summary", has_text="ตารางจุด")).to_contain_text("(3)")
    table.locator(".wb-panel-foot .btn-primary").click()
    table.locator("dialog[open] button", has_text="ลบแล้วส่ง").click()
    table.locator("dialog[open] .btn-primary").click()
    expect(table.locator("[data-note=stored]")).to_contain_text("ใบรับเลขที่")
    assert len(fetch(table, f"/api/v1/projects/{item['code']}/geometry")["segments"]) == 1


def test_no_length_stays_beside_a_finished_area(table: Page) -> None:
    # Ponds that wait are few, and another test sends one in: an area can be drawn for any water work.
    item = awaiting(table, "water", "Point")
    open_project(table, item["code"])
    table.locator("#wb-toolbar").get_by_role("button", name="พื้นที่").click()
    for share in ((0.25, 0.4), (0.4, 0.4), (0.4, 0.55)):
        click(table, *spot(table, *share))
    table.mouse.move(*spot(table, 0.3, 0.6), steps=4)
    expect(table.locator(".wb-tip:visible")).to_contain_text("+")
    table.focus("#wb-map")
    table.keyboard.press("Shift+Enter")
    expect(table.locator(".wb-tip:visible")).to_have_count(0)


def test_a_closed_browser_loses_nothing(visitor: Visitor, table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    open_project(table, item["code"])
    for share in ((0.25, 0.4), (0.4, 0.5)):
        click(table, *spot(table, *share))
    kept = positions(table)
    table.reload()  # in the middle of the line
    expect(table.locator("[data-note=restored]")).to_contain_text("กู้คืนร่าง")
    assert positions(table) == kept
    saved(table)

    elsewhere = visitor.sign_in(visitor.open(), engineer(visitor))
    elsewhere.goto(f"/map?project={item['code']}&edit=1")
    expect(elsewhere.locator("[data-note=restored]")).to_contain_text("กู้คืนร่าง")
    ready(elsewhere)
    assert positions(elsewhere) == kept


def test_moving_the_view_by_the_address_keeps_the_project_open(table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    open_project(table, item["code"])
    for share in ((0.25, 0.4), (0.4, 0.5)):
        click(table, *spot(table, *share))
    kept = positions(table)
    lon, lat = table.evaluate("() => window.__map.center")
    table.evaluate("(hash) => { location.hash = hash; }", f"#15/{lat + 0.001:.5f}/{lon:.5f}")
    until(lambda: table.evaluate("() => window.__map.center")[1] > lat + 0.0005)
    assert positions(table) == kept
    assert f"project={item['code']}" in table.url


def test_two_people_at_once_lose_nothing(table: Page) -> None:
    item = awaiting(table, "road", "LineString")
    open_project(table, item["code"])
    for share in ((0.25, 0.4), (0.4, 0.5)):
        click(table, *spot(table, *share))
    mine = positions(table)
    table.focus("#wb-map")
    table.keyboard.press("Enter")
    lon, lat = table.evaluate("() => window.__map.center")
    other = {"type": "LineString", "coordinates": [[lon, lat], [lon + 0.002, lat + 0.001]]}
    status = table.evaluate(
        """async ([code, shape]) => (await fetch(`/api/v1/projects/${code}/geometry`, {method: 'PUT',
            headers: {'Content-Type': 'application/geo+json', 'If-Match': '"g0"',
                      'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content},
            body: JSON.stringify(shape)})).status""",
        [item["code"], other],
    )
    assert status == 200
    table.locator(".wb-panel-foot .btn-primary").click()
    table.locator("dialog .btn-primary").click()
    conflict = table.locator("[data-note=conflict]")
    expect(conflict).to_contain_text("มีคนแก้พิกัดนี้ก่อนคุณ")
    assert positions(table) == mine
    assert table.evaluate("() => window.__map.features('theirs').length") == 1
    conflict.get_by_role("button", name="ใช้ของเขา").click()
    assert positions(table) != mine
    table.focus("#wb-map")
    table.keyboard.press("Control+z")
    assert positions(table) == mine
    submit(table)
    assert fetch(table, f"/api/v1/projects/{item['code']}/geometry")["version"] == 2


def test_an_ended_session_keeps_the_drawing(visitor: Visitor, table: Page) -> None:
    open_project(table, awaiting(table, "road", "LineString")["code"])
    click(table, *spot(table, 0.25, 0.4))
    saved(table)
    table.context.clear_cookies()
    click(table, *spot(table, 0.4, 0.5))
    expired = table.locator("[data-note=expired]")
    expect(expired).to_contain_text("หมดเวลาเข้าระบบ")
    expect(table.locator(".save-state")).to_have_attribute("data-state", "local")
    assert len(vertices(table)) == 2
    visitor.sign_in(table.context.new_page(), engineer(visitor))
    expired.get_by_role("button").click()
    saved(table)
    expect(expired).to_have_count(0)


def test_offline_work_is_kept_and_sent_later(table: Page) -> None:
    open_project(table, awaiting(table, "road", "LineString")["code"])
    table.context.set_offline(True)
    for share in ((0.25, 0.4), (0.4, 0.5)):
        click(table, *spot(table, *share))
    expect(table.locator(".save-state")).to_have_attribute("data-state", "local")
    expect(table.locator("#offline")).to_be_visible()
    table.context.set_offline(False)
    saved(table)


def test_the_keyboard_alone_draws(table: Page) -> None:
    open_project(table, awaiting(table, "road", "LineString")["code"])
    table.focus("#wb-map")
    table.keyboard.press("l")
    expect(table.locator(".wb-cross")).to_be_visible()
    table.keyboard.press("Enter")
    for _ in range(2):
        pan(table, "ArrowRight")
    table.keyboard.press("Enter")
    until(lambda: len(vertices(table)) == 2)
    table.keyboard.press("Enter")  # again at the same place: the line is finished
    table.keyboard.press("v")
    table.keyboard.press("n")
    before = positions(table)[0]
    table.keyboard.press("ArrowUp")
    after = positions(table)[0]
    assert (after[1] - before[1]) * 110_600 == pytest.approx(1.0, abs=0.05)


def test_a_phone_draws_by_moving_the_map_under_the_cross(visitor: Visitor) -> None:
    page = visitor.sign_in(visitor.open(390, 844, touch=True), engineer(visitor))
    page.goto("/map")
    page.wait_for_selector(".wb-item")
    open_project(page, awaiting(page, "road", "LineString")["code"])
    place = page.get_by_role("button", name="ปักจุดที่กากบาท")
    place.click()
    center = page.evaluate("() => window.__map.center")
    assert vertices(page)[0]["lon"] == pytest.approx(center[0], abs=0.0005)
    x, y = spot(page, 0.6, 0.7)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y - 60, steps=8)
    time.sleep(0.3)  # a moving finger that lets go flings the map, and the first vertex out of view
    page.mouse.up()
    until(lambda: page.evaluate("() => window.__map.center") != center)
    place.click()
    until(lambda: len(vertices(page)) == 2)
    center = page.evaluate("() => window.__map.center")
    assert vertices(page)[1]["lon"] == pytest.approx(center[0], abs=0.0005)
    page.get_by_role("button", name="จบเส้น").click()
    assert drawn_length(page) > 0
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert axe_violations(page) == []


def test_the_map_and_the_table_are_accessible(table: Page) -> None:
    ready(table)
    assert axe_violations(table) == []
    open_project(table, awaiting(table, "road", "LineString")["code"])
    click(table, *spot(table, 0.25, 0.4))
    click(table, *spot(table, 0.4, 0.5))
    assert axe_violations(table) == []
    small = table.evaluate(
        """() => [...document.querySelectorAll('#workbench button, #workbench a, #workbench select')]
            .filter(e => e.checkVisibility())
            .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 120)])
            .filter(([box]) => box.width < 24 || box.height < 24)
            .map(([, text]) => text)"""
    )
    assert small == []

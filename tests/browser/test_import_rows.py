"""The import desk, row by row: one offer taken with the keyboard and over the map, roads placed by their chainage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from shapely.geometry import LineString, mapping

from tests.browser.conftest import Visitor, axe_violations, map_is_ready
from tests.browser.test_import_story import officer, place_of, until

pytestmark = pytest.mark.browser
SWAPPED = "doctor_swapped_lonlat"


def looked_at(page: Page) -> None:
    """Staged, and the map is there; on a phone the table waits behind its tab."""
    page.wait_for_selector("#row-list tr", state="attached", timeout=90_000)
    until(lambda: map_is_ready(page))


def sent(visitor: Visitor, page: Page, path: Path) -> None:
    page.select_option("#organisation", organisation_of(page))
    page.set_input_files("#file", path)
    page.click("#send")
    looked_at(page)


def organisation_of(page: Page) -> str:
    return page.locator("#organisation option").last.get_attribute("value") or ""


def swapped_roads(folder: Path, lon: float, lat: float, count: int = 3) -> Path:
    features = [
        {
            "type": "Feature",
            "geometry": mapping(LineString([(lat + 0.0006 * n, lon + 0.001 * step) for step in range(3)])),
            "properties": {"NAME": f"ก่อสร้างถนนสลับแกน สายที่ {n + 1}"},
        }
        for n in range(count)
    ]
    path = folder / "ถนนสลับแกน.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    return path


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["desk", "phone"])
def test_one_row_takes_the_place_offered(visitor: Visitor, tmp_path: Path, size: tuple[int, int]) -> None:
    phone = size[0] < 600
    page = visitor.open(*size, touch=phone)
    visitor.sign_in(page, officer(visitor))
    page.goto("/imports")
    sent(visitor, page, swapped_roads(tmp_path, *place_of(visitor, organisation_of(page))))
    group, mended = page.locator(f'[data-code="{SWAPPED}"]'), page.locator(f'[data-mended="{SWAPPED}"]')
    group.get_by_role("button", name="ดูแถว").click()
    expect(page.locator("#map-offer")).to_be_visible()  # the rows of the group are there
    first = page.locator('tr[data-row="1"] td.result')
    take = first.get_by_role("button", name="ใช้ตำแหน่งที่เสนอ แถว 1")
    expect(take).to_be_visible()

    # With the keyboard on its cell: the row is ready, its group says how many are, the focus stays.
    first.focus()
    page.keyboard.press("Enter")
    expect(first.get_by_role("button", name="คืนตำแหน่งเดิม")).to_be_visible()
    expect(first).to_contain_text("พร้อมรับ")
    expect(first).to_be_focused()
    expect(group).to_contain_text("แก้แล้ว 1 จาก 3 แถว")
    expect(mended).to_contain_text("1 จาก 3 แถว")
    expect(page.locator('#counts [data-count="error"]')).to_have_text("2")
    assert axe_violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")

    # Undone, and taken again over the map; it is kept when the page is opened anew.
    page.keyboard.press("Control+z")
    expect(take).to_be_visible()
    expect(mended).to_have_count(0)
    over = page.locator("#map-take")
    expect(over).to_have_text("แถว 1: ใช้ตำแหน่งที่เสนอ")
    over.click()
    expect(over).to_have_text("แถว 1: คืนตำแหน่งเดิม")
    expect(group).to_contain_text("แก้แล้ว 1 จาก 3 แถว")
    page.reload()
    looked_at(page)
    expect(group).to_contain_text("แก้แล้ว 1 จาก 3 แถว")

    # The others follow all at once.
    group.get_by_role("button", name="แก้ทุกแถวแบบนี้ (2)").click()
    expect(mended).to_contain_text("3 แถว")
    looked_at(page)
    expect(page.locator('#counts [data-count="error"]')).to_have_text("0")


def test_a_table_of_chainage_becomes_lines(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    visitor.sign_in(page, officer(visitor))
    page.goto("/imports")
    lon, lat = place_of(visitor, organisation_of(page))
    engine = sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO registered_road (route_code, geom, length_m, source, fictional)"
                " VALUES ('สธ.ถ.7-0007', ST_GeomFromText(:wkt, 4326), 1000, 'test', true) ON CONFLICT DO NOTHING"
            ),
            {"wkt": LineString([(lon, lat), (lon + 0.004, lat), (lon + 0.0094, lat)]).wkt},
        )
    engine.dispose()
    path = tmp_path / "กม.csv"
    path.write_text(
        "ชื่อโครงการ,รหัสสายทาง,กม.เริ่มต้น,กม.สิ้นสุด\n"
        "ซ่อมสร้างถนนตาม กม. ช่วงหนึ่ง,สธ ถ ๗-๐๐๐๗,0+000,0+400\n"
        "ซ่อมสร้างถนนตาม กม. ช่วงสอง,สธ.ถ.7-0007,0+400,9+000\n",
        "utf-8",
    )
    sent(visitor, page, path)
    expect(page.locator(".strip")).to_contain_text("ตาม กม. ของสายทาง")
    expect(page.locator("#problem-list")).to_contain_text("1 แถวได้แนวจาก กม. ตามสายทางในทะเบียน")
    expect(page.locator('[data-code="chainage_beyond_road"]')).to_contain_text("กม. 9+000 เลยปลายสายทาง")
    page.locator('[data-code="chainage_beyond_road"]').get_by_role("button", name="แก้ในตาราง").click()
    page.keyboard.type("0+900")
    page.keyboard.press("Enter")
    expect(page.locator("#accept")).not_to_have_attribute("aria-disabled", "true")
    expect(page.locator('[data-code="chainage_beyond_road"]')).to_have_count(0)
    page.get_by_role("button", name="เปลี่ยน คอลัมน์").click()
    expect(page.locator("#map-chainage")).to_have_value("กม.เริ่มต้น")
    expect(page.locator("#map-chainage_end")).to_have_value("กม.สิ้นสุด")
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    page.click("#accept")
    page.locator("dialog[open]").get_by_role("button", name="รับทั้ง 2 แถว").click()
    page.wait_for_selector("#done-title", timeout=90_000)
    code = page.locator('a[href^="/projects/"]', has_text="-").first.inner_text()
    project = page.evaluate("async (code) => (await fetch(`/api/v1/projects/${code}`)).json()", code)
    assert project["geometry_status"] == "SUBMITTED"
    assert project["route_code"] == "สธ.ถ.7-0007"

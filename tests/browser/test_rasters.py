"""Heights as an engineer uses them: sent, followed, looked at, asked of areas and roads, and laid over the works."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import rasterio
import sqlalchemy as sa
from affine import Affine
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Visitor, axe_violations

pytestmark = pytest.mark.browser
WEST, NORTH, CELL = 101.65, 16.15, 0.002
A_ROAD = """
    SELECT p.code FROM project p JOIN project_geometry g ON g.project_id = p.id
    WHERE p.kind = 'road' AND EXISTS (SELECT FROM project_geometry_segment s WHERE s.project_geometry_id = g.id)
    ORDER BY p.id LIMIT 1"""


def plane(path: Path) -> Path:
    """Heights over the whole province that rise by 100 m with every degree to the east."""
    heights = np.add.outer(np.zeros(250), 100 + 100 * CELL * np.arange(375.0)).astype("float32")
    with rasterio.open(
        path, "w", driver="GTiff", width=375, height=250, count=1, dtype="float32", crs="EPSG:4326",
        transform=Affine(CELL, 0, WEST, 0, -CELL, NORTH),
    ) as file:  # fmt: skip
        file.write(heights, 1)
    return path


def map_ready(page: Page) -> None:
    page.wait_for_function("() => Boolean(window.__map?.ready)")


def test_heights_from_the_file_to_the_flooded_works(visitor: Visitor, tmp_path: Path) -> None:
    engineer = next(name for name, user in visitor.server.users.items() if user["role"] == "LAO_ENGINEER")
    page = visitor.sign_in(visitor.open(), engineer)
    tiles: list[Response] = []
    page.on("response", lambda answer: tiles.append(answer) if "/tiles/raster/" in answer.url else None)

    # Sent: the answer comes before it is converted, and the page tells how far it is.
    page.goto("/analysis/rasters")
    page.set_input_files("#file", plane(tmp_path / "heights.tif"))
    page.get_by_label("ชื่อ", exact=False).first.fill("ระนาบทดสอบ")
    page.get_by_label("ตัวเลขในภาพคือ").select_option("elevation")
    with page.expect_response("**/api/v1/rasters") as sent:
        page.click("#send")
    assert sent.value.status == 202
    page.wait_for_url(re.compile(r"raster=heights-"))
    expect(page.locator(".raster-list .on")).to_contain_text("ระนาบทดสอบ")
    assert page.locator("[data-job]").count() == 0
    name = page.url.partition("raster=")[2]

    # Seen: shaded, with its legend, and its value where the map is clicked.
    map_ready(page)
    expect(page.locator(".raster-legend")).to_contain_text("ม.")
    expect(page.get_by_label("แรเงาภูมิประเทศ")).to_be_checked()
    assert any(answer.status == 200 and "shade=true" in answer.url for answer in tiles)
    page.locator("#map").click()
    value = page.locator("#value")
    expect(value).to_contain_text(re.compile(r"ค่า [\d.]+ ม. ที่ 1\d\.\d+, 10\d\.\d+"))
    height, lon = re.findall(r"\d+\.\d+", value.inner_text())[0::2]
    assert float(height) == pytest.approx(100 + 100 * (float(lon) - WEST - CELL / 2), abs=0.02)
    assert axe_violations(page) == []

    # Asked of areas, taken away as a file, and of a road.
    page.get_by_role("button", name="คำนวณ").click()
    expect(page.locator(".raster-part tbody tr").first).to_contain_text("100.0 %")
    page.locator(".raster-ask summary", has_text="ดาวน์โหลด").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    assert taken.value.path().read_bytes()[:2] == b"PK"
    page.get_by_role("link", name="ความสูงและความชันของถนน").click()
    with sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool).connect() as connection:
        road = connection.scalar(sa.text(A_ROAD))
    page.get_by_label("รหัสโครงการ").fill(str(road))
    page.get_by_role("button", name="คำนวณ").click()
    expect(page.locator(".raster-chart svg").first).to_be_visible()
    assert axe_violations(page) == []

    # Laid over the works: the eastern half of the province under water.
    page.get_by_role("link", name="โครงการในพื้นที่เสี่ยง").first.click()
    page.get_by_label("ชื่อ", exact=False).first.fill("ครึ่งตะวันออก")
    page.get_by_label("จากภาพ").select_option(name)
    page.get_by_label("ตั้งแต่ค่า").fill("135")
    page.get_by_role("button", name="สร้างขอบเขต", exact=True).click()
    page.wait_for_url(re.compile("extent=extent-job-"))  # the worker made it
    expect(page.locator(".raster-figures dd").first).not_to_have_text("0")
    map_ready(page)
    assert axe_violations(page) == []
    page.locator(".raster-ask summary", has_text="ดาวน์โหลด").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    assert taken.value.path().read_bytes()[:2] == b"PK"

    # On the map of works: chosen in the panel of layers, kept in the address.
    page.goto("/map")
    choice = page.get_by_label("ภาพใต้แผนที่")
    choice.select_option(name)
    expect(page).to_have_url(re.compile(f"raster={name}"))
    expect(page.locator(".wb-ramp-ends")).to_contain_text("ม.")
    assert axe_violations(page) == []
    phone = visitor.sign_in(visitor.open(390, 844, touch=True), engineer)
    for address in (f"/analysis/rasters?raster={name}", "/analysis/exposure"):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, address

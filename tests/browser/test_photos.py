"""Photographs of a project: added, described, looked at, removed and brought back; and those that come as an import."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import shapely
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, axe_violations, map_is_ready
from tests.browser.test_import_story import officer, until
from tests.pictures import jpeg

pytestmark = pytest.mark.browser


def a_road(visitor: Visitor, nth: int) -> tuple[str, str, float, float]:
    """Code and organisation of a verified road, and a point on it."""
    engine = sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        code, organisation, wkb = connection.execute(
            sa.text(
                "SELECT p.code, p.organisation_code, ST_AsBinary(s.geom) FROM project p"
                " JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version"
                " JOIN project_geometry_segment s ON s.project_geometry_id = g.id"
                " WHERE p.kind = 'road' AND p.geometry_status = 'VERIFIED' AND p.status <> 'CANCELLED'"
                " AND p.organisation_code LIKE 'D%' ORDER BY p.id OFFSET :nth LIMIT 1"
            ),
            {"nth": nth},
        ).one()
    engine.dispose()
    middle = shapely.from_wkb(bytes(wkb)).interpolate(0.5, normalized=True)
    return code, organisation, middle.x, middle.y


def pictures(folder: Path, lon: float, lat: float) -> list[Path]:
    """One beside the road, one a kilometre away, one without a position."""
    places = [(lon, lat + 0.0003), (lon, lat + 0.01), None]
    paths = []
    for number, place in enumerate(places, start=1):
        path = folder / f"หน้างาน {number}.jpg"
        path.write_bytes(jpeg(place, (800, 600), colour=40 * number, taken=f"2026:11:2{number} 09:15:00"))
        paths.append(path)
    return paths


def test_photographs_of_a_project(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.sign_in(visitor.open(), officer(visitor))
    code, _, lon, lat = a_road(visitor, 3)
    page.goto(f"/projects/{code}?tab=photos")
    expect(page.locator("#photo-empty")).to_be_visible()
    broken = tmp_path / "เสีย.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no picture")
    page.set_input_files("#photo-files", [*pictures(tmp_path, lon, lat), broken])
    cards = page.locator("#photo-grid .photo")
    expect(cards).to_have_count(3, timeout=60_000)
    refused = page.locator(".photo-line-bad")
    expect(refused).to_have_count(1, timeout=30_000)
    expect(refused).to_contain_text("เสีย.jpg")
    expect(refused).to_contain_text("ภาพเสียหรือไม่ครบ")
    expect(cards.nth(0)).to_contain_text("ห่างจากแนวโครงการ")
    expect(cards.nth(0)).to_contain_text("ถ่าย 21 พ.ย. 2569 09:15 น.")
    expect(cards.nth(1).locator('[data-place="warn"]')).to_be_visible()
    expect(cards.nth(2)).to_contain_text("ไม่มีพิกัดในรูป")
    assert axe_violations(page) == []

    # Described in a dialog, then looked at with the keyboard alone.
    cards.nth(0).locator('[data-act="edit"]').click()
    page.fill("#photo-caption", "จุดเริ่มต้นงาน")
    page.select_option("#photo-stage", "before")
    assert axe_violations(page) == []
    page.get_by_role("button", name="บันทึกคำบรรยาย").click()
    expect(cards.nth(0)).to_contain_text("จุดเริ่มต้นงาน")
    expect(cards.nth(0)).to_contain_text("ก่อนทำ")
    cards.nth(0).locator(".photo-open").focus()
    page.keyboard.press("Enter")
    large = page.locator("dialog.lightbox")
    expect(large).to_contain_text("1 จาก 3")
    page.keyboard.press("ArrowLeft")
    expect(large).to_contain_text("3 จาก 3")
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    expect(cards.nth(0).locator(".photo-open")).to_be_focused()

    # Removed, and brought back at once and later.
    cards.nth(1).locator('[data-act="remove"]').click()
    expect(cards).to_have_count(2)
    page.locator("#toasts").get_by_role("button", name="เลิกทำ").click()
    expect(cards).to_have_count(3)
    cards.nth(1).locator('[data-act="remove"]').click()
    expect(cards).to_have_count(2)
    page.reload()
    page.locator("#photo-removed summary").click()
    page.locator("#photo-removed-grid").get_by_role("button", name="กู้คืน").click()
    expect(cards).to_have_count(3)

    # The map of the project shows where they were taken.
    page.goto(f"/projects/{code}")
    until(lambda: map_is_ready(page))
    taken = until(lambda: [f for f in page.evaluate("() => window.__map.features()") if f["properties"].get("photo")])
    assert len(taken) == 1  # the one that was taken a kilometre away lies outside the view of the work
    expect(page.locator(".project-map-legend")).to_contain_text("ภาพถ่าย 3 ภาพ")

    phone = visitor.sign_in(visitor.open(390, 844, touch=True), officer(visitor))
    phone.goto(f"/projects/{code}?tab=photos")
    expect(phone.locator("#photo-grid .photo")).to_have_count(3)
    assert phone.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert axe_violations(phone) == []


def test_photographs_come_as_an_import(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.sign_in(visitor.open(), officer(visitor))
    code, organisation, lon, lat = a_road(visitor, 9)
    path = tmp_path / "ภาพหน้างาน.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(pictures(tmp_path, lon, lat)[0], "รูป/IMG_0042.jpg")
    page.goto("/imports")
    page.select_option("#organisation", organisation)
    page.set_input_files("#file", path)
    page.click("#send")
    page.wait_for_selector("#row-list tr", timeout=90_000)
    row = page.locator("#row-list tr").first
    expect(row.locator(".row-photo img")).to_be_visible()
    expect(row.locator("[data-project]")).to_contain_text("ห่าง")
    assert axe_violations(page) == []
    row.locator("[data-project] button").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator(".choose-photo img")).to_be_visible()
    dialog.locator(f'input[value="{code}"]').check()
    dialog.get_by_role("button", name="เลือกโครงการนี้").click()
    expect(row.locator("[data-project]")).to_contain_text("แนบภาพ ไม่เปลี่ยนพิกัด")
    page.click("#accept")
    page.locator("dialog[open]").get_by_role("button", name="รับทั้ง 1 แถว").click()
    page.wait_for_selector("#done-title", timeout=90_000)
    expect(page.locator(".note-ok")).to_contain_text("แนบภาพถ่าย 1 ภาพ")
    status = "async (code) => (await (await fetch(`/api/v1/projects/${code}`)).json()).geometry_status"
    assert page.evaluate(status, code) == "VERIFIED"
    page.goto(f"/projects/{code}?tab=photos")
    expect(page.locator("#photo-grid .photo")).to_have_count(1)

"""A file becomes projects: sent, looked at, its columns mapped, a cell mended, accepted, found on the map."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from shapely.geometry import LineString, mapping

from tests.browser.conftest import Visitor, axe_violations, map_is_ready

pytestmark = pytest.mark.browser
YEAR = 2570
NAMES = ("ก่อสร้างถนนนำเข้า สายทดสอบหนึ่ง", "ก่อสร้างถนนนำเข้า สายทดสอบสอง", "ก่อสร้างถนนนำเข้า สายทดสอบสาม")


def until(what: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for a truth: the site's content security policy lets no page compile text."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := what():
            return value
        time.sleep(0.2)
    raise AssertionError("it did not become true in time")


def officer(visitor: Visitor) -> str:
    """Name of an officer of the province: may make projects and place them."""
    return next(name for name, user in visitor.server.users.items() if user["role"] == "PROV_OFFICER")


def place_of(visitor: Visitor, organisation: str) -> tuple[float, float]:
    """A point well inside the organisation's territory."""
    engine = sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        wkb = connection.scalar(
            sa.text("SELECT ST_AsBinary(ST_PointOnSurface(territory)) FROM organisation WHERE code = :code"),
            {"code": organisation},
        )
    engine.dispose()
    point = shapely.from_wkb(bytes(wkb))
    return point.x, point.y


def a_file(folder: Path, lon: float, lat: float) -> Path:
    """Three roads beside whose names stand remarks that look like some, and one amount in words."""
    features = [
        {
            "type": "Feature",
            "geometry": mapping(
                LineString([(lon + 0.001 * step, lat + 0.0006 * n + 0.0001 * step) for step in range(3)])
            ),
            "properties": {
                "F_2": f"{name} ตามมติที่ประชุมประชาคม",
                "F_1": name,
                "SURF": "คสล.",
                "BUDGET": "ห้าแสน" if n == 1 else "500,000",
            },
        }
        for n, name in enumerate(NAMES)
    ]
    path = folder / "ถนนสาธิต.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8"
    )
    return path


def looked_at(page: Page) -> None:
    """Staged: rows in the table, shapes on the map."""
    page.wait_for_selector("#row-list tr", timeout=90_000)
    until(lambda: map_is_ready(page))


def test_a_file_is_looked_at_mended_and_accepted(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    visitor.sign_in(page, officer(visitor))
    page.goto("/imports")
    assert axe_violations(page) == []
    organisation = page.locator("#organisation option").last.get_attribute("value") or ""
    page.select_option("#organisation", organisation)
    page.select_option("#fiscal_year", str(YEAR))
    page.set_input_files("#file", a_file(tmp_path, *place_of(visitor, organisation)))
    expect(page.locator("#file-name")).to_have_text("ถนนสาธิต.geojson")
    page.click("#send")
    looked_at(page)

    # The remarks were taken for the names: the right column is chosen by hand and the file is read again.
    expect(page.locator("#accept")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#columns")).to_contain_text("F_2 → ชื่อโครงการ")
    page.get_by_role("button", name="เปลี่ยน คอลัมน์").click()
    page.select_option("#map-name", "F_1")
    page.locator("#change-columns").get_by_role("button", name="ตรวจไฟล์ใหม่").click()
    until(lambda: page.locator("#columns").is_visible() and "F_1 → ชื่อโครงการ" in page.locator("#columns").inner_text())
    looked_at(page)
    assert axe_violations(page) == []
    expect(page.locator("#row-list tr").first).to_contain_text(NAMES[0])
    assert {
        f["properties"]["level"] for f in page.evaluate("() => window.__map.features()") if "level" in f["properties"]
    }

    # The amount in words is mended where it stands, with the keyboard.
    page.locator("#problem-list").get_by_role("button", name="แก้ในตาราง").click()
    page.keyboard.type("๕๐๐,๐๐๐")
    page.keyboard.press("Enter")
    expect(page.locator("#accept")).not_to_have_attribute("aria-disabled", "true")
    expect(page.locator('#counts [data-count="error"]')).to_have_text("0")

    page.click("#accept")
    page.locator("dialog[open]").get_by_role("button", name="รับทั้ง 3 แถว").click()
    page.wait_for_selector("#done-title", timeout=90_000)
    assert axe_violations(page) == []
    link = page.locator('a[href^="/projects/"]', has_text="-").first
    code = link.inner_text()

    project = page.evaluate("async (code) => (await fetch(`/api/v1/projects/${code}`)).json()", code)
    assert project["name"] == NAMES[0]
    assert (project["geometry_status"], project["budget_baht"]) == ("SUBMITTED", 500_000)
    west, south, east, north = project["bbox"]
    page.goto(f"/map?project={code}#16/{(south + north) / 2}/{(west + east) / 2}")
    until(lambda: map_is_ready(page))
    drawn = until(
        lambda: [f for f in page.evaluate("() => window.__map.features()") if f["properties"].get("code") == code]
    )
    assert drawn


def test_a_broken_file_says_what_to_do(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    visitor.sign_in(page, officer(visitor))
    broken = tmp_path / "เสีย.zip"
    broken.write_bytes(b"PK\x03\x04 not an archive")
    page.goto("/imports")
    page.set_input_files("#file", broken)
    page.click("#send")
    page.wait_for_selector("#failed-title", timeout=90_000)
    expect(page.locator(".problem-error")).to_be_visible()
    expect(page.get_by_role("link", name="เลือกไฟล์อื่น")).to_be_visible()
    assert axe_violations(page) == []


def test_on_a_phone_everything_is_reached(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.open(390, 844, touch=True)
    visitor.sign_in(page, officer(visitor))
    page.goto("/imports")
    organisation = page.locator("#organisation option").last.get_attribute("value") or ""
    page.select_option("#organisation", organisation)
    page.set_input_files("#file", a_file(tmp_path, *place_of(visitor, organisation)))
    page.click("#send")
    page.wait_for_selector("#row-list tr", state="attached", timeout=90_000)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("tab", name="ตาราง 3 แถว").click()
    expect(page.locator("#row-list tr").first).to_be_visible()
    page.get_by_role("button", name="ยกเลิกการนำเข้า").click()
    page.locator("dialog[open]").get_by_role("button", name="ยกเลิกการนำเข้า").click()
    page.wait_for_url("**/imports")


def a_crooked_file(visitor: Visitor, folder: Path, organisation: str) -> tuple[Path, str]:
    """Two roads with their axes exchanged, one that a planned project means by nearly the same name; its code."""
    engine = sa.create_engine(visitor.server.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        code, name, year = connection.execute(
            sa.text(
                "SELECT code, name_th, fiscal_year_be FROM project WHERE organisation_code = :code AND kind = 'road'"
                " AND status <> 'CANCELLED' AND geometry_status = 'NONE' ORDER BY length(name_th) DESC LIMIT 1"
            ),
            {"code": organisation},
        ).one()
    engine.dispose()
    lon, lat = place_of(visitor, organisation)
    features = [
        {
            "type": "Feature",
            "geometry": mapping(LineString([(lat + 0.0006 * n, lon + 0.001 * step) for step in range(3)])),
            "properties": {"NAME": name_, "FY": year},
        }
        for n, name_ in enumerate(("งาน" + name, "ก่อสร้างถนนนำเข้า สายที่ไม่มีในแผน"))
    ]
    path = folder / "ถนนสลับแกน.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    return path, code


def test_a_crooked_file_is_mended_matched_accepted_and_undone(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    visitor.sign_in(page, officer(visitor))
    page.goto("/imports")
    organisation = page.locator("#organisation option").last.get_attribute("value") or ""
    path, code = a_crooked_file(visitor, tmp_path, organisation)
    page.select_option("#organisation", organisation)
    page.set_input_files("#file", path)
    page.click("#send")
    looked_at(page)

    # Where they are and where they should be is shown before all rows like this are mended, and can be given back.
    group = page.locator('[data-code="doctor_swapped_lonlat"]')
    group.get_by_role("button", name="ดูแถว").click()
    expect(page.locator("#map-offer")).to_be_visible()
    assert axe_violations(page) == []
    group.get_by_role("button", name="แก้ทุกแถวแบบนี้ (2)").click()
    mended = page.locator('[data-mended="doctor_swapped_lonlat"]')
    expect(mended).to_contain_text("2 แถว")
    mended.get_by_role("button", name="เลิกแก้").click()
    expect(group).to_be_visible()
    group.get_by_role("button", name="แก้ทุกแถวแบบนี้ (2)").click()
    expect(mended).to_be_visible()
    looked_at(page)

    # The planned project is suggested with reasons, and chosen with the keyboard.
    cell = page.locator("#row-list tr").first.locator("[data-project]")
    expect(cell).to_contain_text(code)
    cell.locator("button").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("ปีงบตรงกัน")
    assert axe_violations(page) == []
    dialog.locator(f'input[value="{code}"]').check()
    page.keyboard.press("Enter")
    expect(cell.locator("button")).to_have_text(code)
    expect(page.locator("#accept")).not_to_have_attribute("aria-disabled", "true")

    page.click("#accept")
    page.locator("dialog[open]").get_by_role("button", name="รับทั้ง 2 แถว").click()
    page.wait_for_selector("#undo", timeout=90_000)
    assert axe_violations(page) == []
    status = "async (code) => (await (await fetch(`/api/v1/projects/${code}`)).json()).geometry_status"
    assert page.evaluate(status, code) == "SUBMITTED"
    page.click("#undo")
    page.locator("dialog[open]").get_by_role("button", name="เลิกทำการนำเข้า").click()
    expect(page.locator("#done-title")).to_have_text("เลิกทำการนำเข้าแล้ว", timeout=90_000)
    assert page.evaluate(status, code) == "NONE"
    assert axe_violations(page) == []

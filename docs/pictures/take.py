"""Take the pictures of the documents from a running site: ``python docs/pictures/take.py [--url URL] [--folder F]``.

The site must hold the demonstration data (``./eplan up``); the sign-ins come from ``var/demo-users.json``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
DESK, PHONE = (1366, 768), (390, 844)
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def first_project(page: Page, **filters: str) -> str:
    """Code of the newest project that fits, as the API tells it to whoever is signed in."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    answer = page.request.get(f"/api/v1/projects?limit=1&{query}").json()
    return str(answer["items"][0]["code"])


def settle(page: Page) -> None:
    """Wait until tiles and fonts are drawn."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)


def picture(page: Page, path: Path) -> None:
    """What is seen, in 256 colours: a third of the size, and nobody sees the difference."""
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    whole.quantize(256, method=Image.Quantize.MEDIANCUT).save(path, optimize=True)


def sign_in(browser: Browser, url: str, user: dict[str, Any], size: tuple[int, int]) -> Page:
    """A page of a signed-in person."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="th-TH",
        timezone_id="Asia/Bangkok",
        base_url=url,
        has_touch=size == PHONE,
    )
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=username]", user["username"])
    page.fill("input[name=password]", user["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def checked(page: Page) -> None:
    """The report over stored coordinates with its first finding chosen."""
    page.goto("/coordinates")
    if page.locator(".finding").count() == 0:
        page.click("#check")
        page.wait_for_selector(".finding", timeout=120_000)
    page.goto("/coordinates?code=outside_territory")
    page.locator(".finding-name").last.click()


def analyses(officer: Page, planner: Page, organisation: str) -> list[tuple[Page, str, str]]:
    """Pages of where the money goes and where it should go: who looks, name of the picture, address."""
    return [
        (officer, "monitoring", "/monitoring"),
        (officer, "duplicates", "/duplicates"),
        (officer, "allocation", "/analysis/allocation?parent=99&level=tambon&measure=per_head&view=equity"),
        (officer, "access", "/analysis/access?kind=road&area=99"),
        (officer, "rasters", "/analysis/rasters"),
        (officer, "overview", "/dashboard?area=99&fiscal_year=2569"),
        (planner, "reports", f"/reports?organisation={organisation}&fiscal_year=2569"),
    ]


def take(browser: Browser, url: str, users: dict[str, dict[str, Any]], folder: Path) -> None:
    """All pictures, into a folder."""
    for size, suffix in ((DESK, "1366"), (PHONE, "390")):
        engineer = sign_in(browser, url, users["engineer"], size)
        organisation = users["engineer"]["organisation"]
        own = {"organisation": organisation, "kind": "road"}
        pages = [
            ("home", "/"),
            ("projects", "/projects"),
            ("project", "/projects/" + first_project(engineer, **own, geometry_status="VERIFIED")),
            ("map", "/map"),
            ("workbench", f"/map?project={first_project(engineer, **own, geometry_status='SUBMITTED')}&edit=1"),
        ]
        planner = sign_in(browser, url, users["planner"], size)
        officer = sign_in(browser, url, users["officer"], size)
        shots = [(engineer, name, path) for name, path in pages]
        shots += [
            (planner, "budget", "/budget?parent=99&level=amphoe&measure=per_head"),
            (officer, "import", "/imports"),
            *analyses(officer, planner, organisation),
        ]
        for page, name, path in shots:
            page.goto(path)
            settle(page)
            picture(page, folder / f"{name}-{suffix}.png")
        checked(officer)
        settle(officer)
        picture(officer, folder / f"coordinates-{suffix}.png")
        visitor = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="th-TH", base_url=url
        ).new_page()
        visitor.goto("/login")
        settle(visitor)
        picture(visitor, folder / f"sign-in-{suffix}.png")


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--users", type=Path, default=HERE.parent.parent / "var" / "demo-users.json")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the pictures go")
    arguments = parser.parse_args()
    users = {user["username"]: user for user in json.loads(arguments.users.read_text(encoding="utf-8"))}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        arguments.folder.mkdir(parents=True, exist_ok=True)
        take(browser, arguments.url, users, arguments.folder)
        browser.close()


if __name__ == "__main__":
    main()

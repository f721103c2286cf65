"""The planner's sheet: typing, pasting, taking back, mending, two people in one cell, no connection, a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import Visitor, axe_violations

_NUMBERS = count(1)
SAVED = "saved"
# Enough to be certain that a request that must not be sent was not.
SETTLED_MS = 1500


class Desk:
    """A planner with an open version of the plan."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.user = next(u for u in visitor.server.users.values() if u["role"] == "LAO_PLANNER")
        self.page = self.new_page()
        self.version = self._open_version()
        self.url = f"/api/v1/plan-versions/{self.version}/forms/p02"

    def new_page(self, width: int = 1366, height: int = 768, *, touch: bool = False) -> Page:
        """Another browser of the same person."""
        return self.visitor.sign_in(self.visitor.open(width, height, touch=touch), self.user["username"])

    def post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        """Write as a program of this person's browser would."""
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        answer = self.page.request.post(url, data=body, headers={"X-CSRFToken": token})
        assert answer.ok, answer.text()
        found: dict[str, Any] = answer.json()
        return found

    def _open_version(self) -> int:
        plans = self.page.request.get(f"/api/v1/organisations/{self.user['organisation']}/plans").json()["items"]
        plan = next(each for each in plans if 2569 in each["years"])
        new = {"change_types": ["CHANGE"], "number": f"ตาราง {next(_NUMBERS)}/2569", "fiscal_year_be": 2569}
        return int(self.post(f"/api/v1/plans/{plan['id']}/versions", new)["id"])

    def discard(self) -> None:
        """Give the version up, so that its lines are free for the next one."""
        self.page.goto("/projects")
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        # A cell that was on its way when the test ended may still arrive in between.
        for _ in range(3):
            etag = self.page.request.get(f"/api/v1/plan-versions/{self.version}").headers["etag"]
            answer = self.page.request.post(
                f"/api/v1/plan-versions/{self.version}/discard",
                headers={"X-CSRFToken": token, "If-Match": etag},
            )
            if answer.status != 412:
                break
        assert answer.ok, answer.text()

    def sheet(self) -> dict[str, Any]:
        """What the server holds."""
        found: dict[str, Any] = self.page.request.get(self.url).json()
        return found

    def cells(self, column: str) -> list[Any]:
        return [row["cells"][column] for row in self.sheet()["rows"]]

    def has_budget(self, href: str) -> bool:
        """True when money was approved for the project at this address."""
        project = self.page.request.get(f"/api/v1{href}").json()
        return float(project["budget_baht"] or 0) > 0 and project["status"] != "CANCELLED"

    def open(self, page: Page | None = None, query: str = "") -> Grid:
        """The sheet on its page."""
        page = page or self.page
        page.goto(f"/plan-versions/{self.version}/p02{query}")
        page.locator("#sheet[data-ready=true]").wait_for(state="attached")
        return Grid(page)


class Grid:
    """The sheet as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.columns: dict[str, int] = {
            head.inner_text().strip(): int(head.get_attribute("data-c") or 0)
            for head in page.locator(".grid-head [data-c]").all()
        }
        self.sent: list[dict[str, Any]] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.method == "POST" and "/changes" in request.url:
            self.sent.append(json.loads(request.post_data or "{}"))

    def cell(self, row: int, column: str) -> Locator:
        """A cell by its line: 1 is the head, 2 the first group, 3 its first project."""
        at = self.columns[column]
        return self.page.locator(f".grid-body [aria-rowindex='{row}'] [data-c='{at}']")

    def choose(self, row: int, column: str) -> None:
        self.cell(row, column).click()

    def write(self, text: str) -> None:
        """Type over the active cell; Thai letters reach a field only, without keys of their own."""
        if not text.isascii():
            self.page.keyboard.press("F2")
            self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def type(self, row: int, column: str, text: str) -> None:
        self.choose(row, column)
        self.write(text)
        self.page.keyboard.press("Enter")

    def paste(self, text: str) -> None:
        """As the browser does on Ctrl+V."""
        self.page.evaluate(
            """text => {
                const data = new DataTransfer();
                data.setData('text/plain', text);
                document.activeElement.dispatchEvent(
                    new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
            }""",
            text,
        )

    def saved(self) -> None:
        expect(self.page.locator("#sheet")).to_have_attribute("data-state", SAVED)

    def status(self) -> str:
        return self.page.locator("#sheet-status").inner_text()


@pytest.fixture
def desk(visitor: Visitor) -> Iterator[Desk]:
    made = Desk(visitor)
    yield made
    made.page.goto("/projects")
    made.discard()


def test_five_hundred_cells_are_one_request_and_one_step_back(desk: Desk) -> None:
    before = {year: desk.cells(f"y{year}") for year in range(2566, 2571)}
    grid = desk.open()
    grid.choose(3, "2566")
    grid.paste("\r\n".join("\t".join(f"{row * 1000 + year + 1:,}" for year in range(5)) for row in range(100)))
    note = grid.page.locator("#sheet-note")
    added = len(before[2566]) < 100
    if added:
        expect(note).to_contain_text("เพิ่มแถวท้ายตาราง")
        note.get_by_role("button", name="วางเท่าที่มีแถว").click()
    grid.saved()
    assert len(grid.sent) == 1
    assert len(grid.sent[0]["changes"]) == min(100, len(before[2566])) * 5
    assert desk.cells("y2567")[1] == "1002.00"
    grid.page.locator(".grid-cell.is-active").press("Control+z")
    expect(grid.page.locator("#sheet")).not_to_have_attribute("data-state", SAVED)
    grid.saved()
    assert len(grid.sent) == 2
    assert {year: desk.cells(f"y{year}") for year in before} == before
    grid.page.locator(".grid-cell.is-active").press("Control+y")
    grid.page.keyboard.press("Control+s")
    grid.saved()


def test_a_bad_number_is_mended_where_it_stands(desk: Desk) -> None:
    grid = desk.open()
    grid.type(3, "2566", "96O,000")
    card = grid.page.locator(".grid-card-wrong")
    expect(card).to_contain_text("อ่านเป็นตัวเลขไม่ได้: “96O,000” มีตัวอักษร O")
    expect(grid.cell(3, "2566")).to_have_attribute("aria-invalid", "true")
    expect(grid.page.locator(".grid-sum").first).to_contain_text("ไม่รวมช่องที่ผิด 1 ช่อง")
    grid.page.wait_for_timeout(SETTLED_MS)
    assert grid.sent == [], "what cannot be read is not sent"
    grid.page.keyboard.press("F8")
    expect(grid.cell(3, "2566")).to_be_focused()
    expect(grid.page.locator("#sheet-address")).to_have_text("ปี 2566 · แถว 2")
    grid.page.keyboard.press("Alt+ArrowDown")
    expect(card.get_by_role("button", name="แก้เป็น 960,000")).to_be_focused()
    grid.page.keyboard.press("Enter")
    grid.saved()
    assert desk.cells("y2566")[0] == "960000.00"
    expect(grid.page.locator("#sheet-words")).to_have_text("เก้าแสนหกหมื่นบาทถ้วน")
    assert axe_violations(grid.page) == []


def test_keys_do_what_a_spreadsheet_does(desk: Desk) -> None:
    grid = desk.open()
    keyboard = grid.page.keyboard
    grid.choose(3, "2566")
    grid.write("๑๒๓")
    keyboard.press("Tab")
    keyboard.type("456")
    keyboard.press("Enter")
    expect(grid.cell(3, "2566")).to_have_text("123")
    expect(grid.cell(3, "2567")).to_have_text("456")
    expect(grid.cell(4, "2567")).to_be_focused()
    grid.choose(3, "2566")
    keyboard.press("Shift+ArrowRight")
    keyboard.press("Shift+ArrowDown")
    expect(grid.page.locator("#sheet-status")).to_contain_text("เลือก 4 ช่อง")
    keyboard.press("Control+d")
    expect(grid.cell(4, "2567")).to_have_text("456")
    keyboard.press("Control+z")
    grid.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    grid.choose(3, "2566")
    keyboard.press("Shift+ArrowRight")
    keyboard.press("Control+c")
    grid.choose(6, "2566")
    keyboard.press("Control+v")
    expect(grid.cell(6, "2566")).to_have_text("123")
    expect(grid.cell(6, "2567")).to_have_text("456")
    grid.choose(3, "2566")
    keyboard.press("F2")
    keyboard.press("End")
    keyboard.type("0")
    keyboard.press("Escape")
    expect(grid.cell(3, "2566")).to_have_text("123")
    keyboard.press("Delete")
    expect(grid.cell(3, "2566")).to_have_text("")
    keyboard.press("Control+End")
    expect(grid.page.locator(".grid-cell.is-active")).to_be_in_viewport()
    keyboard.press("Control+Home")
    expect(grid.page.locator("[aria-expanded].is-active")).to_be_focused()
    keyboard.press("ArrowLeft")
    expect(grid.page.locator("[aria-expanded].is-active")).to_have_attribute("aria-expanded", "false")
    keyboard.press("ArrowRight")
    keyboard.press("Escape")
    keyboard.press("Tab")
    expect(grid.page.locator("#grid :focus")).to_have_count(0)


def test_the_mouse_chooses_and_widens(desk: Desk) -> None:
    grid = desk.open()
    mouse = grid.page.mouse
    start, end = (grid.cell(*at).bounding_box() for at in ((4, "2566"), (6, "2567")))
    assert start and end
    mouse.move(start["x"] + 20, start["y"] + 10)
    mouse.down()
    mouse.move(end["x"] + 20, end["y"] + 10, steps=5)
    mouse.up()
    expect(grid.page.locator("#sheet-status")).to_contain_text("เลือก 6 ช่อง")
    edge = grid.page.locator(f"[data-resize='{grid.columns['2566']}']").bounding_box()
    assert edge
    mouse.move(edge["x"] + 4, edge["y"] + 10)
    mouse.down()
    mouse.move(edge["x"] + 64, edge["y"] + 10, steps=5)
    mouse.up()
    wide = grid.cell(4, "2566").bounding_box()
    assert wide and abs(wide["width"] - start["width"] - 60) <= 2
    grid = desk.open()
    kept = grid.cell(4, "2566").bounding_box()
    assert kept and kept["width"] == wide["width"]


def test_a_version_in_force_can_only_be_read(desk: Desk, visitor: Visitor) -> None:
    plan = desk.page.request.get(f"/api/v1/organisations/{desk.user['organisation']}/plans").json()["items"][-1]
    version = next(v["id"] for v in plan["versions"] if v["status"] == "PROMULGATED")
    reader = visitor.open()
    reader.goto(f"/plan-versions/{version}/p02")
    reader.locator("#sheet[data-ready=true]").wait_for(state="attached")
    expect(reader.locator("#sheet-note")).to_contain_text("ประกาศใช้แล้ว")
    expect(reader.locator("[data-sheet-do=insert]")).to_be_disabled()
    reader.locator(".grid-body [aria-rowindex='3'] [data-c='1']").click()
    reader.keyboard.press("Delete")
    reader.keyboard.type("x")
    expect(reader.locator(".grid-editor")).to_have_count(0)
    assert axe_violations(reader) == []


def test_rows_come_and_go(desk: Desk) -> None:
    rows = len(desk.sheet()["rows"])
    grid = desk.open()
    grid.choose(3, "โครงการ")
    grid.page.keyboard.press("Alt+Insert")
    grid.write("ก่อสร้างลานตากผลผลิต")
    grid.page.keyboard.press("Tab")
    grid.page.keyboard.press("Control+s")
    grid.saved()
    names = desk.cells("name_th")
    assert "ก่อสร้างลานตากผลผลิต" in names and len(names) == rows + 1
    grid.choose(4, "โครงการ")
    grid.page.keyboard.press("Alt+Delete")
    grid.page.locator(".toast").get_by_role("button", name="เลิกทำ").click()
    grid.saved()
    assert desk.cells("name_th") == names


def test_a_line_with_a_budget_stays_and_says_why(desk: Desk) -> None:
    rows = desk.sheet()["rows"]
    budgeted = next(row for row in rows if row["href"] and desk.has_budget(row["href"]))
    grid = desk.open(query=f"?row={budgeted['id']}&column=name_th")
    grid.page.locator(".grid-cell.is-active").press("Alt+Delete")
    grid.page.keyboard.press("Control+s")
    expect(grid.page.locator("#sheet-note")).to_contain_text("เอาออกจากแผนไม่ได้")
    expect(grid.page.locator(".toast")).to_have_count(0)
    assert [row["id"] for row in desk.sheet()["rows"]] == [row["id"] for row in rows]


def test_two_people_in_one_cell_are_asked(desk: Desk) -> None:
    grid = desk.open()
    column = "วัตถุประสงค์"
    row = desk.sheet()["rows"][0]
    base = {"row": row["id"], "column": "objective", "base": row["cells"]["objective"]}
    desk_post = {"changes": [{**base, "value": "เพื่อการเกษตร"}]}
    other = desk.new_page()
    token = other.locator("meta[name=csrf-token]").get_attribute("content") or ""
    assert other.request.post(f"{desk.url}/changes", data=desk_post, headers={"X-CSRFToken": token}).ok
    grid.type(3, column, "เพื่อการคมนาคม")
    card = grid.page.locator(".grid-card-clash")
    expect(card).to_contain_text("แก้พร้อมกัน")
    expect(card).to_contain_text("เพื่อการเกษตร")
    expect(card).to_contain_text("เพื่อการคมนาคม")
    assert desk.cells("objective")[0] == "เพื่อการเกษตร"
    assert axe_violations(grid.page) == []
    card.get_by_role("button", name="ใช้ของฉัน").click()
    grid.saved()
    assert desk.cells("objective")[0] == "เพื่อการคมนาคม"
    grid.page.locator(".grid-cell.is-active").press("Control+z")


def test_nothing_is_lost_without_a_connection(desk: Desk) -> None:
    grid = desk.open()
    page = grid.page

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/changes", cut)
    grid.type(3, "2566", "777")
    grid.type(4, "2566", "12 โหล")
    expect(page.locator(".save-state")).to_contain_text("เก็บในเครื่อง")
    page.reload()
    page.locator("#sheet[data-ready=true]").wait_for(state="attached")
    expect(grid.cell(3, "2566")).to_have_text("777")
    expect(grid.cell(4, "2566")).to_have_text("12 โหล")
    page.unroute("**/changes", cut)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("button.save-state")).to_contain_text("ยกเว้น 1 ช่อง")
    assert desk.cells("y2566")[0] == "777.00"
    expect(grid.cell(4, "2566")).to_have_attribute("aria-invalid", "true")


def test_a_session_that_ended_loses_nothing(desk: Desk) -> None:
    grid = desk.open()
    page = grid.page
    page.context.clear_cookies()
    grid.type(3, "2566", "888")
    expect(page.locator(".save-state")).to_contain_text("เข้าสู่ระบบอีกครั้ง")
    tab = page.context.new_page()
    desk.visitor.sign_in(tab, desk.user["username"])
    tab.close()
    page.locator(".save-state").click()
    grid.saved()
    assert desk.cells("y2566")[0] == "888.00"


def test_choices_open_below_the_cell(desk: Desk) -> None:
    grid = desk.open()
    grid.choose(3, "ประเภทงาน")
    grid.page.keyboard.press("Alt+ArrowDown")
    expect(grid.page.get_by_role("listbox", name="ประเภทงาน")).to_be_visible()
    assert axe_violations(grid.page) == []
    chosen = grid.page.locator(".grid-choices [aria-selected=true]")
    before = chosen.inner_text()
    grid.page.keyboard.press("ArrowDown")
    wanted = chosen.inner_text()
    assert wanted != before
    grid.page.keyboard.press("Enter")
    expect(grid.cell(3, "ประเภทงาน")).to_have_text(wanted)
    grid.saved()


def test_paper_has_every_row(desk: Desk) -> None:
    grid = desk.open()
    grid.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    grid.page.emulate_media(media="print")
    rows = grid.page.locator(".sheet-print tbody tr")
    assert rows.count() > len(desk.sheet()["rows"])
    expect(grid.page.locator("#grid")).to_be_hidden()
    expect(rows.last).to_contain_text("รวมทั้งสิ้น")


def test_a_link_opens_its_cell_and_the_address_follows(desk: Desk) -> None:
    row = desk.sheet()["rows"][1]["id"]
    grid = desk.open(query=f"?row={row}&column=y2567")
    expect(grid.page.locator("#sheet-address")).to_contain_text("ปี 2567")
    expect(grid.page.locator(".grid-cell.is-active")).to_be_focused()
    grid.choose(3, "2568")
    grid.page.wait_for_url(re.compile("column=y2568"))


def test_only_what_is_in_view_is_drawn(desk: Desk) -> None:
    grid = desk.open()
    assert grid.page.locator(".grid-body .grid-row").count() < 60
    assert int(grid.page.locator("#grid").get_attribute("aria-rowcount") or 0) > len(desk.sheet()["rows"])


def test_the_phone_has_cards(desk: Desk) -> None:
    phone = desk.new_page(390, 844, touch=True)
    grid = desk.open(phone)
    card = phone.locator(".sheet-card").first
    card.locator(".sheet-more").tap()
    card.locator("[data-column=y2568]").tap()
    phone.locator("#sheet-input-field").fill("96O,000")
    expect(phone.locator(".sheet-input .reading")).to_contain_text("มีตัวอักษร O")
    assert axe_violations(phone) == []
    phone.locator(".sheet-input .reading button").tap()
    expect(phone.locator("#sheet-input-field")).to_have_value("960,000")
    phone.locator(".sheet-input .btn-primary").tap()
    grid.saved()
    assert "960000.00" in desk.cells("y2568")
    expect(phone.locator(".sheet-chips")).to_contain_text("เปลี่ยน 1")
    assert axe_violations(phone) == []
    assert phone.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_project_is_merged_with_its_money_and_taken_back(desk: Desk) -> None:
    rows = desk.sheet()["rows"]
    before = {row["id"]: row["cells"] for row in rows}
    # What money was approved for cannot leave the plan.
    free = next(row["id"] for row in rows if not row["href"] or not desk.has_budget(row["href"]))
    grid = desk.open(query=f"?row={free}&column=name_th")
    grid.page.locator('[data-sheet-do="merge"]').click()
    dialog = grid.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert axe_violations(grid.page) == []
    dialog.locator("option").first.click()
    dialog.get_by_role("button", name="รวมโครงการ").click()
    expect(grid.page.locator("#toasts")).to_contain_text("รวมเข้ากับ")
    grid.saved()
    assert {row["id"]: row["cells"] for row in desk.sheet()["rows"]} != before
    grid.page.keyboard.press("Control+z")
    grid.saved()
    after = {row["id"]: row["cells"] for row in desk.sheet()["rows"]}
    assert {key: cells["y2569"] for key, cells in after.items()} == {key: c["y2569"] for key, c in before.items()}

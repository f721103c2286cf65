"""Forms and announcements on paper: text that can be searched, sums carried over, page numbers."""

from __future__ import annotations

import fcntl
import itertools
import os
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.errors import Unavailable
from app.models import UserAccount
from app.queries.codelists import code_list
from app.queries.plan_compare import base_of, compare_versions
from app.queries.plan_sheet import plan_summary
from app.queries.plans import plan, versions_of
from app.services.plan_print import Printing, announcement_page, form_page, page_html, summary_page
from app.services.plan_workbook.labels import Labels, choice_labels
from app.services.printing import print_page
from app.services.sheets import CellChange, NewRow
from tests.app.conftest import SignIn
from tests.app.plan_world import DETAILS, PlanWorld, make_plan_world
from tests.app.test_plan_workbook import sheet_of

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium to print with")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext (poppler-utils)")
NOW = Printing(datetime(2026, 11, 21, 14, 30, tzinfo=UTC), "http://127.0.0.1/x", "R-1234")


@pytest.fixture
def world(session: Session) -> PlanWorld:
    return make_plan_world(session)


def labels_of(world: PlanWorld) -> Labels:
    return choice_labels(sheet_of(world).strategies, code_list(world.session, "budget_programme"))


def pages_of(content: bytes, folder: Path) -> list[str]:
    """Text of every page as poppler reads it."""
    (folder / "a.pdf").write_bytes(content)
    subprocess.run(["pdftotext", "-layout", "a.pdf"], cwd=folder, check=True)
    return (folder / "a.txt").read_text().rstrip("\f").split("\f")


@needs_poppler
def test_thai_text_comes_out_as_it_went_in(world: PlanWorld, tmp_path: Path) -> None:
    name = "ขุดลอกแหล่งน้ำบ้านปู่ ทำฝายกั้นน้ำ ที่บ้านญี่ปุ่น"
    world.line(name, objective="เพื่อให้มีน้ำทำการเกษตร ที่ดินทำกิน")
    [page] = pages_of(print_page(page_html(form_page(sheet_of(world), labels_of(world), NOW))), tmp_path)
    flat = re.sub(r"\s+", "", page)
    for word in ("น้ำ", "ทำ", "ที่", "ญี่ปุ่น", "ปู่"):
        assert word in page, word
    assert "ขุดลอกแหล่งน้ำ" in flat and "ฝายกั้นน้ำ" in flat
    assert "500,000.00" in page and "หน้า" in page and "1/1" in page and "R-1234" in page
    assert "แบบผ.02" in flat and "ยุทธศาสตร์ที่1โครงสร้างพื้นฐาน" in flat


@needs_poppler
def test_sums_are_carried_from_page_to_page_and_heads_repeated(world: PlanWorld, tmp_path: Path) -> None:
    lines = [
        NewRow(
            str(n),
            {"name_th": f"โครงการที่ {n}", "y2570": "1000.25", "target": "ยาว 100 ม.\nกว้าง 4 ม."},
            f"{world.strategy_id}:00310",
        )
        for n in range(60)
    ]
    assert world.save(inserts=lines).clean
    pages = pages_of(print_page(page_html(form_page(sheet_of(world), labels_of(world), NOW))), tmp_path)
    assert len(pages) > 2
    for n, text in enumerate(pages, start=1):
        assert f"{n}/{len(pages)}" in text and "วัตถุประสงค์" in text
        assert ("ยอดยกมา" in text) == (n > 1) and ("ยอดยกไป" in text) == (n < len(pages))

    def carried(word: str, text: str) -> str:
        return re.findall(r"[\d,]+\.\d\d", text[text.index(word) :])[4]

    for before, after in itertools.pairwise(pages):
        assert carried("ยอดยกไป", before) == carried("ยอดยกมา", after)
    assert "60,015.00" in pages[-1]
    assert sum(text.count("โครงการที่ ") for text in pages) >= 60


@needs_poppler
def test_the_summary_is_printed(world: PlanWorld, tmp_path: Path) -> None:
    world.line("ถนน")
    head = plan(world.session, world.plan_id)
    assert head is not None
    page = summary_page(plan_summary(world.session, head, world.version(), DETAILS), NOW)
    [text] = pages_of(print_page(page_html(page)), tmp_path)
    assert "บัญชีสรุปโครงการพัฒนา" in text and "500,000.00" in text


@needs_poppler
def test_the_announcement_tells_each_change_before_and_after(world: PlanWorld, tmp_path: Path) -> None:
    origin = world.line("ก่อสร้างถนน")
    world.promulgate()
    world.open("CHANGE", "ADD", number="เพิ่มเติมและเปลี่ยนแปลง ครั้งที่ 1/2569", reason="น้ำท่วม")
    assert world.save(cells=[CellChange(str(origin), "y2570", "500000", "650000")]).clean
    world.line("วางท่อระบายน้ำ")
    head = plan(world.session, world.plan_id)
    assert head is not None
    versions = versions_of(world.session, world.plan_id)
    differences = compare_versions(world.session, base_of(versions, world.version()), world.version_id)
    page = announcement_page(head, world.version(), differences, labels_of(world), NOW)
    rows = [[cell.text for cell in row.cells] for row in page.rows]
    assert rows[0][:4] == ["1", "ผ.02", "วางท่อระบายน้ำ", "เพิ่มใหม่"] and rows[0][7] == "ข้อ 22"
    assert rows[1][3:] == ["งบประมาณ ปี 2570 (บาท)", "500,000.00", "650,000.00", "น้ำท่วม", "ข้อ 22/1"]
    text = "".join(pages_of(print_page(page_html(page)), tmp_path))
    assert "500,000.00" in text and "650,000.00" in text and "ประกาศ" in text


def test_what_is_written_in_a_plan_runs_nowhere(world: PlanWorld) -> None:
    world.line("<script>alert(1)</script>&amp;")
    html = page_html(form_page(sheet_of(world), labels_of(world), NOW))
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html


def test_without_a_printer_the_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable) as refused:
        print_page("<p>x</p>")
    assert refused.value.code == "printer_missing"


def test_one_prints_at_a_time_and_none_for_ever() -> None:
    lock = os.open(Path(tempfile.gettempdir()) / f"eplan-print-{os.getuid()}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unavailable) as refused:
            print_page("<p>x</p>", queue_s=0.1)
        assert refused.value.code == "printer_busy"
    finally:
        os.close(lock)
    with pytest.raises(Unavailable) as late:
        print_page("<p>x</p>", wait_s=0.01)
    assert late.value.code == "printer_out_of_time"


def test_files_come_over_http(app: Flask, sign_in: SignIn, world: PlanWorld, session: Session) -> None:
    world.line("ขุดลอกหนองน้ำ")
    client = app.test_client()
    url = f"/api/v1/plan-versions/{world.version_id}/forms/p02/file"
    assert client.get(url).status_code == 404, "a draft is nobody's business yet"
    planner = session.scalars(sa.select(UserAccount).where(UserAccount.id == world.planner.user_id)).one()
    sign_in(client, planner)
    workbook = client.get(url)
    assert workbook.data[:2] == b"PK" and "UTF-8''" in workbook.headers["Content-Disposition"]
    printed = client.get(f"{url}?format=pdf&paper=a3")
    assert printed.data[:4] == b"%PDF" and printed.mimetype == "application/pdf"
    for slug in ("p01", "p03", "p02-1"):
        assert client.get(url.replace("p02", slug)).status_code == 200
    assert client.get(f"{url}?format=doc").status_code == 400

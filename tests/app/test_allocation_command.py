"""``eplan analyse allocation``: Thai first, and the file of the page."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app.cli import analyse_allocation as cli
from app.cli.analyse import command as analyse
from tests.conftest import RolledBackDatabase
from tests.factories import make_organisation, make_project, make_tambon


@pytest.fixture(autouse=True)
def works(session: Session, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "database", lambda: database)
    make_tambon(session, "990101")
    owner = make_organisation(session)
    for area in ("990101", "9901"):
        make_project(session, owner, budget_baht=1_000_000, area_code=area)
    session.flush()


def test_it_is_told_in_thai_before_english_and_written(tmp_path: Path) -> None:
    out = tmp_path / "share.xlsx"
    done = CliRunner().invoke(analyse, ["allocation", "--level", "tambon", "--area", "99", "--out", str(out)])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith("1 พื้นที่ มีค่า 0 ปีงบ 2570 / 1 places")
    assert "2 โครงการ 2,000,000 บาท / works, baht" in lines
    assert "ไม่ทราบพื้นที่ / place not known: 1 โครงการ 1,000,000 บาท" in lines
    assert "ไม่มีค่า / no value – ไม่มีจำนวนประชากร / no people known: 1" in lines
    assert all(any("฀" <= letter <= "๿" for letter in line) for line in lines), done.output
    sheet = openpyxl.load_workbook(out)["ข้อมูล"]
    assert sheet["A1"].value == "งบต่อหัว (บาท/คน) รายตำบล" and sheet["A2"].value == "99 · ปีงบ 2570"

"""``eplan analyse unit-costs``: the prices of the page, told and written to a file."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app.cli import analyse_unit_costs as cli
from app.cli.analyse import command as analyse
from tests.conftest import RolledBackDatabase
from tests.factories import make_organisation, make_project


@pytest.fixture(autouse=True)
def works(session: Session, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "database", lambda: database)
    owner = make_organisation(session)
    for number in range(10):
        million = 9 if number == 0 else 1
        make_project(
            session, owner, surface_type_code="RC", length_m=1000, budget_baht=million * 1_000_000, area_code="990101"
        )
    make_project(session, owner, surface_type_code="RC", length_m=None, budget_baht=1_000_000, area_code="990101")
    make_project(session, owner, surface_type_code="LATERITE", length_m=500, budget_baht=1, area_code="990101")
    session.flush()


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(analyse, ["unit-costs", *arguments])
    return done.exit_code, done.output


def test_what_stands_out_is_told_and_what_cannot_be_told_is_counted() -> None:
    code, said = run()
    assert code == 0, said
    assert "12 งาน / works" in said and "สูงผิดปกติ / dear: 1" in said
    assert "ไม่มีความยาวหรือปริมาตร / no length or volume: 1" in said
    assert "งานชนิดเดียวกันไม่ถึง 9 งาน / fewer than 9 of the kind: 1" in said
    assert "9,000,000 · งานใกล้เคียง / peers 1,000,000 (n " in said


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_file_has_every_work(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"prices.{ending}"
    code, said = run("--out", str(out), "--area", "99")
    assert code == 0, said
    if ending == "csv":
        table = pd.read_csv(out)
        assert len(table) == 12 and (table["state"] == "high").sum() == 1
    else:
        sheet = openpyxl.load_workbook(out, read_only=True).worksheets[0]
        assert sum(1 for _ in sheet.iter_rows()) >= 13


def test_no_work_is_no_error_and_a_wrong_question_is_refused() -> None:
    assert run("--unit", "m3") == (0, "0 งาน / works\n")
    assert run("--out", "prices.doc")[0] == 2
    assert run("--area", "77")[0] != 0

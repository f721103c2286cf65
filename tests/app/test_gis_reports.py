"""GIS reports: each form has the same rows and sums, opens in other programs, and shows what one may see."""

from __future__ import annotations

import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyogrio
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.db import Attribution
from app.errors import InvalidInput, Unavailable
from app.jobs.registry import JobRun, find
from app.services import jobs
from app.services.gis_reports import orders
from app.services.gis_reports.orders import MOST, ReportOrder
from tests import factories as make
from tests.app.conftest import SignIn
from tests.conftest import RolledBackDatabase

NAME = "ก่อสร้างถนน คสล. สายบ้านน้ำทำ - บ้านปู่ ที่ ม.4"


@pytest.fixture
def three(session: Session) -> list[str]:
    """Codes of a verified road, a drawn one, and one without coordinates."""
    verified = make.make_project(session, name_th=NAME, budget_baht=Decimal("1234567.89"))
    make.make_geometry(session, verified, status="VERIFIED")
    drawn = make.make_project(session, name_th='=HYPERLINK("x")<b>', fiscal_year_be=2569, budget_baht=Decimal("0.11"))
    make.make_geometry(session, drawn, status="DRAFT")
    bare = make.make_project(session, status="PLANNED")
    session.flush()
    return [verified.code, drawn.code, bare.code]


def made(database: RolledBackDatabase, path: Path, codes: list[str]) -> Path:
    wanted = ReportOrder(path.suffix[1:], codes=tuple(codes), title="รายงาน GIS", words=("ปีงบ 2569", "{{ 7 * 191 }}"))
    report = orders.write_report(database, SYSTEM_ACTOR, wanted, path)
    assert (report.projects, report.left_out) == (len(codes), 0)
    return path


def test_workbook_has_live_totals_with_their_values(
    database: RolledBackDatabase, three: list[str], tmp_path: Path
) -> None:
    path = made(database, tmp_path / "r.xlsx", three)
    values, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    rows = [row for row in values["โครงการ"].iter_rows(min_row=7, values_only=True) if row[1]]
    assert {row[1] for row in rows} == set(three)
    assert sum(Decimal(str(row[15])) for row in rows) == Decimal("1234568.00")
    assert formulas["โครงการ"]["P4"].value == "=SUBTOTAL(109,P7:P9)"
    assert values["โครงการ"]["P4"].value == 1234568
    summary = {row[0]: row for row in values["สรุป"].iter_rows(values_only=True) if row[0]}
    assert summary["ถนน"][1:4:2] == (3, 1234568)
    assert summary["รวม"][3] == 1234568
    assert any(str(c.value).startswith("=SUMIFS(Projects") for row in formulas["สรุป"] for c in row)
    # A name that looks like a formula is a name.
    assert '=HYPERLINK("x")<b>' in {row[2] for row in rows}


def test_package_opens_with_its_rows(database: RolledBackDatabase, three: list[str], tmp_path: Path) -> None:
    frame = pyogrio.read_dataframe(made(database, tmp_path / "r.gpkg", three))
    assert set(frame["code"]) == set(three)
    assert frame.geometry.notna().sum() == 2
    assert frame["budget_baht"].sum() == pytest.approx(1234568.00)


def test_map_in_one_file_asks_nobody(database: RolledBackDatabase, three: list[str], tmp_path: Path) -> None:
    html = made(database, tmp_path / "r.html", three).read_text(encoding="utf-8")
    assert "default-src 'none'" in html
    assert not re.search(r"<(link|img|iframe|script [^>]*src)", html)
    assert NAME.encode("ascii", "backslashreplace").decode() in html
    # Texts of people cannot become elements, nor a template of the server's.
    assert '=HYPERLINK("x")<b>' not in html
    assert "{{ 7 * 191 }}" in html
    with pytest.raises(Unavailable, match="report_without_places"):
        made(database, tmp_path / "n.html", three[2:])


def test_book_has_a_sheet_for_each_and_its_text_comes_out_again(
    database: RolledBackDatabase, three: list[str], tmp_path: Path
) -> None:
    path = made(database, tmp_path / "r.pdf", three)
    assert shutil.which("pdftotext"), "poppler-utils reads the book back"
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    assert text.count("\f") == 2 + len(three)
    assert NAME in text
    assert "1,234,568.00" in text
    assert "1:4,000" in text
    assert "ยังไม่มีพิกัด" in text


def test_a_job_makes_the_file(database: RolledBackDatabase, session: Session, three: list[str]) -> None:
    wanted = ReportOrder("xlsx", {"fiscal_year": [2569]}, (three[1],), "ก/ข", ("ปีงบ 2569",))
    job = orders.enqueue(session, SYSTEM_ACTOR, wanted)
    assert ReportOrder.from_parameters(job.parameters) == wanted
    assert wanted.file_name == "ก-ข.xlsx"
    run = JobRun(
        job.id,
        job.kind,
        job.parameters,
        SYSTEM_ACTOR,
        Attribution(None, "test"),
        database,
        database.settings,
        jobs.Silent(),
    )
    result = find(orders.KIND)(run)
    assert (result["projects"], result["left_out"]) == (1, 0)


def test_too_many_and_none_are_refused(session: Session, three: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput) as refused:
        orders.enqueue(session, SYSTEM_ACTOR, ReportOrder("pdf", {"fiscal_year": [2540]}, tuple(three)))
    assert [p.code for p in refused.value.problems] == ["report_of_nothing"]
    monkeypatch.setitem(MOST, "pdf", 2)  # type: ignore[misc]
    with pytest.raises(InvalidInput) as refused:
        orders.enqueue(session, SYSTEM_ACTOR, ReportOrder("pdf", {}, tuple(three)))
    assert [(p.code, p.values["count"]) for p in refused.value.problems] == [("report_too_large", 3)]


def test_page_counts_orders_and_shows_the_job(
    client: FlaskClient, session: Session, sign_in: SignIn, three: list[str]
) -> None:
    staff = sign_in(client, make.make_user(session, "CENTRAL_ANALYST"))
    page = staff.get(f"/reports?project={','.join(three)}").text
    assert "3 โครงการ" in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "format": "xlsx", "title": "เล่มแรก"}
    answer = staff.post(f"/reports?project={','.join(three)}", data=form)
    assert answer.status_code == 303
    assert "เล่มแรก.xlsx" in staff.get("/jobs").text
    nothing = staff.post("/reports?fiscal_year=2540", data=form)
    assert nothing.status_code == 422
    assert "ไม่มีโครงการในตัวกรองนี้" in nothing.text
    assert client.application.test_client().get("/reports").status_code in (302, 303, 401)


def test_command_writes_by_the_ending(tmp_path: Path) -> None:
    from app.cli import report

    refused = CliRunner().invoke(report.command, [str(tmp_path / "r.doc")])
    assert refused.exit_code == 2
    assert ".pdf" in refused.output

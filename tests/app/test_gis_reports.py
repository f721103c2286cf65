"""GIS reports: each form has the same rows and sums, opens in other programs, and shows what one may see."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pyogrio
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.auth.policy import Visibility
from app.db import Attribution
from app.errors import InvalidInput, Unavailable
from app.jobs.registry import JobRun, find
from app.services import attachments, jobs
from app.services.gis_reports import orders
from app.services.gis_reports.book_front import _cuts
from app.services.gis_reports.contents import read_contents
from app.services.gis_reports.orders import MOST, ReportOrder
from gis.pictures import read_picture
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


def text_of(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


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
    # What is not on the map is counted and named, and what is there can be reached without a mouse.
    assert "3 โครงการ · บนแผนที่ 2 · ไม่มีพิกัด 1 (อยู่ท้ายรายการ)" in html
    assert re.findall(r'<button type="button" data-n="(\d)">', html) == ["0", "1"]
    missing = html[html.index("ไม่มีพิกัด จึงไม่อยู่บนแผนที่ 1</h2>") :]
    assert three[2] in missing[: missing.index("</ol>")]
    # The legend is drawn as the map draws.
    key = html[html.index('class="key"') : html.index("</details>", html.index('class="key"'))]
    for swatch, drawn in (("stroke", "color"), ("stroke-dasharray", "dashArray")):
        on_the_map = set(re.findall(f'"{drawn}": "([^"]+)"', html)) - {"#3388ff"}
        assert set(re.findall(f' {swatch}="([^"]+)"', key)) == on_the_map
    assert '"closer": "ขยาย"' in html
    with pytest.raises(Unavailable, match="report_without_places"):
        made(database, tmp_path / "n.html", three[2:])


def test_book_has_a_sheet_for_each_and_its_text_comes_out_again(
    database: RolledBackDatabase, three: list[str], tmp_path: Path
) -> None:
    path = made(database, tmp_path / "r.pdf", three)
    assert shutil.which("pdftotext"), "poppler-utils reads the book back"
    text = text_of(path)
    # Cover, contents, sums, map, list, and how it was made.
    assert text.count("\f") == 6 + len(three)
    for words in ("สารบัญ", "แผนที่รวม", "กระทบยอดกับหน้าจอ", "แหล่งข้อมูลและวิธีทำ", f"หน้า 9/{6 + len(three)}"):
        assert words in text
    assert NAME in text
    assert "1,234,568.00" in text
    # The list names each project by its code, too.
    listed = text.split("\f")[4]
    assert "รายการโครงการ" in listed and all(code in listed for code in three)
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
    assert "เล่มแรก.xlsx" in staff.get(answer.location.split("#")[0]).text
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


def test_a_page_begins_with_the_own_place_and_says_when_it_is_the_nation(
    client: FlaskClient, session: Session, sign_in: SignIn, three: list[str]
) -> None:
    organisation = make.make_organisation(session, "D9902001", amphoe_code="9902")
    make.make_project(session, organisation)
    planner = sign_in(client, make.make_user(session, "LAO_PLANNER", organisation="D9902001"))
    own, nation = planner.get("/reports").text, planner.get("/reports?area=").text
    assert "<strong>1 โครงการ</strong>" in own and 'action="/reports?organisation=D9902001"' in own
    assert "<strong>4 โครงการ</strong>" in nation and 'action="/reports?area="' in nation


def test_what_was_ordered_is_told_until_its_file_is_gone(
    client: FlaskClient, session: Session, sign_in: SignIn, three: list[str]
) -> None:
    user = make.make_user(session, "CENTRAL_ANALYST")
    staff = sign_in(client, user)
    states = (
        ("WAITING", None, None, "รอคิว"),
        ("DONE", {"url": "/api/v1/reports/1/file", "bytes": 1_500_000}, "1 hour", "1.5 MB เก็บถึง"),
        ("DONE", {"url": "/api/v1/reports/1/file", "bytes": 43_210}, "1 hour", "43 kB เก็บถึง"),
        ("DONE", {"url": "/api/v1/reports/1/file", "bytes": 1}, "8 days", "หมดอายุ"),
        ("FAILED", None, "1 hour", "เลือกรูปแบบ Excel หรือ PDF หรือเพิ่มพิกัดก่อน"),
    )
    for status, result, ago, words in states:
        values = {
            "kind": orders.KIND,
            "status": status,
            "result": None if result is None else json.dumps(result),
            "error": json.dumps({"code": "report_without_places", "values": {}}) if status == "FAILED" else None,
            "ago": ago,
            "user": user.id,
        }
        session.execute(
            sa.text(
                "INSERT INTO background_job (kind, title, status, result, error, finished_at, created_by) VALUES"
                " (:kind, 'ร', :status, cast(:result AS jsonb), cast(:error AS jsonb),"
                " now() - cast(:ago AS interval), :user)"
            ),
            values,
        )
        assert words in staff.get("/reports?area=").text


def test_sums_are_those_of_the_screens(
    client: FlaskClient, database: RolledBackDatabase, session: Session, sign_in: SignIn, tmp_path: Path
) -> None:
    make.make_tambon(session, "990101")
    organisation = make.make_organisation(session)
    for form, status, baht in (
        ("ผ.02", "DISBURSING", 400),
        (None, "DISBURSING", 600),
        ("ผ.02/1", "DISBURSING", 50),
        ("ผ.02", "PLANNED", 0),
        ("ผ.02", "CANCELLED", 0),
    ):
        project = make.make_project(
            session, organisation, status=status, area_code="990101", fiscal_year_be=2569, plan_form=form
        )
        if baht:
            money = make.make_appropriation(session, project, baht, approved_on=date(2025, 10, 1))
            with make.as_owner(session):
                make.make_disbursement(session, money, baht // 4, paid_on=date(2025, 11, 18))
    officer = sign_in(client, make.make_user(session, "PROV_OFFICER", area="99"))
    wanted = ReportOrder("pdf", {"fiscal_year": [2569], "area": ["99"]}, title="เล่ม")
    with database.reading() as reading:
        contents = read_contents(
            reading,
            wanted.narrowed,
            (),
            sight=Visibility.STAFF,
            most=10,
            count=5,
            title="",
            filters=(),
            moment=datetime.now(UTC),
        )
    listed = officer.get("/api/v1/projects?area=99&fiscal_year=2569&limit=200").json["items"]
    budget = officer.get("/api/v1/budget?level=amphoe&parent=99&fiscal_year=2569").json["total"]
    funnel = officer.get("/api/v1/funnel?area=99&fiscal_year=2569").json["total"]
    sums, shown = contents.sums, contents.screens.shown
    assert sums.projects == len(listed) == budget["project_count"] == 5
    assert sums.budget_baht == Decimal(str(budget["budget_baht"])) == 1050
    assert sums.disbursed_baht == Decimal(str(budget["disbursed_baht"])) == sum(b // 4 for b in (400, 600, 50))
    assert shown.projects == funnel["planned"]["project_count"] == 4
    assert shown.budget_baht == Decimal(str(funnel["approved"]["baht"])) == 1000
    assert shown.disbursed_baht == Decimal(str(funnel["disbursing"]["baht"])) == 250
    # And the book says them.
    path = tmp_path / "r.pdf"
    orders.write_report(database, SYSTEM_ACTOR, wanted, path)
    assert re.search(r"คงเหลือ เท่ากับหน้าเส้นทางเงินและภาพรวม\s+4\s+1,000.00\s+250.00", text_of(path))


def test_photographs_stand_in_the_book_above_its_foot(
    database: RolledBackDatabase, session: Session, three: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "attachments"
    folder.mkdir()
    owner = make.make_user(session, "LAO_ENGINEER", organisation="D9901001")
    for stage, colour in (("after", "green"), ("before", "brown"), ("during", "grey")):
        upload = BytesIO()
        Image.new("RGB", (1200, 900), colour).save(upload, "JPEG")
        source = tmp_path / f"{stage}.jpg"
        source.write_bytes(upload.getvalue())
        attachments.attach(
            session,
            make.actor_for(owner),
            three[0],
            read_picture(source, source.name),
            upload.getvalue(),
            folder,
            file_name=source.name,
            caption=f"ภาพ {stage} ที่บ้านน้ำทำ",
            stage=stage,
        )
    wanted = ReportOrder("pdf", codes=(three[0],), title="โครงการเดียว")
    orders.write_report(database, SYSTEM_ACTOR, wanted, tmp_path / "r.pdf", folder)
    text = text_of(tmp_path / "r.pdf")
    # One project: its sheet, and how it was made.
    assert text.count("\f") == 2
    found = [text.index(f"{words} · ภาพ {stage}") for words, stage in (("ก่อนทำ", "before"), ("ระหว่างทำ", "during"))]
    assert found[0] < text.index("หน้า 1/2") and found[1] < text.index("หน้า 1/2")
    pictures = subprocess.run(["pdfimages", "-list", tmp_path / "r.pdf"], capture_output=True, text=True, check=True)
    assert pictures.stdout.count("jpeg") == 3


def test_a_book_of_too_many_has_its_list_and_no_sheets(
    database: RolledBackDatabase, three: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "WITH_SHEETS", 2)
    text = text_of(made(database, tmp_path / "r.pdf", three))
    assert text.count("\f") == 6
    assert NAME in text and "รวมทั้งสิ้น" in text and "โดยไม่มีหน้าของแต่ละโครงการ" in text


def test_rows_are_cut_where_a_sheet_is_full(session: Session) -> None:
    assert list(_cuts([100.0, 100.0, 20.0, 300.0, 5.0])) == [(0, 2), (2, 3), (3, 4), (4, 5)]
    assert list(_cuts([])) == []

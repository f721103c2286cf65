"""Matching with outside files, without a database: reading, names, evidence, and how often it is right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from app.cli.matching import command
from app.errors import InvalidInput
from app.messages import sentence
from app.services.matching import KnownProject, OutsideRow, read_outside, read_projects, suggest
from app.services.matching.bodies import body_of
from bench.match import measure
from bench.match_set import make
from gis.name_parts import bits, parts_of

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "projects" / "dga-egp-contract-2568-250.csv"
ROAD = "ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนนสว่าง - บ้านหนองแวง หมู่ที่ 7"
SAO = "องค์การบริหารส่วนตำบลหนองสาธิต"


def project(code: str, name: str = ROAD, **more: object) -> KnownProject:
    values = {"organisation": SAO, "province": "สาธิต", "fiscal_year_be": 2569, "budget_baht": Decimal(500_000)} | more
    return KnownProject(code, name, **values)  # type: ignore[arg-type]


def contract(name: str = ROAD, **more: object) -> OutsideRow:
    values = {"organisation": SAO, "fiscal_year_be": 2569, "amount_baht": Decimal(479_000)} | more
    return OutsideRow(2, name, **values)  # type: ignore[arg-type]


SIBLINGS = [
    project("RIGHT"),
    project("OTHER-VILLAGE", ROAD.replace("หมู่ที่ 7", "หมู่ที่ 8")),
    project("OTHER-PHASE", f"{ROAD} ระยะที่ 2"),
    project("OTHER-BODY", organisation="องค์การบริหารส่วนตำบลโคกสะอาด"),
    project("OTHER-YEAR", fiscal_year_be=2566),
    project("WATER", "ขุดลอกลำห้วยยาง บ้านโนนสว่าง หมู่ที่ 7"),
]


def best(row: OutsideRow, kind: str = "egp") -> tuple[str, float, list[str]]:
    (found,) = suggest(kind, [row], SIBLINGS)  # type: ignore[arg-type]
    first = found.suggestions[0]
    return first.project.code, first.score, [sentence(r.code, r.values) for r in first.reasons]


# --- names and organisations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wording",
    [
        "จ้างก่อสร้างถนน คสล. สายบ้านโนนสว่าง-บ้านหนองแวง ม.๗ โดยวิธีเฉพาะเจาะจง",
        "ประกวดราคาจ้างก่อสร้างถนน ค.ส.ล. สาย บ.โนนสว่าง - บ.หนองแวง หมู่ 7 ด้วยวิธีประกวดราคาอิเล็กทรอนิกส์ (e-bidding)",
        "โครงการก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนนสว่าง – บ้านหนองแวง หมู่ที่7 จำนวน 1 สายทาง",
        "จ่ายค่าจ้างก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนนสว่าง - บ้านหนองแวง หมู่ที่ 07 งวดที่ 2",
    ],
)
def test_wordings_of_one_name_are_the_same(wording: str) -> None:
    parts = parts_of(wording)
    assert parts.words == parts_of(ROAD).words
    assert (parts.villages, parts.phases) == (bits([7]), 0)


def test_numbers_are_taken_out_by_what_they_count() -> None:
    parts = parts_of("ก่อสร้างถนน ซอย 3 ม.4,5 ช่วงที่ 2 กว้าง 5.00 ม. ระยะทาง 1.250 กม. รหัสสายทาง ชย.ถ.๑๒-๐๐๓")
    assert (parts.villages, parts.sois, parts.phases) == (bits([4, 5]), bits([3]), bits([2]))
    assert (parts.width_m, parts.length_m, parts.route) == (5.0, 1250.0, "ชยถ12-003")


@pytest.mark.parametrize(
    "text", [SAO, "อบต.หนองสาธิต", "อบต. หนองสาธิต", "กองช่าง อบต.หนองสาธิต", f"สำนักปลัด {SAO} อำเภอเมืองสาธิต"]
)
def test_an_organisation_is_known_in_every_writing(text: str) -> None:
    assert body_of(text).key == body_of(SAO).key


# --- evidence --------------------------------------------------------------------------------------------------------


def test_the_reasons_are_sentences() -> None:
    code, score, reasons = best(contract())
    assert code == "RIGHT" and score > 0.8
    assert reasons == ["ชื่อตรงกัน", "หมู่ 7 ตรงกัน", "หน่วยงานเดียวกัน", "ปีงบประมาณเดียวกัน (2569)", "ราคาต่ำกว่างบ 4.2 %"]


@pytest.mark.parametrize(
    ("row", "meant"),
    [
        (contract(ROAD.replace("หมู่ที่ 7", "ม.๘")), "OTHER-VILLAGE"),
        (contract(f"จ้าง{ROAD} ระยะที่ ๒"), "OTHER-PHASE"),
        (contract(organisation="กองช่าง อบต.โคกสะอาด"), "OTHER-BODY"),
        (contract(fiscal_year_be=2566), "OTHER-YEAR"),
        (contract(fiscal_year_be=None, day=date(2025, 11, 29)), "RIGHT"),
    ],
)
def test_one_number_tells_siblings_apart(row: OutsideRow, meant: str) -> None:
    code, score, _ = best(row)
    assert code == meant and score > 0.5


def test_what_is_cut_off_tells_nothing_apart() -> None:
    (found,) = suggest("egp", [contract(ROAD[:50])], SIBLINGS)
    assert {s.project.code for s in found.suggestions[:2]} == {"RIGHT", "OTHER-VILLAGE"}
    assert found.suggestions[0].score < 0.6


def test_twins_share_the_confidence() -> None:
    (found,) = suggest("egp", [contract()], [project("A"), project("B")])
    assert [round(s.score, 1) for s in found.suggestions] == [0.5, 0.5]


def test_a_row_without_its_project_is_not_sure() -> None:
    (supplies, other_place) = suggest(
        "egp",
        [
            contract("ซื้อวัสดุคอมพิวเตอร์ จำนวน 4 รายการ โดยวิธีเฉพาะเจาะจง", amount_baht=Decimal(1_480)),
            contract(organisation="เทศบาลตำบลแม่ริม", province="เชียงใหม่"),
        ],
        SIBLINGS,
    )
    assert len(supplies.suggestions) == 5
    assert supplies.suggestions[0].score < 0.05
    assert other_place.suggestions[0].score < 0.9


def test_an_organisation_that_is_there_means_no_other_of_nearly_its_name() -> None:
    stored = [project("KHAM", organisation="อบต.ดงคำ"), project("KHAMTAI", organisation="อบต.ดงคำใต้"), *SIBLINGS]
    (exact, misspelt) = suggest("egp", [contract(organisation="อบต.ดงคำ"), contract(organisation="อบต.ดงคำไต้")], stored)
    assert exact.suggestions[0].project.code == "KHAM" and exact.suggestions[0].score > 0.8
    assert misspelt.suggestions[0].project.code == "KHAMTAI"


def test_codes_of_organisations_are_the_same_or_not() -> None:
    stored = [project(code, organisation="", organisation_code=code) for code in ("06360901", "06360902")]
    (found,) = suggest("egp", [contract(organisation="06360902")], stored)
    assert found.suggestions[0].project.code == "06360902" and found.suggestions[0].score > 0.9


def test_a_number_settles_it() -> None:
    stored = [*SIBLINGS, project("NUMBERED", "งานที่ชื่อเปลี่ยนไปแล้ว", numbers=("12/2569", "67119524001"))]
    for row in (contract(egp_number="67119524001"), contract(contract_number="12/2569")):
        (found,) = suggest("egp", [row], stored)
        assert found.suggestions[0].project.code == "NUMBERED"
    (elsewhere,) = suggest("egp", [contract(contract_number="12/2569", organisation="เทศบาลตำบลแม่ริม")], stored)
    assert "evidence_number_same" not in {reason.code for s in elsewhere.suggestions for reason in s.reasons}


def test_payments_are_parts_of_the_money() -> None:
    stored = [project("SMALL", budget_baht=Decimal(100_000)), project("LARGE", contracted_baht=Decimal(480_000))]
    (part, whole) = suggest(
        "payment", [contract(amount_baht=Decimal(240_000)), contract(amount_baht=Decimal(480_000))], stored
    )
    assert part.suggestions[0].project.code == whole.suggestions[0].project.code == "LARGE"
    said = [sentence(r.code, r.values) for r in part.suggestions[0].reasons]
    assert "จ่าย 50.0 % ของวงเงิน 480,000 บาท" in said
    assert "จ่ายเต็มวงเงิน 480,000 บาท" in [sentence(r.code, r.values) for r in whole.suggestions[0].reasons]


def test_nothing_to_compare_with() -> None:
    (found,) = suggest("egp", [contract()], [])
    assert found.suggestions == ()
    assert suggest("egp", [], SIBLINGS) == []


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.realdata
@pytest.mark.skipif(not REAL.exists(), reason="the real e-GP rows are not beside the project")
def test_real_contracts_load_as_they_are() -> None:
    found = read_outside(REAL)
    assert (found.kind, len(found.rows), found.skipped) == ("egp", 250, 0)
    first = found.rows[0]
    assert (first.day, first.fiscal_year_be, first.amount_baht) == (date(2024, 11, 29), 2568, Decimal(1480))
    assert (first.egp_number, first.province) == ("67119524001", "กรุงเทพมหานคร")
    assert not any(row.problems for row in found.rows)
    assert all(row.day and row.amount_baht and row.organisation for row in found.rows)
    # None of these purchases is one of our works.
    scores = [suggestion.score for row in suggest("egp", found.rows, SIBLINGS) for suggestion in row.suggestions]
    assert max(scores, default=0.0) < 0.5


def test_a_payment_list_with_a_title_and_a_sum(tmp_path: Path) -> None:
    path = tmp_path / "จ่าย.csv"
    path.write_text(
        "รายงานการจ่ายเงิน,,,\nเทศบาล,ปี 2569,,\nเลขที่ฎีกา,รายการ,จำนวนเงินที่จ่าย,วันที่จ่าย\n"
        '๑๒/๖๙,จ่ายค่าก่อสร้างถนน คสล. ม.7 งวดที่ 1,"๒๔๐,๐๐๐.๕๐",๕ ธ.ค. ๖๘\n'
        "13/69,จ่ายค่าขุดลอกลำห้วย,ประมาณแสน,31/02/2569\n14/69,จ่ายค่าน้ำดื่ม,-,–\nรวมทั้งสิ้น,,240000.50,\n,รวม,240000.50,\n",
        encoding="cp874",
    )
    found = read_outside(path)
    assert (found.kind, [row.number for row in found.rows], found.skipped) == ("payment", [4, 5, 6], 2)
    one, two, three = found.rows
    assert (one.amount_baht, one.day, one.voucher_number) == (Decimal("240000.50"), date(2025, 12, 5), "12/69")
    assert {problem.code for problem in two.problems} == {"amount_unreadable", "date_impossible"}
    assert (three.amount_baht, three.day, three.problems) == (None, None, ())


def test_a_file_without_names_says_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        read_outside(path)
    assert refused.value.problems[0].code == "match_columns_missing"
    assert "a, b" in sentence("match_columns_missing", refused.value.problems[0].values)


def test_projects_are_read_from_our_export(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text(
        "code,name,kind,organisation,organisation_name,fiscal_year_be,budget_baht,length_m\n"
        f'70-1,{ROAD},road,06360901,{SAO},2569,"500,000.00",250.5\n70-2,,road,06360901,{SAO},2569,1,\n',
        encoding="utf-8",
    )
    (one,) = read_projects(path)
    assert (one.organisation, one.organisation_code, one.budget_baht) == (SAO, "06360901", Decimal(500_000))
    assert (one.fiscal_year_be, one.length_m) == (2569, 250.5)


def test_the_command_needs_no_database(tmp_path: Path) -> None:
    projects, rows = tmp_path / "projects.csv", tmp_path / "rows.csv"
    projects.write_text(f"code,name,organisation,fiscal_year_be,budget_baht\n70-1,{ROAD},{SAO},2569,500000\n")
    rows.write_text(f"ชื่อโครงการ,ชื่อหน่วยงาน,ปีงบประมาณ,ราคาตกลงซื้อ/จ้าง\nจ้าง{ROAD},อบต.หนองสาธิต,2569,479000\n")
    answer = CliRunner().invoke(command, [str(rows), "--projects", str(projects), "--json"])
    assert answer.exit_code == 0, answer.output
    (row,) = orjson.loads(answer.stdout)["rows"]
    assert (row["row"], row["suggestions"][0]["project"]) == (2, "70-1")
    assert row["suggestions"][0]["score"] > 0.9
    assert "ราคาต่ำกว่างบ 4.2 %" in [reason["text"] for reason in row["suggestions"][0]["reasons"]]


# --- quality ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["egp", "payment"])
def test_quality_floor(kind: str) -> None:
    made = make(77, kind, projects=3_000, rows=600)  # type: ignore[arg-type]
    found = suggest(kind, made.rows, made.projects)  # type: ignore[arg-type]
    total = measure(kind, made, found)[-1]  # type: ignore[arg-type]
    assert total["top5_%"] >= 97 and total["first_%"] >= 92
    assert total["sure_wrong_%"] <= 1 and total["absent_accepted_%"] <= 8

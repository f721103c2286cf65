"""Known answers of classification by name, measured on labelled names; votes of neighbours."""

from __future__ import annotations

import pytest

from app.models import review
from gis.work_classes import ASPECTS, Suggestion, Vote, suggest, with_votes

# Names as ordinances write them, labelled by hand: kind, programme, category ("" = the name does not say).
LABELLED = (
    ("โครงการก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนน - บ้านหนองแวง หมู่ที่ 4", "road", "00310", "542000"),
    ("ก่อสร้างถนน คสล. ซอยสะพานสูง หมู่ 2", "road", "00310", "542000"),
    ("ซ่อมแซมถนนลูกรังสายบ้านฝาย - หนองน้ำ", "road", "00310", "542000"),
    ("ปรับปรุงถนนลาดยางเคพซีล สายบ้านดงไผ่", "road", "00310", "542000"),
    ("เสริมผิวแอสฟัลท์ติกคอนกรีต ถนนเทศบาล 3", "road", "00310", "542000"),
    ("ลงหินคลุกถนนเข้าพื้นที่การเกษตร", "road", "00310", "542000"),
    ("ก่อสร้างสะพาน คสล. ข้ามห้วยยาง", "other", "00310", "542000"),
    ("ก่อสร้างรางระบายน้ำ คสล. รูปตัวยู หมู่ที่ 1", "other", "00310", "542000"),
    ("วางท่อระบายน้ำพร้อมบ่อพัก หมู่ที่ 6", "other", "00310", "542000"),
    ("ขุดเจาะบ่อบาดาล บ้านเหล่าค้อ", "water", "00240", "542000"),
    ("ขยายเขตประปา หมู่ที่ 9", "water", "00240", "542000"),
    ("ปรับปรุงระบบประปาหมู่บ้าน บ้านโพนกลาง", "water", "00240", "542000"),
    ("ขุดลอกลำห้วยยาง บ้านถนนหัก", "water", "00320", "542000"),
    ("ขุดสระเก็บน้ำ บ้านนาสำราญ", "water", "00320", "542000"),
    ("ก่อสร้างฝาย คสล. ห้วยกุดจอก", "water", "00320", "542000"),
    ("ก่อสร้างธนาคารน้ำใต้ดินระบบเปิด", "water", "00320", "542000"),
    ("ติดตั้งไฟฟ้าส่องสว่างโซลาร์เซลล์ หมู่ที่ 3", "other", "00240", "542000"),
    ("ก่อสร้างศูนย์พัฒนาเด็กเล็กบ้านโนน", "other", "00210", "542000"),
    ("อุดหนุนโรงเรียนบ้านโนนสว่าง อาหารกลางวัน", "other", "00210", "560000"),
    ("จัดซื้อครุภัณฑ์คอมพิวเตอร์ ศูนย์พัฒนาเด็กเล็ก", "other", "00210", "541000"),
    ("จัดซื้อรถบรรทุกขยะ", "other", "00240", "541000"),
    ("จัดซื้อรถดับเพลิงอเนกประสงค์", "other", "00120", "541000"),
    ("แข่งขันกีฬาต้านยาเสพติด", "other", "00260", "532000"),
    ("จัดงานประเพณีลอยกระทง", "other", "00260", "532000"),
    ("ป้องกันและควบคุมโรคไข้เลือดออก", "other", "00220", ""),
    ("รณรงค์ป้องกันโรคพิษสุนัขบ้า", "other", "00220", "532000"),
    ("อบรมกลุ่มอาชีพสตรี", "other", "00250", "532000"),
    ("ส่งเสริมคุณภาพชีวิตผู้สูงอายุ", "other", "00230", "532000"),
    ("ก่อสร้างลานกีฬาอเนกประสงค์", "other", "00260", "542000"),
    ("ปรับปรุงตลาดสดเทศบาล", "other", "00330", "542000"),
    ("ฝึกอบรมทบทวน อปพร.", "other", "00120", "532000"),
    ("ส่งเสริมการท่องเที่ยวชุมชน", "other", "00260", "532000"),
    ("จัดทำแผนที่ภาษีและทะเบียนทรัพย์สิน", "other", "00110", ""),
    ("ก่อสร้างระบบบำบัดน้ำเสียรวม", "other", "00240", "542000"),
    ("ค่าวัสดุสำนักงาน", "other", "", ""),
    ("สำรองจ่าย", "other", "", ""),
)


def measured() -> dict[str, tuple[float, float]]:
    """Precision and recall by aspect: a suggestion is right when its codes hold the label."""
    found: dict[str, tuple[float, float]] = {}
    for column, aspect in ((1, "kind"), (2, "programme"), (3, "expenditure")):
        said = right = labelled = 0
        for row in LABELLED:
            label = "" if (aspect, row[column]) == ("kind", "other") else row[column]
            one = suggest(row[0]).get(aspect)  # type: ignore[call-overload]
            labelled += bool(label)
            said += one is not None
            right += one is not None and label in one.codes
        found[aspect] = (right / said, right / labelled)
    return found


def test_precision_and_recall_of_the_labelled_names() -> None:
    figures = measured()
    assert {aspect: precision >= 0.95 for aspect, (precision, _recall) in figures.items()} == dict.fromkeys(
        figures, True
    )
    assert {aspect: recall >= 0.9 for aspect, (_precision, recall) in figures.items()} == dict.fromkeys(figures, True)


def test_a_surface_beside_the_word_for_bitumen_counts() -> None:
    assert suggest("ปรับปรุงถนนลาดยางเคพซีล สายบ้านดงไผ่")["surface_type"].codes == ("CAPE",)
    assert suggest("ปรับปรุงถนนลาดยาง สายบ้านดงไผ่")["surface_type"].codes == ("ST",)


@pytest.mark.parametrize("name", ["", " ", "๑๒๓", "ก" * 1000, "'; DROP TABLE project --", "ถนน\n\tคสล."])
def test_any_name_can_be_asked(name: str) -> None:
    assert all(one.reasons and one.codes and 0 < one.confidence <= 1 for one in suggest(name).values())


BY_NAME = Suggestion("programme", ("00310", "00240"), 0.9, suggest("ถนน")["programme"].reasons)


@pytest.mark.parametrize(
    ("recorded", "by_name", "votes", "codes", "confidence"),
    [
        ("00240", BY_NAME, [], None, 0),
        ("00110", BY_NAME, [], ("00310", "00240"), 0.9),
        (None, BY_NAME, [Vote("00240", 9, 10, "own")], ("00240", "00310"), 0.95),
        ("00110", BY_NAME, [Vote("00110", 9, 10, "own")], ("00310", "00240"), 0.65),
        ("00110", None, [Vote("00310", 4, 4, "own")], None, 0),
        ("00110", None, [Vote("00310", 6, 10, "own")], None, 0),
        ("00110", None, [Vote("00310", 20, 20, "province")], ("00310",), 0.7),
    ],
    ids=["agrees", "name", "strengthened", "weakened", "too few", "no majority", "votes alone"],
)
def test_neighbours_strengthen_and_weaken(
    recorded: str | None,
    by_name: Suggestion | None,
    votes: list[Vote],
    codes: tuple[str, ...] | None,
    confidence: float,
) -> None:
    one = with_votes("programme", recorded, by_name, votes)
    assert (one.codes if one else None) == codes
    if one:
        assert one.confidence == pytest.approx(confidence)


def test_aspects_are_those_of_the_table_of_decisions() -> None:
    assert set(ASPECTS) == set(review.ASPECTS)


@pytest.mark.parametrize(
    "name", ["โคก หนอง นา โมเดล บ้านโนน", "อบรมโครงการโคก-หนอง-นา โมเดล", "โครงการโคกหนองนา พัฒนาชุมชน ประจำปี 2570"]
)
def test_a_model_is_no_pond_by_its_word(name: str) -> None:
    found = suggest(name)
    assert "water_source_type" not in found and "kind" not in found


def test_a_pond_of_the_model_is_one() -> None:
    assert suggest("ขุดสระเก็บน้ำ ตามโครงการ โคก หนอง นา โมเดล")["water_source_type"].codes[0] == "POND"
    assert suggest("ขุดลอกหนองแวง บ้านโนน")["water_source_type"].codes[0] == "WETLAND"

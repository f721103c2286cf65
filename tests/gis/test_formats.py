"""Drawings, photographs, tables whose heading says nothing, and the formats that our own exports come back in."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from gis.readers import ReadSource, open_source
from gis.readers.photos import Photo, read_photo
from tests.gis.made_files import dbf, exif_jpeg, shapefile_zip, write_zip
from tests.gis.made_files import open_source as open_here


def codes(source: ReadSource) -> list[str]:
    return [problem.code for problem in source.problems]


def rows_of(source: ReadSource) -> list[dict[str, Any]]:
    assert source.errors == [], source.errors
    return [
        {**row, "geometry": row["geometry"] and shapely.from_wkb(row["geometry"]).wkt}
        for row in pa.Table.from_batches(list(source.batches())).to_pylist()
    ]


def saved(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- drawings ---------------------------------------------------------------------------------------------------------


def dxf(*entities: str, codepage: str = "") -> str:
    """An R12 drawing; each entity is its groups, code and value in turn."""
    head = f"0\nSECTION\n2\nHEADER\n9\n$DWGCODEPAGE\n3\n{codepage}\n0\nENDSEC\n" if codepage else ""
    body = "\n".join(entities)
    return f"999\nmade by hand\n{head}0\nSECTION\n2\nENTITIES\n{body}\n0\nENDSEC\n0\nEOF\n"


def groups(*pairs: object) -> str:
    return "\n".join(str(part) for part in pairs)


LINE = groups(0, "LINE", 8, "ROAD", 10, 673310, 20, 1520741, 30, 12, 11, 673400, 21, 1520800, 31, 13)
CORNERS = [groups(10, x, 20, y) for x, y in ((673310, 1520741), (673350, 1520741), (673350, 1520780))]
CLOSED = groups(0, "LWPOLYLINE", 8, "POND", 90, 3, 70, 1, *CORNERS)
VERTICES = [groups(0, "VERTEX", 8, "OLD", 10, x, 20, 1520741) for x in (673310, 673320, 673335)]
POLYLINE = groups(0, "POLYLINE", 8, "OLD", 66, 1, *VERTICES, 0, "SEQEND")
TEXT = groups(0, "TEXT", 8, "NOTE", 10, 673310, 20, 1520741, 40, 2.5, 1, "0+000")
POINT = groups(0, "POINT", 8, "NOTE", 10, 673310, 20, 1520741)
INSERT = groups(0, "INSERT", 8, "NOTE", 2, "TREE", 10, 673310, 20, 1520741)


def test_lines_of_a_drawing_with_their_layers(tmp_path: Path) -> None:
    path = saved(tmp_path / "แบบถนน.dxf", dxf(LINE, TEXT, CLOSED, POINT, POLYLINE, INSERT))
    with open_source(path) as source:
        assert (source.format, source.layer) == ("dxf", "แบบถนน")
        assert source.crs_candidates == (32647, 24047)
        assert {"dxf_lines_only", "crs_missing"} <= set(codes(source))
        rows = rows_of(source)
    assert [row["Layer"] for row in rows] == ["ROAD", "POND", "OLD"]
    assert rows[0]["geometry"] == "LINESTRING (673310 1520741, 673400 1520800)"
    assert rows[1]["geometry"].endswith("673310 1520741)")
    assert len(rows[2]["geometry"].split(",")) == 3


def test_thai_layers_of_a_drawing(tmp_path: Path) -> None:
    content = dxf(LINE.replace("ROAD", "ถนน"), codepage="ANSI_874").encode("cp874")
    with open_source(saved(tmp_path / "a.dxf", content), epsg=24047) as source:
        assert source.epsg == 24047
        assert [row["Layer"] for row in rows_of(source)] == ["ถนน"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (dxf(TEXT), "file_without_features"),
        (b"AutoCAD Binary DXF\r\n\x1a\x00", "drawing_kind_not_supported"),
        (b"AC1027\x00\x00", "drawing_kind_not_supported"),
    ],
)
def test_drawings_without_lines(tmp_path: Path, content: str | bytes, code: str) -> None:
    with open_source(saved(tmp_path / "a.dxf", content)) as source:
        assert [problem.code for problem in source.errors] == [code]


# --- photographs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_is_a_point(tmp_path: Path, order: str) -> None:
    path = saved(tmp_path / "IMG_1.JPG", exif_jpeg((15, 48, 30), (102, 1, 48), order=order))
    source = open_here(path, name="หน้างาน.jpg")
    assert (source.format, source.epsg, codes(source)) == ("jpeg", 4326, [])
    (row,) = rows_of(source)
    assert (row["photo"], row["taken_at"], row["direction_degrees"]) == ("หน้างาน.jpg", "2026-11-20T09:30:00", "270.5")
    assert shapely.from_wkt(row["geometry"]).coords[0] == pytest.approx((102.03, 15.8083333))


def test_photographs_of_a_zip(tmp_path: Path) -> None:
    made = {
        "งาน/1.jpg": exif_jpeg((15, 48, 30), (102, 1, 48)),
        "งาน/2.JPEG": b"\xff\xd8\xff\xd9",
        "งาน/3.jpg": exif_jpeg((0, 0, 0), (0, 0, 0)),
        "notes.docx": b"x",
    }
    source = open_here(write_zip(tmp_path / "photos.zip", made))
    assert codes(source) == ["photos_without_position"]
    assert source.problems[0].values["names"] == "2.JPEG, 3.jpg"
    assert [row["geometry"] is None for row in rows_of(source)] == [False, True, True]


def test_south_and_west(tmp_path: Path) -> None:
    photo = read_photo(saved(tmp_path / "a", exif_jpeg((15, 0, 0), (102, 0, 0), south_west=True)))
    assert photo.place == (-102, -15)


def test_exif_that_is_broken_is_no_exif(tmp_path: Path) -> None:
    sound = exif_jpeg((15, 48, 30), (102, 1, 48))
    assert read_photo(saved(tmp_path / "a", sound)).place is not None
    for cut in range(20, len(sound), 7):
        read_photo(saved(tmp_path / "a", sound[:cut] + b"\xff" * (len(sound) - cut)))
        read_photo(saved(tmp_path / "a", sound[:cut]))
    endless = sound.replace(struct.pack("<H", 0x8825), struct.pack("<H", 0x8769))
    assert read_photo(saved(tmp_path / "a", endless)).place is None
    assert read_photo(saved(tmp_path / "a", b"\xff\xd8\xff\xe1\x00\x00")) == Photo()


def test_iphone_pictures_say_what_to_do(tmp_path: Path) -> None:
    assert codes(open_here(saved(tmp_path / "a.jpg", b"\x00\x00\x00\x18ftypheic\x00\x00"))) == [
        "photo_kind_not_supported"
    ]


# --- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wkt"),
    [
        ("ชื่อ,ก,ข\nถนน,15.80123,102.03111\nน้ำ,15.82001,102.04555\n", "POINT (102.03111 15.80123)"),
        ("ชื่อ;ก;ข\nถนน;๑๐๒,๐๓๑๑๑;๑๕,๘๐๑๒๓\n", "POINT (102.03111 15.80123)"),
        ("ชื่อ,ก,ข\nถนน,673310,1520741\nน้ำ,673400,1520800\n", "POINT (673310 1520741)"),
        ('ชื่อ,แผนที่\nถนน,"https://maps.google.com/?q=15.8,102.03"\n', "POINT (102.03 15.8)"),
        ('ชื่อ,หมายเหตุ\nถนน,"LINESTRING (102 15, 102.1 15)"\n', "LINESTRING (102 15, 102.1 15)"),
    ],
)
def test_coordinates_are_found_by_what_the_cells_hold(tmp_path: Path, text: str, wkt: str) -> None:
    source = open_here(saved(tmp_path / "a.csv", text))
    assert rows_of(source)[0]["geometry"] == wkt
    assert ("coordinates_by_content" in codes(source)) == wkt.startswith("POINT")


@pytest.mark.parametrize(
    "text",
    [
        "ชื่อ,งบประมาณ,เบิกจ่าย\nถนน,673310,1520741\nน้ำ,673400,1520800\n",
        "ชื่อ,กว้าง,ยาว\nถนน,15.5,102.5\nน้ำ,15.0,102.0\n",
        "ชื่อ,ก,ข\nถนน,673310,1520741\n",
        "ชื่อ,ก,ข\nถนน,200000,700000\nน้ำ,800000,1900000\n",
    ],
)
def test_other_numbers_are_not_taken_for_coordinates(tmp_path: Path, text: str) -> None:
    source = open_here(saved(tmp_path / "a.csv", text))
    assert "table_without_coordinates" in codes(source)
    assert rows_of(source)[0]["geometry"] is None


def test_an_export_of_egp(tmp_path: Path) -> None:
    """Semicolons, a title above, dates of the Buddhist era, commas in money, masked numbers, Thai digits."""
    text = (
        "รายงานสัญญา ปีงบประมาณ ๒๕๖๙;;;;;\n"
        "ลำดับ;ชื่อโครงการ;วันที่ทำสัญญา;วงเงิน (บาท);เลขผู้เสียภาษี;พิกัด X;พิกัด Y\n"
        "๑;ก่อสร้างถนน คสล.;20 พ.ย. 68;1,632,820.50;x-xxxx-xxx12-34-5;๖๗๓๓๑๐;๑๕๒๐๗๔๑\n"
    )
    (row,) = rows_of(open_here(saved(tmp_path / "a.csv", text.encode("cp874"))))
    assert row["geometry"] == "POINT (673310 1520741)"
    assert row["วันที่ทำสัญญา"] == "20 พ.ย. 68"
    assert (row["วงเงิน (บาท)"], row["เลขผู้เสียภาษี"], row["row_number"]) == ("1,632,820.50", "x-xxxx-xxx12-34-5", 3)


# --- letters that were lost -------------------------------------------------------------------------------------------


def test_question_marks_in_the_place_of_thai_are_reported(tmp_path: Path) -> None:
    content = dbf({"NAME": 40}, [["??????????? 1"], ["road?"]], "ascii")
    points = [shapely.Point(673_310, 1_520_741)] * 2
    source = open_here(shapefile_zip(tmp_path / "a.zip", points, table=content))
    (problem,) = [problem for problem in source.problems if problem.code == "text_lossy"]
    assert (problem.level, problem.values) == ("warning", {"count": 1, "total": 2, "example": "??????????? 1"})
    sound = open_here(saved(tmp_path / "b.csv", "name,lat,lon\nwhere?,15,102\n"))
    assert "text_lossy" not in codes(sound)

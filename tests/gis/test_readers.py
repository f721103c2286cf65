"""Files of every kind, the careless and the hostile among them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyogrio
import pytest
import shapely

from gis import crs
from gis.readers import ReadSource
from gis.readers.dbf import Dbf, guess_encoding
from tests.gis.made_files import dbf, open_source, shapefile_zip, write_zip

POINTS = [shapely.Point(673_310, 1_520_741), shapely.Point(673_400, 1_520_800)]
LINE = shapely.LineString([(102.03, 15.8), (102.04, 15.81)])


def table_of(source: ReadSource) -> pa.Table:
    assert source.errors == [], source.errors
    return pa.Table.from_batches(list(source.batches()))


def shapes_of(source: ReadSource) -> list[Any]:
    return [None if wkb is None else shapely.from_wkb(wkb) for wkb in table_of(source)["geometry"].to_pylist()]


def codes(source: ReadSource) -> list[str]:
    return [problem.code for problem in source.problems]


def saved(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- shapefiles ---------------------------------------------------------------------------------------------------

THAI_ROWS = [["ถนนสายบ้านหนองน้ำใส", "1"], ["แหล่งน้ำหมู่ที่ ๓", "2"]]


@pytest.mark.parametrize(
    ("encoding", "cpg", "language_driver", "contradicts"),
    [
        ("cp874", None, 0, False),
        ("cp874", "ANSI 874", 0, False),
        ("cp874", "OEM 874", 0, False),
        ("cp874", "TIS-620", 0, False),
        ("cp874", "UTF-8", 0, True),
        ("cp874", "ISO-8859-1", 0, True),
        ("cp874", None, 0x57, True),
        ("utf-8", None, 0, False),
        ("utf-8", "UTF-8", 0, False),
        ("utf-8", "ANSI 874", 0, True),
    ],
)
def test_thai_texts_of_a_shapefile(
    tmp_path: Path, encoding: str, cpg: str | None, language_driver: int, contradicts: bool
) -> None:
    """The bytes decide; what the file says about itself is only compared."""
    content = dbf({"ชื่อ": 80, "n": 4}, THAI_ROWS, encoding, language_driver=language_driver)
    source = open_source(shapefile_zip(tmp_path / "a.zip", POINTS, table=content, cpg=cpg))
    assert source.encoding == encoding
    assert table_of(source)[source.columns[0]].to_pylist() == [row[0] for row in THAI_ROWS]
    assert source.columns[0].startswith("ชื่อ"[: 10 // 3] if encoding == "utf-8" else "ชื่อ")
    assert ("encoding_contradicts_cpg" in codes(source)) == contradicts
    assert source.encoding_guess is not None
    assert "ถนนสายบ้านหนองน้ำใส" in source.encoding_guess.words[encoding]


def test_utf8_cut_within_a_letter(tmp_path: Path) -> None:
    content = dbf({"name": 50}, [["ก" * 30], ["ข" * 10]], "utf-8")
    source = open_source(shapefile_zip(tmp_path / "a.zip", POINTS, table=content))
    assert source.encoding == "utf-8"
    assert table_of(source)["name"].to_pylist() == ["ก" * 16, "ข" * 10]


def test_latin_texts_are_not_taken_for_thai() -> None:
    texts = ["Café Münster".encode("cp1252"), "Straße".encode("cp1252")]
    guess, _ = guess_encoding(Dbf([], texts, 0), None)
    assert guess.encoding == "cp1252"
    # Letters that are consonants of cp874, as countries of the world have them.
    names = [name.encode("cp1252") for name in ("Åland Islands", "Côte d'Ivoire", "Réunion", "Saint Barthélemy")]
    assert guess_encoding(Dbf([], names, 0x57), None)[0].encoding == "cp1252"


def test_a_person_decides_the_encoding(tmp_path: Path) -> None:
    content = dbf({"name": 50}, [["ถนน"], ["คลอง"]], "cp874")
    archive = shapefile_zip(tmp_path / "a.zip", POINTS, table=content, cpg="UTF-8")
    source = open_source(archive, encoding="cp874")
    assert table_of(source)["name"].to_pylist() == ["ถนน", "คลอง"]
    assert "encoding_contradicts_cpg" not in codes(source)
    assert codes(open_source(archive, encoding="klingon")) == ["encoding_unknown"]


def test_facts_and_rows_of_a_shapefile(tmp_path: Path) -> None:
    source = open_source(shapefile_zip(tmp_path / "a.zip", POINTS, folder="งาน ปี 69/ถนน/"))
    assert (source.format, source.epsg, source.feature_count) == ("shp", 32647, 2)
    assert source.layers[0].name == "งาน ปี 69/ถนน/roads"
    table = table_of(source)
    assert table.column_names == ["row_number", "n", "geometry"]
    assert table["row_number"].to_pylist() == [1, 2]
    # The numbers of the file, not converted.
    assert shapes_of(source)[0].x == 673_310
    assert source.sample[0] == {"row_number": 1, "n": 0}


def test_without_prj_the_numbers_say_what_it_can_be(tmp_path: Path) -> None:
    source = open_source(shapefile_zip(tmp_path / "a.zip", POINTS, epsg=None))
    assert source.epsg is None
    assert source.crs_candidates == (32647, 24047)
    assert {"shapefile_without_prj", "crs_missing"} <= set(codes(source))
    assert open_source(tmp_path / "a.zip", epsg=24047).epsg == 24047
    assert "crs_contradicts_numbers" in codes(open_source(tmp_path / "a.zip", epsg=32648))
    assert "crs_unsupported" in codes(open_source(tmp_path / "a.zip", epsg=3857))


def test_numbers_of_a_foreign_grid_are_not_guessed_to_be_ours(tmp_path: Path) -> None:
    # Massachusetts Mainland: its metres look like zone 48 of Thailand.
    archive = shapefile_zip(
        tmp_path / "a.zip", [shapely.Point(236_000, 901_000), shapely.Point(240_000, 900_000)], epsg=26986
    )
    source = open_source(archive)
    assert (source.epsg, source.crs_candidates, codes(source)) == (None, (), ["crs_unsupported"])
    assert open_source(archive, epsg=32648).epsg == 32648, "a person may know that the file is wrong"


def test_a_plane_without_a_place_on_earth_states_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    points = pa.table({"geometry": pa.array([shapely.to_wkb(point) for point in POINTS])})
    local = 'ENGCRS["site grid",EDATUM["site"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    pyogrio.write_arrow(points, path, driver="GPKG", geometry_name="geometry", geometry_type="Point", crs=local)
    source = open_source(path)
    assert source.crs_candidates == (32647, 24047)
    assert "crs_unsupported" not in codes(source)


def test_a_prj_that_the_numbers_contradict(tmp_path: Path) -> None:
    source = open_source(shapefile_zip(tmp_path / "a.zip", POINTS, epsg=4326))
    assert source.epsg is None
    assert "crs_contradicts_numbers" in codes(source)


@pytest.mark.parametrize("epsg", [24047, 32647])
def test_the_datum_of_a_prj(tmp_path: Path, epsg: int) -> None:
    assert open_source(shapefile_zip(tmp_path / "a.zip", POINTS, epsg=epsg)).epsg == epsg


@pytest.mark.parametrize(
    ("without", "code"),
    [([".shx"], None), ([".dbf"], "shapefile_without_dbf"), ([".shp"], "shapefile_without_shp")],
)
def test_missing_parts(tmp_path: Path, without: list[str], code: str | None) -> None:
    source = open_source(shapefile_zip(tmp_path / "a.zip", POINTS, without=without))
    if code == "shapefile_without_shp":
        assert codes(source) == [code]
        return
    assert len(shapes_of(source)) == 2
    assert code is None or code in codes(source)


def test_several_shapefiles(tmp_path: Path) -> None:
    first = shapefile_zip(tmp_path / "1.zip", POINTS, stem="roads")
    second = shapefile_zip(tmp_path / "2.zip", POINTS[:1], stem="ponds")
    members = {}
    for archive in (first, second):
        with zipfile.ZipFile(archive) as opened:
            members |= {name: opened.read(name) for name in opened.namelist()}
    both = write_zip(tmp_path / "both.zip", members)
    source = open_source(both)
    assert [layer.name for layer in source.layers] == ["ponds", "roads"]
    assert "layer_to_choose" in codes(source)
    assert len(shapes_of(open_source(both, layer="roads"))) == 2
    assert codes(open_source(both, layer="rivers")) == ["file_layer_not_found"]


# --- GeoPackage and GeoJSON ---------------------------------------------------------------------------------------


def test_geopackage_with_two_tables_and_heights(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    for layer, shape in (
        ("roads", shapely.LineString([(102, 15, 200), (102.1, 15, 210)])),
        ("wells", shapely.Point(102, 15)),
    ):
        batch = pa.table({"name": ["น้ำ"], "geometry": pa.array([shapely.to_wkb(shape)])})
        kind = shape.geom_type + (" Z" if shape.has_z else "")
        pyogrio.write_arrow(
            batch,
            path,
            layer=layer,
            driver="GPKG",
            geometry_name="geometry",
            geometry_type=kind,
            crs="EPSG:4326",
            append=path.exists(),
        )
    source = open_source(path)
    assert [(layer.name, layer.feature_count) for layer in source.layers] == [("roads", 1), ("wells", 1)]
    assert not shapes_of(source)[0].has_z
    assert table_of(open_source(path, layer="wells"))["name"].to_pylist() == ["น้ำ"]


def geojson(*coordinates: list[float], **members: Any) -> str:
    features = [
        {"type": "Feature", "properties": {"name": "น้ำ", "n": n}, "geometry": {"type": "Point", "coordinates": c}}
        for n, c in enumerate(coordinates)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **members}, ensure_ascii=False)


def test_geojson(tmp_path: Path) -> None:
    source = open_source(saved(tmp_path / "upload", geojson([102.03, 15.8, 7], [102.04, 15.8])))
    assert (source.format, source.epsg) == ("geojson", 4326)
    assert [shape.x for shape in shapes_of(source)] == [102.03, 102.04]
    # Asked again, it is read again.
    assert len(shapes_of(source)) == 2


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    content = geojson([102.03, 15.8]).encode().replace("น้ำ".encode(), b"a\xff\xfe")
    assert table_of(open_source(saved(tmp_path / "a.json", content)))["name"].to_pylist() == ["a\ufffd\ufffd"]


def test_geojson_with_utm_numbers(tmp_path: Path) -> None:
    source = open_source(saved(tmp_path / "a.json", geojson([613053.1, 1530567.9])))
    assert source.epsg is None
    assert source.crs_candidates == (32647, 24047)
    assert "crs_contradicts_numbers" in codes(source)


def test_geojson_with_the_old_crs_member(tmp_path: Path) -> None:
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32648"}}
    source = open_source(saved(tmp_path / "a.json", geojson([400000, 1700000], crs=member)))
    assert source.epsg == 32648
    assert "geojson_crs_found" in codes(source)


# --- KML, KMZ, GPX ------------------------------------------------------------------------------------------------

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<Style id="s"><LineStyle><color>ff0000ff</color></LineStyle></Style>
<Folder><name>ถนน</name>
<Placemark><name>สาย ๑</name><ExtendedData><Data name="budget"><value>1,000</value></Data></ExtendedData>
<LineString><coordinates>102.03,15.8,0 102.04,15.81,0
</coordinates></LineString></Placemark>
<Placemark><name>สระ</name><Polygon><outerBoundaryIs><LinearRing>
<coordinates>102,15 102.1,15 102.1,15.1 102,15</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
</Folder>
<Placemark><name>หลายจุด</name><MultiGeometry><Point><coordinates>102,15</coordinates></Point>
<Point><coordinates>102.1,15.1</coordinates></Point></MultiGeometry></Placemark>
<Placemark><name>เดิน</name>
<gx:Track><gx:coord>102 15 0</gx:coord><gx:coord>102.1 15.1 0</gx:coord></gx:Track></Placemark>
<Placemark><name>เสีย</name><Point><coordinates>x,y</coordinates></Point></Placemark>
<NetworkLink><Link><href>http://127.0.0.1/x.kml</href></Link></NetworkLink>
</Document></kml>"""


def test_kml(tmp_path: Path) -> None:
    source = open_source(saved(tmp_path / "a.kml", KML))
    table = table_of(source)
    kinds = [None if shape is None else shape.geom_type for shape in shapes_of(source)]
    assert kinds == ["LineString", "Polygon", "GeometryCollection", "LineString", None]
    assert table["name"].to_pylist() == ["สาย ๑", "สระ", "หลายจุด", "เดิน", "เสีย"]
    assert table["budget"].to_pylist()[:2] == ["1,000", None]
    assert table["folder"].to_pylist()[:3] == ["ถนน", "ถนน", None]
    assert "kml_link_ignored" in codes(source)


def test_a_long_kml_line_keeps_all_its_vertices(tmp_path: Path) -> None:
    places = " ".join(f"{102 + n / 1e5:.7f},{15.8 + n / 1e5:.7f},0" for n in range(5_000))
    content = f"<kml><Placemark><LineString><coordinates>{places}</coordinates></LineString></Placemark></kml>"
    (line,) = shapes_of(open_source(saved(tmp_path / "a.kml", content)))
    assert shapely.get_num_coordinates(line) == 5_000


def test_kmz(tmp_path: Path) -> None:
    source = open_source(write_zip(tmp_path / "a.kmz", {"doc.kml": KML, "files/other.kml": "<kml/>", "icon.png": b"x"}))
    assert (source.format, source.feature_count) == ("kml", 5)


def test_gpx(tmp_path: Path) -> None:
    content = """<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">
    <wpt lat="15.8" lon="102.03"><name>บ่อ</name></wpt>
    <rte><rtept lat="15.8" lon="102.03"/><rtept lat="15.9" lon="102.03"/></rte>
    <trk><name>ถนน</name><trkseg><trkpt lat="15.8" lon="102.03"/><trkpt lat="15.9" lon="102.03"/></trkseg>
    <trkseg><trkpt lat="15.9" lon="102.03"/><trkpt lat="16" lon="102.03"/></trkseg></trk></gpx>"""
    source = open_source(saved(tmp_path / "a", content))
    table = table_of(source)
    assert table["gpx_kind"].to_pylist() == ["waypoint", "route", "track"]
    assert [shape.geom_type for shape in shapes_of(source)] == ["Point", "LineString", "GeometryCollection"]


# --- tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_csv_of_any_dialect(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([["ชื่อโครงการ", "ละติจูด", "ลองจิจูด"], ["ถนน, ซอย 1", "15.8", "102.03"], ["น้ำ", "", ""]])
    source = open_source(saved(tmp_path / "a.csv", text.getvalue().encode(encoding)))
    assert (source.format, source.epsg) == ("csv", 4326)
    assert table_of(source)["ชื่อโครงการ"].to_pylist() == ["ถนน, ซอย 1", "น้ำ"]
    assert table_of(source)["row_number"].to_pylist() == [2, 3]
    assert [None if s is None else (s.x, s.y) for s in shapes_of(source)] == [(102.03, 15.8), None]


@pytest.mark.parametrize(
    ("header", "row", "wkt", "epsg"),
    [
        ("name,lat,lon", "a,15.8,102.03", "POINT (102.03 15.8)", 4326),
        ("name,X,Y", "a,๖๗๓๓๑๐,๑๕๒๐๗๔๑", "POINT (673310 1520741)", None),
        ("name;E;N", "a;673.310,5;1520741", None, None),
        ("name,Easting,Northing", 'a,"673,310.5","1,520,741"', "POINT (673310.5 1520741)", None),
        ("name,wkt", 'a,"LINESTRING (102 15, 102.1 15)"', "LINESTRING (102 15, 102.1 15)", 4326),
        ("name,start_lat,start_lon,end_lat,end_lon", "a,15,102,15.1,102.1", "LINESTRING (102 15, 102.1 15.1)", 4326),
        ("name,x1,y1,x2,y2", "a,673310,1520741,673400,1520800", "LINESTRING (673310 1520741, 673400 1520800)", None),
        ("name,จุดเริ่มต้น X,จุดเริ่มต้น Y,จุดสิ้นสุด X,จุดสิ้นสุด Y", "a,102,15,102.1,15.1", "LINESTRING (102 15, 102.1 15.1)", 4326),
        ("name,พิกัด", 'a,"15.8, 102.03"', "POINT (102.03 15.8)", 4326),
        ("name,lat,lon", "a,15°48'30\",102°1'48\"", "POINT (102.03 15.808333333333334)", 4326),
    ],
)
def test_where_the_coordinates_are(tmp_path: Path, header: str, row: str, wkt: str | None, epsg: int | None) -> None:
    source = open_source(saved(tmp_path / "a.csv", f"{header}\n{row}\n"))
    (shape,) = shapes_of(source)
    assert source.epsg == epsg
    assert (None if shape is None else shapely.to_wkt(shape, rounding_precision=-1)) == wkt


def test_a_system_for_each_row(tmp_path: Path) -> None:
    text = "name,x,y,epsg\na,673310,1520741,47\nb,400000,1700000,32648\nc,673310.690,1520741.207,24047\n"
    source = open_source(saved(tmp_path / "a.csv", text))
    assert source.epsg == 4326
    assert source.place_columns == ("x", "y", "epsg")
    assert "crs_per_row" in codes(source)
    expected = [
        crs.to_wgs84(xy, epsg)[0]
        for xy, epsg in (
            ((673310.0, 1520741.0), 32647),
            ((400000.0, 1700000.0), 32648),
            ((673310.690, 1520741.207), 24047),
        )
    ]
    for shape, place in zip(shapes_of(source), expected, strict=True):
        assert (shape.x, shape.y) == pytest.approx(place)


def test_xlsx_with_a_title_above_the_heading(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "ถนน"
    sheet.append(["บัญชีโครงการ ปี ๒๕๖๙"])
    sheet.append([])
    sheet.append(["ที่", "โครงการ", "งบประมาณ", "lat", "lon"])
    sheet.append([1, "ถนน ๑", 1632820.5, 15.8, 102.03])
    sheet.append([2, "ถนน ๒", " - ", None, None])
    book.create_sheet("อื่น").append(["a", "b"])
    book.save(tmp_path / "a.xlsx")
    source = open_source(tmp_path / "a.xlsx")
    assert source.format == "xlsx"
    assert [layer.name for layer in source.layers] == ["ถนน", "อื่น"]
    table = table_of(source)
    assert table["โครงการ"].to_pylist() == ["ถนน ๑", "ถนน ๒"]
    assert table["งบประมาณ"].to_pylist() == ["1632820.5", "-"]
    assert table["row_number"].to_pylist() == [4, 5]
    assert [shape is None for shape in shapes_of(source)] == [False, True]


def test_a_table_without_coordinates_is_a_table_all_the_same(tmp_path: Path) -> None:
    source = open_source(saved(tmp_path / "a.csv", "รหัส,ชื่อ\n1,ถนน\n"))
    assert codes(source) == ["table_without_coordinates"]
    assert shapes_of(source) == [None]


# --- the hostile --------------------------------------------------------------------------------------------------

VRT = """<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize("name", ["x.shp", "x.geojson", "x.kml", "x.csv", "x.gpkg"])
def test_a_vrt_in_disguise_is_never_opened(tmp_path: Path, name: str) -> None:
    secret = saved(tmp_path / "secret.geojson", geojson([102.03, 15.8]))
    evil = saved(tmp_path / name, VRT.format(secret))
    assert codes(open_source(evil)) == ["format_unknown"]
    inside = open_source(write_zip(tmp_path / "a.zip", {name: evil.read_bytes()}))
    assert inside.errors
    assert list(inside.batches()) == []
    # Even when asked directly, our GDAL does not know that driver.
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_info(evil)


@pytest.mark.parametrize("driver", ["GPKG", "GeoJSON", "ESRI Shapefile"])
def test_a_process_that_reads_knows_one_format(driver: str) -> None:
    code = (
        f"import gis.gdal; gis.gdal.register_only({driver!r}); import pyogrio; print(*pyogrio.list_drivers(), sep=',')"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert set(answer.stdout.strip().split(",")) == {driver, "MEM"}


def test_drivers_that_follow_references_are_not_there() -> None:
    refused = "{'OGR_VRT', 'WFS', 'OAPIF', 'GML', 'ESRIJSON'}"
    code = f"import gis, pyogrio, sys; sys.exit(len({refused} & set(pyogrio.list_drivers())))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \n", "file_empty"),
        (b"\x00" * 500, "file_empty"),
        (b"\x00\x00\x27\x0a" + bytes(100), "shapefile_needs_zip"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "xls_not_supported"),
        (b"Rar!\x1a\x07", "archive_kind_not_supported"),
        (b"PK\x03\x04 not a zip", "archive_damaged"),
        (b"SQLite format 3\x00" + bytes(200), "format_unknown"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "format_unknown"),
        (b"<html><body/></html>", "format_unknown"),
        (b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', "xml_unsafe"),
        (b"<kml><Document><Placemark>", "file_damaged"),
        (b'{"type": "FeatureCollection", "features": [', "file_damaged"),
        (b'{"type": "Topology"}', "file_damaged"),
        (b'{"type": "FeatureCollection", "features": []}', "file_without_features"),
        (b"\n\n\n,,\n", "table_without_heading"),
        (b"lat,lon\n", "file_without_features"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, content: bytes, code: str) -> None:
    source = open_source(saved(tmp_path / "upload", content))
    assert [problem.code for problem in source.errors] == [code]
    assert list(source.batches()) == []


@pytest.mark.parametrize(
    ("name", "code", "value"),
    [
        ("โครงการ.xlsx", "file_no_workbook", "โครงการ.xlsx"),
        ("โครงการ.XLS", "file_no_workbook", "โครงการ.XLS"),
        ("โครงการ.txt", "text_without_columns", "บัญชีโครงการ"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp874"])
def test_a_text_is_told_to_be_one(tmp_path: Path, name: str, code: str, value: str, encoding: str) -> None:
    content = "บัญชีโครงการ\nถนนสายบ้านหนองสาธิต\n"
    (problem,) = open_source(saved(tmp_path / name, content.encode(encoding))).errors
    assert problem.code == code
    assert value in problem.values.values()


def test_a_table_named_as_a_workbook_is_read_when_it_has_places(tmp_path: Path) -> None:
    assert len(shapes_of(open_source(saved(tmp_path / "a.xlsx", "name,lat,lon\na,15,102\n")))) == 1
    assert codes(open_source(saved(tmp_path / "b.xlsx", "name,year\na,2569\n"))) == ["file_no_workbook"]


def test_a_document_type_after_the_first_bytes(tmp_path: Path) -> None:
    content = "<?xml version='1.0'?><!--" + "x" * 70_000 + "--><!DOCTYPE kml><kml/>"
    assert open_source(saved(tmp_path / "a.kml", content)).errors


def test_a_broken_geopackage(tmp_path: Path) -> None:
    head = b"SQLite format 3\x00" + bytes(52) + b"GPKG" + bytes(500)
    assert codes(open_source(saved(tmp_path / "a.gpkg", head))) == ["file_damaged"]


def test_zips_with_nothing_or_too_much(tmp_path: Path) -> None:
    assert codes(open_source(write_zip(tmp_path / "1.zip", {"a.png": b"x"}))) == ["archive_nothing_known"]
    two = {"a.csv": "lat,lon\n15,102\n", "b.csv": "lat,lon\n15,102\n"}
    assert codes(open_source(write_zip(tmp_path / "2.zip", two))) == ["archive_several_files"]
    for part in ("a.dbf", "a.shx", "a.prj"):
        without = {part: b"x", "readme.txt": "อ่านก่อน\n"}
        assert codes(open_source(write_zip(tmp_path / "4.zip", without))) == ["shapefile_without_shp"]
    one = {"data/a.csv": "lat,lon\n15,102\n"}
    assert len(shapes_of(open_source(write_zip(tmp_path / "3.zip", one)))) == 1


def test_two_columns_of_whole_coordinates_are_the_ends_of_a_line(tmp_path: Path) -> None:
    table = 'ชื่อโครงการ,พิกัดเริ่มต้น,พิกัดสิ้นสุด\nถนน ก,"16.0300, 101.8946","16.0320, 101.8976"\nถนน ข,,"16.03, 101.89"\n'
    first, second = shapes_of(open_source(saved(tmp_path / "a.csv", table.encode())))
    assert shapely.get_coordinates(first).tolist() == [[101.8946, 16.03], [101.8976, 16.032]]
    assert second is None, "half a line is not what was surveyed"


def test_a_place_told_twice_is_a_point(tmp_path: Path) -> None:
    table = 'ก,ข,ค\nบ่อ,"16.0300, 101.8946",https://maps.google.com/?q=16.03,101.8946\n'.replace(
        "https://maps.google.com/?q=16.03,101.8946", '"https://maps.google.com/?q=16.03,101.8946"'
    )
    (shape,) = shapes_of(open_source(saved(tmp_path / "a.csv", table.encode())))
    assert (shape.geom_type, shape.x, shape.y) == ("Point", 101.8946, 16.03)

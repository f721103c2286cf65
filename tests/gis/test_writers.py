"""Every format written, read back by our readers and by another program."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis import crs, writers
from gis.geojson import parse
from gis.writers.shapefile import cut_text, field_aliases
from tests.gis.made_files import open_source

SHAPES = [
    shapely.LineString([(102.0300001, 15.8), (102.0312345678, 15.8123456789)]),
    shapely.LineString([(101.5, 15.1), (101.6, 15.2), (101.7, 15.1)]),
]
NAMES = ["ก่อสร้างถนน คสล. สายบ้านหนองน้ำใส", '=HYPERLINK("http://x") ซอย ๓']
MONEY = [Decimal("8377477.39"), Decimal("1632820.50")]
SCHEMA = pa.schema(
    [
        pa.field("code", pa.string(), metadata={"title": "รหัสโครงการ", "title_en": "Project code"}),
        pa.field("name", pa.string(), metadata={"title": "ชื่อโครงการ", "title_en": "Name"}),
        pa.field("fiscal_year_be", pa.int32()),
        pa.field("budget_baht", pa.decimal128(14, 2)),
        pa.field("signed_on", pa.date32()),
        pa.field("geometry", pa.binary()),
    ]
)
ENDINGS = {"shp": "zip"}
MONEY_COLUMN = {"shp": "budget_bah"}


def batch(shapes: list[Any] = SHAPES, names: list[str] = NAMES) -> pa.RecordBatch:
    count = len(shapes)
    return pa.RecordBatch.from_arrays(
        [
            pa.array([f"69-D001-{n:04d}" for n in range(count)]),
            pa.array(names),
            pa.array([2569] * count, pa.int32()),
            pa.array((MONEY * count)[:count], pa.decimal128(14, 2)),
            pa.array([date(2026, 11, 20)] * count, pa.date32()),
            pa.array(shapely.to_wkb(np.array(shapes, dtype=object)), pa.binary()),
        ],
        schema=SCHEMA,
    )


def written(tmp_path: Path, format: str, *batches: pa.RecordBatch, epsg: int = 4326) -> Path:
    path = tmp_path / f"roads.{ENDINGS.get(format, format)}"
    result = writers.write(path, format, iter(batches), SCHEMA, layer_name="roads", title="ถนน", epsg=epsg)
    assert result.rows == sum(b.num_rows for b in batches)
    assert result.byte_count == path.stat().st_size
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []
    return path


@pytest.mark.parametrize("format", ["geojson", "gpkg", "shp", "kml", "csv", "xlsx"])
def test_round_trip(tmp_path: Path, format: str) -> None:
    """Thai text, satang and geometry (1 cm) come back through our own readers."""
    source = open_source(written(tmp_path, format, batch()))
    assert source.errors == []
    assert source.epsg == 4326
    table = pa.Table.from_batches(list(source.batches()))
    assert table.num_rows == 2
    assert table["name"].to_pylist() == NAMES
    money = table[MONEY_COLUMN.get(format, "budget_baht")].to_pylist()
    assert [Decimal(str(value)) for value in money] == MONEY
    for shape, wkb in zip(SHAPES, table["geometry"].to_pylist(), strict=True):
        back = shapely.from_wkb(wkb)
        assert shapely.get_coordinates(back) == pytest.approx(shapely.get_coordinates(shape), abs=1e-7)


OGRINFO, OGR2OGR = shutil.which("ogrinfo"), shutil.which("ogr2ogr")


@pytest.mark.skipif(OGRINFO is None, reason="the program ogrinfo is not installed")
@pytest.mark.parametrize("format", ["geojson", "gpkg", "shp", "kml", "fgb"])
def test_read_by_another_program(tmp_path: Path, format: str) -> None:
    path = written(tmp_path, format, batch())
    shown = f"/vsizip/{path}/roads.shp" if format == "shp" else str(path)
    # Its own environment: the lead that our GDAL is kept on is not its.
    environment = {"PATH": os.environ["PATH"]}
    command = ["ogrinfo", "-al", shown]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    assert "Feature Count: 2" in answer
    assert "สายบ้านหนองน้ำใส" in answer
    # A DBF holds more digits of the double than people need; the satang is right all the same.
    assert f"{float(re.findall(r'83774[0-9.]+', answer)[0]):.2f}" == "8377477.39"
    assert "102.03" in answer


def test_geoparquet_has_its_metadata_and_exact_money(tmp_path: Path) -> None:
    file = pq.ParquetFile(written(tmp_path, "parquet", batch(), batch()))
    geo = json.loads(file.metadata.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["LineString"])
    assert column["bbox"] == pytest.approx([101.5, 15.1, 102.0312345678, 15.8123456789])
    assert file.read()["budget_baht"].to_pylist() == MONEY * 2


def test_geojson_is_strict_and_one_feature_a_line(tmp_path: Path) -> None:
    path = written(tmp_path, "geojson", batch(), batch())
    text = path.read_text()
    document = json.loads(text)
    assert "crs" not in document
    assert parse(document).problems == []
    assert len(text.splitlines()) == 6
    assert document["features"][0]["properties"]["budget_baht"] == 8377477.39
    assert document["features"][0]["geometry"]["coordinates"][1] == [102.0312346, 15.8123457]


def test_ready_features_are_copied_as_they_are(tmp_path: Path) -> None:
    target = writers.Target(tmp_path / "a.geojson", SCHEMA, "roads", "ถนน")
    ready = [b'{"type":"Feature","properties":{"n":%d},"geometry":null}' % n for n in range(4500)]
    assert writers.write_features(iter(ready), target).rows == 4500
    features = json.loads(target.path.read_text())["features"]
    assert [feature["properties"]["n"] for feature in features] == list(range(4500))


@pytest.mark.parametrize("format", sorted(writers.FORMATS))
def test_no_rows_make_a_file_all_the_same(tmp_path: Path, format: str) -> None:
    path = written(tmp_path, format)
    assert path.stat().st_size > 0
    if format == "geojson":
        assert json.loads(path.read_text())["features"] == []


class CancelledByTestError(Exception):
    pass


@pytest.mark.parametrize("format", sorted(writers.FORMATS))
def test_an_error_of_the_source_comes_out_and_leaves_nothing(tmp_path: Path, format: str) -> None:
    def failing() -> Iterator[pa.RecordBatch]:
        yield batch()
        raise CancelledByTestError

    path = tmp_path / f"roads.{ENDINGS.get(format, format)}"
    path.write_bytes(b"the old file")
    with pytest.raises(CancelledByTestError):
        writers.write(path, format, failing(), SCHEMA, layer_name="roads", title="ถนน")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"the old file"


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    texts = ["=1+1", "+66 2", "-x", "@a", "\t=1", "ปกติ"]
    rows = batch([shapely.Point(102, 15)] * 6, texts)
    with written(tmp_path, "csv", rows).open(encoding="utf-8-sig", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert names == ["'=1+1", "'+66 2", "'-x", "'@a", "'\t=1", "ปกติ"]
    sheet = openpyxl.load_workbook(written(tmp_path, "xlsx", rows))["ข้อมูล"]
    cells = [sheet.cell(row, 2) for row in range(2, 8)]
    assert [cell.data_type for cell in cells] == ["s"] * 6 or [cell.data_type for cell in cells] == ["inlineStr"] * 6
    assert cells[0].value == "=1+1"


def test_xlsx_holds_real_numbers_and_dates(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path, "xlsx", batch()))["ข้อมูล"]
    values = [cell.value for cell in sheet[2]]
    assert values[2:4] == [2569, 8377477.39]
    assert values[4].date() == date(2026, 11, 20)


def test_csv_begins_with_the_mark_that_excel_needs(tmp_path: Path) -> None:
    raw = written(tmp_path, "csv", batch()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    header = raw.decode("utf-8-sig").splitlines()[0]
    assert [name.strip('"') for name in header.split(",")][-3:] == ["lon", "lat", "wkt"]


def test_a_shapefile_for_each_type_with_its_dictionary(tmp_path: Path) -> None:
    collection = shapely.GeometryCollection([shapely.Point(102, 15), SHAPES[0], SHAPES[1]])
    shapes = [SHAPES[0], shapely.box(102, 15, 102.1, 15.1), collection, None]
    long = "ก" * 100
    path = written(tmp_path, "shp", batch(shapes, ["a", "b", "c", long]))
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        readme = archive.read("README.csv").decode("utf-8-sig")
        assert archive.read("roads_line.cpg") == b"UTF-8"
    stems = {name.split(".")[0] for name in names if name.endswith(".shp")}
    assert stems == {"roads_line", "roads_polygon", "roads_point"}
    counts = {layer: open_source(path, layer=layer).feature_count for layer in stems}
    # The line file: the line, the collection's two lines in one row, and the row without geometry.
    assert counts == {"roads_line": 3, "roads_polygon": 1, "roads_point": 1}
    rows = list(csv.DictReader(readme.splitlines()))
    assert rows[0]["title_th"] == "รหัสโครงการ"
    assert rows[1]["texts_cut_to_254_bytes"] == "1"
    line = pa.Table.from_batches(list(open_source(path, layer="roads_line").batches()))
    assert line["name"].to_pylist()[-1] == cut_text(long) == "ก" * 84


# --- another system ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(OGR2OGR is None, reason="the program ogr2ogr is not installed")
@pytest.mark.parametrize("format", ["shp", "fgb", "gpkg"])
@pytest.mark.parametrize("epsg", [24047, 24048, 4240])
def test_indian_1975_brings_its_shift_along(tmp_path: Path, format: str, epsg: int) -> None:
    """Another program lands on the published point (domain notes 7.3) and not 189 m beside it."""
    published = crs.to_wgs84(shapely.Point(672_978.171, 1_521_044.256), 32647)[0]
    path = written(tmp_path, format, batch([published], ["a"]), epsg=epsg)
    shown = f"/vsizip/{path}/roads.shp" if format == "shp" else str(path)
    command = ["ogr2ogr", "-f", "CSV", "/vsistdout/", shown, "-t_srs", "EPSG:32647", "-lco", "GEOMETRY=AS_XY"]
    environment = {"PATH": os.environ["PATH"]}
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    (row,) = csv.DictReader(answer.splitlines())
    assert (float(row["X"]), float(row["Y"])) == pytest.approx((672_978.171, 1_521_044.256), abs=0.02)
    source = open_source(path)
    assert (source.epsg, source.errors) == (epsg, [])


# --- there and back ---------------------------------------------------------------------------------------------------

# Letters that every format holds: no control characters, none that only look like something.
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp", "Zs"])
TEXTS = st.one_of(
    st.text(LETTERS, min_size=1, max_size=60),
    st.text("กขฃคถนน้ำํ่าเแโ๑๒๓/-. คสล", min_size=1, max_size=80).map(lambda text: " ".join(text.split())).filter(bool),
    st.sampled_from(["=1+1", "'=1+1", "-", "'", "@x", "+66", "NULL", "nan", "1e5", "007", "true", '"', "a,b;c", "<&>"]),
).filter(lambda text: len(text.encode()) <= 250)
LON, LAT = st.integers(993_000_000, 1_016_000_000), st.integers(70_000_000, 190_000_000)
PLACES = st.tuples(LON, LAT).map(lambda pair: (pair[0] / 1e7, pair[1] / 1e7))
POINTS = PLACES.map(shapely.Point)
LINES = st.lists(PLACES, min_size=2, max_size=6, unique=True).map(shapely.LineString)
BOXES = PLACES.map(lambda p: shapely.box(p[0], p[1], p[0] + 0.01, p[1] + 0.02))
ROW = st.tuples(
    TEXTS,
    st.none() | TEXTS,
    st.none() | st.integers(2400, 2700),
    st.none() | st.decimals(0, 999_999_999_999, places=2),
    st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)


@st.composite
def files(draw: st.DrawFn) -> pa.RecordBatch:
    kind = draw(st.sampled_from([POINTS, LINES, BOXES]))
    rows = draw(st.lists(st.tuples(ROW, st.none() | kind), min_size=1, max_size=20))
    rows[0] = (rows[0][0], rows[0][1] or draw(kind))  # a file of no shape at all has no type of shape either
    # Each row by a number of its own: some formats put them into another order.
    columns = list(zip(*((f"{n:02d} {row[0]}"[:80].strip(), *row[1:]) for n, (row, _) in enumerate(rows)), strict=True))
    shapes = np.array([shape for _, shape in rows], dtype=object)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=False)]
    return pa.RecordBatch.from_arrays([*arrays, pa.array(shapely.to_wkb(shapes), pa.binary())], schema=SCHEMA)


SYSTEMS = [
    (format, epsg)
    for format in writers.FORMATS
    for epsg in crs.OPERATIONS
    if epsg == 4326 or format not in ("geojson", "kml")
]


@pytest.mark.parametrize(("format", "epsg"), SYSTEMS)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=files())
def test_export_and_import_change_nothing(tmp_path: Path, format: str, epsg: int, rows: pa.RecordBatch) -> None:
    """Every format, every system: texts and numbers exact, places within 1 cm, the system known without being told."""
    if format == "fgb":  # its index holds places only; the service leaves the others out and says so
        rows = rows.filter(rows["geometry"].is_valid())
    source = open_source(written(tmp_path, format, rows, epsg=epsg))
    assert source.errors == [], source.errors
    table = pa.Table.from_batches(list(source.batches()))
    table = table.sort_by("code")
    # Where each row names its system the reader has brought it to WGS 84 already.
    assert source.epsg == (4326 if format in ("csv", "xlsx") else epsg)
    aliases = field_aliases(SCHEMA.names[:-1]) if format == "shp" else {name: name for name in SCHEMA.names}
    for field in list(SCHEMA)[:-1]:
        name = aliases[field.name]
        # A KML has no column where no row has a value.
        found = table[name].to_pylist() if name in table.column_names else [None] * table.num_rows
        back = [plain(value, field.type) for value in found]
        assert back == [plain(value, field.type) for value in rows[field.name].to_pylist()], field.name
    shapes = crs.to_wgs84(shapely.from_wkb(table["geometry"].to_numpy()), source.epsg or 0)[0]
    for back, shape in zip(shapes, shapely.from_wkb(rows["geometry"].to_numpy(zero_copy_only=False)), strict=True):
        assert same_place(back, shape)


def plain(value: Any, kind: pa.DataType) -> Any:
    """A value of any format in one form; no format but two tells an empty text from none."""
    if value is None or value == "":
        return None
    if pa.types.is_date(kind):
        return str(value)[:10].replace("/", "-")
    return Decimal(str(value)).quantize(Decimal("0.01")) if pa.types.is_decimal(kind) else str(value)


def same_place(back: Any, shape: Any) -> bool:
    if shape is None or back is None:
        return shape is back
    # A ring may start at another corner and go the other way round.
    same_size = shapely.get_num_coordinates(back) == shapely.get_num_coordinates(shape)
    return bool(same_size and shapely.hausdorff_distance(back, shape) < 1.5e-7)


@pytest.mark.parametrize("epsg", [4326, 24047])
def test_a_shapefile_in_parts_is_read_back_as_one(tmp_path: Path, epsg: int) -> None:
    """All rows of our own export with its three types of shape, numbered through; a part alone when asked for."""
    shapes = [SHAPES[0], shapely.box(102, 15, 102.1, 15.1), shapely.Point(102, 15), SHAPES[1], None]
    names = ["a", "b", "c", "d", "e"]
    path = written(tmp_path, "shp", batch(shapes, names), epsg=epsg)
    source = open_source(path)
    assert (source.errors, source.layer, source.feature_count, source.epsg) == ([], "roads", 5, epsg)
    assert {layer.name for layer in source.layers} == {"roads", "roads_line", "roads_polygon", "roads_point"}
    assert source.layers[0].name == "roads"
    assert [(p.code, p.level) for p in source.problems] == [("layers_joined", "info")]
    table = pa.Table.from_batches(list(source.batches()))
    assert table["row_number"].to_pylist() == [1, 2, 3, 4, 5]
    assert sorted(table["name"].to_pylist()) == names
    back = dict(zip(table["name"].to_pylist(), shapely.from_wkb(table["geometry"].to_numpy()), strict=True))
    for name, shape in zip(names, shapes, strict=True):
        assert same_place(crs.to_wgs84(np.array([back[name]], dtype=object), epsg)[0][0], shape)
    assert open_source(path, layer="roads_point").feature_count == 1
    assert open_source(path, layer="roads").feature_count == 5


def test_other_shapefiles_together_are_not_joined(tmp_path: Path) -> None:
    """Names like ours but other columns: one layer is read and the choice is told, as for any zip."""
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as both:
        for suffix, renamed in (("line", SCHEMA.names), ("point", ["code2", *SCHEMA.names[1:]])):
            rows = batch([SHAPES[0] if suffix == "line" else shapely.Point(102, 15)], ["a"])
            schema = pa.schema([f.with_name(name) for f, name in zip(SCHEMA, renamed, strict=True)])
            rows = pa.RecordBatch.from_arrays(rows.columns, schema=schema)
            writers.write(tmp_path / "a.zip", "shp", [rows], schema, layer_name=f"x_{suffix}", title="x")
            with zipfile.ZipFile(tmp_path / "a.zip") as archive:
                for name in archive.namelist():
                    if name != "README.csv":
                        both.writestr(name, archive.read(name))
    source = open_source(tmp_path / "both.zip")
    assert (source.errors, source.layer, source.feature_count) == ([], "x_line", 1)
    assert [(p.code, p.level) for p in source.problems] == [("layer_to_choose", "warning")]

"""Files that are made to do harm, each by code, with what has to become of it.

``expected`` is the code of the refusal, or the number of rows of a harmless reading. A file is made by a function of a
folder and the address of a server that nobody may ask; ``CANARY`` lies in a file on disk that nobody may read.
"""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from tests.gis.made_files import dbf, exif_jpeg, shapefile_zip, write_zip

CANARY = "canary-7b1f"
VERTICES = 50_000
"""The limit of vertices that the corpus is read with."""


@dataclass(frozen=True)
class Ground:
    """What a hostile file may aim at."""

    folder: Path
    secret: Path
    address: str


Make = Callable[[Ground], bytes | Path]


@dataclass(frozen=True)
class Hostile:
    """One file.

    Parameters
    ----------
    expected
        Code of the refusal, one of several codes, or the number of rows read.
    """

    id: str
    make: Make
    expected: str | int | tuple[str, ...]
    name: str = "upload"


CORPUS: list[Hostile] = []


def hostile(expected: str | int | tuple[str, ...], name: str = "upload") -> Callable[[Make], Make]:
    """Put a file into the corpus under the name of the function that makes it."""

    def register(make: Make) -> Make:
        CORPUS.append(Hostile(make.__name__, make, expected, name))
        return make

    return register


def family(prefix: str, expected: str | int | tuple[str, ...], members: dict[str, Make], name: str = "upload") -> None:
    """Put several files of one kind into the corpus."""
    CORPUS.extend(Hostile(f"{prefix}_{key}", make, expected, name) for key, make in members.items())


# --- references to other files and to servers -------------------------------------------------------------------------


def _vrt(ground: Ground) -> bytes:
    return (
        f"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{ground.secret}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    ).encode()


for ending in ("shp", "geojson", "csv", "kml", "gpkg"):
    CORPUS.append(Hostile(f"vrt_named_{ending}", _vrt, "format_unknown", f"roads.{ending}"))


@hostile("format_unknown")
def vrt_after_a_mark_and_blanks(ground: Ground) -> bytes:
    return b"\xef\xbb\xbf \r\n\t" + _vrt(ground)


@hostile("file_damaged")
def vrt_in_a_zip_as_shp(ground: Ground) -> Path:
    return write_zip(ground.folder / "a", {"roads.shp": _vrt(ground), "roads.dbf": b""})


@hostile("format_unknown")
def vrt_in_a_zip_as_geojson(ground: Ground) -> Path:
    return write_zip(ground.folder / "a", {"roads.geojson": _vrt(ground)})


@hostile("format_unknown")
def service_description(ground: Ground) -> bytes:
    return f"<OGRWFSDataSource><URL>http://{ground.address}/wfs</URL></OGRWFSDataSource>".encode()


family(
    "connection_text",
    "text_without_columns",
    {
        "vsicurl": lambda g: f"/vsicurl/http://{g.address}/x.geojson".encode(),
        "wfs": lambda g: f"WFS:http://{g.address}/".encode(),
        "database": lambda g: f"PG:host={g.address.split(':', maxsplit=1)[0]} user=x".encode(),
    },
)
family(
    "json_of_another_driver",
    "file_damaged",
    {
        "gdalg": lambda g: json.dumps(
            {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {g.secret} ! write x"}
        ).encode(),
        "esri": lambda g: json.dumps(
            {"objectIdFieldName": "OBJECTID", "exceededTransferLimit": True, "features": [{"attributes": {"a": 1}}]}
        ).encode(),
        "topojson": lambda _: b'{"type":"Topology","objects":{"a":{"type":"Point","coordinates":[0,0]}},"arcs":[]}',
        "collections": lambda g: json.dumps(
            {"collections": [], "links": [{"rel": "data", "href": f"http://{g.address}/"}]}
        ).encode(),
    },
)


@hostile(1)
def csv_with_a_remote_path_in_a_cell(ground: Ground) -> bytes:
    return f"name,lat,lon\n/vsicurl/http://{ground.address}/x,15.8,102.03\n".encode()


@hostile(1)
def geojson_with_remote_links(ground: Ground) -> bytes:
    link = f"http://{ground.address}/next"
    return json.dumps(
        {
            "type": "FeatureCollection",
            "links": [{"rel": "next", "href": link}],
            "features": [
                {
                    "type": "Feature",
                    "properties": {"href": link},
                    "geometry": {"type": "Point", "coordinates": [102, 15]},
                }
            ],
            "crs": {"type": "link", "properties": {"href": link, "type": "proj4"}},
        }
    ).encode()


# --- XML --------------------------------------------------------------------------------------------------------------

_PLACEMARK = "<Placemark><name>{}</name><Point><coordinates>102.03,15.8</coordinates></Point></Placemark>"
_LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
_PADDING = "<!--" + "x" * 70_000 + "-->"


def _kml(content: str, head: str = "") -> bytes:
    return f"<?xml version='1.0'?>{head}<kml xmlns='http://www.opengis.net/kml/2.2'>{content}</kml>".encode()


family(
    "kml",
    "xml_unsafe",
    {
        "billion_laughs": lambda _: _kml(_PLACEMARK.format("&l9;"), f"<!DOCTYPE k [<!ENTITY l0 'ha'>{_LAUGHS}]>"),
        "external_entity": lambda g: _kml(
            _PLACEMARK.format("&x;"), f"<!DOCTYPE k [<!ENTITY x SYSTEM 'file://{g.secret}'>]>"
        ),
        "parameter_entity": lambda g: _kml("", f"<!DOCTYPE k [<!ENTITY % x SYSTEM 'http://{g.address}/x'> %x;]>"),
        "document_type_far_down": lambda g: _kml(
            _PLACEMARK.format("a"), f"{_PADDING}<!DOCTYPE k SYSTEM 'http://{g.address}/x.dtd'>"
        ),
    },
)
# The comment hides the root from the first look, too.
CORPUS[-1] = Hostile(CORPUS[-1].id, CORPUS[-1].make, ("xml_unsafe", "format_unknown"))


@hostile("xml_unsafe")
def gpx_with_an_external_entity(ground: Ground) -> bytes:
    return (
        f"<!DOCTYPE gpx [<!ENTITY x SYSTEM '{ground.secret}'>]>"
        "<gpx><wpt lat='15' lon='102'><name>&x;</name></wpt></gpx>"
    ).encode()


@hostile(("table_without_heading", "file_without_features", "format_unknown"))
def kml_in_utf16_hides_its_document_type(ground: Ground) -> bytes:
    return (
        _kml(_PLACEMARK.format("&x;"), f"<!DOCTYPE k [<!ENTITY x SYSTEM '{ground.secret}'>]>").decode().encode("utf-16")
    )


@hostile(1)
def kml_with_links(ground: Ground) -> bytes:
    link = f"http://{ground.address}/x"
    return _kml(
        f"<NetworkLink><Link><href>{link}</href></Link></NetworkLink>"
        f"<Document xsi:schemaLocation='a {link}' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
        f"<GroundOverlay><Icon><href>{link}</href></Icon></GroundOverlay>{_PLACEMARK.format('a')}</Document>"
    )


@hostile("file_damaged")
def kml_in_an_encoding_that_is_none(_: Ground) -> bytes:
    return b"<?xml version='1.0' encoding='utf-7'?><kml>" + _PLACEMARK.format("a").encode() + b"</kml>"


@hostile(("file_without_features", "file_damaged", "file_reader_stopped"))
def kml_nested_deeply(_: Ground) -> bytes:
    return b"<kml>" + b"<Folder>" * 400_000 + b"</Folder>" * 400_000 + b"</kml>"


@hostile("shape_too_many_vertices")
def kml_line_without_end(_: Ground) -> bytes:
    places = "102.03,15.8 102.04,15.81 " * VERTICES
    return _kml(f"<Placemark><LineString><coordinates>{places}</coordinates></LineString></Placemark>")


@hostile("shape_too_many_vertices")
def gpx_track_without_end(_: Ground) -> bytes:
    points = b"<trkpt lat='15.8' lon='102.03'><ele>1</ele></trkpt>" * (VERTICES * 6)
    return b"<gpx><trk><trkseg>" + points + b"</trkseg></trk></gpx>"


@hostile(2)
def gpx_with_numbers_that_are_none(_: Ground) -> bytes:
    return b"<gpx><wpt lat='NaN' lon='102'/><wpt lat='1e999' lon='-inf'/></gpx>"


@hostile("file_damaged")
def gpx_cut_off(_: Ground) -> bytes:
    return b"<gpx><trk><trkseg><trkpt lat='15.8' lon='102.03'>"


@hostile("file_too_many_columns")
def kml_with_a_column_for_each_row(_: Ground) -> bytes:
    rows = "".join(f"<Placemark><ExtendedData><Data name='c{n}'/></ExtendedData></Placemark>" for n in range(2_000))
    return _kml(rows)


# --- archives ---------------------------------------------------------------------------------------------------------


def _entry(name: str, mode: int = 0, content: bytes = b"x") -> Make:
    def make(ground: Ground) -> Path:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        with zipfile.ZipFile(ground.folder / "a", "w") as archive:
            archive.writestr(entry, content)
        return ground.folder / "a"

    return make


family(
    "zip_name",
    "archive_unsafe_name",
    {
        "parent": _entry("../../roads.shp"),
        "absolute": _entry("/etc/roads.shp"),
        "drive": _entry("C:\\roads.shp"),
        "backslash": _entry("..\\..\\roads.shp"),
        "control": _entry("roads\x1b[2J.shp"),
        "backwards": _entry("roads\u202ephs.exe"),
    },
)
family(
    "zip_entry",
    "archive_link",
    {
        "symbolic_link": _entry("roads.shp", stat.S_IFLNK | 0o777, b"/etc/passwd"),
        "device": _entry("roads.shp", stat.S_IFBLK | 0o777),
        "pipe": _entry("roads.shp", stat.S_IFIFO | 0o777),
    },
)


@hostile("archive_unsafe_name")
def zip_with_one_name_twice(ground: Ground) -> Path:
    return write_zip(ground.folder / "a", {"roads.shp": b"1", "ROADS.shp": b"2"})


@hostile("archive_bomb")
def zip_bomb(ground: Ground) -> Path:
    return write_zip(ground.folder / "a", {"roads.dbf": bytes(120 << 20)})


@hostile(("archive_bomb", "archive_damaged"))
def zip_bomb_of_one_quoted_kernel(ground: Ground) -> Path:
    """Many entries that all are the same few bytes: 60 times 4 MB from 4 KB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0000.csv", bytes(4 << 20))
        start = archive.start_dir
    raw = packed.getvalue()
    local, end = raw[:start], raw[-22:]
    central = raw[start:-22]
    entries = b"".join(central.replace(b"0000.csv", f"{n:04d}.csv".encode()) for n in range(60))
    fields = list(struct.unpack("<4s4H2LH", end))
    fields[3] = fields[4] = 60
    fields[5], fields[6] = len(entries), start
    path = ground.folder / "a"
    path.write_bytes(local + entries + struct.pack("<4s4H2LH", *fields))
    return path


@hostile("archive_too_many_files")
def zip_of_many_files(ground: Ground) -> Path:
    return write_zip(ground.folder / "a", {f"{n}.txt": b"" for n in range(2_500)})


@hostile("archive_nested")
def zip_in_a_zip(ground: Ground) -> Path:
    inner = write_zip(ground.folder / "inner", {"a.csv": b"lat,lon\n15,102\n"})
    return write_zip(ground.folder / "a", {"inner.zip": inner.read_bytes()})


@hostile("archive_nested")
def zip_in_a_zip_by_another_name(ground: Ground) -> Path:
    inner = write_zip(ground.folder / "inner", {"a.csv": b"lat,lon\n15,102\n"})
    return write_zip(ground.folder / "a", {"roads.csv": inner.read_bytes()})


@hostile("archive_encrypted")
def zip_with_a_password(ground: Ground) -> Path:
    path = write_zip(ground.folder / "a", {"roads.csv": b"lat,lon\n15,102\n"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    return path


@hostile("archive_damaged")
def zip_cut_off(ground: Ground) -> bytes:
    return write_zip(ground.folder / "a", {"roads.csv": b"lat,lon\n15,102\n" * 1000}).read_bytes()[:80]


@hostile(("archive_damaged", "archive_too_large"))
def zip_that_lies_about_its_size(ground: Ground) -> bytes:
    raw = write_zip(ground.folder / "a", {"roads.csv": b"x" * 100_000}).read_bytes()
    return raw.replace((100_000).to_bytes(4, "little"), (0xFFFFFFF0).to_bytes(4, "little"))


@hostile(("archive_damaged", "file_reader_out_of_memory"))
def zip_that_asks_for_four_gigabytes_to_unpack(ground: Ground) -> bytes:
    path = ground.folder / "a"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("roads.csv", b"lat,lon\n15,102\n")
    # Size of the dictionary, in the properties of the packed data.
    return path.read_bytes().replace(b"\x09\x04\x05\x00\x5d\x00\x00\x80\x00", b"\x09\x04\x05\x00\x5d\xff\xff\xff\xff")


@hostile("format_unknown")
def picture_with_a_zip_behind(ground: Ground) -> bytes:
    return b"GIF89a\x00\x00" + write_zip(ground.folder / "a", {"roads.csv": b"lat,lon\n15,102\n"}).read_bytes()


# --- shapefiles -------------------------------------------------------------------------------------------------------

_LINES = [shapely.LineString([(673_310, 1_520_741), (673_400, 1_520_800)])] * 3


def _patched(part: str, change: Callable[[bytearray], None]) -> Make:
    """A sound zipped shapefile of three lines with one part changed."""

    def make(ground: Ground) -> Path:
        sound = shapefile_zip(ground.folder / "sound.zip", _LINES)
        with zipfile.ZipFile(sound) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        raw = bytearray(members[f"roads{part}"])
        change(raw)
        members[f"roads{part}"] = bytes(raw)
        return write_zip(ground.folder / "a", members)

    return make


def _put(offset: int, value: bytes) -> Callable[[bytearray], None]:
    def change(raw: bytearray) -> None:
        raw[offset : offset + len(value)] = value

    return change


def _cut(length: int) -> Callable[[bytearray], None]:
    def change(raw: bytearray) -> None:
        del raw[length:]

    return change


_MANY = struct.pack("<i", 10_000_000)
_DAMAGED = ("file_damaged", "file_without_features")
CORPUS += [
    Hostile("shp_line_of_ten_million_vertices", _patched(".shp", _put(148, _MANY)), 3),
    Hostile("shp_line_of_ten_million_parts", _patched(".shp", _put(144, _MANY)), 3),
    Hostile("shp_line_of_fewer_than_no_vertices", _patched(".shp", _put(148, struct.pack("<i", -5))), 3),
    Hostile(
        "shp_record_longer_than_the_file", _patched(".shp", _put(104, struct.pack(">i", 0x7FFFFF00))), "file_damaged"
    ),
    Hostile("shp_of_a_type_that_is_none", _patched(".shp", _put(32, struct.pack("<i", 99))), (*_DAMAGED, "ok")),
    Hostile("shp_with_numbers_that_are_none", _patched(".shp", _put(156, struct.pack("<d", float("nan")) * 2)), 3),
    Hostile("shp_cut_off", _patched(".shp", _cut(130)), (*_DAMAGED, "ok")),
    Hostile("shx_that_points_outside", _patched(".shx", _put(100, struct.pack(">i", 0x7FFFFFF0))), 3),
    Hostile(
        "shx_of_a_hundred_million_rows", _patched(".shx", _put(24, struct.pack(">i", 400_000_050))), (*_DAMAGED, "ok")
    ),
    Hostile("dbf_of_four_billion_rows", _patched(".dbf", _put(4, b"\xff\xff\xff\xff")), (*_DAMAGED, "ok")),
    Hostile("dbf_with_a_header_longer_than_itself", _patched(".dbf", _put(8, b"\xff\xff")), (*_DAMAGED, "ok")),
    Hostile("dbf_of_rows_without_length", _patched(".dbf", _put(10, b"\x00\x00")), (*_DAMAGED, "ok")),
    Hostile("dbf_cut_off", _patched(".dbf", _cut(40)), (*_DAMAGED, "ok")),
]


@hostile("file_too_many_columns")
def dbf_of_a_thousand_columns(ground: Ground) -> Path:
    table = dbf({f"c{n}": 1 for n in range(1_000)}, [["x"] * 1_000], "ascii")
    return shapefile_zip(ground.folder / "a", _LINES[:1], table=table)


def _prj(text: str) -> Make:
    def make(ground: Ground) -> Path:
        sound = shapefile_zip(ground.folder / "sound.zip", _LINES, epsg=None)
        with zipfile.ZipFile(sound) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        filled = text.replace("ADDRESS", ground.address).replace("SECRET", str(ground.secret))
        return write_zip(ground.folder / "a", {**members, "roads.prj": filled.encode()})

    return make


family(
    "prj",
    3,
    {
        "that_names_a_file": _prj("+init=SECRET:1"),
        "that_names_a_grid_on_a_server": _prj("+proj=longlat +nadgrids=http://ADDRESS/x.gsb +type=crs"),
        "of_a_pipeline": _prj("+proj=pipeline +step +proj=hgridshift +grids=SECRET"),
        "nested_deeply": _prj("PROJCS[" * 50_000),
        "that_is_long": _prj('PROJCS["' + "x" * 3_000_000 + '"]'),
    },
)


# --- GeoPackage -------------------------------------------------------------------------------------------------------


def _geopackage(*statements: str, writable_schema: bool = False) -> Make:
    """A sound GeoPackage of one road, then what SQL does to it."""

    def make(ground: Ground) -> Path:
        path = ground.folder / "a.gpkg"
        table = pa.table({"name": ["ถนน"], "geometry": pa.array([shapely.to_wkb(shapely.Point(102, 15))])})
        pyogrio.write_arrow(
            table,
            path,
            layer="roads",
            driver="GPKG",
            geometry_name="geometry",
            geometry_type="Point",
            crs="EPSG:4326",
            GEOMETRY_NAME="geometry",
        )
        with sqlite3.connect(path) as connection:
            # They keep the index and call functions that only GDAL has.
            for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f'DROP TRIGGER "{trigger}"')
            if writable_schema:
                connection.execute("PRAGMA writable_schema = ON")
            for statement in statements:
                connection.execute(statement.replace("SECRET", str(ground.secret)))
        connection.close()
        return path

    return make


def _replaced_by_view(query: str) -> Make:
    """The table of roads made a view, registered as the layer."""
    return _geopackage(
        "ALTER TABLE roads RENAME TO old_roads",
        f"CREATE VIEW roads AS {query}",
        "DELETE FROM gpkg_extensions",
    )


_REFUSED_OR_NOTHING = ("file_damaged", "file_without_features", "ok")
CORPUS += [
    Hostile(
        "gpkg_with_triggers",
        _geopackage(
            "CREATE TRIGGER t AFTER UPDATE ON roads BEGIN DELETE FROM roads; END",
            "CREATE TRIGGER u AFTER INSERT ON gpkg_ogr_contents BEGIN SELECT load_extension('SECRET'); END",
        ),
        1,
    ),
    Hostile(
        "gpkg_view_that_loads_code",
        _replaced_by_view("SELECT fid, geometry, load_extension('SECRET') AS name FROM old_roads"),
        _REFUSED_OR_NOTHING,
    ),
    Hostile(
        "gpkg_view_that_reads_a_file",
        _replaced_by_view("SELECT fid, geometry, readfile('SECRET') AS name FROM old_roads"),
        _REFUSED_OR_NOTHING,
    ),
    Hostile(
        "gpkg_view_that_asks_gdal",
        _replaced_by_view("SELECT fid, geometry, ogr_layer_Extent('SECRET') AS name FROM old_roads"),
        _REFUSED_OR_NOTHING,
    ),
    Hostile(
        "gpkg_view_without_end",
        _replaced_by_view(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
            " SELECT x AS fid, geometry, 'x' AS name FROM n, old_roads"
        ),
        ("file_too_many_rows", "file_reader_out_of_time"),
    ),
    Hostile(
        "gpkg_virtual_table_of_gdal",
        _geopackage(
            "DELETE FROM sqlite_master WHERE name = 'roads'",
            "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES"
            " ('table', 'roads', 'roads', 0, 'CREATE VIRTUAL TABLE roads USING VirtualOGR(''SECRET'')')",
            writable_schema=True,
        ),
        _REFUSED_OR_NOTHING,
    ),
    Hostile(
        "gpkg_virtual_table_of_nobody",
        _geopackage(
            "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES"
            " ('table', 'evil', 'evil', 0, 'CREATE VIRTUAL TABLE evil USING nothing(x)')",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'features', 'evil')",
            writable_schema=True,
        ),
        (*_REFUSED_OR_NOTHING,),
    ),
    Hostile(
        "gpkg_with_a_broken_shape",
        _geopackage("UPDATE roads SET geometry = x'4750FFFF00000000'"),
        (*_REFUSED_OR_NOTHING,),
    ),
    Hostile(
        "gpkg_with_a_shape_of_many_claimed_vertices",
        _geopackage("UPDATE roads SET geometry = x'47500001E6100000' || x'0102000000FFFFFF7F'"),
        (*_REFUSED_OR_NOTHING,),
    ),
    Hostile(
        "gpkg_system_with_a_pipeline",
        _geopackage(
            "UPDATE gpkg_spatial_ref_sys SET definition = '+proj=pipeline +step +proj=hgridshift +grids=SECRET'"
        ),
        1,
    ),
    Hostile("gpkg_that_writes_beside_itself", _geopackage("PRAGMA journal_mode = WAL"), 1),
    Hostile(
        "gpkg_name_as_sql",
        _geopackage(
            'ALTER TABLE roads RENAME TO "x""; DROP TABLE gpkg_contents; --"',
            "UPDATE gpkg_contents SET table_name = 'x\"; DROP TABLE gpkg_contents; --'",
            "UPDATE gpkg_geometry_columns SET table_name = 'x\"; DROP TABLE gpkg_contents; --'",
        ),
        (*_REFUSED_OR_NOTHING,),
    ),
]


@hostile("file_damaged")
def gpkg_cut_off(ground: Ground) -> bytes:
    made = _geopackage()(ground)
    assert isinstance(made, Path)
    return made.read_bytes()[:9_000]


@hostile("format_unknown")
def database_that_is_no_geopackage(ground: Ground) -> Path:
    with sqlite3.connect(ground.folder / "a") as connection:
        connection.execute("CREATE TABLE roads (name)")
    connection.close()
    return ground.folder / "a"


# --- GeoJSON ----------------------------------------------------------------------------------------------------------


def _feature(geometry: str, properties: str = "{}") -> bytes:
    return (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
        f'{properties},"geometry":{geometry}}}]}}'
    ).encode()


_POINT = '{"type":"Point","coordinates":[102,15]}'
_BAD_NUMBERS = ("file_damaged", "file_without_features", "ok")
CORPUS += [
    Hostile(
        "json_nested_deeply",
        lambda _: b'{"type":"Point","coordinates":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "file_damaged",
    ),
    Hostile(
        "json_properties_nested_deeply",
        lambda _: _feature(_POINT, '{"a":' * 20_000 + "1" + "}" * 20_000),
        ("file_damaged", "file_reader_stopped"),
    ),
    Hostile(
        "json_collections_nested_deeply",
        lambda _: _feature('{"type":"GeometryCollection","geometries":[' * 5_000 + _POINT + "]}" * 5_000),
        ("file_damaged", "file_without_features", "file_reader_stopped", "ok"),
    ),
    Hostile("json_number_beyond_any", lambda _: _feature('{"type":"Point","coordinates":[1e400,15]}'), _BAD_NUMBERS),
    Hostile("json_not_a_number", lambda _: _feature('{"type":"Point","coordinates":[NaN,15]}'), _BAD_NUMBERS),
    Hostile("json_infinity", lambda _: _feature('{"type":"Point","coordinates":[Infinity,-Infinity]}'), _BAD_NUMBERS),
    Hostile(
        "json_number_of_a_million_digits",
        lambda _: _feature(_POINT, '{"a":' + "9" * 1_000_000 + "}"),
        ("file_damaged", "ok"),
    ),
    Hostile(
        "json_feature_of_many_megabytes", lambda _: _feature(_POINT, '{"a":"' + "x" * (30 << 20) + '"}'), "file_damaged"
    ),
    Hostile(
        "json_line_without_end",
        lambda _: _feature('{"type":"LineString","coordinates":[' + "[102,15]," * (VERTICES * 2) + "[102,15]]}"),
        "shape_too_many_vertices",
    ),
    Hostile(
        "json_of_many_columns",
        lambda _: _feature(_POINT, json.dumps({f"c{n}": n for n in range(20_000)})),
        "file_too_many_columns",
    ),
    Hostile(
        "json_with_half_letters_and_nul",
        lambda _: _feature(_POINT, '{"a\\u0000b":"x\\ud800\\u0000y"}'),
        ("file_damaged", "ok"),
    ),
    Hostile(
        "json_not_in_utf8", lambda _: _feature(_POINT).replace(b"{}", b'{"a":"\xff\xfe\xc3"}'), ("file_damaged", "ok")
    ),
    Hostile("json_cut_off", lambda _: _feature(_POINT)[:-20], "file_damaged"),
    Hostile(
        "json_coordinates_that_are_words", lambda _: _feature('{"type":"Point","coordinates":["x",{}]}'), _BAD_NUMBERS
    ),
]


# --- tables -----------------------------------------------------------------------------------------------------------

CORPUS += [
    Hostile(
        "csv_cell_of_many_megabytes", lambda _: b"name,lat,lon\n" + b"x" * (12 << 20) + b",15,102\n", "file_damaged"
    ),
    Hostile("csv_quote_that_never_ends", lambda _: b'name,lat,lon\n"' + b"x,15,102\n" * 2_000_000, "file_damaged"),
    Hostile(
        "csv_of_many_columns",
        lambda _: b",".join(b"c%d" % n for n in range(100_000)) + b"\n" + b"1," * 100_000,
        "file_too_many_columns",
    ),
    Hostile("csv_row_wider_than_its_heading", lambda _: b"name,lat,lon\na,15,102" + b"," * 3_000_000 + b"\n", 1),
    Hostile("csv_with_nul", lambda _: b"name,lat,lon\n" + b"a,15,102\n" * 8_000 + b"a\x00b,15,102\n", 8_001),
    Hostile("csv_of_formulas", lambda _: b"name,lat,lon\n=cmd|' /C calc'!A0,15,102\n@SUM(1),15,102\n", 2),
    Hostile("csv_in_no_encoding", lambda _: b"name,lat,lon\n\xdb\xdc\xfc\xff,15,102\n", "file_damaged"),
    Hostile("csv_in_half_utf16", lambda _: "name,lat,lon\na,15,102\n".encode("utf-16") + b"x", "file_damaged"),
    Hostile(
        "csv_wkt_nested_deeply",
        lambda _: b'name,wkt\na,"' + b"GEOMETRYCOLLECTION(" * 100_000 + b'"\n',
        ("file_reader_stopped", "ok"),
    ),
    Hostile(
        "csv_wkt_of_many_vertices",
        lambda _: b'name,wkt\na,"LINESTRING(' + b"1 1," * (VERTICES * 3) + b'1 1)"\n',
        "shape_too_many_vertices",
    ),
    Hostile("csv_numbers_beyond_any", lambda _: b"name,lat,lon\na,1e999,-1e999\nb,nan,inf\n", 2),
    Hostile("csv_coordinate_of_many_digits", lambda _: "name,พิกัด\na,".encode() + b"1" * 200_000 + b"\n", 1),
    Hostile(
        "csv_coordinate_of_many_signs", lambda _: 'name,พิกัด\na,"'.encode() + "15°48' ".encode() * 20_000 + b'"\n', 1
    ),
    Hostile("csv_heading_of_control_characters", lambda _: b"na\x1b[2Jme,lat,lon\na,15,102\n", 1),
]


def _workbook(change: dict[str, Callable[[bytes], bytes]], extra: dict[str, bytes] | None = None) -> Make:
    """A sound workbook with some of its parts changed."""

    def make(ground: Ground) -> Path:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in (["name", "lat", "lon"], ["ถนน", 15.8, 102.03]):
            book.active.append(row)
        book.save(ground.folder / "sound.xlsx")
        with zipfile.ZipFile(ground.folder / "sound.xlsx") as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        for name, changed in change.items():
            members[name] = changed(members[name]).replace(b"SECRET", str(ground.secret).encode())
        return write_zip(ground.folder / "a", {**members, **(extra or {})})

    return make


_SHEET, _BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
_DTD = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file://SECRET'>"
    + _LAUGHS.replace("&l0;", "ha").encode()
    + b"]>"
)
_XML_REFUSED = ("file_damaged", "xml_unsafe")
CORPUS += [
    Hostile(
        "xlsx_sheet_with_entities",
        _workbook({_SHEET: lambda x: x.replace(b"<worksheet", _DTD + b"<worksheet", 1)}),
        _XML_REFUSED,
    ),
    Hostile("xlsx_book_with_entities", _workbook({_BOOK: lambda x: _DTD + x.partition(b"?>")[2]}), _XML_REFUSED),
    Hostile(
        "xlsx_claiming_a_huge_sheet",
        _workbook({_SHEET: lambda x: x.replace(b'ref="A1:C2"', b'ref="A1:XFD1048576"')}),
        1,
    ),
    Hostile(
        "xlsx_cell_in_the_last_corner",
        _workbook(
            {
                _SHEET: lambda x: x.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            }
        ),
        ("file_too_many_columns", "ok"),
    ),
    Hostile(
        "xlsx_of_wide_rows",
        _workbook(
            {
                _SHEET: lambda x: x.replace(
                    b"</sheetData>",
                    b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(3, 30_000))
                    + b"</sheetData>",
                )
            }
        ),
        ("file_too_many_columns", "ok"),
    ),
    Hostile(
        "xlsx_row_beyond_any",
        _workbook({_SHEET: lambda x: x.replace(b'<row r="2"', b'<row r="2000000000"')}),
        ("file_damaged", "file_too_many_rows", "file_reader_out_of_time"),
    ),
    Hostile("xlsx_date_beyond_any", _workbook({_SHEET: lambda x: x.replace(b"15.8", b"1e300")}), 1),
    Hostile(
        "xlsx_of_formulas_and_links",
        _workbook(
            {_SHEET: lambda x: x.replace(b"<v>15.8</v>", b'<f>WEBSERVICE("http://127.0.0.1")</f><v>15.8</v>')},
            {"xl/externalLinks/externalLink1.xml": b"<externalLink/>", "xl/vbaProject.bin": b"x"},
        ),
        1,
    ),
    Hostile("xlsx_bomb", _workbook({}, {"xl/media/x.bin": bytes(200 << 20)}), "archive_bomb"),
    Hostile(
        "xlsx_of_shared_texts_without_end",
        _workbook(
            {},
            {
                "xl/sharedStrings.xml": b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
                + b"<si><t>x</t></si>" * 2_500_000
                + b"</sst>"
            },
        ),
        ("file_reader_out_of_memory", "ok", "archive_bomb"),
    ),
    Hostile("xlsx_without_its_sheet", _workbook({_SHEET: lambda _: b""}), "file_damaged"),
    Hostile(
        "docx",
        lambda g: write_zip(g.folder / "a", {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}),
        "format_unknown",
    ),
]

# --- drawings, photographs, columns -----------------------------------------------------------------------------------


def _drawing(entities: str, blocks: str = "") -> bytes:
    sections = f"0\nSECTION\n2\nBLOCKS\n{blocks}0\nENDSEC\n" if blocks else ""
    head = "0\nSECTION\n2\nHEADER\n0\nENDSEC\n"
    return f"{head}{sections}0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n".encode()


_DRAWN_LINE = "0\nLINE\n8\nA\n10\n673310\n20\n1520741\n11\n673400\n21\n1520800\n"
# Each block holds ten of the one before: ten thousand million lines.
_NESTED_BLOCKS = "".join(
    f"0\nBLOCK\n8\nA\n2\nB{n}\n10\n0\n20\n0\n"
    + (_DRAWN_LINE if n == 0 else f"0\nINSERT\n8\nA\n2\nB{n - 1}\n10\n0\n20\n0\n" * 10)
    + "0\nENDBLK\n"
    for n in range(11)
)
_INSERTED = "0\nINSERT\n8\nA\n2\nB10\n10\n0\n20\n0\n70\n30000\n71\n30000\n"


def _photo(change: Callable[[bytes], bytes]) -> Make:
    return lambda _: change(exif_jpeg((15, 48, 30), (102, 1, 48)))


def _columns(change: Callable[[bytes], bytes]) -> Make:
    """A sound Parquet file with some of its bytes changed."""

    def make(ground: Ground) -> bytes:
        path = ground.folder / "a.parquet"
        pq.write_table(pa.table({"name": ["ถนน"] * 100, "geometry": [b"x"] * 100}), path)
        return change(path.read_bytes())

    return make


CORPUS += [
    Hostile(
        "dxf_blocks_in_blocks",
        lambda _: _drawing(_DRAWN_LINE + _INSERTED, _NESTED_BLOCKS),
        ("file_reader_out_of_time", "ok"),
    ),
    Hostile(
        "dxf_line_of_ten_million_vertices",
        lambda _: _drawing(_DRAWN_LINE + "0\nLWPOLYLINE\n8\nA\n90\n10000000\n70\n0\n10\n1\n20\n1\n10\n2\n20\n2\n"),
        ("file_damaged", "ok"),
    ),
    Hostile(
        "dxf_spline_of_many_knots",
        lambda _: _drawing(_DRAWN_LINE + "0\nSPLINE\n8\nA\n71\n1000000\n72\n2000000000\n73\n2000000000\n"),
        ("file_damaged", "ok"),
    ),
    Hostile("dxf_cut_off", lambda _: _drawing(_DRAWN_LINE * 3)[:-60], ("file_damaged", "ok")),
    Hostile(
        "dxf_with_references",
        lambda g: _drawing(
            _DRAWN_LINE + f"0\nIMAGE\n8\nA\n1\n{g.secret}\n", f"0\nBLOCK\n8\nA\n2\nX\n70\n4\n1\n{g.secret}\n0\nENDBLK\n"
        ),
        1,
    ),
    Hostile("jpeg_cut_off", _photo(lambda raw: raw[:60]), 1),
    Hostile(
        "jpeg_of_directories_in_a_circle",
        _photo(lambda raw: raw.replace(struct.pack("<I", 38), struct.pack("<I", 8))),
        1,
    ),
    Hostile("jpeg_of_many_claimed_tags", _photo(lambda raw: raw.replace(b"\x05\x00\x01\x00", b"\xff\xff\x01\x00")), 1),
    Hostile("jpeg_of_values_outside", _photo(lambda raw: raw.replace(struct.pack("<I", 142), b"\xff\xff\xff\x7f")), 1),
    Hostile("jpeg_divided_by_nothing", _photo(lambda raw: raw.replace(struct.pack("<I", 1000), bytes(4))), 1),
    Hostile(
        "jpeg_of_huge_pixels", lambda _: b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + bytes(9) + b"\xff\xda", 1
    ),
    Hostile("parquet_cut_off", _columns(lambda raw: raw[:-30]), "file_damaged"),
    Hostile(
        "parquet_of_broken_pages",
        _columns(lambda raw: raw[:4] + b"\xff" * 60 + raw[64:]),
        ("file_damaged", "file_reader_stopped", "file_reader_out_of_memory"),
    ),
    Hostile(
        "parquet_with_a_footer_of_gigabytes", _columns(lambda raw: raw[:-8] + b"\xff\xff\xff\x7fPAR1"), "file_damaged"
    ),
    Hostile("parquet_of_shapes_that_are_none", _columns(lambda raw: raw), 100),
    Hostile("fgb_of_a_broken_header", lambda _: b"fgb\x03fgb\x00" + b"\xff\xff\xff\x7f" + bytes(100), "file_damaged"),
    Hostile("fgb_of_nothing", lambda _: b"fgb\x03fgb\x00", "file_damaged"),
]

# --- what is something else -------------------------------------------------------------------------------------------

family(
    "wrong_content",
    "format_unknown",
    {
        "program": lambda _: b"\x7fELF\x02\x01\x01" + bytes(200),
        "picture": lambda _: b"\x89PNG\r\n\x1a\n" + bytes(200),
        "pdf": lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\x00\n",
        "tiff": lambda _: b"II*\x00" + bytes(200),
        "page": lambda _: b"<!doctype html><html></html>",
    },
    "roads.shp",
)
CORPUS += [
    Hostile("name_of_control_characters", lambda _: b"name,lat,lon\na,15,102\n", 1, "\x1b[2J\u202ephs.\x00\n.csv"),
    Hostile("name_that_is_a_path", lambda _: b"name,lat,lon\na,15,102\n", 1, "../../../etc/passwd"),
    Hostile("name_without_end", lambda _: b"name,lat,lon\na,15,102\n", 1, "ถ" * 5_000 + ".csv"),
]

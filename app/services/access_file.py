"""Who has access and who has not, as a file: areas, villages or water points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import shapely

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.queries.access import AccessSums, AccessView
from app.services.table_file import Cell, Column, Look, Sheet, write_workbook
from gis import writers

FORMATS = ("xlsx", "csv", "geojson", "gpkg")
Part = Literal["areas", "villages", "water_points"]
PARTS: tuple[Part, ...] = ("villages", "areas", "water_points")
_Column = tuple[str, pa.DataType, str, str, Look | None]
_TEXT, _NUMBER, _COUNT, _FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()

_AREAS: tuple[_Column, ...] = (
    ("code", _TEXT, "รหัส", "Code", None),
    ("name", _TEXT, "ชื่อ", "Name", None),
    ("people", _NUMBER, "ประชากร", "People", "count"),
    ("people_with", _NUMBER, "เข้าถึง (คน)", "With access (people)", "count"),
    ("people_without", _NUMBER, "ไม่เข้าถึง (คน)", "Without access (people)", "count"),
    ("people_unknown", _NUMBER, "ไม่ทราบที่ตั้ง (คน)", "Place not known (people)", "count"),
    ("share_with", _NUMBER, "สัดส่วนที่เข้าถึง", "Share with access", "share"),
    ("villages", _COUNT, "หมู่บ้าน", "Villages", "count"),
    ("villages_without", _COUNT, "หมู่บ้านที่ไม่เข้าถึง", "Villages without access", "count"),
    ("villages_unknown", _COUNT, "หมู่บ้านที่ไม่ทราบ", "Villages not known", "count"),
)
_VILLAGES: tuple[_Column, ...] = (
    ("code", _TEXT, "รหัสหมู่บ้าน", "Village code", None),
    ("name", _TEXT, "หมู่บ้าน", "Village", None),
    ("people", _NUMBER, "ประชากร", "People", "count"),
    ("estimated", _FLAG, "ประชากรเป็นค่าประมาณ", "People are an estimate", None),
    ("has_access", _FLAG, "เข้าถึง", "Has access", None),
    ("distance_m", _NUMBER, "ระยะถึงงานที่ใกล้ที่สุด (ม.)", "Distance to the nearest work (m)", "count"),
    ("work_code", _TEXT, "งานที่ใกล้ที่สุด", "Nearest work", None),
    ("work_name", _TEXT, "ชื่องานที่ใกล้ที่สุด", "Name of the nearest work", None),
    ("island", _FLAG, "ไม่มีงานบนแผ่นดินเดียวกัน", "No work on the same land", None),
)
_WATER: tuple[_Column, ...] = (
    ("code", _TEXT, "รหัสโครงการ", "Project code", None),
    ("name", _TEXT, "แหล่งน้ำ", "Water source", None),
    ("type_code", _TEXT, "ประเภท", "Type", None),
    ("working", _FLAG, "ใช้การได้", "Works", None),
    ("local_people", _NUMBER, "คนในระยะ", "People within reach", "count"),
    ("users", _NUMBER, "คนที่น่าจะใช้", "Likely users", "count"),
    ("crucialness", _NUMBER, "ส่วนของคนที่ไม่มีแหล่งอื่น", "Crucialness", "share"),
    ("capacity_people", _NUMBER, "รองรับได้ (คน)", "Capacity (people)", "count"),
    ("pressure", _NUMBER, "แรงกดดัน (เท่า)", "Pressure", "number"),
    ("unserved_people", _NUMBER, "คนที่จะได้น้ำถ้าซ่อม", "People who gain by its repair", "count"),
)
_FLAGS: Mapping[str, Mapping[Any, Cell]] = {
    "th": {True: "ใช่", False: "ไม่ใช่", None: "ไม่ทราบ"},
    "en": {True: "Yes", False: "No", None: "Not known"},
}


def write_access(
    actor: Actor,
    view: AccessView,
    part: Part,
    format: str,
    path: Path,
    *,
    title: str,
    about: Sequence[str] = (),
    types: Mapping[str, str] | None = None,
    language: str = "th",
) -> writers.Written:
    """Write areas, villages or water points of an answer in its order: a workbook for people, the rest for programs.

    Parameters
    ----------
    format
        One of :data:`FORMATS`; places come along in those of a GIS.
    path
        The file; its folder exists.
    about
        Lines above the table of a workbook: what was asked, how, of which day.
    types
        What types of water sources are called in a workbook.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    columns, rows, spots = _content(view, part, language)
    if format == "xlsx":
        write_workbook(actor, [_sheet(columns, rows, types or {}, title, about, language)], path, language=language)
        return writers.Written(len(rows), path.stat().st_size)
    fields = [pa.field(name, kind, metadata={"title": th, "title_en": en}) for name, kind, th, en, _look in columns]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())])
    arrays = [pa.array([row[i] for row in rows], field.type) for i, field in enumerate(fields)]
    geometry = pa.array([None if spot is None else shapely.to_wkb(shapely.Point(*spot)) for spot in spots], pa.binary())
    batch = pa.RecordBatch.from_arrays([*arrays, geometry], schema=schema)
    return writers.write(path, format, [batch], schema, layer_name=part, title=title)


def _sheet(
    columns: Sequence[_Column],
    rows: Sequence[tuple[Any, ...]],
    types: Mapping[str, str],
    title: str,
    about: Sequence[str],
    language: str,
) -> Sheet:
    english = language == "en"
    flags = _FLAGS["en" if english else "th"]
    heads = [Column(en if english else th, look) for _name, _kind, th, en, look in columns]
    said: list[Mapping[Any, Cell]] = [
        flags if kind == _FLAG else types if name == "type_code" else {} for name, kind, *_rest in columns
    ]
    lines = [[words.get(cell, cell) for words, cell in zip(said, row, strict=True)] for row in rows]
    return Sheet(heads, lines, title, about, "Data" if english else "ข้อมูล")


def _content(
    view: AccessView, part: Part, language: str
) -> tuple[Sequence[_Column], list[tuple[Any, ...]], list[tuple[float, float] | None]]:
    if part == "areas":
        rows = [(row.code, row.name(language), *_sums(row.sums)) for row in view.rows]
        rows.append(("", "รวม" if language == "th" else "Total", *_sums(view.total)))
        return _AREAS, rows, [None] * len(rows)
    if part == "water_points":
        found = [tuple(getattr(row, _field(name)) for name, *_ in _WATER) for row in view.water_points]
        return _WATER, found, [(row.lon, row.lat) for row in view.water_points]
    found = [tuple(getattr(row, _field(name)) for name, *_ in _VILLAGES) for row in view.villages]
    spots = [None if row.lon is None or row.lat is None else (row.lon, row.lat) for row in view.villages]
    return _VILLAGES, found, spots


def _field(name: str) -> str:
    return "name_th" if name == "name" else name


def _sums(sums: AccessSums) -> tuple[Any, ...]:
    return (
        sums.people,
        sums.people_with,
        sums.people_without,
        sums.people_unknown,
        sums.share_with,
        sums.villages,
        sums.villages_without,
        sums.villages_unknown,
    )

"""Who has access and who has not, as a file: areas, villages or water points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import shapely

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.queries.access import AccessSums, AccessView
from gis import writers

FORMATS = ("xlsx", "csv", "geojson", "gpkg")
Part = Literal["areas", "villages", "water_points"]
PARTS: tuple[Part, ...] = ("villages", "areas", "water_points")
_Column = tuple[str, pa.DataType, str, str]
_TEXT, _NUMBER, _COUNT, _FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()

_AREAS: tuple[_Column, ...] = (
    ("code", _TEXT, "รหัส", "Code"),
    ("name", _TEXT, "ชื่อ", "Name"),
    ("people", _NUMBER, "ประชากร", "People"),
    ("people_with", _NUMBER, "เข้าถึง (คน)", "With access (people)"),
    ("people_without", _NUMBER, "ไม่เข้าถึง (คน)", "Without access (people)"),
    ("people_unknown", _NUMBER, "ไม่ทราบที่ตั้ง (คน)", "Place not known (people)"),
    ("share_with", _NUMBER, "สัดส่วนที่เข้าถึง (0-1)", "Share with access (0-1)"),
    ("villages", _COUNT, "หมู่บ้าน", "Villages"),
    ("villages_without", _COUNT, "หมู่บ้านที่ไม่เข้าถึง", "Villages without access"),
    ("villages_unknown", _COUNT, "หมู่บ้านที่ไม่ทราบ", "Villages not known"),
)
_VILLAGES: tuple[_Column, ...] = (
    ("code", _TEXT, "รหัสหมู่บ้าน", "Village code"),
    ("name", _TEXT, "หมู่บ้าน", "Village"),
    ("people", _NUMBER, "ประชากร", "People"),
    ("estimated", _FLAG, "ประชากรเป็นค่าประมาณ", "People are an estimate"),
    ("has_access", _FLAG, "เข้าถึง", "Has access"),
    ("distance_m", _NUMBER, "ระยะถึงงานที่ใกล้ที่สุด (ม.)", "Distance to the nearest work (m)"),
    ("work_code", _TEXT, "งานที่ใกล้ที่สุด", "Nearest work"),
    ("work_name", _TEXT, "ชื่องานที่ใกล้ที่สุด", "Name of the nearest work"),
    ("island", _FLAG, "ไม่มีงานบนแผ่นดินเดียวกัน", "No work on the same land"),
)
_WATER: tuple[_Column, ...] = (
    ("code", _TEXT, "รหัสโครงการ", "Project code"),
    ("name", _TEXT, "แหล่งน้ำ", "Water source"),
    ("type_code", _TEXT, "ประเภท", "Type"),
    ("working", _FLAG, "ใช้การได้", "Works"),
    ("local_people", _NUMBER, "คนในระยะ", "People within reach"),
    ("users", _NUMBER, "คนที่น่าจะใช้", "Likely users"),
    ("crucialness", _NUMBER, "ส่วนของคนที่ไม่มีแหล่งอื่น (0-1)", "Crucialness (0-1)"),
    ("capacity_people", _NUMBER, "รองรับได้ (คน)", "Capacity (people)"),
    ("pressure", _NUMBER, "แรงกดดัน (เท่า)", "Pressure"),
    ("unserved_people", _NUMBER, "คนที่จะได้น้ำถ้าซ่อม", "People who gain by its repair"),
)


def write_access(
    actor: Actor, view: AccessView, part: Part, format: str, path: Path, *, title: str, language: str = "th"
) -> writers.Written:
    """Write areas, villages or water points of an answer in its order.

    Parameters
    ----------
    format
        One of :data:`FORMATS`; places come along in those of a GIS.
    path
        The file; its folder exists.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    columns, rows, spots = _content(view, part, language)
    fields = [pa.field(name, kind, metadata={"title": th, "title_en": en}) for name, kind, th, en in columns]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())])
    arrays = [pa.array([row[i] for row in rows], field.type) for i, field in enumerate(fields)]
    geometry = pa.array([None if spot is None else shapely.to_wkb(shapely.Point(*spot)) for spot in spots], pa.binary())
    batch = pa.RecordBatch.from_arrays([*arrays, geometry], schema=schema)
    return writers.write(path, format, [batch], schema, layer_name=part, title=title)


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

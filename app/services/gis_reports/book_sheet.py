"""The sheet of one project in a book: its facts, its map, its money, its coordinates, its photographs."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import shapely
from PIL import Image, UnidentifiedImageError
from shapely.geometry.base import BaseGeometry

from app.queries.gis_report import Photograph, ReportProject, Surroundings
from app.services.gis_reports.book_front import Bar
from app.services.gis_reports.contents import (
    MAP_MM,
    NOTHING,
    STAGES,
    Contents,
    kind_words,
    look_of,
    map_height_mm,
    money,
    percent,
)
from app.services.gis_reports.key import FAMILIES, background_drawings, background_key
from gis import crs
from gis.map_sheet import Drawing, MapSheet, NothingToShow, map_sheet, symbol
from gis.measure import area_text
from gis.thai import format_thai_date
from gis.writers.styles import Look
from layers.looks import LOOKS

# Photographs take the room of the further points, and a part of the map's.
_POINTS_LISTED, _POINTS_BESIDE_PHOTOGRAPHS = 6, 2
_FACTS_A_LINE = 3
_PHOTO_PX = 640
_OTHERS = Look("#7A4A00", 3, casing=("#FFFFFF", 5), dash=(9, 3))
_HALO = Look("#FFD54A", 15, casing=None, fill_opacity=0.35)
_VILLAGE = Look("#434D61", 2, mark="circle")


@dataclass(frozen=True)
class Fact:
    """Name and value on a project's sheet."""

    name: str
    value: str


@dataclass(frozen=True)
class ProjectSheet:
    """One project on one sheet; ``photographs`` are pictures as addresses of data, with words."""

    number: int
    project: ReportProject
    facts: tuple[Fact, ...]
    bars: tuple[Bar, ...]
    map: MapSheet | None
    key: tuple[tuple[str, str], ...]
    points: tuple[tuple[str, str, str], ...]
    photographs: tuple[tuple[str, str], ...]


def project_sheet(
    number: int,
    project: ReportProject,
    around: Surroundings,
    files: Sequence[tuple[Path, Photograph]],
    contents: Contents,
) -> ProjectSheet:
    """Everything that stands on it."""
    taken = tuple((data, _said(photo)) for path, photo in files if (data := _picture(path)) is not None)
    sheet, key = _map_of(project, around, map_height_mm(bool(files)))
    facts = list(_facts(project, contents))
    facts += [Fact("", "")] * (-len(facts) % _FACTS_A_LINE)
    return ProjectSheet(
        number,
        project,
        tuple(facts),
        tuple(_bars(project)),
        sheet,
        key,
        tuple(_points(project.shape, _POINTS_BESIDE_PHOTOGRAPHS if taken else _POINTS_LISTED)),
        taken,
    )


def _facts(project: ReportProject, contents: Contents) -> Iterator[Fact]:
    names = contents.names
    yield Fact("อปท.", project.organisation_name)
    yield Fact("พื้นที่", project.area_name or NOTHING)
    yield Fact("ประเภท", kind_words(project, names))
    yield Fact("ลักษณะงาน", names.nature.get(project.work_nature or "", NOTHING))
    yield Fact("สถานะเงิน", names.status.get(project.status, project.status))
    yield Fact("สถานะพิกัด", names.geometry_status.get(project.geometry_status, project.geometry_status))
    if project.kind == "road":
        yield Fact("ยาวตามสัญญา", f"{project.length_m:,.2f} ม." if project.length_m else NOTHING)
        yield Fact("ยาวที่วาด", f"{project.drawn_length_m:,.2f} ม." if project.drawn_length_m else NOTHING)
        yield Fact("กว้าง", f"{project.width_m:,.2f} ม." if project.width_m else NOTHING)
    elif project.drawn_area_m2:
        yield Fact("พื้นที่ที่วาด", f"{project.drawn_area_m2:,.0f} ตร.ม. ({area_text(project.drawn_area_m2)})")
    if project.surveyed_on is not None:
        yield Fact("พิกัด ณ วันที่", format_thai_date(project.surveyed_on))


def _bars(project: ReportProject) -> Iterator[Bar]:
    steps = (
        ("แผน", project.planned_baht),
        ("อนุมัติ", project.budget_baht),
        ("ก่อหนี้ผูกพัน", project.contracted_baht),
        ("เบิกจ่าย", project.disbursed_baht),
    )
    top = max(value for _, value in steps)
    for name, value in steps:
        yield Bar(name, money(value), percent(value, project.budget_baht), float(value / top) if top else 0.0)


def _map_of(
    project: ReportProject, around: Surroundings, height_mm: float
) -> tuple[MapSheet | None, tuple[tuple[str, str], ...]]:
    key: list[tuple[str, str]] = []
    drawings = list(background_drawings(around.background))
    drawings.append(Drawing(around.limits, LOOKS["limit"]))
    drawings.append(Drawing(around.works, _OTHERS))
    own = look_of(project)
    names = [f"บ้าน{name.removeprefix('บ้าน')}" for _, name in around.villages]
    drawings.append(Drawing([project.shape], _HALO))
    drawings.append(Drawing([project.shape], own))
    drawings.append(Drawing([s for s, _ in around.villages], _VILLAGE, names))
    try:
        sheet = map_sheet(
            [project.shape], drawings, width_mm=MAP_MM, height_mm=height_mm, description=f"แผนที่ {project.name_th}"
        )
    except NothingToShow:
        return None, ()
    family = FAMILIES[max(0, int(shapely.get_dimensions(project.shape)))]
    key.append((symbol(own, family, under=_HALO), "โครงการนี้"))
    if around.works:
        key.append((symbol(_OTHERS), "โครงการอื่น"))
    if around.limits:
        key.append((symbol(LOOKS["limit"]), "เขตตำบล"))
    if around.villages:
        key.append((symbol(_VILLAGE, "Point"), "หมู่บ้าน"))
    return sheet, (*key, *background_key(around.background))


def _points(shape: BaseGeometry | None, most: int) -> Iterator[tuple[str, str, str]]:
    """Name, longitude and latitude, and UTM of beginnings and ends, or of points and middles."""
    if shape is None:
        return
    named: list[tuple[str, tuple[float, float]]] = []
    parts = list(shapely.get_parts(shape))
    for n, part in enumerate(parts, 1):
        of = f" ช่วงที่ {n}" if len(parts) > 1 else ""
        if part.geom_type == "LineString":
            named += [(f"เริ่มต้น{of}", part.coords[0][:2]), (f"สิ้นสุด{of}", part.coords[-1][:2])]
        else:
            place = part if part.geom_type == "Point" else shapely.point_on_surface(part)
            named.append((f"{'ที่ตั้ง' if part.geom_type == 'Point' else 'จุดในพื้นที่'}{of}", (place.x, place.y)))
    for name, (lon, lat) in named[:most]:
        epsg = crs.utm_epsg_at(lon)
        (easting, northing), _ = crs.from_wgs84((lon, lat), epsg)
        yield name, f"{lat:.6f}, {lon:.6f}", f"{epsg - 32600}N {easting:,.1f} E {northing:,.1f} N"
    if len(named) > most:
        yield f"และอีก {len(named) - most:,} จุด", "ดูในแฟ้ม GeoPackage", ""


def _picture(path: Path) -> str | None:
    """A picture as it is put inside the page, made small; ``None`` where the file is gone."""
    try:
        with Image.open(path) as picture:
            picture.draft("RGB", (_PHOTO_PX, _PHOTO_PX))
            picture.thumbnail((_PHOTO_PX, _PHOTO_PX))
            written = BytesIO()
            picture.convert("RGB").save(written, "JPEG", quality=78)
    except (OSError, UnidentifiedImageError):
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(written.getvalue()).decode()}"


def _said(photograph: Photograph) -> str:
    """Stage, day and caption: ``ก่อนทำ · 3 ก.พ. 2569 · ...``."""
    day = format_thai_date(photograph.taken_on) if photograph.taken_on else ""
    words = (STAGES.get(photograph.stage, STAGES[""]), day, photograph.caption)
    return " · ".join(part for part in words if part)

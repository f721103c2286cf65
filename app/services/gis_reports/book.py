"""The report as a printed book: a summary, a list with sums carried from sheet to sheet, then one sheet a project."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import jinja2
import shapely
from PIL import Image, UnidentifiedImageError
from shapely.geometry.base import BaseGeometry

from app.queries.gis_report import ReportProject, Surroundings
from app.services.gis_reports.contents import (
    KINDS,
    NOTHING,
    Contents,
    Sums,
    kind_words,
    look_of,
    money,
    percent,
)
from app.services.printing import font_faces
from app.settings import ROOT
from gis import crs
from gis.map_sheet import Drawing, MapSheet, NothingToShow, map_sheet, symbol
from gis.measure import area_text
from gis.thai import format_thai_date
from gis.writers.styles import Look
from layers.looks import LOOKS

_FOLDER = ROOT / "app" / "templates" / "print"
_LIST_ROWS = 20
_MAP_MM = (175.0, 108.0)
_OVERVIEW_MM = (175.0, 118.0)
_PHOTO_PX = 640
_OTHERS = Look("#7A4A00", 3, casing=("#FFFFFF", 5), dash=(9, 3))
_VILLAGE = Look("#434D61", 2, mark="circle")
# Lowest first, as the base map of the screen.
_BACKGROUND = (
    ("field", "base-field"),
    ("wood", "base-wood"),
    ("settlement", "base-settlement"),
    ("water", "base-water"),
    ("stream", "base-stream"),
    ("road", "base-road"),
    ("state_road", "base-state-road"),
)
_POINTS_LISTED = 6


@dataclass(frozen=True)
class ListRow:
    """A line of the list."""

    number: int
    project: ReportProject
    kind: str
    status: str
    placed: str
    budget: str
    disbursed: str


@dataclass(frozen=True)
class ListSheet:
    """A sheet of the list: brought forward, its lines, carried forward."""

    rows: tuple[ListRow, ...]
    before: Sums
    after: Sums
    last: bool


@dataclass(frozen=True)
class Fact:
    """Name and value on a project's sheet."""

    name: str
    value: str


@dataclass(frozen=True)
class Bar:
    """A step of money: ``share`` of the largest, 0 to 1."""

    name: str
    value: str
    of_budget: str
    share: float


@dataclass(frozen=True)
class ProjectSheet:
    """One project on one sheet."""

    number: int
    project: ReportProject
    facts: tuple[Fact, ...]
    bars: tuple[Bar, ...]
    map: MapSheet | None
    key: tuple[tuple[str, str], ...]
    points: tuple[tuple[str, str, str], ...]
    photographs: tuple[tuple[str, str], ...]


def book_page(
    contents: Contents,
    sheets: Iterator[tuple[ReportProject, Surroundings, list[tuple[Path, str]]]],
    progress: Callable[[int, int], None] | None = None,
) -> str:
    """The whole book as HTML to be printed.

    Parameters
    ----------
    sheets
        As :func:`app.services.gis_reports.contents.with_surroundings` gives them.
    progress
        Told the number of projects laid out.
    """
    projects = []
    for number, (project, around, files) in enumerate(sheets, 1):
        projects.append(_project_sheet(number, project, around, files, contents))
        if progress is not None:
            progress(number, len(contents.projects))
    return _template().render(
        contents=contents,
        fonts=font_faces(),
        sums=contents.sums,
        groups=contents.grouped(),
        overview=_overview(contents),
        beyond=_beyond(contents),
        lists=_list_sheets(contents),
        projects=projects,
        money=money,
        percent=percent,
        kinds=_by_kind(contents),
        sheet_count=1 + len(_list_sheets(contents)) + len(projects),
        limit_symbol=symbol(LOOKS["limit"]),
        kind_symbols=[(symbol(LOOKS[f"kind-{kind}"]), words) for kind, words in KINDS.items()],
    )


def _by_kind(contents: Contents) -> list[Bar]:
    largest = max((p.budget_baht for p in contents.projects), default=None)
    if largest is None:
        return []
    sums = {kind: Sums.of([p for p in contents.projects if p.kind == kind]) for kind in KINDS}
    top = max(each.budget_baht for each in sums.values())
    return [
        Bar(
            KINDS[kind],
            money(each.budget_baht),
            f"{each.projects:,} โครงการ",
            float(each.budget_baht / top) if top else 0.0,
        )
        for kind, each in sums.items()
        if each.projects
    ]


def _overview(contents: Contents) -> MapSheet | None:
    shapes = [project.shape for project in contents.projects if project.shape is not None]
    areas = [shape for _, shape in contents.outlines]
    if not shapes:
        return None
    # One wrong coordinate would show the nation for the sake of a province: it is counted below the map instead.
    main = areas or shapes
    by_kind = [
        Drawing([_seen_from_afar(p) for p in contents.projects if p.kind == kind], LOOKS[f"kind-{kind}"])
        for kind in ("other", "water", "road")
    ]
    limits = Drawing([shapely.boundary(shape) for shape in areas], LOOKS["limit"])
    names = Drawing(
        [shapely.point_on_surface(shape) for shape in areas],
        Look("#FFFFFF", 0, mark="none"),
        [name for name, _ in contents.outlines],
    )
    return map_sheet(
        main,
        [limits, *by_kind, names],
        width_mm=_OVERVIEW_MM[0],
        height_mm=_OVERVIEW_MM[1],
        description=f"แผนที่รวม {contents.title}",
    )


def _beyond(contents: Contents) -> int:
    """How many works lie outside the areas that the overview shows."""
    if not contents.outlines:
        return 0
    whole = shapely.box(*shapely.total_bounds([shape for _, shape in contents.outlines]))
    placed = [project.shape for project in contents.projects if project.shape is not None]
    return int((~shapely.intersects(placed, whole)).sum()) if placed else 0


def _seen_from_afar(project: ReportProject) -> BaseGeometry | None:
    """A line stays a line; an area of some rai would vanish at 1:250,000 and becomes its symbol."""
    if project.shape is None or shapely.get_dimensions(project.shape) == 1:
        return project.shape
    return shapely.point_on_surface(project.shape)


def _list_sheets(contents: Contents) -> list[ListSheet]:
    sheets: list[ListSheet] = []
    before = Sums()
    projects = contents.projects
    for start in range(0, len(projects), _LIST_ROWS):
        part = projects[start : start + _LIST_ROWS]
        after = Sums.of(projects[: start + len(part)])
        rows = tuple(
            ListRow(
                start + n,
                project,
                kind_words(project, contents.names),
                contents.names.status.get(project.status, project.status),
                contents.names.geometry_status.get(project.geometry_status, project.geometry_status),
                money(project.budget_baht),
                money(project.disbursed_baht),
            )
            for n, project in enumerate(part, 1)
        )
        sheets.append(ListSheet(rows, before, after, start + len(part) == len(projects)))
        before = after
    return sheets


def _project_sheet(
    number: int,
    project: ReportProject,
    around: Surroundings,
    files: Sequence[tuple[Path, str]],
    contents: Contents,
) -> ProjectSheet:
    sheet, key = _map_of(project, around)
    return ProjectSheet(
        number,
        project,
        tuple(_facts(project, contents)),
        tuple(_bars(project)),
        sheet,
        key,
        tuple(_points(project.shape)),
        tuple((data, words) for path, words in files if (data := _photograph(path)) is not None),
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


def _map_of(project: ReportProject, around: Surroundings) -> tuple[MapSheet | None, tuple[tuple[str, str], ...]]:
    drawings, key = [], []
    for name, look in _BACKGROUND:
        features = around.background.get(name, ())
        if features:
            labels = [words for _, words in features] if name in ("water", "stream", "state_road") else ()
            pale = name in ("field", "wood", "settlement", "water")
            drawings.append(Drawing([shape for shape, _ in features], LOOKS[look], labels, pale=pale))
    drawings.append(Drawing(around.limits, LOOKS["limit"]))
    drawings.append(Drawing(around.works, _OTHERS))
    own = look_of(project)
    names = [f"บ้าน{name.removeprefix('บ้าน')}" for _, name in around.villages]
    drawings.append(Drawing([project.shape], Look("#FFD54A", 15, casing=None, fill_opacity=0.35)))
    drawings.append(Drawing([project.shape], own))
    drawings.append(Drawing([s for s, _ in around.villages], _VILLAGE, names))
    try:
        sheet = map_sheet(
            [project.shape], drawings, width_mm=_MAP_MM[0], height_mm=_MAP_MM[1], description=f"แผนที่ {project.name_th}"
        )
    except NothingToShow:
        return None, ()
    family = ("Point", "LineString", "Polygon")[max(0, int(shapely.get_dimensions(project.shape)))]
    key.append((symbol(own, family), "โครงการนี้"))
    if around.works:
        key.append((symbol(_OTHERS), "โครงการอื่น"))
    if around.limits:
        key.append((symbol(LOOKS["limit"]), "เขตตำบล"))
    if around.villages:
        key.append((symbol(_VILLAGE, "Point"), "หมู่บ้าน"))
    return sheet, tuple(key)


def _points(shape: BaseGeometry | None) -> Iterator[tuple[str, str, str]]:
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
    for name, (lon, lat) in named[:_POINTS_LISTED]:
        epsg = crs.utm_epsg_at(lon)
        (easting, northing), _ = crs.from_wgs84((lon, lat), epsg)
        yield name, f"{lat:.6f}, {lon:.6f}", f"{epsg - 32600}N {easting:,.1f} E {northing:,.1f} N"
    if len(named) > _POINTS_LISTED:
        yield f"และอีก {len(named) - _POINTS_LISTED:,} จุด", "ดูในแฟ้ม GeoPackage", ""


def _photograph(path: Path) -> str | None:
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


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(_FOLDER)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
        "report.html"
    )

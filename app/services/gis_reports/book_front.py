"""What comes before the sheets of projects in a book: sums, the map of all of them, and their list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from app.queries.gis_report import ReportProject
from app.services.gis_reports.contents import (
    KINDS,
    MAP_MM,
    OVERVIEW_HEIGHT_MM,
    Contents,
    Sums,
    kind_words,
    money,
    percent,
)
from app.services.gis_reports.key import FAMILIES, background_drawings, background_key
from gis.map_sheet import Drawing, MapSheet, letters_wide, map_sheet, symbol
from gis.writers.styles import Look
from layers.looks import LOOKS

_NUMBERED = 60
"""Works of an overview that get their number in the list; more would hide the map."""
# Room for lines of a table on a sheet, and letters of a line of the name, of the kind and of an organisation, in 9 pt.
_LIST_MM, _LINE_MM, _PADDING_MM = 208.0, 4.8, 1.8
_NAME_LETTERS, _KIND_LETTERS, _ORGANISATION_LETTERS = 34, 15, 24


@dataclass(frozen=True)
class ListRow:
    """A line of the list."""

    number: int
    project: ReportProject
    kind: str
    placed: str
    budget: str
    disbursed: str

    @property
    def height_mm(self) -> float:
        """What it takes on paper."""
        name = _height_mm((self.project.name_th, _NAME_LETTERS)) + _LINE_MM  # the code has a line of its own
        return max(name, _height_mm((self.kind, _KIND_LETTERS)))


@dataclass(frozen=True)
class ListSheet:
    """A sheet of the list: brought forward, its lines, carried forward."""

    rows: tuple[ListRow, ...]
    before: Sums
    after: Sums
    last: bool


@dataclass(frozen=True)
class Bar:
    """A line of a chart: ``share`` of the largest, 0 to 1, and what of it is paid."""

    name: str
    value: str
    words: str
    share: float
    paid: float = 0.0


@dataclass(frozen=True)
class Table:
    """Sums by something, as many lines as a sheet has room for."""

    title: str
    head: str
    rows: Sequence[tuple[str, Sums]]
    last: bool = True


@dataclass(frozen=True)
class Overview:
    """The map of everything with its legend; ``beyond`` works lie outside it."""

    map: MapSheet
    key: tuple[tuple[str, str], ...]
    beyond: int
    numbered: bool


def bars_of(groups: Sequence[tuple[str, Sums]]) -> list[Bar]:
    """Budget, and what of it is paid, side by side."""
    top = max((max(sums.budget_baht, sums.disbursed_baht) for _, sums in groups), default=0)
    return [
        Bar(
            name,
            money(sums.budget_baht),
            f"{sums.projects:,} โครงการ · เบิกจ่าย {percent(sums.disbursed_baht, sums.budget_baht)}",
            float(sums.budget_baht / top) if top else 0.0,
            float(sums.disbursed_baht / top) if top else 0.0,
        )
        for name, sums in groups
    ]


def by_kind(contents: Contents) -> list[tuple[str, Sums]]:
    """Kinds in the order of the legend, without those that there are none of."""
    found = dict(contents.by(lambda project: KINDS[project.kind]))
    return [(words, found[words]) for words in KINDS.values() if words in found]


def by_year(contents: Contents) -> list[tuple[str, Sums]]:
    """Fiscal years, oldest first."""
    return sorted(contents.by(lambda project: f"ปีงบ {project.fiscal_year_be}"))


def by_coordinates(contents: Contents) -> list[tuple[str, Sums]]:
    """How far the coordinates are."""
    names = contents.names.geometry_status
    found = dict(contents.by(lambda project: names.get(project.geometry_status, project.geometry_status)))
    return [(name, found[name]) for name in dict.fromkeys([*names.values(), *found]) if name in found]


def organisation_tables(contents: Contents) -> list[Table]:
    """Sums by organisation, a table a sheet; none where there is one organisation only."""
    groups = contents.by(lambda project: project.organisation_name)
    if len(groups) < 2:
        return []
    cuts = _cuts([_height_mm((name, _ORGANISATION_LETTERS)) for name, _ in groups])
    parts = [groups[start:end] for start, end in cuts]
    return [
        Table("สรุปราย อปท." + (" (ต่อ)" if n else ""), "อปท.", part, n == len(parts) - 1) for n, part in enumerate(parts)
    ]


def overview(contents: Contents, background: Mapping[str, Sequence[tuple[BaseGeometry, str]]]) -> Overview | None:
    """The map of everything; ``None`` where nothing has coordinates."""
    shapes = [project.shape for project in contents.projects if project.shape is not None]
    areas = [shape for _, shape in contents.outlines]
    if not shapes:
        return None
    # One wrong coordinate would show the nation for the sake of a province: it is counted below the map instead.
    main = areas or shapes
    limits = Drawing([shapely.boundary(shape) for shape in areas], LOOKS["limit"])
    names = Drawing(
        [shapely.point_on_surface(shape) for shape in areas],
        Look("#FFFFFF", 0, mark="none"),
        [name for name, _ in contents.outlines],
    )
    numbered = len(shapes) <= _NUMBERED
    sheet = map_sheet(
        main,
        [*background_drawings(background, named=False), limits, *_works(contents, numbered), names],
        width_mm=MAP_MM,
        height_mm=OVERVIEW_HEIGHT_MM,
        description=f"แผนที่รวม {contents.title}",
    )
    key = (*_works_key(contents), (symbol(LOOKS["limit"]), f"เขต{_LEVELS[contents.outline_level]}"))
    return Overview(sheet, (*key, *background_key(background)), _beyond(contents), numbered)


_LEVELS = {"tambon": "ตำบล", "amphoe": "อำเภอ", "province": "จังหวัด"}


def _works(contents: Contents, numbered: bool) -> Iterator[Drawing]:
    for kind in ("other", "water", "road"):
        chosen = [(n, project) for n, project in enumerate(contents.projects, 1) if project.kind == kind]
        labels = [str(n) for n, _ in chosen] if numbered else ()
        yield Drawing([_seen_from_afar(project) for _, project in chosen], LOOKS[f"kind-{kind}"], labels)


def _works_key(contents: Contents) -> Iterator[tuple[str, str]]:
    """A kind as it is on this map: as a line, as a point, or as both."""
    for kind, words in KINDS.items():
        seen = [_seen_from_afar(project) for project in contents.projects if project.kind == kind]
        found = sorted({int(shapely.get_dimensions(shape)) for shape in seen if shape is not None})
        for dimension in found:
            where = (" (จุด)", " (เส้น)", "")[dimension] if len(found) > 1 else ""
            yield symbol(LOOKS[f"kind-{kind}"], FAMILIES[dimension]), words + where


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


def list_sheets(contents: Contents) -> list[ListSheet]:
    """The list, cut where a sheet is full; names stand there whole."""
    projects, names = contents.projects, contents.names
    rows = [
        ListRow(
            number,
            project,
            kind_words(project, names),
            names.geometry_status.get(project.geometry_status, project.geometry_status),
            money(project.budget_baht),
            money(project.disbursed_baht),
        )
        for number, project in enumerate(projects, 1)
    ]
    sheets: list[ListSheet] = []
    before = Sums()
    for start, end in _cuts([row.height_mm for row in rows]):
        after = Sums.of(projects[:end])
        sheets.append(ListSheet(tuple(rows[start:end]), before, after, end == len(rows)))
        before = after
    return sheets


def _cuts(heights_mm: Sequence[float]) -> Iterator[tuple[int, int]]:
    """From where to where the sheets of a table go; a row taller than a sheet has one to itself."""
    start, used = 0, 0.0
    for n, height in enumerate(heights_mm):
        if n > start and used + height > _LIST_MM:
            yield start, n
            start, used = n, 0.0
        used += height
    if heights_mm:
        yield start, len(heights_mm)


def _height_mm(*texts: tuple[str, int]) -> float:
    """Of a line with these texts and as many letters to a line of each, rather too much than too little."""
    lines = max(1, *(-(-letters_wide(text) // letters) for text, letters in texts))
    return lines * _LINE_MM + _PADDING_MM

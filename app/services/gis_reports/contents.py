"""What stands in a report, read once and written in any form, so that every form has the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.codelists import code_list
from app.queries.funnel import OWN_FORMS
from app.queries.gis_report import (
    NOTHING_AROUND,
    Photograph,
    ReportProject,
    Surroundings,
    background_within,
    outlines,
    photographs,
    report_projects,
    surroundings,
)
from app.queries.project_filter import NONE, ProjectFilter
from app.services.attachment_files import path_of
from gis.map_sheet import sheet_bounds
from gis.thai import format_thai_date
from gis.writers.styles import Look
from layers.looks import LOOKS
from layers.projects import ROADS, WATER

KINDS = {"road": "ถนน", "water": "แหล่งน้ำ", "other": "อื่น ๆ"}
_APPROVED, _PAYING = 3, 5
STAGES = {"before": "ก่อนทำ", "during": "ระหว่างทำ", "after": "หลังทำ", "": "ภาพถ่าย"}
PHOTOGRAPHS = 3
NOTHING = "–"
MAP_MM = 175.0
"""Width of the maps of a book."""
OVERVIEW_HEIGHT_MM = 206.0
_AROUND_AT_A_TIME = 50
# An overview names as many places as there is room for.
_TAMBONS, _AMPHOES = 12, 60
_SYMBOLS = {
    (kind, entry.value): entry.symbol for kind, layer in (("road", ROADS), ("water", WATER)) for entry in layer.legend
}


@dataclass(frozen=True)
class Sums:
    """Count and money (baht) of some projects; ``placed`` of them have coordinates."""

    projects: int = 0
    placed: int = 0
    planned_baht: Decimal = Decimal(0)
    budget_baht: Decimal = Decimal(0)
    contracted_baht: Decimal = Decimal(0)
    disbursed_baht: Decimal = Decimal(0)
    length_m: float = 0.0

    @classmethod
    def of(cls, projects: Sequence[ReportProject]) -> Sums:
        """Added up exactly."""
        return cls(
            len(projects),
            sum(project.shape is not None for project in projects),
            sum((project.planned_baht for project in projects), Decimal(0)),
            sum((project.budget_baht for project in projects), Decimal(0)),
            sum((project.contracted_baht for project in projects), Decimal(0)),
            sum((project.disbursed_baht for project in projects), Decimal(0)),
            sum(project.drawn_length_m or 0.0 for project in projects if project.kind == "road"),
        )

    @property
    def paid_percent(self) -> Decimal | None:
        """Of the budget; ``None`` without a budget."""
        return None if not self.budget_baht else 100 * self.disbursed_baht / self.budget_baht


@dataclass(frozen=True)
class Screens:
    """Why the sums of a report and those of the funnel and the overview differ, so that they can be set side by side.

    Parameters
    ----------
    all
        Everything in the report, as the list of projects and the budget map have it.
    of_others
        Requests to other organisations, works of communities, durable articles: sums of their own.
    not_counted
        Of the rest: cancelled, put off, or not as far as the stage that is added up.
    shown
        What the funnel and the overview show.
    """

    all: Sums
    of_others: Sums
    not_counted: Sums
    shown: Sums

    @classmethod
    def of(cls, projects: Sequence[ReportProject]) -> Screens:
        """Each project counts as planned, its budget once approved, its payments once paying has begun."""
        own = [project for project in projects if (project.plan_form or NONE) in OWN_FORMS]
        everything, kept = Sums.of(projects), Sums.of(own)
        shown = Sums(
            sum(project.stage > 0 for project in own),
            budget_baht=sum((p.budget_baht for p in own if p.stage >= _APPROVED), Decimal(0)),
            disbursed_baht=sum((p.disbursed_baht for p in own if p.stage >= _PAYING), Decimal(0)),
        )
        return cls(everything, _less(everything, kept), _less(kept, shown), shown)

    @property
    def same(self) -> bool:
        """True where there is nothing to tell."""
        return not (self.of_others.projects or self.not_counted.projects or self.not_counted.budget_baht)


def _less(whole: Sums, part: Sums) -> Sums:
    return Sums(
        whole.projects - part.projects,
        budget_baht=whole.budget_baht - part.budget_baht,
        disbursed_baht=whole.disbursed_baht - part.disbursed_baht,
    )


@dataclass(frozen=True)
class Names:
    """Thai names of codes."""

    status: Mapping[str, str]
    geometry_status: Mapping[str, str]
    surface: Mapping[str, str]
    water: Mapping[str, str]
    nature: Mapping[str, str]


@dataclass(frozen=True)
class Contents:
    """A report before it has a form.

    Parameters
    ----------
    title, filters
        Heading, and the filters in words.
    projects
        In the order of the report.
    left_out
        How many more there are than a report may have.
    moment
        When the data were read.
    address, receipt
        Where the same is to be seen, and the request by which it was ordered.
    """

    title: str
    filters: tuple[str, ...]
    projects: tuple[ReportProject, ...]
    left_out: int
    names: Names
    moment: datetime
    outlines: tuple[tuple[str, BaseGeometry], ...]
    outline_level: str
    address: str = ""
    receipt: str = ""

    @property
    def as_of(self) -> str:
        """Moment in words."""
        return f"{format_thai_date(self.moment.date())} {self.moment:%H:%M} น."

    @property
    def sums(self) -> Sums:
        """Of everything."""
        return Sums.of(self.projects)

    @property
    def screens(self) -> Screens:
        """Beside the pages of money."""
        return Screens.of(self.projects)

    def by(self, name_of: Callable[[ReportProject], str]) -> list[tuple[str, Sums]]:
        """Sums by whatever a project is called by, in the order in which the names come first."""
        groups: dict[str, list[ReportProject]] = {}
        for project in self.projects:
            groups.setdefault(name_of(project), []).append(project)
        return [(name, Sums.of(members)) for name, members in groups.items()]


def read_contents(
    session: Session,
    narrowed: ProjectFilter,
    codes: Sequence[str],
    *,
    sight: Visibility,
    most: int,
    count: int,
    title: str,
    filters: Sequence[str],
    moment: datetime,
    address: str = "",
    receipt: str = "",
) -> Contents:
    """Everything except what lies around each work, which is read while it is written."""
    projects = report_projects(session, narrowed, codes, sight=sight, limit=most)
    level, shown = _outlined(projects)
    geometry_status = {code: each.name_th for code, each in code_list(session, "geometry_status").items()}
    if sight is Visibility.PUBLIC:
        # Somebody may have drawn it; nobody has verified it yet.
        geometry_status["NONE"] = "ยังไม่มีพิกัดที่เผยแพร่"
        filters = (*filters, "เฉพาะงานที่เผยแพร่แล้ว")
    names = Names(
        {code: each.name_th for code, each in code_list(session, "project_status").items()},
        geometry_status,
        {code: each.name_th for code, each in code_list(session, "road_surface_type").items()},
        {code: each.name_th for code, each in code_list(session, "water_source_type").items()},
        {code: each.name_th for code, each in code_list(session, "work_nature").items()},
    )
    return Contents(
        title,
        tuple(filters),
        tuple(projects),
        max(0, count - len(projects)),
        names,
        moment,
        tuple(outlines(session, shown)),
        level,
        address,
        receipt,
    )


def _outlined(projects: Sequence[ReportProject]) -> tuple[str, list[str]]:
    """The finest level of areas of which an overview has room for all."""
    for level, digits, most in (("tambon", 6, _TAMBONS), ("amphoe", 4, _AMPHOES)):
        codes = {(project.area_code or "")[:digits] for project in projects if len(project.area_code or "") >= digits}
        if 0 < len(codes) <= most:
            return level, sorted(codes)
    return "province", sorted({project.province_code for project in projects})


def overview_background(session: Session, contents: Contents) -> Mapping[str, Sequence[tuple[BaseGeometry, str]]]:
    """Waters and roads beneath the overview; nothing where it shows whole amphoes, on which they would be a web."""
    if contents.outline_level != "tambon" or not contents.outlines:
        return {}
    areas = [shape for _, shape in contents.outlines]
    return background_within(session, sheet_bounds(areas, width_mm=MAP_MM, height_mm=OVERVIEW_HEIGHT_MM))


def with_surroundings(
    session: Session, contents: Contents, folder: Path | None, *, sight: Visibility
) -> Iterator[tuple[ReportProject, Surroundings, list[tuple[Path, Photograph]]]]:
    """Each project with what lies around it and its photographs, some at a time: memory stays flat."""
    for start in range(0, len(contents.projects), _AROUND_AT_A_TIME):
        part = contents.projects[start : start + _AROUND_AT_A_TIME]
        ids = [project.id for project in part]
        # Photographs are for staff: people may be on them.
        taken = photographs(session, ids, PHOTOGRAPHS) if folder is not None and sight is Visibility.STAFF else {}
        boxes = {
            p.id: sheet_bounds([p.shape], width_mm=MAP_MM, height_mm=map_height_mm(bool(taken.get(p.id))))
            for p in part
            if p.shape is not None and not p.shape.is_empty
        }
        around = surroundings(session, boxes, sight=sight)
        for project in part:
            files = [
                (path_of(folder, each.stored_name, "picture"), each)
                for each in taken.get(project.id, ())
                if folder is not None
            ]
            yield project, around.get(project.id, NOTHING_AROUND), files


def map_height_mm(with_photographs: bool) -> float:
    """Of the map on a project's sheet: photographs take a part of its room."""
    return 62.0 if with_photographs else 108.0


def look_of(project: ReportProject) -> Look:
    """Its drawing on the map, as on the screen."""
    symbol = _SYMBOLS.get((project.kind, project.surface_type or project.water_source_type or "OTHER"))
    return LOOKS[symbol or f"kind-{project.kind}"]


def kind_words(project: ReportProject, names: Names) -> str:
    """Kind of work in words: ``ถนน · แอสฟัลต์``."""
    more = names.surface.get(project.surface_type or "") or names.water.get(project.water_source_type or "")
    return KINDS[project.kind] + (f" · {more}" if more else "")


def money(value: Decimal | None, decimals: int = 2) -> str:
    """Baht as people write them; a dash for nothing."""
    return NOTHING if not value else f"{value:,.{decimals}f}".replace("-", "−")


def percent(part: Decimal, whole: Decimal) -> str:
    """Percent with one decimal; a dash where there is nothing to compare with."""
    return NOTHING if not whole else f"{100 * part / whole:.1f} %"

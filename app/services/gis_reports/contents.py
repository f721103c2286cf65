"""What stands in a report, read once and written in any form, so that every form has the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.codelists import code_list
from app.queries.gis_report import (
    NOTHING_AROUND,
    ReportProject,
    Surroundings,
    outlines,
    photographs,
    report_projects,
    surroundings,
)
from app.queries.project_filter import ProjectFilter
from app.services.attachment_files import path_of
from gis.thai import format_thai_date
from gis.writers.styles import Look
from layers.looks import LOOKS
from layers.projects import ROADS, WATER

KINDS = {"road": "ถนน", "water": "แหล่งน้ำ", "other": "อื่น ๆ"}
STAGES = {"before": "ก่อนทำ", "during": "ระหว่างทำ", "after": "หลังทำ", "": "ภาพถ่าย"}
PHOTOGRAPHS = 3
NOTHING = "–"
_AROUND_AT_A_TIME = 50
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

    def grouped(self) -> list[tuple[str, Sums]]:
        """Sums by organisation, or by year and kind where there is one organisation only."""
        organisations = {project.organisation_code for project in self.projects}
        groups: dict[str, list[ReportProject]] = {}
        for project in self.projects:
            name = (
                project.organisation_name
                if len(organisations) > 1
                else f"ปีงบ {project.fiscal_year_be} · {KINDS[project.kind]}"
            )
            groups.setdefault(name, []).append(project)
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
    provinces = sorted({project.province_code for project in projects})
    amphoes = sorted({(project.area_code or "")[:4] for project in projects if len(project.area_code or "") >= 4})
    shown = amphoes if 0 < len(amphoes) <= 60 else provinces
    names = Names(
        {code: each.name_th for code, each in code_list(session, "project_status").items()},
        {code: each.name_th for code, each in code_list(session, "geometry_status").items()},
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
        address,
        receipt,
    )


def with_surroundings(
    session: Session, contents: Contents, folder: Path | None, *, sight: Visibility
) -> Iterator[tuple[ReportProject, Surroundings, list[tuple[Path, str]]]]:
    """Each project with what lies around it and its photographs, some at a time: memory stays flat."""
    for start in range(0, len(contents.projects), _AROUND_AT_A_TIME):
        part = contents.projects[start : start + _AROUND_AT_A_TIME]
        ids = [project.id for project in part]
        around = surroundings(session, [p.id for p in part if p.shape is not None], sight=sight)
        # Photographs are for staff: people may be on them.
        taken = photographs(session, ids, PHOTOGRAPHS) if folder is not None and sight is Visibility.STAFF else {}
        for project in part:
            files = [
                (path_of(folder, name, "picture"), STAGES.get(stage, STAGES[""]))
                for name, stage in taken.get(project.id, ())
                if folder is not None
            ]
            yield project, around.get(project.id, NOTHING_AROUND), files


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

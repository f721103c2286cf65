"""The report as a map in one file, to be opened from a disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from app.errors import Unavailable
from app.queries.gis_report import ReportProject
from app.services.gis_reports.contents import KINDS, Contents, kind_words, look_of, money, percent
from app.services.printing import font_faces
from app.settings import ROOT
from gis.writers.styles import Look
from layers.report_map import Leaflet, Line, MapItem, report_map

MEDIA_TYPE = "text/html; charset=utf-8"
_FILES = ROOT / "static" / "dist" / "assets"


def interactive_page(contents: Contents) -> str:
    """The whole map as HTML.

    Raises
    ------
    Unavailable
        ``report_without_places`` when no project has coordinates; ``report_parts_missing`` when the front end is not
        built.
    """
    items = [_item(project, project.shape, contents) for project in contents.projects if project.shape is not None]
    if not items:
        raise Unavailable("report_without_places")
    placed = [project for project in contents.projects if project.shape is not None]
    unplaced = [
        Line(project.name_th, _about(project, contents)) for project in contents.projects if project.shape is None
    ]
    limits = Look("#7C5391", 1.4, dash=(9, 4, 2, 4), fill_opacity=0.03)
    return report_map(
        items,
        [("เขตการปกครอง", [shape for _, shape in contents.outlines], limits)],
        list(_legend(placed, contents)),
        title=contents.title,
        about=" · ".join((*contents.filters, *_counts(contents), f"ข้อมูล ณ {contents.as_of}")),
        leaflet=_leaflet(),
        unplaced=unplaced,
        # One wrong coordinate would show the nation for the sake of a province.
        frame=[shape for _, shape in contents.outlines],
    )


def _counts(contents: Contents) -> Iterator[str]:
    """How many works there are, and how many of them are not on the map."""
    sums = contents.sums
    yield f"{sums.projects:,} โครงการ"
    if missing := sums.projects - sums.placed:
        yield f"บนแผนที่ {sums.placed:,}"
        yield f"ไม่มีพิกัด {missing:,} (อยู่ท้ายรายการ)"
    if contents.left_out:
        yield f"ยังมีอีก {contents.left_out:,} โครงการที่ไม่อยู่ในแฟ้มนี้"


def _about(project: ReportProject, contents: Contents) -> str:
    return f"{project.code} · {project.organisation_name} · {kind_words(project, contents.names)}"


def _legend(projects: Sequence[ReportProject], contents: Contents) -> Iterator[tuple[Look, int, str]]:
    """Each drawing that is on the map once, kind by kind."""
    found: dict[tuple[str, int], Look] = {}
    for project in sorted(projects, key=lambda one: list(KINDS).index(one.kind)):
        dimension = max(0, int(shapely.get_dimensions(project.shape)))
        found.setdefault((kind_words(project, contents.names), dimension), look_of(project))
    for (words, dimension), look in found.items():
        yield look, dimension, words


def _item(project: ReportProject, shape: BaseGeometry, contents: Contents) -> MapItem:
    names = contents.names
    facts = {
        "รหัส": project.code,
        "อปท.": project.organisation_name,
        "ปีงบประมาณ": str(project.fiscal_year_be),
        "ประเภท": kind_words(project, names),
        "สถานะเงิน": names.status.get(project.status, project.status),
        "สถานะพิกัด": names.geometry_status.get(project.geometry_status, project.geometry_status),
        "งบประมาณ (บาท)": money(project.budget_baht),
        "เบิกจ่าย (บาท)": f"{money(project.disbursed_baht)} ({percent(project.disbursed_baht, project.budget_baht)})",
    }
    if project.kind == "road" and project.drawn_length_m:
        facts["ยาวที่วาด"] = f"{project.drawn_length_m:,.1f} ม."
    about = _about(project, contents)
    return MapItem(shape, look_of(project), project.name_th, facts, KINDS[project.kind], about)


def _leaflet() -> Leaflet:
    scripts, styles = sorted(_FILES.glob("leaflet-*.js")), sorted(_FILES.glob("report-*.css"))
    if not (scripts and styles):
        raise Unavailable("report_parts_missing")
    script = scripts[-1].read_text(encoding="utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
    return Leaflet(script, styles[-1].read_text(encoding="utf-8"), font_faces())

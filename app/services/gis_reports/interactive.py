"""The report as a map in one file, to be opened from a disk."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from app.errors import Unavailable
from app.queries.gis_report import ReportProject
from app.services.gis_reports.contents import KINDS, Contents, kind_words, look_of, money, percent
from app.settings import ROOT
from gis.map_sheet import symbol
from gis.writers.styles import Look
from layers.looks import LOOKS
from layers.report_map import Leaflet, MapItem, report_map

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
    about = " · ".join((*contents.filters, f"{len(items):,} โครงการ", f"ข้อมูล ณ {contents.as_of}"))
    legend = [(symbol(LOOKS[f"kind-{kind}"]), words) for kind, words in KINDS.items()]
    limits = Look("#7C5391", 1.4, dash=(9, 4, 2, 4), fill_opacity=0.03)
    return report_map(
        items,
        [("เขตการปกครอง", [shape for _, shape in contents.outlines], limits)],
        legend,
        title=contents.title,
        about=about,
        leaflet=_leaflet(),
        # One wrong coordinate would show the nation for the sake of a province.
        frame=[shape for _, shape in contents.outlines],
    )


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
    return MapItem(shape, look_of(project), project.name_th, facts, KINDS[project.kind])


def _leaflet() -> Leaflet:
    scripts, styles = sorted(_FILES.glob("leaflet-*.js")), sorted(_FILES.glob("report-*.css"))
    if not (scripts and styles):
        raise Unavailable("report_parts_missing")
    script = scripts[-1].read_text(encoding="utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
    return Leaflet(script, styles[-1].read_text(encoding="utf-8"))

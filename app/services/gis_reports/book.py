"""The report as a printed book: cover, contents, sums, map, list, then one sheet a project, and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from shapely.geometry.base import BaseGeometry

from app.queries.gis_report import Photograph, ReportProject, Surroundings
from app.services.gis_reports import book_front as front
from app.services.gis_reports.book_sheet import ProjectSheet, project_sheet
from app.services.gis_reports.contents import Contents, money, percent
from app.services.printing import font_faces
from app.settings import ROOT

_FOLDER = ROOT / "app" / "templates" / "print"
_ENTRIES = 28
"""Lines that the contents have room for."""
_SHEETS_BEFORE_TABLES = 4
"""Cover, contents, sums, map."""


@dataclass(frozen=True)
class Entry:
    """A line of the contents; ``low`` ones stand under the one before."""

    title: str
    page: int
    low: bool = False


def book_page(
    contents: Contents,
    sheets: Iterator[tuple[ReportProject, Surroundings, list[tuple[Path, Photograph]]]],
    background: Mapping[str, Sequence[tuple[BaseGeometry, str]]],
    progress: Callable[[int, int], None] | None = None,
) -> str:
    """The whole book as HTML to be printed.

    Parameters
    ----------
    sheets
        As :func:`app.services.gis_reports.contents.with_surroundings` gives them; none for a book of sums and a list.
    background
        Waters and roads beneath the map of everything.
    progress
        Told the number of projects laid out.
    """
    projects: list[ProjectSheet] = []
    for number, (project, around, files) in enumerate(sheets, 1):
        projects.append(project_sheet(number, project, around, files, contents))
        if progress is not None:
            progress(number, len(contents.projects))
    tables, lists = front.organisation_tables(contents), front.list_sheets(contents)
    # One project needs no cover and no list: it is one sheet, and how it was made.
    whole = len(contents.projects) > 1 or not projects
    first = 1 + (_SHEETS_BEFORE_TABLES + len(tables) + len(lists) if whole else 0)
    last = first + len(projects)
    return _template().render(
        contents=contents,
        fonts=font_faces(),
        whole=whole,
        place=_place(contents),
        sums=contents.sums,
        screens=contents.screens,
        entries=_entries(contents, tables, lists, first, last),
        kinds=front.bars_of(front.by_kind(contents)),
        years=front.bars_of(front.by_year(contents)),
        coordinates=front.by_coordinates(contents),
        overview=front.overview(contents, background) if whole else None,
        tables=tables,
        lists=lists,
        projects=projects,
        first_project=first,
        sheet_count=last,
        money=money,
        percent=percent,
    )


def _place(contents: Contents) -> str:
    """Whose works these are: one organisation, or how many of them."""
    names = list(dict.fromkeys(project.organisation_name for project in contents.projects))
    return names[0] if len(names) == 1 else f"{len(names):,} องค์กรปกครองส่วนท้องถิ่น"


def _entries(
    contents: Contents,
    tables: Sequence[front.Table],
    lists: Sequence[front.ListSheet],
    first: int,
    last: int,
) -> list[Entry]:
    """Sections, and what begins where among the sheets of projects."""
    entries = [Entry("สรุป", 3), Entry("แผนที่รวม", 4)]
    page = _SHEETS_BEFORE_TABLES + 1
    if tables:
        entries.append(Entry("สรุปราย อปท.", page))
    entries.append(Entry("รายการโครงการ", page + len(tables)))
    if first < last:
        entries.append(Entry("รายละเอียดโครงการ", first))
        entries += _begun(contents, first, _ENTRIES - len(entries))
    return [*entries, Entry("แหล่งข้อมูลและวิธีทำ", last)]


def _begun(contents: Contents, first: int, room: int) -> list[Entry]:
    """Where each organisation, or each year or project of the only one, begins; nothing where there is no room."""
    one = len({project.organisation_code for project in contents.projects}) == 1
    begun: dict[str, int] = {}
    for n, project in enumerate(contents.projects):
        begun.setdefault(f"ปีงบประมาณ {project.fiscal_year_be}" if one else project.organisation_name, first + n)
    if len(begun) == 1:
        begun = {f"{n + 1}  {project.name_th}": first + n for n, project in enumerate(contents.projects)}
    return [Entry(name, at, low=True) for name, at in begun.items()] if len(begun) <= room else []


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(_FOLDER)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
        "report.html"
    )

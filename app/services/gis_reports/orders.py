"""Which report is wanted, who may have it, and its file; reports are made by the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require, visibility
from app.db import Database
from app.errors import InvalidInput, Unavailable
from app.models import BackgroundJob
from app.queries.gis_report import ReportProject, report_count
from app.queries.project_filter import ProjectFilter
from app.services import jobs
from app.services.gis_reports import workbook
from app.services.gis_reports.book import book_page
from app.services.gis_reports.contents import Contents, overview_background, read_contents, with_surroundings
from app.services.gis_reports.interactive import interactive_page
from app.services.jobs import Progress, Silent
from app.services.printing import print_page
from gis import writers
from gis.problems import Problem
from gis.thai import ZONE
from layers.looks import style_of
from layers.projects import PROJECTS

KIND = "gis_report"
"""Kind of background job."""
MOST = {"pdf": 5_000, "xlsx": 20_000, "html": 3_000, "gpkg": 20_000}
"""Projects of one report by its form; more are taken a year or an area at a time."""
WITH_SHEETS = 300
"""A book of more projects has its sums, its map and its list, and no sheet for each of them."""
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": workbook.MEDIA_TYPE,
    "html": "text/html; charset=utf-8",
    "gpkg": writers.MEDIA_TYPES["gpkg"],
}
MOST_WAITING = 5
"""Reports of one person that wait or are made: the worker makes one after the other, for everybody."""
STEP_READING, STEP_SHEETS, STEP_PRINTING = "report_step_reading", "report_step_sheets", "report_step_printing"
# A book of hundreds of sheets with maps takes its time, and waits for the printer as long as it has to.
_PRINT_S, _QUEUE_S = 900, 1_800


@dataclass(frozen=True)
class ReportOrder:
    """What is wanted; plain JSON values.

    Parameters
    ----------
    format
        Key of :data:`MOST`.
    filters
        Filters of the list of projects by name; lists for several.
    codes
        These projects only; empty = all that the filters leave.
    title, words
        Heading, and the filters in words, in the language of the request.
    address, receipt
        Where the same is to be seen, and under which request it was ordered.
    """

    format: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    title: str = ""
    words: tuple[str, ...] = ()
    address: str = ""
    receipt: str = ""

    @classmethod
    def from_parameters(cls, given: Mapping[str, Any]) -> ReportOrder:
        """From a job's parameters."""
        lists = {name: tuple(given.get(name) or ()) for name in ("codes", "words")}
        return cls(**{**given, **lists})

    @property
    def narrowed(self) -> ProjectFilter:
        """The filters as a value."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self.filters.items()
        }
        return ProjectFilter(**given)

    @property
    def file_name(self) -> str:
        """Name of the file for people."""
        return f"{self.title.replace('/', '-')[:120]}.{self.format}"


@dataclass(frozen=True)
class Made:
    """A report that was written; ``projects`` are in it, ``left_out`` are not."""

    projects: int
    left_out: int


def count_of(session: Session, actor: Actor, wanted: ReportOrder) -> int:
    """Number of projects that an order means, with the actor's eyes.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    return report_count(session, wanted.narrowed, wanted.codes, sight=visibility(actor))


def enqueue(session: Session, actor: Actor, wanted: ReportOrder) -> BackgroundJob:
    """The job that makes a report, in the caller's transaction.

    Raises
    ------
    Forbidden
        The person may not take copies.
    InvalidInput
        ``report_of_nothing``, ``report_too_large``, ``report_queue_full``.
    """
    count = count_of(session, actor, wanted)
    most = MOST[wanted.format]
    if count == 0:
        raise InvalidInput([Problem("report_of_nothing", where={"field": "filters"})])
    if count > most:
        values = {"count": count, "limit": most, "format": wanted.format}
        raise InvalidInput([Problem("report_too_large", where={"field": "filters"}, values=values)])
    if len(waiting := jobs.unfinished(session, actor, KIND)) >= MOST_WAITING:
        raise InvalidInput([Problem("report_queue_full", values={"count": len(waiting)})])
    return jobs.enqueue(session, KIND, wanted.file_name, asdict(wanted), actor)


def write_report(
    database: Database,
    actor: Actor,
    wanted: ReportOrder,
    path: Path,
    photographs: Path | None = None,
    progress: Progress | None = None,
) -> Made:
    """Write a report; everything in it is of one moment.

    Parameters
    ----------
    photographs
        Folder of attached pictures; ``None`` leaves them out.
    progress
        Told what is being done; may stop the work by raising.

    Raises
    ------
    Forbidden
        The person may not take copies.
    Unavailable
        ``report_of_nothing``, ``report_without_places``, or as :func:`app.services.printing.print_page`.
    """
    watch = progress or Silent()
    sight = visibility(actor)
    with database.reading() as session:
        watch.step(0, None, STEP_READING)
        count = count_of(session, actor, wanted)
        contents = read_contents(
            session,
            wanted.narrowed,
            wanted.codes,
            sight=sight,
            most=MOST[wanted.format],
            count=count,
            title=wanted.title,
            filters=wanted.words,
            moment=datetime.now(ZONE),
            address=wanted.address,
            receipt=wanted.receipt,
        )
        if not contents.projects:
            raise Unavailable("report_of_nothing")
        html = ""
        if wanted.format == "pdf":
            detailed = len(contents.projects) <= WITH_SHEETS
            sheets = with_surroundings(session, contents, photographs, sight=sight) if detailed else iter(())
            background = overview_background(session, contents)
            html = book_page(contents, sheets, background, lambda done, total: watch.step(done, total, STEP_SHEETS))
    if wanted.format == "pdf":
        # Nothing of the database is held while the printer works.
        watch.step(len(contents.projects), len(contents.projects), STEP_PRINTING)
        path.write_bytes(print_page(html, tagged=len(contents.projects) <= 20, wait_s=_PRINT_S, queue_s=_QUEUE_S))
    elif wanted.format == "xlsx":
        workbook.write_workbook(contents, path)
    elif wanted.format == "html":
        path.write_text(interactive_page(contents), encoding="utf-8")
    else:
        _write_package(contents, path)
    return Made(len(contents.projects), contents.left_out)


_SCHEMA = pa.schema(
    [
        pa.field("code", pa.string(), metadata={"title": "รหัสโครงการ"}),
        pa.field("name", pa.string(), metadata={"title": "ชื่อโครงการ"}),
        pa.field("kind", pa.string(), metadata={"title": "ด้าน"}),
        pa.field("organisation", pa.string(), metadata={"title": "รหัส อปท."}),
        pa.field("organisation_name", pa.string(), metadata={"title": "อปท."}),
        pa.field("fiscal_year_be", pa.int64(), metadata={"title": "ปีงบประมาณ (พ.ศ.)"}),
        pa.field("status", pa.string(), metadata={"title": "สถานะโครงการ"}),
        pa.field("geometry_status", pa.string(), metadata={"title": "สถานะพิกัด"}),
        pa.field("area_code", pa.string(), metadata={"title": "รหัสพื้นที่"}),
        pa.field("surface_type", pa.string(), metadata={"title": "ชนิดผิวทาง"}),
        pa.field("water_source_type", pa.string(), metadata={"title": "ประเภทแหล่งน้ำ"}),
        pa.field("work_nature", pa.string(), metadata={"title": "ลักษณะงาน"}),
        pa.field("planned_baht", pa.float64(), metadata={"title": "แผน (บาท)"}),
        pa.field("budget_baht", pa.float64(), metadata={"title": "งบประมาณ (บาท)"}),
        pa.field("contracted_baht", pa.float64(), metadata={"title": "ก่อหนี้ผูกพัน (บาท)"}),
        pa.field("disbursed_baht", pa.float64(), metadata={"title": "เบิกจ่าย (บาท)"}),
        pa.field("drawn_length_m", pa.float64(), metadata={"title": "ความยาวที่วาด (ม.)"}),
        pa.field("drawn_area_m2", pa.float64(), metadata={"title": "พื้นที่ที่วาด (ตร.ม.)"}),
        pa.field("geometry", pa.binary()),
    ]
)
_RENAMED = {"name": "name_th", "organisation": "organisation_code"}
_PACKAGE_ROWS = 1_000


def _write_package(contents: Contents, path: Path) -> None:
    """The same projects as a GeoPackage, drawn in QGIS as on the map here."""
    batches = [
        _batch(contents.projects[start : start + _PACKAGE_ROWS])
        for start in range(0, len(contents.projects), _PACKAGE_ROWS)
    ]
    writers.write(
        path, "gpkg", batches, _SCHEMA, layer_name=PROJECTS.name, title=contents.title, style=style_of(PROJECTS)
    )


def _batch(projects: Sequence[ReportProject]) -> pa.RecordBatch:
    columns = []
    values: list[Any]
    for column in _SCHEMA:
        if column.name == "geometry":
            values = [None if p.shape is None else shapely.to_wkb(p.shape) for p in projects]
        else:
            name = _RENAMED.get(column.name, column.name)
            # Doubles hold NUMERIC(14,2) to the satang.
            exact = (getattr(project, name) for project in projects)
            values = [float(value) if isinstance(value, Decimal) else value for value in exact]
        columns.append(pa.array(values, column.type))
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)

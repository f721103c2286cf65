"""A GIS report of 100 projects in each of its forms: seconds, and the book against the printer.

The raw limit of a book is Chromium printing as many sheets that hold a heading and nothing else, in the same run.
"""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.auth.actor import SYSTEM_ACTOR
from app.db import Database
from app.services.gis_reports.orders import ReportOrder, write_report
from app.services.printing import print_page
from app.settings import Settings
from bench.ground import ground

PROJECTS = 100
LIMIT_S = 60


def run(**options: Any) -> list[dict[str, Any]]:
    """Seconds of each form.

    Parameters
    ----------
    options
        ``projects`` (default 100).
    """
    count = int(options.get("projects", PROJECTS))
    database = Database(dataclasses.replace(Settings.from_environment(), statement_timeout_ms=0), ground().url)
    with database.reading() as session:
        codes = tuple(
            session.scalars(
                sa.text("SELECT code FROM project WHERE geometry_version > 0 ORDER BY id LIMIT :count"),
                {"count": count},
            )
        )
    plain_s = _plain(count)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for form in ("pdf", "xlsx", "html", "gpkg"):
            path = Path(folder) / f"report.{form}"
            begin = time.perf_counter()
            made = write_report(database, SYSTEM_ACTOR, ReportOrder(form, codes=codes, title="รายงาน GIS"), path)
            seconds = time.perf_counter() - begin
            rows.append(
                {
                    "form": form,
                    "projects": made.projects,
                    "seconds": seconds,
                    "ratio_to_plain_sheets": seconds / plain_s if form == "pdf" else None,
                    "kilobytes": path.stat().st_size // 1024,
                    "within": seconds < LIMIT_S,
                }
            )
    return rows


def _plain(sheets: int) -> float:
    page = "".join(f'<h1 style="break-after:page">{number}</h1>' for number in range(sheets))
    begin = time.perf_counter()
    print_page(f"<!doctype html><meta charset=utf-8>{page}", tagged=False)
    return time.perf_counter() - begin

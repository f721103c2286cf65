"""``eplan report``: a GIS report as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.cli.bar import Bar
from app.cli.context import database, settings
from app.queries.areas import area_names
from app.queries.organisations import organisation_names
from app.services.attachment_files import attachment_dir
from app.services.gis_reports import orders
from app.services.gis_reports.contents import KINDS
from app.services.gis_reports.orders import MOST, ReportOrder


@click.command(name="report")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--organisation", multiple=True, metavar="CODE", help="Code of an organisation.")
@click.option("--area", multiple=True, metavar="CODE", help="Code of a province, amphoe or tambon.")
@click.option("--fiscal-year", multiple=True, type=int, metavar="2569", help="Fiscal year, Buddhist era.")
@click.option("--kind", multiple=True, type=click.Choice(["road", "water", "other"]), help="Kind of work.")
@click.option("--project", "codes", multiple=True, metavar="CODE", help="These projects only.")
@click.option("--title", default="รายงาน GIS", show_default=True, help="Heading of the report.")
def command(
    file: Path,
    organisation: Sequence[str],
    area: Sequence[str],
    fiscal_year: Sequence[int],
    kind: Sequence[str],
    codes: Sequence[str],
    title: str,
) -> None:
    """Write a GIS report to FILE: .pdf (a book with maps), .xlsx, .html (a map in one file) or .gpkg."""
    format_ = file.suffix.lower().removeprefix(".")
    if format_ not in MOST:
        raise click.BadParameter(f"{file.suffix!r}; use one of {' '.join('.' + name for name in MOST)}")
    if not file.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.parent}", param_hint="FILE")
    given = {"organisation": organisation, "area": area, "fiscal_year": fiscal_year, "kind": kind}
    filters = {name: list(value) for name, value in given.items() if value}
    here, bar = database(), Bar()
    with here.reading() as session:
        words = _words(session, filters, codes)
    wanted = ReportOrder(format_, filters, tuple(codes), title, words)
    try:
        made = orders.write_report(here, SYSTEM_ACTOR, wanted, file, attachment_dir(settings()), bar)
    finally:
        bar.end()
    click.echo(f"{file}: {made.projects:,} projects, {file.stat().st_size:,} bytes")
    if made.left_out:
        click.echo(f"{made.left_out:,} more projects are not in it: choose a smaller area or one year", err=True)


def _words(session: Session, filters: Mapping[str, Sequence[Any]], codes: Sequence[str]) -> tuple[str, ...]:
    """The filters as people say them; a code without a name stays a code."""
    names: dict[str, str] = {**KINDS}
    names |= {code: one.name() for code, one in organisation_names(session, filters.get("organisation", ())).items()}
    names |= {code: one.name("th") for code, one in area_names(session, filters.get("area", ())).items()}
    years = [f"ปีงบ {year}" for year in filters.get("fiscal_year", ())]
    chosen = [str(v) for name in ("organisation", "area", "kind") for v in filters.get(name, ())]
    return (*years, *(names.get(code, code) for code in chosen), *codes[:3])

"""``eplan check``: reports over what is stored."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
from sqlalchemy.orm import Session

from app.cli.bar import Bar
from app.cli.context import database
from app.db import Attribution
from app.errors import NotFound
from app.messages import sentence
from app.queries.areas import area_names
from app.queries.coordinate_findings import FindingFilter
from app.queries.organisations import organisation_names
from app.services.coordinate_checks import check_coordinates
from app.services.coordinate_file import write_findings
from gis.writers import FILE_ENDINGS

_ATTRIBUTION = Attribution(user_id=None, name="eplan check")


@click.group()
def command() -> None:
    """Check what is stored; nothing about a project is changed."""


@command.command("coordinates")
@click.option("--organisation", "organisations", multiple=True, help="Code of an organisation; several are possible.")
@click.option("--area", help="Province (2 digits) or amphoe (4) in which the organisations have their seat.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Also write every finding to this file: {' '.join(FILE_ENDINGS)}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def coordinates(organisations: tuple[str, ...], area: str | None, out: Path | None, as_json: bool) -> None:
    """Look at the coordinates of all works with the coordinate doctor and keep what looks wrong for the work lists."""
    format_ = FILE_ENDINGS.get(out.suffix.lower()) if out else None
    if out is not None and format_ is None:
        raise click.BadParameter(f"{out.suffix!r}; use one of {' '.join(FILE_ENDINGS)}", param_hint="--out")
    bar = Bar()
    with database().transaction(_ATTRIBUTION) as session:
        _require_known(session, organisations, area)
        receipt = check_coordinates(session, organisations=organisations or None, area=area, progress=bar)
    bar.end()
    if out is not None and format_ is not None:
        with database().reading() as session:
            write_findings(session, FindingFilter(organisation=organisations, area=area or ""), out, format_)
    if as_json:
        counts = {"organisations": receipt.organisations, "projects": receipt.projects}
        click.echo(orjson.dumps({**counts, "findings": dict(receipt.findings)}).decode())
        return
    click.echo(f"ตรวจ {receipt.projects:,} โครงการ ของ {receipt.organisations:,} อปท. (checked)")
    for code, count in receipt.findings.items():
        click.echo(f"{count:>9,}  {sentence(f'finding_{code}', {})}  ({code})")
    if not receipt.findings:
        click.echo("ไม่พบพิกัดที่น่าสงสัย (nothing looks wrong)")


def _require_known(session: Session, organisations: tuple[str, ...], area: str | None) -> None:
    known = organisation_names(session, organisations)
    for code in organisations:
        if code not in known:
            raise NotFound("organisation_not_found", {"organisation": code})
    if area and area not in area_names(session, [area]):
        raise NotFound("area_not_found", {"area": area})

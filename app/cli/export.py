"""``eplan export``: a layer as a file, everything that staff may see, with its progress shown."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from app.auth.actor import SYSTEM_ACTOR
from app.cli.bar import Bar
from app.cli.context import database
from app.errors import AppError, InvalidInput
from app.messages import fix, sentence
from app.queries.project_filter import ProjectFilter
from app.services import exports
from gis.writers import FILE_ENDINGS, FORMATS
from layers.registry import LAYERS

_NAMES = (*(field.name for field in fields(ProjectFilter)), "level")
_SINGLE = frozenset({"q", "level", "area_missing"})
_BOOLEAN = frozenset({"awaiting", "unplaced"})


def _where(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in _NAMES:
            raise click.BadParameter(f"{text!r}: FIELD=VALUE, FIELD = {', '.join(_NAMES)}")
        found[name] = _value(name, value)
    return found


def _value(name: str, text: str) -> Any:
    try:
        if name in _SINGLE:
            return text
        if name in _BOOLEAN:
            return {"true": True, "false": False}[text.lower()]
        if name == "fiscal_year":
            return tuple(int(part) for part in text.split(","))
        if name == "bbox":
            west, south, east, north = (float(part) for part in text.split(","))
            return west, south, east, north
    except (KeyError, ValueError) as error:
        raise click.BadParameter(f"{name}={text}") from error
    return tuple(text.split(","))


@click.command(name="export")
@click.argument("layer", type=click.Choice(list(LAYERS)), metavar="LAYER")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), help="Format; else from the file's ending.")
@click.option(
    "--where",
    "filters",
    multiple=True,
    callback=_where,
    metavar="FIELD=VALUE",
    help="Narrow it: kind, status, geometry_status, fund_source, strategy, q ... Several values with commas.",
)
@click.option(
    "--fiscal-year", "fiscal_year", multiple=True, type=int, metavar="2569", help="Fiscal year, Buddhist era."
)
@click.option("--organisation", multiple=True, metavar="CODE", help="Code of an organisation.")
@click.option("--area", multiple=True, metavar="CODE", help="Code of a province, amphoe or tambon.")
@click.option("--crs", "epsg", type=int, default=4326, show_default=True, metavar="EPSG", help="Coordinate system.")
def command(
    layer: str,
    file: Path,
    format_: str | None,
    filters: dict[str, Any],
    fiscal_year: Sequence[int],
    organisation: Sequence[str],
    area: Sequence[str],
    epsg: int,
) -> None:
    """Write LAYER to FILE: .geojson .gpkg .zip (shapefile) .kml .csv .xlsx .fgb .parquet."""
    format_ = format_ or FILE_ENDINGS.get(file.suffix.lower())
    if format_ is None:
        raise click.BadParameter(
            f"{file.suffix!r}; give --format or one of {' '.join(FILE_ENDINGS)}", param_hint="FILE"
        )
    if not file.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.parent}", param_hint="FILE")
    narrowed = {**filters, "fiscal_year": fiscal_year, "organisation": organisation, "area": area}
    narrowed = {name: value or filters.get(name) for name, value in narrowed.items()}
    bar = Bar()
    try:
        wanted = exports.order(layer, format_, narrowed, epsg)
        with database().reading() as session:
            written = exports.write_file(session, SYSTEM_ACTOR, wanted, file, bar)
    except AppError as error:
        _refuse(error)
    finally:
        bar.end()
    click.echo(f"{file}: {written.rows:,} rows, {written.byte_count:,} bytes")
    for remark, value in written.remarks.items():
        click.echo(f"{remark.replace('_', ' ')}: {value}", err=True)


def _refuse(error: AppError) -> None:
    problems = error.problems if isinstance(error, InvalidInput) else []
    lines = [(p.code, {**p.where, **p.values}) for p in problems] or [(error.code, error.values)]
    for code, values in lines:
        click.echo(" ".join(part for part in (sentence(code, values), fix(code, values)) if part), err=True)
    sys.exit(1)

"""``eplan load raster``: a GeoTIFF into the catalogue of rasters, of any size that the machine can hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import IO

import click

from app.auth.actor import SYSTEM_ACTOR
from app.cli.context import database, settings
from app.db import Attribution, Database
from app.messages import fix, sentence
from app.models.raster import KINDS
from app.queries.rasters import raster_dir
from app.services import raster_intake as intake
from app.services.imports.receiving import Received
from app.services.rasters import GIVEN, RasterForm, forget_file, sweep
from gis.rasters.facts import RasterFacts
from gis.rasters.limits import BY_COMMAND


@click.command("raster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", help="What people read; the file's name without it.")
@click.option("--kind", type=click.Choice(KINDS), default="other", show_default=True, help="What its numbers are.")
@click.option("--epsg", type=int, help="Coordinate system, where the file does not say it or says it wrongly.")
@click.option("--source", help="Where it comes from.")
@click.option("--licence", help="Under which terms.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day that it shows (A.D.).")
@click.option("--open", "open_to_all", is_flag=True, help="Visitors may see it.")
def raster(
    file: Path,
    title: str | None,
    kind: str,
    epsg: int | None,
    source: str | None,
    licence: str | None,
    as_of: datetime | None,
    open_to_all: bool,
) -> None:
    """A GeoTIFF: checked, written anew with pyramids, then listed on /analysis/rasters."""
    folder = raster_dir(settings())
    form = RasterForm(
        title or file.stem, kind, None, open_to_all, source, licence, None if as_of is None else as_of.date()
    )
    attribution = Attribution(user_id=None, name="eplan load")
    with file.open("rb") as stream:
        name, found = take_in(database(), attribution, folder, stream, file.name, form, epsg)
    if not isinstance(found, RasterFacts):
        # Who types a command can type the answer with it: nothing is left waiting.
        for language in ("th", "en"):
            click.echo(sentence("raster_without_crs", found.problem.values, language), err=True)
        click.echo("--epsg N", err=True)
        raise SystemExit(1)
    _tell(name, found)


def take_in(
    into: Database,
    attribution: Attribution,
    folder: Path,
    stream: IO[bytes],
    file_name: str,
    form: RasterForm,
    epsg: int | None = None,
) -> tuple[str, RasterFacts | intake.Question]:
    """A raster into the catalogue at once, of any size; its name, empty when it asks: then nothing is kept."""
    received = Received.keep(stream, file_name, folder, ending=GIVEN)
    stored, name = received.stored_name.removesuffix(GIVEN), ""
    try:
        # Who types a command reads at once that it lies outside Thailand; a raster of everybody needs no room.
        found = intake.convert(stored, folder, kind=form.kind, epsg=epsg, anywhere=True, limits=BY_COMMAND)
        if isinstance(found, RasterFacts):
            with into.transaction(attribution) as session:
                sweep(session, folder)
                row = intake.receive(session, SYSTEM_ACTOR, received, form, folder, 0)
                name = intake.finish(session, row.id, found, 0).name
        return name, found
    finally:
        intake.drop_given(stored, folder)
        if not name:
            forget_file(stored, folder)


def _tell(name: str, facts: RasterFacts) -> None:
    click.echo(
        f"{name}: {facts.width:,} x {facts.height:,} x {len(facts.bands)} {facts.data_type}, "
        f"{'EPSG:' + str(facts.epsg) if facts.epsg else 'CRS of the file'}, pixel {facts.pixel_m:,.2f} m"
    )
    for number, band in enumerate(facts.bands, 1):
        if band.minimum is not None and band.mean is not None:
            click.echo(
                f"  band {number}: {band.minimum:g} to {band.maximum:g}, mean {band.mean:.6g}, {band.valid:,} pixels"
            )
        else:
            click.echo(f"  band {number}: {sentence('raster_all_nodata', {'nodata': facts.nodata or '–'})}")
    for problem in facts.warnings:
        click.echo(f"  {sentence(problem.code, problem.values)} {fix(problem.code, problem.values)}".rstrip())

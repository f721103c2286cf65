"""``eplan analyse zonal``: statistics of a raster per area, as a table."""

from __future__ import annotations

from pathlib import Path

import click
import pandas as pd

from app.auth.actor import SYSTEM_ACTOR
from app.cli.context import database, settings
from app.cli.pieces import pieces, pieces_options
from app.messages import sentence
from app.queries.rasters import raster_dir, zones
from app.services.rasters import found_raster
from gis.zonal import class_shares, zonal_statistics

LEVELS = ("province", "amphoe", "tambon")


@click.command("zonal")
@click.argument("raster")
@click.option("--level", type=click.Choice(LEVELS), default="tambon", show_default=True, help="Areas of a row.")
@click.option("--area", default="", help="Only areas below this code.")
@click.option("--band", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--classes", is_flag=True, help="Share of each class (value) instead of sums and means.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="CSV (or .parquet); else printed.")
@pieces_options
def zonal(
    raster: str,
    level: str,
    area: str,
    band: int,
    classes: bool,
    out: Path | None,
    scheduler: str | None,
    folder: Path | None,
) -> None:
    """Statistics of RASTER (its name in the catalogue) in every area, with exact fractions of pixels."""
    with database().reading() as session:
        row = found_raster(session, SYSTEM_ACTOR, raster)
        areas = zones(session, level, within=area)
    path = raster_dir(settings()) / f"{row.stored_name}.tif"
    with pieces(scheduler, folder) as cut:
        if cut is not None:
            table = cut.zones(path, areas, band=band, classes=classes)
        else:
            table = class_shares(path, areas, band=band) if classes else zonal_statistics(path, areas, band=band)
    if classes:
        table.insert(1, "name", table["zone"].map(areas["name"]))
    else:
        table.insert(0, "name", areas["name"])
        table.index.name = "code"
        table = table.reset_index()
    _write(table, out)
    if not classes:
        for note, count in table["note"][table["note"] != ""].value_counts().items():
            click.echo(f"{count:,}: {sentence(str(note), {})}", err=True)


def printed(table: pd.DataFrame) -> str:
    """A table for reading: plain numbers with separators, shares with four digits, nothing where nothing is known."""
    shares = {name: "{:.4f}".format for name in table.columns if str(name).endswith("share")}
    return table.to_string(index=False, float_format="{:,.2f}".format, formatters=shares, na_rep="–")


def _write(table: pd.DataFrame, out: Path | None) -> None:
    if out is None:
        click.echo(printed(table))
    elif out.suffix == ".parquet":
        table.to_parquet(out, index=False)
    else:
        table.to_csv(out, index=False, encoding="utf-8-sig")
    if out is not None:
        click.echo(f"{len(table):,} rows: {out}", err=True)

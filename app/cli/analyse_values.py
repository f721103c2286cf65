"""``eplan analyse values``: values of a raster at the points of a table."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import pandas as pd

from app.auth.actor import SYSTEM_ACTOR
from app.cli.context import database, settings
from app.queries.rasters import raster_dir
from app.services.raster_analyses import file_of
from app.services.rasters import found_raster
from gis.rasters.reading import Method, values_at

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("values")
@click.argument("raster")
@click.argument("points", type=_FILE)
@click.option("--band", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="CSV; else printed.")
def values(raster: str, points: Path, band: int, out: Path | None) -> None:
    """Values of RASTER at POINTS: a CSV with the columns lon and lat (degrees); a place without a value is empty."""
    table = pd.read_csv(points)
    if not {"lon", "lat"} <= set(table.columns):
        raise click.UsageError("columns lon, lat / ต้องมีคอลัมน์ lon และ lat")
    with database().reading() as session:
        row = found_raster(session, SYSTEM_ACTOR, raster)
    folder = raster_dir(settings())
    method: Method = "nearest" if row.kind in ("population", "picture") or row.layer(folder).in_classes else "bilinear"
    lonlat = table[["lon", "lat"]].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    table["value"] = values_at(file_of(row, folder), lonlat, band=band, method=method)
    if out is None:
        click.echo(table.to_string(index=False))
    else:
        table.to_csv(out, index=False, encoding="utf-8-sig")
    known = int(np.isfinite(table["value"]).sum())
    click.echo(f"{known:,} / {len(table):,} มีค่า / have a value", err=True)

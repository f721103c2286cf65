"""``eplan analyse values``: values of a raster at the points of a table."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
import pandas as pd

from app.auth.actor import SYSTEM_ACTOR
from app.cli.analyse_zonal import printed
from app.cli.context import database, settings
from app.errors import InvalidInput
from app.queries.rasters import raster_dir
from app.services.raster_analyses import file_of
from app.services.rasters import found_raster
from gis.problems import Problem
from gis.rasters.reading import Method, values_at
from gis.thai import to_arabic_digits

_LIMITS = {"lon": 180, "lat": 90}
_MOST_TOLD = 20
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("values")
@click.argument("raster")
@click.argument("points", type=_FILE)
@click.option("--band", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="CSV; else printed.")
def values(raster: str, points: Path, band: int, out: Path | None) -> None:
    """Values of RASTER at POINTS: a CSV with the columns lon and lat (degrees); a place without a value is empty."""
    table, lonlat = read_points(points)
    with database().reading() as session:
        row = found_raster(session, SYSTEM_ACTOR, raster)
    folder = raster_dir(settings())
    method: Method = "nearest" if row.kind in ("population", "picture") or row.layer(folder).in_classes else "bilinear"
    table["value"] = values_at(file_of(row, folder), lonlat, band=band, method=method)
    if out is None:
        click.echo(printed(table))
    else:
        table.to_csv(out, index=False, encoding="utf-8-sig")
    known = int(np.isfinite(table["value"]).sum())
    click.echo(f"{known:,} / {len(table):,} มีค่า / have a value", err=True)


def read_points(path: Path) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """The table as it was written, and its places (degrees); a row that is no place on the earth is not passed over.

    Raises
    ------
    InvalidInput
        ``points_unreadable``, ``points_columns``; each row that cannot be used, with its line and why.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except ValueError as error:
        raise InvalidInput([Problem("points_unreadable", values={"reason": str(error)[:200]})]) from error
    missing = [name for name in _LIMITS if name not in table.columns]
    if missing:
        found = ", ".join(map(str, table.columns[:10]))
        raise InvalidInput([Problem("points_columns", values={"missing": ", ".join(missing), "found": found})])
    numbers = {name: pd.to_numeric(table[name].map(to_arabic_digits), errors="coerce") for name in _LIMITS}
    problems = []
    for name, most in _LIMITS.items():
        for at in np.flatnonzero(~(numbers[name].abs() <= most))[:_MOST_TOLD]:
            code = "point_unreadable" if not np.isfinite(numbers[name][at]) else "point_off_the_earth"
            values = {"column": name, "given": table[name][at][:40], "most": most}
            # Line 1 holds the names of the columns.
            problems.append(Problem(code, where={"row": int(at) + 2}, values=values))
    if problems:
        raise InvalidInput(sorted(problems, key=lambda problem: int(problem.where["row"]))[:_MOST_TOLD])
    return table, np.column_stack([numbers[name].to_numpy(dtype=float) for name in _LIMITS])

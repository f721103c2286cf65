"""``eplan analyse allocation``: money by place, how evenly it is spread, and where it is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from app.auth.actor import SYSTEM_ACTOR
from app.auth.policy import Visibility
from app.cli.context import database
from app.cli.pieces import pieces, pieces_options
from app.errors import NotFound
from app.queries.allocation import LEVELS, RESOLUTIONS, Level
from app.queries.allocation_table import (
    MEASURES,
    Allocation,
    Measure,
    baht,
    clusters_of,
    equity_of,
    neighbours_of,
    read_allocation,
    total_value,
)
from app.queries.areas import area, children
from app.queries.budget import BudgetFilter
from app.services.allocation_file import write_allocation
from app.services.place_file import FORMATS
from gis.clusters import ALPHA, Clusters
from gis.equity import Equity

_LEVELS: Mapping[str, Level] = {"lao" if level == "organisation" else level: level for level in LEVELS}


@click.command(name="allocation")
@click.option("--level", type=click.Choice(list(_LEVELS)), default="province", show_default=True, help="What a row is.")
@click.option(
    "--measure", type=click.Choice(list(MEASURES)), default="per_head", show_default=True, help="What is compared."
)
@click.option("--area", "parent", metavar="CODE", help="Province (2 digits) or amphoe (4) whose parts are analysed.")
@click.option("--fiscal-year", "years", multiple=True, type=int, metavar="2569", help="Fiscal year, Buddhist era.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(["road", "water", "other"]), help="Kind of work.")
@click.option("--fund-source", "funds", multiple=True, metavar="CODE", help="Money of these funds only.")
@click.option(
    "--resolution",
    type=click.IntRange(RESOLUTIONS.start, RESOLUTIONS.stop - 1),
    default=6,
    show_default=True,
    help="Size of hexagons (H3).",
)
@click.option(
    "--alpha", type=click.FloatRange(0.001, 0.2), default=ALPHA, show_default=True, help="False discovery rate."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=f"File: {', '.join(FORMATS)}.")
@pieces_options
def command(
    level: str,
    measure: Measure,
    parent: str | None,
    years: Sequence[int],
    kinds: Sequence[str],
    funds: Sequence[str],
    resolution: int,
    alpha: float,
    out: Path | None,
    scheduler: str | None,
    folder: Path | None,
) -> None:
    """Money of each place, shared at borders, against people, roads, land or revenue."""
    format_ = out.suffix.lstrip(".").lower() if out else ""
    if out and format_ not in FORMATS:
        raise click.BadParameter(
            f"{out.suffix!r}; one of {', '.join('.' + name for name in FORMATS)}", param_hint="--out"
        )
    if scheduler is not None and level == "lao":
        raise click.UsageError(
            "--scheduler cuts works at borders; an organisation has the whole money of its own works"
        )
    narrowed = BudgetFilter(fiscal_year=tuple(years), kind=tuple(kinds), fund_source=tuple(funds))
    with pieces(scheduler, folder) as cut, database().reading() as session:
        if parent and area(session, parent) is None:
            raise NotFound("area_not_found", {"area": parent})
        found = read_allocation(
            session, _LEVELS[level], parent, measure, narrowed, Visibility.STAFF, resolution, cut.parts if cut else None
        )
        spread = equity_of(found, {one.code: one.name_th for one in children(session, None)})
        spots = clusters_of(found, neighbours_of(session, found), alpha)
        _tell(found, spread, spots)
        if out:
            written = write_allocation(
                session, SYSTEM_ACTOR, found, spots, format_, out, title=f"{measure} / {level}", unplaced="ไม่ทราบพื้นที่"
            )
            click.echo(f"{out}: {written.rows:,} rows, {written.byte_count:,} bytes")


def _tell(found: Allocation, spread: Equity, spots: Clusters) -> None:
    known = int(found.table["value"].notna().sum())
    click.echo(f"{len(found.table):,} places, {known:,} with a value; years {', '.join(map(str, found.years)) or '-'}")
    click.echo(f"{found.total_works:,} works, {baht(found.total_satang):,} baht; {found.crossing:,} cross a border")
    if found.unplaced_works:
        click.echo(f"place not known: {found.unplaced_works:,} works, {baht(found.unplaced_satang):,} baht")
    for reason, count in found.table["reason"].value_counts().items():
        if reason:
            click.echo(f"no value ({reason}): {count:,}")
    whole = total_value(found)
    if whole is not None:
        click.echo(f"all places together: {whole:,.2f}")
    if spread.reason is not None:
        click.echo(f"no Gini or Theil: {spread.reason}")
    else:
        click.echo(f"Gini {spread.gini:.4f}; Theil {spread.theil:.4f}")
        if spread.between is not None:
            click.echo(f"of which between provinces {spread.between:.4f}, within {spread.within:.4f}")
        if spread.one_member:
            click.echo(f"provinces with one place: {', '.join(map(str, spread.one_member))}")
    if spots.reason is not None:
        click.echo(f"no Moran, LISA or Gi*: {spots.reason}")
        return
    click.echo(f"Moran's I {spots.moran_i:.4f} (p {spots.moran_p:.3f}); {spots.islands} without neighbours")
    counts = spots.places["kind"].value_counts().to_dict()
    click.echo(
        f"at a false discovery rate of {spots.alpha:g}: "
        + ", ".join(f"{k} {counts.get(k, 0)}" for k in ("HH", "LL", "HL", "LH"))
    )
    hot, cold = int((spots.places["hot"] == 1).sum()), int((spots.places["hot"] == -1).sum())
    click.echo(f"Gi*: {hot} hot, {cold} cold")

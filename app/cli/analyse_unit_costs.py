"""``eplan analyse unit-costs``: what a kilometre or a cubic metre costs, beside the nearest works of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import pandas as pd

from app.auth.actor import SYSTEM_ACTOR
from app.auth.policy import Visibility
from app.cli.context import database
from app.errors import NotFound
from app.queries.allocation_works import UNITS, Unit, read_unit_costs
from app.queries.areas import area
from app.queries.budget import BudgetFilter
from app.services.place_file import FORMATS, Heading
from app.services.unit_cost_file import write_unit_costs
from gis.unit_costs import FEWEST_PEERS, prices_by_kind

_TOLD = 10
"""Works that the screen names; the file has all."""
_STATES = {
    "high": "สูงผิดปกติ / dear",
    "low": "ต่ำผิดปกติ / cheap",
    "usual": "ปกติ / usual",
    "few_peers": "งานชนิดเดียวกันไม่ถึง 9 งาน / fewer than 9 of the kind",
    "no_quantity": "ไม่มีความยาวหรือปริมาตร / no length or volume",
    "no_cost": "ไม่มีงบประมาณ / no money",
}


@click.command(name="unit-costs")
@click.option("--unit", type=click.Choice(list(UNITS)), default="km", show_default=True, help="Of road, or of earth.")
@click.option("--area", "parent", metavar="CODE", help="Province (2 digits), amphoe (4) or tambon (6).")
@click.option("--fiscal-year", "years", multiple=True, type=int, metavar="2569", help="Fiscal year, Buddhist era.")
@click.option("--fund-source", "funds", multiple=True, metavar="CODE", help="Works that have money of these funds.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=f"File: {', '.join(FORMATS)}.")
def command(unit: Unit, parent: str | None, years: Sequence[int], funds: Sequence[str], out: Path | None) -> None:
    """Price of each work per kilometre or cubic metre, beside the 20 nearest of the same surface or type."""
    format_ = out.suffix.lstrip(".").lower() if out else ""
    if out and format_ not in FORMATS:
        raise click.BadParameter(
            f"{out.suffix!r}; one of {', '.join('.' + name for name in FORMATS)}", param_hint="--out"
        )
    with database().reading() as session:
        if parent and area(session, parent) is None:
            raise NotFound("area_not_found", {"area": parent})
        narrowed = BudgetFilter(fiscal_year=tuple(years), fund_source=tuple(funds))
        works = read_unit_costs(session, unit, parent, narrowed, Visibility.STAFF)
    _tell(works, unit)
    if out:
        written = write_unit_costs(SYSTEM_ACTOR, works, format_, out, heading=Heading(_title(unit)))
        click.echo(f"{out}: {written.rows:,} rows, {written.byte_count:,} bytes")


def _title(unit: Unit) -> str:
    return f"ราคาต่อ{'กม.' if unit == 'km' else ' ลบ.ม.'}"


def _tell(works: pd.DataFrame, unit: Unit) -> None:
    counts = works["state"].value_counts()
    click.echo(f"{len(works):,} งาน / works")
    for state, words in _STATES.items():
        if counts.get(state):
            click.echo(f"  {words}: {counts[state]:,}")
    kinds = prices_by_kind(works)
    if len(kinds):
        click.echo(f"มัธยฐานของแต่ละชนิด / median of each kind (baht per {unit})")
    for kind, middle, number in zip(kinds.index.astype(str), kinds["middle"], kinds["works"], strict=True):
        told = f"ไม่ถึง / fewer than {FEWEST_PEERS}" if number < FEWEST_PEERS else f"{middle:,.0f}"
        click.echo(f"  {kind or '-':<14}{told:>22}  (n {number:,})")
    for one in works[works["state"].isin(("high", "low"))].head(_TOLD).itertuples():
        beside = f"งานใกล้เคียง / peers {one.typical:,.0f} (n {one.peers}) · z {one.z:+.1f}"
        click.echo(f"  {one.code}  {one.unit_cost:,.0f} · {beside}  {one.name_th}")

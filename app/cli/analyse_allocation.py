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
from app.services.allocation_file import AllocationPart, write_allocation
from app.services.place_file import FORMATS, Heading
from gis.clusters import ALPHA, Clusters
from gis.equity import Equity

_LEVELS: Mapping[str, Level] = {"lao" if level == "organisation" else level: level for level in LEVELS}

_MEASURES: Mapping[Measure, str] = {
    "budget": "งบประมาณ (บาท)",
    "count": "จำนวนโครงการ",
    "per_head": "งบต่อหัว (บาท/คน)",
    "per_household": "งบต่อครัวเรือน (บาท/ครัวเรือน)",
    "per_road_km": "งบถนนต่อ กม. (บาท/กม. ถนนในทะเบียน)",
    "per_rai": "งบแหล่งน้ำต่อไร่ (บาท/ไร่)",
    "of_revenue": "งบเทียบรายได้ของตนเอง (ร้อยละ)",
}
_ROWS = {"province": "จังหวัด", "amphoe": "อำเภอ", "tambon": "ตำบล", "lao": "อปท.", "hexagon": "ช่องหกเหลี่ยม"}
_REASONS = {
    "no_people": "ไม่มีจำนวนประชากร / no people known",
    "no_households": "ไม่มีจำนวนครัวเรือน / no households known",
    "no_road": "ไม่มีถนนในทะเบียน / no registered road",
    "no_rai": "ไม่ได้ระบุไร่ที่ได้ประโยชน์ / no land benefited is told",
    "no_revenue": "ไม่มีรายได้ครบทุกปีหรือทุก อปท. / revenue not known of every year and organisation",
    "revenue_of_organisations": "รายได้เป็นของ อปท. / revenue belongs to organisations",
    "partly_covered": "ครอบคลุมบางส่วนของตำบล / covers part of a tambon, so its people are not known",
    "no_places": "ไม่มีพื้นที่ที่มีค่า / no place has a value",
    "one_place": "มีพื้นที่เดียว / there is one place only",
    "no_money": "ไม่มีเงินในทุกพื้นที่ / there is no money anywhere",
    "too_few": "มีน้อยกว่า 8 พื้นที่ที่มีค่าและมีเพื่อนบ้าน / fewer than 8 places with a value and a neighbour",
    "constant": "ทุกพื้นที่มีค่าเท่ากัน / all values are the same",
    "no_neighbours": "ไม่มีพื้นที่ใดติดกัน / no place touches another",
}
_KINDS = {
    "HH": "สูง ท่ามกลางสูง / high among high",
    "LL": "ต่ำ ท่ามกลางต่ำ / low among low",
    "HL": "สูง ท่ามกลางต่ำ / high among low",
    "LH": "ต่ำ ท่ามกลางสูง / low among high",
}


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
            year_words = ", ".join(map(str, found.years)) or "ทุกปีงบ"
            heading = Heading(f"{_MEASURES[measure]} ราย{_ROWS[level]}", (f"{parent or 'ประเทศ'} · ปีงบ {year_words}",))
            written = write_allocation(
                session, SYSTEM_ACTOR, AllocationPart(found, spots), format_, out,
                heading=heading, measure=_MEASURES[measure], unplaced="ไม่ทราบพื้นที่",
            )  # fmt: skip
            click.echo(f"{out}: {written.rows:,} แถว / rows, {written.byte_count:,} bytes")


def _tell(found: Allocation, spread: Equity, spots: Clusters) -> None:
    known = int(found.table["value"].notna().sum())
    years = ", ".join(map(str, found.years)) or "–"
    click.echo(
        f"{len(found.table):,} พื้นที่ มีค่า {known:,} ปีงบ {years} / {len(found.table):,} places, {known:,} with a value"
    )
    total = baht(found.total_satang)
    click.echo(f"{found.total_works:,} โครงการ {total:,} บาท / works, baht")
    click.echo(f"คร่อมเขต / across a border: {found.crossing:,}")
    if found.unplaced_works:
        click.echo(f"ไม่ทราบพื้นที่ / place not known: {found.unplaced_works:,} โครงการ {baht(found.unplaced_satang):,} บาท")
    for reason, count in found.table["reason"].value_counts().items():
        if reason:
            click.echo(f"ไม่มีค่า / no value – {_why(str(reason))}: {count:,}")
    whole = total_value(found)
    if whole is not None:
        click.echo(f"รวมทุกพื้นที่ / all places together: {whole:,.2f}")
    _tell_equity(spread)
    _tell_clusters(spots)


def _why(reason: str) -> str:
    return _REASONS.get(reason, reason)


def _tell_equity(spread: Equity) -> None:
    if spread.reason is not None:
        click.echo(f"คำนวณความเท่าเทียมไม่ได้ / no Gini or Theil – {_why(spread.reason)}")
        return
    click.echo(f"จินี / Gini {spread.gini:.4f}; ไทล์ / Theil {spread.theil:.4f}")
    if spread.between is not None:
        click.echo(f"  ระหว่างจังหวัด / between provinces {spread.between:.4f}; ภายใน / within {spread.within:.4f}")
    if spread.one_member:
        click.echo(f"  จังหวัดที่มีพื้นที่เดียว / provinces with one place: {', '.join(map(str, spread.one_member))}")


def _tell_clusters(spots: Clusters) -> None:
    if spots.reason is not None:
        click.echo(f"หากลุ่มไม่ได้ / no Moran, LISA or Gi* – {_why(spots.reason)}")
        return
    click.echo(
        f"Moran's I {spots.moran_i:.4f} (p {spots.moran_p:.3f}); ไม่มีเพื่อนบ้าน / without neighbours {spots.islands}"
    )
    counts = spots.places["kind"].value_counts().to_dict()
    click.echo(f"ยอมให้ผิดไม่เกิน / false discovery rate {spots.alpha:g}")
    for kind, words in _KINDS.items():
        click.echo(f"  {words} ({kind}): {counts.get(kind, 0)}")
    hot, cold = int((spots.places["hot"] == 1).sum()), int((spots.places["hot"] == -1).sum())
    click.echo(f"  Gi*: จุดร้อน / hot {hot}; จุดเย็น / cold {cold}")

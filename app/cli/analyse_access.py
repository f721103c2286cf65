"""``eplan analyse access`` and ``next``: who has no road or water within reach, and what to build or repair first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import orjson

from app.auth.actor import SYSTEM_ACTOR
from app.auth.policy import Visibility
from app.cli.context import database
from app.cli.pieces import pieces, pieces_options
from app.errors import NotFound
from app.messages import sentence
from app.queries.access import view_of
from app.queries.access_ground import DEFAULT_WITHIN_M, KINDS, AccessQuestion, ground
from app.queries.areas import area_names
from app.queries.villages import people_of_raster
from app.services import scenario_answers as scenarios
from app.services.access_file import PARTS, write_access
from app.services.scenario_file import write_answer
from gis.access import Nearest, nearest
from gis.measure import GeometryArray
from gis.writers import FILE_ENDINGS

_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command("access")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="Roads (Rural Access Index) or water sources.")
@click.option("--area", default="", help="Province (2 digits), amphoe (4) or tambon (6); without it the nation.")
@click.option("--within", "within_m", type=click.FloatRange(1, 50_000), help="Metres; 2000 for roads, 1000 for water.")
@click.option(
    "--earth-roads", is_flag=True, help="Earth roads count too; the index asks for roads that carry all year."
)
@click.option("--under-contract", is_flag=True, help="Works under contract count as if they stood.")
@click.option("--no-background", is_flag=True, help="Only projects count, not registered roads and the base map.")
@click.option("--year", "population_year_be", type=int, help="People of this year (B.E.) or the newest before it.")
@click.option(
    "--raster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="People per pixel from this raster instead of the villages.",
)
@click.option("--part", type=click.Choice(PARTS), default="villages", help="What --out holds.")
@click.option("--out", type=_OUT, help="Write a file: .csv .xlsx .geojson .gpkg")
@click.option("--json", "as_json", is_flag=True, help="Print the sums as JSON.")
@pieces_options
def access(
    kind: Any,
    area: str,
    within_m: float | None,
    earth_roads: bool,
    under_contract: bool,
    no_background: bool,
    population_year_be: int | None,
    raster: Path | None,
    part: Any,
    out: Path | None,
    as_json: bool,
    scheduler: str | None,
    folder: Path | None,
) -> None:
    """People without a road within 2 km or a water source within 1 km, by area and village."""
    question = AccessQuestion(
        kind, area, within_m or DEFAULT_WITHIN_M[kind], not earth_roads, under_contract, not no_background,
        population_year_be=population_year_be,
    )  # fmt: skip
    format_ = _format(out, ("csv", "xlsx", "geojson", "gpkg"))
    with pieces(scheduler, folder) as cut, database().reading() as session:
        if area and area not in area_names(session, [area]):
            raise NotFound("area_not_found", {"area": area})
        _at_work("อ่านหมู่บ้าน งาน และแผ่นดิน (reading)")
        people = people_of_raster(session, raster, area) if raster else None
        found = _told(cut.nearest if cut else nearest)
        view = view_of(session, ground(session, question, Visibility.STAFF, people, found))
        if out is not None:
            _at_work(f"เขียน (writing) {out.name}")
            write_access(SYSTEM_ACTOR, view, part, format_, out, title=f"access {kind}")
    total = view.total
    if as_json:
        document = {
            "kind": kind, "area": area, "within_m": question.within_m, "population_year_be": view.population_year_be,
            "people": total.people, "people_with": total.people_with, "people_without": total.people_without,
            "people_unknown": total.people_unknown, "share_with": total.share_with, "villages": total.villages,
            "villages_without": total.villages_without, "works": view.works_count,
            "areas": [
                {"code": row.code, "name": row.name_th, "people_without": row.sums.people_without,
                 "share_with": row.sums.share_with}
                for row in view.rows
            ],
            "notes": [problem.code for problem in view.notes],
        }  # fmt: skip
        click.echo(orjson.dumps(document).decode())
        return
    share = "–" if total.share_with is None else f"{100 * total.share_with:.1f} %"
    click.echo(f"เข้าถึง (with access)      {total.people_with:>14,.0f} คน  {share}")
    click.echo(f"ไม่เข้าถึง (without)        {total.people_without:>14,.0f} คน  {total.villages_without:,} หมู่บ้าน")
    click.echo(f"ไม่ทราบที่ตั้ง (not known)   {total.people_unknown:>14,.0f} คน")
    for row in view.rows[:20]:
        part_ = "–" if row.sums.share_with is None else f"{100 * row.sums.share_with:5.1f} %"
        click.echo(f"{row.code:<7}{part_:>8}  {row.sums.people_without:>12,.0f}  {row.name_th}")
    for problem in view.notes:
        click.echo(sentence(problem.code, problem.values))


@click.command("next")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="Roads or water sources.")
@click.option("--area", default="", help="Province (2 digits), amphoe (4) or tambon (6); without it the nation.")
@click.option("--budget", "budget_baht", type=int, required=True, help="Baht that may be spent.")
@click.option("--method", type=click.Choice(scenarios.METHODS), default="greedy", help="Exact proves the best choice.")
@click.option("--seconds", type=click.IntRange(1, scenarios.LONGEST_S), default=10, help="Time for the proof.")
@click.option("--acts", type=click.Choice(scenarios.ACTS), default="both", help="Repair what is there, or build.")
@click.option("--sources", type=click.Choice(scenarios.SOURCES), default="both", help="Planned projects, new works.")
@click.option(
    "--unit-cost",
    "unit_cost_baht",
    type=int,
    help="Baht of a new water source, or of a kilometre of road; without it the median of stored works.",
)
@click.option("--new-type", default="", help="Type of source or surface offered as new; GROUNDWATER, RC.")
@click.option("--within", "within_m", type=click.FloatRange(1, 50_000), help="Metres; 2000 for roads, 1000 for water.")
@click.option("--close", "closed", multiple=True, help="Code of a project taken out of use; several are possible.")
@click.option("--no-background", is_flag=True, help="Only projects count, not registered roads and the base map.")
@click.option("--out", type=_OUT, help="Write the works: .csv .xlsx .geojson")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def next_(
    kind: Any,
    area: str,
    budget_baht: int,
    method: Any,
    seconds: int,
    acts: str,
    sources: str,
    unit_cost_baht: int | None,
    new_type: str,
    within_m: float | None,
    closed: tuple[str, ...],
    no_background: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """What to build or repair first, so that the most people come within reach for a budget."""
    question = AccessQuestion(
        kind, area, within_m or DEFAULT_WITHIN_M[kind], background=not no_background, closed=closed
    )
    order = scenarios.ScenarioOrder(question, budget_baht, acts, sources, unit_cost_baht, method, seconds, new_type)
    format_ = _format(out, ("csv", "xlsx", "geojson"))
    proof = f" พิสูจน์ไม่เกิน (proof, at most) {seconds} s" if method == "exact" else ""
    _at_work(f"อ่านหมู่บ้านและงาน แล้วเลือกงาน (reading and choosing){proof}")
    with database().reading() as session:
        answer = scenarios.compute(session, order, Visibility.STAFF, nation=True)
    if out is not None:
        _at_work(f"เขียน (writing) {out.name}")
        write_answer(SYSTEM_ACTOR, answer.summary, answer.result, scenarios.plain(order), format_, out)
    if as_json:
        click.echo(orjson.dumps({"summary": answer.summary, **answer.result}).decode())
        return
    _print(answer)


def _print(answer: scenarios.Answer) -> None:
    found = answer.summary
    click.echo(
        f"{found['works']:,} งาน จาก {found['candidates']:,}  {found['cost_baht']:,} บาท ของ {found['budget_baht']:,}"
    )
    click.echo(f"เข้าถึงเพิ่ม (gain) {found['people_gained']:,.0f} คน  เสียการเข้าถึง (lose) {found['people_lost']:,.0f} คน")
    click.echo(
        f"{found['status']}  ได้มากที่สุดไม่เกิน (bound) {found['bound_people']:,.0f} คน"
        f"  ห่างไม่เกิน (gap) {100 * found['gap']:.1f} %  {found['seconds']} s"
    )
    for work in answer.result["works"][:20]:
        click.echo(
            f"{work['rank']:>4}  {work['cost_baht']:>12,}  {work['people']:>9,.0f}  {work['code']} {work['name']}"
        )
    for problem in answer.result["notes"]:
        click.echo(sentence(problem["code"], problem["values"]))


def _at_work(words: str) -> None:
    """What is being done, on standard error: the answer alone is on standard output."""
    click.echo(f"{words} …", err=True)


def _told(find: Callable[..., Nearest]) -> Callable[..., Nearest]:
    """The search for the nearest works, with a line of how much it has before it."""

    def found(places: GeometryArray, works: GeometryArray, **more: Any) -> Nearest:
        _at_work(f"หางานที่ใกล้ที่สุดของ {len(places):,} แห่ง จากงาน {len(works):,} งาน (nearest works)")
        return find(places, works, **more)

    return found


def _format(out: Path | None, allowed: tuple[str, ...]) -> str:
    if out is None:
        return ""
    found = FILE_ENDINGS.get(out.suffix.lower())
    if found not in allowed:
        endings = " ".join(f".{each}" for each in allowed)
        raise click.BadParameter(f"{out.suffix!r}; use one of {endings}", param_hint="--out")
    return found

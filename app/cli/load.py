"""``eplan load``: reference data from their publishers' files; a second run changes nothing and says so."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.cli.context import database
from app.cli.load_raster import raster
from app.db import Attribution
from app.messages import sentence
from app.services.areas import load_areas, load_villages
from app.services.budget_lines import load_budget_lines
from app.services.loading import Progress, Summary
from app.services.organisations import load_organisations
from app.services.population import is_village_file, load_population
from app.services.registered_roads import load_roads

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# changes of a load are written down to the command, not to a person
_ATTRIBUTION = Attribution(user_id=None, name="eplan load")


@click.group()
def command() -> None:
    """Load reference data. All of a file or nothing; loading it again changes nothing."""


@command.command("areas")
@click.argument("file", type=_FILE)
def areas(file: Path) -> None:
    """Provinces, amphoe and tambons: GeoPackage with these layers, or GeoParquet."""
    _run(lambda session, progress: load_areas(session, file, progress))


@command.command("villages")
@click.argument("file", type=_FILE)
def villages(file: Path) -> None:
    """Villages: code list (CSV, .csv.gz) for their names, GeoParquet for their points."""
    _run(lambda session, progress: load_villages(session, file, progress))


@command.command("organisations")
@click.argument("file", type=_FILE)
@click.option("--coverage", type=_FILE, help="CSV of the tambons that each organisation covers.")
def organisations(file: Path, coverage: Path | None) -> None:
    """Local administrative organisations and their territories."""
    _run(lambda session, progress: load_organisations(session, file, coverage, progress))


@command.command("population")
@click.argument("file", type=_FILE)
def population(file: Path) -> None:
    """Where people live: the register by area and year (CSV), and its villages: names (CSV), points (GeoParquet)."""
    load = load_villages if is_village_file(file) else load_population
    _run(lambda session, progress: load(session, file, progress))


@command.command("roads")
@click.argument("file", type=_FILE)
@click.option("--epsg", type=int, help="Coordinate system, where the file does not say so.")
def roads(file: Path, epsg: int | None) -> None:
    """Registered local highways (ทางหลวงท้องถิ่น): lines with their route codes, in any file that the import reads."""
    _run(lambda session, progress: load_roads(session, file, progress, epsg=epsg))


@command.command("budget-lines")
@click.argument("file", type=_FILE)
def budget_lines(file: Path) -> None:
    """Road and water lines of the state budget become projects without coordinates."""
    _run(lambda session, progress: load_budget_lines(session, file, progress))


command.add_command(raster)


def _run(load: Callable[[Session, Progress], Summary]) -> None:
    with database().transaction(_ATTRIBUTION) as session:
        summary = load(session, show_progress)
    show_summary(summary)


def show_progress(step: str, done: int, total: int | None) -> None:
    """One line per step on a terminal, nothing in a pipe."""
    if sys.stderr.isatty():
        size = f"{done:,}/{total:,}" if total is not None else f"{done:,}"
        click.echo(f"\r{step}: {size}   ", nl=total is not None and done >= total, err=True)


def show_summary(summary: Summary) -> None:
    """The changes as a table, then every row that was not taken, grouped by its reason."""
    head = f"{'':<24}{'new':>10}{'changed':>10}{'removed':>10}{'same':>10}"
    click.echo(head)
    for table in summary.tables:
        counts = (table.inserted, table.updated, table.removed, table.unchanged)
        click.echo(f"{table.table:<24}" + "".join(f"{count:>10,}" for count in counts))
    for name, value in summary.notes.items():
        click.echo(f"{name}: {value:,}" if isinstance(value, int) else f"{name}: {value}")
    click.echo("nothing changed" if not summary.changed else "done")
    reasons = Counter(problem.code for problem in summary.rejected)
    for reason, count in reasons.most_common():
        click.echo(f"not taken, {reason}: {count:,}")
        for problem in summary.rejected:
            if problem.code == reason:
                where = " ".join(f"{key} {value}" for key, value in problem.where.items())
                click.echo(f"  {where + ': ' if where else ''}{sentence(reason, problem.values)}")

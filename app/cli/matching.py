"""``eplan match``: which project each row of a list of contracts or payments belongs to; nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from app.cli.context import database
from app.messages import sentence
from app.services.matching import (
    KINDS,
    SURE,
    Kind,
    OutsideFile,
    Reason,
    Suggested,
    Suggestion,
    read_outside,
    read_projects,
    suggest,
)
from app.services.matching.stored import stored_projects

SHOWN = 200
"""Rows that are printed for a person; ``--json`` has all of them."""


@click.command(name="match")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--projects",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV of projects (code,name,organisation,fiscal_year_be,budget_baht,...) instead of the stored ones.",
)
@click.option("--kind", type=click.Choice(KINDS), help="Contracts of e-GP or payments; else told by the columns.")
@click.option("--json", "as_json", is_flag=True, help="Print every row with its suggestions as JSON.")
def command(file: Path, projects: Path | None, kind: Kind | None, as_json: bool) -> None:
    """Suggest for each row of FILE (contracts or payments) the five projects that it most likely belongs to."""
    outside = read_outside(file, kind=kind)
    if projects is not None:
        known = read_projects(projects)
    else:
        with database().reading() as session:
            known = stored_projects(session)
    found = suggest(outside.kind, outside.rows, known)
    if as_json:
        click.echo(orjson.dumps(_plain(outside, found)).decode())
    else:
        _print(found)
    sure = sum(bool(row.suggestions) and row.suggestions[0].score >= SURE for row in found)
    click.echo(
        f"{len(found):,} แถว / rows, {len(known):,} โครงการ / projects, มั่นใจ / sure (>= {SURE:.2f}): {sure:,}", err=True
    )


def _plain(outside: OutsideFile, found: list[Suggested]) -> dict[str, Any]:
    return {
        "kind": outside.kind,
        "columns": dict(outside.columns),
        "skipped": outside.skipped,
        "rows": [
            {
                "row": one.row.number,
                **one.row.as_dict(),
                "problems": [
                    {**problem.as_dict(), "message": sentence(problem.code, problem.values)}
                    for problem in one.row.problems
                ],
                "suggestions": [_suggestion(suggestion) for suggestion in one.suggestions],
            }
            for one in found
        ],
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    project = suggestion.project
    return {
        "rank": suggestion.rank,
        "project": project.code,
        "score": suggestion.score,
        "name": project.name,
        "organisation": project.organisation or project.organisation_code,
        "fiscal_year_be": project.fiscal_year_be,
        "budget_baht": None if project.budget_baht is None else float(project.budget_baht),
        "reasons": [_reason(reason) for reason in suggestion.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        **reason.as_dict(),
        "text": sentence(reason.code, reason.values),
        "text_en": sentence(reason.code, reason.values, "en"),
    }


def _print(found: list[Suggested]) -> None:
    for one in found[:SHOWN]:
        click.echo(f"{one.row.number:>7}  {one.row.name[:110]}")
        likely = [suggestion for suggestion in one.suggestions if suggestion.score >= 0.01]
        if not likely:
            click.echo(f"         {sentence('match_none_likely', {})}")
        for suggestion in likely:
            why = ", ".join(sentence(reason.code, reason.values) for reason in suggestion.reasons)
            click.echo(f"         {suggestion.score:.2f}  {suggestion.project.code}  {suggestion.project.name[:80]}")
            click.echo(f"               {why}")
    if len(found) > SHOWN:
        click.echo(f"         … {len(found) - SHOWN:,}")

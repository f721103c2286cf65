"""A view of the funnel as a file: counts, baht and percent of every stage, a line for each row of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.auth.actor import Actor
from app.queries.funnel import Funnel
from app.queries.project_filter import STAGES
from app.services.table_file import FORMATS, Cell, write_table

__all__ = ["FORMATS", "write_funnel"]


def write_funnel(
    actor: Actor,
    rows: Iterable[tuple[str | None, str, Funnel]],
    titles: Sequence[str],
    format: str,
    path: Path,
    *,
    title: str,
) -> None:
    """Write a table: code, name, then projects, baht, percent of plan and of the step before for every stage.

    Parameters
    ----------
    rows
        Code, name and funnel of each line, the total last.
    titles
        Heads of the columns: code, name, and four for every stage.
    format
        One of :data:`FORMATS`.
    path
        The file; its folder exists.
    title
        Name of the sheet's content, above the table in a spreadsheet.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    lines = [[code, name, *_cells(one)] for code, name, one in rows]
    write_table(actor, titles, lines, format, path, title=title)


def _cells(one: Funnel) -> list[Cell]:
    cells: list[Cell] = []
    for stage in STAGES:
        figure = one[stage]
        if figure is None:
            cells += [None] * 4
        else:
            cells += [figure.projects, figure.baht, one.of_plan(stage, "baht"), one.of_step(stage, "baht")]
    return cells

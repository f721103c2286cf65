"""A view of the budget as a file: the rows of the table, with the outlines of the map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries.budget import Level
from app.queries.budget_shapes import place_shapes
from app.queries.budget_table import BudgetRow, BudgetTable
from app.services.place_file import MONEY, RATE, TABLES, Column, Heading, write_places
from gis import writers

_COLUMNS: tuple[Column, ...] = (
    ("code", pa.string(), "รหัส", "Code"),
    ("name", pa.string(), "ชื่อ", "Name"),
    ("rank", pa.int64(), "อันดับ", "Rank"),
    ("project_count", pa.int64(), "โครงการ", "Projects"),
    ("budget_baht", MONEY, "งบประมาณ (บาท)", "Budget (baht)"),
    ("disbursed_baht", MONEY, "เบิกจ่าย (บาท)", "Disbursed (baht)"),
    ("population", pa.int64(), "ประชากร", "People"),
    ("per_head_baht", RATE, "งบประมาณต่อหัว (บาท)", "Budget per head (baht)"),
)


def write_budget(
    session: Session,
    actor: Actor,
    table: BudgetTable,
    level: Level,
    format: str,
    path: Path,
    *,
    heading: Heading,
    unplaced: str,
) -> writers.Written:
    """Write the table of a view in its order.

    Parameters
    ----------
    format
        One of :data:`app.services.place_file.FORMATS`.
    path
        The file; its folder exists.
    heading
        Above the table in a spreadsheet; names of places are in its language.
    unplaced
        Name of the row of projects that no place answers for; it is there when there are such.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    shapes = place_shapes(session, level, [row.place.code for row in table.rows], points=format in TABLES)
    rows = [_row(row, heading.language) for row in table.rows]
    if table.unplaced.projects:
        sums = table.unplaced
        rows.append((None, unplaced, None, sums.projects, sums.budget_baht, sums.disbursed_baht, None, None))
    names = [name for name, *_ in _COLUMNS]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {name: () for name in names}
    places = [shapes.get(row[0]) for row in rows]
    return write_places(actor, _COLUMNS, columns, places, format, path, layer_name="budget", heading=heading)


def _row(row: BudgetRow, language: str) -> tuple[Any, ...]:
    place = row.place
    if place.outside:
        return (place.code, place.name(language), None, None, None, None, place.population, None)
    sums = place.sums
    return (
        place.code,
        place.name(language),
        row.rank,
        sums.projects,
        sums.budget_baht,
        sums.disbursed_baht,
        place.population,
        row.per_head_baht,
    )

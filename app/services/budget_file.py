"""A view of the budget as a file: the rows of the table, with the outlines of the map."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.queries.budget import Level
from app.queries.budget_shapes import place_shapes
from app.queries.budget_table import BudgetRow, BudgetTable
from gis import writers

FORMATS = ("xlsx", "csv", "geojson", "gpkg")
"""Formats of a view, most asked for first."""
# A spreadsheet has room for a place, not for an outline.
_TABLES = frozenset({"xlsx", "csv"})

_MONEY = pa.decimal128(18, 2)
_COLUMNS: tuple[tuple[str, pa.DataType, str, str], ...] = (
    ("code", pa.string(), "รหัส", "Code"),
    ("name", pa.string(), "ชื่อ", "Name"),
    ("rank", pa.int64(), "อันดับ", "Rank"),
    ("project_count", pa.int64(), "โครงการ", "Projects"),
    ("budget_baht", _MONEY, "งบประมาณ (บาท)", "Budget (baht)"),
    ("disbursed_baht", _MONEY, "เบิกจ่าย (บาท)", "Disbursed (baht)"),
    ("population", pa.int64(), "ประชากร", "People"),
    ("per_head_baht", _MONEY, "งบประมาณต่อหัว (บาท)", "Budget per head (baht)"),
)


def write_budget(
    session: Session,
    actor: Actor,
    table: BudgetTable,
    level: Level,
    format: str,
    path: Path,
    *,
    title: str,
    unplaced: str,
    language: str = "th",
) -> writers.Written:
    """Write the table of a view in its order.

    Parameters
    ----------
    format
        One of :data:`FORMATS`.
    path
        The file; its folder exists.
    title
        Title inside the file.
    unplaced
        Name of the row of projects that no place answers for; it is there when there are such.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    shapes = place_shapes(session, level, [row.place.code for row in table.rows], points=format in _TABLES)
    rows = [_row(row, language) for row in table.rows]
    if table.unplaced.projects:
        sums = table.unplaced
        rows.append((None, unplaced, None, sums.projects, sums.budget_baht, sums.disbursed_baht, None, None))
    exact = format in _TABLES
    fields = [
        pa.field(name, kind if exact or kind != _MONEY else pa.float64(), metadata={"title": th, "title_en": en})
        for name, kind, th, en in _COLUMNS
    ]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())])
    columns = [
        pa.array([_as(value, field.type) for value in column], field.type)
        for column, field in zip(zip(*rows, strict=True), fields, strict=True)
    ] or [pa.array([], field.type) for field in fields]
    geometry = pa.array([shapes.get(row[0]) for row in rows], pa.binary())
    batch = pa.RecordBatch.from_arrays([*columns, geometry], schema=schema)
    return writers.write(path, format, [batch], schema, layer_name="budget", title=title)


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


def _as(value: Any, kind: pa.DataType) -> Any:
    return float(value) if isinstance(value, Decimal) and pa.types.is_floating(kind) else value

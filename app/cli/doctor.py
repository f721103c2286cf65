"""``eplan doctor``: coordinates of a table judged in bulk; nothing is stored."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click
import orjson

from app.cli.context import database
from app.errors import InvalidInput
from app.messages import sentence
from app.services.doctor import Answer, CoordinateRow, Count, examine
from gis.problems import Problem
from gis.readers.table_layout import find_layout, number, row_epsg
from gis.readers.tables import delimiter_of, text_encoding

COLUMNS = ("text", "x", "y", "epsg", "organisation", "tambon_code", "length_m")
ROWS_MAX = 1_000_000
SHOWN = 200
"""Rows that are printed for a person; ``--json`` has all of them."""


@click.command(name="doctor")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print every answer as JSON.")
def command(file: Path, as_json: bool) -> None:
    """Check the coordinates of a CSV FILE without storing anything.

    Columns: text (any notation), or x and y with an optional epsg, or what people call them (lat, lon, ละติจูด, E, N,
    พิกัด); optional organisation and tambon_code say where the points should be. Exit code 1 when a row is wrong,
    ambiguous or unreadable.
    """
    rows = list(islice(_rows(file), ROWS_MAX + 1))
    if len(rows) > ROWS_MAX:
        raise InvalidInput([Problem("doctor_too_many_rows", values={"limit": ROWS_MAX})])
    with database().reading() as session:
        answers = examine(session, rows)
    if as_json:
        click.echo(orjson.dumps([_plain(answer) for answer in answers]).decode())
    else:
        _print(rows, answers)
    sys.exit(0 if all(answer.status == "ok" for answer in answers) else 1)


def _rows(file: Path) -> Iterator[CoordinateRow]:
    encoding = text_encoding(file)
    with file.open(encoding=encoding, newline="") as opened:
        reader = csv.DictReader(opened, delimiter=delimiter_of(file, encoding))
        names = _columns([name or "" for name in reader.fieldnames or ()])
        for row_number, cells in enumerate(reader, start=1):
            yield _row(row_number, {name: (cells.get(column) or "").strip() for name, column in names.items()})


def _columns(header: list[str]) -> dict[str, str]:
    """Our names of columns -> those of the file: ours as they are, else what people call their coordinates.

    Raises
    ------
    InvalidInput
        ``doctor_columns``: no column looks like coordinates.
    """
    names = {name.strip().lower(): name for name in header}
    if "text" in names or {"x", "y"} <= names.keys():
        return names
    layout = find_layout(header, [])
    if layout is None or layout.kind not in ("points", "text"):
        found = ", ".join(name for name in header if name)[:300]
        raise InvalidInput([Problem("doctor_columns", values={"columns": found or "-", "known": ", ".join(COLUMNS)})])
    ours = ("text",) if layout.kind == "text" else ("x", "y")
    names |= dict(zip(ours, (header[index] for index in layout.columns), strict=True))
    if layout.epsg_column is not None:
        names.setdefault("epsg", header[layout.epsg_column])
    return names


def _row(row_number: int, cells: dict[str, str]) -> CoordinateRow:
    x, y = number(cells.get("x", "")), number(cells.get("y", ""))
    text = cells.get("text") or None
    if text is None and (x is None or y is None):
        # What is no plain number may still be degrees and minutes.
        text = f"{cells.get('x', '')} {cells.get('y', '')}".strip() or None
        x = y = None
    return CoordinateRow(
        number=row_number,
        text=text,
        x=None if text else x,
        y=None if text else y,
        epsg=row_epsg(cells.get("epsg")),
        organisation=cells.get("organisation") or None,
        tambon_code=cells.get("tambon_code") or None,
    )


def _plain(answer: Answer) -> dict[str, Any]:
    return {
        "row": answer.row,
        "status": answer.status,
        "readings": [
            {
                "lon": round(reading.lon, 8),
                "lat": round(reading.lat, 8),
                "epsg": reading.epsg,
                "kind": reading.kind,
                "score": reading.score,
                "reason": sentence(reading.reason, reading.values),
                "spread_m": round(reading.spread_m, 1),
            }
            for reading in answer.readings
        ],
    }


def _print(rows: list[CoordinateRow], answers: list[Answer]) -> None:
    count = Count()
    shown = 0
    for row, answer in zip(rows, answers, strict=True):
        count.add(answer)
        if answer.status == "ok" or shown == SHOWN:
            continue
        shown += 1
        given = row.text or f"{row.x} {row.y}"
        click.echo(f"{answer.row:>7}  {sentence('doctor_status_' + answer.status, {})}  {given[:60]}")
        for reading in answer.readings[:3]:
            why = sentence(reading.reason, reading.values)
            click.echo(f"         {reading.lat:.6f}, {reading.lon:.6f}  {reading.score:.2f}  {why}")
    told = "  ".join(f"{sentence('doctor_status_' + name, {})} {number:,}" for name, number in count.statuses.items())
    click.echo(f"{len(answers):,}: {told}", err=True)

"""Registered population by area and year."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Area, AreaPopulation
from app.services.loading import Progress, Summary, merge, silent
from app.services.reference_files import csv_columns, read_csv
from gis.problems import Problem
from gis.thai import BUDDHIST_ERA_OFFSET

_REQUIRED = ("year", "geocode", "kind", "total", "male", "female", "households")
_COLUMNS = ("area_code", "year_be", "population", "male", "female", "households", "source")


def load_population(session: Session, path: Path, progress: Progress = silent) -> Summary:
    """Load people and households per area and year (CSV of the population register).

    Only rows of ``kind`` "total" count: the file also splits an area into its municipal and other parts, and adding
    those to the total would count everybody twice. Years of the common era become Buddhist. An area that is not in
    the area table, or a row without a number of people, is not taken and said so.

    Parameters
    ----------
    session
        Open transaction.
    path
        CSV with ``year, geocode, kind, total, male, female, households``.
    progress
        Told before and after.
    """
    lines = [line for line in read_csv(path, _REQUIRED) if line["kind"] == "total"]
    known = set(session.scalars(sa.select(Area.code)))
    rows: dict[tuple[str, int], tuple[Any, ...]] = {}
    rejected = []
    for line in lines:
        code, year_be = line["geocode"], int(line["year"]) + BUDDHIST_ERA_OFFSET
        reason = _reason(line, known, (code, year_be) in rows)
        if reason:
            where = {"area": code, "year": year_be}
            rejected.append(
                Problem(reason, "warning", where, {"area": code, "year": year_be, "name": line.get("name_th", "")})
            )
            continue
        numbers = (_count(line[name]) for name in ("total", "male", "female", "households"))
        rows[code, year_be] = (code, year_be, *numbers, path.name)
    progress("population", 0, len(rows))
    change = merge(session, AreaPopulation, ("area_code", "year_be"), _COLUMNS, rows.values())
    progress("population", len(rows), len(rows))
    return Summary((change,), tuple(rejected))


def is_village_file(path: Path) -> bool:
    """True for a file of villages (names or points) rather than of people by area and year."""
    return path.suffix == ".parquet" or "moo" in csv_columns(path)


def _reason(line: dict[str, str], known: set[str], seen: bool) -> str:
    if line["geocode"] not in known:
        return "population_area_unknown"
    if _count(line["total"]) is None:
        return "population_missing"
    return "population_twice" if seen else ""


def _count(text: str) -> int | None:
    cleaned = text.replace(",", "").strip()
    return int(float(cleaned)) if cleaned else None

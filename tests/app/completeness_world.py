"""An organisation in a fiscal year whose entries are made by hand, and what the view says of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.models import Organisation
from app.services.calendar import open_year
from app.services.completeness import refresh

YEAR = 2570
TODAY = date(2026, 11, 22)


def opened(session: Session, *years: int) -> None:
    """Calendars of the years, and the counts of who is there."""
    for year in years or (YEAR,):
        open_year(session, SYSTEM_ACTOR, year, today=TODAY)
    counted(session)


def counted(session: Session) -> None:
    """Take up everything that changed."""
    while refresh(session, wait=True) > 0:
        pass


def items(session: Session, organisation: Organisation, topic: str, year: int = YEAR) -> list[tuple[str, bool]]:
    """What the view says is wanted of a topic: field and whether it is there."""
    rows = session.execute(
        sa.text(
            "SELECT field, done FROM completeness_item WHERE organisation_code = :code AND topic = :topic"
            " AND fiscal_year_be = :year ORDER BY record, field"
        ),
        {"code": organisation.code, "topic": topic, "year": year},
    )
    return [(row.field, row.done) for row in rows]


def share(session: Session, organisation: Organisation, topic: str, year: int = YEAR) -> tuple[int, int]:
    """Things that are there, and that are wanted."""
    found = items(session, organisation, topic, year)
    return sum(done for _field, done in found), len(found)


def cells(session: Session) -> dict[tuple[Any, ...], tuple[int, int]]:
    """The kept counts."""
    rows = session.execute(
        sa.text("SELECT organisation_code, fiscal_year_be, topic, period, wanted, done FROM completeness_cell")
    )
    return {tuple(row[:4]): (row.wanted, row.done) for row in rows}


def recounted(session: Session) -> dict[tuple[Any, ...], tuple[int, int]]:
    """The same from the records themselves, by another road than the database's function."""
    rows = session.execute(
        sa.text(
            "SELECT i.organisation_code, i.fiscal_year_be, i.topic, i.period, i.done FROM completeness_item i"
            " JOIN completeness_owing w USING (organisation_code, fiscal_year_be)"
        )
    )
    found: dict[tuple[Any, ...], tuple[int, int]] = {}
    for row in rows:
        wanted, done = found.get(tuple(row[:4]), (0, 0))
        found[tuple(row[:4])] = (wanted + 1, done + row.done)
    return found


def last_days(session: Session) -> dict[tuple[Any, ...], tuple[int, int]]:
    """The newest line of the trend of every cell that still wants something."""
    rows = session.execute(
        sa.text(
            "SELECT DISTINCT ON (organisation_code, fiscal_year_be, topic, period)"
            " organisation_code, fiscal_year_be, topic, period, wanted, done FROM completeness_day"
            " ORDER BY organisation_code, fiscal_year_be, topic, period, day DESC"
        )
    )
    return {tuple(row[:4]): (row.wanted, row.done) for row in rows if row.wanted}


def write(session: Session, statement: str, **values: Any) -> Any:
    """One statement, for what no service writes so."""
    return session.execute(sa.text(statement), values)

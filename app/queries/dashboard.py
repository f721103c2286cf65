"""How many projects of a view have verified coordinates, by row: what the funnel's cells do not keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.funnel import GroupBy, code_sql
from app.queries.project_filter import ProjectFilter, conditions

_COORDINATES = """
    SELECT p.fiscal_year_be AS year, {code} AS code, count(*) AS projects,
           count(*) FILTER (WHERE p.geometry_status = 'VERIFIED') AS verified
    FROM project p WHERE {where} GROUP BY 1, 2"""


@dataclass(frozen=True)
class Coordinates:
    """Projects, and those of them whose coordinates are verified."""

    projects: int = 0
    verified: int = 0

    def __add__(self, other: Coordinates) -> Coordinates:
        return Coordinates(self.projects + other.projects, self.verified + other.verified)


@dataclass(frozen=True)
class CoordinatesReading:
    """Coordinates by fiscal year (B.E.) and code of the row; an empty filter of years reads all of them."""

    cells: Mapping[tuple[int, str | None], Coordinates]

    def of_year(self, year_be: int) -> Coordinates:
        """All rows of a year."""
        return sum((one for (year, _code), one in self.cells.items() if year == year_be), Coordinates())

    def of_row(self, year_be: int, code: str | None) -> Coordinates:
        """One row of a year."""
        return self.cells.get((year_be, code), Coordinates())


def read_coordinates(
    session: Session, narrowed: ProjectFilter, group_by: GroupBy, sight: Visibility
) -> CoordinatesReading:
    """Count in one statement; the rows are those of the funnel for the same filter and grouping."""
    found = conditions(narrowed, sight)
    rows = session.execute(
        sa.text(_COORDINATES.format(code=code_sql(group_by), where=found.where)), dict(found.parameters)
    )
    return CoordinatesReading(
        {
            (row.year, None if row.code is None else str(row.code)): Coordinates(int(row.projects), int(row.verified))
            for row in rows
        }
    )

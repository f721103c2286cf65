"""Projects that rows of a file may speak of: by code, or by exactly the same name, year and organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Project
from app.models.import_batch import ImportChoice
from gis.thai import search_key


@dataclass(frozen=True)
class Known:
    """What a row has to know of its project.

    Parameters
    ----------
    geometry_version
        Version the row was compared with; accepting refuses when it has moved on since.
    """

    id: int
    code: str
    organisation_code: str
    fiscal_year_be: int
    kind: str
    geometry_version: int
    geometry_status: str
    budget_baht: float
    name_th: str


_COLUMNS = (
    Project.id,
    Project.code,
    Project.organisation_code,
    Project.fiscal_year_be,
    Project.kind,
    Project.geometry_version,
    Project.geometry_status,
    Project.budget_baht,
    Project.name_th,
)


def _known(row: Any) -> Known:
    return Known(
        id=row.id,
        code=row.code,
        organisation_code=row.organisation_code,
        fiscal_year_be=row.fiscal_year_be,
        kind=row.kind,
        geometry_version=row.geometry_version,
        geometry_status=row.geometry_status,
        budget_baht=float(row.budget_baht),
        name_th=row.name_th,
    )


@dataclass
class ExistingProjects:
    """The organisation's projects by name, and any project by code."""

    organisation_code: str
    by_name: dict[tuple[str, int], list[Known]]
    by_code: dict[str, Known | None] = field(default_factory=dict)

    def look_up(self, session: Session, codes: Iterable[str]) -> None:
        """Fetch the projects of these codes in one statement; unknown ones are remembered as such."""
        wanted = {code for code in codes if code not in self.by_code}
        if not wanted:
            return
        self.by_code.update(dict.fromkeys(wanted))
        for row in session.execute(sa.select(*_COLUMNS).where(Project.code.in_(wanted))):
            known = _known(row)
            self.by_code[known.code] = known

    def named(self, name: str, fiscal_year_be: int) -> list[Known]:
        """Projects of exactly this name (spelling of น้ำ, digits, case and spaces aside) and year."""
        if not self.by_name:
            return []
        return self.by_name.get((search_key(name), fiscal_year_be), [])


def read_existing(session: Session, organisation_code: str, kind: str, years: Iterable[int] | None) -> ExistingProjects:
    """The organisation's projects of one kind that go on; of some fiscal years, or (``None``) of all."""
    query = sa.select(*_COLUMNS).where(
        Project.organisation_code == organisation_code, Project.kind == kind, Project.status != "CANCELLED"
    )
    if years is not None:
        query = query.where(Project.fiscal_year_be.in_(tuple(years)))
    by_name: dict[tuple[str, int], list[Known]] = {}
    for row in session.execute(query.execution_options(yield_per=5000)):
        known = _known(row)
        by_name.setdefault((search_key(known.name_th), known.fiscal_year_be), []).append(known)
    return ExistingProjects(organisation_code, by_name)


def read_choices(session: Session, batch_id: int, rows: Iterable[int] | None = None) -> dict[int, str | None]:
    """What a person said rows mean: row -> code of a project, ``None`` for a new one; of some rows, or of all."""
    query = sa.select(ImportChoice.row_number, ImportChoice.project_code).where(ImportChoice.batch_id == batch_id)
    if rows is not None:
        query = query.where(ImportChoice.row_number.in_(list(rows)))
    return {number: code for number, code in session.execute(query)}

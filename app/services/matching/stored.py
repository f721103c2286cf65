"""Stored projects as :class:`~app.services.matching.rows.KnownProject`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.queries.known_projects import StoredProject, known_projects
from app.services.matching.rows import KnownProject


def stored_projects(
    session: Session,
    *,
    organisations: Sequence[str] | None = None,
    provinces: Sequence[str] = (),
    amphoes: Sequence[str] = (),
) -> list[KnownProject]:
    """Projects of some organisations, provinces and amphoes; ``organisations=None`` means all."""
    found = known_projects(session, organisations=organisations, provinces=provinces, amphoes=amphoes)
    return [_known(project) for project in found]


def _known(project: StoredProject) -> KnownProject:
    return KnownProject(
        project.code,
        project.name_th,
        project.organisation,
        project.province or "",
        project.fiscal_year_be,
        project.budget_baht,
        project.contracted_baht,
        project.route_code or "",
        project.length_m,
        project.width_m,
        tuple(project.numbers or ()),
        organisation_code=project.organisation_code,
        id=project.id,
    )

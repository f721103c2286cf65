"""Projects held for a change: who owns them, what they are, and on whose behalf they are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import NotFound
from app.queries.project_filter import ProjectFilter, conditions


@dataclass(frozen=True)
class HeldProject:
    """A project whose row this transaction has locked, or is about to make.

    Parameters
    ----------
    id, code, kind, organisation_code, fiscal_year_be, status, row_version
        Of the project.
    target
        Where it lies, for policy.
    area_code
        Deepest area known, or ``None``.
    water_source_type
        Code that tells what is drawn.
    contract_length_m
        Length of the specification, or ``None``.
    expected_segments
        Number of its segments; 0 when they are not told apart.
    geometry_version, geometry_status
        Newest version of its coordinates; 0 and ``NONE`` when there is none.
    """

    id: int
    code: str
    kind: str
    organisation_code: str
    fiscal_year_be: int
    status: str
    row_version: int
    target: Target
    area_code: str | None
    water_source_type: str | None
    contract_length_m: Decimal | None
    expected_segments: int
    geometry_version: int
    geometry_status: str


# Only columns of ``project`` decide a conflict: a row that was waited for is read again after the wait, the rows
# joined to it are not.
_FOUND = """
SELECT p.id, p.code, p.kind, p.organisation_code, p.fiscal_year_be, p.status, p.row_version, p.area_code,
       p.water_source_type_code, p.geometry_version, p.geometry_status, o.province_code, o.amphoe_code,
       coalesce(p.length_m, s.length_m) AS contract_length_m, s.count AS expected_segments
FROM project p JOIN organisation o ON o.code = p.organisation_code
CROSS JOIN LATERAL (
    SELECT count(*) AS count, sum(s.length_m) AS length_m FROM project_segment s WHERE s.project_id = p.id
) s
WHERE p.code = ANY(:codes)
"""


_LOCKED = " ORDER BY p.id FOR NO KEY UPDATE OF p"


def hold_projects(session: Session, codes: Sequence[str]) -> dict[str, HeldProject]:
    """Lock projects for the rest of the transaction, always in the same order; unknown codes are absent."""
    return _projects(session, _FOUND + _LOCKED, codes)


def _projects(session: Session, statement: str, codes: Sequence[str]) -> dict[str, HeldProject]:
    return {
        row.code: HeldProject(
            id=row.id,
            code=row.code,
            kind=row.kind,
            organisation_code=row.organisation_code,
            fiscal_year_be=row.fiscal_year_be,
            status=row.status,
            row_version=row.row_version,
            target=Target(row.organisation_code, row.province_code, row.amphoe_code),
            area_code=row.area_code,
            water_source_type=row.water_source_type_code,
            contract_length_m=row.contract_length_m,
            expected_segments=row.expected_segments,
            geometry_version=row.geometry_version,
            geometry_status=row.geometry_status,
        )
        for row in session.execute(sa.text(statement), {"codes": list(codes)})
    }


def hold_project(session: Session, actor: Actor, code: str) -> HeldProject:
    """Lock one project that the actor may know of; whether they may change it is asked afterwards.

    Raises
    ------
    NotFound
        ``project_not_found``: also for a project that exists and is not published, because a refusal would tell.
    """
    return _known(session, actor, code, _LOCKED)


def look_at_project(session: Session, actor: Actor, code: str) -> HeldProject:
    """The same without the lock, to tell what a write would say.

    Raises
    ------
    NotFound
        As :func:`hold_project`.
    """
    return _known(session, actor, code, "")


def _known(session: Session, actor: Actor, code: str, ending: str) -> HeldProject:
    visible = conditions(ProjectFilter(), policy.visibility(actor)).where
    found = _projects(session, f"{_FOUND} AND {visible}{ending}", [code]).get(code)
    if found is None:
        raise NotFound("project_not_found", {"project": code[:80]})
    return found


def require_all(actor: Actor, action: str, projects: Iterable[HeldProject]) -> None:
    """Refuse unless the actor may do it to every one of them; each organisation is asked once.

    Raises
    ------
    Forbidden
        For the first organisation where it is not allowed.
    """
    for target in {project.target for project in projects}:
        policy.require(actor, action, target)


def mark_on_behalf(session: Session, actor: Actor, organisation_code: str) -> str | None:
    """Write the following changes down as entered for the organisation, when policy says so; that code or ``None``.

    Done here and not at the edge, so that the command line and the import mark them as well.
    """
    behalf = organisation_code if policy.enters_on_behalf(actor, organisation_code) else None
    if behalf is not None:
        session.execute(sa.text("SELECT set_config('eplan.on_behalf_of', :code, true)"), {"code": behalf})
    return behalf

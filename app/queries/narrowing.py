"""From the filters of a list of projects to what a layer's statement needs."""

from __future__ import annotations

from dataclasses import replace

from app.auth.policy import Visibility
from app.queries.project_filter import ProjectFilter, conditions
from layers.base import EVERYTHING, Narrowing

# These need columns that the read model of tiles does not have.
_BY_PROJECT = ("fund_source", "q", "bbox")


def is_public(sight: Visibility) -> bool:
    """True when only published projects and verified coordinates may be seen."""
    return sight is Visibility.PUBLIC


def of_project(narrowed: ProjectFilter, sight: Visibility) -> Narrowing:
    """Narrowing over ``p``, a row of ``project``."""
    if narrowed.is_empty:
        return EVERYTHING
    found = conditions(narrowed, sight)
    return Narrowing(sql=f"({found.where})", params=found.parameters, only_sums=False)


def of_feature(narrowed: ProjectFilter, sight: Visibility) -> Narrowing:
    """Narrowing over ``p``, a row of ``read_project_feature``, which has the project's columns but not all of them.

    What the public may see is the layer's own condition there, so the filter is read with the eyes of staff.
    """
    if narrowed.is_empty:
        return EVERYTHING
    simple = replace(narrowed, fund_source=(), q="", bbox=None)
    own = conditions(simple, Visibility.STAFF)
    sql, params = [f"({own.where})"], dict(own.parameters)
    beyond = ProjectFilter(**{name: getattr(narrowed, name) for name in _BY_PROJECT})
    if not beyond.is_empty:
        found = conditions(beyond, Visibility.STAFF)
        sql.append(f"p.project_id IN (SELECT p.id FROM project p WHERE {found.where})")
        params |= found.parameters
    summed = ProjectFilter(fiscal_year=narrowed.fiscal_year, kind=narrowed.kind)
    return Narrowing(
        sql=" AND ".join(sql),
        params=params,
        fiscal_years=narrowed.fiscal_year,
        kinds=narrowed.kind,
        only_sums=narrowed == summed,
    )

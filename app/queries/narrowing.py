"""From the filters of a list of projects to what a layer's statement needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from app.auth.policy import Visibility
from app.errors import InvalidInput
from app.queries.project_filter import ProjectFilter, conditions
from gis.problems import Problem
from layers.base import EVERYTHING, Narrowing, VectorLayer
from layers.projects import ProjectLayer

# These need columns that the read model of tiles does not have.
_BY_PROJECT = ("fund_source", "programme", "plan_form", "local_strategy", "stage", "q", "bbox")
_FIELDS = frozenset(field.name for field in fields(ProjectFilter))


def is_public(sight: Visibility) -> bool:
    """True when only published projects and verified coordinates may be seen."""
    return sight is Visibility.PUBLIC


def for_tiles(layer: VectorLayer, given: Mapping[str, Any], sight: Visibility) -> Narrowing:
    """What filters mean in a tile of the layer.

    Parameters
    ----------
    given
        Values by the names of the query parameters; empty ones narrow nothing.

    Raises
    ------
    InvalidInput
        Filters that the layer does not have, all at once.
    """
    return _narrowing(layer, given, sight, of_feature=isinstance(layer, ProjectLayer))


def for_items(layer: VectorLayer, given: Mapping[str, Any], sight: Visibility) -> Narrowing:
    """What filters mean for items and exports of the layer; see :func:`for_tiles`."""
    return _narrowing(layer, given, sight, of_feature=False)


def _narrowing(layer: VectorLayer, given: Mapping[str, Any], sight: Visibility, *, of_feature: bool) -> Narrowing:
    wanted = {name: value for name, value in given.items() if value not in ((), "", None)}
    foreign = [name for name in wanted if name not in layer.filters]
    if foreign:
        allowed = ", ".join(layer.filters) or "–"
        raise InvalidInput(
            [Problem("unknown_parameter", where={"field": name}, values={"allowed": allowed}) for name in foreign],
            code="invalid_parameters",
        )
    narrowed = ProjectFilter(**{name: value for name, value in wanted.items() if name in _FIELDS})
    found = _of_feature(narrowed) if of_feature else _of_project(narrowed, sight)
    return replace(found, level=wanted.get("level", ""))


def _of_project(narrowed: ProjectFilter, sight: Visibility) -> Narrowing:
    """Over ``p``, a row of ``project``."""
    if narrowed.is_empty:
        return EVERYTHING
    found = conditions(narrowed, sight)
    return Narrowing(sql=f"({found.where})", params=found.parameters, only_sums=False)


def _of_feature(narrowed: ProjectFilter) -> Narrowing:
    """Over ``p``, a row of ``read_project_feature``, which has the project's columns but not all of them.

    What the public may see is the layer's own condition there, so the filter is read with the eyes of staff.
    """
    if narrowed.is_empty:
        return EVERYTHING
    simple = replace(narrowed, **{name: getattr(ProjectFilter(), name) for name in _BY_PROJECT})
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

"""What the budget map was asked for, checked, and the view that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.errors import NotFound
from app.queries.areas import AreaName, ancestors, area_names
from app.queries.budget import DIGITS, BudgetFilter, Level, data_as_of, read_budget, years_with_projects
from app.queries.budget_table import BudgetTable, Measure, tabulate
from app.queries.classes import DEFAULT_CLASSES, Method
from app.queries.codelists import ListName, code_list
from app.web.errors import BadParameters
from gis.problems import Problem

FILTER_LISTS: Mapping[str, ListName] = {
    "status": "project_status",
    "fund_source": "fund_source",
    "strategy": "national_strategy",
}


@dataclass(frozen=True)
class Asked:
    """A view of the budget: place, measure, classing and filters.

    Parameters
    ----------
    parent
        Area whose parts are shown; ``None`` = the nation.
    """

    level: Level = "province"
    parent: str | None = None
    measure: Measure = "budget"
    method: Method = "natural_breaks"
    classes: int = DEFAULT_CLASSES
    narrowed: BudgetFilter = field(default_factory=BudgetFilter)


@dataclass(frozen=True)
class BudgetView:
    """The answer to what was asked.

    Parameters
    ----------
    path
        Areas from the province down to the parent; empty for the nation.
    years
        Fiscal years (B.E.) with projects.
    """

    asked: Asked
    table: BudgetTable
    path: tuple[AreaName, ...]
    years: tuple[int, ...]
    data_as_of: datetime | None


def asked_from(values: Mapping[str, Any]) -> Asked:
    """From the parsed parameters of an address."""
    return Asked(
        level=values["level"],
        parent=values["parent"],
        measure=values["measure"],
        method=values["method"],
        classes=values["classes"],
        narrowed=BudgetFilter(
            fiscal_year=tuple(year for year in values["fiscal_year"] if isinstance(year, int)),
            kind=values["kind"],
            status=values["status"],
            fund_source=values["fund_source"],
            strategy=values["strategy"],
        ),
    )


def budget_view(session: Session, asked: Asked, sight: Visibility) -> BudgetView:
    """Read, class and rank.

    Raises
    ------
    BadParameters
        A parent that does not lie above the level, codes that are in no list; all of them at once.
    NotFound
        No such parent.
    """
    problems = _parent_problems(asked) + _code_problems(session, asked.narrowed)
    if problems:
        raise BadParameters(problems, code="invalid_parameters")
    path = _path(session, asked.parent)
    reading = read_budget(session, asked.level, asked.parent, asked.narrowed, sight)
    return BudgetView(
        asked=asked,
        table=tabulate(reading, asked.measure, asked.method, asked.classes),
        path=path,
        years=tuple(years_with_projects(session, sight)),
        data_as_of=data_as_of(session),
    )


def _parent_problems(asked: Asked) -> list[Problem]:
    # An organisation may work anywhere: every area lies above the level of organisations.
    deepest = DIGITS.get(asked.level, 8)
    if asked.parent is None or len(asked.parent) < deepest:
        return []
    values = {"parent": asked.parent, "level": asked.level}
    return [Problem("parent_not_above", where={"field": "parent"}, values=values)]


def _code_problems(session: Session, narrowed: BudgetFilter) -> list[Problem]:
    return [
        Problem("unknown_code", where={"field": name}, values={"field": name, "given": given})
        for name, list_name in FILTER_LISTS.items()
        for given in getattr(narrowed, name)
        if given not in code_list(session, list_name)
    ]


def _path(session: Session, parent: str | None) -> tuple[AreaName, ...]:
    if parent is None:
        return ()
    codes = (*reversed(ancestors(parent)), parent)
    names = area_names(session, codes)
    if parent not in names:
        raise NotFound("area_not_found", {"area": parent})
    return tuple(names[code] for code in codes if code in names)


LEVEL_CHOICES: tuple[Level, ...] = get_args(Level)


def levels_below(parent: str | None) -> tuple[Level, ...]:
    """Levels that can be shown under a parent. The nation is not shown by tambon: 7,425 rows tell nobody anything.

    Examples
    --------
    >>> levels_below(None), levels_below("3601")
    (('province', 'amphoe'), ('tambon', 'organisation'))
    """
    if parent is None:
        return ("province", "amphoe")
    areas = tuple(level for level in LEVEL_CHOICES if DIGITS.get(level, 0) > len(parent))
    return (*areas, "organisation")

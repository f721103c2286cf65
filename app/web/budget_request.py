"""What the budget map was asked for, checked, and the view that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.areas import AreaName
from app.queries.budget import DIGITS, BudgetFilter, Level, data_as_of, read_budget, years_with_projects
from app.queries.budget_table import BudgetTable, Measure, tabulate
from app.queries.classes import DEFAULT_CLASSES, Method
from app.web.errors import BadParameters
from app.web.place_filters import code_problems, narrowed_from, parent_problems, path_to


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
        narrowed=narrowed_from(values),
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
    # An organisation may work anywhere: every area lies above the level of organisations.
    problems = parent_problems(asked.level, asked.parent, 8) + code_problems(session, asked.narrowed)
    if problems:
        raise BadParameters(problems, code="invalid_parameters")
    path = path_to(session, asked.parent)
    reading = read_budget(session, asked.level, asked.parent, asked.narrowed, sight)
    return BudgetView(
        asked=asked,
        table=tabulate(reading, asked.measure, asked.method, asked.classes),
        path=path,
        years=tuple(years_with_projects(session, sight)),
        data_as_of=data_as_of(session),
    )


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

"""What the analysis of allocation was asked for, checked, and the view that answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.allocation import LEVELS, RESOLUTIONS, Level, count_works
from app.queries.allocation_table import (
    MEASURES,
    Allocation,
    Measure,
    clusters_of,
    equity_of,
    neighbours_of,
    read_allocation,
)
from app.queries.allocation_works import UNITS, Unit, read_unit_costs
from app.queries.areas import AreaName, children
from app.queries.budget import DIGITS, BudgetFilter, data_as_of, years_with_projects
from app.services.heavy import heavy
from app.web.endpoint import Param
from app.web.errors import BadParameters
from app.web.params import choice, decimal_number, fiscal_year, integer_schema, string_schema, whole_number
from app.web.place_filters import (
    ALL_YEARS,
    FILTERS,
    PAGE_YEARS,
    PARENT,
    YEARS,
    code_problems,
    narrowed_from,
    parent_problems,
    path_to,
)
from gis.clusters import ALPHA, Clusters
from gis.equity import Equity
from gis.problems import Problem

View = Literal["map", "equity", "clusters", "change", "years", "costs"]
VIEWS: tuple[View, ...] = ("map", "equity", "clusters", "change", "years", "costs")
MOST_WORKS = 60_000
"""Works whose shapes or prices a page reads one by one; beyond that a province is chosen first."""
FINEST_OF_NATION = 6
"""Finest hexagons that the whole country is shown in."""
_PLACE = (
    Param("level", choice(*LEVELS), string_schema(enum=list(LEVELS)), "What a row is", "province"),
    PARENT,
    Param("measure", choice(*MEASURES), string_schema(enum=list(MEASURES)), "What is compared", "per_head"),
    Param(
        "resolution",
        whole_number(RESOLUTIONS.start, RESOLUTIONS.stop - 1),
        integer_schema(RESOLUTIONS.start, RESOLUTIONS.stop - 1),
        "Size of hexagons (H3)",
        6,
    ),
    Param("alpha", decimal_number(0.001, 0.2), {"type": "number"}, "False discovery rate of clusters", ALPHA),
)
PARAMS: tuple[Param, ...] = (*_PLACE, YEARS, *FILTERS)

_UNIT = Param("unit", choice(*UNITS), string_schema(enum=list(UNITS)), "Unit of prices", "km")
COST_PARAMS: tuple[Param, ...] = (PARENT, _UNIT, YEARS, *FILTERS)

_TWO_YEARS = (
    Param("from_year", fiscal_year, integer_schema(2540, 2640), "Earlier year of a change"),
    Param("to_year", fiscal_year, integer_schema(2540, 2640), "Later year of a change"),
)
FILE_VIEWS: tuple[View, ...] = ("map", "equity", "clusters", "change", "years")
FILE_PARAMS: tuple[Param, ...] = (
    *PARAMS,
    Param("view", choice(*FILE_VIEWS), string_schema(enum=list(FILE_VIEWS)), "What the file holds", "map"),
    *_TWO_YEARS,
)
PAGE_PARAMS: tuple[Param, ...] = (
    *_PLACE,
    Param("view", choice(*VIEWS), string_schema(enum=list(VIEWS)), "What is shown of it", "map"),
    Param("by", choice("lisa", "gi"), string_schema(enum=["lisa", "gi"]), "Which clusters the map draws", "lisa"),
    *_TWO_YEARS,
    Param("swipe", whole_number(0, 100), integer_schema(0, 100), "Where two years are wiped, percent from the left"),
    _UNIT,
    PAGE_YEARS,
    *FILTERS,
    Param("page", whole_number(1, 1000), integer_schema(1, 1000), "Page of the table", 1),
)


@dataclass(frozen=True)
class Asked:
    """An analysis: place, measure, filters, and what is shown of it."""

    level: Level = "province"
    parent: str | None = None
    measure: Measure = "per_head"
    resolution: int = 6
    alpha: float = ALPHA
    view: View = "map"
    from_year: int | None = None
    to_year: int | None = None
    unit: Unit = "km"
    by: Literal["lisa", "gi"] = "lisa"
    swipe: int | None = None
    narrowed: BudgetFilter = field(default_factory=BudgetFilter)

    @property
    def compares_years(self) -> bool:
        """True for views that look at years side by side, whatever years are chosen for the others."""
        return self.view in ("change", "years")


@dataclass(frozen=True)
class AllocationView:
    """The answer to what was asked; ``equity``, ``clusters`` and ``costs`` only where the view shows them."""

    asked: Asked
    found: Allocation | None
    equity: Equity | None
    clusters: Clusters | None
    costs: Any
    path: tuple[AreaName, ...]
    provinces: Mapping[str, AreaName]
    years: tuple[int, ...]
    data_as_of: datetime | None

    @property
    def narrowed(self) -> BudgetFilter:
        """The filter with the very years that are shown."""
        if self.found is None or not self.asked.compares_years:
            return self.asked.narrowed
        return replace(self.asked.narrowed, fiscal_year=self.found.years)

    @property
    def places(self) -> Allocation:
        """The places; every view but that of prices has them."""
        if self.found is None:
            raise TypeError("a view of prices has no places")
        return self.found

    @property
    def spots(self) -> Clusters:
        """The clusters of a view that has them."""
        if self.clusters is None:
            raise TypeError("this view has no clusters")
        return self.clusters


def asked_from(values: Mapping[str, Any]) -> Asked:
    """From the parsed parameters of an address."""
    own = {one.name for one in fields(Asked)} - {"narrowed"}
    return Asked(
        **{name: value for name, value in values.items() if name in own},
        narrowed=narrowed_from(values),
    )


def check(session: Session, asked: Asked, sight: Visibility) -> tuple[AreaName, ...]:
    """Path to the area asked for.

    Raises
    ------
    BadParameters
        A parent that does not lie above the level, codes that are in no list, more works than a page cuts one by one;
        all of them at once.
    NotFound
        No such area.
    """
    problems = code_problems(session, asked.narrowed) + _place_problems(asked)
    if not problems and (asked.level == "hexagon" or asked.view == "costs"):
        works = count_works(session, asked.parent, asked.narrowed, sight)
        if works > MOST_WORKS:
            values = {"works": f"{works:,}", "most": f"{MOST_WORKS:,}"}
            problems.append(Problem("too_many_works_to_cut", where={"field": "parent"}, values=values))
    if problems:
        raise BadParameters(problems, code="invalid_parameters")
    return path_to(session, asked.parent)


def check_place(session: Session, asked: Asked) -> None:
    """Refuse a place that cannot be shown, as :func:`check` does."""
    problems = _place_problems(asked)
    if problems:
        raise BadParameters(problems, code="invalid_parameters")
    path_to(session, asked.parent)


def _place_problems(asked: Asked) -> list[Problem]:
    if asked.view == "costs":
        return []  # prices are of works, whatever the size of places
    problems = parent_problems(asked.level, asked.parent, 8 if asked.level == "hexagon" else 6)
    if asked.level == "hexagon" and asked.parent is None and asked.resolution > FINEST_OF_NATION:
        values = {"largest": str(FINEST_OF_NATION)}
        problems.append(Problem("hexagons_too_small", where={"field": "resolution"}, values=values))
    return problems


def complete_view(session: Session, asked: Asked, sight: Visibility) -> AllocationView:
    """Everything that is known of the places, whatever the page would show."""
    return allocation_view(session, asked, sight, everything=True)


@heavy()
def allocation_view(session: Session, asked: Asked, sight: Visibility, *, everything: bool = False) -> AllocationView:
    """Read, set against the base, and work out what the view shows."""
    path = check(session, asked, sight)
    years = tuple(years_with_projects(session, sight))
    provinces = {one.code: one for one in children(session, None)}
    found, spread, spots, costs = None, None, None, None
    if asked.view == "costs":
        costs = read_unit_costs(session, asked.unit, asked.parent, asked.narrowed, sight)
    else:
        narrowed = asked.narrowed
        if asked.view == "change":
            narrowed = replace(narrowed, fiscal_year=tuple(y for y in (asked.from_year, asked.to_year) if y))
        elif asked.view == "years":
            narrowed = replace(narrowed, fiscal_year=years)
        found = read_allocation(session, asked.level, asked.parent, asked.measure, narrowed, sight, asked.resolution)
        if everything or asked.view == "equity":
            spread = equity_of(found, {one: name.name_th for one, name in provinces.items()})
        if everything or asked.view == "clusters":
            spots = clusters_of(found, neighbours_of(session, found), asked.alpha)
    return AllocationView(asked, found, spread, spots, costs, path, provinces, years, data_as_of(session))


def with_two_years(asked: Asked, years: Iterable[int], later: int | None = None) -> Asked:
    """A change between the years asked for, else between the newest of the filter (or ``later``) and that before it."""
    known = sorted(years)
    if asked.view != "change" or not known:
        return asked
    later = asked.to_year or max(asked.narrowed.fiscal_year, default=later or known[-1])
    if later == known[0] and not (asked.from_year or asked.to_year):
        # The first year there is: nothing lies before it, so what came of it is shown.
        later = next((one for one in known if one > later), later)
    earlier = asked.from_year or max((one for one in known if one < later), default=known[0])
    return replace(asked, from_year=earlier, to_year=later)


def levels_below(parent: str | None) -> tuple[Level, ...]:
    """Levels that can be analysed under a parent."""
    if parent is None:
        return ("province", "amphoe", "tambon", "organisation", "hexagon")
    areas = tuple(level for level in LEVELS if DIGITS.get(level, 0) > len(parent))
    return (*areas, "organisation", "hexagon") if len(parent) < 6 else ("hexagon",)


def query_of(asked: Asked, **changes: Any) -> str:
    """Query string of an analysis with something changed (also a filter's name); what is as usual is left out."""
    filters = {one.name for one in fields(BudgetFilter)}
    narrowed = replace(asked.narrowed, **{name: value for name, value in changes.items() if name in filters})
    asked = replace(asked, narrowed=narrowed, **{n: v for n, v in changes.items() if n not in filters})
    if asked.view != "change":
        asked = replace(asked, swipe=None)
    usual = Asked()
    pairs: list[tuple[str, str]] = [("level", asked.level)]
    for one in fields(Asked):
        value = getattr(asked, one.name)
        if one.name not in ("level", "narrowed") and value is not None and value != getattr(usual, one.name):
            pairs.append((one.name, str(value)))
    for name in sorted(filters):
        values = getattr(narrowed, name)
        if values:
            pairs.append((name, ",".join(str(each) for each in values)))
        elif name == "fiscal_year":
            pairs.append((name, ALL_YEARS))
    return urlencode(pairs, safe=",")

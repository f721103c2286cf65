"""What the analysis of allocation was asked for, checked, and the view that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.errors import NotFound
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
from app.queries.areas import AreaName, ancestors, area_names, children
from app.queries.budget import DIGITS, BudgetFilter, data_as_of, years_with_projects
from app.queries.codelists import ListName, code_list
from app.services.heavy import heavy
from app.web.endpoint import Param
from app.web.errors import BadParameters
from app.web.params import (
    KINDS,
    area_code,
    choice,
    code,
    decimal_number,
    fiscal_year,
    integer_schema,
    kind,
    string_schema,
    whole_number,
)
from gis.clusters import ALPHA, Clusters
from gis.equity import Equity
from gis.problems import Problem

View = Literal["map", "equity", "clusters", "change", "years", "costs"]
VIEWS: tuple[View, ...] = ("map", "equity", "clusters", "change", "years", "costs")
ALL_YEARS = "all"
MOST_WORKS = 60_000
"""Works whose shapes or prices a page reads one by one; beyond that a province is chosen first."""
FINEST_OF_NATION = 6
"""Finest hexagons that the whole country is shown in."""
_LISTS: Mapping[str, ListName] = {
    "status": "project_status",
    "fund_source": "fund_source",
    "strategy": "national_strategy",
}

_FILTERS = (
    Param("kind", kind, string_schema(enum=list(KINDS)), "Kinds of work", (), many=True),
    Param("status", code, string_schema(), "Statuses of the money", (), many=True),
    Param("fund_source", code, string_schema(), "Fund sources: money is the part from these", (), many=True),
    Param("strategy", code, string_schema(), "National strategies", (), many=True),
)
_YEARS = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal years (B.E.)", (), many=True)
_PLACE = (
    Param("level", choice(*LEVELS), string_schema(enum=list(LEVELS)), "What a row is", "province"),
    Param("parent", area_code, string_schema(pattern="^([0-9]{2}){1,3}$"), "Area whose parts are analysed"),
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
PARAMS: tuple[Param, ...] = (*_PLACE, _YEARS, *_FILTERS)

_UNIT = Param("unit", choice(*UNITS), string_schema(enum=list(UNITS)), "Unit of prices", "km")
COST_PARAMS: tuple[Param, ...] = (*(one for one in _PLACE if one.name == "parent"), _UNIT, _YEARS, *_FILTERS)


def _year_or_all(text: str) -> int | str:
    return text if text == ALL_YEARS else fiscal_year(text)


PAGE_PARAMS: tuple[Param, ...] = (
    *_PLACE,
    Param("view", choice(*VIEWS), string_schema(enum=list(VIEWS)), "What is shown of it", "map"),
    Param("by", choice("lisa", "gi"), string_schema(enum=["lisa", "gi"]), "Which clusters the map draws", "lisa"),
    Param("from_year", fiscal_year, integer_schema(2540, 2640), "Earlier year of a change"),
    Param("to_year", fiscal_year, integer_schema(2540, 2640), "Later year of a change"),
    _UNIT,
    Param("fiscal_year", _year_or_all, string_schema(), "Fiscal years (B.E.), or all", (), many=True),
    *_FILTERS,
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
        narrowed=BudgetFilter(
            fiscal_year=tuple(year for year in values["fiscal_year"] if isinstance(year, int)),
            kind=values["kind"],
            status=values["status"],
            fund_source=values["fund_source"],
            strategy=values["strategy"],
        ),
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
    problems = [
        Problem("unknown_code", where={"field": name}, values={"field": name, "given": given})
        for name, list_name in _LISTS.items()
        for given in getattr(asked.narrowed, name)
        if given not in code_list(session, list_name)
    ]
    problems += _place_problems(asked)
    if not problems and (asked.level == "hexagon" or asked.view == "costs"):
        works = count_works(session, asked.parent, asked.narrowed, sight)
        if works > MOST_WORKS:
            values = {"works": f"{works:,}", "most": f"{MOST_WORKS:,}"}
            problems.append(Problem("too_many_works_to_cut", where={"field": "parent"}, values=values))
    if problems:
        raise BadParameters(problems, code="invalid_parameters")
    return _path(session, asked.parent)


def check_place(session: Session, asked: Asked) -> None:
    """Refuse a place that cannot be shown, as :func:`check` does."""
    problems = _place_problems(asked)
    if problems:
        raise BadParameters(problems, code="invalid_parameters")
    _path(session, asked.parent)


def _place_problems(asked: Asked) -> list[Problem]:
    if asked.view == "costs":
        return []  # prices are of works, whatever the size of places
    problems = []
    deepest = DIGITS.get(asked.level, 8 if asked.level == "hexagon" else 6)
    if asked.parent is not None and len(asked.parent) >= deepest:
        values = {"parent": asked.parent, "level": asked.level}
        problems.append(Problem("parent_not_above", where={"field": "parent"}, values=values))
    if asked.level == "hexagon" and asked.parent is None and asked.resolution > FINEST_OF_NATION:
        values = {"largest": str(FINEST_OF_NATION)}
        problems.append(Problem("hexagons_too_small", where={"field": "resolution"}, values=values))
    return problems


def _path(session: Session, parent: str | None) -> tuple[AreaName, ...]:
    if parent is None:
        return ()
    codes = (*reversed(ancestors(parent)), parent)
    names = area_names(session, codes)
    if parent not in names:
        raise NotFound("area_not_found", {"area": parent})
    return tuple(names[each] for each in codes if each in names)


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

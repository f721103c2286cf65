"""What the funnel was asked for, checked, and the view that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.budget import data_as_of, years_with_projects
from app.queries.codelists import ListName, code_list
from app.queries.funnel import GROUPS, OWN_FORMS, FunnelReading, GroupBy, drill_change, funnel, stage_value
from app.queries.project_filter import NONE, STAGES, ProjectFilter
from app.web.endpoint import Param
from app.web.errors import BadParameters
from app.web.params import choice, fiscal_year, integer_schema, string_schema, whole_number
from app.web.place_filters import check_places
from app.web.project_params import FILTER_PARAMS, LAST_QUARTER, PLAN_FORMS, query_of
from gis.problems import Problem

SHOWN = ("baht", "projects", "percent_baht", "percent_projects")
ALL = "all"
"""Word of the address for every fiscal year and for every plan form, where nothing means the usual ones."""
FIELDS = ("fiscal_year", "area", "organisation", "kind", "strategy", "programme", "local_strategy", "plan_form")
_LISTS: Mapping[str, ListName] = {"strategy": "national_strategy", "programme": "budget_programme"}


def _form(text: str) -> str:
    return text if text == ALL else choice(*PLAN_FORMS)(text)


def _year(text: str) -> int | str:
    return text if text == ALL else fiscal_year(text)


_GROUP_BY = Param("group_by", choice(*GROUPS), string_schema(enum=list(GROUPS)), "What a row is", "province")
_AT_QUARTER = Param(
    "at_quarter",
    whole_number(1, LAST_QUARTER),
    integer_schema(1, LAST_QUARTER),
    "State at the end of this quarter of the fiscal year; 5 and more lie after it; without it now",
)
_PLAN_FORM = Param(
    "plan_form",
    _form,
    string_schema(enum=[*PLAN_FORMS, ALL]),
    "Forms of the plan line; NONE: without one; without it ผ.02 and NONE, whose sums hold no work twice",
    (),
    many=True,
)
_FILTERS = tuple(param for param in FILTER_PARAMS if param.name in FIELDS and param.name != "plan_form")
PARAMS: tuple[Param, ...] = (_GROUP_BY, _AT_QUARTER, *_FILTERS, _PLAN_FORM)
PAGE_PARAMS: tuple[Param, ...] = (
    _GROUP_BY,
    _AT_QUARTER,
    Param("show", choice(*SHOWN), string_schema(enum=list(SHOWN)), "What the cells of the table say", "baht"),
    *(param for param in _FILTERS if param.name != "fiscal_year"),
    Param("fiscal_year", _year, string_schema(), "Fiscal years (B.E.), or all", (), many=True),
    _PLAN_FORM,
)


@dataclass(frozen=True)
class Asked:
    """A view of the funnel."""

    group_by: GroupBy = "province"
    at_quarter: int | None = None
    show: str = "baht"
    narrowed: ProjectFilter = field(default_factory=lambda: ProjectFilter(plan_form=OWN_FORMS))


@dataclass(frozen=True)
class FunnelView:
    """The answer to what was asked.

    Parameters
    ----------
    years
        Fiscal years (B.E.) with projects.
    """

    asked: Asked
    reading: FunnelReading
    years: tuple[int, ...]
    data_as_of: datetime | None


def asked_from(values: Mapping[str, Any]) -> Asked:
    """From the parsed parameters of an address."""
    given = {name: values[name] for name in FIELDS}
    forms = given["plan_form"]
    given["plan_form"] = () if ALL in forms else forms or OWN_FORMS
    given["fiscal_year"] = tuple(year for year in given["fiscal_year"] if isinstance(year, int))
    return Asked(values["group_by"], values["at_quarter"], values.get("show", "baht"), ProjectFilter(**given))


def funnel_view(session: Session, asked: Asked, sight: Visibility) -> FunnelView:
    """Read what was asked.

    Raises
    ------
    BadParameters
        A grouping that needs a place without one, codes that are in no list; all of them at once.
    NotFound
        No such area.
    """
    check_places(session, asked.narrowed.area)
    problems = _group_problems(asked) + _code_problems(session, asked.narrowed)
    if problems:
        raise BadParameters(problems, code="invalid_parameters")
    reading = funnel(session, asked.narrowed, asked.group_by, sight, asked.at_quarter)
    return FunnelView(asked, reading, tuple(years_with_projects(session, sight)), data_as_of(session))


def groups_for(narrowed: ProjectFilter) -> tuple[GroupBy, ...]:
    """Groupings that can be chosen: strategies of a plan belong to one organisation, and a list of all organisations
    of the country tells nobody anything."""
    left_out = set()
    if not narrowed.organisation:
        left_out.add("local_strategy")
    if not narrowed.organisation and not narrowed.area:
        left_out.add("organisation")
    return tuple(name for name in GROUPS if name not in left_out)


class ListAddresses:
    """Addresses of the lists with the very projects behind the numbers of a view.

    What the rows have in common is written once: a country of amphoes has six thousand numbers.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._common: dict[str, str] = {}

    def of_total(self) -> dict[str, str]:
        """By stage."""
        return self._by_stage(self._without(""), self._asked.at_quarter if self._asked.group_by != "quarter" else None)

    def of_row(self, code: str | None) -> dict[str, str]:
        """By stage, of the row with this code."""
        asked = self._asked
        if asked.group_by == "quarter":
            return self._by_stage(self._without(""), int(code) if code else None)
        ((name, value),) = drill_change(asked.group_by, code).items()
        own = urlencode({name: value if isinstance(value, str) else value[0]})
        return self._by_stage(f"{self._without(name)}{own}&", asked.at_quarter)

    def _without(self, name: str) -> str:
        if name not in self._common:
            left = {name: getattr(ProjectFilter(), name)} if name else {}
            held = query_of(replace(self._asked.narrowed, **left))
            self._common[name] = f"{held}&" if held else ""
        return self._common[name]

    @staticmethod
    def _by_stage(start: str, at_quarter: int | None) -> dict[str, str]:
        return {stage: f"/projects?{start}stage={stage_value(stage, at_quarter)}" for stage in STAGES}


def query(asked: Asked, *, page: bool = True, **more: str) -> str:
    """The view as a query string; what is as usual is left out, the year never is."""
    held = asked.narrowed
    pairs: list[tuple[str, str]] = [("group_by", asked.group_by)]
    if asked.at_quarter is not None:
        pairs.append(("at_quarter", str(asked.at_quarter)))
    if page and asked.show != "baht":
        pairs.append(("show", asked.show))
    for name in FIELDS:
        values = getattr(held, name)
        if name == "plan_form":
            values = () if values == OWN_FORMS else values or (ALL,)
        elif name == "fiscal_year" and page:
            values = values or (ALL,)
        if values:
            pairs.append((name, ",".join(map(str, values))))
    return urlencode([*pairs, *more.items()], safe=",")


def _group_problems(asked: Asked) -> list[Problem]:
    if asked.group_by in groups_for(asked.narrowed):
        return []
    code = "funnel_needs_organisation" if asked.group_by == "local_strategy" else "funnel_needs_place"
    return [Problem(code, where={"field": "group_by"}, values={"group_by": asked.group_by})]


def _code_problems(session: Session, narrowed: ProjectFilter) -> list[Problem]:
    return [
        Problem("unknown_code", where={"field": name}, values={"field": name, "given": given})
        for name, list_name in _LISTS.items()
        for given in getattr(narrowed, name)
        if given != NONE and given not in code_list(session, list_name)
    ]

"""What every page of money by place is asked alike: area, years and filters; checked, said, and offered as menus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.messages import Language
from app.queries.areas import AreaName, ancestors, area_names
from app.queries.budget import DIGITS, BudgetFilter
from app.queries.codelists import ListName, code_list
from app.queries.organisations import organisation_names
from app.web.endpoint import Param
from app.web.filters import thai_date
from app.web.params import KINDS, area_code, code, fiscal_year, integer_schema, kind, string_schema
from app.web.place_words import _
from gis.problems import Problem

ALL_YEARS = "all"
FILTER_LISTS: Mapping[str, ListName] = {
    "status": "project_status",
    "fund_source": "fund_source",
    "strategy": "national_strategy",
}


def year_or_all(text: str) -> int | str:
    """A fiscal year, or the word for all of them: a bare address opens the newest year worth opening."""
    return text if text == ALL_YEARS else fiscal_year(text)


PARENT = Param("parent", area_code, string_schema(pattern="^([0-9]{2}){1,3}$"), "Area whose parts are shown")
YEARS = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal years (B.E.)", (), many=True)
PAGE_YEARS = Param("fiscal_year", year_or_all, string_schema(), "Fiscal years (B.E.), or all", (), many=True)
FILTERS = (
    Param("kind", kind, string_schema(enum=list(KINDS)), "Kinds of work", (), many=True),
    Param("status", code, string_schema(), "Statuses of the money", (), many=True),
    Param("fund_source", code, string_schema(), "Fund sources: money is the part from these", (), many=True),
    Param("strategy", code, string_schema(), "National strategies", (), many=True),
)


def narrowed_from(values: Mapping[str, Any]) -> BudgetFilter:
    """From the parsed parameters of an address."""
    return BudgetFilter(
        fiscal_year=tuple(year for year in values["fiscal_year"] if isinstance(year, int)),
        kind=values["kind"],
        status=values["status"],
        fund_source=values["fund_source"],
        strategy=values["strategy"],
    )


def code_problems(session: Session, narrowed: BudgetFilter) -> list[Problem]:
    """Codes of a filter that are in no list."""
    return [
        Problem("unknown_code", where={"field": name}, values={"field": name, "given": given})
        for name, list_name in FILTER_LISTS.items()
        for given in getattr(narrowed, name)
        if given not in code_list(session, list_name)
    ]


def parent_problems(level: str, parent: str | None, otherwise: int) -> list[Problem]:
    """A parent that does not lie above the level; ``otherwise`` = digits that a level without a code is deeper than."""
    if parent is None or len(parent) < DIGITS.get(level, otherwise):
        return []
    return [Problem("parent_not_above", where={"field": "parent"}, values={"parent": parent, "level": level})]


def path_to(session: Session, parent: str | None) -> tuple[AreaName, ...]:
    """Areas from the province down to the parent; none for the nation.

    Raises
    ------
    NotFound
        No such area.
    """
    if parent is None:
        return ()
    codes = (*reversed(ancestors(parent)), parent)
    names = area_names(session, codes)
    if parent not in names:
        raise NotFound("area_not_found", {"area": parent})
    return tuple(names[each] for each in codes if each in names)


def check_places(session: Session, areas: Sequence[str], organisations: Sequence[str] = ()) -> None:
    """Refuse a place that is none: an empty page would be read as nothing being there.

    Raises
    ------
    NotFound
        No such area or organisation.
    """
    known = area_names(session, areas) if areas else {}
    for each in areas:
        if each not in known:
            raise NotFound("area_not_found", {"area": each})
    named = organisation_names(session, organisations) if organisations else {}
    for each in organisations:
        if each not in named:
            raise NotFound("organisation_not_found", {"organisation": each})


@dataclass(frozen=True)
class Option:
    """One value of a filter."""

    code: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class FilterMenu:
    """One filter of a page.

    Parameters
    ----------
    summary
        What the chip says.
    """

    name: str
    title: str
    options: tuple[Option, ...]
    summary: str

    @property
    def active(self) -> bool:
        """True when it narrows."""
        return any(option.chosen for option in self.options)


def filter_menus(session: Session, narrowed: BudgetFilter, language: Language) -> list[FilterMenu]:
    """Menus of the filters, in the order of the page."""
    kinds = [("road", _("ถนน")), ("water", _("แหล่งน้ำ")), ("other", _("อื่น ๆ"))]
    menus = [_menu("kind", _("ด้าน"), kinds, narrowed.kind)]
    titles = {"status": _("สถานะ"), "fund_source": _("แหล่งเงิน"), "strategy": _("ยุทธศาสตร์")}
    for name, list_name in FILTER_LISTS.items():
        names = [(one.code, one.name(language)) for one in code_list(session, list_name).values()]
        menus.append(_menu(name, titles[name], names, getattr(narrowed, name)))
    return menus


def _menu(name: str, title: str, names: list[tuple[str, str]], chosen: tuple[str, ...]) -> FilterMenu:
    options = tuple(Option(code, text, code in chosen) for code, text in names)
    taken = [option.name for option in options if option.chosen]
    if not taken:
        summary = _("ทั้งหมด")
    elif len(taken) <= 2 and sum(map(len, taken)) <= 28:
        summary = " + ".join(taken)
    else:
        summary = _("%(count)s อย่าง", count=len(taken))
    return FilterMenu(name, title, options, f"{title}: {summary}")


def about_lines(
    session: Session,
    path: Sequence[AreaName],
    narrowed: BudgetFilter,
    as_of: datetime | None,
    language: Language,
) -> tuple[str, ...]:
    """What stands above a table that is taken away: the place, the years and every filter in full, the data's day."""
    years = ", ".join(map(str, narrowed.fiscal_year))
    parts = [
        path[-1].name(language) if path else _("ประเทศ"),
        f"{_('ปีงบ')} {years}" if years else _("ทุกปีงบ"),
        *(
            f"{menu.title}: {', '.join(option.name for option in menu.options if option.chosen)}"
            for menu in filter_menus(session, narrowed, language)
            if menu.active
        ),
    ]
    return (" · ".join(parts), f"{_('ข้อมูลงบ ณ')} {thai_date(as_of)}")

"""What the overview shows: the funnel's own figures of a place and a year, each with the address of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Visibility, visibility
from app.queries.budget import data_as_of, opening_year
from app.queries.dashboard import CoordinatesReading, read_coordinates
from app.queries.duplicate_times import never_compared
from app.queries.funnel import Funnel, FunnelReading, FunnelRow, GroupBy, funnel
from app.queries.project_filter import ProjectFilter
from app.web.access_cache import NationalAnswers
from app.web.context import current_fiscal_year_be, remembered
from app.web.dashboard_figures import baht_of, count_of, figures_of, first_stage, stakes_of
from app.web.dashboard_place import BY, Names, Place, below, own_or_asked
from app.web.duplicates import may_compare
from app.web.filters import fiscal_year
from app.web.funnel_page import group_name, row_name
from app.web.funnel_request import Asked, ListAddresses
from app.web.funnel_request import query as funnel_query
from app.web.project_list import place_choices

YEARS_SHOWN = 10


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


@dataclass(frozen=True)
class Bar:
    """A line of a chart, which is its table too: approved budget and what of it is disbursed.

    Parameters
    ----------
    address
        What its name opens.
    lists
        Addresses of its projects by stage.
    budget_width, disbursed_width
        Percent of the longest bar of the chart.
    chosen
        True for the year that the page is of.
    """

    name: str
    address: str
    lists: Mapping[str, str]
    budget_baht: Decimal
    disbursed_baht: Decimal
    budget_width: float
    disbursed_width: float
    chosen: bool = False


@dataclass(frozen=True)
class Reading:
    """What was asked for: a place, all of its years, and the one that is shown."""

    place: Place
    by_year: FunnelReading
    years: Mapping[int, Funnel]
    year: int

    @property
    def found(self) -> bool:
        """False for a year without any project of the place."""
        return self.year in self.years

    @property
    def of_year(self) -> Place:
        """The place in the year."""
        return replace(self.place, narrowed=replace(self.place.narrowed, fiscal_year=(self.year,)))


def reading_of(session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor) -> Reading:
    """The place asked for, or the person's own, with its years.

    Raises
    ------
    NotFound
        No such area or organisation.
    """
    place = Place(own_or_asked(session, values, given, actor), values["by"])
    by_year = funnel(session, place.narrowed, "fiscal_year", visibility(actor))
    years = {int(row.code or 0): row.funnel for row in by_year.rows}
    return Reading(place, by_year, years, values["fiscal_year"] or _opening(years))


def page_values(session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    """Everything the template needs."""
    sight = visibility(actor)
    reading = reading_of(session, values, given, actor)
    place, by_year, years, year = reading.place, reading.by_year, reading.years, reading.year
    of_year = reading.of_year
    shown = sorted({*[one for one in years if one > max(years) - YEARS_SHOWN], year})
    names = Names(session, place.narrowed)
    return {
        "year": year,
        "years": [(one, f"/dashboard?{place.query(fiscal_year=(one,))}", one in years) for one in shown],
        "place": names.title,
        "path": [(name, address and f"/dashboard?{of_year.query(**address)}") for name, address in names.path],
        "here": f"/dashboard?{of_year.query()}",
        "printed_address": f"{request.host_url}dashboard?{of_year.query()}",
        "every_place": f"/dashboard?{urlencode({'area': ''})}",
        "narrowed": of_year.narrowed,
        "by": place.by,
        "choices": place_choices(session, actor, place.narrowed),
        "data_as_of": data_as_of(session),
        "found": year in years,
        "unfinished": year >= current_fiscal_year_be(),
        "newest": max(years, default=None),
        **(_of_year(session, of_year, by_year, names.seat, sight) if year in years else {}),
    }


def _of_year(session: Session, place: Place, by_year: FunnelReading, seat: str, sight: Visibility) -> dict[str, Any]:
    narrowed = place.narrowed
    year, group_by = narrowed.fiscal_year[0], below(narrowed)
    rows = funnel(session, narrowed, group_by, sight)
    parts = funnel(session, narrowed, place.by, sight) if group_by != place.by else rows
    coordinates = coordinates_of(session, replace(narrowed, fiscal_year=(year - 1, year)), group_by, sight)
    stakes = stakes_of(session, narrowed) if sight is Visibility.STAFF else None
    never = stakes is not None and never_compared(session)
    earlier = {int(row.code or 0): row.funnel for row in by_year.rows}.get(year - 1)
    table = sorted(rows.rows, key=lambda row: (row.code is None, -baht_of(row.funnel, "approved"), str(row.code)))
    return {
        "figures": figures_of(place, rows.total, earlier, coordinates, stakes, never),
        "may_compare": may_compare(),
        "year_bars": _year_bars(place, by_year),
        "part_bars": _part_bars(place, parts),
        "bys": [(name, group_name(name), f"/dashboard?{place.query(by=name)}") for name in BY],
        "part_word": group_name(place.by),
        "group_word": group_name(group_by),
        "table": [_line(place, group_by, row, coordinates) for row in table],
        "total": _total_line(place, group_by, rows.total, coordinates),
        "first": first_stage(rows.total),
        "funnel_address": f"/funnel?{funnel_query(Asked(group_by, narrowed=narrowed))}",
        "budget_address": "" if narrowed.organisation else f"/budget?{_budget_query(narrowed)}",
        "further": _further(seat, year, sight),
    }


def coordinates_of(
    session: Session, narrowed: ProjectFilter, group_by: GroupBy, sight: Visibility
) -> CoordinatesReading:
    """No cells keep the state of coordinates, so the nation's are counted from every project, and kept for a while."""
    if narrowed.area or narrowed.organisation:
        return read_coordinates(session, narrowed, group_by, sight)
    answers = remembered("coordinates of the nation", NationalAnswers[ProjectFilter, CoordinatesReading])
    return answers.get(narrowed, sight, lambda: read_coordinates(session, narrowed, group_by, sight))


def _opening(years: Mapping[int, Funnel]) -> int:
    projects = {year: count_of(one[first_stage(one)]) or 0 for year, one in years.items()}
    return opening_year(projects, current_fiscal_year_be()) or current_fiscal_year_be()


def _year_bars(place: Place, by_year: FunnelReading) -> list[Bar]:
    (year,) = place.narrowed.fiscal_year
    lists = ListAddresses(Asked("fiscal_year", narrowed=replace(place.narrowed, fiscal_year=())))
    rows = sorted(by_year.rows, key=lambda row: int(row.code or 0))
    first = max(int(row.code or 0) for row in rows) - YEARS_SHOWN
    kept = [row for row in rows if int(row.code or 0) > first or int(row.code or 0) == year]
    named = [
        (
            row,
            fiscal_year(int(row.code or 0)),
            f"/dashboard?{place.query(fiscal_year=(int(row.code or 0),))}",
            row.code == str(year),
        )
        for row in kept
    ]
    return _bars(named, lists)


def _part_bars(place: Place, reading: FunnelReading) -> list[Bar]:
    asked = Asked(place.by, narrowed=place.narrowed)
    lists = ListAddresses(asked)
    rows = sorted(reading.rows, key=lambda row: (row.code is None, -baht_of(row.funnel, "approved"), str(row.code)))
    first = first_stage(reading.total)
    return _bars([(row, row_name(row, place.by), lists.of_row(row.code)[first], False) for row in rows], lists)


def _bars(rows: Sequence[tuple[FunnelRow, str, str, bool]], lists: ListAddresses) -> list[Bar]:
    pairs = [(baht_of(row.funnel, "approved"), baht_of(row.funnel, "disbursing")) for row, *_rest in rows]
    scale = max((baht for pair in pairs for baht in pair), default=Decimal(0)) or Decimal(1)
    return [
        Bar(
            name,
            address,
            lists.of_row(row.code),
            budget,
            disbursed,
            float(100 * budget / scale),
            float(100 * disbursed / scale),
            chosen,
        )
        for (row, name, address, chosen), (budget, disbursed) in zip(rows, pairs, strict=True)
    ]


def _line(place: Place, group_by: GroupBy, row: FunnelRow, coordinates: CoordinatesReading) -> dict[str, Any]:
    (year,) = place.narrowed.fiscal_year
    lists = ListAddresses(Asked(group_by, narrowed=place.narrowed)).of_row(row.code)
    opens = ""
    if row.code is not None and group_by in ("province", "amphoe"):
        opens = f"/dashboard?{place.query(area=(row.code,))}"
    elif row.code is not None and group_by == "organisation":
        opens = f"/dashboard?{place.query(area=(), organisation=(row.code,))}"
    return {
        "name": row_name(row, group_by),
        "address": opens,
        "funnel": row.funnel,
        "lists": lists,
        "coordinates": coordinates.of_row(year, row.code),
    }


def _total_line(place: Place, group_by: GroupBy, total: Funnel, coordinates: CoordinatesReading) -> dict[str, Any]:
    lists = ListAddresses(Asked(group_by, narrowed=place.narrowed)).of_total()
    return {"funnel": total, "lists": lists, "coordinates": coordinates.of_year(place.narrowed.fiscal_year[0])}


def _further(area: str, year: int, sight: Visibility) -> list[tuple[str, str, str]]:
    """Analyses of the same place: icon, question, address."""
    allocation = {"level": "tambon" if area else "province", "parent": area, "measure": "per_head", "view": "equity"}
    found: list[tuple[str, str, dict[str, Any], str]] = [
        ("map", _("ใครไม่มีถนนใน 2 กม."), {"kind": "road", "area": area}, "/analysis/access"),
        ("map", _("ใครไม่มีน้ำใน 1 กม."), {"kind": "water", "area": area}, "/analysis/access"),
        ("chart", _("เงินต่อหัวเท่ากันเพียงใด"), {**allocation, "fiscal_year": year}, "/analysis/allocation"),
    ]
    if sight is Visibility.STAFF:
        found.append(("folder", _("ควรทำอะไรก่อน"), {}, "/analysis/scenarios"))
    return [
        (icon, word, path + (f"?{urlencode({k: v for k, v in asked.items() if v})}" if asked else ""))
        for icon, word, asked, path in found
    ]


def _budget_query(narrowed: ProjectFilter) -> str:
    area = narrowed.area[0] if len(narrowed.area) == 1 else ""
    level = {0: "province", 2: "amphoe", 4: "tambon", 6: "organisation"}[len(area)]
    held = {"level": level, "parent": area, "fiscal_year": narrowed.fiscal_year[0]}
    return urlencode({name: value for name, value in held.items() if value})

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
from app.queries.areas import ancestors, area_names
from app.queries.budget import data_as_of, opening_year
from app.queries.dashboard import CoordinatesReading, read_coordinates
from app.queries.duplicate_pairs import PairFilter, Stake, money_at_stake
from app.queries.funnel import OWN_FORMS, Figure, Funnel, FunnelReading, FunnelRow, GroupBy, funnel
from app.queries.organisations import OrganisationName, organisation_names
from app.queries.project_filter import AREA_DIGITS, ProjectFilter
from app.web.access_cache import NationalAnswers
from app.web.context import current_fiscal_year_be, language, remembered
from app.web.filters import Number, fiscal_year, million, money, percent
from app.web.funnel_page import group_name, row_name
from app.web.funnel_request import Asked, ListAddresses
from app.web.funnel_request import query as funnel_query
from app.web.project_list import own_filter, place_choices

BY: tuple[GroupBy, ...] = ("kind", "programme")
YEARS_SHOWN = 10
_MILLION = 1_000_000
_VERIFIED = "&geometry_status=VERIFIED"


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


@dataclass(frozen=True)
class Shown:
    """A figure of the chosen year.

    Parameters
    ----------
    value, unit
        As they are read aloud; ``exact`` is the number in full where ``value`` is rounded.
    note
        What it is a part of.
    change
        Against the year before, in words.
    address
        Where its rows are; empty when there are none.
    """

    title: str
    value: str
    unit: str
    note: str
    change: str
    address: str
    exact: str = ""


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
class Place:
    """What is asked for: a place and, once it is known, a year; ``query`` is the address without the path."""

    narrowed: ProjectFilter
    by: GroupBy

    def query(self, **changes: Any) -> str:
        """Address of the page with something else; a place of nowhere is said, so that it is not the own one."""
        by = changes.pop("by", self.by)
        held = replace(self.narrowed, **changes)
        pairs = [(name, ",".join(getattr(held, name))) for name in ("area", "organisation") if getattr(held, name)]
        pairs = pairs or [("area", "")]
        pairs += [("fiscal_year", str(year)) for year in held.fiscal_year]
        pairs += [("by", by)] if by != BY[0] else []
        return urlencode(pairs, safe=",")


def page_values(session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    """Everything the template needs."""
    sight = visibility(actor)
    place = Place(_own_or_asked(session, values, given, actor), values["by"])
    by_year = funnel(session, place.narrowed, "fiscal_year", sight)
    years = {int(row.code or 0): row.funnel for row in by_year.rows}
    year = values["fiscal_year"] or _opening(years)
    of_year = replace(place, narrowed=replace(place.narrowed, fiscal_year=(year,)))
    shown = sorted({*[one for one in years if one > max(years) - YEARS_SHOWN], year})
    names = _Names(session, place.narrowed)
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
    coordinates = _coordinates(session, replace(narrowed, fiscal_year=(year - 1, year)), group_by, sight)
    stakes = _stakes(session, narrowed) if sight is Visibility.STAFF else None
    earlier = {int(row.code or 0): row.funnel for row in by_year.rows}.get(year - 1)
    table = sorted(rows.rows, key=lambda row: (row.code is None, -_baht(row.funnel, "approved"), str(row.code)))
    return {
        "figures": _figures(place, rows.total, earlier, coordinates, stakes),
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


def _coordinates(session: Session, narrowed: ProjectFilter, group_by: GroupBy, sight: Visibility) -> CoordinatesReading:
    """No cells keep the state of coordinates, so the nation's are counted from every project, and kept for a while."""
    if narrowed.area or narrowed.organisation:
        return read_coordinates(session, narrowed, group_by, sight)
    answers = remembered("coordinates of the nation", NationalAnswers[ProjectFilter, CoordinatesReading])
    return answers.get(narrowed, sight, lambda: read_coordinates(session, narrowed, group_by, sight))


def below(narrowed: ProjectFilter) -> GroupBy:
    """What a row of the table is: one level under the place."""
    if len(narrowed.organisation) == 1:
        return "programme"
    if narrowed.organisation:
        return "organisation"
    if not narrowed.area:
        return "province"
    if len(narrowed.area) > 1:
        return {2: "province", 4: "amphoe"}.get(min(map(len, narrowed.area)), "organisation")  # type: ignore[return-value]
    return "amphoe" if len(narrowed.area[0]) == AREA_DIGITS["province"] else "organisation"


def first_stage(total: Funnel) -> str:
    """The first stage that may be seen: the public's funnel begins with the approval."""
    return "planned" if total["planned"] is not None else "approved"


def _own_or_asked(session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor) -> ProjectFilter:
    narrowed = ProjectFilter(area=values["area"], organisation=values["organisation"], plan_form=OWN_FORMS)
    if {"area", "organisation"} & given.keys():
        return _without_strangers(session, narrowed)
    own = own_filter(actor)
    return replace(narrowed, area=own.area, organisation=own.organisation)


def _without_strangers(session: Session, narrowed: ProjectFilter) -> ProjectFilter:
    """Who chooses another province in the form still sends the organisation of the former one."""
    if not narrowed.area or not narrowed.organisation:
        return narrowed
    provinces = {code[:2] for code in narrowed.area}
    known = organisation_names(session, narrowed.organisation)
    kept = [code for code in narrowed.organisation if code not in known or known[code].province_code in provinces]
    return replace(narrowed, organisation=tuple(kept))


def _opening(years: Mapping[int, Funnel]) -> int:
    projects = {year: _count(one[first_stage(one)]) or 0 for year, one in years.items()}
    return opening_year(projects, current_fiscal_year_be()) or current_fiscal_year_be()


class _Names:
    """The place in words, the area that it is or lies in, and the places above with what their addresses change."""

    def __init__(self, session: Session, narrowed: ProjectFilter) -> None:
        words = language()
        organisations = organisation_names(session, narrowed.organisation)
        one = next(iter(organisations.values())) if len(organisations) == 1 else None
        self.seat = narrowed.area[0] if len(narrowed.area) == 1 else _seat(one)
        above = [*reversed(ancestors(self.seat)), self.seat] if self.seat else []
        areas = area_names(session, [*above, *narrowed.area])
        chosen = [organisations[code].name(words) for code in narrowed.organisation if code in organisations]
        chosen = chosen or [areas[code].name(words) for code in narrowed.area if code in areas]
        self.title = ", ".join(chosen) or (
            ", ".join(narrowed.organisation or narrowed.area) if narrowed.organisation or narrowed.area else _("ประเทศ")
        )
        here = narrowed.area[0] if len(narrowed.area) == 1 and not narrowed.organisation else ""
        self.path: list[tuple[str, dict[str, Any]]] = []
        if narrowed.area or narrowed.organisation:
            self.path.append((_("ประเทศ"), {"area": (), "organisation": ()}))
        self.path += [
            (areas[code].name(words), {"area": (code,), "organisation": ()})
            for code in above
            if code in areas and code != here
        ]
        self.path.append((self.title, {}))


def _seat(organisation: OrganisationName | None) -> str:
    return "" if organisation is None else organisation.amphoe_code or organisation.province_code


def _figures(
    place: Place,
    now: Funnel,
    before: Funnel | None,
    coordinates: CoordinatesReading,
    stakes: tuple[Stake, Stake] | None,
) -> list[Shown]:
    narrowed = place.narrowed
    (year,) = narrowed.fiscal_year
    lists = ListAddresses(Asked(below(narrowed), narrowed=narrowed)).of_total()
    first = first_stage(now)
    projects, earlier = now[first], None if before is None else before[first]
    budget = _baht(now, "approved")
    shown = [
        Shown(
            _("โครงการ"),
            money(_count(projects)),
            "",
            _("แผน %(baht)s บาท", baht=short_baht(_baht(now, "planned"))) if first == "planned" else "",
            _change(year, _count(projects), _count(earlier)),
            lists[first],
        )
    ]
    words = {"approved": _("งบประมาณที่อนุมัติ"), "contracted": _("ลงนามสัญญา"), "disbursing": _("เบิกจ่าย")}
    for stage, title in words.items():
        baht, figure = _baht(now, stage), now[stage]
        count = _("%(count)s โครงการ", count=money(_count(figure)))
        share = "" if stage == "approved" else _("%(share)s ของงบ", share=percent(baht, budget)) if budget else ""
        shown.append(
            Shown(
                title,
                short_baht(baht) if baht else "–",
                _("บาท") if baht else "",
                " · ".join(part for part in (share, count) if part),
                _change(year, baht, None if before is None else _baht(before, stage)),
                lists[stage],
                money(baht),
            )
        )
    shown.append(_coordinates_shown(year, coordinates, lists[first]))
    if stakes:
        shown.append(_stake_shown(narrowed, *stakes))
    return shown


def _coordinates_shown(year: int, reading: CoordinatesReading, address: str) -> Shown:
    now, before = reading.of_year(year), reading.of_year(year - 1)
    change = _without_before(year)
    if before.projects and now.projects:
        points = Decimal(100) * now.verified / now.projects - Decimal(100) * before.verified / before.projects
        change = _moved(year, round(points, 1), _("%(points)s จุด", points=money(abs(points), 1)))
    return Shown(
        _("พิกัดตรวจสอบแล้ว"),
        percent(now.verified, now.projects),
        "",
        _("%(verified)s จาก %(projects)s โครงการ", verified=money(now.verified), projects=money(now.projects)),
        change,
        f"{address}{_VERIFIED}",
    )


def _stake_shown(narrowed: ProjectFilter, now: Stake, before: Stake) -> Shown:
    pairs = {"class": "same_work", "area": ",".join(narrowed.area), "organisation": ",".join(narrowed.organisation)}
    query = urlencode({**pairs, "fiscal_year": narrowed.fiscal_year[0]}, safe=",")
    return Shown(
        _("เงินที่อาจจ่ายซ้ำ"),
        short_baht(now.baht) if now.pairs else "–",
        _("บาท") if now.pairs else "",
        _("%(count)s คู่ที่อาจเป็นงานเดียวกัน", count=money(now.pairs)),
        _change(narrowed.fiscal_year[0], now.baht, before.baht),
        f"/duplicates?{query}",
        money(now.baht),
    )


def _stakes(session: Session, narrowed: ProjectFilter) -> tuple[Stake, Stake]:
    """Of the year and of the one before."""
    pairs = PairFilter(organisation=narrowed.organisation, area=narrowed.area)
    year = narrowed.fiscal_year[0]
    now, before = (money_at_stake(session, replace(pairs, fiscal_year=(each,))) for each in (year, year - 1))
    return now, before


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
    rows = sorted(reading.rows, key=lambda row: (row.code is None, -_baht(row.funnel, "approved"), str(row.code)))
    first = first_stage(reading.total)
    return _bars([(row, row_name(row, place.by), lists.of_row(row.code)[first], False) for row in rows], lists)


def _bars(rows: Sequence[tuple[FunnelRow, str, str, bool]], lists: ListAddresses) -> list[Bar]:
    pairs = [(_baht(row.funnel, "approved"), _baht(row.funnel, "disbursing")) for row, *_rest in rows]
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


def _count(figure: Figure | None) -> int | None:
    return None if figure is None else figure.projects


def _baht(one: Funnel, stage: str) -> Decimal:
    figure = one[stage]
    return figure.baht if figure else Decimal(0)


def short_baht(value: Number) -> str:
    """Millions from one million on; below it every baht."""
    return million(value) if value >= _MILLION else money(value)


def _change(year: int, now: Number | None, before: Number | None) -> str:
    """Against the year before, in words; of nothing there is no percentage."""
    if now is None or before is None:
        return _without_before(year)
    if not before:
        return _moved(year, Decimal(0), "") if not now else _("ปีงบ %(year)s ไม่มี", year=year - 1)
    change = round(Decimal(100) * (Decimal(now) - Decimal(before)) / Decimal(before), 1)
    return _moved(year, change, f"{money(abs(change), 1)} %")


def _moved(year: int, change: Decimal, amount: str) -> str:
    words = {"amount": amount, "year": year - 1}
    if not change:
        return _("เท่ากับปีงบ %(year)s", **words)
    return _("เพิ่ม %(amount)s จากปีงบ %(year)s", **words) if change > 0 else _("ลด %(amount)s จากปีงบ %(year)s", **words)


def _without_before(year: int) -> str:
    return _("ปีงบ %(year)s ไม่มีข้อมูลให้เทียบ", year=year - 1)

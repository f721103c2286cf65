"""The figures on top of the overview: each with what it is a part of, its change, and the address of its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.queries.dashboard import CoordinatesReading
from app.queries.duplicate_pairs import money_at_stake
from app.queries.duplicate_views import PairFilter, Stake
from app.queries.funnel import Figure, Funnel
from app.queries.project_filter import ProjectFilter
from app.web.dashboard_place import Place, below
from app.web.filters import Number, million, money, percent
from app.web.funnel_request import Asked, ListAddresses

_MILLION = 1_000_000
VERIFIED = "&geometry_status=VERIFIED"
"""Added to the address of a list: those of its projects whose coordinates are verified."""


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
    to_compare
        The works were never compared: there is no figure yet, but a button that begins.
    """

    title: str
    value: str
    unit: str
    note: str
    change: str
    address: str
    exact: str = ""
    to_compare: bool = False


def first_stage(total: Funnel) -> str:
    """The first stage that may be seen: the public's funnel begins with the approval."""
    return "planned" if total["planned"] is not None else "approved"


def figures_of(
    place: Place,
    now: Funnel,
    before: Funnel | None,
    coordinates: CoordinatesReading,
    stakes: tuple[Stake, Stake] | None,
    never_compared: bool = False,
) -> list[Shown]:
    narrowed = place.narrowed
    (year,) = narrowed.fiscal_year
    lists = ListAddresses(Asked(below(narrowed), narrowed=narrowed)).of_total()
    first = first_stage(now)
    projects, earlier = now[first], None if before is None else before[first]
    budget = baht_of(now, "approved")
    shown = [
        Shown(
            _("โครงการ"),
            money(count_of(projects)),
            "",
            _("แผน %(baht)s บาท", baht=short_baht(baht_of(now, "planned"))) if first == "planned" else "",
            _change(year, count_of(projects), count_of(earlier)),
            lists[first],
        )
    ]
    words = {"approved": _("งบประมาณที่อนุมัติ"), "contracted": _("ลงนามสัญญา"), "disbursing": _("เบิกจ่าย")}
    for stage, title in words.items():
        baht, figure = baht_of(now, stage), now[stage]
        count = _("%(count)s โครงการ", count=money(count_of(figure)))
        share = "" if stage == "approved" else _("%(share)s ของงบ", share=percent(baht, budget)) if budget else ""
        shown.append(
            Shown(
                title,
                short_baht(baht) if baht else "–",
                _("บาท") if baht else "",
                " · ".join(part for part in (share, count) if part),
                _change(year, baht, None if before is None else baht_of(before, stage)),
                lists[stage],
                money(baht),
            )
        )
    shown.append(_coordinates_shown(year, coordinates, lists[first]))
    if stakes:
        shown.append(_stake_shown(narrowed, never_compared, *stakes))
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
        f"{address}{VERIFIED}",
    )


def _stake_shown(narrowed: ProjectFilter, never: bool, now: Stake, before: Stake) -> Shown:
    pairs = {"class": "same_work", "area": ",".join(narrowed.area), "organisation": ",".join(narrowed.organisation)}
    query = urlencode({**pairs, "fiscal_year": narrowed.fiscal_year[0]}, safe=",")
    title, address = _("เงินที่อาจซ้ำ"), f"/duplicates?{query}"
    if never:
        return Shown(title, _("ยังไม่เคยเทียบ"), "", "", "", address, to_compare=True)
    confirmed = now.confirmed.baht if now.confirmed else Decimal(0)
    notes = [
        _("%(count)s คู่ที่อาจเป็นงานเดียวกัน", count=money(now.pairs)),
        *([_("ยืนยันแล้วว่าซ้ำอีก %(baht)s บาท", baht=short_baht(confirmed))] if confirmed else []),
    ]
    return Shown(
        title,
        short_baht(now.baht) if now.pairs else "–",
        _("บาท") if now.pairs else "",
        " · ".join(notes),
        _change(narrowed.fiscal_year[0], now.baht, before.baht),
        address,
        money(now.baht),
    )


def stakes_of(session: Session, narrowed: ProjectFilter) -> tuple[Stake, Stake]:
    """Of the year and of the one before."""
    pairs = PairFilter(organisation=narrowed.organisation, area=narrowed.area)
    year = narrowed.fiscal_year[0]
    now, before = (money_at_stake(session, replace(pairs, fiscal_year=(each,))) for each in (year, year - 1))
    return now, before


def count_of(figure: Figure | None) -> int | None:
    return None if figure is None else figure.projects


def baht_of(one: Funnel, stage: str) -> Decimal:
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

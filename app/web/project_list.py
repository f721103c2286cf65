"""What stands around a list of projects: filters to choose, filters to take away, and why a list is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Visibility, own_scope
from app.queries.areas import AreaName, area_names, children
from app.queries.codelists import ListName, choices
from app.queries.funnel import local_strategy_names
from app.queries.organisations import organisation_names, organisations_in_area
from app.queries.project_filter import NONE, ProjectFilter
from app.queries.projects import Order, project_count
from app.web.context import language
from app.web.filters import fiscal_year
from app.web.project_params import query_of
from app.web.shell import fiscal_years

LISTS: Mapping[str, ListName] = {
    "status": "project_status",
    "geometry_status": "geometry_status",
    "fund_source": "fund_source",
    "strategy": "national_strategy",
    "programme": "budget_programme",
    "work_nature": "work_nature",
    "surface_type": "road_surface_type",
    "water_source_type": "water_source_type",
}
MORE_LISTS: Mapping[str, ListName] = {
    "procurement_method": "procurement_method",
    "structure_type": "structure_type",
    "work": "budget_work",
    "expenditure_category": "expenditure_category",
}


@dataclass(frozen=True)
class Chip:
    """A filter as a link: on, it takes itself away; off, it adds itself."""

    label: str
    query: str
    on: bool


@dataclass(frozen=True)
class Choices:
    """Filters to choose from: quick ones as chips, places and the others as lists of (code, name)."""

    quick: Sequence[Chip]
    places: Mapping[str, Sequence[tuple[str, str]]]
    lists: Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Empty:
    """Why nothing is listed.

    Parameters
    ----------
    kind
        ``filtered``, ``done`` or ``none``.
    without, complete
        Projects without the filter, and whether that is all of them.
    """

    kind: str
    without: int
    complete: bool


def kind_names() -> dict[str, str]:
    """Words for the kinds of work."""
    return {"road": _("ถนน"), "water": _("แหล่งน้ำ"), "other": _("อื่น ๆ")}


def contract_kind_names() -> dict[str, str]:
    """Words for the kinds of obligations."""
    return {"CONTRACT": _("สัญญาจ้าง"), "FORCE_ACCOUNT": _("ดำเนินการเอง"), "GRANT_OUT": _("เงินอุดหนุนให้หน่วยงานอื่น")}


def code_names(session: Session) -> dict[str, dict[str, str]]:
    """Names of all codes of a project by list."""
    return {name: dict(choices(session, listed, language())) for name, listed in {**LISTS, **MORE_LISTS}.items()} | {
        "kind": {**kind_names(), **contract_kind_names()}
    }


def filter_choices(session: Session, actor: Actor, narrowed: ProjectFilter, order: Order) -> Choices:
    """What can be chosen beside what is chosen already."""
    quick = [
        Chip(word, _toggled(narrowed, order, "kind", kind), kind in narrowed.kind)
        for kind, word in kind_names().items()
    ]
    awaiting = replace(narrowed, awaiting=None if narrowed.awaiting else True)
    quick.append(Chip(_("รอพิกัด"), query_of(awaiting, sort=order), narrowed.awaiting is True))
    mine = tuple(sorted(own_scope(actor).organisations))
    if mine:
        is_mine = narrowed.organisation == mine
        own = replace(narrowed, organisation=() if is_mine else mine)
        quick.append(Chip(_("อปท. ของฉัน"), query_of(own, sort=order), is_mine))
    lists = {name: choices(session, listed, language()) for name, listed in LISTS.items()}
    years = sorted({*fiscal_years(), *narrowed.fiscal_year}, reverse=True)
    places = place_choices(session, actor, narrowed)
    return Choices(quick, places, {"fiscal_year": [(str(year), fiscal_year(year)) for year in years], **lists})


def place_choices(session: Session, actor: Actor, narrowed: ProjectFilter) -> dict[str, list[tuple[str, str]]]:
    """Areas and organisations to choose from: of the chosen province, else of the person's own.

    Who works in several provinces or in none chooses a province first. What is chosen already is always among them.
    """
    own = own_province(session, actor)
    chosen = narrowed.area[0] if narrowed.area else ""
    province = chosen[:2] or own
    areas = [] if province == own != "" else children(session, None)
    if province:
        areas += [*area_names(session, [province]).values(), *children(session, province)]
    areas += area_names(session, narrowed.area).values()
    within = chosen[:4] or province
    organisations = {each.code: each for each in organisations_in_area(session, within)} if within else {}
    organisations |= organisation_names(session, narrowed.organisation)
    return {
        "area": list({area.code: (area.code, area_label(area)) for area in areas}.values()),
        "organisation": [(code, each.name(language())) for code, each in organisations.items()],
    }


def own_filter(actor: Actor) -> ProjectFilter:
    """The person's own organisations, else the amphoes and provinces; of the nation, and of nowhere, no filter."""
    own = own_scope(actor)
    if own.nation:
        return ProjectFilter()
    if own.organisations:
        return ProjectFilter(organisation=tuple(sorted(own.organisations)))
    return ProjectFilter(area=tuple(sorted(own.provinces | own.amphoes)))


def own_province(session: Session, actor: Actor) -> str:
    """The one province that a person works in; empty for the nation, the public and people of several provinces."""
    own = own_scope(actor)
    organisations = organisation_names(session, own.organisations).values()
    found = {*own.provinces, *(code[:2] for code in own.amphoes), *(each.province_code for each in organisations)}
    return found.pop() if len(found) == 1 and not own.nation else ""


def area_label(area: AreaName) -> str:
    """``อ.เมืองสาธิต``."""
    forms = {"province": _("จ.%(name)s"), "amphoe": _("อ.%(name)s"), "tambon": _("ต.%(name)s")}
    return str(forms[area.level] % {"name": area.name(language())})


def _toggled(narrowed: ProjectFilter, order: Order, name: str, value: Any) -> str:
    held = getattr(narrowed, name)
    left = tuple(each for each in held if each != value) if value in held else (*held, value)
    changed: dict[str, Any] = {name: left}
    return query_of(replace(narrowed, **changed), sort=order)


def removable_chips(session: Session, narrowed: ProjectFilter, order: Order) -> list[Chip]:
    """One chip for every value that narrows and has no chip of its own; it takes the value away."""
    names = code_names(session)
    places: dict[str, Mapping[Any, str]] = {
        "organisation": {c: o.name(language()) for c, o in organisation_names(session, narrowed.organisation).items()},
        "area": {c: a.name(language()) for c, a in area_names(session, narrowed.area).items()},
        "fiscal_year": {year: fiscal_year(year) for year in narrowed.fiscal_year},
        "local_strategy": local_strategy_names(session, narrowed.local_strategy),
    }
    chips = [
        Chip(
            (places.get(name) or names.get(name, {})).get(value, _without(name) if value in (NONE, 0) else str(value)),
            _toggled(narrowed, order, name, value),
            True,
        )
        for name in ("fiscal_year", "organisation", "area", "plan_form", "local_strategy", *LISTS)
        for value in getattr(narrowed, name)
    ]
    if narrowed.stage:
        chips.append(Chip(stage_name(narrowed.stage), query_of(replace(narrowed, stage=""), sort=order), True))
    if narrowed.bbox:
        chips.append(Chip(_("ในกรอบแผนที่"), query_of(replace(narrowed, bbox=None), sort=order), True))
    if narrowed.unplaced is not None:
        word = _("ไม่ทราบพื้นที่") if narrowed.unplaced else _("ทราบพื้นที่")
        chips.append(Chip(word, query_of(replace(narrowed, unplaced=None), sort=order), True))
    if narrowed.area_missing:
        word = {"province": _("ไม่ทราบจังหวัด"), "amphoe": _("ไม่ทราบอำเภอ"), "tambon": _("ไม่ทราบตำบล")}
        gone = query_of(replace(narrowed, area_missing=""), sort=order)
        chips.append(Chip(word[narrowed.area_missing], gone, True))
    return chips


def stage_names() -> dict[str, str]:
    """Words of the stages of the funnel."""
    return {
        "planned": _("อยู่ในแผน"),
        "requested": _("ขออนุมัติงบ"),
        "approved": _("อนุมัติงบประมาณ"),
        "contracted": _("ลงนามสัญญา"),
        "disbursing": _("เบิกจ่าย"),
        "paid": _("เบิกจ่ายครบ"),
    }


def stage_name(value: str) -> str:
    """Words for the filter of a stage, as ``contracted`` or ``contracted-q2``."""
    stage, _separator, quarter = value.partition("-q")
    name = stage_names()[stage]
    if not quarter:
        return str(_("ถึงขั้น%(stage)s", stage=name))
    return str(_("ถึงขั้น%(stage)sเมื่อสิ้นไตรมาส %(quarter)s", stage=name, quarter=quarter))


def _without(name: str) -> str:
    words = {
        "strategy": _("ไม่ระบุยุทธศาสตร์ชาติ"),
        "programme": _("ไม่ระบุแผนงาน"),
        "plan_form": _("ไม่มีบรรทัดในแผน"),
        "local_strategy": _("ไม่ระบุยุทธศาสตร์ของแผน"),
    }
    return str(words.get(name, NONE))


def why_empty(session: Session, narrowed: ProjectFilter, sight: Visibility) -> Empty:
    """Nothing begun, everything done, or filtered out."""
    place = ProjectFilter(organisation=narrowed.organisation, area=narrowed.area, fiscal_year=narrowed.fiscal_year)
    whole = place if narrowed != place else ProjectFilter()
    found, complete = project_count(session, whole, sight=sight)
    if not found:
        return Empty("none", 0, True)
    if narrowed.awaiting and narrowed == replace(place, awaiting=True):
        return Empty("done", found, complete)
    return Empty("filtered", found, complete)

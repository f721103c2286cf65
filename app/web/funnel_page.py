"""What the page of the funnel shows: the same view as the API's, in words and links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import own_scope, visibility
from app.queries.areas import area_names
from app.queries.budget import opening_year, projects_by_year
from app.queries.codelists import choices
from app.queries.funnel import OWN_FORMS, Funnel, FunnelRow, GroupBy, local_strategy_names
from app.queries.organisations import organisation_names
from app.queries.project_filter import NONE, STAGES
from app.web.context import current_fiscal_year_be, language
from app.web.filters import fiscal_year
from app.web.funnel_request import (
    ALL,
    FIELDS,
    SHOWN,
    Asked,
    FunnelView,
    ListAddresses,
    asked_from,
    funnel_view,
    groups_for,
    query,
)
from app.web.project_list import Chip, kind_names, own_province, place_choices, stage_names
from app.web.project_params import PLAN_FORMS

_YEAR_QUARTERS = 4


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


def group_name(group_by: GroupBy) -> str:
    """Word of a grouping."""
    return {
        "province": _("จังหวัด"),
        "amphoe": _("อำเภอ"),
        "organisation": _("อปท."),
        "strategy": _("ยุทธศาสตร์ชาติ"),
        "local_strategy": _("ยุทธศาสตร์ของแผน"),
        "programme": _("แผนงาน"),
        "plan_form": _("แบบของแผน"),
        "kind": _("ด้าน"),
        "fiscal_year": _("ปีงบประมาณ"),
        "quarter": _("ไตรมาส"),
    }[group_by]


def quarter_name(number: int) -> str:
    """Word of a quarter of the fiscal year; those after it are of the money carried over."""
    months = (_("ต.ค.–ธ.ค."), _("ม.ค.–มี.ค."), _("เม.ย.–มิ.ย."), _("ก.ค.–ก.ย."))[(number - 1) % _YEAR_QUARTERS]
    years_after, quarter = divmod(number - 1, _YEAR_QUARTERS)
    if not years_after:
        return _("ไตรมาส %(quarter)s (%(months)s)", quarter=quarter + 1, months=months)
    return _("เหลื่อมปี %(years)s ไตรมาส %(quarter)s (%(months)s)", years=years_after, quarter=quarter + 1, months=months)


def page_values(session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    """Everything the template needs."""
    sight = visibility(actor)
    asked = _with_defaults(session, asked_from(values), given, actor)
    view = funnel_view(session, asked, sight)
    total = view.reading.total
    shown = [stage for stage in STAGES if total[stage] is not None]
    return {
        "view": view,
        "asked": asked,
        "title": page_title(asked),
        "stages": [(stage, stage_names()[stage]) for stage in shown],
        "total": total,
        "scale": max((figure.baht for figure in total.figures if figure), default=0),
        "rows": [(row, row_name(row, asked.group_by)) for row in view.reading.rows],
        "groups": [(name, group_name(name)) for name in groups_for(asked.narrowed)],
        "shown": list(zip(SHOWN, (_("บาท"), _("โครงการ"), _("ร้อยละ (บาท)"), _("ร้อยละ (โครงการ)")), strict=True)),
        "quarters": [("", _("ปัจจุบัน")), *((str(n), quarter_name(n)) for n in range(1, 9))],
        "choices": _choices(session, actor, asked, view),
        "chips": _chips(session, asked),
        "address": lambda **changes: f"/funnel?{query(replace(asked, **changes))}",
        "here": f"/funnel?{query(asked)}",
        "file_address": lambda format: f"/api/v1/funnel/file?{query(asked, page=False, format=format)}",
        "lists_of": ListAddresses(asked).of_row,
        "lists_of_total": ListAddresses(asked).of_total(),
        "held": {name: _held(asked, name) for name in FIELDS},
        "below": lambda code, group_by: query(
            replace(asked, group_by=group_by, narrowed=replace(asked.narrowed, area=(code,)))
        ),
        "every_form": replace(asked.narrowed, plan_form=()),
        "forms_note": asked.narrowed.plan_form == OWN_FORMS,
    }


def page_title(asked: Asked) -> str:
    """Title of a view."""
    title = _("เส้นทางเงินราย%(group)s", group=group_name(asked.group_by))
    years = ", ".join(map(str, asked.narrowed.fiscal_year)) or _("ทุกปีงบ")
    return f"{title} {_('ปีงบ')} {years}"


def row_name(row: FunnelRow, group_by: GroupBy) -> str:
    """What a row is called."""
    if row.code is None:
        return _("ไม่ระบุ%(group)s", group=group_name(group_by))
    if group_by == "kind":
        return kind_names().get(row.code, row.code)
    if group_by == "quarter":
        return quarter_name(int(row.code))
    return row.name(language())


def file_titles(asked: Asked) -> list[str]:
    """Heads of the columns of the file."""
    heads = [_("รหัส"), group_name(asked.group_by)]
    for name in stage_names().values():
        heads += [
            _("%(stage)s (โครงการ)", stage=name),
            _("%(stage)s (บาท)", stage=name),
            _("%(stage)s (%% ของแผน)", stage=name),
            _("%(stage)s (%% ของขั้นก่อน)", stage=name),
        ]
    return heads


def file_lines(view: FunnelView) -> Iterator[tuple[str | None, str, Funnel]]:
    """Lines of the file, the total last."""
    for row in view.reading.rows:
        yield row.code, row_name(row, view.asked.group_by), row.funnel
    yield None, _("รวม"), view.reading.total


def _with_defaults(session: Session, asked: Asked, given: Mapping[str, str], actor: Actor) -> Asked:
    """The view that a bare address opens: the person's own place, the newest year worth opening."""
    narrowed, group_by = asked.narrowed, asked.group_by
    if not {"group_by", "area", "organisation"} & given.keys():
        own = own_scope(actor)
        if len(own.organisations) == 1 and not own.nation:
            narrowed, group_by = replace(narrowed, organisation=tuple(own.organisations)), "programme"
        elif province := own_province(session, actor):
            narrowed, group_by = replace(narrowed, area=(province,)), "amphoe"
    elif "group_by" not in given and len(narrowed.organisation) == 1:
        # a link to one organisation: of its province there would be a single row
        group_by = "programme"
    if "fiscal_year" not in given:
        year = opening_year(projects_by_year(session, visibility(actor)), current_fiscal_year_be())
        narrowed = narrowed if year is None else replace(narrowed, fiscal_year=(year,))
    if group_by not in groups_for(narrowed):
        # the place that a grouping needed was taken away
        group_by = "province"
    return replace(asked, narrowed=narrowed, group_by=group_by)


def _choices(
    session: Session, actor: Actor, asked: Asked, view: FunnelView
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Filters to choose from: name, word, options."""
    places = place_choices(session, actor, asked.narrowed)
    words, without = language(), (NONE, _("ไม่ระบุ"))
    return [
        ("fiscal_year", _("ปีงบประมาณ"), [(str(year), fiscal_year(year)) for year in reversed(view.years)]),
        ("area", _("พื้นที่"), places["area"]),
        ("organisation", _("อปท."), places["organisation"]),
        ("kind", _("ด้าน"), list(kind_names().items())),
        ("strategy", _("ยุทธศาสตร์ชาติ"), [*choices(session, "national_strategy", words), without]),
        ("programme", _("แผนงาน"), [*choices(session, "budget_programme", words), without]),
        ("plan_form", _("แบบของแผน"), [(ALL, _("ทุกแบบ")), *((form, form_name(form)) for form in PLAN_FORMS)]),
    ]


def form_name(form: str) -> str:
    """Word of a plan form."""
    return _("ไม่มีบรรทัดในแผน") if form == NONE else form


def _held(asked: Asked, name: str) -> tuple[str, ...]:
    values = getattr(asked.narrowed, name)
    if name == "plan_form":
        return () if values == OWN_FORMS else values or (ALL,)
    return tuple(str(value) for value in values)


def _chips(session: Session, asked: Asked) -> list[Chip]:
    """One chip for every value that narrows; it takes the value away."""
    held, words = asked.narrowed, language()
    names: dict[str, Mapping[Any, str]] = {
        "fiscal_year": {year: fiscal_year(year) for year in held.fiscal_year},
        "area": {code: one.name(words) for code, one in area_names(session, held.area).items()},
        "organisation": {code: one.name(words) for code, one in organisation_names(session, held.organisation).items()},
        "kind": kind_names(),
        "strategy": dict(choices(session, "national_strategy", words)),
        "programme": dict(choices(session, "budget_programme", words)),
        "plan_form": {form: form_name(form) for form in PLAN_FORMS},
        "local_strategy": local_strategy_names(session, held.local_strategy),
    }
    chips = []
    for name in FIELDS:
        values = getattr(held, name)
        if name == "plan_form" and values == OWN_FORMS:
            continue
        for value in values:
            left: dict[str, Any] = {name: tuple(each for each in values if each != value)}
            if name == "plan_form" and not left[name]:
                left = {name: OWN_FORMS}
            word = names[name].get(value, _("ไม่ระบุ") if value in (NONE, 0) else str(value))
            chips.append(Chip(word, query(replace(asked, narrowed=replace(held, **left))), True))
    return chips

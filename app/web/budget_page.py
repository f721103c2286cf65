"""What the budget page shows before any script runs: the same view as the API's, in words and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import own_scope, visibility
from app.messages import Language
from app.queries.budget import BELOW, BudgetFilter, Place, opening_year, projects_by_year
from app.queries.budget_table import MEASURES, BudgetRow, Measure
from app.queries.classes import DEFAULT_CLASSES, METHODS, ValueClass
from app.queries.codelists import code_list
from app.queries.organisations import organisation
from app.web import place_words
from app.web.budget_payload import budget_json
from app.web.budget_request import Asked, asked_from, budget_view, levels_below
from app.web.context import current_fiscal_year_be
from app.web.filters import money
from app.web.json import dumps
from app.web.place_filters import ALL_YEARS, filter_menus
from app.web.place_words import _, bound_text, level_name

_MILLION = Decimal(1_000_000)


def page_values(
    session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor, language: Language
) -> dict[str, Any]:
    """Everything the template needs."""
    sight = visibility(actor)
    asked = _with_defaults(session, asked_from(values), given, actor)
    view = budget_view(session, asked, sight)
    return {
        "view": view,
        "asked": asked,
        "table": view.table,
        "data": dumps(budget_json(view, language)).decode().replace("<", "\\u003c"),
        "menus": filter_menus(session, asked.narrowed, language),
        "approved": _approved(session),
        "measures": [(name, measure_name(name)) for name in MEASURES],
        "methods": [(name, method_name(name)) for name in METHODS],
        "levels": [(name, level_name(name)) for name in levels_below(asked.parent)],
        "below": BELOW,
        "address": address,
        "moved": moved,
        "rows_address": rows_address,
        "files": (("xlsx", "Excel (XLSX)"), ("geojson", "GeoJSON"), ("gpkg", "GeoPackage")),
        "file_address": file_address,
        "unplaced_address": unplaced_address,
        "value_text": value_text,
        "class_text": class_text,
        "level_name": level_name,
        "measure_name": measure_name,
        "unit": unit(asked.measure),
    }


def _with_defaults(session: Session, asked: Asked, given: Mapping[str, str], actor: Actor) -> Asked:
    """The view that a bare address opens: the person's own province, the newest year worth opening."""
    if "level" not in given and "parent" not in given:
        province = _own_province(session, actor)
        if province:
            asked = replace(asked, level="amphoe", parent=province)
    elif "level" not in given and asked.parent is not None:
        asked = replace(asked, level=levels_below(asked.parent)[0])
    if "fiscal_year" not in given:
        year = opening_year(projects_by_year(session, visibility(actor)), current_fiscal_year_be())
        if year is not None:
            asked = replace(asked, narrowed=replace(asked.narrowed, fiscal_year=(year,)))
    return asked


def _own_province(session: Session, actor: Actor) -> str | None:
    scope = own_scope(actor)
    if scope.nation:
        return None
    provinces = set(scope.provinces) | {code[:2] for code in scope.amphoes}
    for code in scope.organisations:
        found = organisation(session, code)
        if found is not None:
            provinces.add(found.province_code)
    return provinces.pop() if len(provinces) == 1 else None


def _approved(session: Session) -> tuple[str, ...]:
    """Statuses from the approval of the budget on, for the filter's short cut."""
    statuses = code_list(session, "project_status")
    start = statuses["BUDGET_APPROVED"].seq if "BUDGET_APPROVED" in statuses else 0
    return tuple(
        one.code for one in statuses.values() if one.seq >= start and one.code not in ("CANCELLED", "DEFERRED")
    )


def address(asked: Asked) -> str:
    """Address of a view of the page; what is as usual is left out, the year never is."""
    pairs: list[tuple[str, str]] = [("level", asked.level)]
    if asked.parent:
        pairs.append(("parent", asked.parent))
    if asked.measure != "budget":
        pairs.append(("measure", asked.measure))
    if asked.method != "natural_breaks":
        pairs.append(("method", asked.method))
    if asked.classes != DEFAULT_CLASSES:
        pairs.append(("classes", str(asked.classes)))
    return "/budget?" + urlencode(pairs + _filter_pairs(asked.narrowed), safe=",")


def moved(asked: Asked, **changes: Any) -> str:
    """Address of the same view with something changed (also a filter's name)."""
    own = {field.name for field in fields(BudgetFilter)}
    narrowed = replace(asked.narrowed, **{name: value for name, value in changes.items() if name in own})
    others = {name: value for name, value in changes.items() if name not in own}
    return address(replace(asked, narrowed=narrowed, **others))


def file_address(asked: Asked, format: str) -> str:
    """Address of the file with the rows of a view."""
    query = address(asked).partition("?")[2].replace(f"fiscal_year={ALL_YEARS}", "").strip("&").replace("&&", "&")
    return f"/api/v1/budget/file?format={format}&{query}"


def rows_address(asked: Asked, place: Place | None = None) -> str:
    """Address of the list with the very projects that make a number; of the total when no place is given."""
    pairs: list[tuple[str, str]] = []
    if place is not None and asked.level == "organisation":
        pairs.append(("organisation", place.code))
        if asked.parent:
            pairs.append(("area", asked.parent))
    elif place is not None or asked.parent:
        pairs.append(("area", place.code if place is not None else str(asked.parent)))
    narrowed = [pair for pair in _filter_pairs(asked.narrowed) if pair != ("fiscal_year", ALL_YEARS)]
    return "/projects?" + urlencode(pairs + narrowed, safe=",")


def unplaced_address(asked: Asked) -> str:
    """Address of the list with the projects whose area is not known down to the level shown."""
    pairs = [("area", asked.parent)] if asked.parent else []
    narrowed = [pair for pair in _filter_pairs(asked.narrowed) if pair != ("fiscal_year", ALL_YEARS)]
    return "/projects?" + urlencode([*pairs, ("area_missing", asked.level), *narrowed], safe=",")


def _filter_pairs(narrowed: BudgetFilter) -> list[tuple[str, str]]:
    pairs = [
        (field.name, ",".join(str(one) for one in getattr(narrowed, field.name)))
        for field in fields(narrowed)
        if getattr(narrowed, field.name)
    ]
    return pairs if narrowed.fiscal_year else [("fiscal_year", ALL_YEARS), *pairs]


def measure_name(measure: Measure) -> str:
    """Word of the measure's switch."""
    words = {
        "budget": _("งบประมาณ"),
        "disbursed": _("เบิกจ่าย"),
        "count": _("จำนวน"),
        "per_head": _("ต่อหัวประชากร"),
    }
    return words[measure]


def unit(measure: Measure) -> str:
    """Unit of the legend."""
    return {
        "budget": _("ล้านบาท"),
        "disbursed": _("ล้านบาท"),
        "count": _("โครงการ"),
        "per_head": _("บาท/คน"),
    }[measure]


def method_name(method: str) -> str:
    """Word of a method of classing."""
    return _("ช่วงแบ่งธรรมชาติ") if method == "natural_breaks" else _("จำนวนพื้นที่เท่ากัน")


def value_text(row: BudgetRow, measure: Measure) -> str:
    """A row's value as the phone's list writes it."""
    if row.value is None:
        return "–"
    return money(row.value / _MILLION, 1) if measure in ("budget", "disbursed") else money(row.value)


def class_text(one: ValueClass, position: int, classes: tuple[ValueClass, ...], measure: Measure) -> str:
    """Bounds of a class as the legend writes them."""
    per = _MILLION if measure in ("budget", "disbursed") else Decimal(1)
    return place_words.class_text(
        one, position, classes, lambda bound: bound_text(bound, per), whole=measure == "count"
    )

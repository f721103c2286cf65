"""What the page of access shows: who has a road or water within reach, where, and what each number opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Visibility, visibility
from app.errors import InvalidInput, NotFound
from app.messages import Language, fix, sentence
from app.queries.access import AccessSums, AccessView, access_view
from app.queries.access_ground import DEFAULT_WITHIN_M, KINDS, AccessQuestion, Kind
from app.queries.areas import ancestors, area_names
from app.queries.codelists import choices
from app.queries.project_filter import ProjectFilter
from app.services.access_raster import population_rasters, raster_view
from app.services.heavy import heavy
from app.web.access_cache import NationalAnswers
from app.web.context import current, language, remembered
from app.web.endpoint import Param
from app.web.errors import BadParameters
from app.web.json import dumps
from app.web.params import area_code, boolean, choice, code, decimal_number, fiscal_year, integer_schema, string_schema
from app.web.project_list import own_province, place_choices
from gis.problems import Problem
from gis.thai import format_thai_date

_FLAG = {"type": "boolean"}
MOST_M = 50_000
MOST_WATER_M, MOST_WATER_OF_NATION_M = 10_000, 3_000
"""Farther than this every village is in reach of hundreds of sources, and all pairs do not fit into memory."""
QUESTION: tuple[Param, ...] = (
    Param("kind", choice(*KINDS), string_schema(enum=list(KINDS)), "Roads or water sources", "road"),
    Param("area", area_code, string_schema(pattern="^([0-9]{2}){1,3}$"), "Area; without it the nation"),
    Param(
        "within_m",
        decimal_number(1, MOST_M),
        {"type": "number", "minimum": 1, "maximum": MOST_M},
        "Metres that count as access; without it 2000 for roads and 1000 for water",
    ),
    Param("earth", boolean, _FLAG, "Earth roads count too", False),
    Param("contract", boolean, _FLAG, "Works under contract count as if they stood", False),
    Param("background", boolean, _FLAG, "Registered roads and the base map count too", True),
    Param("people", code, string_schema(), "Name of a population raster of the catalogue instead of the villages", ""),
    Param("year", fiscal_year, integer_schema(2540, 2640), "People of this year (B.E.) or the newest before it"),
)
# More dots than this tell nothing on a map of a country; areas have their circles.
_MOST_DOTS = 6_000
VILLAGES_SHOWN = 100
_VILLAGE_DIGITS = 8
_POINTS_SHOWN = 100
# Pixels: as in static/src/access/model.ts.
_LARGEST, _LARGEST_OF_MANY, _MANY = 26.0, 17.0, 40


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


def question_from(values: Mapping[str, Any]) -> AccessQuestion:
    """From the parsed parameters of an address."""
    kind: Kind = values["kind"]
    return AccessQuestion(
        kind,
        values["area"] or "",
        values["within_m"] or DEFAULT_WITHIN_M[kind],
        all_season=not values["earth"],
        under_contract=values["contract"],
        background=values["background"],
        population_year_be=values["year"],
        raster=values["people"],
    )


def query(question: AccessQuestion, **more: Any) -> str:
    """Address of a question, without what is usual."""
    given: dict[str, Any] = {"kind": question.kind, "area": question.area or None}
    if question.within_m != DEFAULT_WITHIN_M[question.kind]:
        given["within_m"] = f"{question.within_m:g}"
    flags = {
        "earth": not question.all_season or None,
        "contract": question.under_contract or None,
        "background": None if question.background else False,
    }
    given |= {name: None if value is None else str(value).lower() for name, value in flags.items()}
    given |= {"people": question.raster or None, "year": question.population_year_be, **more}
    return urlencode({name: value for name, value in given.items() if value is not None})


def answer(session: Session, question: AccessQuestion, actor: Actor) -> AccessView:
    """Read it, with the eyes of whoever asks; the nation's answer may be a quarter of an hour old.

    Raises
    ------
    NotFound
        ``area_not_found``.
    BadParameters
        ``access_too_far``.
    Unavailable
        ``analysis_busy``.
    InvalidInput, Conflict
        See :func:`app.services.access_raster.raster_view`.
    """
    if question.area and question.area not in area_names(session, [question.area]):
        raise NotFound("area_not_found", {"area": question.area})
    most = most_m(question)
    if question.within_m > most:
        raise BadParameters([Problem("access_too_far", where={"field": "within_m"}, values={"most": most})])
    sight = visibility(actor)
    if question.raster:
        with heavy():
            return raster_view(session, actor, question, current().settings)
    if question.area:
        with heavy():
            return access_view(session, question, sight)
    answers = remembered("access of the nation", NationalAnswers[AccessQuestion, AccessView])
    return answers.get(question, sight, lambda: access_view(session, question, sight))


def most_m(question: AccessQuestion) -> int:
    """The longest distance that may be asked for."""
    if question.kind == "road":
        return MOST_M
    return MOST_WATER_M if question.area else MOST_WATER_OF_NATION_M


def page_values(session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    """Everything the template needs."""
    question = question_from(values)
    if "area" not in given:
        question = replace(question, area=own_province(session, actor))
    question, view = _answered(session, question, actor)
    words = language()
    path = [*reversed(ancestors(question.area)), question.area] if question.area else []
    names = area_names(session, path)
    below = len(question.area) + 2
    of_tambon = below == _VILLAGE_DIGITS
    return {
        "view": view,
        "question": question,
        "total": view.total,
        "kinds": [("road", _("ถนน")), ("water", _("แหล่งน้ำ"))],
        "title": page_title(question),
        "bars": bars(view),
        "sizes": circle_sizes(view),
        "average": view.total.people_without / len(view.rows) if view.rows else 0.0,
        "path": [(code, names[code].name(words)) for code in path if code in names],
        "level": {2: _("จังหวัด"), 4: _("อำเภอ"), 6: _("ตำบล"), 8: _("หมู่บ้าน")}[below],
        "areas": place_choices(session, actor, ProjectFilter(area=(question.area,) if question.area else ()))["area"],
        "rasters": [(row.name, row.title_th) for row in population_rasters(session, actor)],
        "villages": [row for row in view.villages if of_tambon or row.has_access is not True][:VILLAGES_SHOWN],
        "of_tambon": of_tambon,
        "villages_shown": VILLAGES_SHOWN,
        "most_m": most_m(question),
        "water_points": view.water_points[:_POINTS_SHOWN],
        "water_types": dict(choices(session, "water_source_type", words)),
        "address": lambda **changes: f"/analysis/access?{query(replace(question, **changes))}",
        "switch_kind": lambda kind: (
            f"/analysis/access?{query(AccessQuestion(kind, question.area, DEFAULT_WITHIN_M[kind]))}"
        ),
        "here": f"/analysis/access?{query(question)}",
        "filter_words": " · ".join(filter_words(question)),
        "printed_address": f"{request.host_url}analysis/access?{query(question)}",
        "file_address": lambda part, format: f"/api/v1/access/file?{query(question, part=part, format=format)}",
        "scenario_address": f"/analysis/scenarios/new?{urlencode({'kind': question.kind, 'area': question.area})}",
        "may_plan": visibility(actor) is Visibility.STAFF,
        "notes": [(sentence(each.code, each.values, words), fix(each.code, each.values, words)) for each in view.notes],
        "data": dumps(map_data(view)).decode().replace("<", "\\u003c"),
        "unplaced_share": unplaced_share(view.total),
    }


def about_lines(session: Session, question: AccessQuestion, view: AccessView, actor: Actor) -> list[str]:
    """What stands above the table in a workbook: place, what counts, method, day of the data."""
    words = language()
    names = area_names(session, [question.area] if question.area else [])
    place = names[question.area].name(words) if question.area in names else _("ประเทศ")
    method = _("วิธี: ดัชนีการเข้าถึงถนนชนบท (SDG 9.1.1)") if question.kind == "road" else _("วิธี: แหล่งน้ำที่ใช้ได้ในระยะ ตาม WPDx")
    people = _("ประชากร พ.ศ. %(year)s", year=view.population_year_be) if view.population_year_be else ""
    works = _("งานที่นับ %(n)s", n=f"{view.works_count:,}")
    day = "" if view.data_as_of is None else f"{_('ข้อมูล ณ')} {format_thai_date(view.data_as_of.date())}"
    public = "" if visibility(actor) is Visibility.STAFF else _("นับเฉพาะงานที่เผยแพร่แล้ว")
    told = [sentence(each.code, each.values, words) for each in view.notes]
    facts = " · ".join(each for each in (people, works, day, public) if each)
    return [f"{place} · " + " · ".join(filter_words(question)), method, facts, *told]


def filter_words(question: AccessQuestion) -> list[str]:
    """What was asked for, as paper tells it."""
    found = [_("ถนน") if question.kind == "road" else _("แหล่งน้ำ"), _("ระยะ %(m)s ม.", m=f"{question.within_m:,.0f}")]
    if question.kind == "road" and not question.all_season:
        found.append(_("นับถนนดินด้วย"))
    if question.under_contract:
        found.append(_("นับงานที่ทำสัญญาแล้ว"))
    if not question.background:
        found.append(_("นับเฉพาะโครงการ"))
    return found


def _answered(session: Session, question: AccessQuestion, actor: Actor) -> tuple[AccessQuestion, AccessView]:
    """The answer; where a raster cannot give it, that of the villages with the reason before it."""
    try:
        return question, answer(session, question, actor)
    except InvalidInput as refused:
        plain = replace(question, raster="")
        if plain == question:
            raise
        view = answer(session, plain, actor)
        return plain, replace(view, notes=(*refused.problems, *view.notes))


def bars(view: AccessView) -> list[dict[str, Any]]:
    """Bars of the chart in the order of the table: people without access of each area, the most being 1."""
    most = max((row.sums.people_without for row in view.rows), default=0.0)
    if most <= 0 or len(view.rows) < 2:
        return []
    return [
        {"rank": rank, "row": row, "part": row.sums.people_without / most}
        for rank, row in enumerate(view.rows, start=1)
    ]


def circle_sizes(view: AccessView) -> list[dict[str, float]]:
    """Three circles for the legend, as ``radiusOf`` in ``static/src/access/model.ts`` draws them."""
    most = max((row.sums.people_without for row in view.rows), default=0.0)
    largest = _LARGEST_OF_MANY if len(view.rows) > _MANY else _LARGEST
    found = dict.fromkeys(_round(most * part) for part in (1.0, 0.4, 0.1)) if most >= 1 else {}
    return [{"people": people, "radius": round(max(4.0, largest * (people / most) ** 0.5), 1)} for people in found]


def _round(people: float) -> float:
    """One significant figure, so that a legend is read at a glance."""
    digits = 10 ** (len(str(int(people))) - 1)
    return float(max(1, people // digits * digits))


def page_title(question: AccessQuestion) -> str:
    """Title of a view."""
    if question.kind == "road":
        return _("คนที่มีถนนในระยะ %(m)s ม.", m=f"{question.within_m:,.0f}")
    return _("คนที่มีแหล่งน้ำในระยะ %(m)s ม.", m=f"{question.within_m:,.0f}")


def unplaced_share(total: AccessSums) -> float | None:
    """Part of all people whose place is not known."""
    return total.people_unknown / total.people if total.people else None


def map_data(view: AccessView) -> dict[str, Any]:
    """What the map draws: areas as circles; villages as dots where they are few enough to be told apart."""
    placed = [row for row in view.villages if row.lon is not None]
    dots = placed if len(placed) <= _MOST_DOTS else []
    return {
        "kind": view.question.kind,
        "areas": [
            {
                "code": row.code,
                "name": row.name(language()),
                "without": row.sums.people_without,
                "share": row.sums.share_with,
                "lon": row.lon,
                "lat": row.lat,
                "href": f"/analysis/access?{query(replace(view.question, area=row.code))}",
            }
            for row in view.rows
            if row.lon is not None
        ],
        "villages": [
            {
                "code": row.code,
                "name": row.name_th,
                "people": row.people,
                "has": row.has_access,
                "distance_m": row.distance_m,
                "lon": row.lon,
                "lat": row.lat,
            }
            for row in dots
        ],
        "points": [
            {"code": row.code, "name": row.name_th, "working": row.working, "lon": row.lon, "lat": row.lat}
            for row in view.water_points
        ],
    }


def access_json(view: AccessView, words: Language) -> dict[str, Any]:
    """The answer for programs."""
    return {
        "kind": view.question.kind,
        "area": view.question.area or None,
        "within_m": view.question.within_m,
        "population_year_be": view.population_year_be,
        "data_as_of": view.data_as_of,
        "works": view.works_count,
        "total": sums_json(view.total),
        "rows": [{"code": row.code, "name": row.name(words), **sums_json(row.sums)} for row in view.rows],
        "villages": [asdict(row) for row in view.villages if row.has_access is not True][:1000],
        "water_points": [asdict(row) for row in view.water_points[:1000]],
        "notes": [{"code": each.code, "message": sentence(each.code, each.values, words)} for each in view.notes],
    }


def sums_json(sums: AccessSums) -> dict[str, Any]:
    """Sums and their share."""
    return {**asdict(sums), "share_with": sums.share_with}

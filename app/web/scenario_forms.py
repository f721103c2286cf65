"""What the pages of scenarios show and what their form means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Visibility, visibility
from app.errors import Forbidden, InvalidInput
from app.messages import fix, sentence
from app.queries.access_ground import DEFAULT_WITHIN_M, AccessQuestion
from app.queries.areas import area_names
from app.queries.codelists import choices
from app.queries.project_filter import ProjectFilter
from app.queries.scenarios import ScenarioFull, difference
from app.queries.work_costs import NEW_TYPES, work_cost
from app.services.scenario_answers import LONGEST_S, ScenarioOrder, order_from
from app.services.scenario_costs import cost_note
from app.services.scenarios import SHARES
from app.web.context import language
from app.web.json import dumps
from app.web.money_body import Body
from app.web.page_forms import read_typed
from app.web.project_list import kind_names, own_province, place_choices
from gis.problems import Problem
from gis.thai_amounts import whole_baht

ORDER = Body(
    {
        "name": "text",
        "note": "text",
        "kind": "text",
        "area": "text",
        "within_m": "whole",
        "budget_baht": "whole",
        "unit_cost_baht": "whole",
        "new_type": "text",
        "acts": "text",
        "sources": "text",
        "method": "text",
        "seconds": "whole",
        "closed": "text",
        "earth": "flag",
        "contract": "flag",
        "projects_only": "flag",
        "shared_with": "text",
    },
    frozenset({"name", "kind", "area", "budget_baht"}),
)
CHANGE = Body({"name": "text", "note": "text", "shared_with": "text", "row_version": "whole"}, frozenset({"name"}))
_PEOPLE_SHOWN = 200


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


def require_staff(actor: Actor) -> None:
    """Plans that are not public are in every scenario.

    Raises
    ------
    Forbidden
        ``scenario_staff_only``.
    """
    if visibility(actor) is not Visibility.STAFF:
        raise Forbidden("scenario_staff_only")


def read_order(form: Mapping[str, str]) -> tuple[dict[str, Any], ScenarioOrder]:
    """Words (name, note, shared_with) and order of a form.

    Raises
    ------
    InvalidInput
        Fields that are missing or cannot be read.
    """
    values = read_typed(ORDER, _in_figures(form))
    kind = values["kind"]
    if kind not in DEFAULT_WITHIN_M:
        allowed = {"field": "kind", "allowed": ", ".join(DEFAULT_WITHIN_M)}
        raise InvalidInput([Problem("scenario_choice", where={"field": "kind"}, values=allowed)])
    question = AccessQuestion(
        kind,
        values["area"].strip(),
        float(values.get("within_m", DEFAULT_WITHIN_M[kind])),
        all_season=not values.get("earth", False),
        under_contract=values.get("contract", False),
        background=not values.get("projects_only", False),
        closed=tuple(dict.fromkeys(values.get("closed", "").replace(",", " ").split())),
    )
    order = ScenarioOrder(
        question,
        values["budget_baht"],
        values.get("acts", "both"),
        values.get("sources", "both"),
        values.get("unit_cost_baht"),
        values.get("method", "greedy"),
        values.get("seconds", 5),
        values.get("new_type", ""),
    )
    words = {"name": values["name"], "note": values.get("note", ""), "shared_with": values.get("shared_with", "owner")}
    return words, order


def _in_figures(form: Mapping[str, str]) -> dict[str, str]:
    """Amounts as people say them (5 ล้าน) in figures; what is none stays as it was typed, and is refused as that."""
    given = dict(form.items())
    for name in ("budget_baht", "unit_cost_baht"):
        baht = whole_baht(given.get(name, ""))
        if baht is not None:
            given[name] = str(baht)
    return given


def said_of(held: ScenarioFull) -> dict[str, str]:
    """What was typed for a kept scenario, to ask it again with the data of today."""
    order = order_from(held.parameters)
    question = order.question
    return {
        "name": _("%(name)s (คำนวณใหม่)", name=held.name)[:200],
        "note": held.note or "",
        "kind": question.kind,
        "area": question.area,
        "within_m": f"{question.within_m:g}",
        "budget_baht": f"{order.budget_baht:,}",
        "unit_cost_baht": "" if order.unit_cost_baht is None else f"{order.unit_cost_baht:,}",
        "new_type": order.new_type,
        "acts": order.acts,
        "sources": order.sources,
        "method": order.method,
        "seconds": str(order.seconds),
        "closed": "\n".join(question.closed),
        "earth": "" if question.all_season else "true",
        "contract": "true" if question.under_contract else "",
        "projects_only": "" if question.background else "true",
        "shared_with": held.shared_with,
    }


def said_at_first(session: Session, actor: Actor, kind: str, area: str) -> dict[str, str]:
    """What a new form begins with."""
    usual = kind if kind in NEW_TYPES else "water"
    return {
        "kind": usual,
        "area": area or own_province(session, actor),
        "within_m": f"{DEFAULT_WITHIN_M[usual]:g}",
        "acts": "both",
        "sources": "both",
        "method": "greedy",
        "seconds": "5",
        "shared_with": "owner",
    }


def form_values(session: Session, actor: Actor, said: Mapping[str, str]) -> dict[str, Any]:
    """Everything the form's template needs beside what was typed."""
    area = said.get("area", "")
    return {
        "areas": place_choices(session, actor, ProjectFilter(area=(area,) if area.isdecimal() else ()))["area"],
        "kinds": [(name, word) for name, word in kind_names().items() if name in NEW_TYPES],
        "acts": list(act_names().items()),
        "sources": list(source_names().items()),
        "methods": list(method_names().items()),
        "shares": [(name, share_names()[name]) for name in SHARES],
        "longest_s": LONGEST_S,
        "new_types": new_types(session),
        "price": usual_price(session, said),
    }


def new_types(session: Session) -> list[tuple[str, str]]:
    """What may be offered as new, each with its kind before it."""
    words = language()
    names = {
        "water": dict(choices(session, "water_source_type", words)),
        "road": dict(choices(session, "road_surface_type", words)),
    }
    kinds = kind_names()
    return [
        ("", _("ปกติของด้าน (บ่อบาดาล ถนน คสล.)")),
        *(
            (code, f"{kinds[kind]}: {names[kind].get(code, code)}")
            for kind, codes in NEW_TYPES.items()
            for code in codes
        ),
    ]


def usual_price(session: Session, said: Mapping[str, str]) -> str:
    """What a new work costs when nobody says it, in a sentence; empty where nothing can be told yet."""
    kind, area = said.get("kind", ""), said.get("area", "").strip()
    if kind not in NEW_TYPES or not (area.isdecimal() or not area):
        return ""
    type_code = said.get("new_type") or NEW_TYPES[kind][0]
    found = work_cost(session, kind, type_code, area) if type_code in NEW_TYPES[kind] else None
    if found is None:
        return _("ยังไม่มีงานพอให้รู้ราคา ต้องใส่เอง")
    told = cost_note(session, kind, found)
    return sentence(told.code, told.values, language())


def act_names() -> dict[str, str]:
    """Words for what may be done."""
    return {"both": _("ซ่อมและสร้าง"), "rehabilitate": _("ซ่อมหรือปรับปรุงเท่านั้น"), "build": _("สร้างใหม่เท่านั้น")}


def source_names() -> dict[str, str]:
    """Words for where works come from."""
    return {
        "both": _("โครงการในแผนและจุดที่ระบบเสนอ"),
        "planned": _("โครงการในแผนที่มีพิกัดเท่านั้น"),
        "new": _("จุดที่ระบบเสนอเท่านั้น"),
    }


def method_names() -> dict[str, str]:
    """Words for the methods."""
    return {"greedy": _("เลือกทีละงานที่คุ้มที่สุด (เร็ว)"), "exact": _("หาชุดที่ดีที่สุด (พิสูจน์ได้)")}


def share_names() -> dict[str, str]:
    """Words for who may see."""
    return {
        "owner": _("เฉพาะฉัน"),
        "organisation": _("คนใน อปท. ของฉัน"),
        "province": _("เจ้าหน้าที่ที่ทำงานในจังหวัดของพื้นที่นี้"),
        "staff": _("เจ้าหน้าที่ทุกคนที่มีลิงก์หรือเปิดรายการ"),
    }


def status_words(summary: Mapping[str, Any]) -> str:
    """How good the answer is, in a sentence."""
    gap = f"{100 * summary['gap']:.1f}"
    words = {
        "optimal": _("พิสูจน์แล้วว่าไม่มีชุดใดในวงเงินนี้ที่ดีกว่า"),
        "time_up": _("หมดเวลา ชุดที่ดีที่สุดอาจดีกว่านี้ไม่เกิน %(gap)s %%", gap=gap),
        "heuristic": _("วิธีเร็ว ชุดที่ดีที่สุดอาจดีกว่านี้ไม่เกิน %(gap)s %%", gap=gap),
    }
    return words.get(summary["status"], _("ไม่มีงานที่ทำได้"))


def scenario_values(session: Session, actor: Actor, held: ScenarioFull) -> dict[str, Any]:
    """Everything the page of one scenario needs."""
    words = language()
    codes = [area["code"] for area in held.result["areas"]]
    names = area_names(session, [*codes, held.area_code])
    villages = held.result["villages"]
    return {
        "held": held,
        "summary": held.summary,
        "order": order_from(held.parameters),
        "area_name": names[held.area_code].name(words) if held.area_code in names else held.area_code,
        "works": held.result["works"],
        "gains": [each for each in villages if each["change"] == "gain"][:_PEOPLE_SHOWN],
        "losses": [each for each in villages if each["change"] == "loss"][:_PEOPLE_SHOWN],
        "villages_shown": _PEOPLE_SHOWN,
        "areas": [
            (area, names[area["code"]].name(words) if area["code"] in names else area["code"])
            for area in held.result["areas"]
        ],
        "alternatives": held.result["alternatives"],
        "notes": [
            (sentence(each["code"], each["values"], words), fix(each["code"], each["values"], words))
            for each in held.result["notes"]
        ],
        "status_words": status_words(held.summary),
        "act_names": act_names(),
        "source_names": source_names(),
        "method_names": method_names(),
        "share_names": share_names(),
        "shares": [(name, share_names()[name]) for name in SHARES],
        "kind_names": kind_names(),
        "is_owner": held.owner_id == actor.user_id,
        "access_address": f"/analysis/access?{urlencode({'kind': held.kind, 'area': held.area_code})}",
        "data": map_data(held),
    }


def map_data(held: ScenarioFull) -> str:
    """What the map of a scenario draws."""
    villages = [
        {
            "code": each["code"],
            "name": each["name"],
            "people": each["people"],
            "has": each["change"] == "gain",
            "distance_m": each["after_m"],
            "lon": each["lon"],
            "lat": each["lat"],
        }
        for each in held.result["villages"]
    ]
    works = [
        {name: work[name] for name in ("rank", "code", "name", "act", "cost_baht", "people", "geometry")}
        for work in held.result["works"]
    ]
    return dumps({"villages": villages, "works": works}).decode().replace("<", "\\u003c")


def compare_values(session: Session, first: ScenarioFull, second: ScenarioFull) -> dict[str, Any]:
    """Everything the page of two scenarios needs."""
    found = difference(first, second)
    names = area_names(session, [row[0] for row in found.areas])
    words = language()
    return {
        "first": first,
        "second": second,
        "found": found,
        "areas": [(names[row[0]].name(words) if row[0] in names else row[0], *row[1:]) for row in found.areas],
        "rows": [
            (_("วงเงิน (บาท)"), first.summary["budget_baht"], second.summary["budget_baht"], "money"),
            (_("ใช้ (บาท)"), first.summary["cost_baht"], second.summary["cost_baht"], "money"),
            (_("งาน"), first.summary["works"], second.summary["works"], "money"),
            (_("ได้เข้าถึง (คน)"), first.summary["people_gained"], second.summary["people_gained"], "money"),
            (_("เสียการเข้าถึง (คน)"), first.summary["people_lost"], second.summary["people_lost"], "money"),
            (_("สัดส่วนที่เข้าถึงหลังทำ"), first.summary["share_after"], second.summary["share_after"], "share"),
        ],
        "same_question": first.kind == second.kind and first.area_code == second.area_code,
        "status_words": status_words,
    }

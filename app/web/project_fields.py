"""Fields of a project that people type: their order, how they are read, what they may be chosen from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.queries.areas import area_names, children
from app.queries.projects import ProjectRow
from app.services.project_checks import MEASURES
from app.web.context import language
from app.web.money_body import Body, Kind
from gis.thai import normalise, to_arabic_digits

FACTS = Body(
    {
        "name_th": "text",
        "kind": "text",
        "work_nature_code": "text",
        "surface_type_code": "text",
        "water_source_type_code": "text",
        "structure_type_code": "text",
        "length_m": "text",
        "width_m": "text",
        "area_m2": "text",
        "route_code": "text",
        "area_code": "text",
        "village_code": "text",
        "location_text": "text",
    },
    frozenset({"name_th", "kind"}),
)
# Measures are compared as numbers; what is no number is refused by the service, which knows their bounds.
FACT_KINDS: Mapping[str, Kind] = {**FACTS.fields, **dict.fromkeys(MEASURES, "percent")}


def fact_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Values of a project's columns as a person would type them."""
    return {name: _text(name, values.get(name)) for name in FACTS.fields}


def fact_value(name: str, text: str) -> str | None:
    """What is written of a text that was typed: measures without commas, nothing where there is nothing."""
    plain = normalise(text)
    if name in MEASURES:
        plain = to_arabic_digits(plain).replace(",", "").strip()
    return plain or None


def place_options(session: Session, row: ProjectRow, held: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Tambons of the organisation's district, or of its province, and villages of the tambon that is chosen."""
    around = row.amphoe_code or row.province_code
    areas = children(session, around, "tambon")
    villages = children(session, held.get("area_code")) if len(held.get("area_code", "")) == 6 else []
    named = area_names(session, [held.get(name, "") for name in ("area_code", "village_code")])
    found = {"area_code": {a.code: a.name(language()) for a in areas}}
    found["village_code"] = {a.code: a.name(language()) for a in villages}
    for name in found:
        if (code := held.get(name, "")) and code in named:
            found[name].setdefault(code, named[code].name(language()))
    return {name: list(options.items()) for name, options in found.items()}


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in MEASURES:
        return f"{Decimal(str(value)).normalize():f}"
    return str(value)

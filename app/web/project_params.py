"""Parameters by which projects are narrowed: the same for lists, pages, exports and map items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

from app.queries.project_filter import AREA_DIGITS, DATED_STAGES, NONE, STAGES, ProjectFilter
from app.queries.projects import Order
from app.web.endpoint import Param
from app.web.params import (
    KINDS,
    area_code,
    bbox,
    boolean,
    choice,
    code,
    fiscal_year,
    integer_schema,
    kind,
    organisation_code,
    string_schema,
    text_q,
    whole_number,
)

PLAN_FORMS = ("ผ.02", "ผ.02/1", "ผ.02/2", "ผ.03", NONE)
LAST_QUARTER = 12
"""Money carried over is paid for at most two years after its own."""
STAGE_VALUES = (*STAGES, *(f"{stage}-q{quarter}" for stage in DATED_STAGES for quarter in range(1, LAST_QUARTER + 1)))
GEOMETRY_STATUSES = ("NONE", "DRAFT", "SUBMITTED", "RETURNED", "VERIFIED")
ORDERS: tuple[Order, ...] = ("newest", "budget", "name")
_CODE = string_schema(maxLength=40)

FILTER_PARAMS: tuple[Param, ...] = (
    Param("organisation", organisation_code, _CODE, "Codes of organisations", (), many=True),
    Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal years (B.E.)", (), many=True),
    Param("kind", kind, {"enum": list(KINDS)}, "Kinds of work", (), many=True),
    Param("status", code, _CODE, "Money status", (), many=True),
    Param(
        "geometry_status",
        choice(*GEOMETRY_STATUSES),
        {"enum": list(GEOMETRY_STATUSES)},
        "Status of the coordinates",
        (),
        many=True,
    ),
    Param("area", area_code, string_schema(pattern="^[0-9]{2,6}$"), "Provinces, amphoes, tambons", (), many=True),
    Param("fund_source", code, _CODE, "Fund sources", (), many=True),
    Param("strategy", code, _CODE, "National strategies; NONE: without one", (), many=True),
    Param("programme", code, _CODE, "Programmes of the plan line; NONE: without one", (), many=True),
    Param(
        "plan_form",
        choice(*PLAN_FORMS),
        {"enum": list(PLAN_FORMS)},
        "Forms of the plan line; NONE: without one",
        (),
        many=True,
    ),
    Param(
        "local_strategy",
        whole_number(0, 2**53),
        integer_schema(0, 2**53),
        "Numbers of strategies of plans; 0: without one",
        (),
        many=True,
    ),
    Param(
        "stage",
        choice(*STAGE_VALUES),
        string_schema(pattern=f"^({'|'.join(STAGES)})$|^({'|'.join(DATED_STAGES)})-q[0-9]{{1,2}}$"),
        "Stage of the funnel reached at least; with -q2 behind it: by the end of that quarter of the fiscal year",
        "",
    ),
    Param("work_nature", code, _CODE, "Natures of work", (), many=True),
    Param("surface_type", code, _CODE, "Road surfaces", (), many=True),
    Param("water_source_type", code, _CODE, "Types of water source", (), many=True),
    Param("q", text_q, string_schema(maxLength=200), "Words in the name, code or organisation, parts of words too", ""),
    Param("bbox", bbox, _CODE, "West,south,east,north in degrees"),
    Param("awaiting", boolean, {"type": "boolean"}, "True: coordinates are still to be entered or mended"),
    Param("unplaced", boolean, {"type": "boolean"}, "True: no area is known"),
    Param(
        "area_missing",
        choice(*AREA_DIGITS),
        {"enum": list(AREA_DIGITS)},
        "Level of area down to which the area is not known",
        "",
    ),
)
FILTER_NAMES = tuple(param.name for param in FILTER_PARAMS)
SORT_PARAM = Param("sort", choice(*ORDERS), {"enum": list(ORDERS)}, "Order", "newest")


def filter_of(values: Mapping[str, Any]) -> ProjectFilter:
    """The filter that parsed parameters make."""
    return ProjectFilter(**{name: values[name] for name in FILTER_NAMES})


def order_of(values: Mapping[str, Any]) -> Order:
    """The order asked for."""
    return cast(Order, values["sort"])


def query_of(narrowed: ProjectFilter, **more: Any) -> str:
    """The filter as a query string, and further parameters; empty ones are left out."""
    given: dict[str, str] = {}
    for name in FILTER_NAMES:
        value = getattr(narrowed, name)
        if value is None or value in ((), ""):
            continue
        if isinstance(value, bool):
            given[name] = str(value).lower()
        elif isinstance(value, tuple):
            given[name] = ",".join(str(part) for part in value)
        else:
            given[name] = str(value)
    given |= {name: str(value) for name, value in more.items() if value not in (None, "", "newest")}
    return urlencode(given)

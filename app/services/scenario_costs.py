"""What the new works of a scenario cost, and the sentence that says whence."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.queries.areas import area_names
from app.queries.codelists import choices
from app.queries.work_costs import FEWEST_WORKS, WorkCost, work_cost
from gis.problems import Problem

_SHORT = {2: "จ.", 4: "อ."}


def cost_of_new(session: Session, kind: str, type_code: str, area: str, unit_cost_baht: int | None) -> WorkCost:
    """What a new work costs: as said, else as the works around tell.

    Raises
    ------
    InvalidInput
        ``scenario_cost_unknown``: nobody said a price and there are too few works to tell one.
    """
    if unit_cost_baht is not None:
        return WorkCost(unit_cost_baht, type_code)
    found = work_cost(session, kind, type_code, area)
    if found is None:
        where, values = {"field": "unit_cost_baht"}, {"type": _type_name(session, kind, type_code)}
        raise InvalidInput([Problem("scenario_cost_unknown", where=where, values={**values, "least": FEWEST_WORKS})])
    return found


def _type_name(session: Session, kind: str, type_code: str) -> str:
    names = dict(choices(session, "road_surface_type" if kind == "road" else "water_source_type", "th"))
    return str(names.get(type_code, type_code))


def cost_note(session: Session, kind: str, cost: WorkCost) -> Problem:
    """Which price of a new work was taken, and whence."""
    values: dict[str, Any] = {"baht": cost.baht, "type": _type_name(session, kind, cost.type_code)}
    if not cost.count:
        return Problem(f"scenario_cost_typed_{kind}", "info", values=values)
    names = area_names(session, [cost.area]) if cost.area else {}
    place = f"{_SHORT[len(cost.area)]}{names[cost.area].name('th')}" if cost.area in names else "ประเทศ"
    years = (
        f"{cost.first_year_be}–{cost.last_year_be}"
        if cost.first_year_be != cost.last_year_be
        else f"{cost.last_year_be}"
    )
    values |= {"count": cost.count, "place": place, "years": years}
    return Problem(f"scenario_cost_median_{kind}", "info", values=values)

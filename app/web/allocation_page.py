"""What the page of allocation shows: one reading as map, chart and table, in words and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from flask import request
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Visibility, visibility
from app.messages import Language
from app.queries.allocation import RESOLUTIONS
from app.queries.allocation_apart import Apart, read_apart
from app.queries.allocation_table import KIND_OF, MEASURES, Allocation, baht, of_kind, total_value
from app.queries.budget import opening_year, projects_by_year
from app.queries.codelists import choices
from app.queries.duplicate_pairs import same_work_pairs
from app.web.allocation_request import (
    COST_PARAMS,
    FILE_PARAMS,
    AllocationView,
    Asked,
    allocation_view,
    asked_from,
    levels_below,
    query_of,
    with_two_years,
)
from app.web.allocation_rows import Shown, shown_rows
from app.web.allocation_texts import (
    cost_state_name,
    measure_head,
    measure_name,
    people_line,
    reason_text,
    resolution_name,
    unit_name,
    value_text,
    view_names,
)
from app.web.context import current_fiscal_year_be
from app.web.json import dumps
from app.web.place_filters import about_lines, filter_menus
from app.web.place_words import _, level_name
from app.web.project_list import own_province
from gis.unit_costs import FEWEST_PEERS, prices_by_kind

PAGE = "/analysis/allocation"
YEARS_OFFERED = 5
ROWS = 200
"""Rows of the table on one page; map, charts and files have all."""


@dataclass(frozen=True)
class Pages:
    """Which rows of the table are shown.

    Parameters
    ----------
    address
        Address of a page of the table, without its number at the end.
    """

    number: int
    last: int
    first_row: int
    last_row: int
    size: int
    address: str


def page_values(
    session: Session, values: Mapping[str, Any], given: Mapping[str, str], actor: Actor, language: Language
) -> dict[str, Any]:
    """Everything the template needs."""
    asked = with_defaults(session, asked_from(values), given, actor)
    view = allocation_view(session, asked, visibility(actor))
    shown = shown_rows(view, language)
    pages = _pages(asked, values["page"], len(shown.rows))
    menus = filter_menus(session, asked.narrowed, language)
    return {
        "view": view,
        "asked": asked,
        "found": view.found,
        "shown": shown,
        "rows": shown.rows[pages.first_row - 1 : pages.last_row],
        "pages": pages,
        "narrowing": sum(menu.active for menu in menus) + bool(asked.narrowed.fiscal_year and not asked.compares_years),
        "data": dumps(_map_data(view, shown)).decode().replace("<", "\\u003c"),
        "menus": menus,
        "views": view_names(),
        "levels": [(name, level_name(name)) for name in levels_below(asked.parent)],
        "measures": [(name, measure_name(name)) for name in MEASURES],
        "resolutions": [(size, resolution_name(size)) for size in RESOLUTIONS],
        "address": lambda **changes: f"{PAGE}?{query_of(asked, **changes)}",
        "works_address": lambda code: f"{PAGE}/works?{_works_query(view)}&place={code}",
        "file_address": lambda format: _file_address(asked, format),
        "year_options": [(year, str(year)) for year in reversed(view.years)],
        "title": measure_name(asked.measure),
        "unit": unit_name(asked.measure),
        "level_name": level_name(asked.level),
        "total": "–" if view.found is None or asked.compares_years else _total(view.found),
        "unit_full": measure_head(asked.measure),
        "people_line": people_line(view.found, each_year=asked.view in ("change", "years")),
        "each_year": _each_year(view),
        "about": about_lines(session, view.path, view.narrowed, view.data_as_of, language),
        "printed_address": f"{request.host_url.rstrip('/')}{PAGE}?{query_of(asked)}",
        **_empty_years(view),
        "baht": baht,
        "lorenz": _lorenz(view),
        "apart": _apart(session, view, visibility(actor)),
        "costs": _costs(view, session, actor, language),
        "reason_text": reason_text,
        "cost_state_name": cost_state_name,
        "value_text": value_text,
    }


def _pages(asked: Asked, number: int, rows: int) -> Pages:
    last = max(1, -(-rows // ROWS))
    number = min(number, last)
    first = (number - 1) * ROWS + 1
    return Pages(number, last, first, min(rows, number * ROWS), ROWS, f"{PAGE}?{query_of(asked)}&page=")


def with_defaults(session: Session, asked: Asked, given: Mapping[str, str], actor: Actor) -> Asked:
    """The view that a bare address opens: the person's own province by tambon, the newest year worth opening."""
    if not {"level", "parent"} & given.keys() and (province := own_province(session, actor)):
        asked = replace(asked, level="tambon", parent=province)
    elif "level" not in given and asked.parent is not None:
        asked = replace(asked, level=levels_below(asked.parent)[0])
    kind = KIND_OF.get(asked.measure)
    if kind and asked.narrowed.kind and kind not in asked.narrowed.kind:
        # The measure was chosen after the filter, which says so on its chip.
        asked = replace(asked, narrowed=replace(asked.narrowed, kind=(kind,)))
    projects = projects_by_year(session, visibility(actor))
    year = opening_year(projects, current_fiscal_year_be())
    if "fiscal_year" not in given and year is not None:
        asked = replace(asked, narrowed=replace(asked.narrowed, fiscal_year=(year,)))
    return with_two_years(asked, projects, year)


def _empty_years(view: AllocationView) -> dict[str, Any]:
    """Years asked for that no project is of: their zeros would be read as money that was not given."""
    empty = [year for year in view.narrowed.fiscal_year if year not in view.years]
    newest = sorted(view.years, reverse=True)[:YEARS_OFFERED]
    return {
        "empty_years": empty,
        "nothing": bool(empty) and len(empty) == len(view.narrowed.fiscal_year),
        "year_links": [
            (year, f"{PAGE}?{query_of(view.asked, fiscal_year=(year,), from_year=None, to_year=None)}")
            for year in newest
        ],
    }


def _works_query(view: AllocationView) -> str:
    """Query of the works behind a row: of the very years and kinds that its numbers are of."""
    asked = view.asked
    years = view.places.years if asked.compares_years else asked.narrowed.fiscal_year
    kinds = (KIND_OF[asked.measure],) if asked.measure in KIND_OF else asked.narrowed.kind
    return query_of(asked, view="map", from_year=None, to_year=None, fiscal_year=years, kind=kinds)


def _each_year(view: AllocationView) -> list[tuple[int, Decimal]]:
    """Money of the two years of a change: their sum would be of nothing."""
    if view.found is None or view.asked.view != "change":
        return []
    return [(year, baht(satang)) for year, satang in sorted(view.found.satang_by_year.items())]


def _total(found: Allocation) -> str:
    whole = total_value(found)
    return value_text(whole, found.measure, exact=True)


def _file_address(asked: Asked, format: str) -> str:
    """Address of the file with what the view shows."""
    if asked.view == "costs":
        wanted, address = {one.name for one in COST_PARAMS}, "/api/v1/unit-costs/file"
    else:
        wanted, address = {one.name for one in FILE_PARAMS}, "/api/v1/allocation/file"
    pairs = [pair for pair in query_of(asked).split("&") if pair.split("=")[0] in wanted and pair != "fiscal_year=all"]
    return f"{address}?format={format}&{'&'.join(pairs)}"


def _lorenz(view: AllocationView) -> list[tuple[float, float]]:
    if view.equity is None or view.equity.reason is not None:
        return []
    curve = view.equity.lorenz
    some = np.unique(np.linspace(0, len(curve) - 1, 160).astype(int))
    return [(round(float(x), 4), round(float(y), 4)) for x, y in curve[some]]


def _apart(session: Session, view: AllocationView, sight: Visibility) -> Apart | None:
    """What the overview does not count of the money shown, so that a reader can get from one to the other."""
    if view.found is None:
        return None
    narrowed = of_kind(view.asked.measure, replace(view.asked.narrowed, fiscal_year=view.found.years))
    return read_apart(session, view.asked.level, view.asked.parent, narrowed, sight)


def _costs(view: AllocationView, session: Session, actor: Actor, language: Language) -> dict[str, Any] | None:
    if view.costs is None:
        return None
    names = kind_words(session, language)
    counts = view.costs["state"].value_counts()
    odd = view.costs[view.costs["state"].isin(("high", "low"))]
    shown = odd.head(ROWS)
    staff = visibility(actor) is Visibility.STAFF
    return {
        "names": names,
        "counts": {state: int(count) for state, count in counts.items()},
        "odd": shown.to_dict("records"),
        "pairs": same_work_pairs(session, shown["id"].tolist()) if staff else {},
        "odd_count": len(odd),
        "types": [(names.get(str(code), str(code)), row) for code, row in prices_by_kind(view.costs).iterrows()],
        "fewest": FEWEST_PEERS,
    }


def kind_words(session: Session, language: Language) -> dict[str, str]:
    """Surfaces and water sources by code."""
    found = {"": _("ไม่ระบุ")}
    for name in ("road_surface_type", "water_source_type"):
        found |= dict(choices(session, name, language))
    return found


def _map_data(view: AllocationView, shown: Shown) -> dict[str, Any]:
    """What the map draws; its outlines come from the address named here."""
    asked = view.asked
    place = f"level={asked.level}" + (f"&parent={asked.parent}" if asked.parent else "")
    hexagons = f"/api/v1/allocation/hexagons?resolution={asked.resolution}" + (
        f"&parent={asked.parent}" if asked.parent else ""
    )
    points: list[dict[str, Any]] = []
    if view.costs is not None:
        odd = view.costs[view.costs["state"].isin(("high", "low")) & view.costs["lon"].notna()]
        points = odd[["code", "lon", "lat", "state"]].to_dict("records")
    return {
        "view": asked.view,
        "shapes": hexagons if asked.level == "hexagon" else f"/api/v1/budget/shapes?{place}",
        "rows": [
            {"code": row.code, "name": row.name, "label": row.label, "colour": row.colour, "other": row.other}
            for row in shown.rows
        ],
        "years": [{"year": year, "colours": colours} for year, colours, _money in shown.years],
        "points": points,
    }

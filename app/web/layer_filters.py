"""Filters in the address of a tile, of items and of an export: the same names as in the list of projects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from app.auth.policy import Visibility
from app.errors import NotFound
from app.queries.narrowing import of_feature, of_project
from app.queries.project_filter import ProjectFilter
from app.web.endpoint import Param
from app.web.errors import BadParameters
from app.web.params import (
    KINDS,
    area_code,
    boolean,
    choice,
    code,
    fiscal_year,
    integer_schema,
    kind,
    organisation_code,
    string_schema,
    text_q,
)
from gis.problems import Problem
from layers.base import Narrowing, VectorLayer
from layers.budget import DIGITS
from layers.projects import ProjectLayer
from layers.registry import LAYERS

_CODE = string_schema(maxLength=40)
FILTER_PARAMS = (
    Param("organisation", organisation_code, string_schema(maxLength=20), "Codes of organisations", (), many=True),
    Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal years (Buddhist era)", (), many=True),
    Param("kind", kind, string_schema(enum=list(KINDS)), "Kinds", (), many=True),
    Param("status", code, _CODE, "Statuses of the project", (), many=True),
    Param("geometry_status", code, _CODE, "Statuses of the coordinates", (), many=True),
    Param("area", area_code, string_schema(pattern="^([0-9]{2}){1,3}$"), "Codes of areas", (), many=True),
    Param("fund_source", code, _CODE, "Fund sources", (), many=True),
    Param("strategy", code, _CODE, "National strategies", (), many=True),
    Param("work_nature", code, _CODE, "Natures of work", (), many=True),
    Param("surface_type", code, _CODE, "Road surfaces", (), many=True),
    Param("water_source_type", code, _CODE, "Types of water source", (), many=True),
    Param("q", text_q, string_schema(maxLength=200), "Words of the code or name", ""),
    Param("awaiting", boolean, {"type": "boolean"}, "Coordinates still to be entered or mended"),
    Param("unplaced", boolean, {"type": "boolean"}, "Without any area"),
)
LEVEL = Param("level", choice(*DIGITS), string_schema(enum=list(DIGITS)), "Level of area of the layer budget", "")
_FIELDS = {field.name for field in fields(ProjectFilter)}


def layer_named(name: str) -> VectorLayer:
    """The layer, or 404.

    Raises
    ------
    NotFound
        There is none of that name.
    """
    layer = LAYERS.get(name)
    if layer is None:
        raise NotFound("layer_not_found", {"layer": name[:80], "layers": list(LAYERS)})
    return layer


def tile_narrowing(layer: VectorLayer, given: Mapping[str, Any], sight: Visibility) -> Narrowing:
    """What the filters of an address mean in a tile of the layer."""
    return _narrowing(layer, given, sight, in_tile=isinstance(layer, ProjectLayer))


def item_narrowing(layer: VectorLayer, given: Mapping[str, Any], sight: Visibility) -> Narrowing:
    """What the filters of an address mean for items and exports of the layer."""
    return _narrowing(layer, given, sight, in_tile=False)


def _narrowing(layer: VectorLayer, given: Mapping[str, Any], sight: Visibility, *, in_tile: bool) -> Narrowing:
    wanted = {name: value for name, value in given.items() if value not in ((), "", None)}
    foreign = [name for name in wanted if name not in layer.filters]
    if foreign:
        allowed = ", ".join(layer.filters) or "–"
        raise BadParameters(
            [Problem("unknown_parameter", where={"field": name}, values={"allowed": allowed}) for name in foreign],
            code="invalid_parameters",
        )
    narrowed = ProjectFilter(**{name: value for name, value in wanted.items() if name in _FIELDS})
    found = of_feature(narrowed, sight) if in_tile else of_project(narrowed, sight)
    return replace(found, level=wanted.get("level", ""))

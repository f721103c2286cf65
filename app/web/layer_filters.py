"""Filters in the address of a tile, of items and of an export: the same names as in the list of projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.auth.policy import Visibility
from app.errors import InvalidInput, NotFound
from app.queries.narrowing import for_items, for_tiles
from app.web.endpoint import Param
from app.web.errors import BadParameters
from app.web.params import choice, string_schema
from app.web.project_params import FILTER_PARAMS
from layers.base import Narrowing, VectorLayer
from layers.budget import DIGITS
from layers.registry import LAYERS

LEVEL = Param("level", choice(*DIGITS), string_schema(enum=list(DIGITS)), "Level of area of the layer budget", "")
LAYER_PARAMS = (*(param for param in FILTER_PARAMS if param.name != "bbox"), LEVEL)
"""What narrows a layer; a box is the tile's own or the page's."""


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
    return _refused_as_parameters(for_tiles, layer, given, sight)


def item_narrowing(layer: VectorLayer, given: Mapping[str, Any], sight: Visibility) -> Narrowing:
    """What the filters of an address mean for items and exports of the layer."""
    return _refused_as_parameters(for_items, layer, given, sight)


def _refused_as_parameters(
    narrowing: Callable[[VectorLayer, Mapping[str, Any], Visibility], Narrowing],
    layer: VectorLayer,
    given: Mapping[str, Any],
    sight: Visibility,
) -> Narrowing:
    try:
        return narrowing(layer, given, sight)
    except InvalidInput as error:
        raise BadParameters(error.problems, code=error.code) from error

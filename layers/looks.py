"""How the symbols of the legend look in a file that a desktop program opens: the colours of the map, by symbol name.

The map in the browser draws finer things (glyphs, casings that grow with the zoom); the colours and widths are these,
and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gis.writers.styles import LayerStyle, Look, StyleClass
from layers.base import VectorLayer

_PAVED, _WATER, _LIMIT, _OTHER = "#2B3038", "#0B6FA4", "#7C5391", "#D0742B"
_CANAL = Look(_WATER, 4, casing=("#FFFFFF", 6))

LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "road-rc": Look("#FFFFFF", 3.2, casing=("#4A5160", 5.6)),
        "road-ac": Look(_PAVED, 4.6),
        "road-cape": Look("#FFFFFF", 1.2, casing=(_PAVED, 4.8), dash=(7, 5)),
        "road-st": Look("#FFFFFF", 1.2, casing=(_PAVED, 4.8), dash=(7, 5)),
        "road-para": Look("#FFFFFF", 1.8, casing=("#2E6B57", 4.8), dash=(0.1, 6)),
        "road-block": Look("#E2B9A6", 3.4, casing=("#4A5160", 5.6)),
        "road-crushed": Look("#8A8172", 3.4, casing=("#FFFFFF", 5), dash=(10, 4)),
        "road-laterite": Look("#B8562A", 3.4, casing=("#FFFFFF", 5), dash=(10, 4)),
        "road-earth": Look("#8A6A3F", 2.6, casing=("#FFFFFF", 4.4), dash=(0.1, 5)),
        "road-other": Look("#6A7386", 2.4, casing=("#FFFFFF", 4.4), dash=(4, 4)),
        "water-pond": Look(_WATER, 4, mark="square"),
        "water-reservoir": Look(_WATER, 4, mark="square"),
        "water-wetland": Look(_WATER, 4, mark="square"),
        "water-weir": Look(_WATER, 4, mark="triangle"),
        "water-gate": Look(_WATER, 4, mark="triangle"),
        "water-canal": _CANAL,
        "water-groundwater": Look(_WATER, 4, mark="circle"),
        "water-shallow-well": Look(_WATER, 4, mark="circle"),
        "water-bank": Look(_WATER, 4, mark="circle"),
        "water-waterworks": Look(_WATER, 4, mark="star"),
        "water-pipe": Look(_WATER, 3, casing=("#FFFFFF", 5), dash=(12, 3, 2, 3)),
        "water-tank": Look(_WATER, 4, mark="star"),
        "water-pump": Look(_WATER, 4, mark="star"),
        "water-other": _CANAL,
        "untyped": Look(_OTHER, 3, casing=("#FFFFFF", 5), dash=(6, 3), mark="square"),
        "kind-road": Look(_PAVED, 4.6),
        "kind-water": _CANAL,
        "kind-other": Look(_OTHER, 3, casing=("#FFFFFF", 5), dash=(6, 3), mark="square"),
        "limit": Look(_LIMIT, 1.8, dash=(9, 4, 2, 4), fill_opacity=0.0),
        "ramp-money": Look("#235C8E", 1.4),
        "base-field": Look("#EEF0E4", 1, fill_opacity=1.0),
        "base-wood": Look("#D5E2CB", 1, fill_opacity=1.0),
        "base-settlement": Look("#EFE7DD", 1, fill_opacity=1.0),
        "base-stream": Look("#9CC4DB", 4),
        "base-water": Look("#B7D6E6", 1, fill_opacity=1.0),
        "base-state-road": Look("#F5DFA6", 4.4, casing=("#8D7444", 6.4)),
        "base-road": Look("#FFFFFF", 2, casing=("#C9C6BC", 3.4)),
    }
)
"""Symbol of a legend entry -> its colour, width, dashes and mark."""


def style_of(layer: VectorLayer) -> LayerStyle | None:
    """The layer's legend as a style for a file; None where it has no legend."""
    if not layer.legend:
        return None
    by_tile_name = {field.tile_name: field.name for field in layer.fields if field.tile_name}
    classes = tuple(StyleClass(e.value, e.title, e.title_en, LOOKS[e.symbol]) for e in layer.legend)
    divided = any(entry.value for entry in layer.legend)
    return LayerStyle(layer.title, layer.title_en, by_tile_name[layer.style_field] if divided else "", classes)

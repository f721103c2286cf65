"""Every layer by name. A new thing to see is a new file in this room and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from layers.base import VectorLayer
from layers.base_map import BASE
from layers.boundaries import AMPHOES, ORGANISATIONS, PROVINCES, TAMBONS
from layers.budget import BUDGET
from layers.projects import PROJECTS, ROADS, UNTYPED, WATER

LAYERS: Mapping[str, VectorLayer] = {
    layer.name: layer
    for layer in (ROADS, WATER, UNTYPED, PROJECTS, PROVINCES, AMPHOES, TAMBONS, ORGANISATIONS, BUDGET, BASE)
}
"""Layers in the order in which people see them listed."""

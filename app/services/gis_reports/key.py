"""The background of a map on paper: how it is drawn, and the lines of the legend that explain it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shapely.geometry.base import BaseGeometry

from gis.map_sheet import Drawing, symbol
from layers.looks import LOOKS

FAMILIES = ("Point", "LineString", "Polygon")
"""Families of shapes by their dimension."""
# Lowest first, as the base map of the screen: class, look, words, dimension, whether its names are written.
_CLASSES = (
    ("field", "base-field", "ที่เกษตร", 2, False),
    ("wood", "base-wood", "ป่า", 2, False),
    ("settlement", "base-settlement", "ชุมชน", 2, False),
    ("water", "base-water", "แหล่งน้ำ (แผนที่ฐาน)", 2, True),
    ("stream", "base-stream", "ลำน้ำ", 1, True),
    ("road", "base-road", "ถนน (แผนที่ฐาน)", 1, False),
    ("state_road", "base-state-road", "ทางหลวง", 1, True),
)


def background_drawings(
    background: Mapping[str, Sequence[tuple[BaseGeometry, str]]], *, named: bool = True
) -> Iterator[Drawing]:
    """What lies beneath the works."""
    for name, look, _, dimension, has_names in _CLASSES:
        if features := background.get(name, ()):
            labels = [words for _, words in features] if named and has_names else ()
            yield Drawing([shape for shape, _ in features], LOOKS[look], labels, pale=dimension == 2)


def background_key(background: Mapping[str, Sequence[tuple[BaseGeometry, str]]]) -> Iterator[tuple[str, str]]:
    """Symbol and words of each class that is there."""
    for name, look, words, dimension, _ in _CLASSES:
        if background.get(name):
            yield symbol(LOOKS[look], FAMILIES[dimension]), words

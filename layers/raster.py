"""A raster as it is seen on the map: colours, shading, legend, and tiles drawn from windows of its file.

Unlike the vector layers, rasters are rows of a catalogue and not files of this room; what is declared here is how any
of them looks.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from rasterio.errors import RasterioError
from rasterio.transform import from_bounds

from gis.measure import GEOD
from gis.rasters.facts import RasterError
from gis.rasters.placing import on_the_map
from gis.rasters.reading import open_raster, values_at
from gis.terrain import hillshade
from layers.base import HALF_WORLD_M, MAX_ZOOM, Tile

SIDE_PX = 256
_EARTH_RADIUS_M = GEOD.a
MEDIA_TYPE = "image/png"
FORM = 1
"""Changes when the same raster and look give another picture, so that no browser keeps the old one."""


@dataclass(frozen=True)
class Ramp:
    """Colours from the least to the greatest value.

    Parameters
    ----------
    name, title, title_en
        Name in addresses; words for people.
    colours
        ``#rrggbb``, evenly spaced; told apart by readers who see red and green alike.
    """

    name: str
    title: str
    title_en: str
    colours: tuple[str, ...]


RAMPS: Mapping[str, Ramp] = {
    ramp.name: ramp
    for ramp in (
        Ramp(
            "elevation",
            "ความสูง",
            "Heights",
            ("#5b8c6b", "#a8c48a", "#e9e3b4", "#d9b47c", "#b0835a", "#8c6d5f", "#f4f1ee"),
        ),
        Ramp(
            "sequence", "อ่อนไปเข้ม", "Light to dark", ("#f6f1dc", "#bcd6ba", "#78b5ac", "#3b8ca5", "#235c8e", "#1b2d63")
        ),
        Ramp("water", "น้ำ", "Water", ("#e3f0fa", "#9fcbe8", "#5a9fd0", "#2a6ca8", "#123f73")),
        Ramp("heat", "ร้อน", "Heat", ("#fff3c4", "#fdc46b", "#f08a4b", "#c9432f", "#7a1f3d")),
        Ramp("grey", "เทา", "Grey", ("#1a1a1a", "#f5f5f5")),
    )
}
RAMP_OF: Mapping[str, str] = {"elevation": "elevation", "population": "heat", "flood": "water"}
"""Colours that a kind of raster begins with; the others begin with ``sequence``."""
CLASS_COLOURS = (
    "#2f4b9c", "#c98a1b", "#3b8ca5", "#b4136d", "#1b6b45", "#8a5200", "#78b5ac", "#7a1f3d", "#9aa2b3", "#235c8e",
    "#d9b47c", "#5b8c6b", "#f08a4b", "#434d61", "#bcd6ba", "#c9432f", "#5a9fd0", "#8c6d5f", "#a8c48a", "#b3261e",
    "#e9e3b4", "#123f73", "#fdc46b", "#1a2130",
)  # fmt: skip
"""Colours of classes that bring none."""


@dataclass(frozen=True)
class Look:
    """How a raster is drawn.

    Parameters
    ----------
    ramp
        One of :data:`RAMPS`.
    low, high
        Values at the ends of the ramp; what lies beyond has the colour of the end.
    shade
        True when the ground is lit as well (heights only).
    band
        Band that is drawn, from 1.
    """

    ramp: str
    low: float
    high: float
    shade: bool = False
    band: int = 1


@dataclass(frozen=True)
class LegendStop:
    """A line of the legend: a value and its colour."""

    value: float
    colour: str


@dataclass(frozen=True, kw_only=True)
class RasterLayer:
    """Declaration of a raster on the map.

    Parameters
    ----------
    name, title
        Name in addresses; title for people.
    kind
        ``elevation``, ``population``, ``flood``, ``picture``, ``classes`` or ``other``.
    path
        The kept file.
    bounds
        West, south, east, north in degrees.
    pixel_m
        Side of a pixel in metres.
    bands
        Bands that hold data.
    low, high
        Where the ramp begins and ends unless told otherwise.
    classes, palette
        Values where there are only a few, and the colours that the file brings.
    """

    name: str
    title: str
    kind: str
    path: Path
    bounds: tuple[float, float, float, float]
    pixel_m: float
    bands: int
    low: float
    high: float
    classes: tuple[int, ...] = ()
    palette: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_colours(self) -> bool:
        """True for a photograph: red, green and blue bands."""
        return self.kind == "picture" and self.bands >= 3

    @property
    def in_classes(self) -> bool:
        """True when each value has a colour of its own."""
        return bool(self.palette) or (self.kind in ("classes", "flood") and bool(self.classes))

    @property
    def maxzoom(self) -> int:
        """Zoom whose pixels are as large as the raster's own; the browser enlarges beyond."""
        metres = max(self.pixel_m, 0.01)
        latitude = math.radians((self.bounds[1] + self.bounds[3]) / 2)
        own = math.log2(2 * HALF_WORLD_M * max(math.cos(latitude), 0.01) / (SIDE_PX * metres))
        return min(MAX_ZOOM, max(0, math.ceil(own)))

    def look(
        self, ramp: str = "", low: float | None = None, high: float | None = None, *, shade: bool = False, band: int = 1
    ) -> Look:
        """A look with what is not said filled in; an empty span is widened, so that no ramp divides by nothing."""
        begin, end = self.low if low is None else low, self.high if high is None else high
        if begin >= end:
            end = begin + 1.0
        name = ramp if ramp in RAMPS else RAMP_OF.get(self.kind, "sequence")
        return Look(name, begin, end, shade and self.kind == "elevation", min(max(1, band), max(1, self.bands)))

    def legend(self, look: Look) -> list[LegendStop]:
        """Values and colours: of every class, else of the ramp; none for a photograph."""
        if self.in_colours:
            return []
        if self.in_classes:
            return [LegendStop(value, colour) for value, colour in self._class_colours()]
        colours = RAMPS[look.ramp].colours
        values = np.linspace(look.low, look.high, len(colours))
        return [LegendStop(float(value), colour) for value, colour in zip(values, colours, strict=True)]

    def png(self, tile: Tile, look: Look) -> bytes:
        """The tile as PNG; empty when nothing of the raster is in it.

        Raises
        ------
        RasterError
            ``raster_damaged``.
        """
        west, south, east, north = tile.bounds
        if not self._meets(west, south, east, north):
            return b""
        # A pixel more on each side, so that the shading of neighbouring tiles meets.
        edge = 1 if look.shade else 0
        unit, side = (east - west) / SIDE_PX, SIDE_PX + 2 * edge
        window = from_bounds(
            west - edge * unit, south - edge * unit, east + edge * unit, north + edge * unit, side, side
        )
        bands = [1, 2, 3] if self.in_colours else [look.band]
        with open_raster(self.path) as dataset:
            try:
                with on_the_map(dataset, window, side, nearest=self.in_classes) as warped:
                    read = warped.read(bands, masked=True)
                    scale = [(dataset.scales[band - 1], dataset.offsets[band - 1]) for band in bands]
            except RasterioError as error:
                raise RasterError("raster_damaged", reason=str(error)[-200:]) from error
        values = np.ma.filled(read.astype(np.float64), np.nan)
        values[~np.isfinite(values)] = np.nan
        if not np.isfinite(values).any():
            return b""
        for layer, (factor, offset) in zip(values, scale, strict=True):
            layer *= factor
            layer += offset
        return _png(self._coloured(values, look, tile, edge))

    def value_at(self, lon: float, lat: float, *, band: int = 1) -> float | None:
        """Value at a place (degrees): of classes the pixel's own, else between pixels; ``None`` where there is none."""
        method: Any = "nearest" if self.in_classes or self.kind in ("population", "picture") else "bilinear"
        found = float(values_at(self.path, [(lon, lat)], band=band, method=method)[0])
        return None if math.isnan(found) else found

    def _meets(self, west: float, south: float, east: float, north: float) -> bool:
        left, bottom, right, top = self.bounds
        x = [math.radians(lon) * _EARTH_RADIUS_M for lon in (left, right)]
        y = [
            math.asinh(math.tan(math.radians(max(-85.06, min(85.06, lat))))) * _EARTH_RADIUS_M for lat in (bottom, top)
        ]
        return x[0] <= east and x[1] >= west and y[0] <= north and y[1] >= south

    def _class_colours(self) -> list[tuple[int, str]]:
        values = self.classes or tuple(sorted(int(value) for value in self.palette))
        if self.kind == "flood" and not self.palette:
            # Dry ground is not drawn; what is deeper or longer under water is darker.
            wet = [value for value in values if value > 0]
            return list(zip(wet, _spread(RAMPS["water"].colours[2:], len(wet)), strict=True))
        return [
            (value, self.palette.get(str(value)) or CLASS_COLOURS[n % len(CLASS_COLOURS)])
            for n, value in enumerate(values)
        ]

    def _coloured(self, values: npt.NDArray[Any], look: Look, tile: Tile, edge: int) -> npt.NDArray[np.uint8]:
        inner = slice(edge, edge + SIDE_PX), slice(edge, edge + SIDE_PX)
        if self.in_colours:
            return _photograph(values)
        one = values[0]
        if self.in_classes:
            return _classes(one, self._class_colours())
        colours = _between(one[inner], look.low, look.high, RAMPS[look.ramp].colours)
        if look.shade:
            middle = tile.bounds[1] + tile.side_m / 2
            # Map units are metres divided by the cosine of the latitude.
            cell_m = tile.side_m / SIDE_PX / math.cosh(middle / _EARTH_RADIUS_M)
            # Far away hills would be level: the ground is raised as one goes away from it.
            raised = max(1.0, (cell_m / 30) ** 0.5)
            lit = hillshade(_without_holes(one), cell_m, cell_m, exaggeration=raised)[inner]
            light = 0.35 + 0.65 * np.nan_to_num(lit, nan=0.7071) / 0.7071
            colours[..., :3] = np.clip(colours[..., :3] * np.minimum(light, 1.2)[..., None], 0, 255)
        return colours.astype(np.uint8)


def _without_holes(heights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Heights for shading: a hole is as high as the middle of what is known, and is not drawn anyway."""
    return np.where(np.isfinite(heights), heights, np.nanmean(heights))


def _spread(colours: Sequence[str], count: int) -> list[str]:
    """So many colours of a ramp, evenly chosen."""
    return [colours[round(n * (len(colours) - 1) / max(1, count - 1))] for n in range(count)]


def _rgb(colours: Sequence[str]) -> npt.NDArray[np.float64]:
    return np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours], dtype=float)


def _between(values: npt.NDArray[Any], low: float, high: float, colours: Sequence[str]) -> npt.NDArray[np.float64]:
    known = np.isfinite(values)
    at = np.linspace(0, 1, len(colours))
    part = np.clip((np.where(known, values, low) - low) / (high - low), 0, 1)
    rgb = _rgb(colours)
    picture = np.empty((*values.shape, 4))
    for channel in range(3):
        picture[..., channel] = np.interp(part, at, rgb[:, channel])
    picture[..., 3] = np.where(known, 255, 0)
    return picture


def _classes(values: npt.NDArray[Any], colours: Sequence[tuple[int, str]]) -> npt.NDArray[np.uint8]:
    picture = np.zeros((*values.shape, 4), dtype=np.uint8)
    for value, colour in colours:
        picture[values == value] = (*_rgb([colour])[0].astype(int), 255)
    return picture


def _photograph(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    picture = np.zeros((*values.shape[1:], 4), dtype=np.uint8)
    known = np.isfinite(values).all(axis=0)
    for channel in range(3):
        picture[..., channel] = np.clip(np.nan_to_num(values[channel]), 0, 255)
    picture[..., 3] = np.where(known, 255, 0)
    return picture


def _png(picture: npt.NDArray[np.uint8]) -> bytes:
    if not picture[..., 3].any():
        return b""
    made = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(made, "PNG", compress_level=3)
    return made.getvalue()

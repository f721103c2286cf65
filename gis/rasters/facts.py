"""What is known of a raster that was taken in, and why one is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gis.problems import Problem

_COLOUR = re.compile("#[0-9a-f]{6}")


class RasterError(ValueError):
    """A raster that cannot be used; ``problem`` says why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, where={"field": "file"}, values=values)


def edges_text(edges: tuple[float, ...]) -> str:
    """Least x and y, greatest x and y, as they travel in a problem."""
    return " ".join(f"{edge:.10g}" for edge in edges)


class CrsUnknown(RasterError):
    """The file does not say where it lies; ``candidates`` are the EPSG codes under which it would lie in Thailand."""

    def __init__(self, candidates: tuple[int, ...], bounds: tuple[float, float, float, float]) -> None:
        text = ", ".join(f"EPSG:{epsg}" for epsg in candidates) or "–"
        super().__init__("raster_without_crs", candidates=text, bounds=edges_text(bounds))
        self.candidates = candidates


@dataclass(frozen=True)
class BandFacts:
    """One band; the numbers are of its valid pixels.

    Parameters
    ----------
    minimum, maximum, mean
        Of every valid pixel; ``None`` when the band has none.
    low, high
        2nd and 98th percentile, of an even sample of at most a million pixels: where a colour ramp begins and ends.
    valid
        Number of valid pixels.
    description
        What the file calls it.
    """

    minimum: float | None
    maximum: float | None
    mean: float | None
    low: float | None
    high: float | None
    valid: int
    description: str = ""


@dataclass(frozen=True)
class RasterFacts:
    """A raster as it is kept.

    Parameters
    ----------
    width, height, data_type
        Pixels, and their type.
    bands
        Facts of each band; an alpha band is none of them.
    crs, epsg
        Its coordinate system as WKT, unchanged; the EPSG code when it has one.
    pixel_x, pixel_y
        Size of a pixel in units of that system.
    pixel_m
        Side of a pixel in metres in the middle of the raster.
    bounds
        West, south, east, north in degrees (EPSG:4326).
    nodata
        Value that stands for nothing as text; empty where there is none.
    classes
        The values, where it has whole numbers and only a few different ones.
    palette
        Colours (``#rrggbb``) by value, where the file brings them.
    warnings
        What somebody should look at.
    kept_bytes
        Size of the file that is kept; 0 where that was not written down.
    """

    width: int
    height: int
    data_type: str
    bands: tuple[BandFacts, ...]
    crs: str
    epsg: int | None
    pixel_x: float
    pixel_y: float
    pixel_m: float
    bounds: tuple[float, float, float, float]
    nodata: str = ""
    classes: tuple[int, ...] = ()
    palette: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    kept_bytes: int = 0

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> RasterFacts:
        """From what the process that took it in has said, which is not believed more than the file.

        Raises
        ------
        RasterError
            ``raster_outside_the_earth``.
        """
        west, south, east, north = (float(edge) for edge in found["bounds"])
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise RasterError("raster_outside_the_earth")
        made = {
            "bands": tuple(BandFacts(**band) for band in found["bands"]),
            "bounds": (west, south, east, north),
            "palette": {str(value): colour for value, colour in found["palette"].items() if _COLOUR.fullmatch(colour)},
            "classes": tuple(found["classes"]),
            "warnings": tuple(Problem(**problem) for problem in found["warnings"]),
        }
        return cls(**{**found, **made})

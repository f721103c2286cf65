"""A map on paper as SVG: a round scale, a grid in metres, a scale bar, north, and shapes drawn as on the screen.

The sheet is drawn in the UTM zone of its middle, so a millimetre on it is the same number of metres everywhere
(within 0.1 % in the zone). One unit of the SVG is one millimetre of paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis import crs
from gis.writers.styles import Look

SCALES = (4_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000)
"""Denominators of scale; a sheet takes the first that shows everything."""
PX_MM = 0.2
"""Millimetres of a pixel of :class:`gis.writers.styles.Look`: paper is read from nearer than a screen."""
_FILL = 0.84
_GRID_MM = 35.0
_LABEL_MM = 2.9
# Eight points, the least that print may have.
_SMALL_MM = 2.8
_SIMPLIFY_MM = 0.03
_MARK_MM = 3.2
_MARKS = {
    "square": "M-1-1H1V1H-1Z",
    "triangle": "M0-1.1L1.1 .9H-1.1Z",
    "circle": "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0-1 0Z",
    "star": "M-.5-.9H.5L1 0 .5.9H-.5L-1 0Z",
}


class NothingToShow(ValueError):
    """No shape with a place: there is no map of it."""


@dataclass(frozen=True)
class Drawing:
    """Shapes of one look, drawn in the order in which they come.

    Parameters
    ----------
    shapes
        EPSG:4326; empty and missing ones are passed over.
    look
        Colours, widths (pixels of the screen) and dashes.
    labels
        One for each shape or none at all; drawn where nothing else has been written.
    pale
        Whether a polygon is filled whole, as the background is.
    """

    shapes: Sequence[BaseGeometry | None]
    look: Look
    labels: Sequence[str] = ()
    pale: bool = False


@dataclass(frozen=True)
class MapSheet:
    """A finished map.

    Parameters
    ----------
    svg
        The element ``svg`` with its size in millimetres.
    scale
        Denominator.
    epsg
        UTM zone that it is drawn in.
    left_out
        Labels for which there was no room.
    """

    svg: str
    scale: int
    epsg: int
    left_out: int

    @property
    def zone(self) -> str:
        """Name of the system, as people write it."""
        return f"WGS 84 / UTM {self.epsg - 32600}N"


@dataclass
class _Frame:
    width_mm: float
    height_mm: float
    scale: int
    epsg: int
    west_m: float
    south_m: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    left_out: int = 0

    @property
    def metres_per_mm(self) -> float:
        return self.scale / 1000

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        by = self.metres_per_mm
        return self.west_m, self.south_m, self.west_m + self.width_mm * by, self.south_m + self.height_mm * by

    def to_paper(self, xy: np.ndarray) -> np.ndarray:
        x = (xy[:, 0] - self.west_m) / self.metres_per_mm
        y = self.height_mm - (xy[:, 1] - self.south_m) / self.metres_per_mm
        return np.column_stack((x, y))

    def room_for(self, x: float, y: float, text: str) -> bool:
        width = 0.55 * _LABEL_MM * letters_wide(text)
        box = (x - width / 2, y - _LABEL_MM, x + width / 2, y + 0.4 * _LABEL_MM)
        inside = box[0] >= 1 and box[1] >= 1 and box[2] <= self.width_mm - 1 and box[3] <= self.height_mm - 1
        free = all(box[2] < b[0] or box[0] > b[2] or box[3] < b[1] or box[1] > b[3] for b in self.taken)
        if inside and free:
            self.taken.append(box)
            return True
        self.left_out += 1
        return False


def map_sheet(
    main: Sequence[BaseGeometry | None],
    drawings: Iterable[Drawing],
    *,
    width_mm: float = 180.0,
    height_mm: float = 120.0,
    scales: Sequence[int] = SCALES,
    description: str = "",
) -> MapSheet:
    """Draw a map around some shapes.

    Parameters
    ----------
    main
        Shapes (EPSG:4326) that decide middle and scale.
    drawings
        What is drawn, lowest first.
    width_mm, height_mm
        Size on paper.
    scales
        Denominators to choose from, ascending.
    description
        Words for whoever cannot see it.

    Raises
    ------
    NothingToShow
        ``main`` has no shape.

    Examples
    --------
    >>> road = shapely.from_wkt("LINESTRING (102.03 15.80, 102.034 15.80)")
    >>> sheet = map_sheet([road], [Drawing([road], Look("#2B3038", 4.6))], width_mm=180, height_mm=120)
    >>> sheet.scale, sheet.epsg, sheet.zone
    (4000, 32648, 'WGS 84 / UTM 48N')
    """
    frame = _frame(main, width_mm, height_mm, scales)
    body = "".join(_drawn(drawing, frame) for drawing in drawings)
    label = f' role="img" aria-label="{escape(description, quote=True)}"' if description else ""
    w, h = f"{width_mm:g}", f"{height_mm:g}"
    clip = f"clip{frame.scale}-{frame.west_m:.0f}-{frame.south_m:.0f}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}"{label}>'
        f'<defs><clipPath id="{clip}"><rect width="{w}" height="{h}"/></clipPath></defs>'
        f'<rect width="{w}" height="{h}" fill="#fff"/><g clip-path="url(#{clip})">{body}</g>'
        f"{_grid(frame)}{_bar(frame)}{_north(frame)}"
        f'<rect x=".1" y=".1" width="{width_mm - 0.2:g}" height="{height_mm - 0.2:g}" fill="none" stroke="#000" '
        'stroke-width=".25"/></svg>'
    )
    return MapSheet(svg, frame.scale, frame.epsg, frame.left_out)


def sheet_bounds(
    main: Sequence[BaseGeometry | None], *, width_mm: float, height_mm: float, scales: Sequence[int] = SCALES
) -> tuple[float, float, float, float]:
    """West, south, east and north (degrees) of what :func:`map_sheet` would show: what lies beyond is not needed.

    Raises
    ------
    NothingToShow
        ``main`` has no shape.
    """
    frame = _frame(main, width_mm, height_mm, scales)
    # Edges of a sheet in metres bend in degrees.
    corners = shapely.segmentize(shapely.box(*frame.bounds_m), (frame.bounds_m[2] - frame.bounds_m[0]) / 8)
    west, south, east, north = shapely.bounds(crs.to_wgs84(corners, frame.epsg)[0])
    return float(west), float(south), float(east), float(north)


def symbol(look: Look, family: str = "LineString", *, under: Look | None = None) -> str:
    """A line of the legend as SVG, 10 by 4 mm; ``family`` is ``Point``, ``LineString`` or ``Polygon``, ``under`` what
    is drawn beneath it to make it stand out."""
    inner = (_inside(under, family) if under else "") + _inside(look, family)
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="10mm" height="4mm" viewBox="0 0 10 4">{inner}</svg>'


def _inside(look: Look, family: str) -> str:
    if family == "Point":
        return f'<g transform="translate(5 2)">{_mark(look, 1.5)}</g>'
    if family == "Polygon":
        return (
            f'<rect x="1" y=".5" width="8" height="3" fill="{look.colour}" fill-opacity="{look.fill_opacity}" '
            f'stroke="{look.colour}" stroke-width=".3"/>'
        )
    return _strokes("M.5 2H9.5", look)


def _frame(main: Sequence[BaseGeometry | None], width_mm: float, height_mm: float, scales: Sequence[int]) -> _Frame:
    shown = [shape for shape in main if shape is not None and not shape.is_empty]
    if not shown:
        raise NothingToShow
    west, south, east, north = shapely.total_bounds(shown)
    epsg = crs.utm_epsg_at((west + east) / 2)
    projected = [crs.from_wgs84(shape, epsg)[0] for shape in shown]
    west, south, east, north = shapely.total_bounds(projected)
    needed = max((east - west) / (width_mm * _FILL), (north - south) / (height_mm * _FILL)) * 1000
    scale = next((s for s in scales if s >= needed), scales[-1])
    by = scale / 1000
    return _Frame(
        width_mm,
        height_mm,
        scale,
        epsg,
        (west + east) / 2 - width_mm * by / 2,
        (south + north) / 2 - height_mm * by / 2,
    )


def _drawn(drawing: Drawing, frame: _Frame) -> str:
    numbered = [(n, shape) for n, shape in enumerate(drawing.shapes) if shape is not None and not shape.is_empty]
    if not numbered:
        return ""
    shapes = np.empty(len(numbered), dtype=object)
    shapes[:] = [crs.from_wgs84(shape, frame.epsg)[0] for _, shape in numbered]
    by = frame.metres_per_mm
    west, south, east, north = frame.bounds_m
    margin = 5 * by
    shapes = shapely.clip_by_rect(shapes, west - margin, south - margin, east + margin, north + margin)
    parts: list[str] = []
    for (n, _), shape in zip(numbered, shapes, strict=True):
        if shape.is_empty:
            continue
        parts.append(_shape(shape, drawing, frame))
        if drawing.labels and (text := drawing.labels[n]):
            parts.append(_label(shape, text, frame))
    return "".join(parts)


def _shape(shape: BaseGeometry, drawing: Drawing, frame: _Frame) -> str:
    areas, lines, points = [], [], []
    for part in shapely.get_parts(shape):
        simple = shapely.simplify(part, _SIMPLIFY_MM * frame.metres_per_mm)
        dimension = shapely.get_dimensions(part)
        if dimension == 0:
            points.append(part)
        elif dimension == 1:
            lines.append(_path(simple.coords, frame, closed=False))
        elif simple.is_empty or part.geom_type != "Polygon":
            lines.append("")
        else:
            areas.append(
                "".join(_path(ring.coords, frame, closed=True) for ring in (simple.exterior, *simple.interiors))
            )
    look = drawing.look
    out = []
    if areas:
        path = "".join(areas)
        width = 0 if drawing.pale else 1.8 * PX_MM
        opacity = 1.0 if drawing.pale else look.fill_opacity
        dash = f' stroke-dasharray="{_dashes(look)}"' if look.dash and not drawing.pale else ""
        out.append(
            f'<path d="{path}" fill="{look.colour}" fill-opacity="{opacity:g}" fill-rule="evenodd" '
            f'stroke="{look.colour}" stroke-width="{width:.2f}"{dash}/>'
        )
    if any(lines):
        out.append(_strokes("".join(lines), look))
    for point in points:
        x, y = frame.to_paper(np.asarray(point.coords))[0]
        out.append(f'<g transform="translate({x:.2f} {y:.2f})">{_mark(look, _MARK_MM / 2)}</g>')
    return "".join(out)


def _path(coordinates: Iterable[tuple[float, ...]], frame: _Frame, *, closed: bool) -> str:
    xy = frame.to_paper(np.asarray(list(coordinates))[:, :2])
    text = " ".join(f"{x:.2f} {y:.2f}" for x, y in xy)
    return f"M{text}{'Z' if closed else ''}"


def _strokes(path: str, look: Look) -> str:
    under = ""
    if look.casing:
        colour, width = look.casing
        under = f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width * PX_MM:.2f}"/>'
    dash = f' stroke-dasharray="{_dashes(look)}"' if look.dash else ""
    cap = ' stroke-linecap="round"' if look.dash and look.dash[0] < 1 else ""
    over = (
        f'<path d="{path}" fill="none" stroke="{look.colour}" stroke-width="{look.width_px * PX_MM:.2f}"{dash}{cap}/>'
    )
    return under + over


def _dashes(look: Look) -> str:
    return " ".join(f"{length * PX_MM:.2f}" for length in look.dash)


def _mark(look: Look, radius_mm: float) -> str:
    if look.mark == "none":
        return ""
    path = _MARKS.get(look.mark, _MARKS["circle"])
    return (
        f'<path d="{path}" transform="scale({radius_mm:g})" fill="#fff" stroke="{look.colour}" stroke-width=".35"/>'
        f'<path d="{path}" transform="scale({radius_mm * 0.45:g})" fill="{look.colour}"/>'
    )


def _label(shape: BaseGeometry, text: str, frame: _Frame) -> str:
    if shapely.get_dimensions(shape) == 1:
        place = shapely.line_interpolate_point(
            max(shapely.get_parts(shape), key=lambda p: p.length), 0.5, normalized=True
        )
    else:
        place = shapely.point_on_surface(shape)
    if place.is_empty:
        return ""
    x, y = frame.to_paper(np.asarray(place.coords))[0]
    y -= 2.2
    if not frame.room_for(x, y, text):
        return ""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{_LABEL_MM}" text-anchor="middle" paint-order="stroke" '
        f'stroke="#fff" stroke-width=".7" stroke-linejoin="round">{escape(text)}</text>'
    )


def letters_wide(text: str) -> int:
    """Letters that take room: Thai vowels and tones above and below take none."""
    return sum(1 for letter in text if not (letter == "ั" or "ิ" <= letter <= "ฺ" or "็" <= letter <= "๎"))


def _grid(frame: _Frame) -> str:
    """Crosses where round metres meet, their numbers along the frame."""
    step = _round_up(_GRID_MM * frame.metres_per_mm)
    west, south, east, north = frame.bounds_m
    xs = np.arange(math.ceil(west / step) * step, east, step)
    ys = np.arange(math.ceil(south / step) * step, north, step)
    out = []
    for x in xs:
        px = (x - west) / frame.metres_per_mm
        out.append(f'<path d="M{px:.2f} 0v1.5M{px:.2f} {frame.height_mm:g}v-1.5" stroke="#000" stroke-width=".2"/>')
        # Not under the north arrow, nor cut by the frame.
        if 9 < px < frame.width_mm - 18:
            out.append(_number(px, 4.2, f"{x:,.0f}", "middle"))
        for y in ys:
            py = frame.height_mm - (y - south) / frame.metres_per_mm
            out.append(
                f'<path d="M{px - 1:.2f} {py:.2f}h2M{px:.2f} {py - 1:.2f}v2" stroke="#5E687C" stroke-width=".15"/>'
            )
    for y in ys:
        py = frame.height_mm - (y - south) / frame.metres_per_mm
        out.append(f'<path d="M0 {py:.2f}h1.5M{frame.width_mm:g} {py:.2f}h-1.5" stroke="#000" stroke-width=".2"/>')
        if 7 < py < frame.height_mm - 14:
            out.append(_number(2.0, py + 0.8, f"{y:,.0f}", "start"))
    return "".join(out)


def _number(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{_SMALL_MM}" text-anchor="{anchor}" paint-order="stroke" '
        f'stroke="#fff" stroke-width=".6" fill="#434D61">{text}</text>'
    )


def _bar(frame: _Frame) -> str:
    """Scale bar of four parts, bottom left."""
    part = _round_up(9 * frame.metres_per_mm)
    side = part / frame.metres_per_mm
    x, y = 5.0, frame.height_mm - 7.2
    cells = "".join(
        f'<rect x="{x + n * side:.2f}" y="{y:.2f}" width="{side:.2f}" height="1.4" '
        f'fill="{"#000" if n % 2 == 0 else "#fff"}" stroke="#000" stroke-width=".15"/>'
        for n in range(4)
    )
    unit, divisor = ("กม.", 1000) if part >= 1000 else ("ม.", 1)
    numbers = "".join(
        f'<text x="{x + n * side:.2f}" y="{y - 0.8:.2f}" font-size="{_SMALL_MM}" text-anchor="middle">'
        f"{n * part / divisor:g}</text>"
        for n in (0, 2, 4)
    )
    back = f'<rect x="{x - 3:.2f}" y="{y - 4.4:.2f}" width="{4 * side + 13:.2f}" height="10.4" fill="#fff"/>'
    words = (
        f'<text x="{x + 4 * side + 3:.2f}" y="{y + 1.4:.2f}" font-size="{_SMALL_MM}">{unit}</text>'
        f'<text x="{x:.2f}" y="{y + 4.6:.2f}" font-size="{_SMALL_MM}" font-weight="700">1:{frame.scale:,}</text>'
    )
    return back + cells + numbers + words


def _north(frame: _Frame) -> str:
    x = frame.width_mm - 7
    return (
        f'<g transform="translate({x:g} 6)"><rect x="-3.5" y="-2.5" width="7" height="13" fill="#fff" '
        'fill-opacity=".85"/><path d="M0 0L2 7 0 5.6-2 7Z"/>'
        f'<text y="9.9" font-size="{_SMALL_MM}" text-anchor="middle" font-weight="700">N</text></g>'
    )


def _round_up(metres: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= metres * 0.999)

"""A map in one file: opens from a disk with no network, pans, zooms, and tells what each work is.

Folium writes it; the library that draws (Leaflet) and its styles are put inside, and the background is our own shapes
instead of tiles of somebody else's server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import folium
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.writers.styles import Look

_DECIMALS = 6
_STYLES = """
html,body,#map{height:100%;margin:0}body{font:14px/1.6 Sarabun,"TH Sarabun New",Tahoma,sans-serif;color:#1a2130}
.leaflet-container{font:inherit;background:#f4f5f8}.head{position:absolute;z-index:1000;top:12px;left:56px;max-width:60vw;
padding:8px 12px;border-radius:4px;background:#fff;box-shadow:0 2px 8px rgba(26,33,48,.16)}.head b{font-size:16px}
.leaflet-popup-content{margin:12px 16px;min-width:220px}.leaflet-popup-content dl{display:grid;
grid-template-columns:auto 1fr;
gap:2px 12px;margin:4px 0 0}.leaflet-popup-content dt{color:#5e687c}.leaflet-popup-content dd{margin:0;text-align:right;
font-variant-numeric:tabular-nums}.key{position:absolute;z-index:1000;right:12px;bottom:24px;padding:8px 12px;
border-radius:4px;background:#fff;box-shadow:0 2px 8px rgba(26,33,48,.16);font-size:12px}.key div{display:flex;gap:8px;
align-items:center}.leaflet-popup-content b{overflow-wrap:anywhere}
.key summary{cursor:pointer;font-weight:700}
@media(max-width:599px){.head{right:12px;max-width:none;max-height:30vh;overflow:auto}
.leaflet-top.leaflet-right{top:auto;bottom:24px;right:auto;left:0}
.leaflet-right .leaflet-control-layers{margin:0 0 32px 12px}
.key{max-height:40vh;overflow:auto}.leaflet-popup-content{min-width:180px}}"""


_KEY = {"th": "สัญลักษณ์", "en": "Legend"}
# Pop-ups stay clear of the heading; the legend of a phone opens when it is asked for.
_SETTLED = """L.Popup.mergeOptions({autoPanPaddingTopLeft:[12,110]});
L.Control.Attribution.mergeOptions({prefix:"Leaflet"});
if(innerWidth<600)document.querySelector(".key").open=false;
"""


@dataclass(frozen=True)
class Leaflet:
    """Text of the library's two files, to be put inside, and style rules with the letters that the texts need."""

    script: str
    style: str
    fonts: str = ""


@dataclass(frozen=True)
class MapItem:
    """A work on the map.

    Parameters
    ----------
    shape
        EPSG:4326.
    look
        Its drawing.
    title, facts
        Heading of the pop-up, and what it tells: name and value.
    group
        Which of the switches shows it.
    """

    shape: BaseGeometry
    look: Look
    title: str
    facts: Mapping[str, str]
    group: str


def report_map(
    items: Sequence[MapItem],
    background: Sequence[tuple[str, Sequence[BaseGeometry], Look]],
    legend: Sequence[tuple[str, str]],
    *,
    title: str,
    about: str,
    leaflet: Leaflet,
    frame: Sequence[BaseGeometry] = (),
    language: str = "th",
) -> str:
    """The whole document as HTML.

    Parameters
    ----------
    items
        Works, in the order in which they are drawn.
    background
        Name, shapes and look of what lies beneath; not clickable.
    legend
        Symbol (SVG) and words.
    title, about
        Heading and the line below it.
    leaflet
        What is put inside.
    frame
        What is in sight at first; all items where nothing is given.

    Raises
    ------
    ValueError
        There is nothing to show.
    """
    if not items:
        raise ValueError("nothing to show")
    west, south, east, north = shapely.total_bounds(list(frame) or [item.shape for item in items])
    page = folium.Map(tiles=None, prefer_canvas=True, control_scale=True, zoom_snap=0.5)
    # Folium's own list of files names servers: none of them is asked.
    page.default_js, page.default_css = [], []
    for name, shapes, look in background:
        _layer(name, [(shape, {}) for shape in shapes], look, clickable=False).add_to(page)
    by_group: dict[str, list[MapItem]] = {}
    for item in items:
        by_group.setdefault(item.group, []).append(item)
    for group, members in by_group.items():
        holder = folium.FeatureGroup(name=_words(group))
        by_look: dict[Look, list[MapItem]] = {}
        for item in members:
            by_look.setdefault(item.look, []).append(item)
        for look, same in by_look.items():
            _layer("", [(i.shape, {"told": _told(i)}) for i in same], look, clickable=True).add_to(holder)
        holder.add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    page.fit_bounds([[south, west], [north, east]])
    return _document(page, legend, title, about, leaflet, language)


def _layer(name: str, shapes: Sequence[tuple[BaseGeometry, dict[str, str]]], look: Look, *, clickable: bool) -> Any:
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": told, "geometry": json.loads(shapely.to_geojson(part))}
            for shape, told in shapes
            for part in _parts(shape)
        ],
    }
    style = _style(look)
    return folium.GeoJson(
        collection,
        name=_words(name) or None,
        control=bool(name),
        style_function=lambda _: style,
        marker=folium.CircleMarker(radius=6, weight=2, fill=True),
        popup=folium.GeoJsonPopup(["told"], labels=False, parse_html=False) if clickable else None,
        highlight_function=(lambda _: {"weight": style["weight"] + 4}) if clickable else None,
        interactive=clickable,
        smooth_factor=0.5,
    )


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    """A shape as one of its dimension each, which is all that the library knows; six decimals are 11 cm."""
    parts = np.array(shapely.get_parts(shapely.set_precision(shape, 10**-_DECIMALS, mode="pointwise")))
    dimensions = shapely.get_dimensions(parts)
    joined = ((0, shapely.multipoints), (1, shapely.multilinestrings), (2, shapely.multipolygons))
    return [join(parts[dimensions == d]) for d, join in joined if (dimensions == d).any()]


def _style(look: Look) -> dict[str, Any]:
    # White cores show through their casing only: one line has one colour here.
    colour = look.casing[0] if look.casing and look.colour.upper() == "#FFFFFF" else look.colour
    style: dict[str, Any] = {
        "color": colour,
        "weight": max(look.width_px, 2),
        "fillColor": colour,
        "fillOpacity": look.fill_opacity,
        "opacity": 1,
    }
    if look.dash:
        style["dashArray"] = " ".join(f"{max(length, 1):g}" for length in look.dash)
    return style


def _told(item: MapItem) -> str:
    facts = "".join(f"<dt>{_words(name)}</dt><dd>{_words(value)}</dd>" for name, value in item.facts.items())
    return f"<b>{_words(item.title)}</b><dl>{facts}</dl>"


def _words(text: str) -> str:
    """Words as HTML in what folium is given.

    It takes what it has rendered for a template and renders it once more: a name with ``{{`` would be run as a program.
    """
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _document(
    page: folium.Map,
    legend: Sequence[tuple[str, str]],
    title: str,
    about: str,
    leaflet: Leaflet,
    language: str,
) -> str:
    figure: Any = page.get_root()
    page.render()  # type: ignore[no-untyped-call]
    script = "\n".join(child.render() for child in figure.script._children.values())
    name = page.get_name()
    keys = "".join(f"<div>{symbol}<span>{escape(words)}</span></div>" for symbol, words in legend)
    policy = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    # Put together as text, never as a template: a title may contain anything.
    return "".join(
        (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{escape(title)}</title>',
            f"<style>{leaflet.fonts}{leaflet.style}</style><style>{_STYLES.replace('#map', f'#{name}')}</style></head>",
            "<body>",
            f'<div class="head"><b>{escape(title)}</b><br>{escape(about)}</div>',
            f'<div id="{name}" role="application" aria-label="{escape(title, quote=True)}"></div>',
            f'<details class="key" open><summary>{_KEY.get(language, _KEY["en"])}</summary>{keys}</details>',
            f"<script>{leaflet.script}</script><script>{_SETTLED}{_safe(script)}</script>",
            "</body></html>",
        )
    )


def _safe(script: str) -> str:
    """What a name may contain cannot end the script."""
    script = script.replace("L.control.scale()", "L.control.scale({imperial: false})")
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")

"""A map in one file: opens from a disk with no network, pans, zooms, and tells what each work is.

Folium writes it; the library that draws (Leaflet) and its styles are put inside, and the background is our own shapes
instead of tiles of somebody else's server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar

import folium
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.writers.styles import Look

_DECIMALS = 6
_RADIUS = 6
_POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
Key = TypeVar("Key")
_STYLES = """
*{box-sizing:border-box}html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;font:14px/1.6 Sarabun,"TH Sarabun New",Tahoma,sans-serif;color:#1a2130}
.head{padding:8px 16px;border-bottom:1px solid #d5d9e2;max-height:30vh;overflow:auto}.head h1{margin:0;font-size:16px;
line-height:24px;overflow-wrap:anywhere}.head p{margin:0;color:#434d61}
.stage{flex:1;display:flex;min-height:0}.sight{position:relative;flex:1;min-width:0;min-height:0}
#map{position:absolute;inset:0}.leaflet-container{font:inherit;background:#f4f5f8}
summary{padding:8px 12px;min-height:44px;cursor:pointer;font-weight:700}
.list{overflow:auto;border-right:1px solid #d5d9e2;background:#fff}.list[open]{width:320px}
.list summary{position:sticky;top:0;background:#fff}
.list h2{margin:0;padding:8px 12px;font-size:14px;line-height:24px;border-top:1px solid #d5d9e2}
.list ol{margin:0;padding:0;list-style:none}.list li{border-top:1px solid #ebedf2;overflow-wrap:anywhere}
.list button,.list li>div{display:block;width:100%;min-height:44px;padding:6px 12px;border:0;background:none;
font:inherit;line-height:20px;text-align:left;color:inherit}
.list button{cursor:pointer}.list button:hover{background:#eef3f8}
.list small{display:block;font-size:12px;color:#5e687c}
:focus-visible{outline:3px solid #235c8e;outline-offset:-3px}
.leaflet-popup-content{margin:12px 16px;min-width:220px}.leaflet-popup-content dl{display:grid;
grid-template-columns:auto 1fr;gap:2px 12px;margin:4px 0 0}.leaflet-popup-content dt{color:#5e687c}
.leaflet-popup-content dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
.leaflet-popup-content b{overflow-wrap:anywhere}
.key{position:absolute;z-index:1000;right:12px;bottom:24px;max-height:calc(100% - 200px);overflow:auto;
border-radius:4px;background:#fff;box-shadow:0 2px 8px rgba(26,33,48,.16);font-size:12px}
.key div{display:flex;gap:8px;align-items:center;padding:0 12px}
.key div:last-child{padding-bottom:8px}.key svg{flex:none}
@media(max-width:599px){.stage{flex-direction:column-reverse}.list{border:0;border-top:1px solid #d5d9e2}
.list[open]{width:auto;height:45vh}.key{max-height:calc(100% - 100px)}.leaflet-popup-content{min-width:180px}
.leaflet-touch .leaflet-bar a{width:44px;height:44px;line-height:44px}
.leaflet-container:has(.leaflet-popup) .leaflet-control-zoom{visibility:hidden}
.leaflet-control-layers label{display:flex;align-items:center;min-height:44px}}"""


_WORDS = {
    "th": {
        "key": "สัญลักษณ์",
        "list": "รายการโครงการ",
        "unplaced": "ไม่มีพิกัด จึงไม่อยู่บนแผนที่",
        "closer": "ขยาย",
        "farther": "ย่อ",
        "layers": "ชั้นข้อมูล",
        "close": "ปิด",
    },
    "en": {
        "key": "Legend",
        "list": "Projects",
        "unplaced": "Without coordinates, so not on the map",
        "closer": "Zoom in",
        "farther": "Zoom out",
        "layers": "Layers",
        "close": "Close",
    },
}
# Before the map is made. On a phone the map comes first: what else there is opens when it is asked for.
_BEFORE = """const words=%(words)s,small=innerWidth<600;
if(small)for(const one of document.querySelectorAll("details"))one.open=false;
L.Control.Attribution.mergeOptions({prefix:"Leaflet"});
L.Control.Zoom.mergeOptions({zoomInTitle:words.closer,zoomOutTitle:words.farther});
L.Control.Layers.addInitHook(function(){this.options.collapsed=small});
"""
# And after: the list brings a work into sight and tells of it, whichever switch is off.
_AFTER = """{const map=%(map)s,found=[];
const take=(layer,group)=>layer.feature?(found[layer.feature.properties.n]??=[group]).push(layer):
layer.eachLayer&&layer.eachLayer(one=>take(one,group));
for(const group of [%(groups)s])take(group,group);
document.querySelector(".list").addEventListener("click",event=>{const line=event.target.closest("[data-n]");
if(!line)return;const [group,...layers]=found[line.dataset.n],box=L.latLngBounds([]);map.addLayer(group);
for(const layer of layers)box.extend(layer.getBounds());map.fitBounds(box,{maxZoom:16,animate:false});
layers[0].fire("click",{latlng:layers[0].getCenter?layers[0].getCenter():box.getCenter()},true)});
map.on("popupopen",({popup})=>popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label",words.close));
map.getPane("popupPane").setAttribute("aria-live","polite");
new ResizeObserver(()=>map.invalidateSize()).observe(map.getContainer());
const layers=document.querySelector(".leaflet-control-layers-toggle");
if(layers){layers.title=words.layers;layers.setAttribute("aria-label",words.layers)}}
"""


@dataclass(frozen=True)
class Leaflet:
    """Text of the library's two files, to be put inside, and style rules with the letters that the texts need."""

    script: str
    style: str
    fonts: str = ""


@dataclass(frozen=True)
class Line:
    """A work in the list: its name, and what is told below it."""

    title: str
    about: str


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
    about
        What the list tells below its name.
    """

    shape: BaseGeometry
    look: Look
    title: str
    facts: Mapping[str, str]
    group: str
    about: str = ""


def report_map(
    items: Sequence[MapItem],
    background: Sequence[tuple[str, Sequence[BaseGeometry], Look]],
    legend: Sequence[tuple[Look, int, str]],
    *,
    title: str,
    about: str,
    leaflet: Leaflet,
    unplaced: Sequence[Line] = (),
    frame: Sequence[BaseGeometry] = (),
    language: str = "th",
) -> str:
    """The whole document as HTML.

    Parameters
    ----------
    items
        Works, in the order in which they are drawn and listed.
    background
        Name, shapes and look of what lies beneath; not clickable.
    legend
        Look, dimension and words of what is drawn.
    title, about
        Heading and the line below it.
    leaflet
        What is put inside.
    unplaced
        Works that have no shape: they stand in the list.
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
    background = [one for one in background if one[1]]
    for name, shapes, look in background:
        _layer(name, [(shape, {}) for shape in shapes], look, clickable=False).add_to(page)
    groups = [_group(name, members) for name, members in _gathered(enumerate(items), lambda item: item.group)]
    for group in groups:
        group.add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    page.fit_bounds([[south, west], [north, east]])
    words = _WORDS.get(language, _WORDS["en"])
    script = "".join(
        (
            _BEFORE % {"words": json.dumps(words, ensure_ascii=False)},
            _script(page),
            _AFTER % {"map": page.get_name(), "groups": ",".join(group.get_name() for group in groups)},
        )
    )
    # Put together as text, never as a template: a title may contain anything.
    return "".join(
        (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{escape(title)}</title>',
            f"<style>{leaflet.fonts}{leaflet.style}</style>",
            f"<style>{_STYLES.replace('#map', f'#{page.get_name()}')}</style></head><body>",
            f'<header class="head"><h1>{escape(title)}</h1><p>{escape(about)}</p></header><main class="stage">',
            _list(items, unplaced, words),
            f'<div class="sight"><div id="{page.get_name()}" role="application" aria-label="{escape(title)}"></div>',
            f'<details class="key" open><summary>{words["key"]}</summary>{_key(legend, background)}</details>',
            f"</div></main><script>{leaflet.script}</script><script>{_safe(script)}</script></body></html>",
        )
    )


def _gathered(
    items: Iterable[tuple[int, MapItem]], by: Callable[[MapItem], Key]
) -> Iterable[tuple[Key, list[tuple[int, MapItem]]]]:
    """Items with their numbers, those of one kind together, in the order in which the kinds come first."""
    found: dict[Key, list[tuple[int, MapItem]]] = {}
    for n, item in items:
        found.setdefault(by(item), []).append((n, item))
    return found.items()


def _group(name: str, members: Sequence[tuple[int, MapItem]]) -> folium.FeatureGroup:
    """What one switch shows."""
    holder = folium.FeatureGroup(name=_words(name))
    for look, same in _gathered(members, lambda item: item.look):
        _layer("", [(i.shape, {"n": n, "told": _told(i)}) for n, i in same], look, clickable=True).add_to(holder)
    return holder


def _layer(name: str, shapes: Sequence[tuple[BaseGeometry, dict[str, Any]]], look: Look, *, clickable: bool) -> Any:
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
        marker=folium.CircleMarker(radius=_RADIUS, weight=2, fill=True),
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


def _list(items: Sequence[MapItem], unplaced: Sequence[Line], words: Mapping[str, str]) -> str:
    """Every work by name, for whoever has no mouse or looks for one; those without a shape at the end."""
    shown = "".join(
        f'<li><button type="button" data-n="{n}">{escape(item.title)}<small>{escape(item.about)}</small></button></li>'
        for n, item in enumerate(items)
    )
    missing = "".join(f"<li><div>{escape(one.title)}<small>{escape(one.about)}</small></div></li>" for one in unplaced)
    return (
        f'<details class="list" open><summary>{words["list"]} {len(items) + len(unplaced):,}</summary><ol>{shown}</ol>'
        + (f"<h2>{words['unplaced']} {len(unplaced):,}</h2><ol>{missing}</ol>" if missing else "")
        + "</details>"
    )


def _key(
    legend: Sequence[tuple[Look, int, str]], background: Sequence[tuple[str, Sequence[BaseGeometry], Look]]
) -> str:
    lines = [*legend, *((look, 2, name) for name, _, look in background)]
    return "".join(f"<div>{_swatch(look, of)}<span>{escape(words)}</span></div>" for look, of, words in lines)


def _swatch(look: Look, dimension: int) -> str:
    """A line of the legend: drawn as the library draws it."""
    style = _style(look)
    dash = f' stroke-dasharray="{style["dashArray"]}"' if "dashArray" in style else ""
    stroke = f'stroke="{style["color"]}" stroke-width="{style["weight"]:g}" stroke-linecap="round"{dash}'
    fill = f'fill="{style["fillColor"]}" fill-opacity="{style["fillOpacity"]:g}"'
    drawn = (
        f'<circle cx="24" cy="10" r="{_RADIUS}" {stroke} {fill}/>',
        f'<path d="M4 10H44" fill="none" {stroke}/>',
        f'<rect x="5" y="3" width="38" height="14" {stroke} {fill}/>',
    )[dimension]
    return f'<svg width="48" height="20" viewBox="0 0 48 20" aria-hidden="true">{drawn}</svg>'


def _script(page: folium.Map) -> str:
    """What folium writes, without its page."""
    figure: Any = page.get_root()
    page.render()  # type: ignore[no-untyped-call]
    return "\n".join(child.render() for child in figure.script._children.values()) + "\n"


def _safe(script: str) -> str:
    """What a name may contain cannot end the script."""
    script = script.replace("L.control.scale()", "L.control.scale({imperial: false})")
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")

"""The style of a layer inside its GeoPackage, where QGIS looks for it: one row of the table ``layer_styles``.

The same classes are written twice: as SLD 1.0, which most programs read, and as QML, which QGIS applies by itself.
A file of one type of shape is divided by the attribute alone; where points, lines and polygons are mixed QGIS makes
a layer of each, so the classes are there once for each type.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

FAMILIES = ("Point", "Line", "Polygon")
"""Types of shape, in the words of QGIS."""
_SLD, _OGC, _XLINK = "http://www.opengis.net/sld", "http://www.opengis.net/ogc", "http://www.w3.org/1999/xlink"
_MARK_PX = 12
_POINT_STROKE_PX = 1.6


@dataclass(frozen=True)
class Look:
    """Drawing of a class.

    Parameters
    ----------
    colour, width_px
        ``#RRGGBB`` and width of the line.
    casing
        Colour and width of a wider line under it.
    dash
        Lengths of strokes and gaps in pixels; empty for a whole line.
    mark
        Well-known name of a point's symbol.
    fill_opacity
        Of a polygon, 0 to 1.
    """

    colour: str
    width_px: float
    casing: tuple[str, float] | None = None
    dash: tuple[float, ...] = ()
    mark: str = "circle"
    fill_opacity: float = 0.22


@dataclass(frozen=True)
class StyleClass:
    """A line of the legend: value of the attribute (empty = everything), words, drawing."""

    value: str
    title: str
    title_en: str
    look: Look


@dataclass(frozen=True)
class LayerStyle:
    """The style of a layer.

    Parameters
    ----------
    title, title_en
        Title of the layer.
    attribute
        Column whose value chooses the class; empty when the layer has one look.
    classes
        At least one; the last one's drawing serves values that none names.
    """

    title: str
    title_en: str
    attribute: str
    classes: tuple[StyleClass, ...]


_CREATE = """
    CREATE TABLE layer_styles (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
        f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
        useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT,
        update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_REGISTER = """
    INSERT INTO gpkg_contents (table_name, data_type, identifier, description)
    VALUES ('layer_styles', 'attributes', 'layer_styles', 'QGIS')"""
_INSERT = """
    INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,
        styleQML, styleSLD, useAsDefault, description, owner)
    VALUES ('', '', ?, ?, ?, ?, ?, 1, ?, '')"""


def put_style(path: Path, layer: str, geometry: str, style: LayerStyle, families: Sequence[str]) -> None:
    """Write the style as the default of a layer.

    Parameters
    ----------
    path, layer, geometry
        GeoPackage, its feature table and the column of its shapes.
    families
        Which of :data:`FAMILIES` occur; all of them when empty.
    """
    shown = [name for name in FAMILIES if name in families] or list(FAMILIES)
    about = f"{style.title} / {style.title_en}"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_CREATE)
        database.execute(_REGISTER)
        documents = (qml(style, shown), sld(style, layer, shown))
        database.execute(_INSERT, (layer, geometry, layer[:30], *documents, about))


def sld(style: LayerStyle, layer: str, families: Sequence[str]) -> str:
    """SLD 1.0: a rule a class with its filter, its Thai title and its drawing for each type of shape."""
    root = ET.Element("StyledLayerDescriptor", {"version": "1.0.0", "xmlns": _SLD, "xmlns:ogc": _OGC})
    root.set("xmlns:xlink", _XLINK)
    named = ET.SubElement(root, "NamedLayer")
    _text(named, "Name", layer)
    user = ET.SubElement(named, "UserStyle")
    _text(user, "Name", layer)
    _text(user, "Title", style.title)
    _text(user, "IsDefault", "1")
    features = ET.SubElement(user, "FeatureTypeStyle")
    for one in style.classes:
        rule = _rule(features, one.value or layer, one.title, one.title_en)
        if style.attribute:
            equal = ET.SubElement(ET.SubElement(rule, "ogc:Filter"), "ogc:PropertyIsEqualTo")
            _text(equal, "ogc:PropertyName", style.attribute)
            _text(equal, "ogc:Literal", one.value)
        _symbolizers(rule, one.look, families)
    if style.attribute:
        rule = _rule(features, "ELSE", "อื่น ๆ", "Others")
        ET.SubElement(rule, "ElseFilter")
        _symbolizers(rule, style.classes[-1].look, families)
    return _document(root)


def _rule(features: ET.Element, name: str, title: str, title_en: str) -> ET.Element:
    rule = ET.SubElement(features, "Rule")
    _text(rule, "Name", name)
    _text(rule, "Title", title)
    _text(rule, "Abstract", title_en)
    return rule


def _symbolizers(rule: ET.Element, look: Look, families: Sequence[str]) -> None:
    strokes = _strokes(look)
    if "Polygon" in families:
        symbol = ET.SubElement(rule, "PolygonSymbolizer")
        if look.fill_opacity:
            fill = ET.SubElement(symbol, "Fill")
            _parameters(fill, {"fill": look.colour, "fill-opacity": f"{look.fill_opacity:g}"})
        colour, width, dash = _outline(look)
        _stroke(symbol, colour, width, dash)
    if "Line" in families:
        for colour, width, dash in strokes:
            _stroke(ET.SubElement(rule, "LineSymbolizer"), colour, width, dash)
    if "Point" in families:
        graphic = ET.SubElement(ET.SubElement(rule, "PointSymbolizer"), "Graphic")
        mark = ET.SubElement(graphic, "Mark")
        _text(mark, "WellKnownName", look.mark)
        _parameters(ET.SubElement(mark, "Fill"), {"fill": look.colour})
        _stroke(mark, _edge(look), _POINT_STROKE_PX, ())
        _text(graphic, "Size", str(_MARK_PX))


def _strokes(look: Look) -> list[tuple[str, float, tuple[float, ...]]]:
    """Lines from below upwards."""
    below = [] if look.casing is None else [(*look.casing, ())]
    return [*below, (look.colour, look.width_px, look.dash)]


def _outline(look: Look) -> tuple[str, float, tuple[float, ...]]:
    return _edge(look), min(look.width_px, 1.8), look.dash if look.casing is None else ()


def _edge(look: Look) -> str:
    """Colour that stands out as the edge of an area or a mark: of the two the one that is not white."""
    return look.casing[0] if look.casing and look.colour == "#FFFFFF" else look.colour


def _stroke(parent: ET.Element, colour: str, width: float, dash: tuple[float, ...]) -> None:
    values = {"stroke": colour, "stroke-width": f"{width:g}", "stroke-linejoin": "round"}
    if dash:
        values["stroke-dasharray"] = " ".join(f"{part:g}" for part in dash)
    _parameters(ET.SubElement(parent, "Stroke"), values)


def _parameters(parent: ET.Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        ET.SubElement(parent, "CssParameter", {"name": name}).text = value


def qml(style: LayerStyle, families: Sequence[str]) -> str:
    """QML of QGIS 3: a categorized renderer over the attribute; one symbol where the layer has one look."""
    root = ET.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology"})
    mixed = len(families) > 1
    if not (style.attribute or mixed):
        renderer = ET.SubElement(root, "renderer-v2", {"type": "singleSymbol", "symbollevels": "0"})
        _symbol(ET.SubElement(renderer, "symbols"), 0, style.classes[0].look, families[0])
        return _document(root, "qgis")
    options = {"type": "categorizedSymbol", "attr": _attr(style, mixed), "symbollevels": "0"}
    renderer = ET.SubElement(root, "renderer-v2", options)
    categories, symbols = ET.SubElement(renderer, "categories"), ET.SubElement(renderer, "symbols")
    classes = list(style.classes)
    if style.attribute:
        classes.append(StyleClass("", "อื่น ๆ / Others", "", style.classes[-1].look))
    for number, (one, family) in enumerate((c, f) for c in classes for f in families):
        value = f"{one.value} {family}" if mixed else one.value
        category = {"value": value, "label": one.title, "symbol": str(number), "type": "string", "render": "true"}
        ET.SubElement(categories, "category", category)
        _symbol(symbols, number, one.look, family)
    return _document(root, "qgis")


def _attr(style: LayerStyle, mixed: bool) -> str:
    """What the categories divide by: the column, or in mixed files the column with the type of the shape."""
    if not mixed:
        return style.attribute
    value = "''"
    if style.attribute:
        known = ", ".join(f"'{one.value}'" for one in style.classes)
        value = f'CASE WHEN "{style.attribute}" IN ({known}) THEN "{style.attribute}" ELSE \'\' END'
    return f"{value} || ' ' || geometry_type($geometry)"


def _symbol(symbols: ET.Element, number: int, look: Look, family: str) -> None:
    kind = {"Point": "marker", "Line": "line", "Polygon": "fill"}[family]
    symbol = ET.SubElement(symbols, "symbol", {"name": str(number), "type": kind, "alpha": "1", "clip_to_extent": "1"})
    if family == "Line":
        for colour, width, dash in _strokes(look):
            line = {"line_color": _rgba(colour), "line_style": "solid", "line_width": f"{width:g}"}
            line |= {"line_width_unit": "Pixel", "joinstyle": "round", "capstyle": "flat" if dash else "round"}
            if dash:
                line |= {"use_custom_dash": "1", "customdash": ";".join(f"{p:g}" for p in dash)}
                line["customdash_unit"] = "Pixel"
            _symbol_layer(symbol, "SimpleLine", line)
    elif family == "Polygon":
        colour, width, dash = _outline(look)
        outline = {"outline_color": _rgba(colour), "outline_width": f"{width:g}", "outline_width_unit": "Pixel"}
        outline["outline_style"] = "dash" if dash else "solid"
        fill = {"color": _rgba(look.colour, look.fill_opacity), "style": "solid" if look.fill_opacity else "no"}
        _symbol_layer(symbol, "SimpleFill", fill | outline)
    else:
        mark = {"name": look.mark, "color": _rgba(look.colour), "size": str(_MARK_PX), "size_unit": "Pixel"}
        mark |= {"outline_color": _rgba(_edge(look)), "outline_style": "solid"}
        mark |= {"outline_width": f"{_POINT_STROKE_PX:g}", "outline_width_unit": "Pixel"}
        _symbol_layer(symbol, "SimpleMarker", mark)


def _symbol_layer(symbol: ET.Element, name: str, values: dict[str, str]) -> None:
    layer = ET.SubElement(symbol, "layer", {"class": name, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", {"type": "Map"})
    for key, value in values.items():
        ET.SubElement(options, "Option", {"type": "QString", "name": key, "value": value})
        ET.SubElement(layer, "prop", {"k": key, "v": value})


def _rgba(colour: str, opacity: float = 1.0) -> str:
    """Colour in the words of QGIS.

    Examples
    --------
    >>> _rgba("#0B6FA4", 0.22)
    '11,111,164,56'
    """
    return ",".join(str(part) for part in (*bytes.fromhex(colour[1:]), round(opacity * 255)))


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _document(root: ET.Element, doctype: str = "") -> str:
    head = f"<!DOCTYPE {doctype} PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" if doctype else ""
    if not doctype:
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ET.tostring(root, encoding="unicode")

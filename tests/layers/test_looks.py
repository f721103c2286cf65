"""The style in a GeoPackage: every class of the legend with its colour, the same colours as the map's."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from gis import writers
from layers.looks import LOOKS, style_of
from layers.registry import LAYERS
from tests.gis.made_files import open_source

STYLE_TS = Path(__file__).resolve().parents[2] / "static/src/map/style.ts"
SLD = "{http://www.opengis.net/sld}"
OGC = "{http://www.opengis.net/ogc}"
SHAPES = (shapely.Point(102, 15), shapely.LineString([(102, 15), (102.1, 15)]), shapely.box(102, 15, 102.1, 15.1))


def exported(tmp_path: Path, name: str, shapes: tuple[Any, ...] = SHAPES) -> Path:
    layer, path = LAYERS[name], tmp_path / f"{name}.gpkg"
    style = style_of(layer)
    column = (style.attribute if style else "") or "code"
    schema = pa.schema([(column, pa.string()), ("geometry", pa.binary())])
    wkb = pa.array(shapely.to_wkb(np.array(shapes, dtype=object)), pa.binary())
    rows = pa.RecordBatch.from_arrays([pa.array(["a"] * len(shapes)), wkb], schema=schema)
    writers.write(path, "gpkg", [rows], schema, layer_name=name, title=layer.title, style=style)
    return path


def style_row(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        (row,) = database.execute("SELECT * FROM layer_styles").fetchall()
    return dict(row)


@pytest.mark.parametrize("name", list(LAYERS))
@pytest.mark.parametrize("shapes", [SHAPES, SHAPES[:1], SHAPES[1:2], SHAPES[2:]], ids=["mixed", *"plp"])
def test_every_class_of_the_legend_has_its_rule(tmp_path: Path, name: str, shapes: tuple[Any, ...]) -> None:
    layer, row = LAYERS[name], style_row(exported(tmp_path, name, shapes))
    assert row["useAsDefault"] == 1
    assert (row["f_table_name"], row["f_geometry_column"]) == (name, "geometry")
    assert row["update_time"]
    rules = ET.fromstring(row["styleSLD"]).findall(f".//{SLD}Rule")
    categories = ET.fromstring(row["styleQML"]).findall(".//category")
    symbols = {s.get("name"): ET.tostring(s, "unicode") for s in ET.fromstring(row["styleQML"]).iter("symbol")}
    for entry in layer.legend:
        look = LOOKS[entry.symbol]
        rgb = ",".join(str(part) for part in bytes.fromhex(look.colour[1:]))
        (rule,) = [r for r in rules if r.findtext(f"{SLD}Title") == entry.title and matches(r, entry.value)]
        values = {(p.get("name"), p.text) for p in rule.iter(f"{SLD}CssParameter")}
        assert look.colour in {text for _, text in values}
        if shapes[0] is not SHAPES[2] and len(shapes) == 1 and shapes[0] is SHAPES[1]:
            assert ("stroke-width", f"{look.width_px:g}") in values
        mine = [c for c in categories if c.get("label") == entry.title]
        if entry.value:
            assert len(mine) >= len(shapes)
        assert all(rgb in symbols[c.get("symbol")] for c in mine)
        assert mine or any(rgb in text for text in symbols.values())
    renderer = ET.fromstring(row["styleQML"]).find("renderer-v2")
    style = style_of(layer)
    assert renderer is not None
    assert style is not None
    if style.attribute:
        assert renderer.get("type") == "categorizedSymbol"
        assert style.attribute in (renderer.get("attr") or "")
        assert style.attribute in {field.name for field in layer.fields}


def matches(rule: ET.Element, value: str) -> bool:
    literal = rule.findtext(f".//{OGC}Literal")
    return literal == value if value else literal is None


def test_the_file_is_registered_and_still_one_layer_of_features(tmp_path: Path) -> None:
    path = exported(tmp_path, "roads", SHAPES[1:2])
    with closing(sqlite3.connect(path)) as database:
        found = dict(database.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall())
    assert found == {"roads": "features", "layer_styles": "attributes"}
    assert [layer for layer, kind in pyogrio.list_layers(path) if kind is not None] == ["roads"]
    told = subprocess.run(["ogrinfo", "-ro", str(path)], capture_output=True, text=True, check=True).stdout
    assert [line for line in told.splitlines() if re.match(r"\d+: ", line) and "(None)" not in line] == ["1: roads"]
    source = open_source(path)
    assert (source.errors, [layer.name for layer in source.layers]) == ([], ["roads"])
    assert sum(batch.num_rows for batch in source.batches()) == 1


def test_the_map_has_the_same_colours() -> None:
    text = STYLE_TS.read_text()
    for symbol, look in LOOKS.items():
        if symbol != "ramp-money":  # a colour of the classes, which the server tells the map
            assert look.colour in text, symbol
        if look.casing:
            assert look.casing[0] in text, symbol
    block = text[text.index("export const ROADS") :]
    for code, casing, under, colour, width in re.findall(
        r'^  (\w+): \{ (casing: \["(#\w+)", [\d.]+\], )?core: \["(#\w+)", ([\d.]+)\]', block[: block.index("};")], re.M
    ):
        look = LOOKS[f"road-{code.lower()}"]
        assert (look.colour, look.width_px) == (colour, float(width))
        assert not casing or (look.casing and look.casing[0] == under)
    assert re.findall(r"^  (\w+): \{", block[: block.index("};")], re.M) == [e.value for e in LAYERS["roads"].legend]

"""What the columns of a layer's files mean, as a Table Schema: for whoever gets a CSV of a layer without its page.

Table Schema 1.0 (https://specs.frictionlessdata.io/table-schema/). A column that an open table has too means the same
here, so what is said of it stands in one place: :mod:`app.queries.data_dictionary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.queries.data_dictionary import TABLES, Column
from layers.base import Field, FieldType, VectorLayer

_TYPES: Mapping[FieldType, str] = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "money": "number",
    "date": "date",
    "boolean": "boolean",
}
_OPEN = {(column.name, column.sql): column for table in TABLES.values() for column in table.columns}


@dataclass(frozen=True)
class LayerColumn:
    """A column of a layer's CSV and XLSX; ``unit`` and ``code_list`` are empty where there is none."""

    name: str
    type: str
    title_th: str
    title_en: str
    meaning_th: str = ""
    meaning_en: str = ""
    unit: str = ""
    code_list: str = ""


# Of files in degrees, as they come without asking for another system.
_PLACE = (
    LayerColumn("lon", "number", "ลองจิจูด", "Longitude", "จุดบนรูปร่าง WGS 84", "A point on the shape, WGS 84", "องศา"),
    LayerColumn("lat", "number", "ละติจูด", "Latitude", "จุดบนรูปร่าง WGS 84", "A point on the shape, WGS 84", "องศา"),
    LayerColumn("wkt", "string", "รูปร่าง", "Shape", "รูปร่างเป็นข้อความ WKT", "The shape as well-known text (OGC 06-103r4)"),
)


def layer_columns(layer: VectorLayer) -> list[LayerColumn]:
    """Columns of a layer's tables, in their order; the place last."""
    return [*(_column(field) for field in layer.fields), *_PLACE]


def layer_schema(layer: VectorLayer) -> dict[str, Any]:
    """Table Schema of a layer's CSV, with Thai words beside the English ones."""
    return {
        "title": layer.title_en,
        "title_th": layer.title,
        "fields": [_described(column) for column in layer_columns(layer)],
        "missingValues": [""],
    }


def _column(field: Field) -> LayerColumn:
    same: Column | None = _OPEN.get((field.name, field.sql))
    unit = "บาท" if field.type == "money" else same.unit if same else ""
    if same is None:
        return LayerColumn(field.name, _TYPES[field.type], field.title, field.title_en, unit=unit)
    meanings = (same.meaning_th, same.meaning_en)
    return LayerColumn(
        field.name, _TYPES[field.type], field.title, field.title_en, *meanings, unit, same.code_list or ""
    )


def _described(column: LayerColumn) -> dict[str, Any]:
    told = {
        "name": column.name,
        "type": column.type,
        "title": column.title_en,
        "title_th": column.title_th,
        "description": column.meaning_en,
        "description_th": column.meaning_th,
        "unit": column.unit,
        "codeList": column.code_list,
    }
    return {name: value for name, value in told.items() if value}

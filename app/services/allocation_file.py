"""An analysis of allocation as a file: every place with its money, its base, its value, and its cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.queries.allocation import as_degrees
from app.queries.allocation_table import Allocation, baht
from app.queries.budget_shapes import place_shapes
from app.services.place_file import MONEY, TABLES, Column, write_places
from gis import writers
from gis.clusters import Clusters

_COLUMNS: tuple[Column, ...] = (
    ("code", pa.string(), "รหัส", "Code"),
    ("name", pa.string(), "ชื่อ", "Name"),
    ("province", pa.string(), "รหัสจังหวัด", "Province code"),
    ("works", pa.int64(), "โครงการ (คร่อมเขตนับทุกพื้นที่)", "Works (one that crosses counts in each)"),
    ("budget_baht", MONEY, "งบประมาณ (บาท)", "Budget (baht)"),
    ("road_baht", MONEY, "งบถนน (บาท)", "Budget of roads (baht)"),
    ("water_baht", MONEY, "งบแหล่งน้ำ (บาท)", "Budget of water (baht)"),
    ("people", pa.float64(), "ประชากร", "People"),
    ("households", pa.float64(), "ครัวเรือน", "Households"),
    ("road_km", pa.float64(), "ถนนในทะเบียน (กม.)", "Registered road (km)"),
    ("rai", pa.float64(), "พื้นที่รับประโยชน์ (ไร่)", "Land benefited (rai)"),
    ("revenue", pa.float64(), "รายได้จัดเก็บเอง (บาท)", "Own revenue (baht)"),
    ("value", pa.float64(), "ค่าที่วิเคราะห์", "Value analysed"),
    ("reason", pa.string(), "เหตุที่ไม่มีค่า", "Why there is no value"),
    ("kind", pa.string(), "กลุ่ม LISA", "LISA cluster"),
    ("local_i", pa.float64(), "Moran เฉพาะที่", "Local Moran's I"),
    ("gi_z", pa.float64(), "Gi* (z)", "Gi* (z)"),
    ("q", pa.float64(), "q (FDR)", "q (FDR)"),
)


def write_allocation(
    session: Session,
    actor: Actor,
    found: Allocation,
    spots: Clusters,
    format: str,
    path: Path,
    *,
    title: str,
    unplaced: str,
    language: str = "th",
) -> writers.Written:
    """Write the places in the order of their codes; money whose place is not known stands in a row of its own.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    table = found.table.join(spots.places.set_index(found.table.index)[["kind", "local_i", "gi_z", "q"]])
    columns: dict[str, list[Any]] = {
        "name": [found.name(code, language) for code in table.index],
        "budget_baht": [baht(one) for one in table["satang"]],
        "road_baht": [baht(one) for one in table["road_satang"]],
        "water_baht": [baht(one) for one in table["water_satang"]],
    }
    for name, *_ in _COLUMNS:
        if name not in columns:
            columns[name] = [None if one == "" else one for one in table[name].tolist()]
    if found.unplaced_works:
        last = {"name": unplaced, "works": found.unplaced_works, "budget_baht": baht(found.unplaced_satang)}
        for name, *_ in _COLUMNS:
            columns[name].append(last.get(name))
    shapes = _shapes(session, found, format)
    return write_places(
        _COLUMNS,
        columns,
        [shapes.get(code) for code in columns["code"]],
        format,
        path,
        layer_name="allocation",
        title=title,
    )


def _shapes(session: Session, found: Allocation, format: str) -> dict[str, bytes]:
    points = format in TABLES
    if found.level != "hexagon":
        return place_shapes(session, found.level, list(found.table.index), points=points)
    zones = shapely.transform(np.asarray(found.grid.shapes), as_degrees)
    drawn = shapely.point_on_surface(zones) if points else zones
    return dict(zip(found.grid.cells, shapely.to_wkb(drawn), strict=True))

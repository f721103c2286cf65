"""Prices per kilometre or cubic metre as a file: every work beside its peers, the furthest from them first."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import shapely

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.services.place_file import Column, write_places
from gis import writers

_COLUMNS: tuple[Column, ...] = (
    ("code", pa.string(), "รหัสโครงการ", "Project"),
    ("name_th", pa.string(), "ชื่อโครงการ", "Name"),
    ("organisation", pa.string(), "อปท.", "Organisation"),
    ("year", pa.int64(), "ปีงบประมาณ", "Fiscal year (B.E.)"),
    ("type_code", pa.string(), "ชนิดผิวหรือแหล่งน้ำ", "Surface or water source"),
    ("baht", pa.float64(), "งบประมาณ (บาท)", "Budget (baht)"),
    ("quantity", pa.float64(), "ปริมาณ (กม. หรือ ลบ.ม.)", "Quantity (km or m3)"),
    ("unit_cost", pa.float64(), "ราคาต่อหน่วย (บาท)", "Price per unit (baht)"),
    ("typical", pa.float64(), "มัธยฐานของงานใกล้เคียง (บาท)", "Median of the peers (baht)"),
    ("peers", pa.int64(), "งานที่เทียบ", "Peers"),
    ("z", pa.float64(), "z (MAD)", "Robust z"),
    ("state", pa.string(), "ผล", "State"),
)


def write_unit_costs(actor: Actor, works: pd.DataFrame, format: str, path: Path, *, title: str) -> writers.Written:
    """Write the works of :func:`app.queries.allocation_works.read_unit_costs` in their order.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    places = zip(works["lon"].tolist(), works["lat"].tolist(), works["lon"].notna().tolist(), strict=True)
    shapes = [shapely.to_wkb(shapely.Point(lon, lat)) if known else None for lon, lat, known in places]
    columns = {name: works[name].tolist() for name, *_ in _COLUMNS}
    return write_places(_COLUMNS, columns, shapes, format, path, layer_name="unit_costs", title=title)

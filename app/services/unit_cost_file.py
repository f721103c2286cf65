"""Prices per kilometre or cubic metre as a file: every work beside its peers, the furthest from them first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import shapely

from app.auth.actor import Actor
from app.services.place_file import MONEY, YEAR, Column, Heading, write_places
from app.services.table_file import Column as SheetColumn
from app.services.table_file import Look, Sheet
from gis import writers
from gis.unit_costs import FEWEST_PEERS, prices_by_kind

_COLUMNS: tuple[Column, ...] = (
    ("code", pa.string(), "รหัสโครงการ", "Project"),
    ("name_th", pa.string(), "ชื่อโครงการ", "Name"),
    ("organisation", pa.string(), "อปท.", "Organisation"),
    ("year", YEAR, "ปีงบประมาณ", "Fiscal year (B.E.)"),
    ("type_code", pa.string(), "ชนิดผิวหรือแหล่งน้ำ", "Surface or water source"),
    ("baht", MONEY, "งบประมาณ (บาท)", "Budget (baht)"),
    ("quantity", pa.float64(), "ปริมาณ (กม. หรือ ลบ.ม.)", "Quantity (km or m3)"),
    ("unit_cost", pa.float64(), "ราคาต่อหน่วย (บาท)", "Price per unit (baht)"),
    ("typical", pa.float64(), "มัธยฐานของงานใกล้เคียง (บาท)", "Median of the peers (baht)"),
    ("peers", pa.int64(), "เทียบกับ (งาน)", "Peers"),
    ("z", pa.float64(), "ห่างจากปกติ (เท่าของความกระจาย)", "Robust z"),
    ("state", pa.string(), "ผล", "State"),
)


_KINDS: tuple[tuple[str, str, Look | None], ...] = (
    ("ชนิด", "Kind", None),
    ("งาน", "Works", "count"),
    ("หนึ่งในสี่ถูกกว่า (บาท)", "A quarter is cheaper than (baht)", "number"),
    ("มัธยฐาน (บาท)", "Median (baht)", "number"),
    ("หนึ่งในสี่แพงกว่า (บาท)", "A quarter is dearer than (baht)", "number"),
)


def write_unit_costs(
    actor: Actor,
    works: pd.DataFrame,
    format: str,
    path: Path,
    *,
    heading: Heading,
) -> writers.Written:
    """Write the works of :func:`app.queries.allocation_works.read_unit_costs` in their order.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    places = zip(works["lon"].tolist(), works["lat"].tolist(), works["lon"].notna().tolist(), strict=True)
    shapes = [shapely.to_wkb(shapely.Point(lon, lat)) if known else None for lon, lat, known in places]
    columns: dict[str, list[Any]] = {name: works[name].tolist() for name, *_ in _COLUMNS}
    columns["baht"] = [None if one != one else Decimal(f"{one:.2f}") for one in columns["baht"]]
    if format == "xlsx":
        kinds = _kinds(works, heading.words.get("type_code", {}), heading.language)
        heading = replace(heading, more=(*heading.more, kinds))
    return write_places(actor, _COLUMNS, columns, shapes, format, path, layer_name="unit_costs", heading=heading)


def _kinds(works: pd.DataFrame, names: Mapping[str, str], language: str) -> Sheet:
    """What a kind costs; the medians of fewer than eight works tell nothing and stay empty."""
    english = language == "en"
    lines = [(names.get(code, code), count, *prices) for code, count, *prices in prices_by_kind(works).itertuples()]
    title = "Price of each kind" if english else "ราคาของงานแต่ละชนิด"
    about = (
        f"Medians of fewer than {FEWEST_PEERS} works are left out"
        if english
        else (f"ไม่แสดงมัธยฐานของงานที่มีไม่ถึง {FEWEST_PEERS} งาน")
    )
    columns = [SheetColumn(en if english else th, look) for th, en, look in _KINDS]
    return Sheet(columns, lines, title, (about,), "Kinds" if english else "แต่ละชนิด", frozen=1)

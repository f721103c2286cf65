"""An analysis of allocation as a file: what a view shows, every place with its money, its base and its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries.allocation import as_degrees
from app.queries.allocation_table import Allocation, baht
from app.queries.budget_shapes import place_shapes
from app.services.place_file import MONEY, TABLES, Column, Heading, write_places
from app.services.table_file import Column as SheetColumn
from app.services.table_file import Sheet, write_csv
from gis import writers
from gis.clusters import Clusters
from gis.equity import Equity

_NAMED: tuple[Column, ...] = (
    ("code", pa.string(), "รหัส", "Code"),
    ("name", pa.string(), "ชื่อ", "Name"),
    ("province", pa.string(), "รหัสจังหวัด", "Province code"),
)
_MONEY: tuple[Column, ...] = (
    ("works", pa.int64(), "โครงการ (คร่อมเขตนับทุกพื้นที่)", "Works (one that crosses counts in each)"),
    ("budget_baht", MONEY, "งบประมาณ (บาท)", "Budget (baht)"),
    ("road_baht", MONEY, "งบถนน (บาท)", "Budget of roads (baht)"),
    ("water_baht", MONEY, "งบแหล่งน้ำ (บาท)", "Budget of water (baht)"),
)
_BASES: tuple[Column, ...] = (
    ("people", pa.float64(), "ประชากร", "People"),
    ("households", pa.float64(), "ครัวเรือน", "Households"),
    ("road_km", pa.float64(), "ถนนในทะเบียน (กม.)", "Registered road (km)"),
    ("rai", pa.float64(), "พื้นที่รับประโยชน์ (ไร่)", "Land benefited (rai)"),
    ("revenue", pa.float64(), "รายได้จัดเก็บเอง (บาท)", "Own revenue (baht)"),
)
_REASON: tuple[Column, ...] = (("reason", pa.string(), "เหตุที่ไม่มีค่า", "Why there is no value"),)
_SPOTS: tuple[Column, ...] = (
    ("kind", pa.string(), "กลุ่ม LISA", "LISA cluster"),
    ("local_i", pa.float64(), "Moran เฉพาะที่", "Local Moran's I"),
    ("gi_z", pa.float64(), "Gi* (z)", "Gi* (z)"),
    ("q", pa.float64(), "q (FDR)", "q (FDR)"),
)


@dataclass(frozen=True)
class AllocationPart:
    """What of an analysis goes into a file; the clusters, the change or the years beside the places where given.

    Parameters
    ----------
    change
        Earlier and later year; the file has the values of both, the difference and its per cent.
    yearly
        The file has the value of every year.
    spread
        The file has Gini, Theil, provinces and Lorenz points too; as CSV these alone.
    """

    found: Allocation
    spots: Clusters | None = None
    change: tuple[int, int] | None = None
    yearly: bool = False
    spread: Equity | None = None


def write_allocation(
    session: Session,
    actor: Actor,
    part: AllocationPart,
    format: str,
    path: Path,
    *,
    heading: Heading,
    measure: str,
    unplaced: str,
) -> writers.Written:
    """Write the places in the order of their codes; money whose place is not known stands in a row of its own.

    Parameters
    ----------
    measure
        Head of the value: what is compared, with its unit.
    unplaced
        Name of the row of money that no place answers for.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    found, english = part.found, heading.language == "en"
    if part.spread is not None:
        figures = equity_sheets(part.spread, english=english)
        if format == "csv":
            lines = equity_lines(part.spread)
            write_csv(actor, Sheet([SheetColumn(name) for name in _EQUITY_COLUMNS], lines), path)
            return writers.Written(len(lines), path.stat().st_size)
        heading = replace(heading, more=(*heading.more, *figures))
    extra, values = _beside(part, measure)
    columns = (*_NAMED, *extra, *_MONEY, *_BASES, *_REASON, *(_SPOTS if part.spots is not None else ()))
    table = found.table
    if part.spots is not None:
        table = table.join(part.spots.places.set_index(table.index)[["kind", "local_i", "gi_z", "q"]])
    values |= {
        "name": [found.name(code, heading.language) for code in table.index],
        "budget_baht": [baht(one) for one in table["satang"]],
        "road_baht": [baht(one) for one in table["road_satang"]],
        "water_baht": [baht(one) for one in table["water_satang"]],
    }
    for name, *_ in columns:
        if name not in values:
            values[name] = [None if one == "" else one for one in table[name].tolist()]
    if found.unplaced_works:
        last = {"name": unplaced, "works": found.unplaced_works, "budget_baht": baht(found.unplaced_satang)}
        for name, *_ in columns:
            values[name].append(last.get(name))
    shapes = _shapes(session, found, format)
    places = [shapes.get(code) for code in values["code"]]
    return write_places(actor, columns, values, places, format, path, layer_name="allocation", heading=heading)


def _beside(part: AllocationPart, measure: str) -> tuple[tuple[Column, ...], dict[str, list[Any]]]:
    """Columns of values, and what is in those that the table of places does not have."""
    found = part.found
    value: Column = ("value", pa.float64(), measure, measure)
    years = part.change or (found.years if part.yearly else ())
    columns = [(f"value_{year}", pa.float64(), f"{measure} {year}", f"{measure} {year}") for year in years]
    by_year = found.by_year.reindex(columns=list(years))
    values: dict[str, list[Any]] = {f"value_{year}": by_year[year].tolist() for year in years}
    if part.change is None:
        return (*columns, value), values
    earlier, later = (by_year[year] for year in part.change)
    values["change"] = (later - earlier).tolist()
    values["change_percent"] = ((later - earlier) / earlier.where(earlier > 0) * 100).tolist()
    return (
        *columns,
        ("change", pa.float64(), f"เปลี่ยน {measure}", f"Change, {measure}"),
        ("change_percent", pa.float64(), "เปลี่ยน (ร้อยละ)", "Change (%)"),
    ), values


_EQUITY_COLUMNS = ("part", "name", "places", "people_share", "money_share", "value")


def equity_lines(spread: Equity) -> list[tuple[Any, ...]]:
    """The figures of a view of equity, one after another, for programs: figures, provinces, points of the curve."""
    figures = {
        "gini": spread.gini, "theil": spread.theil, "theil_between": spread.between, "theil_within": spread.within,
    }  # fmt: skip
    lines: list[tuple[Any, ...]] = [("figure", name, spread.places, None, None, one) for name, one in figures.items()]
    if spread.reason:
        lines.append(("reason", spread.reason, spread.places, None, None, None))
    lines += [
        ("province", str(one.name), one.places, one.people_share, one.money_share, one.theil) for one in spread.groups
    ]
    lines += [("lorenz", None, None, float(x), float(y), None) for x, y in spread.lorenz]
    return lines


def equity_sheets(spread: Equity, *, english: bool) -> Sequence[Sheet]:
    """The same for people: figures, provinces, and the curve, a sheet each."""

    def heads(*titles: tuple[str, str]) -> list[str]:
        return [en if english else th for th, en in titles]

    figures = (
        (("จินี (Gini)", "Gini"), spread.gini),
        (("ไทล์ (Theil)", "Theil"), spread.theil),
        (("ไทล์ระหว่างจังหวัด", "Theil between provinces"), spread.between),
        (("ไทล์ภายในจังหวัด", "Theil within provinces"), spread.within),
        (("พื้นที่ที่นับ", "Places counted"), spread.places),
        (("พื้นที่ที่ไม่มีค่า", "Places without a value"), spread.left_out),
    )
    name, value = heads(("ตัวเลข", "Figure"), ("ค่า", "Value"))
    province, places, people, money, theil = heads(
        ("จังหวัด", "Province"), ("พื้นที่", "Places"), ("ส่วนของตัวหาร", "Share of the base"),
        ("ส่วนของเงิน", "Share of the money"), ("ไทล์ภายใน", "Theil inside"),
    )  # fmt: skip
    own, groups, curve = heads(("ความเท่าเทียม", "Equity"), ("จังหวัด", "Provinces"), ("ลอเรนซ์", "Lorenz"))
    return (
        Sheet(
            [SheetColumn(name), SheetColumn(value, "figure")],
            [(*heads(title), one) for title, one in figures],
            own, name=own, frozen=1,
        ),
        Sheet(
            [SheetColumn(province), SheetColumn(places, "count"), SheetColumn(people, "share"),
             SheetColumn(money, "share"), SheetColumn(theil, "figure")],
            [(str(one.name), one.places, one.people_share, one.money_share, one.theil) for one in spread.groups],
            groups, name=groups, frozen=1,
        ),
        Sheet(
            [SheetColumn(people, "share"), SheetColumn(money, "share")],
            [(float(x), float(y)) for x, y in spread.lorenz],
            curve, name=curve, frozen=0,
        ),
    )  # fmt: skip


def _shapes(session: Session, found: Allocation, format: str) -> dict[str, bytes]:
    points = format in TABLES
    if found.level != "hexagon":
        return place_shapes(session, found.level, list(found.table.index), points=points)
    zones = shapely.transform(np.asarray(found.grid.shapes), as_degrees)
    drawn = shapely.point_on_surface(zones) if points else zones
    return dict(zip(found.grid.cells, shapely.to_wkb(drawn), strict=True))

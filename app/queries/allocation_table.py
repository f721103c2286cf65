"""From shares and bases to the table that map, charts and lists share: one value per place, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from scipy import sparse
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.errors import InvalidInput
from app.queries.allocation import (
    EXACT_BAND,
    Hexagons,
    Level,
    Shares,
    hexagons,
    read_hexagon_shares,
    read_shares,
)
from app.queries.allocation_bases import read_own_revenue, read_places, read_road_km
from app.queries.allocation_cut import Cut, read_cut_shares
from app.queries.budget import BudgetFilter
from gis.allocation import parts
from gis.clusters import Clusters, clusters, covering, hexagons_touching, touching
from gis.equity import Equity, equity
from gis.problems import Problem

Measure = Literal["budget", "count", "per_head", "per_household", "per_road_km", "per_rai", "of_revenue"]
MEASURES: tuple[Measure, ...] = (
    "budget", "count", "per_head", "per_household", "per_road_km", "per_rai", "of_revenue",
)  # fmt: skip
KIND_OF: Mapping[str, str] = {"per_road_km": "road", "per_rai": "water"}
"""Measures that look at one kind of work only: money of roads per kilometre, money of water works per rai."""
BASE_OF: Mapping[str, str] = {
    "per_head": "people",
    "per_household": "households",
    "per_road_km": "road_km",
    "per_rai": "rai",
    "of_revenue": "revenue",
}
"""Column that a measure divides by."""
COUNTED_BASES = frozenset({"people", "households"})
"""Bases whose rates are standardised by empirical Bayes before clusters are looked for."""

_NEIGHBOURS = f"""
    SELECT s.code, ST_AsBinary(s.geom) AS shape FROM read_area_shape s
    WHERE s.level = :level AND s.band = {EXACT_BAND} AND s.code LIKE :below ORDER BY s.code"""


@dataclass(frozen=True)
class Allocation:
    """Money of the places of a level.

    Parameters
    ----------
    years
        Fiscal years (B.E.) that the money is of, ascending.
    table
        By code: ``name_th``, ``name_en``, ``province``, ``satang``, ``road_satang``, ``water_satang``, ``works``,
        ``rai``, ``people``, ``households``, ``road_km``, ``revenue`` (baht), ``numerator`` (baht or works),
        ``denominator``, ``value`` (baht per unit, baht, works, or per cent of revenue; NaN = none), ``reason`` (why).
    by_year
        ``value`` of each year: places down, years across.
    unplaced_satang, unplaced_works
        Money whose place is not known down to the level; part of the total.
    crossing
        Works that lie in more than one place and were shared.
    satang_by_year
        Money of each year, the unplaced included.
    grid
        Hexagons, when they are the places.
    """

    level: Level
    parent: str | None
    measure: Measure
    years: tuple[int, ...]
    table: pd.DataFrame
    by_year: pd.DataFrame
    unplaced_satang: int
    unplaced_works: int
    total_satang: int
    total_works: int
    crossing: int
    satang_by_year: Mapping[int, int]
    grid: Hexagons

    def name(self, code: str, language: str = "th") -> str:
        """Name of a place in ``language``; Thai where there is no other."""
        row = self.places[code]
        return str(row["name_en"] if language == "en" and row["name_en"] else row["name_th"])

    @cached_property
    def places(self) -> Mapping[str, Mapping[str, Any]]:
        """Rows of the table by code, for those who go through all of them."""
        rows: Any = self.table.to_dict("index")
        return dict(rows)


def read_allocation(
    session: Session,
    level: Level,
    parent: str | None,
    measure: Measure,
    narrowed: BudgetFilter,
    sight: Visibility,
    resolution: int = 6,
    cut: Cut | None = None,
) -> Allocation:
    """Money of every place of ``level`` under the area ``parent`` (``None``: the nation), set against its base.

    Parameters
    ----------
    cut
        Shares works among places, instead of the parts that are kept and of this process; see
        :mod:`app.services.in_pieces`. Of organisations nothing is cut.

    Raises
    ------
    InvalidInput
        The filter leaves out the kind of work that the measure is about.
    """
    narrowed = of_kind(measure, narrowed)
    grid = hexagons(session, parent, resolution) if level == "hexagon" else Hexagons()
    shares: Shares
    if level == "hexagon":
        shares = read_hexagon_shares(session, grid, parent, narrowed, sight, cut or parts)
    elif cut is not None and level != "organisation":
        shares = read_cut_shares(session, level, parent, narrowed, sight, cut)
    else:
        shares = read_shares(session, level, parent, narrowed, sight)
    frame = shares.frame
    years = tuple(sorted({*narrowed.fiscal_year} or {int(year) for year in frame["year"]}))
    with_money = [code for code in frame["code"].unique() if code]
    places = read_places(session, level, parent, max(years, default=None), with_money, grid)
    lost = frame[~frame["code"].isin(places.index)]
    road_km = read_road_km(session, level, parent, grid) if measure == "per_road_km" else pd.Series(dtype=float)
    bases = places.assign(road_km=road_km.reindex(places.index))
    by_year = {}
    for year in years:
        revenue = _revenue(session, measure, level, parent, (year,), sight)
        of_year = bases
        if BASE_OF.get(measure) in COUNTED_BASES and year != years[-1]:
            # The people of that very year, as when it is looked at alone.
            then = read_places(session, level, parent, year, with_money, grid)
            of_year = bases.assign(people=then["people"], households=then["households"])
        by_year[year] = _valued(frame[frame["year"] == year], of_year, measure, revenue)["value"]
    table = _valued(frame, bases, measure, _revenue(session, measure, level, parent, years, sight))
    return Allocation(
        level=level,
        parent=parent,
        measure=measure,
        years=years,
        table=table.assign(reason=_reasons(table, level, measure, sight)),
        by_year=pd.DataFrame(by_year, index=places.index),
        unplaced_satang=int(lost["satang"].sum()),
        unplaced_works=int(lost["works"].sum()),
        total_satang=int(frame["satang"].sum()),
        total_works=shares.total_works,
        crossing=shares.crossing,
        satang_by_year={year: int(frame.loc[frame["year"] == year, "satang"].sum()) for year in years},
        grid=grid,
    )


def of_kind(measure: Measure, narrowed: BudgetFilter) -> BudgetFilter:
    """The filter of a measure that looks at one kind of work: that kind only.

    Raises
    ------
    InvalidInput
        The filter leaves that kind out.
    """
    kind = KIND_OF.get(measure)
    if kind is None or narrowed.kind == (kind,):
        return narrowed
    if narrowed.kind and kind not in narrowed.kind:
        values = {"measure": measure, "kind": kind}
        raise InvalidInput([Problem("measure_of_another_kind", where={"field": "kind"}, values=values)])
    return replace(narrowed, kind=(kind,))


def _revenue(
    session: Session, measure: Measure, level: Level, parent: str | None, years: tuple[int, ...], sight: Visibility
) -> pd.Series[float]:
    # The finances of an organisation are for the staff of the platform, here as on their own sheets.
    if measure != "of_revenue" or sight is not Visibility.STAFF:
        return pd.Series(dtype=float)
    return read_own_revenue(session, level, parent, years)


def _valued(frame: pd.DataFrame, places: pd.DataFrame, measure: Measure, revenue: pd.Series[float]) -> pd.DataFrame:
    """Sums of each place, and its value of the measure."""
    sums = frame.groupby("code")[["satang", "works", "rai", "squares"]].sum()
    kinds = frame.pivot_table(index="code", columns="kind", values=["satang", "works"], aggfunc="sum", fill_value=0)
    table = places.join(sums.reindex(places.index).fillna(0).astype({"satang": np.int64, "works": np.int64}))
    for kind in ("road", "water"):
        column = kinds["satang"].get(kind, 0) if len(kinds) else 0
        table[f"{kind}_satang"] = (
            pd.Series(column, index=sums.index, dtype=float).reindex(places.index).fillna(0).astype(np.int64)
        )
    table["revenue"] = revenue.reindex(places.index)
    if measure == "count":
        table["numerator"] = table["works"].astype(float)
    else:
        table["numerator"] = table["satang"] / 100
    base = BASE_OF.get(measure)
    table["denominator"] = 1.0 if base is None else table[base].astype(float)
    sound = table["denominator"] > 0
    percent = 100 if measure == "of_revenue" else 1
    table["value"] = percent * table["numerator"].where(sound) / table["denominator"].where(sound)
    return table


def _reasons(table: pd.DataFrame, level: Level, measure: Measure, sight: Visibility) -> pd.Series[str]:
    without = {
        "per_head": "no_people",
        "per_household": "no_households",
        "per_road_km": "no_road",
        "per_rai": "no_rai",
        "of_revenue": "no_revenue",
    }.get(measure, "")
    if measure == "of_revenue" and level in ("tambon", "hexagon"):
        without = "revenue_of_organisations"
    elif measure == "of_revenue" and sight is not Visibility.STAFF:
        without = "revenue_for_staff"
    missing = table["value"].isna()
    reasons = np.where(missing, without, "").astype(object)
    if level == "organisation" and measure in ("per_head", "per_household"):
        reasons[(missing & table["partly"].fillna(False).astype(bool)).to_numpy()] = "partly_covered"
    return pd.Series(reasons, index=table.index)


def total_value(found: Allocation) -> float | None:
    """The measure of all places together: sum over sum, of the places that have a base.

    Money whose place is not known down to the level lies somewhere among them: it counts, as it does one level up. The
    rai of a work are known with its money, so what they are not told of stays out.
    """
    known = found.table[found.table["value"].notna()]
    if found.measure in ("budget", "count") or known.empty:
        return None
    percent = 100 if found.measure == "of_revenue" else 1
    somewhere = 0.0 if found.measure == "per_rai" else found.unplaced_satang / 100
    return float(percent * (known["numerator"].sum() + somewhere) / known["denominator"].sum())


def baht(satang: int) -> Decimal:
    """Satang as baht, exactly."""
    return Decimal(int(satang)) / 100


def equity_of(found: Allocation, province_names: Mapping[str, str]) -> Equity:
    """How evenly the money is spread over the places, or over what the measure divides by."""
    table = found.table
    provinces = [province_names.get(str(code), str(code)) for code in table["province"]]
    groups = provinces if found.level != "province" else None
    if found.measure in ("budget", "count"):
        return equity(table["numerator"], groups=groups)
    return equity(table["numerator"], people=table["denominator"], groups=groups)


def neighbours_of(session: Session, found: Allocation) -> sparse.csr_array:
    """Who lies beside whom, in the order of the table."""
    if found.level == "hexagon":
        return hexagons_touching(found.grid.cells)
    codes = list(found.table.index)
    if found.level != "organisation":
        rows = session.execute(sa.text(_NEIGHBOURS), {"level": found.level, "below": f"{found.parent or ''}%"})
        shapes = {row.code: shapely.from_wkb(bytes(row.shape)) for row in rows}
        return touching(np.array([shapes.get(code) for code in codes], dtype=object))
    # An organisation over a whole province is beside all others, which tells nothing: it stands alone.
    pairs = session.execute(
        sa.text(
            "SELECT c.organisation_code, c.tambon_code, ST_AsBinary(s.geom) AS shape FROM organisation_coverage c"
            " JOIN organisation o ON o.code = c.organisation_code AND o.type_code <> 'PAO'"
            f" LEFT JOIN read_area_shape s ON s.level = 'tambon' AND s.band = {EXACT_BAND} AND s.code = c.tambon_code"
            " WHERE c.organisation_code = ANY(:codes) ORDER BY 1, 2"
        ),
        {"codes": codes},
    ).all()
    at = {code: position for position, code in enumerate(codes)}
    outlines: dict[str, shapely.Geometry | None] = {
        row.tambon_code: shapely.from_wkb(bytes(row.shape)) if row.shape else None for row in pairs
    }
    tambon = {code: position for position, code in enumerate(outlines)}
    beside = touching(np.array(list(outlines.values()), dtype=object))
    return covering(
        np.array([at[row.organisation_code] for row in pairs], dtype=np.int64),
        np.array([tambon[row.tambon_code] for row in pairs], dtype=np.int64),
        beside,
        len(codes),
    )


def clusters_of(found: Allocation, neighbours: sparse.csr_array, alpha: float) -> Clusters:
    """Where high and low values lie together. Rates per head and household are standardised by empirical Bayes."""
    table = found.table
    if BASE_OF.get(found.measure) not in COUNTED_BASES:
        return clusters(table["value"], neighbours, alpha=alpha)
    # gis.clusters.size_biased_mean of the works, in baht, from their sums.
    unit = float(table["squares"].sum() / table["satang"].sum() / 100) if table["satang"].sum() else 1.0
    return clusters(table["numerator"], neighbours, base=table["denominator"], unit=unit, alpha=alpha)

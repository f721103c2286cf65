"""Where the money of works lies: shares of works by tambon, cut at borders, and what the money is set against.

One statement clips all works against the tambons and adds up those that lie in one; the few that cross a border come
back one by one and are shared to the satang by :func:`gis.allocation.split_satang`. Amphoes and provinces are sums of
their tambons; an organisation has the money of its own works; hexagons are cut from the shapes themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.budget import BudgetFilter
from app.queries.project_filter import AREA_DIGITS, LEVEL_OF_DIGITS, AreaLevel, ProjectFilter, conditions
from gis.allocation import Parts, Shapes, parts, split_satang

Level = Literal["province", "amphoe", "tambon", "organisation", "hexagon"]
LEVELS: tuple[Level, ...] = ("province", "amphoe", "tambon", "organisation", "hexagon")
DIGITS: Mapping[str, int] = AREA_DIGITS
BELOW: Mapping[Level, Level] = {"province": "amphoe", "amphoe": "tambon"}
"""Where a place of a level leads to; an organisation and a hexagon have nothing below them."""
RESOLUTIONS = range(5, 9)
"""H3 resolutions: hexagons of about 253, 36, 5 and 0.7 square kilometres."""
EXACT_BAND = 22
"""Shapes of ``read_area_shape`` with all their detail."""

_COLUMNS = ("code", "year", "kind", "satang", "works", "rai", "squares")

# What a work is worth: rai as the engineer wrote them, left alone where they are no number.
_CHOSEN = """
    SELECT p.id, p.fiscal_year_be AS year, p.kind, p.area_code, p.organisation_code,
           (100 * {money})::bigint AS satang,
           CASE WHEN p.attributes ->> 'benefit_area_rai' ~ '^[0-9]{{1,9}}([.][0-9]{{1,6}})?$'
                THEN (p.attributes ->> 'benefit_area_rai')::float8 END AS rai
    FROM project p {funds}
    WHERE {where}"""
_FUNDS = """
    JOIN LATERAL (
        SELECT sum(s.budget_baht) AS budget_baht FROM read_budget_share s
        WHERE s.project_id = p.id AND s.fund_source_code = ANY(:fund_source)
        HAVING count(*) > 0
    ) AS fund ON true"""

# Parts that are kept; works that have none yet are cut here; those without a shape that may be seen, or drawn outside
# of all tambons, are where their record says. A work inside one tambon has no weight and needs no line of its own.
PLACED = """
    WITH rest AS MATERIALIZED (
        SELECT c.* FROM ({chosen}) AS c
        WHERE NOT EXISTS (SELECT 1 FROM read_work_part r {rest_seen} WHERE r.project_id = c.id)
    ), placed AS (
        SELECT c.id, c.year, c.kind, c.satang, c.rai, coalesce(nullif(r.tambon_code, ''), c.area_code, '') AS code,
               r.weight
        FROM ({chosen}) AS c
        JOIN read_work_part r ON r.project_id = c.id {kept_near}
        {kept_seen}
        UNION ALL
        SELECT c.id, c.year, c.kind, c.satang, c.rai, coalesce(piece.code, c.area_code, ''), piece.weight
        FROM rest AS c
        JOIN read_project_feature f ON f.project_id = c.id {seen} {near_or_recorded}
        LEFT JOIN LATERAL (
            SELECT cut.code, cut.weight
            FROM (
                SELECT a.code, work_weight(a.geom, f.geom) AS weight
                FROM read_area_shape a
                WHERE a.level = 'tambon' AND a.band = {band} AND a.geom && f.geom AND ST_Intersects(a.geom, f.geom)
                OFFSET 0
            ) AS cut
            WHERE cut.weight IS NULL OR cut.weight > 0
        ) AS piece ON true
        UNION ALL
        SELECT c.id, c.year, c.kind, c.satang, c.rai, coalesce(c.area_code, ''), NULL
        FROM rest AS c
        WHERE NOT EXISTS (SELECT 1 FROM read_project_feature f WHERE f.project_id = c.id {seen}) {rest_below}
    )"""
_BY_TAMBON = (
    PLACED
    + """
    SELECT code, year, kind, CASE WHEN weight IS NOT NULL THEN id END AS crossing,
           count(*) AS works, sum(satang)::bigint AS satang, sum(rai) AS rai, sum(satang::float8 ^ 2) AS squares,
           max(weight) AS weight
    FROM placed
    GROUP BY 1, 2, 3, 4"""
)

_BY_ORGANISATION = """
    SELECT c.organisation_code AS code, c.year, c.kind, count(*) AS works, sum(c.satang)::bigint AS satang,
           sum(c.rai) AS rai, sum(c.satang::float8 ^ 2) AS squares
    FROM ({chosen}) AS c
    JOIN organisation o ON o.code = c.organisation_code
    WHERE :parent ::text IS NULL OR o.province_code = :parent OR o.amphoe_code = :parent
    GROUP BY 1, 2, 3"""

SHAPES_OF_WORKS = """
    SELECT c.id, coalesce(c.area_code, '') AS recorded, c.year, c.kind, c.satang, c.rai, ST_AsBinary(f.geom) AS shape
    FROM ({chosen}) AS c
    JOIN read_project_feature f ON f.project_id = c.id {seen} {near}
    ORDER BY c.id"""
_SHAPELESS = """
    SELECT c.year, c.kind, count(*) AS works, sum(c.satang)::bigint AS satang
    FROM ({chosen} {below}) AS c
    WHERE NOT EXISTS (SELECT 1 FROM read_project_feature f WHERE f.project_id = c.id {seen})
    GROUP BY 1, 2"""

# Outlines that a grid is cut from, as one word: a grid is kept until they change.
_OUTLINES = f"""
    SELECT md5(coalesce(string_agg(md5(ST_AsBinary(geom)), '' ORDER BY level, code), '')) FROM read_area_shape
    WHERE band = {EXACT_BAND} AND code LIKE :below AND level IN ('province', 'amphoe', 'tambon')"""
_TAMBONS = f"""
    SELECT code, ST_AsBinary(geom) AS shape FROM read_area_shape
    WHERE level = 'tambon' AND band = {EXACT_BAND} AND code LIKE :below ORDER BY code"""
_MOST_GRIDS = 6
_GRIDS: dict[tuple[str, int, str], Hexagons] = {}

_NEAR = (
    "AND f.geom && (SELECT ST_Envelope(s.geom) FROM read_area_shape s"
    f" WHERE s.band = {EXACT_BAND} AND s.code = :parent AND s.level = :parent_level)"
)
_NEAR_OR_RECORDED = f"AND (({_NEAR.removeprefix('AND ')}) OR c.area_code LIKE :below)"
_KEPT_NEAR = """AND r.project_id IN (
            SELECT n.project_id FROM read_work_part n WHERE n.tambon_code LIKE :below
            UNION ALL
            SELECT n.project_id FROM read_work_part n JOIN project q ON q.id = n.project_id
            WHERE n.tambon_code = '' AND q.area_code LIKE :below)"""
_IN_BOX = "AND f.geom && ST_MakeEnvelope(:west, :south, :east, :north, 3857)"


@dataclass(frozen=True)
class Shares:
    """Money by place, fiscal year and kind.

    Parameters
    ----------
    frame
        ``code`` (empty: the place is not known down to the level), ``year`` (B.E.), ``kind``, ``satang`` (whole),
        ``works`` (a work that crosses borders counts in each place), ``rai`` (benefited), ``squares`` (sum of squared
        satang of the works).
    crossing
        Works that lie in more than one place.
    total_works
        Each once.
    """

    frame: pd.DataFrame
    crossing: int
    total_works: int


@dataclass(frozen=True)
class Hexagons:
    """A grid of H3 cells over an area, cut at its border; ``shapes`` are in EPSG:3857.

    Parameters
    ----------
    land
        Which part of which tambon lies in which cell: ``zone`` (position of the cell), ``tambon``, ``fraction`` of the
        tambon, ``m2`` of the map.
    """

    cells: tuple[str, ...] = ()
    shapes: np.ndarray[Any, Any] = field(default_factory=lambda: np.zeros(0, dtype=object))
    outside: shapely.Geometry | None = None
    land: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["zone", "tambon", "fraction", "m2"]))

    @property
    def zones(self) -> np.ndarray[Any, Any]:
        """The cells, and behind them all that is beyond the area."""
        return np.array([*self.shapes, *([] if self.outside is None else [self.outside])], dtype=object)


def read_shares(
    session: Session,
    level: Level,
    parent: str | None,
    narrowed: BudgetFilter,
    sight: Visibility,
    only: str = "",
) -> Shares:
    """Money of the works that a filter leaves, by area or organisation under ``parent`` (``None``: the nation).

    ``only`` is one more condition over ``project p``, written by a module and never by a person.

    Works without coordinates that this person may see, and those drawn outside of all tambons, are where their record
    says; where it does not say the place down to the level, they stand under an empty code.
    """
    if level == "organisation":
        rows = run(session, _BY_ORGANISATION, parent, narrowed, sight, only=only)
        frame = _typed(pd.DataFrame(rows, columns=list(_COLUMNS)))
        return Shares(frame, 0, int(frame["works"].sum()))
    rows = run(session, _BY_TAMBON, parent, narrowed, sight, only=only)
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, "crossing", "weight"])
    return of_level(frame, level, parent)


def of_level(frame: pd.DataFrame, level: str, parent: str | None) -> Shares:
    """Money by place from rows by tambon; those of a work that crosses borders (``crossing``) are shared out here."""
    cut = frame["crossing"].notna().to_numpy()
    whole, crossing = frame[~cut].copy(), frame[cut].copy()
    work = crossing["crossing"].to_numpy(np.int64)
    satang = crossing["satang"].to_numpy(np.int64)
    weight = crossing["weight"].to_numpy(float)
    crossing["satang"] = split_satang(work, weight, satang)
    of_work = crossing.assign(weight=weight).groupby("crossing")["weight"].transform("sum").to_numpy(float)
    crossing["rai"] = crossing["rai"].astype(float) * weight / np.where(of_work > 0, of_work, 1)
    crossing["squares"] = crossing["satang"].astype(float) ** 2
    for part in (whole, crossing):
        part["code"] = part["code"].fillna("").astype(str)
    if parent:
        whole, crossing = (part[part["code"].str.startswith(parent)].copy() for part in (whole, crossing))
    for part in (whole, crossing):
        part["code"] = _cut(part["code"], DIGITS[level])
    # Parts of one work in one place are one work there.
    crossing = crossing.groupby(["code", "year", "kind", "crossing"], as_index=False).agg(
        {"satang": "sum", "works": "max", "rai": "sum", "squares": "sum"}
    )
    works = int(whole["works"].sum()) + int(crossing["crossing"].nunique())
    many = int((crossing.groupby("crossing").size() > 1).sum())
    return Shares(_added(pd.concat([whole, crossing], ignore_index=True)), many, works)


def _cut(codes: pd.Series[str], digits: int) -> pd.Series[str]:
    return codes.str.slice(0, digits).where(codes.str.len() >= digits, "")


def _added(frame: pd.DataFrame) -> pd.DataFrame:
    added = _typed(frame).groupby(["code", "year", "kind"], as_index=False)[["satang", "works", "rai", "squares"]]
    return added.sum()


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[list(_COLUMNS)].astype(
        {"satang": np.int64, "works": np.int64, "rai": float, "squares": float, "year": np.int64}
    )


def read_hexagon_shares(
    session: Session,
    grid: Hexagons,
    parent: str | None,
    narrowed: BudgetFilter,
    sight: Visibility,
    cut_by: Callable[[Shapes, Shapes], Parts] = parts,
) -> Shares:
    """Money by hexagon; works without coordinates stand under an empty code."""
    rows = run(session, SHAPES_OF_WORKS, parent, narrowed, sight)
    works = pd.DataFrame(rows, columns=["id", "year", "kind", "satang", "rai", "shape"])
    shapes = shapely.from_wkb([bytes(shape) for shape in works["shape"]])
    found = cut_by(np.asarray(shapes, dtype=object), grid.zones)
    satang = works["satang"].to_numpy(np.int64)
    share = split_satang(found.work, found.fraction, satang[found.work])
    codes = np.array([*grid.cells, *([] if grid.outside is None else ["outside"])], dtype=object)
    cut = pd.DataFrame(
        {
            "code": codes[found.zone],
            "year": works["year"].to_numpy()[found.work],
            "kind": works["kind"].to_numpy()[found.work],
            "satang": share,
            "works": 1,
            "rai": works["rai"].astype(float).to_numpy()[found.work] * found.fraction,
            "squares": share.astype(float) ** 2,
            "id": found.work,
        }
    )
    cut = cut[cut["code"] != "outside"]
    lost = works.iloc[found.outside].assign(code="", works=1, squares=0.0) if parent is None else works.iloc[:0]
    bare = pd.DataFrame(run(session, _SHAPELESS, parent, narrowed, sight), columns=["year", "kind", "works", "satang"])
    bare = bare.assign(code="", rai=0.0, squares=0.0)
    frame = _added(
        pd.concat([part[list(_COLUMNS)] for part in (cut, lost, bare) if len(part)] or [cut[list(_COLUMNS)]])
    )
    total = int(cut["id"].nunique()) + len(lost) + int(bare["works"].sum())
    return Shares(frame, int((cut.groupby("id").size() > 1).sum()), total)


def count_works(session: Session, parent: str | None, narrowed: BudgetFilter, sight: Visibility) -> int:
    """Works that a filter leaves by their record, to tell beforehand how much there is to cut."""
    chosen, values = chosen_works(narrowed, sight)
    below = " AND p.area_code LIKE :below" if parent else ""
    values["below"] = f"{parent}%"
    return int(session.scalar(sa.text(f"SELECT count(*) FROM ({chosen}{below}) AS c"), values) or 0)


def hexagons(session: Session, parent: str | None, resolution: int) -> Hexagons:
    """H3 cells that touch an area (``None``: all provinces), cut at its border."""
    values = {"parent": parent, "level": _level_of(parent), "below": f"{parent or ''}%"}
    wanted = (parent or "", resolution, str(session.scalar(sa.text(_OUTLINES), values)))
    if (kept := _GRIDS.get(wanted)) is not None:
        return kept
    if len(_GRIDS) >= _MOST_GRIDS:
        _GRIDS.clear()
    return _GRIDS.setdefault(wanted, _made_hexagons(session, parent, resolution, values))


def _made_hexagons(session: Session, parent: str | None, resolution: int, values: Mapping[str, Any]) -> Hexagons:
    import h3

    rows = session.execute(
        sa.text(
            f"SELECT ST_AsBinary(geom) AS wkb FROM read_area_shape WHERE band = {EXACT_BAND} AND "
            + ("code = :parent AND level = :level" if parent else "level = 'province'")
        ),
        values,
    )
    shapes = [shapely.from_wkb(bytes(row.wkb)) for row in rows]
    if not shapes:
        return Hexagons()
    cells: set[str] = set()
    for shape in shapes:
        # Wider than the outline, so that no corner is left without a cell; cells that miss it are dropped below.
        ring = shapely.transform(shapely.simplify(shapely.buffer(shape, 100), 50), as_degrees)
        for polygon in shapely.get_parts(ring):
            cells |= set(h3.h3shape_to_cells_experimental(h3.geo_to_h3shape(polygon), resolution, contain="overlap"))
    ordered = sorted(cells)
    zones = _outlines(ordered)
    if parent is None:
        return Hexagons(tuple(ordered), zones, None, _land(session, zones, values))
    whole = shapely.union_all(shapes)
    shapely.prepare(whole)
    inside = shapely.contains(whole, zones)
    zones[~inside] = shapely.intersection(zones[~inside], whole)
    keep = shapely.area(zones) > 1.0
    beyond = shapely.difference(shapely.box(*whole.buffer(500_000).bounds), whole)
    inland = tuple(cell for cell, kept in zip(ordered, keep, strict=True) if kept)
    return Hexagons(inland, zones[keep], beyond, _land(session, zones[keep], values))


def _land(session: Session, zones: np.ndarray[Any, Any], values: Mapping[str, Any]) -> pd.DataFrame:
    rows = session.execute(sa.text(_TAMBONS), values).all()
    shapes = np.array([shapely.from_wkb(bytes(row.shape)) for row in rows], dtype=object)
    found = parts(shapes, zones)
    codes = np.array([row.code for row in rows], dtype=object)[found.work]
    area = found.fraction * shapely.area(shapes)[found.work]
    return pd.DataFrame({"zone": found.zone, "tambon": codes, "fraction": found.fraction, "m2": area})


_EARTH_M = 6378137.0


def hexagon_shape(cell: str) -> shapely.Polygon:
    """Outline of an H3 cell in EPSG:3857."""
    outline: shapely.Polygon = _outlines([cell])[0]
    return outline


def _outlines(cells: Sequence[str]) -> np.ndarray[Any, Any]:
    import h3

    rings = [h3.cell_to_boundary(cell) for cell in cells]
    latlon = np.array([corner for ring in rings for corner in ring], dtype=float).reshape(-1, 2)
    owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    return np.asarray(shapely.polygons(shapely.linearrings(_metres(latlon[:, ::-1]), indices=owner)), dtype=object)


def as_degrees(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Longitude and latitude of positions in EPSG:3857."""
    lat = np.degrees(2 * np.arctan(np.exp(xy[:, 1] / _EARTH_M)) - np.pi / 2)
    return np.column_stack([np.degrees(xy[:, 0] / _EARTH_M), lat])


def _metres(lonlat: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([_EARTH_M * lon, _EARTH_M * np.log(np.tan(np.pi / 4 + lat / 2))])


def _level_of(code: str | None) -> AreaLevel | None:
    return LEVEL_OF_DIGITS.get(len(code or ""))


def chosen_works(narrowed: BudgetFilter, sight: Visibility, only: str = "") -> tuple[str, dict[str, Any]]:
    """SQL of the works that a filter leaves for this sight, with its parameters."""
    found = conditions(
        ProjectFilter(
            fiscal_year=narrowed.fiscal_year,
            kind=narrowed.kind,
            status=narrowed.status,
            strategy=narrowed.strategy,
        ),
        sight,
    )
    funds = bool(narrowed.fund_source)
    sql = _CHOSEN.format(
        money="fund.budget_baht" if funds else "p.budget_baht",
        funds=_FUNDS if funds else "",
        where=f"{found.where} AND ({only})" if only else found.where,
    )
    return sql, {**found.parameters, "fund_source": list(narrowed.fund_source)}


def run(
    session: Session,
    statement: str,
    parent: str | None,
    narrowed: BudgetFilter,
    sight: Visibility,
    box: tuple[float, float, float, float] | None = None,
    only: str = "",
) -> list[dict[str, Any]]:
    """Rows of a statement over the works that a filter leaves, near an area or within a box (EPSG:3857)."""
    chosen, values = chosen_works(narrowed, sight, only)
    text = statement.format(
        chosen=chosen,
        band=EXACT_BAND,
        # The public knows only verified coordinates.
        seen="AND f.published" if sight is Visibility.PUBLIC else "",
        kept_seen="JOIN read_project_feature f ON f.project_id = c.id AND f.published"
        if sight is Visibility.PUBLIC
        else "",
        rest_seen="JOIN read_project_feature f ON f.project_id = r.project_id AND f.published"
        if sight is Visibility.PUBLIC
        else "",
        rest_below="AND c.area_code LIKE :below" if parent else "",
        kept_near=_KEPT_NEAR if parent else "",
        near=_IN_BOX if box else _NEAR if parent else "",
        near_or_recorded=_NEAR_OR_RECORDED if parent else "",
        below=" AND p.area_code LIKE :below" if parent else "",
    )
    found = session.execute(
        sa.text(text),
        {
            **values,
            "parent": parent,
            "parent_level": _level_of(parent),
            "below": f"{parent or ''}%",
            **dict(zip(("west", "south", "east", "north"), box or (), strict=False)),
        },
    )
    return [dict(row) for row in found.mappings()]

"""The works behind a number of the allocation: what of each lies in a place, and whose price stands out."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.allocation import (
    PLACED,
    SHAPES_OF_WORKS,
    Level,
    chosen_works,
    hexagon_shape,
    run,
)
from app.queries.budget import BudgetFilter
from gis.allocation import Floats, parts, split_satang
from gis.unit_costs import outliers

Unit = Literal["km", "m3"]
UNITS: tuple[Unit, ...] = ("km", "m3")

_WORKS = PLACED + " SELECT id, code, weight, satang FROM placed"
_OF_ORGANISATION = (
    "SELECT c.id, c.organisation_code AS code, NULL::float8 AS weight, c.satang FROM ({chosen}) AS c"
    " WHERE c.organisation_code = :parent"
)
_NAMES = """
    SELECT p.id, p.code, p.name_th, p.kind, p.fiscal_year_be AS year, o.full_name_th AS organisation
    FROM project p JOIN organisation o ON o.code = p.organisation_code WHERE p.id = ANY(:ids)"""

# The length of the contract, else that of the drawing; earth as the segments or the engineer give it.
_COSTS = """
    SELECT p.id, p.code, p.name_th, p.kind, p.fiscal_year_be AS year, p.area_code, o.full_name_th AS organisation,
           p.budget_baht::float8 AS baht, coalesce(p.surface_type_code, p.water_source_type_code, '') AS type_code,
           coalesce(p.length_m, f.drawn_length_m)::float8 / 1000 AS km, volume.m3,
           ST_X(f.point) AS x, ST_Y(f.point) AS y, ST_X(ST_Transform(f.point, 4326)) AS lon,
           ST_Y(ST_Transform(f.point, 4326)) AS lat
    FROM project p
    JOIN organisation o ON o.code = p.organisation_code
    LEFT JOIN read_project_feature f ON f.project_id = p.id {seen}
    LEFT JOIN LATERAL (
        SELECT coalesce(
            (SELECT sum(s.volume_m3)::float8 FROM project_segment s WHERE s.project_id = p.id),
            CASE WHEN p.attributes ->> 'excavation_m3' ~ '^[0-9]{{1,9}}([.][0-9]{{1,6}})?$'
                 THEN (p.attributes ->> 'excavation_m3')::float8 END) AS m3
    ) AS volume ON true
    WHERE p.id IN (SELECT c.id FROM ({chosen}) AS c) AND (:parent ::text IS NULL OR p.area_code LIKE :below)
      AND {wanted}"""
_WANTED = {"km": "p.kind = 'road'", "m3": "volume.m3 > 0"}


def read_works(session: Session, level: Level, place: str, narrowed: BudgetFilter, sight: Visibility) -> pd.DataFrame:
    """Works with money in a place, the largest share first.

    Returns
    -------
    DataFrame
        ``code``, ``name_th``, ``kind``, ``year``, ``organisation``, ``satang`` (of the work), ``share_satang`` (of
        the place), ``fraction``. The shares sum to the place's money.
    """
    if level == "hexagon":
        shares = _of_hexagon(session, place, narrowed, sight)
    else:
        statement = _OF_ORGANISATION if level == "organisation" else _WORKS
        shares = pd.DataFrame(
            run(session, statement, place, narrowed, sight), columns=["id", "code", "weight", "satang"]
        )
        weight: Floats = np.asarray(shares["weight"].astype(float).fillna(1.0), dtype=np.float64)
        work, satang = shares["id"].to_numpy(np.int64), shares["satang"].to_numpy(np.int64)
        shares["share_satang"] = split_satang(work, weight, satang)
        if level != "organisation":
            shares = shares[shares["code"].fillna("").str.startswith(place)]
    shares = shares.groupby("id", as_index=False).agg(satang=("satang", "first"), share_satang=("share_satang", "sum"))
    names = pd.DataFrame(
        [dict(row) for row in session.execute(sa.text(_NAMES), {"ids": shares["id"].tolist()}).mappings()],
        columns=["id", "code", "name_th", "kind", "year", "organisation"],
    )
    found = names.merge(shares, on="id")
    found["fraction"] = found["share_satang"] / found["satang"].where(found["satang"] > 0)
    ordered: pd.DataFrame = found.sort_values(["share_satang", "code"], ascending=[False, True], ignore_index=True)
    return ordered


def _of_hexagon(session: Session, cell: str, narrowed: BudgetFilter, sight: Visibility) -> pd.DataFrame:
    zone = hexagon_shape(cell)
    rows = run(session, SHAPES_OF_WORKS, None, narrowed, sight, zone.bounds)
    shapes = np.array([shapely.from_wkb(bytes(row["shape"])) for row in rows], dtype=object)
    beyond = shapely.difference(shapely.box(*zone.buffer(500_000).bounds), zone)
    found = parts(shapes, np.array([zone, beyond], dtype=object))
    ids = np.array([row["id"] for row in rows], dtype=np.int64)[found.work]
    satang = np.array([row["satang"] for row in rows], dtype=np.int64)[found.work]
    frame = pd.DataFrame(
        {"id": ids, "satang": satang, "share_satang": split_satang(found.work, found.fraction, satang)}
    )
    here: pd.DataFrame = frame[found.zone == 0]
    return here


def read_unit_costs(
    session: Session, unit: Unit, parent: str | None, narrowed: BudgetFilter, sight: Visibility
) -> pd.DataFrame:
    """Price per kilometre of road, or per cubic metre of earth, of each work beside its neighbours of the same type.

    Returns
    -------
    DataFrame
        ``code``, ``name_th``, ``organisation``, ``year``, ``type_code``, ``baht``, ``quantity``, ``lon``, ``lat`` and
        the columns of :func:`gis.unit_costs.outliers`, the furthest from its peers first.
    """
    chosen, values = chosen_works(narrowed, sight)
    text = _COSTS.format(
        chosen=chosen, seen="AND f.published" if sight is Visibility.PUBLIC else "", wanted=_WANTED[unit]
    )
    rows = session.execute(sa.text(text), {**values, "parent": parent, "below": f"{parent or ''}%"}).mappings()
    columns = ["id", "code", "name_th", "kind", "year", "area_code", "organisation", "baht", "type_code", "km", "m3"]
    works = pd.DataFrame([dict(row) for row in rows], columns=[*columns, "x", "y", "lon", "lat"])
    works["quantity"] = works[unit].astype(float)
    judged = outliers(works["baht"], works["quantity"], works["type_code"], works["x"], works["y"])
    found: Any = pd.concat([works, judged], axis=1)
    order = found["z"].abs().fillna(-1).to_numpy()
    ordered: pd.DataFrame = found.iloc[np.lexsort((found["code"].to_numpy(dtype=str), -order))].reset_index(drop=True)
    return ordered

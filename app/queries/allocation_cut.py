"""Shares of works by area, cut anew from their shapes: what the kept parts say, for whoever has processors to spare."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.allocation import EXACT_BAND, SHAPES_OF_WORKS, Level, Shares, of_level, run
from app.queries.budget import BudgetFilter
from gis.allocation import Parts, Shapes

Cut = Callable[[Shapes, Shapes], Parts]
"""Shares works among zones, as :func:`gis.allocation.parts` does."""

_COLUMNS = ["code", "year", "kind", "crossing", "works", "satang", "rai", "squares", "weight"]
_TAMBONS = f"""
    SELECT code, ST_AsBinary(geom) AS shape FROM read_area_shape
    WHERE level = 'tambon' AND band = {EXACT_BAND} AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 3857)
    ORDER BY code"""
_SHAPES = SHAPES_OF_WORKS.replace("{near}", "{near_or_recorded}")
"""Those drawn outside of all tambons among them, which are where their record says."""
_RECORDED = """
    SELECT coalesce(c.area_code, '') AS code, c.year, c.kind, count(*) AS works, sum(c.satang)::bigint AS satang,
           sum(c.rai) AS rai, sum(c.satang::float8 ^ 2) AS squares
    FROM ({chosen} {below}) AS c
    WHERE NOT EXISTS (SELECT 1 FROM read_project_feature f WHERE f.project_id = c.id {seen})
    GROUP BY 1, 2, 3"""


def read_cut_shares(
    session: Session, level: Level, parent: str | None, narrowed: BudgetFilter, sight: Visibility, cut: Cut
) -> Shares:
    """As :func:`app.queries.allocation.read_shares`, with every work cut at the borders of tambons by ``cut``."""
    rows = run(session, _SHAPES, parent, narrowed, sight)
    works = pd.DataFrame(rows, columns=["id", "recorded", "year", "kind", "satang", "rai", "shape"])
    shapes = np.asarray(shapely.from_wkb([bytes(shape) for shape in works["shape"]]), dtype=object)
    codes, tambons = _tambons(session, shapes)
    found = cut(shapes, tambons)
    work = np.concatenate([found.work, found.outside, found.shapeless])
    recorded = works["recorded"].to_numpy(dtype=object)[work[len(found.work) :]]
    parts = works.drop(columns=["shape", "recorded"]).iloc[work].reset_index(drop=True)
    nowhere = len(found.outside) + len(found.shapeless)
    parts["code"] = np.concatenate([codes[found.zone], recorded])
    parts["weight"] = np.concatenate([found.fraction, np.ones(nowhere)])
    parts["crossing"] = parts["id"].where(parts.duplicated("id", keep=False))
    parts["weight"] = parts["weight"].where(parts["crossing"].notna())
    parts = parts.assign(works=1, squares=parts["satang"].astype(float) ** 2)
    bare = pd.DataFrame(run(session, _RECORDED, parent, narrowed, sight)).assign(crossing=None, weight=np.nan)
    tables = [table.reindex(columns=_COLUMNS) for table in (parts, bare) if len(table)]
    return of_level(pd.concat(tables) if tables else pd.DataFrame(columns=_COLUMNS), level, parent)


def _tambons(session: Session, works: Shapes) -> tuple[Shapes, Shapes]:
    """Codes and exact shapes (EPSG:3857) of the tambons around works."""
    if not len(works):
        return np.empty(0, dtype=object), np.empty(0, dtype=object)
    box = dict(zip(("west", "south", "east", "north"), map(float, shapely.total_bounds(works)), strict=True))
    rows = session.execute(sa.text(_TAMBONS), box).all()
    shapes = shapely.from_wkb([bytes(row.shape) for row in rows])
    return np.array([row.code for row in rows], dtype=object), np.asarray(shapes, dtype=object)

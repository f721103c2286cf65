"""Works that could bring access: planned projects with coordinates, and new ones where nobody planned any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.access_ground import PLANNED, REPAIRS, Ground
from gis import access as reach_of
from gis.access import BoolArray, IntArray
from gis.measure import GEOD, GeometryArray

Act = Literal["rehabilitate", "build"]
Source = Literal["planned", "new"]


@dataclass(frozen=True)
class Candidates:
    """Works to choose from, one value per candidate in every field.

    Parameters
    ----------
    code
        Project code; empty for a new one.
    act
        ``rehabilitate`` what is there or ``build``.
    cost_baht
        Whole baht.
    shape
        EPSG:3857.
    without_cost
        Planned projects that were left out because no amount of theirs is known.
    grants
        Planned projects that were left out because they only hand money to another agency, whose work it is.
    """

    code: tuple[str, ...]
    name_th: tuple[str, ...]
    organisation_code: tuple[str, ...]
    act: tuple[Act, ...]
    source: tuple[Source, ...]
    cost_baht: IntArray
    shape: GeometryArray
    without_cost: int = 0
    grants: int = 0

    def __len__(self) -> int:
        return len(self.code)

    def only(self, kept: BoolArray) -> Candidates:
        """Those that are kept."""
        at = [int(i) for i in np.flatnonzero(kept)]
        columns = (tuple(column[i] for i in at) for column in (self.code, self.name_th, self.organisation_code))
        code, name, organisation = columns
        return Candidates(
            code,
            name,
            organisation,
            tuple(self.act[i] for i in at),
            tuple(self.source[i] for i in at),
            self.cost_baht[at],
            self.shape[at],
            self.without_cost,
            self.grants,
        )


_BUILD: Act = "build"
_NEW: Source = "new"
_PLANNED_SOURCE: Source = "planned"
# What a project is to cost: the money it has, else what its plan line says.
_PLANNED = """
SELECT f.code, f.name_th, f.organisation_code, f.work_nature_code, ST_AsBinary(f.geom) AS wkb,
       round(CASE WHEN p.budget_baht > 0 THEN p.budget_baht ELSE p.planned_baht END)::bigint AS cost_baht
FROM read_project_feature f JOIN project p ON p.id = f.project_id
WHERE f.kind = :kind AND f.status = ANY(:planned) AND f.code <> ALL(:closed)
  AND f.geom && ST_MakeEnvelope(:west, :south, :east, :north, 3857)
  AND (NOT :all_season OR f.surface_type_code IS DISTINCT FROM 'EARTH')
ORDER BY f.code
"""


def planned(session: Session, given: Ground) -> Candidates:
    """Planned projects with coordinates whose work could reach a village of the area."""
    spots = given.villages.point[reach_of.usable(given.villages.point)]
    if not len(spots):
        return nothing()
    margin = 2 * given.question.within_m
    west, south, east, north = shapely.total_bounds(spots)
    box = {"west": west - margin, "south": south - margin, "east": east + margin, "north": north + margin}
    rows: Sequence[Any] = session.execute(
        sa.text(_PLANNED),
        {
            **{name: float(value) for name, value in box.items()},
            "kind": given.question.kind,
            "planned": list(PLANNED),
            "closed": list(given.question.closed),
            "all_season": given.question.kind == "road" and given.question.all_season,
        },
    ).all()
    own = [row for row in rows if row.work_nature_code != "SUBSIDY"]
    priced = [row for row in own if row.cost_baht]
    if not priced:
        return nothing(len(own), len(rows) - len(own))
    return Candidates(
        tuple(row.code for row in priced),
        tuple(row.name_th for row in priced),
        tuple(row.organisation_code for row in priced),
        tuple("rehabilitate" if row.work_nature_code in REPAIRS else "build" for row in priced),
        tuple(_PLANNED_SOURCE for _ in priced),
        np.array([row.cost_baht for row in priced], dtype=np.int64),
        np.asarray(shapely.from_wkb([bytes(row.wkb) for row in priced], on_invalid="ignore"), dtype=object),
        len(own) - len(priced),
        len(rows) - len(own),
    )


def new_works(given: Ground, unserved: BoolArray, broken: BoolArray, unit_cost_baht: int) -> Candidates:
    """A new work for each village without access: a water source in it, or a road to the nearest one on its land.

    Where a broken source is within reach nothing new is offered: that is a case for repair (as WPDx takes it). A road
    is the straight line to the nearest road that counts; a village on land without one gets none.

    Parameters
    ----------
    unserved
        Which villages have no access.
    broken
        Which works wait for their repair.
    unit_cost_baht
        Of a water source, or of a kilometre of road.
    """
    villages, works, question = given.villages, given.works, given.question
    wanted = np.flatnonzero(unserved & given.today.placed)
    if question.kind == "water":
        near = reach_of.reach(works.shape[broken], villages.point[wanted], question.within_m)
        wanted = np.delete(wanted, np.unique(near.place))
        shapes, costs = villages.point[wanted], np.full(len(wanted), unit_cost_baht, dtype=np.int64)
    else:
        wanted = wanted[given.today.work[wanted] >= 0]
        ends = works.shape[given.today.work[wanted]]
        shapes = shapely.shortest_line(villages.point[wanted], ends) if len(wanted) else np.empty(0, dtype=object)
        xy = reach_of.lonlat(shapely.get_coordinates(shapes)).reshape(-1, 4) if len(wanted) else np.empty((0, 4))
        length_m = GEOD.inv(xy[:, 0], xy[:, 1], xy[:, 2], xy[:, 3])[2] if len(xy) else np.empty(0)
        costs = np.ceil(length_m / 1000 * unit_cost_baht).astype(np.int64)
    return Candidates(
        ("",) * len(wanted),
        tuple(villages.name_th[i] for i in wanted),
        ("",) * len(wanted),
        tuple(_BUILD for _ in wanted),
        tuple(_NEW for _ in wanted),
        costs,
        np.asarray(shapes, dtype=object),
    )


def together(*parts: Candidates) -> Candidates:
    """All of them, in the order given."""
    return Candidates(
        tuple(code for part in parts for code in part.code),
        tuple(name for part in parts for name in part.name_th),
        tuple(code for part in parts for code in part.organisation_code),
        tuple(act for part in parts for act in part.act),
        tuple(source for part in parts for source in part.source),
        np.concatenate([part.cost_baht for part in parts]),
        np.concatenate([part.shape for part in parts]),
        sum(part.without_cost for part in parts),
        sum(part.grants for part in parts),
    )


def nothing(without_cost: int = 0, grants: int = 0) -> Candidates:
    """No candidates."""
    empty = np.empty(0, dtype=object)
    return Candidates((), (), (), (), (), np.empty(0, dtype=np.int64), empty, without_cost, grants)

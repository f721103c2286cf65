"""Works where somebody is drawing: what each is to the drawing, and the answer that is given on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput
from app.queries.duplicates import neighbours_of_drawing, works
from app.services.duplicate_decisions import DecisionReceipt, Said, decide
from app.services.duplicates import common_hex, measured
from app.services.geometry_rules import check_one
from app.services.project_locks import HeldProject, hold_project, look_at_project
from gis.overlap_classes import classify
from gis.overlap_works import Verdict, Work
from gis.problems import Problem

LIMIT = 5
MOST_VERTICES, FEW_VERTICES = 2_000, 500
MOST_WINDING = 5.0
"""Of a drawing that is compared: vertices once it is freed of half metres; and where these are not few, its length in
widths of its box. To and fro over the same ground takes minutes to measure, and no work does it."""
_HALF_METRE = 5e-6
# What only crosses or passes by asks nothing of whoever draws, unless it lies along most of the drawing: names may tell
# the two apart, but then one of them is drawn at the wrong place.
_ASKING = ("same_work", "repair", "upgrade", "joint", "continuation")
_CLASSES = (*_ASKING, "near", "crossing")
_ALONG = 0.5


@dataclass(frozen=True)
class DrawnNeighbour:
    """A work where the drawing is.

    Parameters
    ----------
    verdict
        What it is to the drawing.
    distance_m
        Between the two, metres.
    common
        The part that both have, hexadecimal WKB (EPSG:4326); empty for none.
    answer, answered_by, answered_at
        What was said of the two already.
    pair_id
        Number of the pair where it is stored.
    """

    project_id: int
    project_code: str
    name_th: str
    organisation_code: str
    organisation_name: str
    fiscal_year_be: int | None
    money_baht: Decimal | None
    verdict: Verdict
    distance_m: float
    common: str
    pair_id: int | None = None
    status: str | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


_SAID = """
SELECT CASE WHEN d.project_a = :project THEN d.project_b ELSE d.project_a END AS other, d.id, d.status, d.answer,
       s.created_by_name, s.created_at
FROM duplicate_pair d
LEFT JOIN LATERAL (
    SELECT e.created_by_name, e.created_at FROM duplicate_decision e
    WHERE e.pair_id = d.id AND e.act NOT IN ('appeal', 'return', 'reopen') AND d.answer IS NOT NULL
    ORDER BY e.id DESC LIMIT 1
) s ON true
WHERE (d.project_a = :project AND d.project_b = ANY(:others)) OR (d.project_b = :project AND d.project_a = ANY(:others))
"""


def neighbours_of(
    session: Session, project: HeldProject, segments: Sequence[BaseGeometry], *, limit: int = LIMIT
) -> list[DrawnNeighbour]:
    """Works that the drawing (EPSG:4326) of a project may repeat, go on from or mend: the likeliest first."""
    others = neighbours_of_drawing(session, project.id, project.kind, segments)
    found = [one for one in _against(session, project, segments, others) if _asks(one.verdict)]
    found.sort(key=lambda one: (_CLASSES.index(one.verdict.class_), -one.verdict.score, one.distance_m))
    return _with_answers(session, project.id, found[:limit])


def _asks(verdict: Verdict) -> bool:
    return verdict.class_ in _ASKING or verdict.shared_share >= _ALONG


def answer_drawn(
    session: Session,
    actor: Actor,
    project_code: str,
    other_code: str,
    segments: Sequence[BaseGeometry],
    answer: str,
    *,
    note: str | None = None,
) -> DecisionReceipt:
    """Keep what somebody says of the drawing of a project and a work where it lies.

    The drawing itself is not kept: the answer holds for the shape that is saved next.

    Raises
    ------
    NotFound, Forbidden
        No such project; not allowed.
    InvalidInput
        A drawing that could not be saved; ``duplicate_not_near``; as :func:`app.services.duplicate_decisions.decide`.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.DUPLICATE_ANSWER, project.target)
    other = look_at_project(session, actor, other_code)
    if problems := [problem for problem in check_one(session, project, segments, None) if problem.is_error]:
        raise InvalidInput(problems)
    found = _against(session, project, segments, [other.id])
    near = [one for one in found if one.verdict.shared_share > 0 or one.verdict.class_ in _ASKING]
    if not near or other.id == project.id:
        raise InvalidInput(
            [Problem("duplicate_not_near", where={"field": "project"}, values={"project": other_code[:80]})]
        )
    pair_id = _kept(session, project.id, near[0])
    said = Said("answer", answer, note, organisation_code=project.organisation_code)
    return decide(session, actor, pair_id, said, drawn=project.id)


def _against(
    session: Session, project: HeldProject, segments: Sequence[BaseGeometry], others: Sequence[int]
) -> list[DrawnNeighbour]:
    if not segments or not others:
        return []
    known = works(session, [project.id, *others])
    drawn = shapely.union_all(np.array(segments, dtype=object)) if len(segments) > 1 else segments[0]
    if _is_scribble(drawn):
        return []
    mine = replace(known[project.id], geometry=drawn, accuracy_m=None)
    right = [known[one] for one in others if one in known]
    ids = [one for one in others if one in known]
    left: list[Work] = [mine] * len(right)
    if not right:
        return []
    metrics = measured(left, right)
    verdicts = classify(left, right, metrics)
    return [
        DrawnNeighbour(
            project_id=number,
            project_code=work.id,
            name_th=work.name,
            organisation_code=work.organisation,
            organisation_name=work.organisation_name,
            fiscal_year_be=work.fiscal_year_be,
            money_baht=work.budget_baht,
            verdict=verdict,
            distance_m=float(metrics.distance_m[at]),
            common=common_hex(mine, work, verdict.within_m) if verdict.shared_share > 0 else "",
        )
        for at, (number, work, verdict) in enumerate(zip(ids, right, verdicts, strict=True))
    ]


def _is_scribble(drawn: BaseGeometry) -> bool:
    plain = shapely.simplify(drawn, _HALF_METRE)
    west, south, east, north = shapely.bounds(plain)
    wide = max(float(np.hypot(east - west, north - south)), _HALF_METRE)
    vertices = int(shapely.get_num_coordinates(plain))
    return vertices > MOST_VERTICES or (vertices > FEW_VERTICES and float(shapely.length(plain)) > MOST_WINDING * wide)


def _with_answers(session: Session, project_id: int, found: Sequence[DrawnNeighbour]) -> list[DrawnNeighbour]:
    if not found:
        return []
    rows = session.execute(sa.text(_SAID), {"project": project_id, "others": [one.project_id for one in found]})
    said = {row.other: row for row in rows}
    told = []
    for one in found:
        row: Any = said.get(one.project_id)
        if row is not None:
            one = replace(
                one,
                pair_id=row.id,
                status=row.status,
                answer=row.answer,
                answered_by=row.created_by_name,
                answered_at=row.created_at,
            )
        told.append(one)
    return told


# A pair that is stored already keeps what was computed of it: the drawing may never be saved.
_KEEP = """
WITH made AS (
    INSERT INTO duplicate_pair (project_a, project_b, class, score, shared_m, shared_share, distance_m, reasons, common,
                                geometry_version_a, geometry_version_b, shape_a, shape_b, computed_at)
    SELECT v.a, v.b, :class, :score, :shared_m, :shared_share, :distance_m, CAST(:reasons AS jsonb),
           CASE WHEN :common <> '' THEN ST_GeomFromWKB(decode(:common, 'hex'), 4326) END,
           coalesce(fa.geometry_version, 0), coalesce(fb.geometry_version, 0),
           CASE WHEN v.a <> :drawn THEN CAST(md5(ST_AsBinary(fa.geom)) AS uuid) END,
           CASE WHEN v.b <> :drawn THEN CAST(md5(ST_AsBinary(fb.geom)) AS uuid) END, clock_timestamp()
    FROM (SELECT least(:drawn, :other) AS a, greatest(:drawn, :other) AS b) v
    LEFT JOIN read_project_feature fa ON fa.project_id = v.a
    LEFT JOIN read_project_feature fb ON fb.project_id = v.b
    ON CONFLICT (project_a, project_b) DO UPDATE SET ended_at = NULL
    RETURNING id
)
SELECT id FROM made
"""


def _kept(session: Session, drawn: int, one: DrawnNeighbour) -> int:
    verdict = one.verdict
    return int(
        session.execute(
            sa.text(_KEEP),
            {
                "drawn": drawn,
                "other": one.project_id,
                "class": verdict.class_,
                "score": verdict.score,
                "shared_m": verdict.shared_m,
                "shared_share": verdict.shared_share,
                "distance_m": one.distance_m,
                "reasons": orjson.dumps([reason.as_dict() for reason in verdict.reasons], default=str).decode(),
                "common": one.common,
            },
        ).scalar_one()
    )

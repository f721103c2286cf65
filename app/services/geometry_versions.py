"""Writing geometry versions: one statement for one version or for thousands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import orjson
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.models.base import STORAGE_SRID
from app.queries.areas import tambon_codes_at
from app.services.duplicate_renewal import renew_soon
from app.services.geometry_rules import array_of
from app.services.project_locks import HeldProject
from gis.problems import Problem
from gis.segments import LINE, join

TAMBON_DIGITS = 6


@dataclass(frozen=True)
class NewVersion:
    """A checked and measured version that is about to be written."""

    project: HeldProject
    segments: tuple[BaseGeometry, ...]
    segment_lengths_m: tuple[float, ...]
    segment_areas_m2: tuple[float, ...]
    status: str
    source: str
    original: Mapping[str, Any] | None
    original_epsg: int | None
    operation: str | None
    note: str | None
    warnings: tuple[Problem, ...]
    import_batch_id: int | None
    on_behalf_of: str | None


@dataclass(frozen=True)
class WrittenVersion:
    """What the database made of it."""

    project_id: int
    version: int
    area_code: str | None
    created_at: datetime
    receipt: str | None


# A version as it travels: as JSON, so that one and ten thousand are the same statement. Segments stand inside their
# version, so that nothing has to be joined: the planner takes such rows for a hundred and would join thousands of
# them by nested loops. A version of one segment has its shape only once.
VERSION_RECORD = """
    version integer, status text, geom geometry, length_m numeric, area_m2 numeric, source text, original jsonb,
    original_epsg integer, operation text, note text, warnings jsonb, import_batch_id bigint, on_behalf_of text,
    version_area_code text, version_segments json
"""
NEXT_VERSION_ID = "nextval(pg_get_serial_sequence('project_geometry', 'id'))"

# What every write of versions ends in: ``versions`` are records with their ``id`` and ``project_id``.
INSERT_VERSIONS = """
version_rows AS (
    INSERT INTO project_geometry (id, project_id, version, status, geom, length_m, area_m2, source, original,
                                  original_epsg, operation, note, warnings, import_batch_id, created_by,
                                  created_by_name, on_behalf_of)
    SELECT id, project_id, version, status, geom, length_m, area_m2, source, original, original_epsg, operation, note,
           warnings, import_batch_id, :user, :name, on_behalf_of
    FROM versions
),
version_segment_rows AS (
    INSERT INTO project_geometry_segment (project_geometry_id, seq, geom, length_m, area_m2)
    SELECT v.id, s.seq, coalesce(s.geom, v.geom), s.length_m, s.area_m2
    FROM versions v CROSS JOIN LATERAL json_to_recordset(v.version_segments) AS s(
        seq integer, geom geometry, length_m numeric, area_m2 numeric)
)
"""

# Numbers are drawn first. A draft that the person kept on the server has become this version and goes.
_WRITE = f"""
WITH versions AS MATERIALIZED (
    SELECT {NEXT_VERSION_ID} AS id, v.*
    FROM json_to_recordset(CAST(:versions AS json)) AS v(project_id bigint, {VERSION_RECORD})
),
{INSERT_VERSIONS},
drafts AS (
    DELETE FROM geometry_draft d USING versions v WHERE d.user_id = :user AND d.project_id = v.project_id
)
UPDATE project p
SET geometry_version = v.version, geometry_status = v.status, area_code = v.version_area_code
FROM versions v WHERE p.id = v.project_id
RETURNING p.id AS project_id, v.version, p.area_code, now() AS created_at,
          nullif(current_setting('eplan.request_id', true), '') AS receipt
"""


def write_versions(session: Session, actor: Actor, versions: Sequence[NewVersion]) -> list[WrittenVersion]:
    """Add one version to each of several held projects, in two statements whatever their number.

    A project whose area is unknown, or known only as a province or amphoe, gets the tambon in which the middle of its
    first segment lies, unless that is somewhere else.

    Returns
    -------
    list of WrittenVersion
        In the order given.
    """
    records = [
        {"project_id": version.project.id, **record}
        for version, record in zip(versions, version_records(session, versions), strict=True)
    ]
    rows = session.execute(
        sa.text(_WRITE),
        {
            "versions": orjson.dumps(records).decode(),
            "user": actor.user_id,
            "name": actor.display_name,
        },
    )
    written = {row.project_id: WrittenVersion(**row._mapping) for row in rows}
    renew_soon(session, list(written))
    return [written[version.project.id] for version in versions]


def _areas(session: Session, versions: Sequence[NewVersion]) -> list[str | None]:
    """Area code of each project after the write."""
    areas = [version.project.area_code for version in versions]
    open_ended = [i for i, code in enumerate(areas) if code is None or len(code) < TAMBON_DIGITS]
    if open_ended:
        points = _middles([versions[i].segments[0] for i in open_ended])
        for i, found in zip(open_ended, tambon_codes_at(session, points), strict=True):
            if found is not None and found.startswith(areas[i] or ""):
                areas[i] = found
    return areas


def _middles(segments: Sequence[BaseGeometry]) -> list[tuple[float, float]]:
    shapes = array_of(segments)
    lines = shapely.get_type_id(shapes) == LINE
    middles = np.empty(len(shapes), dtype=object)
    middles[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    middles[~lines] = shapely.point_on_surface(shapes[~lines])
    return list(zip(shapely.get_x(middles).tolist(), shapely.get_y(middles).tolist(), strict=True))


def _ewkb(geometries: Sequence[BaseGeometry]) -> list[str]:
    shapes = shapely.set_srid(array_of(geometries), STORAGE_SRID)
    return list(shapely.to_wkb(shapes, hex=True, include_srid=True))


def version_records(session: Session, versions: Sequence[NewVersion]) -> Iterator[dict[str, Any]]:
    """The versions as :data:`VERSION_RECORD`, in the order given."""
    shapes = _ewkb([join(version.segments) for version in versions])
    apart = (segment for version in versions if len(version.segments) > 1 for segment in version.segments)
    segments = iter(_ewkb(list(apart)))
    for version, shape, area_code in zip(versions, shapes, _areas(session, versions), strict=True):
        yield {
            "version": version.project.geometry_version + 1,
            "status": version.status,
            "geom": shape,
            "length_m": round(sum(version.segment_lengths_m), 3),
            "area_m2": round(sum(version.segment_areas_m2), 3),
            "source": version.source,
            "original": version.original,
            "original_epsg": version.original_epsg,
            "operation": version.operation,
            "note": version.note or None,
            "warnings": [problem.as_dict() for problem in version.warnings],
            "import_batch_id": version.import_batch_id,
            "on_behalf_of": version.on_behalf_of,
            "version_area_code": area_code,
            "version_segments": _segment_records(version, segments),
        }


def _segment_records(version: NewVersion, shapes: Iterator[str]) -> list[dict[str, Any]]:
    measures = zip(version.segment_lengths_m, version.segment_areas_m2, strict=True)
    alone = len(version.segments) == 1
    return [
        {
            "seq": seq,
            "geom": None if alone else next(shapes),
            "length_m": round(length, 3),
            "area_m2": round(area, 3),
        }
        for seq, (length, area) in enumerate(measures, start=1)
    ]

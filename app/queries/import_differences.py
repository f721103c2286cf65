"""What rows of an import say otherwise than the stored projects that they land on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

# What the file says of a stored project and the store does not: (field, given, stored). Of all of them only the
# coordinates are taken by accepting the file.
_FIELDS_THAT_DIFFER = """
    SELECT f.field, f.given, f.stored FROM (VALUES
        ('name', r."values"->>'name', p.name_th,
         thai_search(r."values"->>'name') <> thai_search(p.name_th)),
        ('surface', r."values"->>'surface', p.surface_type_code, NULL),
        ('water_source', r."values"->>'water_source', p.water_source_type_code, NULL),
        ('work_nature', r."values"->>'work_nature', p.work_nature_code, NULL),
        ('length_m', r."values"->>'length_m', p.length_m ::text, (r."values"->>'length_m') ::numeric <> p.length_m),
        ('width_m', r."values"->>'width_m', p.width_m ::text, (r."values"->>'width_m') ::numeric <> p.width_m),
        ('budget_baht', r."values"->>'budget_baht', p.budget_baht ::text,
         (r."values"->>'budget_baht') ::numeric <> p.budget_baht),
        ('fiscal_year', r."values"->>'fiscal_year', p.fiscal_year_be ::text, NULL),
        ('tambon', r."values"->>'tambon', p.area_code, NULL),
        ('route_code', r."values"->>'route_code', p.route_code, NULL),
        ('location_text', r."values"->>'location_text', p.location_text, NULL)
    ) AS f(field, given, stored, differs)
    WHERE f.given IS NOT NULL AND coalesce(f.differs, f.given IS DISTINCT FROM f.stored)"""
# A tenth of a metre is how far a place may wander on its way through a file.
_SHAPE_DIFFERS = """r.geom IS NOT NULL AND NOT r."values" ? 'attach_only' AND NOT EXISTS (
        SELECT FROM project_geometry g JOIN project_geometry_segment s ON s.project_geometry_id = g.id
        WHERE g.project_id = p.id AND g.version = p.geometry_version
          AND ST_OrderingEquals(ST_SnapToGrid(s.geom, 0.000001), ST_SnapToGrid(r.geom, 0.000001)))"""
DIFFERENT = f"""
    import_row.row_number IN (
        SELECT r.row_number FROM import_row r JOIN project p ON p.id = r.project_id
        WHERE r.batch_id = :batch AND ({_SHAPE_DIFFERS} OR EXISTS ({_FIELDS_THAT_DIFFER})))"""
_DIFFERENCES = f"""
SELECT r.row_number, p.geometry_version AS version, p.geometry_status AS status, {_SHAPE_DIFFERS} AS moved,
       (SELECT jsonb_agg(jsonb_build_object('field', d.field, 'given', d.given, 'stored', d.stored))
        FROM ({_FIELDS_THAT_DIFFER}) d) AS fields,
       ST_AsGeoJSON(g.geom, 7) AS stored, ST_Length(r.geom ::geography) AS given_length_m, g.length_m,
       ST_Distance(ST_Centroid(g.geom) ::geography, ST_Centroid(r.geom) ::geography) AS moved_m
FROM import_row r JOIN project p ON p.id = r.project_id
LEFT JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
WHERE r.batch_id = :batch AND r.row_number = ANY(:rows)"""


@dataclass(frozen=True)
class FieldDifference:
    """A field of which the file says one thing and the store another."""

    field: str
    given: str
    stored: str | None


@dataclass(frozen=True)
class ShapeDifference:
    """Coordinates that accepting the file replaces, or gives to a project that has none (``version`` 0).

    Parameters
    ----------
    moved_m
        Between the middles of both.
    stored
        GeoJSON text.
    """

    version: int
    status: str
    moved_m: float | None
    given_length_m: float
    stored_length_m: float | None
    stored: str | None


@dataclass(frozen=True)
class Differences:
    """What a row says otherwise than its stored project: its shape is taken, its fields are not."""

    shape: ShapeDifference | None
    fields: Sequence[FieldDifference]


def differences_of(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, Differences]:
    """Differences of some rows from the projects that they land on; rows of new projects are absent."""
    rows = session.execute(sa.text(_DIFFERENCES), {"batch": batch_id, "rows": list(row_numbers)})
    return {
        row.row_number: Differences(
            ShapeDifference(
                row.version,
                row.status,
                row.moved_m,
                row.given_length_m,
                None if row.length_m is None else float(row.length_m),
                row.stored,
            )
            if row.moved
            else None,
            [FieldDifference(**one) for one in row.fields or ()],
        )
        for row in rows
    }

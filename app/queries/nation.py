"""Works of the whole country in the order in which they lie, for pieces that are worked on apart."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from app.queries.duplicates import ACCURACY_M, BESIDE_DEGREES, WORKS
from gis.overlap_works import SOMEBODY

# Neighbours share the beginning of their geohash, so rows in its order make compact pieces.
_SHAPED = "g.geom IS NOT NULL AND NOT ST_IsEmpty(g.geom) AND p.status NOT IN ('CANCELLED', 'DEFERRED')"
WORKS_IN_ORDER = f"""
SELECT w.id AS number, w.code, w.organisation_code, w.full_name_th, w.fiscal_year_be, w.kind, w.name_th,
       w.budget_baht::text, coalesce(w.surface_type_code, ''), coalesce(w.water_source_type_code, ''),
       coalesce(w.work_nature_code, ''), w.starts_on, w.ends_on, coalesce(w.route_code, ''), w.start_m, w.end_m,
       coalesce(w.gives_to, ''), CASE WHEN w.supported THEN '?' ELSE '' END, '', coalesce(w.plan_project_id::text, ''),
       coalesce(w.source, ''), encode(w.wkb, 'hex')
FROM ({WORKS.format(where=_SHAPED)}) w
ORDER BY ST_GeoHash(ST_Centroid(ST_Envelope(ST_GeomFromWKB(w.wkb))), 9), w.id
"""
WORKS_PARAMETERS = {"somebody": SOMEBODY, "beside": BESIDE_DEGREES}
WORKS_SCHEMA = pa.schema(
    [
        ("number", pa.int64()), ("id", pa.string()), ("organisation", pa.string()), ("organisation_name", pa.string()),
        ("fiscal_year_be", pa.int32()), ("kind", pa.string()), ("name", pa.string()), ("budget_baht", pa.string()),
        ("surface", pa.string()), ("water_source", pa.string()), ("nature", pa.string()), ("starts_on", pa.date32()),
        ("ends_on", pa.date32()), ("route_code", pa.string()), ("start_m", pa.float64()), ("end_m", pa.float64()),
        ("gives_to", pa.string()), ("gets_from", pa.string()), ("joint", pa.string()), ("plan_line", pa.string()),
        ("source", pa.string()), ("geometry", pa.binary()),
    ]
)  # fmt: skip


def accuracy_of(source: pd.Series[str]) -> pd.Series[float]:
    """How far coordinates of a source may be off, metres; NaN where nobody knows."""
    return source.map(ACCURACY_M).astype(float)

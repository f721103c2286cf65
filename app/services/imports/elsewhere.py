"""Whether a file is another organisation's: most of its places lie in one that is not the one it was sent for."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ImportBatch, Organisation
from gis.problems import Problem

SAMPLE_ROWS = 1_000
LEAST_ROWS = 3
_MOST = 0.5

# A point of each of the first rows; what is not on the ground of any organisation (Bangkok, the sea, a foreign country)
# counts as outside and is nobody's.
_OUTSIDE = """
WITH placed AS MATERIALIZED (
    SELECT ST_GeometryN(ST_Points(geom), 1) AS place FROM import_row
    WHERE batch_id = :batch AND geom IS NOT NULL ORDER BY row_number LIMIT :sample
), outside AS MATERIALIZED (
    SELECT place FROM placed, organisation own WHERE own.code = :own AND NOT ST_Covers(own.territory, place)
), held AS (
    SELECT o.full_name_th AS name, 1 AS fineness, count(*) AS rows
    FROM outside JOIN organisation o ON ST_Covers(o.territory, place)
    WHERE o.valid_to IS NULL AND o.type_code <> 'PAO' GROUP BY o.code
    UNION ALL
    SELECT a.name_th, 2, count(*) FROM outside JOIN area a ON ST_Covers(a.geom, place)
    WHERE a.level = 'province' GROUP BY a.code
)
SELECT (SELECT count(*) FROM placed) AS placed, (SELECT count(*) FROM outside) AS outside, held.name, held.rows
FROM (SELECT 1) one LEFT JOIN held ON held.rows > :most * (SELECT count(*) FROM placed)
ORDER BY held.fineness, held.rows DESC LIMIT 1
"""


def sent_for_another(session: Session, batch: ImportBatch, organisation: Organisation) -> list[Problem]:
    """``import_elsewhere`` when more than half of the first rows' places lie in one other organisation or province.

    The organisation is named where one holds most of them, else the province; nothing is said of a file that is
    spread over several.
    """
    found = session.execute(
        sa.text(_OUTSIDE), {"batch": batch.id, "own": organisation.code, "sample": SAMPLE_ROWS, "most": _MOST}
    ).one()
    if found.name is None or found.outside < LEAST_ROWS:
        return []
    values = {
        "count": found.outside,
        "total": found.placed,
        "organisation": organisation.full_name_th,
        "name": found.name,
        "rows": found.rows,
    }
    return [Problem("import_elsewhere", "warning", values=values)]

"""Shapes that the coordinate doctor offers for rows of an import, by row and by the problem that they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class OfferGroup:
    """Rows for which the doctor offers another shape against one problem, and how many have taken it."""

    code: str
    rows: int
    mended: int
    first_rows: Sequence[int]
    example: Mapping[str, Any]


def offer_groups(session: Session, batch_id: int) -> list[OfferGroup]:
    """Offers by the problem that they answer, the most frequent first."""
    rows = session.execute(
        sa.text(
            "SELECT o.code, count(*) AS rows, count(*) FILTER (WHERE o.mended) AS mended,"
            " (array_agg(o.row_number ORDER BY o.row_number))[1:5] AS first_rows,"
            " (array_agg(p.value ORDER BY o.row_number))[1] AS example"
            " FROM import_offer o CROSS JOIN LATERAL ("
            "  SELECT value FROM jsonb_array_elements(o.problems) WHERE value->>'code' = o.code LIMIT 1) p"
            " WHERE o.batch_id = :batch GROUP BY o.code ORDER BY count(*) DESC, o.code"
        ),
        {"batch": batch_id},
    )
    return [OfferGroup(row.code, row.rows, row.mended, row.first_rows, row.example) for row in rows]


@dataclass(frozen=True)
class OfferView:
    """What the doctor offers for a row: GeoJSON texts of the shape as given and of the one meant."""

    code: str
    mended: bool
    given: str | None
    offered: str | None


def offers_of(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, OfferView]:
    """Offers of some rows; rows without one are absent."""
    rows = session.execute(
        sa.text(
            "SELECT row_number, code, mended, ST_AsGeoJSON(given_geom, 7) AS given,"
            " ST_AsGeoJSON(offered_geom, 7) AS offered"
            " FROM import_offer WHERE batch_id = :batch AND row_number = ANY(:rows)"
        ),
        {"batch": batch_id, "rows": list(row_numbers)},
    )
    return {row.row_number: OfferView(row.code, row.mended, row.given, row.offered) for row in rows}

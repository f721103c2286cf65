"""Stored projects as the other side of a match with an outside file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

_PROJECTS = """
SELECT p.id, p.code, p.name_th, o.full_name_th, p.organisation_code, a.name_th AS province, p.fiscal_year_be,
       nullif(p.budget_baht, 0) AS budget_baht, nullif(p.contracted_baht, 0) AS contracted_baht, p.route_code,
       p.length_m::float8 AS length_m, p.width_m::float8 AS width_m, c.numbers
FROM project p
JOIN organisation o ON o.code = p.organisation_code
LEFT JOIN area a ON a.code = o.province_code
LEFT JOIN (SELECT project_id, array_agg(number) || array_remove(array_agg(egp_number), NULL) AS numbers
           FROM contract GROUP BY project_id) c ON c.project_id = p.id
WHERE p.status <> 'CANCELLED' AND NOT p.attributes ? 'withdrawn_import'
  AND (CAST(:organisations AS text[]) IS NULL OR p.organisation_code = ANY(:organisations)
       OR o.province_code = ANY(:provinces) OR o.amphoe_code = ANY(:amphoes))
ORDER BY p.id"""


@dataclass(frozen=True)
class StoredProject:
    """A project with what rows of outside files can be compared with."""

    id: int
    code: str
    name_th: str
    organisation: str
    organisation_code: str
    province: str | None
    fiscal_year_be: int
    budget_baht: Decimal | None
    contracted_baht: Decimal | None
    route_code: str | None
    length_m: float | None
    width_m: float | None
    numbers: Sequence[str] | None


def known_projects(
    session: Session,
    *,
    organisations: Sequence[str] | None,
    provinces: Sequence[str] = (),
    amphoes: Sequence[str] = (),
) -> list[StoredProject]:
    """Projects of some organisations, provinces and amphoes; ``organisations=None`` means all."""
    rows = session.execute(
        sa.text(_PROJECTS),
        {
            "organisations": None if organisations is None else list(organisations),
            "provinces": list(provinces),
            "amphoes": list(amphoes),
        },
    )
    return [StoredProject(*row) for row in rows]

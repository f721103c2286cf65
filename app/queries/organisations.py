"""Local administrative organisations: names, search, territory, who covers a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

_COLUMNS = (
    "o.code, o.type_code, o.name_th, o.full_name_th, o.name_en, o.province_code, o.amphoe_code, "
    "o.valid_from, o.valid_to, o.fictional"
)


@dataclass(frozen=True)
class OrganisationName:
    """An organisation without its shapes."""

    code: str
    type_code: str
    name_th: str
    full_name_th: str
    name_en: str | None
    province_code: str
    amphoe_code: str | None
    valid_from: date | None = None
    valid_to: date | None = None
    fictional: bool = False

    def name(self, language: str = "th") -> str:
        """Full name in ``language``; Thai where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.full_name_th


def organisation(session: Session, code: str) -> OrganisationName | None:
    """One organisation, or ``None``."""
    return organisation_names(session, [code]).get(code)


def organisation_names(session: Session, codes: Iterable[str]) -> dict[str, OrganisationName]:
    """Organisations by code in one statement; unknown codes are absent."""
    wanted = list({code for code in codes if code})
    if not wanted:
        return {}
    rows = session.execute(
        sa.text(f"SELECT {_COLUMNS} FROM organisation o WHERE o.code = ANY(:codes)"), {"codes": wanted}
    )
    return {row.code: OrganisationName(*row) for row in rows}


def search_organisations(
    session: Session,
    text: str = "",
    *,
    area_code: str | None = None,
    types: Sequence[str] = (),
    limit: int = 20,
) -> list[OrganisationName]:
    """Organisations in force whose name has every word of ``text``, shorter names first.

    Parameters
    ----------
    session
        Open session.
    text
        What the person typed; spelling variants of Thai are equal. A code finds its organisation too.
    area_code
        Province or amphoe to stay inside.
    types
        Keys of ``lao_type``; empty means all.
    limit
        Most rows to give.
    """
    parameters: dict[str, Any] = {"limit": limit, "types": list(types), "area": area_code, "code": text.strip()}
    conditions = []
    for number, word in enumerate(text.split()):
        conditions.append(f"o.name_search LIKE '%' || thai_search(:w{number}) || '%'")
        parameters[f"w{number}"] = word
    named = f"(o.code = :code OR ({' AND '.join(conditions)}))" if conditions else "true"
    rows = session.execute(
        sa.text(
            f"SELECT {_COLUMNS} FROM organisation o WHERE {named} AND o.valid_to IS NULL "
            "AND (cardinality(:types ::text[]) = 0 OR o.type_code = ANY(:types ::text[])) "
            "AND (:area ::text IS NULL OR o.province_code = :area OR o.amphoe_code = :area) "
            'ORDER BY length(o.full_name_th), o.full_name_th COLLATE "th-x-icu", o.code LIMIT :limit'
        ),
        parameters,
    )
    return [OrganisationName(*row) for row in rows]


def organisations_in_area(session: Session, area_code: str) -> list[OrganisationName]:
    """Organisations in force that work in an area, the wider ones first.

    A province or an amphoe gives those seated in it; a tambon those that cover it, wholly or in part, and the PAO.
    """
    if len(area_code) <= 4:
        condition = "o.province_code = :area" if len(area_code) == 2 else "o.amphoe_code = :area"
    else:
        condition = (
            "(EXISTS (SELECT FROM organisation_coverage c WHERE c.organisation_code = o.code "
            "AND c.tambon_code = :area) OR (o.type_code = 'PAO' AND o.province_code = left(:area, 2)))"
        )
    rows = session.execute(
        sa.text(
            f"SELECT {_COLUMNS} FROM organisation o JOIN lao_type t ON t.code = o.type_code "
            f'WHERE {condition} AND o.valid_to IS NULL ORDER BY t.seq, o.full_name_th COLLATE "th-x-icu", o.code'
        ),
        {"area": area_code},
    )
    return [OrganisationName(*row) for row in rows]


def organisations_at(session: Session, lon: float, lat: float) -> list[OrganisationName]:
    """Organisations in force whose territory covers a point (EPSG:4326), the smallest territory first."""
    rows = session.execute(
        sa.text(
            f"SELECT {_COLUMNS} FROM organisation o WHERE o.valid_to IS NULL "
            "AND ST_Covers(o.territory, ST_SetSRID(ST_Point(:lon, :lat), 4326)) "
            "ORDER BY ST_Area(o.territory), o.code"
        ),
        {"lon": lon, "lat": lat},
    )
    return [OrganisationName(*row) for row in rows]


def territory_wkb(session: Session, code: str) -> bytes | None:
    """Territory of an organisation as WKB (EPSG:4326); ``None`` when unknown."""
    value = session.scalar(
        sa.text("SELECT ST_AsBinary(territory) FROM organisation WHERE code = :code"), {"code": code}
    )
    return None if value is None else bytes(value)


def offices(session: Session, codes: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the offices that are known, by organisation."""
    rows = session.execute(
        sa.text(
            "SELECT code, ST_X(office), ST_Y(office) FROM organisation WHERE code = ANY(:codes) AND office IS NOT NULL"
        ),
        {"codes": list(codes)},
    )
    return {code: (lon, lat) for code, lon, lat in rows}


def territories_wkb(session: Session, codes: Iterable[str]) -> dict[str, bytes]:
    """Territories of several organisations as WKB (EPSG:4326); absent where unknown."""
    rows = session.execute(
        sa.text(
            "SELECT code, ST_AsBinary(territory) AS shape FROM organisation "
            "WHERE code = ANY(:codes) AND territory IS NOT NULL"
        ),
        {"codes": list(set(codes))},
    )
    return {row.code: bytes(row.shape) for row in rows}


def bounds(session: Session, code: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the territory in degrees, else of a kilometre around the office; else ``None``."""
    row = session.execute(
        sa.text(
            "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM ("
            "  SELECT coalesce(territory, ST_Expand(office, 0.01))::box2d AS b FROM organisation WHERE code = :code"
            ") x WHERE b IS NOT NULL"
        ),
        {"code": code},
    ).one_or_none()
    return None if row is None else (float(row[0]), float(row[1]), float(row[2]), float(row[3]))

"""Places as everybody may see them: organisations and areas with their sums, read from the public views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

_SUMS = (
    "count(p.id)::integer AS works, coalesce(sum(p.planned_baht), 0) AS planned_baht,"
    " coalesce(sum(p.budget_baht), 0) AS budget_baht,"
    " coalesce(sum(greatest(p.contracted_baht, p.disbursed_baht)), 0) AS contracted_baht,"
    " coalesce(sum(p.disbursed_baht), 0) AS disbursed_baht,"
    " (count(p.id) FILTER (WHERE p.geometry_status = 'VERIFIED'))::integer AS placed"
)


AREA_PREFIX = "(CASE length({0}.code) WHEN 2 THEN 'จ.' WHEN 4 THEN 'อ.' WHEN 6 THEN 'ต.' ELSE '' END)"


@dataclass(frozen=True)
class PublicSums:
    """Published works of a place and their money; contracted counts what was paid without a contract, as the funnel."""

    works: int
    planned_baht: Decimal
    budget_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    placed: int


@dataclass(frozen=True)
class PublicPlace:
    """An organisation or an area in a list."""

    code: str
    name_th: str
    within: str
    works: int


@dataclass(frozen=True)
class PublicOrganisation:
    """An organisation: where it lies and what it is called."""

    code: str
    full_name_th: str
    name_th: str
    type_code: str
    type_th: str
    province_code: str
    province_th: str
    amphoe_code: str | None
    amphoe_th: str | None
    fictional: bool


def public_organisation(session: Session, code: str) -> PublicOrganisation | None:
    """One organisation, ``None`` when there is none."""
    row = session.execute(
        sa.text(
            "SELECT o.code, o.full_name_th, o.name_th, o.type_code, t.name_th AS type_th, o.province_code,"
            " v.name_th AS province_th, o.amphoe_code, a.name_th AS amphoe_th, o.fictional"
            " FROM public_organisation o JOIN lao_type t ON t.code = o.type_code"
            " JOIN area v ON v.code = o.province_code LEFT JOIN area a ON a.code = o.amphoe_code WHERE o.code = :code"
        ),
        {"code": code},
    ).one_or_none()
    return None if row is None else PublicOrganisation(**row._mapping)


def sums_of(
    session: Session, *, organisation: str | None = None, area: str | None = None, year: int | None = None
) -> PublicSums:
    """Sums of an organisation or an area, of a fiscal year or of all."""
    row = session.execute(
        sa.text(
            f"SELECT {_SUMS} FROM public_project p WHERE (:organisation IS NULL OR p.organisation_code = :organisation)"
            " AND (:area IS NULL OR p.area_code LIKE :area || '%') AND (:year IS NULL OR p.fiscal_year_be = :year)"
        ).bindparams(
            sa.bindparam("organisation", type_=sa.Text),
            sa.bindparam("area", type_=sa.Text),
            sa.bindparam("year", type_=sa.Integer),
        ),
        {"organisation": organisation, "area": area, "year": year},
    ).one()
    return PublicSums(**row._mapping)


def years_of(session: Session, organisation: str) -> list[int]:
    """Fiscal years in which an organisation has published works, the newest first."""
    return list(
        session.scalars(
            sa.text(
                "SELECT DISTINCT fiscal_year_be FROM public_project WHERE organisation_code = :code ORDER BY 1 DESC"
            ),
            {"code": organisation},
        )
    )


def parts_of_area(session: Session, code: str | None) -> list[PublicPlace]:
    """Areas directly below one (``None``: provinces), down to tambons, with how many works are published in each."""
    digits = 2 if code is None else len(code) + 2
    counts = (
        "SELECT c.amphoe_code AS code, c.published AS works FROM public_area_count c"
        if digits <= 4
        else "SELECT p.area_code AS code, count(*) AS works FROM public_project p"
        " WHERE p.area_code LIKE :code || '%' GROUP BY 1"
    )
    rows = session.execute(
        sa.text(
            f"SELECT a.code, a.name_th, '' AS within, coalesce(sum(n.works), 0)::integer AS works FROM area a"
            f" LEFT JOIN ({counts}) AS n ON left(n.code, :digits) = a.code"
            " WHERE length(a.code) = :digits AND a.code LIKE coalesce(:code, '') || '%'"
            ' GROUP BY a.code, a.name_th ORDER BY a.name_th COLLATE "th-x-icu", a.code'
        ),
        {"code": code, "digits": digits},
    )
    return [PublicPlace(**row._mapping) for row in rows]


def organisations_of_area(session: Session, code: str, limit: int = 200) -> list[PublicPlace]:
    """Organisations that have their seat in a province or amphoe, or cover a tambon of it."""
    rows = session.execute(
        sa.text(
            "SELECT o.code, o.full_name_th AS name_th, coalesce(a.name_th, '') AS within,"
            " (SELECT count(*) FROM public_project p WHERE p.organisation_code = o.code)::integer AS works"
            " FROM public_organisation o LEFT JOIN area a ON a.code = o.amphoe_code"
            " WHERE o.province_code = :code OR o.amphoe_code = :code OR (length(:code) = 6 AND EXISTS"
            " (SELECT 1 FROM organisation_coverage c WHERE c.organisation_code = o.code AND c.tambon_code = :code))"
            ' ORDER BY o.full_name_th COLLATE "th-x-icu", o.code LIMIT :limit'
        ),
        {"code": code, "limit": limit},
    )
    return [PublicPlace(**row._mapping) for row in rows]


def middle_of(session: Session, area_code: str) -> tuple[str, float, float] | None:
    """Name of an area and a point inside it (longitude, latitude); of a village nobody has put on the map, that of its
    tambon."""
    at = "coalesce({0}.point, ST_PointOnSurface({0}.geom))"
    row = session.execute(
        sa.text(
            f"SELECT {AREA_PREFIX.format('a')} || a.name_th AS name, {at.format('a')} IS NULL AS of_tambon,"
            " ST_X(p.at) AS lon, ST_Y(p.at) AS lat FROM area a"
            " LEFT JOIN area t ON t.code = left(a.code, 6) AND length(a.code) = 8"
            f" CROSS JOIN LATERAL (SELECT coalesce({at.format('a')}, {at.format('t')}) AS at) AS p"
            " WHERE a.code = :code AND p.at IS NOT NULL"
        ),
        {"code": area_code},
    ).one_or_none()
    if row is None:
        return None
    return f"{row.name} (กลางตำบล)" if row.of_tambon else str(row.name), float(row.lon), float(row.lat)


def name_of_area(session: Session, code: str) -> str | None:
    """An area with those above it, in words; ``None`` when there is none."""
    rows = session.execute(
        sa.text("SELECT code, name_th FROM area WHERE code = ANY(:codes) ORDER BY length(code) DESC"),
        {"codes": [code[:n] for n in (2, 4, 6) if len(code) >= n]},
    ).all()
    if not rows or rows[0].code != code:
        return None
    return " ".join({2: "จ.", 4: "อ.", 6: "ต."}[len(row.code)] + row.name_th for row in rows)


@dataclass(frozen=True)
class Lacking:
    """A head of reporting: how much of it is there, and since when the rest is late."""

    topic: str
    name_th: str
    name_en: str
    wanted: int
    done: int
    late: bool | None
    late_since: date | None


def completeness_of(session: Session, organisation: str, year: int) -> list[Lacking]:
    """What an organisation has to enter in a fiscal year and how much of it is there, head by head."""
    rows = session.execute(
        sa.text(
            "SELECT topic, name_th, name_en, wanted, done, late, late_since FROM public_completeness"
            " WHERE organisation_code = :code AND fiscal_year_be = :year ORDER BY seq"
        ),
        {"code": organisation, "year": year},
    )
    return [Lacking(**row._mapping) for row in rows]


def announcements_of(session: Session, organisation: str, limit: int = 8) -> list[Any]:
    """What an organisation has announced of its plans, budgets and results, the newest first; of a result ``title``
    and ``number`` are its fiscal year and part."""
    return list(
        session.execute(
            sa.text(
                "SELECT kind, id, title, change_types, number, day FROM public_announcement"
                " WHERE organisation_code = :code ORDER BY day DESC, id DESC LIMIT :limit"
            ),
            {"code": organisation, "limit": limit},
        )
    )

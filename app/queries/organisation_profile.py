"""What an organisation says of itself: its office and size, its people year by year, and what was changed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Target
from app.queries.history import Change, records_history
from app.queries.history_rights import Reader


@dataclass(frozen=True)
class OrganisationProfile:
    """An organisation with what it says of itself.

    Parameters
    ----------
    territory_km2
        Geodesic area of the shape that the platform tests against; ``area_km2`` is what the organisation says.
    tambons
        Names of the tambons that it covers, those in part with a mark.
    row_version
        0 while nothing was said yet.
    """

    code: str
    full_name_th: str
    name_en: str | None
    type_code: str
    type_th: str
    type_en: str
    province_code: str
    province_th: str
    amphoe_code: str | None
    amphoe_th: str | None
    fictional: bool
    territory_km2: Decimal | None
    tambons: tuple[tuple[str, bool], ...]
    address: str | None
    postcode: str | None
    office_phone: str | None
    office_email: str | None
    website: str | None
    founded_on: date | None
    area_km2: Decimal | None
    council_members: int | None
    staff_count: int | None
    general_condition: str | None
    row_version: int
    updated_at: datetime | None

    @property
    def target(self) -> Target:
        """Where it lies."""
        return Target(self.code, self.province_code, self.amphoe_code)


_PROFILE = """
SELECT o.code, o.full_name_th, o.name_en, o.type_code, t.name_th AS type_th, t.name_en AS type_en, o.province_code,
       p.name_th AS province_th, o.amphoe_code, d.name_th AS amphoe_th, o.fictional,
       round(CAST(ST_Area(CAST(o.territory AS geography)) / 1e6 AS numeric), 2) AS territory_km2,
       f.address, f.postcode, f.office_phone, f.office_email, coalesce(f.website, o.url) AS website, f.founded_on,
       coalesce(f.area_km2, o.area_km2) AS area_km2, f.council_members, f.staff_count, f.general_condition,
       coalesce(f.row_version, 0) AS row_version, f.updated_at
FROM organisation o
JOIN lao_type t ON t.code = o.type_code
LEFT JOIN area p ON p.code = o.province_code
LEFT JOIN area d ON d.code = o.amphoe_code
LEFT JOIN organisation_profile f ON f.organisation_code = o.code
WHERE o.code = :code
"""


def organisation_profile(session: Session, code: str) -> OrganisationProfile | None:
    """One organisation, or ``None``."""
    row = session.execute(sa.text(_PROFILE), {"code": code}).one_or_none()
    if row is None:
        return None
    covered = session.execute(
        sa.text(
            "SELECT a.name_th, c.extent <> 'complete' AS partly FROM organisation_coverage c"
            " JOIN area a ON a.code = c.tambon_code WHERE c.organisation_code = :code"
            ' ORDER BY a.name_th COLLATE "th-x-icu"'
        ),
        {"code": code},
    )
    return OrganisationProfile(**row._mapping, tambons=tuple((r.name_th, r.partly) for r in covered))


@dataclass(frozen=True)
class PopulationYear:
    """People and households of one year (B.E.)."""

    year_be: int
    male: int | None
    female: int | None
    households: int | None
    source: str | None
    row_version: int

    @property
    def people(self) -> int | None:
        """Men and women together, where both are told."""
        return None if self.male is None or self.female is None else self.male + self.female


def population_years(session: Session, code: str) -> list[PopulationYear]:
    """Years for which something is told, newest first."""
    rows = session.execute(
        sa.text(
            "SELECT year_be, male, female, households, source, row_version FROM organisation_population"
            " WHERE organisation_code = :code AND num_nonnulls(male, female, households) > 0 ORDER BY year_be DESC"
        ),
        {"code": code},
    )
    return [PopulationYear(*row) for row in rows]


@dataclass(frozen=True)
class CommunitySums:
    """Villages and communities of the newest year that has any."""

    year_be: int
    communities: int
    people: int | None
    households: int | None


def communities_of(session: Session, code: str) -> CommunitySums | None:
    """Counted over the newest year; ``None`` where no community is told."""
    row = session.execute(
        sa.text(
            "SELECT year_be, count(*), sum(male) + sum(female), sum(households) FROM community"
            " WHERE organisation_code = :code AND removed_at IS NULL GROUP BY year_be ORDER BY year_be DESC LIMIT 1"
        ),
        {"code": code},
    ).one_or_none()
    return None if row is None else CommunitySums(*row)


def profile_changes(session: Session, code: str, reader: Reader, *, limit: int) -> list[Change]:
    """What was changed of the profile and the numbers of people, newest first."""
    years = session.scalars(
        sa.text("SELECT year_be FROM organisation_population WHERE organisation_code = :code"), {"code": code}
    )
    records = [("organisation_profile", code), *(("organisation_population", f"{code}/{year}") for year in years)]
    return records_history(session, records, reader, limit=limit)

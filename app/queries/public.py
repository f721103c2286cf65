"""A published work as everybody may see it, read from the public views (migration 0038) and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.project_filter import ProjectFilter, conditions

PAGE = 20
"""Works on a page of a list."""
_COLUMNS = (
    "p.id, p.code, p.name_th, p.kind, p.surface_type_code AS surface_type, p.water_source_type_code AS"
    " water_source_type, p.organisation_code, o.full_name_th AS organisation_name, p.fiscal_year_be, p.status,"
    " p.area_code, p.length_m, p.width_m, p.area_m2, p.planned_baht, p.budget_baht, p.contracted_baht,"
    " p.disbursed_baht, p.geometry_status = 'VERIFIED' AS placed, p.updated_at"
)
_FROM = "public_project p JOIN public_organisation o ON o.code = p.organisation_code"


@dataclass(frozen=True)
class PublicRow:
    """A published work in a list; the columns are those of ``public_project``."""

    id: int
    code: str
    name_th: str
    kind: str
    surface_type: str | None
    water_source_type: str | None
    organisation_code: str
    organisation_name: str
    fiscal_year_be: int
    status: str
    area_code: str | None
    length_m: Decimal | None
    width_m: Decimal | None
    area_m2: Decimal | None
    planned_baht: Decimal
    budget_baht: Decimal
    contracted_baht: Decimal
    disbursed_baht: Decimal
    placed: bool
    updated_at: datetime


@dataclass(frozen=True)
class PublicPage:
    """A page of a list; ``next`` is the work to go on after, ``None`` at the end."""

    items: tuple[PublicRow, ...]
    next: int | None


@dataclass(frozen=True)
class PublicProject:
    """One published work with what hangs on it.

    Parameters
    ----------
    row
        As in lists.
    place
        Tambon, amphoe and province in words.
    plan, shape, progress
        Rows of the views of those names; ``None`` where there is none.
    appropriations, contracts, payments, segments, photos
        In order of their days.
    """

    row: PublicRow
    place: str
    plan: Any | None
    shape: Any | None
    progress: Any | None
    appropriations: tuple[Any, ...]
    contracts: tuple[Any, ...]
    payments: tuple[Any, ...]
    segments: tuple[Any, ...]
    photos: tuple[Any, ...]

    @property
    def contract(self) -> Any | None:
        """The newest contract."""
        return self.contracts[-1] if self.contracts else None

    @property
    def ends_on(self) -> date | None:
        """Last day of the newest contract, as extended."""
        return (self.contract.extended_to or self.contract.end_on) if self.contract else None

    @property
    def percent(self) -> Decimal | None:
        """Share of the work that is reported as done."""
        return self.progress.percent if self.progress else None

    @property
    def planned_baht(self) -> Decimal:
        """What the plan says for the year."""
        return self.row.planned_baht


def public_row(session: Session, code: str) -> PublicRow | None:
    """One published work, ``None`` when there is none to be seen."""
    row = session.execute(sa.text(f"SELECT {_COLUMNS} FROM {_FROM} WHERE p.code = :code"), {"code": code}).one_or_none()
    return None if row is None else PublicRow(**row._mapping)


def public_project(session: Session, code: str) -> PublicProject | None:
    """One published work with what hangs on it."""
    row = public_row(session, code)
    if row is None:
        return None

    def rows(sql: str) -> tuple[Any, ...]:
        return tuple(session.execute(sa.text(sql), {"id": row.id}))

    def one(sql: str) -> Any | None:
        return session.execute(sa.text(sql), {"id": row.id}).one_or_none()

    return PublicProject(
        row=row,
        place=_place(session, row.area_code),
        plan=one("SELECT * FROM public_plan_line WHERE project_id = :id"),
        shape=one("SELECT version, length_m, area_m2, verified_at FROM public_shape WHERE project_id = :id"),
        progress=one("SELECT reported_on, percent FROM public_progress WHERE project_id = :id"),
        appropriations=rows(
            "SELECT a.*, f.name_th AS fund_name FROM public_appropriation a JOIN fund_source f"
            " ON f.code = a.fund_source_code WHERE a.project_id = :id ORDER BY a.approved_on, a.id"
        ),
        contracts=rows("SELECT * FROM public_contract WHERE project_id = :id ORDER BY signed_on, id"),
        payments=rows("SELECT * FROM public_payment WHERE project_id = :id ORDER BY paid_on, id"),
        segments=rows("SELECT * FROM public_segment WHERE project_id = :id ORDER BY seq"),
        photos=rows("SELECT * FROM public_photo WHERE project_id = :id ORDER BY taken_on NULLS LAST, id"),
    )


def public_photo(session: Session, code: str, photo_id: int) -> Any | None:
    """A picture that everybody may see: its file and what it is known by."""
    return session.execute(
        sa.text(
            "SELECT f.stored_name, f.sha256, f.stage FROM public_photo f JOIN public_project p ON p.id = f.project_id"
            " WHERE p.code = :code AND f.id = :id"
        ),
        {"code": code, "id": photo_id},
    ).one_or_none()


def public_list(session: Session, narrowed: ProjectFilter, *, after: int = 0, limit: int = PAGE) -> PublicPage:
    """Published works that a filter leaves, the newest years first.

    Parameters
    ----------
    session, narrowed
        Which works.
    after
        Number of the last work of the page before.
    limit
        Works on the page.
    """
    chosen = conditions(narrowed, Visibility.PUBLIC)
    rows = session.execute(
        sa.text(
            f"SELECT {_COLUMNS} FROM {_FROM} WHERE {chosen.where} AND (:after = 0 OR (p.fiscal_year_be, p.id) <"
            " (SELECT l.fiscal_year_be, l.id FROM public_project l WHERE l.id = :after))"
            " ORDER BY p.fiscal_year_be DESC, p.id DESC LIMIT :limit"
        ),
        {**chosen.parameters, "after": after, "limit": limit + 1},
    ).all()
    items = tuple(PublicRow(**row._mapping) for row in rows[:limit])
    return PublicPage(items, items[-1].id if len(rows) > limit else None)


def works_near(session: Session, lon: float, lat: float, km: float, limit: int = 50) -> list[tuple[PublicRow, float]]:
    """Works with verified places around a point (EPSG:4326), nearest first, with metres to the nearest of each."""
    rows = session.execute(
        sa.text(
            f"SELECT {_COLUMNS}, ST_Distance(s.geom::geography, here.at::geography) AS distance_m"
            " FROM (SELECT ST_SetSRID(ST_Point(:lon, :lat), 4326) AS at) AS here, public_shape s"
            " JOIN public_project p ON p.id = s.project_id JOIN public_organisation o ON o.code = p.organisation_code"
            " WHERE s.geom && ST_Expand(here.at, :dx, :dy)"
            " AND ST_DWithin(s.geom::geography, here.at::geography, :m) ORDER BY distance_m, p.id LIMIT :limit"
        ),
        {"lon": lon, "lat": lat, "dx": km / 95, "dy": km / 110, "m": km * 1000, "limit": limit},
    ).all()
    found = []
    for row in rows:
        values = dict(row._mapping)
        distance = float(values.pop("distance_m"))
        found.append((PublicRow(**values), distance))
    return found


def geometries_of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Verified shapes as GeoJSON (EPSG:4326, six decimals) by work."""
    rows = session.execute(
        sa.text("SELECT project_id, ST_AsGeoJSON(geom, 6) AS shape FROM public_shape WHERE project_id = ANY(:ids)"),
        {"ids": list(ids)},
    )
    return {int(row.project_id): str(row.shape) for row in rows}


def _place(session: Session, code: str | None) -> str:
    if code is None:
        return ""
    prefix = {2: "จ.", 4: "อ.", 6: "ต."}
    rows = session.execute(
        sa.text("SELECT code, name_th FROM area WHERE code = ANY(:codes) ORDER BY length(code) DESC"),
        {"codes": [code[:n] for n in (2, 4, 6) if len(code) >= n]},
    )
    return " ".join(f"{prefix[len(row.code)]}{row.name_th}" for row in rows)

"""Rasters of the catalogue as they may be seen, and areas to take statistics of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import OwnScope, Visibility
from app.settings import Settings
from gis.rasters.facts import RasterFacts
from layers.raster import RasterLayer

FOLDER = "rasters"


@dataclass(frozen=True)
class RasterRow:
    """A raster of the catalogue.

    Parameters
    ----------
    status
        ``READY``; ``RECEIVED``: the job ``job_id`` converts it; ``ASKS``: its coordinate system has to be said first,
        ``question`` tells what is known.
    facts
        ``None`` until it is ready.
    organisation_name
        Whose it is; ``None`` = of the whole platform.
    """

    id: int
    name: str
    title_th: str
    kind: str
    status: str
    organisation_code: str | None
    organisation_name: str | None
    open_to_all: bool
    source: str | None
    licence: str | None
    as_of: date | None
    file_name: str
    file_bytes: int
    stored_name: str
    facts: RasterFacts | None
    question: Mapping[str, Any] | None
    job_id: int | None
    created_at: datetime
    created_by_name: str

    def layer(self, folder: Path) -> RasterLayer:
        """What draws it; only of one that is ready."""
        if self.facts is None:
            raise ValueError(f"{self.name} is not ready")
        first = self.facts.bands[0]
        return RasterLayer(
            name=self.name,
            title=self.title_th,
            kind=self.kind,
            path=folder / f"{self.stored_name}.tif",
            bounds=self.facts.bounds,
            pixel_m=self.facts.pixel_m,
            bands=len(self.facts.bands),
            low=0.0 if first.low is None else first.low,
            high=1.0 if first.high is None else first.high,
            classes=self.facts.classes,
            palette=self.facts.palette,
        )


def raster_dir(settings: Settings) -> Path:
    """Where rasters are kept; made on first use, readable by this account only."""
    path = settings.var_dir / FOLDER
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


_COLUMNS = """
    r.id, r.name, r.title_th, r.kind, r.status, r.organisation_code, o.full_name_th AS organisation_name, r.open_to_all,
    r.source, r.licence, r.as_of, r.file_name, r.file_bytes, r.stored_name, r.facts, r.question,
    r.background_job_id AS job_id, r.created_at, r.created_by_name
    FROM raster r LEFT JOIN organisation o ON o.code = r.organisation_code WHERE r.removed_at IS NULL"""


def rasters(session: Session, sight: Visibility, scope: OwnScope) -> list[RasterRow]:
    """Rasters that are listed for a person, the newest first.

    Staff may open every raster by its name; their lists hold those of everybody, those that were opened to all, and
    those of the provinces where they work: 7,849 organisations would bury what is of use.
    """
    sql = f"SELECT {_COLUMNS}{_seen(sight)} AND {near('r', 'o')} ORDER BY r.status, r.id DESC LIMIT 500"
    return [_row(row) for row in session.execute(sa.text(sql), near_parameters(scope))]


def near(of: str, organisation: str) -> str:
    """SQL: what a list shows of a table of rasters or extents and its owners; see :func:`rasters`."""
    return f"""(:nation OR {of}.open_to_all OR {of}.organisation_code IS NULL OR {organisation}.province_code IN (
        SELECT unnest(CAST(:provinces AS text[]))
        UNION SELECT w.province_code FROM organisation w WHERE w.code = ANY(:organisations)))"""


def near_parameters(scope: OwnScope) -> dict[str, Any]:
    """Parameters of :func:`near`; a district's officer works in its province."""
    provinces = sorted(scope.provinces | {code[:2] for code in scope.amphoes})
    return {"nation": scope.nation, "provinces": provinces, "organisations": sorted(scope.organisations)}


def raster(session: Session | sa.Connection, name: str, sight: Visibility) -> RasterRow | None:
    """One of them by its name."""
    sql = f"SELECT {_COLUMNS}{_seen(sight)} AND r.name = :name"
    row = session.execute(sa.text(sql), {"name": name}).one_or_none()
    return None if row is None else _row(row)


def heights_at(session: Session, lon: float, lat: float, sight: Visibility, own: Sequence[str] = ()) -> list[RasterRow]:
    """Rasters of heights whose box holds a place: the platform's and those of ``own`` organisations, the finest first.

    Those of others come last: what one organisation loads is no measure for another unless it is asked for by name.
    """
    sql = (
        f"SELECT {_COLUMNS}{_seen(sight)} AND r.status = 'READY' AND r.kind = 'elevation'"
        " AND ST_Covers(r.bounds, ST_SetSRID(ST_Point(:lon, :lat), 4326))"
        " ORDER BY r.organisation_code IS NOT NULL AND r.organisation_code <> ALL(:own),"
        " CAST(r.facts->>'pixel_m' AS float), r.id DESC"
    )
    return [_row(row) for row in session.execute(sa.text(sql), {"lon": lon, "lat": lat, "own": list(own)})]


def _seen(sight: Visibility) -> str:
    return "" if sight is Visibility.STAFF else " AND r.open_to_all AND r.status = 'READY'"


def _row(row: Any) -> RasterRow:
    values = dict(row._mapping)
    values["facts"] = None if row.facts is None else RasterFacts.from_json(row.facts)
    return RasterRow(**values)


def zones(
    session: Session, level: str, *, within: str = "", bounds: tuple[float, float, float, float] | None = None
) -> Any:
    """Areas of a level as a GeoDataFrame (EPSG:4326) by their code, with ``name``.

    Parameters
    ----------
    level
        ``province``, ``amphoe`` or ``tambon``.
    within
        Code of an area above; empty = everywhere.
    bounds
        Only areas whose box meets this one (degrees).
    """
    west, south, east, north = bounds or (-180.0, -90.0, 180.0, 90.0)
    rows = session.execute(
        sa.text(
            "SELECT code, name_th, ST_AsBinary(geom) AS shape FROM area"
            " WHERE level = :level AND code LIKE :within AND geom IS NOT NULL"
            " AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326) ORDER BY code"
        ),
        {"level": level, "within": f"{within}%", "west": west, "south": south, "east": east, "north": north},
    ).all()
    shapes = shapely.from_wkb([bytes(row.shape) for row in rows])
    return gpd.GeoDataFrame(
        {"name": [row.name_th for row in rows]}, geometry=shapes, index=[row.code for row in rows], crs="EPSG:4326"
    )


def named_areas(session: Session, level: str, within: str, bounds: tuple[float, ...]) -> list[tuple[str, str]]:
    """Code and name of the areas of a level whose box meets this one (degrees), below ``within``."""
    rows = session.execute(
        sa.text(
            "SELECT code, name_th FROM area WHERE level = :level AND code LIKE :within"
            " AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326) ORDER BY name_th LIMIT 200"
        ),
        {"level": level, "within": f"{within}%", **dict(zip(("west", "south", "east", "north"), bounds, strict=True))},
    )
    return [(code, name) for code, name in rows]


def count_zones(
    session: Session, level: str, *, within: str = "", bounds: tuple[float, float, float, float] | None = None
) -> int:
    """How many areas :func:`zones` would give."""
    west, south, east, north = bounds or (-180.0, -90.0, 180.0, 90.0)
    return int(
        session.scalar(
            sa.text(
                "SELECT count(*) FROM area WHERE level = :level AND code LIKE :within AND geom IS NOT NULL"
                " AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
            ),
            {"level": level, "within": f"{within}%", "west": west, "south": south, "east": east, "north": north},
        )
        or 0
    )

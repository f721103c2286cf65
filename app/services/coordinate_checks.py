"""The report over stored coordinates: every work looked at by the coordinate doctor, what it found kept for people.

Computed and never decided: a finding changes nothing about a project. Whoever may enter its coordinates takes a
reading that is offered, draws it anew, or answers that it is right as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.queries.codelists import code_list
from app.queries.copied import copied
from app.queries.organisations import offices, territories_wkb
from app.services.jobs import Progress, Silent
from gis.checks import CheckContext, GeometryType, expected_type
from gis.doctor import Finding, Places, StoredGeometries, examine_stored

KIND = "check_coordinates"
STEP = "checking_coordinates"
# Organisations are looked at whole, so many works at a time.
WORKS_AT_ONCE = 20_000
_LOCK = 23102
# Hours (Thai time) in which the whole country is checked by itself, the last one included.
NIGHT = (1, 4)


@dataclass(frozen=True)
class CheckReceipt:
    """What was looked at and found, by the code of the problem."""

    organisations: int
    projects: int
    findings: Mapping[str, int]


_SCOPE = """
SELECT o.code, count(g.id) AS works
FROM organisation o
JOIN project p ON p.organisation_code = o.code
JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version AND g.geom IS NOT NULL
WHERE (CAST(:organisations AS text[]) IS NULL OR o.code = ANY(CAST(:organisations AS text[])))
  AND (CAST(:area AS text) IS NULL OR o.province_code = :area OR o.amphoe_code = :area)
GROUP BY o.code ORDER BY o.code
"""
WORKS = """
SELECT p.id, p.organisation_code, CASE WHEN length(p.area_code) = 6 THEN p.area_code END AS tambon, p.kind,
       p.water_source_type_code, CAST(coalesce(p.length_m, s.length_m) AS float) AS length_m,
       CAST(s.count AS integer) AS segments, g.version, coalesce(g.original_epsg, 4326) AS epsg,
       encode(ST_AsBinary(g.geom), 'hex') AS geom
FROM project p
JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
CROSS JOIN LATERAL (
    SELECT count(*) AS count, sum(s.length_m) AS length_m FROM project_segment s WHERE s.project_id = p.id
) s
WHERE p.organisation_code = ANY(:codes) AND g.geom IS NOT NULL
"""
SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "organisation": pa.string(),
        "tambon": pa.string(),
        "kind": pa.string(),
        "water_source_type": pa.string(),
        "length_m": pa.float64(),
        "segments": pa.int32(),
        "version": pa.int32(),
        "epsg": pa.int32(),
        "geom": pa.binary(),
    }
)
_INSERT = """
INSERT INTO coordinate_finding (project_id, code, geometry_version, organisation_code, level, problem, location,
                                offered)
SELECT project_id, code, geometry_version, organisation_code, level, problem,
       ST_SetSRID(ST_MakePoint(lon, lat), 4326), offered
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS f(
    project_id bigint, code text, geometry_version integer, organisation_code text, level text, problem jsonb,
    lon float, lat float, offered jsonb)
"""


def check_coordinates(
    session: Session,
    *,
    organisations: Sequence[str] | None = None,
    area: str | None = None,
    progress: Progress | None = None,
) -> CheckReceipt:
    """Look at the coordinates of all works, or of those of some organisations, and replace what was found before.

    Parameters
    ----------
    session
        Open session of a transaction.
    organisations
        Codes; None for all of them.
    area
        Province (2 digits) or amphoe (4) in which the organisations have their seat.

    Raises
    ------
    app.services.jobs.Cancelled
        The progress said so.
    """
    progress = progress or Silent()
    # One report at a time: two would write the same rows.
    session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    scope = scope_of(session, organisations, area)
    _forget(session, organisations, area)
    total = sum(works for _, works in scope)
    done = 0
    found: dict[str, int] = {}
    progress.step(0, total, STEP)
    for codes, works in _chunks(scope):
        for code, count in _check(session, codes).items():
            found[code] = found.get(code, 0) + count
        done += works
        progress.step(done, total, STEP)
    return CheckReceipt(len(scope), total, dict(sorted(found.items(), key=lambda item: -item[1])))


def scope_of(session: Session, organisations: Sequence[str] | None, area: str | None) -> list[tuple[str, int]]:
    """Organisations that have works with coordinates, and how many."""
    rows = session.execute(
        sa.text(_SCOPE),
        {"organisations": None if organisations is None else list(organisations), "area": area},
    )
    return [(code, works) for code, works in rows]


def address(organisations: Sequence[str] | None = None, area: str | None = None) -> str:
    """Address of the page that shows what a check of these found."""
    query = {"organisation": ",".join(organisations or ()), "area": area or ""}
    return "/coordinates?" + "&".join(f"{name}={value}" for name, value in query.items() if value)


def is_due(session: Session) -> bool:
    """True at night when nobody has checked the whole country since the last night."""
    return bool(
        session.scalar(
            sa.text(
                "SELECT extract(hour FROM now() AT TIME ZONE 'Asia/Bangkok') BETWEEN :first AND :last"
                " AND EXISTS (SELECT FROM project WHERE geometry_version > 0)"
                " AND coalesce((SELECT min(checked_at) FROM coordinate_check) < now() - interval '20 hours', true)"
            ),
            {"first": NIGHT[0], "last": NIGHT[1]},
        )
    )


def _forget(session: Session, organisations: Sequence[str] | None, area: str | None) -> None:
    for table in ("coordinate_finding", "coordinate_check"):
        session.execute(
            sa.text(
                f"DELETE FROM {table} f USING organisation o WHERE o.code = f.organisation_code"
                " AND (CAST(:organisations AS text[]) IS NULL OR o.code = ANY(CAST(:organisations AS text[])))"
                " AND (CAST(:area AS text) IS NULL OR o.province_code = :area OR o.amphoe_code = :area)"
            ),
            {"organisations": None if organisations is None else list(organisations), "area": area},
        )


def _chunks(scope: Sequence[tuple[str, int]]) -> Iterator[tuple[list[str], int]]:
    codes: list[str] = []
    works = 0
    for code, count in scope:
        if codes and works + count > WORKS_AT_ONCE:
            yield codes, works
            codes, works = [], 0
        codes.append(code)
        works += count
    if codes:
        yield codes, works


def _check(session: Session, codes: Sequence[str]) -> dict[str, int]:
    with copied(session, WORKS, {"codes": list(codes)}, SCHEMA) as batches:
        table = pa.Table.from_batches(list(batches), SCHEMA)
    session.execute(
        sa.text(
            "INSERT INTO coordinate_check (organisation_code, checked_at, projects)"
            " SELECT code, clock_timestamp(), count(o) FROM unnest(CAST(:codes AS text[])) AS code"
            " LEFT JOIN unnest(CAST(:held AS text[])) AS o ON o = code GROUP BY code"
        ),
        {"codes": list(codes), "held": table.column("organisation").to_pylist()},
    )
    if not table.num_rows:
        return {}
    found = examine_stored(*_stored(session, codes, table))
    rows = list(_records(table, found))
    if rows:
        session.execute(sa.text(_INSERT), {"rows": orjson.dumps(rows, option=orjson.OPT_SERIALIZE_NUMPY).decode()})
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["code"]] = counts.get(row["code"], 0) + 1
    return counts


def _stored(session: Session, codes: Sequence[str], table: pa.Table) -> tuple[StoredGeometries, Places]:
    organisation = table.column("organisation").combine_chunks().dictionary_encode()
    tambon = table.column("tambon").combine_chunks().dictionary_encode()
    territories = {code: _valid(wkb) for code, wkb in territories_wkb(session, codes).items()}
    tambons = {
        code: _valid(bytes(wkb))
        for code, wkb in session.execute(
            sa.text("SELECT code, ST_AsBinary(geom) FROM area WHERE code = ANY(:codes) AND geom IS NOT NULL"),
            {"codes": tambon.dictionary.to_pylist()},
        )
    }
    index = {key: number for number, key in enumerate((*territories, *tambons))}
    names = organisation.dictionary.to_pylist()
    of_organisation = organisation.indices.to_numpy()
    known = offices(session, codes)
    stored = StoredGeometries(
        geometries=shapely.from_wkb(table.column("geom").to_numpy()),
        epsg=table.column("epsg").to_numpy().astype(np.intp),
        organisation=of_organisation.astype(np.intp),
        territory=np.array([index.get(code, -1) for code in names], dtype=np.intp)[of_organisation],
        tambon=_looked_up(tambon, index),
        office=np.array([known.get(code, (np.nan, np.nan)) for code in names], dtype=np.float64)[of_organisation],
        contexts=_contexts(session, table, [territories.get(code) for code in names], of_organisation),
    )
    return stored, Places([*territories.values(), *tambons.values()])


def _valid(wkb: bytes) -> BaseGeometry:
    return shapely.make_valid(shapely.from_wkb(wkb))


def _looked_up(codes: pa.DictionaryArray, index: Mapping[str, int]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Number of each code, -1 for none."""
    numbers = np.array([*(index.get(code, -1) for code in codes.dictionary.to_pylist()), -1], dtype=np.intp)
    return np.asarray(numbers[codes.indices.fill_null(len(numbers) - 1).to_numpy()])


def _contexts(
    session: Session,
    table: pa.Table,
    territories: Sequence[BaseGeometry | None],
    of_organisation: np.ndarray[Any, Any],
) -> list[CheckContext]:
    wanted: dict[tuple[str, str | None], GeometryType | None] = {}
    sources = code_list(session, "water_source_type")
    for kind, source in {
        *zip(*(table.column(name).to_pylist() for name in ("kind", "water_source_type")), strict=True)
    }:
        told = sources.get(source or "")
        wanted[kind, source] = expected_type(kind, str(told.attributes.get("geometry", "")) if told else None)
    columns = (table.column(name).to_pylist() for name in ("kind", "water_source_type", "length_m", "segments"))
    return [
        CheckContext(kind, wanted[kind, source], length_m, territories[organisation], segments or None)
        for kind, source, length_m, segments, organisation in zip(*columns, of_organisation.tolist(), strict=True)
    ]


def _records(table: pa.Table, found: Mapping[int, list[Finding]]) -> Iterator[dict[str, Any]]:
    rows = sorted(found)
    known = table.select(["id", "organisation", "version"]).take(pa.array(rows, pa.int64())).to_pylist()
    for row, work in zip(rows, known, strict=True):
        for finding in found[row]:
            lon, lat = finding.location
            yield {
                "project_id": work["id"],
                "code": finding.problem.code,
                "geometry_version": work["version"],
                "organisation_code": work["organisation"],
                "level": finding.problem.level,
                "problem": {"where": dict(finding.problem.where), "values": dict(finding.problem.values)},
                "lon": lon,
                "lat": lat,
                "offered": [
                    {
                        "kind": offer.kind,
                        "reason": offer.reason,
                        "epsg": offer.epsg,
                        "score": offer.score,
                        "spread_m": offer.spread_m,
                        "geometry": orjson.loads(shapely.to_geojson(offer.geometry)),
                    }
                    for offer in finding.offers
                ],
            }

"""Imports as they are looked at: batches, rows, problems in groups, shapes for the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ImportBatch, ImportRow, Organisation
from app.models.import_batch import ImportChoice, ImportOffer

Level = Literal["all", "error", "warning", "ok", "known", "different"]
SIMILAR = 0.75
"""Score from which a stored project is so much like a row that the row says so."""
MAX_FEATURES = 5_000
MAX_VERTICES_SENT = 200_000


@dataclass(frozen=True)
class BatchView:
    """One import.

    Parameters
    ----------
    detected
        What the reader found: encoding with sample words, candidates for the coordinate system, columns with samples,
        counts of new and known projects, bounds; after acceptance also ``result``.
    """

    id: int
    organisation_code: str
    organisation_name: str
    fiscal_year_be: int
    kind: str
    file_name: str
    file_bytes: int
    format: str | None
    layer: str | None
    encoding: str | None
    epsg: int | None
    detected: Mapping[str, Any]
    column_map: Mapping[str, str]
    status: str
    row_count: int
    error_count: int
    warning_count: int
    problems: Sequence[Mapping[str, Any]]
    created_by: int | None
    created_by_name: str
    on_behalf_of: str | None
    created_at: datetime
    accepted_at: datetime | None
    undone_at: datetime | None
    undone_by_name: str | None
    job_id: int | None

    @property
    def ok_count(self) -> int:
        """Rows without any problem."""
        return self.row_count - self.error_count - self.warning_count

    @property
    def blocking(self) -> int:
        """Errors of the file itself plus rows with errors: 0 means that it can be accepted."""
        return self.error_count + len([problem for problem in self.problems if problem["level"] == "error"])

    @property
    def acceptable(self) -> bool:
        """True when accepting is allowed now."""
        return self.status == "STAGED" and self.blocking == 0 and self.row_count > 0

    @property
    def open(self) -> bool:
        """True until it is accepted or cancelled."""
        return self.status not in ("ACCEPTED", "CANCELLED", "UNDONE")


@dataclass(frozen=True)
class RowView:
    """One row of the file."""

    row_number: int
    values: Mapping[str, Any]
    raw: Mapping[str, str]
    project_code: str | None
    level: str
    problems: Sequence[Mapping[str, Any]]
    has_geometry: bool


@dataclass(frozen=True)
class ProblemGroup:
    """All rows with one problem.

    Parameters
    ----------
    example
        One of the problems, whole.
    first_rows
        Row numbers, the first few.
    """

    code: str
    level: str
    rows: int
    example: Mapping[str, Any]
    first_rows: Sequence[int]


def _view(batch: ImportBatch, organisation_name: str) -> BatchView:
    return BatchView(
        id=batch.id,
        organisation_code=batch.organisation_code,
        organisation_name=organisation_name,
        fiscal_year_be=batch.fiscal_year_be,
        kind=batch.kind,
        file_name=batch.file_name,
        file_bytes=batch.file_bytes,
        format=batch.format,
        layer=batch.layer,
        encoding=batch.encoding,
        epsg=batch.epsg,
        detected=batch.detected,
        column_map=batch.column_map,
        status=batch.status,
        row_count=batch.row_count,
        error_count=batch.error_count,
        warning_count=batch.warning_count,
        problems=batch.problems,
        created_by=batch.created_by,
        created_by_name=batch.created_by_name,
        on_behalf_of=batch.on_behalf_of,
        created_at=batch.created_at,
        accepted_at=batch.accepted_at,
        undone_at=batch.undone_at,
        undone_by_name=batch.undone_by_name,
        job_id=batch.background_job_id,
    )


def _batches() -> sa.Select[ImportBatch, str]:
    return sa.select(ImportBatch, Organisation.full_name_th).join(
        Organisation, Organisation.code == ImportBatch.organisation_code
    )


def get_batch(session: Session, batch_id: int) -> BatchView | None:
    """One import, or ``None``."""
    row = session.execute(
        _batches().where(ImportBatch.id == batch_id).execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else _view(*row)


def list_batches(
    session: Session,
    *,
    organisations: Sequence[str] | None,
    provinces: Sequence[str] = (),
    created_by: int | None = None,
    limit: int = 25,
    before_id: int | None = None,
) -> list[BatchView]:
    """Newest first: of some organisations and provinces and one's own; ``organisations=None`` means all."""
    query = _batches().order_by(ImportBatch.id.desc()).limit(limit)
    if organisations is not None:
        query = query.where(
            sa.or_(
                ImportBatch.organisation_code.in_(organisations),
                Organisation.province_code.in_(provinces),
                ImportBatch.created_by == created_by,
            )
        )
    if before_id is not None:
        query = query.where(ImportBatch.id < before_id)
    return [_view(batch, name) for batch, name in session.execute(query)]


# What the file says of a stored project and the store does not: (field, given, stored). Of all of them only the
# coordinates are taken by accepting the file.
_FIELDS_THAT_DIFFER = """
    SELECT f.field, f.given, f.stored FROM (VALUES
        ('name', r."values"->>'name', p.name_th,
         thai_search(r."values"->>'name') <> thai_search(p.name_th)),
        ('surface', r."values"->>'surface', p.surface_type_code, NULL),
        ('water_source', r."values"->>'water_source', p.water_source_type_code, NULL),
        ('work_nature', r."values"->>'work_nature', p.work_nature_code, NULL),
        ('length_m', r."values"->>'length_m', p.length_m ::text, (r."values"->>'length_m') ::numeric <> p.length_m),
        ('width_m', r."values"->>'width_m', p.width_m ::text, (r."values"->>'width_m') ::numeric <> p.width_m),
        ('budget_baht', r."values"->>'budget_baht', p.budget_baht ::text,
         (r."values"->>'budget_baht') ::numeric <> p.budget_baht),
        ('fiscal_year', r."values"->>'fiscal_year', p.fiscal_year_be ::text, NULL),
        ('tambon', r."values"->>'tambon', p.area_code, NULL),
        ('route_code', r."values"->>'route_code', p.route_code, NULL),
        ('location_text', r."values"->>'location_text', p.location_text, NULL)
    ) AS f(field, given, stored, differs)
    WHERE f.given IS NOT NULL AND coalesce(f.differs, f.given IS DISTINCT FROM f.stored)"""
# A tenth of a metre is how far a place may wander on its way through a file.
_SHAPE_DIFFERS = """r.geom IS NOT NULL AND NOT EXISTS (
        SELECT FROM project_geometry g JOIN project_geometry_segment s ON s.project_geometry_id = g.id
        WHERE g.project_id = p.id AND g.version = p.geometry_version
          AND ST_OrderingEquals(ST_SnapToGrid(s.geom, 0.000001), ST_SnapToGrid(r.geom, 0.000001)))"""
_DIFFERENT = f"""
    import_row.row_number IN (
        SELECT r.row_number FROM import_row r JOIN project p ON p.id = r.project_id
        WHERE r.batch_id = :batch AND ({_SHAPE_DIFFERS} OR EXISTS ({_FIELDS_THAT_DIFFER})))"""
_DIFFERENCES = f"""
SELECT r.row_number, p.geometry_version AS version, p.geometry_status AS status, {_SHAPE_DIFFERS} AS moved,
       (SELECT jsonb_agg(jsonb_build_object('field', d.field, 'given', d.given, 'stored', d.stored))
        FROM ({_FIELDS_THAT_DIFFER}) d) AS fields,
       ST_AsGeoJSON(g.geom, 7) AS stored, ST_Length(r.geom ::geography) AS given_length_m, g.length_m,
       ST_Distance(ST_Centroid(g.geom) ::geography, ST_Centroid(r.geom) ::geography) AS moved_m
FROM import_row r JOIN project p ON p.id = r.project_id
LEFT JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
WHERE r.batch_id = :batch AND r.row_number = ANY(:rows)"""


@dataclass(frozen=True)
class FieldDifference:
    """A field of which the file says one thing and the store another."""

    field: str
    given: str
    stored: str | None


@dataclass(frozen=True)
class ShapeDifference:
    """Coordinates that accepting the file replaces, or gives to a project that has none (``version`` 0).

    Parameters
    ----------
    moved_m
        Between the middles of both.
    stored
        GeoJSON text.
    """

    version: int
    status: str
    moved_m: float | None
    given_length_m: float
    stored_length_m: float | None
    stored: str | None


@dataclass(frozen=True)
class Differences:
    """What a row says otherwise than its stored project: its shape is taken, its fields are not."""

    shape: ShapeDifference | None
    fields: Sequence[FieldDifference]


def differences_of(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, Differences]:
    """Differences of some rows from the projects that they land on; rows of new projects are absent."""
    rows = session.execute(sa.text(_DIFFERENCES), {"batch": batch_id, "rows": list(row_numbers)})
    return {
        row.row_number: Differences(
            ShapeDifference(
                row.version,
                row.status,
                row.moved_m,
                row.given_length_m,
                None if row.length_m is None else float(row.length_m),
                row.stored,
            )
            if row.moved
            else None,
            [FieldDifference(**one) for one in row.fields or ()],
        )
        for row in rows
    }


def count_different(session: Session, batch_id: int) -> int:
    """Rows that say otherwise than the project that they land on."""
    query = sa.select(sa.func.count()).select_from(ImportRow).where(ImportRow.batch_id == batch_id)
    return session.scalar(_of_level(query, "different", batch_id)) or 0


def _of_level(query: Any, level: Level, batch_id: int) -> Any:
    if level == "all":
        return query
    if level == "different":
        return query.where(sa.text(_DIFFERENT).bindparams(batch=batch_id))
    if level == "known":
        return query.where(ImportRow.project_code.is_not(None))
    return query.where(ImportRow.level == level)


def list_rows(
    session: Session,
    batch_id: int,
    *,
    level: Level = "all",
    code: str | None = None,
    after: int = -1,
    limit: int = 100,
) -> list[RowView]:
    """Rows in the file's order, after row number ``after``; ``code`` keeps those with that problem, mended or not."""
    query = (
        sa.select(ImportRow, ImportRow.geom.is_not(None))
        .where(ImportRow.batch_id == batch_id, ImportRow.row_number > after)
        .options(sa.orm.defer(ImportRow.geom))
        .order_by(ImportRow.row_number)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    query = _of_level(query, level, batch_id)
    if code is not None:
        mended = sa.select(ImportOffer.row_number).where(ImportOffer.batch_id == batch_id, ImportOffer.code == code)
        said = sa.and_(ImportRow.level != "ok", ImportRow.problems.contains([{"code": code}]))
        query = query.where(sa.or_(said, ImportRow.row_number.in_(mended)))
    return [_row_view(row, has_geometry) for row, has_geometry in session.execute(query)]


def _row_view(row: ImportRow, has_geometry: bool) -> RowView:
    return RowView(
        row_number=row.row_number,
        values=row.values,
        raw=row.raw,
        project_code=row.project_code,
        level=row.level,
        problems=row.problems or [],
        has_geometry=has_geometry,
    )


def get_row(session: Session, batch_id: int, row_number: int) -> RowView | None:
    """One row."""
    found = list_rows(session, batch_id, after=row_number - 1, limit=1)
    return found[0] if found and found[0].row_number == row_number else None


def problem_groups(session: Session, batch_id: int) -> list[ProblemGroup]:
    """Problems of the rows by code, errors first, then the most frequent."""
    rows = session.execute(
        sa.text(
            "SELECT code, level, count(*) AS rows, (array_agg(problem ORDER BY row_number))[1] AS example,"
            " (array_agg(row_number ORDER BY row_number))[1:5] AS first_rows FROM ("
            "  SELECT DISTINCT ON (p.value->>'code', p.value->>'level', r.row_number) p.value->>'code' AS code,"
            "   p.value->>'level' AS level, p.value AS problem, r.row_number"
            "  FROM import_row r, jsonb_array_elements(r.problems) p"
            "  WHERE r.batch_id = :batch AND r.level IN ('error', 'warning')"
            ") AS each GROUP BY code, level ORDER BY level = 'error' DESC, level = 'warning' DESC, count(*) DESC, code"
        ),
        {"batch": batch_id},
    )
    return [ProblemGroup(row.code, row.level, row.rows, row.example, row.first_rows) for row in rows]


@dataclass(frozen=True)
class ProblemText:
    """What cells with one problem say, and how many rows say it."""

    field: str
    text: str
    rows: int


def problem_texts(session: Session, batch_id: int, code: str, limit: int = 50) -> list[ProblemText]:
    """What the cells with a problem say, most frequent first; each can be mended in all its rows at once."""
    rows = session.execute(
        sa.text(
            "SELECT field, coalesce(raw ->> field, \"values\" ->> field, '') AS text, count(*) AS rows FROM ("
            "  SELECT DISTINCT r.row_number, r.raw, r.\"values\", p.value #>> '{where,field}' AS field"
            "  FROM import_row r, jsonb_array_elements(r.problems) p"
            "  WHERE r.batch_id = :batch AND r.level IN ('error', 'warning') AND p.value ->> 'code' = :code"
            ") AS each WHERE field IS NOT NULL GROUP BY 1, 2 ORDER BY rows DESC, text LIMIT :limit"
        ),
        {"batch": batch_id, "code": code, "limit": limit},
    )
    return [ProblemText(row.field, row.text, row.rows) for row in rows]


def remembered_columns(
    session: Session, organisation_code: str, kind: str, columns: Sequence[str]
) -> Mapping[str, str] | None:
    """Which column was which field in the organisation's newest file with just these columns that a person confirmed.

    Confirmed is what was accepted, and what somebody has chosen in place of the guess; ``None`` where there is none.
    """
    found: Mapping[str, str] | None = session.scalar(
        sa.text(
            "SELECT column_map FROM import_batch b WHERE b.organisation_code = :organisation AND b.kind = :kind"
            " AND (b.status IN ('ACCEPTED', 'UNDONE')"
            "  OR (b.status = 'STAGED' AND b.detected #> '{asked,columns}' <> '{}'))"
            " AND jsonb_path_query_array(b.detected, '$.columns[*].name') = to_jsonb(CAST(:columns AS text[]))"
            " ORDER BY b.id DESC LIMIT 1"
        ),
        {"organisation": organisation_code, "kind": kind, "columns": list(columns)},
    )
    return found


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


@dataclass(frozen=True)
class MatchView:
    """A project that a row may mean, with what speaks for it and against it."""

    code: str
    name: str
    fiscal_year_be: int
    budget_baht: float
    geometry_status: str
    score: float
    reasons: Sequence[Mapping[str, Any]]


def matches_of(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, list[MatchView]]:
    """Suggested projects of some rows, the likeliest first; rows without any are absent."""
    rows = session.execute(
        sa.text(
            "SELECT m.row_number, p.code, p.name_th, p.fiscal_year_be, p.budget_baht, p.geometry_status, m.score,"
            " m.reasons FROM import_match m JOIN project p ON p.id = m.project_id"
            " WHERE m.batch_id = :batch AND m.row_number = ANY(:rows) ORDER BY m.row_number, m.rank"
        ),
        {"batch": batch_id, "rows": list(row_numbers)},
    )
    found: dict[int, list[MatchView]] = {}
    for number, code, name, year, budget, status, score, reasons in rows:
        found.setdefault(number, []).append(MatchView(code, name, year, float(budget), status, score, reasons))
    return found


def choices_of(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, str | None]:
    """What a person said rows mean: code of a project, ``None`` for a new one; undecided rows are absent."""
    rows = session.execute(
        sa.select(ImportChoice.row_number, ImportChoice.project_code).where(
            ImportChoice.batch_id == batch_id, ImportChoice.row_number.in_(list(row_numbers))
        )
    )
    return {number: code for number, code in rows}


def undecided_scores(session: Session, batch_id: int) -> list[float]:
    """Best score of every undecided row that has a suggestion, falling: what "all above x" would be."""
    return list(
        session.scalars(
            sa.text(
                "SELECT m.score FROM import_match m JOIN import_row r USING (batch_id, row_number)"
                " WHERE m.batch_id = :batch AND m.rank = 1 AND r.project_id IS NULL"
                " AND NOT EXISTS (SELECT FROM import_choice c"
                "  WHERE c.batch_id = m.batch_id AND c.row_number = m.row_number) ORDER BY m.score DESC"
            ),
            {"batch": batch_id},
        )
    )


_FEATURES = """
WITH picked AS (
    SELECT row_number, level, project_code, "values"->>'name' AS name, geom FROM import_row
    WHERE batch_id = :batch AND geom IS NOT NULL {extra}
    ORDER BY level = 'error' DESC, level = 'warning' DESC, row_number LIMIT :limit
)
SELECT row_number, level, project_code, name, ST_AsGeoJSON(
    CASE WHEN ST_NPoints(geom) > 200 THEN ST_Simplify(geom, :tolerance, true) ELSE geom END, 6) AS geometry
FROM picked
"""


@dataclass(frozen=True)
class FeaturesView:
    """Shapes for the map and how many are not among them."""

    collection: bytes
    left_out: int


def features(
    session: Session, batch_id: int, *, bbox: tuple[float, float, float, float] | None = None, limit: int = MAX_FEATURES
) -> FeaturesView:
    """FeatureCollection of the staged shapes (EPSG:4326), rows with problems first, simplified to about 5 m.

    Parameters
    ----------
    bbox
        West, south, east, north: only what touches it.
    """
    extra, values = "", {"batch": batch_id, "limit": limit + 1, "tolerance": 0.00005}
    if bbox is not None:
        extra = "AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
        values |= dict(zip(("west", "south", "east", "north"), bbox, strict=True))
    rows = session.execute(sa.text(_FEATURES.format(extra=extra)), values).all()
    left_out = 0
    if len(rows) > limit:
        rows = rows[:limit]
        total = session.scalar(
            sa.text(
                "SELECT count(*) FROM import_row WHERE batch_id = :batch AND geom IS NOT NULL " + extra,
            ),
            values,
        )
        left_out = int(total or 0) - limit
    fragments = [
        b'{"type":"Feature","id":%d,"geometry":%s,"properties":%s}'
        % (
            row.row_number,
            row.geometry.encode(),
            orjson.dumps({"row": row.row_number, "level": row.level, "project": row.project_code, "name": row.name}),
        )
        for row in rows
        if row.geometry
    ]
    return FeaturesView(
        b'{"type":"FeatureCollection","left_out":%d,"features":[%s]}' % (left_out, b",".join(fragments)), left_out
    )


def geometry_texts(session: Session, batch_id: int, row_numbers: Sequence[int]) -> dict[int, str]:
    """GeoJSON text (7 decimals) of some rows; rows without geometry are absent."""
    rows = session.execute(
        sa.select(ImportRow.row_number, sa.func.ST_AsGeoJSON(ImportRow.geom, 7)).where(
            ImportRow.batch_id == batch_id,
            ImportRow.row_number.in_(list(row_numbers)),
            ImportRow.geom.is_not(None),
        )
    )
    return {number: text for number, text in rows}


def created_projects(session: Session, batch_id: int, limit: int = 50) -> list[tuple[int, str, str]]:
    """Row number, code and name of the projects that an accepted import made or changed, the first ones."""
    rows = session.execute(
        sa.select(ImportRow.row_number, ImportRow.project_code, ImportRow.values["name"].astext)
        .where(ImportRow.batch_id == batch_id, ImportRow.project_code.is_not(None))
        .order_by(ImportRow.row_number)
        .limit(limit)
    )
    return [(number, code, name or "") for number, code, name in rows]

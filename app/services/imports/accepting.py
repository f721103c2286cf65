"""Accept: every row becomes what it was shown to become, or nothing at all is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput
from app.models import ImportBatch, ImportRow, Organisation
from app.services.geometries import GeometryRow, Provenance, record_geometries
from app.services.geometry_batches import ReadAs
from app.services.imports.along_roads import ALONG
from app.services.imports.pictures import ATTACH_ONLY, attach_pictures
from app.services.imports.rules import target_of
from app.services.imports.shapes import ESTIMATE_M
from app.services.jobs import Progress
from app.services.projects import NewProject, create_projects
from gis import crs
from gis.problems import Problem

CHUNK_ROWS = 5_000
MAX_PROBLEMS = 1_000
STEP_PROJECTS = "import_step_projects"
STEP_GEOMETRIES = "import_step_geometries"
DEFAULT_FUND_SOURCE = "OWN"


@dataclass(frozen=True)
class Accepted:
    """What an accepted file did.

    Parameters
    ----------
    created
        New projects.
    recorded
        Projects that got a new version of their coordinates.
    attached
        Pictures that hang on their projects now.
    """

    batch_id: int
    created: int
    recorded: int
    attached: int = 0

    def as_dict(self) -> dict[str, int]:
        """Plain JSON; pictures are spoken of where there are any."""
        pictures = {"attached": self.attached} if self.attached else {}
        return {"batch": self.batch_id, "created": self.created, "recorded": self.recorded, **pictures}


def accept(session: Session, actor: Actor, batch_id: int, progress: Progress) -> Accepted:
    """Write every row of a staged batch in the caller's transaction; a second call answers as the first did.

    Raises
    ------
    Forbidden
        The actor may not import, create or place something here.
    Conflict
        ``import_not_ready``: not staged, or accepting already runs.
    InvalidInput
        ``import_has_errors`` with every problem, or whatever the write path found (somebody changed a project).
    """
    batch = session.get_one(ImportBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch.status == "ACCEPTED":
        return Accepted(batch_id, **batch.detected["result"])
    ready_to_accept(batch)
    organisation = session.get_one(Organisation, batch.organisation_code)
    policy.require(actor, policy.IMPORT, target_of(organisation))
    refuse_errors(session, batch)
    # Projects that are there first: what is made afterwards comes with its coordinates.
    recorded = _record(session, actor, batch, progress)
    created, placed = _create(session, actor, batch, organisation, progress)
    recorded += placed
    attached = attach_pictures(session, actor, batch, organisation)
    batch.status = "ACCEPTED"
    batch.accepted_at = sa.func.now()
    batch.detected = {
        **batch.detected,
        "result": {"created": created, "recorded": recorded, "attached": attached},
    }
    session.flush()
    return Accepted(batch_id, created, recorded, attached)


def ready_to_accept(batch: ImportBatch) -> None:
    """Refuse what is not staged.

    Raises
    ------
    Conflict
        ``import_not_ready`` with the status.
    """
    if batch.status != "STAGED":
        raise Conflict("import_not_ready", {"status": batch.status})


def refuse_errors(session: Session, batch: ImportBatch) -> None:
    """All or nothing: one row with an error keeps the whole file out.

    Raises
    ------
    InvalidInput
        Every error of the file and of its rows.
    """
    problems = [_problem(p) for p in batch.problems if p["level"] == "error"]
    rows = session.execute(
        sa.select(ImportRow.row_number, ImportRow.problems)
        .where(ImportRow.batch_id == batch.id, ImportRow.level == "error")
        .order_by(ImportRow.row_number)
        .limit(MAX_PROBLEMS)
    )
    for number, found in rows:
        problems += [_problem(p, number) for p in found or () if p["level"] == "error"]
    if problems:
        code = "import_has_errors" if batch.error_count else "import_file_has_errors"
        raise InvalidInput(problems, code, {"count": batch.error_count})


def _problem(plain: Mapping[str, Any], row: int | None = None) -> Problem:
    where = plain["where"] if row is None else {"row": row, **plain["where"]}
    return Problem(plain["code"], plain["level"], where, plain["values"])


def _create(
    session: Session, actor: Actor, batch: ImportBatch, organisation: Organisation, progress: Progress
) -> tuple[int, int]:
    """Projects for the rows that have none, with their coordinates, then their codes into the rows.

    Returns
    -------
    tuple of int
        Projects made, and how many of them with coordinates.
    """
    new = ImportRow.batch_id == batch.id, ImportRow.project_id.is_(None)
    total = session.scalar(sa.select(sa.func.count()).where(*new)) or 0
    if not total:
        return 0, 0
    with_budget = policy.may(actor, policy.BUDGET_WRITE, target_of(organisation))
    mended = _mended_rows(session, batch.id)
    done = placed = 0
    common = _provenance(batch)
    progress.step(0, total, STEP_PROJECTS)
    query = sa.select(
        ImportRow.row_number, ImportRow.values, sa.func.ST_AsBinary(ImportRow.geom, type_=sa.LargeBinary)
    ).where(*new)
    for rows in _chunks(session, query):
        shapes = shapely.from_wkb([wkb for _, _, wkb in rows])
        projects = [
            _new_project(batch, number, values, shape, with_budget, mended)
            for (number, values, _), shape in zip(rows, shapes, strict=True)
        ]
        made = create_projects(session, actor, projects, placing=common)
        placed += sum(1 for project in projects if project.shapes)
        session.execute(
            sa.text(
                "UPDATE import_row SET project_id = m.id, project_code = m.code"
                " FROM unnest(CAST(:rows AS int[]), CAST(:ids AS bigint[]), CAST(:codes AS text[])) AS m(row, id, code)"
                " WHERE batch_id = :batch AND row_number = m.row"
            ),
            {
                "batch": batch.id,
                "rows": [number for number, _, _ in rows],
                "ids": [project.id for project in made],
                "codes": [project.code for project in made],
            },
        )
        done += len(rows)
        progress.step(done, total, STEP_PROJECTS)
    return done, placed


def _provenance(batch: ImportBatch) -> Provenance:
    return Provenance(
        original_epsg=batch.epsg,
        operation=crs.operation(batch.epsg).id if batch.epsg else None,
        import_batch_id=batch.id,
    )


@dataclass(frozen=True)
class _Mended:
    """Against which problem a row's shape was taken from the offer, the system that the offer read it in, and whether
    its place is only an estimate."""

    code: str
    epsg: int | None
    estimate: bool


_MENDED = """
SELECT o.row_number, o.code, said.epsg, coalesce(said.spread_m, 0) >= :estimate AS estimate
FROM import_offer o LEFT JOIN LATERAL (
    SELECT (p->'values'->>'epsg') ::int AS epsg, (p->'values'->>'spread_m') ::float AS spread_m
    FROM jsonb_array_elements(o.problems) p WHERE p->>'code' = o.code LIMIT 1
) said ON true
WHERE o.batch_id = :batch AND o.mended AND o.offered_geom IS NOT NULL
"""


def _mended_rows(session: Session, batch_id: int) -> dict[int, _Mended]:
    """Rows whose shape is not the one given but the one offered."""
    rows = session.execute(sa.text(_MENDED), {"batch": batch_id, "estimate": ESTIMATE_M})
    return {row.row_number: _Mended(row.code, row.epsg, row.estimate) for row in rows}


def _read_as(batch: ImportBatch, along: Mapping[int, str | None], mended: Mapping[int, _Mended]) -> ReadAs | None:
    """How the rows of one project were read: as the file, in the one system that all were mended to, or by chainage."""
    if all(along.values()):
        return ReadAs()
    systems = {mended[row].epsg if row in mended else None for row in along}
    (epsg,) = systems if len(systems) == 1 else (None,)
    return ReadAs.system(epsg) if epsg is not None and epsg != batch.epsg else None


def _original(batch: ImportBatch, along: Mapping[int, str | None], mended: Mapping[int, _Mended]) -> dict[str, Any]:
    """The numbers as given stand in the kept file; the row says where, and what was mended is told.

    Parameters
    ----------
    along
        Row -> chainage that it was placed by, as a person would type it; ``None`` for coordinates.
    """
    told = {str(row): mended[row].code for row in along if row in mended}
    typed = {str(row): chainage for row, chainage in along.items() if chainage}
    return {
        "file_sha256": batch.file_sha256,
        "rows": list(along),
        **({"mended": told} if told else {}),
        **({"chainage": typed} if typed else {}),
    }


def _new_project(
    batch: ImportBatch,
    number: int,
    values: Mapping[str, Any],
    shape: BaseGeometry | None,
    with_budget: bool,
    mended: Mapping[int, _Mended],
) -> NewProject:
    given = values.get("budget_baht")
    budget = given if with_budget else None
    return NewProject(
        organisation_code=batch.organisation_code,
        fiscal_year_be=values.get("fiscal_year") or batch.fiscal_year_be,
        kind=batch.kind,
        name_th=values["name"],
        work_nature_code=values.get("work_nature"),
        surface_type_code=values.get("surface"),
        water_source_type_code=values.get("water_source"),
        area_code=values.get("tambon"),
        location_text=values.get("location_text"),
        route_code=values.get("route_code"),
        length_m=_decimal(values.get("length_m")),
        width_m=_decimal(values.get("width_m")),
        # Somebody who may not approve money has still read an amount: kept for who may.
        attributes={} if with_budget or given is None else {"imported_budget_baht": given},
        budget_baht=_decimal(budget),
        fund_source_code=(values.get("fund_source") or DEFAULT_FUND_SOURCE) if budget is not None else None,
        source="import",
        source_ref=f"{batch.id}:{number}",
        shapes=() if shape is None else (shape,),
        original=None if shape is None else _original(batch, {number: values.get(ALONG)}, mended),
        read_as=_read_as(batch, {number: values.get(ALONG)}, mended),
        draft=number in mended and mended[number].estimate,
        row=number,
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _chunks(session: Session, query: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """Rows in the file's order, a flat number at a time; each chunk is read before the next is asked for."""
    after = -1
    while True:
        rows = session.execute(
            query.where(ImportRow.row_number > after).order_by(ImportRow.row_number).limit(CHUNK_ROWS)
        ).all()
        if not rows:
            return
        after = rows[-1][0]
        yield rows


def _record(session: Session, actor: Actor, batch: ImportBatch, progress: Progress) -> int:
    """A version of coordinates for each project that is there; rows of one project are its segments, in order."""
    placed = (
        ImportRow.batch_id == batch.id,
        ImportRow.project_id.is_not(None),
        ImportRow.geom.is_not(None),
        ~ImportRow.values.has_key(ATTACH_ONLY),
    )
    total = session.scalar(sa.select(sa.func.count(sa.distinct(ImportRow.project_id))).where(*placed)) or 0
    if not total:
        return 0
    progress.step(0, total, STEP_GEOMETRIES)
    receipt = record_geometries(
        session, actor, _geometry_rows(session, batch, total, progress), **vars(_provenance(batch))
    )
    return receipt.written


_ROWS_BY_PROJECT = """
SELECT project_id, row_number, project_code, "values"->>'geometry_version' AS version, "values"->>'along' AS along,
       ST_AsBinary(geom) AS wkb
FROM import_row
WHERE batch_id = :batch AND geom IS NOT NULL AND (project_id, row_number) > (:project, :row)
  AND NOT "values" ? 'attach_only'
ORDER BY project_id, row_number LIMIT :limit
"""


def _placed_rows(session: Session, batch_id: int) -> Iterator[Any]:
    project, row = -1, -1
    while True:
        rows = session.execute(
            sa.text(_ROWS_BY_PROJECT),
            {"batch": batch_id, "project": project, "row": row, "limit": CHUNK_ROWS},
        ).all()
        if not rows:
            return
        project, row = rows[-1].project_id, rows[-1].row_number
        yield from rows


def _geometry_rows(session: Session, batch: ImportBatch, total: int, progress: Progress) -> Iterator[GeometryRow]:
    mended = _mended_rows(session, batch.id)
    for done, (_, group) in enumerate(groupby(_placed_rows(session, batch.id), itemgetter(0)), start=1):
        rows = list(group)
        first = rows[0]
        along = {row.row_number: row.along for row in rows}
        yield GeometryRow(
            project_code=first.project_code,
            segments=tuple(shapely.from_wkb([bytes(row.wkb) for row in rows])),
            row=first.row_number,
            if_match_version=int(first.version or 0),
            original=_original(batch, along, mended),
            read_as=_read_as(batch, along, mended),
            draft=any(row in mended and mended[row].estimate for row in along),
        )
        if done % 500 == 0 or done == total:
            progress.step(done, total, STEP_GEOMETRIES)

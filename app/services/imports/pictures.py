"""Photographs at the import desk: each row's picture kept, projects suggested by how near it was taken, no work moved.

A photograph tells where somebody stood, not where a road runs. So it gives coordinates only to a work that is a point
and has none; on every other project it is attached and says so. What is said against its place as coordinates is set
aside with it, and comes back when the row is to make a new project after all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput
from app.messages import sentence
from app.models import ImportBatch, ImportPicture, Organisation
from app.queries.attachments import FAR_M
from app.queries.codelists import expected_geometry_type
from app.services.attachment_files import beside, hold_files, keep
from app.services.attachments import MOST_OF_A_PROJECT, WITHDRAWN
from app.services.imports.rules import level_of, target_of
from app.services.imports.shapes import FIELD
from app.services.jobs import Progress
from app.services.project_locks import mark_on_behalf
from gis.pictures import Picture, read_pictures
from gis.problems import Problem

FORMAT = "jpeg"
STEP_PICTURES = "import_step_pictures"
ATTACH_ONLY, SET_ASIDE = "attach_only", "set_aside"
"""Members of a row's values: it gives no coordinates; problems of its place that therefore do not count."""
_OWN = frozenset({"photo_attached_only", "photo_is_no_line", "photo_far"})
# What the rules say of rows that replace or join coordinates, which a picture that is only attached does not.
_OF_PLACES = frozenset({"replaces_verified", "nothing_to_update", "joined_as_segment"})
_LINE_WANTED = "wrong_geometry_type"

NEAR_M, NEAR_DEGREES, SUGGESTED = 2_000.0, 0.025, 5
_NOUGHT_AT_M, _LEAST, _BY_CODE = 800.0, 0.45, 1.0


def is_of_photographs(batch: ImportBatch) -> bool:
    """True when every row of the batch is a photograph."""
    return batch.format == FORMAT


# --- keeping ---------------------------------------------------------------------------------------------------------


def stage_pictures(session: Session, actor: Actor, batch: ImportBatch, path: Path, progress: Progress) -> None:
    """Keep the picture of every staged row; one that cannot be kept leaves its row and a warning.

    Parameters
    ----------
    path
        The upload; the pictures lie beside the folder that it is in.
    """
    organisation = session.get_one(Organisation, batch.organisation_code)
    if not is_of_photographs(batch) or not policy.may(actor, policy.ATTACHMENT_WRITE, target_of(organisation)):
        return
    hold_files(session)
    folder, total = beside(path.parent), batch.row_count
    unkept: dict[int, Problem] = {}
    progress.step(0, total, STEP_PICTURES)
    for picture in read_pictures(path, batch.file_name, total):
        if picture.problem is None:
            original = picture.original or path.read_bytes()
            kept = keep(session, folder, picture, original, picture.name or batch.file_name)
            session.add(ImportPicture(batch_id=batch.id, row_number=picture.number, **kept.columns()))
        else:
            unkept[picture.number] = _unkept(picture, picture.problem)
        progress.step(picture.number, total, STEP_PICTURES)
    session.flush()
    _tell(session, batch, unkept)


def _unkept(picture: Picture, problem: Problem) -> Problem:
    values = {f"reason_{name}": sentence(problem.code, problem.values, name) for name in ("th", "en")}
    return Problem("photo_not_kept", "warning", {"field": "photo"}, {"name": picture.name, **values})


_TELL = """
    UPDATE import_row r SET problems = coalesce(r.problems, '[]') || jsonb_build_array(n.problem),
        level = CASE r.level WHEN 'ok' THEN 'warning' ELSE r.level END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n (row_number int, problem jsonb)
    WHERE r.batch_id = :batch AND r.row_number = n.row_number"""


def _tell(session: Session, batch: ImportBatch, found: dict[int, Problem]) -> None:
    rows = [{"row_number": number, "problem": problem.as_dict()} for number, problem in found.items()]
    if rows:
        session.execute(sa.text(_TELL), {"batch": batch.id, "rows": orjson.dumps(rows).decode()})


# --- suggesting ------------------------------------------------------------------------------------------------------

_ASKED = """
    SELECT r.row_number, p.location, p.file_name FROM import_picture p JOIN import_row r USING (batch_id, row_number)
    WHERE p.batch_id = :batch AND (CAST(:rows AS int[]) IS NULL OR r.row_number = ANY(:rows))
      AND (r.project_id IS NULL
           OR EXISTS (SELECT FROM import_choice c WHERE c.batch_id = :batch AND c.row_number = r.row_number))"""
_OF_THE_BATCH = "p.organisation_code = :organisation AND p.kind = :kind AND p.status <> 'CANCELLED'"
_NEAR = f"""
WITH asked AS MATERIALIZED ({_ASKED})
SELECT a.row_number, near.id AS project_id, near.distance_m, false AS coded
FROM asked a CROSS JOIN LATERAL (
    SELECT p.id, min(ST_Distance(CAST(a.location AS geography), CAST(s.geom AS geography))) AS distance_m
    FROM project p JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
    JOIN project_geometry_segment s ON s.project_geometry_id = g.id
    WHERE {_OF_THE_BATCH} AND g.geom && ST_Expand(a.location, :degrees)
    GROUP BY p.id ORDER BY distance_m, p.id LIMIT :most
) near
WHERE a.location IS NOT NULL AND near.distance_m <= :within
UNION ALL
SELECT a.row_number, p.id, NULL, true
FROM asked a JOIN project p ON p.code = upper(substring(a.file_name FROM '[0-9]{{2}}-[0-9A-Za-z]+-[0-9]+'))
WHERE {_OF_THE_BATCH}"""
_STORED = """
    SELECT row_number, project_id, score, reasons FROM import_match
    WHERE batch_id = :batch AND row_number = ANY(:rows)"""
_REPLACE = """
    INSERT INTO import_match (batch_id, row_number, rank, project_id, score, reasons)
    SELECT :batch, m.row_number, m.rank, m.project_id, m.score, m.reasons
    FROM jsonb_to_recordset(CAST(:matches AS jsonb)) AS m (row_number int, rank smallint, project_id bigint,
        score float8, reasons jsonb)"""


@dataclass
class _Suggestion:
    score: float
    reasons: list[dict[str, Any]]


def suggest_near(session: Session, batch: ImportBatch, rows: Sequence[int] | None) -> None:
    """Add the projects near which photographs were taken, and those whose code a file's name holds, to the suggestions.

    How near decides the score; what the names say stays beside it.
    """
    asked = {
        "batch": batch.id,
        "rows": None if rows is None else list(rows),
        "organisation": batch.organisation_code,
        "kind": batch.kind,
        "degrees": NEAR_DEGREES,
        "within": NEAR_M,
        "most": SUGGESTED,
    }
    found: dict[int, dict[int, _Suggestion]] = defaultdict(dict)
    for row in session.execute(sa.text(_NEAR), asked):
        reason: dict[str, Any] = {"code": "match_code_in_file_name"}
        score = _BY_CODE
        if not row.coded:
            reason = {"code": "match_distance", "distance_m": round(row.distance_m)}
            score = max(_LEAST, 1 - row.distance_m / _NOUGHT_AT_M)
        _add(found[row.row_number], row.project_id, score, [reason])
    if not found:
        return
    here = {"batch": batch.id, "rows": sorted(found)}
    for row in session.execute(sa.text(_STORED), here):
        _add(found[row.row_number], row.project_id, row.score, row.reasons)
    matches = [match for number, projects in found.items() for match in _ranked(number, projects)]
    session.execute(sa.text("DELETE FROM import_match WHERE batch_id = :batch AND row_number = ANY(:rows)"), here)
    session.execute(sa.text(_REPLACE), {"batch": batch.id, "matches": orjson.dumps(matches).decode()})


def _add(projects: dict[int, _Suggestion], project: int, score: float, reasons: Sequence[dict[str, Any]]) -> None:
    known = projects.setdefault(project, _Suggestion(0.0, []))
    known.score = max(known.score, round(score, 3))
    known.reasons += reasons


def _ranked(number: int, projects: dict[int, _Suggestion]) -> list[dict[str, Any]]:
    best = sorted(projects.items(), key=lambda entry: (-entry[1].score, entry[0]))[:SUGGESTED]
    return [
        {"row_number": number, "rank": rank, "project_id": project, "score": one.score, "reasons": one.reasons}
        for rank, (project, one) in enumerate(best, start=1)
    ]


# --- what a row does -------------------------------------------------------------------------------------------------

_ROWS = """
    SELECT r.row_number, r."values", r.problems, r.level, r.geom IS NOT NULL AS placed, r.project_id, r.project_code,
           p.kind, p.water_source_type_code, p.geometry_status,
           (SELECT min(ST_Distance(CAST(i.location AS geography), CAST(s.geom AS geography)))
                   - coalesce(CAST(i.accuracy_m AS float8), 0)
            FROM project_geometry g JOIN project_geometry_segment s ON s.project_geometry_id = g.id
            WHERE g.project_id = p.id AND g.version = p.geometry_version) AS distance_m
    FROM import_row r LEFT JOIN project p ON p.id = r.project_id
    LEFT JOIN import_picture i ON i.batch_id = r.batch_id AND i.row_number = r.row_number
    WHERE r.batch_id = :batch ORDER BY r.row_number"""
_WRITE = """
    UPDATE import_row r SET "values" = n."values", problems = nullif(n.problems, '[]'), level = n.level
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n (row_number int, "values" jsonb, problems jsonb, level text)
    WHERE r.batch_id = :batch AND r.row_number = n.row_number"""


def settle_pictures(session: Session, batch: ImportBatch) -> None:
    """Decide for every photograph whether it gives its project coordinates or is attached only, and let it say so."""
    placed: set[int] = set()
    written = []
    for row in session.execute(sa.text(_ROWS), {"batch": batch.id}).all():
        values = dict(row.values)
        values.pop(ATTACH_ONLY, None)
        problems = [_problem(p) for p in (*(row.problems or ()), *values.pop(SET_ASIDE, ())) if p["code"] not in _OWN]
        if row.project_id is None:
            problems = _new(problems, values)
        elif _gives_place(session, row) and row.project_id not in placed:
            placed.add(row.project_id)
        else:
            problems = _attached_only(row, problems, values)
        plain = [problem.as_dict() for problem in problems]
        level = level_of(problems)
        if (values, plain, level) != (row.values, row.problems or [], row.level):
            written.append({"row_number": row.row_number, "values": values, "problems": plain, "level": level})
    if written:
        session.execute(sa.text(_WRITE), {"batch": batch.id, "rows": orjson.dumps(written).decode()})


def _gives_place(session: Session, row: sa.Row[Any]) -> bool:
    nowhere = row.placed and row.geometry_status == "NONE"
    return nowhere and expected_geometry_type(session, row.kind, row.water_source_type_code) == "Point"


def _new(problems: list[Problem], values: dict[str, Any]) -> list[Problem]:
    """A new road cannot be made of a point, and that is said in the words of a photograph."""
    aside = [problem for problem in problems if problem.code == _LINE_WANTED]
    if not aside:
        return problems
    values[SET_ASIDE] = [problem.as_dict() for problem in aside]
    kept = [problem for problem in problems if problem.code != _LINE_WANTED]
    return [*kept, Problem("photo_is_no_line")]


def _attached_only(row: sa.Row[Any], problems: list[Problem], values: dict[str, Any]) -> list[Problem]:
    aside = [p for p in problems if p.where.get("field") == FIELD and p.code != "coordinates_not_allowed"]
    values[ATTACH_ONLY] = True
    if aside:
        values[SET_ASIDE] = [problem.as_dict() for problem in aside]
    kept = [problem for problem in problems if problem not in aside and problem.code not in _OF_PLACES]
    said = {"code": row.project_code}
    if row.distance_m is not None and row.distance_m > FAR_M:
        kept.append(Problem("photo_far", "warning", values={**said, "distance_m": round(row.distance_m)}))
    return [*kept, Problem("photo_attached_only", "info", values=said)]


def _problem(plain: dict[str, Any]) -> Problem:
    return Problem(plain["code"], plain["level"], plain["where"], plain["values"])


# --- accepting and taking back ---------------------------------------------------------------------------------------

_ATTACH = """
    INSERT INTO attachment (project_id, file_name, sha256, stored_name, media_type, byte_count, width_px, height_px,
        taken_at, location, accuracy_m, direction_degrees, import_batch_id, import_row, created_by, created_by_name,
        on_behalf_of)
    SELECT r.project_id, p.file_name, p.sha256, p.stored_name, p.media_type, p.byte_count, p.width_px, p.height_px,
        p.taken_at, p.location, p.accuracy_m, p.direction_degrees, p.batch_id, p.row_number, :user, :name, :behalf
    FROM import_picture p JOIN import_row r USING (batch_id, row_number)
    WHERE p.batch_id = :batch AND r.project_id IS NOT NULL ORDER BY p.row_number
    ON CONFLICT (project_id, sha256) WHERE removed_at IS NULL DO NOTHING
    RETURNING id"""
_LOCK = f"""
    SELECT code, {WITHDRAWN} AS withdrawn FROM project
    WHERE id IN (SELECT r.project_id FROM import_picture p JOIN import_row r USING (batch_id, row_number)
                 WHERE p.batch_id = :batch)
    ORDER BY id FOR UPDATE"""
_FULL = """
    SELECT p.code FROM attachment a JOIN project p ON p.id = a.project_id
    WHERE a.removed_at IS NULL AND a.project_id IN (
        SELECT project_id FROM attachment WHERE import_batch_id = :batch)
    GROUP BY p.code HAVING count(*) > :limit ORDER BY p.code"""
_DETACH = """
    UPDATE attachment SET removed_at = now(), removed_by = :user, removed_by_name = :name
    WHERE import_batch_id = :batch AND removed_at IS NULL RETURNING id"""


def attach_pictures(session: Session, actor: Actor, batch: ImportBatch, organisation: Organisation) -> int:
    """Hang every row's picture on its project; how many hang there that did not before.

    Raises
    ------
    Forbidden
        The actor may not attach pictures there.
    InvalidInput
        ``attachments_full`` for every project that would have too many, ``attachment_project_withdrawn``.
    """
    there = sa.select(sa.literal(1)).where(ImportPicture.batch_id == batch.id).limit(1)
    if session.scalar(there) is None:
        return 0
    policy.require(actor, policy.ATTACHMENT_WRITE, target_of(organisation))
    values = {
        "batch": batch.id,
        "user": actor.user_id,
        "name": actor.display_name,
        "behalf": mark_on_behalf(session, actor, organisation.code),
    }
    held = session.execute(sa.text(_LOCK), {"batch": batch.id}).all()
    gone = [row.code for row in held if row.withdrawn]
    if gone:
        raise InvalidInput([Problem("attachment_project_withdrawn", where={"project": code}) for code in gone])
    made = len(session.scalars(sa.text(_ATTACH), values).all())
    full = session.scalars(sa.text(_FULL), {"batch": batch.id, "limit": MOST_OF_A_PROJECT}).all()
    if full:
        values = {"limit": MOST_OF_A_PROJECT}
        raise InvalidInput([Problem("attachments_full", where={"project": code}, values=values) for code in full])
    return made


def detach_pictures(session: Session, actor: Actor, batch_id: int) -> int:
    """Take the pictures of an import away again; how many."""
    values = {"batch": batch_id, "user": actor.user_id, "name": actor.display_name}
    return len(session.scalars(sa.text(_DETACH), values).all())

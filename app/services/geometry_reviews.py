"""The verdict on coordinates: of one project or of many in one act, whole or not at all, never on one's own entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput
from app.services.project_locks import HeldProject, hold_projects, require_all
from gis.problems import Problem

# What a reviewer, or the person who drew, may make of the newest version as it stands.
REVIEWS: Mapping[str, frozenset[str]] = {
    "SUBMITTED": frozenset({"DRAFT", "RETURNED"}),
    "VERIFIED": frozenset({"SUBMITTED"}),
    "RETURNED": frozenset({"SUBMITTED", "VERIFIED"}),
}
VERDICTS = ("VERIFIED", "RETURNED")
NOTE_LENGTH = 2000
# More at once cannot have been looked at.
AT_ONCE = 200


@dataclass(frozen=True)
class Seen:
    """A project, and the version of its coordinates that the reviewer had before them."""

    project_code: str
    version: int


@dataclass(frozen=True)
class BulkReceipt:
    """What an act wrote, and what was left out with consent.

    Parameters
    ----------
    done
        Projects with their new version.
    left_out
        Why each of the others was not written.
    receipt
        Number of the request.
    """

    status: str
    done: tuple[Seen, ...]
    left_out: tuple[Problem, ...]
    receipt: str | None


def review_many(
    session: Session,
    actor: Actor,
    chosen: Sequence[Seen],
    status: str,
    *,
    note: str | None = None,
    leave_out: Iterable[str] = (),
) -> BulkReceipt:
    """Give the same verdict to many projects, all or none.

    Parameters
    ----------
    session, actor
        Of a transaction; who gives the verdict.
    chosen
        What the reviewer saw.
    status, note
        ``VERIFIED`` or ``RETURNED``; a return says why, in the same words for all.
    leave_out
        Codes of those that the reviewer was told cannot be written, and agreed to leave out. One that could be
        written is written; one that cannot and is not named here refuses the whole.

    Raises
    ------
    Forbidden
        A project where the actor does not verify.
    InvalidInput
        With ``where.project`` of each: ``project_not_found``, ``project_repeated``, ``review_changed``,
        ``review_not_possible``, ``review_own_entry``; ``too_many_at_once``, ``nothing_chosen``, and of the note.
    """
    _readable(chosen, status, note)
    held = hold_projects(session, [one.project_code for one in chosen])
    require_all(actor, policy.COORDINATES_VERIFY, held.values())
    problems = _refused(session, actor, held, chosen, status)
    if problems.keys() - set(leave_out):
        raise InvalidInput([problem for code in problems for problem in problems[code]])
    good = [held[one.project_code] for one in chosen if one.project_code not in problems]
    if not good:
        raise InvalidInput([Problem("nothing_chosen", where={"field": "items"})])
    rows = write_verdicts(session, actor, good, status, note, None)
    if status == "VERIFIED":
        _close_comments(session, actor, [project.id for project in good])
    done = tuple(Seen(row.code, row.version) for row in rows)
    return BulkReceipt(status, done, tuple(p for told in problems.values() for p in told), rows[0].receipt)


def _readable(chosen: Sequence[Seen], status: str, note: str | None) -> None:
    problems = readable_words(status, note)
    if status not in VERDICTS:
        values = {"from": "SUBMITTED", "to": status[:40]}
        problems.append(Problem("review_not_possible", where={"field": "status"}, values=values))
    if not chosen:
        problems.append(Problem("nothing_chosen", where={"field": "items"}))
    if len(chosen) > AT_ONCE:
        problems.append(Problem("too_many_at_once", values={"limit": AT_ONCE, "count": len(chosen)}))
    if problems:
        raise InvalidInput(problems)


def _refused(
    session: Session, actor: Actor, held: Mapping[str, HeldProject], chosen: Sequence[Seen], status: str
) -> dict[str, list[Problem]]:
    """Why projects cannot be written, by their code."""
    found = refused(session, actor, list(held.values()), status)
    changed = _changed(session, [one for one in chosen if one.project_code in held], held)
    seen: set[str] = set()
    for row, one in enumerate(chosen, start=1):
        code, where = one.project_code, {"row": row, "project": one.project_code[:80], "field": "items"}
        if code not in held:
            found[code] = [Problem("project_not_found", where=where, values={"project": code[:80]})]
        elif code in seen:
            found[code] = [Problem("project_repeated", where=where, values={"project": code, "row": row})]
        elif code in changed:
            # What stands now was not looked at: whether it could be reviewed says nothing yet.
            found[code] = [Problem("review_changed", where=where, values={"project": code, **changed[code]})]
        seen.add(code)
    return found


def _changed(session: Session, chosen: Sequence[Seen], held: Mapping[str, HeldProject]) -> dict[str, dict[str, Any]]:
    """Of what is no longer as it was seen: the version that stands, and who made it."""
    others = [one.project_code for one in chosen if held[one.project_code].geometry_version != one.version]
    rows = session.execute(
        sa.text(
            "SELECT p.code, p.geometry_version AS version, coalesce(g.created_by_name, '–') AS by FROM project p"
            " LEFT JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version"
            " WHERE p.code = ANY(:codes)"
        ),
        {"codes": others},
    )
    return {row.code: {"version": row.version, "by": row.by} for row in rows} if others else {}


# Who entered what stands: whoever drew, typed or imported the shape, and whoever has sent it in since.
_ENTERED_BY = """
SELECT DISTINCT g.project_id FROM project_geometry g
WHERE g.project_id = ANY(:projects) AND g.created_by = :user AND g.status IN ('DRAFT', 'SUBMITTED')
  AND g.version >= coalesce((SELECT max(e.version) FROM project_geometry e
                             WHERE e.project_id = g.project_id AND e.source <> 'review'), 0)
"""


def entered_by(session: Session, actor: Actor, projects: Sequence[int]) -> frozenset[int]:
    """Of some projects (ids) those whose coordinates, as they stand, the actor has entered or sent in."""
    if actor.user_id is None or not projects:
        return frozenset()
    found = session.scalars(sa.text(_ENTERED_BY), {"projects": list(projects), "user": actor.user_id})
    return frozenset(found)


def refused(session: Session, actor: Actor, projects: Sequence[HeldProject], status: str) -> dict[str, list[Problem]]:
    """Why held projects cannot get a status, by their code; four eyes stand on a verification."""
    own = entered_by(session, actor, [one.id for one in projects]) if status == "VERIFIED" else frozenset()
    found: dict[str, list[Problem]] = {}
    for project in projects:
        where, values = {"field": "status", "project": project.code}, {"project": project.code}
        if project.geometry_version == 0:
            found[project.code] = [Problem("geometry_missing", where=where, values=values)]
        elif project.geometry_status not in REVIEWS.get(status, frozenset()):
            steps = {"from": project.geometry_status, "to": status[:40]}
            found[project.code] = [Problem("review_not_possible", where=where, values=steps)]
        elif project.id in own:
            found[project.code] = [Problem("review_own_entry", where=where, values=values)]
    return found


def readable_words(status: str, note: str | None) -> list[Problem]:
    """A return says why, and nobody writes a book."""
    if status == "RETURNED" and not (note or "").strip():
        return [Problem("note_required", where={"field": "note"})]
    return readable_note(note)


def readable_note(note: str | None) -> list[Problem]:
    """A problem when a note is too long."""
    if note is not None and len(note) > NOTE_LENGTH:
        return [Problem("note_too_long", where={"field": "note"}, values={"limit": NOTE_LENGTH, "length": len(note)})]
    return []


_VERDICTS = """
WITH old AS MATERIALIZED (
    SELECT g.*, nextval(pg_get_serial_sequence('project_geometry', 'id')) AS new_id
    FROM project_geometry g JOIN project p ON p.id = g.project_id AND p.geometry_version = g.version
    WHERE p.id = ANY(:projects)
),
new AS (
    INSERT INTO project_geometry (id, project_id, version, status, geom, length_m, area_m2, source, original,
                                  original_epsg, operation, note, warnings, created_by, created_by_name, on_behalf_of)
    SELECT new_id, project_id, version + 1, :status, geom, length_m, area_m2, 'review', original, original_epsg,
           operation, :note, warnings, :user, :name, :behalf
    FROM old RETURNING *
),
parts AS (
    INSERT INTO project_geometry_segment (project_geometry_id, seq, geom, length_m, area_m2)
    SELECT old.new_id, s.seq, s.geom, s.length_m, s.area_m2
    FROM old JOIN project_geometry_segment s ON s.project_geometry_id = old.id
    RETURNING project_geometry_id, seq, length_m, area_m2
),
changed AS (
    UPDATE project p SET geometry_version = new.version, geometry_status = new.status
    FROM new WHERE p.id = new.project_id
)
SELECT p.code, new.version, new.created_at, new.length_m, new.area_m2, new.warnings,
       nullif(current_setting('eplan.request_id', true), '') AS receipt,
       ARRAY(SELECT coalesce(length_m, 0)::float8 FROM parts s WHERE s.project_geometry_id = new.id
             ORDER BY seq) AS lengths,
       ARRAY(SELECT coalesce(area_m2, 0)::float8 FROM parts s WHERE s.project_geometry_id = new.id
             ORDER BY seq) AS areas
FROM new JOIN project p ON p.id = new.project_id ORDER BY p.id
"""


def write_verdicts(
    session: Session,
    actor: Actor,
    projects: Sequence[HeldProject],
    status: str,
    note: str | None,
    behalf: str | None,
) -> Sequence[sa.Row[Any]]:
    """The newest version of each held project again, with another status: one statement for one or for many."""
    values = {
        "projects": [project.id for project in projects],
        "status": status,
        "note": note or None,
        "user": actor.user_id,
        "name": actor.display_name,
        "behalf": behalf,
    }
    return session.execute(sa.text(_VERDICTS), values).all()


def _close_comments(session: Session, actor: Actor, projects: Sequence[int]) -> None:
    """What was said of a place is settled when the coordinates are verified; what was said of a figure is not."""
    session.execute(
        sa.text(
            "UPDATE review_comment SET resolved_at = now(), resolved_by = :user WHERE entity = 'project'"
            " AND entity_key = ANY(:keys) AND field = 'geometry' AND resolved_at IS NULL"
        ),
        {"user": actor.user_id, "keys": [str(one) for one in projects]},
    )

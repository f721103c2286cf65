"""An accepted import taken back as a whole: its projects withdrawn, the coordinates of others as they were before.

Nothing is overwritten: what goes back is a new version with the shape and the status of the one before, what is
withdrawn keeps its versions and its lines in the change log. Whatever somebody has changed since stops the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput
from app.models import ImportBatch, Organisation
from app.services.duplicate_renewal import renew_soon
from app.services.imports.pictures import detach_pictures
from app.services.imports.receiving import held_batch
from app.services.imports.rules import target_of
from app.services.jobs import Progress
from app.services.money_rules import check_open_year, refuse
from app.services.project_locks import mark_on_behalf
from gis.problems import Problem

CHUNK_PROJECTS = 5_000
MAX_PROBLEMS = 1_000
STEP_CHECKING, STEP_UNDOING = "import_step_undo_checking", "import_step_undoing"


@dataclass(frozen=True)
class Undone:
    """What was taken back.

    Parameters
    ----------
    withdrawn
        Projects that the import had made.
    returned
        Projects that were there, whose coordinates are as before.
    detached
        Pictures that came with it.
    """

    batch_id: int
    withdrawn: int
    returned: int
    detached: int = 0

    def as_dict(self) -> dict[str, int]:
        """Plain JSON; pictures are spoken of where there were any."""
        pictures = {"detached": self.detached} if self.detached else {}
        return {"batch": self.batch_id, "withdrawn": self.withdrawn, "returned": self.returned, **pictures}


# The projects of the batch: which it made, and which version it wrote of each.
_PROJECTS = """
    SELECT p.id, p.code, p.row_version, p.geometry_version, g.version AS written,
           coalesce(p.source = 'import' AND p.source_ref LIKE :batch || ':%', false) AS made
    FROM project p LEFT JOIN project_geometry g ON g.project_id = p.id AND g.import_batch_id = :batch
    WHERE p.id IN (SELECT project_id FROM import_row WHERE batch_id = :batch)"""
_LOCK = """
    SELECT id FROM project WHERE id IN (SELECT project_id FROM import_row WHERE batch_id = :batch)
    ORDER BY id FOR UPDATE"""
# A project that was made was written once; money, a contract, another name, other coordinates would be a second time.
_CHANGED = f"""
    SELECT b.code, b.made, l.user_name, l.at
    FROM ({_PROJECTS}) b
    LEFT JOIN LATERAL (
        SELECT c.user_name, c.at FROM change_log c WHERE c.project_id = b.id ORDER BY c.id DESC LIMIT 1
    ) l ON true
    WHERE (b.written IS NOT NULL AND b.geometry_version <> b.written)
       OR (b.made AND (b.row_version <> 1
           OR EXISTS (SELECT FROM contract c WHERE c.project_id = b.id)
           OR EXISTS (SELECT FROM disbursement d WHERE d.project_id = b.id)
           OR EXISTS (SELECT FROM attachment a WHERE a.project_id = b.id AND a.removed_at IS NULL
                      AND a.import_batch_id IS DISTINCT FROM :batch)))
    ORDER BY b.code LIMIT :limit"""
# What no other door of money lets anybody take away under it, project by project.
_HELD = f"""
    SELECT b.code, h.rule, h.number
    FROM ({_PROJECTS}) b CROSS JOIN LATERAL (
        SELECT 'import_undo_document' AS rule, d.number
        FROM appropriation a JOIN budget_document d ON d.id = a.budget_document_id
        WHERE a.project_id = b.id AND a.removed_at IS NULL AND d.removed_at IS NULL
        UNION SELECT 'import_undo_transfer', t.number
        FROM budget_transfer_line l JOIN budget_transfer t ON t.id = l.budget_transfer_id
        WHERE l.project_id = b.id AND t.removed_at IS NULL AND (l.amount_baht <> 0 OR l.note IS NOT NULL)
        UNION SELECT 'import_undo_contract', c.number
        FROM contract c WHERE c.project_id = b.id AND c.removed_at IS NULL
        UNION SELECT 'import_undo_payment', coalesce(d.voucher_number, d.paid_on ::text)
        FROM disbursement d WHERE d.project_id = b.id AND d.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM disbursement r WHERE r.reverses_id = d.id)
        UNION SELECT 'import_undo_carry_over', k.until_on ::text
        FROM carry_over k WHERE k.project_id = b.id AND k.removed_at IS NULL
        UNION SELECT 'import_undo_money', coalesce(a.legal_reference, '–')
        FROM appropriation a WHERE a.project_id = b.id AND a.removed_at IS NULL AND a.amount_baht <> 0
          AND a.budget_document_id IS NULL AND a.created_by IS NOT NULL
    ) h WHERE b.made ORDER BY b.code, h.rule, h.number LIMIT :limit"""
_RETURN = f"""
WITH back AS MATERIALIZED (
    SELECT b.id, b.geometry_version, b.made, old.id AS old_id
    FROM ({_PROJECTS}) b
    LEFT JOIN project_geometry old ON old.project_id = b.id AND old.version = b.written - 1
    WHERE b.id = ANY(:ids) AND b.written IS NOT NULL
),
versions AS (
    INSERT INTO project_geometry (project_id, version, status, geom, length_m, area_m2, source, original,
        original_epsg, operation, note, warnings, created_by, created_by_name, on_behalf_of)
    SELECT b.id, b.geometry_version + 1, coalesce(old.status, 'NONE'), old.geom, old.length_m, old.area_m2, 'review',
           old.original, old.original_epsg, old.operation, :note, coalesce(old.warnings, '[]'), :user, :name, :behalf
    FROM back b LEFT JOIN project_geometry old ON old.id = b.old_id
    RETURNING id, project_id, version, status
),
segments AS (
    INSERT INTO project_geometry_segment (project_geometry_id, seq, geom, length_m, area_m2)
    SELECT v.id, s.seq, s.geom, s.length_m, s.area_m2
    FROM versions v JOIN back b ON b.id = v.project_id
    JOIN project_geometry_segment s ON s.project_geometry_id = b.old_id
)
UPDATE project p
SET geometry_version = v.version, geometry_status = v.status,
    -- The import may have found out the tambon; then the log has what stood there before.
    area_code = CASE WHEN l.before ? 'area_code' THEN l.before->>'area_code' ELSE p.area_code END
FROM versions v JOIN back b ON b.id = v.project_id
LEFT JOIN LATERAL (
    SELECT c.before FROM change_log c
    WHERE c.project_id = b.id AND c.entity = 'project' AND c.action = 'update'
      AND (c.after->>'geometry_version') ::int = b.geometry_version
    ORDER BY c.id DESC LIMIT 1
) l ON NOT b.made
WHERE p.id = v.project_id"""
_HAS_MONEY = f"""
    SELECT EXISTS (SELECT FROM ({_PROJECTS}) b JOIN appropriation a ON a.project_id = b.id
                   WHERE b.made AND a.amount_baht <> 0)"""
_WITHDRAW_MONEY = """
    UPDATE appropriation SET amount_baht = 0
    WHERE project_id = ANY(:ids) AND amount_baht <> 0 AND budget_document_id IS NULL"""
_WITHDRAW = """
    UPDATE project SET status = 'CANCELLED', attributes = attributes || jsonb_build_object('withdrawn_import', :batch)
    WHERE id = ANY(:ids)"""


def undo(session: Session, actor: Actor, batch_id: int, progress: Progress) -> Undone:
    """Take an accepted import back, all of it or nothing; a second call answers as the first did.

    Raises
    ------
    NotFound, Forbidden
        No such import; not allowed: who may accept it may undo it.
    Conflict
        ``import_not_accepted``.
    InvalidInput
        ``import_undo_refused`` with every project that somebody has changed since; ``fiscal_year_closed`` where it
        brought money into a year that is closed now.
    """
    batch = held_batch(session, actor, batch_id)
    if batch.status == "UNDONE":
        return Undone(batch_id, **batch.detected["undone"])
    ready_to_undo(session, actor, batch)
    progress.step(0, None, STEP_CHECKING)
    session.execute(sa.text(_LOCK), {"batch": batch_id})
    refuse_changed(session, batch)  # whoever wrote while we waited for the locks is seen now
    behalf = mark_on_behalf(session, actor, batch.organisation_code)
    values = {
        "batch": batch_id,
        "note": f"เลิกทำการนำเข้าเลขที่ {batch_id} ({batch.file_name})",
        "user": actor.user_id,
        "name": actor.display_name,
        "behalf": behalf,
    }
    made, known = _projects(session, batch_id)
    done = 0
    for ids in _chunks([*made, *known]):
        session.execute(sa.text(_RETURN), {**values, "ids": ids})
        session.execute(sa.text(_WITHDRAW_MONEY), {"ids": [one for one in ids if one in made]})
        correction = sa.text("SELECT set_config('eplan.status_correction', :reason, true)")
        session.execute(correction, {"reason": values["note"]})
        session.execute(sa.text(_WITHDRAW), {"batch": batch_id, "ids": [one for one in ids if one in made]})
        session.execute(correction, {"reason": ""})
        done += len(ids)
        progress.step(done, len(made) + len(known), STEP_UNDOING)
    renew_soon(session, [*made, *known])
    detached = detach_pictures(session, actor, batch_id)
    batch.status, batch.undone_at, batch.undone_by_name = "UNDONE", sa.func.now(), actor.display_name
    batch.detected = {
        **batch.detected,
        "undone": {"withdrawn": len(made), "returned": len(known), "detached": detached},
    }
    session.flush()
    return Undone(batch_id, len(made), len(known), detached)


def ready_to_undo(session: Session, actor: Actor, batch: ImportBatch) -> None:
    """Refuse what was not accepted, what others have built upon, and who may not place the organisation's works.

    Raises
    ------
    Forbidden, Conflict, InvalidInput
        As :func:`undo`.
    """
    if batch.status != "ACCEPTED":
        raise Conflict("import_not_accepted", {"status": batch.status})
    organisation = session.get_one(Organisation, batch.organisation_code)
    if batch.detected["result"]["recorded"]:
        policy.require(actor, policy.COORDINATES_WRITE, target_of(organisation))
    if batch.detected["result"].get("attached"):
        policy.require(actor, policy.ATTACHMENT_WRITE, target_of(organisation))
    refuse_changed(session, batch)
    if session.scalar(sa.text(_HAS_MONEY), {"batch": batch.id}):
        refuse(check_open_year(session, batch.organisation_code, batch.fiscal_year_be))


def refuse_changed(session: Session, batch: ImportBatch) -> None:
    """Refuse while one project has been changed by somebody since, or money stands on what the import brought.

    Raises
    ------
    InvalidInput
        ``import_undo_refused`` with each project: the documents, transfers, contracts, payments and reserves that
        stand on it, or who changed it last and when.
    """
    which = {"batch": batch.id, "limit": MAX_PROBLEMS}
    held = [_held(row) for row in session.execute(sa.text(_HELD), which)]
    told = {problem.values["project"] for problem in held}
    changed = [row for row in session.execute(sa.text(_CHANGED), which) if row.code not in told]
    if held or changed:
        problems = [*held, *(_changed(row) for row in changed)][:MAX_PROBLEMS]
        raise InvalidInput(problems, "import_undo_refused", {"count": len(told) + len(changed)})


def _held(row: sa.Row[Any]) -> Problem:
    where = {"field": "project", "project": row.code}
    return Problem(row.rule, where=where, values={"project": row.code, "number": row.number})


def _changed(row: sa.Row[Any]) -> Problem:
    values = {
        "project": row.code,
        "changed_by": row.user_name or "–",
        "changed_at": "–" if row.at is None else f"{row.at:%Y-%m-%d %H:%M}",
    }
    return Problem("project_changed_since", where={"field": "project", "project": row.code}, values=values)


def _projects(session: Session, batch_id: int) -> tuple[set[int], set[int]]:
    """Projects that the import made, and those that it gave other coordinates."""
    rows = session.execute(sa.text(_PROJECTS), {"batch": batch_id}).all()
    made = {row.id for row in rows if row.made}
    return made, {row.id for row in rows if not row.made and row.written is not None}


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK_PROJECTS):
        yield ids[start : start + CHUNK_PROJECTS]

"""A file of contracts or payments arrives, is compared with the projects of its place, and its suggestions are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import Area, MatchBatch, MatchRow, MatchSuggestion, Organisation
from app.queries.matches import MatchBatchView, get_match_batch, list_match_batches
from app.services.imports import Received
from app.services.imports.rules import target_of
from app.services.jobs import Progress
from app.services.matching.reading import read_outside
from app.services.matching.rows import KINDS, Kind
from app.services.matching.stored import stored_projects
from app.services.matching.suggest import Suggested, suggest
from gis.problems import Problem

ACTIONS: dict[str, str] = {"egp": policy.CONTRACT_WRITE, "payment": policy.DISBURSEMENT_WRITE}
"""What somebody must be allowed to write to match a kind of file."""
_STORED_AT_ONCE = 2_000


def receive(
    session: Session,
    actor: Actor,
    received: Received,
    *,
    kind: str,
    organisation_code: str | None = None,
    province_code: str | None = None,
) -> MatchBatch:
    """Write the file down as a batch to be compared with the projects of one organisation or one province.

    Raises
    ------
    InvalidInput
        Unknown kind, organisation or province, neither or both of these; all at once.
    Forbidden
        The actor does not write contracts (or payments) there.
    """
    problems = []
    if kind not in KINDS:
        values = {"given": kind[:40], "allowed": ", ".join(KINDS)}
        problems.append(Problem("match_kind_unknown", where={"field": "kind"}, values=values))
    if bool(organisation_code) == bool(province_code):
        problems.append(Problem("match_place_needed", where={"field": "organisation"}))
    organisation = session.get(Organisation, organisation_code) if organisation_code else None
    if organisation_code and organisation is None:
        values = {"code": organisation_code[:40]}
        problems.append(Problem("organisation_unknown", where={"field": "organisation"}, values=values))
    province = session.get(Area, province_code) if province_code else None
    if province_code and (province is None or province.level != "province"):
        problems.append(Problem("area_not_found", where={"field": "province"}, values={"area": province_code[:40]}))
    if problems:
        raise InvalidInput(problems)
    target = target_of(organisation) if organisation else policy.Target(None, province_code)
    policy.require(actor, ACTIONS[kind], target)
    batch = MatchBatch(
        kind=kind,
        organisation_code=organisation_code or None,
        province_code=province_code or None,
        file_name=received.file_name,
        stored_name=received.stored_name,
        file_sha256=received.sha256,
        file_bytes=received.size_bytes,
        created_by=actor.user_id,
        created_by_name=actor.display_name,
        on_behalf_of=organisation_code if policy.enters_on_behalf(actor, organisation_code) else None,
    )
    session.add(batch)
    session.flush()
    return batch


def compare(session: Session, actor: Actor, batch_id: int, folder: Path, progress: Progress) -> MatchBatch:
    """Read the file and keep five suggestions for each row. Run again it begins anew; a compared file stays as it is.

    Raises
    ------
    InvalidInput
        The file cannot be read.
    """
    batch = held_batch(session, actor, batch_id)
    if batch.status != "RECEIVED":
        return batch
    progress.step(0, None, "match_step_reading")
    kind: Kind = "payment" if batch.kind == "payment" else "egp"
    outside = read_outside(folder / batch.stored_name, name=batch.file_name, kind=kind)
    progress.step(0, len(outside.rows), "match_step_comparing")
    projects = stored_projects(
        session,
        organisations=[batch.organisation_code] if batch.organisation_code else [],
        provinces=[batch.province_code] if batch.province_code else [],
    )
    found = suggest(kind, outside.rows, projects)
    session.execute(sa.delete(MatchRow).where(MatchRow.batch_id == batch_id))
    for start in range(0, len(found), _STORED_AT_ONCE):
        _store(session, batch_id, found[start : start + _STORED_AT_ONCE])
        progress.step(min(start + _STORED_AT_ONCE, len(found)), len(found), "match_step_storing")
    batch.columns = dict(outside.columns)
    batch.row_count, batch.skipped_count, batch.project_count = len(found), outside.skipped, len(projects)
    batch.status = "READY"
    batch.compared_at = sa.func.now()
    session.flush()
    return batch


def _store(session: Session, batch_id: int, found: Sequence[Suggested]) -> None:
    rows = [
        {
            "batch_id": batch_id,
            "row_number": one.row.number,
            "values": one.row.as_dict(),
            "problems": [problem.as_dict() for problem in one.row.problems],
        }
        for one in found
    ]
    suggestions = [
        {
            "batch_id": batch_id,
            "row_number": one.row.number,
            "rank": suggestion.rank,
            "project_id": suggestion.project.id,
            "score": suggestion.score,
            "reasons": [reason.as_dict() for reason in suggestion.reasons],
        }
        for one in found
        for suggestion in one.suggestions
    ]
    session.execute(sa.insert(MatchRow), rows)
    if suggestions:
        session.execute(sa.insert(MatchSuggestion), suggestions)


def fail(session: Session, batch_id: int, problems: Sequence[Problem]) -> None:
    """After a comparison that failed: the batch stays, with what is wrong with its file."""
    batch = session.get_one(MatchBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch.status == "RECEIVED":
        batch.status = "FAILED"
        batch.problems = [problem.as_dict() for problem in problems]


def cancel(session: Session, actor: Actor, batch_id: int) -> None:
    """Give the file up: its rows go, unless something of it was accepted.

    Raises
    ------
    Conflict
        A row was accepted; take that back first.
    """
    batch = held_batch(session, actor, batch_id)
    view = get_match_batch(session, batch_id)
    if view is not None and view.accepted_count:
        raise Conflict("match_has_accepted", {"count": view.accepted_count})
    session.execute(sa.delete(MatchRow).where(MatchRow.batch_id == batch_id))
    batch.status = "CANCELLED"
    batch.row_count = 0
    session.flush()


def target_of_batch(batch: MatchBatchView) -> policy.Target:
    """The batch as policy sees it."""
    if batch.organisation_code:
        return policy.Target(batch.organisation_code, batch.seat_province_code, batch.seat_amphoe_code)
    return policy.Target(None, batch.province_code)


def visible_batch(session: Session, actor: Actor, batch_id: int) -> MatchBatchView:
    """The batch to be looked at, by those who may write what it is about at its place.

    Raises
    ------
    NotFound
        Also where the actor may not know of it.
    """
    batch = get_match_batch(session, batch_id)
    if batch is None or not policy.may(actor, ACTIONS[batch.kind], target_of_batch(batch)):
        raise NotFound("match_batch_not_found", {"batch": batch_id})
    return batch


def held_batch(session: Session, actor: Actor, batch_id: int) -> MatchBatch:
    """The batch, locked; its seeing is its writing.

    Raises
    ------
    NotFound
        Also where the actor may not know of it.
    """
    visible_batch(session, actor, batch_id)
    return session.get_one(MatchBatch, batch_id, with_for_update=True, populate_existing=True)


def visible_batches(
    session: Session, actor: Actor, *, limit: int = 25, before_id: int | None = None
) -> list[MatchBatchView]:
    """Files of the places where the actor writes contracts or payments, newest first."""
    kinds = kinds_of(actor)
    if not kinds:
        return []
    scope = policy.own_scope(actor)
    found = list_match_batches(
        session,
        kinds=kinds,
        nation=scope.nation,
        organisations=sorted(scope.organisations),
        provinces=sorted(scope.provinces),
        amphoes=sorted(scope.amphoes),
        limit=limit,
        before_id=before_id,
    )
    return [batch for batch in found if policy.may(actor, ACTIONS[batch.kind], target_of_batch(batch))]


def kinds_of(actor: Actor) -> list[str]:
    """Kinds of file that the actor may match somewhere."""
    return [kind for kind, action in ACTIONS.items() if actor.roles & set(policy.roles_for(action))]

"""What a person says of the rows: this project, none of them, all that are sure; and taking it back.

Whoever accepts a row makes a contract or a payment of it. One row is a whole: its decision and its record, or neither.
Of many rows each is a whole of its own: what one is refused for is kept with it and told, the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import AppError, Conflict, InvalidInput, NotFound
from app.models import MatchBatch, MatchDecision, MatchRow, MatchSuggestion, Organisation, Project
from app.queries.matches import SureRow, sure_rows
from app.services.imports.rules import target_of
from app.services.matching.batches import ACTIONS, held_batch
from app.services.matching.contracts import make_contract, take_contract_back
from app.services.matching.made import Chosen, Made
from app.services.matching.payments import make_payment, take_payment_back
from app.services.matching.suggest import SURE
from app.services.project_locks import hold_projects
from gis.problems import Problem

AT_ONCE = 200
"""Rows that one call accepts or takes back: each is some ten statements, and its project is held until the end."""
NO_CHOICE = Chosen()


@dataclass(frozen=True)
class Refused:
    """A row that no record could be made of, or whose record could not be taken back."""

    row: int
    problems: Sequence[Problem]


@dataclass
class Done:
    """What became of many rows.

    Parameters
    ----------
    rows
        Those that were accepted, or taken back.
    next
        Row to go on after; ``None`` when all were looked at.
    """

    rows: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    next: int | None = None


def decide(
    session: Session,
    actor: Actor,
    batch_id: int,
    row_number: int,
    project_code: str | None,
    chosen: Chosen = NO_CHOICE,
) -> None:
    """Say which project a row belongs to, and make its record; or (``None``) that none fits.

    Any project of the batch's place may be named, not only those that are suggested. What was said before is replaced
    and what it made taken back; the same project again changes nothing.

    Raises
    ------
    NotFound
        No such batch or row.
    InvalidInput
        No such project, or one of another place; every reason why no record can be made, or the one before cannot be
        taken back.
    Forbidden
        The actor does not write contracts (or payments) for the project's organisation.
    """
    batch = _ready(session, actor, batch_id)
    row = session.get(MatchRow, (batch_id, row_number))
    if row is None:
        raise NotFound("match_row_not_found", {"row": row_number})
    project = None if project_code is None else _project_of(session, actor, batch, project_code)
    before = _decided(session, batch_id, [row_number])
    if project is not None and before and (before[0].project_id, bool(before[0].outcome)) == (project.id, True):
        return
    for one in before:
        _take_back(session, actor, batch, one)
    if project is None:
        _say(session, actor, batch, row_number, None, None, None)
    else:
        _accept(session, actor, batch, row_number, row.values, project, chosen)


def _accept(
    session: Session,
    actor: Actor,
    batch: MatchBatch,
    row_number: int,
    values: Mapping[str, Any],
    project: Project,
    chosen: Chosen,
) -> None:
    """The record of a row, and the decision that it came of."""
    if batch.kind == "payment":
        made = make_payment(session, actor, project.code, values, batch.id, chosen)
    else:
        made = make_contract(session, actor, project.code, values)
    score = session.scalar(
        sa.select(MatchSuggestion.score).where(
            MatchSuggestion.batch_id == batch.id,
            MatchSuggestion.row_number == row_number,
            MatchSuggestion.project_id == project.id,
        )
    )
    _say(session, actor, batch, row_number, project, score, made)


def _say(
    session: Session,
    actor: Actor,
    batch: MatchBatch,
    row_number: int,
    project: Project | None,
    score: float | None,
    made: Made | None,
) -> None:
    behalf = project.organisation_code if project is not None else batch.organisation_code
    record = (
        {}
        if made is None
        else {
            "outcome": made.outcome,
            "contract_id": made.contract_id,
            "disbursement_id": made.disbursement_id,
            "record_version": made.record_version,
            "details": dict(made.details),
        }
    )
    session.add(
        MatchDecision(
            batch_id=batch.id,
            row_number=row_number,
            project_id=None if project is None else project.id,
            score=score,
            decided_by=actor.user_id,
            decided_by_name=actor.display_name,
            on_behalf_of=behalf if policy.enters_on_behalf(actor, behalf) else None,
            receipt=session.scalar(sa.text("SELECT nullif(current_setting('eplan.request_id', true), '')")),
            **record,
        )
    )
    session.flush()
    _note_refusals(session, batch.id, [Refused(row_number, ())])


def _project_of(session: Session, actor: Actor, batch: MatchBatch, code: str) -> Project:
    where = {"field": "project"}
    found = session.execute(
        sa.select(Project, Organisation)
        .join(Organisation, Organisation.code == Project.organisation_code)
        .where(Project.code == code)
    ).one_or_none()
    if found is None:
        raise InvalidInput([Problem("project_code_unknown", where=where, values={"code": code[:80]})])
    project, organisation = found
    of_place = project.organisation_code == batch.organisation_code or organisation.province_code == batch.province_code
    if not of_place:
        raise InvalidInput([Problem("project_of_other", where=where, values={"code": code[:80]})])
    policy.require(actor, ACTIONS[batch.kind], target_of(organisation))
    return project


def accept_sure(
    session: Session, actor: Actor, batch_id: int, at_least: float = SURE, *, after: int = -1, limit: int = AT_ONCE
) -> Done:
    """Accept the best suggestion of undecided rows that are at least so sure, in the order of the file.

    Left out are contracts of which two want the same project.

    Parameters
    ----------
    after, limit
        Row to go on after, and how many are looked at now.
    """
    batch = _ready(session, actor, batch_id)
    sure = sure_rows(session, batch_id, at_least, after=after, limit=limit + 1)
    found = sure[:limit]
    keys = {row.project_id for row in found}
    projects = {one.id: one for one in session.scalars(sa.select(Project).where(Project.id.in_(keys)))}
    # All at once and in one order: whoever holds some of them for a transfer waits for nothing that waits for them.
    hold_projects(session, [one.code for one in projects.values()])
    done = Done(next=found[-1].number if len(sure) > limit else None)
    for row in found:
        project = projects[row.project_id]

        def act(row: SureRow = row, project: Project = project) -> None:
            _accept(session, actor, batch, row.number, row.values, project, NO_CHOICE)

        _whole(session, row.number, act, done)
    _note_refusals(session, batch_id, done.refused)
    return done


def undo(session: Session, actor: Actor, batch_id: int, rows: Sequence[int]) -> Done:
    """Take back what was said of some rows and what was made of them; the change log keeps it.

    Raises
    ------
    InvalidInput
        The record of the only row cannot be taken back.
    """
    batch = _ready(session, actor, batch_id)
    decisions = _decided(session, batch_id, rows)
    keys = {one.project_id for one in decisions if one.outcome}
    hold_projects(session, list(session.scalars(sa.select(Project.code).where(Project.id.in_(keys)))))
    done = Done()
    if len(decisions) == 1:
        _take_back(session, actor, batch, decisions[0])
        done.rows.append(decisions[0].row_number)
        return done
    for one in decisions:

        def act(one: MatchDecision = one) -> None:
            _take_back(session, actor, batch, one)

        _whole(session, one.row_number, act, done)
    return done


def _decided(session: Session, batch_id: int, rows: Sequence[int]) -> list[MatchDecision]:
    """Decisions, the last first: what was filled in later is emptied first."""
    return list(
        session.scalars(
            sa.select(MatchDecision)
            .where(MatchDecision.batch_id == batch_id, MatchDecision.row_number.in_(rows))
            .order_by(MatchDecision.id.desc())
        )
    )


def _take_back(session: Session, actor: Actor, batch: MatchBatch, decision: MatchDecision) -> None:
    if decision.outcome is not None:
        project = session.get_one(Project, decision.project_id)
        made = Made(
            decision.outcome,  # type: ignore[arg-type]  # the database knows the three words
            decision.contract_id,
            decision.disbursement_id,
            decision.record_version,
            decision.details,
        )
        reason = f"เลิกทำการจับคู่ แถว {decision.row_number} ไฟล์ {batch.file_name}"[:300]
        if made.disbursement_id is not None:
            take_payment_back(session, actor, project.code, made, reason)
        else:
            take_contract_back(session, actor, project.code, made)
    session.delete(decision)
    session.flush()


def _whole(session: Session, row: int, act: Callable[[], None], done: Done) -> None:
    """One row of many: all of it, or nothing and the reasons."""
    try:
        with session.begin_nested():
            act()
    except (InvalidInput, Conflict) as error:
        told = error.problems if isinstance(error, InvalidInput) else [_problem_of(error)]
        done.refused.append(Refused(row, told))
    else:
        done.rows.append(row)


def _problem_of(error: AppError) -> Problem:
    return Problem(error.code, values=error.values)


def _note_refusals(session: Session, batch_id: int, refused: Iterable[Refused]) -> None:
    """Keep the reasons with their rows, to be read by whoever comes later; no reasons take them away."""
    rows = [{"row": one.row, "problems": [p.as_dict() for p in one.problems]} for one in refused]
    if rows:
        session.execute(
            sa.text(
                "UPDATE match_row r SET refused = CASE WHEN g.problems <> '[]' THEN g.problems END"
                " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(row integer, problems jsonb)"
                " WHERE r.batch_id = :batch AND r.row_number = g.row"
                "   AND (r.refused IS NOT NULL OR g.problems <> '[]')"
            ),
            {"rows": orjson.dumps(rows, default=str).decode(), "batch": batch_id},
        )


def _ready(session: Session, actor: Actor, batch_id: int) -> MatchBatch:
    batch = held_batch(session, actor, batch_id)
    if batch.status != "READY":
        raise Conflict("match_not_ready", {"status": batch.status})
    return batch

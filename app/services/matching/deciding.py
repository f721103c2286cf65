"""What a person says of the rows: this project, none of them, all that are sure; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import MatchBatch, MatchDecision, MatchRow, MatchSuggestion, Organisation, Project
from app.services.imports.rules import target_of
from app.services.matching.batches import ACTIONS, held_batch
from app.services.matching.suggest import SURE
from gis.problems import Problem

UNDO_ROWS_MAX = 100_000


def decide(session: Session, actor: Actor, batch_id: int, row_number: int, project_code: str | None) -> None:
    """Say which project a row belongs to, or (``None``) that none fits; what was said before is replaced.

    Any project of the batch's place may be named, not only those that are suggested.

    Raises
    ------
    NotFound
        No such batch or row.
    InvalidInput
        No such project, or one of another place.
    Forbidden
        The actor does not write contracts (or payments) for the project's organisation.
    """
    batch = _ready(session, actor, batch_id)
    if session.get(MatchRow, (batch_id, row_number)) is None:
        raise NotFound("match_row_not_found", {"row": row_number})
    project = None if project_code is None else _project_of(session, actor, batch, project_code)
    score = None
    if project is not None:
        score = session.scalar(
            sa.select(MatchSuggestion.score).where(
                MatchSuggestion.batch_id == batch_id,
                MatchSuggestion.row_number == row_number,
                MatchSuggestion.project_id == project.id,
            )
        )
    undo(session, actor, batch_id, [row_number])
    behalf = project.organisation_code if project is not None else batch.organisation_code
    session.add(
        MatchDecision(
            batch_id=batch_id,
            row_number=row_number,
            project_id=None if project is None else project.id,
            score=score,
            decided_by=actor.user_id,
            decided_by_name=actor.display_name,
            on_behalf_of=behalf if policy.enters_on_behalf(actor, behalf) else None,
        )
    )
    session.flush()
    if project is not None:
        accepted(session, actor, batch, [row_number])


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


# The best suggestion of every undecided row that is sure. One work has one contract: where two rows of e-GP want the
# same project a person looks; payments of one work are many. Suggested is only what lies in the batch's place.
_ACCEPT = """
WITH best AS (
    SELECT s.row_number, s.project_id, s.score, count(*) OVER (PARTITION BY s.project_id) AS wanted
    FROM match_suggestion s
    WHERE s.batch_id = :batch AND s.rank = 1 AND s.score >= :at_least AND NOT EXISTS (
        SELECT FROM match_decision d WHERE d.batch_id = s.batch_id AND d.row_number = s.row_number)
)
INSERT INTO match_decision (batch_id, row_number, project_id, score, decided_by, decided_by_name, on_behalf_of)
SELECT :batch, b.row_number, b.project_id, b.score, :user_id, :user_name,
       CASE WHEN :on_behalf THEN p.organisation_code END
FROM best b JOIN project p ON p.id = b.project_id
WHERE :many OR (b.wanted = 1 AND NOT EXISTS (
    SELECT FROM match_decision d WHERE d.batch_id = :batch AND d.project_id = b.project_id))
RETURNING row_number"""


def accept_sure(session: Session, actor: Actor, batch_id: int, at_least: float = SURE) -> list[int]:
    """Accept the best suggestion of every undecided row that is at least so sure; the rows, rising.

    Left out are contracts of which two want the same project.
    """
    batch = _ready(session, actor, batch_id)
    rows = session.scalars(
        sa.text(_ACCEPT),
        {
            "batch": batch_id,
            "at_least": at_least,
            "user_id": actor.user_id,
            "user_name": actor.display_name,
            "on_behalf": policy.enters_on_behalf(actor, batch.organisation_code or ""),
            "many": batch.kind == "payment",
        },
    ).all()
    if rows:
        accepted(session, actor, batch, sorted(rows))
    return sorted(rows)


def undo(session: Session, actor: Actor, batch_id: int, rows: Sequence[int]) -> int:
    """Take back what was said of some rows; of how many something had been said. The change log keeps it."""
    _ready(session, actor, batch_id)
    gone = session.execute(
        sa.delete(MatchDecision)
        .where(MatchDecision.batch_id == batch_id, MatchDecision.row_number.in_(rows))
        .returning(MatchDecision.id)
    )
    return len(gone.all())


def accepted(session: Session, actor: Actor, batch: MatchBatch, rows: Sequence[int]) -> None:
    """What follows from accepted rows, in the transaction that accepts them: nothing yet.

    The one place where a contract or a payment is to be made out of a row; the decision alone is kept until then.
    """


def _ready(session: Session, actor: Actor, batch_id: int) -> MatchBatch:
    batch = held_batch(session, actor, batch_id)
    if batch.status != "READY":
        raise Conflict("match_not_ready", {"status": batch.status})
    return batch

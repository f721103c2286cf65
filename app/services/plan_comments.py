"""Comments of a review on a version of a plan: by whoever decides or keeps the minutes, answered by planners."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.plan_comments import ENTITY
from app.queries.plan_forms import FORMS
from app.queries.plan_lines import lines_at
from app.queries.plans import PlanHead, VersionHead, plan, version
from app.services.project_locks import mark_on_behalf
from app.services.review_comments import NewComment, add_comments, check_comments
from app.services.review_comments import answer_comment as answer
from gis.problems import Problem


def may_comment(actor: Actor, target: Target) -> bool:
    """The executive, and whoever keeps the minutes of committees and council."""
    return policy.may(actor, policy.PLAN_APPROVE, target) or policy.may(actor, policy.PLAN_WRITE, target)


def comment_on_version(
    session: Session,
    actor: Actor,
    version_id: int,
    text: str,
    *,
    origin_id: int | None = None,
    column: str | None = None,
) -> None:
    """Say something of an open version, of one of its lines, or of a field of that line.

    Raises
    ------
    NotFound, Forbidden
        No such version; neither executive nor planner there.
    Conflict
        ``plan_version_closed``: it is in force or was given up.
    InvalidInput
        ``line_not_found``, ``form_column_unknown``, and what :func:`check_comments` tells.
    """
    held, head = _hold(session, version_id)
    if not may_comment(actor, head.target):
        policy.require(actor, policy.PLAN_APPROVE, head.target)
    _require_open(held)
    problems = check_comments([NewComment(text)])
    field = None
    if origin_id is not None:
        found = lines_at(session, version_id, origins=[origin_id])
        if not found:
            problems.append(Problem("line_not_found", where={"field": "row"}))
        elif column is not None and column not in {c.key for c in FORMS[found[0].form].columns(held.years_be)}:
            problems.append(Problem("form_column_unknown", where={"field": "column"}, values={"given": column[:40]}))
        field = str(origin_id) if column is None else f"{origin_id}/{column}"
    if problems:
        raise InvalidInput(problems)
    mark_on_behalf(session, actor, head.organisation_code)
    add_comments(session, actor, ENTITY, str(version_id), head.organisation_code, [NewComment(text, field)])


def answer_comment(session: Session, actor: Actor, version_id: int, comment_id: int, reply: str | None = None) -> None:
    """Mark a comment as answered, with a word in reply where one is given; the reply stands beside it.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`comment_on_version`; ``comment_not_found`` also for one that is answered already.
    """
    held, head = _hold(session, version_id)
    policy.require(actor, policy.PLAN_WRITE, head.target)
    _require_open(held)
    mark_on_behalf(session, actor, head.organisation_code)
    answer(session, actor, ENTITY, str(version_id), comment_id, head.organisation_code, reply or "")


def _hold(session: Session, version_id: int) -> tuple[VersionHead, PlanHead]:
    held = version(session, version_id, lock=True)
    head = None if held is None else plan(session, held.plan_id)
    if held is None or head is None:
        raise NotFound("plan_version_not_found", {"version": version_id})
    return held, head


def _require_open(held: VersionHead) -> None:
    if not held.open:
        raise Conflict("plan_version_closed", {"number": held.number, "status": held.status})

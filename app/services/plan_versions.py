"""Versions of a plan: opened, proposed, decided on and promulgated.

Who decides in which order follows from what a version does and whose plan it is
(:func:`app.queries.plan_paths.approval_path`). The executive who promulgates is never the person who proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, Forbidden, InvalidInput
from app.queries.plan_comments import ENTITY as COMMENTS_ENTITY
from app.queries.plan_compare import base_of
from app.queries.plan_paths import EXECUTIVE
from app.queries.plans import PlanHead, VersionHead, versions_of
from app.services.plan_checks import (
    TEXT_LENGTH,
    Decision,
    NewVersion,
    changes_years,
    decision_problems,
    ending_problems,
    proposal_problems,
    text_length,
    version_problems,
    years_problems,
)
from app.services.plan_projects import projects_of_promulgated, promulgation_problems
from app.services.plans import hold_plan, hold_version, insert_version, update_row, written_text
from app.services.project_locks import mark_on_behalf
from app.services.review_comments import resolve_comments
from gis.problems import Problem
from gis.thai import normalise

VERSION_FIELDS = ("number", "fiscal_year_be", "change_types", "reason", "document")


def open_version(session: Session, actor: Actor, plan_id: int, new: NewVersion) -> int:
    """Open an issue of the plan; its id.

    Raises
    ------
    NotFound, Forbidden
        No such plan; not this person's.
    InvalidInput
        Every problem of ``new`` at once.
    """
    head = hold_plan(session, actor, plan_id)
    problems = version_problems(session, head, new)
    if not new.change_types:
        problems.append(Problem("change_type_missing", where={"field": "change_types"}))
    if not any(v.seq for v in versions_of(session, plan_id)):
        problems.append(Problem("plan_not_in_force", where={"field": "change_types"}))
    if problems:
        raise InvalidInput(problems)
    mark_on_behalf(session, actor, head.organisation_code)
    period = new.plan_period_id or session.scalar(
        sa.text("SELECT plan_period_id FROM plan WHERE id = :id"), {"id": plan_id}
    )
    return insert_version(session, plan_id, int(period or 0), new)


def update_version(
    session: Session, actor: Actor, version_id: int, changes: Mapping[str, Any], *, if_match_version: int
) -> int:
    """Change what an open version is called, what it does and why; its new ``row_version``.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`propose_version`.
    """
    held, head = _hold_version(session, actor, policy.PLAN_WRITE, version_id, if_match_version)
    if not held.editable:
        raise Conflict("plan_version_closed", {"number": held.number, "status": held.status})
    problems = [
        Problem("field_not_editable", where={"field": name}, values={"allowed": ", ".join(VERSION_FIELDS)})
        for name in sorted(changes.keys() - set(VERSION_FIELDS))
    ]
    known = {name: value for name, value in changes.items() if name in VERSION_FIELDS}
    wanted = NewVersion(
        tuple(known.get("change_types", held.change_types)),
        str(known.get("number", held.number)),
        int(known.get("fiscal_year_be", held.fiscal_year_be)),
        known.get("reason", held.reason),
    )
    problems += version_problems(session, head, wanted, held)
    problems += text_length("document", known.get("document"), TEXT_LENGTH)
    first = base_of(versions_of(session, head.id), held) is None
    if bool(wanted.change_types) == first:
        problems.append(Problem("change_type_missing", where={"field": "change_types"}))
    if problems:
        raise InvalidInput(problems)
    if not known:
        return held.row_version
    mark_on_behalf(session, actor, head.organisation_code)
    if "change_types" in known:
        known["change_types"] = sorted(known["change_types"])
    if "number" in known:
        known["number"] = normalise(known["number"])
    for name in known.keys() & {"reason", "document"}:
        known[name] = written_text(known[name])
    return update_row(session, "plan_version", version_id, known)


def discard_version(session: Session, actor: Actor, version_id: int, *, if_match_version: int) -> int:
    """Give an open version up. Its lines stay to be looked at and touch nothing."""
    held, head = _hold_version(session, actor, policy.PLAN_WRITE, version_id, if_match_version)
    if not held.editable:
        raise Conflict("plan_version_closed", {"number": held.number, "status": held.status})
    mark_on_behalf(session, actor, head.organisation_code)
    return update_row(session, "plan_version", version_id, {"status": "DISCARDED"})


def propose_version(session: Session, actor: Actor, version_id: int, *, if_match_version: int) -> int:
    """Close the lines of an open version and send it on its way; its new ``row_version``.

    Raises
    ------
    NotFound, Forbidden
        No such version; not this person's plan.
    Conflict
        ``plan_version_changed``, ``plan_version_closed``.
    InvalidInput
        Everything that a council would send it back for, at once.
    """
    held, head = _hold_version(session, actor, policy.PLAN_WRITE, version_id, if_match_version)
    if not held.editable:
        raise Conflict("plan_version_closed", {"number": held.number, "status": held.status})
    problems = proposal_problems(session, head, held)
    if any(problem.is_error for problem in problems):
        raise InvalidInput(problems)
    mark_on_behalf(session, actor, head.organisation_code)
    prepared = {"prepared_by": actor.user_id, "prepared_by_name": actor.display_name}
    return update_row(session, "plan_version", version_id, {"status": "PROPOSED", **prepared})


def record_step(session: Session, actor: Actor, version_id: int, decision: Decision, *, if_match_version: int) -> int:
    """Write down what a committee, the hearing, the council or the executive decided; the new ``row_version``.

    The executive's decision to pass it promulgates the version: its lines become the plan, and each year with money
    of a line a project.

    Raises
    ------
    NotFound, Forbidden
        No such version; not for this person to decide; ``four_eyes`` for whoever proposed it.
    Conflict
        ``plan_version_changed``, ``plan_version_not_proposed``.
    InvalidInput
        Every problem at once: a step that is not on the path or not yet due, a day that cannot be.
    """
    action = policy.PLAN_APPROVE if decision.step == EXECUTIVE else policy.PLAN_WRITE
    held, head = _hold_version(session, actor, action, version_id, if_match_version)
    if held.status != "PROPOSED":
        raise Conflict("plan_version_not_proposed", {"number": held.number, "status": held.status})
    if decision.step == EXECUTIVE and actor.user_id is not None and actor.user_id == held.prepared_by:
        raise Forbidden("four_eyes", {"prepared_by": held.prepared_by_name})
    problems = decision_problems(session, head, held, decision)
    if not problems and decision.step == EXECUTIVE and decision.result == "PASSED":
        problems = [
            *years_problems(session, head, held),
            *ending_problems(session, held),
            *promulgation_problems(session, held, lock=True),
        ]
    if problems:
        raise InvalidInput(problems)
    mark_on_behalf(session, actor, head.organisation_code)
    session.execute(
        sa.text(
            "INSERT INTO plan_version_step (plan_version_id, step, result, decided_on, reference, note, recorded_by,"
            " recorded_by_name) VALUES (:version, :step, :result, :day, :reference, :note, :user, :name)"
        ),
        {
            "version": version_id,
            "step": decision.step,
            "result": decision.result,
            "day": decision.decided_on,
            "reference": written_text(decision.reference),
            "note": written_text(decision.note),
            "user": actor.user_id,
            "name": actor.display_name,
        },
    )
    if decision.result == "RETURNED":
        return update_row(session, "plan_version", version_id, {"status": "RETURNED"})
    if decision.step == EXECUTIVE:
        return _promulgate(session, actor, head, held, decision)
    return update_row(session, "plan_version", version_id, {"updated_at": sa.func.now()})


# A row that says what the one before it says was opened by a change that was taken back.
_SAME_AGAIN = """
UPDATE plan_project l SET removed_at = now()
FROM plan_project b
WHERE l.plan_version_id = :version AND l.removed_at IS NULL AND l.change = 'CHANGED' AND b.id = l.previous_id
  AND (to_jsonb(l) - CAST(:own AS text[])) = (to_jsonb(b) - CAST(:own AS text[]))
  AND NOT EXISTS (
      (SELECT fiscal_year_be, amount_baht FROM plan_project_amount WHERE plan_project_id = l.id
       EXCEPT SELECT fiscal_year_be, amount_baht FROM plan_project_amount WHERE plan_project_id = b.id)
      UNION ALL
      (SELECT fiscal_year_be, amount_baht FROM plan_project_amount WHERE plan_project_id = b.id
       EXCEPT SELECT fiscal_year_be, amount_baht FROM plan_project_amount WHERE plan_project_id = l.id))
"""
_OF_THE_ROW = [
    "id",
    "plan_version_id",
    "origin_id",
    "previous_id",
    "change",
    "merged_into_id",
    "reason",
    "row_version",
    "removed_at",
    "created_at",
    "updated_at",
]


def _settle_years(session: Session, head: PlanHead, held: VersionHead) -> None:
    """A review with years of its own gives them to the plan and to every version that is open; any other version has
    those of the plan, whatever they were when it was opened."""
    parameters: dict[str, Any] = {"plan": head.id, "version": held.id}
    if not changes_years(head, held):
        session.execute(
            sa.text(
                "UPDATE plan_version v SET plan_period_id = p.plan_period_id FROM plan p WHERE p.id = :plan"
                " AND v.id = :version AND v.plan_period_id <> p.plan_period_id"
            ),
            parameters,
        )
        return
    parameters["before"] = session.scalar(sa.text("SELECT plan_period_id FROM plan WHERE id = :plan"), parameters)
    session.execute(
        sa.text(
            "UPDATE plan p SET plan_period_id = e.id, name_th = e.name_th FROM plan_version v"
            " JOIN plan_period e ON e.id = v.plan_period_id WHERE v.id = :version AND p.id = :plan"
        ),
        parameters,
    )
    session.execute(
        sa.text(
            "UPDATE plan_version o SET plan_period_id = v.plan_period_id FROM plan_version v WHERE v.id = :version"
            " AND o.plan_id = :plan AND o.plan_period_id = :before AND o.status IN ('DRAFT', 'PROPOSED', 'RETURNED')"
        ),
        parameters,
    )


def _promulgate(session: Session, actor: Actor, head: PlanHead, held: VersionHead, decision: Decision) -> int:
    _settle_years(session, head, held)
    session.execute(sa.text(_SAME_AGAIN), {"version": held.id, "own": _OF_THE_ROW})
    seq = session.scalar(
        sa.text("SELECT coalesce(max(seq), 0) + 1 FROM plan_version WHERE plan_id = :plan"), {"plan": head.id}
    )
    session.execute(
        sa.text("UPDATE plan_version SET words = plan_words(plan_id) WHERE id = :version"), {"version": held.id}
    )
    number = update_row(
        session,
        "plan_version",
        held.id,
        {
            "status": "PROMULGATED",
            "seq": seq,
            "promulgated_on": decision.decided_on,
            "document": written_text(decision.reference) or held.document,
            "approved_by": actor.user_id,
            "approved_by_name": actor.display_name,
        },
    )
    projects_of_promulgated(session, head, held)
    resolve_comments(session, actor, COMMENTS_ENTITY, str(held.id))
    return number


def _hold_version(
    session: Session, actor: Actor, action: str, version_id: int, if_match_version: int
) -> tuple[VersionHead, PlanHead]:
    held, head = hold_version(session, version_id)
    policy.require(actor, action, head.target)
    if held.row_version != if_match_version:
        raise Conflict("plan_version_changed", {"number": held.number, "version": held.row_version})
    return held, head

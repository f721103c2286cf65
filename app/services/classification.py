"""What a person makes of a suggested classification: accept it, keep what is recorded, or ask the organisation."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput
from app.queries.classification import COLUMN, OF_LINE, Check, checks_of, classified_lines, decided
from app.services.appropriations import NewAppropriation, change_appropriation
from app.services.money_rules import organisation_target
from app.services.project_comments import comment_on_project
from app.services.project_locks import hold_project, mark_on_behalf
from app.services.projects import update_project
from gis.problems import Problem
from gis.thai import normalise
from gis.work_classes import Aspect

DECISIONS = ("ACCEPTED", "KEPT", "ASKED")
NOTE_LENGTH = 1_000
ENTERED_BY = {"kind": policy.PROJECT_WRITE, "strategy": policy.PROJECT_WRITE}
"""Who may decide of an aspect; a line's is the budget's, the others are known to whoever enters coordinates too."""


@dataclass(frozen=True)
class Decision:
    """What is decided of which check; ``code`` is one of those suggested, ``version`` of the row that was seen."""

    project_code: str
    aspect: Aspect
    line_id: int | None
    decision: str
    code: str = ""
    version: int = 0
    note: str = ""


def decide(session: Session, actor: Actor, said: Decision) -> None:
    """Keep a decision; an accepted suggestion is written by the service that owns the field, as anybody's entry is.

    Raises
    ------
    NotFound, Forbidden
        No such project; not this person's to say.
    Conflict
        ``classification_gone``: the name, what is recorded or the decision is another one by now; the owner's.
    InvalidInput
        ``answer_needs_reason``, ``note_too_long``, ``unknown_code``, ``classification_by_plan``; the owner's.
    """
    project = hold_project(session, actor, said.project_code)
    _require(actor, said, project.target)
    note = normalise(said.note)
    _refuse(said, note)
    check = _standing(session, project.organisation_code, project.fiscal_year_be, said)
    behalf = None
    if said.decision == "ACCEPTED":
        if said.code not in check.suggestion.codes:
            raise InvalidInput([Problem("unknown_code", where={"field": "code"}, values={"given": said.code[:40]})])
        _write(session, actor, said, check)
    if said.decision == "ASKED":
        comment_on_project(session, actor, said.project_code, note, field=COLUMN[said.aspect])
    else:
        behalf = mark_on_behalf(session, actor, project.organisation_code)
    session.execute(
        sa.text(
            "INSERT INTO classification_decision (project_id, appropriation_id, aspect, name_th, recorded, suggested,"
            " decision, note, created_by, created_by_name, on_behalf_of) VALUES (:project, :line, :aspect, :name_th,"
            " :recorded, :suggested, :decision, :note, :user, :name, :behalf)"
        ),
        {
            "project": project.id,
            "line": check.line_id,
            "aspect": said.aspect,
            "name_th": check.line.name_th,
            "recorded": check.recorded,
            "suggested": said.code or check.suggestion.codes[0],
            "decision": said.decision,
            "note": note or None,
            "user": actor.user_id,
            "name": actor.display_name,
            "behalf": behalf,
        },
    )


def may_decide(actor: Actor, aspect: Aspect, target: policy.Target) -> bool:
    """Whoever enters the field."""
    if aspect in OF_LINE:
        return policy.may(actor, policy.BUDGET_WRITE, target)
    if aspect in ENTERED_BY:
        return policy.may(actor, ENTERED_BY[aspect], target)
    return any(policy.may(actor, action, target) for action in (policy.PROJECT_WRITE, policy.COORDINATES_WRITE))


def _require(actor: Actor, said: Decision, target: policy.Target) -> None:
    if said.decision == "ASKED":
        policy.require(actor, policy.COORDINATES_VERIFY, target)
    elif not may_decide(actor, said.aspect, target):
        policy.require(actor, policy.BUDGET_WRITE if said.aspect in OF_LINE else policy.PROJECT_WRITE, target)


def _refuse(said: Decision, note: str) -> None:
    problems = []
    if said.decision not in DECISIONS or said.aspect not in COLUMN:
        values = {"given": f"{said.decision} {said.aspect}"[:40]}
        problems.append(Problem("unknown_code", where={"field": "decision"}, values=values))
    if said.decision != "ACCEPTED" and not note:
        problems.append(Problem("answer_needs_reason", where={"field": "note"}))
    if len(note) > NOTE_LENGTH:
        limits = {"limit": NOTE_LENGTH, "length": len(note)}
        problems.append(Problem("note_too_long", where={"field": "note"}, values=limits))
    if said.aspect == "strategy" and said.decision == "ACCEPTED":
        problems.append(Problem("classification_by_plan", where={"field": "decision"}))
    if problems:
        raise InvalidInput(problems)


def _standing(session: Session, organisation_code: str, year_be: int, said: Decision) -> Check:
    """The check as it stands now, made of the same works of the organisation and its province as the list."""
    area = organisation_target(session, organisation_code).province_code
    lines = classified_lines(session, area=area, year_be=year_be)
    mine = [line for line in lines if line.project_code == said.project_code]
    settled = decided(session, [mine[0].project_id]) if mine else frozenset()
    key = f"{said.project_code}/{said.aspect}/{(said.line_id or 0) if said.aspect in OF_LINE else 0}"
    found = next((check for check in checks_of(lines, settled, said.aspect) if check.key == key), None)
    if found is None:
        raise Conflict("classification_gone", {"project": said.project_code})
    return found


def _write(session: Session, actor: Actor, said: Decision, check: Check) -> None:
    if said.aspect not in OF_LINE:
        changes = {COLUMN[said.aspect]: said.code}
        update_project(session, actor, said.project_code, changes, if_match_version=said.version)
        return
    row = session.execute(sa.text("SELECT * FROM appropriation WHERE id = :id"), {"id": check.line_id}).one()._mapping
    held: dict[str, Any] = {one.name: row[one.name] for one in fields(NewAppropriation)}
    held[COLUMN[said.aspect]] = said.code
    # A work belongs to one programme: whichever was said decides on the other.
    if said.aspect == "programme" and (held["work_code"] or "")[:4] != said.code[:4]:
        held["work_code"] = None
    if said.aspect == "work":
        held["programme_code"] = said.code[:4] + "0"
    change_appropriation(
        session, actor, said.project_code, check.line_id or 0, NewAppropriation(**held), if_match_version=said.version
    )

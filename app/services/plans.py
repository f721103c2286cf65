"""Plans: begun for an organisation and a period, and described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.plans import PlanHead, VersionHead, plan, version
from app.services.plan_checks import (
    TEXT_LENGTH,
    NewVersion,
    text_length,
)
from app.services.project_locks import mark_on_behalf
from gis.problems import Problem
from gis.thai import normalise

NAME_LENGTH = 300
HEAD_FIELDS = ("name_th", "vision", "mission", "goals")


def create_plan(session: Session, actor: Actor, organisation_code: str, plan_period_id: int) -> int:
    """Begin the plan of an organisation for a period, with its original version open; the plan's id.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not this person's.
    InvalidInput
        ``plan_period_unknown``, ``plan_exists``.
    """
    target = organisation_target(session, organisation_code)
    policy.require(actor, policy.PLAN_WRITE, target)
    period = session.execute(
        sa.text("SELECT id, name_th, start_be FROM plan_period WHERE id = :id"), {"id": plan_period_id}
    ).one_or_none()
    if period is None:
        raise InvalidInput([Problem("plan_period_unknown", where={"field": "plan_period_id"})])
    mark_on_behalf(session, actor, organisation_code)
    made = session.scalar(
        sa.text(
            "INSERT INTO plan (organisation_code, plan_period_id, name_th) VALUES (:organisation, :period, :name)"
            " ON CONFLICT (organisation_code, plan_period_id) DO NOTHING RETURNING id"
        ),
        {"organisation": organisation_code, "period": period.id, "name": period.name_th},
    )
    if made is None:
        raise InvalidInput([Problem("plan_exists", where={"field": "plan_period_id"}, values={"plan": period.name_th})])
    insert_version(session, int(made), period.id, NewVersion((), "ฉบับแรก", period.start_be))
    return int(made)


def update_plan(
    session: Session, actor: Actor, plan_id: int, changes: Mapping[str, Any], *, if_match_version: int
) -> int:
    """Change the name, vision, mission or goals of a plan; its new ``row_version``.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As everywhere; ``plan_changed`` tells what stands now.
    """
    head = hold_plan(session, actor, plan_id)
    if head.row_version != if_match_version:
        raise Conflict("plan_changed", {"version": head.row_version, **{f: getattr(head, f) for f in HEAD_FIELDS}})
    problems = [
        Problem("field_not_editable", where={"field": name}, values={"allowed": ", ".join(HEAD_FIELDS)})
        for name in sorted(changes.keys() - set(HEAD_FIELDS))
    ]
    known: dict[str, Any] = {}
    for name in changes.keys() & set(HEAD_FIELDS):
        text = changes[name]
        if text is not None and not isinstance(text, str):
            problems.append(Problem("text_expected", where={"field": name}))
            continue
        known[name] = written_text(text)
        problems += text_length(name, text, NAME_LENGTH if name == "name_th" else TEXT_LENGTH)
        if name == "name_th" and known[name] is None:
            problems.append(Problem("cell_required", where={"field": name}, values={"title": "ชื่อแผน"}))
    if problems:
        raise InvalidInput(problems)
    if not known:
        return head.row_version
    mark_on_behalf(session, actor, head.organisation_code)
    return update_row(session, "plan", plan_id, known)


def organisation_target(session: Session, code: str) -> Target:
    """Where an organisation lies.

    Raises
    ------
    NotFound
        ``organisation_not_found``.
    """
    row = session.execute(
        sa.text("SELECT code, province_code, amphoe_code FROM organisation WHERE code = :code"), {"code": code}
    ).one_or_none()
    if row is None:
        raise NotFound("organisation_not_found", {"organisation": code[:40]})
    return Target(row.code, row.province_code, row.amphoe_code)


def hold_plan(session: Session, actor: Actor, plan_id: int) -> PlanHead:
    """Lock a plan that the actor may write.

    Raises
    ------
    NotFound, Forbidden
        No such plan; not this person's.
    """
    head = plan(session, plan_id, lock=True)
    if head is None:
        raise NotFound("plan_not_found", {"plan": plan_id})
    policy.require(actor, policy.PLAN_WRITE, head.target)
    return head


def hold_version(session: Session, version_id: int) -> tuple[VersionHead, PlanHead]:
    """Lock a version and, before it, its plan: what versions of one plan do to its lines they do one after another.

    Two open ones that take up the same line at a moment would not see each other's row, and one would undo what
    another brought into force meanwhile.

    Raises
    ------
    NotFound
        ``plan_version_not_found``.
    """
    known = version(session, version_id)
    head = None if known is None else plan(session, known.plan_id, lock=True)
    held = None if head is None else version(session, version_id, lock=True)
    if held is None or head is None:
        raise NotFound("plan_version_not_found", {"version": version_id})
    return held, head


def insert_version(session: Session, plan_id: int, period_id: int, new: NewVersion) -> int:
    """A new open version of a plan; its id."""
    made = session.scalar(
        sa.text(
            "INSERT INTO plan_version (plan_id, plan_period_id, change_types, number, fiscal_year_be, reason)"
            " VALUES (:plan, :period, :types, :number, :year, :reason) RETURNING id"
        ),
        {
            "plan": plan_id,
            "period": period_id,
            "types": sorted(new.change_types),
            "number": normalise(new.number),
            "year": new.fiscal_year_be,
            "reason": written_text(new.reason),
        },
    )
    return int(made or 0)


def written_text(text: str | None) -> str | None:
    """A text of several lines as it is stored: each normalised, nothing where nothing can be seen."""
    return "\n".join(normalise(line) for line in text.splitlines()).strip() or None if text else None


def update_row(session: Session, table: str, identity: int, values: Mapping[str, Any]) -> int:
    """Write columns of one row; its new ``row_version``. Names come from this module, never from a request."""
    given = {name: value for name, value in values.items() if name != "updated_at"}
    sets = ", ".join([f"{name} = :{name}" for name in given] or ["updated_at = now()"])
    number = session.scalar(
        sa.text(f"UPDATE {table} SET {sets} WHERE id = :id RETURNING row_version"), {**given, "id": identity}
    )
    return int(number or 0)

"""Progress on the ground: how much is done on which day, with pictures that were attached before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.services.money_rules import LONG_TEXT_LENGTH, check_text, refuse
from app.services.project_locks import hold_project, mark_on_behalf
from app.services.project_money import bring_back, held_row, refuse_double_click, take_out
from gis.problems import Problem
from gis.thai import normalise

MOST_PICTURES = 100


@dataclass(frozen=True)
class NewProgress:
    """Share of the work done (percent, 0-100) on a day; ``attachments`` are pictures of the project."""

    reported_on: date
    percent: Decimal
    note: str | None = None
    attachments: Sequence[int] = ()


def report_progress(
    session: Session, actor: Actor, project_code: str, new: NewProgress, *, today: date | None = None
) -> int:
    """Write a report down and hang the pictures on it; the number of the report.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.PROGRESS_WRITE, project.target)
    refuse(_check(session, project.id, new, today or date.today()))
    said = {"reported_on": new.reported_on, "percent": new.percent, "note": normalise(new.note or "") or None}
    refuse_double_click(session, actor, project, "progress_report", said)
    behalf = mark_on_behalf(session, actor, project.organisation_code)
    identity = session.scalar(
        sa.text(
            "INSERT INTO progress_report (project_id, reported_on, percent, note, created_by, created_by_name,"
            " on_behalf_of) VALUES (:project, :day, :percent, :note, :user, :name, :behalf) RETURNING id"
        ),
        {
            "project": project.id,
            "day": new.reported_on,
            "percent": new.percent,
            "note": normalise(new.note or "") or None,
            "user": actor.user_id,
            "name": actor.display_name,
            "behalf": behalf,
        },
    )
    if new.attachments:
        session.execute(
            sa.text("UPDATE attachment SET progress_report_id = :report WHERE id = ANY(:ids)"),
            {"report": identity, "ids": list(new.attachments)},
        )
    return int(identity)


def remove_progress(session: Session, actor: Actor, project_code: str, report_id: int, reason: str) -> int:
    """Take a report out that was written wrong; its pictures are free for another one. The number of the report.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such report; not allowed; no reason.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.PROGRESS_WRITE, project.target)
    row = held_row(session, "progress_report", project, report_id)
    refuse(check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH))
    mark_on_behalf(session, actor, project.organisation_code)
    take_out(session, actor, "progress_report", row["id"], reason)
    return int(row["id"])


def restore_progress(session: Session, actor: Actor, project_code: str, report_id: int) -> int:
    """Bring a report back that was taken out, with the pictures that no other report has; its number.

    Raises
    ------
    NotFound, Forbidden
        No such removed report; not allowed.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.PROGRESS_WRITE, project.target)
    row = held_row(session, "progress_report", project, report_id, removed=True)
    mark_on_behalf(session, actor, project.organisation_code)
    bring_back(session, "progress_report", row["id"])
    return int(row["id"])


def _check(session: Session, project_id: int, new: NewProgress, today: date) -> list[Problem]:
    problems = check_text("note", new.note, limit=LONG_TEXT_LENGTH)
    if not new.percent.is_finite() or not 0 <= new.percent <= 100:
        values = {"minimum": 0, "maximum": "100"}
        problems.append(Problem("number_out_of_range", where={"field": "percent"}, values=values))
    if new.reported_on > today:
        values = {"latest": today.isoformat()}
        problems.append(Problem("day_in_future", where={"field": "reported_on"}, values=values))
    found = session.scalars(
        sa.text(
            "SELECT a.id FROM attachment a LEFT JOIN progress_report r ON r.id = a.progress_report_id"
            " WHERE a.project_id = :project AND a.removed_at IS NULL AND a.id = ANY(:ids)"
            " AND (r.id IS NULL OR r.removed_at IS NOT NULL)"
        ),
        {"project": project_id, "ids": list(new.attachments)[:MOST_PICTURES]},
    ).all()
    if missing := sorted(set(new.attachments) - set(found)):
        values = {"numbers": ", ".join(map(str, missing[:10]))}
        problems.append(Problem("attachment_not_free", where={"field": "attachments"}, values=values))
    return problems

"""Closing a fiscal year, and opening it again, which two people have to agree on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from app.queries.fiscal_years import is_closed
from app.services import money_rules
from app.services.budget_documents import check_year
from app.services.money_rules import (
    LONG_TEXT_LENGTH,
    check_text,
    first_day,
    last_day,
    may_see_money,
    organisation_target,
    refuse,
    require_version,
)
from app.services.project_locks import mark_on_behalf
from gis.problems import Problem
from gis.thai import normalise

LONGEST_REOPENING_DAYS = 90


@dataclass(frozen=True)
class YearReceipt:
    """Whether the year is closed now, until when it is open, and the version of its row."""

    closed: bool
    reopened_until: date | None
    row_version: int


def close_year(session: Session, actor: Actor, organisation_code: str, fiscal_year_be: int) -> YearReceipt:
    """Close a year, or close a reopened one early: nothing of money is written in it any more.

    Whoever is writing at this moment is waited for: projects are locked as every writer of money locks them, and the
    counter of their codes as whoever makes projects does.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not allowed.
    InvalidInput
        Closed already, not over yet, or something sent in waits for a decision.
    """
    target = organisation_target(session, organisation_code)
    policy.require(actor, policy.YEAR_CLOSE, target)
    refuse(check_year(fiscal_year_be))
    where = {"organisation": organisation_code, "year": fiscal_year_be}
    for statement in _LOCKS:
        session.execute(sa.text(statement), where).all()
    refuse(_check_close(session, organisation_code, fiscal_year_be, where))
    mark_on_behalf(session, actor, organisation_code)
    row = session.execute(
        sa.text(
            "INSERT INTO fiscal_year_close AS c (organisation_code, fiscal_year_be, closed_by, closed_by_name)"
            " VALUES (:organisation, :year, :user, :name) ON CONFLICT (organisation_code, fiscal_year_be) DO UPDATE SET"
            " closed_at = now(), closed_by = excluded.closed_by, closed_by_name = excluded.closed_by_name,"
            f" {_NOT_REOPENED} RETURNING reopened_until, row_version"
        ),
        {**where, "user": actor.user_id, "name": actor.display_name},
    ).one()
    return YearReceipt(True, row.reopened_until, row.row_version)


def request_reopening(
    session: Session,
    actor: Actor,
    organisation_code: str,
    fiscal_year_be: int,
    reason: str,
    until_on: date,
    *,
    today: date | None = None,
) -> YearReceipt:
    """Ask for a closed year to be opened until a day; it stays closed until another person confirms.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not allowed.
    InvalidInput
        Not closed, no reason, a day that is past or too far off.
    """
    row = _held(session, actor, organisation_code, fiscal_year_be)
    now = today or date.today()
    problems = check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH)
    if not row.closed:
        problems.append(_state("fiscal_year_not_closed", fiscal_year_be))
    latest = now + timedelta(days=LONGEST_REOPENING_DAYS)
    if not now <= until_on <= latest:
        values = {"first": now.isoformat(), "last": latest.isoformat()}
        problems.append(Problem("reopening_day", where={"field": "until_on"}, values=values))
    refuse(problems)
    mark_on_behalf(session, actor, organisation_code)
    return _write(
        session,
        row.id,
        "reopen_requested_by = :user, reopen_requested_by_name = :name, reopen_requested_at = now(),"
        " reopen_reason = :reason, reopen_until = :until, reopen_confirmed_by = NULL,"
        " reopen_confirmed_by_name = NULL, reopened_until = NULL",
        {"user": actor.user_id, "name": actor.display_name, "reason": normalise(reason), "until": until_on},
    )


def confirm_reopening(
    session: Session, actor: Actor, organisation_code: str, fiscal_year_be: int, *, if_match_version: int
) -> YearReceipt:
    """Open a closed year until the day asked for, as a person other than the one who asked.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such year; not allowed; somebody changed it first.
    InvalidInput
        Nobody asked, the same person, nobody of the organisation among the two, a day that has passed.
    """
    row = _held(session, actor, organisation_code, fiscal_year_be)
    require_version(session, "fiscal_year_close", row.id, row.row_version, if_match_version)
    problems = []
    if not row.closed:
        problems.append(_state("fiscal_year_not_closed", fiscal_year_be))
    if row.reopen_requested_at is None:
        problems.append(_state("reopening_not_requested", fiscal_year_be))
    elif actor.user_id is None or actor.user_id == row.reopen_requested_by:
        problems.append(Problem("four_eyes", where={"field": "status"}))
    elif organisation_code not in actor.organisation_codes and not _works_there(
        session, row.reopen_requested_by, organisation_code
    ):
        problems.append(Problem("reopening_from_outside", where={"field": "status"}))
    if row.reopen_until is not None and row.reopen_until < date.today():
        problems.append(_state("reopening_day_passed", fiscal_year_be))
    refuse(problems)
    mark_on_behalf(session, actor, organisation_code)
    return _write(
        session,
        row.id,
        "reopen_confirmed_by = :user, reopen_confirmed_by_name = :name, reopened_until = reopen_until",
        {"user": actor.user_id, "name": actor.display_name},
    )


_LOCKS = (
    "SELECT FROM project_code_counter WHERE organisation_code = :organisation AND fiscal_year_be = :year FOR UPDATE",
    "SELECT FROM budget_document WHERE organisation_code = :organisation AND fiscal_year_be = :year"
    " ORDER BY id FOR UPDATE",
    "SELECT FROM budget_transfer WHERE organisation_code = :organisation AND fiscal_year_be = :year"
    " ORDER BY id FOR UPDATE",
    "SELECT FROM project WHERE organisation_code = :organisation AND fiscal_year_be = :year ORDER BY id FOR UPDATE",
)
_NOT_REOPENED = (
    "reopen_requested_by = NULL, reopen_requested_by_name = NULL, reopen_requested_at = NULL, reopen_reason = NULL,"
    " reopen_until = NULL, reopen_confirmed_by = NULL, reopen_confirmed_by_name = NULL, reopened_until = NULL"
)


def _check_close(session: Session, organisation_code: str, year: int, where: dict[str, Any]) -> list[Problem]:
    problems = []
    if is_closed(session, organisation_code, year):
        values = {"organisation_code": organisation_code, "fiscal_year_be": year}
        problems.append(Problem("fiscal_year_closed", where={"field": "fiscal_year"}, values=values))
    if money_rules.today() < first_day(year):
        problems.append(_state("fiscal_year_not_begun", year))
    elif money_rules.today() <= last_day(year):
        values = {"fiscal_year_be": year, "last": last_day(year).isoformat()}
        problems.append(Problem("fiscal_year_running", where={"field": "fiscal_year"}, values=values))
    waiting = session.scalars(
        sa.text(
            "SELECT number FROM budget_document WHERE organisation_code = :organisation AND fiscal_year_be = :year"
            " AND status = 'SUBMITTED' UNION ALL SELECT number FROM budget_transfer"
            " WHERE organisation_code = :organisation AND fiscal_year_be = :year AND status = 'SUBMITTED'"
        ),
        where,
    ).all()
    if waiting:
        values = {"fiscal_year_be": year, "numbers": ", ".join(waiting[:10])}
        problems.append(Problem("fiscal_year_waiting", where={"field": "fiscal_year"}, values=values))
    return problems


def _held(session: Session, actor: Actor, organisation_code: str, year: int) -> Any:
    target = organisation_target(session, organisation_code)
    if not may_see_money(actor):
        raise NotFound("organisation_not_found", {"organisation": organisation_code[:40]})
    policy.require(actor, policy.YEAR_REOPEN, target)
    row = session.execute(
        sa.text(
            "SELECT f.*, EXISTS (SELECT FROM closed_fiscal_year c WHERE c.organisation_code = f.organisation_code"
            " AND c.fiscal_year_be = f.fiscal_year_be) AS closed FROM fiscal_year_close f"
            " WHERE f.organisation_code = :organisation AND f.fiscal_year_be = :year FOR UPDATE OF f"
        ),
        {"organisation": organisation_code, "year": year},
    ).one_or_none()
    if row is None:
        raise InvalidInput([_state("fiscal_year_not_closed", year)])
    return row


def _works_there(session: Session, user_id: int | None, organisation_code: str) -> bool:
    return bool(
        session.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM membership WHERE user_id = :user AND organisation_code = :organisation"
                " AND coalesce(valid_to, current_date) >= current_date)"
            ),
            {"user": user_id, "organisation": organisation_code},
        )
    )


def _write(session: Session, row_id: int, assignments: str, values: dict[str, Any]) -> YearReceipt:
    row = session.execute(
        sa.text(
            f"UPDATE fiscal_year_close SET {assignments} WHERE id = :id"
            " RETURNING reopened_until, reopened_until IS NULL AS closed, row_version"
        ),
        {"id": row_id, **values},
    ).one()
    return YearReceipt(row.closed, row.reopened_until, row.row_version)


def _state(code: str, year: int) -> Problem:
    return Problem(code, where={"field": "fiscal_year"}, values={"fiscal_year_be": year})

"""Budget documents: prepared and sent in by one person, approved or returned by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.models.budget import DOCUMENT_KINDS
from app.services.money_rules import (
    EARLIEST_DAY,
    LONG_TEXT_LENGTH,
    check_choice,
    check_done,
    check_open_year,
    check_text,
    last_day,
    refuse,
    values_of,
)
from app.services.project_checks import FIRST_YEAR_BE, LAST_YEAR_BE
from app.services.project_locks import mark_on_behalf
from app.services.review_comments import NewComment
from app.services.reviewed import (
    Held,
    ReviewedKind,
    ReviewReceipt,
    bring_back,
    check_number,
    hold_open,
    hold_submitted,
    insert,
    may_prepare,
    send_back,
    send_in,
    take_out,
    write,
    write_approval,
)
from gis.problems import Problem

TABLE: Final = "budget_document"
FIELDS = (
    "number",
    "title",
    "submitted_on",
    "council_session",
    "council_approved_on",
    "in_force_on",
    "document",
    "appropriations",
)
DOCUMENT = ReviewedKind(TABLE, "document_not_open", FIELDS, ("organisation_code", "fiscal_year_be", "kind", "number"))


@dataclass(frozen=True)
class DocumentFields:
    """What a document says of itself."""

    number: str
    title: str
    submitted_on: date | None = None
    council_session: str | None = None
    council_approved_on: date | None = None
    in_force_on: date | None = None
    document: str | None = None


def create_document(
    session: Session, actor: Actor, organisation_code: str, fiscal_year_be: int, kind: str, given: DocumentFields
) -> ReviewReceipt:
    """Begin a document.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such organisation; not allowed; every problem at once.
    """
    may_prepare(session, actor, organisation_code)
    values = {"organisation_code": organisation_code, "fiscal_year_be": fiscal_year_be, "kind": kind}
    problems = [
        *check_year(fiscal_year_be),
        *check_choice("kind", kind, DOCUMENT_KINDS),
        *_check(given, fiscal_year_be),
    ]
    if not problems:
        problems += check_open_year(session, organisation_code, fiscal_year_be)
        problems += check_number(session, DOCUMENT, None, {**values, "number": given.number})
    refuse(problems)
    mark_on_behalf(session, actor, organisation_code)
    return insert(session, "budget_document", actor, {**values, **values_of(given)})


def change_document(
    session: Session, actor: Actor, document_id: int, given: DocumentFields, *, if_match_version: int
) -> ReviewReceipt:
    """Change what a draft or returned document says of itself.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        No such document; not allowed; changed by somebody else; every problem at once.
    """
    held = hold_open(session, actor, DOCUMENT, document_id, if_match_version)
    year = held.fiscal_year_be
    refuse(
        [
            *check_open_year(session, held.organisation_code, year),
            *_check(given, year),
            *check_number(session, DOCUMENT, held.id, {**held.row, "number": given.number}),
        ]
    )
    mark_on_behalf(session, actor, held.organisation_code)
    return write(session, held, values_of(given))


def submit_document(session: Session, actor: Actor, document_id: int, *, if_match_version: int) -> ReviewReceipt:
    """Send a document in; its planned projects become ones whose budget is requested.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`change_document`; a document without money.
    """
    held = hold_open(session, actor, DOCUMENT, document_id, if_match_version)
    problems = check_open_year(session, held.organisation_code, held.fiscal_year_be)
    if not _projects(session, held, lock=True):
        problems.append(Problem("document_empty", where={"field": "appropriations"}))
    problems += [*_without_amount(session, held), *_closed_projects(session, held)]
    refuse(problems)
    receipt = send_in(session, actor, held)
    _move(session, held, ("PLANNED",), "BUDGET_REQUESTED")
    return receipt


def approve_document(
    session: Session,
    actor: Actor,
    document_id: int,
    approved_on: date,
    in_force_on: date | None = None,
    *,
    if_match_version: int,
) -> ReviewReceipt:
    """Approve a document that another person prepared: its money may be spent from now on.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such document; not allowed; changed by somebody else.
    InvalidInput
        Not sent in, the same person, a closed year, dates that contradict each other.
    """
    held = hold_submitted(session, actor, DOCUMENT, document_id, if_match_version)
    _projects(session, held, lock=True)
    in_force_on = in_force_on or held.row["in_force_on"]
    refuse([*_check_approval(held, approved_on, in_force_on), *_closed_projects(session, held)])
    receipt = write_approval(session, actor, held, approved_on, {"in_force_on": in_force_on})
    session.execute(
        sa.text(
            "UPDATE appropriation SET approved_on = :day WHERE budget_document_id = :document AND removed_at IS NULL"
            " AND approved_on IS DISTINCT FROM :day"
        ),
        {"document": held.id, "day": approved_on},
    )
    _move(session, held, ("PLANNED", "BUDGET_REQUESTED"), "BUDGET_APPROVED")
    return receipt


def return_document(
    session: Session, actor: Actor, document_id: int, comments: Sequence[NewComment], *, if_match_version: int
) -> ReviewReceipt:
    """Return a document with what has to be mended; its projects are planned ones again.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`approve_document`; a return without a comment.
    """
    held, receipt = send_back(session, actor, DOCUMENT, document_id, comments, if_match_version)
    _projects(session, held, lock=True)
    _move(session, held, ("BUDGET_REQUESTED",), "PLANNED")
    return receipt


def remove_document(session: Session, actor: Actor, document_id: int, *, if_match_version: int) -> ReviewReceipt:
    """Take a draft out, with its appropriations.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`change_document`.
    """
    return take_out(session, actor, DOCUMENT, document_id, if_match_version)


def restore_document(session: Session, actor: Actor, document_id: int) -> ReviewReceipt:
    """Bring a removed draft back.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such document; not allowed; its number was given to another, a closed year.
    """
    return bring_back(session, actor, DOCUMENT, document_id)


def check_year(fiscal_year_be: int) -> list[Problem]:
    """A Buddhist-era fiscal year."""
    if FIRST_YEAR_BE <= fiscal_year_be <= LAST_YEAR_BE:
        return []
    limits = {"given": fiscal_year_be, "minimum": FIRST_YEAR_BE, "maximum": LAST_YEAR_BE}
    return [Problem("fiscal_year_out_of_range", where={"field": "fiscal_year"}, values=limits)]


def _check(given: DocumentFields, fiscal_year_be: int) -> list[Problem]:
    problems = [
        *check_text("number", given.number, required=True),
        *check_text("title", given.title, required=True, limit=LONG_TEXT_LENGTH),
        *check_text("council_session", given.council_session),
        *check_text("document", given.document, limit=LONG_TEXT_LENGTH),
    ]
    for name in ("submitted_on", "council_approved_on"):
        problems += check_done(name, getattr(given, name), earliest=EARLIEST_DAY)
    passed = max((day for day in (given.submitted_on, given.council_approved_on) if day), default=EARLIEST_DAY)
    if given.in_force_on is not None and given.in_force_on < passed:
        problems.append(_reversed("in_force_on", passed))
    if given.submitted_on and given.council_approved_on and given.council_approved_on < given.submitted_on:
        problems.append(_reversed("council_approved_on", given.submitted_on))
    if problems or not FIRST_YEAR_BE <= fiscal_year_be <= LAST_YEAR_BE:
        return problems
    for name in ("submitted_on", "council_approved_on", "in_force_on"):
        day = getattr(given, name)
        if day is not None and day > last_day(fiscal_year_be):
            values = {"last": last_day(fiscal_year_be).isoformat(), "fiscal_year_be": fiscal_year_be}
            problems.append(Problem("document_after_year", where={"field": name}, values=values))
    return problems


def _check_approval(held: Held, approved_on: date, in_force_on: date | None) -> list[Problem]:
    problems = check_done("approved_on", approved_on, earliest=EARLIEST_DAY)
    council = held.row["council_approved_on"] or held.row["submitted_on"]
    if council is not None and approved_on < council:
        problems.append(_reversed("approved_on", council))
    if in_force_on is not None and in_force_on < approved_on:
        problems.append(_reversed("in_force_on", approved_on))
    if approved_on > last_day(held.fiscal_year_be):
        last = last_day(held.fiscal_year_be).isoformat()
        values = {"last": last, "fiscal_year_be": held.fiscal_year_be}
        problems.append(Problem("document_after_year", where={"field": "approved_on"}, values=values))
    return problems


def _reversed(name: str, earliest: date) -> Problem:
    return Problem("days_reversed", where={"field": name}, values={"earliest": earliest.isoformat()})


def _without_amount(session: Session, held: Held) -> list[Problem]:
    """Rows whose money nobody has said yet: a draft may hold them, what is sent in may not."""
    empty = session.scalars(
        sa.text(
            "SELECT p.code FROM appropriation a JOIN project p ON p.id = a.project_id"
            " WHERE a.budget_document_id = :document AND a.removed_at IS NULL AND a.amount_baht = 0 ORDER BY p.code"
        ),
        {"document": held.id},
    ).all()
    if not empty:
        return []
    values = {"count": len(empty), "projects": ", ".join(empty[:10])}
    return [Problem("appropriation_of_nothing", where={"field": "appropriations"}, values=values)]


def _closed_projects(session: Session, held: Held) -> list[Problem]:
    """A project that was closed or cancelled meanwhile gets no money."""
    found = session.execute(
        sa.text(
            "SELECT DISTINCT p.code, p.status FROM appropriation a JOIN project p ON p.id = a.project_id"
            " WHERE a.budget_document_id = :document AND a.removed_at IS NULL AND a.amount_baht > 0"
            " AND p.status IN ('CLOSED', 'CANCELLED') ORDER BY p.code LIMIT 10"
        ),
        {"document": held.id},
    )
    return [
        Problem("project_not_open", where={"field": "appropriations"}, values={"project": code, "status": status})
        for code, status in found
    ]


def _projects(session: Session, held: Held, *, lock: bool) -> list[int]:
    """Projects of the document in the order in which everybody locks them."""
    return list(
        session.scalars(
            sa.text(
                "SELECT p.id FROM project p WHERE p.id IN (SELECT a.project_id FROM appropriation a"
                " WHERE a.budget_document_id = :document AND a.removed_at IS NULL)"
                f" ORDER BY p.id {'FOR NO KEY UPDATE' if lock else ''}"
            ),
            {"document": held.id},
        )
    )


def _move(session: Session, held: Held, before: tuple[str, ...], to: str) -> None:
    """The document's projects take the step that its own step implies, all in one statement."""
    session.execute(
        sa.text("SELECT set_config('eplan.status_reason', :reason, true)"),
        {"reason": f"{held.row['title']} ({held.row['number']})"},
    )
    session.execute(
        sa.text(
            """
            UPDATE project p SET status = :to WHERE p.status = ANY(:before)
              AND p.id IN (SELECT a.project_id FROM appropriation a
                           WHERE a.budget_document_id = :document AND a.removed_at IS NULL)
              AND (:to <> 'PLANNED' OR NOT EXISTS (
                  SELECT FROM appropriation o JOIN budget_document d ON d.id = o.budget_document_id
                  WHERE o.project_id = p.id AND o.removed_at IS NULL AND d.status = 'SUBMITTED'))
            """
        ),
        {"document": held.id, "before": list(before), "to": to},
    )
    session.execute(sa.text("SELECT set_config('eplan.status_reason', '', true)"))

"""The way of a record through four eyes: prepared, sent in, then approved or returned by another person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import InvalidInput, NotFound
from app.services.money_rules import (
    SAME_NUMBER,
    check_open_year,
    may_see_money,
    organisation_target,
    refuse,
    require_version,
    same_number,
    writers_of,
)
from app.services.project_locks import mark_on_behalf
from app.services.review_comments import NewComment, add_comments, check_comments, resolve_comments
from gis.problems import Problem

Reviewed = Literal["budget_document", "budget_transfer"]
OPEN = ("DRAFT", "RETURNED")


@dataclass(frozen=True)
class ReviewedKind:
    """What is reviewed.

    Parameters
    ----------
    table
        Where its rows are.
    not_open
        Problem of a change to what has been sent in.
    fields
        What a comment may name.
    same
        Columns in which no two that stand may agree: what makes the number its own.
    """

    table: Reviewed
    not_open: str
    fields: tuple[str, ...]
    same: tuple[str, ...]


@dataclass(frozen=True)
class ReviewReceipt:
    """Where the record stands now, and its new version."""

    id: int
    status: str
    row_version: int


@dataclass(frozen=True)
class Held:
    """A record that this transaction has locked, with where its organisation lies."""

    kind: ReviewedKind
    row: Mapping[str, Any]
    target: Target

    @property
    def table(self) -> Reviewed:
        """Where its row is."""
        return self.kind.table

    @property
    def id(self) -> int:
        """Its number."""
        return int(self.row["id"])

    @property
    def key(self) -> str:
        """Its number as comments know it."""
        return str(self.row["id"])

    @property
    def organisation_code(self) -> str:
        """Organisation that it belongs to."""
        return str(self.row["organisation_code"])

    @property
    def fiscal_year_be(self) -> int:
        """Its fiscal year."""
        return int(self.row["fiscal_year_be"])

    @property
    def status(self) -> str:
        """Where it stands."""
        return str(self.row["status"])


def hold(
    session: Session, actor: Actor, kind: ReviewedKind, row_id: int, action: str, if_match_version: int | None
) -> Held:
    """Lock a record for a change by somebody who may do it.

    Raises
    ------
    NotFound
        There is none, or this person may not know of it.
    Forbidden, Conflict
        Not allowed; somebody changed it first.
    """
    table = kind.table
    row = session.execute(sa.text(f"SELECT * FROM {table} WHERE id = :id FOR UPDATE"), {"id": row_id}).one_or_none()
    if row is None or not may_see_money(actor):
        raise NotFound(f"{table}_not_found", {"id": row_id})
    target = organisation_target(session, row.organisation_code)
    policy.require(actor, action, target)
    require_version(session, table, row.id, row.row_version, if_match_version)
    return Held(kind, dict(row._mapping), target)


def hold_open(session: Session, actor: Actor, kind: ReviewedKind, row_id: int, if_match_version: int | None) -> Held:
    """Lock a draft or returned record for a change by somebody who prepares the budget.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`hold` and :func:`require_open`.
    """
    held = hold(session, actor, kind, row_id, policy.BUDGET_WRITE, if_match_version)
    require_open(held)
    return held


def hold_submitted(session: Session, actor: Actor, kind: ReviewedKind, row_id: int, if_match_version: int) -> Held:
    """Lock what was sent in for a decision by somebody else.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`hold` and :func:`require_submitted`.
    """
    held = hold(session, actor, kind, row_id, policy.BUDGET_APPROVE, if_match_version)
    require_submitted(session, actor, held)
    return held


def may_prepare(session: Session, actor: Actor, organisation_code: str) -> Target:
    """Where the organisation lies, when the actor prepares its budget.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not allowed.
    """
    target = organisation_target(session, organisation_code)
    policy.require(actor, policy.BUDGET_WRITE, target)
    return target


def require_open(held: Held) -> None:
    """Refuse a change of what has been sent in.

    Raises
    ------
    InvalidInput
        ``document_not_open`` or ``transfer_not_open``; ``review_removed`` for a removed one.
    """
    if held.row["removed_at"] is not None:
        raise InvalidInput([Problem("review_removed", where={"field": "status"})])
    if held.status not in OPEN:
        raise InvalidInput([Problem(held.kind.not_open, where={"field": "status"}, values={"status": held.status})])


def require_submitted(session: Session, actor: Actor, held: Held) -> None:
    """Refuse a decision on what was not sent in, by who sent it in, or in a closed year.

    Raises
    ------
    InvalidInput
        Every reason at once.
    """
    problems = check_open_year(session, held.organisation_code, held.fiscal_year_be)
    if held.status != "SUBMITTED":
        problems.append(Problem("review_not_submitted", where={"field": "status"}, values={"status": held.status}))
    if actor.user_id is not None and actor.user_id in (held.row["prepared_by"], held.row["submitted_by"]):
        problems.append(Problem("four_eyes", where={"field": "status"}))
    elif actor.user_id is not None and actor.user_id in _writers(session, held):
        problems.append(Problem("four_eyes_amounts", where={"field": "status"}))
    refuse(problems)


# Rows that say the amounts of a record.
_AMOUNTS: Mapping[Reviewed, tuple[Literal["appropriation", "budget_transfer_line"], str]] = {
    "budget_document": (
        "appropriation",
        "SELECT id FROM appropriation WHERE budget_document_id = :id AND removed_at IS NULL",
    ),
    "budget_transfer": (
        "budget_transfer_line",
        "SELECT id FROM budget_transfer_line WHERE budget_transfer_id = :id AND (amount_baht <> 0 OR note IS NOT NULL)",
    ),
}


def _writers(session: Session, held: Held) -> set[int]:
    """Who wrote or changed an amount that stands in the record."""
    entity, rows = _AMOUNTS[held.table]
    return writers_of(session, entity, session.scalars(sa.text(rows), {"id": held.id}).all())


def write(session: Session, held: Held, values: Mapping[str, Any], more: str = "") -> ReviewReceipt:
    """Change columns of the record; names come from the services, never from a request."""
    assignments = ", ".join([*(f"{name} = :{name}" for name in values), *([more] if more else [])])
    row = session.execute(
        sa.text(f"UPDATE {held.table} SET {assignments} WHERE id = :id RETURNING id, status, row_version"),
        {"id": held.id, **values},
    ).one()
    return ReviewReceipt(row.id, row.status, row.row_version)


def insert(session: Session, table: Reviewed, actor: Actor, values: Mapping[str, Any]) -> ReviewReceipt:
    """A new draft, prepared by the actor."""
    columns = {**values, "prepared_by": actor.user_id, "prepared_by_name": actor.display_name}
    names, given = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    row = session.execute(
        sa.text(f"INSERT INTO {table} ({names}) VALUES ({given}) RETURNING id, status, row_version"), columns
    ).one()
    return ReviewReceipt(row.id, row.status, row.row_version)


def check_number(
    session: Session, kind: ReviewedKind, held_id: int | None, columns: Mapping[str, Any]
) -> list[Problem]:
    """The problem of a number that another record which stands has already."""
    given = {name: columns[name] for name in kind.same} | {"number": same_number(str(columns["number"]))}
    plain = {"number": SAME_NUMBER.format(column="number")}
    same = " AND ".join(f"{plain.get(name, name)} = :{name}" for name in given)
    taken = session.scalar(
        sa.text(
            f"SELECT EXISTS (SELECT FROM {kind.table}"
            f" WHERE removed_at IS NULL AND id IS DISTINCT FROM :held AND {same})"
        ),
        {"held": held_id, **given},
    )
    if not taken:
        return []
    values = {"number": columns["number"], "fiscal_year_be": columns["fiscal_year_be"]}
    return [Problem("number_taken", where={"field": "number"}, values=values)]


def send_in(session: Session, actor: Actor, held: Held) -> ReviewReceipt:
    """Send a record in that was checked; what was said of it before is mended."""
    mark_on_behalf(session, actor, held.organisation_code)
    resolve_comments(session, actor, held.table, held.key)
    return write(session, held, {"status": "SUBMITTED", "submitted_by": actor.user_id}, "submitted_at = now()")


def write_approval(
    session: Session, actor: Actor, held: Held, approved_on: date, more: Mapping[str, Any] | None = None
) -> ReviewReceipt:
    """Approve a record that was checked; ``more`` are columns of its own."""
    mark_on_behalf(session, actor, held.organisation_code)
    resolve_comments(session, actor, held.table, held.key)
    approval = {"approved_by": actor.user_id, "approved_by_name": actor.display_name, "approved_on": approved_on}
    return write(session, held, {"status": "APPROVED", **approval, **(more or {})})


def send_back(
    session: Session,
    actor: Actor,
    kind: ReviewedKind,
    row_id: int,
    comments: Sequence[NewComment],
    if_match_version: int,
) -> tuple[Held, ReviewReceipt]:
    """Return a record with what has to be mended; what it was, and its receipt.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`hold_submitted`; a return without a comment.
    """
    held = hold_submitted(session, actor, kind, row_id, if_match_version)
    problems = check_comments(comments, kind.fields)
    if not comments:
        problems.append(Problem("return_without_comment", where={"field": "comments"}))
    refuse(problems)
    mark_on_behalf(session, actor, held.organisation_code)
    receipt = write(session, held, {"status": "RETURNED"})
    add_comments(session, actor, held.table, held.key, held.organisation_code, comments)
    return held, receipt


def take_out(session: Session, actor: Actor, kind: ReviewedKind, row_id: int, if_match_version: int) -> ReviewReceipt:
    """Take a draft or returned record out.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`hold_open`; a closed year.
    """
    held = hold_open(session, actor, kind, row_id, if_match_version)
    refuse(check_open_year(session, held.organisation_code, held.fiscal_year_be))
    mark_on_behalf(session, actor, held.organisation_code)
    return write(session, held, {"removed_by": actor.user_id}, "removed_at = now()")


def bring_back(session: Session, actor: Actor, kind: ReviewedKind, row_id: int) -> ReviewReceipt:
    """Bring a removed record back.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such record; not allowed; not removed, its number was given to another, a closed year.
    """
    held = hold(session, actor, kind, row_id, policy.BUDGET_WRITE, None)
    if held.row["removed_at"] is None:
        raise InvalidInput([Problem("not_removed", where={"field": "status"})])
    refuse(
        [
            *check_open_year(session, held.organisation_code, held.fiscal_year_be),
            *check_number(session, kind, held.id, held.row),
        ]
    )
    mark_on_behalf(session, actor, held.organisation_code)
    return write(session, held, {"removed_by": None}, "removed_at = NULL")

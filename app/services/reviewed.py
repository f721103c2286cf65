"""The way of a record through four eyes: prepared, sent in, then approved or returned by another person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import InvalidInput, NotFound
from app.services.money_rules import check_open_year, may_see_money, organisation_target, refuse, require_version
from gis.problems import Problem

Reviewed = Literal["budget_document", "budget_transfer"]
OPEN = ("DRAFT", "RETURNED")


@dataclass(frozen=True)
class ReviewReceipt:
    """Where the record stands now, and its new version."""

    id: int
    status: str
    row_version: int


@dataclass(frozen=True)
class Held:
    """A record that this transaction has locked, with where its organisation lies."""

    table: Reviewed
    row: Mapping[str, Any]
    target: Target

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
    session: Session, actor: Actor, table: Reviewed, row_id: int, action: str, if_match_version: int | None
) -> Held:
    """Lock a record for a change by somebody who may do it.

    Raises
    ------
    NotFound
        There is none, or this person may not know of it.
    Forbidden, Conflict
        Not allowed; somebody changed it first.
    """
    row = session.execute(sa.text(f"SELECT * FROM {table} WHERE id = :id FOR UPDATE"), {"id": row_id}).one_or_none()
    if row is None or not may_see_money(actor):
        raise NotFound(f"{table}_not_found", {"id": row_id})
    target = organisation_target(session, row.organisation_code)
    policy.require(actor, action, target)
    require_version(session, table, row.id, row.row_version, if_match_version)
    return Held(table, dict(row._mapping), target)


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
        code = "document_not_open" if held.table == "budget_document" else "transfer_not_open"
        raise InvalidInput([Problem(code, where={"field": "status"}, values={"status": held.status})])


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
    refuse(problems)


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


def is_taken(session: Session, table: Reviewed, held_id: int | None, columns: Mapping[str, Any]) -> bool:
    """Whether another record that stands has the same number."""
    same = " AND ".join(f"{name} = :{name}" for name in columns)
    return bool(
        session.scalar(
            sa.text(
                f"SELECT EXISTS (SELECT FROM {table} WHERE removed_at IS NULL AND id IS DISTINCT FROM :held AND {same})"
            ),
            {"held": held_id, **columns},
        )
    )

"""What every write of a project's money shares: its receipt, the rows it holds, and the status that follows.

Paid <= contracted <= approved: a contract may be smaller than the budget (savings) and a project may be paid without
a contract (force account, grants); what is compared is the sum on either side, under a lock on the project. The
database refuses the same (revision 0015); here it is said with everything else that is wrong and with what would be
allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from app.queries.codelists import code_list
from app.services.money_rules import baht, read_money, values_of
from app.services.project_locks import HeldProject
from app.services.project_status import advance, record_correction
from gis.problems import Problem
from gis.thai import normalise

DoubleClicked = Literal["carry_over", "contract_penalty", "progress_report"]


@dataclass(frozen=True)
class MoneyReceipt:
    """What was written: the row, and the status that the project has now."""

    id: int
    status: str


def settle_status(session: Session, project: HeldProject, reason: str) -> str:
    """Bring the status to what the money says now; a step back is recorded as a correction with its reason."""
    if project.status in ("CLOSED", "CANCELLED", "DEFERRED"):
        return project.status
    money = read_money(session, project)
    whole = money.contracted_baht or money.budget_baht
    if money.disbursed_baht > 0:
        to = "DISBURSED_FULL" if money.disbursed_baht >= whole else "DISBURSING"
    elif money.contracted_baht > 0:
        to = "CONTRACTED"
    elif money.budget_baht > 0:
        to = "BUDGET_APPROVED"
    else:
        to = "PLANNED"
    early = ("PLANNED", "BUDGET_REQUESTED") if to == "PLANNED" else ("BUDGET_APPROVED", "PROCURING")
    if to in ("PLANNED", "BUDGET_APPROVED") and project.status in early:
        return project.status
    if project.status == "CARRIED_OVER" and to in ("BUDGET_APPROVED", "CONTRACTED"):
        return project.status
    order = list(code_list(session, "project_status"))
    forward = project.status == "CARRIED_OVER" or order.index(to) >= order.index(project.status)
    if forward:
        return advance(session, project, to)
    record_correction(session, project, to, reason)
    return to


def below_paid(code: str, paid: Decimal, left: Decimal) -> Problem:
    """Less would be left than is paid of it."""
    values = {"paid_baht": baht(paid), "left_baht": baht(left)}
    return Problem(code, where={"field": "amount_baht"}, values=values)


def check_open_project(project: HeldProject) -> list[Problem]:
    """The problem of a project that is closed or cancelled."""
    if project.status not in ("CLOSED", "CANCELLED"):
        return []
    return [Problem("project_not_open", where={"field": "status"}, values={"status": project.status})]


def held_row(
    session: Session, table: str, project: HeldProject, row_id: int, *, removed: bool = False
) -> dict[str, Any]:
    """A row of a project's money by column.

    Raises
    ------
    NotFound
        The project has no such row, or (``removed``) none that was taken out.
    """
    row = session.execute(
        sa.text(
            f"SELECT * FROM {table} WHERE id = :id AND project_id = :project"
            f" AND removed_at IS {'NOT ' if removed else ''}NULL"
        ),
        {"id": row_id, "project": project.id},
    ).one_or_none()
    if row is None:
        raise NotFound(f"{table}_not_found", {table: row_id})
    return dict(row._mapping)


def refuse_repeated(session: Session, project: HeldProject, table: str, new: Any) -> None:
    """A form sent twice (a second click, an answer that was lost) may not count the same money twice.

    Raises
    ------
    InvalidInput
        ``money_repeated``: a row of the project is the same in everything.
    """
    values = values_of(new)
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM :{name}" for name in values)
    # What was taken back may be entered again.
    standing = "NOT EXISTS (SELECT FROM disbursement r WHERE r.reverses_id = t.id)"
    standing = standing if table == "disbursement" else "t.removed_at IS NULL"
    found = session.scalar(
        sa.text(f"SELECT EXISTS (SELECT FROM {table} t WHERE t.project_id = :project AND {standing} AND {same})"),
        {"project": project.id, **values},
    )
    if found:
        raise InvalidInput([Problem("money_repeated", where={"field": "amount_baht"})])


def refuse_double_click(
    session: Session, actor: Actor, project: HeldProject, table: DoubleClicked, values: Mapping[str, Any]
) -> None:
    """Rows that may be the same twice (a penalty of the same days) are refused when the same person has just sent one.

    Raises
    ------
    InvalidInput
        ``money_repeated``: the person wrote the very same a few minutes ago.
    """
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM :{name}" for name in values)
    found = session.scalar(
        sa.text(
            f"SELECT EXISTS (SELECT FROM {table} t WHERE t.project_id = :project AND t.created_by = :user"
            f" AND t.created_at > now() - interval '5 minutes' AND t.removed_at IS NULL AND {same})"
        ),
        {"project": project.id, "user": actor.user_id, **values},
    )
    if found:
        raise InvalidInput([Problem("money_repeated", where={"field": "amount_baht"})])


def take_out(session: Session, actor: Actor, table: DoubleClicked, row_id: int, reason: str) -> None:
    """Take a row out that was written wrong, with the reason; it stays in the table and in the log."""
    gone = {"removed_by": actor.user_id, "removal_reason": normalise(reason)}
    update_row(session, table, row_id, gone, ", removed_at = now()")


def bring_back(session: Session, table: DoubleClicked, row_id: int) -> None:
    """Bring a row back that was taken out."""
    update_row(session, table, row_id, {"removed_by": None, "removal_reason": None}, ", removed_at = NULL")


def insert_row(session: Session, table: str, project: HeldProject, values: Mapping[str, Any]) -> int:
    """Add a row to a project's money; its number. Names of columns come from dataclasses, never from a request."""
    names, given = ", ".join(values), ", ".join(f":{name}" for name in values)
    identity = session.scalar(
        sa.text(f"INSERT INTO {table} (project_id, {names}) VALUES (:project, {given}) RETURNING id"),
        {"project": project.id, **values},
    )
    return int(identity)


def update_row(session: Session, table: str, row_id: int, values: Mapping[str, Any], more: str = "") -> None:
    """Change a row of money; ``more`` is SQL text behind the assignments."""
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    session.execute(sa.text(f"UPDATE {table} SET {assignments}{more} WHERE id = :id"), {"id": row_id, **values})

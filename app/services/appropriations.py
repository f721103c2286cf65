"""Appropriations: money of a project from one source, of a budget document or approved without one.

Money of a document counts when the document is approved. Money without one names the act that approved it, and counts
when somebody other than its writers has confirmed it; a line of nothing, to which a transfer will bring money, counts
at once, for there is nothing to count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.queries.codelists import code_list, funds_of_document
from app.services.money_rules import (
    EARLIEST_DAY,
    NOTHING,
    SATANG,
    ProjectMoney,
    baht,
    check_amount,
    check_code,
    check_done,
    check_text,
    read_money,
    refuse,
    require_number,
    require_version,
    values_of,
    writers_of,
)
from app.services.project_locks import HeldProject, hold_project, mark_on_behalf
from app.services.project_money import (
    MoneyReceipt,
    below_paid,
    check_open_project,
    held_row,
    insert_row,
    refuse_repeated,
    settle_status,
    update_row,
)
from app.services.project_status import advance
from app.services.reserves import reserved_baht
from gis.problems import Problem


@dataclass(frozen=True)
class NewAppropriation:
    """Money from one source; of a budget document, or approved already without one."""

    amount_baht: Decimal
    fund_source_code: str
    programme_code: str | None = None
    work_code: str | None = None
    expenditure_category_code: str | None = None
    legal_reference: str | None = None
    approved_on: date | None = None
    budget_document_id: int | None = None


@dataclass(frozen=True)
class _Document:
    """The budget document that an appropriation stands in."""

    id: int
    kind: str
    status: str
    organisation_code: str
    fiscal_year_be: int


def record_appropriation(session: Session, actor: Actor, project_code: str, new: NewAppropriation) -> MoneyReceipt:
    """Add money; it counts when its document is approved, or without one when another person has confirmed it.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    require_number(new.amount_baht)
    document = _hold_document(session, new.budget_document_id)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.BUDGET_WRITE, project.target)
    refuse_repeated(session, project, "appropriation", new)
    money = read_money(session, project)
    refuse(
        [
            *money.open_year(),
            *check_open_project(project),
            *_of_document(session, project, new, document),
            *_check_appropriation(session, new),
        ]
    )
    mark_on_behalf(session, actor, project.organisation_code)
    values = {
        **values_of(new),
        "in_force": document is None and new.amount_baht == 0,
        "created_by": actor.user_id,
        "created_by_name": actor.display_name,
    }
    identity = insert_row(session, "appropriation", project, values)
    _touch(session, document)
    return MoneyReceipt(identity, project.status)


def confirm_appropriation(
    session: Session, actor: Actor, project_code: str, appropriation_id: int, *, if_match_version: int
) -> MoneyReceipt:
    """Put money without a document in force, as a person other than its writers; the project's budget is approved.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such row; not allowed; changed by somebody else.
    InvalidInput
        Of a document, in force already, one of its writers, a closed year.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.BUDGET_APPROVE, project.target)
    row = held_row(session, "appropriation", project, appropriation_id)
    require_version(session, "appropriation", row["id"], row["row_version"], if_match_version)
    problems = [*read_money(session, project).open_year(), *check_open_project(project)]
    if row["in_force"] or row["budget_document_id"] is not None:
        problems.append(Problem("appropriation_not_waiting", where={"field": "status"}))
    writers = {row["created_by"], *writers_of(session, "appropriation", [row["id"]])}
    if actor.user_id is None or actor.user_id in writers:
        problems.append(Problem("four_eyes_amounts", where={"field": "status"}))
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    update_row(
        session,
        "appropriation",
        row["id"],
        {"confirmed_by": actor.user_id, "confirmed_by_name": actor.display_name},
    )
    status = project.status
    if status in ("PLANNED", "BUDGET_REQUESTED"):
        status = advance(session, project, "BUDGET_APPROVED")
    return MoneyReceipt(row["id"], status)


def change_appropriation(
    session: Session,
    actor: Actor,
    project_code: str,
    appropriation_id: int,
    new: NewAppropriation,
    *,
    if_match_version: int,
) -> MoneyReceipt:
    """Change an appropriation of a draft document, or one without a document; never below what is bound or paid.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`record_appropriation`; somebody changed it first.
    """
    require_number(new.amount_baht)
    document = _hold_document_of(session, appropriation_id)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.BUDGET_WRITE, project.target)
    row = held_row(session, "appropriation", project, appropriation_id)
    require_version(session, "appropriation", row["id"], row["row_version"], if_match_version)
    money = read_money(session, project)
    kept = replace(new, budget_document_id=row["budget_document_id"])
    problems = [
        *money.open_year(),
        *check_open_project(project),
        *_of_document(session, project, kept, document),
        *_check_appropriation(session, kept),
    ]
    if row["in_force"]:
        problems += _still_enough(money, appropriation_id, new.amount_baht + row["transferred_baht"])
        if new.amount_baht > row["amount_baht"]:
            values = {"amount_baht": baht(row["amount_baht"])}
            problems.append(Problem("appropriation_in_force", where={"field": "amount_baht"}, values=values))
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    update_row(
        session, "appropriation", row["id"], {k: v for k, v in values_of(kept).items() if k != "budget_document_id"}
    )
    _touch(session, document)
    return MoneyReceipt(row["id"], project.status)


def remove_appropriation(
    session: Session, actor: Actor, project_code: str, appropriation_id: int, *, if_match_version: int
) -> MoneyReceipt:
    """Take an appropriation out; sums no longer count it and it can be brought back.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such row; not allowed; changed by somebody else.
    InvalidInput
        Money hangs on it, its document is sent in, or the year is closed.
    """
    document = _hold_document_of(session, appropriation_id)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.BUDGET_WRITE, project.target)
    row = held_row(session, "appropriation", project, appropriation_id)
    require_version(session, "appropriation", row["id"], row["row_version"], if_match_version)
    money = read_money(session, project)
    problems = [*money.open_year(), *check_open_project(project), *_open_document(document)]
    if row["in_force"]:
        problems += _still_enough(money, row["id"], NOTHING)
        if row["transferred_baht"]:
            problems.append(Problem("appropriation_transferred", where={"field": "amount_baht"}))
    if any(row["id"] == reserve.appropriation_id for reserve in money.reserves):
        problems.append(Problem("money_carried_over", where={"field": "amount_baht"}))
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    update_row(session, "appropriation", row["id"], {"removed_by": actor.user_id}, ", removed_at = now()")
    _touch(session, document)
    return MoneyReceipt(row["id"], settle_status(session, project, "นำงบประมาณออก"))


def restore_appropriation(session: Session, actor: Actor, project_code: str, appropriation_id: int) -> MoneyReceipt:
    """Bring a removed appropriation back.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No removed row; not allowed; its document is sent in, a closed year.
    """
    document = _hold_document_of(session, appropriation_id)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.BUDGET_WRITE, project.target)
    row = held_row(session, "appropriation", project, appropriation_id, removed=True)
    refuse([*read_money(session, project).open_year(), *check_open_project(project), *_open_document(document)])
    mark_on_behalf(session, actor, project.organisation_code)
    update_row(session, "appropriation", row["id"], {"removed_by": None}, ", removed_at = NULL")
    _touch(session, document)
    status = project.status
    if row["in_force"] and status in ("PLANNED", "BUDGET_REQUESTED"):
        status = advance(session, project, "BUDGET_APPROVED")
    return MoneyReceipt(row["id"], status)


def _check_appropriation(session: Session, new: NewAppropriation) -> list[Problem]:
    problems = [
        # nothing yet, without a document: a line that a transfer will bring money to (โอนตั้งจ่ายรายการใหม่)
        *check_amount(new.amount_baht, NOTHING if new.budget_document_id is None else SATANG),
        *check_code(session, "fund_source_code", "fund_source", new.fund_source_code),
        *check_code(session, "programme_code", "budget_programme", new.programme_code),
        *check_code(session, "work_code", "budget_work", new.work_code),
        *check_code(session, "expenditure_category_code", "expenditure_category", new.expenditure_category_code),
        *_check_approval(new),
    ]
    work = code_list(session, "budget_work").get(new.work_code or "")
    if work is not None and new.programme_code not in (None, work.attributes["programme_code"]):
        values = {"work": work.code, "programme": new.programme_code, "expected": work.attributes["programme_code"]}
        problems.append(Problem("work_of_another_programme", where={"field": "work_code"}, values=values))
    return problems


def _check_approval(new: NewAppropriation) -> list[Problem]:
    """Money without a document says which act approved it, and when."""
    alone = new.budget_document_id is None and new.amount_baht > 0
    problems = check_text("legal_reference", new.legal_reference, required=alone)
    problems += check_done("approved_on", new.approved_on, earliest=EARLIEST_DAY)
    if alone and new.approved_on is None:
        problems.append(Problem("field_required", where={"field": "approved_on"}))
    return problems


def _of_document(
    session: Session, project: HeldProject, new: NewAppropriation, document: _Document | None
) -> list[Problem]:
    """The document is the organisation's and the year's own, still open, and brings money of this source."""
    where = {"field": "budget_document_id"}
    if document is None:
        return [Problem("document_not_found", where=where)] if new.budget_document_id is not None else []
    if document.organisation_code != project.organisation_code:
        return [Problem("document_not_found", where=where)]
    problems = []
    if document.fiscal_year_be != project.fiscal_year_be:
        values: dict[str, Any] = {"document_year_be": document.fiscal_year_be, "fiscal_year_be": project.fiscal_year_be}
        problems.append(Problem("document_of_another_year", where=where, values=values))
    problems += _open_document(document)
    allowed = funds_of_document(session, document.kind)
    if new.fund_source_code not in allowed:
        values = {"kind": document.kind, "given": new.fund_source_code, "allowed": ", ".join(allowed)}
        problems.append(Problem("fund_not_of_document", where={"field": "fund_source_code"}, values=values))
    return problems


def _open_document(document: _Document | None) -> list[Problem]:
    if document is None or document.status in ("DRAFT", "RETURNED"):
        return []
    return [Problem("document_not_open", where={"field": "budget_document_id"})]


def _still_enough(money: ProjectMoney, appropriation_id: int, net: Decimal) -> list[Problem]:
    """The appropriation with ``net`` baht still covers what is paid of it and what the project has bound."""
    pot = money.appropriations[appropriation_id]
    if net < pot.used_baht:
        return [below_paid("appropriation_below_paid", pot.used_baht, net)]
    kept = reserved_baht(money, appropriation_id)
    if net < min(kept, pot.whole_baht):
        values = {"kept_baht": baht(kept), "left_baht": baht(net)}
        return [Problem("appropriation_below_reserved", where={"field": "amount_baht"}, values=values)]
    needed = money.contracted_baht + money.direct_baht
    rest = money.budget_baht - pot.whole_baht
    if rest + net < needed:
        values = {"bound_baht": baht(needed), "least_baht": baht(needed - rest)}
        return [Problem("appropriation_below_bound", where={"field": "amount_baht"}, values=values)]
    return []


def _hold_document(session: Session, document_id: int | None) -> _Document | None:
    """Lock a document before its projects, in the order in which its approval does."""
    if document_id is None:
        return None
    row = session.execute(
        sa.text(
            "SELECT id, kind, status, organisation_code, fiscal_year_be FROM budget_document"
            " WHERE id = :id AND removed_at IS NULL FOR NO KEY UPDATE"
        ),
        {"id": document_id},
    ).one_or_none()
    return None if row is None else _Document(**row._mapping)


def _touch(session: Session, document: _Document | None) -> None:
    """The rows are part of the document that was read: its version says that they changed, as its table's does."""
    if document is not None:
        session.execute(sa.text("UPDATE budget_document SET title = title WHERE id = :id"), {"id": document.id})


def _hold_document_of(session: Session, appropriation_id: int) -> _Document | None:
    found = session.scalar(
        sa.text("SELECT budget_document_id FROM appropriation WHERE id = :id"), {"id": appropriation_id}
    )
    return _hold_document(session, found)

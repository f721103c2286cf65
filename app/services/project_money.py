"""Appropriation, contract and disbursement of a project: paid <= contracted <= approved, and the status that follows.

A contract may be smaller than the budget (savings) and a project may be paid without a contract (force account,
grants): what is compared is the sum on either side, under a lock on the project. The database refuses the same
(revision 0015); here it is said with everything else that is wrong and with what would be allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from app.models.budget import PAYMENT_METHODS
from app.models.contract import CONTRACT_KINDS
from app.queries.codelists import code_list, funds_of_document
from app.services.money_rules import (
    LONG_TEXT_LENGTH,
    NOTHING,
    SATANG,
    ProjectMoney,
    baht,
    check_amount,
    check_choice,
    check_code,
    check_day,
    check_text,
    over,
    read_money,
    refuse,
    require_number,
    require_version,
    values_of,
)
from app.services.project_locks import HeldProject, hold_project, mark_on_behalf
from app.services.project_status import advance, record_correction
from gis.problems import Problem
from gis.thai import format_thai_date

# Kind of an obligation without a contractor -> the method that says the same.
_METHOD_OF = {"FORCE_ACCOUNT": "FORCE_ACCOUNT", "GRANT_OUT": "GRANT_OUT"}


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
class NewContract:
    """A signed obligation; ``kind`` tells contracts from force account and grants."""

    number: str
    amount_baht: Decimal
    signed_on: date
    contractor_name: str | None = None
    contractor_is_person: bool = False
    egp_number: str | None = None
    procurement_method_code: str | None = None
    instalments: int | None = None
    start_on: date | None = None
    end_on: date | None = None
    kind: str = "CONTRACT"


@dataclass(frozen=True)
class NewDisbursement:
    """A payment out of one appropriation, under a contract when there is one."""

    amount_baht: Decimal
    paid_on: date
    appropriation_id: int
    contract_id: int | None = None
    voucher_number: str | None = None
    instalment: int | None = None
    method: str | None = None


@dataclass(frozen=True)
class MoneyReceipt:
    """What was written: the row, and the status that the project has now."""

    id: int
    status: str


@dataclass(frozen=True)
class _Document:
    """The budget document that an appropriation stands in."""

    id: int
    kind: str
    status: str
    organisation_code: str
    fiscal_year_be: int


def record_appropriation(session: Session, actor: Actor, project_code: str, new: NewAppropriation) -> MoneyReceipt:
    """Add money; without a document it is approved, and a planned project becomes one whose budget is approved.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    require_number(new.amount_baht)
    document = _hold_document(session, new.budget_document_id)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.BUDGET_WRITE, project.target)
    _refuse_repeated(session, project, "appropriation", new)
    money = read_money(session, project)
    refuse(
        [
            *money.open_year(),
            *_open_project(project),
            *_of_document(session, project, new, document),
            *_check_appropriation(session, new),
        ]
    )
    _mark(session, actor, project)
    values = {**values_of(new), "in_force": document is None}
    identity = _insert(session, "appropriation", project, values)
    status = project.status
    if document is None and new.amount_baht > 0 and status in ("PLANNED", "BUDGET_REQUESTED"):
        status = advance(session, project, "BUDGET_APPROVED")
    return MoneyReceipt(identity, status)


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
    row = _row(session, "appropriation", project, appropriation_id)
    require_version(session, "appropriation", row["id"], row["row_version"], if_match_version)
    money = read_money(session, project)
    kept = replace(new, budget_document_id=row["budget_document_id"])
    problems = [
        *money.open_year(),
        *_of_document(session, project, kept, document),
        *_check_appropriation(session, kept),
    ]
    if row["in_force"]:
        problems += _still_enough(money, appropriation_id, new.amount_baht + row["transferred_baht"])
    refuse(problems)
    _mark(session, actor, project)
    _update(
        session, "appropriation", row["id"], {k: v for k, v in values_of(kept).items() if k != "budget_document_id"}
    )
    return MoneyReceipt(row["id"], project.status)


def record_contract(session: Session, actor: Actor, project_code: str, new: NewContract) -> MoneyReceipt:
    """Add an obligation; together with the others it stays within the approved budget.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    require_number(new.amount_baht)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.CONTRACT_WRITE, project.target)
    new = replace(new, procurement_method_code=new.procurement_method_code or _METHOD_OF.get(new.kind))
    _refuse_repeated(session, project, "contract", new)
    money = read_money(session, project)
    problems = [*money.open_year(), *_open_project(project), *_check_contract(session, new, money)]
    problems += _room_for_contract(money, new.amount_baht, NOTHING)
    refuse(problems)
    _mark(session, actor, project)
    identity = _insert(session, "contract", project, values_of(new))
    before = ("PLANNED", "BUDGET_REQUESTED", "BUDGET_APPROVED", "PROCURING", "CARRIED_OVER")
    status = advance(session, project, "CONTRACTED") if project.status in before else project.status
    return MoneyReceipt(identity, status)


def change_contract(
    session: Session, actor: Actor, project_code: str, contract_id: int, new: NewContract, *, if_match_version: int
) -> MoneyReceipt:
    """Put right what was typed of a contract; what the parties agreed on later is an amendment.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`record_contract`; somebody changed it first.
    """
    require_number(new.amount_baht)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.CONTRACT_WRITE, project.target)
    row = _row(session, "contract", project, contract_id)
    require_version(session, "contract", row["id"], row["row_version"], if_match_version)
    new = replace(new, procurement_method_code=new.procurement_method_code or _METHOD_OF.get(new.kind))
    money = read_money(session, project)
    final = new.amount_baht + row["amended_baht"]
    problems = [*money.open_year(), *_check_contract(session, new, money)]
    problems += _room_for_contract(money, final, money.contracts[row["id"]].whole_baht)
    if final < money.contracts[row["id"]].used_baht:
        problems.append(below_paid("contract_below_paid", money.contracts[row["id"]].used_baht, final))
    refuse(problems)
    _mark(session, actor, project)
    _update(session, "contract", row["id"], values_of(new))
    return MoneyReceipt(row["id"], settle_status(session, project, "แก้ไขสัญญา"))


def record_disbursement(session: Session, actor: Actor, project_code: str, new: NewDisbursement) -> MoneyReceipt:
    """Add a payment; it stays within its contract and within its appropriation.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    require_number(new.amount_baht)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.DISBURSEMENT_WRITE, project.target)
    _refuse_repeated(session, project, "disbursement", new)
    money = read_money(session, project)
    refuse(
        [
            *money.open_year(),
            *_open_project(project),
            *check_amount(new.amount_baht),
            *check_text("voucher_number", new.voucher_number),
            *check_choice("method", new.method, PAYMENT_METHODS),
            *_within_appropriation(money, new),
            *_within_contract(money, new),
            *_within_year(money, new),
        ]
    )
    _mark(session, actor, project)
    identity = _insert(session, "disbursement", project, values_of(new))
    return MoneyReceipt(identity, settle_status(session, project, "เบิกจ่าย"))


def reverse_disbursement(
    session: Session, actor: Actor, project_code: str, disbursement_id: int, paid_on: date, reason: str
) -> MoneyReceipt:
    """Take a payment back whole; the two rows stay and sum to nothing.

    Raises
    ------
    NotFound, Forbidden
        No such project or payment; not allowed.
    InvalidInput
        Taken back before, itself a correction, no reason, a closed year.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.DISBURSEMENT_WRITE, project.target)
    row = session.execute(
        sa.text(
            "SELECT d.*, EXISTS (SELECT FROM disbursement r WHERE r.reverses_id = d.id) AS reversed"
            " FROM disbursement d WHERE d.id = :id AND d.project_id = :project"
        ),
        {"id": disbursement_id, "project": project.id},
    ).one_or_none()
    if row is None:
        raise NotFound("disbursement_not_found", {"disbursement": disbursement_id})
    problems = [
        *read_money(session, project).open_year(),
        *check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH),
    ]
    if row.reversed or row.reverses_id is not None:
        problems.append(Problem("disbursement_reversed_already", where={"field": "disbursement"}))
    if paid_on < row.paid_on:
        problems.append(
            Problem(
                "reversal_before_payment",
                where={"field": "paid_on"},
                values={"paid_on": format_thai_date(row.paid_on)},
            )
        )
    refuse(problems)
    _mark(session, actor, project)
    values = {
        "appropriation_id": row.appropriation_id,
        "contract_id": row.contract_id,
        "voucher_number": row.voucher_number,
        "instalment": row.instalment,
        "method": row.method,
        "amount_baht": -row.amount_baht,
        "paid_on": paid_on,
        "reverses_id": row.id,
        "reason": reason.strip(),
    }
    identity = _insert(session, "disbursement", project, values)
    return MoneyReceipt(identity, settle_status(session, project, reason))


def remove_money(
    session: Session, actor: Actor, project_code: str, table: str, row_id: int, *, if_match_version: int
) -> MoneyReceipt:
    """Take an appropriation or a contract out; sums no longer count it and it can be brought back.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such row; not allowed; changed by somebody else.
    InvalidInput
        Money hangs on it, its document is sent in, or the year is closed.
    """
    document = _hold_document_of(session, row_id) if table == "appropriation" else None
    project = hold_project(session, actor, project_code)
    policy.require(actor, _REMOVED_BY[table], project.target)
    row = _row(session, table, project, row_id)
    require_version(session, table, row["id"], row["row_version"], if_match_version)  # type: ignore[arg-type]
    money = read_money(session, project)
    problems = money.open_year()
    if document is not None and document.status not in ("DRAFT", "RETURNED"):
        problems.append(Problem("document_not_open", where={"field": "budget_document_id"}))
    if table == "appropriation" and row["in_force"]:
        problems += _still_enough(money, row["id"], NOTHING)
        if row["transferred_baht"]:
            problems.append(Problem("appropriation_transferred", where={"field": "amount_baht"}))
    if table == "contract" and money.contracts[row["id"]].used_baht > 0:
        problems.append(below_paid("contract_below_paid", money.contracts[row["id"]].used_baht, NOTHING))
    if any(row["id"] == (r.contract_id if table == "contract" else r.appropriation_id) for r in money.reserves):
        problems.append(Problem("money_carried_over", where={"field": "amount_baht"}))
    refuse(problems)
    _mark(session, actor, project)
    _update(session, table, row["id"], {"removed_by": actor.user_id}, ", removed_at = now()")
    reason = "นำสัญญาออก" if table == "contract" else "นำงบประมาณออก"
    return MoneyReceipt(row["id"], settle_status(session, project, reason))


def restore_money(session: Session, actor: Actor, project_code: str, table: str, row_id: int) -> MoneyReceipt:
    """Bring a removed appropriation or contract back, when there is still room for it.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No removed row; not allowed; no room, a closed year.
    """
    document = _hold_document_of(session, row_id) if table == "appropriation" else None
    project = hold_project(session, actor, project_code)
    policy.require(actor, _REMOVED_BY[table], project.target)
    row = _row(session, table, project, row_id, removed=True)
    money = read_money(session, project)
    problems = [*money.open_year(), *_open_project(project)]
    if document is not None and document.status not in ("DRAFT", "RETURNED"):
        problems.append(Problem("document_not_open", where={"field": "budget_document_id"}))
    if table == "contract":
        problems += _room_for_contract(money, row["amount_baht"] + row["amended_baht"], NOTHING)
    refuse(problems)
    _mark(session, actor, project)
    _update(session, table, row["id"], {"removed_by": None}, ", removed_at = NULL")
    status = project.status
    if table == "appropriation" and row["in_force"] and status in ("PLANNED", "BUDGET_REQUESTED"):
        status = advance(session, project, "BUDGET_APPROVED")
    elif table == "contract" and status in ("BUDGET_APPROVED", "PROCURING"):
        status = advance(session, project, "CONTRACTED")
    return MoneyReceipt(row["id"], status)


_REMOVED_BY: Mapping[str, str] = {"appropriation": policy.BUDGET_WRITE, "contract": policy.CONTRACT_WRITE}


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


def _check_appropriation(session: Session, new: NewAppropriation) -> list[Problem]:
    problems = [
        # nothing yet, without a document: a line that a transfer will bring money to (โอนตั้งจ่ายรายการใหม่)
        *check_amount(new.amount_baht, NOTHING if new.budget_document_id is None else SATANG),
        *check_code(session, "fund_source_code", "fund_source", new.fund_source_code),
        *check_code(session, "programme_code", "budget_programme", new.programme_code),
        *check_code(session, "work_code", "budget_work", new.work_code),
        *check_code(session, "expenditure_category_code", "expenditure_category", new.expenditure_category_code),
        *check_text("legal_reference", new.legal_reference),
    ]
    work = code_list(session, "budget_work").get(new.work_code or "")
    if work is not None and new.programme_code not in (None, work.attributes["programme_code"]):
        values = {"work": work.code, "programme": new.programme_code, "expected": work.attributes["programme_code"]}
        problems.append(Problem("work_of_another_programme", where={"field": "work_code"}, values=values))
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
    if document.status not in ("DRAFT", "RETURNED"):
        problems.append(Problem("document_not_open", where=where))
    allowed = funds_of_document(session, document.kind)
    if new.fund_source_code not in allowed:
        values = {"kind": document.kind, "given": new.fund_source_code, "allowed": ", ".join(allowed)}
        problems.append(Problem("fund_not_of_document", where={"field": "fund_source_code"}, values=values))
    return problems


def _check_contract(session: Session, new: NewContract, money: ProjectMoney) -> list[Problem]:
    problems = [
        *check_amount(new.amount_baht),
        *check_code(session, "procurement_method_code", "procurement_method", new.procurement_method_code),
        *check_choice("kind", new.kind, CONTRACT_KINDS),
        *check_text("number", new.number),
        *check_text("contractor_name", new.contractor_name),
        *check_text("egp_number", new.egp_number),
        *check_day("signed_on", new.signed_on, money.fiscal_year_be, _reserved_until(money)),
    ]
    if not new.number.strip():
        problems.append(Problem("contract_number_missing", where={"field": "number"}))
    if new.start_on and new.end_on and new.end_on < new.start_on:
        problems.append(Problem("contract_period_reversed", where={"field": "end_on"}))
    if new.kind in _METHOD_OF and new.procurement_method_code != _METHOD_OF[new.kind]:
        values = {"kind": new.kind, "expected": _METHOD_OF[new.kind]}
        problems.append(Problem("method_not_of_kind", where={"field": "procurement_method_code"}, values=values))
    if new.kind == "FORCE_ACCOUNT" and new.contractor_name:
        problems.append(Problem("force_account_with_contractor", where={"field": "contractor_name"}))
    days = [pot.day for pot in money.appropriations.values()]
    known = [day for day in days if day is not None]
    if days and len(known) == len(days) and new.signed_on < min(known):
        values = {"signed_on": format_thai_date(new.signed_on), "approved_on": format_thai_date(min(known))}
        problems.append(Problem("contract_before_budget", where={"field": "signed_on"}, values=values))
    return problems


def _reserved_until(money: ProjectMoney) -> date | None:
    """Last day on which money that no contract binds may still be bound."""
    return max((r.until_on for r in money.reserves if r.contract_id is None), default=None)


def _room_for_contract(money: ProjectMoney, final: Decimal, before: Decimal) -> list[Problem]:
    if not money.budget_baht:
        return [Problem("budget_missing", where={"field": "amount_baht"})]
    bound = money.contracted_baht - before
    if bound + final > money.budget_baht:
        return [over("contract_over_budget", bound, final, "budget_baht", money.budget_baht)]
    if final > money.free_baht + before:
        values = {"direct_baht": baht(money.direct_baht), "room_baht": baht(max(money.free_baht + before, NOTHING))}
        return [Problem("contract_over_unpaid", where={"field": "amount_baht"}, values=values)]
    return []


def _within_appropriation(money: ProjectMoney, new: NewDisbursement) -> list[Problem]:
    pot = money.appropriations.get(new.appropriation_id)
    if pot is None:
        return [Problem("appropriation_not_found", where={"field": "appropriation_id"})]
    if pot.used_baht + new.amount_baht > pot.whole_baht:
        return [over("disbursement_over_budget", pot.used_baht, new.amount_baht, "budget_baht", pot.whole_baht)]
    if new.contract_id is None and new.amount_baht > money.free_baht:
        values = {"contracted_baht": baht(money.contracted_baht), "room_baht": baht(max(money.free_baht, NOTHING))}
        return [Problem("disbursement_of_bound_money", where={"field": "amount_baht"}, values=values)]
    return []


def _within_contract(money: ProjectMoney, new: NewDisbursement) -> list[Problem]:
    if new.contract_id is None:
        return []
    pot = money.contracts.get(new.contract_id)
    if pot is None:
        return [Problem("contract_not_found", where={"field": "contract_id"})]
    problems = []
    if pot.used_baht + new.amount_baht > pot.whole_baht:
        problems.append(
            over("disbursement_over_contract", pot.used_baht, new.amount_baht, "contract_baht", pot.whole_baht)
        )
    if pot.day is not None and new.paid_on < pot.day:
        values: dict[str, Any] = {"signed_on": format_thai_date(pot.day)}
        problems.append(Problem("disbursement_before_contract", where={"field": "paid_on"}, values=values))
    seqs = sorted(seq for contract, seq in money.instalments if contract == new.contract_id)
    if not seqs or new.instalment is None:
        return problems
    part = money.instalments.get((new.contract_id, new.instalment))
    if part is None:
        values = {"given": new.instalment, "allowed": ", ".join(map(str, seqs))}
        problems.append(Problem("instalment_not_found", where={"field": "instalment"}, values=values))
    elif part.used_baht + new.amount_baht > part.whole_baht:
        problems.append(
            over("disbursement_over_instalment", part.used_baht, new.amount_baht, "instalment_baht", part.whole_baht)
        )
    return problems


def _within_year(money: ProjectMoney, new: NewDisbursement) -> list[Problem]:
    """Within the project's fiscal year, or later out of money that was carried over until then."""
    usable = [
        r
        for r in money.reserves
        if r.appropriation_id == new.appropriation_id and r.contract_id in (None, new.contract_id)
    ]
    until = max((r.until_on for r in usable), default=None)
    problems = check_day("paid_on", new.paid_on, money.fiscal_year_be, until)
    pot = money.appropriations.get(new.appropriation_id)
    if problems or pot is None or not check_day("paid_on", new.paid_on, money.fiscal_year_be):
        return problems
    reserved = sum((r.amount_baht for r in usable if r.until_on >= new.paid_on), NOTHING)
    used = pot.late_baht
    contract = None if new.contract_id is None else money.contracts.get(new.contract_id)
    if contract is not None and any(r.contract_id is not None for r in usable):
        # what other contracts were paid late came out of their own reserves
        used = min(used, contract.late_baht)
    if used + new.amount_baht > reserved:
        return [over("disbursement_over_reserve", used, new.amount_baht, "reserved_baht", reserved)]
    return []


def _still_enough(money: ProjectMoney, appropriation_id: int, net: Decimal) -> list[Problem]:
    """The appropriation with ``net`` baht still covers what is paid of it and what the project has bound."""
    pot = money.appropriations[appropriation_id]
    if net < pot.used_baht:
        return [below_paid("appropriation_below_paid", pot.used_baht, net)]
    needed = money.contracted_baht + money.direct_baht
    rest = money.budget_baht - pot.whole_baht
    if rest + net < needed:
        values = {"bound_baht": baht(needed), "least_baht": baht(needed - rest)}
        return [Problem("appropriation_below_bound", where={"field": "amount_baht"}, values=values)]
    return []


def _open_project(project: HeldProject) -> list[Problem]:
    if project.status not in ("CLOSED", "CANCELLED"):
        return []
    return [Problem("project_not_open", where={"field": "status"}, values={"status": project.status})]


def _hold_document(session: Session, document_id: int | None) -> _Document | None:
    """Lock a document before its projects, in the order in which its approval does."""
    if document_id is None:
        return None
    row = session.execute(
        sa.text(
            "SELECT id, kind, status, organisation_code, fiscal_year_be FROM budget_document"
            " WHERE id = :id AND removed_at IS NULL FOR SHARE"
        ),
        {"id": document_id},
    ).one_or_none()
    return None if row is None else _Document(**row._mapping)


def _hold_document_of(session: Session, appropriation_id: int) -> _Document | None:
    found = session.scalar(
        sa.text("SELECT budget_document_id FROM appropriation WHERE id = :id"), {"id": appropriation_id}
    )
    return _hold_document(session, found)


def _row(session: Session, table: str, project: HeldProject, row_id: int, *, removed: bool = False) -> dict[str, Any]:
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


def _refuse_repeated(session: Session, project: HeldProject, table: str, new: Any) -> None:
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


def _mark(session: Session, actor: Actor, project: HeldProject) -> None:
    mark_on_behalf(session, actor, project.organisation_code)


def _insert(session: Session, table: str, project: HeldProject, values: Mapping[str, Any]) -> int:
    names, given = ", ".join(values), ", ".join(f":{name}" for name in values)
    identity = session.scalar(
        sa.text(f"INSERT INTO {table} (project_id, {names}) VALUES (:project, {given}) RETURNING id"),
        {"project": project.id, **values},
    )
    return int(identity)


def _update(session: Session, table: str, row_id: int, values: Mapping[str, Any], more: str = "") -> None:
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    session.execute(sa.text(f"UPDATE {table} SET {assignments}{more} WHERE id = :id"), {"id": row_id, **values})

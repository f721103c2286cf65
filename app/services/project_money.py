"""Appropriation, contract and disbursement of a project: paid <= contracted <= approved, and the status that follows.

A contract may be smaller than the budget (savings) and a project may be paid without a contract (force account,
grants): what is compared is the sum on either side, under a lock on the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput
from app.queries.codelists import code_list
from app.services.project_checks import amount_problem
from app.services.project_locks import HeldProject, hold_project, mark_on_behalf
from gis.problems import Problem
from gis.thai import LARGEST_AMOUNT, normalise

SATANG = Decimal("0.01")
TEXT_LENGTH = 300


@dataclass(frozen=True)
class NewAppropriation:
    """Approved money from one source."""

    amount_baht: Decimal
    fund_source_code: str
    programme_code: str | None = None
    expenditure_category_code: str | None = None
    legal_reference: str | None = None
    approved_on: date | None = None


@dataclass(frozen=True)
class NewContract:
    """A signed obligation."""

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


@dataclass(frozen=True)
class NewDisbursement:
    """A payment out of one appropriation, under a contract when there is one."""

    amount_baht: Decimal
    paid_on: date
    appropriation_id: int
    contract_id: int | None = None
    voucher_number: str | None = None
    instalment: int | None = None


@dataclass(frozen=True)
class MoneyReceipt:
    """What was written: the new row, and the status that the project has now."""

    id: int
    status: str


@dataclass(frozen=True)
class _Sums:
    budget: Decimal
    contracted: Decimal
    disbursed: Decimal
    rows: dict[tuple[str, int], tuple[Decimal, Decimal]]


def record_appropriation(session: Session, actor: Actor, project_code: str, new: NewAppropriation) -> MoneyReceipt:
    """Add approved money; a planned project becomes one whose budget is approved.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    project = _hold(session, actor, policy.BUDGET_WRITE, project_code)
    _refuse_repeated(session, project, "appropriation", new)
    problems = [
        *_amount(new.amount_baht, SATANG),
        *_code(session, "fund_source_code", "fund_source", new.fund_source_code),
        *_code(session, "programme_code", "budget_programme", new.programme_code),
        *_code(session, "expenditure_category_code", "expenditure_category", new.expenditure_category_code),
        *_text("legal_reference", new.legal_reference),
    ]
    _refuse(problems)
    status = "BUDGET_APPROVED" if project.status in ("PLANNED", "BUDGET_REQUESTED") else project.status
    return _insert(session, actor, project, "appropriation", new, status)


def record_contract(session: Session, actor: Actor, project_code: str, new: NewContract) -> MoneyReceipt:
    """Add a contract; together with the others it stays within the approved budget.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    project = _hold(session, actor, policy.CONTRACT_WRITE, project_code)
    _refuse_repeated(session, project, "contract", new)
    sums = _sums(session, project)
    problems = [
        *_amount(new.amount_baht, SATANG),
        *_code(session, "procurement_method_code", "procurement_method", new.procurement_method_code),
        *_text("number", new.number),
        *_text("contractor_name", new.contractor_name),
        *_text("egp_number", new.egp_number),
    ]
    if not new.number.strip():
        problems.append(Problem("contract_number_missing", where={"field": "number"}))
    if new.start_on and new.end_on and new.end_on < new.start_on:
        problems.append(Problem("contract_period_reversed", where={"field": "end_on"}))
    if not sums.budget:
        problems.append(Problem("budget_missing", where={"field": "amount_baht"}))
    elif sums.contracted + new.amount_baht > sums.budget:
        problems.append(_over("contract_over_budget", sums.contracted, new.amount_baht, "budget_baht", sums.budget))
    _refuse(problems)
    before = ("PLANNED", "BUDGET_REQUESTED", "BUDGET_APPROVED", "PROCURING", "CARRIED_OVER")
    status = "CONTRACTED" if project.status in before else project.status
    return _insert(session, actor, project, "contract", new, status)


def record_disbursement(session: Session, actor: Actor, project_code: str, new: NewDisbursement) -> MoneyReceipt:
    """Add a payment; it stays within its contract and within its appropriation.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    project = _hold(session, actor, policy.DISBURSEMENT_WRITE, project_code)
    _refuse_repeated(session, project, "disbursement", new)
    sums = _sums(session, project)
    problems = [*_amount(new.amount_baht, SATANG), *_text("voucher_number", new.voucher_number)]
    source = sums.rows.get(("appropriation", new.appropriation_id))
    if source is None:
        problems.append(Problem("appropriation_not_found", where={"field": "appropriation_id"}))
    elif source[1] + new.amount_baht > source[0]:
        problems.append(_over("disbursement_over_budget", source[1], new.amount_baht, "budget_baht", source[0]))
    if new.contract_id is not None:
        contract = sums.rows.get(("contract", new.contract_id))
        if contract is None:
            problems.append(Problem("contract_not_found", where={"field": "contract_id"}))
        elif contract[1] + new.amount_baht > contract[0]:
            problems.append(
                _over("disbursement_over_contract", contract[1], new.amount_baht, "contract_baht", contract[0])
            )
    _refuse(problems)
    whole = sums.contracted or sums.budget
    status = "DISBURSED_FULL" if sums.disbursed + new.amount_baht >= whole else "DISBURSING"
    if project.status in ("CLOSED", "CANCELLED"):
        status = project.status
    return _insert(session, actor, project, "disbursement", new, status)


def _hold(session: Session, actor: Actor, action: str, project_code: str) -> HeldProject:
    project = hold_project(session, actor, project_code)
    policy.require(actor, action, project.target)
    return project


_SUMS = """
SELECT 'appropriation' AS what, a.id, a.amount_baht AS amount,
       coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.appropriation_id = a.id), 0) AS used
FROM appropriation a WHERE a.project_id = :project
UNION ALL
SELECT 'contract', c.id, c.amount_baht,
       coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.contract_id = c.id), 0)
FROM contract c WHERE c.project_id = :project
"""


def _sums(session: Session, project: HeldProject) -> _Sums:
    rows = session.execute(sa.text(_SUMS), {"project": project.id}).all()

    def total(what: str, column: str) -> Decimal:
        return sum((getattr(row, column) for row in rows if row.what == what), Decimal(0))

    return _Sums(
        budget=total("appropriation", "amount"),
        contracted=total("contract", "amount"),
        disbursed=total("appropriation", "used"),
        rows={(row.what, row.id): (row.amount, row.used) for row in rows},
    )


def _values(new: Any) -> dict[str, Any]:
    """The row as it is stored."""
    values = {name: getattr(new, name) for name in new.__dataclass_fields__}
    return {name: normalise(value) or None if isinstance(value, str) else value for name, value in values.items()}


def _refuse_repeated(session: Session, project: HeldProject, table: str, new: Any) -> None:
    """A form sent twice (a second click, an answer that was lost) may not count the same money twice.

    Raises
    ------
    InvalidInput
        ``money_repeated``: a row of the project is the same in everything.
    """
    values = _values(new)
    same = " AND ".join(f"{name} IS NOT DISTINCT FROM :{name}" for name in values)
    found = session.scalar(
        sa.text(f"SELECT EXISTS (SELECT FROM {table} WHERE project_id = :project AND {same})"),
        {"project": project.id, **values},
    )
    if found:
        raise InvalidInput([Problem("money_repeated", where={"field": "amount_baht"})])


def _insert(session: Session, actor: Actor, project: HeldProject, table: str, new: Any, status: str) -> MoneyReceipt:
    mark_on_behalf(session, actor, project.organisation_code)
    values = _values(new)
    names = ", ".join(values)
    given = ", ".join(f":{name}" for name in values)
    identity = session.scalar(
        sa.text(f"INSERT INTO {table} (project_id, {names}) VALUES (:project, {given}) RETURNING id"),
        {"project": project.id, **values},
    )
    if status != project.status:
        session.execute(
            sa.text("UPDATE project SET status = :status WHERE id = :project"),
            {"status": status, "project": project.id},
        )
    return MoneyReceipt(int(identity), status)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InvalidInput(problems)


def _amount(amount: Decimal, minimum: Decimal) -> list[Problem]:
    if amount.is_finite() and minimum <= amount <= LARGEST_AMOUNT:
        return []
    return [amount_problem("amount_baht", amount, minimum)]


def _code(session: Session, field: str, list_name: Any, given: str | None) -> list[Problem]:
    if given is None or given in code_list(session, list_name):
        return []
    return [Problem("unknown_code", where={"field": field}, values={"given": given[:80]})]


def _text(field: str, text: str | None) -> list[Problem]:
    if text is None or len(text) <= TEXT_LENGTH:
        return []
    return [Problem("text_too_long", where={"field": field}, values={"limit": TEXT_LENGTH, "length": len(text)})]


def _over(code: str, used: Decimal, amount: Decimal, name: str, whole: Decimal) -> Problem:
    values = {"total_baht": f"{used + amount:,.2f}", name: f"{whole:,.2f}", "room_baht": f"{whole - used:,.2f}"}
    return Problem(code, where={"field": "amount_baht"}, values=values)

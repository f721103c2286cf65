"""Disbursements: payments out of an appropriation, under a contract when there is one, and taking them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import NotFound
from app.models.budget import PAYMENT_METHODS
from app.services.contract_terms import MOST_INSTALMENTS
from app.services.money_rules import (
    LONG_TEXT_LENGTH,
    NOTHING,
    ProjectMoney,
    baht,
    check_amount,
    check_choice,
    check_day,
    check_done,
    check_text,
    last_day,
    over,
    read_money,
    refuse,
    require_number,
    values_of,
)
from app.services.project_locks import hold_project, mark_on_behalf
from app.services.project_money import MoneyReceipt, check_open_project, insert_row, refuse_repeated, settle_status
from app.services.reserves import room_after_year
from gis.problems import Problem
from gis.thai import normalise


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
    refuse_repeated(session, project, "disbursement", new)
    money = read_money(session, project)
    refuse(
        [
            *money.open_year(),
            *check_open_project(project),
            *check_amount(new.amount_baht),
            *check_text("voucher_number", new.voucher_number),
            *check_choice("method", new.method, PAYMENT_METHODS),
            *check_done("paid_on", new.paid_on),
            *_check_instalment(new.instalment),
            *_within_appropriation(money, new),
            *_within_contract(money, new),
            *_within_year(money, new),
        ]
    )
    mark_on_behalf(session, actor, project.organisation_code)
    identity = insert_row(session, "disbursement", project, values_of(new))
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
        *check_open_project(project),
        *check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH),
    ]
    if row.reversed or row.reverses_id is not None:
        problems.append(Problem("disbursement_reversed_already", where={"field": "disbursement"}))
    problems += check_done("paid_on", paid_on)
    if paid_on < row.paid_on:
        problems.append(
            Problem(
                "reversal_before_payment",
                where={"field": "paid_on"},
                values={"paid_on": row.paid_on.isoformat()},
            )
        )
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    values = {
        "appropriation_id": row.appropriation_id,
        "contract_id": row.contract_id,
        "voucher_number": row.voucher_number,
        "instalment": row.instalment,
        "method": row.method,
        "amount_baht": -row.amount_baht,
        "paid_on": paid_on,
        "reverses_id": row.id,
        "reason": normalise(reason),
    }
    identity = insert_row(session, "disbursement", project, values)
    return MoneyReceipt(identity, settle_status(session, project, reason))


def _check_instalment(instalment: int | None) -> list[Problem]:
    if instalment is None or 1 <= instalment <= MOST_INSTALMENTS:
        return []
    limits = {"minimum": 1, "maximum": MOST_INSTALMENTS}
    return [Problem("number_out_of_range", where={"field": "instalment"}, values=limits)]


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
        values: dict[str, Any] = {"signed_on": pot.day.isoformat()}
        problems.append(Problem("disbursement_before_contract", where={"field": "paid_on"}, values=values))
    seqs = sorted(seq for contract, seq in money.instalments if contract == new.contract_id)
    if not seqs or new.instalment is None or not 1 <= new.instalment <= MOST_INSTALMENTS:
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
    if problems or new.paid_on <= last_day(money.fiscal_year_be):
        return problems
    room = room_after_year(money, new.appropriation_id, new.contract_id, new.paid_on)
    if new.amount_baht > room:
        reserved = sum((r.amount_baht for r in usable if r.until_on >= new.paid_on), NOTHING)
        return [over("disbursement_over_reserve", reserved - room, new.amount_baht, "reserved_baht", reserved)]
    return []

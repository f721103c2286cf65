"""Contracts: obligations of a project, by contract, by the organisation's own hands or as a grant to others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.models.contract import CONTRACT_KINDS
from app.services.money_rules import (
    NOTHING,
    SAME_NUMBER,
    ProjectMoney,
    baht,
    check_amount,
    check_choice,
    check_code,
    check_day,
    check_done,
    check_planned,
    check_text,
    first_day,
    is_blank,
    last_day,
    over,
    read_money,
    refuse,
    require_number,
    require_version,
    same_number,
    values_of,
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
from app.services.reserves import room_for_contract
from gis.problems import Problem

# Kind of an obligation without a contractor -> the method that says the same.
_METHOD_OF = {"FORCE_ACCOUNT": "FORCE_ACCOUNT", "GRANT_OUT": "GRANT_OUT"}


@dataclass(frozen=True)
class NewContract:
    """A signed obligation; ``kind`` tells contracts from force account and grants.

    Whether the contractor is a natural person, whose name is not made public, stays what it was when a change does not
    say it; of a new contract it is no person.
    """

    number: str
    amount_baht: Decimal
    signed_on: date
    contractor_name: str | None = None
    contractor_is_person: bool | None = None
    egp_number: str | None = None
    procurement_method_code: str | None = None
    start_on: date | None = None
    end_on: date | None = None
    kind: str = "CONTRACT"


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
    method = new.procurement_method_code or _METHOD_OF.get(new.kind)
    new = replace(new, procurement_method_code=method, contractor_is_person=bool(new.contractor_is_person))
    refuse_repeated(session, project, "contract", new)
    money = read_money(session, project)
    problems = [*money.open_year(), *check_open_project(project), *_check_contract(session, new, money)]
    problems += _number_taken(session, project, new.number, None)
    problems += _room_for_contract(money, new.amount_baht, NOTHING)
    problems += _room_after_year(money, new.signed_on, new.amount_baht)
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    identity = insert_row(session, "contract", project, values_of(new))
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
    row = held_row(session, "contract", project, contract_id)
    require_version(session, "contract", row["id"], row["row_version"], if_match_version)
    person = row["contractor_is_person"] if new.contractor_is_person is None else new.contractor_is_person
    method = new.procurement_method_code or _METHOD_OF.get(new.kind)
    new = replace(new, procurement_method_code=method, contractor_is_person=person)
    money = read_money(session, project)
    final = new.amount_baht + row["amended_baht"]
    problems = [*money.open_year(), *check_open_project(project), *_check_contract(session, new, money)]
    problems += _room_for_contract(money, final, money.contracts[row["id"]].whole_baht)
    problems += _room_after_year(money, new.signed_on, final, row["id"])
    problems += [
        *_number_taken(session, project, new.number, row["id"]),
        *_before_what_followed(session, new, row["id"]),
    ]
    if final < money.contracts[row["id"]].used_baht:
        problems.append(below_paid("contract_below_paid", money.contracts[row["id"]].used_baht, final))
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    update_row(session, "contract", row["id"], values_of(new))
    return MoneyReceipt(row["id"], settle_status(session, project, "แก้ไขสัญญา"))


def remove_contract(
    session: Session, actor: Actor, project_code: str, contract_id: int, *, if_match_version: int
) -> MoneyReceipt:
    """Take a contract out that nothing is paid of; sums no longer count it and it can be brought back.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such row; not allowed; changed by somebody else.
    InvalidInput
        Something is paid of it or carried over for it, or the year is closed.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.CONTRACT_WRITE, project.target)
    row = held_row(session, "contract", project, contract_id)
    require_version(session, "contract", row["id"], row["row_version"], if_match_version)
    money = read_money(session, project)
    problems = [*money.open_year(), *check_open_project(project)]
    if money.contracts[row["id"]].used_baht > 0:
        problems.append(below_paid("contract_below_paid", money.contracts[row["id"]].used_baht, NOTHING))
    if any(row["id"] == reserve.contract_id for reserve in money.reserves):
        problems.append(Problem("money_carried_over", where={"field": "amount_baht"}))
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    update_row(session, "contract", row["id"], {"removed_by": actor.user_id}, ", removed_at = now()")
    return MoneyReceipt(row["id"], settle_status(session, project, "นำสัญญาออก"))


def restore_contract(session: Session, actor: Actor, project_code: str, contract_id: int) -> MoneyReceipt:
    """Bring a removed contract back, when there is still room for it.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No removed row; not allowed; no room, a closed year.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.CONTRACT_WRITE, project.target)
    row = held_row(session, "contract", project, contract_id, removed=True)
    money = read_money(session, project)
    final = row["amount_baht"] + row["amended_baht"]
    room = [*_room_for_contract(money, final, NOTHING), *_room_after_year(money, row["signed_on"], final)]
    taken = _number_taken(session, project, row["number"], row["id"])
    refuse([*money.open_year(), *check_open_project(project), *taken, *room])
    mark_on_behalf(session, actor, project.organisation_code)
    update_row(session, "contract", row["id"], {"removed_by": None}, ", removed_at = NULL")
    status = project.status
    if status in ("BUDGET_APPROVED", "PROCURING"):
        status = advance(session, project, "CONTRACTED")
    return MoneyReceipt(row["id"], status)


def _check_contract(session: Session, new: NewContract, money: ProjectMoney) -> list[Problem]:
    problems = [
        *check_amount(new.amount_baht),
        *check_code(session, "procurement_method_code", "procurement_method", new.procurement_method_code),
        *check_choice("kind", new.kind, CONTRACT_KINDS),
        *check_text("number", new.number),
        *check_text("contractor_name", new.contractor_name),
        *check_text("egp_number", new.egp_number),
        *check_day("signed_on", new.signed_on, money.fiscal_year_be, _reserved_until(money)),
        *check_done("signed_on", new.signed_on),
        *check_planned("start_on", new.start_on),
        *check_planned("end_on", new.end_on),
    ]
    if is_blank(new.number):
        problems.append(Problem("contract_number_missing", where={"field": "number"}))
    if new.start_on and new.end_on and new.end_on < new.start_on:
        problems.append(Problem("contract_period_reversed", where={"field": "end_on"}))
    if new.kind in _METHOD_OF and new.procurement_method_code != _METHOD_OF[new.kind]:
        values = {"kind": new.kind, "expected": _METHOD_OF[new.kind]}
        problems.append(Problem("method_not_of_kind", where={"field": "procurement_method_code"}, values=values))
    if new.kind == "FORCE_ACCOUNT" and new.contractor_name:
        problems.append(Problem("force_account_with_contractor", where={"field": "contractor_name"}))
    # the earliest day that is known of any of the money; where none is, the year's first day, which was asked above
    known = [pot.day for pot in money.appropriations.values() if pot.day is not None]
    if known and first_day(money.fiscal_year_be) <= new.signed_on < min(known):
        values = {"signed_on": new.signed_on.isoformat(), "approved_on": min(known).isoformat()}
        problems.append(Problem("contract_before_budget", where={"field": "signed_on"}, values=values))
    return problems


def _number_taken(session: Session, project: HeldProject, number: str, held_id: int | None) -> list[Problem]:
    """Two contracts of a project that stand have two numbers, in whichever digits."""
    found = session.scalar(
        sa.text(
            "SELECT EXISTS (SELECT FROM contract WHERE project_id = :project AND removed_at IS NULL"
            f" AND id IS DISTINCT FROM :held AND {SAME_NUMBER.format(column='number')} = :number)"
        ),
        {"project": project.id, "held": held_id, "number": same_number(number)},
    )
    return (
        [Problem("contract_number_taken", where={"field": "number"}, values={"number": number[:80]})] if found else []
    )


_FOLLOWED = """
SELECT least((SELECT min(paid_on) FROM disbursement WHERE contract_id = :id),
             (SELECT min(signed_on) FROM contract_amendment WHERE contract_id = :id),
             (SELECT min(accepted_on) FROM contract_instalment WHERE contract_id = :id AND removed_at IS NULL))
           AS first_on,
       (SELECT min(new_end_on) FROM contract_amendment WHERE contract_id = :id) AS end_on
"""


def _before_what_followed(session: Session, new: NewContract, contract_id: int) -> list[Problem]:
    """A contract is signed before anything of it is paid, amended or accepted, and begins before it was to end."""
    followed = session.execute(sa.text(_FOLLOWED), {"id": contract_id}).one()
    problems = []
    if followed.first_on is not None and new.signed_on > followed.first_on:
        values = {"signed_on": new.signed_on.isoformat(), "first": followed.first_on.isoformat()}
        problems.append(Problem("contract_after_what_followed", where={"field": "signed_on"}, values=values))
    if followed.end_on is not None and new.start_on is not None and new.start_on > followed.end_on:
        problems.append(Problem("contract_period_reversed", where={"field": "start_on"}))
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


def _room_after_year(
    money: ProjectMoney, signed_on: date, final: Decimal, contract_id: int | None = None
) -> list[Problem]:
    """After the year a contract binds what was carried over without one, and no more than of it is free."""
    until = _reserved_until(money)
    if signed_on <= last_day(money.fiscal_year_be) or until is None or signed_on > until:
        # within the year, or a day that is refused for itself
        return []
    room = room_for_contract(money, signed_on, contract_id)
    if final <= room:
        return []
    return [over("contract_over_reserve", NOTHING, final, "reserved_baht", room)]

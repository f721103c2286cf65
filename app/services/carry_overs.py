"""Money reserved to be paid after the fiscal year (กันเงินไว้เบิกเหลื่อมปี): it keeps its year and its fund."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from app.services.money_rules import (
    EARLIEST_DAY,
    NOTHING,
    ProjectMoney,
    baht,
    check_amount,
    check_done,
    check_text,
    is_blank,
    last_day,
    over,
    read_money,
    refuse,
    require_number,
    require_version,
    values_of,
)
from app.services.project_locks import hold_project, hold_projects, mark_on_behalf
from app.services.project_money import MoneyReceipt, check_open_project, refuse_double_click
from app.services.project_status import advance, edges
from app.services.reserves import uncovered_baht
from gis.problems import Problem
from gis.thai import normalise

MOST_AT_ONCE = 200
# A year after the fiscal year, and one more when it is extended (decision 0021).
MOST_YEARS = 2


@dataclass(frozen=True)
class NewCarryOver:
    """A reserve: bound by a contract, or approved by whoever may."""

    appropriation_id: int
    amount_baht: Decimal
    until_on: date
    contract_id: int | None = None
    legal_reference: str | None = None
    approved_on: date | None = None


def record_carry_over(session: Session, actor: Actor, project_code: str, new: NewCarryOver) -> MoneyReceipt:
    """Reserve what is not paid of an appropriation; the project becomes one that is carried over where it can.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such project; not allowed; every problem at once.
    """
    require_number(new.amount_baht)
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.DISBURSEMENT_WRITE, project.target)
    refuse_double_click(session, actor, project, "carry_over", values_of(new))
    money = read_money(session, project)
    refuse([*money.open_year(), *check_open_project(project), *_check(new, money)])
    mark_on_behalf(session, actor, project.organisation_code)
    identity = session.scalar(
        sa.text(
            "INSERT INTO carry_over (project_id, appropriation_id, contract_id, amount_baht, obligated, until_on,"
            " legal_reference, approved_on, created_by, created_by_name) VALUES (:project, :appropriation, :contract,"
            " :amount, :obligated, :until_on, :reference, :approved_on, :user, :name) RETURNING id"
        ),
        {
            "project": project.id,
            "appropriation": new.appropriation_id,
            "contract": new.contract_id,
            "amount": new.amount_baht,
            "obligated": new.contract_id is not None,
            "until_on": new.until_on,
            "reference": normalise(new.legal_reference or "") or None,
            "approved_on": new.approved_on,
            "user": actor.user_id,
            "name": actor.display_name,
        },
    )
    status = project.status
    if "CARRIED_OVER" in edges(session).get(status, ()):
        status = advance(session, project, "CARRIED_OVER")
    return MoneyReceipt(int(identity), status)


def record_carry_overs(session: Session, actor: Actor, given: Sequence[tuple[str, NewCarryOver]]) -> list[MoneyReceipt]:
    """Reserve money of several projects (code, reserve) in one go: all of them or none.

    Raises
    ------
    NotFound, Forbidden
        No such project; not allowed.
    InvalidInput
        Nothing chosen, more than :data:`MOST_AT_ONCE`; every problem at once, with its ``row`` counted from 1.
    """
    if not 1 <= len(given) <= MOST_AT_ONCE:
        limits = {"minimum": 1, "maximum": MOST_AT_ONCE}
        raise InvalidInput([Problem("carry_over_count", where={"field": "chosen"}, values=limits)])
    # in the order in which everybody locks them, before each is read on its own
    hold_projects(session, [code for code, _ in given])
    problems: list[Problem] = []
    receipts = []
    for row, (code, new) in enumerate(given, start=1):
        try:
            receipts.append(record_carry_over(session, actor, code, new))
        except InvalidInput as error:
            problems += [Problem(p.code, p.level, {**p.where, "row": row}, p.values) for p in error.problems]
    refuse(problems)
    return receipts


def remove_carry_over(
    session: Session, actor: Actor, project_code: str, carry_over_id: int, *, if_match_version: int
) -> MoneyReceipt:
    """Take a reserve back (พับตกไป); what was paid out of it has to be covered by the others.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        No such reserve; not allowed; changed by somebody else; still needed.
    """
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.DISBURSEMENT_WRITE, project.target)
    row = session.execute(
        sa.text("SELECT * FROM carry_over WHERE id = :id AND project_id = :project AND removed_at IS NULL"),
        {"id": carry_over_id, "project": project.id},
    ).one_or_none()
    if row is None:
        raise NotFound("carry_over_not_found", {"carry_over": carry_over_id})
    require_version(session, "carry_over", row.id, row.row_version, if_match_version)
    money = read_money(session, project)
    problems = [*money.open_year(), *check_open_project(project)]
    reserve = next(one for one in money.reserves if one.id == row.id)
    short = uncovered_baht(money, reserve)
    if short > 0:
        values = {"reserved_baht": baht(reserve.amount_baht), "short_baht": baht(short)}
        problems.append(Problem("carry_over_used", where={"field": "amount_baht"}, values=values))
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    session.execute(
        sa.text("UPDATE carry_over SET removed_at = now(), removed_by = :user WHERE id = :id"),
        {"id": row.id, "user": actor.user_id},
    )
    return MoneyReceipt(row.id, project.status)


def _check(new: NewCarryOver, money: ProjectMoney) -> list[Problem]:
    problems = [*check_amount(new.amount_baht), *check_text("legal_reference", new.legal_reference)]
    pot = money.appropriations.get(new.appropriation_id)
    if pot is None:
        problems.append(Problem("appropriation_not_found", where={"field": "appropriation_id"}))
    else:
        reserved = [r for r in money.reserves if r.appropriation_id == new.appropriation_id]
        taken = pot.used_baht - pot.late_baht + sum((r.amount_baht for r in reserved), NOTHING)
        if taken + new.amount_baht > pot.whole_baht:
            problems.append(over("carry_over_over_budget", taken, new.amount_baht, "budget_baht", pot.whole_baht))
    if new.contract_id is not None:
        problems += _within_contract(new, money)
    elif is_blank(new.legal_reference) or new.approved_on is None:
        problems.append(Problem("carry_over_unapproved", where={"field": "legal_reference"}))
    problems += check_done("approved_on", new.approved_on, earliest=EARLIEST_DAY)
    longest = last_day(money.fiscal_year_be + MOST_YEARS)
    if new.until_on > longest:
        values = {"last": longest.isoformat(), "fiscal_year_be": money.fiscal_year_be}
        problems.append(Problem("carry_over_too_long", where={"field": "until_on"}, values=values))
    if new.until_on <= last_day(money.fiscal_year_be):
        values = {"last": last_day(money.fiscal_year_be).isoformat(), "fiscal_year_be": money.fiscal_year_be}
        problems.append(Problem("carry_over_within_year", where={"field": "until_on"}, values=values))
    return problems


def _within_contract(new: NewCarryOver, money: ProjectMoney) -> list[Problem]:
    pot = money.contracts.get(new.contract_id or 0)
    if pot is None:
        return [Problem("contract_not_found", where={"field": "contract_id"})]
    reserved = [r.amount_baht for r in money.reserves if r.contract_id == new.contract_id]
    taken = pot.used_baht - pot.late_baht + sum(reserved, NOTHING)
    if taken + new.amount_baht > pot.whole_baht:
        return [over("carry_over_over_contract", taken, new.amount_baht, "contract_baht", pot.whole_baht)]
    return []

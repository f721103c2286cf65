"""The terms of a contract after it is signed: amendments, instalments, penalties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import NotFound
from app.services.money_rules import (
    LARGEST_BAHT,
    LONG_TEXT_LENGTH,
    NOTHING,
    SATANG,
    ProjectMoney,
    baht,
    check_amount,
    check_done,
    check_planned,
    check_text,
    over,
    read_money,
    refuse,
    require_number,
    require_version,
    values_of,
)
from app.services.project_checks import amount_problem
from app.services.project_locks import HeldProject, hold_project, mark_on_behalf
from app.services.project_money import (
    MoneyReceipt,
    below_paid,
    bring_back,
    check_open_project,
    held_row,
    refuse_double_click,
    settle_status,
    take_out,
)
from app.services.reserves import is_late, room_for_contract
from gis.problems import Problem
from gis.thai import normalise

MOST_INSTALMENTS = 200
MOST_DAYS_LATE = 9_999


@dataclass(frozen=True)
class NewAmendment:
    """What the parties agreed on: more or less money (signed baht), another last day, or both."""

    signed_on: date
    reason: str
    amount_change_baht: Decimal = NOTHING
    new_end_on: date | None = None


@dataclass(frozen=True)
class Instalment:
    """One instalment; its number is its place in the list."""

    amount_baht: Decimal
    due_on: date | None = None
    work_percent: Decimal | None = None
    accepted_on: date | None = None


@dataclass(frozen=True)
class NewPenalty:
    """A penalty for delay; ``rate_percent`` of the contract a day."""

    days: int
    amount_baht: Decimal
    reason: str
    rate_percent: Decimal | None = None
    disbursement_id: int | None = None


@dataclass(frozen=True)
class _Contract:
    id: int
    amount_baht: Decimal
    final_baht: Decimal
    row_version: int
    signed_on: date
    start_on: date | None
    end_on: date | None
    seq: int


def amend_contract(
    session: Session, actor: Actor, project_code: str, contract_id: int, new: NewAmendment, *, if_match_version: int
) -> MoneyReceipt:
    """Add an amendment; the final contract stays within the budget and above what is paid.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such contract; not allowed; somebody changed it first.
    InvalidInput
        Every problem at once.
    """
    project, contract, money = _held(session, actor, project_code, contract_id, if_match_version)
    refuse([*money.open_year(), *check_open_project(project), *_check_amendment(new, contract, money)])
    mark_on_behalf(session, actor, project.organisation_code)
    identity = session.scalar(
        sa.text(
            "INSERT INTO contract_amendment (project_id, contract_id, seq, signed_on, amount_change_baht, new_end_on,"
            " reason, created_by, created_by_name) VALUES (:project, :contract, :seq, :signed_on, :amount_change_baht,"
            " :new_end_on, :reason, :user, :name) RETURNING id"
        ),
        {
            **asdict(new),
            "reason": normalise(new.reason),
            "seq": contract.seq + 1,
            **_signed(actor, project, contract),
        },
    )
    return MoneyReceipt(int(identity), settle_status(session, project, new.reason))


def set_instalments(
    session: Session,
    actor: Actor,
    project_code: str,
    contract_id: int,
    instalments: Sequence[Instalment],
    *,
    if_match_version: int,
) -> MoneyReceipt:
    """Put the instalments of a contract in place of those before; together they are the final contract.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`amend_contract`.
    """
    require_number(*(one.amount_baht for one in instalments))
    project, contract, money = _held(session, actor, project_code, contract_id, if_match_version)
    refuse([*money.open_year(), *check_open_project(project), *_check_instalments(instalments, contract, money)])
    mark_on_behalf(session, actor, project.organisation_code)
    rows = [{"seq": seq, **asdict(one)} for seq, one in enumerate(instalments, start=1)]
    values = {"rows": orjson.dumps(rows, default=str).decode(), "count": len(rows), **_signed(actor, project, contract)}
    session.execute(
        sa.text(
            """
            INSERT INTO contract_instalment AS i
                (project_id, contract_id, seq, amount_baht, due_on, work_percent, accepted_on)
            SELECT :project, :contract, r.seq, r.amount_baht, r.due_on, r.work_percent, r.accepted_on
            FROM json_to_recordset(CAST(:rows AS json)) AS r(
                seq integer, amount_baht numeric, due_on date, work_percent numeric, accepted_on date)
            ON CONFLICT (contract_id, seq) DO UPDATE SET amount_baht = excluded.amount_baht, due_on = excluded.due_on,
                work_percent = excluded.work_percent, accepted_on = excluded.accepted_on,
                removed_at = NULL, removed_by = NULL
            """
        ),
        values,
    )
    session.execute(
        sa.text(
            "UPDATE contract_instalment SET removed_at = now(), removed_by = :user"
            " WHERE contract_id = :contract AND seq > :count AND removed_at IS NULL"
        ),
        values,
    )
    # The instalments are part of the contract that was read: its version says that they changed.
    session.execute(
        sa.text("UPDATE contract SET instalments = :count WHERE id = :contract"),
        {"count": len(rows) or None, "contract": contract.id},
    )
    return MoneyReceipt(contract.id, project.status)


def penalty_for_delay(contract_baht: Decimal, days: int, rate_percent: Decimal) -> Decimal:
    """What a delay costs: days x percent of the contract a day, in baht to the satang.

    Examples
    --------
    >>> penalty_for_delay(Decimal(285_000), 12, Decimal("0.10"))
    Decimal('3420.00')
    """
    return (contract_baht * rate_percent / 100 * days).quantize(SATANG, ROUND_HALF_UP)


def record_penalty(
    session: Session, actor: Actor, project_code: str, contract_id: int, new: NewPenalty
) -> MoneyReceipt:
    """Write a penalty down; it is no payment and no part of the contract's sum.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such contract; not allowed; every problem at once.
    """
    project, contract, money = _held(session, actor, project_code, contract_id, None)
    given = {"contract_id": contract.id, **values_of(new)}
    refuse_double_click(session, actor, project, "contract_penalty", given)
    problems = [
        *money.open_year(),
        *check_open_project(project),
        *check_amount(new.amount_baht),
        *check_text("reason", new.reason, required=True, limit=LONG_TEXT_LENGTH),
    ]
    if not 0 <= new.days <= MOST_DAYS_LATE:
        problems.append(_out_of_range("days", 0, MOST_DAYS_LATE))
    if new.rate_percent is not None and not (new.rate_percent.is_finite() and 0 <= new.rate_percent <= 100):
        problems.append(_out_of_range("rate_percent", 0, 100))
    if new.disbursement_id is not None and not _pays(session, contract.id, new.disbursement_id):
        problems.append(Problem("disbursement_not_found", where={"field": "disbursement_id"}))
    refuse(problems)
    mark_on_behalf(session, actor, project.organisation_code)
    identity = session.scalar(
        sa.text(
            "INSERT INTO contract_penalty (project_id, contract_id, days, rate_percent, amount_baht, reason,"
            " disbursement_id, created_by, created_by_name) VALUES (:project, :contract, :days, :rate_percent,"
            " :amount_baht, :reason, :disbursement_id, :user, :name) RETURNING id"
        ),
        {**asdict(new), "reason": normalise(new.reason), **_signed(actor, project, contract)},
    )
    return MoneyReceipt(int(identity), project.status)


def remove_penalty(session: Session, actor: Actor, project_code: str, penalty_id: int, reason: str) -> MoneyReceipt:
    """Take a penalty out that was written wrong; sums no longer count it and it can be brought back.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such penalty; not allowed; no reason, a closed year or project.
    """
    project = _held_project(session, actor, project_code)
    row = held_row(session, "contract_penalty", project, penalty_id)
    told = check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH)
    refuse([*read_money(session, project).open_year(), *check_open_project(project), *told])
    mark_on_behalf(session, actor, project.organisation_code)
    take_out(session, actor, "contract_penalty", row["id"], reason)
    return MoneyReceipt(row["id"], project.status)


def restore_penalty(session: Session, actor: Actor, project_code: str, penalty_id: int) -> MoneyReceipt:
    """Bring a penalty back that was taken out, while its contract stands.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        No such removed penalty, or its contract was taken out; not allowed; a closed year or project.
    """
    project = _held_project(session, actor, project_code)
    row = held_row(session, "contract_penalty", project, penalty_id, removed=True)
    held_row(session, "contract", project, row["contract_id"])
    refuse([*read_money(session, project).open_year(), *check_open_project(project)])
    mark_on_behalf(session, actor, project.organisation_code)
    bring_back(session, "contract_penalty", row["id"])
    return MoneyReceipt(row["id"], project.status)


def _held_project(session: Session, actor: Actor, project_code: str) -> HeldProject:
    project = hold_project(session, actor, project_code)
    policy.require(actor, policy.CONTRACT_WRITE, project.target)
    return project


def _held(
    session: Session, actor: Actor, project_code: str, contract_id: int, if_match_version: int | None
) -> tuple[HeldProject, _Contract, ProjectMoney]:
    project = _held_project(session, actor, project_code)
    row = session.execute(
        sa.text(
            "SELECT c.id, c.amount_baht, c.final_baht, c.row_version, c.signed_on, c.start_on, c.end_on,"
            " coalesce((SELECT max(seq) FROM contract_amendment a WHERE a.contract_id = c.id), 0) AS seq"
            " FROM contract c WHERE c.id = :id AND c.project_id = :project AND c.removed_at IS NULL"
        ),
        {"id": contract_id, "project": project.id},
    ).one_or_none()
    if row is None:
        raise NotFound("contract_not_found", {"contract": contract_id})
    contract = _Contract(**row._mapping)
    require_version(session, "contract", contract.id, contract.row_version, if_match_version)
    return project, contract, read_money(session, project)


def _check_amendment(new: NewAmendment, contract: _Contract, money: ProjectMoney) -> list[Problem]:
    problems = check_text("reason", new.reason, required=True, limit=LONG_TEXT_LENGTH)
    problems += [*check_done("signed_on", new.signed_on), *check_planned("new_end_on", new.new_end_on)]
    change = new.amount_change_baht
    if not change.is_finite() or abs(change) > LARGEST_BAHT or change != change.quantize(Decimal("0.01")):
        return [*problems, amount_problem("amount_change_baht", change, -LARGEST_BAHT, LARGEST_BAHT)]
    if not change and new.new_end_on is None:
        problems.append(Problem("amendment_changes_nothing", where={"field": "amount_change_baht"}))
    if new.signed_on < contract.signed_on:
        values = {"signed_on": contract.signed_on.isoformat()}
        problems.append(Problem("amendment_before_contract", where={"field": "signed_on"}, values=values))
    if new.new_end_on is not None and new.new_end_on < (contract.start_on or contract.signed_on):
        problems.append(Problem("contract_period_reversed", where={"field": "new_end_on"}))
    pot = money.contracts[contract.id]
    final = pot.whole_baht + change
    others = money.contracted_baht - pot.whole_baht
    if final < 0 or final < pot.used_baht:
        problems.append(below_paid("contract_below_paid", pot.used_baht, final))
    elif change > 0 and others + final > money.budget_baht:
        found = over("contract_over_budget", others + pot.whole_baht, change, "budget_baht", money.budget_baht)
        problems.append(Problem(found.code, where={"field": "amount_change_baht"}, values=found.values))
    elif change > money.free_baht and change > 0:
        values = {"direct_baht": baht(money.direct_baht), "room_baht": baht(max(money.free_baht, NOTHING))}
        problems.append(Problem("contract_over_unpaid", where={"field": "amount_change_baht"}, values=values))
    elif change > 0 and is_late(money, contract.id):
        room = room_for_contract(money, contract.signed_on, contract.id)
        if final > room:
            found = over("contract_over_reserve", pot.whole_baht, change, "reserved_baht", room)
            problems.append(Problem(found.code, where={"field": "amount_change_baht"}, values=found.values))
    return problems


def _check_instalments(instalments: Sequence[Instalment], contract: _Contract, money: ProjectMoney) -> list[Problem]:
    problems: list[Problem] = []
    if len(instalments) > MOST_INSTALMENTS:
        return [_out_of_range("instalments", 0, MOST_INSTALMENTS)]
    for seq, one in enumerate(instalments, start=1):
        problems += [Problem(p.code, p.level, {**p.where, "row": seq}, p.values) for p in check_amount(one.amount_baht)]
        if one.work_percent is not None and not (one.work_percent.is_finite() and 0 <= one.work_percent <= 100):
            problems.append(_out_of_range("work_percent", 0, 100, row=seq))
        days = [*check_done("accepted_on", one.accepted_on), *check_planned("due_on", one.due_on)]
        problems += [Problem(p.code, p.level, {**p.where, "row": seq}, p.values) for p in days]
        if one.accepted_on is not None and one.accepted_on < contract.signed_on:
            problems.append(Problem("accepted_before_contract", where={"field": "accepted_on", "row": seq}))
        paid = money.instalments.get((contract.id, seq))
        if paid is not None and one.amount_baht < paid.used_baht:
            found = below_paid("instalment_below_paid", paid.used_baht, one.amount_baht)
            problems.append(Problem(found.code, where={**found.where, "row": seq}, values=found.values))
    kept = len(instalments)
    for (owner, seq), pot in sorted(money.instalments.items()):
        if owner == contract.id and seq > kept and pot.used_baht > 0:
            found = below_paid("instalment_below_paid", pot.used_baht, NOTHING)
            problems.append(Problem(found.code, where={**found.where, "row": seq}, values=found.values))
    total = sum((one.amount_baht for one in instalments), NOTHING)
    if instalments and total != contract.final_baht:
        values = {
            "total_baht": baht(total),
            "contract_baht": baht(contract.final_baht),
            "difference_baht": baht(contract.final_baht - total),
        }
        problems.append(Problem("instalments_differ", where={"field": "instalments"}, values=values))
    return problems


def _pays(session: Session, contract_id: int, disbursement_id: int) -> bool:
    return bool(
        session.scalar(
            sa.text("SELECT EXISTS (SELECT FROM disbursement WHERE id = :id AND contract_id = :contract)"),
            {"id": disbursement_id, "contract": contract_id},
        )
    )


def _signed(actor: Actor, project: HeldProject, contract: _Contract) -> Mapping[str, Any]:
    return {"project": project.id, "contract": contract.id, "user": actor.user_id, "name": actor.display_name}


def _out_of_range(name: str, minimum: int, maximum: int, **where: Any) -> Problem:
    values = {"minimum": minimum, "maximum": f"{maximum:,}"}
    return Problem("number_out_of_range", where={"field": name, **where}, values=values)

"""Payments made of accepted rows, out of the appropriation and under the contract that each can only mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.services.disbursements import NewDisbursement, record_disbursement, reverse_disbursement
from app.services.matching.made import EGP, Chosen, Made, amount_of, day_of, difference, missing, named
from app.services.money_rules import Pot, baht, read_money
from app.services.project_locks import HeldProject, hold_project
from gis.problems import Problem
from gis.thai import normalise, to_arabic_digits

_WAYS_OF_PAYING = (("โอน|transfer|ktb", "TRANSFER"), ("เช็ค|เชค|cheque", "CHEQUE"), ("เงินสด|cash", "CASH"))


def make_payment(
    session: Session, actor: Actor, project_code: str, values: Mapping[str, Any], batch_id: int, chosen: Chosen
) -> Made:
    """Make a payment of a row, out of the appropriation and under the contract that it can only mean.

    Parameters
    ----------
    batch_id
        Payments that this file made itself are not the ones that it repeats.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        As the services of money; also where several appropriations or contracts could be meant.
    """
    amount, day = amount_of(values), day_of(values, "recorded_on")
    problems = missing(amount, day)
    project = hold_project(session, actor, project_code)
    if amount is None or day is None:
        raise InvalidInput(problems)
    voucher = normalise(str(values.get("voucher_number") or "")) or None
    same = _stored_payment(session, project, batch_id, voucher, amount, day)
    if same is not None:
        differences = [] if same.paid_on == day else [difference("paid_on", day, same.paid_on)]
        return Made("SAME", None, same.id, None, {"differences": differences} if differences else {})
    money = read_money(session, project)
    contract_id = chosen.contract_id or _contract_meant(session, project, values, amount, money.contracts)
    appropriation_id = chosen.appropriation_id or _appropriation_meant(session, amount, money.appropriations)
    instalment = re.match(r"[0-9]{1,3}", to_arabic_digits(str(values.get("instalment") or "")))
    new = NewDisbursement(
        amount,
        day,
        appropriation_id,
        contract_id,
        voucher,
        int(instalment[0]) if instalment else None,
        named(_WAYS_OF_PAYING, values.get("method")),
    )
    return Made("MADE", None, record_disbursement(session, actor, project_code, new).id)


def take_payment_back(session: Session, actor: Actor, project_code: str, made: Made, reason: str) -> None:
    """Reverse a payment that was made of a row, unless somebody has done so.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        As :func:`app.services.project_money.reverse_disbursement`.
    """
    if made.outcome == "SAME" or made.disbursement_id is None:
        return
    paid = session.execute(
        sa.text(
            "SELECT d.paid_on, EXISTS (SELECT FROM disbursement r WHERE r.reverses_id = d.id) AS reversed"
            " FROM disbursement d WHERE d.id = :id"
        ),
        {"id": made.disbursement_id},
    ).one()
    if not paid.reversed:
        # On its own day: a payment that never was counts in no quarter.
        reverse_disbursement(session, actor, project_code, made.disbursement_id, paid.paid_on, reason)


def _stored_payment(
    session: Session, project: HeldProject, batch_id: int, voucher: str | None, amount: Decimal, day: date
) -> Any:
    """The payment that stands already, by its voucher; without one by amount and day.

    Raises
    ------
    InvalidInput
        Its voucher is stored with another amount.
    """
    rows = session.execute(
        sa.text(
            "SELECT d.id, d.amount_baht, d.paid_on, d.voucher_number FROM disbursement d"
            " WHERE d.project_id = :project AND d.reverses_id IS NULL"
            " AND NOT EXISTS (SELECT FROM disbursement r WHERE r.reverses_id = d.id)"
            " AND NOT EXISTS (SELECT FROM match_decision m WHERE m.disbursement_id = d.id AND m.batch_id = :batch)"
            " AND CASE WHEN CAST(:voucher AS text) IS NULL OR d.voucher_number IS NULL"
            "     THEN d.amount_baht = :amount AND d.paid_on = :day ELSE d.voucher_number = :voucher END"
            " ORDER BY d.amount_baht = :amount DESC, d.id LIMIT 1"
        ),
        {"project": project.id, "batch": batch_id, "voucher": voucher, "amount": amount, "day": day},
    ).one_or_none()
    if rows is not None and rows.amount_baht != amount:
        values = {"voucher": voucher, "file_baht": baht(amount), "stored_baht": baht(rows.amount_baht)}
        raise InvalidInput([Problem("match_voucher_differs", where={"field": "voucher_number"}, values=values)])
    return rows


def _contract_meant(
    session: Session, project: HeldProject, values: Mapping[str, Any], amount: Decimal, pots: Mapping[int, Pot]
) -> int | None:
    """The contract that the row names; else the only one, or the only one with so much left.

    Raises
    ------
    InvalidInput
        It names none of the project's, or several could be meant.
    """
    if not pots:
        return None
    where: dict[str, Any] = {"field": "contract_id"}
    number, egp = str(values.get("contract_number") or ""), str(values.get("egp_number") or "")
    egp = egp if EGP.fullmatch(egp) else ""
    named = session.execute(
        sa.text(
            "SELECT id, number, translate(number, '๐๑๒๓๔๕๖๗๘๙', '0123456789') = :number"
            " OR coalesce(egp_number = :egp, false) AS meant FROM contract WHERE id = ANY(:ids) ORDER BY id"
        ),
        {"number": normalise(number), "egp": egp, "ids": list(pots)},
    ).all()
    if number or egp:
        meant = [row.id for row in named if row.meant]
        if len(meant) == 1:
            return int(meant[0])
        if not meant:
            told = {"given": number or egp, "allowed": ", ".join(row.number for row in named)}
            raise InvalidInput([Problem("match_contract_unknown", where=where, values=told)])
    if len(pots) == 1:
        return next(iter(pots))
    enough = [key for key, pot in pots.items() if pot.left_baht >= amount]
    if len(enough) == 1:
        return enough[0]
    options = [
        {"id": row.id, "text": f"{row.number} ({baht(pots[row.id].left_baht)})"} for row in named if row.id in pots
    ]
    shown = ", ".join(each["text"] for each in options)
    raise InvalidInput(
        [Problem("match_contract_unclear", where={**where, "options": options}, values={"allowed": shown})]
    )


def _appropriation_meant(session: Session, amount: Decimal, pots: Mapping[int, Pot]) -> int:
    """The only appropriation, or the only one with so much left; the fullest where none has, to be told by how much.

    Raises
    ------
    InvalidInput
        There is none, or several have as much.
    """
    where: dict[str, Any] = {"field": "appropriation_id"}
    if not pots:
        raise InvalidInput([Problem("budget_missing", where=where)])
    enough = [key for key, pot in pots.items() if pot.left_baht >= amount]
    if len(enough) <= 1:
        return enough[0] if enough else max(pots, key=lambda key: pots[key].left_baht)
    named = session.execute(
        sa.text(
            "SELECT a.id, s.name_th FROM appropriation a JOIN fund_source s ON s.code = a.fund_source_code"
            " WHERE a.id = ANY(:ids) ORDER BY a.id"
        ),
        {"ids": enough},
    )
    options = [{"id": row.id, "text": f"{row.name_th} ({baht(pots[row.id].left_baht)})"} for row in named]
    shown = ", ".join(str(each["text"]) for each in options)
    raise InvalidInput(
        [Problem("match_appropriation_unclear", where={**where, "options": options}, values={"allowed": shown})]
    )

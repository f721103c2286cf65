"""What may be done with the money of a project: one table for the addresses of programs and for the forms of pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.services.appropriations import (
    NewAppropriation,
    change_appropriation,
    confirm_appropriation,
    record_appropriation,
    remove_appropriation,
    restore_appropriation,
)
from app.services.carry_overs import NewCarryOver, record_carry_over, remove_carry_over
from app.services.contract_terms import (
    Instalment,
    NewAmendment,
    NewPenalty,
    amend_contract,
    record_penalty,
    remove_penalty,
    restore_penalty,
    set_instalments,
)
from app.services.contracts import NewContract, change_contract, record_contract, remove_contract, restore_contract
from app.services.disbursements import NewDisbursement, record_disbursement, reverse_disbursement
from app.services.progress import NewProgress, remove_progress, report_progress, restore_progress
from app.services.project_status import correct_status, move_status
from app.web.money_body import Body

APPROPRIATION = Body(
    {
        "amount_baht": "amount",
        "fund_source_code": "text",
        "programme_code": "text",
        "work_code": "text",
        "expenditure_category_code": "text",
        "legal_reference": "text",
        "approved_on": "date",
        "budget_document_id": "whole",
    },
    frozenset({"amount_baht", "fund_source_code"}),
)
CONTRACT = Body(
    {
        "kind": "text",
        "number": "text",
        "amount_baht": "amount",
        "signed_on": "date",
        "contractor_name": "text",
        "contractor_is_person": "flag",
        "egp_number": "text",
        "procurement_method_code": "text",
        "start_on": "date",
        "end_on": "date",
    },
    frozenset({"number", "amount_baht", "signed_on"}),
)
AMENDMENT = Body(
    {"signed_on": "date", "reason": "text", "amount_change_baht": "signed", "new_end_on": "date"},
    frozenset({"signed_on", "reason"}),
)
INSTALMENTS = Body(
    {},
    lists={
        "instalments": Body(
            {"amount_baht": "amount", "due_on": "date", "work_percent": "percent", "accepted_on": "date"},
            frozenset({"amount_baht"}),
        )
    },
)
PENALTY = Body(
    {
        "days": "whole",
        "amount_baht": "amount",
        "reason": "text",
        "rate_percent": "percent",
        "disbursement_id": "whole",
    },
    frozenset({"days", "amount_baht", "reason"}),
)
DISBURSEMENT = Body(
    {
        "amount_baht": "amount",
        "paid_on": "date",
        "appropriation_id": "whole",
        "contract_id": "whole",
        "voucher_number": "text",
        "instalment": "whole",
        "method": "text",
    },
    frozenset({"amount_baht", "paid_on", "appropriation_id"}),
)
REVERSAL = Body({"paid_on": "date", "reason": "text"}, frozenset({"paid_on", "reason"}))
REMOVAL = Body({"reason": "text"}, frozenset({"reason"}))
CARRY_OVER = Body(
    {
        "appropriation_id": "whole",
        "amount_baht": "amount",
        "until_on": "date",
        "contract_id": "whole",
        "legal_reference": "text",
        "approved_on": "date",
    },
    frozenset({"appropriation_id", "amount_baht", "until_on"}),
)
PROGRESS = Body(
    {"reported_on": "date", "percent": "percent", "note": "text", "attachments": "keys"},
    frozenset({"reported_on", "percent"}),
)
STATUS = Body({"status": "text", "reason": "text", "correction": "flag"}, frozenset({"status"}))


def _parts(instalments: list[dict[str, Any]]) -> list[Instalment]:
    return [Instalment(**one) for one in instalments]


def _reverse(session: Session, actor: Actor, code: str, disbursement_id: int, new: Mapping[str, Any]) -> Any:
    return reverse_disbursement(session, actor, code, disbursement_id, **new)


def _remove_penalty(session: Session, actor: Actor, code: str, penalty_id: int, new: Mapping[str, Any]) -> Any:
    return remove_penalty(session, actor, code, penalty_id, **new)


def _remove_progress(session: Session, actor: Actor, code: str, report_id: int, new: Mapping[str, Any]) -> Any:
    return remove_progress(session, actor, code, report_id, **new)


def _move(session: Session, actor: Actor, code: str, new: Mapping[str, Any], *, if_match_version: int) -> Any:
    act: Any = correct_status if new.get("correction") else move_status
    return act(session, actor, code, new["status"], new.get("reason") or "", if_match_version=if_match_version)


@dataclass(frozen=True)
class Act:
    """One act: what it is given, and the service that does it.

    Parameters
    ----------
    service
        Called with session, actor, code of the project, the number of the row where there is one, what ``make`` made
        of the body where there is one, and ``if_match_version`` where there is a version.
    body, make
        What is given, and the record that it becomes.
    version
        Letter of the version that must be named, such as ``c`` of ``"c3"``; empty where none is.
    """

    service: Callable[..., Any]
    body: Body | None = None
    make: Callable[..., Any] = dict
    version: str = ""

    def run(
        self,
        session: Session,
        actor: Actor,
        code: str,
        row_id: int | None,
        values: Mapping[str, Any],
        version: int | None = None,
    ) -> Any:
        """Do it; what the service returns."""
        given: list[Any] = [code] if row_id is None else [code, row_id]
        if self.body is not None:
            given.append(self.make(**values))
        named = {"if_match_version": version} if self.version else {}
        return self.service(session, actor, *given, **named)


ACTS: Mapping[str, Act] = {
    "add_appropriation": Act(record_appropriation, APPROPRIATION, NewAppropriation),
    "change_appropriation": Act(change_appropriation, APPROPRIATION, NewAppropriation, "a"),
    "remove_appropriation": Act(remove_appropriation, version="a"),
    "restore_appropriation": Act(restore_appropriation),
    "confirm_appropriation": Act(confirm_appropriation, version="a"),
    "add_contract": Act(record_contract, CONTRACT, NewContract),
    "change_contract": Act(change_contract, CONTRACT, NewContract, "c"),
    "remove_contract": Act(remove_contract, version="c"),
    "restore_contract": Act(restore_contract),
    "amend": Act(amend_contract, AMENDMENT, NewAmendment, "c"),
    "write_instalments": Act(set_instalments, INSTALMENTS, _parts, "c"),
    "add_penalty": Act(record_penalty, PENALTY, NewPenalty),
    "remove_penalty": Act(_remove_penalty, REMOVAL),
    "restore_penalty": Act(restore_penalty),
    "add_disbursement": Act(record_disbursement, DISBURSEMENT, NewDisbursement),
    "reverse": Act(_reverse, REVERSAL),
    "add_carry_over": Act(record_carry_over, CARRY_OVER, NewCarryOver),
    "remove_carry_over": Act(remove_carry_over, version="k"),
    "add_progress": Act(report_progress, PROGRESS, NewProgress),
    "remove_progress": Act(_remove_progress, REMOVAL),
    "restore_progress": Act(restore_progress),
    "move": Act(_move, STATUS, version="p"),
}

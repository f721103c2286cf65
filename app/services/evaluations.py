"""The result of a round of monitoring and evaluation: made by the planner, sealed when it goes to the executive,
submitted to the council and the committee and announced by the executive.

What was sealed is what is submitted, announced and posted, whatever becomes of the data. What is wrong in it is put
right by another version with a reason; nothing is changed and nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, Forbidden, NotFound
from app.queries.evaluations import ResultView, files_of, result, results_of
from app.services import money_rules
from app.services.evaluation_content import content_of, sealed_form
from app.services.evaluation_rules import Round, begun_round, round_of
from app.services.money_rules import (
    LONG_TEXT_LENGTH,
    check_done,
    check_text,
    is_blank,
    organisation_target,
    refuse,
    require_version,
)
from app.services.project_locks import mark_on_behalf
from app.services.sealed import keep_text
from gis.problems import Problem
from gis.thai import ZONE, normalise

REMARKS_LENGTH = 10_000
_ENDED = ("RETURNED", "ANNOUNCED")


@dataclass(frozen=True)
class Remarks:
    """What the committee said of the result."""

    committee_met_on: date | None = None
    committee_reference: str | None = None
    committee_remarks: str | None = None


@dataclass(frozen=True)
class EvaluationReceipt:
    """The version that was written, and how it stands."""

    id: int
    status: str
    row_version: int


def begin(
    session: Session, actor: Actor, organisation_code: str, year_be: int, period: int, *, today: date | None = None
) -> EvaluationReceipt:
    """Begin the result of a round.

    Raises
    ------
    NotFound
        No such organisation; ``evaluation_round_not_found``.
    Forbidden
        Not the planner of the organisation.
    Conflict
        ``evaluation_begun``: there is one already.
    InvalidInput
        ``evaluation_not_open``: its time has not come.
    """
    policy.require(actor, policy.EVALUATION_WRITE, organisation_target(session, organisation_code))
    of = require_round(session, year_be, period)
    if (today or money_rules.today()) < of.opens_on:
        values = {"opens_on": of.opens_on.isoformat()}
        refuse([Problem("evaluation_not_open", where={"field": "period"}, values=values)])
    _one_at_a_time(session, organisation_code, year_be, period)
    if _versions(session, organisation_code, year_be, period):
        raise Conflict("evaluation_begun")
    mark_on_behalf(session, actor, organisation_code)
    return _inserted(session, actor, organisation_code, year_be, period)


def begin_again(session: Session, actor: Actor, result_id: int, reason: str) -> EvaluationReceipt:
    """Begin another version in the place of one that was returned or announced.

    Raises
    ------
    NotFound, Forbidden
        As :func:`begin`.
    Conflict
        ``evaluation_not_ended``: it is still on its way, or a later one is.
    InvalidInput
        No reason.
    """
    held = _seen(session, result_id)
    policy.require(actor, policy.EVALUATION_WRITE, target_of(held))
    refuse(check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH))
    _one_at_a_time(session, held.organisation_code, held.fiscal_year_be, held.period)
    newest = _versions(session, held.organisation_code, held.fiscal_year_be, held.period)[0]
    if newest.id != result_id or newest.status not in _ENDED:
        raise Conflict("evaluation_not_ended", {"version": newest.version})
    mark_on_behalf(session, actor, held.organisation_code)
    return _inserted(
        session, actor, held.organisation_code, held.fiscal_year_be, held.period, newest, normalise(reason.strip())
    )


def save_remarks(
    session: Session, actor: Actor, result_id: int, remarks: Remarks, *, if_match_version: int | None
) -> EvaluationReceipt:
    """Write down what the committee said, while the result is a draft.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such result; not the planner; changed meanwhile; ``evaluation_state``: it is sealed.
    InvalidInput
        A day to come, texts that are too long.
    """
    held = _held(session, actor, policy.EVALUATION_WRITE, result_id, ("DRAFT",), if_match_version)
    refuse(
        [
            *check_done("committee_met_on", remarks.committee_met_on),
            *_met_too_early(round_of_result(session, held), remarks.committee_met_on),
            *check_text("committee_reference", remarks.committee_reference),
            *check_text("committee_remarks", remarks.committee_remarks, limit=REMARKS_LENGTH),
        ]
    )
    mark_on_behalf(session, actor, held.organisation_code)
    return _written(session, held, {name: _text(value) for name, value in vars(remarks).items()})


def _met_too_early(of: Round, met_on: date | None) -> list[Problem]:
    """The committee speaks of what is over: a meeting before its last day had passed cannot have done so."""
    if met_on is None or met_on > of.reported_to:
        return []
    values = {"reported_to": of.reported_to.isoformat()}
    return [Problem("evaluation_met_too_early", where={"field": "committee_met_on"}, values=values)]


def propose(
    session: Session, actor: Actor, result_id: int, *, if_match_version: int | None, now: datetime | None = None
) -> EvaluationReceipt:
    """Send the result to the executive: from now on its figures are those of this moment.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`save_remarks`.
    InvalidInput
        The committee has not spoken; the part of the year that it reports on is not over.
    """
    held = _held(session, actor, policy.EVALUATION_WRITE, result_id, ("DRAFT",), if_match_version)
    of = round_of_result(session, held)
    moment = now or datetime.now(ZONE)
    problems = [
        *check_text("committee_remarks", held.committee_remarks, required=True, limit=REMARKS_LENGTH),
        *([Problem("field_required", where={"field": "committee_met_on"})] if held.committee_met_on is None else []),
        *_met_too_early(of, held.committee_met_on),
    ]
    if (moment.date() if now else money_rules.today()) <= of.reported_to:
        values = {"reported_to": of.reported_to.isoformat()}
        problems.append(Problem("evaluation_not_over", where={"field": "period"}, values=values))
    refuse(problems)
    mark_on_behalf(session, actor, held.organisation_code)
    content = content_of(session, held, of, replaced_by_it(session, held), moment)
    seal = {
        "status": "PROPOSED",
        "content_sha256": keep_text(session, sealed_form(content)),
        "sealed_at": moment,
        "sealed_by": actor.user_id,
        "sealed_by_name": actor.display_name,
    }
    return _written(session, held, seal)


def give_back(
    session: Session,
    actor: Actor,
    result_id: int,
    note: str,
    *,
    if_match_version: int | None,
    now: datetime | None = None,
) -> EvaluationReceipt:
    """Return a proposed result with what has to be put right; the planner goes on with another version.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such result; not the executive, or whoever proposed it; changed meanwhile or not proposed.
    InvalidInput
        No note.
    """
    held = _held(session, actor, policy.EVALUATION_PUBLISH, result_id, ("PROPOSED",), if_match_version)
    _require_second_person(actor, held)
    refuse(check_text("note", note, required=True, limit=LONG_TEXT_LENGTH))
    changes = {"status": "RETURNED", "decision_note": normalise(note.strip()), **_decided(actor, now)}
    return _written(session, held, changes)


def submit(
    session: Session,
    actor: Actor,
    result_id: int,
    submitted_on: date,
    reference: str | None = None,
    *,
    late_reason: str | None = None,
    if_match_version: int | None,
    now: datetime | None = None,
) -> EvaluationReceipt:
    """Write down that the executive submitted the result to the council and the committee: the fifteen days begin.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`give_back`.
    InvalidInput
        A day to come, or before what is reported was over; ``evaluation_before_seal``: a day before the document was
        sealed, without saying why it is written down so late; ``evaluation_file_missing``: it is not printed yet.
    """
    held = _held(session, actor, policy.EVALUATION_PUBLISH, result_id, ("PROPOSED",), if_match_version)
    _require_second_person(actor, held)
    of = round_of_result(session, held)
    refuse(
        [
            *(
                check_done("submitted_on", submitted_on, earliest=of.reported_to + timedelta(days=1))
                or _check_late(held, submitted_on, late_reason)
            ),
            *check_text("submitted_reference", reference),
            *_check_file(session, held),
        ]
    )
    changes = {
        "status": "SUBMITTED",
        "submitted_on": submitted_on,
        "submitted_reference": _text(reference),
        "submitted_late_reason": _late_reason(held, submitted_on, late_reason),
    }
    return _written(session, held, {**changes, **_decided(actor, now)})


def announce(
    session: Session,
    actor: Actor,
    result_id: int,
    announced_on: date,
    *,
    late_reason: str | None = None,
    if_match_version: int | None,
) -> EvaluationReceipt:
    """Announce the result: from now on everybody reads it. The platform's own posting is written with it by
    :func:`app.services.evaluation_postings.announce`.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`give_back`; not submitted.
    InvalidInput
        A day to come or before the submission; ``evaluation_before_seal`` as of :func:`submit`.
    """
    held = _held(session, actor, policy.EVALUATION_PUBLISH, result_id, ("SUBMITTED",), if_match_version)
    _require_second_person(actor, held)
    refuse(
        [
            *(
                check_done("announced_on", announced_on, earliest=held.submitted_on)
                or _check_late(held, announced_on, late_reason)
            ),
            *_check_file(session, held),
        ]
    )
    changes = {
        "status": "ANNOUNCED",
        "announced_on": announced_on,
        "announced_late_reason": _late_reason(held, announced_on, late_reason),
        "announced_by": actor.user_id,
        "announced_by_name": actor.display_name,
    }
    return _written(session, held, changes)


def require_round(session: Session, year_be: int, period: int) -> Round:
    """A round that the year asks for.

    Raises
    ------
    NotFound
        ``evaluation_round_not_found``.
    """
    found = round_of(session, year_be, period)
    if found is None:
        raise NotFound("evaluation_round_not_found", {"fiscal_year_be": year_be, "period": period})
    return found


def round_of_result(session: Session, held: ResultView) -> Round:
    """The round of a version.

    Raises
    ------
    NotFound
        ``evaluation_round_not_found``: no rule reaches its year.
    """
    found = begun_round(session, held.fiscal_year_be, held.period)
    if found is None:
        raise NotFound("evaluation_round_not_found", {"fiscal_year_be": held.fiscal_year_be, "period": held.period})
    return found


def draft_content(session: Session, held: ResultView, now: datetime | None = None) -> dict[str, Any]:
    """What a version would say if it were sealed now."""
    of = round_of_result(session, held)
    return content_of(session, held, of, replaced_by_it(session, held), now or datetime.now(ZONE))


def replaced_by_it(session: Session, held: ResultView) -> ResultView | None:
    """The version that this one takes the place of."""
    return None if held.replaces_id is None else result(session, held.replaces_id)


def target_of(held: ResultView) -> Target:
    """Where its organisation lies, for policy."""
    return Target(held.organisation_code, held.province_code, held.amphoe_code)


def _seen(session: Session, result_id: int) -> ResultView:
    held = result(session, result_id)
    if held is None:
        raise NotFound("evaluation_not_found", {"evaluation": result_id})
    return held


def _held(
    session: Session, actor: Actor, action: str, result_id: int, states: tuple[str, ...], given: int | None
) -> ResultView:
    policy.require(actor, action, target_of(_seen(session, result_id)))
    session.execute(sa.text("SELECT id FROM evaluation_result WHERE id = :id FOR UPDATE"), {"id": result_id})
    held = _seen(session, result_id)
    require_version(session, "evaluation_result", result_id, held.row_version, given)
    if held.status not in states:
        raise Conflict("evaluation_state", {"status": held.status})
    return held


def _require_second_person(actor: Actor, held: ResultView) -> None:
    if actor.user_id is not None and actor.user_id == held.sealed_by:
        raise Forbidden("evaluation_second_person", {"by": held.sealed_by_name})


def before_seal(held: ResultView, day: date) -> bool:
    """True for a day on which the document, as it is sealed, was not there yet."""
    return held.sealed_at is not None and day < held.sealed_at.astimezone(ZONE).date()


def _check_late(held: ResultView, day: date, reason: str | None) -> list[Problem]:
    """A legal period is not met by a day that somebody writes down afterwards, unless he says why."""
    if not before_seal(held, day) or held.sealed_at is None:
        return []
    if reason is None or is_blank(reason):
        values = {"sealed_on": held.sealed_at.astimezone(ZONE).date().isoformat()}
        return [Problem("evaluation_before_seal", where={"field": "late_reason"}, values=values)]
    return check_text("late_reason", reason, limit=LONG_TEXT_LENGTH)


def _late_reason(held: ResultView, day: date, reason: str | None) -> str | None:
    return normalise(reason.strip()) if reason and before_seal(held, day) else None


def _check_file(session: Session, held: ResultView) -> list[Problem]:
    return [] if "pdf" in files_of(session, held.id) else [Problem("evaluation_file_missing", where={"field": "file"})]


def _decided(actor: Actor, now: datetime | None) -> dict[str, Any]:
    moment = now or datetime.now(ZONE)
    return {"decided_by": actor.user_id, "decided_by_name": actor.display_name, "decided_at": moment}


def _text(value: Any) -> Any:
    """A text in one spelling; its lines stay lines."""
    return (lines(value) or None) if isinstance(value, str) else value


def lines(text: str) -> str:
    """A text of several lines in one spelling."""
    return "\n".join(normalise(line) for line in text.strip().splitlines())


def _versions(session: Session, organisation_code: str, year_be: int, period: int) -> list[ResultView]:
    return [one for one in results_of(session, organisation_code, year_be=year_be) if one.period == period]


def _one_at_a_time(session: Session, *of: Any) -> None:
    """Whoever begins a version of a round waits for who does."""
    key = " ".join(map(str, of))
    session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 37))"), {"key": key})


_INSERT = """
INSERT INTO evaluation_result (organisation_code, fiscal_year_be, period, version, replaces_id, reason, created_by,
                               created_by_name, committee_met_on, committee_reference, committee_remarks)
VALUES (:organisation, :year, :period, :version, :replaces, :reason, :user, :name, :met, :reference, :remarks)
RETURNING id, status, row_version
"""


def _inserted(
    session: Session,
    actor: Actor,
    organisation_code: str,
    year_be: int,
    period: int,
    replaced: ResultView | None = None,
    reason: str | None = None,
) -> EvaluationReceipt:
    row = session.execute(
        sa.text(_INSERT),
        {
            "organisation": organisation_code,
            "year": year_be,
            "period": period,
            "version": 1 if replaced is None else replaced.version + 1,
            "replaces": replaced and replaced.id,
            "reason": reason,
            "user": actor.user_id,
            "name": actor.display_name,
            "met": replaced and replaced.committee_met_on,
            "reference": replaced and replaced.committee_reference,
            "remarks": replaced and replaced.committee_remarks,
        },
    ).one()
    return EvaluationReceipt(row.id, row.status, row.row_version)


def _written(session: Session, held: ResultView, changes: Mapping[str, Any]) -> EvaluationReceipt:
    columns = ", ".join(f"{name} = :{name}" for name in changes)
    row = session.execute(
        sa.text(
            f"UPDATE evaluation_result SET {columns}, row_version = row_version + 1, updated_at = now()"
            " WHERE id = :id RETURNING id, status, row_version"
        ),
        {**changes, "id": held.id},
    ).one()
    return EvaluationReceipt(row.id, row.status, row.row_version)

"""The officer's daily report: written by the system from the change log, sent by the officer, signed by the head of the
province.

A draft shows what the log says at this moment. What is sent is sealed. What is done on that day after the sending
stands in the same version when it was returned, else in another one, begun with a reason after the signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, Forbidden, NotFound
from app.queries.codelists import code_list
from app.queries.daily_reports import (
    ACTS,
    OTHER_TOPIC,
    Officer,
    ReportView,
    acts_of_day,
    calls_of_day,
    officers,
    reports_of,
)
from app.services import money_rules
from app.services.evaluation_content import sealed_form
from app.services.evaluations import lines
from app.services.money_rules import (
    LONG_TEXT_LENGTH,
    check_choice,
    check_text,
    organisation_target,
    refuse,
    require_version,
)
from app.services.quiet_time import is_working_day
from app.services.sealed import keep_text
from gis.problems import Problem
from gis.thai import ZONE, normalise

TITLE = "รายงานผลการปฏิบัติงานประจำวัน"
FORMAT = 2
CALL_KINDS = ("CALL", "VISIT", "LETTER")
MOST_CALLS = 200
REMARKS_LENGTH = 5_000
SUBJECT_LENGTH = 500
GRACE_DAYS = 1
"""A report is in time until the end of the next working day: an officer on the road writes it the morning after."""
_OPEN = ("DRAFT", "RETURNED")

DayState = Literal["free", "unsent", "late", "draft", "sent", "returned", "signed", "to_come"]


@dataclass(frozen=True)
class DailyReceipt:
    """The report that was written, and how it stands."""

    id: int
    status: str
    row_version: int


@dataclass(frozen=True)
class NewCall:
    """A call, visit or letter to an organisation."""

    organisation_code: str
    kind: str
    subject: str


def due_by(day: date) -> date:
    """Last day on which the report of a day is in time."""
    due, left = day, GRACE_DAYS
    while left:
        due += timedelta(days=1)
        left -= is_working_day(due)
    return due


def state_of(report: ReportView | None, day: date, today: date) -> DayState:
    """How the report of a day stands; an unsent one is late once its time is over."""
    if day > today:
        return "to_come"
    if report is not None and report.status in ("SENT", "SIGNED"):
        return "sent" if report.status == "SENT" else "signed"
    if report is not None and report.status == "RETURNED":
        return "returned"
    if not is_working_day(day):
        return "free" if report is None else "draft"
    if today > due_by(day):
        return "late"
    return "unsent" if report is None else "draft"


def sent_late(report: ReportView) -> bool:
    """True when it was sent after its time."""
    return report.sent_at is not None and report.sent_at.astimezone(ZONE).date() > due_by(report.day)


def content_of_day(
    session: Session, officer: Officer, day: date, report: ReportView | None, now: datetime | None = None
) -> dict[str, Any]:
    """What the report says as the log stands now; a day without acts says so."""
    acts = acts_of_day(session, officer.id, day)
    calls = calls_of_day(session, officer.id, day)
    names = {**{code: topic.name_th for code, topic in code_list(session, "completeness_topic").items()}}
    names[OTHER_TOPIC] = "อื่น ๆ"
    order = {code: place for place, code in enumerate(names)}
    known = {one.organisation_code: one.organisation_name for one in acts}
    known |= {one.organisation_code: one.organisation_name for one in calls}
    by_code = {one.organisation_code: one for one in acts}
    organisations = []
    for code, name in sorted(known.items(), key=lambda one: (one[1], one[0])):
        done = by_code.get(code)
        organisations.append(
            {
                "code": code,
                "name_th": name,
                **{act: done.counts[act] if done else 0 for act in ACTS},
                "receipts": done.receipts if done else 0,
                "topics": [
                    {"topic": topic, "name_th": names.get(topic, topic), "records": count}
                    for topic, count in sorted(
                        (done.topics if done else {}).items(), key=lambda one: order.get(one[0], 99)
                    )
                ],
                "calls": [
                    {"kind": call.kind, "subject": call.subject} for call in calls if call.organisation_code == code
                ],
            }
        )
    return {
        "document": TITLE,
        "format": FORMAT,
        "officer": {"id": officer.id, "name": officer.name},
        "province": {"code": officer.province_code, "name_th": officer.province_name},
        "day": day.isoformat(),
        "version": report.version if report else 1,
        "reason": report.reason if report else None,
        "remarks": report.remarks if report else None,
        "as_of": (now or datetime.now(ZONE)).isoformat(timespec="seconds"),
        "organisations": organisations,
        "total": _total(organisations),
    }


def _total(organisations: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    total = {name: sum(one[name] for one in organisations) for name in (*ACTS, "receipts")}
    return {**total, "calls": sum(len(one["calls"]) for one in organisations), "organisations": len(organisations)}


def save_remarks(
    session: Session,
    actor: Actor,
    officer_id: int,
    day: date,
    remarks: str | None,
    *,
    if_match_version: int | None = None,
) -> DailyReceipt:
    """Write the officer's own remarks; the report of the day begins with it.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such officer; somebody else's; changed meanwhile; ``daily_report_state``: sent or signed.
    InvalidInput
        Too long; a day to come.
    """
    officer = _own(session, actor, officer_id, day)
    refuse(check_text("remarks", remarks, limit=REMARKS_LENGTH))
    held = _open(session, officer, day, if_match_version)
    return _written(session, held, {"remarks": lines(remarks or "") or None})


_SAME_CALL = """
SELECT EXISTS (
    SELECT FROM officer_call WHERE officer_id = :officer AND day = :day AND organisation_code = :organisation
    AND kind = :kind AND subject = :subject AND removed_at IS NULL
    AND created_at > clock_timestamp() - interval '1 minute')
"""


def add_call(session: Session, actor: Actor, officer_id: int, day: date, call: NewCall) -> DailyReceipt:
    """Write down a call of the day.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`save_remarks`; an organisation of another province.
    InvalidInput
        No subject, an unknown kind, or more calls than anybody makes.
    """
    officer = _own(session, actor, officer_id, day)
    target = organisation_target(session, call.organisation_code)
    if target.province_code != officer.province_code:
        raise Forbidden("daily_report_elsewhere", {"organisation_code": call.organisation_code})
    problems = [
        *check_choice("kind", call.kind, CALL_KINDS),
        *check_text("subject", call.subject, required=True, limit=SUBJECT_LENGTH),
    ]
    if len(calls_of_day(session, officer_id, day)) >= MOST_CALLS:
        problems.append(Problem("daily_report_calls", where={"field": "subject"}, values={"limit": MOST_CALLS}))
    refuse(problems)
    held = _open(session, officer, day, None)
    said = {
        "officer": officer_id,
        "day": day,
        "organisation": call.organisation_code,
        "kind": call.kind,
        "subject": normalise(call.subject.strip()),
    }
    # A button that was pressed twice: the same words within a minute are the same call.
    if session.scalar(sa.text(_SAME_CALL), said):
        return DailyReceipt(held.id, held.status, held.row_version)
    session.execute(
        sa.text(
            "INSERT INTO officer_call (officer_id, day, organisation_code, kind, subject)"
            " VALUES (:officer, :day, :organisation, :kind, :subject)"
        ),
        said,
    )
    return DailyReceipt(held.id, held.status, held.row_version)


def remove_call(session: Session, actor: Actor, officer_id: int, day: date, call_id: int) -> DailyReceipt:
    """Take a call out that was written down wrongly, while the report is open.

    Raises
    ------
    NotFound, Forbidden, Conflict
        ``call_not_found``; as :func:`save_remarks`.
    """
    officer = _own(session, actor, officer_id, day)
    held = _open(session, officer, day, None)
    found = session.execute(
        sa.text(
            "UPDATE officer_call SET removed_at = now() WHERE id = :id AND (officer_id, day) = (:officer, :day)"
            " AND removed_at IS NULL RETURNING id"
        ),
        {"id": call_id, "officer": officer_id, "day": day},
    ).one_or_none()
    if found is None:
        raise NotFound("call_not_found", {"call": call_id})
    return DailyReceipt(held.id, held.status, held.row_version)


def send(
    session: Session,
    actor: Actor,
    officer_id: int,
    day: date,
    *,
    if_match_version: int | None = None,
    now: datetime | None = None,
) -> DailyReceipt:
    """Send the report: what the log says now is sealed.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`save_remarks`.
    """
    officer = _own(session, actor, officer_id, day)
    held = _open(session, officer, day, if_match_version)
    moment = now or datetime.now(ZONE)
    sha256 = keep_text(session, sealed_form(content_of_day(session, officer, day, held, moment)))
    changes = {"status": "SENT", "content_sha256": sha256, "sent_at": moment}
    return _written(session, held, {**changes, "decision_note": None})


def sign(
    session: Session,
    actor: Actor,
    officer_id: int,
    day: date,
    *,
    if_match_version: int | None,
    now: datetime | None = None,
) -> DailyReceipt:
    """Sign a report that was sent; from now on it is locked.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such report; not the head of the province, or the officer's own; changed meanwhile or not sent.
    """
    held = _sent(session, actor, officer_id, day, if_match_version)
    return _written(session, held, {"status": "SIGNED", **_decided(actor, now)})


def give_back(
    session: Session,
    actor: Actor,
    officer_id: int,
    day: date,
    note: str,
    *,
    if_match_version: int | None,
    now: datetime | None = None,
) -> DailyReceipt:
    """Return a report with what has to be put right.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`sign`.
    InvalidInput
        No note.
    """
    held = _sent(session, actor, officer_id, day, if_match_version)
    refuse(check_text("note", note, required=True, limit=LONG_TEXT_LENGTH))
    changes = {"status": "RETURNED", "decision_note": normalise(note.strip()), **_decided(actor, now)}
    return _written(session, held, changes)


def begin_again(session: Session, actor: Actor, officer_id: int, day: date, reason: str) -> DailyReceipt:
    """Begin another version of a report that was signed.

    Raises
    ------
    NotFound, Forbidden
        As :func:`save_remarks`.
    Conflict
        ``daily_report_state``: nothing was signed.
    InvalidInput
        No reason.
    """
    officer = _own(session, actor, officer_id, day)
    refuse(check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH))
    _one_at_a_time(session, officer, day)
    versions = reports_of(session, officer.id, officer.province_code, day)
    if not versions or versions[0].status != "SIGNED":
        raise Conflict("daily_report_state", {"status": versions[0].status if versions else "–"})
    return _inserted(session, officer, day, versions[0].version + 1, normalise(reason.strip()), versions[0].remarks)


def officer_of(session: Session, officer_id: int, actor: Actor | None = None) -> Officer:
    """The officer, in the province that the reader may see.

    Raises
    ------
    NotFound
        ``officer_not_found``.
    """
    found = officers(session, officer_id=officer_id)
    if actor is not None:
        found = [one for one in found if policy.may(actor, policy.DAILY_REPORT_READ, target_of(one))] or found
    if not found:
        raise NotFound("officer_not_found", {"officer": officer_id})
    return found[0]


def target_of(officer: Officer) -> Target:
    """Where the officer works, for policy."""
    return Target(province_code=officer.province_code)


def readable(session: Session, actor: Actor, officer_id: int) -> Officer:
    """The officer whose reports this person may read.

    Raises
    ------
    NotFound, Forbidden
        No such officer; not of the province.
    """
    officer = officer_of(session, officer_id, actor)
    policy.require(actor, policy.DAILY_REPORT_READ, target_of(officer))
    return officer


def provinces_of(actor: Actor) -> Sequence[str] | None:
    """Provinces whose reports a person may read; ``None`` for all.

    Raises
    ------
    Forbidden
        None at all.
    """
    areas = sorted({grant.area_code for grant in actor.grants if grant.area_code and len(grant.area_code) == 2})
    if policy.may(actor, policy.DAILY_REPORT_READ, policy.NATION):
        return None
    found = [code for code in areas if policy.may(actor, policy.DAILY_REPORT_READ, Target(province_code=code))]
    if not found:
        policy.require(actor, policy.DAILY_REPORT_READ, policy.NATION)
    return found


def _own(session: Session, actor: Actor, officer_id: int, day: date) -> Officer:
    officer = officer_of(session, officer_id, actor)
    policy.require(actor, policy.DAILY_REPORT_WRITE, target_of(officer))
    if actor.user_id != officer_id:
        raise Forbidden("daily_report_not_yours", {"officer": officer.name})
    if day > money_rules.today():
        latest = money_rules.today().isoformat()
        refuse([Problem("day_in_future", where={"field": "day"}, values={"latest": latest})])
    return officer


def _open(session: Session, officer: Officer, day: date, given: int | None) -> ReportView:
    """The open report of a day, made when there is none."""
    _one_at_a_time(session, officer, day)
    versions = reports_of(session, officer.id, officer.province_code, day)
    if not versions:
        _inserted(session, officer, day, 1, None, None)
        return reports_of(session, officer.id, officer.province_code, day)[0]
    held = versions[0]
    require_version(session, "daily_report", held.id, held.row_version, given)
    if held.status not in _OPEN:
        raise Conflict("daily_report_state", {"status": held.status})
    return held


def _sent(session: Session, actor: Actor, officer_id: int, day: date, given: int | None) -> ReportView:
    officer = officer_of(session, officer_id, actor)
    policy.require(actor, policy.DAILY_REPORT_SIGN, target_of(officer))
    if actor.user_id == officer_id:
        raise Forbidden("daily_report_second_person")
    _one_at_a_time(session, officer, day)
    versions = reports_of(session, officer.id, officer.province_code, day)
    if not versions:
        raise NotFound("daily_report_not_found", {"day": day.isoformat()})
    require_version(session, "daily_report", versions[0].id, versions[0].row_version, given)
    if versions[0].status != "SENT":
        raise Conflict("daily_report_state", {"status": versions[0].status})
    return versions[0]


def _one_at_a_time(session: Session, officer: Officer, day: date) -> None:
    key = f"{officer.id} {officer.province_code} {day}"
    session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 38))"), {"key": key})


def _decided(actor: Actor, now: datetime | None) -> dict[str, Any]:
    moment = now or datetime.now(ZONE)
    return {"decided_by": actor.user_id, "decided_by_name": actor.display_name, "decided_at": moment}


def _inserted(
    session: Session, officer: Officer, day: date, version: int, reason: str | None, remarks: str | None
) -> DailyReceipt:
    row = session.execute(
        sa.text(
            "INSERT INTO daily_report (officer_id, officer_name, province_code, day, version, reason, remarks)"
            " VALUES (:officer, :name, :province, :day, :version, :reason, :remarks) RETURNING id, status, row_version"
        ),
        {
            "officer": officer.id,
            "name": officer.name,
            "province": officer.province_code,
            "day": day,
            "version": version,
            "reason": reason,
            "remarks": remarks,
        },
    ).one()
    return DailyReceipt(row.id, row.status, row.row_version)


def _written(session: Session, held: ReportView, changes: Mapping[str, Any]) -> DailyReceipt:
    columns = ", ".join(f"{name} = :{name}" for name in changes)
    row = session.execute(
        sa.text(
            f"UPDATE daily_report SET {columns}, row_version = row_version + 1, updated_at = now()"
            " WHERE id = :id RETURNING id, status, row_version"
        ),
        {**changes, "id": held.id},
    ).one()
    return DailyReceipt(row.id, row.status, row.row_version)


def days_of_month(first: date) -> Iterable[date]:
    """Days of the month that begins with ``first``."""
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)

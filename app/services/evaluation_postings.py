"""Sealed evidence of where a result was posted: a statement named by its SHA-256, with its line in the change log.

The platform posts by itself from the moment of the announcement. What hangs on a board or stands on another site is
written down by the organisation, with a file that shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.evaluations import ResultView, files_of, postings_of, result
from app.services import evaluations
from app.services.attachment_files import is_pdf
from app.services.evaluation_content import sealed_form
from app.services.evaluations import EvaluationReceipt, round_of_result, target_of
from app.services.money_rules import LONG_TEXT_LENGTH, check_choice, check_done, check_planned, check_text, refuse
from app.services.project_locks import mark_on_behalf
from app.services.sealed import keep_file, keep_text
from gis.problems import Problem
from gis.thai import ZONE, normalise

Place = Literal["BOARD", "WEBSITE", "OTHER"]
PLACES: tuple[Place, ...] = ("BOARD", "WEBSITE", "OTHER")
PLATFORM = "PLATFORM"
STATEMENT = "การปิดประกาศผลการติดตามและประเมินผลแผนพัฒนาท้องถิ่น"
NAME_LENGTH = 200
# What a file begins with -> its ending.
_KINDS = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"))


@dataclass(frozen=True)
class NewPosting:
    """Where and when; ``posted_to`` is the last day, none while it hangs."""

    place: str
    address: str
    posted_from: date
    posted_to: date | None = None


@dataclass(frozen=True)
class SentFile:
    """A file that came with a posting: where it lies for now, its name, and the folder to keep it in."""

    path: Path
    name: str
    folder: Path


@dataclass(frozen=True)
class PostingReceipt:
    """The posting and the digest of its statement."""

    id: int
    statement_sha256: str


def announce(
    session: Session,
    actor: Actor,
    result_id: int,
    announced_on: date,
    *,
    address: str,
    late_reason: str | None = None,
    if_match_version: int | None,
    now: datetime | None = None,
) -> EvaluationReceipt:
    """Announce a result and post it on the platform's own page in the same moment.

    Parameters
    ----------
    address
        Of the platform's page.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`app.services.evaluations.announce`.
    """
    receipt = evaluations.announce(
        session, actor, result_id, announced_on, late_reason=late_reason, if_match_version=if_match_version
    )
    held = _announced(session, result_id)
    moment = now or datetime.now(ZONE)
    _insert(session, actor, held, NewPosting(PLATFORM, address, moment.date()), moment, None)
    return receipt


def post(
    session: Session,
    actor: Actor,
    result_id: int,
    posting: NewPosting,
    *,
    sent: SentFile | None = None,
    now: datetime | None = None,
) -> PostingReceipt:
    """Write down that an announced result was posted.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such result; not of the organisation; ``evaluation_state``: not announced.
    InvalidInput
        Everything that is wrong with it: an unknown place, no address, days in the wrong order, before the announcement
        or to come; a file that is neither PDF nor picture.
    """
    held = _announced(session, result_id, actor)
    problems = [
        *check_choice("place", posting.place, PLACES),
        *check_text("address", posting.address, required=True),
        *check_done("posted_from", posting.posted_from, earliest=held.announced_on),
        *check_planned("posted_to", posting.posted_to),
    ]
    if posting.posted_to is not None and posting.posted_to < posting.posted_from:
        values = {"earliest": posting.posted_from.isoformat()}
        problems.append(Problem("days_reversed", where={"field": "posted_to"}, values=values))
    refuse(problems)
    mark_on_behalf(session, actor, held.organisation_code)
    # Whoever presses twice has posted once: a statement cannot be taken back.
    session.execute(sa.text("SELECT FROM evaluation_result WHERE id = :id FOR UPDATE"), {"id": held.id})
    same = None if sent else _written_already(session, held, posting)
    return same or _insert(session, actor, held, posting, now or datetime.now(ZONE), sent)


def _written_already(session: Session, held: ResultView, posting: NewPosting) -> PostingReceipt | None:
    told = (posting.place, normalise(posting.address.strip()), posting.posted_from, posting.posted_to)
    for one in postings_of(session, held.id):
        if (one.place, one.address, one.posted_from, one.posted_to) == told and one.withdrawn_at is None:
            return PostingReceipt(one.id, one.statement_sha256)
    return None


def withdraw(session: Session, actor: Actor, posting_id: int, reason: str) -> PostingReceipt:
    """Say that a posting was written down wrongly; it stays to be seen and counts no more.

    Raises
    ------
    NotFound, Forbidden, Conflict
        ``posting_not_found``; not of the organisation; ``posting_withdrawn``, or the platform's own.
    InvalidInput
        No reason.
    """
    row = session.execute(
        sa.text("SELECT * FROM evaluation_posting WHERE id = :id FOR UPDATE"), {"id": posting_id}
    ).one_or_none()
    if row is None:
        raise NotFound("posting_not_found", {"posting": posting_id})
    held = _announced(session, row.evaluation_result_id, actor)
    refuse(check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH))
    if row.withdrawn_at is not None or row.place == PLATFORM:
        raise Conflict("posting_withdrawn" if row.withdrawn_at else "posting_of_platform")
    mark_on_behalf(session, actor, held.organisation_code)
    session.execute(
        sa.text("UPDATE evaluation_posting SET withdrawn_at = now(), withdrawn_reason = :reason WHERE id = :id"),
        {"id": posting_id, "reason": normalise(reason.strip())},
    )
    return PostingReceipt(posting_id, row.statement_sha256)


def _announced(session: Session, result_id: int, actor: Actor | None = None) -> ResultView:
    held = result(session, result_id)
    if held is None:
        raise NotFound("evaluation_not_found", {"evaluation": result_id})
    if actor is not None:
        policy.require(actor, policy.EVALUATION_POST, target_of(held))
    if held.status != "ANNOUNCED":
        raise Conflict("evaluation_state", {"status": held.status})
    return held


_INSERT = """
INSERT INTO evaluation_posting (evaluation_result_id, place, address, posted_from, posted_to, file_name, file_sha256,
                                file_bytes, statement_sha256, created_by, created_by_name)
VALUES (:result, :place, :address, :posted_from, :posted_to, :file_name, :file_sha256, :file_bytes, :statement, :user,
        :name) RETURNING id
"""


def _insert(
    session: Session, actor: Actor, held: ResultView, posting: NewPosting, now: datetime, sent: SentFile | None
) -> PostingReceipt:
    file = _kept(sent)
    of = round_of_result(session, held)
    # No name of a person: the statement is everybody's, the log knows who wrote it.
    statement: dict[str, Any] = {
        "statement": STATEMENT,
        "organisation": {"code": held.organisation_code, "name_th": held.organisation_name},
        "round": {"fiscal_year_be": held.fiscal_year_be, "period": held.period, "name_th": of.rule.name_th},
        "reported_year_be": of.reported_year_be,
        "version": held.version,
        "content_sha256": held.content_sha256,
        "files_sha256": {name: one.sha256 for name, one in files_of(session, held.id).items()},
        "place": posting.place,
        "address": normalise(posting.address.strip()),
        "from": posting.posted_from.isoformat(),
        "to": posting.posted_to.isoformat() if posting.posted_to else None,
        "evidence_sha256": file["file_sha256"],
        "recorded_at": now.isoformat(timespec="microseconds"),
    }
    sha256 = keep_text(session, sealed_form(statement))
    values = {
        "result": held.id,
        "place": posting.place,
        "address": statement["address"],
        "posted_from": posting.posted_from,
        "posted_to": posting.posted_to,
        "statement": sha256,
        "user": actor.user_id,
        "name": actor.display_name,
        **file,
    }
    made = session.scalar(sa.text(_INSERT), values)
    return PostingReceipt(int(made or 0), sha256)


def _kept(sent: SentFile | None) -> dict[str, Any]:
    if sent is None:
        return dict.fromkeys(("file_name", "file_sha256", "file_bytes"))
    content = sent.path.read_bytes()
    ending = evidence_ending(content)
    if ending is None:
        raise InvalidInput([Problem("evidence_kind", where={"field": "file"})])
    name = normalise(Path(sent.name.replace("\\", "/")).name)[:NAME_LENGTH] or f"evidence{ending}"
    return {"file_name": name, "file_sha256": keep_file(sent.folder, content, ending), "file_bytes": len(content)}


def evidence_ending(content: bytes) -> str | None:
    """What a file is, by what is in it; ``None`` when it is neither PDF nor picture."""
    if is_pdf(content):
        return ".pdf"
    return next((ending for start, ending in _KINDS if content.startswith(start)), None)

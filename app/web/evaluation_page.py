"""What the pages of rounds of monitoring and evaluation show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Visibility
from app.errors import NotFound
from app.queries.evaluations import PostingView, ResultView, Seal, files_of, postings_of, result, results_of, seal_of
from app.services import money_rules
from app.services.evaluation_content import changed_works, differences
from app.services.evaluation_files import sealed_content, waiting_job
from app.services.evaluation_postings import PLATFORM
from app.services.evaluation_rules import Clock, Posted, Round, begun_round, clocks, rounds_of
from app.services.evaluations import draft_content, target_of
from app.web.context import current
from app.web.evaluation_words import clock_lines

PAGE_ROWS = 50


@dataclass(frozen=True)
class RoundLine:
    """A round of a year with its versions, the newest first, and its clocks."""

    of: Round
    versions: Sequence[ResultView]
    clocks: list[dict[str, Any]]
    may_begin: bool


def staff() -> bool:
    """True when drafts and clocks are for these eyes."""
    return policy.visibility(current().actor) is Visibility.STAFF


def found_result(session: Session, result_id: int) -> ResultView:
    """A version that the person may read.

    Raises
    ------
    NotFound
        ``evaluation_not_found``: not there, or not announced and the person is no staff.
    """
    held = result(session, result_id)
    if held is None or (held.status != "ANNOUNCED" and not staff()):
        raise NotFound("evaluation_not_found", {"evaluation": result_id})
    return held


def round_lines(session: Session, organisation_code: str, year_be: int) -> list[RoundLine]:
    """Rounds of a fiscal year as they stand today."""
    versions = results_of(session, organisation_code, year_be=year_be)
    lines = []
    for of in rounds_of(session, year_be):
        own = [one for one in versions if one.period == of.period]
        standing = clock_lines(round_clocks(session, of, own, money_rules.today()), of.rule)
        lines.append(RoundLine(of, own, standing, not own and money_rules.today() >= of.opens_on))
    return lines


def round_clocks(session: Session, of: Round, versions: Sequence[ResultView], day: date) -> tuple[Clock, Clock, Clock]:
    """Clocks of a round: those of the version that was announced first; before that, of the one on its way."""
    announced = [one for one in versions if one.status == "ANNOUNCED"]
    standing = min(announced, key=lambda one: one.version) if announced else (versions[0] if versions else None)
    postings = postings_of(session, *(one.id for one in announced))
    posted = [Posted(one.posted_from, one.posted_to) for one in postings if one.withdrawn_at is None]
    return clocks(
        of,
        submitted_on=standing.submitted_on if standing else None,
        announced_on=standing.announced_on if standing else None,
        posted=posted,
        today=day,
        recorded_on=recorded_on(postings, standing.id) if standing else None,
    )


def recorded_on(postings: Sequence[PostingView], result_id: int) -> date | None:
    """The day on which an announcement was written down: the platform's own posting begins with it."""
    return next((p.posted_from for p in postings if p.evaluation_result_id == result_id and p.place == PLATFORM), None)


def result_values(session: Session, held: ResultView, page: int) -> dict[str, Any]:
    """Everything that the page of a version shows."""
    of = begun_round(session, held.fiscal_year_be, held.period)
    content = draft_content(session, held) if held.content_sha256 is None else sealed_content(session, held)
    inside = staff()
    now = draft_content(session, held) if inside and held.content_sha256 and of else None
    versions = results_of(session, held.organisation_code, year_be=held.fiscal_year_be, announced=not inside)
    versions = [one for one in versions if one.period == held.period]
    works = content["works"]
    postings = postings_of(session, held.id)
    return {
        "held": held,
        "of": of,
        "content": content,
        "works": works[(page - 1) * PAGE_ROWS : page * PAGE_ROWS],
        "page": page,
        "pages": max(-(-len(works) // PAGE_ROWS), 1),
        "versions": versions,
        "files": files_of(session, held.id),
        "job": waiting_job(session, held.id) if inside else None,
        "postings": [posting_line(session, one) for one in postings],
        "recorded_on": recorded_on(postings, held.id),
        "clocks": clock_lines(round_clocks(session, of, versions, money_rules.today()), of.rule) if of else [],
        "differences": differences(content, now) if now else [],
        "changed": changed_works(content, now) if now else {},
        "seal": content_seal(session, held),
        "may": may(current().actor, held),
        "staff": inside,
        "today": money_rules.today(),
    }


def may(actor: Actor, held: ResultView) -> dict[str, bool]:
    """What the person may do with a version now."""
    target = target_of(held)
    write = policy.may(actor, policy.EVALUATION_WRITE, target)
    publish = policy.may(actor, policy.EVALUATION_PUBLISH, target)
    other = actor.user_id is None or actor.user_id != held.sealed_by
    return {
        "write": write and held.status == "DRAFT",
        "decide": publish and other and held.status == "PROPOSED",
        "announce": publish and other and held.status == "SUBMITTED",
        "own": publish and not other and held.status in ("PROPOSED", "SUBMITTED"),
        "post": held.status == "ANNOUNCED" and policy.may(actor, policy.EVALUATION_POST, target),
        "again": write and held.status in ("RETURNED", "ANNOUNCED") and not held.replaced,
        "print": held.content_sha256 is not None and policy.may(actor, policy.EVALUATION_POST, target),
    }


def posting_line(session: Session, one: PostingView) -> dict[str, Any]:
    """A posting with the proof of its line in the change log."""
    holds = json.dumps({"statement_sha256": one.statement_sha256})
    return {"posting": one, "seal": seal_of(session, "evaluation_posting", one.id, holds)}


def content_seal(session: Session, held: ResultView) -> Seal | None:
    """Where the log tells that the content was sealed."""
    if held.content_sha256 is None:
        return None
    holds = json.dumps({"content_sha256": held.content_sha256})
    return seal_of(session, "evaluation_result", held.id, holds)

"""What people say of two works at one place: answer, confirm, return, appeal. Steps are added and never changed.

Whoever draws or plans a work of either organisation answers; the officer of the province confirms, or returns the pair
with a reason; the organisation that did not answer appeals with an answer of its own, and the province upholds or
dismisses the appeal, with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, InvalidInput, NotFound
from app.models.duplicate import ANSWERS
from app.services.attachment_files import KeptPaper, keep_paper
from app.services.money_rules import LONG_TEXT_LENGTH, check_choice, check_text, is_blank
from app.services.project_locks import mark_on_behalf
from gis.problems import Problem
from gis.thai import normalise

ACTS = ("answer", "confirm", "return", "appeal", "uphold", "dismiss")
HEARING = ("uphold", "dismiss")
"""Steps that end an appeal: what was appealed for holds, or what was answered before."""
EXPLAINED = ("return", "appeal", *HEARING)
"""Steps that say why."""
# The steps that each status lets through.
_POSSIBLE = {
    "open": ("answer",),
    "answered": ("answer", "confirm", "return", "appeal"),
    "confirmed": ("appeal", "return"),
    "appealed": (*HEARING, "return"),
}
_LEADS_TO = {
    "answer": "answered",
    "confirm": "confirmed",
    "return": "open",
    "appeal": "appealed",
    "uphold": "confirmed",
    "dismiss": "confirmed",
}
# Steps that end with an answer of the province, which nobody gives on an answer of their own.
_SETTLES = frozenset({"confirm", *HEARING})


@dataclass(frozen=True)
class Said:
    """What somebody says.

    Parameters
    ----------
    act
        One of :data:`ACTS`.
    answer
        One of :data:`app.models.duplicate.ANSWERS`; a confirmation without one confirms the answer that stands. An
        appeal that is heard has its answer already: none is given.
    note, document
        Why, and the reference of a paper.
    attachment_id
        Picture of one of the two works that shows the paper or the place.
    organisation_code
        For which of the two organisations, where the person works for both.
    """

    act: str
    answer: str | None = None
    note: str | None = None
    document: str | None = None
    attachment_id: int | None = None
    organisation_code: str | None = None


@dataclass(frozen=True)
class SentPaper:
    """A file that came with a step: where it lies for now, the name it was sent under, and the folder to keep it in."""

    path: Path
    name: str
    folder: Path


@dataclass(frozen=True)
class DecisionReceipt:
    """The step that was written, and how the pair stands."""

    id: int
    pair_id: int
    status: str
    row_version: int


@dataclass(frozen=True)
class HeldPair:
    """A pair whose row this transaction has locked; ``targets`` of its two works, their organisations first.

    ``appeal`` and ``appeal_for`` are the answer of the newest appeal and whose it is.
    ``spoke`` are the people who answered or appealed since it was open last: an answer that was appealed against may
    still be the one that is confirmed, so none of them decides.
    """

    id: int
    project_a: int
    project_b: int
    status: str
    answer: str | None
    answered_for: str | None
    row_version: int
    targets: tuple[Target, Target]
    spoke: frozenset[int]
    appeal: str | None
    appeal_for: str | None

    @property
    def organisations(self) -> tuple[str | None, ...]:
        """Codes of the organisations, one of them when both works are its own."""
        return tuple(dict.fromkeys(target.organisation_code for target in self.targets))


_HELD = """
SELECT d.id, d.project_a, d.project_b, d.status, d.answer, d.answered_for, d.row_version,
       oa.code AS a_code, oa.province_code AS a_province, oa.amphoe_code AS a_amphoe,
       ob.code AS b_code, ob.province_code AS b_province, ob.amphoe_code AS b_amphoe,
       ARRAY(SELECT e.created_by FROM duplicate_decision e
             WHERE e.pair_id = d.id AND e.act IN ('answer', 'appeal') AND e.created_by IS NOT NULL
               AND e.id > coalesce((SELECT max(o.id) FROM duplicate_decision o
                                    WHERE o.pair_id = d.id AND o.act IN ('return', 'reopen')), 0)) AS spoke,
       p.answer AS appeal, p.organisation_code AS appeal_for
FROM duplicate_pair d
JOIN project a ON a.id = d.project_a JOIN organisation oa ON oa.code = a.organisation_code
JOIN project b ON b.id = d.project_b JOIN organisation ob ON ob.code = b.organisation_code
LEFT JOIN LATERAL (
    SELECT e.answer, e.organisation_code FROM duplicate_decision e
    WHERE e.pair_id = d.id AND e.act = 'appeal' ORDER BY e.id DESC LIMIT 1
) p ON true
WHERE d.id = :id
"""


def possible_acts(actor: Actor, pair: HeldPair) -> tuple[str, ...]:
    """Steps that this person may take now, for buttons and forms."""
    return tuple(
        act for act in _POSSIBLE[pair.status] if _sides(actor, pair, act) and _objection(actor, pair, act) is None
    )


def look_at_pair(session: Session, pair_id: int) -> HeldPair:
    """A pair as :func:`decide` sees it, without the lock.

    Raises
    ------
    NotFound
        ``duplicate_not_found``.
    """
    return _held(session, pair_id)


def decide(
    session: Session,
    actor: Actor,
    pair_id: int,
    said: Said,
    *,
    if_match_version: int | None = None,
    drawn: int | None = None,
    paper: SentPaper | None = None,
) -> DecisionReceipt:
    """Add a step to a pair.

    Parameters
    ----------
    if_match_version
        ``row_version`` that the person saw; ``None`` where nobody looked at one.
    drawn
        Number of the project whose drawing it is about: it holds for the shape that is stored next.
    paper
        The paper itself, a PDF; kept only when the step is.

    Raises
    ------
    NotFound, Forbidden
        No such pair; not allowed for either of its organisations.
    Conflict
        ``duplicate_changed``: somebody else said something, or the works were compared again.
    InvalidInput
        Everything that is wrong with what was said, at once.
    """
    # Locked first and read afterwards: what was said by the one who held the lock belongs to what is read.
    session.execute(sa.text("SELECT 1 FROM duplicate_pair WHERE id = :id FOR UPDATE"), {"id": pair_id})
    pair = _held(session, pair_id)
    sides = _sides(actor, pair, said.act)
    if not sides:
        policy.require(actor, _action(said.act), pair.targets[0])
        policy.require(actor, _action(said.act), pair.targets[1])
    if if_match_version is not None and if_match_version != pair.row_version:
        raise Conflict("duplicate_changed", {"current": f'"d{pair.row_version}"'})
    problems = [*_readable(session, pair, said), *_fitting(actor, pair, said)]
    if problems:
        raise InvalidInput(problems)
    kept = keep_paper(session, paper.folder, paper.path, paper.name) if paper else None
    return _write(session, actor, pair, said, _chosen(sides, said), drawn, kept)


def _action(act: str) -> str:
    return policy.DUPLICATE_CONFIRM if act == "return" or act in _SETTLES else policy.DUPLICATE_ANSWER


def _sides(actor: Actor, pair: HeldPair, act: str) -> list[str]:
    """Organisations of the pair for which the person may do it; of an appeal those whose answer does not stand."""
    allowed = [
        target.organisation_code
        for target in dict.fromkeys(pair.targets)
        if target.organisation_code is not None and policy.may(actor, _action(act), target)
    ]
    if act == "appeal" and pair.status == "answered":
        return [code for code in allowed if code != pair.answered_for]
    if act == "answer" and pair.status == "answered" and pair.answered_for in allowed:
        return [code for code in allowed if code == pair.answered_for]
    # A person's own organisation goes before one that is entered for.
    return sorted(allowed, key=lambda code: code not in actor.organisation_codes)


def _objection(actor: Actor, pair: HeldPair, act: str) -> Problem | None:
    """What stands against a step that the person may take as such."""
    if act in _SETTLES and actor.user_id in pair.spoke:
        return Problem("duplicate_own_answer", where={"field": "act"})
    if act == "answer" and pair.status == "answered" and pair.answered_for not in _sides(actor, pair, act):
        return Problem("duplicate_answered_by_other", where={"field": "answer"})
    if act == "appeal" and _sides(actor, pair, "confirm"):
        return Problem("duplicate_judge_appeals", where={"field": "act"})
    if act == "appeal" and len(pair.organisations) == 1:
        return Problem("duplicate_one_organisation", where={"field": "act"})
    return None


def _readable(session: Session, pair: HeldPair, said: Said) -> list[Problem]:
    problems = [
        *check_choice("act", said.act, ACTS),
        *check_choice("answer", said.answer, ANSWERS),
        *check_text("note", said.note, limit=LONG_TEXT_LENGTH),
        *check_text("document", said.document),
    ]
    if said.act in EXPLAINED and is_blank(said.note):
        problems.append(Problem("duplicate_reason_missing", where={"field": "note"}))
    if said.act in ("answer", "appeal") and not said.answer:
        problems.append(Problem("duplicate_answer_missing", where={"field": "answer"}))
    if said.attachment_id is not None and not session.scalar(
        sa.text("SELECT true FROM attachment WHERE id = :id AND project_id IN (:a, :b) AND removed_at IS NULL"),
        {"id": said.attachment_id, "a": pair.project_a, "b": pair.project_b},
    ):
        problems.append(Problem("duplicate_attachment_unknown", where={"field": "attachment_id"}))
    if said.organisation_code is not None and said.organisation_code not in pair.organisations:
        problems.append(Problem("duplicate_organisation_unknown", where={"field": "organisation"}))
    return problems


def _fitting(actor: Actor, pair: HeldPair, said: Said) -> list[Problem]:
    """Whether the step follows from how the pair stands."""
    if said.act not in ACTS:
        return []
    if said.act not in _POSSIBLE[pair.status]:
        values = {"status": pair.status, "act": said.act}
        return [Problem("duplicate_step_impossible", where={"field": "act"}, values=values)]
    found = [problem for problem in [_objection(actor, pair, said.act)] if problem is not None]
    if said.act == "appeal" and said.answer is not None and said.answer == pair.answer:
        found.append(Problem("duplicate_same_answer", where={"field": "answer"}))
    if said.act in HEARING and said.answer is not None:
        found.append(Problem("duplicate_hearing_answers", where={"field": "answer"}))
    return found


def _chosen(sides: Sequence[str], said: Said) -> str:
    return next((code for code in sides if code == said.organisation_code), sides[0])


# A step that does not know a shape yet (``drawn``: the work is being drawn) takes the one that is stored next.
_WRITE = """
WITH step AS (
    INSERT INTO duplicate_decision (pair_id, project_a, project_b, act, answer, status, note, document, attachment_id,
                                    file_name, file_sha256, file_bytes, organisation_code, created_by,
                                    created_by_name, on_behalf_of)
    VALUES (:pair, :a, :b, :act, :said, :status, :note, :document, :attachment, :file_name, :file_sha256, :file_bytes,
            :organisation, :user, :name, :behalf)
    RETURNING id
)
UPDATE duplicate_pair
SET status = :status, answer = :answer, answered_for = :answered_for, row_version = row_version + 1,
    decided_a = CASE WHEN :drawn = project_a THEN NULL ELSE shape_a END,
    decided_b = CASE WHEN :drawn = project_b THEN NULL ELSE shape_b END
FROM step WHERE duplicate_pair.id = :pair
RETURNING step.id, status, row_version
"""


def _write(
    session: Session,
    actor: Actor,
    pair: HeldPair,
    said: Said,
    organisation: str,
    drawn: int | None,
    paper: KeptPaper | None,
) -> DecisionReceipt:
    of_province = _action(said.act) == policy.DUPLICATE_CONFIRM
    behalf = None if of_province else mark_on_behalf(session, actor, organisation)
    given = _given(pair, said)
    # An appeal waits: until it is decided the answer that was given before stands.
    stands = pair.answer if said.act == "appeal" else given
    whose = {"answer": organisation, "uphold": pair.appeal_for}.get(said.act, pair.answered_for)
    row = session.execute(
        sa.text(_WRITE),
        {
            "pair": pair.id,
            "a": pair.project_a,
            "b": pair.project_b,
            "act": said.act,
            "said": given,
            "status": _LEADS_TO[said.act],
            "answer": stands,
            "answered_for": whose if stands else None,
            "note": normalise(said.note or "") or None,
            "document": normalise(said.document or "") or None,
            "attachment": said.attachment_id,
            "file_name": paper.file_name if paper else None,
            "file_sha256": paper.sha256 if paper else None,
            "file_bytes": paper.byte_count if paper else None,
            "organisation": organisation,
            "user": actor.user_id,
            "name": actor.display_name,
            "behalf": behalf,
            "drawn": drawn or 0,
        },
    ).one()
    return DecisionReceipt(row.id, pair.id, row.status, row.row_version)


def _given(pair: HeldPair, said: Said) -> str | None:
    """The answer that a step gives."""
    if said.act == "return":
        return None
    return pair.appeal if said.act == "uphold" else said.answer or pair.answer


def _held(session: Session, pair_id: int) -> HeldPair:
    row: Any = session.execute(sa.text(_HELD), {"id": pair_id}).one_or_none()
    if row is None:
        raise NotFound("duplicate_not_found", {"pair": pair_id})
    return HeldPair(
        row.id,
        row.project_a,
        row.project_b,
        row.status,
        row.answer,
        row.answered_for,
        row.row_version,
        (Target(row.a_code, row.a_province, row.a_amphoe), Target(row.b_code, row.b_province, row.b_amphoe)),
        frozenset(row.spoke),
        row.appeal,
        row.appeal_for,
    )

"""The yearly score of a province's officers: points of the province, appeals, formulas, and the end of the year.

What the system measures is never written by anybody (:mod:`app.queries.score_measures`); an appeal that is upheld is
followed by a mended record or another mark, never by points written over a figure.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import NATION, Target
from app.errors import Conflict, Forbidden, NotFound
from app.models.score import OUTCOMES, PARTS
from app.queries.score_measures import MEASURES
from app.queries.scores import (
    PART_POINTS,
    Criterion,
    Score,
    keep_lines,
    officers,
    score_of,
)
from app.services.money_rules import LONG_TEXT_LENGTH, check_choice, check_text, last_day, refuse
from gis.problems import Problem
from gis.thai import fiscal_year_be, normalise

MOST_CRITERIA = 20
_CENT = Decimal("0.01")
_PART_WORDS = {
    "SYSTEM": {"part_th": "ส่วนที่ 1 จากข้อมูลในระบบ", "part_en": "part 1 (measured by the system)"},
    "PROVINCE": {"part_th": "ส่วนที่ 2 จังหวัดให้คะแนน", "part_en": "part 2 (given by the province)"},
}


@dataclass(frozen=True)
class ScoreReceipt:
    """The sheet that was written, and its version."""

    id: int
    row_version: int


@dataclass(frozen=True)
class FormulaReceipt:
    """The version that was published."""

    version: int
    valid_from_be: int


@dataclass(frozen=True)
class NewCriterion:
    """A criterion of a formula as the department says it."""

    code: str
    part: str
    points: Decimal
    name_th: str
    name_en: str | None = None
    days: int | None = None


def read_score(session: Session, actor: Actor, province_code: str, year_be: int, *, today: date) -> Score:
    """A province's score, for those who judge and those who are judged there.

    Raises
    ------
    NotFound, Forbidden
        No such province or no formula for the year; not allowed.
    """
    policy.require(actor, policy.SCORE_READ, Target(province_code=province_code))
    found = score_of(session, province_code, year_be, today)
    if found is None:
        raise NotFound("score_not_found", {"province": province_code, "fiscal_year_be": year_be})
    return found


def give_points(
    session: Session,
    actor: Actor,
    province_code: str,
    year_be: int,
    *,
    criterion: str,
    points: Decimal,
    remark: str,
    today: date,
) -> ScoreReceipt:
    """Points of the province for a criterion, by its head and for a reason; said again, the newer word holds.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such score; not the head of this province, or scored there; the year is final.
    InvalidInput
        No criterion of the province; points outside; no remark.
    """
    policy.require(actor, policy.SCORE_GIVE, Target(province_code=province_code))
    # The department reads what a province gave; it gives nothing in its place.
    if province_code not in policy.own_scope(actor).provinces:
        raise Forbidden("forbidden", {"action": policy.SCORE_GIVE, "roles": ["PROV_HEAD"]})
    score = _held(session, actor, province_code, year_be, today)
    _not_oneself(session, actor, score)
    known = {one.code: one for one in score.formula.of("PROVINCE")}
    problems = [*_unknown(criterion, known), *check_text("remark", remark, required=True, limit=LONG_TEXT_LENGTH)]
    if criterion in known:
        problems += _check_points("points", points, known[criterion].points, least=Decimal(0))
    refuse(problems)
    _write_mark(session, actor, score, criterion, points, remark)
    return _touched(session, score)


def _write_mark(session: Session, actor: Actor, score: Score, criterion: str, points: Decimal, remark: str) -> None:
    session.execute(
        sa.text(
            "INSERT INTO score_mark (sheet_id, criterion, points, remark, marked_by, marked_by_name)"
            " VALUES (:sheet, :criterion, :points, :remark, :user, :name)"
            " ON CONFLICT (sheet_id, criterion) DO UPDATE SET points = excluded.points, remark = excluded.remark,"
            " marked_by = excluded.marked_by, marked_by_name = excluded.marked_by_name, marked_at = now()"
        ),
        {"sheet": score.id, "criterion": criterion, "points": points, "remark": normalise(remark), **_by(actor)},
    )


def appeal(
    session: Session, actor: Actor, province_code: str, year_be: int, *, criterion: str, reason: str, today: date
) -> ScoreReceipt:
    """An officer of the province says why a criterion is scored wrongly.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such score; no officer of the province in the year; final, or an appeal against it is open.
    InvalidInput
        No such criterion; no reason.
    """
    policy.require(actor, policy.SCORE_APPEAL, Target(province_code=province_code))
    if actor.user_id not in {one.user_id for one in officers(session, province_code, year_be)}:
        raise Forbidden("forbidden", {"action": policy.SCORE_APPEAL})
    score = _held(session, actor, province_code, year_be, today)
    known = {one.code: one for one in score.formula.criteria}
    refuse([*_unknown(criterion, known), *check_text("reason", reason, required=True, limit=LONG_TEXT_LENGTH)])
    waiting = sa.text("SELECT 1 FROM score_appeal WHERE sheet_id = :sheet AND criterion = :code AND outcome IS NULL")
    if session.scalar(waiting, {"sheet": score.id, "code": criterion}):
        raise Conflict("score_appeal_open")
    session.execute(
        sa.text(
            "INSERT INTO score_appeal (sheet_id, criterion, reason, created_by, created_by_name)"
            " VALUES (:sheet, :criterion, :reason, :user, :name)"
        ),
        {"sheet": score.id, "criterion": criterion, "reason": normalise(reason), **_by(actor)},
    )
    return _touched(session, score)


def answer_appeal(
    session: Session,
    actor: Actor,
    province_code: str,
    year_be: int,
    appeal_id: int,
    *,
    outcome: str,
    answer: str,
    points: Decimal | None = None,
    today: date,
) -> ScoreReceipt:
    """The head of the province answers for its own points, the department for what the system measured.

    An appeal against the province's points is upheld with the new points (or after they were given anew): a word that
    changes nothing would end the matter as it was.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such appeal; not allowed or scored oneself; answered already, or the year is final.
    InvalidInput
        No known outcome; no answer; upheld and the points stay; points where there is nothing to give.
    """
    policy.require(actor, policy.SCORE_GIVE, Target(province_code=province_code))
    score = _held(session, actor, province_code, year_be, today)
    _not_oneself(session, actor, score)
    refuse(
        [
            *check_choice("outcome", outcome, OUTCOMES),
            *check_text("answer", answer, required=True, limit=LONG_TEXT_LENGTH),
        ]
    )
    row = session.execute(
        sa.text(
            "SELECT criterion, outcome, created_at FROM score_appeal WHERE id = :id AND sheet_id = :sheet FOR UPDATE"
        ),
        {"id": appeal_id, "sheet": score.id},
    ).one_or_none()
    if row is None:
        raise NotFound("score_appeal_not_found", {"appeal": appeal_id})
    if row.criterion in {one.code for one in score.formula.of("SYSTEM")}:
        policy.require(actor, policy.SCORE_SETTLE, NATION)
    if row.outcome is not None:
        raise Conflict("score_appeal_answered")
    _settle_points(session, actor, score, row, outcome == "UPHELD", points, answer)
    session.execute(
        sa.text(
            "UPDATE score_appeal SET outcome = :outcome, answer = :answer, answered_at = now(), answered_by = :user,"
            " answered_by_name = :name WHERE id = :id"
        ),
        {"id": appeal_id, "outcome": outcome, "answer": normalise(answer), **_by(actor)},
    )
    return _touched(session, score)


def _settle_points(
    session: Session, actor: Actor, score: Score, appealed: Any, upheld: bool, points: Decimal | None, answer: str
) -> None:
    """The points that an upheld appeal asks for, said in the same breath."""
    criterion = {one.code: one for one in score.formula.of("PROVINCE")}.get(appealed.criterion)
    if points is not None and (criterion is None or not upheld):
        refuse([Problem("score_points_of_upheld_only", where={"field": "points"})])
    if criterion is None or not upheld:
        return
    held = score.marks.get(criterion.code)
    if points is None and held is not None and held.marked_at > appealed.created_at:
        return
    if points is None or (held is not None and points == held.points):
        values = {"limit": f"{float(criterion.points):g}", "held": f"{held.points:.2f}" if held else None}
        refuse([Problem("score_upheld_needs_points", where={"field": "points"}, values=values)])
        return
    if score.province_code not in policy.own_scope(actor).provinces:
        raise Forbidden("forbidden", {"action": policy.SCORE_GIVE, "roles": ["PROV_HEAD"]})
    refuse(_check_points("points", points, criterion.points, least=Decimal(0)))
    _write_mark(session, actor, score, criterion.code, points, answer)


def finalise(session: Session, actor: Actor, province_code: str, year_be: int, *, today: date) -> ScoreReceipt:
    """The department ends the year of a province: figures, formula and rows are kept as they stand on this day.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such score; not the department; final already, year not over, points or answers missing, nothing measured.
    """
    policy.require(actor, policy.SCORE_SETTLE, NATION)
    _count_changed(session, province_code)
    score = _held(session, actor, province_code, year_be, today)
    _not_oneself(session, actor, score)
    if today <= last_day(year_be):
        raise Conflict("score_year_open", {"fiscal_year_be": year_be, "last": last_day(year_be).isoformat()})
    missing = sum(one.code not in score.marks for one in score.formula.of("PROVINCE"))
    if missing or score.open_appeals:
        raise Conflict("score_incomplete", {"marks": missing, "appeals": score.open_appeals})
    if score.system is None:
        raise Conflict("score_not_measured")
    figures = _figures(session, score, keep_lines(session, score.id or 0, score, today))
    session.execute(
        sa.text(
            "UPDATE score_sheet SET formula_version = :version, figures = CAST(:figures AS jsonb), sha256 = :sha256,"
            " finalised_at = now(), finalised_by = :user, finalised_by_name = :name, row_version = row_version + 1"
            " WHERE id = :id"
        ),
        {
            "id": score.id,
            "version": score.formula.version,
            "figures": json.dumps(figures, ensure_ascii=False),
            "sha256": digest(figures),
            **_by(actor),
        },
    )
    return ScoreReceipt(score.id or 0, score.row_version + 1)


def _count_changed(session: Session, province_code: str) -> None:
    """What the province's organisations entered a moment ago is counted before anything is kept."""
    session.execute(
        sa.text(
            "SELECT refresh_completeness(1, true, c.code) FROM (SELECT DISTINCT o.code FROM completeness_dirty d"
            " JOIN organisation o ON o.code = d.organisation_code WHERE o.province_code = :province) AS c"
        ),
        {"province": province_code},
    )


def digest(figures: dict[str, Any]) -> str:
    """SHA-256 of final figures (with the digest of their rows): what a copy on paper can be compared with."""
    return hashlib.sha256(json.dumps(figures, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def publish_formula(
    session: Session,
    actor: Actor,
    *,
    valid_from_be: int,
    criteria: Sequence[NewCriterion],
    note: str | None = None,
    today: date,
) -> FormulaReceipt:
    """Another version of the formula, for a fiscal year that has not begun; earlier years keep theirs.

    Raises
    ------
    Forbidden
        Not the department.
    InvalidInput
        A year that has begun; parts that do not add up to 50; unknown measures, points or days outside.
    """
    policy.require(actor, policy.SCORE_SETTLE, NATION)
    refuse(_check_formula(valid_from_be, criteria, note, today))
    session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('score_formula', 0))"))
    version = int(session.scalar(sa.text("SELECT coalesce(max(version), 0) + 1 FROM score_formula")) or 1)
    session.execute(
        sa.text(
            "INSERT INTO score_formula (version, valid_from_be, note, created_by, created_by_name)"
            " VALUES (:version, :year, :note, :user, :name)"
        ),
        {"version": version, "year": valid_from_be, "note": normalise(note or "") or None, **_by(actor)},
    )
    session.execute(
        sa.text(
            "INSERT INTO score_criterion (version, code, part, seq, points, days, name_th, name_en)"
            " VALUES (:version, :code, :part, :seq, :points, :days, :name_th, :name_en)"
        ),
        [
            {
                "version": version, "seq": number * 10, "code": one.code, "part": one.part, "points": one.points,
                "days": one.days, "name_th": normalise(one.name_th), "name_en": normalise(one.name_en or "") or None,
            }
            for number, one in enumerate(criteria, start=1)
        ],
    )  # fmt: skip
    return FormulaReceipt(version, valid_from_be)


def _check_formula(
    valid_from_be: int, criteria: Sequence[NewCriterion], note: str | None, today: date
) -> list[Problem]:
    problems = check_text("note", note, limit=LONG_TEXT_LENGTH)
    earliest = fiscal_year_be(today) + 1
    if not earliest <= valid_from_be <= earliest + 5:
        problems.append(Problem("score_formula_year", where={"field": "valid_from_be"}, values={"earliest": earliest}))
    for code in [code for code, count in Counter(one.code for one in criteria).items() if count > 1][:MOST_CRITERIA]:
        problems.append(Problem("score_criterion_twice", where={"field": "criteria"}, values={"code": code[:40]}))
    for row, one in enumerate(criteria[:MOST_CRITERIA], start=1):
        problems += [Problem(p.code, p.level, {**p.where, "row": row}, p.values) for p in _check_criterion(one)]
    for part in PARTS:
        total = sum((one.points for one in criteria if one.part == part and one.points.is_finite()), Decimal(0))
        if total != PART_POINTS or len(criteria) > MOST_CRITERIA:
            values = {"part": part, **_PART_WORDS[part], "total": f"{total:f}"[:20]}
            problems.append(Problem("score_sum", where={"field": "criteria"}, values=values))
    return problems


def _check_criterion(one: NewCriterion) -> list[Problem]:
    problems = [
        *check_choice("part", one.part, PARTS),
        *check_text("code", one.code, required=True, limit=40),
        *check_text("name_th", one.name_th, required=True),
        *check_text("name_en", one.name_en),
        *_check_points("points", one.points, PART_POINTS, least=_CENT),
    ]
    measured = one.part == "SYSTEM"
    if measured != (one.code in MEASURES):
        allowed = ", ".join(MEASURES) if measured else "–"
        values = {"given": one.code[:40], "allowed": allowed}
        problems.append(Problem("score_criterion_unknown", where={"field": "code"}, values=values))
    timed = measured and one.code in MEASURES and MEASURES[one.code].timed
    if (one.days is None) == timed or (one.days is not None and not 1 <= one.days <= 365):
        problems.append(Problem("score_days", where={"field": "days"}))
    return problems


def _check_points(field: str, points: Decimal, limit: Decimal, *, least: Decimal) -> list[Problem]:
    sound = points.is_finite() and least <= points <= limit and points == points.quantize(_CENT)
    return (
        []
        if sound
        else [Problem("score_points_outside", where={"field": field}, values={"limit": f"{float(limit):g}"})]
    )


def _unknown(given: str, known: dict[str, Criterion]) -> list[Problem]:
    if given in known:
        return []
    values = {"given": given[:40], "allowed": ", ".join(known)}
    return [Problem("score_criterion_unknown", where={"field": "criterion"}, values=values)]


def _held(session: Session, actor: Actor, province_code: str, year_be: int, today: date) -> Score:
    """The sheet of a province, made when there is none yet, and nobody else's until the transaction ends."""
    read_score(session, actor, province_code, year_be, today=today)
    asked = {"year": year_be, "province": province_code}
    session.execute(
        sa.text(
            "INSERT INTO score_sheet (fiscal_year_be, province_code) VALUES (:year, :province) ON CONFLICT DO NOTHING"
        ),
        asked,
    )
    session.execute(
        sa.text("SELECT 1 FROM score_sheet WHERE fiscal_year_be = :year AND province_code = :province FOR UPDATE"),
        asked,
    )
    score = score_of(session, province_code, year_be, today)
    if score is None:
        raise NotFound("score_not_found", {"province": province_code, "fiscal_year_be": year_be})
    if score.finalised_at is not None:
        raise Conflict("score_final", {"fiscal_year_be": year_be})
    return score


def _by(actor: Actor) -> dict[str, Any]:
    return {"user": actor.user_id, "name": actor.display_name}


def _not_oneself(session: Session, actor: Actor, score: Score) -> None:
    scored = {one.user_id for one in officers(session, score.province_code, score.fiscal_year_be)}
    if actor.user_id in scored:
        raise Forbidden("score_own")


def _touched(session: Session, score: Score) -> ScoreReceipt:
    row = session.execute(
        sa.text("UPDATE score_sheet SET row_version = row_version + 1 WHERE id = :id RETURNING id, row_version"),
        {"id": score.id},
    ).one()
    return ScoreReceipt(row.id, row.row_version)


def _figures(session: Session, score: Score, rows_sha256: str) -> dict[str, Any]:
    """What is kept of a final year: plain values, so that their digest can be taken again."""
    return {
        "fiscal_year_be": score.fiscal_year_be,
        "province": score.province_code,
        "formula": score.formula.version,
        "criteria": {
            one.criterion.code: {"done": one.done, "wanted": one.wanted, "rows": one.rows} for one in score.figures
        },
        "marks": {code: str(mark.points) for code, mark in score.marks.items()},
        "system": str(score.system),
        "province_points": str(score.province),
        "total": str(score.total),
        "officers": [one.name for one in officers(session, score.province_code, score.fiscal_year_be)],
        "rows_sha256": rows_sha256,
    }

"""Scores for programs: formulas for everybody, figures and their rows for those who judge and are judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import NotFound
from app.queries import scores as queries
from app.queries.scores import Criterion, Formula, Score, formulas, in_force, ranked, score_lines
from app.services import scores as service
from app.services.scores import NewCriterion, read_score
from app.web.completeness_words import topics
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, Param, api_route
from app.web.money_body import Body
from app.web.monitoring_request import PAGE, YEAR, today
from app.web.organisation_money import written
from app.web.params import string_schema, text_q
from app.web.score_words import line_address, line_subject

blueprint = Blueprint("score_json", __name__)

SCORES = "/api/v1/scores"
ONE = f"{SCORES}/<province_code>"
PAGE_ROWS = 50
CRITERION = Param("criterion", text_q, string_schema(maxLength=40), "Code of a criterion that the system measures")
MARK = Body({"criterion": "text", "points": "points", "remark": "text"}, frozenset({"criterion", "points", "remark"}))
APPEAL = Body({"criterion": "text", "reason": "text"}, frozenset({"criterion", "reason"}))
ANSWER = Body({"outcome": "text", "answer": "text", "points": "points"}, frozenset({"outcome", "answer"}))
FORMULA = Body(
    {"valid_from_be": "whole", "note": "text"},
    frozenset({"valid_from_be"}),
    {
        "criteria": Body(
            {
                "code": "text",
                "part": "text",
                "points": "points",
                "days": "whole",
                "name_th": "text",
                "name_en": "text",
            },
            frozenset({"code", "part", "points", "name_th"}),
        )
    },
)
_POINTS = {"type": ["number", "null"]}
_SCORE: dict[str, Any] = {
    "type": "object",
    "required": ["province_code", "fiscal_year_be", "system", "province", "total", "figures"],
    "properties": {
        "province_code": {"type": "string"},
        "fiscal_year_be": {"type": "integer"},
        "rank": {"type": ["integer", "null"], "description": "Equal totals share it; none without a total"},
        "formula": {"type": "integer"},
        "system": {**_POINTS, "description": "Of 50; null when nothing could be measured"},
        "province": {**_POINTS, "description": "Of 50; null until every criterion has its points"},
        "total": {**_POINTS, "description": "Of 100"},
        "figures": {"type": "array", "items": {"type": "object"}},
        "marks": {"type": "array", "items": {"type": "object"}},
        "finalised_at": {"type": ["string", "null"], "format": "date-time"},
        "sha256": {"type": ["string", "null"]},
    },
}
_ITEMS: dict[str, Any] = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "items": {"type": "object"}}},
}
_RECEIPT = {
    "type": "object",
    "required": ["id", "row_version"],
    "properties": {"id": {"type": "integer"}, "row_version": {"type": "integer"}},
}


def readable_provinces(actor: Actor) -> list[str] | None:
    """Provinces whose scores a person reads; ``None`` for all of them.

    Raises
    ------
    Forbidden
        Nobody's.
    """
    if policy.may(actor, policy.SCORE_READ, policy.NATION):
        return None
    own = [
        code
        for code in sorted(policy.own_scope(actor).provinces)
        if policy.may(actor, policy.SCORE_READ, Target(province_code=code))
    ]
    if not own:
        policy.require(actor, policy.SCORE_READ, policy.NATION)
    return own


def found_score(session: Session, province_code: str, year: int | None, day: date) -> Score:
    """A score that the person may read, of the running year when none is said."""
    return read_score(session, current().actor, province_code, year or current_fiscal_year_be(), today=day)


def measured(score: Score, code: str | None) -> Criterion:
    """A criterion of the part that the system measures, the first when none is said.

    Raises
    ------
    NotFound
        ``score_criterion_unknown``.
    """
    known = {one.code: one for one in score.formula.of("SYSTEM")}
    if code is not None and code not in known:
        raise NotFound("score_criterion_unknown", {"given": code[:40], "allowed": ", ".join(known)})
    return known[code] if code else next(iter(known.values()))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def formula_json(formula: Formula) -> dict[str, Any]:
    """A version as programs see it."""
    return {
        "version": formula.version,
        "valid_from_be": formula.valid_from_be,
        "note": formula.note,
        "criteria": [{**asdict(one), "points": float(one.points)} for one in formula.criteria],
    }


def score_json(score: Score, rank: int | None = None) -> dict[str, Any]:
    """A score as programs see it."""
    return {
        "province_code": score.province_code,
        "name_th": score.name_th,
        "fiscal_year_be": score.fiscal_year_be,
        "rank": rank,
        "formula": score.formula.version,
        "system": _number(score.system),
        "province": _number(score.province),
        "total": _number(score.total),
        "open_appeals": score.open_appeals,
        "figures": [
            {
                "criterion": one.criterion.code,
                "points": float(one.criterion.points),
                "done": one.done,
                "wanted": one.wanted,
                "rows": one.rows,
                "earned": _number(one.earned),
            }
            for one in score.figures
        ],
        "marks": [
            {"criterion": one.criterion, "points": float(one.points), "remark": one.remark}
            for one in score.marks.values()
        ],
        "finalised_at": score.finalised_at,
        "sha256": score.sha256,
    }


@api_route(
    blueprint,
    SCORES,
    access=Access.SIGNED_IN,
    params=(YEAR,),
    summary="Scores of one's own province, or of all with their ranks (the department)",
    response=_ITEMS,
)
def list_scores(fiscal_year: int | None) -> dict[str, Any]:
    """Ranked; provinces without a total stand last."""
    provinces = readable_provinces(current().actor)
    with current().database.reading() as session:
        found = queries.scores(session, fiscal_year or current_fiscal_year_be(), today(), provinces)
    lines = ranked(found)
    return {"items": [score_json(score, rank if provinces is None else None) for rank, score in lines]}


@api_route(
    blueprint,
    ONE,
    access=Access.SIGNED_IN,
    params=(YEAR,),
    summary="Score of a province: figures, points and totals",
    response=_SCORE,
)
def read_one(province_code: str, fiscal_year: int | None) -> dict[str, Any]:
    """Live until it is final."""
    with current().database.reading() as session:
        return score_json(found_score(session, province_code, fiscal_year, today()))


@api_route(
    blueprint,
    f"{ONE}/rows",
    access=Access.SIGNED_IN,
    params=(YEAR, CRITERION, PAGE),
    summary="Rows behind a figure, fifty a page",
    response={"type": "object", "properties": {**_ITEMS["properties"], "total": {"type": "integer"}}},
)
def read_rows(province_code: str, fiscal_year: int | None, criterion: str | None, page: int) -> dict[str, Any]:
    """What is missing first; of a final sheet the rows that were kept."""
    with current().database.reading() as session:
        score = found_score(session, province_code, fiscal_year, today())
        code = measured(score, criterion).code
        lines, count = score_lines(session, score, code, today(), limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
        known = topics(session)
        items = [
            {
                **asdict(line),
                "text": line_subject(line, known),
                "address": line_address(line, score.fiscal_year_be),
            }
            for line in lines
        ]
    return {"items": items, "total": count}


@api_route(
    blueprint,
    f"{ONE}/marks",
    method="POST",
    access=Access.SIGNED_IN,
    params=(YEAR,),
    summary="Points of the province for a criterion, with a remark (its head)",
    response=_RECEIPT,
    body=MARK.schema(),
)
def give_points(province_code: str, fiscal_year: int | None) -> dict[str, Any]:
    """Said again, the newer word holds; the history keeps both."""
    return _write(MARK, service.give_points, province_code, fiscal_year)


@api_route(
    blueprint,
    f"{ONE}/appeals",
    method="POST",
    access=Access.SIGNED_IN,
    params=(YEAR,),
    summary="Appeal against a criterion (an officer of the province)",
    response=_RECEIPT,
    body=APPEAL.schema(),
)
def appeal(province_code: str, fiscal_year: int | None) -> dict[str, Any]:
    """One at a time for each criterion."""
    return _write(APPEAL, service.appeal, province_code, fiscal_year)


@api_route(
    blueprint,
    f"{ONE}/appeals/<int:appeal_id>/answer",
    method="POST",
    access=Access.SIGNED_IN,
    params=(YEAR,),
    summary="Answer an appeal: the head of the province for its points, the department for what was measured",
    response=_RECEIPT,
    body=ANSWER.schema(),
)
def answer_appeal(province_code: str, appeal_id: int, fiscal_year: int | None) -> dict[str, Any]:
    """Said once."""

    def act(session: Session, actor: Actor, province: str, year: int, **given: Any) -> Any:
        return service.answer_appeal(session, actor, province, year, appeal_id, **given)

    return _write(ANSWER, act, province_code, fiscal_year)


@api_route(
    blueprint,
    f"{ONE}/finalise",
    method="POST",
    access=Access.SIGNED_IN,
    params=(YEAR,),
    summary="End the year of a province: figures and rows are kept (the department)",
    response=_RECEIPT,
    body=Body({}).schema(),
)
def finalise(province_code: str, fiscal_year: int | None) -> dict[str, Any]:
    """After the last day of the fiscal year."""
    return _write(Body({}), service.finalise, province_code, fiscal_year)


@api_route(
    blueprint,
    "/api/v1/score-formulas",
    access=Access.PUBLIC,
    summary="Published versions of the formula, and which is of the running year",
    response=_ITEMS,
)
def read_formulas() -> dict[str, Any]:
    """The newest first."""
    with current().database.reading() as session:
        known = formulas(session)
    held = in_force(known, current_fiscal_year_be())
    return {"in_force": held.version if held else None, "items": [formula_json(one) for one in known]}


@api_route(
    blueprint,
    "/api/v1/score-formulas",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Publish another version for a fiscal year that has not begun (the department)",
    response={"type": "object"},
    body=FORMULA.schema(),
)
def publish_formula() -> dict[str, Any]:
    """Each part adds up to 50."""

    def act(session: Session, actor: Actor, given: dict[str, Any]) -> Any:
        return service.publish_formula(session, actor, **formula_of(given), today=today())

    return written(FORMULA, act)


def formula_of(given: dict[str, Any]) -> dict[str, Any]:
    """A read body as the service takes it."""
    # Of an entry that could not be read nothing gets here: the body was refused as a whole.
    return {**given, "criteria": [NewCriterion(**one) for one in given["criteria"]]}


def _write(body: Body, act: Callable[..., Any], province_code: str, year: int | None) -> dict[str, Any]:
    def written_by(session: Session, actor: Actor, given: dict[str, Any]) -> Any:
        return act(session, actor, province_code, year or current_fiscal_year_be(), **given, today=today())

    return written(body, written_by)

"""Strategies and tactics of a plan, and the items of the plans above that each strategy serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.codelists import code_list
from app.queries.plans import PlanHead, Strategy, alignment_options, strategies_of, words_in_use
from app.services.plan_checks import text_length
from app.services.plans import hold_plan, written_text
from app.services.project_locks import mark_on_behalf
from gis.problems import Problem
from gis.thai import normalise

NAME_LENGTH = 500
CODE_LENGTH = 20
INDICATOR_LENGTH = 1_000
TEXT_LENGTH = 5_000
MOST_TACTICS = 200


@dataclass(frozen=True)
class StrategyWords:
    """What is said of a strategy.

    Parameters
    ----------
    code
        Its number in the plan, such as ``1``.
    national_strategy_code
        The national strategy that it serves first: what its projects are counted under.
    serves
        Ids of alignment items, any number of any framework; ``None`` leaves those that stand.
    tactics
        (code, name, indicator) in order; a tactic that is named again keeps its identity by its code. ``None`` leaves
        those that stand.
    """

    code: str
    name_th: str
    goal: str | None = None
    national_strategy_code: str | None = None
    serves: tuple[int, ...] | None = ()
    tactics: tuple[tuple[str, str, str | None], ...] | None = ()


def save_strategy(
    session: Session,
    actor: Actor,
    plan_id: int,
    words: StrategyWords,
    *,
    strategy_id: int | None = None,
    if_match_version: int | None = None,
) -> int:
    """Add a strategy to a plan or write one again, with its tactics and links; its id.

    Raises
    ------
    NotFound, Forbidden
        No such plan or strategy; not this person's.
    Conflict
        ``strategy_changed``: somebody wrote it in between.
    InvalidInput
        Every problem at once; a tactic with lines cannot be left out, and what lines in force stand under keeps its
        name and number while no version is open.
    """
    head = hold_plan(session, actor, plan_id)
    standing = strategies_of(session, plan_id)
    old = _standing(standing, strategy_id)
    _require_version(old, if_match_version)
    words = _written(words)
    problems = _problems(session, head, words, [s for s in standing if s.id != strategy_id])
    problems += _tactics_in_use(session, old, words)
    problems += _renamed_in_force(session, plan_id, old, words)
    if problems:
        raise InvalidInput(problems)
    mark_on_behalf(session, actor, head.organisation_code)
    keep_words(session, plan_id)
    identity = _write(session, plan_id, words, strategy_id)
    if words.serves is not None:
        _write_links(session, identity, words.serves)
    if words.tactics is not None:
        _write_tactics(session, identity, words.tactics)
    return identity


def remove_strategy(
    session: Session, actor: Actor, plan_id: int, strategy_id: int, *, if_match_version: int | None
) -> None:
    """Take a strategy out of a plan that no line stands under.

    Raises
    ------
    NotFound, Forbidden, Conflict, InvalidInput
        As :func:`save_strategy`; ``strategy_has_lines`` tells how many.
    """
    head = hold_plan(session, actor, plan_id)
    _require_version(_standing(strategies_of(session, plan_id), strategy_id), if_match_version)
    lines = session.scalar(
        sa.text("SELECT count(*) FROM plan_project WHERE local_strategy_id = :id"), {"id": strategy_id}
    )
    if lines:
        raise InvalidInput([Problem("strategy_has_lines", where={"field": "code"}, values={"count": lines})])
    mark_on_behalf(session, actor, head.organisation_code)
    keep_words(session, plan_id)
    for table in ("local_tactic", "local_strategy_alignment"):
        session.execute(sa.text(f"DELETE FROM {table} WHERE local_strategy_id = :id"), {"id": strategy_id})
    session.execute(sa.text("DELETE FROM local_strategy WHERE id = :id"), {"id": strategy_id})


def keep_words(session: Session, plan_id: int) -> None:
    """Versions in force that say what the plan says today keep it before it changes."""
    session.execute(
        sa.text(
            "UPDATE plan_version SET words = plan_words(plan_id)"
            " WHERE plan_id = :plan AND status = 'PROMULGATED' AND words IS NULL"
        ),
        {"plan": plan_id},
    )


def _require_version(old: Strategy | None, given: int | None) -> None:
    """Whoever changes a strategy says which version of it they saw."""
    if old is not None and old.row_version != given:
        raise Conflict("strategy_changed", {"version": old.row_version, "name": old.name_th})


def _written(words: StrategyWords) -> StrategyWords:
    """Texts as they are stored."""
    tactics = words.tactics
    if tactics is not None:
        tactics = tuple((normalise(code), normalise(name), normalise(i or "") or None) for code, name, i in tactics)
    return replace(
        words,
        code=normalise(words.code),
        name_th=normalise(words.name_th),
        goal=written_text(words.goal),
        tactics=tactics,
    )


def _renamed_in_force(session: Session, plan_id: int, old: Strategy | None, words: StrategyWords) -> list[Problem]:
    """Names under which lines are in force change with a version of the plan, never between two."""
    if old is None:
        return []
    renamed = (
        {("local_strategy_id", old.id): old.name_th} if (old.code, old.name_th) != (words.code, words.name_th) else {}
    )
    named = {code: name for code, name, _ in words.tactics or ()}
    renamed |= {
        ("local_tactic_id", t.id): t.name_th for t in old.tactics if t.code in named and named[t.code] != t.name_th
    }
    if not renamed:
        return []
    in_use = words_in_use(session, plan_id)
    fixed = {"local_strategy_id": in_use.fixed_strategies, "local_tactic_id": in_use.fixed_tactics}
    return [
        Problem(
            "strategy_in_force",
            where={"field": "name_th" if column == "local_strategy_id" else "tactics"},
            values={"name": name},
        )
        for (column, identity), name in renamed.items()
        if identity in fixed[column]
    ]


def _standing(standing: Sequence[Strategy], strategy_id: int | None) -> Strategy | None:
    if strategy_id is None:
        return None
    found = next((s for s in standing if s.id == strategy_id), None)
    if found is None:
        raise NotFound("strategy_not_found", {"strategy": strategy_id})
    return found


def _problems(session: Session, head: PlanHead, words: StrategyWords, others: Sequence[Strategy]) -> list[Problem]:
    problems = [
        *_text("code", words.code, CODE_LENGTH, "ลำดับที่"),
        *_text("name_th", words.name_th, NAME_LENGTH, "ชื่อยุทธศาสตร์"),
    ]
    problems += text_length("goal", words.goal, TEXT_LENGTH)
    if any(s.code == words.code for s in others):
        problems.append(Problem("strategy_code_taken", where={"field": "code"}, values={"given": words.code[:20]}))
    national = words.national_strategy_code
    if national is not None and national not in code_list(session, "national_strategy"):
        problems.append(
            Problem("choice_unknown", where={"field": "national_strategy_code"}, values={"given": national[:40]})
        )
    tactics = words.tactics or ()
    if len(tactics) > MOST_TACTICS:
        values = {"limit": MOST_TACTICS, "count": len(tactics)}
        problems.append(Problem("too_many_tactics", where={"field": "tactics"}, values=values))
    for n, (code, name, indicator) in enumerate(tactics[:MOST_TACTICS], start=1):
        problems += _text(f"tactic_{n}_code", code, CODE_LENGTH, "ลำดับกลยุทธ์")
        problems += _text(f"tactic_{n}_name", name, NAME_LENGTH, "ชื่อกลยุทธ์")
        problems += text_length(f"tactic_{n}_indicator", indicator, INDICATOR_LENGTH)
    codes = [code for code, _, _ in tactics]
    if len(set(codes)) != len(codes):
        problems.append(
            Problem("strategy_code_taken", where={"field": "tactics"}, values={"given": ", ".join(codes)[:80]})
        )
    problems += _unknown_items(session, head, words.serves or ())
    return problems


def _unknown_items(session: Session, head: PlanHead, serves: Sequence[int]) -> list[Problem]:
    """Items that do not exist, are another province's, or do not hold in the years of the plan."""
    known = {option.id for option in alignment_options(session, head)}
    unknown = set(serves) - known
    given = ", ".join(str(n) for n in sorted(unknown))[:80]
    return [Problem("choice_unknown", where={"field": "serves"}, values={"given": given})] if unknown else []


def _text(field: str, text: str, limit: int, title: str) -> list[Problem]:
    if not text:
        return [Problem("cell_required", where={"field": field}, values={"title": title})]
    return text_length(field, text, limit)


def _tactics_in_use(session: Session, old: Strategy | None, words: StrategyWords) -> list[Problem]:
    if words.tactics is None:
        return []
    kept = {code for code, _, _ in words.tactics}
    leaving = {t.id: t.name_th for t in (old.tactics if old else ()) if t.code not in kept}
    used = session.execute(
        sa.text(
            "SELECT local_tactic_id, count(*) AS lines FROM plan_project WHERE local_tactic_id = ANY(:ids) GROUP BY 1"
        ),
        {"ids": list(leaving)},
    )
    return [
        Problem("tactic_has_lines", where={"field": "tactics"}, values={"name": leaving[r[0]], "count": r.lines})
        for r in used
    ]


def _write(session: Session, plan_id: int, words: StrategyWords, strategy_id: int | None) -> int:
    values = {
        "plan": plan_id,
        "code": words.code,
        "name": words.name_th,
        "goal": words.goal,
        "national": words.national_strategy_code,
        "id": strategy_id,
    }
    if strategy_id is None:
        statement = (
            "INSERT INTO local_strategy (plan_id, code, name_th, goal, national_strategy_code)"
            " VALUES (:plan, :code, :name, :goal, :national) RETURNING id"
        )
    else:
        statement = (
            "UPDATE local_strategy SET code = :code, name_th = :name, goal = :goal,"
            " national_strategy_code = :national WHERE id = :id RETURNING id"
        )
    return int(session.scalar(sa.text(statement), values) or 0)


def _write_links(session: Session, identity: int, serves: Sequence[int]) -> None:
    parameters = {"strategy": identity, "items": list(serves)}
    session.execute(
        sa.text(
            "DELETE FROM local_strategy_alignment WHERE local_strategy_id = :strategy"
            " AND alignment_item_id <> ALL(CAST(:items AS bigint[]))"
        ),
        parameters,
    )
    session.execute(
        sa.text(
            "INSERT INTO local_strategy_alignment (local_strategy_id, alignment_item_id)"
            " SELECT :strategy, i FROM unnest(CAST(:items AS bigint[])) AS i ON CONFLICT DO NOTHING"
        ),
        parameters,
    )


def _write_tactics(session: Session, identity: int, tactics: Sequence[tuple[str, str, str | None]]) -> None:
    codes = [code for code, _, _ in tactics]
    session.execute(
        sa.text("DELETE FROM local_tactic WHERE local_strategy_id = :strategy AND code <> ALL(CAST(:codes AS text[]))"),
        {"strategy": identity, "codes": codes},
    )
    for code, name, indicator in tactics:
        session.execute(
            sa.text(
                "INSERT INTO local_tactic AS t (local_strategy_id, code, name_th, indicator)"
                " VALUES (:strategy, :code, :name, :indicator) ON CONFLICT (local_strategy_id, code) DO UPDATE"
                " SET name_th = excluded.name_th, indicator = excluded.indicator"
                " WHERE (t.name_th, t.indicator) IS DISTINCT FROM (excluded.name_th, excluded.indicator)"
            ),
            {"strategy": identity, "code": code, "name": name, "indicator": indicator},
        )

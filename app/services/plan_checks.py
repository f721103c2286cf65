"""What a version of a plan is checked for: when it is opened, proposed, and decided on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.codelists import code_list
from app.queries.plan_comments import open_comments
from app.queries.plan_compare import LineDifference, base_of, compare_versions
from app.queries.plan_lines import holding_others, lines_at
from app.queries.plan_paths import EXECUTIVE
from app.queries.plans import PlanHead, VersionHead, path_of, versions_of
from app.services.plan_projects import promulgation_problems
from gis.problems import Problem
from gis.thai import BUDDHIST_ERA_OFFSET, normalise, to_arabic_digits

TEXT_LENGTH = 5_000
NUMBER_LENGTH = 100
YEARS_BEFORE = 3
"""A plan is decided on at most this long before the fiscal year that it begins with."""
EXEC_SPECIAL = "EXEC_SPECIAL"
# Types under which a line may come into the plan at all, and under which its essence may change.
_BRINGING = frozenset({"ADD", "REVIEW", "EXEC_SPECIAL"})
_CHANGING = frozenset({"CHANGE", "REVIEW", "EXEC_SPECIAL"})


@dataclass(frozen=True)
class NewVersion:
    """An issue of the plan to be opened.

    Parameters
    ----------
    change_types
        Codes of ``plan_change_types.csv``; empty is the original plan, and only that.
    number
        As it is written: "ครั้งที่ 1/2570".
    plan_period_id
        Other years for the plan (2561-2564 becoming 2561-2565), with a review only.
    """

    change_types: tuple[str, ...]
    number: str
    fiscal_year_be: int
    reason: str | None = None
    plan_period_id: int | None = None


@dataclass(frozen=True)
class Decision:
    """A step of the path as it was decided.

    Parameters
    ----------
    result
        ``PASSED`` or ``RETURNED``.
    reference
        Meeting, resolution or order.
    """

    step: str
    result: str
    decided_on: date
    reference: str | None = None
    note: str | None = None


def version_problems(
    session: Session, head: PlanHead, new: NewVersion, held: VersionHead | None = None
) -> list[Problem]:
    """What speaks against an issue as it is to be; ``held`` is the one that is changed, none when it is opened."""
    problems = []
    unknown = [code for code in new.change_types if code not in code_list(session, "plan_change_type")]
    if unknown:
        problems.append(
            Problem("choice_unknown", where={"field": "change_types"}, values={"given": ", ".join(unknown)[:80]})
        )
    twice = sorted({code for code in new.change_types if new.change_types.count(code) > 1})
    if twice:
        values = {"given": ", ".join(twice)[:80]}
        problems.append(Problem("choice_repeated", where={"field": "change_types"}, values=values))
    number = normalise(new.number)
    if not number:
        problems.append(Problem("cell_required", where={"field": "number"}, values={"title": "ครั้งที่หรือฉบับที่"}))
    problems += text_length("number", number, NUMBER_LENGTH)
    problems += _number_taken(session, head, new, held)
    if not head.start_be - 1 <= new.fiscal_year_be <= head.end_be + 1:
        problems.append(
            Problem(
                "year_outside_plan",
                where={"field": "fiscal_year_be"},
                values={"year": new.fiscal_year_be, "first": head.start_be, "last": head.end_be},
            )
        )
    problems += text_length("reason", new.reason, TEXT_LENGTH)
    problems += _reason_of_special(new.change_types, new.reason)
    if new.plan_period_id is not None:
        problems += _period_problems(session, head, new)
    elif held is not None and "REVIEW" not in new.change_types and held.years_be != head.years_be:
        problems.append(Problem("period_needs_review", where={"field": "change_types"}))
    return problems


def text_length(field: str, text: str | None, limit: int) -> list[Problem]:
    """The problem of a text that is too long."""
    if text is None or len(text) <= limit:
        return []
    return [Problem("text_too_long", where={"field": field}, values={"limit": limit, "length": len(text)})]


def _number_taken(session: Session, head: PlanHead, new: NewVersion, held: VersionHead | None) -> list[Problem]:
    """Additions, changes and corrections are counted apart, anew in every year; within that a number is used once."""
    name = (new.fiscal_year_be, set(new.change_types), to_arabic_digits(normalise(new.number)))
    for other in versions_of(session, head.id):
        if other.status == "DISCARDED" or (held is not None and other.id == held.id):
            continue
        if (other.fiscal_year_be, set(other.change_types), to_arabic_digits(other.number)) == name:
            values = {"number": other.number, "year": other.fiscal_year_be}
            return [Problem("version_number_taken", where={"field": "number"}, values=values)]
    return []


def _reason_of_special(change_types: Sequence[str], reason: str | None) -> list[Problem]:
    """What the executive decides alone under ข้อ 22/2 says which policy, order or ceremony asks for it."""
    if EXEC_SPECIAL not in change_types or normalise(reason or ""):
        return []
    return [Problem("special_reason_missing", where={"field": "reason"})]


def changes_years(head: PlanHead, held: VersionHead) -> bool:
    """True for a review that gives the plan other years than it has; all that it has stay among them."""
    return (
        "REVIEW" in held.change_types
        and held.years_be != head.years_be
        and held.start_be <= head.start_be
        and held.end_be >= head.end_be
    )


def years_problems(session: Session, head: PlanHead, held: VersionHead) -> list[Problem]:
    """Whether the years of a review can still be given to the plan on the day when it comes into force."""
    if not changes_years(head, held):
        return []
    period = session.scalar(sa.text("SELECT plan_period_id FROM plan_version WHERE id = :id"), {"id": held.id})
    new = NewVersion(held.change_types, held.number, held.fiscal_year_be, plan_period_id=period)
    return _period_problems(session, head, new)


def _period_problems(session: Session, head: PlanHead, new: NewVersion) -> list[Problem]:
    """Other years are a review's affair; every year that has projects stays inside."""
    where = {"field": "plan_period_id"}
    period = session.execute(
        sa.text("SELECT start_be, end_be FROM plan_period WHERE id = :id"), {"id": new.plan_period_id}
    ).one_or_none()
    if period is None:
        return [Problem("plan_period_unknown", where=where)]
    if "REVIEW" not in new.change_types:
        return [Problem("period_needs_review", where=where)]
    if period.start_be > head.start_be or period.end_be < head.end_be:
        return [Problem("period_loses_years", where=where, values={"first": head.start_be, "last": head.end_be})]
    taken = session.scalar(
        sa.text(
            "SELECT name_th FROM plan WHERE organisation_code = :organisation AND plan_period_id = :period"
            " AND id <> :id"
        ),
        {"organisation": head.organisation_code, "period": new.plan_period_id, "id": head.id},
    )
    return [Problem("plan_exists", where=where, values={"plan": taken})] if taken else []


def proposal_problems(session: Session, head: PlanHead, held: VersionHead) -> list[Problem]:
    """What keeps a version from being proposed (errors), and what a reader will ask about (warnings)."""
    differences = compare_versions(session, base_of(versions_of(session, head.id), held), held.id)
    if not differences:
        return [Problem("version_empty", values={"number": held.number})]
    problems = [*_reason_of_special(held.change_types, held.reason), *_type_problems(held, differences)]
    for line in lines_at(session, held.id):
        if line.version_id != held.id or line.ended:
            continue
        where = {"row": line.origin_id, "form": line.form}
        values = {"name": line.name_th[:80]}
        if line.local_strategy_id is None and line.form != "ผ.03":
            problems.append(
                Problem("line_without_strategy", where={**where, "column": "local_strategy_id"}, values=values)
            )
        if line.programme_code is None:
            problems.append(
                Problem("line_without_programme", where={**where, "column": "programme_code"}, values=values)
            )
        if not any(line.amounts.values()):
            column = f"y{held.years_be[0]}"
            problems.append(Problem("line_without_money", "error", {**where, "column": column}, values))
        outside = [year for year, baht in line.amounts.items() if baht and year not in held.years_be]
        if outside and max(outside) > held.years_be[-1]:
            problems.append(Problem("line_year_outside", "error", {**where, "column": f"y{max(outside)}"}, values))
    return [*problems, *ending_problems(session, held), *promulgation_problems(session, held)]


def ending_problems(session: Session, held: VersionHead) -> list[Problem]:
    """Lines that leave the plan with a version: as when they were taken out, nothing may hang on them."""
    ended = [line for line in lines_at(session, held.id) if line.version_id == held.id and line.ended]
    holding = holding_others(session, [line.origin_id for line in ended])
    merged = {line.merged_into_id for line in ended if line.merged_into_id is not None}
    targets = {line.origin_id for line in lines_at(session, held.id, origins=merged) if not line.ended}
    problems = []
    for line in ended:
        where = {"row": line.origin_id, "form": line.form}
        if line.origin_id in holding:
            problems.append(Problem("line_holds_others", where=where, values={"name": holding[line.origin_id]}))
        if line.change == "MERGED" and line.merged_into_id not in targets:
            problems.append(Problem("merge_target_gone", where=where))
    return problems


def _type_problems(held: VersionHead, differences: Sequence[LineDifference]) -> list[Problem]:
    """A correction brings nothing new and changes no essence; an addition only adds."""
    if not held.change_types:
        return []
    types = set(held.change_types)
    new = [d for d in differences if d.kind == "new"]
    essential = [d for d in differences if d.kind != "new" and d.essential]
    wording = [d for d in differences if d.kind != "new" and not d.essential]
    problems = []
    if new and not types & _BRINGING:
        problems.append(Problem("version_adds", where={"field": "change_types"}, values=_counted(new)))
    if essential and not types & _CHANGING:
        problems.append(Problem("version_changes", where={"field": "change_types"}, values=_counted(essential)))
    if wording and not types & (_CHANGING | {"CORRECT"}):
        problems.append(Problem("version_corrects", where={"field": "change_types"}, values=_counted(wording)))
    return problems


def _counted(differences: Sequence[LineDifference]) -> dict[str, Any]:
    return {"count": len(differences), "name": differences[0].name[:80]}


def decision_problems(session: Session, head: PlanHead, held: VersionHead, decision: Decision) -> list[Problem]:
    path = path_of(session, head, held)
    places = [step.step.code for step in path]
    problems: list[Problem] = []
    if decision.result not in ("PASSED", "RETURNED"):
        problems.append(Problem("choice_unknown", where={"field": "result"}, values={"given": decision.result[:40]}))
    if decision.step not in places:
        problems.append(Problem("step_not_on_path", where={"field": "step"}, values={"given": decision.step[:40]}))
    else:
        before = path[: places.index(decision.step)]
        missing = [step.step.name_th for step in before if step.step.required and not step.passed]
        if missing:
            problems.append(Problem("step_not_due", where={"field": "step"}, values={"missing": " · ".join(missing)}))
        days = [step.taken.decided_on for step in before if step.taken is not None]
        if days and decision.decided_on < max(days):
            problems.append(
                Problem("step_before_last", where={"field": "decided_on"}, values={"day": max(days).isoformat()})
            )
    problems += _day_problems(session, head, held, decision)
    if (
        EXEC_SPECIAL in held.change_types
        and (decision.step, decision.result) == (EXECUTIVE, "PASSED")
        and not normalise(decision.reference or "")
    ):
        problems.append(Problem("special_order_missing", where={"field": "reference"}))
    if decision.result == "RETURNED" and not (decision.note or "").strip() and not open_comments(session, held.id):
        problems.append(Problem("return_reason_missing", where={"field": "note"}))
    for name in ("reference", "note"):
        problems += text_length(name, getattr(decision, name), TEXT_LENGTH)
    return problems


def _day_problems(session: Session, head: PlanHead, held: VersionHead, decision: Decision) -> list[Problem]:
    where = {"field": "decided_on"}
    earliest = _earliest_day(head, held, versions_of(session, head.id), decision.step)
    if decision.decided_on < earliest:
        return [Problem("day_before_plan", where=where, values={"earliest": earliest.isoformat()})]
    if decision.decided_on > date.today():
        return [Problem("day_in_future", where=where, values={"latest": date.today().isoformat()})]
    return []


def _earliest_day(head: PlanHead, held: VersionHead, versions: Sequence[VersionHead], step: str) -> date:
    """The first day on which a step can have been decided.

    Versions come into force one after another: none before the one in force. Committees may have met on it while that
    one was still on its way, but not before there was a plan to change. The plan itself is made in the years before
    its first one (ข้อ 18).
    """
    days = [
        v.promulgated_on for v in versions if v.seq is not None and v.id != held.id and v.promulgated_on is not None
    ]
    if days:
        return max(days) if step == EXECUTIVE else min(days)
    return date(head.start_be - BUDDHIST_ERA_OFFSET - 1 - YEARS_BEFORE, 10, 1)

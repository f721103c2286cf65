"""Writing into a form of an open version: cells, new lines, lines taken out and put back.

Every cell says what it was when the writer last saw it. Where it is still that, it is written; where somebody wrote
something else in between, it is a conflict and stays as it is until the writer chooses. All cells that can be written
are written in one transaction; the others come back with what is wrong. The promulgated rows are never touched: the
first change of a line makes its row in the open version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput
from app.queries.codelists import code_list
from app.queries.plan_forms import PlanForm
from app.queries.plan_lines import PlanLine, holding_others, lines_at
from app.queries.plans import PlanHead, Strategy, VersionHead, strategies_of
from app.services.plan_cells import CellRules, cell_rules, read_cell, standing, written, year_of
from app.services.plan_projects import HAS_MONEY
from app.services.plan_rows import end_rows, held_elsewhere, insert_rows, merge_rows, own_rows, restore_rows, write_rows
from app.services.plans import hold_version
from app.services.project_locks import mark_on_behalf
from app.services.sheet_keys import remember, resumed
from app.services.sheets import (
    MOST_CHANGES,
    Cell,
    CellChange,
    CellConflict,
    NewRow,
    SheetChanges,
    SheetOutcome,
    merge_cells,
)
from gis.problems import Problem
from gis.work_names import kind_of_work

MOST_LINES = 10_000
"""Lines of one version; the longest plans known have three thousand."""


@dataclass(frozen=True)
class _Open:
    """An open version held for writing, with what its cells may hold."""

    plan: PlanHead
    version: VersionHead
    form: PlanForm
    rules: CellRules
    strategies: list[Strategy]


def change_sheet(
    session: Session, actor: Actor, version_id: int, form: PlanForm, changes: SheetChanges, *, whole: bool = False
) -> SheetOutcome:
    """Write what can be written of ``changes``.

    Parameters
    ----------
    session, actor, version_id, form
        Where, and who.
    changes
        What is to be written.
    whole
        All or nothing: with any problem or conflict nothing is written and the outcome tells all of them.

    Raises
    ------
    NotFound, Forbidden
        No such version; not this person's plan.
    Conflict
        ``plan_version_closed``: it is proposed or in force.
    InvalidInput
        ``too_many_changes``, ``too_many_lines``.
    """
    opened = hold_open_version(session, actor, version_id, form)
    if changes.count > MOST_CHANGES:
        raise InvalidInput([Problem("too_many_changes", values={"limit": MOST_CHANGES, "count": changes.count})])
    outcome = SheetOutcome()
    sheet = f"plan_version/{version_id}/{form.code}"
    changes, known = resumed(session, sheet, changes)
    named = (*(c.row for c in changes.cells), *changes.removals, *changes.merges, *changes.merges.values())
    asked = {origin_of(row) for row in named}
    lines = {line.origin_id: line for line in lines_at(session, version_id, origins=asked) if line.form == form.code}
    new_values = _read_cells(opened, lines, changes.cells, outcome)
    fresh = _read_inserts(opened, changes.inserts, outcome)
    if fresh and opened.version.lines + len(fresh) > MOST_LINES:
        values = {"limit": MOST_LINES, "count": opened.version.lines + len(fresh)}
        raise InvalidInput([Problem("too_many_lines", values=values)])
    leaving = check_removals(session, lines, changes.removals, outcome)
    merging = _check_merges(session, lines, changes, outcome)
    taken = _check_elsewhere(
        session, opened, lines, {**{origin: {} for origin in (*leaving, *merging)}, **new_values}, outcome
    )
    new_values = {origin: changed for origin, changed in new_values.items() if origin not in taken}
    leaving = [origin for origin in leaving if origin not in taken]
    merging = {origin: target for origin, target in merging.items() if origin not in taken}
    if outcome.conflicts:
        outcome.conflicts = with_authors(session, lines, outcome.conflicts)
    if whole and not outcome.clean:
        return outcome
    mark_on_behalf(session, actor, opened.plan.organisation_code)
    rows = own_rows(session, opened.version, [lines[o] for o in {*new_values, *leaving, *merging}])
    write_rows(session, rows, lines, new_values)
    end_rows(session, rows, lines, leaving, opened.version)
    merge_rows(session, rows, lines, merging, opened.version)
    restored = [origin_of(row) for row in changes.restores]
    restore_rows(session, opened.version, restored)
    made = insert_rows(session, opened.plan.id, opened.version, opened.form.code, fresh)
    outcome.inserted = known | {key: str(origin) for key, origin in made.items()}
    remember(session, sheet, outcome.inserted)
    outcome.removed = [str(origin) for origin in (*leaving, *merging)]
    outcome.touched = {*known.values(), *(str(origin) for origin in (*new_values, *restored, *made.values()))}
    if outcome.touched or outcome.removed:
        touch_version(session, version_id)
    return outcome


def origin_of(row: str) -> int:
    """The line that a row of the sheet names; 0, which none has, for anything else."""
    return int(row) if row.isascii() and row.isdecimal() and len(row) < 19 and row[0] != "0" else 0


def hold_open_version(session: Session, actor: Actor, version_id: int, form: PlanForm) -> _Open:
    """Lock an open version for writing its lines.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`change_sheet`.
    """
    held, head = hold_version(session, version_id)
    policy.require(actor, policy.PLAN_WRITE, head.target)
    if not held.editable:
        raise Conflict("plan_version_closed", {"number": held.number, "status": held.status})
    strategies = strategies_of(session, head.id)
    rules = cell_rules(form, held, strategies, code_list(session, "budget_programme"))
    return _Open(head, held, form, rules, strategies)


def touch_version(session: Session, version_id: int) -> None:
    """Let the version's number of writing move on: whoever proposes it has to have seen its newest lines."""
    session.execute(sa.text("UPDATE plan_version SET updated_at = now() WHERE id = :id"), {"id": version_id})


def _read_cells(
    opened: _Open, lines: Mapping[int, PlanLine], cells: Iterable[CellChange], outcome: SheetOutcome
) -> dict[int, dict[str, Cell]]:
    """What is to be written, by line and column."""
    merged = merge_cells(
        cells,
        lambda row, column: standing(lines[origin_of(row)], column),
        lambda column, typed: read_cell(opened.rules, column, typed),
        outcome,
    )
    values = {origin_of(row): changed for row, changed in merged.items()}
    for origin, changed in values.items():
        _keep_tactic_with_strategy(opened, lines[origin], changed)
    return values


def _keep_tactic_with_strategy(opened: _Open, line: PlanLine, changed: dict[str, str | None]) -> None:
    """A tactic goes with its strategy: a line that moves to another one leaves it behind."""
    strategy = changed.get("local_strategy_id", written(line.local_strategy_id))
    tactic = changed.get("local_tactic_id", written(line.local_tactic_id))
    if tactic is not None and tactic not in _tactics_of(opened, strategy):
        changed["local_tactic_id"] = None


def _tactics_of(opened: _Open, strategy: str | None) -> set[str]:
    return {str(t.id) for s in opened.strategies if str(s.id) == strategy for t in s.tactics}


def _read_inserts(opened: _Open, inserts: Iterable[NewRow], outcome: SheetOutcome) -> list[tuple[str, dict[str, Cell]]]:
    fresh = []
    for line in inserts:
        strategy, _, programme = line.group.partition(":")
        typed = {"name_th": None, "local_strategy_id": strategy, "programme_code": programme} | dict(line.cells)
        values: dict[str, Cell] = {}
        problems = []
        for key, given in typed.items():
            value = read_cell(opened.rules, key, given)
            if isinstance(value, Problem):
                problems.append(Problem(value.code, value.level, {"row": line.key, **value.where}, value.values))
            else:
                values[key] = value
        if problems:
            outcome.problems += problems
            continue
        if values.get("local_tactic_id") not in {None, *_tactics_of(opened, values["local_strategy_id"])}:
            values["local_tactic_id"] = None
        if values.get("kind") is None:
            values["kind"] = kind_of_work(values["name_th"] or "")
        fresh.append((line.key, values))
    return fresh


# A line that money was set against, approved or in a document on its way, cannot leave the plan any more.
_SPENDING = f"""
SELECT DISTINCT l.origin_id, p.code, p.fiscal_year_be FROM plan_project l JOIN project p ON p.plan_project_id = l.id
WHERE l.origin_id = ANY(:origins) AND p.status <> 'CANCELLED' AND {HAS_MONEY}
"""


def check_removals(
    session: Session, lines: Mapping[int, PlanLine], removals: Iterable[str], outcome: SheetOutcome
) -> list[int]:
    """Lines among ``removals`` that can leave the plan; the others are told in ``outcome``."""
    asked = list(dict.fromkeys(origin_of(row) for row in removals))
    holding = holding_others(session, [origin for origin in asked if origin in lines]) if asked else {}
    spending = {row.origin_id: row for row in session.execute(sa.text(_SPENDING), {"origins": asked})} if asked else {}
    leaving = []
    for origin in asked:
        if origin not in lines:
            outcome.problems.append(Problem("line_not_found", where={"row": str(origin)}))
        elif origin in holding:
            values = {"name": holding[origin]}
            outcome.problems.append(Problem("line_holds_others", where={"row": str(origin)}, values=values))
        elif origin in spending:
            held = spending[origin]
            outcome.problems.append(
                Problem(
                    "line_has_budget",
                    where={"row": str(origin)},
                    values={"project": held.code, "year": held.fiscal_year_be},
                )
            )
        else:
            leaving.append(origin)
    return leaving


def _check_merges(
    session: Session, lines: Mapping[int, PlanLine], changes: SheetChanges, outcome: SheetOutcome
) -> dict[int, int]:
    """Lines that can go into another one, by origin; the others are told in ``outcome``."""
    able = check_removals(session, lines, changes.merges, outcome)
    into = {origin_of(row): origin_of(target) for row, target in changes.merges.items()}
    gone = {*into, *(origin_of(row) for row in changes.removals)}
    found = {}
    for origin in able:
        target = lines.get(into[origin])
        if lines[origin].ended:
            outcome.problems.append(Problem("line_ended", where={"row": str(origin)}))
        elif target is None or target.ended or target.origin_id in gone:
            outcome.problems.append(Problem("merge_target_gone", where={"row": str(origin)}))
        else:
            found[origin] = target.origin_id
    return found


def _check_elsewhere(
    session: Session,
    opened: _Open,
    lines: Mapping[int, PlanLine],
    wanted: Mapping[int, Mapping[str, Cell]],
    outcome: SheetOutcome,
) -> set[int]:
    """Lines among ``wanted`` that another open version changes: they wait for it, the others go on."""
    taken = held_elsewhere(session, opened.version, [lines[origin] for origin in wanted])
    for origin, number in taken.items():
        for place in [{"column": column} for column in wanted[origin]] or [{}]:
            where = {"row": str(origin), **place}
            outcome.problems.append(Problem("line_in_other_version", where=where, values={"number": number}))
    return set(taken)


_AUTHORS = """
SELECT DISTINCT ON (entity_key, field) entity_key, field, user_name, at
FROM change_log, LATERAL jsonb_object_keys(after) AS field
WHERE entity IN ('plan_project', 'plan_project_amount') AND entity_key = ANY(:keys)
ORDER BY entity_key, field, id DESC
"""


def with_authors(
    session: Session, lines: Mapping[int, PlanLine], conflicts: Sequence[CellConflict]
) -> list[CellConflict]:
    """Who wrote what stands in each of the cells, and when: the newest entry of the log about it."""

    def place(conflict: CellConflict) -> tuple[str, str]:
        year, identity = year_of(conflict.column), lines[origin_of(conflict.row)].id
        return (str(identity), conflict.column) if year is None else (f"{identity}/{year}", "amount_baht")

    keys = list({place(conflict)[0] for conflict in conflicts})
    found = {(r.entity_key, r.field): (r.user_name, r.at) for r in session.execute(sa.text(_AUTHORS), {"keys": keys})}
    return [
        CellConflict(
            c.row, c.column, c.base, c.yours, c.theirs, *found.get(place(c), (None, lines[origin_of(c.row)].updated_at))
        )
        for c in conflicts
    ]

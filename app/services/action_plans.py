"""Action plans: begun from the projects of the year, written, promulgated by the executive (ข้อ 26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.queries.action_plans import COLUMNS, MONTHS, ActionLine, ActionPlanHead, action_lines, action_plan, month_key
from app.queries.codelists import code_list
from app.services.plan_cells import is_dash, tidy, written
from app.services.plans import organisation_target
from app.services.project_locks import mark_on_behalf
from app.services.sheet_keys import remember, resumed
from app.services.sheets import MOST_CHANGES, SheetChanges, SheetOutcome, merge_cells, refuse_merges
from gis.problems import Problem
from gis.thai import parse_amount

YEARS_BE = range(2540, 2640)
_MARKS = {"1": True, "✓": True, "x": True, "X": True, "●": True, "true": True, "": False, "0": False, "false": False}
_FLAGS = frozenset({"other_agency", *(month_key(n) for n in range(1, len(MONTHS) + 1))})

# The newest issue goes on with what it says of each activity; what money was approved for since comes new.
_FILL = """
WITH last AS (
    SELECT id FROM action_plan WHERE organisation_code = :organisation AND fiscal_year_be = :year
      AND status = 'PROMULGATED' ORDER BY number DESC LIMIT 1
), kept AS (
    INSERT INTO action_plan_line (action_plan_id, form, project_id, line_number, name_th, detail, amount_baht,
        location_text, department, other_agency, months, strategy, programme_code)
    SELECT :plan, l.form, l.project_id, l.line_number, l.name_th, l.detail, l.amount_baht, l.location_text,
           l.department, l.other_agency, l.months, l.strategy, l.programme_code
    FROM action_plan_line l JOIN last ON l.action_plan_id = last.id
    WHERE l.removed_at IS NULL ORDER BY l.id
)
INSERT INTO action_plan_line (action_plan_id, form, project_id, line_number, name_th, detail, amount_baht,
    location_text, department, strategy, programme_code)
SELECT :plan, CASE x.form WHEN 'ผ.03' THEN 'ผด.02/1' ELSE 'ผด.02' END, p.id,
       row_number() OVER (PARTITION BY (x.form = 'ผ.03'), s.code, x.programme_code ORDER BY p.code),
       p.name_th, x.target, p.budget_baht, p.location_text, x.department, s.code || ' ' || s.name_th, x.programme_code
FROM project p
LEFT JOIN plan_project x ON x.id = p.plan_project_id
LEFT JOIN local_strategy s ON s.id = x.local_strategy_id
WHERE p.organisation_code = :organisation AND p.fiscal_year_be = :year AND p.budget_baht > 0 AND p.status <> 'CANCELLED'
  AND NOT EXISTS (SELECT FROM action_plan_line l JOIN last ON l.action_plan_id = last.id
                  WHERE l.removed_at IS NULL AND l.project_id = p.id)
ORDER BY p.code
"""


def begin_action_plan(session: Session, actor: Actor, organisation_code: str, fiscal_year_be: int) -> int:
    """Open an issue of the action plan of a year with every project that has approved money; its id.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not this person's.
    InvalidInput
        ``fiscal_year_impossible``.
    Conflict
        ``action_plan_open``: an issue of the year is open.
    """
    policy.require(actor, policy.PLAN_WRITE, organisation_target(session, organisation_code))
    if fiscal_year_be not in YEARS_BE:
        raise InvalidInput(
            [Problem("fiscal_year_impossible", where={"field": "fiscal_year"}, values={"given": fiscal_year_be})]
        )
    mark_on_behalf(session, actor, organisation_code)
    given = {"organisation": organisation_code, "year": fiscal_year_be}
    made = session.scalar(
        sa.text(
            "INSERT INTO action_plan (organisation_code, fiscal_year_be, number, prepared_by, prepared_by_name)"
            " SELECT :organisation, :year, 1 + coalesce(max(number) FILTER (WHERE number > 0), 0), :user, :name"
            " FROM action_plan"
            " WHERE organisation_code = :organisation AND fiscal_year_be = :year"
            " HAVING count(*) FILTER (WHERE status = 'DRAFT') = 0"
            " ON CONFLICT DO NOTHING RETURNING id"
        ),
        {**given, "user": actor.user_id, "name": actor.display_name},
    )
    if made is None:
        raise Conflict("action_plan_open", {"year": fiscal_year_be})
    session.execute(sa.text(_FILL), {**given, "plan": made})
    return int(made)


def hold_action_plan(
    session: Session, actor: Actor, action_plan_id: int, action: str = policy.PLAN_WRITE
) -> ActionPlanHead:
    """Lock an open issue.

    Raises
    ------
    NotFound, Forbidden, Conflict
        ``action_plan_not_found``; not this person's; ``action_plan_closed``.
    """
    head = action_plan(session, action_plan_id, lock=True)
    if head is None:
        raise NotFound("action_plan_not_found", {"plan": action_plan_id})
    policy.require(actor, action, head.target)
    if head.status != "DRAFT":
        raise Conflict("action_plan_closed", {"year": head.fiscal_year_be, "number": head.number})
    return head


def change_action_sheet(
    session: Session, actor: Actor, action_plan_id: int, form: str, changes: SheetChanges, *, whole: bool = False
) -> SheetOutcome:
    """Write what can be written of ``changes``; as :func:`app.services.plan_sheet.change_sheet`."""
    head = hold_action_plan(session, actor, action_plan_id)
    if changes.count > MOST_CHANGES:
        raise InvalidInput([Problem("too_many_changes", values={"limit": MOST_CHANGES, "count": changes.count})])
    programmes = code_list(session, "budget_programme")
    lines = {str(line.id): line for line in action_lines(session, action_plan_id, form)}
    outcome = SheetOutcome()
    refuse_merges(changes, outcome)
    sheet = f"action_plan/{action_plan_id}/{form}"
    changes, known = resumed(session, sheet, changes)
    values = _read(lines, changes, programmes, outcome)
    fresh: list[dict[str, str | None]] = []
    keys: list[str] = []
    for new in changes.inserts:
        read = {
            key: read_action_cell(key, typed, programmes)
            for key, typed in ({"name_th": None} | dict(new.cells)).items()
        }
        bad = [value for value in read.values() if isinstance(value, Problem)]
        outcome.problems += [Problem(p.code, p.level, {"row": new.key, **p.where}, p.values) for p in bad]
        if not bad:
            good = {key: value for key, value in read.items() if not isinstance(value, Problem)}
            # The group of an action plan is ``:programme:strategy``.
            programme, _, strategy = new.group.lstrip(":").partition(":")
            good["programme_code"] = good.get("programme_code") or (programme if programme in programmes else None)
            good["strategy"] = good.get("strategy") or strategy[: COLUMNS["strategy"][3]] or None
            fresh.append(good)
            keys.append(new.key)
    gone = [row for row in dict.fromkeys(changes.removals) if row in lines]
    outcome.problems += [Problem("line_not_found", where={"row": r}) for r in changes.removals if r not in lines]
    if whole and not outcome.clean:
        return outcome
    mark_on_behalf(session, actor, head.organisation_code)
    _write(session, lines, values)
    made = _insert(session, action_plan_id, form, fresh)
    outcome.inserted = known | {key: str(identity) for key, identity in zip(keys, made, strict=True)}
    remember(session, sheet, outcome.inserted)
    if gone:
        ids = [int(row) for row in gone]
        session.execute(sa.text("UPDATE action_plan_line SET removed_at = now() WHERE id = ANY(:ids)"), {"ids": ids})
    outcome.removed, outcome.touched = gone, {*values, *outcome.inserted.values()}
    if outcome.touched or gone:
        session.execute(sa.text("UPDATE action_plan SET updated_at = now() WHERE id = :id"), {"id": action_plan_id})
    return outcome


def promulgate_action_plan(
    session: Session, actor: Actor, action_plan_id: int, day: date, document: str | None, *, if_match_version: int
) -> None:
    """Bring an issue into force, by the executive, who did not prepare it.

    Raises
    ------
    Conflict
        ``action_plan_changed``: its lines were written since.
    InvalidInput
        ``day_in_future``, ``action_plan_empty``, ``line_without_months`` for every activity that has none.
    """
    head = hold_action_plan(session, actor, action_plan_id, policy.PLAN_APPROVE)
    if head.row_version != if_match_version:
        raise Conflict("action_plan_changed", {"year": head.fiscal_year_be})
    if actor.user_id is not None and actor.user_id == head.prepared_by:
        raise Forbidden("four_eyes", {"prepared_by": head.prepared_by_name})
    lines = action_lines(session, action_plan_id)
    problems = [
        Problem(
            "line_without_months", where={"row": line.id, "column": month_key(1)}, values={"name": line.name_th[:80]}
        )
        for line in lines
        if not line.months
    ]
    if not lines:
        problems.append(Problem("action_plan_empty"))
    if day > date.today():
        latest = {"latest": date.today().isoformat()}
        problems.append(Problem("day_in_future", where={"field": "promulgated_on"}, values=latest))
    if problems:
        raise InvalidInput(problems)
    mark_on_behalf(session, actor, head.organisation_code)
    session.execute(
        sa.text(
            "UPDATE action_plan SET status = 'PROMULGATED', promulgated_on = :day, document = :document,"
            " approved_by_name = :who WHERE id = :id"
        ),
        {"day": day, "document": document, "who": actor.display_name, "id": action_plan_id},
    )


def discard_action_plan(session: Session, actor: Actor, action_plan_id: int, *, if_match_version: int) -> None:
    """Give an open issue up; the next one of the year takes its number.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`hold_action_plan`; ``action_plan_changed``: its lines were written since.
    """
    head = hold_action_plan(session, actor, action_plan_id)
    if head.row_version != if_match_version:
        raise Conflict("action_plan_changed", {"year": head.fiscal_year_be})
    mark_on_behalf(session, actor, head.organisation_code)
    session.execute(
        sa.text("UPDATE action_plan SET status = 'DISCARDED', number = -id WHERE id = :id"), {"id": action_plan_id}
    )


def read_action_cell(key: str, typed: Any, programmes: Mapping[str, Any]) -> str | Problem | None:
    """Value of a cell in the sheet's own writing; months and flags are ``1`` or nothing."""
    where = {"column": key}
    if key in _FLAGS:
        mark = _MARKS.get("" if typed is None else str(typed).strip())
        given = {"given": str(typed)[:40]}
        return Problem("choice_unknown", where=where, values=given) if mark is None else "1" if mark else None
    if key not in COLUMNS:
        return Problem("form_column_unknown", where=where, values={"given": key[:40]})
    if key == "amount_baht":
        amount = parse_amount(typed)
        if isinstance(amount, Problem):
            return None if amount.code == "amount_missing" else Problem(amount.code, where=where, values=amount.values)
        if amount < 0:
            return Problem("amount_negative", where=where, values={"text": str(typed)[:80]})
        return None if isinstance(typed, str) and is_dash(typed) else written(amount)
    title, _, _, most = COLUMNS[key]
    text = tidy("" if typed is None else str(typed))
    if not text:
        return Problem("cell_required", where=where, values={"title": title}) if key == "name_th" else None
    if key == "programme_code":
        return text if text in programmes else Problem("choice_unknown", where=where, values={"given": text[:80]})
    if len(text) > most:
        return Problem("text_too_long", where=where, values={"limit": most, "length": len(text)})
    return text


def _read(
    lines: Mapping[str, ActionLine], changes: SheetChanges, programmes: Mapping[str, Any], outcome: SheetOutcome
) -> dict[str, dict[str, str | None]]:
    values = merge_cells(
        changes.cells,
        lambda row, column: lines[row].value(column),
        lambda column, typed: read_action_cell(column, typed, programmes),
        outcome,
    )
    outcome.conflicts = [replace(c, at=lines[c.row].updated_at) for c in outcome.conflicts]
    return values


_TYPES = {"amount_baht": "numeric", "other_agency": "boolean"}
_RECORD = ", ".join([*(f"{c} {_TYPES.get(c, 'text')}" for c in COLUMNS), "months integer[]"])
_SET = ", ".join([*(f"{c} = r.{c}" for c in COLUMNS), "months = r.months"])


def _write(session: Session, lines: Mapping[str, ActionLine], values: Mapping[str, Mapping[str, str | None]]) -> None:
    if values:
        rows = [{"id": int(row), **_record(changed, lines[row])} for row, changed in values.items()]
        session.execute(
            sa.text(
                f"UPDATE action_plan_line l SET {_SET}"
                f" FROM json_to_recordset(CAST(:rows AS json)) AS r(id bigint, {_RECORD}) WHERE l.id = r.id"
            ),
            {"rows": orjson.dumps(rows).decode()},
        )


def _insert(session: Session, action_plan_id: int, form: str, fresh: list[dict[str, str | None]]) -> list[int]:
    if not fresh:
        return []
    rows = [{"n": n, **_record(values, None)} for n, values in enumerate(fresh)]
    columns = ", ".join((*COLUMNS, "months"))
    made = session.execute(
        sa.text(
            f"WITH given AS (SELECT nextval(pg_get_serial_sequence('action_plan_line', 'id')) AS id, r.*"
            f" FROM json_to_recordset(CAST(:rows AS json)) AS r(n integer, {_RECORD})), made AS ("
            f"INSERT INTO action_plan_line (id, action_plan_id, form, {columns})"
            f" SELECT id, :plan, :form, {columns} FROM given ORDER BY n) SELECT id FROM given ORDER BY n"
        ),
        {"rows": orjson.dumps(rows).decode(), "plan": action_plan_id, "form": form},
    )
    return [int(row.id) for row in made]


def _record(changed: Mapping[str, str | None], line: ActionLine | None) -> dict[str, Any]:
    def value(key: str) -> str | None:
        return changed[key] if key in changed else None if line is None else line.value(key)

    months = [n for n in range(1, len(MONTHS) + 1) if value(month_key(n)) == "1"]
    texts = {key: value(key) for key in COLUMNS if key != "other_agency"}
    return {**texts, "other_agency": value("other_agency") == "1", "months": months}

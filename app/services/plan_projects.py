"""What a promulgated version does to the projects: a project is one line in one fiscal year."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.queries.plan_forms import FORMS, YEAR_PREFIX
from app.queries.plan_lines import ENDED
from app.queries.plans import PlanHead, VersionHead
from app.services.projects import NewProject, create_projects
from gis.problems import Problem

# Until money is approved a project follows its line in everything; from then on only the link and the planned money do.
_FOLLOWING = "('PLANNED', 'BUDGET_REQUESTED', 'DEFERRED')"
HAS_MONEY = """(
        EXISTS (SELECT FROM appropriation a WHERE a.project_id = p.id AND a.removed_at IS NULL)
        OR EXISTS (SELECT FROM contract k WHERE k.project_id = p.id AND k.removed_at IS NULL)
        OR EXISTS (SELECT FROM disbursement d WHERE d.project_id = p.id))"""
"""SQL: project ``p`` has money, in force or in a document that is still being made."""

_TOUCHED = """
    touched AS MATERIALIZED (
        SELECT l.* FROM plan_project l
        WHERE l.plan_version_id = :version AND l.removed_at IS NULL AND l.form = ANY(:forms)
    ), wanted AS MATERIALIZED (
        SELECT t.origin_id, t.id, a.fiscal_year_be FROM touched t JOIN plan_project_amount a ON a.plan_project_id = t.id
        WHERE t.change IN ('NEW', 'CHANGED') AND a.amount_baht > 0
    ), standing AS MATERIALIZED (
        SELECT p.id, p.fiscal_year_be, p.status, t.origin_id, t.id AS line_id
        FROM touched t JOIN plan_project x ON x.origin_id = t.origin_id JOIN project p ON p.plan_project_id = x.id
        WHERE p.status <> 'CANCELLED'
    )
"""
# Money that moves to another year takes its project along, with its coordinates and its code.
_MOVING = f"""
lost AS (
    SELECT s.id, s.origin_id, row_number() OVER (PARTITION BY s.origin_id ORDER BY s.fiscal_year_be, s.id) AS n
    FROM standing s WHERE s.status IN {_FOLLOWING}
      AND NOT EXISTS (SELECT FROM wanted w WHERE w.origin_id = s.origin_id AND w.fiscal_year_be = s.fiscal_year_be)
), gained AS (
    SELECT w.origin_id, w.fiscal_year_be, row_number() OVER (PARTITION BY w.origin_id ORDER BY w.fiscal_year_be) AS n
    FROM wanted w
    WHERE NOT EXISTS (SELECT FROM standing s WHERE s.origin_id = w.origin_id AND s.fiscal_year_be = w.fiscal_year_be)
)
"""
_MOVE_YEARS = f"""
WITH {_TOUCHED}, {_MOVING}
UPDATE project p SET fiscal_year_be = g.fiscal_year_be, plan_project_id = w.id
FROM lost l JOIN gained g USING (origin_id, n) JOIN wanted w USING (origin_id, fiscal_year_be)
WHERE p.id = l.id
"""
_FOLLOW = f"""
WITH {_TOUCHED}
UPDATE project p SET
    plan_project_id = t.id,
    strategy_code = g.national_strategy_code,
    name_th = CASE WHEN p.status IN {_FOLLOWING} THEN t.name_th ELSE p.name_th END,
    kind = CASE WHEN p.status IN {_FOLLOWING} AND p.surface_type_code IS NULL AND p.water_source_type_code IS NULL
                THEN t.kind ELSE p.kind END,
    location_text = CASE WHEN p.status IN {_FOLLOWING} THEN coalesce(t.location_text, p.location_text)
                         ELSE p.location_text END
FROM standing s JOIN touched t ON t.id = s.line_id LEFT JOIN local_strategy g ON g.id = t.local_strategy_id
WHERE p.id = s.id AND t.change IN ('NEW', 'CHANGED')
"""
_CANCEL = f"""
WITH {_TOUCHED}
UPDATE project p SET status = 'CANCELLED'
FROM standing s
WHERE p.id = s.id AND s.status IN ('PLANNED', 'DEFERRED')
  AND NOT EXISTS (SELECT FROM wanted w WHERE w.origin_id = s.origin_id AND w.fiscal_year_be = s.fiscal_year_be)
  AND NOT EXISTS (SELECT FROM closed_fiscal_year c
                  WHERE (c.organisation_code, c.fiscal_year_be) = (p.organisation_code, p.fiscal_year_be))
"""
_MISSING = f"""
WITH {_TOUCHED}
SELECT t.id, w.fiscal_year_be, t.kind, t.name_th, t.area_code, t.location_text
FROM wanted w JOIN touched t ON t.id = w.id
WHERE NOT EXISTS (SELECT FROM standing s WHERE s.origin_id = w.origin_id AND s.fiscal_year_be = w.fiscal_year_be)
ORDER BY t.line_number NULLS LAST, t.id, w.fiscal_year_be
"""

# Whoever closes a year holds the counter of its codes first.
_LOCK_YEARS = """
SELECT FROM project_code_counter c WHERE c.organisation_code = (
    SELECT p.organisation_code FROM plan p JOIN plan_version v ON v.plan_id = p.id WHERE v.id = :version)
ORDER BY c.fiscal_year_be FOR NO KEY UPDATE
"""
_LOCK = f"""
WITH {_TOUCHED}
SELECT p.id FROM project p WHERE p.id IN (SELECT s.id FROM standing s) ORDER BY p.id FOR NO KEY UPDATE OF p
"""
# Projects that would leave their year or the plan, where money or a closed year holds them.
_HELD = f"""
WITH {_TOUCHED}, {_MOVING}, leaving AS (
    SELECT s.id, s.origin_id, t.form, t.change, s.fiscal_year_be, g.fiscal_year_be AS to_year_be
    FROM standing s JOIN touched t ON t.id = s.line_id LEFT JOIN lost l ON l.id = s.id
    LEFT JOIN gained g ON g.origin_id = l.origin_id AND g.n = l.n
    WHERE l.id IS NOT NULL OR t.change IN ('WITHDRAWN', 'MERGED')
), told AS (
    SELECT e.*, p.code, {HAS_MONEY} AS money,
           (SELECT min(c.fiscal_year_be) FROM closed_fiscal_year c WHERE c.organisation_code = p.organisation_code
            AND e.to_year_be IS NOT NULL AND c.fiscal_year_be IN (e.fiscal_year_be, e.to_year_be)) AS closed_year_be
    FROM leaving e JOIN project p ON p.id = e.id
)
SELECT * FROM told WHERE money OR closed_year_be IS NOT NULL ORDER BY origin_id, fiscal_year_be, id
"""


def promulgation_problems(session: Session, of: VersionHead, *, lock: bool = False) -> list[Problem]:
    """Projects that could not follow a version, a problem for each: money was set against them, or a year is closed.

    Parameters
    ----------
    session, of
        A version that is not in force yet.
    lock
        Hold the projects first, in the order in which everybody does: what was found stays true until the end of the
        transaction.
    """
    parameters = _parameters(of)
    if lock:
        session.execute(sa.text(_LOCK_YEARS), {"version": of.id})
        session.execute(sa.text(_LOCK), parameters)
    return [_held_back(row) for row in session.execute(sa.text(_HELD), parameters)]


def _held_back(row: sa.Row[tuple[Any, ...]]) -> Problem:
    where = {"row": row.origin_id, "form": row.form}
    values = {"project": row.code, "year": row.fiscal_year_be}
    if row.money and row.change in ENDED:
        return Problem("line_has_budget", where=where, values=values)
    where["column"] = f"{YEAR_PREFIX}{row.fiscal_year_be}"
    if row.to_year_be is None:
        return Problem("line_year_has_budget", where=where, values=values)
    values["to"] = row.to_year_be
    if row.money:
        return Problem("project_year_with_money", where=where, values=values)
    return Problem("project_year_closed", where=where, values={**values, "closed": row.closed_year_be})


def _parameters(of: VersionHead) -> dict[str, Any]:
    return {"version": of.id, "forms": [form.code for form in FORMS.values() if form.makes_projects]}


def projects_of_promulgated(session: Session, head: PlanHead, of: VersionHead) -> int:
    """Let the projects follow a version that has just come into force; how many were made.

    A year of a line that has money and no project gets one (``PLANNED``). Money that moved to another year takes its
    project along. A year that lost its money, and every year of a line that left the plan, is cancelled as long as
    nothing was approved for it and its year is open. What was approved already keeps its name and its year;
    :func:`promulgation_problems` tells what this would hurt.

    Parameters
    ----------
    session, head, of
        The plan and its version, promulgated in this transaction.
    """
    parameters = _parameters(of)
    session.execute(sa.text("SELECT set_config('eplan.status_reason', :why, true)"), {"why": f"แผนพัฒนา {of.number}"})
    for statement in (_MOVE_YEARS, _FOLLOW, _CANCEL):
        session.execute(sa.text(statement), parameters)
    missing = session.execute(sa.text(_MISSING), parameters).all()
    new = [
        NewProject(
            organisation_code=head.organisation_code,
            fiscal_year_be=row.fiscal_year_be,
            kind=row.kind,
            name_th=row.name_th,
            area_code=row.area_code,
            location_text=row.location_text,
            plan_project_id=row.id,
        )
        for row in missing
    ]
    # The executive decided; the projects follow from the decision and are nobody's own entry.
    return len(create_projects(session, SYSTEM_ACTOR, new))

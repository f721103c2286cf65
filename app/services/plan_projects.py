"""What a promulgated version does to the projects: a project is one line in one fiscal year."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.queries.plan_forms import FORMS
from app.queries.plans import PlanHead, VersionHead
from app.services.projects import NewProject, create_projects

# Until money is approved a project follows its line in everything; from then on only the link and the planned money do.
_FOLLOWING = "('PLANNED', 'BUDGET_REQUESTED', 'DEFERRED')"

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
_MOVE_YEARS = f"""
WITH {_TOUCHED}, lost AS (
    SELECT s.id, s.origin_id, row_number() OVER (PARTITION BY s.origin_id ORDER BY s.fiscal_year_be, s.id) AS n
    FROM standing s WHERE s.status IN {_FOLLOWING}
      AND NOT EXISTS (SELECT FROM wanted w WHERE w.origin_id = s.origin_id AND w.fiscal_year_be = s.fiscal_year_be)
), gained AS (
    SELECT w.origin_id, w.fiscal_year_be, row_number() OVER (PARTITION BY w.origin_id ORDER BY w.fiscal_year_be) AS n
    FROM wanted w
    WHERE NOT EXISTS (SELECT FROM standing s WHERE s.origin_id = w.origin_id AND s.fiscal_year_be = w.fiscal_year_be)
)
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
"""
_MISSING = f"""
WITH {_TOUCHED}
SELECT t.id, w.fiscal_year_be, t.kind, t.name_th, t.area_code, t.location_text
FROM wanted w JOIN touched t ON t.id = w.id
WHERE NOT EXISTS (SELECT FROM standing s WHERE s.origin_id = w.origin_id AND s.fiscal_year_be = w.fiscal_year_be)
ORDER BY t.line_number NULLS LAST, t.id, w.fiscal_year_be
"""


def projects_of_promulgated(session: Session, head: PlanHead, of: VersionHead) -> int:
    """Let the projects follow a version that has just come into force; how many were made.

    A year of a line that has money and no project gets one (``PLANNED``). Money that moved to another year takes its
    project along. A year that lost its money, and every year of a line that left the plan, is cancelled as long as
    nothing was approved for it. What was approved already keeps its name and its year.

    Parameters
    ----------
    session, head, of
        The plan and its version, promulgated in this transaction.
    """
    parameters = {"version": of.id, "forms": [form.code for form in FORMS.values() if form.makes_projects]}
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

"""Projects that rows may mean, suggested with reasons by set-based SQL; a person decides.

Names are compared by trigrams of their Thai-normalised form. Comparing every row with every project would take
minutes, so only those are compared that share rare pieces of the name, the route, or amount and year. Numbers in a
name (village, line, year of a phase) tell works apart that are otherwise spelled alike, so they weigh by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import ImportBatch
from app.queries.import_matches import SIMILAR
from app.services.imports.pictures import is_of_photographs, suggest_near

_ANY_PROJECT = """
    SELECT EXISTS (SELECT FROM project WHERE organisation_code = :organisation AND kind = :kind
                   AND status <> 'CANCELLED')"""
_NUMBERS = "ARRAY(SELECT m[1] ::bigint FROM regexp_matches({name}, '[0-9]{{1,12}}', 'g') AS m ORDER BY 1)"
# Eight letters of a name without its spaces and signs, as a number: long enough to reach from one word to the next.
_PIECES = (
    "(SELECT hashtext(substr(word, at, 8)) AS piece FROM (SELECT translate({name}, ' .-()/,', '') AS word) each,"
    " generate_series(1, greatest(length(word) - 7, 1)) AS at) AS t"
)
_FIND = f"""
WITH known AS MATERIALIZED (
    SELECT p.id, thai_search(p.name_th) AS name, p.fiscal_year_be AS year, p.budget_baht AS budget, p.area_code,
           p.route_code, {_NUMBERS.format(name="thai_search(p.name_th)")} AS numbers,
           count(*) OVER (PARTITION BY p.fiscal_year_be, p.budget_baht) AS alike
    FROM project p
    WHERE p.organisation_code = :organisation AND p.kind = :kind AND p.status <> 'CANCELLED'
),
asked AS MATERIALIZED (
    SELECT *, dense_rank() OVER (ORDER BY name) AS n FROM (
        SELECT r.row_number, thai_search(r."values"->>'name') AS name,
               coalesce((r."values"->>'fiscal_year') ::int, :year) AS year,
               (r."values"->>'budget_baht') ::numeric AS budget,
               r."values"->>'tambon' AS area_code, r."values"->>'route_code' AS route_code
        FROM import_row r
        WHERE r.batch_id = :batch AND (:rows ::int[] IS NULL OR r.row_number = ANY(:rows)) AND r."values" ? 'name'
          AND (r.project_id IS NULL
               OR EXISTS (SELECT FROM import_choice c WHERE c.batch_id = :batch AND c.row_number = r.row_number))
    ) each
),
names AS MATERIALIZED (
    SELECT n, name, {_NUMBERS.format(name="name")} AS numbers FROM (SELECT DISTINCT n, name FROM asked) each
),
pieces AS MATERIALIZED (SELECT DISTINCT k.id, piece FROM known k CROSS JOIN LATERAL {_PIECES.format(name="k.name")}),
frequency AS MATERIALIZED (SELECT piece, count(*) AS projects FROM pieces GROUP BY piece),
rarest AS MATERIALIZED (
    SELECT n, piece, projects FROM (
        SELECT n, piece, projects, row_number() OVER rare AS place, sum(projects) OVER rare AS together
        FROM (SELECT DISTINCT n.n, t.piece FROM names n CROSS JOIN LATERAL {_PIECES.format(name="n.name")}) each
        JOIN frequency USING (piece)
        WINDOW rare AS (PARTITION BY n ORDER BY projects, piece ROWS UNBOUNDED PRECEDING)
    ) each WHERE place <= :pieces AND (place <= 2 OR together <= :together)
),
alike AS MATERIALIZED (
    SELECT n, id FROM (
        SELECT n, id, row_number() OVER (PARTITION BY n ORDER BY sum(1.0 ::float8 / projects) DESC, id) AS place
        FROM rarest JOIN pieces USING (piece) GROUP BY n, id
    ) each WHERE place <= :compared
),
pairs AS MATERIALIZED (
    SELECT a.row_number, l.id FROM asked a JOIN alike l USING (n)
    UNION SELECT a.row_number, k.id FROM asked a JOIN known k ON k.route_code = a.route_code
    UNION SELECT a.row_number, k.id FROM asked a JOIN known k ON k.budget = a.budget AND k.year = a.year
          WHERE k.budget > 0 AND k.alike <= :amounts
),
evidence AS MATERIALIZED (
    SELECT a.row_number, k.id, k.year AS stored_year, k.budget AS stored_budget,
           CASE WHEN a.name = k.name THEN 1 ELSE similarity(a.name, k.name) END ::float8 AS name,
           CASE abs(a.year - k.year) WHEN 0 THEN 1 WHEN 1 THEN 0.5 ELSE 0 END ::float8 AS year,
           CASE WHEN a.budget IS NULL OR k.budget = 0 THEN NULL WHEN abs(a.budget - k.budget) < 0.005 THEN 1
                WHEN abs(a.budget - k.budget) <= 0.1 * k.budget THEN 0.6 ELSE 0 END ::float8 AS budget,
           CASE WHEN n.numbers = k.numbers THEN CASE WHEN n.numbers = '{{}}' THEN NULL ELSE 1 END
                ELSE 0 END ::float8 AS numbers,
           CASE WHEN length(a.area_code) = 6 AND length(k.area_code) = 6
                THEN (a.area_code = k.area_code) ::int END ::float8 AS area,
           CASE WHEN a.route_code IS NOT NULL AND k.route_code IS NOT NULL
                THEN (a.route_code = k.route_code) ::int END ::float8 AS route
    FROM pairs JOIN asked a USING (row_number) JOIN known k USING (id) JOIN names n USING (n)
),
scored AS (
    SELECT *, round(((0.5 * name + 0.1 * year + 0.15 * coalesce(budget, 0) + 0.2 * coalesce(numbers, 0)
                     + 0.05 * coalesce(area, 0) + 0.2 * coalesce(route, 0))
             / (0.6 + 0.15 * (budget IS NOT NULL) ::int + 0.2 * (numbers IS NOT NULL) ::int
                + 0.05 * (area IS NOT NULL) ::int + 0.2 * (route IS NOT NULL) ::int)) ::numeric, 3) AS score
    FROM evidence
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY row_number ORDER BY score DESC, name DESC, id) AS rank
    FROM scored WHERE score >= :least
)
INSERT INTO import_match (batch_id, row_number, rank, project_id, score, reasons)
SELECT :batch, row_number, rank, id, score, jsonb_path_query_array(jsonb_build_array(
    CASE WHEN name = 1 THEN jsonb_build_object('code', 'match_name_same')
         ELSE jsonb_build_object('code', 'match_name_similar', 'percent', round(100 * name)) END,
    CASE WHEN numbers = 0 THEN jsonb_build_object('code', 'match_numbers_differ') END,
    CASE WHEN year = 1 THEN jsonb_build_object('code', 'match_year_same')
         ELSE jsonb_build_object('code', 'match_year_differs', 'year', stored_year) END,
    CASE WHEN budget = 1 THEN jsonb_build_object('code', 'match_amount_same')
         WHEN budget > 0 THEN jsonb_build_object('code', 'match_amount_near', 'baht', stored_budget)
         WHEN budget = 0 THEN jsonb_build_object('code', 'match_amount_differs', 'baht', stored_budget) END,
    CASE area WHEN 1 THEN jsonb_build_object('code', 'match_tambon_same')
              WHEN 0 THEN jsonb_build_object('code', 'match_tambon_differs') END,
    CASE route WHEN 1 THEN jsonb_build_object('code', 'match_route_same')
               WHEN 0 THEN jsonb_build_object('code', 'match_route_differs') END
), '$[*] ? (@ != null)')
FROM ranked WHERE rank <= :kept"""

# The planner knows nothing of what stands in the parts of the statement, and would join them by nested loops.
_PLAN = "SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"
_PLAN_AS_BEFORE = "SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL jit TO DEFAULT; SET LOCAL work_mem TO DEFAULT"

# A row that would become a new project though a stored one is much like it says so; who has decided need not be told.
_WARN = """
UPDATE import_row r SET level = CASE r.level WHEN 'ok' THEN 'warning' ELSE r.level END,
    problems = coalesce(r.problems, '[]') || jsonb_build_array(jsonb_build_object(
        'code', 'project_similar', 'level', 'warning', 'where', jsonb_build_object('field', 'project'),
        'values', jsonb_build_object('code', p.code, 'percent', round((100 * m.score) ::numeric))))
FROM import_match m JOIN project p ON p.id = m.project_id
WHERE m.batch_id = :batch AND m.rank = 1 AND m.score >= :similar AND r.batch_id = m.batch_id
  AND r.row_number = m.row_number AND r.project_id IS NULL AND (:rows ::int[] IS NULL OR r.row_number = ANY(:rows))
  AND NOT coalesce(r.problems @> '[{"code": "project_undecided"}]' OR r.problems @> '[{"code": "project_ambiguous"}]',
                   false)
  AND NOT EXISTS (SELECT FROM import_choice c WHERE c.batch_id = r.batch_id AND c.row_number = r.row_number)"""


def find_matches(session: Session, batch: ImportBatch, rows: Sequence[int] | None = None) -> None:
    """Suggest projects for rows that no code and no exact name has decided; for some rows, or for all.

    Twenty thousand rows against three thousand projects take seconds.
    """
    asked = {
        "batch": batch.id,
        "organisation": batch.organisation_code,
        "kind": batch.kind,
        "year": batch.fiscal_year_be,
        "rows": None if rows is None else list(rows),
    }
    session.execute(
        sa.text(
            "DELETE FROM import_match WHERE batch_id = :batch AND (:rows ::int[] IS NULL OR row_number = ANY(:rows))"
        ),
        asked,
    )
    if not session.scalar(sa.text(_ANY_PROJECT), asked):
        return
    session.execute(sa.text(_PLAN))
    limits = {"pieces": 8, "together": 150, "compared": 6, "amounts": 4, "least": 0.45, "kept": 5}
    session.execute(sa.text(_FIND), {**asked, **limits})
    session.execute(
        sa.text("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL jit TO DEFAULT; SET LOCAL work_mem TO DEFAULT")
    )
    if is_of_photographs(batch):
        suggest_near(session, batch, rows)
    session.execute(sa.text(_WARN), {**asked, "similar": SIMILAR})

"""What a province's score can be made of: each measure is its rows, and its ratio is what they add up to.

A row says how many things were wanted and how many of them count (``wanted``, ``done``); numerator and denominator are
sums of the rows that a person can open, so that a figure cannot say anything its rows do not. Only values count:
``completeness_item`` decides what is there, and saving nothing changes no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One ratio.

    Parameters
    ----------
    sql
        Rows of ``:provinces`` in ``:year`` as they stand on ``:today``: province_code, organisation_code, record
        (where a person looks it up), subject, topic, period, due_on, wanted, done.
    timed
        Its criterion says a number of days (``:days``).
    """

    sql: str
    timed: bool = False


# What was there when its day ended and is there still: what was entered later, or emptied again, does not count. Days
# before the counting of the year began are nobody's fault and stay out.
_ON_TIME = """
SELECT o.province_code, c.organisation_code, 'items' AS record, NULL::text AS subject, c.topic, c.period, d.due_on,
       {wanted} AS wanted, {done} AS done
FROM completeness_cell c
JOIN (
    SELECT t.topic, p.period::smallint AS period, t.due_on
    FROM calendar_task t CROSS JOIN LATERAL generate_series(t.period_from::integer, t.period_to::integer) AS p (period)
    WHERE t.fiscal_year_be = :year AND t.removed_at IS NULL AND t.due_on < CAST(:today AS date)
      AND t.due_on >= (SELECT min(day) FROM completeness_day WHERE fiscal_year_be = :year)
) AS d USING (topic, period)
JOIN organisation o ON o.code = c.organisation_code
CROSS JOIN LATERAL (
    SELECT least(c.done, coalesce((
        SELECT x.done FROM completeness_day x
        WHERE x.fiscal_year_be = c.fiscal_year_be AND x.organisation_code = c.organisation_code AND x.topic = c.topic
          AND x.period = c.period AND x.day <= d.due_on
        ORDER BY x.day DESC LIMIT 1), 0)) AS then_and_now
) AS t
WHERE c.fiscal_year_be = :year AND o.province_code = ANY (:provinces) AND {topics}
"""
_ITEMS = _ON_TIME.format(wanted="c.wanted", done="t.then_and_now", topics="c.topic NOT IN ('PLAN', 'COORDINATES')")
_PLANS = _ON_TIME.format(wanted="1", done="(t.then_and_now = c.wanted)::integer", topics="c.topic = 'PLAN'")
_VERIFIED = """
SELECT o.province_code, p.organisation_code, 'project:' || p.code AS record, p.name_th AS subject, NULL::text AS topic,
       NULL::smallint AS period, NULL::date AS due_on, 1 AS wanted, (p.geometry_status = 'VERIFIED')::integer AS done
FROM project p JOIN organisation o ON o.code = p.organisation_code
WHERE p.fiscal_year_be = :year AND o.province_code = ANY (:provinces) AND p.kind IN ('road', 'water')
  AND p.budget_baht > 0 AND p.status NOT IN ('CANCELLED', 'DEFERRED')
"""
# Sending the same coordinates again is no answer, unless the province then finds that they were right.
_RETURNED = """
SELECT o.province_code, p.organisation_code, 'project:' || p.code AS record, p.name_th AS subject, NULL::text AS topic,
       NULL::smallint AS period, r.due_on, 1 AS wanted, coalesce(a.day <= r.due_on, false)::integer AS done
FROM project_geometry g
JOIN project p ON p.id = g.project_id
JOIN organisation o ON o.code = p.organisation_code
CROSS JOIN LATERAL (SELECT g.created_at::date + CAST(:days AS integer) AS due_on) AS r
LEFT JOIN LATERAL (
    SELECT min(n.created_at)::date AS day FROM project_geometry n
    WHERE n.project_id = g.project_id AND n.version > g.version
      AND (n.status = 'VERIFIED' OR n.status = 'SUBMITTED' AND n.geom IS DISTINCT FROM g.geom)
) AS a ON true
WHERE g.status = 'RETURNED' AND g.created_at >= CAST(:first AS date) AND g.created_at < CAST(:after AS date)
  AND o.province_code = ANY (:provinces) AND (a.day <= r.due_on OR r.due_on < CAST(:today AS date))
  AND NOT EXISTS (SELECT FROM project_geometry b
                  WHERE b.project_id = g.project_id AND b.version = g.version - 1 AND b.status = 'RETURNED')
"""
_ON_BEHALF = """
SELECT o.province_code, l.organisation_code, 'receipt:' || l.request_id AS record, l.request_id AS subject,
       NULL::text AS topic, NULL::smallint AS period, l.day + CAST(:days AS integer) AS due_on, 1 AS wanted,
       coalesce(d.decision = 'CONFIRMED', false)::integer AS done
FROM (
    SELECT c.on_behalf_of AS organisation_code, c.request_id, min(c.at)::date AS day
    FROM change_log c
    WHERE c.on_behalf_of IS NOT NULL AND c.request_id IS NOT NULL
      AND c.at >= CAST(:first AS date) AND c.at < CAST(:after AS date)
      AND EXISTS (SELECT FROM membership m JOIN organisation b ON b.province_code = m.area_code
                  WHERE m.user_id = c.user_id AND m.role_code = 'PROV_OFFICER' AND b.code = c.on_behalf_of)
    GROUP BY 1, 2
) AS l
JOIN organisation o ON o.code = l.organisation_code
LEFT JOIN on_behalf_decision d ON d.request_id = l.request_id AND d.organisation_code = l.organisation_code
WHERE o.province_code = ANY (:provinces)
  AND (d.decision IS NOT NULL OR l.day + CAST(:days AS integer) < CAST(:today AS date))
"""
# From an answer or an appeal to the next word of the province; what was withdrawn before it, or said anew because the
# works changed, is not measured.
_DUPLICATES = """
SELECT o.province_code, o.code AS organisation_code, 'pair:' || s.pair_id AS record,
       p.code || ' - ' || q.code AS subject, NULL::text AS topic, NULL::smallint AS period, s.due_on, 1 AS wanted,
       coalesce(s.decided_on <= s.due_on, false)::integer AS done
FROM (
    SELECT d.*, d.created_at::date + CAST(:days AS integer) AS due_on, lead(d.act) OVER steps AS next_act,
           (lead(d.created_at) OVER steps)::date AS decided_on
    FROM duplicate_decision d WINDOW steps AS (PARTITION BY d.pair_id ORDER BY d.id)
) AS s
JOIN project p ON p.id = s.project_a
JOIN project q ON q.id = s.project_b
JOIN organisation o ON o.code = coalesce(s.organisation_code, p.organisation_code)
WHERE s.act IN ('answer', 'appeal') AND s.created_at >= CAST(:first AS date) AND s.created_at < CAST(:after AS date)
  AND o.province_code = ANY (:provinces)
  AND (s.next_act IN ('confirm', 'return', 'uphold', 'dismiss')
       OR s.next_act IS NULL AND s.due_on < CAST(:today AS date))
"""

MEASURES: Mapping[str, Measure] = {
    "ITEMS_ON_TIME": Measure(_ITEMS),
    "PLAN_ON_TIME": Measure(_PLANS),
    "COORDINATES_VERIFIED": Measure(_VERIFIED),
    "RETURNED_ANSWERED": Measure(_RETURNED, timed=True),
    "ON_BEHALF_CONFIRMED": Measure(_ON_BEHALF, timed=True),
    "DUPLICATES_DECIDED": Measure(_DUPLICATES, timed=True),
}
"""What a criterion of the part ``SYSTEM`` may be."""
COLUMNS = "organisation_code, record, subject, topic, period, due_on, wanted, done"

"""What organisations say of themselves: vision, tactics, decisions on their plans, people, finances, the next plan.

Set by set in SQL and nothing by lot: whatever differs between organisations follows from their codes.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.plan_paths import approval_path
from app.services.loading import copy_rows

_TACTICS = {
    "1": ("ก่อสร้างและปรับปรุงถนนให้ได้มาตรฐาน", "บำรุงรักษาถนนและไหล่ทาง"),
    "2": ("พัฒนาและฟื้นฟูแหล่งน้ำเพื่อการเกษตร", "ขยายระบบประปาหมู่บ้าน"),
    "3": ("พัฒนาสาธารณูปโภคในชุมชน", "จัดการขยะและสิ่งแวดล้อม"),
    "4": ("พัฒนาเส้นทางเข้าแหล่งผลิตและแหล่งท่องเที่ยว", "ส่งเสริมตลาดชุมชน"),
    "5": ("พัฒนาบุคลากรและระบบข้อมูล", "ส่งเสริมการมีส่วนร่วม"),
}
# strategy -> (13th plan milestone, SDG)
_SERVES = {"1": ("5", "9"), "2": ("11", "6"), "3": ("9", "11"), "4": ("2", "8"), "5": ("13", "16")}
_STEP_DAYS = {"SUPPORT_COMMITTEE": 42, "DEVELOPMENT_COMMITTEE": 30, "PUBLIC_HEARING": 24, "COUNCIL": 12, "EXECUTIVE": 0}
_STEP_REFERENCES = {
    "SUPPORT_COMMITTEE": "ประชุมคณะกรรมการสนับสนุนฯ ครั้งที่ 1",
    "DEVELOPMENT_COMMITTEE": "ประชุมคณะกรรมการพัฒนาท้องถิ่น ครั้งที่ 1",
    "PUBLIC_HEARING": "ประชาคมระดับตำบล",
    "COUNCIL": "ประชุมสภา สมัยสามัญ สมัยที่ 3",
    "EXECUTIVE": "ประกาศใช้แผนพัฒนาท้องถิ่น (สาธิต)",
}

_VISION = """
UPDATE plan p SET
    vision = CASE WHEN o.type_code LIKE '%MUNI' THEN o.name_th || ' เมืองน่าอยู่ เดินทางสะดวก น้ำใช้เพียงพอ'
                  ELSE o.name_th || ' ถนนดี มีน้ำตลอดปี ชีวิตมั่นคง' END,
    mission = E'พัฒนาโครงสร้างพื้นฐานให้ทั่วถึง\\nจัดหาและรักษาแหล่งน้ำ\\nบริหารงานอย่างเปิดเผย',
    goals = E'ทุกหมู่บ้านเข้าถึงถนนลาดยางหรือคอนกรีต\\nทุกครัวเรือนมีน้ำใช้ตลอดปี'
FROM organisation o WHERE o.code = p.organisation_code
"""
_SERVING = """
INSERT INTO local_strategy_alignment (local_strategy_id, alignment_item_id)
SELECT s.id, i.id FROM local_strategy s
JOIN (SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:milestones AS text[]), CAST(:goals AS text[]))
      AS g(code, milestone, goal)) g ON g.code = s.code
JOIN alignment_item i ON (i.framework = 'NATIONAL' AND i.code = s.national_strategy_code)
     OR (i.framework = 'NESDP13' AND i.code = g.milestone) OR (i.framework = 'SDG' AND i.code = g.goal)
"""
# Every ninth line of the original costs more since the newest version: before and after have something to show.
_CHANGED = """
WITH newest AS (
    SELECT DISTINCT ON (plan_id) id, plan_id FROM plan_version WHERE seq IS NOT NULL ORDER BY plan_id, seq DESC
), made AS (
    INSERT INTO plan_project (plan_version_id, previous_id, change, reason, form, kind, line_number, page, name_th,
        objective, target, indicator, expected_result, department, local_strategy_id, programme_code)
    SELECT n.id, l.id, 'CHANGED', 'ราคาวัสดุก่อสร้างสูงขึ้น', l.form, l.kind, l.line_number, l.page, l.name_th,
        l.objective, l.target, l.indicator, l.expected_result, l.department, l.local_strategy_id, l.programme_code
    FROM plan_project l JOIN plan_version v ON v.id = l.plan_version_id AND v.seq = 1 JOIN newest n USING (plan_id)
    WHERE l.line_number % 9 = 4
      AND EXISTS (SELECT FROM plan_project_amount a WHERE a.plan_project_id = l.id AND a.fiscal_year_be >= 2570)
    RETURNING id, previous_id
), amounts AS (
    INSERT INTO plan_project_amount (plan_project_id, fiscal_year_be, amount_baht)
    SELECT m.id, a.fiscal_year_be, round(a.amount_baht * 1.08, -3)
    FROM made m JOIN plan_project_amount a ON a.plan_project_id = m.previous_id
)
UPDATE project p SET plan_project_id = m.id FROM made m WHERE p.plan_project_id = m.previous_id
"""
_NEXT_PLAN = """
WITH period AS (SELECT id, name_th FROM plan_period WHERE start_be = 2571 AND end_be = 2575),
plans AS (
    INSERT INTO plan (organisation_code, plan_period_id, name_th, vision)
    SELECT p.organisation_code, e.id, e.name_th, p.vision FROM plan p CROSS JOIN period e
    RETURNING id, organisation_code, plan_period_id
), versions AS (
    INSERT INTO plan_version (plan_id, plan_period_id, change_types, number, fiscal_year_be)
    SELECT id, plan_period_id, '{}', 'ฉบับแรก', 2571 FROM plans
)
INSERT INTO local_strategy (plan_id, code, name_th, national_strategy_code)
SELECT n.id, s.code, s.name_th, s.national_strategy_code
FROM plans n JOIN plan old ON old.organisation_code = n.organisation_code AND old.id <> n.id
JOIN local_strategy s ON s.plan_id = old.id
"""
_NEXT_LINES = """
WITH drafts AS (
    SELECT v.id, v.plan_id, p.organisation_code FROM plan_version v JOIN plan p ON p.id = v.plan_id WHERE v.seq IS NULL
), chosen AS (
    SELECT d.id AS version_id, d.plan_id, l.*, s.code AS strategy,
           row_number() OVER (PARTITION BY d.id, s.code, l.programme_code ORDER BY l.id) AS number,
           row_number() OVER (PARTITION BY d.id ORDER BY l.id) AS place
    FROM drafts d JOIN plan old ON old.organisation_code = d.organisation_code AND old.id <> d.plan_id
    JOIN plan_version v ON v.plan_id = old.id AND v.seq = 1
    JOIN plan_project l ON l.plan_version_id = v.id AND l.line_number % 3 = 1
    JOIN local_strategy s ON s.id = l.local_strategy_id
), made AS (
    INSERT INTO plan_project (plan_version_id, form, kind, line_number, name_th, objective, target, indicator,
        expected_result, department, local_strategy_id, programme_code)
    SELECT c.version_id, c.form, c.kind, c.number, c.name_th || ' ระยะที่ 2', c.objective, c.target, c.indicator,
        c.expected_result, c.department, s.id, c.programme_code
    FROM chosen c JOIN local_strategy s ON s.plan_id = c.plan_id AND s.code = c.strategy WHERE c.place <= 24
    RETURNING id, line_number
)
INSERT INTO plan_project_amount (plan_project_id, fiscal_year_be, amount_baht)
SELECT id, 2571 + id % 5, 120000 + (id * 37 % 90) * 20000 FROM made WHERE id % 11 <> 0
"""
_COMMUNITIES = """
INSERT INTO community (organisation_code, year_be, name_th, village_number, male, female, households)
SELECT DISTINCT ON (c.organisation_code, a.code) c.organisation_code, 2569, a.name_th,
       CAST(right(a.code, 2) AS integer), q.population / 2, q.population - q.population / 2, q.households
FROM organisation_coverage c JOIN organisation o ON o.code = c.organisation_code AND o.type_code <> 'PAO'
JOIN area a ON a.level = 'village' AND left(a.code, 6) = c.tambon_code
CROSS JOIN LATERAL (
    SELECT 240 + CAST(a.code AS bigint) * 37 % 620 AS population,
           70 + CAST(a.code AS bigint) * 37 % 190 AS households
) q
ON CONFLICT DO NOTHING
"""
_PEOPLE = """
INSERT INTO organisation_population (organisation_code, year_be, male, female, households, source)
SELECT organisation_code, year_be, sum(male), sum(female), sum(households), 'ข้อมูลสาธิต'
FROM community GROUP BY 1, 2
"""
_PROFILES = """
INSERT INTO organisation_profile (organisation_code, address, postcode, website, founded_on, council_members,
    staff_count, general_condition)
SELECT o.code, 'สำนักงาน' || o.full_name_th || ' อ.' || a.name_th, '99000', 'https://www.example.go.th',
       DATE '1996-01-19', CASE WHEN o.type_code = 'PAO' THEN 24 ELSE 12 END, 30 + abs(hashtext(o.code)) % 60,
       'พื้นที่ราบสลับเนินเตี้ย ประชาชนส่วนใหญ่ทำนาและทำไร่ (ข้อมูลสาธิต)'
FROM organisation o JOIN area a ON a.code = coalesce(o.amphoe_code, o.province_code)
"""
# Nobody has entered everything: who lacks what follows from the code, so that monitoring has something to find.
_TOLD_SO_FAR = (
    """
    UPDATE organisation_profile p
    SET area_km2 = CASE WHEN n % 5 > 0 THEN round((ST_Area(o.territory::geography) / 1e6)::numeric, 2) END,
        office_phone = CASE WHEN n % 7 > 0 THEN '00000 0000' END,
        office_email = CASE WHEN n % 4 > 0 THEN 'office@example.go.th' END
    FROM organisation o, abs(hashtext(o.code || 'profile')) AS n WHERE o.code = p.organisation_code
    """,
    """
    INSERT INTO organisation_population (organisation_code, year_be, male, female, households, source)
    SELECT organisation_code, 2568, male - 3, female - 2, households - 1, source FROM organisation_population
    WHERE abs(hashtext(organisation_code || 'people')) % 6 > 0
    """,
    """
    INSERT INTO grant_allotment (organisation_code, fiscal_year_be, kind, name_th, letter, allotted_baht, received_baht,
                                 received_on)
    SELECT o.code, y, 'GRANT_GENERAL', 'เงินอุดหนุนทั่วไป', 'สาธิต 0000/' || y, 11760000,
           CASE WHEN n % 4 > 0 THEN 980000 END, CASE WHEN n % 4 > 0 THEN make_date(y - 544, 10, 20) END
    FROM organisation o, unnest(ARRAY[2569, 2570]) AS y, abs(hashtext(o.code || y)) AS n WHERE n % 5 > 0
    """,
)
_OF_PROVINCES = """
INSERT INTO alignment_item (framework, owner_code, code, seq, name_th, valid_from_be, valid_to_be)
SELECT i.framework, p.province_code, i.code, 10 * CAST(i.code AS integer), i.name_th, 2566, 2570
FROM (SELECT DISTINCT province_code FROM organisation WHERE type_code = 'PAO') p
CROSS JOIN (VALUES ('PROVINCE', '1', 'พัฒนาโครงข่ายคมนาคมเชื่อมแหล่งผลิต'), ('PROVINCE', '2', 'บริหารจัดการน้ำทั้งระบบ'),
    ('PROVINCE', '3', 'ยกระดับคุณภาพชีวิต'), ('PAO', '1', 'ถนนเชื่อมตำบล'), ('PAO', '2', 'แหล่งน้ำขนาดกลาง')
) AS i(framework, code, name_th)
"""
# Month 0 is the year's estimate; the year that is running has only October behind it.
_FINANCES = """
INSERT INTO finance_month (organisation_code, fiscal_year_be, item_code, month, amount_baht)
SELECT o.code, y.year, i.item, m.month,
       round(i.weight * CASE WHEN o.type_code = 'PAO' THEN 12 WHEN o.type_code LIKE '%MUNI' THEN 2 ELSE 1 END
             * CASE WHEN m.month = 0 THEN 12
                    ELSE 0.8 + (abs(hashtext(o.code || i.item || m.month)) % 40) / 100.0 END, 2)
FROM organisation o
CROSS JOIN (VALUES (2569), (2570)) AS y(year)
CROSS JOIN (VALUES ('R1', 18000), ('R2', 9000), ('R3', 6500), ('R4', 4000), ('R5', 3000), ('R7', 1450000),
    ('R8', 980000), ('E510000', 820000), ('E521000', 190000), ('E522000', 610000), ('E531000', 60000),
    ('E532000', 240000), ('E533000', 130000), ('E534000', 45000), ('E541000', 38000), ('E542000', 310000),
    ('E560000', 95000), ('S1', 9400000), ('S2', 4100000), ('S3', 16800000)) AS i(item, weight)
CROSS JOIN generate_series(0, 12) AS m(month)
WHERE (y.year = 2569 OR m.month <= 1) AND NOT (i.item LIKE 'S%' AND m.month = 0)
"""


def write_profiles(session: Session) -> None:
    """Fill in what planners and finance staff enter beside the works, after everything else is there."""
    session.execute(sa.text(_VISION))
    _write_tactics(session)
    codes = sorted(_SERVES)
    parameters = {
        "codes": codes,
        "milestones": [_SERVES[code][0] for code in codes],
        "goals": [_SERVES[code][1] for code in codes],
    }
    session.execute(sa.text(_CHANGED))
    _write_steps(session)
    for statement in (_NEXT_PLAN, _NEXT_LINES):
        session.execute(sa.text(statement))
    session.execute(sa.text(_SERVING), parameters)
    for statement in (_COMMUNITIES, _PEOPLE, _FINANCES, _PROFILES, *_TOLD_SO_FAR, _OF_PROVINCES):
        session.execute(sa.text(statement))


def _write_tactics(session: Session) -> None:
    strategies = session.execute(sa.text("SELECT id, code FROM local_strategy ORDER BY id")).all()
    rows = [(row.id, str(n), name) for row in strategies for n, name in enumerate(_TACTICS.get(row.code, ()), start=1)]
    copy_rows(session, "local_tactic", ("local_strategy_id", "code", "name_th"), rows)


def _write_steps(session: Session) -> None:
    """The decisions that brought every version in force there, in their order before its day."""
    versions = session.execute(
        sa.text(
            "SELECT v.id, v.change_types, v.promulgated_on, o.type_code FROM plan_version v"
            " JOIN plan p ON p.id = v.plan_id JOIN organisation o ON o.code = p.organisation_code"
            " WHERE v.seq IS NOT NULL AND v.promulgated_on IS NOT NULL ORDER BY v.id"
        )
    ).all()
    rows = [
        (
            version.id,
            step.code,
            "PASSED",
            version.promulgated_on - timedelta(days=_STEP_DAYS[step.code]),
            _STEP_REFERENCES[step.code],
            "ผู้บริหาร (สาธิต)" if step.code == "EXECUTIVE" else "กองแผน (สาธิต)",
        )
        for version in versions
        for step in approval_path(version.change_types, version.type_code)
        if step.required
    ]
    columns = ("plan_version_id", "step", "result", "decided_on", "reference", "recorded_by_name")
    copy_rows(session, "plan_version_step", columns, rows)

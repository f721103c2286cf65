"""The officers' scores: the year that is over with its points, an appeal and its end; the running one half given."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.scores import score_of
from app.services import scores
from app.services.demo.land import Land
from app.services.demo.people import SEED
from app.services.demo.stage import Stage
from app.services.money_rules import last_day

# Share of the points, and why.
_MARKS = {
    "ADVICE": (Decimal("0.9"), "ติดตามครบทุก อปท. และตอบคำถามภายในสามวันทำการ"),
    "ANALYSIS": (Decimal("0.8"), "รายงานวิเคราะห์ครบสองฉบับ ฉบับที่สองส่งช้าห้าวัน"),
    "TASKS": (Decimal("0.9"), "ร่วมคณะตรวจงานก่อสร้างตามที่มอบหมาย"),
    "CONDUCT": (Decimal("1"), "ประสานงานดี ไม่มีข้อร้องเรียน"),
}
# Days begin with the counting of a year; what was told of the cells until now lies on one day. What is there was
# entered some time before it was due, some of it after: by the code, so that every database gets the same.
_DAYS = """
WITH due AS (
    SELECT t.fiscal_year_be, t.topic, p.period::smallint AS period, t.opens_on, t.due_on
    FROM calendar_task t CROSS JOIN LATERAL generate_series(t.period_from::integer, t.period_to::integer) AS p (period)
    WHERE t.removed_at IS NULL
), told AS (
    SELECT c.*, y.began, CASE WHEN e.day < CAST(:today AS date) THEN greatest(e.day, y.began + 1)
                              ELSE y.began + 1 + n % (CAST(:today AS date) - y.began - 1) END AS entered
    FROM completeness_day c LEFT JOIN due d USING (fiscal_year_be, topic, period)
    CROSS JOIN LATERAL make_date(c.fiscal_year_be - 544, 10, 1) AS y (began)
    CROSS JOIN LATERAL abs(hashtext(c.organisation_code || c.topic || c.period || c.fiscal_year_be)) AS n
    CROSS JOIN LATERAL (SELECT coalesce(d.opens_on, y.began)
                               + coalesce(d.due_on - d.opens_on, 60) * (20 + n % 97) / 100 AS day) AS e
    WHERE c.day = CAST(:today AS date) AND y.began + 1 < CAST(:today AS date)
), begun AS (
    INSERT INTO completeness_day (organisation_code, fiscal_year_be, topic, period, day, wanted, done)
    SELECT organisation_code, fiscal_year_be, topic, period, began, wanted, 0 FROM told WHERE done > 0
)
UPDATE completeness_day c
SET day = CASE WHEN t.done = 0 THEN t.began ELSE t.entered END
FROM told t
WHERE (c.fiscal_year_be, c.organisation_code, c.topic, c.period, c.day)
      = (t.fiscal_year_be, t.organisation_code, t.topic, t.period, t.day)
"""


def spread_days(session: Session, today: date) -> None:
    """Tell the counts of completeness over the days on which they came about."""
    session.execute(sa.text(_DAYS), {"today": today})


def write_scores(stage: Stage, land: Land) -> None:
    """What the head gives with a remark, what an officer says against it, and the end of the year that is over."""
    province = land.province.code
    _give(stage, province, SEED + 1, ("ADVICE", "CONDUCT"), 5)
    with stage.acting("officer2", stage.ago(3, 10)) as actor:
        scores.appeal(
            stage.session,
            actor,
            province,
            SEED + 1,
            criterion="ADVICE",
            reason="ยังไม่นับการออกพื้นที่สองครั้งของเดือนนี้ ตามรายงานประจำวันที่ลงนามแล้ว",
            today=stage.today,
        )
    if stage.today <= last_day(SEED):
        return
    _give(stage, province, SEED, tuple(_MARKS), 14)
    _settle(stage, province)


def _give(stage: Stage, province: str, year: int, criteria: tuple[str, ...], back: int) -> None:
    found = score_of(stage.session, province, year, stage.today)
    limits = {one.code: one.points for one in found.formula.of("PROVINCE")} if found else {}
    for minute, code in enumerate(criteria):
        share, remark = _MARKS[code]
        with stage.acting("head", stage.ago(back, 14, minute)) as actor:
            scores.give_points(
                stage.session,
                actor,
                province,
                year,
                criterion=code,
                points=limits[code] * share,
                remark=remark,
                today=stage.today,
            )


def _settle(stage: Stage, province: str) -> None:
    """The appeal of the year that is over is answered; then the department ends it."""
    with stage.acting("officer", stage.ago(12, 9)) as actor:
        scores.appeal(
            stage.session,
            actor,
            province,
            SEED,
            criterion="ANALYSIS",
            reason="ฉบับที่สองส่งช้าเพราะรอตัวเลขเบิกจ่ายจาก อปท. สามแห่ง แนบหนังสือทวงถามแล้ว",
            today=stage.today,
        )
    appealed = stage.session.scalar(sa.text("SELECT max(id) FROM score_appeal"))
    # The platform dates an answer and an end by the moment in which it writes them.
    with stage.acting("head", stage.at(stage.today, 9)) as actor:
        scores.answer_appeal(
            stage.session,
            actor,
            province,
            SEED,
            int(appealed or 0),
            outcome="DISMISSED",
            answer="กำหนดส่งนับจากวันสิ้นไตรมาส และรายงานส่งได้โดยระบุว่ารอตัวเลขของ อปท. ใด",
            today=stage.today,
        )
    with stage.acting("central", stage.at(stage.today, 9, 30)) as actor:
        scores.finalise(stage.session, actor, province, SEED, today=stage.today)

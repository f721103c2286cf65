"""The province's desk: verdicts on coordinates, entries for organisations, suggestions decided, daily reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.classification import Check, checks_of, classified_lines
from app.services import daily_reports
from app.services.classification import Decision, decide
from app.services.daily_reports import NewCall
from app.services.demo.land import Land
from app.services.demo.people import SEED, home_bodies
from app.services.demo.stage import Stage
from app.services.geometry_reviews import Seen, review_many
from app.services.on_behalf import decide_on_behalf
from app.services.organisation_profile import update_profile
from app.services.progress import NewProgress, report_progress
from app.services.project_comments import comment_on_project
from app.services.project_status import move_status
from app.services.quiet_time import is_working_day

_DAYS = 10
# Drawn well, inside what is the organisation's, and of people who have no account of the demonstration.
_AWAITING = """
SELECT p.code, p.geometry_version AS version, p.organisation_code, ST_NPoints(g.geom) AS vertex,
       ST_X(ST_EndPoint(g.geom)) AS lon, ST_Y(ST_EndPoint(g.geom)) AS lat
FROM project p JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
JOIN organisation o ON o.code = p.organisation_code
WHERE p.geometry_status = 'SUBMITTED' AND ST_GeometryType(g.geom) = 'ST_LineString'
  AND ST_Covers(o.territory, g.geom) AND p.organisation_code <> ALL (:homes)
ORDER BY p.fiscal_year_be, p.code LIMIT 24
"""
_RETURNED = """
SELECT p.code, p.geometry_version AS version, ST_NPoints(g.geom) AS vertex,
       ST_X(ST_EndPoint(g.geom)) AS lon, ST_Y(ST_EndPoint(g.geom)) AS lat
FROM project p JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
WHERE p.geometry_status = 'RETURNED' AND p.organisation_code = :code AND ST_GeometryType(g.geom) = 'ST_LineString'
ORDER BY p.fiscal_year_be DESC, p.code LIMIT 1
"""
_UNDER_WAY = """
SELECT p.code FROM project p JOIN contract c ON c.project_id = p.id
WHERE p.organisation_code = :code AND p.status IN ('CONTRACTED', 'DISBURSING')
ORDER BY p.fiscal_year_be DESC, p.code LIMIT 1
"""
_WAITING_TO_PROCURE = """
SELECT code, row_version FROM project WHERE organisation_code = :code AND status = 'BUDGET_APPROVED'
ORDER BY fiscal_year_be DESC, code LIMIT 3
"""
# A few slips of the pen in the running year, so that the suggestions have something to say.
_SLIPS = (
    """
    UPDATE appropriation SET programme_code = '00260', work_code = '00262' WHERE id IN (
        SELECT a.id FROM appropriation a JOIN project p ON p.id = a.project_id
        WHERE p.kind = 'road' AND p.fiscal_year_be = :year AND a.programme_code = '00310' AND p.name_th LIKE '%ถนน%'
        ORDER BY right(p.code, 4), p.code LIMIT 6)
    """,
    """
    UPDATE project SET work_nature_code = 'REPAIR' WHERE id IN (
        SELECT id FROM project WHERE kind = 'road' AND fiscal_year_be = :year AND work_nature_code = 'BUILD'
          AND name_th LIKE 'ก่อสร้าง%' AND status IN ('PLANNED', 'BUDGET_APPROVED')
        ORDER BY right(code, 4) DESC, code LIMIT 3)
    """,
)
_RETURN_NOTES = (
    "ปลายทางไม่ต่อกับถนนเดิม ขอให้ดูดติดแล้วส่งใหม่",
    "เส้นยาวกว่าระยะในสัญญา ขอให้ตรวจจุดสิ้นสุด",
    "จุดปลายเลยเขตหมู่บ้านที่ระบุในชื่อโครงการ",
)
_CALLS = (
    ("CALL", "แจ้งรายการที่ยังขาดและกำหนดส่ง"),
    ("VISIT", "ตรวจพิกัดหน้างานร่วมกับกองช่าง"),
    ("CALL", "อธิบายการผูกโครงการกับแผนพัฒนาท้องถิ่น"),
    ("LETTER", "ส่งหนังสือขอให้ยืนยันรายการที่บันทึกแทน"),
    ("CALL", "สอบถามความก้าวหน้างานก่อสร้างที่ใกล้ครบสัญญา"),
)
_REMARKS = (
    "พิกัดที่ส่งมาส่วนใหญ่ถูกต้อง เหลือช่วงปลายสายทางที่ยังไม่ต่อกับถนนเดิม",
    "ออกพื้นที่ครึ่งวัน ช่วงบ่ายตรวจพิกัดที่ค้าง",
    "อปท. ขอขยายเวลาส่งข้อมูลประชากรถึงสิ้นเดือน",
    None,
)


def write_slips(session: Session) -> None:
    """Before anybody looks at it."""
    for statement in _SLIPS:
        session.execute(sa.text(statement), {"year": SEED + 1})


def write_desk(stage: Stage, land: Land) -> None:
    """Two weeks of two officers, ten working days and the day that is not over yet."""
    homes = {name: body.code for name, body in home_bodies(land).items()}
    others = [body.code for body in land.bodies if body.code not in homes.values()]
    _review(stage, list(homes.values()))
    _enter_on_behalf(stage, homes["sao"], others)
    _comment(stage, homes["sao"])
    _classify(stage, land.province.code, SEED + 1)
    _move(stage, homes["pao"])
    for number, officer in enumerate(("officer", "officer2")):
        _report(stage, officer, number, others)


def _review(stage: Stage, homes: list[str]) -> None:
    """Two or three a day; every seventh goes back with a comment on the vertex that is wrong."""
    rows = stage.session.execute(sa.text(_AWAITING), {"homes": homes}).all()
    by_day: dict[int, list[Any]] = defaultdict(list)
    for number, row in enumerate(rows):
        by_day[_DAYS - number // 3].append(row)
    returned = 0
    for back, day in by_day.items():
        officer = "officer2" if back % 3 == 0 else "officer"
        sent_back, good = day[:1] if back % 2 else [], day[1:] if back % 2 else day
        if good:
            with stage.acting(officer, stage.ago(back, 10, 20)) as actor:
                review_many(stage.session, actor, [Seen(row.code, row.version) for row in good], "VERIFIED")
        for row in sent_back:
            note = _RETURN_NOTES[returned % len(_RETURN_NOTES)]
            returned += 1
            with stage.acting(officer, stage.ago(back, 11)) as actor:
                review_many(stage.session, actor, [Seen(row.code, row.version)], "RETURNED", note=note)
                comment_on_project(stage.session, actor, row.code, note, place=_place(row))


def _place(row: Any) -> dict[str, Any]:
    """The last vertex of a line."""
    return {"version": row.version, "segment": 1, "vertex": row.vertex, "lon": row.lon, "lat": row.lat}


def _comment(stage: Stage, sao: str) -> None:
    """What the engineer of the demonstration finds beside the drawing."""
    row = stage.session.execute(sa.text(_RETURNED), {"code": sao}).one_or_none()
    if row is None:
        return
    with stage.acting("officer", stage.ago(4, 9, 30)) as actor:
        comment_on_project(stage.session, actor, row.code, "จุดนี้ห่างจากถนนเดิมประมาณ 15 เมตร ขอให้ดูดติด", place=_place(row))
        comment_on_project(
            stage.session, actor, row.code, "ระยะทางในสัญญากับที่วาดต่างกัน ขอให้ตรวจทั้งสองอย่าง", field="length_m"
        )


def _enter_on_behalf(stage: Stage, sao: str, others: list[str]) -> None:
    """One entry that the organisation stands by, one that it does not, and some that wait."""

    def profile(code: str, back: int, hour: int, changes: dict[str, Any]) -> str:
        def write(actor: Any) -> None:
            asked = sa.text("SELECT row_version FROM organisation_profile WHERE organisation_code = :code")
            version = int(stage.session.scalar(asked, {"code": code}) or 0)
            update_profile(stage.session, actor, code, changes, if_match_version=version)

        return _receipt(stage, "officer", back, hour, write)

    right = profile(sao, 8, 14, {"website": "https://nongsathit.example"})
    wrong = profile(sao, 6, 15, {"council_members": 24})
    with stage.acting("executive", stage.ago(5, 9)) as actor:
        decide_on_behalf(stage.session, actor, sao, right, "CONFIRMED", None)
        decide_on_behalf(stage.session, actor, sao, wrong, "DENIED", "สภามีสมาชิก 12 คน ตัวเลขนี้เป็นของสมัยก่อน")
    work = stage.session.scalar(sa.text(_UNDER_WAY), {"code": sao})
    if work is not None:
        new = NewProgress(stage.workday(2), Decimal(60), "ตรวจหน้างานร่วมกับผู้ควบคุมงาน")
        _receipt(stage, "officer", 2, 14, lambda actor: _progress(stage, actor, work, new))
    for number, code in enumerate(others[2:6]):
        profile(code, 9 - 2 * number, 13, {"website": f"https://lao{number + 1}.example", "staff_count": 38 + number})


def _progress(stage: Stage, actor: Any, work: str, new: NewProgress) -> None:
    last = sa.text(
        "SELECT max(r.percent) FROM progress_report r JOIN project p ON p.id = r.project_id WHERE p.code = :code"
    )
    percent = max(new.percent, Decimal(stage.session.scalar(last, {"code": work}) or 0))
    report_progress(stage.session, actor, work, NewProgress(new.reported_on, percent, new.note))


def _receipt(stage: Stage, who: str, back: int, hour: int, write: Callable[[Any], None]) -> str:
    """Do it, and the number under which it was written."""
    with stage.acting(who, stage.ago(back, hour, 5)) as actor:
        write(actor)
        return str(stage.session.scalar(sa.text("SELECT current_setting('eplan.request_id')")))


def _classify(stage: Stage, province: str, year: int) -> None:
    """Some suggestions are decided; the others wait."""
    found = checks_of(classified_lines(stage.session, area=province, year_be=year), frozenset(), "programme")
    said = (
        ("officer", "ASKED", "ขอให้กองแผนตรวจแผนงานของถนนสายนี้"),
        ("officer2", "KEPT", "งานอยู่ในบริเวณสนามกีฬา แผนงานเดิมถูกต้อง"),
    )
    for back, (check, (who, decision, note)) in enumerate(zip(found, said, strict=False), start=2):
        with stage.acting(who, stage.ago(back, 15, 20)) as actor:
            decide(stage.session, actor, _decision(check, decision, note))


def _decision(check: Check, decision: str, note: str) -> Decision:
    line = check.line
    return Decision(line.project_code, check.aspect, check.line_id, decision, "", line.line_version, note)


def _move(stage: Stage, pao: str) -> None:
    """Works of the running year go on to be procured."""
    rows = stage.session.execute(sa.text(_WAITING_TO_PROCURE), {"code": pao}).all()
    for back, row in enumerate(rows, start=2):
        with stage.acting("finance2", stage.ago(back, 13, 30)) as actor:
            move_status(stage.session, actor, row.code, "PROCURING", None, if_match_version=row.row_version)


def _report(stage: Stage, username: str, number: int, others: list[str]) -> None:
    """Signed up to three days ago; then one that was returned, one that waits for the head, and today's draft.

    From the beginning of the month before, so that the page of neither month is full of days that nobody wrote.
    """
    officer = stage.actor(username).user_id or 0
    first = (stage.workday(_DAYS).replace(day=1) - timedelta(days=1)).replace(day=1)
    days = sum(is_working_day(first + timedelta(days=n)) for n in range((stage.today - first).days + 1))
    for back in range(days - 1, -1, -1):
        day, sent = stage.workday(back), stage.ago(back, 16, 30)
        if number and back == _DAYS - 4:
            continue  # one day that was never written
        with stage.acting(username, sent) as actor:
            for call in range(1 + (back + number) % 2):
                kind, subject = _CALLS[(back + 2 * call + number) % len(_CALLS)]
                code = others[(3 * back + 5 * call + 7 * number) % len(others)]
                held = daily_reports.add_call(stage.session, actor, officer, day, NewCall(code, kind, subject))
            remarks = _REMARKS[(back + number) % len(_REMARKS)]
            if remarks is not None:
                held = daily_reports.save_remarks(stage.session, actor, officer, day, remarks)
            if back > 0:
                held = daily_reports.send(
                    stage.session, actor, officer, day, if_match_version=held.row_version, now=sent
                )
        if back > 0:
            _answer(stage, officer, day, back, number, held.row_version)


def _answer(stage: Stage, officer: int, day: date, back: int, number: int, version: int) -> None:
    decided = stage.at(_next_workday(day), 9, 5 + number)
    if back > 2 or (number and back == 2):
        with stage.acting("head", decided) as actor:
            daily_reports.sign(stage.session, actor, officer, day, if_match_version=version, now=decided)
    elif back == 2:
        with stage.acting("head", decided) as actor:
            daily_reports.give_back(
                stage.session,
                actor,
                officer,
                day,
                "ขอให้ระบุผลการออกพื้นที่ และ อปท. ที่จะติดตามต่อ",
                if_match_version=version,
                now=decided,
            )


def _next_workday(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day

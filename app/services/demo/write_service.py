"""Maintenance windows, a program of an agency with its use, ordered files, and people who come and go."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.services import data_service, hand_over, maintenance, messages, people, standing_orders
from app.services.data_service import NewDataToken
from app.services.demo.land import Land
from app.services.demo.people import home_bodies
from app.services.demo.stage import Stage
from app.services.maintenance import NewWindow
from app.services.messages import NewThread
from app.services.people import NewRole
from app.services.standing_orders import NewOrder

_WINDOW_AHEAD_DAYS = 35
_PROGRAM = "agency-sathit-roads"
# Use of the last two weeks, calm and the same for everybody: by the day before today.
_USE = """
INSERT INTO token_use (token_id, day, resource, requests, rows, bytes, refused)
SELECT :token, CAST(:today AS date) - n, r.resource, r.requests + n * 7 % 11, (r.requests + n * 7 % 11) * 120,
       (r.requests + n * 7 % 11) * 64000, CASE WHEN n = 9 AND r.resource = 'projects' THEN 14 ELSE 0 END
FROM generate_series(0, 13) AS n
CROSS JOIN (VALUES ('projects', 24), ('geometries', 11), ('changes', 48)) AS r (resource, requests)
WHERE n > 0 OR r.resource <> 'geometries'
"""


def write_service(stage: Stage, land: Land) -> None:
    """What the department and an executive look after."""
    _windows(stage)
    _program(stage, land.province.code)
    _people(stage, home_bodies(land)["sao"].code)


def _windows(stage: Stage) -> None:
    """One that is over, which only a row can tell, and one that is announced for weeks ahead."""
    begun = stage.at(stage.workday(12), 22)
    with stage.acting("central", stage.ago(18, 9)) as actor:
        stage.session.execute(
            sa.text(
                "INSERT INTO maintenance_window (begins_at, ends_at, reason_th, reason_en, closed_parts)"
                " VALUES (:begins, :ends, 'ปรับปรุงฐานข้อมูลและสำรองข้อมูลรายเดือน', 'Database upkeep and monthly backup',"
                " '{exports}')"
            ),
            {"begins": begun, "ends": begun + timedelta(hours=2)},
        )
    day = stage.today + timedelta(days=_WINDOW_AHEAD_DAYS)
    day += timedelta(days=(5 - day.weekday()) % 7)
    begins = datetime.combine(day, datetime.min.time(), begun.tzinfo).replace(hour=22)
    with stage.acting("central", stage.ago(2, 9, 15)) as actor:
        maintenance.announce(
            stage.session,
            actor,
            NewWindow(
                begins,
                begins + timedelta(hours=3),
                "ปรับรุ่นระบบและตรวจความถูกต้องของข้อมูลประจำไตรมาส",
                "Quarterly update and check of the data",
                ("data_service",),
            ),
        )


def _program(stage: Stage, province: str) -> None:
    with stage.acting("central", stage.ago(16, 13)) as actor:
        data_service.make_account(stage.session, actor, _PROGRAM, "ระบบทะเบียนถนน หน่วยงานทางหลวงสาธิต")
        wanted = NewDataToken(
            _PROGRAM,
            "ทะเบียนถนนจังหวัดสาธิต",
            ("projects", "geometries", "changes"),
            (province,),
            requests_per_day=500,
            rows_per_day=100_000,
        )
        token = data_service.issue(stage.session, actor, wanted)
    stage.session.execute(sa.text(_USE), {"token": token.id, "today": stage.today})
    stage.session.execute(
        sa.text("UPDATE api_token SET last_used_at = :at WHERE id = :token"),
        {"at": stage.at(stage.today, 6), "token": token.id},
    )
    with stage.acting("central", stage.ago(7, 13)) as actor:
        order = NewOrder(
            "โครงการของจังหวัดสาธิต รายสัปดาห์",
            "tables",
            "projects",
            "zip",
            (province,),
            every="week",
            username="partner",
        )
        standing_orders.order(stage.session, actor, order)


def _people(stage: Stage, sao: str) -> None:
    """A planner who left handed everything over; a new engineer has not signed in yet."""
    with stage.acting("executive", stage.ago(40, 9)) as actor:
        left = people.issue(
            stage.session, actor, "planner.former", "นักวิเคราะห์นโยบายและแผน (คนก่อน)", NewRole("LAO_PLANNER", sao)
        )
    with stage.acting("officer", stage.ago(25, 10)) as actor:
        asked = messages.ask(
            stage.session,
            actor,
            NewThread(
                "ขอสำเนาประกาศใช้แผนพัฒนาท้องถิ่นฉบับแก้ไข",
                "ฉบับแก้ไขครั้งล่าสุดยังไม่มีสำเนาประกาศ ขอให้แนบที่หน้าแผนครับ",
                organisation=sao,
                topic="PLAN_CHANGE",
            ),
        )
    with stage.acting("executive", stage.ago(24, 9)) as actor:
        messages.assign(stage.session, actor, asked.thread, left.id)
    with stage.acting("executive", stage.ago(19, 9)) as actor:
        order = hand_over.Order(stage.actor("planner").user_id or 0, note="ส่งมอบงานตามคำสั่งย้าย แฟ้มประชุมอยู่ที่ตู้เอกสารกองแผน")
        hand_over.hand_over(stage.session, actor, left.id, order, left.row_version)
    with stage.acting("executive", stage.ago(1, 11)) as actor:
        people.issue(stage.session, actor, "engineer.new", "นายช่างโยธา (คนใหม่)", NewRole("LAO_ENGINEER", sao))

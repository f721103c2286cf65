"""Messages between organisations, their province and the department, news, reminders, and mail that told of them."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.completeness import Scope
from app.queries.messages import thread
from app.queries.owed import debts
from app.services import messages
from app.services.demo.land import Land
from app.services.demo.people import home_bodies
from app.services.demo.stage import Stage
from app.services.messages import NewThread
from app.services.news import NewNews, note_news_read, set_state, write_news
from app.services.notification_settings import Wishes, save
from app.services.reminders import remind
from gis.thai import fiscal_year_be

_RETURNED = """
SELECT code FROM project WHERE organisation_code = :code AND geometry_status = 'RETURNED' AND kind = 'road'
ORDER BY fiscal_year_be DESC, code LIMIT 1
"""
_DOCUMENT = """
SELECT id::text FROM budget_document WHERE organisation_code = :code AND kind = 'ANNUAL'
ORDER BY fiscal_year_be DESC, id LIMIT 1
"""
# What the platform could not date by the hour of the act: it writes these while it changes a row.
_DATES = (
    """
    UPDATE message_thread t SET last_at = m.last_at
    FROM (SELECT thread_id, max(created_at) AS last_at FROM message GROUP BY 1) m WHERE m.thread_id = t.id
    """,
    "UPDATE news SET updated_at = created_at, published_at = CASE WHEN state = 'PUBLISHED' THEN created_at END",
    # It went out in its time: mail that waits would say that the mail server has to be looked at.
    "UPDATE mail SET state = 'SENT', tries = 1, sent_at = created_at + interval '1 minute', next_try_at = created_at",
)


def write_talk(stage: Stage, land: Land) -> None:
    """Three weeks of questions and answers, news for different readers, and reminders of what is owed."""
    homes = home_bodies(land)
    sao, pao = homes["sao"].code, homes["pao"].code
    _write_wishes(stage)
    _write_news(stage, land.province.code)
    _general_answer(stage, sao)
    _about_a_work(stage, sao)
    _about_a_document(stage, sao)
    _closed(stage)
    _passed_on(stage, pao)
    _between_province_and_department(stage, land.province.code)
    _waiting(stage, sao)
    _remind(stage, [sao, *[body.code for body in land.bodies if body.type_code == "SAO"][2:4]])


def date_talk(session: Session) -> None:
    """Date what only the newest message of a thread can tell, once everybody has written."""
    for statement in _DATES:
        session.execute(sa.text(statement))


def _ask(stage: Stage, who: str, back: int, hour: int, new: NewThread) -> int:
    with stage.acting(who, stage.ago(back, hour, 12)) as actor:
        return messages.ask(stage.session, actor, new).thread


def _reply(stage: Stage, who: str, back: int, hour: int, thread_id: int, text: str) -> int:
    with stage.acting(who, stage.ago(back, hour, 40)) as actor:
        return messages.reply(stage.session, actor, thread_id, text).message


def _read(stage: Stage, who: str, back: int, hour: int, thread_id: int) -> None:
    with stage.acting(who, stage.ago(back, hour, 55)) as actor:
        held = thread(stage.session, actor, thread_id)
        if held is not None:
            messages.note_read(stage.session, actor, held)


def _general_answer(stage: Stage, sao: str) -> None:
    made = _ask(
        stage,
        "finance",
        12,
        9,
        NewThread(
            "เงินอุดหนุนเฉพาะกิจที่ได้รับหลังเริ่มปีงบประมาณ บันทึกที่ใด",
            "ได้รับแจ้งจัดสรรเงินอุดหนุนเฉพาะกิจหลังประกาศใช้ข้อบัญญัติแล้ว ต้องบันทึกในเอกสารงบประมาณฉบับเดิม"
            " หรือสร้างเอกสารใหม่ และต้องรอสภาอนุมัติก่อนหรือไม่",
            organisation=sao,
            topic="GRANT_SPECIFIC",
        ),
    )
    answer = _reply(
        stage,
        "officer",
        11,
        10,
        made,
        "สร้างเอกสารงบประมาณชนิด “เงินอุดหนุนเฉพาะกิจ” ของปีที่ได้รับ แล้วผูกโครงการกับเอกสารนั้น ไม่ต้องแก้ข้อบัญญัติเดิม\n\n"
        "วันที่อนุมัติใช้วันที่ตามหนังสือแจ้งจัดสรร และแนบหนังสือไว้ที่หน้าเอกสาร",
    )
    with stage.acting("officer", stage.ago(11, 10, 45)) as actor:
        messages.mark_general(stage.session, actor, made, answer)
    _read(stage, "finance", 11, 13, made)
    _read(stage, "planner", 10, 9, made)


def _about_a_work(stage: Stage, sao: str) -> None:
    code = stage.session.scalar(sa.text(_RETURNED), {"code": sao})
    made = _ask(
        stage,
        "engineer",
        5,
        11,
        NewThread(
            "พิกัดที่ถูกส่งกลับ ต้องวาดใหม่ทั้งเส้นหรือเฉพาะช่วงที่ไม่ต่อกัน",
            "สายทางนี้ถูกส่งกลับ ช่วงต้นตรงกับหน้างานแล้ว ขอวาดเฉพาะช่วงปลายได้หรือไม่",
            organisation=sao,
            record=("project", code) if code else None,
            topic="COORDINATES",
        ),
    )
    _reply(stage, "officer", 4, 9, made, "วาดเฉพาะช่วงปลายได้ครับ ดูดปลายเส้นให้ติดกับถนนเดิมก่อน แล้วส่งตรวจอีกครั้ง")
    _reply(stage, "engineer", 1, 15, made, "แก้แล้ว แต่ระบบเตือนว่ายาวกว่าสัญญา 4% ให้ส่งเลยหรือแก้ปริมาณงานก่อน")
    with stage.acting("officer2", stage.ago(1, 16)) as actor:
        messages.assign(stage.session, actor, made, stage.actor("officer").user_id)


def _about_a_document(stage: Stage, sao: str) -> None:
    document = stage.session.scalar(sa.text(_DOCUMENT), {"code": sao})
    made = _ask(
        stage,
        "planner",
        8,
        14,
        NewThread(
            "ขอให้ตรวจเลขที่และวันประกาศใช้ข้อบัญญัติ",
            "กรอกเลขที่และวันที่ตามฉบับที่นายอำเภอเห็นชอบแล้ว รบกวนตรวจว่าตรงกับที่จังหวัดได้รับ",
            record=("budget_document", document) if document else None,
            organisation=sao,
            topic="BUDGET",
        ),
    )
    _reply(stage, "officer2", 7, 10, made, "ตรงกันแล้ว ขอบคุณครับ")
    _read(stage, "planner", 7, 11, made)


def _closed(stage: Stage) -> None:
    made = _ask(
        stage,
        "planner3",
        14,
        9,
        NewThread("ผู้รับผิดชอบกองช่างย้าย ต้องแจ้งอย่างไร", "กองช่างมีผู้รับผิดชอบคนใหม่ตั้งแต่ต้นเดือน ต้องเปิดบัญชีใหม่หรือใช้บัญชีเดิม"),
    )
    _reply(
        stage,
        "officer2",
        13,
        9,
        made,
        "บัญชีเป็นของบุคคล ให้ผู้บริหารออกบัญชีใหม่ แล้วใช้หน้า “ส่งมอบงาน” โอนงานค้างจากคนเดิมครับ",
    )
    with stage.acting("planner3", stage.ago(12, 10)) as actor:
        messages.close(stage.session, actor, made)


def _passed_on(stage: Stage, pao: str) -> None:
    made = _ask(
        stage,
        "finance2",
        9,
        13,
        NewThread(
            "หมวดรายจ่ายของเงินที่ อบจ. อุดหนุน อบต. ก่อสร้างถนน",
            "โครงการที่ อบจ. อุดหนุนให้ อบต. ดำเนินการ ควรอยู่หมวดเงินอุดหนุนหรือหมวดค่าที่ดินและสิ่งก่อสร้าง",
            organisation=pao,
            topic="BUDGET",
        ),
    )
    with stage.acting("officer2", stage.ago(8, 9)) as actor:
        messages.pass_on(stage.session, actor, made, "DEPARTMENT")
    with stage.acting("central", stage.ago(6, 10)) as actor:
        messages.assign(stage.session, actor, made, stage.actor("analyst").user_id)
    _reply(stage, "finance2", 2, 14, made, "เรียนสอบถามความคืบหน้า ใกล้กำหนดปิดรายการของไตรมาสแล้ว")


def _between_province_and_department(stage: Stage, province: str) -> None:
    asked = _ask(
        stage,
        "head",
        10,
        9,
        NewThread(
            "วันสุดท้ายของการประกาศผลการติดตามและประเมินผล",
            "กรณีคณะกรรมการประชุมปลายเดือนธันวาคม วันประกาศผลนับจากวันประชุมหรือวันที่ผู้บริหารเสนอ",
            province=province,
            topic="EVALUATION",
        ),
    )
    answer = _reply(
        stage, "central", 9, 9, asked, "นับจากวันที่ผู้บริหารเสนอต่อสภาและคณะกรรมการ ภายใน 15 วัน และไม่เกิน 31 ธันวาคม"
    )
    with stage.acting("central", stage.ago(9, 9, 50)) as actor:
        messages.mark_general(stage.session, actor, asked, answer)
    _read(stage, "officer", 9, 14, asked)
    _ask(
        stage,
        "central",
        1,
        10,
        NewThread(
            "แผนออกพื้นที่ติดตาม อปท. ไตรมาสที่ 2",
            "ขอทราบ อปท. ที่จังหวัดจะออกพื้นที่ และวันที่คาดว่าจะไป เพื่อจัดทีมวิเคราะห์สนับสนุน",
            province=province,
        ),
    )


def _waiting(stage: Stage, sao: str) -> None:
    _ask(
        stage,
        "officer",
        1,
        13,
        NewThread(
            "จำนวนครัวเรือนปี 2568 ต่างจากปีก่อนมาก",
            "จำนวนครัวเรือนที่บันทึกลดลงจากปีก่อนทั้งที่ประชากรเพิ่ม ขอให้ตรวจกับทะเบียนและยืนยันครับ",
            record=("completeness", f"{sao}:2570:POPULATION"),
        ),
    )


def _remind(stage: Stage, organisations: list[str]) -> None:
    """Of what each owes on that day, the most pressing first."""
    for number, organisation in enumerate(organisations):
        owed = debts(stage.session, Scope(organisations=(organisation,)), stage.today, limit=3).items
        if owed:
            with stage.acting("officer", stage.ago(3, 9, 20 + number)) as actor:
                remind(stage.session, actor, organisation, [debt.task_id for debt in owed], stage.today)


def _write_news(stage: Stage, province: str) -> None:
    days = timedelta(days=1)
    today = stage.today
    told = (
        (
            "central",
            9,
            NewNews(
                f"บันทึกแผนและงบประมาณปีงบประมาณ {fiscal_year_be(today)} ให้ครบตามปฏิทิน",
                "ขอให้ อปท. บันทึกแผนดำเนินงาน ข้อบัญญัติ/เทศบัญญัติ และพิกัดโครงการตามกำหนดในปฏิทิน\n\n"
                "• รายการที่ค้างของแต่ละคนอยู่ที่หน้า “ค้างวันนี้”\n"
                "• ข้อสงสัยให้ถามจังหวัดจากหน้ารายการนั้น คำตอบจะค้นได้ภายหลัง",
                today - 13 * days,
                today + 45 * days,
                pinned=True,
            ),
        ),
        (
            "officer",
            4,
            NewNews(
                "ประชุมเตรียมผลการติดตามและประเมินผล",
                "เชิญผู้รับผิดชอบแผนของทุก อปท. ประชุมทางจอภาพ เวลา 09.30 น. เพื่อเตรียมเสนอผลต่อคณะกรรมการ\n\n"
                "เอกสารประกอบ: ร่างผลจากหน้า “ผลการติดตามและประเมินผล” ของ อปท.",
                today - 6 * days,
                today + 14 * days,
                roles=("LAO_PLANNER", "LAO_EXECUTIVE", "PROV_OFFICER", "PROV_HEAD"),
                province=province,
            ),
        ),
        (
            "central",
            18,
            NewNews(
                "ระบบเปิดให้ส่งพิกัดจากไฟล์ได้แล้ว",
                "นำเข้าพิกัดจาก SHP, KML, GPKG, CSV และ Excel ได้ที่หน้านำเข้า ระบบตรวจระบบพิกัดและบอกแถวที่ต้องแก้",
                today - 40 * days,
                today - 5 * days,
            ),
        ),
        (
            "central",
            0,
            NewNews(
                "แบบรายงานผลการเบิกจ่าย ไตรมาสที่ 1",
                "(ร่าง) แจ้งรูปแบบและกำหนดส่งรายงานผลการเบิกจ่ายไตรมาสที่ 1",
                today + 20 * days,
                today + 60 * days,
            ),
        ),
    )
    made = []
    for writer, back, news in told:
        with stage.acting(writer, stage.ago(back, 8, 45)) as actor:
            receipt = write_news(stage.session, actor, news)
            if back:
                set_state(stage.session, actor, receipt.id, "PUBLISHED", if_match_version=receipt.row_version)
        made.append(receipt.id)
    first = (("planner", 0), ("finance", 0), ("officer", 0), ("head", 0))
    others = (("planner", 1), ("planner2", 1), ("head", 1), ("engineer", 2), ("planner3", 2), ("officer2", 2))
    for number, (reader, piece) in enumerate(first + others):
        with stage.acting(reader, stage.ago(3, 10, number)) as actor:
            note_news_read(stage.session, actor, made[piece])


def _write_wishes(stage: Stage) -> None:
    for who, digest in (("officer", "daily"), ("head", "weekly"), ("central", "off")):
        with stage.acting(who, stage.ago(15, 9)) as actor:
            save(stage.session, actor, Wishes(digest, True, "18:00", "08:00"))

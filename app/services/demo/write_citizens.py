"""What citizens ask without an account, what became of it, and who follows a place by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.auth import sealing
from app.models import CitizenMessage, CitizenQuestion
from app.services.demo.land import Land
from app.services.demo.people import MAIL_DOMAIN, home_bodies
from app.services.demo.stage import Stage
from app.services.questions import ANSWER_WITHIN, ask
from app.services.subscriptions import confirm, subscribe

_PUBLISHED = """
SELECT id, code FROM public_project WHERE organisation_code = :code AND kind = 'road' AND geometry_status = 'VERIFIED'
ORDER BY fiscal_year_be DESC, code OFFSET :n LIMIT 1
"""


@dataclass(frozen=True)
class _Past:
    """A question of days behind: what was said as (kind, working days ago, text), and how it stands."""

    home: str
    work: int | None
    said: Sequence[tuple[str, int, str]]
    state: str
    hidden_reason: str | None = None


_PAST = (
    _Past(
        "sao",
        0,
        (
            ("question", 16, "ช่วงกลางทางยังเป็นหลุมหลังทำเสร็จไม่นาน จะซ่อมเมื่อไร"),
            ("answer", 12, "ผู้รับจ้างจะเข้าซ่อมภายในเดือนนี้ ตามเงื่อนไขประกันความชำรุดบกพร่องของสัญญา"),
        ),
        "ANSWERED",
    ),
    _Past(
        "sao",
        1,
        (
            ("question", 20, "งบประมาณในป้ายกับในเว็บไม่เท่ากัน ตัวเลขใดถูกต้อง"),
            ("answer", 15, "ตัวเลขในเว็บเป็นวงเงินตามสัญญา ป้ายเป็นวงเงินงบประมาณที่ตั้งไว้"),
            ("again", 3, "ขอทราบว่าเงินที่เหลือจากสัญญานำไปใช้อะไร"),
        ),
        "WAITING",
    ),
    _Past("muni", 0, (("question", 15, "สายนี้จะทำต่อไปถึงตลาดหรือไม่"),), "OPEN"),
    _Past(
        "muni",
        None,
        (
            ("question", 11, "ขอให้ตรวจการทำงานของเจ้าหน้าที่คนหนึ่งที่พูดไม่สุภาพ"),
            ("again", 4, "ไม่ได้ระบุชื่อใคร ถามเพียงว่าร้องเรียนได้ที่ใด ขอให้เปิดคำถาม"),
        ),
        "APPEALED",
        "เป็นเรื่องของบุคคล ไม่ใช่คำถามเกี่ยวกับโครงการ",
    ),
    _Past(
        "pao",
        0,
        (
            ("question", 9, "ถนนสายนี้รับรถบรรทุกได้กี่ตัน"),
            ("answer", 6, "ออกแบบรับน้ำหนักรวม 15 ตัน มีป้ายบอกที่ต้นทางและปลายทาง"),
        ),
        "ANSWERED",
    ),
)
_NEW = (
    ("sao", 2, 1, "งานนี้จะเริ่มก่อสร้างช่วงใด และต้องปิดถนนกี่วัน"),
    ("pao", 1, 2, "มีแผนขยายไหล่ทางช่วงหน้าโรงเรียนหรือไม่"),
)


def write_citizens(stage: Stage, land: Land, secret_key: str) -> None:
    """Published and answered, waiting to be looked at, overdue, and appealed against hiding."""
    homes = {name: body.code for name, body in home_bodies(land).items()}
    answers = {homes["sao"]: "planner", homes["pao"]: "planner2", homes["muni"]: "planner3"}
    for past in _PAST:
        _write(stage, past, homes[past.home], answers)
    for home, work, back, text in _NEW:
        moment = stage.ago(back, 19, 5)
        with stage.visiting(moment):
            project = _work(stage, homes[home], work)
            about = {"project": project[1]} if project else {"organisation": homes[home]}
            ask(stage.session, secret_key=secret_key, body=text, today=moment.date(), **about)
    _follow(stage, land, homes["sao"], secret_key)


def _work(stage: Stage, code: str, number: int) -> tuple[int, str] | None:
    row = stage.session.execute(sa.text(_PUBLISHED), {"code": code, "n": number}).one_or_none()
    return None if row is None else (row.id, row.code)


def _write(stage: Stage, past: _Past, code: str, answers: dict[str, str]) -> None:
    """As it stands now, in one row: the service would date what was decided by the hour of today."""
    times = {kind: stage.ago(back, 10 if kind == "answer" else 20) for kind, back, _text in past.said}
    asked, answered, again = times["question"], times.get("answer"), times.get("again")
    project = None if past.work is None else _work(stage, code, past.work)
    looked_at = past.state != "WAITING" or answered is not None
    with stage.visiting(asked):
        question = CitizenQuestion(
            organisation_code=code,
            project_id=project[0] if project else None,
            state=past.state,
            asked_at=asked,
            due_on=(again or asked).date() + ANSWER_WITHIN,
            answered_at=answered,
            reopened_at=again,
            decided_at=(answered or stage.ago(past.said[0][1] - 2, 9)) if looked_at else None,
            hidden_reason=past.hidden_reason,
        )
        stage.session.add(question)
        stage.session.flush()
        for kind, _back, text in past.said:
            shown = looked_at and kind != "again" and past.hidden_reason is None
            by = stage.actor(answers[code]) if kind == "answer" else None
            stage.session.add(_message(question.id, kind, text, times[kind], shown, by))


def _message(question_id: int, kind: str, text: str, at: datetime, shown: bool, by: object) -> CitizenMessage:
    return CitizenMessage(
        question_id=question_id,
        kind=kind,
        body=text,
        at=at,
        shown=shown,
        by_user=getattr(by, "user_id", None),
        by_name=getattr(by, "display_name", None),
    )


def _follow(stage: Stage, land: Land, sao: str, secret_key: str) -> None:
    """Two who follow a place, and one who has not said yes yet."""
    if not secret_key:
        return
    amphoe = next(limit.code for limit in land.limits if limit.level == "amphoe")
    places = (
        (f"area:{amphoe}", "fon", True),
        (f"organisation:{sao}", "rung", True),
        (f"organisation:{sao}", "dao", False),
    )
    for number, (place, who, yes) in enumerate(places):
        with stage.visiting(stage.ago(2 * (3 - number) - 1, 18)):
            subscribe(stage.session, secret_key=secret_key, site="", place=place, email=f"{who}@{MAIL_DOMAIN}")
            made = stage.session.scalar(sa.text("SELECT max(id) FROM area_subscription"))
            if yes:
                confirm(stage.session, secret_key, sealing.link(secret_key, "subscription", int(made or 0)))

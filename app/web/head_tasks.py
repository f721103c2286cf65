"""What waits for the head of a province: daily reports to sign, appeals against the province's points to answer."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import DAILY_REPORT_SIGN, SCORE_GIVE, own_scope, scope_of
from app.queries.daily_reports import waiting_for_signature
from app.queries.score_measures import MEASURES
from app.queries.scores import waiting_appeals


def head_tasks(session: Session, actor: Actor) -> list[tuple[str, int, str]]:
    """Word, number, address of the oldest; nothing where nothing waits or it waits for somebody else."""
    found = []
    signs = sorted(scope_of(actor, DAILY_REPORT_SIGN).provinces)
    if signs and (waiting := waiting_for_signature(session, signs, actor.user_id)):
        reports, officer, day = waiting
        found.append((str(_("รายงานประจำวันรอลงนาม")), reports, f"/daily-reports/{officer}/{day.isoformat()}"))
    # The department reads what a province gave; it gives nothing in its place.
    judges = sorted(scope_of(actor, SCORE_GIVE).provinces & own_scope(actor).provinces)
    if judges and (told := waiting_appeals(session, judges, tuple(MEASURES))):
        appeals, province, year = told
        found.append((str(_("อุทธรณ์คะแนนรอคำตอบ")), appeals, f"/scores/{province}?fiscal_year={year}#appeals-title"))
    return found

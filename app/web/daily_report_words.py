"""Words of the officers' daily reports, and the month as a list of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext

from app.queries.daily_reports import Officer, ReportView
from app.services.daily_reports import DayState, days_of_month, sent_late, state_of
from app.services.quiet_time import is_working_day
from app.web.filters import thai_date

# State -> word, colour of its pill.
STATES: Mapping[DayState, tuple[Any, str]] = {
    "free": (lazy_gettext("วันหยุด"), ""),
    "unsent": (lazy_gettext("ยังไม่ส่ง"), "pill-warn"),
    "late": (lazy_gettext("ค้างส่ง"), "pill-bad"),
    "draft": (lazy_gettext("กำลังเขียน"), "pill-draft"),
    "sent": (lazy_gettext("รอลงนาม"), "pill-submitted"),
    "returned": (lazy_gettext("ส่งกลับแก้ไข"), "pill-returned"),
    "signed": (lazy_gettext("ลงนามแล้ว"), "pill-ok"),
    "to_come": (lazy_gettext("ยังไม่ถึง"), ""),
}
CALLS: Mapping[str, Any] = {
    "CALL": lazy_gettext("โทรศัพท์"),
    "VISIT": lazy_gettext("ลงพื้นที่"),
    "LETTER": lazy_gettext("หนังสือ"),
}
ACT_NAMES: Mapping[str, Any] = {
    "entered": lazy_gettext("บันทึกแทน"),
    "verified": lazy_gettext("พิกัดตรวจผ่าน"),
    "returned": lazy_gettext("พิกัดส่งกลับ"),
    "figures": lazy_gettext("ตรวจตัวเลข"),
    "decided": lazy_gettext("ตัดสินงานซ้ำซ้อน"),
    "commented": lazy_gettext("ความเห็น"),
    "reminded": lazy_gettext("เตือน"),
    "other": lazy_gettext("อื่น ๆ"),
}
WEEKDAYS = (
    lazy_gettext("จันทร์"),
    lazy_gettext("อังคาร"),
    lazy_gettext("พุธ"),
    lazy_gettext("พฤหัสบดี"),
    lazy_gettext("ศุกร์"),
    lazy_gettext("เสาร์"),
    lazy_gettext("อาทิตย์"),
)


def weekday(day: date) -> str:
    """Day of the week."""
    return str(WEEKDAYS[day.weekday()])


def month_name(first: date) -> str:
    """A month with its year: ``พ.ย. 2569``."""
    return thai_date(first).partition(" ")[2]


@dataclass(frozen=True)
class DayLine:
    """A day of an officer in the list of a month."""

    officer: Officer
    day: date
    report: ReportView | None
    state: DayState
    late: bool


@dataclass(frozen=True)
class OfficerMonth:
    """A month of an officer: its days, the newest first, and counts by state."""

    officer: Officer
    days: Sequence[DayLine]

    def count(self, *states: DayState) -> int:
        """Days in these states."""
        return sum(line.state in states for line in self.days)


def months_of(found: Sequence[Officer], reports: Sequence[ReportView], first: date, today: date) -> list[OfficerMonth]:
    """Each officer's days of a month on which something is due or was written."""
    by_day = {(one.officer_id, one.province_code, one.day): one for one in reports}
    months = []
    for officer in found:
        lines = []
        for day in days_of_month(first):
            report = by_day.get((officer.id, officer.province_code, day))
            due = is_working_day(day) and officer.holds_on(day) and day <= today
            if report is not None or due or (day == today and officer.holds_on(day)):
                state = state_of(report, day, today)
                lines.append(DayLine(officer, day, report, state, report is not None and sent_late(report)))
        months.append(OfficerMonth(officer, lines[::-1]))
    return months

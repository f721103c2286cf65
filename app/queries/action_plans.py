"""Action plans of a fiscal year: their issues, their lines, and the forms ผด.01, ผด.02 and ผด.02/1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Target
from app.queries.codelists import code_list

MONTHS = ("ต.ค.", "พ.ย.", "ธ.ค.", "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.")
MONTHS_BEFORE_NEW_YEAR = 3
SUMMARY, DETAILS, ARTICLES = "ผด.01", "ผด.02", "ผด.02/1"
FORM_NAMES = {
    SUMMARY: "บัญชีสรุปจำนวนโครงการพัฒนาท้องถิ่น กิจกรรมและงบประมาณ",
    DETAILS: "บัญชีจำนวนโครงการพัฒนาท้องถิ่น กิจกรรมและงบประมาณ",
    ARTICLES: "บัญชีจำนวนครุภัณฑ์สำหรับที่ไม่ได้ดำเนินการตามโครงการพัฒนาท้องถิ่น",
}
SLUGS = {"pd01": SUMMARY, "pd02": DETAILS, "pd02-1": ARTICLES}
COLUMNS: dict[str, tuple[str, str, int, int]] = {
    "name_th": ("โครงการ", "Project", 250, 1000),
    "detail": ("รายละเอียดของกิจกรรม", "Activity", 190, 2000),
    "amount_baht": ("งบประมาณ (บาท)", "Budget (baht)", 110, 0),
    "location_text": ("สถานที่ดำเนินการ", "Place", 120, 300),
    "department": ("หน่วยงานรับผิดชอบหลัก", "Responsible unit", 120, 200),
    "other_agency": ("หน่วยงานอื่น", "Other agency", 90, 0),
    "programme_code": ("แผนงาน", "Programme", 170, 0),
    "strategy": ("ยุทธศาสตร์", "Strategy", 170, 300),
}
"""Titles, width on screen and most letters of what can be written, by key; months come after."""


def month_key(month: int) -> str:
    """Key of the column of a month counted from October.

    Examples
    --------
    >>> month_key(1), month_key(12)
    ('m01', 'm12')
    """
    return f"m{month:02}"


def month_year_be(fiscal_year_be: int, month: int) -> int:
    """Calendar year (B.E.) of a month counted from October.

    Examples
    --------
    >>> month_year_be(2570, 3), month_year_be(2570, 4)
    (2569, 2570)
    """
    return fiscal_year_be - 1 if month <= MONTHS_BEFORE_NEW_YEAR else fiscal_year_be


@dataclass(frozen=True)
class ActionPlanHead:
    """An issue of the action plan of a year."""

    id: int
    organisation_code: str
    organisation_name: str
    target: Target
    fiscal_year_be: int
    number: int
    status: str
    promulgated_on: date | None
    document: str | None
    prepared_by: int | None
    prepared_by_name: str | None
    approved_by_name: str | None
    row_version: int
    updated_at: datetime

    @property
    def title(self) -> str:
        """As it is printed."""
        issue = "" if self.number == 1 else f" เพิ่มเติม/เปลี่ยนแปลง ครั้งที่ {self.number - 1}"
        return f"แผนการดำเนินงาน ประจำปีงบประมาณ พ.ศ. {self.fiscal_year_be}{issue}"


@dataclass(frozen=True)
class ActionLine:
    """An activity; ``months`` counts from October."""

    id: int
    form: str
    project_code: str | None
    line_number: int | None
    name_th: str
    detail: str | None
    amount_baht: Decimal | None
    location_text: str | None
    department: str | None
    other_agency: bool
    months: tuple[int, ...]
    strategy: str | None
    programme_code: str | None
    row_version: int
    updated_at: datetime

    def value(self, key: str) -> str | None:
        """What stands in a cell, as the sheet shows it."""
        if key[:1] == "m" and key[1:].isdecimal():
            return "1" if int(key[1:]) in self.months else None
        if key == "other_agency":
            return "1" if self.other_agency else None
        value: Any = getattr(self, key)
        if isinstance(value, Decimal):
            return f"{value:.2f}"
        return None if value in (None, "") else str(value)


_HEAD = """
SELECT a.id, a.organisation_code, o.full_name_th AS organisation_name, o.province_code, o.amphoe_code, a.fiscal_year_be,
       a.number, a.status, a.promulgated_on, a.document, a.prepared_by, a.prepared_by_name, a.approved_by_name,
       a.row_version, a.updated_at
FROM action_plan a JOIN organisation o ON o.code = a.organisation_code
"""


def action_plan(session: Session, action_plan_id: int, *, lock: bool = False) -> ActionPlanHead | None:
    """One issue; ``lock`` holds it for a change of its lines or its status."""
    ending = " FOR NO KEY UPDATE OF a" if lock else ""
    row = session.execute(sa.text(f"{_HEAD} WHERE a.id = :id{ending}"), {"id": action_plan_id}).one_or_none()
    return None if row is None else _head(row)


def action_plans_of(session: Session, organisation_code: str) -> list[ActionPlanHead]:
    """Issues of an organisation, newest year and issue first."""
    rows = session.execute(
        sa.text(f"{_HEAD} WHERE a.organisation_code = :code ORDER BY a.fiscal_year_be DESC, a.number DESC"),
        {"code": organisation_code},
    )
    return [_head(row) for row in rows]


def _head(row: sa.Row[Any]) -> ActionPlanHead:
    values = dict(row._mapping)
    target = Target(values["organisation_code"], values.pop("province_code"), values.pop("amphoe_code"))
    return ActionPlanHead(target=target, **values)


def action_lines(session: Session, action_plan_id: int, form: str | None = None) -> list[ActionLine]:
    """Lines of an issue by strategy and programme, in the order of their numbers."""
    rows = session.execute(
        sa.text(
            "SELECT l.id, l.form, p.code AS project_code, l.line_number, l.name_th, l.detail, l.amount_baht,"
            " l.location_text, l.department, l.other_agency, l.months, l.strategy, l.programme_code, l.row_version,"
            " l.updated_at FROM action_plan_line l LEFT JOIN project p ON p.id = l.project_id"
            " WHERE l.action_plan_id = :id AND l.removed_at IS NULL AND (CAST(:form AS text) IS NULL OR l.form = :form)"
            " ORDER BY l.strategy NULLS LAST, l.programme_code NULLS LAST, l.line_number NULLS LAST, l.id"
        ),
        {"id": action_plan_id, "form": form},
    )
    return [ActionLine(**{**row._mapping, "months": tuple(row.months)}) for row in rows]


@dataclass(frozen=True)
class ActionSummaryRow:
    """A line of ผด.01: projects and baht of one strategy and programme, with their share of all in percent."""

    strategy: str
    programme: str
    projects: int
    projects_percent: float
    amount_baht: Decimal
    amount_percent: float
    departments: str


def action_summary(session: Session, lines: Sequence[ActionLine]) -> list[ActionSummaryRow]:
    """ผด.01 of lines in their order."""
    programmes = code_list(session, "budget_programme")
    groups: dict[tuple[str | None, str | None], list[ActionLine]] = {}
    for line in lines:
        groups.setdefault((line.strategy, line.programme_code), []).append(line)
    whole = sum((line.amount_baht or Decimal(0) for line in lines), Decimal(0))
    rows = []
    for (strategy, programme), inside in groups.items():
        amount = sum((line.amount_baht or Decimal(0) for line in inside), Decimal(0))
        known = None if programme is None else programmes.get(programme)
        rows.append(
            ActionSummaryRow(
                strategy or "ยังไม่ระบุยุทธศาสตร์",
                "ยังไม่ระบุแผนงาน" if known is None else known.name_th,
                len(inside),
                100 * len(inside) / len(lines),
                amount,
                float(100 * amount / whole) if whole else 0.0,
                " ".join(dict.fromkeys(line.department for line in inside if line.department)),
            )
        )
    return rows

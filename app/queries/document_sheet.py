"""The table of a budget document: its columns, what may stand in them, and its rows as the sheet shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.auth.policy import BUDGET_WRITE
from app.queries.budget_reviews import DocumentLine, lines_of_document
from app.queries.codelists import ListName, code_list, funds_of_document
from app.queries.record_sheets import RecordColumn, RecordSheet

MOST_ROWS = 20_000
PROJECT, NAME, AMOUNT = "project", "project_name", "amount_baht"
FROZEN = (PROJECT, NAME)
STORED = (
    "fund_source_code",
    "programme_code",
    "work_code",
    "expenditure_category_code",
    "legal_reference",
    AMOUNT,
)
"""Columns of the table that are columns of the appropriation."""


def document_sheet(session: Session, kind: str) -> RecordSheet:
    """The sheet of a document of this kind: the fund sources are those that it may bring."""
    funds = code_list(session, "fund_source")
    programmes = code_list(session, "budget_programme").values()
    return RecordSheet(
        "appropriations",
        "งบประมาณรายโครงการ",
        "Appropriations by project",
        BUDGET_WRITE,
        (
            RecordColumn(PROJECT, "รหัสโครงการ", "Project code", width_px=170, required=True, max_length=80),
            RecordColumn(NAME, "ชื่อโครงการ", "Project", "readonly", 280),
            RecordColumn(
                "fund_source_code",
                "แหล่งเงิน",
                "Fund source",
                "choice",
                180,
                choices=tuple((c, funds[c].name_th, funds[c].name_en) for c in funds_of_document(session, kind)),
            ),
            RecordColumn(AMOUNT, "จำนวนเงิน (บาท)", "Amount (baht)", "money", 140, total=True),
            RecordColumn("area", "ด้าน", "Area", "readonly", 130),
            RecordColumn(
                "programme_code",
                "แผนงาน",
                "Programme",
                "choice",
                200,
                choices=tuple((p.code, p.name_th, p.name_en) for p in programmes),
            ),
            RecordColumn("work_code", "งาน", "Work", "choice", 200, choices=_choices(session, "budget_work")),
            RecordColumn(
                "expenditure_category_code",
                "งบ/หมวด",
                "Expenditure category",
                "choice",
                200,
                choices=_choices(session, "expenditure_category"),
            ),
            RecordColumn("legal_reference", "เอกสารอ้างอิง", "Legal reference", width_px=190, max_length=300),
        ),
        "appropriation",
    )


def document_rows(session: Session, document_id: int, removed: Sequence[int] = ()) -> list[DocumentLine]:
    """Rows of the table, and those named that were taken out of it."""
    return lines_of_document(session, document_id, removed=removed, limit=MOST_ROWS)


def area_of(session: Session, programme_code: str | None, language: str) -> str | None:
    """Area (ด้าน) that a programme belongs to."""
    programme = code_list(session, "budget_programme").get(programme_code or "")
    if programme is None:
        return None
    return str(programme.attributes.get("area_en" if language == "en" else "area_th") or "") or None


def _choices(session: Session, name: ListName) -> tuple[tuple[str, str, str], ...]:
    # Names repeat between programmes and budgets ("งานบริหารทั่วไป"): the code tells them apart.
    entries = code_list(session, name).values()
    return tuple((e.code, f"{e.code} {e.name_th}", f"{e.code} {e.name_en}") for e in entries)

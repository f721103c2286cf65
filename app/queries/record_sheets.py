"""Sheets whose lines are records of one organisation and year: communities, grants, and finances by month.

Each sheet is declared once here: its columns, what may stand in them, and how it is read. The service writes from the
same declaration.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

CellType = Literal["text", "money", "integer", "date", "choice", "readonly"]
_ITEMS = Path(__file__).resolve().parent.parent / "codelists" / "finance_items.csv"
MONTHS = tuple(range(1, 13))
MONTH_NAMES = ("ต.ค.", "พ.ย.", "ธ.ค.", "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.")
MONTH_NAMES_EN = ("Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep")


@dataclass(frozen=True)
class RecordColumn:
    """A column of a sheet of records.

    Parameters
    ----------
    key
        Column of the table, or ``m0`` .. ``m12`` of a sheet by month.
    choices
        (code, Thai, English) of a choice.
    total
        Summed under the lines.
    """

    key: str
    title_th: str
    title_en: str
    type: CellType = "text"
    width_px: int = 140
    required: bool = False
    max_length: int | None = None
    choices: tuple[tuple[str, str, str], ...] = ()
    total: bool = False


@dataclass(frozen=True)
class RecordSheet:
    """A sheet of records.

    Parameters
    ----------
    name
        In addresses.
    action
        Policy action that permits writing.
    table, year_column
        Where its lines are; ``None`` for the sheet by month, which has its own table.
    section
        Of ``finance_items.csv``, for a sheet by month.
    """

    name: str
    title_th: str
    title_en: str
    action: str
    columns: tuple[RecordColumn, ...]
    table: str | None = None
    year_column: str = "fiscal_year_be"
    section: str | None = None


_COUNT = {"type": "integer", "width_px": 110, "total": True}
COMMUNITIES = RecordSheet(
    "communities",
    "ประชากรและชุมชน",
    "Population and communities",
    "profile.write",
    (
        RecordColumn("village_number", "หมู่ที่", "Village no.", "integer", 80),
        RecordColumn("name_th", "ชื่อหมู่บ้านหรือชุมชน", "Village or community", width_px=260, required=True, max_length=200),
        RecordColumn("male", "ชาย (คน)", "Male", "integer", 110, total=True),
        RecordColumn("female", "หญิง (คน)", "Female", "integer", 110, total=True),
        RecordColumn("households", "ครัวเรือน", "Households", "integer", 110, total=True),
    ),
    "community",
    "year_be",
)
GRANTS = RecordSheet(
    "grants",
    "เงินอุดหนุนทั่วไปและเฉพาะกิจ",
    "General and specific grants",
    "grant.write",
    (
        RecordColumn(
            "kind",
            "ประเภท",
            "Kind",
            "choice",
            130,
            required=True,
            choices=(("GRANT_GENERAL", "ทั่วไป", "General"), ("GRANT_SPECIFIC", "เฉพาะกิจ", "Specific")),
        ),
        RecordColumn("name_th", "รายการ", "Grant", width_px=320, required=True, max_length=1000),
        RecordColumn("letter", "หนังสือจัดสรร", "Letter", width_px=150, max_length=200),
        RecordColumn("letter_on", "ลงวันที่", "Dated", "date", 110),
        RecordColumn("allotted_baht", "จัดสรร (บาท)", "Allotted (baht)", "money", 130, total=True),
        RecordColumn("received_baht", "ได้รับ (บาท)", "Received (baht)", "money", 130, total=True),
        RecordColumn("received_on", "วันที่ได้รับ", "Received on", "date", 110),
        RecordColumn("returned_baht", "ส่งคืน (บาท)", "Returned (baht)", "money", 130, total=True),
    ),
    "grant_allotment",
)


def _by_month(name: str, title_th: str, title_en: str, section: str, *, summed: bool) -> RecordSheet:
    months = tuple(
        RecordColumn(f"m{month}", thai, english, "money", 108, total=summed)
        for month, thai, english in zip(MONTHS, MONTH_NAMES, MONTH_NAMES_EN, strict=True)
    )
    first = RecordColumn("name", "รายการ", "Item", "readonly", 260)
    estimate = (RecordColumn("m0", "ประมาณการทั้งปี", "Year's estimate", "money", 130, total=True),) if summed else ()
    return RecordSheet(name, title_th, title_en, "finance.write", (first, *estimate, *months), section=section)


REVENUE = _by_month("revenue", "สถานะรายรับ", "Revenue", "REVENUE", summed=True)
EXPENDITURE = _by_month("expenditure", "สถานะรายจ่าย", "Expenditure", "EXPENDITURE", summed=True)
STATISTICS = _by_month("statistics", "สถิติการคลัง (ยอดสิ้นเดือน)", "Fiscal statistics", "STATISTIC", summed=False)
SHEETS = {sheet.name: sheet for sheet in (REVENUE, EXPENDITURE, STATISTICS, GRANTS, COMMUNITIES)}


@dataclass(frozen=True)
class FinanceItem:
    """An item of revenue, expenditure or statistics."""

    code: str
    section: str
    name_th: str
    name_en: str


@cache
def finance_items() -> tuple[FinanceItem, ...]:
    """Items in the order of the file."""
    with _ITEMS.open(encoding="utf-8", newline="") as file:
        return tuple(FinanceItem(r["code"], r["section"], r["name_th"], r["name_en"]) for r in csv.DictReader(file))


@dataclass(frozen=True)
class RecordRow:
    """A line of a sheet: its name in the sheet, its number of writing, and its values by column."""

    id: str
    version: int
    values: Mapping[str, Any]
    updated_at: datetime | None


def record_rows(session: Session, sheet: RecordSheet, organisation_code: str, year_be: int) -> list[RecordRow]:
    """Lines of a sheet of one organisation and year."""
    if sheet.section is not None:
        return _month_rows(session, sheet, organisation_code, year_be)
    columns = ", ".join(column.key for column in sheet.columns)
    rows = session.execute(
        sa.text(
            f"SELECT id, row_version, updated_at, {columns} FROM {sheet.table} WHERE organisation_code = :organisation"
            f" AND {sheet.year_column} = :year AND removed_at IS NULL ORDER BY {sheet.columns[0].key} NULLS LAST, id"
        ),
        {"organisation": organisation_code, "year": year_be},
    )
    return [
        RecordRow(str(row.id), row.row_version, {c.key: row._mapping[c.key] for c in sheet.columns}, row.updated_at)
        for row in rows
    ]


def _month_rows(session: Session, sheet: RecordSheet, organisation_code: str, year_be: int) -> list[RecordRow]:
    found: dict[str, dict[str, Any]] = {}
    newest: dict[str, datetime] = {}
    for row in session.execute(
        sa.text(
            "SELECT item_code, month, amount_baht, updated_at FROM finance_month"
            " WHERE organisation_code = :organisation AND fiscal_year_be = :year"
        ),
        {"organisation": organisation_code, "year": year_be},
    ):
        found.setdefault(row.item_code, {})[f"m{row.month}"] = row.amount_baht
        newest[row.item_code] = max(newest.get(row.item_code, row.updated_at), row.updated_at)
    return [
        RecordRow(
            item.code,
            0,
            {
                "name": item.name_th,
                **{c.key: found.get(item.code, {}).get(c.key) for c in sheet.columns if c.key != "name"},
            },
            newest.get(item.code),
        )
        for item in finance_items()
        if item.section == sheet.section
    ]


def written(value: Any) -> str | None:
    """A value as the sheet shows it."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def column_of(sheet: RecordSheet, key: str) -> RecordColumn | None:
    """The column of a key that can be written; ``None`` for any other."""
    return next((c for c in sheet.columns if c.key == key and c.type != "readonly"), None)


def years_with_records(session: Session, sheet: RecordSheet, organisation_code: str) -> Sequence[int]:
    """Years for which an organisation has lines in a sheet, newest first."""
    table, year = ("finance_month", "fiscal_year_be") if sheet.section is not None else (sheet.table, sheet.year_column)
    return session.scalars(
        sa.text(f"SELECT DISTINCT {year} FROM {table} WHERE organisation_code = :code ORDER BY 1 DESC"),
        {"code": organisation_code},
    ).all()

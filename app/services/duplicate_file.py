"""The work list of duplicates as a file: a line for each pair, both works side by side."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.messages import Language, sentence
from app.queries.duplicate_pairs import MAX_LIMIT, Order, pair_page
from app.queries.duplicate_views import PairFilter, PairView

FORMATS = ("xlsx", "csv")
# More lines than people read; the filter narrows.
MOST_LINES = 100_000
Cell = str | int | float | Decimal | None
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA_START = re.compile(r"^'*[=+\-@\t\r\n]")
_WORK_HEADS: Mapping[Language, tuple[str, ...]] = {
    "th": ("รหัสโครงการ", "ชื่อ", "อปท.", "ปีงบ", "เงิน (บาท)", "ลงนาม (บาท)", "เบิกจ่าย (บาท)"),
    "en": ("project", "name", "organisation", "fiscal year", "money (baht)", "contracted (baht)", "disbursed (baht)"),
}
_HEADS: Mapping[Language, tuple[str, ...]] = {
    "th": ("เลขที่คู่", "เป็น", "ระบบเห็นว่า", "ความมั่นใจ", "ยาวร่วม (ม.)", "ส่วนร่วม (ร้อยละ)", "ห่างกัน (ม.)",
           "เงินที่อาจซ้ำ (บาท)", "สถานะ", "ตอบโดย", "ผู้ให้เงินอุดหนุน", "ผู้รับเงินอุดหนุน", "เหตุผล"),
    "en": ("pair", "held for", "computed", "score", "shared (m)", "shared (%)", "apart (m)",
           "may be spent twice (baht)", "status", "answered by", "grant given by", "grant received by", "reasons"),
}  # fmt: skip


def write_pairs(
    session: Session,
    actor: Actor,
    narrowed: PairFilter,
    order: Order,
    format: str,
    path: Path,
    *,
    words: Mapping[str, Mapping[str, str]],
    language: Language,
) -> None:
    """Write every pair of the filter, as many as :data:`MOST_LINES`.

    Parameters
    ----------
    format
        One of :data:`FORMATS`.
    path
        The file; its folder exists.
    words
        Words of ``class`` and ``status`` by code.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    works = _WORK_HEADS[language]
    heads = [*_HEADS[language], *(f"1 {head}" for head in works), *(f"2 {head}" for head in works)]
    lines = (_line(view, words, language) for view in _all(session, narrowed, order))
    if format == "csv":
        _write_csv(path, heads, lines)
    else:
        _write_xlsx(path, heads, lines)


def _all(session: Session, narrowed: PairFilter, order: Order) -> Iterator[PairView]:
    after = None
    for _ in range(MOST_LINES // MAX_LIMIT):
        page = pair_page(session, narrowed, order=order, limit=MAX_LIMIT, after=after)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def _line(view: PairView, words: Mapping[str, Mapping[str, str]], language: Language) -> list[Cell]:
    reasons = " · ".join(sentence(reason["code"], reason["values"], language) for reason in view.reasons)
    line: list[Cell] = [
        view.id,
        words["class"][view.held],
        words["class"][view.class_],
        round(view.score, 2),
        round(view.shared_m, 1) if view.shared == "length" else None,
        round(100 * view.shared_share, 1) if view.shared != "none" else None,
        round(view.distance_m, 1),
        view.at_stake_baht,
        words["status"][view.status],
        view.answered_by,
        *((work.organisation_name for work in view.grant) if view.grant else (None, None)),
        reasons,
    ]
    for work in (view.a, view.b):
        line += [work.code, work.name_th, work.organisation_name, work.fiscal_year_be]
        line += [work.money_baht, work.contracted_baht, work.disbursed_baht]
    return line


def _write_csv(path: Path, heads: Sequence[str], lines: Iterator[list[Cell]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows([_safe(cell) for cell in line] for line in lines)


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA_START.match(cell) else cell


def _write_xlsx(path: Path, heads: Sequence[str], lines: Iterator[list[Cell]]) -> None:
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("duplicates")
        sheet.set_column(0, len(heads) - 1, 14)
        first = len(_HEADS["th"])
        sheet.set_column(first - 1, first - 1, 60)
        for column in (first + 1, first + 1 + len(_WORK_HEADS["th"])):
            sheet.set_column(column, column, 44)
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, heads, bold)
        for number, line in enumerate(lines, 1):
            for column, cell in enumerate(line):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write_number(number, column, float(cell), money if isinstance(cell, Decimal) else None)

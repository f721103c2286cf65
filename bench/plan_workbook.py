"""A plan form of 2,000 projects: written as XLSX and PDF, read back and compared cell by cell.

The raw limit of reading is openpyxl's own read-only pass over the same file in the same run, without the process, the
checks and the comparison around it. Every round checks that exactly the cells that were changed are found.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from app.auth.policy import Target
from app.queries.codelists import Code
from app.queries.plan_forms import DETAILS
from app.queries.plan_lines import PlanLine
from app.queries.plan_sheet import Sheet, SheetGroup, SheetRow
from app.queries.plans import PlanHead, Strategy, VersionHead
from app.services.plan_cells import cell_rules
from app.services.plan_print import Printing, form_page, page_html
from app.services.plan_workbook.comparing import compare
from app.services.plan_workbook.labels import choice_labels
from app.services.plan_workbook.reading import read_form
from app.services.plan_workbook.writing import write_form
from app.services.printing import print_page
from gis.sheets.process import read_workbook

LINES = 2_000
CHANGED = 100
ROUNDS = 3
LIMIT_S = 5
NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
PROGRAMMES = {"00310": Code("00310", 1, "แผนงานอุตสาหกรรมและการโยธา", "Industry", {})}


def run(**options: Any) -> list[dict[str, Any]]:
    """Seconds of each part.

    Parameters
    ----------
    options
        ``lines`` (default 2,000), ``rounds`` (default 3).
    """
    sheet = _sheet(int(options.get("lines", LINES)))
    rounds = int(options.get("rounds", ROUNDS))
    content, writing_s = _median(lambda: write_form(sheet, PROGRAMMES, NOW), rounds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        path.write_bytes(content)
        _edit(path)
        _, raw_s = _median(lambda: _raw(path), rounds)
        found, whole_s = _median(lambda: _compared(path, sheet), rounds)
    page, page_s = _median(
        lambda: page_html(form_page(sheet, choice_labels(sheet.strategies, PROGRAMMES), Printing(NOW))), 1
    )
    printed, printing_s = _median(lambda: print_page(page, tagged=False), 1)
    return [
        {"part": "write XLSX", "seconds": writing_s, "kB": len(content) >> 10},
        {"part": "read by openpyxl alone", "seconds": raw_s},
        {"part": "read and compare", "seconds": whole_s, "limit_s": LIMIT_S, "times_raw": round(whole_s / raw_s, 2)},
        {"part": "cells found", "of": CHANGED, "found": found},
        {"part": "page to print", "seconds": page_s, "kB": len(page) >> 10},
        {"part": "print PDF", "seconds": printing_s, "kB": len(printed) >> 10},
    ]


def _median(act: Callable[[], Any], rounds: int) -> tuple[Any, float]:
    times, result = [], None
    for _ in range(rounds):
        started = time.perf_counter()
        result = act()
        times.append(time.perf_counter() - started)
    return result, round(statistics.median(times), 2)


def _raw(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    count = sum(len(row) for page in book.worksheets for row in page.iter_rows(values_only=True))
    book.close()
    return count


def _compared(path: Path, sheet: Sheet) -> int:
    rules = cell_rules(DETAILS, sheet.version, list(sheet.strategies), PROGRAMMES)
    read = read_form(read_workbook(path), sheet, rules, PROGRAMMES)
    lines = {row.line.origin_id: row.line for row in sheet.rows}
    # Nothing of it collides or leaves: no question goes to the database.
    session: Any = None
    found = compare(session, read, lines, rules, {})
    if found.counts != {"errors": 0, "undecided": 0, "cells": CHANGED, "inserts": 0, "removals": 0}:
        raise RuntimeError(f"wrong: {found.counts}")
    return len(found.cells)


def _edit(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    page = book[DETAILS.code]
    edited = 0
    for row in page.iter_rows(min_row=7):
        if edited < CHANGED and str(row[-1].value).startswith("L"):
            row[2].value = "เพื่อแก้ไขปัญหาน้ำท่วม"
            edited += 1
    book.save(path)


def _sheet(count: int) -> Sheet:
    head: PlanHead = _made(
        PlanHead,
        organisation_name="อบต.หนองสาธิต",
        target=Target("D9901001", "99", "9901"),
        name_th="แผนพัฒนาท้องถิ่น",
        start_be=2566,
        end_be=2570,
    )
    version: VersionHead = _made(
        VersionHead, id=1, change_types=(), number="1", status="DRAFT", start_be=2566, end_be=2570, updated_at=NOW
    )
    strategy = Strategy(1, "1", "โครงสร้างพื้นฐาน", None, None, 1, (), ())
    group = SheetGroup("1:00310", strategy, PROGRAMMES["00310"])
    rows = tuple(SheetRow(_line(n), group.key, n, True, None, ()) for n in range(1, count + 1))
    years = (2566, 2567, 2568, 2569, 2570)
    return Sheet(head, version, DETAILS, years, DETAILS.columns(years), (group,), rows, (strategy,))


def _line(n: int) -> PlanLine:
    name = f"ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านหนองน้ำใส หมู่ที่ {n % 15 + 1} ช่วงที่ {n}"
    line: PlanLine = _made(
        PlanLine,
        origin_id=n,
        id=n,
        version_id=1,
        change="NEW",
        form=DETAILS.code,
        kind="road",
        line_number=n,
        name_th=name,
        objective="เพื่อให้ประชาชนมีเส้นทางคมนาคมที่สะดวก ปลอดภัย",
        target="ผิวจราจรกว้าง 4.00 เมตร ยาว 1,180 เมตร หนา 0.15 เมตร",
        indicator="ร้อยละ 80 ของครัวเรือน",
        expected_result="ประชาชนเดินทางสะดวก",
        department="กองช่าง",
        local_strategy_id=1,
        programme_code="00310",
        row_version=1,
        updated_at=NOW,
        amounts={2566 + n % 5: Decimal("1632820.00")},
    )
    return line


def _made(row: Any, /, **known: Any) -> Any:
    """A row of the database with what matters here; the rest is empty."""
    return row(**{field.name: known.get(field.name) for field in fields(row)})

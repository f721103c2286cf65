"""A scenario as a file: works, who gains and loses, areas; method, parameters and data date with them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import xlsxwriter

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.messages import sentence

FORMATS = ("xlsx", "csv", "geojson")
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA_START = re.compile(r"^'*[=+\-@\t\r\n]")

_WORKS = (
    ("rank", "ลำดับ"), ("code", "รหัสโครงการ"), ("name", "งาน"), ("act", "ซ่อมหรือสร้าง"), ("source", "ที่มา"),
    ("cost_baht", "ราคา (บาท)"), ("cost_from", "ที่มาของราคา"), ("total_baht", "รวมสะสม (บาท)"),
    ("people", "คนที่เข้าถึงเพิ่ม"), ("villages", "หมู่บ้านในระยะ"),
)  # fmt: skip
_VILLAGES = (
    ("code", "รหัสหมู่บ้าน"), ("name", "หมู่บ้าน"), ("people", "ประชากร"), ("change", "ได้หรือเสีย"),
    ("before_m", "ระยะวันนี้ (ม.)"), ("after_m", "ระยะหลังทำ (ม.)"), ("lon", "lon"), ("lat", "lat"),
)  # fmt: skip
_COST_FROM = {"budget": "วงเงินของโครงการ", "median": "มัธยฐานของงานจริง", "typed": "ผู้คำนวณกำหนด"}
_AREAS = (
    ("code", "รหัสพื้นที่"), ("people", "ประชากร"), ("gained", "ได้เข้าถึง (คน)"), ("lost", "เสียการเข้าถึง (คน)"),
    ("share_before", "สัดส่วนวันนี้"), ("share_after", "สัดส่วนหลังทำ"),
)  # fmt: skip


def write_answer(
    actor: Actor,
    summary: Mapping[str, Any],
    result: Mapping[str, Any],
    parameters: Mapping[str, Any],
    format: str,
    path: Path,
    *,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Write a scenario.

    Parameters
    ----------
    summary, result, parameters
        As they are kept.
    format
        ``xlsx`` (four sheets), ``csv`` (the works) or ``geojson`` (works and villages, the rest as members).
    about
        Name, owner, dates: what a reader needs to know where it comes from.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    require(actor, EXPORT, NATION)
    head = {**(about or {}), **_flat(parameters), **summary}
    told = [sentence(each["code"], each["values"]) for each in result.get("notes", ())]
    # Scenarios that were kept before say nothing of where a cost is from.
    works = [{**work, "cost_from": _COST_FROM.get(work.get("cost_from", ""), "")} for work in result["works"]]
    result = {**result, "works": works, "told": told}
    if format == "geojson":
        path.write_bytes(orjson.dumps(_collection(result, head, summary, parameters), default=str))
    elif format == "csv":
        _write_csv(path, result)
    else:
        _write_xlsx(path, result, head)


def _flat(parameters: Mapping[str, Any]) -> dict[str, Any]:
    question = dict(parameters.get("question", {}))
    rest = {name: value for name, value in parameters.items() if name != "question"}
    found = {**question, **rest}
    found["closed"] = ", ".join(found.get("closed") or ())
    return found


def _collection(
    result: Mapping[str, Any], head: Mapping[str, Any], summary: Mapping[str, Any], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    works = [
        {
            "type": "Feature",
            "geometry": work["geometry"],
            "properties": {"feature": "work", **{name: work[name] for name, _ in _WORKS}},
        }
        for work in result["works"]
    ]
    villages = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [village["lon"], village["lat"]]},
            "properties": {"feature": "village", **{name: village[name] for name, _ in _VILLAGES[:6]}},
        }
        for village in result["villages"]
    ]
    about = {name: value for name, value in head.items() if name not in summary}
    return {
        "type": "FeatureCollection",
        "features": [*works, *villages],
        "about": about,
        "parameters": parameters,
        "summary": summary,
        "areas": result["areas"],
        "alternatives": result["alternatives"],
        "notes": result["told"],
    }


def _write_csv(path: Path, result: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([title for _, title in _WORKS])
        writer.writerows([[_safe(work[name]) for name, _ in _WORKS] for work in result["works"]])


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA_START.match(cell) else cell


def _write_xlsx(path: Path, result: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        about = book.add_worksheet("วิธีและตัวเลือก")
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 60)
        for number, (name, value) in enumerate(head.items()):
            about.write_string(number, 0, name, bold)
            _cell(about, number, 1, value)
        for number, told in enumerate(result["told"], len(head)):
            about.write_string(number, 0, "หมายเหตุ", bold)
            about.write_string(number, 1, told)
        for title, columns, rows in (
            ("งานที่เลือก", _WORKS, result["works"]),
            ("ใครได้ใครเสีย", _VILLAGES, result["villages"]),
            ("รายพื้นที่", _AREAS, result["areas"]),
        ):
            _sheet(book.add_worksheet(title), columns, rows, bold)


def _sheet(sheet: Any, columns: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, Any]], bold: Any) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 18)
    for column, (_, title) in enumerate(columns):
        sheet.write_string(0, column, title, bold)
    for number, row in enumerate(rows, 1):
        for column, (name, _) in enumerate(columns):
            _cell(sheet, number, column, row[name])
    if any(name == "cost_baht" for name, _ in columns) and rows:
        names = [name for name, _ in columns]
        for name in ("cost_baht", "people"):
            letter = chr(ord("A") + names.index(name))
            formula = f"=SUM({letter}2:{letter}{len(rows) + 1})"
            sheet.write_formula(len(rows) + 1, names.index(name), formula, bold, sum(row[name] for row in rows))


def _cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))

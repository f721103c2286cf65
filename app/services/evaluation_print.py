"""The result of a round on paper and as a workbook, both made of the sealed content and of nothing else."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from app.queries.project_filter import STAGES
from app.services.plan_print import PAPERS, Cell, Column, Page, Row, money_cell
from app.services.plan_workbook.writing import BAHT_FORMAT, FONT
from gis.thai import format_thai_date

SHOWN = ("planned", "approved", "contracted", "disbursing", "paid")
STAGE_NAMES = {
    "planned": "อยู่ในแผน",
    "requested": "ขออนุมัติงบประมาณ",
    "approved": "อนุมัติงบประมาณ",
    "contracted": "ก่อหนี้ผูกพัน",
    "disbursing": "เบิกจ่าย",
    "paid": "แล้วเสร็จ (จ่ายครบ)",
}
PLACE_NAMES = {
    "NONE": "ยังไม่มีพิกัด",
    "DRAFT": "ร่าง",
    "SUBMITTED": "ส่งตรวจ",
    "RETURNED": "ส่งกลับแก้ไข",
    "VERIFIED": "ตรวจแล้ว",
}
_NO_STRATEGY = "ยังไม่ระบุยุทธศาสตร์"
_NO_FORM = "ไม่มีรายการแผน"
_COLUMNS = (
    Column("โครงการ/กลุ่ม", 190),
    Column("แบบ", 46),
    *(
        column
        for stage in SHOWN
        for column in (Column("จำนวน", 44, STAGE_NAMES[stage]), Column("บาท", 82, STAGE_NAMES[stage]))
    ),
    Column("ตรวจแล้ว / ต้องมี", 72, "พิกัด"),
)


def result_page(content: Mapping[str, Any], sha256: str | None, *, address: str = "", receipt: str = "") -> Page:
    """The document: its legal words, the committee's remarks, sums by strategy and form, and every work.

    Parameters
    ----------
    sha256
        Digest of the content; ``None`` of a draft.
    """
    of, organisation = content["round"], content["organisation"]["name_th"]
    rows = [
        _head("สรุปตามยุทธศาสตร์"),
        *(_figures("line", group["name_th"] or _NO_STRATEGY, "", group) for group in content["strategies"]),
        _figures("total", "รวมโครงการของหน่วยงาน", "", content["total"]),
        _head("สรุปตามแบบ (แบบอื่นนอกจาก ผ.02 ไม่นับรวมข้างต้น)"),
        *(_figures("line", _form_name(group["form"]), group["form"] or "–", group) for group in content["forms"]),
    ]
    for name, inside in itertools.groupby(content["works"], key=lambda work: work["strategy_name"] or _NO_STRATEGY):
        rows += [_head(f"รายโครงการ: {name}"), *(_work(work) for work in inside)]
    state = f"ฉบับที่ {content['version']}" if sha256 else "ร่าง ยังไม่เสนอ"
    return Page(
        "",
        (content["document"], f"{round_title(content)} ({state})", organisation),
        _COLUMNS,
        tuple(rows),
        organisation,
        _moment(content["as_of"]),
        PAPERS["a4"],
        f"{content['document']} · {round_title(content)} · {state}",
        preface=_preface(content, of),
        signature=("ลงชื่อ ....................................................", "ผู้บริหารท้องถิ่น"),
        address=f"SHA-256 {sha256}" if sha256 else address,
        receipt=receipt,
    )


def round_title(content: Mapping[str, Any]) -> str:
    """The round in words."""
    of = content["round"]
    span = f"{_day(of['from'])} – {_day(of['to'])}"
    return f"{of['name_th']} ปีงบประมาณ พ.ศ. {of['reported_year_be']} ({span})"


def _preface(content: Mapping[str, Any], of: Mapping[str, Any]) -> tuple[str, ...]:
    committee = content["committee"]
    lines = [
        "ตามระเบียบกระทรวงมหาดไทยว่าด้วยการจัดทำแผนพัฒนาขององค์กรปกครองส่วนท้องถิ่น พ.ศ. 2548 และที่แก้ไขเพิ่มเติม "
        f"{of['rule']} คณะกรรมการติดตามและประเมินผลแผนพัฒนาท้องถิ่นรายงานผลดังต่อไปนี้ "
        f"โดยตัวเลขมาจากข้อมูลในระบบ ณ {_moment(content['as_of'])}"
    ]
    if content["replaces"]:
        lines.append(f"ฉบับนี้ใช้แทนฉบับที่ {content['replaces']['version']} เนื่องจาก {content['reason']}")
    met = f" (ประชุมเมื่อ {_day(committee['met_on'])})" if committee["met_on"] else ""
    reference = f" ตาม {committee['reference']}" if committee["reference"] else ""
    remarks = committee["remarks"] or "ไม่มี"
    lines += [f"ความเห็นของคณะกรรมการ{met}{reference}: {line}" for line in [remarks.splitlines()[0]]]
    lines += [line for line in remarks.splitlines()[1:] if line.strip()]
    return tuple(lines)


def _head(text: str) -> Row:
    return Row("strategy", (Cell(text, len(_COLUMNS)),))


def _figures(kind: str, name: str, form: str, group: Mapping[str, Any]) -> Row:
    cells = [Cell(name), Cell(form, align="center")]
    for stage in SHOWN:
        figure = group[stage]
        cells += [_count(figure["projects"]), money_cell(Decimal(figure["baht"]))]
    wanted = group["wants_place"]["projects"]
    cells.append(Cell(f"{group['verified']['projects']:,} / {wanted:,}" if wanted else "–", align="center"))
    return Row(kind, tuple(cells))


def _work(work: Mapping[str, Any]) -> Row:
    reached = STAGES.index(work["stage"])
    cells = [Cell(f"{work['code']} {work['name_th']}"), Cell(work["form"] or "–", align="center")]
    for stage in SHOWN:
        there = STAGES.index(stage) <= reached
        cells += [
            Cell("●" if there else "–", align="center"),
            money_cell(Decimal(work["baht"][stage]) if there else None),
        ]
    place = work["geometry_status"]
    cells.append(Cell(PLACE_NAMES.get(place, place) if place else "–", align="center"))
    return Row("line", tuple(cells))


def _count(number: int) -> Cell:
    return Cell(f"{number:,}" if number else "–", align="center")


def _form_name(form: str | None) -> str:
    return f"แบบ {form}" if form else _NO_FORM


def _day(text: str) -> str:
    return format_thai_date(date.fromisoformat(text))


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{format_thai_date(at.date())} {at:%H:%M} น."


def result_workbook(content: Mapping[str, Any], sha256: str | None) -> bytes:
    """The same as XLSX: sums whose totals count again, and a line for each work."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        base = {"font_name": FONT, "font_size": 14, "valign": "top", "border": 1}
        looks = {
            "plain": book.add_format({**base, "text_wrap": True}),
            "head": book.add_format(
                {**base, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#EBEDF2"}
            ),
            "bold": book.add_format({**base, "bold": True}),
            "money": book.add_format({**base, "num_format": BAHT_FORMAT}),
            "sum": book.add_format({**base, "num_format": BAHT_FORMAT, "bold": True}),
            "count": book.add_format({**base, "num_format": "#,##0"}),
            "counts": book.add_format({**base, "num_format": "#,##0", "bold": True}),
            "title": book.add_format({"font_name": FONT, "font_size": 18, "bold": True}),
            "note": book.add_format({"font_name": FONT, "font_size": 14}),
        }
        _write_summary(book.add_worksheet("สรุป"), content, sha256, looks)
        _write_works(book.add_worksheet("รายโครงการ"), content, looks)
    return file.getvalue()


def _write_summary(sheet: Any, content: Mapping[str, Any], sha256: str | None, looks: Mapping[str, Any]) -> None:
    for row, line in enumerate((content["document"], round_title(content), content["organisation"]["name_th"])):
        sheet.write_string(row, 0, line, looks["title"])
    sheet.write_string(3, 0, f"ข้อมูล ณ {_moment(content['as_of'])}", looks["note"])
    sheet.write_string(4, 0, f"SHA-256 ของข้อมูล {sha256}" if sha256 else "ร่าง ยังไม่เสนอ", looks["note"])
    remarks = content["committee"]["remarks"] or "ไม่มี"
    sheet.write_string(5, 0, f"ความเห็นของคณะกรรมการ: {remarks}", looks["note"])
    titles = ["ยุทธศาสตร์", *(f"{STAGE_NAMES[s]} ({unit})" for s in STAGES for unit in ("โครงการ", "บาท"))]
    titles += ["ต้องมีพิกัด (โครงการ)", "พิกัดตรวจแล้ว (โครงการ)"]
    top = 7
    sheet.write_row(top, 0, titles, looks["head"])
    groups = [(group["name_th"] or _NO_STRATEGY, group) for group in content["strategies"]]
    for row, (name, group) in enumerate(groups, start=top + 1):
        sheet.write_string(row, 0, name, looks["plain"])
        for column, (value, look) in enumerate(_numbers(group), start=1):
            sheet.write_number(row, column, float(value), looks[look])
    last = top + len(groups)
    sheet.write_string(last + 1, 0, "รวมโครงการของหน่วยงาน", looks["bold"])
    for column, (value, look) in enumerate(_numbers(content["total"]), start=1):
        strong = looks["sum" if look == "money" else "counts"]
        letter = xlsxwriter.utility.xl_col_to_name(column)
        if groups:
            formula = f"=SUM({letter}{top + 2}:{letter}{last + 1})"
            sheet.write_formula(last + 1, column, formula, strong, float(value))
        else:
            sheet.write_number(last + 1, column, float(value), strong)
    _write_forms(sheet, last + 3, content["forms"], titles, looks)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, len(titles), 16)
    sheet.freeze_panes(top + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_forms(
    sheet: Any, top: int, forms: Sequence[Mapping[str, Any]], titles: Sequence[str], looks: Mapping[str, Any]
) -> None:
    sheet.write_row(top, 0, ["แบบ (แบบอื่นนอกจาก ผ.02 ไม่นับรวม)", *titles[1:]], looks["head"])
    for row, group in enumerate(forms, start=top + 1):
        sheet.write_string(row, 0, _form_name(group["form"]), looks["plain"])
        for column, (value, look) in enumerate(_numbers(group), start=1):
            sheet.write_number(row, column, float(value), looks[look])


def _numbers(group: Mapping[str, Any]) -> list[tuple[Decimal, str]]:
    numbers = []
    for stage in STAGES:
        numbers += [(Decimal(group[stage]["projects"]), "count"), (Decimal(group[stage]["baht"]), "money")]
    return [*numbers, *((Decimal(group[name]["projects"]), "count") for name in ("wants_place", "verified"))]


def _write_works(sheet: Any, content: Mapping[str, Any], looks: Mapping[str, Any]) -> None:
    titles = ["รหัส", "โครงการ", "แบบ", "ยุทธศาสตร์", "ขั้นที่ถึง", *(f"{STAGE_NAMES[s]} (บาท)" for s in STAGES), "พิกัด"]
    sheet.write_row(0, 0, titles, looks["head"])
    for row, work in enumerate(content["works"], start=1):
        texts = [
            work["code"],
            work["name_th"],
            work["form"] or "",
            work["strategy_name"] or "",
            STAGE_NAMES[work["stage"]],
        ]
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, looks["plain"])
        for column, stage in enumerate(STAGES, start=len(texts)):
            sheet.write_number(row, column, float(work["baht"][stage]), looks["money"])
        place = work["geometry_status"]
        sheet.write_string(row, len(titles) - 1, PLACE_NAMES.get(place, place) if place else "", looks["plain"])
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, len(titles), 16)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(content["works"]), 1), len(titles) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)

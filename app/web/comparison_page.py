"""Organisations side by side: a page, and the same as a workbook."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.queries.codelists import code_name
from app.queries.comparison import MOST, Compared, compare
from app.queries.organisations import organisations_in_area
from app.services.exports import export_dir
from app.services.table_file import Column, Sheet, write_workbook
from app.web.completeness_words import counted_topics
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, Param, page_route
from app.web.exports import sent_file
from app.web.filters import money, thai_date
from app.web.monitoring import blueprint
from app.web.monitoring_request import AREA, YEAR, own_place, require_reader, today
from app.web.params import organisation_code, string_schema

__all__ = ["blueprint"]

_PARAMS = (
    YEAR,
    AREA,
    Param("organisations", organisation_code, string_schema(maxLength=20), "Codes, at most six", (), many=True),
)


@page_route(blueprint, "/monitoring/compare", access=Access.SIGNED_IN, params=_PARAMS)
def comparison(organisations: tuple[str, ...], area: str | None, fiscal_year: int | None) -> str:
    """Up to six of them; without any, the list to choose from."""
    require_reader()
    here, year = current(), fiscal_year or current_fiscal_year_be()
    with here.database.reading() as session:
        found = compare(session, organisations, year, today())
        place = area or _own_area(session) or (found[0].facts.province_code if found else "")
        address = urlencode({"organisations": ",".join(one.facts.code for one in found), "fiscal_year": year})
        return render_template(
            "monitoring/compare.html",
            found=found, chosen={one.facts.code for one in found}, too_many=len(organisations) > MOST, most=MOST,
            groups=_lines(session, found), year=year, area=place, today=today(),
            about=[_about(session, one) for one in found],
            choices=organisations_in_area(session, place) if place else [],
            file=f"/monitoring/compare/file?{address}",
        )  # fmt: skip


@page_route(blueprint, "/monitoring/compare/file", access=Access.SIGNED_IN, params=_PARAMS)
def comparison_file(organisations: tuple[str, ...], area: str | None, fiscal_year: int | None) -> Response:
    """The same table with plain numbers: of each organisation its own, the province's and its like's."""
    require_reader()
    here, year = current(), fiscal_year or current_fiscal_year_be()
    path = export_dir(here.settings) / f"compare-{secrets.token_hex(12)}.xlsx"
    with here.database.reading() as session:
        found = compare(session, organisations, year, today())
        groups = _lines(session, found)
    columns = [Column(_("เรื่อง")), Column(_("หน่วย"))]
    for one in found:
        name = one.facts.name(here.language)
        columns += [Column(name), Column(_("มัธยฐานจังหวัด")), Column(_("มัธยฐานประเภทและขนาดเดียวกัน"))]
    lines: list[list[Any]] = []
    for _title, rows in groups:
        for row in rows:
            line: list[Any] = [row["name"], row["unit"]]
            for cell in row["cells"]:
                line += [None if value is None else round(value, 2) for value in cell["values"]]
            lines.append(line)
    title = _("เทียบ อปท. ปีงบ %(year)s ณ %(day)s", year=year, day=thai_date(today()))
    write_workbook(here.actor, [Sheet(columns, lines, title)], path, language=here.language)
    return sent_file(path, f"{_('เทียบ อปท.')}-{year}.xlsx", "xlsx", remove=True)


def _own_area(session: Session) -> str | None:
    area, organisation = own_place(current().actor)
    if area or not organisation:
        return area
    found = compare(session, [organisation], current_fiscal_year_be(), today())
    return found[0].facts.province_code if found else None


def _about(session: Session, one: Compared) -> str:
    """Type, size and with how many it is compared."""
    kind = code_name(session, "lao_type", one.facts.type_code, current().language) or one.facts.type_code
    people = _("ประชากร %(n)s", n=money(one.facts.population)) if one.facts.population else _("ไม่ทราบประชากร")
    alike = _("กลุ่มเดียวกัน %(n)s แห่ง", n=one.alike) if one.alike > 1 else _("ไม่มีแห่งอื่นในกลุ่มเดียวกัน")
    return f"{kind} · {people} · {alike}"


def _lines(session: Session, found: Sequence[Compared]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Groups of lines; a line that nobody has a figure for is left out."""
    percent, baht = "%", _("บาท")
    topics = [(f"topic:{topic.code}", topic.name, percent) for topic in counted_topics(session)]
    groups = [
        (_("ความครบถ้วน"), [
            ("complete", _("ทุกหัวข้อ"), percent), ("oldest_days", _("ขาดนานที่สุด"), _("วัน")), *topics]),
        (_("เงิน"), [
            ("planned_baht", _("ตามแผน"), baht), ("budget_baht", _("อนุมัติ"), baht),
            ("contracted_baht", _("ทำสัญญา"), baht), ("disbursed_baht", _("เบิกจ่าย"), baht),
            ("contracted_share", _("ทำสัญญาต่ออนุมัติ"), percent), ("disbursed_share", _("เบิกจ่ายต่ออนุมัติ"), percent),
            ("budget_per_head", _("อนุมัติต่อคน"), baht), ("disbursed_per_head", _("เบิกจ่ายต่อคน"), baht)]),
        (_("พิกัด"), [
            ("projects", _("โครงการ"), _("โครงการ")), ("verified_share", _("ตรวจสอบแล้ว"), percent)]),
    ]  # fmt: skip
    made = []
    for title, rows in groups:
        lines = [_line(key, name, unit, found) for key, name, unit in rows]
        made.append((title, [line for line in lines if any(cell["values"][0] is not None for cell in line["cells"])]))
    return [(title, lines) for title, lines in made if lines]


def _line(key: str, name: str, unit: str, found: Sequence[Compared]) -> dict[str, Any]:
    digits = 1 if key.endswith("_share") else 0

    def cell(one: Compared) -> dict[str, Any]:
        values = [one.facts.figures.get(key), one.province.get(key), one.like.get(key)]
        return {"values": values, "words": ["–" if value is None else money(value, digits) for value in values]}

    return {"key": key, "name": name, "unit": unit, "cells": [cell(one) for one in found]}

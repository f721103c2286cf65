"""A scenario as a file: works, who gains and loses, areas; method, parameters and data date with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require
from app.messages import sentence
from app.services.table_file import Cell, Column, Look, Sheet, write_csv, write_workbook
from gis.thai import ZONE, format_thai_date

FORMATS = ("xlsx", "csv", "geojson")
_Columns = tuple[tuple[str, str, Look | None], ...]

_WORKS: _Columns = (
    ("rank", "ลำดับ", "plain"), ("code", "รหัสโครงการ", None), ("name", "งาน", None), ("act", "ซ่อมหรือสร้าง", None),
    ("source", "ที่มา", None), ("cost_baht", "ราคา (บาท)", "money"), ("cost_from", "ที่มาของราคา", None),
    ("total_baht", "รวมสะสม (บาท)", "money"), ("people", "คนที่เข้าถึงเพิ่ม", "count"),
    ("villages", "หมู่บ้านในระยะ", "count"),
)  # fmt: skip
_VILLAGES: _Columns = (
    ("code", "รหัสหมู่บ้าน", None), ("name", "หมู่บ้าน", None), ("people", "ประชากร", "count"),
    ("change", "ได้หรือเสีย", None), ("before_m", "ระยะวันนี้ (ม.)", "count"), ("after_m", "ระยะหลังทำ (ม.)", "count"),
    ("lon", "ลองจิจูด", "place"), ("lat", "ละติจูด", "place"),
)  # fmt: skip
_AREAS: _Columns = (
    ("code", "รหัสพื้นที่", None), ("name", "พื้นที่", None), ("people", "ประชากร", "count"),
    ("gained", "ได้เข้าถึง (คน)", "count"), ("lost", "เสียการเข้าถึง (คน)", "count"), ("share_before", "สัดส่วนวันนี้", "share"),
    ("share_after", "สัดส่วนหลังทำ", "share"),
)  # fmt: skip
_SUMMED: Mapping[str, Sequence[str]] = {
    "งานที่เลือก": ("cost_baht", "people"),
    "รายพื้นที่": ("people", "gained", "lost"),
}
_COST_FROM = {"budget": "วงเงินของโครงการ", "median": "มัธยฐานของงานจริง", "typed": "ผู้คำนวณกำหนด"}
_CODES: Mapping[str, Mapping[str, str]] = {
    "act": {"rehabilitate": "ซ่อม", "build": "สร้าง"},
    "source": {"planned": "โครงการในแผน", "project": "โครงการในแผน", "new": "จุดที่ระบบเสนอ"},
    "change": {"gain": "ได้", "loss": "เสีย"},
    "kind": {"road": "ถนน", "water": "แหล่งน้ำ"},
    "method": {"greedy": "เลือกทีละงานที่คุ้มที่สุด", "exact": "หาชุดที่ดีที่สุด"},
    "status": {
        "optimal": "พิสูจน์แล้วว่าไม่มีชุดใดในวงเงินนี้ที่ดีกว่า", "time_up": "หมดเวลาก่อนพิสูจน์",
        "heuristic": "วิธีเร็ว ไม่ได้พิสูจน์",
    },
    "acts": {"both": "ซ่อมและสร้าง", "rehabilitate": "ซ่อม", "build": "สร้าง"},
    "sources": {"both": "โครงการในแผนและจุดที่ระบบเสนอ", "planned": "โครงการในแผน",
                "new": "จุดที่ระบบเสนอ"},
}  # fmt: skip
_ABOUT: Mapping[str, str] = {
    "name": "ชื่อ", "note": "บันทึก", "owner": "ผู้คำนวณ", "computed_at": "คำนวณเมื่อ", "data_as_of": "ข้อมูล ณ",
    "area_name": "พื้นที่", "link": "ลิงก์", "kind": "ด้าน", "area": "รหัสพื้นที่", "within_m": "ระยะที่ถือว่าเข้าถึง (ม.)",
    "all_season": "นับเฉพาะถนนที่ใช้ได้ทุกฤดู", "under_contract": "นับงานที่ทำสัญญาแล้ว",
    "background": "นับทะเบียนและแผนที่พื้นฐาน", "closed": "งานที่ถือว่าใช้ไม่ได้",
    "population_year_be": "ประชากรของปี (พ.ศ.)", "raster": "ภาพประชากร", "budget_baht": "วงเงิน (บาท)",
    "acts": "ซ่อมหรือสร้าง", "sources": "เลือกจาก", "unit_cost_baht": "ราคางานที่ระบบเสนอ (บาท)", "method": "วิธี",
    "seconds": "เวลาที่ใช้ (วินาที)", "new_type": "ชนิดของงานที่เสนอ", "people": "ประชากร",
    "people_unknown": "ไม่ทราบที่ตั้ง (คน)", "people_with_before": "เข้าถึงวันนี้ (คน)",
    "people_with_after": "เข้าถึงหลังทำ (คน)", "share_before": "สัดส่วนวันนี้", "share_after": "สัดส่วนหลังทำ",
    "people_gained": "ได้เข้าถึง (คน)", "people_lost": "เสียการเข้าถึง (คน)", "villages_gained": "หมู่บ้านที่ได้เข้าถึง",
    "villages_lost": "หมู่บ้านที่เสียการเข้าถึง", "works": "งานที่เลือก", "candidates": "งานที่เลือกได้",
    "cost_baht": "ใช้เงิน (บาท)", "reached_people": "คนที่งานที่เลือกเข้าถึง", "bound_people": "มากที่สุดที่เป็นไปได้ (คน)",
    "gap": "ห่างจากที่ดีที่สุดไม่เกิน", "status": "ผล", "unit_cost_of_works": "ราคามาจากงานจริง (งาน)",
}  # fmt: skip
_LOOKS: Mapping[str, Look] = {
    "share_before": "share", "share_after": "share", "gap": "share", "budget_baht": "money", "cost_baht": "money",
    "unit_cost_baht": "money", "population_year_be": "plain", "seconds": "number",
}  # fmt: skip


def write_answer(
    actor: Actor,
    summary: Mapping[str, Any],
    result: Mapping[str, Any],
    parameters: Mapping[str, Any],
    format: str,
    path: Path,
    *,
    about: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
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
    names
        Of areas, by their codes.

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
    areas = [{**area, "name": (names or {}).get(area["code"], "")} for area in result["areas"]]
    result = {**result, "works": works, "areas": areas, "told": told}
    if format == "geojson":
        path.write_bytes(orjson.dumps(_collection(result, head, summary, parameters), default=str))
    elif format == "csv":
        columns = [Column(title) for _name, title, _look in _WORKS]
        write_csv(actor, Sheet(columns, [[work[name] for name, *_ in _WORKS] for work in result["works"]]), path)
    else:
        write_workbook(actor, _sheets(result, head), path)


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
            "properties": {"feature": "work", **{name: work[name] for name, *_ in _WORKS}},
        }
        for work in result["works"]
    ]
    villages = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [village["lon"], village["lat"]]},
            "properties": {"feature": "village", **{name: village[name] for name, *_ in _VILLAGES[:6]}},
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


def _sheets(result: Mapping[str, Any], head: Mapping[str, Any]) -> list[Sheet]:
    title = str(head.get("name") or "ทางเลือก")
    about = [
        " · ".join(_said(name, head[name]) for name in ("kind", "area_name") if head.get(name)),
        f"ข้อมูล ณ {_moment(head['data_as_of'])}" if head.get("data_as_of") else "",
    ]
    return [
        _about(result, head, title),
        _sheet("งานที่เลือก", _WORKS, result["works"], title, about),
        _sheet("ใครได้ใครเสีย", _VILLAGES, result["villages"], title, about),
        _sheet("รายพื้นที่", _AREAS, result["areas"], title, about),
    ]


def _about(result: Mapping[str, Any], head: Mapping[str, Any], title: str) -> Sheet:
    """Method, parameters and results, a line each; a number that people read as per cent or baht looks so."""
    lines = [(_ABOUT.get(name, name), _shown(name, value)) for name, value in head.items()]
    lines += [("หมายเหตุ", told) for told in result["told"]]
    return Sheet([Column("รายการ"), Column("ค่า")], lines, title, name="วิธีและตัวเลือก", frozen=1)


def _shown(name: str, value: Any) -> Cell:
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่"
    look = _LOOKS.get(name)
    if look == "share" and value is not None:
        return f"{100 * value:.1f} %"
    if look == "money" and value is not None:
        return f"{value:,}"
    if value is None or isinstance(value, (int, float)):
        return value
    return _said(name, value)


def _moment(value: str) -> str:
    """``22 พ.ย. 2569 15:20 น.``, of a moment as programs write it."""
    at = datetime.fromisoformat(value).astimezone(ZONE)
    return f"{format_thai_date(at.date())} {at:%H:%M} น."


def _said(name: str, value: Any) -> str:
    if name in ("computed_at", "data_as_of"):
        return _moment(str(value))
    return _CODES.get(name, {}).get(str(value), str(value))


def _sheet(name: str, columns: _Columns, rows: Sequence[Mapping[str, Any]], title: str, about: Sequence[str]) -> Sheet:
    summed = _SUMMED.get(name, ())
    heads = [Column(words, look, summed=key in summed) for key, words, look in columns]
    lines = [[_said(key, row[key]) if key in _CODES else row[key] for key, *_ in columns] for row in rows]
    return Sheet(heads, lines, title, about, name)

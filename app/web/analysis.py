"""Where the analyses begin: what each of them answers, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask_babel import lazy_gettext

from app.auth.policy import Visibility, visibility
from app.web.context import current
from app.web.endpoint import Access, page_route

blueprint = Blueprint("analysis", __name__)


@dataclass(frozen=True)
class Analysis:
    """One of the analyses; ``staff`` when a visitor has no page of it, ``signed_in`` when everybody with an account."""

    path: str
    icon: str
    title: Any
    answers: Any
    staff: bool = False
    signed_in: bool = False


ANALYSES = (
    Analysis(
        "/dashboard",
        "eye",
        lazy_gettext("ภาพรวม"),
        lazy_gettext("ปีนี้ในพื้นที่นี้มีกี่โครงการ งบเท่าไร เบิกจ่ายถึงไหน พิกัดครบหรือยัง เทียบกับปีก่อน พิมพ์ส่งได้"),
        signed_in=True,
    ),
    Analysis(
        "/duplicates",
        "layers",
        lazy_gettext("งานซ้ำซ้อน"),
        lazy_gettext("สองหน่วยงานหรือสองปีทำงานที่เดียวกันหรือไม่ ซ้ำกันเท่าไร เพราะอะไร และใครตัดสินแล้ว"),
        staff=True,
    ),
    Analysis(
        "/analysis/allocation",
        "chart",
        lazy_gettext("การจัดสรรงบประมาณ"),
        lazy_gettext("เงินลงที่ใด ต่อหัวเท่าไร เหลื่อมล้ำแค่ไหน กระจุกที่ใด และงานใดแพงผิดปกติ"),
    ),
    Analysis(
        "/analysis/access",
        "map",
        lazy_gettext("การเข้าถึงถนนและน้ำ"),
        lazy_gettext("หมู่บ้านใดไม่มีถนนใน 2 กม. หรือไม่มีแหล่งน้ำใน 1 กม. และแหล่งน้ำใดขาดไม่ได้"),
    ),
    Analysis(
        "/analysis/scenarios",
        "folder",
        lazy_gettext("ทำอะไรก่อนดี"),
        lazy_gettext("ด้วยเงินเท่านี้ ทำงานใดก่อนจึงถึงคนมากที่สุด ซ่อมหรือสร้าง ใครได้ใครเสีย"),
        staff=True,
    ),
    Analysis(
        "/analysis/rasters",
        "map",
        lazy_gettext("ภาพและความสูง"),
        lazy_gettext("ความสูง ฝน น้ำท่วม และค่าเฉลี่ยรายพื้นที่จากภาพ รูปตัดตามถนน และพื้นที่รับน้ำ"),
    ),
    Analysis(
        "/analysis/exposure",
        "warning",
        lazy_gettext("โครงการในพื้นที่เสี่ยง"),
        lazy_gettext("ถ้าน้ำท่วมตามขอบเขตนี้ ถนนและแหล่งน้ำใดอยู่ในน้ำ ยาวเท่าไร เงินเท่าไร"),
    ),
    Analysis(
        "/reports",
        "print",
        lazy_gettext("รายงาน GIS"),
        lazy_gettext("เล่ม PDF มีแผนที่ตามมาตราส่วน Excel แผนที่ในแฟ้มเดียว และ GeoPackage"),
        signed_in=True,
    ),
)


@page_route(blueprint, "/analysis", access=Access.PUBLIC)
def page() -> str:
    """The analyses that this person has."""
    actor = current().actor
    staff = visibility(actor) is Visibility.STAFF
    shown = [one for one in ANALYSES if (staff or not one.staff) and (actor.signed_in or not one.signed_in)]
    return render_template("analysis/index.html", analyses=shown)

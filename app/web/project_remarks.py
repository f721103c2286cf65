"""What reviewers said of a project, on its page: each with its place or field, and who may say that it is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.queries.project_comments import ProjectComment, comments_on_project
from app.queries.projects import ProjectRow
from app.services.project_comments import may_answer, may_comment
from app.web.change_words import field_name
from app.web.context import current
from app.web.project_json import target_of

_TAB_OF = {
    "planned_baht": "plan",
    "strategy_code": "plan",
    "budget_baht": "budget",
    "programme_code": "budget",
    "work_code": "budget",
    "expenditure_category_code": "budget",
    "contracted_baht": "contracts",
    "disbursed_baht": "disbursements",
}


@dataclass(frozen=True)
class Remark:
    """An open comment: what it is of, and where that is; ``position`` on the map where it points at one."""

    id: int
    about: str
    text: str
    by: str
    at: datetime
    address: str
    position: tuple[float, float] | None
    may_answer: bool


def open_remarks(session: Session, row: ProjectRow) -> Sequence[Remark]:
    """Those that wait for an answer, the oldest first."""
    actor, target = current().actor, target_of(row)
    reviewer = may_comment(actor, target)
    return [
        Remark(
            one.id,
            _about(one),
            one.text,
            one.by,
            one.at,
            _address(one, row.code),
            None if one.place is None else (one.place["lon"], one.place["lat"]),
            reviewer or may_answer(actor, target, one.field),
        )
        for one in comments_on_project(session, row.code)
        if one.resolved_at is None
    ]


def _about(one: ProjectComment) -> str:
    place = one.place or {}
    if place.get("segment") and place.get("vertex"):
        return str(_("ช่วงที่ %(segment)s จุดที่ %(vertex)s", segment=place["segment"], vertex=place["vertex"]))
    if one.place is not None:
        return str(_("จุดบนแผนที่"))
    return field_name(one.field, "project") if one.field else str(_("ทั้งโครงการ"))


def _address(one: ProjectComment, code: str) -> str:
    if one.place is not None:
        return f"/map?project={code}#18/{one.place['lat']:.5f}/{one.place['lon']:.5f}"
    if one.field == "geometry":
        return f"/projects/{code}?tab=map"
    return f"/projects/{code}?tab={_TAB_OF.get(one.field or '', 'facts')}"

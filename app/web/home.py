"""งานของฉัน: where a person's day begins, by role."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import (
    BUDGET_APPROVE,
    BUDGET_WRITE,
    COORDINATES_VERIFY,
    COORDINATES_WRITE,
    DUPLICATE_ANSWER,
    ON_BEHALF_DECIDE,
    PLAN_APPROVE,
    PLAN_WRITE,
    YEAR_REOPEN,
    OwnScope,
    own_scope,
    roles_for,
    visibility,
)
from app.queries.budget import BudgetFilter, read_budget
from app.queries.budget_desk import desk_tasks
from app.queries.completeness import Scope
from app.queries.coordinate_findings import FindingFilter, open_findings
from app.queries.duplicate_pairs import status_counts
from app.queries.duplicate_views import PairFilter
from app.queries.plans import open_versions
from app.queries.project_filter import ProjectFilter
from app.queries.projects import project_page
from app.queries.workload import total, workload_by_organisation, workload_of
from app.web.completeness_words import own_topics
from app.web.context import current
from app.web.endpoint import Access, Param, page_route
from app.web.head_tasks import head_tasks
from app.web.monitoring_request import freshen, today
from app.web.owed import owed_today
from app.web.params import fiscal_year, integer_schema
from app.web.public_pages import front_page
from app.web.questions import question_tasks

blueprint = Blueprint("home", __name__)
_ITEMS = 8
_PLACES = 15
_OWED = 5
_SHEET_TITLES = {"revenue": lazy_gettext("การเงินรายเดือน"), "communities": lazy_gettext("ประชากรและชุมชน")}
YEAR = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.)")


@page_route(blueprint, "/", access=Access.PUBLIC, params=(YEAR,))
def home(fiscal_year: int | None) -> Any:
    """The page of the person's role; a visitor sees what is published, with the sign-in one click away."""
    context = current()
    if not context.actor.signed_in:
        return front_page()
    scope = own_scope(context.actor)
    freshen(min(scope.organisations, default=None))
    with context.database.reading() as session:
        if scope.organisations:
            return render_template(
                "home/organisation.html", **_organisation(session, context.actor, scope, fiscal_year)
            )
        if scope.provinces or scope.amphoes:
            return render_template("home/province.html", **_province(session, context.actor, scope, fiscal_year))
        return render_template("home/nation.html", **_nation(session, context.actor, fiscal_year))


def _organisation(session: Session, actor: Actor, scope: OwnScope, year: int | None) -> dict[str, Any]:
    """An engineer sees what waits for coordinates; everybody else of the organisation the newest projects."""
    draws = bool(actor.roles & set(roles_for(COORDINATES_WRITE)))
    codes = tuple(sorted(scope.organisations))
    narrowed = ProjectFilter(organisation=codes, fiscal_year=(year,) if year else (), awaiting=True if draws else None)
    page = project_page(session, narrowed, sight=visibility(actor), limit=_ITEMS)
    return {
        "draws": draws,
        "sheets": [] if draws else [(_SHEET_TITLES[n], n) for n in ("revenue", "communities")],
        "organisation": codes[0],
        "items": page.items,
        "more": page.next is not None,
        "work": workload_of(session, codes, year),
        "year": year,
        "doubtful": open_findings(session, FindingFilter(organisation=codes)) if draws else 0,
        "tasks": [
            *_plan_tasks(session, actor, codes),
            *_desk_tasks(session, actor, codes),
            *_duplicate_tasks(session, actor, codes),
            *question_tasks(session, actor),
        ],
        "query": _query({"organisation": ",".join(codes), "fiscal_year": year}),
        "owed": owed_today(
            session, Scope(organisations=codes), today(), own=own_topics(session, actor), limit=_OWED, with_items=True
        ),
        "all_owed": f"/monitoring/owed?organisation={codes[0]}",
    }


def _plan_tasks(session: Session, actor: Actor, codes: tuple[str, ...]) -> list[tuple[Any, int, str]]:
    """Versions that this person writes or decides on: one opens itself, of several their list."""
    waiting = open_versions(session, codes)
    known = [
        (PLAN_WRITE, lazy_gettext("แผนที่กำลังจัดทำ"), waiting.to_write, waiting.newest_to_write),
        (PLAN_APPROVE, lazy_gettext("แผนที่เสนอแล้ว"), waiting.to_decide, waiting.newest_to_decide),
    ]
    every = url_for("plan_pages.list_page", organisation=codes[0])
    return [
        (word, count, url_for("plan_pages.version_page", version_id=newest) if count == 1 else every)
        for action, word, count, newest in known
        if count and actor.roles & set(roles_for(action))
    ]


def _duplicate_tasks(session: Session, actor: Actor, codes: tuple[str, ...]) -> list[tuple[Any, int, str]]:
    """Works that may be paid twice and that nobody has answered, for those who can say what they are."""
    if not actor.roles & set(roles_for(DUPLICATE_ANSWER)):
        return []
    found = status_counts(session, PairFilter(organisation=codes, class_=("same_work",))).get("open", 0)
    where = f"{url_for('duplicate_pages.list_page')}?class=same_work&status=open"
    return [(lazy_gettext("งานซ้ำซ้อนรอคำตอบ"), found, where)] if found else []


def _desk_tasks(session: Session, actor: Actor, codes: tuple[str, ...]) -> list[tuple[Any, int, str]]:
    """What waits at the budget desk for this person: word, count and address; nothing that is not theirs."""
    tasks = desk_tasks(session, codes, actor.user_id)
    desk = url_for("budget_desk.desk_page", organisation_code=codes[0])
    entered = url_for("on_behalf_pages.on_behalf_page", organisation_code=codes[0])
    known = [
        (BUDGET_APPROVE, lazy_gettext("รอคุณพิจารณางบ"), tasks.to_decide, desk),
        (BUDGET_WRITE, lazy_gettext("งบที่ส่งกลับให้แก้"), tasks.to_mend, desk),
        (YEAR_REOPEN, lazy_gettext("รอยืนยันเปิดปี"), tasks.to_reopen, desk),
        (ON_BEHALF_DECIDE, lazy_gettext("บันทึกแทนรอยืนยัน"), tasks.entered, entered),
    ]
    return [
        (word, count, href) for action, word, count, href in known if count and actor.roles & set(roles_for(action))
    ]


def _province(session: Session, actor: Actor, scope: OwnScope, year: int | None) -> dict[str, Any]:
    """Officers see every organisation of their area, with what waits for them first."""
    loads = workload_by_organisation(session, scope.provinces, scope.amphoes, year)
    areas = tuple(sorted(scope.provinces | scope.amphoes))
    return {
        "loads": loads,
        "sum": total(loads),
        "doubtful": _doubtful(session, scope),
        "duplicates": _answered(session, scope),
        "questions": question_tasks(session, actor),
        "judging": head_tasks(session, actor),
        "verifies": bool(actor.roles & set(roles_for(COORDINATES_VERIFY))),
        "area_query": _query({"area": ",".join(sorted(scope.provinces | scope.amphoes)), "fiscal_year": year}),
        "year_query": _query({"fiscal_year": year}),
        "owed": owed_today(session, Scope(areas=areas), today(), limit=_OWED),
        "all_owed": f"/monitoring/owed?area={areas[0]}",
    }


def _doubtful(session: Session, scope: OwnScope) -> int:
    """Coordinates that look wrong in the areas of an officer."""
    return sum(open_findings(session, FindingFilter(area=code)) for code in scope.provinces | scope.amphoes)


def _answered(session: Session, scope: OwnScope) -> int:
    """Pairs of works whose answer or appeal waits for the province."""
    counts = status_counts(session, PairFilter(area=tuple(sorted(scope.provinces | scope.amphoes))))
    return counts.get("answered", 0) + counts.get("appealed", 0)


def _nation(session: Session, actor: Actor, year: int | None) -> dict[str, Any]:
    """Provinces by budget, from the same rolled-up numbers as the budget map."""
    narrowed = BudgetFilter(fiscal_year=(year,) if year else ())
    reading = read_budget(session, "province", None, narrowed, visibility(actor))
    places = sorted(
        (place for place in reading.places if place.sums.projects),
        key=lambda place: (-place.sums.budget_baht, place.code),
    )
    return {
        "places": places[:_PLACES],
        "place_count": len(places),
        "reading": reading,
        "year_query": _query({"fiscal_year": year}),
    }


def _query(parts: dict[str, Any]) -> str:
    return "&".join(f"{name}={value}" for name, value in parts.items() if value)

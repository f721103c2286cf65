"""Pages of works at one place: the work list with its money, and one pair with both works, the reasons and what was
said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import own_scope
from app.models.duplicate import ANSWERS, CLASSES
from app.queries.areas import area_names
from app.queries.attachments import attachments_of
from app.queries.duplicate_pairs import (
    ORDERS,
    class_counts,
    money_at_stake,
    pair_decisions,
    pair_page,
    pair_points,
    pair_shapes,
    pairs_by_organisation,
    status_counts,
)
from app.queries.duplicate_times import last_refreshed, mended_since, never_compared
from app.queries.duplicate_views import PairFilter, PairView
from app.queries.organisations import organisation_names
from app.queries.project_filter import ProjectFilter
from app.services.attachment_files import MAX_BYTES
from app.services.duplicate_decisions import EXPLAINED, HEARING, decide, look_at_pair, possible_acts
from app.services.duplicate_file import FORMATS
from app.services.duplicate_renewal import is_renewing
from app.web.context import current
from app.web.duplicate_json import (
    act_names,
    class_names,
    paper_address,
    picture_address,
    query_of,
    reason_lines,
    reason_voices,
    status_names,
)
from app.web.duplicates import (
    CURSOR,
    FILTER,
    PAGE,
    SAID,
    SORT,
    STANDS,
    enqueue_check,
    filter_of,
    found_pair,
    may_compare,
    readable_key,
    require_staff,
    said_of,
)
from app.web.endpoint import Access, Param, page_route
from app.web.filters import fiscal_year
from app.web.page_forms import posted, read_typed
from app.web.params import choice, encode_cursor, string_schema
from app.web.place_filters import check_places
from app.web.project_list import code_names, kind_names, place_choices
from app.web.received import sent_paper
from app.web.shell import fiscal_years

blueprint = Blueprint("duplicate_pages", __name__)

ALL = "all"
# A page shows one class at a time, the one that costs money first; "all" shows every one.
_CLASSES = (*CLASSES, "different", ALL)
_FILTER = tuple(
    Param("class", choice(*_CLASSES), string_schema(), "Class that is shown", ("same_work",), True)
    if param.name == "class"
    else param
    for param in FILTER
)
_ONE = "/duplicates/<int:pair_id>"
_SCORES = (0.9, 0.7, 0.5)


@page_route(blueprint, "/duplicates", access=Access.SIGNED_IN, params=(*_FILTER, SORT, CURSOR))
def list_page(sort: Any, cursor: Any, **values: Any) -> Response:
    """The work list; without a place it begins where the person works."""
    require_staff()
    here, shown = current(), values["class"]
    narrowed = filter_of(values)
    if "organisation" not in request.args and "area" not in request.args:
        narrowed = _own(here.actor, narrowed)
    with here.database.reading() as session:
        check_places(session, narrowed.area, narrowed.organisation)
        if "status" not in request.args and "class" not in request.args:
            narrowed = replace(narrowed, status=_waiting(here.actor))
        if "class" not in request.args and not class_counts(session, narrowed).get("same_work"):
            shown = (ALL,)
        chosen = () if ALL in shown else shown
        data = _list_data(session, replace(narrowed, class_=chosen), sort, cursor)
    asked = replace(narrowed, class_=shown)
    data |= {"address": lambda **more: f"/duplicates?{_query(asked, sort, more)}", "narrowed": asked}
    answer = Response(render_template("duplicates/list.html", **data), mimetype="text/html")
    answer.headers["HX-Push-Url"] = f"/duplicates?{_query(asked, sort, {})}"
    return answer


def _waiting(actor: Actor) -> tuple[str, ...]:
    """Statuses in which a pair waits for this person: for an answer, and of the province for its word too."""
    confirms = actor.roles & {*policy.roles_for(policy.DUPLICATE_CONFIRM)}
    return ("open", "answered", "appealed") if confirms else ("open",)


def _list_data(session: Session, narrowed: PairFilter, sort: Any, cursor: Any) -> dict[str, Any]:
    here = current()
    page = pair_page(session, narrowed, order=sort, limit=PAGE, after=readable_key(cursor))
    counts = class_counts(session, narrowed)
    places = ProjectFilter(area=narrowed.area, organisation=narrowed.organisation)
    years = sorted({*fiscal_years(), *narrowed.fiscal_year}, reverse=True)
    points = pair_points(session, [view.id for view in page.items])
    held = {view.id: view.held for view in page.items}
    return {
        "page": page,
        "points": [{"id": n, "lon": at[0], "lat": at[1], "held": held[n]} for n, at in points.items()],
        "stake": money_at_stake(session, replace(narrowed, status=())),
        "every_count": sum(class_counts(session, replace(narrowed, status=())).values()),
        "classes": [(name, word, counts.get(name, 0)) for name, word in class_names().items()],
        "all_count": sum(counts.values()),
        "statuses": [(name, status_names()[name], n) for name, n in _in_order(status_counts(session, narrowed))],
        "organisations": pairs_by_organisation(session, narrowed),
        "place": _place_name(session, narrowed),
        "refreshed": last_refreshed(session),
        "never": never_compared(session),
        "choices": {
            **place_choices(session, here.actor, places),
            "fiscal_year": [(str(year), fiscal_year(year)) for year in years],
            "kind": list(kind_names().items()),
            "score": [(f"{score:g}", _("%(percent)s %% ขึ้นไป", percent=round(100 * score))) for score in _SCORES],
        },
        "words": {"class": class_names(), "status": status_names()},
        "order": sort,
        "orders": list(zip(ORDERS, (_("เงินที่อาจซ้ำ"), _("ความมั่นใจ"), _("เทียบล่าสุด")), strict=True)),
        "next": None if page.next is None else encode_cursor(page.next),
        "first": cursor is None,
        "formats": FORMATS,
        "file_query": query_of(narrowed, sort=sort),
        "reasons": lambda view: reason_lines(view.reasons, here.language),
        "may_check": may_compare(),
    }


@page_route(blueprint, "/duplicates/check", methods=("POST",), access=Access.SIGNED_IN)
def check() -> Response:
    """Compare again, in the background."""
    return posted(
        lambda session, actor: enqueue_check(session),
        again=lambda problems: render_template("errors/refused.html", problems=problems),
        then=url_for("jobs.page"),
    )


@page_route(blueprint, _ONE, access=Access.SIGNED_IN)
def pair(pair_id: int) -> str:
    """One pair."""
    require_staff()
    return _pair_html(pair_id)


@page_route(blueprint, _ONE, methods=("POST",), access=Access.SIGNED_IN)
def say(pair_id: int) -> Response:
    """Answer, confirm, return, appeal, or hear the appeal."""
    form = request.form
    version = form.get("row_version", type=int) or 0

    def act(session: Session, actor: Actor) -> Any:
        said = said_of(read_typed(SAID, form))
        with sent_paper() as paper:
            return decide(session, actor, pair_id, said, if_match_version=version, paper=paper)

    return posted(
        act,
        again=lambda problems: _pair_html(pair_id, problems, form),
        then=url_for(".pair", pair_id=pair_id),
    )


def _pair_html(pair_id: int, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    here = current()
    with here.database.reading() as session:
        view = found_pair(session, pair_id)
        shapes = pair_shapes(session, pair_id)
        acts = possible_acts(here.actor, look_at_pair(session, pair_id))
        twice = view.status == "confirmed" and view.held == "same_work"
        decisions = pair_decisions(session, pair_id)
        return render_template(
            "duplicates/pair.html",
            view=view,
            shapes={"a": shapes.a, "b": shapes.b, "common": shapes.common},
            decisions=decisions,
            appeal=next((one for one in decisions if one.act == "appeal"), None),
            heard=decisions[0] if decisions and decisions[0].act in HEARING else None,
            explained=EXPLAINED,
            names=code_names(session),
            areas=area_names(session, [view.a.area_code or "", view.b.area_code or ""]),
            reasons=reason_voices(view, here.language),
            words={"class": class_names(), "status": status_names(), "act": act_names()},
            answers=[(name, class_names()[name]) for name in ANSWERS],
            acts=acts,
            twice=twice,
            mended=mended_since(session, [view.a.id, view.b.id], view.answered_at)
            if twice and view.answered_at
            else [],
            sides=_sides(here.actor, view),
            pictures=_pictures(session, view),
            picture_of=picture_address,
            paper_of=paper_address,
            paper_mb=MAX_BYTES >> 20,
            renewing=is_renewing(session, [view.a.id, view.b.id]),
            problems=problems or [],
            form=typed or {},
            more_pairs={work.code: f"/projects/{work.code}?tab=duplicates" for work in (view.a, view.b)},
        )


def _sides(actor: Actor, view: PairView) -> list[tuple[str, str]]:
    """Organisations that the person may answer for, where these are both."""
    works = {work.organisation_code: work for work in (view.a, view.b)}
    found = [work for work in works.values() if policy.may(actor, policy.DUPLICATE_ANSWER, work.target)]
    return [(work.organisation_code, work.organisation_name) for work in found]


def _pictures(session: Session, view: PairView) -> list[tuple[int, str]]:
    """Pictures of both works, to be pointed at."""
    found = []
    for work in (view.a, view.b):
        for one in attachments_of(session, work.id):
            found.append((one.id, f"{work.code} · {one.caption or one.file_name}"))
    return found


def _in_order(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(name, counts.get(name, 0)) for name in STANDS]


def _query(narrowed: PairFilter, sort: str, more: dict[str, Any]) -> str:
    changes = {("class_" if name == "class" else name): value for name, value in more.items()}
    beside = {"cursor": changes.pop("cursor", None), "sort": changes.pop("sort", sort)}
    return query_of(
        replace(narrowed, **changes), **{**beside, "sort": None if beside["sort"] == SORT.default else beside["sort"]}
    )


def _own(actor: Actor, narrowed: PairFilter) -> PairFilter:
    scope = own_scope(actor)
    if scope.nation:
        return narrowed
    area = () if scope.organisations else tuple(sorted(scope.amphoes | scope.provinces))
    return replace(narrowed, organisation=tuple(sorted(scope.organisations)), area=area)


def _place_name(session: Session, narrowed: PairFilter) -> str:
    words = current().language
    organisations = organisation_names(session, narrowed.organisation)
    areas = area_names(session, narrowed.area)
    found = [organisations[code].name(words) for code in narrowed.organisation if code in organisations]
    found += [areas[code].name(words) for code in narrowed.area if code in areas]
    return ", ".join(found) or str(_("ทั่วประเทศ"))

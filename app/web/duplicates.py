"""Works at the same place for programs: the work list, one pair, what is said of it, and comparing again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import COORDINATES_VERIFY, Visibility
from app.errors import Forbidden, InvalidInput, NotFound
from app.models.duplicate import ANSWERS, CLASSES, STATUSES
from app.queries.duplicate_pairs import (
    MAX_LIMIT,
    ORDERS,
    class_counts,
    get_pair,
    money_at_stake,
    pair_decisions,
    pair_page,
    pair_shapes,
    status_counts,
)
from app.queries.duplicate_views import QUIET, PairFilter, PairView
from app.services import jobs
from app.services.duplicate_decisions import DecisionReceipt, Said, decide, look_at_pair, possible_acts
from app.services.duplicate_drawing import answer_drawn
from app.services.duplicate_file import FORMATS, write_pairs
from app.services.duplicates import KIND
from app.services.exports import export_dir
from app.web.context import attribution, current
from app.web.duplicate_json import (
    ONE_SCHEMA,
    PAIR_SCHEMA,
    class_names,
    decision_json,
    pair_json,
    query_of,
    stake_json,
    status_names,
)
from app.web.endpoint import Access, Param, api_route
from app.web.exports import sent_file
from app.web.geometry_json import GEOJSON_SCHEMA, read_geometry
from app.web.jobs import JOB_SCHEMA, job_json
from app.web.json import json_response
from app.web.money_body import Body, read_body
from app.web.page_forms import read_typed
from app.web.paging import page_of
from app.web.params import (
    area_code,
    boolean,
    choice,
    cursor,
    decimal_number,
    encode_cursor,
    fiscal_year,
    integer_schema,
    kind,
    organisation_code,
    string_schema,
    whole_number,
)
from app.web.payloads import if_match, json_object
from app.web.received import sent_paper
from gis.problems import Problem
from gis.writers import MEDIA_TYPES

blueprint = Blueprint("duplicates", __name__)

PAGE = 50
HELD_FOR = (*CLASSES, "different")
STANDS = (*STATUSES, QUIET)
FILTER = (
    Param(
        "organisation", organisation_code, string_schema(maxLength=20), "Codes; one of the works is theirs", (), True
    ),
    Param("area", area_code, string_schema(pattern="^[0-9]{2}([0-9]{2}){0,2}$"), "Areas of one of the works", (), True),
    Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal years of one of the works", (), True),
    Param("kind", kind, {"enum": ["road", "water", "other"]}, "Kinds of works", (), True),
    Param("class", choice(*HELD_FOR), {"enum": list(HELD_FOR)}, "What the pair is held for", (), True),
    Param("status", choice(*STANDS), {"enum": list(STANDS)}, "How far people are; quiet: nobody is asked", (), True),
    Param("score", decimal_number(0, 1), {"type": "number", "minimum": 0, "maximum": 1}, "This sure at least"),
    Param("across", boolean, {"type": "boolean"}, "True: of two organisations only", False),
)
SORT = Param("sort", choice(*ORDERS), {"enum": list(ORDERS)}, "Order", "money")
CURSOR = Param("cursor", cursor, string_schema(maxLength=400), "Where the page begins: from ``next``")
FORMAT = Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "xlsx")
SAID = Body(
    {
        "act": "text",
        "answer": "text",
        "note": "text",
        "document": "text",
        "attachment_id": "whole",
        "organisation": "text",
    },
    required=frozenset({"act"}),
)
_DRAWN = Body({"project": "text", "answer": "text", "note": "text"}, required=frozenset({"project", "answer"}))
_ONE = "/api/v1/duplicates/<int:pair_id>"
_BINARY = {"type": "string", "format": "binary"}
_IF_MATCH = {"If-Match": 'ETag of the pair that you saw, such as "d3"'}


@api_route(
    blueprint,
    "/api/v1/duplicates",
    access=Access.SIGNED_IN,
    params=(
        *FILTER,
        SORT,
        Param("limit", whole_number(1, MAX_LIMIT), integer_schema(1, MAX_LIMIT), "Pairs a page", PAGE),
        CURSOR,
    ),
    summary="Pairs of works at one place, what each is held for, and why",
    response=page_of(PAIR_SCHEMA),
)
def read_list(sort: Any, limit: int, cursor: Any, **values: Any) -> dict[str, Any]:
    """A page for staff."""
    here, narrowed = current(), filter_of(values)
    require_staff()
    with here.database.reading() as session:
        page = pair_page(session, narrowed, order=sort, limit=limit, after=readable_key(cursor))
    more = None
    if page.next is not None:
        more = f"/api/v1/duplicates?{query_of(narrowed, sort=sort, limit=limit, cursor=encode_cursor(page.next))}"
    return {"items": [pair_json(one, here.language) for one in page.items], "next": more}


@api_route(
    blueprint,
    "/api/v1/duplicates/summary",
    access=Access.SIGNED_IN,
    params=FILTER,
    summary="Money that may be spent twice, and how many pairs there are of each class and in each status",
    response={
        "type": "object",
        "required": ["at_stake", "classes", "statuses"],
        "properties": {
            "at_stake": {
                "type": "object",
                "description": "Each work's money once, and a grant with the work that it pays once",
                "properties": {
                    "pairs": {"type": "integer"},
                    "works": {"type": "integer"},
                    "baht": {"type": "number"},
                    "confirmed": {
                        "type": "object",
                        "description": "The same of what the province confirmed; not part of the figures beside it",
                    },
                },
            },
            "classes": {"type": "object", "additionalProperties": {"type": "integer"}},
            "statuses": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    },
)
def summary(**values: Any) -> dict[str, Any]:
    """Counts for staff."""
    here, narrowed = current(), filter_of(values)
    require_staff()
    with here.database.reading() as session:
        return {
            "at_stake": stake_json(money_at_stake(session, narrowed)),
            "classes": class_counts(session, narrowed),
            "statuses": status_counts(session, narrowed),
        }


@api_route(
    blueprint,
    "/api/v1/duplicates/file",
    access=Access.SIGNED_IN,
    params=(*FILTER, SORT, FORMAT),
    summary="The list as a table to take away",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _BINARY for name in FORMATS}},
)
def file(sort: Any, format: str, **values: Any) -> Response:
    """Every pair of the filter, a line each."""
    here, narrowed = current(), filter_of(values)
    require_staff()
    path = export_dir(here.settings) / f"duplicates-{secrets.token_hex(12)}.{format}"
    with here.database.reading() as session:
        words = {"class": class_names(), "status": status_names()}
        write_pairs(session, here.actor, narrowed, sort, format, path, words=words, language=here.language)
    return sent_file(path, f"{_('งานซ้ำซ้อน')}.{format}", format, remove=True)


@api_route(
    blueprint,
    _ONE,
    access=Access.SIGNED_IN,
    summary="One pair with its shapes, everything that was said of it, and what you may do",
    response=ONE_SCHEMA,
    headers={"If-None-Match": "ETag of the pair that you have; 304 when it still stands"},
)
def read(pair_id: int) -> Response:
    """For staff, with its ETag."""
    require_staff()
    return cast(Response, _newest(pair_id).make_conditional(request))


@api_route(
    blueprint,
    f"{_ONE}/decisions",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Answer, confirm, return, appeal, uphold or dismiss an appeal; with a paper (PDF) as a form",
    response=ONE_SCHEMA,
    body={
        "content": {
            "application/json": SAID.schema(),
            "multipart/form-data": {
                **SAID.schema(),
                "properties": {**SAID.schema()["properties"], "file": _BINARY},
            },
        }
    },
    headers=_IF_MATCH,
)
def say(pair_id: int) -> Response:
    """Added to what was said before."""
    version, here = if_match("d"), current()
    form = request.mimetype == "multipart/form-data"
    said = said_of(read_typed(SAID, request.form) if form else read_body(SAID, json_object()))
    with sent_paper() as paper, here.database.transaction(attribution()) as session:
        receipt = decide(session, here.actor, pair_id, said, if_match_version=version, paper=paper)
    return _newest(pair_id, receipt)


@api_route(
    blueprint,
    "/api/v1/projects/<code>/duplicate-answers",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Say what a drawing is to a work that lies where it is, before it is saved",
    response=ONE_SCHEMA,
    body={
        "type": "object",
        "required": ["project", "answer", "geometry"],
        "properties": {
            "project": {"type": "string", "description": "The work that lies there"},
            "answer": {"enum": list(ANSWERS)},
            "note": {"type": ["string", "null"]},
            "geometry": GEOJSON_SCHEMA,
        },
    },
)
def say_drawn(code: str) -> Response:
    """Kept at once, and it holds for the drawing when that is saved."""
    given = json_object()
    shape = read_geometry(given.pop("geometry", None))
    values = read_body(_DRAWN, given)
    here = current()
    with here.database.transaction(attribution()) as session:
        receipt = answer_drawn(
            session, here.actor, code, values["project"], shape.segments, values["answer"], note=values.get("note")
        )
    return _newest(receipt.pair_id, receipt)


@api_route(
    blueprint,
    "/api/v1/duplicates/check",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Compare the works that changed since the last time, in the background",
    status=202,
    response=JOB_SCHEMA,
)
def check() -> tuple[dict[str, Any], int]:
    """Whoever answers or confirms somewhere may ask: only what changed is looked at."""
    here = current()
    with here.database.transaction(attribution()) as session:
        seen = jobs.visible_job(session, here.actor, enqueue_check(session))
    return job_json(seen, here.language), 202


def may_compare() -> bool:
    """Whether this person may have the works compared again: whoever answers or confirms somewhere."""
    return bool(
        current().actor.roles
        & {*policy.roles_for(policy.DUPLICATE_ANSWER), *policy.roles_for(policy.DUPLICATE_CONFIRM)}
    )


def enqueue_check(session: Session) -> int:
    """Put the comparison in the queue; the number of the job.

    Raises
    ------
    Forbidden
        For people who neither answer nor confirm anywhere.
    """
    actor = current().actor
    if not may_compare():
        raise Forbidden("forbidden", {"action": policy.DUPLICATE_CONFIRM, "organisation_code": None})
    # Asked for again while it waits, it is the same comparison.
    if waiting := jobs.unfinished(session, actor, KIND):
        return waiting[0]
    return jobs.enqueue(session, KIND, _("เทียบงานที่อยู่ที่เดียวกัน"), {}, actor, lock=KIND).id


def filter_of(values: Mapping[str, Any]) -> PairFilter:
    """The filter that parsed parameters make."""
    return PairFilter(**{("class_" if param.name == "class" else param.name): values[param.name] for param in FILTER})


def said_of(values: Mapping[str, Any]) -> Said:
    """What a body or a form says."""
    given = {name: value for name, value in values.items() if name != "organisation"}
    return Said(**given, organisation_code=values.get("organisation"))


def readable_key(key: Any) -> tuple[float, int] | None:
    """Where a page begins.

    Raises
    ------
    InvalidInput
        ``cursor_unreadable``.
    """
    if key is None:
        return None
    if len(key) != 2 or not isinstance(key[0], (int, float)) or type(key[1]) is not int:
        raise InvalidInput([Problem("cursor_unreadable", where={"field": "cursor"})])
    return float(key[0]), key[1]


def require_staff() -> None:
    """Refuse whoever is no staff: works that are not published stand in the list.

    Raises
    ------
    Forbidden
        ``forbidden``.
    """
    if policy.visibility(current().actor) is not Visibility.STAFF:
        raise Forbidden("forbidden", {"action": COORDINATES_VERIFY, "organisation_code": None})


def found_pair(session: Session, pair_id: int) -> PairView:
    """One pair.

    Raises
    ------
    NotFound
        ``duplicate_not_found``.
    """
    view = get_pair(session, pair_id)
    if view is None:
        raise NotFound("duplicate_not_found", {"pair": pair_id})
    return view


def _newest(pair_id: int, receipt: DecisionReceipt | None = None) -> Response:
    here = current()
    with here.database.reading() as session:
        view = found_pair(session, pair_id)
        shapes = pair_shapes(session, pair_id)
        body = pair_json(view, here.language) | {
            "geometries": [shapes.a, shapes.b],
            "common": shapes.common,
            "decisions": [decision_json(one) for one in pair_decisions(session, pair_id)],
            "may": list(possible_acts(here.actor, look_at_pair(session, pair_id))),
        }
    if receipt is not None:
        body["receipt"] = here.request_id
    answer = json_response(body)
    answer.set_etag(f"d{view.row_version}")
    return answer

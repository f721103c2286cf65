"""Matching with outside files for programs: send a list, look at its rows, say which project each belongs to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.jobs.matching import enqueue_compare
from app.queries.matches import STATES, State, match_rows
from app.services.imports import Received
from app.services.matching import batches, deciding
from app.services.matching.made import Chosen
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.matches_present import BATCH, DONE, ROW, batch_json, done_json, row_json
from app.web.money_body import Body, read_body
from app.web.paging import CURSOR, list_params, newest_first, next_page, page_of
from app.web.params import choice, integer_schema, whole_number
from app.web.payloads import json_object
from app.web.received import file_form, kept_upload
from gis.problems import Problem

blueprint = Blueprint("matches", __name__)

CHOSEN = Body({"appropriation_id": "whole", "contract_id": "whole"})


@api_route(
    blueprint,
    "/api/v1/matches",
    access=Access.SIGNED_IN,
    params=list_params("Files"),
    summary="Lists of contracts and payments of the places where I write these, newest first",
    response=page_of(BATCH),
)
def list_(limit: int, cursor: int | None) -> dict[str, Any]:
    """List."""
    return newest_first("/api/v1/matches", limit, cursor, visible=batches.visible_batches, as_json=batch_json)


@api_route(
    blueprint,
    "/api/v1/matches",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Send a list of contracts (egp) or payments; it is compared in the background, nothing is written yet",
    status=202,
    response=BATCH,
    body=file_form(
        ("kind",),
        kind={"enum": ["egp", "payment"]},
        organisation={"type": "string", "description": "Code; or province"},
        province={"type": "string", "description": "Two digits; or organisation"},
    ),
)
def send() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Receive a file and have it compared."""
    batch_id = receive_upload()
    return present(batch_id), 202, {"Location": f"/api/v1/matches/{batch_id}"}


def receive_upload() -> int:
    """The uploaded file as a new batch with its comparison in the queue; its number."""
    organisation, province = _place()

    def receive(session: Session, actor: Actor, received: Received) -> int:
        batch = batches.receive(
            session,
            actor,
            received,
            kind=request.form.get("kind", "").strip(),
            organisation_code=organisation or None,
            province_code=province or None,
        )
        enqueue_compare(session, actor, batch, _("เทียบไฟล์ %(name)s", name=received.file_name))
        return batch.id

    return kept_upload(receive, organisation or None)


def _place() -> tuple[str, str]:
    """Codes of the organisation and the province, of which one is empty; the page's list has both in one field."""
    field, _colon, code = request.form.get("place", "").strip()[:40].partition(":")
    given = {name: request.form.get(name, "").strip()[:20] for name in ("organisation", "province")}
    if field in given and code:
        given[field] = code
    return given["organisation"], given["province"]


def present(batch_id: int) -> dict[str, Any]:
    """The file as it is now."""
    here = current()
    with here.database.reading() as session:
        return batch_json(batches.visible_batch(session, here.actor, batch_id), here.language)


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>",
    access=Access.SIGNED_IN,
    summary="One list and how far it is decided",
    response=BATCH,
)
def one(match_id: int) -> dict[str, Any]:
    """Look."""
    return present(match_id)


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>",
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Give the list up; refused while a row of it is accepted",
    response=BATCH,
)
def give_up(match_id: int) -> dict[str, Any]:
    """Cancel."""
    here = current()
    with here.database.transaction(attribution()) as session:
        batches.cancel(session, here.actor, match_id)
    return present(match_id)


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>/rows",
    access=Access.SIGNED_IN,
    params=(
        Param("state", choice(*STATES), {"enum": list(STATES)}, "Which rows", "all"),
        Param("limit", whole_number(1, 200), integer_schema(1, 200), "Rows on a page", 50),
        CURSOR,
    ),
    summary="Rows of the list, each with the five projects that it most likely belongs to and the reasons",
    response=page_of(ROW),
)
def rows(match_id: int, state: State, limit: int, cursor: int | None) -> dict[str, Any]:
    """A page of rows."""
    here = current()
    with here.database.reading() as session:
        batches.visible_batch(session, here.actor, match_id)
        after = -1 if cursor is None else cursor
        found = match_rows(session, match_id, state=state, after=after, limit=limit)
    more = next_page(f"/api/v1/matches/{match_id}/rows", limit, [row.number for row in found], state=state)
    return {"items": [row_json(row, here.language) for row in found], "next": more}


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>/rows/<int:row_number>",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Say which project the row belongs to and make its contract or payment; null says that none fits",
    response=ROW,
    body={
        "type": "object",
        "properties": {
            "project": {"type": ["string", "null"], "description": "Code of a project"},
            "appropriation_id": {"type": "integer", "description": "Of a payment, where several could be meant"},
            "contract_id": {"type": "integer", "description": "Of a payment, where several could be meant"},
        },
        "required": ["project"],
        "additionalProperties": False,
    },
)
def decide(match_id: int, row_number: int) -> dict[str, Any]:
    """Decide about a row: its record is made whole, or 422 tells why not."""
    here, given = current(), json_object()
    project = given.get("project", False)
    if project is not None and not isinstance(project, str):
        raise InvalidInput([Problem("field_required", where={"field": "project"})])
    chosen = Chosen(**read_body(CHOSEN, {key: value for key, value in given.items() if key != "project"}))
    with here.database.transaction(attribution()) as session:
        deciding.decide(session, here.actor, match_id, row_number, project, chosen)
    return {**present_row(match_id, row_number), "batch": present(match_id)}


def present_row(match_id: int, row_number: int) -> dict[str, Any]:
    """The row as it is now."""
    here = current()
    with here.database.reading() as session:
        (row,) = match_rows(session, match_id, rows=[row_number])
    return row_json(row, here.language)


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>/accept",
    method="POST",
    access=Access.SIGNED_IN,
    summary=f"Accept the best suggestion of undecided rows that are at least so sure, {deciding.AT_ONCE} at a time",
    response=DONE,
    body={
        "type": "object",
        "properties": {
            "at_least": {"type": "number", "minimum": 0.5, "maximum": 1},
            "after": {"type": "integer", "description": "``next`` of the answer before"},
        },
        "required": ["at_least"],
        "additionalProperties": False,
    },
)
def accept(match_id: int) -> dict[str, Any]:
    """Accept above a confidence: each row becomes its record or is refused with its reasons."""
    here, given = current(), json_object()
    at_least, after = given.get("at_least"), given.get("after", -1)
    if isinstance(at_least, bool) or not isinstance(at_least, (int, float)) or not 0.5 <= at_least <= 1:
        raise InvalidInput([Problem("field_required", where={"field": "at_least"})])
    if after != -1 and not _is_row(after):
        raise InvalidInput([Problem("field_required", where={"field": "after"})])
    with here.database.transaction(attribution()) as session:
        done = deciding.accept_sure(session, here.actor, match_id, float(at_least), after=after)
    return done_json(done, present(match_id))


@api_route(
    blueprint,
    "/api/v1/matches/<int:match_id>/undo",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take back what was said of some rows and what was made of them",
    response=DONE,
    body={
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"type": "integer"}, "maxItems": deciding.AT_ONCE}},
        "required": ["rows"],
        "additionalProperties": False,
    },
)
def undo(match_id: int) -> dict[str, Any]:
    """Take back: a contract goes out, a payment is reversed."""
    here = current()
    given = json_object().get("rows")
    if not isinstance(given, list) or len(given) > deciding.AT_ONCE or not all(map(_is_row, given)):
        raise InvalidInput([Problem("field_required", where={"field": "rows"})])
    with here.database.transaction(attribution()) as session:
        done = deciding.undo(session, here.actor, match_id, given)
    return done_json(done, present(match_id))


def _is_row(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31

"""Pages of matching: choose a list of contracts or payments; decide about its rows."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import escape
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.messages import Language
from app.queries.areas import area_names
from app.queries.jobs import get_job
from app.queries.matches import STATES, State, match_rows, sure_counts, sure_rows
from app.queries.organisations import organisation_names, organisations_in_area
from app.services.matching import batches, deciding
from app.services.matching.made import Chosen
from app.services.matching.suggest import SURE
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, page_route
from app.web.history import saved_note
from app.web.jobs import job_json
from app.web.matches_api import CHOSEN, blueprint, receive_upload
from app.web.matches_present import batch_json, row_json
from app.web.page_forms import go, posted, read_typed
from app.web.paging import CURSOR, next_page
from app.web.params import Unreadable, choice

FORMATS = ".csv,.tsv,.xlsx"
THRESHOLDS = (0.98, 0.95, SURE, 0.8)
"""Confidences from which suggestions can be taken all at once."""
RECORDS = 100
"""Records on a page."""
PLAIN_ROWS = 20
"""Rows on the page that works without scripts."""


def _confidence(text: str) -> float:
    if re.fullmatch(r"1(?:\.0+)?|0?\.[5-9][0-9]*", text, re.ASCII):
        return float(text)
    raise Unreadable("ตัวเลข 0.5 ถึง 1", "a number from 0.5 to 1")


def _row(text: str) -> int:
    if re.fullmatch(r"-1|[0-9]{1,9}", text, re.ASCII):
        return int(text)
    raise Unreadable("เลขแถว", "the number of a row")


AT_LEAST = Param("at_least", _confidence, {"type": "number"}, "Confidence from which rows are accepted", SURE)
AFTER = Param("after", _row, {"type": "integer"}, "Row to go on after", -1)


@page_route(blueprint, "/matches", access=Access.SIGNED_IN)
def page() -> str:
    """Choose a list; the lists so far."""
    here = current()
    kinds = batches.kinds_of(here.actor)
    with here.database.reading() as session:
        found = batches.visible_batches(session, here.actor, limit=50)
        places = _places(session, here.actor, here.language) if kinds else []
    return render_template(
        "matches/list.html",
        batches=[batch_json(batch, here.language) for batch in found],
        kinds=kinds,
        places=places,
        formats=FORMATS,
        max_mb=here.settings.max_upload_bytes // 1024 // 1024,
    )


def _places(session: Session, actor: Actor, language: Language) -> list[tuple[str, str, str]]:
    """Where the actor writes contracts or payments: form field, code and name; whole provinces first."""
    scope = policy.own_scope(actor)
    actions = [batches.ACTIONS[kind] for kind in batches.kinds_of(actor)]
    provinces = [
        code
        for code in sorted(scope.provinces)
        if any(policy.may(actor, a, policy.Target(None, code)) for a in actions)
    ]
    found: list[tuple[str, str, str]] = [
        ("province", code, one.name(language)) for code, one in area_names(session, provinces).items()
    ]
    organisations = list(organisation_names(session, scope.organisations).values())
    for province in provinces:
        organisations += organisations_in_area(session, province)
    for body in organisations:
        target = policy.Target(body.code, body.province_code, body.amphoe_code)
        if any(policy.may(actor, action, target) for action in actions):
            found.append(("organisation", body.code, body.name(language)))
    return found


@page_route(blueprint, "/matches", methods=("POST",), access=Access.SIGNED_IN)
def send_page() -> ResponseReturnValue:
    """The form without its script."""
    return redirect(f"/matches/{receive_upload()}", code=303)


@page_route(
    blueprint,
    "/matches/<int:match_id>",
    access=Access.SIGNED_IN,
    params=(Param("state", choice(*STATES), {"enum": list(STATES)}, "Which rows", "all"), CURSOR),
)
def look(match_id: int, state: State, cursor: int | None) -> str:
    """The rows of a list with the projects that they may mean."""
    return _look(match_id, state, cursor, [])


def _look(match_id: int, state: State, cursor: int | None, problems: list[dict[str, Any]]) -> str:
    here = current()
    with here.database.reading() as session:
        batch = batches.visible_batch(session, here.actor, match_id)
        job = get_job(session, batch.job_id) if batch.job_id else None
        ready = batch.status == "READY"
        sure = sure_counts(session, match_id, THRESHOLDS) if ready else {}
        after = -1 if cursor is None else cursor
        rows = match_rows(session, match_id, state=state, after=after, limit=PLAIN_ROWS) if ready else []
    return render_template(
        "matches/look.html",
        batch=batch_json(batch, here.language),
        job=job_json(job, here.language) if job else None,
        working=batch.status == "RECEIVED" and job is not None and job.status in ("WAITING", "RUNNING"),
        sure=sure,
        first_threshold=SURE,
        state=state,
        rows=[row_json(row, here.language) for row in rows],
        more=next_page(f"/matches/{match_id}", PLAIN_ROWS, [row.number for row in rows], state=state),
        problems=problems,
    )


@page_route(blueprint, "/matches/<int:match_id>/rows/<int:row_number>", methods=("POST",), access=Access.SIGNED_IN)
def decide_form(match_id: int, row_number: int) -> ResponseReturnValue:
    """Decide about a row without scripts: a project, or none with an empty field."""
    project = request.form.get("other", "").strip() or request.form.get("project", "").strip() or None
    return posted(
        lambda session, actor: deciding.decide(
            session, actor, match_id, row_number, project, Chosen(**read_typed(CHOSEN, request.form))
        ),
        again=lambda problems: _look(match_id, "undecided", row_number - 1, problems),
        then=url_for("matches.look", match_id=match_id, state="undecided"),
    )


@page_route(blueprint, "/matches/<int:match_id>/accept", access=Access.SIGNED_IN, params=(AT_LEAST, AFTER))
def accept_page(match_id: int, at_least: float, after: int) -> str:
    """What accepting would record, to be confirmed."""
    here = current()
    with here.database.reading() as session:
        batch = batches.visible_batch(session, here.actor, match_id)
        found = sure_rows(session, match_id, at_least, after=after)
    return render_template(
        "matches/accept.html",
        batch=batch_json(batch, here.language),
        rows=found[: deciding.AT_ONCE],
        count=len(found),
        total_baht=sum(row.amount_baht or 0 for row in found[: deciding.AT_ONCE]),
        at_least=at_least,
        after=after,
    )


@page_route(blueprint, "/matches/<int:match_id>/accept", methods=("POST",), access=Access.SIGNED_IN)
def accept_form(match_id: int) -> ResponseReturnValue:
    """Record them; those that are left over are shown again to be confirmed."""
    here = current()
    at_least, after = _number("at_least", AT_LEAST, SURE), _number("after", AFTER, -1)
    with here.database.transaction(attribution()) as session:
        done = deciding.accept_sure(session, here.actor, match_id, at_least, after=after)
    told = _("รับแล้ว %(n)s แถว บันทึกไม่ได้ %(m)s แถว", n=f"{len(done.rows):,}", m=f"{len(done.refused):,}")
    flash(escape(told) + " · " + saved_note(here.request_id))
    if done.next is not None:
        return go(url_for("matches.accept_page", match_id=match_id, at_least=at_least, after=done.next))
    return go(url_for("matches.records_page", match_id=match_id))


@page_route(blueprint, "/matches/<int:match_id>/records", access=Access.SIGNED_IN, params=(CURSOR,))
def records_page(match_id: int, cursor: int | None) -> str:
    """What became of the rows that were accepted, and why others could not be."""
    return _records(match_id, cursor, [])


def _records(match_id: int, cursor: int | None, problems: list[dict[str, Any]]) -> str:
    here = current()
    after = -1 if cursor is None else cursor
    with here.database.reading() as session:
        batch = batches.visible_batch(session, here.actor, match_id)
        made = match_rows(session, match_id, state="accepted", after=after, limit=RECORDS)
        refused = match_rows(session, match_id, state="refused", limit=RECORDS) if cursor is None else []
    return render_template(
        "matches/records.html",
        batch=batch_json(batch, here.language),
        made=[row_json(row, here.language) for row in made],
        refused=[row_json(row, here.language) for row in refused],
        more=next_page(f"/matches/{match_id}/records", RECORDS, [row.number for row in made]),
        problems=problems,
    )


@page_route(blueprint, "/matches/<int:match_id>/undo", methods=("POST",), access=Access.SIGNED_IN)
def undo_form(match_id: int) -> ResponseReturnValue:
    """Take one row back, with what was made of it."""
    row = request.form.get("row", "")
    rows = [int(row)] if row.isascii() and row.isdecimal() and len(row) < 10 else []
    return posted(
        lambda session, actor: deciding.undo(session, actor, match_id, rows),
        again=lambda problems: _records(match_id, None, problems),
        then=url_for("matches.records_page", match_id=match_id),
    )


def _number(name: str, of: Param, otherwise: Any) -> Any:
    """A hidden field of our own page; whoever sends another gets what the page begins with."""
    try:
        return of.parse(request.form.get(name, ""))
    except Unreadable:
        return otherwise

"""Pages of matching: choose a list of contracts or payments; decide about its rows."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.messages import Language
from app.queries.areas import area_names
from app.queries.jobs import get_job
from app.queries.matches import STATES, State, sure_counts
from app.queries.organisations import organisation_names, organisations_in_area
from app.services.matching import batches
from app.services.matching.suggest import SURE
from app.web.context import current
from app.web.endpoint import Access, Param, page_route
from app.web.jobs import job_json
from app.web.matches_api import batch_json, blueprint, receive_upload
from app.web.params import choice

FORMATS = ".csv,.tsv,.xlsx"
THRESHOLDS = (0.98, 0.95, SURE, 0.8)
"""Confidences from which suggestions can be taken all at once."""


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
    params=(Param("state", choice(*STATES), {"enum": list(STATES)}, "Which rows", "all"),),
)
def look(match_id: int, state: State) -> str:
    """The rows of a list with the projects that they may mean."""
    here = current()
    with here.database.reading() as session:
        batch = batches.visible_batch(session, here.actor, match_id)
        job = get_job(session, batch.job_id) if batch.job_id else None
        sure = sure_counts(session, match_id, THRESHOLDS) if batch.status == "READY" else {}
    return render_template(
        "matches/look.html",
        batch=batch_json(batch, here.language),
        job=job_json(job, here.language) if job else None,
        working=batch.status == "RECEIVED" and job is not None and job.status in ("WAITING", "RUNNING"),
        sure=sure,
        first_threshold=SURE,
        state=state,
    )

"""What anybody may verify: what was posted, when, and how its digest is computed again."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, render_template
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.audit import newest_head
from app.queries.evaluations import Evidence, evidence, postings_of, result, seal_of, sealed_text
from app.services.evaluation_files import sealed_content
from app.services.evaluation_print import round_title
from app.services.sealed import kept, sealed_dir
from app.web.attachments import sent_file_of
from app.web.context import current
from app.web.endpoint import Access, api_route, page_route
from app.web.evaluation_page import recorded_on
from app.web.evaluation_words import PLACES
from app.web.evaluations import MEDIA_TYPES
from app.web.organisation_money import OBJECT

blueprint = Blueprint("evidence", __name__)

JSON = "application/json"
_BINARY = {"type": "string", "format": "binary"}
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ENTITIES = {
    "content": ("evaluation_result", "content_sha256"),
    "pdf": ("evaluation_file", "sha256"),
    "xlsx": ("evaluation_file", "sha256"),
    "posting": ("evaluation_posting", "statement_sha256"),
}


@page_route(blueprint, "/evidence/<sha256>", access=Access.PUBLIC)
def page(sha256: str) -> str:
    """The proof of one digest, for whoever holds it."""
    with current().database.reading() as session:
        found = _found(session, sha256)
        return render_template("evaluations/evidence.html", **_told(session, found, sha256), place_names=PLACES)


@api_route(
    blueprint,
    "/api/v1/evidence/<sha256>",
    access=Access.PUBLIC,
    summary="What a digest is of, and the block of the change log that it is sealed in",
    response=OBJECT,
)
def read(sha256: str) -> dict[str, Any]:
    """Of an announced result, one of its files, or a posting."""
    with current().database.reading() as session:
        told = _told(session, _found(session, sha256), sha256)
    seal, held = told["seal"], told["held"]
    return {
        "sha256": sha256,
        "kind": told["kind"],
        "evaluation": held.id,
        "organisation": held.organisation_code,
        "fiscal_year_be": held.fiscal_year_be,
        "period": held.period,
        "version": held.version,
        "statement": told["statement"],
        "withdrawn_at": told["posting"].withdrawn_at if told["posting"] else None,
        "seal": asdict(seal) if seal else None,
        "content": f"/api/v1/evidence/{sha256}/content",
    }


@api_route(
    blueprint,
    "/api/v1/evidence/<sha256>/content",
    access=Access.PUBLIC,
    summary="The very bytes with this SHA-256",
    response={"content": {JSON: _BINARY, **{media_type: _BINARY for media_type in MEDIA_TYPES.values()}}},
)
def content(sha256: str) -> Response:
    """To be put through sha256sum."""
    here = current()
    with here.database.reading() as session:
        found = _found(session, sha256)
        text = sealed_text(session, sha256)
    if found.kind in MEDIA_TYPES:
        path = kept(sealed_dir(here.settings), sha256, f".{found.kind}")
        return sent_file_of(path, MEDIA_TYPES[found.kind], f"{sha256}.{found.kind}", sha256[:32], download=True)
    answer = Response((text or "").encode(), mimetype=JSON)
    answer.headers["Content-Disposition"] = f'attachment; filename="{sha256}.json"'
    answer.headers["Cache-Control"] = "public, max-age=86400, immutable"
    return answer


def _found(session: Session, sha256: str) -> Evidence:
    given = sha256.strip().lower()
    found = evidence(session, given) if _DIGEST.fullmatch(given) else None
    if found is None:
        raise NotFound("evidence_not_found")
    return found


def _told(session: Session, found: Evidence, sha256: str) -> dict[str, Any]:
    held = result(session, found.result_id)
    if held is None:
        raise NotFound("evidence_not_found")
    entity, column = _ENTITIES[found.kind]
    postings = postings_of(session, held.id)
    statement = sealed_text(session, sha256) if found.kind == "posting" else None
    return {
        "sha256": sha256,
        "kind": found.kind,
        "ending": found.kind if found.kind in MEDIA_TYPES else "json",
        "held": held,
        "title": round_title(sealed_content(session, held)),
        "posting": next((one for one in postings if one.statement_sha256 == sha256), None),
        "postings": postings,
        "recorded_on": recorded_on(postings, held.id),
        "statement": json.loads(statement) if statement else None,
        "seal": seal_of(session, entity, found.key, json.dumps({column: sha256})),
        "head": newest_head(session),
    }

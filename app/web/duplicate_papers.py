"""Papers on what was said of a pair, handed out to whoever may see the pair."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response

from app.errors import NotFound
from app.queries.duplicate_pairs import pair_decisions
from app.queries.duplicate_views import DecisionView
from app.services.attachment_files import PAPER_ENDING, PAPER_TYPE, attachment_dir, paper_path
from app.web.attachments import sent_file_of
from app.web.context import current
from app.web.duplicates import found_pair, require_staff
from app.web.endpoint import Access, api_route

blueprint = Blueprint("duplicate_papers", __name__)


@api_route(
    blueprint,
    "/api/v1/duplicates/<int:pair_id>/decisions/<int:decision_id>/paper",
    access=Access.SIGNED_IN,
    summary="The paper of a step, as it was sent",
    response={"content": {PAPER_TYPE: {"type": "string", "format": "binary"}}},
)
def read(pair_id: int, decision_id: int) -> Response:
    """For staff, always as a download: what somebody sent is never shown inside the site."""
    require_staff()
    here = current()
    with here.database.reading() as session:
        found_pair(session, pair_id)
        steps = {one.id: one for one in pair_decisions(session, pair_id)}
    sha256 = _sha256(steps.get(decision_id))
    path = paper_path(attachment_dir(here.settings), sha256)
    if not path.is_file():
        raise NotFound("attachment_file_gone")
    name = f"{Path(steps[decision_id].file_name or '').stem or 'document'}{PAPER_ENDING}"
    return sent_file_of(path, PAPER_TYPE, name, sha256[:32], download=True)


def _sha256(step: DecisionView | None) -> str:
    if step is None or step.file_sha256 is None:
        raise NotFound("paper_not_found")
    return step.file_sha256

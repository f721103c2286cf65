"""The sealed result as PDF and XLSX: made once by the worker, of the sealed content alone, kept by their SHA-256."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, NotFound
from app.models import BackgroundJob
from app.queries.evaluations import ResultView, files_of, result, sealed_text
from app.services import jobs
from app.services.evaluations import target_of

KIND = "evaluation_files"
STEPS = ("print_step_reading", "print_step_laying_out", "print_step_printing")
_TITLE = "จัดทำเอกสารผลการติดตามและประเมินผล"


def order_files(session: Session, actor: Actor, result_id: int) -> int | None:
    """The job that makes the files of a sealed version; ``None`` when they are there.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such result; not of the organisation; a draft.
    """
    held = result(session, result_id)
    if held is None:
        raise NotFound("evaluation_not_found", {"evaluation": result_id})
    policy.require(actor, policy.EVALUATION_POST, target_of(held))
    if held.content_sha256 is None:
        raise Conflict("evaluation_state", {"status": held.status})
    if len(files_of(session, result_id)) == 2:
        return None
    waiting = waiting_job(session, result_id)
    return waiting or jobs.enqueue(session, KIND, _TITLE, {"result": result_id}, actor, lock=f"{KIND}-{result_id}").id


def waiting_job(session: Session, result_id: int) -> int | None:
    """The job that makes them at this moment, or soon."""
    return session.scalar(
        sa.select(sa.func.max(BackgroundJob.id)).where(
            BackgroundJob.kind == KIND,
            BackgroundJob.status.in_(("WAITING", "RUNNING")),
            BackgroundJob.parameters.contains({"result": result_id}),
        )
    )


def sealed_content(session: Session, held: ResultView) -> dict[str, Any]:
    """What a sealed version says.

    Raises
    ------
    NotFound
        ``evaluation_not_found``: a draft.
    """
    text = None if held.content_sha256 is None else sealed_text(session, held.content_sha256)
    if text is None:
        raise NotFound("evaluation_not_found", {"evaluation": held.id})
    found: dict[str, Any] = json.loads(text)
    return found


def record_files(session: Session, result_id: int, made: Mapping[str, tuple[str, int]]) -> None:
    """Write down digests and sizes by format; what is there stays."""
    for name, (sha256, count) in made.items():
        session.execute(
            sa.text(
                "INSERT INTO evaluation_file (evaluation_result_id, format, sha256, byte_count)"
                " VALUES (:id, :format, :sha, :bytes) ON CONFLICT DO NOTHING"
            ),
            {"id": result_id, "format": name, "sha": sha256, "bytes": count},
        )

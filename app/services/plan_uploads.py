"""A workbook sent for a form of a plan: staged, looked at, decided on, accepted whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import PlanUpload
from app.queries.codelists import code_list
from app.queries.plan_forms import FORMS, PlanForm
from app.queries.plan_lines import PlanLine, lines_at
from app.queries.plan_sheet import plan_sheet
from app.queries.plan_uploads import UploadHead, upload
from app.queries.plans import PlanHead, VersionHead, plan, strategies_of, version
from app.services.plan_cells import CellRules, cell_rules
from app.services.plan_sheet import change_sheet, hold_open_version
from app.services.plan_workbook.comparing import Difference, compare, decisions_of, standing_stamp
from app.services.plan_workbook.reading import ReadForm, read_form
from app.services.staged_files import check_open, chosen, close_upload, require_acceptable, require_clean
from gis.problems import Problem
from gis.sheets.cells import WorkbookError
from gis.sheets.process import Workbook, read_workbook
from gis.thai import normalise

MOST_BYTES = 30 << 20
_CHUNK = 1 << 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class SentWorkbook:
    """A workbook as it was read, and what file it was; the file itself is not kept."""

    file_name: str
    sha256: str
    size_bytes: int
    content: Workbook


@dataclass(frozen=True)
class StagedUpload:
    """An upload with what it would do now."""

    head: UploadHead
    plan: PlanHead
    version: VersionHead
    form: PlanForm
    difference: Difference


def check_may_send(session: Session, actor: Actor, version_id: int) -> None:
    """Ask before the file is read: reading is a process of its own.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`stage_workbook`.
    """
    held = version(session, version_id)
    head = None if held is None else plan(session, held.plan_id)
    if held is None or head is None:
        raise NotFound("plan_version_not_found", {"version": version_id})
    policy.require(actor, policy.PLAN_WRITE, head.target)
    if not held.editable:
        raise Conflict("plan_version_closed", {"number": held.number, "status": held.status})


def receive_workbook(
    stream: IO[bytes], file_name: str, folder: Path, *, read: Callable[[Path], Workbook] = read_workbook
) -> SentWorkbook:
    """Read a workbook that a stranger may have made; nothing of it stays in ``folder``.

    Parameters
    ----------
    read
        What reads it, in a process of its own.

    Raises
    ------
    InvalidInput
        Why it cannot be read, among others ``workbook_expected``, ``workbook_macros``, ``workbook_too_large``.
    """
    shown = normalise(_CONTROL.sub(" ", re.split(r"[\\/]", file_name)[-1])[:200]) or "file.xlsx"
    digest, size = hashlib.sha256(), 0
    path = folder / "workbook.xlsx"
    with path.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise InvalidInput([_of_file("workbook_too_heavy", limit_mb=MOST_BYTES >> 20)])
            file.write(chunk)
    try:
        return SentWorkbook(shown, digest.hexdigest(), size, read(path))
    except WorkbookError as error:
        raise InvalidInput([_of_file(error.problem.code, **error.problem.values)]) from error
    finally:
        path.unlink()


def _of_file(code: str, **values: Any) -> Problem:
    return Problem(code, where={"field": "file"}, values=values)


def stage_workbook(session: Session, actor: Actor, version_id: int, form: PlanForm, sent: SentWorkbook) -> int:
    """Keep what a workbook asks for; nothing of the plan changes. The number of the upload.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As :func:`app.services.plan_sheet.change_sheet`.
    """
    opened = hold_open_version(session, actor, version_id, form)
    sheet = plan_sheet(session, opened.plan, opened.version, form)
    read = read_form(sent.content, sheet, opened.rules, code_list(session, "budget_programme"))
    row = PlanUpload(
        plan_version_id=version_id,
        form=form.code,
        file_name=sent.file_name,
        file_sha256=sent.sha256,
        file_bytes=sent.size_bytes,
        original=orjson.loads(orjson.dumps(read.as_json())),
        created_by=actor.user_id,
        created_by_name=actor.display_name,
    )
    session.add(row)
    session.flush()
    return row.id


def staged_upload(session: Session, actor: Actor, upload_id: int, *, lock: bool = False) -> StagedUpload:
    """An upload and what it would do to what stands now.

    Raises
    ------
    NotFound
        ``plan_upload_not_found``: also for an upload to a plan that is not this person's.
    """
    return _found(session, actor, upload_id, lock=lock)[0]


def decide_upload(session: Session, actor: Actor, upload_id: int, choices: Mapping[str, str | None]) -> StagedUpload:
    """Choose between the workbook (``mine``) and what stands (``theirs``), by the names of differences.

    Raises
    ------
    InvalidInput
        ``upload_decision_unknown`` for every name or choice that is none.
    Conflict
        ``plan_upload_closed``.
    """
    staged, lines = _found(session, actor, upload_id, lock=True)
    check_open(staged.head)
    kept = chosen(staged.head, staged.difference, choices, lambda key: standing_stamp(staged.difference, lines, key))
    session.execute(
        sa.text("UPDATE plan_upload SET decisions = CAST(:kept AS jsonb) WHERE id = :id"),
        {"kept": orjson.dumps(kept).decode(), "id": upload_id},
    )
    return _found(session, actor, upload_id)[0]


def accept_upload(session: Session, actor: Actor, upload_id: int) -> StagedUpload:
    """Write everything that an upload would do, in one transaction.

    Raises
    ------
    InvalidInput
        Something is to be mended or to be decided first; nothing is written.
    Conflict
        ``plan_upload_closed``, ``plan_version_closed``.
    """
    staged, _ = _found(session, actor, upload_id, lock=True)
    check_open(staged.head)
    # Nobody writes into the version between the last look and the writing.
    hold_open_version(session, actor, staged.version.id, staged.form)
    staged, _ = _found(session, actor, upload_id)
    difference = staged.difference
    require_acceptable(difference)
    changes = difference.changes(ReadForm.from_json(staged.head.original))
    outcome = change_sheet(session, actor, staged.version.id, staged.form, changes, whole=True)
    require_clean(outcome)
    close_upload(session, actor, "plan_upload", upload_id, "ACCEPTED", difference.counts)
    return _found(session, actor, upload_id)[0]


def discard_upload(session: Session, actor: Actor, upload_id: int) -> None:
    """Give an upload up; nothing of the plan changes.

    Raises
    ------
    Conflict
        ``plan_upload_closed``.
    """
    staged, _ = _found(session, actor, upload_id, lock=True)
    check_open(staged.head)
    close_upload(session, actor, "plan_upload", upload_id, "DISCARDED", {})


def _found(
    session: Session, actor: Actor, upload_id: int, *, lock: bool = False
) -> tuple[StagedUpload, Mapping[int, PlanLine]]:
    head = upload(session, upload_id, lock=lock)
    held = None if head is None else version(session, head.plan_version_id)
    of = None if held is None else plan(session, held.plan_id)
    # Who may not decide on it is not told that it is there.
    if head is None or held is None or of is None or not policy.may(actor, policy.PLAN_WRITE, of.target):
        raise NotFound("plan_upload_not_found", {"upload": upload_id})
    form = FORMS[head.form]
    if head.status != "STAGED":
        return StagedUpload(head, of, held, form, Difference()), {}
    lines = {line.origin_id: line for line in lines_at(session, held.id, forms=(form.code,))}
    read = ReadForm.from_json(head.original)
    rules = _rules(session, form, held)
    return StagedUpload(head, of, held, form, compare(session, read, lines, rules, decisions_of(head.decisions))), lines


def _rules(session: Session, form: PlanForm, held: VersionHead) -> CellRules:
    return cell_rules(form, held, strategies_of(session, held.plan_id), code_list(session, "budget_programme"))

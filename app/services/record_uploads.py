"""A file sent for a sheet of records: staged, looked at, decided on, accepted whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import InvalidInput, NotFound
from app.models import RecordUpload
from app.queries.organisations import OrganisationName
from app.queries.organisations import organisation as find_organisation
from app.queries.record_sheets import SHEETS, RecordRow, RecordSheet, record_rows
from app.services.plan_uploads import SentWorkbook, receive_workbook
from app.services.plan_workbook.comparing import Difference, decisions_of
from app.services.plan_workbook.reading import ReadForm
from app.services.record_files.comparing import compare_records, row_stamp
from app.services.record_files.reading import read_records_file, table_of_text
from app.services.record_sheets import FIRST_YEAR_BE, LAST_YEAR_BE, change_records
from app.services.staged_files import check_open, chosen, close_upload, require_acceptable, require_clean
from gis.problems import Problem

CSV_ENDINGS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class StagedRecords:
    """An upload with what it would do now."""

    head: RecordUpload
    sheet: RecordSheet
    owner: OrganisationName
    difference: Difference


def receive_records(stream: IO[bytes], file_name: str, folder: Path) -> SentWorkbook:
    """Read a workbook or a CSV that a stranger may have made; nothing of it stays in ``folder``.

    Raises
    ------
    InvalidInput
        Why it cannot be read.
    """
    if not file_name.lower().endswith(CSV_ENDINGS):
        return receive_workbook(stream, file_name, folder)
    return receive_workbook(stream, file_name, folder, read=lambda path: table_of_text(path, file_name))


def check_may_send(session: Session, actor: Actor, sheet: RecordSheet, organisation_code: str, year_be: int) -> None:
    """Ask before the file is read: reading is a process of its own.

    Raises
    ------
    NotFound, Forbidden
        No such organisation; not this person's sheet.
    InvalidInput
        A year that no form has.
    """
    owner = find_organisation(session, organisation_code)
    if owner is None:
        raise NotFound("organisation_not_found", {"organisation": organisation_code[:40]})
    policy.require(actor, sheet.action, _target(owner))
    if not FIRST_YEAR_BE <= year_be <= LAST_YEAR_BE:
        limits = {"given": year_be, "minimum": FIRST_YEAR_BE, "maximum": LAST_YEAR_BE}
        raise InvalidInput([Problem("fiscal_year_out_of_range", where={"field": "year"}, values=limits)])


def stage_records(
    session: Session, actor: Actor, sheet: RecordSheet, organisation_code: str, year_be: int, sent: SentWorkbook
) -> int:
    """Keep what a file asks for; nothing of the sheet changes. The number of the upload.

    Raises
    ------
    NotFound, Forbidden, InvalidInput
        As :func:`check_may_send`.
    """
    check_may_send(session, actor, sheet, organisation_code, year_be)
    rows = record_rows(session, sheet, organisation_code, year_be)
    read = read_records_file(sent.content, sheet, organisation_code, year_be, rows)
    row = RecordUpload(
        organisation_code=organisation_code,
        year_be=year_be,
        sheet=sheet.name,
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


def staged_records(session: Session, actor: Actor, upload_id: int, *, lock: bool = False) -> StagedRecords:
    """An upload and what it would do to what stands now.

    Raises
    ------
    NotFound
        ``record_upload_not_found``: also for an upload to a sheet that is not this person's.
    """
    return _found(session, actor, upload_id, lock=lock)[0]


def decide_records(session: Session, actor: Actor, upload_id: int, choices: Mapping[str, str | None]) -> StagedRecords:
    """Choose between the file (``mine``) and what stands (``theirs``), by the names of differences.

    Raises
    ------
    InvalidInput
        ``upload_decision_unknown`` for every name or choice that is none.
    Conflict
        ``plan_upload_closed``.
    """
    staged, rows = _found(session, actor, upload_id, lock=True)
    check_open(staged.head)
    kept = chosen(staged.head, staged.difference, choices, lambda key: row_stamp(staged.difference, rows, key))
    staged.head.decisions = kept
    session.flush()
    return _found(session, actor, upload_id)[0]


def accept_records(session: Session, actor: Actor, upload_id: int) -> StagedRecords:
    """Write everything that an upload would do, in one transaction, or nothing.

    Raises
    ------
    InvalidInput
        Something is to be mended or to be decided first.
    Conflict
        ``plan_upload_closed``.
    """
    staged, _ = _found(session, actor, upload_id, lock=True)
    check_open(staged.head)
    # Nobody writes into the sheet between the last look and the writing: every save holds the organisation.
    session.execute(
        sa.text("SELECT FROM organisation WHERE code = :code FOR NO KEY UPDATE"), {"code": staged.owner.code}
    )
    staged, _ = _found(session, actor, upload_id)
    difference = staged.difference
    require_acceptable(difference)
    head = staged.head
    changes = difference.changes(ReadForm.from_json(head.original))
    outcome = change_records(session, actor, staged.sheet, head.organisation_code, head.year_be, changes)
    require_clean(outcome)
    close_upload(session, actor, "record_upload", upload_id, "ACCEPTED", difference.counts)
    return _found(session, actor, upload_id)[0]


def discard_records(session: Session, actor: Actor, upload_id: int) -> None:
    """Give an upload up; nothing of the sheet changes.

    Raises
    ------
    Conflict
        ``plan_upload_closed``.
    """
    staged, _ = _found(session, actor, upload_id, lock=True)
    check_open(staged.head)
    close_upload(session, actor, "record_upload", upload_id, "DISCARDED", {})


def _target(owner: OrganisationName) -> Target:
    return Target(owner.code, owner.province_code, owner.amphoe_code)


def _found(
    session: Session, actor: Actor, upload_id: int, *, lock: bool = False
) -> tuple[StagedRecords, Mapping[str, RecordRow]]:
    head = session.get(RecordUpload, upload_id, with_for_update=lock or None, populate_existing=True)
    owner = None if head is None else find_organisation(session, head.organisation_code)
    sheet = None if head is None else SHEETS[head.sheet]
    # Who may not decide on it is not told that it is there.
    if head is None or owner is None or sheet is None or not policy.may(actor, sheet.action, _target(owner)):
        raise NotFound("record_upload_not_found", {"upload": upload_id})
    if head.status != "STAGED":
        return StagedRecords(head, sheet, owner, Difference()), {}
    rows = {row.id: row for row in record_rows(session, sheet, head.organisation_code, head.year_be)}
    difference = compare_records(ReadForm.from_json(head.original), sheet, rows, decisions_of(head.decisions))
    return StagedRecords(head, sheet, owner, difference), rows

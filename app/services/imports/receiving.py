"""A file arrives: kept under a name of our own, written down as a batch; what is decided about it before staging."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models import ImportBatch, ImportPicture, ImportRow, Organisation
from app.models.import_batch import ImportMatch, ImportOffer
from app.queries.imports import BatchView, get_batch, list_batches
from app.services.imports.fields import FISCAL_YEARS
from app.services.imports.rules import target_of
from gis.problems import Problem
from gis.readers.source import printable
from gis.thai import normalise

KINDS = ("road", "water", "other")
CHUNK_BYTES = 1 << 20
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
OPEN = ("RECEIVED", "STAGING", "STAGED", "FAILED")
_YOUNG_S = 86_400
FAILED_DAYS = 30
"""How long a file that could not be read is kept for being read in another way."""


@dataclass(frozen=True)
class Received:
    """An uploaded file as it is kept.

    Parameters
    ----------
    file_name
        Name that the person gave it; never used as a path.
    stored_name
        Name under ``var/uploads``.
    """

    file_name: str
    stored_name: str
    sha256: str
    size_bytes: int

    @classmethod
    def keep(cls, stream: IO[bytes], file_name: str, folder: Path, *, ending: str | None = None) -> Received:
        """Write the stream to ``folder`` in flat memory, readable by this account only.

        Without an ``ending`` it keeps that of its name.
        """
        # Cut before it is normalised: what that takes grows faster than the text.
        shown = normalise(printable(re.split(r"[\\/]", file_name)[-1])[:200]) or "file"
        own = _ENDING.search(shown)
        stored = secrets.token_hex(16) + (ending or (own.group().lower() if own else ""))
        digest, size = hashlib.sha256(), 0
        descriptor = os.open(folder / stored, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        return cls(shown, stored, digest.hexdigest(), size)


def receive(
    session: Session,
    actor: Actor,
    received: Received,
    *,
    organisation_code: str,
    fiscal_year_be: int,
    kind: str,
    epsg: int | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    columns: Mapping[str, str | None] | None = None,
) -> ImportBatch:
    """Write the file down as a batch to be staged.

    Raises
    ------
    InvalidInput
        Unknown organisation, kind or fiscal year; all at once.
    Forbidden
        The actor may not import for this organisation.
    """
    organisation = session.get(Organisation, organisation_code)
    problems = []
    if organisation is None:
        problems.append(_bad("organisation", "organisation_unknown", code=organisation_code[:40]))
    if kind not in KINDS:
        problems.append(_bad("kind", "kind_unknown", given=kind[:40], allowed=", ".join(KINDS)))
    if fiscal_year_be not in FISCAL_YEARS:
        problems.append(_bad("fiscal_year", "fiscal_year_impossible", given=fiscal_year_be))
    if problems or organisation is None:
        raise InvalidInput(problems)
    policy.require(actor, policy.IMPORT, target_of(organisation))
    batch = ImportBatch(
        organisation_code=organisation_code,
        fiscal_year_be=fiscal_year_be,
        kind=kind,
        file_name=received.file_name,
        stored_name=received.stored_name,
        file_sha256=received.sha256,
        file_bytes=received.size_bytes,
        layer=layer,
        detected={"asked": _asked(epsg=epsg, encoding=encoding, columns=dict(columns or {}))},
        created_by=actor.user_id,
        created_by_name=actor.display_name,
        on_behalf_of=organisation_code if policy.enters_on_behalf(actor, organisation_code) else None,
    )
    session.add(batch)
    session.flush()
    return batch


def _asked(**choices: Any) -> dict[str, Any]:
    return {name: value for name, value in choices.items() if value not in (None, "", {})}


def _bad(field: str, code: str, /, **values: Any) -> Problem:
    return Problem(code, where={"field": field}, values=values)


def remap(
    session: Session,
    actor: Actor,
    batch_id: int,
    *,
    columns: Mapping[str, str | None] | None = None,
    epsg: int | None = None,
    encoding: str | None = None,
    layer: str | None = None,
) -> ImportBatch:
    """Change how the file is read; it has to be staged again afterwards.

    Parameters
    ----------
    columns
        Field -> column; ``None`` or an empty text leaves a field out. Fields that are not named stay as they were.
    """
    batch = held_batch(session, actor, batch_id)
    _refuse_closed(batch)
    asked = dict(batch.detected.get("asked", {}))
    if columns is not None:
        asked["columns"] = {**asked.get("columns", {}), **columns}
    if epsg is not None:
        asked["epsg"] = epsg
    if encoding is not None:
        asked["encoding"] = encoding
    if layer is not None:
        batch.layer = layer
        asked.pop("columns", None)  # another layer has other columns
    batch.detected = {**batch.detected, "asked": asked}
    batch.status = "RECEIVED"
    session.flush()
    return batch


def reopen(session: Session, batch_id: int, problems: list[Problem]) -> None:
    """After a staging that failed: the batch stays, with what is wrong with its file."""
    batch = session.get_one(ImportBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch.status in OPEN:
        batch.status = "FAILED"
        batch.problems = [problem.as_dict() for problem in problems]
        batch.row_count = batch.error_count = batch.warning_count = 0
        clear_rows(session, batch_id)


def clear_rows(session: Session, batch_id: int) -> None:
    """Take out the staged rows with what stands beside them; what a person has chosen stays."""
    for table in (ImportMatch, ImportOffer, ImportPicture, ImportRow):
        session.execute(sa.delete(table).where(table.batch_id == batch_id))


def cancel(session: Session, actor: Actor, batch_id: int) -> ImportBatch:
    """Give the file up: its rows go, the batch stays in the list as cancelled."""
    batch = held_batch(session, actor, batch_id)
    if batch.status == "CANCELLED":
        return batch
    _refuse_closed(batch)
    batch.status = "CANCELLED"
    clear_rows(session, batch_id)
    session.flush()
    return batch


_WANTED = """
    SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE EXISTS (
        SELECT FROM import_batch b WHERE b.stored_name = name AND b.status <> 'CANCELLED'
          AND (b.status <> 'FAILED' OR b.created_at > now() - make_interval(days => :days)))
      OR EXISTS (SELECT FROM match_batch m WHERE m.stored_name = name AND m.status = 'RECEIVED')"""


def sweep_uploads(session: Session, folder: Path) -> int:
    """Remove the uploads that no import needs any more; how many.

    Those of imports that were given up, those that could not be read a month ago, and those that nobody wrote down.
    What is younger than a day stays in any case: it may be about to be written down. What was accepted is evidence.
    """
    old = time.time() - _YOUNG_S
    names = [path.name for path in folder.iterdir() if path.is_file() and path.stat().st_mtime < old]
    wanted = set(session.scalars(sa.text(_WANTED), {"names": names, "days": FAILED_DAYS}))
    unwanted = [name for name in names if name not in wanted]
    for name in unwanted:
        (folder / name).unlink(missing_ok=True)
    return len(unwanted)


def held_batch(session: Session, actor: Actor, batch_id: int) -> ImportBatch:
    """The batch, locked, when the actor may import for its organisation.

    Raises
    ------
    NotFound
        Also where the actor may not know of it.
    Forbidden
        The actor sent it in and may not import any more.
    """
    visible_batch(session, actor, batch_id)
    batch = session.get_one(ImportBatch, batch_id, with_for_update=True, populate_existing=True)
    organisation = session.get_one(Organisation, batch.organisation_code)
    policy.require(actor, policy.IMPORT, target_of(organisation))
    return batch


def _refuse_closed(batch: ImportBatch) -> None:
    if batch.status not in OPEN:
        raise Conflict("import_closed", {"status": batch.status})


def visible_batch(session: Session, actor: Actor, batch_id: int) -> BatchView:
    """The batch to be looked at, by those who may import for its organisation.

    Raises
    ------
    NotFound
        Also where the actor may not know of it.
    """
    batch = get_batch(session, batch_id)
    if batch is not None:
        organisation = session.get_one(Organisation, batch.organisation_code)
        if policy.may(actor, policy.IMPORT, target_of(organisation)) or (
            actor.user_id is not None and batch.created_by == actor.user_id
        ):
            return batch
    raise NotFound("import_not_found", {"batch": batch_id})


def visible_batches(
    session: Session, actor: Actor, *, limit: int = 25, before_id: int | None = None
) -> list[BatchView]:
    """Imports of the organisations where the actor works, newest first."""
    scope = policy.own_scope(actor)
    return list_batches(
        session,
        organisations=None if scope.nation else sorted(scope.organisations),
        provinces=sorted(scope.provinces),
        created_by=actor.user_id,
        limit=limit,
        before_id=before_id,
    )

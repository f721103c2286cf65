"""Shapes that the doctor offers, kept beside their rows and taken by a person for all rows of one problem at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.models import ImportBatch, Organisation
from app.models.base import STORAGE_SRID
from app.services.imports.editing import judge, laid_down, problem_of, staged
from app.services.imports.reading import ReadBatch
from app.services.imports.shapes import ShapeChecks, forget_shape

_WRITE = """
    INSERT INTO import_offer (batch_id, row_number, code, given_geom, offered_geom, problems, mended)
    SELECT :batch, o.row, o.code, o.given ::geometry, o.shape ::geometry, o.problems, o.mended
    FROM jsonb_to_recordset(:offers ::jsonb) AS o(row int, code text, given text, shape text, problems jsonb,
        mended boolean)"""
_TAKE = """
    SELECT r.row_number, r."values", r.raw, r.level, r.problems, o.problems AS said,
           ST_AsBinary(CASE WHEN :mended THEN o.offered_geom ELSE o.given_geom END) AS wkb
    FROM import_offer o JOIN import_row r USING (batch_id, row_number)
    WHERE o.batch_id = :batch AND o.code = :code AND o.mended <> :mended
    ORDER BY row_number FOR UPDATE"""
_MARK = """
    WITH taken AS (
        UPDATE import_offer SET mended = :mended WHERE batch_id = :batch AND code = :code AND mended <> :mended
        RETURNING row_number, CASE WHEN :mended THEN offered_geom ELSE given_geom END AS geom
    )
    UPDATE import_row r SET geom = taken.geom
    FROM taken WHERE r.batch_id = :batch AND r.row_number = taken.row_number"""


def write_offers(session: Session, batch_id: int, read: ReadBatch, mended: Collection[str]) -> None:
    """Lay the offers of a batch of rows down; ``mended`` are the codes whose offers were taken already."""
    numbers = read.row_numbers.tolist()
    offers = [
        {
            "row": numbers[row],
            "code": offer.code,
            "given": _ewkb(offer.given),
            "shape": _ewkb(offer.shape),
            "problems": [problem.as_dict() for problem in offer.problems],
            "mended": offer.code in mended,
        }
        for row, offer in read.offers.items()
    ]
    session.execute(sa.text(_WRITE), {"batch": batch_id, "offers": orjson.dumps(offers).decode()})


def _ewkb(shape: BaseGeometry | None) -> str | None:
    return None if shape is None else shapely.to_wkb(shapely.set_srid(shape, STORAGE_SRID), hex=True, include_srid=True)


def mend_shapes(session: Session, actor: Actor, batch_id: int, code: str, mended: bool) -> int:
    """Give every row with one problem the shape that is offered for it, or the one as given back; their number.

    The choice is kept with the batch: the file read again is mended again.

    Parameters
    ----------
    code
        Code of the problem.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such import; not allowed; not staged.
    """
    batch = staged(session, actor, batch_id)
    asked = {"batch": batch_id, "code": code, "mended": mended}
    rows = session.execute(sa.text(_TAKE), asked).all()
    if not rows:
        return 0
    read = laid_down(rows, shapes_of(rows))
    for i in range(len(rows)):
        forget_shape(read, i)
    if mended:
        organisation = session.get_one(Organisation, batch.organisation_code)
        ShapeChecks(session, batch.kind, organisation).check(read)
    else:
        for i, row in enumerate(rows):
            for problem in row.said:
                read.add(i, problem_of(problem))
    session.execute(sa.text(_MARK), asked)
    judge(session, actor, batch, rows, read)
    _remember(batch, code, mended)
    session.flush()
    return len(rows)


def shapes_of(rows: Sequence[sa.Row[Any]]) -> npt.NDArray[Any]:
    """Shapes of staged rows from their ``wkb``."""
    return np.asarray(shapely.from_wkb([None if row.wkb is None else bytes(row.wkb) for row in rows]), dtype=object)


def _remember(batch: ImportBatch, code: str, mended: bool) -> None:
    codes = {*batch.detected.get("mended", ())} - {code}
    batch.detected = {**batch.detected, "mended": sorted({*codes, code} if mended else codes)}

"""Shapes that the doctor offers, kept beside their rows and taken by a person: for one row, or all of one problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import NotFound
from app.models import ImportBatch, Organisation
from app.models.base import STORAGE_SRID
from app.services.imports.editing import judge, laid_down, problem_of, staged
from app.services.imports.reading import ReadBatch
from app.services.imports.shapes import ShapeChecks, estimated, forget_shape

_WRITE = """
    INSERT INTO import_offer (batch_id, row_number, code, given_geom, offered_geom, problems, mended)
    SELECT :batch, o.row, o.code, o.given ::geometry, o.shape ::geometry, o.problems, o.mended
    FROM jsonb_to_recordset(:offers ::jsonb) AS o(row int, code text, given text, shape text, problems jsonb,
        mended boolean)"""
_TAKE = """
    SELECT r.row_number, r."values", r.raw, r.level, r.problems, o.problems AS said,
           ST_AsBinary(CASE WHEN :mended THEN o.offered_geom ELSE o.given_geom END) AS wkb
    FROM import_offer o JOIN import_row r USING (batch_id, row_number)
    WHERE o.batch_id = :batch AND {which} AND o.mended <> :mended
    ORDER BY row_number FOR UPDATE"""
_MARK = """
    WITH taken AS (
        UPDATE import_offer o SET mended = :mended WHERE o.batch_id = :batch AND {which} AND o.mended <> :mended
        RETURNING row_number, CASE WHEN :mended THEN offered_geom ELSE given_geom END AS geom
    )
    UPDATE import_row r SET geom = taken.geom
    FROM taken WHERE r.batch_id = :batch AND r.row_number = taken.row_number"""
_OF_PROBLEM, _OF_ROW = "o.code = :code", "o.row_number = :row"


@dataclass(frozen=True)
class Mended:
    """What a person has said of offers so far; kept with the batch, so that the file read again is mended again.

    Parameters
    ----------
    codes
        Problems whose offers were taken for all rows.
    rows
        Rows of which something else was said: the problem that the offer answered, and whether it was taken.
    """

    codes: frozenset[str]
    rows: Mapping[int, tuple[str, bool]]

    @classmethod
    def of(cls, batch: ImportBatch) -> Mended:
        """As the batch remembers it."""
        rows = batch.detected.get("mended_rows", {})
        codes = frozenset(batch.detected.get("mended", ()))
        return cls(codes, {int(row): (code, taken) for row, (code, taken) in rows.items()})

    def takes(self, row_number: int, code: str) -> bool:
        """Whether the row's offer is taken; what was said of another offer says nothing of this one."""
        said = self.rows.get(row_number)
        return said[1] if said is not None and said[0] == code else code in self.codes

    def with_all(self, code: str, taken: bool) -> Mended:
        """After all rows of one problem were mended, or given back."""
        codes = {*self.codes, code} if taken else self.codes - {code}
        return Mended(frozenset(codes), {row: said for row, said in self.rows.items() if said[0] != code})

    def with_row(self, row_number: int, code: str, taken: bool) -> Mended:
        """After one row was mended, or given back."""
        rows = {row: said for row, said in self.rows.items() if row != row_number}
        if taken != (code in self.codes):
            rows[row_number] = (code, taken)
        return Mended(self.codes, rows)

    def remember(self, batch: ImportBatch) -> None:
        """Write it down in the batch."""
        rows = {str(row): list(said) for row, said in sorted(self.rows.items())}
        batch.detected = {**batch.detected, "mended": sorted(self.codes), "mended_rows": rows}


def write_offers(session: Session, batch_id: int, read: ReadBatch, mended: Mended) -> None:
    """Lay the offers of a batch of rows down, those taken that were taken already."""
    numbers = read.row_numbers.tolist()
    offers = [
        {
            "row": numbers[row],
            "code": offer.code,
            "given": _ewkb(offer.given),
            "shape": _ewkb(offer.shape),
            "problems": [problem.as_dict() for problem in offer.problems],
            "mended": mended.takes(numbers[row], offer.code),
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
    rows = _give(session, actor, batch, _OF_PROBLEM, {"batch": batch_id, "code": code, "mended": mended})
    if rows:
        Mended.of(batch).with_all(code, mended).remember(batch)
        session.flush()
    return rows


def mend_shape(session: Session, actor: Actor, batch_id: int, row_number: int, mended: bool) -> None:
    """Give one row the shape that is offered for it, or the one as given back; kept as :func:`mend_shapes` keeps it.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such import, no offer for the row; not allowed; not staged.
    """
    batch = staged(session, actor, batch_id)
    code = session.scalar(
        sa.text("SELECT code FROM import_offer WHERE batch_id = :batch AND row_number = :row"),
        {"batch": batch_id, "row": row_number},
    )
    if code is None:
        raise NotFound("import_offer_not_found", {"row": row_number})
    if _give(session, actor, batch, _OF_ROW, {"batch": batch_id, "row": row_number, "mended": mended}):
        Mended.of(batch).with_row(row_number, code, mended).remember(batch)
        session.flush()


def _give(session: Session, actor: Actor, batch: ImportBatch, which: str, asked: Mapping[str, Any]) -> int:
    """Put the shapes of offers that stand otherwise into their rows and judge these anew; how many there were."""
    rows = session.execute(sa.text(_TAKE.format(which=which)), asked).all()
    if not rows:
        return 0
    mended = asked["mended"]
    read = laid_down(rows, shapes_of(rows))
    for i in range(len(rows)):
        forget_shape(read, i)
    if mended:
        organisation = session.get_one(Organisation, batch.organisation_code)
        ShapeChecks(session, batch.kind, organisation).check(read)
        for i, row in enumerate(rows):
            estimated(read, i, [problem_of(problem) for problem in row.said])
    else:
        for i, row in enumerate(rows):
            for problem in row.said:
                read.add(i, problem_of(problem))
    session.execute(sa.text(_MARK.format(which=which)), asked)
    judge(session, actor, batch, rows, read)
    return len(rows)


def shapes_of(rows: Sequence[sa.Row[Any]]) -> npt.NDArray[Any]:
    """Shapes of staged rows from their ``wkb``."""
    return np.asarray(shapely.from_wkb([None if row.wkb is None else bytes(row.wkb) for row in rows]), dtype=object)

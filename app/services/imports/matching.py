"""Which project a row means: chosen by a person row by row, or every clear suggestion at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from app.models import ImportBatch
from app.services.imports.editing import ROW_COLUMNS, judge, laid_down, staged
from app.services.imports.offers import shapes_of
from app.services.imports.pictures import is_of_photographs
from gis.problems import Problem

NEW = "new"
SURE = 0.9
"""Score from which suggestions are taken all at once unless another is asked for."""


def choose_project(session: Session, actor: Actor, batch_id: int, row_number: int, project: str | None) -> None:
    """Say which project a row means: a code, ``new``, or ``None`` to leave it to the file again.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such row; not allowed; not staged.
    InvalidInput
        No such project, or one of another organisation or kind.
    """
    batch = staged(session, actor, batch_id)
    if project not in (None, NEW):
        _require_project(session, batch, project)
    if project is None:
        session.execute(
            sa.text("DELETE FROM import_choice WHERE batch_id = :batch AND row_number = :row"),
            {"batch": batch_id, "row": row_number},
        )
    else:
        session.execute(
            sa.text(
                "INSERT INTO import_choice (batch_id, row_number, project_code) VALUES (:batch, :row, :code)"
                " ON CONFLICT (batch_id, row_number) DO UPDATE SET project_code = excluded.project_code"
            ),
            {"batch": batch_id, "row": row_number, "code": None if project == NEW else project},
        )
    if not _judge_again(session, actor, batch, [row_number]):
        raise NotFound("import_row_not_found", {"row": row_number})


def _require_project(session: Session, batch: ImportBatch, code: str | None) -> None:
    found = session.execute(
        sa.text("SELECT organisation_code, kind FROM project WHERE code = :code"), {"code": code}
    ).one_or_none()
    where = {"field": "project"}
    if found is None:
        raise InvalidInput([Problem("project_code_unknown", where=where, values={"code": str(code)[:80]})])
    if found.organisation_code != batch.organisation_code:
        raise InvalidInput([Problem("project_of_other", where=where, values={"code": code})])
    if found.kind != batch.kind:
        raise InvalidInput([Problem("project_of_other_kind", where=where, values={"code": code, "kind": found.kind})])


# The best row for each project, when it is the only one as good and no row has the project yet: two rows for one work
# are its segments, and that is for a person to say. Of photographs any number may show one work.
_TAKE = """
WITH best AS (
    SELECT m.row_number, m.project_id, m.score,
           count(*) OVER (PARTITION BY m.project_id, m.score) AS rivals,
           rank() OVER (PARTITION BY m.project_id ORDER BY m.score DESC) AS place
    FROM import_match m JOIN import_row r USING (batch_id, row_number)
    WHERE m.batch_id = :batch AND m.rank = 1 AND m.score >= :at_least AND r.project_id IS NULL
      AND NOT EXISTS (SELECT FROM import_choice c WHERE c.batch_id = m.batch_id AND c.row_number = m.row_number)
      AND NOT EXISTS (SELECT FROM import_match o WHERE o.batch_id = m.batch_id AND o.row_number = m.row_number
                      AND o.rank = 2 AND o.score = m.score)
)
INSERT INTO import_choice (batch_id, row_number, project_code)
SELECT :batch, b.row_number, p.code FROM best b JOIN project p ON p.id = b.project_id
WHERE :photographs OR (b.place = 1 AND b.rivals = 1
  AND b.project_id NOT IN (SELECT project_id FROM import_row WHERE batch_id = :batch AND project_id IS NOT NULL))
RETURNING row_number"""


def take_matches(session: Session, actor: Actor, batch_id: int, at_least: float = SURE) -> int:
    """Take the best suggestion for every undecided row where it scores at least so much; how many were taken.

    Left out are rows of which a second project is as likely, and projects that several rows want.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such import; not allowed; not staged.
    """
    batch = staged(session, actor, batch_id)
    asked = {"batch": batch_id, "at_least": at_least, "photographs": is_of_photographs(batch)}
    rows = session.scalars(sa.text(_TAKE), asked).all()
    return _judge_again(session, actor, batch, sorted(rows)) if rows else 0


_ROWS = f"""
    SELECT {ROW_COLUMNS}, ST_AsBinary(geom) AS wkb FROM import_row
    WHERE batch_id = :batch AND row_number = ANY(:rows) ORDER BY row_number FOR UPDATE"""


def _judge_again(session: Session, actor: Actor, batch: ImportBatch, numbers: Sequence[int]) -> int:
    rows: Sequence[sa.Row[Any]] = session.execute(sa.text(_ROWS), {"batch": batch.id, "rows": list(numbers)}).all()
    if rows:
        judge(session, actor, batch, rows, laid_down(rows, shapes_of(rows)))
    return len(rows)

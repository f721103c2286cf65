"""Set-based merging of reference rows into a table, and the summary of what that changed.

Every loader follows the same three steps: read the file as it is, say everything that is wrong with it at once,
merge the rest in one statement per table. A second run with the same file changes nothing and says so.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Base
from gis.problems import Problem

Progress = Callable[[str, int, int | None], None]
"""Called with a step's name, how much of it is done and its size (``None`` when unknown)."""


def silent(step: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class TableChange:
    """What merging rows did to one table."""

    table: str
    inserted: int
    updated: int
    unchanged: int
    removed: int = 0

    @property
    def changed(self) -> bool:
        """True when any row was written or removed."""
        return bool(self.inserted or self.updated or self.removed)


@dataclass(frozen=True)
class Summary:
    """Outcome of a load.

    Parameters
    ----------
    tables
        One entry per table, in the order in which they were written.
    rejected
        Rows that were not taken, each with its reason; the rest of the file was.
    notes
        Figures worth telling beside the counts, by stable name.
    """

    tables: tuple[TableChange, ...] = ()
    rejected: tuple[Problem, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """True when the database differs from before."""
        return any(table.changed for table in self.tables)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _field(value: Any) -> str:
    """One value in PostgreSQL's COPY text format."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):  # geometry: PostGIS reads hexadecimal EWKB
        return value.hex()
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    if isinstance(value, (list, tuple)):
        inner = ",".join('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
        return ("{" + inner + "}").translate(_ESCAPES)
    raise TypeError(f"no COPY form for {type(value).__name__}")


class _Lines(io.TextIOBase):
    """Rows as a readable stream, so that COPY never holds the whole file."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._lines: Iterator[str] = ("\t".join(map(_field, row)) + "\n" for row in rows)
        self._rest = ""

    def read(self, size: int | None = -1) -> str:
        wanted = -1 if size is None else size
        parts, length = [self._rest], len(self._rest)
        while wanted < 0 or length < wanted:
            line = next(self._lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        if wanted < 0:
            self._rest = ""
            return text
        self._rest = text[wanted:]
        return text[:wanted]


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY ``rows`` (values in the order of ``columns``) into ``table`` inside the session's transaction.

    ``bytes`` are geometry as EWKB, ``dict`` is JSON, ``list`` and ``tuple`` are text arrays.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    with closing(session.connection().connection.cursor()) as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', _Lines(rows))


def stage(session: Session, like: type[Base], name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Fill a temporary table ``name`` that has the types of ``columns`` of the table of ``like``."""
    names = ", ".join(f'"{column}"' for column in columns)
    session.execute(sa.text(f'DROP TABLE IF EXISTS pg_temp."{name}"'))
    source = f'SELECT {names} FROM "{like.__tablename__}" LIMIT 0'
    session.execute(sa.text(f'CREATE TEMPORARY TABLE "{name}" ON COMMIT DROP AS {source}'))
    copy_rows(session, name, columns, rows)
    session.execute(sa.text(f'ANALYZE "{name}"'))


def merge_staged(
    session: Session,
    model: type[Base],
    staged: str,
    key: Sequence[str],
    columns: Sequence[str],
    insert_only: Sequence[str] = (),
) -> TableChange:
    """Insert what is new and update what differs, in one statement each.

    Parameters
    ----------
    session
        Open transaction.
    model
        Table to write.
    staged
        Temporary table with ``columns``; its ``key`` is unique.
    key
        Columns that identify a row.
    columns
        Every column that the file gives, ``key`` included.
    insert_only
        Those of ``columns`` that belong to a new row only: another source is the authority for a row that exists.
    """
    table = model.__tablename__
    values = [column for column in columns if column not in key and column not in insert_only]
    same = " AND ".join(f't."{column}" = s."{column}"' for column in key)
    names = ", ".join(f'"{column}"' for column in columns)
    total = session.scalar(sa.text(f'SELECT count(*) FROM "{staged}"')) or 0
    updated = 0
    if values:
        assignments = ", ".join(f'"{column}" = s."{column}"' for column in values)
        differs = " OR ".join(f't."{column}" IS DISTINCT FROM s."{column}"' for column in values)
        updated = row_count(
            session, f'UPDATE "{table}" t SET {assignments} FROM "{staged}" s WHERE {same} AND ({differs})'
        )
    inserted = row_count(
        session,
        f'INSERT INTO "{table}" ({names}) SELECT {names} FROM "{staged}" s '
        f'WHERE NOT EXISTS (SELECT FROM "{table}" t WHERE {same})',
    )
    return TableChange(table, inserted, updated, total - inserted - updated)


def merge(
    session: Session,
    model: type[Base],
    key: Sequence[str],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    insert_only: Sequence[str] = (),
) -> TableChange:
    """Stage ``rows`` and merge them into the table of ``model`` (see :func:`merge_staged`)."""
    staged = f"load_{model.__tablename__}"
    stage(session, model, staged, columns, rows)
    change = merge_staged(session, model, staged, key, columns, insert_only)
    session.execute(sa.text(f'DROP TABLE "{staged}"'))
    return change


def row_count(session: Session, statement: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Run a writing statement and tell how many rows it touched."""
    return int(session.connection().execute(sa.text(statement), parameters or {}).rowcount)

"""Rows of a statement as arrow batches by COPY: the driver makes no Python object of any value.

A thread of its own takes the rows from the server, so the database makes the next rows while the caller works on
these. Memory is that of a few batches, whatever the number of rows.
"""

from __future__ import annotations

import binascii
import io
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import Queue
from typing import Any

import numpy as np
import psycopg2
import pyarrow as pa
import pyarrow.csv as pa_csv
import sqlalchemy as sa
from sqlalchemy.orm import Session

BATCH_ROWS = 5_000
BATCH_BYTES = 8 << 20
_WAITING = 2
"""Batches that wait for the caller; the database waits when there are more."""


@contextmanager
def copied(
    session: Session, sql: str, parameters: Mapping[str, Any], schema: pa.Schema
) -> Iterator[Iterator[pa.RecordBatch]]:
    """Rows of ``sql`` as batches of at most :data:`BATCH_ROWS` rows, for the length of a ``with`` block.

    Parameters
    ----------
    session
        Not to be used for anything else inside the block. Its transaction is over when the block is left before the
        last batch was taken: the statement is cancelled.
    sql, parameters
        One SELECT with ``:name`` parameters and the columns of the schema in their order. A bytea has to be written
        as ``encode(..., 'hex')`` where the schema says binary.
    schema
        Types of the batches.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        What the database said.
    """
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, ThreadPoolExecutor(max_workers=1, thread_name_prefix="copy") as pool:
        statement = _COPY.format(cursor.mogrify(*_compiled(session, sql, parameters)).decode())
        rows = _Rows()
        ending = pool.submit(_copy, cursor, statement, rows)
        try:
            yield _taken(rows, ending, statement, schema)
        finally:
            if not rows.complete:
                rows.abandon()
                if not ending.done():
                    connection.cancel()


def _taken(
    rows: _Rows, ending: Future[psycopg2.Error | None], statement: str, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    while (chunk := rows.take()) is not None:
        yield _parsed(chunk, schema)
    error = ending.result()
    if error is not None:
        raise sa.exc.DBAPIError.instance(statement, None, error, psycopg2.Error) from error


_COPY = "COPY ({}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')"


def _compiled(session: Session, sql: str, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return str(sa.text(sql).compile(dialect=session.get_bind().dialect)), dict(parameters)


def _copy(cursor: Any, statement: str, rows: _Rows) -> psycopg2.Error | None:
    """Run to the end, whatever happens: the caller waits for it."""
    try:
        cursor.copy_expert(statement, rows)
    except psycopg2.Error as error:
        return error
    finally:
        rows.end()
    return None


class _Rows:
    """What the driver writes into, a row at a time; the caller takes out whole batches."""

    def __init__(self) -> None:
        self._queue: Queue[bytes | None] = Queue(_WAITING)
        self._rows: list[bytes] = []
        self._bytes = 0
        self._abandoned = threading.Event()
        self.complete = False

    def write(self, row: bytes) -> None:
        """One row of the COPY, as the server sent it."""
        if self._abandoned.is_set():
            return  # the driver has to read the server's answer to its end
        self._rows.append(row)
        self._bytes += len(row)
        if len(self._rows) == BATCH_ROWS or self._bytes >= BATCH_BYTES:
            self._pass_on()

    def _pass_on(self) -> None:
        self._queue.put(b"".join(self._rows))
        self._rows, self._bytes = [], 0

    def end(self) -> None:
        """No more rows will come."""
        if not self._abandoned.is_set():
            if self._rows:
                self._pass_on()
            self._queue.put(None)

    def take(self) -> bytes | None:
        """Next batch as CSV; ``None`` after the last."""
        chunk = self._queue.get()
        self.complete = chunk is None
        return chunk

    def abandon(self) -> None:
        """Nobody takes any more: let go whoever waits to put something in."""
        self._abandoned.set()
        while not self._queue.empty():
            self._queue.get_nowait()


def _parsed(chunk: bytes, schema: pa.Schema) -> pa.RecordBatch:
    text = pa.schema([field.with_type(pa.string()) if _is_binary(field) else field for field in schema])
    table = pa_csv.read_csv(
        io.BytesIO(chunk),
        read_options=pa_csv.ReadOptions(column_names=schema.names, block_size=len(chunk) + 1, use_threads=False),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types=text,
            null_values=[""],  # COPY writes an empty text in quotes, and nothing at all for NULL
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    (batch,) = table.combine_chunks().to_batches()
    columns = [
        _bytes_of(column) if _is_binary(field) else column for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _is_binary(field: pa.Field) -> bool:
    return bool(pa.types.is_binary(field.type))


def _bytes_of(column: pa.Array) -> pa.Array:
    """Hexadecimal text to bytes, all values in one go."""
    validity, offsets_buffer, digits = column.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32, len(column) + 1, column.offset * 4)
    data = binascii.unhexlify(memoryview(digits)[offsets[0] : offsets[-1]]) if digits is not None else b""
    if validity is not None and column.offset:
        raise ValueError("a slice of a column has no place of its own for what is missing")
    halved = ((offsets - offsets[0]) // 2).astype(np.int32)
    return pa.Array.from_buffers(
        pa.binary(), len(column), [validity, pa.py_buffer(halved), pa.py_buffer(data)], column.null_count
    )

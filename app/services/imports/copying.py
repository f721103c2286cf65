"""Rows into ``import_row`` by binary COPY, one batch behind the reading so that both cores work."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pgpq
import psycopg2
import pyarrow as pa
import sqlalchemy as sa
from pgpq.encoders import StringEncoderBuilder
from pgpq.schema import Jsonb
from sqlalchemy.orm import Session

SCHEMA = pa.schema(
    [
        ("batch_id", pa.int64()),
        ("row_number", pa.int32()),
        ("raw", pa.string()),
        ("values", pa.string()),
        ("geom", pa.binary()),  # EWKB: what geometry_recv reads
        ("project_code", pa.string()),
        ("project_id", pa.int64()),
        ("level", pa.string()),
        ("problems", pa.string()),
    ]
)
_JSON = ("raw", "values", "problems")
_COPY = "COPY import_row (" + ", ".join(f'"{name}"' for name in SCHEMA.names) + ") FROM STDIN (FORMAT binary)"


def _encoder() -> pgpq.ArrowToPostgresBinaryEncoder:
    encoders = {field.name: pgpq.ArrowToPostgresBinaryEncoder.infer_encoder(field) for field in SCHEMA}
    for name in _JSON:
        encoders[name] = StringEncoderBuilder.new_with_output(SCHEMA.field(name), Jsonb())
    return pgpq.ArrowToPostgresBinaryEncoder.new_with_encoders(SCHEMA, encoders)


def encode(rows: pa.RecordBatch) -> bytes:
    """The rows as one complete binary COPY stream."""
    encoder = _encoder()
    return bytes(encoder.write_header()) + bytes(encoder.write_batch(rows)) + bytes(encoder.finish())


class RowWriter:
    """Writes batches of rows in the session's transaction.

    The driver lets go of the interpreter while it sends, so one thread sends batch n while the caller makes batch
    n + 1. The connection is not shared: :meth:`wait` before the session is used for anything else.
    """

    def __init__(self, session: Session, pool: ThreadPoolExecutor) -> None:
        self._connection: Any = session.connection().connection.driver_connection
        self._pool = pool
        self._pending: Future[None] | None = None

    def write(self, rows: pa.RecordBatch) -> None:
        """Send the rows as soon as the batch before is through."""
        self.wait()
        self._pending = self._pool.submit(self._send, rows)

    def wait(self) -> None:
        """Until everything handed over is written.

        Raises
        ------
        sqlalchemy.exc.DBAPIError
            What the database said, in SQLAlchemy's form.
        """
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def _send(self, rows: pa.RecordBatch) -> None:
        try:
            with self._connection.cursor() as cursor:
                cursor.copy_expert(_COPY, io.BytesIO(encode(rows)), size=1 << 18)
        except psycopg2.OperationalError as error:
            raise sa.exc.OperationalError(
                _COPY, None, error, connection_invalidated=bool(self._connection.closed)
            ) from error
        except psycopg2.Error as error:
            raise sa.exc.DBAPIError(_COPY, None, error) from error


@contextmanager
def row_writer(session: Session) -> Iterator[RowWriter]:
    """A writer whose last batch is through when the block ends; an error in the block wins over one in sending."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="copy") as pool:
        writer = RowWriter(session, pool)
        yield writer
        writer.wait()

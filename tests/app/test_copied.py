"""Rows by COPY: every value arrives as it is, and whatever goes wrong the connection is free again."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.copied import BATCH_ROWS, copied

SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("money", pa.decimal128(14, 2)),
        ("number", pa.float64()),
        ("day", pa.date32()),
        ("yes", pa.bool_()),
        ("shape", pa.binary()),
    ]
)


def rows(session: Session, sql: str, **parameters: object) -> list[dict[str, object]]:
    with copied(session, sql, parameters, SCHEMA) as batches:
        return [row for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize(
    "text",
    ["น้ำ", "", None, "a,b", 'he said "no"', "two\nlines", "\r\n", "\\.", "\\N", "NULL", " x ", "'", "100%", ":x"],
)
def test_text_arrives_as_it_is(session: Session, text: str | None) -> None:
    (row,) = rows(session, "SELECT CAST(:text AS text), 1, 1, DATE '2026-11-21', true, ''", text=text)
    assert row["text"] == text


def test_every_type_and_its_absence(session: Session) -> None:
    given, absent = rows(
        session,
        "SELECT * FROM (VALUES"
        " ('x', 99999999999.99, 0.1::float8, DATE '2026-02-28', false, encode('\\x00ff'::bytea, 'hex')),"
        " (NULL, NULL, NULL, NULL, NULL, NULL)) AS v",
    )
    assert given["money"] == Decimal("99999999999.99")
    assert given["number"] == 0.1
    assert str(given["day"]) == "2026-02-28"
    assert given["yes"] is False
    assert given["shape"] == b"\x00\xff"
    assert set(absent.values()) == {None}


def test_shapes_with_gaps_between_them_keep_their_rows(session: Session) -> None:
    found = rows(
        session,
        "SELECT n, n, n, NULL::date, NULL::boolean, CASE WHEN n % 3 <> 0 THEN repeat('ab', n) END"
        " FROM generate_series(0, 200) AS n",
    )
    assert [row["shape"] for row in found] == [b"\xab" * n if n % 3 else None for n in range(201)]


def test_a_column_of_nothing_but_absences(session: Session) -> None:
    schema = pa.schema([("only", pa.string())])
    with copied(session, "SELECT NULL FROM generate_series(1, 3)", {}, schema) as batches:
        assert [row["only"] for batch in batches for row in batch.to_pylist()] == [None, None, None]


def test_no_row_at_all(session: Session) -> None:
    assert rows(session, "SELECT '', 1, 1, NULL, NULL, '' WHERE false") == []


def test_more_rows_than_a_batch_in_their_order(session: Session) -> None:
    schema = pa.schema([("n", pa.int64())])
    count = 3 * BATCH_ROWS + 7
    with copied(
        session, "SELECT n FROM generate_series(1, CAST(:count AS int)) n", {"count": count}, schema
    ) as batches:
        taken = list(batches)
    assert [batch.num_rows for batch in taken] == [BATCH_ROWS] * 3 + [7]
    assert [row["n"] for batch in taken for row in batch.to_pylist()] == list(range(1, count + 1))


def test_what_the_database_says_in_the_middle_is_told(session: Session) -> None:
    schema = pa.schema([("n", pa.int64())])
    sql = f"SELECT 1 / (n - {2 * BATCH_ROWS}) FROM generate_series(1, {3 * BATCH_ROWS}) n"
    with (
        pytest.raises(sa.exc.DBAPIError, match="division by zero"),
        session.begin_nested(),
        copied(session, sql, {}, schema) as batches,
    ):
        list(batches)
    assert session.scalar(sa.text("SELECT 1")) == 1


def test_who_stops_in_the_middle_gets_the_connection_back(session: Session) -> None:
    """The thread waits with more batches than anybody takes: leaving the block must let it go and end the statement."""
    schema = pa.schema([("n", pa.int64())])
    with (
        pytest.raises(RuntimeError, match="disk full"),
        session.begin_nested(),
        copied(session, "SELECT n FROM generate_series(1, 50000000) n", {}, schema) as batches,
    ):
        next(batches)
        raise RuntimeError("disk full")
    assert session.scalar(sa.text("SELECT 1")) == 1

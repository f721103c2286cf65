"""The proof of the change log: every block and every line of it computed afresh and compared with what was sealed.

The texts that are hashed are written here a second time, apart from ``seal_audit()`` in the database: whoever alters
that function alters no proof. Work and memory are those of one batch of blocks, however long the log is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from gis.problems import Problem

GENESIS = "0" * 64
"""What the first block has for the digest of the block before it."""
VERSIONS = (1,)
BLOCKS_AT_ONCE = 50
RANGES_TOLD = 20
HEADS_AT_ONCE = 5_000

LINE = """jsonb_build_array(
    c.id, (extract(epoch FROM c.at) * 1000000)::bigint, c.user_id, c.user_name, c.on_behalf_of, c.request_id,
    c.entity, c.entity_key, c.project_id, c.action, c.before, c.after)::text"""
"""Version 1 of the text of a line of ``change_log c``."""


@dataclass(frozen=True)
class Head:
    """The digest of a block as somebody keeps it elsewhere; ``number`` where they kept that too."""

    sha256: str
    number: int | None = None
    sealed_at: datetime | None = None


@dataclass(frozen=True)
class AuditReport:
    """What was found.

    Parameters
    ----------
    first_block, blocks, rows
        Where it began, and how many blocks and lines were computed afresh.
    head
        The newest block; ``None`` when nothing is sealed.
    tail_rows, tail_since
        Lines that wait to be sealed, and since when; they are not proved.
    heads
        How many digests kept elsewhere were looked for.
    problems
        What does not hold; empty when the proof does.
    """

    first_block: int
    blocks: int
    rows: int
    head: Head | None
    tail_rows: int
    tail_since: datetime | None
    heads: int
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """True when nothing was found."""
        return not self.problems


class Steps(Protocol):
    """Hears how far it is."""

    def step(self, done: int, total: int | None, text: str) -> None:
        """So many of so many lines."""


# The lines of a block are read range by range in the order of their numbers (OFFSET 0 keeps the planner from reading
# the whole log for each block), so that memory holds 32 bytes a line of one block.
_BLOCKS = f"""
SELECT b.number, b.version, b.previous_sha256, b.ids::text AS ids, b.row_count, b.rows_sha256, b.seen_id,
       b.open_ids::text AS open_ids, b.xid_horizon, b.cluster, b.block_sha256,
       (extract(epoch FROM b.sealed_at) * 1000000)::bigint AS sealed_us,
       (SELECT sum(upper(s) - lower(s)) FROM unnest(b.ids) s) AS span,
       encode(sha256(b.row_digests), 'hex') AS kept_sha256,
       b.ids <@ a.free AND b.seen_id >= coalesce(p.seen_id, 0) AND b.open_ids <@ (a.free - b.ids)
           AND b.open_ids <@ int8multirange(int8range(NULL, b.seen_id, '[]')) AS orderly,
       r.found, r.sha256
FROM (SELECT * FROM audit_block WHERE number >= :first ORDER BY number LIMIT :limit) b
LEFT JOIN audit_block p ON p.number = b.number - 1
CROSS JOIN LATERAL (
    SELECT coalesce(p.open_ids, '{{}}') + int8multirange(int8range(coalesce(p.seen_id, 0), NULL, '()')) AS free
) a
CROSS JOIN LATERAL (
    SELECT count(*) AS found,
           encode(sha256(coalesce(string_agg(d.digest, ''::bytea ORDER BY d.id), '')), 'hex') AS sha256
    FROM unnest(b.ids) s CROSS JOIN LATERAL (
        SELECT c.id, sha256(convert_to({LINE}, 'UTF8')) AS digest FROM change_log c
        WHERE c.id >= lower(s) AND c.id < upper(s) ORDER BY c.id OFFSET 0
    ) d
) r
ORDER BY b.number
"""
_WRONG_LINES = f"""
WITH sealed AS MATERIALIZED (
    SELECT i AS id,
           substring(b.row_digests FROM (32 * (row_number() OVER (ORDER BY i) - 1) + 1)::integer FOR 32) AS digest
    FROM audit_block b CROSS JOIN unnest(b.ids) s CROSS JOIN generate_series(lower(s), upper(s) - 1) i
    WHERE b.number = :number
), told AS (
    SELECT e.id, CASE WHEN c.id IS NULL THEN 'missing' ELSE 'changed' END AS what
    FROM sealed e LEFT JOIN change_log c ON c.id = e.id
    WHERE c.id IS NULL OR sha256(convert_to({LINE}, 'UTF8')) <> e.digest
)
SELECT what, count(*) AS lines, range_agg(int8range(id, id, '[]')) AS ids FROM told GROUP BY what
"""
# A number up to the highest one that was looked at, in no block and not open: it was never a line when it could be one.
_ADDED = """
SELECT 'added' AS what, count(*) AS lines, range_agg(int8range(c.id, c.id, '[]')) AS ids
FROM (SELECT range_agg(ids) AS ids, max(seen_id) AS seen_id FROM audit_block) a
CROSS JOIN (SELECT open_ids FROM audit_block ORDER BY number DESC LIMIT 1) n
CROSS JOIN unnest(int8multirange(int8range(NULL, a.seen_id, '[]')) - a.ids - n.open_ids) s
CROSS JOIN LATERAL (
    SELECT id FROM change_log WHERE id >= coalesce(lower(s), -9223372036854775808) AND id < upper(s) OFFSET 0
) c
HAVING count(*) > 0
"""
_RANGES = f"""
SELECT t.what, t.lines, r.first, r.last FROM ({{told}}) t CROSS JOIN LATERAL (
    SELECT array_agg(lower(s)) AS first, array_agg(upper(s) - 1) AS last
    FROM (SELECT s FROM unnest(t.ids) s ORDER BY s LIMIT {RANGES_TOLD}) x
) r ORDER BY t.what
"""
_TAIL = """
WITH n AS (SELECT open_ids, seen_id FROM audit_block ORDER BY number DESC LIMIT 1)
SELECT count(*) AS lines, min(at) AS since FROM (
    SELECT at FROM change_log WHERE id > coalesce((SELECT seen_id FROM n), -9223372036854775808)
    UNION ALL
    SELECT c.at FROM n CROSS JOIN unnest(n.open_ids) s CROSS JOIN LATERAL (
        SELECT at FROM change_log WHERE id >= lower(s) AND id < upper(s) OFFSET 0
    ) c
) t
"""
_HEAD = "SELECT number, block_sha256, sealed_at FROM audit_block ORDER BY number DESC LIMIT 1"


def newest_head(session: Session) -> Head | None:
    """The newest block; ``None`` when nothing is sealed yet."""
    row = session.execute(sa.text(_HEAD)).one_or_none()
    return None if row is None else Head(row.block_sha256, row.number, row.sealed_at)


def verify(session: Session, *, first: int = 1, heads: Sequence[Head] = (), steps: Steps | None = None) -> AuditReport:
    """Compute the chain afresh.

    Parameters
    ----------
    session
        Of one snapshot (``database.reading()``): blocks sealed meanwhile do not disturb.
    first
        Block to begin with; what stands before it is taken as it is.
    heads
        Digests kept elsewhere that have to be part of the chain.
    steps
        Hears how far it is.

    Raises
    ------
    InvalidInput
        ``audit_no_such_block``: nothing is sealed that far.
    """
    head = newest_head(session)
    newest = 0 if head is None or head.number is None else head.number
    if first > max(newest, 1):
        raise InvalidInput([Problem("audit_no_such_block", values={"block": first, "newest": newest})])
    problems: list[Problem] = []
    blocks = rows = 0
    for told, count in _check_blocks(session, first):
        problems += told
        blocks += 1
        rows += count
        if steps is not None:
            steps.step(first + blocks - 1, newest, "audit_checking")
    problems += [_lines(row, {}) for row in session.execute(sa.text(_RANGES.format(told=_ADDED)))]
    problems += _unknown_heads(session, heads)
    tail = session.execute(sa.text(_TAIL)).one()
    return AuditReport(first, blocks, rows, head, tail.lines, tail.since, len(heads), tuple(problems))


def _check_blocks(session: Session, first: int) -> Iterator[tuple[list[Problem], int]]:
    """Each block's problems, and how many lines were read for it."""
    before = GENESIS if first == 1 else None
    if first > 1:
        before = session.scalar(sa.text("SELECT block_sha256 FROM audit_block WHERE number = :n"), {"n": first - 1})
    expected = first
    while True:
        batch = session.execute(sa.text(_BLOCKS), {"first": expected, "limit": BLOCKS_AT_ONCE}).all()
        for block in batch:
            told = []
            if block.number != expected:
                told.append(_block("audit_block_missing", expected, last=block.number - 1))
            elif before is not None and block.previous_sha256 != before:
                told.append(_block("audit_link_broken", block.number, previous=block.number - 1))
            yield told + _check_block(session, block), block.found
            expected, before = block.number + 1, block.block_sha256
        if len(batch) < BLOCKS_AT_ONCE:
            return


def _check_block(session: Session, block: Any) -> list[Problem]:
    if block.version not in VERSIONS:
        return [_block("audit_version_unknown", block.number, version=block.version)]
    told = []
    kept = block.kept_sha256 == block.rows_sha256
    counted = block.span == block.row_count or (block.span is None and block.row_count == 0)
    if not kept or not counted or block_sha256(block) != block.block_sha256:
        told.append(_block("audit_block_changed", block.number))
    elif not block.orderly:
        told.append(_block("audit_block_overlaps", block.number))
    if counted and (block.found != block.row_count or block.sha256 != block.rows_sha256):
        where = {"block": block.number}
        wrong = session.execute(sa.text(_RANGES.format(told=_WRONG_LINES)), {"number": block.number})
        told += [_lines(row, where) for row in wrong]
    return told


def block_sha256(block: Any) -> str:
    """Digest of a block, version 1: its columns as lines of text, SHA-256 of their UTF-8, in hexadecimal digits."""
    lines = (
        "e-Plan audit block",
        block.version,
        block.number,
        block.previous_sha256,
        block.ids,
        block.row_count,
        block.rows_sha256,
        block.seen_id,
        block.open_ids,
        block.xid_horizon,
        block.cluster,
        block.sealed_us,
    )
    return hashlib.sha256("\n".join(str(line) for line in lines).encode()).hexdigest()


def _block(code: str, number: int, **values: Any) -> Problem:
    return Problem(code, where={"block": number}, values={"block": number, **values})


def _lines(row: Any, where: dict[str, int]) -> Problem:
    ranges = [[first, last] for first, last in zip(row.first, row.last, strict=True)]
    told = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
    more = row.lines - sum(last - first + 1 for first, last in ranges)
    values = {"rows": told + (" …" if more else ""), "count": row.lines, "ranges": ranges, **where}
    return Problem(f"audit_rows_{row.what}", where=where, values=values)


def _unknown_heads(session: Session, heads: Sequence[Head]) -> list[Problem]:
    found: dict[str, int] = {}
    for start in range(0, len(heads), HEADS_AT_ONCE):
        part = [head.sha256 for head in heads[start : start + HEADS_AT_ONCE]]
        rows = session.execute(
            sa.text("SELECT block_sha256, number FROM audit_block WHERE block_sha256 = ANY(:heads)"), {"heads": part}
        )
        found.update((row.block_sha256, row.number) for row in rows)
    lost = [h for h in heads if h.sha256 not in found or h.number not in (None, found[h.sha256])]
    if not lost:
        return []
    # The oldest says from where on the chain is another one; the others only repeat it.
    oldest = min(lost, key=lambda head: head.number or 0)
    where = {} if oldest.number is None else {"block": oldest.number}
    values = {"head": oldest.sha256, "block": oldest.number, "count": len(lost)}
    return [Problem("audit_head_unknown", where=where, values=values)]

"""Sealing the change log, and keeping the digests of its blocks outside the database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.queries.audit import Head
from app.settings import Settings
from gis.problems import Problem

ROWS_A_BLOCK = 10_000
"""Lines a block at most; sealing one holds 32 bytes and one line's text of each."""
HEADS_FILE = "audit-heads.txt"
_HEAD = re.compile(r"(?:([0-9]{1,18})[: ])?([0-9a-f]{64})(?: (\S+))?")


def seal(session: Session, row_limit: int = ROWS_A_BLOCK) -> tuple[Head, int] | None:
    """Seal what is committed and not sealed yet, one block at most.

    Who seals at the same moment waits; who writes does not.

    Returns
    -------
    tuple of Head and int, or None
        The block and how many lines it took; ``None`` when there was nothing to seal.
    """
    row = session.execute(
        sa.text("SELECT number, block_sha256, sealed_at, row_count FROM seal_audit(:limit)"), {"limit": row_limit}
    ).one_or_none()
    return None if row is None else (Head(row.block_sha256, row.number, row.sealed_at), row.row_count)


def heads_file(settings: Settings) -> Path:
    """Where this machine notes the blocks that it has sealed: a witness that the owner of the tables does not own."""
    return settings.var_dir / HEADS_FILE


def note_heads(path: Path, heads: Iterable[Head]) -> None:
    """Add blocks to the file, a line each: number, SHA-256, time. To be called after they were committed."""
    lines = [f"{h.number} {h.sha256} {h.sealed_at.isoformat() if h.sealed_at else '-'}\n" for h in heads]
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write("".join(lines))


def noted_heads(path: Path) -> list[Head]:
    """The blocks noted in the file; none when there is no file.

    Raises
    ------
    InvalidInput
        Every line that is no head.
    """
    if not path.exists():
        return []
    heads, problems = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            heads.append(read_head(line))
        except ValueError:
            where = {"file": path.name, "row": number}
            problems.append(Problem("audit_head_unreadable", where=where, values={"given": line[:80]}))
    if problems:
        raise InvalidInput(problems)
    return heads


def read_head(text: str) -> Head:
    """A head as it is printed: ``NUMBER:SHA256``, or the SHA-256 alone.

    Raises
    ------
    ValueError
        Neither.
    """
    match = _HEAD.fullmatch(text.strip().lower().replace("t", "T"))
    if match is None:
        raise ValueError(text)
    sealed_at = datetime.fromisoformat(match[3]) if match[3] and match[3] != "-" else None
    return Head(match[2], int(match[1]) if match[1] else None, sealed_at)

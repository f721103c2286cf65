"""Texts and files that are kept by their SHA-256 and never change: the text in the database, the file on disk."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.settings import Settings

FOLDER = "evaluations"


def sealed_dir(settings: Settings) -> Path:
    """Where sealed files are kept; made on first use, readable by this account only."""
    path = settings.var_dir / FOLDER
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep_text(session: Session, text: str) -> str:
    """Keep a text; its digest. The database computes it again and refuses another one."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    session.execute(
        sa.text("INSERT INTO sealed_content (sha256, content) VALUES (:sha, :text) ON CONFLICT DO NOTHING"),
        {"sha": sha256, "text": text},
    )
    return sha256


def keep_file(folder: Path, content: bytes, ending: str) -> str:
    """Keep a file, on disk before a row speaks of it; its digest."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = file_path(folder, sha256, ending)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = path.with_name(f"{sha256}.{secrets.token_hex(8)}")
        with written.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    return sha256


def file_path(folder: Path, sha256: str, ending: str) -> Path:
    """Where a file lies."""
    return folder / sha256[:2] / f"{sha256}{ending}"


def kept(folder: Path, sha256: str, ending: str) -> Path:
    """The same, for a file that is there and is what its name says.

    Raises
    ------
    NotFound
        ``sealed_file_gone``: it is away, or was changed on disk.
    """
    path = file_path(folder, sha256, ending)
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise NotFound("sealed_file_gone", {"sha256": sha256})
    return path

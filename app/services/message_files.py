"""Files that come with a message: pictures, drawn anew, and PDFs; kept with the message or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.services.attachment_files import PAPER_ENDING, PAPER_TYPE, keep, keep_paper
from gis.pictures import Picture
from gis.problems import Problem

MOST_FILES = 5
MESSAGE_MB = 40
"""Of all files of a message together; of one no more than a picture may have."""


@dataclass(frozen=True)
class SentFile:
    """What was sent: where it lies for now, and the picture that a process of its own has read from it, if it is one.

    Parameters
    ----------
    path, name
        The file, and the name under which it was sent.
    folder
        Where it is to be kept.
    picture
        ``None`` for a PDF.
    """

    path: Path
    name: str
    folder: Path
    picture: Picture | None = None


def check_files(files: Sequence[SentFile]) -> list[Problem]:
    """Too many for one message."""
    if len(files) <= MOST_FILES:
        return []
    return [Problem("message_files", where={"field": "file"}, values={"limit": MOST_FILES, "count": len(files)})]


def keep_files(session: Session, message_id: int, files: Sequence[SentFile]) -> None:
    """Keep the files of a message that was just written.

    Raises
    ------
    InvalidInput
        ``paper_not_pdf``: neither a picture nor a PDF, by what is in it.
    """
    for sent in files:
        session.execute(
            sa.text(
                "INSERT INTO message_file (message_id, file_name, sha256, stored_name, media_type, byte_count)"
                " VALUES (:message, :file_name, :sha256, :stored_name, :media_type, :byte_count)"
            ),
            {"message": message_id, **_kept(session, sent)},
        )


def _kept(session: Session, sent: SentFile) -> dict[str, object]:
    if sent.picture is None:
        paper = keep_paper(session, sent.folder, sent.path, sent.name)
        return {**vars(paper), "stored_name": f"{paper.sha256}{PAPER_ENDING}", "media_type": PAPER_TYPE}
    kept = vars(keep(session, sent.folder, sent.picture, sent.path.read_bytes(), sent.name))
    return {name: kept[name] for name in ("file_name", "sha256", "stored_name", "media_type", "byte_count")}

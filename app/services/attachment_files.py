"""Where pictures and papers are kept: named by their content, written once, on disk before a row speaks of them.

A file without a row is what a transaction left that was rolled back; :func:`sweep` removes it. Whoever writes files for
rows holds :func:`hold_files` until the transaction ends, so that nothing is swept which is about to be spoken of.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Literal

import sqlalchemy as sa
from geoalchemy2 import WKTElement
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound
from app.models.base import STORAGE_SRID
from app.settings import Settings
from gis.exif import Photo
from gis.pictures import Picture, PictureLimits
from gis.pictures.kinds import ENDINGS, MEDIA_TYPES
from gis.problems import Problem
from gis.readers.source import printable
from gis.thai import normalise

Variant = Literal["picture", "thumbnail", "original"]
FOLDER = "attachments"
PAPER_TYPE, PAPER_ENDING = "application/pdf", ".pdf"
NAME_LENGTH = 200
MAX_BYTES = PictureLimits().bytes
# First half of the advisory lock that writers share and the sweeper has alone ("pict").
LOCK_CLASS = 0x70696374
_INCOMING = "incoming-"
_ABANDONED_S = 86_400
_CHUNK_BYTES = 1 << 20
_CHUNK_ROWS = 5_000
_ENDING_OF = {media_type: ENDINGS[kind] for kind, media_type in MEDIA_TYPES.items()}
_LEAST_ACCURATE_M = 100_000
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
"""Cameras without a clock say 1970 or 1980."""
_AHEAD = timedelta(days=1)
"""How far the clock of a camera may be ahead."""
_THAI_TIME = "+07:00"


def attachment_dir(settings: Settings) -> Path:
    """Where pictures are kept; made on first use, readable by this account only."""
    return _made(settings.var_dir / FOLDER)


def beside(uploads: Path) -> Path:
    """The same, from the folder of the uploads that it lies beside."""
    return _made(uploads.parent / FOLDER)


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@contextlib.contextmanager
def incoming(stream: IO[bytes], folder: Path, too_large: str = "picture_too_large") -> Iterator[Path]:
    """What is being sent, as a file that is gone afterwards; no more of it is written than is allowed.

    Raises
    ------
    InvalidInput
        ``too_large``.
    """
    path = folder / f"{_INCOMING}{secrets.token_hex(12)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        size = 0
        with os.fdopen(descriptor, "wb") as file:
            while chunk := stream.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > MAX_BYTES:
                    values = {"size_mb": f"> {MAX_BYTES >> 20}", "limit_mb": MAX_BYTES >> 20}
                    raise InvalidInput([Problem(too_large, where={"field": "file"}, values=values)])
                file.write(chunk)
        yield path
    finally:
        path.unlink(missing_ok=True)


@dataclass(frozen=True)
class KeptPicture:
    """A picture whose files are on disk; the columns of :class:`app.models.attachment.PictureFacts`."""

    file_name: str
    sha256: str
    stored_name: str
    media_type: str
    byte_count: int
    width_px: int
    height_px: int
    taken_at: datetime | None
    place: tuple[float, float] | None
    accuracy_m: float | None
    direction_degrees: float | None

    def columns(self) -> dict[str, Any]:
        """Values for a row."""
        values = dict(vars(self))
        place = values.pop("place")
        values["location"] = None if place is None else WKTElement(f"POINT({place[0]!r} {place[1]!r})", STORAGE_SRID)
        return values


def hold_files(session: Session) -> None:
    """Keep the sweeper away until this transaction ends."""
    session.execute(sa.text("SELECT pg_advisory_xact_lock_shared(:class, 0)"), {"class": LOCK_CLASS})


def keep(session: Session, folder: Path, picture: Picture, original: bytes, file_name: str) -> KeptPicture:
    """Write the original and what was drawn of it, unless they are there already.

    Parameters
    ----------
    session
        Of the transaction that will write the row.
    folder
        Of :func:`attachment_dir`.
    file_name
        Name that the person gave it; never used as a path.
    """
    hold_files(session)
    sha256 = hashlib.sha256(original).hexdigest()
    stored_name = f"{sha256}{_ENDING_OF[picture.media_type]}"
    contents: dict[Variant, bytes] = {
        "original": original,
        "picture": picture.shown,
        "thumbnail": picture.thumbnail,
    }
    for variant, content in contents.items():
        _write_once(path_of(folder, stored_name, variant), content)
    photo = picture.photo
    return KeptPicture(
        shown_name(file_name),
        sha256,
        stored_name,
        picture.media_type,
        len(original),
        picture.width_px,
        picture.height_px,
        taken_at(photo),
        _place(photo),
        _within(photo.accuracy_m, 0, _LEAST_ACCURATE_M),
        _within(photo.direction_degrees, 0, 360),
    )


@dataclass(frozen=True)
class KeptPaper:
    """A PDF whose file is on disk."""

    file_name: str
    sha256: str
    byte_count: int


def keep_paper(session: Session, folder: Path, paper: Path, file_name: str) -> KeptPaper:
    """Write a PDF beside the pictures, unless it is there already.

    Raises
    ------
    InvalidInput
        ``paper_not_pdf``: by what is in it, whatever it is called.
    """
    content = paper.read_bytes()
    if not is_pdf(content):
        raise InvalidInput([Problem("paper_not_pdf", where={"field": "file"})])
    hold_files(session)
    sha256 = hashlib.sha256(content).hexdigest()
    _write_once(paper_path(folder, sha256), content)
    return KeptPaper(shown_name(file_name, "document"), sha256, len(content))


def paper_path(folder: Path, sha256: str) -> Path:
    """Where a PDF lies."""
    return path_of(folder, f"{sha256}{PAPER_ENDING}", "original")


def is_pdf(content: bytes) -> bool:
    """Whether bytes begin and end as a PDF does; one behind other content, which a PDF reader would find, is none.

    Examples
    --------
    >>> is_pdf(b"%PDF-1.7 1 0 obj startxref 9 %%EOF"), is_pdf(b"<html>%PDF-1.7 startxref %%EOF")
    (True, False)
    """
    end = content[-2048:]
    return re.match(rb"%PDF-[12]\.[0-9]", content) is not None and b"startxref" in end and b"%%EOF" in end


def _place(photo: Photo) -> tuple[float, float] | None:
    """On the earth: what is told by the process that reads pictures is not believed any more than the picture."""
    if photo.place is None:
        return None
    lon, lat = _within(photo.place[0], -180, 180), _within(photo.place[1], -90, 90)
    return None if lon is None or lat is None else (lon, lat)


def _within(value: float | None, least: float, most: float) -> float | None:
    """The number, unless it is none or out of bounds."""
    return value if value is not None and math.isfinite(value) and least <= value <= most else None


def path_of(folder: Path, stored_name: str, variant: Variant) -> Path:
    """Where a file lies; the first letters of its name spread the files over 256 folders."""
    stem = stored_name.partition(".")[0]
    name = stored_name if variant == "original" else f"{stem}.{variant}.jpg"
    return folder / stored_name[:2] / name


def kept_file(folder: Path, stored_name: str, variant: Variant) -> Path:
    """The same, for a file that is there.

    Raises
    ------
    NotFound
        ``attachment_file_gone``.
    """
    path = path_of(folder, stored_name, variant)
    if not path.is_file():
        raise NotFound("attachment_file_gone")
    return path


def shown_name(file_name: str, nameless: str = "photo") -> str:
    """The name as it is shown and sent: no folders, no signs that turn the direction of writing.

    Examples
    --------
    >>> shown_name("C:\\\\photos\\\\ถนน ม.4.jpg")
    'ถนน ม.4.jpg'
    """
    # Cut first: what normalising takes grows faster than the text.
    return normalise(printable(re.split(r"[\\/]", file_name)[-1])[:NAME_LENGTH]) or nameless


def sent_name(file_name: str, media_type: str) -> str:
    """Name under which the file is sent: its own, with the ending of what it was proven to be.

    Examples
    --------
    >>> sent_name("page.html", "image/png")
    'page.png'
    """
    return f"{Path(shown_name(file_name)).stem}{_ENDING_OF[media_type]}"


def taken_at(photo: Photo) -> datetime | None:
    """Time of the shot; a camera that states no offset is taken to be in Thailand, one in the future to have no clock.

    Examples
    --------
    >>> taken_at(Photo(taken_at="2024-11-20T09:15:00")).isoformat()
    '2024-11-20T09:15:00+07:00'
    >>> taken_at(Photo(taken_at="2026-13-99T99:99:99")) is None
    True
    >>> taken_at(Photo(taken_at="9999-12-31T23:59:59", utc_offset="-14:00")) is None
    True
    """
    for offset in (photo.utc_offset, _THAI_TIME):
        with contextlib.suppress(ValueError):
            if offset and photo.taken_at:
                found = datetime.fromisoformat(photo.taken_at + offset)
                return found if _FIRST <= found <= datetime.now(UTC) + _AHEAD else None
    return None


def _write_once(path: Path, content: bytes) -> None:
    """All of it under its name or nothing, and safe on disk; what lies there already stays."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    partial = path.with_name(f"{_INCOMING}{secrets.token_hex(12)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        partial.unlink(missing_ok=True)


_UNKNOWN = """
    SELECT name FROM unnest(CAST(:names AS text[])) AS name
    WHERE NOT EXISTS (SELECT FROM attachment a WHERE a.sha256 = name)
      AND NOT EXISTS (SELECT FROM import_picture p WHERE p.sha256 = name)
      AND NOT EXISTS (SELECT FROM duplicate_decision d WHERE d.file_sha256 = name)
      AND NOT EXISTS (SELECT FROM message_file m WHERE m.sha256 = name)"""


def sweep(session: Session, folder: Path) -> int:
    """Remove the files that no row names, and what was being sent when a process died; how many files.

    While somebody attaches nothing is removed: the next sweep will find it.
    """
    removed = _sweep_abandoned(folder)
    stems = sorted({path.name.partition(".")[0] for path in _files(folder)})
    orphans = _unknown(session, stems)
    alone = sa.text("SELECT pg_try_advisory_xact_lock(:class, 0)")
    if not orphans or not session.scalar(alone, {"class": LOCK_CLASS}):
        return removed
    # Who wrote files has committed or rolled back by now, and who wants to waits for this transaction.
    for stem in _unknown(session, orphans):
        for path in (folder / stem[:2]).glob(f"{stem}.*"):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _files(folder: Path) -> Iterator[Path]:
    for part in folder.iterdir():
        if part.is_dir():
            yield from (path for path in part.iterdir() if not path.name.startswith(_INCOMING))


def _sweep_abandoned(folder: Path) -> int:
    removed = 0
    for path in (*folder.glob(f"{_INCOMING}*"), *folder.glob(f"*/{_INCOMING}*")):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _ABANDONED_S:
                path.unlink()
                removed += 1
    return removed


def _unknown(session: Session, names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for start in range(0, len(names), _CHUNK_ROWS):
        found += session.scalars(sa.text(_UNKNOWN), {"names": list(names[start : start + _CHUNK_ROWS])})
    return found

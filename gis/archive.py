"""Unpacking zip files that strangers made: limits first, own file names, nothing outside the folder.

Refused: paths that leave the folder, symbolic links and devices, encryption, archives in archives, too many files, too
many bytes (counted while unpacking, not believed from the header) and compression that only a bomb has. Names written
by Thai versions of Windows (cp874 without the UTF-8 flag) are read right.
"""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gis.problems import Problem

_CHUNK = 1 << 20
# Control characters, and those that turn the direction of writing: ``cod.shp`` shown for ``phs.doc``.
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")
_NESTED = frozenset((".zip", ".kmz", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"))
_NOISE = frozenset(("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"))


@dataclass(frozen=True)
class Limits:
    """How much an archive may hold.

    Parameters
    ----------
    unpacked_bytes
        Sum of all files.
    files
        Number of files.
    ratio
        Unpacked to packed bytes of the whole archive, asked only above ``ratio_from_bytes``: a DBF full of blanks
        packs well, too.
    """

    unpacked_bytes: int = 1 << 30
    files: int = 2_000
    ratio: int = 150
    ratio_from_bytes: int = 50 << 20


@dataclass(frozen=True)
class Member:
    """One unpacked file: the name people know it by, and where it lies under a name of our own."""

    name: str
    path: Path

    @property
    def suffix(self) -> str:
        """Ending in lower case."""
        return self.path.suffix


def photographs(members: Iterable[Member]) -> list[Member]:
    """The JPEGs among unpacked files, in the order in which they are rows."""
    return [member for member in members if member.suffix in (".jpg", ".jpeg")]


class ArchiveError(ValueError):
    """The archive may not or cannot be unpacked; ``problem`` says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, values=values)


def safe_extract(archive: Path, folder: Path, limits: Limits | None = None) -> list[Member]:
    """Unpack a zip into a folder under names of our own, sorted by their original name.

    Files of one stem (``roads.shp``, ``ROADS.DBF``) keep a common stem, endings become lower case; folders inside the
    archive and hidden system files are flattened away.

    Raises
    ------
    ArchiveError
        With one of the codes ``archive_damaged``, ``archive_encrypted``, ``archive_unsafe_name``, ``archive_link``,
        ``archive_nested``, ``archive_too_many_files``, ``archive_too_large``, ``archive_bomb``, ``archive_empty``.
    """
    limits = limits or Limits()
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [(entry, member_name(entry)) for entry in opened.infolist() if not entry.is_dir()]
            _check_entries(entries, limits)
            wanted = [(entry, name) for entry, name in entries if not _is_noise(name)]
            if not wanted:
                raise ArchiveError("archive_empty")
            return _unpack(opened, wanted, folder, limits, archive.stat().st_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise ArchiveError("archive_damaged", reason=str(error)[:120]) from error


def check_archive(archive: Path, limits: Limits | None = None) -> None:
    """Refuse a zip-based file (XLSX, KMZ) that claims more than the limits, before a library opens it.

    Raises
    ------
    ArchiveError
        As :func:`safe_extract`.
    """
    limits = limits or Limits()
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [(entry, member_name(entry)) for entry in opened.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveError("archive_damaged", reason=str(error)[:120]) from error
    _check_entries(entries, limits)
    budget = _Budget(limits, archive.stat().st_size)
    budget.spend(sum(entry.file_size for entry, _ in entries))


def member_name(entry: zipfile.ZipInfo) -> str:
    """Name of an entry as its author saw it: UTF-8 when flagged or valid, else Thai Windows (cp874)."""
    if entry.flag_bits & 0x800:
        return unicodedata.normalize("NFC", entry.filename)
    raw = entry.orig_filename.encode("cp437")
    for encoding in ("utf-8", "cp874"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return entry.filename


def _check_entries(entries: list[tuple[zipfile.ZipInfo, str]], limits: Limits) -> None:
    if len(entries) > limits.files:
        raise ArchiveError("archive_too_many_files", count=len(entries), limit=limits.files)
    for entry, name in entries:
        path = PurePosixPath(name.replace("\\", "/"))
        if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or _CONTROL.search(name):
            raise ArchiveError("archive_unsafe_name", name=name[:120])
        mode = entry.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise ArchiveError("archive_link", name=name[:120])
        if entry.flag_bits & 0x1:
            raise ArchiveError("archive_encrypted", name=name[:120])
    total = sum(entry.file_size for entry, _ in entries)
    if total > limits.unpacked_bytes:
        raise ArchiveError("archive_too_large", size_mb=total >> 20, limit_mb=limits.unpacked_bytes >> 20)


def _is_noise(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part in _NOISE for part in parts) or parts[-1].startswith("._")


def _unpack(
    opened: zipfile.ZipFile,
    entries: list[tuple[zipfile.ZipInfo, str]],
    folder: Path,
    limits: Limits,
    packed_bytes: int,
) -> list[Member]:
    folder.mkdir(parents=True, exist_ok=True)
    stems: dict[str, str] = {}
    taken: set[Path] = set()
    members = []
    budget = _Budget(limits, packed_bytes)
    for entry, name in sorted(entries, key=lambda pair: pair[1]):
        path = PurePosixPath(name)
        suffix = path.suffix.lower()
        if suffix in _NESTED:
            raise ArchiveError("archive_nested", name=name[:120])
        stem = stems.setdefault(str(path.with_suffix("")).lower(), f"file{len(stems) + 1:04d}")
        target = folder / f"{stem}{_plain_suffix(suffix)}"
        if target in taken:
            raise ArchiveError("archive_unsafe_name", name=name[:120])
        taken.add(target)
        with opened.open(entry) as source, target.open("xb") as file:
            while chunk := source.read(_CHUNK):
                budget.spend(len(chunk))
                file.write(chunk)
        members.append(Member(name, target))
    return members


def _plain_suffix(suffix: str) -> str:
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= 9 else ".bin"


class _Budget:
    """Bytes still allowed, counted as they come out."""

    def __init__(self, limits: Limits, packed_bytes: int) -> None:
        self.limits = limits
        self.packed_bytes = max(packed_bytes, 1)
        self.spent = 0

    def spend(self, count: int) -> None:
        self.spent += count
        if self.spent > self.limits.unpacked_bytes:
            raise ArchiveError("archive_too_large", size_mb=self.spent >> 20, limit_mb=self.limits.unpacked_bytes >> 20)
        if self.spent > self.limits.ratio_from_bytes and self.spent / self.packed_bytes > self.limits.ratio:
            raise ArchiveError("archive_bomb", ratio=round(self.spent / self.packed_bytes), limit=self.limits.ratio)

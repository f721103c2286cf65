"""How much a picture may ask of us."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN_PX = 2048
THUMBNAIL_PX = 320


@dataclass(frozen=True)
class PictureLimits:
    """Limits of one picture and of the process that decodes it.

    Parameters
    ----------
    bytes
        Of the file.
    megapixels
        Of the picture; what a phone's largest mode makes fits, a bomb does not. Asked of the head, before decoding.
    least_px
        Of either side: less shows nothing.
    scans
        Of a JPEG: each goes over the whole picture again, and an empty one costs its sender a few bytes.
    memory_bytes, cpu_s, wait_s, open_files, file_bytes
        As in :class:`gis.readers.limits.ReaderLimits`; processor and patience are of each picture.
    archive_wait_s
        Patience with all pictures of an archive.
    """

    bytes: int = 15 << 20
    megapixels: int = 100
    least_px: int = 16
    scans: int = 100
    memory_bytes: int = 1 << 30
    cpu_s: int = 30
    wait_s: float = 60.0
    archive_wait_s: float = 1_200.0
    open_files: int = 128
    file_bytes: int = 1 << 30

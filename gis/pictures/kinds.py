"""Which pictures are taken, decided by their first bytes and never by their name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gis.problems import Problem

MEDIA_TYPES: Mapping[str, str] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ENDINGS: Mapping[str, str] = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
HEAD_BYTES = 32
_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "WEBP"),
)
# A box file names its brand: iPhones write these unless told otherwise.
_CONVERTIBLE = re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cx]|mif1|msf1|avi[fs])", re.DOTALL)


class PictureError(ValueError):
    """A file is not kept as a picture; ``problem`` says why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, values=values)


def kind_of(head: bytes) -> str:
    """``JPEG``, ``PNG`` or ``WEBP`` from the first bytes of a file.

    Raises
    ------
    PictureError
        ``picture_empty``, ``photo_kind_not_supported`` (HEIC, AVIF: with how to convert) or ``picture_unknown``.

    Examples
    --------
    >>> kind_of(b"\\xff\\xd8\\xff\\xe0 and so on")
    'JPEG'
    """
    if not head:
        raise PictureError("picture_empty")
    for magic, kind in _MAGIC:
        if magic.match(head):
            return kind
    raise PictureError("photo_kind_not_supported" if _CONVERTIBLE.match(head) else "picture_unknown")

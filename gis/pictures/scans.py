"""Scans of a JPEG counted without decoding it: each goes over the whole picture again, however little is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gis.pictures.kinds import PictureError

_SCAN = b"\xff\xda"
_SCAN_CODE, _END_CODE = 0xDA, 0xD9
# In what is packed 0xFF is followed by 0; restarts (D0-D7) belong to the scan.
_MARKER = re.compile(rb"\xff+([^\x00\x01\xd0-\xd7\xff])")
_MOST_SEGMENTS = 5_000


def refuse_scans(content: bytes, most: int) -> None:
    """Refuse a JPEG of more scans than that.

    Raises
    ------
    PictureError
        ``picture_too_many_scans``.
    """
    # A scan cannot begin without these bytes; where they are few, there is nothing to look at more closely. In what is
    # carried along (previews, a film behind the picture) they occur by chance.
    if content.count(_SCAN) <= most:
        return
    scans = 0
    for number, code in enumerate(_markers(content)):
        scans += code == _SCAN_CODE
        if scans > most or number > _MOST_SEGMENTS:
            raise PictureError("picture_too_many_scans", limit=most)


def _markers(content: bytes) -> Iterator[int]:
    """Markers in the order in which a decoder comes upon them, until the picture ends; contents are passed over."""
    at = 2
    while (found := _MARKER.search(content, at)) is not None:
        code, at = found[1][0], found.end()
        yield code
        if code == _END_CODE:
            return
        at += max(2, int.from_bytes(content[at : at + 2], "big"))

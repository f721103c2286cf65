"""Place, time and position of the camera that a photograph carries with it (EXIF 2.32), read without decoding it.

EXIF comes from strangers: everything is looked up within its bytes, nothing is followed twice, and what cannot be read
counts as not there.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

PREFIX = b"Exif\0\0"
_APP1, _START_OF_SCAN, _END = 0xE1, 0xDA, 0xD9
# Tags: pointers to the EXIF and GPS directories, orientation, time of the shot, and those of the GPS directory.
_EXIF_POINTER, _GPS_POINTER, _ORIENTATION, _CHANGED = 0x8769, 0x8825, 0x0112, 0x0132
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011
_LAT_REF, _LAT, _LON_REF, _LON, _ALTITUDE_REF, _ALTITUDE, _DIRECTION, _ERROR_M = 1, 2, 3, 4, 5, 6, 17, 31
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
_MOST_ENTRIES = 500
_MOST_VALUES = 256
_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")

Value = tuple[float, ...] | str


@dataclass(frozen=True)
class Photo:
    """What a camera wrote into a photograph.

    Parameters
    ----------
    place
        Longitude and latitude in degrees, WGS 84; ``None`` when it has none.
    taken_at
        Local time ``YYYY-MM-DDTHH:MM:SS``; empty when it is not known.
    direction_degrees
        Where the camera looked to, clockwise from north.
    accuracy_m
        Horizontal error of the place as the camera states it.
    utc_offset
        Offset of the local time, ``+07:00``; empty when it is not known.
    orientation
        How the stored picture has to be turned, 1 (not at all) to 8.
    """

    place: tuple[float, float] | None = None
    taken_at: str = ""
    direction_degrees: float | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None
    utc_offset: str = ""
    orientation: int = 1


def photo_of(exif: bytes) -> Photo:
    """What an EXIF block says, with or without its prefix.

    Examples
    --------
    >>> photo_of(b"nonsense") == Photo()
    True
    """
    try:
        return _photo(_Tiff(exif.removeprefix(PREFIX)))
    except (struct.error, IndexError, ValueError, UnicodeDecodeError, ArithmeticError):
        return Photo()


def exif_of_jpeg(file: BinaryIO) -> bytes:
    """The EXIF block of a JPEG whose first two bytes were read; segments are passed over by their length."""
    while len(head := file.read(4)) == 4 and head[0] == 0xFF and head[1] not in (_START_OF_SCAN, _END):
        length = struct.unpack(">H", head[2:])[0]
        if length < 2:
            return b""
        if head[1] == _APP1 and (content := file.read(length - 2)).startswith(PREFIX):
            return content
        if head[1] != _APP1:
            file.seek(length - 2, 1)
    return b""


class _Tiff:
    """Directories of tags in the bytes of an EXIF segment (at most 64 KB in a JPEG)."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.order = {b"II": "<", b"MM": ">"}[raw[:2]] if raw[:2] in (b"II", b"MM") else ""
        if not self.order:
            raise ValueError("no byte order")

    def first(self) -> Mapping[int, Value]:
        return self.directory(struct.unpack_from(f"{self.order}I", self.raw, 4)[0])

    def directory(self, offset: int) -> Mapping[int, Value]:
        (count,) = struct.unpack_from(f"{self.order}H", self.raw, offset)
        found = {}
        for number in range(min(count, _MOST_ENTRIES)):
            start = offset + 2 + 12 * number
            tag, kind, amount = struct.unpack_from(f"{self.order}HHI", self.raw, start)
            if kind in _SIZES and amount <= _MOST_VALUES:
                size = _SIZES[kind] * amount
                where = start + 8 if size <= 4 else struct.unpack_from(f"{self.order}I", self.raw, start + 8)[0]
                found[tag] = self.value(kind, amount, where)
        return found

    def value(self, kind: int, amount: int, where: int) -> Value:
        if kind == 2:
            return self.raw[where : where + amount].split(b"\0")[0].decode("ascii", "replace")
        if kind == 5:
            pairs = struct.unpack_from(f"{self.order}{2 * amount}I", self.raw, where)
            return tuple(
                top / bottom if bottom else math.nan for top, bottom in zip(pairs[::2], pairs[1::2], strict=True)
            )
        letter = {1: "B", 3: "H", 4: "I", 7: "B"}[kind]
        return struct.unpack_from(f"{self.order}{amount}{letter}", self.raw, where)


def _photo(tiff: _Tiff) -> Photo:
    first = tiff.first()
    gps = tiff.directory(_offset(first, _GPS_POINTER)) if _GPS_POINTER in first else {}
    exif = tiff.directory(_offset(first, _EXIF_POINTER)) if _EXIF_POINTER in first else {}
    below = gps.get(_ALTITUDE_REF) == (1,)
    altitude = _number(gps.get(_ALTITUDE))
    offset = exif.get(_TAKEN_OFFSET)
    return Photo(
        _place(gps),
        _time(exif.get(_TAKEN)) or _time(first.get(_CHANGED)),
        _number(gps.get(_DIRECTION)),
        -altitude if below and altitude is not None else altitude,
        _number(gps.get(_ERROR_M)),
        offset if isinstance(offset, str) and _OFFSET.fullmatch(offset) else "",
        _orientation(first.get(_ORIENTATION)),
    )


def _place(gps: Mapping[int, Value]) -> tuple[float, float] | None:
    lat, lon = _degrees(gps.get(_LAT), gps.get(_LAT_REF), "S"), _degrees(gps.get(_LON), gps.get(_LON_REF), "W")
    if lat is None or lon is None or abs(lon) > 180 or abs(lat) > 90:
        return None
    # 0, 0 is what cameras write before they have found themselves.
    return None if (lon, lat) == (0, 0) else (lon, lat)


def _orientation(value: Value | None) -> int:
    number = _number(value)
    return int(number) if number is not None and number in range(1, 9) else 1


def _offset(directory: Mapping[int, Value], tag: int) -> int:
    value = directory[tag]
    if isinstance(value, str) or len(value) != 1:
        raise ValueError("no offset")
    return int(value[0])


def _number(value: Value | None) -> float | None:
    if value is None or isinstance(value, str) or len(value) != 1 or not math.isfinite(value[0]):
        return None
    return float(value[0])


def _degrees(value: Value | None, reference: Value | None, negative: str) -> float | None:
    if value is None or isinstance(value, str) or len(value) != 3:
        return None
    degrees = value[0] + value[1] / 60 + value[2] / 3600
    if not math.isfinite(degrees):
        return None
    return -degrees if isinstance(reference, str) and reference.upper().startswith(negative) else degrees


def _time(value: Value | None) -> str:
    match = _TIME.match(value) if isinstance(value, str) else None
    return "{}-{}-{}T{}:{}:{}".format(*match.groups()) if match else ""

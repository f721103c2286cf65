"""Photographs with a position: JPEG, the place and time that the camera wrote into it (EXIF 2.32).

The picture itself is not decoded and not kept; a photograph is a point with a name, a time and a direction.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely

from gis import crs
from gis.problems import Problem
from gis.readers.rows import Row, batches_of
from gis.readers.source import LayerInfo, ReadSource, fail, printable, sample_of

COLUMNS = ("photo", "taken_at", "direction_degrees", "altitude_m")
_APP1, _START_OF_SCAN, _END = 0xE1, 0xDA, 0xD9
_EXIF = b"Exif\0\0"
# Tags: pointers to the EXIF and GPS directories, time of the shot, and those of the GPS directory.
_EXIF_POINTER, _GPS_POINTER, _TAKEN, _CHANGED = 0x8769, 0x8825, 0x9003, 0x0132
_LAT_REF, _LAT, _LON_REF, _LON, _ALTITUDE_REF, _ALTITUDE, _DIRECTION = 1, 2, 3, 4, 5, 6, 17
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
_MOST_ENTRIES = 500
_MOST_VALUES = 256
_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")

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
    """

    place: tuple[float, float] | None = None
    taken_at: str = ""
    direction_degrees: float | None = None
    altitude_m: float | None = None


def read_photos(files: Sequence[tuple[str, Path]], layer: str, *, epsg: int | None) -> ReadSource:
    """One or several photographs, each a row; those without a position are rows without a place.

    Parameters
    ----------
    files
        Name that people know it by, and where it lies.
    """
    photos = [(printable(name), read_photo(path)) for name, path in files]
    without = [name for name, photo in photos if photo.place is None]
    problems = []
    if epsg not in (None, crs.STORAGE_EPSG):
        problems.append(Problem("crs_contradicts_numbers", "warning", values={"epsg": epsg}))
    if without:
        values = {"count": len(without), "total": len(photos), "names": ", ".join(without)[:300]}
        problems.append(Problem("photos_without_position", "warning", values=values))

    def rows() -> Iterator[Row]:
        for number, (name, photo) in enumerate(photos, start=1):
            texts = [name, photo.taken_at or None, _text(photo.direction_degrees), _text(photo.altitude_m)]
            yield number, texts, None if photo.place is None else shapely.to_wkb(shapely.Point(photo.place))

    return ReadSource(
        "jpeg",
        (LayerInfo(layer, len(photos)),),
        layer,
        "utf-8",
        None,
        crs.STORAGE_EPSG,
        (crs.STORAGE_EPSG,),
        COLUMNS,
        len(photos),
        sample_of(next(batches_of(rows(), COLUMNS), None)),
        tuple(problems),
        lambda: batches_of(rows(), COLUMNS),
    )


def _text(number: float | None) -> str | None:
    return None if number is None else f"{number:.1f}"


def read_photo(path: Path) -> Photo:
    """Position and time of a JPEG; what cannot be read in its EXIF counts as not there.

    Raises
    ------
    ReadError
        ``file_damaged`` when it is no JPEG.
    """
    exif = _exif_of(path)
    if exif is None:
        return Photo()
    try:
        return _photo(_Tiff(exif))
    except (struct.error, IndexError, ValueError, UnicodeDecodeError, ZeroDivisionError):
        return Photo()


def _exif_of(path: Path) -> bytes | None:
    """The EXIF segment; segments are passed over by their length, no picture is decoded."""
    with path.open("rb") as file:
        if file.read(2) != b"\xff\xd8":
            raise fail("file_damaged", reason="no JPEG")
        while len(head := file.read(4)) == 4 and head[0] == 0xFF and head[1] not in (_START_OF_SCAN, _END):
            length = struct.unpack(">H", head[2:])[0]
            if length < 2:
                return None
            if head[1] == _APP1 and (content := file.read(length - 2)).startswith(_EXIF):
                return content.removeprefix(_EXIF)
            if head[1] != _APP1:
                file.seek(length - 2, 1)
    return None


class _Tiff:
    """Directories of tags in the bytes of an EXIF segment (at most 64 KB)."""

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
    lat, lon = _degrees(gps.get(_LAT), gps.get(_LAT_REF), "S"), _degrees(gps.get(_LON), gps.get(_LON_REF), "W")
    place = None if lat is None or lon is None else (lon, lat)
    # 0, 0 is what cameras write before they have found themselves.
    if place == (0, 0) or (place and (abs(place[0]) > 180 or abs(place[1]) > 90)):
        place = None
    below = gps.get(_ALTITUDE_REF) == (1,)
    altitude = _number(gps.get(_ALTITUDE))
    return Photo(
        place,
        _time(exif.get(_TAKEN)) or _time(first.get(_CHANGED)),
        _number(gps.get(_DIRECTION)),
        -altitude if below and altitude is not None else altitude,
    )


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

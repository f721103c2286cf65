"""Photographs made by code: any size and kind, with what a camera would write into them."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

CAMERA_SERIAL = "SN-0123456789"


def exif_of(
    place: tuple[float, float] | None = None,
    *,
    taken: str = "",
    offset: str = "",
    orientation: int = 1,
    accuracy_m: float | None = None,
    direction: float | None = None,
) -> Image.Exif:
    """EXIF as a telephone writes it; ``place`` is longitude and latitude, ``taken`` ``2026:11:20 09:15:00``."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Model", orientation
    detail: dict[int, Any] = {0xA431: CAMERA_SERIAL}
    if taken:
        detail[0x9003] = taken
    if offset:
        detail[0x9011] = offset
    exif._ifds[0x8769] = detail
    exif[0x8769] = 0
    gps: dict[int, Any] = {}
    if place is not None:
        lon, lat = place
        gps |= {1: "N" if lat >= 0 else "S", 2: _sexagesimal(lat), 3: "E" if lon >= 0 else "W", 4: _sexagesimal(lon)}
    if accuracy_m is not None:
        gps[31] = _rational(accuracy_m)
    if direction is not None:
        gps[17] = _rational(direction)
    if gps:
        exif._ifds[0x8825] = gps
        exif[0x8825] = 0
    return exif


def _rational(value: float) -> IFDRational:
    fraction = Fraction(value).limit_denominator(1_000_000)
    return IFDRational(fraction.numerator, fraction.denominator)


def _sexagesimal(degrees: float) -> tuple[IFDRational, ...]:
    whole = abs(degrees)
    minutes = (whole - int(whole)) * 60
    seconds = (minutes - int(minutes)) * 60
    return IFDRational(int(whole), 1), IFDRational(int(minutes), 1), IFDRational(round(seconds * 100_000), 100_000)


def drawn(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Top half one colour, bottom half another: which way is up can be seen."""
    image = Image.new("RGB", size, (60, 120, 200))
    image.paste((120, 90, 40), (0, size[1] // 2, size[0], size[1]))
    return image.convert(mode)


def jpeg(
    place: tuple[float, float] | None = None,
    size: tuple[int, int] = (640, 480),
    mode: str = "RGB",
    colour: int = 0,
    **more: Any,
) -> bytes:
    """A JPEG; ``colour`` makes pictures that differ."""
    image = drawn(size, mode)
    if colour:
        image.paste((colour % 256, (colour * 7) % 256, 99), (0, 0, size[0] // 3, size[1] // 3))
    return encoded(image, "JPEG", exif=exif_of(place, **more))


def scanned(size: tuple[int, int], scans: int) -> bytes:
    """A progressive JPEG whose last scan, which changes nothing any more, comes so many times over."""
    whole = encoded(drawn(size), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + whole[-2:]


def encoded(image: Image.Image, kind: str, **more: Any) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()

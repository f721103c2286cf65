"""Small files made for the tests, byte by byte where a library would be too well-behaved."""

from __future__ import annotations

import struct
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from gis.readers import ReadSource
from gis.readers.opening import open_file


def open_source(path: Path, **choices: Any) -> ReadSource:
    """The file opened in this process; what it is unpacked to lies beside it."""
    return open_file(path, Path(tempfile.mkdtemp(dir=path.parent)), **choices)


def write_zip(path: Path, members: Mapping[str, bytes | str]) -> Path:
    """A zip of named contents."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def dbf(fields: Mapping[str, int], rows: Sequence[Sequence[str]], encoding: str, *, language_driver: int = 0) -> bytes:
    """A DBF of text fields; texts are cut at the width in bytes, as careless programs do."""
    row_length = 1 + sum(fields.values())
    header = struct.pack(
        "<BBBBIHH16xBB2x", 3, 126, 1, 1, len(rows), 33 + 32 * len(fields), row_length, 0, language_driver
    )
    for name, width in fields.items():
        header += name.encode(encoding)[:10].ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    body = b"".join(
        b" " + b"".join(v.encode(encoding)[:w].ljust(w) for v, w in zip(row, fields.values(), strict=True))
        for row in rows
    )
    return header + b"\r" + body + b"\x1a"


def shapefile_zip(
    path: Path,
    shapes: Sequence[BaseGeometry],
    *,
    epsg: int | None = 32647,
    table: bytes | None = None,
    cpg: str | None = None,
    folder: str = "",
    stem: str = "roads",
    without: Sequence[str] = (),
) -> Path:
    """A zipped shapefile whose DBF, .cpg and .prj are what the test wants."""
    base = path.parent / f"{path.stem}_parts" / f"{stem}.shp"
    base.parent.mkdir(exist_ok=True)
    batch = pa.table({"n": list(range(len(shapes))), "geometry": pa.array([shapely.to_wkb(s) for s in shapes])})
    pyogrio.write_arrow(
        batch,
        base,
        driver="ESRI Shapefile",
        geometry_name="geometry",
        geometry_type=shapes[0].geom_type,
        crs=f"EPSG:{epsg or 4326}",
    )
    base.with_suffix(".cpg").unlink(missing_ok=True)
    if epsg is None:
        base.with_suffix(".prj").unlink()
    if table is not None:
        base.with_suffix(".dbf").write_bytes(table)
    if cpg is not None:
        base.with_suffix(".cpg").write_text(cpg)
    members = {
        f"{folder}{part.name}": part.read_bytes()
        for part in sorted(base.parent.glob(f"{stem}.*"))
        if part.suffix not in without
    }
    return write_zip(path, members)


def exif_jpeg(
    lat: tuple[float, float, float],
    lon: tuple[float, float, float],
    *,
    order: str = "<",
    taken: str = "2026:11:20 09:30:00",
    south_west: bool = False,
) -> bytes:
    """A JPEG without a picture: what a telephone writes into one, byte by byte."""

    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return struct.pack(f"{order}HHI", tag, kind, count) + value.ljust(4, b"\0")

    def pointer(offset: int) -> bytes:
        return struct.pack(f"{order}I", offset)

    def rationals(values: Sequence[float]) -> bytes:
        return b"".join(struct.pack(f"{order}2I", round(value * 1000), 1000) for value in values)

    # Header (8), first directory (2 entries), EXIF directory (1), GPS directory (5), then the long values.
    exif_at, gps_at, values_at = 38, 56, 122
    first = struct.pack(f"{order}H", 2) + entry(0x8769, 4, 1, pointer(exif_at)) + entry(0x8825, 4, 1, pointer(gps_at))
    exif = struct.pack(f"{order}H", 1) + entry(0x9003, 2, 20, pointer(values_at))
    gps = struct.pack(f"{order}H", 5)
    gps += entry(1, 2, 2, b"S\0" if south_west else b"N\0") + entry(2, 5, 3, pointer(values_at + 20))
    gps += entry(3, 2, 2, b"W\0" if south_west else b"E\0") + entry(4, 5, 3, pointer(values_at + 44))
    gps += entry(17, 5, 1, pointer(values_at + 68))
    head = (b"II*\0" if order == "<" else b"MM\0*") + pointer(8)
    tiff = head + first + bytes(4) + exif + bytes(4) + gps + bytes(4)
    assert len(tiff) == values_at
    tiff += taken.encode() + b"\0" + rationals(lat) + rationals(lon) + rationals([270.5])
    segment = b"Exif\0\0" + tiff
    return b"\xff\xd8\xff\xe0\x00\x04JF\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + b"\xff\xd9"

"""Photographs with a position: JPEG, the place and time that the camera wrote into it (EXIF 2.32).

The picture itself is not decoded here (:mod:`gis.pictures` does that); for a reader of rows a photograph is a point
with a name, a time and a direction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import shapely

from gis import crs
from gis.exif import Photo, exif_of_jpeg, photo_of
from gis.problems import Problem
from gis.readers.rows import Row, batches_of
from gis.readers.source import LayerInfo, ReadSource, fail, printable, sample_of

__all__ = ["COLUMNS", "Photo", "read_photo", "read_photos"]

COLUMNS = ("photo", "taken_at", "direction_degrees", "altitude_m")


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
    with path.open("rb") as file:
        if file.read(2) != b"\xff\xd8":
            raise fail("file_damaged", reason="no JPEG")
        return photo_of(exif_of_jpeg(file))

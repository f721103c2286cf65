"""What the file does not say and its content tells: the coordinate system, and how sure the encoding is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from gis import crs
from gis.problems import Problem
from gis.readers.source import ReadSource

SAMPLE = 500
WORDS_SHOWN = 3
SURE, PROBABLE, GUESSED = 0.99, 0.8, 0.5
# The same numbers read as WGS 84 and as Indian 1975 lie 450 m apart: a territory cannot tell them from each other.
_CLEAR_LEAD = 0.3
# So many rows in the territory, and such a part of the file, are no accident.
_FEW_ROWS, _FEW_SHARE = 2, 0.25
_THAI = re.compile("[ก-๛]")


@dataclass(frozen=True)
class Reference:
    """The coordinate system that is used.

    Parameters
    ----------
    epsg
        ``None`` when nothing fits.
    confidence
        Below 0.8 a person is asked to confirm.
    source
        ``asked``, ``file`` or ``place`` (where the shapes fall).
    inside, looked_at
        Shapes of the first rows that fall into the territory, of how many.
    """

    epsg: int | None
    candidates: tuple[int, ...]
    confidence: float
    source: str
    inside: int | None = None
    looked_at: int | None = None
    problems: tuple[Problem, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "epsg": self.epsg,
            "candidates": list(self.candidates),
            "confidence": self.confidence,
            "source": self.source,
            "inside": self.inside,
            "looked_at": self.looked_at,
        }


def find_reference(source: ReadSource, asked: int | None, wkb: pa.Array, territory: BaseGeometry | None) -> Reference:
    """The file's word or the person's, else the candidate whose shapes fall into the organisation's territory.

    Parameters
    ----------
    wkb
        Shapes of the first rows, in the numbers of the file.
    """
    if source.epsg is not None:
        by = "asked" if asked is not None else "file"
        doubted = any(problem.code == "crs_contradicts_numbers" for problem in source.problems)
        return Reference(source.epsg, source.crs_candidates, GUESSED if doubted else SURE, by)
    shapes = shapely.from_wkb(wkb.drop_null()[:SAMPLE].to_numpy(zero_copy_only=False), on_invalid="ignore")
    shapes = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if not len(shapes):
        return Reference(None, (), SURE, "file")
    if not source.crs_candidates:
        found = _by_territory(source, shapes, territory)
        if found is not None:
            return found
        foreign = [p for p in source.problems if p.code == "crs_unsupported"]
        name = foreign[0].values if foreign else {}
        code = "crs_needed_foreign" if foreign else "crs_needed"
        return Reference(None, (), 0.0, "place", problems=(Problem(code, where={"field": "geometry"}, values=name),))
    if territory is None:
        return Reference(source.crs_candidates[0], source.crs_candidates, GUESSED, "place")
    shares = [_inside(shapes, epsg, territory) for epsg in source.crs_candidates]
    best = int(np.argmax(shares))
    others = [share for n, share in enumerate(shares) if n != best]
    clear = shares[best] > 0 and all(shares[best] - share >= _CLEAR_LEAD for share in others)
    return Reference(
        source.crs_candidates[best],
        source.crs_candidates,
        PROBABLE if clear else GUESSED,
        "place",
        round(shares[best] * len(shapes)),
        len(shapes),
    )


def _by_territory(source: ReadSource, shapes: Any, territory: BaseGeometry | None) -> Reference | None:
    """The system in which a part of the rows lies in the territory, where the rest fits none at all.

    Numbers do not fall into some kilometres of the country by chance: a few that do tell the system, and the others
    have problems of their own. A system that the file names and that is not ours is never guessed away.
    """
    if territory is None or any(problem.code == "crs_unsupported" for problem in source.problems):
        return None
    shares = {epsg: _inside(shapes, epsg, territory) for epsg in crs.OPERATIONS}
    best = max(shares, key=lambda epsg: shares[epsg])
    inside = round(shares[best] * len(shapes))
    if inside < _FEW_ROWS or shares[best] < _FEW_SHARE:
        return None
    alike = tuple(epsg for epsg, share in shares.items() if share == shares[best])
    said = Problem("crs_of_some_rows", "warning", values={"count": inside, "total": len(shapes)})
    return Reference(best, alike, GUESSED, "place", inside, len(shapes), (said,))


def _inside(shapes: Any, epsg: int, territory: BaseGeometry) -> float:
    """Share of the shapes that touch the territory when their numbers are read as ``epsg``."""
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 0.0
    lon_lat = crs.to_wgs84(points, epsg)[0]
    good = np.isfinite(lon_lat).all(axis=1)
    shapely.prepare(territory)
    return float(shapely.contains_xy(territory, lon_lat[good][:, 0], lon_lat[good][:, 1]).sum() / len(points))


def describe_encoding(source: ReadSource) -> dict[str, Any]:
    """How sure the encoding is, with words of the file to judge it by."""
    guess = source.encoding_guess
    if guess is None:
        words = [word for row in source.sample for value in row.values() for word in _thai_words(value)]
        return {"confidence": 1.0, "samples": list(dict.fromkeys(words))[:WORDS_SHOWN]}
    words = guess.words.get(guess.encoding, [])
    readable = not words or any(_THAI.search(word) for word in words)
    sure = readable and (not guess.stated or guess.stated.lower() == guess.encoding.lower() or len(guess.words) == 1)
    return {"confidence": SURE if sure else GUESSED, "samples": words[:WORDS_SHOWN]}


def _thai_words(value: Any) -> list[str]:
    return [word for word in value.split() if _THAI.search(word)][:1] if isinstance(value, str) else []

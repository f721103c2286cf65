"""A project's geometry as 1..n simple segments: splitting what comes in, joining what goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

GeometryArray = npt.NDArray[Any]

POINT, LINE, RING, POLYGON = 0, 1, 2, 3


def split(geometry: BaseGeometry | None) -> list[BaseGeometry]:
    """Simple 2D parts of a geometry in order, collections within collections included; nothing for None.

    An empty geometry stays one empty part, so that a check can say that it is empty.

    Examples
    --------
    >>> from shapely import MultiPoint
    >>> split(MultiPoint([(102, 15), (103, 16)]))
    [<POINT (102 15)>, <POINT (103 16)>]
    """
    if geometry is None:
        return []
    if geometry.is_empty:
        return [geometry]
    array = np.empty(1, dtype=object)
    array[0] = shapely.force_2d(geometry)
    return list(explode(array)[0])


def join(segments: Sequence[BaseGeometry]) -> BaseGeometry:
    """The segment itself when there is one, else a collection of them in order.

    Examples
    --------
    >>> from shapely import Point
    >>> join([Point(102, 15)]), join([Point(102, 15), Point(103, 16)])
    (<POINT (102 15)>, <GEOMETRYCOLLECTION (POINT (102 15), POINT (103 16))>)
    """
    if len(segments) == 1:
        return segments[0]
    return shapely.GeometryCollection(list(segments))


def explode(geometries: GeometryArray) -> tuple[GeometryArray, npt.NDArray[np.intp]]:
    """All simple parts of an array, and for each the index of the geometry that it belongs to.

    None and empty collections give no part; an empty simple geometry gives itself.
    """
    parts = np.asarray(geometries, dtype=object)
    owner = np.arange(len(parts), dtype=np.intp)
    present = ~shapely.is_missing(parts)
    parts, owner = parts[present], owner[present]
    while (shapely.get_type_id(parts) > POLYGON).any():
        parts, index = shapely.get_parts(parts, return_index=True)
        owner = owner[index]
    return parts, owner

"""Extents of floods and other hazards: out of a raster where its values reach a limit, or out of a file of polygons."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import shapely
import sqlalchemy as sa
from rasterio import features
from rasterio.windows import Window
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from app.models.raster import HazardExtent
from app.queries.rasters import RasterRow
from app.services.attachment_files import shown_name
from app.services.rasters import check_may_load, found_raster
from gis import crs, readers
from gis.problems import Problem
from gis.rasters.placing import pinned, shapes_to_lonlat
from gis.rasters.reading import open_raster, read_valid
from gis.readers.source import GEOMETRY
from gis.thai import normalise

MOST_PIXELS = 100_000_000
"""Of a raster that is outlined; its windows are read one after the other."""
MOST_OUTLINES = 100_000
"""Outlines of one extent: a small file of noise has millions, and each is a shape to be kept."""
MOST_FILE_BYTES, MOST_CORNERS = 50 << 20, 400_000
"""Of a file of polygons, which is read and joined while somebody waits: some seconds."""
_WINDOW = 2_048
_VERTICES = 256
"""Most corners of a stored piece: an index cannot tell a large shape's parts apart."""
_BATCH = 2_000
_TITLE_LENGTH = 200


@dataclass(frozen=True)
class ExtentForm:
    """What a person says of an extent."""

    title: str
    organisation_code: str | None = None
    open_to_all: bool = False
    source: str | None = None
    as_of: date | None = None


def extent_of_raster(
    session: Session, actor: Actor, raster_name: str, threshold: float, form: ExtentForm, folder: Path
) -> str:
    """The ground where a raster's values are ``threshold`` or more; its name.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As of the raster; not allowed.
    InvalidInput
        ``extent_empty``, ``extent_too_large``, ``extent_too_many_parts``, or what is wrong with the form.
    """
    row = raster_to_outline(session, actor, raster_name, form)
    return keep_outlines(session, actor, row, threshold, form, outlines(folder / f"{row.stored_name}.tif", threshold))


def raster_to_outline(session: Session, actor: Actor, raster_name: str, form: ExtentForm) -> RasterRow:
    """The raster of an extent that is wanted, when there may be one.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As of the raster; not allowed.
    InvalidInput
        ``extent_too_large``, ``extent_outside_thailand``, or what is wrong with the form.
    """
    check_may_load(session, actor, form.organisation_code, open_to_all=form.open_to_all)
    _check(form)
    row = found_raster(session, actor, raster_name)
    pixels = row.facts.width * row.facts.height if row.facts else 0
    if pixels > MOST_PIXELS:
        raise InvalidInput([Problem("extent_too_large", values={"count": pixels, "limit": MOST_PIXELS})])
    if row.facts and not crs.meets_thailand(row.facts.bounds):
        raise InvalidInput([Problem("extent_outside_thailand", where={"field": "raster"})])
    return row


def keep_outlines(
    session: Session,
    actor: Actor,
    row: RasterRow,
    threshold: float,
    form: ExtentForm,
    shapes: Iterable[BaseGeometry],
    name: str = "",
) -> str:
    """Write down the extent of a raster's :func:`outlines`; its name.

    Raises
    ------
    InvalidInput
        ``extent_empty``.
    """
    extent = _new(session, actor, form, name=name, raster_id=row.id, threshold=threshold)
    _keep_parts(session, extent, shapes, apart=True)
    return extent.name


def extent_of_file(
    session: Session, actor: Actor, path: Path, file_name: str, form: ExtentForm, *, epsg: int | None = None
) -> str:
    """The ground of the polygons of a file that the import reads; its name.

    Raises
    ------
    Forbidden
        Not allowed.
    InvalidInput
        The file cannot be read or does not tell its coordinate system; ``extent_file_too_large``,
        ``extent_too_many_corners``, ``extent_outside_thailand``, ``extent_empty``; the form.
    """
    check_may_load(session, actor, form.organisation_code, open_to_all=form.open_to_all)
    _check(form)
    size = path.stat().st_size
    if size > MOST_FILE_BYTES:
        values = {"size_mb": round(size / (1 << 20), 1), "limit_mb": MOST_FILE_BYTES >> 20}
        raise InvalidInput([Problem("extent_file_too_large", where={"field": "file"}, values=values)])
    extent = _new(session, actor, form, file_name=shown_name(file_name))
    with readers.open_source(path, epsg=epsg, name=file_name) as source:
        if source.errors:
            raise InvalidInput(source.errors)
        if source.epsg is None:
            raise InvalidInput([problem for problem in source.problems if problem.code.startswith("crs_")])
        try:
            _keep_parts(session, extent, _areas(source, source.epsg), apart=False)
        except readers.ReadError as error:
            raise InvalidInput([error.problem]) from error
    return extent.name


def outlines(
    path: Path, threshold: float, told: Callable[[float], None] = lambda _share: None
) -> Iterator[BaseGeometry]:
    """Polygons (EPSG:4326) around the pixels whose value is ``threshold`` or more, window by window.

    ``told`` hears how much of the raster was read (0 to 1).

    Raises
    ------
    InvalidInput
        ``extent_too_many_parts``.
    """
    count = 0
    with open_raster(path) as dataset:
        system = pinned(dataset.crs).to_wkt()
        for top in range(0, dataset.height, _WINDOW):
            for left in range(0, dataset.width, _WINDOW):
                width, height = min(_WINDOW, dataset.width - left), min(_WINDOW, dataset.height - top)
                values = read_valid(dataset, 1, Window(left, top, width, height))
                with np.errstate(invalid="ignore"):
                    wet = values >= threshold
                lie = dataset.transform @ dataset.transform.translation(left, top)
                found = features.shapes(wet.astype("uint8"), mask=wet, connectivity=4, transform=lie)
                parts = [shape(part) for part, _ in islice(found, MOST_OUTLINES + 1 - count)]
                count += len(parts)
                if count > MOST_OUTLINES:
                    limit = {"limit": MOST_OUTLINES}
                    raise InvalidInput([Problem("extent_too_many_parts", where={"field": "raster"}, values=limit)])
                yield from shapes_to_lonlat(np.array(parts, dtype=object), system)
                told((top * dataset.width + (left + width) * height) / (dataset.width * dataset.height))


def _areas(source: readers.ReadSource, epsg: int) -> Iterator[BaseGeometry]:
    """Areas of a file in degrees, those that meet Thailand.

    Raises
    ------
    InvalidInput
        ``extent_too_many_corners``; ``extent_outside_thailand``: there are areas, and none of them lies here.
    """
    corners, outside, inside = 0, 0, 0
    for batch in source.batches():
        shapes = shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False), on_invalid="ignore")
        placed, _ = crs.to_wgs84(np.asarray(shapes, dtype=object), epsg)
        areas = [each for each in placed if each is not None and shapely.get_dimensions(each) == 2]
        corners += int(shapely.get_num_coordinates(np.array(areas, dtype=object)).sum()) if areas else 0
        if corners > MOST_CORNERS:
            limit = {"limit": MOST_CORNERS}
            raise InvalidInput([Problem("extent_too_many_corners", where={"field": "file"}, values=limit)])
        here = [each for each in areas if crs.meets_thailand(each.bounds)]
        inside, outside = inside + len(here), outside + len(areas) - len(here)
        yield from here
    if outside and not inside:
        raise InvalidInput([Problem("extent_outside_thailand", where={"field": "file"})])


def _check(form: ExtentForm) -> None:
    problems = []
    if not form.title.strip():
        problems.append(Problem("raster_title_needed", where={"field": "title"}))
    if len(form.title) > _TITLE_LENGTH:
        problems.append(Problem("raster_title_too_long", where={"field": "title"}))
    if problems:
        raise InvalidInput(problems)


def _new(
    session: Session,
    actor: Actor,
    form: ExtentForm,
    *,
    name: str = "",
    raster_id: int | None = None,
    threshold: float | None = None,
    file_name: str | None = None,
) -> HazardExtent:
    extent = HazardExtent(
        name=name or f"extent-{secrets.token_hex(5)}",
        title_th=normalise(form.title),
        raster_id=raster_id,
        threshold=threshold,
        file_name=file_name,
        organisation_code=form.organisation_code,
        open_to_all=form.open_to_all,
        source=form.source,
        as_of=form.as_of,
        area_m2=0.0,
        created_by=actor.user_id,
        created_by_name=actor.display_name,
    )
    session.add(extent)
    session.flush()
    return extent


# Pieces that may lie over each other are joined first: ground counts once. Those of a raster never do.
_CUT = """
WITH joined AS (
    SELECT {joined} AS geom FROM extent_given
), cut AS (
    SELECT (ST_Dump(ST_CollectionExtract(ST_Subdivide(geom, :vertices), 3))).geom AS geom FROM joined
), kept AS (
    INSERT INTO hazard_extent_part (hazard_extent_id, seq, geom)
    SELECT :extent, row_number() OVER (), ST_Transform(geom, 3857) FROM cut WHERE NOT ST_IsEmpty(geom)
    RETURNING geom
)
UPDATE hazard_extent SET area_m2 = (
    SELECT coalesce(sum(ST_Area(ST_Transform(geom, 4326)::geography)), 0) FROM kept
) WHERE id = :extent RETURNING area_m2
"""


def _keep_parts(session: Session, extent: HazardExtent, shapes: Iterable[BaseGeometry], *, apart: bool) -> None:
    session.execute(sa.text("CREATE TEMPORARY TABLE extent_given (geom geometry(Geometry, 4326)) ON COMMIT DROP"))
    insert = sa.text("INSERT INTO extent_given SELECT ST_MakeValid(ST_SetSRID(ST_GeomFromWKB(:wkb), 4326))")
    waiting: list[dict[str, bytes]] = []
    for each in shapes:
        waiting.append({"wkb": shapely.to_wkb(shapely.force_2d(each))})
        if len(waiting) >= _BATCH:
            session.execute(insert, waiting)
            waiting = []
    if waiting:
        session.execute(insert, waiting)
    joined = "geom" if apart else "ST_UnaryUnion(ST_Collect(geom))"
    area = session.scalar(sa.text(_CUT.format(joined=joined)), {"extent": extent.id, "vertices": _VERTICES})
    session.execute(sa.text("DROP TABLE extent_given"))
    if not area:
        raise InvalidInput([Problem("extent_empty", where={"field": "file" if extent.file_name else "threshold"})])
    session.expire(extent)


def remove_extent(session: Session, actor: Actor, name: str) -> None:
    """Take an extent away; its row and the log tell that it was there.

    Raises
    ------
    NotFound, Forbidden
        No such extent; not allowed.
    """
    extent = session.scalars(sa.select(HazardExtent).where(HazardExtent.name == name).with_for_update()).one_or_none()
    if extent is None:
        raise NotFound("extent_not_found", {"extent": name[:60]})
    if extent.organisation_code is None:
        policy.require(actor, policy.REFERENCE_LOAD, policy.NATION)
    else:
        check_may_load(session, actor, extent.organisation_code)
    if extent.removed_at is not None:
        return  # sent twice: it is gone already
    extent.removed_at, extent.removed_by_name = sa.func.now(), actor.display_name
    session.flush()

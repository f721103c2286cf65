"""A stranger's GeoTIFF made into a Cloud Optimized GeoTIFF of ours; runs in the confined process."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from gis.crs import candidates, meets_thailand
from gis.problems import Problem
from gis.rasters.facts import BandFacts, CrsUnknown, RasterError, RasterFacts, edges_text
from gis.rasters.limits import RasterLimits
from gis.rasters.placing import laid_north_up, pinned, to_lonlat
from gis.rasters.reading import BLOCK, ENVIRONMENT, cell_size_m, read_valid

_MOST_CLASSES = 24
_COLOURS = (ColorInterp.palette, ColorInterp.red, ColorInterp.green, ColorInterp.blue)
_SAMPLE = 1_000
_PASS = 4 * BLOCK
"""Side of the windows in which every pixel is looked at once."""
# Shares of the work: writing is most of it.
_OPENED, _WRITTEN = 0.05, 0.7
# Broken files surface as any of these, depending on which part of the library stumbles.
_BROKEN = (RasterioError, CPLE_BaseError, OSError, ValueError, AttributeError, ArithmeticError, SystemError)


def take_in(
    path: Path,
    made: Path,
    *,
    epsg: int | None,
    limits: RasterLimits,
    heights: bool = False,
    told: Callable[[float], None] = lambda _share: None,
) -> RasterFacts:
    """Check a GeoTIFF, write it anew to ``made`` with pyramids, and look at every pixel of the result once.

    Values, coordinate system and pixels stay as they are; a raster that is turned or upside down is laid north up,
    each new pixel taking the value of the old one under its middle. ``told`` hears how much is done.
    ``heights``: the numbers are meant to be heights, which a picture in colours has none of.

    Raises
    ------
    RasterError
        Why it cannot be used; :class:`~gis.rasters.facts.CrsUnknown` asks where it lies.
    """
    import warnings

    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    with rasterio.Env(**ENVIRONMENT, GDAL_NUM_THREADS="1"):
        try:
            with _opened(path, epsg, limits, heights=heights) as (source, found):
                told(_OPENED)
                _write(source, made)
                told(_WRITTEN)
        except _BROKEN as error:
            if isinstance(error, RasterError):
                raise
            raise RasterError("raster_damaged", reason=_reason(error, path)) from error
        with rasterio.open(made, driver="GTiff") as dataset:
            return _facts(dataset, found, told)


@dataclass(frozen=True)
class _Found:
    warnings: tuple[Problem, ...]
    descriptions: tuple[str, ...]
    data_bands: int
    scales: tuple[float, ...]
    offsets: tuple[float, ...]


@contextmanager
def _opened(path: Path, epsg: int | None, limits: RasterLimits, *, heights: bool) -> Iterator[tuple[Any, _Found]]:
    """The raster as it will be kept: with its coordinate system, north up, nothing where there is nothing."""
    with ExitStack() as stack:
        given = stack.enter_context(_open_given(path))
        _refuse_size(given, limits)
        if heights:
            _refuse_colours(given)
        warnings: list[Problem] = []
        control_points, control_crs = given.gcps
        laid_by_points = bool(control_points) and given.transform == Affine.identity()
        if given.transform == Affine.identity() and not laid_by_points:
            raise RasterError("raster_without_place")
        crs = _crs(given, control_crs if laid_by_points else given.crs, epsg)
        nodata = given.nodata
        options: dict[str, Any] = {}
        wrapped = given.crs is None or crs != given.crs
        if nodata is None and given.dtypes[0].startswith("float") and not _has_alpha(given):
            options |= {"src_nodata": math.nan, "nodata": math.nan}
            wrapped = True
        if laid_by_points:
            warnings.append(Problem("raster_turned", "warning", where={"field": "file"}))
            wrapped = True
        elif turned := _turned(given):
            options |= turned
            warnings.append(Problem("raster_turned", "warning", where={"field": "file"}))
            wrapped = True
        if wrapped and "nodata" not in options and nodata is None and not _has_alpha(given):
            options["add_alpha"] = True
        alpha = sum(each is ColorInterp.alpha for each in given.colorinterp)
        described = tuple((text or "")[:100] for text in given.descriptions)
        source = stack.enter_context(laid_north_up(given, crs, **options)) if wrapped else given
        yield source, _Found(tuple(warnings), described, given.count - alpha, given.scales, given.offsets)


def _open_given(path: Path) -> Any:
    try:
        return rasterio.open(path, driver="GTiff")
    except _BROKEN as error:
        raise RasterError("raster_not_geotiff") from error


def _refuse_size(given: Any, limits: RasterLimits) -> None:
    values = given.width * given.height * given.count
    if given.count > limits.bands:
        raise RasterError("raster_too_many_bands", count=given.count, limit=limits.bands)
    if values > limits.values:
        raise RasterError("raster_too_large", count=values, limit=limits.values)
    if any(kind.startswith("complex") for kind in given.dtypes):
        raise RasterError("raster_complex_numbers")


def _refuse_colours(given: Any) -> None:
    """Heights are one number a pixel: shades of red are none, and hills made of them are nowhere."""
    count = sum(each is not ColorInterp.alpha for each in given.colorinterp)
    if count > 1 or given.colorinterp[0] in _COLOURS:
        raise RasterError("raster_no_heights", count=count)


def _crs(given: Any, stated: CRS | None, epsg: int | None) -> CRS:
    if epsg is not None:
        try:
            return CRS.from_epsg(epsg)
        except CRSError as error:
            raise RasterError("raster_crs_unknown", epsg=epsg) from error
    if stated is None or not stated.to_wkt() or stated.to_wkt().startswith(("LOCAL_CS", "ENGCRS")):
        edges = _edges(given)
        raise CrsUnknown(tuple(candidates(edges)), edges)
    return stated


def _edges(given: Any) -> tuple[float, float, float, float]:
    """Least and greatest x and y of the corners, in units of the file."""
    corners = [given.transform @ corner for corner in _corners(given)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _corners(given: Any) -> Sequence[tuple[float, float]]:
    return (0, 0), (given.width, 0), (0, given.height), (given.width, given.height)


def _turned(given: Any) -> dict[str, Any]:
    """How to lay a raster north up that is not; nothing for one that is."""
    lie = given.transform
    if not lie.b and not lie.d and lie.a > 0 and lie.e < 0:
        return {}
    west, south, east, north = _edges(given)
    if not lie.b and not lie.d:
        across, down, width, height = abs(lie.a), abs(lie.e), given.width, given.height
    else:
        across = down = math.sqrt(abs(lie.determinant))
        width, height = math.ceil((east - west) / across), math.ceil((north - south) / down)
    # The position of the source is what it always was; only the grid that it is laid on is new.
    return {"transform": Affine(across, 0, west, 0, -down, north), "width": width, "height": height}


def _has_alpha(given: Any) -> bool:
    flags = {flag for band in given.mask_flag_enums for flag in band}
    return bool(flags & {MaskFlags.alpha, MaskFlags.per_dataset})


def _write(source: Any, made: Path) -> None:
    kind = source.dtypes[0]
    palette = source.colorinterp[0] is ColorInterp.palette
    rasterio.shutil.copy(
        source,
        made,
        driver="COG",
        COMPRESS="DEFLATE",
        PREDICTOR="YES" if not palette and kind != "int8" else "NO",
        BLOCKSIZE=str(BLOCK),
        OVERVIEWS="IGNORE_EXISTING",
        # A mean of heights is a height; a mean of two classes is a third one that is not there.
        OVERVIEW_RESAMPLING="NEAREST" if palette else "AVERAGE",
        BIGTIFF="IF_SAFER",
        NUM_THREADS="1",
    )


def _facts(dataset: Any, found: _Found, told: Callable[[float], None]) -> RasterFacts:
    bounds = _bounds(dataset)
    parts = found.data_bands * math.ceil(dataset.width / _PASS) * math.ceil(dataset.height / _PASS)
    shares = iter(np.linspace(_WRITTEN, 1, parts + 1)[1:].tolist())
    read = [
        _band(dataset, number, found.descriptions[number - 1], lambda: told(next(shares)))
        for number in range(1, found.data_bands + 1)
    ]
    bands = tuple(facts for facts, _ in read)
    if not any(band.valid for band in bands):
        raise RasterError("raster_all_nodata", nodata=_text(dataset.nodata) or "–")
    warnings = list(found.warnings)
    n = found.data_bands
    if (dataset.scales[:n], dataset.offsets[:n]) != (found.scales[:n], found.offsets[:n]):
        # What lays a raster north up forgets them.
        values = {"scale": found.scales[0], "offset": found.offsets[0]}
        warnings.append(Problem("raster_scaled", "warning", where={"field": "file"}, values=values))
    if not meets_thailand(bounds):
        warnings.append(_outside(dataset, bounds))
    try:
        epsg = dataset.crs.to_epsg()
    except CRSError:
        epsg = None
    middle = dataset.transform @ (dataset.width / 2, dataset.height / 2)
    across, down = cell_size_m(dataset, dataset.transform, *middle)
    pixel_m = math.sqrt(across * down)
    # A pixel that is a millimetre, or wider than the earth, is a slip of the head: nothing is measured in it.
    if not 1e-3 <= pixel_m < math.inf:
        raise RasterError("raster_outside_the_earth")
    return RasterFacts(
        width=dataset.width,
        height=dataset.height,
        data_type=dataset.dtypes[0],
        bands=bands,
        crs=dataset.crs.to_wkt(),
        epsg=epsg,
        pixel_x=abs(dataset.transform.a),
        pixel_y=abs(dataset.transform.e),
        pixel_m=round(pixel_m, 3),
        bounds=bounds,
        nodata=_text(dataset.nodata),
        # A photograph with few colours is still one.
        classes=tuple(sorted(int(value) for value in read[0][1])) if len(bands) == 1 else (),
        palette=_palette(dataset),
        warnings=tuple(warnings),
    )


def _band(
    dataset: Any, number: int, description: str, looked: Callable[[], None]
) -> tuple[BandFacts, frozenset[float]]:
    """Facts of a band, and its different values while they are few; empty when they are more."""
    least, most, total, valid = math.inf, -math.inf, 0.0, 0
    every = max(1, math.ceil(math.sqrt(dataset.width * dataset.height) / _SAMPLE))
    sampled, different = [], set[float]()
    few = np.issubdtype(np.dtype(dataset.dtypes[number - 1]), np.integer)
    for top in range(0, dataset.height, _PASS):
        for left in range(0, dataset.width, _PASS):
            window = Window(left, top, min(_PASS, dataset.width - left), min(_PASS, dataset.height - top))
            values = read_valid(dataset, number, window)
            known = values[np.isfinite(values)]
            if known.size:
                least, most = min(least, float(known.min())), max(most, float(known.max()))
                total, valid = total + float(known.sum()), valid + int(known.size)
            thinned = values[::every, ::every]
            sampled.append(thinned[np.isfinite(thinned)])
            if few:
                different |= set(np.unique(known).tolist())
                few = len(different) <= _MOST_CLASSES
            looked()
    if not valid:
        return BandFacts(None, None, None, None, None, 0, description), frozenset()
    sample = np.concatenate(sampled)
    low, high = (float(edge) for edge in np.percentile(sample, (2, 98))) if sample.size else (least, most)
    # Sums and percentiles of the largest numbers that there are run over.
    facts = BandFacts(least, most, _finite(total / valid), _finite(low), _finite(high), valid, description)
    return facts, frozenset(different) if few else frozenset()


def _outside(dataset: Any, bounds: tuple[float, float, float, float]) -> Problem:
    """Where it lies, and the systems under which its numbers would lie in Thailand: one was taken for another."""
    edges = tuple(dataset.bounds)
    west, south, east, north = bounds
    values = {
        "lon": round((west + east) / 2, 4),
        "lat": round((south + north) / 2, 4),
        "bounds": edges_text(edges),
        "candidates": list(candidates(edges)),
    }
    return Problem("raster_outside_thailand", "warning", where={"field": "file"}, values=values)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _palette(dataset: Any) -> dict[str, str]:
    if dataset.colorinterp[0] is not ColorInterp.palette:
        return {}
    colours = dataset.colormap(1)
    return {str(value): "#{:02x}{:02x}{:02x}".format(*rgba[:3]) for value, rgba in colours.items() if rgba[3]}


def _bounds(dataset: Any) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees: of points along the edges and across, those that lie on the earth."""
    columns, rows = np.meshgrid(np.linspace(0, dataset.width, 21), np.linspace(0, dataset.height, 21))
    x, y = dataset.transform @ (columns.ravel(), rows.ravel())
    lon, lat = to_lonlat(x, y, pinned(dataset.crs).to_wkt())
    sound = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180.01) & (np.abs(lat) <= 90.01)
    if not sound.any():
        raise RasterError("raster_outside_the_earth")
    lon, lat = np.clip(lon[sound], -180, 180), np.clip(lat[sound], -90, 90)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _text(nodata: float | None) -> str:
    return "" if nodata is None else f"{nodata:.10g}"


def _reason(error: Exception, path: Path) -> str:
    cause = error.__cause__ or error
    # The name that we gave the file tells a person nothing.
    return str(cause).replace(f"{path.name}, ", "")[-200:] or type(error).__name__

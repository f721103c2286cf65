"""Shapefiles, GeoPackages and GeoJSON through GDAL, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from gis.problems import Problem
from gis.readers.source import (
    BATCH_ROWS,
    GEOMETRY,
    EncodingGuess,
    LayerInfo,
    ReadSource,
    choose_layer,
    decide_crs,
    fail,
    finished,
    safe_columns,
    sample_of,
    shapes_of,
    unreadable,
)
from gis.readers.stated import NOTHING, stated_crs

_GDAL_ERRORS = (
    CRSError,
    DataLayerError,
    DataSourceError,
    FeatureError,
    FieldError,
    GeometryError,
    pa.ArrowException,
    UnicodeDecodeError,
    RuntimeError,
    ValueError,
    IndexError,  # a file without a layer
)
_FLAT_TYPES = frozenset(
    ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
)
# Opened so, every byte of a text comes out as one character, to be decoded here.
_BYTE_FOR_BYTE = "ISO-8859-1"


class GdalTable:
    """One layer of a file, read as a stream.

    Parameters
    ----------
    path, layer
        What to open.
    encoding
        Encoding that GDAL should decode from; None for formats that know their own.
    decode
        When given, GDAL hands bytes through and this turns them into text: for UTF-8 that was cut within a letter,
        which GDAL would pass on broken.
    where, columns
        Condition on the features in GDAL's words, and the attributes to read; None for all.
    """

    def __init__(
        self,
        path: Path,
        layer: str | None,
        encoding: str | None = None,
        decode: Callable[[bytes], str] | None = None,
        *,
        where: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> None:
        self.path = path
        self.layer = layer
        self.encoding = _BYTE_FOR_BYTE if decode else encoding
        self.decode = decode
        self.where = where
        self.wanted = columns
        self.meta: dict[str, Any] = {}
        self._started: Iterator[pa.RecordBatch] | None = None
        self.first: pa.RecordBatch | None = None

    def start(self) -> None:
        """Open the layer and read its first batch.

        Raises
        ------
        ReadError
            ``file_damaged`` when GDAL cannot.
        """
        self._started = self._read()
        self.first = next(self._started, None)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All batches; the first call goes on from :meth:`start`, later ones read the file again."""
        started, self._started = self._started, None
        if started is None:
            yield from self._read()
            return
        if self.first is not None:
            yield self.first
        yield from started

    def _read(self) -> Iterator[pa.RecordBatch]:
        try:
            with pyogrio.raw.open_arrow(
                self.path,
                layer=self.layer,
                encoding=self.encoding,
                batch_size=BATCH_ROWS,
                where=self.where,
                columns=self.wanted,
                use_pyarrow=True,
                datetime_as_string=True,
            ) as (meta, reader):
                self.meta = dict(meta)
                geometry = meta["geometry_name"] or "wkb_geometry"
                flat = meta["geometry_type"] in _FLAT_TYPES
                names = safe_columns([self._text(name) for name in meta["fields"]])
                row = 1
                for batch in reader:
                    plain = self._plain(batch, geometry)
                    yield finished(plain if flat else _flattened(plain), names, row)
                    row += batch.num_rows
        except _GDAL_ERRORS as error:
            raise fail("file_damaged", reason=str(error)) from error

    @property
    def columns(self) -> tuple[str, ...]:
        """Attribute columns."""
        return tuple(safe_columns([self._text(name) for name in self.meta["fields"]]))

    def _text(self, name: str) -> str:
        return self.decode(name.encode("latin-1")) if self.decode else name

    def _plain(self, batch: pa.RecordBatch, geometry: str) -> pa.RecordBatch:
        columns, names = [], []
        for index, column in enumerate(batch.schema):
            values = batch.column(index)
            if pa.types.is_string(column.type):
                values = _valid(values) if self.decode is None else self._decoded(values)
            columns.append(values)
            names.append(GEOMETRY if column.name == geometry else f"c{index}")
        if GEOMETRY not in names:
            columns.append(pa.nulls(batch.num_rows, pa.binary()))
            names.append(GEOMETRY)
        return pa.RecordBatch.from_arrays(columns, names=names)

    def _decoded(self, values: pa.Array) -> pa.Array:
        decode = self.decode or (lambda raw: raw.decode())
        texts = (None if text is None else decode(text.encode("latin-1")) for text in values.to_pylist())
        return pa.array(list(texts), pa.string())


def _valid(texts: pa.Array) -> pa.Array:
    """The texts, with the replacement character where GDAL passed on bytes that are no UTF-8."""
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raw = texts.cast(pa.binary()).to_pylist()
        return pa.array([None if text is None else text.decode("utf-8", "replace") for text in raw], pa.string())
    return texts


def _flattened(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch without heights and measures."""
    index = batch.schema.get_field_index(GEOMETRY)
    shapes = shapely.from_wkb(batch.column(index).to_numpy(zero_copy_only=False), on_invalid="ignore")
    if not (shapely.has_z(shapes) | shapely.has_m(shapes)).any():
        return batch
    flat = pa.array(shapely.to_wkb(shapely.force_2d(shapes)), pa.binary())
    return batch.set_column(index, pa.field(GEOMETRY, pa.binary()), flat)


def read_geojson(path: Path, *, epsg: int | None) -> ReadSource:
    """GeoJSON: RFC 7946, and what is found in the wild - UTM numbers, the old crs member."""
    table = GdalTable(path, None)
    table.start()
    chosen, candidates, problems = decide_crs(epsg, stated_crs(table.meta.get("crs")), shapes_of(table.first))
    with path.open("rb") as file:
        if b'"crs"' in file.read(4096):
            problems.append(Problem("geojson_crs_found", "info", values={"crs": str(table.meta.get("crs"))[:80]}))
    return _source("geojson", table, (LayerInfo(path.stem),), path.stem, chosen, candidates, problems, None)


def read_flatgeobuf(path: Path, *, epsg: int | None) -> ReadSource:
    """FlatGeobuf, as our own export and other programs write it."""
    table = GdalTable(path, None)
    table.start()
    chosen, candidates, problems = decide_crs(epsg, stated_crs(table.meta.get("crs")), shapes_of(table.first))
    return _source("fgb", table, (LayerInfo(path.stem),), path.stem, chosen, candidates, problems, None)


def read_dxf(path: Path, *, epsg: int | None) -> ReadSource:
    """Lines of a drawing (LINE, LWPOLYLINE, POLYLINE, also closed ones), the layer that each lies on as an attribute.

    Texts, points, hatches and blocks are what engineers draw around the line: they are left out and said to be.
    """
    pyogrio.set_gdal_config_options({"DXF_INLINE_BLOCKS": "FALSE"})
    table = GdalTable(
        path,
        "entities",
        where="OGR_GEOMETRY LIKE '%LINESTRING%' AND PaperSpace IS NULL",
        columns=["Layer", "Linetype", "EntityHandle"],
    )
    table.start()
    chosen, candidates, problems = decide_crs(epsg, NOTHING, shapes_of(table.first))
    problems.append(Problem("dxf_lines_only", "info"))
    return _source("dxf", table, (LayerInfo(path.stem),), path.stem, chosen, candidates, problems, None)


def read_geopackage(path: Path, *, epsg: int | None, layer: str | None) -> ReadSource:
    """GeoPackage: every feature table is a layer."""
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        layers = tuple(LayerInfo(name, int(pyogrio.read_info(path, layer=name)["features"])) for name in names)
    except _GDAL_ERRORS as error:
        raise fail("file_damaged", reason=str(error)) from error
    if not layers:
        return unreadable("gpkg", Problem("file_without_features"))
    chosen_layer, problems = choose_layer(layers, layer)
    table = GdalTable(path, chosen_layer.name)
    table.start()
    chosen, candidates, crs_problems = decide_crs(epsg, stated_crs(table.meta.get("crs")), shapes_of(table.first))
    problems += crs_problems
    return _source("gpkg", table, layers, chosen_layer.name, chosen, candidates, problems, chosen_layer.feature_count)


def read_shapefile(
    path: Path, layers: tuple[LayerInfo, ...], layer: str, *, epsg: int | None, guess: EncodingGuess, broken_ends: bool
) -> ReadSource:
    """One shapefile of an unpacked zip; its parts lie beside it under one stem."""
    decode = (lambda raw: raw.decode("utf-8", "ignore")) if broken_ends and guess.encoding == "utf-8" else None
    table = GdalTable(path, None, guess.encoding.upper(), decode)
    try:
        info = pyogrio.read_info(path, encoding=table.encoding)
    except _GDAL_ERRORS as error:
        raise fail("file_damaged", reason=str(error)) from error
    table.start()
    chosen, candidates, problems = decide_crs(epsg, stated_crs(table.meta.get("crs")), shapes_of(table.first))
    return _source(
        "shp",
        table,
        layers,
        layer,
        chosen,
        candidates,
        problems,
        int(info["features"]),
        guess,
    )


def _source(
    format: str,
    table: GdalTable,
    layers: tuple[LayerInfo, ...],
    layer: str,
    epsg: int | None,
    candidates: tuple[int, ...],
    problems: list[Problem],
    feature_count: int | None,
    guess: EncodingGuess | None = None,
) -> ReadSource:
    if table.first is None:
        problems = [*problems, Problem("file_without_features")]
    return ReadSource(
        format,
        layers,
        layer,
        guess.encoding if guess else "utf-8",
        guess,
        epsg,
        candidates,
        table.columns,
        feature_count,
        sample_of(table.first),
        tuple(problems),
        table.batches,
    )

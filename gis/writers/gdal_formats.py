"""GeoPackage, FlatGeobuf and KML, written by GDAL's own drivers from a stream of batches."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gis import crs
from gis.writers.stream import GEOMETRY, Batches, Target, Written, whole_file, write_with_gdal
from gis.writers.styles import FAMILIES, put_style


def write_geopackage(batches: Iterable[pa.RecordBatch], target: Target) -> Written:
    """GeoPackage with a spatial index and the layer's style: every type and the full Thai text survive."""
    families: set[str] = set()
    source = Batches(_noting(batches, families), target.epsg)
    with whole_file(target.path) as partial:
        write_with_gdal(
            partial,
            source,
            target.schema,
            driver="GPKG",
            layer=target.layer_name,
            epsg=target.epsg,
            IDENTIFIER=target.title,
        )
        if target.epsg in crs.WITH_SHIFT:
            _define(partial, target.epsg)
        if target.style is not None:
            put_style(partial, target.layer_name, GEOMETRY, target.style, sorted(families))
    return Written(source.rows, target.path.stat().st_size)


# Type of a shape as its WKB says it (little-endian) -> type of symbol; whatever else there is may hold all of them.
_FAMILIES = {1: "Point", 2: "Line", 3: "Polygon", 4: "Point", 5: "Line", 6: "Polygon"}


def _noting(batches: Iterable[pa.RecordBatch], families: set[str]) -> Iterator[pa.RecordBatch]:
    """The batches as they are; which types of shape went by stands in ``families``."""
    for batch in batches:
        shapes = batch.column(batch.schema.get_field_index(GEOMETRY)).drop_null()
        for head in pc.unique(pc.binary_slice(shapes, 0, 5)).to_pylist():
            family = _FAMILIES.get(int.from_bytes(head[1:], "little" if head[0] else "big"))
            families.update((family,) if family else FAMILIES)
        yield batch


_DEFINE = """
    UPDATE gpkg_spatial_ref_sys
    SET srs_name = ?, organization = 'e-Plan', organization_coordsys_id = ?, definition = ?
    WHERE srs_id IN (SELECT srs_id FROM gpkg_geometry_columns)"""


def _define(path: Path, epsg: int) -> None:
    """Write the pinned definition under names of its own: to a datum that GDAL knows it puts no shift but its own."""
    definition = re.sub(r"\bIndian([ _])1975\b", r"Indian\g<1>1975\g<1>RTSD", crs.wkt_with_shift(epsg))
    name = definition.split('"')[1]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_DEFINE, (name, epsg, definition))


def write_flatgeobuf(batches: Iterable[pa.RecordBatch], target: Target) -> Written:
    """FlatGeobuf with its packed index."""
    source = Batches(batches, target.epsg)
    with whole_file(target.path) as partial:
        write_with_gdal(
            partial,
            source,
            target.schema,
            driver="FlatGeobuf",
            layer=target.layer_name,
            epsg=target.epsg,
            TITLE=target.title,
        )
    return Written(source.rows, target.path.stat().st_size)


def write_kml(batches: Iterable[pa.RecordBatch], target: Target) -> Written:
    """KML 2.2, always longitude/latitude; the column ``name`` is what Google Earth shows."""
    source = Batches(batches)
    options = {"NameField": "name"} if "name" in target.schema.names else {}
    with whole_file(target.path) as partial:
        write_with_gdal(
            partial,
            source,
            target.schema,
            driver="KML",
            layer=target.layer_name,
            epsg=crs.STORAGE_EPSG,
            dataset_options=options,
        )
    return Written(source.rows, target.path.stat().st_size)

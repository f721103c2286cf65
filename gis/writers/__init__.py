"""Files from a stream of arrow batches, one format a function, memory flat whatever the number of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from gis.writers.gdal_formats import write_flatgeobuf, write_geopackage, write_kml
from gis.writers.geojson import write_features, write_geojson
from gis.writers.parquet import write_geoparquet
from gis.writers.shapefile import write_shapefile_zip
from gis.writers.stream import Target, Written
from gis.writers.styles import LayerStyle
from gis.writers.tables import write_csv, write_xlsx

__all__ = ["FILE_ENDINGS", "FORMATS", "MEDIA_TYPES", "Target", "Written", "write", "write_features"]

FORMATS: Mapping[str, Callable[[Iterable[pa.RecordBatch], Target], Written]] = MappingProxyType(
    {
        "geojson": write_geojson,
        "gpkg": write_geopackage,
        "shp": write_shapefile_zip,
        "kml": write_kml,
        "csv": write_csv,
        "xlsx": write_xlsx,
        "fgb": write_flatgeobuf,
        "parquet": write_geoparquet,
    }
)
# Ending of the file -> format; a shapefile always travels as a zip.
FILE_ENDINGS: Mapping[str, str] = MappingProxyType(
    {f".{name}": name for name in FORMATS if name != "shp"} | {".zip": "shp", ".json": "geojson"}
)
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "geojson": "application/geo+json",
        "gpkg": "application/geopackage+sqlite3",
        "shp": "application/zip",
        "kml": "application/vnd.google-earth.kml+xml",
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "fgb": "application/flatgeobuf",
        "parquet": "application/vnd.apache.parquet",
    }
)


def write(
    path: Path,
    format: str,
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    *,
    layer_name: str,
    title: str,
    epsg: int = 4326,
    style: LayerStyle | None = None,
) -> Written:
    """Write rows to a file that appears only when it is whole.

    Parameters
    ----------
    path
        The file; its folder exists.
    format
        A key of :data:`FORMATS`.
    batches
        Rows with a WKB column ``geometry`` in EPSG:4326 (null allowed).
    schema
        Schema of every batch, ``geometry`` included; field metadata ``title`` and ``title_en`` are used where the
        format has room for them.
    layer_name
        ASCII name inside the file.
    title
        Title for people.
    epsg
        Coordinate system of the file; GeoJSON and KML are longitude/latitude always.
    style
        How the layer looks; a GeoPackage carries it, other formats have no place for it.

    Raises
    ------
    KeyError
        For an unknown format.
    """
    return FORMATS[format](batches, Target(Path(path), schema, layer_name, title, epsg, style))

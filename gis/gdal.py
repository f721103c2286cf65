"""GDAL on a short lead: few drivers, chosen by us, and no network.

GDAL opens what a file's *content* asks for: a text of 148 bytes named ``x.shp`` made it return rows of another file on
the server, and fetch from an internal address. So the readers decide a format by its magic bytes before GDAL sees the
file, and the process that reads registers the one driver of that format and no other. Everywhere else there are the
drivers that we write with, none of which follows a reference. GDAL registers its drivers when its library is loaded, so
this has to be first: ``gis`` does it on import.
"""

from __future__ import annotations

import os
import sys

WRITTEN_DRIVERS = ("ESRI Shapefile", "GPKG", "GeoJSON", "FlatGeobuf", "KML")
SKIPPED_DRIVERS = (
    "OGR_VRT GDALG OGCAPI WFS OAPIF CSW EEDA Elasticsearch Carto AmigoCloud PLSCENES NGW ADBC HTTP GPSBabel ESRIJSON "
    "TopoJSON GML MapML LIBKML GeoRSS LVBAG EDIGEO VFK OSM GTFS JML PDF PDS4 VICAR PCIDSK MBTiles PMTiles MVT "
    "OpenFileGDB SQLite SXF Selafin Idrisi WAsP S57 DGN DXF ODS XLSX MiraMonVector JSONFG AVCBin AVCE00 AIVector "
    "VDV OGR_PDS OGR_GMT PGDUMP CSV GeoJSONSeq GPX"
)
_CONFIGURATION = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    # A feature that needs more than this (MB) to parse is an attack or a mistake.
    "OGR_GEOJSON_MAX_OBJ_SIZE": "20",
    "SHAPE_RESTORE_SHX": "YES",
    "OGR_SQLITE_PRAGMA": "trusted_schema=0",
}


def lock_down() -> None:
    """Set what GDAL reads from the environment; what an operator has set stays."""
    os.environ.setdefault("OGR_SKIP", ",".join(SKIPPED_DRIVERS.split()))
    for name, value in _CONFIGURATION.items():
        os.environ.setdefault(name, value)


def register_only(driver: str) -> None:
    """Let GDAL, not loaded yet in this process, know one format.

    Where it is loaded already - a test that reads in its own process - what is registered stays.
    """
    if "pyogrio" in sys.modules:
        return
    known = [*SKIPPED_DRIVERS.split(), *WRITTEN_DRIVERS, "MapInfo File"]
    os.environ["OGR_SKIP"] = ",".join(name for name in known if name != driver)

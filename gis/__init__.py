"""Pure functions on shapely geometries and plain values. No Flask, no SQLAlchemy, no network."""

from gis.gdal import lock_down

lock_down()

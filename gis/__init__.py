"""Pure functions on shapely geometries and plain values. No Flask, no SQLAlchemy, no network."""

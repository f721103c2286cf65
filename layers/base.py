"""What a layer is: one declaration from which its tiles, items, exports, legend and pop-up are made.

A layer knows SQL text and bound parameters, never a database session: describing a request and running it are two
things (``app/queries``). Shapes of tiles are EPSG:3857, shapes of items and exports EPSG:4326.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

HALF_WORLD_M = 20037508.342789244
"""Half the circumference of the Web Mercator square (EPSG:3857)."""
MAX_ZOOM = 22
EXTENT = 4096
"""Units along the side of a tile (Mapbox Vector Tile specification 2.1, 4.1)."""
BUFFER = 64
"""Units that a tile shows beyond its edge, so that lines and symbols do not break there."""
MAX_TILE_BYTES = 500_000
SUMMARY = "summary"
"""Name of the extra layer in a tile that says how many features were left out."""

FieldType = Literal["text", "integer", "number", "money", "date", "boolean"]
GeometryType = Literal["Point", "LineString", "Polygon", "MultiPolygon", "Geometry"]
FORMATS = ("mvt", "geojson", "gpkg", "shp", "kml", "csv", "xlsx", "fgb", "parquet")


class InvalidTile(ValueError):
    """There is no such tile."""


@dataclass(frozen=True)
class Tile:
    """A tile of the XYZ scheme; an instance always exists in the world.

    Parameters
    ----------
    z, x, y
        Zoom, column from the west, row from the north.

    Raises
    ------
    InvalidTile
        Zoom below 0 or above 22, or a number outside the zoom's grid.

    Examples
    --------
    >>> Tile(0, 0, 0).bounds
    (-20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244)
    >>> Tile(1, 2, 0)
    Traceback (most recent call last):
    layers.base.InvalidTile: 1/2/0
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not (0 <= self.z <= MAX_ZOOM and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z):
            raise InvalidTile(f"{self.z}/{self.x}/{self.y}")

    @property
    def side_m(self) -> float:
        """Length of a side, metres of EPSG:3857."""
        return 2 * HALF_WORLD_M / (1 << self.z)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in EPSG:3857."""
        side = self.side_m
        west, north = self.x * side - HALF_WORLD_M, HALF_WORLD_M - self.y * side
        return west, north - side, west + side, north

    def parameters(self) -> dict[str, float]:
        """Bound parameters of :data:`BOX` and :data:`SEARCH_BOX`."""
        west, south, east, north = self.bounds
        return {
            "west": west,
            "south": south,
            "east": east,
            "north": north,
            "margin": self.side_m * BUFFER / EXTENT,
        }


BOX = "ST_MakeEnvelope(:west, :south, :east, :north, 3857)"
"""SQL of the tile itself, for clipping."""
SEARCH_BOX = "ST_MakeEnvelope(:west - :margin, :south - :margin, :east + :margin, :north + :margin, 3857)"
"""SQL of the tile with what it shows beyond its edge, for the index."""


def mvt_geometry(geometry: str, *, buffer: int = BUFFER) -> str:
    """SQL of a shape in the units of the tile; NULL when nothing of it is inside."""
    return f"ST_AsMVTGeom({geometry}, {BOX}, {EXTENT}, {buffer}, true)"


def mvt(rows: str, layer: str, *, identified: bool = True) -> str:
    """SQL of the tile made of a query's rows: column ``geom``, ``id`` when identified, the rest are properties."""
    last = ", 'id'" if identified else ""
    return f"SELECT ST_AsMVT(t, '{layer}', {EXTENT}, 'geom'{last}) FROM ({rows}) AS t"


@dataclass(frozen=True)
class Field:
    """An attribute: one declaration for items, exports, tiles, legend and pop-up.

    Parameters
    ----------
    name, title, title_en
        Stable name and what people read.
    type
        ``money`` is baht with two decimals.
    sql
        Value in items and exports, over the aliases of the layer's ``source``.
    tile_name, tile_sql, tile_from
        Name, SQL and first zoom in tiles; not in tiles when ``tile_name`` is empty.
    popup
        Shown when the feature is clicked.
    """

    name: str
    title: str
    title_en: str
    type: FieldType
    sql: str
    tile_name: str = ""
    tile_sql: str = ""
    tile_from: int = 0
    popup: bool = False


@dataclass(frozen=True)
class LegendEntry:
    """One line of the legend.

    Parameters
    ----------
    value
        Value of the layer's ``style_field``; empty when the layer has one look.
    title, title_en
        Words beside the symbol.
    symbol
        Name of the drawing; the look itself is the front end's.
    """

    value: str
    title: str
    title_en: str
    symbol: str


@dataclass(frozen=True)
class Narrowing:
    """Which features are wanted, as SQL over the alias ``p``.

    Parameters
    ----------
    sql
        Condition, ``true`` when nothing narrows.
    params
        Its bound parameters.
    fiscal_years, kinds
        The same condition as values when it consists of nothing else (then ready sums can answer).
    only_sums
        True when ``fiscal_years`` and ``kinds`` say everything.
    level
        Level of area wanted, for layers that have several; empty = by zoom.
    """

    sql: str = "true"
    params: Mapping[str, Any] = field(default_factory=dict)
    fiscal_years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    only_sums: bool = True
    level: str = ""


EVERYTHING = Narrowing()


@dataclass(frozen=True)
class TileRequest:
    """How to get a tile.

    Parameters
    ----------
    sql
        Query of one value: the tile (``bytea``).
    version_sql
        Query of one value: a number that grows with every change under the tile; empty when nobody counts.
    params
        Bound parameters of both.
    """

    sql: str
    version_sql: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class FeatureRequest:
    """How to get features in EPSG:4326.

    Parameters
    ----------
    sql
        Query; columns ``key``, ``geometry`` (as asked for) and one per field, in order.
    params
        Bound parameters.
    """

    sql: str
    params: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class VectorLayer(ABC):
    """Declaration of a layer.

    Parameters
    ----------
    name, title, title_en
        Name in addresses; titles for people.
    geometry_type
        ``Geometry`` when points, lines and polygons occur together.
    minzoom, maxzoom
        Zooms that have tiles; the front end enlarges the last.
    fields
        Attributes in order; the first is the key.
    legend, style_field
        Lines of the legend and the tile property that chooses among them.
    filters
        Names of the query parameters that narrow it.
    open_to_all
        True when a visitor sees all of it.
    attribution, licence
        Where it comes from.
    key, source, shape
        SQL for items and exports: unique sort key, FROM clause, shape in EPSG:4326.
    key_is_number
        Type of the key.
    condition
        SQL of what belongs to the layer.
    """

    name: str
    title: str
    title_en: str
    geometry_type: GeometryType
    minzoom: int
    maxzoom: int
    fields: tuple[Field, ...]
    legend: tuple[LegendEntry, ...] = ()
    style_field: str = ""
    filters: tuple[str, ...] = ()
    open_to_all: bool = True
    attribution: str = ""
    licence: str = ""
    key: str
    key_is_number: bool = False
    source: str
    shape: str
    condition: str = "true"
    formats: tuple[str, ...] = FORMATS

    @abstractmethod
    def tile_requests(self, tile: Tile, *, public: bool, narrowing: Narrowing) -> tuple[TileRequest, ...]:
        """Requests for a tile: the first is tried first, each next one shows fewer features and says so."""

    def visible(self, public: bool) -> str:
        """SQL of what this person may see as an item."""
        return self.condition

    def visible_in_exports(self, public: bool) -> str:
        """SQL of what this person may take away."""
        return self.visible(public)

    def source_of(self, narrowing: Narrowing, public: bool) -> str:
        """FROM clause of items."""
        return self.source

    def export_source(self, narrowing: Narrowing, public: bool) -> str:
        """FROM clause of exports."""
        return self.source_of(narrowing, public)

    def narrowed(self, narrowing: Narrowing) -> str:
        """SQL condition of what is wanted, over :meth:`source_of`."""
        return narrowing.sql

    def export_shape(self, public: bool) -> str:
        """Shape in exports, EPSG:4326."""
        return self.shape

    def value_sql(self, field: Field, public: bool, exact_money: bool = False) -> str:
        """SQL of a field for this person; decimals become doubles except, when asked for, money."""
        exact = exact_money and field.type == "money"
        return f"({field.sql})::float8" if field.type in ("money", "number") and not exact else field.sql

    def bounded(self) -> str:
        """SQL: the item touches the box :bbox_west ... :bbox_north (degrees)."""
        box = "ST_MakeEnvelope(:bbox_west, :bbox_south, :bbox_east, :bbox_north, 4326)"
        return f"{self.shape} && {box} AND ST_Intersects({self.shape}, {box})"

    def items_request(
        self,
        *,
        public: bool,
        narrowing: Narrowing,
        bbox: tuple[float, float, float, float] | None,
        after: str | int | None,
        limit: int,
    ) -> FeatureRequest:
        """A page of features in the order of the key; ``geometry`` is GeoJSON text with 7 decimals (1 cm)."""
        where = [self.visible(public), self.narrowed(narrowing)]
        params: dict[str, Any] = {**narrowing.params, "limit": limit}
        if bbox is not None:
            where.append(self.bounded())
            params |= dict(zip(("bbox_west", "bbox_south", "bbox_east", "bbox_north"), bbox, strict=True))
        if after is not None:
            where.append(f"{self.key} > :after")
            params["after"] = after
        return FeatureRequest(
            f"SELECT {self.key} AS key, ST_AsGeoJSON({self.shape}, 7) AS geometry, {self._columns(public)} "
            f"FROM {self.source_of(narrowing, public)} "
            f"WHERE {' AND '.join(where)} ORDER BY {self.key} LIMIT :limit",
            params,
        )

    def export_request(self, *, public: bool, narrowing: Narrowing, exact_money: bool = False) -> FeatureRequest:
        """Every feature: ``geometry`` as WKB, then the fields. Rows without a shape are part of a list and stay in."""
        return FeatureRequest(
            f"SELECT ST_AsBinary({self.export_shape(public)}) AS geometry, "
            f"{self._columns(public, exact_money)} {self._exported(narrowing, public)}",
            narrowing.params,
        )

    def geojson_request(self, *, public: bool, narrowing: Narrowing) -> FeatureRequest:
        """Every feature as one column: the text of a GeoJSON feature, ready for a file."""
        values = ", ".join(
            f"'{',' if i else ''}\"{field.name}\":', {self._json(field, public)}" for i, field in enumerate(self.fields)
        )
        return FeatureRequest(
            f'SELECT concat(\'{{"type":"Feature","properties":{{\', {values}, '
            f"'}},\"geometry\":', coalesce(ST_AsGeoJSON({self.export_shape(public)}, 7), 'null'), '}}') "
            f"{self._exported(narrowing, public)}",
            narrowing.params,
        )

    def export_keys_request(self, *, public: bool, narrowing: Narrowing) -> FeatureRequest:
        """Keys of an export, for counting."""
        return FeatureRequest(f"SELECT {self.key} {self._exported(narrowing, public)}", narrowing.params)

    def tile_columns(self, zoom: int) -> str:
        """SQL of the properties that a tile of this zoom carries."""
        return ", ".join(
            f"{field.tile_sql or field.sql} AS {field.tile_name}"
            for field in self.fields
            if field.tile_name and zoom >= field.tile_from
        )

    def _exported(self, narrowing: Narrowing, public: bool) -> str:
        return (
            f"FROM {self.export_source(narrowing, public)} "
            f"WHERE {self.visible_in_exports(public)} AND {self.narrowed(narrowing)}"
        )

    def _columns(self, public: bool, exact_money: bool = False) -> str:
        return ", ".join(f"{self.value_sql(field, public, exact_money)} AS {field.name}" for field in self.fields)

    def _json(self, field: Field, public: bool) -> str:
        """SQL of a value as JSON text; numbers need no escaping, which is most of the work."""
        value = self.value_sql(field, public, exact_money=True)
        if field.type in ("integer", "number", "money"):
            return f"coalesce(({value})::text, 'null')"
        return f"coalesce(to_json({value})::text, 'null')"

"""Vector tiles over a million projects: through the web server, raw SQL of the same statement, and a naive design.

Rates are of one connection at a time on the same tiles in the same run, in interleaved rounds; compare ratios, not
seconds. ``naive`` reads the versions of the geometries themselves: EPSG:4326, ``ST_Transform`` per row, everything in
every tile.
"""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import psycopg2
import sqlalchemy as sa

from app.queries.tiles import _statement
from bench.ground import Ground, ground, served, staff_token
from layers.base import EVERYTHING, HALF_WORLD_M, MAX_TILE_BYTES, Tile
from layers.registry import LAYERS

LAYER = "roads"
ROUNDS = 3
TILES_PER_ZOOM = 20
"""Per round; every tile is asked for once, so that nothing comes ready from the server's memory."""
LOW_ZOOMS, HIGH_ZOOMS = range(5, 9), range(9, 16)
NAIVE = """
    SELECT ST_AsMVT(t, 'roads', 4096, 'geom') FROM (
        SELECT ST_AsMVTGeom(ST_Transform(g.geom, 3857), ST_TileEnvelope({z}, {x}, {y}), 4096, 64, true) AS geom,
               p.code, p.name_th AS name, p.organisation_code, p.status, p.geometry_status, p.surface_type_code,
               p.budget_baht::float8 AS budget
        FROM project_geometry g JOIN project p ON p.id = g.project_id AND p.geometry_version = g.version
        WHERE p.kind = 'road' AND ST_Transform(g.geom, 3857) && ST_TileEnvelope({z}, {x}, {y})) AS t"""
# The same with the box transformed once instead of every row's shape: what a careful first version would do.
NAIVE = NAIVE.replace(
    "ST_Transform(g.geom, 3857) && ST_TileEnvelope({z}, {x}, {y})",
    "g.geom && ST_Transform(ST_TileEnvelope({z}, {x}, {y}), 4326)",
)


Fetch = Callable[[Tile], int]


def sample(at: Ground, zoom: int, count: int, seed: int) -> list[Tile]:
    """Different tiles that have projects, chosen by where the projects are."""
    with psycopg2.connect(at.libpq) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(point), ST_Y(point) FROM read_project_feature TABLESAMPLE SYSTEM (2) REPEATABLE (%s) "
            "ORDER BY md5(project_id::text) LIMIT 20000",
            (seed,),
        )
        x, y = np.array(cursor.fetchall()).T
    scale = 2**zoom / (2 * HALF_WORLD_M)
    columns, rows = ((x + HALF_WORLD_M) * scale).astype(int), ((HALF_WORLD_M - y) * scale).astype(int)
    places = dict.fromkeys(zip(columns.tolist(), rows.tolist(), strict=True))
    return [Tile(zoom, column, row) for column, row in list(places)[:count]]


class Raw:
    """The tile's own statement, or the naive one, on a connection per thread."""

    def __init__(self, at: Ground, *, naive: bool) -> None:
        self._at = at
        self._naive = naive
        self._dialect = sa.create_engine(at.url).dialect
        self._local = threading.local()

    def __call__(self, tile: Tile) -> int:
        """Size of the tile."""
        cursor = self._cursor()
        if self._naive:
            cursor.execute(NAIVE.format(z=tile.z, x=tile.x, y=tile.y))
            return len(cursor.fetchone()[0])
        request = LAYERS[LAYER].tile_requests(tile, public=False, narrowing=EVERYTHING)[0]
        compiled = _statement(request.sql, request.version_sql).compile(dialect=self._dialect)
        cursor.execute(str(compiled), {**request.params, "known": None})
        return len(cursor.fetchone()[1])

    def _cursor(self) -> Any:
        if not hasattr(self._local, "cursor"):
            connection = psycopg2.connect(self._at.libpq, options="-c jit=off")
            connection.autocommit = True
            self._local.cursor = connection.cursor()
        return self._local.cursor


class Served:
    """The same tile through the web server, as a signed-in member of staff."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {token}"}
        self._local = threading.local()

    def __call__(self, tile: Tile) -> int:
        """Size of the tile."""
        if not hasattr(self._local, "connection"):
            self._local.connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection = self._local.connection
        connection.request("GET", f"/tiles/{LAYER}/{tile.z}/{tile.x}/{tile.y}.mvt", headers=self._headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status not in (200, 204):
            raise RuntimeError(f"{answer.status} {body[:200]!r}")
        return len(body)


def timed(fetch: Fetch, tiles: Sequence[Tile], connections: int) -> tuple[float, list[float], list[int]]:
    """Seconds for all, seconds of each, and sizes."""
    each: list[float] = []

    def one(tile: Tile) -> int:
        begin = time.perf_counter()
        size = fetch(tile)
        each.append(time.perf_counter() - begin)
        return size

    begin = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        sizes = list(pool.map(one, tiles))
    return time.perf_counter() - begin, each, sizes


def run(rounds: int = ROUNDS, tiles_per_zoom: int = TILES_PER_ZOOM, **options: Any) -> list[dict[str, Any]]:
    """Rates at zooms 9-15, and the slowest and largest tiles of zooms 5-8."""
    at = ground(**options)
    raw, naive = Raw(at, naive=False), Raw(at, naive=True)
    rows: list[dict[str, Any]] = []
    with served(at) as port:
        web = Served(port, staff_token(at))
        timed(web, sample(at, 12, 40, 99), 4)
        for connections in (1, 4):
            rows.append(_high(at, {"web": web, "raw": raw, "naive": naive}, connections, rounds, tiles_per_zoom))
        rows.extend(_low(at, web, zoom) for zoom in LOW_ZOOMS)
    return rows


def _high(at: Ground, ways: dict[str, Fetch], connections: int, rounds: int, tiles_per_zoom: int) -> dict[str, Any]:
    rates: dict[str, list[float]] = {name: [] for name in ways}
    largest = 0
    for number in range(rounds):
        seed = 10 * connections + number
        tiles = [tile for zoom in HIGH_ZOOMS for tile in sample(at, zoom, tiles_per_zoom, seed)]
        timed(ways["raw"], tiles, connections)  # what has to come from disk comes now, for all ways alike
        for name in sorted(ways, key=lambda way: hash((way, number))):
            seconds, _, sizes = timed(ways[name], tiles, connections)
            rates[name].append(len(tiles) / seconds)
            largest = max(largest, *sizes) if name == "web" else largest
    middle = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "what": f"z9-15, {connections} connections",
        **{f"{name}_per_s": value for name, value in middle.items()},
        "web/raw": statistics.median(w / r for w, r in zip(rates["web"], rates["raw"], strict=True)),
        "web/naive": statistics.median(w / n for w, n in zip(rates["web"], rates["naive"], strict=True)),
        "largest_kB": largest / 1000,
        "target": f"web/raw >= 0.6, web/naive >= 3, tiles <= {MAX_TILE_BYTES // 1000} kB",
    }


def _low(at: Ground, web: Fetch, zoom: int) -> dict[str, Any]:
    tiles = sample(at, zoom, 60, zoom)
    _, each, sizes = timed(web, tiles, 1)
    return {
        "what": f"z{zoom}, uncached, {len(tiles)} tiles",
        "p50_ms": 1000 * statistics.median(each),
        "p95_ms": 1000 * float(np.quantile(each, 0.95)),
        "largest_kB": max(sizes) / 1000,
        "target": "p95 < 100 ms",
    }


if __name__ == "__main__":
    for row in run():
        print(row)

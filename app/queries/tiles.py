"""Tiles: one statement gives the version of what is under a tile and, unless that is known already, the tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from layers.base import MAX_TILE_BYTES, TileRequest


class TileTooLarge(RuntimeError):
    """Even the last, most thinned form of a tile is too large: a mistake in a layer's declaration."""


@dataclass(frozen=True)
class FetchedTile:
    """What the database said.

    Parameters
    ----------
    version
        Number that changes with every change under the tile; ``None`` when nobody counts them.
    body
        Mapbox Vector Tile; ``None`` when the version is the known one.
    """

    version: int | None
    body: bytes | None


def fetch_tile(
    session: Session | sa.Connection,
    requests: Sequence[TileRequest],
    known: int | None = None,
    limit: int = MAX_TILE_BYTES,
) -> FetchedTile:
    """The first form of the tile that is not too large.

    Parameters
    ----------
    known
        Version that the caller holds the tile of.
    limit
        Largest tile, bytes.

    Raises
    ------
    TileTooLarge
        No form fits.
    """
    for request in requests:
        row = session.execute(_statement(request.sql, request.version_sql), {**request.params, "known": known}).one()
        body = None if row.tile is None else bytes(row.tile)
        if body is None or len(body) <= limit:
            return FetchedTile(row.version, body)
    raise TileTooLarge(f"over {limit} bytes")


@lru_cache(maxsize=512)
def _statement(sql: str, version_sql: str) -> sa.TextClause:
    if not version_sql:
        return sa.text(f"SELECT NULL::bigint AS version, ({sql}) AS tile, CAST(:known AS bigint) AS known")
    return sa.text(
        f"SELECT v.version, CASE WHEN v.version IS DISTINCT FROM CAST(:known AS bigint) THEN ({sql}) END AS tile "
        f"FROM ({version_sql}) AS v (version)"
    )

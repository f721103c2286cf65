"""Tiles that this process has made, kept while the version of what is under them stands still."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

CAPACITY_BYTES = 64 * 1024 * 1024
_WORTH_PACKING = 1_000


@dataclass
class ReadyTile:
    """A tile as it goes out.

    Parameters
    ----------
    version
        Version of what is under it.
    body
        The tile; empty when nothing is there.
    """

    version: int
    body: bytes
    _packed: bytes | None = field(default=None, repr=False)

    def packed(self) -> bytes | None:
        """The tile in gzip; ``None`` when that gains nothing."""
        if len(self.body) < _WORTH_PACKING:
            return None
        if self._packed is None:
            self._packed = gzip.compress(self.body, compresslevel=2, mtime=0)
        return self._packed

    @property
    def size(self) -> int:
        """Bytes to reckon with: the entry itself, the tile and its packed form, made or not."""
        return 500 + len(self.body) * 2


class TileCache:
    """Least recently used first out; never older than what the database says, because the version is asked for."""

    def __init__(self, capacity: int = CAPACITY_BYTES) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._tiles: OrderedDict[str, ReadyTile] = OrderedDict()
        self._bytes = 0

    def get(self, address: str) -> ReadyTile | None:
        """The tile of an address, of whatever version."""
        with self._lock:
            tile = self._tiles.get(address)
            if tile is not None:
                self._tiles.move_to_end(address)
            return tile

    def put(self, address: str, tile: ReadyTile) -> None:
        """Keep a tile instead of the one before it."""
        with self._lock:
            self._take(address)
            self._tiles[address] = tile
            self._bytes += tile.size
            while self._bytes > self._capacity and self._tiles:
                self._take(next(iter(self._tiles)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._tiles.clear()
            self._bytes = 0

    def _take(self, address: str) -> None:
        gone = self._tiles.pop(address, None)
        if gone is not None:
            self._bytes -= gone.size

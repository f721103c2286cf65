"""A file that is sent while it is still being written: the writer never waits for the reader.

A package of the whole country takes minutes. Made before it is sent, the proxy would give up; sent row by row as the
database gives them, a slow reader would hold a connection of the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

CHUNK_BYTES = 256 * 1024


class Abandoned(Exception):
    """Nobody reads any more."""


class GrowingFile:
    """A file without a name on disk; bytes go in at one end, in one thread, and out at the other, in another."""

    def __init__(self, path: Path) -> None:
        self._written = path.open("wb")
        self._read = path.open("rb")
        # It goes when both ends are closed, whatever happens.
        path.unlink()
        self._size = 0
        self._done = self._abandoned = False
        self._failure: BaseException | None = None
        self._news = threading.Condition()

    def write(self, data: bytes) -> int:
        """Append.

        Raises
        ------
        Abandoned
            The reader has gone.
        """
        written = self._written.write(data)
        self._written.flush()
        with self._news:
            if self._abandoned:
                raise Abandoned
            self._size += written
            self._news.notify()
        return written

    def flush(self) -> None:
        """Nothing is held back."""

    def fill(self, write: Callable[[GrowingFile], None]) -> None:
        """Let ``write`` fill it, and tell the reader of its end, good or bad."""
        try:
            write(self)
        except BaseException as error:
            self._failure = error
            raise
        finally:
            self._written.close()
            with self._news:
                self._done = True
                self._news.notify()

    def chunks(self) -> Iterator[bytes]:
        """Bytes as they come; ends with the file, or with what its writer failed of: half a file is no file.

        Raises
        ------
        OSError
            The writer failed.
        """
        sent = 0
        while True:
            with self._news:
                self._news.wait_for(lambda: self._size > sent or self._done)  # noqa: B023  called at once
                size, done = self._size, self._done
            while sent < size:
                data = self._read.read(min(CHUNK_BYTES, size - sent))
                sent += len(data)
                yield data
            if done and sent == self._size:
                break
        if self._failure is not None:
            raise OSError("the rest of the file could not be made") from self._failure

    def leave(self) -> None:
        """The reader goes, at the end or before it."""
        with self._news:
            self._abandoned = True
        self._read.close()

"""Pages that everybody may see: made once for many readers, kept by the browser for half a minute, told apart by ETag.

What is on them never depends on who asks, only on the language; a signed-in person gets them made anew, because their
forms carry a token.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from app.web.context import current, remembered
from app.web.maintenance import maintenance_notice

FRESH_S = 30.0
CAPACITY_BYTES = 24 * 1024 * 1024
_WORTH_PACKING = 1000


@dataclass(frozen=True)
class ReadyPage:
    """A page as it goes out, until when it is fresh."""

    until: float
    body: bytes
    packed: bytes
    etag: str
    media_type: str


class PageCache:
    """Pages of this process, the least recently used forgotten first; one reader makes a page, the others wait."""

    def __init__(self, capacity: int = CAPACITY_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity, self._clock = capacity, clock
        self._lock = threading.Lock()
        self._pages: OrderedDict[Any, ReadyPage] = OrderedDict()
        self._bytes = 0
        self._making = [threading.Lock() for _ in range(64)]

    def get(self, key: Any, make: Callable[[], tuple[bytes, str]]) -> ReadyPage:
        """The page of a key while it is fresh, else made anew."""
        if (found := self._fresh(key)) is not None:
            return found
        with self._making[hash(key) % len(self._making)]:
            if (found := self._fresh(key)) is not None:
                return found
            page = ready(*make(), until=self._clock() + FRESH_S)
            with self._lock:
                self._forget(key)
                self._pages[key] = page
                self._bytes += len(page.body) + len(page.packed)
                while self._bytes > self._capacity and self._pages:
                    self._forget(next(iter(self._pages)))
            return page

    def _fresh(self, key: Any) -> ReadyPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.until < self._clock():
                return None
            self._pages.move_to_end(key)
            return page

    def _forget(self, key: Any) -> None:
        if (gone := self._pages.pop(key, None)) is not None:
            self._bytes -= len(gone.body) + len(gone.packed)


def ready(body: bytes, media_type: str, *, until: float = 0.0) -> ReadyPage:
    """A page with its packed form and its ETag."""
    packed = gzip.compress(body, compresslevel=6, mtime=0) if len(body) > _WORTH_PACKING else b""
    return ReadyPage(until, body, packed, hashlib.blake2b(body, digest_size=12).hexdigest(), media_type)


def public_html(template: str, key: tuple[Any, ...], read: Callable[[Session], dict[str, Any]]) -> Response:
    """A page of a template, from what ``read`` finds; ``key`` tells it from every other."""

    def make(session: Session) -> tuple[bytes, str]:
        return render_template(template, **read(session)).encode(), "text/html"

    return public_answer((template, *key), make)


def public_answer(key: tuple[Any, ...], make: Callable[[Session], tuple[bytes, str]]) -> Response:
    """Bytes that everybody may have: of this process's memory, or made now."""
    here = current()

    def made() -> tuple[bytes, str]:
        with here.database.reading() as session:
            return make(session)

    if here.actor.signed_in:
        page = ready(*made())
    else:
        # An announced window is on every page, and on none when it was given up.
        notice = maintenance_notice()
        told = notice and notice["text"]
        page = remembered("public_pages", PageCache).get((here.language, request.host, told, *key), made)
    return _answer(page, private=here.actor.signed_in)


def _answer(page: ReadyPage, *, private: bool) -> Response:
    packed = page.packed and request.accept_encodings["gzip"]
    if request.if_none_match.contains_weak(page.etag):
        answer = Response(status=304)
    else:
        answer = Response(page.packed if packed else page.body, mimetype=page.media_type)
        if packed:
            answer.headers["Content-Encoding"] = "gzip"
    answer.headers["ETag"] = f'W/"{page.etag}"'
    answer.headers["Cache-Control"] = "private, no-cache" if private else f"public, max-age={int(FRESH_S)}"
    answer.headers["Vary"] = "Accept-Encoding, Cookie, Authorization"
    return answer


def site_address() -> str:
    """Beginning of whole addresses: as set, else as this request was asked for (never used in mail)."""
    return current().settings.public_url or request.host_url.rstrip("/")

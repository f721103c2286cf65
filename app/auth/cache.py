"""People already looked up, for a few seconds.

A map view asks for dozens of tiles at once; each would otherwise cost a statement that only says again who is asking.
The price: a change made in another process (a role ended, a token revoked) is felt at most ``TTL_S`` later there, and
so is the end of a session by its tiles; everything else asks whether its session goes on. In the process that makes
the change it is felt at once, through :meth:`ActorCache.forget`.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from app.auth.actor import Actor

TTL_S = 10.0
LIMIT = 4096


class ActorCache:
    """Actors by the hash of their session key or token; the oldest goes first when it is full."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    def get(self, key: str) -> Actor | None:
        """The actor, unless unknown or too old."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry[0] < self._clock():
                return None
            return entry[1]

    def put(self, key: str, actor: Actor) -> None:
        """Remember an actor."""
        with self._lock:
            self._entries[key] = (self._clock() + TTL_S, actor)
            self._entries.move_to_end(key)
            while len(self._entries) > LIMIT:
                self._entries.popitem(last=False)

    def forget(self, user_id: int) -> None:
        """Forget a person everywhere in this process."""
        with self._lock:
            for key in [key for key, (_, actor) in self._entries.items() if actor.user_id == user_id]:
                del self._entries[key]

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._entries.clear()


CACHE = ActorCache()
"""Of this process."""

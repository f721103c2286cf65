"""The nation's answers, kept for a while: they take seconds, and many ask for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from app.auth.policy import Visibility
from app.services.heavy import heavy

KEPT_S = 900
_MOST = 4
Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")


class NationalAnswers(Generic[Question, Answer]):
    """Few answers by question and sight.

    Whoever asks while one is computed waits for it instead of computing too, with as many as :func:`heavy` takes; what
    is kept is answered at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock, self._computing = threading.Lock(), threading.Lock()
        self._kept: dict[tuple[Question, bool], tuple[float, Answer]] = {}

    def get(self, question: Question, sight: Visibility, compute: Callable[[], Answer]) -> Answer:
        """The kept answer when it is young enough, else a new one."""
        key = (question, sight is Visibility.PUBLIC)
        found = self._young(key)
        if found is None:
            with heavy(), self._computing:
                found = self._young(key) or (self._clock() + KEPT_S, compute())
                self._keep(key, found)
        return found[1]

    def _young(self, key: tuple[Question, bool]) -> tuple[float, Answer] | None:
        found = self._kept.get(key)
        return found if found is not None and found[0] >= self._clock() else None

    def _keep(self, key: tuple[Question, bool], found: tuple[float, Answer]) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = found
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]

"""The nation's answers, kept for a while: they take seconds, and many ask for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from app.auth.policy import Visibility

KEPT_S = 900
_MOST = 4
Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")


class NationalAnswers(Generic[Question, Answer]):
    """Few answers by question and sight; whoever asks while one is computed waits for it instead of computing too."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[Question, bool], tuple[float, Answer]] = {}

    def get(self, question: Question, sight: Visibility, compute: Callable[[], Answer]) -> Answer:
        """The kept answer when it is young enough, else a new one."""
        key = (question, sight is Visibility.PUBLIC)
        with self._lock:
            found = self._kept.pop(key, None)
            if found is None or found[0] < self._clock():
                found = (self._clock() + KEPT_S, compute())
            self._kept[key] = found
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
            return found[1]

"""What is to happen when: acts in the order of their days and hours, each of which may put others behind it."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import date, time, timedelta

from simulation.rules import works_on

MORNING, NOON, AFTERNOON = time(10), time(13, 15), time(14, 30)
EVENINGS = time(19), time(19, 30)
Act = Callable[[], None]


class Agenda:
    """Acts to come; the same seed tells the same story."""

    def __init__(self, seed: int, first: date) -> None:
        self.chance = random.Random(f"year {seed}")
        self.today = first
        self._acts: list[tuple[date, time, int, Act]] = []
        self._numbers = itertools.count()

    def on(self, day: date, act: Act, hour: time = MORNING) -> None:
        """On the first working day from ``day`` on, not before tomorrow."""
        day = max(day, self.today + timedelta(days=1))
        while not works_on(day):
            day += timedelta(days=1)
        self.exactly(day, act, hour)

    def exactly(self, day: date, act: Act, hour: time = MORNING) -> None:
        """On this day, whatever day it is."""
        heapq.heappush(self._acts, (day, hour, next(self._numbers), act))

    def after(self, least: int, most: int, act: Act, hour: time = MORNING) -> None:
        """Some days from now."""
        self.on(self.today + timedelta(days=self.chance.randint(least, most)), act, hour)

    def hours(self, day: date) -> list[time]:
        """Hours of a day at which something happens."""
        return sorted({hour for when, hour, _n, _act in self._acts if when == day})

    def take(self, day: date, hour: time) -> list[Act]:
        """What happens at an hour, taken off the list."""
        taken = []
        while self._acts and self._acts[0][:2] <= (day, hour):
            taken.append(heapq.heappop(self._acts)[3])
        return taken

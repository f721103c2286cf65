"""When a person may be disturbed: working days outside their quiet hours, in Thailand.

``app/codelists/holidays.csv`` has the holidays that fall on the same day every year (month and day) and those that are
announced for a year (a date). A holiday on a weekend is made up on the next working day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from app.services.codelists import read_list

ZONE = ZoneInfo("Asia/Bangkok")
_SATURDAY = 5


@cache
def holidays(year: int) -> frozenset[date]:
    """Days of a year (A.D.) on which offices are closed beside the weekends."""
    named: list[date] = []
    for row in read_list("holidays.csv"):
        parts = [int(part) for part in row["day"].split("-")]
        if len(parts) == 2:
            named.append(date(year, parts[0], parts[1]))
        elif parts[0] == year:
            named.append(date(*parts))
    closed = set(named)
    for day in sorted(named):
        if day.weekday() >= _SATURDAY:
            made_up = day
            while made_up.weekday() >= _SATURDAY or made_up in closed:
                made_up += timedelta(days=1)
            closed.add(made_up)
    return frozenset(closed)


def is_working_day(day: date) -> bool:
    """True when offices are open. What is made up in January for December is the next year's."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def is_quiet(clock: time, quiet_from: time, quiet_until: time) -> bool:
    """Whether a time of the day lies in the quiet hours; they may pass midnight, equal ends are none."""
    if quiet_from == quiet_until:
        return False
    if quiet_from < quiet_until:
        return quiet_from <= clock < quiet_until
    return clock >= quiet_from or clock < quiet_until


def not_before(moment: datetime, quiet_from: time, quiet_until: time) -> datetime:
    """The first moment from ``moment`` on at which a person may be disturbed.

    Examples
    --------
    >>> late = datetime(2026, 11, 20, 20, 0, tzinfo=ZONE)  # a Friday evening
    >>> not_before(late, time(18), time(8)).isoformat()
    '2026-11-23T08:00:00+07:00'
    """
    local = moment.astimezone(ZONE)
    while True:
        if not is_working_day(local.date()):
            local = datetime.combine(local.date() + timedelta(days=1), time(), ZONE)
        elif is_quiet(local.time(), quiet_from, quiet_until):
            day = local.date() if local.time() < quiet_until else local.date() + timedelta(days=1)
            local = datetime.combine(day, quiet_until, ZONE)
        else:
            return local

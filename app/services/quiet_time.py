"""When a person may be disturbed: working days outside their quiet hours, in Thailand.

Which days are holidays, the lunar ones and those in lieu of a weekend too, is told by the library ``holidays``
(decision 0040).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

from holidays import country_holidays

from gis.thai import ZONE

_SATURDAY = 5
_OFFICES = ("public", "government")
_OPEN = ("วันแรงงานแห่งชาติ", "วันเด็กแห่งชาติ")
"""Public days on which offices of the state are open, or would be if they were no Saturday."""


@cache
def holidays(year: int) -> frozenset[date]:
    """Days of a year (A.D.) on which offices of the state are closed beside the weekends, days in lieu among them."""
    calendar = country_holidays("TH", years=year, categories=_OFFICES, language="th")
    for name in _OPEN:
        # Its day in lieu bears the name too.
        if calendar.get_named(name):
            calendar.pop_named(name)
    return frozenset(calendar)


def is_working_day(day: date) -> bool:
    """True when offices of the state are open."""
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

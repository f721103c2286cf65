"""Which rounds of monitoring and evaluation the regulation asks for in a fiscal year, and its clocks.

The rule is data with the fiscal years in which it holds (``app/codelists/evaluation_rules.csv``): twice a year until
October 2561, once a year after. The days by which a round is due are those of the officers' calendar, which the
department may amend; a round that it takes out of the calendar is not asked for.

The law counts from the day after: what is submitted on 1 December is announced by the 16th, and what is posted on the
1st hangs to the end of the 31st.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from sqlalchemy.orm import Session

from app.queries.calendar import MILESTONE, calendar_tasks, calendar_years
from app.services.calendar import month_begins, month_ends
from app.services.calendar import rules as calendar_rules
from app.services.codelists import read_list
from app.services.money_rules import first_day, last_day
from app.services.project_checks import FIRST_YEAR_BE, LAST_YEAR_BE

_HALF_YEAR = 6


@dataclass(frozen=True)
class EvaluationRule:
    """A row of the file.

    Parameters
    ----------
    period
        As in the calendar: 0 the year, else the fiscal month in which the round is held.
    reported_year
        Fiscal year that the round reports on, from that in which it is held: -1 the year before.
    at_quarter
        The state at the end of this quarter is reported; ``None``: that of the day of sealing.
    announce_days, post_days
        Announced within so many days of the executive's submission, and posted for so many at least.
    """

    valid_from_be: int
    valid_to_be: int | None
    period: int
    name_th: str
    name_en: str
    reported_year: int
    at_quarter: int | None
    announce_days: int
    post_days: int
    source: str

    def holds_in(self, year_be: int) -> bool:
        """True when the rule is of this fiscal year."""
        return self.valid_from_be <= year_be <= (self.valid_to_be or year_be)


@dataclass(frozen=True)
class Round:
    """A round that is asked for: its rule, the days of the calendar, and the part of a year that it reports on."""

    fiscal_year_be: int
    rule: EvaluationRule
    opens_on: date
    due_on: date

    @property
    def period(self) -> int:
        """Its place in the calendar."""
        return self.rule.period

    @property
    def reported_year_be(self) -> int:
        """Fiscal year whose works it tells of."""
        return self.fiscal_year_be + self.rule.reported_year

    @property
    def reported_from(self) -> date:
        """First day that is reported."""
        return first_day(self.reported_year_be)

    @property
    def reported_to(self) -> date:
        """Last day that is reported."""
        if self.rule.at_quarter is None:
            return last_day(self.reported_year_be)
        return month_ends(self.reported_year_be, 3 * self.rule.at_quarter)

    def name(self, language: str = "th") -> str:
        """Its name in ``language``."""
        return self.rule.name_en if language == "en" else self.rule.name_th


@cache
def evaluation_rules() -> tuple[EvaluationRule, ...]:
    """Every row of the file."""
    return tuple(
        EvaluationRule(
            valid_from_be=int(line["valid_from_be"]),
            valid_to_be=int(line["valid_to_be"]) if line["valid_to_be"] else None,
            period=int(line["period"]),
            name_th=line["name_th"],
            name_en=line["name_en"],
            reported_year=int(line["reported_year"]),
            at_quarter=int(line["at_quarter"]) if line["at_quarter"] else None,
            announce_days=int(line["announce_days"]),
            post_days=int(line["post_days"]),
            source=line["source"],
        )
        for line in read_list("evaluation_rules.csv")
    )


def rounds_of(session: Session, year_be: int) -> list[Round]:
    """Rounds of a fiscal year, the first due first; none in a year that no rule reaches.

    A year whose calendar is not open yet has the days of the calendar's own rules.
    """
    if not FIRST_YEAR_BE <= year_be <= LAST_YEAR_BE:
        return []
    if year_be in calendar_years(session):
        days = {
            task.period_from: (task.opens_on, task.due_on)
            for task in calendar_tasks(session, year_be)
            if task.topic == MILESTONE
        }
    else:
        days = {
            rule.period_from: (month_begins(year_be, rule.opens_month), month_ends(year_be, rule.due_month))
            for rule in calendar_rules()
            if rule.topic == MILESTONE and rule.holds_in(year_be)
        }
    rules = {period: rule_of(year_be, period) for period in days}
    rounds = [Round(year_be, rule, *days[period]) for period, rule in rules.items() if rule is not None]
    return sorted(rounds, key=lambda one: one.due_on)


def round_of(session: Session, year_be: int, period: int) -> Round | None:
    """One of them."""
    return next((one for one in rounds_of(session, year_be) if one.period == period), None)


def begun_round(session: Session, year_be: int, period: int) -> Round | None:
    """The round of a result that was begun, also when the department has taken it out of the calendar since: what was
    begun stays readable and may be finished. ``None`` in a year that no rule reaches."""
    rule, asked = rule_of(year_be, period), round_of(session, year_be, period)
    if asked is not None or rule is None:
        return asked
    return Round(year_be, rule, first_day(year_be), last_day(year_be))


def rule_of(year_be: int, period: int) -> EvaluationRule | None:
    """The rule of a round; of one that was put into another month the rule of the year."""
    held = [rule for rule in evaluation_rules() if rule.holds_in(year_be)]
    return next((rule for rule in held if rule.period == period), _moved(held, period) if held else None)


def _moved(held: Sequence[EvaluationRule], period: int) -> EvaluationRule:
    late = [rule for rule in held if (rule.period > _HALF_YEAR) == (period > _HALF_YEAR)]
    rule = (late or list(held))[0]
    return EvaluationRule(**{**vars(rule), "period": period})


ClockState = Literal["waiting", "running", "done", "late", "done_late"]


@dataclass(frozen=True)
class Clock:
    """A legal period.

    Parameters
    ----------
    name
        ``announce``, ``post`` or ``year_end``.
    state
        ``waiting``: what it counts from has not happened. ``late`` and ``done_late`` are the breaches.
    due_on, done_on
        Last day, and the day on which it was met.
    days
        Days left while it runs, days too late when it is late.
    recorded_on
        Of one that is said to be met: the day on which that was written down, where that was after the last day.
    """

    name: str
    state: ClockState
    due_on: date | None = None
    done_on: date | None = None
    days: int | None = None
    recorded_on: date | None = None


@dataclass(frozen=True)
class Posted:
    """Days on which something hung; ``until`` is ``None`` while it hangs."""

    since: date
    until: date | None = None


def clocks(
    held: Round,
    *,
    submitted_on: date | None,
    announced_on: date | None,
    posted: Sequence[Posted],
    today: date,
    recorded_on: date | None = None,
) -> tuple[Clock, Clock, Clock]:
    """The three clocks of a round on a day: announced in time, posted long enough, and before the end of the year.

    ``recorded_on`` is when the announcement was written down: a day in the past is somebody's word.
    """
    announce_by = None if submitted_on is None else submitted_on + timedelta(days=held.rule.announce_days)
    return (
        _deadline("announce", announce_by, announced_on, today, recorded_on),
        _posting(held.rule.post_days, posted, today),
        _deadline("year_end", held.due_on, announced_on, today, recorded_on),
    )


def _deadline(
    name: str, due_on: date | None, done_on: date | None, today: date, recorded_on: date | None = None
) -> Clock:
    if due_on is None:
        return Clock(name, "waiting")
    late = ((done_on or today) - due_on).days
    if done_on is not None:
        said = recorded_on if late <= 0 and recorded_on is not None and recorded_on > due_on else None
        return Clock(name, "done_late" if late > 0 else "done", due_on, done_on, max(late, 0), said)
    return Clock(name, "late" if late > 0 else "running", due_on, None, abs(late))


def _posting(post_days: int, posted: Sequence[Posted], today: date) -> Clock:
    """Met at one place without a break: days at several places are not added up."""
    if not posted:
        return Clock("post", "waiting")
    ways = []
    for one in posted:
        due_on = one.since + timedelta(days=post_days)
        if one.until is not None and one.until < due_on:
            ways.append(Clock("post", "late", due_on, None, (due_on - one.until).days))
        elif today <= due_on:
            ways.append(Clock("post", "running", due_on, None, (due_on - today).days))
        else:
            ways.append(Clock("post", "done", due_on, due_on, 0))
    order = ("done", "running", "late")
    return min(ways, key=lambda clock: (order.index(clock.state), clock.days or 0, clock.due_on or today))

"""The money of one project as its page tells it: contracts with what became of them, payments by quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.queries.project_money import AppropriationRow, ContractRow, DisbursementRow, MoneyOfProject, ProgressRow
from app.services.money_rules import last_day
from gis.thai import fiscal_year_be

NOTHING = Decimal(0)
_DONE = Decimal(100)


@dataclass(frozen=True)
class AmendmentLine:
    """What the parties agreed on: the sum (baht) and the last day, before and after."""

    id: int
    seq: int
    signed_on: date
    reason: str
    by: str
    before_baht: Decimal
    after_baht: Decimal
    before_end_on: date | None
    after_end_on: date | None

    @property
    def change_baht(self) -> Decimal:
        """More, or less."""
        return self.after_baht - self.before_baht


@dataclass(frozen=True)
class InstalmentLine:
    """An instalment, what is paid of it and what is open (baht)."""

    seq: int
    amount_baht: Decimal
    due_on: date | None
    work_percent: Decimal | None
    accepted_on: date | None
    paid_baht: Decimal

    @property
    def open_baht(self) -> Decimal:
        """What is not paid yet."""
        return self.amount_baht - self.paid_baht


@dataclass(frozen=True)
class PenaltyLine:
    """A penalty for delay."""

    id: int
    days: int
    amount_baht: Decimal
    rate_percent: Decimal | None
    reason: str
    by: str


@dataclass(frozen=True)
class ContractStory:
    """A contract with everything that happened to it.

    Parameters
    ----------
    row
        As the query gives it.
    amendments, instalments, penalties
        In their order.
    instalments_baht
        Sum of the instalments; another one than the final contract after an amendment.
    late_days
        Days since the last day while something is not paid; 0 in time.
    """

    row: ContractRow
    amendments: tuple[AmendmentLine, ...]
    instalments: tuple[InstalmentLine, ...]
    penalties: tuple[PenaltyLine, ...]
    instalments_baht: Decimal
    late_days: int

    @property
    def open_baht(self) -> Decimal:
        """What is not paid of the final contract."""
        return self.row.final_baht - self.row.paid_baht

    @property
    def differs(self) -> bool:
        """Whether the instalments no longer are the contract."""
        return bool(self.instalments) and self.instalments_baht != self.row.final_baht


@dataclass(frozen=True)
class QuarterSum:
    """Net payments of a quarter of the fiscal year; ``number`` 0 is after its last day.

    ``total_baht`` is the sum so far, ``None`` behind the last payment: what is to come is not known.
    """

    number: int
    amount_baht: Decimal
    total_baht: Decimal | None


@dataclass(frozen=True)
class PayableChoice:
    """What a payment may be for: an instalment, a contract, or no contract at all."""

    value: str
    contract: ContractRow | None
    instalment: InstalmentLine | None
    open_baht: Decimal


def stories(money: MoneyOfProject, *, today: date, done_percent: Decimal | None = None) -> tuple[ContractStory, ...]:
    """The contracts of a project, those taken out as well; ``done_percent`` is what was last reported of the work."""
    return tuple(_story(row, today, done_percent) for row in money.contracts)


def _story(row: ContractRow, today: date, done_percent: Decimal | None) -> ContractStory:
    instalments = tuple(_instalment(one) for one in row.instalments)
    ended = row.final_end_on is not None and row.final_end_on < today
    done = row.paid_baht >= row.final_baht or (done_percent is not None and done_percent >= _DONE)
    late = ended and not row.removed and not done
    return ContractStory(
        row=row,
        amendments=_amendments(row),
        instalments=instalments,
        penalties=tuple(
            PenaltyLine(
                one["id"],
                one["days"],
                _decimal(one["amount_baht"]),
                _optional(one["rate_percent"]),
                one["reason"],
                one["by"],
            )
            for one in row.penalties
        ),
        instalments_baht=sum((one.amount_baht for one in instalments), NOTHING),
        late_days=(today - row.final_end_on).days if late and row.final_end_on else 0,
    )


def _amendments(row: ContractRow) -> tuple[AmendmentLine, ...]:
    lines = []
    amount, end_on = row.amount_baht, row.end_on
    for one in row.amendments:
        after, until = amount + _decimal(one["amount_change_baht"]), _day(one["new_end_on"]) or end_on
        signed_on = date.fromisoformat(one["signed_on"])
        lines.append(
            AmendmentLine(one["id"], one["seq"], signed_on, one["reason"], one["by"], amount, after, end_on, until)
        )
        amount, end_on = after, until
    return tuple(lines)


def _instalment(one: Mapping[str, Any]) -> InstalmentLine:
    return InstalmentLine(
        one["seq"],
        _decimal(one["amount_baht"]),
        _day(one["due_on"]),
        _optional(one["work_percent"]),
        _day(one["accepted_on"]),
        _decimal(one["paid_baht"]),
    )


def quarters(payments: Sequence[DisbursementRow], year_be: int) -> tuple[QuarterSum, ...]:
    """Net payments of the four quarters, each with the sum so far; a fifth for what was paid after the year."""
    sums = dict.fromkeys((1, 2, 3, 4, 0), NOTHING)
    for payment in payments:
        sums[quarter_of(payment.paid_on, year_be)] += payment.amount_baht
    behind = {quarter_of(payment.paid_on, year_be) or 5 for payment in payments}
    lines, total = [], NOTHING
    for number, amount in sums.items():
        total += amount
        if number or amount:
            known = (number or 5) <= max(behind, default=0)
            lines.append(QuarterSum(number, amount, total if known else None))
    return tuple(lines)


def quarter_of(day: date, year_be: int) -> int:
    """Quarter of the fiscal year (1 begins in October); 0 after its last day.

    Examples
    --------
    >>> quarter_of(date(2026, 11, 18), 2570), quarter_of(date(2027, 1, 1), 2570), quarter_of(date(2027, 10, 1), 2570)
    (1, 2, 0)
    """
    if fiscal_year_be(day) > year_be or day > last_day(year_be):
        return 0
    return (day.month + 2) // 3 % 4 + 1


def payables(money: MoneyOfProject) -> tuple[PayableChoice, ...]:
    """What can be paid now: instalments with something open, contracts without instalments, and no contract."""
    found: list[PayableChoice] = []
    for row in money.contracts:
        if row.removed or row.paid_baht >= row.final_baht:
            continue
        parts = [_instalment(one) for one in row.instalments]
        found += [PayableChoice(f"{row.id}-{one.seq}", row, one, one.open_baht) for one in parts if one.open_baht > 0]
        # Without instalments the contract is paid as a whole; with them, what no instalment holds can still be paid.
        found.append(PayableChoice(str(row.id), row, None, row.final_baht - row.paid_baht))
    free = max(money.commitment.free_baht, NOTHING)
    found.append(PayableChoice("", None, None, free))
    return tuple(found)


def sources(money: MoneyOfProject) -> list[AppropriationRow]:
    """Appropriations that something may be paid from, the fullest first."""
    standing = [row for row in money.appropriations if row.in_force and not row.removed]
    return sorted(standing, key=lambda row: row.left_baht, reverse=True)


def done_of(reports: Sequence[ProgressRow]) -> Decimal | None:
    """Percent that was reported last."""
    return reports[0].percent if reports else None


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def _optional(value: Any) -> Decimal | None:
    return None if value is None else _decimal(value)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

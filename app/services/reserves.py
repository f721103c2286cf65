"""Whether payments after the fiscal year are covered by what was carried over; pure, on the money of one project.

One rule: every baht that is paid after the year comes out of a reserve of its appropriation that is still open on that
day, and no baht of a reserve is used twice. A reserve of a contract is for that contract alone; what a contract needs
beyond its own reserves, and what is paid without a contract, comes out of the reserves that no contract binds. The
database refuses the same (revision 0023).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from app.services.money_rules import LARGEST_BAHT, NOTHING, Late, ProjectMoney, Reserve, last_day

_Row = TypeVar("_Row", Late, Reserve)


def shortage_baht(late: Sequence[Late], reserves: Sequence[Reserve]) -> Decimal:
    """What payments of one appropriation need beyond its reserves, at worst from any day on; at most 0 when covered."""
    worst = NOTHING
    for day in sorted({one.day for one in late}):
        free = _sum(r.amount_baht for r in reserves if r.contract_id is None and r.until_on >= day)
        needed = _sum(_excess(late, reserves, contract, day) for contract in {one.contract_id for one in late})
        worst = max(worst, needed - free)
    return worst


def room_after_year(money: ProjectMoney, appropriation_id: int, contract_id: int | None, day: date) -> Decimal:
    """Baht that can still be paid of an appropriation on a day after the year."""
    probe = Late(appropriation_id, contract_id, day, LARGEST_BAHT * 2)
    late = [*_of(money.late, appropriation_id), probe]
    # Beyond what there is, every baht more is a baht short.
    short = shortage_baht(late, _of(money.reserves, appropriation_id))
    if not is_late(money, contract_id):
        short = max(short, _short_of_contracts(replace(money, late=(*money.late, probe))))
    return probe.amount_baht - short


def room_for_contract(money: ProjectMoney, signed_on: date, besides: int | None = None) -> Decimal:
    """Baht that a contract signed after the year may bind of what no contract binds; ``besides`` is itself."""
    contracts = {number: pot for number, pot in money.contracts.items() if number != besides}
    free = -_short_of_contracts(replace(money, contracts=contracts), besides)
    open_then = _sum(r.amount_baht for r in money.reserves if r.contract_id is None and r.until_on >= signed_on)
    own = _sum(r.amount_baht for r in money.reserves if besides is not None and r.contract_id == besides)
    return max(min(free, open_then), NOTHING) + own


def uncovered_baht(money: ProjectMoney, reserve: Reserve) -> Decimal:
    """What payments and contracts after the year would lack without a reserve."""
    rest = tuple(one for one in money.reserves if one.id != reserve.id)
    mine = reserve.appropriation_id
    short = shortage_baht(_of(money.late, mine), _of(rest, mine))
    if any(is_late(money, number) for number in money.contracts):
        short = max(short, _short_of_contracts(replace(money, reserves=rest)))
    return short


def is_late(money: ProjectMoney, contract_id: int | None) -> bool:
    """True for a contract that was signed after the fiscal year."""
    pot = None if contract_id is None else money.contracts.get(contract_id)
    return pot is not None and pot.day is not None and pot.day > last_day(money.fiscal_year_be)


def reserved_baht(money: ProjectMoney, appropriation_id: int) -> Decimal:
    """What was paid of an appropriation within the year and what is carried over of it; 0 without a reserve."""
    kept = _sum(r.amount_baht for r in _of(money.reserves, appropriation_id))
    pot = money.appropriations[appropriation_id]
    return kept + pot.used_baht - pot.late_baht if kept else NOTHING


def _short_of_contracts(money: ProjectMoney, besides: int | None = None) -> Decimal:
    """What contracts signed after the year and everybody else's payments need beyond the reserves of no contract."""
    unbound = _sum(r.amount_baht for r in money.reserves if r.contract_id is None)
    bound = NOTHING
    for number, pot in money.contracts.items():
        if is_late(money, number):
            own = _sum(r.amount_baht for r in money.reserves if r.contract_id == number)
            bound += max(pot.whole_baht - own, NOTHING)
    used = NOTHING
    for source in {one.appropriation_id for one in money.late}:
        late, reserves = _of(money.late, source), _of(money.reserves, source)
        others = {one.contract_id for one in late if not is_late(money, one.contract_id)} - {besides or 0}
        used += _sum(_excess(late, reserves, contract, date.min) for contract in others)
    return bound + used - unbound


def _excess(late: Sequence[Late], reserves: Sequence[Reserve], contract_id: int | None, day: date) -> Decimal:
    """What a contract is paid from a day on beyond its own reserves, at worst of any later day."""
    paid = [one for one in late if one.contract_id == contract_id and one.day >= day]
    own = [r for r in reserves if r.contract_id == contract_id and contract_id is not None]
    return max(
        (
            _sum(one.amount_baht for one in paid if one.day >= start)
            - _sum(r.amount_baht for r in own if r.until_on >= start)
            for start in {one.day for one in paid}
        ),
        default=NOTHING,
    ).max(NOTHING)


def _of(rows: Sequence[_Row], appropriation_id: int) -> tuple[_Row, ...]:
    return tuple(row for row in rows if row.appropriation_id == appropriation_id)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)

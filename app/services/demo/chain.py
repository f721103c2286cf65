"""From plan to payment: what happened to each work, by the rules of the Thai fiscal year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np

from app.services.demo.names import CONTRACTORS, person
from app.services.demo.works import Work

# The demonstration's today: the second month of fiscal year 2570.
AS_OF = date(2026, 11, 20)
_BUDDHIST_ERA = 543

_STATUS_SHARES: dict[int, dict[str, float]] = {
    2566: {"CLOSED": 0.93, "DISBURSED_FULL": 0.03, "CANCELLED": 0.04},
    2567: {"CLOSED": 0.88, "DISBURSED_FULL": 0.07, "CANCELLED": 0.03, "CARRIED_OVER": 0.02},
    2568: {"CLOSED": 0.72, "DISBURSED_FULL": 0.20, "CARRIED_OVER": 0.05, "CANCELLED": 0.03},
    2569: {
        "CLOSED": 0.18,
        "DISBURSED_FULL": 0.44,
        "DISBURSING": 0.12,
        "CARRIED_OVER": 0.12,
        "CONTRACTED": 0.08,
        "CANCELLED": 0.03,
        "DEFERRED": 0.03,
    },
    2570: {
        "PLANNED": 0.26,
        "BUDGET_REQUESTED": 0.08,
        "BUDGET_APPROVED": 0.30,
        "PROCURING": 0.16,
        "CONTRACTED": 0.14,
        "DISBURSING": 0.06,
    },
}
_WITHOUT_COORDINATES = {2566: 0.08, 2567: 0.11, 2568: 0.17, 2569: 0.30, 2570: 0.62}
_COORDINATES = {
    2566: {"VERIFIED": 0.92, "SUBMITTED": 0.06, "RETURNED": 0.02},
    2567: {"VERIFIED": 0.90, "SUBMITTED": 0.07, "RETURNED": 0.03},
    2568: {"VERIFIED": 0.82, "SUBMITTED": 0.11, "RETURNED": 0.04, "DRAFT": 0.03},
    2569: {"VERIFIED": 0.60, "SUBMITTED": 0.22, "RETURNED": 0.08, "DRAFT": 0.10},
    2570: {"VERIFIED": 0.25, "SUBMITTED": 0.37, "RETURNED": 0.10, "DRAFT": 0.28},
}
_FUNDS = {
    "OWN": 0.46,
    "GRANT_GENERAL": 0.14,
    "GRANT_SPECIFIC": 0.24,
    "ACCUMULATED": 0.11,
    "LOAN": 0.02,
    "OTHER_AGENCY": 0.03,
}
_IN_ORDINANCE = frozenset({"OWN", "GRANT_GENERAL"})
_UNFUNDED = frozenset({"PLANNED", "BUDGET_REQUESTED", "DEFERRED"})
_UNCONTRACTED = _UNFUNDED | {"BUDGET_APPROVED", "PROCURING", "CANCELLED"}
_PAID = frozenset({"CLOSED", "DISBURSED_FULL"})
_SMALL_BAHT = 500_000


@dataclass(frozen=True)
class Money:
    """An appropriation."""

    fund: str
    amount: Decimal
    programme: str
    category: str
    legal_reference: str
    approved_on: date


@dataclass(frozen=True)
class Agreement:
    """A contract."""

    number: str
    egp_number: str
    method: str
    contractor: str
    is_person: bool
    amount: Decimal
    instalments: int
    signed_on: date
    start_on: date
    end_on: date


@dataclass(frozen=True)
class Payment:
    """A payment out of the appropriation number ``source`` (0, 1)."""

    source: int
    paid_on: date
    instalment: int
    amount: Decimal
    voucher: str


@dataclass(frozen=True)
class Chain:
    """Everything about one work that is not the land's."""

    status: str
    planned: Decimal
    moneys: tuple[Money, ...]
    agreement: Agreement | None
    payments: tuple[Payment, ...]
    coordinates: tuple[str, ...]
    drawn_at: datetime

    @property
    def geometry_status(self) -> str:
        """Status of the newest geometry version; NONE without any."""
        return self.coordinates[-1] if self.coordinates else "NONE"


def make_chain(rng: np.random.Generator, work: Work, *, drawn: bool = False) -> Chain:
    """What happened to ``work`` until :data:`AS_OF`; ``drawn`` makes sure that it has coordinates."""
    status = _choose(rng, _STATUS_SHARES[work.year])
    budget = _round(work.cost * rng.uniform(1.0, 1.08), 1_000, 40_000)
    moneys = () if status in _UNFUNDED else _moneys(rng, work, budget)
    own_work = status in _PAID and budget < 200_000 and rng.random() < 0.08
    agreement = None if status in _UNCONTRACTED or own_work else _agreement(rng, work, budget, moneys[-1].approved_on)
    payments = _payments(rng, work, status, moneys, agreement)
    return Chain(
        status,
        _round(float(budget) * rng.uniform(1.0, 1.15), 10_000, 50_000),
        moneys,
        agreement,
        payments,
        _coordinates(rng, work.year, drawn),
        _drawn_at(rng, work),
    )


def first_day(year_be: int) -> date:
    """First day of a fiscal year: 1 October of the calendar year before."""
    return date(year_be - _BUDDHIST_ERA - 1, 10, 1)


def last_day(year_be: int) -> date:
    """Last day of a fiscal year."""
    return date(year_be - _BUDDHIST_ERA, 9, 30)


def _choose(rng: np.random.Generator, shares: dict[str, float]) -> str:
    codes = list(shares)
    weights = np.array(list(shares.values()))
    return codes[int(rng.choice(len(codes), p=weights / weights.sum()))]


def _round(value: float, step: int, least: int) -> Decimal:
    return Decimal(max(round(value / step) * step, least)).quantize(Decimal("0.01"))


def _moneys(rng: np.random.Generator, work: Work, budget: Decimal) -> tuple[Money, ...]:
    funds = [_choose(rng, _FUNDS)]
    if budget > _SMALL_BAHT and rng.random() < 0.09:
        funds.append("OWN" if funds[0] != "OWN" else "ACCUMULATED")
    amounts = [budget]
    if len(funds) == 2:
        second = _round(float(budget) * rng.uniform(0.15, 0.4), 1_000, 1_000)
        amounts = [budget - second, second]
    return tuple(_money(rng, work, fund, amount) for fund, amount in zip(funds, amounts, strict=True))


def _money(rng: np.random.Generator, work: Work, fund: str, amount: Decimal) -> Money:
    law = "เทศบัญญัติ" if work.body.type_code.endswith("MUNI") else "ข้อบัญญัติ"
    if fund in _IN_ORDINANCE:
        approved_on = first_day(work.year) - timedelta(days=int(rng.integers(2, 20)))
        reference = f"{law}งบประมาณรายจ่าย ประจำปีงบประมาณ พ.ศ. {work.year}"
    else:
        latest = min(150, (AS_OF - first_day(work.year)).days - 25)
        approved_on = first_day(work.year) + timedelta(days=int(rng.integers(3, max(latest, 5))))
        number = int(rng.integers(1, 400))
        reference = {
            "GRANT_SPECIFIC": f"หนังสือจัดสรรเงินอุดหนุนเฉพาะกิจ ที่ {number}/{work.year} (สาธิต)",
            "ACCUMULATED": f"มติสภาท้องถิ่น ครั้งที่ {number % 4 + 1}/{work.year} จ่ายขาดเงินสะสม",
            "LOAN": f"สัญญากู้เงิน เลขที่ {number}/{work.year} (สาธิต)",
            "OTHER_AGENCY": f"หนังสือสนับสนุนงบประมาณ ที่ {number}/{work.year} (สาธิต)",
        }[fund]
    programme = {"road": "00310", "water": "00320", "other": "00240"}[work.kind]
    if work.kind == "water" and rng.random() < 0.3:
        programme = "00240"  # the same kind of work stands under different programmes in different books
    category = "532000" if work.nature == "REPAIR" and amount < 100_000 else "542000"
    return Money(fund, amount, programme, category, reference, approved_on)


def _agreement(rng: np.random.Generator, work: Work, budget: Decimal, approved_on: date) -> Agreement:
    amount = min(_round(float(budget) * rng.uniform(0.86, 0.998), 500, 30_000), budget)
    earliest = max(first_day(work.year), approved_on) + timedelta(days=4)
    latest = min(last_day(work.year) - timedelta(days=40), AS_OF - timedelta(days=12))
    signed_on = _weekday(earliest + timedelta(days=int(rng.integers(0, max((latest - earliest).days, 1)))))
    start_on = signed_on + timedelta(days=1)
    small = amount <= _SMALL_BAHT
    is_person = small and rng.random() < 0.15
    contractor = person(rng) if is_person else CONTRACTORS[int(rng.integers(len(CONTRACTORS)))]
    return Agreement(
        f"{work.number % 90 + 1}/{work.year}",
        f"{work.year % 100:02d}{signed_on.month:02d}9{work.number:06d}",
        "SPECIFIC" if small else "E_BIDDING",
        contractor,
        bool(is_person),
        amount,
        1 if small else int(rng.integers(1, 4)),
        signed_on,
        start_on,
        start_on + timedelta(days=30 if small else int(rng.integers(60, 181))),
    )


def _payments(
    rng: np.random.Generator, work: Work, status: str, moneys: tuple[Money, ...], agreement: Agreement | None
) -> tuple[Payment, ...]:
    share = {"CLOSED": 1.0, "DISBURSED_FULL": 1.0, "DISBURSING": float(rng.uniform(0.25, 0.7))}.get(status, 0.0)
    if status == "CARRIED_OVER" and rng.random() < 0.6:
        share = float(rng.uniform(0.2, 0.6))
    if share == 0.0 or not moneys:
        return ()
    if agreement is None:  # done by the organisation's own hands
        total, begin, parts = sum((m.amount for m in moneys), Decimal(0)), max(m.approved_on for m in moneys), 1
        total = (total * Decimal("0.95")).quantize(Decimal("0.01"))
    else:
        total, begin, parts = agreement.amount, agreement.signed_on, agreement.instalments if share == 1.0 else 1
    end = min(last_day(work.year), AS_OF - timedelta(days=1))
    begin = max(begin + timedelta(days=5), first_day(work.year) + timedelta(days=5))
    days = sorted(begin + timedelta(days=int(d)) for d in rng.integers(0, max((end - begin).days, 1), parts))
    due = (total * Decimal(str(round(share, 2)))).quantize(Decimal("0.01"))
    each = (due / parts).quantize(Decimal("0.01"))
    amounts = [each] * (parts - 1) + [due - each * (parts - 1)]
    return tuple(_drawn_down(work, moneys, days, amounts))


def _drawn_down(work: Work, moneys: tuple[Money, ...], days: list[date], amounts: list[Decimal]) -> list[Payment]:
    """Payments against the appropriations in their order; one that crosses from one to the next is split."""
    left = [money.amount for money in moneys]
    payments: list[Payment] = []
    for instalment, (day, amount) in enumerate(zip(days, amounts, strict=True), start=1):
        for source in range(len(left)):
            part = min(amount, left[source])
            if part > 0:
                voucher = f"ฎ.{work.number}-{len(payments) + 1}/{work.year}"
                payments.append(Payment(source, _weekday(day), instalment, part, voucher))
                left[source] -= part
                amount -= part
    return payments


def _weekday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _coordinates(rng: np.random.Generator, year: int, drawn: bool) -> tuple[str, ...]:
    """Statuses of the geometry's versions in order; empty without coordinates."""
    if not drawn and rng.random() < _WITHOUT_COORDINATES[year]:
        return ()
    last = _choose(rng, _COORDINATES[year])
    if last == "DRAFT":
        return ("DRAFT",) if rng.random() < 0.7 else ("DRAFT", "DRAFT")
    if last == "SUBMITTED":
        return ("DRAFT", "SUBMITTED") if rng.random() < 0.5 else ("SUBMITTED",)
    if last == "RETURNED":
        return ("SUBMITTED", "RETURNED")
    return ("SUBMITTED", "RETURNED", "SUBMITTED", "VERIFIED") if rng.random() < 0.18 else ("SUBMITTED", "VERIFIED")


def _drawn_at(rng: np.random.Generator, work: Work) -> datetime:
    """When its first version was drawn: some weeks into the fiscal year, never after today."""
    latest = min((AS_OF - first_day(work.year)).days - 8, 330)
    day = first_day(work.year) + timedelta(days=int(rng.integers(5, max(latest, 6))))
    return datetime(day.year, day.month, day.day, int(rng.integers(2, 9)), int(rng.integers(60)), tzinfo=UTC)

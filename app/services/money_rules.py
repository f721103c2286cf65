"""What every door of money asks: amounts, texts, codes, dates of the fiscal year, and what is left under a lock."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.codelists import ListName, code_list
from app.queries.fiscal_years import is_closed
from app.services.project_checks import amount_problem
from app.services.project_locks import HeldProject
from gis.problems import Problem
from gis.thai import fiscal_year_be, normalise, to_arabic_digits

SATANG = Decimal("0.01")
# Eleven digits: more than all local bodies spend together, and a hundred such rows still fit their project's sum.
LARGEST_BAHT = Decimal("9999999999.99")
TEXT_LENGTH = 300
LONG_TEXT_LENGTH = 1000
NOTHING = Decimal(0)
# No paper of the system's subject is older: fiscal years begin with 2540.
EARLIEST_DAY = date(1997, 1, 1)
MOST_YEARS_AHEAD = 10
_UNSEEN = frozenset({"Cf", "Cc", "Mn", "Zl", "Zp", "Zs"})
# Fillers of other scripts that are letters by their category.
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_BUDDHIST_ERA = 543
_PAPER_NUMBERS = frozenset({"number", "egp_number", "voucher_number"})

Versioned = Literal[
    "appropriation",
    "contract",
    "budget_document",
    "budget_transfer",
    "carry_over",
    "fiscal_year_close",
    "calendar_task",
    "evaluation_result",
    "daily_report",
]


def first_day(year_be: int) -> date:
    """First day of a fiscal year: 1 October of the calendar year before."""
    return date(year_be - _BUDDHIST_ERA - 1, 10, 1)


def last_day(year_be: int) -> date:
    """Last day of a fiscal year: 30 September."""
    return date(year_be - _BUDDHIST_ERA, 9, 30)


def refuse(problems: Sequence[Problem]) -> None:
    """Stop when there is anything to mend.

    Raises
    ------
    InvalidInput
        Every problem at once.
    """
    if problems:
        raise InvalidInput(problems)


def check_amount(amount: Decimal, minimum: Decimal = SATANG, name: str = "amount_baht") -> list[Problem]:
    """An amount of one row: within bounds and without fractions of a satang."""
    if not amount.is_finite() or not minimum <= amount <= LARGEST_BAHT:
        return [amount_problem(name, amount, minimum, LARGEST_BAHT)]
    if amount != amount.quantize(SATANG):
        return [Problem("amount_too_precise", where={"field": name}, values={"amount": str(amount)[:40]})]
    return []


def require_number(*amounts: Decimal) -> None:
    """Stop at what is no number at all: nothing can be compared with it.

    Raises
    ------
    InvalidInput
        ``amount_out_of_range``.
    """
    refuse([amount_problem("amount_baht", a, SATANG, LARGEST_BAHT) for a in amounts if not a.is_finite()])


def check_code(session: Session, name: str, list_name: ListName, given: str | None) -> list[Problem]:
    """A code that its list has, or none."""
    if given is None or given in code_list(session, list_name):
        return []
    return [Problem("unknown_code", where={"field": name}, values={"given": given[:80]})]


def check_text(name: str, text: str | None, *, required: bool = False, limit: int = TEXT_LENGTH) -> list[Problem]:
    """A text that fits, and is there when it has to be."""
    if text is None or is_blank(text):
        return [Problem("field_required", where={"field": name})] if required else []
    if len(text) > limit:
        return [Problem("text_too_long", where={"field": name}, values={"limit": limit, "length": len(text)})]
    return []


def is_blank(text: str | None) -> bool:
    """True for a text in which nobody sees anything: spaces, letters of no width, marks without a letter."""
    return not text or all(
        unicodedata.category(letter) in _UNSEEN or letter in _UNSEEN_LETTERS for letter in normalise(text)
    )


def same_number(text: str) -> str:
    """A number as it is compared: ๑/๒๕๗๐ is 1/2570. :data:`SAME_NUMBER` is the same in SQL."""
    return to_arabic_digits(normalise(text))


SAME_NUMBER: Final = "translate({column}, '๐๑๒๓๔๕๖๗๘๙', '0123456789')"


def check_choice(name: str, given: str | None, allowed: Sequence[str]) -> list[Problem]:
    """One of a few words, or nothing."""
    if given is None or given in allowed:
        return []
    return [Problem("unknown_code", where={"field": name}, values={"given": given[:80]})]


def values_of(record: Any) -> dict[str, Any]:
    """The fields of a dataclass as they are stored: texts in one spelling, empty ones as nothing.

    Numbers of papers are written with Arabic digits, so that whoever looks for 12/2570 finds ๑๒/๒๕๗๐.
    """
    values = {name: getattr(record, name) for name in record.__dataclass_fields__}
    return {name: _stored(name, value) if isinstance(value, str) else value for name, value in values.items()}


def _stored(name: str, text: str) -> str | None:
    if is_blank(text):
        return None
    return same_number(text) if name in _PAPER_NUMBERS else normalise(text)


def baht(amount: Decimal) -> str:
    """An amount in a sentence."""
    return f"{amount:,.2f}"


def over(code: str, used: Decimal, amount: Decimal, name: str, whole: Decimal) -> Problem:
    """More than there is: with the total, the whole and what would be allowed."""
    room = max(whole - used, NOTHING)
    values = {"total_baht": baht(used + amount), name: baht(whole), "room_baht": baht(room)}
    return Problem(code, where={"field": "amount_baht"}, values=values)


@dataclass(frozen=True)
class Pot:
    """Money that may be used up: an appropriation, a contract or an instalment of one.

    Parameters
    ----------
    whole_baht
        Net budget, or final contract.
    used_baht, late_baht
        Paid of it, and paid after the fiscal year's last day. What takes a payment back counts on the day of the
        payment: money that came back after the year makes no room for more of that year.
    day
        When it was approved or signed.
    owner
        Contract of an instalment.
    """

    whole_baht: Decimal
    used_baht: Decimal
    late_baht: Decimal = NOTHING
    day: date | None = None
    owner: int | None = None

    @property
    def left_baht(self) -> Decimal:
        """What is not used yet."""
        return self.whole_baht - self.used_baht


@dataclass(frozen=True)
class Reserve:
    """Money carried over."""

    id: int
    amount_baht: Decimal
    until_on: date
    appropriation_id: int
    contract_id: int | None


@dataclass(frozen=True)
class Late:
    """What was paid after the fiscal year on one day, out of one appropriation under one contract or none."""

    appropriation_id: int
    contract_id: int | None
    day: date
    amount_baht: Decimal


@dataclass(frozen=True)
class ProjectMoney:
    """Everything that decides what a project may still bind and pay, read while its row is locked."""

    fiscal_year_be: int
    organisation_code: str
    appropriations: Mapping[int, Pot] = field(default_factory=dict)
    contracts: Mapping[int, Pot] = field(default_factory=dict)
    instalments: Mapping[tuple[int, int], Pot] = field(default_factory=dict)
    reserves: tuple[Reserve, ...] = ()
    late: tuple[Late, ...] = ()
    direct_baht: Decimal = NOTHING
    closed: bool = False

    @property
    def budget_baht(self) -> Decimal:
        """Net approved budget."""
        return sum((pot.whole_baht for pot in self.appropriations.values()), NOTHING)

    @property
    def contracted_baht(self) -> Decimal:
        """Final contracts."""
        return sum((pot.whole_baht for pot in self.contracts.values()), NOTHING)

    @property
    def disbursed_baht(self) -> Decimal:
        """Payments less what was taken back."""
        return sum((pot.used_baht for pot in self.appropriations.values()), NOTHING)

    @property
    def free_baht(self) -> Decimal:
        """Budget that neither a contract binds nor a payment without contract has used."""
        return self.budget_baht - self.contracted_baht - self.direct_baht

    def open_year(self) -> list[Problem]:
        """The problem of a closed year."""
        return [closed_problem(self.organisation_code, self.fiscal_year_be)] if self.closed else []


_MONEY = """
SELECT 'appropriation' AS what, a.id, a.net_baht AS whole, coalesce(sum(d.amount_baht), 0) AS used,
       coalesce((SELECT sum(l.amount_baht) FROM late_payment l WHERE l.appropriation_id = a.id), 0) AS late,
       a.approved_on AS day, NULL::bigint AS owner, NULL::bigint AS contract
FROM appropriation a LEFT JOIN disbursement d ON d.appropriation_id = a.id
WHERE a.project_id = :project AND a.in_force AND a.removed_at IS NULL GROUP BY a.id
UNION ALL
SELECT 'contract', c.id, c.final_baht, coalesce(sum(d.amount_baht), 0),
       coalesce((SELECT sum(l.amount_baht) FROM late_payment l WHERE l.contract_id = c.id), 0), c.signed_on, NULL, NULL
FROM contract c LEFT JOIN disbursement d ON d.contract_id = c.id
WHERE c.project_id = :project AND c.removed_at IS NULL GROUP BY c.id
UNION ALL
SELECT 'instalment', i.seq, i.amount_baht,
       coalesce((SELECT sum(d.amount_baht) FROM disbursement d
                 WHERE d.contract_id = i.contract_id AND d.instalment = i.seq), 0), 0, i.due_on, i.contract_id, NULL
FROM contract_instalment i WHERE i.project_id = :project AND i.removed_at IS NULL
UNION ALL
SELECT 'reserve', k.id, k.amount_baht, 0, 0, k.until_on, k.appropriation_id, k.contract_id
FROM carry_over k WHERE k.project_id = :project AND k.removed_at IS NULL
UNION ALL
SELECT 'late', 0, l.amount_baht, 0, 0, l.day, l.appropriation_id, l.contract_id
FROM late_payment l WHERE l.project_id = :project
UNION ALL
SELECT 'direct', 0, coalesce(sum(d.amount_baht), 0), 0, 0, NULL, NULL, NULL
FROM disbursement d WHERE d.project_id = :project AND d.contract_id IS NULL
UNION ALL
SELECT 'closed', 0, 0, 0, 0, NULL, NULL, NULL
FROM closed_fiscal_year WHERE (organisation_code, fiscal_year_be) = (:organisation, :year)
"""


def read_money(session: Session, project: HeldProject) -> ProjectMoney:
    """Money of a project that this transaction holds, in one statement."""
    year = project.fiscal_year_be
    rows = session.execute(
        sa.text(_MONEY),
        {"project": project.id, "organisation": project.organisation_code, "year": year},
    ).all()

    def pots(what: str) -> dict[int, Pot]:
        return {row.id: Pot(row.whole, row.used, row.late, row.day) for row in rows if row.what == what}

    return ProjectMoney(
        fiscal_year_be=year,
        organisation_code=project.organisation_code,
        appropriations=pots("appropriation"),
        contracts=pots("contract"),
        instalments={
            (row.owner, row.id): Pot(row.whole, row.used, owner=row.owner) for row in rows if row.what == "instalment"
        },
        reserves=tuple(
            Reserve(row.id, row.whole, row.day, row.owner, row.contract) for row in rows if row.what == "reserve"
        ),
        late=tuple(Late(row.owner, row.contract, row.day, row.whole) for row in rows if row.what == "late"),
        direct_baht=sum((row.whole for row in rows if row.what == "direct"), NOTHING),
        closed=any(row.what == "closed" for row in rows),
    )


def closed_problem(organisation_code: str, year_be: int, **where: Any) -> Problem:
    """Nothing of money is written in a closed year."""
    values = {"organisation_code": organisation_code, "fiscal_year_be": year_be}
    return Problem("fiscal_year_closed", where=where, values=values)


def check_open_year(session: Session, organisation_code: str, year_be: int) -> list[Problem]:
    """The problem of a closed year, where there is no project to ask."""
    closed = is_closed(session, organisation_code, year_be)
    return [closed_problem(organisation_code, year_be)] if closed else []


def today() -> date:
    """The day of today in Thailand, wherever the server stands (:mod:`app` sets its zone)."""
    return date.today()


def check_done(name: str, day: date | None, *, earliest: date | None = None) -> list[Problem]:
    """A day on which something was done: not one that is still to come, nor before ``earliest``."""
    if day is None:
        return []
    if day > today():
        return [Problem("day_in_future", where={"field": name}, values={"latest": today().isoformat()})]
    if earliest is not None and day < earliest:
        return [Problem("days_reversed", where={"field": name}, values={"earliest": earliest.isoformat()})]
    return []


def check_planned(name: str, day: date | None) -> list[Problem]:
    """A day that is planned: it may be to come, but not further off than anybody plans."""
    latest = date(today().year + MOST_YEARS_AHEAD, 12, 31)
    if day is None or EARLIEST_DAY <= day <= latest:
        return []
    values = {"earliest": EARLIEST_DAY.isoformat(), "latest": latest.isoformat()}
    return [Problem("day_too_far", where={"field": name}, values=values)]


def check_day(name: str, day: date, year_be: int, until_on: date | None = None) -> list[Problem]:
    """A day within the fiscal year, or until money that was carried over ends."""
    if first_day(year_be) <= day <= max(last_day(year_be), until_on or last_day(year_be)):
        return []
    values = {
        "given": day.isoformat(),
        "fiscal_year_be": year_be,
        "first": first_day(year_be).isoformat(),
        "last": max(last_day(year_be), until_on or last_day(year_be)).isoformat(),
        "given_year_be": fiscal_year_be(day),
    }
    return [Problem("day_outside_fiscal_year", where={"field": name}, values=values)]


def require_version(session: Session, table: Versioned, row_id: int, current: int, given: int | None) -> None:
    """Refuse a change of a row that somebody changed since it was read; ``None`` asks for nothing.

    Raises
    ------
    Conflict
        ``record_changed`` with the version that stands and, for every field that differs, what it was (``base``) and
        what it is now (``theirs``).
    """
    if given is None or given == current:
        return
    # Every update of the row is in the log with the version that it made: the first one since tells what stood there.
    rows = session.execute(
        sa.text(
            f"""
            SELECT b.key, b.value AS base, to_jsonb(t) -> b.key AS theirs
            FROM (
                SELECT DISTINCT ON (e.key) e.key, e.value
                FROM change_log l CROSS JOIN LATERAL jsonb_each(l.before) e
                WHERE l.entity = :entity AND l.entity_key = :key AND l.action = 'update'
                  AND (l.before ->> 'row_version')::integer >= :given
                ORDER BY e.key, l.id
            ) b JOIN "{table}" t ON t.id = :id
            WHERE b.key NOT IN ('row_version', 'updated_at', 'net_baht', 'final_baht', 'in_force', 'confirmed_by',
                                'confirmed_by_name')
            ORDER BY b.key
            """
        ),
        {"entity": table, "key": str(row_id), "id": row_id, "given": given},
    )
    fields = {row.key: {"base": row.base, "theirs": row.theirs} for row in rows}
    raise Conflict("record_changed", {"version": current, "values": fields})


def writers_of(
    session: Session, entity: Literal["appropriation", "budget_transfer_line"], row_ids: Sequence[int]
) -> set[int]:
    """Accounts of everybody who wrote or changed one of the rows, as the log of changes knows them."""
    found = session.scalars(
        sa.text(
            "SELECT DISTINCT user_id FROM change_log"
            " WHERE entity = :entity AND entity_key = ANY(:keys) AND user_id IS NOT NULL"
        ),
        {"entity": entity, "keys": [str(row_id) for row_id in row_ids]},
    )
    return set(found)


def organisation_target(session: Session, code: str) -> Target:
    """Where an organisation lies, for policy.

    Raises
    ------
    NotFound
        ``organisation_not_found``.
    """
    row = session.execute(
        sa.text("SELECT code, province_code, amphoe_code FROM organisation WHERE code = :code"), {"code": code}
    ).one_or_none()
    if row is None:
        raise NotFound("organisation_not_found", {"organisation": code[:40]})
    return Target(row.code, row.province_code, row.amphoe_code)


def may_see_money(actor: Actor) -> bool:
    """Rows of money are the staff's; others see sums."""
    return policy.visibility(actor) is policy.Visibility.STAFF

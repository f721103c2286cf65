"""Forms of a project's money: which act each is, what it begins with, and what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from app.errors import InvalidInput
from app.queries.project_money import MoneyOfProject
from app.services.contract_terms import MOST_DAYS_LATE, penalty_for_delay
from app.web.filters import money as money_text
from app.web.filters import thai_date
from app.web.money_acts import ACTS, Act
from app.web.money_body import Body
from app.web.money_present import InstalmentLine, payables, sources, stories
from app.web.page_forms import read_typed
from gis.problems import Problem
from gis.thai import fiscal_year_be

SPARE_ROWS = 3
"""Empty rows below the instalments that there are: so many more can be typed at once."""


@dataclass(frozen=True)
class MoneyForm:
    """One form of the project page.

    Parameters
    ----------
    name
        Of :data:`app.web.money_acts.ACTS`.
    tab, do
        Where it stands: the tab, and what the address says to open it.
    entity
        Table of the row that it changes; empty where it makes one.
    """

    name: str
    tab: str
    do: str
    entity: str = ""

    @property
    def act(self) -> Act:
        """What it does."""
        return ACTS[self.name]


# Part of the address and what is done there -> the form.
FORMS: Mapping[tuple[str, str], MoneyForm] = {
    ("budget", "add"): MoneyForm("add_appropriation", "budget", "add"),
    ("budget", "change"): MoneyForm("change_appropriation", "budget", "change", "appropriation"),
    ("budget", "remove"): MoneyForm("remove_appropriation", "budget", "remove", "appropriation"),
    ("budget", "restore"): MoneyForm("restore_appropriation", "budget", "restore", "appropriation"),
    ("budget", "confirm"): MoneyForm("confirm_appropriation", "budget", "confirm", "appropriation"),
    ("reserves", "add"): MoneyForm("add_carry_over", "budget", "reserve"),
    ("reserves", "remove"): MoneyForm("remove_carry_over", "budget", "release", "carry_over"),
    ("contracts", "add"): MoneyForm("add_contract", "contracts", "add"),
    ("contracts", "change"): MoneyForm("change_contract", "contracts", "change", "contract"),
    ("contracts", "remove"): MoneyForm("remove_contract", "contracts", "remove", "contract"),
    ("contracts", "restore"): MoneyForm("restore_contract", "contracts", "restore", "contract"),
    ("contracts", "amend"): MoneyForm("amend", "contracts", "amend", "contract"),
    ("contracts", "instalments"): MoneyForm("write_instalments", "contracts", "instalments", "contract"),
    ("contracts", "penalty"): MoneyForm("add_penalty", "contracts", "penalty", "contract"),
    ("penalties", "remove"): MoneyForm("remove_penalty", "contracts", "remove_penalty", "contract_penalty"),
    ("penalties", "restore"): MoneyForm("restore_penalty", "contracts", "restore_penalty", "contract_penalty"),
    ("disbursements", "add"): MoneyForm("add_disbursement", "disbursements", "add"),
    ("disbursements", "reverse"): MoneyForm("reverse", "disbursements", "reverse", "disbursement"),
    ("progress", "add"): MoneyForm("add_progress", "progress", "add"),
    ("progress", "remove"): MoneyForm("remove_progress", "progress", "remove", "progress_report"),
    ("progress", "restore"): MoneyForm("restore_progress", "progress", "restore", "progress_report"),
    ("status", "add"): MoneyForm("move", "status", "move", "project"),
}
DOINGS = tuple(sorted({form.do for form in FORMS.values()} | {"edit", "correct"}))


# What the other forms begin with, by the day of today as it is typed.
_FIRST: Mapping[str, Callable[[str], dict[str, str]]] = {
    "add_contract": lambda _day: {"kind": "CONTRACT"},
    "amend": lambda day: {"signed_on": day},
    "reverse": lambda day: {"paid_on": day},
    "add_progress": lambda day: {"reported_on": day},
}


def typed_values(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form with what one choice says spread over its fields: ``12-2`` is instalment 2 of contract 12."""
    values = MultiDict(form)
    if "under" in values:
        contract, _, instalment = values["under"].partition("-")
        values["contract_id"], values["instalment"] = contract, instalment
    return values


def as_text(value: Any) -> str:
    """A value as a person would type it into a form."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, Decimal):
        return money_text(value, 2)
    return thai_date(value) if isinstance(value, date) else str(value)


def beginning(
    form: MoneyForm, money: MoneyOfProject, row_id: int | None, *, under: str, today: date, year_be: int
) -> dict[str, str]:
    """What the fields of a form hold before anybody types; of a row that is changed, what stands."""
    if form.entity in ("appropriation", "contract") and form.do == "change":
        rows: Any = money.appropriations if form.entity == "appropriation" else money.contracts
        row = next((each for each in rows if each.id == row_id), None)
        body = form.act.body
        return {} if row is None or body is None else {n: as_text(getattr(row, n, None)) for n in body.fields}
    if form.do == "instalments":
        return _instalments(money, row_id, today)
    if form.name == "add_disbursement":
        return _payment(money, under, today if fiscal_year_be(today) == year_be else None)
    if form.name == "add_carry_over":
        return _reserve(money)
    first = _FIRST.get(form.name)
    return {} if first is None else first(thai_date(today))


def with_penalty(form: Mapping[str, str], contract_baht: Decimal) -> tuple[MultiDict[str, str], list[Problem]]:
    """The form of a penalty with the amount that its days and its rate, or its baht a day, come to.

    Baht a day are no field of a penalty: they only help to find the amount.
    """
    typed = MultiDict(form)
    body = Body({"days": "whole", "rate_percent": "percent", "per_day_baht": "amount"}, frozenset({"days"}))
    try:
        given = read_typed(body, typed)
    except InvalidInput as error:
        return typed, list(error.problems)
    days = min(max(given["days"], 0), MOST_DAYS_LATE)
    if "rate_percent" in given:
        typed["amount_baht"] = as_text(penalty_for_delay(contract_baht, days, given["rate_percent"]))
    elif "per_day_baht" in given:
        typed["amount_baht"] = as_text(given["per_day_baht"] * days)
    else:
        return typed, [Problem("field_required", where={"field": "rate_percent"})]
    return typed, []


def _instalments(money: MoneyOfProject, contract_id: int | None, today: date) -> dict[str, str]:
    story = next((s for s in stories(money, today=today) if s.row.id == contract_id), None)
    values: dict[str, str] = {}
    for line in story.instalments if story else ():
        values |= {f"instalments-{line.seq}-{name}": text for name, text in _entry(line).items()}
    return values


def _entry(line: InstalmentLine) -> dict[str, str]:
    share = "" if line.work_percent is None else f"{line.work_percent.normalize():f}"
    return {
        "amount_baht": as_text(line.amount_baht),
        "due_on": as_text(line.due_on),
        "work_percent": share,
        "accepted_on": as_text(line.accepted_on),
    }


def _payment(money: MoneyOfProject, under: str, paid_on: date | None) -> dict[str, str]:
    """The first thing that is open, with its whole open amount, out of the fullest appropriation."""
    choices = payables(money)
    chosen = next((each for each in choices if under and each.value == under), choices[0])
    values = {"under": chosen.value}
    if chosen.open_baht > 0:
        values["amount_baht"] = as_text(chosen.open_baht)
    if found := sources(money):
        enough = [row for row in found if row.left_baht >= chosen.open_baht]
        values["appropriation_id"] = str((enough or found)[0].id)
    return values | {"paid_on": as_text(paid_on)}


def _reserve(money: MoneyOfProject) -> dict[str, str]:
    found = sources(money)
    if not found:
        return {}
    values = {"appropriation_id": str(found[0].id)}
    if found[0].left_baht > 0:
        values["amount_baht"] = as_text(found[0].left_baht)
    bound = [row for row in money.contracts if not row.removed and row.paid_baht < row.final_baht]
    if bound:
        open_baht = min(found[0].left_baht, bound[-1].final_baht - bound[-1].paid_baht)
        values |= {"contract_id": str(bound[-1].id), "amount_baht": as_text(open_baht)}
    return values


def version_of(form: MoneyForm, money: MoneyOfProject, row_id: int | None, project_version: int) -> int:
    """Version of the row that a form changes, as it stands; 0 where there is none."""
    rows: Mapping[str, Any] = {
        "appropriation": money.appropriations,
        "contract": money.contracts,
        "carry_over": money.carry_overs,
    }
    if form.entity == "project":
        return project_version
    return next((int(row.row_version) for row in rows.get(form.entity, ()) if row.id == row_id), 0)


def rows_of(values: Mapping[str, str], name: str = "instalments") -> int:
    """How many rows a form of entries shows: those that hold something, and a few to type more."""
    numbers = [int(parts[1]) for key in values if len(parts := key.split("-")) == 3 and parts[0] == name]
    return max(numbers, default=0) + SPARE_ROWS

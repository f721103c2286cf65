"""Carrying money over the end of a year: what is left, several of it in one form, and what was reserved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import InvalidInput
from app.queries.budget_desk import Unspent, carried_over, unspent_money
from app.queries.codelists import choices
from app.queries.fiscal_years import is_closed
from app.queries.organisations import organisation as find_organisation
from app.services import money_rules
from app.services.carry_overs import NewCarryOver, record_carry_overs, remove_carry_over
from app.services.money_rules import last_day, organisation_target
from app.web.context import chosen_fiscal_year_be, current, current_fiscal_year_be
from app.web.desk_texts import in_words
from app.web.endpoint import Access, Param, page_route
from app.web.filters import thai_date
from app.web.money_body import Body, read_body, read_value
from app.web.organisation_money import require_staff
from app.web.page_forms import posted
from app.web.params import fiscal_year, integer_schema
from gis.problems import Problem

blueprint = Blueprint("carry_over_pages", __name__)

PAGE = "/organisations/<organisation_code>/carry-overs"
YEAR = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.) that the money is of")
_QUARTER_DAYS = 92
_SHARED = Body(
    {"until_on": "date", "legal_reference": "text", "approved_on": "date"},
    frozenset({"until_on"}),
)
_AMOUNT = Body({"amount_baht": "amount"}, frozenset({"amount_baht"}))


@page_route(blueprint, PAGE, access=Access.SIGNED_IN, params=(YEAR,))
def carry_page(organisation_code: str, fiscal_year: int | None) -> str:
    """What is left of a year, and what was carried over."""
    return _page(organisation_code, _year(fiscal_year))


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN, params=(YEAR,))
def carry(organisation_code: str, fiscal_year: int | None) -> Response:
    """Carry the chosen amounts over: all of them or none."""
    form, year = request.form, _year(fiscal_year)

    def act(session: Session, actor: Actor) -> Any:
        require_staff(session)
        policy.require(actor, policy.DISBURSEMENT_WRITE, organisation_target(session, organisation_code))
        left = {row.key: row for row in unspent_money(session, organisation_code, year)}
        return record_carry_overs(session, actor, read_chosen(form, form.getlist("chosen"), left))

    return posted(
        act,
        again=lambda problems: _page(organisation_code, year, problems, form),
        then=url_for(".carry_page", organisation_code=organisation_code, fiscal_year=year),
    )


@page_route(blueprint, f"{PAGE}/<int:carry_over_id>", methods=("POST",), access=Access.SIGNED_IN, params=(YEAR,))
def take_back(organisation_code: str, carry_over_id: int, fiscal_year: int | None) -> Response:
    """Take a reserve back (พับตกไป)."""
    form, year = request.form, _year(fiscal_year)
    version = form.get("row_version", 0, int) or 0
    return posted(
        lambda session, actor: remove_carry_over(
            session, actor, form.get("project", ""), carry_over_id, if_match_version=version
        ),
        again=lambda problems: _page(organisation_code, year, problems, form),
        then=url_for(".carry_page", organisation_code=organisation_code, fiscal_year=year),
    )


def read_chosen(
    form: Mapping[str, str], chosen: list[str], left: Mapping[str, Unspent]
) -> list[tuple[str, NewCarryOver]]:
    """The reserves that a form asks for: project and reserve.

    Raises
    ------
    InvalidInput
        Every field that cannot be read; of an amount with its ``row`` among the chosen.
    """
    problems: list[Problem] = []
    shared: dict[str, Any] = {}
    try:
        shared = read_body(_SHARED, {name: form.get(name) for name in _SHARED.fields})
    except InvalidInput as error:
        problems += error.problems
    asked = []
    for row, key in enumerate(chosen, start=1):
        of = left.get(key)
        if of is None:
            problems.append(Problem("carry_over_gone", where={"field": "amount_baht", "row": row}))
            continue
        try:
            amount = read_body(_AMOUNT, {"amount_baht": form.get(f"amount-{key}")})["amount_baht"]
            asked.append((of, amount))
        except InvalidInput as error:
            problems += [Problem(p.code, p.level, {**p.where, "row": row}, p.values) for p in error.problems]
    if problems:
        raise InvalidInput(problems)
    return [
        (of.project, NewCarryOver(of.appropriation_id, amount, contract_id=of.contract_id, **_approval(of, shared)))
        for of, amount in asked
    ]


def _approval(of: Unspent, shared: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the form says of the approval; the day alone, which the form offers, says nothing of what is bound."""
    if of.contract_id is None or shared.get("legal_reference"):
        return shared
    return {name: value for name, value in shared.items() if name != "approved_on"}


def _year(asked: int | None) -> int:
    # Money is carried over at the end of a year: in the first quarter of the next one it is still the one before.
    return asked or chosen_fiscal_year_be() or current_fiscal_year_be(date.today() - timedelta(days=_QUARTER_DAYS))


def _page(organisation_code: str, year: int, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    context = current()
    last = last_day(year)
    with context.database.reading() as session:
        require_staff(session, organisation_code)
        target = organisation_target(session, organisation_code)
        closed = is_closed(session, organisation_code, year)
        chosen = typed.getlist("chosen") if typed else []
        unspent = unspent_money(session, organisation_code, year)
        return render_template(
            "desk/carry_overs.html",
            owner=find_organisation(session, organisation_code),
            organisation_code=organisation_code,
            year=year,
            last=last,
            closed=closed,
            unspent=unspent,
            carried=carried_over(session, organisation_code, year),
            may=policy.may(context.actor, policy.DISBURSEMENT_WRITE, target) and not closed,
            funds=dict(choices(session, "fund_source", context.language)),
            chosen=chosen,
            chosen_baht=_sum_of(chosen, typed),
            problems=_problem_lines(in_words(problems or []), chosen, unspent),
            said=typed
            or {"until_on": thai_date(last.replace(year=last.year + 1)), "approved_on": thai_date(money_rules.today())},
        )


def _sum_of(chosen: list[str], typed: Any) -> Decimal:
    """Baht of the chosen rows that can be read as they were typed."""
    read = [read_value("amount", typed.get(f"amount-{key}", "")) for key in chosen]
    return sum((amount for amount in read if isinstance(amount, Decimal)), Decimal(0))


def _problem_lines(problems: list[dict[str, Any]], chosen: list[str], unspent: list[Unspent]) -> list[dict[str, Any]]:
    """Problems with the row that they are of: the services count from 1 in the order of the chosen."""
    projects = {row.key: row.project for row in unspent}
    told = []
    for line in problems:
        row = line.get("row")
        key = chosen[row - 1] if isinstance(row, int) and 1 <= row <= len(chosen) else None
        told.append(line if key is None else {**line, "key": key, "name": projects.get(key)})
    return told

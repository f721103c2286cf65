"""Pages of a budget transfer: lines from and to with what is left on each, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.errors import InvalidInput, NotFound
from app.models.transfer import TRANSFER_KINDS
from app.queries.budget_desk import MovableMoney, movable_money
from app.queries.budget_reviews import TransferLineRow, comments_on, get_transfer, lines_of_transfer
from app.queries.codelists import choices, funds_of_ordinance
from app.queries.fiscal_years import is_closed
from app.queries.on_behalf import mark_of_record
from app.queries.organisations import organisation as find_organisation
from app.services import budget_transfers as service
from app.services import money_rules
from app.services.money_rules import organisation_target
from app.web.budget_transfers import FIELDS, NEW, TRANSFERS, parts_of
from app.web.budget_words import TRANSFER_KIND_NAMES
from app.web.context import chosen_fiscal_year_be, current, current_fiscal_year_be
from app.web.desk_texts import TRANSFER_FIELD_NAMES, Turn, in_words, pill_of, turn_of
from app.web.endpoint import Access, Param, page_route
from app.web.filters import thai_date
from app.web.money_body import Body, read_body
from app.web.organisation_money import require_staff
from app.web.page_forms import posted
from app.web.params import fiscal_year, integer_schema
from app.web.reviewed_pages import acting
from gis.problems import Problem
from gis.thai import fiscal_year_be, to_arabic_digits

blueprint = Blueprint("budget_transfer_pages", __name__)

PAGE = "/budget-transfers/<int:transfer_id>"
NEW_PAGE = "/organisations/<organisation_code>/budget-transfers/new"
YEAR = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.)")
SHOWN_WITHOUT_ASKING = 60
"""Lines that a form offers by itself; of a larger year the person names the projects."""
_KEY = re.compile(r"\d{1,18}", re.ASCII)
_AMOUNT = re.compile(r"amount-(\d{1,18})", re.ASCII)


@page_route(blueprint, PAGE, access=Access.SIGNED_IN)
def transfer_page(transfer_id: int) -> str:
    """One transfer."""
    return _page(transfer_id)


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN)
def act_on_transfer(transfer_id: int) -> Any:
    """Change it, send it in, decide on it, take it out or bring it back; ``add`` only asks for more lines."""
    form = request.form
    if form.get("do") == "add":
        return _page(transfer_id, None, form)
    return posted(
        lambda session, actor: acting(TRANSFERS, transfer_id, form, lambda f: read_transfer(FIELDS, f))(session, actor),
        again=lambda problems: _page(transfer_id, problems, form),
        then=url_for(".transfer_page", transfer_id=transfer_id),
    )


@page_route(blueprint, NEW_PAGE, access=Access.SIGNED_IN, params=(YEAR,))
def new_page(organisation_code: str, fiscal_year: int | None) -> str:
    """A transfer that nobody has saved yet."""
    year = fiscal_year or chosen_fiscal_year_be() or current_fiscal_year_be()
    return _new(organisation_code, year)


@page_route(blueprint, NEW_PAGE, methods=("POST",), access=Access.SIGNED_IN, params=(YEAR,))
def create_transfer(organisation_code: str, fiscal_year: int | None) -> Any:
    """Begin it, with its lines."""
    form, year = request.form, fiscal_year or chosen_fiscal_year_be() or current_fiscal_year_be()
    if form.get("do") == "add":
        return _new(organisation_code, year, None, form)

    def create(session: Session, actor: Any) -> int:
        given = read_transfer(NEW, {**form, "fiscal_year_be": str(year)})
        return service.create_transfer(
            session, actor, organisation_code, given.pop("fiscal_year_be"), *parts_of(given)
        ).id

    return posted(
        create,
        again=lambda problems: _new(organisation_code, year, problems, form),
        then=lambda made: url_for(".transfer_page", transfer_id=made),
    )


def read_transfer(body: Body, form: Mapping[str, str]) -> dict[str, Any]:
    """Values of the form: a line for each appropriation that an amount or a note was typed for.

    Raises
    ------
    InvalidInput
        Every field that is missing or cannot be read; of a line with the ``appropriation`` that it is of.
    """
    given: dict[str, Any] = {name: form.get(name) for name in body.fields}
    if "fiscal_year_be" in given:
        given["fiscal_year_be"] = int(given["fiscal_year_be"])
    lines = typed_lines(form)
    given["lines"] = [
        {"appropriation_id": key, "amount_baht": amount or "0", "note": note} for key, (amount, note) in lines.items()
    ]
    try:
        return read_body(body, given)
    except InvalidInput as error:
        raise InvalidInput([_of_line(problem, list(lines)) for problem in error.problems]) from None


def typed_lines(form: Mapping[str, str]) -> dict[int, tuple[str, str]]:
    """What was typed by appropriation: amount (out with a minus) and note; lines left empty are none."""
    found = {}
    for name, text in form.items():
        match = _AMOUNT.fullmatch(name)
        if match is None:
            continue
        note = form.get(f"note-{match[1]}", "").strip()
        amount = to_arabic_digits(text).strip().replace(",", "").replace("−", "-")
        if amount.strip("-– ") or note:
            found[int(match[1])] = (text.strip(), note)
    return found


def _of_line(problem: Problem, order: list[int]) -> Problem:
    row = problem.where.get("row")
    if not isinstance(row, int) or not 1 <= row <= len(order):
        return problem
    return Problem(problem.code, problem.level, {**problem.where, "appropriation": order[row - 1]}, problem.values)


def _page(transfer_id: int, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    context = current()
    with context.database.reading() as session:
        require_staff(session)
        row = get_transfer(session, transfer_id)
        if row is None:
            raise NotFound("budget_transfer_not_found", {"id": transfer_id})
        target = organisation_target(session, row.organisation_code)
        closed = is_closed(session, row.organisation_code, row.fiscal_year_be)
        turn = turn_of(context.actor, row, target, closed=closed)
        lines = lines_of_transfer(session, transfer_id)
        editing = typed is not None and typed.get("do") in ("save", "add")
        said = typed if editing else {name: getattr(row, name) or "" for name in FIELDS.fields}
        amounts = typed_lines(typed) if editing else _of_rows(lines)
        return render_template(
            "desk/transfer.html",
            row=row,
            turn=turn,
            closed=closed,
            pill=pill_of(row),
            mark=mark_of_record(session, service.TABLE, transfer_id),
            comments=comments_on(session, service.TABLE, str(transfer_id)),
            # A transfer is approved within its year.
            approval_day=thai_date(money_rules.today())
            if fiscal_year_be(money_rules.today()) == row.fiscal_year_be
            else "",
            said=said,
            **_values(session, row.organisation_code, row.fiscal_year_be, amounts, problems, typed, edits=turn.write),
        )


def _new(organisation_code: str, year: int, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    context = current()
    with context.database.reading() as session:
        require_staff(session)
        target = organisation_target(session, organisation_code)
        policy.require(context.actor, policy.BUDGET_WRITE, target)
        return render_template(
            "desk/transfer.html",
            row=None,
            turn=Turn(write=True, decide=False, own=False, restore=False),
            closed=is_closed(session, organisation_code, year),
            pill=None,
            comments=[],
            said=typed or {"kind": "TRANSFER"},
            **_values(session, organisation_code, year, typed_lines(typed or {}), problems, typed, edits=True),
        )


def _of_rows(lines: list[TransferLineRow]) -> dict[int, tuple[str, str]]:
    return {line.appropriation_id: (f"{line.amount_baht:,.2f}", line.note or "") for line in lines}


def _values(
    session: Session,
    organisation_code: str,
    year: int,
    amounts: Mapping[int, tuple[str, str]],
    problems: list[dict[str, Any]] | None,
    typed: Any,
    *,
    edits: bool,
) -> dict[str, Any]:
    """What both pages show: the lines with what is left on each, and what was typed for them."""
    named = [code for code in re.split(r"[\s,;]+", to_arabic_digits((typed or {}).get("codes", "")).upper()) if code]
    offered = movable_money(session, organisation_code, year, limit=SHOWN_WITHOUT_ASKING + 1) if edits else []
    every = 0 < len(offered) <= SHOWN_WITHOUT_ASKING or (edits and not offered)
    if not every:
        seen = [] if typed is None else [int(key) for key in typed.getlist("shown") if _KEY.fullmatch(key)]
        shown = [*amounts, *seen]
        offered = movable_money(session, organisation_code, year, appropriations=shown, projects=named)
    found = {pot.project.upper() for pot in offered}
    projects = {pot.appropriation_id: pot.project for pot in offered}
    refused = _problem_lines(in_words(problems or []), list(amounts), projects)
    in_ordinance = funds_of_ordinance(session)
    whole, pools = sums_of(amounts, offered, in_ordinance)
    return {
        "organisation_code": organisation_code,
        "owner": find_organisation(session, organisation_code),
        "year": year,
        "pots": offered,
        "every": every,
        "unknown": [code for code in named if code not in found],
        "amounts": amounts,
        "sums": whole,
        "pools": pools if len(pools) > 1 or any(pool.key for pool in pools) else [],
        "balanced": whole.given > 0 and not any(pool.difference for pool in pools),
        "in_ordinance": in_ordinance,
        "kinds": [(kind, TRANSFER_KIND_NAMES[kind]) for kind in TRANSFER_KINDS],
        "kind_names": TRANSFER_KIND_NAMES,
        "field_names": TRANSFER_FIELD_NAMES,
        "funds": dict(choices(session, "fund_source", current().language)),
        "problems": refused,
        "doing": (typed or {}).get("do", ""),
        "typed": typed or {},
    }


def _problem_lines(
    problems: list[dict[str, Any]], order: list[int], projects: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Problems with the line that they are of; the services count lines from 1 in the order in which they came."""
    told = []
    for problem in problems:
        key, row = problem.get("appropriation"), problem.get("row")
        if key is None and isinstance(row, int) and 1 <= row <= len(order):
            key = order[row - 1]
        told.append(problem if key is None else {**problem, "appropriation": key, "name": projects.get(key)})
    return told


@dataclass(frozen=True)
class Sums:
    """Baht in and out of what can be read of the lines; ``key`` is the pool (``""`` is the annual ordinance)."""

    given: Decimal
    taken: Decimal
    key: str = ""

    @property
    def difference(self) -> Decimal:
        """What is missing on either side."""
        return self.given - self.taken


def sums_of(
    amounts: Mapping[int, tuple[str, str]], pots: Sequence[MovableMoney], in_ordinance: Collection[str]
) -> tuple[Sums, list[Sums]]:
    """The whole, and each pool that a line of the form may be of: each has to sum to zero by itself."""
    read: list[tuple[str, Decimal]] = []
    for pot in pots:
        try:
            text = amounts.get(pot.appropriation_id, ("", ""))[0]
            read.append((pot.fund_source_code, read_body(_ONE, {"amount": text or "0"})["amount"]))
        except InvalidInput:
            read.append((pot.fund_source_code, Decimal(0)))
    pools = [Sums(*both, key) for key, both in sorted(service.pools_of(read, in_ordinance).items())]
    whole = Sums(sum((p.given for p in pools), Decimal(0)), sum((p.taken for p in pools), Decimal(0)))
    return whole, pools


_ONE = Body({"amount": "signed"})

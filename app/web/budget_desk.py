"""The budget desk of an organisation: its documents, transfers and carry-overs by year, and what waits for a person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import OwnScope, Target
from app.models.budget import DOCUMENT_KINDS
from app.queries.areas import children
from app.queries.budget_desk import carried_over, desk_tasks, desks_of, unspent_money
from app.queries.budget_reviews import DocumentRow, TransferRow, documents_of, transfers_of
from app.queries.codelists import choices
from app.queries.fiscal_years import FiscalYear, fiscal_years_of
from app.queries.organisations import organisation as find_organisation
from app.services import budget_documents, fiscal_years, money_rules
from app.services.money_rules import last_day, organisation_target, refuse
from app.web.budget_documents import NEW
from app.web.budget_words import DOCUMENT_KIND_NAMES, TRANSFER_KIND_NAMES
from app.web.context import chosen_fiscal_year_be, current, current_fiscal_year_be
from app.web.desk_texts import Turn, in_words, pill_of, review_pills, turn_of
from app.web.endpoint import Access, Param, page_route
from app.web.fiscal_years import REOPENING
from app.web.organisation_money import require_staff
from app.web.page_forms import go, posted, read_typed
from app.web.params import Unreadable, area_code, choice, integer_schema, string_schema
from app.web.params import fiscal_year as read_fiscal_year

blueprint = Blueprint("budget_desk", __name__)

DESK = "/organisations/<organisation_code>/money"
STATES = ("DRAFT", "SUBMITTED", "RETURNED", "APPROVED", "REMOVED")
YEAR = Param("fiscal_year", read_fiscal_year, integer_schema(2540, 2640), "Fiscal year (B.E.)")
STATE = Param("state", choice(*STATES), string_schema(enum=list(STATES)), "Only records in this state")
AREA = Param("area", area_code, string_schema(), "Province or amphoe whose organisations are listed")


@page_route(blueprint, "/money", access=Access.SIGNED_IN, params=(YEAR, AREA))
def choose(fiscal_year: int | None, area: str | None) -> Any:
    """One's own organisation; for whoever looks after many, which of them."""
    context = current()
    own = policy.own_scope(context.actor)
    if area is None and len(own.organisations) == 1 and not (own.provinces or own.amphoes or own.nation):
        [code] = own.organisations
        return go(url_for(".desk_page", organisation_code=code, fiscal_year=fiscal_year))
    scope = _scope_of(area) if area else own
    with context.database.reading() as session:
        require_staff(session)
        return render_template(
            "desk/choose.html",
            desks=desks_of(session, provinces=scope.provinces, amphoes=scope.amphoes, codes=scope.organisations),
            asks_place=not (scope.provinces or scope.amphoes or scope.organisations),
            provinces=children(session, None) if own.nation else [],
            area=area,
            year=fiscal_year,
        )


def _scope_of(area: str) -> OwnScope:
    if len(area) == 2:
        return OwnScope(provinces=frozenset({area}))
    return OwnScope(amphoes=frozenset({area[:4]}))


@page_route(blueprint, DESK, access=Access.SIGNED_IN, params=(YEAR, STATE))
def desk_page(organisation_code: str, fiscal_year: int | None, state: str | None) -> Any:
    """The desk of one organisation and year; the year is in the address."""
    with current().database.reading() as session:
        require_staff(session, organisation_code)
    if fiscal_year is None:
        year = chosen_fiscal_year_be() or current_fiscal_year_be()
        return go(url_for(".desk_page", organisation_code=organisation_code, fiscal_year=year, state=state))
    return _desk(organisation_code, fiscal_year, state)


@page_route(blueprint, f"{DESK}/documents", methods=("POST",), access=Access.SIGNED_IN)
def begin_document(organisation_code: str) -> Response:
    """Begin a budget document."""
    form = request.form

    def create(session: Session, actor: Any) -> int:
        given = read_typed(NEW, form)
        year, kind = given.pop("fiscal_year_be"), given.pop("kind")
        fields = budget_documents.DocumentFields(**given)
        return budget_documents.create_document(session, actor, organisation_code, year, kind, fields).id

    return posted(
        create,
        again=lambda problems: _desk(organisation_code, _typed_year(), None, problems, form),
        then=lambda made: url_for("budget_document_pages.document_page", document_id=made),
    )


@page_route(blueprint, f"{DESK}/years/<int:year>", methods=("POST",), access=Access.SIGNED_IN)
def act_on_year(organisation_code: str, year: int) -> Response:
    """Close a year, ask for it to be opened again, or confirm what another person asked."""
    refuse(budget_documents.check_year(year))
    form = request.form

    def act(session: Session, actor: Any) -> Any:
        if form.get("do") == "close":
            return fiscal_years.close_year(session, actor, organisation_code, year)
        if form.get("do") == "confirm":
            version = form.get("row_version", 0, int) or 0
            return fiscal_years.confirm_reopening(session, actor, organisation_code, year, if_match_version=version)
        given = read_typed(REOPENING, form)
        return fiscal_years.request_reopening(session, actor, organisation_code, year, **given)

    return posted(
        act,
        again=lambda problems: _desk(organisation_code, year, None, problems, form),
        then=url_for(".desk_page", organisation_code=organisation_code, fiscal_year=year),
    )


def _typed_year() -> int:
    try:
        return read_fiscal_year(request.form.get("fiscal_year_be", ""))
    except Unreadable:
        return current_fiscal_year_be()


def _desk(
    organisation_code: str,
    year: int,
    state: str | None,
    problems: list[dict[str, Any]] | None = None,
    typed: Any = None,
) -> str:
    context = current()
    with context.database.reading() as session:
        require_staff(session, organisation_code)
        target = organisation_target(session, organisation_code)
        years = fiscal_years_of(session, organisation_code)
        closed = {each.fiscal_year_be for each in years if each.closed}
        documents = documents_of(session, organisation_code, None)
        transfers = transfers_of(session, organisation_code, None)
        every: list[DocumentRow | TransferRow] = [*documents, *transfers]
        of_year = [row for row in every if row.fiscal_year_be == year]
        last = last_day(year)
        return render_template(
            "desk/desk.html",
            owner=find_organisation(session, organisation_code),
            organisation_code=organisation_code,
            year=year,
            years=_years(year, years),
            this=next((each for each in years if each.fiscal_year_be == year), None),
            state=state,
            states=[(code, review_pills()[code].word) for code in STATES],
            documents=_shown(documents, year, state),
            transfers=_shown(transfers, year, state),
            in_year=len(of_year),
            waiting=_waiting(target, every, closed),
            over=money_rules.today() > last,
            in_the_way=[row for row in of_year if row.status == "SUBMITTED"],
            carried=carried_over(session, organisation_code, year),
            unspent=unspent_money(session, organisation_code, year),
            tasks=desk_tasks(session, [organisation_code], context.actor.user_id),
            may=_may(target),
            funds=dict(choices(session, "fund_source", context.language)),
            kinds=[(kind, DOCUMENT_KIND_NAMES[kind]) for kind in DOCUMENT_KINDS],
            kind_names={**DOCUMENT_KIND_NAMES, **TRANSFER_KIND_NAMES},
            pill_of=pill_of,
            last=last,
            problems=in_words(problems or []),
            typed=typed or {},
            doing=(typed or {}).get("do", ""),
        )


def _shown(rows: list[Any], year: int, state: str | None) -> list[Any]:
    """Of one year; removed ones only when they are asked for."""
    return [row for row in rows if row.fiscal_year_be == year and _in_state(row, state)]


def _in_state(row: DocumentRow | TransferRow, state: str | None) -> bool:
    if state == "REMOVED":
        return row.removed
    return not row.removed and state in (None, row.status)


def _waiting(
    target: Target, rows: list[DocumentRow | TransferRow], closed: set[int]
) -> list[tuple[str, DocumentRow | TransferRow]]:
    """What the person has to do next, the decisions first: (what, record)."""
    turns = [(row, turn_of(current().actor, row, target, closed=row.fiscal_year_be in closed)) for row in rows]
    return [
        *(("decide", row) for row, turn in turns if turn.decide),
        *(("mend", row) for row, turn in turns if turn.write and row.status == "RETURNED"),
        *(("finish", row) for row, turn in turns if turn.write and row.status == "DRAFT"),
        *(("own", row) for row, turn in turns if _waits_for_others(row, turn)),
    ]


def _waits_for_others(row: DocumentRow | TransferRow, turn: Turn) -> bool:
    mine = current().actor.user_id in (row.prepared_by, row.submitted_by)
    return turn.own or (mine and row.status == "SUBMITTED" and not row.removed)


def _may(target: Target) -> dict[str, bool]:
    actor = current().actor
    return {
        "write": policy.may(actor, policy.BUDGET_WRITE, target),
        "carry": policy.may(actor, policy.DISBURSEMENT_WRITE, target),
        "close": policy.may(actor, policy.YEAR_CLOSE, target),
        "reopen": policy.may(actor, policy.YEAR_REOPEN, target),
        "behalf": policy.may(actor, policy.ON_BEHALF_DECIDE, target),
    }


def _years(chosen: int, known: list[FiscalYear]) -> list[int]:
    """Years to go to: those with money, this one and the next, and the one that is shown."""
    now = current_fiscal_year_be()
    return sorted({chosen, now, now + 1, *(each.fiscal_year_be for each in known)}, reverse=True)

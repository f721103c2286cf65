"""Forms of the money on the page of a project: each is an act, refused with what was typed, or laid side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.queries.history import project_history, record_history
from app.queries.project_money import money_of_project
from app.web.attachments import seen_project
from app.web.conflicts import base_of, conflict_html, field_lines, kinds_of, names_of, unchosen, yours_of
from app.web.context import current
from app.web.endpoint import Access, page_route
from app.web.money_forms import FORMS, MoneyForm, beginning, typed_values, version_of, with_penalty
from app.web.page_forms import posted, read_typed, refusals
from app.web.project_list import code_names
from app.web.project_tabs import Opened, project_html
from app.web.project_texts import change_lines
from app.web.projects import reader, sees_persons

blueprint = Blueprint("money_pages", __name__)

PARTS = "budget,contracts,disbursements,reserves,progress,status"
# Forms that begin with what stands of their row: only these have something to lay beside what was typed.
_COMPARED = frozenset({"change_appropriation", "change_contract", "write_instalments"})


@page_route(blueprint, f"/projects/<code>/<any({PARTS}):part>", methods=("POST",), access=Access.SIGNED_IN)
def record(code: str, part: str) -> Response:
    """Add an appropriation, a contract, a payment, a reserve or a report of progress; move the status."""
    return _written(code, FORMS[part, "add"], None)


@page_route(
    blueprint,
    "/projects/<code>/<any(budget,contracts,penalties,disbursements,reserves,progress):part>/<int:row_id>"
    "/<any(change,remove,restore,confirm,amend,instalments,penalty,reverse):what>",
    methods=("POST",),
    access=Access.SIGNED_IN,
)
def change(code: str, part: str, row_id: int, what: str) -> Response:
    """Change, take out or bring back a row of money, or add to a contract what happened to it."""
    form = FORMS.get((part, what))
    if form is None:
        raise NotFound("not_found")
    return _written(code, form, row_id)


def _written(code: str, form: MoneyForm, row_id: int | None) -> Response:
    """Do what the form says; the page again with what was typed, or the two sides of a conflict."""
    if form.name == "add_penalty" and request.form.get("compute"):
        return Response(_with_penalty(code, form, row_id), mimetype="text/html")
    if unchosen(request.form):
        return Response(_conflict(code, form, row_id, None), HTTPStatus.CONFLICT, mimetype="text/html")

    def act(session: Session, actor: Actor) -> Any:
        values = {} if form.act.body is None else read_typed(form.act.body, typed_values(request.form))
        version = request.form.get("row_version", type=int) or 0
        return form.act.run(session, actor, code, row_id, values, version)

    do = "correct" if form.do == "move" and request.form.get("correction") else form.do
    anchor = None if row_id is None or form.entity in ("", "project") else f"{form.entity}-{row_id}"
    again = Opened(do, row_id, typed=request.form)
    try:
        return posted(
            act,
            again=lambda problems: project_html(code, form.tab, replace(again, problems=problems)),
            then=url_for("project_pages.project_page_view", code=code, tab=form.tab, _anchor=anchor),
            clash=lambda error: _conflict(code, form, row_id, error),
        )
    except NotFound as error:
        if error.code != f"{form.entity}_not_found":
            raise
        # Somebody took the row out: what was typed of it is still told.
        return Response(_conflict(code, form, row_id, None, gone=True), HTTPStatus.NOT_FOUND, mimetype="text/html")


def _with_penalty(code: str, form: MoneyForm, contract_id: int | None) -> str:
    """The page with the amount that was asked for: nothing is written."""
    with current().database.reading() as session:
        row = seen_project(session, code).row
        contracts = money_of_project(session, row.id, named=False).contracts
    contract = next((each for each in contracts if each.id == contract_id and not each.removed), None)
    if contract is None:
        raise NotFound("contract_not_found", {"contract": contract_id})
    typed, problems = with_penalty(request.form, contract.final_baht)
    told = refusals(InvalidInput(problems)) if problems else []
    return project_html(code, form.tab, Opened(form.do, contract_id, typed=typed, problems=told))


def _conflict(code: str, form: MoneyForm, row_id: int | None, error: Conflict | None, *, gone: bool = False) -> str:
    with current().database.reading() as session:
        row = seen_project(session, code).row
        money = money_of_project(session, row.id, named=sees_persons(row))
        stands = beginning(form, money, row_id, under="", today=date.today(), year_be=row.fiscal_year_be)
        yours, words, body = yours_of(request.form), code_names(session), form.act.body
        compared = form.name in _COMPARED and not gone
        three = (base_of(request.form), yours, stands) if compared else (yours, yours, yours)
        names = [] if body is None else names_of(body, *three)
        kinds = {} if body is None else kinds_of(body)
        if form.entity == "project":
            newest = project_history(session, row.id, reader(), limit=1).items
        else:
            newest = record_history(session, form.entity, str(row_id), reader(), limit=1).items
        return conflict_html(
            field_lines(names, kinds, three, words),
            error=error,
            project={"code": code, "name": row.name_th},
            address=request.path,
            back=url_for("project_pages.project_page_view", code=code, tab=form.tab),
            version=version_of(form, money, row_id, row.row_version),
            theirs=stands if compared else {},
            changed=tuple(change_lines(session, newest, whole=True)),
            words=words,
            gone=gone,
        )

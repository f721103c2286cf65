"""Pages of rounds of monitoring and evaluation: an organisation's rounds, and one version of a result."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.queries.calendar import calendar_years
from app.queries.evaluations import results_of
from app.queries.organisations import organisation as find_organisation
from app.services import evaluation_files, evaluation_postings, evaluations, money_rules
from app.services.attachment_files import incoming
from app.services.evaluation_postings import PLACES, NewPosting, SentFile
from app.services.evaluations import Remarks
from app.services.money_rules import organisation_target
from app.services.sealed import sealed_dir
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, Param, page_route
from app.web.evaluation_page import found_result, result_values, round_lines, staff
from app.web.evaluation_words import PLACES as PLACE_NAMES
from app.web.evaluation_words import STATUS, STEPS, duty_words, round_words
from app.web.evaluations import ANNOUNCE, BEGIN, GIVE_BACK, POST, REASON, REMARKS, SUBMIT, public_address, submitted
from app.web.filters import thai_date
from app.web.monitoring_request import YEAR
from app.web.page_forms import posted, read_typed
from app.web.params import integer_schema, whole_number

blueprint = Blueprint("evaluation_pages", __name__)

ROUNDS = "/organisations/<organisation_code>/evaluations"
ONE = "/evaluations/<int:evaluation_id>"
WORKS_PAGE = Param("page", whole_number(1, 1000), integer_schema(1, 1000), "Page of the works", 1)


@page_route(blueprint, ROUNDS, access=Access.PUBLIC, params=(YEAR,))
def rounds(organisation_code: str, fiscal_year: int | None) -> str:
    """The rounds of a year for staff; for everybody what was announced in any year."""
    return _rounds(organisation_code, fiscal_year)


@page_route(blueprint, ROUNDS, methods=("POST",), access=Access.SIGNED_IN, params=(YEAR,))
def begin(organisation_code: str, fiscal_year: int | None) -> Response:
    """Begin the result of a round."""
    form = request.form

    def act(session: Session, actor: Actor) -> Any:
        given = read_typed(BEGIN, form)
        return evaluations.begin(session, actor, organisation_code, given["fiscal_year_be"], given["period"])

    return posted(
        act,
        again=lambda problems: _rounds(organisation_code, fiscal_year, problems),
        then=lambda made: url_for(".one", evaluation_id=made.id),
    )


@page_route(blueprint, ONE, access=Access.PUBLIC, params=(WORKS_PAGE,))
def one(evaluation_id: int, page: int) -> str:
    """A version; for everybody once it is announced."""
    return _one(evaluation_id, page)


@page_route(blueprint, ONE, methods=("POST",), access=Access.SIGNED_IN)
def act_on(evaluation_id: int) -> Response:
    """A step of the version; another version is gone on with."""
    return posted(
        lambda session, actor: _act(session, actor, evaluation_id, request.form),
        again=lambda problems: _one(evaluation_id, 1, problems, request.form),
        then=lambda made: url_for(".one", evaluation_id=made if isinstance(made, int) else evaluation_id),
    )


def _act(session: Session, actor: Actor, evaluation_id: int, form: Any) -> int:
    do, version = form.get("do", ""), form.get("row_version", type=int) or 0
    if do in ("save", "propose"):
        receipt = evaluations.save_remarks(
            session, actor, evaluation_id, Remarks(**read_typed(REMARKS, form)), if_match_version=version
        )
        if do == "propose":
            evaluations.propose(session, actor, evaluation_id, if_match_version=receipt.row_version)
            evaluation_files.order_files(session, actor, evaluation_id)
    elif do == "return":
        note = read_typed(GIVE_BACK, form)["note"]
        evaluations.give_back(session, actor, evaluation_id, note, if_match_version=version)
    elif do == "submit":
        given = submitted(read_typed(SUBMIT, form))
        evaluations.submit(session, actor, evaluation_id, **given, if_match_version=version)
    elif do == "announce":
        given = {**read_typed(ANNOUNCE, form), "address": public_address(evaluation_id), "if_match_version": version}
        evaluation_postings.announce(session, actor, evaluation_id, given.pop("announced_on"), **given)
    elif do == "again":
        return evaluations.begin_again(session, actor, evaluation_id, read_typed(REASON, form)["reason"]).id
    elif do == "print":
        evaluation_files.order_files(session, actor, evaluation_id)
    elif do == "withdraw":
        reason = read_typed(REASON, form)["reason"]
        evaluation_postings.withdraw(session, actor, form.get("posting", type=int) or 0, reason)
    else:
        with sent_evidence() as sent:
            posting = NewPosting(**read_typed(POST, form))
            evaluation_postings.post(session, actor, evaluation_id, posting, sent=sent)
    return evaluation_id


@contextmanager
def sent_evidence() -> Any:
    """The file of the field ``file``, where one was sent."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        yield None
        return
    folder = sealed_dir(current().settings)
    with incoming(upload.stream, folder, "paper_too_large") as path:
        yield SentFile(path, upload.filename, folder)


def _rounds(organisation_code: str, year: int | None, problems: list[dict[str, Any]] | None = None) -> str:
    here = current()
    inside = staff()
    chosen = year or current_fiscal_year_be()
    with here.database.reading() as session:
        target = organisation_target(session, organisation_code)
        return render_template(
            "evaluations/rounds.html",
            duty=duty_words(chosen),
            owner=find_organisation(session, organisation_code),
            organisation_code=organisation_code,
            year=chosen,
            years=sorted({*calendar_years(session)[:8], chosen, current_fiscal_year_be()}, reverse=True),
            lines=round_lines(session, organisation_code, chosen) if inside else [],
            announced=results_of(session, organisation_code, announced=True),
            may_write=policy.may(here.actor, policy.EVALUATION_WRITE, target),
            staff=inside,
            round_words=round_words,
            statuses=STATUS,
            today=money_rules.today(),
            problems=problems or [],
        )


def _one(evaluation_id: int, page: int, problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    with current().database.reading() as session:
        held = found_result(session, evaluation_id)
        values = result_values(session, held, page)
        begins = {
            "committee_met_on": thai_date(held.committee_met_on) if held.committee_met_on else "",
            "committee_reference": held.committee_reference or "",
            "committee_remarks": held.committee_remarks or "",
        }
        return render_template(
            "evaluations/result.html",
            **values,
            typed=typed if typed is not None else begins,
            problems=problems or [],
            statuses=STATUS,
            steps=STEPS,
            place_names=PLACE_NAMES,
            place_options=[(place, PLACE_NAMES[place]) for place in PLACES],
            today_words=thai_date(money_rules.today()),
        )

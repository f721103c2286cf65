"""Asking about a work or an organisation without an account, and coming back to what was asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound
from app.queries.public import public_row
from app.queries.public_places import public_organisation
from app.queries.questions import question_view
from app.services import questions
from app.web.context import by_a_visitor, current
from app.web.endpoint import Access, Param, page_route
from app.web.page_forms import go, refusals
from app.web.params import choice, string_schema

blueprint = Blueprint("public_questions", __name__)

_OF_PROJECT = "/public/projects/<code>/ask"
_OF_ORGANISATION = "/public/organisations/<organisation_code>/ask"
_LINK = "/public/questions/<link>"
SENT = Param("sent", choice("1"), string_schema(enum=["1"]), "Just sent: the page says to keep its address")


@page_route(blueprint, _OF_PROJECT, access=Access.PUBLIC)
def ask_page(code: str) -> str:
    """The form about a work."""
    return _form(code, None)


@page_route(blueprint, _OF_PROJECT, methods=("POST",), access=Access.PUBLIC)
def ask(code: str) -> Any:
    """Take a question about a work."""
    return _asked(code, None)


@page_route(blueprint, _OF_ORGANISATION, access=Access.PUBLIC)
def ask_organisation_page(organisation_code: str) -> str:
    """The form to an organisation."""
    return _form(None, organisation_code)


@page_route(blueprint, _OF_ORGANISATION, methods=("POST",), access=Access.PUBLIC)
def ask_organisation(organisation_code: str) -> Any:
    """Take a question to an organisation."""
    return _asked(None, organisation_code)


def _form(project: str | None, organisation: str | None, problems: Any = ()) -> str:
    here = current()
    with here.database.reading() as session:
        row, of = _about(session, project, organisation)
        return render_template(
            "public/ask.html",
            row=row,
            organisation=of,
            problems=list(problems),
            typed=request.form,
            longest=questions.BODY_LENGTH,
            within=questions.ANSWER_WITHIN.days,
            kept=questions.CONTACT_KEPT.days,
            by_mail=bool(here.settings.public_url),
        )


def _about(session: Session, project: str | None, organisation: str | None) -> tuple[Any, Any]:
    row = public_row(session, project) if project else None
    if project and row is None:
        raise NotFound("project_not_found", {"project": project[:80]})
    of = public_organisation(session, row.organisation_code if row else organisation or "")
    if of is None:
        raise NotFound("organisation_not_found", {"organisation": (organisation or "")[:20]})
    return row, of


def _asked(project: str | None, organisation: str | None) -> Any:
    here = current()
    if request.form.get("website"):
        # What fills the field that nobody sees is a machine: it hears that all went well.
        return render_template("public/asked.html")
    try:
        with here.database.transaction(by_a_visitor()) as session:
            asked = questions.ask(
                session,
                secret_key=here.settings.secret_key,
                body=request.form.get("body", ""),
                project=project,
                organisation=organisation,
                email=request.form.get("email", "") if here.settings.public_url else "",
                today=date.today(),
            )
    except InvalidInput as error:
        return Response(_form(project, organisation, refusals(error)), status=422, mimetype="text/html")
    return go(f"/public/questions/{asked.link}?sent=1")


@page_route(blueprint, _LINK, access=Access.PUBLIC, params=(SENT,))
def question_page(link: str, sent: str | None) -> str:
    """What became of a question, for whoever asked it; after sending it, with the word to keep the address."""
    return _question(link, sent=bool(sent))


@page_route(blueprint, _LINK, methods=("POST",), access=Access.PUBLIC)
def ask_again(link: str) -> Any:
    """A further question, or an appeal; once."""
    here = current()
    try:
        with here.database.transaction(by_a_visitor()) as session:
            questions.ask_again(
                session, here.settings.secret_key, link, request.form.get("body", ""), today=date.today()
            )
    except (InvalidInput, Conflict) as error:
        status = 422 if isinstance(error, InvalidInput) else 409
        return Response(_question(link, refusals(error)), status=status, mimetype="text/html")
    return go(f"/public/questions/{link}")


def _question(link: str, problems: Any = (), *, sent: bool = False) -> str:
    here = current()
    with here.database.reading() as session:
        number = questions.question_of_link(session, here.settings.secret_key, link)
        return render_template(
            "public/question.html",
            question=question_view(session, number),
            link=link,
            sent=sent,
            problems=list(problems),
            typed=request.form.get("body", ""),
            longest=questions.BODY_LENGTH,
            today=date.today(),
        )

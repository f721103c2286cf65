"""Forms of pages: what was typed becomes a body, one transaction acts on it, and what is refused comes back with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.auth.actor import Actor
from app.errors import AppError, Conflict, InvalidInput
from app.web.context import attribution, current
from app.web.errors import problem_document, problem_lines, refusal_by_database, status_of
from app.web.form_words import form_word
from app.web.history import saved_note
from app.web.money_body import Body, read_body, read_partly
from gis.problems import Problem
from gis.thai import to_arabic_digits

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+")
_ENTRY = re.compile(r"(?P<list>[a-z_]+)-(?P<row>\d{1,3})-(?P<field>[a-z_]+)", re.ASCII)


def posted(
    act: Callable[[Session, Actor], Any],
    *,
    again: Callable[[list[dict[str, Any]]], str],
    then: str | Callable[[Any], str],
    clash: Callable[[Conflict], str] | None = None,
) -> Response:
    """Act in one transaction, and go on with the number of the receipt.

    Parameters
    ----------
    act
        Reads the form and writes; what it returns is given to ``then``.
    again
        The page with the problems and with what was typed: nothing of it is lost.
    then
        Address to go on with, or what makes it of the result.
    clash
        The page for what somebody else changed first, where it is another one than ``again``.
    """
    context = current()
    try:
        with context.database.transaction(attribution()) as session:
            made = act(session, context.actor)
    except DBAPIError as error:
        refusal = refusal_by_database(error)
        if refusal is None:
            raise
        return _again(refusal, again)
    except (InvalidInput, Conflict) as error:
        return _answer(error, clash(error)) if clash and isinstance(error, Conflict) else _again(error, again)
    flash(saved_note(context.request_id))
    return go(then if isinstance(then, str) else then(made))


def _again(error: AppError, again: Callable[[list[dict[str, Any]]], str]) -> Response:
    return _answer(error, again(refusals(error)))


def _answer(error: AppError, page: str) -> Response:
    return Response(page, status=int(status_of(error)), mimetype="text/html")


def refusals(error: AppError) -> list[dict[str, Any]]:
    """Why something was refused: a line each, with the field that it belongs to."""
    language = current().language
    if isinstance(error, InvalidInput):
        return problem_lines([_in_words(problem) for problem in error.problems], language)
    document = problem_document(status_of(error), error.code, error.values, [], language)
    # The detail of a document says the title again, for programs.
    mend = document["detail"].removeprefix(document["title"]).removeprefix(" · ")
    return [{"message": document["title"], "fix": mend, "field": ""}, *_written_meanwhile(error)]


def _written_meanwhile(error: AppError) -> list[dict[str, Any]]:
    """Of a conflict that tells its fields: what each was, and what somebody else made of it."""
    fields = error.values.get("values")
    if not isinstance(fields, Mapping):
        return []
    return [
        {
            "message": _(
                "เดิม “%(base)s” คนอื่นแก้เป็น “%(theirs)s”", base=both["base"] or "–", theirs=both["theirs"] or "–"
            ),
            "fix": _("ส่งอีกครั้งเพื่อใช้ค่าของคุณ"),
            "field": name,
        }
        for name, both in fields.items()
    ]


def _in_words(problem: Problem) -> Problem:
    """A problem whose sentence names the field as the form does; programs know it by its own name."""
    field = problem.where.get("field")
    return replace(problem, values={**problem.values, "field": form_word(str(field))}) if field else problem


def go(address: str) -> Response:
    """Where the browser goes after a form: it asks with GET, so that reloading sends nothing twice."""
    answer: Any = redirect(address, 303)
    return answer  # type: ignore[no-any-return]


def read_typed(body: Body, form: Mapping[str, str]) -> dict[str, Any]:
    """Values of a form by name; fields that the body does not know (the token, buttons) are passed over.

    Entries of a list are named ``list-row-field``, such as ``instalments-2-amount_baht``; rows left empty are none.

    Raises
    ------
    InvalidInput
        Every field that is missing or cannot be read; of an entry with its row, counted without the empty ones.
    """
    return read_body(body, _given(body, form))


def read_typed_partly(body: Body, form: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """As :func:`read_typed`, with the problems beside what can be read; see :func:`app.web.money_body.all_at_once`."""
    return read_partly(body, _given(body, form))


def _given(body: Body, form: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: _several(form, name) if kind == "keys" else _typed(kind, form.get(name))
        for name, kind in body.fields.items()
    }
    rows: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in body.lists}
    for name, text in form.items():
        entry = _ENTRY.fullmatch(name)
        inner = body.lists.get(entry["list"]) if entry else None
        if entry is None or inner is None or entry["field"] not in inner.fields or not text.strip():
            continue
        kind = inner.fields[entry["field"]]
        rows[entry["list"]].setdefault(int(entry["row"]), {})[entry["field"]] = _typed(kind, text)
    given |= {name: [entries[row] for row in sorted(entries)] for name, entries in rows.items()}
    return given


def _several(form: Mapping[str, str], name: str) -> list[Any]:
    """Boxes that are ticked, each a number."""
    texts = form.getlist(name) if isinstance(form, MultiDict) else [form[name]] if name in form else []
    return [_typed("whole", text) for text in texts]


def _typed(kind: str, text: str | None) -> Any:
    if kind == "flag":
        return bool(text)
    if text is None or kind not in ("whole", "percent", "points"):
        return text
    plain = to_arabic_digits(text).strip().removesuffix("%").strip()
    if kind != "whole":
        return plain
    # Commas part thousands and nothing else: "1,5" is not fifteen.
    plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain
    return int(plain) if _WHOLE.fullmatch(plain) else plain

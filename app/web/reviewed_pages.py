"""Pages of what is reviewed: one form each for changing, sending in, deciding, taking out and bringing back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.services.reviewed import ReviewReceipt
from app.web.organisation_money import COMMENTS, comments_of
from app.web.page_forms import read_typed
from app.web.reviewed import ReviewedRoutes
from gis.problems import Problem

READ = Callable[[Mapping[str, str]], dict[str, Any]]


def acting(
    of: ReviewedRoutes, row_id: int, form: Any, read: READ | None = None
) -> Callable[[Session, Actor], ReviewReceipt]:
    """What a form of the page asks for by its button (``do``); ``read`` reads the fields of a change.

    Raises
    ------
    InvalidInput
        A button that the page does not have.
    """
    version = form.get("row_version", 0, int) or 0
    act = _ACTS.get(form.get("do", ""))
    if act is None:
        raise InvalidInput([Problem("unknown_code", where={"field": "do"}, values={"given": form.get("do", "")[:80]})])
    fields = read or (lambda given: read_typed(of.fields, given))
    return lambda session, actor: act(of, session, actor, row_id, form, version, fields)


def _save(of: ReviewedRoutes, session: Session, actor: Actor, row_id: int, form: Any, version: int, read: READ) -> Any:
    return of.change(session, actor, row_id, read(form), version)


def _submit(of: ReviewedRoutes, session: Session, actor: Actor, row_id: int, _f: Any, version: int, _r: READ) -> Any:
    return of.submit(session, actor, row_id, if_match_version=version)


def _approve(of: ReviewedRoutes, session: Session, actor: Actor, row_id: int, form: Any, version: int, _r: READ) -> Any:
    return of.approve(session, actor, row_id, **read_typed(of.approval, form), if_match_version=version)


def _return(of: ReviewedRoutes, session: Session, actor: Actor, row_id: int, form: Any, version: int, _r: READ) -> Any:
    return of.send_back(session, actor, row_id, comments_of(read_typed(COMMENTS, form)), if_match_version=version)


def _remove(of: ReviewedRoutes, session: Session, actor: Actor, row_id: int, _f: Any, version: int, _r: READ) -> Any:
    return of.remove(session, actor, row_id, if_match_version=version)


def _restore(of: ReviewedRoutes, session: Session, actor: Actor, row_id: int, _f: Any, _v: int, _r: READ) -> Any:
    return of.restore(session, actor, row_id)


_ACTS: Mapping[str, Callable[..., ReviewReceipt]] = {
    "save": _save,
    "submit": _submit,
    "approve": _approve,
    "return": _return,
    "remove": _remove,
    "restore": _restore,
}

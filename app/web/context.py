"""The request as the views need it: who acts, in which language, on which database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar, cast

from flask import current_app, g, has_request_context, request
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Step
from app.auth.identity import actor_of_request
from app.auth.policy import enters_on_behalf
from app.db import Attribution, Database
from app.errors import AppError, ReadOnly
from app.messages import Language
from app.settings import Settings
from app.web.receipts import new_receipt

LANGUAGES: tuple[Language, ...] = ("th", "en")
LANGUAGE_COOKIE = "eplan_language"
LANGUAGE_JUST_CHOSEN_COOKIE = "eplan_language_now"
"""Of the browser that has just switched, until no process remembers the person's former language."""
FISCAL_YEAR_COOKIE = "eplan_fiscal_year"
_KEY = "eplan"
STEPS: Mapping[Step, tuple[str, str, str]] = {
    "code": ("second_factor_required", "sign_in_steps.code_page", "sign_in_steps.give_code"),
    "password": ("password_change_required", "sign_in_steps.password_page", "sign_in_steps.choose_password"),
    "setup": ("second_factor_setup_required", "second_factor.setup_page", "second_factor.confirm"),
}
"""What is left of a sign-in -> the code of the refusal, the page where it is done, and what its form is sent to."""
OPEN_BETWEEN = frozenset(
    {"accounts.switch_language", "accounts.set_language", "security.login", "security.logout", "static"}
)
"""What else somebody may open whose sign-in is not finished."""
Kept = TypeVar("Kept")


class StepLeft(AppError):
    """The sign-in is not finished: everything waits until this step is done.

    Parameters
    ----------
    step
        What is left.
    """

    def __init__(self, step: Step) -> None:
        super().__init__(STEPS[step][0], {"step": step})
        self.step = step


@dataclass(frozen=True)
class Platform:
    """What one application object is made of.

    Parameters
    ----------
    settings
        Settings of the process.
    database
        Its database.
    memory
        Answers that this process keeps, by the name of who keeps them (:func:`remembered`).
    """

    settings: Settings
    database: Database
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RequestContext:
    """What a view may know.

    Parameters
    ----------
    actor
        Who acts; ``ANONYMOUS`` for a visitor.
    database, settings
        Of the process.
    language
        Language of the answer.
    request_id
        Receipt: shown to the person, written beside every change.
    """

    actor: Actor
    database: Database
    settings: Settings
    language: Language
    request_id: str


def platform() -> Platform:
    """Settings and database of the running application."""
    return cast(Platform, current_app.extensions[_KEY])


def remembered(name: str, make: Callable[[], Kept]) -> Kept:
    """What the running application keeps under a name; made when first asked for, gone with the application."""
    return cast(Kept, platform().memory.setdefault(name, make()))


def current() -> RequestContext:
    """Context of this request, made once.

    Raises
    ------
    StepLeft
        The person has to finish signing in first.
    """
    if "eplan_context" not in g:
        here = platform()
        actor = actor_of_request(here.database, strict=here.settings.strict)
        # Asked where every view asks who sends the request, so that no door is forgotten.
        if actor.step is not None and request.endpoint not in {*OPEN_BETWEEN, *STEPS[actor.step]}:
            raise StepLeft(actor.step)
        g.eplan_context = RequestContext(actor, here.database, here.settings, _language(actor), receipt())
    return cast(RequestContext, g.eplan_context)


def receipt() -> str:
    """Number of this request, to be quoted by a person on the telephone."""
    if "eplan_receipt" not in g:
        g.eplan_receipt = new_receipt()
    return cast(str, g.eplan_receipt)


def attribution(organisation_code: str | None = None) -> Attribution:
    """To whom the changes of this request are written down.

    Parameters
    ----------
    organisation_code
        Organisation written for; marked as entered on its behalf when the actor is a provincial officer.
    """
    context = current()
    return Attribution(
        user_id=context.actor.user_id,
        name=context.actor.display_name,
        on_behalf_of=organisation_code if enters_on_behalf(context.actor, organisation_code) else None,
        request_id=context.request_id,
    )


def language() -> Language:
    """Language of this request, also when the actor could not be loaded (database away)."""
    if "eplan_context" in g:
        return cast(RequestContext, g.eplan_context).language
    return _preferred(None)


def babel_locale() -> str:
    """Locale for translated pages; Thai outside a request."""
    return language() if has_request_context() else "th"


def own_session() -> Attribution:
    """Of the person whose session or language this request writes: goes on while nobody's work is written."""
    return replace(attribution(), housekeeping=True)


def by_a_visitor() -> Attribution:
    """Of somebody without an account: unlike what the platform does of itself, it waits for a window's end."""
    return Attribution(user_id=None, name="system", request_id=current().request_id)


def in_passing(write: Callable[[Session], None]) -> None:
    """Write down what reading leaves behind, a receipt for instance: reading goes on where nothing can be written, and
    whoever only asks for the head of a page has not read it."""
    if request.method == "HEAD":
        return
    with suppress(ReadOnly), current().database.transaction(attribution()) as session:
        write(session)


def current_fiscal_year_be(today: date | None = None) -> int:
    """Fiscal year of a day: October begins the next one."""
    day = today or date.today()
    return day.year + 543 + (1 if day.month >= 10 else 0)


def chosen_fiscal_year_be() -> int | None:
    """Fiscal year in the address, else the remembered one; ``None`` when nobody chose."""
    for text in (request.args.get("fiscal_year", ""), request.cookies.get(FISCAL_YEAR_COOKIE, "")):
        if text.isdecimal() and 2540 <= int(text) <= 2640:
            return int(text)
    return None


def is_machine_path(path: str) -> bool:
    """True for addresses that answer machines: JSON problems instead of pages."""
    return path.startswith(("/api/", "/tiles/"))


def _language(actor: Actor) -> Language:
    return _preferred(actor.language if actor.signed_in else None)


def _preferred(of_account: str | None) -> Language:
    # A program says what it wants in Accept-Language. A page does not ask the browser: an office PC with an English
    # browser is the rule, and its person reads Thai until they switch.
    if is_machine_path(request.path) and request.headers.get("Accept-Language"):
        best = request.accept_languages.best_match(LANGUAGES)
        if best:
            return cast(Language, best)
    just_chosen = request.cookies.get(LANGUAGE_JUST_CHOSEN_COOKIE, "")
    wanted = just_chosen or of_account or request.cookies.get(LANGUAGE_COOKIE, "")
    return "en" if wanted == "en" else "th"

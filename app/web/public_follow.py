"""Following a place: a feed without an account, and mail to an address that said yes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound
from app.queries.public_follow import Event, events_of, name_of_place
from app.services import subscriptions
from app.services.subscriptions import read_place
from app.web.context import by_a_visitor, current
from app.web.endpoint import Access, Param, page_route
from app.web.filters import baht, fiscal_year, thai_date
from app.web.page_forms import go, refusals
from app.web.params import Unreadable, choice, string_schema
from app.web.public_site import public_answer, site_address

blueprint = Blueprint("public_follow", __name__)


def _place(text: str) -> str:
    try:
        return read_place(text.strip())
    except InvalidInput as error:
        raise Unreadable("พื้นที่ เช่น area:99", "a place such as area:99") from error


PLACE = Param("place", _place, string_schema(), "area:990101, organisation:D9901001 or near:15.98,102.03,5", "")
ASKED = Param("asked", choice("1"), string_schema(enum=["1"]), "A mail that asks the address was just sent")
_LINK = "/public/subscriptions/<link>"


@page_route(blueprint, "/public/feed.atom", access=Access.PUBLIC, params=(PLACE,))
def feed(place: str) -> Response:
    """What happened to published works of a place, for a feed reader (RFC 4287)."""

    def make(session: Session) -> tuple[bytes, str]:
        return _atom(place, _named(session, place), events_of(session, place)), "application/atom+xml"

    return public_answer(("feed", place), make)


def _named(session: Session, place: str) -> str:
    name = name_of_place(session, place) if place else None
    if name is None:
        raise NotFound("place_unknown", {"place": place})
    return name


def _atom(place: str, name: str, events: list[Event]) -> bytes:
    site = site_address()
    own = f"{site}/public/feed.atom?place={place}"
    updated = events[0].at if events else datetime(2000, 1, 1, tzinfo=UTC)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="th">',
        f"<id>{escape(own)}</id><title>{escape(_('โครงการของ %(name)s', name=name))} · e-Plan</title>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>',
        f"<updated>{_moment(updated)}</updated><author><name>e-Plan</name></author>",
    ]
    for event in events:
        way = f"{site}/public/projects/{event.code}"
        of_year = f"{fiscal_year(event.fiscal_year_be)} · {baht(event.budget_baht)}"
        words = f"{event.what} · {event.organisation_name} · {of_year}"
        parts.append(
            f"<entry><id>{escape(way)}#{event.id}</id><title>{escape(event.name_th)}</title>"
            f"<link href={quoteattr(way)}/><updated>{_moment(event.at)}</updated>"
            f"<summary>{escape(words)} ({escape(thai_date(event.at))})</summary></entry>"
        )
    return "\n".join([*parts, "</feed>\n"]).encode()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@page_route(blueprint, "/public/follow", access=Access.PUBLIC, params=(PLACE, ASKED))
def follow_page(place: str, asked: str | None) -> str:
    """The ways to follow a place."""
    return _follow_html(place, asked=bool(asked))


def _mails() -> bool:
    """Whether mail leaves this installation, with addresses that lead back to it."""
    settings = current().settings
    return bool(settings.public_url and settings.smtp_url)


def _follow_html(place: str, problems: Any = (), asked: bool = False) -> str:
    here = current()
    with here.database.reading() as session:
        return render_template(
            "public/follow.html",
            place=place,
            name=_named(session, place),
            events=events_of(session, place, limit=5),
            problems=list(problems),
            typed=request.form.get("email", "") if problems else "",
            asked=asked,
            by_mail=_mails(),
            feed=f"{site_address()}/public/feed.atom?place={place}",
        )


@page_route(blueprint, "/public/follow", methods=("POST",), access=Access.PUBLIC, params=(PLACE, ASKED))
def subscribe(place: str, asked: str | None) -> Any:
    """Ask the address whether it wants to hear; the answer is the same whoever it belongs to."""
    here = current()
    if not _mails():
        raise NotFound("not_found")
    try:
        # What fills the field that nobody sees is a machine: it hears that all went well.
        if not request.form.get("website"):
            with here.database.transaction(by_a_visitor()) as session:
                subscriptions.subscribe(
                    session,
                    secret_key=here.settings.secret_key,
                    site=here.settings.public_url,
                    place=place,
                    email=request.form.get("email", ""),
                )
    except InvalidInput as error:
        return Response(_follow_html(place, refusals(error)), status=422, mimetype="text/html")
    return go(f"/public/follow?place={place}&asked=1")


@page_route(blueprint, _LINK, access=Access.PUBLIC)
def subscription_page(link: str) -> str:
    """Where the mail leads that asks: a button, so that no mail program says yes by itself."""
    return _subscription_html(link)


@page_route(blueprint, _LINK, methods=("POST",), access=Access.PUBLIC)
def confirm(link: str) -> Any:
    """The address says yes."""
    here = current()
    with here.database.transaction(by_a_visitor()) as session:
        subscriptions.confirm(session, here.settings.secret_key, link)
    return go(f"/public/subscriptions/{link}")


@page_route(blueprint, f"{_LINK}/end", access=Access.PUBLIC)
def end_page(link: str) -> str:
    """Where the last line of every mail leads."""
    try:
        return _subscription_html(link, "end")
    except NotFound:
        return render_template("public/subscription.html", state="gone", name="", link=link, place="")


@page_route(blueprint, f"{_LINK}/end", methods=("POST",), access=Access.PUBLIC)
def end(link: str) -> Any:
    """One press, here or in the mail program (RFC 8058); the address is deleted."""
    here = current()
    with here.database.transaction(by_a_visitor()) as session:
        subscriptions.end(session, here.settings.secret_key, link)
    # RFC 8058 wants no redirect; pressed again, nothing happens.
    return render_template("public/subscription.html", state="gone", name="", link=link, place="")


def _subscription_html(link: str, state: str | None = None) -> str:
    """``state`` is ``end`` where it is to be ended; else it says whether the address said yes already."""
    here = current()
    with here.database.reading() as session:
        found = subscriptions.subscription_of_link(session, here.settings.secret_key, link)
        name = name_of_place(session, found.place) or ""
        state = state or ("on" if found.confirmed_at else "ask")
        return render_template("public/subscription.html", state=state, name=name, link=link, place=found.place)

"""What every page has around its content: menus by role, fiscal years, the person's name and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.exc import SQLAlchemyError

from app.auth.actor import ANONYMOUS, Actor
from app.auth.policy import (
    BUDGET_APPROVE,
    BUDGET_WRITE,
    CONTRACT_WRITE,
    COORDINATES_VERIFY,
    COORDINATES_WRITE,
    DISBURSEMENT_WRITE,
    IMPORT,
    ISSUES,
    MESSAGE_READ,
    MESSAGE_WRITE,
    QUESTION_ANSWER,
    QUESTION_DECIDE,
    YEAR_CLOSE,
    Visibility,
    roles_for,
    scope_of,
    visibility,
)
from app.auth.sessions import IDLE
from app.errors import AppError
from app.queries.accounts import RoleHeld, roles_held
from app.queries.jobs import worker_alive
from app.queries.news import NewsItem, news_page
from app.queries.organisations import organisation
from app.web.analysis import ANALYSES
from app.web.context import chosen_fiscal_year_be, current, current_fiscal_year_be, language, receipt
from app.web.events import unread
from app.web.monitoring_request import today
from app.web.people_words import short_role, without_headcount

WARN_BEFORE_S = 300


@dataclass(frozen=True)
class MenuItem:
    """A page in the top bar.

    Parameters
    ----------
    path
        Where it is; the item is marked on pages below it.
    title
        Word in the bar.
    icon
        Symbol in the phone's bars.
    also
        Beginnings of other addresses where the item is marked.
    of_organisations
        Endings of addresses below an organisation where it is marked.
    """

    path: str
    title: Any
    icon: str
    also: tuple[str, ...] = ()
    of_organisations: tuple[str, ...] = ()

    @property
    def href(self) -> str:
        """Its address with the fiscal year that the person works in, so that every page finds it there."""
        year = chosen_fiscal_year_be()
        return self.path if year is None else f"{self.path}?fiscal_year={year}"

    @property
    def here(self) -> bool:
        """True on this page or one below it."""
        if request.path.endswith("/people"):
            return self.path == "/people"
        if request.path.startswith("/organisations/"):
            return request.path.endswith(self.of_organisations)
        inside = (self.path + "/", *self.also)
        return request.path == self.path or (self.path != "/" and request.path.startswith(inside))


HOME = MenuItem("/", lazy_gettext("งานของฉัน"), "list")
MAP = MenuItem("/map", lazy_gettext("แผนที่"), "map")
PROJECTS = MenuItem("/projects", lazy_gettext("โครงการ"), "folder")
PLANS = MenuItem("/plans", lazy_gettext("แผนพัฒนา"), "calendar", ("/plan-versions/", "/action-plans/", "/provinces/"))
BUDGET = MenuItem("/budget", lazy_gettext("แผนที่งบประมาณ"), "chart")
DESK = MenuItem(
    "/money",
    lazy_gettext("งานงบประมาณ"),
    "table",
    ("/budget-documents/", "/budget-transfers/"),
    ("/money", "/carry-overs", "/on-behalf", "/budget-transfers/new"),
)
FUNNEL = MenuItem("/funnel", lazy_gettext("เส้นทางเงิน"), "filter")
ANALYSIS = MenuItem(
    "/analysis", lazy_gettext("วิเคราะห์"), "chart", ("/analysis/", "/duplicates", "/dashboard", "/reports")
)
MONITORING = MenuItem(
    "/monitoring", lazy_gettext("ติดตาม"), "check", ("/evaluations/", "/daily-reports", "/scores"), ("/evaluations",)
)
IMPORTS = MenuItem("/imports", lazy_gettext("นำเข้า"), "upload")
MATCHES = MenuItem("/matches", lazy_gettext("จับคู่สัญญา"), "link")
COORDINATES = MenuItem("/coordinates", lazy_gettext("ตรวจพิกัด"), "check")
PEOPLE = MenuItem("/people", lazy_gettext("ผู้ใช้และสิทธิ์"), "user", ("/people/", "/hand-overs/"))
QUESTIONS = MenuItem("/questions", lazy_gettext("คำถามประชาชน"), "message")
REVIEW = MenuItem("/review", lazy_gettext("โต๊ะตรวจ"), "check")


_OF_THE_DESK = (BUDGET_WRITE, BUDGET_APPROVE, DISBURSEMENT_WRITE, YEAR_CLOSE)
IN_THE_BAR = 7
"""Pages that fit beside the search at 1366 px; the others open below one word."""


def menu_of(actor: Actor) -> list[MenuItem]:
    """Pages that exist for this person, those of every day first."""
    if not actor.signed_in:
        return [MAP, PROJECTS, PLANS, BUDGET, FUNNEL, ANALYSIS]
    items = [HOME, MAP, PROJECTS, PLANS, BUDGET]
    followed = [] if visibility(actor) is Visibility.PUBLIC else [MONITORING]
    # Who has a desk of their own works there every day, and what is owed stands on their first page; officers look
    # after many and import more often.
    has_desk = actor.organisation_codes and actor.roles & {r for action in _OF_THE_DESK for r in roles_for(action)}
    items += [DESK, ANALYSIS, *followed] if has_desk else [*followed, ANALYSIS]
    if actor.roles & set(roles_for(IMPORT)):
        items.append(IMPORTS)
    if actor.roles & {*roles_for(CONTRACT_WRITE), *roles_for(DISBURSEMENT_WRITE)}:
        items.append(MATCHES)
    if actor.roles & {*roles_for(COORDINATES_WRITE), *roles_for(COORDINATES_VERIFY)}:
        items.append(COORDINATES)
    if actor.roles & set(roles_for(COORDINATES_VERIFY)):
        items.append(REVIEW)
    if not has_desk and visibility(actor) is Visibility.STAFF:
        items.append(DESK)
    if actor.roles & {*roles_for(QUESTION_ANSWER), *roles_for(QUESTION_DECIDE)}:
        items.append(QUESTIONS)
    return [*items, FUNNEL, PEOPLE] if actor.roles & ISSUES.keys() else [*items, FUNNEL]


def list_above() -> tuple[str, Any] | None:
    """Address and name of the list in which what was asked for would stand; ``None`` where there is no such page."""
    for one in ANALYSES:
        if request.path.startswith(f"{one.path}/"):
            return one.path, one.title
    return next(((item.href, item.title) for item in menu_of(_actor_or_visitor()) if item.here), None)


def place_of(role: RoleHeld) -> str:
    """Organisation or area of a role, in words."""
    if role.organisation_name:
        return role.organisation_name
    if role.area_name and role.area_code:
        is_province = len(role.area_code) == 2
        return str(_("จ.%(name)s", name=role.area_name) if is_province else _("อ.%(name)s", name=role.area_name))
    return str(_("ทั่วประเทศ"))


def role_name(role: RoleHeld) -> str:
    """Name of a role in the language of the page, without how many people hold it."""
    return without_headcount(role.role_name_th if language() == "th" else role.role_name_en)


def short_role_name(role: RoleHeld) -> str:
    """Name of a role for the bar: without what stands in brackets behind it."""
    return short_role(role_name(role))


def held_by(actor: Actor) -> list[RoleHeld]:
    """Roles of the person with their places."""
    if actor.user_id is None:
        return []
    try:
        with current().database.reading() as session:
            return roles_held(session, actor.user_id)
    except SQLAlchemyError:
        # The bar is also around the page that says that the database does not answer.
        return []


def unread_of(actor: Actor) -> tuple[int, int]:
    """Matters and news that the person has not read, asked once a page; nothing while the database is away."""
    if "eplan_unread" not in g:
        try:
            g.eplan_unread = unread(actor)
        except SQLAlchemyError:
            g.eplan_unread = (0, 0)
    return cast(tuple[int, int], g.eplan_unread)


def new_news(actor: Actor) -> list[NewsItem]:
    """The first few pieces of news that the person has not opened, for their first page."""
    if not unread_of(actor)[1]:
        return []
    with current().database.reading() as session:
        items, _total = news_page(session, actor, today(), limit=10)
    return [item for item in items if item.read_at is None][:3]


def may_ask(actor: Actor, organisation_code: str) -> bool:
    """Whether the person may begin a matter of an organisation."""
    scope = scope_of(actor, MESSAGE_WRITE)
    if scope.nation or organisation_code in scope.organisations:
        return True
    if not scope.provinces:
        return False
    with current().database.reading() as session:
        found = organisation(session, organisation_code)
    return found is not None and found.province_code in scope.provinces


def reads_messages(actor: Actor) -> bool:
    """Whether the person reads messages anywhere."""
    return bool(actor.roles & set(roles_for(MESSAGE_READ)))


def system_is_well() -> bool:
    """What the sign-in page says about the platform: database and worker answer."""
    try:
        with current().database.reading() as session:
            return worker_alive(session)
    except SQLAlchemyError:
        return False


def address_fiscal_year() -> int | None:
    """Fiscal year that the address asks for, when it is one year."""
    text = request.args.get("fiscal_year", "")
    return int(text) if text.isdecimal() and len(text) == 4 else None


def fiscal_years() -> list[int]:
    """Years to choose from: the coming one and nine before it."""
    newest = current_fiscal_year_be() + 1
    return list(range(newest, newest - 10, -1))


def register_shell(app: Flask) -> None:
    """Make the shell known to templates; it costs nothing on answers that are not pages."""
    app.jinja_env.globals.update(
        place_of=place_of,
        role_name=role_name,
        short_role_name=short_role_name,
        held_by=held_by,
        unread_of=unread_of,
        reads_messages=reads_messages,
        may_ask=may_ask,
        new_news=new_news,
        menu_of=menu_of,
        list_above=list_above,
        in_the_bar=IN_THE_BAR,
        fiscal_years=fiscal_years,
        address_fiscal_year=address_fiscal_year,
        system_is_well=system_is_well,
        this_fiscal_year=current_fiscal_year_be,
        receipt=receipt,
        session_seconds=int(IDLE.total_seconds()),
        session_warning_seconds=WARN_BEFORE_S,
    )

    @app.context_processor
    def person() -> dict[str, Any]:
        me = _actor_or_visitor()
        # Numbers of the public are of published works only; pages that add up say so.
        return {"me": me, "language": language(), "published_only": visibility(me) is Visibility.PUBLIC}


def _actor_or_visitor() -> Actor:
    # An error page is also shown when the database is away or a token is refused: then nobody can be looked up.
    try:
        return current().actor
    except (SQLAlchemyError, AppError):
        return ANONYMOUS

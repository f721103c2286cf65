"""Putting the web application together: every blueprint is named here, once."""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Flask, request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.auth.cache import CACHE
from app.auth.extension import configure, init_security
from app.db import Database
from app.settings import ROOT, Settings
from app.web import (
    access,
    accounts,
    action_plan_pages,
    action_plans,
    alignment,
    allocation,
    analysis,
    attachments,
    budget,
    budget_desk,
    budget_document_pages,
    budget_documents,
    budget_transfer_pages,
    budget_transfers,
    calendar_json,
    calendar_pages,
    carry_over_pages,
    changes,
    classification_page,
    comparison_page,
    completeness,
    coordinate_page,
    coordinates,
    daily_report_pages,
    daily_reports,
    dashboard,
    data_service,
    document_sheet,
    drafts,
    duplicate_pages,
    duplicate_papers,
    duplicates,
    evaluation_pages,
    evaluations,
    events,
    evidence,
    exports,
    exposure,
    fiscal_years,
    funnel,
    geometries,
    health,
    history,
    home,
    imports,
    jobs,
    layers,
    maintenance,
    matches,
    messages,
    messages_json,
    money_pages,
    news,
    news_json,
    notifications,
    oc4ids,
    on_behalf_pages,
    open_data,
    openapi,
    organisations,
    people_json,
    people_pages,
    person_page,
    plan_comments,
    plan_files,
    plan_forms,
    plan_pages,
    plan_uploads,
    plans,
    project_facts,
    project_money,
    project_pages,
    projects,
    public_data,
    public_follow,
    public_pages,
    public_questions,
    questions,
    raster_intake,
    raster_tiles,
    rasters,
    record_sheets,
    record_uploads,
    reminders,
    reports,
    roads,
    robots,
    scenario_pages,
    score_json,
    scores,
    second_factor,
    sign_in_steps,
    standing_order_json,
    standing_orders,
    status,
    strategies,
    tiles,
)
from app.web import map as map_page
from app.web.assets import DIST, register_assets
from app.web.context import Platform, babel_locale, current
from app.web.errors import register_errors
from app.web.filters import register_filters
from app.web.form_words import form_word
from app.web.hooks import register_hooks
from app.web.icons import register_icons
from app.web.json import OrjsonProvider
from app.web.plain import register_plain_requests
from app.web.shell import register_shell
from app.web.token_scope import register_token_scope
from app.web.windows import register_windows

BLUEPRINTS = (
    home.blueprint,
    accounts.blueprint,
    sign_in_steps.blueprint,
    second_factor.blueprint,
    people_pages.blueprint,
    person_page.blueprint,
    people_json.blueprint,
    projects.blueprint,
    project_money.blueprint,
    budget_documents.blueprint,
    budget_transfers.blueprint,
    fiscal_years.blueprint,
    budget_desk.blueprint,
    budget_document_pages.blueprint,
    document_sheet.blueprint,
    budget_transfer_pages.blueprint,
    carry_over_pages.blueprint,
    on_behalf_pages.blueprint,
    geometries.blueprint,
    attachments.blueprint,
    drafts.blueprint,
    coordinates.blueprint,
    roads.blueprint,
    duplicates.blueprint,
    duplicate_pages.blueprint,
    duplicate_papers.blueprint,
    coordinate_page.blueprint,
    classification_page.blueprint,
    map_page.blueprint,
    tiles.blueprint,
    layers.blueprint,
    exports.blueprint,
    budget.blueprint,
    allocation.blueprint,
    funnel.blueprint,
    access.blueprint,
    scenario_pages.blueprint,
    scores.blueprint,
    score_json.blueprint,
    imports.blueprint,
    matches.blueprint,
    jobs.blueprint,
    analysis.blueprint,
    dashboard.blueprint,
    comparison_page.blueprint,
    completeness.blueprint,
    calendar_pages.blueprint,
    calendar_json.blueprint,
    evaluation_pages.blueprint,
    evaluations.blueprint,
    evidence.blueprint,
    daily_report_pages.blueprint,
    daily_reports.blueprint,
    reports.blueprint,
    messages.blueprint,
    messages_json.blueprint,
    news.blueprint,
    news_json.blueprint,
    notifications.blueprint,
    reminders.blueprint,
    events.blueprint,
    health.blueprint,
    status.blueprint,
    maintenance.blueprint,
    data_service.blueprint,
    standing_order_json.blueprint,
    standing_orders.blueprint,
    changes.blueprint,
    robots.blueprint,
    plans.blueprint,
    strategies.blueprint,
    record_sheets.blueprint,
    record_uploads.blueprint,
    plan_forms.blueprint,
    plan_files.blueprint,
    plan_comments.blueprint,
    action_plans.blueprint,
    action_plan_pages.blueprint,
    organisations.blueprint,
    alignment.blueprint,
    plan_pages.blueprint,
    plan_uploads.blueprint,
    project_pages.blueprint,
    project_facts.blueprint,
    money_pages.blueprint,
    history.blueprint,
    rasters.blueprint,
    raster_intake.blueprint,
    raster_tiles.blueprint,
    exposure.blueprint,
    oc4ids.blueprint,
    open_data.blueprint,
    openapi.blueprint,
    public_pages.blueprint,
    public_data.blueprint,
    public_follow.blueprint,
    public_questions.blueprint,
    questions.blueprint,
)
SIGN_INS_PER_ADDRESS = "30 per minute"
REFUSED_PASSWORDS_PER_PERSON = "10 per hour"
PICTURES_PER_PERSON = "120 per minute; 1000 per hour"
RASTERS_PER_PERSON = "60 per minute; 120 per hour"
TERRAIN_PER_ADDRESS = "120 per minute"
QUESTIONS_PER_ADDRESS = "5 per hour; 20 per day"
QUESTIONS_PER_PLACE = "30 per hour"
SUBSCRIPTIONS_PER_ADDRESS = "10 per hour"


def build(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The application on its settings and database; see :func:`app.create_app`.

    Raises
    ------
    ValueError
        Without a secret key: nothing may be signed with an empty one.
    """
    settings = settings or Settings.from_environment()
    if not settings.secret_key:
        raise ValueError("EPLAN_SECRET_KEY is empty: ./eplan up makes one, a real server sets it")
    database = database or Database(settings)
    app = Flask(
        "app",
        root_path=str(ROOT / "app"),
        static_folder=str(DIST),
        static_url_path="/static",
        template_folder="templates",
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # The multipart envelope comes on top of the file itself.
        MAX_CONTENT_LENGTH=settings.max_upload_bytes + 1024 * 1024,
        BABEL_DEFAULT_LOCALE="th",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "app" / "translations"),
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_HEADERS_ENABLED=True,
    )
    configure(app, password_salt=settings.password_salt, secure_cookies=settings.secure_cookies)
    app.json = OrjsonProvider(app)
    app.extensions["eplan"] = Platform(settings, database)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        # Not X-Forwarded-Host: a proxy that does not set it passes on whatever the visitor sent.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    CACHE.clear()
    register_plain_requests(app)
    Babel(app, locale_selector=babel_locale)
    CSRFProtect(app)
    register_hooks(app, https_only=settings.secure_cookies)
    register_windows(app)
    register_token_scope(app)
    app.jinja_env.globals.update(maintenance_notice=maintenance.maintenance_notice, field_word=form_word)
    register_errors(app)
    register_filters(app)
    register_shell(app)
    register_icons(app)
    register_assets(app)
    init_security(app, database, strict=settings.strict)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    accounts.take_over_sign_out(app)
    _limit(app)
    return app


def _limit(app: Flask) -> None:
    limiter = Limiter(_address, app=app)
    view: Any = app.view_functions["security.login"]
    limited: Any = limiter.limit(SIGN_INS_PER_ADDRESS, methods=["POST"])(view)
    app.view_functions["security.login"] = limited
    # Whoever finds a signed-in browser must not find out its person's password by trying.
    change: Any = app.view_functions["accounts.change_password"]
    app.view_functions["accounts.change_password"] = limiter.limit(
        REFUSED_PASSWORDS_PER_PERSON,
        key_func=_person,
        deduct_when=lambda answer: answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY,
    )(change)
    # Every picture is a process of its own.
    attach: Any = app.view_functions["attachments.add"]
    app.view_functions["attachments.add"] = limiter.limit(lambda: PICTURES_PER_PERSON, key_func=_person)(attach)
    _limit_rasters(app, limiter)
    _limit_citizens(app, limiter)


_INTAKE = tuple(f"raster_intake.{name}" for name in ("send", "send_page", "answer_page", "try_again_page"))


def _limit_rasters(app: Flask, limiter: Limiter) -> None:
    """A raster that is taken in is a process of its own; leading water over a window takes seconds of the processor."""
    for name in (*_INTAKE, "exposure.make_extent"):
        view: Any = app.view_functions[name]
        app.view_functions[name] = limiter.limit(lambda: RASTERS_PER_PERSON, key_func=_person)(view)
    for name in ("rasters.rasters_page", "rasters.zones", "rasters.zones_file", "rasters.profile", "rasters.catchment"):
        view = app.view_functions[name]
        app.view_functions[name] = limiter.limit(lambda: TERRAIN_PER_ADDRESS)(view)


def _limit_citizens(app: Flask, limiter: Limiter) -> None:
    """Whoever asks without an account asks a few times; a place is not asked more than somebody can read."""
    taken: dict[str, Any] = {"methods": ["POST"], "deduct_when": lambda answer: answer.status_code < 400}
    for name in ("ask", "ask_organisation", "ask_again"):
        view: Any = app.view_functions[f"public_questions.{name}"]
        by_address = limiter.limit(QUESTIONS_PER_ADDRESS, **taken)(view)
        app.view_functions[f"public_questions.{name}"] = limiter.limit(QUESTIONS_PER_PLACE, key_func=_place, **taken)(
            by_address
        )
    subscribe: Any = app.view_functions["public_follow.subscribe"]
    app.view_functions["public_follow.subscribe"] = limiter.limit(SUBSCRIPTIONS_PER_ADDRESS, **taken)(subscribe)


def _address() -> str:
    """Where a request comes from. Of IPv6 the network: every connection at home has 2**64 addresses of its own."""
    try:
        found = ip_address(get_remote_address())
    except ValueError:
        return get_remote_address()
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or ip_network((found, 64), strict=False).network_address
    return str(found)


def _place() -> str:
    return f"place {request.path}"


def _person() -> str:
    return f"person {current().actor.user_id}"

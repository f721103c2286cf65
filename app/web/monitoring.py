"""โต๊ะงานจังหวัด: the calendar, how complete everybody's entries are, and what is owed today."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.queries.calendar import calendar_years
from app.queries.owed import missing_items
from app.services.exports import export_dir
from app.services.table_file import FORMATS, write_table
from app.web.completeness_words import in_words, owner_names, topics
from app.web.context import current
from app.web.endpoint import Access, Param, page_route
from app.web.exports import sent_file
from app.web.monitoring_page import file_lines, monitoring_values, owed_addresses, place_of
from app.web.monitoring_request import (
    AREA,
    BY,
    ORGANISATION,
    PAGE,
    PAGE_ROWS,
    TOPIC,
    VIEW,
    YEAR,
    asked_from,
    check_place,
    freshen,
    require_reader,
    require_rows,
    today,
)
from app.web.owed import owed_today
from app.web.params import choice, string_schema

blueprint = Blueprint("monitoring", __name__)

STATES = ("late", "due", "returned", "review")
OWED = Param("state", choice(*STATES), string_schema(enum=list(STATES)), "Kind of debt")
FORMAT = Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", FORMATS[0])
_PLACE = (YEAR, AREA, ORGANISATION, BY, VIEW, TOPIC, PAGE)


@page_route(blueprint, "/monitoring", access=Access.SIGNED_IN, params=(*_PLACE, OWED))
def page(state: str | None, **values: Any) -> str:
    """One's own place in the running year, or what the address says."""
    require_reader()
    with current().database.reading() as session:
        asked = asked_from(session, values, request.args)
    freshen(asked.organisation)
    with current().database.reading() as session:
        check_place(session, asked)
        return render_template("monitoring/page.html", **monitoring_values(session, asked, today(), state))


@page_route(blueprint, "/monitoring/owed", access=Access.SIGNED_IN, params=(*_PLACE, OWED))
def owed(state: str | None, **values: Any) -> str:
    """Everything that a place owes, a page at a time, of all years or the one of the address."""
    require_rows()
    with current().database.reading() as session:
        asked = asked_from(session, values, request.args)
        check_place(session, asked)
        start = (asked.page - 1) * PAGE_ROWS
        year = values["fiscal_year"]
        found = owed_today(
            session, asked.scope, today(), state=state, topic=asked.topic, year_be=year, limit=PAGE_ROWS, offset=start,
            reminders=True,
        )  # fmt: skip
        place, path = place_of(session, asked)
        return render_template(
            "monitoring/owed.html",
            asked=asked, year=year, place=place, path=path, owed=found, state=state, topics=topics(session),
            more=start + PAGE_ROWS < found["found"].total and state not in ("review", "returned"),
            **owed_addresses(asked, year, state),
        )  # fmt: skip


@page_route(blueprint, "/monitoring/items", access=Access.SIGNED_IN, params=(YEAR, ORGANISATION, TOPIC))
def items(**values: Any) -> str:
    """The missing things of one organisation and topic, each with the field where it is entered."""
    require_rows()
    freshen(values["organisation"])
    with current().database.reading() as session:
        asked = asked_from(session, values, request.args)
        check_place(session, asked)
        code, topic = asked.organisation or "", asked.topic or "LAO_DATA"
        found = missing_items(session, code, asked.year_be, topic, today())
        place, path = place_of(session, asked)
        return render_template(
            "monitoring/items.html",
            asked=asked, place=place, path=path, topic=topics(session)[topic], topics=topics(session),
            items=in_words(found, today()), owners=owner_names(session), years=calendar_years(session),
        )  # fmt: skip


@page_route(blueprint, "/monitoring/file", access=Access.SIGNED_IN, params=(*_PLACE, FORMAT))
def file(format: str, **values: Any) -> Response:
    """The table to take away: every row of the place, counts and percent."""
    require_reader()
    here = current()
    path = export_dir(here.settings) / f"completeness-{secrets.token_hex(12)}.{format}"
    with here.database.reading() as session:
        asked = asked_from(session, values, request.args)
        check_place(session, asked)
        titles, lines, title = file_lines(session, asked, today())
        write_table(here.actor, titles, lines, format, path, title=title)
    return sent_file(path, f"{_('ความครบถ้วน')}-{asked.year_be}.{format}", format, remove=True)

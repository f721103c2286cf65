"""Rasters on their way in: sent, answered for, tried again, taken out; by a program or by the page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import visibility
from app.errors import InvalidInput
from app.models.raster import KINDS
from app.queries.rasters import raster, raster_dir
from app.services import raster_intake as intake
from app.services import rasters as service
from app.services.imports import Received
from app.web.context import current
from app.web.endpoint import Access, api_route, page_route
from app.web.money_body import Body
from app.web.page_forms import go, posted, read_typed, refusals
from app.web.raster_json import RASTER_SCHEMA, raster_json
from app.web.raster_page import nothing_asked, page
from app.web.received import file_form, kept_upload

blueprint = Blueprint("raster_intake", __name__)
_FORM = Body(
    {
        "title": "text",
        "kind": "text",
        "organisation": "text",
        "source": "text",
        "licence": "text",
        "as_of": "date",
        "open_to_all": "flag",
        "epsg": "whole",
    }
)
_ANSWER = Body({"epsg": "whole"}, frozenset({"epsg"}))
_OPEN = Body({"open_to_all": "flag"})
_TEXT = {"type": "string"}


@api_route(
    blueprint,
    "/api/v1/rasters",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Send a GeoTIFF; it is checked and converted in the background",
    status=202,
    response=RASTER_SCHEMA,
    body=file_form(
        ("title", "kind"),
        title=_TEXT,
        kind={"enum": list(KINDS)},
        organisation=_TEXT,
        source=_TEXT,
        licence=_TEXT,
        as_of={"type": "string", "format": "date"},
        open_to_all={"type": "boolean"},
        epsg={"type": "integer"},
    ),
)
def send() -> tuple[dict[str, Any], int, dict[str, str]]:
    """The raster as it is written down, with the job to follow."""
    context, name = current(), _received()
    with context.database.reading() as session:
        row = raster(session, name, visibility(context.actor))
    made = raster_json(row) if row is not None else {}
    return made, 202, {"Location": f"/api/v1/jobs/{made.get('job')}"}


@page_route(blueprint, "/analysis/rasters", methods=("POST",), access=Access.SIGNED_IN)
def send_page() -> Response:
    """The form without its script; what cannot be used at all comes back with every reason."""
    try:
        return go(_page_of(_received()))
    except InvalidInput as error:
        text = page(nothing_asked(), refusals(error), request.form)
        return Response(text, status=422, mimetype="text/html")


@page_route(blueprint, "/analysis/rasters/<raster_name>/answer", methods=("POST",), access=Access.SIGNED_IN)
def answer_page(raster_name: str) -> Response:
    """Say the coordinate system of a raster that asked."""
    folder = raster_dir(current().settings)

    def act(session: Session, actor: Actor) -> str:
        epsg = read_typed(_ANSWER, request.form)["epsg"]
        return intake.answer_crs(session, actor, raster_name, epsg, folder, _title(raster_name))

    return posted(act, again=_again, then=_page_of)


@page_route(blueprint, "/analysis/rasters/<raster_name>/again", methods=("POST",), access=Access.SIGNED_IN)
def try_again_page(raster_name: str) -> Response:
    """Convert one whose job was cancelled or failed."""
    folder = raster_dir(current().settings)

    def act(session: Session, actor: Actor) -> str:
        quota = current().settings.raster_quota_bytes
        return intake.try_again(session, actor, raster_name, folder, _title(raster_name), quota)

    return posted(act, again=_again, then=_page_of)


@page_route(blueprint, "/analysis/rasters/<raster_name>/open", methods=("POST",), access=Access.SIGNED_IN)
def open_page(raster_name: str) -> Response:
    """Say who sees a raster: everybody, or its province."""

    def act(session: Session, actor: Actor) -> str:
        opened = bool(read_typed(_OPEN, request.form).get("open_to_all"))
        service.open_to_all(session, actor, raster_name, opened=opened)
        return raster_name

    return posted(act, again=_again, then=_page_of)


@page_route(blueprint, "/analysis/rasters/<raster_name>/remove", methods=("POST",), access=Access.SIGNED_IN)
def remove_page(raster_name: str) -> Response:
    """Take a raster out of the catalogue."""

    def act(session: Session, actor: Actor) -> None:
        service.remove(session, actor, raster_name)

    return posted(act, again=_again, then=url_for("rasters.rasters_page"))


def _received() -> str:
    """The file of this request as a new raster with its conversion in the queue; its name."""
    given = read_typed(_FORM, request.form)
    wanted = service.RasterForm(
        given.get("title", ""),
        given.get("kind") or "",
        given.get("organisation") or None,
        bool(given.get("open_to_all")),
        given.get("source"),
        given.get("licence"),
        given.get("as_of"),
    )
    settings = current().settings
    folder = raster_dir(settings)

    def receive(session: Session, actor: Actor, received: Received) -> str:
        row = intake.receive(session, actor, received, wanted, folder, settings.raster_quota_bytes)
        intake.enqueue(session, actor, row, _title(row.title_th), given.get("epsg"))
        return row.name

    return kept_upload(receive, None, service.check_form(wanted), folder=folder, ending=service.GIVEN)


def _title(name: str) -> str:
    return str(_("แปลงภาพ %(name)s", name=name))


def _again(found: list[dict[str, Any]]) -> str:
    return page(nothing_asked(), found, request.form)


def _page_of(name: str) -> str:
    return url_for("rasters.rasters_page", raster=name)

"""Works that a flood or another extent takes: the page, its files, the same for programs, and making an extent."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import Visibility, own_scope, visibility
from app.errors import InvalidInput, NotFound
from app.queries import areas
from app.queries.exposure import (
    GROUPS,
    ExposedProject,
    Exposure,
    ExtentRow,
    GroupBy,
    exposed_projects,
    exposure,
    extent,
    extent_shape,
    extents,
)
from app.queries.organisations import organisation_names
from app.queries.project_filter import ProjectFilter
from app.queries.rasters import rasters
from app.services import extents as service
from app.services.exports import export_dir
from app.services.extent_orders import ExtentOrder, enqueue
from app.services.rasters import check_may_load
from app.services.table_file import FORMATS, Cell, write_table
from app.web.context import current, language
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.exports import sent_file
from app.web.extents_coming import coming_extents
from app.web.money_body import Body
from app.web.page_forms import go, posted, read_typed
from app.web.params import choice, fiscal_year, integer_schema, kind, string_schema, whole_number
from app.web.place_filters import check_places
from app.web.project_list import kind_names
from app.web.project_params import query_of
from app.web.raster_page import who_may_load
from app.web.raster_params import AREA, EXTENT
from gis.crs import meets_thailand
from gis.problems import Problem
from gis.thai import to_arabic_digits
from gis.writers import MEDIA_TYPES

blueprint = Blueprint("exposure", __name__)
GROUP_BY = Param("group_by", choice(*GROUPS), string_schema(enum=list(GROUPS)), "What a row is", "province")
YEARS = Param("fiscal_year", fiscal_year, integer_schema(2540, 2640), "Fiscal years (B.E.)", (), many=True)
KINDS = Param("kind", kind, {"enum": ["road", "water", "other"]}, "Kinds of work", (), many=True)
FORMAT = Param("format", choice(*FORMATS), string_schema(enum=list(FORMATS)), "Format of the file", "xlsx")
JOB = Param("job", whole_number(1, 2**53), integer_schema(1, 2**53), "Job that makes an extent")
FILTERS = (GROUP_BY, AREA, YEARS, KINDS)
_FILE = {"type": "string", "format": "binary"}
_ROW = {"type": "object"}
EXPOSURE_SCHEMA = {
    "type": "object",
    "required": ["extent", "group_by", "rows", "total", "projects"],
    "properties": {
        "extent": {"type": "string"},
        "group_by": {"type": "string"},
        "rows": {"type": "array", "items": _ROW},
        "total": _ROW,
        "projects": {"type": "array", "items": _ROW},
    },
}
EXTENTS_SCHEMA = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {"items": {"type": "array", "items": _ROW}, "next": {"type": "null"}},
}
_FORM = Body(
    {
        "title": "text",
        "organisation": "text",
        "source": "text",
        "as_of": "date",
        "open_to_all": "flag",
        "raster": "text",
        "threshold": "text",
        "epsg": "whole",
    }
)


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


@api_route(
    blueprint,
    "/api/v1/extents",
    access=Access.PUBLIC,
    summary="Extents of floods and other hazards",
    response=EXTENTS_SCHEMA,
)
def list_extents() -> dict[str, Any]:
    """Those that this person may see."""
    context = current()
    with context.database.reading() as session:
        found = extents(session, visibility(context.actor), own_scope(context.actor))
        return {"items": [_extent_json(row, context.actor) for row in found], "next": None}


@api_route(
    blueprint,
    "/api/v1/extents/<extent_name>/exposure",
    access=Access.PUBLIC,
    params=FILTERS,
    summary="Works in an extent: length or area, share and money, by group, with the works themselves",
    response=EXPOSURE_SCHEMA,
)
def exposure_api(extent_name: str, **asked: Any) -> dict[str, Any]:
    """Money is the budget times the share of the work that lies inside."""
    context = current()
    with context.database.reading() as session:
        found = _found(session, context.actor, extent_name)
        rows, total, works = _answer(session, context.actor, found, asked)
    return {
        "extent": found.name,
        "group_by": asked["group_by"],
        "rows": [asdict(row) for row in rows],
        "total": asdict(total),
        "projects": [asdict(work) for work in works],
    }


@api_route(
    blueprint,
    "/api/v1/extents/<extent_name>/exposure/file",
    access=Access.PUBLIC,
    params=(*FILTERS, FORMAT),
    summary="The works in an extent as a table to take away",
    response={"content": {MEDIA_TYPES[name].split(";")[0]: _FILE for name in FORMATS}},
)
def exposure_file(extent_name: str, format: str, **asked: Any) -> Response:
    """Work by work, most money first."""
    context = current()
    with context.database.reading() as session:
        found = _found(session, context.actor, extent_name)
        works = exposed_projects(session, found.id, _narrowed(asked), visibility(context.actor), limit=1_000_000)
    path = export_dir(context.settings) / f"exposure-{secrets.token_hex(12)}.{format}"
    write_table(context.actor, _titles(), _lines(works), format, path, title=found.title_th)
    return sent_file(path, f"{found.title_th}.{format}".replace(" ", "-"), format, remove=True)


@api_route(
    blueprint,
    "/api/v1/extents/<extent_name>/shape",
    access=Access.PUBLIC,
    summary="Outline of an extent, simplified for the map",
    response={"content": {"application/geo+json": {"type": "object"}}},
)
def shape(extent_name: str) -> Response:
    """A MultiPolygon in degrees."""
    context = current()
    with context.database.reading() as session:
        text = extent_shape(session, _found(session, context.actor, extent_name))
    return Response(text, mimetype="application/geo+json")


@page_route(blueprint, "/analysis/exposure", access=Access.PUBLIC, params=(EXTENT, *FILTERS, JOB))
def exposure_page(job: int | None, **asked: Any) -> str | Response:
    """One extent over the works; all of it is in the address. That of a job which is done is its extent's."""
    context = current()
    coming: dict[str, Any] = {}
    if context.actor.signed_in:
        with context.database.reading() as session:
            coming = coming_extents(session, context.actor, job)
    if coming.get("done"):
        return go(coming["done"])
    return _page(asked, form=coming.get("said"), coming=coming.get("jobs"))


@page_route(blueprint, "/analysis/exposure", methods=("POST",), access=Access.SIGNED_IN)
def make_extent() -> Response:
    """Make an extent of a raster and a limit, or of a file of polygons."""
    form = request.form

    def act(session: Session, actor: Actor) -> str:
        return _made(session, actor, read_typed(_FORM, form))

    return posted(act, again=lambda found: _page(_nothing(), found, form), then=lambda address: address)


@page_route(blueprint, "/analysis/exposure/<extent_name>/remove", methods=("POST",), access=Access.SIGNED_IN)
def remove_extent(extent_name: str) -> Response:
    """Take an extent away."""

    def act(session: Session, actor: Actor) -> None:
        service.remove_extent(session, actor, extent_name)

    return posted(act, again=lambda found: _page(_nothing(), found), then=url_for(".exposure_page"))


def _made(session: Session, actor: Actor, given: dict[str, Any]) -> str:
    """Where to go on: to the job that outlines a raster, or to the extent of a file."""
    wanted = service.ExtentForm(
        given.get("title", ""),
        given.get("organisation") or None,
        bool(given.get("open_to_all")),
        given.get("source"),
        given.get("as_of"),
    )
    check_may_load(session, actor, wanted.organisation_code, open_to_all=wanted.open_to_all)
    sent = request.files.get("file")
    with_file = sent is not None and bool(sent.filename)
    if with_file == bool(given.get("raster")):
        raise InvalidInput([Problem("extent_file_or_raster", where={"field": "file"})])
    if given.get("raster"):
        order = ExtentOrder(given["raster"], _threshold(given), wanted)
        title = _("สร้างขอบเขต %(title)s", title=wanted.title)
        return url_for(".exposure_page", job=enqueue(session, actor, order, title))
    with tempfile.TemporaryDirectory(prefix="extent-") as folder_name:
        path = Path(folder_name) / "file"
        if sent is not None:
            sent.save(path)
        name = (sent and sent.filename) or "file"
        name = service.extent_of_file(session, actor, path, name, wanted, epsg=given.get("epsg"))
    return url_for(".exposure_page", extent=name)


def _threshold(given: dict[str, Any]) -> float:
    try:
        return float(to_arabic_digits(given.get("threshold", "1")).replace(",", ""))
    except ValueError as error:
        raise InvalidInput([Problem("extent_threshold_unreadable", where={"field": "threshold"})]) from error


def _nothing() -> dict[str, Any]:
    return {param.name: param.default for param in (EXTENT, *FILTERS)}


def _found(session: Session, actor: Actor, name: str) -> ExtentRow:
    found = extent(session, name, visibility(actor))
    if found is None:
        raise NotFound("extent_not_found", {"extent": name[:60]})
    return found


def _narrowed(asked: dict[str, Any]) -> ProjectFilter:
    area = (asked["area"],) if asked["area"] else ()
    return ProjectFilter(fiscal_year=asked["fiscal_year"], kind=asked["kind"], area=area)


def _answer(
    session: Session, actor: Actor, found: ExtentRow, asked: dict[str, Any]
) -> tuple[list[Exposure], Exposure, list[ExposedProject]]:
    narrowed, sight = _narrowed(asked), visibility(actor)
    check_places(session, narrowed.area)
    group_by: GroupBy = asked["group_by"]
    rows, total = exposure(session, found.id, narrowed, sight, group_by)
    return rows, total, exposed_projects(session, found.id, narrowed, sight)


def _page(
    asked: dict[str, Any],
    problems: list[dict[str, Any]] | None = None,
    form: Any = None,
    coming: list[dict[str, Any]] | None = None,
) -> str:
    context = current()
    with context.database.reading() as session:
        sight = visibility(context.actor)
        scope = own_scope(context.actor)
        listed = extents(session, sight, scope)
        name = asked["extent"]
        shown = extent(session, name, sight) if name else next(iter(listed), None)
        rows, total, works = ([], None, []) if shown is None else _answer(session, context.actor, shown, asked)
        rows = _in_words(session, rows, asked["group_by"])
        values = {
            "provinces": [(one.code, one.name(language())) for one in areas.children(session, None)],
            "area": areas.area(session, asked["area"]) if asked["area"] else None,
            "raster_choices": [
                (row.name, row.title_th)
                for row in rasters(session, sight, scope)
                if row.status == "READY" and row.kind != "picture"
            ],
            **who_may_load(session, context.actor),
        }
    held = {**asked, "extent": shown.name if shown else ""}
    return render_template(
        "rasters/exposure.html",
        **values,
        listed=listed,
        shown=shown,
        missing=name if name and shown is None else "",
        rows=rows,
        total=total,
        works=works,
        asked=held,
        is_outside=lambda row: not meets_thailand(row.bounds),
        groups=_groups(),
        kinds=kind_names(),
        query=lambda **changes: _query({**held, **changes}),
        below=lambda row: _below(held, row),
        problems=problems or [],
        form=form or {},
        coming=coming or [],
        printed_at=datetime.now(UTC),
    )


def _in_words(session: Session, rows: list[Exposure], group_by: GroupBy) -> list[Exposure]:
    """The rows with their names in the language of the page."""
    codes = [row.code for row in rows if row.code]
    if group_by == "kind":
        return rows
    names = organisation_names(session, codes) if group_by == "organisation" else areas.area_names(session, codes)
    words = {code: one.name(language()) for code, one in names.items()}
    return [replace(row, name=words.get(row.code or "", row.name)) for row in rows]


def _below(asked: dict[str, Any], row: Exposure) -> str:
    """Where a row leads: an area to the areas below it, the deepest and the others to the list of projects."""
    group = asked["group_by"]
    if row.code and group in ("province", "amphoe"):
        return "/analysis/exposure?" + _query(
            {**asked, "area": row.code, "group_by": "amphoe" if group == "province" else "tambon"}
        )
    narrowed = _narrowed(asked)
    if row.code and group == "tambon":
        narrowed = ProjectFilter(narrowed.organisation, narrowed.fiscal_year, narrowed.kind, area=(row.code,))
    elif row.code and group == "organisation":
        narrowed = ProjectFilter((row.code,), narrowed.fiscal_year, narrowed.kind, area=narrowed.area)
    elif row.code:
        narrowed = ProjectFilter((), narrowed.fiscal_year, (row.code,), area=narrowed.area)
    return f"/projects?{query_of(narrowed)}"


def _query(asked: dict[str, Any]) -> str:
    given = {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in asked.items()
        if value not in (None, "", ()) and not (name == "group_by" and value == "province")
    }
    return urlencode(given)


def _groups() -> dict[str, str]:
    return {
        "province": _("จังหวัด"),
        "amphoe": _("อำเภอ"),
        "tambon": _("ตำบล"),
        "organisation": _("อปท."),
        "kind": _("ด้าน"),
    }


def _titles() -> list[str]:
    return [
        _("รหัสโครงการ"), _("ชื่อโครงการ"), _("ด้าน"), _("อปท."), _("ปีงบประมาณ"), _("ส่วนที่อยู่ในพื้นที่"), _("ยาวในพื้นที่ (ม.)"),
        _("พื้นที่ในเขต (ตร.ม.)"), _("งบประมาณ (บาท)"), _("งบในพื้นที่ (บาท)"),
    ]  # fmt: skip


def _lines(works: list[ExposedProject]) -> Iterator[list[Cell]]:
    kinds = kind_names()
    for work in works:
        yield list({**asdict(work), "kind": str(kinds.get(work.kind, work.kind))}.values())


def _extent_json(row: ExtentRow, actor: Actor) -> dict[str, Any]:
    # What a file was called on somebody's computer is the staff's business.
    hidden = {"id", "created_by_name"}
    if visibility(actor) is not Visibility.STAFF:
        hidden.add("file_name")
    return {key: value for key, value in asdict(row).items() if key not in hidden}

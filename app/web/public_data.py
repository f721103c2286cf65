"""What may be taken along: works of an organisation, or one, as GeoJSON, CSV and OC4IDS; pictures; the site map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import orjson
import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.oc4ids import VERSION, oc4ids_projects
from app.queries.project_filter import ProjectFilter
from app.queries.public import PublicRow, geometries_of, public_list, public_photo, public_row
from app.queries.public_places import public_organisation
from app.services.attachment_files import attachment_dir, kept_file
from app.services.table_file import csv_bytes
from app.web.attachments import sent_file_of
from app.web.context import current
from app.web.endpoint import Access, page_route
from app.web.public_site import public_answer, site_address

blueprint = Blueprint("public_data", __name__)

MOST_WORKS = 20_000
SITEMAP_PAGE = 20_000
_FORMS = "<any(geojson,csv,json):form>"
_TYPES = {"geojson": "application/geo+json", "csv": "text/csv", "json": "application/json"}
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
HEADS = (
    "code", "name_th", "organisation_code", "organisation_name", "fiscal_year_be", "kind", "surface_type",
    "water_source_type", "status", "area_code", "length_m", "width_m", "area_m2", "planned_baht", "budget_baht",
    "contracted_baht", "disbursed_baht", "verified_place", "updated_at",
)  # fmt: skip


@page_route(blueprint, f"/public/projects/<code>/data.{_FORMS}", access=Access.PUBLIC)
def project_file(code: str, form: str) -> Response:
    """One work; ``json`` is an OC4IDS project package."""

    def make(session: Session) -> tuple[bytes, str]:
        row = public_row(session, code)
        if row is None:
            raise NotFound("project_not_found", {"project": code[:80]})
        if form == "json":
            return _package(session, ProjectFilter(organisation=(row.organisation_code,)), row.id), _TYPES[form]
        return _file(session, [row], form), _TYPES[form]

    return _attached(public_answer(("project file", code, form), make), f"{code}.{form}")


@page_route(blueprint, f"/public/organisations/<organisation_code>/data.{_FORMS}", access=Access.PUBLIC)
def organisation_file(organisation_code: str, form: str) -> Response:
    """Every published work of an organisation."""

    def make(session: Session) -> tuple[bytes, str]:
        if public_organisation(session, organisation_code) is None:
            raise NotFound("organisation_not_found", {"organisation": organisation_code[:20]})
        narrowed = ProjectFilter(organisation=(organisation_code,))
        if form == "json":
            return _package(session, narrowed, None), _TYPES[form]
        return _file(session, public_list(session, narrowed, limit=MOST_WORKS).items, form), _TYPES[form]

    return _attached(public_answer(("organisation file", organisation_code, form), make), f"{organisation_code}.{form}")


def _file(session: Session, rows: Any, form: str) -> bytes:
    if form == "csv":
        return csv_bytes(HEADS, [list(_facts(row).values()) for row in rows])
    shapes = geometries_of(session, [row.id for row in rows])
    features = [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": orjson.loads(shapes[row.id]) if row.id in shapes else None,
            "properties": _facts(row),
        }
        for row in rows
    ]
    return orjson.dumps({"type": "FeatureCollection", "license": _LICENCE, "features": features}, default=float)


def _facts(row: PublicRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in HEADS if name not in ("verified_place", "updated_at")}
    return {**values, "verified_place": row.placed, "updated_at": row.updated_at.isoformat(timespec="seconds")}


def _package(session: Session, narrowed: ProjectFilter, only: int | None) -> bytes:
    if only is not None:
        projects = list(oc4ids_projects(session, narrowed, after=only - 1, limit=1).projects)
    else:
        projects, after = [], 0
        while len(projects) < MOST_WORKS:
            page = oc4ids_projects(session, narrowed, after=after)
            projects += page.projects
            if page.next is None:
                break
            after = page.next
    return orjson.dumps(
        {
            "version": VERSION,
            "publisher": {"name": "e-Plan"},
            "license": _LICENCE,
            "publishedDate": max((p["updated"] for p in projects), default="2000-01-01T00:00:00+07:00"),
            "projects": projects,
        }
    )


def _attached(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@page_route(
    blueprint, "/public/projects/<code>/photos/<int:photo_id>/<any(picture,thumbnail):size>", access=Access.PUBLIC
)
def photo(code: str, photo_id: int, size: Any) -> Response:
    """A picture as it was drawn anew: without where, when and with what it was taken."""
    context = current()
    with context.database.reading() as session:
        found = public_photo(session, code, photo_id)
    if found is None:
        raise NotFound("attachment_not_found")
    path = kept_file(attachment_dir(context.settings), found.stored_name, size)
    answer = sent_file_of(path, "image/jpeg", f"{code}-{found.stage}-{photo_id}.jpg", f"{found.sha256[:32]}-{size}")
    # A picture that was taken away is gone for everybody within minutes.
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@page_route(blueprint, "/sitemap.xml", access=Access.PUBLIC)
def sitemap() -> Response:
    """Index of the site map: a page for so many works, by their numbers."""

    def make(session: Session) -> tuple[bytes, str]:
        last = session.scalar(sa.text("SELECT max(id) FROM public_project")) or 0
        pages = range(last // SITEMAP_PAGE + 1)
        items = (f"<sitemap><loc>{_whole(f'/sitemap-{page}.xml')}</loc></sitemap>" for page in pages)
        return _xml("sitemapindex", items), "application/xml"

    return public_answer(("sitemap",), make)


@page_route(blueprint, "/sitemap-<int:number>.xml", access=Access.PUBLIC)
def sitemap_page(number: int) -> Response:
    """Published works of a range of numbers; the first page has the organisations too."""

    def make(session: Session) -> tuple[bytes, str]:
        if number > 100_000:
            raise NotFound("not_found")
        rows = session.execute(
            sa.text(
                "SELECT code, updated_at::date AS day FROM public_project WHERE id >= :low AND id < :high ORDER BY id"
            ),
            {"low": number * SITEMAP_PAGE, "high": (number + 1) * SITEMAP_PAGE},
        )
        return _xml("urlset", _urls(session, rows, number)), "application/xml"

    return public_answer(("sitemap", number), make)


def _urls(session: Session, rows: Any, number: int) -> Iterator[str]:
    if number == 0:
        yield f"<url><loc>{_whole('/public')}</loc></url>"
        for code in session.scalars(sa.text("SELECT code FROM public_organisation ORDER BY code")):
            yield f"<url><loc>{_whole(f'/public/organisations/{code}')}</loc></url>"
    for row in rows:
        yield f"<url><loc>{_whole(f'/public/projects/{row.code}')}</loc><lastmod>{row.day}</lastmod></url>"


def _whole(path: str) -> str:
    return escape(site_address() + path)


def _xml(root: str, items: Iterator[str]) -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return "".join([head, *(f"{item}\n" for item in items), f"</{root}>\n"]).encode()

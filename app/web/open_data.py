"""Open data: tables with their dictionary, the Fiscal Data Package, and the page that says what every field means."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.db import Database
from app.errors import NotFound, Unavailable
from app.queries.codelists import code_list
from app.queries.data_dictionary import TABLES, code_lists
from app.queries.project_filter import ProjectFilter
from app.queries.projects import project_count
from app.services import open_data
from app.services.exports import new_file
from app.services.layer_dictionary import layer_columns
from app.web.context import current
from app.web.endpoint import Access, api_route, page_route
from app.web.exports import sent_file
from app.web.growing_file import Abandoned, GrowingFile
from app.web.project_params import FILTER_PARAMS, filter_of
from app.web.token_scope import note_rows
from layers.registry import LAYERS

log = logging.getLogger("eplan.web")
blueprint = Blueprint("open_data", __name__)
_LARGE = threading.BoundedSemaphore(2)
"""Large packages that one process makes at a time: each holds a connection of the database for minutes."""

_ZIP = {"content": {"application/zip": {"type": "string", "format": "binary"}}}
_TEXT = {"type": "string"}
_TABLE = {
    "type": "object",
    "required": ["name", "title_th", "title_en", "about_th", "about_en", "href", "dictionary"],
    "properties": dict.fromkeys(("name", "title_th", "title_en", "about_th", "about_en", "href", "dictionary"), _TEXT),
}


@api_route(
    blueprint,
    "/api/v1/open-data",
    access=Access.PUBLIC,
    summary="Tables of published data, each with the address of its file and of its dictionary",
    response={
        "type": "object",
        "required": ["tables", "packages"],
        "properties": {
            "tables": {"type": "array", "items": _TABLE},
            "packages": {"type": "object", "additionalProperties": _TEXT},
        },
    },
)
def list_tables() -> dict[str, Any]:
    """Where to begin."""
    return {
        "tables": [
            {
                "name": table.name,
                "title_th": table.title_th,
                "title_en": table.title_en,
                "about_th": table.about_th,
                "about_en": table.about_en,
                "href": url_for("open_data.read_table", table_name=table.name),
                "dictionary": url_for("open_data.dictionary_page", _anchor=table.name),
            }
            for table in TABLES.values()
        ],
        "packages": {
            "fiscal_data_package": url_for("open_data.read_fiscal_package"),
            "oc4ids": url_for("oc4ids.read_package"),
        },
    }


@api_route(
    blueprint,
    "/api/v1/open-data/<table_name>",
    access=Access.PUBLIC,
    params=FILTER_PARAMS,
    summary="A table of published data (projects, appropriations, contracts, payments) with its dictionary, as a zip",
    response=_ZIP,
)
def read_table(table_name: str, **values: Any) -> Response:
    """CSV, the Data Package descriptor, the dictionary and the code lists."""
    table = TABLES.get(table_name)
    if table is None:
        raise NotFound("open_table_not_found", {"table": table_name[:40], "allowed": ", ".join(TABLES)})
    narrowed, address = filter_of(values), request.url
    return _sent(
        narrowed,
        lambda session, file: open_data.write_tables(session, [table], narrowed, file, address),
        f"eplan-{table.name}",
    )


@api_route(
    blueprint,
    "/api/v1/fiscal-data-package",
    access=Access.PUBLIC,
    params=FILTER_PARAMS,
    summary="Published budget lines and payments as a Fiscal Data Package 1.0 (zip: datapackage.json and CSV)",
    response=_ZIP,
)
def read_fiscal_package(**values: Any) -> Response:
    """What the public may see, whoever asks: the package is meant to be passed on."""
    narrowed, address = filter_of(values), request.url
    return _sent(
        narrowed,
        lambda session, file: open_data.write_fiscal_package(session, narrowed, file, address),
        "eplan-fiscal-data-package",
    )


def _sent(narrowed: ProjectFilter, write: Callable[[Session, Any], None], name: str) -> Response:
    """The database writes into a file as fast as it can; a slow reader holds the file and no connection."""
    context = current()
    path = new_file(context.settings, name, ".zip")
    with context.database.reading() as session:
        small = open_data.is_small(session, narrowed)
        if context.actor.token is not None:
            # Projects are counted: how many lines of money each has is not known before.
            note_rows(project_count(session, narrowed, sight=Visibility.PUBLIC, cap=open_data.SMALL_PROJECTS)[0])
        if small:
            try:
                write(session, path)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    return sent_file(path, f"{name}.zip", "zip", remove=True) if small else _sent_while_made(path, write, name)


def _sent_while_made(path: Path, write: Callable[[Session, Any], None], name: str) -> Response:
    """A large package: its first bytes go out at once, so that neither the proxy nor the reader gives up.

    Raises
    ------
    Unavailable
        ``open_data_busy``.
    """
    if not _LARGE.acquire(blocking=False):
        raise Unavailable("open_data_busy")
    try:
        file = GrowingFile(path)
        work = (file, current().database, write, name)
        threading.Thread(target=_make, args=work, name=name, daemon=True).start()
    except BaseException:
        _LARGE.release()
        raise
    answer = Response(file.chunks(), mimetype="application/zip")
    answer.call_on_close(file.leave)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.zip"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _make(file: GrowingFile, database: Database, write: Callable[[Session, Any], None], name: str) -> None:
    def read_and_write(grown: GrowingFile) -> None:
        with database.reading() as session:
            write(session, grown)

    try:
        file.fill(read_and_write)
    except Abandoned:
        log.info("nobody waits for %s any more", name)
    except Exception:
        log.exception("%s was broken off", name)
    finally:
        _LARGE.release()


@page_route(blueprint, "/data/dictionary", access=Access.PUBLIC)
def dictionary_page() -> str:
    """Every field of the open tables: meaning, unit, codes, and who enters it."""
    tables = tuple(TABLES.values())
    with current().database.reading() as session:
        lists = {name: list(code_list(session, name).values()) for name in code_lists(tables)}
    layers = [(layer, layer_columns(layer)) for layer in LAYERS.values()]
    return render_template("data/dictionary.html", tables=tables, lists=lists, layers=layers)

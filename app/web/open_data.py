"""Open data: tables with their dictionary, the Fiscal Data Package, and the page that says what every field means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.codelists import code_list
from app.queries.data_dictionary import TABLES, code_lists
from app.services import open_data
from app.services.exports import new_file
from app.web.context import current
from app.web.endpoint import Access, api_route, page_route
from app.web.exports import sent_file
from app.web.project_params import FILTER_PARAMS, filter_of

blueprint = Blueprint("open_data", __name__)

_ZIP = {"content": {"application/zip": {"type": "string", "format": "binary"}}}


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
        lambda session, path: open_data.write_tables(session, [table], narrowed, path, address), f"eplan-{table.name}"
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
        lambda session, path: open_data.write_fiscal_package(session, narrowed, path, address),
        "eplan-fiscal-data-package",
    )


def _sent(write: Callable[[Session, Path], None], name: str) -> Response:
    """The database writes into the file as fast as it can; a slow reader holds the file and no connection."""
    context = current()
    path = new_file(context.settings, name, ".zip")
    try:
        with context.database.reading() as session:
            write(session, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return sent_file(path, f"{name}.zip", "zip", remove=True)


@page_route(blueprint, "/data/dictionary", access=Access.PUBLIC)
def dictionary_page() -> str:
    """Every field of the open tables: meaning, unit, codes, and who enters it."""
    tables = tuple(TABLES.values())
    with current().database.reading() as session:
        lists = {name: list(code_list(session, name).values()) for name in code_lists(tables)}
    return render_template("data/dictionary.html", tables=tables, lists=lists)

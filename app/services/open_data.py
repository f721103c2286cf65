"""Open tables as packages: CSV with a descriptor (Data Package) and a dictionary that people read, in one zip.

The descriptor follows Tabular Data Package 1.0 (https://specs.frictionlessdata.io/tabular-data-package/), for the
budget and its payments also Fiscal Data Package 1.0.0-rc1: fiscal concepts as ``columnType``, the phases of a budget
line as ``normalize``, what holds for every row as constant ``extraFields``.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.codelists import Code, ListName, code_list
from app.queries.data_dictionary import FISCAL, TABLES, Column, OpenTable, code_lists
from app.queries.open_tables import copy_table
from app.queries.project_filter import ProjectFilter
from app.queries.projects import project_count

SMALL_PROJECTS = 60_000
"""Projects of which the database copies any table well within the time that a statement of the web may take."""
LICENCE = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": "CC BY 4.0"}
TAXONOMIES = {
    "appropriations": "https://frictionlessdata.io/taxonomies/fiscal/budgets.json",
    "payments": "https://frictionlessdata.io/taxonomies/fiscal/spending.json",
}
_BOM = b"\xef\xbb\xbf"


def is_small(session: Session, narrowed: ProjectFilter) -> bool:
    """True when a package is made while the person waits; a larger one is sent while it is made."""
    return project_count(session, narrowed, sight=Visibility.PUBLIC, cap=SMALL_PROJECTS)[1]


def write_tables(
    session: Session, tables: Sequence[OpenTable], narrowed: ProjectFilter, file: Path | IO[bytes], url: str
) -> None:
    """A zip with each table as CSV, ``datapackage.json``, the dictionary and the code lists, in flat memory.

    Parameters
    ----------
    session
        A reading session: everything in the file is of one moment.
    file
        Path, or what takes bytes one after another and need not go back.
    url
        Address that the package was taken from.
    """
    _write(session, tuple(tables), narrowed, file, table_descriptor(tables, url))


def write_fiscal_package(session: Session, narrowed: ProjectFilter, file: Path | IO[bytes], url: str) -> None:
    """The budget and its payments as a Fiscal Data Package."""
    _write(session, FISCAL, narrowed, file, fiscal_descriptor(url))


def _write(
    session: Session,
    tables: tuple[OpenTable, ...],
    narrowed: ProjectFilter,
    file: Path | IO[bytes],
    descriptor: Mapping[str, Any],
) -> None:
    in_parts = not is_small(session, narrowed)
    lists = {name: code_list(session, name) for name in code_lists(tables)}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for table in tables:
            with archive.open(f"{table.name}.csv", "w", force_zip64=True) as entry:
                copy_table(session, table, narrowed, entry, in_parts=in_parts)
        with archive.open("codes.csv", "w") as entry:
            _write_codes(entry, lists)
        # For a person with a spreadsheet, who needs the mark to see Thai; it is no part of the package.
        with archive.open("dictionary.csv", "w") as entry:
            entry.write(_BOM)
            _write_dictionary(entry, tables)
        archive.writestr("datapackage.json", orjson.dumps(descriptor, option=orjson.OPT_INDENT_2))


def _write_codes(file: IO[bytes], lists: Mapping[ListName, Mapping[str, Code]]) -> None:
    rows = [(name, code.code, code.name_th, code.name_en) for name, codes in lists.items() for code in codes.values()]
    _write_rows(file, ("list", "code", "name_th", "name_en"), rows)


_HEADS = (
    "table", "field", "title_th", "title_en", "type", "unit", "meaning_th", "meaning_en", "code_list", "source_th",
    "source_en",
)  # fmt: skip


def _write_dictionary(file: IO[bytes], tables: Sequence[OpenTable]) -> None:
    rows = [
        (
            t.name,
            c.name,
            c.title_th,
            c.title_en,
            c.type,
            c.unit,
            c.meaning_th,
            c.meaning_en,
            c.code_list or "",
            *c.source,
        )
        for t in tables
        for c in t.columns
    ]
    _write_rows(file, _HEADS, rows)


def _write_rows(file: IO[bytes], heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    file.write(text.getvalue().encode())


def table_descriptor(tables: Sequence[OpenTable], url: str) -> dict[str, Any]:
    """Descriptor of some tables with their code lists."""
    names = {table.name for table in tables}
    title = " · ".join(table.title_en for table in tables)
    return {
        **_package(f"eplan-{'-'.join(sorted(names))}", f"e-Plan: {title}", url),
        "resources": [*(_resource(table, names) for table in tables), _codes_resource()],
    }


def fiscal_descriptor(url: str) -> dict[str, Any]:
    """Descriptor of the budget and its payments."""
    names = {table.name for table in FISCAL}
    return {
        **_package("eplan-local-budgets", "e-Plan: budgets and payments of Thai local government", url),
        "countryCode": "TH",
        "granularity": "transactional",
        "columnTypes": TAXONOMIES["appropriations"],
        "resources": [*(_fiscal_resource(table, names) for table in FISCAL), _codes_resource()],
    }


def _package(name: str, title: str, url: str) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "description": "Published projects only; natural persons are not named.",
        "homepage": url,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "licenses": [LICENCE],
        "sources": [{"title": "e-Plan"}],
    }


def _resource(table: OpenTable, names: set[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": table.key,
    }
    links = [
        {"fields": name, "reference": {"resource": to, "fields": TABLES[to].key}}
        for name, to in table.links
        if to in names
    ]
    if links:
        schema["foreignKeys"] = links
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title_en,
        "description": f"{table.about_th} / {table.about_en}",
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": column.title_en,
        "title_th": column.title_th,
        "description": column.meaning_en,
        "description_th": column.meaning_th,
        "source": column.source[1],
    }
    if column.type == "date":
        field["format"] = "default"
    if column.unit:
        field["unit"] = column.unit
    if column.code_list:
        field["codeList"] = column.code_list
    if column.required:
        field["constraints"] = {"required": True}
    return field


def _fiscal_resource(table: OpenTable, names: set[str]) -> dict[str, Any]:
    resource = _resource(table, names)
    schema = resource["schema"]
    for column, field in zip(table.columns, schema["fields"], strict=True):
        if column.column_type:
            field["columnType"] = column.column_type
        if column.phase:
            field["normalize"] = {"phase": column.phase}
    extra: list[dict[str, Any]] = []
    if any(column.phase for column in table.columns):
        extra += [
            {"name": "phase", "type": "string", "columnType": "phase:id"},
            {"name": "value", "type": "number", "columnType": "value", "normalizationTarget": True},
        ]
    extra += [
        {"name": "currency", "type": "string", "columnType": "value-currency:code", "constant": "THB"},
        {"name": "direction", "type": "string", "columnType": "direction", "constant": "expenditure"},
    ]
    schema["extraFields"] = extra
    resource["columnTypes"] = TAXONOMIES[table.name]
    return resource


def _codes_resource() -> dict[str, Any]:
    fields = [{"name": name, "type": "string"} for name in ("list", "code", "name_th", "name_en")]
    return {
        "profile": "tabular-data-resource",
        "name": "codes",
        "title": "Code lists",
        "path": "codes.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""], "primaryKey": ["list", "code"]},
    }

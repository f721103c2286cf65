"""Rows of an import for programs: look at them, mend them, say which project they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import InvalidInput, NotFound
from app.queries.import_rows import Level, get_row, list_rows
from app.services import imports
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route
from app.web.imports_api import blueprint
from app.web.imports_present import ROW_SCHEMA, ROWS_CHANGED, batch_json, present_batch, rows_json
from app.web.paging import page_of
from app.web.params import choice, code, encode_cursor, integer_schema, number_cursor, string_schema, whole_number
from app.web.payloads import json_object
from gis.problems import Problem


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/rows",
    access=Access.SIGNED_IN,
    params=(
        Param(
            "level",
            choice("all", "error", "warning", "ok", "known", "different"),
            {"enum": ["all", "error", "warning", "ok", "known", "different"]},
            "Which rows; known = rows of projects that exist, different = rows that say otherwise than these",
            "all",
        ),
        Param("code", code, string_schema(), "Rows with this problem"),
        Param("limit", whole_number(1, 500), integer_schema(1, 500), "Rows on a page", 100),
        Param("cursor", number_cursor, string_schema(), "From the page before"),
    ),
    summary="Rows of the file as they were read, with their problems",
    response=page_of(ROW_SCHEMA),
)
def rows(batch_id: int, level: Level, code: str | None, limit: int, cursor: int | None) -> dict[str, Any]:
    """A page of rows."""
    here = current()
    after = -1 if cursor is None else cursor
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        found = list_rows(session, batch_id, level=level, code=code, after=after, limit=limit)
        items = rows_json(session, batch_id, found, here.language)
    more = None
    if len(found) == limit:
        after_last = encode_cursor([found[-1].row_number])
        more = f"/api/v1/imports/{batch_id}/rows?level={level}&limit={limit}&cursor={after_last}"
        more += f"&code={code}" if code else ""
    return {"items": items, "next": more}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/rows/<int:row_number>",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Mend one row: other text in its cells, the project that it means, the shape that the doctor offers",
    response=ROW_SCHEMA,
    body={
        "oneOf": [
            {
                "type": "object",
                "properties": {"values": {"type": "object", "additionalProperties": {"type": "string"}}},
                "required": ["values"],
            },
            {
                "type": "object",
                "properties": {
                    "project": {
                        "type": ["string", "null"],
                        "description": "Code of a project, new, or null to leave it to the file",
                    }
                },
                "required": ["project"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {
                    "mended": {
                        "type": "boolean",
                        "description": "True: take the shape that is offered for the row; false: the one as given back",
                    }
                },
                "required": ["mended"],
                "additionalProperties": False,
            },
        ]
    },
)
def mend(batch_id: int, row_number: int) -> dict[str, Any]:
    """Mend a row."""
    here = current()
    given = json_object()
    cells, project, mended = given.get("values"), given.get("project", False), given.get("mended")
    with here.database.transaction(attribution()) as session:
        if project is None or isinstance(project, str):
            imports.choose_project(session, here.actor, batch_id, row_number, project)
        elif isinstance(cells, dict) and all(isinstance(text, str) for text in cells.values()):
            imports.edit_row(session, here.actor, batch_id, row_number, cells)
        elif isinstance(mended, bool):
            imports.mend_shape(session, here.actor, batch_id, row_number, mended)
        else:
            raise InvalidInput([Problem("field_required", where={"field": "values"})])
    with here.database.reading() as session:
        row = get_row(session, batch_id, row_number)
        if row is None:
            raise NotFound("import_row_not_found", {"row": row_number})
        (shown,) = rows_json(session, batch_id, [row], here.language)
        batch = imports.visible_batch(session, here.actor, batch_id)
    return {**shown, "import": batch_json(batch, here.language)}


_SAME_TEXT: Mapping[str, Any] = {
    "type": "object",
    "title": "Put other text into one field of every row that has the same problem and says the same",
    "properties": {
        "code": {"type": "string", "description": "Code of the problem"},
        "field": {"type": "string"},
        "text": {"type": "string", "description": "What the cells say now"},
        "value": {"type": "string", "description": "What they shall say"},
    },
    "required": ["code", "field", "text", "value"],
    "additionalProperties": False,
}
_SAME_OFFER: Mapping[str, Any] = {
    "type": "object",
    "title": "Give every row with one problem the shape that is offered for it, or the one as given back",
    "properties": {
        "code": {"type": "string", "description": "Code of the problem, as in offers"},
        "mended": {"type": "boolean"},
    },
    "required": ["code", "mended"],
    "additionalProperties": False,
}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/rows",
    method="PATCH",
    access=Access.SIGNED_IN,
    summary="Mend every row like this: the same text in the same field, or the shape that the doctor offers",
    response=ROWS_CHANGED,
    body={"oneOf": [_SAME_TEXT, _SAME_OFFER]},
)
def mend_all(batch_id: int) -> dict[str, Any]:
    """Mend all rows with one problem."""
    here = current()
    given = json_object()
    with here.database.transaction(attribution()) as session:
        if "mended" in given:
            code, mended = _required(given, {"code": str, "mended": bool})
            rows = imports.mend_shapes(session, here.actor, batch_id, code, mended)
        else:
            texts = _required(given, dict.fromkeys(_SAME_TEXT["required"], str))
            rows = imports.edit_rows(session, here.actor, batch_id, *texts)
    return {"rows": rows, "import": present_batch(batch_id)}


def _required(given: Mapping[str, Any], types: Mapping[str, type]) -> list[Any]:
    missing = [name for name, wanted in types.items() if not isinstance(given.get(name), wanted)]
    if missing:
        raise InvalidInput([Problem("field_required", where={"field": name}) for name in missing])
    return [given[name] for name in types]


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/matches",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Take the suggested project for every undecided row where it is clear and scores at least so much",
    response=ROWS_CHANGED,
    body={
        "type": "object",
        "properties": {"at_least": {"type": "number", "minimum": 0, "maximum": 1}},
        "required": ["at_least"],
        "additionalProperties": False,
    },
)
def take_matches(batch_id: int) -> dict[str, Any]:
    """Accept all suggestions above a score."""
    here = current()
    at_least = json_object().get("at_least")
    if isinstance(at_least, bool) or not isinstance(at_least, (int, float)) or not 0 <= at_least <= 1:
        raise InvalidInput([Problem("field_required", where={"field": "at_least"})])
    with here.database.transaction(attribution()) as session:
        rows = imports.take_matches(session, here.actor, batch_id, float(at_least))
    return {"rows": rows, "import": present_batch(batch_id)}

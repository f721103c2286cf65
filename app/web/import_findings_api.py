"""What was found in the rows of an import, for programs: problems and offers in groups, shapes for the map."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.queries.import_offers import offer_groups
from app.queries.import_rows import problem_groups, problem_texts
from app.queries.import_shapes import features
from app.services import imports
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.imports_api import blueprint
from app.web.imports_present import offer_group_json, plain_problems
from app.web.params import bbox, integer_schema, string_schema, whole_number


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/problems",
    access=Access.SIGNED_IN,
    summary="Problems of the rows in groups",
    response={
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"type": "object"}}},
        "required": ["items"],
    },
)
def problems(batch_id: int) -> dict[str, Any]:
    """Groups, errors first."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        groups = problem_groups(session, batch_id)
    return {
        "items": [
            {
                "code": group.code,
                "level": group.level,
                "rows": group.rows,
                "first_rows": group.first_rows,
                "example": plain_problems([group.example], here.language)[0],
            }
            for group in groups
        ]
    }


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/problems/<code>/texts",
    access=Access.SIGNED_IN,
    summary="What the cells with one problem say, most frequent first",
    response={
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"type": "object"}}},
        "required": ["items"],
    },
)
def problem_cells(batch_id: int, code: str) -> dict[str, Any]:
    """Texts to mend in all their rows at once."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        found = problem_texts(session, batch_id, code)
    return {"items": [{"field": one.field, "text": one.text, "rows": one.rows} for one in found]}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/offers",
    access=Access.SIGNED_IN,
    summary="Shapes that the coordinate doctor offers, by the problem that they answer, and how many rows took them",
    response={
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"type": "object"}}},
        "required": ["items"],
    },
)
def offers(batch_id: int) -> dict[str, Any]:
    """What can be mended in all rows at once."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        groups = offer_groups(session, batch_id)
    return {"items": [offer_group_json(group, here.language) for group in groups]}


@api_route(
    blueprint,
    "/api/v1/imports/<int:batch_id>/features",
    access=Access.SIGNED_IN,
    params=(
        Param("bbox", bbox, string_schema(), "West,south,east,north in degrees"),
        Param("limit", whole_number(1, 5000), integer_schema(1, 5000), "Features at most", 2000),
    ),
    summary="Shapes of the rows for the map, simplified; left_out says how many are not among them",
    response={"application/geo+json": {"type": "object"}},
)
def shapes(batch_id: int, bbox: tuple[float, float, float, float] | None, limit: int) -> Response:
    """What will happen, on the map."""
    here = current()
    with here.database.reading() as session:
        imports.visible_batch(session, here.actor, batch_id)
        found = features(session, batch_id, bbox=bbox, limit=limit)
    return Response(found.collection, mimetype="application/geo+json")

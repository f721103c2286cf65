"""Lists that are read a page at a time, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from app.messages import Language
from app.web.context import current
from app.web.endpoint import Param
from app.web.params import encode_cursor, integer_schema, number_cursor, string_schema, whole_number

CURSOR = Param("cursor", number_cursor, string_schema(), "From the page before")


def list_params(of: str) -> tuple[Param, ...]:
    """Parameters of a list; ``of`` says what is on a page."""
    return (Param("limit", whole_number(1, 100), integer_schema(1, 100), f"{of} on a page", 25), CURSOR)


def page_of(of: Mapping[str, Any]) -> Mapping[str, Any]:
    """Schema of a page of a list."""
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": of}, "next": {"type": ["string", "null"]}},
        "required": ["items", "next"],
    }


def newest_first(
    path: str,
    limit: int,
    cursor: int | None,
    *,
    visible: Callable[..., Sequence[Any]],
    as_json: Callable[[Any, Language], dict[str, Any]],
) -> dict[str, Any]:
    """A page of what the reader may see.

    Parameters
    ----------
    visible
        ``(session, actor, limit=, before_id=)`` -> records with an ``id``.
    as_json
        A record as programs get it.
    """
    here = current()
    with here.database.reading() as session:
        found = visible(session, here.actor, limit=limit, before_id=cursor)
    return {
        "items": [as_json(one, here.language) for one in found],
        "next": next_page(path, limit, [one.id for one in found]),
    }


def next_page(path: str, limit: int, keys: Sequence[int], **query: str) -> str | None:
    """Address of the page after; ``None`` when this one was not full."""
    if len(keys) < limit:
        return None
    return f"{path}?{urlencode({**query, 'limit': limit, 'cursor': encode_cursor([keys[-1]])})}"

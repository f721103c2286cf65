"""Bodies of requests: read once, within limits, as plain values."""

from __future__ import annotations

import re
from typing import Any

import orjson
from flask import request

from app.web.errors import BadRequest, PreconditionRequired, TooLarge, UnsupportedMedia

JSON_LIMIT_BYTES = 5 * 1024 * 1024
_JSON_TYPES = ("application/json", "application/geo+json", "application/merge-patch+json")
# A NUL as orjson writes it, not the six characters themselves behind an escaped backslash.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def json_body(limit_bytes: int = JSON_LIMIT_BYTES) -> Any:
    """The body as JSON values.

    Raises
    ------
    UnsupportedMedia
        Another type than JSON.
    TooLarge
        More than ``limit_bytes``.
    BadRequest
        Not JSON, nested too deeply to be written again, or with a NUL in some text.
    """
    if request.mimetype not in _JSON_TYPES:
        raise UnsupportedMedia(
            "unsupported_media_type", {"given": request.mimetype or "–", "allowed": "application/json"}
        )
    if (request.content_length or 0) > limit_bytes:
        raise TooLarge("too_large", {"limit_mb": limit_bytes // 1024 // 1024})
    # A chunked body has no length to look at beforehand: reading stops one byte after the limit.
    data = request.stream.read(limit_bytes + 1) if request.content_length is None else request.get_data()
    if len(data) > limit_bytes:
        raise TooLarge("too_large", {"limit_mb": limit_bytes // 1024 // 1024})
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest("invalid_json", {"position": error.pos}) from error
    try:
        again = orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise BadRequest("json_too_deep") from error
    if _NUL.search(again):
        raise BadRequest("json_with_nul")
    return body


def json_object(limit_bytes: int = JSON_LIMIT_BYTES) -> dict[str, Any]:
    """The body as a JSON object; see :func:`json_body`."""
    body = json_body(limit_bytes)
    if not isinstance(body, dict):
        raise BadRequest("object_expected")
    return body


def if_match(prefix: str) -> int:
    """Version in ``If-Match`` (``"g3"`` with prefix ``g``); ``*`` and lists are refused: they say nothing.

    Raises
    ------
    PreconditionRequired
        Header missing (428).
    BadRequest
        Header that is not one ETag of ours.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired("precondition_required")
    match = re.fullmatch(rf'"{prefix}([0-9]{{1,9}})"', given)
    if match is None:
        raise BadRequest("precondition_unreadable", {"example": f'"{prefix}3"'})
    return int(match.group(1))


def if_match_state(prefix: str) -> str:
    """State in ``If-Match`` (``"item0f3a…"`` with prefix ``item``) of what is told apart by a digest of its words.

    Raises
    ------
    PreconditionRequired, BadRequest
        As :func:`if_match`.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired("precondition_required")
    match = re.fullmatch(rf'"{prefix}([0-9a-f]{{16}})"', given)
    if match is None:
        raise BadRequest("precondition_unreadable", {"example": f'"{prefix}0123456789abcdef"'})
    return match.group(1)

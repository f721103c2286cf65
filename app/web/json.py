"""JSON at the edge: orjson, money as numbers with its decimals, dates in ISO form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider

_OPTIONS = orjson.OPT_NON_STR_KEYS


def dumps(value: Any) -> bytes:
    """JSON bytes. ``Decimal`` becomes a number here and nowhere earlier: sums stay exact in SQL and Python."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def json_response(
    value: Any, status: int = 200, headers: dict[str, str] | None = None, mimetype: str = "application/json"
) -> Response:
    """An answer with a JSON body."""
    return Response(dumps(value), status=int(status), headers=headers, mimetype=mimetype)


class OrjsonProvider(JSONProvider):
    """The same for whatever asks Flask for JSON."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Text form."""
        return dumps(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Values of a text."""
        return orjson.loads(s)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (tuple, range)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")

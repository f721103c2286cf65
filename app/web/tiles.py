"""Vector tiles: one statement, an ETag that changes when what is under the tile changes."""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import Any

from flask import Blueprint, Response, request

from app.auth.policy import visibility
from app.queries.narrowing import is_public
from app.queries.tiles import fetch_tile
from app.web.context import current, remembered
from app.web.endpoint import Access, api_route
from app.web.errors import BadRequest
from app.web.layer_filters import LAYER_PARAMS, layer_named, tile_narrowing
from app.web.tile_cache import ReadyTile, TileCache
from layers.base import InvalidTile, Tile, TileRequest

blueprint = Blueprint("tiles", __name__)
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@api_route(
    blueprint,
    "/tiles/<layer>/<z>/<x>/<y>.mvt",
    access=Access.PUBLIC,
    params=LAYER_PARAMS,
    summary="Vector tile (EPSG:3857, XYZ); 204 when empty",
    response={"content": {MEDIA_TYPE: {"type": "string", "format": "binary"}}},
    headers={"If-None-Match": "ETag of the tile that the caller has"},
)
def tile(layer: str, z: str, x: str, y: str, **filters: Any) -> Response:
    """A tile of a layer, as this person may see it."""
    shown, place = layer_named(layer), tile_of(z, x, y)
    context = current()
    sight = visibility(context.actor)
    public = is_public(sight)
    narrowing = tile_narrowing(shown, filters, sight)
    open_to_all = public or shown.open_to_all
    if place.z < shown.minzoom:
        return _finished(Response(status=204), "0-none", open_to_all=open_to_all)
    requests = shown.tile_requests(place, public=public, narrowing=narrowing)
    form = f"{zlib.crc32(requests[0].sql.encode()):08x}"
    ready = _ready(f"{public}{request.full_path}", form, requests)
    etag = _etag(ready, form)
    return _finished(_answer(ready, etag), etag, open_to_all=open_to_all)


def tile_of(z: str, x: str, y: str) -> Tile:
    """The tile of an address.

    Raises
    ------
    BadRequest
        ``tile_outside``: not three numbers, or no such tile.
    """
    numbers = [text for text in (z, x, y) if text.isascii() and text.isdecimal() and len(text) < 9]
    try:
        if len(numbers) == 3:
            return Tile(int(z), int(x), int(y))
    except InvalidTile:
        pass
    raise BadRequest("tile_outside", {"tile": f"{z}/{x}/{y}"[:80]})


def _ready(address: str, form: str, requests: tuple[TileRequest, ...]) -> ReadyTile:
    """The tile from this process's memory when nothing changed, else from the database."""
    cache = remembered("tiles", TileCache)
    kept = cache.get(address)
    known = kept.version if kept else _version_named(form)
    fetched = current().database.glance(lambda connection: fetch_tile(connection, requests, known))
    if fetched.body is None:
        return kept or ReadyTile(known or 0, b"")
    if fetched.version is None:
        digest = hashlib.blake2b(fetched.body, digest_size=7).hexdigest()
        return ReadyTile(int(digest, 16), fetched.body)
    ready = ReadyTile(fetched.version, fetched.body)
    cache.put(address, ready)
    return ready


def _version_named(form: str) -> int | None:
    """Version in the caller's ETag, when it is of this form of the tile."""
    for tag in request.if_none_match.as_set(include_weak=True):
        version, _, of = tag.partition("-")
        if of == form and re.fullmatch("[0-9a-f]{1,15}", version):
            return int(version, 16)
    return None


def _etag(ready: ReadyTile, form: str) -> str:
    return f"{ready.version:x}-{form}"


def _answer(ready: ReadyTile, etag: str) -> Response:
    # A proxy that packs an answer makes its ETag weak: to the reader it is the same tile.
    if request.if_none_match.contains_weak(etag):
        return Response(status=304)
    if not ready.body:
        return Response(status=204)
    packed = ready.packed() if request.accept_encodings.quality("gzip") else None
    answer = Response(packed or ready.body, mimetype=MEDIA_TYPE)
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _finished(answer: Response, etag: str, *, open_to_all: bool) -> Response:
    answer.headers["ETag"] = f'"{etag}"'
    # Staff see a change at once: they ask every time and mostly hear 304. A visitor's copy may be a minute old.
    answer.headers["Cache-Control"] = "public, max-age=60" if open_to_all else "private, no-cache"
    answer.headers["Vary"] = "Accept-Encoding, Cookie, Authorization"
    return answer

"""Tiles of rasters: pictures drawn from a window of a kept file, named by its content and its look."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, request

from app.auth.policy import visibility
from app.errors import NotFound
from app.queries.rasters import RasterRow, raster, raster_dir
from app.web.context import current, remembered
from app.web.endpoint import Access, api_route
from app.web.params import Unreadable
from app.web.raster_params import LOOK_PARAMS, raster_name
from app.web.tile_cache import ReadyTile, TileCache
from app.web.tiles import tile_of
from layers.raster import FORM, MEDIA_TYPE, Look

blueprint = Blueprint("raster_tiles", __name__)


@api_route(
    blueprint,
    "/tiles/raster/<name>/<z>/<x>/<y>.png",
    access=Access.PUBLIC,
    params=LOOK_PARAMS,
    summary="Picture of a raster (EPSG:3857, XYZ); 204 when empty",
    response={"content": {MEDIA_TYPE: {"type": "string", "format": "binary"}}},
    headers={"If-None-Match": "ETag of the tile that the caller has"},
)
def tile(name: str, z: str, x: str, y: str, **asked: Any) -> Response:
    """A tile of a raster that this person may see."""
    place, row = tile_of(z, x, y), _row(name)
    layer = row.layer(raster_dir(current().settings))
    look = layer.look(asked["ramp"], asked["low"], asked["high"], shade=bool(asked["shade"]), band=asked["band"])
    etag = _etag(row, look)
    if request.if_none_match.contains_weak(etag):
        return _finished(Response(status=304), etag, row)
    cache = remembered("raster tiles", TileCache)
    address = f"{etag}/{place.z}/{place.x}/{place.y}"
    kept = cache.get(address)
    if kept is None:
        if not layer.path.is_file():
            raise NotFound("raster_file_gone")
        kept = ReadyTile(0, layer.png(place, look))
        cache.put(address, kept)
    answer = Response(kept.body, mimetype=MEDIA_TYPE) if kept.body else Response(status=204)
    return _finished(answer, etag, row)


def _row(name: str) -> RasterRow:
    try:
        wanted, context = raster_name(name), current()
    except Unreadable as error:
        raise NotFound("raster_not_found", {"raster": name[:60]}) from error
    row = context.database.glance(lambda connection: raster(connection, wanted, visibility(context.actor)))
    if row is None or row.facts is None:
        raise NotFound("raster_not_found", {"raster": name[:60]})
    return row


def _etag(row: RasterRow, look: Look) -> str:
    """Of what the picture depends on; a kept file never changes under its name."""
    of = f"{FORM} {row.stored_name} {row.kind} {look}"
    return hashlib.blake2b(of.encode(), digest_size=10).hexdigest()


def _finished(answer: Response, etag: str, row: RasterRow) -> Response:
    answer.headers["ETag"] = f'"{etag}"'
    answer.headers["Cache-Control"] = "public, max-age=3600" if row.open_to_all else "private, no-cache"
    answer.headers["Vary"] = "Cookie, Authorization"
    return answer

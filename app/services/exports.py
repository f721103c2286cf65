"""Taking a copy of a layer away as a file, in one snapshot and with flat memory.

What is in it is what the person may see: :func:`app.auth.policy.visibility`. Names of contractors are in no layer, so
in no file.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.policy import EXPORT, NATION, require, visibility
from app.errors import InvalidInput, NotFound
from app.models import BackgroundJob
from app.queries import exports as rows
from app.queries.narrowing import for_items, is_public
from app.services import jobs
from app.services.jobs import Progress, Silent
from app.settings import Settings
from gis import crs, writers
from gis.problems import Problem
from layers.base import Narrowing, VectorLayer
from layers.looks import style_of
from layers.registry import LAYERS

DIRECT_ROWS = 5_000
"""Exports of more rows than this run as a background job."""
KEPT_DAYS = 7
KIND = "export"
"""Kind of background job."""
STEP_WRITING = "export_step_writing"
LONLAT_ONLY = frozenset({"geojson", "kml"})
# An indexed FlatGeobuf has no place for a row without a shape; the result says how many were left out.
_SHAPES_ONLY = frozenset({"fgb"})
# People add these up in a spreadsheet; the others are read by programs, which take doubles.
_EXACT_MONEY = frozenset({"csv", "xlsx", "parquet"})


@dataclass(frozen=True)
class ExportOrder:
    """What is wanted; made by :func:`order`, so always possible.

    Parameters
    ----------
    layer
        Name of a layer.
    format
        Key of :data:`gis.writers.FORMATS`.
    filters
        Filters by the names of the query parameters; plain JSON values, lists for several.
    epsg
        Coordinate system of the file.
    """

    layer: str
    format: str
    filters: Mapping[str, Any]
    epsg: int = crs.STORAGE_EPSG

    @property
    def file_ending(self) -> str:
        """Ending of the file, with its dot."""
        return ".zip" if self.format == "shp" else f".{self.format}"

    @property
    def file_name(self) -> str:
        """Name of the file for people."""
        narrowing = {name for name, value in self.filters.items() if value not in ((), [], "", None)}
        years = self.filters.get("fiscal_year") or ()
        parts = [LAYERS[self.layer].title.removesuffix("ทั้งหมด") if narrowing else LAYERS[self.layer].title]
        if narrowing - {"fiscal_year"}:
            parts.append("ที่กรอง")
        if years:
            parts += ["ปีงบ", *map(str, years)]
        return f"{'-'.join(parts)}{self.file_ending}".replace(" ", "-")

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON form, for a job's parameters."""
        return {"layer": self.layer, "format": self.format, "filters": dict(self.filters), "epsg": self.epsg}


def order(layer: str, format: str, filters: Mapping[str, Any], epsg: int = crs.STORAGE_EPSG) -> ExportOrder:
    """An order that can be carried out.

    Raises
    ------
    NotFound
        There is no such layer.
    InvalidInput
        Unknown format or coordinate system, or one that the format cannot have; all at once.
    """
    if layer not in LAYERS:
        raise NotFound("layer_not_found", {"layer": layer[:80], "layers": list(LAYERS)})
    problems: list[Problem] = []
    if format not in writers.FORMATS:
        values: dict[str, Any] = {"format": format[:40], "formats": list(writers.FORMATS)}
        problems.append(Problem("export_format_unknown", where={"field": "format"}, values=values))
    if epsg not in crs.OPERATIONS:
        values = {"epsg": epsg, "allowed": list(crs.OPERATIONS)}
        problems.append(Problem("export_epsg_unknown", where={"field": "epsg"}, values=values))
    elif format in LONLAT_ONLY and epsg != crs.STORAGE_EPSG:
        problems.append(Problem("export_crs_fixed", where={"field": "epsg"}, values={"format": format}))
    if problems:
        raise InvalidInput(problems)
    kept = {name: value for name, value in filters.items() if value not in ((), [], "", None)}
    return ExportOrder(layer, format, kept, epsg)


def is_small(session: Session, actor: Actor, wanted: ExportOrder) -> bool:
    """True when the file can be made while the person waits.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    layer, public, narrowing = _as_seen_by(actor, wanted)
    found = rows.count_up_to(session, layer, DIRECT_ROWS + 1, public=public, narrowing=narrowing)
    return found <= DIRECT_ROWS


def write_file(
    session: Session, actor: Actor, wanted: ExportOrder, path: Path, progress: Progress | None = None
) -> writers.Written:
    """Write the file; it appears when it is whole.

    Parameters
    ----------
    session
        A reading session: everything comes from one statement, so from one moment.
    path
        The file; its folder exists.
    progress
        Told after every batch; may stop the work by raising.

    Raises
    ------
    Forbidden
        The person may not take copies.
    """
    layer, public, narrowing = _as_seen_by(actor, wanted)
    watch = progress or Silent()
    total = None if progress is None else rows.count_all(session, layer, public=public, narrowing=narrowing)
    exact = wanted.format in _EXACT_MONEY
    schema = rows.arrow_schema(layer.fields, exact_money=exact)
    if wanted.format == "geojson":
        features = rows.geojson_features(session, layer, public=public, narrowing=narrowing)
        target = writers.Target(path, schema, layer.name, layer.title)
        return writers.write_features(_watched_features(features, watch, total), target)
    with rows.batches(session, layer, public=public, narrowing=narrowing, exact_money=exact) as batches:
        placed = _Placed(batches) if wanted.format in _SHAPES_ONLY else batches
        written = writers.write(
            path,
            wanted.format,
            _watched_batches(placed, watch, total),
            schema,
            layer_name=layer.name,
            title=layer.title,
            epsg=wanted.epsg,
            style=style_of(layer),
        )
    if isinstance(placed, _Placed) and placed.left_out:
        written = replace(written, remarks={**written.remarks, "rows_without_shape_left_out": placed.left_out})
    return written


def enqueue(session: Session, actor: Actor, wanted: ExportOrder) -> BackgroundJob:
    """Put the export in the queue, in the caller's transaction.

    Raises
    ------
    Forbidden
        The person may not take copies.
    InvalidInput
        A filter that the layer does not have.
    """
    _as_seen_by(actor, wanted)
    return jobs.enqueue(session, KIND, wanted.file_name, wanted.as_dict(), actor)


def export_dir(settings: Settings) -> Path:
    """Where finished files wait; made on first use, readable by this account only."""
    path = settings.var_dir / "exports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def new_path(settings: Settings, wanted: ExportOrder) -> Path:
    """A path for the file of an order, as :func:`new_file`."""
    return new_file(settings, wanted.layer, wanted.file_ending)


def new_file(settings: Settings, name: str, ending: str) -> Path:
    """A path that nobody can guess, and room made for it: files past their time are removed."""
    folder = export_dir(settings)
    for old in folder.iterdir():
        if old.is_file() and old.stat().st_mtime < time.time() - KEPT_DAYS * 86_400:
            old.unlink(missing_ok=True)
    return folder / f"{name}-{secrets.token_hex(12)}{ending}"


def kept_file(settings: Settings, name: str) -> Path:
    """The file of a finished export.

    Raises
    ------
    NotFound
        It has been removed.
    """
    path = export_dir(settings) / Path(name).name
    if not path.is_file():
        raise NotFound("export_expired", {"days": KEPT_DAYS})
    return path


class _Placed:
    """Rows that have a shape, and how many had none."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self.left_out = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            shapes = batch.column("geometry")
            self.left_out += shapes.null_count
            yield batch if shapes.null_count == 0 else batch.filter(shapes.is_valid())


def _as_seen_by(actor: Actor, wanted: ExportOrder) -> tuple[VectorLayer, bool, Narrowing]:
    require(actor, EXPORT, NATION)
    layer, sight = LAYERS[wanted.layer], visibility(actor)
    filters = {name: tuple(value) if isinstance(value, list) else value for name, value in wanted.filters.items()}
    return layer, is_public(sight), for_items(layer, filters, sight)


def _watched_batches(
    batches: Iterable[pa.RecordBatch], progress: Progress, total: int | None
) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        yield batch
        done += batch.num_rows
        progress.step(done, total, STEP_WRITING)


def _watched_features(features: Iterable[bytes], progress: Progress, total: int | None) -> Iterator[bytes]:
    for done, feature in enumerate(features, 1):
        yield feature
        if done % rows.BATCH_ROWS == 0:
            progress.step(done, total, STEP_WRITING)

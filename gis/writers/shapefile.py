"""Zipped shapefile: what the oldest desktop programs read, with its limits made visible.

Field names are ASCII aliases of at most ten characters and a README.csv in the zip tells what they stand for; texts
are UTF-8 of at most 254 bytes, cut between characters; each geometry type has its own file.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis import crs
from gis.segments import LINE, POINT, POLYGON, explode
from gis.writers.stream import (
    GEOMETRY,
    Batches,
    Target,
    Written,
    as_type,
    gdal_schema,
    geometries,
    title_of,
    whole_file,
    write_with_gdal,
)

MAX_TEXT_BYTES = 254
MAX_NAME_LENGTH = 10
_SUFFIX_AND_TYPE: Mapping[int, tuple[str, str]] = {
    LINE: ("line", "LineString"),
    POLYGON: ("polygon", "Polygon"),
    POINT: ("point", "Point"),
}
_FAMILY = {0: POINT, 1: LINE, 2: LINE, 3: POLYGON, 4: POINT, 5: LINE, 6: POLYGON, 7: -2, -1: -1}


def write_shapefile_zip(batches: Iterable[pa.RecordBatch], target: Target) -> Written:
    """One zip with up to three shapefiles and the list of fields.

    A collection of different types is divided among the files with its attributes repeated; rows without geometry go
    to the first file there is.
    """
    aliases = field_aliases([f.name for f in target.schema if f.name != GEOMETRY])
    source = Batches(batches, target.epsg)
    with (
        tempfile.TemporaryDirectory(prefix="shp-", dir=target.path.parent) as folder,
        whole_file(target.path) as partial,
    ):
        spool = _Spool(Path(folder), _renamed(gdal_schema(target.schema), aliases))
        with spool:
            for batch in source:
                spool.add(batch)
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for family in spool.families:
                suffix, geometry_type = _SUFFIX_AND_TYPE[family]
                name = target.layer_name if len(spool.families) == 1 else f"{target.layer_name}_{suffix}"
                shapefile = Path(folder) / f"{name}.shp"
                write_with_gdal(
                    shapefile,
                    spool.read(family),
                    spool.schema,
                    driver="ESRI Shapefile",
                    layer=name,
                    epsg=target.epsg,
                    geometry_type=geometry_type,
                )
                if target.epsg in crs.WITH_SHIFT:
                    shapefile.with_suffix(".prj").write_text(crs.wkt_with_shift(target.epsg))
                for part in sorted(Path(folder).glob(f"{name}.*")):
                    archive.write(part, part.name)
                    part.unlink()
            archive.writestr("README.csv", _dictionary(target.schema, aliases, spool.cut))
    return Written(source.rows, target.path.stat().st_size, {"texts_cut": dict(spool.cut)} if spool.cut else {})


def field_aliases(names: Sequence[str]) -> dict[str, str]:
    """ASCII names of at most ten characters, each once whatever the case.

    Examples
    --------
    >>> field_aliases(["budget_baht", "budget_bahts", "ชื่อ"])
    {'budget_baht': 'budget_bah', 'budget_bahts': 'budget_b_2', 'ชื่อ': 'field'}
    """
    taken: set[str] = set()
    aliases = {}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]", "", name).lstrip("0123456789_") or "field"
        alias, number = plain[:MAX_NAME_LENGTH], 1
        while alias.lower() in taken:
            number += 1
            tail = f"_{number}"
            alias = plain[: MAX_NAME_LENGTH - len(tail)] + tail
        taken.add(alias.lower())
        aliases[name] = alias
    return aliases


def cut_text(text: str, limit: int = MAX_TEXT_BYTES) -> str:
    """The longest beginning that fits in ``limit`` bytes of UTF-8; a Thai letter is not parted from its marks.

    Examples
    --------
    >>> cut_text("น้ำ", 8) == "น้"
    True
    >>> cut_text("กี่", 8), cut_text("กกี่", 8) == "ก"
    ('', True)
    """
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    kept = encoded[:limit].decode("utf-8", "ignore")
    while kept and unicodedata.category(text[len(kept)]) in ("Mn", "Me"):
        kept = kept[:-1]
    return kept


def _renamed(schema: pa.Schema, aliases: Mapping[str, str]) -> pa.Schema:
    return pa.schema([pa.field(aliases.get(f.name, f.name), _dbf_type(f.type)) for f in schema])


def _dbf_type(kind: pa.DataType) -> pa.DataType:
    # A DBF has dates but no times of day.
    return pa.string() if pa.types.is_timestamp(kind) else kind


class _Spool:
    """Batches set aside on disk, one arrow file for each geometry type, because a shapefile holds one type."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.folder = folder
        self.schema = schema
        self.cut: dict[str, int] = {}
        self._writers: dict[int, Any] = {}
        self._without_geometry: list[pa.RecordBatch] = []
        self._stack = ExitStack()

    def __enter__(self) -> _Spool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._without_geometry:
            family = next(iter(self.families), POINT)
            for batch in self._without_geometry:
                self._writer(family).write_batch(batch)
        elif not self._writers:
            self._writer(POINT)
        self._stack.close()

    @property
    def families(self) -> list[int]:
        """The types that occurred, lines first."""
        return [family for family in _SUFFIX_AND_TYPE if family in self._writers]

    def add(self, batch: pa.RecordBatch) -> None:
        shapes = geometries(batch)
        kinds = np.vectorize(_FAMILY.__getitem__, otypes=[np.int8])(shapely.get_type_id(shapes))
        ready = self._shortened(batch)
        for family in np.unique(kinds):
            rows = np.flatnonzero(kinds == family)
            if family == -2:
                self._add_collections(ready.take(pa.array(rows)), shapes[rows])
            elif family == -1:
                self._without_geometry.append(ready.take(pa.array(rows)))
            elif len(rows) == len(kinds):
                self._writer(int(family)).write_batch(ready)
            else:
                self._writer(int(family)).write_batch(ready.take(pa.array(rows)))

    def _add_collections(self, batch: pa.RecordBatch, shapes: npt.NDArray[Any]) -> None:
        parts, owner = explode(shapes)
        kinds = np.vectorize(_FAMILY.__getitem__, otypes=[np.int8])(shapely.get_type_id(parts))
        multi: dict[int, Any] = {LINE: shapely.multilinestrings, POLYGON: shapely.multipolygons, POINT: shapely.points}
        for family in np.unique(kinds):
            mine = np.flatnonzero(kinds == family)
            if family == POINT:
                rows, joined = owner[mine], parts[mine]
            else:
                rows, groups = np.unique(owner[mine], return_inverse=True)
                joined = multi[int(family)](parts[mine], indices=groups)
            index = batch.schema.get_field_index(GEOMETRY)
            taken = batch.take(pa.array(rows)).set_column(
                index, batch.schema.field(index), pa.array(shapely.to_wkb(joined), pa.binary())
            )
            self._writer(int(family)).write_batch(taken)

    def _shortened(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = []
        for column, target in zip(batch.columns, self.schema, strict=True):
            cast = as_type(column, target.type)
            columns.append(self._cut_column(cast, target.name) if pa.types.is_string(target.type) else cast)
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _cut_column(self, column: pa.Array, name: str) -> pa.Array:
        long = pc.fill_null(pc.greater(pc.binary_length(column), MAX_TEXT_BYTES), False)
        count = pc.sum(long).as_py() or 0
        if not count:
            return column
        self.cut[name] = self.cut.get(name, 0) + count
        return pa.array([None if text is None else cut_text(text) for text in column.to_pylist()], pa.string())

    def _writer(self, family: int) -> Any:
        if family not in self._writers:
            writer = pa.ipc.new_file(str(self._path(family)), self.schema)
            self._writers[family] = self._stack.enter_context(writer)
        return self._writers[family]

    def _path(self, family: int) -> Path:
        return self.folder / f"{_SUFFIX_AND_TYPE[family][0]}.arrow"

    def read(self, family: int) -> Iterable[pa.RecordBatch]:
        """The batches of one type again."""
        with pa.OSFile(str(self._path(family))) as file, pa.ipc.open_file(file) as reader:
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)


def _dictionary(schema: pa.Schema, aliases: Mapping[str, str], cut: Mapping[str, int]) -> bytes:
    """README.csv: what each short name stands for, and how many texts had to be cut."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["field", "name", "title_th", "title_en", "type", "texts_cut_to_254_bytes"])
    for column in schema:
        if column.name != GEOMETRY:
            alias = aliases[column.name]
            writer.writerow(
                [alias, column.name, title_of(column), title_of(column, "en"), str(column.type), cut.get(alias, 0)]
            )
    return b"\xef\xbb\xbf" + text.getvalue().encode()

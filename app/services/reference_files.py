"""Reference files as their publishers made them: CSV with or without BOM or gzip, GeoPackage layers, GeoParquet."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pyogrio
import shapely

from app.errors import InvalidInput
from gis.problems import Problem

GeometryArray = npt.NDArray[np.object_]

_EPSG_4326_NAMES = ("EPSG:4326", "OGC:CRS84")


@dataclass(frozen=True)
class Features:
    """Columns and geometry (EPSG:4326) of one layer, row by row in step."""

    columns: Mapping[str, Sequence[Any]]
    geometry: GeometryArray

    def __len__(self) -> int:
        return len(self.geometry)


def read_csv(path: Path, required: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file (UTF-8, BOM and gzip allowed) as text.

    Raises
    ------
    InvalidInput
        The file cannot be read, or columns are missing (all of them are named).
    """
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                rows = list(reader)
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, str(error)) from error
    _require(path, required, reader.fieldnames or ())
    return rows


def csv_columns(path: Path) -> tuple[str, ...]:
    """Names of the columns of a CSV file, without reading its rows.

    Raises
    ------
    InvalidInput
        The file cannot be read.
    """
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
                return tuple(next(csv.reader(file), ()))
        with path.open(encoding="utf-8-sig", newline="") as file:
            return tuple(next(csv.reader(file), ()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, str(error)) from error


def layer_names(path: Path) -> list[str]:
    """Layers of a GeoPackage or another OGR source; a GeoParquet file has the one of its own name."""
    if path.suffix == ".parquet":
        return [path.stem]
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as error:
        raise unreadable(path, str(error)) from error


def read_features(path: Path, layer: str, required: Sequence[str]) -> Features:
    """One layer with the columns asked for; the geometry must be EPSG:4326 as reference data are.

    Raises
    ------
    InvalidInput
        The file cannot be read, is in another coordinate system, or lacks columns (all of them are named).
    """
    return _read_parquet(path, required) if path.suffix == ".parquet" else _read_ogr(path, layer, required)


def _read_ogr(path: Path, layer: str, required: Sequence[str]) -> Features:
    try:
        meta, _, wkb, fields = pyogrio.raw.read(path, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise unreadable(path, str(error)) from error
    _require(path, required, meta["fields"])
    if meta["crs"] not in _EPSG_4326_NAMES:
        raise InvalidInput([Problem("reference_crs", values={"file": path.name, "crs": meta["crs"] or "?"})])
    columns = {name: values.tolist() for name, values in zip(meta["fields"], fields, strict=True)}
    return Features(columns, shapely.from_wkb(wkb))


def _read_parquet(path: Path, required: Sequence[str]) -> Features:
    try:
        table = pq.read_table(path)
    except (OSError, ValueError) as error:
        raise unreadable(path, str(error)) from error
    _require(path, [*required, "geometry"], table.column_names)
    wkb = table.column("geometry").combine_chunks().to_numpy(zero_copy_only=False)
    columns = {name: table.column(name).to_pylist() for name in table.column_names if name != "geometry"}
    return Features(columns, shapely.from_wkb(wkb))


def ewkb(shapes: Any) -> list[bytes]:
    """EWKB with SRID 4326 of an array of shapes, the form that COPY takes."""
    return list(shapely.to_wkb(shapely.set_srid(shapes, 4326), include_srid=True))


def unreadable(path: Path, reason: str) -> InvalidInput:
    """The error for a file that cannot be opened or understood."""
    return InvalidInput([Problem("reference_unreadable", values={"file": path.name, "reason": reason[:200]})])


def _require(path: Path, required: Sequence[str], present: Sequence[str]) -> None:
    missing = [name for name in required if name not in present]
    if missing:
        raise InvalidInput(
            [Problem("reference_column_missing", values={"file": path.name, "field": name}) for name in missing]
        )

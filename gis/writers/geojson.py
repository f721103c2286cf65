"""GeoJSON as RFC 7946 has it: longitude/latitude, seven decimals, no crs member, one feature a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson
import pyarrow as pa

from gis.geojson import dump_texts
from gis.writers.stream import GEOMETRY, Target, Written, as_type, geometries, whole_file

_FEATURES_A_WRITE = 2000


def write_geojson(batches: Iterable[pa.RecordBatch], target: Target) -> Written:
    """FeatureCollection from batches; always EPSG:4326, whatever system was asked for."""
    return write_features((feature for batch in batches for feature in features(batch)), target)


def write_features(ready: Iterable[bytes], target: Target) -> Written:
    """FeatureCollection from ready Feature texts, such as the database makes them: nothing is parsed again."""
    rows = 0
    source = iter(ready)
    with whole_file(target.path) as partial, partial.open("wb") as file:
        name = orjson.dumps(target.layer_name).decode()
        title = orjson.dumps(target.title).decode()
        file.write(f'{{"type":"FeatureCollection","name":{name},"title":{title},"features":[\n'.encode())
        while block := list(islice(source, _FEATURES_A_WRITE)):
            if rows:
                file.write(b",\n")
            file.write(b",\n".join(block))
            rows += len(block)
        file.write(b"\n]}\n")
    return Written(rows, target.path.stat().st_size)


def features(batch: pa.RecordBatch) -> Iterator[bytes]:
    """Feature text of each row."""
    shapes = dump_texts(geometries(batch))
    rows: list[dict[str, Any]] = plain(batch.drop_columns([GEOMETRY])).to_pylist()
    for shape, properties in zip(shapes, rows, strict=True):
        geometry = b"null" if shape is None else shape.encode()
        yield b'{"type":"Feature","properties":%b,"geometry":%b}' % (orjson.dumps(properties), geometry)


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Money as double: orjson writes its shortest form, which for NUMERIC(14,2) is the number itself."""
    columns = [as_type(c, pa.float64()) if pa.types.is_decimal(c.type) else c for c in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

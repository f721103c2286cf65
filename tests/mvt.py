"""A reader of Mapbox Vector Tiles (specification 2.1), just enough to look at what a tile says."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

_TYPES = {1: "Point", 2: "LineString", 3: "Polygon"}


def decoded(tile: bytes) -> dict[str, list[dict[str, Any]]]:
    """Features by layer: properties, ``id`` where there is one, and ``type``."""
    return dict(_layer(value) for number, value in _fields(tile) if number == 3)


def _layer(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    name, keys, values, features = "", [], [], []
    for number, value in _fields(data):
        if number == 1:
            name = value.decode()
        elif number == 2:
            features.append(value)
        elif number == 3:
            keys.append(value.decode())
        elif number == 4:
            values.append(_value(value))
    return name, [_feature(feature, keys, values) for feature in features]


def _feature(data: bytes, keys: list[str], values: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, value in _fields(data):
        if number == 1:
            found["id"] = value
        elif number == 2:
            tags = list(_packed(value))
            found |= {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}
        elif number == 3:
            found["type"] = _TYPES[value]
    return found


def _value(data: bytes) -> Any:
    ((number, value),) = _fields(data)
    if number == 1:
        return value.decode()
    if number in (2, 3):
        return struct.unpack("<f" if number == 2 else "<d", value)[0]
    if number == 6:
        return (value >> 1) ^ -(value & 1)
    return bool(value) if number == 7 else value


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Fields of a protocol buffer message: number and value."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        length = {1: 8, 5: 4}.get(wire)
        if length is None:
            length, at = _varint(data, at)
        yield number, data[at : at + length]
        at += length


def _packed(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at

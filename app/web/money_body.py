"""Bodies of money: JSON values read as amounts, dates and numbers, every fault of a body at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from app.errors import InvalidInput
from gis.problems import Problem
from gis.thai import parse_amount, parse_thai_date

Kind = Literal["amount", "signed", "percent", "points", "area_km2", "date", "whole", "text", "flag", "keys"]
LARGEST_KEY = 2**62
_POINT_TH, _POINT_EN = "ใช้จุดทศนิยม เช่น 12.5", "with a decimal point, such as 12.5"
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?|[-+]?\.[0-9]+")
_KM2 = re.compile(r"(?:ตร\.?\s*กม\.?|ตารางกิโลเมตร|km2|km²)\s*$")
_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "amount": {"type": ["number", "string"], "description": "Baht, two decimals at most; never negative"},
    "signed": {"type": ["number", "string"], "description": "Baht, two decimals at most; negative to take"},
    "percent": {"type": ["number", "string"], "description": "0 to 100"},
    "points": {"type": ["number", "string"], "description": "With a decimal point"},
    "area_km2": {"type": ["number", "string"], "description": "Square kilometres, two decimals at most"},
    "date": {"type": "string", "description": "2026-11-20, or as Thai offices write it (20 พ.ย. 2569)"},
    "whole": {"type": "integer"},
    "text": {"type": "string"},
    "flag": {"type": "boolean"},
    "keys": {"type": "array", "items": {"type": "integer"}},
}


@dataclass(frozen=True)
class Body:
    """What a body may hold.

    Parameters
    ----------
    fields
        Name -> how it is read.
    required
        Names that may not be missing.
    lists
        Name -> what each entry of a list holds.
    """

    fields: Mapping[str, Kind]
    required: frozenset[str] = frozenset()
    lists: Mapping[str, Body] = field(default_factory=dict)

    def schema(self) -> dict[str, Any]:
        """JSON Schema for the OpenAPI document."""
        properties: dict[str, Any] = {name: dict(_SCHEMAS[kind]) for name, kind in self.fields.items()}
        properties |= {name: {"type": "array", "items": inner.schema()} for name, inner in self.lists.items()}
        return {
            "type": "object",
            "required": sorted(self.required),
            "properties": properties,
            "additionalProperties": False,
        }


def read_body(body: Body, given: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name; what is missing or null is left out, so that records keep their defaults.

    Raises
    ------
    InvalidInput
        Every field that is unknown, missing or cannot be read.
    """
    values, problems = read_partly(body, given)
    if problems:
        raise InvalidInput(problems)
    return values


def read_partly(body: Body, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """As :func:`read_body`, for whoever has more to say about what can be read: the problems beside the values."""
    problems: list[Problem] = []
    return _read(body, given, problems, {}), problems


@contextmanager
def all_at_once(unreadable: Sequence[Problem]) -> Iterator[None]:
    """What cannot be read and what a service refuses of the rest, told together; nothing is kept of either.

    Raises
    ------
    InvalidInput
        What could not be read, then what the block raised.
    """
    try:
        yield
    except InvalidInput as error:
        # What is missing or unreadable is told once, not again as what the rest thinks of its absence.
        told = [problem.where for problem in unreadable]
        rest = [problem for problem in error.problems if problem.where not in told]
        raise InvalidInput([*unreadable, *rest], error.code) from error
    if unreadable:
        raise InvalidInput(unreadable)


def _read(body: Body, given: Mapping[str, Any], problems: list[Problem], where: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    known = [*body.fields, *body.lists]
    for name in given.keys() - set(known):
        allowed = {"allowed": ", ".join(known)}
        problems.append(Problem("field_not_editable", where={**where, "field": str(name)[:80]}, values=allowed))
    for name, inner in body.lists.items():
        values[name] = _entries(name, inner, given.get(name, []), problems)
    for name, kind in body.fields.items():
        value = given.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if name in body.required:
                problems.append(Problem("field_required", where={**where, "field": name}))
            continue
        read = read_value(kind, value)
        if isinstance(read, Problem):
            problems.append(Problem(read.code, read.level, {**where, "field": name}, read.values))
        else:
            values[name] = read
    return values


def _entries(name: str, inner: Body, given: Any, problems: list[Problem]) -> list[dict[str, Any]]:
    if not isinstance(given, Sequence) or isinstance(given, str) or not all(isinstance(e, Mapping) for e in given):
        problems.append(_unreadable(given, "รายการของวัตถุ JSON", "a list of JSON objects", {"field": name}))
        return []
    return [_read(inner, entry, problems, {"row": row}) for row, entry in enumerate(given, start=1)]


def read_value(kind: Kind, value: Any) -> Any:
    """One value, or the problem of what cannot be read."""
    if kind == "text":
        return value if isinstance(value, str) else Problem("text_expected")
    if kind == "flag":
        return value if isinstance(value, bool) else _unreadable(value, "true หรือ false", "true or false")
    if kind == "date":
        return parse_thai_date(value) if isinstance(value, str) else parse_thai_date(str(value))
    if kind == "whole":
        return _whole(value)
    if kind == "keys":
        sound = isinstance(value, list) and all(not isinstance(_whole(one), Problem) for one in value)
        return tuple(value) if sound else _unreadable(value, "รายการเลขที่", "a list of numbers")
    if kind == "signed":
        return _signed(value)
    if kind == "percent":
        number = _number(value)
        sound = number is not None and 0 <= number <= 100
        return (
            number
            if sound
            else _unreadable(value, f"จำนวน 0 ถึง 100 {_POINT_TH}", f"a number from 0 to 100 {_POINT_EN}")
        )
    if kind == "points":
        number = _number(value)
        return _unreadable(value, f"จำนวน {_POINT_TH}", f"a number {_POINT_EN}") if number is None else number
    if kind == "area_km2":
        return _area_km2(value)
    return parse_amount(value)


def _whole(value: Any) -> int | Problem:
    if isinstance(value, int) and not isinstance(value, bool) and -LARGEST_KEY <= value <= LARGEST_KEY:
        return value
    return _unreadable(value, "จำนวนเต็ม", "a whole number")


def _signed(value: Any) -> Decimal | Problem:
    """An amount with its sign: the size is read as any amount is."""
    if isinstance(value, str):
        text = value.strip().replace("−", "-")
        size = parse_amount(text.removeprefix("-")) if not text.startswith("--") else Problem("amount_unreadable")
        negative = text.startswith("-")
    else:
        negative = isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0
        size = parse_amount(-value if negative else value)
    return size if isinstance(size, Problem) or not negative else -size


def _number(value: Any) -> Decimal | None:
    """A number with a decimal point; what has a comma is nobody's guess (12,5 is 12.5 to one and 125 to another)."""
    text = value.strip() if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)
    if isinstance(value, (bool, list, dict)) or len(text) > 40:
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if number.is_finite() else None


def _area_km2(value: Any) -> Decimal | Problem:
    """Written as amounts are (Thai digits, commas), told of in the unit that it has."""
    size = parse_amount(_KM2.sub("", value) if isinstance(value, str) else value)
    return Problem("area_km2_unreadable", values={"given": str(value)[:40]}) if isinstance(size, Problem) else size


def _unreadable(value: Any, thai: str, english: str, where: Mapping[str, Any] | None = None) -> Problem:
    values = {"given": str(value)[:40], "expected_th": thai, "expected_en": english}
    return Problem("invalid_field", where=where or {}, values=values)

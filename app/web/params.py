"""Ready parameters: how each is read, what it may be, how it is described.

A parser takes the text of one value and returns it typed; ``Unreadable`` carries what was expected in both languages.
Thai digits are read wherever a number is.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

KINDS = ("road", "water", "other")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


class Unreadable(ValueError):
    """A value that cannot be read, with what was expected.

    Parameters
    ----------
    expected_th, expected_en
        Words for "must be ...".
    """

    def __init__(self, expected_th: str, expected_en: str) -> None:
        super().__init__(expected_en)
        self.expected_th = expected_th
        self.expected_en = expected_en


def whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    """Parser of a whole number within bounds."""

    def parse(text: str) -> int:
        digits = text.strip().translate(_THAI_DIGITS)
        if not re.fullmatch(r"-?[0-9]{1,18}", digits) or not minimum <= int(digits) <= maximum:
            raise Unreadable(f"จำนวนเต็ม {minimum} ถึง {maximum}", f"a whole number from {minimum} to {maximum}")
        return int(digits)

    return parse


def decimal_number(minimum: float, maximum: float) -> Callable[[str], float]:
    """Parser of a number within bounds, with a point or without."""

    def parse(text: str) -> float:
        digits = text.strip().translate(_THAI_DIGITS)
        sound = re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{0,12})?", digits)
        if not sound or not minimum <= float(digits) <= maximum:
            raise Unreadable(f"ตัวเลข {minimum:g} ถึง {maximum:g}", f"a number from {minimum:g} to {maximum:g}")
        return float(digits)

    return parse


def choice(*allowed: str) -> Callable[[str], str]:
    """Parser of one of a few words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise Unreadable(f"คำใดคำหนึ่งใน {', '.join(allowed)}", f"one of {', '.join(allowed)}")
        return text

    return parse


def fiscal_year(text: str) -> int:
    """Buddhist-era fiscal year."""
    try:
        return whole_number(2540, 2640)(text)
    except Unreadable:
        raise Unreadable("ปีงบประมาณ พ.ศ. เช่น 2570", "a Buddhist-era fiscal year such as 2570") from None


kind = choice(*KINDS)
limit = whole_number(1, 1000)


def boolean(text: str) -> bool:
    """``true`` or ``false`` (also 1 and 0)."""
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    raise Unreadable("true หรือ false", "true or false")


def bbox(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees (EPSG:4326)."""
    expected = Unreadable(
        "ตะวันตก,ใต้,ตะวันออก,เหนือ เป็นองศา เช่น 101.9,15.8,102.1,16.0",
        "west,south,east,north in degrees such as 101.9,15.8,102.1,16.0",
    )
    parts = text.split(",")
    number = r"\s*-?[0-9]{1,3}(\.[0-9]{0,20})?\s*"
    if len(parts) != 4 or not all(re.fullmatch(number, part) for part in parts):
        raise expected
    west, south, east, north = (float(part) for part in parts)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise expected
    return west, south, east, north


def area_code(text: str) -> str:
    """Province (2 digits), amphoe (4) or tambon (6)."""
    digits = text.strip().translate(_THAI_DIGITS)
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}", digits):
        raise Unreadable("รหัสพื้นที่ 2, 4 หรือ 6 หลัก", "an area code of 2, 4 or 6 digits")
    return digits


def village_or_area(text: str) -> str:
    """Province (2 digits), amphoe (4), tambon (6) or village (8)."""
    digits = text.strip().translate(_THAI_DIGITS)
    if not re.fullmatch(r"(?:[0-9]{2}){1,4}", digits):
        raise Unreadable("รหัสพื้นที่ 2, 4, 6 หรือ 8 หลัก", "an area code of 2, 4, 6 or 8 digits")
    return digits


def organisation_code(text: str) -> str:
    """Code of an organisation."""
    if not re.fullmatch(r"[0-9A-Za-z_.-]{1,20}", text.strip()):
        raise Unreadable("รหัส อปท. เช่น 06360901", "an organisation code such as 06360901")
    return text.strip()


def code(text: str) -> str:
    """Code of a code list."""
    if not re.fullmatch(r"[0-9A-Za-z_.-]{1,40}", text):
        raise Unreadable("รหัสในรายการ", "a code of the list")
    return text


def text_q(text: str) -> str:
    """Words to search for."""
    if len(text) > 200:
        raise Unreadable("ข้อความไม่เกิน 200 ตัวอักษร", "at most 200 characters")
    return text.strip()


def encode_cursor(key: Sequence[Any]) -> str:
    """Opaque form of a sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key), default=str)).decode().rstrip("=")


def cursor(text: str) -> tuple[Any, ...]:
    """Sort key where the next page begins."""
    expected = Unreadable("ค่าจากช่อง next ของหน้าก่อน", "the value from the page before")
    if len(text) > 2000:
        raise expected
    try:
        key = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise expected from error
    if not isinstance(key, list) or not all(isinstance(part, (str, int, float, type(None))) for part in key):
        raise expected
    if any(isinstance(part, str) and "\x00" in part for part in key):
        raise expected
    return tuple(key)


def number_cursor(text: str) -> int:
    """Where the next page begins in a list that is sorted by one number."""
    key = cursor(text)
    if len(key) != 1 or type(key[0]) is not int or not -1 <= key[0] < 2**63:
        raise Unreadable("ค่าจากช่อง next ของหน้าก่อน", "the value from the page before")
    return key[0]


def string_schema(**more: Any) -> Mapping[str, Any]:
    """JSON Schema of a text parameter."""
    return {"type": "string", **more}


def integer_schema(minimum: int, maximum: int) -> Mapping[str, Any]:
    """JSON Schema of a whole number within bounds."""
    return {"type": "integer", "minimum": minimum, "maximum": maximum}

"""Amounts of baht as people say them: ``5 ล้าน``, ``2.5 ล.``, ``สองล้านห้าแสน``.

For fields that a person fills in; cells of tables are read by :func:`gis.thai.parse_amount`, which takes figures alone.
"""

from __future__ import annotations

import re
from decimal import Decimal

from gis.thai import LARGEST_AMOUNT, normalise, to_arabic_digits

_DIGITS = {
    word: digit
    for digit, words in enumerate(("ศูนย์", "หนึ่ง เอ็ด", "สอง ยี่", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"))
    for word in words.split()
}
_UNITS = {"แสน": 100_000, "หมื่น": 10_000, "พัน": 1_000, "ร้อย": 100, "สิบ": 10}
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_TOKEN = re.compile(rf"({_NUMBER}|{'|'.join((*_DIGITS, *_UNITS))})\s*")
_ENDING = re.compile(r"\s*(?:บาท(?:ถ้วน)?)?\s*$")
_MILLIONS = re.compile(r"ล้าน|ล\.?\s*(?:บ\.?)?$")


def whole_baht(text: str) -> int | None:
    """Whole baht in an amount with figures, words or both; ``None`` where it is none and nothing may be guessed.

    Examples
    --------
    >>> whole_baht("5 ล้าน"), whole_baht("๒.๕ ล."), whole_baht("5,000,000 บาท"), whole_baht("7 แสน")
    (5000000, 2500000, 5000000, 700000)
    >>> whole_baht("ห้าล้านบาท"), whole_baht("สองล้านห้าแสน"), whole_baht("ยี่สิบเอ็ดล้าน"), whole_baht("สิบล้าน")
    (5000000, 2500000, 21000000, 10000000)
    >>> [whole_baht(text) for text in ("ประมาณ 5 ล้าน", "5-6 ล้าน", "ล้าน", "5 5", "0.0000001 ล้าน")]
    [None, None, None, None, None]
    """
    plain = _ENDING.sub("", normalise(to_arabic_digits(text)).strip())
    before, millions, after = _parted(plain)
    whole = _below_a_million(before)
    rest = _below_a_million(after) if after else Decimal(0)
    if whole is None or rest is None or (millions and rest >= 1_000_000):
        return None
    amount = whole * 1_000_000 + rest if millions else whole
    return int(amount) if amount == int(amount) and amount <= LARGEST_AMOUNT else None


def _parted(plain: str) -> tuple[str, bool, str]:
    found = _MILLIONS.search(plain)
    if found is None:
        return plain, False, ""
    return plain[: found.start()].strip(), True, plain[found.end() :].strip()


def _below_a_million(text: str) -> Decimal | None:
    """A number in figures, or in words of descending size, each with its digit before it."""
    total, digit, smallest, at = Decimal(0), None, 1_000_000, 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        word, at = token[1], token.end()
        unit = _UNITS.get(word)
        if unit is not None:
            if unit >= smallest or (digit is None and unit != 10):
                return None
            total, digit, smallest = total + (Decimal(1) if digit is None else digit) * unit, None, unit
        elif digit is not None or smallest == 1:
            return None
        else:
            digit = Decimal(_DIGITS[word]) if word in _DIGITS else Decimal(word.replace(",", ""))
    return None if not text else total + (digit or 0)

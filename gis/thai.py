"""Thai writing as people type it: digits, the two spellings of น้ำ, amounts, Buddhist-era dates, route codes.

Rules and their evidence: domain notes, "Thai text"; route codes: annex of the local highway registration manual
(forms ทถ.1-7). NFKC is never applied to Thai: it splits the correct ``ำ`` and does not join the wrong one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from gis.problems import Problem

ZONE = ZoneInfo("Asia/Bangkok")
"""The clock of every Thai office; the one place where Python names it."""
THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = str.maketrans(THAI_DIGITS, "0123456789")
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)
_INVISIBLE = ("\u200b", "\ufeff")
# Letters without a shape, and those that turn the order of what follows: of no use in Thai, and a way to write a text
# that reads as another or as nothing.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_THAI_DIGIT = re.compile(f"[{THAI_DIGITS}]")

# What PostgreSQL's ``\s`` matches in a UTF-8 database (glibc iswspace): no-break spaces are not among them.
_SPACES = re.compile("[\\t-\\r \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+")
# Where this finds nothing, putting a single space for every run of them changes nothing.
_ODD_SPACES = re.compile("  |[\\t-\\r\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]")
_FOREIGN = re.compile("[^\\x00-\\x7f\u0e00-\u0e7f]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_NIKHAHIT_TONE_AA = re.compile("\u0e4d([\u0e48-\u0e4b])\u0e32")
_TONE_NIKHAHIT_AA = re.compile("([\u0e48-\u0e4b])\u0e4d\u0e32")
_TONES_AND_VOWELS = re.compile("[\u0e31\u0e34-\u0e39\u0e48-\u0e4b]{2,}")
_TONES = re.compile("[\u0e48-\u0e4b]+")

MONTHS_SHORT = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
MONTHS_LONG = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
_MONTHS_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

BUDDHIST_ERA_OFFSET = 543
# A year from 2400 on is Buddhist (2400 BE = 1857 CE); no work of local government is older or later than these.
_FIRST_BUDDHIST_YEAR = 2400

# NUMERIC(14,2), the type of every money column.
LARGEST_AMOUNT = Decimal("999999999999.99")
_SATANG = Decimal("0.01")
_AMOUNT = re.compile(r"(?P<sign>[-+]?)(?P<baht>\d{1,3}(?:,\d{3})+|\d+)(?P<satang>\.\d*)?")
_AMOUNT_UNIT = re.compile(r"(?:บาท(?:ถ้วน)?|฿|thb|baht)\.?$", re.IGNORECASE)
_DASHES = frozenset("-–—−")

ORGANISATION_KINDS: Mapping[str, str] = {
    "อบจ": "องค์การบริหารส่วนจังหวัด",
    "อบต": "องค์การบริหารส่วนตำบล",
    "ทน": "เทศบาลนคร",
    "ทม": "เทศบาลเมือง",
    "ทต": "เทศบาลตำบล",
}
"""Kinds of local organisation as their names begin, by the abbreviation that people write."""

# "กม.4" and "ซม. 4" are lengths, "ตร.ม." an area.
_VILLAGE_NUMBER = re.compile(r"(?:หมู่(?:ที่)?|(?<![กซ.])ม\.) ?0*(?P<number>\d{1,3})(?!\d)")
_ABBREVIATED_KIND = re.compile(r"(?P<short>อบ[จต]|ท[นมต](?=\.))\.?(?P<name>.*)")

_ROUTE_CODE = re.compile(r"(?P<province>[ก-ฮ]{2})\s*\.?\s*ถ\s*\.?\s*(?P<seq>\d{1,3})\s*-\s*(?P<route>\d{3,4})")


def to_arabic_digits(text: str) -> str:
    """Write Thai digits as 0-9.

    Examples
    --------
    >>> to_arabic_digits("หมู่ที่ ๑๒")
    'หมู่ที่ 12'
    """
    # Looking is ten times as fast as translating, and most texts have none.
    return text.translate(_TO_ARABIC) if _THAI_DIGIT.search(text) else text


def to_thai_digits(text: str) -> str:
    """Write 0-9 as Thai digits.

    Examples
    --------
    >>> to_thai_digits("2569")
    '๒๕๖๙'
    """
    return text.translate(_TO_THAI)


def _join_sara_am(text: str) -> str:
    """Make every spelling of sara am one: nikhahit + aa, with a tone mark before or after or none, becomes ``ำ``."""
    if "\u0e4d" in text:
        text = _NIKHAHIT_TONE_AA.sub("\\1\u0e33", text)
        text = _TONE_NIKHAHIT_AA.sub("\\1\u0e33", text)
        text = text.replace("\u0e4d\u0e32", "\u0e33")
    return text.replace("\u0e40\u0e40", "\u0e41")


def _single_spaces(text: str) -> str:
    return (_SPACES.sub(" ", text) if _ODD_SPACES.search(text) else text).strip(" ")


def _without_invisible(text: str) -> str:
    for letter in _INVISIBLE:
        text = text.replace(letter, "")
    return text


def _vowels_first(run: re.Match[str]) -> str:
    """A run of tone marks and vowels above or below, the vowels before the marks, each in their order."""
    return _TONES.sub("", run[0]) + "".join(_TONES.findall(run[0]))


def normalise(text: str) -> str:
    """Text as it is stored: one spelling of น้ำ and แ, tone marks after vowels, single spaces; case and digits kept.

    What has no shape goes, and so do the marks that turn the direction of writing.

    Examples
    --------
    >>> normalise(" แหล่งนํ้า  หมู่ที่ ๓ ") == "แหล่งน้ำ หมู่ที่ ๓"
    True
    """
    text = _UNSEEN.sub("", text).replace("\u00a0", " ")
    text = _CONTROLS.sub(" ", text)
    text = _TONES_AND_VOWELS.sub(_vowels_first, _join_sara_am(text))
    return _single_spaces(text)


def search_key(text: str) -> str:
    """Key under which a text is searched: the twin of the database function ``thai_search``, rule for rule.

    Examples
    --------
    >>> search_key("เเหล่งนํ้า  ๑๒ A") == search_key("แหล่งน้ำ 12 a") == "แหล่งน้ำ 12 a"
    True
    """
    text = _single_spaces(_join_sara_am(_without_invisible(to_arabic_digits(text))))
    if _FOREIGN.search(text) is None:
        return text.lower()
    # One character at a time, as towlower does: no final sigma, no letter that becomes two.
    return "".join(letter.lower()[0] for letter in text)


def search_words(text: str) -> tuple[str, ...]:
    """Words to search for; a village number is one word, ``ม.4``, however it is written.

    Examples
    --------
    >>> search_words("ถนน หมู่ที่ ๐๔") == search_words("ถนน ม. 4") == search_words("ถนน หมู่4") == ("ถนน", "ม.4")
    True
    >>> search_words("กม.4 บ้านโนนหมู่ 12")
    ('กม.4', 'บ้านโนน', 'ม.12')
    """
    return tuple(dict.fromkeys(_VILLAGE_NUMBER.sub(r" ม.\g<number> ", search_key(text)).split()))


def village_spellings(word: str) -> tuple[str, ...]:
    """The ways in which a search key may hold the village number of a :func:`search_words` word; else none.

    Examples
    --------
    >>> village_spellings("ม.4")
    ('ม.4', 'ม. 4', 'หมู่ 4', 'หมู่ที่ 4', 'หมู่4', 'หมู่ที่4')
    """
    match = _VILLAGE_NUMBER.fullmatch(word)
    before = ("ม.", "ม. ", "หมู่ ", "หมู่ที่ ", "หมู่", "หมู่ที่")
    return tuple(each + match["number"] for each in before) if match else ()


def village_pattern(spellings: Sequence[str]) -> str:
    """Regular expression, the same to Python and PostgreSQL, by which the number is not a part of another.

    Examples
    --------
    >>> pattern = village_pattern(village_spellings("ม.4"))
    >>> [bool(re.search(pattern, text)) for text in ("สาย ม.4", "หมู่ที่ 4 บ้าน", "ม.41", "กม.4")]
    [True, True, False, False]
    """
    return rf"(^|[^กซ.])({'|'.join(map(re.escape, spellings))})($|[^0-9])"


def organisation_word(word: str) -> str:
    """A search word with the abbreviation of a kind of organisation at its beginning written out.

    Examples
    --------
    >>> organisation_word("อบต.หนองสาธิต"), organisation_word("ทต.")
    ('องค์การบริหารส่วนตำบลหนองสาธิต', 'เทศบาลตำบล')
    """
    match = _ABBREVIATED_KIND.fullmatch(word)
    return ORGANISATION_KINDS[match["short"]] + match["name"] if match else word


def parse_amount(value: object) -> Decimal | Problem:
    """Read an amount of baht from a cell or a form field.

    Thousands commas, Thai digits, surrounding spaces and a trailing "บาท" are read; a lone dash, which budget tables
    use for "nothing in this year", is 0. A number with words ("ประมาณ 5 แสน") is never guessed.

    Parameters
    ----------
    value
        Text, or a number as a spreadsheet hands it over.

    Returns
    -------
    Decimal or Problem
        Baht with two decimals, or ``amount_missing``, ``amount_unreadable``, ``amount_negative``,
        ``amount_too_precise``, ``amount_too_large``.

    Examples
    --------
    >>> parse_amount("1,632,820 ")
    Decimal('1632820.00')
    >>> parse_amount(" - ")
    Decimal('0.00')
    >>> parse_amount("๕๐๐,๐๐๐ บาท")
    Decimal('500000.00')
    >>> parse_amount("ประมาณ 5 แสน").code
    'amount_unreadable'
    """
    if value is None:
        return Problem("amount_missing")
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _number_amount(value)
    if not isinstance(value, str):
        return Problem("amount_unreadable", values={"text": str(value)[:80]})
    text = _AMOUNT_UNIT.sub("", normalise(to_arabic_digits(value))).strip()
    if not text:
        return Problem("amount_missing")
    if set(text) <= _DASHES:
        return Decimal("0.00")
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    match = _AMOUNT.fullmatch(text.replace("−", "-"))
    if match is None:
        return Problem("amount_unreadable", values={"text": value.strip()[:80]})
    amount = Decimal(match["sign"] + match["baht"].replace(",", "") + (match["satang"] or ""))
    return _checked_amount(amount)


def _number_amount(value: float | Decimal) -> Decimal | Problem:
    if isinstance(value, float):
        if not math.isfinite(value):
            return Problem("amount_unreadable", values={"text": str(value)})
        # A spreadsheet keeps 0.1 + 0.2 as 0.30000000000000004: fifteen digits are what it shows and means.
        value = Decimal(f"{value:.15g}")
    try:
        amount = Decimal(value)
    except InvalidOperation:  # pragma: no cover - int and Decimal always convert
        return Problem("amount_unreadable", values={"text": str(value)})
    if not amount.is_finite():
        return Problem("amount_unreadable", values={"text": str(value)})
    return _checked_amount(amount)


def _checked_amount(amount: Decimal) -> Decimal | Problem:
    if amount < 0:
        return Problem("amount_negative", values={"amount": str(amount)[:40]})
    if amount > LARGEST_AMOUNT:
        return Problem("amount_too_large", values={"amount": str(amount)[:40]})
    rounded = amount.quantize(_SATANG)
    if rounded != amount:
        return Problem("amount_too_precise", values={"amount": str(amount)[:40]})
    return rounded


def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for number, (short, long) in enumerate(zip(MONTHS_SHORT, MONTHS_LONG, strict=True), start=1):
        for name in (short, long):
            names[name.replace(".", "")] = number
    names["กค"], names["พค"] = 7, 5
    english = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
    for number, (short, long) in enumerate(zip(_MONTHS_ENGLISH, english, strict=True), start=1):
        names[short] = names[long] = number
    names["sept"] = 9
    return names


_MONTHS = _month_names()
_DATE_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_DATE_SLASH = re.compile(r"(?P<d>\d{1,2})\s*[/.-]\s*(?P<m>\d{1,2})\s*[/.-]\s*(?P<y>\d{4}|\d{2})(?: \d{1,2}:\d{2}.*)?")
_DATE_WORDS = re.compile(
    r"(?:วันที่\s*)?(?P<d>\d{1,2})\s*(?:เดือน\s*)?(?P<month>[ก-๙.]+?|[a-z]+\.?)\s*(?:พ\.?\s?ศ\.?|ค\.?\s?ศ\.?)?\s*(?P<y>\d{4}|\d{2})",
    re.IGNORECASE,
)


def parse_thai_date(value: object) -> date | Problem:
    """Read a date as Thai offices write it; day before month always.

    A year from 2400 on is Buddhist; a year of two digits is Buddhist too (68 = 2568), as on every Thai form.

    Returns
    -------
    date or Problem
        ``date_missing``, ``date_unreadable`` or ``date_impossible``.

    Examples
    --------
    >>> parse_thai_date("20 พ.ย. 68")
    datetime.date(2025, 11, 20)
    >>> parse_thai_date("29 พ.ย. 2567"), parse_thai_date("01/01/2568"), parse_thai_date("2026-11-20")
    (datetime.date(2024, 11, 29), datetime.date(2025, 1, 1), datetime.date(2026, 11, 20))
    >>> parse_thai_date("๓๑ กุมภาพันธ์ ๒๕๖๘").code, parse_thai_date("0001-01-01").code
    ('date_impossible', 'date_impossible')
    """
    if isinstance(value, datetime):
        return _real_date(value.year, value.month, value.day, value.isoformat())
    if isinstance(value, date):
        return _real_date(value.year, value.month, value.day, value.isoformat())
    text = normalise(to_arabic_digits(str(value))) if value is not None else ""
    if not text or set(text) <= _DASHES:
        return Problem("date_missing")
    if match := _DATE_ISO.fullmatch(text) or _DATE_SLASH.fullmatch(text):
        return _real_date(_year(match["y"]), int(match["m"]), int(match["d"]), text)
    if match := _DATE_WORDS.fullmatch(text):
        month = _MONTHS.get(match["month"].replace(".", "").lower())
        if month is not None:
            return _real_date(_year(match["y"]), month, int(match["d"]), text)
    return Problem("date_unreadable", values={"text": text[:80]})


def _year(digits: str) -> int:
    """A year as written: two digits are Buddhist, four are what they say (0001 is no year of a document)."""
    return int(digits) + 2500 if len(digits) == 2 else int(digits)


def _real_date(year: int, month: int, day: int, text: str) -> date | Problem:
    if year >= _FIRST_BUDDHIST_YEAR:
        year -= BUDDHIST_ERA_OFFSET
    if not 1850 <= year <= 2200:
        return Problem("date_impossible", values={"text": text[:80]})
    try:
        return date(year, month, day)
    except ValueError:
        return Problem("date_impossible", values={"text": text[:80]})


def format_thai_date(day: date, *, long: bool = False) -> str:
    """A date as pages show it, Buddhist era.

    Examples
    --------
    >>> format_thai_date(date(2026, 11, 20)), format_thai_date(date(2026, 11, 20), long=True)
    ('20 พ.ย. 2569', '20 พฤศจิกายน 2569')
    """
    months = MONTHS_LONG if long else MONTHS_SHORT
    return f"{day.day} {months[day.month - 1]} {day.year + BUDDHIST_ERA_OFFSET}"


def fiscal_year_be(day: date) -> int:
    """Fiscal year (พ.ศ.) of a day: year N runs from 1 October N-1 to 30 September N.

    Examples
    --------
    >>> fiscal_year_be(date(2026, 9, 30)), fiscal_year_be(date(2026, 10, 1))
    (2569, 2570)
    """
    return day.year + BUDDHIST_ERA_OFFSET + (1 if day.month >= 10 else 0)


def canonical_route_code(text: str) -> str | Problem:
    """Local highway route code in its one spelling, ``<province>.ถ.<organisation>-<route>``.

    Examples
    --------
    >>> canonical_route_code("นค.ถ.๒๘-๐๐๓"), canonical_route_code("ชร ถ 1 - 0098")
    ('นค.ถ.28-003', 'ชร.ถ.1-0098')
    >>> canonical_route_code("ทล.2").code
    'route_code_unreadable'
    """
    match = _ROUTE_CODE.fullmatch(normalise(to_arabic_digits(text)).replace("–", "-"))
    if match is None:
        return Problem("route_code_unreadable", values={"text": text.strip()[:80]})
    return f"{match['province']}.ถ.{int(match['seq'])}-{match['route']}"

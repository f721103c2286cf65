"""What the name of a work says: its words without the phrases of procurement, and the numbers that tell works apart.

The name in an e-GP contract, the name in the plan and the line of a payment list are three wordings of one work. The
phrases around it (``จ้าง``, ``โดยวิธีเฉพาะเจาะจง``, ``โครงการ``, ``จำนวน 1 สายทาง``) are no evidence and are taken away;
numbers (village, soi, phase, width, length, route) are taken out and compared as numbers, since ``หมู่ที่ ๗``,
``ม.7`` and ``หมู่ 7`` are the same and ``ระยะที่ 1`` and ``ระยะที่ 2`` are not, though their letters nearly are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from gis.thai import search_key

MAX_BIT = 62
"""Numbers from 1 to this are kept in the bits of one integer; greater ones count modulo it."""

_ABBREVIATIONS: tuple[tuple[str, str], ...] = (
    (r"ค\.?ส\.?ล\.?(?![ก-ฮ])", "คอนกรีตเสริมเหล็ก"),
    (r"แอ[สซ]ฟั[ลส][ตทห]?์?(?:ต?ิ[กค])?", "แอสฟัลต์"),
    (r"asphal?tic|asphalt", "แอสฟัลต์"),
    (r"รหัส(?:สายทาง|ทางหลวงท้องถิ่น)(?:ที่|เลขที่)?|บริเวณ", " "),
    (r"แบบลูกรัง|ถนนดินลูกรัง", "ถนนลูกรัง"),
    (r"(?<![ก-๙.])บ\.\s?(?=[ก-ฮเแโใไ])", "บ้าน"),
    (r"(?<![ก-๙.])ถ\.\s?(?=[ก-ฮเแโใไ])", "ถนน"),
    (r"(?<![ก-๙.])ซ\.\s?(?=[0-9ก-ฮเแโใไ])", "ซอย"),
    (r"(?<![ก-๙.])ต\.\s?(?=[ก-ฮเแโใไ])", " ตำบล"),
    (r"(?<![ก-๙.])อ\.\s?(?=[ก-ฮเแโใไ])", " อำเภอ"),
    (r"(?<![ก-๙.])จ\.\s?(?=[ก-ฮเแโใไ])", " จังหวัด"),
)
_BEHIND_A_GAP = "(?<![ก-๙.])"
_RESPELT = tuple((re.compile(p), word) for p, word in _ABBREVIATIONS if not p.startswith(_BEHIND_A_GAP))
# One letter and a dot, each looked for before its pattern is tried.
_DOTTED = tuple(
    (f"{p.removeprefix(_BEHIND_A_GAP)[0]}.", re.compile(p), word)
    for p, word in _ABBREVIATIONS
    if p.startswith(_BEHIND_A_GAP)
)

# Longest first where one begins another. They stand at the beginning or the end of a name, or in brackets.
_BEFORE = re.compile(
    r"^(?:\s+|[-:()]+|[0-9]{1,2}[.)] ?(?=[ก-๙])|"
    r"ประกวดราคา(?:จ้าง|ซื้อ)?(?:ด้วยวิธี(?:การทาง)?อิเล็กทรอนิกส์)?|ประกาศ|สอบราคา(?:จ้าง|ซื้อ)?|"
    r"(?:ค่า)?จ้างเหมา(?:บริการ)?|จ้างทำของ|จ้าง(?=[^ก-๙]|ก่อ|ปรับ|ซ่อม|ขุด|วาง|ขยาย|เสริม|ติด|ลง|โครง|ทำ|เหมา|ต่อ|เจาะ|เท|บุก|ราย|งาน|พัฒ|ฝาย|ถนน)|"
    r"(?:เบิกจ่าย|เบิก|จ่าย|ชำระ)?(?:เงิน)?ค่า(?:จ้าง(?:เหมา)?|งวดงาน|งาน)?(?=โครง|ก่อ|ปรับ|ซ่อม|ขุด|วาง|ขยาย|เสริม|ติด|ลง|จ้าง|งวด|ตาม|เจาะ|ถนน)|"
    r"(?:เบิกจ่าย|เบิก|จ่าย|ชำระ)(?:เงิน)?(?:ตามสัญญา)?|ตามสัญญา(?:จ้าง)?|"
    r"งวด(?:งาน)?(?:ที่|สุดท้าย)? ?[0-9/]*|ขออนุมัติ(?:จัด)?(?:จ้าง|ซื้อ)|เพื่อ(?=ก่อ|ปรับ|ซ่อม)|โครงการ|งาน(?=ก่อ|ปรับ|ซ่อม|ขุด|จ้าง)|"
    r"รายการ|เรื่อง|กิจกรรม)"
)
# What is said of the way of buying, and everything behind it.
_METHODS = ("โดยวิธี", "ด้วยวิธี", "(โดยวิธี", "ตามแบบ", "ตามปริมาณงาน", "ปริมาณงานไม่น้อยกว่า")
_AFTER_WORDS = ("bidding", "market", "จำนวน", "สายทาง", "แห่ง", "งวด", "ปีงบ", "พ.ศ", "สัญญา", "กอง", "สำนักปลัด")
_AFTER = re.compile(
    r"\(? ?e-?(?:bidding|market) ?\)?|"
    r"จำนวน ?[0-9]+ ?(?:รายการ|โครงการ|สายทาง|สาย|แห่ง|งาน|จุด|ช่วง)|[0-9]+ (?:สายทาง|แห่ง)|"
    r"งวด(?:งาน)?(?:ที่ ?[0-9/]+(?: ?\(?งวดสุดท้าย\)?)?|สุดท้าย)|"
    r"(?:ประจำ)?ปีงบประมาณ(?:พ\.?ศ\.?| )* ?25[0-9]{2}|พ\.ศ\. ?25[0-9]{2}|"
    r"(?:ตาม)?สัญญา(?:จ้าง)?(?:เลขที่)? ?[0-9]+/[0-9]+|\(?(?:กองช่าง|สำนักปลัด|กองคลัง|กองการศึกษา)\)?"
)
_OWNER = re.compile(
    r"(?:ของ)?(?:องค์การบริหารส่วน(?:ตำบล|จังหวัด)|เทศบาล(?:นคร|เมือง|ตำบล)|อบ[ตจ]\.?|ท[นมต]\.) ?[ก-๙]+"
    r"|อำเภอ ?[ก-๙]+|จังหวัด ?[ก-๙]+"
)
# A pattern is tried only where one of its words stands: finding a word is many times as fast.
_OWNER_WORDS = ("องค์การ", "เทศบาล", "อบต", "อบจ", "อำเภอ", "จังหวัด")
_PHASE_WORDS = ("ระยะ", "ช่วง", "ตอน", "เฟส", "phase")
_TAMBON = re.compile(r"ตำบล ?(?P<name>[ก-๙]{2,})")

_VILLAGE = re.compile(
    r"(?:หมู่(?:ที่|บ้านที่)?|ม(?<![กซ.]ม)\.|ม(?<![ก-๙.]ม)(?=[0-9])) ?(?P<numbers>[0-9]{1,2}(?![0-9.])"
    r"(?: ?(?:,|และ|กับ|/|-) ?(?:หมู่(?:ที่)?|ม\.)? ?[0-9]{1,2}(?![0-9.]))*)"
)
_SOI = re.compile(r"ซอย(?:ที่)? ?(?P<numbers>[0-9]{1,3}(?:/[0-9]{1,3})?)")
_LINE = re.compile(r"สาย(?:ทาง)?(?:ที่)? ?(?P<numbers>[0-9]{1,2})(?![0-9.])")
_PHASE = re.compile(r"(?:ระยะ|ช่วง|ตอน|เฟส|phase)(?:ที่)? ?(?P<numbers>[0-9]{1,2})(?![0-9.])")
_NUMBER = r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
_WIDTH = re.compile(rf"กว้าง(?:เฉลี่ย|ข้างละ|ไม่น้อยกว่า|ประมาณ)* ?{_NUMBER}")
_LENGTH = re.compile(rf"(?:ยาว|ระยะทาง)(?:รวม|เฉลี่ย|ไม่น้อยกว่า|ประมาณ)* ?{_NUMBER} ?(?P<km>กม|กิโลเมตร|km)?")
_DIMENSIONS = re.compile(
    r"(?:ผิวจราจร|ขนาด|มี)?(?:กว้าง|ยาว|หนา|ลึก|สูง|ระยะทาง|ไหล่ทาง|พื้นที่|ปริมาตร|ปริมาณ|เส้นผ่านศูนย์กลาง)"
    r"(?:ผิวจราจร|ดิน|รวม|เฉลี่ย|ข้างละ|กว้าง|ไม่น้อยกว่า|หรือมี|ประมาณ| )* ?[0-9][0-9,.]* ?(?:-? ?[0-9.]+)? ?"
    r"(?:ตร\.?ม\.?|ตารางเมตร|ลบ\.?ม\.?|ลูกบาศก์เมตร|กม\.?|กิโลเมตร|เมตร|ซม\.?|ม\.|นิ้ว)?"
)
_ROUTE = re.compile(r"[ก-ฮ]{2} ?\.? ?ถ ?\.? ?[0-9]{1,3} ?[-–] ?[0-9]{3,4}")
_DIGITS = re.compile(r"[0-9]+")
_PLAIN = re.compile(r"[^ก-๙a-z]+")
_HOUSE = re.compile(r"(?:บ้าน|ชุมชน|คุ้ม)(?P<name>[ก-๙]{2,})")


@dataclass(frozen=True)
class NameParts:
    """A name taken apart.

    Parameters
    ----------
    words
        Letters that remain, without spaces: what is compared as text.
    villages, sois, phases
        Sets of numbers as bits (see :func:`bits`); 0 when none is named.
    numbers
        All numbers of the name as bits, whatever word stands before them: a misspelt ``ช่วที่ 2`` still has its 2.
    width_m, length_m
        Metres; 0 when not said.
    route
        Route code without signs and spaces, ``""`` when none.
    tambon
        Tambon that the name says, ``""`` when none.
    house
        First village or community that the name says (``บ้าน...``), without that word; ``""`` when none.
    """

    words: str
    villages: int
    sois: int
    phases: int
    numbers: int
    width_m: float
    length_m: float
    route: str
    tambon: str
    house: str


def bits(numbers: Iterable[int]) -> int:
    """A set of small numbers as the bits of one integer.

    Examples
    --------
    >>> bits([1, 3]), bits([])
    (10, 0)
    """
    found = 0
    for number in numbers:
        found |= 1 << (number % (MAX_BIT + 1))
    return found


@lru_cache(maxsize=300_000)
def parts_of(name: str) -> NameParts:
    """Take a name apart.

    Examples
    --------
    >>> one = parts_of("จ้างก่อสร้างถนน คสล. บ้านโนนสว่าง หมู่ที่ ๗ ระยะที่ ๒ กว้าง ๔.๐๐ ม. ยาว ๑,๒๕๐ ม. โดยวิธีเฉพาะเจาะจง")
    >>> two = parts_of("โครงการก่อสร้างถนนคอนกรีตเสริมเหล็ก บ้านโนนสว่าง ม.7 ระยะที่ 2")
    >>> one.words == two.words, one.villages == two.villages == bits([7]), one.phases == bits([2])
    (True, True, True)
    >>> one.width_m, one.length_m
    (4.0, 1250.0)
    """
    text = search_key(name).replace("–", "-").replace("—", "-")
    for pattern, word in _RESPELT:
        text = pattern.sub(word, text)
    if "." in text:
        for letter, pattern, word in _DOTTED:
            if letter in text:
                text = pattern.sub(word, text)
    text = _stripped(text)
    route = _ROUTE.search(text) if "ถ" in text and "-" in text else None
    tambon = _TAMBON.search(text)
    house = _HOUSE.search(text)
    rest = _ROUTE.sub(" ", text) if route else text
    width, length = _WIDTH.search(rest), _LENGTH.search(rest)
    villages = sois = lines = phases = 0
    if _DIGITS.search(rest):
        rest = _DIMENSIONS.sub(" ", rest)
        villages, rest = _taken(_VILLAGE, rest)
        if "ซอย" in rest:
            sois, rest = _taken(_SOI, rest, "ซอย")
        if "สาย" in rest:
            lines, rest = _taken(_LINE, rest, "สาย")
        if any(word in rest for word in _PHASE_WORDS):
            phases, rest = _taken(_PHASE, rest)
    if "." in rest or any(word in rest for word in _OWNER_WORDS):
        rest = _OWNER.sub(" ", rest)
    return NameParts(
        words=_PLAIN.sub("", rest.replace("ตำบล", " ").replace("ถนนถนน", "ถนน")),
        villages=villages,
        sois=sois | lines << 1,
        phases=phases,
        numbers=bits(int(digits[-9:]) for digits in _DIGITS.findall(text)),
        width_m=_metres(width),
        length_m=_metres(length),
        route=re.sub(r"[^ก-ฮ0-9-]", "", route[0].replace("–", "-")) if route else "",
        tambon=tambon["name"] if tambon else "",
        house=house["name"] if house else "",
    )


def _stripped(text: str) -> str:
    """The name without the phrases of procurement around it."""
    while True:
        bare = _BEFORE.sub("", text, count=1)
        if bare == text or not bare:
            break
        text = bare
    for word in _METHODS:
        at = text.find(word)
        # At the very beginning it would leave nothing of the name.
        if at > 0:
            text = text[:at]
    return _AFTER.sub(" ", text) if any(word in text for word in _AFTER_WORDS) else text


def _taken(pattern: re.Pattern[str], text: str, stays: str = "") -> tuple[int, str]:
    """Numbers of a kind as bits, and the text without them."""
    numbers = [int(digits) for match in pattern.finditer(text) for digits in _DIGITS.findall(match["numbers"])]
    return (bits(numbers), pattern.sub(f" {stays} ", text)) if numbers else (0, text)


def _metres(match: re.Match[str] | None) -> float:
    if match is None:
        return 0.0
    value = float(match["number"].replace(",", ""))
    return value * 1000 if match.groupdict().get("km") else value

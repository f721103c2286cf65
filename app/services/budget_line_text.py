"""What a line of a budget document says in its own words: kind of work, surface, source, length, route code.

Head noun first. The words before the place decide, and the one that comes first decides: "ปรับปรุงถนนคันคลอง" is a
road, "ประตูระบายน้ำพร้อมท่อลอดถนน" is a gate, "ค่าเช่าที่ดิน ... ถนนรัชดาภิเษก" is neither, and a landmark
("จากสะพาน ...") never decides at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from gis.problems import Problem
from gis.thai import canonical_route_code, normalise, to_arabic_digits


@dataclass(frozen=True)
class Work:
    """Kind of work as read from its description; codes of the code lists."""

    kind: str
    work_nature_code: str | None = None
    surface_type_code: str | None = None
    water_source_type_code: str | None = None
    structure_type_code: str | None = None


@dataclass(frozen=True)
class _Noun:
    pattern: re.Pattern[str]
    kind: str
    water: str | None = None
    structure: str | None = None


def _noun(pattern: str, kind: str, water: str | None = None, structure: str | None = None) -> _Noun:
    return _Noun(re.compile(pattern), kind, water, structure)


# Nouns that make a line something else although a road or a water work is mentioned in it.
_OTHER_FIRST = re.compile(
    r"^(?:ค่าเช่า|ค่าจ้าง|ค่าใช้จ่ายใน(?:การ)?(?:จัดทำ|สำรวจ|บริหาร)|ค่าบำรุงสมาชิก|ค่าสำรวจ|ค่ารังวัด|ค่าจัดทำ|ค่าอะไหล่|ค่าควบคุม"
    r"|ค่าซ่อมใหญ่เครื่อง|ค่าซ่อมแซมครุภัณฑ์|เครื่อง|ชุด|รถ|เรือ|เงินราชการลับ|เงินเดือน|โครงการ(?:จ้าง|ศึกษา|จัดทำ|พัฒนาระบบ)"
    r"|(?:โครงการ)?ศึกษา|สำรวจ|จัดหา(?:ครุภัณฑ์|เครื่อง)|จัดตั้งสถานี|ครุภัณฑ์|งานจ้าง|จ้าง|ปรับปรุงระบบไฟฟ้า)"
)
_RAILWAY = re.compile(r"รถไฟ|ทางรถไฟ")

# The first of these in the text decides; longer words come before the words that they contain.
_NOUNS = (
    _noun(r"ไฟฟ้า(?:ส่อง|แสง)?สว่าง|ระบบไฟฟ้าส่องสว่าง|โซลาร์เซลล์ส่องสว่าง", "other", structure="LIGHT"),
    _noun(r"อาคาร(?!บังคับน้ำ|ประกอบ|อัดน้ำ|ทดน้ำ|ระบายน้ำ|ท่อ|โรงไฟฟ้า)|บ้านพัก|ห้องน้ำ|ห้องปฏิบัติการ|สนามกีฬา", "other"),
    _noun(r"เขื่อน(?:ป้องกัน|กัน)ตลิ่ง|ป้องกันตลิ่ง|เขื่อน ?ค\.?ส\.?ล|ป้องกันการกัดเซาะ", "other", structure="SLOPE"),
    _noun(r"รางระบายน้ำ|ท่อระบายน้ำ|ระบบระบายน้ำ|คูระบายน้ำ|ระบบรวบรวมน้ำเสีย|บำบัดน้ำเสีย", "other", structure="DRAIN"),
    _noun(r"แหล่งน้ำบาดาล|บ่อบาดาล|น้ำบาดาล", "water", "GROUNDWATER"),
    _noun(r"ธนาคารน้ำใต้ดิน", "water", "GW_BANK"),
    _noun(r"สถานีสูบน้ำ|โรงสูบน้ำ|สูบน้ำด้วย|เครื่องสูบน้ำ", "water", "PUMP"),
    _noun(r"ประตูระบายน้ำ|ปตร\.|ทรบ\.|ท่อระบายน้ำปากคลอง|อาคารบังคับน้ำ|อาคารอัดน้ำ|อาคารทดน้ำ|ประตูน้ำ", "water", "GATE"),
    _noun(r"อ่างเก็บน้ำ|ทำนบดิน|เขื่อน", "water", "RESERVOIR"),
    _noun(r"แก้มลิง|หนอง(?=[ก-ฮ])|บึง", "water", "WETLAND"),
    _noun(r"สระ(?:เก็บ)?น้ำ|ขุดสระ|ขุดลอกสระ|สระ(?=[ก-ฮ])", "water", "POND"),
    _noun(r"ฝาย", "water", "WEIR"),
    _noun(
        r"ขยายเขต(?:การ)?(?:จำหน่าย)?(?:น้ำ)?ประปา|วางท่อ(?:เมน)?ประปา|ท่อส่งน้ำ|ท่อเมน|ระบบท่อ|ท่อขนส่งน้ำ|วางท่อส่งน้ำ",
        "water",
        "PIPE",
    ),
    _noun(r"ประปา", "water", "VILLAGE_WATERWORKS"),
    _noun(r"หอถัง|ถังเก็บน้ำ", "water", "TANK"),
    _noun(r"ขุดลอก|ขุดคลอง|คลองระบายน้ำ|คลองผันน้ำ", "water", "CANAL_DREDGE"),
    _noun(r"ระบบส่งน้ำ|คลองส่งน้ำ|คูส่งน้ำ|รางส่งน้ำ|อุโมงค์ส่งน้ำ|ระบบกระจายน้ำ|คลองชลประทาน|คลองสาย|อุโมงค์", "water", "IRRIG_CANAL"),
    _noun(r"ทางและสะพาน|ถนน|ผิวทาง|ผิวจราจร|ทางหลวง|ลาดยาง|สายทาง|ขยายทาง|ทาง(?:เท้า|ลอด|แยก|เข้า|ราด)", "road"),
    _noun(r"สะพาน", "road", structure="BRIDGE"),
    _noun(
        r"ชลประทาน|พนังกั้นน้ำ|คันกั้นน้ำ|คัน(?:กัน|กั้น)น้ำ|ส่งน้ำ|แหล่งน้ำ|ลำน้ำ|ลำห้วย|ห้วย|คลอง|แม่น้ำ|ระบายน้ำ|เก็บน้ำ|น้ำ",
        "water",
        "OTHER_WATER",
    ),
)
# A place begins here: what stands behind it names the landmark, not the work.
_PLACE = re.compile(r" (?:จาก|บริเวณ|ตำบล|ต\.|หมู่ที่|ม\.|บ้าน|อำเภอ|จังหวัด|แขวง|เขต(?!การ))")
_BRACKETS = re.compile(r"\([^)]*\)")

_NATURES = (
    ("REBUILD", ("ซ่อมสร้าง", "บูรณะ", "ซ่อมปรับปรุง")),
    ("OVERLAY", ("เสริมผิว", "overlay")),
    ("WIDEN", ("ขยายทาง", "ขยายถนน", "ขยายผิว", "เพิ่มช่องจราจร", "ไหล่ทางขยาย")),
    ("REPAIR", ("ซ่อมแซม", "ซ่อม", "บำรุงรักษาทาง")),
    ("IMPROVE", ("ปรับปรุง", "อนุรักษ์ฟื้นฟู", "ฟื้นฟู", "พัฒนา")),
    ("DREDGE", ("ขุดลอก",)),
    ("DRILL", ("เจาะ",)),
    ("DIG", ("ขุด",)),
    ("INSTALL", ("ติดตั้ง", "วางท่อ")),
    ("SUBSIDY", ("เงินอุดหนุน",)),
    ("BUILD", ("ก่อสร้าง", "สร้าง")),
)
_SURFACES = (
    ("AC", re.compile(r"แอส?ฟัล[ตทห]|แอสฟั[ลส]|asphalt", re.IGNORECASE)),
    ("RC", re.compile(r"คอนกรีต ?เสริม ?เหล็ก|ค\.?ส\.?ล|ถนนคอนกรีต|ผิวจราจรคอนกรีต")),
    ("PARA", re.compile(r"ยางพารา|พาราซอยล์|พาราแอส")),
    ("CAPE", re.compile(r"เคปซีล|cape ?seal", re.IGNORECASE)),
    ("ST", re.compile(r"ลาดยาง|สลารี่|เซอร์เฟส|เซอร์เฟซ")),
    ("CRUSHED", re.compile(r"หินคลุก")),
    ("LATERITE", re.compile(r"ลูกรัง")),
    ("BLOCK", re.compile(r"ตัวหนอน|บล็อก")),
)

_LENGTH = re.compile(
    r"(?:ความยาว|ระยะทาง|ยาว)(?:รวม)? ?(?:ไม่น้อยกว่า )?(?P<number>\d[\d,]*(?:\.\d+)?) ?(?P<unit>กิโลเมตร|กม|เมตร|ม\.)"
)
_METRES_PER_UNIT = {"กิโลเมตร": 1000, "กม": 1000, "เมตร": 1, "ม.": 1}
_ROUTE = re.compile(r"[ก-ฮ]{2}\s*\.?\s*ถ\s*\.?\s*\d{1,3}\s*-\s*\d{3,4}")
_LONGEST_M = Decimal(500_000)


def read_work(description: str, category: str = "") -> Work:
    """What a line builds.

    Parameters
    ----------
    description
        The line's text.
    category
        The document's own heading (ค่าก่อสร้างแหล่งน้ำ, ค่าปรับปรุงทางและสะพาน ...), asked when the text has no noun.

    Examples
    --------
    >>> read_work("ปรับปรุงถนนคันคลองส่งน้ำ สายใหญ่ ตำบลหนองสาธิต").kind
    'road'
    >>> read_work("ค่าเช่าที่ดิน ถนนรัชดาภิเษก").kind
    'other'
    >>> read_work("ขุดลอกหนองแวง จากสะพานบ้านเหล่า ตำบลหนองสาธิต").water_source_type_code
    'WETLAND'
    """
    text = normalise(description)
    nature = _nature(text)
    if _OTHER_FIRST.match(text) or _RAILWAY.search(text):
        return Work("other", nature)
    head = _PLACE.split(_BRACKETS.sub(" ", text), maxsplit=1)[0]
    noun = _first_noun(head) or _first_noun(normalise(category))
    if noun is None:
        return Work("other", nature)
    if noun.kind == "road" and noun.structure is None:
        return Work("road", nature, surface_type_code=_surface(text))
    return Work(noun.kind, nature, water_source_type_code=noun.water, structure_type_code=noun.structure)


def _first_noun(text: str) -> _Noun | None:
    found = [(match.start(), order, noun) for order, noun in enumerate(_NOUNS) if (match := noun.pattern.search(text))]
    if not found:
        return None
    noun = min(found, key=lambda hit: hit[:2])[2]
    # ขุดลอกหนอง, ขุดลอกสระ: the verb comes first, the noun after it says what is dredged
    if noun.water == "CANAL_DREDGE":
        dredged = [hit for hit in found if hit[2].water in {"WETLAND", "POND", "RESERVOIR"}]
        if dredged and min(dredged)[0] <= min(found)[0] + len("ขุดลอก") + 1:
            return min(dredged, key=lambda hit: hit[:2])[2]
    return noun


def _nature(text: str) -> str | None:
    found = [
        (position, order, code)
        for order, (code, words) in enumerate(_NATURES)
        for word in words
        if (position := text.lower().find(word)) >= 0
    ]
    return min(found)[2] if found else None


def _surface(text: str) -> str | None:
    found = [(match.start(), code) for code, pattern in _SURFACES if (match := pattern.search(text))]
    # "ลาดยางแอสฟัลติกคอนกรีต" is asphaltic concrete: the general word stands before the particular one
    codes = {code for _, code in found}
    if "AC" in codes:
        return "AC"
    return min(found)[1] if found else None


def read_length_m(*texts: str) -> Decimal | None:
    """Length in metres from the first text that states one; ``None`` when none does.

    Examples
    --------
    >>> read_length_m("ระยะทาง 3.250 กิโลเมตร"), read_length_m("", "กว้าง 6 เมตร ยาว 4,000 เมตร")
    (Decimal('3250.000'), Decimal('4000.000'))
    """
    for text in texts:
        match = _LENGTH.search(to_arabic_digits(normalise(text)))
        if match is None:
            continue
        try:
            metres = Decimal(match["number"].replace(",", "")) * _METRES_PER_UNIT[match["unit"]]
        except InvalidOperation:
            continue
        if 0 < metres <= _LONGEST_M:
            return metres.quantize(Decimal("0.001"))
    return None


def read_route_code(text: str) -> str | None:
    """The local highway's route code in a text, in its one spelling.

    Examples
    --------
    >>> read_route_code("สายบ้านไสสับ (นศ.ถ1-0068) ตำบลเสาเภา")
    'นศ.ถ.1-0068'
    """
    match = _ROUTE.search(to_arabic_digits(text))
    if match is None:
        return None
    code = canonical_route_code(match.group())
    return None if isinstance(code, Problem) else code

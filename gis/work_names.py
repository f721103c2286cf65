"""What the name of a project speaks of: which kind of work, what is done, of what, for whom; the head noun decides."""

from __future__ import annotations

import re
from typing import Literal

from rapidfuzz import fuzz

from gis.thai import normalise, to_arabic_digits

Kind = Literal["road", "water", "other"]

# "จากสะพาน", "บ้านสะพานสูง", "ไปหนองบัว": whatever follows says where, not what.
_PLACE = re.compile(r"\s(?:จาก|บริเวณ|สายทาง|สาย|บ้าน|หมู่|ม\.|ซอย|ไป|ถึง|หน้า|ข้าง|ภายใน|รอบ|เลียบ|ริม)|บ้าน|หมู่ที่|เลียบ|ริม")
_ROAD = re.compile(r"ถนน|ผิวจราจร|ผิวทาง|ทางหลวง|หินคลุก|ลูกรัง|แอสฟัล|ลาดยาง|ทางเข้า|ไหล่ทาง|ถ\.")
_WATER = re.compile(
    "แหล่งน้ำ|ประปา|บาดาล|บ่อน้ำ|สระ|อ่างเก็บ|ฝาย|ขุดลอก|คลอง|ลำห้วย|ห้วย|หนอง|ลำน้ำ|ธนาคารน้ำ|หอถัง|ถังเก็บน้ำ|"
    "สูบน้ำ|ชลประทาน|ประตูน้ำ|ทำนบ"
)
# Works beside a road or with water in them that are neither.
_OTHER = re.compile(
    "สะพาน|ท่อ(?!ประปา|เมนประปา)|รางระบาย|ระบายน้ำ|ไฟฟ้า|โคมไฟ|อาคาร|ศาลา|รั้ว|ห้องน้ำ|สนาม|เขื่อนป้องกัน|ป้าย|เตาเผา|ลาน"
)


def kind_of_work(name: str) -> Kind:
    """Kind of a project by its name: the first of the known words, landmarks left out.

    A suggestion for whoever enters a line; it decides nothing.

    Examples
    --------
    >>> kind_of_work("ก่อสร้างถนน คสล. สายบ้านสะพานสูง - หนองแวง")
    'road'
    >>> kind_of_work("ขุดลอกลำห้วยยาง บ้านถนนหัก"), kind_of_work("ก่อสร้างรางระบายน้ำริมถนน")
    ('water', 'other')
    >>> kind_of_work("อบรมอาชีพผู้สูงอายุ")
    'other'
    """
    text = normalise(name)
    text = re.sub(r"^โครงการ\s*", "", text)
    place = _PLACE.search(text, 4)
    for part in (text[: place.start()] if place else text, text):
        found = [
            (match.start(), kind)
            for kind, pattern in (("road", _ROAD), ("water", _WATER), ("other", _OTHER))
            if (match := pattern.search(part))
        ]
        if found:
            return min(found)[1]  # type: ignore[return-value]
    return "other"


# What lies along a road, over it or under it, and is built, paid for and counted by itself.
_ROADSIDE: tuple[tuple[str, str], ...] = (
    ("bridge", "สะพาน"),
    ("drain", "ราง(?:ระบาย|น้ำ|ยู|วี)|คูระบาย|บ่อพัก"),
    ("culvert", "ท่อ(?!ประปา|เมน)"),
    ("light", "ไฟฟ้า|โคมไฟ|ไฟกิ่ง"),
    ("wall", "เขื่อน|กำแพงกัน|พนังกัน"),
    ("road", _ROAD.pattern),
)
_ROADSIDE_HEAD = re.compile("|".join(f"(?P<{noun}>{words})" for noun, words in _ROADSIDE))
_WITH = re.compile(r"พร้อม|และ|รวม|\(")


def roadside_noun(name: str) -> str:
    """What a name is the name of, of the things that share a place with a road; ``""`` when it names none of them.

    Examples
    --------
    >>> roadside_noun("ก่อสร้างสะพาน คสล. สายบ้านโนน - วัดป่า"), roadside_noun("ก่อสร้างถนน คสล. พร้อมรางระบายน้ำ")
    ('bridge', 'road')
    >>> roadside_noun("วางท่อระบายน้ำ คสล. ถนนซอย 3"), roadside_noun("ขยายเขตประปา บ้านถนนหัก")
    ('culvert', '')
    """
    text = re.sub(r"^โครงการ\s*", "", normalise(name))
    place = _PLACE.search(text, 4)
    text = text[: place.start()] if place else text
    beside = _WITH.search(text, 4)
    head = _ROADSIDE_HEAD.search(text[: beside.start()] if beside else text)
    return (head.lastgroup or "") if head else ""


# Code of work_nature -> how names begin that mean it. Of two at one place the longer word counts.
_NATURES: tuple[tuple[str, str], ...] = (
    ("REBUILD", "ซ่อมสร้าง|บูรณะ"),
    ("REPAIR", "ซ่อมแซม|ซ่อมบำรุง|ซ่อม|บำรุงรักษา|บำรุงปกติ|บำรุง"),
    ("OVERLAY", "เสริมผิว|ฉาบผิว|ปูผิว"),
    ("WIDEN", "ขยายผิว|ขยายถนน|ขยายไหล่|เสริมไหล่|ขยายช่อง"),
    ("IMPROVE", "ปรับปรุง|พัฒนา|ปรับเกรด|เกลี่ย|ลงลูกรัง|ลงหินคลุก|เสริมดิน|ถมดิน|ฟื้นฟู|ปรับซ่อม|ยกระดับ"),
    ("DREDGE", "ขุดลอก|กำจัดวัชพืช"),
    ("DRILL", "ขุดเจาะ|เจาะ"),
    ("DIG", "ขุดสระ|ขุดบ่อ|ขุด"),
    ("INSTALL", "ติดตั้ง"),
    ("BUILD", "ก่อสร้าง|สร้าง|วางท่อ|ขยายเขต|เทคอนกรีต|จัดทำ"),
)
_NATURE = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _NATURES))
# Verbs that are long enough to be known when a letter is wrong.
_VERBS: tuple[tuple[str, str], ...] = (
    ("BUILD", "ก่อสร้าง"),
    ("REPAIR", "ซ่อมแซม"),
    ("REPAIR", "ซ่อมบำรุง"),
    ("REPAIR", "บำรุงรักษา"),
    ("REBUILD", "ซ่อมสร้าง"),
    ("IMPROVE", "ปรับปรุง"),
    ("DREDGE", "ขุดลอก"),
    ("OVERLAY", "เสริมผิว"),
    ("INSTALL", "ติดตั้ง"),
    ("BUILD", "ขยายเขต"),
)
_HEAD = 48
"""Letters of a name in which the kind of work stands; what comes later says where."""
_SAME_WORD = 76.0
_LONG_WORD, _BEFORE_THE_VERB = 6, 8

_SURFACES: tuple[tuple[str, str], ...] = (
    ("RC", "คอนกรีต|ค[. ]*ส[. ]*ล(?![ก-ฮ])"),
    ("PARA", "พาราแอ|พาราซอย|พาราเคป|ยางพารา(?=แอ|ซอย|ผสม)"),
    ("CAPE", "เค[ปพ]ซีล|cape"),
    ("AC", "แอ[สซ]ฟั|asphalt"),
    ("ST", "ลาดยาง|เซอร์เฟซ|สลาร"),
    ("BLOCK", "ตัวหนอน|บล็อก"),
    ("CRUSHED", "หินคลุก"),
    ("LATERITE", "ลูกรัง"),
    ("EARTH", "ถนนดิน|คันดิน|คันทาง|เสริมดิน|ถมดิน|ดินถม|ยกระดับดิน|ดินบดอัด"),
)
_SURFACE = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _SURFACES))
_SURFACE_WORDS = (
    ("RC", "คอนกรีตเสริมเหล็ก"), ("AC", "แอสฟัลท์ติกคอนกรีต"), ("CRUSHED", "หินคลุก"), ("LATERITE", "ลูกรัง"), ("ST", "ลาดยาง"),
)  # fmt: skip
_BECOMES = re.compile("เป็น(?:ถนน|ผิว)?")

_WATERS: tuple[tuple[str, str], ...] = (
    ("GW_BANK", "ธนาคารน้ำ"),
    ("PIPE", "ขยายเขต(?:ระบบ)?(?:จำหน่าย)?(?:น้ำ)?ประปา|ท่อเมน|วางท่อประปา|ขยายท่อ|เปลี่ยนท่อ|แนวท่อ"),
    ("TANK", "หอถัง|ถังเก็บน้ำ|ถังน้ำ|ถังประปา|แท[งง์]+ค?์?น้ำ"),
    ("PUMP", "สถานีสูบน้ำ|เครื่องสูบน้ำ|สูบน้ำ|โซลา"),
    ("GROUNDWATER", "บาดาล"),
    ("SHALLOW_WELL", "บ่อน้ำตื้น|บ่อตื้น"),
    ("VILLAGE_WATERWORKS", "ระบบประปา|ประปา"),
    ("WEIR", "ฝาย|ทำนบ"),
    ("GATE", "ประตูระบาย|ประตูน้ำ|อาคารบังคับน้ำ"),
    ("RESERVOIR", "อ่างเก็บ"),
    ("IRRIG_CANAL", "คลองส่งน้ำ|คลองชลประทาน|ลำเหมือง|เหมือง|รางส่งน้ำ|คูส่งน้ำ"),
    ("POND", "สระ"),
    ("WETLAND", "แก้มลิง|หนอง|บึง"),
    ("CANAL_DREDGE", "คลอง|ลำห้วย|ห้วย|ลำน้ำ|แม่น้ำ|ลำราง"),
)
_WATER_TYPE = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _WATERS))

_GRANT = re.compile("อุดหนุน")
_FROM_GRANT = re.compile(
    "(?:รับ|ได้รับ|จาก)(?:เงิน|งบประมาณ|งบ)?อุดหนุน(?:จาก)?|อุดหนุนจาก|สนับสนุน(?:งบประมาณ)?จาก|งบ(?:ประมาณ)? ?อบจ"
)
_CONTINUED = re.compile("ต่อจาก|ต่อเนื่อง|ต่อของเดิม|ส่วนที่เหลือ|ต่อเติม|ต่อขยาย")
_JOINT = re.compile("ร่วมกับ|โครงการร่วม|ดำเนินการร่วม|ร่วมดำเนินการ|บูรณาการร่วม|สมทบ|ร่วมสมทบ")

# Words that names of works are made of; what is left of a name without them says which work it is.
_COMMON = re.compile(
    "คอนกรีตเสริมเหล็ก|คอนกรีต|แอสฟัลต์|ลาดยาง|ลูกรัง|หินคลุก|ผิวจราจร|ผิวทาง|พร้อม|รางระบายน้ำ|ก่อสร้าง|ปรับปรุง|"
    "ซ่อมสร้าง|ซ่อมแซม|บำรุงรักษา|เสริมผิว|ขุดลอก|ขุดเจาะ|ขุด|เจาะ|ติดตั้ง|วางท่อ|ขยายเขต|อุดหนุน|โครงการ|สายทาง|"
    "ภายในหมู่บ้าน|ภายใน|หมู่บ้าน|สาธารณะ|สระเก็บน้ำ|อ่างเก็บน้ำ|คลองส่งน้ำ|ฝายน้ำล้น|ระบบประปา|ประปา|บ่อบาดาล|บาดาล|หอถัง|"
    "ถังเก็บน้ำ|สถานีสูบน้ำ|บริเวณ|ตำบล|อำเภอ|จังหวัด|ถนน|ซอย|สาย|บ้าน|ทาง|แบบ|ใหม่|เดิม|ต่อจาก|จาก|ถึง|และ|ช่วง|ระยะ"
)


def nature_in_name(name: str) -> str:
    """Code of ``work_nature`` that a name says; ``""`` when it says none. A misspelt word still counts.

    Examples
    --------
    >>> nature_in_name("โครงการซ่อมสร้างถนน คสล."), nature_in_name("ปรับปรุง/ซ่อมแซมถนนลูกรัง"), nature_in_name("กอสร้างถนน")
    ('REBUILD', 'REPAIR', 'BUILD')
    >>> nature_in_name("อุดหนุน อบต.หนองสาธิต ก่อสร้างถนน"), nature_in_name("ถนนลูกรัง")
    ('BUILD', '')
    """
    head = _head(name)
    exact = _NATURE.match(head)
    if exact is None or len(exact[0]) < _LONG_WORD:
        # The word before it may be misspelt too.
        spread = 0 if exact else _BEFORE_THE_VERB
        score, code = max((fuzz.partial_ratio(word, head[: len(word) + spread]), code) for code, word in _VERBS)
        if score >= _SAME_WORD:
            return code
    found = [match.lastgroup or "" for match in _NATURE.finditer(head)]
    return "REPAIR" if found[:1] == ["IMPROVE"] and "REPAIR" in found[:2] else found[0] if found else ""


def surface_in_name(name: str) -> str:
    """Code of ``road_surface_type`` that a name says; what a road *becomes* counts before what it was.

    Examples
    --------
    >>> surface_in_name("ก่อสร้างถนน คสล. สายบ้านโนน"), surface_in_name("ยกระดับถนนลูกรังเป็นแอสฟัลท์ติก"), surface_in_name("ถนน")
    ('RC', 'AC', '')
    """
    text = normalise(name).lower()
    became = _BECOMES.search(text)
    match = (_SURFACE.search(text, became.end()) if became else None) or _SURFACE.search(text)
    if match:
        return match.lastgroup or ""
    score, code = max((fuzz.partial_ratio(word, text[:_HEAD]), code) for code, word in _SURFACE_WORDS)
    return code if score >= _SAME_WORD else ""


def water_source_in_name(name: str) -> str:
    """Code of ``water_source_type`` of the head noun of a name; ``""`` when it says none.

    Examples
    --------
    >>> water_source_in_name("ขุดสระเก็บน้ำ บ้านหนองบัว"), water_source_in_name("ขุดลอกลำห้วยยาง")
    ('POND', 'CANAL_DREDGE')
    """
    text = re.sub(r"^โครงการ\s*", "", normalise(name))
    place = _PLACE.search(text, 4)
    for part in (text[: place.start()] if place else text, text):
        match = _WATER_TYPE.search(part)
        if match:
            return match.lastgroup or ""
    return ""


_ENDS = re.compile(
    r"สาย(?!ใหม่|เดิม|หลัก)(?:ทาง)?(?:ที่)? ?(?P<first>[ก-๙a-z.]{2,}(?: ?(?:หมู่(?:ที่)?|ม\.) ?[0-9]{1,2})?)"
    r"(?: ?(?:[-–—]|ถึง|ไป(?:ยัง)?) ?(?P<last>[ก-๙a-z.]{2,}))?",
    re.IGNORECASE,
)
_NOT_OF_AN_END = re.compile(r"หมู่(?:ที่|บ้าน)?|ม\.|บ้าน|บ\.|[^ก-๙a-z]+", re.IGNORECASE)


def road_ends(name: str) -> tuple[str, ...]:
    """Places between which a road runs by its name, or the one that it leads to, bare of ``บ้าน`` and numbers.

    Examples
    --------
    >>> road_ends("ก่อสร้างถนน คสล. สายบ้านนาแดง ม.11 – บ้านท่ากลาง ม.3"), road_ends("ลงหินคลุก สายวัดป่า บ้านนาแดง")
    (('นาแดง', 'ท่ากลาง'), ('วัดป่า',))
    >>> road_ends("ก่อสร้างถนน คสล. ซอย 3 บ้านนาแดง ม.11")
    ()
    """
    # "ถนนสายใหม่ ลาดยาง สายบ้านนาแดง - วัดป่า": the one that says both ends, else the last one.
    found = list(_ENDS.finditer(normalise(name)))
    if not found:
        return ()
    match = next((one for one in found if one["last"]), found[-1])
    ends = (_NOT_OF_AN_END.sub("", match[which] or "") for which in ("first", "last"))
    return tuple(end for end in ends if len(end) > 1)


_CHAINAGE = re.compile(
    r"(?:กม|km)\.?(?:ที่)? ?(?P<first>[0-9]{1,3} ?\+ ?[0-9]{3}(?:\.[0-9]+)?)(?: ?[-–—] ?| ?ถึง ?)(?:(?:กม|km)\.?(?:ที่)? ?)?"
    r"(?P<last>[0-9]{1,3} ?\+ ?[0-9]{3}(?:\.[0-9]+)?)",
    re.IGNORECASE,
)


def chainage_in_name(name: str) -> tuple[float, float] | None:
    """Metres from and to along its road that a name says; ``None`` where it says none.

    Examples
    --------
    >>> chainage_in_name("ซ่อมสร้างถนน คสล. สาย นม.ถ.1-0012 กม.๐+๒๐๐ - กม.1+450")
    (200.0, 1450.0)
    >>> chainage_in_name("ก่อสร้างถนน คสล. ยาว 1.2 กม.") is None
    True
    """
    match = _CHAINAGE.search(to_arabic_digits(normalise(name)))
    if match is None:
        return None
    first, last = sorted(_metres_of(match[which]) for which in ("first", "last"))
    return first, last


def _metres_of(kilometres: str) -> float:
    whole, rest = kilometres.replace(" ", "").split("+")
    return 1000.0 * int(whole) + float(rest)


def says_grant(name: str) -> bool:
    """Whether a name says that its money is given to another organisation.

    Examples
    --------
    >>> says_grant("อุดหนุนเทศบาลตำบลสาธิต ก่อสร้างถนน"), says_grant("ก่อสร้างถนน (เงินอุดหนุนจาก อบจ.)")
    (True, False)
    """
    text = normalise(name)
    return _GRANT.search(text) is not None and not says_grant_received(text)


def says_grant_received(name: str) -> bool:
    """Whether a name says that another organisation pays."""
    return _FROM_GRANT.search(normalise(name)) is not None


_BODY = r"องค์การบริหารส่วน(?:ตำบล|จังหวัด)|เทศบาล(?:นคร|เมือง|ตำบล)|กรุงเทพมหานคร|เมืองพัทยา|อบ[ตจ]|ท[นมต](?=\.)"
_OTHER_SIDE = re.compile(rf"(?:อุดหนุน|สนับสนุน|สมทบ)(?:งบประมาณ|เงิน|จาก|ให้|แก่| )*(?:{_BODY})[. ]*(?P<name>[ก-๙]{{2,}})")
_BODY_BEFORE = re.compile(rf"^(?:{_BODY})[. ]*")
_SAME_BODY = 80.0


def grant_is_with(name: str, organisation: str) -> bool:
    """Whether the grant that a name speaks of may be with an organisation: it names it, or nobody.

    Examples
    --------
    >>> name = "อุดหนุน อบต.หนองสาธิต ก่อสร้างถนน คสล."
    >>> [grant_is_with(name, other) for other in ("องค์การบริหารส่วนตำบลหนองสาธิต", "เทศบาลตำบลโนนแวง")]
    [True, False]
    >>> grant_is_with("ก่อสร้างถนน (เงินอุดหนุนเฉพาะกิจ)", "เทศบาลตำบลโนนแวง")
    True
    """
    said = _OTHER_SIDE.search(normalise(name))
    bare = _BODY_BEFORE.sub("", normalise(organisation))
    if said is None or not bare:
        return True
    return fuzz.partial_ratio(bare, said["name"][: len(bare) + 4]) >= _SAME_BODY


def says_joint(name: str) -> bool:
    """Whether a name says that several organisations do it together."""
    return _JOINT.search(normalise(name)) is not None


def says_continued(name: str) -> bool:
    """Whether a name says that the work goes on from another.

    Examples
    --------
    >>> says_continued("ก่อสร้างถนน คสล. (ต่อจากเดิม)"), says_continued("ก่อสร้างถนน คสล.")
    (True, False)
    """
    return _CONTINUED.search(normalise(name)) is not None


def telling_words(words: str) -> str:
    """What is left of the letters of a name without the words that most names are made of.

    Examples
    --------
    >>> telling_words("ก่อสร้างถนนคอนกรีตเสริมเหล็กสายบ้านโนนสว่าง")
    'โนนสว่าง'
    """
    return _COMMON.sub("", words)


def _head(name: str) -> str:
    return re.sub(r"^(?:โครงการ|\s|งาน|จ้าง(?:เหมา)?)+", "", normalise(name))[:_HEAD]

"""Fictional Thai names. The parts are everyday words of the land; the places that they make exist nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

PROVINCE = ("99", "สาธิต", "Sathit")
AMPHOES = (
    ("เมืองสาธิต", "Mueang Sathit"),
    ("โนนสว่าง", "Non Sawang"),
    ("ห้วยยาง", "Huai Yang"),
    ("ดงเค็ง", "Dong Kheng"),
    ("หนองแวง", "Nong Waeng"),
    ("ท่าสาธิต", "Tha Sathit"),
)
TAMBONS = (
    ("หนองสาธิต", "Nong Sathit"),
    ("ในเมืองสาธิต", "Nai Mueang Sathit"),
    ("โคกสะอาด", "Khok Sa-at"),
    ("โนนสว่าง", "Non Sawang"),
    ("หนองแวง", "Nong Waeng"),
    ("ห้วยยาง", "Huai Yang"),
    ("ดงเค็ง", "Dong Kheng"),
    ("นาคำหลวง", "Na Kham Luang"),
    ("บึงแก้ว", "Bueng Kaeo"),
    ("ท่าสาธิต", "Tha Sathit"),
    ("หนองตาไก้", "Nong Ta Kai"),
    ("โคกกลางน้อย", "Khok Klang Noi"),
    ("ศรีเจริญพร", "Si Charoen Phon"),
    ("วังหินขาว", "Wang Hin Khao"),
    ("หนองบัวทอง", "Nong Bua Thong"),
    ("กุดจอกใหญ่", "Kut Chok Yai"),
    ("นาดีพัฒนา", "Na Di Phatthana"),
    ("โพนทองใต้", "Phon Thong Tai"),
    ("หนองหญ้าม้า", "Nong Ya Ma"),
    ("บ้านฝางคำ", "Ban Fang Kham"),
    ("เหล่าอุดม", "Lao Udom"),
    ("สระสาธิต", "Sa Sathit"),
    ("คำแสนสุข", "Kham Saen Suk"),
    ("ดอนมะเกลือ", "Don Makluea"),
    ("ห้วยทรายคำ", "Huai Sai Kham"),
    ("โนนเปลือยเหนือ", "Non Plueai Nuea"),
)
STREAMS = ("ลำสาธิต", "ลำห้วยยาง", "ลำห้วยเดื่อ", "ห้วยทรายคำ", "ห้วยกุดจอก", "ห้วยหินลาด", "ลำเซสาธิต", "ห้วยตะเคียน")

_FIRST = ("หนอง", "โนน", "โคก", "นา", "ดอน", "ห้วย", "ดง", "คำ", "กุด", "โพน", "เหล่า", "วัง", "ป่า", "ศรี", "ท่า")
_SECOND = (
    "สว่าง",
    "แวง",
    "เจริญ",
    "บัว",
    "ม่วง",
    "ยาง",
    "ตาไก้",
    "สะอาด",
    "ทอง",
    "แก้ว",
    "แดง",
    "ขาม",
    "หว้า",
    "ไผ่",
    "เดื่อ",
    "ค้อ",
    "สำราญ",
    "อุดม",
    "หิน",
    "มะค่า",
    "สมบูรณ์",
    "กลาง",
)
_AFTER = ("พัฒนา", "สามัคคี", "เหนือ", "ใต้", "น้อย", "ใหญ่")

_GIVEN = (
    "สมชาย",
    "สุนีย์",
    "ประเสริฐ",
    "วิไล",
    "อนันต์",
    "มาลี",
    "ธีระ",
    "จันทร์เพ็ญ",
    "บุญมี",
    "รัตนา",
    "วีระ",
    "พรทิพย์",
    "กิตติ",
    "อรุณี",
)
_FAMILY = ("สาธิตกุล", "ตัวอย่างดี", "สมมติสุข", "จำลองชัย", "ทดสอบทรัพย์", "แบบอย่าง", "สาธิตวงศ์")

CONTRACTORS = (
    "บริษัท สาธิตการโยธา จำกัด",
    "ห้างหุ้นส่วนจำกัด โนนสว่างก่อสร้าง (สมมติ)",
    "บริษัท ตัวอย่างวิศวกรรม จำกัด",
    "ห้างหุ้นส่วนจำกัด ดงเค็งวัสดุภัณฑ์ (สมมติ)",
    "บริษัท จำลองการทาง จำกัด",
    "ห้างหุ้นส่วนจำกัด ห้วยยางเจาะบาดาล (สมมติ)",
    "บริษัท ทดสอบแหล่งน้ำ จำกัด",
    "ห้างหุ้นส่วนจำกัด หนองแวงรุ่งเรือง (สมมติ)",
)


def village_names(rng: np.random.Generator) -> Iterator[str]:
    """Village names without บ้าน, never the same twice."""
    pairs = [first + second for first, second in product(_FIRST, _SECOND)]
    rng.shuffle(pairs)
    yield from pairs
    for pair, after in product(pairs, _AFTER):
        yield pair + after


def person(rng: np.random.Generator) -> str:
    """A name that nobody bears."""
    return f"{_GIVEN[rng.integers(len(_GIVEN))]} {_FAMILY[rng.integers(len(_FAMILY))]}"

"""What kind of work the name of a project speaks of: its head noun decides, never a landmark."""

from __future__ import annotations

import re
from typing import Literal

from gis.thai import normalise

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

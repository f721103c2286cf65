"""How the name of a work suggests that it is classified: kind, nature, surface, source of water, programme, category.

Rules that a person can read: the words that were found are the reason. A suggestion decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gis.thai import normalise
from gis.work_names import kind_of_work, nature_in_name, surface_in_name, water_source_in_name

Aspect = Literal[
    "kind", "work_nature", "surface_type", "water_source_type", "programme", "work", "expenditure", "strategy"
]
ASPECTS: tuple[Aspect, ...] = (
    "kind",
    "work_nature",
    "surface_type",
    "water_source_type",
    "programme",
    "work",
    "expenditure",
    "strategy",
)
SURE, LIKELY = 0.9, 0.7
SHOWN = 0.6
"""Suggestions below this confidence help nobody."""


@dataclass(frozen=True)
class Reason:
    """Why: ``code`` of a sentence with its ``values``."""

    code: str
    values: Mapping[str, str | int]


@dataclass(frozen=True)
class Suggestion:
    """What is suggested of one aspect: ``codes``, the likeliest first, any of which is right.

    Parameters
    ----------
    confidence
        0 to 1.
    reasons
        At least one.
    """

    aspect: Aspect
    codes: tuple[str, ...]
    confidence: float
    reasons: tuple[Reason, ...]


# Words -> programmes (ordinance, code of area of work) any of which is right, and their works.
# Roads and water stand in two programmes by verified plans, so that neither of them is a mistake.
_PROGRAMMES: tuple[tuple[str, str, str, float], ...] = (
    (r"ถนน|ผิวจราจร|ผิวทาง|หินคลุก|ลูกรัง|แอสฟัล|ลาดยาง|ไหล่ทาง|สะพาน", "00310 00240", "00312 00241 00242", SURE),
    (r"ราง(?:ระบาย|น้ำ)|ท่อระบาย|ท่อลอด|คูระบาย|บ่อพัก|เขื่อนป้องกัน", "00310 00240", "00312 00241 00242 00245", SURE),
    (r"ประปา|บาดาล|หอถัง|ถังเก็บน้ำ", "00240 00330 00320 00310", "00242 00332 00322 00312", SURE),
    (r"ไฟฟ้า|โคมไฟ|ไฟส่องสว่าง", "00240 00310", "00242 00312", SURE),
    (
        r"แหล่งน้ำ|สระ(?:เก็บ)?น้ำ|อ่างเก็บ|ฝาย|ขุดลอก|ขุดสระ|ธนาคารน้ำ|แก้มลิง|ทำนบ|โคก หนอง นา",
        "00320 00310 00240",
        "00322 00312 00242",
        LIKELY,
    ),
    (r"ขยะ|สิ่งปฏิกูล|เตาเผา", "00240", "00244", SURE),
    (r"น้ำเสีย", "00240", "00245", SURE),
    (r"สวนสาธารณะ|ปรับภูมิทัศน์", "00240", "00243", SURE),
    (r"ศูนย์พัฒนาเด็กเล็ก|ศพด\.|โรงเรียน|การศึกษา|นักเรียน|อาหารกลางวัน|นม\)", "00210", "00211 00212 00213 00214", SURE),
    (r"กีฬา|ลานออกกำลัง|นันทนาการ", "00260", "00262", SURE),
    (r"ประเพณี|ศาสนา|วัฒนธรรม|ลอยกระทง|แห่เทียน|สงกรานต์", "00260", "00263", SURE),
    (r"ท่องเที่ยว", "00260", "00264", LIKELY),
    (r"ผู้สูงอายุ|ผู้พิการ|คนพิการ|ผู้ด้อยโอกาส|เบี้ยยังชีพ", "00230 00410 00250", "00231 00232 00411 00252", LIKELY),
    (r"สาธารณสุข|ไข้เลือดออก|พิษสุนัขบ้า|โรคติดต่อ|สุขภาพ|รพ\.สต\.", "00220", "00221 00222 00223 00224", SURE),
    (r"สาธารณภัย|ดับเพลิง|กู้ชีพ|กู้ภัย|อปพร|จราจรทางถนน|กล้องวงจรปิด|CCTV", "00120", "00121 00123", SURE),
    (r"ตลาดสด|ตลาด(?:เทศบาล|อบต)", "00330", "00333", SURE),
    (r"โรงฆ่าสัตว์", "00330", "00334", SURE),
    (r"เกษตรกร|พันธุ์ข้าว|ปุ๋ย|ปศุสัตว์", "00320", "00321", LIKELY),
    (r"ปลูกป่า|ปลูกต้นไม้|อนุรักษ์(?:ป่า|ทรัพยากร)", "00320", "00322", LIKELY),
    (r"ฝึกอบรมอาชีพ|กลุ่มอาชีพ|ยาเสพติด|สตรี|เยาวชน|เศรษฐกิจพอเพียง", "00250", "00251 00252", LIKELY),
    (r"อาคารสำนักงาน|ที่ทำการ|จัดเก็บรายได้|แผนที่ภาษี", "00110", "00111 00112 00113", LIKELY),
)  # fmt: skip
_BUILT = re.compile(r"สร้าง|ปรับปรุง|ซ่อม|ขุดลอก|ขุดสระ|ขุดเจาะ|เจาะบ่อ|วางท่อ|ขยายเขต|เสริมผิว|ติดตั้งไฟ|ลงหินคลุก|ลงลูกรัง")
_MODEL = re.compile(r"โคก[\s\-–,]*หนอง[\s\-–,]*นา(?:\s*โมเดล)?")
_BOUGHT = re.compile(r"^(?:จัด)?ซื้อ|จัดหาครุภัณฑ์|ครุภัณฑ์")
_TAUGHT = re.compile(r"อบรม|รณรงค์|ส่งเสริม|จัดงาน|แข่งขัน|ประเพณี|ศึกษาดูงาน|ประชุม|ให้ความรู้")
_GIVEN = re.compile(r"^อุดหนุน|^(?:เงิน)?อุดหนุน")
_REPAIRED = frozenset({"REPAIR", "OVERLAY", "IMPROVE", "DREDGE"})
# Water sources that one word may mean either way.
_ALIKE_WATER: Mapping[str, tuple[str, ...]] = {
    "POND": ("POND", "WETLAND", "RESERVOIR", "OTHER_WATER"),
    "WETLAND": ("WETLAND", "POND", "CANAL_DREDGE"),
    "CANAL_DREDGE": ("CANAL_DREDGE", "WETLAND", "IRRIG_CANAL"),
    "IRRIG_CANAL": ("IRRIG_CANAL", "CANAL_DREDGE"),
    "GROUNDWATER": ("GROUNDWATER", "VILLAGE_WATERWORKS"),
    "VILLAGE_WATERWORKS": ("VILLAGE_WATERWORKS", "PIPE", "TANK", "GROUNDWATER"),
    "PIPE": ("PIPE", "VILLAGE_WATERWORKS"),
    "TANK": ("TANK", "VILLAGE_WATERWORKS"),
}
_ALIKE_NATURE: Mapping[str, tuple[str, ...]] = {
    "IMPROVE": ("IMPROVE", "REPAIR", "OVERLAY", "WIDEN"),
    "REPAIR": ("REPAIR", "IMPROVE", "OVERLAY"),
    "REBUILD": ("REBUILD", "REPAIR"),
    "OVERLAY": ("OVERLAY", "REPAIR", "IMPROVE"),
    "DIG": ("DIG", "DREDGE", "BUILD", "DRILL"),
    "BUILD": ("BUILD", "INSTALL"),
    "INSTALL": ("INSTALL", "BUILD"),
}


def suggest(name: str) -> dict[Aspect, Suggestion]:
    """What a name says of each aspect; an aspect of which it says nothing is absent.

    Examples
    --------
    >>> found = suggest("ก่อสร้างถนน คสล. บ้านโนน")
    >>> found["kind"].codes, found["surface_type"].codes, found["programme"].codes
    (('road',), ('RC',), ('00310', '00240'))
    >>> suggest("จัดซื้อครุภัณฑ์คอมพิวเตอร์")["expenditure"].codes
    ('541000',)
    """
    text = re.sub(r"^โครงการ\s*", "", normalise(name))
    # Its หนอง is a word of the model, not the water that is built.
    built = _MODEL.sub(" ", text)
    kind = kind_of_work(built)
    nature = nature_in_name(text) if _BUILT.search(text) else ""
    found: list[Suggestion] = [_named("kind", (kind,), "", SURE)] if kind != "other" else []
    if nature:
        found.append(_named("work_nature", _ALIKE_NATURE.get(nature, (nature,)), text.split(" ")[0], SURE))
    if kind == "road" and (surface := _surface(text)):
        found.append(_named("surface_type", (surface,), "", SURE))
    if kind == "water" and (source := water_source_in_name(built)):
        found.append(_named("water_source_type", _ALIKE_WATER.get(source, (source,)), "", LIKELY))
    found += _ordinance(text)
    category = _category(text, nature)
    return {one.aspect: one for one in ([*found, category] if category else found)}


def _surface(text: str) -> str:
    """A road with a bituminous surface (ลาดยาง) is of the kind that is told beside it, where one is."""
    found = surface_in_name(text)
    return surface_in_name(text.replace("ลาดยาง", "")) or found if found == "ST" else found


def _ordinance(text: str) -> list[Suggestion]:
    """Programme and work by the word that comes first in the name: what follows says where, or what else."""
    hits = [
        (match.start(), row, match[0])
        for row, (words, *_rest) in enumerate(_PROGRAMMES)
        if (match := re.search(words, text))
    ]
    if not hits:
        return []
    _at, row, word = min(hits)
    _words, programmes, works, confidence = _PROGRAMMES[row]
    return [
        _named("programme", tuple(programmes.split()), word, confidence),
        _named("work", tuple(works.split()), word, confidence - 0.05),
    ]


def _category(text: str, nature: str) -> Suggestion | None:
    if match := _GIVEN.search(text):
        return _named("expenditure", ("560000",), match[0], SURE)
    if match := _BOUGHT.search(text):
        return _named("expenditure", ("541000",), match[0], SURE)
    if match := _BUILT.search(text):
        # Upkeep may be paid as services.
        codes = ("542000", "532000") if nature in _REPAIRED else ("542000",)
        return _named("expenditure", codes, match[0], SURE if codes == ("542000",) else LIKELY)
    if match := _TAUGHT.search(text):
        return _named("expenditure", ("532000", "560000"), match[0], LIKELY)
    return None


def _named(aspect: Aspect, codes: tuple[str, ...], word: str, confidence: float) -> Suggestion:
    reason = Reason("classified_by_word", {"word": word}) if word else Reason("classified_by_name", {})
    return Suggestion(aspect, codes, round(confidence, 2), (reason,))


@dataclass(frozen=True)
class Vote:
    """How a code of an aspect is recorded for other works of the same head word: ``count`` of ``of``, and whose."""

    code: str
    count: int
    of: int
    whose: Literal["own", "province"]


FEWEST_VOTES = 5
MAJORITY = 0.8


def with_votes(
    aspect: Aspect, recorded: str | None, by_name: Suggestion | None, votes: Sequence[Vote]
) -> Suggestion | None:
    """What is suggested in place of ``recorded``; ``None`` when that agrees, or nothing speaks clearly against it.

    The name comes first. Neighbours strengthen it, or weaken it where they record what is recorded here; of what a
    name does not say they speak alone when there are enough of them and nearly all agree.

    Examples
    --------
    >>> many = [Vote("00320", 19, 20, "own")]
    >>> with_votes("programme", "00110", None, many).codes
    ('00320',)
    >>> with_votes("programme", "00320", None, many) is None
    True
    """
    clear = [vote for vote in votes if vote.of >= FEWEST_VOTES and vote.count >= MAJORITY * vote.of]
    told = tuple(
        Reason(f"classified_by_{vote.whose}", {"count": vote.count, "of": vote.of, "code": vote.code}) for vote in clear
    )
    if by_name is not None:
        if recorded in by_name.codes:
            return None
        agree = any(vote.code in by_name.codes for vote in clear)
        against = any(vote.code == recorded for vote in clear)
        confidence = min(0.98, by_name.confidence + 0.05 * agree) - 0.25 * against
        codes = by_name.codes
        if agree:
            first = next(vote.code for vote in clear if vote.code in codes)
            codes = (first, *(code for code in codes if code != first))
        result = Suggestion(aspect, codes, round(confidence, 2), (*by_name.reasons, *told))
    elif clear and clear[0].code != recorded:
        share = clear[0].count / clear[0].of
        result = Suggestion(aspect, (clear[0].code,), round(share * LIKELY, 2), told)
    else:
        return None
    return result if result.confidence >= SHOWN else None

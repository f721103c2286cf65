"""Labelled pairs of road and water works, seeded: what the detection of duplicates is fitted and measured on.

Each village is a place of its own with a few works of its own; to one of them another is made that is the same work
recorded again (moved up to 20 m, redrawn, cut, turned round, named by somebody else, in a year near by), or something
that only looks so: a continuation, a repair, an upgrade, a joint project, a crossing, another road that begins where
this one ends, a parallel at 20 to 40 m, the bridge on a road or the drain beside it, the well or the pond next to it.
Nothing but the label tells which.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import shapely

from bench.match_set import _ENDS, _OWNERS, _VILLAGES, _WATERS, _abbreviated, _pick, _typo
from gis.overlap_works import Kind, Work
from gis.thai import to_thai_digits

Rng = np.random.Generator
Shape = Any
DEGREE_M = 111_000.0
APART = "apart"
"""Label of two works that are not one place: ``near`` and ``crossing`` are both right."""
YEARS = range(2563, 2571)
_OCR = (
    ("ก", "ถ"),
    ("ค", "ด"),
    ("บ", "ป"),
    ("พ", "ผ"),
    ("น้ำ", "นํ้า"),
    ("ใ", "ไ"),
    ("ร", "ธ"),
    ("ี", "ิ"),
    ("้", "่"),
    ("ม", "น"),
)
_PAVED = (("คอนกรีตเสริมเหล็ก", "RC"), ("แอสฟัลท์ติกคอนกรีต", "AC"), ("ลาดยาง", "ST"))
_UNPAVED = (("ลูกรัง", "LATERITE"), ("หินคลุก", "CRUSHED"), ("ดิน", "EARTH"))
_POINTS = (("เจาะบ่อบาดาล", "GROUNDWATER"), ("ก่อสร้างฝายน้ำล้น", "WEIR"), ("ก่อสร้างหอถังประปา", "TANK"),
           ("ก่อสร้างระบบประปาหมู่บ้าน", "VILLAGE_WATERWORKS"), ("ติดตั้งเครื่องสูบน้ำพลังงานแสงอาทิตย์", "PUMP"))  # fmt: skip
_PONDS = (("ขุดสระเก็บน้ำ", "POND"), ("ก่อสร้างอ่างเก็บน้ำ", "RESERVOIR"), ("ก่อสร้างแก้มลิง", "WETLAND"))
_CANALS = (("ขุดลอก", "CANAL_DREDGE"), ("ก่อสร้างคลองส่งน้ำ", "IRRIG_CANAL"), ("ขยายเขตประปา", "PIPE"))


@dataclass
class LabelledSet:
    """A set.

    Parameters
    ----------
    pairs
        Indexes of two works (the smaller first) -> class, or :data:`APART`. Pairs that are not here are so, too.
    stories
        The same pairs -> what was done, for a table by kind of noise.
    """

    works: list[Work] = field(default_factory=list)
    pairs: dict[tuple[int, int], str] = field(default_factory=dict)
    stories: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, work: Work) -> int:
        """Index of a new work."""
        self.works.append(replace(work, id=f"W{len(self.works):06d}"))
        return len(self.works) - 1

    def label(self, one: int, two: int, class_: str, story: str) -> None:
        """Label a pair."""
        self.pairs[one, two] = class_
        self.stories[one, two] = story


@dataclass(frozen=True)
class _Village:
    lon: float
    lat: float
    names: tuple[str, ...]
    tambon: str

    def shape(self, shape: Shape) -> Shape:
        """Metres around the village -> EPSG:4326."""
        scale = np.array([DEGREE_M * np.cos(np.radians(self.lat)), DEGREE_M * 0.9965])
        return shapely.transform(shape, lambda xy: np.round(xy / scale + (self.lon, self.lat), 7))


def make(seed: int, villages: int = 1_000, least_known: float = 0.5) -> LabelledSet:
    """A set of so many villages, each with one labelled pair.

    Parameters
    ----------
    least_known
        Share of the works of which no more is recorded than a file of the contract has: id, organisation, year, kind,
        name, budget and shape.
    """
    rng = np.random.default_rng(seed)
    made = LabelledSet()
    side = int(np.ceil(np.sqrt(villages)))
    for number in range(villages):
        village = _Village(
            99.5 + 0.04 * (number % side),
            14.0 + 0.04 * (number // side),
            tuple(_pick(rng, _VILLAGES) for _ in range(4)),
            _pick(rng, _VILLAGES),
        )
        story = _pick(rng, list(STORIES))
        _village(rng, made, village, story, least_known)
    return made


def _village(rng: Rng, made: LabelledSet, village: _Village, story: str, least_known: float) -> None:
    kind, tell = STORIES[story]
    shapes, first, second, class_ = tell(rng, village)
    one = made.add(_recorded(rng, replace(first, geometry=village.shape(shapes[0])), least_known))
    two = made.add(_recorded(rng, replace(second, geometry=village.shape(shapes[1])), least_known))
    made.label(one, two, class_, story)
    for _ in range(int(rng.integers(1, 4))):
        other, shape = (
            _road_work(rng, village, _moo(rng)),
            _walk(rng, rng.uniform(-900, 900, 2), int(rng.integers(5, 25))),
        )
        if kind == "water":
            other, shape = _spot_work(rng, village, _moo(rng)), shapely.Point(rng.uniform(-900, 900, 2))
        if shapely.distance(shape, shapely.union_all(shapes)) > 45:
            made.add(_recorded(rng, replace(other, kind=kind, geometry=village.shape(shape)), least_known))


def _recorded(rng: Rng, work: Work, least_known: float) -> Work:
    if rng.random() < least_known:
        return replace(work, surface="", water_source="", nature="", gives_to="", gets_from="", accuracy_m=None)
    return work


# --- shapes, metres around the village -------------------------------------------------------------------------------


def _walk(rng: Rng, start: Any, count: int, heading: float | None = None) -> Shape:
    step = rng.uniform(15, 60)
    turn = rng.normal(0, 0.25, count - 1)
    turn[0] = 0.0
    angle = np.cumsum(turn) + (rng.uniform(0, 2 * np.pi) if heading is None else heading)
    legs = np.column_stack([np.cos(angle), np.sin(angle)]) * step
    return shapely.LineString(np.vstack([start, np.asarray(start) + np.cumsum(legs, axis=0)]))


def _simple_walk(rng: Rng, start: Any, heading: float | None = None, least: int = 6) -> Shape:
    while True:
        line = _walk(rng, start, int(rng.integers(least, 32)), heading)
        if line.is_simple:
            return line


def _redrawn(rng: Rng, line: Shape, most_m: float = 20.0) -> Shape:
    """The same line as somebody else records it: moved, other vertices, sometimes the other way round."""
    bent = shapely.segmentize(line.simplify(rng.uniform(0, 3)), rng.uniform(15, 80))
    xy = shapely.get_coordinates(bent)
    shift = _shift(rng, rng.uniform(0, most_m))
    jitter = min(3.0, max(0.0, most_m - float(np.hypot(*shift))))
    xy = xy + shift + np.clip(rng.normal(0, jitter / 2, xy.shape), -jitter, jitter)
    return shapely.LineString(xy[::-1] if rng.random() < 0.4 else xy)


def _shift(rng: Rng, by_m: float) -> Any:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)]) * by_m


def _part(rng: Rng, line: Shape, least: float) -> Shape:
    share = rng.uniform(least, 1.0)
    begin = rng.uniform(0, 1 - share)
    return shapely.ops.substring(line, begin, begin + share, normalized=True)


def _longer(rng: Rng, line: Shape, most: float) -> Shape:
    xy = shapely.get_coordinates(line)
    leg = xy[-1] - xy[-2]
    onward = _walk(rng, xy[-1], 4, float(np.arctan2(leg[1], leg[0])))
    onward = shapely.ops.substring(onward, 0, min(onward.length, most * line.length))
    return shapely.LineString(np.vstack([xy, shapely.get_coordinates(onward)[1:]]))


def _again(rng: Rng, line: Shape, most_m: float = 20.0) -> Shape:
    luck = rng.random()
    if luck < 0.45:
        return _redrawn(rng, line, most_m)
    if luck < 0.8:
        return _redrawn(rng, _part(rng, line, 0.5), most_m)
    return _redrawn(rng, _longer(rng, line, 0.5), most_m)


def _pond(rng: Rng, middle: Any, radius_m: float) -> Shape:
    angle = np.linspace(0, 2 * np.pi, 11)[:-1]
    radius = radius_m * rng.uniform(0.8, 1.2, 10)
    return shapely.Polygon(np.asarray(middle) + np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None])


# --- records ---------------------------------------------------------------------------------------------------------


def _moo(rng: Rng) -> int:
    return int(rng.integers(1, 16))


def _year(rng: Rng) -> int:
    return int(rng.choice(YEARS))


def _baht(rng: Rng, amount: float) -> Decimal:
    return Decimal(max(round(amount / 1000), 20) * 1000)


def _road_place(rng: Rng, village: _Village, moo: int) -> str:
    house = f"บ้าน{village.names[moo % 4]} หมู่ที่ {moo}"
    luck = rng.random()
    if luck < 0.3:
        return f"ซอย {rng.integers(1, 12)} {house}"
    if luck < 0.5:
        return f"สาย{house} - บ้าน{village.names[(moo + 1) % 4]} หมู่ที่ {moo + 1}"
    if luck < 0.85:
        return f"สายบ้าน{_pick(rng, _OWNERS)} - {_pick(rng, _ENDS)} {house}"
    return f"สาย{_pick(rng, _ENDS)} {house}"


def _organisation(rng: Rng, village: _Village, *, pao: float = 0.15) -> str:
    luck = rng.random()
    return "องค์การบริหารส่วนจังหวัดสาธิต" if luck < pao else f"องค์การบริหารส่วนตำบล{village.tambon}"


def _other_organisation(work: Work, village: _Village) -> str:
    pao = "องค์การบริหารส่วนจังหวัดสาธิต"
    return pao if work.organisation != pao else f"องค์การบริหารส่วนตำบล{village.tambon}"


def _road_work(rng: Rng, village: _Village, moo: int, *, paved: bool | None = None) -> Work:
    sure_paved = rng.random() < 0.65 if paved is None else paved
    said, surface = _PAVED[int(rng.integers(3))] if sure_paved else _UNPAVED[int(rng.integers(3))]
    verb = "ก่อสร้างถนน" if sure_paved or rng.random() < 0.6 else "ปรับปรุงถนน"
    name = f"{verb}{said} {_road_place(rng, village, moo)}"
    if rng.random() < 0.4:
        name += f" กว้าง {rng.integers(3, 7)}.00 เมตร ยาว {rng.integers(10, 150) * 10:,}.00 เมตร"
    nature = "BUILD" if verb.startswith("ก่อ") else "IMPROVE"
    return Work("", _organisation(rng, village), _year(rng), "road", _prefixed(rng, name),
                _baht(rng, rng.lognormal(13.2, 0.7)), surface=surface, nature=nature)  # fmt: skip


def _prefixed(rng: Rng, name: str) -> str:
    return f"โครงการ{name}" if rng.random() < 0.5 else name


def _water_name(rng: Rng, verb: str, village: _Village, moo: int) -> str:
    water = f" {_pick(rng, _WATERS)}" if verb in ("ขุดลอก", "ก่อสร้างฝายน้ำล้น", "ก่อสร้างคลองส่งน้ำ") else ""
    place = f"บ้าน{village.names[moo % 4]} หมู่ที่ {moo}"
    where = f" บริเวณ{_pick(rng, _ENDS)}" if rng.random() < 0.5 else ""
    return _prefixed(rng, f"{verb}{water} {place}{where}")


def _water_work(rng: Rng, village: _Village, moo: int, choices: tuple[tuple[str, str], ...]) -> Work:
    verb, source = choices[int(rng.integers(len(choices)))]
    nature = {"ข": "DIG", "เ": "DRILL", "ต": "INSTALL"}.get(verb[0], "BUILD")
    nature = {"ขุดลอก": "DREDGE", "ขยายเขตประปา": "BUILD"}.get(verb, nature)
    return Work("", _organisation(rng, village), _year(rng), "water", _water_name(rng, verb, village, moo),
                _baht(rng, rng.lognormal(12.6, 0.8)), water_source=source, nature=nature)  # fmt: skip


def _spot_work(rng: Rng, village: _Village, moo: int) -> Work:
    return _water_work(rng, village, moo, _POINTS)


def _renamed(rng: Rng, name: str) -> str:
    """The same work as another office writes it."""
    if rng.random() < 0.3:
        name = _abbreviated(rng, name, 0.6)
    if rng.random() < 0.25:
        name = re.sub(r" กว้าง.*?เมตร ยาว.*?เมตร", "", name)
    if rng.random() < 0.2:
        name = re.sub(r"บ้าน\S+ (?=หมู่)", "", name)
    if rng.random() < 0.1:
        name = re.sub(r"สายบ้าน\S+ - ", "สาย", name)
    if rng.random() < 0.25:
        name = _typo(rng, name, int(rng.integers(1, 5)))
    if rng.random() < 0.15:
        for wrong in rng.choice(len(_OCR), 2, replace=False):
            name = name.replace(*_OCR[wrong], 1)
    if rng.random() < 0.25:
        name = to_thai_digits(name)
    if rng.random() < 0.06:
        name = name[: int(rng.integers(45, 90))]
    return name.removeprefix("โครงการ") if rng.random() < 0.4 else name


def _same_again(rng: Rng, work: Work, village: _Village) -> Work:
    """The same work, recorded and paid a second time within the warranty."""
    changed = replace(
        work,
        name=_renamed(rng, work.name),
        fiscal_year_be=(work.fiscal_year_be or 2566) + int(rng.choice([0, 0, 0, 1, 1, -1])),
        budget_baht=_baht(rng, float(work.budget_baht or 0) * rng.choice([1.0, rng.uniform(0.7, 1.35)])),
        accuracy_m=float(rng.choice([5, 10, 15])),
    )
    return replace(changed, organisation=_other_organisation(work, village)) if rng.random() < 0.7 else changed


def _mended_name(rng: Rng, name: str) -> str:
    verb = _pick(rng, ("ซ่อมแซม", "ซ่อมสร้าง", "ซ่อมแซม", "ซ่อมบำรุง", "ปรับปรุง", "เสริมผิว"))
    return re.sub("ก่อสร้าง|ปรับปรุง|เจาะ|ติดตั้ง|ขุด(?!ลอก)", verb, name, count=1)


_MENDED = {"ซ่อมแซม": "REPAIR", "ซ่อมสร้าง": "REBUILD", "ซ่อมบำรุง": "REPAIR", "ปรับปรุง": "IMPROVE", "เสริมผิว": "OVERLAY"}


def _mended(rng: Rng, work: Work, village: _Village) -> Work:
    name = _mended_name(rng, work.name)
    nature = next((code for word, code in _MENDED.items() if word in name), work.nature)
    later = (work.fiscal_year_be or 2563) + int(rng.integers(2, 7))
    cost = float(work.budget_baht or 0) * rng.uniform(0.15, 0.8)
    return replace(work, name=_renamed(rng, name), nature=nature, fiscal_year_be=later, budget_baht=_baht(rng, cost))


# --- stories: two shapes, two records, the class ---------------------------------------------------------------------

Told = tuple[tuple[Shape, Shape], Work, Work, str]


def _road_twice(rng: Rng, village: _Village) -> Told:
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _road_work(rng, village, _moo(rng))
    return (line, _again(rng, line)), first, _same_again(rng, first, village), "same_work"


def _road_continued(rng: Rng, village: _Village) -> Told:
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _road_work(rng, village, _moo(rng))
    xy = shapely.get_coordinates(line)
    heading = float(np.arctan2(*(xy[-1] - xy[-2])[::-1])) + rng.uniform(-0.6, 0.6)
    onward = _simple_walk(rng, xy[-1] + _shift(rng, rng.uniform(0, 10)), heading)
    later = (first.fiscal_year_be or 2566) + int(rng.integers(0, 3))
    suffix = _pick(rng, (" ระยะที่ 2", " ช่วงที่ 2", " ตอนที่ 2", " (ต่อจากเดิม)", ""))
    if suffix.startswith((" ระยะ", " ช่วง", " ตอน")) and rng.random() < 0.7:
        first = replace(first, name=first.name + suffix.replace("2", "1"))
        name = first.name.removesuffix(suffix.replace("2", "1"))
    else:
        name = first.name
    second = replace(first, name=_renamed(rng, name) + suffix, fiscal_year_be=later)
    return (line, onward if onward.is_simple else line.reverse()), first, second, "continuation"


def _road_mended(rng: Rng, village: _Village) -> Told:
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _road_work(rng, village, _moo(rng), paved=True)
    return (line, _redrawn(rng, _part(rng, line, 0.4), 12.0)), first, _mended(rng, first, village), "repair"


def _road_upgraded(rng: Rng, village: _Village) -> Told:
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _road_work(rng, village, _moo(rng), paved=False)
    said, surface = _PAVED[int(rng.integers(3))]
    name = re.sub("(?:ก่อสร้าง|ปรับปรุง)ถนน(?:ลูกรัง|หินคลุก|ดิน)", f"ก่อสร้างถนน{said}", first.name)
    later = (first.fiscal_year_be or 2563) + int(rng.integers(1, 6))
    second = replace(
        first, name=_renamed(rng, name), surface=surface, nature="BUILD", fiscal_year_be=later,
        budget_baht=_baht(rng, float(first.budget_baht or 0) * rng.uniform(1.2, 4)),
    )  # fmt: skip
    return (line, _again(rng, line, 12.0)), first, second, "upgrade"


def _road_joint(rng: Rng, village: _Village) -> Told:
    line, own = _simple_walk(rng, rng.uniform(-300, 300, 2)), _road_work(rng, village, _moo(rng))
    own = replace(own, organisation=f"องค์การบริหารส่วนตำบล{village.tambon}")
    giver = "องค์การบริหารส่วนจังหวัดสาธิต"
    name = f"อุดหนุน{own.organisation} {own.name}" if rng.random() < 0.8 else f"{own.name} (ร่วมกับ {own.organisation})"
    given = replace(own, organisation=giver, name=name, gives_to=own.organisation, nature="SUBSIDY")
    return (line, _redrawn(rng, line, 10.0)), own, given, "joint"


def _roads_crossing(rng: Rng, village: _Village) -> Told:
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2), least=8), _road_work(rng, village, _moo(rng))
    xy = shapely.get_coordinates(line)
    at = int(rng.integers(2, len(xy) - 2))
    leg = xy[at + 1] - xy[at]
    heading = float(np.arctan2(leg[1], leg[0])) + rng.choice([-1, 1]) * rng.uniform(0.7, np.pi / 2)
    length = rng.uniform(150, 700)
    before = 0.0 if rng.random() < 0.3 else rng.uniform(0.2, 0.8)
    way = np.array([np.cos(heading), np.sin(heading)])
    other = shapely.segmentize(
        shapely.LineString([xy[at] - way * length * before, xy[at] + way * length * (1 - before)]), 40.0
    )
    second = _road_work(rng, village, _moo(rng))
    if rng.random() < 0.4:
        second = replace(second, fiscal_year_be=first.fiscal_year_be, budget_baht=first.budget_baht)
    return (line, other), first, second, "crossing"


def _roads_parallel(rng: Rng, village: _Village) -> Told:
    """The next lane, 20 to 40 m away: another soi or another way, often of the same year and the same village."""
    moo = _moo(rng)
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _road_work(rng, village, moo)
    while True:
        beside = shapely.offset_curve(line, rng.choice([-1, 1]) * rng.uniform(21, 40))
        if beside.geom_type == "LineString" and beside.length > 60:
            break
        line = _simple_walk(rng, rng.uniform(-300, 300, 2))
    second = replace(
        _road_work(rng, village, moo), organisation=first.organisation, fiscal_year_be=first.fiscal_year_be
    )
    if rng.random() < 0.4:
        name = f"ก่อสร้างถนนคอนกรีตเสริมเหล็ก ซอย {{}} บ้าน{village.names[moo % 4]} หมู่ที่ {moo}"
        soi = int(rng.integers(1, 12))
        first = replace(first, name=name.format(soi), surface="RC", nature="BUILD")
        second = replace(first, name=name.format(soi + 1), budget_baht=second.budget_baht)
    return (line, _redrawn(rng, beside, 2.0)), first, second, "near"


def _roads_meeting(rng: Rng, village: _Village) -> Told:
    """Another road that begins where this one begins or ends, often of the same year, village and direction."""
    moo = _moo(rng)
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _road_work(rng, village, moo)
    if rng.random() < 0.5:
        line = line.reverse()
    xy = shapely.get_coordinates(line)
    turn = rng.uniform(-0.6, 0.6) if rng.random() < 0.5 else rng.choice([-1, 1]) * rng.uniform(0.6, 2.2)
    heading = float(np.arctan2(*(xy[-1] - xy[-2])[::-1])) + turn
    other = shapely.LineString()
    while other.is_empty or shapely.length(shapely.intersection(other, shapely.buffer(line, 40.0))) > 120:
        other = _simple_walk(rng, xy[-1] + _shift(rng, rng.uniform(0, 10)), heading)
        heading += rng.normal(0, 0.2)
    second = first
    while _where(second) == _where(first):
        second = _road_work(rng, village, moo if rng.random() < 0.7 else _moo(rng))
    if rng.random() < 0.4:
        # The roads of a village are named after where they lead.
        away = [f"สายบ้าน{village.names[moo % 4]} หมู่ที่ {moo} - บ้าน{_pick(rng, _VILLAGES)} หมู่ที่ {_moo(rng)}" for _ in "12"]
        first, second = (
            replace(work, name=f"{work.name.split('สาย')[0].split('ซอย')[0].strip()} {to}")
            for work, to in zip((first, second), away, strict=True)
        )
    if rng.random() < 0.5:
        second = replace(second, fiscal_year_be=first.fiscal_year_be)
    if rng.random() < 0.5:
        second = replace(second, organisation=first.organisation)
    return (line, other), first, second, APART


def _where(work: Work) -> str:
    """What the name says of the place, without sizes."""
    return re.sub(r"^.*?(?=สาย|ซอย)| กว้าง.*$", "", work.name)


_ON_A_ROAD = ("ก่อสร้างสะพาน คสล.", "ก่อสร้างท่อลอดเหลี่ยม คสล.", "ก่อสร้างรางระบายน้ำ คสล.", "วางท่อระบายน้ำ คสล.",
              "ติดตั้งไฟฟ้าส่องสว่าง", "ซ่อมแซมสะพาน คสล.")  # fmt: skip


def _road_and_bridge(rng: Rng, village: _Village) -> Told:
    """What stands on a road or runs beside it, by the road's own name, sometimes entered as a road itself."""
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _road_work(rng, village, _moo(rng))
    said = _pick(rng, _ON_A_ROAD)
    place = _where(first)
    second = replace(
        first, name=_prefixed(rng, f"{said} {place}"), kind="other" if rng.random() < 0.6 else "road", surface="",
        nature="REPAIR" if said.startswith("ซ่อม") else "BUILD", budget_baht=_baht(rng, rng.lognormal(12.8, 0.8)),
        fiscal_year_be=(first.fiscal_year_be or 2566) + int(rng.choice([0, 0, 1, -1])),
    )  # fmt: skip
    if rng.random() < 0.4:
        second = replace(second, organisation=_other_organisation(first, village))
    at = line.interpolate(rng.uniform(0, 1), normalized=True)
    there: Shape = shapely.Point(shapely.get_coordinates(at)[0] + _shift(rng, rng.uniform(0, 20)))
    if "สะพาน" not in said and rng.random() < 0.6:
        there = _redrawn(rng, _part(rng, line, 0.3), 8.0)
    return (line, there), first, second, APART


def _spot_twice(rng: Rng, village: _Village) -> Told:
    at, first = rng.uniform(-300, 300, 2), _spot_work(rng, village, _moo(rng))
    again = _same_again(rng, first, village)
    return (shapely.Point(at), shapely.Point(at + _shift(rng, rng.uniform(0, 20)))), first, again, "same_work"


def _spot_beside(rng: Rng, village: _Village) -> Told:
    """The next well of the village, or what belongs to the same waterworks and is not the same work."""
    moo, at = _moo(rng), rng.uniform(-300, 300, 2)
    first, second = _spot_work(rng, village, moo), _spot_work(rng, village, moo)
    apart = rng.uniform(25, 90)
    if apart < 45 and rng.random() < 0.5:
        first, second = replace(first, name=f"{first.name} จุดที่ 1"), replace(first, name=f"{first.name} จุดที่ 2")
    elif apart < 45:
        second = _spot_work(rng, village, moo % 15 + 1)
    if first.water_source != second.water_source:
        apart = rng.uniform(5, 35)
    return (shapely.Point(at), shapely.Point(at + _shift(rng, apart))), first, second, "near"


def _spot_mended(rng: Rng, village: _Village) -> Told:
    at, first = rng.uniform(-300, 300, 2), _spot_work(rng, village, _moo(rng))
    while first.water_source == "GROUNDWATER":
        first = _spot_work(rng, village, _moo(rng))
    second = _mended(rng, first, village)
    name = re.sub("เสริมผิว|ซ่อมสร้าง", "ซ่อมแซม", second.name)
    second = replace(second, name=name, nature="REPAIR" if "ปรับปรุง" not in name else "IMPROVE")
    return (shapely.Point(at), shapely.Point(at + _shift(rng, rng.uniform(0, 12)))), first, second, "repair"


def _pond_twice(rng: Rng, village: _Village) -> Told:
    at, radius = rng.uniform(-300, 300, 2), rng.uniform(15, 80)
    first = _water_work(rng, village, _moo(rng), _PONDS)
    shape = _pond(rng, at, radius)
    again: Shape = _pond(rng, at + _shift(rng, rng.uniform(0, 20)), radius * rng.uniform(0.8, 1.25))
    if rng.random() < 0.35:
        again = shapely.Point(at + _shift(rng, rng.uniform(0, 0.6) * radius))
    return (shape, again), first, _same_again(rng, first, village), "same_work"


def _pond_beside(rng: Rng, village: _Village) -> Told:
    moo, at, radius = _moo(rng), rng.uniform(-300, 300, 2), rng.uniform(15, 60)
    first, second = (_water_work(rng, village, moo, _PONDS) for _ in range(2))
    way = _shift(rng, 1.0)
    next_to = _pond(rng, at + way * (radius * 2.4 + rng.uniform(1, 25)), radius)
    shape = shapely.difference(_pond(rng, at, radius), next_to)
    return (shape, next_to), first, second, "near"


def _pond_dredged(rng: Rng, village: _Village) -> Told:
    at, radius = rng.uniform(-300, 300, 2), rng.uniform(20, 80)
    first = _water_work(rng, village, _moo(rng), _PONDS[:1])
    name = first.name.replace("ขุดสระ", _pick(rng, ("ขุดลอกสระ", "ปรับปรุงสระ", "ซ่อมแซมสระ")))
    later = (first.fiscal_year_be or 2563) + int(rng.integers(2, 7))
    nature = "DREDGE" if "ขุดลอก" in name else "IMPROVE" if "ปรับปรุง" in name else "REPAIR"
    second = replace(first, name=_renamed(rng, name), nature=nature, fiscal_year_be=later)
    again = _pond(rng, at + _shift(rng, rng.uniform(0, 12)), radius * rng.uniform(0.85, 1.15))
    return (_pond(rng, at, radius), again), first, second, "repair"


def _canal_twice(rng: Rng, village: _Village) -> Told:
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _water_work(rng, village, _moo(rng), _CANALS)
    return (line, _again(rng, line)), first, _same_again(rng, first, village), "same_work"


def _canal_continued(rng: Rng, village: _Village) -> Told:
    shapes, _first, _second, class_ = _road_continued(rng, village)
    first = _water_work(rng, village, _moo(rng), _CANALS)
    later = (first.fiscal_year_be or 2566) + int(rng.integers(0, 3))
    second = replace(
        first, name=_renamed(rng, first.name) + _pick(rng, (" ระยะที่ 2", " ช่วงที่ 2", "")), fiscal_year_be=later
    )
    return shapes, first, second, class_


def _canal_dredged(rng: Rng, village: _Village) -> Told:
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _water_work(rng, village, _moo(rng), _CANALS[:1])
    later = (first.fiscal_year_be or 2563) + int(rng.integers(2, 7))
    second = replace(first, name=_renamed(rng, first.name), fiscal_year_be=later)
    return (line, _redrawn(rng, _part(rng, line, 0.5), 12.0)), first, second, "repair"


_ON_A_CANAL = (("ก่อสร้างฝายน้ำล้น", "WEIR"), ("ก่อสร้างประตูระบายน้ำ", "GATE"), ("ก่อสร้างสถานีสูบน้ำด้วยพลังงานแสงอาทิตย์", "PUMP"),
               ("ก่อสร้างหอถังประปา", "TANK"))  # fmt: skip


def _canal_and_weir(rng: Rng, village: _Village) -> Told:
    """What stands on a water and bears its name."""
    line, first = _simple_walk(rng, rng.uniform(-300, 300, 2)), _water_work(rng, village, _moo(rng), _CANALS[:2])
    said, source = _ON_A_CANAL[int(rng.integers(len(_ON_A_CANAL)))]
    name = re.sub("ขุดลอก|ก่อสร้างคลองส่งน้ำ", said, first.name)
    second = replace(
        first, name=_renamed(rng, name) if rng.random() < 0.5 else name, water_source=source, nature="BUILD",
        fiscal_year_be=(first.fiscal_year_be or 2566) + int(rng.choice([0, 0, 1, -1])),
        budget_baht=_baht(rng, rng.lognormal(12.6, 0.8)),
    )  # fmt: skip
    if rng.random() < 0.5:
        second = replace(second, organisation=_other_organisation(first, village))
    at = shapely.get_coordinates(line.interpolate(rng.uniform(0, 1), normalized=True))[0]
    return (line, shapely.Point(at + _shift(rng, rng.uniform(0, 20)))), first, second, APART


STORIES: dict[str, tuple[Kind, Callable[[Rng, _Village], Told]]] = {
    "road_twice": ("road", _road_twice),
    "road_twice_again": ("road", _road_twice),
    "road_continued": ("road", _road_continued),
    "road_mended": ("road", _road_mended),
    "road_upgraded": ("road", _road_upgraded),
    "road_joint": ("road", _road_joint),
    "roads_crossing": ("road", _roads_crossing),
    "roads_parallel": ("road", _roads_parallel),
    "roads_meeting": ("road", _roads_meeting),
    "road_and_bridge": ("road", _road_and_bridge),
    "spot_twice": ("water", _spot_twice),
    "spot_beside": ("water", _spot_beside),
    "spot_mended": ("water", _spot_mended),
    "pond_twice": ("water", _pond_twice),
    "pond_beside": ("water", _pond_beside),
    "pond_dredged": ("water", _pond_dredged),
    "canal_twice": ("water", _canal_twice),
    "canal_continued": ("water", _canal_continued),
    "canal_dredged": ("water", _canal_dredged),
    "canal_and_weir": ("water", _canal_and_weir),
}

"""What is built: road and water projects of five fiscal years along the province's roads and streams."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from app.services.demo.land import Body, Land, Road, Village
from app.services.demo.plane import blob, part, wiggle

YEARS = (2566, 2567, 2568, 2569, 2570)
_ROADS_PER_YEAR, _WATERS_PER_YEAR, _OTHERS_PER_YEAR = 178, 112, 12


@dataclass(frozen=True)
class Segment:
    """Specification and shape (plane) of one ช่วง."""

    shape: BaseGeometry
    surface: str | None = None
    width_m: float | None = None
    length_m: float | None = None
    thickness_m: float | None = None

    @property
    def area_m2(self) -> float | None:
        """Width times length, as a contract writes it."""
        return None if self.width_m is None or self.length_m is None else round(self.width_m * self.length_m, 2)

    @property
    def volume_m3(self) -> float | None:
        """Volume of loose material: gravel is bought by the cubic metre."""
        if self.area_m2 is None or self.thickness_m is None or self.surface not in {"CRUSHED", "LATERITE", "EARTH"}:
            return None
        return round(self.area_m2 * self.thickness_m, 2)


@dataclass(frozen=True)
class Work:
    """One project before its money: what, where, whose, when."""

    number: int
    name_th: str
    kind: str
    body: Body
    year: int
    nature: str
    village: Village
    segments: tuple[Segment, ...]
    cost: float
    surface: str | None = None
    source: str | None = None
    structure: str | None = None
    route_code: str | None = None
    length_m: float | None = None
    width_m: float | None = None
    area_m2: float | None = None
    attributes: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Surface:
    code: str
    name: str
    nature: str
    verb: str
    widths: tuple[float, ...]
    thickness: float
    baht_m2: float
    where: str
    share: float


_SURFACES = (
    _Surface("RC", "ถนนคอนกรีตเสริมเหล็ก", "BUILD", "ก่อสร้าง", (4, 4, 5, 5, 6), 0.15, 640, "lane", 0.34),
    _Surface("RC", "ถนน คสล.", "BUILD", "ก่อสร้าง", (4, 5, 5), 0.15, 620, "network", 0.15),
    _Surface("AC", "ผิวแอสฟัลต์", "REBUILD", "ซ่อมสร้าง", (5, 6, 6, 7), 0.05, 430, "network", 0.12),
    _Surface("AC", "ถนนแอสฟัลท์ติกคอนกรีต", "OVERLAY", "เสริมผิว", (5, 6), 0.04, 330, "network", 0.05),
    _Surface("ST", "ถนนลาดยาง", "REPAIR", "ซ่อมแซม", (5, 6), 0.03, 210, "network", 0.04),
    _Surface("CAPE", "ถนนลาดยางเคพซีล", "IMPROVE", "ปรับปรุง", (5, 6), 0.03, 240, "network", 0.02),
    _Surface("PARA", "ถนนพาราแอสฟัลต์", "BUILD", "ก่อสร้าง", (5, 6), 0.05, 390, "network", 0.02),
    _Surface("CRUSHED", "ถนนหินคลุก", "IMPROVE", "ปรับปรุง", (3, 4, 4), 0.10, 74, "track", 0.12),
    _Surface("LATERITE", "ถนนลูกรัง", "REPAIR", "ซ่อมแซม", (3, 4), 0.15, 48, "track", 0.09),
    _Surface("EARTH", "ถนนดิน", "BUILD", "ก่อสร้าง", (4,), 0.50, 62, "track", 0.03),
    _Surface("BLOCK", "ถนนอิฐตัวหนอน", "BUILD", "ก่อสร้าง", (3, 4), 0.06, 520, "lane", 0.02),
)
_WATER_SHARES = {
    "CANAL_DREDGE": 0.20,
    "POND": 0.17,
    "GROUNDWATER": 0.16,
    "WEIR": 0.11,
    "VILLAGE_WATERWORKS": 0.10,
    "PIPE": 0.08,
    "WETLAND": 0.05,
    "PUMP": 0.04,
    "TANK": 0.03,
    "GATE": 0.02,
    "GW_BANK": 0.02,
    "IRRIG_CANAL": 0.01,
    "OTHER_WATER": 0.01,
}
_PAO_SHARE = 0.16
_TWO_SEGMENTS = 0.13


class Works:
    """Makes the works of all years; a piece of road is used once."""

    def __init__(self, rng: np.random.Generator, land: Land) -> None:
        self.rng = rng
        self.land = land
        self._numbers = count(1)
        self._routes: dict[str, Iterator[int]] = {}
        self._used: dict[int, float] = {}
        self._dredged: dict[tuple[str, str], int] = {}
        self.pao = land.bodies[0]
        self._locals = land.bodies[1:]
        self._shapes = shapely.STRtree([body.territory for body in self._locals])
        self._roads = {
            kind: [i for i, r in enumerate(land.roads) if r.kind == kind] for kind in ("network", "lane", "track")
        }
        for roads in self._roads.values():
            rng.shuffle(roads)
        self._village_points = shapely.STRtree([Point(v.x, v.y) for v in land.villages])

    def make(self) -> list[Work]:
        """All works, year by year."""
        works: list[Work] = []
        for year in YEARS:
            works += [self._road(year) for _ in range(_ROADS_PER_YEAR)]
            works += [self._water(year) for _ in range(_WATERS_PER_YEAR)]
            works += [self._other(year) for _ in range(_OTHERS_PER_YEAR)]
        return works

    # Roads

    def _road(self, year: int) -> Work:
        rng = self.rng
        surface = _SURFACES[
            rng.choice(len(_SURFACES), p=np.array([s.share for s in _SURFACES]) / sum(s.share for s in _SURFACES))
        ]
        wide = surface.where == "network"
        of_pao = wide and rng.random() < _PAO_SHARE * 2
        wanted = self._wanted_length(surface.where, of_pao)
        road, line = self._piece(surface.where, wanted)
        body = self.pao if of_pao else self.local_at(line.interpolate(0.5, normalized=True))
        width = float(rng.choice(surface.widths))
        segments = self._segments(line, surface, width)
        length = sum(segment.length_m or 0.0 for segment in segments)
        area = round(sum(segment.area_m2 or 0.0 for segment in segments), 2)
        start, end = (self.land.villages[i] for i in road.villages)
        return Work(
            next(self._numbers),
            self._road_name(surface, road, start, end, body),
            "road",
            body,
            year,
            surface.nature,
            start,
            segments,
            area * surface.baht_m2 * rng.uniform(0.9, 1.12),
            surface=surface.code,
            route_code=self._route(body) if wide and rng.random() < 0.6 else None,
            length_m=length,
            width_m=width if len({segment.width_m for segment in segments}) == 1 else None,
            area_m2=area,
            attributes={"thickness_m": surface.thickness},
        )

    def _wanted_length(self, where: str, of_pao: bool) -> float:
        if of_pao:
            return float(self.rng.uniform(1_200, 3_800))
        low, high = {"lane": (90, 420), "network": (350, 1_900), "track": (450, 2_300)}[where]
        return float(self.rng.uniform(low, high))

    def _piece(self, kind: str, wanted: float) -> tuple[Road, LineString]:
        """An unused piece of a road, as long as wanted or as the road allows; old work is never paved over here."""
        for index in self._roads[kind]:
            road = self.land.roads[index]
            used = self._used.get(index, 0.0)
            free = road.line.length - used
            if free < max(80.0, min(wanted, road.line.length) * 0.7):
                continue
            taken = free if free - wanted < 150 else min(wanted, free)
            self._used[index] = used + taken + 0.01
            # the next project looks elsewhere first
            self._roads[kind].remove(index)
            self._roads[kind].append(index)
            return road, part(road.line, used, used + taken)
        raise RuntimeError(f"no {kind} left to build on")  # pragma: no cover - the land has several times what is used

    def _segments(self, line: LineString, surface: _Surface, width: float) -> tuple[Segment, ...]:
        if line.length < 250 or self.rng.random() > _TWO_SEGMENTS:
            return (self._segment(line, surface.code, width, surface.thickness),)
        cut = line.length * self.rng.uniform(0.35, 0.7)
        second = max(width - 1, 3.0)
        return (
            self._segment(part(line, 0, cut), surface.code, width, surface.thickness),
            self._segment(part(line, cut, line.length), surface.code, second, surface.thickness),
        )

    def _segment(self, line: LineString, surface: str, width: float, thickness: float) -> Segment:
        """The contract rounds to a whole metre and is a little off what is drawn."""
        length = float(round(line.length * self.rng.uniform(0.985, 1.015)))
        return Segment(line, surface, width, length, thickness)

    def _road_name(self, surface: _Surface, road: Road, start: Village, end: Village, body: Body) -> str:
        if road.kind == "network":
            place = f"สาย{start.name_th} ม.{start.moo} – {end.name_th} ม.{end.moo}"
        elif road.kind == "lane":
            soi = int(self.rng.integers(1, 9))
            place = f"ซอย {soi} {start.name_th} ม.{start.moo}"
        else:
            place = f"สายทุ่ง{start.name_th.removeprefix('บ้าน')} {start.name_th} ม.{start.moo}"
        verb = "ลง" if surface.code in {"CRUSHED", "LATERITE"} and self.rng.random() < 0.4 else surface.verb
        name = surface.name.removeprefix("ถนน") if verb == "ลง" else surface.name
        return f"{verb}{name} {place}"

    def _route(self, body: Body) -> str:
        number = next(self._routes.setdefault(body.code, count(1)))
        return f"สธ.ถ.1-{number:04d}" if body is self.pao else f"สธ.ถ.{body.number}-{number:03d}"

    # Water

    def _water(self, year: int) -> Work:
        codes = list(_WATER_SHARES)
        code = codes[
            self.rng.choice(len(codes), p=np.array(list(_WATER_SHARES.values())) / sum(_WATER_SHARES.values()))
        ]
        village = self.land.villages[self.rng.integers(len(self.land.villages))]
        if code in {"CANAL_DREDGE", "WEIR", "GATE", "PUMP"}:
            return self._on_stream(code, year)
        if code in {"POND", "WETLAND"}:
            return self._pond(code, year, village)
        if code in {"PIPE", "IRRIG_CANAL"}:
            return self._pipe(code, year)
        return self._in_village(code, year, village)

    def _on_stream(self, code: str, year: int) -> Work:
        rng = self.rng
        name, stream = self.land.streams[rng.integers(len(self.land.streams))]
        at = rng.uniform(0.04, 0.9) * stream.length
        if code == "CANAL_DREDGE":
            return self._dredging(name, stream, at, year)
        place = stream.interpolate(at)
        village = self.village_near(place)
        body = self.local_at(place)
        nouns = {
            "WEIR": (
                "ก่อสร้างฝาย คสล.",
                1_450_000.0,
                {"crest_length_m": float(rng.integers(6, 24)), "height_m": float(rng.choice([1.0, 1.5, 2.0]))},
            ),
            "GATE": ("ก่อสร้างประตูระบายน้ำ", 3_200_000.0, {"gates": int(rng.integers(1, 4)), "gate_size": "1.80x1.80"}),
            "PUMP": ("ก่อสร้างสถานีสูบน้ำด้วยพลังงานแสงอาทิตย์", 2_100_000.0, {"power_kw": float(rng.choice([3.0, 5.5, 7.5]))}),
        }
        text, cost, attributes = nouns[code]
        return self._work(
            f"{text} {name} {village.name_th} ม.{village.moo}",
            "water",
            body,
            year,
            "BUILD",
            village,
            (Segment(place),),
            cost,
            source=code,
            attributes=attributes,
        )

    def _dredging(self, name: str, stream: LineString, at: float, year: int) -> Work:
        rng = self.rng
        line = part(stream, at, min(at + rng.uniform(350, 2_200), stream.length))
        village = self.village_near(line.interpolate(0.5, normalized=True))
        body = self.local_at(line.interpolate(0.5, normalized=True))
        top, depth = float(rng.integers(6, 16)), float(rng.choice([1.5, 2.0, 2.5]))
        length = float(round(line.length * rng.uniform(0.985, 1.015)))
        times = self._dredged[name, village.code] = self._dredged.get((name, village.code), 0) + 1
        volume = round((top + top / 2) / 2 * depth * length, 2)
        text = f"ขุดลอก{name} {village.name_th} ม.{village.moo}" + (f" ช่วงที่ {times}" if times > 1 else "")
        return self._work(
            text,
            "water",
            body,
            year,
            "DREDGE",
            village,
            (Segment(line, None, top, length),),
            volume * 34,
            source="CANAL_DREDGE",
            length_m=length,
            width_m=top,
            attributes={"top_width_m": top, "bottom_width_m": top / 2, "depth_m": depth, "excavation_m3": volume},
        )

    def _pond(self, code: str, year: int, village: Village) -> Work:
        rng = self.rng
        turn, away = rng.uniform(0, 2 * np.pi), rng.uniform(450, 1_100)
        radius = rng.uniform(28, 75) if code == "POND" else rng.uniform(90, 230)
        shape = blob(rng, village.x + away * np.cos(turn), village.y + away * np.sin(turn), radius, 16)
        body = self.local_at(shape.representative_point())
        depth = float(rng.choice([2.5, 3.0, 3.5, 4.0]))
        area = float(round(shape.area * rng.uniform(0.98, 1.02)))
        noun = village.name_th.removeprefix("บ้าน")
        text, nature = (f"ขุดสระเก็บน้ำ{noun}", "DIG") if code == "POND" else (f"ขุดลอกหนอง{noun} (แก้มลิง)", "DREDGE")
        volume = round(area * depth * 0.8, 2)
        return self._work(
            f"{text} {village.name_th} ม.{village.moo}",
            "water",
            body,
            year,
            nature,
            village,
            (Segment(shape),),
            volume * 32,
            source=code,
            area_m2=area,
            attributes={"depth_m": depth, "excavation_m3": volume, "capacity_m3": round(volume * 0.9, 2)},
        )

    def _pipe(self, code: str, year: int) -> Work:
        rng = self.rng
        road, line = self._piece("lane", rng.uniform(250, 600))
        village = self.land.villages[road.villages[0]]
        line = LineString(np.asarray(line.coords) + np.array([4.0, 3.0]))
        length = float(round(line.length * rng.uniform(0.985, 1.015)))
        millimetres = int(rng.choice([55, 75, 100]))
        text = f"ขยายเขตประปา ม.{village.moo} ท่อ PVC {millimetres} มม. {village.name_th}"
        cost = length * 420.0
        if code == "IRRIG_CANAL":
            text, cost = f"ก่อสร้างคลองส่งน้ำดาดคอนกรีต {village.name_th} ม.{village.moo}", length * 2_400.0
        body = self.local_at(line.interpolate(0.5, normalized=True))
        return self._work(
            text,
            "water",
            body,
            year,
            "BUILD" if code == "IRRIG_CANAL" else "INSTALL",
            village,
            (Segment(line, None, None, length),),
            cost,
            source=code,
            length_m=length,
            attributes={"pipe_mm": millimetres} if code == "PIPE" else {"width_m": 1.2},
        )

    def _in_village(self, code: str, year: int, village: Village) -> Work:
        rng = self.rng
        points = int(rng.integers(2, 4)) if code == "GROUNDWATER" and rng.random() < 0.25 else 1
        places = [Point(village.x + rng.normal(0, 160), village.y + rng.normal(0, 160)) for _ in range(points)]
        where = f"{village.name_th} ม.{village.moo}"
        depth = int(rng.integers(4, 14)) * 10
        text, nature, cost = {
            "GROUNDWATER": ("เจาะบ่อบาดาล", "DRILL", 320_000.0 * points),
            "VILLAGE_WATERWORKS": ("ปรับปรุงระบบประปาหมู่บ้าน", "IMPROVE", 780_000.0),
            "TANK": ("ก่อสร้างหอถังสูง ประปา", "BUILD", 460_000.0),
            "GW_BANK": ("ก่อสร้างธนาคารน้ำใต้ดิน ระบบเปิด", "BUILD", 180_000.0),
            "OTHER_WATER": ("โคก หนอง นา แหล่งน้ำในไร่นา", "DIG", 240_000.0),
        }[code]
        details: dict[str, dict[str, object]] = {
            "GROUNDWATER": {"depth_m": depth, "diameter_mm": 150, "yield_m3_h": int(rng.integers(3, 12))},
            "VILLAGE_WATERWORKS": {"capacity_m3_h": int(rng.choice([5, 10, 20])), "households": village.people // 3},
            "TANK": {"capacity_m3": int(rng.choice([10, 15, 20, 30]))},
            "GW_BANK": {"system": "open", "pits": int(rng.integers(1, 6))},
        }
        attributes = details.get(code, {})
        text = f"{text} {where}" + (f" (จุดที่ 1–{points})" if points > 1 else "")
        return self._work(
            text,
            "water",
            self.local_at(places[0]),
            year,
            nature,
            village,
            tuple(map(Segment, places)),
            cost * rng.uniform(0.85, 1.3),
            source=code,
            attributes=attributes,
        )

    # Neither

    def _other(self, year: int) -> Work:
        rng = self.rng
        village = self.land.villages[rng.integers(len(self.land.villages))]
        place = Point(village.x + rng.normal(0, 120), village.y + rng.normal(0, 120))
        where = f"{village.name_th} ม.{village.moo}"
        text, structure, nature, cost = (
            (f"ติดตั้งไฟฟ้าส่องสว่างโซลาร์เซลล์ {where}", "LIGHT", "INSTALL", 240_000.0),
            (f"ก่อสร้างท่อลอดเหลี่ยม คสล. {where}", "BOX_CULVERT", "BUILD", 890_000.0),
            (f"วางท่อระบายน้ำ คสล. พร้อมบ่อพัก {where}", "PIPE_CULVERT", "INSTALL", 410_000.0),
            (f"ก่อสร้างสะพาน คสล. {where}", "BRIDGE", "BUILD", 2_600_000.0),
        )[rng.integers(4)]
        return self._work(
            text,
            "other",
            self.local_at(place),
            year,
            nature,
            village,
            (Segment(place),),
            cost * rng.uniform(0.8, 1.3),
            structure=structure,
        )

    # Where

    def _work(
        self,
        name: str,
        kind: str,
        body: Body,
        year: int,
        nature: str,
        village: Village,
        segments: tuple[Segment, ...],
        cost: float,
        **columns: object,
    ) -> Work:
        work = Work(next(self._numbers), name, kind, body, year, nature, village, segments, cost)
        return replace(work, **columns)  # type: ignore[arg-type]

    def local_at(self, place: Point) -> Body:
        """The municipality or SAO of a place; the nearest one outside the province."""
        found = self._shapes.query(place, predicate="intersects")
        return self._locals[int(found.min()) if len(found) else int(self._shapes.nearest(place))]

    def village_near(self, place: Point) -> Village:
        """The nearest village."""
        return self.land.villages[int(self._village_points.nearest(place))]

    def twin(self, work: Work, body: Body, year: int) -> Work:
        """The same road once more by another body, drawn a few metres beside: a planted duplicate."""
        first = work.segments[0].shape
        line = part(LineString(shapely.get_coordinates(first)), 0, first.length * 0.9)
        beside = LineString(np.asarray(line.coords) + self.rng.uniform(2.5, 5.5, 2))
        drawn = wiggle(self.rng, beside, 0.004, 1)
        length = float(round(drawn.length))
        width = work.segments[0].width_m or 5.0
        segment = Segment(drawn, work.surface, width, length, work.segments[0].thickness_m)
        return replace(
            work,
            number=next(self._numbers),
            name_th="ปรับปรุง" + work.name_th.removeprefix("ก่อสร้าง").removeprefix("ซ่อมสร้าง"),
            body=body,
            year=year,
            nature="IMPROVE",
            segments=(segment,),
            length_m=length,
            width_m=width,
            area_m2=segment.area_m2,
            cost=(segment.area_m2 or 0.0) * 420,
            route_code=self._route(body),
        )

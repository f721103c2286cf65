"""The land of the fictional province: limits, villages, roads and streams, in the generator's plane (metres)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from app.services.demo.names import AMPHOES, PROVINCE, STREAMS, TAMBONS, village_names
from app.services.demo.plane import FloatArray, blob, smooth, wiggle

_CELL_M = 1_900.0
_HALF_WIDTH_M, _HALF_HEIGHT_M = 33_000.0, 23_500.0
_VILLAGE_GAP_M = 1_150.0
_MUNICIPAL = (
    # name, English name, type, radius, own limit (else it follows its tambon)
    ("สาธิต", "Sathit Town", "TOWN_MUNI", 2_600.0, True),
    ("โนนสว่าง", "Non Sawang", "SUBDISTRICT_MUNI", 1_500.0, True),
    ("ห้วยยาง", "Huai Yang", "SUBDISTRICT_MUNI", 1_350.0, True),
    ("ตลาดดงเค็ง", "Talat Dong Kheng", "SUBDISTRICT_MUNI", 1_300.0, True),
    ("หนองแวง", "Nong Waeng", "SUBDISTRICT_MUNI", 1_200.0, True),
    ("ท่าสาธิต", "Tha Sathit", "SUBDISTRICT_MUNI", 0.0, False),
    ("บึงแก้ว", "Bueng Kaeo", "SUBDISTRICT_MUNI", 0.0, False),
)


@dataclass(frozen=True)
class Limit:
    """A province, amphoe or tambon."""

    code: str
    level: str
    name_th: str
    name_en: str
    shape: BaseGeometry


@dataclass(frozen=True)
class Village:
    """A village: a point, people by year, and the tambon it belongs to."""

    code: str
    name_th: str
    moo: int
    x: float
    y: float
    people: int

    @property
    def tambon_code(self) -> str:
        """Code of its tambon."""
        return self.code[:6]


@dataclass(frozen=True)
class Body:
    """A local organisation; ``boundary`` is its own limit where it follows no tambon's."""

    code: str
    type_code: str
    name_th: str
    full_name_th: str
    name_en: str
    number: int
    amphoe_code: str | None
    boundary: BaseGeometry | None
    territory: BaseGeometry
    coverage: dict[str, str]
    office: Point


@dataclass(frozen=True)
class Road:
    """A way that projects follow; ``villages`` are the ends (indices into :attr:`Land.villages`)."""

    line: LineString
    kind: str
    villages: tuple[int, int]


@dataclass
class Land:
    """Everything that does not change from year to year."""

    limits: list[Limit]
    villages: list[Village]
    bodies: list[Body]
    roads: list[Road]
    state_roads: list[LineString]
    streams: list[tuple[str, LineString]]
    settlements: list[Polygon] = field(default_factory=list)

    @property
    def province(self) -> Limit:
        """The province."""
        return self.limits[0]

    @property
    def tambons(self) -> list[Limit]:
        """Tambons in the order of their codes."""
        return [limit for limit in self.limits if limit.level == "tambon"]


def make_land(rng: np.random.Generator) -> Land:
    """Make the land; the same generator state always gives the same land."""
    limits = _limits(rng)
    tambons = [limit for limit in limits if limit.level == "tambon"]
    villages = _villages(rng, tambons)
    bodies = _bodies(rng, limits, villages)
    state_roads = _state_roads(rng, limits[0].shape)
    streams = _streams(rng, limits[0].shape)
    roads = _network(rng, villages) + _lanes(rng, villages) + _tracks(rng, villages, limits[0].shape)
    settlements = [blob(rng, v.x, v.y, 150 + v.people**0.5 * 8.5) for v in villages]
    return Land(limits, villages, bodies, roads, state_roads, streams, settlements)


# Limits ---------------------------------------------------------------------------------------------------------


def _limits(rng: np.random.Generator) -> list[Limit]:
    """Province, amphoe and tambons as one valid coverage: unions of the same cells, whose edges are shared."""
    seeds, cells = _cells(rng)
    centres = _settle(rng, seeds, len(TAMBONS))
    tambon_of = _nearest(seeds, centres)
    amphoe_centres = _settle(rng, centres, len(AMPHOES))
    # the capital lies in the middle
    amphoe_centres = amphoe_centres[np.argsort(np.hypot(*amphoe_centres.T))]
    amphoe_of = _nearest(centres, amphoe_centres)
    code, name, name_en = PROVINCE
    amphoes: list[Limit] = []
    tambons: list[Limit] = []
    names = iter(TAMBONS)
    for a, (amphoe_name, amphoe_en) in enumerate(AMPHOES):
        amphoe_code = f"{code}{a + 1:02d}"
        members = np.flatnonzero(amphoe_of == a)
        for t, member in enumerate(members[np.argsort(centres[members, 0])], start=1):
            tambon_name, tambon_en = next(names)
            shape = shapely.unary_union(cells[tambon_of == member])
            tambons.append(Limit(f"{amphoe_code}{t:02d}", "tambon", tambon_name, tambon_en, shape))
        shape = shapely.unary_union(cells[np.isin(tambon_of, members)])
        amphoes.append(Limit(amphoe_code, "amphoe", amphoe_name, amphoe_en, shape))
    return [Limit(code, "province", name, name_en, shapely.unary_union(cells)), *amphoes, *tambons]


def _cells(rng: np.random.Generator) -> tuple[FloatArray, np.ndarray]:
    """Seeds inside the province and their Voronoi cells with wavy edges that neighbours share."""
    xs = np.arange(-_HALF_WIDTH_M - 6_000, _HALF_WIDTH_M + 6_001, _CELL_M)
    ys = np.arange(-_HALF_HEIGHT_M - 6_000, _HALF_HEIGHT_M + 6_001, _CELL_M)
    grid = np.array([(x, y) for y in ys for x in xs])
    grid += rng.uniform(-0.42, 0.42, grid.shape) * _CELL_M
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(grid), ordered=True))
    angle = np.arctan2(grid[:, 1] / _HALF_HEIGHT_M, grid[:, 0] / _HALF_WIDTH_M)
    reach = 1 + 0.06 * np.sin(3 * angle + 0.7) + 0.05 * np.sin(5 * angle + 2.1) + 0.02 * np.sin(9 * angle)
    inside = np.hypot(grid[:, 0] / _HALF_WIDTH_M, grid[:, 1] / _HALF_HEIGHT_M) < reach * 0.98
    edges: dict[tuple[tuple[float, float], tuple[float, float]], list[tuple[float, float]]] = {}
    return grid[inside], np.array([_wavy(rng, cell, edges) for cell in cells[inside]])


def _wavy(
    rng: np.random.Generator,
    cell: Polygon,
    edges: dict[tuple[tuple[float, float], tuple[float, float]], list[tuple[float, float]]],
) -> Polygon:
    corners = [(round(x, 2), round(y, 2)) for x, y in cell.exterior.coords]
    ring: list[tuple[float, float]] = []
    for a, b in pairwise(corners):
        key = (a, b) if a < b else (b, a)
        if key not in edges:
            long_enough = np.hypot(a[0] - b[0], a[1] - b[1]) > 300
            line = wiggle(rng, LineString(key), 0.075, 3) if long_enough else LineString(key)
            edges[key] = [(round(x, 2), round(y, 2)) for x, y in line.coords]
        points = edges[key] if key == (a, b) else edges[key][::-1]
        ring.extend(points[:-1])
    return Polygon(ring)


def _settle(rng: np.random.Generator, points: FloatArray, count: int) -> FloatArray:
    """``count`` centres spread evenly over the points (Lloyd's iteration from a far-apart start)."""
    centres = points[[int(rng.integers(len(points)))]]
    while len(centres) < count:
        distance = np.min(np.hypot(*(points[:, None, :] - centres[None, :, :]).transpose(2, 0, 1)), axis=1)
        centres = np.vstack((centres, points[np.argmax(distance)]))
    for _ in range(25):
        owner = _nearest(points, centres)
        centres = np.array([points[owner == i].mean(axis=0) for i in range(count)])
    return centres


def _nearest(points: FloatArray, centres: FloatArray) -> np.ndarray:
    nearest: np.ndarray = np.argmin(np.hypot(*(points[:, None, :] - centres[None, :, :]).transpose(2, 0, 1)), axis=1)
    return nearest


# Villages and organisations ------------------------------------------------------------------------------------------


def _villages(rng: np.random.Generator, tambons: list[Limit]) -> list[Village]:
    names = village_names(rng)
    villages: list[Village] = []
    taken = np.empty((0, 2))
    for tambon in tambons:
        inner = tambon.shape.buffer(-450)
        west, south, east, north = inner.bounds
        wanted = int(rng.integers(9, 13))
        moo = 0
        for _ in range(4_000):
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            near = len(taken) and np.min(np.hypot(taken[:, 0] - x, taken[:, 1] - y)) < _VILLAGE_GAP_M
            if near or not inner.covers(Point(x, y)):
                continue
            moo += 1
            people = int(rng.lognormal(6.3, 0.45))
            villages.append(Village(f"{tambon.code}{moo:02d}", "บ้าน" + next(names), moo, x, y, max(people, 140)))
            taken = np.vstack((taken, (x, y)))
            if moo == wanted:
                break
    return villages


def _bodies(rng: np.random.Generator, limits: list[Limit], villages: list[Village]) -> list[Body]:
    province, tambons = limits[0], [limit for limit in limits if limit.level == "tambon"]
    amphoe_codes = [limit.code for limit in limits if limit.level == "amphoe"]
    towns = _towns(rng, province, tambons, amphoe_codes, villages)
    urban = shapely.unary_union([shape for *_, shape, own in towns if own])
    whole = {code for *_, code, _, own in towns if not own}
    full = "องค์การบริหารส่วนจังหวัด"
    pao = province.name_en
    bodies = [_body("02", "PAO", province.name_th, full, pao, 1, amphoe_codes[0], None, province.shape, {}, villages)]
    number = 1
    for name, name_en, type_code, code, shape, own in towns:
        number += 1
        coverage = _coverage(shape, tambons) if own else {code: "complete"}
        prefix, digits = ("เทศบาลเมือง", "04") if type_code == "TOWN_MUNI" else ("เทศบาลตำบล", "05")
        bodies.append(
            _body(
                digits,
                type_code,
                name,
                prefix,
                name_en,
                number,
                code[:4],
                shape if own else None,
                shape,
                coverage,
                villages,
            )
        )
    for tambon in tambons:
        if tambon.code in whole:
            continue
        number += 1
        rest = tambon.shape.difference(urban)
        cut = rest.area < tambon.shape.area * 0.999
        coverage = {tambon.code: "partial" if cut else "complete"}
        boundary = rest if cut else None
        bodies.append(
            _body(
                "06",
                "SAO",
                tambon.name_th,
                "องค์การบริหารส่วนตำบล",
                tambon.name_en,
                number,
                tambon.code[:4],
                boundary,
                rest,
                coverage,
                villages,
            )
        )
    return bodies


def _towns(
    rng: np.random.Generator, province: Limit, tambons: list[Limit], amphoe_codes: list[str], villages: list[Village]
) -> list[tuple[str, str, str, str, BaseGeometry, bool]]:
    """(name, English name, type, home tambon, shape, own limit) of every municipality."""
    by_code = {tambon.code: tambon for tambon in tambons}
    towns: list[tuple[str, str, str, str, BaseGeometry, bool]] = []
    for place, (name, name_en, type_code, radius, own) in enumerate(_MUNICIPAL):
        amphoe = amphoe_codes[place % len(amphoe_codes)]
        homes = [code for code in by_code if code.startswith(amphoe)]
        if not own:
            towns.append((name, name_en, type_code, homes[-1], by_code[homes[-1]].shape, False))
            continue
        # a market town grew at a village near the limit, so that its land lies in more than one tambon
        edge = by_code[homes[0]].shape.boundary
        near = [v for v in villages if v.tambon_code == homes[0]]
        home = near[int(np.argmin([edge.distance(Point(v.x, v.y)) for v in near]))]
        taken = shapely.unary_union([shape for *_, shape, _ in towns]) if towns else Polygon()
        shape = blob(rng, home.x, home.y, radius, 26).intersection(province.shape).difference(taken.buffer(200))
        towns.append((name, name_en, type_code, homes[0], shape, True))
    return towns


def _coverage(shape: BaseGeometry, tambons: list[Limit]) -> dict[str, str]:
    return {tambon.code: "partial" for tambon in tambons if tambon.shape.intersection(shape).area > 0.005 * shape.area}


def _body(
    digits: str,
    type_code: str,
    name: str,
    prefix: str,
    name_en: str,
    number: int,
    amphoe_code: str,
    boundary: BaseGeometry | None,
    territory: BaseGeometry,
    coverage: dict[str, str],
    villages: list[Village],
) -> Body:
    middle = territory.representative_point()
    home = min(
        (v for v in villages if territory.covers(Point(v.x, v.y))),
        key=lambda v: (v.x - middle.x) ** 2 + (v.y - middle.y) ** 2,
        default=None,
    )
    office = Point(home.x + 60, home.y + 40) if home is not None else middle
    return Body(
        f"D{digits}{amphoe_code}{number:02d}",
        type_code,
        name,
        prefix + name,
        f"{name_en} {'Municipality' if type_code.endswith('MUNI') else 'PAO' if type_code == 'PAO' else 'SAO'}",
        number,
        None if type_code == "PAO" else amphoe_code,
        boundary,
        territory,
        coverage,
        office,
    )


# Roads and streams ---------------------------------------------------------------------------------------------------


def _state_roads(rng: np.random.Generator, province: BaseGeometry) -> list[LineString]:
    courses = (
        [(-40_000, -7_000), (-17_000, -2_500), (500, 300), (18_000, 5_000), (40_000, 3_000)],
        [(-6_000, 30_000), (-2_500, 12_000), (500, 300), (3_500, -13_000), (1_000, -30_000)],
        [(-30_000, 22_000), (-17_000, 9_000), (-17_000, -2_500), (-21_000, -24_000)],
    )
    return _longest([smooth(wiggle(rng, LineString(course), 0.05, 3)) for course in courses], province)


def _streams(rng: np.random.Generator, province: BaseGeometry) -> list[tuple[str, LineString]]:
    courses = (
        [(-38_000, 16_000), (-12_000, 6_000), (9_000, -6_000), (38_000, -15_000)],
        [(-24_000, 26_000), (-19_000, 13_000), (-12_500, 6_300)],
        [(-36_000, -4_000), (-20_000, -8_500), (-4_000, -12_500), (9_500, -6_200)],
        [(12_000, 26_000), (14_500, 12_000), (19_000, -1_000), (24_000, -10_000)],
        [(30_000, 20_000), (25_500, 8_000), (19_000, -800)],
        [(-26_000, -24_000), (-14_000, -17_500), (-4_500, -12_800)],
        [(10_000, -26_000), (12_500, -16_000), (14_000, -8_200)],
        [(38_000, 6_000), (29_000, 0), (26_000, -10_800)],
    )
    lines = _longest([smooth(wiggle(rng, LineString(course), 0.11, 6), 1) for course in courses], province)
    return list(zip(STREAMS, lines, strict=True))


def _longest(lines: list[LineString], province: BaseGeometry) -> list[LineString]:
    clipped = [shapely.get_parts(line.intersection(province)) for line in lines]
    return [max(parts, key=lambda line: line.length) for parts in clipped]


def _network(rng: np.random.Generator, villages: list[Village]) -> list[Road]:
    """Roads between neighbouring villages: the Gabriel graph, which is what grows where people walk to the next."""
    points = np.array([(v.x, v.y) for v in villages])
    tree = shapely.STRtree([Point(x, y) for x, y in points])
    index = {(x, y): i for i, (x, y) in enumerate(points)}
    triangles = shapely.get_parts(shapely.delaunay_triangles(MultiPoint(points), only_edges=True))
    roads: list[Road] = []
    for edge in triangles:
        (ax, ay), (bx, by) = edge.coords
        middle, radius = Point((ax + bx) / 2, (ay + by) / 2), edge.length / 2
        between = tree.query(middle, predicate="dwithin", distance=radius * 0.999)
        if len(between) or edge.length > 6_500:
            continue
        line = smooth(wiggle(rng, LineString(edge.coords), 0.07, 3))
        roads.append(Road(line, "network", (index[ax, ay], index[bx, by])))
    return roads


def _lanes(rng: np.random.Generator, villages: list[Village]) -> list[Road]:
    lanes = []
    for i, village in enumerate(villages):
        turn = rng.uniform(0, np.pi)
        along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        reach = 130 + village.people**0.5 * 7
        centre = np.array([village.x, village.y])
        lanes.append(_lane(rng, centre - along * reach, centre + along * reach, i))
        for offset in np.linspace(-0.75, 0.75, int(rng.integers(3, 6))):
            start = centre + along * reach * offset
            side = across * (1 if rng.random() < 0.5 else -1)
            lanes.append(_lane(rng, start, start + side * rng.uniform(110, 330), i))
    return lanes


def _lane(rng: np.random.Generator, start: FloatArray, end: FloatArray, village: int) -> Road:
    return Road(smooth(wiggle(rng, LineString([start, end]), 0.03, 2), 1), "lane", (village, village))


def _tracks(rng: np.random.Generator, villages: list[Village], province: BaseGeometry) -> list[Road]:
    tracks = []
    for i, village in enumerate(villages):
        for _ in range(4):
            turn, start, reach = rng.uniform(0, 2 * np.pi), rng.uniform(250, 500), rng.uniform(600, 2_400)
            direction = np.array([np.cos(turn), np.sin(turn)])
            centre = np.array([village.x, village.y])
            ends = [centre + direction * start, centre + direction * (start + reach)]
            line = smooth(wiggle(rng, LineString(ends), 0.10, 3))
            if province.covers(line):
                tracks.append(Road(line, "track", (i, i)))
    return tracks

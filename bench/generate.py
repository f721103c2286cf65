"""A seeded million projects over Thailand, brought in by COPY: the ground that the other benchmarks stand on.

``python -m bench.generate --url postgresql://... [--projects 1000000]`` fills an empty, migrated database. Lines of
5-40 vertices (60 %), points (28 %) and ponds (12 %); few places are dense and many are empty, as on the
ground. Where there are none yet a grid of 77 provinces,
928 amphoes and 7,425 tambons is made inside a rough outline of the country, and one organisation per tambon.
"""

from __future__ import annotations

import argparse
import io
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg2
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

PROVINCES, AMPHOES, TAMBONS = 77, 928, 7425
YEARS = np.arange(2565, 2571)
CHUNK = 50_000
# Rough outline of the country, degrees.
OUTLINE = Polygon([
    (98.6, 18.1), (97.4, 18.5), (98.0, 19.7), (99.2, 20.1), (100.1, 20.4), (100.6, 19.5), (101.3, 19.5), (101.2, 17.9),
    (102.1, 18.2), (103.0, 18.4), (104.1, 18.3), (104.8, 17.4), (104.8, 16.4), (105.6, 15.4), (105.2, 14.3),
    (103.0, 14.3), (102.4, 13.6), (102.9, 11.8), (102.2, 12.2), (101.0, 12.7), (100.6, 13.4), (99.9, 13.0),
    (99.8, 11.7), (99.2, 10.3), (99.4, 9.3), (100.3, 8.4), (100.6, 7.2), (102.0, 6.3), (101.2, 5.7), (100.2, 6.5),
    (99.6, 7.0),
    (98.3, 7.9), (98.3, 9.0), (98.7, 10.3), (99.5, 11.8), (99.1, 13.1), (98.2, 14.8), (98.6, 16.2), (97.8, 17.4),
])  # fmt: skip
SYLLABLES = [
    "หนอง",
    "โนน",
    "บ้าน",
    "ดอน",
    "นา",
    "โคก",
    "ห้วย",
    "คลอง",
    "บึง",
    "วัง",
    "สระ",
    "ทุ่ง",
    "ป่า",
    "ท่า",
    "ไผ่",
    "ใหญ่",
    "น้อย",
    "งาม",
    "สว่าง",
    "แวง",
    "บัว",
    "ทอง",
    "แก้ว",
    "คำ",
    "ไทร",
    "ยาง",
    "ขาม",
    "หว้า",
    "เจริญ",
    "สุข",
    "ศรี",
    "ชัย",
    "มะค่า",
    "ตาล",
    "เหล่า",
    "สำราญ",
    "พัฒนา",
    "ใต้",
    "เหนือ",
    "กลาง",
]
ROAD_WORKS = ("ก่อสร้างถนนคอนกรีตเสริมเหล็ก", "ซ่อมสร้างถนนลาดยาง", "ปรับปรุงถนนลูกรัง", "ก่อสร้างถนนดินยกระดับ")
WATER_WORKS = ("ขุดเจาะบ่อบาดาล", "ขุดลอกลำห้วย", "ก่อสร้างสระเก็บน้ำ", "ก่อสร้างฝายน้ำล้น", "ขยายเขตประปาหมู่บ้าน")
OTHER_WORKS = ("ติดตั้งไฟฟ้าส่องสว่าง", "ปรับปรุงภูมิทัศน์", "ก่อสร้างอาคารอเนกประสงค์")
SURFACES = ("RC", "AC", "LATERITE", "EARTH", "CRUSHED")
POINT_WATER, AREA_WATER, LINE_WATER = ("GROUNDWATER", "WEIR", "TANK"), ("POND", "RESERVOIR"), ("CANAL_DREDGE", "PIPE")
STATUSES = ("PLANNED", "BUDGET_APPROVED", "PROCURING", "CONTRACTED", "DISBURSING", "DISBURSED_FULL", "CANCELLED")
# As the triggers would take them from plan lines, which are left out here.
PLAN_FORMS = ("ผ.02", "ผ.02", "ผ.02", "ผ.02", "ผ.02/1", "ผ.02/2", "ผ.03", "\\N")
PROGRAMMES = (
    *("00110", "00120", "00210", "00220", "00230", "00240"),
    *("00250", "00260", "00310", "00320", "00330", "00410"),
)
STATUS_SHARES = (0.20, 0.14, 0.06, 0.12, 0.10, 0.35, 0.03)
GEOMETRY_STATUSES, GEOMETRY_SHARES = ("DRAFT", "SUBMITTED", "RETURNED", "VERIFIED"), (0.1, 0.2, 0.05, 0.65)


@dataclass(frozen=True)
class Places:
    """Tambons to put projects into: codes, organisations, middle and radius in degrees, share of the projects."""

    tambons: np.ndarray[Any, Any]
    organisations: np.ndarray[Any, Any]
    lon: np.ndarray[Any, Any]
    lat: np.ndarray[Any, Any]
    radius: np.ndarray[Any, Any]
    weight: np.ndarray[Any, Any]


def split(shape: shapely.Geometry, parts: int) -> list[shapely.Geometry]:
    """Cut a polygon into parts of about equal area, across its longer side each time."""
    if parts == 1:
        return [shape]
    west, south, east, north = shape.bounds
    half = parts // 2
    goal = shape.area * half / parts
    upright = (east - west) > (north - south) * 1.03
    low, high = (west, east) if upright else (south, north)
    for _ in range(14):
        cut = (low + high) / 2
        piece = box(west, south, cut, north) if upright else box(west, south, east, cut)
        low, high = (cut, high) if shapely.intersection(shape, piece).area < goal else (low, cut)
    first, second = shapely.intersection(shape, piece), shapely.difference(shape, piece)
    return [*split(first, half), *split(second, parts - half)]


def shares(total: int, groups: int) -> list[int]:
    """Whole numbers that differ by at most one and add up to ``total``."""
    return [total // groups + (i < total % groups) for i in range(groups)]


def make_areas(cursor: Any) -> None:
    """Synthetic areas."""
    rows: list[tuple[str, str, str, str | None, shapely.Geometry]] = []
    per_amphoe = iter(shares(TAMBONS, AMPHOES))
    for p, (province, amphoes) in enumerate(
        zip(split(OUTLINE, PROVINCES), shares(AMPHOES, PROVINCES), strict=True), 10
    ):
        rows.append((f"{p}", "province", f"ตัวอย่าง {p}", None, province))
        for a, amphoe in enumerate(split(province, amphoes), 1):
            rows.append((f"{p}{a:02d}", "amphoe", f"ตัวอย่าง {p}-{a}", f"{p}", amphoe))
            for t, tambon in enumerate(split(amphoe, next(per_amphoe)), 1):
                rows.append((f"{p}{a:02d}{t:02d}", "tambon", f"ตัวอย่าง {p}-{a}-{t}", f"{p}{a:02d}", tambon))
    buffer = io.StringIO()
    for code, level, name, parent, shape in rows:
        polygons = MultiPolygon([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
        wkb = shapely.to_wkb(shapely.set_srid(polygons, 4326), hex=True, include_srid=True)
        buffer.write("\t".join((code, level, name, parent or "\\N", wkb, "t")) + "\n")
    buffer.seek(0)
    cursor.copy_expert("COPY area (code, level, name_th, parent_code, geom, fictional) FROM STDIN", buffer)


def make_organisations(cursor: Any) -> None:
    """One organisation per tambon, where there are none."""
    cursor.execute(
        "INSERT INTO organisation (code, type_code, name_th, full_name_th, province_code, amphoe_code, territory, "
        "fictional) SELECT '0' || code || '0', 'SAO', name_th, 'องค์การบริหารส่วนตำบล' || name_th, left(code, 2), "
        "left(code, 4), geom, true "
        "FROM area WHERE level = 'tambon' AND NOT EXISTS (SELECT FROM organisation)"
    )


def places(cursor: Any, rng: np.random.Generator) -> Places:
    """Where projects may be, from the tambons of the database."""
    cursor.execute(
        "SELECT a.code, coalesce(min(c.organisation_code), min(o.code)), ST_X(ST_Centroid(a.geom)),"
        " ST_Y(ST_Centroid(a.geom)),"
        " sqrt(ST_Area(a.geom)) / 3.5"
        " FROM area a LEFT JOIN organisation_coverage c ON c.tambon_code = a.code"
        " LEFT JOIN organisation o ON o.code = '0' || a.code || '0'"
        " WHERE a.level = 'tambon' AND a.geom IS NOT NULL GROUP BY a.code"
        " HAVING coalesce(min(c.organisation_code), min(o.code)) IS NOT NULL ORDER BY a.code"
    )
    columns = [np.array(column) for column in zip(*cursor.fetchall(), strict=True)]
    weight = rng.lognormal(0, 0.9, len(columns[0]))
    return Places(*columns, weight / weight.sum())


def shapes(
    rng: np.random.Generator, kinds: np.ndarray[Any, Any], lon: np.ndarray[Any, Any], lat: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Shapes (0 line, 1 point, 2 pond) at the given places, and their lengths in metres."""
    made = shapely.points(lon, lat)
    length = np.zeros(len(kinds))
    lines = np.flatnonzero(kinds == 0)
    count = rng.integers(5, 41, len(lines))
    step = rng.uniform(15, 60, (len(lines), 1)) / 111_000
    heading = np.cumsum(rng.normal(0, 0.35, (len(lines), 40)), axis=1) + rng.uniform(0, 2 * np.pi, (len(lines), 1))
    x = lon[lines, None] + np.cumsum(np.cos(heading) * step, axis=1)
    y = lat[lines, None] + np.cumsum(np.sin(heading) * step, axis=1)
    kept = np.arange(40) < count[:, None]
    owner = np.repeat(np.arange(len(lines)), count)
    made[lines] = shapely.linestrings(np.column_stack([x[kept], y[kept]]).round(7), indices=owner)
    length[lines] = (count - 1) * step[:, 0] * 111_000
    ponds = np.flatnonzero(kinds == 2)
    angle = np.linspace(0, 2 * np.pi, 9)[:-1]
    radius = rng.uniform(8, 70, (len(ponds), 1)) * rng.uniform(0.7, 1.3, (len(ponds), 8)) / 111_000
    ring = np.stack([lon[ponds, None] + radius * np.cos(angle), lat[ponds, None] + radius * np.sin(angle)], axis=-1)
    made[ponds] = shapely.polygons(np.concatenate([ring, ring[:, :1]], axis=1).round(7))
    return made, length


def chunk(rng: np.random.Generator, first: int, count: int, where: Places) -> tuple[str, ...]:
    """COPY text of projects, geometries, appropriations, contracts and disbursements."""
    place = rng.choice(len(where.tambons), count, p=where.weight)
    lon = where.lon[place] + rng.normal(0, 0.6, count) * where.radius[place]
    lat = where.lat[place] + rng.normal(0, 0.6, count) * where.radius[place]
    kinds = rng.choice(3, count, p=(0.60, 0.28, 0.12))
    made, length = shapes(rng, kinds, lon, lat)
    wkb = shapely.to_wkb(shapely.set_srid(made, 4326), hex=True, include_srid=True)
    years, luck = rng.choice(YEARS, count), rng.random(count)
    statuses = rng.choice(len(STATUSES), count, p=STATUS_SHARES)
    checked = rng.choice(len(GEOMETRY_STATUSES), count, p=GEOMETRY_SHARES)
    budget = np.round(rng.lognormal(13.3, 0.9, count), -3) + 10_000
    budget[statuses == 0] = 0  # money is what an ordinance has approved
    pick = rng.integers(0, 1 << 30, (count, 4))
    projects, geometries, appropriations, contracts, disbursements = [], [], [], [], []
    for i in range(count):
        number = first + i
        word = [SYLLABLES[n % len(SYLLABLES)] for n in pick[i]]
        village = f"บ้าน{word[0]}{word[1]} ม.{pick[i, 2] % 15 + 1}"
        kind, surface, source, work = _what(int(kinds[i]), float(luck[i]), int(pick[i, 3]))
        signed = (0, 0, 0, 0.9, 0.9, 1, 0)[statuses[i]] * budget[i]
        paid = (0, 0, 0, 0, 0.4, 1, 0)[statuses[i]] * budget[i]
        year, organisation = years[i], where.organisations[place[i]]
        checked_as = GEOMETRY_STATUSES[checked[i]]
        projects.append(
            f"{number}\tB{number:07d}\t{work} สาย{village} - บ้าน{word[2]}{word[3]}\t{kind}\t{surface}\t{source}"
            f"\t{organisation}\t{year}\t{STATUSES[statuses[i]]}\t{where.tambons[place[i]]}\t{length[i] or 1:.1f}"
            f"\t{checked_as}\t1\t{budget[i]:.2f}\t{paid:.2f}\t{signed:.2f}\t{budget[i] * 1.1:.2f}"
            f"\t{number % 6 + 1}\t{PLAN_FORMS[number % len(PLAN_FORMS)]}\t{PROGRAMMES[pick[i, 1] % len(PROGRAMMES)]}\n"
        )
        geometries.append(f"{number}\t1\t{checked_as}\t{wkb[i]}\t{length[i]:.1f}\timport\tตัวอย่าง\n")
        if statuses[i]:
            appropriations.append(f"{number}\t{number}\t{('OWN', 'GRANT_SPECIFIC')[number % 2]}\t{budget[i]:.2f}\n")
            if signed:
                month = (f"{year - 544}-11", f"{year - 543}-02", f"{year - 543}-05")[number % 3]
                contracts.append(f"{number}\tB{number:07d}\t{signed:.2f}\t{month}-15\n")
            if paid:
                disbursements.append(f"{number}\t{number}\t{year - 543}-06-15\t{paid:.2f}\n")
    return tuple(map("".join, (projects, geometries, appropriations, contracts, disbursements)))


def _what(shape: int, luck: float, pick: int) -> tuple[str, str, str, str]:
    if shape == 0 and luck < 0.85:
        return "road", SURFACES[pick % len(SURFACES)], "\\N", ROAD_WORKS[pick % len(ROAD_WORKS)]
    if shape == 1 and luck < 0.35:
        return "other", "\\N", "\\N", OTHER_WORKS[pick % len(OTHER_WORKS)]
    source = (LINE_WATER, POINT_WATER, AREA_WATER)[shape]
    return "water", "\\N", source[pick % len(source)], WATER_WORKS[pick % len(WATER_WORKS)]


COLUMNS = (
    ("project", "id, code, name_th, kind, surface_type_code, water_source_type_code, organisation_code, "
     "fiscal_year_be, status, "
     "area_code, length_m, geometry_status, geometry_version, budget_baht, disbursed_baht, "
     "contracted_baht, planned_baht, strategy_code, plan_form, programme_code"),
    ("project_geometry", "project_id, version, status, geom, length_m, source, created_by_name"),
    ("appropriation", "id, project_id, fund_source_code, amount_baht"),
    ("contract", "project_id, number, amount_baht, signed_on"),
    ("disbursement", "project_id, appropriation_id, paid_on, amount_baht"),
)  # fmt: skip


def fill(url: str, projects: int = 1_000_000, seed: int = 2569) -> dict[str, float]:
    """Fill a migrated database that has code lists and no projects. Needs a superuser: rules and checks of the rows are
    switched off while they come in and the read models are counted afterwards."""
    rng = np.random.default_rng(seed)
    started = time.perf_counter()
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM area WHERE level = 'tambon' AND geom IS NOT NULL)")
        if not cursor.fetchone()[0]:
            make_areas(cursor)
        make_organisations(cursor)
        where = places(cursor, rng)
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid IN ('project'::regclass, 'project_geometry'::regclass, 'appropriation'::regclass, "
            "'contract'::regclass, 'disbursement'::regclass, 'read_project_feature'::regclass) AND NOT indisunique"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for first in range(1, projects + 1, CHUNK):
            texts = chunk(rng, first, min(CHUNK, projects + 1 - first), where)
            for (table, columns), text in zip(COLUMNS, texts, strict=True):
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO(text))
        for table in ("project", "appropriation"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {projects})")
        copied = time.perf_counter()
        cursor.execute("SET LOCAL session_replication_role = origin; SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute("ANALYZE project; ANALYZE project_geometry")
        for _, definition in indexes:
            cursor.execute(definition)
        indexed = time.perf_counter()
        cursor.execute("SELECT rebuild_project_features()")
        cursor.execute("SELECT recount_budget(), recount_funnel()")
    counted = time.perf_counter()
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    return {
        "projects": projects,
        "copy_s": copied - started,
        "indexes_s": indexed - copied,
        "read_models_s": counted - indexed,
        "vacuum_s": time.perf_counter() - counted,
    }


def main() -> None:
    """Fill the database of ``--url``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--url", required=True)
    parser.add_argument("--projects", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2569)
    options = parser.parse_args()
    print(fill(options.url, options.projects, options.seed))


if __name__ == "__main__":
    main()

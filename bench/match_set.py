"""Labelled rows of contracts and payments for made-up projects, seeded: what matching is fitted and measured on.

Names are made as plans write them, then written again as e-GP and payment lists do. Every organisation has several
years of sibling works (the same road in phases, one soi beside the other, neighbouring villages) so that a row's true
project stands among others that differ in one number. A part of the projects is held back: their rows have no match.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import numpy as np

from app.services.demo import names as demo
from app.services.matching.rows import Kind, KnownProject, OutsideRow
from gis.thai import to_thai_digits

YEARS = range(2565, 2570)
_VILLAGES = ["".join(pair) for pair in product(demo._FIRST, demo._SECOND)]
_SUFFIXES = ("", "", "", *demo._AFTER)
_PROVINCES = ("ชัยภูมิ", "ขอนแก่น", "เลย", "สุรินทร์", "นครราชสีมา", "เชียงราย", "พะเยา", "ลพบุรี", "สงขลา", "ตรัง")
_KINDS = (("องค์การบริหารส่วนตำบล", "อบต.", 0.68), ("เทศบาลตำบล", "ทต.", 0.25), ("เทศบาลเมือง", "ทม.", 0.05),
          ("องค์การบริหารส่วนจังหวัด", "อบจ.", 0.02))  # fmt: skip
_OWNERS = ("นายสมชาย", "นางบุญมี", "ตาคำ", "ผู้ใหญ่ทอง", "นายวีระ", "นางพรทิพย์", "ครูอนันต์", "ยายมาลี", "กำนันธีระ")
_ENDS = ("วัดป่า", "วัดโพธิ์ศรี", "โรงเรียนบ้าน", "ทุ่งใหญ่", "หนองน้ำสาธารณะ", "ป่าช้า", "ศาลากลางบ้าน", "ทางหลวงชนบท", "คลองส่งน้ำ",
         "ลำห้วย", "สระประปา", "ฝายน้ำล้น", "โคกสาธารณะ", "นานายสม", "สวนยางพารา")  # fmt: skip
_WATERS = ("ห้วยทราย", "ลำห้วยยาง", "หนองแวง", "คลองไส้ไก่", "ห้วยเดื่อ", "หนองใหญ่", "ลำเหมือง", "บึงสาธารณะ", "หนองคู")


@dataclass(frozen=True)
class Labelled:
    """A set.

    Parameters
    ----------
    truth
        Index of the true project of each row; -1 where it is not among the projects.
    noise
        Kind of noise of each row.
    """

    projects: list[KnownProject]
    rows: list[OutsideRow]
    truth: list[int]
    noise: list[str]


@dataclass(frozen=True)
class _Body:
    full: str
    short: str
    name: str
    province: str
    villages: tuple[str, ...]


def _pick(rng: np.random.Generator, choices: tuple[str, ...] | list[str]) -> str:
    return choices[int(rng.integers(len(choices)))]


def _bodies(rng: np.random.Generator, count: int) -> list[_Body]:
    made = []
    for _ in range(count):
        full, short, _share = _KINDS[int(rng.choice(len(_KINDS), p=[kind[2] for kind in _KINDS]))]
        province = _pick(rng, _PROVINCES)
        name = province if short == "อบจ." else _pick(rng, _VILLAGES)
        villages = tuple(_pick(rng, _VILLAGES) + _pick(rng, _SUFFIXES) for _ in range(int(rng.integers(6, 16))))
        made.append(_Body(full + name, short + name, name, province, villages))
    return made


def _road_place(rng: np.random.Generator, body: _Body) -> str:
    moo = int(rng.integers(len(body.villages)))
    house = f"บ้าน{body.villages[moo]} หมู่ที่ {moo + 1}"
    luck = rng.random()
    if luck < 0.28:
        return f"ซอย {rng.integers(1, 12)} {house}"
    if luck < 0.5:
        other = int(rng.integers(len(body.villages)))
        return f"สาย{house} - บ้าน{body.villages[other]} หมู่ที่ {other + 1}"
    if luck < 0.75:
        return f"สายบ้าน{_pick(rng, _OWNERS)} - {_pick(rng, _ENDS)} {house}"
    if luck < 0.85:
        return f"สาย{_pick(rng, _ENDS)} {house}"
    return f"ภายในหมู่บ้าน {house}"


_SURFACES = (("ก่อสร้างถนนคอนกรีตเสริมเหล็ก", 0.42, 610), ("ปรับปรุงถนนลูกรัง", 0.1, 50), ("ปรับปรุงถนนหินคลุก", 0.13, 80),
             ("เสริมผิวแอสฟัลท์ติกคอนกรีต", 0.12, 340), ("ก่อสร้างถนนลาดยาง", 0.08, 380), ("ซ่อมแซมถนนดิน", 0.05, 40),
             ("ก่อสร้างรางระบายน้ำคอนกรีตเสริมเหล็ก", 0.1, 1900))  # fmt: skip
_WATER_WORKS = ("ขุดลอก", "ก่อสร้างฝายน้ำล้น", "ขุดสระเก็บน้ำ", "ปรับปรุงระบบประปาหมู่บ้าน", "เจาะบ่อบาดาล", "ขยายเขตประปา",
                "ก่อสร้างท่อลอดเหลี่ยม", "วางท่อระบายน้ำ", "ติดตั้งไฟฟ้าส่องสว่าง", "ก่อสร้างหอถังประปา")  # fmt: skip


def _work(rng: np.random.Generator, body: _Body) -> tuple[str, float]:
    """Name as the plan writes it, and what it costs."""
    if rng.random() < 0.7:
        verb, _share, baht = _SURFACES[int(rng.choice(len(_SURFACES), p=[s[1] for s in _SURFACES]))]
        width, length = float(rng.choice([3, 4, 4, 5, 6])), float(rng.integers(5, 120) * 10 + rng.integers(0, 2) * 5)
        name = f"{verb} {_road_place(rng, body)}"
        if rng.random() < 0.55:
            name += f" กว้าง {width:.2f} เมตร ยาว {length:,.2f} เมตร"
        if rng.random() < 0.3:
            name += f" ตำบล{body.name}"
        return name, width * length * baht
    moo = int(rng.integers(len(body.villages)))
    name = f"{_pick(rng, _WATER_WORKS)} {_pick(rng, _WATERS)} บ้าน{body.villages[moo]} หมู่ที่ {moo + 1}"
    return name, float(rng.lognormal(12.6, 0.8))


def _rounded(rng: np.random.Generator, cost: float) -> Decimal:
    luck = rng.random()
    if luck < 0.12:
        return Decimal(int(rng.choice([100_000, 200_000, 300_000, 490_000, 498_000, 499_000, 500_000])))
    return Decimal(max(round(cost / (1000 if luck < 0.7 else 100)), 5) * (1000 if luck < 0.7 else 100))


def make_projects(seed: int, count: int, per_body: int = 80) -> tuple[list[KnownProject], list[_Body]]:
    """Projects of ``count / per_body`` organisations, siblings among them; and the body of each."""
    rng = np.random.default_rng(seed)
    bodies = _bodies(rng, max(count // per_body, 2))
    projects: list[KnownProject] = []
    owners: list[_Body] = []
    while len(projects) < count:
        body = bodies[len(projects) // per_body % len(bodies)]
        for name, cost, year in _family(rng, body):
            number = len(projects) + 1
            budget = _rounded(rng, cost)
            projects.append(
                KnownProject(
                    f"P{number:06d}",
                    f"โครงการ{name}" if rng.random() < 0.6 else name,
                    body.full,
                    body.province,
                    year,
                    budget,
                    route_code=f"{body.province[:1]}ย.ถ.{number % 90 + 1}-{number % 997:03d}"
                    if rng.random() < 0.1
                    else "",
                )
            )
            owners.append(body)
    return projects[:count], owners[:count]


def _family(rng: np.random.Generator, body: _Body) -> list[tuple[str, float, int]]:
    """One work, or several that differ in a phase, a soi, a village or a year."""
    name, cost = _work(rng, body)
    year = int(rng.choice(YEARS))
    luck = rng.random()
    if luck < 0.55:
        return [(name, cost, year)]
    if luck < 0.7:
        word = _pick(rng, ("ระยะที่", "ช่วงที่", "ตอนที่"))
        together = rng.random() < 0.5
        return [
            (f"{name} {word} {n}", cost * rng.uniform(0.7, 1.3), year if together else min(year + n - 1, 2569))
            for n in range(1, int(rng.integers(3, 5)))
        ]
    if luck < 0.85 and "ซอย" in name:
        sois = rng.choice(np.arange(1, 14), 3, replace=False)
        return [(re.sub(r"ซอย \d+", f"ซอย {n}", name), cost * rng.uniform(0.6, 1.5), year) for n in sois]
    found = []
    for _ in range(2):
        moo = int(rng.integers(len(body.villages)))
        other = re.sub(r"บ้าน\S+ หมู่ที่ \d+", f"บ้าน{body.villages[moo]} หมู่ที่ {moo + 1}", name, count=1)
        found.append(
            (re.sub(r"ยาว [\d,.]+", f"ยาว {rng.integers(10, 90) * 10:,.2f}", other), cost * rng.uniform(0.5, 1.6), year)
        )
    return [(name, cost, year), *found]


# --- the row as an outside file writes it --------------------------------------------------------------------------

_SPELLINGS = (
    ("คอนกรีตเสริมเหล็ก", " คสล. "),
    ("คอนกรีตเสริมเหล็ก", " ค.ส.ล. "),
    ("แอสฟัลท์ติกคอนกรีต", "แอสฟัลติกคอนกรีต"),
    ("หมู่ที่ ", "ม."),
    ("หมู่ที่ ", "หมู่ "),
    ("หมู่ที่ ", "หมู่ที่"),
    ("ซอย ", "ซอย"),
    (" - ", "-"),
    ("เมตร", "ม."),
    ("ก่อสร้างถนน", "ก่อสร้างถนนสายใหม่ "),
    ("บ้าน", "บ."),
    ("น้ำ", "นํ้า"),
    ("ปรับปรุง", "ปรับปรุง/ซ่อมแซม"),
)
_CHEAP = (
    "ซื้อวัสดุคอมพิวเตอร์ จำนวน 4 รายการ",
    "จ้างทำตรายาง",
    "จ้างซ่อมแซมรถยนต์ส่วนกลาง หมายเลขทะเบียน กข 1234",
    "ซื้อน้ำดื่ม",
    "จ้างเหมาบริการถ่ายเอกสาร",
    "ซื้อวัสดุสำนักงาน (กองคลัง)",
    "ซื้อวัสดุก่อสร้าง จำนวน 6 รายการ",
    "จ้างซ่อมเครื่องปรับอากาศ",
)


def _typo(rng: np.random.Generator, name: str, count: int) -> str:
    for _ in range(count):
        at = int(rng.integers(3, max(len(name) - 3, 4)))
        if name[at : at + 1].isdigit() or name[at : at + 1] == " ":
            continue
        luck = rng.random()
        name = (
            name[:at] + name[at + 1 :]
            if luck < 0.4
            else name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]
            if luck < 0.7
            else name[:at] + _pick(rng, tuple("กขคงจชดตทนบปพมยรลวสหอ่้ิี")) + name[at + 1 :]
        )
    return name


def _abbreviated(rng: np.random.Generator, name: str, share: float = 0.7) -> str:
    for old, new in _SPELLINGS:
        if rng.random() < share:
            name = name.replace(old, new)
    return name


def _procured(rng: np.random.Generator, name: str, kind: Kind) -> str:
    bare = name.removeprefix("โครงการ")
    if kind == "payment":
        prefix = _pick(rng, ("จ่ายค่าจ้าง", "ค่าจ้าง", "เบิกจ่ายค่า", "จ่ายเงินค่าจ้างเหมา", "ค่างวดงาน", ""))
        suffix = _pick(rng, ("", " งวดที่ 1", " งวดที่ 2", " งวดสุดท้าย", " ตามสัญญาจ้างเลขที่ 12/2568"))
    else:
        prefix = _pick(rng, ("จ้าง", "จ้างโครงการ", "ประกวดราคาจ้าง", "จ้างเหมา", ""))
        suffix = _pick(rng, (" โดยวิธีเฉพาะเจาะจง", "  โดยวิธีเฉพาะเจาะจง", " ด้วยวิธีประกวดราคาอิเล็กทรอนิกส์ (e-bidding)", "",
                             " จำนวน 1 สายทาง โดยวิธีคัดเลือก"))  # fmt: skip
    return prefix + bare + suffix


def _short_of_words(rng: np.random.Generator, name: str) -> str:
    name = re.sub(r" กว้าง.*?เมตร ยาว.*?เมตร| ตำบล\S+", "", name)
    if rng.random() < 0.5:
        name = re.sub(r"สายบ้าน\S+ - ", "สาย", name)
    if rng.random() < 0.4:
        name = re.sub(r"บ้าน\S+ (?=หมู่)", "", name)
    return name


Noise = Callable[[np.random.Generator, OutsideRow, "_Body"], OutsideRow]


def _thai_digits(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return replace(row, name=to_thai_digits(row.name))


def _typos(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return replace(row, name=_typo(rng, row.name, int(rng.integers(2, 6))))


def _truncated(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return replace(row, name=row.name[: int(rng.integers(55, 100))])


def _other_year(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    year = (row.fiscal_year_be or 2568) + int(rng.choice([1, 1, -1]))
    return replace(row, fiscal_year_be=year)


def _no_organisation(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return replace(row, organisation="", province=body.province if rng.random() < 0.7 else "")


def _no_money(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return replace(row, budget_baht=None, amount_baht=None)


def _short_organisation(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    text = _pick(rng, (body.short, body.short.replace(".", ". "), body.short.replace(".", "", 1)))
    return replace(row, organisation=text)


def _department_first(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    text = f"{_pick(rng, ('กองช่าง', 'กองคลัง', 'สำนักปลัด', 'สำนักช่าง'))} {_pick(rng, (body.short, body.full))}"
    return replace(row, organisation=text + f" จ.{body.province}" if rng.random() < 0.5 else text)


def _misspelt_organisation(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    head = body.full[: -len(body.name)]
    return replace(row, organisation=head + _typo(rng, body.name, 1))


def _upgraded(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return replace(row, organisation=body.full.replace("องค์การบริหารส่วนตำบล", "เทศบาลตำบล"))


def _other_price(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    if row.amount_baht is None:
        return row
    changed = (row.amount_baht * Decimal(str(round(rng.uniform(0.6, 0.85), 4)))).quantize(Decimal(1))
    return replace(row, amount_baht=changed, budget_baht=None)


def _dropped(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return replace(row, name=_short_of_words(rng, row.name))


def _abbreviations(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return replace(row, name=_abbreviated(rng, row.name, 0.9))


def _clean(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    return row


def _mixed(rng: np.random.Generator, row: OutsideRow, body: _Body) -> OutsideRow:
    kinds = [noise for name, (noise, _share) in NOISES.items() if name not in ("clean", "mixed", "no_organisation")]
    for index in rng.choice(len(kinds), 3, replace=False).tolist():
        row = kinds[index](rng, row, body)
    return row


NOISES: dict[str, tuple[Noise, float]] = {
    "clean": (_clean, 0.12),
    "abbreviations": (_abbreviations, 0.13),
    "thai_digits": (_thai_digits, 0.06),
    "typos": (_typos, 0.09),
    "dropped_words": (_dropped, 0.1),
    "truncated": (_truncated, 0.09),
    "wrong_year": (_other_year, 0.07),
    "no_organisation": (_no_organisation, 0.04),
    "no_money": (_no_money, 0.05),
    "short_organisation": (_short_organisation, 0.06),
    "department_first": (_department_first, 0.05),
    "misspelt_organisation": (_misspelt_organisation, 0.03),
    "upgraded": (_upgraded, 0.02),
    "price_change": (_other_price, 0.04),
    "mixed": (_mixed, 0.05),
}


def _row(
    rng: np.random.Generator, number: int, project: KnownProject, body: _Body, kind: Kind, noise: str
) -> OutsideRow:
    year = project.fiscal_year_be or 2568
    budget = project.budget_baht or Decimal(100_000)
    share = rng.uniform(0.985, 1.0) if budget <= 500_000 else rng.uniform(0.78, 0.995)
    price = (budget * Decimal(str(round(share, 4)))).quantize(Decimal(1))
    day = date(year - 544, 10, 1) + timedelta(days=int(rng.integers(0, 365)))
    name = project.name
    row = OutsideRow(
        number,
        _abbreviated(rng, name, 0.25) if noise != "clean" else name,
        body.full,
        body.province,
        year,
        budget if kind == "egp" and rng.random() < 0.8 else None,
        price,
        day,
    )
    if kind == "payment":
        parts = int(rng.integers(1, 5))
        row = replace(row, amount_baht=(price / parts).quantize(Decimal("0.01")), province="")
        if rng.random() < 0.3:
            row = replace(row, fiscal_year_be=None, day=day + timedelta(days=200))
    row = NOISES[noise][0](rng, row, body)
    return replace(row, name=_procured(rng, row.name, kind) if noise != "truncated" else row.name)


def make(seed: int, kind: Kind, projects: int = 100_000, rows: int = 10_000, unmatched: float = 0.15) -> Labelled:
    """A labelled set: projects, rows with noise, and rows whose project is not there."""
    rng = np.random.default_rng(seed + 1)
    held_back = round(projects * 0.1)
    made, owners = make_projects(seed, projects + held_back)
    absent = set(rng.choice(len(made), held_back, replace=False).tolist())
    present = [i for i in range(len(made)) if i not in absent]
    place = {old: new for new, old in enumerate(present)}
    gone = sorted(absent)
    names, shares = list(NOISES), np.array([share for _noise, share in NOISES.values()])
    result = Labelled([made[i] for i in present], [], [], [])
    for number in range(1, rows + 1):
        luck = rng.random()
        if luck < unmatched / 3:
            old = int(rng.integers(len(made)))
            row = _row(rng, number, made[old], owners[old], kind, "clean")
            amount = Decimal(int(rng.integers(1_000, 90_000)))
            row = replace(row, name=_pick(rng, _CHEAP) + " โดยวิธีเฉพาะเจาะจง", budget_baht=None, amount_baht=amount)
            truth, noise = -1, "other_purchase"
        elif luck < unmatched:
            old = gone[int(rng.integers(len(gone)))]
            noise = names[int(rng.choice(len(names), p=shares / shares.sum()))]
            row, truth, noise = _row(rng, number, made[old], owners[old], kind, noise), -1, "project_not_stored"
        else:
            old = present[int(rng.integers(len(present)))]
            noise = names[int(rng.choice(len(names), p=shares / shares.sum()))]
            row, truth = _row(rng, number, made[old], owners[old], kind, noise), place[old]
        result.rows.append(row)
        result.truth.append(truth)
        result.noise.append(noise)
    return result

"""The development plans: versions, strategies and the line of every work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import PlanPeriod
from app.services.demo.chain import Chain
from app.services.demo.land import Body
from app.services.demo.works import Work
from app.services.loading import copy_rows

# code, name, national strategy
_STRATEGIES = (
    ("1", "ด้านโครงสร้างพื้นฐานและการคมนาคม", "2"),
    ("2", "ด้านแหล่งน้ำและการเกษตร", "5"),
    ("3", "ด้านคุณภาพชีวิตและชุมชนน่าอยู่", "4"),
    ("4", "ด้านเศรษฐกิจและการท่องเที่ยว", "2"),
    ("5", "ด้านการบริหารจัดการบ้านเมืองที่ดี", "6"),
)
# seq, change types, number, fiscal year, promulgated
_VERSIONS = (
    (1, (), "ฉบับแรก", 2566, date(2021, 10, 15)),
    (2, ("ADD",), "ครั้งที่ 1/2567", 2567, date(2023, 12, 8)),
    (3, ("ADD", "CHANGE"), "ครั้งที่ 1/2569", 2569, date(2025, 11, 3)),
)


@dataclass(frozen=True)
class PlanLine:
    """Where a work stands in the plan."""

    id: int
    national_strategy: str


def next_ids(session: Session, table: str, number: int) -> list[int]:
    """``number`` identities of a table, taken from its sequence."""
    rows = session.scalars(
        sa.text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :number)"),
        {"table": table, "number": number},
    )
    return [int(row) for row in rows]


def write_plans(
    session: Session, rng: np.random.Generator, bodies: list[Body], works: list[Work], chains: list[Chain]
) -> list[PlanLine]:
    """One plan 2566-2570 per organisation; the line of each work, in the order of ``works``."""
    period = session.scalars(sa.select(PlanPeriod).where(PlanPeriod.start_be == 2566, PlanPeriod.end_be == 2570)).one()
    plans = dict(zip((body.code for body in bodies), next_ids(session, "plan", len(bodies)), strict=True))
    copy_rows(
        session,
        "plan",
        ("id", "organisation_code", "plan_period_id", "name_th"),
        ((plan, code, period.id, period.name_th) for code, plan in plans.items()),
    )
    versions = _write_versions(session, plans, period.id)
    strategies = _write_strategies(session, plans)
    ids = next_ids(session, "plan_project", len(works))
    lines = list(_lines(rng, works, versions, strategies, ids))
    copy_rows(
        session,
        "plan_project",
        (
            "id",
            "plan_version_id",
            "form",
            "line_number",
            "page",
            "name_th",
            "objective",
            "target",
            "indicator",
            "expected_result",
            "department",
            "local_strategy_id",
            "programme_code",
            "kind",
        ),
        lines,
    )
    _write_amounts(session, rng, works, chains, ids)
    return [PlanLine(line, _strategy(work)[2]) for line, work in zip(ids, works, strict=True)]


def _write_versions(session: Session, plans: dict[str, int], period_id: int) -> dict[tuple[str, int], int]:
    ids = iter(next_ids(session, "plan_version", len(plans) * len(_VERSIONS)))
    rows = [(next(ids), plan, code, *version) for code, plan in plans.items() for version in _VERSIONS]
    columns = ("id", "plan_id", "seq", "change_types", "number", "fiscal_year_be", "promulgated_on")
    copy_rows(
        session,
        "plan_version",
        (*columns, "plan_period_id", "status"),
        ((row[0], row[1], *row[3:], period_id, "PROMULGATED") for row in rows),
    )
    return {(row[2], row[3]): row[0] for row in rows}


def _write_strategies(session: Session, plans: dict[str, int]) -> dict[tuple[str, str], int]:
    ids = iter(next_ids(session, "local_strategy", len(plans) * len(_STRATEGIES)))
    rows = [(next(ids), code, *strategy) for code in plans for strategy in _STRATEGIES]
    columns = ("id", "plan_id", "code", "name_th", "national_strategy_code")
    copy_rows(session, "local_strategy", columns, ((row[0], plans[row[1]], *row[2:]) for row in rows))
    return {(row[1], row[2]): row[0] for row in rows}


def _strategy(work: Work) -> tuple[str, str, str]:
    if work.kind == "road":
        return _STRATEGIES[3] if work.number % 11 == 0 else _STRATEGIES[0]
    return _STRATEGIES[1] if work.kind == "water" else _STRATEGIES[2]


def _lines(
    rng: np.random.Generator,
    works: list[Work],
    versions: dict[tuple[str, int], int],
    strategies: dict[tuple[str, str], int],
    ids: list[int],
) -> Iterator[tuple[object, ...]]:
    written: dict[int, int] = {}
    for line, work in zip(ids, works, strict=True):
        possible = [seq for seq, _, _, year, _ in _VERSIONS if year <= work.year]
        seq = possible[-1] if len(possible) > 1 and rng.random() < 0.35 else 1
        version = versions[work.body.code, seq]
        number = written[version] = written.get(version, 0) + 1
        # beyond an organisation's means: coordinated with the PAO, summed apart from ผ.02
        form = "ผ.02/2" if work.body.type_code != "PAO" and work.cost > 4_000_000 else "ผ.02"
        yield (
            line,
            version,
            form,
            number,
            12 + number // 4,
            f"โครงการ{work.name_th}",
            "เพื่อให้ประชาชนสัญจรสะดวกและปลอดภัย" if work.kind == "road" else "เพื่อให้มีน้ำใช้เพียงพอตลอดปี",
            _target(work),
            f"ร้อยละ 80 ของครัวเรือนใน {work.village.name_th} ได้รับประโยชน์",
            "การคมนาคมสะดวกขึ้น" if work.kind == "road" else "มีน้ำเพื่ออุปโภค บริโภค และการเกษตร",
            "กองช่าง",
            strategies[work.body.code, _strategy(work)[0]],
            "00310" if work.kind == "road" else "00320" if work.kind == "water" else "00240",
            work.kind,
        )


def _target(work: Work) -> str:
    """The target as a plan writes it."""
    if work.kind == "road":
        parts = [
            f"{f'ช่วงที่ {seq} ' if len(work.segments) > 1 else ''}กว้าง {s.width_m:.2f} ม. ยาว {s.length_m:,.2f} ม. "
            f"หนา {s.thickness_m:.2f} ม."
            for seq, s in enumerate(work.segments, start=1)
        ]
        return f"{' '.join(parts)} หรือพื้นที่ไม่น้อยกว่า {work.area_m2:,.2f} ตร.ม."
    if work.length_m:
        return f"ยาว {work.length_m:,.2f} ม."
    return f"พื้นที่ {work.area_m2:,.0f} ตร.ม." if work.area_m2 else f"{len(work.segments)} แห่ง"


def _write_amounts(
    session: Session, rng: np.random.Generator, works: list[Work], chains: list[Chain], ids: list[int]
) -> None:
    """The year's amount, and for one line in seven a second part in the year after."""
    rows: list[tuple[int, int, Decimal]] = []
    for line, work, chain in zip(ids, works, chains, strict=True):
        rows.append((line, work.year, chain.planned))
        if rng.random() < 0.14 and work.year < 2570:
            rows.append((line, work.year + 1, (chain.planned / 2).quantize(Decimal("0.01"))))
    copy_rows(session, "plan_project_amount", ("plan_project_id", "fiscal_year_be", "amount_baht"), rows)

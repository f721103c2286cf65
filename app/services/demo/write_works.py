"""Projects, their money and their geometry versions into the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.services.demo.chain import Chain
from app.services.demo.faults import Faults, Planted, fault_statuses, spoil, spoil_degrees
from app.services.demo.land import Land
from app.services.demo.people import DemoUser
from app.services.demo.plane import to_lonlat
from app.services.demo.works import Work
from app.services.demo.write_budget import (
    work_code,
    write_documents,
    write_instalments,
    write_requested,
    write_what_followed,
)
from app.services.demo.write_land import SOURCE
from app.services.demo.write_plan import PlanLine, next_ids
from app.services.loading import copy_rows
from app.services.reference_files import ewkb
from gis.measure import areas_m2, lengths_m
from gis.segments import join

_REVIEW = frozenset({"RETURNED", "VERIFIED"})
_RETURN_NOTES = (
    "ต้นทางไม่ต่อกับถนนเดิม ขอให้ดูดติด",
    "ความยาวที่วาดสั้นกว่าสัญญา",
    "ตำแหน่งอยู่นอกหมู่ที่ที่ระบุในชื่อโครงการ",
    "ขาดช่วงที่ 2",
)
_SWAPPED_NOTE = "ละติจูดกับลองจิจูดสลับกัน ขอให้ระบุพิกัดใหม่"


@dataclass(frozen=True)
class _Version:
    """A geometry version before it is measured."""

    number: int
    status: str
    segments: tuple[BaseGeometry, ...]
    note: str | None
    original: dict[str, Any] | None


@dataclass
class Written:
    """A work with everything that belongs to it."""

    work: Work
    chain: Chain
    line: PlanLine
    code: str
    id: int
    versions: list[_Version]
    fault: str | None

    @property
    def geometry_status(self) -> str:
        """Status of the newest version."""
        return self.versions[-1].status if self.versions else "NONE"


def write_works(
    session: Session,
    rng: np.random.Generator,
    land: Land,
    works: Sequence[Work],
    chains: Sequence[Chain],
    lines: Sequence[PlanLine],
    faults: Faults,
    people: Sequence[DemoUser],
) -> list[Planted]:
    """Write everything about the works; returns the planted faults by project code."""
    ids = next_ids(session, "project", len(works))
    numbers: dict[tuple[str, int], int] = {}
    written = []
    for project_id, work, chain, line in zip(ids, works, chains, lines, strict=True):
        key = (work.body.code, work.year)
        numbers[key] = numbers.get(key, 0) + 1
        code = f"{work.year % 100:02d}-{work.body.code}-{numbers[key]:04d}"
        fault = faults.wrong.get(work.number)
        versions = _versions(rng, work, chain, fault)
        written.append(Written(work, chain, line, code, project_id, versions, fault))
    counters = ((code, year, last) for (code, year), last in numbers.items())
    copy_rows(session, "project_code_counter", ("organisation_code", "fiscal_year_be", "last_number"), counters)
    _write_projects(session, rng, land, written)
    _write_money(session, written, people)
    _write_geometry(session, written, people)
    _register_roads(session)
    return _planted(faults, written)


def _register_roads(session: Session) -> None:
    """Roads with a route code that were verified are the register of the fictional province."""
    session.execute(
        sa.text(
            "INSERT INTO registered_road (route_code, name_th, organisation_code, geom, length_m, source, fictional)"
            " SELECT DISTINCT ON (p.route_code) p.route_code, p.name_th, p.organisation_code, g.geom, g.length_m,"
            " :source, true FROM project p"
            " JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version"
            " WHERE p.route_code IS NOT NULL AND g.status = 'VERIFIED' AND ST_GeometryType(g.geom) = 'ST_LineString'"
            " ORDER BY p.route_code, p.id"
        ),
        {"source": SOURCE},
    )


def _versions(rng: np.random.Generator, work: Work, chain: Chain, fault: str | None) -> list[_Version]:
    statuses = fault_statuses(fault, chain) if fault else chain.coordinates
    if fault == "swapped_lonlat":
        return _swapped(work)
    if fault == "office_point":
        final: tuple[BaseGeometry, ...] = (work.body.office,)
    else:
        final = tuple(spoil(fault or "", work, segment.shape) for segment in work.segments)
    rough = tuple(_rough(shape) for shape in final)
    versions = []
    for number, status in enumerate(statuses, start=1):
        # whatever comes before a mended version was drawn in a hurry
        mended = number > 2 or statuses[:2] != ("SUBMITTED", "RETURNED") or len(statuses) == 2
        note = _RETURN_NOTES[int(rng.integers(len(_RETURN_NOTES)))] if status == "RETURNED" else None
        shapes = final if mended and not (status == "DRAFT" and len(statuses) > 1 and number == 1) else rough
        versions.append(_Version(number, status, shapes, note, None))
    return versions


def _swapped(work: Work) -> list[_Version]:
    """Typed the wrong way round: latitude 102 does not exist, so there is nothing to draw and it was returned."""
    lon, lat = shapely.get_coordinates(to_lonlat(np.array([work.segments[0].shape])))[0]
    original = {"text": f"{lon:.6f}, {lat:.6f}"}
    return [_Version(1, "RETURNED", (), _SWAPPED_NOTE, original)]


def _rough(shape: BaseGeometry) -> BaseGeometry:
    """The same place from a coarser hand."""
    if isinstance(shape, Point):
        return Point(shape.x + 18.0, shape.y - 12.0)
    return shape.simplify(12.0)


def _write_projects(session: Session, rng: np.random.Generator, land: Land, written: Sequence[Written]) -> None:
    tambons = shapely.STRtree([tambon.shape for tambon in land.tambons])
    codes = [tambon.code for tambon in land.tambons]
    columns = (
        "id",
        "code",
        "name_th",
        "kind",
        "work_nature_code",
        "surface_type_code",
        "water_source_type_code",
        "structure_type_code",
        "organisation_code",
        "fiscal_year_be",
        "status",
        "area_code",
        "village_code",
        "location_text",
        "route_code",
        "length_m",
        "width_m",
        "area_m2",
        "attributes",
        "plan_project_id",
        "strategy_code",
        "budget_baht",
        "contracted_baht",
        "disbursed_baht",
        "geometry_status",
        "geometry_version",
        "source",
        "source_ref",
    )

    def row(item: Written) -> tuple[Any, ...]:
        work, chain = item.work, item.chain
        middle = work.segments[0].shape.representative_point()
        found = tambons.query(middle, predicate="intersects")
        tambon = codes[int(found[0])] if len(found) else work.village.tambon_code
        # some records know no more than the amphoe
        area = tambon if item.versions or rng.random() < 0.9 else tambon[:4]
        return (
            item.id,
            item.code,
            work.name_th,
            work.kind,
            work.nature,
            work.surface,
            work.source,
            work.structure,
            work.body.code,
            work.year,
            chain.status,
            area,
            work.village.code if area == work.village.tambon_code else None,
            f"หมู่ที่ {work.village.moo} {work.village.name_th}",
            work.route_code,
            work.length_m,
            work.width_m,
            work.area_m2,
            work.attributes,
            item.line.id,
            item.line.national_strategy,
            sum((money.amount for money in chain.moneys), Decimal(0)),
            chain.agreement.amount if chain.agreement else Decimal(0),
            sum((payment.amount for payment in chain.payments), Decimal(0)),
            item.geometry_status,
            len(item.versions),
            SOURCE,
            str(work.number),
        )

    copy_rows(session, "project", columns, map(row, written))
    copy_rows(
        session,
        "project_segment",
        ("project_id", "seq", "surface_type_code", "width_m", "length_m", "thickness_m", "area_m2", "volume_m3"),
        (
            (item.id, seq, s.surface, s.width_m, s.length_m, s.thickness_m, s.area_m2, s.volume_m3)
            for item in written
            if item.work.length_m
            for seq, s in enumerate(item.work.segments, start=1)
        ),
    )


def _write_money(session: Session, written: Sequence[Written], people: Sequence[DemoUser]) -> None:
    documents = write_documents(session, written, people)
    moneys = [(item, index) for item in written for index in range(len(item.chain.moneys))]
    money_ids = dict(zip(((i.id, n) for i, n in moneys), next_ids(session, "appropriation", len(moneys)), strict=True))
    copy_rows(
        session,
        "appropriation",
        (
            "id",
            "project_id",
            "fund_source_code",
            "programme_code",
            "work_code",
            "expenditure_category_code",
            "amount_baht",
            "legal_reference",
            "approved_on",
            "budget_document_id",
        ),
        (
            (
                money_ids[i.id, n],
                i.id,
                m.fund,
                m.programme,
                work_code(m.programme),
                m.category,
                m.amount,
                m.legal_reference,
                m.approved_on,
                documents.of_money(i, m.fund),
            )
            for i, n in moneys
            for m in (i.chain.moneys[n],)
        ),
    )
    agreed = [(item, item.chain.agreement) for item in written if item.chain.agreement]
    contract_ids = dict(zip((i.id for i, _ in agreed), next_ids(session, "contract", len(agreed)), strict=True))
    copy_rows(
        session,
        "contract",
        (
            "id",
            "project_id",
            "number",
            "egp_number",
            "procurement_method_code",
            "contractor_name",
            "contractor_is_person",
            "amount_baht",
            "instalments",
            "signed_on",
            "start_on",
            "end_on",
        ),
        (
            (
                contract_ids[i.id],
                i.id,
                a.number,
                a.egp_number,
                a.method,
                a.contractor,
                a.is_person,
                a.amount,
                a.instalments,
                a.signed_on,
                a.start_on,
                a.end_on,
            )
            for i, a in agreed
        ),
    )
    copy_rows(
        session,
        "disbursement",
        ("project_id", "appropriation_id", "contract_id", "voucher_number", "paid_on", "instalment", "amount_baht"),
        (
            (i.id, money_ids[i.id, p.source], contract_ids.get(i.id), p.voucher, p.paid_on, p.instalment, p.amount)
            for i in written
            for p in i.chain.payments
        ),
    )
    write_instalments(session, written, contract_ids)
    write_requested(session, written, documents)
    write_what_followed(session)


def _write_geometry(session: Session, written: Sequence[Written], people: Sequence[DemoUser]) -> None:
    """Every version, measured as the platform measures."""
    versions = [(item, version) for item in written for version in item.versions]
    ids = next_ids(session, "project_geometry", len(versions))
    plane = np.array([shape for _, version in versions for shape in version.segments])
    owner = np.array([n for n, (_, version) in enumerate(versions) for _ in version.segments])
    lonlat = to_lonlat(plane)
    for position, n in enumerate(owner):
        lonlat[position] = spoil_degrees(versions[n][0].fault or "", lonlat[position])
    lengths, areas = lengths_m(lonlat), areas_m2(lonlat)
    parts: list[list[int]] = [[] for _ in versions]
    for position, n in enumerate(owner):
        parts[int(n)].append(position)
    names = _names(people)
    joined = [ewkb(np.array([join([lonlat[i] for i in mine])]))[0] if mine else None for mine in parts]
    copy_rows(
        session,
        "project_geometry",
        (
            "id",
            "project_id",
            "version",
            "status",
            "geom",
            "length_m",
            "area_m2",
            "source",
            "original",
            "note",
            "created_at",
            "created_by",
            "created_by_name",
        ),
        (
            (
                ids[n],
                item.id,
                version.number,
                version.status,
                joined[n],
                _total(lengths, parts[n]),
                _total(areas, parts[n]),
                SOURCE,
                version.original,
                version.note,
                item.chain.drawn_at + timedelta(days=2 * (version.number - 1), hours=version.number),
                *_author(names, item, version),
            )
            for n, (item, version) in enumerate(versions)
        ),
    )
    shapes = ewkb(lonlat)
    copy_rows(
        session,
        "project_geometry_segment",
        ("project_geometry_id", "seq", "geom", "length_m", "area_m2"),
        (
            (ids[n], seq, shapes[i], _total(lengths, [i]), _total(areas, [i]))
            for n, mine in enumerate(parts)
            for seq, i in enumerate(mine, start=1)
        ),
    )


def _total(values: np.ndarray, positions: Sequence[int]) -> float | None:
    total = float(sum(values[i] for i in positions))
    return round(total, 3) if total > 0 else None


def _names(people: Sequence[DemoUser]) -> Mapping[str, DemoUser]:
    """The engineer of an organisation by its code, and the officer."""
    engineers = {user.organisation.split(" ")[0]: user for user in people if user.role == "LAO_ENGINEER"}
    officer = next((user for user in people if user.role == "PROV_OFFICER"), None)
    return engineers | ({"officer": officer} if officer else {})


def _author(names: Mapping[str, DemoUser], item: Written, version: _Version) -> tuple[int | None, str]:
    user = names.get("officer" if version.status in _REVIEW else item.work.body.code)
    if user is not None:
        return user.user_id, user.display_name
    return None, "จนท.วถ. จังหวัดสาธิต" if version.status in _REVIEW else f"กองช่าง {item.work.body.full_name_th}"


def _planted(faults: Faults, written: Sequence[Written]) -> list[Planted]:
    codes = {item.work.number: item.code for item in written}
    pairs = [Planted("duplicate", codes[first], codes[second]) for first, second in faults.duplicates]
    return pairs + [Planted(kind, codes[number]) for number, kind in sorted(faults.wrong.items())]

"""Small, real rows for tests: plain functions that insert and flush, with sensible defaults.

The default province lies across 102°E like the demonstration's, so that both UTM zones occur. Every function
takes the session first and keyword arguments for what a test cares about; nothing is shared between tests.
"""

from __future__ import annotations

import itertools
import secrets
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import rasterio
import sqlalchemy as sa
from affine import Affine
from geoalchemy2.shape import from_shape
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.db import Attribution
from app.models import (
    ActionPlan,
    Appropriation,
    Area,
    Contract,
    Disbursement,
    DuplicateDecision,
    DuplicatePair,
    HazardExtent,
    HazardExtentPart,
    ImportBatch,
    LocalStrategy,
    Membership,
    Organisation,
    OrganisationCoverage,
    Plan,
    PlanPeriod,
    PlanProject,
    PlanProjectAmount,
    PlanUpload,
    PlanVersion,
    Project,
    ProjectGeometry,
    ProjectGeometrySegment,
    ProjectSegment,
    Raster,
    RecordUpload,
    RegisteredRoad,
    UserAccount,
)
from app.services.attachment_files import FOLDER, KeptPicture, beside, keep, keep_paper
from app.services.rasters import facts_json
from gis.measure import length_m
from gis.pictures import Picture, PictureLimits
from gis.pictures.decoding import decode
from gis.rasters.facts import BandFacts, RasterFacts
from tests import pictures

if TYPE_CHECKING:
    from app.auth.actor import Actor

PROVINCE_BOX = (101.80, 15.80, 102.20, 16.20)
Row = TypeVar("Row")
_sequence = itertools.count(1)


def multipolygon(shape: BaseGeometry) -> Any:
    """Database value of a polygon or multipolygon in EPSG:4326."""
    return from_shape(MultiPolygon([shape]) if isinstance(shape, Polygon) else shape, srid=4326)


def make_province(
    session: Session,
    code: str = "99",
    *,
    name_th: str = "สาธิต",
    bounds: tuple[float, float, float, float] = PROVINCE_BOX,
    fictional: bool = True,
) -> Area:
    """A rectangular province."""
    return _area(session, code, "province", name_th, None, box(*bounds), fictional)


def make_amphoe(
    session: Session,
    code: str = "9901",
    *,
    name_th: str = "เมืองสาธิต",
    bounds: tuple[float, float, float, float] | None = None,
) -> Area:
    """An amphoe inside its province, which is made when it is missing; the lower half of it by default."""
    province = session.get(Area, code[:2]) or make_province(session, code[:2])
    west, south, east, north = _bounds(session, province)
    return _area(
        session,
        code,
        "amphoe",
        name_th,
        code[:2],
        box(*(bounds or (west, south, east, (south + north) / 2))),
        True,
    )


def make_tambon(
    session: Session,
    code: str = "990101",
    *,
    name_th: str = "หนองสาธิต",
    bounds: tuple[float, float, float, float] | None = None,
) -> Area:
    """A tambon inside its amphoe (made when missing); by default a strip chosen by its last digits."""
    amphoe = session.get(Area, code[:4]) or make_amphoe(session, code[:4])
    west, south, east, north = _bounds(session, amphoe)
    strip = (east - west) / 4
    left = west + strip * ((int(code[4:]) - 1) % 4)
    return _area(
        session,
        code,
        "tambon",
        name_th,
        code[:4],
        box(*(bounds or (left, south, left + strip, north))),
        True,
    )


def make_organisation(
    session: Session,
    code: str = "D9901001",
    *,
    type_code: str = "SAO",
    name_th: str = "หนองสาธิต",
    full_name_th: str | None = None,
    province_code: str = "99",
    amphoe_code: str | None = "9901",
    tambon_codes: tuple[str, ...] = ("990101",),
    territory: BaseGeometry | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Organisation:
    """An LAO that covers the given tambons (made when missing); its territory is their union unless given."""
    if session.get(Area, province_code) is None:
        make_province(session, province_code)
    if amphoe_code is not None and session.get(Area, amphoe_code) is None:
        make_amphoe(session, amphoe_code)
    for tambon_code in tambon_codes:
        if session.get(Area, tambon_code) is None:
            make_tambon(session, tambon_code)
    prefix = {"PAO": "องค์การบริหารส่วนจังหวัด", "SAO": "องค์การบริหารส่วนตำบล"}.get(type_code, "เทศบาล")
    organisation = Organisation(
        code=code,
        type_code=type_code,
        name_th=name_th,
        full_name_th=full_name_th or f"{prefix}{name_th}",
        province_code=province_code,
        amphoe_code=amphoe_code,
        valid_from=valid_from,
        valid_to=valid_to,
        fictional=True,
    )
    session.add(organisation)
    session.flush()
    session.add_all(
        OrganisationCoverage(organisation_code=code, tambon_code=tambon_code, extent="complete")
        for tambon_code in tambon_codes
    )
    session.flush()
    if territory is not None:
        organisation.territory = multipolygon(territory)
        session.flush()
    else:
        session.execute(
            sa.text(
                "UPDATE organisation SET territory = coalesce("
                " (SELECT ST_Multi(ST_Union(a.geom))"
                "  FROM organisation_coverage c JOIN area a ON a.code = c.tambon_code"
                "  WHERE c.organisation_code = organisation.code),"
                " (SELECT geom FROM area WHERE code = organisation.province_code)) WHERE code = :code"
            ),
            {"code": code},
        )
        session.refresh(organisation)
    return organisation


@contextmanager
def as_owner(session: Session) -> Iterator[None]:
    """Write as the owner of the tables: accounts and roles, which the application may only read."""
    session.flush()
    role = session.scalar(sa.text("SELECT current_user"))
    session.execute(sa.text("SET LOCAL ROLE none"))
    yield
    session.flush()
    session.execute(sa.text(f'SET LOCAL ROLE "{role}"'))


def make_user(
    session: Session,
    role: str = "LAO_ENGINEER",
    *,
    organisation: Organisation | str | None = None,
    area: Area | str | None = None,
    username: str | None = None,
    display_name: str | None = None,
    password: str | None = None,
    language: str = "th",
) -> UserAccount:
    """A person with one role in an organisation, in an area, or in the nation when neither is given.

    ``password`` is stored as given: tests of the sign-in hash it first.
    """
    number = next(_sequence)
    user = UserAccount(
        username=username or f"{role.lower()}{number}",
        display_name=display_name or f"{role} {number}",
        password=password,
        fs_uniquifier=uuid.uuid4().hex,
        language=language,
    )
    with as_owner(session):
        session.add(user)
        session.flush()
        session.add(
            Membership(
                user_id=user.id,
                role_code=role,
                organisation_code=_code(organisation),
                area_code=_code(area),
            )
        )
    session.refresh(user, ["memberships"])
    return user


def actor_for(user: UserAccount) -> Actor:
    """The actor that services and policy see for this person."""
    from app.auth.actor import Actor, Grant
    from app.models import Role

    session = sa.orm.object_session(user)
    assert session is not None
    scopes = dict(session.execute(sa.select(Role.code, Role.scope)).all())
    return Actor(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        language=user.language,
        grants=tuple(
            Grant(
                role=membership.role_code,
                scope=scopes[membership.role_code],
                organisation_code=membership.organisation_code,
                area_code=membership.area_code,
            )
            for membership in user.memberships
        ),
    )


def attribution_of(user: UserAccount, on_behalf_of: str | None = None) -> Attribution:
    """Attribution of a transaction of this person."""
    return Attribution(
        user_id=user.id,
        name=user.display_name,
        on_behalf_of=on_behalf_of,
        request_id=f"test-{next(_sequence)}",
    )


def make_project(
    session: Session,
    organisation: Organisation | str | None = None,
    *,
    code: str | None = None,
    name_th: str = "ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนนสว่าง ม.4",
    kind: str = "road",
    fiscal_year_be: int = 2570,
    status: str = "BUDGET_APPROVED",
    segments: tuple[dict[str, Any], ...] = (),
    budget_baht: Decimal | int | None = None,
    fund_source_code: str = "OWN",
    **columns: Any,
) -> Project:
    """A project of an organisation (made when none is given), with its money when ``budget_baht`` is given.

    ``segments`` are the columns of :class:`app.models.ProjectSegment` for segment 1..n.
    """
    if organisation is None:
        organisation = session.get(Organisation, "D9901001") or make_organisation(session)
    organisation_code = _code(organisation)
    if kind == "road":
        columns.setdefault("surface_type_code", "RC")
        columns.setdefault("work_nature_code", "BUILD")
    project = Project(
        code=code or f"{fiscal_year_be % 100:02d}-{organisation_code}-T{next(_sequence):04d}",
        name_th=name_th,
        kind=kind,
        organisation_code=organisation_code,
        fiscal_year_be=fiscal_year_be,
        status=status,
        **columns,
    )
    session.add(project)
    session.flush()
    session.add_all(
        ProjectSegment(project_id=project.id, seq=seq, **segment) for seq, segment in enumerate(segments, 1)
    )
    session.flush()
    if budget_baht is not None:
        make_appropriation(session, project, budget_baht, fund_source_code=fund_source_code)
    session.refresh(project)
    return project


def make_plan_upload(session: Session, version_id: int) -> PlanUpload:
    """A workbook that was sent and asks for nothing."""
    empty = {"cells": [], "inserts": [], "removals": [], "remarks": {}, "problems": []}
    row = PlanUpload(
        plan_version_id=version_id,
        form="ผ.02",
        file_name="แผน.xlsx",
        file_sha256="0" * 64,
        file_bytes=1,
        original={"ours": True, "as_of": None, "lines": 0, **empty},
        created_by_name="ผู้ส่ง",
    )
    return _flushed(session, row)


def make_record_upload(session: Session, organisation_code: str) -> RecordUpload:
    """A file that was sent for the grants of 2569 and asks for nothing."""
    empty = {"cells": [], "inserts": [], "removals": [], "remarks": {}, "problems": []}
    row = RecordUpload(
        organisation_code=organisation_code,
        year_be=2569,
        sheet="grants",
        file_name="เงินอุดหนุน.xlsx",
        file_sha256="0" * 64,
        file_bytes=1,
        original={"ours": True, "as_of": None, "lines": 0, **empty},
        created_by_name="ผู้ส่ง",
    )
    return _flushed(session, row)


def make_action_plan(session: Session, organisation_code: str, fiscal_year_be: int = 2569) -> ActionPlan:
    """An action plan that is open and has nothing in it."""
    row = ActionPlan(organisation_code=organisation_code, fiscal_year_be=fiscal_year_be, number=1)
    return _flushed(session, row)


def make_appropriation(
    session: Session,
    project: Project,
    amount_baht: Decimal | int,
    *,
    fund_source_code: str = "OWN",
    **columns: Any,
) -> Appropriation:
    """Approved money of a project."""
    row = Appropriation(
        project_id=project.id, fund_source_code=fund_source_code, amount_baht=Decimal(amount_baht), **columns
    )
    return _flushed(session, row, project)


def make_contract(
    session: Session,
    project: Project,
    amount_baht: Decimal | int,
    *,
    number: str = "12/2570",
    signed_on: date = date(2026, 11, 4),
    contractor_name: str | None = "บริษัท สาธิตการโยธา จำกัด",
    **columns: Any,
) -> Contract:
    """A signed contract of a project."""
    row = Contract(
        project_id=project.id,
        number=number,
        amount_baht=Decimal(amount_baht),
        signed_on=signed_on,
        contractor_name=contractor_name,
        **columns,
    )
    return _flushed(session, row, project)


def make_disbursement(
    session: Session,
    appropriation: Appropriation,
    amount_baht: Decimal | int,
    *,
    contract: Contract | None = None,
    paid_on: date = date(2026, 11, 18),
    **columns: Any,
) -> Disbursement:
    """A payment out of an appropriation."""
    row = Disbursement(
        project_id=appropriation.project_id,
        appropriation_id=appropriation.id,
        contract_id=None if contract is None else contract.id,
        amount_baht=Decimal(amount_baht),
        paid_on=paid_on,
        **columns,
    )
    project = session.get_one(Project, appropriation.project_id)
    return _flushed(session, row, project)


@contextmanager
def any_status(session: Session) -> Iterator[None]:
    """Let the status of projects change without regard to the status machine, as a recorded correction does."""
    session.flush()
    set_reason = sa.text("SELECT set_config('eplan.status_correction', :reason, true)")
    session.execute(set_reason, {"reason": "ทดสอบ"})
    yield
    session.flush()
    session.execute(set_reason, {"reason": ""})


def make_plan_line(
    session: Session,
    organisation: Organisation | str,
    *,
    amounts: dict[int, Decimal | int] | None = None,
    national_strategy_code: str = "2",
    name_th: str = "โครงการก่อสร้างถนนภายในตำบล",
    form: str = "ผ.02",
    page: int | None = 41,
    line_number: int | None = 7,
    programme_code: str | None = None,
) -> PlanProject:
    """A line in the five-year plan 2566-2570 of an organisation, with its strategy and an amount per year."""
    organisation_code = _code(organisation)
    assert organisation_code is not None
    period = session.scalar(sa.select(PlanPeriod).where(PlanPeriod.start_be == 2566, PlanPeriod.end_be == 2570))
    if period is None:
        period = _flushed(
            session,
            PlanPeriod(name_th="แผนพัฒนาท้องถิ่น (พ.ศ. 2566-2570)", start_be=2566, end_be=2570, status="current"),
        )
    plan = session.scalar(
        sa.select(Plan).where(Plan.organisation_code == organisation_code, Plan.plan_period_id == period.id)
    )
    if plan is None:
        plan = _flushed(
            session,
            Plan(organisation_code=organisation_code, plan_period_id=period.id, name_th=period.name_th),
        )
    version = session.scalar(sa.select(PlanVersion).where(PlanVersion.plan_id == plan.id))
    if version is None:
        version = _flushed(
            session,
            PlanVersion(
                plan_id=plan.id,
                plan_period_id=period.id,
                seq=1,
                status="PROMULGATED",
                change_types=["ADD"],
                number="2/2569",
                fiscal_year_be=2569,
                promulgated_on=date(2025, 11, 3),
            ),
        )
    strategy = session.scalar(
        sa.select(LocalStrategy).where(LocalStrategy.plan_id == plan.id, LocalStrategy.code == "1")
    )
    if strategy is None:
        strategy = _flushed(
            session,
            LocalStrategy(
                plan_id=plan.id,
                code="1",
                name_th="พัฒนาโครงสร้างพื้นฐาน",
                national_strategy_code=national_strategy_code,
            ),
        )
    line = _flushed(
        session,
        PlanProject(
            plan_version_id=version.id,
            form=form,
            page=page,
            line_number=line_number,
            name_th=name_th,
            local_strategy_id=strategy.id,
            programme_code=programme_code,
        ),
    )
    session.add_all(
        PlanProjectAmount(plan_project_id=line.id, fiscal_year_be=year, amount_baht=Decimal(amount))
        for year, amount in (amounts or {2570: 5_200_000}).items()
    )
    session.flush()
    return line


def line(*points: tuple[float, float]) -> LineString:
    """A road; about 430 m in the middle of the default tambon when no point is given."""
    return LineString(points or [(101.850, 15.900), (101.854, 15.900)])


def point(lon: float = 101.850, lat: float = 15.900) -> Point:
    """A well in the default tambon."""
    return Point(lon, lat)


def pond(lon: float = 101.850, lat: float = 15.900, size: float = 0.001) -> Polygon:
    """A square pond of ``size`` degrees in the default tambon."""
    return box(lon, lat, lon + size, lat + size)


def make_road(session: Session, route_code: str = "สธ.ถ.1-0001", shape: LineString | None = None) -> RegisteredRoad:
    """A registered road from west to east."""
    drawn = shape or LineString([(101.85, 15.85), (101.86, 15.85), (101.87, 15.851)])
    road = RegisteredRoad(
        route_code=route_code,
        name_th="สายทดสอบ",
        geom=from_shape(drawn, srid=4326),
        length_m=Decimal(str(round(length_m(drawn), 3))),
        source="test",
        fictional=True,
    )
    return _flushed(session, road)


def make_geometry(
    session: Session,
    project: Project,
    *shapes: BaseGeometry,
    status: str = "SUBMITTED",
    source: str = "drawn",
    created_by: UserAccount | None = None,
) -> ProjectGeometry:
    """A stored version of a geometry, one segment per shape, without the checks of the write path."""
    from shapely.geometry import GeometryCollection

    parts = shapes or (line(),)
    version = ProjectGeometry(
        project_id=project.id,
        version=project.geometry_version + 1,
        status=status,
        geom=from_shape(parts[0] if len(parts) == 1 else GeometryCollection(parts), srid=4326),
        source=source,
        created_by=None if created_by is None else created_by.id,
        created_by_name="ทดสอบ" if created_by is None else created_by.display_name,
    )
    session.add(version)
    session.flush()
    session.add_all(
        ProjectGeometrySegment(project_geometry_id=version.id, seq=seq, geom=from_shape(shape, srid=4326))
        for seq, shape in enumerate(parts, 1)
    )
    project.geometry_version = version.version
    project.geometry_status = status
    return _flushed(session, version, project)


def make_pair(session: Session, one: Project, other: Project, **columns: Any) -> DuplicatePair:
    """Two works at one place, as a comparison stores them."""
    a, b = sorted((one.id, other.id))
    values = {"class_": "same_work", "score": 0.9, "shared_m": 400.0, "shared_share": 0.95, "distance_m": 2.0} | columns
    pair = DuplicatePair(project_a=a, project_b=b, geometry_version_a=1, geometry_version_b=1, **values)
    return _flushed(session, pair)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def make_paper(session: Session, var_dir: Path, pair: DuplicatePair, name: str = "มติสภา.pdf") -> DuplicateDecision:
    """A step of a pair that brought a paper: somebody sent it back for another answer."""
    folder = var_dir / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    sent = folder / "sent"
    sent.write_bytes(PDF)
    kept = keep_paper(session, folder, sent, name)
    sent.unlink()
    values = {"file_name": kept.file_name, "file_sha256": kept.sha256, "file_bytes": kept.byte_count}
    step = DuplicateDecision(
        pair_id=pair.id, project_a=pair.project_a, project_b=pair.project_b, act="return", status="open",
        note="ดูหนังสือ", created_by_name="ผู้ทดสอบ", **values,
    )  # fmt: skip
    return _flushed(session, step)


def make_import_batch(session: Session, organisation_code: str, **values: Any) -> ImportBatch:
    """A staged import without rows."""
    made = {
        "fiscal_year_be": 2570,
        "kind": "road",
        "file_name": "roads.geojson",
        "stored_name": "absent",
        "file_sha256": "0" * 64,
        "file_bytes": 10,
        "format": "geojson",
        "status": "STAGED",
        "created_by_name": "ผู้ทดสอบ",
        **values,
    }
    return _flushed(session, ImportBatch(organisation_code=organisation_code, **made))


def keep_picture(
    session: Session,
    var_dir: Path,
    place: tuple[float, float] | None = None,
    file_name: str = "ภาพ.jpg",
    **more: Any,
) -> KeptPicture:
    """A picture in the folder of pictures, ready for a row; decoded here, because its process takes half a second."""
    content = pictures.jpeg(place, (64, 48), **more)
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        decoded = decode(Path(file.name), PictureLimits())
    picture = Picture(
        1,
        file_name,
        None,
        decoded.media_type,
        decoded.width_px,
        decoded.height_px,
        decoded.photo,
        decoded.shown,
        decoded.thumbnail,
    )
    return keep(session, beside(var_dir / "uploads"), picture, content, file_name)


def make_raster(
    session: Session, var_dir: Path, organisation: Organisation | str | None = None, **values: Any
) -> Raster:
    """Heights that rise to the east, 0.01 degrees in 50 x 50 cells around 101.9 E 15.9 N, with their file."""
    folder = var_dir / "rasters"
    folder.mkdir(parents=True, exist_ok=True)
    stored, west, north, cell = secrets.token_hex(16), 101.65, 16.15, 0.01
    heights = np.add.outer(np.zeros(50), np.arange(50.0)).astype("float32")
    lie = Affine(cell, 0, west, 0, -cell, north)
    with rasterio.open(
        folder / f"{stored}.tif", "w", driver="GTiff", width=50, height=50, count=1, dtype="float32", crs="EPSG:4326",
        transform=lie,
    ) as file:  # fmt: skip
        file.write(heights, 1)
    bounds = (west, north - 50 * cell, west + 50 * cell, north)
    band = BandFacts(0.0, 49.0, 24.5, 1.0, 48.0, 2500)
    facts = RasterFacts(50, 50, "float32", (band,), "EPSG:4326", 4326, cell, cell, 1090.0, bounds)
    given = {"kind": "elevation", "title_th": "ความสูง", "open_to_all": True, **values}
    row = Raster(
        name=f"heights-{stored[:6]}",
        status="READY",
        organisation_code=_code(organisation),
        file_name="dem.tif",
        file_sha256="0" * 64,
        file_bytes=10,
        stored_name=stored,
        facts=facts_json(facts),
        bounds=from_shape(box(*bounds), srid=4326),
        created_by_name="ผู้ทดสอบ",
        **given,
    )
    return _flushed(session, row)


def make_extent(
    session: Session, organisation: Organisation | str | None = None, *shapes: Polygon, **values: Any
) -> HazardExtent:
    """An extent of a flood: the given areas, else a square of 0.1 degrees at 101.85 E 15.85 N."""
    given = {"title_th": "น้ำท่วม", "open_to_all": True, "file_name": "flood.geojson", "area_m2": 1e8, **values}
    row = HazardExtent(
        name=f"extent-{secrets.token_hex(4)}",
        organisation_code=_code(organisation),
        created_by_name="ผู้ทดสอบ",
        **given,
    )
    made = _flushed(session, row)
    for seq, shape in enumerate(shapes or (box(101.85, 15.85, 101.95, 15.95),), 1):
        geom = sa.func.ST_Transform(from_shape(shape, srid=4326), 3857)
        session.add(HazardExtentPart(hazard_extent_id=made.id, seq=seq, geom=geom))
    session.flush()
    return made


def _area(
    session: Session,
    code: str,
    level: str,
    name_th: str,
    parent_code: str | None,
    shape: BaseGeometry,
    fictional: bool,
) -> Area:
    return _flushed(
        session,
        Area(
            code=code,
            level=level,
            name_th=name_th,
            parent_code=parent_code,
            geom=multipolygon(shape),
            fictional=fictional,
        ),
    )


def _bounds(session: Session, area: Area) -> tuple[float, float, float, float]:
    row = session.execute(
        sa.text("SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM area WHERE code = :code"),
        {"code": area.code},
    ).one()
    return (row[0], row[1], row[2], row[3])


def _code(owner: Organisation | Area | str | None) -> str | None:
    return owner if owner is None or isinstance(owner, str) else owner.code


def _flushed(session: Session, row: Row, *refreshed: Any) -> Row:
    session.add(row)
    session.flush()
    for other in refreshed:
        session.refresh(other)
    return row

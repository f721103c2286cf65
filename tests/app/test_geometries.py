"""The one write path of coordinates: versions, conflicts, checks, scope, on behalf, and the same for many at once."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR, Actor
from app.auth.policy import Visibility
from app.db import attribute
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import GeometryDraft, Organisation, Project, ProjectGeometry, UserAccount
from app.queries.geometries import geometry_versions
from app.services.geometries import (
    GeometryReceipt,
    GeometryRow,
    record_geometries,
    record_geometry,
    review_geometry,
)
from tests import factories as make
from tests.statements import counted


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


@pytest.fixture
def engineer(session: Session, organisation: Organisation) -> UserAccount:
    return make.make_user(session, "LAO_ENGINEER", organisation=organisation, display_name="กองช่าง หนองสาธิต")


@pytest.fixture
def officer(session: Session, organisation: Organisation) -> UserAccount:
    return make.make_user(session, "PROV_OFFICER", area="99", display_name="จนท.วถ. สาธิต")


@pytest.fixture
def project(session: Session, organisation: Organisation) -> Project:
    return make.make_project(session, organisation)


def record(
    session: Session, user: UserAccount, project: Project, *shapes: BaseGeometry, **more: Any
) -> GeometryReceipt:
    attribute(session, make.attribution_of(user))
    more.setdefault("if_match_version", 0)
    receipt = record_geometry(session, make.actor_for(user), project.code, shapes or (make.line(),), **more)
    session.refresh(project)
    return receipt


def codes(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def versions(session: Session, project: Project) -> list[ProjectGeometry]:
    return list(
        session.scalars(
            sa.select(ProjectGeometry).where(ProjectGeometry.project_id == project.id).order_by(ProjectGeometry.version)
        )
    )


def test_first_version_is_measured_and_the_project_tells_of_it(
    session: Session, engineer: UserAccount, project: Project
) -> None:
    receipt = record(session, engineer, project, status="SUBMITTED", note="วาดจากภาพถ่าย")
    # Geodesic length of 0.004 degrees of longitude at 15.9 N on WGS 84 (PostGIS geography): 428.350 m
    assert receipt.length_m == pytest.approx(428.350, abs=0.01)
    assert (receipt.version, receipt.status, receipt.area_m2) == (1, "SUBMITTED", 0)
    assert receipt.receipt is not None and receipt.receipt.startswith("test-")
    (stored,) = versions(session, project)
    assert (project.geometry_version, project.geometry_status) == (1, "SUBMITTED")
    assert float(stored.length_m) == pytest.approx(428.350, abs=0.01)
    assert (stored.created_by, stored.created_by_name) == (engineer.id, "กองช่าง หนองสาธิต")
    assert (stored.note, stored.on_behalf_of, stored.source) == ("วาดจากภาพถ่าย", None, "drawn")
    assert (
        session.scalar(sa.text("SELECT ST_AsText(geom) FROM project_geometry"))
        == "LINESTRING(101.85 15.9,101.854 15.9)"
    )


def test_area_code_is_filled_from_the_place_and_never_contradicted(
    session: Session, engineer: UserAccount, organisation: Organisation
) -> None:
    unknown = make.make_project(session, organisation)
    province_only = make.make_project(session, organisation, area_code="99")
    make.make_tambon(session, "990102", bounds=(102.1, 15.8, 102.2, 16.0))
    elsewhere = make.make_project(session, organisation, area_code="990102")
    make.make_amphoe(session, "9902", bounds=(101.8, 16.0, 102.2, 16.2))
    other_amphoe = make.make_project(session, organisation, area_code="9902")
    for project in (unknown, province_only, elsewhere, other_amphoe):
        record(session, engineer, project)
    assert [p.area_code for p in (unknown, province_only, elsewhere, other_amphoe)] == [
        "990101",
        "990101",
        "990102",
        "9902",
    ]


def test_several_segments_become_rows_and_one_collection(
    session: Session, engineer: UserAccount, organisation: Organisation
) -> None:
    project = make.make_project(session, organisation, segments=({"length_m": 430}, {"length_m": 110}))
    second = LineString([(101.854, 15.9), (101.854, 15.901)])
    receipt = record(session, engineer, project, MultiLineString([make.line(), second]))
    assert len(receipt.segment_lengths_m) == 2
    assert receipt.length_m == pytest.approx(sum(receipt.segment_lengths_m))
    assert receipt.warnings == ()
    kind = session.scalar(sa.text("SELECT GeometryType(geom) FROM project_geometry"))
    assert kind == "GEOMETRYCOLLECTION"
    rows = session.execute(sa.text("SELECT seq, ST_AsText(geom) FROM project_geometry_segment ORDER BY seq")).all()
    assert [seq for seq, _ in rows] == [1, 2]
    assert rows[1][1] == "LINESTRING(101.854 15.9,101.854 15.901)"


@pytest.mark.parametrize(
    ("source_type", "shape", "length", "area"),
    [
        ("POND", make.pond(), 0, 11_850),
        ("GROUNDWATER", make.point(), 0, 0),
        ("CANAL_DREDGE", make.line(), 428.3, 0),
    ],
)
def test_water_sources_are_drawn_as_what_they_are(
    session: Session,
    engineer: UserAccount,
    organisation: Organisation,
    source_type: str,
    shape: BaseGeometry,
    length: float,
    area: float,
) -> None:
    project = make.make_project(session, organisation, kind="water", water_source_type_code=source_type)
    receipt = record(session, engineer, project, shape)
    assert receipt.length_m == pytest.approx(length, abs=1)
    assert receipt.area_m2 == pytest.approx(area, rel=0.01)
    assert receipt.warnings == ()


def test_a_stale_version_is_a_conflict_that_says_who_and_when(
    session: Session, engineer: UserAccount, project: Project
) -> None:
    colleague = make.make_user(session, "LAO_ENGINEER", organisation="D9901001", display_name="อีกคน")
    record(session, engineer, project)
    with pytest.raises(Conflict) as error:
        record(session, colleague, project, LineString([(101.86, 15.9), (101.87, 15.9)]), if_match_version=0)
    assert error.value.code == "geometry_changed"
    assert error.value.values["version"] == 1
    assert error.value.values["changed_by"] == "กองช่าง หนองสาธิต"
    assert error.value.values["changed_at"]
    assert len(versions(session, project)) == 1


def test_the_same_request_twice_gives_the_same_receipt_and_one_version(
    session: Session, engineer: UserAccount, project: Project
) -> None:
    first = record(session, engineer, project, status="SUBMITTED")
    again = record(session, engineer, project, status="SUBMITTED", if_match_version=0)
    assert again.repeated and not first.repeated
    assert (again.version, again.receipt, again.created_at) == (first.version, first.receipt, first.created_at)
    assert again.segment_lengths_m == pytest.approx(first.segment_lengths_m, abs=0.001)
    assert len(versions(session, project)) == 1
    colleague = make.make_user(session, "LAO_ENGINEER", organisation="D9901001")
    with pytest.raises(Conflict):
        record(session, colleague, project, status="SUBMITTED", if_match_version=0)


def test_all_problems_come_at_once_and_nothing_is_written(
    session: Session, engineer: UserAccount, project: Project
) -> None:
    swapped = LineString([(15.9, 101.85), (15.9, 101.86)])
    with pytest.raises(InvalidInput) as error:
        record(session, engineer, project, swapped, Point(101.85, 15.9), status="READY", note="ย" * 2001)
    assert set(codes(error)) == {
        "geometry_status_unknown",
        "note_too_long",
        "outside_thailand_swapped",
        "wrong_geometry_type",
    }
    segments = {problem.where.get("segment") for problem in error.value.problems}
    assert {1, 2} <= segments
    session.refresh(project)
    assert (project.geometry_version, versions(session, project)) == (0, [])


def test_warnings_stay_with_the_version(session: Session, engineer: UserAccount, organisation: Organisation) -> None:
    project = make.make_project(session, organisation, segments=({"length_m": 1000},))
    receipt = record(session, engineer, project)
    assert [problem.code for problem in receipt.warnings] == ["length_differs"]
    (stored,) = versions(session, project)
    assert stored.warnings[0]["code"] == "length_differs"


def test_original_numbers_are_kept(session: Session, engineer: UserAccount, project: Project) -> None:
    record(
        session,
        engineer,
        project,
        source="typed",
        original={"text": "48P 161234 1760456"},
        original_epsg=32648,
        operation="EPSG:16048 inverse",
    )
    (stored,) = versions(session, project)
    assert stored.original == {"text": "48P 161234 1760456"}
    assert (stored.original_epsg, stored.operation, stored.source) == (32648, "EPSG:16048 inverse", "typed")


def test_a_draft_of_the_person_goes_when_the_version_is_written(
    session: Session, engineer: UserAccount, project: Project
) -> None:
    colleague = make.make_user(session, "LAO_ENGINEER", organisation="D9901001")
    for user in (engineer, colleague):
        session.add(GeometryDraft(user_id=user.id, project_id=project.id, content={}, base_version=0))
    session.flush()
    record(session, engineer, project)
    left = session.scalars(sa.select(GeometryDraft.user_id)).all()
    assert left == [colleague.id]


def test_one_version_takes_few_statements(session: Session, engineer: UserAccount, project: Project) -> None:
    actor = make.actor_for(engineer)
    record_geometry(session, actor, project.code, [make.line()], if_match_version=0)
    with counted(session) as sent:
        record_geometry(session, actor, project.code, [make.line(), make.line()], if_match_version=1)
    # lock, territory, write, and whether a comparison waits; the tambon is known since the first version
    assert len(sent) == 4, sent
    with counted(session) as sent:
        other = make.make_project(session)
        sent.clear()
        record_geometry(session, actor, other.code, [make.line()], if_match_version=0)
    # the tambon too, and a comparison of its own: the job and its place in the queue
    assert len(sent) == 7, sent


def test_versions_are_never_changed_or_removed(session: Session, engineer: UserAccount, project: Project) -> None:
    record(session, engineer, project)
    for statement in (
        "UPDATE project_geometry SET note = 'x'",
        "DELETE FROM project_geometry",
        "UPDATE project_geometry_segment SET seq = 2",
        "DELETE FROM project_geometry_segment",
        "DELETE FROM change_log",
        "UPDATE change_log SET user_name = 'x'",
        "INSERT INTO change_log (user_name, entity, entity_key, action) VALUES ('x', 'x', 'x', 'insert')",
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(sa.text(statement))


# --- who may ---------------------------------------------------------------------------------------------------------


def test_nobody_writes_for_another_organisation(session: Session, engineer: UserAccount) -> None:
    neighbour = make.make_organisation(session, "D9901002", name_th="ข้างเคียง", tambon_codes=("990102",))
    theirs = make.make_project(session, neighbour)
    actor = make.actor_for(engineer)
    with pytest.raises(Forbidden):
        record_geometry(session, actor, theirs.code, [make.line()], if_match_version=0)
    with pytest.raises(Forbidden):
        record_geometries(session, actor, [GeometryRow(theirs.code, (make.line(),))])
    make.make_geometry(session, theirs)
    with pytest.raises(Forbidden):
        review_geometry(session, actor, theirs.code, "SUBMITTED", if_match_version=1)
    session.refresh(theirs)
    assert theirs.geometry_version == 1


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("LAO_ENGINEER", True),
        ("LAO_PLANNER", False),
        ("LAO_FINANCE", False),
        ("LAO_EXECUTIVE", False),
    ],
)
def test_only_engineers_of_the_organisation_write(session: Session, project: Project, role: str, allowed: bool) -> None:
    actor = make.actor_for(make.make_user(session, role, organisation="D9901001"))
    if allowed:
        assert record_geometry(session, actor, project.code, [make.line()], if_match_version=0).version == 1
    else:
        with pytest.raises(Forbidden):
            record_geometry(session, actor, project.code, [make.line()], if_match_version=0)


def test_entering_on_behalf_is_marked_in_the_version_and_in_the_log(
    session: Session, officer: UserAccount, project: Project
) -> None:
    record(session, officer, project)
    (stored,) = versions(session, project)
    assert (stored.on_behalf_of, stored.created_by_name) == ("D9901001", "จนท.วถ. สาธิต")
    logged = session.execute(
        sa.text("SELECT user_name, on_behalf_of FROM change_log WHERE entity = 'project_geometry'")
    ).one()
    assert tuple(logged) == ("จนท.วถ. สาธิต", "D9901001")


def test_an_officer_of_another_province_may_not(session: Session, project: Project) -> None:
    make.make_province(session, "98", name_th="อื่น", bounds=(103, 15, 104, 16))
    actor = make.actor_for(make.make_user(session, "PROV_OFFICER", area="98"))
    with pytest.raises(Forbidden):
        record_geometry(session, actor, project.code, [make.line()], if_match_version=0)


def test_unknown_project(session: Session, engineer: UserAccount) -> None:
    with pytest.raises(NotFound):
        record_geometry(session, make.actor_for(engineer), "70-X-0001", [make.line()], if_match_version=0)


# --- review ----------------------------------------------------------------------------------------------------------


def test_a_verdict_is_a_version_of_its_own_with_the_same_shape(
    session: Session, engineer: UserAccount, officer: UserAccount, project: Project
) -> None:
    record(session, engineer, project, status="SUBMITTED")
    verdict = make.actor_for(officer)
    returned = review_geometry(session, verdict, project.code, "RETURNED", if_match_version=1, note="ปลายทางไม่ถึงถนนเดิม")
    assert (returned.version, returned.status) == (2, "RETURNED")
    assert returned.length_m == pytest.approx(428.350, abs=0.01)
    resubmitted = review_geometry(session, make.actor_for(engineer), project.code, "SUBMITTED", if_match_version=2)
    verified = review_geometry(session, verdict, project.code, "VERIFIED", if_match_version=3)
    assert (resubmitted.version, verified.version) == (3, 4)
    stored = versions(session, project)
    assert [v.status for v in stored] == ["SUBMITTED", "RETURNED", "SUBMITTED", "VERIFIED"]
    assert [v.source for v in stored] == ["drawn", "review", "review", "review"]
    assert [v.on_behalf_of for v in stored] == [None] * 4, "a verdict is the reviewer's own duty"
    logged = session.scalars(sa.text("SELECT on_behalf_of FROM change_log WHERE entity = 'project_geometry'"))
    assert set(logged) == {None}
    shown = geometry_versions(session, project.code, sight=Visibility.STAFF)
    assert shown is not None and {v.drawn_as for v in shown} == {"drawn"}
    assert stored[1].note == "ปลายทางไม่ถึงถนนเดิม"
    assert len({bytes(v.geom.data) for v in stored}) == 1
    session.refresh(project)
    assert (project.geometry_status, project.geometry_version) == ("VERIFIED", 4)
    assert session.scalar(sa.text("SELECT count(*) FROM project_geometry_segment")) == 4


def test_sending_in_for_an_organisation_is_on_its_behalf(
    session: Session, engineer: UserAccount, officer: UserAccount, project: Project
) -> None:
    record(session, engineer, project)
    review_geometry(session, make.actor_for(officer), project.code, "SUBMITTED", if_match_version=1)
    assert [v.on_behalf_of for v in versions(session, project)] == [None, "D9901001"]


def test_a_verdict_needs_the_right_a_reason_and_something_to_judge(
    session: Session, engineer: UserAccount, officer: UserAccount, project: Project
) -> None:
    verdict = make.actor_for(officer)
    with pytest.raises(InvalidInput) as nothing:
        review_geometry(session, verdict, project.code, "VERIFIED", if_match_version=0)
    assert codes(nothing) == ["geometry_missing"]
    record(session, engineer, project)
    with pytest.raises(Forbidden):
        review_geometry(session, make.actor_for(engineer), project.code, "VERIFIED", if_match_version=1)
    with pytest.raises(InvalidInput) as too_early:
        review_geometry(session, verdict, project.code, "VERIFIED", if_match_version=1)
    assert codes(too_early) == ["review_not_possible"]
    review_geometry(session, make.actor_for(engineer), project.code, "SUBMITTED", if_match_version=1)
    with pytest.raises(InvalidInput) as silent:
        review_geometry(session, verdict, project.code, "RETURNED", if_match_version=2, note="  ")
    assert codes(silent) == ["note_required"]
    with pytest.raises(Conflict):
        review_geometry(session, verdict, project.code, "VERIFIED", if_match_version=1)


# --- many at once ----------------------------------------------------------------------------------------------------


def roads(count: int) -> list[LineString]:
    return [make.line((101.81 + i * 1e-4, 15.85), (101.81 + i * 1e-4, 15.854)) for i in range(count)]


def test_many_rows_are_what_single_rows_would_be(session: Session, organisation: Organisation) -> None:
    projects = [make.make_project(session, organisation) for _ in range(30)]
    rows = [GeometryRow(p.code, (shape,), row=i) for i, (p, shape) in enumerate(zip(projects, roads(30), strict=True))]
    single = make.make_project(session, organisation)
    one = record_geometry(session, SYSTEM_ACTOR, single.code, [roads(1)[0]], if_match_version=0)
    receipt = record_geometries(session, SYSTEM_ACTOR, (row for row in rows), status="SUBMITTED")
    assert (receipt.written, receipt.warned) == (30, 0)
    for project in projects:
        session.refresh(project)
    assert {(p.geometry_version, p.geometry_status, p.area_code) for p in projects} == {(1, "SUBMITTED", "990101")}
    (first,) = versions(session, projects[0])
    assert float(first.length_m) == pytest.approx(one.length_m, abs=0.001)
    assert first.source == "import"


def test_many_rows_take_as_many_statements_as_few(session: Session, organisation: Organisation) -> None:
    def statements(count: int) -> int:
        rows = [GeometryRow(make.make_project(session, organisation).code, (shape,)) for shape in roads(count)]
        with counted(session) as sent:
            record_geometries(session, SYSTEM_ACTOR, rows)
        return len(sent)

    statements(1)  # the code lists are read once and kept
    assert statements(3) == statements(40) == 7


def test_every_bad_row_is_reported_and_none_is_written(session: Session, organisation: Organisation) -> None:
    good, stale, twice = (make.make_project(session, organisation) for _ in range(3))
    make.make_geometry(session, stale)
    rows = [
        GeometryRow(good.code, (make.line(),), row=1),
        GeometryRow(stale.code, (make.line(),), row=2),
        GeometryRow("70-X-9", (make.line(),), row=3),
        GeometryRow(twice.code, (Point(101.85, 15.9),), row=4),
        GeometryRow(twice.code, (make.line(),), row=5),
        GeometryRow(make.make_project(session, organisation).code, (), row=6),
    ]
    with pytest.raises(InvalidInput) as error:
        record_geometries(session, SYSTEM_ACTOR, rows)
    found = {(problem.where["row"], problem.code) for problem in error.value.problems}
    assert found == {
        (2, "geometry_changed_row"),
        (3, "project_not_found"),
        (4, "wrong_geometry_type"),
        (5, "project_repeated"),
        (6, "geometry_empty"),
    }
    assert versions(session, good) == []


def test_a_batch_on_behalf_is_marked_per_organisation(session: Session, officer: UserAccount) -> None:
    neighbour = make.make_organisation(session, "D9901002", name_th="ข้างเคียง")
    organisations = ["D9901001", neighbour.code]
    projects = [make.make_project(session, organisation) for organisation in organisations]
    actor: Actor = make.actor_for(officer)
    record_geometries(session, actor, [GeometryRow(p.code, (make.line(),)) for p in projects])
    marked = session.execute(
        sa.text("SELECT on_behalf_of FROM change_log WHERE entity = 'project_geometry' ORDER BY 1")
    ).scalars()
    assert list(marked) == ["D9901001", "D9901002"]
    assert {v.on_behalf_of for p in projects for v in versions(session, p)} == {"D9901001", "D9901002"}


def test_rows_with_multi_geometries_and_heights_become_simple_segments(
    session: Session, organisation: Organisation
) -> None:
    project = make.make_project(session, organisation)
    multi = shapely.force_3d(MultiLineString([make.line(), LineString([(101.86, 15.9), (101.87, 15.9)])]), 12.0)
    record_geometries(session, SYSTEM_ACTOR, [GeometryRow(project.code, (multi,))])
    assert session.scalar(sa.text("SELECT count(*) FROM project_geometry_segment")) == 2

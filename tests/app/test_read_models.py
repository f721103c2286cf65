"""Read models equal what is computed afresh from the rows, whatever happens to the rows and in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.models import Appropriation, Project
from tests import factories as make

DIFFERENCE = """
    (TABLE read_project_feature EXCEPT SELECT * FROM read_project_current)
    UNION ALL
    (SELECT * FROM read_project_current EXCEPT TABLE read_project_feature)"""

CELLS = """
    SELECT level, kind, fiscal_year_be, x, y, sum(projects), sum(budget_baht), sum(disbursed_baht), sum(sum_x_m),
           sum(sum_y_m), sum(public_projects), sum(public_budget_baht), sum(public_disbursed_baht),
           sum(public_sum_x_m), sum(public_sum_y_m)
    FROM read_project_cell GROUP BY 1, 2, 3, 4, 5 HAVING sum(projects) <> 0"""
CELLS_AFRESH = """
    SELECT l.level::smallint, f.kind, y.year, f.cell_x >> l.shift, f.cell_y >> l.shift, count(*), sum(f.budget_baht),
           sum(f.disbursed_baht), sum(round(ST_X(f.point)::numeric)), sum(round(ST_Y(f.point)::numeric)),
           count(*) FILTER (WHERE f.published), coalesce(sum(f.budget_baht) FILTER (WHERE f.published), 0),
           coalesce(sum(f.disbursed_baht) FILTER (WHERE f.published), 0),
           coalesce(sum(round(ST_X(f.point)::numeric)) FILTER (WHERE f.published), 0),
           coalesce(sum(round(ST_Y(f.point)::numeric)) FILTER (WHERE f.published), 0)
    FROM read_project_current f CROSS JOIN (VALUES (6, 5), (8, 3)) AS l (level, shift)
    CROSS JOIN LATERAL (VALUES (0), (f.fiscal_year_be)) AS y (year)
    GROUP BY 1, 2, 3, 4, 5"""


@pytest.fixture
def rows(owner_connection: sa.Connection) -> Iterator[Session]:
    """Session of the owner (who may read the views), undone at the end."""
    outer = owner_connection.begin()
    with Session(owner_connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as opened:
        yield opened
    outer.rollback()


def differences(session: Session) -> list[Any]:
    session.flush()
    features = session.execute(sa.text(DIFFERENCE)).all()
    cells = session.execute(
        sa.text(f"(({CELLS}) EXCEPT ({CELLS_AFRESH})) UNION ALL (({CELLS_AFRESH}) EXCEPT ({CELLS}))")
    ).all()
    return [*features, *cells]


def version(session: Session) -> int:
    return session.scalar(sa.text("SELECT coalesce(sum(changes), 0) FROM read_tile_version WHERE zoom = 10")) or 0


def test_a_drawn_road_appears_with_its_money(rows: Session) -> None:
    project = make.make_project(rows, budget_baht=1_250_000)
    assert rows.scalar(sa.text("SELECT count(*) FROM read_project_feature")) == 0
    make.make_geometry(rows, project)
    row = rows.execute(sa.text("SELECT * FROM read_project_feature")).one()
    assert (row.code, row.budget_baht, row.geometry_status, row.published) == (
        project.code,
        1_250_000,
        "SUBMITTED",
        False,
    )
    assert (row.west, row.south, row.east, row.north) == (101.850, 15.900, 101.854, 15.900)
    assert differences(rows) == []


def test_only_verified_and_approved_is_published(rows: Session) -> None:
    for status, geometry_status, published in (
        ("PLANNED", "VERIFIED", False),
        ("BUDGET_APPROVED", "SUBMITTED", False),
        ("BUDGET_APPROVED", "VERIFIED", True),
        ("CARRIED_OVER", "VERIFIED", True),
        ("CANCELLED", "VERIFIED", False),
        ("DEFERRED", "VERIFIED", False),
    ):
        project = make.make_project(rows, status=status)
        make.make_geometry(rows, project, status=geometry_status)
        stored = rows.scalar(
            sa.text("SELECT published FROM read_project_feature WHERE project_id = :id"), {"id": project.id}
        )
        assert stored is published, (status, geometry_status)


def test_cancelling_takes_a_published_project_from_the_public_sums(rows: Session) -> None:
    project = make.make_project(rows, budget_baht=500_000)
    make.make_geometry(rows, project, status="VERIFIED")
    public = sa.text(
        "SELECT sum(public_projects), sum(public_budget_baht), sum(projects) FROM read_project_cell"
        " WHERE level = 8 AND fiscal_year_be = 0"
    )
    assert tuple(rows.execute(public).one()) == (1, 500_000, 1)
    project.status = "CANCELLED"
    rows.flush()
    assert tuple(rows.execute(public).one()) == (0, 0, 1)
    assert differences(rows) == []


def test_withdrawn_coordinates_leave_the_map(rows: Session) -> None:
    project = make.make_project(rows, budget_baht=1)
    make.make_geometry(rows, project)
    rows.execute(
        sa.text(
            "INSERT INTO project_geometry (project_id, version, status, source, created_by_name)"
            " VALUES (:id, 2, 'RETURNED', 'review', 'x')"
        ),
        {"id": project.id},
    )
    assert rows.scalar(sa.text("SELECT count(*) FROM read_project_feature")) == 0
    assert differences(rows) == []


def test_points_lines_and_polygons_together_stay_together(rows: Session) -> None:
    project = make.make_project(rows, kind="water", water_source_type_code="VILLAGE_WATERWORKS")
    make.make_geometry(rows, project, make.point(), make.line(), make.pond())
    row = rows.execute(
        sa.text("SELECT mixed, GeometryType(geom) AS type, ST_NumGeometries(geom) AS n FROM read_project_feature")
    ).one()
    assert tuple(row) == (True, "GEOMETRYCOLLECTION", 3)


def test_segments_of_one_type_are_flattened(rows: Session) -> None:
    project = make.make_project(rows)
    make.make_geometry(rows, project, make.line(), make.line((101.86, 15.9), (101.87, 15.91)))
    row = rows.execute(sa.text("SELECT mixed, GeometryType(geom) AS type FROM read_project_feature")).one()
    assert tuple(row) == (False, "MULTILINESTRING")


def test_many_rows_in_one_statement(rows: Session) -> None:
    organisation = make.make_organisation(rows)
    rows.execute(
        sa.text(
            "INSERT INTO project (code, name_th, kind, organisation_code, fiscal_year_be)"
            " SELECT 'bulk-' || n, 'ถนน ' || n, CASE WHEN n % 3 = 0 THEN 'water' ELSE 'road' END, :o, 2565 + n % 5"
            " FROM generate_series(1, 3000) n"
        ),
        {"o": organisation.code},
    )
    rows.execute(
        sa.text(
            "INSERT INTO project_geometry (project_id, version, status, geom, source, created_by_name)"
            " SELECT id, 1, 'VERIFIED',"
            " ST_SetSRID(ST_MakePoint(101.8 + (id % 50) * 0.005, 15.9 + (id % 40) * 0.005), 4326),"
            " 'import', 'x' FROM project WHERE code LIKE 'bulk-%'"
        )
    )
    assert differences(rows) == []
    with make.any_status(rows):
        rows.execute(sa.text("UPDATE project SET status = 'CONTRACTED' WHERE id % 2 = 0 AND code LIKE 'bulk-%'"))
    assert differences(rows) == []


def test_sums_are_added_up_now_and_then(rows: Session) -> None:
    project = make.make_project(rows)
    for step in range(60):
        make.make_geometry(rows, project, make.line((101.85, 15.9), (101.854, 15.9 + step / 10_000)))
    most = rows.scalar(
        sa.text(
            "SELECT max(n) FROM"
            " (SELECT count(*) AS n FROM read_project_cell GROUP BY level, kind, fiscal_year_be, x, y) c"
        )
    )
    versions = rows.scalar(
        sa.text("SELECT max(n) FROM (SELECT count(*) AS n FROM read_tile_version GROUP BY layer, zoom, x, y) c")
    )
    assert most is not None and most <= 17
    assert versions is not None and versions <= 17
    assert version(rows) >= 60
    assert differences(rows) == []


def test_every_change_raises_the_version_where_it_was_and_where_it_is(rows: Session) -> None:
    project = make.make_project(rows)
    make.make_geometry(rows, project)
    before = version(rows)
    project.name_th = "ชื่อใหม่"
    rows.flush()
    renamed = version(rows)
    assert renamed > before
    make.make_geometry(rows, project, make.line((100.5, 14.0), (100.51, 14.0)))
    places = rows.execute(
        sa.text("SELECT x, y, sum(changes) FROM read_tile_version WHERE zoom = 10 GROUP BY x, y ORDER BY x")
    ).all()
    assert len({x for x, _, _ in places}) >= 2
    project.row_version += 1
    rows.flush()
    assert version(rows) > renamed


steps = st.lists(
    st.one_of(
        st.tuples(st.just("draw"), st.integers(0, 3), st.sampled_from(["DRAFT", "SUBMITTED", "VERIFIED"])),
        st.tuples(st.just("status"), st.integers(0, 3), st.sampled_from(["PLANNED", "BUDGET_APPROVED", "CANCELLED"])),
        st.tuples(st.just("money"), st.integers(0, 3), st.integers(1, 9_000_000)),
        st.tuples(st.just("kind"), st.integers(0, 3), st.sampled_from(["water", "other"])),
        st.tuples(st.just("year"), st.integers(0, 3), st.integers(2566, 2570)),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_history_ends_in_the_same_read_model(rows: Session, steps: list[tuple[str, int, Any]]) -> None:
    with rows.begin_nested() as undo:
        organisation = make.make_organisation(rows)
        projects = [make.make_project(rows, organisation) for _ in range(4)]
        for number, (step, which, value) in enumerate(steps):
            apply(rows, projects[which], step, value, number)
        assert differences(rows) == []
        undo.rollback()
    rows.expunge_all()


def apply(session: Session, project: Project, step: str, value: Any, number: int) -> None:
    if step == "draw":
        shape = (Point(101.8 + number / 100, 15.9), make.line(), make.pond(), make.line())[number % 4]
        make.make_geometry(session, project, shape, status=value)
    elif step == "status":
        with make.any_status(session):
            project.status = value
    elif step == "money":
        make.make_appropriation(session, project, value)
    elif step == "kind":
        project.kind, project.surface_type_code = value, None
    elif not session.scalar(sa.select(Appropriation.id).where(Appropriation.project_id == project.id).limit(1)):
        project.fiscal_year_be = value  # a project with money keeps its year
    session.flush()


def test_a_removed_project_leaves_the_read_models(rows: Session) -> None:
    project = make.make_project(rows)
    make.make_geometry(rows, project)
    # Nobody removes projects; the owner of the tables could, with the rules switched off.
    rows.execute(sa.text("ALTER TABLE project_geometry DISABLE TRIGGER USER"))
    rows.execute(sa.text("ALTER TABLE project_geometry_segment DISABLE TRIGGER USER"))
    for table, column in (("project_geometry_segment", "project_geometry_id"), ("project_geometry", "project_id")):
        key = project.id if column == "project_id" else None
        rows.execute(
            sa.text(
                f"DELETE FROM {table} WHERE {column} "
                + ("= :id" if key else "IN (SELECT id FROM project_geometry WHERE project_id = :id)")
            ),
            {"id": project.id},
        )
    rows.execute(sa.text("DELETE FROM project WHERE id = :id"), {"id": project.id})
    assert rows.scalar(sa.text("SELECT count(*) FROM read_project_feature")) == 0
    assert differences(rows) == []


def test_the_application_may_not_write_read_models(session: Session) -> None:
    for table in ("read_project_feature", "read_project_cell", "read_tile_version", "read_area_shape"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
            session.execute(sa.text(f"DELETE FROM {table}"))


AREA_DIFFERENCE = """
    (TABLE read_area_shape EXCEPT SELECT * FROM read_area_current)
    UNION ALL
    (SELECT * FROM read_area_current EXCEPT TABLE read_area_shape)"""


def test_area_shapes_follow_areas_and_territories(rows: Session) -> None:
    organisation = make.make_organisation(rows)
    assert rows.execute(sa.text(AREA_DIFFERENCE)).all() == []
    levels = dict(rows.execute(sa.text("SELECT level, count(*) FROM read_area_shape GROUP BY level")).all())
    assert levels == {"province": 6, "amphoe": 6, "tambon": 6, "organisation": 6}
    organisation.territory = make.multipolygon(make.pond(101.9, 15.9, 0.05))
    organisation.full_name_th = "เทศบาลตำบลใหม่"
    rows.flush()
    assert rows.execute(sa.text(AREA_DIFFERENCE)).all() == []
    organisation.valid_to = sa.func.current_date()
    rows.flush()
    assert rows.scalar(sa.text("SELECT count(*) FROM read_area_shape WHERE level = 'organisation'")) == 0


def test_loading_the_same_area_again_changes_nothing(rows: Session) -> None:
    make.make_organisation(rows)
    count = sa.text("SELECT coalesce(sum(changes), 0) FROM read_tile_version WHERE zoom = 0")
    before = rows.scalar(count)
    rows.execute(sa.text("UPDATE area SET name_th = name_th, geom = geom"))
    assert rows.scalar(count) == before

"""Candidates from the database, verdicts of stored works, and a file compared before it is imported."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from geoalchemy2.shape import from_shape
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, mapping
from sqlalchemy.orm import Session

from app.cli.analyse_duplicates import COLUMNS, command
from app.errors import InvalidInput
from app.models import Organisation, Project, RegisteredRoad
from app.queries.duplicates import ALL_PAIRS, ONE_AGAINST_ALL, candidate_pairs, works
from app.services.duplicate_pairs import compared_pairs, pairs_of_drawing, pairs_of_project
from app.services.duplicates_of_file import read_works
from gis.overlap_works import Work
from tests import factories as make

ROAD = LineString([(101.85, 15.85), (101.86, 15.85), (101.87, 15.851)])
NAME = "ก่อสร้างถนน คสล. สายบ้านโนนสว่าง - วัดป่า หมู่ที่ 7"


def metres(shape: Any, east: float, north: float) -> Any:
    return affinity.translate(shape, east / 107_000, north / 110_600)


@pytest.fixture
def organisation(session: Session) -> Organisation:
    return make.make_organisation(session)


def stored(session: Session, organisation: Organisation, *shapes: Any, **values: Any) -> Project:
    project = make.make_project(session, organisation.code, **{"name_th": NAME, **values})
    make.make_geometry(session, project, *shapes)
    return project


def pairs(session: Session, *changed: Project) -> set[tuple[int, int]]:
    found = list(candidate_pairs(session, [project.id for project in changed] if changed else None))
    return {(a, b) for a, b in (np.concatenate(found).tolist() if found else [])}


def test_pairs_of_stored_works(session: Session, organisation: Organisation) -> None:
    road = stored(session, organisation, ROAD)
    beside = stored(session, organisation, metres(ROAD, 0, 12))
    onward = stored(session, organisation, LineString([(101.87, 15.851), (101.88, 15.852)]))
    across = stored(session, organisation, LineString([(101.855, 15.84), (101.855, 15.86)]))
    well = stored(session, organisation, Point(101.855, 15.8501), kind="water")
    misfiled = stored(session, organisation, metres(ROAD, 0, -3), kind="other")
    gone = stored(session, organisation, ROAD, status="CANCELLED")
    expected = {
        (road, beside),
        (road, onward),
        (beside, onward),
        (road, misfiled),
        (beside, misfiled),
        (onward, misfiled),
    }
    assert {(a.id, b.id) for a, b in expected} | {(well.id, misfiled.id)} == pairs(session)
    assert pairs(session, onward) == {(road.id, onward.id), (beside.id, onward.id), (onward.id, misfiled.id)}
    near = {project_id: verdict.class_ for project_id, _work, verdict in pairs_of_project(session, road.id)}
    assert near[beside.id] == "same_work" and near[onward.id] == "continuation" and near[across.id] == "crossing"
    assert gone.id not in near and well.id not in near
    drawn = Work("new", "other", 2569, "road", NAME, geometry=ROAD)
    around = {project_id for project_id, _, _ in pairs_of_drawing(session, 0, "road", [ROAD], drawn)}
    assert around == set(near) | {road.id}
    ((batch, done, total),) = compared_pairs(session, [onward.id])
    assert (done, total, len(batch)) == (3, 3, 3) and all(pair.a_id < pair.b_id for pair in batch)


def test_works_of_a_registered_road_are_measured_along_it(session: Session, organisation: Organisation) -> None:
    """Drawn 35 m apart, on either side of the road, from metre 200 to 1,200 and from 700 to 1,700."""
    road = LineString([(101.85, 15.85), (101.87, 15.85)])
    length_m = 2_141.6  # geodesic
    session.add(
        RegisteredRoad(
            route_code="นม.ถ.1-0001", geom=from_shape(road, 4326), length_m=Decimal(str(length_m)), source="test"
        )
    )

    def part(first_m: float, last_m: float, north_m: float) -> LineString:
        xy = [(101.85 + 0.02 * along / length_m, 15.85 + north_m / 110_600) for along in (first_m, last_m)]
        return LineString(xy)

    one = stored(session, organisation, part(200, 1_200, 20), route_code="นม.ถ.1-0001")
    other = stored(session, organisation, part(1_700, 700, -15), route_code="นม.ถ.1-0001")
    away = stored(session, organisation, part(200, 1_200, 90), route_code="นม.ถ.1-0001")
    known = works(session, [one.id, other.id, away.id])
    assert (known[one.id].start_m, known[one.id].end_m) == (pytest.approx(200, abs=1), pytest.approx(1_200, abs=1))
    assert known[away.id].start_m is None  # it does not lie along the road whose code it bears
    ((pair,),) = [batch for batch, _, _ in compared_pairs(session, [one.id])]
    assert {pair.a_id, pair.b_id} == {one.id, other.id}
    assert pair.verdict.shared_m == pytest.approx(500, abs=2) and pair.verdict.shared_share == pytest.approx(
        0.5, abs=0.01
    )
    (reason,) = [reason for reason in pair.verdict.reasons if reason.code == "overlap_chainage"]
    assert reason.values == {"route": "นม.ถ.1-0001", "shared_m": 500}


def test_a_work_has_what_the_comparison_asks_for(session: Session, organisation: Organisation) -> None:
    project = stored(session, organisation, ROAD, budget_baht=Decimal(5), surface_type_code="RC")
    bare = make.make_project(session, organisation.code)
    found = works(session, [project.id, bare.id])
    assert found[project.id].surface == "RC" and found[project.id].organisation == organisation.code
    assert found[project.id].geometry.equals_exact(ROAD, 1e-7) and found[bare.id].geometry is None


def test_a_registered_road_gives_the_chainage_of_works_on_it(session: Session, organisation: Organisation) -> None:
    make.make_road(session, "ชย.ถ.28-003", ROAD)
    part = metres(LineString([(101.855, 15.85), (101.86, 15.85)]), 0, 20)
    on_it = stored(session, organisation, part, route_code="ชย.ถ.28-003")
    away = stored(session, organisation, metres(ROAD, 0, 300), route_code="ชย.ถ.28-003")
    found = works(session, [on_it.id, away.id])
    assert found[on_it.id].start_m == pytest.approx(535, abs=10) and found[on_it.id].end_m == pytest.approx(
        1071, abs=10
    )
    assert found[away.id].start_m is None


def test_candidates_come_from_the_index_and_in_parallel(session: Session) -> None:
    """Only the shape of the plan: a subquery of a row would keep the join out of the workers."""
    session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    values = {"reach": 40.0, "share": 0.3, "project": 1, "limit": 10}
    one = "\n".join(session.scalars(sa.text(f"EXPLAIN {ONE_AGAINST_ALL}"), values))
    assert "ix_read_project_feature_geom" in one
    for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
        session.execute(sa.text(f"SET LOCAL {setting} = 0"))
    session.execute(sa.text("SET LOCAL enable_seqscan = on"))
    plan = "\n".join(session.scalars(sa.text(f"EXPLAIN {ALL_PAIRS}"), values))
    assert plan.startswith("Gather") and "SubPlan" not in plan


def feature(id_: Any, shape: Any, **changed: Any) -> dict[str, Any]:
    properties = {
        "id": id_,
        "organisation": "อบต.หนองสาธิต",
        "fiscal_year_be": 2567,
        "kind": "road",
        "name": NAME,
        "budget_baht": 1_000_000,
        **changed,
    }
    return {"type": "Feature", "properties": properties, "geometry": None if shape is None else mapping(shape)}


def written(path: Path, *features: dict[str, Any]) -> Path:
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_a_file_is_compared_and_its_bad_rows_are_told(tmp_path: Path) -> None:
    bow = Polygon([(101.9, 15.9), (101.901, 15.901), (101.901, 15.9), (101.9, 15.901)])
    file = written(
        tmp_path / "works.geojson",
        feature("A", ROAD),
        feature("B", metres(ROAD, 0, 9), organisation="อบจ.สาธิต", name="โครงการ" + NAME, fiscal_year_be="๒๕๖๘"),
        feature("C", metres(ROAD, 0, 2), fiscal_year_be=2572, name=NAME.replace("ก่อสร้าง", "ซ่อมแซม")),
        feature("A", ROAD),
        feature("", ROAD),
        feature("D", ROAD, kind="ราง", fiscal_year_be="ปีหน้า"),
        feature("E", None),
        feature("F", LineString()),
        feature("G", bow, kind="water", name="ขุดสระ"),
        feature("H", LineString([(101.95, 15.95), (101.95, 15.95)])),
        feature("J", metres(ROAD, 5000, 0), route_code="ชย.ถ.28-003", chainage="กม. หนึ่ง", chainage_end="1+200"),
        feature("I", Point(101.99, 15.99), budget_baht="ห้าแสน"),
    )
    out = tmp_path / "pairs.csv"
    done = CliRunner().invoke(command, [str(file), "--out", str(out)])
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert tuple(rows[0]) == COLUMNS == ("a", "b", "class", "score", "shared_m", "shared_share", "reasons")
    assert {(row["a"], row["b"]): row["class"] for row in rows} == {
        ("A", "B"): "same_work",
        ("A", "C"): "repair",
        ("B", "C"): "repair",
    }
    assert "แนวซ้อนกัน" in rows[0]["reasons"] and 0.9 < float(rows[0]["shared_share"]) <= 1
    read = read_works(file)
    told = {(problem.where["row"], problem.code, problem.level) for problem in read.problems}
    assert told >= {
        (4, "duplicates_id_twice", "error"),
        (5, "duplicates_id_missing", "error"),
        (6, "duplicates_kind_unknown", "error"),
        (6, "duplicates_year_unreadable", "error"),
        (7, "duplicates_geometry_missing", "error"),
        (8, "duplicates_geometry_missing", "error"),
        (9, "duplicates_geometry_invalid", "warning"),
        (10, "duplicates_geometry_invalid", "warning"),
        (11, "chainage_unreadable", "warning"),
        (12, "amount_unreadable", "warning"),
    }
    assert [work.id for work in read.works] == ["A", "B", "C", "G", "H", "J", "I"]
    for row in range(4, 13):
        assert f"row {row}:" in done.stderr
    listed = CliRunner().invoke(command, [str(file)])
    assert "งานเดียวกัน" in listed.stdout


def test_a_file_that_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    bare = {"type": "Feature", "properties": {"ชื่อ": "ก"}, "geometry": mapping(ROAD)}
    with pytest.raises(InvalidInput) as refused:
        read_works(written(tmp_path / "bare.geojson", bare))
    (problem,) = refused.value.problems
    assert problem.code == "duplicates_columns" and problem.values["needed"] == "id, organisation, fiscal_year_be, kind"

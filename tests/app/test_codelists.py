"""Code lists: loaded from their files, twice without a change, read in both languages."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import Attribution, attribute
from app.queries import codelists
from app.services.codelists import FOLDER, load_codelists, read_list


@pytest.fixture
def owner_session(owner_connection: sa.Connection) -> Session:
    """Session of the tables' owner whose work is undone."""
    session = Session(owner_connection)
    attribute(session, Attribution(None, "test"))
    return session


def test_a_second_load_changes_nothing(owner_session: Session) -> None:
    summary = load_codelists(owner_session)
    assert not summary.changed
    assert {table.table for table in summary.tables} >= {"lao_type", "role", "plan_period", "water_source_type"}
    assert sum(table.unchanged for table in summary.tables) > 100


def test_a_changed_file_updates_its_row_and_keeps_what_disappeared(owner_session: Session, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "codelists"))
    rows = read_list("fund_sources.csv")
    rows[0]["name_en"] = "Own money"
    with (folder / "fund_sources.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows[:-1])
    changes = {table.table: table for table in load_codelists(owner_session, folder).tables}
    assert (changes["fund_source"].inserted, changes["fund_source"].updated) == (0, 1)
    kept = owner_session.scalar(sa.text("SELECT count(*) FROM fund_source WHERE code = :c"), {"c": rows[-1]["code"]})
    assert kept == 1


def test_every_role_has_a_scope_and_its_permissions(session: Session) -> None:
    roles = session.execute(sa.text("SELECT code, scope, name_en, attributes FROM role")).all()
    assert {role.scope for role in roles} == {"organisation", "district", "province", "nation", "published"}
    engineer = next(role for role in roles if role.code == "LAO_ENGINEER")
    assert engineer.attributes["coordinates"] == "CRUD"
    assert all(role.name_en for role in roles)


def test_plan_periods_overlap_as_they_did(session: Session) -> None:
    periods = session.execute(sa.text("SELECT start_be, end_be FROM plan_period")).all()
    assert {(2561, 2564), (2561, 2565), (2566, 2570)} <= {tuple(period) for period in periods}


def test_names_in_both_languages_and_in_the_lists_own_order(session: Session) -> None:
    assert codelists.code_name(session, "road_surface_type", "RC") == "คอนกรีตเสริมเหล็ก"
    assert codelists.code_name(session, "road_surface_type", "RC", "en") == "Reinforced concrete"
    assert codelists.code_name(session, "road_surface_type", "?") == "?"
    assert codelists.code_name(session, "road_surface_type", None) is None
    statuses = list(codelists.code_list(session, "project_status"))
    assert statuses.index("PLANNED") < statuses.index("CONTRACTED") < statuses.index("CANCELLED")
    assert codelists.choices(session, "geometry_status")[0] == ("NONE", "ยังไม่ระบุพิกัด")


@pytest.mark.parametrize(
    ("kind", "source", "expected"),
    [
        ("road", None, "LineString"),
        ("water", "POND", "Polygon"),
        ("water", "CANAL_DREDGE", "LineString"),
        ("water", "GROUNDWATER", "Point"),
        ("water", "VILLAGE_WATERWORKS", "Point"),
        ("other", None, "Point"),
    ],
)
def test_expected_geometry_type(session: Session, kind: str, source: str | None, expected: str) -> None:
    assert codelists.expected_geometry_type(session, kind, source) == expected

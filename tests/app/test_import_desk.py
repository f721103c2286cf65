"""The import desk: places that the doctor offers, projects that rows may mean, what changes, and undoing it all."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from shapely.geometry import LineString, Point
from sqlalchemy.orm import Session

from app import migrate
from app.queries.imports import offer_groups, offers_of
from app.services import imports
from gis import crs
from tests import factories
from tests.app.test_imports import HERE, Desk, geojson, road
from tests.conftest import cloned_database

DESK_TABLES = ("import_offer", "import_match", "import_choice")


def test_the_migration_goes_down_and_up(server_url: str, template_database: str) -> None:
    with cloned_database(server_url, template_database, f"eplan_down_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        rights = sa.text("SELECT has_table_privilege('eplan_app', :table, 'SELECT, INSERT, UPDATE, DELETE')")
        with engine.connect() as connection:
            assert all(connection.scalar(rights, {"table": table}) for table in DESK_TABLES)
        migrate.downgrade(url, "0007")
        with engine.connect() as connection:
            assert not any(sa.inspect(connection).has_table(table) for table in DESK_TABLES)
        migrate.upgrade(url)
        with engine.connect() as connection:
            assert all(sa.inspect(connection).has_table(table) for table in DESK_TABLES)
        engine.dispose()


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """An organisation and a folder for uploads."""
    factories.make_organisation(session)
    return Desk(session, tmp_path)


# --- the doctor ------------------------------------------------------------------------------------------------------

POND = (101.852, 15.905)
UTM = crs.from_wgs84(POND, 32647)[0]


def pond(shape: Any, n: int = 0, **more: Any) -> tuple[Any, dict[str, Any]]:
    return shape, {"NAME": f"ขุดสระ แห่งที่ {n}", **more}


def placed(desk: Desk, batch: Any) -> list[tuple[float, float] | None]:
    """Where the shape of each row begins, to about ten metres."""
    rows = desk.session.scalars(
        sa.text("SELECT ST_AsBinary(geom) FROM import_row WHERE batch_id = :id ORDER BY row_number"), {"id": batch.id}
    )
    return [None if wkb is None else begin(shapely.from_wkb(bytes(wkb))) for wkb in rows]


def begin(shape: Any) -> tuple[float, float]:
    lon, lat = shapely.get_coordinates(shape)[0]
    return round(float(lon), 4), round(float(lat), 4)


@pytest.mark.parametrize(
    ("given", "epsg", "code"),
    [
        (Point(POND[::-1]), 4326, "doctor_swapped_lonlat"),
        (Point(UTM[::-1]), 32647, "doctor_swapped_en"),
        (Point(UTM), 32648, "doctor_wrong_zone"),
        (Point(float(f"8{UTM[0]:.2f}"), UTM[1]), 32647, "doctor_extra_digit"),
        (LineString([(lat, lon) for lon, lat in road().coords]), 4326, "doctor_swapped_lonlat"),
    ],
    ids=["swapped", "swapped_en", "zone", "digit", "line"],
)
def test_a_wrong_place_is_mended_for_all_its_rows_and_given_back(desk: Desk, given: Any, epsg: int, code: str) -> None:
    kind = "road" if given.geom_type == "LineString" else "water"
    right = road() if kind == "road" else Point(POND)
    sound = (crs.from_wgs84(right, epsg)[0], {"NAME": "แห่งที่ถูก"})
    batch = desk.stage(geojson(pond(given, 1), sound), kind=kind, epsg=epsg)
    assert desk.codes(batch) == [[code], []]
    assert (batch.error_count, batch.status) == (1, "STAGED")
    before = placed(desk, batch)
    there = begin(right)
    assert before[0] != there
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, code, True) == 1
    assert desk.codes(batch) == [[], []]
    assert placed(desk, batch) == [there, there]
    assert batch.error_count == 0
    (group,) = offer_groups(desk.session, batch.id)
    assert (group.code, group.rows, group.mended) == (code, 1, 1)
    desk.again(batch)  # read again, it is mended again
    assert placed(desk, batch) == [there, there]
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, code, False) == 1
    assert (desk.codes(batch), placed(desk, batch)) == ([[code], []], before)
    assert batch.error_count == 1


def test_the_office_and_a_point_for_many_rows_become_no_point(desk: Desk) -> None:
    desk.session.execute(
        sa.text(
            "UPDATE organisation SET office = ST_SetSRID(ST_MakePoint(101.86, 15.91), 4326) WHERE code = 'D9901001'"
        )
    )
    rows = [pond(Point(101.86, 15.91), 0), *(pond(Point(101.853123, 15.904567), n) for n in range(1, 5))]
    batch = desk.stage(geojson(*rows, pond(Point(101.85, 15.90), 9), pond(Point(101.851234, 15.9), 10)), kind="water")
    codes = desk.codes(batch)
    assert codes == [["doctor_office_point"], *[["doctor_repeated_point"]] * 4, ["doctor_truncated"], []]
    assert batch.error_count == 0
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, "doctor_repeated_point", True) == 4
    assert desk.codes(batch)[1:5] == [["no_coordinates"]] * 4
    assert placed(desk, batch)[1:5] == [None] * 4
    assert desk.accept(batch).as_dict() == {"batch": batch.id, "created": 7, "recorded": 3}


def test_a_point_outside_the_tambon_that_its_row_names(desk: Desk) -> None:
    factories.make_tambon(desk.session, "990102", name_th="บ้านสาธิต")
    union = "SELECT ST_Multi(ST_Union(geom)) FROM area WHERE level = 'tambon'"
    desk.session.execute(sa.text(f"UPDATE organisation SET territory = ({union})"))
    batch = desk.stage(
        geojson(pond(Point(POND), 0, TAMBON="990101"), pond(Point(POND), 1, TAMBON="990102")), kind="water"
    )
    assert desk.codes(batch) == [[], ["doctor_outside"]]


def test_the_datum_is_decided_by_the_file_as_a_whole(desk: Desk) -> None:
    """Points along the southern limit, written in Indian 1975 and said to be WGS 84."""
    west, south, _, _ = factories.PROVINCE_BOX
    true = [Point(west + 0.02 + 0.002 * n, south + 0.0005 + 0.03 * (n % 2)) for n in range(16)]
    batch = desk.stage(
        geojson(*(pond(crs.from_wgs84(point, 24047)[0], n) for n, point in enumerate(true))), kind="water", epsg=32647
    )
    assert desk.codes(batch) == [["doctor_datum_of_file"]] * 16
    assert imports.mend_shapes(desk.session, desk.actor, batch.id, "doctor_datum_of_file", True) == 16
    assert desk.codes(batch) == [[]] * 16
    assert placed(desk, batch) == [begin(point) for point in true]


def test_lines_are_mended_where_it_is_certain(desk: Desk) -> None:
    lon, lat = HERE
    sound = [(lon + 0.001 * n, lat) for n in range(6)]
    spike = [*sound[:3], (lon + 0.002, lat + 0.004), *sound[2:]]
    repeated = [*sound[:3], *sound[2:]]
    cut = [*sound, *((x + 0.09, y) for x, y in sound)]
    batch = desk.stage(
        geojson(*((LineString(line), {"NAME": f"ถนน {n}"}) for n, line in enumerate((repeated, spike, cut, sound)))),
        epsg=4326,
    )
    assert [{*codes} & {"duplicate_vertices", "spike", "long_jump"} for codes in desk.codes(batch)] == [
        {"duplicate_vertices"},
        {"spike"},
        {"long_jump"},
        set(),
    ]
    assert [(g.code, g.rows) for g in offer_groups(desk.session, batch.id)] == [("duplicate_vertices", 1), ("spike", 1)]
    for code in ("duplicate_vertices", "spike"):
        assert imports.mend_shapes(desk.session, desk.actor, batch.id, code, True) == 1
    assert [bool(codes) for codes in desk.codes(batch)] == [False, False, True, False]
    (row,) = desk.rows(batch, after=1, limit=1)
    offer = offers_of(desk.session, batch.id, [row.row_number])[row.row_number]
    assert offer.mended
    assert json.loads(offer.offered or "")["coordinates"] == [[round(x, 7), y] for x, y in sound]

"""The doctor with the places of the database, by its service and by its command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from shapely.geometry import LineString
from sqlalchemy.orm import Session

from app.cli import doctor as cli
from app.messages import MESSAGES, sentence
from app.services.doctor import CoordinateRow, OfferedReading, examine
from gis import crs
from tests import factories as make
from tests.conftest import RolledBackDatabase

TAMBON = "990101"
BOUNDS = (101.99, 15.77, 102.07, 15.85)
LON, LAT = 102.03, 15.808367
EASTING, NORTHING = (round(v, 2) for v in crs.from_wgs84((LON, LAT), 32648)[0])


@pytest.fixture(autouse=True)
def tambon(session: Session) -> None:
    make.make_tambon(session, TAMBON, bounds=BOUNDS)
    session.flush()


def judged(session: Session, *rows: dict[str, Any]) -> list[tuple[str, str]]:
    given = [CoordinateRow(number, **{"tambon_code": TAMBON, **row}) for number, row in enumerate(rows, start=1)]
    return [(answer.status, answer.readings[0].kind if answer.readings else "") for answer in examine(session, given)]


@pytest.mark.parametrize(
    "text",
    ["15.808367, 102.03", "102.03 15.808367", "๑๕.๘๐๘๓๖๗ ๑๐๒.๐๓", f"48Q {EASTING} {NORTHING}", f"{EASTING} {NORTHING}"],
)
def test_what_people_type_is_right(session: Session, text: str) -> None:
    assert judged(session, {"text": text}) == [("ok", "as_given")]


@pytest.mark.parametrize(
    ("x", "y", "epsg", "kind"),
    [
        (LAT, LON, 4326, "swapped_lonlat"),
        (NORTHING, EASTING, 32648, "swapped_en"),
        (EASTING, NORTHING, 32647, "wrong_zone"),
        (102.0148, 15.483012, 4326, "dms_as_decimal"),
        (11_811.75, NORTHING, 32648, "missing_digit"),
        (1_881_811.75, NORTHING, 32648, "extra_digit"),
        (102.03, 15.81, 4326, "truncated"),
        (11.5, 48.1, 4326, "outside"),
        (0.0, 0.0, 4326, "outside"),
    ],
)
def test_every_mistake_has_its_name(session: Session, x: float, y: float, epsg: int, kind: str) -> None:
    assert judged(session, {"x": x, "y": y, "epsg": epsg}) == [("wrong", kind)]


def test_who_names_no_zone_made_no_mistake_in_it(session: Session) -> None:
    assert judged(session, {"x": EASTING, "y": NORTHING}) == [("ok", "as_given")]
    both = {"x": 420_000.0, "y": 1_700_000.0, "tambon_code": None}
    assert judged(session, both)[0][0] == "ambiguous"


def test_the_other_datum_is_always_offered_for_metres(session: Session) -> None:
    (answer,) = examine(session, [CoordinateRow(1, x=EASTING, y=NORTHING, epsg=32648, tambon_code=TAMBON)])
    assert [(r.kind, r.epsg) for r in answer.readings] == [("as_given", 32648), ("wrong_datum", 24048)]


def test_a_whole_file_in_the_other_datum_is_told(session: Session) -> None:
    rng = np.random.default_rng(3)
    lonlat = np.column_stack((rng.uniform(101.991, 102.069, 400), rng.uniform(15.771, 15.849, 400)))
    numbers = crs.from_wgs84(lonlat, 24048)[0]
    found = judged(session, *[{"x": x, "y": y, "epsg": 32648} for x, y in numbers.tolist()])
    assert set(found) == {("wrong", "wrong_datum")}


def test_the_office_and_the_copied_point(session: Session) -> None:
    organisation = make.make_organisation(session, tambon_codes=(TAMBON,))
    organisation.office = f"SRID=4326;POINT({LON} {LAT})"
    session.flush()
    at_office = {"x": LON, "y": LAT, "epsg": 4326, "organisation": organisation.code}
    assert judged(session, at_office) == [("wrong", "office_point")]
    copied = {"x": 102.0312345, "y": 15.8012345, "epsg": 4326}
    assert judged(session, *[copied] * 4, {**copied, "x": 102.04123}) == [("wrong", "office_point")] * 4 + [
        ("ok", "as_given")
    ]
    assert judged(session, *[copied] * 3) == [("ok", "as_given")] * 3


def test_words_are_unreadable(session: Session) -> None:
    assert judged(session, {"text": "หน้าวัด"}, {"text": ""}) == [("unreadable", "")] * 2


def test_the_command_answers_row_by_row(
    session: Session, database: RolledBackDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "database", lambda: database)
    file = tmp_path / "พิกัด.csv"
    lines = ["ลำดับ,X,Y,EPSG,tambon_code", f"1,{LAT},{LON},4326,{TAMBON}", f"2,{LON},{LAT},,{TAMBON}"]
    file.write_bytes("\n".join(lines).encode("cp874"))
    done = CliRunner().invoke(cli.command, [str(file), "--json"])
    assert done.exit_code == 1
    first, second = json.loads(done.stdout)
    assert (first["row"], first["status"], first["readings"][0]["kind"]) == (1, "wrong", "swapped_lonlat")
    assert first["readings"][0]["lon"] == pytest.approx(LON)
    assert (second["row"], second["status"]) == (2, "ok")
    assert "สลับ" in CliRunner().invoke(cli.command, [str(file)]).stdout
    file.write_text("ชื่อ\nก\n", encoding="utf-8")
    refused = CliRunner().invoke(cli.command, [str(file)])
    assert refused.exit_code == 1
    assert refused.exception is not None
    file.write_text(f"x,y\n{LON},{LAT}\n", encoding="utf-8")
    assert CliRunner().invoke(cli.command, [str(file)]).exit_code == 0


def test_every_reason_has_its_sentence(session: Session) -> None:
    rows = [(LAT, LON, 4326), (NORTHING, EASTING, 32648), (EASTING, NORTHING, 4326), (LON, 15_808_367.0, 4326)]
    given = [CoordinateRow(n, x=x, y=y, epsg=epsg, tambon_code=TAMBON) for n, (x, y, epsg) in enumerate(rows)]
    reasons = {reading.reason for answer in examine(session, given) for reading in answer.readings}
    assert len(reasons) >= 4
    assert reasons <= MESSAGES.keys()


@pytest.mark.parametrize(
    ("header", "row", "kind"),
    [
        ("ชื่อ,lat,lon", f"บ่อ,{LAT},{LON}", "as_given"),
        ("ชื่อ,ละติจูด,ลองจิจูด,tambon_code", f"บ่อ,{LON},{LAT},{TAMBON}", "swapped_lonlat"),
        ("Easting;Northing;โซน;tambon_code", f"{EASTING};{NORTHING};47;{TAMBON}", "wrong_zone"),
        ("ที่,พิกัด", f'บ่อ,"{LAT}, {LON}"', "as_given"),
    ],
)
def test_the_columns_are_called_what_people_call_them(
    database: RolledBackDatabase,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    header: str,
    row: str,
    kind: str,
) -> None:
    monkeypatch.setattr(cli, "database", lambda: database)
    file = tmp_path / "given.csv"
    file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    run = CliRunner().invoke(cli.command, [str(file), "--json"])
    ((answer),) = json.loads(run.stdout)
    assert answer["readings"][0]["kind"] == kind


def test_points_that_lie_on_a_known_road_tell_their_datum(session: Session) -> None:
    """In the middle of the tambon no limit tells; the registered road does. The Indian numbers lie 450 m beside it."""
    road = LineString([(102.02, 15.80), (102.04, 15.815)])
    make.make_road(session, "สธ.ถ.1-0001", road)
    on_it = [road.interpolate(share, normalized=True).coords[0] for share in np.linspace(0.1, 0.9, 12)]
    for given, status, kind in ((24048, "wrong", "wrong_datum"), (32648, "ok", "as_given")):
        numbers = crs.from_wgs84(np.array(on_it), given)[0].round(2)
        answers = judged(session, *({"x": x, "y": y, "epsg": 32648} for x, y in numbers.tolist()))
        assert answers == [(status, kind)] * 12
    # Too few to say.
    few = crs.from_wgs84(np.array(on_it[:4]), 24048)[0]
    assert judged(session, *({"x": x, "y": y, "epsg": 32648} for x, y in few.tolist())) == [("ok", "as_given")] * 4


def test_a_plus_code_is_no_pair_of_numbers(session: Session) -> None:
    (answer,) = examine(session, [CoordinateRow(1, text="2WR6+VC กรุงเทพมหานคร")])
    assert (answer.status, answer.readings) == ("unreadable", ())


def test_one_possible_place_is_not_apart() -> None:
    one, several = (
        OfferedReading(102.0, 15.8, 4326, "missing_digit", 0.1, "doctor_missing_digit", spread_m)
        for spread_m in (0.4, 320)
    )
    assert sentence(one.reason, one.values) == "ตัวเลขหายไปหนึ่งหลัก"
    assert sentence(one.reason, one.values, "en") == "A digit is missing"
    assert "320" in sentence(several.reason, several.values)

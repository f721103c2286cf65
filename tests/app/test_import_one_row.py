"""One row of many takes what the doctor offers, or gives it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.models import ImportBatch, ProjectGeometry
from app.queries.import_offers import offer_groups
from app.services import imports
from app.services.imports.offers import Mended
from tests import factories
from tests.app.conftest import SignIn
from tests.app.test_import_desk import POND, begin, placed
from tests.app.test_imports import Desk, geojson

SWAPPED = "doctor_swapped_lonlat"
SPOTS = [(POND[0] + 0.002 * n, POND[1]) for n in range(4)]
THERE = [begin(Point(spot)) for spot in SPOTS]
AWAY = [begin(Point(spot[::-1])) for spot in SPOTS]


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """An organisation and a folder for uploads."""
    factories.make_organisation(session)
    return Desk(session, tmp_path)


def ponds() -> bytes:
    return geojson(*((Point(spot[::-1]), {"NAME": f"ขุดสระ แห่งที่ {n}"}) for n, spot in enumerate(SPOTS)))


@pytest.fixture
def batch(desk: Desk) -> ImportBatch:
    """Four ponds with latitude and longitude exchanged."""
    return desk.stage(ponds(), kind="water", epsg=4326)


def one(desk: Desk, batch: ImportBatch, row: int, mended: bool = True) -> None:
    imports.mend_shape(desk.session, desk.actor, batch.id, row, mended)


def every(desk: Desk, batch: ImportBatch, mended: bool = True) -> int:
    return imports.mend_shapes(desk.session, desk.actor, batch.id, SWAPPED, mended)


def state(desk: Desk, batch: ImportBatch) -> list[bool]:
    """Which rows are where they were meant."""
    rows = placed(desk, batch)
    assert all(row in (there, away) for row, there, away in zip(rows, THERE, AWAY, strict=True))
    return [row == there for row, there in zip(rows, THERE, strict=True)]


def test_one_row_is_mended_and_given_back(desk: Desk, batch: ImportBatch) -> None:
    assert state(desk, batch) == [False] * 4
    one(desk, batch, 2)
    assert state(desk, batch) == [False, True, False, False]
    assert desk.codes(batch) == [[SWAPPED], [], [SWAPPED], [SWAPPED]]
    assert batch.error_count == 3
    (group,) = offer_groups(desk.session, batch.id)
    assert (group.mended, group.rows) == (1, 4)
    desk.again(batch)
    assert state(desk, batch) == [False, True, False, False]
    one(desk, batch, 2)  # once more changes nothing
    one(desk, batch, 2, False)
    assert (state(desk, batch), batch.error_count) == ([False] * 4, 4)
    assert batch.detected["mended_rows"] == {}


def test_all_but_one(desk: Desk, batch: ImportBatch) -> None:
    assert every(desk, batch) == 4
    one(desk, batch, 3, False)
    desk.again(batch)
    assert state(desk, batch) == [True, True, False, True]
    assert every(desk, batch) == 1  # the rest of them
    assert state(desk, batch) == [True] * 4
    assert batch.detected["mended_rows"] == {}
    assert every(desk, batch, False) == 4
    assert state(desk, batch) == [False] * 4


def test_what_is_accepted_tells_the_row(desk: Desk, batch: ImportBatch) -> None:
    every(desk, batch)
    assert desk.accept(batch).created == 4
    for version in desk.session.scalars(sa.select(ProjectGeometry)):
        assert version.original["mended"] == {str(version.original["rows"][0]): SWAPPED}
    with pytest.raises(Conflict):
        one(desk, batch, 1)


def test_rows_without_an_offer(desk: Desk) -> None:
    batch = desk.stage(geojson((Point(POND), {"NAME": "ขุดสระ"})), kind="water", epsg=4326)
    for row in (1, 99):
        with pytest.raises(NotFound) as caught:
            one(desk, batch, row)
        assert caught.value.code == "import_offer_not_found"


_TAKEN = st.tuples(st.integers(0, 4), st.booleans())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_TAKEN, max_size=6))
def test_reading_again_never_changes_what_was_said(desk: Desk, steps: list[tuple[int, bool]]) -> None:
    """Any order of one and all, taken and given back: 0 stands for all rows."""
    batch = desk.stage(ponds(), kind="water", epsg=4326)
    wanted = [False] * 4
    for row, mended in steps:
        if row:
            one(desk, batch, row, mended)
            wanted[row - 1] = mended
        else:
            every(desk, batch, mended)
            wanted = [mended] * 4
        assert state(desk, batch) == wanted
    desk.again(batch)
    assert state(desk, batch) == wanted


def test_what_was_said_of_another_offer_says_nothing() -> None:
    said = Mended(frozenset({"a"}), {}).with_row(1, "a", False).with_row(2, "b", True)
    assert [said.takes(1, "a"), said.takes(2, "a"), said.takes(2, "b"), said.takes(1, "b")] == [
        False,
        True,
        True,
        False,
    ]
    assert said.with_all("a", False).rows == {2: ("b", True)}


# --- over HTTP -----------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client: FlaskClient, session: Session, sign_in: SignIn, desk: Desk) -> FlaskClient:
    """The organisation's engineer."""
    sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation=desk.organisation))
    return client


def patch(client: FlaskClient, batch: ImportBatch, row: int, body: Any) -> Any:
    return client.patch(f"/api/v1/imports/{batch.id}/rows/{row}", json=body)


def test_over_http(signed_in: FlaskClient, desk: Desk, batch: ImportBatch) -> None:
    answer = patch(signed_in, batch, 2, {"mended": True})
    assert answer.status_code == 200
    assert (answer.json["offer"]["mended"], answer.json["level"], answer.json["import"]["error_count"]) == (
        True,
        "ok",
        3,
    )
    assert not {"mended", "mended_rows"} & answer.json["import"]["detected"].keys()
    (group,) = signed_in.get(f"/api/v1/imports/{batch.id}/offers").json["items"]
    assert (group["mended"], group["rows"]) == (1, 4)
    page = signed_in.get(f"/imports/{batch.id}").text
    assert "แก้แล้ว 1 จาก 4 แถว" in page
    assert "แก้ทุกแถวแบบนี้ (3)" in page
    assert patch(signed_in, batch, 2, {"mended": False}).json["offer"]["mended"] is False
    assert "แก้แล้ว 1" not in signed_in.get(f"/imports/{batch.id}").text


@pytest.mark.parametrize(
    ("row", "body", "status", "code"),
    [
        (9, {"mended": True}, 404, "import_offer_not_found"),
        (2, {"mended": "yes"}, 422, "field_required"),
        (2, {"mended": None}, 422, "field_required"),
    ],
)
def test_refused(signed_in: FlaskClient, batch: ImportBatch, row: int, body: Any, status: int, code: str) -> None:
    answer = patch(signed_in, batch, row, body)
    codes = [answer.json.get("code"), *(one["code"] for one in answer.json.get("errors", ()))]
    assert answer.status_code == status
    assert code in codes


def test_not_for_others(client: FlaskClient, session: Session, sign_in: SignIn, batch: ImportBatch) -> None:
    other = factories.make_organisation(session, code="D9901002")
    sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation=other.code))
    assert patch(client, batch, 2, {"mended": True}).status_code == 404

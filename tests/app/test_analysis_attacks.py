"""What somebody who means no good asks of the analyses: wrong numbers, other people's ground, endless answers."""

from __future__ import annotations

import threading
import time
from html import escape
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from flask.testing import FlaskClient
from shapely.geometry import LineString, Point, box
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.errors import InvalidInput, Unavailable
from app.queries.access_ground import AccessQuestion
from app.queries.duplicate_pairs import money_at_stake, pair_page
from app.queries.duplicate_views import PairFilter
from app.queries.exposure import exposed_projects
from app.queries.project_filter import ProjectFilter
from app.queries.rasters import heights_at
from app.services import extents, heavy
from app.services.duplicates import refresh
from app.services.gis_reports import orders
from app.settings import Settings
from app.web.access_cache import NationalAnswers
from gis.rasters.facts import RasterError
from gis.rasters.process import load_raster
from gis.writers.styles import Look
from layers.report_map import Leaflet, MapItem, report_map
from tests import factories
from tests.app.conftest import SignIn


def test_a_point_in_the_flood_does_not_drown_the_whole_road(session: Session) -> None:
    place = factories.make_organisation(session).code
    road = factories.make_project(session, place, kind="road", budget_baht=5_000_000)
    factories.make_geometry(session, road, LineString([(102.0, 16.0), (102.05, 16.0)]), Point(101.85, 15.85))
    flood = factories.make_extent(session, None, box(101.84, 15.84, 101.86, 15.86))
    assert exposed_projects(session, flood.id, ProjectFilter(), Visibility.STAFF) == []


def test_the_heights_of_one_organisation_are_no_measure_for_another(session: Session, settings: Settings) -> None:
    factories.make_province(session)
    place = factories.make_organisation(session).code
    country = factories.make_raster(session, settings.var_dir)
    finer = factories.make_raster(session, settings.var_dir, place)
    finer.facts = {**(finer.facts or {}), "pixel_m": 0.5}
    session.flush()
    lon, lat = 101.9, 15.9

    def first(own: tuple[str, ...] = ()) -> str:
        return heights_at(session, lon, lat, Visibility.STAFF, own)[0].name

    assert first() == first(("D9901002",)) == country.name
    assert first((place,)) == finer.name


@pytest.mark.parametrize(
    ("lie", "value", "refusal"),
    [
        ((0.001, 0.001, 101.8, 0.001, 0.001, 16.2), 1.0, "raster_damaged"),
        ((float("nan"), 0, 101.8, 0, -0.001, 16.2), 1.0, "raster_damaged"),
        ((1e-12, 0, 101.8, 0, -1e-12, 16.2), 1.0, "raster_outside_the_earth"),
        ((10, 0, -170, 0, -10, 85), 1.0, "raster_outside_the_earth"),
        ((0.001, 0, 101.8, 0, -0.001, 16.2), 1.7e308, None),
    ],
)
def test_a_crafted_head_is_told_and_no_process_falls_over(
    tmp_path: Path, lie: tuple[float, ...], value: float, refusal: str | None
) -> None:
    given, made = tmp_path / "given.tif", tmp_path / "made.tif"
    with rasterio.open(
        given, "w", driver="GTiff", width=40, height=40, count=1, dtype="float64", crs="EPSG:4326",
        transform=Affine(*lie),
    ) as file:  # fmt: skip
        file.write(np.full((1, 40, 40), value))
    if refusal is None:
        (band,) = load_raster(given, made).bands
        assert (band.minimum, band.maximum, band.mean) == (value, value, None)
        return
    with pytest.raises(RasterError) as refused:
        load_raster(given, made)
    assert refused.value.problem.code == refusal
    assert not made.exists()


def test_a_raster_of_noise_is_no_extent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extents, "MOST_OUTLINES", 1_000)
    path = tmp_path / "noise.tif"
    noise = (np.random.default_rng(1).random((1, 300, 300)) < 0.4).astype("uint8")
    with rasterio.open(
        path, "w", driver="GTiff", width=300, height=300, count=1, dtype="uint8", crs="EPSG:4326",
        transform=Affine(1e-4, 0, 101.8, 0, -1e-4, 16.2),
    ) as file:  # fmt: skip
        file.write(noise)
    with pytest.raises(InvalidInput) as refused:
        list(extents.outlines(path, 1.0))
    assert [problem.code for problem in refused.value.problems] == ["extent_too_many_parts"]


def test_water_far_away_is_not_asked_for(client: FlaskClient, session: Session) -> None:
    factories.make_province(session)
    for asked, status in (
        ("kind=water&within_m=50000", 400),
        ("kind=water&within_m=3001", 400),
        ("kind=water&within_m=10001&area=99", 400),
        ("kind=water&within_m=10000&area=99", 200),
        ("kind=road&within_m=50000&area=99", 200),
    ):
        for address in ("/api/v1/access", "/analysis/access", "/api/v1/access/file"):
            assert client.get(f"{address}?{asked}").status_code == status, (address, asked)
    told = client.get("/api/v1/access?kind=water&within_m=50000").json
    assert told is not None and told["errors"][0]["code"] == "access_too_far"


def test_one_thread_of_four_stays_free() -> None:
    """Two are computed, one waits, and the next is told at once; what is kept is answered all the while."""
    answers: NationalAnswers[AccessQuestion, str] = NationalAnswers()
    held = AccessQuestion("road")
    assert answers.get(held, Visibility.STAFF, lambda: "kept") == "kept"
    go, begun = threading.Event(), threading.Barrier(heavy.AT_ONCE + 1)

    def compute() -> None:
        with heavy.heavy():
            begun.wait(10)
            go.wait(10)

    def wait() -> None:
        with heavy.heavy():
            pass

    threads = [threading.Thread(target=compute) for _ in range(heavy.AT_ONCE)]
    for thread in threads:
        thread.start()
    begun.wait(10)
    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        while heavy._taken._value:
            time.sleep(0.01)
        with pytest.raises(Unavailable), heavy.heavy():
            pass
        assert answers.get(held, Visibility.STAFF, lambda: "new") == "kept"
    finally:
        go.set()
        for thread in (*threads, waiting):
            thread.join(10)
    with heavy.heavy():
        pass


def test_one_person_does_not_fill_the_queue(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    place = factories.make_organisation(session).code
    factories.make_project(session, place)
    sign_in(client, factories.make_user(session, "LAO_PLANNER", organisation=place))
    answers = [client.post(f"/api/v1/reports?format=xlsx&organisation={place}") for _ in range(orders.MOST_WAITING + 1)]
    assert [answer.status_code for answer in answers] == [202] * orders.MOST_WAITING + [422]
    assert answers[-1].json is not None and answers[-1].json["errors"][0]["code"] == "report_queue_full"
    compared = {client.post("/api/v1/duplicates/check").json["id"] for _ in range(3)}  # type: ignore[index]
    assert len(compared) == 1


def test_drawing_over_a_plan_does_not_tell_a_citizen_of_it(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    place, neighbour = (factories.make_organisation(session, code).code for code in ("D9901001", "D9901002"))
    road = LineString([(101.85, 15.85), (101.86, 15.85)])
    known = factories.make_project(session, place, kind="road", status="CLOSED")
    secret = factories.make_project(session, neighbour, kind="road", name_th="ถนนที่ยังไม่เปิดเผย")
    factories.make_geometry(session, secret, road)
    session.flush()
    asked = {"project": known.code, "geometry": {"type": "LineString", "coordinates": list(road.coords)}}
    for role, seen in (("PUBLIC", False), ("PARTNER_AGENCY", False), ("LAO_FINANCE", True)):
        user = factories.make_user(session, role, **({"organisation": place} if seen else {}))
        answer = sign_in(client, user).post("/api/v1/geometry/check", json=asked)
        assert answer.status_code == 200, answer.text
        assert (secret.code in answer.text, secret.name_th in answer.text) == (seen, seen), role


def test_a_name_is_no_program_of_the_map() -> None:
    names = [
        "{{ 7919 * 7919 }} {{ lipsum.__globals__.os.popen(dict(id=1)|join).read() }}",
        "{% for x in range(3) %}again{% endfor %} {# gone #} {% raw %}",
        "</script><img src=x onerror=alert(1)> {{",
    ]
    items = [MapItem(Point(102, 16), Look("#123456", 2), name, {name: name}, name) for name in names]
    page = report_map(items, [], [], title=names[0], about=names[1], leaflet=Leaflet("", ""))
    assert "62710561" not in page and "uid=" not in page and "<img" not in page
    told = page.replace("\\u0026", "&").replace("\\u003c", "<").replace("\\u003e", ">")
    for name in names:
        assert escape(name).replace("{", "&#123;").replace("}", "&#125;") in told


def test_a_drawing_that_cannot_be_saved_is_not_answered(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    place = factories.make_organisation(session).code
    mine, other = (factories.make_project(session, place, kind="road") for _ in range(2))
    factories.make_geometry(session, other, LineString([(101.85, 15.85), (101.86, 15.85)]))
    sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation=place))
    point = [101.855, 15.85]
    body = {"project": other.code, "answer": "joint", "geometry": {"type": "LineString", "coordinates": [point] * 2}}
    assert client.post(f"/api/v1/projects/{mine.code}/duplicate-answers", json=body).status_code == 422


def test_a_scribble_is_not_compared(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    """Two thousand strips over one road took a minute of a thread."""
    place = factories.make_organisation(session).code
    mine, other = (factories.make_project(session, place, kind="road") for _ in range(2))
    factories.make_geometry(session, other, LineString([(101.85, 15.85), (101.95, 15.85)]))
    sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation=place))
    for strips, count in ((3, 1), (2_000, 0)):
        xy = [[101.85 + 0.1 * i / strips, 15.85 + 0.001 * (i % 2)] for i in range(strips)]
        body = {"project": mine.code, "geometry": {"type": "LineString", "coordinates": xy}}
        began = time.monotonic()
        answer = client.post("/api/v1/geometry/check", json=body)
        assert answer.status_code == 200, answer.text
        assert len(answer.json["neighbours"]) <= count  # type: ignore[index]
        assert time.monotonic() - began < 20


def test_a_drawing_that_is_never_saved_is_no_money_at_stake_for_another(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    here, there = (factories.make_organisation(session, code).code for code in ("D9901001", "D9901002"))
    road = LineString([(101.85, 15.85), (101.86, 15.85)])
    mine, other = (factories.make_project(session, code, kind="road", budget_baht=900_000) for code in (here, there))
    factories.make_geometry(session, other, road)
    refresh(session)
    sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation=here))
    shape = {"type": "LineString", "coordinates": list(road.coords)}
    body = {"project": other.code, "answer": "same_work", "geometry": shape}
    assert client.post(f"/api/v1/projects/{mine.code}/duplicate-answers", json=body).status_code == 200
    theirs = PairFilter(organisation=(there,))
    assert (money_at_stake(session, theirs).pairs, pair_page(session, theirs).items) == (0, ())
    saved = client.put(f"/api/v1/projects/{mine.code}/geometry", json=shape, headers={"If-Match": '"g0"'})
    assert saved.status_code == 200
    refresh(session)
    (found,) = pair_page(session, theirs).items
    assert (found.answer, money_at_stake(session, theirs).baht) == ("same_work", 900_000)

"""Coordinates that are saved renew the pairs of their work soon: one job for all saves of a while, by a real worker."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from shapely import affinity
from shapely.geometry import LineString
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.db import Database
from app.models import BackgroundJob, DuplicatePair, DuplicateRefresh, DuplicateWork
from app.services.duplicate_renewal import ALL_KIND, KIND, MANY, is_renewing, renew_soon
from app.services.duplicates import refresh
from app.services.geometries import record_geometry
from tests import factories as make
from tests.app.conftest import SignIn
from tests.app.worker_processes import Workers, until

ROAD = LineString([(101.85, 15.85), (101.86, 15.85), (101.87, 15.851)])
NAME = "ก่อสร้างถนนคอนกรีตเสริมเหล็ก สายบ้านโนนสว่าง ม.4"


def moved(north_m: float) -> LineString:
    return affinity.translate(ROAD, 0, north_m / 110_600)


def waiting(session: Session, kind: str = KIND) -> list[Any]:
    rows = sa.select(BackgroundJob.parameters).where(BackgroundJob.kind == kind, BackgroundJob.status == "WAITING")
    return list(session.scalars(rows.order_by(BackgroundJob.id)))


def test_ten_saves_make_one_job(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    here = make.make_organisation(session, "D9901001")
    one, other = (make.make_project(session, here.code, name_th=NAME) for _ in "12")
    sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation=here.code))
    for n in range(10):
        body = {"type": "LineString", "coordinates": list(moved(n).coords)}
        saved = client.put(f"/api/v1/projects/{one.code}/geometry", json=body, headers={"If-Match": f'"g{n}"'})
        assert saved.status_code == 200, saved.json
    assert waiting(session) == [{"project_ids": [one.id]}]
    client.put(
        f"/api/v1/projects/{other.code}/geometry",
        json={"type": "LineString", "coordinates": list(ROAD.coords)},
        headers={"If-Match": '"g0"'},
    )
    assert waiting(session) == [{"project_ids": [one.id]}, {"project_ids": [other.id]}]
    # Nobody's list of jobs fills with them, and the page says what is going on.
    assert client.get("/api/v1/jobs").json["items"] == []
    tab = client.get(f"/projects/{one.code}?tab=duplicates").get_data(as_text=True)
    assert "กำลังเทียบใหม่" in tab
    # A verdict on coordinates moves nothing.
    assert is_renewing(session, [one.id]) and not is_renewing(session, [other.id + 1])


def test_many_at_once_are_one_comparison_of_what_changed(session: Session) -> None:
    for _ in range(3):
        renew_soon(session, range(1, MANY + 2))
    assert (waiting(session), waiting(session, ALL_KIND)) == ([], [{}])
    renew_soon(session, [7, 7, 9])
    assert waiting(session) == [{"project_ids": [7, 9]}]


def test_a_renewal_looks_at_its_work_only_and_is_no_comparison_of_everything(session: Session) -> None:
    here = make.make_organisation(session, "D9901001")
    one, other, third = (make.make_project(session, here.code, name_th=NAME) for _ in "123")
    for project, north in ((one, 0), (other, 4), (third, 900)):
        make.make_geometry(session, project, moved(north))
    receipt = refresh(session, only=[one.id])
    assert (receipt.compared, receipt.pairs) == (1, 1)
    assert session.scalars(sa.select(DuplicateRefresh)).all() == []
    assert session.scalars(sa.select(DuplicateWork.project_id)).all() == [one.id]
    assert refresh(session, only=[one.id]).compared == 0
    # The others are still new to the night's comparison, and nothing that it knew is forgotten.
    assert refresh(session).compared == 2
    make.make_geometry(session, one, moved(2_000))
    assert refresh(session, only=[one.id]).ended == 1
    assert len(session.scalars(sa.select(DuplicateWork)).all()) == 3


def test_a_save_that_is_undone_renews_nothing(committed: Database) -> None:
    with committed.transaction() as session:
        project = make.make_project(session, make.make_organisation(session).code)
        code = project.code
    with pytest.raises(RuntimeError), committed.transaction() as session:
        record_geometry(session, SYSTEM_ACTOR, code, [ROAD], if_match_version=0)
        assert len(waiting(session)) == 1
        raise RuntimeError("undone")
    with committed.reading() as session:
        assert waiting(session) == []


def test_a_job_that_waits_stands_for_a_save_only_while_it_cannot_begin(committed: Database) -> None:
    with committed.transaction() as session:
        renew_soon(session, [1])
    with committed.transaction() as saving:
        renew_soon(saving, [1])
        with committed.transaction() as beginning:
            # The worker waits for the row; another save, too, is not lost meanwhile.
            held = "SELECT id FROM background_job WHERE status = 'WAITING' FOR UPDATE SKIP LOCKED"
            assert beginning.execute(sa.text(held)).all() == []
            renew_soon(beginning, [1])
    with committed.reading() as session:
        assert waiting(session) == [{"project_ids": [1]}] * 2


def test_a_worker_renews_the_pairs(committed: Database, workers: Workers) -> None:
    with committed.transaction() as session:
        here = make.make_organisation(session, "D9901001")
        one, other = (make.make_project(session, here.code, name_th=NAME) for _ in "12")
        codes = one.code, other.code
    for code, north in zip(codes, (0, 4), strict=True):
        with committed.transaction() as session:
            record_geometry(session, SYSTEM_ACTOR, code, [moved(north)], if_match_version=0)
    with committed.transaction() as session:
        assert len(waiting(session)) == 2
        early = "SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at <= now() + interval '5 seconds'"
        assert session.scalar(sa.text(early)) == 0
        session.execute(sa.text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
    workers.start()

    def found() -> str | None:
        with committed.reading() as session:
            return session.scalar(sa.select(DuplicatePair.class_)) if not waiting(session) else None

    assert until(found, "the pair") == "same_work"

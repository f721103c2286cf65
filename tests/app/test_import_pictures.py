"""Photographs at the import desk: kept with their rows, suggested by distance, attached, never moving a work."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from shapely.geometry import LineString
from sqlalchemy.orm import Session

from app.db import upload_dir
from app.errors import InvalidInput
from app.models import Attachment, ImportPicture, Project
from app.queries.attachments import attachments_of
from app.queries.import_differences import differences_of
from app.queries.import_matches import matches_of
from app.queries.import_pictures import pictures_of
from app.services import imports
from app.services.attachment_files import beside, path_of
from app.services.imports import pictures
from app.services.imports.receiving import sweep_uploads
from app.settings import Settings
from tests import factories
from tests.app.conftest import SignIn
from tests.app.test_imports import Desk, actor
from tests.pictures import jpeg

ROAD = LineString([(101.850, 15.900), (101.860, 15.900)])
NEAR = (101.855, 15.9003)
"""33 m from the road."""


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """An organisation and a folder for uploads, beside which the pictures lie."""
    factories.make_organisation(session)
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    return Desk(session, uploads)


@pytest.fixture
def road(session: Session, desk: Desk) -> Project:
    """A road that lies where it was verified."""
    project = factories.make_project(session, desk.organisation, name_th="ก่อสร้างถนน คสล. สายบ้านโนนสว่าง")
    factories.make_geometry(session, project, ROAD, status="VERIFIED")
    return project


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"หน้างาน/{name}.jpg", content)
    return out.getvalue()


def photo(place: tuple[float, float] | None = NEAR, **more: Any) -> bytes:
    return jpeg(place, (120, 90), taken="2026:11:20 09:15:00", **more)


def versions(session: Session, project: Project) -> int:
    count = session.scalar(sa.text("SELECT count(*) FROM project_geometry WHERE project_id = :id"), {"id": project.id})
    return int(count or 0)


def test_a_photograph_is_kept_with_its_row_and_asks_for_its_project(desk: Desk, session: Session) -> None:
    content = photo()
    batch = desk.stage(content, "IMG_0042.jpg")
    assert (batch.status, batch.format, batch.row_count, batch.error_count) == ("STAGED", "jpeg", 1, 1)
    assert [p["code"] for p in batch.problems if p["level"] == "error"] == []
    ((row),) = desk.rows(batch)
    assert {p["code"] for p in row.problems} == {"name_missing", "photo_is_no_line"}
    kept = session.scalars(sa.select(ImportPicture)).one()
    assert (kept.file_name, kept.byte_count, kept.width_px) == ("IMG_0042.jpg", len(content), 120)
    folder = beside(desk.folder)
    assert path_of(folder, kept.stored_name, "original").read_bytes() == content
    with pytest.raises(InvalidInput):
        desk.accept(batch)
    assert session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0


def test_projects_are_suggested_by_how_near_the_photograph_was_taken(
    desk: Desk, session: Session, road: Project
) -> None:
    further = factories.make_project(session, desk.organisation, name_th="ซ่อมถนน สายวัดป่า")
    factories.make_geometry(session, further, LineString([(101.850, 15.902), (101.860, 15.902)]))
    factories.make_geometry(
        session, factories.make_project(session, desk.organisation), LineString([(101.95, 15.99), (101.96, 15.99)])
    )
    batch = desk.stage(photo(), "IMG_0042.jpg")
    found = matches_of(session, batch.id, [1])[1]
    assert [match.code for match in found] == [road.code, further.code]
    assert [list(match.reasons) for match in found] == [
        [{"code": "match_distance", "distance_m": 33}],
        [{"code": "match_distance", "distance_m": 188}],
    ]
    assert found[0].score == pytest.approx(0.959, abs=0.002)


def test_a_project_whose_code_is_in_the_file_s_name_is_sure(desk: Desk, session: Session, road: Project) -> None:
    planned = factories.make_project(session, desk.organisation, code="67-D28A-0114")
    batch = desk.stage(photo(), "ก่อนทำ 67-d28a-0114 จุด 1.jpg")
    first, second = matches_of(session, batch.id, [1])[1]
    assert (first.code, first.score, first.reasons[0]["code"]) == (planned.code, 1.0, "match_code_in_file_name")
    assert second.code == road.code


def test_what_lies_already_is_never_moved(desk: Desk, session: Session, road: Project) -> None:
    """Several photographs of one verified road: all attached, nothing replaced or joined, and the rows say so."""
    batch = desk.stage(zipped(a=photo(), b=photo(colour=9), c=photo(None, colour=20)), "ภาพ.zip")
    assert imports.take_matches(session, desk.actor, batch.id, 0.9) == 2
    imports.choose_project(session, desk.actor, batch.id, 3, road.code)
    assert batch.error_count == 0
    rows = desk.rows(batch)
    assert [row.project_code for row in rows] == [road.code] * 3
    assert [[p["code"] for p in row.problems] for row in rows] == [["photo_attached_only"]] * 3
    assert [row.level for row in rows] == ["ok"] * 3
    differences = differences_of(session, batch.id, [1, 2, 3])
    assert [found.shape for found in differences.values()] == [None] * 3
    accepted = desk.accept(batch)
    assert (accepted.created, accepted.recorded, accepted.attached) == (0, 0, 3)
    assert desk.accept(batch) == accepted
    assert versions(session, road) == 1
    views = attachments_of(session, road.id)
    assert [view.file_name for view in views] == ["a.jpg", "b.jpg", "c.jpg"]
    assert [view.import_batch_id for view in views] == [batch.id] * 3
    assert views[0].distance_m == pytest.approx(33.2, abs=0.1)


def test_a_row_changes_its_mind_and_back(desk: Desk, session: Session, road: Project) -> None:
    batch = desk.stage(photo(), "ถนนสายบ้านโนนสว่าง.jpg")
    assert batch.column_map == {}  # a file's name is not a work's
    imports.choose_project(session, desk.actor, batch.id, 1, road.code)
    assert desk.codes(batch) == [["photo_attached_only"]]
    imports.choose_project(session, desk.actor, batch.id, 1, imports.NEW)
    assert set(desk.codes(batch)[0]) == {"name_missing", "photo_is_no_line"}
    imports.choose_project(session, desk.actor, batch.id, 1, road.code)
    assert desk.codes(batch) == [["photo_attached_only"]]
    desk.again(batch)
    assert desk.codes(batch) == [["photo_attached_only"]]
    assert session.scalar(sa.select(sa.func.count()).select_from(ImportPicture)) == 1


def test_a_photograph_from_far_away_is_doubted_and_one_outside_the_territory_may_still_be_attached(
    desk: Desk, session: Session, road: Project
) -> None:
    batch = desk.stage(photo((100.5, 13.75)), "กรุงเทพ.jpg")
    imports.choose_project(session, desk.actor, batch.id, 1, road.code)
    ((row),) = desk.rows(batch)
    assert [(p["code"], p["level"]) for p in row.problems] == [
        ("photo_far", "warning"),
        ("photo_attached_only", "info"),
    ]
    assert row.problems[0]["values"]["distance_m"] > 200_000
    assert desk.accept(batch).attached == 1


@pytest.fixture
def well(session: Session, desk: Desk) -> Project:
    return factories.make_project(
        session,
        desk.organisation,
        kind="water",
        name_th="เจาะบ่อบาดาล บ้านศรีแวง",
        water_source_type_code="GROUNDWATER",
        surface_type_code=None,
    )


def test_a_work_that_is_a_point_gets_its_place_from_the_first_photograph(
    desk: Desk, session: Session, well: Project
) -> None:
    batch = desk.stage(zipped(a=photo(), b=photo((101.8551, 15.9003), colour=9)), "บ่อ.zip", kind="water")
    for number in (1, 2):
        imports.choose_project(session, desk.actor, batch.id, number, well.code)
    assert [codes[-1:] for codes in desk.codes(batch)] == [[], ["photo_attached_only"]]
    accepted = desk.accept(batch)
    assert (accepted.recorded, accepted.attached) == (1, 2)
    where = session.scalar(
        sa.text(
            "SELECT ST_AsText(g.geom, 4) FROM project p JOIN project_geometry g ON g.project_id = p.id"
            " AND g.version = p.geometry_version WHERE p.id = :id"
        ),
        {"id": well.id},
    )
    assert where == "POINT(101.855 15.9003)"
    views = attachments_of(session, well.id)
    assert [round(view.distance_m or 0) for view in views] == [0, 11]


def test_a_new_work_is_made_of_a_photograph(desk: Desk, session: Session) -> None:
    batch = desk.stage(photo(), "บ่อใหม่.jpg", kind="water")
    imports.edit_row(session, desk.actor, batch.id, 1, {"name": "เจาะบ่อบาดาล บ้านใหม่", "water_source": "GROUNDWATER"})
    assert batch.error_count == 0, desk.rows(batch)
    accepted = desk.accept(batch)
    assert (accepted.created, accepted.recorded, accepted.attached) == (1, 1, 1)
    ((project),) = desk.projects()
    assert [view.file_name for view in attachments_of(session, project.id)] == ["บ่อใหม่.jpg"]


def test_undoing_takes_the_pictures_away_as_well(desk: Desk, session: Session, road: Project) -> None:
    batch = desk.stage(photo(), "IMG_0042.jpg")
    imports.choose_project(session, desk.actor, batch.id, 1, road.code)
    desk.accept(batch)
    undone = imports.undo(session, desk.actor, batch.id, _silent())
    assert (undone.withdrawn, undone.returned, undone.detached) == (0, 0, 1)
    assert imports.undo(session, desk.actor, batch.id, _silent()) == undone
    assert attachments_of(session, road.id) == []
    assert len(attachments_of(session, road.id, removed=True)) == 1
    assert versions(session, road) == 1


def test_what_others_have_attached_to_a_made_project_stops_the_undoing(desk: Desk, session: Session) -> None:
    batch = desk.stage(photo(), "บ่อใหม่.jpg", kind="water")
    imports.edit_row(session, desk.actor, batch.id, 1, {"name": "เจาะบ่อบาดาล บ้านใหม่", "water_source": "GROUNDWATER"})
    desk.accept(batch)
    ((project),) = desk.projects()
    picture = factories.keep_picture(session, desk.folder.parent, colour=44)
    session.add(Attachment(project_id=project.id, created_by_name="ผู้อื่น", **picture.columns()))
    session.flush()
    with pytest.raises(InvalidInput) as refused:
        imports.undo(session, desk.actor, batch.id, _silent())
    assert refused.value.code == "import_undo_refused"


def test_a_picture_that_cannot_be_kept_costs_itself_only(desk: Desk, session: Session, road: Project) -> None:
    broken = photo(colour=7)[:700]
    batch = desk.stage(zipped(a=photo(), b=broken), "ภาพ.zip")
    for number in (1, 2):
        imports.choose_project(session, desk.actor, batch.id, number, road.code)
    assert desk.codes(batch) == [["photo_attached_only"], ["photo_not_kept", "photo_attached_only"]]
    assert batch.error_count == 0
    accepted = desk.accept(batch)
    assert (accepted.recorded, accepted.attached) == (0, 1)
    assert versions(session, road) == 1


def test_a_project_has_room_for_so_many(
    desk: Desk, session: Session, road: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_OF_A_PROJECT", 1)
    batch = desk.stage(zipped(a=photo(), b=photo(colour=9)), "ภาพ.zip")
    imports.take_matches(session, desk.actor, batch.id, 0.9)
    with pytest.raises(InvalidInput) as refused:
        desk.accept(batch)
    assert [problem.code for problem in refused.value.problems] == ["attachments_full"]


def test_a_photograph_of_the_year_ten_thousand_is_read_again(desk: Desk, session: Session, road: Project) -> None:
    content = jpeg(NEAR, (120, 90), taken="9999:12:31 23:59:59", offset="-14:00")
    batch = desk.stage(content, "IMG_0042.jpg")
    assert pictures_of(session, batch.id, [1])[1].taken_at is None


def test_nothing_is_attached_to_what_another_import_has_taken_back(desk: Desk, session: Session, road: Project) -> None:
    batch = desk.stage(photo(), "IMG_0042.jpg")
    imports.choose_project(session, desk.actor, batch.id, 1, road.code)
    session.execute(
        sa.text("UPDATE project SET attributes = attributes || '{\"withdrawn_import\": 1}' WHERE id = :id"),
        {"id": road.id},
    )
    with pytest.raises(InvalidInput) as refused:
        desk.accept(batch)
    assert [problem.code for problem in refused.value.problems] == ["attachment_project_withdrawn"]


def test_uploads_that_no_import_needs_are_swept(desk: Desk, session: Session) -> None:
    """Given up, failed a month ago, or never written down; nothing that is young, open, accepted or undone."""
    now = datetime.now(UTC)
    stays = {"STAGED", "ACCEPTED", "UNDONE", "FAILED", "RECEIVED"}
    for status in (*stays, "CANCELLED"):
        factories.make_import_batch(session, desk.organisation, stored_name=f"{status}.zip", status=status)
    factories.make_import_batch(
        session, desk.organisation, stored_name="old.zip", status="FAILED", created_at=now - timedelta(days=40)
    )
    names = [f"{status}.zip" for status in (*stays, "CANCELLED")] + ["old.zip", "nobody.zip", "young.zip"]
    for name in names:
        (desk.folder / name).write_bytes(b"x")
        if name != "young.zip":
            os.utime(desk.folder / name, (now.timestamp() - 100_000,) * 2)
    assert sweep_uploads(session, desk.folder) == 3
    assert {path.name for path in desk.folder.iterdir()} == {f"{status}.zip" for status in stays} | {"young.zip"}
    assert sweep_uploads(session, desk.folder) == 0


def test_who_may_not_attach_brings_no_pictures_in(desk: Desk, session: Session, road: Project) -> None:
    desk.actor = actor(session, "LAO_PLANNER", organisation=desk.organisation)
    batch = desk.stage(photo(None), "IMG_0042.jpg")
    assert session.scalar(sa.select(sa.func.count()).select_from(ImportPicture)) == 0
    imports.choose_project(session, desk.actor, batch.id, 1, road.code)
    assert desk.accept(batch).attached == 0


def test_giving_the_file_up_forgets_its_pictures(desk: Desk, session: Session) -> None:
    batch = desk.stage(photo(), "IMG_0042.jpg")
    imports.cancel(session, desk.actor, batch.id)
    assert session.scalar(sa.select(sa.func.count()).select_from(ImportPicture)) == 0


def _silent() -> Any:
    from app.services.jobs import Silent

    return Silent()


def test_over_http(
    client: FlaskClient, session: Session, settings: Settings, desk: Desk, road: Project, sign_in: SignIn
) -> None:
    """The row shows its picture and what accepting does with it; a stranger sees neither."""
    desk.folder = upload_dir(settings)
    engineer = factories.make_user(session, "LAO_ENGINEER", organisation=desk.organisation)
    desk.actor = factories.actor_for(engineer)
    batch = desk.stage(photo(), "IMG_0042.jpg")
    session.commit()
    sign_in(client, engineer)
    ((row),) = client.get(f"/api/v1/imports/{batch.id}/rows").json["items"]
    assert row["photo"]["taken_at"].startswith("2026-11-20T09:15")
    assert row["matches"][0]["reasons"] == ["ห่าง 33 ม."]
    picture = client.get(row["photo"]["thumbnail"])
    assert (picture.mimetype, picture.headers["Content-Security-Policy"]) == (
        "image/jpeg",
        "default-src 'none'; sandbox",
    )
    changed = client.patch(f"/api/v1/imports/{batch.id}/rows/1", json={"project": road.code}).json
    assert changed["attach_only"] is True and "set_aside" not in changed["values"]
    page = client.get(f"/imports/{batch.id}").text
    assert "import-work" in page
    factories.make_organisation(session, "D9901002", tambon_codes=("990102",))
    sign_in(client, factories.make_user(session, "LAO_ENGINEER", organisation="D9901002"))
    assert client.get(row["photo"]["thumbnail"]).status_code == 404

"""Pictures of projects: who may do what, what is kept and shown, what hostile files and lost transactions leave."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import threading
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from shapely.geometry import LineString, Point, Polygon
from sqlalchemy.orm import Session

from app import migrate
from app.auth.actor import ANONYMOUS, Actor
from app.db import SYSTEM, Database, attribute
from app.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.models import Attachment, ImportPicture, Project, UserAccount
from app.queries.attachments import attachments_of, count_attachments, get_attachment
from app.services import attachment_files, attachments
from app.services.attachment_files import path_of, sweep
from app.services.imports.receiving import Received
from app.settings import Settings
from app.web import attachments as web
from gis import pictures as decoding
from gis.exif import Photo
from gis.measure import length_m
from gis.pictures import Picture
from tests import factories as make
from tests.app.conftest import SignIn
from tests.conftest import cloned_database
from tests.pictures import CAMERA_SERIAL, drawn, encoded, jpeg

ROAD = LineString([(101.850, 15.900), (101.860, 15.900)])
BESIDE = (101.855, 15.9003)
"""Some 33 m north of the road."""


@pytest.fixture
def project(session: Session) -> Project:
    return make.make_project(session, make.make_organisation(session).code, status="BUDGET_APPROVED")


@pytest.fixture
def engineer(session: Session, project: Project) -> UserAccount:
    return make.make_user(session, "LAO_ENGINEER", organisation=project.organisation_code)


@pytest.fixture
def folder(settings: Settings) -> Path:
    return attachment_files.attachment_dir(settings)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decode in this process: starting one is tested in ``test_pictures`` and once below."""
    from gis.pictures.decoding import decode
    from gis.pictures.limits import PictureLimits

    def read(path: Path, name: str, *, limits: PictureLimits) -> Picture:
        found = decode(path, limits)
        told = found.media_type, found.width_px, found.height_px, found.photo
        return Picture(1, name, None, *told, found.shown, found.thumbnail)

    monkeypatch.setattr("app.web.attachments.read_picture", read)


def hang(
    session: Session, actor: Actor, project: Project, folder: Path, content: bytes | None = None, **more: Any
) -> attachments.Attached:
    content = content or jpeg(BESIDE, (64, 48), taken="2026:11:20 09:15:00")
    picture = _decoded(content)
    return attachments.attach(
        session, actor, project.code, picture, content, folder, **{"file_name": "ภาพ.jpg", **more}
    )


def _decoded(content: bytes) -> Picture:
    from gis.pictures.decoding import decode

    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"picture-{uuid.uuid4().hex}"
    path.write_bytes(content)
    try:
        found = decode(path, decoding.PictureLimits())
    finally:
        path.unlink()
    told = found.media_type, found.width_px, found.height_px, found.photo
    return Picture(1, "", None, *told, found.shown, found.thumbnail)


def form(content: bytes, name: str = "ภาพ.jpg", **more: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(content), name), **more}


def address(project: Project, *rest: Any) -> str:
    return "/".join([f"/api/v1/projects/{project.code}/attachments", *map(str, rest)])


# --- services --------------------------------------------------------------------------------------------------------


def test_a_picture_hangs_on_its_project_with_all_that_it_told(
    session: Session, project: Project, engineer: UserAccount, folder: Path
) -> None:
    make.make_geometry(session, project, ROAD)
    content = jpeg(BESIDE, (64, 48), taken="2026:11:20 09:15:00", offset="+07:00", accuracy_m=4.5, direction=90.0)
    made = hang(session, make.actor_for(engineer), project, folder, content, caption="  หลังเทคอนกรีต ", stage="after")
    (view,) = attachments_of(session, project.id)
    assert (view.id, view.caption, view.stage, view.kind) == (made.id, "หลังเทคอนกรีต", "after", "photo")
    assert (view.lon, view.lat) == pytest.approx(BESIDE, abs=1e-7)
    assert (view.accuracy_m, view.direction_degrees, view.width_px, view.byte_count) == (4.5, 90.0, 64, len(content))
    assert view.taken_at is not None and view.taken_at.isoformat() == "2026-11-20T09:15:00+07:00"
    assert view.distance_m == pytest.approx(length_m(LineString([BESIDE, (BESIDE[0], 15.900)])), abs=0.05)
    assert not view.far
    assert path_of(folder, view.stored_name, "original").read_bytes() == content
    assert path_of(folder, view.stored_name, "original").stat().st_mode & 0o077 == 0
    log = session.execute(
        sa.text("SELECT action, after->>'caption' FROM change_log WHERE entity = 'attachment' AND project_id = :id"),
        {"id": project.id},
    ).all()
    assert [tuple(line) for line in log] == [("insert", "หลังเทคอนกรีต")]


def test_the_distance_is_of_the_coordinates_that_stand(
    session: Session, project: Project, engineer: UserAccount, folder: Path
) -> None:
    """None without coordinates, nought inside an area, and far when it is further than the camera may have erred."""
    actor = make.actor_for(engineer)
    made = hang(session, actor, project, folder)
    without = hang(session, actor, project, folder, jpeg(size=(64, 48), colour=5))

    def now(attachment: attachments.Attached) -> tuple[float | None, bool]:
        view = get_attachment(session, project.id, attachment.id)
        assert view is not None
        return view.distance_m, view.far

    assert now(made) == (None, False)
    make.make_geometry(session, project, ROAD)
    assert now(made)[0] == pytest.approx(33.2, abs=0.1)
    make.make_geometry(session, project, Point(101.860, 15.9003))
    assert now(made) == (pytest.approx(535.6, abs=0.5), True)
    make.make_geometry(session, project, Polygon([(101.85, 15.9), (101.86, 15.9), (101.86, 15.91), (101.85, 15.91)]))
    assert now(made) == (0, False)
    assert now(without) == (None, False)


def test_a_place_that_may_be_off_by_as_much_is_not_called_far(
    session: Session, project: Project, engineer: UserAccount, folder: Path
) -> None:
    make.make_geometry(session, project, ROAD)
    content = jpeg((101.855, 15.9023), (64, 48), accuracy_m=120.0)
    hang(session, make.actor_for(engineer), project, folder, content)
    ((view),) = attachments_of(session, project.id)
    assert view.distance_m == pytest.approx(254.5, abs=1)
    assert not view.far


def test_the_same_picture_hangs_once(session: Session, project: Project, engineer: UserAccount, folder: Path) -> None:
    actor = make.actor_for(engineer)
    first = hang(session, actor, project, folder)
    assert hang(session, actor, project, folder) == attachments.Attached(first.id, repeated=True)
    other = make.make_project(session, project.organisation_code)
    assert hang(session, actor, other, folder).repeated is False
    attachments.remove(session, actor, project.code, first.id)
    again = hang(session, actor, project, folder)
    assert not again.repeated and again.id != first.id
    with pytest.raises(Conflict) as refused:
        attachments.restore(session, actor, project.code, first.id)
    assert refused.value.code == "attachment_hangs_already"


def test_what_is_taken_away_is_not_lost(
    session: Session, project: Project, engineer: UserAccount, folder: Path
) -> None:
    actor = make.actor_for(engineer)
    made = hang(session, actor, project, folder)
    attachments.remove(session, actor, project.code, made.id)
    attachments.remove(session, actor, project.code, made.id)
    assert (attachments_of(session, project.id), count_attachments(session, project.id)) == ([], 0)
    ((gone),) = attachments_of(session, project.id, removed=True)
    assert gone.removed_by_name == engineer.display_name
    with pytest.raises(NotFound):
        attachments.describe(session, actor, project.code, made.id, caption="x")
    attachments.restore(session, actor, project.code, made.id)
    assert [view.id for view in attachments_of(session, project.id)] == [made.id]
    actions = session.scalars(
        sa.text("SELECT action FROM change_log WHERE entity = 'attachment' AND project_id = :id ORDER BY id"),
        {"id": project.id},
    ).all()
    assert actions == ["insert", "update", "update"]


@pytest.mark.parametrize(
    ("more", "code"), [({"caption": "ก" * 501}, "caption_too_long"), ({"stage": "later"}, "stage_unknown")]
)
def test_what_is_said_of_a_picture_has_limits(
    session: Session, project: Project, engineer: UserAccount, folder: Path, more: dict[str, str], code: str
) -> None:
    actor = make.actor_for(engineer)
    with pytest.raises(InvalidInput) as refused:
        hang(session, actor, project, folder, **more)
    assert [problem.code for problem in refused.value.problems] == [code]
    made = hang(session, actor, project, folder)
    with pytest.raises(InvalidInput):
        attachments.describe(session, actor, project.code, made.id, **more)


def test_a_project_has_room_for_so_many(
    session: Session, project: Project, engineer: UserAccount, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_OF_A_PROJECT", 1)
    actor = make.actor_for(engineer)
    hang(session, actor, project, folder)
    with pytest.raises(InvalidInput) as refused:
        hang(session, actor, project, folder, jpeg(size=(64, 48), colour=3))
    assert [problem.code for problem in refused.value.problems] == ["attachments_full"]


HOSTILE_TIMES = [
    {"taken": "9999:12:31 23:59:59", "offset": "-14:00"},
    {"taken": "9999:12:31 23:59:59"},
    {"taken": "0001:01:01 00:00:00", "offset": "+14:00"},
    {"taken": "1990:01:01 00:00:00", "offset": "+14:00"},
    {"taken": "2199:01:01 00:00:00"},
    {"taken": (datetime.now(UTC) + timedelta(days=3)).strftime("%Y:%m:%d %H:%M:%S")},
]


@pytest.mark.parametrize("said", HOSTILE_TIMES, ids=["end", "end-utc", "beginning", "1990", "2199", "in-three-days"])
def test_a_time_that_no_camera_has_is_not_kept(
    session: Session, project: Project, engineer: UserAccount, folder: Path, said: dict[str, str]
) -> None:
    hang(session, make.actor_for(engineer), project, folder, jpeg(None, (64, 48), **said))
    ((view),) = attachments_of(session, project.id)
    assert view.taken_at is None


@pytest.mark.parametrize("table", ["attachment", "import_picture"])
def test_the_database_takes_no_time_that_cannot_be_read(session: Session, project: Project, table: str) -> None:
    picture = make.keep_picture(session, Path(tempfile.mkdtemp()), colour=3).columns()
    batch = make.make_import_batch(session, project.organisation_code)
    more: dict[str, Any] = {"project_id": project.id, "created_by_name": "x"}
    if table == "import_picture":
        more = {"batch_id": batch.id, "row_number": 1}
    model = Attachment if table == "attachment" else ImportPicture
    for year in ("10000", "1971", "2300"):
        late = {"taken_at": sa.text(f"'{year}-01-01 00:00+00'::timestamptz")}
        with pytest.raises(sa.exc.IntegrityError, match="taken_at"), session.begin_nested():
            session.execute(sa.insert(model).values({**picture, **more, **late}))


def test_what_the_reading_process_tells_is_bounded(session: Session, tmp_path: Path) -> None:
    nan, inf = float("nan"), float("inf")
    content = jpeg(None, (64, 48))
    for place, number in (((nan, 15.0), nan), ((101.0, inf), inf), ((181.0, 15.0), -1.0), ((101.0, -91.0), 1e300)):
        photo = Photo(place=place, accuracy_m=number, direction_degrees=number)
        kept = attachment_files.keep(session, tmp_path, replace(_decoded(content), photo=photo), content, "a.jpg")
        assert (kept.place, kept.accuracy_m, kept.direction_degrees) == (None, None, None)


def test_captions_and_names_turn_no_writing_and_take_no_time(
    session: Session, project: Project, engineer: UserAccount, folder: Path
) -> None:
    actor = make.actor_for(engineer)
    turned = "\u202eถนน\u200f\ud800 \u2066คสล.\u200e"
    made = hang(session, actor, project, folder, caption=turned, file_name=f"{turned}.jpg")
    view = get_attachment(session, project.id, made.id)
    assert view is not None and (view.caption, view.file_name) == ("ถนน คสล.", "ถนน คสล. .jpg")
    slow = "่" * 40_000 + "ั" * 40_000
    started = time.process_time()
    with pytest.raises(InvalidInput) as refused:
        attachments.describe(session, actor, project.code, made.id, caption=slow)
    assert [problem.code for problem in refused.value.problems] == ["caption_too_long"]
    attachment_files.shown_name(slow)
    assert len(Received.keep(io.BytesIO(b"x"), f"\u202e{slow}", folder).file_name) == 200
    assert time.process_time() - started < 2


WITHDRAW = "UPDATE project SET attributes = attributes || '{\"withdrawn_import\": 1}' WHERE id = :id"


def test_nothing_hangs_on_a_project_that_was_withdrawn(
    session: Session, project: Project, engineer: UserAccount, folder: Path
) -> None:
    actor = make.actor_for(engineer)
    made = hang(session, actor, project, folder)
    attachments.remove(session, actor, project.code, made.id)
    session.execute(sa.text(WITHDRAW), {"id": project.id})
    for act in (
        lambda: hang(session, actor, project, folder, jpeg(size=(64, 48), colour=3)),
        lambda: attachments.restore(session, actor, project.code, made.id),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "attachment_project_withdrawn"


def test_who_attaches_waits_for_who_withdraws(server_url: str, template_database: str, tmp_path: Path) -> None:
    """The project is looked at again after the wait; the same lock makes the count of its pictures hold."""
    with cloned_database(server_url, template_database, f"eplan_wait_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with Session(engine, expire_on_commit=False) as made, made.begin():
            attribute(made, SYSTEM)
            project = make.make_project(made, make.make_organisation(made).code, status="BUDGET_APPROVED")
            person = make.make_user(made, "LAO_ENGINEER", organisation=project.organisation_code)
            actor = make.actor_for(person)
        heard: list[Any] = []

        def attach() -> None:
            with Session(engine) as other, other.begin():
                attribute(other, SYSTEM)
                try:
                    heard.append(hang(other, actor, project, tmp_path))
                except Conflict as refused:
                    heard.append(refused.code)

        with engine.connect() as first, first.begin():
            first.execute(sa.text(WITHDRAW), {"id": project.id})
            waiting = threading.Thread(target=attach)
            waiting.start()
            waiting.join(1)
            assert waiting.is_alive(), heard
        waiting.join(10)
        engine.dispose()
    assert heard == ["attachment_project_withdrawn"]


def test_nobody_attaches_elsewhere(session: Session, project: Project, engineer: UserAccount, folder: Path) -> None:
    make.make_organisation(session, "D9901002", tambon_codes=("990102",))
    make.make_province(session, "98", name_th="จังหวัดอื่น", bounds=(100.8, 15.8, 101.2, 16.2))
    made = hang(session, make.actor_for(engineer), project, folder)
    strangers = [
        make.make_user(session, "LAO_ENGINEER", organisation="D9901002"),
        make.make_user(session, "LAO_PLANNER", organisation=project.organisation_code),
        make.make_user(session, "PROV_OFFICER", area="98"),
    ]
    for person in strangers:
        actor = make.actor_for(person)
        for act in (attachments.remove, attachments.restore, attachments.describe):
            with pytest.raises(Forbidden):
                act(session, actor, project.code, made.id)
        with pytest.raises(Forbidden):
            hang(session, actor, project, folder)
    with pytest.raises(Forbidden):
        attachments.may_attach(session, ANONYMOUS, project.code)


def test_a_picture_of_another_project_is_none_of_this_one(
    session: Session, project: Project, engineer: UserAccount, folder: Path
) -> None:
    actor = make.actor_for(engineer)
    made = hang(session, actor, project, folder)
    other = make.make_project(session, project.organisation_code)
    with pytest.raises(NotFound):
        attachments.remove(session, actor, other.code, made.id)
    assert get_attachment(session, other.id, made.id) is None


def test_an_officer_attaches_on_behalf(session: Session, project: Project, folder: Path) -> None:
    officer = make.actor_for(make.make_user(session, "PROV_OFFICER", area="99"))
    made = hang(session, officer, project, folder)
    attachments.describe(session, officer, project.code, made.id, caption="จุดเริ่มต้น")
    view = get_attachment(session, project.id, made.id)
    assert view is not None and view.on_behalf_of == project.organisation_code
    behalf = session.scalars(
        sa.text("SELECT on_behalf_of FROM change_log WHERE entity = 'attachment' AND project_id = :id"),
        {"id": project.id},
    ).all()
    assert behalf == [project.organisation_code] * 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM attachment",
        "UPDATE attachment SET sha256 = repeat('0', 64)",
        "UPDATE attachment SET created_by_name = 'x'",
        "UPDATE attachment SET project_id = project_id",
        "UPDATE attachment SET location = NULL",
    ],
)
def test_the_application_can_neither_delete_nor_rewrite_evidence(session: Session, statement: str) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(sa.text(statement))


def test_the_migration_goes_down_and_up(server_url: str, template_database: str) -> None:
    with cloned_database(server_url, template_database, f"eplan_down_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        for revision, there in (("0010", False), ("head", True)):
            (migrate.upgrade if there else migrate.downgrade)(url, revision)
            with engine.connect() as connection:
                found = [sa.inspect(connection).has_table(table) for table in ("attachment", "import_picture")]
            assert found == [there, there]
        engine.dispose()


# --- files -----------------------------------------------------------------------------------------------------------


def test_what_a_lost_transaction_left_is_swept(
    session: Session, project: Project, engineer: UserAccount, tmp_path: Path
) -> None:
    actor = make.actor_for(engineer)
    kept = hang(session, actor, project, tmp_path)
    staged = make.keep_picture(session, tmp_path / "x", colour=31)  # another folder: only its row is needed here
    batch = make.make_import_batch(session, project.organisation_code)
    session.add(ImportPicture(batch_id=batch.id, row_number=1, **staged.columns()))
    session.flush()
    lost = jpeg(size=(64, 48), colour=77)
    attachment_files.keep(session, tmp_path, _decoded(lost), lost, "lost.jpg")
    attachment_files.keep(session, tmp_path, _decoded(_colour(31)), _colour(31), "staged.jpg")
    young, old = tmp_path / "incoming-young", tmp_path / "incoming-old"
    for path in (young, old):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 100_000,) * 2)
    assert len(list(tmp_path.glob("*/*.jpg"))) == 9
    assert sweep(session, tmp_path) == 3 + 1
    left = {path.name.split(".")[0] for path in tmp_path.glob("*/*.jpg")}
    view = get_attachment(session, project.id, kept.id)
    assert view is not None and left == {view.sha256, staged.sha256}
    assert young.exists() and not old.exists()
    assert sweep(session, tmp_path) == 0


def _colour(number: int) -> bytes:
    return jpeg(None, (64, 48), colour=number)


def test_nothing_is_swept_while_somebody_attaches(
    session: Session, settings: Settings, project: Project, tmp_path: Path
) -> None:
    lost = jpeg(size=(64, 48), colour=78)
    attachment_files.keep(session, tmp_path, _decoded(lost), lost, "lost.jpg")
    elsewhere = Database(settings)
    try:
        with elsewhere.transaction() as other:
            assert sweep(other, tmp_path) == 0
        session.rollback()
    finally:
        elsewhere.dispose()
    assert len(list(tmp_path.glob("*/*.jpg"))) == 3


def test_a_file_is_written_once(session: Session, tmp_path: Path) -> None:
    content = _colour(3)
    first = attachment_files.keep(session, tmp_path, _decoded(content), content, "../../etc/passwd")
    path = path_of(tmp_path, first.stored_name, "picture")
    stamp = path.stat().st_mtime_ns
    second = attachment_files.keep(session, tmp_path, _decoded(content), content, "b.jpg")
    assert (first.sha256, path.stat().st_mtime_ns) == (second.sha256, stamp)
    assert first.file_name == "passwd"
    assert path.resolve().is_relative_to(tmp_path.resolve())


# --- over HTTP -------------------------------------------------------------------------------------------------------


def test_sent_looked_at_described_taken_away_and_brought_back(
    client: FlaskClient, session: Session, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    """The whole way, with the process that decodes."""
    make.make_geometry(session, project, ROAD)
    sign_in(client, engineer)
    content = jpeg(BESIDE, (800, 600), taken="2026:11:20 09:15:00", orientation=6)
    sent = client.post(address(project), data=form(content, "ภาพ หน้างาน.jpg", caption="จุดเริ่มต้น"))
    assert sent.status_code == 201
    item = sent.json
    assert (item["file_name"], item["caption"], item["width_px"], item["height_px"]) == (
        "ภาพ หน้างาน.jpg",
        "จุดเริ่มต้น",
        600,
        800,
    )
    assert (item["distance_m"], item["far"], item["receipt"]) == (
        pytest.approx(33.2, abs=0.1),
        False,
        sent.headers["X-Request-Id"],
    )
    assert client.post(address(project), data=form(content)).status_code == 200
    shown = client.get(item["picture"])
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert CAMERA_SERIAL.encode() in content and CAMERA_SERIAL.encode() not in shown.data and b"Exif" not in shown.data
    assert Image.open(io.BytesIO(shown.data)).size == (600, 800)
    assert max(Image.open(io.BytesIO(client.get(item["thumbnail"]).data)).size) == 320
    changed = client.patch(address(project, item["id"]), json={"caption": "", "stage": "during"})
    assert (changed.json["caption"], changed.json["stage"]) == (None, "during")
    assert client.delete(address(project, item["id"])).json["removed_by"] == engineer.display_name
    assert client.get(address(project)).json["items"] == []
    assert [one["id"] for one in client.get(address(project) + "?removed=true").json["items"]] == [item["id"]]
    assert client.post(address(project, item["id"], "restore")).status_code == 200
    assert len(client.get(address(project)).json["items"]) == 1


def test_a_picture_is_sent_as_nothing_else(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn, quick: None
) -> None:
    sign_in(client, engineer)
    content = jpeg(BESIDE, (64, 48)) + b"<html><script>alert(1)</script></html>"
    item = client.post(address(project), data=form(content, "page.html")).json
    for name, begins in (("picture", "inline;"), ("thumbnail", "inline;"), ("original", "attachment;")):
        answer = client.get(address(project, item["id"], name))
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Content-Disposition"].startswith(begins)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        again = client.get(address(project, item["id"], name), headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert client.get(address(project, item["id"], "original")).data == content
    assert b"script" not in client.get(address(project, item["id"], "picture")).data


def test_a_file_is_sent_under_a_name_of_what_it_is(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn, quick: None
) -> None:
    sign_in(client, engineer)
    item = client.post(address(project), data=form(encoded(drawn(), "PNG"), "\u202egnp.page.html")).json
    for name, ending in (("original", ".png"), ("picture", ".jpg"), ("thumbnail", ".jpg")):
        told = client.get(address(project, item["id"], name)).headers["Content-Disposition"]
        assert told.endswith(f"filename=gnp.page{ending}"), told


def test_one_picture_is_decoded_at_a_time_and_others_are_told_to_come_back(
    client: FlaskClient,
    project: Project,
    engineer: UserAccount,
    sign_in: SignIn,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.web.attachments._WAIT_FOR_TURN_S", 0.05)
    sign_in(client, engineer)
    content = jpeg(size=(64, 48))
    with web.decoding():
        answer = client.post(address(project), data=form(content))
        assert (answer.status_code, answer.json["code"]) == (503, "pictures_busy")
        assert int(answer.headers["Retry-After"]) >= 15
    assert client.post(address(project), data=form(content)).status_code == 201
    assert (web.LIMITS.cpu_s, web.LIMITS.wait_s) == (10, 15)


def test_one_person_sends_so_many_a_minute(
    client: FlaskClient,
    session: Session,
    project: Project,
    engineer: UserAccount,
    sign_in: SignIn,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.web.application.PICTURES_PER_PERSON", "2 per hour")
    sign_in(client, engineer)
    sent = [client.post(address(project), data=form(jpeg(size=(64, 48), colour=n))) for n in (1, 2, 3)]
    assert [answer.status_code for answer in sent] == [201, 201, 429]
    assert (sent[2].json["code"], int(sent[2].headers["Retry-After"]) > 0) == ("too_many_requests", True)
    sign_in(client, make.make_user(session, "LAO_ENGINEER", organisation=project.organisation_code))
    assert client.post(address(project), data=form(jpeg(size=(64, 48), colour=4))).status_code == 201


def test_the_original_is_for_those_who_may_write(
    client: FlaskClient, session: Session, project: Project, engineer: UserAccount, sign_in: SignIn, quick: None
) -> None:
    sign_in(client, engineer)
    item = client.post(address(project), data=form(jpeg(size=(64, 48)))).json
    planner = make.make_user(session, "LAO_PLANNER", organisation=project.organisation_code)
    sign_in(client, planner)
    ((seen),) = client.get(address(project)).json["items"]
    assert (seen["original"], client.get(seen["picture"]).status_code) == (None, 200)
    assert client.get(item["original"]).status_code == 403
    sign_in(client, engineer)
    client.delete(address(project, item["id"]))
    sign_in(client, planner)
    assert client.get(item["thumbnail"]).status_code == 404
    assert client.get(address(project) + "?removed=true").json["items"] == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture_empty"),
        (b"<svg onload='alert(1)'/>", "picture_unknown"),
        (jpeg(size=(400, 300))[:900], "picture_damaged"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo_kind_not_supported"),
        (encoded(drawn((8, 8)), "PNG"), "picture_too_small"),
        (jpeg(size=(64, 48)) + b"\0" * (15 << 20), "picture_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_is_refused_in_words_and_leaves_nothing(
    client: FlaskClient,
    session: Session,
    project: Project,
    engineer: UserAccount,
    sign_in: SignIn,
    folder: Path,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    code: str,
) -> None:
    monkeypatch.setattr("app.web.attachments.read_picture", decoding.read_picture)
    sign_in(client, engineer)
    before = sorted(path for path in folder.rglob("*") if path.is_file())
    answer = client.post(address(project), data=form(content))
    assert answer.status_code == 422, answer.text
    ((error),) = answer.json["errors"]
    assert (error["code"], error["field"]) == (code, "file")
    assert error["message"] and error["fix"]
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == before
    assert session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0


def test_a_form_that_is_no_photograph_s_size_is_not_read(
    client: FlaskClient, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, engineer)
    answer = client.post(address(project), data=form(b"\xff\xd8\xff" + b"\0" * (17 << 20)))
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert client.post(address(project), data={}).status_code == 422


@pytest.mark.parametrize("said", [{}, {"caption": 5}, {"kind": "x"}, {"stage": "later"}])
def test_a_body_that_says_nothing_is_refused(
    client: FlaskClient,
    session: Session,
    project: Project,
    engineer: UserAccount,
    sign_in: SignIn,
    folder: Path,
    said: dict[str, Any],
) -> None:
    made = hang(session, make.actor_for(engineer), project, folder)
    sign_in(client, engineer)
    assert client.patch(address(project, made.id), json=said).status_code == 422


def test_a_file_that_is_not_in_its_place_says_so(
    client: FlaskClient, session: Session, project: Project, engineer: UserAccount, sign_in: SignIn, folder: Path
) -> None:
    made = hang(session, make.actor_for(engineer), project, folder, jpeg(size=(64, 48), colour=200))
    view = get_attachment(session, project.id, made.id)
    assert view is not None
    path_of(folder, view.stored_name, "picture").unlink()
    sign_in(client, engineer)
    answer = client.get(address(project, made.id, "picture"))
    assert (answer.status_code, answer.json["code"]) == (404, "attachment_file_gone")


# --- the page --------------------------------------------------------------------------------------------------------


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="photos-data">(.+?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_the_page_has_the_pictures_for_staff_and_not_a_word_of_them_for_others(
    client: FlaskClient, session: Session, project: Project, engineer: UserAccount, sign_in: SignIn, folder: Path
) -> None:
    actor = make.actor_for(engineer)
    made = hang(session, actor, project, folder, caption="</script><b>จุดเริ่มต้น")
    gone = hang(session, actor, project, folder, jpeg(size=(64, 48), colour=9))
    attachments.remove(session, actor, project.code, gone.id)
    for tab in ("photos", "map", "history"):
        page = client.get(f"/projects/{project.code}?tab={tab}")
        assert page.status_code == 200
        assert "photos-data" not in page.text and "attachments" not in page.text and "จุดเริ่มต้น" not in page.text
    sign_in(client, engineer)
    data = data_of(client.get(f"/projects/{project.code}?tab=photos&photo={made.id}").text)
    assert [item["id"] for item in data["items"]] == [made.id]
    assert [item["id"] for item in data["removed"]] == [gone.id]
    assert (data["may_write"], data["begin"], data["items"][0]["caption"]) == (True, made.id, "</script><b>จุดเริ่มต้น")
    # The map shows where it was taken, also before the work itself has a place.
    map_page = client.get(f"/projects/{project.code}").text
    assert data_of(map_page)["removed"] == []
    assert 'id="project-map"' in map_page and "ยังไม่มีพิกัด แผนที่แสดงที่ถ่ายภาพ" in map_page
    history = client.get(f"/projects/{project.code}?tab=history").text
    assert "แนบภาพถ่าย ภาพ.jpg" in history and "ลบภาพถ่าย" in history


def test_only_a_work_that_is_a_point_and_lies_nowhere_may_take_a_picture_s_place(
    client: FlaskClient, session: Session, project: Project, engineer: UserAccount, sign_in: SignIn
) -> None:
    well = make.make_project(
        session, project.organisation_code, kind="water", water_source_type_code="SHALLOW_WELL", surface_type_code=None
    )
    sign_in(client, engineer)

    def may_place(one: Project) -> bool:
        return bool(data_of(client.get(f"/projects/{one.code}?tab=photos").text)["may_place"])

    assert (may_place(well), may_place(project)) == (True, False)
    make.make_geometry(session, well, Point(BESIDE))
    assert may_place(well) is False

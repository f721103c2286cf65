"""Files that come with messages: what is taken, who reads them, what stays when a message is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.loading import actor_by_id
from app.models import UserAccount
from app.queries.messages import files_of, lines
from app.services import messages as service
from app.services.attachment_files import sweep
from app.services.messages import NewThread
from app.settings import Settings
from tests import factories as make
from tests.app.conftest import SignIn
from tests.pictures import CAMERA_SERIAL, jpeg

OWN = "D9901001"
HTML = b"<html><script>alert(1)</script>%PDF-1.4 startxref %%EOF"


@pytest.fixture
def planner(session: Session) -> UserAccount:
    make.make_organisation(session, OWN)
    make.make_organisation(session, "D9901002", name_th="โนนสาธิต", amphoe_code="9902", tambon_codes=())
    return make.make_user(session, "LAO_PLANNER", organisation=OWN)


@pytest.fixture
def thread_id(session: Session, planner: UserAccount) -> int:
    actor = actor_by_id(session, planner.id)
    assert actor is not None
    return service.ask(session, actor, NewThread("วงเงินไม่ตรง", "ใช้วงเงินใด")).thread


@pytest.fixture
def write(client: FlaskClient, thread_id: int) -> Callable[..., Any]:
    def sent(*files: tuple[bytes, str], text: str = "ดูเอกสารแนบ", to: str = "") -> Any:
        data = {"text": text, "do": "reply", "file": [(io.BytesIO(content), name) for content, name in files]}
        return client.post(to or f"/messages/{thread_id}", data=data, content_type="multipart/form-data")

    return sent


def kept(settings: Settings) -> list[Path]:
    return [path for path in (settings.var_dir / "attachments").glob("*/*") if path.is_file()]


def test_a_picture_and_a_paper_are_read_by_whoever_reads_the_thread(
    client: FlaskClient, sign_in: SignIn, session: Session, planner: UserAccount, thread_id: int, write: Any
) -> None:
    sign_in(client, planner)
    photo = jpeg((101.85, 15.9))
    assert CAMERA_SERIAL.encode() in photo
    assert write((photo, "ป้าย ม.4.jpg"), (make.PDF, "หนังสือ.pdf")).status_code == 303
    assert [one.file_name for one in lines(session, thread_id)[1].files] == ["ป้าย ม.4.jpg", "หนังสือ.pdf"]
    picture, paper = (f"/api/v1/messages/{thread_id}/files/{one.id}" for one in files_of(session, thread_id))
    page = client.get(f"/messages/{thread_id}").text
    assert f'src="{picture}?size=thumbnail"' in page and "หนังสือ.pdf" in page
    listed = client.get(f"/api/v1/messages/{thread_id}").json["messages"][1]["files"]
    assert listed[1] == {
        "id": files_of(session, thread_id)[1].id, "name": "หนังสือ.pdf", "media_type": "application/pdf",
        "bytes": len(make.PDF), "address": paper,
    }  # fmt: skip
    for who, where, may in (
        ("PROV_OFFICER", {"area": "99"}, True),
        ("DISTRICT", {"area": "9901"}, True),
        ("LAO_PLANNER", {"organisation": "D9901002"}, False),
        ("DISTRICT", {"area": "9902"}, False),
        ("PUBLIC", {}, False),
    ):
        sign_in(client, make.make_user(session, who, **where))
        for address in (picture, f"{picture}?size=thumbnail", paper):
            assert (client.get(address).status_code == 200) is may, (who, address)
    sign_in(client, planner)
    shown, sent = client.get(picture), client.get(paper)
    assert shown.mimetype == "image/jpeg" and CAMERA_SERIAL.encode() not in shown.data
    assert sent.data == make.PDF and sent.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    assert client.get(f"/api/v1/messages/{thread_id}/files/{2**40}").status_code == 404


def test_a_file_of_another_thread_is_none_of_this_one(
    client: FlaskClient, sign_in: SignIn, session: Session, planner: UserAccount, thread_id: int, write: Any
) -> None:
    sign_in(client, make.make_user(session, "LAO_PLANNER", organisation="D9901002"))
    other = client.post("/api/v1/messages", json={"subject": "อื่น", "text": "อื่น"}).json["thread"]
    assert write((make.PDF, "a.pdf"), to=f"/api/v1/messages/{other}/files").status_code == 201
    of_other = files_of(session, other)[0].id
    sign_in(client, planner)
    assert client.get(f"/api/v1/messages/{thread_id}/files/{of_other}").status_code == 404
    assert client.get(f"/api/v1/messages/{other}/files/{of_other}").status_code == 404


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([(HTML, "หนังสือ.pdf")], "ไม่ใช่ภาพ JPEG, PNG, WebP หรือ PDF"),
        ([(b"%PDF-1.4 cut short", "หนังสือ.pdf")], "ไม่ใช่ PDF"),
        ([(b"MZ\x90\x00", "photo.jpg")], "ไม่ใช่ภาพ JPEG, PNG, WebP หรือ PDF"),
        ([(b"", "ว่าง.jpg")], "ว่าง"),
        ([(make.PDF, f"{n}.pdf") for n in range(6)], "แนบได้ไม่เกิน 5 ไฟล์"),
        ([(make.PDF, "ดี.pdf"), (jpeg()[:300], "เสีย.jpg")], "ภาพ"),
    ],
)
def test_what_is_no_picture_and_no_paper_refuses_the_whole_message(
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    planner: UserAccount,
    thread_id: int,
    write: Any,
    settings: Settings,
    files: list[tuple[bytes, str]],
    told: str,
) -> None:
    before = set(kept(settings))
    sign_in(client, planner)
    refused = write(*files)
    assert refused.status_code == 422 and told in refused.text and "ดูเอกสารแนบ" in refused.text
    assert len(lines(session, thread_id)) == 1 and not files_of(session, thread_id)
    assert set(kept(settings)) == before
    assert not list((settings.var_dir / "attachments").glob("incoming-*")), "nothing is left behind"


def test_whoever_only_reads_sends_no_files(
    client: FlaskClient, sign_in: SignIn, session: Session, thread_id: int, write: Any
) -> None:
    sign_in(client, make.make_user(session, "DISTRICT", area="9901"))
    assert write((make.PDF, "a.pdf")).status_code == 403
    assert write((make.PDF, "a.pdf"), to=f"/api/v1/messages/{thread_id}/files").status_code == 403


def test_the_sweeper_leaves_what_a_message_brought(
    client: FlaskClient, sign_in: SignIn, session: Session, planner: UserAccount, thread_id: int, write: Any,
    settings: Settings,
) -> None:  # fmt: skip
    sign_in(client, planner)
    content = make.PDF.replace(b"obj", b"obj % of its own", 1)
    write((content, "a.pdf"))
    sweep(session, settings.var_dir / "attachments")
    one = files_of(session, thread_id)[0]
    assert client.get(f"/api/v1/messages/{thread_id}/files/{one.id}").data == content

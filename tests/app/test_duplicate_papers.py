"""Papers on what is said of a pair: proven to be PDF, kept beside the pictures, handed out to the staff only."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import DuplicateDecision, DuplicatePair
from app.services import attachment_files
from app.services.attachment_files import attachment_dir, is_pdf, paper_path, sweep
from app.settings import Settings
from tests import factories as make
from tests.app.conftest import SignIn
from tests.factories import PDF

NAME = "มติสภา อบต.หนองสาธิต 12-2570.pdf"


@pytest.fixture
def pair(session: Session) -> DuplicatePair:
    here, there = make.make_organisation(session, "D9901001"), make.make_organisation(session, "D9901002")
    return make.make_pair(session, make.make_project(session, here.code), make.make_project(session, there.code))


@pytest.fixture
def planner(client: FlaskClient, session: Session, pair: DuplicatePair, sign_in: SignIn) -> FlaskClient:
    sign_in(client, make.make_user(session, "LAO_PLANNER", organisation="D9901001"))
    return client


def send(client: FlaskClient, pair: DuplicatePair, content: bytes, name: str = NAME, **more: Any) -> Any:
    data = {"act": "answer", "answer": "repair", "file": (io.BytesIO(content), name), **more}
    headers = {"If-Match": f'"d{pair.row_version}"'}
    return client.post(f"/api/v1/duplicates/{pair.id}/decisions", data=data, headers=headers)


def files(settings: Settings) -> list[Path]:
    return [path for path in attachment_dir(settings).rglob("*") if path.is_file()]


def test_a_paper_is_attached_told_and_opened_again(
    planner: FlaskClient, session: Session, pair: DuplicatePair, settings: Settings
) -> None:
    ours = PDF.replace(b"obj<<", b"obj % of this test\n<<")
    before = set(files(settings))
    done = send(planner, pair, ours, note="ตามมติสภา")
    assert done.status_code == 200, done.json
    paper = done.json["decisions"][0]["paper"]
    assert (paper["name"], paper["bytes"]) == (NAME, len(ours))
    got = planner.get(paper["url"])
    assert (got.status_code, got.data, got.mimetype) == (200, ours, "application/pdf")
    # Its Thai name is kept; nothing that was sent is shown inside the site.
    disposition = got.headers["Content-Disposition"]
    assert disposition.startswith("attachment") and NAME in unquote(disposition)
    assert got.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in got.headers["Content-Security-Policy"]
    assert planner.get(paper["url"], headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
    page = planner.get(f"/duplicates/{pair.id}").get_data(as_text=True)
    assert NAME in page and paper["url"] in page
    (kept,) = set(files(settings)) - before
    assert kept.stat().st_mode & 0o077 == 0 and kept.suffix == ".pdf"
    # In the history of both projects, with its name.
    logged = session.scalars(sa.text("SELECT after FROM change_log WHERE entity = 'duplicate_decision'")).all()
    assert [row["file_name"] for row in logged] == [NAME, NAME]
    assert planner.get(f"/api/v1/duplicates/{pair.id + 1}/decisions/1/paper").status_code == 404


def test_the_form_of_the_page_takes_it_too(planner: FlaskClient, session: Session, pair: DuplicatePair) -> None:
    form = {
        "act": "answer",
        "answer": "repair",
        "row_version": "1",
        "file": (io.BytesIO(b"no"), NAME),
        "note": "ทางเดิม",
    }
    refused = planner.post(f"/duplicates/{pair.id}", data=form)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "ไม่ใช่ PDF" in page and "ทางเดิม" in page
    assert session.scalars(sa.select(DuplicateDecision)).all() == []
    form["file"] = (io.BytesIO(PDF), NAME)
    assert planner.post(f"/duplicates/{pair.id}", data=form).status_code == 303
    assert session.scalars(sa.select(DuplicateDecision.file_name)).one() == NAME


def test_what_is_no_pdf_or_too_large_is_refused_and_not_kept(
    planner: FlaskClient, pair: DuplicatePair, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(settings)
    for content in (b"", b"<html><script>alert(1)</script>", b"<html>" + PDF, PDF[:20], b"PK\x03\x04" + PDF):
        refused = send(planner, pair, content)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "paper_not_pdf")
    monkeypatch.setattr(attachment_files, "MAX_BYTES", 64)
    refused = send(planner, pair, PDF)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "paper_too_large")
    # A step that is refused for another reason leaves nothing either.
    monkeypatch.undo()
    assert send(planner, pair, PDF, answer="nonsense").status_code == 422
    assert files(settings) == before
    assert is_pdf(PDF) and not is_pdf(b"")


def test_a_hostile_name_stays_a_name(planner: FlaskClient, pair: DuplicatePair, settings: Settings) -> None:
    done = send(planner, pair, PDF, name="../../etc/\u202ehtml.exe")
    paper = done.json["decisions"][0]["paper"]
    assert "/" not in paper["name"] and "\u202e" not in paper["name"]
    assert planner.get(paper["url"]).headers["Content-Disposition"].endswith(".pdf")
    assert not (settings.var_dir / "etc").exists()


def test_only_the_staff_opens_it(
    client: FlaskClient, session: Session, pair: DuplicatePair, settings: Settings, sign_in: SignIn
) -> None:
    step = make.make_paper(session, settings.var_dir, pair)
    address = f"/api/v1/duplicates/{pair.id}/decisions/{step.id}/paper"
    assert client.get(address).status_code == 401
    sign_in(client, make.make_user(session, "LAO_PLANNER", organisation="D9901002"))
    assert client.get(address).status_code == 200
    # A paper belongs to its pair: the number of another step finds nothing.
    assert client.get(f"/api/v1/duplicates/{pair.id}/decisions/{step.id + 1}/paper").status_code == 404


def test_the_sweeper_leaves_what_a_step_names(session: Session, pair: DuplicatePair, settings: Settings) -> None:
    folder = attachment_dir(settings)
    step = make.make_paper(session, settings.var_dir, pair)
    assert step.file_sha256 is not None
    orphan = paper_path(folder, "ab" + "0" * 62)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(PDF)
    os.utime(orphan, (time.time() - 1e6,) * 2)
    sweep(session, folder)
    assert paper_path(folder, step.file_sha256).is_file() and not orphan.exists()

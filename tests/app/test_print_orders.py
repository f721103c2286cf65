"""Printing: at once when short, by the worker when long, never for eyes that may not see it."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.db import SYSTEM
from app.errors import NotFound
from app.jobs.prints import print_form
from app.jobs.registry import JobRun
from app.models import BackgroundJob, UserAccount
from app.services import jobs, print_orders
from app.services.jobs import Silent
from app.services.print_orders import FORM, PrintOrder
from app.settings import Settings
from tests.app.conftest import SignIn
from tests.app.plan_world import PlanWorld, make_plan_world
from tests.conftest import RolledBackDatabase


@pytest.fixture
def world(session: Session) -> PlanWorld:
    world = make_plan_world(session)
    world.line("ก่อสร้างถนน")
    return world


def test_a_long_form_becomes_a_job_and_the_person_is_taken_there(
    app: Flask, sign_in: SignIn, session: Session, world: PlanWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_orders, "DIRECT_ROWS", 1)
    desk = sign_in(app.test_client(), session.get_one(UserAccount, world.planner.user_id))
    url = f"/api/v1/plan-versions/{world.version_id}/forms/p02/file?format=pdf"
    told = desk.get(url)
    assert told.status_code == 202 and told.json["job"]["kind"] == "print"
    assert told.headers["Location"] == f"/api/v1/jobs/{told.json['job']['id']}"
    taken = desk.get(url, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert taken.status_code == 303
    # Pressed twice, printed once.
    assert taken.headers["Location"].endswith(f"/jobs#job-{told.json['job']['id']}")
    assert desk.get(f"/api/v1/prints/{told.json['job']['id']}/file").status_code == 404
    world.promulgate()
    refused = app.test_client().get(url)
    assert refused.status_code == 413 and refused.json["code"] == "print_too_large"


def test_a_draft_is_laid_out_for_staff_only(session: Session, world: PlanWorld) -> None:
    from app.auth.actor import ANONYMOUS

    wanted = PrintOrder(FORM, world.version_id, "p02")
    assert "ผ.02" in print_orders.laid_out(session, world.planner, wanted).stem
    with pytest.raises(NotFound, match="plan_version_not_found"):
        print_orders.laid_out(session, ANONYMOUS, wanted)
    with pytest.raises(NotFound, match="plan_form_not_found"):
        print_orders.laid_out(session, world.planner, PrintOrder(FORM, world.version_id, "p99"))


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium to print with")
def test_the_worker_prints_and_its_owner_fetches_the_file(
    app: Flask, sign_in: SignIn, session: Session, database: RolledBackDatabase, settings: Settings, world: PlanWorld
) -> None:
    wanted = PrintOrder(FORM, world.version_id, "p02", receipt="R-1234")
    identity = print_orders.enqueue(session, world.planner, wanted, "ผ.02.pdf")
    session.commit()
    run = JobRun(identity, print_orders.KIND, asdict(wanted), world.planner, SYSTEM, database, settings, Silent())
    result = print_form(run)
    session.get_one(BackgroundJob, identity).status = "RUNNING"
    jobs.succeed(session, identity, result)
    session.commit()
    desk = sign_in(app.test_client(), session.get_one(UserAccount, world.planner.user_id))
    file = desk.get(result["url"])
    assert file.status_code == 200 and file.data.startswith(b"%PDF")
    assert len(list((Path(settings.var_dir) / "exports").glob("print-*.pdf"))) == 1
    other = sign_in(app.test_client(), session.get_one(UserAccount, world.executive.user_id))
    assert other.get(result["url"]).status_code == 404


def test_what_is_in_force_is_printed_once_and_a_draft_every_time(
    app: Flask, sign_in: SignIn, session: Session, world: PlanWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    printings = []

    def print_page(html: str, *, tagged: bool) -> bytes:
        printings.append(html)
        return b"%PDF-1.4"

    monkeypatch.setattr(print_orders, "print_page", print_page)
    desk = sign_in(app.test_client(), session.get_one(UserAccount, world.planner.user_id))
    url = f"/api/v1/plan-versions/{world.version_id}/forms/p02/file?format=pdf"
    assert [desk.get(url).status_code for _ in range(2)] == [200, 200]
    assert len(printings) == 2
    world.promulgate()
    visitor = app.test_client()
    assert [client.get(url).data for client in (desk, visitor, visitor)] == [b"%PDF-1.4"] * 3
    assert len(printings) == 3
    # The address in the foot is that of the page, for a person to open.
    assert f"http://localhost/plan-versions/{world.version_id}/p02<" in printings[-1]
    visitor.get(f"{url}&paper=a3")
    monkeypatch.setattr(print_orders, "COPY_KEPT_S", 0)
    visitor.get(url)
    assert len(printings) == 5

"""Imports in real processes: a killed worker, a cut connection, the command line."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from app.auth.actor import SYSTEM_ACTOR
from app.cli import importing
from app.db import SYSTEM, Database, upload_dir
from app.jobs.imports import enqueue_accept, enqueue_stage
from app.services import imports
from app.settings import Settings
from tests import factories
from tests.app.test_imports import geojson, named, road
from tests.app.worker_processes import Workers, state, until

ROWS = 3_000


@pytest.fixture
def office(committed: Database) -> Database:
    """The default organisation, committed."""
    with committed.transaction() as session:
        factories.make_organisation(session)
    return committed


def received(database: Database, settings: Settings, rows: int) -> int:
    """A file of many roads, its staging in the queue."""
    content = geojson(*((road(n % 30), {"NAME": f"ถนนสายที่ {n}", "BUDGET": 100_000 + n}) for n in range(rows)))
    source = settings.var_dir.parent / "roads.geojson"
    source.write_bytes(content)
    with source.open("rb") as stream:
        kept = imports.Received.keep(stream, "roads.geojson", upload_dir(settings))
    with database.transaction() as session:
        batch = imports.receive(
            session, SYSTEM_ACTOR, kept, organisation_code="D9901001", fiscal_year_be=2570, kind="road"
        )
        enqueue_stage(session, SYSTEM_ACTOR, batch, "ตรวจไฟล์")
        return batch.id


def counts(database: Database) -> dict[str, Any]:
    """Everything that an import writes."""
    tables = ("import_row", "project", "appropriation", "project_geometry", "project_geometry_segment")
    with database.reading() as session:
        found = {table: session.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in tables}
        found["status"] = session.scalar(sa.text("SELECT status FROM import_batch"))
        found["job"] = session.scalar(sa.text("SELECT background_job_id FROM import_batch"))
    return found


def staged(database: Database, settings: Settings, rows: int) -> int:
    """A batch that is staged in this process."""
    from app.services.jobs import Silent

    batch_id = received(database, settings, rows)
    with database.transaction() as session:
        imports.stage(session, SYSTEM_ACTOR, batch_id, upload_dir(settings), Silent())
        # Its staging job must not run again beside the acceptance.
        session.execute(sa.text("UPDATE procrastinate_jobs SET status = 'cancelled'"))
    return batch_id


def accept_job(database: Database, batch_id: int) -> int:
    with database.transaction() as session:
        batch = imports.held_batch(session, SYSTEM_ACTOR, batch_id)
        return enqueue_accept(session, SYSTEM_ACTOR, batch, "รับไฟล์").id


def test_worker_killed_while_accepting_leaves_nothing_and_the_next_finishes(
    office: Database,
    own_settings: Settings,
    workers: Workers,
) -> None:
    job_id = accept_job(office, staged(office, own_settings, ROWS))
    first = workers.start()
    until(lambda: state(office, job_id).progress_step == "import_step_projects", "projects being made")
    first.send_signal(signal.SIGKILL)
    first.wait()
    found = counts(office)
    assert (found["project"], found["project_geometry"], found["status"]) == (0, 0, "STAGED")
    workers.start()
    job = until(lambda: (j := state(office, job_id)).status == "DONE" and j, "the second worker's end", 200)
    assert (job.attempts, job.result["created"]) == (2, ROWS)
    found = counts(office)
    assert [found[t] for t in ("project", "appropriation", "project_geometry", "project_geometry_segment")] == [
        ROWS
    ] * 4
    assert found["status"] == "ACCEPTED"


def test_connection_cut_while_accepting_is_all_or_nothing(
    office: Database,
    own_settings: Settings,
    workers: Workers,
    own_database: str,
) -> None:
    job_id = accept_job(office, staged(office, own_settings, ROWS))
    workers.start()
    until(lambda: state(office, job_id).progress_step == "import_step_projects", "projects being made")
    engine = sa.create_engine(own_database, poolclass=sa.NullPool)
    with engine.connect() as superuser:
        killed = superuser.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'eplan' AND xact_start IS NOT NULL"
            )
        ).all()
    engine.dispose()
    assert killed
    job = until(lambda: (j := state(office, job_id)).status in ("DONE", "FAILED") and j, "the second attempt", 200)
    assert (job.status, job.result) == ("DONE", {"batch": 1, "created": ROWS, "recorded": ROWS})
    assert counts(office)["project"] == ROWS


def test_staging_killed_in_the_middle_starts_over(
    office: Database,
    own_settings: Settings,
    workers: Workers,
) -> None:
    received(office, own_settings, 12_000)
    job_id = counts(office)["job"]
    first = workers.start()
    until(lambda: state(office, job_id).progress_done > 0, "the first rows")
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (counts(office)["import_row"], counts(office)["status"]) == (0, "RECEIVED")
    workers.start()
    until(lambda: state(office, job_id).status == "DONE", "the second worker's end", 200)
    assert (counts(office)["import_row"], counts(office)["status"]) == (12_000, "STAGED")


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch, office: Database, own_settings: Settings) -> Callable[..., Result]:
    """``eplan import ...`` on the test's database."""
    monkeypatch.setattr(importing, "database", lambda: office)
    monkeypatch.setattr(importing, "settings", lambda: own_settings)
    return lambda *arguments: CliRunner().invoke(importing.command, arguments)


def test_command_line_follows_the_contract(
    office: Database, command_line: Callable[..., Result], tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.geojson", tmp_path / "bad.geojson"
    good.write_bytes(geojson(*named(2)))
    bad.write_bytes(geojson(*named(1), (road(5), {"NAME": "ถนนทองคำ", "SURF": "ทองคำ"})))
    asked = ("--organisation", "D9901001", "--fiscal-year", "2570", "--kind", "road")

    dry = command_line(str(good), *asked, "--dry-run", "--json")
    answer = json.loads(dry.stdout)
    assert dry.exit_code == 0, dry.stderr
    assert list(answer) == ["batch", "accepted", "epsg", "encoding", "rows", "problems"]
    assert (answer["accepted"], answer["epsg"], answer["problems"]) == (False, 4326, [])
    assert list(answer["rows"][0]) == ["row", "project", "geometry", "problems"]
    assert answer["rows"][0]["geometry"]["type"] == "LineString"
    assert counts(office)["project"] == 0

    refused = command_line(str(bad), *asked, "--json")
    answer = json.loads(refused.stdout)
    assert (refused.exit_code, answer["accepted"]) == (1, False)
    problem = answer["rows"][1]["problems"][0]
    assert list(problem) == ["code", "level", "field", "message", "fix"]
    assert (problem["code"], problem["field"]) == ("code_unknown", "surface")
    assert "แถว 2" in command_line(str(bad), *asked).stderr

    accepted = command_line(str(good), *asked, "--json")
    answer = json.loads(accepted.stdout)
    assert (accepted.exit_code, answer["accepted"]) == (0, True)
    assert [row["project"] for row in answer["rows"]] == ["70-D9901001-0001", "70-D9901001-0002"]
    assert counts(office)["project"] == 2

    undone = command_line("--undo", str(answer["batch"]), "--json")
    assert (undone.exit_code, json.loads(undone.stdout)) == (
        0,
        {"batch": answer["batch"], "undone": True, "withdrawn": 2, "returned": 0, "problems": []},
    )
    refused = command_line("--undo", "999")
    assert (refused.exit_code, "999" in refused.stderr) == (1, True)
    assert command_line(str(good)).exit_code == 2

    assert command_line(str(bad), *asked, "--map", "surface=").exit_code == 0
    unknown = command_line(str(good), "--organisation", "NOPE", *asked[2:], "--json")
    assert (unknown.exit_code, json.loads(unknown.stdout)["problems"][0]["code"]) == (1, "organisation_unknown")
    assert command_line(str(good), *asked[:-1], "rail").exit_code == 2
    assert command_line(str(good), *asked, "--map", "nonsense").exit_code == 2


def test_command_line_takes_suggestions_only_when_asked(
    office: Database, command_line: Callable[..., Result], tmp_path: Path
) -> None:
    with office.transaction(SYSTEM) as session:
        planned = factories.make_project(session, "D9901001", name_th="ก่อสร้างถนน คสล. สายบ้านหนองแวง หมู่ที่ 4").code
    file = tmp_path / "roads.geojson"
    file.write_bytes(geojson((road(), {"NAME": "สร้างถนน คสล. สายบ้านหนองแวง หมู่ที่ 4"})))
    asked = (str(file), "--organisation", "D9901001", "--fiscal-year", "2570", "--kind", "road", "--dry-run", "--json")
    (row,) = json.loads(command_line(*asked).stdout)["rows"]
    assert (row["project"], [one["code"] for one in row["problems"]]) == (None, ["project_similar"])
    for more, project in ((["--match"], planned), (["--match", "0.99"], None)):
        (row,) = json.loads(command_line(*asked, *more).stdout)["rows"]
        assert row["project"] == project

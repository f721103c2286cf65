"""``./eplan up``, ``status``, ``down`` for real, on a cluster of their own in a temporary directory."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import supervisor
from app.cli.cluster import Cluster, private_cluster, throwaway_cluster

ROOT = Path(__file__).resolve().parent.parent
START_S = 120
"""A busy machine takes its time; what is waited for is the condition."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """One installation with its own ``var`` directory."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir, self.port = var_dir, _free_port()

    def eplan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("EPLAN_") and k != "DATABASE_URL"}
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=ROOT,
            env=environment | {"EPLAN_VAR_DIR": str(self.var_dir)},
            text=True,
            capture_output=True,
            check=False,
            timeout=200,
        )

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=START_S) as response:
            return response.status, response.read()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose database is made once; stopped at the end, whatever a test left running."""
    installation = Site(tmp_path_factory.mktemp("site") / "var")
    yield installation
    installation.eplan("down")


@pytest.mark.long
def test_up_runs_the_site_and_down_stops_all_of_it(site: Site) -> None:
    up = site.eplan("up", "--detach", "--no-demo", "--port", str(site.port))
    assert up.returncode == 0, up.stdout + up.stderr
    assert f"http://127.0.0.1:{site.port}/" in up.stdout
    assert site.get("/healthz")[1].strip() == b"ok"
    assert json.loads(site.get("/readyz")[1])["database"]

    again = site.eplan("up", "--port", str(site.port))
    assert again.returncode == 0
    assert "already running" in again.stdout

    status = site.eplan("status").stdout
    assert f"http://127.0.0.1:{site.port}/" in status
    assert "PostGIS" in status

    assert site.eplan("db", "check").returncode == 0

    assert site.eplan("down").stdout.strip() == "stopped"
    assert supervisor.running(site.var_dir) is None
    assert not private_cluster(site.var_dir).is_running()
    assert "not running" in site.eplan("status").stdout
    assert site.eplan("down").stdout.strip() == "nothing was running"


@pytest.mark.long
def test_a_killed_worker_is_started_again(site: Site) -> None:
    assert site.eplan("up", "--detach", "--no-demo", "--port", str(site.port)).returncode == 0
    up = supervisor.running(site.var_dir)
    assert up is not None
    worker = _child_of(up.pid, "app.jobs.worker")
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + START_S
    while _child_of(up.pid, "app.jobs.worker") in {0, worker}:
        assert time.monotonic() < deadline, "the worker was not started again"
        time.sleep(0.2)
    assert site.eplan("down").returncode == 0
    assert not private_cluster(site.var_dir).is_running()


def _child_of(parent: int, wanted: str) -> int:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if int(stat[1]) == parent and wanted in command and stat[0] != "Z":
            return int(entry.name)
    return 0


def test_an_unknown_command_is_wrong_usage(site: Site) -> None:
    assert site.eplan("fly").returncode == 2


def test_a_cluster_that_another_process_stopped_meanwhile_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running = iter([True, False])

    def run(_self: Cluster, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(Cluster, "run", run)
    monkeypatch.setattr(Cluster, "is_running", lambda _self: next(running))
    Cluster(tmp_path, tmp_path, tmp_path / "log", None).stop()
    assert list(running) == []


def test_a_throwaway_cluster_is_stopped_by_the_last_of_its_users(tmp_path: Path) -> None:
    with throwaway_cluster(tmp_path) as first:
        with throwaway_cluster(tmp_path) as second:
            assert second == first
        cluster = private_cluster(tmp_path, durable=False, autovacuum=False)
        assert cluster.is_running()
    assert not cluster.is_running()

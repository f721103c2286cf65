"""Web server and worker under one parent: started together, restarted when one dies, stopped together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from app.cli.cluster import Cluster
from app.settings import ROOT, Settings

_STOP_SECONDS = 20
_QUICK_DEATH_SECONDS = 5
_MOST_QUICK_DEATHS = 5


@dataclass(frozen=True)
class Running:
    """What ``up`` wrote down about itself."""

    pid: int
    started: str
    host: str
    port: int

    @property
    def address(self) -> str:
        """Address to open in a browser."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  compared, not bound
        return f"http://{host}:{self.port}/"


def state_file(var_dir: Path) -> Path:
    """Where the running supervisor is written down."""
    return var_dir / "eplan.json"


def running(var_dir: Path) -> Running | None:
    """The supervisor of ``var_dir`` when it is alive; a process that merely got its number does not count."""
    try:
        found = Running(**json.loads(state_file(var_dir).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if _start_time(found.pid) == found.started else None


def _start_time(pid: int) -> str:
    """Start of a process in clock ticks since boot (field 22 of ``/proc/PID/stat``); '' when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


class Supervisor:
    """Parent of the web server and the worker.

    Parameters
    ----------
    cluster
        Private cluster to stop at the end, or ``None`` when the database is somebody else's.
    """

    def __init__(self, settings: Settings, host: str, port: int, cluster: Cluster | None) -> None:
        self.settings, self.host, self.port, self.cluster = settings, host, port, cluster
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._born: dict[str, float] = {}
        self._quick_deaths: dict[str, int] = {}
        self._stopping = False

    def run(self) -> int:
        """Run until a signal comes; 0 after a clean stop, 1 when a part keeps dying."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        me = Running(os.getpid(), _start_time(os.getpid()), self.host, self.port)
        state_file(self.settings.var_dir).write_text(json.dumps(asdict(me)), encoding="utf-8")
        try:
            for name in self._commands():
                self._spawn(name)
            return self._watch()
        finally:
            self._end_children()
            state_file(self.settings.var_dir).unlink(missing_ok=True)
            if self.cluster is not None:
                self.cluster.stop()

    def _commands(self) -> dict[str, list[str]]:
        web = [
            str(Path(sys.executable).parent / "granian"),
            "--interface",
            "wsgi",
            "--host",
            self.host,
            "--port",
            str(self.port),
            "--workers",
            "2",
            "--blocking-threads",
            "4",
            "--no-ws",
            "--workers-kill-timeout",
            "10",
            "--respawn-failed-workers",
            "app.wsgi:application",
        ]
        return {"web": web, "worker": [sys.executable, "-m", "app.jobs.worker"]}

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "EPLAN_SECRET_KEY": self.settings.secret_key,
            "EPLAN_PASSWORD_SALT": self.settings.password_salt,
            "EPLAN_SECOND_FACTOR": self.settings.second_factor,
            "EPLAN_TOTP_KEY": self.settings.totp_key,
            "EPLAN_VAR_DIR": str(self.settings.var_dir),
            "PYTHONUNBUFFERED": "1",
        }

    def _spawn(self, name: str) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which then stops its children in order.
        self._children[name] = subprocess.Popen(
            self._commands()[name],
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._born[name] = time.monotonic()

    def _watch(self) -> int:
        while not self._stopping:
            time.sleep(0.2)
            for name, child in list(self._children.items()):
                if child.poll() is None or self._stopping:
                    continue
                if not self._may_restart(name):
                    print(
                        f"{name} keeps stopping (exit {child.returncode}); giving up",
                        file=sys.stderr,
                        flush=True,
                    )
                    return 1
                print(
                    f"{name} stopped (exit {child.returncode}); starting it again",
                    file=sys.stderr,
                    flush=True,
                )
                self._spawn(name)
        return 0

    def _may_restart(self, name: str) -> bool:
        quick = time.monotonic() - self._born[name] < _QUICK_DEATH_SECONDS
        self._quick_deaths[name] = self._quick_deaths.get(name, 0) + 1 if quick else 0
        return self._quick_deaths[name] < _MOST_QUICK_DEATHS

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _end_children(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

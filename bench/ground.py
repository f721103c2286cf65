"""What the benchmarks stand on: a filled database, kept between runs, and a real web server in front of it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import migrate
from app.auth.tokens import new_token
from app.db import libpq_url
from app.models import ApiToken, Membership, UserAccount
from app.services.areas import load_areas
from app.services.codelists import load_codelists
from app.settings import ROOT
from bench.generate import fill

PROJECTS = int(os.environ.get("EPLAN_BENCH_PROJECTS", "1000000"))


@dataclass(frozen=True)
class Ground:
    """A filled database.

    Parameters
    ----------
    url
        SQLAlchemy address of a superuser.
    projects
        How many projects it has.
    """

    url: str
    projects: int

    @property
    def libpq(self) -> str:
        """The address for psycopg2 and ogr2ogr."""
        return libpq_url(self.url)


@cache
def ground(projects: int = PROJECTS, boundaries: str = "") -> Ground:
    """A database with so many projects, made on first use and brought to the newest schema.

    ``EPLAN_BENCH_DATABASE`` names a filled one; else ``EPLAN_TEST_SERVER`` or a private cluster under ``var/bench``
    gets a database ``eplan_bench_<projects>`` that stays for the next run.

    Parameters
    ----------
    boundaries
        File of areas to put the projects into; empty = made ones. Such a database is another one.
    """
    given = os.environ.get("EPLAN_BENCH_DATABASE", "")
    if given:
        url = given.replace("postgresql://", "postgresql+psycopg2://", 1)
        _bring_up(url)
        return Ground(url, _count(url))
    url = _server()
    name = f"eplan_bench_{projects}" + ("_real" if boundaries else "")
    made = _database(url, name)
    if _exists(url, name) and _count(made) == projects:
        _bring_up(made)
        return Ground(made, projects)
    print(f"filling {name}, some minutes ...", file=sys.stderr)
    _make(url, name)
    if boundaries:
        _load_areas(made, Path(boundaries))
    fill(libpq_url(made), projects)
    return Ground(made, projects)


def empty(name: str) -> Ground:
    """A new database on the same server with the schema and the code lists only; an earlier one of the name goes."""
    url = _server()
    _make(url, name)
    return Ground(_database(url, name), 0)


def staff_token(at: Ground, role: str = "CENTRAL_ANALYST", organisation: str | None = None) -> str:
    """A token of an analyst who sees the nation, or of another role; made anew for every run."""
    token = new_token()
    engine = sa.create_engine(at.url, poolclass=sa.NullPool)
    with Session(engine) as session, session.begin():
        user = UserAccount(username=f"bench-{token.prefix}", display_name="bench", fs_uniquifier=token.sha256)
        session.add(user)
        session.flush()
        session.add(Membership(user_id=user.id, role_code=role, organisation_code=organisation))
        session.add(ApiToken(user_id=user.id, name="bench", prefix=token.prefix, token_sha256=token.sha256))
    engine.dispose()
    return token.secret


def _server() -> str:
    server = os.environ.get("EPLAN_TEST_SERVER", "").replace("postgresql://", "postgresql+psycopg2://", 1)
    return server or _private_server()


def _database(server: str, name: str) -> str:
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def _exists(server: str, name: str) -> bool:
    with sa.create_engine(server, poolclass=sa.NullPool).connect() as connection:
        return connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": name}) is not None


def _make(server: str, name: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    made = _database(server, name)
    migrate.upgrade(made)
    owner = sa.create_engine(made, poolclass=sa.NullPool)
    with Session(owner) as session, session.begin():
        load_codelists(session)
    owner.dispose()


def _count(url: str) -> int:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        if connection.scalar(sa.text("SELECT to_regclass('project')")) is None:
            return 0
        return int(connection.scalar(sa.text("SELECT count(*) FROM project")) or 0)


def _bring_up(url: str) -> None:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        current = migrate.current(connection) == migrate.head()
    if not current:
        migrate.upgrade(url)


def _load_areas(url: str, path: Path) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with Session(engine) as session, session.begin():
        load_areas(session, path)
    engine.dispose()


def _private_server() -> str:
    from app.cli.cluster import private_cluster

    cluster = private_cluster(ROOT / "var" / "bench", durable=False)
    cluster.start()
    return cluster.url("postgres", "postgres")


@contextmanager
def served(at: Ground, workers: int = 2) -> Iterator[int]:
    """The real application behind the real web server; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": at.libpq,
            "EPLAN_SECRET_KEY": "benchmark-" + "x" * 32,
            "EPLAN_PASSWORD_SALT": "benchmark",
            "EPLAN_SECOND_FACTOR": "optional",
            "EPLAN_VAR_DIR": folder,
        }
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *(
                "--workers",
                str(workers),
                "--blocking-threads",
                "4",
                "--no-ws",
                "--workers-kill-timeout",
                "3",
                "--log-level",
                "warning",
                "app.wsgi:application",
            ),
        ]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            raise RuntimeError(f"the web server ended with {process.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError("the web server does not answer")

"""The platform as it runs in the simulation: database, web application, worker's duties, mail server."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app, migrate
from app.auth.cache import CACHE
from app.auth.sessions import start_session
from app.cli.cluster import private_cluster
from app.db import Database
from app.jobs.upkeep import DUTIES
from app.jobs.upkeep import Site as Workplace
from app.services.codelists import load_codelists
from app.settings import Settings
from simulation.clock import Clock
from tests.app.smtp_server import Server, smtp_server

POST = (
    "open the calendar of the fiscal year",
    "count what is entered",
    "write the digests of the day",
    "send the mail",
)
"""Duties of every round of the worker in the day; all the others are done at night before them."""


@dataclass
class Site:
    """Everything that stands for the running platform."""

    clock: Clock
    settings: Settings
    database: Database
    application: Flask
    mail: Server
    owner: sa.Engine
    keys: dict[int, tuple[datetime, str]] = field(default_factory=dict)

    def work(self, moment: datetime, duties: tuple[str, ...] = POST, *, night: bool = False) -> None:
        """Let the worker do duties at a moment, each once."""
        self.clock.set(moment)
        place = Workplace(self.database, self.settings, threading.Event())
        known = {duty.what: duty for duty in DUTIES}
        others = [name for name in known if name not in duties] if night else []
        for name in (*others, *duties):
            known[name].act(place)

    def get(self, user_id: int, address: str) -> Any:
        """What the web application answers to somebody, as a program reads it."""
        client = self.application.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = self._signed_in(user_id)
            cookie["_fresh"] = True
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}: {answer.get_data(as_text=True)[:500]}")
        return answer.get_json() if answer.is_json else answer.get_data(as_text=True)

    def _signed_in(self, user_id: int) -> str:
        """A session of today; its password was asked in another test."""
        since, key = self.keys.get(user_id, (None, ""))
        now = datetime.now().astimezone()
        if since is None or since.date() != now.date():
            with self.database.transaction() as session:
                key = start_session(session, user_id)
            CACHE.clear()
            self.keys[user_id] = now, key
        return key


def fill(url: str) -> None:
    """An empty database at the newest schema, with the code lists."""
    migrate.upgrade(url)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with Session(engine) as session, session.begin():
        load_codelists(session)
    engine.dispose()


@contextmanager
def server(directory: Path) -> Iterator[str]:
    """Superuser address of a PostgreSQL whose clock is this process's, running while the block does."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "run.lock").open("w") as alone:
        # One run at a time: another would set the clock of this one's database.
        fcntl.flock(alone, fcntl.LOCK_EX)
        cluster = private_cluster(directory, durable=False, autovacuum=False)
        # One that was left over by a run that was broken off goes by a clock that is no more.
        cluster.stop()
        cluster.start()
        try:
            yield cluster.url("postgres", "postgres")
        finally:
            cluster.stop()


@contextmanager
def site(clock: Clock, server_url: str, template: str, var_dir: Path) -> Iterator[Site]:
    """The platform on a fresh copy of ``template``."""
    engine = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS simulation WITH (FORCE)"))
        connection.execute(sa.text(f'CREATE DATABASE simulation TEMPLATE "{template}"'))
    url = sa.make_url(server_url).set(database="simulation").render_as_string(hide_password=False)
    with smtp_server() as mail:
        settings = Settings(
            database_url=url,
            owner_database_url=url,
            secret_key="simulation-only-" + "x" * 32,
            password_salt="simulation-only",  # noqa: S106  nobody signs in with a password
            second_factor="optional",
            var_dir=var_dir,
            smtp_url=mail.url,
            mail_from="eplan@example.org",
            public_url="https://eplan.example",
        )
        database = Database(settings)
        try:
            application = create_app(settings, database)
            yield Site(clock, settings, database, application, mail, sa.create_engine(url, poolclass=sa.NullPool))
        finally:
            database.dispose()

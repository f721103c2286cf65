"""A real PostGIS for every test: built by the migrations, cloned per run, rolled back per test."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from app import migrate
from app.db import SYSTEM, Answer, Attribution, Database, attribute
from app.services import money_rules
from app.services.codelists import load_codelists
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent

# How fast an example runs is the machine's affair: speed is measured in bench/, never by a test.
hypothesis.settings.register_profile("eplan", deadline=None)
hypothesis.settings.load_profile("eplan")


SERVER = "EPLAN_TEST_SERVER"


def pytest_sessionstart(session: pytest.Session) -> None:
    """One cluster for all workers: the process that starts them starts it, and hands its address down."""
    if not session.config.getoption("numprocesses", None) or os.environ.get(SERVER):
        return
    from app.cli.cluster import throwaway_cluster

    cluster = ExitStack()
    os.environ[SERVER] = cluster.enter_context(throwaway_cluster(ROOT / "var" / "test"))
    session.config.add_cleanup(cluster.close)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Ours, unless a person chose another with ``--dist``. (``loadgroup`` cannot mark groups with pytest 9.2.)"""
    if config.getoption("dist") != "load":
        return None
    from tests.distribution import Distribution

    return Distribution(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin what takes long first: else one worker waits for another's last test."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """Superuser address of a PostgreSQL with PostGIS: ``EPLAN_TEST_SERVER``, else a throwaway private cluster."""
    given = os.environ.get(SERVER, "")
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg2://", 1)
        return
    from app.cli.cluster import throwaway_cluster

    with throwaway_cluster(ROOT / "var" / "test") as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def _years_later() -> Iterator[None]:
    """What the tests pay and sign in 2570 and after is done, whenever they run; who asks what is to come sets a day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(money_rules, "today", lambda: date(2030, 1, 15))
        yield


def _maintenance(url: str) -> sa.Engine:
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)


def _sibling(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def fingerprint() -> str:
    """Of everything that makes an empty database at the newest schema."""
    digest = hashlib.sha256()
    for path in sorted([*(ROOT / "migrations").rglob("*.py"), *(ROOT / "app" / "codelists").iterdir()]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def kept_database(server_url: str, name: str, fill: Callable[[str], None], template: str = "template1") -> str:
    """Name of a database that is filled once and kept for later runs.

    Workers and runs that want the same one at the same time wait for the first to fill it. It gets its final name when
    it is complete, so that a run which was broken off leaves nothing that looks usable.
    """
    ready = f"{name}_ready"
    with _maintenance(server_url).connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(hashtextextended(:n, 0))"), {"n": name})
        if not connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": ready}):
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
            fill(_sibling(server_url, name))
            connection.execute(sa.text(f'ALTER DATABASE "{name}" RENAME TO "{ready}"'))
    return ready


def _fill_template(url: str) -> None:
    migrate.upgrade(url)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with Session(engine) as session, session.begin():
        load_codelists(session)
    engine.dispose()


@pytest.fixture(scope="session")
def template_database(server_url: str) -> str:
    """Name of a database at the newest schema with the code lists; kept between runs while the schema is the same."""
    return kept_database(server_url, f"eplan_template_{fingerprint()}", _fill_template)


@contextmanager
def cloned_database(server_url: str, template: str, name: str) -> Iterator[str]:
    """A private copy of the template; dropped at the end."""
    engine = _maintenance(server_url)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield _sibling(server_url, name)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """Address of this run's database."""
    with cloned_database(server_url, template_database, f"eplan_test_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the run; nothing comes from the developer's environment."""
    return Settings(
        database_url=database_url,
        owner_database_url=database_url,
        secret_key="test-only-key-" + "x" * 32,
        password_salt="test-only-salt",
        second_factor="optional",
        var_dir=tmp_path_factory.mktemp("var"),
    )


class RolledBackDatabase(Database):
    """The application's database on one connection whose outer transaction never commits."""

    def __init__(self, settings: Settings, connection: sa.Connection) -> None:
        self.settings = settings
        self.use(connection)

    def use(self, connection: sa.Connection) -> None:
        """Go on with another connection."""
        self.engine = connection.engine
        self._sessions = sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")

    def glance(self, ask: Callable[[sa.Connection], Answer]) -> Answer:
        """Read inside the test's transaction."""
        with self.reading() as session:
            return ask(session.connection())

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read inside the test's transaction; ``transaction_read_only`` is set for its duration."""
        with self._sessions() as session:
            session.execute(sa.text("SET LOCAL transaction_read_only = on"))
            try:
                yield session
            finally:
                session.rollback()


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[sa.Engine]:
    """Engine that assumes the application role, as in production."""
    database = Database(settings)
    yield database.engine
    database.dispose()


class DeadRows:
    """What the tests took back and the database still keeps: every later test would read over it.

    The throwaway cluster cleans up nothing by itself (statistics of rows that are gone mislead the planner), so it is
    told to, whenever enough has come together. ``VACUUM`` alone gathers no statistics.
    """

    _WORTH_IT_BYTES = 8 << 20
    # Asking takes longer than many a test: the size is a sum over a thousand files.
    _ASKED_EVERY = 20

    def __init__(self, url: str) -> None:
        self._url = url
        self._clean_bytes: int | None = None
        self._tests = 0

    def remove(self, connection: sa.Connection) -> None:
        """Remove them when the database has grown; ``connection`` is the application's and in no transaction."""
        self._tests += 1
        if self._tests % self._ASKED_EVERY != 1:
            return
        size_bytes = self._size_bytes(connection)
        if self._clean_bytes is None or size_bytes < self._clean_bytes:
            self._clean_bytes = size_bytes
        elif size_bytes - self._clean_bytes > self._WORTH_IT_BYTES:
            with _maintenance(self._url).connect() as owner:
                owner.execute(sa.text("VACUUM"))
            self._clean_bytes = self._size_bytes(connection)

    @staticmethod
    def _size_bytes(connection: sa.Connection) -> int:
        size: int = connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
        connection.rollback()
        return size


@pytest.fixture(scope="session")
def dead_rows(database_url: str) -> DeadRows:
    """Those of this run's database."""
    return DeadRows(database_url)


@pytest.fixture
def connection(engine: sa.Engine, dead_rows: DeadRows) -> Iterator[sa.Connection]:
    """One connection; whatever the test commits is undone."""
    with engine.connect() as opened:
        dead_rows.remove(opened)
        outer = opened.begin()
        yield opened
        outer.rollback()


@contextmanager
def lasting(engine: sa.Engine, make: Callable[[Session], object]) -> Iterator[sa.Connection]:
    """A connection that sees what ``make`` wrote, for all tests of a module; none of it stays.

    The module's own fixture ``connection`` gives it to each test inside :func:`undone`.
    """
    with engine.connect() as opened:
        outer = opened.begin()
        with Session(opened, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            attribute(session, SYSTEM)
            make(session)
            session.commit()
        yield opened
        outer.rollback()


@contextmanager
def undone(connection: sa.Connection) -> Iterator[sa.Connection]:
    """The connection of :func:`lasting` for one test; what the test writes is taken back."""
    savepoint = connection.begin_nested()
    yield connection
    savepoint.rollback()


@pytest.fixture
def database(settings: Settings, connection: sa.Connection) -> RolledBackDatabase:
    """Database object to hand to the application under test."""
    return RolledBackDatabase(settings, connection)


@pytest.fixture
def session(connection: sa.Connection) -> Iterator[Session]:
    """Session of the test itself, attributed to nobody in particular."""
    with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as opened:
        attribute(opened, SYSTEM)
        yield opened


@pytest.fixture
def owner_connection(database_url: str) -> Iterator[sa.Connection]:
    """The tables' owner, outside the test's transaction: only for what the application role may not do."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def attributed_to(name: str) -> Attribution:
    """Attribution of a named person without an account."""
    return Attribution(user_id=None, name=name)

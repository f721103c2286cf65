"""The private PostgreSQL + PostGIS cluster under ``var/``.

It listens on a local socket only, in a directory nobody else can enter, and never runs as root: when ``eplan`` is
started by root, the cluster runs as the ``postgres`` account that the database packages bring along.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import sqlalchemy as sa

_PORT = 5432  # only names the socket file; nothing listens on the network
_LONGEST_SOCKET_PATH = 100


class ClusterError(Exception):
    """The cluster cannot be made or started; the message says what to do."""


@dataclass(frozen=True)
class Cluster:
    """One data directory with its socket directory."""

    data: Path
    socket_dir: Path
    log: Path
    account: pwd.struct_passwd | None

    def url(self, user: str, database: str) -> str:
        """SQLAlchemy address of ``database`` for ``user``."""
        return f"postgresql+psycopg2://{user}@/{database}?host={quote(str(self.socket_dir), safe='')}"

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the cluster's account."""
        identity: dict[str, Any] = {}
        if self.account is not None:
            identity = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        # The server must outlive this process's terminal: its own session, and no inherited pipe.
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(programs() / command[0]), *command[1:]],
            check=check,
            text=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **identity,
        )
        return done

    def is_running(self) -> bool:
        """Whether a server answers for this data directory."""
        return self.run("pg_ctl", "-D", str(self.data), "status", check=False).returncode == 0

    def start(self) -> bool:
        """Start the server and wait for it; False when it already ran."""
        if self.is_running():
            return False
        try:
            # pg_ctl hands its own output on to the server, so the log takes both
            self.run("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "60", "-s", "start")
        except subprocess.CalledProcessError as error:
            tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else error.stdout
            raise ClusterError(f"PostgreSQL did not start. Its log ({self.log}) ends with:\n{tail}") from error
        return True

    def stop(self) -> None:
        """Stop the server; open transactions are rolled back."""
        if not self.is_running():
            return
        try:
            self.run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "60", "-s", "stop")
        except subprocess.CalledProcessError:
            if self.is_running():  # else the supervisor, going down itself, was a moment faster
                raise


def programs() -> Path:
    """Directory of ``initdb`` and ``pg_ctl``: the newest version that has PostGIS."""
    versions = sorted(Path("/usr/lib/postgresql").glob("[0-9]*"), key=lambda path: int(path.name), reverse=True)
    for version in versions:
        if (version / "bin" / "initdb").exists() and _has_postgis(version.name):
            return version / "bin"
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    raise ClusterError(
        "PostgreSQL with PostGIS is not installed. On Debian: apt-get install postgresql postgresql-postgis. "
        "Or set DATABASE_URL to a server that has it."
    )


def _has_postgis(version: str) -> bool:
    return Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists()


def private_cluster(var_dir: Path, *, durable: bool = True, autovacuum: bool = True) -> Cluster:
    """The cluster under ``var_dir``, made when it is not there yet (not started).

    Parameters
    ----------
    var_dir
        Directory that holds it; made when missing.
    durable
        False gives up crash safety for speed: for throwaway test clusters only.
    autovacuum
        False keeps the server from gathering statistics by itself.
    """
    account = _unprivileged_account()
    var_dir.mkdir(parents=True, exist_ok=True)
    home = _reachable_home(var_dir, account)
    socket_dir = _socket_dir(home, account)
    cluster = Cluster(home / "data", socket_dir, home / "server.log", account)
    if not (cluster.data / "PG_VERSION").exists():
        _initialise(cluster, durable=durable)
    _configure(cluster, durable=durable, autovacuum=autovacuum)
    (var_dir / "pg-socket").write_text(f"{socket_dir}\n", encoding="utf-8")
    return cluster


def _unprivileged_account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise ClusterError(
            "The cluster must not run as root and there is no account 'postgres'. "
            "Install Debian's postgresql package or run ./eplan as an ordinary user."
        ) from error


def _reachable_home(var_dir: Path, account: pwd.struct_passwd | None) -> Path:
    """``var/pg``; outside the checkout when the account may not pass through the directories above it (/root)."""
    home = var_dir / "pg"
    if account is None:
        home.mkdir(mode=0o700, exist_ok=True)
        return home
    if home.is_symlink():
        target = home.resolve()
    elif home.exists() or _may_enter(var_dir, account):
        target = home
    else:
        target = Path("/var/lib/eplan") / hashlib.sha256(str(var_dir).encode()).hexdigest()[:12]
        home.symlink_to(target)
    target.mkdir(parents=True, mode=0o700, exist_ok=True)
    if target.parent == Path("/var/lib/eplan"):
        target.parent.chmod(0o755)
    os.chown(target, account.pw_uid, account.pw_gid)
    return target


def _may_enter(path: Path, account: pwd.struct_passwd) -> bool:
    return (
        subprocess.run(
            ["test", "-x", str(path)],
            check=False,
            cwd="/",
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
        ).returncode
        == 0
    )


def _socket_dir(home: Path, account: pwd.struct_passwd | None) -> Path:
    """Short enough for a socket's name, closed to everybody else."""
    path = home / "socket"
    if len(str(path)) > _LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432"):
        name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"eplan-{os.geteuid()}-{name}"
    path.mkdir(mode=0o700, exist_ok=True)
    owner = account.pw_uid if account is not None else os.geteuid()
    if account is not None and path.stat().st_uid == 0:
        os.chown(path, account.pw_uid, account.pw_gid)
    if path.stat().st_uid != owner or path.is_symlink():
        raise ClusterError(f"{path} belongs to somebody else. Remove it or set EPLAN_VAR_DIR to another directory.")
    path.chmod(0o700)
    return path


def _initialise(cluster: Cluster, *, durable: bool) -> None:
    options = ["-D", str(cluster.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    try:
        cluster.run("initdb", *options, *([] if durable else ["--no-sync"]))
    except subprocess.CalledProcessError as error:
        raise ClusterError(f"The database cluster could not be made in {cluster.data}:\n{error.stdout}") from error


def _configure(cluster: Cluster, *, durable: bool, autovacuum: bool) -> None:
    """Settings in a file of our own, so that an administrator's edits of postgresql.conf stay."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "''",
        "port": str(_PORT),
        "unix_socket_directories": f"'{cluster.socket_dir}'",
        "unix_socket_permissions": "0700",
        "shared_buffers": f"{max(128, min(2048, megabytes // 8))}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'Asia/Bangkok'",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    if not autovacuum:
        settings["autovacuum"] = "off"
    text = "".join(f"{key} = {value}\n" for key, value in settings.items())
    own = cluster.data / "eplan.conf"
    if own.exists() and own.read_text(encoding="utf-8") == text:
        return
    own.write_text(text, encoding="utf-8")
    main = cluster.data / "postgresql.conf"
    include = "include_if_exists = 'eplan.conf'\n"
    if include not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(include)
    if cluster.account is not None:
        os.chown(own, cluster.account.pw_uid, cluster.account.pw_gid)


def ensure_database(cluster: Cluster) -> None:
    """Roles and database of the platform, as far as a superuser must make them."""
    engine = sa.create_engine(cluster.url("postgres", "postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for role in ("eplan_owner", "eplan_app"):
            if not connection.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
                connection.execute(sa.text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(sa.text("GRANT eplan_app TO eplan_owner"))
        if not connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = 'eplan'")):
            connection.execute(sa.text("CREATE DATABASE eplan OWNER eplan_owner"))
    engine.dispose()
    engine = sa.create_engine(cluster.url("postgres", "eplan"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for extension in ("postgis", "pg_trgm"):
            connection.execute(sa.text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
    engine.dispose()


@contextmanager
def throwaway_cluster(directory: Path) -> Iterator[str]:
    """Superuser address of a fast, unsafe cluster for tests; its files stay for the next run.

    Several runs may use it at the same time: who comes first makes and starts it, who leaves last stops it.

    Tests roll back what they write. Statistics gathered in between tell of large tables without a row, and plans made
    for those take minutes over the rows of the next test.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "cluster.lock").open("w") as changing, (directory / "cluster-users.lock").open("w") as using:
        fcntl.flock(changing, fcntl.LOCK_EX)
        cluster = private_cluster(directory, durable=False, autovacuum=False)
        cluster.start()
        fcntl.flock(using, fcntl.LOCK_SH)
        fcntl.flock(changing, fcntl.LOCK_UN)
        try:
            yield cluster.url("postgres", "postgres")
        finally:
            fcntl.flock(changing, fcntl.LOCK_EX)
            if _is_last(using):
                cluster.stop()


def _is_last(using: TextIO) -> bool:
    """Whether nobody else holds the shared lock on this file."""
    try:
        fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

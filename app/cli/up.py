"""``eplan up``: database, migrations, code lists, demonstration data, worker and web server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import click

from app import migrate
from app.cli import supervisor
from app.cli.cluster import Cluster, ClusterError, ensure_database, private_cluster
from app.cli.context import database, owner_database, settings
from app.db import owner_url
from app.settings import ROOT, Settings

_READY_SECONDS = 90


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for the network.")
@click.option("--detach", is_flag=True, help="Go to the background once the site answers.")
@click.option("--no-demo", is_flag=True, help="Start with an empty database.")
def command(port: int, host: str, detach: bool, no_demo: bool) -> None:
    """Prepare the database and run the site. Run again, it changes nothing that is there."""
    found = settings()
    already = supervisor.running(found.var_dir)
    if already is not None:
        click.echo(f"already running: {already.address}")
        _print_sign_ins(found)
        return
    if detach:
        _detach(found, port, host, no_demo)
        return
    try:
        cluster = _start_database(found)
        _prepare(found, demo=not no_demo)
    except ClusterError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    database().dispose()
    owner_database().dispose()
    if not no_demo and not os.environ.get("EPLAN_SECOND_FACTOR"):
        # The demonstration's officers are tried by whoever has no authenticator at hand; the sign-in page says so.
        found = replace(found, second_factor="optional")
    click.echo(f"e-Plan  http://{host}:{port}/  (Ctrl-C stops it)")
    _print_sign_ins(found)
    sys.exit(supervisor.Supervisor(found, host, port, cluster).run())


def _start_database(found: Settings) -> Cluster | None:
    if found.database_url:
        click.echo("database: DATABASE_URL")
        return None
    cluster = private_cluster(found.var_dir)
    if cluster.start():
        click.echo(f"database: started in {cluster.data}")
    ensure_database(cluster)
    return cluster


def _prepare(found: Settings, *, demo: bool) -> None:
    from app.services.codelists import load_codelists

    migrate.upgrade(owner_url(found))
    with owner_database().transaction() as session:
        load_codelists(session)
    if not demo:
        return
    from app.cli.demo import demo_rasters, demo_round, ensure_demo

    users = ensure_demo(owner_database(), found.secret_key)
    if users is not None:
        _write_sign_ins(found, [user.as_dict() for user in users])
        demo_rasters(owner_database(), found)
        demo_round(owner_database(), found)


def demo_users_file(found: Settings) -> Path:
    """Where the demonstration sign-ins are written, readable by this account only."""
    return found.var_dir / "demo-users.json"


def _write_sign_ins(found: Settings, users: list[dict[str, str]]) -> None:
    path = demo_users_file(found)
    path.touch(mode=0o600)
    path.write_text(json.dumps(users, ensure_ascii=False, indent=1), encoding="utf-8")


def _print_sign_ins(found: Settings) -> None:
    path = demo_users_file(found)
    if not path.exists():
        return
    click.echo("demonstration sign-ins (also in var/demo-users.json):")
    for user in json.loads(path.read_text(encoding="utf-8")):
        click.echo(
            f"  {user['username']:<12} {user['password']:<16} {user['role']:<15} "
            f"{user['organisation']:<10} {user['organisation_name']}"
        )


def _detach(found: Settings, port: int, host: str, no_demo: bool) -> None:
    log = found.var_dir / "eplan.log"
    found.var_dir.mkdir(parents=True, exist_ok=True)
    arguments = [sys.executable, "-m", "app.cli", "up", "--port", str(port), "--host", host]
    with log.open("ab") as output:
        child = subprocess.Popen(
            arguments + (["--no-demo"] if no_demo else []),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=dict(os.environ),
        )
    if not _wait_until_ready(child, found):
        click.echo(f"the site did not come up; {log} ends with:", err=True)
        click.echo(log.read_text(encoding="utf-8", errors="replace")[-2000:], err=True)
        child.terminate()
        sys.exit(1)
    up = supervisor.running(found.var_dir)
    click.echo(f"e-Plan  {up.address if up else ''}  (./eplan down stops it, log in {log})")
    _print_sign_ins(found)


def _wait_until_ready(child: subprocess.Popen[bytes], found: Settings) -> bool:
    """Wait while the first start makes its data, then for the site itself."""
    deadline = None
    while child.poll() is None:
        up = supervisor.running(found.var_dir)
        if up is not None:
            deadline = deadline or time.monotonic() + _READY_SECONDS
            if _answers(up.address + "readyz"):
                return True
            if time.monotonic() > deadline:
                return False
        time.sleep(0.3)
    return False


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  our own loopback address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False

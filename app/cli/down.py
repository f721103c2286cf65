"""``eplan down``: stop what ``up`` started."""

from __future__ import annotations

import os
import signal
import sys
import time

import click

from app.cli import supervisor
from app.cli.cluster import ClusterError, private_cluster
from app.cli.context import settings

_SECONDS = 60


@click.command()
def command() -> None:
    """Stop the web server, the worker and the private database."""
    found = settings()
    up = supervisor.running(found.var_dir)
    if up is not None:
        os.kill(up.pid, signal.SIGTERM)
        deadline = time.monotonic() + _SECONDS
        while supervisor.running(found.var_dir) is not None:
            if time.monotonic() > deadline:
                click.echo(f"process {up.pid} did not stop within {_SECONDS} s", err=True)
                sys.exit(1)
            time.sleep(0.1)
    stopped = _stop_cluster()
    click.echo("stopped" if up is not None or stopped else "nothing was running")


def _stop_cluster() -> bool:
    """A supervisor that was killed leaves its cluster behind."""
    found = settings()
    if found.database_url or not (found.var_dir / "pg").exists():
        return False
    try:
        cluster = private_cluster(found.var_dir)
    except ClusterError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    if not cluster.is_running():
        return False
    cluster.stop()
    return True

"""A run from nothing: a cluster whose clock is this process's, the schema, the province, the year."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from simulation.clock import Clock
from simulation.compare import Comparison
from simulation.site import fill, server, site
from simulation.year import Story, Year


def simulate(story: Story, var: Path, say: Callable[[str], None], dump: Path | None = None) -> Comparison:
    """Run a story; what was compared.

    Parameters
    ----------
    var
        Holds the cluster and the files of the run.
    say
        Gets a line at every comparison.
    dump
        An SQL file of the newest schema with the code lists; without one the migrations make it.
    """
    clock = Clock()
    with server(var) as url:
        template = _template(url, dump)
        say("the database is ready")
        with site(clock, url, template, var) as here:
            return Year(here, story, say).run()


def _template(server_url: str, dump: Path | None) -> str:
    """A database at the newest schema; of one cluster the migrations make it once for each state of the sources."""
    from tests.conftest import _fingerprint, kept_database

    name = f"eplan_simulation_{_fingerprint()}"
    if dump is None:
        return kept_database(server_url, name, fill)

    def restore(url: str) -> None:
        plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run(
            ["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-f", str(dump), plain], check=True, stdout=subprocess.DEVNULL
        )

    return kept_database(server_url, name, restore)

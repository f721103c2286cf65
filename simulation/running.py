"""A run from nothing: a cluster whose clock is this process's, the schema, the province, the year."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from simulation.clock import Clock
from simulation.compare import Comparison
from simulation.site import fill, server, site
from simulation.year import Story, Year
from tests.conftest import fingerprint, kept_database


def simulate(story: Story, var: Path, say: Callable[[str], None]) -> Comparison:
    """Run a story; what was compared.

    Parameters
    ----------
    var
        Holds the cluster, which stays for the next run, and the files of this one, which do not.
    say
        Gets a line at every comparison.
    """
    clock = Clock()
    var = var.resolve()  # PostgreSQL is started from elsewhere
    with server(var) as url, tempfile.TemporaryDirectory(dir=var) as files:
        # The migrations make it once for each state of the sources.
        template = kept_database(url, f"eplan_simulation_{fingerprint()}", fill)
        say("the database is ready")
        with site(clock, url, template, Path(files)) as here:
            return Year(here, story, say).run()

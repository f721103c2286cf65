"""Which worker runs which test when the tests are spread over the processors."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

# What these tests share is dear to make: the site with its browser, the whole demonstration, and an installation.
TOGETHER = ("tests/browser/", "tests/app/test_demo.py", "tests/test_root_command.py")


class Distribution(LoadScopeScheduling):
    """Whoever is free takes the next test; those that share something dear stay in one worker, and come first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)

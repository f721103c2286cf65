"""The platform: Flask, database, accounts, jobs, command line."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.db import Database
    from app.settings import Settings

# The day of the product is Thailand's, as that of its database sessions: on a server in UTC ``date.today()`` would be
# yesterday until seven in the morning, and refuse what was signed today.
os.environ["TZ"] = "Asia/Bangkok"
time.tzset()


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The web application.

    Parameters
    ----------
    settings
        Settings; read from the environment when absent.
    database
        Database to use; opened from the settings when absent.
    """
    # Imported here: the command line, the worker and the migrations import ``app.*`` too and need no web.
    from app.web.application import build

    return build(settings, database)

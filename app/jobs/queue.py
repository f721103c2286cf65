"""The queue: procrastinate's application on the platform's own database, with the one task that runs every job."""

from __future__ import annotations

import procrastinate
import sqlalchemy as sa

from app.db import application_url, libpq_url
from app.services.jobs import LOCK_CLASS, QUEUE, TASK, enqueue
from app.settings import Settings

__all__ = ["LOCK_CLASS", "QUEUE", "TASK", "application", "enqueue"]


def application(settings: Settings, *, connections: int = 4) -> procrastinate.App:
    """Procrastinate's application; its connections assume the application role like all others.

    Parameters
    ----------
    connections
        Largest number of connections the queue itself may use (jobs use the platform's own pool).
    """
    url = sa.make_url(libpq_url(application_url(settings))).render_as_string(hide_password=False)
    connector = procrastinate.PsycopgConnector(
        conninfo=url,
        kwargs={
            "options": f"-c role={settings.application_role} -c timezone=Asia/Bangkok",
            "application_name": "eplan-queue",
        },
        min_size=1,
        max_size=connections,
    )
    return procrastinate.App(connector=connector)

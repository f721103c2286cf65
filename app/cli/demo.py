"""Demonstration data for an empty installation; ``eplan up`` asks for it."""

from __future__ import annotations

import io

from app.auth.actor import SYSTEM_ACTOR
from app.cli.load import show_progress
from app.cli.load_raster import take_in
from app.db import Attribution, Database
from app.queries.rasters import raster_dir
from app.services import duplicates
from app.services.demo import DemoUser, generate, is_empty
from app.services.demo.heights import SOURCE, rasters
from app.services.extents import ExtentForm, extent_of_raster
from app.services.rasters import RasterForm
from app.settings import Settings

_ATTRIBUTION = Attribution(user_id=None, name="ข้อมูลสาธิต")


def ensure_demo(database: Database) -> list[DemoUser] | None:
    """Make the demonstration when there is neither project nor organisation; ``None`` when there is.

    Its works are compared at once, so that the pages of duplicates show what the worked example speaks of.

    ``database`` is the owner's: the application may not make accounts. The passwords are in the answer and nowhere
    else: whoever calls writes them down.
    """
    with database.transaction(_ATTRIBUTION) as session:
        if not is_empty(session):
            return None
        users = list(generate(session, progress=show_progress).users)
        duplicates.refresh(session)
        return users


def demo_rasters(database: Database, settings: Settings) -> None:
    """Heights, the depth of a flood and its extent, so that their pages have something to show."""
    folder = raster_dir(settings)
    for file_name, title, kind, content in rasters():
        form = RasterForm(title, kind, open_to_all=True, source=SOURCE)
        name, _ = take_in(database, _ATTRIBUTION, folder, io.BytesIO(content), file_name, form)
        if kind == "flood":
            with database.transaction(_ATTRIBUTION) as session:
                flood = ExtentForm("น้ำท่วมลึก 0.5 ม. ขึ้นไป (สาธิต)", open_to_all=True, source=SOURCE)
                extent_of_raster(session, SYSTEM_ACTOR, name, 0.5, flood, folder)

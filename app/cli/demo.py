"""Demonstration data for an empty installation; ``eplan up`` asks for it."""

from __future__ import annotations

import io

import click

from app.auth.actor import SYSTEM_ACTOR
from app.cli.load import show_progress
from app.cli.load_raster import take_in
from app.db import Attribution, Database
from app.errors import Unavailable
from app.queries.rasters import raster_dir
from app.services import duplicates
from app.services.completeness import refresh
from app.services.demo import DemoUser, generate, is_empty
from app.services.demo.heights import SOURCE, rasters
from app.services.demo.stage import Stage
from app.services.demo.write_rounds import publish_round, sealed_result
from app.services.evaluation_print import result_page, result_workbook
from app.services.extents import ExtentForm, extent_of_raster
from app.services.jobs import Silent
from app.services.money_rules import today
from app.services.print_orders import printed_in_background
from app.services.rasters import RasterForm
from app.services.sealed import keep_file, sealed_dir
from app.settings import Settings

_ATTRIBUTION = Attribution(user_id=None, name="ข้อมูลสาธิต")


def ensure_demo(database: Database, secret_key: str = "") -> list[DemoUser] | None:
    """Make the demonstration when there is neither project nor organisation; ``None`` when there is.

    Its works are compared at once, so that the pages of duplicates show what the worked example speaks of.

    ``database`` is the owner's: the application may not make accounts. The passwords are in the answer and nowhere
    else: whoever calls writes them down. ``secret_key`` is the site's; without one nobody follows a place.
    """
    with database.transaction(_ATTRIBUTION) as session:
        if not is_empty(session):
            return None
        users = list(generate(session, progress=show_progress, secret_key=secret_key).users)
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


def demo_round(database: Database, settings: Settings) -> None:
    """Print the first sealed result, submit, announce and post it; where nothing prints it waits for its executive."""
    with database.reading() as session:
        sealed = sealed_result(session)
    if sealed is None:
        return
    result_id, sha256, content = sealed
    page = result_page(content, sha256)
    try:
        files = {"pdf": printed_in_background(page, Silent()), "xlsx": result_workbook(content, sha256)}
    except Unavailable as error:
        click.echo(f"demonstration: no printed result ({error.code})")
        return
    folder = sealed_dir(settings)
    kept = {name: (keep_file(folder, data, f".{name}"), len(data)) for name, data in files.items()}
    with database.transaction(_ATTRIBUTION) as session, Stage(session, today(), "B").open() as stage:
        publish_round(stage, result_id, kept, f"{settings.public_url}/evaluations/{result_id}")
        refresh(session, wait=True)

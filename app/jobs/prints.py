"""Printing that takes longer than a person waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.jobs.registry import JobRun, handler
from app.services import exports, print_orders
from app.services.print_orders import PrintOrder


@handler(print_orders.KIND)
def print_form(run: JobRun) -> Mapping[str, Any]:
    """Print what was ordered as it stands now. Run again after a worker's death it begins anew."""
    run.progress.step(0, len(print_orders.STEPS), print_orders.STEPS[0])
    with run.database.reading() as session:
        laid_out = print_orders.laid_out(session, run.actor, PrintOrder(**run.parameters))
    # Nothing of the database is held while the printer works.
    content = print_orders.printed_in_background(laid_out.page, run.progress)
    path = exports.new_file(run.settings, "print", ".pdf")
    path.write_bytes(content)
    return {
        "file": path.name,
        "name": f"{laid_out.stem}.pdf",
        "rows": len(laid_out.page.rows),
        "bytes": len(content),
        "url": f"/api/v1/prints/{run.job_id}/file",
    }

"""GIS reports: always made by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.jobs.registry import JobRun, handler
from app.services import exports
from app.services.attachment_files import attachment_dir
from app.services.gis_reports import orders
from app.services.gis_reports.orders import ReportOrder


@handler(orders.KIND)
def report(run: JobRun) -> Mapping[str, Any]:
    """Write the report that was ordered. Run again after a worker's death it begins anew: half a file is no file."""
    wanted = ReportOrder.from_parameters(run.parameters)
    path = exports.new_file(run.settings, "report", f".{wanted.format}")
    made = orders.write_report(run.database, run.actor, wanted, path, attachment_dir(run.settings), run.progress)
    return {
        "file": path.name,
        "name": wanted.file_name,
        "format": wanted.format,
        "projects": made.projects,
        "left_out": made.left_out,
        "bytes": path.stat().st_size,
        "url": f"/api/v1/reports/{run.job_id}/file",
    }

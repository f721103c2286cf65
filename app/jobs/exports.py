"""Exports that take longer than a person waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.jobs.registry import JobRun, handler
from app.services import exports


@handler(exports.KIND)
def export(run: JobRun) -> Mapping[str, Any]:
    """Write the file that was ordered. Run again after a worker's death it begins anew: half a file is no file."""
    wanted = exports.order(**run.parameters)
    path = exports.new_path(run.settings, wanted)
    with run.database.reading() as session:
        written = exports.write_file(session, run.actor, wanted, path, run.progress)
    return {
        "file": path.name,
        "name": wanted.file_name,
        "format": wanted.format,
        "layer": wanted.layer,
        "rows": written.rows,
        "bytes": written.byte_count,
        "remarks": dict(written.remarks),
        "url": f"/api/v1/exports/{run.job_id}/file",
    }

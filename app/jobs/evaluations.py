"""Files of sealed results of rounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import NotFound
from app.jobs.registry import JobRun, handler
from app.queries.evaluations import result
from app.services import evaluation_files
from app.services.evaluation_files import record_files, sealed_content
from app.services.evaluation_print import result_page, result_workbook
from app.services.print_orders import printed_in_background
from app.services.sealed import keep_file, sealed_dir


@handler(evaluation_files.KIND)
def make_files(run: JobRun) -> Mapping[str, Any]:
    """Print the document and write the workbook. Run again it begins anew; what was recorded once stays."""
    result_id = int(run.parameters["result"])
    run.progress.step(0, len(evaluation_files.STEPS), evaluation_files.STEPS[0])
    with run.database.reading() as session:
        held = result(session, result_id)
        if held is None:
            raise NotFound("evaluation_not_found", {"evaluation": result_id})
        content, sha256 = sealed_content(session, held), held.content_sha256
    files = {
        "pdf": printed_in_background(result_page(content, sha256), run.progress),
        "xlsx": result_workbook(content, sha256),
    }
    folder = sealed_dir(run.settings)
    made = {name: (keep_file(folder, data, f".{name}"), len(data)) for name, data in files.items()}
    with run.database.transaction(run.attribution) as session:
        record_files(session, result_id, made)
    return {"result": result_id, "url": f"/evaluations/{result_id}"}

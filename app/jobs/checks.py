"""Reports over what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.jobs.registry import JobRun, handler
from app.services import coordinate_checks, duplicate_renewal, duplicates


@handler(coordinate_checks.KIND)
def check_coordinates(run: JobRun) -> Mapping[str, Any]:
    """Check the coordinates of the organisations that were asked for; run again it begins anew."""
    with run.database.transaction(run.attribution) as session:
        receipt = coordinate_checks.check_coordinates(session, progress=run.progress, **run.parameters)
    return {
        "organisations": receipt.organisations,
        "projects": receipt.projects,
        "findings": dict(receipt.findings),
        "url": coordinate_checks.address(**run.parameters),
    }


@handler(duplicates.KIND)
def compare_works(run: JobRun) -> Mapping[str, Any]:
    """Compare the works that changed since the last time; run again it begins anew."""
    with run.database.transaction(run.attribution) as session:
        receipt = duplicates.refresh(session, run.progress)
    return {"works": receipt.works, "compared": receipt.compared, "pairs": receipt.pairs, "url": duplicates.ADDRESS}


@handler(duplicate_renewal.KIND)
def renew_pairs(run: JobRun) -> Mapping[str, Any]:
    """Compare works whose coordinates were saved together; run again it finds nothing changed."""
    with run.database.transaction(run.attribution) as session:
        receipt = duplicates.refresh(session, run.progress, only=run.parameters["project_ids"])
    return {"compared": receipt.compared, "pairs": receipt.pairs, "url": duplicates.ADDRESS}

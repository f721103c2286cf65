"""What an uploaded workbook would do, as JSON; the page draws the same document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.messages import Language
from app.queries.codelists import code_list
from app.queries.plans import strategies_of
from app.services.plan_cells import year_of
from app.services.plan_uploads import StagedUpload
from app.services.plan_workbook.labels import choice_labels
from app.web.staged_json import DIFFERENCE_SCHEMA, Words, staged_json

UPLOAD_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "version", "form", "status", "counts", "acceptable", "problems", "cells", "inserts", "removals"],
    "properties": {
        "id": {"type": "integer"},
        "version": {"type": "integer"},
        "form": {"type": "string"},
        "file_name": {"type": "string"},
        **DIFFERENCE_SCHEMA,
    },
}


def upload_json(session: Session, staged: StagedUpload, language: Language) -> dict[str, Any]:
    """The upload with every difference, in words where codes would say nothing."""
    head, difference = staged.head, staged.difference
    labels = choice_labels(strategies_of(session, staged.plan.id), code_list(session, "budget_programme"))
    titles = {
        c.key: c.title_th if language == "th" else c.title_en for c in staged.form.columns(staged.version.years_be)
    }
    words = Words(titles, labels, lambda key: year_of(key) is not None)
    return {
        **staged_json(head, difference, words, language),
        # A version that was proposed or is in force takes nothing in.
        "acceptable": difference.acceptable and staged.version.editable,
        "api": f"/api/v1/plan-uploads/{head.id}",
        "version": head.plan_version_id,
        "plan": staged.plan.id,
        "version_number": staged.version.number,
        "organisation": staged.plan.organisation_code,
        "organisation_name": staged.plan.organisation_name,
        "form": head.form,
        "slug": staged.form.slug,
        "form_name": staged.form.name_th if language == "th" else staged.form.name_en,
    }

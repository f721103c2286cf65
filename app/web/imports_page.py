"""Pages of imports: choose a file, look at what it would do, see what it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.messages import Language
from app.messages.imports import FIELD_NAMES
from app.queries.codelists import choices
from app.queries.import_matches import undecided_scores
from app.queries.import_offers import offer_groups
from app.queries.import_rows import count_different, problem_groups
from app.queries.imports import BatchView, created_projects
from app.queries.jobs import JobView, get_job
from app.queries.organisations import organisation_names, organisations_in_area
from app.services import imports
from app.services.imports.fields import fields_of
from app.web.context import chosen_fiscal_year_be, current, current_fiscal_year_be
from app.web.endpoint import Access, page_route
from app.web.imports_api import blueprint, receive_upload
from app.web.imports_present import batch_json, offer_group_json, plain_problems
from app.web.jobs import job_json
from gis import crs

FORMATS = ".geojson,.json,.zip,.gpkg,.kml,.kmz,.gpx,.dxf,.csv,.tsv,.xlsx,.fgb,.parquet,.jpg,.jpeg"
ENCODINGS = ("UTF-8", "CP874")
STEPS = 5
STEP_OF = {
    **dict.fromkeys(("working", "failed"), 2),
    **dict.fromkeys(("look", "accepting", "cancelled"), 4),
    **dict.fromkeys(("accepted", "undoing", "undone"), STEPS),
}
THRESHOLDS = (95, 90, 85, 75)
"""Percent from which suggested projects can be taken all at once."""
_CODE_LISTS: Mapping[str, Any] = {
    "surface": "road_surface_type",
    "water_source": "water_source_type",
    "work_nature": "work_nature",
    "fund_source": "fund_source",
}


@page_route(blueprint, "/imports", access=Access.SIGNED_IN)
def page() -> str:
    """Choose a file; the imports so far."""
    here = current()
    with here.database.reading() as session:
        found = imports.visible_batches(session, here.actor, limit=50)
        organisations = _organisations(session, here.actor, here.language)
    return render_template(
        "imports/list.html",
        imports=[batch_json(batch, here.language) for batch in found],
        organisations=organisations,
        may_import=bool(here.actor.roles & set(policy.roles_for(policy.IMPORT))),
        formats=FORMATS,
        fiscal_year=chosen_fiscal_year_be() or current_fiscal_year_be(),
        max_mb=here.settings.max_upload_bytes // 1024 // 1024,
    )


def _organisations(session: Session, actor: Actor, language: Language) -> list[tuple[str, str]]:
    """Where the actor may import: own organisations, else those of the province; empty means that a code is typed."""
    scope = policy.own_scope(actor)
    found = list(organisation_names(session, scope.organisations).values())
    for province in sorted(scope.provinces):
        found += organisations_in_area(session, province)
    return [
        (one.code, one.name(language))
        for one in found
        if policy.may(actor, policy.IMPORT, policy.Target(one.code, one.province_code, one.amphoe_code))
    ]


@page_route(blueprint, "/imports", methods=("POST",), access=Access.SIGNED_IN)
def send_page() -> ResponseReturnValue:
    """The form without its script."""
    return redirect(f"/imports/{receive_upload()}", code=303)


@page_route(blueprint, "/imports/<int:batch_id>", access=Access.SIGNED_IN)
def look(batch_id: int) -> str:
    """What the file would do, or did."""
    here = current()
    lang = here.language
    with here.database.reading() as session:
        batch = imports.visible_batch(session, here.actor, batch_id)
        job = get_job(session, batch.job_id) if batch.job_id else None
        made = created_projects(session, batch_id) if batch.status in ("ACCEPTED", "UNDONE") else []
        staged = _staged(session, batch_id, lang) if batch.status == "STAGED" else {}
        fields = _fields(session, batch.kind, lang)
    state = _state(batch, job)
    return render_template(
        "imports/look.html",
        **staged,
        **_ways_to_read(batch, lang),
        batch=batch_json(batch, lang),
        state=state,
        step=STEP_OF[state],
        steps=[_("ไฟล์"), _("รหัสอักษรและพิกัด"), _("จับคู่คอลัมน์"), _("ดูผลก่อนรับ"), _("เสร็จ")],
        job=job_json(job, lang) if job else None,
        made=made,
        fields=fields,
    )


def _staged(session: Session, batch_id: int, lang: Language) -> dict[str, Any]:
    """What is to be decided about a staged file."""
    scores = undecided_scores(session, batch_id)
    return {
        "groups": [
            {
                "code": group.code,
                "level": group.level,
                "rows": group.rows,
                "first_rows": list(group.first_rows),
                "example": plain_problems([group.example], lang)[0],
            }
            for group in problem_groups(session, batch_id)
        ],
        "offers": {group.code: offer_group_json(group, lang) for group in offer_groups(session, batch_id)},
        "thresholds": [(share, n) for share in THRESHOLDS if (n := sum(score >= share / 100 for score in scores))],
        "different": count_different(session, batch_id),
    }


def _fields(session: Session, kind: str, lang: Language) -> list[dict[str, Any]]:
    """What a column can mean, with the words to choose from."""
    lists = {name: choices(session, source, lang) for name, source in _CODE_LISTS.items()}
    return [
        {"name": field.name, "title": FIELD_NAMES[field.name].sentence({}, lang), "choices": lists.get(field.name)}
        for field in fields_of(kind)
    ]


def _ways_to_read(batch: BatchView, lang: Language) -> dict[str, Any]:
    """How the file was read, and how else it could be."""
    return {
        "titles": {name: message.sentence({}, lang) for name, message in FIELD_NAMES.items()},
        "systems": [(one.epsg, one.name_th if lang == "th" else one.name_en) for one in crs.OPERATIONS.values()],
        "system": _system_name(batch, lang),
        "encodings": ENCODINGS,
        "detection": _detection(batch),
    }


def _state(batch: BatchView, job: JobView | None) -> str:
    if job is not None and job.running:
        return {"import_accept": "accepting", "import_undo": "undoing"}.get(job.kind, "working")
    if batch.status in ("ACCEPTED", "CANCELLED", "UNDONE"):
        return batch.status.lower()
    return "look" if batch.status == "STAGED" else "failed"


def _system_name(batch: BatchView, lang: Language) -> str:
    epsg = batch.epsg
    if epsg is None:
        return str(_("ตาม กม. ของสายทาง") if _has_only_chainage(batch) else _("ยังไม่รู้"))
    if epsg not in crs.OPERATIONS:
        return f"EPSG:{epsg}"
    one = crs.OPERATIONS[epsg]
    return one.name_th if lang == "th" else one.name_en


def _has_only_chainage(batch: BatchView) -> bool:
    """No number of the file waits for its coordinate system."""
    return "chainage" in batch.column_map and not batch.detected.get("place_columns")


def _detection(batch: BatchView) -> dict[str, Any]:
    """The strip under the steps: how sure each finding is, and what is left out."""
    columns = [column["name"] for column in batch.detected.get("columns", ())]
    places = batch.detected.get("place_columns", ())
    used = {*batch.column_map.values(), *places}
    confidence = list(batch.detected.get("confidence", {}).values())
    encoding = batch.detected.get("encoding") or {}
    reference = batch.detected.get("crs") or {}
    return {
        "columns": columns,
        "used": len(used),
        "places": places,
        "unused": [name for name in columns if name not in used],
        "remembered": batch.detected.get("columns_remembered", False),
        "columns_sure": round(100 * sum(confidence) / len(confidence)) if confidence else 0,
        "encoding_sure": encoding.get("confidence"),
        "words": encoding.get("samples", ()),
        "crs_sure": reference.get("confidence"),
        "crs_source": reference.get("source"),
        "candidates": reference.get("candidates", ()),
        "layers": batch.detected.get("layers", ()),
    }

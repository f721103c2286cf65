"""What the page of rasters shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import render_template
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.errors import AppError
from app.models.raster import KINDS
from app.queries.areas import area_names
from app.queries.jobs import JobView, get_job
from app.queries.organisations import organisation_names, organisations_in_area
from app.queries.rasters import RasterRow, named_areas, raster, raster_dir, rasters
from app.services.raster_analyses import Zones, catchment_of, profiles_of, stands_at, zones_of
from app.services.raster_intake import OUTSIDE
from app.services.raster_question import asked as asked_of
from app.services.raster_room import used_bytes
from app.services.rasters import may_change, may_open
from app.services.table_file import Cell, Column
from app.web.context import current, language
from app.web.errors import problem_lines
from app.web.filters import about_text
from app.web.jobs import job_json
from app.web.page_forms import refusals
from app.web.raster_json import catchment_json, profile_json, zones_json
from app.web.raster_params import PAGE_PARAMS
from gis.thai import format_thai_date
from layers.raster import RAMPS, RasterLayer

_RAIN_M = 0.1
_DEFAULTS = {param.name: param.default for param in PAGE_PARAMS}


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


def kind_words() -> dict[str, str]:
    """What a raster holds, in words."""
    words = (
        _("ความสูง (DEM)"),
        _("ประชากร (คนต่อช่อง)"),
        _("น้ำท่วม / ภัย"),
        _("ภาพถ่าย"),
        _("ประเภท (เช่น การใช้ที่ดิน)"),
        _("อื่น ๆ"),
    )
    return dict(zip(KINDS, words, strict=True))


def level_words() -> dict[str, str]:
    """Levels of areas."""
    return {"province": _("จังหวัด"), "amphoe": _("อำเภอ"), "tambon": _("ตำบล")}


def query(asked: Mapping[str, Any], **changes: Any) -> str:
    """The page's address with changes; what is as usual is left out."""
    values = {**asked, **changes}
    given = {
        name: str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
        for name, value in values.items()
        if value not in (None, "", _DEFAULTS.get(name))
    }
    for name in ("lon", "lat"):
        if values.get(name) is not None:
            given[name] = f"{values[name]:.6f}"
    return f"/analysis/rasters?{urlencode(given)}" if given else "/analysis/rasters"


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.12f}".rstrip("0").rstrip(".")
    return str(value).lower() if isinstance(value, bool) else str(value)


def page(asked: dict[str, Any], problems: list[dict[str, Any]] | None = None, form: Any = None) -> str:
    """The page as it was asked for, with what was refused of a form and what was typed there."""
    context = current()
    with context.database.reading() as session:
        values = page_values(session, context.actor, asked, raster_dir(context.settings))
    return render_template("rasters/rasters.html", **values, problems=problems or [], form=form or {})


def nothing_asked() -> dict[str, Any]:
    """What a bare address asks."""
    return dict(_DEFAULTS)


def page_values(session: Session, actor: Actor, asked: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Everything the template needs; what an analysis refuses is told in its place."""
    if asked.pop("shade_seen") and asked["shade"] is None:
        # A box that is not ticked is not sent.
        asked["shade"] = False
    sight = policy.visibility(actor)
    found = rasters(session, sight, policy.own_scope(actor))
    named = raster(session, asked["raster"], sight) if asked["raster"] else None
    if named is not None and named.name not in {row.name for row in found}:
        found = [named, *found]
    ready = [row for row in found if row.status == "READY"]
    chosen = named if named is not None and named.facts is not None else None
    first = None if asked["raster"] else _first(ready)
    analysis = _analysis(session, actor, asked, chosen or first if asked["show"] == "zones" else chosen, folder)
    # A work that is asked for without a raster shows the heights that were read.
    shown = chosen or analysis.get("heights") or first
    layer = None if shown is None else shown.layer(folder)
    look = None
    if layer is not None:
        look = layer.look(asked["ramp"], asked["low"], asked["high"], shade=_shaded(asked, layer), band=asked["band"])
    return {
        "rows": found,
        "coming": _coming(session, actor, found, asked["raster"]),
        "told": [] if shown is None or shown.facts is None else problem_lines(list(shown.facts.warnings), language()),
        "is_outside": lambda row: any(warning.code == OUTSIDE for warning in row.facts.warnings),
        "shown": shown,
        "missing": asked["raster"] if named is None else "",
        "lost": layer is not None and not layer.path.is_file(),
        "layer": layer,
        "look": look,
        "legend": [] if layer is None or look is None else layer.legend(look),
        "ramps": [(ramp.name, ramp.title if language() == "th" else ramp.title_en) for ramp in RAMPS.values()],
        "asked": asked,
        "address": lambda **changes: query(asked, **changes),
        "kinds": kind_words(),
        "levels": level_words(),
        "epsg_name": _epsg_name,
        "staff": policy.visibility(actor) is policy.Visibility.STAFF,
        "may_change": shown is not None and may_change(session, actor, shown),
        "may_open_shown": shown is not None and may_open(session, actor, shown),
        **who_may_load(session, actor),
        **_places(session, asked["area"], shown),
        "map_data": _map_data(asked, shown, layer, look, analysis),
        **analysis,
    }


def _coming(session: Session, actor: Actor, found: list[RasterRow], first: str) -> list[dict[str, Any]]:
    """Rasters that are not ready, for whoever may see to them: how far, what is asked, or why not.

    The one of the address comes first, then the newest: what somebody has just sent is what is looked for.
    """
    made = []
    for row in sorted(found, key=lambda row: (row.name == first, row.id), reverse=True):
        if row.status == "READY" or not may_change(session, actor, row):
            continue
        job = get_job(session, row.job_id) if row.job_id else None
        made.append(
            {
                "row": row,
                "asked": asked_of(session, row.question) if row.status == "ASKS" and row.question else None,
                "job": None if job is None else job_json(job, language()),
                "technical": [] if job is None else _in_its_own_words(job),
                "running": job is not None and job.running,
                "mine": job is not None and job.created_by == actor.user_id,
                # What is wrong with the file stays wrong; a worker that stopped does not.
                "again": job is not None and not job.running and not (job.error or {}).get("problems"),
            }
        )
    return made


def _in_its_own_words(job: JobView) -> list[str]:
    """What a library said of a file, for whoever mends files."""
    values = [problem["values"] for problem in (job.error or {}).get("problems", ())]
    return [str(value["reason"]) for value in values if value.get("reason")]


def _first(ready: list[RasterRow]) -> RasterRow | None:
    """What a bare address opens: heights before the others."""
    return next((row for row in ready if row.kind == "elevation"), ready[0] if ready else None)


def _shaded(asked: Mapping[str, Any], layer: RasterLayer) -> bool:
    return layer.kind == "elevation" if asked["shade"] is None else bool(asked["shade"])


def _epsg_name(epsg: int) -> str:
    names = {
        4326: _("องศา WGS 84"),
        4240: _("องศา Indian 1975"),
        32647: "UTM 47N WGS 84",
        32648: "UTM 48N WGS 84",
        24047: "UTM 47N Indian 1975",
        24048: "UTM 48N Indian 1975",
    }
    return f"{names[epsg]} (EPSG:{epsg})" if epsg in names else f"EPSG:{epsg}"


def _analysis(
    session: Session, actor: Actor, asked: dict[str, Any], shown: RasterRow | None, folder: Path
) -> dict[str, Any]:
    """What the open part answers, or why not."""
    made: dict[str, Any] = {"zones": None, "zone_rows": [], "profiles": [], "catchment": None, "refused": []}
    try:
        if asked["show"] == "zones" and shown is not None and asked["level"]:
            found = zones_of(session, actor, shown.name, asked["level"], asked["area"], folder, band=asked["band"])
            rows = zones_json(found)
            names = area_names(session, [row["code"] for row in rows])
            rows = [{**row, "name": names[row["code"]].name(language())} for row in rows]
            made |= {"zones": found, "zone_rows": rows}
        elif asked["show"] == "profile" and asked["project"]:
            name = shown.name if shown is not None and shown.kind == "elevation" else ""
            row, profiles = profiles_of(session, actor, asked["project"], name, folder)
            made |= {"profiles": [profile_json(each) for each in profiles], "heights": row}
        elif asked["show"] == "catchment" and (asked["project"] or asked["lon"] is not None):
            made |= _catchment(session, actor, asked, shown, folder)
    except AppError as error:
        made["refused"] = refusals(error)
    return made


def _catchment(
    session: Session, actor: Actor, asked: dict[str, Any], shown: RasterRow | None, folder: Path
) -> dict[str, Any]:
    clicked = None if asked["lon"] is None or asked["lat"] is None else (asked["lon"], asked["lat"])
    name = shown.name if shown is not None and shown.kind == "elevation" else ""
    row, found = catchment_of(session, actor, name, folder, code=asked["project"], lonlat=clicked)
    sure = found.sure_to_m2
    about: dict[str, Any] = {
        "km2": about_text(found.area_m2 / 1e6, sure / 1e6),
        "rai": about_text(found.area_m2 / 1_600, sure / 1_600),
        "water_m3": about_text(found.area_m2 * _RAIN_M, sure * _RAIN_M),
    }
    if asked["project"]:
        place, kind = stands_at(session, actor, asked["project"])
        about |= {"place": place, "not_water": kind != "water"}
    return {"catchment": catchment_json(row, found), "catchment_about": about, "heights": row}


def who_may_load(session: Session, actor: Actor) -> dict[str, Any]:
    """Whether the actor brings in data of this kind, and for whom."""
    for_all = policy.may(actor, policy.REFERENCE_LOAD, policy.NATION)
    owners = [] if for_all else _organisations(session, actor)
    return {
        "may_load": for_all or bool(actor.roles & set(policy.roles_for(policy.IMPORT))),
        "may_load_for_all": for_all,
        "organisations": [(code, name) for code, name, _ in owners],
        "may_open": for_all or any(policy.may(actor, policy.RASTER_OPEN, target) for _, _, target in owners),
        "room_used": used_bytes(session, [code for code, _, _ in owners]),
        "room_limit": current().settings.raster_quota_bytes,
    }


def _organisations(session: Session, actor: Actor) -> list[tuple[str, str, policy.Target]]:
    scope = policy.own_scope(actor)
    known = list(organisation_names(session, scope.organisations).values())
    for province in sorted(scope.provinces):
        known += organisations_in_area(session, province)
    targets = [(one, policy.Target(one.code, one.province_code, one.amphoe_code)) for one in known]
    return [
        (one.code, one.name(language()), target) for one, target in targets if policy.may(actor, policy.IMPORT, target)
    ]


def _places(session: Session, area: str, shown: RasterRow | None) -> dict[str, Any]:
    """Where statistics can be asked: only what the raster may cover; amphoes of one province."""
    if shown is None or shown.facts is None:
        return {"provinces": [], "amphoes": []}
    bounds = shown.facts.bounds
    provinces = named_areas(session, "province", "", bounds)
    within = area[:2] or (provinces[0][0] if len(provinces) == 1 else "")
    amphoes = named_areas(session, "amphoe", within, bounds) if within else []
    names = area_names(session, [code for code, _ in (*provinces, *amphoes)])

    def named(areas: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(code, names[code].name(language())) for code, _ in areas]

    return {"provinces": named(provinces), "amphoes": named(amphoes)}


def _map_data(
    asked: Mapping[str, Any],
    shown: RasterRow | None,
    layer: RasterLayer | None,
    look: Any,
    analysis: Mapping[str, Any],
) -> dict[str, Any]:
    """What the map's script needs."""
    made: dict[str, Any] = {"raster": None, "opacity": asked["opacity"], "show": asked["show"]}
    if shown is not None and layer is not None and look is not None:
        look_of = {"ramp": look.ramp, "low": _text(look.low), "high": _text(look.high), "band": look.band}
        made["raster"] = {
            "name": shown.name,
            "tiles": f"/tiles/raster/{shown.name}/{{z}}/{{x}}/{{y}}.png?"
            + urlencode({**look_of, "shade": str(look.shade).lower()}),
            "maxzoom": layer.maxzoom,
            "bounds": list(layer.bounds),
            "band": look.band,
            "unit": {"elevation": _("ม."), "population": _("คนต่อช่อง")}.get(layer.kind, ""),
        }
    made["catchment"] = analysis["catchment"]
    made["profiles"] = analysis["profiles"]
    clicked = None if asked["lon"] is None or asked["lat"] is None else [asked["lon"], asked["lat"]]
    made["place"] = clicked or analysis.get("catchment_about", {}).get("place")
    return made


def zone_about(found: Zones) -> list[str]:
    """What stands above the table of a workbook: areas, source and day of the raster, how pixels are counted."""
    row = found.row
    source = _("ที่มา: %(source)s", source=row.source) if row.source else ""
    day = f"{_('ข้อมูล ณ')} {format_thai_date(row.as_of)}" if row.as_of else ""
    facts = " · ".join(each for each in (level_words()[found.level], source, day) if each)
    return [facts, _("แต่ละช่องของภาพนับตามส่วนที่อยู่ในเขตจริง เขตที่ไม่มีข้อมูลเว้นว่าง ไม่ใช่ 0")]


def zone_titles(found: Zones) -> list[str | Column]:
    """Heads of the file's columns."""
    heads: list[str | Column] = [
        _("รหัส"), _("เขต"), Column(_("พื้นที่ (ตร.ม.)"), "count"), Column(_("จำนวนช่อง"), "number"),
        Column(_("ส่วนที่มีข้อมูล"), "share"), Column(_("ผลรวม"), "number"), Column(_("ค่าเฉลี่ย"), "number"),
        Column(_("ต่ำสุด"), "number"), Column(_("สูงสุด"), "number"), Column(_("ส่วนเบี่ยงเบนมาตรฐาน"), "number"),
        _("หมายเหตุ"),
    ]  # fmt: skip
    return heads if found.shares is None else [*heads, _("สัดส่วนแต่ละค่า")]


def zone_lines(found: Zones) -> Iterator[list[Cell]]:
    """Rows of the file."""
    for row in zones_json(found):
        numbers = (row[name] for name in ("area_m2", "pixels", "covered_share", "sum", "mean", "min", "max", "stdev"))
        classes = sorted(row.get("classes", ()), key=lambda each: -each["share"])
        shares = [", ".join(f"{each['value']:g}: {each['share']:.1%}" for each in classes)]
        yield [row["code"], row["name"], *numbers, row["note_text"], *(shares if found.shares is not None else ())]

"""Items of provincial plans and PAO strategies: read by all, kept on a page by the province and the PAO."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput, NotFound
from app.queries.alignment import KEPT, PAO, AlignmentItem, items_of_province, pao_of
from app.queries.areas import area
from app.services.alignment import AlignmentWords, may_keep, remove_item, restore_item, save_item
from app.web.context import attribution, current
from app.web.endpoint import Access, Param, api_route, page_route
from app.web.money_body import Body, read_body
from app.web.page_forms import posted, read_typed
from app.web.params import choice, integer_schema, string_schema, whole_number
from app.web.payloads import if_match_state, json_object
from app.web.plan_json import LIST, OBJECT
from gis.problems import Problem

blueprint = Blueprint("alignment", __name__)

ADD = Param("add", choice(*KEPT), string_schema(enum=list(KEPT)), "Framework to which an item is added")
EDIT = Param("edit", whole_number(1, 2**53), integer_schema(1, 2**53), "Item that is written")
_ALL = "/api/v1/provinces/<province_code>/alignment-items"
_ONE = f"{_ALL}/<int:item_id>"
_IF_MATCH = {"If-Match": '"etag" of the item that you change, such as "item0123456789abcdef"'}
_WORDS = Body(
    {
        "framework": "text",
        "code": "text",
        "name_th": "text",
        "name_en": "text",
        "valid_from_be": "whole",
        "valid_to_be": "whole",
    },
    frozenset({"framework", "code", "name_th"}),
)


@api_route(
    blueprint,
    _ALL,
    access=Access.PUBLIC,
    summary="Items of the provincial plan and strategies of the PAO, with the fiscal years in which each holds",
    response=LIST,
)
def read_provincial_items(province_code: str) -> dict[str, Any]:
    """Those that were taken out are left out."""
    with current().database.reading() as session:
        _found_province(session, province_code)
        items = items_of_province(session, province_code)
    return {"items": [_item_json(item) for item in items if not item.removed]}


@api_route(
    blueprint,
    _ALL,
    method="POST",
    access=Access.SIGNED_IN,
    summary="Add an item that strategies of plans in the province may serve",
    response=OBJECT,
    status=201,
    body=_WORDS.schema(),
)
def add_provincial_item(province_code: str) -> Any:
    """Of the provincial plan by officers of the province, of the PAO by its planners."""
    return _saved(province_code, None, "", 201)


@api_route(
    blueprint,
    _ONE,
    method="PUT",
    access=Access.SIGNED_IN,
    summary="Write an item again; it stays in its framework",
    response=OBJECT,
    body=_WORDS.schema(),
    headers=_IF_MATCH,
)
def put_provincial_item(province_code: str, item_id: int) -> Any:
    """Years that are left out have no limit."""
    return _saved(province_code, item_id, if_match_state("item"), 200)


@api_route(
    blueprint,
    _ONE,
    method="DELETE",
    access=Access.SIGNED_IN,
    summary="Take an item out: no strategy can choose it any more, those that serve it keep their link",
    response=OBJECT,
    headers=_IF_MATCH,
)
def delete_provincial_item(province_code: str, item_id: int) -> dict[str, Any]:
    """It can be put back."""
    seen, context = if_match_state("item"), current()
    with context.database.transaction(attribution()) as session:
        remove_item(session, context.actor, province_code, item_id, seen=seen)
        item = _item(session, province_code, item_id)
    return {"etag": _etag(item), "receipt": context.request_id}


@api_route(
    blueprint,
    f"{_ONE}/restore",
    method="POST",
    access=Access.SIGNED_IN,
    summary="Put an item back that was taken out",
    response=OBJECT,
    headers=_IF_MATCH,
)
def restore_provincial_item(province_code: str, item_id: int) -> Any:
    """Refused when another one has its code in the same years by now."""
    seen, context = if_match_state("item"), current()
    with context.database.transaction(attribution()) as session:
        restore_item(session, context.actor, province_code, item_id, seen=seen)
        item = _item(session, province_code, item_id)
    return {**_item_json(item), "receipt": context.request_id}, 200, {"ETag": _etag(item)}


def _saved(province_code: str, item_id: int | None, seen: str, status: int) -> Any:
    words, context = AlignmentWords(**read_body(_WORDS, json_object())), current()
    with context.database.transaction(attribution()) as session:
        identity = save_item(session, context.actor, province_code, words, item_id=item_id, seen=seen)
        item = _item(session, province_code, identity)
    return {**_item_json(item), "receipt": context.request_id}, status, {"ETag": _etag(item)}


def _item(session: Session, province_code: str, item_id: int) -> AlignmentItem:
    return next(item for item in items_of_province(session, province_code) if item.id == item_id)


def _item_json(item: AlignmentItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "framework": item.framework,
        "code": item.code,
        "name_th": item.name_th,
        "name_en": item.name_en,
        "valid_from_be": item.valid_from_be,
        "valid_to_be": item.valid_to_be,
        "strategies": item.strategies,
        "etag": _etag(item),
    }


def _etag(item: AlignmentItem) -> str:
    """For ``If-Match``: an item has no number of its writing, so its words tell its states apart."""
    return f'"item{item.seen}"'


@page_route(blueprint, "/provinces/<province_code>/alignment", access=Access.PUBLIC, params=(ADD, EDIT))
def alignment_page(province_code: str, add: str | None, edit: int | None) -> str:
    """What strategies of plans in the province may serve, framework by framework."""
    return _page(province_code, add, edit)


@page_route(blueprint, "/provinces/<province_code>/alignment", methods=("POST",), access=Access.SIGNED_IN)
def keep_alignment(province_code: str) -> Response:
    """Add an item, write one again, take one out or put it back."""
    form = request.form
    item, seen = form.get("item", 0, int) or None, form.get("seen", "")

    def act(session: Session, actor: Actor) -> None:
        if form.get("do") == "restore" and item is not None:
            restore_item(session, actor, province_code, item, seen=seen)
        elif form.get("do") == "remove" and item is not None:
            if not form.get("sure"):
                raise InvalidInput([Problem("confirmation_missing", where={"field": "sure"})])
            remove_item(session, actor, province_code, item, seen=seen)
        else:
            words = AlignmentWords(**read_typed(_WORDS, form))
            save_item(session, actor, province_code, words, item_id=item, seen=seen)

    return posted(
        act,
        again=lambda problems: _page(province_code, form.get("framework"), item, problems, form),
        then=url_for("alignment.alignment_page", province_code=province_code),
    )


def framework_names() -> dict[str, str]:
    """Plans above those of an organisation, in the language of the page."""
    return {
        "NATIONAL": _("ยุทธศาสตร์ชาติ 20 ปี"),
        "NESDP13": _("หมุดหมาย แผนฯ 13"),
        "SDG": _("เป้าหมายการพัฒนาที่ยั่งยืน (SDGs)"),
        "REGION": _("แผนพัฒนาภาค"),
        "CLUSTER": _("แผนพัฒนากลุ่มจังหวัด"),
        "PROVINCE": _("แผนพัฒนาจังหวัด"),
        "LAO_IN_PROVINCE": _("ยุทธศาสตร์ อปท. ในเขตจังหวัด"),
        "PAO": _("ยุทธศาสตร์ อบจ."),
    }


def _page(
    province_code: str,
    add: str | None,
    edit: int | None,
    problems: list[dict[str, Any]] | None = None,
    form: Any = None,
) -> str:
    actor = current().actor
    with current().database.reading() as session:
        province = _found_province(session, province_code)
        items = items_of_province(session, province_code)
        may = {framework: may_keep(session, actor, province_code, framework) for framework in KEPT}
        pao = pao_of(session, province_code)
    edited = next((item for item in items if item.id == edit and not item.removed), None)
    framework = edited.framework if edited else add
    return render_template(
        "alignment/province.html",
        province=province,
        pao=pao,
        frameworks=[(code, framework_names()[code]) for code in KEPT if code != PAO or pao is not None],
        items={code: [item for item in items if item.framework == code] for code in KEPT},
        may=may,
        edited=edited,
        writing=framework if framework and may.get(framework) else None,
        words=form if form is not None else _words(edited),
        problems=problems or [],
        form=form or {},
    )


def _words(item: AlignmentItem | None) -> dict[str, str]:
    if item is None:
        return {}
    names = ("code", "name_th", "name_en", "valid_from_be", "valid_to_be")
    values = {name: getattr(item, name) for name in names}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _found_province(session: Session, code: str) -> Any:
    found = area(session, code)
    if found is None or found.level != "province":
        raise NotFound("area_not_found", {"area": code[:20]})
    return found

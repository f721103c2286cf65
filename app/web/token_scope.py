"""What a token of the data service may ask at which address, and what it has left today.

Everything that is not named here is refused: a new address is closed to tokens of agencies until somebody says which
resource it tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, g, request

from app.auth.actor import TokenScope
from app.auth.data_service import covers
from app.auth.identity import bearer_token
from app.errors import Forbidden, NotFound
from app.queries.data_service import project_area
from app.services import data_service
from app.services.data_service import Quota, QuotaExceeded
from app.web.context import current, platform

_ALL = frozenset({"projects", "geometries", "money"})
_MONEY, _PLANS = frozenset({"money"}), frozenset({"plans"})
# Address -> everything that it tells; a token needs all of it. The first in the order of RESOURCES is counted.
NEEDS: Mapping[str, frozenset[str]] = {
    "accounts.me": frozenset(),
    "data_service.own_use": frozenset(),
    "openapi.openapi": frozenset(),
    "status.status_json": frozenset(),
    "maintenance.notice": frozenset(),
    "layers.layers": frozenset(),
    "layers.schema": frozenset(),
    "open_data.list_tables": frozenset(),
    # What of these is of another resource is left out of the answer.
    "projects.read_list": frozenset({"projects"}),
    "projects.read_one": frozenset({"projects"}),
    "geometries.read": frozenset({"geometries"}),
    "geometries.versions": frozenset({"geometries"}),
    "layers.items": _ALL,
    "tiles.tile": _ALL,
    "exports.export": _ALL,
    "oc4ids.read_package": _ALL,
    "open_data.read_table": _ALL,
    "open_data.read_fiscal_package": _ALL,
    "budget.budget": _MONEY,
    "budget.shapes": _MONEY,
    "budget.file": _MONEY,
    "funnel.funnel_api": _MONEY,
    "funnel.funnel_file": _MONEY,
    "plans.list_plans": _PLANS,
    "plans.read_plan": _PLANS,
    "plans.read_version": _PLANS,
    "plan_forms.read_form": _PLANS,
    "plan_files.announcement": _PLANS,
    "strategies.read_alignment_items": _PLANS,
    "changes.read": frozenset({"changes"}),
    "standing_orders.list_orders": frozenset({"exports"}),
    "standing_orders.copy_file": frozenset({"exports"}),
    **dict.fromkeys(
        (
            "standing_order_json.read",
            "standing_order_json.add",
            "standing_order_json.change",
            "standing_order_json.end",
        ),
        frozenset({"exports"}),
    ),
}
# A token reads; only what it may have made for itself it orders, changes and ends.
WRITES = frozenset({"standing_order_json.add", "standing_order_json.change", "standing_order_json.end"})
# Lists that the parameter ``area`` narrows, and addresses of one project.
BY_AREA = frozenset(
    {
        "projects.read_list",
        "layers.items",
        "exports.export",
        "oc4ids.read_package",
        "open_data.read_table",
        "open_data.read_fiscal_package",
    }
)
_BY_PROJECT = frozenset({"projects.read_one", "geometries.read", "geometries.versions"})
# These narrow by themselves what they tell.
_BY_THEMSELVES = WRITES | {
    "changes.read",
    "standing_orders.list_orders",
    "standing_orders.copy_file",
    "standing_order_json.read",
}
# A filter or an order tells what it works on.
_TELLING = {
    **dict.fromkeys(("fund_source", "programme", "stage"), "money"),
    **dict.fromkeys(("strategy", "local_strategy", "plan_form"), "plans"),
    "bbox": "geometries",
}
_OF_MONEY = frozenset({"appropriations", "contracts", "disbursements", "carry_overs", "penalties", "progress"})
_OF_GEOMETRIES = frozenset({"geometry", "bbox", "area_bbox"})
_OF_NOBODY = frozenset({"history", "may"})
_ORDER = ("changes", "exports", "plans", "money", "geometries", "projects")


def admit(path: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Let a request in that came by a token of the data service, with its parameters narrowed to the token's areas.

    Raises
    ------
    Forbidden
        Not in the scope of the token.
    NotFound
        A project outside its areas.
    QuotaExceeded
        The day's quota is used up.
    """
    if bearer_token() is None:
        return values
    scope = current().actor.token
    if scope is None:
        return values
    needs = NEEDS.get(request.endpoint or "")
    resource = next((one for one in _ORDER if needs and one in needs), "other")
    try:
        _check_resources(scope, needs, values)
        narrowed = _narrowed(scope, path, values) if scope.areas and needs else values
    except (Forbidden, NotFound):
        _count(scope, resource, refused=1)
        raise
    with platform().database.transaction() as session:
        quotas = data_service.count_request(session, scope, resource)
    g.eplan_quotas = quotas
    over = next((quota for quota in quotas if quota.left is not None and quota.left < 0), None)
    if over is not None:
        raise QuotaExceeded(over, quotas)
    g.eplan_counted = (scope, resource)
    return narrowed


def _check_resources(scope: TokenScope, needs: frozenset[str] | None, values: Mapping[str, Any]) -> None:
    if request.method not in ("GET", "HEAD") and request.endpoint not in WRITES:
        raise Forbidden("token_reads_only")
    missing = sorted(needs - scope.resources) if needs is not None else [request.path]
    missing += [need for name, need in _TELLING.items() if values.get(name) and need not in scope.resources and needs]
    if str(values.get("sort") or "").lstrip("-") == "budget" and "money" not in scope.resources:
        missing.append("money")
    if missing:
        allowed = ", ".join(sorted(scope.resources))
        raise Forbidden("token_scope", {"resource": ", ".join(dict.fromkeys(missing)), "allowed": allowed})


def _narrowed(scope: TokenScope, path: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    if request.endpoint in BY_AREA:
        asked: Sequence[str] = values.get("area") or ()
        for code in asked:
            if not covers(scope, code):
                raise Forbidden("token_area", {"area": code[:40], "allowed": ", ".join(scope.areas)})
        return {**values, "area": tuple(asked) or scope.areas}
    if request.endpoint in _BY_PROJECT:
        with platform().database.reading() as session:
            found = project_area(session, str(path["code"]))
        if not covers(scope, found):
            raise NotFound("project_not_found", {"project": str(path["code"])[:80]})
        return values
    if request.endpoint in _BY_THEMSELVES:
        return values
    raise Forbidden("token_area_not_here", {"allowed": ", ".join(scope.areas)})


def within_scope(told: Any) -> Any:
    """A project as the token of this request may be told of it; unchanged for everybody else."""
    scope = current().actor.token
    return told if scope is None else _without(told, scope.resources)


def _without(told: Any, resources: frozenset[str]) -> Any:
    if isinstance(told, Mapping):
        return {name: _without(value, resources) for name, value in told.items() if _is_told(name, resources)}
    return [_without(one, resources) for one in told] if isinstance(told, list) else told


def _is_told(name: str, resources: frozenset[str]) -> bool:
    if name in _OF_NOBODY:
        return False
    if name.endswith("_baht") or name in _OF_MONEY:
        return "money" in resources
    if name in _OF_GEOMETRIES:
        return "geometries" in resources
    return name != "plan" or "plans" in resources


def note_rows(rows: int) -> None:
    """Tell how many rows the answer holds, where it is no list."""
    g.eplan_rows = rows


def register_token_scope(app: Flask) -> None:
    """Count what a token took, and say what is left."""

    @app.after_request
    def count_answer(answer: Response) -> Response:
        quotas: tuple[Quota, ...] = g.get("eplan_quotas", ())
        counted = g.pop("eplan_counted", None)
        if counted is not None:
            scope, resource = counted
            rows = int(g.get("eplan_rows", 0)) if answer.status_code < 300 else 0
            _count(scope, resource, rows=rows, bytes=answer.content_length or 0)
            quotas = tuple(
                Quota(q.name, q.limit, max(0, q.left - rows) if q.name == "rows" and q.left is not None else q.left)
                for q in quotas
            )
        if quotas:
            _tell(answer, quotas)
        return answer


def _tell(answer: Response, quotas: tuple[Quota, ...]) -> None:
    """Headers of draft-ietf-httpapi-ratelimit-headers, and the older three for requests."""
    reset = data_service.seconds_to_reset()
    limited = [quota for quota in quotas if quota.limit is not None and quota.left is not None]
    answer.headers["RateLimit-Policy"] = ", ".join(f'"{quota.name}";q={quota.limit};w=86400' for quota in limited)
    answer.headers["RateLimit"] = ", ".join(
        f'"{quota.name}";r={max(0, quota.left or 0)};t={reset}' for quota in limited
    )
    for quota in limited[:1]:
        answer.headers["RateLimit-Limit"] = str(quota.limit)
        answer.headers["RateLimit-Remaining"] = str(max(0, quota.left or 0))
        answer.headers["RateLimit-Reset"] = str(reset)


def _count(scope: TokenScope, resource: str, *, rows: int = 0, bytes: int = 0, refused: int = 0) -> None:
    if rows or bytes or refused:
        with platform().database.transaction() as session:
            data_service.count(session, scope.token_id, resource, rows=rows, bytes=bytes, refused=refused)

"""The table of :mod:`tests.app.test_access_table`: one line for each address, who gets in here and elsewhere."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.auth.permissions import permissions
from tests.app.access_world import (
    EVERYBODY,
    LINE,
    RECEIPT,
    ROUTE,
    SIGNED_IN,
    VISITOR,
    Place,
    World,
    contracts,
    picture_form,
    upload,
)

NOBODY: frozenset[str] = frozenset()
STAFF = SIGNED_IN - {"PARTNER_AGENCY", "PUBLIC"}
ENGINEERS = frozenset({"LAO_ENGINEER", "PROV_OFFICER"})
PLANNERS = frozenset({"LAO_PLANNER", "PROV_OFFICER"})
FINANCE = frozenset({"LAO_FINANCE", "PROV_OFFICER"})
EXECUTIVE = frozenset({"LAO_EXECUTIVE"})
IMPORTERS = ENGINEERS | PLANNERS
NATIONAL = frozenset(role for role, row in permissions().items() if row.scope == "nation") & STAFF

COUNTED = STAFF | {"PARTNER_AGENCY"}
DEPARTMENT = frozenset({"DLA_CENTRAL"})
WRITERS = STAFF - {"DISTRICT"}
NEWS_WRITERS = frozenset({"PROV_OFFICER", "PROV_HEAD", "DLA_CENTRAL"})
REMINDERS = NEWS_WRITERS | {"LAO_PLANNER"}
A_THREAD = "/api/v1/messages/<int:thread_id>"
NEWS_SEEN = {"If-Match": '"n99"'}
OFFICER = frozenset({"PROV_OFFICER"})
DEPARTMENTAL = frozenset({"DLA_CENTRAL", "CENTRAL_ANALYST"})
OF_OFFICERS = OFFICER | {"PROV_HEAD"} | DEPARTMENTAL
EVALUATION = "/api/v1/evaluations/<int:evaluation_id>"
EVALUATION_ACTS = "any(remarks,propose,return,submit,announce,postings,versions)"
DAY = "/api/v1/daily-reports/<int:officer_id>/<day>"
DAY_ACTS = "any(remarks,calls,removals,send,sign,return,versions)"
CALENDAR_TASK = "/api/v1/calendar-tasks/<int:task_id>"
SCORE = "/scores/<province_code>"
API_SCORE = "/api/v1/scores/<province_code>"
A_MARK = {"criterion": "ADVICE", "points": 12, "remark": "ลงพื้นที่ทุกเดือน"}
SCORED = frozenset({"PROV_OFFICER"})
JUDGES = frozenset({"PROV_HEAD", "DLA_CENTRAL"})
A_TASK = {"topic": "VISION", "name_th": "x", "opens_on": "2026-11-01", "due_on": "2026-11-02", "reason": "x"}

A_PERSON = "/api/v1/people/<int:user_id>"
OF_THE_PROVINCE = frozenset({"PROV_OFFICER", "PROV_HEAD"}) | (NATIONAL - {"PARTNER_AGENCY"})
OF_THE_PLACE = STAFF
ABOVE = frozenset({"PROV_HEAD", "DLA_CENTRAL"})
ISSUERS = ABOVE | EXECUTIVE
AN_ACCOUNT = {"username": "somebody.new", "display_name": "เจ้าหน้าที่คนใหม่", "role": "LAO_PLANNER"}
A_WINDOW = {"begins_at": "2020-01-01T20:00", "ends_at": "2020-01-01T21:00", "reason_th": "x"}

AN_ORDER = "/api/v1/standing-orders/<int:order_id>"
VERSION = "/api/v1/plan-versions/<int:version_id>"
STRATEGIES = "/api/v1/plans/<int:plan_id>/strategies"
SCENARIO = "/analysis/scenarios/<scenario_key>"
SHEET = "/api/v1/organisations/<organisation_code>/sheets/<sheet_name>/<int:year_be>"
RECORD_FILES = "/organisations/<organisation_code>/sheets/<sheet_name>/<int:year_be>/uploads"
RECORD_UPLOAD = "/api/v1/record-uploads/<int:record_upload_id>"
ITEMS = "/api/v1/provinces/<province_code>/alignment-items"
ITEM = {"framework": "PROVINCE", "code": "1", "name_th": "เมืองน่าอยู่"}
ITEM_SEEN = '"item0123456789abcdef"'  # of no state: whoever may write hears that it was changed
OF_PROJECT = "/api/v1/projects/<code>"
OF_ORGANISATION = "/api/v1/organisations/<organisation>"
A_DOCUMENT = "/api/v1/budget-documents/<int:document_id>"
A_TRANSFER = "/api/v1/budget-transfers/<int:transfer_id>"
DESK = "/organisations/<organisation_code>"
DOCUMENT_PAGE = "/budget-documents/<int:document_id>"
TRANSFER_PAGE = "/budget-transfers/<int:transfer_id>"
ACTIONS = "/api/v1/action-plans/<int:action_plan_id>"
ACTION_PAGE = "/action-plans/<int:action_plan_id>"
PROFILE = "/api/v1/organisations/<organisation_code>"
UPLOAD = "/api/v1/plan-uploads/<int:upload_id>"
PICTURES = "/api/v1/projects/<code>/attachments"
MONEY = "/projects/<code>/<any(budget,contracts,disbursements,reserves,progress,status):part>"
# Refused after the door: whoever comes next finds the row as it was.
TOO_LONG = {"reason": "ก" * 1001}
MONEY_ROW = (
    "/projects/<code>/<any(budget,contracts,penalties,disbursements,reserves,progress):part>/<int:row_id>"
    "/<any(change,remove,restore,confirm,amend,instalments,penalty,reverse):what>"
)
ROW_OF = {
    "budget": "appropriation",
    "contracts": "contract",
    "penalties": "penalty",
    "progress": "report",
    "disbursements": "disbursement",
    "reserves": "carry_over",
}
SAID = {"act": "answer", "answer": "repair", "row_version": "1"}
# Pages of the sign-in extension and built files; test_auth tests what they do.
FOREIGN = frozenset({"static", "security.static", "security.login", "security.logout", "security.verify"})

Extra = Callable[[World, Place], Mapping[str, Any]]


def plain(_world: World, _place: Place) -> Mapping[str, Any]:
    """A request without more."""
    return {}


@dataclass(frozen=True)
class Case:
    """One line.

    Parameters
    ----------
    method, rule
        The address as the router knows it.
    own, other
        Who is let in at the own place (for roles of the nation every place is their own) and at the other one.
    extra
        Body and headers.
    variant
        Tells lines of the same address apart; ``planned`` uses the project that the public does not know.
    """

    method: str
    rule: str
    own: frozenset[str]
    other: frozenset[str]
    extra: Extra = field(default=plain)
    variant: str = ""

    @property
    def name(self) -> str:
        """Name of the test."""
        return f"{self.method} {self.rule} {self.variant}".strip()

    def request(self, world: World, side: str, who: str) -> dict[str, Any]:
        """The request of one person."""
        place = world.own if side == "own" else world.other
        mine = side == "own" and who != VISITOR
        part, _, what = self.variant.partition("/")
        values: dict[str, Any] = {
            "code": place.planned if self.variant == "planned" else place.published,
            "route_code": ROUTE,
            "batch_id": place.batch,
            "match_id": place.match,
            "row_number": place.row,
            "attachment_id": place.attachment,
            "user_id": world.colleague[side],
            "membership_id": 2**40,
            "hand_over_id": 2**40,
            "session_id": 2**40,
            "job_id": world.jobs[who] if mine else world.stranger_job,
            "token_id": world.tokens[who] if mine else world.stranger_token,
            "organisation": place.organisation,
            "year": 2570,
            "task_id": world.task,
            "window_id": world.window,
            "data_token_id": world.data_tokens[who if mine else VISITOR],
            "order_id": world.orders[who if mine else VISITOR],
            "copy_id": "latest",
            "appeal_id": 1,
            "request_id": RECEIPT,
            **{f"{name}_id": number for name, number in place.money.items()},
            "part": part,
            "row_id": place.money.get(ROW_OF.get(part, ""), 0),
            "what": what,
            "organisation_code": place.organisation,
            "province_code": place.organisation[1:3],
            "plan_id": place.plan,
            "version_id": place.version,
            "comment_id": 1,
            "upload_id": place.upload,
            "record_upload_id": place.record_upload,
            "scenario_key": place.scenario,
            "thread_id": place.thread,
            "file_id": place.file,
            "news_id": place.news,
            "action_plan_id": place.actions,
            "action_slug": "pd02",
            "slug": "p02",
            "strategy_id": place.strategy,
            "item_id": place.item,
            "sheet_name": self.variant or "grants",
            "year_be": 2569,
            "receipt": RECEIPT,
            "pair_id": place.pair,
            "decision_id": place.decision,
            "entity": "organisation",
            "key": place.organisation,
            "name": place.raster if "/raster/" in self.rule else "roads",
            "evaluation_id": place.draft if self.variant == "draft" else place.result,
            "sha256": place.statement,
            "officer_id": place.officer,
            "day": "2026-11-19",
            "act": self.variant,
            "raster_name": place.raster,
            "extent_name": place.extent,
            "layer": "roads",
            "table_name": "projects",
            "z": 12,
            "x": 3208,
            "y": 1863,
            "number": 0,
            "area": place.organisation[1:3],
            "form": "csv",
            "photo_id": 2**40,
            "size": "picture",
            "link": "1-AAAAAAAAAAAAAAAAAAAAAA",
            "question_id": place.question,
        }
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: str(values[found[1]]), self.rule)
        return {"path": path, **self.extra(world, place)}


def body(value: Any, **headers: str) -> Extra:
    """A JSON body, the same for every place."""
    return lambda _world, _place: {"json": value, "headers": headers}


def headers(given: Mapping[str, str]) -> Extra:
    """Headers without a body."""
    return lambda _world, _place: {"headers": dict(given)}


def form(values: Mapping[str, str]) -> Extra:
    """Fields of a form."""
    return lambda _world, _place: {"data": dict(values)}


def finding(more: Mapping[str, Any]) -> Extra:
    """A body that speaks of a finding of the place's project."""
    return lambda _world, place: {"json": {"findings": [{"project": place.published, "code": "spike"}], **more}}


def open_to(who: frozenset[str], method: str, rule: str, extra: Extra = plain, variant: str = "") -> Case:
    """A line where the place does not matter."""
    return Case(method, rule, who, who, extra, variant)


def raster_form(_world: World, place: Place) -> Mapping[str, Any]:
    """A raster that is none: whoever may load hears that."""
    fields = {"title": "ความสูง", "kind": "elevation", "organisation": place.organisation}
    return {"data": {**fields, "file": (io.BytesIO(b"no raster"), "dem.tif")}}


def extent_form(_world: World, place: Place) -> Mapping[str, Any]:
    """An extent out of nothing: whoever may make one hears what is missing."""
    return {"data": {"title": "น้ำท่วม", "organisation": place.organisation, "raster": place.raster, "threshold": "x"}}


def of_place(_world: World, place: Place) -> Mapping[str, Any]:
    """A question of the place's organisation, without words."""
    return {"query_string": {"organisation": place.organisation}}


def a_question(_world: World, place: Place) -> Mapping[str, Any]:
    """A question of the place's organisation that nobody can be asked."""
    return {"json": {"subject": "x", "text": "x", "organisation": place.organisation, "to": "x"}}


def a_debt(world: World, place: Place) -> Mapping[str, Any]:
    """A task that the organisation does not owe: who may remind hears that."""
    return {"data": {"debt": f"{place.organisation}:{world.task}"}}


def late_of(world: World, place: Place) -> Mapping[str, Any]:
    """Everything late of the organisation: nothing is, and who may remind hears that."""
    return {"data": {"organisation": place.organisation}}


def debts_of(world: World, place: Place) -> Mapping[str, Any]:
    """The same for programs."""
    return {"json": {"organisation": place.organisation, "tasks": [world.task]}}


CASES = (
    # The edge and a person's own things
    open_to(EVERYBODY, "GET", "/"),
    # Status, maintenance, data service, standing orders
    open_to(EVERYBODY, "GET", "/status"),
    open_to(EVERYBODY, "GET", "/api/v1/status"),
    open_to(EVERYBODY, "GET", "/api/v1/maintenance"),
    open_to(DEPARTMENT, "POST", "/api/v1/maintenance", body(A_WINDOW)),
    open_to(
        DEPARTMENT, "PATCH", "/api/v1/maintenance/<int:window_id>", body({"notice_hours": 9}, **{"If-Match": '"w9"'})
    ),
    open_to(
        DEPARTMENT,
        "POST",
        "/api/v1/maintenance/<int:window_id>/cancel",
        body({"reason": "x"}, **{"If-Match": '"w9"'}),
    ),
    open_to(DEPARTMENT, "GET", "/maintenance"),
    open_to(DEPARTMENT, "POST", "/maintenance"),
    open_to(DEPARTMENT, "GET", "/data-service"),
    open_to(DEPARTMENT, "POST", "/data-service"),
    Case("GET", "/data-service/tokens/<int:data_token_id>", SIGNED_IN, DEPARTMENT),
    Case("POST", "/data-service/tokens/<int:data_token_id>/revoke", SIGNED_IN, DEPARTMENT),
    # Only by a token of the data service: test_data_service.
    open_to(NOBODY, "GET", "/api/v1/me/use"),
    open_to(EVERYBODY, "GET", "/api/v1/changes"),
    open_to(SIGNED_IN, "GET", "/standing-orders"),
    open_to(SIGNED_IN, "POST", "/standing-orders"),
    Case("POST", "/standing-orders/<int:order_id>/end", SIGNED_IN, DEPARTMENT),
    open_to(SIGNED_IN, "GET", "/api/v1/standing-orders"),
    open_to(SIGNED_IN, "POST", "/api/v1/standing-orders", body({"title": "x"})),
    Case("GET", AN_ORDER, SIGNED_IN, DEPARTMENT),
    Case("PATCH", AN_ORDER, SIGNED_IN, DEPARTMENT, body({"keep": 0})),
    Case("DELETE", AN_ORDER, SIGNED_IN, DEPARTMENT),
    open_to(NOBODY, "GET", "/api/v1/standing-orders/<int:order_id>/copies/<copy_id>/file", variant="not made"),
    open_to(EVERYBODY, "GET", "/healthz"),
    open_to(EVERYBODY, "GET", "/readyz"),
    open_to(EVERYBODY, "GET", "/robots.txt"),
    # What everybody may see, ask and follow
    open_to(EVERYBODY, "GET", "/sitemap.xml"),
    open_to(EVERYBODY, "GET", "/sitemap-<int:number>.xml"),
    open_to(EVERYBODY, "GET", "/public"),
    open_to(EVERYBODY, "GET", "/public/search"),
    open_to(EVERYBODY, "GET", "/public/near"),
    open_to(EVERYBODY, "POST", "/public/near", form({"lat": "15.9", "lon": "101.9", "km": "5"})),
    open_to(EVERYBODY, "GET", "/public/areas/<area>"),
    open_to(EVERYBODY, "GET", "/public/projects/<code>"),
    open_to(NOBODY, "GET", "/public/projects/<code>", variant="planned"),
    open_to(EVERYBODY, "GET", "/public/projects/<code>/data.<any(geojson,csv,json):form>"),
    open_to(NOBODY, "GET", "/public/projects/<code>/photos/<int:photo_id>/<any(picture,thumbnail):size>"),
    open_to(EVERYBODY, "GET", "/public/projects/<code>/ask"),
    open_to(EVERYBODY, "POST", "/public/projects/<code>/ask", form({"body": ""})),
    open_to(EVERYBODY, "GET", "/public/organisations/<organisation_code>"),
    open_to(EVERYBODY, "GET", "/public/organisations/<organisation_code>/data.<any(geojson,csv,json):form>"),
    open_to(EVERYBODY, "GET", "/public/organisations/<organisation_code>/ask"),
    open_to(EVERYBODY, "POST", "/public/organisations/<organisation_code>/ask", form({"body": ""})),
    open_to(EVERYBODY, "GET", "/public/feed.atom", lambda _world, _place: {"query_string": {"place": "area:99"}}),
    open_to(EVERYBODY, "GET", "/public/follow", lambda _world, _place: {"query_string": {"place": "area:99"}}),
    # Nothing is sent while nobody has said where the site is.
    open_to(NOBODY, "POST", "/public/follow", lambda _w, _p: {"query_string": {"place": "area:99"}, "data": {}}),
    # A link that was never given out leads nowhere, whoever follows it; ended twice is ended.
    open_to(NOBODY, "GET", "/public/questions/<link>"),
    open_to(NOBODY, "POST", "/public/questions/<link>", form({"body": "x"})),
    open_to(NOBODY, "GET", "/public/subscriptions/<link>"),
    open_to(NOBODY, "POST", "/public/subscriptions/<link>"),
    open_to(EVERYBODY, "GET", "/public/subscriptions/<link>/end"),
    open_to(NOBODY, "POST", "/public/subscriptions/<link>/end"),
    # The desk of questions
    open_to(STAFF, "GET", "/questions"),
    Case("GET", "/questions/<int:question_id>", STAFF, NATIONAL),
    *(
        Case(
            "POST",
            "/questions/<int:question_id>/<any(publish,hide,answer):act>",
            PLANNERS | ENGINEERS,
            NOBODY,
            form({"row_version": "99", "reason": "x", "body": "x"}),
            act,
        )
        for act in ("publish", "hide", "answer")
    ),
    open_to(EVERYBODY, "GET", "/api/v1/openapi.json"),
    open_to(EVERYBODY, "GET", "/api/v1/me"),
    open_to(EVERYBODY, "POST", "/api/v1/me/language", body({"language": "th"})),
    open_to(EVERYBODY, "POST", "/language", lambda _world, _place: {"data": {"language": "th"}}),
    open_to(SIGNED_IN, "GET", "/account"),
    open_to(SIGNED_IN, "POST", "/account/password"),
    open_to(SIGNED_IN, "GET", "/account/tokens"),
    open_to(SIGNED_IN, "POST", "/account/tokens"),
    Case("POST", "/account/tokens/<int:token_id>/revoke", SIGNED_IN, NOBODY),
    open_to(SIGNED_IN, "POST", "/account/sessions/<int:session_id>/end"),
    open_to(SIGNED_IN, "GET", "/account/second-factor"),
    open_to(SIGNED_IN, "POST", "/account/second-factor"),
    open_to(SIGNED_IN, "POST", "/account/second-factor/recovery-codes"),
    open_to(SIGNED_IN, "POST", "/account/second-factor/off"),
    open_to(SIGNED_IN, "GET", "/sign-in/code"),
    open_to(SIGNED_IN, "POST", "/sign-in/code"),
    open_to(SIGNED_IN, "GET", "/sign-in/password"),
    open_to(SIGNED_IN, "POST", "/sign-in/password"),
    # Who has access, and accounts: seen by those who work there or above, written by those who issue. The person of the
    # lines is a planner of the place.
    Case("GET", "/organisations/<organisation_code>/people", OF_THE_PLACE, NATIONAL - {"PARTNER_AGENCY"}),
    Case("POST", "/organisations/<organisation_code>/people", ISSUERS, DEPARTMENT, form(AN_ACCOUNT)),
    Case("GET", "/provinces/<province_code>/people", OF_THE_PROVINCE, NATIONAL - {"PARTNER_AGENCY"}),
    Case("POST", "/provinces/<province_code>/people", ABOVE, DEPARTMENT, form({**AN_ACCOUNT, "role": "PROV_OFFICER"})),
    # People of a place are led from here to theirs.
    open_to(OF_THE_PLACE - {"DISTRICT"}, "GET", "/people"),
    open_to(DEPARTMENT, "POST", "/people", form({**AN_ACCOUNT, "role": "CENTRAL_ANALYST"})),
    Case("GET", "/people/<int:user_id>", ISSUERS, DEPARTMENT),
    Case("POST", "/people/<int:user_id>", ISSUERS, DEPARTMENT, form({"do": "disable"})),
    Case("GET", "/people/<int:user_id>/hand-over", ISSUERS, DEPARTMENT),
    Case(
        "POST",
        "/people/<int:user_id>/hand-over",
        ISSUERS,
        DEPARTMENT,
        lambda world, place: {"data": {"row_version": "1", "closing": "account", "successor": str(world.task)}},
    ),
    open_to(NOBODY, "GET", "/hand-overs/<int:hand_over_id>"),
    open_to(NATIONAL - {"PARTNER_AGENCY"}, "GET", "/api/v1/people"),
    Case(
        "GET",
        "/api/v1/people",
        OF_THE_PLACE,
        NATIONAL - {"PARTNER_AGENCY"},
        lambda _world, place: {"query_string": {"organisation": place.organisation}},
        "place",
    ),
    Case(
        "POST",
        "/api/v1/people",
        ISSUERS,
        DEPARTMENT,
        lambda _world, place: {"json": {**AN_ACCOUNT, "organisation": place.organisation}},
    ),
    Case("GET", A_PERSON, ISSUERS, DEPARTMENT),
    Case("PUT", A_PERSON, ISSUERS, DEPARTMENT, body({"display_name": "x" * 301}, **{"If-Match": '"u99"'})),
    Case("POST", f"{A_PERSON}/first-password", ISSUERS, DEPARTMENT, headers({"If-Match": '"u99"'})),
    Case("DELETE", f"{A_PERSON}/second-factor", ISSUERS, DEPARTMENT, headers({"If-Match": '"u99"'})),
    Case("POST", f"{A_PERSON}/disable", ISSUERS, DEPARTMENT, body({}, **{"If-Match": '"u99"'})),
    Case("POST", f"{A_PERSON}/enable", ISSUERS, DEPARTMENT, headers({"If-Match": '"u99"'})),
    Case(
        "POST",
        f"{A_PERSON}/roles",
        ISSUERS,
        DEPARTMENT,
        lambda _world, place: {
            "json": {"role": "LAO_FINANCE", "organisation": place.organisation},
            "headers": {"If-Match": '"u1"'},
        },
    ),
    # No role of theirs has this number.
    open_to(NOBODY, "PUT", f"{A_PERSON}/roles/<int:membership_id>", body({}, **{"If-Match": '"u1"'})),
    open_to(NOBODY, "DELETE", f"{A_PERSON}/roles/<int:membership_id>", headers({"If-Match": '"u1"'})),
    Case("POST", f"{A_PERSON}/hand-over", ISSUERS, DEPARTMENT, body({"successor": 1}, **{"If-Match": '"u1"'})),
    # Projects
    open_to(EVERYBODY, "GET", "/api/v1/projects"),
    open_to(EVERYBODY, "GET", "/api/v1/projects/<code>"),
    open_to(STAFF | {"PARTNER_AGENCY"}, "GET", "/api/v1/projects/<code>", variant="planned"),
    # Engineers mend what the work is (length, surface), planners also what the plan says of it.
    Case(
        "PATCH",
        "/api/v1/projects/<code>",
        PLANNERS | ENGINEERS,
        NOBODY,
        body({"width_m": 5}, **{"If-Match": '"p1"'}),
    ),
    open_to(EVERYBODY, "GET", "/projects"),
    open_to(EVERYBODY, "GET", "/projects/count"),
    open_to(SIGNED_IN, "POST", "/projects/download", form({"format": "csv"})),
    open_to(EVERYBODY, "GET", "/projects/<code>"),
    open_to(STAFF | {"PARTNER_AGENCY"}, "GET", "/projects/<code>", variant="planned"),
    *(
        Case("POST", MONEY, own, NOBODY, form(fields), part)
        for part, own, fields in (
            (
                "budget",
                PLANNERS,
                {
                    "amount_baht": "1000",
                    "fund_source_code": "OWN",
                    "legal_reference": "1",
                    "approved_on": "1 ต.ค. 2569",
                },
            ),
            ("contracts", FINANCE, {"number": "9/2570", "amount_baht": "1000", "signed_on": "20 พ.ย. 2569"}),
            ("disbursements", FINANCE, {"amount_baht": "1000", "paid_on": "20 พ.ย. 2569", "appropriation_id": "1"}),
            ("reserves", FINANCE, {"amount_baht": "1", "until_on": "31 มี.ค. 2571", "appropriation_id": "1"}),
            ("progress", ENGINEERS | FINANCE, {"reported_on": "1 พ.ย. 2569", "percent": "10"}),
            ("status", FINANCE, {"status": "PROCURING"}),
        )
    ),
    *(
        Case("POST", MONEY_ROW, own, NOBODY, form({"row_version": "99", **fields}), act)
        for act, own, fields in (
            ("budget/change", PLANNERS, {"amount_baht": "1000", "fund_source_code": "OWN"}),
            ("budget/remove", PLANNERS, {}),
            ("budget/confirm", EXECUTIVE, {}),
            ("contracts/change", FINANCE, {"number": "9/2570", "amount_baht": "1000", "signed_on": "20 พ.ย. 2569"}),
            ("contracts/remove", FINANCE, {}),
            ("contracts/amend", FINANCE, {"signed_on": "20 พ.ย. 2569", "reason": "งานเพิ่ม", "amount_change_baht": "1"}),
            ("contracts/instalments", FINANCE, {"instalments-1-amount_baht": "500000"}),
            ("contracts/penalty", FINANCE, {"days": "1", "amount_baht": "1", "reason": "ช้า"}),
            ("penalties/remove", FINANCE, TOO_LONG),
            ("progress/remove", ENGINEERS | FINANCE, TOO_LONG),
            ("disbursements/reverse", FINANCE, {"paid_on": "20 พ.ย. 2569", "reason": "พิมพ์ผิด"}),
            ("reserves/remove", FINANCE, {}),
        )
    ),
    Case("POST", "/projects/<code>/facts", ENGINEERS | PLANNERS, NOBODY, form({"row_version": "99", "width_m": "6"})),
    Case(
        "POST",
        "/projects/<code>/review",
        frozenset({"PROV_OFFICER"}),
        NOBODY,
        form({"status": "VERIFIED", "version": "0"}),
    ),
    # History and receipts: read by all staff; a former value is brought back by whoever may write the field.
    open_to(STAFF, "GET", "/api/v1/projects/<code>/history"),
    open_to(STAFF, "GET", "/api/v1/history/<entity>/<key>"),
    open_to(STAFF, "GET", "/api/v1/receipts/<receipt>"),
    open_to(STAFF, "GET", "/receipts/<receipt>"),
    Case(
        "POST",
        "/projects/<code>/restore",
        PLANNERS | ENGINEERS,
        NOBODY,
        lambda _world, place: {"data": {"change": str(place.widened), "name": "width_m", "version": "0"}},
    ),
    # Money of a project row by row: read by all staff, budgets by planners, the rest by finance.
    open_to(STAFF, "GET", f"{OF_PROJECT}/money"),
    Case(
        "POST",
        f"{OF_PROJECT}/appropriations",
        PLANNERS,
        NOBODY,
        body({"amount_baht": "1,000", "fund_source_code": "OWN", "legal_reference": "1", "approved_on": "2026-10-01"}),
    ),
    Case(
        "PUT",
        f"{OF_PROJECT}/appropriations/<int:appropriation_id>",
        PLANNERS,
        NOBODY,
        body({"amount_baht": 900_000, "fund_source_code": "OWN"}, **{"If-Match": '"a1"'}),
    ),
    Case(
        "DELETE",
        f"{OF_PROJECT}/appropriations/<int:appropriation_id>",
        PLANNERS,
        NOBODY,
        headers({"If-Match": '"a1"'}),
    ),
    Case(
        "POST",
        f"{OF_PROJECT}/appropriations/<int:appropriation_id>/confirmation",
        EXECUTIVE,
        NOBODY,
        headers({"If-Match": '"a1"'}),
    ),
    # Nothing of the kind is removed, so that who may bring it back finds none.
    Case("POST", f"{OF_PROJECT}/appropriations/<int:appropriation_id>/restore", NOBODY, NOBODY),
    Case(
        "POST",
        f"{OF_PROJECT}/contracts",
        FINANCE,
        NOBODY,
        body({"number": "9/2570", "amount_baht": 1000, "signed_on": "2026-11-20"}),
    ),
    Case(
        "PUT",
        f"{OF_PROJECT}/contracts/<int:contract_id>",
        FINANCE,
        NOBODY,
        body({"number": "9/2570", "amount_baht": 1000, "signed_on": "2026-11-20"}, **{"If-Match": '"c1"'}),
    ),
    Case("DELETE", f"{OF_PROJECT}/contracts/<int:contract_id>", FINANCE, NOBODY, headers({"If-Match": '"c1"'})),
    Case("POST", f"{OF_PROJECT}/contracts/<int:contract_id>/restore", NOBODY, NOBODY),
    Case(
        "POST",
        f"{OF_PROJECT}/contracts/<int:contract_id>/amendments",
        FINANCE,
        NOBODY,
        body({"signed_on": "2026-11-20", "reason": "ฝนตก", "new_end_on": "2027-01-31"}, **{"If-Match": '"c1"'}),
    ),
    Case(
        "PUT",
        f"{OF_PROJECT}/contracts/<int:contract_id>/instalments",
        FINANCE,
        NOBODY,
        body({"instalments": [{"amount_baht": 500_000}]}, **{"If-Match": '"c1"'}),
    ),
    Case(
        "POST",
        f"{OF_PROJECT}/contracts/<int:contract_id>/penalties",
        FINANCE,
        NOBODY,
        body({"days": 3, "amount_baht": 1500, "reason": "ส่งงานล่าช้า"}),
    ),
    Case("POST", f"{OF_PROJECT}/penalties/<int:penalty_id>/removal", FINANCE, NOBODY, body(TOO_LONG)),
    Case("POST", f"{OF_PROJECT}/penalties/<int:penalty_id>/restore", NOBODY, NOBODY),
    Case(
        "POST",
        f"{OF_PROJECT}/disbursements",
        FINANCE,
        NOBODY,
        body({"amount_baht": 10, "paid_on": "2026-11-20", "appropriation_id": 0}),
    ),
    Case(
        "POST",
        f"{OF_PROJECT}/disbursements/<int:disbursement_id>/reversal",
        FINANCE,
        NOBODY,
        body({"paid_on": "2026-11-20", "reason": "บันทึกผิดโครงการ"}),
    ),
    Case(
        "POST",
        f"{OF_PROJECT}/carry-overs",
        FINANCE,
        NOBODY,
        body({"appropriation_id": 0, "amount_baht": 10, "until_on": "2028-09-30"}),
    ),
    # The first who may takes it back; the second finds none.
    Case(
        "DELETE",
        f"{OF_PROJECT}/carry-overs/<int:carry_over_id>",
        FINANCE,
        NOBODY,
        headers({"If-Match": '"k9"'}),
    ),
    open_to(STAFF, "GET", f"{OF_PROJECT}/progress"),
    Case(
        "POST",
        f"{OF_PROJECT}/progress",
        ENGINEERS | FINANCE,
        NOBODY,
        body({"reported_on": "2026-11-20", "percent": 40}),
    ),
    Case("POST", f"{OF_PROJECT}/progress/<int:report_id>/removal", ENGINEERS | FINANCE, NOBODY, body(TOO_LONG)),
    Case("POST", f"{OF_PROJECT}/progress/<int:report_id>/restore", NOBODY, NOBODY),
    open_to(STAFF, "GET", f"{OF_PROJECT}/status"),
    Case(
        "POST",
        f"{OF_PROJECT}/status",
        FINANCE,
        NOBODY,
        body({"status": "PROCURING"}, **{"If-Match": '"p99"'}),
        "move",
    ),
    Case(
        "POST",
        f"{OF_PROJECT}/status",
        EXECUTIVE,
        NOBODY,
        body({"status": "PROCURING", "correction": True, "reason": "ผิด"}, **{"If-Match": '"p99"'}),
        "correct",
    ),
    # Documents and transfers: prepared by planners, decided on by the executive.
    open_to(STAFF, "GET", f"{OF_ORGANISATION}/budget-documents"),
    Case(
        "POST",
        f"{OF_ORGANISATION}/budget-documents",
        PLANNERS,
        NOBODY,
        body({"fiscal_year_be": 2570, "kind": "LOAN", "number": "2", "title": "กู้"}),
    ),
    open_to(STAFF, "GET", A_DOCUMENT),
    Case("PUT", A_DOCUMENT, PLANNERS, NOBODY, body({"number": "1", "title": "ก"}, **{"If-Match": '"b2"'})),
    Case("DELETE", A_DOCUMENT, PLANNERS, NOBODY, headers({"If-Match": '"b2"'})),
    Case("POST", f"{A_DOCUMENT}/restore", PLANNERS, NOBODY),
    Case("POST", f"{A_DOCUMENT}/submit", PLANNERS, NOBODY, headers({"If-Match": '"b2"'})),
    Case(
        "POST", f"{A_DOCUMENT}/approve", EXECUTIVE, NOBODY, body({"approved_on": "2026-09-20"}, **{"If-Match": '"b2"'})
    ),
    Case(
        "POST",
        f"{A_DOCUMENT}/return",
        EXECUTIVE,
        NOBODY,
        body({"comments": [{"field": "title", "text": "แก้ชื่อ"}]}, **{"If-Match": '"b2"'}),
    ),
    open_to(STAFF, "GET", f"{OF_ORGANISATION}/budget-transfers"),
    Case(
        "POST",
        f"{OF_ORGANISATION}/budget-transfers",
        PLANNERS,
        NOBODY,
        body({"fiscal_year_be": 2570, "kind": "TRANSFER", "number": "2", "reason": "ก", "lines": []}),
    ),
    open_to(STAFF, "GET", A_TRANSFER),
    Case(
        "PUT",
        A_TRANSFER,
        PLANNERS,
        NOBODY,
        body({"kind": "TRANSFER", "number": "1", "reason": "ก", "lines": []}, **{"If-Match": '"t1"'}),
    ),
    Case("DELETE", A_TRANSFER, PLANNERS, NOBODY, headers({"If-Match": '"t1"'})),
    Case("POST", f"{A_TRANSFER}/restore", PLANNERS, NOBODY),
    Case("POST", f"{A_TRANSFER}/submit", PLANNERS, NOBODY, headers({"If-Match": '"t1"'})),
    Case(
        "POST", f"{A_TRANSFER}/approve", EXECUTIVE, NOBODY, body({"approved_on": "2026-11-20"}, **{"If-Match": '"t1"'})
    ),
    Case(
        "POST",
        f"{A_TRANSFER}/return",
        EXECUTIVE,
        NOBODY,
        body({"comments": [{"text": "แก้ยอด"}]}, **{"If-Match": '"t1"'}),
    ),
    # Years are closed by finance; whoever may open them again needs a second person.
    open_to(STAFF, "GET", f"{OF_ORGANISATION}/fiscal-years"),
    Case("POST", f"{OF_ORGANISATION}/fiscal-years/<int:year>/close", FINANCE, NOBODY),
    Case(
        "POST",
        f"{OF_ORGANISATION}/fiscal-years/<int:year>/reopen",
        FINANCE | EXECUTIVE,
        NOBODY,
        body({"reason": "เบิกค้าง", "until_on": "2026-12-31"}),
    ),
    Case(
        "POST",
        f"{OF_ORGANISATION}/fiscal-years/<int:year>/reopen/confirm",
        FINANCE | EXECUTIVE,
        NOBODY,
        headers({"If-Match": '"y1"'}),
    ),
    # Whether the organisation stands by what an officer entered for it.
    open_to(STAFF, "GET", f"{OF_ORGANISATION}/on-behalf"),
    Case(
        "POST",
        f"{OF_ORGANISATION}/on-behalf/<request_id>",
        EXECUTIVE,
        NOBODY,
        body({"decision": "CONFIRMED"}),
    ),
    # The same for people: the desk, its documents, transfers, carry-overs and what officers entered.
    open_to(STAFF, "GET", "/money"),
    open_to(STAFF, "GET", f"{DESK}/money"),
    Case(
        "POST",
        f"{DESK}/money/documents",
        PLANNERS,
        NOBODY,
        form({"fiscal_year_be": "2570", "kind": "LOAN", "number": "3", "title": "กู้"}),
    ),
    Case("POST", f"{DESK}/money/years/<int:year>", FINANCE, NOBODY, form({"do": "close"}), "close"),
    Case(
        "POST",
        f"{DESK}/money/years/<int:year>",
        FINANCE | EXECUTIVE,
        NOBODY,
        form({"do": "ask", "reason": "ค้างเบิก", "until_on": "31 ธ.ค. 2569"}),
        "ask",
    ),
    open_to(STAFF, "GET", DOCUMENT_PAGE),
    Case("POST", DOCUMENT_PAGE, PLANNERS, NOBODY, form({"do": "submit", "row_version": "2"}), "submit"),
    Case(
        "POST",
        DOCUMENT_PAGE,
        EXECUTIVE,
        NOBODY,
        form({"do": "approve", "row_version": "2", "approved_on": "20 ก.ย. 2569"}),
        "approve",
    ),
    open_to(STAFF, "GET", f"{DOCUMENT_PAGE}/table"),
    open_to(STAFF, "GET", f"{A_DOCUMENT}/sheet"),
    Case("POST", f"{A_DOCUMENT}/sheet/changes", PLANNERS, NOBODY, body({"changes": []})),
    open_to(STAFF, "GET", TRANSFER_PAGE),
    Case("POST", TRANSFER_PAGE, PLANNERS, NOBODY, form({"do": "remove", "row_version": "1"}), "remove"),
    Case(
        "POST",
        TRANSFER_PAGE,
        EXECUTIVE,
        NOBODY,
        form({"do": "return", "row_version": "1", "comments-1-text": "แก้ยอด"}),
        "return",
    ),
    Case("GET", f"{DESK}/budget-transfers/new", PLANNERS, NOBODY),
    Case(
        "POST",
        f"{DESK}/budget-transfers/new",
        PLANNERS,
        NOBODY,
        form({"do": "save", "fiscal_year_be": "2570", "kind": "TRANSFER", "number": "9", "reason": "ก"}),
    ),
    open_to(STAFF, "GET", f"{DESK}/carry-overs"),
    Case("POST", f"{DESK}/carry-overs", FINANCE, NOBODY, form({"until_on": "31 มี.ค. 2571"})),
    Case(
        "POST",
        f"{DESK}/carry-overs/<int:carry_over_id>",
        FINANCE,
        NOBODY,
        lambda _world, place: {"data": {"project": place.published, "row_version": "99"}},
    ),
    open_to(STAFF, "GET", f"{DESK}/on-behalf"),
    Case("POST", f"{DESK}/on-behalf", EXECUTIVE, NOBODY, form({"one": RECEIPT})),
    open_to(EVERYBODY, "GET", "/api/v1/oc4ids/projects"),
    # Coordinates
    open_to(EVERYBODY, "GET", "/api/v1/projects/<code>/geometry"),
    open_to(STAFF | {"PARTNER_AGENCY"}, "GET", "/api/v1/projects/<code>/geometry", variant="planned"),
    open_to(EVERYBODY, "GET", "/api/v1/projects/<code>/geometry/versions"),
    Case("PUT", "/api/v1/projects/<code>/geometry", ENGINEERS, NOBODY, body(LINE, **{"If-Match": '"g0"'})),
    Case(
        "POST",
        "/api/v1/projects/<code>/geometry/status",
        frozenset({"PROV_OFFICER"}),
        NOBODY,
        body({"status": "VERIFIED", "note": ""}, **{"If-Match": '"g0"'}),
        "verify",
    ),
    Case(
        "POST",
        "/api/v1/projects/<code>/geometry/status",
        ENGINEERS,
        NOBODY,
        body({"status": "SUBMITTED", "note": ""}, **{"If-Match": '"g0"'}),
        "submit",
    ),
    open_to(
        SIGNED_IN,
        "POST",
        "/api/v1/geometry/check",
        lambda _world, place: {"json": {"project": place.published, "geometry": LINE}},
    ),
    open_to(SIGNED_IN, "POST", "/api/v1/coordinates/parse", body({"text": "15.9, 101.9"})),
    # The register of roads is a public one.
    open_to(EVERYBODY, "GET", "/api/v1/roads/<route_code>"),
    open_to(EVERYBODY, "GET", "/api/v1/roads/<route_code>/section"),
    open_to(EVERYBODY, "GET", "/api/v1/roads/<route_code>/chainage"),
    # The report over stored coordinates: read by all staff, acted on by those who enter or verify there.
    open_to(STAFF, "GET", "/coordinates"),
    open_to(STAFF, "GET", "/api/v1/coordinate-findings"),
    Case(
        "POST",
        "/api/v1/coordinate-findings/check",
        ENGINEERS,
        NOBODY,
        lambda _world, place: {"json": {"organisation": place.organisation}},
    ),
    Case("POST", "/api/v1/coordinate-findings/mend", ENGINEERS, NOBODY, finding({})),
    Case("POST", "/api/v1/coordinate-findings/withdraw", ENGINEERS, NOBODY, finding({})),
    Case("POST", "/api/v1/coordinate-findings/answer", ENGINEERS, NOBODY, finding({"note": "ร่วมกัน"})),
    Case("POST", "/api/v1/coordinate-findings/reopen", ENGINEERS, NOBODY, finding({})),
    # The review desk: opened by whoever verifies and by the nation's staff; verdicts and comments by whoever verifies.
    open_to(ENGINEERS - {"LAO_ENGINEER"} | NATIONAL, "GET", "/review"),
    Case(
        "POST",
        "/api/v1/review",
        frozenset({"PROV_OFFICER"}),
        NOBODY,
        lambda _world, place: {
            "json": {"status": "RETURNED", "note": "x", "items": [{"project": place.published, "version": 10**6}]}
        },
    ),
    open_to(ENGINEERS - {"LAO_ENGINEER"} | NATIONAL, "GET", "/review/figures"),
    Case(
        "POST",
        "/review/figures",
        ENGINEERS - {"LAO_ENGINEER"} | NATIONAL,
        ENGINEERS - {"LAO_ENGINEER"} | NATIONAL,
        form({"decision": "VERIFIED"}),
    ),
    Case(
        "POST",
        "/api/v1/review/figures",
        ENGINEERS - {"LAO_ENGINEER"} | NATIONAL,
        ENGINEERS - {"LAO_ENGINEER"} | NATIONAL,
        body({"status": "VERIFIED", "items": []}),
    ),
    Case(
        "POST",
        "/projects/<code>/comments/<int:comment_id>/answer",
        ENGINEERS | PLANNERS | FINANCE,
        NOBODY,
        form({"reply": "x" * 2001}),
    ),
    open_to(STAFF, "GET", f"{OF_PROJECT}/comments"),
    Case("POST", f"{OF_PROJECT}/comments", frozenset({"PROV_OFFICER"}), NOBODY, body({"text": "x" * 2001})),
    Case(
        "POST",
        f"{OF_PROJECT}/comments/<int:comment_id>/answer",
        ENGINEERS | PLANNERS | FINANCE,
        NOBODY,
        body({"text": "x" * 2001}),
    ),
    open_to(STAFF, "GET", "/review/classification"),
    Case(
        "POST",
        "/review/classification",
        IMPORTERS,
        NOBODY,
        lambda _world, place: {
            "data": {"decision": "KEPT", "aspect": "work_nature", "project": place.published, "note": "x" * 1001}
        },
    ),
    open_to(COUNTED, "GET", "/monitoring/compare"),
    open_to(COUNTED, "GET", "/monitoring/compare/file"),
    open_to(SIGNED_IN, "GET", "/dashboard"),
    open_to(SIGNED_IN, "GET", "/api/v1/overview"),
    # Completeness: counts for staff and partner agencies, missing things for staff; the calendar is the department's.
    open_to(COUNTED, "GET", "/monitoring"),
    open_to(COUNTED, "GET", "/monitoring/file"),
    open_to(COUNTED, "GET", "/api/v1/completeness"),
    open_to(STAFF, "GET", "/monitoring/owed"),
    open_to(STAFF, "GET", "/monitoring/items", lambda _w, p: {"query_string": {"organisation": p.organisation}}),
    open_to(STAFF, "GET", "/api/v1/today"),
    open_to(STAFF, "GET", f"{OF_ORGANISATION}/missing"),
    open_to(STAFF, "GET", "/monitoring/calendar"),
    open_to(DEPARTMENT, "POST", "/monitoring/calendar", form({"do": "open"})),
    open_to(STAFF, "GET", "/api/v1/calendar/<int:year>"),
    open_to(DEPARTMENT, "POST", "/api/v1/calendar/<int:year>/open"),
    open_to(DEPARTMENT, "POST", "/api/v1/calendar/<int:year>/tasks", body(A_TASK)),
    open_to(DEPARTMENT, "PATCH", CALENDAR_TASK, body({"reason": "น้ำท่วม"}, **{"If-Match": '"t9"'})),
    open_to(DEPARTMENT, "POST", f"{CALENDAR_TASK}/remove", body({"reason": "น้ำท่วม"}, **{"If-Match": '"t9"'})),
    # Messages: read in the organisation, its amphoe, its province and the department; the amphoe only reads.
    open_to(STAFF, "GET", "/messages"),
    open_to(STAFF, "GET", "/api/v1/messages"),
    open_to(STAFF, "GET", "/api/v1/messages/answers"),
    Case("GET", "/messages/new", WRITERS, NATIONAL, of_place),
    Case("POST", "/messages/new", WRITERS, NATIONAL, of_place),
    Case("POST", "/api/v1/messages", WRITERS, NATIONAL, a_question),
    Case("GET", "/messages/<int:thread_id>", STAFF, NATIONAL),
    Case("POST", "/messages/<int:thread_id>", WRITERS, NATIONAL, form({"text": ""})),
    Case("GET", A_THREAD, STAFF, NATIONAL),
    Case("POST", f"{A_THREAD}/replies", WRITERS, NATIONAL, body({"text": "ใช้ตามข้อบัญญัติ"})),
    Case("POST", f"{A_THREAD}/files", WRITERS, NATIONAL, form({"text": ""})),
    Case("GET", f"{A_THREAD}/files/<int:file_id>", STAFF, NATIONAL),
    Case("POST", f"{A_THREAD}/read", STAFF, NATIONAL),
    Case("POST", f"{A_THREAD}/acts", WRITERS, NATIONAL, body({"do": "close"})),
    open_to(SIGNED_IN, "GET", "/api/v1/events"),
    # News: a province's is for who works in it; the public gets what names it.
    open_to(EVERYBODY, "GET", "/news"),
    open_to(EVERYBODY, "GET", "/api/v1/news"),
    Case("GET", "/news/<int:news_id>", STAFF, NATIONAL),
    Case("GET", "/api/v1/news/<int:news_id>", STAFF, NATIONAL),
    open_to(NEWS_WRITERS, "GET", "/news/new"),
    open_to(NEWS_WRITERS, "POST", "/news/new"),
    Case("GET", "/news/<int:news_id>/edit", NEWS_WRITERS, DEPARTMENT),
    Case("POST", "/news/<int:news_id>/edit", NEWS_WRITERS, DEPARTMENT, form({"row_version": "99"})),
    open_to(NEWS_WRITERS, "POST", "/api/v1/news", body({"title": "x", "body": "x"})),
    Case("PUT", "/api/v1/news/<int:news_id>", NEWS_WRITERS, DEPARTMENT, body({"title": "x", "body": "x"}, **NEWS_SEEN)),
    Case("POST", "/api/v1/news/<int:news_id>/state", NEWS_WRITERS, DEPARTMENT, body({"state": "x"})),
    # Reminders: the coordinator, who follows the province, the department; mail as such is the operator's.
    Case("POST", "/monitoring/remind", REMINDERS, DEPARTMENT, a_debt),
    Case("POST", "/monitoring/remind-late", REMINDERS, DEPARTMENT, late_of),
    Case("POST", "/api/v1/reminders", REMINDERS, DEPARTMENT, debts_of),
    open_to(SIGNED_IN, "GET", "/account/notifications"),
    open_to(SIGNED_IN, "POST", "/account/notifications"),
    open_to(DEPARTMENT, "GET", "/mail"),
    # Rounds of evaluation: announced ones are everybody's; planners make, executives decide, either posts.
    open_to(EVERYBODY, "GET", f"{DESK}/evaluations"),
    Case("POST", f"{DESK}/evaluations", PLANNERS, NOBODY, form({"fiscal_year_be": "2570", "period": "0"})),
    open_to(EVERYBODY, "GET", "/evaluations/<int:evaluation_id>"),
    open_to(STAFF, "GET", "/evaluations/<int:evaluation_id>", variant="draft"),
    Case("POST", "/evaluations/<int:evaluation_id>", PLANNERS, NOBODY, form({"do": "save"}), "draft"),
    open_to(EVERYBODY, "GET", f"{OF_ORGANISATION}/evaluations"),
    Case("POST", f"{OF_ORGANISATION}/evaluations", PLANNERS, NOBODY, body({"fiscal_year_be": 2570, "period": 0})),
    open_to(EVERYBODY, "GET", EVALUATION),
    open_to(STAFF, "GET", EVALUATION, variant="draft"),
    # Nothing was printed: the public hears no more of a file than of none.
    open_to(NOBODY, "GET", f"{EVALUATION}/file"),
    Case(
        "POST", f"{EVALUATION}/<{EVALUATION_ACTS}:act>", PLANNERS, NOBODY, body({}, **{"If-Match": '"e9"'}), "propose"
    ),
    Case(
        "POST",
        f"{EVALUATION}/<{EVALUATION_ACTS}:act>",
        EXECUTIVE,
        NOBODY,
        body({"announced_on": "2026-11-20"}, **{"If-Match": '"e9"'}),
        "announce",
    ),
    Case(
        "POST",
        f"{EVALUATION}/<{EVALUATION_ACTS}:act>",
        PLANNERS | EXECUTIVE,
        NOBODY,
        body({"place": "BOARD", "address": "x", "posted_from": "2026-11-20"}),
        "postings",
    ),
    open_to(EVERYBODY, "GET", "/evidence/<sha256>"),
    open_to(EVERYBODY, "GET", "/api/v1/evidence/<sha256>"),
    open_to(EVERYBODY, "GET", "/api/v1/evidence/<sha256>/content"),
    # Daily reports: the officer's, the head's of the province, and the department's; nobody else's.
    open_to(OF_OFFICERS, "GET", "/daily-reports"),
    open_to(OF_OFFICERS, "GET", "/api/v1/daily-reports"),
    Case("GET", "/daily-reports/<int:officer_id>/<day>", OF_OFFICERS, DEPARTMENTAL),
    Case("POST", "/daily-reports/<int:officer_id>/<day>", OFFICER, NOBODY, form({"do": "save", "remarks": "x"})),
    Case("GET", DAY, OF_OFFICERS, DEPARTMENTAL),
    Case("GET", f"{DAY}/file", OF_OFFICERS, DEPARTMENTAL),
    Case("POST", f"{DAY}/<{DAY_ACTS}:act>", OFFICER, NOBODY, body({}), "send"),
    # Scores: formulas are everybody's, a score is read by those who judge and those who are judged there.
    open_to(JUDGES | SCORED, "GET", "/scores"),
    open_to(JUDGES | SCORED, "GET", "/scores/file"),
    open_to(EVERYBODY, "GET", "/scores/formulas"),
    open_to(DEPARTMENT, "POST", "/scores/formulas", form({"valid_from_be": "2500"})),
    Case("GET", SCORE, JUDGES | SCORED, DEPARTMENT),
    Case(
        "POST", SCORE, frozenset({"PROV_HEAD"}), NOBODY, form({"do": "mark", **{k: str(v) for k, v in A_MARK.items()}})
    ),
    Case("GET", f"{SCORE}/rows", JUDGES | SCORED, DEPARTMENT),
    Case("GET", f"{SCORE}/file", JUDGES | SCORED, DEPARTMENT),
    open_to(JUDGES | SCORED, "GET", "/api/v1/scores"),
    Case("GET", API_SCORE, JUDGES | SCORED, DEPARTMENT),
    Case("GET", f"{API_SCORE}/rows", JUDGES | SCORED, DEPARTMENT),
    Case("POST", f"{API_SCORE}/marks", frozenset({"PROV_HEAD"}), NOBODY, body(A_MARK)),
    Case("POST", f"{API_SCORE}/appeals", SCORED, NOBODY, body({"criterion": "ADVICE", "reason": "ลงพื้นที่แล้ว"})),
    Case(
        "POST", f"{API_SCORE}/appeals/<int:appeal_id>/answer", JUDGES, DEPARTMENT, body({"outcome": "x", "answer": "x"})
    ),
    open_to(DEPARTMENT, "POST", f"{API_SCORE}/finalise", body({})),
    open_to(EVERYBODY, "GET", "/api/v1/score-formulas"),
    open_to(DEPARTMENT, "POST", "/api/v1/score-formulas", body({"valid_from_be": 2500, "criteria": []})),
    # Works at one place: read by all staff, answered by those who draw or plan there.
    open_to(STAFF, "GET", "/duplicates"),
    open_to(IMPORTERS, "POST", "/duplicates/check"),
    open_to(STAFF, "GET", "/duplicates/<int:pair_id>"),
    Case("POST", "/duplicates/<int:pair_id>", IMPORTERS, NOBODY, form(SAID)),
    open_to(STAFF, "GET", "/api/v1/duplicates"),
    open_to(STAFF, "GET", "/api/v1/duplicates/summary"),
    open_to(STAFF, "GET", "/api/v1/duplicates/file"),
    open_to(STAFF, "GET", "/api/v1/duplicates/<int:pair_id>"),
    Case(
        "POST",
        "/api/v1/duplicates/<int:pair_id>/decisions",
        IMPORTERS,
        NOBODY,
        body({"act": "answer", "answer": "repair"}, **{"If-Match": '"d1"'}),
    ),
    open_to(STAFF, "GET", "/api/v1/duplicates/<int:pair_id>/decisions/<int:decision_id>/paper"),
    open_to(IMPORTERS, "POST", "/api/v1/duplicates/check"),
    Case(
        "POST",
        f"{OF_PROJECT}/duplicate-answers",
        IMPORTERS,
        NOBODY,
        lambda _world, place: {"json": {"project": place.planned, "answer": "repair", "geometry": LINE}},
    ),
    # Plans: what is in force is everybody's to read; planners write, executives decide.
    open_to(EVERYBODY, "GET", "/api/v1/organisations/<organisation_code>/plans"),
    Case(
        "POST",
        "/api/v1/organisations/<organisation_code>/plans",
        PLANNERS,
        NOBODY,
        body({"plan_period_id": 1}),
    ),
    open_to(EVERYBODY, "GET", "/api/v1/plans/<int:plan_id>"),
    Case("PATCH", "/api/v1/plans/<int:plan_id>", PLANNERS, NOBODY, body({"vision": "น่าอยู่"}, **{"If-Match": '"plan1"'})),
    Case(
        "POST",
        "/api/v1/plans/<int:plan_id>/versions",
        PLANNERS,
        NOBODY,
        body({"change_types": ["ADD"], "number": "1", "fiscal_year_be": 2569}),
    ),
    open_to(EVERYBODY, "GET", VERSION),
    Case("PATCH", VERSION, PLANNERS, NOBODY, body({"number": "2"}, **{"If-Match": '"version1"'})),
    Case("POST", f"{VERSION}/propose", PLANNERS, NOBODY, body({}, **{"If-Match": '"version1"'})),
    Case("POST", f"{VERSION}/discard", PLANNERS, NOBODY, body({}, **{"If-Match": '"version1"'})),
    *(
        Case(
            "POST",
            f"{VERSION}/steps",
            who,
            NOBODY,
            body({"step": step, "result": "PASSED", "decided_on": "2026-11-01"}, **{"If-Match": '"version1"'}),
            step,
        )
        for step, who in (("SUPPORT_COMMITTEE", PLANNERS), ("EXECUTIVE", EXECUTIVE))
    ),
    open_to(EVERYBODY, "GET", f"{VERSION}/comparison"),
    open_to(EVERYBODY, "GET", f"{VERSION}/forms/<slug>"),
    Case("POST", f"{VERSION}/forms/<slug>/changes", PLANNERS, NOBODY, body({"changes": []})),
    open_to(EVERYBODY, "GET", "/api/v1/plans/<int:plan_id>/alignment-items"),
    Case("POST", STRATEGIES, PLANNERS, NOBODY, body({"code": "9", "name_th": "ใหม่"})),
    Case(
        "PUT",
        f"{STRATEGIES}/<int:strategy_id>",
        PLANNERS,
        NOBODY,
        body({"code": "1", "name_th": "ใหม่"}, **{"If-Match": '"strategy1"'}),
    ),
    Case("DELETE", f"{STRATEGIES}/<int:strategy_id>", PLANNERS, NOBODY, headers({"If-Match": '"strategy1"'})),
    open_to(EVERYBODY, "GET", "/plans"),
    Case(
        "POST",
        "/plans",
        PLANNERS,
        NOBODY,
        lambda _world, place: {"data": {"organisation": place.organisation, "plan_period_id": "1"}},
    ),
    open_to(EVERYBODY, "GET", "/plans/<int:plan_id>"),
    Case("POST", "/plans/<int:plan_id>", PLANNERS, NOBODY, form({"row_version": "1"})),
    Case("POST", "/plans/<int:plan_id>/strategies", PLANNERS, NOBODY, form({"code": "9", "name_th": "ใหม่"})),
    Case("POST", "/plans/<int:plan_id>/versions", PLANNERS, NOBODY, form({"number": "1"})),
    open_to(EVERYBODY, "GET", "/plan-versions/<int:version_id>"),
    Case("POST", "/plan-versions/<int:version_id>", PLANNERS, NOBODY, form({"do": "propose"}), "propose"),
    Case(
        "POST",
        "/plan-versions/<int:version_id>",
        EXECUTIVE,
        NOBODY,
        form({"step": "EXECUTIVE", "result": "PASSED", "decided_on": "1 พ.ย. 2569"}),
        "decide",
    ),
    open_to(EVERYBODY, "GET", "/plan-versions/<int:version_id>/<slug>"),
    # Comments on an open version; the one of the table is in force, so whoever may speak hears that it is too late.
    open_to(STAFF, "GET", f"{VERSION}/comments"),
    Case("POST", f"{VERSION}/comments", PLANNERS | EXECUTIVE, NOBODY, body({"text": "ขอรายละเอียด"})),
    Case("POST", f"{VERSION}/comments/<int:comment_id>/answer", PLANNERS, NOBODY, body({})),
    Case(
        "POST", "/plan-versions/<int:version_id>/comments", PLANNERS | EXECUTIVE, NOBODY, form({"text": "ขอรายละเอียด"})
    ),
    # Sheets of records: read by all staff, written by those whose cells of the roles' table permit it.
    open_to(STAFF, "GET", SHEET),
    Case("POST", f"{SHEET}/changes", FINANCE, NOBODY, body({"changes": []}), "grants"),
    Case("POST", f"{SHEET}/changes", FINANCE, NOBODY, body({"changes": []}), "revenue"),
    Case("POST", f"{SHEET}/changes", PLANNERS, NOBODY, body({"changes": []}), "communities"),
    open_to(STAFF, "GET", f"{SHEET}/workbook"),
    Case("POST", f"{SHEET}/uploads", FINANCE, NOBODY),
    open_to(STAFF, "GET", RECORD_FILES),
    Case("POST", RECORD_FILES, FINANCE, NOBODY),
    Case("GET", RECORD_UPLOAD, FINANCE, NOBODY),
    Case("PATCH", RECORD_UPLOAD, FINANCE, NOBODY, body({"decisions": {}})),
    Case("POST", f"{RECORD_UPLOAD}/accept", FINANCE, NOBODY),
    Case("DELETE", RECORD_UPLOAD, FINANCE, NOBODY),
    Case("GET", "/record-uploads/<int:record_upload_id>", FINANCE, NOBODY),
    Case("POST", "/record-uploads/<int:record_upload_id>", FINANCE, NOBODY, form({"act": "discard"})),
    open_to(STAFF, "GET", "/organisations/<organisation_code>/sheets/<sheet_name>"),
    Case(
        "POST",
        f"{VERSION}/forms/<slug>/uploads",
        PLANNERS,
        NOBODY,
        lambda _world, _place: {"data": {"file": (io.BytesIO(b"no workbook"), "plan.xlsx")}},
    ),
    open_to(EVERYBODY, "GET", f"{VERSION}/forms/<slug>/file"),
    open_to(EVERYBODY, "GET", f"{VERSION}/announcement"),
    Case("GET", UPLOAD, PLANNERS, NOBODY),
    Case("PATCH", UPLOAD, PLANNERS, NOBODY, body({"decisions": {}})),
    Case("POST", f"{UPLOAD}/accept", PLANNERS, NOBODY),
    Case("DELETE", UPLOAD, PLANNERS, NOBODY),
    Case("GET", "/plan-uploads/<int:upload_id>", PLANNERS, NOBODY),
    Case("POST", "/plan-versions/<int:version_id>/uploads", PLANNERS, NOBODY, form({"slug": "p02"})),
    open_to(EVERYBODY, "GET", "/api/v1/organisations/<organisation_code>/action-plans"),
    Case(
        "POST",
        "/api/v1/organisations/<organisation_code>/action-plans",
        PLANNERS,
        NOBODY,
        body({"fiscal_year": 2571}),
    ),
    open_to(STAFF, "GET", ACTIONS),
    Case(
        "POST",
        f"{ACTIONS}/promulgate",
        EXECUTIVE,
        NOBODY,
        body({"promulgated_on": "2026-11-01"}, **{"If-Match": '"action1"'}),
    ),
    open_to(STAFF, "GET", f"{ACTIONS}/forms/<action_slug>"),
    Case("POST", f"{ACTIONS}/forms/<action_slug>/changes", PLANNERS, NOBODY, body({"changes": []})),
    open_to(STAFF, "GET", f"{ACTIONS}/forms/<action_slug>/file"),
    open_to(EVERYBODY, "GET", "/organisations/<organisation_code>/action-plans"),
    Case("POST", "/organisations/<organisation_code>/action-plans", PLANNERS, NOBODY, form({"fiscal_year": "2571"})),
    open_to(STAFF, "GET", ACTION_PAGE),
    Case("POST", ACTION_PAGE, EXECUTIVE, NOBODY, form({"promulgated_on": "1 พ.ย. 2569", "row_version": "1"}), "force"),
    Case("POST", ACTION_PAGE, PLANNERS, NOBODY, form({"do": "discard", "sure": "1", "row_version": "9"}), "discard"),
    open_to(STAFF, "GET", f"{ACTION_PAGE}/<action_slug>"),
    open_to(NOBODY, "GET", "/api/v1/prints/<int:job_id>/file", variant="not ready"),
    open_to(EVERYBODY, "GET", ITEMS),
    Case("POST", ITEMS, frozenset({"PROV_OFFICER"}), NOBODY, body(ITEM)),
    Case("PUT", f"{ITEMS}/<int:item_id>", frozenset({"PROV_OFFICER"}), NOBODY, body(ITEM, **{"If-Match": ITEM_SEEN})),
    Case("DELETE", f"{ITEMS}/<int:item_id>", frozenset({"PROV_OFFICER"}), NOBODY, headers({"If-Match": ITEM_SEEN})),
    Case(
        "POST",
        f"{ITEMS}/<int:item_id>/restore",
        frozenset({"PROV_OFFICER"}),
        NOBODY,
        headers({"If-Match": ITEM_SEEN}),
    ),
    open_to(EVERYBODY, "GET", "/provinces/<province_code>/alignment"),
    Case(
        "POST",
        "/provinces/<province_code>/alignment",
        frozenset({"PROV_OFFICER"}),
        NOBODY,
        form({"framework": "PROVINCE", "code": "1", "name_th": "เมืองน่าอยู่"}),
    ),
    # What an organisation says of itself: everybody's to read, its planners' to write.
    open_to(EVERYBODY, "GET", PROFILE),
    Case("PATCH", PROFILE, PLANNERS, NOBODY, body({"postcode": "34000"}, **{"If-Match": '"profile0"'})),
    Case(
        "PUT",
        f"{PROFILE}/population/<int:year_be>",
        PLANNERS,
        NOBODY,
        body({"male": 1, "female": 2}, **{"If-Match": '"population0"'}),
    ),
    open_to(EVERYBODY, "GET", "/organisations/<organisation_code>"),
    Case("POST", "/organisations/<organisation_code>", PLANNERS, NOBODY, form({"row_version": "0"})),
    # Pictures: seen by all staff; sent, described and taken away by those who enter coordinates there.
    open_to(STAFF, "GET", PICTURES),
    Case("POST", PICTURES, ENGINEERS, NOBODY, lambda _world, _place: {"data": picture_form()}),
    Case("PATCH", f"{PICTURES}/<int:attachment_id>", ENGINEERS, NOBODY, body({"stage": "before"})),
    Case("DELETE", f"{PICTURES}/<int:attachment_id>", ENGINEERS, NOBODY),
    Case("POST", f"{PICTURES}/<int:attachment_id>/restore", ENGINEERS, NOBODY),
    open_to(STAFF, "GET", f"{PICTURES}/<int:attachment_id>/picture"),
    open_to(STAFF, "GET", f"{PICTURES}/<int:attachment_id>/thumbnail"),
    Case("GET", f"{PICTURES}/<int:attachment_id>/original", ENGINEERS, NOBODY),
    # A draft is its author's: made by those who enter coordinates, read and removed by whoever has one.
    open_to(SIGNED_IN, "GET", "/api/v1/drafts"),
    open_to(SIGNED_IN, "GET", "/api/v1/projects/<code>/draft"),
    Case("PUT", "/api/v1/projects/<code>/draft", ENGINEERS, NOBODY, body({"content": {}, "base_version": 0})),
    open_to(SIGNED_IN, "DELETE", "/api/v1/projects/<code>/draft"),
    # Map, layers, budget
    open_to(EVERYBODY, "GET", "/map"),
    open_to(EVERYBODY, "GET", "/tiles/<layer>/<z>/<x>/<y>.mvt"),
    open_to(EVERYBODY, "GET", "/api/v1/layers"),
    open_to(EVERYBODY, "GET", "/api/v1/layers/<name>/schema"),
    open_to(EVERYBODY, "GET", "/api/v1/layers/<name>/items"),
    open_to(EVERYBODY, "GET", "/budget"),
    open_to(EVERYBODY, "GET", "/api/v1/budget"),
    open_to(EVERYBODY, "GET", "/api/v1/budget/shapes"),
    open_to(EVERYBODY, "GET", "/analysis"),
    open_to(EVERYBODY, "GET", "/analysis/allocation"),
    open_to(NOBODY, "GET", "/analysis/allocation/works", variant="no place named"),
    open_to(EVERYBODY, "GET", "/api/v1/allocation"),
    open_to(EVERYBODY, "GET", "/api/v1/allocation/hexagons"),
    open_to(EVERYBODY, "GET", "/api/v1/allocation/file"),
    open_to(EVERYBODY, "GET", "/api/v1/unit-costs"),
    open_to(EVERYBODY, "GET", "/api/v1/unit-costs/file"),
    # Exports: what is in them is what the person may see; a visitor gets the small ones at once.
    open_to(EVERYBODY, "GET", "/api/v1/exports"),
    open_to(SIGNED_IN, "POST", "/api/v1/exports", body({"layer": "roads", "format": "geojson", "filters": {}})),
    open_to(NOBODY, "GET", "/api/v1/exports/<int:job_id>/file", variant="not ready"),
    open_to(EVERYBODY, "GET", "/api/v1/open-data"),
    # GIS reports: what is in them is what the person may see.
    open_to(SIGNED_IN, "GET", "/reports"),
    open_to(SIGNED_IN, "POST", "/reports", form({"format": "xlsx"})),
    open_to(SIGNED_IN, "POST", "/api/v1/reports"),
    open_to(NOBODY, "GET", "/api/v1/reports/<int:job_id>/file", variant="not ready"),
    open_to(EVERYBODY, "GET", "/api/v1/open-data/<table_name>"),
    open_to(EVERYBODY, "GET", "/api/v1/fiscal-data-package"),
    open_to(EVERYBODY, "GET", "/data/dictionary"),
    open_to(EVERYBODY, "GET", "/api/v1/budget/file"),
    open_to(EVERYBODY, "GET", "/funnel"),
    open_to(EVERYBODY, "GET", "/api/v1/funnel"),
    open_to(EVERYBODY, "GET", "/api/v1/funnel/file"),
    # Access is open; scenarios are made of plans that are not public, by staff, and these are shared with a province.
    open_to(EVERYBODY, "GET", "/analysis/access"),
    open_to(EVERYBODY, "GET", "/api/v1/access"),
    open_to(EVERYBODY, "GET", "/api/v1/access/file"),
    open_to(STAFF, "GET", "/analysis/scenarios"),
    open_to(STAFF, "GET", "/api/v1/scenarios"),
    open_to(STAFF, "GET", "/analysis/scenarios/new"),
    open_to(STAFF, "POST", "/analysis/scenarios/new", form({"name": "น้ำ"})),
    Case("GET", SCENARIO, STAFF, NATIONAL),
    Case("POST", SCENARIO, NOBODY, NOBODY, form({"name": "น้ำ", "shared_with": "owner"})),
    Case("GET", f"{SCENARIO}/file", STAFF, NATIONAL),
    Case("GET", "/api/v1/scenarios/<scenario_key>", STAFF, NATIONAL),
    Case(
        "GET",
        "/analysis/scenarios/compare",
        STAFF,
        NATIONAL,
        lambda _world, place: {"query_string": {"first": place.scenario, "second": place.scenario}},
    ),
    # Imports
    open_to(SIGNED_IN, "GET", "/matches"),
    Case("POST", "/matches", FINANCE, NOBODY, lambda _world, place: {"data": contracts(place)}),
    Case("GET", "/matches/<int:match_id>", FINANCE, NOBODY),
    Case("GET", "/matches/<int:match_id>/accept", FINANCE, NOBODY),
    Case("POST", "/matches/<int:match_id>/accept", FINANCE, NOBODY, form({"at_least": "0.9"})),
    Case("GET", "/matches/<int:match_id>/records", FINANCE, NOBODY),
    Case("POST", "/matches/<int:match_id>/rows/<int:row_number>", FINANCE, NOBODY, form({"project": ""})),
    Case("POST", "/matches/<int:match_id>/undo", FINANCE, NOBODY, form({"row": "1"})),
    open_to(SIGNED_IN, "GET", "/api/v1/matches"),
    Case("POST", "/api/v1/matches", FINANCE, NOBODY, lambda _world, place: {"data": contracts(place)}),
    Case("GET", "/api/v1/matches/<int:match_id>", FINANCE, NOBODY),
    Case("DELETE", "/api/v1/matches/<int:match_id>", FINANCE, NOBODY),
    Case("GET", "/api/v1/matches/<int:match_id>/rows", FINANCE, NOBODY),
    Case(
        "PATCH",
        "/api/v1/matches/<int:match_id>/rows/<int:row_number>",
        FINANCE,
        NOBODY,
        lambda _world, place: {"json": {"project": place.published}},
    ),
    Case("POST", "/api/v1/matches/<int:match_id>/accept", FINANCE, NOBODY, body({"at_least": 0.9})),
    Case("POST", "/api/v1/matches/<int:match_id>/undo", FINANCE, NOBODY, body({"rows": [1]})),
    open_to(SIGNED_IN, "GET", "/imports"),
    Case("POST", "/imports", IMPORTERS, NOBODY, lambda _world, place: {"data": upload(place)}),
    Case("GET", "/imports/<int:batch_id>", IMPORTERS, NOBODY),
    open_to(SIGNED_IN, "GET", "/api/v1/imports"),
    Case("POST", "/api/v1/imports", IMPORTERS, NOBODY, lambda _world, place: {"data": upload(place)}),
    Case("GET", "/api/v1/imports/<int:batch_id>", IMPORTERS, NOBODY),
    Case("PATCH", "/api/v1/imports/<int:batch_id>", IMPORTERS, NOBODY, body({"encoding": "utf-8"})),
    Case("DELETE", "/api/v1/imports/<int:batch_id>", IMPORTERS, NOBODY),
    Case("POST", "/api/v1/imports/<int:batch_id>/accept", IMPORTERS, NOBODY),
    Case("POST", "/api/v1/imports/<int:batch_id>/undo", IMPORTERS, NOBODY),
    Case("GET", "/api/v1/imports/<int:batch_id>/rows", IMPORTERS, NOBODY),
    Case(
        "PATCH",
        "/api/v1/imports/<int:batch_id>/rows",
        IMPORTERS,
        NOBODY,
        body({"code": "amount_unreadable", "field": "budget_baht", "text": "-", "value": "1"}),
    ),
    Case("PATCH", "/api/v1/imports/<int:batch_id>/rows/<int:row_number>", IMPORTERS, NOBODY, body({"values": {}})),
    Case("GET", "/api/v1/imports/<int:batch_id>/rows/<int:row_number>/thumbnail", IMPORTERS, NOBODY),
    Case("GET", "/api/v1/imports/<int:batch_id>/problems", IMPORTERS, NOBODY),
    Case("GET", "/api/v1/imports/<int:batch_id>/problems/<code>/texts", IMPORTERS, NOBODY),
    Case("GET", "/api/v1/imports/<int:batch_id>/offers", IMPORTERS, NOBODY),
    Case("POST", "/api/v1/imports/<int:batch_id>/matches", IMPORTERS, NOBODY, body({"at_least": 0.9})),
    Case("GET", "/api/v1/imports/<int:batch_id>/features", IMPORTERS, NOBODY),
    # Rasters and extents; these are open to all, what is not is in test_rasters.
    open_to(EVERYBODY, "GET", "/analysis/rasters"),
    Case("POST", "/analysis/rasters", IMPORTERS, NOBODY, raster_form),
    Case("POST", "/api/v1/rasters", IMPORTERS, NOBODY, raster_form),
    Case("POST", "/analysis/rasters/<raster_name>/again", IMPORTERS, NOBODY),
    Case("POST", "/analysis/rasters/<raster_name>/answer", IMPORTERS, NOBODY, form({"epsg": "32647"})),
    Case(
        "POST",
        "/analysis/rasters/<raster_name>/open",
        frozenset({"PROV_OFFICER", "DLA_CENTRAL"}),
        frozenset({"DLA_CENTRAL"}),
        form({"open_to_all": "1"}),
    ),
    Case("POST", "/analysis/rasters/<raster_name>/remove", IMPORTERS, NOBODY),
    open_to(EVERYBODY, "GET", "/tiles/raster/<name>/<z>/<x>/<y>.png"),
    open_to(EVERYBODY, "GET", "/api/v1/rasters"),
    open_to(EVERYBODY, "GET", "/api/v1/rasters/<raster_name>/value"),
    open_to(EVERYBODY, "GET", "/api/v1/rasters/<raster_name>/zones"),
    open_to(EVERYBODY, "GET", "/api/v1/rasters/<raster_name>/zones/file"),
    open_to(EVERYBODY, "GET", "/api/v1/projects/<code>/profile"),
    open_to(STAFF | {"PARTNER_AGENCY"}, "GET", "/api/v1/projects/<code>/profile", variant="planned"),
    open_to(EVERYBODY, "GET", "/api/v1/catchment"),
    open_to(EVERYBODY, "GET", "/analysis/exposure"),
    Case("POST", "/analysis/exposure", IMPORTERS, NOBODY, extent_form),
    Case("POST", "/analysis/exposure/<extent_name>/remove", IMPORTERS, NOBODY),
    open_to(EVERYBODY, "GET", "/api/v1/extents"),
    open_to(EVERYBODY, "GET", "/api/v1/extents/<extent_name>/exposure"),
    open_to(EVERYBODY, "GET", "/api/v1/extents/<extent_name>/exposure/file"),
    open_to(EVERYBODY, "GET", "/api/v1/extents/<extent_name>/shape"),
    # Background work: one's own; the department looks at everybody's and cancels nobody's.
    open_to(SIGNED_IN, "GET", "/jobs"),
    open_to(SIGNED_IN, "GET", "/api/v1/jobs"),
    Case("GET", "/api/v1/jobs/<int:job_id>", SIGNED_IN, frozenset({"DLA_CENTRAL"})),
    Case("POST", "/api/v1/jobs/<int:job_id>/cancel", SIGNED_IN, NOBODY),
)

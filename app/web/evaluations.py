"""Rounds of monitoring and evaluation for programs: everybody reads what is announced, planner and executive write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import NotFound
from app.queries.evaluations import ResultView, files_of, postings_of, results_of
from app.services import evaluation_files, evaluation_postings, evaluations, money_rules
from app.services.evaluation_files import sealed_content
from app.services.evaluation_postings import NewPosting
from app.services.evaluation_rules import begun_round
from app.services.evaluations import Remarks, draft_content
from app.services.money_rules import organisation_target
from app.services.sealed import kept, sealed_dir
from app.web.attachments import sent_file_of
from app.web.context import current
from app.web.endpoint import Access, Param, api_route
from app.web.evaluation_page import found_result, round_clocks, round_lines, staff
from app.web.money_body import Body, read_body
from app.web.organisation_money import ITEMS, OBJECT, ORGANISATION, RECEIPT, YEAR, acted
from app.web.params import choice, string_schema
from app.web.payloads import if_match, json_object
from app.web.public_site import site_address

blueprint = Blueprint("evaluations", __name__)

ROUNDS = f"{ORGANISATION}/evaluations"
ONE = "/api/v1/evaluations/<int:evaluation_id>"
PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {"pdf": PDF, "xlsx": XLSX}
FORMAT = Param("format", choice(*MEDIA_TYPES), string_schema(enum=list(MEDIA_TYPES)), "Format of the file", "pdf")
ACTS = "any(remarks,propose,return,submit,announce,postings,versions)"
BEGIN = Body({"fiscal_year_be": "whole", "period": "whole"}, frozenset({"fiscal_year_be", "period"}))
REMARKS = Body({"committee_met_on": "date", "committee_reference": "text", "committee_remarks": "text"})
GIVE_BACK = Body({"note": "text"}, frozenset({"note"}))
SUBMIT = Body(
    {"submitted_on": "date", "submitted_reference": "text", "late_reason": "text"}, frozenset({"submitted_on"})
)
ANNOUNCE = Body({"announced_on": "date", "late_reason": "text"}, frozenset({"announced_on"}))
REASON = Body({"reason": "text"}, frozenset({"reason"}))
POST = Body(
    {"place": "text", "address": "text", "posted_from": "date", "posted_to": "date"},
    frozenset({"place", "address", "posted_from"}),
)
_BINARY = {"type": "string", "format": "binary"}


@api_route(
    blueprint,
    ROUNDS,
    access=Access.PUBLIC,
    params=(YEAR,),
    summary="Announced results of evaluation; for staff with a fiscal year its rounds, versions and clocks",
    response=ITEMS,
)
def read_rounds(organisation: str, fiscal_year: int | None) -> dict[str, Any]:
    """Drafts and clocks are the staff's."""
    with current().database.reading() as session:
        organisation_target(session, organisation)
        if not staff() or fiscal_year is None:
            found = results_of(session, organisation, year_be=fiscal_year, announced=not staff())
            return {"items": [result_json(session, one) for one in found]}
        lines = round_lines(session, organisation, fiscal_year)
        return {
            "items": [
                {
                    "fiscal_year_be": fiscal_year,
                    "period": line.of.period,
                    "name": line.of.name(current().language),
                    "reported_from": line.of.reported_from,
                    "reported_to": line.of.reported_to,
                    "opens_on": line.of.opens_on,
                    "due_on": line.of.due_on,
                    "versions": [result_json(session, one) for one in line.versions],
                    "clocks": [
                        asdict(clock) for clock in round_clocks(session, line.of, line.versions, money_rules.today())
                    ],
                }
                for line in lines
            ]
        }  # fmt: skip


@api_route(
    blueprint,
    ROUNDS,
    method="POST",
    access=Access.SIGNED_IN,
    summary="Begin the result of a round (the planner)",
    body=BEGIN.schema(),
    response=RECEIPT,
    status=201,
)
def begin(organisation: str) -> dict[str, Any]:
    """A round of the calendar whose time has come."""
    given = read_body(BEGIN, json_object())
    return acted(
        lambda session, actor: evaluations.begin(
            session, actor, organisation, given["fiscal_year_be"], given["period"]
        )
    )  # fmt: skip


@api_route(blueprint, ONE, access=Access.PUBLIC, summary="A version of a result, with its figures", response=OBJECT)
def read_one(evaluation_id: int) -> dict[str, Any]:
    """Of a draft the figures of this moment, of a sealed version those of its day."""
    with current().database.reading() as session:
        held = found_result(session, evaluation_id)
        sealed = held.content_sha256 is not None
        content = sealed_content(session, held) if sealed else draft_content(session, held)
        of = begun_round(session, held.fiscal_year_be, held.period)
        versions = results_of(session, held.organisation_code, year_be=held.fiscal_year_be)
        own = [one for one in versions if one.period == held.period]
        clocks = round_clocks(session, of, own, money_rules.today()) if of and staff() else ()
        return {**result_json(session, held), "content": content, "clocks": [asdict(clock) for clock in clocks]}


@api_route(
    blueprint,
    f"{ONE}/file",
    access=Access.PUBLIC,
    params=(FORMAT,),
    summary="The sealed document: the very bytes whose SHA-256 was recorded",
    response={"content": {PDF: _BINARY, XLSX: _BINARY}},
)
def read_file(evaluation_id: int, format: str) -> Response:
    """Made once; checked against its digest before it is handed out."""
    here = current()
    with here.database.reading() as session:
        held = found_result(session, evaluation_id)
        file = files_of(session, evaluation_id).get(format)
    if file is None:
        raise NotFound("evaluation_file_missing")
    path = kept(sealed_dir(here.settings), file.sha256, f".{format}")
    name = f"ผลการติดตาม {held.organisation_name} {held.fiscal_year_be} ฉบับ {held.version}.{format}".replace("/", "-")
    return sent_file_of(path, MEDIA_TYPES[format], name, file.sha256[:32], download=True)


_BODIES: Mapping[str, Body] = {
    "remarks": REMARKS,
    "propose": Body({}),
    "return": GIVE_BACK,
    "submit": SUBMIT,
    "announce": ANNOUNCE,
    "postings": POST,
    "versions": REASON,
}


@api_route(
    blueprint,
    f"{ONE}/<{ACTS}:act>",
    method="POST",
    access=Access.SIGNED_IN,
    summary="A step of a version: remarks, propose (planner), return, submit, announce (executive), postings, versions",
    body={"oneOf": [body.schema() for body in _BODIES.values()]},
    response=OBJECT,
    headers={"If-Match": 'Version, such as "e3"; not asked for postings and versions'},
)
def act(evaluation_id: int, act: str) -> dict[str, Any]:
    """What may come next follows from the status of the version."""
    given = read_body(_BODIES[act], json_object())
    version = None if act in ("postings", "versions") else if_match("e")
    return acted(lambda session, actor: _ACTS[act](session, actor, evaluation_id, given, version))


_Act = Callable[[Session, Actor, int, dict[str, Any], int | None], Any]


def _propose(session: Session, actor: Actor, number: int, _given: dict[str, Any], version: int | None) -> Any:
    receipt = evaluations.propose(session, actor, number, if_match_version=version)
    evaluation_files.order_files(session, actor, number)
    return receipt


def _announce(session: Session, actor: Actor, number: int, given: dict[str, Any], version: int | None) -> Any:
    given = {**given, "address": public_address(number), "if_match_version": version}
    return evaluation_postings.announce(session, actor, number, given.pop("announced_on"), **given)


def public_address(number: int) -> str:
    """Where everybody reads a version."""
    return f"{site_address()}/evaluations/{number}"


def submitted(given: Mapping[str, Any]) -> dict[str, Any]:
    """A body as the service takes it."""
    names = {"submitted_reference": "reference"}
    return {names.get(name, name): value for name, value in given.items()}


_ACTS: Mapping[str, _Act] = {
    "remarks": lambda session, actor, number, given, version: evaluations.save_remarks(
        session, actor, number, Remarks(**given), if_match_version=version
    ),
    "propose": _propose,
    "return": lambda session, actor, number, given, version: evaluations.give_back(
        session, actor, number, given["note"], if_match_version=version
    ),
    "submit": lambda session, actor, number, given, version: evaluations.submit(
        session, actor, number, **submitted(given), if_match_version=version
    ),
    "announce": _announce,
    "postings": lambda session, actor, number, given, _version: evaluation_postings.post(
        session, actor, number, NewPosting(**given)
    ),
    "versions": lambda session, actor, number, given, _version: evaluations.begin_again(
        session, actor, number, given["reason"]
    ),
}

# Who did what inside the office is told to the staff alone.
_INSIDE = ("created_by_name", "sealed_by", "sealed_by_name", "decided_by_name", "decision_note", "announced_by_name",
           "submitted_late_reason")  # fmt: skip


def result_json(session: Session, held: ResultView) -> dict[str, Any]:
    """A version as programs see it."""
    told = asdict(held)
    hidden = {"province_code", "amphoe_code", *(() if staff() else _INSIDE)}
    return {
        **{name: value for name, value in told.items() if name not in hidden},
        "files": [asdict(one) for one in files_of(session, held.id).values()],
        "postings": [_posting_json(one) for one in postings_of(session, held.id)],
    }


def _posting_json(one: Any) -> dict[str, Any]:
    told = asdict(one)
    if not staff():
        for name in ("created_by_name", "file_name", "withdrawn_reason"):
            told.pop(name)
    return {**told, "evidence": f"/evidence/{one.statement_sha256}"}

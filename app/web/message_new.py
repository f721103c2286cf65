"""What the form of a new matter begins with: about which record, whose, and whom the person can ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import Target
from app.queries.areas import area_names
from app.queries.messages import ThreadFilter, side_of, threads
from app.queries.organisations import organisation, organisations_in_area
from app.services.message_records import AboutRecord, record_address, record_of
from app.web.completeness_words import topics
from app.web.context import current
from app.web.message_words import KIND_NAMES, SIDE_NAMES, readers_of


def about(given: Mapping[str, Any]) -> tuple[str, str] | None:
    """Kind and key of the record of the address."""
    return (given["kind"], given["key"]) if given.get("kind") and given.get("key") else None


def new_thread_values(session: Session, given: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    """What the template needs.

    Raises
    ------
    NotFound, Forbidden
        No such record or organisation; not a place where the person writes.
    """
    actor = current().actor
    named = about(given)
    record = record_of(session, *named) if named else None
    scope = policy.scope_of(actor, policy.MESSAGE_WRITE)
    code = record.organisation_code if record else given.get("organisation") or form.get("organisation") or ""
    if not code and len(scope.organisations) == 1:
        code = min(scope.organisations)
    owner = organisation(session, code) if code else None
    province = owner.province_code if owner else min(scope.provinces, default="")
    target = Target(owner.code, owner.province_code, owner.amphoe_code) if owner else Target(None, province or None)
    policy.require(actor, policy.MESSAGE_WRITE, target)
    side = side_of(actor, target)
    names = area_names(session, [province]) if province else {}
    return {
        "about": record,
        "asked": threads(session, actor, ThreadFilter(record=named), limit=5) if named else None,
        "about_kind": KIND_NAMES[record.kind] if record else "",
        "about_address": record_address(record.kind, record.key) if record else "",
        "owner": owner,
        # An officer chooses among the organisations of the province; the department comes from an organisation's page.
        "choices": organisations_in_area(session, province) if not owner and scope.provinces and province else (),
        "sides": _sides(side, bool(owner) or bool(scope.provinces)),
        "topic_options": [(one.code, one.name) for one in topics(session).values()],
        "topic": form.get("topic") or given.get("topic") or (record.topic if record else "") or "",
        "fixed": bool(record) or bool(given.get("organisation")),
        "query": _query(given, record),
        "readers": readers_of(
            target,
            owner.name(current().language) if owner else None,
            names[province].name_th if province in names else "",
        ),
    }


def _sides(side: str | None, with_organisation: bool) -> list[tuple[str, str]]:
    usual = {"ORGANISATION": ("PROVINCE", "DEPARTMENT"), "PROVINCE": ("ORGANISATION", "DEPARTMENT")}
    known = usual.get(side or "", ("ORGANISATION", "PROVINCE"))
    return [(one, str(SIDE_NAMES[one])) for one in known if one != "ORGANISATION" or with_organisation]


def _query(given: Mapping[str, Any], record: AboutRecord | None) -> str:
    held = {"kind": record.kind, "key": record.key} if record else {"organisation": given.get("organisation")}
    return urlencode({name: value for name, value in held.items() if value})

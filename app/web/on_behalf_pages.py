"""What officers entered for an organisation: looked at, and confirmed or denied, several at a time."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from app.auth import policy
from app.queries.fiscal_years import entered_on_behalf
from app.queries.on_behalf import written_on_behalf
from app.queries.organisations import organisation as find_organisation
from app.services.money_rules import organisation_target
from app.services.on_behalf import decide_entries
from app.web.context import current
from app.web.desk_texts import in_words
from app.web.endpoint import Access, Param, page_route
from app.web.on_behalf_texts import entered_lines
from app.web.organisation_money import require_staff
from app.web.page_forms import posted
from app.web.params import boolean
from app.web.project_list import code_names

blueprint = Blueprint("on_behalf_pages", __name__)

PAGE = "/organisations/<organisation_code>/on-behalf"
DECIDED = Param("decided", boolean, {"type": "boolean"}, "True: also what was decided on", False)


@page_route(blueprint, PAGE, access=Access.SIGNED_IN, params=(DECIDED,))
def on_behalf_page(organisation_code: str, decided: bool) -> str:
    """What waits for a decision, and on demand what was decided."""
    return _page(organisation_code, decided=decided)


@page_route(blueprint, PAGE, methods=("POST",), access=Access.SIGNED_IN)
def decide(organisation_code: str) -> Response:
    """Confirm or deny what was chosen, or the one whose own button was pressed."""
    form = request.form
    one = form.get("one", "")
    decision, chosen = ("CONFIRMED", [one]) if one else (form.get("decision", ""), form.getlist("chosen"))
    return posted(
        lambda session, actor: decide_entries(
            session, actor, organisation_code, chosen, decision, None if one else form.get("comment")
        ),
        again=lambda problems: _page(organisation_code, problems, form),
        then=url_for(".on_behalf_page", organisation_code=organisation_code),
    )


def _page(
    organisation_code: str, problems: list[dict[str, Any]] | None = None, typed: Any = None, *, decided: bool = False
) -> str:
    context = current()
    with context.database.reading() as session:
        require_staff(session, organisation_code)
        target = organisation_target(session, organisation_code)
        entries = entered_on_behalf(session, organisation_code, only_open=not decided)
        named = policy.own_scope(context.actor).covers(target)
        written = written_on_behalf(session, organisation_code, [e.request_id for e in entries], named=named)
        names = code_names(session)
        return render_template(
            "desk/on_behalf.html",
            owner=find_organisation(session, organisation_code),
            organisation_code=organisation_code,
            entries=entries,
            lines={receipt: entered_lines(records, names) for receipt, records in written.items()},
            counts={receipt: records[0].records for receipt, records in written.items()},
            decided=decided,
            may=policy.may(context.actor, policy.ON_BEHALF_DECIDE, target),
            chosen=typed.getlist("chosen") if typed else [],
            typed=typed or {},
            problems=in_words(problems or []),
        )

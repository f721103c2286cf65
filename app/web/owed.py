"""ค้างวันนี้: what is owed in words, the same list for the person, the coordinator and the province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth import policy
from app.queries.completeness import Scope
from app.queries.figures import Returned, returned_figures
from app.queries.owed import Awaiting, Debt, Debts, awaiting_review, debts, first_items
from app.web.completeness_words import Missing, debt_address, debt_line, in_words, owner_names
from app.web.context import current
from app.web.figure_words import figure_address, figure_names
from app.web.filters import baht
from app.web.reminders import reminder_states

OWED_BESIDE = 20


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


@dataclass(frozen=True)
class Owed:
    """A line of what is owed today: a debt, a figure that was returned, or coordinates that wait for the province.

    Parameters
    ----------
    tone
        ``bad``, ``submitted`` or empty, with ``pill`` in words.
    act
        Word of its link.
    items
        The first missing things themselves, where one's own are listed.
    reminder
        When it was last reminded of and whether it may be again, for who may.
    """

    organisation: str
    line: str
    owner: str
    pill: str
    tone: str
    address: str
    act: str
    items: Sequence[Missing] = ()
    reminder: Mapping[str, Any] | None = None


def owed_today(
    session: Session,
    scope: Scope,
    today: date,
    *,
    state: str | None = None,
    own: Sequence[str] = (),
    topic: str | None = None,
    year_be: int | None = None,
    limit: int = OWED_BESIDE,
    offset: int = 0,
    with_items: bool = False,
    reminders: bool = False,
) -> dict[str, Any]:
    """What a list of debts shows: its lines, and how many there are of each kind.

    Parameters
    ----------
    state
        ``late``, ``due``, ``returned``: figures that the province returned, or ``review``: coordinates that wait for
        the province.
    own
        Topics that stand first.
    with_items
        Each with its first missing things: of one organisation, a few debts.
    reminders
        Each with when it was reminded of.
    """
    found = debts(
        session,
        scope,
        today,
        topics=[topic] if topic else (),
        year_be=year_be,
        state="late" if state == "late" else "due" if state == "due" else None,
        first=own,
        limit=limit,
        offset=offset,
    )
    every = found if state is None else debts(session, scope, today, topics=[topic] if topic else (), year_be=year_be)
    waiting, waits = awaiting_review(session, scope, today) if not topic or topic == "COORDINATES" else ([], 0)
    returned, gone_back = ([], 0) if topic else returned_figures(session, scope, today, year_be=year_be)
    owners = owner_names(session)
    items = first_items(session, found.items, today) if with_items else {}
    told = reminder_states(session, current().actor, found.items) if reminders else {}
    lines = [
        replace(
            _owed(debt, owners, scope, today),
            items=in_words(items.get(debt.task_id, ()), today),
            reminder=told.get((debt.organisation_code, debt.task_id)),
        )
        for debt in ([] if state in ("review", "returned") else found.items)
    ]
    # What was returned was asked for by a person, and stands first.
    if state in (None, "returned") and offset == 0:
        lines = [_returned(one, scope) for one in returned] + lines
    if state in (None, "review") and offset == 0:
        lines += [_waiting(one) for one in waiting]
    return {
        "items": lines,
        "found": found,
        "all": every.total + waits + gone_back,
        "late": every.late,
        "due": every.total - every.late,
        "review": waits,
        "returned": gone_back,
        "shown": _shown(state, every, waits, gone_back),
    }


def _shown(state: str | None, every: Debts, waiting: int, returned: int) -> int:
    known = {"late": every.late, "due": every.total - every.late, "review": waiting, "returned": returned}
    return known.get(state or "", every.total + waiting + returned)


def _owed(debt: Debt, owners: Mapping[str, str], scope: Scope, today: date) -> Owed:
    left = (debt.due_on - today).days
    return Owed(
        organisation="" if scope.organisations == (debt.organisation_code,) else debt.organisation_name,
        line=debt_line(debt),
        owner=_("ผู้รับผิดชอบ: %(who)s", who=owners[debt.owner_role]),
        pill=_("ช้า %(n)s วัน", n=debt.days_late) if debt.late else _("เหลือ %(n)s วัน", n=left),
        tone="bad" if debt.late else "",
        address=debt_address(debt),
        act=_act(debt),
    )


def _act(debt: Debt) -> str:
    """Who belongs to it enters; an officer is told to enter on behalf where the calendar says so; others look."""
    actor = current().actor
    if debt.organisation_code in actor.organisation_codes:
        return _("บันทึก") if debt.owner_role in actor.roles else _("ดูรายการ")
    enters = debt.officer_enters and policy.enters_on_behalf(actor, debt.organisation_code)
    return _("บันทึกแทน") if enters else _("ดูรายการ")


def _returned(one: Returned, scope: Scope) -> Owed:
    own = one.organisation_code in current().actor.organisation_codes
    what = f"{figure_names()[one.figure]} {baht(one.amount_baht, 2)}"
    return Owed(
        organisation="" if scope.organisations == (one.organisation_code,) else one.organisation_name,
        line=_("ส่งกลับ %(what)s: “%(words)s” · %(project)s", what=what, words=one.text, project=one.name_th),
        owner=_("ผู้รับผิดชอบ: ผู้บันทึกตัวเลขนี้"),
        pill=_("ส่งกลับ %(n)s วัน", n=one.days),
        tone="bad",
        address=figure_address(one.project_code, one.figure, one.figure_id),
        act=_("แก้หรือตอบ") if own else _("ดูรายการ"),
    )


def _waiting(one: Awaiting) -> Owed:
    query = {"organisation": one.organisation_code, "fiscal_year": one.fiscal_year_be, "geometry_status": "SUBMITTED"}
    return Owed(
        organisation=one.organisation_name,
        line=_("พิกัดส่งตรวจ %(count)s โครงการ ปี %(year)s", count=one.projects, year=one.fiscal_year_be),
        owner=_("ผู้รับผิดชอบ: รอจังหวัด"),
        pill=_("รอตรวจ %(n)s วัน", n=one.days),
        tone="submitted",
        address=f"/projects?{urlencode(query)}",
        act=_("ตรวจ"),
    )

"""What an officer wrote for an organisation, a line a record: what, how much, with whom, which paper and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.queries.history import Change
from app.queries.on_behalf import Written
from app.web.change_words import field_name, is_technical, title_of, value_text
from app.web.filters import baht, thai_date

_TABS: Mapping[str, str] = {
    "appropriation": "budget",
    "carry_over": "budget",
    "contract": "contracts",
    "contract_amendment": "contracts",
    "contract_instalment": "contracts",
    "contract_penalty": "contracts",
    "disbursement": "disbursements",
    "progress_report": "progress",
    "project_geometry": "map",
    "attachment": "photos",
}
MOST_VALUES = 8
_PAGES: Mapping[str, str] = {"budget_document": "/budget-documents/", "budget_transfer": "/budget-transfers/"}
_DAYS = ("signed_on", "paid_on", "reported_on", "until_on", "approved_on", "council_approved_on")
_MORE = ("name_th", "title", "percent", "days", "new_end_on", "reason", "file_name", "note")


@dataclass(frozen=True)
class EnteredLine:
    """A record in words.

    Parameters
    ----------
    title
        What was done.
    facts
        Amount, paper, party, day and what else tells it apart.
    address
        Where it is looked at; ``None`` where it has no page.
    project_code, project_name
        Of which project.
    """

    title: str
    facts: tuple[str, ...]
    address: str | None
    project_code: str | None
    project_name: str | None


def entered_lines(written: Sequence[Written], names: Mapping[str, Mapping[str, str]]) -> list[EnteredLine]:
    """Lines of one request."""
    return [
        EnteredLine(
            title_of(each.change, names),
            tuple(_facts(each, names)),
            _address(each),
            each.change.project_code,
            each.change.project_name,
        )
        for each in written
    ]


def _address(written: Written) -> str | None:
    change = written.change
    if change.entity in _PAGES:
        return f"{_PAGES[change.entity]}{change.key}"
    if change.project_code is None:
        return None
    return f"/projects/{change.project_code}?tab={_TABS.get(change.entity, 'history')}"


def _facts(written: Written, names: Mapping[str, Mapping[str, str]]) -> list[str]:
    stood = written.stood
    facts = [baht(Decimal(str(stood[n])), 2) for n in ("amount_baht", "amount_change_baht") if stood.get(n)]
    facts += _papers(written)
    if written.contractor_name:
        facts.append(written.contractor_name)
    if fund := stood.get("fund_source_code"):
        facts.append(value_text("fund_source_code", fund, names))
    for name in _DAYS:
        if day := stood.get(name):
            facts.append(f"{field_name(name)} {thai_date(date.fromisoformat(str(day)))}")
            break
    changed: Mapping[str, Any] = written.change.after if written.change.action == "update" else stood
    facts += [
        f"{field_name(name, written.change.entity)} {value_text(name, changed[name], names, written.change.entity)}"
        for name in _MORE
        if changed.get(name) not in (None, "", 0)
    ]
    return facts or _values(written.change, names)


def _values(change: Change, names: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Of a record that none of these tells apart (general data, population): what was written in which field."""
    told = [name for name in {**change.before, **change.after} if not is_technical(name)]
    if change.action != "update":
        told = [name for name in told if (change.after or change.before).get(name) not in (None, "")]
    facts = []
    for name in told[:MOST_VALUES]:
        before, after = (
            value_text(name, held.get(name), names, change.entity) for held in (change.before, change.after)
        )
        changed = f"{before} → {after}" if change.action == "update" else after
        facts.append(f"{field_name(name, change.entity)} {changed}")
    if len(told) > MOST_VALUES:
        facts.append(str(_("และอีก %(n)s ช่อง", n=len(told) - MOST_VALUES)))
    return facts


def _papers(written: Written) -> list[str]:
    stood, entity = written.stood, written.change.entity
    numbers = []
    if number := (stood.get("number") if entity in ("contract", *_PAGES) else None):
        numbers.append(str(_("เลขที่ %(number)s", number=number)))
    elif written.contract_number:
        numbers.append(str(_("สัญญา %(number)s", number=written.contract_number)))
    if stood.get("voucher_number"):
        numbers.append(str(_("ฎีกา %(number)s", number=stood["voucher_number"])))
    if written.paper_number:
        numbers.append(str(_("เอกสาร %(number)s", number=written.paper_number)))
    elif stood.get("legal_reference"):
        numbers.append(str(stood["legal_reference"]))
    return numbers

"""One project on a page: its head, its tabs with what each needs, and the form that is open on one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import Visibility
from app.models.budget import PAYMENT_METHODS
from app.queries.budget_reviews import documents_of
from app.queries.duplicate_pairs import pair_counts, pairs_of_project
from app.queries.duplicate_times import compared_at
from app.queries.figures import figures_of_project
from app.queries.geometries import geometry_versions
from app.queries.history import changed_fields, project_fields, project_history
from app.queries.on_behalf import marks_of_project
from app.queries.project_detail import ProjectDetail
from app.queries.project_money import money_of_project, progress_of_project, removed_progress, status_history
from app.queries.projects import ProjectRow
from app.services.duplicate_renewal import is_renewing
from app.services.money_rules import check_open_year
from app.services.project_status import Move, moves_of
from app.services.projects import editable_fields
from app.web import money_present
from app.web.attachment_json import photos_data
from app.web.change_words import field_names
from app.web.conflicts import base_text
from app.web.context import current
from app.web.duplicate_json import class_names, status_names
from app.web.errors import problem_lines
from app.web.figure_words import state_names
from app.web.history import PAGE
from app.web.money_forms import FORMS, MoneyForm, beginning, rows_of, version_of
from app.web.params import encode_cursor
from app.web.project_fields import fact_texts, place_options
from app.web.project_json import may_json, target_of
from app.web.project_list import code_names
from app.web.project_progress import progress_data
from app.web.project_remarks import open_remarks
from app.web.project_texts import Restoring, change_lines, difference
from app.web.projects import found_detail, reader, sees_persons
from gis.problems import Problem
from gis.writers import FORMATS

TABS = (
    "map",
    "facts",
    "plan",
    "budget",
    "contracts",
    "disbursements",
    "progress",
    "status",
    "photos",
    "duplicates",
    "history",
)
# Rows of money, of progress and of the status are the staff's; others see sums.
_OF_STAFF = frozenset({"facts", "progress", "status", "photos", "duplicates", "history"})
_WRITES = ("write_budget", "write_contract", "write_disbursement")
_MONEY_TABS = frozenset({"budget", "contracts", "disbursements", "progress"})


@dataclass(frozen=True)
class Opened:
    """The form that is open on a tab.

    Parameters
    ----------
    do, of, under
        What is done, to which row, and what a payment is for; as the address says them.
    typed
        What was sent and refused; ``None`` before anything was.
    problems
        What is wrong with it.
    """

    do: str = ""
    of: int | None = None
    under: str = ""
    typed: Mapping[str, str] | None = None
    problems: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """What else of a tab is asked for: versions to look at, the picture to begin with, a part of the history."""

    version: int | None = None
    compare: int | None = None
    photo: int | None = None
    field: str | None = None
    cursor: int | None = None


def project_html(code: str, tab: str, opened: Opened | None = None, part: Part | None = None) -> str:
    """The page of a project on one of its tabs."""
    opened, part = opened or Opened(), part or Part()
    context = current()
    sight = policy.visibility(context.actor)
    staff = sight is Visibility.STAFF
    with context.database.reading() as session:
        detail = found_detail(session, code)
        versions = geometry_versions(session, code, sight=sight) or []
        tab = tab if staff or tab not in _OF_STAFF else "map"
        row = detail.row
        may = may_json(context.actor, row)
        data: dict[str, Any] = {
            "detail": detail,
            "row": row,
            "versions": versions,
            "shown": next((v for v in versions if v.version == part.version), versions[0] if versions else None),
            "compared": next((v for v in versions if v.version == part.compare), None),
            "may": may,
            "photos": photos_data(session, row, may=may, staff=staff, removed=tab == "photos", begin=part.photo),
            "staff": staff,
            "tab": tab,
            "names": code_names(session),
            "difference": difference,
            "warnings_of": lambda view: problem_lines(list(view.warnings), context.language),
            "problems": opened.problems,
            "form": opened.typed or {},
            "formats": FORMATS,
            "open": {"do": opened.do, "of": opened.of},
            "today": date.today(),
            "on_behalf": policy.enters_on_behalf(context.actor, row.organisation_code)
            and any(may[act] for act in ("write_budget", "write_contract", "write_disbursement")),
        }
        if staff:
            data["near_count"], data["same_count"] = pair_counts(session, row.id)
            data["remarks"] = open_remarks(session, row)
            data |= _of_tab(session, tab, detail, opened, part, data)
        return render_template("projects/project.html", **data)


def _of_tab(
    session: Session, tab: str, detail: ProjectDetail, opened: Opened, part: Part, data: Mapping[str, Any]
) -> dict[str, Any]:
    row = detail.row
    if tab == "history":
        return _history(session, row, part.field, part.cursor)
    if tab == "status":
        return _status(session, row, opened, data["names"]["status"])
    if tab == "duplicates":
        words = {"class": class_names(), "status": status_names()}
        times = {"compared_at": compared_at(session, row.id), "renewing": is_renewing(session, [row.id])}
        return {"pairs": pairs_of_project(session, row.id), "pair_words": words, **times}
    if tab == "facts":
        return _facts(session, row, opened)
    return _money(session, tab, row, opened, data) if tab in _MONEY_TABS else {}


def _money(session: Session, tab: str, row: ProjectRow, opened: Opened, data: Mapping[str, Any]) -> dict[str, Any]:
    """Every row of money, and the form that is open on the tab."""
    found = money_of_project(session, row.id, named=sees_persons(row))
    reports = progress_of_project(session, row.id) if tab in ("contracts", "progress") else []
    closed = check_open_year(session, row.organisation_code, row.fiscal_year_be)
    today = date.today()
    told = money_present.stories(found, today=today, done_percent=money_present.done_of(reports))
    more: dict[str, Any] = {
        "money": found,
        "contracts": told,
        "quarters": money_present.quarters(found.disbursements, row.fiscal_year_be),
        "quarter_of": lambda day: money_present.quarter_of(day, row.fiscal_year_be),
        "payables": money_present.payables(found),
        "sources": money_present.sources(found),
        "methods": PAYMENT_METHODS,
        "may_report": policy.may(current().actor, policy.PROGRESS_WRITE, target_of(row)),
        "may_confirm": not closed and policy.may(current().actor, policy.BUDGET_APPROVE, target_of(row)),
        "marks": marks_of_project(session, row.id),
        "reviewed": figures_of_project(session, row.id),
        "review_words": state_names(),
        "closed": problem_lines(closed or _shut(row, data["names"]["status"]), current().language),
        # Nothing of money is written in a closed year: no form is offered that would only be refused.
        "may": {**data["may"], **dict.fromkeys(_WRITES if closed and opened.typed is None else (), False)},
    }
    if tab == "budget" and more["may"]["write_budget"]:
        documents = documents_of(session, row.organisation_code, row.fiscal_year_be)
        more["documents"] = [d for d in documents if d.status in ("DRAFT", "RETURNED") and not d.removed]
    if tab == "progress":
        more |= progress_data(reports, told, data["photos"]["items"], today)
        more["gone_reports"] = removed_progress(session, row.id)
    form = form_of(tab, opened.do)
    if form is None:
        return more
    values = beginning(form, found, opened.of, under=opened.under, today=today, year_be=row.fiscal_year_be)
    version = version_of(form, found, opened.of, row.row_version)
    return more | {"open": open_form(opened, values, version)}


def _shut(row: ProjectRow, names: Mapping[str, str]) -> list[Problem]:
    """What the services say of new money of a project that is closed or cancelled."""
    if row.status not in ("CLOSED", "CANCELLED"):
        return []
    return [Problem("project_not_open", values={"status": names.get(row.status, row.status)})]


def form_of(tab: str, do: str) -> MoneyForm | None:
    """The form of a tab that the address opens; the one that adds when it says nothing."""
    return next((form for form in FORMS.values() if form.tab == tab and form.do == (do or "add")), None)


def open_form(opened: Opened, values: Mapping[str, str], version: int) -> dict[str, Any]:
    """What the template needs of the form that is open: what its fields show, what it began with, its version."""
    typed = opened.typed
    return {
        "do": opened.do,
        "of": opened.of,
        "values": values if typed is None else typed,
        "base": base_text(values) if typed is None else typed.get("base", "{}"),
        "version": version if typed is None else typed.get("row_version", version),
        "problems": opened.problems,
        "rows": rows_of(values if typed is None else typed),
    }


def _facts(session: Session, row: ProjectRow, opened: Opened) -> dict[str, Any]:
    stands = fact_texts(project_fields(session, row.id))
    shown = stands if opened.typed is None else {**stands, **opened.typed}
    return {
        "stands": stands,
        "editable": editable_fields(current().actor, target_of(row)),
        "places": place_options(session, row, shown),
        "open": open_form(opened, stands, row.row_version) | {"values": shown},
    }


def _status(session: Session, row: ProjectRow, opened: Opened, names: Mapping[str, str]) -> dict[str, Any]:
    actor, language = current().actor, current().language
    moves = moves_of(session, actor, row.code)

    def against(move: Move) -> list[dict[str, Any]]:
        named = {"status": names.get(move.to, move.to)}
        told = [Problem(p.code, p.level, p.where, {**p.values, **named}) for p in move.problems]
        return problem_lines(told, language)

    return {
        "steps": status_history(session, row.id),
        "moves": [(move.to, against(move)) for move in moves],
        "may_correct": policy.may(actor, policy.STATUS_CORRECT, target_of(row)),
        "open": open_form(opened, {}, row.row_version),
    }


def _history(session: Session, row: ProjectRow, only: str | None, cursor: int | None) -> dict[str, Any]:
    page = project_history(session, row.id, reader(), field=only or None, limit=PAGE, before=cursor)
    editable = editable_fields(current().actor, target_of(row))
    restoring = Restoring(editable, project_fields(session, row.id) if editable else {})
    lines = change_lines(session, page.items, restoring=restoring)
    if only:
        lines = [replace(line, fields=tuple(each for each in line.fields if each.name == only)) for line in lines]
    there = changed_fields(session, row.id)
    return {
        "changes": lines,
        "field": only or "",
        "field_choices": [(name, word) for name, word in field_names().items() if name in there or name == only],
        "older": None if page.next is None else encode_cursor([page.next]),
    }

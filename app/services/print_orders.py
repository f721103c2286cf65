"""What is to be printed, laid out when it is printed: at once when short, as a background job when long.

See ``docs/decisions/0018-pdf-through-chromium.md``.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Visibility
from app.errors import NotFound
from app.models import BackgroundJob
from app.queries.action_plans import (
    SLUGS,
    ActionPlanHead,
    action_lines,
    action_plan,
    action_summary,
)
from app.queries.action_plans import SUMMARY as ACTION_SUMMARY
from app.queries.codelists import code_list
from app.queries.plan_compare import base_of, compare_versions
from app.queries.plan_forms import FORMS, SUMMARY, SUMMARY_SLUG, PlanForm, form_by_slug
from app.queries.plan_sheet import plan_sheet, plan_summary
from app.queries.plans import PlanHead, VersionHead, plan, strategies_at, version, versions_of
from app.services import jobs
from app.services.action_plan_print import lines_page
from app.services.action_plan_print import summary_page as action_summary_page
from app.services.jobs import Progress
from app.services.plan_print import Page, Printing, announcement_page, form_page, page_html, summary_page
from app.services.plan_workbook.labels import choice_labels
from app.services.plan_workbook.writing import file_stem
from app.services.printing import print_page
from app.settings import Settings
from gis.thai import ZONE

KIND = "print"
"""Kind of background job."""
DIRECT_ROWS = 250
"""A page of more rows is printed by the worker: below that a person waits some seconds."""
# The worker waits for the printer as long as it takes, and prints what nobody waits for.
JOB_WAIT_S, JOB_QUEUE_S = 900, 1_800
COPY_KEPT_S = 86_400
"""A copy of what is in force is printed anew after a day."""
MOST_COPIES = 1_000
STEPS = ("print_step_reading", "print_step_laying_out", "print_step_printing")
FORM, ANNOUNCEMENT, ACTIONS = "form", "announcement", "actions"


@dataclass(frozen=True)
class PrintOrder:
    """What is wanted.

    Parameters
    ----------
    what
        ``form`` or ``announcement`` of a version of a plan, or a form of an action plan: ``actions``.
    identity
        Number of the version or the action plan.
    slug, of
        Form; for ผ.01 also the form that it sums up.
    paper
        ``a4`` or ``a3``, landscape.
    address, receipt
        Where the same is to be seen, and under which request it was ordered.
    """

    what: str
    identity: int
    slug: str = ""
    of: str = "p02"
    paper: str = "a4"
    address: str = ""
    receipt: str = ""

    @property
    def same(self) -> dict[str, Any]:
        """What two orders of the same thing have in common."""
        return {name: value for name, value in asdict(self).items() if name != "receipt"}


@dataclass(frozen=True)
class LaidOut:
    """A page with the name of its file, without the ending.

    Parameters
    ----------
    in_force
        True of what everybody may read and nobody changes any more.
    """

    page: Page
    stem: str
    in_force: bool = False

    @property
    def short(self) -> bool:
        """True when it is printed while the person waits."""
        return len(self.page.rows) <= DIRECT_ROWS


def laid_out(session: Session, actor: Actor, wanted: PrintOrder) -> LaidOut:
    """The page of an order as its data stand now, with the eyes of the actor.

    Raises
    ------
    NotFound
        ``plan_version_not_found``, ``action_plan_not_found``, ``plan_form_not_found``.
    """
    printing = Printing(datetime.now(ZONE), wanted.address, wanted.receipt, wanted.paper)
    if wanted.what == ACTIONS:
        return _actions(session, _seen_action_plan(session, actor, wanted.identity), wanted.slug, printing)
    head, held = _seen_version(session, actor, wanted.identity)
    in_force = held.status == "PROMULGATED"
    if wanted.what == ANNOUNCEMENT:
        differences = compare_versions(session, base_of(versions_of(session, head.id), held), held.id)
        labels = choice_labels(strategies_at(session, held), code_list(session, "budget_programme"))
        page = announcement_page(head, held, differences, labels, printing)
        return LaidOut(page, file_stem("ประกาศ", head, held), in_force)
    if wanted.slug == SUMMARY_SLUG:
        summary = plan_summary(session, head, held, _form(wanted.of))
        return LaidOut(summary_page(summary, printing), file_stem(SUMMARY, head, held), in_force)
    sheet = plan_sheet(session, head, held, _form(wanted.slug))
    labels = choice_labels(sheet.strategies, code_list(session, "budget_programme"))
    return LaidOut(form_page(sheet, labels, printing), file_stem(sheet.form.code, head, held), in_force)


def printed(settings: Settings, laid_out: LaidOut) -> bytes:
    """A page as PDF while somebody waits; of what is in force the copy that was printed of the same before.

    A copy tells the moment and the receipt of its own printing: what stands in it is the same.

    Raises
    ------
    Unavailable
        As :func:`app.services.printing.print_page`.
    """
    page = laid_out.page
    if not laid_out.in_force:
        return print_page(page_html(page), tagged=page.tagged)
    path = _copy_path(settings, page)
    with suppress(FileNotFoundError):
        if path.stat().st_mtime > time.time() - COPY_KEPT_S:
            return path.read_bytes()
    content = print_page(page_html(page), tagged=page.tagged)
    # Whoever reads at this moment reads the old copy or the new one, never half of one.
    written = path.with_suffix(f".{secrets.token_hex(8)}")
    written.write_bytes(content)
    written.replace(path)
    return content


def _copy_path(settings: Settings, page: Page) -> Path:
    """Where the copy of a page is kept: named after everything on it but when and for whom it is printed."""
    folder = settings.var_dir / "prints"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make_room(folder)
    said = page_html(replace(page, as_of="", receipt=""))
    return folder / f"{hashlib.sha256(said.encode()).hexdigest()}.pdf"


def _make_room(folder: Path) -> None:
    """Copies past their time go, and the oldest when there are too many."""
    # Another process may take one away meanwhile.
    ages = {}
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            ages[path] = path.stat().st_mtime
    newest = sorted(ages, key=lambda path: ages[path], reverse=True)[:MOST_COPIES]
    for path in ages.keys() - {path for path in newest if ages[path] > time.time() - COPY_KEPT_S}:
        path.unlink(missing_ok=True)


def printed_in_background(page: Page, progress: Progress) -> bytes:
    """A page as PDF while nobody waits."""
    progress.step(1, len(STEPS), STEPS[1])
    html = page_html(page)
    progress.step(2, len(STEPS), STEPS[2])
    return print_page(html, tagged=page.tagged, wait_s=JOB_WAIT_S, queue_s=JOB_QUEUE_S)


def enqueue(session: Session, actor: Actor, wanted: PrintOrder, title: str) -> int:
    """The job that prints an order, in the caller's transaction; one that waits for the same already is that job."""
    same = session.scalar(
        sa.select(BackgroundJob.id)
        .where(
            BackgroundJob.kind == KIND,
            BackgroundJob.created_by == actor.user_id,
            BackgroundJob.status == "WAITING",
            BackgroundJob.parameters.contains(wanted.same),
        )
        .order_by(BackgroundJob.id.desc())
        .limit(1)
    )
    return same if same is not None else jobs.enqueue(session, KIND, title, asdict(wanted), actor).id


def _actions(session: Session, head: ActionPlanHead, slug: str, printing: Printing) -> LaidOut:
    form = SLUGS.get(slug)
    if form is None:
        raise NotFound("plan_form_not_found", {"form": slug[:40], "allowed": ", ".join(SLUGS)})
    stem = f"{form} {head.organisation_name} {head.fiscal_year_be}".replace("/", "-")
    if form == ACTION_SUMMARY:
        return LaidOut(
            action_summary_page(head, action_summary(session, action_lines(session, head.id)), printing), stem
        )
    lines = action_lines(session, head.id, form)
    return LaidOut(lines_page(head, form, lines, code_list(session, "budget_programme"), printing), stem)


def _seen_version(session: Session, actor: Actor, version_id: int) -> tuple[PlanHead, VersionHead]:
    held = version(session, version_id)
    head = None if held is None else plan(session, held.plan_id)
    if held is None or head is None or not (held.status == "PROMULGATED" or _sees_drafts(actor)):
        raise NotFound("plan_version_not_found", {"version": version_id})
    return head, held


def _seen_action_plan(session: Session, actor: Actor, action_plan_id: int) -> ActionPlanHead:
    head = action_plan(session, action_plan_id)
    if head is None or not (head.status == "PROMULGATED" or (head.status == "DRAFT" and _sees_drafts(actor))):
        raise NotFound("action_plan_not_found", {"plan": action_plan_id})
    return head


def _sees_drafts(actor: Actor) -> bool:
    return policy.visibility(actor) is Visibility.STAFF


def _form(slug: str) -> PlanForm:
    form = form_by_slug(slug)
    if form is None:
        allowed = ", ".join((SUMMARY_SLUG, *(form.slug for form in FORMS.values())))
        raise NotFound("plan_form_not_found", {"form": slug[:40], "allowed": allowed})
    return form

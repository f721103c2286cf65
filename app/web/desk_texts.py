"""Words of the budget desk: kinds of documents and transfers, states, fields, and what a record is waiting for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.queries.budget_reviews import DocumentRow, TransferRow
from app.web.plan_texts import Pill

DOCUMENT_FIELD_NAMES: Mapping[str, Any] = {
    "number": lazy_gettext("เลขที่"),
    "title": lazy_gettext("ชื่อเอกสาร"),
    "submitted_on": lazy_gettext("วันที่เสนอสภา"),
    "council_session": lazy_gettext("การประชุมสภา"),
    "council_approved_on": lazy_gettext("สภาเห็นชอบเมื่อ"),
    "in_force_on": lazy_gettext("วันที่ใช้บังคับ"),
    "document": lazy_gettext("เลขที่หนังสือหรือไฟล์"),
    "appropriations": lazy_gettext("ตารางงบประมาณ"),
}
TRANSFER_FIELD_NAMES: Mapping[str, Any] = {
    "number": lazy_gettext("เลขที่"),
    "kind": lazy_gettext("ประเภทการโอน"),
    "legal_reference": lazy_gettext("ระเบียบหรือมติที่อ้างถึง"),
    "reason": lazy_gettext("เหตุผล"),
    "lines": lazy_gettext("รายการโอน"),
}
_FORM_NAMES: Mapping[str, Any] = {
    **TRANSFER_FIELD_NAMES,
    **DOCUMENT_FIELD_NAMES,
    "kind": lazy_gettext("ประเภท"),
    "comment": lazy_gettext("เหตุผล"),
    "text": lazy_gettext("ความเห็น"),
    "approved_on": lazy_gettext("วันที่อนุมัติ"),
    "until_on": lazy_gettext("วันสุดท้าย"),
    "amount_baht": lazy_gettext("จำนวนเงิน"),
}


@dataclass(frozen=True)
class Turn:
    """What a person may do to a record now.

    Parameters
    ----------
    write
        Change it, send it in, take it out: it is a draft or was returned.
    decide
        Approve or return it.
    own
        May approve in general, but prepared or sent in this one.
    restore
        Bring it back.
    """

    write: bool
    decide: bool
    own: bool
    restore: bool


def in_words(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Problems of a form with its fields by the words that stand above them."""
    return [
        {**line, "message": _("ต้องใส่ %(name)s", name=_FORM_NAMES[line["field"]])}
        if line.get("code") == "field_required" and line.get("field") in _FORM_NAMES
        else line
        for line in problems
    ]


def turn_of(actor: Actor, row: DocumentRow | TransferRow, target: Target, *, closed: bool) -> Turn:
    """Whose turn a record is, as one person sees it; in a closed year it is nobody's."""
    writes = policy.may(actor, policy.BUDGET_WRITE, target) and not closed
    approves = policy.may(actor, policy.BUDGET_APPROVE, target) and not closed
    waiting = row.status == "SUBMITTED" and not row.removed
    mine = actor.user_id is not None and actor.user_id in (row.prepared_by, row.submitted_by)
    return Turn(
        write=writes and not row.removed and row.status in ("DRAFT", "RETURNED"),
        decide=waiting and approves and not mine,
        own=waiting and approves and mine,
        restore=writes and row.removed,
    )


def review_pills() -> Mapping[str, Pill]:
    """States of a document or a transfer in the language of the page."""
    return {
        "DRAFT": Pill("state_draft", "pill-draft", _("ร่าง")),
        "SUBMITTED": Pill("state_submitted", "pill-submitted", _("รออนุมัติ")),
        "RETURNED": Pill("state_returned", "pill-returned", _("ส่งกลับ")),
        "APPROVED": Pill("state_verified", "pill-ok", _("อนุมัติแล้ว")),
        "REMOVED": Pill("delete", "", _("นำออกแล้ว")),
    }


def pill_of(row: DocumentRow | TransferRow) -> Pill:
    """State of a record."""
    return review_pills()["REMOVED" if row.removed else row.status]

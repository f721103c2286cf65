"""A published work in plain words: how far it is, its money step by step, what is missing and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.queries.public import PublicProject, PublicRow
from app.queries.public_places import Lacking, PublicPlace, PublicSums
from app.web.filters import percent, thai_date

_BUILDING = frozenset({"CONTRACTED", "DISBURSING", "CARRIED_OVER"})
_DONE = frozenset({"DISBURSED_FULL", "CLOSED"})
STAGES: Mapping[str, Any] = {
    "before": lazy_gettext("ก่อน"),
    "during": lazy_gettext("ระหว่าง"),
    "after": lazy_gettext("หลัง"),
}
KINDS: Mapping[str, Any] = {
    "road": lazy_gettext("ถนน"),
    "water": lazy_gettext("แหล่งน้ำ"),
    "other": lazy_gettext("อื่น ๆ"),
}


@dataclass(frozen=True)
class Step:
    """One of the four steps of the money.

    Parameters
    ----------
    width
        Percent of the longest bar; all bars are on one scale.
    share
        Share of the step before, in words.
    """

    title: str
    baht: Decimal
    width: float
    note: str
    share: str


@dataclass(frozen=True)
class Standing:
    """How far a work is: a headline and a line under it."""

    title: str
    note: str
    late: bool = False


def standing(row: PublicRow, project: PublicProject | None, names: Mapping[str, str], today: date) -> Standing:
    """The headline of a work."""
    if row.status in _DONE:
        last = project.payments[-1].paid_on if project and project.payments else None
        return Standing(_("แล้วเสร็จ"), _("จ่ายเงินงวดสุดท้าย %(day)s", day=thai_date(last)) if last else "")
    ends = project.ends_on if project else None
    if row.status not in _BUILDING:
        return Standing(names.get(row.status, row.status), _("ยังไม่ลงนามสัญญา"))
    done = project.percent if project else None
    title = _("กำลังก่อสร้าง %(percent)s %%", percent=f"{float(done):g}") if done is not None else _("กำลังก่อสร้าง")
    if ends is None:
        return Standing(title, _("ไม่ได้บันทึกวันสิ้นสุดสัญญา"))
    left = (ends - today).days
    if left >= 0:
        return Standing(title, _("สัญญาสิ้นสุด %(day)s (เหลือ %(days)s วัน)", day=thai_date(ends), days=left))
    return Standing(title, _("สัญญาสิ้นสุด %(day)s (เกินมา %(days)s วัน)", day=thai_date(ends), days=-left), late=True)


def steps_of(project: PublicProject) -> list[Step]:
    """The four steps of a work with the document and the day of each."""
    row, planned = project.row, project.planned_baht
    budget = project.appropriations[0] if project.appropriations else None
    contract, paid = project.contract, next((p for p in reversed(project.payments) if p.amount_baht > 0), None)
    notes = (
        f"{project.plan.period} {project.plan.version}" if project.plan else _("ยังไม่เชื่อมกับแผนที่ประกาศแล้ว"),
        _joined(budget.legal_reference, thai_date(budget.approved_on) if budget.approved_on else "") if budget else "",
        _("เลขที่ %(number)s · %(day)s", number=contract.number, day=thai_date(contract.signed_on)) if contract else "",
        _paid_note(paid, contract),
    )
    return _steps((planned, row.budget_baht, row.contracted_baht, row.disbursed_baht), notes)


def steps_of_sums(sums: PublicSums) -> list[Step]:
    """The same of a place; sums of published works."""
    return _steps((sums.planned_baht, sums.budget_baht, sums.contracted_baht, sums.disbursed_baht), ("", "", "", ""))


def _steps(amounts: tuple[Decimal, ...], notes: tuple[str, ...]) -> list[Step]:
    planned, budget, contracted, paid = amounts
    scale = max(*amounts, Decimal(1))
    shares = (
        percent(planned, planned, 0) if planned else "",
        _("%(share)s ของแผน", share=percent(budget, planned)) if planned and budget else "",
        _("%(share)s ของงบ", share=percent(contracted, budget)) if contracted and budget else "",
        _("%(share)s ของสัญญา", share=percent(paid, contracted))
        if paid and contracted
        else (_("%(share)s ของงบ", share=percent(paid, budget)) if paid and budget else ""),
    )
    titles = (_("อยู่ในแผน"), _("อนุมัติงบประมาณ"), _("ลงนามสัญญา"), _("เบิกจ่าย"))
    return [
        Step(title, amount, float(100 * amount / scale), note, share)
        for title, amount, note, share in zip(titles, amounts, notes, shares, strict=True)
    ]


def _paid_note(paid: Any, contract: Any) -> str:
    if paid is None:
        return ""
    if paid.instalment and contract and contract.instalments:
        number = _("งวดที่ %(n)s จาก %(of)s", n=paid.instalment, of=contract.instalments)
    else:
        number = _("งวดที่ %(n)s", n=paid.instalment) if paid.instalment else ""
    return _joined(number, thai_date(paid.paid_on))


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def missing_of(project: PublicProject, today: date) -> list[tuple[str, str]]:
    """What is not there that should be, each with since when it is waited for."""
    row, found = project.row, []
    approved = next((a.approved_on for a in project.appropriations if a.approved_on), None)
    building = row.status in _BUILDING | _DONE
    if not row.placed:
        found.append((_("พิกัดที่ตรวจสอบแล้ว"), _since(approved, today)))
    if building and not project.contracts:
        found.append((_("สัญญา"), _since(approved, today)))
    if row.status in _BUILDING and project.progress is None:
        found.append((_("รายงานความก้าวหน้า"), _since(project.contract.signed_on if project.contract else None, today)))
    stages = {photo.stage for photo in project.photos}
    if building and "before" not in stages:
        found.append((_("ภาพก่อนดำเนินการ"), ""))
    ended = ended_on(project, today)
    if ended is not None and "after" not in stages:
        found.append((_("ภาพหลังดำเนินการ"), _since(ended, today)))
    if project.plan is None:
        found.append((_("แผนที่ประกาศใช้"), ""))
    return found


def ended_on(project: PublicProject, today: date) -> date | None:
    """The day after which the finished work can be pictured: of the last payment, else the end of its contract."""
    if project.row.status in _DONE:
        return project.payments[-1].paid_on if project.payments else today
    ends = project.ends_on
    return ends if project.row.status in _BUILDING and ends is not None and ends < today else None


def _since(day: date | None, today: date) -> str:
    if day is None or day >= today:
        return ""
    days = (today - day).days
    waited = _("รอมา %(days)s วัน", days=days) if days < 60 else _("รอมา %(months)s เดือน", months=days // 30)
    return str(waited)


def lacking_words(heads: list[Lacking], today: date) -> list[tuple[Lacking, str, str]]:
    """Heads of reporting with a state and its words: ``done``, ``late`` or ``open``."""
    told = []
    for head in heads:
        # The counts are of the whole year: months that have not come are not called missing.
        counts = _("%(done)s จาก %(wanted)s ของทั้งปี", done=head.done, wanted=head.wanted)
        if head.done >= head.wanted:
            told.append((head, "done", _("ครบ")))
        elif head.late and head.late_since:
            days = (today - head.late_since).days
            told.append((head, "late", _("ช้า %(days)s วัน", days=days) + " · " + counts))
        else:
            told.append((head, "open", counts + " " + _("ไม่ช้า")))
    return told


@dataclass(frozen=True)
class Classes:
    """Classes of a map by how many works there are: the class of each place, and the bounds in words."""

    of: Mapping[str, int]
    legend: tuple[tuple[int, str], ...]


def classes_of(places: list[PublicPlace]) -> Classes:
    """At most five classes by quantiles; 0 is its own."""
    counts = sorted(place.works for place in places if place.works)
    bounds = sorted({counts[min(len(counts) - 1, len(counts) * n // 5)] for n in range(5)}) if counts else []
    legend = [
        (
            n + 1,
            f"{low:,}–{bounds[n + 1] - 1:,}"
            if n + 1 < len(bounds) and bounds[n + 1] - 1 > low
            else _from(low, n, bounds),
        )
        for n, low in enumerate(bounds)
    ]
    of = {place.code: sum(place.works >= low for low in bounds) for place in places}
    return Classes(of, tuple(reversed(legend)))


def _from(low: int, n: int, bounds: list[int]) -> str:
    return f"{low:,}" if n + 1 < len(bounds) else str(_("%(count)s ขึ้นไป", count=f"{low:,}"))

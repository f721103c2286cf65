"""Words and addresses of completeness: topics, states, and of each missing thing what to do and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.queries.calendar import Task
from app.queries.codelists import code_list
from app.queries.owed import Debt, Item
from app.web.change_words import field_name
from app.web.context import language

STATE_NAMES: Mapping[str, Any] = {
    "complete": lazy_gettext("ครบ"),
    "partly": lazy_gettext("บางส่วน"),
    "late": lazy_gettext("ช้า"),
    "not_due": lazy_gettext("ยังไม่ถึงกำหนด"),
}
# Fields that are no column of a record: what is missing, in words.
_MISSING: Mapping[str, Any] = {
    "strategy": lazy_gettext("ยังไม่มียุทธศาสตร์"),
    "tactic": lazy_gettext("ยังไม่มีกลยุทธ์"),
    "alignment": lazy_gettext("ยังไม่เชื่อมกับแผนระดับบน"),
    "promulgated": lazy_gettext("ยังไม่ประกาศใช้"),
    "ordinance": lazy_gettext("ยังไม่มีข้อบัญญัติงบประมาณที่สภาเห็นชอบและประกาศใช้"),
    "approved": lazy_gettext("เอกสารงบประมาณยังไม่อนุมัติ"),
    "in_force": lazy_gettext("งบประมาณยังไม่มีผลใช้บังคับ"),
    "contract": lazy_gettext("อนุมัติงบแล้ว ยังไม่ก่อหนี้ผูกพัน"),
    "payment": lazy_gettext("ถึงกำหนดแล้ว ยังไม่เบิกจ่าย"),
    "allotment": lazy_gettext("มีเงินอุดหนุนในรายรับ แต่ไม่มีหนังสือจัดสรร"),
    "coordinates": lazy_gettext("ยังไม่มีพิกัด"),
    "announced": lazy_gettext("ยังไม่ประกาศผลติดตามและประเมินผล"),
}
_SHEETS: Mapping[str, tuple[str, Any]] = {
    "R": ("revenue", lazy_gettext("รายรับ")),
    "E": ("expenditure", lazy_gettext("รายจ่าย")),
    "S": ("statistics", lazy_gettext("สถิติการคลัง")),
}
_MONTHS = (
    lazy_gettext("ต.ค."), lazy_gettext("พ.ย."), lazy_gettext("ธ.ค."), lazy_gettext("ม.ค."), lazy_gettext("ก.พ."),
    lazy_gettext("มี.ค."), lazy_gettext("เม.ย."), lazy_gettext("พ.ค."), lazy_gettext("มิ.ย."), lazy_gettext("ก.ค."),
    lazy_gettext("ส.ค."), lazy_gettext("ก.ย."),
)  # fmt: skip
_BUDDHIST_ERA = 543
# As an office calls the division that enters it; other roles by their own name.
_DIVISIONS: Mapping[str, Any] = {
    "LAO_PLANNER": lazy_gettext("กองแผน"),
    "LAO_FINANCE": lazy_gettext("กองคลัง"),
    "LAO_ENGINEER": lazy_gettext("กองช่าง"),
}


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


@dataclass(frozen=True)
class Topic:
    """A head of reporting in the language of the page; ``short`` fits above a column."""

    code: str
    name: str
    short: str
    owner_role: str
    counted: bool


@dataclass(frozen=True)
class Missing:
    """A missing thing for people: what, of what, since when, and where it is entered."""

    item: Item
    what: str
    subject: str
    address: str
    days_late: int


def topics(session: Session) -> dict[str, Topic]:
    """Heads by code, in the order of the letters."""
    word = language()
    return {
        code: Topic(
            code,
            entry.name(word),
            entry.attributes[f"short_{word}"],
            entry.attributes["owner_role"],
            entry.attributes["counted"] == "yes",
        )
        for code, entry in code_list(session, "completeness_topic").items()
    }


def counted_topics(session: Session) -> list[Topic]:
    """Those that are counted."""
    return [topic for topic in topics(session).values() if topic.counted]


def own_topics(session: Session, actor: Actor) -> list[str]:
    """Topics whose entries are this person's to make."""
    return [topic.code for topic in counted_topics(session) if topic.owner_role in actor.roles]


def owner_names(session: Session) -> dict[str, str]:
    """Who enters it, by the code of the role."""
    roles = code_list(session, "role")
    return {code: str(_DIVISIONS.get(code, role.name(language()))) for code, role in roles.items()}


def month_name(month: int) -> str:
    """Short name of a fiscal month (1 = October)."""
    return str(_MONTHS[month - 1])


def month_of(day: date) -> str:
    """Short month and year of a day: ต.ค. 69."""
    return f"{month_name((day.month + 2) % 12 + 1)} {(day.year + _BUDDHIST_ERA) % 100:02d}"


def period_name(period_from: int, period_to: int) -> str:
    """Months of a task; nothing for the whole year."""
    if period_from == 0:
        return ""
    if period_from == period_to:
        return month_name(period_from)
    return f"{month_name(period_from)}–{month_name(period_to)}"


def task_name(task: Task | Debt) -> str:
    """Name of a task in the language of the page."""
    return (task.name_en if language() == "en" else None) or task.name_th


def debt_line(debt: Debt) -> str:
    """What is owed in one line: the task, how many things, the fiscal year."""
    return _(
        "%(task)s · %(count)s รายการ ปี %(year)s", task=task_name(debt), count=debt.missing, year=debt.fiscal_year_be
    )


def debt_address(debt: Debt) -> str:
    """Where the missing things of a debt are listed."""
    return items_address(debt.organisation_code, debt.fiscal_year_be, debt.topic)


def items_address(organisation_code: str, year_be: int, topic: str) -> str:
    """Missing things of an organisation, year and topic."""
    return "/monitoring/items?" + urlencode({"organisation": organisation_code, "fiscal_year": year_be, "topic": topic})


def missing(item: Item, today: date) -> Missing:
    """A missing thing in words."""
    late = (today - item.due_on).days if item.due_on is not None and item.due_on < today else 0
    return Missing(item, _what(item), item.name_th or "", address_of(item), max(late, 0))


def in_words(items: Sequence[Item], today: date) -> list[Missing]:
    """Several of them."""
    return [missing(item, today) for item in items]


def _what(item: Item) -> str:
    field, _sep, rest = item.field.partition(":")
    if field in _SHEETS and item.record == "finances":
        return _("%(sheet)s เดือน %(month)s", sheet=_SHEETS[field][1], month=month_name(int(rest)))
    if item.record.startswith("population:"):
        year = item.record.partition(":")[2]
        return _("%(field)s ปี %(year)s", field=field_name(field), year=year)
    if field == "payment":
        seq = rest.rpartition(":")[2]
        return str(_MISSING[field]) if seq == "0" else _("งวดที่ %(n)s ถึงกำหนดแล้ว ยังไม่เบิกจ่าย", n=seq)
    if field in _MISSING:
        return str(_MISSING[field])
    return _("ยังไม่ได้กรอก %(field)s", field=field_name(field))


def address_of(item: Item) -> str:
    """The page, and where it has one the form and the field, in which the thing is entered."""
    kind, _sep, key = item.record.partition(":")
    field, _sep, rest = item.field.partition(":")
    organisation = f"/organisations/{item.organisation_code}"
    if kind == "profile":
        return f"{organisation}?edit=profile#f-{field}"
    if kind == "population":
        return f"{organisation}?edit=population&year={key}#people-{key}-{field}"
    if kind == "plan":
        return _of_plan(item.organisation_code, key, field, rest)
    if kind == "project":
        return f"/map?project={key}" if field == "coordinates" else f"/projects/{key}?{_tab(field, rest)}"
    if kind == "version":
        return f"/plan-versions/{key}"
    if kind == "document":
        return f"/budget-documents/{key}"
    if kind == "evaluation":
        return f"{organisation}/evaluations?fiscal_year={item.fiscal_year_be}"
    if kind == "documents":
        return f"{organisation}/money?fiscal_year={item.fiscal_year_be}"
    sheet = _SHEETS[field][0] if kind == "finances" else "grants"
    return f"{organisation}/sheets/{sheet}?fiscal_year={item.fiscal_year_be}"


def _of_plan(organisation_code: str, plan_id: str, field: str, strategy_id: str) -> str:
    if not plan_id:
        return f"/plans?organisation={organisation_code}"
    if field == "vision":
        return f"/plans/{plan_id}#plan-vision"
    if field in ("strategy", "tactic", "alignment"):
        return f"/plans/{plan_id}?edit={strategy_id or 0}#strategy-form"
    return f"/plans/{plan_id}"


def _tab(field: str, rest: str) -> str:
    if field == "contract":
        return "tab=contracts&do=add#form"
    if field == "payment":
        contract, _sep, seq = rest.partition(":")
        under = contract if seq == "0" else f"{contract}-{seq}"
        return f"tab=disbursements&do=add&under={under}#form"
    return "tab=budget" if field == "in_force" else "tab=plan"

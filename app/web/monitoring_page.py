"""What the pages of monitoring show: the band of the calendar, the table of states, what is owed, the trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.policy import Visibility
from app.queries.areas import area_names
from app.queries.calendar import calendar_years
from app.queries.completeness import (
    Cell,
    Row,
    Table,
    TrendDay,
    completeness_table,
    organisations_page,
    trend,
)
from app.queries.organisations import organisation_names
from app.services.money_rules import first_day, last_day
from app.web.calendar_band import calendar_band
from app.web.completeness_words import (
    STATE_NAMES,
    Topic,
    counted_topics,
    items_address,
    owner_names,
)
from app.web.context import current
from app.web.filters import thai_date
from app.web.json import dumps
from app.web.monitoring_request import PAGE_ROWS, VIEWS, Asked, groups_of
from app.web.owed import owed_today

OWED_BESIDE = 20
_TREND_DAYS = 60
# Sequential ramp of the design; the last class is everything.
_CLASSES = ((0, "#F6F1DC"), (50, "#BCD6BA"), (70, "#78B5AC"), (80, "#3B8CA5"), (90, "#235C8E"), (100, "#1B2D63"))


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


def monitoring_values(session: Session, asked: Asked, today: date, state: str | None) -> dict[str, Any]:
    """Everything the page's template needs."""
    actor = current().actor
    years = calendar_years(session)
    table = table_of(session, asked, today)
    staff = policy.visibility(actor) is Visibility.STAFF
    with_owed = staff and not asked.scope.nation
    owed = owed_today(session, asked.scope, today, state=state, reminders=True) if with_owed else None
    place, path = place_of(session, asked)
    return {
        "asked": asked,
        "years": years,
        "place": place,
        "path": path,
        "today": today,
        "band": calendar_band(session, asked.year_be, today),
        "topics": counted_topics(session),
        "table": table,
        "rows": table.rows,
        "pages": -(-table.count // PAGE_ROWS),
        "owed": owed,
        "state": state,
        "views": [(name, word, f"/monitoring?{asked.query(view=name)}") for name, word in _views(asked)],
        "groups": [(name, word, f"/monitoring?{asked.query(by=name)}") for name, word in _groups(asked)],
        "owners": owner_names(session),
        "trend": _trend(session, asked, today),
        "data": _map_data(asked, table),
        "classes": _classes(),
        "row_address": lambda row: _row_address(asked, row),
        "cell_address": lambda row, topic: _cell_address(asked, row, topic),
        "cell_words": cell_words,
        "percent_words": percent_words,
        "file_address": lambda format: f"/monitoring/file?{asked.query()}&format={format}",
        "chip_address": lambda kind: f"/monitoring?{asked.query()}" + (f"&state={kind}" if kind else ""),
        "all_owed": f"/monitoring/owed?{urlencode(_where(asked))}",
        "staff": staff,
        "reads_daily": bool(actor.roles & set(policy.roles_for(policy.DAILY_REPORT_READ))),
        "scored": bool(actor.roles & {*policy.roles_for(policy.SCORE_READ)}),
        "may_amend": policy.may(actor, policy.CALENDAR_WRITE, policy.NATION),
    }


def table_of(session: Session, asked: Asked, day: date) -> Table:
    """The page that is asked for; the map has all places."""
    start = (asked.page - 1) * PAGE_ROWS
    if asked.scope.nation and asked.by == "organisation" and asked.view != "map":
        return organisations_page(session, asked.year_be, day, limit=PAGE_ROWS, offset=start)
    table = completeness_table(session, asked.scope, asked.year_be, _group(asked), day)
    return table if asked.view == "map" else replace(table, rows=table.rows[start : start + PAGE_ROWS])


def _where(asked: Asked) -> dict[str, str]:
    return {"organisation": asked.organisation} if asked.organisation else {"area": asked.area or ""}


def owed_addresses(asked: Asked, year_be: int | None, state: str | None) -> dict[str, Any]:
    """Addresses of the list of everything owed: other states, other pages, without filters."""
    held: dict[str, Any] = {**_where(asked), "fiscal_year": year_be, "topic": asked.topic}

    def address(**more: Any) -> str:
        return "/monitoring/owed?" + urlencode({k: v for k, v in {**held, **more}.items() if v is not None and v != 1})

    return {
        "chip_address": lambda kind: address(state=kind or None),
        "page_address": lambda page: address(state=state, page=page),
        "plain_address": f"/monitoring/owed?{urlencode(_where(asked))}",
    }


def _group(asked: Asked) -> Any:
    return "organisation" if asked.organisation else asked.by


def _views(asked: Asked) -> list[tuple[str, str]]:
    words = {"table": _("ตาราง"), "map": _("แผนที่"), "trend": _("แนวโน้ม")}
    return [(name, words[name]) for name in VIEWS if name != "map" or not asked.organisation]


def _groups(asked: Asked) -> list[tuple[str, str]]:
    words = {"province": _("รายจังหวัด"), "amphoe": _("รายอำเภอ"), "organisation": _("ราย อปท.")}
    names = () if asked.organisation else groups_of(asked.area)
    return [(name, words[name]) for name in names] if len(names) > 1 else []


def place_of(session: Session, asked: Asked) -> tuple[str, list[tuple[str, str]]]:
    """Name of the place, and the way to it from the nation: name and address, the last one without."""
    path = [(_("ประเทศ"), f"/monitoring?{asked.query(area=None, organisation=None, by='province')}")]
    area = asked.area
    organisation = organisation_names(session, [asked.organisation]) if asked.organisation else {}
    for one in organisation.values():
        area = one.amphoe_code or one.province_code
    codes = [area[:2], area] if area and len(area) == 4 else [area] if area else []
    names = area_names(session, codes)
    for code in codes:
        word = _("จ.%(name)s", name=names[code].name(current().language)) if len(code) == 2 else ""
        word = word or _("อ.%(name)s", name=names[code].name(current().language))
        by = groups_of(code)[0]
        path.append((word, f"/monitoring?{asked.query(area=code, organisation=None, by=by)}"))
    for one in organisation.values():
        path.append((one.name(current().language), ""))
    name = path[-1][0]
    return name, [*path[:-1], (name, "")]


def cell_words(row: Row, topic: Topic, cell: Cell, language: str) -> str:
    """A cell for those who do not see its colour."""
    head = f"{row.name(language)} {topic.name}: " if row.code else f"{topic.name}: "
    if cell.state == "not_due":
        return head + _("ยังไม่ถึงกำหนดหรือไม่มีรายการ")
    if cell.organisations > 1:
        return head + _(
            "ครบ %(complete)s จาก %(all)s อปท. ช้า %(late)s · %(done)s จาก %(wanted)s รายการ",
            complete=cell.complete, all=cell.organisations, late=cell.late, done=cell.done, wanted=cell.wanted,
        )  # fmt: skip
    words = {
        "complete": _("ครบ"),
        "partly": _("บางส่วน %(n)s %%", n=cell.percent),
        "late": _("ช้า %(n)s วัน", n=cell.late_days),
    }
    return head + words[cell.state] + _(" · %(done)s จาก %(wanted)s รายการ", done=cell.done, wanted=cell.wanted)


def percent_words(cell: Cell) -> str:
    """Percent of a row; a dash where nothing is wanted yet."""
    return "–" if cell.percent is None else f"{cell.percent} %"


def _row_address(asked: Asked, row: Row) -> str:
    if asked.organisation:
        return f"/organisations/{row.code}"
    if asked.by == "organisation":
        return f"/monitoring?{asked.query(organisation=row.code, area=None, view='table')}"
    return f"/monitoring?{asked.query(area=row.code, by=groups_of(row.code)[0])}"


def _cell_address(asked: Asked, row: Row, topic: Topic) -> str:
    if _group(asked) == "organisation" and row.code:
        return items_address(row.code, asked.year_be, topic.code)
    area = row.code or asked.area or ""
    return "/monitoring/owed?" + urlencode({"area": area, "fiscal_year": asked.year_be, "topic": topic.code})


def _trend(session: Session, asked: Asked, today: date) -> dict[str, Any] | None:
    """Days with their percent, the newest first, and the points of the line in a box of 100 x 100."""
    if asked.view != "trend":
        return None
    days = trend(session, asked.scope, asked.year_be, min(today, last_day(asked.year_be)),
                 topics=[asked.topic] if asked.topic else ())  # fmt: skip
    begins = first_day(asked.year_be)
    known = [day for day in days if day.percent is not None and day.day >= begins]
    points = _points(known, begins, min(today, last_day(asked.year_be)))
    return {
        "days": known[::-1][:_TREND_DAYS],
        "points": points,
        "last": points.rpartition(" ")[2].replace(",", " "),
        "begins": begins,
        "count": len(known),
    }


def _points(days: Sequence[TrendDay], begins: date, until: date) -> str:
    """A step line: a percentage stands until the day on which it changed."""
    length = max((until - begins).days, 1)
    found: list[tuple[float, int]] = []
    for day in days:
        x, y = 100 * (day.day - begins).days / length, 100 - (day.percent or 0)
        found += [(x, found[-1][1]), (x, y)] if found else [(x, y)]
    if found:
        found.append((100.0, found[-1][1]))
    return " ".join(f"{x:.2f},{y}" for x, y in found)


def _classes() -> list[tuple[str, str]]:
    """Colour and words of each class, the highest first."""
    words = [_("ครบ 100 %")]
    bounds = [low for low, _colour in _CLASSES]
    words += [f"{low}–{high - 1} %" for low, high in zip(bounds[-2::-1], bounds[:0:-1], strict=True)]
    return list(zip([colour for _low, colour in reversed(_CLASSES)], words, strict=True))


def colour_of(cell: Cell) -> str | None:
    """Fill of a place; nothing while nothing is wanted."""
    if cell.percent is None:
        return None
    return next(colour for low, colour in reversed(_CLASSES) if cell.percent >= low)


def _map_data(asked: Asked, table: Table) -> str:
    """For the script of the map: the outlines of the budget map, coloured by these rows."""
    if asked.view != "map":
        return ""
    place: dict[str, str] = {"level": asked.by}
    if asked.area:
        place["parent"] = asked.area
    language = current().language
    rows = [
        {
            "code": row.code,
            "name": row.name(language),
            "label": percent_words(row.cells.get(asked.topic, Cell()) if asked.topic else row.whole),
            "colour": colour_of(row.cells.get(asked.topic, Cell()) if asked.topic else row.whole),
            "other": None,
            "address": _row_address(asked, row),
        }
        for row in table.rows
    ]
    data = {"view": "value", "shapes": f"/api/v1/budget/shapes?{urlencode(place)}", "rows": rows, "years": [],
            "points": []}  # fmt: skip
    return dumps(data).decode().replace("<", "\\u003c")


def file_lines(session: Session, asked: Asked, day: date) -> tuple[list[str], list[list[Any]], str]:
    """Heads, lines and title of the table as a file: of every topic the state in words, and done and wanted."""
    table = completeness_table(session, asked.scope, asked.year_be, _group(asked), day)
    language, known = current().language, counted_topics(session)
    heads = [_("รหัส"), _("ชื่อ"), _("จำนวน อปท."), _("ครบ (ร้อยละ)")]
    heads += [f"{topic.name} ({word})" for topic in known for word in (_("สถานะ"), _("ครบ"), _("ต้องมี"), _("ช้า (วัน)"))]
    lines: list[list[Any]] = []
    for row in table.rows:
        line: list[Any] = [row.code, row.name(language), row.organisations, row.whole.percent]
        for topic in known:
            cell = row.cells.get(topic.code, Cell())
            line += [str(STATE_NAMES[cell.state]), cell.done, cell.wanted, cell.late_days]
        lines.append(line)
    place, _path = place_of(session, asked)
    title = _("ความครบถ้วน %(place)s ปีงบ %(year)s ณ %(day)s", place=place, year=asked.year_be, day=thai_date(day))
    return heads, lines, title

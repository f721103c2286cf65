"""Road and water lines of a state budget document become projects without coordinates: the engineers' work list."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.errors import InvalidInput
from app.models import Organisation
from app.services.budget_line_holders import (
    AGENCY,
    AGENCY_PROVINCE,
    Holder,
    Holders,
    agency_code,
    read_holders,
)
from app.services.budget_line_text import read_length_m, read_route_code, read_work
from app.services.loading import Progress, Summary, TableChange, merge, silent
from app.services.projects import NewProject, create_projects
from app.services.reference_files import read_csv
from gis.problems import Problem
from gis.thai import BUDDHIST_ERA_OFFSET, normalise, parse_amount

SOURCE = "budget-lines-fy2565"
_DOCUMENT = "ร่างพระราชบัญญัติงบประมาณรายจ่ายประจำปีงบประมาณ พ.ศ. 2565"
_REQUIRED = (
    "ITEM_ID",
    "REF_DOC",
    "REF_PAGE_NO",
    "MINISTRY",
    "BUDGETARY_UNIT",
    "BUDGET_PLAN",
    "CATEGORY_LV1",
    "CATEGORY_LV2",
    "CATEGORY_LV3",
    "CATEGORY_LV4",
    "ITEM_DESCRIPTION",
    "FISCAL_YEAR",
    "amount_baht",
    "OBLIGED?",
    "category",
    "province_code",
    "amphoe_code",
    "tambon_code",
    "amphoe_txt",
    "tambon_txt",
    "moo_txt",
    "length_txt",
)
_CHUNK = 500
_SATANG = Decimal("0.01")


@dataclass(frozen=True)
class _Line:
    """A line as it will stand in the project table."""

    row: int
    unit: str
    holder: Holder
    project: NewProject
    digest: str


def load_budget_lines(session: Session, path: Path, progress: Progress = silent) -> Summary:
    """Make a project of every line, or mend those whose line changed in the file.

    A line's fiscal year is its own: a document names the instalments of a many-year commitment one by one, each
    with its year, and the unit of counting is project x fiscal year. What staff wrote on a project since is never
    overwritten unless the line itself changed in the file.

    Parameters
    ----------
    session
        Open transaction.
    path
        CSV of the lines.
    progress
        Told per step.

    Raises
    ------
    InvalidInput
        Every unreadable amount, year and repeated line at once; nothing is written.
    """
    lines = read_csv(path, _REQUIRED)
    _raise_problems(lines)
    holders = read_holders(session)
    areas = set(session.scalars(sa.text("SELECT code FROM area WHERE level <> 'village'")))
    if AGENCY_PROVINCE not in areas:
        raise InvalidInput([Problem("budget_lines_need_areas")])
    read = [_read(row, line, holders, areas) for row, line in enumerate(lines, start=2)]
    agencies = _merge_agencies(session, {line.unit for line in read if line.holder.rule == "agency"})
    known = _known(session)
    new = [line for line in read if line.project.source_ref not in known]
    changed = [line for line in read if known.get(str(line.project.source_ref), line.digest) != line.digest]
    for start in range(0, len(new), _CHUNK):
        progress("project", start, len(new))
        create_projects(session, SYSTEM_ACTOR, [line.project for line in new[start : start + _CHUNK]])
    progress("project", len(new), len(new))
    _mend(session, changed)
    projects = TableChange("project", len(new), len(changed), len(read) - len(new) - len(changed))
    rules = Counter(line.holder.rule for line in read)
    kinds = Counter(line.project.kind for line in read)
    notes = {f"held_{rule}": rules[rule] for rule in sorted(rules)} | {f"kind_{k}": kinds[k] for k in sorted(kinds)}
    return Summary((agencies, projects), (), notes)


def _raise_problems(lines: list[dict[str, str]]) -> None:
    problems = []
    seen: Counter[str] = Counter()
    for row, line in enumerate(lines, start=2):
        seen[line["ITEM_ID"]] += 1
        where = {"row": row}
        if seen[line["ITEM_ID"]] > 1:
            problems.append(Problem("budget_line_twice", where=where, values={"line": line["ITEM_ID"]}))
        if not line["ITEM_DESCRIPTION"].strip():
            problems.append(Problem("budget_line_empty", where=where, values={"line": line["ITEM_ID"]}))
        if not line["FISCAL_YEAR"].isdigit():
            problems.append(Problem("budget_line_year", where=where, values={"year": line["FISCAL_YEAR"]}))
        amount = _amount(line)
        if isinstance(amount, Problem):
            problems.append(Problem(amount.code, where=where, values=amount.values))
    if problems:
        raise InvalidInput(problems)


def _amount(line: dict[str, str]) -> Decimal | Problem:
    """Baht of a line; a share that the publisher worked out (39133666.666666664) is rounded to the satang."""
    try:
        return parse_amount(Decimal(line["amount_baht"]).quantize(_SATANG, ROUND_HALF_UP))
    except InvalidOperation:
        return parse_amount(line["amount_baht"])


def _read(row: int, line: dict[str, str], holders: Holders, areas: set[str]) -> _Line:
    unit = normalise(line["BUDGETARY_UNIT"])
    description = normalise(line["ITEM_DESCRIPTION"])
    area_code = _area_code(line, unit, holders, areas)
    tambon = area_code if area_code and len(area_code) == 6 else None
    holder = holders.choose(unit, area_code[:2] if area_code else None, tambon)
    work = read_work(description, line["CATEGORY_LV4"])
    amount = _amount(line)
    digest = hashlib.sha256(orjson.dumps(line)).hexdigest()
    project = NewProject(
        organisation_code=holder.organisation_code,
        fiscal_year_be=int(line["FISCAL_YEAR"]) + BUDDHIST_ERA_OFFSET,
        kind=work.kind,
        name_th=description[:1000],
        status="BUDGET_APPROVED",
        work_nature_code=work.work_nature_code,
        surface_type_code=work.surface_type_code,
        water_source_type_code=work.water_source_type_code,
        structure_type_code=work.structure_type_code,
        area_code=area_code,
        location_text=_location(line),
        route_code=read_route_code(description),
        length_m=read_length_m(line["length_txt"], description),
        attributes=_attributes(line, unit, holder, digest),
        budget_baht=amount if isinstance(amount, Decimal) else None,
        fund_source_code=_fund_source(line, holder),
        expenditure_category_code=_expenditure_category(line),
        legal_reference=f"{_DOCUMENT} เอกสาร {line['REF_DOC']} หน้า {line['REF_PAGE_NO']}",
        source=SOURCE,
        source_ref=line["ITEM_ID"],
        row=row,
    )
    return _Line(row, unit, holder, project, digest)


def _area_code(line: dict[str, str], unit: str, holders: Holders, areas: set[str]) -> str | None:
    """The deepest area that the line names; else the province that a provincial unit is called after."""
    for code in (line["tambon_code"], line["amphoe_code"], line["province_code"]):
        if code in areas:
            return code
    return AGENCY_PROVINCE if unit == "กรุงเทพมหานคร" else holders.province_of_unit(unit)


def _location(line: dict[str, str]) -> str | None:
    parts = (("หมู่ที่ ", "moo_txt"), ("ตำบล", "tambon_txt"), ("อำเภอ", "amphoe_txt"))
    text = " ".join(prefix + normalise(line[name]) for prefix, name in parts if line[name] and line[name] != "0")
    return text or None


def _attributes(line: dict[str, str], unit: str, holder: Holder, digest: str) -> dict[str, Any]:
    categories = [line[f"CATEGORY_LV{level}"] for level in range(1, 5) if line[f"CATEGORY_LV{level}"]]
    return {
        "agency": unit,
        "ministry": normalise(line["MINISTRY"]),
        "budget_plan": normalise(line["BUDGET_PLAN"]),
        "categories": [normalise(category) for category in categories],
        "document": line["REF_DOC"],
        "page": line["REF_PAGE_NO"],
        "obligated": line["OBLIGED?"] == "True",
        "keyword_kind": line["category"],
        "held_by": holder.rule,
        "line_sha256": digest,
    }


def _fund_source(line: dict[str, str], holder: Holder) -> str:
    """A local organisation's own line is a grant to it; everything else is another agency's money."""
    if holder.rule != "own":
        return "OTHER_AGENCY"
    return "GRANT_GENERAL" if "ทั่วไป" in line["CATEGORY_LV2"] else "GRANT_SPECIFIC"


def _expenditure_category(line: dict[str, str]) -> str | None:
    """Category by the document's headings; scanned text is misspelt, so only their sure parts are looked at."""
    heading = line["CATEGORY_LV3"] or line["CATEGORY_LV2"]
    if "ที่ดิน" in heading or "สิ่งก่อ" in heading or "สิ่ก่อ" in heading:
        return "542000"
    if "ครุภัณฑ์" in heading:
        return "541000"
    return {"งบลงทุน": "540000", "งบดำเนินงาน": "530000", "งบรายจ่ายอื่น": "550000"}.get(line["CATEGORY_LV1"])


def _merge_agencies(session: Session, units: set[str]) -> TableChange:
    columns = ("code", "type_code", "name_th", "full_name_th", "province_code")
    rows = [(agency_code(unit), AGENCY, unit, unit, AGENCY_PROVINCE) for unit in sorted(units)]
    return merge(session, Organisation, ("code",), columns, rows)


def _known(session: Session) -> dict[str, str]:
    rows = session.execute(
        sa.text("SELECT source_ref, attributes->>'line_sha256' FROM project WHERE source = :source"), {"source": SOURCE}
    )
    return {row[0]: row[1] or "" for row in rows}


def _mend(session: Session, lines: list[_Line]) -> None:
    """Bring the projects of changed lines up to date; code, organisation and year of a project stay for ever."""
    if not lines:
        return
    names = (
        "source_ref",
        "name_th",
        "area_code",
        "location_text",
        "route_code",
        "length_m",
        "attributes",
        "budget_baht",
        "legal_reference",
    )
    rows = [{name: getattr(line.project, name) for name in names} for line in lines]
    session.execute(
        sa.text(
            """
            WITH given AS (
                SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r(
                    source_ref text, name_th text, area_code text, location_text text, route_code text,
                    length_m numeric, attributes jsonb, budget_baht numeric, legal_reference text)
            ), mended AS (
                UPDATE project p SET name_th = g.name_th, area_code = g.area_code, location_text = g.location_text,
                    route_code = g.route_code, length_m = g.length_m, attributes = g.attributes
                FROM given g WHERE p.source = :source AND p.source_ref = g.source_ref
                RETURNING p.id, g.budget_baht, g.legal_reference
            )
            UPDATE appropriation a SET amount_baht = m.budget_baht
            FROM mended m WHERE a.project_id = m.id AND a.legal_reference = m.legal_reference
            """
        ),
        {"rows": orjson.dumps(rows, default=str).decode(), "source": SOURCE},
    )
